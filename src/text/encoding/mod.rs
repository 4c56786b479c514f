//! Encodings of texts: their names and numbers, decoding, and which one a text is in.
//!
//! Duty: one type for the encodings that files of offices come in ([`TextEncoding`]); names, code pages and
//! language ids to it; decoding that never turns bytes into U+FFFD unreported ([`TextEncoding::decode`]);
//! finding the encoding of a whole text ([`detect`]) and of many short values ([`Evidence`]).

mod chinese;
mod detect;
mod names;
mod oem;
mod ruined;
mod values;

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding};

pub use chinese::looks_chinese;
pub use detect::{Detected, How, byte_order_mark, detect};
pub use ruined::{Ruin, ruin_of};
pub use values::{Evidence, guess};

/// An encoding of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// One of the WHATWG encodings; GBK is read as its superset GB18030.
    Whatwg(&'static Encoding),
    /// A MS-DOS code page that the WHATWG set lacks: its number and the characters of 0x80–0xFF.
    Oem(u16, &'static str),
}

/// A sequence of bytes that could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecodable {
    /// Where the U+FFFD that stands for it lies in the decoded text, in bytes.
    pub offset: usize,
    /// Its bytes in hexadecimal.
    pub bytes: String,
}

impl TextEncoding {
    /// UTF-8.
    pub const UTF_8: Self = Self::Whatwg(encoding_rs::UTF_8);
    /// GB18030, which reads GBK and GB 2312 too.
    pub const GB18030: Self = Self::Whatwg(encoding_rs::GB18030);
    /// UTF-16, low byte first.
    pub const UTF_16LE: Self = Self::Whatwg(encoding_rs::UTF_16LE);
    /// UTF-16, high byte first.
    pub const UTF_16BE: Self = Self::Whatwg(encoding_rs::UTF_16BE);
    /// Windows-1252, the last resort for texts that nothing else reads.
    pub const WESTERN: Self = Self::Whatwg(encoding_rs::WINDOWS_1252);

    /// The WHATWG encoding, GBK as its superset: GB18030 reads every file that GBK reads.
    #[must_use]
    pub fn whatwg(encoding: &'static Encoding) -> Self {
        if encoding == encoding_rs::GBK { Self::GB18030 } else { Self::Whatwg(encoding) }
    }

    /// The name shown to users, e.g. `UTF-8`, `GB18030`, `CP850`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            // The standard writes it in small letters.
            Self::Whatwg(encoding) if encoding == encoding_rs::GB18030 => "GB18030".to_owned(),
            Self::Whatwg(encoding) => encoding.name().to_owned(),
            Self::Oem(page, _) => format!("CP{page}"),
        }
    }

    /// True for UTF-16 of either byte order.
    #[must_use]
    pub fn is_utf16(self) -> bool {
        self == Self::UTF_16LE || self == Self::UTF_16BE
    }

    /// True where each byte is a character.
    #[must_use]
    pub fn is_single_byte(self) -> bool {
        match self {
            Self::Whatwg(encoding) => encoding.is_single_byte(),
            Self::Oem(..) => true,
        }
    }

    /// Decodes bytes (a byte-order mark is text); each malformed sequence becomes one U+FFFD and an entry in the list.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, Vec<Undecodable>) {
        match self {
            Self::Whatwg(encoding) => decode_whatwg(encoding, bytes),
            Self::Oem(_, upper) => {
                let text = match std::str::from_utf8(bytes) {
                    Ok(text) if text.is_ascii() => return (text.into(), Vec::new()),
                    _ => oem::decode(upper, bytes),
                };
                (text.into(), Vec::new())
            }
        }
    }

    /// Encodes; `None` where a character does not exist in the encoding.
    #[must_use]
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Whatwg(encoding) => {
                let (bytes, _, unmappable) = encoding.encode(text);
                (!unmappable).then(|| bytes.into_owned())
            }
            Self::Oem(_, upper) => oem::encode(upper, text),
        }
    }

    /// Decodes a value that its writer may have cut in the middle of a character at the field's width (`full`: it
    /// fills the field): an incomplete last character is dropped. Returns text, cut, errors.
    #[must_use]
    pub fn decode_field(self, bytes: &[u8], full: bool) -> (String, bool, bool) {
        let (text, bad) = self.decode(bytes);
        if bad.is_empty() || !full || self.is_single_byte() {
            return (text.into_owned(), false, !bad.is_empty());
        }
        // A character has at most four bytes, so that at most three can be left over.
        for short in 1..=3.min(bytes.len()) {
            let (head, tail) = bytes.split_at(bytes.len() - short);
            let (text, bad) = self.decode(head);
            if bad.is_empty() && tail.first().is_some_and(|b| !b.is_ascii()) {
                return (text.into_owned(), true, false);
            }
        }
        (text.into_owned(), false, true)
    }
}

/// The bytes as a text where they are UTF-8 from end to end: several times faster than the standard library on Chinese.
#[must_use]
pub fn whole_utf8(bytes: &[u8]) -> Option<&str> {
    simdutf8::basic::from_utf8(bytes).ok()
}

fn decode_whatwg<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> (Cow<'a, str>, Vec<Undecodable>) {
    if encoding == encoding_rs::UTF_8 {
        if let Some(text) = whole_utf8(bytes) {
            return (Cow::Borrowed(text), Vec::new());
        }
    } else if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return (text, Vec::new());
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2 + 16);
    let mut list = Vec::new();
    let mut read = 0;
    loop {
        let (result, used) = decoder.decode_to_string_without_replacement(&bytes[read..], &mut text, true);
        read += used;
        match result {
            DecoderResult::InputEmpty => return (Cow::Owned(text), list),
            DecoderResult::OutputFull => text.reserve(bytes.len() - read + 64),
            DecoderResult::Malformed(length, after) => {
                let end = read.saturating_sub(usize::from(after));
                let start = end.saturating_sub(usize::from(length));
                let hex: Vec<String> = bytes[start..end].iter().map(|b| format!("{b:02X}")).collect();
                list.push(Undecodable { offset: text.len(), bytes: hex.join(" ") });
                text.push('\u{FFFD}');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_bytes_are_listed() {
        let (text, list) = TextEncoding::GB18030.decode(b"\xC9\xCF\xFF\xBA\xA3");
        assert_eq!(text, "上\u{FFFD}海");
        assert_eq!(list, [Undecodable { offset: 3, bytes: "FF".to_owned() }]);
    }

    #[test]
    fn a_character_cut_at_the_width_is_dropped_whole() {
        let bytes = "浦东新区".as_bytes();
        assert_eq!(TextEncoding::UTF_8.decode_field(&bytes[..10], true), ("浦东新".to_owned(), true, false));
        let gbk = TextEncoding::GB18030.encode("浦东新区").unwrap();
        assert_eq!(TextEncoding::GB18030.decode_field(&gbk[..5], true), ("浦东".to_owned(), true, false));
        assert!(TextEncoding::UTF_8.decode_field(&bytes[..10], false).2);
    }

    #[test]
    fn ms_dos_pages_go_both_ways() {
        let page = TextEncoding::from_code_page(850).unwrap();
        assert_eq!(page.decode(&[0x8e, 0x94, 0x81, b'!']).0, "Äöü!");
        assert_eq!(page.encode("Äöü!"), Some(vec![0x8e, 0x94, 0x81, b'!']));
        assert_eq!(page.encode("浦"), None);
    }
}
