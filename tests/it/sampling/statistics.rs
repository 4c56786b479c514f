//! Statistics: what the draw realises, and whether the estimated variance is the true one.

use fairdraw::domain::UnitId;
use fairdraw::sampling::{
    Method, Outcome, SampledUnit, compute_calibrated_ranks, compute_estimate, compute_inclusion, compute_key,
    compute_ppb, compute_realised, compute_rosen_variance,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A small population: probabilities and ranks as a frame would have them.
fn population(weights: &[f64], n: usize) -> (Vec<u64>, Vec<u64>) {
    let ids: Vec<UnitId> = (0..weights.len()).map(|i| UnitId::new(format!("S{i:03}")).unwrap()).collect();
    let pis = compute_inclusion(weights, n);
    let ppb = compute_ppb(&pis, n, &ids.iter().collect::<Vec<_>>());
    let exact: Vec<f64> = ppb.iter().map(|p| *p as f64 / 1e9).collect();
    let ranks = compute_calibrated_ranks(Method::LATEST, &exact, n).ranks;
    (ppb, ranks.iter().map(|r| (r * 1e9).round_ties_even() as u64).collect())
}

/// The rows of one simulated draw.
fn sample(ranks: &[u64], n: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut keys: Vec<(f64, usize)> =
        ranks.iter().enumerate().map(|(i, rank)| (compute_key(random.next_u64() >> 12, *rank), i)).collect();
    keys.select_nth_unstable_by(n - 1, |a, b| a.0.total_cmp(&b.0));
    keys[..n].iter().map(|(_, i)| *i).collect()
}

#[test]
fn simulated_draws_realise_the_sealed_probabilities() {
    let weights: Vec<f64> = (0..12).map(|i| 1.0 + f64::from(i * 7 % 9)).collect();
    let (ppb, ranks) = population(&weights, 3);
    let rounds = 20_000;
    let mut random = ChaCha8Rng::seed_from_u64(20_270_301);
    let mut hits = [0_u32; 12];
    for _ in 0..rounds {
        for i in sample(&ranks, 3, &mut random) {
            hits[i] += 1;
        }
    }
    for (hit, pi) in hits.iter().zip(ppb) {
        let p = pi as f64 / 1e9;
        let sigma = (p * (1.0 - p) / f64::from(rounds)).sqrt();
        assert!((f64::from(*hit) / f64::from(rounds) - p).abs() <= 4.0 * sigma);
    }
}

#[test]
fn calibration_removes_the_drift_that_plain_ranks_have() {
    let weights: Vec<f64> = (0..8).map(|i| [1.0, 1.5, 9.0, 2.0][i % 4]).collect();
    let pis = compute_inclusion(&weights, 2);
    let drift = |ranks: &[f64]| {
        compute_realised(Method::LATEST, ranks, 2)
            .iter()
            .zip(&pis)
            .map(|(got, p)| (got / p - 1.0).abs())
            .fold(0.0, f64::max)
    };
    assert!(drift(&pis) > 0.01);
    assert!(drift(&compute_calibrated_ranks(Method::LATEST, &pis, 2).ranks) < 1e-8);
}

/// The variance of the expanded total: mean of Rosén's estimates against the variance over many draws.
#[test]
fn rosens_variance_of_a_total_agrees_with_simulation() {
    let weights: Vec<f64> = (0..50).map(|i| 1.0 + f64::from(i * 7 % 11) / 2.0).collect();
    let n = 15;
    let (ppb, ranks) = population(&weights, n);
    let value = |i: usize| 2.0 + weights[i] + ((i * 29) % 17) as f64 / 4.0;
    let truth: f64 = (0..weights.len()).map(value).sum();
    let rounds = 20_000;
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let (mut sum, mut square, mut estimated) = (0.0, 0.0, 0.0);
    for _ in 0..rounds {
        let terms: Vec<(f64, f64)> = sample(&ranks, n, &mut random)
            .into_iter()
            .map(|i| (1.0 - ppb[i] as f64 / 1e9, value(i) * 1e9 / ppb[i] as f64))
            .collect();
        let total: f64 = terms.iter().map(|(_, y)| y).sum();
        sum += total - truth;
        square += (total - truth) * (total - truth);
        estimated += compute_rosen_variance(&terms);
    }
    let rounds = f64::from(rounds);
    let (bias, variance, estimated) = (sum / rounds, square / rounds, estimated / rounds);
    println!("total {truth:.2}: bias {bias:.3}, variance {variance:.3}, estimated {estimated:.3}");
    assert!(bias.abs() <= 4.0 * (variance / rounds).sqrt());
    // The simulated variance is good to 1 % (one sigma).
    assert!((estimated / variance - 1.0).abs() < 0.05, "{estimated} {variance}");
}

/// Two strata, values that go with the weights; mean of the variance estimates against the variance of the
/// estimates, for the whole and for a domain. Hájek's estimator is a ratio: some bias of order 1/n stays.
#[test]
fn the_means_variance_agrees_with_simulation() {
    let strata: Vec<(Vec<u64>, Vec<u64>, usize)> = [(160_u32, 40_usize, 5_u32), (200, 45, 11)]
        .into_iter()
        .map(|(size, n, step)| {
            let weights: Vec<f64> = (0..size).map(|i| 1.0 + f64::from(i * step % 13) / 3.0).collect();
            let (ppb, ranks) = population(&weights, n);
            (ppb, ranks, n)
        })
        .collect();
    let value = |s: usize, i: usize| ((i * 29 + s * 5) % 17) as f64 / 4.0 + (i % 13) as f64 / 8.0;
    let rounds = 3000;
    for domain in [false, true] {
        let inside = |i: usize| !domain || !i.is_multiple_of(3);
        let (mut true_sum, mut true_count) = (0.0, 0.0);
        for (s, (ppb, ..)) in strata.iter().enumerate() {
            for i in (0..ppb.len()).filter(|i| inside(*i)) {
                true_sum += value(s, i);
                true_count += 1.0;
            }
        }
        let truth = true_sum / true_count;
        let mut random = ChaCha8Rng::seed_from_u64(97);
        let (mut mean, mut square, mut variance, mut covered) = (0.0, 0.0, 0.0, 0);
        for _ in 0..rounds {
            let mut drawn = Vec::new();
            for (s, (ppb, ranks, n)) in strata.iter().enumerate() {
                for i in sample(ranks, *n, &mut random) {
                    let outcome = if inside(i) { Outcome::Value(value(s, i)) } else { Outcome::OutOfScope };
                    drawn.push(SampledUnit { stratum: format!("s{s}"), pi_ppb: ppb[i], outcome });
                }
            }
            let estimate = compute_estimate(&drawn).unwrap().unwrap();
            mean += estimate.mean;
            square += (estimate.mean - truth) * (estimate.mean - truth);
            variance += estimate.variance.unwrap();
            let (low, high) = estimate.interval(1.96).unwrap();
            covered += u32::from(low <= truth && truth <= high);
        }
        let rounds_f = f64::from(rounds);
        let (bias, true_variance, estimated) = (mean / rounds_f - truth, square / rounds_f, variance / rounds_f);
        let coverage = f64::from(covered) / rounds_f;
        println!(
            "domain {domain}: bias {bias:.5}, variance {true_variance:.6}, estimated {estimated:.6}, 95 % interval covers {coverage:.3}"
        );
        assert!(bias.abs() < 0.03 * truth);
        // 3000 rounds: the simulated variance itself is good to 2.6 % (one sigma).
        assert!((estimated / true_variance - 1.0).abs() < 0.12, "{estimated} {true_variance}");
        assert!((0.91..=0.97).contains(&coverage), "{coverage}");
    }
}
