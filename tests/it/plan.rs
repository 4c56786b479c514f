//! The plan room on a small city: frequencies, slots, targets, mends, replanning, simulated years.

#[path = "plan/city.rs"]
mod city;
#[path = "plan/forecast.rs"]
mod forecast;
mod ledger;
#[path = "plan/levelled.rs"]
mod levelled;
#[path = "plan/levelling.rs"]
mod levelling;
#[path = "plan/shortages.rs"]
mod shortages;

use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use city::{city, preset, tighten};
use fairdraw::diagnostic::Progress;
use fairdraw::domain::{Category, PermitEvent, PlanMonth, WorkCalendar};
use fairdraw::plan::capacity::{RosterEntry, compute_team_days};
use fairdraw::plan::mandatory::{MandatoryFacts, compute_mandatory};
use fairdraw::plan::mend::{MendAction, apply_mend};
use fairdraw::plan::model::{MONTHS, QuotaEdit};
use fairdraw::plan::replan::{NewFrequencies, replan};
use fairdraw::plan::simulate::simulate;
use fairdraw::plan::{
    AnnualPlan, Exclusion, NEVER, PastTargets, PlanInputs, PlanSites, Resource, ShortageKind, SiteState, TargetContext,
    TargetReason, Visit, VisitKind, assign_quotas, compute_annual_plan, compute_mends, compute_strata,
};
use fairdraw::policy::{Milli, Policy};
use fairdraw::sampling::compute_quotas;
use fairdraw::workspace::inputs::month_frame::draw_rules;
use proptest::prelude::*;

fn policy() -> &'static Policy {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    POLICY.get_or_init(preset)
}

fn plan_of(policy: &Policy, inputs: &PlanInputs) -> AnnualPlan {
    compute_annual_plan(policy, inputs).unwrap()
}

/// A body (index 0, county) with `lambda`-carrying sites of one category and nothing else.
fn small(sites: &[(u8, u8, bool, u32)]) -> PlanInputs {
    let mut inputs = city(policy(), 1, 1.0, 1);
    let n = sites.len();
    inputs.sites = Arc::new(PlanSites {
        body: vec![0; n],
        category: sites.iter().map(|s| s.0).collect(),
        district: vec![0; n],
        tier: sites.iter().map(|s| s.1).collect(),
        special: sites.iter().map(|s| s.2).collect(),
        aggravated: vec![0; n],
        enterprise: sites.iter().map(|s| s.3).collect(),
        exclusion: vec![Exclusion::None; n],
        skill: Vec::new(),
        off_site: Vec::new(),
        periods: Vec::new(),
    });
    for limit in inputs.capacity.limits.iter_mut().flatten().flatten() {
        *limit = None;
    }
    inputs.mandatory.clear();
    inputs.history.last_visit = vec![NEVER; n];
    inputs
}

fn sites_mut(inputs: &mut PlanInputs) -> &mut PlanSites {
    Arc::make_mut(&mut inputs.sites)
}

fn targets_of(inputs: &PlanInputs, plan: &AnnualPlan, month: usize) -> fairdraw::plan::MonthTargets {
    let state = SiteState::before(policy(), inputs, &plan.shares, &plan.schedule, month);
    TargetContext::new(policy(), inputs, &plan.shares, &plan.schedule).compute(&state, month)
}

fn drawn(site: u32, enterprise: u32, month: u8) -> Visit {
    Visit { site: Some(site), enterprise, month, kind: VisitKind::Drawn, done: true }
}

#[test]
fn simulated_years_keep_every_rule() {
    for (tight, seed) in [(1.0, 3), (0.4, 4)] {
        let mut inputs = city(policy(), 3_000, 50.0, seed);
        tighten(policy(), &mut inputs, tight);
        let plan = plan_of(policy(), &inputs);
        assert!(plan.is_sealable());
        assert_eq!(plan.frequencies.shrink.iter().filter(|t| **t < 1.0).count() > 10, tight < 1.0);
        let report = simulate(policy(), &inputs, &plan, draw_rules(), 40, 9, &Progress::none()).unwrap();
        let broken = (report.cap_broken, report.window_broken, report.slot_broken, report.above_ceiling);
        assert_eq!(broken, (0, 0, 0, 0));
        assert_eq!(report.whole_missed, 0);
        assert!(report.whole_years > 1_000, "{}", report.whole_years);
        assert!(report.worst_overshoot_units <= 1.0 + 1e-9, "{}", report.worst_overshoot_units);
        let (expected, realised) =
            report.tiers.iter().fold((0.0, 0.0), |sum, t| (sum.0 + t.expected, sum.1 + t.realised));
        // Tiny bodies run full now and then: what that took away is counted, and nothing else is missing.
        assert!(((realised + report.lost) / expected - 1.0).abs() < 0.01, "{realised} {} {expected}", report.lost);
        assert!(report.lost < 0.02 * expected);
        // The same seed, the same years.
        let again = simulate(policy(), &inputs, &plan, draw_rules(), 40, 9, &Progress::none()).unwrap();
        assert!(report == again);
    }
}

