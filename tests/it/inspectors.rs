//! The pairing of inspectors against exhaustive search, and everything around it.
#![allow(clippy::similar_names, reason = "needs and need, changes and changed are what they are")]

use std::collections::{BTreeMap, BTreeSet};

use fairdraw::domain::{BodyId, InspectorId, PlanMonth, UnitId};
use fairdraw::staffing::{
    AddRequest, Assignment, Change, GapKind, Inspector, Names, Need, Needs, PairRow, Remedy, ReplaceRequest, Roster,
    Slot, SubstituteRequest, add_check, apply_change, apply_remedy, assign_inspectors, assign_substitute,
    check_assignment, check_rules, check_staffing, compute_skill_slot, replace_inspector, roster_sha256,
    simulate_pairs,
};
use proptest::prelude::*;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

fn person(certificate: &str, body: &str, lead: bool, skills: &[&str], checks_max: u32, recusals: &[&str]) -> Inspector {
    Inspector {
        certificate: InspectorId::new(certificate).unwrap(),
        body: BodyId::new(body).unwrap(),
        lead,
        skills: skills.iter().map(|s| (*s).to_owned()).collect(),
        checks_max,
        recusals: recusals.iter().map(|u| UnitId::new(*u).unwrap()).collect(),
    }
}

fn need(unit: &str, body: &str, skill: Option<&str>) -> Need {
    Need { unit_id: UnitId::new(unit).unwrap(), body: BodyId::new(body).unwrap(), skill: skill.map(str::to_owned) }
}

fn unit(text: &str) -> UnitId {
    UnitId::new(text).unwrap()
}

fn names() -> Names {
    Names {
        bodies: [("310151", "崇明"), ("310115", "浦东")].map(|(b, n)| (BodyId::new(b).unwrap(), n.to_owned())).into(),
        skills: [("haz".to_owned(), "危废".to_owned())].into(),
    }
}

fn march() -> PlanMonth {
    "2027-03".parse().unwrap()
}

fn seed_of(rng: &mut ChaCha8Rng) -> [u8; 32] {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    seed
}

/// A small random month of one body; tight on purpose, so that about half can't be filled.
fn random_month(rng: &mut ChaCha8Rng, people: usize, checks: usize) -> (Vec<Inspector>, Vec<Need>) {
    let units: Vec<String> = (0..checks).map(|i| format!("U{i}")).collect();
    let lead = rng.random_range(0.3..1.0);
    let skilled = rng.random_range(0.2..0.9);
    let recused = rng.random_range(0.0..0.3);
    let most = rng.random_range(1..=5);
    let roster = (0..people)
        .map(|i| {
            let skills: Vec<&str> = ["haz", "rad"].into_iter().filter(|_| rng.random_bool(skilled)).collect();
            let recusals: Vec<&str> = units.iter().map(String::as_str).filter(|_| rng.random_bool(recused)).collect();
            let least = u32::from(!rng.random_bool(0.05));
            let max = rng.random_range(least..=most);
            person(&format!("P{i}"), "b", rng.random_bool(lead), &skills, max, &recusals)
        })
        .collect();
    let needy = rng.random_range(0.0..1.0);
    let needs = units
        .iter()
        .map(|u| {
            let skill = rng.random_bool(needy).then(|| if rng.random_bool(0.7) { "haz" } else { "rad" });
            need(u, "b", skill)
        })
        .collect();
    (roster, needs)
}

// ---- exhaustive search, written from the rule alone ----

/// Loads of up to eight people, eight bits each.
type Loads = u64;

fn load_of(loads: Loads, p: usize) -> u64 {
    loads >> (8 * p) & 0xff
}

struct Brute<'a> {
    people: &'a [Inspector],
    /// Checks in the order of the seed, with the pairs that the rules allow.
    checks: Vec<(&'a Need, Vec<(usize, usize)>)>,
    /// i → every load vector that checks i.. can make.
    after: Vec<BTreeSet<Loads>>,
    /// The most even load vectors.
    best: BTreeSet<Loads>,
    /// Their sorted ratios, in sixtieths.
    profile: Vec<u64>,
}

fn slot_of(people: &[Inspector], skill: &str) -> char {
    let sum = |lead_only: bool| -> u32 {
        people.iter().filter(|p| p.skills.contains(skill) && (p.lead || !lead_only)).map(|p| p.checks_max).sum()
    };
    if sum(true) >= sum(false) { 'A' } else { 'B' }
}

fn pairs_of(people: &[Inspector], need: &Need) -> Vec<(usize, usize)> {
    let ok = |p: &Inspector, slot: char| {
        let skilled = need.skill.as_ref().is_none_or(|s| slot_of(people, s) != slot || p.skills.contains(s));
        skilled && !p.recusals.contains(&need.unit_id) && (slot == 'B' || p.lead) && p.checks_max > 0
    };
    let all = |slot: char| (0..people.len()).filter(move |i| ok(&people[*i], slot));
    all('A').flat_map(|a| all('B').filter(move |b| *b != a).map(move |b| (a, b))).collect()
}

