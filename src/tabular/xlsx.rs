//! Office Open XML workbooks (.xlsx, .xlsm; ECMA-376 part 1, strict and transitional).
//!
//! Duty: every worksheet, visible or hidden, as text cells in one spelling, and what the file says beside them.
//!
//! Read here rather than by calamine: that refuses a whole workbook for one odd sheet, in English, tells neither
//! formulas without values nor hidden rows nor the zeros that a number format shows, and reads no part in UTF-16.
//! Cells are streamed, so that a sheet's declared size costs nothing; a cell that can't be read is reported and
//! reading goes on behind it.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::Event;

use super::ahead::read_ahead;
use super::input::Input;
use super::markup::{Token, Tokens, attribute, unescape};
use super::package::Archive;
use super::parts::Parts;
use super::sheet::{Sheets, notes};
use super::value::NumberFormat;
use super::xlsx_sheet::read_sheet;
use super::xlsx_xml::{Fault, RawAttributes, Room, Xml, rich_text, xml_reader};
use super::{RawTable, ReadOptions, wanted};
use crate::diagnostic::{AppResult, Diagnostics, Progress};

/// What cells refer to.
pub(super) struct Book {
    /// The shared strings.
    pub(super) strings: Strings,
    /// The number format of each cell format.
    pub(super) formats: Vec<NumberFormat>,
    /// Whether each cell format strikes its text through.
    pub(super) struck: Vec<bool>,
    /// Days count from 1904.
    pub(super) is_1904: bool,
}

/// Most shared strings: ten to a row of the longest sheet.
const MOST_STRINGS: usize = 10_000_000;
/// Most bytes of them.
const MOST_STRING_BYTES: usize = 256 << 20;

/// Texts in one stretch of memory: a million short ones cost what is in them and four bytes each.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    /// Adds one; false where there are too many.
    fn push(&mut self, text: &str) -> bool {
        if self.ends.len() >= MOST_STRINGS || self.text.len() + text.len() > MOST_STRING_BYTES {
            return false;
        }
        self.text.push_str(text);
        // bounded by MOST_STRING_BYTES
        self.ends.push(self.text.len() as u32);
        true
    }

    /// The one of a number, from 0.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |start| *start as usize);
        self.text.get(start..end)
    }
}

/// A sheet as the workbook lists it.
struct Listed {
    name: String,
    hidden: bool,
    relation: String,
}

/// Reads an .xlsx or .xlsm workbook.
///
/// # Errors
/// `RAW-004` damaged, `RAW-005` too large. A sheet that can't be read beside others that can is a finding.
pub(super) fn load(
    input: &Input,
    options: &ReadOptions,
    archive: &mut Archive,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let parts = Parts::of(archive);
    let workbook = parts.workbook(input, archive, "xl/workbook.xml")?;
    let text = parts.text(input, archive, &workbook)?;
    let (listed, is_1904) = listed_sheets(&text);
    if listed.is_empty() {
        return Err(input.damaged("没有工作表"));
    }
    let relations = parts.relations(input, archive, &workbook)?;
    let shared = parts.of_kind(&relations, "sharedStrings", "xl/sharedStrings.xml");
    let styles = parts.of_kind(&relations, "styles", "xl/styles.xml");
    let strings = match parts.open(input, archive, &shared)? {
        Some(part) => read_ahead(part, |part| shared_strings(input, &shared, &mut xml_reader(input, part)?))?,
        None => Strings::default(),
    };
    let styles = parts.text(input, archive, &styles)?;
    let book = Book { strings, formats: number_formats(&styles), struck: struck_formats(&styles), is_1904 };
    let mut sheets = Sheets::default();
    let mut read_parts = BTreeSet::new();
    for sheet in listed.iter().filter(|sheet| wanted(options, &sheet.name)) {
        progress.check()?;
        let relation = relations.get(&sheet.relation);
        let kind = match relation.map(|relation| relation.kind.as_str()) {
            Some("chartsheet") => "图表",
            Some("dialogsheet") => "对话框",
            Some("xlMacrosheet" | "xlIntlMacrosheet") => "宏表",
            Some(_) => "",
            None => "没有内容的旧式模块",
        };
        let (Some(relation), "") = (relation, kind) else {
            notes::skipped(input, &sheet.name, kind, diagnostics);
            continue;
        };
        let again = !read_parts.insert(relation.part.clone());
        let read = match parts.open(input, archive, &relation.part)? {
            Some(_) if again => Err(input.damaged("与另一张工作表是同一份数据")),
            Some(part) => read_ahead(part, |part| read_sheet(input, &book, &sheet.name, part, diagnostics, progress)),
            None => Err(input.damaged("工作表的数据缺失")),
        };
        sheets.take(input, (&sheet.name, sheet.hidden), read, diagnostics)?;
    }
    sheets.finish(diagnostics)
}

