//! The parts of an Office Open XML package, found by what its relationships say (ECMA-376 part 2).
//!
//! Names are compared without regard to case and to the direction of slashes: writers of other programs differ in
//! both. Parts may be in UTF-16, as the standard allows.

use std::collections::BTreeMap;
use std::io::Read;

use zip::read::ZipFile;

use super::input::Input;
use super::markup::{Token, Tokens, attribute};
use super::package::{self, Archive};
use crate::diagnostic::AppResult;
use crate::text::encoding::TextEncoding;

/// The parts of a package by name.
pub(super) struct Parts {
    index: BTreeMap<String, usize>,
}

/// What a part refers to.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// The last word of its type: `worksheet`, `sharedStrings`, `chartsheet`.
    pub(super) kind: String,
    /// The part's name in the package.
    pub(super) part: String,
}

fn key(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

impl Parts {
    /// The parts of a package.
    pub(super) fn of(archive: &mut Archive) -> Self {
        let mut index = BTreeMap::new();
        for i in 0..archive.len() {
            if let Ok(part) = archive.by_index_raw(i) {
                index.entry(key(&super::archive::entry_name(part.name_raw()))).or_insert(i);
            }
        }
        Self { index }
    }

    /// True where there is such a part.
    pub(super) fn has(&self, name: &str) -> bool {
        self.index.contains_key(&key(name))
    }

    /// A part unpacked as it is read; `None` where there is none.
    ///
    /// # Errors
    /// `RAW-004`.
    pub(super) fn open<'a>(
        &self,
        input: &Input,
        archive: &'a mut Archive,
        name: &str,
    ) -> AppResult<Option<ZipFile<'a, package::Bytes>>> {
        let Some(&index) = self.index.get(&key(name)) else { return Ok(None) };
        archive.by_index(index).map(Some).map_err(|e| input.broken_part(name, &e))
    }

    /// A part in memory, empty where there is none.
    ///
    /// # Errors
    /// `RAW-004`, `RAW-005`.
    pub(super) fn bytes(&self, input: &Input, archive: &mut Archive, name: &str) -> AppResult<Vec<u8>> {
        let mut bytes = Vec::new();
        let Some(part) = self.open(input, archive, name)? else { return Ok(bytes) };
        part.take(package::LARGEST_HELD + 1).read_to_end(&mut bytes).map_err(|e| input.broken_part(name, &e))?;
        if bytes.len() as u64 > package::LARGEST_HELD {
            return Err(input.bomb(format!("{name}：超过 {} MB", package::LARGEST_HELD >> 20)));
        }
        Ok(bytes)
    }

    /// An XML part as text, empty where there is none.
    ///
    /// # Errors
    /// As [`Parts::bytes`].
    pub(super) fn text(&self, input: &Input, archive: &mut Archive, name: &str) -> AppResult<String> {
        Ok(xml_text(&self.bytes(input, archive, name)?))
    }

    /// What a part refers to, by the reference's id; empty name for the package itself.
    ///
    /// # Errors
    /// As [`Parts::bytes`].
    pub(super) fn relations(
        &self,
        input: &Input,
        archive: &mut Archive,
        part: &str,
    ) -> AppResult<BTreeMap<String, Relation>> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = format!("{folder}/_rels/{file}.rels");
        let text = self.text(input, archive, &name)?;
        let mut map = BTreeMap::new();
        for token in Tokens::new(&text) {
            if let Token::Open { name, attributes, .. } = token
                && name.rsplit(':').next() == Some("Relationship")
                && let (Some(id), Some(target)) = (attribute(attributes, "Id"), attribute(attributes, "Target"))
            {
                let kind = attribute(attributes, "Type").unwrap_or_default();
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                map.insert(id, Relation { kind, part: resolved(folder, &target) });
            }
        }
        Ok(map)
    }

    /// The part of a kind: the one that is referred to, else the usual one.
    pub(super) fn of_kind(&self, relations: &BTreeMap<String, Relation>, kind: &str, usual: &str) -> String {
        let named = relations.values().find(|relation| relation.kind == kind).map(|relation| &relation.part);
        named.filter(|part| self.has(part)).cloned().unwrap_or_else(|| usual.to_owned())
    }

    /// The workbook's own part.
    ///
    /// # Errors
    /// As [`Parts::bytes`].
    pub(super) fn workbook(&self, input: &Input, archive: &mut Archive, usual: &str) -> AppResult<String> {
        Ok(self.of_kind(&self.relations(input, archive, "")?, "officeDocument", usual))
    }
}

/// A target as a part's name: relative to the folder, or absolute behind a slash.
fn resolved(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut parts: Vec<&str> =
        if target.starts_with('/') { Vec::new() } else { folder.split('/').filter(|part| !part.is_empty()).collect() };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The encoding of an XML part where it is UTF-16, with or without a mark.
pub(super) fn utf16_of(head: &[u8]) -> Option<TextEncoding> {
    match head {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(TextEncoding::UTF_16LE),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(TextEncoding::UTF_16BE),
        _ => None,
    }
}

/// XML bytes as text.
pub(super) fn xml_text(bytes: &[u8]) -> String {
    let encoding = utf16_of(bytes).unwrap_or(TextEncoding::UTF_8);
    encoding.decode(bytes).0.trim_start_matches('\u{feff}').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved() {
        for (folder, target, part) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "../book/s.xml", "book/s.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl", r"worksheets\sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "./s.xml", "xl/s.xml"),
        ] {
            assert_eq!(resolved(folder, target), part);
        }
    }

    #[test]
    fn parts_in_utf16_are_text() {
        let wide: Vec<u8> = "\u{feff}<a>甲</a>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(xml_text(&wide), "<a>甲</a>");
        assert_eq!(xml_text("\u{feff}<a/>".as_bytes()), "<a/>");
    }
}
