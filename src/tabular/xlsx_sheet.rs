//! The cells of one sheet of an .xlsx, and what its part says beside them.

use std::io::Read;

use quick_xml::events::{BytesStart, Event};

use super::RawTable;
use super::input::Input;
use super::settle::is_error;
use super::sheet::{Cells, notes};
use super::value::{self, NumberFormat};
use super::xlsx::Book;
use super::xlsx_xml::{Fault, RawAttributes, Xml, content, rich_text, unescape_units, xml_reader};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Progress};

/// Rows between two looks at whether the work was cancelled.
const CHECK_EVERY: u32 = 1 << 10;
/// Unreadable cells after which a sheet counts as damaged.
const MOST_UNREADABLE: u32 = 1_000;
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

/// A cell under way.
#[derive(Default)]
struct Cell {
    kind: String,
    style: usize,
    formula: bool,
    /// The stored value, where there is an element for it.
    value: Option<String>,
    inline: Option<String>,
}

struct SheetReader<'a, 'b> {
    input: &'a Input,
    book: &'b Book,
    cells: Cells<'a>,
    row: u32,
    column: u32,
    rows: u32,
    unreadable: u32,
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
    let mut sheet = SheetReader { input, book, cells: Cells::new(input), row: 0, column: 0, rows: 0, unreadable: 0 };
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
                "t" => value.clone_into(&mut cell.kind),
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
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer).map_err(|e| damaged(e.into()))? {
                Event::Start(start) => match start.local_name().as_ref() {
                    "v" => {
                        let mut text = String::new();
                        content(xml, "v", &mut text).map_err(damaged)?;
                        cell.value = Some(text);
                    }
                    "is" => {
                        let mut text = String::new();
                        rich_text(xml, "is", &mut text).map_err(damaged)?;
                        cell.inline = Some(text);
                    }
                    "f" => {
                        cell.formula = true;
                        content(xml, "f", &mut String::new()).map_err(damaged)?;
                    }
                    _ => {}
                },
                Event::Empty(start) => match start.local_name().as_ref() {
                    "f" => cell.formula = true,
                    "v" => cell.value = Some(String::new()),
                    _ => {}
                },
                Event::End(end) if end.local_name().as_ref() == "c" => break,
                Event::Eof => return Err(damaged(Fault::Cut)),
                _ => {}
            }
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
        let kind = cell.kind.as_str();
        if matches!(kind, "inlineStr" | "is") || cell.value.is_none() && cell.inline.is_some() {
            self.cells.put(row, column, &cell.inline.unwrap_or_default())?;
            return Ok(Ok(()));
        }
        let Some(mut value) = cell.value else {
            if cell.formula {
                self.cells.seen.uncomputed(row, column);
            }
            return Ok(Ok(()));
        };
        let plain = value.trim();
        match kind {
            "str" => {
                unescape_units(&mut value);
                self.cells.put(row, column, &value)?;
            }
            _ if plain.is_empty() => {
                if cell.formula {
                    self.cells.seen.uncomputed(row, column);
                }
            }
            "s" => {
                let text = plain.parse::<usize>().ok().and_then(|index| self.book.strings.get(index));
                let Some(text) = text else { return Ok(Err(format!("文字 {plain} 不存在"))) };
                self.cells.put(row, column, text)?;
            }
            "b" => match plain {
                "1" | "0" => self.cells.put(row, column, value::truth(plain == "1"))?,
                _ if plain.eq_ignore_ascii_case("true") || plain.eq_ignore_ascii_case("false") => {
                    self.cells.put(row, column, value::truth(plain.eq_ignore_ascii_case("true")))?;
                }
                _ => return Ok(Err(format!("真假值「{plain}」"))),
            },
            "d" => self.cells.put(row, column, &value::iso_date(plain))?,
            "e" if is_error(plain) => self.cells.put(row, column, plain)?,
            "e" => return Ok(Err(format!("错误值「{plain}」"))),
            "n" | "" => match plain.parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    let plain = NumberFormat::default();
                    let format = self.book.formats.get(cell.style).unwrap_or(&plain);
                    self.cells.put_number(row, column, number, format, self.book.is_1904)?;
                }
                _ if kind.is_empty() => self.cells.put(row, column, &value)?,
                _ => return Ok(Err(format!("数「{plain}」"))),
            },
            other => return Ok(Err(format!("单元格类型「{other}」"))),
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
