//! Planning the rest of a year afresh (rules, item 5).
//!
//! New violations, complaints, grades and results change λ from the next month. A change counts from a twentieth of
//! the λ that the slots were cut from ([`LEAST_CHANGE`]), or where that no longer meets the floor; what is less leaves
//! the site its slots and its λ ([`settle`]), so that one visited already gets no slot anew because a factor of its body
//! moved by a hundredth. Small changes add up: what is compared is what the slots in force were cut from.
//!
//! For a site whose λ changed, the rest of the year gets what its slots still had to offer and (λ′ − λ) × (share of the rest of
//! the year), cut into slots, within what the enterprise's cap leaves; the past stays as it is, and sites whose
//! λ is the same keep their slots. What slots still had to offer is a martingale of mean λ × (share of the rest):
//! over all that may be drawn a site's rest is λ′ × (share of the rest), and the year's total moves by the
//! change of λ alone, whoever was drawn before.
//!
//! So where λ′ ≥ λ the rest is never below what the old slots still had to offer (**an aggravator never
//! lowers**); and where λ′ < λ it is not below what the year's floor still lacks, as far as the old slots
//! offered it.

use super::capacity::window_months;
use super::frequency::Frequencies;
use super::model::{MONTHS, PlanInputs, VisitKind};
use super::schedule::{Schedule, rate_of};
use super::shares::ShareProfiles;
use super::slots::{SlotCut, slot_count, slot_months};
use super::state::{SiteState, SlotOwners, counted_visits};
use crate::policy::Policy;

/// A site planned afresh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplannedSite {
    /// Site.
    pub site: u32,
    /// λ before.
    pub before: f64,
    /// λ′.
    pub after: f64,
    /// Visits the old slots still had to offer.
    pub rest_before: f64,
    /// Visits offered over the rest of the year now.
    pub rest_after: f64,
}

/// Changes of λ by less than this share of it leave a site its slots.
pub const LEAST_CHANGE: f64 = 0.05;

/// Leaves λ as it is where it would change by less than [`LEAST_CHANGE`] and still meets the floor: `frequencies` become
/// those in force, and say what was left. `before` is λ that the schedule was made from.
pub fn settle(before: &[f64], frequencies: &mut Frequencies) {
    for (site, old) in before.iter().enumerate() {
        let fresh = frequencies.lambda[site];
        let small = (fresh - old).abs() < LEAST_CHANGE * old;
        if small && frequencies.floor[site] <= old + 1e-9 && (fresh - old).abs() > 1e-9 {
            frequencies.lambda[site] = *old;
            frequencies.kept.push((site as u32, fresh));
        }
    }
}

/// Visits that a site's slots still have to offer from `month` on.
#[must_use]
pub fn rest_expectation(
    schedule: &Schedule,
    owners: &SlotOwners<'_>,
    state: &SiteState,
    site: usize,
    month: usize,
) -> f64 {
    if schedule.crowded[site] {
        // its part of what its enterprise's slots still have to offer
        let Some((at, crowd)) = owners.crowd_of(site).and_then(|at| Some((at, schedule.crowds.get(at)?))) else {
            return 0.0;
        };
        let all: f64 = crowd.sites.iter().map(|i| schedule.expected(*i as usize)).sum();
        let part = if all > 0.0 { schedule.expected(site) / all } else { 0.0 };
        let unvisited = crowd.sites.iter().map(|i| state.unvisited[*i as usize]).product();
        let last = crowd.sites.iter().map(|i| state.slot_visit[*i as usize]).max().unwrap_or(-1);
        return part * rest_of_slots(owners.crowd_cut(at), (crowd.slots, crowd.rate), (last, unvisited), month);
    }
    let slots = (schedule.slots[site], schedule.rate[site]);
    rest_of_slots(&owners.own_cut(site), slots, (state.slot_visit[site], state.unvisited[site]), month)
}

/// What slots still have to offer from `month` on: their number and rate; the last visit that used one, and the
/// chance of having come through the current one unvisited.
fn rest_of_slots(cut: &SlotCut, (slots, rate): (u8, f64), (last, unvisited): (i8, f64), month: usize) -> f64 {
    let mut rest = 0.0;
    for slot in 0..slots {
        let months = slot_months(cut, slot);
        let first = months.trailing_zeros() as usize;
        if months == 0 || months >> month == 0 {
            continue;
        }
        if first >= month {
            rest += rate;
        } else if i32::from(last) < i32::from(first as u8) && unvisited > 0.0 {
            let left = if rate >= 1.0 { 1.0 } else { (rate - (1.0 - unvisited)) / unvisited };
            rest += left.max(0.0);
        }
    }
    rest
}

fn rest_share(shares: &ShareProfiles, site: usize, month: usize) -> f64 {
    let share = &shares.of(site).share;
    let all: f64 = share.iter().sum();
    let rest: f64 = share[month.min(MONTHS)..].iter().sum();
    if all > 0.0 { rest / all } else { 0.0 }
}

