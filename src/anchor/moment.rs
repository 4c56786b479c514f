//! Moments of anchors: seconds since 1970 and Shanghai time.

use chrono::{DateTime, NaiveDateTime};

use crate::sampling::ShanghaiTime;

const ZONE: i64 = 8 * 3_600;

/// The Shanghai time of seconds since 1970; `None` beyond the calendar.
pub(super) fn of_unix(seconds: i64) -> Option<ShanghaiTime> {
    DateTime::from_timestamp(seconds.checked_add(ZONE)?, 0).map(|time| ShanghaiTime::of_local(time.naive_utc()))
}

/// The local date and time of a Shanghai time.
pub(super) fn local(time: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(time.strip_suffix("+08:00")?, "%Y-%m-%dT%H:%M:%S").ok()
}