#[test]
fn expected_matrix_is_the_sum_of_frequencies() {
    let mut inputs = city(policy(), 3_000, 50.0, 5);
    inputs.mandatory.clear();
    inputs.history.last_visit = vec![NEVER; 3_000];
    let plan = plan_of(policy(), &inputs);
    let lambda: f64 = plan.frequencies.lambda.iter().sum();
    assert!((plan.expected_visits() - lambda).abs() < 1e-6);
    let districts: f64 = plan.districts.values().flatten().sum();
    assert!((districts - lambda).abs() < 1e-6);
    assert!(plan.frequencies.shrink.iter().all(|t| *t >= 1.0));
    assert!(plan.is_sealable(), "{:?}", plan.shortages.iter().map(|s| &s.text).collect::<Vec<_>>());
}

#[test]
fn whole_frequency_is_a_permutation_and_past_targets_carry_over() {
    // 24 key sites of a county body, lowest tier: λ = the floor 4 × 25 % = 1.
    let mut inputs = small(&(0..24).map(|i| (0, 3, false, i)).collect::<Vec<_>>());
    let plan = plan_of(policy(), &inputs);
    assert!(plan.frequencies.lambda.iter().all(|l| (l - 1.0).abs() < 1e-12));
    let mut seen = vec![0; 24];
    for month in 0..MONTHS {
        let targets = targets_of(&inputs, &plan, month);
        let mut strata = compute_strata(policy(), &inputs, &targets, 1.0);
        assign_quotas(&mut strata, |_, f| compute_quotas(f, 0.37));
        let chosen: Vec<u32> =
            strata.iter().flat_map(|s| s.certain.iter().chain(s.units.iter().take(s.draw as usize))).copied().collect();
        for site in chosen {
            seen[site as usize] += 1;
            inputs.history.visits.push(drawn(site, site, month as u8));
        }
        // July is lost: nothing is recorded as offered, its share moves on.
        if month != 6 {
            inputs.history.past_targets.push(PastTargets { month: month as u8, own_ppb: targets.own_ppb() });
        }
    }
    assert_eq!(seen, vec![1; 24]);
}

#[test]
fn window_cap_and_slots_give_their_reasons() {
    let mut inputs = small(&[(0, 3, false, 0), (0, 3, false, 1), (0, 3, false, 2), (0, 3, false, 2), (0, 3, false, 4)]);
    inputs.history.last_visit = vec![-1, NEVER, -9, -20, NEVER];
    sites_mut(&mut inputs).exclusion[4] = Exclusion::Closed;
    // Two triggered visits do not count by the preset; two of the enterprise's own do.
    inputs.history.visits = vec![drawn(1, 1, 0)];
    let plan = plan_of(policy(), &inputs);
    let first = targets_of(&inputs, &plan, 0);
    assert_eq!(first.reason[0], TargetReason::Window);
    assert_eq!(first.reason[1], TargetReason::Visited);
    assert_eq!(first.reason[4], TargetReason::Excluded(Exclusion::Closed));
    assert!(first.p[2] > 0.0 && first.p[3] > 0.0);
    // One visit left: the longest unvisited stays.
    let other =
        Visit { site: None, enterprise: 2, month: 0, kind: VisitKind::OtherDepartment { joint: false }, done: true };
    inputs.history.visits.push(other);
    let mut strict = policy().clone();
    strict.cap.counts_other_departments = true;
    let state = SiteState::before(&strict, &inputs, &plan.shares, &plan.schedule, 1);
    let second = TargetContext::new(&strict, &inputs, &plan.shares, &plan.schedule).compute(&state, 1);
    assert_eq!((second.reason[2], second.reason[3]), (TargetReason::Cap, TargetReason::Free));
    // A joint visit counts once: none is taken for it.
    inputs.history.visits[1].kind = VisitKind::OtherDepartment { joint: true };
    let state = SiteState::before(&strict, &inputs, &plan.shares, &plan.schedule, 1);
    let third = TargetContext::new(&strict, &inputs, &plan.shares, &plan.schedule).compute(&state, 1);
    assert_eq!(third.reason[2], TargetReason::Free);
}