/// The sheets of a workbook part, and whether days count from 1904.
fn listed_sheets(text: &str) -> (Vec<Listed>, bool) {
    let mut listed = Vec::new();
    let mut is_1904 = false;
    for token in Tokens::new(text) {
        let Token::Open { name, attributes, .. } = token else { continue };
        match name.rsplit(':').next() {
            Some("workbookPr") => {
                is_1904 = attribute(attributes, "date1904").is_some_and(|v| v == "1" || v.eq_ignore_ascii_case("true"));
            }
            Some("sheet") => {
                let relation = RawAttributes(attributes).find(|(name, _)| name.ends_with(":id"));
                listed.push(Listed {
                    name: attribute(attributes, "name").unwrap_or_default(),
                    hidden: attribute(attributes, "state").is_some_and(|state| state != "visible"),
                    relation: relation.map(|(_, id)| unescape(id)).unwrap_or_default(),
                });
            }
            _ => {}
        }
    }
    (listed, is_1904)
}

/// The number format of each cell format.
fn number_formats(text: &str) -> Vec<NumberFormat> {
    let mut codes = BTreeMap::new();
    let mut formats = Vec::new();
    let mut inside = false;
    for token in Tokens::new(text) {
        match token {
            Token::Open { name, attributes, empty } => match name.rsplit(':').next() {
                Some("numFmt") => {
                    let id = attribute(attributes, "numFmtId").and_then(|id| id.trim().parse::<u32>().ok());
                    if let (Some(id), Some(code)) = (id, attribute(attributes, "formatCode")) {
                        codes.insert(id, NumberFormat::of(&code));
                    }
                }
                Some("cellXfs") => inside = !empty,
                Some("xf") if inside => {
                    let id =
                        attribute(attributes, "numFmtId").and_then(|id| id.trim().parse::<u32>().ok()).unwrap_or(0);
                    let own = codes.get(&id).cloned();
                    formats.push(own.unwrap_or_else(|| NumberFormat::builtin(u16::try_from(id).unwrap_or(0))));
                }
                _ => {}
            },
            Token::Close(name) if name.ends_with("cellXfs") => inside = false,
            _ => {}
        }
    }
    formats
}

/// Whether each cell format strikes its text through, by its font.
fn struck_formats(text: &str) -> Vec<bool> {
    let (mut fonts, mut formats) = (Vec::new(), Vec::new());
    let (mut in_fonts, mut in_formats) = (false, false);
    for token in Tokens::new(text) {
        match token {
            Token::Open { name, attributes, empty } => match name.rsplit(':').next() {
                Some("fonts") => in_fonts = !empty,
                Some("cellXfs") => in_formats = !empty,
                Some("font") if in_fonts => fonts.push(false),
                Some("strike") if in_fonts => {
                    let off = attribute(attributes, "val").is_some_and(|v| v == "0" || v.eq_ignore_ascii_case("false"));
                    if let Some(font) = fonts.last_mut() {
                        *font = !off;
                    }
                }
                Some("xf") if in_formats => {
                    let font = attribute(attributes, "fontId").and_then(|id| id.trim().parse::<usize>().ok());
                    formats.push(font.and_then(|font| fonts.get(font)).copied().unwrap_or(false));
                }
                _ => {}
            },
            Token::Close(name) => match name.rsplit(':').next() {
                Some("fonts") => in_fonts = false,
                Some("cellXfs") => in_formats = false,
                _ => {}
            },
            _ => {}
        }
    }
    formats
}

/// The shared strings.
fn shared_strings(input: &Input, name: &str, xml: &mut Xml<'_>) -> AppResult<Strings> {
    let mut strings = Strings::default();
    let mut buffer = Vec::new();
    let (mut text, mut room) = (String::new(), Room::default());
    let broken = |e: Fault| input.broken_part(name, &e);
    loop {
        buffer.clear();
        text.clear();
        match xml.read_event_into(&mut buffer).map_err(|e| broken(e.into()))? {
            Event::Start(start) if start.local_name().as_ref() == "si" => {
                rich_text(xml, "si", &mut text, &mut room).map_err(broken)?;
            }
            Event::Empty(start) if start.local_name().as_ref() == "si" => {}
            Event::Eof => return Ok(strings),
            _ => continue,
        }
        if !strings.push(&text) {
            return Err(input.bomb(format!("{name}：文字超过 {MOST_STRINGS} 条或 {} MB", MOST_STRING_BYTES >> 20)));
        }
    }
}