impl<'a> Brute<'a> {
    fn new(seed: &[u8; 32], people: &'a [Inspector], needs: &'a [Need]) -> Self {
        let mut order: Vec<&Need> = needs.iter().collect();
        order.sort_by_key(|need| {
            let mut bytes = b"fairdraw/1/check\n".to_vec();
            bytes.extend(seed);
            bytes.extend(need.unit_id.as_str().bytes());
            Sha256::digest(&bytes).to_vec()
        });
        let checks: Vec<_> = order.into_iter().map(|need| (need, pairs_of(people, need))).collect();
        let within =
            |loads: Loads| people.iter().enumerate().all(|(p, i)| load_of(loads, p) <= u64::from(i.checks_max));
        let mut after = vec![BTreeSet::from([0])];
        for (_, pairs) in checks.iter().rev() {
            let last = after.last().unwrap();
            let next =
                last.iter().flat_map(|loads| pairs.iter().map(move |(a, b)| loads + (1 << (8 * a)) + (1 << (8 * b))));
            after.push(next.filter(|loads| within(*loads)).collect());
        }
        after.reverse();
        let profile_of = |loads: Loads| {
            let mut ratios: Vec<u64> = people
                .iter()
                .enumerate()
                .map(|(p, i)| if i.checks_max == 0 { 0 } else { load_of(loads, p) * 60 / u64::from(i.checks_max) })
                .collect();
            ratios.sort_unstable_by(|a, b| b.cmp(a));
            ratios
        };
        let profile = after[0].iter().map(|loads| profile_of(*loads)).min().unwrap_or_default();
        let best = after[0].iter().copied().filter(|loads| profile_of(*loads) == profile).collect();
        Self { people, checks, after, best, profile }
    }

    fn is_feasible(&self) -> bool {
        !self.after[0].is_empty()
    }

    /// The most slots that can be filled at all.
    fn most_filled(&self) -> usize {
        let mut states: BTreeMap<Loads, usize> = BTreeMap::from([(0, 0)]);
        for (need, _) in &self.checks {
            let single = |slot: char| -> Vec<usize> {
                let lone = |p: &Inspector| {
                    let skilled =
                        need.skill.as_ref().is_none_or(|s| slot_of(self.people, s) != slot || p.skills.contains(s));
                    skilled && !p.recusals.contains(&need.unit_id) && (slot == 'B' || p.lead) && p.checks_max > 0
                };
                (0..self.people.len()).filter(|i| lone(&self.people[*i])).collect()
            };
            let (a_slots, b_slots) = (single('A'), single('B'));
            let mut options: Vec<Vec<usize>> = vec![vec![]];
            options.extend(a_slots.iter().chain(&b_slots).map(|p| vec![*p]));
            for a in &a_slots {
                options.extend(b_slots.iter().filter(|b| *b != a).map(|b| vec![*a, *b]));
            }
            let mut next: BTreeMap<Loads, usize> = BTreeMap::new();
            for (loads, filled) in &states {
                for option in &options {
                    let new = option.iter().fold(*loads, |loads, p| loads + (1 << (8 * p)));
                    let fits = option.iter().all(|p| load_of(new, *p) <= u64::from(self.people[*p].checks_max));
                    if fits {
                        let best = next.entry(new).or_insert(0);
                        *best = (*best).max(filled + option.len());
                    }
                }
            }
            states = next;
        }
        states.values().copied().max().unwrap_or(0)
    }

    /// The pairing by the rule, asking the exhaustive sets whether a completion exists.
    fn assign(&self, seed: &[u8; 32]) -> BTreeMap<&'a UnitId, (usize, usize)> {
        let one = |p: usize| 1_u64 << (8 * p);
        let mut loads: Loads = 0;
        let mut paired: BTreeMap<(usize, usize), u32> = BTreeMap::new();
        let mut out = BTreeMap::new();
        for (i, (need, pairs)) in self.checks.iter().enumerate() {
            let can_end = |loads: Loads| self.after[i + 1].iter().any(|rest| self.best.contains(&(loads + rest)));
            let order = |slot: char, lead: Option<usize>| {
                let mut people: Vec<usize> = (0..self.people.len()).collect();
                people.sort_by_key(|p| {
                    let max = u64::from(self.people[*p].checks_max);
                    let ratio = if max == 0 { u64::MAX } else { load_of(loads, *p) * 60 / max };
                    let times = lead.map_or(0, |a| paired.get(&(a.min(*p), a.max(*p))).copied().unwrap_or(0));
                    let mut bytes = b"fairdraw/1/pair\n".to_vec();
                    bytes.extend(seed);
                    bytes.extend(need.unit_id.as_str().bytes());
                    bytes.extend(format!("\n{}\n{slot}", self.people[*p].certificate).bytes());
                    (ratio, times, Sha256::digest(&bytes).to_vec())
                });
                people
            };
            let a = order('A', None)
                .into_iter()
                .find(|a| pairs.iter().any(|(x, b)| x == a && can_end(loads + one(*a) + one(*b))))
                .unwrap();
            let b = order('B', Some(a))
                .into_iter()
                .find(|b| pairs.contains(&(a, *b)) && can_end(loads + one(a) + one(*b)))
                .unwrap();
            loads += one(a) + one(b);
            *paired.entry((a.min(b), a.max(b))).or_insert(0) += 1;
            out.insert(&need.unit_id, (a, b));
        }
        out
    }
}

fn hold_against_rules(people: &[Inspector], needs: &[Need], assignment: &Assignment) {
    assert_eq!(assignment.rows().len(), needs.len());
    let mut loads: BTreeMap<&InspectorId, u32> = BTreeMap::new();
    for (row, need) in assignment.rows().iter().zip(needs) {
        assert_eq!(row.unit_id, need.unit_id);
        let get = |c: &InspectorId| people.iter().find(|p| p.certificate == *c).unwrap();
        let (lead, second) = (get(&row.lead), get(&row.second));
        assert!(row.lead != row.second && lead.lead);
        for p in [lead, second] {
            assert!(p.body == need.body && !p.recusals.contains(&need.unit_id));
            *loads.entry(&p.certificate).or_insert(0) += 1;
            assert!(loads[&p.certificate] <= p.checks_max);
        }
        if let Some(skill) = &need.skill {
            let own: Vec<Inspector> = people.iter().filter(|p| p.body == need.body).cloned().collect();
            let holder = if slot_of(&own, skill) == 'A' { lead } else { second };
            assert!(holder.skills.contains(skill));
        }
    }
}

