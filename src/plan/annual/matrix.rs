//! The matrix of bodies by month: what is expected, what the planner locked, what was entered.

use std::collections::BTreeMap;

use super::{AnnualPlan, LockedNumber, Overload, PlanCell, amount};
use crate::domain::PlanMonth;
use crate::plan::capacity::{cost_by_resource, dead_allowance, usable_capacity};
use crate::plan::forecast::{FixedNumber, Forecast, compute_forecast};
use crate::plan::model::{ByMonth, MONTHS, MandatoryVisit, PlanInputs, Resource, VisitKind};
use crate::policy::Policy;

/// District of a check whose site the register has no more.
const NO_DISTRICT: u16 = u16::MAX;

/// Sums by (district, body), the ones that some site belongs to.
struct DistrictSums {
    bodies: usize,
    rows: Vec<ByMonth<f64>>,
    present: Vec<bool>,
    /// By body: checks of sites that the register has no more.
    gone: BTreeMap<u16, ByMonth<f64>>,
}

impl DistrictSums {
    fn new(inputs: &PlanInputs) -> Self {
        let most = inputs.sites.district.iter().max().map_or(0, |d| *d as usize + 1);
        let places = most * inputs.bodies.len();
        Self {
            bodies: inputs.bodies.len(),
            rows: vec![[0.0; MONTHS]; places],
            present: vec![false; places],
            gone: BTreeMap::new(),
        }
    }

    fn of(&mut self, district: u16, body: usize) -> &mut ByMonth<f64> {
        let at = district as usize * self.bodies + body;
        self.present[at] = true;
        &mut self.rows[at]
    }

    fn finish(self) -> BTreeMap<(u16, u16), ByMonth<f64>> {
        let bodies = self.bodies;
        self.rows
            .into_iter()
            .zip(self.present)
            .enumerate()
            .filter(|(_, (_, there))| *there)
            .map(|(at, (row, _))| (((at / bodies) as u16, (at % bodies) as u16), row))
            .chain(self.gone.into_iter().map(|(body, row)| ((NO_DISTRICT, body), row)))
            .collect()
    }
}

/// Fills the matrix, the districts' sums, the locked numbers and the overloads of a plan.
pub(super) fn fill_matrix(policy: &Policy, inputs: &PlanInputs, plan: &mut AnnualPlan) {
    let forecast = compute_forecast(policy, inputs, &plan.shares, &plan.schedule);
    let sites = &*inputs.sites;
    let mut matrix = empty_matrix(policy, inputs);
    let mut districts = DistrictSums::new(inputs);
    let categories = policy.categories.len();
    // row by row side by side, then into the cells: the cells' own memory is scattered
    let mut drawn = vec![[0.0; MONTHS]; inputs.bodies.len() * categories];
    for site in 0..sites.len() {
        let (body, category) = (sites.body[site] as usize, sites.category[site] as usize);
        let sums = districts.of(sites.district[site], body);
        let Some(expected) = forecast.row_of(site) else { continue };
        let cell = &mut drawn[body * categories + category];
        for ((cell, sum), visits) in cell.iter_mut().zip(sums).zip(expected) {
            *cell += visits;
            *sum += visits;
        }
    }
    for (row, drawn) in matrix.iter_mut().zip(drawn.chunks(categories.max(1))) {
        for (category, visits) in drawn.iter().enumerate() {
            for (cell, visits) in row.iter_mut().zip(visits) {
                cell.drawn[category] = *visits;
            }
        }
    }
    take_waived(inputs, &forecast, &mut matrix, &mut districts);
    add_need_of_drawn(policy, &mut matrix);
    for v in inputs.mandatory_in_effect() {
        let site = v.site as usize;
        if v.month < inputs.history.next || sites.exclusion[site].is_dead() {
            continue;
        }
        districts.of(sites.district[site], sites.body[site] as usize)[v.month as usize] += 1.0;
        add_mandatory(policy, inputs, v, &mut matrix);
    }
    for (body, row) in matrix.iter_mut().enumerate() {
        for (m, cell) in row.iter_mut().enumerate() {
            (cell.deferred, cell.lost) = (forecast.deferred[body][m], forecast.lost[body][m]);
        }
    }
    enter_listed(policy, inputs, &mut matrix, &mut districts);
    plan.locked = locked_numbers(policy, inputs, &forecast.fixed);
    plan.overloads = overloads(inputs, &matrix);
    plan.matrix = matrix;
    plan.districts = districts.finish();
    plan.forecast = forecast;
}

