//! Workbooks of Excel 2.1 to 2003 (.xls, MS-XLS and its forerunners BIFF2 to BIFF5).
//!
//! Duty: the values of every worksheet as text cells; number formats decide what is a date; strings in the
//! code page of the file (936 in Chinese offices before Unicode) or, where none is declared, by what they look
//! like.
//!
//! Read here rather than by calamine: that opens all sheets at once as dense grids, allocates what dimension
//! records and allocation tables claim (an abort for want of memory can't be caught), gives the whole file up
//! at an error code that it doesn't know, and knows no BIFF2 to BIFF4, which report tools still write.
//! Records that can't be understood are reported, never guessed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::biff::{Record, Records, Spread, characters, double, error_text, rk, short_bytes, u16_at, u32_at, unicode};
use super::compound::{Compound, SIGNATURE};
use super::input::Input;
use super::sheet::{Cells, Sheets, notes};
use super::value::{self, NumberFormat};
use super::{RawTable, ReadOptions, wanted};
use crate::diagnostic::{AppResult, Diagnostics, Finding, Progress};
use crate::text::encoding::{TextEncoding, looks_chinese};

/// The version of the record format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Biff {
    Two,
    Three,
    Four,
    Five,
    Eight,
}

/// True where the bytes begin like a stream of records without a container.
pub(super) fn is_bare(head: &[u8]) -> bool {
    matches!((u16_at(head, 0), u16_at(head, 2)), (0x0009, 4) | (0x0209 | 0x0409, 6) | (0x0809, 4..=32))
        && matches!(u16_at(head, 6), 0x0005 | 0x0006 | 0x0010 | 0x0020 | 0x0040 | 0x0100)
}

/// What the workbook's globals say.
struct Globals<'a> {
    biff: Biff,
    encoding: Option<TextEncoding>,
    is_1904: bool,
    strings: Vec<String>,
    formats: BTreeMap<u16, NumberFormat>,
    /// The number format of each cell format.
    cell_formats: Vec<u16>,
    sheets: Vec<BoundSheet>,
    stream: &'a [u8],
}

/// A sheet's entry in the globals.
#[derive(Debug, Clone)]
struct BoundSheet {
    name: String,
    at: usize,
    hidden: bool,
    kind: u8,
}

/// Reads an .xls workbook.
///
/// # Errors
/// `RAW-002` another kind of compound file, `RAW-003` encrypted, `RAW-004` damaged, `RAW-005` too large.
pub(super) fn load(
    input: &Input,
    options: &ReadOptions,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let bytes = input.whole()?;
    let owned;
    let stream: &[u8] = if bytes.starts_with(&SIGNATURE) {
        let mut file = Compound::open(input, &bytes)?;
        let found = file.stream("Workbook");
        let Some((stream, whole)) = found.or_else(|| file.stream("Book")) else {
            if file.has("WordDocument") || file.has("PowerPoint Document") || file.has("__properties_version1.0") {
                return Err(super::unsupported(input, "Word、PowerPoint 或邮件文件"));
            }
            return Err(input.damaged("找不到工作簿数据流"));
        };
        if !whole {
            return Err(input.damaged("工作簿数据流不完整"));
        }
        owned = stream;
        &owned
    } else {
        &bytes
    };
    let opened = super::crypt::opened(stream);
    let stream = opened.as_deref().unwrap_or(stream);
    let globals = read_globals(input, options, stream)?;
    if globals.sheets.is_empty() {
        return Err(input.damaged("没有工作表"));
    }
    let mut sheets = Sheets::default();
    for sheet in &globals.sheets {
        if !wanted(options, &sheet.name) {
            continue;
        }
        let kind = match sheet.kind {
            0 => None,
            1 => Some("宏表"),
            2 => Some("图表"),
            6 => Some("VBA 模块"),
            _ => Some("未知类型"),
        };
        if let Some(kind) = kind {
            notes::skipped(input, &sheet.name, kind, diagnostics);
            continue;
        }
        let read = read_sheet(input, &globals, sheet, diagnostics, progress);
        sheets.take(input, (&sheet.name, sheet.hidden), read, diagnostics)?;
    }
    sheets.finish(diagnostics)
}

