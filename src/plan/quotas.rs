//! From targets to quotas (rules, item 7): certainties aside, F = Σp of a stratum's others; a body's
//! strata are rounded together, unbiased, and the probabilities that go with n are drawn by.
//!
//! Rounding and probabilities live in the sampling room; the rounding comes in as a function. Here are the strata.

use super::model::PlanInputs;
use super::targets::MonthTargets;
use crate::policy::Policy;

/// A stratum of a month: what the draw needs.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumTargets {
    /// Body index.
    pub body: u16,
    /// Category index after merging.
    pub category: u8,
    /// Sites that are sure to be drawn, in unit order (mandatory checks included).
    pub certain: Vec<u32>,
    /// Sites with a chance short of that, in unit order.
    pub units: Vec<u32>,
    /// Their p.
    pub p: Vec<f64>,
    /// Sites with p = 0, in unit order.
    pub excluded: Vec<u32>,
    /// F = Σp.
    pub expected: f64,
    /// n of the free units, once rounded; certainties come on top.
    pub draw: u32,
}

/// Category of a stratum after the policy's merges: `[body * categories + category]`.
#[must_use]
pub fn merged_categories(policy: &Policy, inputs: &PlanInputs) -> Vec<u8> {
    let categories = policy.categories.len();
    let mut merged: Vec<u8> = (0..inputs.bodies.len() * categories).map(|i| (i % categories) as u8).collect();
    let index = |id: &str| policy.categories.iter().position(|c| c.id == id);
    for merge in &policy.merges {
        if let (Some(body), Some(from), Some(into)) =
            (inputs.body_index(&merge.body), index(&merge.from), index(&merge.into))
        {
            merged[body * categories + from] = into as u8;
        }
    }
    // Chains (a into b, b into c) end after as many steps as there are categories.
    for _ in 0..categories {
        for i in 0..merged.len() {
            merged[i] = merged[i / categories * categories + merged[i] as usize];
        }
    }
    merged
}

/// The strata of a month, by body and category; those without any site are left out. Sites whose target is `certain` or
/// more are sure to be drawn, on top of their stratum's quota.
#[must_use]
pub fn compute_strata(
    policy: &Policy,
    inputs: &PlanInputs,
    targets: &MonthTargets,
    certain: f64,
) -> Vec<StratumTargets> {
    let categories = policy.categories.len();
    let merged = merged_categories(policy, inputs);
    let mut strata: Vec<StratumTargets> = (0..inputs.bodies.len() * categories)
        .map(|i| StratumTargets {
            body: (i / categories) as u16,
            category: (i % categories) as u8,
            certain: Vec::new(),
            units: Vec::new(),
            p: Vec::new(),
            excluded: Vec::new(),
            expected: 0.0,
            draw: 0,
        })
        .collect();
    let sites = &*inputs.sites;
    for (site, p) in targets.p.iter().enumerate() {
        let own = sites.body[site] as usize * categories + sites.category[site] as usize;
        let stratum = &mut strata[own / categories * categories + merged[own] as usize];
        if *p >= certain {
            stratum.certain.push(site as u32);
        } else if *p > 0.0 {
            stratum.units.push(site as u32);
            stratum.p.push(*p);
            stratum.expected += p;
        } else {
            stratum.excluded.push(site as u32);
        }
    }
    strata.retain(|s| !(s.certain.is_empty() && s.units.is_empty() && s.excluded.is_empty()));
    strata
}

/// Rounds each body's F together and sets `draw`. `round` gets the body's index and its F in stratum
/// order and gives as many whole numbers; a number above the stratum's free units is cut to them.
pub fn assign_quotas(strata: &mut [StratumTargets], mut round: impl FnMut(u16, &[f64]) -> Vec<u32>) {
    for group in strata.chunk_by_mut(|a, b| a.body == b.body) {
        let expected: Vec<f64> = group.iter().map(|s| s.expected).collect();
        let rounded = round(group[0].body, &expected);
        for (stratum, n) in group.iter_mut().zip(rounded) {
            stratum.draw = n.min(stratum.units.len() as u32);
        }
    }
}
