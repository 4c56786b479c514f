//! A period of the product's books: a month, or the year's own seed.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::PlanMonth;

/// What a seal is for, written `2027-03` for a month and `2027-00` for the seed of a year. Periods are in the order
/// of time: a year's seed comes after the months of the year before and before its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Period {
    /// The year's seed, which rounds the quotas of all its months.
    Year(i32),
    /// A month.
    Month(PlanMonth),
}

impl Period {
    /// The month; `None` for a year's seed.
    #[must_use]
    pub fn month(self) -> Option<PlanMonth> {
        match self {
            Self::Year(_) => None,
            Self::Month(month) => Some(month),
        }
    }

    /// The year that it lies in.
    #[must_use]
    pub fn year(self) -> i32 {
        match self {
            Self::Year(year) => year,
            Self::Month(month) => month.year(),
        }
    }

    /// Words for messages and screens.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Year(year) => format!("{year} 年度种子"),
            Self::Month(month) => format!("{} 年 {} 月", month.year(), month.month()),
        }
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |period: &Self| (period.year(), period.month().map_or(0, PlanMonth::month));
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl TryFrom<String> for Period {
    type Error = BadPeriod;

    fn try_from(text: String) -> Result<Self, BadPeriod> {
        text.parse()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}-00"),
            Self::Month(month) => write!(f, "{month}"),
        }
    }
}

/// A text that is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPeriod;

impl fmt::Display for BadPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("期间应写作 2027-03，年度种子写作 2027-00")
    }
}

impl std::error::Error for BadPeriod {}

impl FromStr for Period {
    type Err = BadPeriod;

    /// Reads exactly what [`Display`](fmt::Display) writes; the years are those of [`PlanMonth`].
    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        if let Some(year) = text.strip_suffix("-00") {
            let written = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
            let year: i32 = year.parse().map_err(|_| BadPeriod)?;
            return (written && PlanMonth::new(year, 1).is_some()).then_some(Self::Year(year)).ok_or(BadPeriod);
        }
        // a month's own reader forgives blanks, the books don't
        if text.len() != 7 {
            return Err(BadPeriod);
        }
        text.parse().map(Self::Month).map_err(|_| BadPeriod)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_they_are_written() {
        for text in ["2027-00", "2027-01", "2027-12", "2000-00", "2100-12"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in [
            "", "2027", "2027-13", "2027-0", "2027-000", "+027-00", "1999-00", "2027-00 ", "2027-3", " 2027-03",
            "2027-03 ",
        ] {
            assert_eq!(text.parse::<Period>(), Err(BadPeriod), "{text}");
        }
    }

    #[test]
    fn periods_are_in_the_order_of_time() {
        let texts = ["2026-00", "2026-12", "2027-00", "2027-01", "2027-12", "2028-00"];
        let periods: Vec<Period> = texts.iter().map(|t| t.parse().unwrap()).collect();
        assert!(periods.is_sorted_by(|a, b| a < b), "{periods:?}");
        assert_eq!(serde_json::to_string(&periods[2]).unwrap(), "\"2027-00\"");
        assert!(serde_json::from_str::<Period>("\"2027-13\"").is_err());
    }

    #[test]
    fn a_year_comes_before_its_months() {
        let (year, month) = ("2027-00".parse::<Period>().unwrap(), "2027-01".parse::<Period>().unwrap());
        assert!(year.month().is_none() && month.month().is_some() && year.year() == month.year());
        assert_eq!(year.label(), "2027 年度种子");
    }
}
