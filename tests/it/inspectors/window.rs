//! The second rule: chance decides within one check of an even load.

use std::collections::{BTreeMap, BTreeSet};

use fairdraw::domain::{BodyId, UnitId};
use fairdraw::sampling::{DrawSeed, Method, draw_quotas, hash_from_hex};
use fairdraw::staffing::{
    Assignment, Inspector, Need, Needs, PairingRule, ReplaceRequest, Roster, Slot, assign_inspectors, check_assignment,
    check_rules, compute_skill_slot, replace_inspector, simulate_pairs,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use super::brute::{Brute, Loads, hold_against_rules, large_month, load_of};
use super::{need, person, random_month, seed_of};

/// The choice as docs/draw.md tells it, written from there: place in the list of (load, max, times paired).
fn choose(seed: &[u8; 32], unit: &UnitId, slot: char, attempt: usize, able: &[(u64, u64, usize)]) -> usize {
    let inside = |a: &(u64, u64, usize)| able.iter().all(|b| a.0 * b.1 < (b.0 + 1) * a.1);
    let fewest = able.iter().filter(|a| inside(a)).map(|a| a.2).min().unwrap();
    let places: Vec<usize> = (0..able.len()).filter(|at| inside(&able[*at]) && able[*at].2 == fewest).collect();
    let mut bytes = b"fairdraw/2/pair\n".to_vec();
    bytes.extend(seed);
    bytes.extend(format!("{unit}\n{slot}\n{attempt}").bytes());
    let number = u64::from_be_bytes(Sha256::digest(&bytes)[..8].try_into().unwrap());
    places[((u128::from(number) * places.len() as u128) >> 64) as usize]
}

/// Everybody's ceiling, from the exhaustive list of load vectors.
fn ceilings(brute: &Brute<'_>) -> Vec<u64> {
    let maxima: Vec<u64> = brute.people.iter().map(|p| u64::from(p.checks_max)).collect();
    let mut levels: Vec<(u64, u64)> = maxima.iter().flat_map(|m| (1..=*m).map(|k| (k, *m))).collect();
    levels.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)));
    let at = |(k, m): (u64, u64)| maxima.iter().map(move |max| (k * max).div_ceil(m).min(*max)).collect::<Vec<_>>();
    let fits = |limits: &[u64]| {
        brute.after[0].iter().any(|loads| limits.iter().enumerate().all(|(p, limit)| load_of(*loads, p) <= *limit))
    };
    let least = levels.into_iter().map(at).find(|limits| fits(limits)).unwrap_or_else(|| vec![0; maxima.len()]);
    least.iter().zip(&maxima).map(|(limit, max)| (limit + 1).min(*max)).collect()
}

/// The pairing by the second rule, asking the exhaustive sets whether a completion exists.
fn pair_by_hand<'a>(brute: &Brute<'a>, seed: &[u8; 32]) -> BTreeMap<&'a UnitId, (usize, usize)> {
    let ceilings = ceilings(brute);
    let one = |p: usize| 1_u64 << (8 * p);
    let mut loads: Loads = 0;
    let mut paired: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut out = BTreeMap::new();
    for (i, (need, pairs)) in brute.checks.iter().enumerate() {
        let can_end = |loads: Loads| {
            brute.after[i + 1]
                .iter()
                .any(|rest| ceilings.iter().enumerate().all(|(p, c)| load_of(loads + rest, p) <= *c))
        };
        let fill = |slot: char, lead: Option<usize>, may: &dyn Fn(usize) -> bool, ends: &dyn Fn(usize) -> bool| {
            let mut people: Vec<usize> = (0..brute.people.len())
                .filter(|p| {
                    Some(*p) != lead && may(*p) && load_of(loads, *p) + u64::from(lead == Some(*p)) < ceilings[*p]
                })
                .collect();
            for attempt in 0.. {
                let able: Vec<(u64, u64, usize)> = people
                    .iter()
                    .map(|p| {
                        let times = lead.map_or(0, |a| paired.get(&(a.min(*p), a.max(*p))).copied().unwrap_or(0));
                        (load_of(loads, *p), u64::from(brute.people[*p].checks_max), times)
                    })
                    .collect();
                let person = people.remove(choose(seed, &need.unit_id, slot, attempt, &able));
                if ends(person) {
                    return person;
                }
            }
            unreachable!()
        };
        // who may hold a slot alone: with anybody or nobody in the other
        let may = |slot: Slot| {
            let skill = need.skill.as_deref().map(|s| compute_skill_slot(brute.people, s));
            move |p: usize| brute.people[p].may_hold(need, slot, skill)
        };
        let a = fill('A', None, &may(Slot::A), &|a| {
            pairs.iter().any(|(x, b)| *x == a && can_end(loads + one(a) + one(*b)))
        });
        let b = fill('B', Some(a), &may(Slot::B), &|b| pairs.contains(&(a, b)) && can_end(loads + one(a) + one(b)));
        loads += one(a) + one(b);
        *paired.entry((a.min(b), a.max(b))).or_insert(0) += 1;
        out.insert(&need.unit_id, (a, b));
    }
    out
}

