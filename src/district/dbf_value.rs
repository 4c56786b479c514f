//! Values of a `.dbf` record as text: every field type, memo files, what could not be read.
//!
//! The forms are described in [`super::dbf`].

use chrono::{Days, NaiveDate};

use super::dbf::{RawField, RawTable, be32, le16, le32};
use crate::text::encoding::{TextEncoding, looks_chinese};

impl RawTable {
    /// One value as text.
    pub(super) fn value(&self, row: usize, field: &RawField, encoding: TextEncoding, memo: Option<&[u8]>) -> Value {
        let raw = self.raw(row, field);
        let level7 = self.version & 7 == 4;
        if field.is_text() {
            let (bytes, full) = self.raw_text(row, field);
            let (text, cut, garbled) = encoding.decode_field(bytes, full);
            return Value { text: (!text.is_empty()).then_some(text), cut, garbled, fault: None };
        }
        if field.is_memo(self.visual_foxpro()) {
            return memo_value(self.version, raw, encoding, memo);
        }
        match (field.kind, raw.len()) {
            (b'I' | b'+', 4) => {
                let mut bytes = [raw[0], raw[1], raw[2], raw[3]];
                let number = if level7 {
                    // dBase 7 stores whole numbers big-endian with the sign bit turned.
                    if bytes == [0; 4] {
                        return Value::default();
                    }
                    bytes[0] ^= 0x80;
                    i32::from_be_bytes(bytes)
                } else {
                    i32::from_le_bytes(bytes)
                };
                Value::of(number.to_string())
            }
            (b'B' | b'O', 8) => {
                let Ok(mut bytes) = <[u8; 8]>::try_from(raw) else { return Value::default() };
                let number = if level7 {
                    // The same for doubles; negative ones have all bits turned.
                    if bytes[0] & 0x80 == 0 {
                        bytes = bytes.map(|b| !b);
                    } else {
                        bytes[0] ^= 0x80;
                    }
                    f64::from_be_bytes(bytes)
                } else {
                    f64::from_le_bytes(bytes)
                };
                if number.is_finite() { Value::of(shortest(number)) } else { Value::default() }
            }
            (b'Y', 8) => {
                let Ok(bytes) = <[u8; 8]>::try_from(raw) else { return Value::default() };
                let number = i64::from_le_bytes(bytes);
                let text = format!(
                    "{}{}.{:04}",
                    if number < 0 { "-" } else { "" },
                    number.unsigned_abs() / 10_000,
                    number.unsigned_abs() % 10_000
                );
                Value::of(text.trim_end_matches('0').trim_end_matches('.').to_owned())
            }
            (b'T' | b'@', 8) => date_time(raw, level7),
            (b'L', _) => match raw.first() {
                Some(b'T' | b't' | b'Y' | b'y') => Value::of("TRUE".to_owned()),
                Some(b'F' | b'f' | b'N' | b'n') => Value::of("FALSE".to_owned()),
                Some(b'?' | b' ' | 0) | None => Value::default(),
                Some(_) => Value::faulty(raw, encoding, Fault::Truth),
            },
            (b'D', _) => date(raw, encoding),
            (b'N' | b'F' | b'I' | b'+' | b'B' | b'O' | b'Y', _) => number(raw, encoding),
            _ => {
                let (bytes, full) = self.raw_text(row, field);
                let (text, cut, garbled) = encoding.decode_field(bytes, full);
                Value { text: (!text.is_empty()).then_some(text), cut, garbled, fault: None }
            }
        }
    }
}

/// What could not be read as its field's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Number,
    Date,
    Truth,
    Memo,
}

/// A value as text, with what was met on the way.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub text: Option<String>,
    /// A character cut at the field's width was dropped.
    pub cut: bool,
    /// Bytes that are no text in this encoding.
    pub garbled: bool,
    pub fault: Option<Fault>,
}

impl Value {
    pub(super) fn of(text: String) -> Self {
        Self { text: Some(text), ..Self::default() }
    }

    fn faulty(raw: &[u8], encoding: TextEncoding, fault: Fault) -> Self {
        let text = encoding.decode(raw).0.trim_matches([' ', '\0']).to_owned();
        Self { text: (!text.is_empty()).then_some(text), fault: Some(fault), ..Self::default() }
    }
}

