//! The clock as a value: commands are given the moment at which they happen.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone};

/// A moment, in the office's local time (China, +08:00).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(DateTime<FixedOffset>);

/// Seconds east of Greenwich of China's time.
const CHINA: i32 = 8 * 3_600;

impl Moment {
    /// From seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        FixedOffset::east_opt(CHINA)?.timestamp_opt(seconds, 0).single().map(Self)
    }

    /// Now. The only place of the core that asks the system's clock; `main` and the window call it once a
    /// command.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    pub fn now() -> Self {
        let utc = chrono::Utc::now();
        FixedOffset::east_opt(CHINA).map_or_else(|| Self(utc.fixed_offset()), |zone| Self(utc.with_timezone(&zone)))
    }

    /// Reads `2027-02-26T09:00:00+08:00`.
    ///
    /// # Errors
    /// What was expected, in Chinese.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("「{text}」不是时间，应写作 2027-02-28T21:15:00+08:00");
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| wrong())?;
        if time.offset().local_minus_utc() != CHINA || text.len() != 25 {
            return Err(wrong());
        }
        Ok(Self(time))
    }

    /// So many seconds later (earlier where negative); `None` past the end of time.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Option<Self> {
        Self::from_unix(self.0.timestamp() + seconds)
    }

    /// The day.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        self.0.date_naive()
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S+08:00"))
    }
}
