//! How likely the likeliest pair of a small body is.

use fairdraw::domain::{BodyId, InspectorId, UnitId};
use fairdraw::staffing::{Inspector, Need, Needs, PairingRule, Roster, simulate_pairs};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The small bodies of the audit: people and checks of a month. Every other one may lead; days and leave differ.
const BODIES: [(usize, usize); 4] = [(12, 1), (12, 2), (12, 3), (6, 6)];

/// (Chance that a check gets the likeliest pair, share of the people never used).
fn likeliest(people: usize, checks: usize, rule: PairingRule, draws: usize) -> (f64, f64) {
    let body = BodyId::new("b").unwrap();
    let inspectors = (0..people).map(|i| Inspector {
        certificate: InspectorId::new(format!("C{i:02}")).unwrap(),
        body: body.clone(),
        lead: i % 2 == 0,
        skills: [].into(),
        checks_max: 8 + (i * 5 % 12) as u32,
        recusals: [].into(),
    });
    let roster = Roster::new(inspectors.collect()).unwrap();
    let need = |i: usize| Need { unit_id: UnitId::new(format!("U{i}")).unwrap(), body: body.clone(), skill: None };
    let needs = Needs::new((0..checks).map(need).collect()).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(600);
    let mut seed = || {
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        seed
    };
    let seeds: Vec<[u8; 32]> = (0..draws).map(|_| seed()).collect();
    let found = simulate_pairs(rule, &roster, &needs, seeds, &[]);
    let most = found.checks.values().max().copied().unwrap_or(0) as f64 / (draws * checks) as f64;
    let used: std::collections::BTreeSet<_> = found.checks.keys().flat_map(|(a, b)| [a, b]).collect();
    (most, (people - used.len()) as f64 / people as f64)
}

#[test]
fn no_pair_of_a_small_body_is_certain() {
    for (people, checks) in BODIES {
        let (most, unused) = likeliest(people, checks, PairingRule::WithinOne, 600);
        assert!(most < 0.25 && unused == 0.0, "{people} people, {checks} checks: {most} {unused}");
    }
    assert_eq!(likeliest(12, 1, PairingRule::LeastLoad, 600).0, 1.0);
}

#[test]
#[ignore = "prints a row of the table in tests/README.md"]
fn pairs_of_small_bodies() {
    for (people, checks) in BODIES {
        let [first, second] =
            [PairingRule::LeastLoad, PairingRule::WithinOne].map(|rule| likeliest(people, checks, rule, 20_000));
        println!(
            "{people} 人 {checks} 项：一项检查最可能的一对 {:.1}% → {:.1}%，从未用到 {:.0}% → {:.0}%",
            first.0 * 100.0,
            second.0 * 100.0,
            first.1 * 100.0,
            second.1 * 100.0
        );
    }
}
