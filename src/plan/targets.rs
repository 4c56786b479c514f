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
use super::chance::{
    CrowdChance, CrowdFacts, GROUPS, LAST_MONTH, MAY_WAIT, Member, SiteFacts, crowd_chance, levelling_factors,
    own_chance,
};
use super::model::{Capacity, MandatoryVisit, PlanInputs, RESOURCES, VisitKind};
use super::reason::{Exclusion, TargetReason};
use super::schedule::Schedule;
use super::shares::ShareProfiles;
use super::state::{SiteState, SlotOwners, counts_towards_cap};
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

    /// The same of all categories.
    pub(super) fn drawn_costs(&self) -> &[[f64; RESOURCES]] {
        &self.drawn_cost
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

    /// Profile of a site's shares.
    pub(super) fn profile_of(&self, site: usize) -> u32 {
        self.shares.of_site[site]
    }

    /// What stays the same for a site; `mandatory` are its own checks.
    pub(super) fn facts(&self, site: usize, mandatory: &[MandatoryVisit]) -> SiteFacts<'a> {
        let profile = self.shares.of(site);
        let counts = |v: &&MandatoryVisit| self.policy.mandatory[v.rule as usize].counts_as_slot;
        let bits = |all: u16, v: &MandatoryVisit| all | 1 << v.month;
        SiteFacts {
            share: &profile.share,
            open: profile.open,
            cut: self.owners.own_cut(site),
            slots: self.schedule.slots[site],
            start: self.schedule.start[site],
            rate: self.schedule.rate[site],
            window: self.window,
            mandatory: mandatory.iter().fold(0, bits),
            counting: mandatory.iter().filter(counts).fold(0, bits),
        }
    }

    /// What stays the same for a crowd.
    pub(super) fn crowd_facts(&self, at: usize) -> CrowdFacts {
        let crowd = &self.schedule.crowds[at];
        CrowdFacts { cut: *self.owners.crowd_cut(at), start: crowd.start, rate: crowd.rate }
    }

    /// A site's mandatory checks.
    pub(super) fn mandatory_of(&self, site: u32) -> &[MandatoryVisit] {
        let first = self.mandatory.partition_point(|v| v.site < site);
        let count = self.mandatory[first..].partition_point(|v| v.site == site);
        &self.mandatory[first..first + count]
    }

    fn own_target(
        &self,
        state: &SiteState,
        month: usize,
        site: usize,
        mandatory: &[MandatoryVisit],
    ) -> (f64, TargetReason, u8) {
        let exclusion = self.inputs.sites.exclusion[site];
        if let Some(now) = mandatory.iter().find(|v| v.month as usize == month)
            && !exclusion.is_dead()
        {
            return (1.0, TargetReason::Mandatory(now.rule), MAY_WAIT);
        }
        if exclusion != Exclusion::None {
            return (0.0, TargetReason::Excluded(exclusion), MAY_WAIT);
        }
        if self.schedule.crowded[site] || self.schedule.slots[site] == 0 {
            return (0.0, TargetReason::NoFrequency, MAY_WAIT);
        }
        let chance = own_chance(&self.facts(site, mandatory), &state.of(site), month);
        (chance.p, chance.reason, chance.urgency)
    }

    /// The one site of a crowded enterprise that the month's frame may hold.
    fn crowd_target(&self, state: &SiteState, month: usize, at: usize, targets: &mut MonthTargets, flags: &mut [u8]) {
        let crowd = &self.schedule.crowds[at];
        let fixed = |reason| matches!(reason, TargetReason::Mandatory(_) | TargetReason::Excluded(_));
        let members: Vec<Member<'_>> = crowd
            .sites
            .iter()
            .map(|site| Member {
                facts: self.facts(*site as usize, self.mandatory_of(*site)),
                now: state.of(*site as usize),
                expected: self.schedule.expected(*site as usize),
                in_draw: !fixed(targets.reason[*site as usize]),
            })
            .collect();
        let mut shut = 0_u64;
        let chance = crowd_chance(&self.crowd_facts(at), &members, month, |place| shut |= 1 << place.min(63));
        let (others, offer) = match chance {
            CrowdChance::Outside => return,
            CrowdChance::None(reason) => (reason, None),
            CrowdChance::Empty => (TargetReason::Cap, None),
            CrowdChance::Offers(place, chance) => (TargetReason::Cap, Some((place, chance))),
        };
        for (place, (site, member)) in crowd.sites.iter().zip(&members).enumerate() {
            if member.in_draw {
                let by_window = place < 64 && shut >> place & 1 == 1;
                targets.reason[*site as usize] = if by_window { TargetReason::Window } else { others };
            }
        }
        if let Some((place, chance)) = offer {
            let site = crowd.sites[place] as usize;
            targets.p[site] = chance.p;
            targets.reason[site] = chance.reason;
            flags[site] = chance.urgency;
        }
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
        for (body, category, visits, _) in self.numbers_of(month) {
            let cell: Vec<usize> = (0..sites.len())
                .filter(|i| sites.body[*i] as usize == body && sites.category[*i] as usize == category)
                .filter(|i| targets.reason[*i] == TargetReason::Free)
                .collect();
            scale_to(&mut targets.p, &cell, visits);
            for site in cell {
                if targets.p[site] <= 0.0 {
                    targets.reason[site] = TargetReason::Capacity;
                }
            }
        }
    }

    /// Bodies for which the planner locked a number of the month: the planner's word goes, nothing is levelled.
    pub(super) fn locked_bodies(&self, month: usize) -> Vec<bool> {
        let edits = &self.inputs.edits.quotas;
        let locked = |b: &super::model::Body| {
            edits.iter().any(|e| e.month.index_in(self.inputs.year) == Some(month) && e.body == b.id)
        };
        self.inputs.bodies.iter().map(locked).collect()
    }

    /// The planner's numbers of a month: (body, category, visits), and the edit's place in the list.
    pub(super) fn numbers_of(&self, month: usize) -> Vec<(usize, usize, f64, usize)> {
        let number = |(at, edit): (usize, &super::model::QuotaEdit)| {
            let body = self.inputs.body_index(&edit.body)?;
            let category = self.policy.categories.iter().position(|c| c.id == edit.category)?;
            (edit.month.index_in(self.inputs.year)? == month).then_some((body, category, edit.visits, at))
        };
        self.inputs.edits.quotas.iter().enumerate().filter_map(number).collect()
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
        let locked = self.locked_bodies(month);
        let mut factors = vec![[1.0_f64; GROUPS]; bodies];
        for body in (0..bodies).filter(|b| !locked[*b]) {
            factors[body] = levelling_factors(&groups[body], self.usable.limits[body].iter().map(|limit| limit[month]));
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
