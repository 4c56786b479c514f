//! Mandatory checks over the months: terms, totals, order, capacity, and that a month drawn as planned moves nothing.

use chrono::{Datelike, Days, NaiveDate};
use fairdraw::domain::{Category, PermitEvent};
use fairdraw::plan::capacity::{cost_by_resource, usable_capacity, window_months};
use fairdraw::plan::frequency::compute_frequencies;
use fairdraw::plan::mandatory::{MandatoryDates, MandatoryFacts, Term, compute_mandatory, term_of};
use fairdraw::plan::model::MONTHS;
use fairdraw::plan::shares::compute_shares;
use fairdraw::plan::{Exclusion, MandatoryVisit, NEVER, PastTargets, PlanInputs, Visit, VisitKind};
use fairdraw::policy::{MandatoryTrigger, Policy};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::city::{city, tighten};
use super::{drawn, plan_of, policy};

const SITES: usize = 3_000;

fn day(from: NaiveDate, days: u64) -> NaiveDate {
    from.checked_add_days(Days::new(days)).unwrap()
}

/// Causes of a city: mostly backlog and the last months of 2026, some known for 2027.
pub(super) fn causes(inputs: &PlanInputs, seed: u64) -> MandatoryFacts {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut facts = MandatoryFacts::default();
    for _ in 0..inputs.sites.len() {
        let mut dice = |n: u64| rng.next_u64() % n;
        let start = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        let kinds = [PermitEvent::First, PermitEvent::Reapplied, PermitEvent::Changed, PermitEvent::Renewed];
        facts.management.push(if dice(4) > 0 { Category::Key } else { Category::Registration });
        let event = (dice(6) == 0).then(|| (kinds[dice(4) as usize], day(start, dice(900))));
        facts.permit_event.push(event);
        facts.rectify_by.push((dice(60) == 0).then(|| day(start, 600 + dice(450))));
        facts.open_problem.push((dice(20) == 0).then(|| day(start, 450 + dice(280))));
        facts.last_done.push((dice(10) == 0).then(|| day(start, dice(700))));
        facts.expires.push(None);
    }
    facts
}

fn ample(seed: u64) -> (PlanInputs, MandatoryFacts) {
    let mut inputs = city(policy(), SITES, 50.0, seed);
    inputs.mandatory.clear();
    let facts = causes(&inputs, seed);
    (inputs, facts)
}

fn dates(inputs: &PlanInputs, facts: &MandatoryFacts, first_open: usize) -> MandatoryDates {
    compute_mandatory(policy(), inputs, facts, window_months(policy()), first_open)
}

/// What each site owes, with its own term, by rule.
fn owed(policy: &Policy, inputs: &PlanInputs, facts: &MandatoryFacts, site: usize) -> Vec<(u8, NaiveDate, Term)> {
    if !matches!(inputs.sites.exclusion[site], Exclusion::None | Exclusion::PositiveList) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (i, rule) in policy.mandatory.iter().enumerate() {
        let cause = match (rule.trigger, facts.permit_event[site]) {
            (MandatoryTrigger::FirstPermit, Some((PermitEvent::First, d)))
            | (MandatoryTrigger::ChangedPermit, Some((PermitEvent::Reapplied | PermitEvent::Changed, d)))
            | (MandatoryTrigger::RenewedPermit, Some((PermitEvent::Renewed, d))) => Some(d),
            (MandatoryTrigger::RectificationDue, _) => facts.rectify_by[site],
            (MandatoryTrigger::Recheck, _) => facts.open_problem[site],
            _ => None,
        };
        let Some(cause) = cause.filter(|_| rule.management.contains(&facts.management[site])) else { continue };
        let settled = facts.last_done[site].is_some_and(|d| d >= cause);
        let term = term_of(rule, cause, inputs.year).unwrap();
        if !(settled && rule.trigger != MandatoryTrigger::Recheck) && term.from < 12 {
            found.push((i as u8, cause, term));
        }
    }
    found
}

