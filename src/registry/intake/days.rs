//! Dates, months, years, validities.

use polars::prelude::StringChunked;

use crate::text::day::{DateFault, parse_date, parse_month, parse_range};
use crate::text::{fold, is_blank_word};

use super::super::codes;
use super::super::collect::Collector;
use super::super::parse::{map_repeated, map_values};
use super::super::schema::{ColumnKind, ColumnSpec, TableKind, inspectors, sources};
use super::Intake;

impl Intake<'_> {
    pub(super) fn parse_dates(
        &mut self,
        spec: &ColumnSpec,
        cells: &StringChunked,
        out: &mut Collector,
    ) -> Vec<Option<i32>> {
        let (dates, faults) = map_values(cells, parse_date);
        let code = if spec.required { &codes::DATE_REQUIRED } else { &codes::DATE_BAD };
        for (i, fault) in faults {
            self.report(out, code, i, spec.id, cells.get(i).unwrap_or_default(), &fault.to_string());
        }
        if spec.kind == ColumnKind::DateTime {
            self.minutes = dates.iter().map(|date| date.and_then(|date| date.minute)).collect();
        }
        dates.into_iter().map(|date| date.map(|date| date.day)).collect()
    }

    pub(super) fn parse_months(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> StringChunked {
        let (months, faults) = map_repeated(cells, |text| {
            if is_blank_word(&fold(text)) {
                return Ok(None);
            }
            parse_month(text).map(|(year, month)| Some(format!("{year:04}-{month:02}"))).ok_or(())
        });
        self.report_all(out, &codes::DATE_REQUIRED, &faults, id, cells, "月份，如 2027-03");
        months.iter().map(Option::as_deref).collect()
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

fn parse_year(text: &str) -> Option<i32> {
    let folded = fold(text);
    let plain = folded.trim().trim_end_matches(['度', '年']);
    let year: i32 = if plain.len() == 4 { plain.parse().ok()? } else { parse_month(plain)?.0 };
    (1990..=2100).contains(&year).then_some(year)
}