#[test]
fn small_months_agree_with_exhaustive_search() {
    let mut rng = ChaCha8Rng::seed_from_u64(20_271_129);
    let (mut feasible, mut struck) = (0, 0);
    for case in 0..6_000 {
        let (n, m) = (rng.random_range(2..=5), rng.random_range(1..=if case % 10 == 0 { 5 } else { 3 }));
        let (people, needs) = random_month(&mut rng, n, m);
        let seed = seed_of(&mut rng);
        let brute = Brute::new(&seed, &people, &needs);
        let (roster, table) = (Roster::new(people.clone()).unwrap(), Needs::new(needs.clone()).unwrap());
        let Ok(assignment) = assign_inspectors(PairingRule::WithinOne, &seed, &roster, &table) else {
            assert!(!brute.is_feasible(), "case {case}");
            continue;
        };
        assert!(brute.is_feasible(), "case {case}");
        feasible += 1;
        hold_against_rules(&people, &needs, &assignment);
        let expected = pair_by_hand(&brute, &seed);
        for row in assignment.rows() {
            let (a, b) = expected[&row.unit_id];
            let pair = (&people[a].certificate, &people[b].certificate);
            assert_eq!((&row.lead, &row.second), pair, "case {case}, unit {}", row.unit_id);
        }
        let ceilings = ceilings(&brute);
        let loads = assignment.loads();
        for (person, ceiling) in people.iter().zip(&ceilings) {
            assert!(u64::from(loads.get(&person.certificate).copied().unwrap_or(0)) <= *ceiling, "case {case}");
        }
        struck += usize::from(ceilings.iter().zip(&people).any(|(c, p)| *c < u64::from(p.checks_max)));
    }
    assert!(feasible > 1_500 && struck > 200, "{feasible} {struck}");
}

/// The bodies that the first rule left to whoever has the most days: one check and twelve people; two checks and twelve.
fn small_body(checks: usize) -> (Roster, Needs) {
    let people: Vec<Inspector> =
        (0..12).map(|i| person(&format!("P{i:02}"), "b", i % 2 == 0, &[], 10 + i as u32, &[])).collect();
    let needs: Vec<Need> = (0..checks).map(|i| need(&format!("U{i}"), "b", None)).collect();
    (Roster::new(people).unwrap(), Needs::new(needs).unwrap())
}

fn seeds(count: usize) -> Vec<[u8; 32]> {
    let mut rng = ChaCha8Rng::seed_from_u64(600);
    (0..count).map(|_| seed_of(&mut rng)).collect()
}

#[test]
fn in_a_small_body_chance_decides_and_days_do_not() {
    let (roster, needs) = small_body(1);
    let before = simulate_pairs(PairingRule::LeastLoad, &roster, &needs, seeds(600), &[]);
    assert_eq!(before.together.values().max(), Some(&600), "the first rule leaves chance nothing");
    let after = simulate_pairs(PairingRule::WithinOne, &roster, &needs, seeds(6_000), &[]);
    // six leads × eleven others: two leads together have 2/66, others 1/66; 5σ of 6 000 draws
    for (pair, n) in &after.together {
        let lead = |c: &fairdraw::domain::InspectorId| roster.get(c).unwrap().lead;
        let expected = if lead(&pair.0) && lead(&pair.1) { 6_000.0 * 2.0 / 66.0 } else { 6_000.0 / 66.0 };
        let sigma = f64::sqrt(expected);
        assert!((*n as f64 - expected).abs() < 5.0 * sigma, "{pair:?}: {n} of {expected}");
    }
    let used: BTreeSet<_> = after.together.keys().flat_map(|(a, b)| [a, b]).collect();
    assert_eq!(used.len(), 12, "nobody is left out for good");
    // whoever enters days or leave changes what people may take in the month, not who comes
    let other = roster.inspectors().iter().cloned().map(|mut i| {
        i.checks_max = 31 - i.checks_max;
        i
    });
    let other = Roster::new(other.collect()).unwrap();
    for seed in seeds(50) {
        let pair = |roster: &Roster| assign_inspectors(PairingRule::WithinOne, &seed, roster, &needs).unwrap();
        assert_eq!(pair(&roster), pair(&other));
    }
}

