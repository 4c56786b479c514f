//! Binary Office Open XML workbooks (.xlsb, MS-XLSB).
//!
//! Duty: as `workbook`, for the binary parts.
//!
//! Read here rather than by calamine: that leaves out the error values of formulas without a word, stops at a
//! row number that it finds too high, and panics on string numbers beyond the table.

use std::collections::{BTreeMap, BTreeSet};

use super::biff::{double, error_text, rk};
use super::biff::{u16_at, u32_at};
use super::input::Input;
use super::package::Archive;
use super::parts::{Parts, Relation};
use super::sheet::{Cells, Sheets, notes};
use super::value::{self, NumberFormat};
use super::{RawTable, ReadOptions, wanted};
use crate::diagnostic::{AppResult, Diagnostics, Progress};

/// Records of a binary part: type and length in seven-bit groups, then the body.
struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Records<'_> {
    fn group(&mut self, most: u32) -> Option<u32> {
        let mut number = 0;
        for i in 0..most {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            number |= u32::from(byte & 0x7F) << (7 * i);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Some(number)
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let first = *self.bytes.get(self.at)?;
        self.at += 1;
        let mut kind = u32::from(first);
        if first & 0x80 != 0 {
            kind = u32::from(first & 0x7F) | u32::from(*self.bytes.get(self.at)? & 0x7F) << 7;
            self.at += 1;
        }
        let length = self.group(4)? as usize;
        let end = self.at.checked_add(length)?;
        let body = self.bytes.get(self.at..end)?;
        self.at = end;
        Some((kind, body))
    }
}

/// A string of two-byte characters behind a length of four bytes, and where it ends.
fn wide(body: &[u8], at: usize) -> Option<(String, usize)> {
    let count = u32_at(body, at) as usize;
    let start = at.checked_add(4)?;
    let end = start.checked_add(count.checked_mul(2)?)?;
    let units: Vec<u16> = body.get(start..end)?.chunks_exact(2).map(|b| u16_at(b, 0)).collect();
    Some((String::from_utf16_lossy(&units), end))
}

/// A worksheet as the workbook lists it.
struct Listed {
    name: String,
    /// Without one there is no part to read.
    relation: Option<Relation>,
    hidden: bool,
}

/// Reads an .xlsb workbook.
///
/// # Errors
/// `RAW-004` damaged, `RAW-005` too large.
pub(super) fn load(
    input: &Input,
    options: &ReadOptions,
    archive: &mut Archive,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let parts = Parts::of(archive);
    let workbook = parts.workbook(input, archive, "xl/workbook.bin")?;
    let book = parts.bytes(input, archive, &workbook)?;
    let relations = parts.relations(input, archive, &workbook)?;
    let (sheets, is_1904) = list(&book, &relations);
    if sheets.is_empty() {
        return Err(input.damaged("没有工作表"));
    }
    let shared = parts.of_kind(&relations, "sharedStrings", "xl/sharedStrings.bin");
    let styles = parts.of_kind(&relations, "styles", "xl/styles.bin");
    let strings = strings(&parts.bytes(input, archive, &shared)?);
    let formats = formats(&parts.bytes(input, archive, &styles)?);
    let mut read = Sheets::default();
    let mut read_parts = BTreeSet::new();
    for sheet in sheets {
        if !wanted(options, &sheet.name) {
            continue;
        }
        progress.check()?;
        let kind = match sheet.relation.as_ref().map(|relation| relation.kind.as_str()) {
            Some("worksheet") => "",
            Some("chartsheet") => "图表",
            Some(_) => "对话框或宏表",
            None => "没有内容的旧式模块",
        };
        let (Some(relation), "") = (&sheet.relation, kind) else {
            notes::skipped(input, &sheet.name, kind, diagnostics);
            continue;
        };
        let styles = Styles { strings: &strings, formats: &formats, is_1904 };
        let again = !read_parts.insert(relation.part.clone());
        let part = if again {
            Err(input.damaged("与另一张工作表是同一份数据"))
        } else {
            parts.bytes(input, archive, &relation.part)
        };
        let table = part.and_then(|part| read_sheet(input, &sheet.name, &part, &styles, diagnostics));
        read.take(input, (&sheet.name, sheet.hidden), table, diagnostics)?;
    }
    read.finish(diagnostics)
}

