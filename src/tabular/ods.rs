//! OpenDocument spreadsheets (.ods, .fods; ODF 1.3 part 3).
//!
//! Duty: every table of the document as text cells.
//!
//! Read here rather than by calamine: that expands repeated rows and columns into a dense grid, and refuses a
//! document with white space between its cells. Repeats are bounded by what a sheet can hold; text in notes
//! and in drawings is no part of a cell; of a merged range the covered cells stay empty.

use std::collections::BTreeSet;

use super::input::Input;
use super::package::{self, Archive};
use super::sheet::{Cells, notes};
use super::xml::{Document, Element, Node};
use super::{RawTable, ReadOptions, value, wanted};
use crate::diagnostic::{AppResult, Diagnostics, Progress};

/// Rows that a sheet can hold; LibreOffice and Excel agree.
const MOST_ROWS: u64 = 1_048_576;
/// Columns that a sheet can hold.
const MOST_COLUMNS: u32 = 16_384;

/// Reads an .ods package.
///
/// # Errors
/// `RAW-003` encrypted, `RAW-004` damaged, `RAW-005` too large.
pub(super) fn load(
    input: &Input,
    options: &ReadOptions,
    archive: &mut Archive,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    if archive.index_for_name("META-INF/manifest.xml").is_some() {
        let manifest = package::part(input, archive, "META-INF/manifest.xml")?;
        if String::from_utf8_lossy(&manifest).contains("encryption-data") {
            return Err(input.encrypted());
        }
    }
    let content = package::part(input, archive, "content.xml")?;
    let text = String::from_utf8(content).map_err(|e| input.damaged(format!("content.xml: {e}")))?;
    read_document(input, options, &text, diagnostics, progress)
}

/// Reads the XML of a document, which in a .fods is the whole file.
///
/// # Errors
/// `RAW-004` where the document ends early or has no tables, `RAW-005` too large.
pub(super) fn read_document(
    input: &Input,
    options: &ReadOptions,
    text: &str,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let mut document = Document::new(input, text);
    let mut hidden_styles = BTreeSet::new();
    let mut style = String::new();
    let mut tables = Vec::new();
    let mut seen = false;
    let mut ended = false;
    while let Some(node) = document.next()? {
        match node {
            Node::Open(element) => match element.name() {
                "style:style" => style = element.attribute("style:name").unwrap_or_default(),
                "style:table-properties" if element.attribute("table:display").as_deref() == Some("false") => {
                    hidden_styles.insert(style.clone());
                }
                "table:table" => {
                    seen = true;
                    if element.empty {
                        continue;
                    }
                    let name = element.attribute("table:name").unwrap_or_default();
                    let hidden = element.attribute("table:style-name").is_some_and(|s| hidden_styles.contains(&s));
                    let take = wanted(options, &name);
                    let cells =
                        read_table(input, &mut document, progress, take).map_err(|e| e.with(|f| f.sheet(&*name)))?;
                    if take {
                        let mut table = cells.finish(Some(name))?;
                        if hidden {
                            notes::hidden(input, &mut table, diagnostics);
                        }
                        tables.push(table);
                    }
                }
                _ => {}
            },
            Node::Close(end) if matches!(end.name(), "office:document-content" | "office:document") => ended = true,
            _ => {}
        }
    }
    if !ended {
        return Err(input.damaged("文档没有结尾"));
    }
    if !seen {
        return Err(input.damaged("没有工作表"));
    }
    Ok(tables)
}

/// The filled cells of a row: from which column on, in how many columns, what.
type Filled = Vec<(u32, u32, String)>;

/// A cell or a row as often as it is repeated.
fn repeated(element: &Element<'_>, name: &str) -> u32 {
    element.attribute(name).and_then(|n| n.parse().ok()).unwrap_or(1)
}

/// True for a row or column that isn't shown.
fn is_hidden(element: &Element<'_>) -> bool {
    element.attribute("table:visibility").is_some_and(|state| state == "collapse" || state == "filter")
}

/// What a cell's number is shown as, where that has zeros in front.
fn padded(value: &str, text: &str) -> bool {
    text.len() > 1
        && text.starts_with('0')
        && text.bytes().all(|b| b.is_ascii_digit())
        && value == text.trim_start_matches('0')
}

