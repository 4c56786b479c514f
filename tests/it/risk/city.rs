//! A registry as rows, and what is read off its risk table.

use chrono::NaiveDate;
use fairdraw::diagnostic::AppResult;
use fairdraw::policy::{Policy, load_preset};
use fairdraw::risk::{RiskFeatures, RiskInputs, RiskTable, TierMoves, score_risk};
use polars::prelude::*;

pub(super) type Day = Option<&'static str>;
pub(super) type Penalty = (Option<String>, Option<String>, Day, &'static str, Day);
pub(super) type Check = (Option<String>, Option<String>, Day, Option<bool>, Option<bool>, &'static str);

/// A registry as rows, turned into the registry's frames.
#[derive(Debug, Clone, Default)]
pub(super) struct City {
    pub(super) sites: Vec<Site>,
    pub(super) credit: Vec<(&'static str, i32, Option<u8>, Option<&'static str>)>,
    /// unit, enterprise, date, kind, repaired on.
    pub(super) violations: Vec<Penalty>,
    /// unit, enterprise, date, substantiated.
    pub(super) complaints: Vec<(Option<String>, Option<String>, Day, Option<bool>)>,
    pub(super) monitoring: Vec<Reading>,
    /// unit, enterprise, date, done, problem, result.
    pub(super) checks: Vec<Check>,
}

#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) unit: String,
    pub(super) enterprise: String,
    pub(super) body: &'static str,
    pub(super) management: &'static str,
    pub(super) supervision: Option<&'static str>,
    pub(super) key_unit: Option<&'static str>,
    pub(super) env_risk: Option<&'static str>,
    pub(super) industry: Option<&'static str>,
    pub(super) flags: [bool; 3],
    pub(super) rectify_by: Option<&'static str>,
    pub(super) permit_event: Option<(&'static str, &'static str)>,
    pub(super) expires: Option<&'static str>,
}

impl Site {
    pub(super) fn new(unit: &str) -> Self {
        Self {
            unit: unit.to_owned(),
            enterprise: format!("E{unit}"),
            body: "310115",
            management: "registration",
            supervision: None,
            key_unit: None,
            env_risk: None,
            industry: None,
            flags: [false; 3],
            rectify_by: None,
            permit_event: None,
            expires: None,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) unit: &'static str,
    pub(super) date: &'static str,
    pub(super) outlet: Option<&'static str>,
    pub(super) hourly: bool,
    pub(super) numbers: (Option<f64>, Option<f64>, Option<f64>),
    pub(super) valid: bool,
}

pub(super) fn reading(unit: &'static str, date: &'static str, outlet: &'static str) -> Reading {
    Reading { unit, date, outlet: Some(outlet), hourly: false, numbers: (None, None, Some(0.5)), valid: true }
}

pub(super) fn dates(name: &str, values: impl Iterator<Item = Option<&'static str>>) -> Column {
    let zero = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
    let days: Vec<Option<i32>> = values
        .map(|v| v.map(|v| v.parse::<NaiveDate>().unwrap().signed_duration_since(zero).num_days() as i32))
        .collect();
    Column::new(name.into(), days).cast(&DataType::Date).unwrap()
}

pub(super) fn texts<'a>(name: &str, values: impl Iterator<Item = Option<&'a str>>) -> Column {
    let values: Vec<Option<&str>> = values.collect();
    StringChunked::from_iter_options(name.into(), values.into_iter()).into_column()
}

pub(super) fn frame(height: usize, columns: Vec<Column>) -> DataFrame {
    DataFrame::new(height, columns).unwrap()
}

pub(super) struct Frames(pub(super) [DataFrame; 6]);

impl Frames {
    pub(super) fn inputs(&self) -> RiskInputs<'_> {
        let [sources, credit, violations, complaints, monitoring, past_checks] = &self.0;
        RiskInputs { sources, credit, violations, complaints, monitoring, past_checks }
    }
}

