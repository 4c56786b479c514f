//! Dates, months and ranges as Chinese offices write them.
//!
//! Met: 2026-3-1, 2026/03/01, 2026.3.1, 2026年3月1日, 二〇二六年三月一日, 20260301, with a time of day behind,
//! full-width digits, bare Excel serials of the 1900 system (46082), 长期. Refused: one- and two-digit years,
//! day-first dates, months without a day, days that no calendar has, years before 1949 or after 2100.
//! Days are counted from 1970-01-01, as in a polars Date.
//!
//! A caller chooses what it accepts: [`parse_date`] takes all of these, [`parse_day`] with [`Accept::Typed`] no
//! serials, [`parse_month`] months too, [`parse_range`] and [`parse_ranges`] periods.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::{fold, is_blank_word};

/// Days from 0001-01-01 to 1970-01-01 in chrono's count.
const EPOCH_FROM_CE: i32 = 719_163;
/// Days from Excel's 1899-12-30 to 1970-01-01.
const EXCEL_EPOCH: i32 = 25_569;

/// A day of the calendar, for rooms that name one and compute nothing with it.
pub type Date = NaiveDate;

/// A date with an optional time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    /// Days since 1970-01-01.
    pub day: i32,
    /// Minutes since midnight, where a time was written.
    pub minute: Option<u16>,
}

/// Why a text is not a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFault {
    /// Not recognised as a date.
    Form,
    /// A year of one or two digits, or a day first.
    ShortYear,
    /// A year or a month only.
    Incomplete,
    /// No such day, or a year outside 1949–2100.
    Impossible,
}

impl fmt::Display for DateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "日期，如 2026-03-01",
            Self::ShortYear => "四位年份在前的日期，如 2026-03-01",
            Self::Incomplete => "写到日的日期，如 2026-03-01",
            Self::Impossible => "1949 至 2100 年间存在的日期",
        })
    }
}

/// Days since 1970-01-01.
#[must_use]
pub fn day_number(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH_FROM_CE
}

/// The date so many days after 1970-01-01; `None` beyond the calendar.
#[must_use]
pub fn date_of(day: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(day.checked_add(EPOCH_FROM_CE)?)
}

/// A day number as `2026-03-01`.
#[must_use]
pub fn render_day(day: i32) -> String {
    date_of(day).map_or_else(|| day.to_string(), |date| date.to_string())
}

/// Where a text comes from, and so what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// A cell of somebody's table: a bare number of five digits is an Excel serial.
    Cell,
    /// A field that somebody types into: a number of five digits is a slip.
    Typed,
}

/// A day without its time; `Ok(None)` for "nothing" and for 长期.
///
/// # Errors
/// Why it is not a day.
pub fn parse_day(text: &str, accept: Accept) -> Result<Option<NaiveDate>, DateFault> {
    let folded = fold(text);
    let (whole, fraction) = folded.split_once('.').unwrap_or((&folded, ""));
    let is_serial = whole.len() == 5 && digits(whole.as_bytes()) && digits(fraction.as_bytes());
    // Separators that are met in exports of whole registers only; elsewhere they are slips.
    if accept == Accept::Typed && is_serial || folded.contains(['_', '\\', ',']) {
        return Err(DateFault::Form);
    }
    Ok(parse_date(&folded)?.and_then(|date| date_of(date.day)))
}

fn day_of(year: i32, month: u32, day: u32) -> Result<i32, DateFault> {
    if !(1949..=2100).contains(&year) {
        return Err(DateFault::Impossible);
    }
    NaiveDate::from_ymd_opt(year, month, day).map(day_number).ok_or(DateFault::Impossible)
}

fn two(bytes: &[u8], at: usize) -> u32 {
    u32::from(bytes[at] - b'0') * 10 + u32::from(bytes[at + 1] - b'0')
}

fn four(bytes: &[u8]) -> i32 {
    (two(bytes, 0) * 100 + two(bytes, 2)).cast_signed()
}

/// True where every byte at these positions is a digit.
fn digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

