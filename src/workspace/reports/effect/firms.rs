//! Regular analysis of firms' behaviour (沪环执法〔2023〕154号, item 4 (4)): who offends again and again, whose risk has
//! risen, and of whom nothing was ever heard.
//!
//! Plain records of single units, no estimates: leads for people, within the office.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use polars::prelude::DataFrame;
use serde::Serialize;

use super::rates::Places;
use crate::diagnostic::AppResult;
use crate::disclosure::Outcome;
use crate::plan::Exclusion;
use crate::registry::Registry;
use crate::registry::schema::{event, past_checks, sources};
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::store::project::Project;

/// Months that repeated problems are looked for in.
pub(super) const MONTHS_BACK: u32 = 36;

/// Checks with problems from which on a unit is a repeat offender.
pub(super) const REPEATED: u32 = 2;

/// What calls for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FirmKind {
    /// Problems in several checks.
    Repeat,
    /// A higher risk tier than at the year's beginning.
    Rising,
    /// Never inspected, and no complaint, penalty or exceedance on record.
    Silent,
}

impl FirmKind {
    /// All.
    pub const ALL: [Self; 3] = [Self::Repeat, Self::Rising, Self::Silent];

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Repeat => "屡查屡犯",
            Self::Rising => "风险等级上升",
            Self::Silent => "从无音讯",
        }
    }

    /// What it means, in a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Repeat => "近三年（36 个月）有两次以上检查发现问题",
            Self::Rising => "现在的风险等级高于年初",
            Self::Silent => "在产，从未被查，也没有投诉、处罚、监测异常的记录",
        }
    }
}

/// A unit that calls for attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirmRow {
    /// Why.
    pub kind: FirmKind,
    /// Row in the register.
    #[serde(skip)]
    pub row: u32,
    /// The unit.
    pub unit_id: String,
    /// Its name.
    pub name: String,
    /// Credit code; empty where there is none.
    pub uscc: String,
    /// Enforcing body.
    pub body: String,
    /// 监管类别.
    pub category: String,
    /// Risk tier at the year's beginning.
    pub tier_before: String,
    /// Risk tier now.
    pub tier_now: String,
    /// Checks made of it, as far as is known.
    pub checks: u32,
    /// Checks of the last 36 months with a problem.
    pub problems: u32,
    /// Day of the last check.
    pub last_check: Option<NaiveDate>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Firms {
    /// Kind by kind, the most telling first.
    pub rows: Vec<FirmRow>,
}

impl Firms {
    /// How many there are of a kind.
    #[must_use]
    pub fn count(&self, kind: FirmKind) -> usize {
        self.rows.iter().filter(|row| row.kind == kind).count()
    }
}

/// What is on record of a source.
#[derive(Debug, Clone, Copy, Default)]
struct Record {
    checks: u32,
    problems: u32,
    last: Option<NaiveDate>,
    heard_of: bool,
}

impl Record {
    fn check(&mut self, day: Option<NaiveDate>, problem: bool, since: Option<NaiveDate>) {
        self.checks += 1;
        self.last = self.last.max(day);
        self.problems += u32::from(problem && day >= since);
    }
}

/// Sources that the rows of a table are about: one unit, or all of an enterprise.
struct Joined<'a> {
    analysis: &'a Analysis,
    of_enterprise: BTreeMap<&'a str, Vec<u32>>,
}

impl Joined<'_> {
    /// Calls `each` with the row of the table and the source, for each pair.
    fn walk(&self, frame: &DataFrame, mut each: impl FnMut(usize, u32)) -> AppResult<()> {
        let (units, enterprises) = (event::UNIT_ID.of(frame)?, event::ENTERPRISE.of(frame)?);
        for at in 0..frame.height() {
            if let Some(unit) = units.get(at) {
                if let Some(row) = self.analysis.population.index.row(unit) {
                    each(at, row);
                }
            } else if let Some(rows) = enterprises.get(at).and_then(|enterprise| self.of_enterprise.get(enterprise)) {
                for row in rows {
                    each(at, *row);
                }
            }
        }
        Ok(())
    }
}

