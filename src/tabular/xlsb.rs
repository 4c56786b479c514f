//! Binary Office Open XML workbooks (.xlsb, MS-XLSB).
//!
//! Duty: as `workbook`, for the binary parts.
//!
//! Read here rather than by calamine: that leaves out the error values of formulas without a word, stops at a
//! row number that it finds too high, and panics on string numbers beyond the table.

use std::collections::BTreeMap;

use super::biff::{error_text, rk};
use super::biff::{u16_at, u32_at};
use super::input::Input;
use super::markup::{Token, Tokens, attribute};
use super::package::{self, Archive};
use super::sheet::{Cells, notes};
use super::value::{self, NumberKind};
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
    part: String,
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
    let book = package::part(input, archive, "xl/workbook.bin")?;
    let relations = relations(&optional(input, archive, "xl/_rels/workbook.bin.rels")?);
    let (sheets, is_1904) = list(&book, &relations);
    if sheets.is_empty() {
        return Err(input.damaged("没有工作表"));
    }
    let strings = strings(&optional(input, archive, "xl/sharedStrings.bin")?);
    let kinds = kinds(&optional(input, archive, "xl/styles.bin")?);
    let mut tables = Vec::new();
    for sheet in sheets {
        if !wanted(options, &sheet.name) {
            continue;
        }
        progress.check()?;
        if !sheet.part.contains("worksheets/") {
            let kind = if sheet.part.contains("chart") { "图表" } else { "对话框或宏表" };
            notes::skipped(input, &sheet.name, kind, diagnostics);
            continue;
        }
        if sheet.hidden {
            notes::hidden(input, &sheet.name, diagnostics);
        }
        let part = package::part(input, archive, &sheet.part).map_err(|e| e.with(|f| f.sheet(sheet.name.clone())))?;
        let styles = Styles { strings: &strings, kinds: &kinds, is_1904 };
        tables.push(read_sheet(input, &sheet.name, &part, &styles, diagnostics)?);
    }
    Ok(tables)
}

/// A part that a workbook may do without.
fn optional(input: &Input, archive: &mut Archive, name: &str) -> AppResult<Vec<u8>> {
    if archive.index_for_name(name).is_none() {
        return Ok(Vec::new());
    }
    package::part(input, archive, name)
}

fn relations(xml: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(xml);
    let mut map = BTreeMap::new();
    for token in Tokens::new(&text) {
        if let Token::Open { name: "Relationship", attributes, .. } = token
            && let (Some(id), Some(target)) = (attribute(attributes, "Id"), attribute(attributes, "Target"))
        {
            let part = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            map.insert(id, part);
        }
    }
    map
}

fn list(book: &[u8], relations: &BTreeMap<String, String>) -> (Vec<Listed>, bool) {
    let mut sheets = Vec::new();
    let mut is_1904 = false;
    for (kind, body) in (Records { bytes: book, at: 0 }) {
        match kind {
            0x0099 => is_1904 = body.first().is_some_and(|flags| flags & 1 != 0),
            0x009C => {
                // Without a relation there is no part to read.
                let Some((relation, end)) = wide(body, 8).filter(|_| u32_at(body, 8) != u32::MAX) else { continue };
                let (Some((name, _)), Some(part)) = (wide(body, end), relations.get(&relation)) else { continue };
                sheets.push(Listed { name, part: part.clone(), hidden: u32_at(body, 0) != 0 });
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
fn kinds(part: &[u8]) -> Vec<NumberKind> {
    let mut formats = BTreeMap::new();
    let mut kinds = Vec::new();
    let mut inside = false;
    for (kind, body) in (Records { bytes: part, at: 0 }) {
        match kind {
            0x002C => {
                if let Some((code, _)) = wide(body, 2) {
                    formats.insert(u16_at(body, 0), value::format_kind(&code));
                }
            }
            0x0269 => inside = true,
            0x026A => inside = false,
            0x002F if inside => {
                let id = u16_at(body, 2);
                kinds.push(formats.get(&id).copied().unwrap_or_else(|| value::builtin_kind(id)));
            }
            _ => {}
        }
    }
    kinds
}

/// What cells refer to.
struct Styles<'a> {
    strings: &'a [String],
    kinds: &'a [NumberKind],
    is_1904: bool,
}

impl Styles<'_> {
    fn number(&self, number: f64, body: &[u8]) -> String {
        let style = (u32_at(body, 4) & 0x00FF_FFFF) as usize;
        value::formatted(number, self.kinds.get(style).copied().unwrap_or(NumberKind::Number), self.is_1904)
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
                continue;
            }
            0x0092 => {
                ended = true;
                break;
            }
            0x0002 => Some(styles.number(rk(u32_at(body, 8)), body)),
            0x0003 | 0x000B => body.get(8).map(|code| error_text(*code).to_owned()),
            0x0004 | 0x000A => body.get(8).map(|truth| value::truth(*truth != 0).to_owned()),
            0x0005 | 0x0009 => body
                .get(8..16)
                .map(|_| f64::from_bits(u64::from(u32_at(body, 8)) | u64::from(u32_at(body, 12)) << 32))
                .map(|number| styles.number(number, body)),
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
