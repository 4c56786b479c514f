//! The text form of a cell's value.
//!
//! Duty: one spelling for numbers, dates, times and truth values whatever file they come from, so that the
//! column readers downstream see `12.5`, `2026-03-01`, `2026-03-01 12:30:00`, `12:30:00`, `TRUE` and never
//! a reader's private notation.
//!
//! Invariants: a number's text parses back to the same double; an integer below 2^53 has neither point nor
//! exponent; serial dates follow the spreadsheet rule (ECMA-376 part 1, 18.17.4), with day 60 of the 1900
//! system being the 29 February 1900 that never was, as every spreadsheet shows it.

use chrono::{Datelike, Days, NaiveDate};

/// What a number format makes of a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum NumberKind {
    /// A plain number.
    #[default]
    Number,
    /// Days since the epoch, with the time of day as fraction.
    Date,
    /// Elapsed days, shown as hours that may pass 24.
    Duration,
}

/// A number format: what it makes of a number, and the mask by which it shows a whole number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NumberFormat {
    /// Plain number, date or duration.
    pub(super) kind: NumberKind,
    /// `None` where the format shows nothing that the number itself lacks. [`DIGIT`] stands for a digit.
    mask: Option<String>,
}

/// Stands for a digit in a mask.
const DIGIT: char = '\0';

impl NumberFormat {
    /// By its code.
    pub(super) fn of(code: &str) -> Self {
        let kind = format_kind(code);
        Self { kind, mask: if kind == NumberKind::Number { mask_of(code) } else { None } }
    }

    /// A built-in format.
    pub(super) fn builtin(id: u16) -> Self {
        Self { kind: builtin_kind(id), mask: None }
    }

    /// The text of a number.
    pub(super) fn text(&self, value: f64, is_1904: bool) -> String {
        formatted(value, self.kind, is_1904)
    }

    /// A whole number as the spreadsheet shows it, where that has zeros in front or a text of its own
    /// (`00001234`, `DA001`) that the number lacks.
    pub(super) fn shown(&self, value: f64) -> Option<String> {
        let mask = self.mask.as_deref()?;
        if !(0.0..=EXACT).contains(&value) || value.fract() > 0.0 {
            return None;
        }
        let digits = (value as u64).to_string();
        let places = mask.chars().filter(|&c| c == DIGIT).count();
        let mut digits = format!("{digits:0>places$}");
        let mut shown = String::with_capacity(mask.len() + digits.len());
        let mut extra = digits.len() - places;
        for c in mask.chars() {
            if c == DIGIT {
                // The first place takes all digits for which there is no place.
                let rest = digits.split_off(1 + extra);
                shown.push_str(&digits);
                digits = rest;
                extra = 0;
            } else {
                shown.push(c);
            }
        }
        Some(shown)
    }
}

/// The mask of a format of whole numbers; `None` for one that shows nothing of its own, and where fractions,
/// thousands or conditions come in.
fn mask_of(code: &str) -> Option<String> {
    let mut mask = String::new();
    let mut chars = code.chars();
    let mut literal = false;
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '0' => mask.push(DIGIT),
            '#' if !mask.contains(DIGIT) => {}
            '\\' => {
                let c = chars.next()?;
                literal |= c.is_alphanumeric();
                mask.push(c);
            }
            '_' | '*' => {
                chars.next();
            }
            '"' => {
                for c in chars.by_ref().take_while(|&c| c != '"') {
                    literal |= c.is_alphanumeric();
                    mask.push(c);
                }
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|&c| c != ']').collect();
                if inside.starts_with(['<', '>', '=']) {
                    return None;
                }
            }
            '-' | ' ' | '(' | ')' => mask.push(c),
            c if !c.is_ascii() => {
                literal |= c.is_alphanumeric();
                mask.push(c);
            }
            _ => return None,
        }
    }
    let places = mask.chars().filter(|&c| c == DIGIT).count();
    (places > 1 || places == 1 && literal).then_some(mask)
}

/// Largest double up to which every integer is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The shortest decimal text that gives the same double back.
pub(super) fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = value.abs();
    // Exact within the bound; nothing of the fraction is lost where there is none.
    if size <= EXACT && value.fract().abs() <= 0.0 {
        return (value as i64).to_string();
    }
    if (1e-7..1e21).contains(&size) { format!("{value}") } else { format!("{value:e}") }
}

