//! DER, as far as time stamps and certificates need it: a reader of tag–length–value, a writer, object identifiers.
//!
//! Invariants: nothing outside the given bytes is read, no length is trusted before it is compared with what is
//! there, nesting is bounded. Outer parts of a token may be BER with indefinite lengths (some authorities write so);
//! [`to_definite`] writes them with definite ones and leaves bytes that are DER already as they are, so that signed
//! parts keep theirs.

use chrono::{NaiveDate, NaiveDateTime};

/// Deepest nesting that is followed.
const DEEPEST: usize = 40;

/// Why bytes can't be read: what was expected, in Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DerFault(pub String);

/// Reading result.
pub type DerResult<T> = Result<T, DerFault>;

pub(super) fn fault<T>(what: impl Into<String>) -> DerResult<T> {
    Err(DerFault(what.into()))
}

/// Universal tags used here.
pub mod tag {
    /// BOOLEAN.
    pub const BOOLEAN: u8 = 0x01;
    /// INTEGER.
    pub const INTEGER: u8 = 0x02;
    /// BIT STRING.
    pub const BITS: u8 = 0x03;
    /// OCTET STRING.
    pub const OCTETS: u8 = 0x04;
    /// OBJECT IDENTIFIER.
    pub const OID: u8 = 0x06;
    /// UTCTime.
    pub const UTC_TIME: u8 = 0x17;
    /// GeneralizedTime.
    pub const TIME: u8 = 0x18;
    /// SEQUENCE.
    pub const SEQUENCE: u8 = 0x30;
    /// SET.
    pub const SET: u8 = 0x31;
}

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// Tag octet.
    pub tag: u8,
    /// Content.
    pub body: &'a [u8],
    /// Tag, length and content.
    pub whole: &'a [u8],
}

/// Reads elements one after another.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// True where nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element.
    ///
    /// # Errors
    /// Truncated, a tag of more than one octet, a length that isn't the shortest.
    pub fn element(&mut self) -> DerResult<Element<'a>> {
        let (header, length) = read_header(self.rest)?;
        let Some(length) = length else { return fault("不定长编码") };
        let end = header.checked_add(length).filter(|end| *end <= self.rest.len());
        let Some(end) = end else { return fault("长度超出文件") };
        let (whole, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Element { tag: whole[0], body: &whole[header..], whole })
    }

    /// The next element, which must have this tag; `what` is its name.
    ///
    /// # Errors
    /// As [`Self::element`]; another tag.
    pub fn take(&mut self, tag: u8, what: &str) -> DerResult<Element<'a>> {
        match self.peek() {
            Some(found) if found == tag => self.element().map_err(|DerFault(why)| DerFault(format!("{what}：{why}"))),
            Some(found) => fault(format!("{what}的标签为 {found:02x}，应为 {tag:02x}")),
            None => fault(format!("缺少{what}")),
        }
    }

    /// The next element where it has this tag.
    ///
    /// # Errors
    /// As [`Self::element`].
    pub fn take_if(&mut self, tag: u8) -> DerResult<Option<Element<'a>>> {
        if self.peek() == Some(tag) { self.element().map(Some) } else { Ok(None) }
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// Bytes are left behind `what`.
    pub fn end(&self, what: &str) -> DerResult<()> {
        if self.is_empty() { Ok(()) } else { fault(format!("{what}之后还有 {} 个字节", self.rest.len())) }
    }
}