#[test]
fn no_pair_of_a_check_is_certain_unless_it_is_the_only_one() {
    let mut rng = ChaCha8Rng::seed_from_u64(77);
    let (mut certain, mut open) = (0, 0);
    for case in 0..250 {
        let (people, needs) = random_month(&mut rng, 4, 2);
        let (roster, table) = (Roster::new(people.clone()).unwrap(), Needs::new(needs.clone()).unwrap());
        let watch: Vec<UnitId> = needs.iter().map(|n| n.unit_id.clone()).collect();
        let found = simulate_pairs(PairingRule::WithinOne, &roster, &table, seeds(300), &watch);
        if found.unfilled > 0 {
            continue;
        }
        // every pair that a full assignment within the ceilings gives the check, in whichever roles
        let brute = Brute::new(&[0; 32], &people, &needs);
        let ceilings = ceilings(&brute);
        let one = |p: usize| 1_u64 << (8 * p);
        for (i, (need, pairs)) in brute.checks.iter().enumerate() {
            let others = &brute.checks[1 - i].1;
            let possible: BTreeSet<(usize, usize)> = pairs
                .iter()
                .filter(|(a, b)| {
                    others.iter().any(|(c, d)| {
                        let loads = one(*a) + one(*b) + one(*c) + one(*d);
                        ceilings.iter().enumerate().all(|(p, c)| load_of(loads, p) <= *c)
                    })
                })
                .map(|(a, b)| (*a.min(b), *a.max(b)))
                .collect();
            let seen = &found.of_unit[&need.unit_id];
            assert!(seen.len() <= possible.len(), "case {case}");
            if possible.len() == 1 {
                certain += 1;
            } else {
                open += 1;
                assert!(seen.len() > 1, "case {case}: {} pairs possible, one only ever seen", possible.len());
            }
        }
    }
    assert!(certain > 20 && open > 50, "{certain} {open}");
}

#[test]
fn large_months_stay_within_one_check_of_even() {
    let (people, needs) = large_month(8, 3, 16, 30);
    let (roster, table) = (Roster::new(people.clone()).unwrap(), Needs::new(needs.clone()).unwrap());
    for seed in seeds(20) {
        let even = assign_inspectors(PairingRule::LeastLoad, &seed, &roster, &table).unwrap();
        let drawn = assign_inspectors(PairingRule::WithinOne, &seed, &roster, &table).unwrap();
        hold_against_rules(&people, &needs, &drawn);
        assert!(check_rules(&roster, &drawn).is_empty());
        for body in ["b0", "b1", "b2"] {
            let most = |assignment: &Assignment, more: u32| {
                let loads = assignment.loads();
                let own = people.iter().filter(|p| p.body.as_str() == body);
                own.map(|p| {
                    let load = loads.get(&p.certificate).copied().unwrap_or(0);
                    f64::from(load.saturating_sub(more)) / f64::from(p.checks_max)
                })
                .fold(0.0, f64::max)
            };
            // ⌈level · max⌉ + 1: one check for the rounding up and one of the tolerance
            assert!(most(&drawn, 2) < most(&even, 0) + 1e-9, "{body}");
        }
        let bytes = drawn.write_csv();
        assert!(check_assignment(PairingRule::WithinOne, &seed, &roster, &table, &bytes, &[]).is_empty());
        assert!(!check_assignment(PairingRule::LeastLoad, &seed, &roster, &table, &bytes, &[]).is_empty());
    }
}