/// A number's shortest text: no exponent in the ordinary range.
pub(super) fn shortest(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if (1e-5..1e16).contains(&size) { format!("{number}") } else { format!("{number:e}") }
}

/// Text of a number in its shortest form; `None` where it is no number. Whole numbers keep every digit.
pub(super) fn shortest_text(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.len() + fraction.len() > 0 && all_digits(whole) && fraction.bytes().all(|b| b == b'0') {
        let whole = whole.trim_start_matches('0');
        return Some(if whole.is_empty() { "0".to_owned() } else { format!("{sign}{whole}") });
    }
    if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E')) {
        return None;
    }
    text.parse().ok().filter(|n: &f64| n.is_finite()).map(shortest)
}

fn number(raw: &[u8], encoding: TextEncoding) -> Value {
    let Ok(text) = std::str::from_utf8(raw) else { return Value::faulty(raw, encoding, Fault::Number) };
    let text = text.trim_matches([' ', '\0', '\t']);
    if text.is_empty() || text.bytes().all(|b| b == b'*') {
        return Value::default();
    }
    // Writers pad on either side with `*` where a value is missing; some write decimals with a comma.
    let plain = text.trim_end_matches('*').trim_end();
    let plain = if plain.contains('.') { plain.to_owned() } else { plain.replacen(',', ".", 1) };
    match shortest_text(&plain) {
        Some(number) => Value::of(number),
        None => Value::faulty(raw, encoding, Fault::Number),
    }
}

fn date(raw: &[u8], encoding: TextEncoding) -> Value {
    if raw.iter().all(|b| matches!(b, b' ' | b'0' | 0)) {
        return Value::default();
    }
    let date = std::str::from_utf8(raw)
        .ok()
        .map(|t| t.trim_matches([' ', '\0']))
        .filter(|t| t.len() == 8 && t.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|t| NaiveDate::parse_from_str(t, "%Y%m%d").ok());
    date.map_or_else(
        || Value::faulty(raw, encoding, Fault::Date),
        |date| Value::of(date.format("%Y-%m-%d").to_string()),
    )
}

/// `FoxPro`: Julian day number and milliseconds, little-endian. The forms met in `dBase` 7 disagree with its
/// description, so that those are reported instead of guessed.
fn date_time(raw: &[u8], level7: bool) -> Value {
    if level7 {
        return Value { fault: (!raw.iter().all(|b| *b == 0)).then_some(Fault::Date), ..Value::default() };
    }
    // Day 1 of the proleptic Gregorian calendar is Julian day 1 721 426.
    let (Some(day), Some(milliseconds)) = (le32(raw, 0), le32(raw, 4)) else { return Value::default() };
    let (day, milliseconds) = (u64::from(day).saturating_sub(1_721_425), u64::from(milliseconds));
    if day == 0 {
        return Value::default();
    }
    let date = NaiveDate::from_ymd_opt(1, 1, 1).and_then(|d| d.checked_add_days(Days::new(day - 1)));
    let Some(date) = date else { return Value { fault: Some(Fault::Date), ..Value::default() } };
    let seconds = (milliseconds + 500) / 1000;
    Value::of(format!(
        "{} {:02}:{:02}:{:02}",
        date.format("%Y-%m-%d"),
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60
    ))
}

