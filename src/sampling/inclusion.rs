//! First-order inclusion probabilities proportional to the month's targets, as parts per billion.
//!
//! Probabilities above 1 are capped at 1 repeatedly, the rest shares what is left (Tillé, *Sampling
//! Algorithms*, 2006, section 2.10; `inclusionprobabilities` of R's `sampling`). Above 0.999 a unit becomes
//! a certainty. Then floors to parts per billion, and one more each to the largest fractional parts, ties
//! by unit id, so that a stratum sums to exactly `draw` × 10⁹.
//! Invariants: only + − × ÷ and comparisons, in the order of the slices.

use std::cmp::Ordering;

use crate::domain::{PPB, UnitId};

/// Above this a unit's probability is raised to certainty.
pub const CERTAIN_ABOVE: f64 = 0.999;

/// Least probability that a quota rounded down leaves anybody, where a certainty of the quota rounded up is to be made.
const LEAST_LEFT: f64 = 1e-6;

/// π ∝ weight with Σπ = n, capped at 1 repeatedly. `weights` are positive and at least `n` many; where they
/// are fewer, all get 1.
#[must_use]
pub fn compute_inclusion(weights: &[f64], n: usize) -> Vec<f64> {
    cap_repeatedly(weights, n, false)
}

/// As [`compute_inclusion`]; then units above [`CERTAIN_ABOVE`] get exactly 1 and the rest is proportioned
/// again. They are only raised where that leaves the rest at least one draw: otherwise somebody with a
/// positive target would be left without a chance (or the stratum would draw too many).
#[must_use]
pub fn compute_inclusion_with_certainties(weights: &[f64], n: usize) -> Vec<f64> {
    cap_repeatedly(weights, n, true)
}

/// The probabilities that go with a quota `n` of targets `p` (each within (0, 1)), such that over both numbers that a quota
/// of F = Σp can come to they are `p` on average: with φ = F − ⌊F⌋, (1−φ)·π(⌊F⌋) + φ·π(⌈F⌉) = p.
///
/// For ⌈F⌉ they are in proportion to `p`, capped (as [`compute_inclusion_with_certainties`]); for ⌊F⌋ they are what is
/// left, (p − φ·π(⌈F⌉)) / (1−φ). Where nobody is capped that is p·n/F in both. Any other quota (one that a planner set)
/// is shared in proportion.
#[must_use]
pub fn compute_inclusion_of_quota(p: &[f64], n: usize) -> Vec<f64> {
    let mut expected = 0.0;
    for target in p {
        expected += target;
    }
    let more = expected - n as f64;
    if more >= 1.0 {
        return compute_inclusion_with_certainties(p, n);
    }
    // what the higher number leaves to the lower one, which must leave nobody without a chance
    let left = |above: &[f64], part: f64| -> Vec<f64> {
        p.iter().zip(above).map(|(target, pi)| (target - part * pi) / (1.0 - part)).collect()
    };
    let higher = if more > 0.0 { n + 1 } else { n };
    let part = expected - (higher as f64 - 1.0);
    let raised = compute_inclusion_with_certainties(p, higher);
    let all_left = part <= 0.0 || part >= 1.0 || left(&raised, part).iter().all(|pi| *pi > LEAST_LEFT);
    let above = if all_left { raised } else { compute_inclusion(p, higher) };
    if more > 0.0 { left(&above, part) } else { above }
}

fn cap_repeatedly(weights: &[f64], n: usize, raise: bool) -> Vec<f64> {
    let mut is_certain = vec![false; weights.len()];
    let mut certain = 0_usize;
    loop {
        let left = n.saturating_sub(certain);
        let mut total = 0.0;
        for (weight, known) in weights.iter().zip(&is_certain) {
            if !known {
                total += weight;
            }
        }
        let scale = if total > 0.0 { left as f64 / total } else { 0.0 };
        let above = |limit: f64, strictly: bool| -> Vec<usize> {
            (0..weights.len())
                .filter(|i| {
                    let pi = scale * weights[*i];
                    !is_certain[*i] && (if strictly { pi > limit } else { pi >= limit })
                })
                .collect()
        };
        let mut more = above(1.0, false);
        if more.is_empty() && raise {
            let near = above(CERTAIN_ABOVE, true);
            if near.len() < left {
                more = near;
            }
        }
        if more.is_empty() {
            return weights.iter().zip(&is_certain).map(|(w, known)| if *known { 1.0 } else { scale * w }).collect();
        }
        certain += more.len();
        for i in more {
            is_certain[i] = true;
        }
    }
}