/// Cells without any visit, with what there is of each resource and the planner's locks.
fn empty_matrix(policy: &Policy, inputs: &PlanInputs) -> Vec<Vec<PlanCell>> {
    let usable = usable_capacity(policy, &inputs.capacity_in_effect());
    let categories = policy.categories.len();
    let mut matrix: Vec<Vec<PlanCell>> = usable
        .limits
        .iter()
        .map(|limits| {
            let cell = |m: usize| PlanCell {
                drawn: vec![0.0; categories],
                mandatory: vec![0; categories],
                have: std::array::from_fn(|r| limits[r][m]),
                ..PlanCell::default()
            };
            (0..MONTHS).map(cell).collect()
        })
        .collect();
    for edit in &inputs.edits.quotas {
        if let (Some(body), Some(month)) = (inputs.body_index(&edit.body), edit.month.index_in(inputs.year)) {
            matrix[body][month].locked |= policy.categories.iter().any(|c| c.id == edit.category);
        }
    }
    matrix
}

/// A mandatory check that an earlier draw may make needless is on the plan until then; that it may be is taken off its
/// month's drawn checks, as far as there are any, so that sums of the plan are expectations.
fn take_waived(inputs: &PlanInputs, forecast: &Forecast, matrix: &mut [Vec<PlanCell>], districts: &mut DistrictSums) {
    let sites = &*inputs.sites;
    let mut last = None;
    for waivable in &inputs.waivable {
        let site = waivable.site as usize;
        let (body, category) = (sites.body[site] as usize, sites.category[site] as usize);
        let Some(waived) = forecast.waived_of(site).filter(|_| last != Some(site)) else { continue };
        last = Some(site);
        for (m, visits) in waived.into_iter().enumerate() {
            let drawn = &mut matrix[body][m].drawn[category];
            let visits = visits.min(*drawn);
            *drawn -= visits;
            districts.of(sites.district[site], body)[m] -= visits;
        }
    }
}

/// What the expected draws take, dead records allowed for.
fn add_need_of_drawn(policy: &Policy, matrix: &mut [Vec<PlanCell>]) {
    let allowance = dead_allowance(policy);
    let costs: Vec<_> = policy.categories.iter().map(|c| cost_by_resource(&c.cost)).collect();
    for cell in matrix.iter_mut().flatten() {
        for (visits, costs) in cell.drawn.iter().zip(&costs) {
            for (need, cost) in cell.need.iter_mut().zip(costs) {
                *need += visits * cost * allowance;
            }
        }
    }
}

fn add_mandatory(policy: &Policy, inputs: &PlanInputs, v: MandatoryVisit, matrix: &mut [Vec<PlanCell>]) {
    let site = v.site as usize;
    let category = inputs.sites.category[site] as usize;
    let cell = &mut matrix[inputs.sites.body[site] as usize][v.month as usize];
    cell.mandatory[category] += 1;
    for (need, cost) in cell.need.iter_mut().zip(cost_by_resource(&policy.categories[category].cost)) {
        *need += cost;
    }
}