/// A date; `Ok(None)` for "nothing" and for 长期 (no end).
///
/// # Errors
/// Why it is not a date.
pub fn parse_date(text: &str) -> Result<Option<DateTime>, DateFault> {
    let bytes = text.as_bytes();
    // The form that most cells have, without any allocation.
    if bytes.len() == 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && digits(&bytes[..4])
        && digits(&bytes[5..7])
        && digits(&bytes[8..])
    {
        return parse_ymd(four(bytes), two(bytes, 5), two(bytes, 8), None);
    }
    let folded = fold(text);
    let text = folded.trim();
    if is_blank_word(text) || matches!(text, "长期" | "永久" | "长期有效" | "永久有效" | "无期限" | "无固定期限")
    {
        return Ok(None);
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().filter(|b| *b == b'.').count() <= 1 {
        return parse_bare(text);
    }
    let plain = if text.contains('年') { chinese_digits(text) } else { text.to_owned() };
    parse_parts(&plain)
}

fn parse_ymd(year: i32, month: u32, day: u32, minute: Option<u16>) -> Result<Option<DateTime>, DateFault> {
    if year == 9999 && (1..=12).contains(&month) {
        return Ok(None); // 9999-12-31 is how databases write 长期
    }
    day_of(year, month, day).map(|day| Some(DateTime { day, minute }))
}

/// Digits only: 20260301, 20260301123000, or an Excel serial with or without a fraction.
fn parse_bare(text: &str) -> Result<Option<DateTime>, DateFault> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let bytes = whole.as_bytes();
    match (whole.len(), fraction.is_empty()) {
        (8, true) => parse_ymd(four(bytes), two(bytes, 4), two(bytes, 6), None),
        (12 | 14, true) => {
            parse_ymd(four(bytes), two(bytes, 4), two(bytes, 6), Some(clock(two(bytes, 8), two(bytes, 10))?))
        }
        (5, _) => {
            let serial: i32 = whole.parse().map_err(|_| DateFault::Form)?;
            // 20 000 is 1954-10-03, 73 415 is 2100-12-31.
            if !(20_000..=73_415).contains(&serial) {
                return Err(DateFault::Impossible);
            }
            let minute = if fraction.is_empty() {
                None
            } else {
                let part: f64 = format!("0.{fraction}").parse().map_err(|_| DateFault::Form)?;
                Some(((part * 1440.0 + 0.5) as u16).min(1439))
            };
            Ok(Some(DateTime { day: serial - EXCEL_EPOCH, minute }))
        }
        (4 | 6, true) => Err(DateFault::Incomplete),
        (4, false) if fraction.len() <= 2 => Err(DateFault::Incomplete), // 2026.3
        (1..=2, _) => Err(DateFault::ShortYear),
        _ => Err(DateFault::Form),
    }
}

fn clock(hour: u32, minute: u32) -> Result<u16, DateFault> {
    if hour < 24 && minute < 60 || hour == 24 && minute == 0 {
        Ok((hour.min(23) * 60 + if hour == 24 { 59 } else { minute }) as u16)
    } else {
        Err(DateFault::Impossible)
    }
}

/// Numbers with separators between: year, month, day, then perhaps a time of day.
fn parse_parts(text: &str) -> Result<Option<DateTime>, DateFault> {
    let mut numbers: Vec<(u32, usize)> = Vec::with_capacity(6);
    let mut separators: Vec<String> = Vec::with_capacity(6);
    let mut separator = String::new();
    let mut in_number = false;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            if in_number {
                if let Some((value, length)) = numbers.last_mut() {
                    if *length >= 6 {
                        return Err(DateFault::Form);
                    }
                    *value = *value * 10 + digit;
                    *length += 1;
                }
            } else {
                separators.push(std::mem::take(&mut separator));
                numbers.push((digit, 1));
                in_number = true;
            }
        } else {
            separator.push(c);
            in_number = false;
        }
    }
    let date_separator = |i: usize| {
        separators
            .get(i)
            .is_some_and(|s| matches!(s.trim(), "-" | "/" | "." | "年" | "月" | "—" | "–" | "_" | "\\" | ","))
    };
    let Some(((year, year_digits), true)) = numbers.first().map(|first| (*first, separators[0].is_empty())) else {
        return Err(DateFault::Form);
    };
    if year_digits != 4 {
        let third_is_year = numbers.get(2).is_some_and(|(_, length)| *length == 4);
        let short = year_digits <= 2 && (date_separator(1) || third_is_year);
        return Err(if short { DateFault::ShortYear } else { DateFault::Form });
    }
    let (Some((month, month_digits)), Some((day, day_digits))) = (numbers.get(1), numbers.get(2)) else {
        let tail = separator.trim();
        let only_parts = (numbers.len() == 1 || date_separator(1)) && matches!(tail, "" | "年" | "月" | "月份");
        return Err(if only_parts { DateFault::Incomplete } else { DateFault::Form });
    };
    if !date_separator(1) || !date_separator(2) || *month_digits > 2 || *day_digits > 2 {
        return Err(DateFault::Form);
    }
    let minute = match numbers.get(3..) {
        None | Some([]) => match separator.trim() {
            "" | "日" | "号" => None,
            _ => return Err(DateFault::Form),
        },
        Some([(hour, _), rest @ ..]) => {
            let before = separators[3].trim().trim_start_matches(['日', '号']).trim();
            if !matches!(before, "" | "T" | "t" | "上午" | "下午") {
                return Err(DateFault::Form);
            }
            let hour = if before == "下午" && *hour < 12 { hour + 12 } else { *hour };
            Some(clock(hour, rest.first().map_or(0, |(minute, _)| *minute))?)
        }
    };
    parse_ymd(year.cast_signed(), *month, *day, minute)
}

