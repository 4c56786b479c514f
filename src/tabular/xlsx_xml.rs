//! What the parts of an .xlsx have in common: streamed XML, attributes as they stand, texts in runs.

use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::input::Input;
use super::markup::entity;
use super::parts::{utf16_of, xml_text};
use crate::diagnostic::AppResult;

/// Attributes as they stand, entities and all: names and values.
pub(super) struct RawAttributes<'a>(pub(super) &'a str);

impl<'a> Iterator for RawAttributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_once('=')?;
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, rest) = rest.get(1..)?.split_once(quote)?;
        self.0 = rest;
        Some((name.trim(), value))
    }
}

/// A reader of an XML part.
pub(super) type Xml<'a> = Reader<Box<dyn BufRead + 'a>>;

/// A reader of an XML part, which may be in UTF-16.
pub(super) fn xml_reader<'a>(input: &Input, part: impl Read + 'a) -> AppResult<Xml<'a>> {
    let mut source = BufReader::with_capacity(1 << 16, part);
    let head = source.fill_buf().map_err(|e| input.broken_part("XML", &e))?;
    let source: Box<dyn BufRead + 'a> = if utf16_of(head).is_some() {
        let mut bytes = Vec::new();
        source.take(super::package::LARGEST_HELD).read_to_end(&mut bytes).map_err(|e| input.broken_part("XML", &e))?;
        Box::new(Cursor::new(xml_text(&bytes).into_bytes()))
    } else {
        Box::new(source)
    };
    let mut reader = Reader::from_reader(source);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    Ok(reader)
}

/// Why a part could not be read to its end.
#[derive(Debug)]
pub(super) enum Fault {
    /// The markup is damaged.
    Xml(quick_xml::Error),
    /// It ends within an element.
    Cut,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Xml(cause) => cause.fmt(f),
            Self::Cut => f.write_str("cut"),
        }
    }
}

impl From<quick_xml::Error> for Fault {
    fn from(cause: quick_xml::Error) -> Self {
        Self::Xml(cause)
    }
}

/// Room for events, used again for every element: there are as many as cells.
#[derive(Debug, Default)]
pub(super) struct Room {
    runs: Vec<u8>,
    content: Vec<u8>,
}

const WHITE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Takes white space off both ends of what stands in a text from a place on.
fn trim_from(text: &mut String, from: usize) {
    let piece = text.get(from..).unwrap_or_default();
    let (lead, whole) = (piece.len() - piece.trim_start_matches(WHITE).len(), piece.trim_end_matches(WHITE).len());
    text.truncate(from + whole);
    if lead > 0 && whole > 0 {
        text.drain(from..from + lead);
    }
}

/// The text of a string element up to its end: its runs joined, readings of characters left out.
pub(super) fn rich_text(xml: &mut Xml<'_>, element: &str, text: &mut String, room: &mut Room) -> Result<(), Fault> {
    let Room { runs, content: inner } = room;
    let mut phonetic = 0_u32;
    text.clear();
    loop {
        runs.clear();
        match xml.read_event_into(runs)? {
            Event::Start(start) => match start.local_name().as_ref() {
                "rPh" => phonetic += 1,
                "t" => {
                    let keep = RawAttributes(start.attributes_raw()).any(|a| a == ("xml:space", "preserve"));
                    let from = text.len();
                    append_content(xml, "t", text, inner)?;
                    if phonetic > 0 {
                        text.truncate(from);
                    } else if !keep {
                        trim_from(text, from);
                    }
                }
                _ => {}
            },
            Event::End(end) => match end.local_name().as_ref() {
                "rPh" => phonetic = phonetic.saturating_sub(1),
                name if name == element => {
                    unescape_units(text);
                    return Ok(());
                }
                _ => {}
            },
            Event::Eof => return Err(Fault::Cut),
            _ => {}
        }
    }
}

/// Text up to the end of an element, entities resolved, in place of what was in `text`.
pub(super) fn content(xml: &mut Xml<'_>, element: &str, text: &mut String, room: &mut Room) -> Result<(), Fault> {
    text.clear();
    append_content(xml, element, text, &mut room.content)
}

fn append_content(xml: &mut Xml<'_>, element: &str, text: &mut String, buffer: &mut Vec<u8>) -> Result<(), Fault> {
    loop {
        buffer.clear();
        match xml.read_event_into(buffer)? {
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(name) => {
                if let Some(c) = entity(&name) {
                    text.push(c);
                } else {
                    text.push('&');
                    text.push_str(&name);
                    text.push(';');
                }
            }
            Event::End(end) if end.local_name().as_ref() == element => return Ok(()),
            Event::Eof => return Err(Fault::Cut),
            _ => {}
        }
    }
}

/// Resolves `_x000D_` and its like (ECMA-376 part 1, 22.9.2.19).
pub(super) fn unescape_units(text: &mut String) {
    if !text.contains("_x") {
        return;
    }
    let unit = |at: &str| {
        let hex = at.strip_prefix("_x")?.get(..5)?.strip_suffix('_')?;
        hex.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(hex, 16).ok())?
    };
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        if let Some(unit) = unit(rest) {
            units.push(unit);
            rest = rest.get(7..).unwrap_or_default();
            continue;
        }
        out.push_str(&String::from_utf16_lossy(&units));
        units.clear();
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    out.push_str(&String::from_utf16_lossy(&units));
    *text = out;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_trimmed_behind_a_place() {
        for (text, trimmed) in [("a b ", "ab"), ("a\t甲 乙\n", "a甲 乙"), ("a", "a"), ("a  \n", "a"), ("a甲", "a甲")]
        {
            let mut text = text.to_owned();
            trim_from(&mut text, 1);
            assert_eq!(text, trimmed);
        }
    }

    #[test]
    fn escapes_of_units_are_resolved() {
        for (text, plain) in
            [("a_x000D_b", "a\rb"), ("_xD83D__xDE00_", "😀"), ("_x12_", "_x12_"), ("x_x005F_x000D_", "x__x000D_")]
        {
            let mut out = text.to_owned();
            unescape_units(&mut out);
            assert_eq!(out, plain.replace("__x", "_x"), "{text}");
        }
    }
}
