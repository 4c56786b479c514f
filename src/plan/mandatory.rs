//! Checks that must take place: from permit events, expiries, rectifications and open problems to months.
//!
//! Decree 154 items 5–8: first, renewed and changed permits are checked for quality, permits about to
//! expire and 限期整改 whose date has come are followed up, an open problem returns as a re-check. Each
//! rule's own months and categories are policy data. Of the months allowed the one is taken that keeps
//! the window, then the one with the least mandatory load in the body so far, then the earliest; one check
//! covers all causes of a site whose months overlap (综合查一次). Sites are taken in unit order, so the
//! result is the same every time.

use chrono::{Days, NaiveDate};

use super::model::{ByMonth, MONTHS, MandatoryVisit, NEVER, PlanInputs};
use super::reason::Exclusion;
use super::slots::closed_months;
use crate::domain::{Category, PermitEvent, PlanMonth};
use crate::policy::{MandatoryTrigger, Policy};

/// Dates that bring mandatory checks about, a column each, one entry per site.
#[derive(Debug, Clone, Copy)]
pub struct MandatoryFacts<'a> {
    /// Management category.
    pub management: &'a [Category],
    /// Last permit event and its date.
    pub permit_event: &'a [Option<(PermitEvent, NaiveDate)>],
    /// End of the permit.
    pub expires: &'a [Option<NaiveDate>],
    /// Date by which a 限期整改 is due.
    pub rectify_by: &'a [Option<NaiveDate>],
    /// Date of the check that found a problem which is still open and for which no check is on a list yet. What
    /// closes a problem is not for the plan to say: it is open as long as it stands here.
    pub open_problem: &'a [Option<NaiveDate>],
    /// Date of the last finished check; a check on or after a cause has settled it, but for an open problem.
    pub last_done: &'a [Option<NaiveDate>],
}

/// Computes the mandatory checks of a plan year from `first_open` (0 to 11) on: the first month that can
/// still be planned. Causes whose months have run out before it come in that month, marked overdue.
///
/// Columns shorter than the list of sites count as empty at the end.
#[must_use]
pub fn compute_mandatory(
    policy: &Policy,
    inputs: &PlanInputs,
    facts: &MandatoryFacts<'_>,
    window: u8,
    first_open: usize,
) -> Vec<MandatoryVisit> {
    let sites = &*inputs.sites;
    let mut load: Vec<ByMonth<u32>> = vec![[0; MONTHS]; inputs.bodies.len()];
    let mut result: Vec<MandatoryVisit> = Vec::new();
    if first_open >= MONTHS {
        return result;
    }
    let january = PlanMonth::nth_of(inputs.year, 0).ordinal();
    for site in 0..sites.len() {
        if !matches!(sites.exclusion[site], Exclusion::None | Exclusion::PositiveList) {
            continue;
        }
        let body = sites.body[site] as usize;
        let begun = result.len();
        for (rule, r) in policy.mandatory.iter().enumerate() {
            let fits = facts.management.get(site).is_some_and(|m| r.management.is_empty() || r.management.contains(m));
            let Some(cause) = cause(facts, r.trigger, site).filter(|_| fits) else { continue };
            let done = facts.last_done.get(site).copied().flatten();
            if r.trigger != MandatoryTrigger::Recheck && done.is_some_and(|d| d >= cause) {
                continue;
            }
            let Some(month) = PlanMonth::of(cause) else { continue };
            let from = month.ordinal() - january;
            let to = from.saturating_add(r.within_months.min(1200).cast_signed());
            if from > 11 {
                continue;
            }
            let open = i32::from(first_open as u8);
            let overdue = to < open;
            let from = from.max(open) as usize;
            let to = if overdue { first_open } else { (to as usize).min(MONTHS - 1) };
            if result[begun..].iter().any(|v| (from..=to).contains(&(v.month as usize))) {
                continue;
            }
            let last = inputs.history.last_visit.get(site).copied().unwrap_or(NEVER);
            let planned = result[begun..].iter().map(|v| v.month);
            let closed = closed_months(last, window, planned);
            let choice = (from..=to).min_by_key(|m| (closed >> m & 1, load[body][*m], *m));
            if let Some(month) = choice {
                load[body][month] += 1;
                result.push(MandatoryVisit { site: site as u32, month: month as u8, rule: rule as u8, overdue });
            }
        }
        result[begun..].sort_unstable();
    }
    result
}

fn cause(facts: &MandatoryFacts<'_>, trigger: MandatoryTrigger, site: usize) -> Option<NaiveDate> {
    let event = |wanted: &[PermitEvent]| {
        facts.permit_event.get(site).copied().flatten().filter(|(kind, _)| wanted.contains(kind)).map(|(_, date)| date)
    };
    match trigger {
        MandatoryTrigger::FirstPermit => event(&[PermitEvent::First]),
        MandatoryTrigger::ChangedPermit => event(&[PermitEvent::Reapplied, PermitEvent::Changed]),
        MandatoryTrigger::RenewedPermit => event(&[PermitEvent::Renewed]),
        MandatoryTrigger::Expiring(days) => {
            facts.expires.get(site).copied().flatten().and_then(|d| d.checked_sub_days(Days::new(u64::from(days))))
        }
        MandatoryTrigger::RectificationDue => facts.rectify_by.get(site).copied().flatten(),
        MandatoryTrigger::Recheck => facts.open_problem.get(site).copied().flatten(),
    }
}
