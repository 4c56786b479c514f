//! Cells of a row: text, dates, months, yes and no; findings with their place.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::domain::PlanMonth;
use crate::text::day::{self, DateFault};
use crate::text::fold_width;

use super::super::rules::FieldFinding;
use super::{ResultField, TextTable};

/// The day of a cell, and what is to be said of it: a check of several days ends on the last.
pub(super) fn parse_day(text: &str) -> Result<Option<(NaiveDate, Option<&'static str>)>, DateFault> {
    if text.contains(['_', '\\']) {
        return Err(DateFault::Form);
    }
    let of = |day: i32| day::date_of(day).ok_or(DateFault::Impossible);
    let alone = match day::parse_date(text) {
        Ok(Some(date)) => {
            let said = date.shift.map(|_| "时间带时区，或差几十秒到午夜，已按所指的那一天（北京时间）");
            return Ok(Some((of(date.day)?, said)));
        }
        Ok(None) if day::is_open_end(text) => return Err(DateFault::OpenEnd),
        Ok(None) => return Ok(None),
        Err(why) => why,
    };
    match day::parse_span(text) {
        Ok(Some((_, last))) => Ok(Some((of(last)?, Some("写的是几天，按最后一天")))),
        // What a date would have been says more than what a range would have been.
        Ok(None) | Err(_) => Err(alone),
    }
}

/// The month of a cell.
pub(super) fn parse_month(text: &str) -> Option<PlanMonth> {
    day::parse_month(text).and_then(|(year, month)| PlanMonth::new(year, month))
}

/// Reads yes and no; an empty cell is no.
pub(super) fn parse_flag(text: &str) -> Option<bool> {
    match fold_width(text).trim().trim_end_matches(".0").to_ascii_lowercase().as_str() {
        "是" | "有" | "1" | "true" | "y" | "yes" | "√" => Some(true),
        "" | "否" | "无" | "0" | "false" | "n" | "no" | "×" => Some(false),
        _ => None,
    }
}

/// One row with its place.
pub(super) struct Row<'a> {
    pub(super) number: u64,
    pub(super) cells: &'a [String],
    pub(super) places: &'a BTreeMap<ResultField, usize>,
    pub(super) table: &'a TextTable,
}

impl Row<'_> {
    pub(super) fn text(&self, field: ResultField) -> &str {
        self.places.get(&field).and_then(|at| self.cells.get(*at)).map_or("", |cell| cell.trim())
    }

    pub(super) fn place(&self, mut finding: Finding, field: Option<ResultField>) -> Finding {
        finding = finding.file(self.table.file.clone()).row(self.number);
        if let Some(sheet) = &self.table.sheet {
            finding = finding.sheet(sheet.clone());
        }
        let naming = [ResultField::Name, ResultField::Unit, ResultField::PlanCode];
        if let Some(unit) = naming.into_iter().map(|field| self.text(field)).find(|text| !text.is_empty()) {
            finding = finding.unit(unit);
        }
        if let Some(field) = field {
            let heading = self.places.get(&field).and_then(|at| self.table.headings.get(*at));
            finding = finding.column(heading.map_or(field.aliases()[0], |h| h.trim()));
            let text = self.text(field);
            if !text.is_empty() && finding.value.is_none() {
                finding = finding.value(text);
            }
        }
        finding
    }
}

/// Collects a row's findings; remembers whether one of them sets it aside.
pub(super) struct RowFindings<'a> {
    pub(super) row: &'a Row<'a>,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(super) failed: bool,
    /// Fields whose text can't be read: what hangs on them is not said a second time.
    pub(super) unread: Vec<ResultField>,
}

impl RowFindings<'_> {
    pub(super) fn error(&mut self, finding: Finding, field: Option<ResultField>) {
        self.failed = true;
        self.diagnostics.push(self.row.place(finding, field));
    }

    /// Tells that a field can't be read.
    pub(super) fn unread(&mut self, finding: Finding, field: ResultField) {
        self.unread.push(field);
        self.error(finding, Some(field));
    }

    /// Tells a finding of the rules, at the cell that it is about.
    pub(super) fn tell(&mut self, found: FieldFinding) {
        let FieldFinding { mut field, finding } = found;
        // of two inspectors' cells the one that holds what was found
        let second = self.row.text(ResultField::SecondInspector);
        if field == ResultField::FirstInspector && finding.value.as_ref().is_some_and(|value| second.contains(value)) {
            field = ResultField::SecondInspector;
        }
        self.failed |= finding.severity == Severity::Error;
        self.diagnostics.push(self.row.place(finding, Some(field)));
    }

    pub(super) fn date(&mut self, field: ResultField) -> Option<NaiveDate> {
        let text = self.row.text(field);
        if text.is_empty() {
            return None;
        }
        match parse_day(text) {
            Ok(Some((date, said))) => {
                if let Some(said) = said {
                    let finding = Finding::note("DIS-033", said).expected(date.to_string());
                    self.diagnostics.push(self.row.place(finding, Some(field)));
                }
                Some(date)
            }
            Ok(None) => None,
            Err(why) => {
                self.unread(Finding::error("DIS-014", "日期无法识别").expected(why.to_string()), field);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_their_usual_spellings() {
        let wanted = NaiveDate::from_ymd_opt(2026, 3, 1);
        for text in [
            "2026-3-1",
            "2026/03/01",
            "2026.3.1",
            "2026年3月1日",
            "20260301",
            "２０２６－３－１",
            "2026-03-01 12:30:00",
            "46082",
        ] {
            assert_eq!(parse_day(text).unwrap().map(|found| found.0), wanted, "{text}");
        }
        for text in
            ["2026-02-30", "3月1日", "26-3-1", "明天", "123", "2026", "2026_3_1", "10/3/2026", "长期", "1900-01-01"]
        {
            assert!(parse_day(text).is_err(), "{text}");
        }
        for text in ["2026-03", "2026-3", "2026年3月", "202603", "2026-03-01", "2026/3"] {
            assert_eq!(parse_month(text), PlanMonth::new(2026, 3), "{text}");
        }
        assert_eq!(parse_month("三月"), None);
    }

    #[test]
    fn flags() {
        assert_eq!(parse_flag(" 是 "), Some(true));
        assert_eq!(parse_flag(""), Some(false));
        assert_eq!(parse_flag("也许"), None);
    }
}
