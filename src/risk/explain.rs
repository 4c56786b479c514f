//! Why a site scores what it scores: each record with its points, to the thousandth.
//!
//! The table keeps sums only. For one site the events are counted once more, by the same filters, from the rows that
//! concern it; nothing of this is kept for the others. The lines of a factor add up to its points before the cap, what
//! the cap cuts off is said beside them, and all factors add up to the score of the table (tested for every site).

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use polars::prelude::{DataFrame, IdxCa, IdxSize, PlSmallStr};

use super::codes::{NO_CHECK, NO_CODE, NO_GRADE, SiteCodes, bit};
use super::events::{OwnEvent, own_events};
use super::features::{EventFactor, RiskFeatures, site_columns};
use super::input::{failed, month_ordinal};
use super::score::MOST_WEIGHT;
use super::slots::Slots;
use super::{Contribution, RiskInputs, RiskTable};
use crate::diagnostic::AppResult;
use crate::domain::Category;
use crate::policy::{EventTable, FactorRule, Milli, Policy, SiteFlag};
use crate::registry::schema::{event, sources};

/// What a line of points rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// A record of a table.
    Record {
        /// Which table.
        table: EventTable,
        /// Row of its frame.
        row: u32,
        /// Points of one event of full weight, thousandths.
        each: i64,
        /// Share by age, thousandths.
        share: i64,
        /// Up to how many whole months old that share holds.
        within: u32,
        /// Share of a minor event, thousandths, where it is one.
        minor: Option<i64>,
    },
    /// Days (by outlet) of automatic monitoring over the limit, of one month.
    Days {
        /// First day of the month.
        month: NaiveDate,
        /// How many.
        count: u32,
        /// Points of one day of full weight, thousandths.
        each: i64,
        /// Share by age, thousandths.
        share: i64,
        /// Up to how many whole months old that share holds.
        within: u32,
    },
    /// The management category; `None` where the register has none.
    Management(Option<Category>),
    /// Entries of the key-unit list.
    KeyUnits {
        /// How many lists.
        lists: u8,
        /// Points for each, thousandths.
        each: i64,
    },
    /// The credit grade, as a place of the scale; `None` without a grade.
    Grade(Option<u8>),
    /// Level of environmental risk: 0 is the highest.
    EnvRisk(u8),
    /// A flag of the register.
    Flag(SiteFlag),
    /// One of the policy's industries.
    Industry,
    /// Whole months since the last finished check; `None` where none is known.
    Unvisited {
        /// Months.
        months: Option<i64>,
        /// Points a month, thousandths.
        per_month: i64,
    },
}

/// When a line falls next, and to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fall {
    /// First day of the month from which it counts less.
    pub on: NaiveDate,
    /// Share from then on, thousandths; 0 where it counts no more.
    pub share: i64,
    /// Points from then on, thousandths.
    pub points: i64,
}

/// A line of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreLine {
    /// What it rests on.
    pub ground: Ground,
    /// Points, thousandths.
    pub points: i64,
    /// When it falls next; `None` for what no time lowers.
    pub falls: Option<Fall>,
}

/// A site's score, factor by factor and line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteExplanation {
    /// The day of reckoning.
    pub as_of: NaiveDate,
    /// The score, thousandths.
    pub score: i64,
    /// Each factor of the policy, in its order, with its lines: their sum is the factor's points, or more where the
    /// cap cuts.
    pub factors: Vec<(Contribution, Vec<ScoreLine>)>,
}

impl SiteExplanation {
    /// What a factor's lines give beyond its cap, thousandths.
    #[must_use]
    pub fn beyond_cap(contribution: &Contribution, lines: &[ScoreLine]) -> i64 {
        lines.iter().map(|line| line.points).sum::<i64>() - contribution.points.0
    }
}

/// Explains the score of the site of a row. `inputs` are the frames that `features` were counted from.
///
/// # Errors
/// `RSK-001`, `RSK-002`; `RSK-004`, `RSK-005` as [`RiskTable::explain`].
pub fn explain_site(
    inputs: &RiskInputs<'_>,
    features: &RiskFeatures,
    table: &RiskTable,
    policy: &Policy,
    row: usize,
) -> AppResult<SiteExplanation> {
    let contributions = table.explain(row, policy)?;
    let as_of = table.as_of();
    let events = Events::of(inputs, row, as_of)?;
    let site = Site { codes: &features.codes, row };
    let mut at = 0;
    let mut factors = Vec::with_capacity(contributions.len());
    for (contribution, factor) in contributions.into_iter().zip(&policy.factors) {
        let lines = match &factor.rule {
            FactorRule::Events { points, .. } => {
                let event_factor = features.key.events.get(at);
                at += 1;
                event_factor.map_or_else(Vec::new, |factor| events.lines(factor, points.0, as_of))
            }
            rule => site.line(rule, &factor.id).into_iter().collect(),
        };
        factors.push((contribution, lines.into_iter().filter(|line| line.points != 0).collect()));
    }
    let score = table.scores()?.get(row).copied().unwrap_or_default();
    Ok(SiteExplanation { as_of, score, factors })
}

