//! Changes after the draw, and the check that repeats everything.

use std::collections::BTreeSet;

use fairdraw::domain::{InspectorId, UnitId};
use fairdraw::staffing::{
    AddRequest, Assignment, Change, Inspector, Needs, PairRow, PairingRule, ReplaceRequest, Roster, Slot,
    SubstituteRequest, add_check, apply_change, assign_inspectors, assign_substitute, check_assignment, check_rules,
    compute_skill_slot, replace_inspector, simulate_pairs,
};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use super::files::paired_month;
use super::{need, person, random_month, seed_of, unit};

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
            let (after, change) =
                replace_inspector(PairingRule::LeastLoad, &seed, &roster, &assignment, &request).unwrap();
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
            let (after, _) = replace_inspector(PairingRule::LeastLoad, &seed, &roster, &assignment, &request).unwrap();
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
    let code = |request: ReplaceRequest| {
        replace_inspector(PairingRule::LeastLoad, &seed, &roster, &assignment, &request).unwrap_err().code()
    };
    assert_eq!(code(ReplaceRequest { reason: " ".to_owned(), ..request.clone() }), "ROS-030");
    assert_eq!(code(ReplaceRequest { unit_id: unit("nobody"), ..request.clone() }), "ROS-031");
    assert_eq!(code(ReplaceRequest { certificate: InspectorId::new("nobody").unwrap(), ..request.clone() }), "ROS-032");
    let excluded = roster.inspectors().iter().map(|i| i.certificate.clone()).collect();
    let error =
        replace_inspector(PairingRule::LeastLoad, &seed, &roster, &assignment, &ReplaceRequest { excluded, ..request })
            .unwrap_err();
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
    assert_eq!(assign_inspectors(PairingRule::LATEST, &seed, &roster, &needs).unwrap().rows().len(), 1);
    let substitute = |unit: &str, body: &str| SubstituteRequest {
        dropped: UnitId::new("U").unwrap(),
        substitute: need(unit, body, None),
        excluded: Vec::new(),
        reason: "企业已关闭".to_owned(),
    };
    let pair = |unit: &str| {
        let (after, _) =
            assign_substitute(PairingRule::LATEST, &seed, &roster, &assignment, &substitute(unit, "b")).unwrap();
        assert!(check_rules(&roster, &after).is_empty() && after.rows().len() == 1);
        (after.rows()[0].lead.to_string(), after.rows()[0].second.to_string())
    };
    assert_eq!(pair("R0"), ("1".to_owned(), "2".to_owned()));
    assert_eq!(pair("R1"), ("3".to_owned(), "2".to_owned()));
    assert_eq!(pair("R2"), ("3".to_owned(), "4".to_owned()));
    let code = |request: SubstituteRequest| {
        assign_substitute(PairingRule::LATEST, &seed, &roster, &assignment, &request).unwrap_err().code()
    };
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
    let (after, _) =
        assign_substitute(PairingRule::LATEST, &seed, &roster, &assignment, &substitute("R", "b")).unwrap();
    assert_eq!((after.rows()[0].lead.as_str(), after.rows()[0].second.as_str()), ("2", "3"));
}

