//! What chance costs: the problems that the year's draws found against those that the same number of visits in the pure
//! order of risk would have found, and what lies between.
//!
//! Estimated on the year's own results. Each unit of the sample stands for 1/P units (Horvitz and Thompson 1952,
//! *J. Amer. Statist. Assoc.* 47); a rule that visits unit i with probability q_i would have found Σ q_i·y_i/P_i problems
//! in expectation, unbiased for every rule that visits nobody whom the draws could not reach: off-policy evaluation with
//! known propensities, as Henderson, Chugg, Anderson, Altenburger, Turk, Guyton, Goldin, Ho, *Integrating Reward
//! Maximization and Population Estimation* (AAAI 2023), do for tax audits. The order of risk is that of the yearly
//! frequencies with which the first month was sealed, before any of the year's results; of those that tie for the last
//! places each has the same chance. The curve is the back-test's: q = clamp(k·frequency, floor, 1) with Σq the visits
//! made, over floors from nothing to a simple random choice.

use serde::Serialize;

use crate::workspace::inputs::first_phase::{FirstPhase, Found, SampleUnit};
use crate::workspace::reports::backtest::compute_probabilities;

/// Quantile of the normal distribution for 95 % intervals.
const Z95: f64 = 1.959_963_984_540_054;

/// Points of the curve.
const POINTS: usize = 9;

/// A rule with what it would have found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PricePoint {
    /// Least probability of a visit in the time told of.
    pub floor: f64,
    /// Problems expected.
    pub found: f64,
    /// Their 95 % interval.
    pub interval: (f64, f64),
}

/// What chance costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Randomness {
    /// Units visited with a result.
    pub visits: usize,
    /// Sources that the draws could reach.
    pub reachable: usize,
    /// Problems that the draws found.
    pub found: usize,
    /// What the pure order of risk would have found in as many visits.
    pub by_risk: PricePoint,
    /// What a simple random choice of as many would have found.
    pub random: PricePoint,
    /// Between them.
    pub curve: Vec<PricePoint>,
    /// The order of risk less the draws: what chance cost, with its 95 % interval.
    pub price: (f64, f64, f64),
}

/// Σ (q − less·P)·y/P with its standard error; P is that of being visited and having a result.
fn expected(phase: &FirstPhase, q: &[f64], less: f64) -> (f64, f64) {
    let (mut sum, mut variance) = (0.0, 0.0);
    let with_result = phase.units.iter().filter(|unit| phase.check(unit).found != Found::Missing).count();
    let response = with_result as f64 / phase.units.len().max(1) as f64;
    for unit in phase.units.iter().filter(|unit| phase.check(unit).found == Found::Problem) {
        let Some(own) = phase.check(unit).row.and_then(|row| q.get(row as usize)) else { continue };
        let chance = unit.chance * response;
        let term = (own - less * chance) / chance;
        sum += term;
        variance += (1.0 - chance) * term * term;
    }
    (sum, variance.sqrt())
}

fn point(phase: &FirstPhase, floor: f64, q: &[f64]) -> PricePoint {
    let (found, error) = expected(phase, q, 0.0);
    PricePoint { floor, found, interval: ((found - Z95 * error).max(0.0), found + Z95 * error) }
}

/// Probability of each of `weights` to be among the `visits` greatest; those that tie for the last places share them.
fn first_of(weights: &[f64], visits: usize) -> Vec<f64> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]));
    let mut q = vec![0.0; weights.len()];
    let mut left = visits.min(weights.len());
    for tied in order.chunk_by(|a, b| weights[*a].total_cmp(&weights[*b]).is_eq()) {
        let places = left.min(tied.len());
        for at in tied {
            q[*at] = places as f64 / tied.len() as f64;
        }
        left -= places;
    }
    q
}

/// Computes it; `None` before any result, or where the first draw kept no frequencies.
pub(super) fn compute_randomness(phase: &FirstPhase) -> Option<Randomness> {
    let with_result = |unit: &&SampleUnit| phase.check(unit).found != Found::Missing;
    let visits = phase.units.iter().filter(with_result).count();
    let found = phase.units.iter().filter(|unit| phase.check(unit).found == Found::Problem).count();
    let rows: Vec<usize> = (0..phase.covered.len()).filter(|row| phase.covered[*row]).collect();
    let weights: Vec<f64> = rows.iter().map(|row| phase.frequency[*row]).collect();
    if visits == 0 || visits > rows.len() || weights.iter().all(|weight| *weight <= 0.0) {
        return None;
    }
    let spread = |q: &[f64]| {
        let mut all = vec![0.0; phase.covered.len()];
        for (row, q) in rows.iter().zip(q) {
            all[*row] = *q;
        }
        all
    };
    let most = visits as f64 / rows.len() as f64;
    let by_order = spread(&first_of(&weights, visits));
    let curve = (0..POINTS).map(|i| {
        let floor = most * i as f64 / (POINTS - 1) as f64;
        point(phase, floor, &spread(&compute_probabilities(&weights, visits as f64, floor)))
    });
    let (price, error) = expected(phase, &by_order, 1.0);
    Some(Randomness {
        visits,
        reachable: rows.len(),
        found,
        by_risk: point(phase, 0.0, &by_order),
        random: point(phase, most, &spread(&vec![most; rows.len()])),
        curve: curve.collect(),
        price: (price, price - Z95 * error, price + Z95 * error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_for_the_last_places_share_them() {
        assert_eq!(first_of(&[1.0, 3.0, 1.0, 2.0], 3), [0.5, 1.0, 0.5, 1.0]);
        assert_eq!(first_of(&[1.0, 1.0], 5), [1.0, 1.0]);
    }
}
