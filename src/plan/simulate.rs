//! Simulated years of a plan: what the rules really give.
//!
//! Each year draws month by month by the plan's own targets and quotas and enters what was drawn; the last
//! visits are carried into the next year. Broken rules are counted, not assumed away. How quotas are rounded and what π
//! goes with them come in as the sampling room's own functions; the draw is Pareto order sampling (Rosén 1997) on π.
//! `ChaCha8Rng` gives the same numbers everywhere.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::annual::AnnualPlan;
use super::model::{MONTHS, NEVER, PlanInputs, RESOURCES, Resource, Visit, VisitKind};
use super::quotas::{StratumTargets, assign_quotas, compute_strata};
use super::schedule::Schedule;
use super::slots::slot_months;
use super::state::SiteState;
use super::targets::{MonthTargets, TargetContext};
use crate::diagnostic::{AppResult, Progress};
use crate::policy::Policy;

/// What a simulation showed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SimulationReport {
    /// Years simulated.
    pub years: u32,
    /// Per tier: sites in the draw, Σλ, Σ of expected drawn visits (slots of mandatory checks aside), mean
    /// drawn visits a year.
    pub tiers: Vec<TierReport>,
    /// Enterprises above their cap by a drawn visit.
    pub cap_broken: u64,
    /// Drawn visits within the window of another drawn or mandatory one.
    pub window_broken: u64,
    /// Sites visited twice in one slot.
    pub slot_broken: u64,
    /// Sites visited more than ⌈λ⌉ times in a year.
    pub above_ceiling: u64,
    /// Sites with λ = 1 and their own slots that were visited not exactly once.
    pub whole_missed: u64,
    /// Site-years with λ = 1.
    pub whole_years: u64,
    /// Largest excess over a body's month: resource units.
    pub worst_overshoot: [f64; RESOURCES],
    /// Largest excess as a share of the rounding unit (see [`rounding_unit`]).
    pub worst_overshoot_units: f64,
    /// Expected visits deferred to later months, per year.
    pub deferred: f64,
    /// Expected visits that capacity took away for good, per year.
    pub lost: f64,
    /// Mean drawn visits per body and month: `[body][month]`.
    pub by_month: Vec<[f64; MONTHS]>,
    /// Drawn visits in all.
    pub drawn: u64,
    /// Sites' drawn visits over all years.
    pub site_visits: Vec<u32>,
}

/// A tier's figures.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TierReport {
    /// Sites with λ > 0.
    pub sites: u32,
    /// Σλ.
    pub lambda: f64,
    /// Σλ less the slots that mandatory checks stand for.
    pub expected: f64,
    /// Mean drawn visits a year.
    pub realised: f64,
}

impl TierReport {
    /// By how much the draws depart from what was expected, percent; 0 where nothing was.
    #[must_use]
    pub fn off_percent(&self) -> f64 {
        if self.expected > 0.0 { (self.realised / self.expected - 1.0) * 100.0 } else { 0.0 }
    }
}

impl SimulationReport {
    /// How often a rule was broken.
    #[must_use]
    pub fn broken(&self) -> u64 {
        self.cap_broken + self.window_broken + self.slot_broken + self.above_ceiling
    }
}

/// The rules by which the simulated months are drawn: those of the sampling room, which this one doesn't know.
#[derive(Debug, Clone, Copy)]
pub struct DrawRules {
    /// The target that a site is drawn with; takes its chance from the second argument, 52 bits a call.
    pub settle: fn(f64, &mut dyn FnMut() -> u64) -> f64,
    /// Rounds a body's expected numbers, in stratum order; takes its chance from the second argument, 52 bits a call.
    pub round: fn(&[f64], &mut dyn FnMut() -> u64) -> Vec<u32>,
    /// π of a stratum's free sites, from their targets and the stratum's quota.
    pub inclusion: fn(&[f64], usize) -> Vec<f64>,
}

impl DrawRules {
    /// A month's strata with their quotas.
    #[must_use]
    pub fn strata(
        &self,
        policy: &Policy,
        inputs: &PlanInputs,
        targets: &MonthTargets,
        rng: &mut ChaCha8Rng,
    ) -> Vec<StratumTargets> {
        let mut strata = compute_strata(policy, inputs, targets, |_, p| (self.settle)(p, &mut || rng.next_u64() >> 12));
        assign_quotas(&mut strata, |_, f| (self.round)(f, &mut || rng.next_u64() >> 12));
        strata
    }
}