/// Reads up to the end of the table.
fn read_table<'a>(
    input: &'a Input,
    document: &mut Document<'_>,
    progress: &Progress,
    take: bool,
) -> AppResult<Cells<'a>> {
    let mut cells = Cells::new(input);
    let mut row = 0_u64;
    let mut repeat = 1_u64;
    let mut column = 0_u32;
    let mut columns = 0_u32;
    // A repeated row repeats its cells.
    let mut filled = Filled::new();
    while let Some(node) = document.next()? {
        match node {
            Node::Close(end) if end.name() == "table:table" => return Ok(cells),
            Node::Close(end) if end.name() == "table:table-row" => {
                progress.check()?;
                if take {
                    put_rows(&mut cells, row, repeat, &filled)?;
                }
                row = row.saturating_add(repeat);
            }
            Node::Open(element) => match element.name() {
                "table:table-row" => {
                    repeat = element.attribute("table:number-rows-repeated").and_then(|n| n.parse().ok()).unwrap_or(1);
                    if is_hidden(&element) {
                        for hidden in row..row.saturating_add(repeat).min(MOST_ROWS) {
                            cells.seen.hidden_row(hidden as u32);
                        }
                    }
                    column = 0;
                    filled.clear();
                    if element.empty {
                        row = row.saturating_add(repeat);
                    }
                }
                name @ ("table:table-cell" | "table:covered-table-cell") => {
                    let count = repeated(&element, "table:number-columns-repeated");
                    let shown = if element.empty { String::new() } else { paragraphs(document, name)? };
                    let text =
                        if name == "table:table-cell" { cell_text(&element, shown.clone()) } else { String::new() };
                    // Where the row is repeated too, one place is enough to say what a reader has to know.
                    let at = row.min(MOST_ROWS - 1) as u32;
                    if padded(&text, &shown) {
                        (at..at.saturating_add(repeat.min(MOST_ROWS) as u32)).for_each(|row| {
                            (column..column.saturating_add(count)).for_each(|column| {
                                cells.seen.shown(row, column, shown.clone());
                            });
                        });
                    }
                    if text.is_empty() && element.attribute("table:formula").is_some() && is_uncomputed(&element) {
                        cells.seen.uncomputed(at, column);
                    }
                    if let Some(span) =
                        element.attribute("table:number-rows-spanned").and_then(|n| n.parse::<u32>().ok())
                    {
                        cells.seen.merged(at, at.saturating_add(span.max(1) - 1), column);
                    }
                    if !text.is_empty() && column < MOST_COLUMNS {
                        filled.push((column, count.min(MOST_COLUMNS - column), text));
                    }
                    column = column.saturating_add(count);
                }
                "table:table-column" => {
                    let count = repeated(&element, "table:number-columns-repeated").max(1);
                    if is_hidden(&element) {
                        cells.seen.hidden_columns(columns, columns.saturating_add(count - 1));
                    }
                    columns = columns.saturating_add(count);
                }
                _ => {}
            },
            _ => {}
        }
    }
    Err(input.damaged("工作表没有结尾"))
}

/// Puts a row down as often as it is repeated, as far as a sheet reaches.
fn put_rows(cells: &mut Cells<'_>, row: u64, repeat: u64, filled: &Filled) -> AppResult<()> {
    let last = row.saturating_add(repeat).min(MOST_ROWS);
    let height = last.saturating_sub(row);
    let width: u64 = filled.iter().map(|(_, count, _)| u64::from(*count)).sum();
    let bytes: u64 = filled.iter().map(|(_, count, text)| u64::from(*count) * text.len() as u64).sum();
    cells.room_for(row, height.saturating_mul(width), height.saturating_mul(bytes))?;
    if filled.is_empty() {
        return Ok(());
    }
    for at in row..last {
        for (from, count, text) in filled {
            for offset in 0..*count {
                cells.put(at as u32, from + offset, text)?;
            }
        }
    }
    Ok(())
}

/// True for a formula whose value was not stored: an empty text is a value too, where its type says so.
fn is_uncomputed(cell: &Element<'_>) -> bool {
    cell.attribute("office:value-type").as_deref() != Some("string")
}

/// The value of a cell by its type; without one, its text.
fn cell_text(cell: &Element<'_>, text: String) -> String {
    let has = |name: &str| cell.attribute(name);
    if has("calcext:value-type").as_deref() == Some("error") && !text.is_empty() {
        return text;
    }
    match has("office:value-type").as_deref() {
        Some("float" | "percentage" | "currency") => match has("office:value").map(|v| v.trim().parse::<f64>()) {
            Some(Ok(number)) => value::number(number),
            _ => text,
        },
        Some("date") => has("office:date-value").map_or(text, |date| value::iso_date(&date)),
        Some("time") => has("office:time-value").map_or(text, |time| value::iso_duration(&time)),
        Some("boolean") => has("office:boolean-value").map_or(text, |b| value::truth(b == "true").to_owned()),
        Some("string") => has("office:string-value").unwrap_or(text),
        _ => text,
    }
}

/// Elements in a cell whose text isn't the cell's: notes, drawings, readings.
fn is_foreign(name: &str) -> bool {
    name.starts_with("draw:") || matches!(name, "office:annotation" | "text:ruby-text" | "text:note" | "table:table")
}

/// The text of the paragraphs in a cell, up to its end. White space counts as one blank, as ODF has it; blanks
/// that are meant have elements of their own.
fn paragraphs(document: &mut Document<'_>, cell: &str) -> AppResult<String> {
    let mut text = String::new();
    let mut first = true;
    let mut inside = 0_u32;
    let mut foreign = 0_u32;
    while let Some(node) = document.next()? {
        match node {
            Node::Open(element) if is_foreign(element.name()) => foreign += u32::from(!element.empty),
            Node::Close(end) if is_foreign(end.name()) => foreign = foreign.saturating_sub(1),
            Node::Close(end) if end.name() == cell && foreign == 0 => return Ok(text),
            _ if foreign > 0 => {}
            Node::Open(element) => match element.name() {
                "text:p" | "text:h" => {
                    if !first {
                        text.push('\n');
                    }
                    first = false;
                    inside += u32::from(!element.empty);
                }
                "text:s" if inside > 0 => {
                    let count = element.attribute("text:c").and_then(|n| n.parse().ok()).unwrap_or(1_usize);
                    text.push_str(&" ".repeat(count.min(32_767)));
                }
                "text:tab" if inside > 0 => text.push('\t'),
                "text:line-break" if inside > 0 => text.push('\n'),
                _ => {}
            },
            Node::Close(end) if matches!(end.name(), "text:p" | "text:h") => inside = inside.saturating_sub(1),
            Node::Text(piece) if inside > 0 => collapse(&piece, &mut text),
            _ => {}
        }
    }
    Ok(text)
}

fn collapse(piece: &str, text: &mut String) {
    for c in piece.chars() {
        if matches!(c, ' ' | '\t' | '\r' | '\n') {
            if !text.is_empty() && !text.ends_with([' ', '\n']) {
                text.push(' ');
            }
        } else {
            text.push(c);
        }
    }
}
