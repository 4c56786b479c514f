//! Figures that the city reports: shares, visits per enterprise, coverage of the five key industries.
//!
//! Source: 市生态环境局 2025-02-28 实施方案 (planned, off-site and joint share, problem-found rate) and decree
//! items 9 and 13. All figures are kept as a pair of counts, so that nothing is lost by rounding.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::{PlanMonth, UnitId, WorkCalendar};

use super::board::{Completeness, DeadlineRule, compute_board};
use super::recheck::{DeadRecords, compute_dead_records};
use super::result::{CheckResult, DueCheck, Manner};

/// A part of a whole, as counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Share {
    /// Part.
    pub part: u64,
    /// Whole; 0 where there is nothing to measure.
    pub whole: u64,
}

impl Share {
    /// As a fraction; `None` where the whole is 0.
    #[must_use]
    pub fn fraction(self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    /// Percent with one decimal, rounded, but never to all or none of what is not (99.96 % is `99.9%`, 0.01 % is
    /// `0.1%`); `—` where the whole is 0.
    #[must_use]
    pub fn percent_text(self) -> String {
        if self.whole == 0 {
            return "—".to_owned();
        }
        let (part, whole) = (u128::from(self.part), u128::from(self.whole));
        let tenths = match (2000 * part + whole) / (2 * whole) {
            1000 if part < whole => 999,
            0 if part > 0 => 1,
            tenths => tenths,
        };
        format!("{}.{}%", tenths / 10, tenths % 10)
    }
}

/// The figures of a year as of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardFigures {
    /// Planned (drawn or mandatory) of all checks made.
    pub planned: Share,
    /// Off-site of all checks made.
    pub off_site: Share,
    /// Joint of the on-site checks made.
    pub joint: Share,
    /// Checks with a problem of those that could be inspected (dead and stopped records are left out).
    pub problem_found: Share,
    /// On-site visits (part) by enterprises visited (whole): their quotient is the visits per enterprise.
    pub visits_per_enterprise: Share,
    /// Disclosed of those that have to be.
    pub disclosed: Share,
    /// Disclosed in time of all disclosed.
    pub disclosed_in_time: Share,
    /// Longest lateness, working days.
    pub longest_late: u32,
    /// Checks made with a checklist of all that could be inspected.
    pub checklist: Share,
    /// Planned checks of the months past that were done.
    pub plan_done: Share,
    /// Dead records of the units visited.
    pub dead: DeadRecords,
}

/// One of the industries whose checklist comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyIndustry {
    /// GB/T 4754-2017 code or its beginning, e.g. `264`.
    pub prefix: String,
    /// Name, e.g. `涂料、油墨、颜料及类似产品制造`.
    pub name: String,
}

/// Coverage of an industry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndustryFigure {
    /// Code or its beginning.
    pub prefix: String,
    /// Name.
    pub name: String,
    /// Units in the registry.
    pub units: u64,
    /// Units visited in the year (dead records are not counted as covered).
    pub visited: Share,
    /// Visits with a checklist, of the visits.
    pub checklist: Share,
}

