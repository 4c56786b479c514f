//! How often who is paired with whom, by simulation.
//!
//! Duty: frequencies to be shown, from seeds that are nobody's. There's no formula for a pair's probability, so none is
//! claimed: the pairing is run for every seed given, and counted. The seeds' order doesn't matter.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::assign::Staffing;
use super::roster::{Needs, Roster};
use super::rule::PairingRule;
use crate::diagnostic::AppResult;
use crate::domain::{InspectorId, UnitId};

/// Two certificates, the lesser bytes first.
pub type Pair = (InspectorId, InspectorId);

/// Counts over simulated draws.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairFrequencies {
    /// Number of simulated draws.
    pub draws: u64,
    /// Of these the ones that the roster could not staff.
    pub unfilled: u64,
    /// Pair → in how many draws the two stood together in at least one check. Divide by `draws`.
    pub together: BTreeMap<Pair, u64>,
    /// Pair → number of checks together over all draws. Divide by `draws` for the expected number.
    pub checks: BTreeMap<Pair, u64>,
    /// For the units watched: pair → in how many draws it got this unit.
    pub of_unit: BTreeMap<UnitId, BTreeMap<Pair, u64>>,
}

impl PairFrequencies {
    fn merge(mut self, other: Self) -> Self {
        let add = |into: &mut BTreeMap<Pair, u64>, from: BTreeMap<Pair, u64>| {
            for (pair, n) in from {
                *into.entry(pair).or_insert(0) += n;
            }
        };
        self.draws += other.draws;
        self.unfilled += other.unfilled;
        add(&mut self.together, other.together);
        add(&mut self.checks, other.checks);
        for (unit, pairs) in other.of_unit {
            add(self.of_unit.entry(unit).or_default(), pairs);
        }
        self
    }
}

/// Runs the pairing of these needs for every seed and counts the pairs; `watch` are units whose pairs are counted singly.
/// Where the roster can't staff them every draw is counted as such.
#[must_use]
pub fn simulate_pairs(
    rule: PairingRule,
    roster: &Roster,
    needs: &Needs,
    seeds: impl IntoIterator<Item = [u8; 32]>,
    watch: &[UnitId],
) -> PairFrequencies {
    // no seed has a say in it: made ready once
    let staffing = Staffing::new(rule, roster, needs).ok();
    let seeds: Vec<[u8; 32]> = seeds.into_iter().collect();
    let count = |seed: &[u8; 32]| count_pairs(staffing.as_ref(), seed, watch);
    seeds.par_iter().map(count).reduce(PairFrequencies::default, PairFrequencies::merge)
}

/// As [`simulate_pairs`], where the seed decides on the needs as well: `needs_of` gives what is drawn with it.
///
/// # Errors
/// Those of `needs_of`.
pub fn simulate_draws(
    rule: PairingRule,
    roster: &Roster,
    needs_of: impl Fn(&[u8; 32]) -> AppResult<Needs> + Sync,
    seeds: impl IntoIterator<Item = [u8; 32]>,
) -> AppResult<PairFrequencies> {
    let seeds: Vec<[u8; 32]> = seeds.into_iter().collect();
    let count = |seed: &[u8; 32]| {
        let needs = needs_of(seed)?;
        Ok(count_pairs(Staffing::new(rule, roster, &needs).ok().as_ref(), seed, &[]))
    };
    seeds.par_iter().map(count).try_reduce(PairFrequencies::default, |a, b| Ok(a.merge(b)))
}

/// The pairs of one draw; without a staffing it is one that can't be filled.
fn count_pairs(staffing: Option<&Staffing<'_>>, seed: &[u8; 32], watch: &[UnitId]) -> PairFrequencies {
    let mut counts = PairFrequencies { draws: 1, ..PairFrequencies::default() };
    let Some(staffing) = staffing else {
        counts.unfilled = 1;
        return counts;
    };
    for row in staffing.assign_here(seed).rows() {
        let (a, b) = (row.lead.clone(), row.second.clone());
        let pair = if a < b { (a, b) } else { (b, a) };
        if watch.contains(&row.unit_id) {
            *counts.of_unit.entry(row.unit_id.clone()).or_default().entry(pair.clone()).or_insert(0) += 1;
        }
        counts.together.insert(pair.clone(), 1);
        *counts.checks.entry(pair).or_insert(0) += 1;
    }
    counts
}
