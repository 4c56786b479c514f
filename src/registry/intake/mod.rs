//! One raw table → typed columns, with a finding for every cell that could not be read.
//!
//! Duty: everything that looks at one column at a time. What compares columns, rows or tables is in `checks`
//! and `joins`. Invariant: all value columns have the length of `rows`; footnote rows are set aside before
//! anything is parsed.

mod amounts;
mod choices;
mod days;
mod footnotes;
mod keys;
mod metres;
mod odd_rows;
mod ruined;
mod shown;
mod values;

use std::borrow::Cow;
use std::collections::BTreeMap;

use polars::prelude::*;
use rayon::prelude::*;

use super::codes::{self, Code};
use super::collect::{Collector, Place};
use super::columns::{Column as Typed, Number};
use super::districts::DistrictLookup;
use super::header::Layout;
use super::options::RegistryOptions;
use super::parse::{map_repeated, map_text};
use super::schema::{ColumnKind, ColumnSpec, sources};
use crate::tabular::RawTable;
use crate::text::day::parse_ranges;
use crate::text::{clean, fold, is_blank_word, is_ditto};

use footnotes::footnotes;
use values::Held;
pub use values::Values;

/// A table being checked.
pub struct Intake<'a> {
    /// Position among the files of its table.
    pub part: u32,
    /// The raw table.
    pub raw: &'a RawTable,
    /// Its layout.
    pub layout: &'a Layout,
    /// Physical rows of the data.
    pub rows: Vec<u32>,
    /// The data's cells as text, by column index of the raw table.
    pub cells: DataFrame,
    /// Typed columns by name.
    pub values: BTreeMap<&'static str, Values>,
    /// Minutes of the day of the `DateTime` column, where written.
    pub minutes: Vec<Option<u16>>,
}

impl<'a> Intake<'a> {
    /// Takes the data rows of a raw table, footnotes set aside.
    #[must_use]
    pub fn new(part: u32, raw: &'a RawTable, layout: &'a Layout, out: &mut Collector) -> Self {
        let height = raw.cells.height();
        let first = layout.first_row.min(height);
        let mut cells = raw.cells.slice(first as i64, height - first);
        let mut rows = raw.rows.get(first..).unwrap_or_default().to_vec();
        let footnotes = footnotes(&cells, layout);
        shown::hold_merged(&mut cells, &rows, raw, layout, out);
        shown::show_padded(&mut cells, &rows, raw, layout);
        let odd = odd_rows::odd_rows(&cells, &rows, raw, layout);
        if !footnotes.is_empty() || !odd.is_empty() {
            let mut keep = vec![true; rows.len()];
            for i in footnotes {
                keep[i] = false;
                out.set_aside(&codes::FOOTNOTE, place_of(part, raw, rows[i]), "");
            }
            for (i, code, value) in odd {
                if std::mem::replace(&mut keep[i], false) {
                    out.set_aside(code, place_of(part, raw, rows[i]), &value);
                }
            }
            let mask: BooleanChunked = keep.iter().copied().collect();
            cells = cells.filter(&mask).unwrap_or_else(|_| cells.clear());
            let mut kept = keep.iter();
            rows.retain(|_| kept.next().copied().unwrap_or(true));
        }
        Self { part, raw, layout, rows, cells, values: BTreeMap::new(), minutes: Vec::new() }
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Where a row came from.
    #[must_use]
    pub fn place(&self, i: usize) -> Place<'a> {
        place_of(self.part, self.raw, self.rows[i])
    }

    /// The cells of an input column as text, value map applied; `None` where the file has neither column nor
    /// constant.
    #[must_use]
    pub fn text(&self, id: &str) -> Option<StringChunked> {
        let column = match (self.layout.fields.get(id), self.layout.constants.get(id)) {
            (Some(i), _) => self.cells.columns().get(*i)?.str().ok()?.clone(),
            (None, Some(text)) => StringChunked::full(id.into(), text, self.len()),
            (None, None) => return None,
        };
        let Some(map) = self.layout.values.get(id) else { return Some(column) };
        let map: BTreeMap<String, &str> = map.iter().map(|(from, to)| (fold(from).into_owned(), to.as_str())).collect();
        let (mapped, _) = map_text::<(), _>(&column, |text| {
            Ok(Some(match map.get(fold(text).as_ref()) {
                Some(to) => Cow::Owned((*to).to_owned()),
                None => Cow::Borrowed(text),
            }))
        });
        Some(mapped)
    }

    /// A column already typed.
    #[must_use]
    pub(super) fn get<T: Held>(&self, column: &Typed<T>) -> Option<&T::Store> {
        self.values.get(column.name()).and_then(T::peel)
    }

    /// A column of numbers already typed; nothing where the file has none.
    #[must_use]
    pub(super) fn decimals(&self, column: &Typed<Number>) -> &[Option<f64>] {
        self.get(column).map_or(&[], Vec::as_slice)
    }

    /// Puts a typed column in, in place of what was there.
    pub(super) fn put<T: Held>(&mut self, column: &Typed<T>, store: T::Store) {
        self.values.insert(column.name(), T::wrap(store));
    }

    /// Reports a faulty cell.
    pub fn report(&self, out: &mut Collector, code: &'static Code, i: usize, id: &str, value: &str, expected: &str) {
        out.row(code, self.place(i), |finding| {
            let finding = finding.column(self.layout.heading(id));
            let finding = if value.is_empty() { finding } else { finding.value(value) };
            if expected.is_empty() { finding } else { finding.expected(expected) }
        });
    }

