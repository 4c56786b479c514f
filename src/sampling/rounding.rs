//! Whole-number quotas from expected numbers, unbiased.
//!
//! Every n(h) is F(h) rounded down or up, E n(h) = F(h), and a body's total is its expectation rounded down or up. Chance
//! comes from the year's own sealed draw, never from a person.
//!
//! `pareto-pps/2`: with whole numbers apart, which strata are rounded up is a sample of fixed size with the inclusion
//! probabilities φ(h) = F(h) − ⌊F(h)⌋, and one more member, which takes up what the body's sum lacks to a whole number.
//! M. R. Sampford's rejective procedure (*Biometrika* 54, 1967) keeps them exactly and comes close to the design of
//! highest entropy: strata depend on each other no more than the body's fixed sum makes them.
//!
//! `pareto-pps/1`: systematic rounding (Cox, "A constructive procedure for unbiased controlled rounding", *JASA* 82 (1987), in
//! its one-way form): with C the cumulated expectations of one body's strata in order and one u in [0, 1),
//! n(h) = ⌊C(h) + u⌋ − ⌊C(h−1) + u⌋. It makes neighbouring strata of a body exclude each other.

use super::hash::sha256;
use super::method::Method;
use super::opening::DrawSeed;
use super::ticket::top_52_bits;
use crate::domain::{BodyId, PPB, Period};

/// Where the second method's rounding comes from.
const QUOTA_DOMAIN: &[u8] = b"fairdraw/2/quota\n";

/// 2⁵².
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// By `pareto-pps/1`: u in [0, 1): the top 52 bits of SHA-256("fairdraw/1/quota\n" ‖ body ‖ "\n" ‖ period ‖ "\n" ‖ year seed) / 2⁵².
/// `period` is written `2027-03`.
#[must_use]
pub fn compute_quota_offset(body: &BodyId, period: Period, year_seed: &DrawSeed) -> f64 {
    let period = period.to_string();
    let hash =
        sha256(&[b"fairdraw/1/quota\n", body.as_str().as_bytes(), b"\n", period.as_bytes(), b"\n", &year_seed.0]);
    top_52_bits(&hash) as f64 / TWO_52
}

/// A body's quotas of a period by a method, from its expected numbers (not negative, in stratum order).
#[must_use]
pub fn draw_quotas(method: Method, body: &BodyId, period: Period, year_seed: &DrawSeed, expected: &[f64]) -> Vec<u32> {
    match method {
        Method::V1 => compute_quotas(expected, compute_quota_offset(body, period, year_seed)),
        Method::V2 => {
            let period = period.to_string();
            round_apart(expected, |attempt, place| {
                let which = format!("\n{attempt}\n{place}");
                top_52_bits(&sha256(&[
                    QUOTA_DOMAIN,
                    body.as_str().as_bytes(),
                    b"\n",
                    period.as_bytes(),
                    b"\n",
                    &year_seed.0,
                    which.as_bytes(),
                ]))
            })
        }
    }
}

/// Rounds a body's expected numbers, each to its floor or ceiling, by Sampford's procedure. `number` gives 52 random bits
/// for the place-th draw of an attempt, both from 0.
#[must_use]
pub fn round_apart(expected: &[f64], mut number: impl FnMut(u64, usize) -> u64) -> Vec<u32> {
    let ppb: Vec<u64> = expected.iter().map(|f| (f * PPB as f64).round_ties_even() as u64).collect();
    let mut quotas: Vec<u32> = ppb.iter().map(|f| (f / PPB) as u32).collect();
    let mut parts: Vec<(Option<usize>, u64)> =
        ppb.iter().enumerate().map(|(at, f)| (Some(at), f % PPB)).filter(|(_, part)| *part > 0).collect();
    let sum: u64 = parts.iter().map(|(_, part)| part).sum();
    if sum == 0 {
        return quotas;
    }
    let mut size = sum.div_ceil(PPB) as usize;
    if sum % PPB > 0 {
        parts.push((None, PPB - sum % PPB));
    }
    // of more than half, those left out are drawn: fewer draws, fewer repetitions
    let left_out = 2 * size > parts.len();
    if left_out {
        size = parts.len() - size;
        for (_, part) in &mut parts {
            *part = PPB - *part;
        }
    }
    let first: Vec<u64> = parts.iter().map(|(_, part)| *part).collect();
    let later: Vec<u64> =
        parts.iter().map(|(_, part)| (u128::from(*part) * u128::from(PPB) / u128::from(PPB - part)) as u64).collect();
    let drawn = (0..).find_map(|attempt| {
        let mut drawn = vec![false; parts.len()];
        for place in 0..size {
            let at = place_of(if place == 0 { &first } else { &later }, number(attempt, place));
            if std::mem::replace(drawn.get_mut(at)?, true) {
                return None;
            }
        }
        Some(drawn)
    });
    for ((stratum, _), drawn) in parts.iter().zip(drawn.unwrap_or_default()) {
        if let Some(at) = stratum
            && drawn != left_out
        {
            quotas[*at] += 1;
        }
    }
    quotas
}

