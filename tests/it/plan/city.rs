//! A synthetic city for the plan's tests and benches: the Shanghai preset's bodies and rules, sites with
//! tiers, aggravators and enterprises of several sites, a roster, a history. The same seed, the same city.

use std::sync::Arc;

use fairdraw::plan::model::{MONTHS, RESOURCES};
use fairdraw::plan::{
    Body, Capacity, Exclusion, History, MandatoryVisit, NEVER, PlanEdits, PlanInputs, PlanSites, compute_annual_plan,
};
use fairdraw::policy::{Policy, load_preset};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Working days of 2026 by month, as the State Council's notice has them.
pub const WORKING_DAYS: [u32; MONTHS] = [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23];

/// The Shanghai preset.
pub fn preset() -> Policy {
    load_preset("shanghai-154").unwrap()
}

fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

fn below(rng: &mut ChaCha8Rng, n: u64) -> u64 {
    rng.next_u64() % n
}

/// A city of `n` sites; `staff` is the share of the 900 inspectors (for 38 000 sites) that it has.
pub fn city(policy: &Policy, n: usize, staff: f64, seed: u64) -> PlanInputs {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let bodies = policy.bodies.len();
    let mut s = PlanSites::default();
    let mut last_visit = Vec::with_capacity(n);
    let mut mandatory = Vec::new();
    let mut enterprise = 0_u32;
    let mut siblings = 0;
    let mut last_body = 0;
    for i in 0..n {
        // Bodies of different size; an enterprise's sites lie next to each other, mostly in one body.
        let body = if siblings > 0 && unit(&mut rng) < 0.9 {
            last_body
        } else {
            (unit(&mut rng) * unit(&mut rng) * bodies as f64) as usize
        };
        last_body = body;
        if siblings > 0 {
            siblings -= 1;
        } else {
            enterprise = i as u32;
            siblings = match unit(&mut rng) {
                x if x < 0.004 => 2 + below(&mut rng, 4),
                x if x < 0.03 => 1,
                _ => 0,
            };
        }
        let category = match unit(&mut rng) {
            x if x < 0.053 => 0,
            x if x < 0.148 => 1,
            _ => 2,
        };
        let bad = unit(&mut rng) * if category == 0 { 1.6 } else { 1.0 };
        let tier = match bad {
            x if x > 1.45 => 0,
            x if x > 1.1 => 1,
            x if x > 0.75 => 2,
            _ => 3,
        };
        let mut bits = 0_u8;
        for bit in 0..4 {
            if unit(&mut rng) < if bad > 0.9 { 0.12 } else { 0.02 } {
                bits |= 1 << bit;
            }
        }
        s.body.push(body as u16);
        s.category.push(category);
        s.district.push((body % 16) as u16);
        s.tier.push(tier);
        s.special.push(bits.count_ones() >= 2 || (category == 0 && unit(&mut rng) < 0.03));
        s.aggravated.push(bits);
        s.enterprise.push(enterprise);
        s.exclusion.push(match unit(&mut rng) {
            x if x < 0.01 => Exclusion::Closed,
            x if x < 0.014 => Exclusion::PositiveList,
            _ => Exclusion::None,
        });
        s.skill.push(if unit(&mut rng) < 0.03 { 1 + below(&mut rng, 4) as u8 } else { 0 });
        s.off_site.push(false);
        last_visit.push(if unit(&mut rng) < 0.3 { -1 - below(&mut rng, 36) as i16 } else { NEVER });
        let in_draw = s.exclusion[i] == Exclusion::None;
        if category == 0 && in_draw && unit(&mut rng) < 0.08 {
            mandatory.push(MandatoryVisit {
                site: i as u32,
                month: below(&mut rng, 12) as u8,
                rule: below(&mut rng, 3) as u8,
                overdue: false,
                by: 11,
            });
        }
    }
    let mut sizes = vec![0.0; bodies];
    for (b, c) in s.body.iter().zip(&s.category) {
        sizes[*b as usize] += [1.0, 0.27, 0.04][*c as usize];
    }
    let total: f64 = sizes.iter().sum();
    let people = (900.0 * n as f64 / 38_000.0).max(4.0 * bodies as f64);
    let mut rows = Vec::new();
    let mut limits = Vec::new();
    for (rule, size) in policy.bodies.iter().zip(&sizes) {
        let inspectors = (people * size / total).round().max(4.0);
        let row: [[Option<f64>; MONTHS]; RESOURCES] = std::array::from_fn(|r| {
            std::array::from_fn(|m| {
                // Six field days a month, teams of two; vehicles, instruments and money to match.
                let team_days = inspectors * staff * 6.0 * f64::from(WORKING_DAYS[m]) / 20.67 / 2.0;
                (r != 4).then_some(team_days * [1.0, 0.9, 0.7, 0.9, 0.0][r])
            })
        });
        limits.push(row);
        rows.push(Body {
            id: rule.id.clone(),
            name: rule.name.clone(),
            level: rule.level,
            inspectors: inspectors as u32,
            leads: (inspectors / 2.0) as u32,
            skills: policy.skills.iter().map(|_| (inspectors / 4.0).ceil() as u32).collect(),
        });
    }
    PlanInputs {
        year: 2027,
        sites: Arc::new(s),
        bodies: rows,
        capacity: Capacity { limits },
        working_days: WORKING_DAYS,
        period_factors: policy.periods.iter().map(|_| [1.0; MONTHS]).collect(),
        history: History { last_visit, ..History::default() },
        mandatory,
        waivable: Vec::new(),
        edits: PlanEdits::default(),
    }
}

/// Gives each body the team-days for its floors and mandatory checks and this share of what it wants above
/// them, the same for every working day; other resources are ample. Floors then fit and, below 1, λ shrink.
pub fn tighten(policy: &Policy, inputs: &mut PlanInputs, share: f64) {
    let plan = compute_annual_plan(policy, inputs).unwrap();
    let keep = 1.0 - policy.capacity.triggered_reserve.to_f64();
    let use_of = plan.frequencies.floor_use.iter().zip(&plan.frequencies.planned_use);
    for (limits, (floor, planned)) in inputs.capacity.limits.iter_mut().zip(use_of) {
        let a_day = (0..MONTHS)
            .map(|m| (floor[0][m] + share * (planned[0][m] - floor[0][m])) / f64::from(WORKING_DAYS[m]))
            .fold(0.0, f64::max);
        for m in 0..MONTHS {
            limits[0][m] = Some(a_day * f64::from(WORKING_DAYS[m]) / keep);
        }
    }
}
