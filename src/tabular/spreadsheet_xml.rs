//! XML spreadsheets of Excel 2003, often under the name .xls: the worksheets with their own row and column numbers.

use std::collections::BTreeMap;

use super::input::Input;
use super::sheet::{Cells, notes};
use super::value::NumberFormat;
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

/// The number formats of the document's styles, by the styles' names.
type Formats = BTreeMap<String, NumberFormat>;

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
    let mut formats = Formats::new();
    let mut style = String::new();
    while let Some(node) = document.next()? {
        match node {
            Node::Open(element) if local(element.name()) == "Style" => style = own(&element, "ID").unwrap_or_default(),
            Node::Open(element) if local(element.name()) == "NumberFormat" => {
                formats.insert(style.clone(), NumberFormat::of(&own(&element, "Format").unwrap_or_default()));
            }
            Node::Open(element) if local(element.name()) == "Worksheet" && !element.empty => {
                let sheet = own(&element, "Name").unwrap_or_default();
                let (cells, hidden) =
                    read_sheet(input, &mut document, &formats, progress).map_err(|e| e.with(|f| f.sheet(&*sheet)))?;
                if wanted(options, &sheet) {
                    let mut table = cells.finish(Some(sheet))?;
                    if hidden {
                        notes::hidden(input, &mut table, diagnostics);
                    }
                    tables.push(table);
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

/// True for a row or column that isn't shown.
fn is_hidden(element: &Element<'_>) -> bool {
    own(element, "Hidden").is_some_and(|hidden| hidden == "1")
}

/// The place that an element names itself, counted from 0, or else the one in turn.
fn index(element: &Element<'_>, in_turn: u32) -> u32 {
    number(element, "Index").map_or(in_turn, |n| n.saturating_sub(1))
}

/// Reads up to the end of a worksheet; true where it is hidden.
fn read_sheet<'a>(
    input: &'a Input,
    document: &mut Document<'_>,
    formats: &Formats,
    progress: &Progress,
) -> AppResult<(Cells<'a>, bool)> {
    let mut cells = Cells::new(input);
    let mut place = Place::default();
    let mut hidden = false;
    let mut kind = String::new();
    let mut text: Option<String> = None;
    let mut visible = false;
    let mut columns = 0;
    let (mut style, mut formula) = (String::new(), false);
    let plain = NumberFormat::default();
    while let Some(node) = document.next()? {
        match node {
            Node::Open(element) => match local(element.name()) {
                "Row" => {
                    progress.check()?;
                    place.row(&element);
                    if is_hidden(&element) {
                        (place.row..place.next_row).for_each(|row| cells.seen.hidden_row(row));
                    }
                }
                "Column" => {
                    let from = index(&element, columns);
                    columns = from.saturating_add(1).saturating_add(number(&element, "Span").unwrap_or(0));
                    if is_hidden(&element) {
                        cells.seen.hidden_columns(from, columns - 1);
                    }
                }
                "Cell" => {
                    place.cell(&element);
                    style = own(&element, "StyleID").unwrap_or_default();
                    formula = own(&element, "Formula").is_some();
                    if formula && element.empty {
                        cells.seen.uncomputed(place.row, place.column);
                    }
                    let down = number(&element, "MergeDown").unwrap_or(0);
                    cells.seen.merged(place.row, place.row.saturating_add(down), place.column);
                }
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
                    if formula && raw.trim().is_empty() && kind != "String" {
                        cells.seen.uncomputed(place.row, place.column);
                    }
                    if kind == "Number"
                        && let Ok(number) = raw.trim().parse()
                    {
                        // Days have a type of their own here: a number is never one.
                        let shown = formats.get(&style).unwrap_or(&plain).shown(number);
                        if let Some(shown) = shown {
                            cells.seen.shown(place.row, place.column, shown);
                        }
                    }
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
