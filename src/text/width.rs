//! Full-width forms, stray marks, words that say "nothing".

use std::borrow::Cow;

use super::entities::unescape;
use super::lookalike::unified;

/// The half-width form of a full-width letter, digit or sign, a plain space for the ideographic and the no-break
/// one, the ordinary character of a radical or compatibility ideograph; any other character is its own.
#[must_use]
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{2212}' => '-',
        _ => unified(c),
    }
}

/// Full-width letters, digits and punctuation to ASCII, ideographic space to space; other text unchanged.
#[must_use]
pub fn fold_width(text: &str) -> String {
    text.chars().map(half_width).collect()
}

/// True for characters that mean nothing in a cell: control characters, zero-width marks, byte order mark.
#[must_use]
pub fn is_noise(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The cell without what spreadsheets and web pages put around a text to keep it one (`'`, `` ` ``, `="…"`), and with the
/// characters that web pages write as names (`&nbsp;`, `&amp;`).
fn without_marks(text: &str) -> Option<String> {
    let mut out = Cow::Borrowed(text);
    if out.contains('&') && out.contains(';') {
        let plain = unescape(&out);
        if plain != *out {
            out = Cow::Owned(plain.trim().to_owned());
        }
    }
    if let Some(inner) = out.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        out = Cow::Owned(inner.trim().to_owned());
    }
    if let Some(rest) = out.strip_prefix(['\'', '`'])
        && !rest.contains(['\'', '`'])
    {
        out = Cow::Owned(rest.trim_start().to_owned());
    }
    match out {
        Cow::Owned(text) => Some(text),
        Cow::Borrowed(_) => None,
    }
}

/// True where neither [`clean`] nor [`fold`] can find anything to change: one look at the bytes, which most cells pass.
///
/// White space, controls, marks, full-width forms and look-alikes beyond ASCII all begin with one of six bytes.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    if matches!(bytes.first(), Some(b' ' | b'\'' | b'`' | b'=')) || bytes.last() == Some(&b' ') {
        return false;
    }
    // without an early end, so that many bytes are looked at together
    let odd = |b: u8| matches!(b, ..b' ' | 0x7f | b'&' | 0xc2 | 0xe1..=0xe3 | 0xef..);
    bytes.iter().fold(0, |found, &b| found | u8::from(odd(b))) == 0
}

/// The cell without white space around it, without control and zero-width characters and the marks that keep a text
/// a text (`'`, `` ` ``, `="…"`, `&nbsp;`); nothing else changes.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_plain(text) { Cow::Borrowed(text) } else { clean_odd(text) }
}

/// As [`clean`], for a cell that the quick look does not settle.
fn clean_odd(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_noise(c));
    if (matches!(trimmed.as_bytes().first(), Some(b'\'' | b'`' | b'=')) || trimmed.bytes().any(|b| b == b'&'))
        && let Some(plain) = without_marks(trimmed)
    {
        return Cow::Owned(clean(&plain).into_owned());
    }
    if trimmed.is_ascii() && !trimmed.bytes().any(|b| b.is_ascii_control()) || !trimmed.chars().any(is_noise) {
        return Cow::Borrowed(trimmed);
    }
    Cow::Owned(trimmed.chars().filter(|c| !is_noise(*c)).collect())
}

/// Half width and trimmed, borrowed where there is nothing to change: the first step of every parser.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if is_plain(text) { Cow::Borrowed(text) } else { fold_odd(text) }
}

/// As [`fold`], for a cell that the quick look does not settle.
fn fold_odd(text: &str) -> Cow<'_, str> {
    let cleaned = clean_odd(text);
    if cleaned.is_ascii() || !cleaned.chars().any(|c| half_width(c) != c) {
        return cleaned;
    }
    Cow::Owned(fold_width(&cleaned).trim().to_owned())
}

/// As [`fold`] for cells that may hold a list: line breaks stay, for they divide.
#[must_use]
pub fn fold_lines(text: &str) -> Cow<'_, str> {
    if !text.contains(['\n', '\r']) {
        return fold(text);
    }
    let lines: Vec<Cow<'_, str>> = text.split(['\n', '\r']).map(fold).filter(|line| !line.is_empty()).collect();
    Cow::Owned(lines.join("\n"))
}

/// Cells that say "nothing": a dash, a slash, 无, N/A, and what programs write for it (NaN, NULL, `\N`).
#[must_use]
pub fn is_blank_word(text: &str) -> bool {
    matches!(
        text,
        "" | "/" | "\\" | "-" | "--" | "---" | "—" | "——" | "－" | "无" | "暂无" | "空" | "未知" | "不详" | "不涉及"
    ) || ["n/a", "na", "null", "none", "nil", "#n/a", "nan", "nat", "<na>", "(null)", "\\n", "undefined", "#n/a n/a"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

/// Cells that mean the cell above, which nobody knows once rows are sorted or taken apart: 同上, 〃.
#[must_use]
pub fn is_ditto(text: &str) -> bool {
    matches!(text, "同上" | "同前" | "同左" | "如上" | "同上行" | "〃" | "″" | "〞" | "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleaning_leaves_names_as_written() {
        assert_eq!(clean(" 上海宏达（集团）\u{200b}有限公司\n"), "上海宏达（集团）有限公司");
        assert_eq!(clean("堃鑫㵘公司"), "堃鑫㵘公司");
        assert_eq!(fold("　２０２６"), "2026");
        assert_eq!(fold_lines(" 水\r\n　大气 "), "水\n大气");
        for marked in
            ["'3101", "`3101", "=\"3101\"", "&nbsp;3101", "\u{202a}3101\u{202c}", "3101&nbsp;", "'3101\u{202c} "]
        {
            assert_eq!(clean(marked), "3101");
        }
        assert_eq!(clean("A&B 'C' 厂"), "A&B 'C' 厂");
        assert_eq!(clean("A&amp;B&#40;甲&#41;厂"), "A&B(甲)厂");
        assert_eq!(clean("A&B；C;厂"), "A&B；C;厂");
    }

    #[test]
    fn the_quick_look_settles_only_what_stays_as_it_is() {
        for c in (0..0x1_1000).filter_map(char::from_u32) {
            for text in [format!("{c}"), format!("{c}厂1"), format!("1{c}厂"), format!("厂A{c}")] {
                if is_plain(&text) {
                    assert_eq!((clean_odd(&text), fold_odd(&text)), (text.as_str().into(), text.as_str().into()));
                }
            }
        }
        for plain in ["", "91310000MA1K00001X", "上海宏达化工有限公司", "2026-03-01", "A B-C"] {
            assert!(is_plain(plain), "{plain}");
        }
    }

    #[test]
    fn full_width_forms_become_half_width() {
        assert_eq!(fold_width("ＡＢｃ　１２（３）～"), "ABc 12(3)~");
        assert_eq!(fold_width("上海、㎡。"), "上海、㎡。");
    }
}
