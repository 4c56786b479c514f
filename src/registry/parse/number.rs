//! Numbers as offices write them: full-width digits, thousands separators, 万 and 亿, per cent.
//!
//! Arithmetic is one multiplication or division of the number read, so results do not depend on the machine.

use super::super::text::MoneyUnit;
use crate::text::{fold, is_blank_word};

/// A number and the money unit written behind it, if any. 万 and 亿 without 元 are multiplied out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// The value; in the unit where one is named.
    pub value: f64,
    /// 元, 万元, 亿元 behind the number.
    pub unit: Option<MoneyUnit>,
}

/// A number; `Ok(None)` for "nothing".
///
/// # Errors
/// `()` where the text is not a number.
#[expect(clippy::result_unit_err, reason = "the caller names the column and the value; there is nothing to add")]
pub fn parse_number(text: &str) -> Result<Option<Number>, ()> {
    let folded = fold(text);
    let text = folded.trim();
    // What a program could not compute is said, not passed over.
    if is_blank_word(text) && !text.eq_ignore_ascii_case("nan") {
        return Ok(None);
    }
    let mut rest = text.trim_start_matches(['¥', '￥', '$']).trim();
    rest = rest.strip_prefix("人民币").map_or(rest, str::trim);
    let (mut unit, mut factor, mut divisor) = (None, 1.0, 1.0);
    for (suffix, named, times, by) in [
        ("万元", Some(MoneyUnit::Wan), 1.0, 1.0),
        ("亿元", Some(MoneyUnit::Yi), 1.0, 1.0),
        ("元整", Some(MoneyUnit::Yuan), 1.0, 1.0),
        ("元", Some(MoneyUnit::Yuan), 1.0, 1.0),
        ("万", None, 10_000.0, 1.0),
        ("亿", None, 100_000_000.0, 1.0),
        ("%", None, 1.0, 100.0),
        ("‰", None, 1.0, 1000.0),
        ("倍", None, 1.0, 1.0),
        ("天", None, 1.0, 1.0),
        ("辆", None, 1.0, 1.0),
        ("台", None, 1.0, 1.0),
        ("套", None, 1.0, 1.0),
        ("分", None, 1.0, 1.0),
    ] {
        if let Some(stripped) = rest.strip_suffix(suffix) {
            (rest, unit, factor, divisor) = (stripped.trim(), named, times, by);
            break;
        }
    }
    let plain = if rest.contains([',', '，', ' ', '\'']) { ungroup(rest)? } else { rest.to_owned() };
    // "inf", "nan" and "0x1f" are not numbers here.
    if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E')) {
        return Err(());
    }
    let value: f64 = plain.parse().map_err(|_| ())?;
    if !value.is_finite() {
        return Err(());
    }
    Ok(Some(Number { value: value * factor / divisor, unit }))
}

/// Drops thousands separators, which must stand between groups of three digits (1,234,567.8).
pub(super) fn ungroup(text: &str) -> Result<String, ()> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(a, b)| (a, Some(b)));
    let sign = if whole.starts_with('-') { "-" } else { "" };
    let groups: Vec<&str> = whole.trim_start_matches(['-', '+']).split([',', '，', ' ', '\'']).collect();
    let (first, others) = groups.split_first().ok_or(())?;
    let all_digits = groups.iter().all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    if !all_digits || first.len() > 3 || others.iter().any(|group| group.len() != 3) {
        return Err(());
    }
    Ok(match fraction {
        Some(fraction) => format!("{sign}{}.{fraction}", groups.concat()),
        None => format!("{sign}{}", groups.concat()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        parse_number(text).unwrap().map(|n| n.value)
    }

    #[test]
    fn every_spelling_of_a_number() {
        for (text, expected) in [
            ("12.5", 12.5),
            ("１２．５", 12.5),
            ("1,234,567.5", 1_234_567.5),
            ("1，234", 1234.0),
            ("12万", 120_000.0),
            ("1.2亿", 120_000_000.0),
            ("18%", 0.18),
            ("-3", -3.0),
            ("1e3", 1000.0),
            ("￥5元", 5.0),
            ("5 天", 5.0),
            ("2倍", 2.0),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
        assert_eq!(parse_number("5万元").unwrap().unwrap().unit, Some(MoneyUnit::Wan));
        assert_eq!(parse_number("50,000元").unwrap().unwrap(), Number { value: 50_000.0, unit: Some(MoneyUnit::Yuan) });
        assert_eq!(value("—"), None);
        for text in ["1,23,4", "十二", "<0.5", "1.2.3", "nan", "inf", "12,34", "1e999", "0x10"] {
            assert!(parse_number(text).is_err(), "{text}");
        }
    }
}
