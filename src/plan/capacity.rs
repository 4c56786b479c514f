//! What a body can do: team-days from the roster, and what is left of each resource for the draw.
//!
//! A roster's "days a month" mean an ordinary month; a month with fewer working days, leave or a
//! certificate that runs out gives proportionally fewer, never more than its own working days. A share of
//! capacity is kept for triggered checks (规定触发式检查不列入计划), and since some records turn out dead,
//! a living visit costs 1/(1 − dead rate) of a drawn one.

use chrono::NaiveDate;

use super::model::{ByMonth, Capacity, MONTHS, RESOURCES};
use crate::domain::PlanMonth;
use crate::domain::WorkCalendar;
use crate::policy::{CheckCost, Policy};

/// One inspector, for capacity.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RosterEntry {
    /// Body index.
    pub body: u16,
    /// First day of the certificate; `None` is open.
    pub valid_from: Option<NaiveDate>,
    /// Last day of the certificate; `None` is open.
    pub valid_to: Option<NaiveDate>,
    /// Field days in an ordinary month; `None` takes the policy's default.
    pub days_per_month: Option<f64>,
    /// Leave, first and last day each.
    pub leave: Vec<(NaiveDate, NaiveDate)>,
}

/// Team-days of each body and month from the roster: `[body][month]`.
#[must_use]
pub fn compute_team_days(
    roster: &[RosterEntry],
    bodies: usize,
    year: i32,
    calendar: &WorkCalendar,
    policy: &Policy,
) -> Vec<ByMonth<f64>> {
    let months: ByMonth<Vec<NaiveDate>> = std::array::from_fn(|m| {
        let month = PlanMonth::nth_of(year, m);
        let (first, last) = (month.first_day(), month.last_day());
        first.iter_days().take_while(|d| *d <= last).filter(|d| calendar.is_working_day(*d)).collect()
    });
    let ordinary = months.iter().map(Vec::len).sum::<usize>() as f64 / MONTHS as f64;
    let team = f64::from(policy.capacity.inspectors_per_check.max(2));
    let mut days = vec![[0.0; MONTHS]; bodies];
    for person in roster {
        let Some(row) = days.get_mut(person.body as usize) else { continue };
        let asked = person.days_per_month.unwrap_or_else(|| policy.capacity.default_days_per_month.to_f64());
        let asked = if asked.is_finite() { asked.max(0.0) } else { 0.0 };
        for (m, working) in months.iter().enumerate() {
            let there = |d: &&NaiveDate| {
                person.valid_from.is_none_or(|f| **d >= f)
                    && person.valid_to.is_none_or(|t| **d <= t)
                    && !person.leave.iter().any(|(a, b)| a <= *d && *d <= b)
            };
            let present = working.iter().filter(there).count() as f64;
            if ordinary > 0.0 {
                row[m] += (asked * present / ordinary).min(present) / team;
            }
        }
    }
    days
}

/// Cost of one check by resource.
#[must_use]
pub fn cost_by_resource(cost: &CheckCost) -> [f64; RESOURCES] {
    [cost.team_days, cost.vehicle_days, cost.monitoring_days, cost.instrument_days, cost.budget_wan]
        .map(|c| c.to_f64().max(0.0))
}

/// Capacity left for planned checks after the reserve for triggered ones.
#[must_use]
pub fn usable_capacity(policy: &Policy, capacity: &Capacity) -> Capacity {
    let keep = (1.0 - policy.capacity.triggered_reserve.to_f64()).clamp(0.0, 1.0);
    let mut usable = capacity.clone();
    for limit in usable.limits.iter_mut().flatten().flatten().flatten() {
        *limit *= keep;
    }
    usable
}

/// What a drawn visit costs more because some records are dead: 1/(1 − rate), the rate at most 0.9.
#[must_use]
pub fn dead_allowance(policy: &Policy) -> f64 {
    1.0 / (1.0 - policy.draw.dead_rate.to_f64().clamp(0.0, 0.9))
}

/// Months closed after a visit: days in months of 30 days, rounded up (60 days: 2), at most 11.
#[must_use]
pub fn window_months(policy: &Policy) -> u8 {
    policy.window.days.div_ceil(30).min(11) as u8
}

/// True where a month lies behind those that a visit of that day would close.
#[must_use]
pub fn window_passed(policy: &Policy, day: NaiveDate, month: PlanMonth) -> bool {
    PlanMonth::of(day).is_some_and(|of| of.plus(i32::from(window_months(policy))) < month)
}

/// Most visits of a site a year that the window leaves room for in every pattern of slots.
#[must_use]
pub fn window_limit(policy: &Policy) -> u8 {
    MONTHS as u8 / (window_months(policy) + 1)
}