/// `TRUE` or `FALSE`.
pub(super) fn truth(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

/// A number under a number format: plain, date, date-time, time of day or duration.
fn formatted(value: f64, kind: NumberKind, is_1904: bool) -> String {
    match kind {
        NumberKind::Number => number(value),
        NumberKind::Date => serial(value, is_1904).unwrap_or_else(|| number(value)),
        NumberKind::Duration => duration(value).unwrap_or_else(|| number(value)),
    }
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A serial date: `2026-03-01`, `2026-03-01 12:30:00`, or `12:30:00` below one day.
///
/// `None` outside 0 to 9999-12-31, where a spreadsheet shows no date either.
fn serial(value: f64, is_1904: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&value) {
        return None;
    }
    // Rounded to the second: a double holds the present to about a microsecond, so 12:30 is rarely exact.
    let seconds = (value * 86_400.0).round() as i64;
    let (days, rest) = (seconds / DAY, seconds % DAY);
    if days == 0 {
        return Some(clock(rest));
    }
    let date = if is_1904 {
        iso(NaiveDate::from_ymd_opt(1904, 1, 1)?.checked_add_days(Days::new(days as u64))?)
    } else if days == 60 {
        "1900-02-29".to_owned()
    } else {
        // The 1900 system counts the 29 February 1900, so its epoch moves by a day there.
        let epoch = NaiveDate::from_ymd_opt(1899, 12, if days < 60 { 31 } else { 30 })?;
        iso(epoch.checked_add_days(Days::new(days as u64))?)
    };
    Some(if rest == 0 { date } else { format!("{date} {}", clock(rest)) })
}

fn iso(date: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn clock(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Elapsed days as `30:15:00`; negative with a sign; `None` where the figure isn't a plausible time.
fn duration(value: f64) -> Option<String> {
    if value.is_nan() || value.abs() >= 2_958_466.0 {
        return None;
    }
    let seconds = (value * 86_400.0).round() as i64;
    Some(if seconds < 0 { format!("-{}", clock(-seconds)) } else { clock(seconds) })
}

/// An ISO 8601 date or date-time in our form; anything else as it is.
///
/// A midnight is dropped, fractions are rounded to the second; a time with its zone (`Z` too) is left as text, for
/// which day it means is settled where days are read.
pub(super) fn iso_date(text: &str) -> String {
    let Some((date, rest)) = text.split_once('T') else {
        return text.to_owned();
    };
    if NaiveDate::parse_from_str(date, "%Y-%m-%d").is_err() {
        return text.to_owned();
    }
    let Some(seconds) = clock_seconds(rest) else {
        return text.to_owned();
    };
    let Ok(day) = NaiveDate::parse_from_str(date, "%Y-%m-%d") else {
        return text.to_owned();
    };
    let Some(day) = day.checked_add_days(Days::new((seconds / DAY) as u64)) else {
        return text.to_owned();
    };
    let rest = seconds % DAY;
    // The epochs of the two date systems stand for "no date": what is meant is the time of day.
    if date == "1899-12-30" || date == "1899-12-31" || date == "1904-01-01" && rest != 0 {
        return clock(rest);
    }
    if rest == 0 { iso(day) } else { format!("{} {}", iso(day), clock(rest)) }
}

/// `12:30`, `12:30:15` or `12:30:15.250` as seconds, rounded.
fn clock_seconds(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next().map_or(Some(0.0), |part| part.parse().ok())?;
    let plausible = parts.next().is_none()
        && (0..=24).contains(&hours)
        && (0..60).contains(&minutes)
        && (0.0..=60.0).contains(&seconds);
    plausible.then(|| hours * 3_600 + minutes * 60 + seconds.round() as i64)
}

/// An ISO 8601 duration such as `PT12H30M00S` as `12:30:00`; anything else as it is.
pub(super) fn iso_duration(text: &str) -> String {
    fn seconds(text: &str) -> Option<i64> {
        let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (days, time) = text.strip_prefix('P')?.split_once('T')?;
        let mut total: f64 = match days.strip_suffix('D') {
            Some(days) => days.parse::<f64>().ok()? * 86_400.0,
            None if days.is_empty() => 0.0,
            None => return None,
        };
        let mut figure = String::new();
        for c in time.chars() {
            let unit = match c {
                'H' => 3_600.0,
                'M' => 60.0,
                'S' => 1.0,
                _ => {
                    figure.push(if c == ',' { '.' } else { c });
                    continue;
                }
            };
            total += figure.parse::<f64>().ok()? * unit;
            figure.clear();
        }
        (figure.is_empty() && total < 1e12).then(|| sign * total.round() as i64)
    }
    match seconds(text) {
        Some(total) if total < 0 => format!("-{}", clock(-total)),
        Some(total) => clock(total),
        None => text.to_owned(),
    }
}

/// What a number-format code makes of a number (ECMA-376 part 1, 18.8.31): only its first section decides.
///
/// Quoted, escaped and bracketed parts are no date letters, except `[h]`, `[m]`, `[s]`, which are durations.
fn format_kind(code: &str) -> NumberKind {
    if code.eq_ignore_ascii_case("general") {
        return NumberKind::Number;
    }
    let mut chars = code.chars();
    let mut date = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' | '_' | '*' => {
                chars.next();
            }
            '"' => {
                chars.by_ref().take_while(|&c| c != '"').count();
            }
            '[' => {
                let inside: String = chars.by_ref().take_while(|&c| c != ']').collect();
                let lower = inside.to_ascii_lowercase();
                if !lower.is_empty() && ["h", "m", "s"].iter().any(|unit| lower.replace(unit, "").is_empty()) {
                    return NumberKind::Duration;
                }
            }
            ';' => break,
            '0' | '#' | '?' if !date => {
                // A digit before any date letter makes a number format, such as `0.00E+00`.
                return NumberKind::Number;
            }
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => date = true,
            'a' | 'A' => {
                // `AM/PM` and the weekday `aaaa` of East Asian editions.
                date = date || code.to_ascii_lowercase().contains("am/pm") || code.contains("aaa");
            }
            _ => {}
        }
    }
    if date { NumberKind::Date } else { NumberKind::Number }
}

