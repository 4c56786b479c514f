//! Months of a plan.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// A calendar month, written `2027-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanMonth {
    year: i32,
    month: u32,
}

/// A quarter of a year, 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Quarter(pub u8);

impl PlanMonth {
    /// A month of a year from 2000 to 2100; `None` outside.
    #[must_use]
    pub fn new(year: i32, month: u32) -> Option<Self> {
        ((2000..=2100).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month that a date lies in; `None` outside 2000–2100.
    #[must_use]
    pub fn of(date: NaiveDate) -> Option<Self> {
        Self::new(date.year(), date.month())
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.month
    }

    /// Months since year 0: a number to subtract.
    #[must_use]
    pub fn ordinal(self) -> i32 {
        self.year * 12 + self.month.cast_signed() - 1
    }

    /// The month `months` later (or earlier where negative); clamped to 2000–2100.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        let ordinal = (self.ordinal() + months).clamp(2000 * 12, 2100 * 12 + 11);
        Self { year: ordinal.div_euclid(12), month: ordinal.rem_euclid(12).cast_unsigned() + 1 }
    }

    /// The quarter it lies in.
    #[must_use]
    pub fn quarter(self) -> Quarter {
        Quarter(((self.month - 1) / 3 + 1) as u8)
    }

    /// First day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap_or_default()
    }

    /// Last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.plus(1).first_day().checked_sub_days(Days::new(1)).unwrap_or_default()
    }

    /// The twelve months of a year.
    #[must_use]
    pub fn of_year(year: i32) -> Vec<Self> {
        (1..=12).filter_map(|month| Self::new(year, month)).collect()
    }

    /// Its place in a plan year, 0 to 11; `None` where it belongs to another year.
    #[must_use]
    pub fn index_in(self, year: i32) -> Option<usize> {
        (self.year == year).then(|| self.month as usize - 1)
    }

    /// The month at a place of a plan year; the place is clamped to 11, the year to 2000–2100.
    #[must_use]
    pub fn nth_of(year: i32, index: usize) -> Self {
        Self { year: year.clamp(2000, 2100), month: index.min(11) as u32 + 1 }
    }
}

impl fmt::Display for PlanMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for PlanMonth {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("「{text}」不是月份，应写作 2027-03");
        let (year, month) = text.trim().split_once('-').ok_or_else(wrong)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(wrong());
        }
        let year = year.parse().map_err(|_| wrong())?;
        let month = month.parse().map_err(|_| wrong())?;
        Self::new(year, month).ok_or_else(wrong)
    }
}

impl TryFrom<String> for PlanMonth {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PlanMonth> for String {
    fn from(month: PlanMonth) -> Self {
        month.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_crosses_years() {
        let m: PlanMonth = "2026-11".parse().unwrap();
        assert_eq!(m.plus(2).to_string(), "2027-01");
        assert_eq!(m.plus(-11).to_string(), "2025-12");
        assert_eq!(m.last_day().to_string(), "2026-11-30");
        assert_eq!(m.quarter(), Quarter(4));
        assert_eq!((m.index_in(2026), m.index_in(2027)), (Some(10), None));
        assert_eq!((PlanMonth::nth_of(2026, 10), PlanMonth::nth_of(1990, 40).to_string().as_str()), (m, "2000-12"));
        assert!("2026-13".parse::<PlanMonth>().is_err());
        assert!("2026-1".parse::<PlanMonth>().is_err());
    }
}
