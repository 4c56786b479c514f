//! How the quotas of a body's strata depend on each other.

use fairdraw::sampling::{compute_quotas, round_apart};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::City;

/// Correlations of the strata of a body: (mean |r|, largest |r|, pairs that never go up together though the body's sum
/// would let them), over `draws` roundings of each body's month.
fn correlations(city: &City, draws: u32, round: impl Fn(&[f64], &mut ChaCha8Rng) -> Vec<u32>) -> (f64, f64, usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (mut sum, mut count, mut most, mut apart) = (0.0, 0, 0.0_f64, 0);
    for body in &city.months {
        let expected: Vec<f64> = body.strata.iter().map(|p| p.iter().sum()).collect();
        let parts: Vec<f64> = expected.iter().map(|f| f - f.floor()).collect();
        let moving: Vec<usize> = (0..parts.len()).filter(|h| (0.05..0.95).contains(&parts[*h])).collect();
        // two strata of a sum of less than one must exclude each other
        if moving.len() < 2 || parts.iter().sum::<f64>() < 1.2 {
            continue;
        }
        let mut up = vec![vec![0_u32; expected.len()]; expected.len()];
        for _ in 0..draws {
            let quotas = round(&expected, &mut rng);
            for h in &moving {
                for k in &moving {
                    let both = f64::from(quotas[*h]) > expected[*h] && f64::from(quotas[*k]) > expected[*k];
                    up[*h][*k] += u32::from(both);
                }
            }
        }
        let share = |h: usize, k: usize| f64::from(up[h][k]) / f64::from(draws);
        for (i, h) in moving.iter().enumerate() {
            for k in &moving[i + 1..] {
                let (a, b) = (share(*h, *h), share(*k, *k));
                let r = ((share(*h, *k) - a * b) / (a * (1.0 - a) * b * (1.0 - b)).sqrt()).abs();
                sum += r;
                count += 1;
                most = most.max(r);
                apart += usize::from(up[*h][*k] == 0 && parts[*h] + parts[*k] < 0.9);
            }
        }
    }
    assert!(count > 10, "{count} pairs of strata");
    (sum / f64::from(count), most, apart)
}

fn both_methods(city: &City, draws: u32) -> [(f64, f64, usize); 2] {
    let offset = |rng: &mut ChaCha8Rng| (rng.next_u64() >> 12) as f64 / 4_503_599_627_370_496.0;
    [
        correlations(city, draws, |f, rng| compute_quotas(f, offset(rng))),
        correlations(city, draws, |f, rng| round_apart(f, |_, _| rng.next_u64() >> 12)),
    ]
}

#[test]
fn strata_of_a_body_exclude_each_other_no_more_than_their_sum_makes_them() {
    let [first, second] = both_methods(super::small(), 1_000);
    assert!(second.0 < 0.85 * first.0, "{first:?} {second:?}");
    assert!(first.2 > 0 && second.2 * 5 < first.2, "{first:?} {second:?}");
}

#[test]
#[ignore = "prints a row of the table in tests/README.md"]
fn correlations_of_the_whole_city() {
    let [first, second] = both_methods(super::whole(), 4_000);
    println!(
        "各层名额的相关：平均 |r| {:.2} → {:.2}，最大 {:.2} → {:.2}；本可同时进位却从不同时的层对 {} → {}",
        first.0, second.0, first.1, second.1, first.2, second.2
    );
    assert!(second.0 < first.0 && second.2 < first.2);
}
