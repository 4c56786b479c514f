//! XML documents, read by the crate `quick-xml`: elements, ends and text in the order in which they stand.
//!
//! End tags are not compared with their starts, as writers of reports get them wrong; entities that HTML lends
//! them are resolved too.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::input::Input;
use super::markup::{entity, unescape};
use crate::diagnostic::AppResult;

/// A document in memory.
pub(super) struct Document<'a> {
    input: &'a Input,
    reader: Reader<&'a [u8]>,
}

/// A piece of a document.
pub(super) enum Node<'a> {
    /// `<name …>` or `<name …/>`.
    Open(Element<'a>),
    /// `</name>`.
    Close(End<'a>),
    /// Text, with its entities resolved.
    Text(Cow<'a, str>),
}

/// The start of an element.
pub(super) struct Element<'a> {
    start: BytesStart<'a>,
    /// `<name/>`: no end follows.
    pub(super) empty: bool,
}

impl Element<'_> {
    /// Its name with its prefix.
    pub(super) fn name(&self) -> &str {
        self.start.name().into_inner()
    }

    /// The value of an attribute, entities resolved.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let found = self.start.try_get_attribute(name).ok().flatten()?;
        Some(unescape(&found.value))
    }
}

/// The end of an element.
pub(super) struct End<'a>(BytesEnd<'a>);

impl End<'_> {
    /// Its name with its prefix.
    pub(super) fn name(&self) -> &str {
        self.0.name().into_inner()
    }
}

impl<'a> Document<'a> {
    /// From the start.
    pub(super) fn new(input: &'a Input, text: &'a str) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { input, reader }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// `RAW-004` where the document breaks off within its markup.
    pub(super) fn next(&mut self) -> AppResult<Option<Node<'a>>> {
        loop {
            let node = match self.reader.read_event().map_err(|e| self.input.damaged(e))? {
                Event::Start(start) => Node::Open(Element { start, empty: false }),
                Event::Empty(start) => Node::Open(Element { start, empty: true }),
                Event::End(end) => Node::Close(End(end)),
                Event::Text(text) => Node::Text(text.xml10_content()),
                Event::CData(text) => Node::Text(text.xml10_content()),
                Event::GeneralRef(name) => match entity(&name) {
                    Some(c) => Node::Text(c.to_string().into()),
                    None => Node::Text(format!("&{};", &*name).into()),
                },
                Event::Eof => return Ok(None),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
            };
            return Ok(Some(node));
        }
    }

    /// Passes over everything up to the end of this element.
    ///
    /// # Errors
    /// As [`Document::next`].
    pub(super) fn skip(&mut self, name: &str) -> AppResult<()> {
        while let Some(node) = self.next()? {
            if matches!(node, Node::Close(end) if end.name() == name) {
                break;
            }
        }
        Ok(())
    }
}