#[test]
fn crowded_enterprise_shares_its_cap_by_frequency() {
    // Four key sites of one enterprise: floors 4 > cap 2, scaled down together and said so.
    let inputs = small(&[(0, 3, false, 0); 4]);
    let plan = plan_of(policy(), &inputs);
    assert!(plan.frequencies.scaled[0].below_floor);
    assert_eq!(plan.schedule.crowds.len(), 1);
    assert!((plan.frequencies.lambda.iter().sum::<f64>() - 2.0).abs() < 1e-9);
    let targets = targets_of(&inputs, &plan, 0);
    assert_eq!(targets.reason.iter().filter(|r| **r == TargetReason::Free).count(), 1);
    let report = simulate(policy(), &inputs, &plan, draw_rules(), 300, 1, &Progress::none()).unwrap();
    assert_eq!((report.cap_broken, report.slot_broken, report.window_broken), (0, 0, 0));
    for visits in &report.site_visits {
        assert!((f64::from(*visits) / 150.0 - 1.0).abs() < 0.02, "{:?}", report.site_visits);
    }
}

#[test]
fn a_mandatory_check_out_of_the_draw_takes_its_share_of_the_cap() {
    // Two key sites at λ ≥ 1 and a third on the positive list that must be checked: the cap of 2 leaves one drawn
    // visit, so the two frequencies together may not promise more.
    let mut inputs = small(&[(0, 3, false, 0), (0, 3, false, 0), (0, 3, false, 0)]);
    sites_mut(&mut inputs).exclusion[2] = Exclusion::PositiveList;
    let before = plan_of(policy(), &inputs).frequencies.lambda;
    inputs.mandatory = vec![fairdraw::plan::MandatoryVisit { site: 2, month: 4, rule: 0, overdue: false, by: 11 }];
    let plan = plan_of(policy(), &inputs);
    let sum: f64 = plan.frequencies.lambda.iter().sum();
    assert!(before.iter().sum::<f64>() > 1.5 && sum <= 1.0 + 1e-9, "{before:?} {:?}", plan.frequencies.lambda);
    assert_eq!(plan.frequencies.scaled.len(), 1);
    let report = simulate(policy(), &inputs, &plan, draw_rules(), 50, 3, &Progress::none()).unwrap();
    assert_eq!((report.cap_broken, report.whole_missed), (0, 0));
}

#[test]
fn locked_cells_hold_and_the_year_stays() {
    let mut inputs = small(&(0..60).map(|i| (0, 3, false, i)).collect::<Vec<_>>());
    let before = plan_of(policy(), &inputs);
    inputs.edits.quotas.push(QuotaEdit {
        body: inputs.bodies[0].id.clone(),
        category: "key".to_owned(),
        month: PlanMonth::new(2027, 3).unwrap(),
        visits: 9.0,
        reason: "专项".to_owned(),
    });
    let plan = plan_of(policy(), &inputs);
    assert!((plan.matrix[0][2].drawn[0] - 9.0).abs() < 1e-12 && plan.matrix[0][2].locked);
    assert!((plan.expected_visits() - before.expected_visits()).abs() < 1e-9);
    let targets = targets_of(&inputs, &plan, 2);
    assert!((targets.p.iter().sum::<f64>() - 9.0).abs() < 1e-9);
    let text = ron::to_string(&inputs.edits).unwrap();
    assert_eq!(ron::from_str::<fairdraw::plan::PlanEdits>(&text).unwrap(), inputs.edits);
}