/// Months drawn hold what their draws put on the lists: sums of the year stay true as the months go by.
fn enter_listed(policy: &Policy, inputs: &PlanInputs, matrix: &mut [Vec<PlanCell>], districts: &mut DistrictSums) {
    for v in &inputs.history.listed {
        let (body, category, month) = (v.body as usize, v.category as usize, v.month as usize);
        let cell = &mut matrix[body][month];
        match v.kind {
            VisitKind::Drawn => {
                cell.past_drawn += 1;
                cell.drawn[category] += 1.0;
            }
            VisitKind::Mandatory(_) => {
                cell.past_mandatory += 1;
                cell.mandatory[category] += 1;
            }
            VisitKind::Triggered => {
                cell.past_triggered += 1;
                cell.past_done += u32::from(v.done);
                continue;
            }
            VisitKind::OtherDepartment { .. } => continue,
        }
        cell.past_done += u32::from(v.done);
        cell.past_planned_done += u32::from(v.done);
        for (need, cost) in cell.need.iter_mut().zip(cost_by_resource(&policy.categories[category].cost)) {
            *need += cost;
        }
        match v.site.and_then(|site| inputs.sites.district.get(site as usize)) {
            Some(district) => districts.of(*district, body)[month] += 1.0,
            None => districts.gone.entry(v.body).or_insert([0.0; MONTHS])[month] += 1.0,
        }
    }
}

/// What the planner locked, against what the rules give and what can be drawn.
fn locked_numbers(policy: &Policy, inputs: &PlanInputs, fixed: &[FixedNumber]) -> Vec<LockedNumber> {
    let made = |number: &FixedNumber| {
        let edit = inputs.edits.quotas.get(number.edit)?;
        let body = inputs.body_index(&edit.body)?;
        let category = policy.categories.iter().position(|c| c.id == edit.category)?;
        let (name, kind) = (&inputs.bodies[body].name, &policy.categories[category].name);
        let capped = edit.visits > number.possible + 0.05;
        let kept = edit.visits.min(number.possible);
        let text = if capped {
            let whole = number.possible.fract().abs() < 1e-6;
            let about = if whole { "" } else { "约" };
            format!(
                "{name} {} 月{kind}只有{about} {} 家可抽，按 {} 次计（原填 {} 次）",
                edit.month.month(),
                amount(number.possible),
                amount(kept),
                amount(edit.visits)
            )
        } else {
            let change = kept - number.ruled;
            let way = if change >= 0.0 { "多" } else { "少" };
            format!(
                "{name} {} 月{kind}由人工锁定 {} 次，比规则{way} {} 次，由同类对象本周期其他月份增减",
                edit.month.month(),
                amount(kept),
                amount(change.abs())
            )
        };
        Some(LockedNumber {
            body: body as u16,
            category: category as u8,
            month: edit.month.index_in(inputs.year)? as u8,
            wanted: edit.visits,
            ruled: number.ruled,
            possible: number.possible,
            capped,
            text,
        })
    };
    fixed.iter().filter_map(made).collect()
}

fn overloads(inputs: &PlanInputs, matrix: &[Vec<PlanCell>]) -> Vec<Overload> {
    let mut found = Vec::new();
    for (body, months) in matrix.iter().enumerate() {
        // what is past can't be relieved
        for (month, cell) in months.iter().enumerate().skip(inputs.history.next as usize) {
            for resource in Resource::ALL {
                let (need, have) = (cell.need[resource.index()], cell.have[resource.index()]);
                let Some(have) = have.filter(|_| cell.is_over(resource)) else { continue };
                let why = if cell.locked {
                    "人工锁定与必查的数量不顺延"
                } else {
                    "必查与本周期最后一个月的检查不能顺延"
                };
                let text = format!(
                    "{} {}：预计需 {} {}，可用 {}，超载 {}；{why}",
                    inputs.bodies[body].name,
                    PlanMonth::nth_of(inputs.year, month),
                    amount(need),
                    resource.unit(),
                    amount(have),
                    amount(need - have)
                );
                found.push(Overload { body: body as u16, month: month as u8, resource, need, have, text });
            }
        }
    }
    found
}
