//! `.ics` (RFC 5545): what a body has to publish by when, as whole-day entries of a calendar. Internal.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use icalendar::{Alarm, Calendar, Component, Event, EventLike, Property};

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Lasting id: the same deadline keeps it from export to export, so that a calendar updates its entry.
    pub id: String,
    /// Day.
    pub day: NaiveDate,
    /// What is due, in a few words.
    pub title: String,
    /// More about it; lines.
    pub text: String,
}

/// Days before a deadline on which the calendar reminds, at nine in the morning.
const REMIND_DAYS: i64 = 3;

/// The calendar's file. `created` is Shanghai time.
#[must_use]
pub fn render_calendar(name: &str, program: &str, created: NaiveDateTime, entries: &[CalendarEntry]) -> Vec<u8> {
    let stamp = (created - TimeDelta::hours(8)).and_utc();
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", format!("-//{program}//CN")));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.name(name);
    for entry in entries {
        // from midnight of the day: three days before, nine hours later
        let before = TimeDelta::hours(9) - TimeDelta::days(REMIND_DAYS);
        let mut event = Event::new();
        event
            .uid(&entry.id)
            .timestamp(stamp)
            .summary(&entry.title)
            .description(&entry.text)
            .starts(entry.day)
            .add_property("TRANSP", "TRANSPARENT")
            .alarm(Alarm::display(&entry.title, before).uid(&format!("{}-reminder", entry.id)).timestamp(stamp).done());
        calendar.push(event.done());
    }
    calendar.to_string().into_bytes()
}
