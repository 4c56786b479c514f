//! The working-day calendar.
//!
//! Weekends are rest days, Monday to Friday are working days, and the State Council's yearly notice
//! overrides both: its holidays rest, its make-up days work (国务院办公厅年度节假日安排通知). A year
//! without its notice is computed from what is known and marked provisional (暂定).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::PlanMonth;

/// What a notice says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// A day off by notice or by statute.
    Holiday,
    /// A weekend day worked by notice (调休上班).
    MakeUp,
}

/// A deadline and whether it rests on a year whose notice is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The last day on which it is still in time.
    pub date: NaiveDate,
    /// True where the count ran into a year without its notice (暂定).
    pub provisional: bool,
}

/// Working days, from notices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    days: BTreeMap<NaiveDate, DayKind>,
    names: BTreeMap<NaiveDate, String>,
    noticed_years: BTreeSet<i32>,
}

impl WorkCalendar {
    /// Reads the text of a calendar csv (`date,type,holiday,…`; type `holiday`, `workday` or
    /// `statutory`) into the calendar. A year is noticed once it has a `holiday` or `workday` row.
    ///
    /// # Errors
    /// The line (from 1) and a Chinese sentence for the first line that can't be read.
    pub fn load_csv_text(&mut self, text: &str) -> Result<(), (u64, String)> {
        for (i, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let number = i as u64 + 1;
            let mut fields = line.split(',').map(str::trim);
            let (Some(date), Some(kind)) = (fields.next(), fields.next()) else {
                if line.trim().is_empty() {
                    continue;
                }
                return Err((number, "日历文件每行应为：日期,类型,节日名称".to_owned()));
            };
            if number == 1 && date == "date" {
                continue;
            }
            let name = fields.next().unwrap_or_default();
            let date = NaiveDate::parse_from_str(date, "%Y-%m-%d")
                .map_err(|_| (number, format!("「{date}」不是日期，应写作 2027-01-01")))?;
            match kind {
                "holiday" => self.set(date, DayKind::Holiday, name, true),
                "workday" => self.set(date, DayKind::MakeUp, name, true),
                "statutory" => self.set(date, DayKind::Holiday, name, false),
                _ => return Err((number, format!("类型「{kind}」无法识别，应为 holiday、workday 或 statutory"))),
            }
        }
        Ok(())
    }

    fn set(&mut self, date: NaiveDate, kind: DayKind, name: &str, noticed: bool) {
        self.days.insert(date, kind);
        self.names.insert(date, name.to_owned());
        if noticed {
            self.noticed_years.insert(date.year());
        }
    }

    /// True where the year's notice is known.
    #[must_use]
    pub fn is_noticed(&self, year: i32) -> bool {
        self.noticed_years.contains(&year)
    }

    /// The last year whose notice is known.
    #[must_use]
    pub fn last_noticed_year(&self) -> Option<i32> {
        self.noticed_years.last().copied()
    }

    /// What the notice says of this day, with the holiday's name.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> Option<(DayKind, &str)> {
        self.days.get(&date).map(|kind| (*kind, self.names.get(&date).map_or("", String::as_str)))
    }

    /// True on a working day.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        match self.days.get(&date) {
            Some(DayKind::Holiday) => false,
            Some(DayKind::MakeUp) => true,
            None => !matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The `count`-th working day after `start`, counting from the day after it.
    #[must_use]
    pub fn deadline(&self, start: NaiveDate, count: u32) -> Deadline {
        let (mut date, mut left) = (start, count);
        let mut provisional = !self.is_noticed(start.year());
        while left > 0 {
            let Some(next) = date.checked_add_days(Days::new(1)) else { break };
            date = next;
            provisional |= !self.is_noticed(date.year());
            left -= u32::from(self.is_working_day(date));
        }
        Deadline { date, provisional }
    }

    /// Working days from `first` to `last`, both included.
    #[must_use]
    pub fn count(&self, first: NaiveDate, last: NaiveDate) -> u32 {
        first.iter_days().take_while(|day| *day <= last).filter(|day| self.is_working_day(*day)).count() as u32
    }

    /// Working days of a month.
    #[must_use]
    pub fn in_month(&self, month: PlanMonth) -> u32 {
        self.count(month.first_day(), month.last_day())
    }
}