/// By how much a body's month may pass its capacity because checks are whole: every stratum's number is within one of its
/// expectation and so is their sum, so that the dearest half may be rounded up while the rest is rounded down.
#[must_use]
pub fn rounding_unit(costs: &[f64]) -> f64 {
    let mut dearest = costs.to_vec();
    dearest.sort_by(|a, b| b.total_cmp(a));
    let up = dearest.len().div_ceil(2);
    let down = dearest.len() / 2;
    let ups: f64 = dearest.iter().take(up).sum();
    // of an even number of strata one is left where it is: the sum may be one above
    let downs: f64 = dearest.iter().rev().take(if up == down { down.saturating_sub(1) } else { down }).sum();
    ups - downs
}

/// Pareto order sampling: the `draw` smallest of u(1 − π)/(π(1 − u)).
#[must_use]
pub fn draw_pareto(units: &[u32], pi: &[f64], draw: u32, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let n = (draw as usize).min(units.len());
    if n == 0 {
        return Vec::new();
    }
    let mut keys: Vec<(f64, u32)> = units
        .iter()
        .zip(pi)
        .map(|(unit, p)| {
            // 52 bits in the middle of their cell: never 0 or 1.
            let u = ((rng.next_u64() >> 12) as f64 + 0.5) / 4_503_599_627_370_496.0;
            let key = if *p >= 1.0 { 0.0 } else { (u * (1.0 - p)) / (p * (1.0 - u)) };
            (key, *unit)
        })
        .collect();
    let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    if n < keys.len() {
        keys.select_nth_unstable_by(n - 1, order);
        keys.truncate(n);
    }
    let mut selected: Vec<u32> = keys.into_iter().map(|(_, unit)| unit).collect();
    selected.sort_unstable();
    selected
}

/// Simulates `years` years of a plan.
///
/// # Errors
/// `JOB-001` once cancelled.
pub fn simulate(
    policy: &Policy,
    inputs: &PlanInputs,
    plan: &AnnualPlan,
    rules: DrawRules,
    years: u32,
    seed: u64,
    progress: &Progress,
) -> AppResult<SimulationReport> {
    let context = TargetContext::new(policy, inputs, &plan.shares, &plan.schedule);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let sites = inputs.sites.len();
    let enterprises = inputs.sites.enterprises();
    let mut report = SimulationReport {
        years,
        by_month: vec![[0.0; MONTHS]; inputs.bodies.len()],
        site_visits: vec![0; sites],
        ..SimulationReport::default()
    };
    let units = rounding_units(policy);
    let mut last_visit = inputs.history.last_visit.clone();
    progress.begin("模拟年度", u64::from(years));
    for _ in 0..years {
        let mut state = SiteState::at_new_year(sites, enterprises, &last_visit);
        let mut months_of = vec![0_u16; sites];
        for month in 0..MONTHS {
            progress.check()?;
            let targets = open_month(&context, &plan.schedule, &mut state, month);
            report.deferred += targets.deferred.iter().sum::<f64>();
            report.lost += targets.lost.iter().sum::<f64>();
            let strata = rules.strata(policy, inputs, &targets, &mut rng);
            let mut load = vec![[0.0; RESOURCES]; inputs.bodies.len()];
            for stratum in &strata {
                let pi = (rules.inclusion)(&stratum.p, stratum.draw as usize);
                let mut selected = draw_pareto(&stratum.units, &pi, stratum.draw, &mut rng);
                selected.extend(&stratum.certain);
                for site in selected {
                    let i = site as usize;
                    let kind = targets.reason[i].visit_kind();
                    let category = inputs.sites.category[i] as usize;
                    let cost = if kind == VisitKind::Drawn {
                        context.drawn_cost(category)
                    } else {
                        context.check_cost(category)
                    };
                    for (sum, c) in load[stratum.body as usize].iter_mut().zip(cost) {
                        *sum += c;
                    }
                    let enterprise = inputs.sites.enterprise[i];
                    let visit = Visit { site: Some(site), enterprise, month: month as u8, kind, done: true };
                    check_visit(&context, &state, &visit, &mut report);
                    state.enter(policy, &visit);
                    if kind == VisitKind::Drawn {
                        months_of[i] |= 1 << month;
                        report.site_visits[i] += 1;
                        report.drawn += 1;
                        report.by_month[stratum.body as usize][month] += 1.0;
                        report.cap_broken += u64::from(
                            policy.cap.counts_drawn && state.counted[enterprise as usize] > policy.cap.visits,
                        );
                    }
                }
            }
            for (body, load) in load.iter().enumerate() {
                for r in Resource::ALL.map(Resource::index) {
                    if let Some(limit) = context.usable().limits[body][r][month] {
                        let over = (load[r] - limit).max(0.0);
                        report.worst_overshoot[r] = report.worst_overshoot[r].max(over);
                        if units[r] > 0.0 {
                            report.worst_overshoot_units = report.worst_overshoot_units.max(over / units[r]);
                        }
                    }
                }
            }
        }
        close_year(plan, &state, &months_of, &mut report);
        last_visit = state.last.iter().map(|l| if *l == NEVER { NEVER } else { (*l - 12).max(-600) }).collect();
        progress.advance(1);
    }
    finish(policy, inputs, plan, &mut report);
    Ok(report)
}

