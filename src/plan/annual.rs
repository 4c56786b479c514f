//! The yearly plan: frequencies, slots, and the matrix of bodies by month (rules, item 8).
//!
//! 预计检查 is 抽查 and 必查, never triggered checks. Months drawn hold what was drawn; the others what the very
//! process of the months' frames comes to from the state reached ([`super::forecast`]). Every screen, table and
//! file reads this matrix: there is no other sum.

mod lights;
mod matrix;
mod verdict;
mod whole;

use std::collections::BTreeMap;

use self::lights::{compute_lights, off_site_quotas};
use self::matrix::fill_matrix;
pub use self::verdict::{LockedNumber, Verdict};
pub use self::whole::WholeRow;
use super::feasibility::{Shortage, compute_shortages};
use super::forecast::Forecast;
use super::frequency::{Frequencies, compute_frequencies};
use super::model::{ByMonth, MONTHS, PlanInputs, RESOURCES, Resource};
use super::schedule::Schedule;
use super::shares::{ShareProfiles, compute_shares};
use crate::diagnostic::AppResult;
use crate::policy::Policy;

/// A body's month.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlanCell {
    /// Expected drawn visits by category.
    pub drawn: Vec<f64>,
    /// Mandatory checks by category.
    pub mandatory: Vec<u32>,
    /// What they take of each resource, dead records allowed for.
    pub need: [f64; RESOURCES],
    /// What there is for planned checks; `None` is unlimited.
    pub have: [Option<f64>; RESOURCES],
    /// True where the planner locked a category's number.
    pub locked: bool,
    /// Entered so far: drawn.
    pub past_drawn: u32,
    /// Entered so far: mandatory.
    pub past_mandatory: u32,
    /// Entered so far: triggered.
    pub past_triggered: u32,
    /// Of these, done.
    pub past_done: u32,
    /// Of the drawn and mandatory ones, done.
    pub past_planned_done: u32,
    /// Expected visits handed on to later months for want of capacity.
    pub deferred: f64,
    /// Expected visits that found no later month.
    pub lost: f64,
}

impl PlanCell {
    /// 抽查: expected drawn visits of all categories; what was drawn, in months drawn.
    #[must_use]
    pub fn drawn_visits(&self) -> f64 {
        self.drawn.iter().sum()
    }

    /// 必查: mandatory checks of all categories.
    #[must_use]
    pub fn mandatory_visits(&self) -> f64 {
        self.mandatory.iter().map(|n| f64::from(*n)).sum()
    }

    /// 预计检查: drawn and mandatory. Triggered checks are no part of it.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.drawn_visits() + self.mandatory_visits()
    }

    /// Entered so far, however it came about.
    #[must_use]
    pub fn past_listed(&self) -> u32 {
        self.past_drawn + self.past_mandatory + self.past_triggered
    }

    /// Sum of several cells; a resource is unlimited where it is so in one of them.
    #[must_use]
    pub fn sum<'a>(cells: impl Iterator<Item = &'a Self>) -> Self {
        let mut sum = Self { have: [Some(0.0); RESOURCES], ..Self::default() };
        for cell in cells {
            sum.drawn.resize(sum.drawn.len().max(cell.drawn.len()), 0.0);
            sum.mandatory.resize(sum.mandatory.len().max(cell.mandatory.len()), 0);
            for (sum, n) in sum.drawn.iter_mut().zip(&cell.drawn) {
                *sum += n;
            }
            for (sum, n) in sum.mandatory.iter_mut().zip(&cell.mandatory) {
                *sum += n;
            }
            for r in 0..RESOURCES {
                sum.need[r] += cell.need[r];
                sum.have[r] = sum.have[r].zip(cell.have[r]).map(|(a, b)| a + b);
            }
            sum.locked |= cell.locked;
            sum.past_drawn += cell.past_drawn;
            sum.past_mandatory += cell.past_mandatory;
            sum.past_triggered += cell.past_triggered;
            sum.past_done += cell.past_done;
            sum.past_planned_done += cell.past_planned_done;
            sum.deferred += cell.deferred;
            sum.lost += cell.lost;
        }
        sum
    }

    /// The resource that is fullest, with need and capacity; `None` where nothing limits.
    #[must_use]
    pub fn tightest(&self) -> Option<(Resource, f64, f64)> {
        let share = |need: f64, have: f64| if have > 0.0 { need / have } else { f64::INFINITY };
        let known = Resource::ALL.into_iter().filter_map(|resource| {
            let (need, have) = (self.need[resource.index()], self.have[resource.index()]?);
            (have > 0.0 || need > 0.0).then_some((resource, need, have))
        });
        known.max_by(|a, b| share(a.1, a.2).total_cmp(&share(b.1, b.2)))
    }

    /// True where more is needed of a resource than there is.
    #[must_use]
    pub fn is_over(&self, resource: Resource) -> bool {
        self.have[resource.index()].is_some_and(|have| self.need[resource.index()] > have + OVER)
    }
}