fn memo_value(version: u8, raw: &[u8], encoding: TextEncoding, memo: Option<&[u8]>) -> Value {
    let block = if raw.len() == 4 {
        le32(raw, 0).unwrap_or(0) as usize
    } else {
        std::str::from_utf8(raw).ok().and_then(|t| t.trim_matches([' ', '\0']).parse().ok()).unwrap_or(0)
    };
    if block == 0 {
        return Value::default();
    }
    let missing = Value { fault: Some(Fault::Memo), ..Value::default() };
    let Some(memo) = memo else { return missing };
    let foxpro = matches!(version, 0x30..=0x32 | 0xf5 | 0xfb);
    let size = if foxpro {
        memo.get(6..8).map_or(0, |b| usize::from(u16::from_be_bytes([b[0], b[1]]))).max(1)
    } else {
        le16(memo, 20).filter(|s| version & 0x8f == 0x8b && *s > 0).unwrap_or(512)
    };
    let start = block.saturating_mul(size);
    let text = if foxpro {
        be32(memo, start.saturating_add(4)).and_then(|n| memo.get(start + 8..(start + 8).checked_add(n as usize)?))
    } else if memo.get(start..start.saturating_add(4)) == Some(&[0xff, 0xff, 0x08, 0x00]) {
        le32(memo, start + 4).and_then(|n| memo.get(start + 8..start.checked_add((n as usize).max(8))?))
    } else {
        memo.get(start..).map(|rest| &rest[..rest.iter().position(|b| *b == 0x1a).unwrap_or(rest.len())])
    };
    let Some(text) = text else { return missing };
    let (mut decoded, mut bad) = encoding.decode(text);
    if !bad.is_empty() && looks_chinese(text) {
        // Programs that write their values in UTF-8 may leave the memo file as it was.
        (decoded, bad) = TextEncoding::GB18030.decode(text);
    }
    let text = decoded.trim_end_matches(['\0', ' ', '\r', '\n']).to_owned();
    Value { text: (!text.is_empty()).then_some(text), garbled: !bad.is_empty(), ..Value::default() }
}

#[cfg(test)]
mod tests {
    use super::super::dbf::check_table;
    use super::*;
    use crate::diagnostic::Diagnostics;

    /// A table of one record with the fields (name, kind, bytes).
    fn table(version: u8, fields: &[(&str, u8, &[u8])]) -> Vec<u8> {
        let header = 32 + 32 * fields.len() + 1;
        let record = 1 + fields.iter().map(|f| f.2.len()).sum::<usize>();
        let mut bytes = vec![0; 32];
        bytes[0] = version;
        bytes[4] = 1;
        bytes[8..10].copy_from_slice(&(header as u16).to_le_bytes());
        bytes[10..12].copy_from_slice(&(record as u16).to_le_bytes());
        for (name, kind, value) in fields {
            let mut field = [0; 32];
            field[..name.len()].copy_from_slice(name.as_bytes());
            field[11] = *kind;
            field[16] = value.len() as u8;
            bytes.extend(field);
        }
        bytes.push(0x0d);
        bytes.push(b' ');
        for (_, _, value) in fields {
            bytes.extend(*value);
        }
        bytes.push(0x1a);
        bytes
    }

    fn values(bytes: Vec<u8>, memo: Option<&[u8]>) -> Vec<Value> {
        let mut d = Diagnostics::new();
        let table = check_table(bytes, "t.dbf", &mut d).unwrap();
        assert!(d.is_empty(), "{:?}", d.findings());
        table.fields.iter().map(|f| table.value(0, f, TextEncoding::UTF_8, memo)).collect()
    }

    fn texts(bytes: Vec<u8>) -> Vec<Option<String>> {
        values(bytes, None).into_iter().map(|v| v.text).collect()
    }

