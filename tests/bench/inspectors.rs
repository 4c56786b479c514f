//! Pairing 12 000 checks with 800 inspectors: time, cores, evenness, rules.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and stops where its input is wrong")]

use std::time::Instant;

use fairdraw::domain::{BodyId, InspectorId, UnitId};
use fairdraw::staffing::{
    Assignment, Inspector, Need, Needs, PairingRule, Roster, assign_inspectors, check_assignment, check_rules,
    simulate_pairs,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A month of `bodies` bodies with `people` inspectors and `checks` checks each: 55 % lead-qualified, three
/// skills of different rarity, up to three recusals a head, `slack` spare person-checks in a hundred.
fn month(bodies: usize, people: usize, checks: usize, slack: usize) -> (Roster, Needs) {
    let mut rng = ChaCha8Rng::seed_from_u64(2027);
    let body = |i: usize| BodyId::new(format!("b{:02}", i % bodies)).unwrap();
    let needs: Vec<Need> = (0..bodies * checks)
        .map(|i| {
            let skill = match rng.random_range(0..100) {
                0..12 => Some("hazardous_waste"),
                12..22 => Some("online_monitoring"),
                22..25 => Some("radiation"),
                _ => None,
            };
            let unit_id = UnitId::new(format!("91310{:013}X001P", i * 7919)).unwrap();
            Need { unit_id, body: body(i), skill: skill.map(str::to_owned) }
        })
        .collect();
    let usual = 2 * checks * (100 + slack) / (100 * people);
    let inspectors = (0..bodies * people)
        .map(|i| {
            // Every body has its share of lead-qualified and skilled people; who has what is mixed.
            let k = i / bodies;
            let skills =
                [("hazardous_waste", k * 7 % 10 < 3), ("online_monitoring", k % 4 == 1), ("radiation", k % 8 == 2)];
            let skills = skills.into_iter().filter(|(_, has)| *has).map(|(s, _)| s.to_owned()).collect();
            let recusals = rng.random_range(0..=3);
            Inspector {
                certificate: InspectorId::new(format!("0901{i:07}")).unwrap(),
                body: body(i),
                lead: k * 3 % 20 < 11,
                skills,
                checks_max: (usual + 1 + rng.random_range(0..=usual / 3)) as u32 - usual as u32 / 6,
                recusals: (0..recusals)
                    .map(|_| needs[rng.random_range(0..checks) * bodies + i % bodies].unit_id.clone())
                    .collect(),
            }
        })
        .collect();
    (Roster::new(inspectors).unwrap(), Needs::new(needs).unwrap())
}

/// Highest and lowest load / `checks_max`.
fn spread(roster: &Roster, assignment: &Assignment) -> (f64, f64) {
    let loads = assignment.loads();
    let ratios = roster
        .inspectors()
        .iter()
        .filter(|i| i.checks_max > 0)
        .map(|i| f64::from(loads.get(&i.certificate).copied().unwrap_or(0)) / f64::from(i.checks_max));
    ratios.fold((0.0, 1.0), |(most, least), ratio| (f64::max(most, ratio), f64::min(least, ratio)))
}

/// Runs everything and prints rows, cores, times.
pub fn run() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let seed = [5; 32];
    for (name, bodies, people, checks, slack) in [
        ("20 bodies, 15 % spare", 20, 40, 600, 15),
        ("20 bodies, 3 % spare", 20, 40, 600, 3),
        ("one body, 15 % spare", 1, 800, 12_000, 15),
    ] {
        let (roster, needs) = month(bodies, people, checks, slack);
        let mut times = Vec::new();
        let mut outcomes = Vec::new();
        for _ in 0..3 {
            let start = Instant::now();
            outcomes.push(assign_inspectors(PairingRule::LATEST, &seed, &roster, &needs).unwrap());
            times.push(start.elapsed().as_secs_f64());
        }
        let assignment = &outcomes[0];
        assert!(outcomes.iter().all(|other| other == assignment));
        assert!(check_rules(&roster, assignment).is_empty());
        let (most, least) = spread(&roster, assignment);
        let (checks, people) = (needs.needs().len(), roster.inspectors().len());
        println!(
            "inspectors: {name}: {checks} checks × {people} inspectors, {cores} cores: {:.3} {:.3} {:.3} s, load {least:.3} … {most:.3}",
            times[0], times[1], times[2]
        );
    }
    let (roster, needs) = month(20, 40, 600, 15);
    let assignment = assign_inspectors(PairingRule::LATEST, &seed, &roster, &needs).unwrap();
    let start = Instant::now();
    assert!(check_assignment(PairingRule::LATEST, &seed, &roster, &needs, &assignment.write_csv(), &[]).is_empty());
    println!("inspectors: check of 12 000 rows: {:.3} s", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let seeds = (0..20_u8).map(|i| [i; 32]);
    let found = simulate_pairs(PairingRule::LATEST, &roster, &needs, seeds, &[]);
    let seconds = start.elapsed().as_secs_f64();
    println!("inspectors: 20 simulated months: {seconds:.3} s, {} different pairs", found.together.len());
    // A shortage in every body at once, with all its remedies.
    let cut = |i: &Inspector| Inspector { checks_max: i.checks_max * 3 / 4, ..i.clone() };
    let short = Roster::new(roster.inspectors().iter().map(cut).collect()).unwrap();
    let start = Instant::now();
    let shortage = assign_inspectors(PairingRule::LATEST, &seed, &short, &needs).unwrap_err();
    let remedies: usize = shortage.bodies.iter().map(|body| body.remedies.len()).sum();
    let seconds = start.elapsed().as_secs_f64();
    println!("inspectors: {} short bodies, {remedies} remedies: {seconds:.3} s", shortage.bodies.len());
}
