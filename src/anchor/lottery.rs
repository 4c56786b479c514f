//! 双色球: which issue is drawn on which evening.
//!
//! Drawn on Tuesdays, Thursdays and Sundays at 21:15; a year's issues count from 1. When the lottery pauses (around
//! the Spring Festival, in some years the National Day) is announced each year and stands in the policy.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// Days without drawings, both inclusive.
pub type Pause = (NaiveDate, NaiveDate);

/// Minute of the drawing.
const HOUR: (u32, u32) = (21, 15);

/// True on an evening of drawing.
#[must_use]
pub fn is_drawn_on(day: NaiveDate, pauses: &[Pause]) -> bool {
    matches!(day.weekday(), Weekday::Tue | Weekday::Thu | Weekday::Sun)
        && !pauses.iter().any(|(from, to)| (*from..=*to).contains(&day))
}

/// The moment of the drawing on a day.
#[must_use]
pub fn drawing_on(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::from_hms_opt(HOUR.0, HOUR.1, 0).unwrap_or_default())
}

/// The day of an issue, `2027025`; `None` where the year has no such issue.
#[must_use]
pub fn day_of_issue(issue: u32, pauses: &[Pause]) -> Option<NaiveDate> {
    let (year, count) = (i32::try_from(issue / 1000).ok()?, issue % 1000);
    let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
    first
        .iter_days()
        .take_while(|day| day.year() == year)
        .filter(|day| is_drawn_on(*day, pauses))
        .nth(usize::try_from(count.checked_sub(1)?).ok()?)
}

/// The issue drawn on a day; `None` where none is.
#[must_use]
pub fn issue_on(day: NaiveDate, pauses: &[Pause]) -> Option<u32> {
    if !is_drawn_on(day, pauses) {
        return None;
    }
    let first = NaiveDate::from_ymd_opt(day.year(), 1, 1)?;
    let before = first.iter_days().take_while(|before| *before <= day).filter(|d| is_drawn_on(*d, pauses)).count();
    Some(u32::try_from(day.year()).ok()? * 1000 + before as u32)
}

/// What an office writes for an issue: `第2027025期`, or the day `2027-02-28（周日）开奖的一期`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// An issue.
    Issue(u32),
    /// A day.
    Day(NaiveDate),
}

/// Reads an issue or a day; `None` for another text.
#[must_use]
pub fn read_reference(text: &str) -> Option<Told> {
    let text = text.trim();
    if let Some(day) = text.get(..10).and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()) {
        return Some(Told::Day(day));
    }
    let digits = text.strip_prefix('第').unwrap_or(text);
    let digits = digits.strip_suffix('期').unwrap_or(digits).trim();
    let issue = digits.parse().ok().filter(|_| digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit()))?;
    Some(Told::Issue(issue))
}

/// The weekday's name.
#[must_use]
pub fn weekday(day: NaiveDate) -> &'static str {
    ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][day.weekday().num_days_from_monday() as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// 2024: drawings paused from 9 to 17 February; issue 2024001 was drawn on 2 January, 2024020 on 22 February.
    #[test]
    fn issues_count_the_evenings_of_the_year() {
        let pauses = [(day("2024-02-09"), day("2024-02-17"))];
        assert_eq!(day_of_issue(2_024_001, &pauses), Some(day("2024-01-02")));
        assert_eq!(issue_on(day("2024-02-08"), &pauses), Some(2_024_017));
        assert_eq!(issue_on(day("2024-02-18"), &pauses), Some(2_024_018));
        assert_eq!(day_of_issue(2_024_018, &pauses), Some(day("2024-02-18")));
        assert_eq!(issue_on(day("2024-02-11"), &pauses), None);
        assert_eq!(issue_on(day("2024-02-19"), &pauses), None, "a Monday");
        assert_eq!((day_of_issue(2_024_000, &[]), day_of_issue(2_024_200, &[])), (None, None));
        for count in 1..=150 {
            let on = day_of_issue(2_027_000 + count, &[]).unwrap();
            assert_eq!(issue_on(on, &[]), Some(2_027_000 + count));
        }
    }

    #[test]
    fn references_are_issues_or_days() {
        assert_eq!(read_reference("第2027025期"), Some(Told::Issue(2_027_025)));
        assert_eq!(read_reference("2027025"), Some(Told::Issue(2_027_025)));
        assert_eq!(read_reference("2027-02-28（周日）开奖的一期"), Some(Told::Day(day("2027-02-28"))));
        for bad in ["下一期", "第27025期", "", "第1次"] {
            assert_eq!(read_reference(bad), None, "{bad}");
        }
    }
}
