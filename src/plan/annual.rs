//! The yearly plan: frequencies, slots, and the matrix of bodies by month (rules, item 8).
//!
//! Expected visits are exact for the slots ([`expected_by_month`]): windows left over from last year,
//! windows between slots, and mandatory checks that stand for a slot's visit are in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::capacity::{cost_by_resource, dead_allowance, usable_capacity, window_months};
use super::feasibility::{Shortage, compute_shortages};
use super::frequency::{Frequencies, compute_frequencies};
use super::model::{ByMonth, MONTHS, MandatoryVisit, NEVER, PlanInputs, RESOURCES, Resource, VisitKind};
use super::reason::Exclusion;
use super::schedule::Schedule;
use super::shares::{ShareProfiles, compute_shares, floor_of};
use super::slots::{SlotSpec, expected_by_month};
use super::state::SlotOwners;
use crate::diagnostic::AppResult;
use crate::domain::PlanMonth;
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
}

impl PlanCell {
    /// Expected visits, drawn and mandatory.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.drawn.iter().sum::<f64>() + self.mandatory.iter().map(|n| f64::from(*n)).sum::<f64>()
    }
}

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
    /// Expected visits (drawn and mandatory) by (district index, body index) and month.
    pub districts: BTreeMap<(u16, u16), ByMonth<f64>>,
    /// Floors and caps.
    pub lights: Vec<Light>,
    /// Off-site checks of positive-list members.
    pub off_site: Vec<OffSiteQuota>,
    /// What does not fit; see [`AnnualPlan::is_sealable`].
    pub shortages: Vec<Shortage>,
    /// Months fuller than their capacity.
    pub overloads: Vec<Overload>,
}

impl AnnualPlan {
    /// False while a shortage stands that must be mended before anything is sealed.
    #[must_use]
    pub fn is_sealable(&self) -> bool {
        !self.shortages.iter().any(|s| s.blocking)
    }

    /// Expected visits of the year, drawn and mandatory.
    #[must_use]
    pub fn expected_visits(&self) -> f64 {
        self.matrix.iter().flatten().map(PlanCell::expected).sum()
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
    };
    fill_matrix(policy, inputs, &mut plan);
    plan.off_site = off_site_quotas(policy, inputs);
    plan.shortages = compute_shortages(policy, inputs, &plan.frequencies);
    plan.lights = compute_lights(policy, inputs, &plan);
    plan
}

/// Expected drawn visits of a site by month, with what is known at the beginning of its slots.
struct Expectation<'a> {
    policy: &'a Policy,
    inputs: &'a PlanInputs,
    plan: &'a AnnualPlan,
    owners: SlotOwners<'a>,
    window: u8,
    /// Month of the last drawn or mandatory visit of this year by site, for sites planned afresh.
    recent: BTreeMap<u32, i16>,
    /// One slot used for sure, by profile and shut months: others are in proportion to their rate.
    single: Vec<Option<ByMonth<f64>>>,
    cache: BTreeMap<(u32, u64, u8), ByMonth<f64>>,
}

