//! The matrix of bodies by month: what is expected, what the planner locked, what was entered.

use std::collections::{BTreeMap, BTreeSet};

use super::{AnnualPlan, Overload, PlanCell, amount};
use crate::domain::PlanMonth;
use crate::plan::capacity::{cost_by_resource, dead_allowance, usable_capacity, window_months};
use crate::plan::model::{ByMonth, MONTHS, MandatoryVisit, NEVER, PlanInputs, RESOURCES, Resource, VisitKind};
use crate::plan::slots::{SlotSpec, expected_by_month};
use crate::plan::state::SlotOwners;
use crate::policy::Policy;

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

/// Fills the matrix, the districts' sums and the overloads of a plan.
pub(super) fn fill_matrix(policy: &Policy, inputs: &PlanInputs, plan: &mut AnnualPlan) {
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
    enter_past(inputs, &mut matrix);
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

/// What was entered so far.
fn enter_past(inputs: &PlanInputs, matrix: &mut [Vec<PlanCell>]) {
    for visit in &inputs.history.visits {
        let Some(site) = visit.site else { continue };
        let cell = &mut matrix[inputs.sites.body[site as usize] as usize][visit.month as usize];
        match visit.kind {
            VisitKind::Drawn => cell.past_drawn += 1,
            VisitKind::Mandatory(_) => cell.past_mandatory += 1,
            VisitKind::Triggered => cell.past_triggered += 1,
            VisitKind::OtherDepartment { .. } => continue,
        }
        cell.past_done += u32::from(visit.done);
    }
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
                let Some(have) = have.filter(|_| cell.is_over(resource)) else { continue };
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
