//! Numbers of units, enterprises and inspectors.
//!
//! A code is never guessed: one that a spreadsheet has made a number of (3.10115E+14, or zeros behind the fifteenth
//! digit) has lost its digits and is refused, and so are two codes in one cell. A credit code that fails its check
//! stays as written: it still tells one enterprise from another.

use std::borrow::Cow;

use polars::prelude::StringChunked;

use crate::domain::{InspectorId, Uscc, UsccFault};
use crate::text::{clean, fold, fold_lines, fold_width, is_blank_word};

use super::super::codes;
use super::super::collect::Collector;
use super::super::ids::id_key;
use super::super::parse::{map_text, map_values};
use super::super::schema::TableKind;
use super::Intake;

/// Why a cell holds no code that could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodeFault {
    /// A spreadsheet made a number of it.
    Destroyed,
    /// Two codes in one cell.
    Several,
    /// Nothing like a code.
    Unlike,
}

/// Most digits that a spreadsheet keeps of a number; a double shows up to two more.
const KEPT_DIGITS: usize = 16;
/// Fewest letters and digits of a code, where two in a cell are told apart.
const SHORTEST_CODE: usize = 9;

impl Intake<'_> {
    /// Permit or registration numbers, as the register's own key.
    pub(super) fn parse_numbers(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> StringChunked {
        let (numbers, faults) = map_text(cells, |text| code(text));
        self.report_codes(id, cells, &faults, out);
        numbers
    }

    /// Numbers of units in tables that refer to the register.
    pub(super) fn parse_unit_refs(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> StringChunked {
        let (numbers, faults) = map_text(cells, |text| {
            Ok(code(text)?.map(|code| match code {
                Cow::Borrowed(text) => id_key(text),
                Cow::Owned(text) => Cow::Owned(id_key(&text).into_owned()),
            }))
            .map(|key| key.filter(|key| !key.is_empty()))
        });
        self.report_codes(id, cells, &faults, out);
        numbers
    }

    /// Credit codes; one that fails its check is warned about and stays as written.
    pub(super) fn parse_uscc(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> StringChunked {
        let (written, faults) = map_text(cells, |text| {
            if Uscc::parse(text).is_ok() {
                return Ok(Some(Cow::Borrowed(text)));
            }
            let Some(plain) = code(text)? else { return Ok(None) };
            let plain: String = plain.chars().filter(|c| *c != '-').collect();
            if is_blank_word(&plain) {
                return Ok(None);
            }
            let like = (SHORTEST_CODE..=20).contains(&plain.chars().count())
                && plain.chars().all(char::is_alphanumeric)
                && plain.bytes().filter(u8::is_ascii_digit).count() >= 6;
            if like { Ok(Some(Cow::Owned(plain))) } else { Err(CodeFault::Unlike) }
        });
        self.report_codes(id, cells, &faults, out);
        let (_, wrong) = map_values::<(), UsccFault, _>(&written, |text| Uscc::parse(text).map(|_| None));
        for (i, fault) in wrong {
            let text = written.get(i).unwrap_or_default();
            let old = matches!(text.len(), 13 | 15) && text.bytes().all(|b| b.is_ascii_digit());
            let code = if old { &codes::NUMBER_OLD } else { &codes::USCC_BAD };
            let expected = format!("18 位统一社会信用代码（{}）", uscc_fault_words(text, fault));
            self.report(out, code, i, id, cells.get(i).unwrap_or_default(), &expected);
        }
        written
    }

    pub(super) fn parse_certificates(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> StringChunked {
        let (certificates, faults) = map_text(cells, |text| {
            let plain: String = fold_width(&clean(text)).chars().filter(|c| !c.is_whitespace()).collect();
            if plain.is_empty() {
                return Ok(None);
            }
            if is_exponent(&plain) {
                return Err(CodeFault::Destroyed);
            }
            let plain = without_point(&plain).to_owned();
            InspectorId::new(plain).map(|id| Some(Cow::Owned(String::from(id)))).map_err(|_| CodeFault::Unlike)
        });
        for (i, fault) in faults {
            let code = if fault == CodeFault::Destroyed { &codes::CODE_DESTROYED } else { &codes::CERTIFICATE_BAD };
            self.report(out, code, i, id, cells.get(i).unwrap_or_default(), "");
        }
        certificates
    }

    /// Reports cells that hold no usable code; where the row is known by another column too, that is a warning.
    fn report_codes(&self, id: &str, cells: &StringChunked, faults: &[(usize, CodeFault)], out: &mut Collector) {
        if faults.is_empty() {
            return;
        }
        let group = self.layout.kind.required_groups().iter().find(|group| group.contains(&id));
        let others: Vec<StringChunked> = group
            .into_iter()
            .flat_map(|group| group.iter())
            .filter(|other| **other != id)
            .filter_map(|other| self.text(other))
            .collect();
        let stands = |i: usize| {
            let spare = self.layout.kind == TableKind::Sources && group.is_none();
            spare || others.iter().any(|other| other.get(i).is_some_and(|text| !is_blank_word(&fold(text))))
        };
        for (i, fault) in faults {
            let code = match fault {
                CodeFault::Destroyed if stands(*i) => &codes::CODE_DESTROYED_SPARE,
                CodeFault::Destroyed => &codes::CODE_DESTROYED,
                CodeFault::Several => &codes::CODE_SEVERAL,
                CodeFault::Unlike => &codes::USCC_UNLIKE,
            };
            self.report(out, code, *i, id, cells.get(*i).unwrap_or_default(), "");
        }
    }
}

/// A code in half width, upper case, without white space and without the `.0` of data-frame tools.
fn code(text: &str) -> Result<Option<Cow<'_, str>>, CodeFault> {
    if text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return if is_rounded(text) {
            Err(CodeFault::Destroyed)
        } else {
            Ok(Some(Cow::Borrowed(text)).filter(|text| !text.is_empty()))
        };
    }
    if is_several(&fold_lines(text)) {
        return Err(CodeFault::Several);
    }
    let folded = fold_width(&clean(text));
    let plain: String = folded.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let plain = without_point(&plain);
    if is_exponent(plain) || is_rounded(plain) {
        return Err(CodeFault::Destroyed);
    }
    Ok((!plain.is_empty()).then(|| Cow::Owned(plain.to_owned())))
}

/// `310113.0` without what makes a number of it.
fn without_point(text: &str) -> &str {
    text.split_once('.')
        .filter(|(whole, rest)| {
            !whole.is_empty()
                && whole.bytes().all(|b| b.is_ascii_digit())
                && !rest.is_empty()
                && rest.bytes().all(|b| b == b'0')
        })
        .map_or(text, |(whole, _)| whole)
}

/// A number in scientific notation, as spreadsheets and data-frame tools write it: `3.10115E+14`.
fn is_exponent(text: &str) -> bool {
    let Some((figure, power)) = text.split_once(['E', 'e']) else { return false };
    let (first, rest) = figure.split_once('.').unwrap_or((figure, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let signed = power.strip_prefix(['+', '-']);
    first.len() == 1 && digits(first) && digits(rest) && signed.is_some_and(|power| power.len() <= 3 && digits(power))
}

/// A long number of digits alone whose end a spreadsheet has filled with zeros.
fn is_rounded(text: &str) -> bool {
    let length = text.len();
    (KEPT_DIGITS..=40).contains(&length)
        && text.bytes().all(|b| b.is_ascii_digit())
        && text.bytes().rev().take_while(|b| *b == b'0').count() >= (length - KEPT_DIGITS).max(1)
        && Uscc::parse(text).is_err()
}

/// Two codes or more in one cell.
fn is_several(text: &str) -> bool {
    let is_code = |part: &str| {
        part.chars().filter(char::is_ascii_alphanumeric).count() >= SHORTEST_CODE
            && part.bytes().filter(u8::is_ascii_digit).count() >= 6
    };
    let divides = |c: char| {
        c.is_whitespace() || matches!(c, '、' | ',' | '，' | ';' | '/' | '|' | '(' | ')' | '和' | '及' | '与')
    };
    text.contains(divides) && text.split(divides).filter(|part| is_code(part)).count() >= 2
}

/// What is wrong with a credit code, its impossible characters named.
fn uscc_fault_words(code: &str, fault: UsccFault) -> String {
    let impossible: Vec<(usize, char)> = code
        .chars()
        .enumerate()
        .filter(|(_, c)| !c.is_ascii_alphanumeric() || matches!(c, 'I' | 'O' | 'S' | 'V' | 'Z'))
        .collect();
    if impossible.is_empty() {
        return fault.to_string();
    }
    let meant = |c: char| match c {
        'I' | 'І' => Some('1'),
        'O' | 'О' | 'Ο' => Some('0'),
        'S' | 'Ѕ' => Some('5'),
        'Z' | 'Ζ' => Some('2'),
        'А' | 'Α' => Some('A'),
        'В' | 'Β' => Some('B'),
        'С' => Some('C'),
        'Е' | 'Ε' => Some('E'),
        'Н' | 'Η' => Some('H'),
        'К' | 'Κ' => Some('K'),
        'М' | 'Μ' => Some('M'),
        'Ν' => Some('N'),
        'Р' | 'Ρ' => Some('P'),
        'Т' | 'Τ' => Some('T'),
        'Х' | 'Χ' => Some('X'),
        'У' | 'Υ' => Some('Y'),
        _ => None,
    };
    let words: Vec<String> = impossible
        .iter()
        .map(|(i, c)| {
            let script = match c {
                '\u{400}'..='\u{4ff}' => "是西里尔字母",
                '\u{370}'..='\u{3ff}' => "是希腊字母",
                'A'..='Z' => "不用于信用代码",
                _ => "不是字母或数字",
            };
            format!("第 {} 位「{c}」{script}", i + 1)
        })
        .collect();
    let mended: String = code.chars().map(|c| if c.is_ascii_digit() { c } else { meant(c).unwrap_or(c) }).collect();
    let hint = if Uscc::parse(&mended).is_ok() { format!("，改为 {mended} 后校验相符") } else { String::new() };
    format!("{}{hint}", words.join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_a_spreadsheet_made_a_number_of_is_none() {
        for text in [
            "3.10115E+14",
            "9.13101E+17",
            "3.10115000012345e+14",
            "３．１０１１５Ｅ＋１４",
            "9E+17",
            "310115000012345700",
            "3101150000123400",
            "913101150000123400",
            "'3.10115E+14",
        ] {
            assert_eq!(code(text), Err(CodeFault::Destroyed), "{text}");
        }
        for text in ["310115000012345", "91130200699229617X001P", "310115202400000", "12E5", "E9-2026"] {
            assert!(code(text).is_ok_and(|code| code.as_deref() == Some(text)), "{text}");
        }
        for text in [
            "310115000012345.0",
            "'310115000012345",
            "=\"310115000012345\"",
            "`310115000012345",
            "\u{202a}310115000012345",
        ] {
            assert_eq!(code(text).unwrap().as_deref(), Some("310115000012345"), "{text}");
        }
    }

    #[test]
    fn two_codes_in_a_cell_are_none() {
        for text in [
            "310115000012345、310115000012346",
            "310115000012345/310115000012346",
            "310115000012345 310115000012346",
            "91130200699229617X001P（310115000012345）",
            "91130200699229617X001P\n91130200699229617X002P",
        ] {
            assert_eq!(code(text), Err(CodeFault::Several), "{text}");
        }
        assert!(code("91130200 699229617X 001P").is_ok());
    }

    #[test]
    fn impossible_characters_are_named() {
        let words = |code: &str| uscc_fault_words(code, UsccFault::Length(18));
        assert!(words("9113O200699229617X").contains("第 5 位「O」不用于信用代码，改为 91130200699229617X 后校验相符"));
        assert!(words("91130200699229617Х").contains("第 18 位「Х」是西里尔字母，改为 91130200699229617X"));
    }
}