impl Expectation<'_> {
    fn of(&mut self, site: usize, mandatory: &[MandatoryVisit]) -> ByMonth<f64> {
        let schedule = &self.plan.schedule;
        let (rate, slots, start) = (schedule.rate[site], schedule.slots[site], schedule.start[site]);
        let mut last = self.inputs.history.last_visit.get(site).copied().unwrap_or(NEVER);
        if start > 0
            && let Some(month) = self.recent.get(&(site as u32))
        {
            last = *month;
        }
        // Older visits than the window close nothing: one class for all of them.
        let shut = if last == NEVER { 0 } else { (i32::from(last) + i32::from(self.window) + 1).clamp(0, 12) as u8 };
        let profile = self.plan.shares.of_site[site];
        if !mandatory.is_empty() || start > 0 {
            return self.compute(site, mandatory, last, rate);
        }
        if slots == 1 {
            let place = profile as usize * (MONTHS + 1) + shut as usize;
            let unit = self.single[place].unwrap_or_else(|| self.compute(site, mandatory, last, 1.0));
            self.single[place] = Some(unit);
            return unit.map(|e| e * rate);
        }
        let key = (profile, rate.to_bits(), shut);
        if let Some(known) = self.cache.get(&key) {
            return *known;
        }
        let expected = self.compute(site, mandatory, last, rate);
        self.cache.insert(key, expected);
        expected
    }

    fn compute(&self, site: usize, mandatory: &[MandatoryVisit], last: i16, rate: f64) -> ByMonth<f64> {
        let profile = self.plan.shares.of(site);
        let bits = |v: &MandatoryVisit| 1_u16 << v.month;
        let counting = |v: &&MandatoryVisit| self.policy.mandatory[v.rule as usize].counts_as_slot;
        expected_by_month(&SlotSpec {
            share: &profile.share,
            open: profile.open,
            cut: &self.owners.own_cut(site),
            slots: self.plan.schedule.slots[site],
            rate,
            last,
            window: self.window,
            mandatory: mandatory.iter().fold(0, |b, v| b | bits(v)),
            counting: mandatory.iter().filter(counting).fold(0, |b, v| b | bits(v)),
        })
    }
}

