//! What results lead to: re-checks of open problems, and the rate of dead records.
//!
//! A problem found is rectified and closed (decree item 8); until then its unit comes back as a mandatory
//! re-check. Units found moved or closed measure how stale the registry is (Putuo 2020: 11 of 62).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::{PlanMonth, UnitId};

use super::figures::Share;
use super::result::{CheckResult, Outcome};

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

/// Open problems as of a day: oldest term first, those without a term last.
///
/// A later re-check of the same unit that found nothing, or found the unit gone, closes what came before it.
/// A routine visit doesn't: it need not have looked at the problem.
#[must_use]
pub fn compute_rechecks(results: &[CheckResult], as_of: NaiveDate) -> Vec<ReCheck> {
    let mut closed_by: BTreeMap<&UnitId, NaiveDate> = BTreeMap::new();
    for result in results.iter().filter(|r| r.inspected_on <= as_of) {
        if (result.recheck && result.outcome == Outcome::Clear) || result.outcome == Outcome::Gone {
            let last = closed_by.entry(&result.unit_id).or_insert(result.inspected_on);
            *last = (*last).max(result.inspected_on);
        }
    }
    let mut open: Vec<ReCheck> = results
        .iter()
        .filter(|r| r.outcome.is_problem() && r.inspected_on <= as_of)
        .filter(|r| r.closed_on.is_none_or(|closed| closed > as_of))
        .filter(|r| closed_by.get(&r.unit_id).is_none_or(|last| *last <= r.inspected_on))
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