#[test]
fn twelve_thousand_small_months_agree_with_exhaustive_search() {
    let mut rng = ChaCha8Rng::seed_from_u64(20_270_301);
    let (mut feasible, mut short, mut uneven, mut remedies) = (0, 0, 0, 0);
    for case in 0..12_000 {
        let (n, m) = (rng.random_range(1..=5), rng.random_range(1..=if case % 10 == 0 { 5 } else { 3 }));
        let (people, needs) = random_month(&mut rng, n, m);
        let seed = seed_of(&mut rng);
        let brute = Brute::new(&seed, &people, &needs);
        let roster = Roster::new(people.clone()).unwrap();
        let table = Needs::new(needs.clone()).unwrap();
        match assign_inspectors(&seed, &roster, &table) {
            Ok(assignment) => {
                assert!(brute.is_feasible(), "case {case}");
                feasible += 1;
                hold_against_rules(&people, &needs, &assignment);
                assert!(check_rules(&roster, &assignment).is_empty());
                // The same pair for every unit: admissible means just what exhaustive search finds.
                let expected = brute.assign(&seed);
                for row in assignment.rows() {
                    let (a, b) = expected[&row.unit_id];
                    let pair = (&people[a].certificate, &people[b].certificate);
                    assert_eq!((&row.lead, &row.second), pair, "case {case}, unit {}", row.unit_id);
                }
                // The highest ratio is the lowest possible, and so on down.
                let loads = assignment.loads();
                let mut ratios: Vec<u64> = people
                    .iter()
                    .map(|p| u64::from(loads.get(&p.certificate).copied().unwrap_or(0) * 60 / p.checks_max.max(1)))
                    .collect();
                ratios.sort_unstable_by(|a, b| b.cmp(a));
                assert_eq!(ratios, brute.profile, "case {case}");
                uneven += usize::from(ratios.first() != ratios.last());
            }
            Err(shortage) => {
                assert!(!brute.is_feasible(), "case {case}");
                short += 1;
                let body = &shortage.bodies[0];
                let missing = 2 * needs.len() - brute.most_filled();
                assert_eq!(body.missing(), missing, "case {case}");
                assert!(!body.remedies.is_empty() && !body.describe(Some(march()), &names()).is_empty());
                for remedy in &body.remedies {
                    let (roster, table) = apply_remedy(&roster, &table, remedy).unwrap();
                    assert!(check_staffing(&roster, &table).is_ok(), "case {case}: {remedy:?}");
                    remedies += 1;
                    if let Remedy::RaiseChecksMax { raises } = remedy {
                        assert_eq!(raises.iter().map(|r| (r.to - r.from) as usize).sum::<usize>(), missing);
                    }
                }
                // Moving checks away and a new post always help.
                assert!(body.remedies.iter().any(|m| matches!(m, Remedy::MoveChecks { .. })), "case {case}");
                assert!(body.remedies.iter().any(|m| matches!(m, Remedy::AddInspectors { .. })), "case {case}");
            }
        }
    }
    println!("feasible {feasible}, short {short}, uneven {uneven}, remedies {remedies}");
    assert!(feasible > 2_000 && short > 2_000 && uneven > 1_000 && remedies > 4_000);
}

/// A larger month of several bodies that can be filled.
fn large_month(seed: u64, bodies: usize, people: usize, checks: usize) -> (Vec<Inspector>, Vec<Need>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let needs: Vec<Need> = (0..bodies * checks)
        .map(|i| {
            let skill = rng.random_bool(0.15).then_some("haz");
            need(&format!("S{i:05}"), &format!("b{}", i % bodies), skill)
        })
        .collect();
    let roster = (0..bodies * people)
        .map(|i| {
            let recusals: Vec<&str> =
                (0..3).map(|_| needs[rng.random_range(0..needs.len())].unit_id.as_str()).collect();
            let skills: &[&str] = if rng.random_bool(0.3) { &["haz"] } else { &[] };
            let max = rng.random_range(6..=14);
            person(&format!("C{i:04}"), &format!("b{}", i % bodies), rng.random_bool(0.6), skills, max, &recusals)
        })
        .collect();
    (roster, needs)
}