#[test]
fn a_raised_frequency_never_lowers_the_rest_of_the_year() {
    let mut inputs = small(&(0..30).map(|i| (0, 3, false, i)).collect::<Vec<_>>());
    let plan = plan_of(policy(), &inputs);
    // Nothing has reached sites 0–9 by September; all months were offered.
    for month in 0..9 {
        let targets = targets_of(&inputs, &plan, month);
        inputs.history.past_targets.push(PastTargets { month: month as u8, own_ppb: targets.own_ppb() });
    }
    let mut worse = inputs.clone();
    sites_mut(&mut worse).aggravated[0] = 15;
    sites_mut(&mut worse).tier[0] = 1;
    let new = plan_of(policy(), &worse);
    assert!(new.frequencies.lambda[0] > plan.frequencies.lambda[0]);
    let state = SiteState::before(policy(), &inputs, &plan.shares, &plan.schedule, 9);
    let mut schedule = plan.schedule.clone();
    let change = NewFrequencies {
        before: &plan.frequencies.lambda,
        after: &new.frequencies.lambda,
        floor: &new.frequencies.floor,
    };
    let done = replan(policy(), &worse, &plan.shares, &mut schedule, &state, change, 9);
    assert_eq!(done.len(), 1);
    assert!(done[0].rest_after >= done[0].rest_before - 1e-12, "{done:?}");
    assert!((done[0].rest_before - 1.0).abs() < 1e-6);
    assert_eq!((schedule.start[0], schedule.start[1]), (9, 0));
    // The rest is exactly offered: by December it is certain.
    let state = SiteState::before(policy(), &worse, &plan.shares, &schedule, 11);
    let last = TargetContext::new(policy(), &worse, &plan.shares, &schedule).compute(&state, 11);
    assert!(last.p[0] >= 1.0 && last.p[1] >= 1.0 - 1e-6);
    // A visit in October: the new slots see it, the cap bounds them.
    worse.history.visits.extend([drawn(0, 0, 9), drawn(0, 0, 10)]);
    let mut schedule = plan.schedule.clone();
    let state = SiteState::before(policy(), &worse, &plan.shares, &schedule, 11);
    let done = replan(policy(), &worse, &plan.shares, &mut schedule, &state, change, 11);
    assert!(done[0].rest_after.abs() < 1e-12, "{done:?}");
}

#[test]
fn mandatory_checks_find_their_month() {
    let date = |m, d| NaiveDate::from_ymd_opt(2027, m, d).unwrap();
    let mut inputs = small(&[(0, 3, false, 0), (0, 3, false, 1), (0, 3, false, 2), (0, 3, false, 3)]);
    inputs.history.last_visit = vec![NEVER, NEVER, -1, NEVER];
    let facts = MandatoryFacts {
        management: vec![Category::Key, Category::Registration, Category::Key, Category::Key],
        permit_event: vec![
            Some((PermitEvent::First, date(5, 20))),
            Some((PermitEvent::First, date(5, 20))),
            Some((PermitEvent::Renewed, date(1, 4))),
            Some((PermitEvent::Changed, date(2, 4))),
        ],
        expires: vec![None; 4],
        rectify_by: vec![Some(date(6, 1)), None, None, None],
        open_problem: vec![None; 4],
        last_done: vec![None, None, None, Some(date(3, 1))],
        listed: Vec::new(),
        said: Vec::new(),
        moved: Vec::new(),
    };
    let found = compute_mandatory(policy(), &inputs, &facts, 2, 0).visits;
    let months: Vec<(u32, u8)> = found.iter().map(|v| (v.site, v.month)).collect();
    // Site 0: one check in May–August covers the rectification due in June–July only if it falls there.
    assert!(months.iter().any(|(s, m)| *s == 0 && (4..=7).contains(m)));
    assert!(months.iter().all(|(s, _)| *s != 1), "registrations have no first-permit check");
    assert!(months.contains(&(2, 2)) || months.contains(&(2, 3)), "the window is kept: {months:?}");
    assert!(months.iter().all(|(s, _)| *s != 3), "already checked since");
    // Where planning begins in October, what was due before is caught up over the rest of the year.
    let late = compute_mandatory(policy(), &inputs, &facts, 2, 9).visits;
    assert_eq!(late.len(), 2);
    assert!(late.iter().all(|v| (9..=11).contains(&v.month) && !v.is_late()), "{late:?}");
    assert!(late.iter().all(|v| v.overdue), "{late:?}");
}

