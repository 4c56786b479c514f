//! The time of a seal: Shanghai time in one spelling, so that text order is time order.

use std::fmt;

use chrono::{NaiveDateTime, Timelike};

const SUFFIX: &str = "+08:00";
const PATTERN: &str = "%Y-%m-%dT%H:%M:%S";

/// A moment as `2027-02-28T21:15:00+08:00`. Ordered by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShanghaiTime(String);

impl ShanghaiTime {
    /// Reads the one spelling; days and hours must exist.
    ///
    /// # Errors
    /// The expected form, in Chinese.
    pub fn new(text: impl Into<String>) -> Result<Self, String> {
        let text = text.into();
        let parsed = text.strip_suffix(SUFFIX).and_then(|local| NaiveDateTime::parse_from_str(local, PATTERN).ok());
        match parsed {
            // Written back, so that "2027-2-8", "+02027" and leap seconds are no second spellings.
            Some(time) if time.nanosecond() < 1_000_000_000 && Self::of_local(time).0 == text => Ok(Self(text)),
            _ => Err(format!("「{text}」应写作 2027-02-28T21:15:00+08:00")),
        }
    }

    /// The moment of a local (Shanghai) date and time, to the second.
    #[must_use]
    pub fn of_local(time: NaiveDateTime) -> Self {
        Self(format!("{}{SUFFIX}", time.format(PATTERN)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShanghaiTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_of_existing_moments() {
        let time = ShanghaiTime::new("2027-02-28T21:15:00+08:00").unwrap();
        assert!(time < ShanghaiTime::new("2027-03-01T00:00:00+08:00").unwrap());
        for bad in [
            "2027-02-29T21:15:00+08:00",
            "2027-02-28T24:00:00+08:00",
            "2027-02-28T23:59:60+08:00",
            "2027-2-28T21:15:00+08:00",
            "2027-02-28T21:15:00Z",
            "2027-02-28 21:15:00+08:00",
            "２０２７-02-28T21:15:00+08:00",
            "",
        ] {
            assert!(ShanghaiTime::new(bad).is_err(), "{bad}");
        }
    }
}