fn biff_of(record: Record<'_>) -> Option<Biff> {
    Some(match record.kind {
        0x0009 => Biff::Two,
        0x0209 => Biff::Three,
        0x0409 => Biff::Four,
        0x0809 => match u16_at(record.body, 0) {
            0x0200 | 0x0002 | 0x0007 => Biff::Two,
            0x0300 => Biff::Three,
            0x0400 => Biff::Four,
            0x0500 => Biff::Five,
            0 if u16_at(record.body, 2) == 0x1000 => Biff::Five,
            _ => Biff::Eight,
        },
        _ => return None,
    })
}

/// The encoding of a code page record; Excel has numbers of its own for ASCII and for two old systems.
fn code_page(page: u16) -> Option<TextEncoding> {
    TextEncoding::from_code_page(match page {
        367 | 0x8001 => 1252,
        0x8000 => 10000,
        page => page,
    })
}

fn read_globals<'a>(input: &Input, options: &ReadOptions, stream: &'a [u8]) -> AppResult<Globals<'a>> {
    let mut records = Records { stream, at: 0 };
    let Some(biff) = records.next().and_then(biff_of) else {
        return Err(input.damaged("缺少工作簿开头的记录"));
    };
    let chosen = options.encoding.as_deref().and_then(TextEncoding::from_label);
    let mut globals = Globals {
        biff,
        encoding: chosen,
        is_1904: false,
        strings: Vec::new(),
        formats: BTreeMap::new(),
        cell_formats: Vec::new(),
        sheets: Vec::new(),
        stream,
    };
    let mut next_format = 0;
    for record in records {
        let body = record.body;
        match record.kind {
            0x000A => break,
            0x002F if !body.is_empty() => return Err(input.encrypted()),
            0x0042 if chosen.is_none() => globals.encoding = code_page(u16_at(body, 0)),
            0x0022 => globals.is_1904 = u16_at(body, 0) == 1,
            0x001E | 0x041E => {
                // BIFF2 and BIFF3 number their formats by order, BIFF4 too behind two spare bytes.
                let (id, text) = match globals.biff {
                    Biff::Eight => (u16_at(body, 0), unicode(body.get(2..).unwrap_or_default()).unwrap_or_default()),
                    Biff::Five => (u16_at(body, 0), globals.narrow(short_bytes(body, 2))),
                    Biff::Four => (next_format, globals.narrow(short_bytes(body, 2))),
                    Biff::Two | Biff::Three => (next_format, globals.narrow(short_bytes(body, 0))),
                };
                next_format += 1;
                globals.formats.insert(id, NumberFormat::of(&text));
            }
            0x00E0 => globals.cell_formats.push(u16_at(body, 2)),
            0x0243 | 0x0443 => globals.cell_formats.push(u16::from(body.get(1).copied().unwrap_or(0))),
            0x0085 if globals.biff >= Biff::Five => globals.sheets.push(globals.bound_sheet(body)),
            0x00FC => globals.strings = shared_strings(record, stream),
            _ => {}
        }
    }
    if globals.biff < Biff::Five || globals.sheets.is_empty() {
        // Before BIFF5 a file was one sheet; its formats stand in the sheet itself.
        let stem = input.name.rsplit_once('.').map_or(input.name.as_str(), |(stem, _)| stem);
        globals.sheets = vec![BoundSheet { name: stem.to_owned(), at: 0, hidden: false, kind: 0 }];
    }
    Ok(globals)
}