/// 二〇二六年三月一日 → 2026年3月1日; other text unchanged.
fn chinese_digits(text: &str) -> String {
    let value = |c: char| {
        "〇一二三四五六七八九".chars().position(|d| d == c).or(match c {
            '零' | '○' | 'Ｏ' => Some(0),
            '元' => Some(1),
            _ => None,
        })
    };
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|j| chars.get(j)).and_then(|c| value(*c)).is_some();
        let after = chars.get(i + 1).and_then(|c| value(*c)).is_some();
        match (c, value(*c)) {
            (_, Some(digit)) => out.push_str(&digit.to_string()),
            // 十 alone is 10, before a digit 1, behind a digit nothing or 0.
            ('十', None) => out.push_str(match (before, after) {
                (false, false) => "10",
                (false, true) => "1",
                (true, false) => "0",
                (true, true) => "",
            }),
            _ => out.push(*c),
        }
    }
    out
}

/// Year and month, from 2027-03, 2027年3月, 202703, 2027/3, or a whole date; years 2000 to 2100.
#[must_use]
pub fn parse_month(text: &str) -> Option<(i32, u32)> {
    let folded = fold(text);
    let text = folded.trim();
    let month =
        |year: i32, month: u32| ((2000..=2100).contains(&year) && (1..=12).contains(&month)).then_some((year, month));
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        return month(four(text.as_bytes()), two(text.as_bytes(), 4));
    }
    if let Ok(Some(date)) = parse_date(text) {
        let date = date_of(date.day)?;
        return month(date.year(), date.month());
    }
    let trimmed = text.trim_end_matches(['份', '月']);
    let (year, rest) = trimmed.split_once(['-', '/', '.', '年'])?;
    if year.len() != 4 || !(1..=2).contains(&rest.len()) {
        return None;
    }
    month(year.parse().ok()?, rest.parse().ok()?)
}

/// First and last day of a range; either may be open.
pub type Range = (Option<i32>, Option<i32>);

/// 2024-09-10至2029-09-09: (from, to), either may be missing (至2029-09-09, 2024-09-10至长期).
///
/// # Errors
/// Why it is not a range.
pub fn parse_range(text: &str) -> Result<Option<Range>, DateFault> {
    let folded = fold(text);
    let text = folded.trim().trim_start_matches('自').trim_start_matches('从').trim_end_matches('止').trim();
    if is_blank_word(text) || text == "长期" {
        return Ok(None);
    }
    let day = |part: &str| parse_date(part).map(|date| date.map(|date| date.day));
    for divider in ["至", "到", "～", "~", "——", "—", "–", " - ", "--", "起", "/", "-"] {
        for (i, found) in text.match_indices(divider) {
            let (from, rest) = text.split_at(i);
            let Some(to) = rest.strip_prefix(found) else { continue };
            let (from, to) = (from.trim().trim_end_matches(['起', '始']).trim(), to.trim());
            // Single dashes and slashes also stand inside dates: the divider is the one that leaves two dates.
            if let (Ok(from_day), Ok(to_day)) = (day(from), day(to))
                && (from_day.is_some() || to_day.is_some())
                && (!matches!(divider, "-" | "/") || from_day.is_some() && to_day.is_some())
            {
                return Ok(Some((from_day, to_day)));
            }
        }
    }
    day(text).map(|to| to.map(|to| (None, Some(to))))
}