impl City {
    pub(super) fn frames(&self) -> Frames {
        let s = &self.sites;
        let sources = frame(
            s.len(),
            vec![
                texts("unit_id", s.iter().map(|s| Some(s.unit.as_str()))),
                texts("enterprise", s.iter().map(|s| Some(s.enterprise.as_str()))),
                texts("body", s.iter().map(|s| Some(s.body))),
                texts("management", s.iter().map(|s| Some(s.management))),
                texts("supervision", s.iter().map(|s| s.supervision)),
                texts("key_unit", s.iter().map(|s| s.key_unit)),
                texts("env_risk", s.iter().map(|s| s.env_risk)),
                texts("industry", s.iter().map(|s| s.industry)),
                Column::new("supervised".into(), s.iter().map(|s| s.flags[0]).collect::<Vec<_>>()),
                Column::new("reports_overdue".into(), s.iter().map(|s| s.flags[1]).collect::<Vec<_>>()),
                Column::new("self_monitoring_overdue".into(), s.iter().map(|s| s.flags[2]).collect::<Vec<_>>()),
                dates("rectify_by", s.iter().map(|s| s.rectify_by)),
                texts("permit_event", s.iter().map(|s| s.permit_event.map(|e| e.0))),
                dates("permit_event_date", s.iter().map(|s| s.permit_event.map(|e| e.1))),
                dates("expires", s.iter().map(|s| s.expires)),
            ],
        );
        let c = &self.credit;
        let grades: Vec<Option<u32>> = c.iter().map(|c| c.2.map(u32::from)).collect();
        let credit = frame(
            c.len(),
            vec![
                texts("enterprise", c.iter().map(|c| Some(c.0))),
                Column::new("year".into(), c.iter().map(|c| c.1).collect::<Vec<_>>()),
                Column::new("grade_index".into(), grades).cast(&DataType::UInt8).unwrap(),
                dates("date", c.iter().map(|c| c.3)),
            ],
        );
        let v = &self.violations;
        let violations = frame(
            v.len(),
            vec![
                texts("unit_id", v.iter().map(|v| v.0.as_deref())),
                texts("enterprise", v.iter().map(|v| v.1.as_deref())),
                dates("date", v.iter().map(|v| v.2)),
                texts("kind", v.iter().map(|v| Some(v.3))),
                dates("repaired_on", v.iter().map(|v| v.4)),
            ],
        );
        let c = &self.complaints;
        let complaints = frame(
            c.len(),
            vec![
                texts("unit_id", c.iter().map(|c| c.0.as_deref())),
                texts("enterprise", c.iter().map(|c| c.1.as_deref())),
                dates("date", c.iter().map(|c| c.2)),
                Column::new("substantiated".into(), c.iter().map(|c| c.3).collect::<Vec<_>>()),
            ],
        );
        let m = &self.monitoring;
        let monitoring = frame(
            m.len(),
            vec![
                texts("unit_id", m.iter().map(|m| Some(m.unit))),
                dates("date", m.iter().map(|m| Some(m.date))),
                texts("outlet", m.iter().map(|m| m.outlet)),
                Column::new("hourly".into(), m.iter().map(|m| m.hourly).collect::<Vec<_>>()),
                Column::new("value".into(), m.iter().map(|m| m.numbers.0).collect::<Vec<_>>()),
                Column::new("limit".into(), m.iter().map(|m| m.numbers.1).collect::<Vec<_>>()),
                Column::new("multiple".into(), m.iter().map(|m| m.numbers.2).collect::<Vec<_>>()),
                Column::new("valid".into(), m.iter().map(|m| m.valid).collect::<Vec<_>>()),
            ],
        );
        let c = &self.checks;
        let checks = frame(
            c.len(),
            vec![
                texts("unit_id", c.iter().map(|c| c.0.as_deref())),
                texts("enterprise", c.iter().map(|c| c.1.as_deref())),
                dates("date", c.iter().map(|c| c.2)),
                Column::new("done".into(), c.iter().map(|c| c.3).collect::<Vec<_>>()),
                Column::new("problem".into(), c.iter().map(|c| c.4).collect::<Vec<_>>()),
                texts("result", c.iter().map(|c| Some(c.5))),
            ],
        );
        Frames([sources, credit, violations, complaints, monitoring, checks])
    }

    pub(super) fn risk(&self, policy: &Policy, as_of: &str) -> RiskTable {
        compute_risk(&self.frames().inputs(), policy, day(as_of)).unwrap_or_else(|e| panic!("{e}"))
    }
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn one(site: Site) -> City {
    City { sites: vec![site], ..City::default() }
}

pub(super) fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Points in thousandths of a factor for each site.
pub(super) fn points(table: &RiskTable, factor: &str) -> Vec<i64> {
    let column = table.frame.column(&format!("f_{factor}")).unwrap();
    column.i64().unwrap().iter().map(Option::unwrap).collect()
}

pub(super) fn strings(table: &RiskTable, column: &str) -> Vec<String> {
    table.frame.column(column).unwrap().str().unwrap().iter().map(|v| v.unwrap().to_owned()).collect()
}

pub(super) fn bits(table: &RiskTable) -> Vec<u8> {
    table.frame.column("aggravated").unwrap().u8().unwrap().iter().map(Option::unwrap).collect()
}

pub(super) fn special(table: &RiskTable) -> Vec<bool> {
    table.frame.column("special").unwrap().bool().unwrap().iter().map(Option::unwrap).collect()
}

pub(super) fn shanghai() -> Policy {
    load_preset("shanghai-154").unwrap()
}

/// Features and scoring in one go.
pub(super) fn compute_risk(inputs: &RiskInputs<'_>, policy: &Policy, as_of: NaiveDate) -> AppResult<RiskTable> {
    score_risk(&RiskFeatures::compute(inputs, policy, as_of)?, policy)
}

/// Sites that stayed in their tier.
pub(super) fn stayed(moves: &TierMoves) -> u64 {
    moves.moves.iter().enumerate().filter_map(|(tier, row)| row.get(tier)).sum()
}