fn fill_matrix(policy: &Policy, inputs: &PlanInputs, plan: &mut AnnualPlan) {
    let categories = policy.categories.len();
    let sites = &*inputs.sites;
    let usable = usable_capacity(policy, &inputs.capacity_in_effect());
    let mandatory = inputs.mandatory_in_effect();
    let mut drawn: Vec<ByMonth<f64>> = vec![[0.0; MONTHS]; inputs.bodies.len() * categories];
    let most = sites.district.iter().max().map_or(0, |d| *d as usize + 1);
    let mut districts: Vec<ByMonth<f64>> = vec![[0.0; MONTHS]; most * inputs.bodies.len()];
    let mut present = vec![false; districts.len()];
    let edited = !inputs.edits.quotas.is_empty();
    let mut by_category: Vec<ByMonth<f64>> =
        if edited { vec![[0.0; MONTHS]; districts.len() * categories] } else { Vec::new() };
    let mut recent = BTreeMap::new();
    for visit in &inputs.history.visits {
        if let (Some(site), VisitKind::Drawn | VisitKind::Mandatory(_)) = (visit.site, visit.kind) {
            let last = recent.entry(site).or_insert(i16::from(visit.month));
            *last = (*last).max(i16::from(visit.month));
        }
    }
    let mut expectation = Expectation {
        policy,
        inputs,
        plan,
        owners: SlotOwners::new(&plan.shares, &plan.schedule),
        window: window_months(policy),
        recent,
        single: vec![None; plan.shares.profiles.len() * (MONTHS + 1)],
        cache: BTreeMap::new(),
    };
    let mut at = 0;
    for site in 0..sites.len() {
        let first = at;
        while at < mandatory.len() && mandatory[at].site as usize == site {
            at += 1;
        }
        let district = sites.district[site] as usize * inputs.bodies.len() + sites.body[site] as usize;
        present[district] = true;
        for v in &mandatory[first..at] {
            districts[district][v.month as usize] += 1.0;
        }
        if plan.schedule.slots[site] == 0 {
            continue;
        }
        let expected = expectation.of(site, &mandatory[first..at]);
        let row = &mut drawn[sites.body[site] as usize * categories + sites.category[site] as usize];
        for m in 0..MONTHS {
            row[m] += expected[m];
            districts[district][m] += expected[m];
        }
        if edited {
            let own = &mut by_category[district * categories + sites.category[site] as usize];
            for m in 0..MONTHS {
                own[m] += expected[m];
            }
        }
    }
    let allowance = dead_allowance(policy);
    let before = drawn.clone();
    let locked = apply_quota_edits(policy, inputs, &mut drawn);
    if edited {
        // a body's number is spread over its districts as what was expected of them
        for (at, own) in by_category.iter().enumerate() {
            let (district, category) = (at / categories, at % categories);
            let row = district % inputs.bodies.len() * categories + category;
            for m in 0..MONTHS {
                if before[row][m] > 0.0 {
                    districts[district][m] += own[m] * (drawn[row][m] / before[row][m] - 1.0);
                }
            }
        }
    }
    let mut matrix: Vec<Vec<PlanCell>> = Vec::with_capacity(inputs.bodies.len());
    for body in 0..inputs.bodies.len() {
        let cell = |m: usize| {
            let mut cell = PlanCell {
                drawn: (0..categories).map(|c| drawn[body * categories + c][m]).collect(),
                mandatory: vec![0; categories],
                locked: (0..categories).any(|c| locked[body * categories + c] >> m & 1 == 1),
                ..PlanCell::default()
            };
            for (r, have) in cell.have.iter_mut().enumerate() {
                *have = usable.limits[body][r][m];
            }
            for (c, visits) in cell.drawn.iter().enumerate() {
                let cost = cost_by_resource(&policy.categories[c].cost);
                for (need, c) in cell.need.iter_mut().zip(cost) {
                    *need += visits * c * allowance;
                }
            }
            cell
        };
        matrix.push((0..MONTHS).map(cell).collect());
    }
    for v in &mandatory {
        let (body, category) = (sites.body[v.site as usize] as usize, sites.category[v.site as usize] as usize);
        let cell = &mut matrix[body][v.month as usize];
        cell.mandatory[category] += 1;
        for (need, c) in cell.need.iter_mut().zip(cost_by_resource(&policy.categories[category].cost)) {
            *need += c;
        }
    }
    for visit in &inputs.history.visits {
        let Some(site) = visit.site else { continue };
        let cell = &mut matrix[sites.body[site as usize] as usize][visit.month as usize];
        match visit.kind {
            VisitKind::Drawn => cell.past_drawn += 1,
            VisitKind::Mandatory(_) => cell.past_mandatory += 1,
            VisitKind::Triggered => cell.past_triggered += 1,
            VisitKind::OtherDepartment { .. } => continue,
        }
        cell.past_done += u32::from(visit.done);
    }
    settle_past(policy, inputs, &mut matrix, &mut districts);
    plan.overloads = overloads(inputs, &matrix);
    plan.matrix = matrix;
    plan.districts = districts
        .into_iter()
        .zip(present)
        .enumerate()
        .filter(|(_, (_, there))| *there)
        .map(|(at, (row, _))| (((at / inputs.bodies.len()) as u16, (at % inputs.bodies.len()) as u16), row))
        .collect();
}

/// Months drawn hold what was entered, not what is left of their expectation: sums of the year stay true as the
/// months go by.
fn settle_past(policy: &Policy, inputs: &PlanInputs, matrix: &mut [Vec<PlanCell>], districts: &mut [ByMonth<f64>]) {
    let past: BTreeSet<usize> = inputs.history.past_targets.iter().map(|t| t.month as usize).collect();
    for month in &past {
        for cell in matrix.iter_mut().filter_map(|row| row.get_mut(*month)) {
            cell.drawn.fill(0.0);
            cell.mandatory.fill(0);
            cell.need = [0.0; RESOURCES];
        }
        for row in districts.iter_mut() {
            row[*month] = 0.0;
        }
    }
    let sites = &*inputs.sites;
    for visit in inputs.history.visits.iter().filter(|visit| past.contains(&(visit.month as usize))) {
        let Some(site) = visit.site.map(|site| site as usize) else { continue };
        let (body, category, month) = (sites.body[site] as usize, sites.category[site] as usize, visit.month as usize);
        let cell = &mut matrix[body][month];
        match visit.kind {
            VisitKind::Drawn => cell.drawn[category] += 1.0,
            VisitKind::Mandatory(_) => cell.mandatory[category] += 1,
            VisitKind::Triggered | VisitKind::OtherDepartment { .. } => continue,
        }
        for (need, cost) in cell.need.iter_mut().zip(cost_by_resource(&policy.categories[category].cost)) {
            *need += cost;
        }
        districts[sites.district[site] as usize * inputs.bodies.len() + body][month] += 1.0;
    }
}