fn list(book: &[u8], relations: &BTreeMap<String, Relation>) -> (Vec<Listed>, bool) {
    let mut sheets = Vec::new();
    let mut is_1904 = false;
    for (kind, body) in (Records { bytes: book, at: 0 }) {
        match kind {
            0x0099 => is_1904 = body.first().is_some_and(|flags| flags & 1 != 0),
            0x009C => {
                // A length of all ones: no relation, and so no part to read.
                let (relation, end) = match u32_at(body, 8) {
                    u32::MAX => (String::new(), 12),
                    _ => wide(body, 8).unwrap_or_default(),
                };
                let Some((name, _)) = wide(body, end) else { continue };
                let relation = relations.get(&relation).cloned();
                sheets.push(Listed { name, relation, hidden: u32_at(body, 0) != 0 });
            }
            0x0090 => break,
            _ => {}
        }
    }
    (sheets, is_1904)
}

fn strings(part: &[u8]) -> Vec<String> {
    let items = Records { bytes: part, at: 0 }.filter(|(kind, _)| *kind == 0x0013);
    items.map(|(_, body)| wide(body, 1).map(|(text, _)| text).unwrap_or_default()).collect()
}

/// What each cell format makes of a number.
fn formats(part: &[u8]) -> Vec<NumberFormat> {
    let mut codes = BTreeMap::new();
    let mut formats = Vec::new();
    let mut inside = false;
    for (kind, body) in (Records { bytes: part, at: 0 }) {
        match kind {
            0x002C => {
                if let Some((code, _)) = wide(body, 2) {
                    codes.insert(u16_at(body, 0), NumberFormat::of(&code));
                }
            }
            0x0269 => inside = true,
            0x026A => inside = false,
            0x002F if inside => {
                let id = u16_at(body, 2);
                formats.push(codes.get(&id).cloned().unwrap_or_else(|| NumberFormat::builtin(id)));
            }
            _ => {}
        }
    }
    formats
}

/// What cells refer to.
struct Styles<'a> {
    strings: &'a [String],
    formats: &'a [NumberFormat],
    is_1904: bool,
}

impl Styles<'_> {
    fn put(&self, cells: &mut Cells<'_>, row: u32, body: &[u8], number: f64) -> AppResult<()> {
        let style = (u32_at(body, 4) & 0x00FF_FFFF) as usize;
        let plain = NumberFormat::default();
        cells.put_number(row, u32_at(body, 0), number, self.formats.get(style).unwrap_or(&plain), self.is_1904)
    }
}

fn read_sheet(
    input: &Input,
    name: &str,
    part: &[u8],
    styles: &Styles<'_>,
    diagnostics: &mut Diagnostics,
) -> AppResult<RawTable> {
    let mut cells = Cells::new(input);
    let mut row = 0;
    let mut missing = 0_u32;
    let mut ended = false;
    for (kind, body) in (Records { bytes: part, at: 0 }) {
        let column = u32_at(body, 0);
        let text = match kind {
            0x0000 => {
                row = column;
                if row > 0x000F_FFFF {
                    return Err(input.damaged(format!("行号 {row}")).with(|f| f.sheet(name)));
                }
                // Behind the height: the outline's byte, then the flags, of which one says hidden.
                if body.get(11).is_some_and(|flags| flags & 0x10 != 0) {
                    cells.seen.hidden_row(row);
                }
                continue;
            }
            0x0092 => {
                ended = true;
                continue;
            }
            0x003C if u16_at(body, 16) & 1 != 0 => {
                cells.seen.hidden_columns(column, u32_at(body, 4));
                continue;
            }
            0x00B0 => {
                cells.seen.merged(column, u32_at(body, 4), u32_at(body, 8));
                continue;
            }
            _ if ended => continue,
            0x0002 => {
                styles.put(&mut cells, row, body, rk(u32_at(body, 8)))?;
                continue;
            }
            0x0003 | 0x000B => body.get(8).map(|code| error_text(*code).to_owned()),
            0x0004 | 0x000A => body.get(8).map(|truth| value::truth(*truth != 0).to_owned()),
            0x0005 | 0x0009 if body.len() >= 16 => {
                styles.put(&mut cells, row, body, double(body, 8))?;
                continue;
            }
            0x0005 | 0x0009 => None,
            0x0006 | 0x0008 => wide(body, 8).map(|(text, _)| text),
            // A string with its formatting in the cell.
            0x003E => wide(body, 9).map(|(text, _)| text),
            0x0007 => styles.strings.get(u32_at(body, 8) as usize).cloned(),
            _ => continue,
        };
        match text {
            Some(text) => cells.put(row, column, &text)?,
            None => missing += 1,
        }
    }
    if !ended {
        return Err(input.damaged("工作表的结尾缺失").with(|f| f.sheet(name)));
    }
    if missing > 0 {
        notes::unreadable(input, name, None, &format!("{missing} 个单元格的内容缺失"), diagnostics);
    }
    cells.finish(Some(name.to_owned()))
}