    /// Parses every column of the table, except those that the checks of its kind resolve themselves.
    pub fn parse_columns(&mut self, options: &RegistryOptions, map: &dyn DistrictLookup, out: &mut Collector) {
        self.convert_metres(map, out);
        for spec in self.layout.kind.columns() {
            let Some(cells) = self.text(spec.id) else { continue };
            self.check_ruined(spec, &cells, out);
            self.check_doubtful(spec, &cells, out);
            if let Some(values) = self.parse_column(spec, &cells, options, map, out) {
                self.values.insert(spec.id, values);
            }
        }
        self.check_required(out);
    }

    /// The values of a column; `None` for one that fills others, or whose table's checks resolve it.
    fn parse_column(
        &mut self,
        spec: &'static ColumnSpec,
        cells: &StringChunked,
        options: &RegistryOptions,
        map: &dyn DistrictLookup,
        out: &mut Collector,
    ) -> Option<Values> {
        let id = spec.id;
        Some(match spec.kind {
            ColumnKind::Text => {
                Values::Text(map_text::<(), _>(cells, |text| Ok(Some(clean(text)).filter(|text| !text.is_empty()))).0)
            }
            ColumnKind::Number => Values::Text(self.parse_numbers(id, cells, out)),
            ColumnKind::UnitRef => Values::Text(self.parse_unit_refs(id, cells, out)),
            ColumnKind::Uscc => Values::Text(self.parse_uscc(id, cells, out)),
            ColumnKind::Certificate => Values::Text(self.parse_certificates(id, cells, out)),
            ColumnKind::Choice(vocabulary) => self.parse_choice(spec, vocabulary, cells, options, out),
            ColumnKind::Choices(vocabulary) => Values::Text(self.parse_choices(id, vocabulary, cells, options, out)),
            ColumnKind::Skills => Values::Text(self.parse_skills(id, cells, options, out)),
            ColumnKind::Industry => Values::Text(self.parse_industry(id, cells, options, out)),
            ColumnKind::District => Values::Code(self.parse_districts(id, cells, map, out)),
            ColumnKind::Body => Values::Text(self.parse_bodies(spec, cells, options, map, out)),
            ColumnKind::Flag => Values::Flag(self.parse_flags(id, cells, options, out)),
            ColumnKind::Date | ColumnKind::DateTime => Values::Day(self.parse_dates(spec, cells, out)),
            ColumnKind::Month => Values::Text(self.parse_months(id, cells, out)),
            ColumnKind::Year => Values::Year(self.parse_years(id, cells, out)),
            ColumnKind::Leave => {
                let (leave, faults) = map_text(cells, |text| parse_ranges(text).map(|ranges| ranges.map(Cow::Owned)));
                for (i, (part, why)) in faults {
                    let expected = format!("如「2027-03-01至2027-03-05；2027-04-01」（「{part}」应为{why}）");
                    self.report(out, &codes::LEAVE_BAD, i, id, cells.get(i).unwrap_or_default(), &expected);
                }
                Values::Text(leave)
            }
            ColumnKind::Period => {
                self.parse_period(id, cells, out);
                return None;
            }
            ColumnKind::Decimal => Values::Decimal(self.parse_amounts(id, cells, out)),
            ColumnKind::Signed => Values::Decimal(self.parse_decimals(id, cells, out)),
            ColumnKind::Money => Values::Decimal(self.parse_money(id, cells, out)),
            ColumnKind::Longitude | ColumnKind::Latitude => Values::Decimal(self.parse_degrees(id, cells, out)),
            ColumnKind::Point => return None,
        })
    }

    fn parse_flags(
        &self,
        id: &str,
        cells: &StringChunked,
        options: &RegistryOptions,
        out: &mut Collector,
    ) -> Vec<Option<bool>> {
        let (flags, faults) = map_repeated(cells, |text| {
            let text = clean(text);
            let text = text.strip_suffix(".0").filter(|bare| matches!(*bare, "0" | "1")).unwrap_or(&text);
            match options.aliases.flag(text) {
                Some(flag) => Ok(Some(flag)),
                None if is_blank_word(text) => Ok(None),
                None => Err(()),
            }
        });
        self.report_all(out, &codes::FLAG_BAD, &faults, id, cells, "是或否");
        flags
    }

    /// Reports faulty cells that are all to be put right in the same way.
    fn report_all(
        &self,
        out: &mut Collector,
        code: &'static Code,
        faults: &[(usize, ())],
        id: &str,
        cells: &StringChunked,
        expected: &str,
    ) {
        for (i, ()) in faults {
            self.report(out, code, *i, id, cells.get(*i).unwrap_or_default(), expected);
        }
    }

    /// Rows without a required value are set aside, unless the cell's own fault did so already.
    fn check_required(&self, out: &mut Collector) {
        for group in self.layout.kind.required_groups() {
            // The district has its own checks: the point may stand in for it.
            if group.contains(&sources::DISTRICT.name()) {
                continue;
            }
            let columns: Vec<StringChunked> = group.iter().filter_map(|id| self.text(id)).collect();
            let empty =
                |i: usize| columns.iter().all(|column| column.get(i).is_none_or(|text| says_nothing(&fold(text))));
            let missing: Vec<usize> = (0..self.len()).into_par_iter().filter(|i| empty(*i)).collect();
            for i in missing {
                let written = columns.iter().find_map(|column| column.get(i)).unwrap_or_default();
                self.report(out, &codes::VALUE_MISSING, i, group[0], written, "");
            }
        }
    }
}

/// True for a required cell that names nothing of its own.
fn says_nothing(text: &str) -> bool {
    is_blank_word(text) || is_ditto(text)
}

/// Where a row came from.
pub(super) fn place_of(part: u32, raw: &RawTable, row: u32) -> Place<'_> {
    Place { part, file: &raw.file, sheet: raw.sheet.as_deref(), row }
}
