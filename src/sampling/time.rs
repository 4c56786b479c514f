//! The time of a seal: Shanghai time in one spelling, so that text order is time order.

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDateTime, Timelike};

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

    /// Reads the one spelling, or a moment with another zone's offset (`2027-02-28T13:15:00+00:00`, `…Z`), which
    /// becomes Shanghai time.
    ///
    /// # Errors
    /// The expected form, in Chinese.
    pub fn of_any_zone(text: &str) -> Result<Self, String> {
        Self::new(text).or_else(|_| {
            let zone = FixedOffset::east_opt(8 * 3_600);
            match (DateTime::parse_from_rfc3339(text.trim()), zone) {
                (Ok(time), Some(zone)) if time.nanosecond() == 0 => {
                    Ok(Self::of_local(time.with_timezone(&zone).naive_local()))
                }
                _ => Err(format!(
                    "「{text}」应写作 2027-02-28T21:15:00+08:00；其他时区的时间写明与协调世界时之差，如 \
                     2027-02-28T13:15:00+00:00"
                )),
            }
        })
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

/// `2027-02-28 21:15:00` of the one spelling, for people: all moments have that zone. Another text keeps what it has.
#[must_use]
pub fn short_time(text: &str) -> String {
    text.strip_suffix(SUFFIX).unwrap_or(text).replace('T', " ")
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

    #[test]
    fn a_moment_of_another_zone_becomes_shanghais() {
        let read = |text: &str| ShanghaiTime::of_any_zone(text).map(|time| time.to_string());
        for same in ["2027-02-28T21:15:00+08:00", "2027-02-28T13:15:00+00:00", "2027-02-28T13:15:00Z"] {
            assert_eq!(read(same).as_deref(), Ok("2027-02-28T21:15:00+08:00"), "{same}");
        }
        for bad in ["2027-02-28T21:15:00", "2027-02-29T13:15:00Z", "明天", "2027-02-28T13:15:00.5Z"] {
            assert!(read(bad).unwrap_err().contains("+00:00"), "{bad}");
        }
    }
}