impl Globals<'_> {
    /// A byte string in the file's code page; without one, Chinese where it looks so.
    fn narrow(&self, bytes: &[u8]) -> String {
        let encoding = self
            .encoding
            .filter(|encoding| *encoding != TextEncoding::UTF_16LE)
            .unwrap_or_else(|| if looks_chinese(bytes) { TextEncoding::GB18030 } else { TextEncoding::WESTERN });
        encoding.decode(bytes).0.into_owned()
    }

    fn bound_sheet(&self, body: &[u8]) -> BoundSheet {
        let name = if self.biff == Biff::Eight {
            let length = usize::from(body.get(6).copied().unwrap_or(0));
            characters(body.get(8..).unwrap_or_default(), length, body.get(7).is_some_and(|f| f & 1 != 0))
        } else {
            self.narrow(short_bytes(body, 6))
        };
        BoundSheet {
            name: name.replace('\0', ""),
            at: u32_at(body, 0) as usize,
            hidden: body.get(4).is_some_and(|state| state & 3 != 0),
            kind: body.get(5).copied().unwrap_or(0),
        }
    }

    fn format_of(&self, cell_format: u16) -> Cow<'_, NumberFormat> {
        let (format, builtin) = if self.biff == Biff::Two {
            // Three bytes of attributes: the second holds the number format itself.
            let format = cell_format >> 8 & 0x3F;
            (format, if (12..=20).contains(&format) { 14 } else { 0 })
        } else {
            let format = self.cell_formats.get(usize::from(cell_format)).copied().unwrap_or(0);
            (format, format)
        };
        self.formats.get(&format).map_or_else(|| Cow::Owned(NumberFormat::builtin(builtin)), Cow::Borrowed)
    }
}

/// The shared strings. Their declared number is often wrong; what is there counts.
fn shared_strings(record: Record<'_>, stream: &[u8]) -> Vec<String> {
    let mut spread = Spread::of(record, stream);
    let mut strings = Vec::new();
    if spread.skip(8).is_none() {
        return strings;
    }
    while spread.settle().is_some() {
        let Some(text) = spread.rich() else { break };
        strings.push(text);
    }
    strings
}

/// Reads the cells of one sheet.
struct SheetReader<'a> {
    globals: &'a Globals<'a>,
    cells: Cells<'a>,
    /// The formula whose text stands in the next STRING record.
    awaiting: Option<(u32, u32)>,
    missing: u32,
}

fn read_sheet(
    input: &Input,
    globals: &Globals<'_>,
    sheet: &BoundSheet,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<RawTable> {
    let mut reader = SheetReader { globals, cells: Cells::new(input), awaiting: None, missing: 0 };
    let mut depth = 0_u32;
    let mut ended = false;
    let records = Records { stream: globals.stream, at: sheet.at };
    if globals.stream.get(sheet.at..).is_none_or(|rest| rest.len() < 4) {
        return Err(input.damaged("工作表的数据缺失").with(|f| f.sheet(sheet.name.clone())));
    }
    let mut count = 0_u32;
    for record in records {
        count = count.wrapping_add(1);
        if count.is_multiple_of(1 << 16) {
            progress.check()?;
        }
        match record.kind {
            // Charts in the sheet are substreams of their own, with records that look like cells.
            0x0009 | 0x0209 | 0x0409 | 0x0809 => depth += 1,
            0x000A => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    ended = true;
                    break;
                }
            }
            _ if depth > 1 => {}
            0x002F if !record.body.is_empty() => return Err(input.encrypted()),
            0x0208 | 0x007D | 0x00E5 => reader.look(record),
            _ => reader.cell(record)?,
        }
    }
    if !ended {
        diagnostics.push(
            Finding::warning("RAW-033", "工作表的结尾缺失，可能少了数据")
                .file(input.name.clone())
                .sheet(sheet.name.clone())
                .hint("请用原来的软件打开核对行数"),
        );
    }
    if reader.missing > 0 {
        let detail = format!("{} 个单元格所指的文字不存在", reader.missing);
        notes::unreadable(input, &sheet.name, None, &detail, diagnostics);
    }
    reader.cells.finish(Some(sheet.name.clone()))
}

