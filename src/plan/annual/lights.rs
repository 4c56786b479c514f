//! Rules and whether the plan keeps them; the off-site quota.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{AnnualPlan, Light, OffSiteQuota, amount};
use crate::plan::model::PlanInputs;
use crate::plan::reason::Exclusion;
use crate::plan::shares::floor_of;
use crate::policy::Policy;

/// Positive-list members and their checks by body.
pub(super) fn off_site_quotas(policy: &Policy, inputs: &PlanInputs) -> Vec<OffSiteQuota> {
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
pub(super) fn compute_lights(policy: &Policy, inputs: &PlanInputs, plan: &AnnualPlan) -> Vec<Light> {
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
    lights.extend(term_lights(policy, inputs));
    lights.push(cap_light(policy, inputs, plan));
    lights
}

/// Bodies whose mandatory checks come later than their terms: for want of capacity, or moved by hand.
fn term_lights(policy: &Policy, inputs: &PlanInputs) -> Vec<Light> {
    let mut sums = vec![(0_u32, 0_u32, BTreeSet::new()); inputs.bodies.len()];
    for visit in inputs.mandatory_in_effect() {
        let (checks, late, rules) = &mut sums[usize::from(inputs.sites.body[visit.site as usize])];
        *checks += 1;
        if visit.is_late() {
            *late += 1;
            rules.insert(visit.rule);
        }
    }
    let late = sums.into_iter().enumerate().filter(|(_, (_, late, _))| *late > 0);
    late.map(|(body, (checks, late, rules))| {
        let rules = || rules.iter().filter_map(|rule| policy.mandatory.get(usize::from(*rule)));
        let names: Vec<&str> = rules().map(|rule| rule.name.as_str()).collect();
        let mut basis: Vec<String> = rules().flat_map(|rule| rule.basis.iter().cloned()).collect();
        basis.sort();
        basis.dedup();
        Light {
            body: Some(body as u16),
            category: None,
            special: false,
            asked: f64::from(checks),
            planned: f64::from(checks - late),
            kept: false,
            text: format!(
                "{} 必查期限：{checks} 次中 {late} 次排在期限之后（{}），因力量不足或人工移动",
                inputs.bodies[body].name,
                names.join("、")
            ),
            basis,
        }
    })
    .collect()
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
    if !policy.is_cap_confirmed() {
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
