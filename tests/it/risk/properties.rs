//! What may never fall, whatever the city.

use fairdraw::diagnostic::Severity;
use fairdraw::policy::{Milli, check_policy};
use proptest::prelude::*;

use super::city::*;

const DATES: [&str; 6] = ["2027-01-15", "2026-12-31", "2026-07-31", "2026-01-01", "2024-05-05", "2020-01-01"];
const UNITS: [&str; 5] = ["A", "B", "C", "D", "GONE"];
const ENTERPRISES: [&str; 3] = ["E1", "E2", "E3"];
const RISKS: [Option<&str>; 4] = [None, Some("general"), Some("larger"), Some("major")];

/// Of a site or of an enterprise, and when.
fn place() -> impl Strategy<Value = (Option<String>, Option<String>, Option<&'static str>)> {
    (0usize..8, 0usize..6).prop_map(|(who, when)| match who {
        0..5 => (some(UNITS[who]), some(ENTERPRISES[who % 3]), Some(DATES[when])),
        _ => (None, some(ENTERPRISES[who - 5]), Some(DATES[when])),
    })
}

fn any_city() -> impl Strategy<Value = City> {
    let risks = proptest::collection::vec(0usize..3, 4);
    let grades = proptest::collection::vec((0usize..3, 2024i32..2027, 0u8..4), 0..5);
    let events = || proptest::collection::vec(place(), 0..6);
    (risks, grades, events(), events()).prop_map(|(risks, grades, violations, complaints)| {
        let mut city = City::default();
        for (i, unit) in UNITS.iter().take(4).enumerate() {
            let mut site = Site::new(unit);
            ENTERPRISES[i % 3].clone_into(&mut site.enterprise);
            site.env_risk = RISKS[risks[i]];
            city.sites.push(site);
        }
        city.credit = grades.into_iter().map(|(e, year, grade)| (ENTERPRISES[e], year, Some(grade), None)).collect();
        city.violations = violations.into_iter().map(|(u, e, d)| (u, e, d, "超标", None)).collect();
        city.complaints = complaints.into_iter().map(|(u, e, d)| (u, e, d, Some(true))).collect();
        city
    })
}

/// Another event, a higher risk or a worse grade.
#[derive(Debug, Clone)]
enum Worse {
    Violation((Option<String>, Option<String>, Option<&'static str>)),
    Complaint((Option<String>, Option<String>, Option<&'static str>)),
    Risk(usize),
    Credit(usize),
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_bad_ever_lowers_a_score(
        city in any_city(),
        worse in prop_oneof![
            place().prop_map(Worse::Violation),
            place().prop_map(Worse::Complaint),
            (0usize..4).prop_map(Worse::Risk),
            (0usize..5).prop_map(Worse::Credit),
        ],
        points in 0i64..30_000,
        step in 1i64..20_000,
    ) {
        let mut policy = shanghai();
        for factor in &mut policy.factors {
            if let fairdraw::policy::FactorRule::Events { points: each, .. } = &mut factor.rule {
                each.0 = points;
            }
        }
        let last = policy.tiers.len() as i64 - 1;
        for (i, tier) in policy.tiers.iter_mut().enumerate() {
            tier.min_score = Milli((last - i as i64) * step);
        }
        prop_assert_eq!(check_policy(&policy).count(Severity::Error), 0);
        let mut after = city.clone();
        match worse {
            Worse::Violation((u, e, d)) => after.violations.push((u, e, d, "轻微", None)),
            Worse::Complaint((u, e, d)) => after.complaints.push((u, e, d, Some(true))),
            Worse::Risk(site) => {
                let level = RISKS.iter().position(|risk| *risk == after.sites[site].env_risk).unwrap();
                after.sites[site].env_risk = RISKS[level + 1];
            }
            Worse::Credit(row) => if let Some(row) = after.credit.get_mut(row) {
                row.2 = row.2.map(|grade| grade + 1);
            }
        }
        let (old, new) = (city.risk(&policy, "2027-01-15"), after.risk(&policy, "2027-01-15"));
        for (a, b) in old.scores().unwrap().iter().zip(new.scores().unwrap()) {
            prop_assert!(b >= *a, "score {a} to {b}");
        }
        for (a, b) in old.tiers().unwrap().iter().zip(new.tiers().unwrap()) {
            prop_assert!(b <= *a, "tier {a} to {b}");
        }
        for (a, b) in bits(&old).iter().zip(bits(&new)) {
            prop_assert_eq!(b & a, *a);
        }
        for (a, b) in special(&old).iter().zip(special(&new)) {
            prop_assert!(b >= *a);
        }
        // Every score is the sum of its parts, none above its cap.
        for row in 0..new.len() {
            let parts = new.explain(row, &policy).unwrap();
            prop_assert_eq!(parts.iter().map(|p| p.points.0).sum::<i64>(), new.scores().unwrap()[row]);
            prop_assert!(parts.iter().all(|p| p.points <= p.cap && p.points.0 >= 0));
        }
    }
}