impl<'a> Element<'a> {
    /// A reader of the content.
    #[must_use]
    pub fn inside(&self) -> Reader<'a> {
        Reader::new(self.body)
    }

    /// A whole number of up to 8 bytes that is not negative.
    ///
    /// # Errors
    /// Negative, too long, or not the shortest form.
    pub fn small(&self, what: &str) -> DerResult<u64> {
        let number = self.unsigned(what)?;
        if number.len() > 8 {
            return fault(format!("{what}过大"));
        }
        Ok(number.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    /// The bytes of a whole number that is not negative, without its leading zero.
    ///
    /// # Errors
    /// Empty, negative, or not the shortest form.
    pub fn unsigned(&self, what: &str) -> DerResult<&'a [u8]> {
        match self.body {
            [] => fault(format!("{what}为空")),
            [first, ..] if first & 0x80 != 0 => fault(format!("{what}为负数")),
            [0, second, ..] if second & 0x80 == 0 => fault(format!("{what}不是最短写法")),
            [0, rest @ ..] if !rest.is_empty() => Ok(rest),
            body => Ok(body),
        }
    }

    /// The content of a bit string of whole bytes.
    ///
    /// # Errors
    /// Unused bits.
    pub fn bits(&self, what: &str) -> DerResult<&'a [u8]> {
        match self.body {
            [0, bits @ ..] => Ok(bits),
            _ => fault(format!("{what}不是整字节")),
        }
    }

    /// A UTCTime or GeneralizedTime in UTC, and its fraction of a second rounded up to a whole one.
    ///
    /// # Errors
    /// Another tag, another spelling, no such moment.
    pub fn time(&self, what: &str) -> DerResult<NaiveDateTime> {
        let wrong = || DerFault(format!("{what}的时间写法不对"));
        let text = std::str::from_utf8(self.body).map_err(|_| wrong())?;
        let digits = text.strip_suffix('Z').ok_or_else(wrong)?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let year_digits = match self.tag {
            tag::UTC_TIME if !digits.contains('.') => 2,
            tag::TIME => 4,
            _ => return Err(wrong()),
        };
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if whole.len() != year_digits + 10 || !all_digits(whole) || !all_digits(fraction) || fraction.len() > 9 {
            return Err(wrong());
        }
        let (year, rest) = whole.split_at_checked(year_digits).ok_or_else(wrong)?;
        let mut year: i32 = year.parse().map_err(|_| wrong())?;
        if year_digits == 2 {
            year += if year < 50 { 2000 } else { 1900 };
        }
        let part = |at: usize| rest.get(at..at + 2).and_then(|two| two.parse::<u32>().ok()).ok_or_else(wrong);
        let date = NaiveDate::from_ymd_opt(year, part(0)?, part(2)?).ok_or_else(wrong)?;
        let time = date.and_hms_opt(part(4)?, part(6)?, part(8)?).ok_or_else(wrong)?;
        let up = i64::from(fraction.bytes().any(|b| b != b'0'));
        time.checked_add_signed(chrono::Duration::seconds(up)).ok_or_else(wrong)
    }
}

/// Length of the header, and of the content (`None`: indefinite).
fn read_header(bytes: &[u8]) -> DerResult<(usize, Option<usize>)> {
    let (Some(tag), Some(first)) = (bytes.first(), bytes.get(1)) else { return fault("内容不完整") };
    if tag & 0x1f == 0x1f {
        return fault("标签过长");
    }
    match first {
        0..=0x7f => Ok((2, Some(usize::from(*first)))),
        0x80 => Ok((2, None)),
        _ => {
            let count = usize::from(first & 0x7f);
            let Some(digits) = bytes.get(2..2 + count).filter(|_| count <= 4) else {
                return fault("长度写法不对");
            };
            let length = digits.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
            if digits.first() == Some(&0) || length < 0x80 {
                return fault("长度不是最短写法");
            }
            Ok((2 + count, Some(length)))
        }
    }
}

/// Bytes with indefinite lengths and strings in pieces written in definite ones.
///
/// # Errors
/// Truncated, too deep.
pub fn to_definite(bytes: &[u8]) -> DerResult<Vec<u8>> {
    let mut at = 0;
    let mut out = Vec::with_capacity(bytes.len());
    copy_element(bytes, &mut at, &mut out, 0)?;
    out.extend_from_slice(&bytes[at..]);
    Ok(out)
}

fn copy_element(bytes: &[u8], at: &mut usize, out: &mut Vec<u8>, depth: usize) -> DerResult<()> {
    if depth > DEEPEST {
        return fault("嵌套过深");
    }
    let rest = &bytes[*at..];
    let (header, length) = read_header(rest)?;
    let tag = rest[0];
    let end = match length {
        Some(length) => {
            let Some(end) = (*at + header).checked_add(length).filter(|end| *end <= bytes.len()) else {
                return fault("长度超出文件");
            };
            if tag & 0x20 == 0 {
                out.extend_from_slice(&bytes[*at..end]);
                *at = end;
                return Ok(());
            }
            Some(end)
        }
        None if tag & 0x20 == 0 => return fault("不定长编码"),
        None => None,
    };
    *at += header;
    let mut body = Vec::new();
    loop {
        match end {
            Some(end) if *at == end => break,
            Some(end) if *at > end => return fault("长度超出上一层"),
            None if bytes.get(*at..*at + 2) == Some(&[0, 0]) => {
                *at += 2;
                break;
            }
            _ => copy_element(bytes, at, &mut body, depth + 1)?,
        }
    }
    if tag == 0x24 {
        // an octet string in pieces is one octet string
        let mut pieces = Reader::new(&body);
        let mut whole = Vec::new();
        while !pieces.is_empty() {
            whole.extend_from_slice(pieces.take(tag::OCTETS, "分段内容")?.body);
        }
        push_element(out, tag::OCTETS, &whole);
    } else {
        push_element(out, tag, &body);
    }
    Ok(())
}

