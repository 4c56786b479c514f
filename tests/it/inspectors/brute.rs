//! Small months against exhaustive search.

use std::collections::{BTreeMap, BTreeSet};

use fairdraw::domain::{InspectorId, UnitId};
use fairdraw::staffing::{
    Assignment, Inspector, Need, Needs, PairingRule, Remedy, Roster, apply_remedy, assign_inspectors, check_rules,
    check_staffing,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use super::{march, names, need, person, random_month, seed_of};

/// Loads of up to eight people, eight bits each.
pub(super) type Loads = u64;

pub(super) fn load_of(loads: Loads, p: usize) -> u64 {
    loads >> (8 * p) & 0xff
}

pub(super) struct Brute<'a> {
    pub(super) people: &'a [Inspector],
    /// Checks in the order of the seed, with the pairs that the rules allow.
    pub(super) checks: Vec<(&'a Need, Vec<(usize, usize)>)>,
    /// i → every load vector that checks i.. can make.
    pub(super) after: Vec<BTreeSet<Loads>>,
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
    pub(super) fn new(seed: &[u8; 32], people: &'a [Inspector], needs: &'a [Need]) -> Self {
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

    pub(super) fn is_feasible(&self) -> bool {
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

pub(super) fn hold_against_rules(people: &[Inspector], needs: &[Need], assignment: &Assignment) {
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
        match assign_inspectors(PairingRule::LeastLoad, &seed, &roster, &table) {
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
pub(super) fn large_month(seed: u64, bodies: usize, people: usize, checks: usize) -> (Vec<Inspector>, Vec<Need>) {
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