/// Plans the rest of the year from `month` (0 to 11) on afresh where λ changed: from `before`, of which the schedule was
/// made, to what [`super::frequency::compute_frequencies`] gives on the new risk table, as far as [`settle`] lets it.
/// `state` is the state before that month; the schedule is changed in place. Returns the sites planned afresh, in order.
pub fn replan(
    policy: &Policy,
    inputs: &PlanInputs,
    shares: &ShareProfiles,
    schedule: &mut Schedule,
    state: &SiteState,
    (before, frequencies): (&[f64], &mut Frequencies),
    month: usize,
) -> Vec<ReplannedSite> {
    let sites = &*inputs.sites;
    settle(before, frequencies);
    let (after, floor) = (&frequencies.lambda, &frequencies.floor);
    let changed = |i: usize| (before[i] - after[i]).abs() > 1e-9;
    let mut had = vec![0_u8; sites.len()];
    for visit in inputs.history.visits.iter().filter(|v| (v.month as usize) < month) {
        if let (Some(site), VisitKind::Drawn | VisitKind::Mandatory(_)) = (visit.site, visit.kind) {
            had[site as usize] = had[site as usize].saturating_add(1);
        }
    }
    // Rests of all sites concerned, by the old schedule: changed ones and their enterprises' other sites.
    let owners = SlotOwners::new(shares, schedule);
    let mut concerned: Vec<usize> = (0..sites.len()).filter(|i| changed(*i)).collect();
    let groups: Vec<usize> =
        (0..schedule.multi.len()).filter(|g| schedule.multi[*g].1.iter().any(|i| changed(*i as usize))).collect();
    concerned.extend(groups.iter().flat_map(|g| schedule.multi[*g].1.iter().map(|i| *i as usize)));
    concerned.sort_unstable();
    concerned.dedup();
    let most_left = |i: usize| {
        let open = (shares.of(i).open >> month).count_ones();
        let by_window = (MONTHS - month) as u32 / (u32::from(window_months(policy)) + 1);
        f64::from(open.min(by_window.max(1)))
    };
    let mut plans: Vec<ReplannedSite> = concerned
        .iter()
        .map(|&i| {
            let old = rest_expectation(schedule, &owners, state, i, month);
            let fresh = (old + (after[i] - before[i]) * rest_share(shares, i, month)).max(0.0);
            let lacking = (floor[i] - f64::from(had[i])).max(0.0);
            let rest = if changed(i) { fresh.max(old.min(lacking)) } else { old };
            ReplannedSite {
                site: i as u32,
                before: before[i],
                after: after[i],
                rest_before: old,
                rest_after: rest.min(most_left(i)),
            }
        })
        .collect();
    let counted = counted_visits(policy, sites.enterprises(), &inputs.history.visits);
    let left = |enterprise: u32| f64::from(policy.cap.visits.saturating_sub(counted[enterprise as usize]));
    if policy.cap.counts_drawn {
        keep_within_caps(inputs, schedule, &groups, &left, &mut plans);
    }
    for plan in &plans {
        let i = plan.site as usize;
        schedule.start[i] = month as u8;
        schedule.slots[i] = slot_count(plan.rest_after);
        schedule.rate[i] = rate_of(plan.rest_after, schedule.slots[i]);
    }
    for group in groups {
        let enterprise = schedule.multi[group].0;
        schedule.scatter(enterprise);
        if policy.cap.counts_drawn {
            schedule.gather(group, month as u8, left(enterprise));
        }
    }
    plans
}

fn keep_within_caps(
    inputs: &PlanInputs,
    schedule: &Schedule,
    groups: &[usize],
    left: &impl Fn(u32) -> f64,
    plans: &mut [ReplannedSite],
) {
    let mut grouped: Vec<u32> = groups.iter().flat_map(|g| schedule.multi[*g].1.iter().copied()).collect();
    grouped.sort_unstable();
    let in_group = |site: u32| grouped.binary_search(&site).is_ok();
    let singles: Vec<bool> = plans.iter().map(|p| !in_group(p.site)).collect();
    for (plan, single) in plans.iter_mut().zip(singles) {
        if single {
            plan.rest_after = plan.rest_after.min(left(inputs.sites.enterprise[plan.site as usize]));
        }
    }
    for group in groups {
        let (enterprise, members) = &schedule.multi[*group];
        let found = |site: &u32| plans.binary_search_by_key(site, |p| p.site).ok();
        let places: Vec<usize> = members.iter().filter_map(found).collect();
        let sum: f64 = places.iter().map(|p| plans[*p].rest_after).sum();
        let room = left(*enterprise);
        if sum > room {
            for place in places {
                plans[place].rest_after *= room / sum;
            }
        }
    }
}