#[test]
fn order_of_rows_threads_and_repetition_change_nothing() {
    let (people, needs) = large_month(5, 4, 20, 60);
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let seed = seed_of(&mut rng);
    let one = |threads: usize, people: Vec<Inspector>, needs: Vec<Need>| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let (roster, needs) = (Roster::new(people).unwrap(), Needs::new(needs).unwrap());
        let bytes = pool.install(|| assign_inspectors(&seed, &roster, &needs).unwrap().write_csv());
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
    let assignment = assign_inspectors(&seed, &roster, &table).unwrap();
    hold_against_rules(&people, &needs, &assignment);
    assert_eq!(Assignment::parse(&first.0).unwrap(), assignment);
    let other = assign_inspectors(&seed_of(&mut rng), &roster, &table).unwrap();
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
        let plain = assign_inspectors(&seed, &Roster::new(people).unwrap(), &needs);
        let crowded = assign_inspectors(&seed, &Roster::new(crowd).unwrap(), &needs);
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
    let whole =
        assign_inspectors(&seed, &Roster::new(people.clone()).unwrap(), &Needs::new(needs.clone()).unwrap()).unwrap();
    for body in ["b0", "b1", "b2"] {
        let own = |b: &BodyId| b.as_str() == body;
        let roster = Roster::new(people.iter().filter(|p| own(&p.body)).cloned().collect()).unwrap();
        let table = Needs::new(needs.iter().filter(|n| own(&n.body)).cloned().collect()).unwrap();
        let alone = assign_inspectors(&seed, &roster, &table).unwrap();
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
    let paired = assign_inspectors(&[1; 32], &Roster::new(people.to_vec()).unwrap(), &needs).unwrap();
    assert!(paired.rows().iter().all(|row| row.lead.as_str() == "1" && row.skill_slot == Some(Slot::A)));
}

#[test]
fn the_worked_example_is_named_and_mended() {
    // 12 hazardous-waste checks, three people with the skill, two checks each; plenty of others.
    let mut people: Vec<Inspector> =
        (0..3).map(|i| person(&format!("H{i}"), "310151", false, &["haz"], 2, &[])).collect();
    people.extend((0..8).map(|i| person(&format!("L{i}"), "310151", true, &[], 8, &[])));
    people.extend((0..6).map(|i| person(&format!("P{i}"), "310115", i < 4, &["haz"], 10, &[])));
    let mut needs: Vec<Need> = (0..12).map(|i| need(&format!("U{i:02}"), "310151", Some("haz"))).collect();
    needs.extend((0..8).map(|i| need(&format!("V{i:02}"), "310151", None)));
    needs.extend((0..10).map(|i| need(&format!("W{i:02}"), "310115", None)));
    let (roster, needs) = (Roster::new(people).unwrap(), Needs::new(needs).unwrap());
    let shortage = assign_inspectors(&[3; 32], &roster, &needs).unwrap_err();
    assert_eq!(shortage.describe(Some(march()), &names()), ["崇明 2027-03：12 项危废检查，3 名有资质人员，缺 6 人次"]);
    let body = &shortage.bodies[0];
    assert_eq!((body.gaps[0].kind, body.gaps[0].checks, body.gaps[0].missing), (GapKind::Skill, 12, 6));
    let texts: Vec<String> = body.remedies.iter().map(|remedy| remedy.describe(&names())).collect();
    assert_eq!(
        texts,
        [
            "提高每月检查数上限，共 6 人次：H0 由 2 项增至 4 项，H1 由 2 项增至 4 项，H2 由 2 项增至 4 项",
            "本月借调 1 人：从浦东借调 P4（危废资质）",
            "培训取证 1 人：L0 取得危废资质",
            "将 6 项检查移到其他月份",
            "增加 1 人：1 名执法人员（危废资质）、每月 8 项",
        ]
    );
    for remedy in &body.remedies {
        let (roster, needs) = apply_remedy(&roster, &needs, remedy).unwrap();
        assert!(assign_inspectors(&[3; 32], &roster, &needs).is_ok(), "{remedy:?}");
    }
    let error = shortage.to_error(march(), &names());
    assert_eq!(error.code(), "ROS-020");
    assert!(error.to_string().contains("缺 6 人次") && error.to_string().contains("提高每月检查数上限"));
}

fn first_text(people: Vec<Inspector>, needs: Vec<Need>) -> (Vec<String>, Vec<Remedy>) {
    let (roster, needs) = (Roster::new(people).unwrap(), Needs::new(needs).unwrap());
    let shortage = check_staffing(&roster, &needs).unwrap_err();
    for remedy in shortage.bodies.iter().flat_map(|body| &body.remedies) {
        let (roster, needs) = apply_remedy(&roster, &needs, remedy).unwrap();
        assert!(check_staffing(&roster, &needs).is_ok(), "{remedy:?}");
    }
    (shortage.describe(Some(march()), &names()), shortage.bodies.iter().flat_map(|b| b.remedies.clone()).collect())
}

#[test]
fn bare_bodies_are_named_in_words() {
    let checks = |n: usize, skill| -> Vec<Need> { (0..n).map(|i| need(&format!("U{i}"), "310151", skill)).collect() };
    let pudong: Vec<Inspector> = (0..4).map(|i| person(&format!("P{i}"), "310115", true, &["haz"], 10, &[])).collect();
    let has = |remedies: &[Remedy], kind: fn(&Remedy) -> bool| remedies.iter().any(kind);

    // One inspector.
    let mut people = pudong.clone();
    people.push(person("X", "310151", true, &[], 9, &[]));
    let (texts, remedies) = first_text(people, checks(3, None));
    assert_eq!(texts, ["崇明 2027-03：3 项检查每项须两人，只有 1 名执法人员（本月上限 9 项），缺 3 人次"]);
    assert!(has(&remedies, |m| matches!(m, Remedy::LendInspectors { loans } if loans.len() == 1)));
    assert!(!has(&remedies, |m| matches!(m, Remedy::RaiseChecksMax { .. } | Remedy::Qualify { .. })));

    // Nobody.
    let (texts, remedies) = first_text(pudong.clone(), checks(3, None));
    assert_eq!(texts, ["崇明 2027-03：3 项检查，没有可派的执法人员，缺 6 人次"]);
    assert!(has(&remedies, |m| matches!(m, Remedy::LendInspectors { loans } if loans.len() == 2)));

    // No hazardous-waste skill in the body, and nobody else in the city.
    let team: Vec<Inspector> = (0..4).map(|i| person(&format!("X{i}"), "310151", i < 2, &[], 9, &[])).collect();
    let (texts, remedies) = first_text(team.clone(), checks(3, Some("haz")));
    assert_eq!(texts, ["崇明 2027-03：3 项危废检查，没有有资质人员，缺 3 人次"]);
    assert!(has(&remedies, |m| matches!(m, Remedy::Qualify { grants } if grants.len() == 1)));
    assert!(!has(&remedies, |m| matches!(m, Remedy::LendInspectors { .. })));

    // No lead.
    let seconds = team.iter().cloned().map(|p| Inspector { lead: false, ..p }).collect();
    let (texts, remedies) = first_text(seconds, checks(3, None));
    assert_eq!(texts, ["崇明 2027-03：3 项检查须由有主办资格的人员带队，没有主办人员，缺 3 人次"]);
    assert!(has(&remedies, |m| matches!(m, Remedy::Qualify { grants } if grants.len() == 1 && grants[0].lead)));

    // Too few person-checks in all, and a lender that can't spare anybody isn't asked.
    let two: Vec<Inspector> = (0..2).map(|i| person(&format!("X{i}"), "310151", true, &[], 2, &[])).collect();
    let (texts, _) = first_text(two.clone(), checks(5, None));
    assert_eq!(
        texts,
        ["崇明 2027-03：5 项检查共需 10 人次（每项两名不同人员），2 名执法人员（上限合计 4 项），缺 6 人次"]
    );
    let mut busy = two;
    busy.extend((0..2).map(|i| person(&format!("P{i}"), "310115", true, &[], 10, &[])));
    let mut needs = checks(3, None);
    needs.push(need("W", "310115", None));
    let (_, remedies) = first_text(busy, needs);
    assert!(!has(&remedies, |m| matches!(m, Remedy::LendInspectors { .. })));

    // Recusals count.
    let recused: Vec<Inspector> =
        (0..3).map(|i| person(&format!("X{i}"), "310151", true, &[], 9, if i < 2 { &["U0"] } else { &[] })).collect();
    let (texts, _) = first_text(recused, checks(2, None));
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("回避"), "{texts:?}");
}