/// What a need may pass its capacity by before it counts as over: a twentieth of a day.
const OVER: f64 = 0.05;

/// A month whose expected load passes capacity although the floors fit: checks are handed on to later months.
#[derive(Debug, Clone, PartialEq)]
pub struct Overload {
    /// Body index.
    pub body: u16,
    /// Month, 0 to 11.
    pub month: u8,
    /// Which resource.
    pub resource: Resource,
    /// Needed.
    pub need: f64,
    /// There.
    pub have: f64,
    /// Chinese sentence.
    pub text: String,
}

/// A rule and whether the plan keeps it, with its articles.
#[derive(Debug, Clone, PartialEq)]
pub struct Light {
    /// Body index; `None` for the whole city.
    pub body: Option<u16>,
    /// Category index, where the rule is a category's floor.
    pub category: Option<u8>,
    /// Concerns special sites.
    pub special: bool,
    /// Visits asked (floors) or allowed (caps).
    pub asked: f64,
    /// Visits planned.
    pub planned: f64,
    /// Kept.
    pub kept: bool,
    /// Chinese sentence.
    pub text: String,
    /// Articles.
    pub basis: Vec<String>,
}

/// Positive-list members to be checked off-site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffSiteQuota {
    /// Body index.
    pub body: u16,
    /// Members.
    pub members: u32,
    /// Checks a year: the policy's share, rounded up.
    pub checks: u32,
}

/// The plan of a year.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnualPlan {
    /// Calendar year.
    pub year: i32,
    /// Month shares.
    pub shares: ShareProfiles,
    /// Frequencies.
    pub frequencies: Frequencies,
    /// Slots.
    pub schedule: Schedule,
    /// `matrix[body][month]`.
    pub matrix: Vec<Vec<PlanCell>>,
    /// Expected visits (drawn and mandatory) by (district index, body index) and month; district `u16::MAX` for
    /// checks listed of sites that the register has no more.
    pub districts: BTreeMap<(u16, u16), ByMonth<f64>>,
    /// Floors and caps.
    pub lights: Vec<Light>,
    /// Off-site checks of positive-list members.
    pub off_site: Vec<OffSiteQuota>,
    /// What does not fit; see [`AnnualPlan::is_sealable`].
    pub shortages: Vec<Shortage>,
    /// Months fuller than their capacity.
    pub overloads: Vec<Overload>,
    /// The planner's numbers of the months still open.
    pub locked: Vec<LockedNumber>,
    /// What the rest of the year comes to, site by site.
    pub forecast: Forecast,
}

impl AnnualPlan {
    /// False while a shortage stands that must be mended before anything is sealed.
    #[must_use]
    pub fn is_sealable(&self) -> bool {
        self.blocking().next().is_none()
    }

    /// The shortages that must be mended before anything is sealed.
    pub fn blocking(&self) -> impl Iterator<Item = &Shortage> {
        self.shortages.iter().filter(|s| s.blocking)
    }

    /// The rules that the plan does not keep.
    pub fn not_kept(&self) -> impl Iterator<Item = &Light> {
        self.lights.iter().filter(|light| !light.kept)
    }

    /// Month by month the sum of all bodies.
    #[must_use]
    pub fn city_cells(&self) -> Vec<PlanCell> {
        (0..MONTHS).map(|m| PlanCell::sum(self.matrix.iter().filter_map(|row| row.get(m)))).collect()
    }

