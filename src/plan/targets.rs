//! The month's targets: each site's probability this month and, where it is 0, why.
//!
//! Rules items 3 and 4, and the four limits of a month, in this order: mandatory checks are certain;
//! a site is out while its slot is used, its window shut or its enterprise's visits used up; a cell that the
//! planner has locked is scaled to the planner's number; and where the expected checks of a body would
//! take more than its capacity of the month, the targets of sites that still have a later month in their
//! slot are lowered by one factor, the rest being handed to those later months (see [`super::slots`]);
//! sites that are sure of a visit give way after the others, or their slot's last month would overflow.
//! So the year's expectation stays, and the month's load stays within capacity up to the rounding of whole
//! checks.

use super::capacity::{cost_by_resource, dead_allowance, usable_capacity, window_months};
use super::model::{ByMonth, Capacity, MONTHS, MandatoryVisit, NEVER, PlanInputs, RESOURCES, VisitKind};
use super::reason::{Exclusion, TargetReason};
use super::schedule::Schedule;
use super::shares::ShareProfiles;
use super::slots::{closed_months, month_target, slot_months};
use super::state::{SiteState, SlotOwners, counts_towards_cap, first_month};
use crate::policy::Policy;

/// A month's targets, one per site.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthTargets {
    /// Month, 0 to 11.
    pub month: u8,
    /// Probability of being visited this month: E of the frame's inclusion probability.
    pub p: Vec<f64>,
    /// Why.
    pub reason: Vec<TargetReason>,
    /// Expected checks handed to later months for want of capacity, by body.
    pub deferred: Vec<f64>,
    /// Expected checks that found no later month in their slot, by body.
    pub lost: Vec<f64>,
}

impl MonthTargets {
    /// The targets in parts per billion, to be kept with the month (see
    /// [`super::model::PastTargets`]).
    #[must_use]
    pub fn own_ppb(&self) -> Vec<u32> {
        self.p.iter().map(|p| (p * 1e9).round().clamp(0.0, 1e9) as u32).collect()
    }
}

/// What stays the same through the year.
pub struct TargetContext<'a> {
    policy: &'a Policy,
    inputs: &'a PlanInputs,
    shares: &'a ShareProfiles,
    schedule: &'a Schedule,
    owners: SlotOwners<'a>,
    mandatory: Vec<MandatoryVisit>,
    usable: Capacity,
    /// Cost of a drawn check by category, with the allowance for dead records.
    drawn_cost: Vec<[f64; RESOURCES]>,
    check_cost: Vec<[f64; RESOURCES]>,
    window: u8,
}

/// Groups of targets by who gives way first where a month is too full.
const GROUPS: usize = 3;
/// Its slot has later months, and it need not be visited in it.
const MAY_WAIT: u8 = 0;
/// Its slot has later months but must have its visit: waiting fills the slot's last month.
const SURE_LATER: u8 = 1;
/// Its slot's last month.
const LAST_MONTH: u8 = 2;

fn urgency(eligible: u16, month: usize, rate: f64) -> u8 {
    if eligible >> (month + 1) == 0 {
        LAST_MONTH
    } else if rate >= 1.0 {
        SURE_LATER
    } else {
        MAY_WAIT
    }
}

impl<'a> TargetContext<'a> {
    /// Prepares slots, capacity and costs.
    #[must_use]
    pub fn new(policy: &'a Policy, inputs: &'a PlanInputs, shares: &'a ShareProfiles, schedule: &'a Schedule) -> Self {
        let allowance = dead_allowance(policy);
        let check_cost: Vec<_> = policy.categories.iter().map(|c| cost_by_resource(&c.cost)).collect();
        Self {
            policy,
            inputs,
            shares,
            schedule,
            owners: SlotOwners::new(shares, schedule),
            mandatory: inputs.mandatory_in_effect(),
            usable: usable_capacity(policy, &inputs.capacity_in_effect()),
            drawn_cost: check_cost.iter().map(|c| c.map(|v| v * allowance)).collect(),
            check_cost,
            window: window_months(policy),
        }
    }

    /// The mandatory checks in effect, sorted by site and month.
    #[must_use]
    pub fn mandatory(&self) -> &[MandatoryVisit] {
        &self.mandatory
    }

    /// Capacity for planned checks.
    #[must_use]
    pub fn usable(&self) -> &Capacity {
        &self.usable
    }

    /// Cost of a drawn check of a category, dead records allowed for.
    #[must_use]
    pub fn drawn_cost(&self, category: usize) -> &[f64; RESOURCES] {
        &self.drawn_cost[category]
    }