#[test]
fn another_inspector_comes_by_the_second_rule() {
    let (people, needs) = large_month(9, 2, 10, 12);
    let (roster, table) = (Roster::new(people).unwrap(), Needs::new(needs).unwrap());
    let seed = [9; 32];
    let assignment = assign_inspectors(PairingRule::WithinOne, &seed, &roster, &table).unwrap();
    let loads = assignment.loads();
    for row in assignment.rows() {
        let request = ReplaceRequest {
            unit_id: row.unit_id.clone(),
            certificate: row.second.clone(),
            excluded: Vec::new(),
            reason: "病假".to_owned(),
        };
        let (after, _) = replace_inspector(PairingRule::WithinOne, &seed, &roster, &assignment, &request).unwrap();
        let skill = row.skill.as_deref().map(|s| compute_skill_slot(roster.of_body(&row.body), s));
        let load = |i: &Inspector| loads.get(&i.certificate).copied().unwrap_or(0);
        let able: Vec<&Inspector> = roster
            .of_body(&row.body)
            .filter(|i| i.may_hold(&row.need(), Slot::B, skill) && ![&row.lead, &row.second].contains(&&i.certificate))
            .filter(|i| load(i) < i.checks_max)
            .collect();
        let together = |i: &Inspector| {
            let rows = assignment.rows().iter().filter(|r| r.unit_id != row.unit_id);
            rows.filter(|r| {
                let pair = [&r.lead, &r.second];
                pair.contains(&&i.certificate) && pair.contains(&&row.lead)
            })
            .count()
        };
        let facts: Vec<(u64, u64, usize)> =
            able.iter().map(|i| (u64::from(load(i)), u64::from(i.checks_max), together(i))).collect();
        let expected = able[choose(&seed, &row.unit_id, 'B', 0, &facts)];
        assert_eq!(after.get(&row.unit_id).unwrap().second, expected.certificate);
    }
}

/// `docs/draw.md` and `tests/reference/pairing.json`: pairings and quotas as a program of its own, written from the page,
/// has them.
#[test]
fn the_page_s_example_and_vectors_agree() {
    let people = [("P1", true, 2), ("P2", true, 4), ("P3", false, 3), ("P4", false, 4)];
    let roster = Roster::new(people.map(|(c, lead, max)| person(c, "b", lead, &[], max, &[])).to_vec()).unwrap();
    let needs = Needs::new(vec![need("U1", "b", None), need("U2", "b", None)]).unwrap();
    let assignment = assign_inspectors(PairingRule::WithinOne, &[7; 32], &roster, &needs).unwrap();
    let pairs: Vec<_> = assignment.rows().iter().map(|row| (row.lead.as_str(), row.second.as_str())).collect();
    assert_eq!(pairs, [("P2", "P3"), ("P2", "P1")]);

    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/pairing.json");
    let vectors: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let list = |name: &str| vectors[name].as_array().unwrap().clone();
    assert!(list("pairings").len() > 10 && list("quotas").len() > 8);
    for vector in list("pairings") {
        let text = |name: &str| vector[name].as_str().unwrap().as_bytes().to_vec();
        let seed = hash_from_hex(vector["seed"].as_str().unwrap()).unwrap();
        let (roster, needs) = (Roster::parse(&text("roster")).unwrap(), Needs::parse(&text("needs")).unwrap());
        let assignment = assign_inspectors(PairingRule::WithinOne, &seed, &roster, &needs).unwrap();
        assert_eq!(String::from_utf8(assignment.write_csv()).unwrap(), vector["assignment"].as_str().unwrap());
    }
    for vector in list("quotas") {
        let numbers =
            |name: &str| -> Vec<u64> { vector[name].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect() };
        let expected: Vec<f64> = numbers("expected_ppb").iter().map(|f| *f as f64 / 1e9).collect();
        let seed = DrawSeed(hash_from_hex(vector["year_seed"].as_str().unwrap()).unwrap());
        let body = BodyId::new(vector["body"].as_str().unwrap()).unwrap();
        let period = vector["period"].as_str().unwrap().parse().unwrap();
        let quotas = draw_quotas(Method::V2, &body, period, &seed, &expected);
        assert_eq!(quotas.iter().map(|n| u64::from(*n)).collect::<Vec<_>>(), numbers("quotas"), "{body} {period}");
    }
}