/// Goes through all that is on record.
///
/// # Errors
/// `FRM-001`.
pub(super) fn compute_firms(
    project: &Project,
    registry: &Registry,
    analysis: &Analysis,
    places: &Places,
) -> AppResult<Firms> {
    let n = places.len();
    let since = analysis.month.first_day().checked_sub_months(Months::new(MONTHS_BACK));
    let records = compute_records(registry, analysis, since, n)?;
    let now = analysis.risk.tiers()?;
    let (unit, name) = (sources::UNIT_ID.of(&registry.sources)?, sources::NAME.of(&registry.sources)?);
    let uscc = sources::USCC.of(&registry.sources)?;
    let policy = &project.policy;
    let sites = &analysis.population.inputs.sites;
    let tier = |tier: Option<&u8>| {
        tier.and_then(|tier| policy.tiers.get(usize::from(*tier))).map_or_else(String::new, |tier| tier.name.clone())
    };
    let row_of = |kind: FirmKind, at: usize| FirmRow {
        kind,
        row: at as u32,
        unit_id: unit.get(at).unwrap_or_default().to_owned(),
        name: name.get(at).unwrap_or_default().to_owned(),
        uscc: uscc.get(at).unwrap_or_default().to_owned(),
        body: policy.bodies.get(sites.body[at] as usize).map_or_else(String::new, |body| body.name.clone()),
        category: policy.categories.get(sites.category[at] as usize).map_or_else(String::new, |c| c.name.clone()),
        tier_before: tier(places.tiers.get(at)),
        tier_now: tier(now.get(at)),
        checks: records[at].checks,
        problems: records[at].problems,
        last_check: records[at].last,
    };
    // what is left to inspect: what closed or moved can't offend again
    let alive = |at: &usize| !sites.exclusion[*at].is_dead();
    let mut repeat: Vec<usize> = (0..n).filter(alive).filter(|at| records[*at].problems >= REPEATED).collect();
    repeat.sort_by_key(|at| std::cmp::Reverse((records[*at].problems, records[*at].last)));
    // tiers stand from the highest risk down
    let risen =
        |at: &usize| places.tiers.get(*at).zip(now.get(*at)).map_or(0, |(before, now)| before.saturating_sub(*now));
    let mut rising: Vec<usize> = (0..n).filter(alive).filter(|at| risen(at) > 0).collect();
    rising.sort_by_key(|at| (now[*at], std::cmp::Reverse(risen(at))));
    let silent = (0..n)
        .filter(|at| sites.exclusion[*at] == Exclusion::None && records[*at].checks == 0 && !records[*at].heard_of);
    let mut silent: Vec<usize> = silent.collect();
    silent.sort_by_key(|at| sites.category[*at]);
    let rows = [(FirmKind::Repeat, repeat), (FirmKind::Rising, rising), (FirmKind::Silent, silent)];
    Ok(Firms {
        rows: rows
            .into_iter()
            .flat_map(|(kind, of)| of.into_iter().map(move |at| (kind, at)))
            .map(|(kind, at)| row_of(kind, at))
            .collect(),
    })
}

fn compute_records(
    registry: &Registry,
    analysis: &Analysis,
    since: Option<NaiveDate>,
    n: usize,
) -> AppResult<Vec<Record>> {
    let mut records = vec![Record::default(); n];
    let mut of_enterprise: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    let enterprise = sources::ENTERPRISE.of(&registry.sources)?;
    for at in 0..n {
        if let Some(enterprise) = enterprise.get(at) {
            of_enterprise.entry(enterprise).or_default().push(at as u32);
        }
    }
    let joined = Joined { analysis, of_enterprise };
    let frame = &registry.past_checks;
    let (dates, done) = (past_checks::DATE.of(frame)?, past_checks::DONE.of(frame)?);
    let (words, problems) = (past_checks::RESULT.of(frame)?, past_checks::PROBLEM.of(frame)?);
    joined.walk(frame, |at, row| {
        if done.get(at).copied().flatten() == Some(false) {
            return;
        }
        let day = dates.get(at).copied().flatten();
        let problem = problems
            .get(at)
            .copied()
            .flatten()
            .unwrap_or_else(|| words.get(at).and_then(Outcome::read).is_some_and(Outcome::is_problem));
        records[row as usize].check(day, problem, since);
    })?;
    for table in [&registry.complaints, &registry.violations, &registry.monitoring] {
        joined.walk(table, |_, row| records[row as usize].heard_of = true)?;
    }
    for result in &analysis.results {
        if let Some(row) = analysis.population.index.row(result.unit_id.as_str()) {
            records[row as usize].check(Some(result.inspected_on), result.outcome.is_problem(), since);
        }
    }
    Ok(records)
}