    /// The year's sum of all bodies: its `drawn_visits` and `mandatory_visits` are the plan's 抽查 and 必查.
    #[must_use]
    pub fn year_cell(&self) -> PlanCell {
        PlanCell::sum(self.matrix.iter().flatten())
    }

    /// Expected visits of the year, drawn and mandatory.
    #[must_use]
    pub fn expected_visits(&self) -> f64 {
        self.year_cell().expected()
    }
}

/// Computes the plan of a year.
///
/// # Errors
/// Those of [`PlanInputs::check`].
pub fn compute_annual_plan(policy: &Policy, inputs: &PlanInputs) -> AppResult<AnnualPlan> {
    inputs.check(policy)?;
    let shares = compute_shares(policy, inputs);
    let frequencies = compute_frequencies(policy, inputs, &shares);
    let schedule = Schedule::of_year(policy, inputs, &frequencies.lambda);
    Ok(compute_plan_with(policy, inputs, shares, frequencies, schedule))
}

/// The plan for frequencies and slots that are given, e.g. after planning the rest of the year afresh.
#[must_use]
pub fn compute_plan_with(
    policy: &Policy,
    inputs: &PlanInputs,
    shares: ShareProfiles,
    frequencies: Frequencies,
    schedule: Schedule,
) -> AnnualPlan {
    let mut plan = AnnualPlan {
        year: inputs.year,
        shares,
        frequencies,
        schedule,
        matrix: Vec::new(),
        districts: BTreeMap::new(),
        lights: Vec::new(),
        off_site: Vec::new(),
        shortages: Vec::new(),
        overloads: Vec::new(),
        locked: Vec::new(),
        forecast: Forecast::default(),
    };
    fill_matrix(policy, inputs, &mut plan);
    plan.off_site = off_site_quotas(policy, inputs);
    plan.shortages = compute_shortages(policy, inputs, &plan.frequencies);
    plan.lights = compute_lights(policy, inputs, &plan);
    plan
}

/// A number for a sentence: whole where it is whole, else one decimal.
#[must_use]
pub fn amount(value: f64) -> String {
    let tenths = (value * 10.0).round();
    if (tenths / 10.0).fract().abs() < 1e-9 { format!("{:.0}", tenths / 10.0) } else { format!("{:.1}", tenths / 10.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(need: f64, have: Option<f64>) -> PlanCell {
        PlanCell {
            drawn: vec![need, 1.0],
            mandatory: vec![0, 2],
            need: [need, 0.0, 0.0, 0.0, 0.0],
            have: [have, Some(0.0), None, None, None],
            ..PlanCell::default()
        }
    }

    #[test]
    fn sums_are_limited_only_where_all_are() {
        let (a, b) = (cell(2.0, Some(4.0)), cell(3.0, Some(1.0)));
        let sum = PlanCell::sum([&a, &b].into_iter());
        assert!((sum.need[0] - 5.0).abs() < 1e-9 && sum.have[0].is_some_and(|h| (h - 5.0).abs() < 1e-9));
        assert!((sum.expected() - 11.0).abs() < 1e-9);
        let open = PlanCell::sum([&a, &cell(1.0, None)].into_iter());
        assert!(open.have[0].is_none());
    }

    #[test]
    fn the_fullest_resource_is_found() {
        let of = |need, have| PlanCell { need, have, ..PlanCell::default() };
        let full = of([2.0, 3.0, 0.0, 0.0, 0.0], [Some(4.0), Some(3.0), Some(0.0), None, None]);
        assert_eq!(full.tightest().map(|t| t.0), Some(Resource::Vehicles));
        assert!(!Resource::ALL.into_iter().any(|r| full.is_over(r)));
        let none = of([2.0, 0.0, 1.0, 0.0, 0.0], [Some(4.0), None, Some(0.0), None, None]);
        assert_eq!(none.tightest().map(|t| t.0), Some(Resource::MonitoringDays), "without any, a need is over it");
        assert!(none.is_over(Resource::MonitoringDays));
        assert_eq!(of([1.0; RESOURCES], [None; RESOURCES]).tightest(), None);
    }
}
