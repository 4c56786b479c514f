//! What must change nothing.

use fairdraw::domain::BodyId;
use fairdraw::staffing::{
    Assignment, Inspector, Need, Needs, PairRow, PairingRule, Roster, Slot, assign_inspectors, compute_skill_slot,
    roster_sha256,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::brute::{hold_against_rules, large_month};
use super::{need, person, random_month, seed_of};

#[test]
fn order_of_rows_threads_and_repetition_change_nothing() {
    let (people, needs) = large_month(5, 4, 20, 60);
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let seed = seed_of(&mut rng);
    let one = |threads: usize, people: Vec<Inspector>, needs: Vec<Need>| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (roster, needs) = (Roster::new(people).unwrap(), Needs::new(needs).unwrap());
        let bytes =
            pool.install(|| assign_inspectors(PairingRule::LATEST, &seed, &roster, &needs).unwrap().write_csv());
        (bytes, roster_sha256(&roster.write_csv(), &needs.write_csv()))
    };
    let first = one(1, people.clone(), needs.clone());
    for threads in [1, 2, 3, 8] {
        let (mut p, mut n) = (people.clone(), needs.clone());
        for i in (1..p.len()).rev() {
            p.swap(i, rng.random_range(0..=i));
        }
        for i in (1..n.len()).rev() {
            n.swap(i, rng.random_range(0..=i));
        }
        assert_eq!(one(threads, p, n), first);
    }
    let (roster, table) = (Roster::new(people.clone()).unwrap(), Needs::new(needs.clone()).unwrap());
    let assignment = assign_inspectors(PairingRule::LATEST, &seed, &roster, &table).unwrap();
    hold_against_rules(&people, &needs, &assignment);
    assert_eq!(Assignment::parse(&first.0).unwrap(), assignment);
    let other = assign_inspectors(PairingRule::LATEST, &seed_of(&mut rng), &roster, &table).unwrap();
    let same = assignment.rows().iter().zip(other.rows()).filter(|(a, b)| a == b).count();
    assert!(same < needs.len() / 10, "another seed, another pairing: {same} the same");
}

#[test]
fn people_who_take_nothing_change_nothing() {
    // 150 of them among the others spread the people over several words of every mask.
    let mut rng = ChaCha8Rng::seed_from_u64(64);
    let mut compared = 0;
    for _ in 0..300 {
        let (people, needs) = random_month(&mut rng, 8, 6);
        let seed = seed_of(&mut rng);
        let needs = Needs::new(needs).unwrap();
        let mut crowd = people.clone();
        crowd.extend((0..150).map(|i| person(&format!("P{}-{i}", i % 8), "b", i % 2 == 0, &["haz", "rad"], 0, &[])));
        let plain = assign_inspectors(PairingRule::LATEST, &seed, &Roster::new(people).unwrap(), &needs);
        let crowded = assign_inspectors(PairingRule::LATEST, &seed, &Roster::new(crowd).unwrap(), &needs);
        compared += usize::from(plain.is_ok());
        match (plain, crowded) {
            (Ok(plain), Ok(crowded)) => assert_eq!(plain, crowded),
            (Err(plain), Err(crowded)) => assert_eq!(plain.bodies[0].gaps, crowded.bodies[0].gaps),
            _ => panic!("feasible with or without them"),
        }
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn a_body_is_paired_as_if_alone() {
    let (people, needs) = large_month(8, 3, 16, 30);
    let seed = [7; 32];
    let whole = assign_inspectors(
        PairingRule::LATEST,
        &seed,
        &Roster::new(people.clone()).unwrap(),
        &Needs::new(needs.clone()).unwrap(),
    )
    .unwrap();
    for body in ["b0", "b1", "b2"] {
        let own = |b: &BodyId| b.as_str() == body;
        let roster = Roster::new(people.iter().filter(|p| own(&p.body)).cloned().collect()).unwrap();
        let table = Needs::new(needs.iter().filter(|n| own(&n.body)).cloned().collect()).unwrap();
        let alone = assign_inspectors(PairingRule::LATEST, &seed, &roster, &table).unwrap();
        let part: Vec<&PairRow> = whole.rows().iter().filter(|row| own(&row.body)).collect();
        assert_eq!(alone.rows().iter().collect::<Vec<_>>(), part);
    }
}

#[test]
fn the_skill_falls_on_the_wider_slot() {
    let people = [
        person("1", "b", true, &["haz"], 5, &[]),
        person("2", "b", true, &[], 5, &[]),
        person("3", "b", false, &[], 5, &[]),
    ];
    assert_eq!(compute_skill_slot(&people, "haz"), Slot::A, "a tie falls on A");
    assert_eq!(compute_skill_slot(&people, "none"), Slot::A);
    let mut wider = people.to_vec();
    wider.push(person("4", "b", false, &["haz"], 1, &[]));
    assert_eq!(compute_skill_slot(&wider, "haz"), Slot::B);
    // On A its holder leads and has the skill; the second person is then anyone.
    let needs = Needs::new((0..4).map(|i| need(&format!("U{i}"), "b", Some("haz"))).collect()).unwrap();
    let paired =
        assign_inspectors(PairingRule::LATEST, &[1; 32], &Roster::new(people.to_vec()).unwrap(), &needs).unwrap();
    assert!(paired.rows().iter().all(|row| row.lead.as_str() == "1" && row.skill_slot == Some(Slot::A)));
}