#[test]
fn two_short_bodies_are_both_named() {
    let mut people = vec![person("1", "310115", true, &[], 9, &[]), person("2", "310151", true, &[], 9, &[])];
    people.extend((3..5).map(|i| person(&format!("{i}"), "310120", true, &[], 9, &[])));
    let needs = vec![need("U1", "310115", None), need("U2", "310151", None)];
    let (roster, needs) = (Roster::new(people).unwrap(), Needs::new(needs).unwrap());
    let shortage = check_staffing(&roster, &needs).unwrap_err();
    assert_eq!(shortage.bodies.iter().map(|b| b.body.as_str()).collect::<Vec<_>>(), ["310115", "310151"]);
    // Loans of several bodies can be taken together: nobody is lent twice.
    // One remedy of each body, one after the other, and the month is whole.
    let mut month = (roster, needs);
    for body in &shortage.bodies {
        assert!(matches!(&body.remedies[0], Remedy::LendInspectors { loans } if loans.len() == 1));
        month = apply_remedy(&month.0, &month.1, &body.remedies[0]).unwrap();
    }
    assert!(check_staffing(&month.0, &month.1).is_ok());
}

#[test]
fn files_are_exact_and_faults_are_placed() {
    let roster = "certificate,body,lead,skills,checks_max,recusals\nA-1,b,1,haz;rad,12,U1;U2\nA-2,b,0,,0,\n";
    let needs = "unit_id,body,skill\nU1,b,haz\nU2,b,\n";
    assert_eq!(Roster::parse(roster.as_bytes()).unwrap().write_csv(), roster.as_bytes());
    assert_eq!(Needs::parse(needs.as_bytes()).unwrap().write_csv(), needs.as_bytes());
    let whole = [roster, needs].concat();
    assert_eq!(roster_sha256(roster.as_bytes(), needs.as_bytes())[..], Sha256::digest(whole.as_bytes())[..]);
    let head = "certificate,body,lead,skills,checks_max,recusals\n";
    let bad = |text: &str, code: &str, row: u64, column: Option<&str>| {
        let error = Roster::parse(text.as_bytes()).unwrap_err();
        let got = (error.code(), error.finding().row, error.finding().column.as_deref());
        assert_eq!(got, (code, Some(row), column), "{text:?}");
    };
    bad("", "ROS-001", 1, None);
    bad(&format!("\u{feff}{roster}"), "ROS-001", 1, None);
    bad(&roster.replace('\n', "\r\n"), "ROS-001", 1, None);
    bad(roster.trim_end(), "ROS-001", 3, None);
    bad("certificate,body\n", "ROS-002", 1, None);
    bad(&format!("{head}A-1,b,1\n"), "ROS-003", 2, None);
    bad(&format!("{head}\n"), "ROS-003", 2, None);
    bad(&format!("{head}A 1,b,1,,1,\n"), "ROS-004", 2, Some("certificate"));
    bad(&format!("{head}A-1,B,1,,1,\n"), "ROS-004", 2, Some("body"));
    bad(&format!("{head}A-1,b,2,,1,\n"), "ROS-004", 2, Some("lead"));
    bad(&format!("{head}A-1,b,1,a b,1,\n"), "ROS-004", 2, Some("skills"));
    for max in ["", "01", "+1", "-1", "1.0", "4294967296", "１"] {
        bad(&format!("{head}A-1,b,1,,{max},\n"), "ROS-004", 2, Some("checks_max"));
    }
    bad(&format!("{head}A-1,b,1,,1,U-1\n"), "ROS-004", 2, Some("recusals"));
    bad(&format!("{head}A-1,b,1,,1,U1;\n"), "ROS-004", 2, Some("recusals"));
    bad(&format!("{head}A-2,b,1,,1,\nA-1,b,1,,1,\n"), "ROS-005", 3, Some("certificate"));
    bad(&format!("{head}A-1,b,1,,1,\nA-1,b,1,,1,\n"), "ROS-005", 3, Some("certificate"));
    bad(&format!("{head}A-1,b,1,rad;haz,1,\n"), "ROS-006", 2, Some("skills"));
    bad(&format!("{head}A-1,b,1,,1,U1;U1\n"), "ROS-006", 2, Some("recusals"));
    assert_eq!(Roster::parse(&[head.as_bytes(), b"\xff,b,1,,1,\n"].concat()).unwrap_err().code(), "ROS-001");
    for (text, code) in [
        ("unit_id,body,skill\nU-1,b,\n", "ROS-004"),
        ("unit_id,body,skill\nU1,b,x;y\n", "ROS-004"),
        ("unit_id,body,skill\nU1,b,\nU1,b,\n", "ROS-005"),
        ("unit_id,body\nU1,b\n", "ROS-002"),
    ] {
        assert_eq!(Needs::parse(text.as_bytes()).unwrap_err().code(), code);
    }
    let twice = vec![person("1", "b", true, &[], 1, &[]), person("1", "c", true, &[], 1, &[])];
    assert_eq!(Roster::new(twice).unwrap_err().code(), "ROS-010");
    assert_eq!(Needs::new(vec![need("U", "b", None), need("U", "c", None)]).unwrap_err().code(), "ROS-011");
    assert_eq!(Needs::new(vec![need("U", "b", Some("a,b"))]).unwrap_err().code(), "ROS-012");
    let table = Needs::parse(needs.as_bytes()).unwrap();
    assert_eq!(table.only([&unit("U2")]).unwrap().needs().len(), 1);
    assert_eq!(table.only([&unit("U9")]).unwrap_err().code(), "ROS-013");
}