impl SheetReader<'_> {
    fn cell(&mut self, record: Record<'_>) -> AppResult<()> {
        let body = record.body;
        let (row, column) = (u32::from(u16_at(body, 0)), u32::from(u16_at(body, 2)));
        let globals = self.globals;
        let old = globals.biff == Biff::Two;
        // BIFF2 has three bytes of attributes where the others have the number of a cell format.
        let (format, at) = if old { (u16_at(body, 4), 7) } else { (u16_at(body, 4), 6) };
        match record.kind {
            0x0002 if old && body.len() >= 9 => {
                self.number(row, column, f64::from(u16_at(body, 7)), format)?;
            }
            0x0003 | 0x0203 if body.len() >= at + 8 => {
                self.number(row, column, double(body, at), format)?;
            }
            0x027E if body.len() >= 10 => {
                self.number(row, column, rk(u32_at(body, 6)), format)?;
            }
            0x00BD => {
                let numbers = body.get(4..body.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6);
                for (i, pair) in numbers.enumerate() {
                    self.number(row, column + i as u32, rk(u32_at(pair, 2)), u16_at(pair, 0))?;
                }
            }
            0x00FD if body.len() >= 10 => match globals.strings.get(u32_at(body, 6) as usize) {
                Some(text) => self.cells.put(row, column, text)?,
                None => self.missing += 1,
            },
            0x0004 if old => {
                let text = globals.narrow(short_bytes(body, 7));
                self.cells.put(row, column, &text)?;
            }
            0x0204 | 0x00D6 if body.len() >= 8 => match self.string(record, 6) {
                Some(text) => self.cells.put(row, column, &text)?,
                None => self.missing += 1,
            },
            0x0005 | 0x0205 if body.len() >= at + 2 => {
                let text = if body[at + 1] == 0 { value::truth(body[at] != 0) } else { error_text(body[at]) };
                self.cells.put(row, column, text)?;
            }
            0x0006 | 0x0206 | 0x0406 if body.len() >= at + 8 => {
                self.awaiting = None;
                let result = &body[at..at + 8];
                if result[6] == 0xFF && result[7] == 0xFF {
                    match result[0] {
                        0 => self.awaiting = Some((row, column)),
                        1 => self.cells.put(row, column, value::truth(result[2] != 0))?,
                        2 => self.cells.put(row, column, error_text(result[2]))?,
                        _ => {}
                    }
                } else {
                    self.number(row, column, double(body, at), format)?;
                }
            }
            0x0007 | 0x0207 => {
                if let Some((row, column)) = self.awaiting.take() {
                    let text = if old { Some(globals.narrow(short_bytes(body, 0))) } else { self.string(record, 0) };
                    match text {
                        Some(text) => self.cells.put(row, column, &text)?,
                        None => self.missing += 1,
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn number(&mut self, row: u32, column: u32, number: f64, cell_format: u16) -> AppResult<()> {
        let format = self.globals.format_of(cell_format);
        self.cells.put_number(row, column, number, &format, self.globals.is_1904)
    }

    /// What a sheet says of its rows, columns and merged cells.
    fn look(&mut self, record: Record<'_>) {
        let body = record.body;
        match record.kind {
            // ROW: the height counts as zero.
            0x0208 if u16_at(body, 12) & 0x20 != 0 => self.cells.seen.hidden_row(u32::from(u16_at(body, 0))),
            0x007D if u16_at(body, 8) & 1 != 0 => {
                self.cells.seen.hidden_columns(u32::from(u16_at(body, 0)), u32::from(u16_at(body, 2)));
            }
            0x00E5 => {
                for range in body.get(2..).unwrap_or_default().chunks_exact(8) {
                    let (top, bottom) = (u16_at(range, 0), u16_at(range, 2));
                    self.cells.seen.merged(u32::from(top), u32::from(bottom), u32::from(u16_at(range, 4)));
                }
            }
            _ => {}
        }
    }

    /// A string with a length of two bytes, which may run on into CONTINUE records.
    fn string(&self, record: Record<'_>, at: usize) -> Option<String> {
        let body = record.body.get(at..)?;
        if self.globals.biff == Biff::Eight {
            if let Some(text) = unicode(body) {
                return Some(text);
            }
            let mut spread = Spread::of(record, self.globals.stream);
            spread.skip(at)?;
            return spread.rich();
        }
        let length = usize::from(u16_at(body, 0));
        let bytes = body.get(2..)?;
        Some(self.globals.narrow(&bytes[..length.min(bytes.len())]))
    }
}
