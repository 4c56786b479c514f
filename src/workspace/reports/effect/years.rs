//! Year against year: what checks found in the years of the imported history, and in the plan's own.
//!
//! Years before were not drawn with known probabilities, or nobody kept them: their figures are plain shares of the
//! checks made, of risky and easy units alike as they happened to be chosen. They are told beside the year's own plain
//! share, and never beside its estimate as if both were the same.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::Serialize;

use super::rates::{GroupKind, Rate};
use crate::diagnostic::AppResult;
use crate::disclosure::Outcome;
use crate::registry::Registry;
use crate::registry::schema::past_checks;
use crate::sampling::wilson_interval;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::store::project::Project;

/// A year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearRow {
    /// Calendar year.
    pub year: i32,
    /// Checks made.
    pub checks: usize,
    /// Those that met a dead record.
    pub dead: usize,
    /// Those of units in operation whose result is known.
    pub observed: usize,
    /// Those of them with a problem.
    pub problems: usize,
    /// Share of the observed without a problem, unweighted; `None` where there is none.
    pub share: Option<f64>,
    /// Its 95 % interval, as if the checks had been chosen at random.
    pub interval: Option<(f64, f64)>,
    /// The estimate for the city with its interval, in the year of the plan.
    pub estimate: Option<(f64, f64, f64)>,
}

#[derive(Default)]
struct Counts {
    checks: usize,
    dead: usize,
    observed: usize,
    problems: usize,
}

impl Counts {
    fn add(&mut self, dead: bool, problem: Option<bool>) {
        self.checks += 1;
        self.dead += usize::from(dead);
        if let (false, Some(problem)) = (dead, problem) {
            self.observed += 1;
            self.problems += usize::from(problem);
        }
    }
}

/// Computes them, ascending.
///
/// # Errors
/// `FRM-001`.
pub(super) fn compute_years(
    project: &Project,
    registry: &Registry,
    analysis: &Analysis,
    rates: &[Rate],
) -> AppResult<Vec<YearRow>> {
    let mut years: BTreeMap<i32, Counts> = BTreeMap::new();
    let frame = &registry.past_checks;
    let (dates, done) = (past_checks::DATE.of(frame)?, past_checks::DONE.of(frame)?);
    let (words, problems) = (past_checks::RESULT.of(frame)?, past_checks::PROBLEM.of(frame)?);
    for at in 0..frame.height() {
        let day = dates.get(at).copied().flatten();
        let (Some(day), true) = (day, done.get(at).copied().flatten().unwrap_or(true)) else { continue };
        let outcome = words.get(at).and_then(Outcome::read);
        let problem = problems.get(at).copied().flatten().or_else(|| outcome.map(Outcome::is_problem));
        let standing = outcome.is_some_and(|outcome| !outcome.is_inspected() && !outcome.is_dead());
        years.entry(day.year()).or_default().add(outcome.is_some_and(Outcome::is_dead), problem.filter(|_| !standing));
    }
    for result in &analysis.results {
        let problem = result.outcome.is_inspected().then(|| result.outcome.is_problem());
        years.entry(result.inspected_on.year()).or_default().add(result.outcome.is_dead(), problem);
    }
    let city = rates.iter().find(|rate| rate.kind == GroupKind::City);
    let row = |(year, counts): (i32, Counts)| {
        let Counts { checks, dead, observed, problems } = counts;
        let share = (observed > 0).then(|| (observed - problems) as f64 / observed as f64);
        YearRow {
            year,
            checks,
            dead,
            observed,
            problems,
            share,
            interval: share.map(|share| wilson_interval(share, observed as f64)),
            estimate: city
                .filter(|_| year == project.file.year)
                .map(|rate| (rate.compliance, rate.interval.0, rate.interval.1)),
        }
    };
    Ok(years.into_iter().map(row).collect())
}
