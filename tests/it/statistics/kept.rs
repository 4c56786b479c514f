//! E π − p: what a site's month offers over all that rounding can do, against its target.

use fairdraw::sampling::{CERTAIN_ABOVE, compute_inclusion_of_quota, compute_inclusion_with_certainties};

use super::City;

/// A site's mean of π over both numbers that its stratum's quota can come to.
fn mean_of(p: &[f64], inclusion: fn(&[f64], usize) -> Vec<f64>) -> Vec<f64> {
    let expected: f64 = p.iter().sum();
    let (low, part) = (expected.floor(), expected - expected.floor());
    let of = |n: usize| if n == 0 { vec![0.0; p.len()] } else { inclusion(p, n) };
    let (below, above) = (of(low as usize), of((low as usize + 1).min(p.len())));
    below.iter().zip(above).map(|(b, a)| (1.0 - part) * b + part * a).collect()
}

/// Largest |E π − p| by the first and by the second method, and how many sites and months are off by a thousandth.
fn largest(city: &City) -> ([f64; 2], [usize; 2]) {
    let (mut most, mut off) = ([0.0_f64; 2], [0; 2]);
    for p in city.months.iter().flat_map(|body| &body.strata).filter(|p| !p.is_empty()) {
        // those close to 1 are drawn with 0.999 or 1, and kept so
        let rest: Vec<f64> = p.iter().copied().filter(|p| *p < CERTAIN_ABOVE).collect();
        let by_first = mean_of(p, compute_inclusion_with_certainties);
        let by_second = mean_of(&rest, compute_inclusion_of_quota);
        let differences = [
            by_first.iter().zip(p).map(|(pi, p)| (pi - p).abs()).collect::<Vec<_>>(),
            by_second.iter().zip(&rest).map(|(pi, p)| (pi - p).abs()).collect(),
        ];
        for (method, differences) in differences.iter().enumerate() {
            most[method] = differences.iter().copied().fold(most[method], f64::max);
            off[method] += differences.iter().filter(|d| **d > 1e-3).count();
        }
    }
    (most, off)
}

/// The audit's December: the two units of 310120/key.
const AUDITED: [f64; 2] = [0.918, 0.212];

#[test]
fn targets_are_kept_on_average_where_they_are_capped() {
    let first = mean_of(&AUDITED, compute_inclusion_with_certainties);
    let second = mean_of(&AUDITED, compute_inclusion_of_quota);
    // the audit prints three digits of what goes in
    assert!((first[0] - 0.835).abs() < 3e-3, "{first:?}");
    assert!(second.iter().zip(AUDITED).all(|(pi, p)| (pi - p).abs() < 1e-12), "{second:?}");
    let (most, off) = largest(super::small());
    assert!(most[1] < 1e-9 && off[1] == 0, "{most:?} {off:?}");
}

#[test]
#[ignore = "prints a row of the table in tests/README.md"]
fn targets_of_the_whole_city() {
    let mean = |inclusion| mean_of(&AUDITED, inclusion)[0];
    let (first, second) = (mean(compute_inclusion_with_certainties), mean(compute_inclusion_of_quota));
    println!("两个单位、F = 1.13 的层：p = 0.918，E π {first:.3} → {second:.3}");
    let (most, off) = largest(super::whole());
    println!("E π − p：最大 {:.1e} → {:.1e}；相差千分之一以上 {} → {} 家次", most[0], most[1], off[0], off[1]);
    assert!(most[1] < 1e-9 && off[1] == 0);
}