#[test]
fn team_days_follow_the_calendar() {
    let calendar = WorkCalendar::default();
    let date = |m, d| NaiveDate::from_ymd_opt(2027, m, d).unwrap();
    let full = RosterEntry { days_per_month: Some(10.0), ..RosterEntry::default() };
    let away = RosterEntry { leave: vec![(date(3, 1), date(3, 31))], valid_to: Some(date(6, 30)), ..full.clone() };
    let days = compute_team_days(&[full, away], 2, 2027, &calendar, policy());
    let all: f64 = days[0].iter().sum();
    assert!(days[0][2] < days[0][0] * 0.7 && days[0][8] < days[0][0] * 0.7);
    assert!(all > 80.0 && days[1].iter().all(|d| *d == 0.0));
}

#[test]
fn wrong_inputs_are_refused_with_a_code() {
    let good = city(policy(), 50, 1.0, 2);
    let code = |change: &dyn Fn(&mut PlanInputs)| {
        let mut inputs = good.clone();
        change(&mut inputs);
        compute_annual_plan(policy(), &inputs).map_or_else(|e| e.code(), |_| "")
    };
    assert_eq!(code(&|_| {}), "");
    assert_eq!(code(&|i| sites_mut(i).tier.truncate(3)), "PLN-001");
    assert_eq!(code(&|i| sites_mut(i).tier[0] = 99), "PLN-002");
    assert_eq!(code(&|i| i.history.visits.push(drawn(99, 0, 0))), "PLN-003");
    assert_eq!(code(&|i| i.capacity.limits[0][0][0] = Some(f64::NAN)), "PLN-005");
}

#[test]
fn an_empty_city_and_empty_bodies_are_fine() {
    let inputs = small(&[]);
    let plan = plan_of(policy(), &inputs);
    assert!(plan.is_sealable() && plan.expected_visits() == 0.0);
    assert!(targets_of(&inputs, &plan, 0).p.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Decree 154 item 13: no aggravator may lower its source's frequency, through floors, caps of
    /// enterprises and capacity too; nor may becoming special.
    #[test]
    fn aggravators_never_lower(
        seed in 0_u64..1_000_000,
        staff in prop_oneof![Just(0.05), Just(0.2), Just(0.5), Just(1.0), Just(3.0)],
        n in 20_usize..100,
        bit in 0_u8..4,
        special in any::<bool>(),
        cap in 1_u32..5,
        vehicles in prop_oneof![Just(0.0), Just(0.3), Just(1.0)],
    ) {
        let mut policy = policy().clone();
        policy.cap.visits = cap;
        policy.bodies.truncate(3);
        let mut inputs = city(&policy, n, staff, seed);
        for body in &mut inputs.capacity.limits {
            for month in 0..MONTHS {
                body[1][month] = body[1][month].map(|v| v * vehicles);
            }
        }
        let before = plan_of(&policy, &inputs).frequencies.lambda;
        let step = (n / 5).max(1);
        for site in (0..n).step_by(step) {
            let mut worse = inputs.clone();
            let sites = Arc::make_mut(&mut worse.sites);
            sites.aggravated[site] |= 1 << bit;
            sites.special[site] |= special;
            let after = plan_of(&policy, &worse).frequencies.lambda;
            prop_assert!(after[site] >= before[site] - 1e-9, "site {site}: {} < {}", after[site], before[site]);
        }
    }

    /// Slots keep the expectation and the ceiling whatever λ, window and history.
    #[test]
    fn a_year_offers_exactly_its_frequency(
        seed in 0_u64..1_000_000,
        tier in 0_u8..4,
        category in 0_u8..3,
        last in -6_i16..0,
    ) {
        let mut inputs = small(&[(category, tier, false, 0)]);
        inputs.history.last_visit = vec![last];
        sites_mut(&mut inputs).aggravated[0] = (seed % 16) as u8;
        let plan = plan_of(policy(), &inputs);
        let lambda = plan.frequencies.lambda[0];
        prop_assert!((plan.expected_visits() - lambda).abs() < 1e-9);
        // Offered but never drawn: each slot's chance of having come through is 1 − a.
        let mut through = 1.0;
        for month in 0..MONTHS {
            let targets = targets_of(&inputs, &plan, month);
            through *= 1.0 - targets.p[0];
            inputs.history.past_targets.push(PastTargets { month: month as u8, own_ppb: targets.own_ppb() });
        }
        let expected = (0..plan.schedule.slots[0]).fold(1.0, |t, _| t * (1.0 - plan.schedule.rate[0]));
        prop_assert!((through - expected).abs() < 1e-6, "{through} {expected}");
    }
}