/// Parts per billion that sum to exactly `n` × 10⁹, certainties (π ≥ 1) at 10⁹. All slices have one length.
#[must_use]
pub fn compute_ppb(pis: &[f64], n: usize, ids: &[&UnitId]) -> Vec<u64> {
    let billion = PPB as f64;
    let mut out: Vec<u64> = pis.iter().map(|p| if *p >= 1.0 { PPB } else { (p * billion) as u64 }).collect();
    let mut by_part: Vec<(f64, usize)> =
        (0..pis.len()).filter(|i| pis[*i] < 1.0).map(|i| (pis[i] * billion - out[i] as f64, i)).collect();
    if by_part.is_empty() {
        return out;
    }
    by_part.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal).then_with(|| ids[a.1].cmp(ids[b.1])));
    let wanted = n as u64 * PPB;
    let mut sum: u64 = out.iter().sum();
    let mut k = 0;
    while sum < wanted {
        out[by_part[k % by_part.len()].1] += 1;
        sum += 1;
        k += 1;
    }
    // Rounding in the sum of floats may overshoot by a part or two: take from the smallest parts.
    k = by_part.len();
    while sum > wanted && k > 0 {
        k -= 1;
        let part = &mut out[by_part[k].1];
        if *part > 1 {
            *part -= 1;
            sum -= 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(n: usize) -> Vec<UnitId> {
        (0..n).map(|i| UnitId::new(format!("T{i:05}")).unwrap()).collect()
    }

    #[test]
    fn capped_as_the_standard_routine_does() {
        let pi = compute_inclusion(&[1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 8.0, 16.0], 4);
        assert_eq!(pi, [0.125, 0.125, 0.125, 0.125, 0.25, 0.25, 0.5, 0.5, 1.0, 1.0]);
        assert_eq!(compute_inclusion(&[3.0, 1.0], 2), [1.0, 1.0]);
        assert_eq!(compute_inclusion(&[], 0), Vec::<f64>::new());
    }

    #[test]
    fn over_both_numbers_of_a_quota_the_targets_are_kept() {
        // the December of the demo's smallest stratum: two units, F = 1.13
        let cases: [&[f64]; 6] = [
            &[0.918, 0.212],
            &[0.999, 0.999, 0.002],
            &[0.9, 0.8, 0.05, 0.04, 0.03],
            &[0.99, 0.98, 0.97, 0.2, 0.1],
            &[0.3, 0.2, 0.1],
            &[0.9985, 0.997, 0.5, 0.499],
        ];
        for p in cases {
            let expected: f64 = p.iter().sum();
            let (low, part) = (expected.floor(), expected - expected.floor());
            let (below, above) =
                (compute_inclusion_of_quota(p, low as usize), compute_inclusion_of_quota(p, low as usize + 1));
            for (i, target) in p.iter().enumerate() {
                let mean = (1.0 - part) * below[i] + part * above[i];
                assert!((mean - target).abs() < 1e-12, "{p:?}: {mean}");
                assert!((0.0..=1.0).contains(&below[i]) && (0.0..=1.0).contains(&above[i]));
            }
            assert!((below.iter().sum::<f64>() - low).abs() < 1e-9);
            assert!((above.iter().sum::<f64>() - low - 1.0).abs() < 1e-9);
        }
        // the first method did not keep them: .835 for .918
        let [one, two] = [1, 2].map(|n| compute_inclusion_with_certainties(cases[0], n)[0]);
        assert!((0.87 * one + 0.13 * two - 0.918).abs() > 0.08);
    }

    #[test]
    fn near_certain_units_are_raised_and_the_rest_shares_anew() {
        let mut weights = vec![1.0; 30];
        weights[4] = 28.995; // scale = 2/57.995, π = 0.99991
        let pi = compute_inclusion_with_certainties(&weights, 2);
        assert!((pi[4] - 1.0).abs() < f64::EPSILON);
        assert!((pi[0] - 1.0 / 29.0).abs() < 1e-15);
    }

    #[test]
    fn nobody_with_a_target_loses_the_chance_to_a_certainty() {
        let pi = compute_inclusion_with_certainties(&[10_000.0, 1.0], 1);
        assert!(pi[0] > CERTAIN_ABOVE && pi[0] < 1.0 && pi[1] > 0.0);
        let pi = compute_inclusion_with_certainties(&[1.0; 2000], 1999);
        assert!(pi.iter().all(|p| *p > CERTAIN_ABOVE && *p < 1.0));
    }

    #[test]
    fn parts_per_billion_sum_exactly_and_ties_go_by_id() {
        let ids = ids(7);
        let refs: Vec<&UnitId> = ids.iter().rev().collect();
        let ppb = compute_ppb(&compute_inclusion(&[1.0; 7], 3), 3, &refs);
        assert_eq!(ppb.iter().sum::<u64>(), 3 * PPB);
        // 3e9/7 = 428571428 + 4/7: four units get one more, the lowest ids (last in this order).
        assert_eq!(ppb, [428_571_428, 428_571_428, 428_571_428, 428_571_429, 428_571_429, 428_571_429, 428_571_429]);
    }
}