/// A month with room to spare, its pairing, and everything that goes with it.
fn paired_month() -> (Roster, Needs, Assignment, [u8; 32]) {
    let (people, needs) = large_month(11, 2, 20, 30);
    let (roster, needs) = (Roster::new(people).unwrap(), Needs::new(needs).unwrap());
    let seed = [9; 32];
    let assignment = assign_inspectors(&seed, &roster, &needs).unwrap();
    (roster, needs, assignment, seed)
}

#[test]
fn another_inspector_comes_by_the_rule() {
    let (roster, _, assignment, seed) = paired_month();
    for row in assignment.rows() {
        for slot in [Slot::A, Slot::B] {
            let request = ReplaceRequest {
                unit_id: row.unit_id.clone(),
                certificate: row.holder(slot).clone(),
                excluded: Vec::new(),
                reason: "病假".to_owned(),
            };
            let (after, change) = replace_inspector(&seed, &roster, &assignment, &request).unwrap();
            assert!(check_rules(&roster, &after).is_empty());
            let new = after.get(&row.unit_id).unwrap();
            assert_eq!(new.holder(slot.other()), row.holder(slot.other()));
            assert_ne!(new.holder(slot), row.holder(slot));
            assert_eq!(change.before.as_ref(), Some(row));
            // By hand: the least loaded of those who may; then fewest pairings with who stays; then the hash.
            let loads = assignment.loads();
            let skill_slot = row.skill.as_deref().map(|s| compute_skill_slot(roster.of_body(&row.body), s));
            let paired = |c: &InspectorId| {
                let stays = row.holder(slot.other());
                let both = |r: &&PairRow| {
                    r.unit_id != row.unit_id
                        && [&r.lead, &r.second].contains(&c)
                        && [&r.lead, &r.second].contains(&stays)
                };
                assignment.rows().iter().filter(both).count()
            };
            let expected = roster
                .inspectors()
                .iter()
                .filter(|i| i.may_hold(&row.need(), slot, skill_slot))
                .filter(|i| i.certificate != row.lead && i.certificate != row.second)
                .filter(|i| loads.get(&i.certificate).copied().unwrap_or(0) < i.checks_max)
                .min_by_key(|i| {
                    let load = loads.get(&i.certificate).copied().unwrap_or(0);
                    let mut bytes = b"fairdraw/1/pair\n".to_vec();
                    bytes.extend(seed);
                    bytes.extend(format!("{}\n{}\n{}", row.unit_id, i.certificate, slot.id()).bytes());
                    // 360360 is divisible by everything up to 15.
                    (load * 360_360 / i.checks_max, paired(&i.certificate), Sha256::digest(&bytes).to_vec())
                })
                .unwrap();
            assert_eq!(new.holder(slot), &expected.certificate);
            // Whoever is excluded doesn't come.
            let request = ReplaceRequest { excluded: vec![expected.certificate.clone()], ..request };
            let (after, _) = replace_inspector(&seed, &roster, &assignment, &request).unwrap();
            assert_ne!(after.get(&row.unit_id).unwrap().holder(slot), &expected.certificate);
        }
    }
    let row = &assignment.rows()[0];
    let request = ReplaceRequest {
        unit_id: row.unit_id.clone(),
        certificate: row.lead.clone(),
        excluded: Vec::new(),
        reason: "病假".to_owned(),
    };
    let code = |request: ReplaceRequest| replace_inspector(&seed, &roster, &assignment, &request).unwrap_err().code();
    assert_eq!(code(ReplaceRequest { reason: " ".to_owned(), ..request.clone() }), "ROS-030");
    assert_eq!(code(ReplaceRequest { unit_id: unit("nobody"), ..request.clone() }), "ROS-031");
    assert_eq!(code(ReplaceRequest { certificate: InspectorId::new("nobody").unwrap(), ..request.clone() }), "ROS-032");
    let excluded = roster.inspectors().iter().map(|i| i.certificate.clone()).collect();
    let error = replace_inspector(&seed, &roster, &assignment, &ReplaceRequest { excluded, ..request }).unwrap_err();
    assert_eq!(error.code(), "ROS-035");
    assert!(error.to_string().contains("已被排除"), "{error}");
}