    #[test]
    fn every_field_type_of_foxpro() {
        let mut moment = 2_461_101_u32.to_le_bytes().to_vec(); // 2026-03-01
        moment.extend(45_000_000_u32.to_le_bytes());
        let fields: &[(&str, u8, &[u8])] = &[
            ("C", b'C', b"  ab  \0\0"),
            ("N", b'N', b" 0012.50"),
            ("F", b'F', b"1.5e-7  "),
            ("L", b'L', b"y"),
            ("U", b'L', b"?"),
            ("D", b'D', b"20260301"),
            ("I", b'I', &(-7_i32).to_le_bytes()),
            ("B", b'B', &2.25_f64.to_le_bytes()),
            ("Y", b'Y', &(-12_500_i64).to_le_bytes()),
            ("T", b'T', &moment),
            ("S", b'N', b"********"),
            ("BIG", b'N', b"00123456789012345678"),
        ];
        let expected = [
            Some("  ab"),
            Some("12.5"),
            Some("1.5e-7"),
            Some("TRUE"),
            None,
            Some("2026-03-01"),
            Some("-7"),
            Some("2.25"),
            Some("-1.25"),
            Some("2026-03-01 12:30:00"),
            None,
            Some("123456789012345678"),
        ];
        let texts = texts(table(0x30, fields));
        assert_eq!(texts.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn values_that_are_not_their_type_are_kept_and_marked() {
        let values = values(table(3, &[("N", b'N', b"12a"), ("D", b'D', b"20261301"), ("L", b'L', b"x")]), None);
        let met: Vec<_> = values.iter().map(|v| (v.text.as_deref(), v.fault)).collect();
        assert_eq!(
            met,
            [
                (Some("12a"), Some(Fault::Number)),
                (Some("20261301"), Some(Fault::Date)),
                (Some("x"), Some(Fault::Truth))
            ]
        );
    }

    #[test]
    fn numbers_of_level_7() {
        let level7 = |kind: u8, value: &[u8]| {
            let mut bytes = vec![0; 68];
            bytes[0] = 4;
            bytes[4] = 1;
            bytes[8..10].copy_from_slice(&117_u16.to_le_bytes());
            bytes[10..12].copy_from_slice(&(value.len() as u16 + 1).to_le_bytes());
            let mut field = [0; 48];
            field[..20].copy_from_slice(b"a_name_of_20_letters");
            field[32] = kind;
            field[33] = value.len() as u8;
            bytes.extend(field);
            bytes.extend([0x0d, b' ']);
            bytes.extend(value);
            bytes.push(0x1a);
            values(bytes, None).remove(0)
        };
        assert_eq!(level7(b'I', &[0x80, 0, 0, 7]).text.as_deref(), Some("7"));
        assert_eq!(level7(b'+', &[0x7f, 0xff, 0xff, 0xf9]).text.as_deref(), Some("-7"));
        let mut positive = 2.25_f64.to_be_bytes();
        positive[0] ^= 0x80;
        assert_eq!(level7(b'O', &positive).text.as_deref(), Some("2.25"));
        assert_eq!(level7(b'O', &(-2.25_f64).to_be_bytes().map(|b| !b)).text.as_deref(), Some("-2.25"));
        assert_eq!(level7(b'@', &[1; 8]).fault, Some(Fault::Date));
    }

    #[test]
    fn memos_of_three_kinds() {
        let third = [vec![0; 512], b"hello\x1a\x1a".to_vec()].concat();
        let fourth = [vec![0; 512], vec![0xff, 0xff, 8, 0, 13, 0, 0, 0], b"hello junk".to_vec()].concat();
        let mut fox = vec![0; 64];
        fox[7] = 64;
        fox.extend([0, 0, 0, 1, 0, 0, 0, 5]);
        fox.extend(b"hello!");
        for (version, pointer, memo) in [
            (0x83, b"         1".to_vec(), third),
            (0x8b, b"         1".to_vec(), fourth),
            (0x30, vec![1, 0, 0, 0], fox),
        ] {
            let got = values(table(version, &[("M", b'M', &pointer)]), Some(&memo));
            assert_eq!(got[0].text.as_deref(), Some("hello"), "{version:#x}");
            let without = values(table(version, &[("M", b'M', &pointer)]), None);
            assert_eq!(without[0].fault, Some(Fault::Memo));
        }
    }

    #[test]
    fn no_cut_or_changed_byte_panics() {
        let whole = table(3, &[("C", b'C', b"abc"), ("N", b'N', b"12"), ("M", b'M', b"1234567890")]);
        for n in 0..whole.len() {
            let mut d = Diagnostics::new();
            if let Ok(t) = check_table(whole[..n].to_vec(), "t.dbf", &mut d) {
                for row in 0..t.count {
                    for f in &t.fields {
                        let _ = t.value(row, f, TextEncoding::UTF_8, Some(&whole));
                    }
                }
            }
            for value in [0, 1, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[n] = value;
                if let Ok(t) = check_table(changed, "t.dbf", &mut d) {
                    assert!(t.count <= whole.len());
                    for row in 0..t.count {
                        for f in &t.fields {
                            let _ = t.value(row, f, TextEncoding::UTF_8, Some(&whole));
                        }
                    }
                }
            }
        }
    }
}