    /// Cost of one check of a category.
    #[must_use]
    pub fn check_cost(&self, category: usize) -> &[f64; RESOURCES] {
        &self.check_cost[category]
    }

    /// Window in months.
    #[must_use]
    pub fn window(&self) -> u8 {
        self.window
    }

    /// The slots that chances are kept by.
    #[must_use]
    pub fn owners(&self) -> &SlotOwners<'a> {
        &self.owners
    }

    /// The month's targets. O(sites).
    #[must_use]
    pub fn compute(&self, state: &SiteState, month: usize) -> MonthTargets {
        let n = self.inputs.sites.len();
        let bodies = self.inputs.bodies.len();
        let mut targets = MonthTargets {
            month: month as u8,
            p: vec![0.0; n],
            reason: vec![TargetReason::NoFrequency; n],
            deferred: vec![0.0; bodies],
            lost: vec![0.0; bodies],
        };
        let mut flags = vec![0_u8; n];
        let mut at = 0;
        for (site, urgency) in flags.iter_mut().enumerate() {
            let first = at;
            while at < self.mandatory.len() && self.mandatory[at].site as usize == site {
                at += 1;
            }
            let ahead = &self.mandatory[first..at];
            let (p, reason, flag) = self.own_target(state, month, site, ahead);
            targets.p[site] = p;
            targets.reason[site] = reason;
            *urgency = flag;
        }
        for crowd in 0..self.schedule.crowds.len() {
            self.crowd_target(state, month, crowd, &mut targets, &mut flags);
        }
        if self.policy.cap.counts_drawn {
            self.limit_enterprises(state, month, &mut targets);
        }
        self.apply_edits(month, &mut targets);
        self.level(month, &mut targets, &flags);
        targets
    }

    fn own_target(
        &self,
        state: &SiteState,
        month: usize,
        site: usize,
        mandatory: &[MandatoryVisit],
    ) -> (f64, TargetReason, u8) {
        let exclusion = self.inputs.sites.exclusion[site];
        let ahead = || mandatory.iter().filter(|v| v.month as usize >= month);
        if let Some(now) = ahead().next().filter(|v| v.month as usize == month)
            && !exclusion.is_dead()
        {
            return (1.0, TargetReason::Mandatory(now.rule), 0);
        }
        if exclusion != Exclusion::None {
            return (0.0, TargetReason::Excluded(exclusion), 0);
        }
        if self.schedule.crowded[site] || self.schedule.slots[site] == 0 {
            return (0.0, TargetReason::NoFrequency, 0);
        }
        let cut = self.owners.own_cut(site);
        let slot = slot_months(&cut, cut[month]);
        if (month as u8) < self.schedule.start[site] || slot == 0 {
            return (0.0, TargetReason::NoFrequency, 0);
        }
        if i32::from(state.slot_visit[site]) >= slot.trailing_zeros().cast_signed() {
            return (0.0, TargetReason::Visited, 0);
        }
        if ahead().any(|v| slot >> v.month & 1 == 1 && self.policy.mandatory[v.rule as usize].counts_as_slot) {
            return (0.0, TargetReason::MandatoryAhead, 0);
        }
        let profile = self.shares.of(site);
        if profile.open >> month & 1 == 0 {
            return (0.0, TargetReason::Blackout, 0);
        }
        let closed = closed_months(state.last[site], self.window, ahead().map(|v| v.month));
        if closed >> month & 1 == 1 {
            return (0.0, TargetReason::Window, 0);
        }
        let eligible = slot & profile.open & !closed;
        let p = month_target(&profile.share, eligible, month, self.schedule.rate[site], state.unvisited[site]);
        let flag = urgency(eligible, month, self.schedule.rate[site]);
        if p > 0.0 { (p, TargetReason::Free, flag) } else { (0.0, TargetReason::Offered, 0) }
    }

    /// The one site of a crowded enterprise that the month's frame may hold.
    fn crowd_target(&self, state: &SiteState, month: usize, at: usize, targets: &mut MonthTargets, flags: &mut [u8]) {
        let crowd = &self.schedule.crowds[at];
        let cut = self.owners.crowd_cut(at);
        let slot = slot_months(cut, cut[month]);
        let first = first_month(cut, month);
        let set_all = |targets: &mut MonthTargets, reason| {
            for site in crowd.sites.iter().map(|s| *s as usize) {
                if !matches!(targets.reason[site], TargetReason::Mandatory(_) | TargetReason::Excluded(_)) {
                    targets.reason[site] = reason;
                }
            }
        };
        if first >= MONTHS || (month as u8) < crowd.start {
            return;
        }
        let sites = || crowd.sites.iter().map(|s| *s as usize);
        if sites().any(|s| i32::from(state.slot_visit[s]) >= i32::from(first as u8)) {
            set_all(targets, TargetReason::Visited);
            return;
        }
        let planned = |s: usize| {
            let from = self.mandatory.partition_point(|v| (v.site as usize) < s);
            self.mandatory[from..].iter().take_while(move |v| v.site as usize == s)
        };
        let counts = |v: &&MandatoryVisit| {
            v.month as usize >= month
                && slot >> v.month & 1 == 1
                && self.policy.mandatory[v.rule as usize].counts_as_slot
        };
        if sites().any(|s| planned(s).any(|v| counts(&v))) {
            set_all(targets, TargetReason::MandatoryAhead);
            return;
        }
        set_all(targets, TargetReason::Cap);
        let mut share: ByMonth<f64> = [0.0; MONTHS];
        let mut eligible = 0_u16;
        let mut unvisited = 1.0;
        let mut best: Option<(f64, usize)> = None;
        for site in sites() {
            unvisited *= state.unvisited[site];
            let profile = self.shares.of(site);
            for (sum, s) in share.iter_mut().zip(&profile.share) {
                *sum += s;
            }
            let months = planned(site).filter(|v| v.month as usize >= month).map(|v| v.month);
            let closed = closed_months(state.last[site], self.window, months);
            let own = self.owners.own_cut(site);
            let mut open = slot & profile.open & !closed;
            if state.slot_visit[site] >= 0 && own[month] == own[state.slot_visit[site] as usize] {
                // Its own slot is used: only months of its later slots are left to it.
                open &= !slot_months(&own, own[month]);
            }
            if self.schedule.slots[site] == 0 || targets.reason[site] != TargetReason::Cap {
                open = 0;
            }
            eligible |= open;
            if open >> month & 1 == 1 {
                let since =
                    if state.last[site] == NEVER { 120 } else { i32::from(month as u8) - i32::from(state.last[site]) };
                let waited = f64::from(since.clamp(0, 120)) * self.schedule.expected(site);
                if best.is_none_or(|(most, _)| waited > most) {
                    best = Some((waited, site));
                }
            } else if targets.reason[site] == TargetReason::Cap && closed >> month & 1 == 1 {
                targets.reason[site] = TargetReason::Window;
            }
        }
        let Some((_, site)) = best else { return };
        let p = month_target(&share, eligible, month, crowd.rate, unvisited);
        targets.p[site] = p;
        targets.reason[site] = if p > 0.0 { TargetReason::Free } else { TargetReason::Offered };
        flags[site] = urgency(eligible, month, crowd.rate);
    }

    /// Of one enterprise's sites at most as many as it has visits left, longest unvisited first.
    fn limit_enterprises(&self, state: &SiteState, month: usize, targets: &mut MonthTargets) {
        let sites = &*self.inputs.sites;
        // Visits spoken for: counted so far, and counting mandatory checks from this month on.
        let mut spoken = state.counted.clone();
        for v in self.mandatory.iter().filter(|v| v.month as usize >= month) {
            // One already entered has been counted.
            let entered = i32::from(state.last[v.site as usize]) >= i32::from(v.month);
            if !entered && counts_towards_cap(&self.policy.cap, VisitKind::Mandatory(v.rule)) {
                spoken[sites.enterprise[v.site as usize] as usize] += 1;
            }
        }
        let left = |e: u32| self.policy.cap.visits.saturating_sub(spoken[e as usize]) as usize;
        for site in 0..sites.len() {
            if targets.reason[site] == TargetReason::Free && left(sites.enterprise[site]) == 0 {
                targets.p[site] = 0.0;
                targets.reason[site] = TargetReason::Cap;
            }
        }
        let mut free: Vec<u32> = Vec::new();
        for (enterprise, members) in &self.schedule.multi {
            free.clear();
            free.extend(members.iter().filter(|s| targets.reason[**s as usize] == TargetReason::Free));
            let room = left(*enterprise);
            if free.len() > room {
                free.sort_by_key(|s| (state.last[*s as usize], *s));
                for site in &free[room..] {
                    targets.p[*site as usize] = 0.0;
                    targets.reason[*site as usize] = TargetReason::Cap;
                }
            }
        }
    }

    /// Scales the cells that the planner locked to the planner's number.
    fn apply_edits(&self, month: usize, targets: &mut MonthTargets) {
        let sites = &*self.inputs.sites;
        for edit in &self.inputs.edits.quotas {
            let body = self.inputs.body_index(&edit.body);
            let category = self.policy.categories.iter().position(|c| c.id == edit.category);
            let (Some(body), Some(category)) = (body, category) else { continue };
            if edit.month.index_in(self.inputs.year) != Some(month) {
                continue;
            }
            let cell: Vec<usize> = (0..sites.len())
                .filter(|i| sites.body[*i] as usize == body && sites.category[*i] as usize == category)
                .filter(|i| targets.reason[*i] == TargetReason::Free)
                .collect();
            scale_to(&mut targets.p, &cell, edit.visits);
            for site in cell {
                if targets.p[site] <= 0.0 {
                    targets.reason[site] = TargetReason::Capacity;
                }
            }
        }
    }

    /// Lowers what can wait until each body's expected load fits its month.
    fn level(&self, month: usize, targets: &mut MonthTargets, flags: &[u8]) {
        let sites = &*self.inputs.sites;
        let bodies = self.inputs.bodies.len();
        // Who gives way first: what may come later or not at all, what must come later, what can't wait.
        let mut groups = vec![[[0.0; RESOURCES]; GROUPS + 1]; bodies];
        for (site, urgency) in flags.iter().enumerate() {
            let p = targets.p[site];
            if p <= 0.0 {
                continue;
            }
            let (body, category) = (sites.body[site] as usize, sites.category[site] as usize);
            let (group, cost) = match targets.reason[site] {
                TargetReason::Mandatory(_) => (GROUPS, &self.check_cost[category]),
                _ if p >= 1.0 => (GROUPS, &self.drawn_cost[category]),
                _ => (*urgency as usize, &self.drawn_cost[category]),
            };
            for (sum, c) in groups[body][group].iter_mut().zip(cost) {
                *sum += p * c;
            }
        }
        let locked: Vec<bool> =
            (0..bodies)
                .map(|b| {
                    self.inputs.edits.quotas.iter().any(|e| {
                        e.month.index_in(self.inputs.year) == Some(month) && e.body == self.inputs.bodies[b].id
                    })
                })
                .collect();
        let mut factors = vec![[1.0_f64; GROUPS]; bodies];
        for body in (0..bodies).filter(|b| !locked[*b]) {
            for (r, limit) in self.usable.limits[body].iter().enumerate() {
                let Some(limit) = limit[month] else { continue };
                let mut room = limit - groups[body][GROUPS][r];
                for group in (0..GROUPS).rev() {
                    let need = groups[body][group][r];
                    if need > room {
                        factors[body][group] = factors[body][group].min((room / need).max(0.0));
                    }
                    room -= need;
                }
            }
        }
        if factors.iter().flatten().all(|f| *f >= 1.0) {
            return;
        }
        for (site, urgency) in flags.iter().enumerate() {
            let p = targets.p[site];
            let body = sites.body[site] as usize;
            if p <= 0.0 || p >= 1.0 || targets.reason[site] != TargetReason::Free {
                continue;
            }
            let waits = *urgency != LAST_MONTH;
            let lowered = p * factors[body][*urgency as usize];
            if lowered < p {
                let given = if waits { &mut targets.deferred } else { &mut targets.lost };
                given[body] += p - lowered;
                targets.p[site] = lowered;
                if lowered <= 0.0 {
                    targets.reason[site] = TargetReason::Capacity;
                }
            }
        }
    }
}

/// Scales the probabilities of `cell` by one factor, capped at 1 repeatedly, so that they sum to `wanted`
/// (or to their number, where more is wanted).
pub fn scale_to(p: &mut [f64], cell: &[usize], wanted: f64) {
    let mut free: Vec<usize> = cell.iter().copied().filter(|i| p[*i] > 0.0).collect();
    let mut wanted = wanted.clamp(0.0, free.len() as f64);
    loop {
        let sum: f64 = free.iter().map(|i| p[*i]).sum();
        if sum <= 0.0 {
            return;
        }
        let factor = wanted / sum;
        let before = free.len();
        free.retain(|i| {
            let full = p[*i] * factor >= 1.0;
            if full {
                p[*i] = 1.0;
                wanted -= 1.0;
            }
            !full
        });
        if free.len() == before {
            for i in free {
                p[i] *= factor;
            }
            return;
        }
    }
}
