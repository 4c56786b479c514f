//! How far the realised inclusion probabilities are from the published ones.

use fairdraw::sampling::{Method, compute_calibrated_ranks, compute_inclusion, compute_realised};

/// Largest deviation of realised probabilities, against min(π, 1 − π).
pub(super) fn deviation(pis: &[f64], realised: &[f64]) -> f64 {
    realised.iter().zip(pis).map(|(got, p)| (got - p).abs() / p.min(1.0 - p)).fold(0.0, f64::max)
}

/// Strata of very different make-up with Σπ(1−π) of about `spread`: probabilities and their shares of the spread.
fn strata(spread: f64) -> Vec<(Vec<f64>, usize)> {
    let shapes: [&[(f64, f64)]; 9] = [
        &[(0.5, 0.5), (0.01, 0.5)],
        &[(0.9, 0.3), (0.05, 0.7)],
        &[(0.5, 0.34), (0.1, 0.33), (0.9, 0.33)],
        &[(0.98, 0.9), (0.3, 0.1)],
        &[(0.02, 0.9), (0.7, 0.1)],
        &[(0.95, 0.5), (0.5, 0.5)],
        &[(0.05, 0.5), (0.5, 0.5)],
        &[(0.995, 0.5), (0.8, 0.5)],
        &[(0.2, 0.6), (0.21, 0.4)],
    ];
    shapes
        .iter()
        .map(|shape| {
            let mut weights = Vec::new();
            for (p, share) in *shape {
                let count = (share * spread / (p * (1.0 - p))).round().max(1.0) as usize;
                weights.extend(std::iter::repeat_n(*p, count));
            }
            let n = weights.iter().sum::<f64>().round().max(1.0) as usize;
            let pis: Vec<f64> = compute_inclusion(&weights, n).into_iter().filter(|p| *p < 1.0).collect();
            let left = pis.iter().sum::<f64>().round() as usize;
            (pis, left)
        })
        .collect()
}

/// From where a stratum's ranks are its probabilities, this comes to less than is claimed, whatever it is made of; below,
/// the ranks are calibrated.
#[test]
fn every_stratum_keeps_what_is_claimed_of_it() {
    let limit = Method::V2.calibrate_below();
    for (pis, n) in strata(limit) {
        let plain = deviation(&pis, &compute_realised(Method::V2, &pis, n));
        assert!(plain < 1e-5, "{} units, {n} drawn: {plain:e}", pis.len());
    }
    // what is left of ranks that are the probabilities falls with the square of the spread
    let worst = |spread: f64| {
        strata(spread).iter().map(|(pis, n)| deviation(pis, &compute_realised(Method::V2, pis, *n))).fold(0.0, f64::max)
    };
    let (ten, forty) = (worst(10.0), worst(40.0));
    assert!(ten > 1e-3 && ten * 100.0 < 0.2 && (ten / forty / 16.0 - 1.0).abs() < 0.1, "{ten:e} {forty:e}");
    for (pis, n) in strata(12.0).into_iter().chain(strata(30.0)) {
        let found = compute_calibrated_ranks(Method::V2, &pis, n);
        let left = deviation(&pis, &compute_realised(Method::V2, &found.ranks, n));
        assert!(left < 1e-5, "{} units, {n} drawn: {left:e} after {} rounds", pis.len(), found.rounds);
    }
}
