//! What does not fit, and its ways out.

use super::*;

fn resource_gap(plan: &AnnualPlan, body: u16, month: u8) -> Option<&fairdraw::plan::Shortage> {
    plan.shortages.iter().find(|s| match &s.kind {
        ShortageKind::Resource { body: b, month: m, .. } => (*b, *m) == (body, month),
        _ => false,
    })
}

/// Takes each mend of the shortage `find` names and sees it vanish; returns the kinds tried.
fn every_mend_works(policy: &Policy, inputs: &PlanInputs, same: impl Fn(&ShortageKind) -> bool) -> Vec<String> {
    let plan = plan_of(policy, inputs);
    let shortage = plan.shortages.iter().find(|s| same(&s.kind)).expect("the shortage is there");
    assert!(!plan.is_sealable() && !shortage.mends.is_empty());
    assert!(shortage.mends.windows(2).all(|w| w[0].cost <= w[1].cost));
    let mut kinds = Vec::new();
    for mend in &compute_mends(policy, inputs, &plan.shares, shortage) {
        let (mut policy, mut inputs) = (policy.clone(), inputs.clone());
        apply_mend(&mut policy, &mut inputs.edits, &mend.action).unwrap();
        let after = plan_of(&policy, &inputs);
        assert!(!after.shortages.iter().any(|s| same(&s.kind)), "{} did not help", mend.text);
        kinds.push(format!("{:?}", mend.action).split([' ', '{']).next().unwrap_or_default().to_owned());
    }
    kinds
}

#[test]
fn capacity_shortages_are_said_and_mended() {
    let mut inputs = small(&(0..60).map(|i| (0, 3, false, i)).collect::<Vec<_>>());
    let team = Resource::TeamDays.index();
    for body in 0..inputs.bodies.len() {
        for month in 0..MONTHS {
            inputs.capacity.limits[body][team][month] = Some(12.0);
        }
    }
    inputs.capacity.limits[0][team][1] = Some(6.0);
    let plan = plan_of(policy(), &inputs);
    assert!(plan.frequencies.shrink[0] <= 1.0);
    // Weights follow team-days, so February asks half; a dearer check and a large reserve make it short.
    let mut dear = policy().clone();
    dear.categories[0].cost.team_days = Milli(1300);
    dear.capacity.triggered_reserve = Milli(400);
    let plan = plan_of(&dear, &inputs);
    let first = resource_gap(&plan, 0, 0).expect("January is short");
    assert!(first.text.starts_with("黄浦区生态环境局 2027-01：需 "), "{}", first.text);
    assert!(first.text.contains(" 个组日，现有 7.2（已留 40% 给触发式检查），缺 "), "{}", first.text);
    let mut kinds = every_mend_works(&dear, &inputs, |k| {
        matches!(k, ShortageKind::Resource { body: 0, month: 0, resource: Resource::TeamDays, .. })
    });
    // Slack in March and a little too much in February: moving within the quarter.
    let mut slack = inputs.clone();
    slack.capacity.limits[0][team] = [Some(14.0); MONTHS];
    let mut tight = policy().clone();
    tight.capacity.triggered_reserve = Milli(0);
    tight.categories[0].cost.team_days = Milli(2300);
    let plan = plan_of(&tight, &slack);
    let month = plan
        .shortages
        .iter()
        .find_map(|s| match s.kind {
            ShortageKind::Resource { body: 0, month, .. } => Some(month),
            _ => None,
        })
        .expect("a month is short");
    kinds.extend(every_mend_works(
        &tight,
        &slack,
        |k| matches!(k, ShortageKind::Resource { body: 0, month: m, .. } if *m == month),
    ));
    // Mandatory checks alone above the month's capacity.
    let mut must = inputs.clone();
    must.capacity.limits[0][team] = [Some(40.0); MONTHS];
    must.mandatory = (0..40)
        .map(|site| fairdraw::plan::MandatoryVisit { site, month: 4, rule: 0, overdue: false, by: 11 })
        .collect();
    kinds.extend(every_mend_works(policy(), &must, |k| matches!(k, ShortageKind::Resource { body: 0, month: 4, .. })));
    for kind in ["LendCapacity", "LowerTriggeredReserve", "LowerFloor", "MoveVisits", "MoveMandatory"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind} was never offered: {kinds:?}");
    }
}

#[test]
fn floors_against_cap_and_window_are_said_and_mended() {
    let mut inputs = small(&[(0, 3, true, 0), (0, 3, false, 1)]);
    let mut full = policy().clone();
    full.special.quarter_ratio = [Milli(1000); 4];
    let plan = plan_of(&full, &inputs);
    let said = &plan.shortages[0];
    assert!(said.text.contains("最低每年 4 次，但每家企业每年至多 2 次，二者不能同时满足"), "{}", said.text);
    let mut kinds = every_mend_works(&full, &inputs, |k| matches!(k, ShortageKind::Floor(_)));
    full.cap.visits = 12;
    full.window.days = 150;
    kinds.extend(every_mend_works(&full, &inputs, |k| matches!(k, ShortageKind::Floor(_))));
    // More checks per inspector than the cap allows for each site.
    let mut people = policy().clone();
    people.categories[1].floor_county.per_inspector = Milli(50_000);
    people.categories[1].floor_county.per_inspector_max = Milli(9_000);
    sites_mut(&mut inputs).category = vec![1, 1];
    sites_mut(&mut inputs).special = vec![false; 2];
    kinds.extend(every_mend_works(&people, &inputs, |k| matches!(k, ShortageKind::Floor(_))));
    let mut key = policy().clone();
    key.categories[1].floor_county.quarter_ratio = [Milli(800); 4];
    kinds.extend(every_mend_works(&key, &inputs, |k| matches!(k, ShortageKind::Floor(_))));
    for kind in ["LowerSpecialFloor", "RaiseCap", "ShortenWindow", "LowerPerInspector", "LowerFloor"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
    }
}

#[test]
fn people_shortages_are_said_and_mended() {
    let mut inputs = small(&[(0, 3, false, 0), (0, 3, false, 1)]);
    sites_mut(&mut inputs).skill = vec![1, 0];
    inputs.bodies[0].inspectors = 1;
    inputs.bodies[0].skills = vec![0; policy().skills.len()];
    for body in &mut inputs.bodies[1..] {
        body.inspectors = 9;
        body.skills = vec![3; policy().skills.len()];
    }
    let mut kinds = every_mend_works(policy(), &inputs, |k| {
        matches!(k, ShortageKind::TooFewInspectors { body: 0, have: 1, need: 2 })
    });
    kinds.extend(every_mend_works(policy(), &inputs, |k| {
        matches!(k, ShortageKind::MissingSkill { body: 0, skill: 0, sites: 1 })
    }));
    for kind in ["LendInspectors", "LendSkill", "TrainSkill"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
    }
    let bad = MendAction::LowerTriggeredReserve { reserve: Milli(-1) };
    assert_eq!(apply_mend(&mut policy().clone(), &mut inputs.edits, &bad).unwrap_err().code(), "PLN-021");
}
