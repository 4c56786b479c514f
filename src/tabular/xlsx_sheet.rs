//! The cells of one sheet of an .xlsx, and what its part says beside them.

use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::RawTable;
use super::input::Input;
use super::settle::is_error;
use super::sheet::{Cells, notes};
use super::value::{self, NumberFormat};
use super::xlsx::Book;
use super::xlsx_xml::{Fault, RawAttributes, Room, Xml, content, rich_text, unescape_units, xml_reader};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Progress};

/// Rows between two looks at whether the work was cancelled.
const CHECK_EVERY: u32 = 1 << 10;
/// Unreadable cells after which a sheet counts as damaged.
const MOST_UNREADABLE: u32 = 1_000;
/// Cells without a value that a sheet may have beside four for each one with: formats reach far below the data.
const MOST_BLANK: u64 = 10_000_000;
/// The last row of a sheet, from 0.
const LAST_ROW: u32 = 1_048_575;

/// Row and column, from 0, of a reference such as `AB12`; `None` where it is none.
fn place_of(reference: &str) -> Option<(u32, u32)> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = reference.split_at_checked(letters)?;
    let column = letters.bytes().try_fold(0_u32, |column, b| {
        column.checked_mul(26)?.checked_add(u32::from(b.to_ascii_uppercase() - b'A') + 1)
    })?;
    let row: u32 = digits.parse().ok()?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// What a cell's value is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum CellKind {
    /// Not said: a number.
    #[default]
    Unsaid,
    Number,
    Text,
    Shared,
    Inline,
    Truth,
    Date,
    Error,
    /// Something that no version of the format knows.
    Other(Box<str>),
}

impl CellKind {
    fn of(name: &str) -> Self {
        match name {
            "" => Self::Unsaid,
            "n" => Self::Number,
            "str" => Self::Text,
            "s" => Self::Shared,
            "inlineStr" | "is" => Self::Inline,
            "b" => Self::Truth,
            "d" => Self::Date,
            "e" => Self::Error,
            other => Self::Other(other.into()),
        }
    }
}

/// A cell under way.
#[derive(Debug, Default)]
struct Cell {
    kind: CellKind,
    style: usize,
    formula: bool,
    /// There is an element for the stored value.
    stored: bool,
    /// There is a text in the cell itself.
    inline: bool,
}

/// Room for a cell's texts, used again for every cell.
#[derive(Debug, Default)]
struct Texts {
    event: Vec<u8>,
    value: String,
    inline: String,
    formula: String,
    room: Room,
}

struct SheetReader<'a, 'b> {
    input: &'a Input,
    book: &'b Book,
    cells: Cells<'a>,
    texts: Texts,
    row: u32,
    column: u32,
    rows: u32,
    /// Cells of the row that hold something, and those of them that are struck through.
    filled: (u32, u32),
    unreadable: u32,
    /// Cells met, with a value or without.
    cells_met: u64,
}