#[test]
fn the_check_repeats_everything_and_names_every_fault() {
    let (roster, needs, assignment, seed) = paired_month();
    let bytes = assignment.write_csv();
    assert!(check_assignment(PairingRule::LATEST, &seed, &roster, &needs, &bytes, &[]).is_empty());
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
    let changed = changes.iter().fold(assignment.clone(), |now, change| {
        apply_change(PairingRule::LATEST, &seed, &roster, &now, change).unwrap().0
    });
    assert_eq!(changed.rows().len(), assignment.rows().len() + 1);
    let bytes_then = changed.write_csv();
    assert!(check_assignment(PairingRule::LATEST, &seed, &roster, &needs, &bytes_then, &changes).is_empty());
    let codes = |bytes: &[u8], changes: &[Change]| -> BTreeSet<&'static str> {
        check_assignment(PairingRule::LATEST, &seed, &roster, &needs, bytes, changes).iter().map(|f| f.code).collect()
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
            assert!(
                !check_assignment(PairingRule::LATEST, &seed, &roster, &needs, &other, &[]).is_empty(),
                "byte {at}"
            );
        }
    }
    let (mut a, b) = (roster.clone(), needs.clone());
    a = Roster::new(a.inspectors().iter().cloned().map(|i| Inspector { checks_max: 1, ..i }).collect()).unwrap();
    let faults: BTreeSet<_> =
        check_assignment(PairingRule::LATEST, &seed, &a, &b, &bytes, &[]).iter().map(|f| f.code).collect();
    assert_eq!(faults, ["ROS-050", "ROS-065"].into());
}

#[test]
fn an_added_check_is_paired_by_the_rule() {
    let (roster, _, assignment, seed) = paired_month();
    let request = AddRequest { need: need("Z", "b1", Some("haz")), excluded: Vec::new(), reason: "投诉".to_owned() };
    let (after, change) = add_check(PairingRule::LATEST, &seed, &roster, &assignment, &request).unwrap();
    assert!(check_rules(&roster, &after).is_empty() && change.before.is_none());
    assert_eq!(after.rows().len(), assignment.rows().len() + 1);
    assert_eq!(add_check(PairingRule::LATEST, &seed, &roster, &after, &request).unwrap_err().code(), "ROS-033");
}

#[test]
fn simulated_pairs_add_up_and_are_spread() {
    let people: Vec<Inspector> = (0..6).map(|i| person(&format!("P{i}"), "b", true, &[], 4, &[])).collect();
    let needs = Needs::new((0..3).map(|i| need(&format!("U{i}"), "b", None)).collect()).unwrap();
    let roster = Roster::new(people).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut seeds: Vec<[u8; 32]> = (0..3_000).map(|_| seed_of(&mut rng)).collect();
    let watch = [unit("U1")];
    let found = simulate_pairs(PairingRule::LATEST, &roster, &needs, seeds.clone(), &watch);
    assert_eq!((found.draws, found.checks.values().sum::<u64>()), (3_000, 9_000));
    assert_eq!(found.of_unit[&watch[0]].values().sum::<u64>(), 3_000);
    // Six alike: each of the 15 pairs gets the unit with probability 1/15; 4σ = 55 of 3 000.
    assert_eq!(found.of_unit[&watch[0]].len(), 15);
    for n in found.of_unit[&watch[0]].values() {
        assert!(n.abs_diff(200) <= 55, "{n}");
    }
    seeds.reverse();
    assert_eq!(simulate_pairs(PairingRule::LATEST, &roster, &needs, seeds, &watch), found);
}

#[test]
fn empty_months_and_huge_numbers_do_no_harm() {
    let none = Needs::default();
    let people = vec![person("1", "b", true, &[], u32::MAX, &["Q"]), person("2", "b", false, &[], u32::MAX, &[])];
    let roster = Roster::new(people).unwrap();
    assert!(assign_inspectors(PairingRule::LATEST, &[0; 32], &roster, &none).unwrap().rows().is_empty());
    assert!(assign_inspectors(PairingRule::LATEST, &[0; 32], &Roster::default(), &none).unwrap().rows().is_empty());
    let needs = Needs::new(vec![need("U", "b", None)]).unwrap();
    assert_eq!(assign_inspectors(PairingRule::LATEST, &[0; 32], &roster, &needs).unwrap().rows().len(), 1);
    assert!(assign_inspectors(PairingRule::LATEST, &[0; 32], &Roster::default(), &needs).is_err());
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
        if let Ok(assignment) = assign_inspectors(PairingRule::LATEST, &seed_of(&mut rng), &roster, &needs) {
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
