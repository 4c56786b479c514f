//! What results lead to: re-checks of open problems, and the rate of dead records.
//!
//! A problem found is rectified and closed (decree item 8); until then its unit comes back as a mandatory
//! re-check. Units found moved or closed measure how stale the registry is (Putuo 2020: 11 of 62).
//!
//! What closes a problem, and nothing else does:
//! - the day of closing (销号日期) on its own record;
//! - a later check of its unit that found nothing and is its re-check: the office said so (是否复查), or it was a
//!   mandatory check that came onto its list on or after the day of the problem (a mandatory check looks at
//!   everything that its unit is due for, 综合查一次);
//! - a later visit that found the unit moved or closed.
//!
//! A visit that was merely drawn need not have looked at the problem, and closes nothing.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::{PlanMonth, UnitId};

use super::figures::Share;
use super::ledger::Closing;
use super::result::{CheckOrigin, CheckResult, DueCheck, Outcome};

/// A unit with an open problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReCheck {
    /// The site.
    pub unit_id: UnitId,
    /// Plan code of the check that found the problem.
    pub plan_code: String,
    /// Its month.
    pub month: PlanMonth,
    /// Day on which it was found.
    pub found_on: NaiveDate,
    /// Day by which it must be mended, where one was set.
    pub rectify_by: Option<NaiveDate>,
    /// Outcome of the check.
    pub outcome: Outcome,
    /// The problem, in the office's words.
    pub problem: String,
}

/// Mandatory checks, by unit, month and sequence, and the day on which each came onto its list.
#[derive(Debug, Clone, Default)]
pub struct MandatoryChecks(BTreeMap<(UnitId, PlanMonth, u32), NaiveDate>);

impl MandatoryChecks {
    /// The mandatory ones of these checks.
    #[must_use]
    pub fn of(checks: &[DueCheck]) -> Self {
        let mandatory = checks.iter().filter(|c| c.origin == CheckOrigin::Mandatory);
        Self(mandatory.map(|c| ((c.unit_id.clone(), c.month, c.sequence), c.drawn_on)).collect())
    }

    /// Adds one.
    pub fn add(&mut self, unit: UnitId, month: PlanMonth, sequence: u32, listed_on: NaiveDate) {
        self.0.insert((unit, month, sequence), listed_on);
    }

    /// Problems of its unit found up to this day are closed by a result; `None` where it closes none.
    fn closes_upto(&self, result: &CheckResult) -> Option<NaiveDate> {
        let before = result.inspected_on.pred_opt()?;
        match result.outcome {
            Outcome::Gone => Some(before),
            Outcome::Clear if result.recheck => Some(before),
            Outcome::Clear => {
                let listed_on = self.0.get(&(result.unit_id.clone(), result.month, result.sequence))?;
                Some(before.min(*listed_on))
            }
            _ => None,
        }
    }

    /// True where a result closes a problem of its unit that was found on a day.
    #[must_use]
    pub fn ends(&self, result: &CheckResult, found_on: Option<NaiveDate>) -> bool {
        found_on.is_some_and(|day| self.closes_upto(result).is_some_and(|upto| day <= upto))
    }
}

/// The visits that close problems of their units, as of a day.
pub(super) struct Closings<'a> {
    /// By unit: day up to which problems are closed, the day of the visit, how.
    visits: BTreeMap<&'a UnitId, Vec<(NaiveDate, NaiveDate, Closing)>>,
    as_of: NaiveDate,
}

impl<'a> Closings<'a> {
    pub(super) fn of(results: &'a [CheckResult], mandatory: &MandatoryChecks, as_of: NaiveDate) -> Self {
        let mut visits: BTreeMap<&UnitId, Vec<_>> = BTreeMap::new();
        for result in results.iter().filter(|r| r.inspected_on <= as_of) {
            if let Some(upto) = mandatory.closes_upto(result) {
                let how = if result.outcome == Outcome::Gone { Closing::Gone } else { Closing::ReCheck };
                visits.entry(&result.unit_id).or_default().push((upto, result.inspected_on, how));
            }
        }
        Self { visits, as_of }
    }

    /// The first that closes a problem; `None` while it is open.
    pub(super) fn of_problem(&self, problem: &CheckResult) -> Option<(NaiveDate, Closing)> {
        let entered = problem.closed_on.filter(|day| *day <= self.as_of).map(|day| (day, Closing::Entered));
        let visits = self.visits.get(&problem.unit_id).into_iter().flatten();
        let visited = visits.filter(|(upto, ..)| problem.inspected_on <= *upto).map(|(_, day, how)| (*day, *how));
        entered.into_iter().chain(visited).min_by_key(|(day, _)| *day)
    }
}

/// Open problems as of a day: oldest term first, those without a term last. The rule of what closes one stands at
/// the head of this module.
#[must_use]
pub fn compute_rechecks(results: &[CheckResult], mandatory: &MandatoryChecks, as_of: NaiveDate) -> Vec<ReCheck> {
    let closings = Closings::of(results, mandatory, as_of);
    let mut open: Vec<ReCheck> = results
        .iter()
        .filter(|r| r.outcome.is_problem() && r.inspected_on <= as_of)
        .filter(|r| closings.of_problem(r).is_none())
        .map(|r| ReCheck {
            unit_id: r.unit_id.clone(),
            plan_code: r.plan_code.clone(),
            month: r.month,
            found_on: r.inspected_on,
            rectify_by: r.rectify_by,
            outcome: r.outcome,
            problem: r.problem.clone(),
        })
        .collect();
    open.sort_by(|a, b| {
        let order = |r: &ReCheck| (r.rectify_by.is_none(), r.rectify_by, r.found_on);
        order(a).cmp(&order(b)).then_with(|| a.unit_id.cmp(&b.unit_id))
    });
    open
}

/// Dead and stopped records among the units visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DeadRecords {
    /// Moved or closed (part) of the checks made (whole).
    pub gone: Share,
    /// Stopped for the time being (part) of the checks made (whole): these are no dead records.
    pub stopped: Share,
}

/// Dead records among the results that `which` takes, inspected by `as_of`.
#[must_use]
pub fn compute_dead_records(
    results: &[CheckResult],
    as_of: NaiveDate,
    which: impl Fn(&CheckResult) -> bool,
) -> DeadRecords {
    let mut records = DeadRecords::default();
    for result in results.iter().filter(|r| r.inspected_on <= as_of && which(r)) {
        records.gone.whole += 1;
        records.stopped.whole += 1;
        records.gone.part += u64::from(result.outcome == Outcome::Gone);
        records.stopped.part += u64::from(result.outcome == Outcome::Stopped);
    }
    records
}
