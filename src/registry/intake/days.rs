//! Dates, months, years, validities.

use std::collections::BTreeMap;

use polars::prelude::StringChunked;

use crate::text::day::{
    DateFault, DateTime, Month, is_open_end, parse_date, parse_range, parse_span, parse_time, read_month, render_day,
};
use crate::text::{fold, is_blank_word};

use super::super::codes;
use super::super::collect::Collector;
use super::super::parse::{map_repeated, map_values};
use super::super::schema::{ColumnKind, ColumnSpec, TableKind, capacity, inspectors, past_checks, sources, violations};
use super::Intake;

/// A date as read, and whether it is the last day of several.
#[derive(Clone, Copy)]
struct Read {
    date: DateTime,
    last_of_several: bool,
}

/// The columns that may have no end: 长期 is an answer there, and none elsewhere.
fn may_be_open(kind: TableKind, id: &str) -> bool {
    match kind {
        TableKind::Sources => [sources::EXPIRES.name(), sources::POSITIVE_TO.name()].contains(&id),
        TableKind::Inspectors => id == inspectors::VALID_TO.name(),
        TableKind::Violations => id == violations::PUBLICITY_UNTIL.name(),
        _ => false,
    }
}

impl Intake<'_> {
    pub(super) fn parse_dates(
        &mut self,
        spec: &ColumnSpec,
        cells: &StringChunked,
        out: &mut Collector,
    ) -> Vec<Option<i32>> {
        let kind = self.layout.kind;
        let open = may_be_open(kind, spec.id);
        // A check may take several days; it is done on the last.
        let several = (kind, spec.id) == (TableKind::PastChecks, past_checks::DATE.name());
        let parse = if spec.kind == ColumnKind::DateTime { parse_time } else { parse_date };
        let (dates, faults) = map_values(cells, |text| match parse(text) {
            Ok(Some(date)) => Ok(Some(Read { date, last_of_several: false })),
            Ok(None) if !open && is_open_end(text) => Err(DateFault::OpenEnd),
            Ok(None) => Ok(None),
            Err(_) if several && let Ok(Some((_, day))) = parse_span(text) => {
                Ok(Some(Read { date: DateTime { day, minute: None, shift: None }, last_of_several: true }))
            }
            Err(why) => Err(why),
        });
        let code = if spec.required { &codes::DATE_REQUIRED } else { &codes::DATE_BAD };
        for (i, fault) in faults {
            self.report(out, code, i, spec.id, cells.get(i).unwrap_or_default(), &fault.to_string());
        }
        for (i, read) in dates.iter().enumerate().filter_map(|(i, read)| read.map(|read| (i, read))) {
            let code = match read {
                Read { last_of_several: true, .. } => &codes::DATE_LAST,
                Read { date: DateTime { shift: Some(_), .. }, .. } => &codes::DATE_SHIFTED,
                _ => continue,
            };
            self.report(out, code, i, spec.id, cells.get(i).unwrap_or_default(), &render_day(read.date.day));
        }
        if spec.kind == ColumnKind::DateTime {
            self.minutes = dates.iter().map(|read| read.and_then(|read| read.date.minute)).collect();
        }
        dates.into_iter().map(|read| read.map(|read| read.date.day)).collect()
    }

    pub(super) fn parse_months(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> StringChunked {
        let (months, faults) = map_repeated(cells, |text| {
            if is_blank_word(&fold(text)) {
                return Ok(None);
            }
            read_month(text).map(Some).ok_or(())
        });
        self.report_all(out, &codes::DATE_REQUIRED, &faults, id, cells, "月份，如 2027-03");
        let mut certain: Vec<Option<(i32, u32)>> = months
            .iter()
            .map(|month| match month {
                Some(Month::Of(year, month)) => Some((*year, *month)),
                _ => None,
            })
            .collect();
        let doubtful: Vec<(usize, i32)> = months
            .iter()
            .enumerate()
            .filter_map(|(i, month)| match month {
                Some(Month::FirstOrTenth(year)) => Some((i, *year)),
                _ => None,
            })
            .collect();
        if !doubtful.is_empty() {
            self.settle_months(id, cells, &doubtful, &mut certain, out);
        }
        certain.iter().map(|month| month.map(|(year, month)| format!("{year:04}-{month:02}"))).collect()
    }

    /// January or October: a column that writes 2027.09 means October by 2027.1; else the rows of the same body
    /// before and behind tell, and where they don't, the row is refused.
    fn settle_months(
        &self,
        id: &str,
        cells: &StringChunked,
        doubtful: &[(usize, i32)],
        certain: &mut [Option<(i32, u32)>],
        out: &mut Collector,
    ) {
        let padded = cells.iter().flatten().any(|text| {
            let text = fold(text);
            text.len() == 7 && text.get(4..6) == Some(".0")
        });
        let bodies = self.text(capacity::BODY.name());
        let body = |i: usize| bodies.as_ref().and_then(|bodies| bodies.get(i)).map(|text| fold(text).into_owned());
        let mut rows: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
        for i in 0..cells.len() {
            rows.entry(body(i)).or_default().push(i);
        }
        let known = certain.to_vec();
        for (i, year) in doubtful {
            let own = rows.get(&body(*i)).map_or(&[][..], Vec::as_slice);
            let at = own.iter().position(|row| row == i).unwrap_or(0);
            let before = own[..at].last().and_then(|row| known[*row]);
            let behind = own.get(at + 1).and_then(|row| known[*row]);
            let between = |first: (i32, u32), next: (i32, u32)| {
                let ends = [before, behind];
                [[Some(first), Some(next)], [Some(first), None], [None, Some(next)]].contains(&ends)
                    || ends == [Some(next), Some(first)]
            };
            let month = match (between((year - 1, 12), (*year, 2)), between((*year, 9), (*year, 11)) || padded) {
                (true, false) => 1,
                (false, true) => 10,
                _ => {
                    let expected =
                        format!("月份，如 {year}-01 或 {year}-10（{year}.1 可能是 1 月，也可能是少了一个 0 的 10 月）");
                    let written = cells.get(*i).unwrap_or_default();
                    self.report(out, &codes::DATE_REQUIRED, *i, id, written, &expected);
                    continue;
                }
            };
            certain[*i] = Some((*year, month));
            let written = cells.get(*i).unwrap_or_default();
            self.report(out, &codes::MONTH_SETTLED, *i, id, written, &format!("{year}-{month:02}"));
        }
    }

    pub(super) fn parse_years(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> Vec<Option<i32>> {
        let (years, faults) = map_values(cells, |text| match parse_year(text) {
            None if is_blank_word(&fold(text)) => Ok(None),
            None => Err(()),
            year => Ok(year),
        });
        self.report_all(out, &codes::NUMBER_BAD, &faults, id, cells, "四位年份，如 2026");
        years
    }

    /// 有效期限: its two ends fill what the columns of the ends left empty.
    pub(super) fn parse_period(&mut self, id: &str, cells: &StringChunked, out: &mut Collector) {
        let (ranges, faults): (_, Vec<(usize, DateFault)>) = map_values(cells, parse_range);
        for (i, _) in faults {
            let written = cells.get(i).unwrap_or_default();
            self.report(out, &codes::RANGE_BAD, i, id, written, "如「2024-09-10至2029-09-09」");
        }
        let ends = match self.layout.kind {
            TableKind::Inspectors => [inspectors::VALID_FROM, inspectors::VALID_TO],
            _ => [sources::ISSUED, sources::EXPIRES],
        };
        for (end, first) in ends.iter().zip([true, false]) {
            let from_range = |i: usize| ranges[i].and_then(|(from, to)| if first { from } else { to });
            let merged = match self.get(end) {
                Some(days) => days.iter().enumerate().map(|(i, day)| day.or_else(|| from_range(i))).collect(),
                None => (0..self.len()).map(from_range).collect(),
            };
            self.put(end, merged);
        }
    }
}

/// A year alone, with 年 or 年度 behind it, `2025.0`, or that of a month.
fn parse_year(text: &str) -> Option<i32> {
    let folded = fold(text);
    let plain = folded.trim().trim_end_matches(['度', '年']);
    let plain = plain.strip_suffix(".0").filter(|bare| bare.len() == 4).unwrap_or(plain);
    let year: i32 = if plain.len() == 4 {
        plain.parse().ok()?
    } else {
        match read_month(plain)? {
            Month::Of(year, _) => year,
            Month::FirstOrTenth(_) => return None,
        }
    };
    (1990..=2100).contains(&year).then_some(year)
}
