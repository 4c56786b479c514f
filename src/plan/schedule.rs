//! The year's slots of every site, and of enterprises whose sites could pass their cap together.
//!
//! Most sites keep their own slots ([`super::slots`]). An enterprise whose sites' slots add up to more
//! than its cap, Σ⌈λᵢ⌉ > cap, is **crowded**: drawn independently its sites would now and then use up the
//! cap and lose what is left of their expectation. Such an enterprise has slots of its own, ⌈Λ⌉ ≤ cap of
//! them for Λ = Σλᵢ ≤ cap, each used with Λ/⌈Λ⌉ at most once, so that the expectation is kept and the cap
//! can't be passed. A month's frame then holds one of its sites, the one that has waited longest in terms
//! of its own frequency (months unvisited × λᵢ, ties by unit order): with equal frequencies that is the
//! longest unvisited; with unequal ones each site is visited in proportion to its λ, where plain waiting
//! time would give all of them the same frequency whatever their risk.

use super::model::PlanInputs;
use super::reason::Exclusion;
use super::slots::slot_count;
use crate::policy::Policy;

/// An enterprise with slots of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    /// Enterprise.
    pub enterprise: u32,
    /// Its sites in the draw, in unit order.
    pub sites: Vec<u32>,
    /// First month of its slots.
    pub start: u8,
    /// Number of slots.
    pub slots: u8,
    /// Probability of a visit in each.
    pub rate: f64,
}

/// Slots of all sites.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schedule {
    /// First month of a site's slots: 0, or the month from which it was planned afresh.
    pub start: Vec<u8>,
    /// Number of slots; 0 for sites out of the draw.
    pub slots: Vec<u8>,
    /// a: probability of a visit in each.
    pub rate: Vec<f64>,
    /// True for sites of a crowded enterprise.
    pub crowded: Vec<bool>,
    /// Crowded enterprises, in order of enterprise.
    pub crowds: Vec<Crowd>,
    /// Enterprises with two or more sites in the draw: their sites in unit order.
    pub multi: Vec<(u32, Vec<u32>)>,
}

impl Schedule {
    /// Visits expected from `start` on: a·K.
    #[must_use]
    pub fn expected(&self, site: usize) -> f64 {
        self.rate[site] * f64::from(self.slots[site])
    }

    /// Lays out the slots of a whole year.
    #[must_use]
    pub fn of_year(policy: &Policy, inputs: &PlanInputs, lambda: &[f64]) -> Self {
        let mut schedule = Self {
            start: vec![0; lambda.len()],
            slots: lambda.iter().map(|l| slot_count(*l)).collect(),
            rate: Vec::new(),
            crowded: vec![false; lambda.len()],
            crowds: Vec::new(),
            multi: multi_site_enterprises(inputs),
        };
        schedule.rate = lambda.iter().zip(&schedule.slots).map(|(l, k)| rate_of(*l, *k)).collect();
        if policy.cap.counts_drawn {
            for at in 0..schedule.multi.len() {
                schedule.gather(at, 0, f64::from(policy.cap.visits));
            }
        }
        schedule
    }

    /// Makes the enterprise `multi[at]` crowded from `start` on if its slots pass `left`, the visits that
    /// its cap leaves.
    pub(super) fn gather(&mut self, at: usize, start: u8, left: f64) {
        let (enterprise, sites) = &self.multi[at];
        let slots: f64 = sites.iter().map(|i| f64::from(self.slots[*i as usize])).sum();
        if slots <= left {
            return;
        }
        let total: f64 = sites.iter().map(|i| self.expected(*i as usize)).sum();
        let total = total.min(left);
        let count = slot_count(total);
        let crowd =
            Crowd { enterprise: *enterprise, sites: sites.clone(), start, slots: count, rate: rate_of(total, count) };
        for site in &crowd.sites {
            self.crowded[*site as usize] = true;
        }
        match self.crowds.binary_search_by_key(enterprise, |c| c.enterprise) {
            Ok(found) => self.crowds[found] = crowd,
            Err(place) => self.crowds.insert(place, crowd),
        }
    }

    /// Dissolves a crowd; its sites have their own slots again.
    pub(super) fn scatter(&mut self, enterprise: u32) {
        if let Ok(found) = self.crowds.binary_search_by_key(&enterprise, |c| c.enterprise) {
            for site in self.crowds.remove(found).sites {
                self.crowded[site as usize] = false;
            }
        }
    }
}

/// a = λ/K, exactly 1 where λ is an integer.
pub(super) fn rate_of(lambda: f64, slots: u8) -> f64 {
    if slots == 0 {
        return 0.0;
    }
    let rate = lambda / f64::from(slots);
    if rate > 1.0 - 1e-9 { 1.0 } else { rate }
}

fn multi_site_enterprises(inputs: &PlanInputs) -> Vec<(u32, Vec<u32>)> {
    let sites = &*inputs.sites;
    let mut counts = vec![0_u8; sites.enterprises()];
    let is_in = |i: &usize| sites.exclusion[*i] == Exclusion::None;
    for i in (0..sites.len()).filter(is_in) {
        let count = &mut counts[sites.enterprise[i] as usize];
        *count = count.saturating_add(1);
    }
    let mut members: Vec<(u32, u32)> = (0..sites.len())
        .filter(is_in)
        .map(|i| (sites.enterprise[i], i as u32))
        .filter(|(e, _)| counts[*e as usize] > 1)
        .collect();
    members.sort_unstable();
    members.chunk_by(|a, b| a.0 == b.0).map(|g| (g[0].0, g.iter().map(|(_, i)| *i).collect())).collect()
}
