//! Dates, months and ranges as Chinese offices write them: the one reader of days, for registers, results and fields
//! that somebody types into.
//!
//! Met: 2026-3-1, 2026/03/01, 2026.3.1, 2026年3月1日, 二〇二六年三月一日, 20260301, with a time of day or a zone behind,
//! with a weekday or a remark in brackets, Fri Mar 01 2024 00:00:00 GMT+0800, full-width digits, bare Excel serials of
//! the 1900 system (46082), milliseconds since 1970 (13 digits), 长期. Refused: one- and two-digit years, day-first
//! dates, months without a day, days that no calendar has, years before 1949 or after 2100, and the days that
//! programs write for "none" (1900-01-01, 1970-01-01). Days are counted from 1970-01-01, as in a polars Date.
//!
//! A time with a zone is led to Beijing's. In a date column a time shortly before midnight is that midnight
//! ([`parse_date`]): an old fault of programs that knew Shanghai's local mean time writes it 43 seconds short. What
//! was moved so is said ([`Shift`]), for the day is then another than the one written.
//!
//! A caller chooses what it accepts: [`parse_date`] takes all of these, [`parse_time`] keeps the time of day,
//! [`parse_day`] with [`Accept::Typed`] takes no serials, [`parse_month`] months too, [`parse_range`],
//! [`parse_ranges`] and [`parse_span`] periods.

mod month;
mod plain;
mod range;
mod written;

use std::fmt;

use chrono::{Datelike, NaiveDate};

use super::fold;

pub use month::{Month, parse_month, read_month};
pub use range::{Range, parse_range, parse_ranges, parse_span};
pub use written::{is_open_end, parse_date, parse_time};

/// Days from 0001-01-01 to 1970-01-01 in chrono's count.
const EPOCH_FROM_CE: i32 = 719_163;

/// A day of the calendar, for rooms that name one and compute nothing with it.
pub type Date = NaiveDate;

/// Why the day of a cell is another than the one written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// The time was written in another zone; it is told in Beijing's.
    Zone,
    /// The time was shortly before midnight: that midnight was meant.
    Midnight,
}

/// A date with an optional time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    /// Days since 1970-01-01.
    pub day: i32,
    /// Minutes since midnight, where a time was written.
    pub minute: Option<u16>,
    /// Where it is another day than the one written, why.
    pub shift: Option<Shift>,
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
    /// A month and a day without a year.
    NoYear,
    /// No such day, or a year outside 1949–2100.
    Impossible,
    /// A day that programs write where there is none: 1900-01-01, 1970-01-01.
    Placeholder,
    /// 长期, 9999-12-31 where a day belongs.
    OpenEnd,
    /// A period without its end where days belong.
    Unbounded,
}

impl fmt::Display for DateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "日期，如 2026-03-01",
            Self::ShortYear => "四位年份在前的日期，如 2026-03-01",
            Self::Incomplete => "写到日的日期，如 2026-03-01",
            Self::NoYear => "写明年份的日期，如 2026-03-01",
            Self::Impossible => "1949 至 2100 年间存在的日期",
            Self::Placeholder => "真实的日期（1900-01-01、1970-01-01 是程序在没有日期时写的）",
            Self::OpenEnd => "某一天的日期（长期、9999-12-31 不是一天）",
            Self::Unbounded => "起止都写明的日期，如 2027-03-01至2027-03-05",
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

/// The day number of a year, month and day.
fn day_of(year: i32, month: u32, day: u32) -> Result<i32, DateFault> {
    if matches!((year, month, day), (1 | 1900 | 1901 | 1904 | 1970 | 1753, 1, 1) | (1899, 12, 30 | 31)) {
        return Err(DateFault::Placeholder);
    }
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

#[cfg(test)]
mod tests;
