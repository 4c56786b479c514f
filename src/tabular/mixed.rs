//! Text files whose lines are in two encodings: two files put together, or rows pasted by a program that took the file
//! for another.

use std::borrow::Cow;

use crate::text::encoding::{TextEncoding, Undecodable, looks_chinese, whole_utf8};

/// Decodes bytes of which some lines may be in the other encoding of Chinese files, as when two files were put
/// together; how many lines were.
pub(super) fn decode_mixed(encoding: TextEncoding, bytes: &[u8]) -> (Cow<'_, str>, Vec<Undecodable>, u32) {
    let other = if encoding == TextEncoding::UTF_8 {
        TextEncoding::GB18030
    } else if encoding == TextEncoding::GB18030 {
        TextEncoding::UTF_8
    } else {
        let (text, bad) = encoding.decode(bytes);
        return (text, bad, 0);
    };
    let is_other = |line: &[u8]| {
        if line.is_ascii() {
            return false;
        }
        if other == TextEncoding::UTF_8 {
            // Chinese in UTF-8 is never GBK by chance, but for a few pairs of two bytes.
            return std::str::from_utf8(line).is_ok_and(|text| {
                let mut beyond = text.chars().filter(|c| !c.is_ascii());
                beyond.clone().nth(1).is_some() && beyond.all(|c| c >= '\u{2000}')
            });
        }
        std::str::from_utf8(line).is_err() && looks_chinese(line) && other.decode(line).1.is_empty()
    };
    let lines = || bytes.split_inclusive(|b| *b == b'\n');
    let plain = if encoding == TextEncoding::UTF_8 { whole_utf8(bytes) } else { None };
    if let Some(text) = plain {
        return (text.into(), Vec::new(), 0);
    }
    if !lines().any(is_other) {
        let (text, bad) = encoding.decode(bytes);
        return (text, bad, 0);
    }
    let (mut text, mut list, mut count) = (String::with_capacity(bytes.len() * 2), Vec::new(), 0);
    for line in lines() {
        let foreign = is_other(line);
        count += u32::from(foreign);
        let (piece, bad) = if foreign { other.decode(line) } else { encoding.decode(line) };
        list.extend(bad.into_iter().map(|b| Undecodable { offset: b.offset + text.len(), bytes: b.bytes }));
        text.push_str(&piece);
    }
    (text.into(), list, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_read_in_its_own_encoding() {
        let gbk = TextEncoding::GB18030.encode("上海甲厂,宝山区\n").unwrap();
        let utf8 = "上海乙厂,嘉定区\n".as_bytes();
        let both = [utf8, gbk.as_slice(), b"c,1\n", utf8].concat();
        let expected = "上海乙厂,嘉定区\n上海甲厂,宝山区\nc,1\n上海乙厂,嘉定区\n";
        for (encoding, lines) in [(TextEncoding::UTF_8, 1), (TextEncoding::GB18030, 2)] {
            let (text, bad, count) = decode_mixed(encoding, &both);
            assert_eq!((text.as_ref(), bad.len(), count), (expected, 0, lines));
        }
        // 联通 in GBK is valid UTF-8, and no Chinese in it.
        let (text, _, count) = decode_mixed(TextEncoding::GB18030, b"\xC1\xAA\xCD\xA8\n");
        assert_eq!((text.as_ref(), count), ("联通\n", 0));
    }
}