/// Puts the planner's numbers into the cells; what they add or take is taken from or given to the category's
/// later unlocked months in proportion (the earlier ones where none is later). Returns the locked months.
fn apply_quota_edits(policy: &Policy, inputs: &PlanInputs, drawn: &mut [ByMonth<f64>]) -> Vec<u16> {
    let categories = policy.categories.len();
    let mut locked = vec![0_u16; drawn.len()];
    let cells: Vec<(usize, usize, f64)> = inputs
        .edits
        .quotas
        .iter()
        .filter_map(|e| {
            let body = inputs.body_index(&e.body)?;
            let category = policy.categories.iter().position(|c| c.id == e.category)?;
            Some((body * categories + category, e.month.index_in(inputs.year)?, e.visits))
        })
        .collect();
    for (row, month, _) in &cells {
        locked[*row] |= 1 << month;
    }
    for (row, month, visits) in cells {
        let change = visits - drawn[row][month];
        drawn[row][month] = visits;
        let open = |m: &usize| locked[row] >> m & 1 == 0;
        let later: Vec<usize> = (month + 1..MONTHS).filter(open).collect();
        let others = if later.is_empty() { (0..month).filter(open).collect() } else { later };
        let sum: f64 = others.iter().map(|m| drawn[row][*m]).sum();
        if sum > 0.0 {
            let factor = ((sum - change) / sum).max(0.0);
            for m in others {
                drawn[row][m] *= factor;
            }
        }
    }
    locked
}

fn overloads(inputs: &PlanInputs, matrix: &[Vec<PlanCell>]) -> Vec<Overload> {
    let mut found = Vec::new();
    for (body, months) in matrix.iter().enumerate() {
        for (month, cell) in months.iter().enumerate() {
            for resource in Resource::ALL {
                let (need, have) = (cell.need[resource.index()], cell.have[resource.index()]);
                let Some(have) = have.filter(|have| need > have + 0.05) else { continue };
                let text = format!(
                    "{} {}：预计需 {} {}，可用 {}，超出部分将顺延至本周期后续月份",
                    inputs.bodies[body].name,
                    PlanMonth::nth_of(inputs.year, month),
                    amount(need),
                    resource.unit(),
                    amount(have)
                );
                found.push(Overload { body: body as u16, month: month as u8, resource, need, have, text });
            }
        }
    }
    found
}

/// A number for a sentence: whole where it is whole, else one decimal.
pub(super) fn amount(value: f64) -> String {
    let tenths = (value * 10.0).round();
    if (tenths / 10.0).fract().abs() < 1e-9 { format!("{:.0}", tenths / 10.0) } else { format!("{:.1}", tenths / 10.0) }
}

fn off_site_quotas(policy: &Policy, inputs: &PlanInputs) -> Vec<OffSiteQuota> {
    let mut members = vec![0_u32; inputs.bodies.len()];
    let sites = &*inputs.sites;
    for site in 0..sites.len() {
        let listed = sites.exclusion[site] == Exclusion::PositiveList;
        let off_site = sites.off_site.get(site).copied().unwrap_or(false);
        members[sites.body[site] as usize] += u32::from(listed || off_site);
    }
    let share = policy.positive_list.off_site_share.0.max(0) as u64;
    members
        .into_iter()
        .enumerate()
        .filter(|(_, n)| *n > 0)
        .map(|(body, members)| OffSiteQuota {
            body: body as u16,
            members,
            checks: (u64::from(members) * share).div_ceil(1000).min(u64::from(members)) as u32,
        })
        .collect()
}