/// Appends an element.
pub fn push_element(out: &mut Vec<u8>, tag: u8, body: &[u8]) {
    out.push(tag);
    let length = body.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let digits = length.to_be_bytes();
        let digits = &digits[digits.iter().position(|b| *b != 0).unwrap_or(digits.len() - 1)..];
        out.push(0x80 | digits.len() as u8);
        out.extend_from_slice(digits);
    }
    out.extend_from_slice(body);
}

/// An element of parts.
#[must_use]
pub fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    push_element(&mut out, tag, &parts.concat());
    out
}

/// An INTEGER that is not negative.
#[must_use]
pub fn integer(number: &[u8]) -> Vec<u8> {
    let start = number.iter().position(|b| *b != 0).unwrap_or(number.len());
    let digits = &number[start..];
    match digits.first() {
        Some(first) if first & 0x80 == 0 => element(tag::INTEGER, &[digits]),
        _ => element(tag::INTEGER, &[&[0], digits]),
    }
}

/// Reads the parts of a PEM file with this label, or the bytes themselves where they are no PEM.
///
/// # Errors
/// Not base64, no end, no part with this label.
pub fn from_pem(bytes: &[u8], label: &str) -> DerResult<Vec<Vec<u8>>> {
    let begin = format!("-----BEGIN {label}-----");
    let end = format!("-----END {label}-----");
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.contains("-----BEGIN ")) else {
        return Ok(vec![bytes.to_vec()]);
    };
    let mut parts = Vec::new();
    for part in text.split(begin.as_str()).skip(1) {
        let Some((body, _)) = part.split_once(end.as_str()) else { return fault(format!("缺少「{end}」")) };
        parts.push(from_base64(body)?);
    }
    if parts.is_empty() { fault(format!("没有「{begin}」")) } else { Ok(parts) }
}

fn from_base64(text: &str) -> DerResult<Vec<u8>> {
    let (mut out, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => continue,
            _ => return fault("PEM 内容不是 base64"),
        };
        bits = (bits << 6 | u32::from(value)) & 0x00ff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_within_their_bounds() {
        let whole = element(tag::SEQUENCE, &[&integer(&[0, 200]), &element(tag::OCTETS, &[&[7; 300]])]);
        let mut inside = Reader::new(&whole).take(tag::SEQUENCE, "序列").unwrap().inside();
        assert_eq!(inside.element().unwrap().small("数").unwrap(), 200);
        assert_eq!(inside.element().unwrap().body.len(), 300);
        inside.end("序列").unwrap();
        for cut in 0..whole.len() {
            assert!(Reader::new(&whole[..cut]).element().is_err(), "{cut}");
        }
        for bad in [&[0x02, 0x81, 0x01, 0x05][..], &[0x02, 0x82, 0x00, 0x81], &[0x1f, 0x01, 0x00], &[0x30, 0x80, 0, 0]]
        {
            assert!(Reader::new(bad).element().is_err(), "{bad:02x?}");
        }
    }

    #[test]
    fn indefinite_lengths_become_definite_and_der_stays() {
        let ber = [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 1, 8, 0, 0, 2, 1, 5, 0, 0];
        assert_eq!(to_definite(&ber).unwrap(), [0x30, 7, 4, 2, 7, 8, 2, 1, 5]);
        let der = element(tag::SEQUENCE, &[&element(tag::OCTETS, &[&[7; 200]])]);
        assert_eq!(to_definite(&der).unwrap(), der);
        assert!(to_definite(&[0x30, 0x80].repeat(60)).unwrap_err().0.contains("过深"));
    }

    #[test]
    fn times_have_one_spelling_and_fractions_count_up() {
        let read = |tag: u8, text: &str| {
            Element { tag, body: text.as_bytes(), whole: &[] }.time("时间").map(|time| time.to_string())
        };
        assert_eq!(read(tag::TIME, "20270228131500Z").unwrap(), "2027-02-28 13:15:00");
        assert_eq!(read(tag::TIME, "20270228131500.25Z").unwrap(), "2027-02-28 13:15:01");
        assert_eq!(read(tag::UTC_TIME, "270228131500Z").unwrap(), "2027-02-28 13:15:00");
        for bad in ["20270229131500Z", "20270228131500", "20270228131500+0800", "2027022813150Z", "2027022813150污Z"] {
            assert!(read(tag::TIME, bad).is_err(), "{bad}");
        }
    }
}