/// The site's own row of the features.
struct Site<'a> {
    codes: &'a SiteCodes,
    row: usize,
}

impl Site<'_> {
    fn code(&self, codes: &[u8]) -> u8 {
        codes.get(self.row).copied().unwrap_or(NO_CODE)
    }

    /// The one line of a factor that no events make.
    fn line(&self, rule: &FactorRule, id: &str) -> Option<ScoreLine> {
        let line = |ground, points| Some(ScoreLine { ground, points, falls: None });
        let codes = self.codes;
        match rule {
            FactorRule::Events { .. } => None,
            FactorRule::Management(points) => {
                let category = Category::ALL.get(usize::from(self.code(&codes.management))).copied();
                let given = category.and_then(|category| points.get(&category)).copied().unwrap_or_default();
                line(Ground::Management(category), given.0)
            }
            FactorRule::KeyUnit(each) => {
                let lists = self.code(&codes.key_units);
                line(Ground::KeyUnits { lists, each: each.0 }, i64::from(lists) * each.0)
            }
            FactorRule::Credit { points, missing } => {
                let grade = Some(self.code(&codes.grade)).filter(|grade| *grade != NO_GRADE);
                let given = grade.and_then(|grade| points.get(usize::from(grade))).copied();
                // a grade past the scale scores as none
                line(Ground::Grade(grade.filter(|_| given.is_some())), given.unwrap_or(*missing).0)
            }
            FactorRule::EnvRisk { major, larger, general } => {
                let level = self.code(&codes.env_risk);
                let given: Option<&Milli> = [major, larger, general].into_iter().nth(usize::from(level));
                given.and_then(|points| line(Ground::EnvRisk(level), points.0))
            }
            FactorRule::Flag { flag, points } => {
                let set = self.code(&codes.flags) & bit(*flag) != 0;
                line(Ground::Flag(*flag), points.0).filter(|_| set)
            }
            FactorRule::Industry { points, .. } => {
                let set = codes.industry(id).get(self.row) == Some(&true);
                line(Ground::Industry, points.0).filter(|_| set)
            }
            FactorRule::Unvisited { per_month, never } => {
                let months = codes.unvisited.get(self.row).copied().filter(|months| *months != NO_CHECK).map(i64::from);
                let points = months.map_or(never.0, |months| months * per_month.0);
                line(Ground::Unvisited { months, per_month: per_month.0 }, points)
            }
        }
    }
}

/// The site's events, with the rows of the tables that they stand in.
struct Events {
    tables: Vec<(EventTable, Vec<OwnEvent>)>,
}

