//! One raw table → typed columns, with a finding for every cell that could not be read.
//!
//! Duty: everything that looks at one column at a time. What compares columns, rows or tables is in `checks`
//! and `joins`. Invariant: all value columns have the length of `rows`; footnote rows are set aside before
//! anything is parsed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::*;
use rayon::prelude::*;

use crate::domain::{InspectorId, Uscc};
use crate::text::day::{DateFault, parse_date, parse_month, parse_range, parse_ranges};
use crate::text::{clean, fold, fold_width, is_blank_word};

use super::codes::{self, Code};
use super::collect::{Collector, Place};
use super::districts::{DistrictLookup, district_of};
use super::header::Layout;
use super::ids::id_key;
use super::industry::IndustryMatch;
use super::options::RegistryOptions;
use super::parse::{collect_text, map_repeated, map_text, map_values, parse_angle, parse_number};
use super::schema::{ColumnKind, ColumnSpec, TableKind};
use super::text::MoneyUnit;
use crate::tabular::RawTable;

/// A typed column.
#[derive(Debug, Clone)]
pub enum Values {
    /// Text.
    Text(StringChunked),
    /// Days since 1970-01-01.
    Day(Vec<Option<i32>>),
    /// Decimal numbers.
    Decimal(Vec<Option<f64>>),
    /// District codes.
    Code(Vec<Option<u32>>),
    /// Years.
    Year(Vec<Option<i32>>),
    /// Small indexes.
    Index(Vec<Option<u8>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
}

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
    /// Typed columns by id.
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
        if !footnotes.is_empty() {
            for i in &footnotes {
                out.skip(&codes::FOOTNOTE, place_of(part, raw, rows[*i]));
            }
            let mut keep = vec![true; rows.len()];
            for i in footnotes {
                keep[i] = false;
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

    /// The cells of a field as text, value map applied; `None` where the file has neither column nor constant.
    #[must_use]
    pub fn text(&self, id: &str) -> Option<StringChunked> {
        let column = match (self.layout.fields.get(id), self.layout.constants.get(id)) {
            (Some(i), _) => self.cells.columns().get(*i)?.str().ok()?.clone(),
            (None, Some(text)) => StringChunked::full(id.into(), text, self.len()),
            (None, None) => return None,
        };
        let Some(map) = self.layout.values.get(id) else { return Some(column) };
        let map: BTreeMap<String, &str> = map.iter().map(|(from, to)| (fold(from).into_owned(), to.as_str())).collect();
        let (mapped, _) = map_text::<(), _>(&column, id, |text| {
            Ok(Some(match map.get(fold(text).as_ref()) {
                Some(to) => Cow::Owned((*to).to_owned()),
                None => Cow::Borrowed(text),
            }))
        });
        Some(mapped)
    }

    /// A text column already typed.
    #[must_use]
    pub fn typed_text(&self, id: &str) -> Option<&StringChunked> {
        match self.values.get(id) {
            Some(Values::Text(column)) => Some(column),
            _ => None,
        }
    }

    /// A date column already typed.
    #[must_use]
    pub fn days(&self, id: &str) -> Option<&[Option<i32>]> {
        match self.values.get(id) {
            Some(Values::Day(days)) => Some(days),
            _ => None,
        }
    }

    /// A number column already typed.
    #[must_use]
    pub fn decimals(&self, id: &str) -> Option<&[Option<f64>]> {
        match self.values.get(id) {
            Some(Values::Decimal(values)) => Some(values),
            _ => None,
        }
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
        for spec in self.layout.kind.columns() {
            if matches!(spec.kind, ColumnKind::Point) {
                continue;
            }
            let Some(cells) = self.text(spec.id) else { continue };
            self.parse_column(spec, &cells, options, map, out);
        }
        self.check_required(out);
    }

    fn parse_column(
        &mut self,
        spec: &'static ColumnSpec,
        cells: &StringChunked,
        options: &RegistryOptions,
        map: &dyn DistrictLookup,
        out: &mut Collector,
    ) {
        let id = spec.id;
        let values = match spec.kind {
            ColumnKind::Text => Values::Text(
                map_text::<(), _>(cells, id, |text| Ok(Some(clean(text)).filter(|text| !text.is_empty()))).0,
            ),
            ColumnKind::Number => Values::Text(map_text::<(), _>(cells, id, |text| Ok(number(text))).0),
            ColumnKind::UnitRef => Values::Text(
                map_text::<(), _>(cells, id, |text| {
                    Ok(match id_key(text) {
                        key if key.is_empty() => None,
                        key => Some(key),
                    })
                })
                .0,
            ),
            ColumnKind::Uscc => Values::Text(self.parse_uscc(id, cells, out)),
            ColumnKind::Choice(name) => self.parse_choice(spec, name, cells, options, out),
            ColumnKind::Choices(name) => Values::Text(self.parse_choices(id, name, cells, options, out)),
            ColumnKind::Flag => {
                let (flags, faults) = map_repeated(cells, |text| {
                    let text = clean(text);
                    match options.aliases.flag(&text) {
                        Some(flag) => Ok(Some(flag)),
                        None if is_blank_word(&text) => Ok(None),
                        None => Err(()),
                    }
                });
                for (i, ()) in faults {
                    self.report(out, &codes::FLAG_BAD, i, id, cells.get(i).unwrap_or_default(), "是或否");
                }
                Values::Flag(flags)
            }
            ColumnKind::Date | ColumnKind::DateTime => self.parse_dates(spec, cells, out),
            ColumnKind::Month => {
                let (months, faults) = map_repeated(cells, |text| {
                    if is_blank_word(&fold(text)) {
                        return Ok(None);
                    }
                    parse_month(text).map(|(year, month)| Some(format!("{year:04}-{month:02}"))).ok_or(())
                });
                for (i, ()) in faults {
                    self.report(
                        out,
                        &codes::DATE_REQUIRED,
                        i,
                        id,
                        cells.get(i).unwrap_or_default(),
                        "月份，如 2027-03",
                    );
                }
                Values::Text(months.iter().map(Option::as_deref).collect::<StringChunked>())
            }
            ColumnKind::Year => {
                let (years, faults) = map_values(cells, |text| match parse_year(text) {
                    None if is_blank_word(&fold(text)) => Ok(None),
                    None => Err(()),
                    year => Ok(year),
                });
                for (i, ()) in faults {
                    self.report(out, &codes::NUMBER_BAD, i, id, cells.get(i).unwrap_or_default(), "四位年份，如 2026");
                }
                Values::Year(years)
            }
            ColumnKind::Decimal => {
                let (mut values, faults) = map_values(cells, |text| parse_number(text).map(|n| n.map(|n| n.value)));
                for (i, ()) in faults {
                    self.report(out, &codes::NUMBER_BAD, i, id, cells.get(i).unwrap_or_default(), "数字");
                }
                if !matches!(id, "score" | "value" | "multiple") {
                    self.refuse_negative(id, cells, &mut values, out);
                }
                Values::Decimal(values)
            }
            ColumnKind::Money => Values::Decimal(self.parse_money(id, cells, out)),
            ColumnKind::Longitude | ColumnKind::Latitude => {
                let (values, faults) = map_values(cells, parse_angle);
                for (i, ()) in faults {
                    self.report(out, &codes::NUMBER_BAD, i, id, cells.get(i).unwrap_or_default(), "度数，如 121.4737");
                }
                Values::Decimal(values)
            }
            ColumnKind::Period => {
                self.parse_period(id, cells, out);
                return;
            }
            ColumnKind::District => {
                let (values, faults) = map_repeated(cells, |text| match district_of(text, map) {
                    None if is_blank_word(&fold(text)) => Ok(None),
                    None => Err(()),
                    district => Ok(district),
                });
                // Whether an unknown district matters depends on the mapping: the sources' checks decide.
                if self.layout.district == super::mapping::DistrictRule::Column {
                    for (i, ()) in faults {
                        self.report(
                            out,
                            &codes::DISTRICT_UNKNOWN,
                            i,
                            id,
                            cells.get(i).unwrap_or_default(),
                            "区名或 6 位代码",
                        );
                    }
                }
                Values::Code(values)
            }
            ColumnKind::Body => {
                let (bodies, faults) = map_repeated(cells, |text| match options.body_of(text, map) {
                    None if is_blank_word(&fold(text)) => Ok(None),
                    None => Err(()),
                    Some(body) => Ok(Some(Arc::<str>::from(body))),
                });
                let code = if spec.required { &codes::BODY_REQUIRED } else { &codes::BODY_UNKNOWN };
                for (i, ()) in faults {
                    self.report(out, code, i, id, cells.get(i).unwrap_or_default(), "规则中列出的执法主体");
                }
                Values::Text(collect_text(bodies.len(), id, |i| bodies[i].as_deref().map(Cow::Borrowed)))
            }
            ColumnKind::Industry => Values::Text(self.parse_industry(id, cells, options, out)),
            ColumnKind::Certificate => {
                let (certificates, faults) = map_text(cells, id, |text| {
                    let plain: String = fold_width(&clean(text)).chars().filter(|c| !c.is_whitespace()).collect();
                    if plain.is_empty() {
                        return Ok(None);
                    }
                    InspectorId::new(plain).map(|id| Some(Cow::Owned(String::from(id)))).map_err(|_| ())
                });
                for (i, ()) in faults {
                    self.report(out, &codes::CERTIFICATE_BAD, i, id, cells.get(i).unwrap_or_default(), "");
                }
                Values::Text(certificates)
            }
            ColumnKind::Skills => Values::Text(self.parse_skills(id, cells, options, out)),
            ColumnKind::Leave => {
                let (leave, faults) =
                    map_text(cells, id, |text| parse_ranges(text).map(|ranges| ranges.map(Cow::Owned)));
                for (i, part) in faults {
                    self.report(out, &codes::RANGE_BAD, i, id, &part, "如「2027-03-01至2027-03-05；2027-04-01」");
                }
                Values::Text(leave)
            }
            ColumnKind::Point => return,
        };
        self.values.insert(id, values);
    }

    fn refuse_negative(&self, id: &str, cells: &StringChunked, values: &mut [Option<f64>], out: &mut Collector) {
        for (i, value) in values.iter_mut().enumerate() {
            if value.is_some_and(|value| value < 0.0) {
                *value = None;
                self.report(out, &codes::NUMBER_NEGATIVE, i, id, cells.get(i).unwrap_or_default(), "0 或正数");
            }
        }
    }

    fn parse_uscc(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> StringChunked {
        let (codes, faults) = map_text(cells, id, |text| {
            if Uscc::parse(text).is_ok() {
                return Ok(Some(Cow::Borrowed(text)));
            }
            let plain: String = fold_width(&clean(text))
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .collect::<String>()
                .to_ascii_uppercase();
            if is_blank_word(&plain) {
                return Ok(None);
            }
            match Uscc::parse(&plain) {
                Ok(code) => Ok(Some(Cow::Owned(code.as_str().to_owned()))),
                Err(fault) => Err((fault, matches!(plain.len(), 13 | 15) && plain.bytes().all(|b| b.is_ascii_digit()))),
            }
        });
        for (i, (fault, old)) in faults {
            let code = if old { &codes::NUMBER_OLD } else { &codes::USCC_BAD };
            out.row(code, self.place(i), |finding| {
                finding
                    .column(self.layout.heading(id))
                    .value(cells.get(i).unwrap_or_default())
                    .expected(format!("18 位统一社会信用代码（{fault}）"))
            });
        }
        codes
    }

    fn parse_choice(
        &self,
        spec: &ColumnSpec,
        name: &str,
        cells: &StringChunked,
        options: &RegistryOptions,
        out: &mut Collector,
    ) -> Values {
        let Some(vocabulary) = options.aliases.vocabulary(name) else {
            return Values::Text(StringChunked::full_null(spec.id.into(), cells.len()));
        };
        let (found, faults) = map_repeated(cells, |text| match vocabulary.find(text) {
            Some(at) => Ok(Some(at)),
            None if is_blank_word(&fold(text)) => Ok(None),
            None => Err(()),
        });
        let code = if spec.required { &codes::CHOICE_REQUIRED } else { &codes::CHOICE_UNKNOWN };
        let expected =
            if faults.is_empty() { String::new() } else { format!("其中之一：{}", vocabulary.ids().join("、")) };
        for (i, ()) in faults {
            self.report(out, code, i, spec.id, cells.get(i).unwrap_or_default(), &expected);
        }
        match name {
            // Vocabularies of two words are flags: hourly or daily, done or planned.
            "hourly" | "done" => Values::Flag(found.into_iter().map(|at| at.map(|at| at == 0)).collect()),
            _ => Values::Text(collect_text(found.len(), spec.id, |i| {
                found[i].and_then(|at| vocabulary.ids().get(at)).map(|id| Cow::Borrowed(id.as_str()))
            })),
        }
    }

    fn parse_choices(
        &self,
        id: &str,
        name: &str,
        cells: &StringChunked,
        options: &RegistryOptions,
        out: &mut Collector,
    ) -> StringChunked {
        let Some(vocabulary) = options.aliases.vocabulary(name) else {
            return StringChunked::full_null(id.into(), cells.len());
        };
        let read = |text: &str| -> (u32, Vec<String>) {
            let (mut set, mut unknown) = (0, Vec::new());
            for part in split_list(text) {
                match vocabulary.find(&part) {
                    Some(at) => set |= 1_u32 << at.min(31),
                    None if is_blank_word(&part) || part == "否" => {}
                    None => unknown.push(part),
                }
            }
            (set, unknown)
        };
        let (sets, _) = map_repeated::<_, (), _>(cells, |text| Ok(Some(read(text))));
        for (i, (_, unknown)) in sets.iter().enumerate().filter_map(|(i, set)| set.as_ref().map(|set| (i, set))) {
            for part in unknown {
                self.report(
                    out,
                    &codes::CHOICE_UNKNOWN,
                    i,
                    id,
                    part,
                    &format!("其中几项：{}", vocabulary.ids().join("、")),
                );
            }
        }
        collect_text(sets.len(), id, |i| {
            let (set, _) = sets[i].as_ref()?;
            let ids: Vec<&str> = vocabulary
                .ids()
                .iter()
                .enumerate()
                .filter(|(at, _)| set & (1 << at) != 0)
                .map(|(_, id)| id.as_str())
                .collect();
            (!ids.is_empty()).then(|| Cow::Owned(ids.join(";")))
        })
    }

    fn parse_dates(&mut self, spec: &ColumnSpec, cells: &StringChunked, out: &mut Collector) -> Values {
        let (dates, faults) = map_values(cells, parse_date);
        let code = if spec.required { &codes::DATE_REQUIRED } else { &codes::DATE_BAD };
        for (i, fault) in faults {
            self.report(out, code, i, spec.id, cells.get(i).unwrap_or_default(), &fault.to_string());
        }
        if spec.kind == ColumnKind::DateTime {
            self.minutes = dates.iter().map(|date| date.and_then(|date| date.minute)).collect();
        }
        Values::Day(dates.into_iter().map(|date| date.map(|date| date.day)).collect())
    }

    /// 有效期限: its two ends fill what the columns of the ends left empty.
    fn parse_period(&mut self, id: &str, cells: &StringChunked, out: &mut Collector) {
        let (ranges, faults): (_, Vec<(usize, DateFault)>) = map_values(cells, parse_range);
        for (i, _) in faults {
            self.report(
                out,
                &codes::RANGE_BAD,
                i,
                id,
                cells.get(i).unwrap_or_default(),
                "如「2024-09-10至2029-09-09」",
            );
        }
        let ends =
            if self.layout.kind == TableKind::Inspectors { ["valid_from", "valid_to"] } else { ["issued", "expires"] };
        for (end, first) in ends.into_iter().zip([true, false]) {
            let from_range = |i: usize| ranges[i].and_then(|(from, to)| if first { from } else { to });
            let merged = match self.days(end) {
                Some(days) => days.iter().enumerate().map(|(i, day)| day.or_else(|| from_range(i))).collect(),
                None => (0..self.len()).map(from_range).collect(),
            };
            self.values.insert(end, Values::Day(merged));
        }
    }

    fn parse_money(&self, id: &str, cells: &StringChunked, out: &mut Collector) -> Vec<Option<f64>> {
        let heading = self.layout.heading(id);
        let mapped = self.layout.fields.contains_key(id);
        let (numbers, faults) = map_values(cells, parse_number);
        for (i, ()) in faults {
            self.report(out, &codes::NUMBER_BAD, i, id, cells.get(i).unwrap_or_default(), "数字");
        }
        let file = |finding: crate::diagnostic::Finding| {
            let finding = finding.file(self.raw.file.as_str()).column(heading.as_str());
            match &self.raw.sheet {
                Some(sheet) => finding.sheet(sheet.as_str()),
                None => finding,
            }
        };
        let named = if mapped { MoneyUnit::named_in(&heading) } else { Some(MoneyUnit::Wan) };
        let unit = named.unwrap_or_else(|| {
            // No unit in the heading: fines are mostly 0.5–100 万元, so a median of 1 000 or more is 元.
            let mut bare: Vec<f64> =
                numbers.iter().flatten().filter(|n| n.unit.is_none() && n.value > 0.0).map(|n| n.value).collect();
            bare.sort_by(f64::total_cmp);
            let guess = match bare.get(bare.len() / 2) {
                Some(median) if *median >= 1000.0 => MoneyUnit::Yuan,
                _ => MoneyUnit::Wan,
            };
            if !bare.is_empty() {
                let read = if guess == MoneyUnit::Yuan { "按元读取" } else { "按万元读取" };
                out.whole(file(codes::MONEY_NO_UNIT.finding().value(read)));
            }
            guess
        });
        if named.is_some_and(|unit| unit != MoneyUnit::Wan) {
            out.whole(file(codes::MONEY_YUAN.finding()));
        }
        let mut values: Vec<Option<f64>> =
            numbers.iter().map(|n| n.map(|n| n.unit.unwrap_or(unit).to_wan(n.value))).collect();
        self.refuse_negative(id, cells, &mut values, out);
        for (i, value) in values.iter().enumerate() {
            // 1 亿元: more than any single fine or a district brigade's yearly budget; most likely 元 in a 万元 column.
            if value.is_some_and(|value| value >= 10_000.0) {
                self.report(out, &codes::MONEY_SUSPECT, i, id, cells.get(i).unwrap_or_default(), "");
            }
        }
        values
    }

    fn parse_industry(
        &self,
        id: &str,
        cells: &StringChunked,
        options: &RegistryOptions,
        out: &mut Collector,
    ) -> StringChunked {
        let table = &options.industry;
        if table.is_empty() {
            return map_text::<(), _>(cells, id, |text| Ok(Some(clean(text)).filter(|text| !is_blank_word(text)))).0;
        }
        let (found, faults) = map_repeated(cells, |text| match table.find(text) {
            IndustryMatch::Class(class) => Ok(Some((class, false))),
            IndustryMatch::From2011(class) => Ok(Some((class, true))),
            IndustryMatch::Ambiguous(classes) => Err(Some(classes.join("、"))),
            IndustryMatch::Unknown if is_blank_word(&fold(text)) => Ok(None),
            IndustryMatch::Unknown => Err(None),
        });
        for (i, several) in faults {
            let value = cells.get(i).unwrap_or_default();
            match several {
                Some(classes) => {
                    self.report(out, &codes::INDUSTRY_AMBIGUOUS, i, id, value, &format!("其中之一：{classes}"));
                }
                None => self.report(out, &codes::INDUSTRY_UNKNOWN, i, id, value, "GB/T 4754-2017 小类"),
            }
        }
        for (i, (class, old)) in found.iter().enumerate().filter_map(|(i, found)| found.map(|found| (i, found))) {
            if old {
                self.report(out, &codes::INDUSTRY_2011, i, id, cells.get(i).unwrap_or_default(), class);
            }
        }
        collect_text(found.len(), id, |i| found[i].map(|(class, _)| Cow::Borrowed(class)))
    }

    fn parse_skills(
        &self,
        id: &str,
        cells: &StringChunked,
        options: &RegistryOptions,
        out: &mut Collector,
    ) -> StringChunked {
        let mut builder = StringChunkedBuilder::new(id.into(), cells.len());
        for (i, cell) in cells.iter().enumerate() {
            let mut skills: Vec<String> = Vec::new();
            for part in cell.map(split_list).unwrap_or_default() {
                match options.skill_of(&part) {
                    Some(skill) => skills.push(skill),
                    None if is_blank_word(&part) => {}
                    None => self.report(out, &codes::SKILL_UNKNOWN, i, id, &part, "规则中列出的专长"),
                }
            }
            skills.sort();
            skills.dedup();
            builder.append_option((!skills.is_empty()).then(|| skills.join(";")));
        }
        builder.finish()
    }

    /// Rows without a required value are set aside, unless the cell's own fault did so already.
    fn check_required(&self, out: &mut Collector) {
        for group in self.layout.kind.required_groups() {
            // The district has its own checks: the point may stand in for it.
            if group.contains(&"district") {
                continue;
            }
            let columns: Vec<StringChunked> = group.iter().filter_map(|id| self.text(id)).collect();
            let empty =
                |i: usize| columns.iter().all(|column| column.get(i).is_none_or(|text| is_blank_word(&fold(text))));
            let missing: Vec<usize> = (0..self.len()).into_par_iter().filter(|i| empty(*i)).collect();
            for i in missing {
                self.report(out, &codes::VALUE_MISSING, i, group[0], "", "");
            }
        }
    }
}

/// Where a row came from.
pub(super) fn place_of(part: u32, raw: &RawTable, row: u32) -> Place<'_> {
    Place { part, file: &raw.file, sheet: raw.sheet.as_deref(), row }
}

/// A permit or registration number in half width, upper case, without white space.
fn number(text: &str) -> Option<Cow<'_, str>> {
    if text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return Some(Cow::Borrowed(text)).filter(|text| !text.is_empty());
    }
    let plain: String =
        fold_width(&clean(text)).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    (!plain.is_empty()).then_some(Cow::Owned(plain))
}

