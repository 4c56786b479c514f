//! XML spreadsheets of Excel 2003, often under the name .xls: the worksheets with their own row and column numbers.

use super::input::Input;
use super::sheet::{Cells, notes};
use super::xml::{Document, Element, Node};
use super::{RawTable, ReadOptions, value, wanted};
use crate::diagnostic::{AppResult, Diagnostics, Progress};

/// The part of a name behind its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// An attribute of the spreadsheet's own names, with or without its usual prefix.
fn own(element: &Element<'_>, name: &str) -> Option<String> {
    element.attribute(&format!("ss:{name}")).or_else(|| element.attribute(name))
}

/// Reads the document.
///
/// # Errors
/// `RAW-004` where it ends early, `RAW-005` too large.
pub(super) fn load(
    input: &Input,
    options: &ReadOptions,
    text: &str,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let mut document = Document::new(input, text);
    let mut tables = Vec::new();
    let mut ended = false;
    while let Some(node) = document.next()? {
        match node {
            Node::Open(element) if local(element.name()) == "Worksheet" && !element.empty => {
                let sheet = own(&element, "Name").unwrap_or_default();
                let (cells, hidden) =
                    read_sheet(input, &mut document, progress).map_err(|e| e.with(|f| f.sheet(&*sheet)))?;
                if wanted(options, &sheet) {
                    if hidden {
                        notes::hidden(input, &sheet, diagnostics);
                    }
                    tables.push(cells.finish(Some(sheet))?);
                }
            }
            Node::Close(end) if local(end.name()) == "Workbook" => ended = true,
            _ => {}
        }
    }
    if !ended {
        return Err(input.damaged("文件没有结尾"));
    }
    Ok(tables)
}

/// Where the next row and cell stand.
#[derive(Default)]
struct Place {
    row: u32,
    next_row: u32,
    column: u32,
    next_column: u32,
}

impl Place {
    fn row(&mut self, element: &Element<'_>) {
        let span = number(element, "Span").unwrap_or(0);
        self.row = index(element, self.next_row).min(1_048_575);
        self.next_row = self.row.saturating_add(1).saturating_add(span);
        self.next_column = 0;
    }

    fn cell(&mut self, element: &Element<'_>) {
        let across = number(element, "MergeAcross").unwrap_or(0);
        self.column = index(element, self.next_column);
        self.next_column = self.column.saturating_add(1).saturating_add(across);
    }
}

fn number(element: &Element<'_>, name: &str) -> Option<u32> {
    own(element, name).and_then(|n| n.parse().ok())
}

/// The place that an element names itself, counted from 0, or else the one in turn.
fn index(element: &Element<'_>, in_turn: u32) -> u32 {
    number(element, "Index").map_or(in_turn, |n| n.saturating_sub(1))
}

/// Reads up to the end of a worksheet; true where it is hidden.
fn read_sheet<'a>(input: &'a Input, document: &mut Document<'_>, progress: &Progress) -> AppResult<(Cells<'a>, bool)> {
    let mut cells = Cells::new(input);
    let mut place = Place::default();
    let mut hidden = false;
    let mut kind = String::new();
    let mut text: Option<String> = None;
    let mut visible = false;
    while let Some(node) = document.next()? {
        match node {
            Node::Open(element) => match local(element.name()) {
                "Row" => {
                    progress.check()?;
                    place.row(&element);
                }
                "Cell" => place.cell(&element),
                "Data" if !element.empty => {
                    kind = own(&element, "Type").unwrap_or_default();
                    text = Some(String::new());
                }
                "Visible" => visible = !element.empty,
                // Notes on a cell have a Data element of their own.
                "Comment" | "PhoneticText" if !element.empty => document.skip(element.name())?,
                _ => {}
            },
            // `SheetHidden` or `SheetVeryHidden`.
            Node::Text(piece) if visible => hidden |= piece.trim().ends_with("Hidden"),
            Node::Text(piece) => {
                if let Some(text) = &mut text {
                    text.push_str(&piece);
                }
            }
            Node::Close(end) => match local(end.name()) {
                "Data" => {
                    let raw = text.take().unwrap_or_default();
                    let value = match kind.as_str() {
                        "Number" => raw.trim().parse().map_or_else(|_| raw.clone(), value::number),
                        "DateTime" => value::iso_date(raw.trim()),
                        "Boolean" => value::truth(raw.trim() == "1").to_owned(),
                        _ => raw,
                    };
                    cells.put(place.row, place.column, &value)?;
                }
                "Visible" => visible = false,
                "Worksheet" => return Ok((cells, hidden)),
                _ => {}
            },
        }
    }
    Err(input.damaged("工作表没有结尾"))
}
