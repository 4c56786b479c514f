//! Ranking parameters whose Pareto sample realises given inclusion probabilities.
//!
//! Pareto sampling with r = π realises π only asymptotically; in small strata it drifts (by up to 19 % in
//! our measurements). The fixed-point r ← r·π/π̂(r) from r = π removes the drift (the aim of Aires, "Order
//! sampling design with prescribed inclusion probabilities", *J. Statist. Plann. Inference* 118 (2004)),
//! with π̂ exact from [`super::realised`].
//!
//! A Pareto sample does not change where all odds are multiplied by one number. That freedom is used where
//! the fixed point stalls, which happens where some π is within about 0.003 of 1 while others are small:
//! there the quadrature resolves the odds badly. A second fixed point, on the odds, o ← o·[π/(1−π)]/[π̂/(1−π̂)],
//! with the largest and the smallest odds kept inverse to each other, then settles.
//! Invariants: equal π get equal r; the result depends on neither the order of the units nor the threads.

use super::method::Method;
use super::realised::{RankGroup, group, realised_of_groups};

/// Most rounds of either fixed point.
const ROUNDS: u32 = 60;
/// A fixed point that has not come closer by a tenth in this many rounds has stalled.
const PATIENCE: usize = 10;
/// Largest relative deviation left.
const CLOSE: f64 = 1e-8;
/// The second fixed point starts from ranks no further out than this, where the quadrature is good.
const START_MOST: f64 = 0.998;
/// Ranks stay below 1.
const HIGHEST: f64 = 1.0 - 1e-9;
/// … and above 0.
const LOWEST: f64 = 1e-9;

/// Calibrated ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Ranking parameters within (0, 1), in the order of the probabilities given.
    pub ranks: Vec<f64>,
    /// Rounds of the fixed point that were needed (evaluations of π̂).
    pub rounds: u32,
    /// Largest |π̂/π − 1| at the last evaluation.
    pub deviation: f64,
}

impl Calibration {
    /// True where the ranks realise the probabilities to 10⁻⁸.
    #[must_use]
    pub fn is_close(&self) -> bool {
        self.deviation < CLOSE
    }
}

/// Ranks that realise `pis` (each within (0, 1), Σ = `n`) to 10⁻⁸ relative.
#[must_use]
pub fn compute_calibrated_ranks(method: Method, pis: &[f64], n: usize) -> Calibration {
    let (targets, group_of) = group(pis);
    let plain = iterate(method, targets.clone(), &targets, n, |ranks, realised| {
        for ((r, target), got) in ranks.iter_mut().zip(&targets).zip(realised) {
            r.rank = (r.rank * target.rank / got).min(HIGHEST);
        }
    });
    let (ranks, rounds, deviation) = if plain.2 < CLOSE {
        plain
    } else {
        let mut start = targets.clone();
        for r in &mut start {
            r.rank = r.rank.clamp(1.0 - START_MOST, START_MOST);
        }
        balance(&mut start);
        let balanced = iterate(method, start, &targets, n, |ranks, realised| {
            for ((r, target), got) in ranks.iter_mut().zip(&targets).zip(realised) {
                // Kept within (0, 1): the quadrature may leave it by its own error.
                let got = got.clamp(LOWEST, HIGHEST);
                let odds = odds(r.rank) * odds(target.rank) / odds(got);
                r.rank = odds / (1.0 + odds);
            }
            balance(ranks);
        });
        let rounds = plain.1 + balanced.1;
        let better = if balanced.2 < plain.2 { balanced } else { plain };
        (better.0, rounds, better.2)
    };
    Calibration { ranks: group_of.into_iter().map(|g| ranks[g as usize].rank).collect(), rounds, deviation }
}

/// Repeats `step` until the ranks realise the targets or it stalls; gives the closest ranks met, the number
/// of evaluations of π̂ and the deviation left.
fn iterate(
    method: Method,
    start: Vec<RankGroup>,
    targets: &[RankGroup],
    n: usize,
    step: impl Fn(&mut [RankGroup], &[f64]),
) -> (Vec<RankGroup>, u32, f64) {
    let mut ranks = start.clone();
    let mut best = (start, f64::INFINITY);
    let mut history: Vec<f64> = Vec::new();
    for round in 1..=ROUNDS {
        let realised = realised_of_groups(method, &ranks, n);
        let deviation = largest_deviation(targets, &realised);
        if deviation < best.1 {
            best = (ranks.clone(), deviation);
        }
        let stalled = history.len().checked_sub(PATIENCE).is_some_and(|before| deviation > 0.9 * history[before]);
        if deviation < CLOSE || stalled || !deviation.is_finite() {
            return (best.0, round, best.1);
        }
        history.push(deviation);
        step(&mut ranks, &realised);
    }
    (best.0, ROUNDS, best.1)
}

fn odds(p: f64) -> f64 {
    p / (1.0 - p)
}

/// Multiplies all odds by one number, so that the largest and the smallest are inverse to each other.
fn balance(ranks: &mut [RankGroup]) {
    let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
    for r in &*ranks {
        low = low.min(odds(r.rank));
        high = high.max(odds(r.rank));
    }
    let scale = 1.0 / (low * high).sqrt();
    if scale.is_finite() && scale > 0.0 {
        for r in ranks {
            let odds = odds(r.rank) * scale;
            r.rank = (odds / (1.0 + odds)).clamp(LOWEST, HIGHEST);
        }
    }
}

fn largest_deviation(targets: &[RankGroup], realised: &[f64]) -> f64 {
    let mut largest = 0.0;
    for (target, got) in targets.iter().zip(realised) {
        let deviation = (got / target.rank - 1.0).abs();
        if deviation.is_nan() {
            return f64::INFINITY;
        }
        if deviation > largest {
            largest = deviation;
        }
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::realised::compute_realised;

    #[test]
    fn calibrated_ranks_realise_their_probabilities() {
        for (size, n) in [(2_usize, 1_usize), (10, 4), (25, 24), (300, 11), (60, 12)] {
            let weights: Vec<f64> = (0..size).map(|i| 1.0 + ((i * 31) % 17) as f64 / 4.0).collect();
            let pis = crate::sampling::compute_inclusion(&weights, n);
            let free: Vec<f64> = pis.iter().copied().filter(|p| *p < 1.0).collect();
            let left = n - (size - free.len());
            let found = compute_calibrated_ranks(Method::LATEST, &free, left);
            assert!(found.is_close(), "{size} {n}: {found:?}");
            for (got, p) in compute_realised(Method::LATEST, &found.ranks, left).iter().zip(&free) {
                assert!((got / p - 1.0).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn lopsided_pairs_are_calibrated_too() {
        for p in [0.9, 0.99, 0.999] {
            let found = compute_calibrated_ranks(Method::LATEST, &[p, 1.0 - p], 1);
            let got = compute_realised(Method::LATEST, &found.ranks, 1);
            assert!((got[0] - p).abs() < 1e-5 * (1.0 - p), "{p}: {found:?} {got:?}");
        }
    }
}