/// Reads a sheet.
///
/// # Errors
/// `RAW-004` damaged, `RAW-005` too large.
pub(super) fn read_sheet(
    input: &Input,
    book: &Book,
    name: &str,
    part: impl Read,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<RawTable> {
    let mut xml = xml_reader(input, part)?;
    let (cells, texts) = (Cells::new(input), Texts::default());
    let mut sheet = SheetReader {
        input,
        book,
        cells,
        texts,
        row: 0,
        column: 0,
        rows: 0,
        filled: (0, 0),
        unreadable: 0,
        cells_met: 0,
    };
    let mut buffer = Vec::new();
    let (mut root, mut data, mut ended) = (String::new(), false, false);
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer).map_err(|e| input.broken_part("XML", &e))?;
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(start) | Event::Empty(start) => match start.local_name().as_ref() {
                "row" if data => {
                    sheet.row_starts(&start)?;
                    if empty {
                        sheet.row += 1;
                    }
                    sheet.rows = sheet.rows.wrapping_add(1);
                    if sheet.rows.is_multiple_of(CHECK_EVERY) {
                        progress.check()?;
                    }
                }
                "c" if data => {
                    let cell = sheet.cell_starts(&start);
                    if !empty {
                        sheet.cell(cell, &mut xml, name, diagnostics)?;
                    }
                    sheet.cells_met += 1;
                    if sheet.cells_met > MOST_BLANK && sheet.cells_met > MOST_BLANK + 5 * sheet.cells.count() {
                        return Err(input.bomb(format!("{name}：空白单元格超过 {MOST_BLANK} 个")));
                    }
                    sheet.column += 1;
                }
                "sheetData" => {
                    data = !empty;
                    ended = empty;
                }
                "col" => sheet.hidden_columns(&start),
                "mergeCell" => sheet.merged(&start),
                other => {
                    if root.is_empty() {
                        other.clone_into(&mut root);
                    }
                }
            },
            Event::End(end) => match end.local_name().as_ref() {
                "row" if data => {
                    let (filled, struck) = std::mem::take(&mut sheet.filled);
                    if struck > 0 && struck * 2 >= filled {
                        sheet.cells.seen.struck_row(sheet.row);
                    }
                    sheet.row += 1;
                    sheet.column = 0;
                }
                "sheetData" => (data, ended) = (false, true),
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    if !ended {
        if !root.is_empty() && root != "worksheet" {
            notes::skipped(input, name, &root, diagnostics);
        } else if data || root.is_empty() {
            return Err(input.damaged("工作表的结尾缺失"));
        }
    }
    sheet.cells.finish(Some(name.to_owned()))
}

impl SheetReader<'_, '_> {
    fn row_starts(&mut self, start: &BytesStart<'_>) -> AppResult<()> {
        self.column = 0;
        for (name, value) in RawAttributes(start.attributes_raw()) {
            match name {
                "r" => {
                    let row: u32 =
                        value.trim().parse().ok().filter(|row| *row > 0).ok_or_else(|| self.bad_row(value))?;
                    self.row = row - 1;
                }
                "hidden" if is_true(value) => self.cells.seen.hidden_row(self.row),
                _ => {}
            }
        }
        if self.row > LAST_ROW {
            return Err(self.bad_row(&self.row.to_string()));
        }
        Ok(())
    }

    fn bad_row(&self, row: &str) -> AppError {
        self.input.damaged(format!("行号 {row}"))
    }

    fn cell_starts(&mut self, start: &BytesStart<'_>) -> Cell {
        let mut cell = Cell::default();
        for (name, value) in RawAttributes(start.attributes_raw()) {
            match name {
                "r" => {
                    if let Some((row, column)) = place_of(value.trim()) {
                        (self.row, self.column) = (row.min(LAST_ROW), column);
                    }
                }
                "s" => cell.style = value.trim().parse().unwrap_or(0),
                "t" => cell.kind = CellKind::of(value),
                _ => {}
            }
        }
        cell
    }

    /// Reads a cell to its end and puts its value down.
    fn cell(&mut self, mut cell: Cell, xml: &mut Xml<'_>, sheet: &str, diagnostics: &mut Diagnostics) -> AppResult<()> {
        let input = self.input;
        let damaged = |e: Fault| match e {
            Fault::Xml(e) => input.broken_part("XML", &e),
            Fault::Cut => input.damaged("工作表的结尾缺失"),
        };
        let Texts { event, value, inline, formula, room } = &mut self.texts;
        loop {
            event.clear();
            match xml.read_event_into(event).map_err(|e| damaged(e.into()))? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "v" => {
                        content(xml, "v", value, room).map_err(damaged)?;
                        cell.stored = true;
                    }
                    "is" => {
                        rich_text(xml, "is", inline, room).map_err(damaged)?;
                        cell.inline = true;
                    }
                    "f" => {
                        cell.formula = true;
                        content(xml, "f", formula, room).map_err(damaged)?;
                    }
                    _ => {}
                },
                Event::Empty(start) => match start.local_name().as_ref() {
                    "f" => cell.formula = true,
                    "v" => {
                        value.clear();
                        cell.stored = true;
                    }
                    _ => {}
                },
                Event::End(end) if end.local_name().as_ref() == "c" => break,
                Event::Eof => return Err(damaged(Fault::Cut)),
                _ => {}
            }
        }
        if cell.stored || cell.inline {
            self.filled.0 += 1;
            self.filled.1 += u32::from(self.book.struck.get(cell.style).copied().unwrap_or(false));
        }
        if let Err(detail) = self.put(cell)? {
            self.unreadable += 1;
            if self.unreadable > MOST_UNREADABLE {
                return Err(input.damaged(detail));
            }
            notes::unreadable(input, sheet, Some(u64::from(self.row) + 1), &detail, diagnostics);
        }
        Ok(())
    }

    /// Puts a cell's value down; in words why there is none to be read.
    fn put(&mut self, cell: Cell) -> AppResult<Result<(), String>> {
        let (row, column) = (self.row, self.column);
        let Self { book, cells, texts: Texts { value, inline, .. }, .. } = self;
        if cell.kind == CellKind::Inline || !cell.stored && cell.inline {
            if cell.inline {
                cells.put(row, column, inline)?;
            }
            return Ok(Ok(()));
        }
        let plain = value.trim();
        if !cell.stored || plain.is_empty() && cell.kind != CellKind::Text {
            if cell.formula {
                cells.seen.uncomputed(row, column);
            }
            return Ok(Ok(()));
        }
        match cell.kind {
            CellKind::Text | CellKind::Inline => {
                unescape_units(value);
                cells.put(row, column, value)?;
            }
            CellKind::Shared => {
                let text = plain.parse::<usize>().ok().and_then(|index| book.strings.get(index));
                let Some(text) = text else { return Ok(Err(format!("文字 {plain} 不存在"))) };
                cells.put(row, column, text)?;
            }
            CellKind::Truth => match plain {
                "1" | "0" => cells.put(row, column, value::truth(plain == "1"))?,
                _ if plain.eq_ignore_ascii_case("true") || plain.eq_ignore_ascii_case("false") => {
                    cells.put(row, column, value::truth(plain.eq_ignore_ascii_case("true")))?;
                }
                _ => return Ok(Err(format!("真假值「{plain}」"))),
            },
            CellKind::Date => cells.put(row, column, &value::iso_date(plain))?,
            CellKind::Error if is_error(plain) => cells.put(row, column, plain)?,
            CellKind::Error => return Ok(Err(format!("错误值「{plain}」"))),
            CellKind::Number | CellKind::Unsaid => match plain.parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let plain = NumberFormat::default();
                    let format = book.formats.get(cell.style).unwrap_or(&plain);
                    cells.put_number(row, column, number, format, book.is_1904)?;
                }
                _ if cell.kind == CellKind::Unsaid => cells.put(row, column, value)?,
                _ => return Ok(Err(format!("数「{plain}」"))),
            },
            CellKind::Other(kind) => return Ok(Err(format!("单元格类型「{kind}」"))),
        }
        Ok(Ok(()))
    }

    fn hidden_columns(&mut self, start: &BytesStart<'_>) {
        let (mut from, mut to, mut hidden) = (0_u32, 0_u32, false);
        for (name, value) in RawAttributes(start.attributes_raw()) {
            match name {
                "min" => from = value.trim().parse().unwrap_or(0),
                "max" => to = value.trim().parse().unwrap_or(0),
                "hidden" => hidden = is_true(value),
                _ => {}
            }
        }
        if hidden && from > 0 {
            self.cells.seen.hidden_columns(from - 1, to.max(from) - 1);
        }
    }

    fn merged(&mut self, start: &BytesStart<'_>) {
        let range = RawAttributes(start.attributes_raw()).find(|(name, _)| *name == "ref");
        let ends = range.and_then(|(_, range)| range.split_once(':'));
        if let Some((Some((top, column)), Some((bottom, _)))) = ends.map(|(a, b)| (place_of(a), place_of(b))) {
            self.cells.seen.merged(top, bottom.min(LAST_ROW), column);
        }
    }
}

fn is_true(value: &str) -> bool {
    value == "1" || value.eq_ignore_ascii_case("true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_places() {
        assert_eq!(place_of("A1"), Some((0, 0)));
        assert_eq!(place_of("xfd1048576"), Some((1_048_575, 16_383)));
        for none in ["", "A", "1", "A0", "甲1", "AAAAAAAAAA1"] {
            assert_eq!(place_of(none), None, "{none}");
        }
    }
}