fn parse_year(text: &str) -> Option<i32> {
    let folded = fold(text);
    let plain = folded.trim().trim_end_matches(['度', '年']);
    let year: i32 = if plain.len() == 4 { plain.parse().ok()? } else { parse_month(plain)?.0 };
    (1990..=2100).contains(&year).then_some(year)
}

/// The parts of a list in one cell: divided by 、 ， ； / | + or white space.
fn split_list(text: &str) -> Vec<String> {
    fold(text)
        .split(['、', ',', '，', ';', '/', '|', '+', '\n', ' ', '和', '&'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

const FOOT_WORDS: [&str; 14] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "注:",
    "注：",
    "备注:",
    "备注：",
    "说明:",
    "说明：",
    "填表",
    "制表",
    "审核人",
    "单位负责人",
];

/// Indexes of rows that are totals, notes, or the heading printed again.
fn footnotes(cells: &DataFrame, layout: &Layout) -> Vec<usize> {
    // Only rows without a proper key can be one: a look at one column leaves few to look at.
    let Some(key) = layout.kind.required_groups().first() else { return Vec::new() };
    let keys: Vec<&StringChunked> = key
        .iter()
        .filter_map(|id| layout.fields.get(id))
        .filter_map(|i| cells.columns().get(*i))
        .filter_map(|column| column.str().ok())
        .collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let columns: Vec<&StringChunked> = cells.columns().iter().filter_map(|column| column.str().ok()).collect();
    // A total may have a count in the number's column ("2家"), but never a number's nine digits.
    let keyless = |i: usize| {
        keys.iter().all(|column| column.get(i).is_none_or(|text| text.bytes().filter(u8::is_ascii_digit).count() < 9))
    };
    (0..cells.height())
        .filter(|i| keyless(*i))
        .filter(|i| {
            let filled: Vec<(usize, &str)> =
                columns.iter().enumerate().filter_map(|(c, column)| column.get(*i).map(|text| (c, text))).collect();
            let first = filled.first().map(|(_, text)| clean(text));
            let foot = first.is_some_and(|text| {
                let text: String = text.chars().filter(|c| !c.is_whitespace()).take(6).collect();
                FOOT_WORDS.iter().any(|word| text.starts_with(word))
            });
            let repeats = filled
                .iter()
                .filter(|(c, text)| {
                    layout.headings.get(*c).is_some_and(|heading| !heading.is_empty() && *heading == clean(text))
                })
                .count();
            foot || repeats >= 2 && repeats == filled.len()
        })
        .collect()
}