#[test]
fn a_substitute_keeps_the_pair_unless_recused() {
    let people = vec![
        person("1", "b", true, &[], 9, &["R1", "R2", "R3"]),
        person("2", "b", false, &[], 9, &["R2"]),
        person("3", "b", true, &[], 1, &["R3"]),
        person("4", "b", false, &[], 1, &[]),
    ];
    let roster = Roster::new(people).unwrap();
    let seed = [4; 32];
    // The month as the seed gives it for a roster in which only 1 and 2 have room.
    let needs = Needs::new(vec![need("U", "b", None)]).unwrap();
    let assignment =
        Assignment::parse(b"unit_id,body,lead_certificate,second_certificate,skill,skill_slot\nU,b,1,2,,\n").unwrap();
    assert_eq!(assign_inspectors(&seed, &roster, &needs).unwrap().rows().len(), 1);
    let substitute = |unit: &str, body: &str| SubstituteRequest {
        dropped: UnitId::new("U").unwrap(),
        substitute: need(unit, body, None),
        excluded: Vec::new(),
        reason: "企业已关闭".to_owned(),
    };
    let pair = |unit: &str| {
        let (after, _) = assign_substitute(&seed, &roster, &assignment, &substitute(unit, "b")).unwrap();
        assert!(check_rules(&roster, &after).is_empty() && after.rows().len() == 1);
        (after.rows()[0].lead.to_string(), after.rows()[0].second.to_string())
    };
    assert_eq!(pair("R0"), ("1".to_owned(), "2".to_owned()));
    assert_eq!(pair("R1"), ("3".to_owned(), "2".to_owned()));
    assert_eq!(pair("R2"), ("3".to_owned(), "4".to_owned()));
    let code =
        |request: SubstituteRequest| assign_substitute(&seed, &roster, &assignment, &request).unwrap_err().code();
    assert_eq!(code(substitute("R3", "b")), "ROS-035");
    assert_eq!(code(substitute("U", "b")), "ROS-033");
    assert_eq!(code(substitute("R0", "c")), "ROS-034");

    // The one who may stay is the only lead left: both are chosen anew rather than none.
    let roster = Roster::new(vec![
        person("1", "b", true, &[], 9, &["R"]),
        person("2", "b", true, &[], 9, &[]),
        person("3", "b", false, &[], 9, &[]),
    ])
    .unwrap();
    let (after, _) = assign_substitute(&seed, &roster, &assignment, &substitute("R", "b")).unwrap();
    assert_eq!((after.rows()[0].lead.as_str(), after.rows()[0].second.as_str()), ("2", "3"));
}

#[test]
fn the_check_repeats_everything_and_names_every_fault() {
    let (roster, needs, assignment, seed) = paired_month();
    let bytes = assignment.write_csv();
    assert!(check_assignment(&seed, &roster, &needs, &bytes, &[]).is_empty());
    let (first, last) = (&assignment.rows()[0], &assignment.rows()[assignment.rows().len() - 1]);
    let reason = "病假".to_owned();
    let changes = vec![
        Change::Replace(ReplaceRequest {
            unit_id: first.unit_id.clone(),
            certificate: first.lead.clone(),
            excluded: vec![last.lead.clone()],
            reason: reason.clone(),
        }),
        Change::Substitute(SubstituteRequest {
            dropped: last.unit_id.clone(),
            substitute: need("Z1", last.body.as_str(), Some("haz")),
            excluded: Vec::new(),
            reason: reason.clone(),
        }),
        Change::Add(AddRequest { need: need("Z2", "b0", None), excluded: Vec::new(), reason }),
    ];
    // The journal keeps changes as text.
    let text = serde_json::to_string(&changes).unwrap();
    let changes: Vec<Change> = serde_json::from_str(&text).unwrap();
    let changed =
        changes.iter().fold(assignment.clone(), |now, change| apply_change(&seed, &roster, &now, change).unwrap().0);
    assert_eq!(changed.rows().len(), assignment.rows().len() + 1);
    let bytes_then = changed.write_csv();
    assert!(check_assignment(&seed, &roster, &needs, &bytes_then, &changes).is_empty());
    let codes = |bytes: &[u8], changes: &[Change]| -> BTreeSet<&'static str> {
        check_assignment(&seed, &roster, &needs, bytes, changes).iter().map(|f| f.code).collect()
    };
    assert_eq!(codes(&bytes_then, &[]), ["ROS-052", "ROS-053", "ROS-054"].into());
    assert_eq!(codes(&bytes, &[changes[0].clone(), changes[0].clone()]), ["ROS-051"].into());
    assert_eq!(codes(&bytes[1..], &[]), ["ROS-002"].into());
    let text = String::from_utf8(bytes.clone()).unwrap();
    let edit = |lead: &str, second: &str, tail: &str| {
        let row = |l: &str, s: &str, t: &str| format!("{},{},{l},{s},{t}\n", first.unit_id, first.body);
        let slot = first.skill_slot.map_or("", Slot::id);
        let old_tail = format!("{},{slot}", first.skill.as_deref().unwrap_or_default());
        let old = row(first.lead.as_str(), first.second.as_str(), &old_tail);
        assert!(text.contains(&old));
        text.replace(&old, &row(lead, second, if tail.is_empty() { &old_tail } else { tail })).into_bytes()
    };
    let (lead, second) = (first.lead.as_str(), first.second.as_str());
    assert_eq!(codes(&edit(lead, lead, ""), &[]), ["ROS-054", "ROS-062"].into());
    assert_eq!(codes(&edit("X9", second, ""), &[]), ["ROS-054", "ROS-061"].into());
    let stranger = roster.inspectors().iter().find(|i| i.body != first.body && i.lead).unwrap();
    let got = codes(&edit(stranger.certificate.as_str(), second, ""), &[]);
    assert!(got.is_superset(&["ROS-054", "ROS-063"].into()), "{got:?}");
    assert!(codes(&edit(lead, second, "nope,B"), &[]).is_superset(&["ROS-055", "ROS-064"].into()));
    // Every single changed byte is noticed.
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1;
        if at % 37 == 0 {
            assert!(!check_assignment(&seed, &roster, &needs, &other, &[]).is_empty(), "byte {at}");
        }
    }
    let (mut a, b) = (roster.clone(), needs.clone());
    a = Roster::new(a.inspectors().iter().cloned().map(|i| Inspector { checks_max: 1, ..i }).collect()).unwrap();
    let faults: BTreeSet<_> = check_assignment(&seed, &a, &b, &bytes, &[]).iter().map(|f| f.code).collect();
    assert_eq!(faults, ["ROS-050", "ROS-065"].into());
}