impl Events {
    fn of(inputs: &RiskInputs<'_>, row: usize, as_of: NaiveDate) -> AppResult<Self> {
        let register = site_columns(&inputs.sources.slice(row as i64, 1))?;
        let text = |column: &crate::registry::columns::Column<crate::registry::columns::Text>| {
            column.cells(&register).map_err(failed).map(|cells| cells.get(0).map(str::to_owned))
        };
        let (unit, enterprise) = (text(&sources::UNIT_ID)?, text(&sources::ENTERPRISE)?);
        let units = sources::UNIT_ID.cells(inputs.sources).map_err(failed)?;
        // an event of another site of the register is that site's, whatever enterprise it names
        let is_other = |name: &str| units.iter().any(|known| known == Some(name));
        let narrow = |frame: &DataFrame| -> AppResult<(DataFrame, Vec<u32>)> {
            if frame.column(event::UNIT_ID.name()).is_err() || frame.column(event::ENTERPRISE.name()).is_err() {
                return Ok((frame.clear(), Vec::new()));
            }
            let own = event::UNIT_ID.cells(frame).map_err(failed)?;
            let of = event::ENTERPRISE.cells(frame).map_err(failed)?;
            let concerns = |own: Option<&str>, of: Option<&str>| match own {
                Some(own) if unit.as_deref() == Some(own) => true,
                Some(own) => enterprise.is_some() && of == enterprise.as_deref() && !is_other(own),
                None => enterprise.is_some() && of == enterprise.as_deref(),
            };
            let rows = (0_u32..).zip(own.iter().zip(of.iter())).filter(|(_, (own, of))| concerns(*own, *of));
            let rows: Vec<u32> = rows.map(|(row, _)| row).collect();
            let places = IdxCa::from_vec(PlSmallStr::EMPTY, rows.iter().map(|row| *row as IdxSize).collect());
            Ok((frame.take(&places).map_err(failed)?, rows))
        };
        let (violations, of_violations) = narrow(inputs.violations)?;
        let (complaints, of_complaints) = narrow(inputs.complaints)?;
        let (monitoring, _) = narrow(inputs.monitoring)?;
        let (past_checks, of_checks) = narrow(inputs.past_checks)?;
        let narrowed = RiskInputs {
            sources: &register,
            credit: inputs.credit,
            violations: &violations,
            complaints: &complaints,
            monitoring: &monitoring,
            past_checks: &past_checks,
        };
        let mut tables = own_events(&narrowed, &Slots::of(&register)?, as_of)?;
        for (table, events) in &mut tables {
            let rows = match table {
                EventTable::Violations => &of_violations,
                EventTable::Complaints => &of_complaints,
                EventTable::Monitoring => continue,
                EventTable::ProblemsFound => &of_checks,
            };
            for event in events {
                event.row = event.row.and_then(|row| rows.get(row as usize).copied());
            }
        }
        Ok(Self { tables })
    }

    /// The lines of a factor, the latest first; their points are the differences of a running sum that is rounded down
    /// as the factor's own is, so that they add up to it.
    fn lines(&self, factor: &EventFactor, each: i64, as_of: NaiveDate) -> Vec<ScoreLine> {
        let own = self.tables.iter().find(|(table, _)| *table == factor.table);
        let mut events: Vec<&OwnEvent> = own.map(|(_, events)| events.iter().collect()).unwrap_or_default();
        events.sort_by_key(|event| (event.age, event.row));
        let mut sum = 0_i64;
        let mut take = |weight: i64| {
            let before = sum.min(MOST_WEIGHT) * each / 1_000_000;
            sum += weight;
            sum.min(MOST_WEIGHT) * each / 1_000_000 - before
        };
        let mut lines = Vec::new();
        let mut months: BTreeMap<i32, u32> = BTreeMap::new();
        for event in events {
            let Some(stage) = event.stage(factor) else { continue };
            let Some(row) = event.row else {
                *months.entry(event.age).or_default() += 1;
                continue;
            };
            let points = take(factor.millionths(stage, event.minor));
            let decay = factor.decay[stage];
            lines.push(ScoreLine {
                ground: Ground::Record {
                    table: factor.table,
                    row,
                    each,
                    share: decay.share.0,
                    within: decay.months,
                    minor: event.minor.then_some(factor.minor),
                },
                points,
                falls: fall(factor, stage, (event.age, event.minor), (each, 1), as_of),
            });
        }
        for (age, count) in months {
            let Some(stage) = factor.decay.iter().position(|row| age <= row.months as i32) else { continue };
            let points = take(factor.millionths(stage, false) * i64::from(count));
            let decay = factor.decay[stage];
            let month = months_after(as_of, -age);
            let (share, within) = (decay.share.0, decay.months);
            lines.push(ScoreLine {
                ground: Ground::Days { month, count, each, share, within },
                points,
                falls: fall(factor, stage, (age, false), (each, i64::from(count)), as_of),
            });
        }
        lines
    }
}

/// When an event in a stage of the decay counts less: the month after the stage's last.
fn fall(
    factor: &EventFactor,
    stage: usize,
    (age, minor): (i32, bool),
    (each, count): (i64, i64),
    as_of: NaiveDate,
) -> Option<Fall> {
    let now = factor.decay.get(stage)?;
    let next = factor.decay.get(stage + 1);
    let weight = factor.millionths(stage + 1, minor);
    let on = months_after(as_of, now.months as i32 + 1 - age);
    Some(Fall { on, share: next.map_or(0, |row| row.share.0), points: weight * count * each / 1_000_000 })
}

/// The first day of the month so many months after that of a day.
fn months_after(day: NaiveDate, months: i32) -> NaiveDate {
    let ordinal = month_ordinal(day) + months;
    NaiveDate::from_ymd_opt(ordinal.div_euclid(12), ordinal.rem_euclid(12) as u32 + 1, 1)
        .unwrap_or_else(|| day.with_day(1).unwrap_or(day))
}
