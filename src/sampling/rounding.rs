//! Whole-number quotas from expected numbers, unbiased.
//!
//! Systematic rounding (Cox, "A constructive procedure for unbiased controlled rounding", *JASA* 82 (1987), in
//! its one-way form): with C the cumulated expectations of one body's strata in order and one u in [0, 1),
//! n(h) = ⌊C(h) + u⌋ − ⌊C(h−1) + u⌋. So E n(h) = F(h), every n(h) is F(h) rounded down or up, and the body's
//! total is its expectation rounded down or up. u comes from the year's own sealed draw, never from a person.

use super::hash::sha256;
use super::opening::DrawSeed;
use super::ticket::top_52_bits;
use crate::domain::{BodyId, Period};

/// 2⁵².
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// u in [0, 1): the top 52 bits of SHA-256("fairdraw/1/quota\n" ‖ body ‖ "\n" ‖ period ‖ "\n" ‖ year seed) / 2⁵².
/// `period` is written `2027-03`.
#[must_use]
pub fn compute_quota_offset(body: &BodyId, period: Period, year_seed: &DrawSeed) -> f64 {
    let period = period.to_string();
    let hash =
        sha256(&[b"fairdraw/1/quota\n", body.as_str().as_bytes(), b"\n", period.as_bytes(), b"\n", &year_seed.0]);
    top_52_bits(&hash) as f64 / TWO_52
}

/// Rounds a body's expected numbers (not negative, in stratum order) together with one offset u in [0, 1).
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
