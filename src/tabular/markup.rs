//! A small tokenizer for web pages.
//!
//! Duty: tags, text and attributes of a page that is in memory, tolerant of what old report writers produce:
//! bare `<` and `&` in text, stray quotes, attributes without quotes or values. A reader of XML (see `xml`)
//! refuses such pages, and a browser's parser would build a whole document of each. Namespaces stay part of the
//! names; comments, declarations and processing instructions are left out. It never fails: what looks like no tag
//! is text.

pub(super) use crate::text::entities::{entity, unescape};

/// A piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name attributes>`; closed at once where `empty`.
    Open {
        /// With its prefix.
        name: &'a str,
        /// Everything behind the name.
        attributes: &'a str,
        /// `<name/>`.
        empty: bool,
    },
    /// `</name>`.
    Close(&'a str),
    /// Text with its entities.
    Text(&'a str),
    /// Text of a CDATA section, to be taken as it is.
    Verbatim(&'a str),
}

/// The tokens of a document.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// From the start.
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// Passes over everything up to and including `</name`, in any case, as `script` and `style` need.
    pub(super) fn skip_raw(&mut self, name: &str) {
        let mut rest = self.rest;
        while let Some((_, behind)) = rest.split_once("</") {
            if behind.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)) {
                self.rest = behind.split_once('>').map_or("", |(_, rest)| rest);
                return;
            }
            rest = behind;
        }
        self.rest = "";
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let Some(tag) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(end);
                self.rest = rest;
                return Some(Token::Text(text));
            };
            if let Some(comment) = tag.strip_prefix("!--") {
                self.rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            } else if let Some(data) = tag.strip_prefix("![CDATA[") {
                let (data, rest) = data.split_once("]]>").unwrap_or((data, ""));
                self.rest = rest;
                return Some(Token::Verbatim(data));
            } else if tag.starts_with(['!', '?']) {
                self.rest = tag.split_once('>').map_or("", |(_, rest)| rest);
            } else if tag.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_')) {
                let end = tag_end(tag);
                let (inside, rest) = tag.split_at(end);
                self.rest = rest.strip_prefix('>').unwrap_or(rest);
                if let Some(name) = inside.strip_prefix('/') {
                    return Some(Token::Close(name.trim()));
                }
                let (inside, empty) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
                let (name, attributes) = inside.split_once(|c: char| c.is_whitespace()).unwrap_or((inside, ""));
                return Some(Token::Open { name, attributes, empty });
            } else {
                // A bare `<` in text.
                let end = tag.find('<').unwrap_or(tag.len());
                let (text, rest) = self.rest.split_at(end + 1);
                self.rest = rest;
                return Some(Token::Text(text));
            }
        }
    }
}

/// Where the `>` is that ends a tag: not one inside a quoted attribute.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (i, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return i,
            // A quote counts only as the start of a value: old writers leave stray ones.
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        after_equals = byte == b'=' || after_equals && byte.is_ascii_whitespace();
    }
    tag.find('>').unwrap_or(tag.len())
}

/// The value of an attribute, entities resolved; names are compared without regard to case.
pub(super) fn attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let behind = behind.trim_start();
        let Some(value) = behind.strip_prefix('=').map(str::trim_start) else {
            // An attribute without a value, or a stray sign that must not hold us up.
            rest = if end == 0 { rest.get(1..).unwrap_or("") } else { behind };
            if name.eq_ignore_ascii_case(wanted) && !name.is_empty() {
                return Some(String::new());
            }
            continue;
        };
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = value.get(1..).unwrap_or("");
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            _ => value.split_once(|c: char| c.is_whitespace()).unwrap_or((value, "")),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(unescape(value));
        }
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_text_and_attributes() {
        let text = "<?xml version='1.0'?><!-- <x> --><a b='1>2' c=3 d>x &lt; y<br/></a><![CDATA[<&>]]>1 < 2";
        let tokens: Vec<_> = Tokens::new(text).collect();
        assert_eq!(
            tokens,
            vec![
                Token::Open { name: "a", attributes: "b='1>2' c=3 d", empty: false },
                Token::Text("x &lt; y"),
                Token::Open { name: "br", attributes: "", empty: true },
                Token::Close("a"),
                Token::Verbatim("<&>"),
                Token::Text("1 "),
                Token::Text("< 2"),
            ]
        );
        assert_eq!(attribute("b='1>2' C=3 d", "c").as_deref(), Some("3"));
        assert_eq!(attribute("b='1>2' c=3 d", "d").as_deref(), Some(""));
        assert_eq!(attribute("b = \"a&amp;b\"", "b").as_deref(), Some("a&b"));
        assert_eq!(attribute("= = x", "y"), None);
        assert_eq!(unescape("&#20013;&#x6587;&nbsp;&unknown;&"), "中文\u{A0}&unknown;&");
    }

    #[test]
    fn broken_markup_ends() {
        for text in ["<a b=\"", "<", "</", "<a<b", "<!--", "<![CDATA[x", "<a b='x>y", "<a =", "&#xFFFFFFFF;"] {
            assert!(Tokens::new(text).count() < 5, "{text}");
        }
    }
}