/// The months that a cause may have when planning begins in January.
fn months_of(policy: &Policy, rule: u8, term: Term) -> (i32, i32) {
    if term.to < 0 { (0, policy.mandatory[rule as usize].catch_up() as i32 - 1) } else { (term.from.max(0), term.to) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// With capacity to spare every cause has a visit within its term, and there are no others.
    #[test]
    fn terms_are_kept_and_nothing_is_lost(seed in 0_u64..100_000) {
        let (inputs, facts) = ample(seed);
        let found = dates(&inputs, &facts, 0);
        prop_assert_eq!(&found, &dates(&inputs, &facts, 0), "the same inputs, the same months");
        let mut carried = 0;
        let mut covered = vec![false; found.visits.len()];
        for site in 0..inputs.sites.len() {
            for (rule, cause, term) in owed(policy(), &inputs, &facts, site) {
                let (from, to) = months_of(policy(), rule, term);
                let hit = found.visits.iter().position(|v| {
                    v.site as usize == site && (from..=to).contains(&i32::from(v.month))
                });
                if let Some(at) = hit {
                    covered[at] = true;
                } else {
                    prop_assert!(to > 11, "site {site}, rule {rule}, cause {cause}: no visit in {from}..={to}");
                    carried += 1;
                }
            }
        }
        prop_assert!(covered.iter().all(|c| *c), "a visit without a cause");
        prop_assert!(carried >= found.carried.iter().sum::<u32>());
        prop_assert!(found.visits.iter().all(|v| !v.is_late()));
        prop_assert!(found.visits.windows(2).all(|w| (w[0].site, w[0].month) < (w[1].site, w[1].month)));
    }

    /// Of two backlog visits of a body that cost the same the older is never made later.
    #[test]
    fn the_oldest_backlog_comes_first(seed in 0_u64..100_000) {
        let (mut inputs, facts) = ample(seed);
        inputs.history.last_visit = vec![NEVER; SITES];
        let found = dates(&inputs, &facts, 0);
        let mut lines: Vec<(u16, u8, u8, NaiveDate, u8)> = Vec::new();
        for v in found.visits.iter().filter(|v| v.overdue) {
            let site = v.site as usize;
            if let [(rule, cause, _)] = owed(policy(), &inputs, &facts, site)[..] {
                lines.push((inputs.sites.body[site], inputs.sites.category[site], rule, cause, v.month));
            }
        }
        lines.sort_unstable();
        prop_assert!(lines.len() > 50, "{}", lines.len());
        for pair in lines.windows(2).filter(|w| (w[0].0, w[0].1, w[0].2) == (w[1].0, w[1].1, w[1].2)) {
            prop_assert!(pair[0].3 == pair[1].3 || pair[0].4 <= pair[1].4, "{pair:?}");
        }
    }

    /// Month after month drawn as planned: what was said for the later months stays, check by check.
    #[test]
    fn a_month_drawn_as_planned_moves_nothing(seed in 0_u64..100_000) {
        let (mut inputs, mut facts) = ample(seed);
        let said: Vec<(u32, u8, u8)> =
            dates(&inputs, &facts, 0).visits.iter().map(|v| (v.site, v.month, v.rule)).collect();
        for month in 0..5_u8 {
            list_month(&mut inputs, &mut facts, &said, month);
            let now = dates(&inputs, &facts, usize::from(month) + 1);
            let now: Vec<(u32, u8, u8)> = now.visits.iter().map(|v| (v.site, v.month, v.rule)).collect();
            let rest: Vec<(u32, u8, u8)> = said.iter().filter(|v| v.1 > month).copied().collect();
            // a visit may lose a cause that another one has settled, and with it its name: not its month
            let among = |list: &[(u32, u8, u8)], v: &(u32, u8, u8)| list.iter().any(|o| (o.0, o.1) == (v.0, v.1));
            let moved: Vec<_> = rest.iter().filter(|v| !among(&now, v)).collect();
            let new: Vec<_> = now.iter().filter(|v| !among(&rest, v)).collect();
            prop_assert!(moved.is_empty() && new.is_empty(), "before month {}: {moved:?} became {new:?}", month + 2);
        }
    }

    /// Where capacity is short, no check stands in a month that is too full, or after its term, while a month of its
    /// own term has room.
    #[test]
    fn no_month_is_overfilled_while_another_of_the_term_has_room(seed in 0_u64..100_000, tight in 0.0_f64..0.3) {
        let (mut inputs, facts) = ample(seed);
        tighten(policy(), &mut inputs, tight);
        let found = dates(&inputs, &facts, 0);
        inputs.mandatory.clone_from(&found.visits);
        let shares = compute_shares(policy(), &inputs);
        let need = compute_frequencies(policy(), &inputs, &shares).floor_use;
        let have = usable_capacity(policy(), &inputs.capacity);
        let fits = |v: &MandatoryVisit, month: usize, more: f64| {
            let (body, category) = (inputs.sites.body[v.site as usize] as usize, inputs.sites.category[v.site as usize]);
            let cost = cost_by_resource(&policy().categories[category as usize].cost);
            (0..cost.len()).all(|r| {
                cost[r] <= 0.0 || have.limits[body][r][month].is_none_or(|h| need[body][r][month] + more * cost[r] <= h + 1e-5)
            })
        };
        let mut hard = 0;
        for v in &found.visits {
            let causes = owed(policy(), &inputs, &facts, v.site as usize);
            let [(rule, _, term)] = causes[..] else { continue };
            let (from, to) = months_of(policy(), rule, term);
            if i32::from(v.month) <= to && fits(v, v.month as usize, 0.0) {
                continue;
            }
            hard += 1;
            for m in (from..=to.min(11)).filter(|m| *m != i32::from(v.month)) {
                prop_assert!(!fits(v, m as usize, 1.0), "{v:?} could be in month {} of {from}..={to}", m);
            }
        }
        prop_assert!(tight > 0.02 || hard > 0, "the test is about full months");
    }
}

/// Enters a month's checks as drawn and owed, as the workspace does.
fn list_month(inputs: &mut PlanInputs, facts: &mut MandatoryFacts, said: &[(u32, u8, u8)], month: u8) {
    let last = NaiveDate::from_ymd_opt(2027, u32::from(month) + 2, 1).unwrap().pred_opt().unwrap();
    facts.listed.resize(inputs.sites.len(), None);
    for (site, m, rule) in said.iter().filter(|v| v.1 == month) {
        let i = *site as usize;
        let enterprise = inputs.sites.enterprise[i];
        let kind = VisitKind::Mandatory(*rule);
        inputs.history.visits.push(Visit { site: Some(*site), enterprise, month: *m, kind, done: false });
        facts.listed[i] = Some(month);
        if facts.open_problem[i].is_some_and(|d| d < last) {
            facts.open_problem[i] = None;
        }
    }
    inputs.history.past_targets.push(PastTargets { month, own_ppb: vec![0; inputs.sites.len()] });
}

#[test]
fn backlog_is_spread_by_capacity_and_drawn_visits_stay_out_of_it() {
    // 120 first permits of 2024, all of one body, never inspected since.
    let (mut inputs, _) = ample(7);
    for body in &mut std::sync::Arc::make_mut(&mut inputs.sites).body {
        *body = 0;
    }
    std::sync::Arc::make_mut(&mut inputs.sites).category = vec![0; SITES];
    std::sync::Arc::make_mut(&mut inputs.sites).exclusion = vec![Exclusion::None; SITES];
    inputs.history.last_visit = vec![NEVER; SITES];
    for (m, limit) in inputs.capacity.limits[0][0].iter_mut().enumerate() {
        *limit = Some(if m == 1 { 20_000.0 } else { 40_000.0 });
    }
    let first = NaiveDate::from_ymd_opt(2024, 5, 1).unwrap();
    let facts = MandatoryFacts {
        management: vec![Category::Key; SITES],
        permit_event: (0..SITES).map(|i| (i < 120).then(|| (PermitEvent::First, day(first, i as u64)))).collect(),
        ..MandatoryFacts::default()
    };
    let found = dates(&inputs, &facts, 0);
    let mut by_month = [0_u32; MONTHS];
    for v in &found.visits {
        by_month[v.month as usize] += 1;
        assert!(v.overdue && v.by == 5);
    }
    assert_eq!(by_month.iter().sum::<u32>(), 120);
    assert_eq!(by_month[6..], [0; 6]);
    // February has half the capacity of the others, less what the floors take.
    assert!(by_month[1] < by_month[0] && by_month[1] >= 5, "{by_month:?}");
    let others = [by_month[0], by_month[2], by_month[3], by_month[4], by_month[5]];
    assert!(others.iter().max().unwrap() - others.iter().min().unwrap() <= 4, "{by_month:?}");
    assert!(others.iter().all(|n| (15..=30).contains(n)), "{by_month:?}");
    // A check made is not planned again, by a drawn visit either.
    let mut seen = facts.clone();
    seen.last_done = (0..SITES).map(|i| (i < 20).then(|| NaiveDate::from_ymd_opt(2027, 1, 1).unwrap())).collect();
    assert_eq!(dates(&inputs, &seen, 0).visits.len(), 100);
    inputs.history.visits = vec![drawn(0, 0, 0)];
    assert!(plan_of(policy(), &inputs).is_sealable());
}

#[test]
fn checks_for_which_no_month_has_room_come_late_and_are_told() {
    let (mut inputs, _) = ample(7);
    let sites = std::sync::Arc::make_mut(&mut inputs.sites);
    (sites.body, sites.category) = (vec![0; SITES], vec![0; SITES]);
    sites.special = vec![false; SITES];
    sites.exclusion = (0..SITES).map(|i| if i < 12 { Exclusion::None } else { Exclusion::Closed }).collect();
    inputs.history.last_visit = vec![NEVER; SITES];
    let cost = policy().categories[0].cost.team_days.to_f64();
    let keep = 1.0 - policy().capacity.triggered_reserve.to_f64();
    // One check a month: twelve re-checks with three months' term take the year.
    inputs.capacity.limits[0] = [[None; MONTHS]; 5];
    inputs.capacity.limits[0][0] = [Some(cost / keep * 1.01); MONTHS];
    let facts = MandatoryFacts {
        management: vec![Category::Key; SITES],
        open_problem: (0..SITES).map(|i| (i < 12).then(|| NaiveDate::from_ymd_opt(2026, 12, 1).unwrap())).collect(),
        ..MandatoryFacts::default()
    };
    let found = dates(&inputs, &facts, 0);
    let mut months: Vec<u8> = found.visits.iter().map(|v| v.month).collect();
    months.sort_unstable();
    assert_eq!(months, (0..12).collect::<Vec<u8>>());
    assert_eq!(found.visits.iter().filter(|v| v.is_late()).count(), 9);
    inputs.mandatory = found.visits;
    let plan = plan_of(policy(), &inputs);
    let said = plan.not_kept().find(|light| light.text.contains("必查期限")).expect("a light");
    assert!(said.text.contains("12 次中 9 次排在期限之后（问题整改复查）"), "{}", said.text);
}

#[test]
fn a_permit_that_expires_is_checked_before_the_line() {
    let mut policy = policy().clone();
    policy.mandatory[0].trigger = MandatoryTrigger::Expiring(60);
    policy.mandatory[0].within_months = 2;
    let (mut inputs, _) = ample(3);
    inputs.history.last_visit = vec![NEVER; SITES];
    std::sync::Arc::make_mut(&mut inputs.sites).exclusion = vec![Exclusion::None; SITES];
    let mut facts = MandatoryFacts { management: vec![Category::Key; SITES], ..MandatoryFacts::default() };
    // 60 days before the 2027-08-10 is the 2027-06-11: April or May.
    facts.expires = vec![None; SITES];
    for site in 0..10 {
        facts.expires[site] = NaiveDate::from_ymd_opt(2027, 8, 10);
    }
    facts.last_done = vec![None; SITES];
    facts.last_done[0] = NaiveDate::from_ymd_opt(2027, 4, 20);
    let found = compute_mandatory(&policy, &inputs, &facts, 2, 0).visits;
    assert_eq!(found.len(), 9, "one was seen within the term");
    assert!(found.iter().all(|v| (3..=4).contains(&v.month) && v.by == 4), "{found:?}");
    assert!(found.iter().any(|v| v.month == 3) && found.iter().any(|v| v.month == 4));
    assert_eq!(facts.expires[1].map(|d| d.year()), Some(2027));
}

#[test]
fn several_causes_of_a_site_are_one_visit_where_their_terms_meet() {
    let (mut inputs, _) = ample(3);
    inputs.history.last_visit = vec![NEVER; SITES];
    std::sync::Arc::make_mut(&mut inputs.sites).exclusion = vec![Exclusion::None; SITES];
    let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
    let mut facts = MandatoryFacts { management: vec![Category::Key; SITES], ..MandatoryFacts::default() };
    facts.permit_event = vec![Some((PermitEvent::First, date(2026, 11, 5).unwrap())), None];
    // Due in March, so April or May; the first permit may wait until May.
    facts.rectify_by = vec![date(2027, 3, 9), date(2027, 9, 9)];
    facts.open_problem = vec![None, date(2026, 12, 20)];
    let found = dates(&inputs, &facts, 0).visits;
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].site == 0 && (3..=4).contains(&found[0].month) && found[0].by == 4);
    assert!(found[1].site == 1 && (0..=2).contains(&found[1].month), "the re-check");
    assert!(found[2].site == 1 && (9..=10).contains(&found[2].month), "the rectification of September");
}