fn rounding_units(policy: &Policy) -> [f64; RESOURCES] {
    let allowance = super::capacity::dead_allowance(policy);
    std::array::from_fn(|r| {
        let costs: Vec<f64> =
            policy.categories.iter().map(|c| super::capacity::cost_by_resource(&c.cost)[r] * allowance).collect();
        rounding_unit(&costs)
    })
}

/// A month's targets; the state's chances of going unvisited so far in each slot are begun and carried on.
#[must_use]
pub fn open_month(
    context: &TargetContext<'_>,
    schedule: &Schedule,
    state: &mut SiteState,
    month: usize,
) -> MonthTargets {
    for site in 0..state.unvisited.len() {
        if schedule.slots[site] > 0 && context.owners().slot_start(site, month) == month {
            state.unvisited[site] = 1.0;
        }
    }
    let targets = context.compute(state, month);
    for (unvisited, p) in state.unvisited.iter_mut().zip(&targets.p) {
        *unvisited *= 1.0 - p;
    }
    targets
}

fn check_visit(context: &TargetContext<'_>, state: &SiteState, visit: &Visit, report: &mut SimulationReport) {
    let (Some(site), VisitKind::Drawn) = (visit.site.map(|s| s as usize), visit.kind) else { return };
    let month = i32::from(visit.month);
    let window = i32::from(context.window());
    let last = state.last[site];
    let planned = context.mandatory().iter();
    let near = planned
        .skip(context.mandatory().partition_point(|v| (v.site as usize) < site))
        .take_while(|v| v.site as usize == site)
        .any(|v| (i32::from(v.month) - month).abs() <= window);
    report.window_broken += u64::from((last != NEVER && month - i32::from(last) <= window) || near);
    let cut = context.owners().own_cut(site);
    let slot = slot_months(&cut, cut[visit.month as usize]);
    let used = state.slot_visit[site];
    report.slot_broken += u64::from(used >= 0 && slot >> used & 1 == 1);
}

fn close_year(plan: &AnnualPlan, state: &SiteState, months_of: &[u16], report: &mut SimulationReport) {
    for (site, months) in months_of.iter().enumerate() {
        let slots = plan.schedule.slots[site];
        let visits = months.count_ones();
        report.above_ceiling += u64::from(visits > u32::from(slots));
        let whole = slots == 1 && plan.schedule.rate[site] >= 1.0 && !plan.schedule.crowded[site];
        if whole {
            report.whole_years += 1;
            // A mandatory check that counts as the slot's visit is that one visit.
            let had = visits + u32::from(visits == 0 && state.slot_visit[site] >= 0);
            report.whole_missed += u64::from(had != 1);
        }
    }
}

fn finish(policy: &Policy, inputs: &PlanInputs, plan: &AnnualPlan, report: &mut SimulationReport) {
    let years = f64::from(report.years.max(1));
    report.deferred /= years;
    report.lost /= years;
    for month in report.by_month.iter_mut().flatten() {
        *month /= years;
    }
    report.tiers = vec![TierReport::default(); policy.tiers.len()];
    let mandatory = inputs.mandatory_in_effect();
    let context = TargetContext::new(policy, inputs, &plan.shares, &plan.schedule);
    let mut at = 0;
    for site in 0..inputs.sites.len() {
        let first = at;
        while at < mandatory.len() && mandatory[at].site as usize == site {
            at += 1;
        }
        let slots = plan.schedule.slots[site];
        if slots == 0 {
            continue;
        }
        let cut = context.owners().own_cut(site);
        let counting = mandatory[first..at].iter().filter(|v| policy.mandatory[v.rule as usize].counts_as_slot);
        let used = counting.fold(0_u16, |used, v| used | 1 << cut[v.month as usize].min(15)).count_ones();
        let tier = &mut report.tiers[inputs.sites.tier[site] as usize];
        tier.sites += 1;
        tier.lambda += plan.frequencies.lambda[site];
        tier.expected += plan.schedule.rate[site] * f64::from(u32::from(slots).saturating_sub(used));
        tier.realised += f64::from(report.site_visits[site]) / years;
    }
}