/// What a built-in number format makes of a number; 27 to 36 and 50 to 58 are dates in East Asian editions.
fn builtin_kind(id: u16) -> NumberKind {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => NumberKind::Date,
        46 => NumberKind::Duration,
        _ => NumberKind::Number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact() {
        for (value, text) in [
            (12.0, "12"),
            (12.5, "12.5"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (310_101_199_001_011_200.0, "310101199001011200"),
            (1e-9, "1e-9"),
            (1e300, "1e300"),
            (-3.0, "-3"),
        ] {
            assert_eq!(number(value), text);
            assert_eq!(number(value).parse::<f64>().unwrap().to_bits(), (value + 0.0).to_bits());
        }
    }

    #[test]
    fn serials_follow_both_date_systems() {
        for (value, is_1904, text) in [
            (46_082.0, false, "2026-03-01"),
            (46_082.520_833_333_336, false, "2026-03-01 12:30:00"),
            (0.520_833_333_333_333_4, false, "12:30:00"),
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (60.0, false, "1900-02-29"),
            (61.0, false, "1900-03-01"),
            (44_620.0, true, "2026-03-01"),
            (46_082.999_999_99, false, "2026-03-02"),
            (2_958_465.0, false, "9999-12-31"),
            (2_958_466.0, false, "2958466"),
            (-1.0, false, "-1"),
        ] {
            assert_eq!(formatted(value, NumberKind::Date, is_1904), text);
        }
        assert_eq!(formatted(1.25, NumberKind::Duration, false), "30:00:00");
        assert_eq!(formatted(-0.5, NumberKind::Duration, false), "-12:00:00");
    }

    #[test]
    fn iso_texts_become_ours() {
        assert_eq!(iso_date("2026-03-01T00:00:00.000"), "2026-03-01");
        assert_eq!(iso_date("2026-02-28T16:00:00.000Z"), "2026-02-28T16:00:00.000Z");
        assert_eq!(iso_date("2026-03-01T23:59:59.9"), "2026-03-02");
        assert_eq!(iso_date("1899-12-31T12:30:00.000"), "12:30:00");
        assert_eq!(iso_date("2026-03-01"), "2026-03-01");
        assert_eq!(iso_date("TODAY"), "TODAY");
        assert_eq!(iso_duration("PT12H30M00S"), "12:30:00");
        assert_eq!(iso_duration("P1DT1H0M0S"), "25:00:00");
        assert_eq!(iso_duration("-PT0H30M00S"), "-00:30:00");
        assert_eq!(iso_duration("later"), "later");
    }

    #[test]
    fn masks_show_zeros_and_texts_of_their_own() {
        for (code, value, shown) in [
            ("00000000", 1234.0, Some("00001234")),
            ("0000", 123_456.0, Some("123456")),
            ("\"DA\"000", 7.0, Some("DA007")),
            ("000-0000", 21_234.0, Some("002-1234")),
            ("000\\-0000", 12_345_678.0, Some("1234-5678")),
            ("0\"号\"", 12.0, Some("12号")),
            ("00000;-00000", 31.0, Some("00031")),
            ("[$-804]0000", 5.0, Some("0005")),
            ("沪00000", 31.0, Some("沪00031")),
            ("0", 5.0, None),
            ("0_ ", 5.0, None),
            ("#,##0", 5.0, None),
            ("0.00", 5.0, None),
            ("General", 5.0, None),
            ("0000", 1.5, None),
            ("0000", -3.0, None),
            ("yyyy-mm-dd", 46_082.0, None),
        ] {
            assert_eq!(NumberFormat::of(code).shown(value).as_deref(), shown, "{code}");
        }
    }

    #[test]
    fn format_codes_are_told_apart() {
        for (code, kind) in [
            ("General", NumberKind::Number),
            ("0.00", NumberKind::Number),
            ("#,##0.00\\ \"yd\"", NumberKind::Number),
            ("0.00E+00", NumberKind::Number),
            ("[Red]#,##0", NumberKind::Number),
            ("G/通用格式", NumberKind::Number),
            ("yyyy\"年\"m\"月\"d\"日\";@", NumberKind::Date),
            ("[$-804]yyyy/m/d", NumberKind::Date),
            ("[$-F400]h:mm:ss AM/PM", NumberKind::Date),
            ("[$-804]aaaa;@", NumberKind::Date),
            ("上午/下午h\"时\"mm\"分\"", NumberKind::Date),
            ("[h]:mm:ss", NumberKind::Duration),
            ("[mm]:ss", NumberKind::Duration),
            ("_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)", NumberKind::Number),
            ("\"d\"0", NumberKind::Number),
            (";;;", NumberKind::Number),
        ] {
            assert_eq!(format_kind(code), kind, "{code}");
        }
    }
}
