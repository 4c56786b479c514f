//! Shortages in words, and their remedies.

use fairdraw::staffing::{
    GapKind, Inspector, Need, Needs, PairingRule, Remedy, Roster, apply_remedy, assign_inspectors, check_staffing,
};

use super::{march, names, need, person};

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
    let shortage = assign_inspectors(PairingRule::LATEST, &[3; 32], &roster, &needs).unwrap_err();
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
        assert!(assign_inspectors(PairingRule::LATEST, &[3; 32], &roster, &needs).is_ok(), "{remedy:?}");
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