/// The figures of the checks of `year` with a result by `as_of`.
#[must_use]
pub fn compute_figures(
    checks: &[DueCheck],
    results: &[CheckResult],
    calendar: &WorkCalendar,
    rule: DeadlineRule,
    year: i32,
    as_of: NaiveDate,
) -> BoardFigures {
    let by_key: BTreeMap<(&UnitId, PlanMonth, u32), &DueCheck> =
        checks.iter().map(|c| ((&c.unit_id, c.month, c.sequence), c)).collect();
    let made: Vec<(&CheckResult, Option<&DueCheck>)> = results
        .iter()
        .filter(|r| r.month.year() == year && r.inspected_on <= as_of)
        .map(|r| (r, by_key.get(&r.key()).copied()))
        .collect();
    let whole = made.len() as u64;
    let on_site = || made.iter().filter(|(r, _)| r.manner == Manner::OnSite);
    let inspected = || made.iter().filter(|(r, _)| r.outcome.is_inspected());
    let tally = |n: usize, whole: u64| Share { part: n as u64, whole };
    let enterprises: BTreeSet<&str> =
        on_site().map(|(r, c)| c.map_or(r.unit_id.as_str(), |c| c.enterprise.as_str())).collect();
    // A joint visit of one enterprise on one day is one visit, however many checks it settles.
    let visits: BTreeSet<(&str, NaiveDate)> =
        on_site().map(|(r, c)| (c.map_or(r.unit_id.as_str(), |c| c.enterprise.as_str()), r.inspected_on)).collect();
    let meter: Completeness = compute_board(checks, results, calendar, rule, year, as_of).completeness;
    let past: Vec<&DueCheck> = checks
        .iter()
        .filter(|c| c.month.year() == year && c.month.last_day() <= as_of && c.origin.is_planned() && !c.withdrawn)
        .collect();
    let keys: BTreeSet<_> = made.iter().map(|(r, _)| r.key()).collect();
    BoardFigures {
        planned: tally(made.iter().filter(|(_, c)| c.is_some_and(|c| c.origin.is_planned())).count(), whole),
        off_site: tally(made.iter().filter(|(r, _)| r.manner == Manner::OffSite).count(), whole),
        joint: tally(on_site().filter(|(_, c)| c.is_some_and(|c| c.joint)).count(), on_site().count() as u64),
        problem_found: tally(inspected().filter(|(r, _)| r.outcome.is_problem()).count(), inspected().count() as u64),
        visits_per_enterprise: tally(visits.len(), enterprises.len() as u64),
        disclosed: meter.share(),
        disclosed_in_time: Share { part: meter.published - meter.published_late, whole: meter.published },
        longest_late: meter.longest_late,
        checklist: tally(inspected().filter(|(r, _)| r.checklist.is_some()).count(), inspected().count() as u64),
        plan_done: tally(
            past.iter().filter(|c| keys.contains(&(&c.unit_id, c.month, c.sequence))).count(),
            past.len() as u64,
        ),
        dead: compute_dead_records(results, as_of, |r| r.month.year() == year),
    }
}

/// Coverage of the key industries in `year`.
///
/// `units` is the registry's (unit, industry code); a unit counts for the first industry whose prefix fits.
#[must_use]
pub fn compute_industry_coverage(
    industries: &[KeyIndustry],
    units: &[(UnitId, String)],
    results: &[CheckResult],
    year: i32,
    as_of: NaiveDate,
) -> Vec<IndustryFigure> {
    let mut of_unit: BTreeMap<&UnitId, usize> = BTreeMap::new();
    let mut figures: Vec<IndustryFigure> = industries
        .iter()
        .map(|industry| IndustryFigure {
            prefix: industry.prefix.clone(),
            name: industry.name.clone(),
            units: 0,
            visited: Share::default(),
            checklist: Share::default(),
        })
        .collect();
    for (unit, code) in units {
        if let Some(i) = industries.iter().position(|industry| code.starts_with(&industry.prefix))
            && of_unit.insert(unit, i).is_none()
        {
            figures[i].units += 1;
            figures[i].visited.whole += 1;
        }
    }
    let mut seen: BTreeSet<&UnitId> = BTreeSet::new();
    for result in results.iter().filter(|r| r.month.year() == year && r.inspected_on <= as_of) {
        let Some(i) = of_unit.get(&result.unit_id).copied() else { continue };
        if result.outcome.is_dead() {
            continue;
        }
        figures[i].checklist.whole += 1;
        figures[i].checklist.part += u64::from(result.checklist.is_some());
        if seen.insert(&result.unit_id) {
            figures[i].visited.part += 1;
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_never_rounded_up() {
        assert_eq!(Share { part: 9999, whole: 10_000 }.percent_text(), "99.9%");
        assert_eq!(Share { part: 10_000, whole: 10_000 }.percent_text(), "100.0%");
        assert_eq!(Share { part: 1, whole: 3 }.percent_text(), "33.3%");
        assert_eq!(Share { part: 2, whole: 56 }.percent_text(), "3.6%", "3.571: rounded, not cut");
        assert_eq!(Share { part: 1, whole: 100_000 }.percent_text(), "0.1%", "some is not none");
        assert_eq!(Share { part: 0, whole: 7 }.percent_text(), "0.0%");
        assert_eq!(Share::default().percent_text(), "—");
        assert_eq!(Share::default().fraction(), None);
    }
}