/// Floors by body, category and 特殊, and the yearly cap, each with the articles that it comes from.
fn compute_lights(policy: &Policy, inputs: &PlanInputs, plan: &AnnualPlan) -> Vec<Light> {
    let sites = &*inputs.sites;
    let categories = policy.categories.len();
    let mut sums: BTreeMap<(u16, u8, bool), (f64, f64)> = BTreeMap::new();
    let mut table = vec![(0.0_f64, 0.0_f64, 0_u32); inputs.bodies.len() * categories * 2];
    for site in 0..sites.len() {
        if sites.exclusion[site] == Exclusion::None {
            let row = sites.body[site] as usize * categories + sites.category[site] as usize;
            let cell = &mut table[row * 2 + usize::from(sites.special[site])];
            cell.0 += plan.frequencies.floor[site];
            cell.1 += plan.frequencies.lambda[site];
            cell.2 += 1;
        }
    }
    for (i, cell) in table.iter().enumerate().filter(|(_, c)| c.2 > 0) {
        let key = ((i / 2 / categories) as u16, (i / 2 % categories) as u8, i % 2 == 1);
        sums.insert(key, (cell.0, cell.1));
    }
    let mut lights = Vec::new();
    for ((body, category, special), (floor, planned)) in sums {
        // A floor cut off by its limit is asked in full.
        let cut =
            plan.frequencies.clipped.iter().filter(|c| (c.body, c.category, c.special) == (body, category, special));
        let asked = floor + cut.map(|c| (c.floor - c.limit) * f64::from(c.sites)).sum::<f64>();
        if asked <= 0.0 {
            continue;
        }
        let rule = &policy.categories[category as usize];
        let own = floor_of(policy, &inputs.bodies[body as usize], category as usize);
        let mut basis = own.basis.clone();
        if special {
            basis.extend(policy.special.basis.iter().filter(|b| !own.basis.contains(b)).cloned());
        }
        let kept = planned >= asked - 1e-6;
        let name = if special { format!("{}（特殊）", rule.name) } else { rule.name.clone() };
        let text = format!(
            "{} {name}：最低 {} 次，计划 {} 次{}",
            inputs.bodies[body as usize].name,
            amount(asked),
            amount(planned),
            if kept { "" } else { "，未达到" }
        );
        lights.push(Light { body: Some(body), category: Some(category), special, asked, planned, kept, text, basis });
    }
    lights.push(cap_light(policy, inputs, plan));
    lights
}

fn cap_light(policy: &Policy, inputs: &PlanInputs, plan: &AnnualPlan) -> Light {
    let cap = f64::from(policy.cap.visits);
    let mut sums = vec![0.0_f64; inputs.sites.enterprises()];
    for (site, lambda) in plan.frequencies.lambda.iter().enumerate() {
        sums[inputs.sites.enterprise[site] as usize] += lambda;
    }
    let most = sums.iter().copied().fold(0.0, f64::max);
    let kept = !policy.cap.counts_drawn || most <= cap + 1e-6;
    let scaled = plan.frequencies.scaled.len();
    let below = plan.frequencies.scaled.iter().filter(|s| s.below_floor).count();
    let mut text = format!("每家企业每年至多 {} 次（口径：{}）", policy.cap.visits, policy.cap.rule_set);
    if scaled > 0 {
        let _ = write!(text, "；{scaled} 家有多个污染源的企业按上限等比压缩");
    }
    if below > 0 {
        let _ = write!(text, "，其中 {below} 家的最低频次之和已超过上限");
    }
    if !policy.cap.confirmed {
        text.push_str("；上限数值待本单位确认");
    }
    Light {
        body: None,
        category: None,
        special: false,
        asked: cap,
        planned: most,
        kept,
        text,
        basis: policy.cap.basis.clone(),
    }
}