/// The first place at which the running sum of the weights passes `number` / 2⁵² of their sum.
fn place_of(weights: &[u64], number: u64) -> usize {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let wanted = sum * u128::from(number);
    let mut running = 0_u128;
    weights
        .iter()
        .position(|weight| {
            running += u128::from(*weight);
            running << 52 > wanted
        })
        .unwrap_or(weights.len() - 1)
}

/// By `pareto-pps/1`: rounds a body's expected numbers (not negative, in stratum order) together with one offset u in [0, 1).
#[must_use]
pub fn compute_quotas(expected: &[f64], offset: f64) -> Vec<u32> {
    let mut cumulated = 0.0;
    let mut before = offset.floor();
    expected
        .iter()
        .map(|f| {
            cumulated += f;
            let until = (cumulated + offset).floor();
            let quota = until - before;
            before = until;
            quota as u32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_is_the_documented_hash() {
        // As computed from the formula by an independent program.
        let body = BodyId::new("310115").unwrap();
        let seed = DrawSeed(sha256(&[b"year"]));
        assert_eq!(compute_quota_offset(&body, "2027-03".parse().unwrap(), &seed).to_bits(), QUOTA_OFFSET_BITS);
        assert_ne!(compute_quota_offset(&body, "2027-04".parse().unwrap(), &seed).to_bits(), QUOTA_OFFSET_BITS);
    }

    const QUOTA_OFFSET_BITS: u64 = 0x3fa8_5086_d756_b520; // 0.04748937014242416

    /// Small numbers that go round, so that every outcome comes.
    fn random(seed: u64) -> impl FnMut(u64, usize) -> u64 {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        move |_, _| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state >> 12
        }
    }

    #[test]
    fn strata_are_rounded_without_bias_and_no_longer_exclude_each_other() {
        // the audit's case: two strata of .3 in a body
        let expected = [0.3, 12.4, 0.3, 3.0, 40.75];
        let total: f64 = expected.iter().sum();
        let draws = 40_000;
        let (mut sums, mut both, mut both_before) = ([0.0; 5], 0, 0);
        for draw in 0..draws {
            let quotas = round_apart(&expected, random(draw + 1));
            for ((sum, quota), f) in sums.iter_mut().zip(&quotas).zip(expected) {
                assert!((f64::from(*quota) - f).abs() < 1.0);
                *sum += f64::from(*quota);
            }
            assert!((f64::from(quotas.iter().sum::<u32>()) - total).abs() < 1.0);
            both += u32::from(quotas[0] == 1 && quotas[2] == 1);
            let before = compute_quotas(&expected, (draw as f64 + 0.5) / draws as f64);
            both_before += u32::from(before[0] == 1 && before[2] == 1);
        }
        for (sum, f) in sums.iter().zip(expected) {
            // 5σ of a rounding
            assert!((sum / draws as f64 - f).abs() < 5.0 * 0.5 / (draws as f64).sqrt(), "{f}");
        }
        assert_eq!(both_before, 0);
        // independent strata would be rounded up together in .09 of the draws
        assert!(f64::from(both) / draws as f64 > 0.04, "{both}");
        assert_eq!(round_apart(&[2.0, 0.0], random(1)), [2, 0]);
        assert!(round_apart(&[], random(1)).is_empty());
        // many strata close to the next number: those left out are drawn
        assert_eq!(round_apart(&[0.95; 20], random(1)).iter().sum::<u32>(), 19);
    }

    #[test]
    fn rounding_is_unbiased_and_never_further_than_one() {
        // Expectations that are multiples of 1/64: over the 64 offsets (j + ½)/64 the mean is exact.
        let expected = [0.25, 2.796_875, 0.0, 1.0, 0.015_625, 3.5, 0.984_375];
        let total: f64 = expected.iter().sum();
        let mut sums = [0_u32; 7];
        for j in 0..64 {
            let quotas = compute_quotas(&expected, (f64::from(j) + 0.5) / 64.0);
            for ((sum, quota), f) in sums.iter_mut().zip(&quotas).zip(expected) {
                assert!((f64::from(*quota) - f).abs() < 1.0);
                *sum += quota;
            }
            assert!((f64::from(quotas.iter().sum::<u32>()) - total).abs() < 1.0);
        }
        for (sum, f) in sums.iter().zip(expected) {
            assert!((f64::from(*sum) / 64.0 - f).abs() < 1e-12);
        }
        assert!(compute_quotas(&[], 0.5).is_empty());
    }
}