/// Several ranges or single days, divided by ；; 、 or a line break, as ISO ranges joined by `;`.
///
/// # Errors
/// The first part that is not a range.
pub fn parse_ranges(text: &str) -> Result<Option<String>, String> {
    let folded = fold(text);
    let mut out: Vec<String> = Vec::new();
    for part in folded.split([';', '、', '\n', '，', ',']).map(str::trim).filter(|part| !is_blank_word(part)) {
        let (from, to) = match parse_range(part) {
            Ok(Some((Some(from), Some(to)))) if from <= to => (from, to),
            Ok(Some((None, Some(day)))) => (day, day),
            _ => return Err(part.to_owned()),
        };
        out.push(format!("{}/{}", render_day(from), render_day(to)));
    }
    Ok((!out.is_empty()).then(|| out.join(";")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> String {
        match parse_date(text) {
            Ok(Some(DateTime { day, minute: None })) => render_day(day),
            Ok(Some(DateTime { day, minute: Some(m) })) => format!("{} {:02}:{:02}", render_day(day), m / 60, m % 60),
            Ok(None) => "none".to_owned(),
            Err(fault) => format!("{fault:?}"),
        }
    }

    #[test]
    fn every_spelling_of_a_date() {
        for text in [
            "2026-03-01",
            "2026-3-1",
            "2026/03/01",
            "2026/3/1",
            "2026.3.1",
            "2026.03.01",
            "2026年3月1日",
            "2026年03月01日",
            "2026年3月1号",
            "20260301",
            "２０２６年３月１日",
            "２０２６－０３－０１",
            " 2026-03-01 ",
            "46082",
            "二〇二六年三月一日",
            "2026 年 3 月 1 日",
        ] {
            assert_eq!(iso(text), "2026-03-01", "{text}");
        }
        assert_eq!(iso("二○二五年十二月三十一日"), "2025-12-31");
        assert_eq!(iso("二〇二五年十月二十日"), "2025-10-20");
        for text in [
            "2026-03-01 12:30:00",
            "2026-03-01T12:30:00+08:00",
            "2026/3/1 12:30",
            "2026年3月1日12时30分",
            "46082.52083333333",
            "20260301123000",
            "202603011230",
            "2026-03-01 12:30:00.000",
        ] {
            assert_eq!(iso(text), "2026-03-01 12:30", "{text}");
        }
        for text in ["", "/", "—", "无", "长期", "9999-12-31", "NULL"] {
            assert_eq!(iso(text), "none", "{text}");
        }
    }

    #[test]
    fn what_is_refused_and_why() {
        for (text, fault) in [
            ("26年3月1日", DateFault::ShortYear),
            ("6年3月1日", DateFault::ShortYear),
            ("1/3/2026", DateFault::ShortYear),
            ("2026年3月", DateFault::Incomplete),
            ("2026", DateFault::Incomplete),
            ("202603", DateFault::Incomplete),
            ("2026-02-30", DateFault::Impossible),
            ("2026年13月1日", DateFault::Impossible),
            ("20260230", DateFault::Impossible),
            ("1026-03-01", DateFault::Impossible),
            ("12345", DateFault::Impossible),
            ("三月一日", DateFault::Form),
            ("去年", DateFault::Form),
            ("2026-03-01至2027-03-01", DateFault::Form),
        ] {
            assert_eq!(parse_date(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn a_typed_serial_is_a_slip_a_serial_in_a_cell_a_day() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1);
        for text in ["2026-03-01", "２０２６年３月１日", "20260301", "2026.3.1 "] {
            assert_eq!(parse_day(text, Accept::Typed), Ok(day), "{text}");
            assert_eq!(parse_day(text, Accept::Cell), Ok(day), "{text}");
        }
        assert_eq!(parse_day("46082", Accept::Cell), Ok(day));
        assert_eq!(parse_day("46082", Accept::Typed), Err(DateFault::Form));
        assert_eq!(parse_day("46082.5", Accept::Typed), Err(DateFault::Form));
        assert_eq!(parse_day(" ", Accept::Typed), Ok(None));
    }

    #[test]
    fn ranges() {
        for text in [
            "2024-09-10至2029-09-09",
            "2024-09-10 至 2029-09-09",
            "2024年9月10日至2029年9月9日",
            "2024.9.10-2029.9.9",
            "2024-09-10~2029-09-09",
            "2024-09-10—2029-09-09",
            "2024-09-10 - 2029-09-09",
            "2024-09-10--2029-09-09",
            "自2024-09-10起至2029-09-09止",
            "2024/09/10-2029/09/09",
            "2024-09-10到2029-09-09",
            "20240910-20290909",
            "2024-09-10-2029-09-09",
            "2024-09-10～2029-09-09",
            "2024-09-10/2029-09-09",
        ] {
            let range = parse_range(text).unwrap().map(|(a, b)| (a.map(render_day), b.map(render_day)));
            assert_eq!(range, Some((Some("2024-09-10".into()), Some("2029-09-09".into()))), "{text}");
        }
        assert_eq!(parse_range("至2029-09-09").unwrap().unwrap().0, None);
        assert!(parse_range("五年").is_err());
        assert_eq!(
            parse_ranges("2027-03-01至2027-03-05；2027-04-01").unwrap().unwrap(),
            "2027-03-01/2027-03-05;2027-04-01/2027-04-01"
        );
        assert!(parse_ranges("2027-03-05至2027-03-01").is_err());
    }

    #[test]
    fn months() {
        for text in [
            "2027-03",
            "2027-3",
            "2027年3月",
            "2027年3月份",
            "202703",
            "2027/3",
            "2027.03",
            "2027-03-01",
            "２０２７年３月",
        ] {
            assert_eq!(parse_month(text), Some((2027, 3)), "{text}");
        }
        for text in ["3月", "2027-13", "27-3", ""] {
            assert_eq!(parse_month(text), None, "{text}");
        }
    }
}