#[test]
fn an_added_check_is_paired_by_the_rule() {
    let (roster, _, assignment, seed) = paired_month();
    let request = AddRequest { need: need("Z", "b1", Some("haz")), excluded: Vec::new(), reason: "投诉".to_owned() };
    let (after, change) = add_check(&seed, &roster, &assignment, &request).unwrap();
    assert!(check_rules(&roster, &after).is_empty() && change.before.is_none());
    assert_eq!(after.rows().len(), assignment.rows().len() + 1);
    assert_eq!(add_check(&seed, &roster, &after, &request).unwrap_err().code(), "ROS-033");
}

#[test]
fn simulated_pairs_add_up_and_are_spread() {
    let people: Vec<Inspector> = (0..6).map(|i| person(&format!("P{i}"), "b", true, &[], 4, &[])).collect();
    let needs = Needs::new((0..3).map(|i| need(&format!("U{i}"), "b", None)).collect()).unwrap();
    let roster = Roster::new(people).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut seeds: Vec<[u8; 32]> = (0..3_000).map(|_| seed_of(&mut rng)).collect();
    let watch = [unit("U1")];
    let found = simulate_pairs(&roster, &needs, seeds.clone(), &watch).unwrap();
    assert_eq!((found.draws, found.checks.values().sum::<u64>()), (3_000, 9_000));
    assert_eq!(found.of_unit[&watch[0]].values().sum::<u64>(), 3_000);
    // Six alike: each of the 15 pairs gets the unit with probability 1/15; 4σ = 55 of 3 000.
    assert_eq!(found.of_unit[&watch[0]].len(), 15);
    for n in found.of_unit[&watch[0]].values() {
        assert!(n.abs_diff(200) <= 55, "{n}");
    }
    seeds.reverse();
    assert_eq!(simulate_pairs(&roster, &needs, seeds, &watch).unwrap(), found);
}

#[test]
fn empty_months_and_huge_numbers_do_no_harm() {
    let none = Needs::default();
    let people = vec![person("1", "b", true, &[], u32::MAX, &["Q"]), person("2", "b", false, &[], u32::MAX, &[])];
    let roster = Roster::new(people).unwrap();
    assert!(assign_inspectors(&[0; 32], &roster, &none).unwrap().rows().is_empty());
    assert!(assign_inspectors(&[0; 32], &Roster::default(), &none).unwrap().rows().is_empty());
    let needs = Needs::new(vec![need("U", "b", None)]).unwrap();
    assert_eq!(assign_inspectors(&[0; 32], &roster, &needs).unwrap().rows().len(), 1);
    assert!(assign_inspectors(&[0; 32], &Roster::default(), &needs).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_survive_writing_and_reading(seed in any::<u64>(), people in 0..9_usize, checks in 0..9_usize) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (people, needs) = random_month(&mut rng, people, checks);
        let (roster, needs) = (Roster::new(people).unwrap(), Needs::new(needs).unwrap());
        prop_assert_eq!(&Roster::parse(&roster.write_csv()).unwrap(), &roster);
        prop_assert_eq!(&Needs::parse(&needs.write_csv()).unwrap(), &needs);
        if let Ok(assignment) = assign_inspectors(&seed_of(&mut rng), &roster, &needs) {
            prop_assert_eq!(Assignment::parse(&assignment.write_csv()).unwrap(), assignment);
        }
    }

    #[test]
    fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), rows in "[A-Z0-9,;\n]{0,120}") {
        let heads = ["certificate,body,lead,skills,checks_max,recusals\n", "unit_id,body,skill\n",
            "unit_id,body,lead_certificate,second_certificate,skill,skill_slot\n"];
        for text in [bytes.clone(), rows.clone().into_bytes()] {
            for head in heads {
                let whole = [head.as_bytes(), &text].concat();
                for b in [&whole, &text] {
                    if let Ok(roster) = Roster::parse(b) { prop_assert_eq!(&roster.write_csv(), b); }
                    if let Ok(needs) = Needs::parse(b) { prop_assert_eq!(&needs.write_csv(), b); }
                    if let Ok(pairs) = Assignment::parse(b) { prop_assert_eq!(&pairs.write_csv(), b); }
                }
            }
        }
    }
}
