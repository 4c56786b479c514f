//! Months.

use chrono::Datelike;

use super::{date_of, digits, four, parse_date, two};
use crate::text::fold;

/// What a cell says of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Month {
    /// Year and month.
    Of(i32, u32),
    /// `2027.1`: January, or October of which the spreadsheet dropped the zero (2027.10 as a number).
    FirstOrTenth(i32),
}

/// Year and month, from 2027-03, 2027年3月, 202703, 2027/3, 2027.3, or a whole date; years 2000 to 2100.
#[must_use]
pub fn read_month(text: &str) -> Option<Month> {
    let folded = fold(text);
    let text = folded.trim();
    let month = |year: i32, month: u32| {
        ((2000..=2100).contains(&year) && (1..=12).contains(&month)).then_some(Month::Of(year, month))
    };
    let bare = text.strip_suffix(".0").filter(|bare| bare.len() == 6).unwrap_or(text);
    if bare.len() == 6 && digits(bare.as_bytes()) {
        return month(four(bare.as_bytes()), two(bare.as_bytes(), 4));
    }
    if let Ok(Some(date)) = parse_date(text) {
        let date = date_of(date.day)?;
        return month(date.year(), date.month());
    }
    let trimmed = text.trim_end_matches(['份', '月']).trim_end();
    let (year, rest) = trimmed.split_once(['-', '/', '.', '年'])?;
    let (year, rest) = (year.trim(), rest.trim());
    if year.len() != 4 || !(1..=2).contains(&rest.len()) || !digits(year.as_bytes()) || !digits(rest.as_bytes()) {
        return None;
    }
    let found = month(year.parse().ok()?, rest.parse().ok()?)?;
    // As written a decimal number, and nothing says that it is none.
    if trimmed.len() == text.len() && text == format!("{year}.1") {
        return Some(Month::FirstOrTenth(year.parse().ok()?));
    }
    Some(found)
}

/// As [`read_month`], where the month is certain.
#[must_use]
pub fn parse_month(text: &str) -> Option<(i32, u32)> {
    match read_month(text)? {
        Month::Of(year, month) => Some((year, month)),
        Month::FirstOrTenth(_) => None,
    }
}
