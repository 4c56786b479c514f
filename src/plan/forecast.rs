//! What the rest of the year comes to: the expectation of the very process that the months' frames follow, from
//! the state reached.
//!
//! Every site, and every enterprise whose sites share a fate (a crowd, or one whose cap may bind), is followed
//! through all the states that draws may bring it to, each with its probability: slot used or not, last visit,
//! chance offered so far, visits counted towards the cap. A month asks each state for its chance by the frame's
//! own function (`super::chance`), so the next month's sums are exactly the frame's Σp, and a later month's are
//! the mean over what may be drawn until then. What couples all sites is carried forward month by month: a locked
//! number on the mean loads of the bodies, the levelling of a month that is too full on their distribution (`load`).
//!
//! Sites alike in all that matters (profile, rate, slots, state, months of mandatory checks) are followed once.

mod joint;
mod load;
mod lone;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use self::joint::Joint;
use self::load::{Carry, Levelled, Load, level_mean};
use self::lone::{Lone, LoneKey};
use super::chance::{LAST_MONTH, SiteFacts};
use super::model::{ByMonth, MONTHS, PlanInputs, RESOURCES, VisitKind};
use super::reason::Exclusion;
use super::schedule::Schedule;
use super::shares::ShareProfiles;
use super::slots::{OUTSIDE, SlotCut};
use super::state::{SiteState, counts_towards_cap};
use super::targets::TargetContext;
use crate::policy::Policy;

/// Of a site that nobody can draw.
const NOBODY: u32 = u32::MAX;

/// Fewest that a thread follows through a month.
const PIECE: usize = 256;

/// Expected draws of the months still open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Forecast {
    /// Row of each site in `rows`; `u32::MAX` for one that can't be drawn any more.
    row_of: Vec<u32>,
    /// Expected drawn visits of one site by month.
    rows: Vec<ByMonth<f64>>,
    /// Row, month and probability of mandatory checks that drawn ones before them make needless.
    waives: Vec<(u32, u8, f64)>,
    /// Expected visits handed on to later months for want of capacity, by body.
    pub deferred: Vec<ByMonth<f64>>,
    /// Expected visits that found no later month in their slot, by body.
    pub lost: Vec<ByMonth<f64>>,
    /// The planner's numbers of the months still open, in the order of the months.
    pub fixed: Vec<FixedNumber>,
}

/// A number that the planner locked, against what the rules give.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedNumber {
    /// Place in the planner's numbers.
    pub edit: usize,
    /// Visits that the rules give.
    pub ruled: f64,
    /// Sites that can be drawn: no more visits are possible.
    pub possible: f64,
}

impl Forecast {
    /// Expected drawn visits of a site in the months still open; `None` where nothing can be drawn any more.
    #[must_use]
    pub fn row_of(&self, site: usize) -> Option<&ByMonth<f64>> {
        self.row_of.get(site).and_then(|row| self.rows.get(*row as usize))
    }

    /// Probability by month that a site's mandatory check is needless by then, a drawn one having looked at the same
    /// causes; `None` where that can't be.
    #[must_use]
    pub fn waived_of(&self, site: usize) -> Option<ByMonth<f64>> {
        let row = *self.row_of.get(site)?;
        let first = self.waives.partition_point(|(of, ..)| *of < row);
        let mut found = None;
        for (_, month, p) in self.waives[first..].iter().take_while(|(of, ..)| *of == row) {
            found.get_or_insert([0.0; MONTHS])[usize::from(*month)] += p;
        }
        found
    }
}

/// One site's or one member's offer of a month.
pub(super) struct Offer<'a> {
    /// Body index.
    pub body: usize,
    /// Category index.
    pub category: usize,
    /// How many visits a probability of 1 stands for: the state's probability times the sites followed.
    pub weight: f64,
    /// Probability of being drawn.
    pub p: &'a mut f64,
    /// Whether it may wait.
    pub urgency: u8,
    /// The site's or member's own facts.
    pub facts: &'a SiteFacts<'a>,
}

/// Forecasts the months from `next` on. Months that were drawn are not offered again.
pub(super) fn compute_forecast(
    policy: &Policy,
    inputs: &PlanInputs,
    shares: &ShareProfiles,
    schedule: &Schedule,
) -> Forecast {
    let next = inputs.history.next as usize;
    let bodies = inputs.bodies.len();
    let mut forecast = Forecast {
        row_of: vec![NOBODY; inputs.sites.len()],
        rows: Vec::new(),
        waives: Vec::new(),
        deferred: vec![[0.0; MONTHS]; bodies],
        lost: vec![[0.0; MONTHS]; bodies],
        fixed: Vec::new(),
    };
    if next >= MONTHS {
        return forecast;
    }
    let context = TargetContext::new(policy, inputs, shares, schedule);
    let state = SiteState::before(policy, inputs, shares, schedule, next);
    let mut followed = Followed::new(policy, inputs, schedule, &context, &state, &mut forecast);
    let drawn = inputs.history.drawn_months();
    for month in next..MONTHS {
        followed.offer(month, drawn >> month & 1 == 0);
        followed.fix_numbers(&context, month, &mut forecast);
        followed.level(&context, month, &mut forecast);
        followed.advance(month, &mut forecast);
    }
    forecast.waives.sort_by_key(|(row, month, _)| (*row, *month));
    forecast
}

/// Everything that is followed through the year.
struct Followed<'a> {
    lone: Vec<Lone<'a>>,
    joint: Vec<Joint<'a>>,
    /// Needs of mandatory checks: `[body][month]`.
    mandatory: Vec<[[f64; RESOURCES]; MONTHS]>,
    /// Variance of each month's draw, were its number free: `[body * categories + category]`.
    free: Vec<ByMonth<f64>>,
    /// What each body's months hand on.
    carry: Vec<Carry>,
}

impl<'a> Followed<'a> {
    fn new(
        policy: &Policy,
        inputs: &PlanInputs,
        schedule: &Schedule,
        context: &TargetContext<'a>,
        state: &SiteState,
        forecast: &mut Forecast,
    ) -> Self {
        let sites = &*inputs.sites;
        let next = inputs.history.next as usize;
        let mut followed = Self {
            lone: Vec::new(),
            joint: Vec::new(),
            mandatory: vec![[[0.0; RESOURCES]; MONTHS]; inputs.bodies.len()],
            free: vec![[0.0; MONTHS]; inputs.bodies.len() * policy.categories.len()],
            carry: vec![Carry::new(policy.categories.len()); inputs.bodies.len()],
        };
        for v in context.mandatory() {
            let site = v.site as usize;
            if sites.exclusion[site].is_dead() {
                continue;
            }
            let need = &mut followed.mandatory[sites.body[site] as usize][v.month as usize];
            for (sum, cost) in need.iter_mut().zip(context.check_cost(sites.category[site] as usize)) {
                *sum += cost;
            }
        }
        let spoken = spoken_visits(policy, inputs, context, state);
        let mut joint = vec![false; sites.len()];
        for enterprise in bound_enterprises(policy, inputs, schedule, context, &spoken) {
            for site in &enterprise.1 {
                joint[*site as usize] = true;
            }
            let left = policy.cap.visits.saturating_sub(spoken[enterprise.0 as usize]);
            let left = if policy.cap.counts_drawn { left } else { u32::MAX };
            let first = forecast.rows.len();
            for (place, site) in enterprise.1.iter().enumerate() {
                forecast.row_of[*site as usize] = (first + place) as u32;
                forecast.rows.push([0.0; MONTHS]);
            }
            followed.joint.push(Joint::new(
                inputs,
                schedule,
                context,
                state,
                &enterprise,
                (left, policy.cap.counts_mandatory),
                first,
            ));
        }
        let mut classes: FxHashMap<LoneKey, u32> = FxHashMap::default();
        let mut at = 0;
        #[allow(clippy::needless_range_loop, reason = "several columns are read by site")]
        for site in 0..sites.len() {
            let first = at;
            while at < context.mandatory().len() && context.mandatory()[at].site as usize == site {
                at += 1;
            }
            if joint[site] || sites.exclusion[site] != Exclusion::None || schedule.slots[site] == 0 {
                continue;
            }
            let mut facts = context.facts(site, &context.mandatory()[first..at]);
            // what is past opens or closes nothing any more
            facts.mandatory &= super::chance::from(next);
            facts.counting &= super::chance::from(next);
            facts.waived_from.iter_mut().take(next + 1).for_each(|from| *from = MONTHS as u8);
            let (now, later) = lone::settled(&facts, state.of(site), next);
            if !later {
                continue;
            }
            let key = LoneKey::new(context.profile_of(site), &facts, &now);
            let class = *classes.entry(key).or_insert_with(|| {
                let row = forecast.rows.len() as u32;
                forecast.rows.push([0.0; MONTHS]);
                followed.lone.push(Lone::new(
                    facts,
                    now,
                    sites.body[site] as usize,
                    sites.category[site] as usize,
                    row,
                ));
                (followed.lone.len() - 1) as u32
            });
            let class = &mut followed.lone[class as usize];
            class.members += 1.0;
            forecast.row_of[site] = class.row;
        }
        followed
    }

    fn offer(&mut self, month: usize, open: bool) {
        // each follows its own sites: the order in which they are asked changes nothing
        self.lone.par_iter_mut().with_min_len(PIECE).for_each(|lone| lone.offer(month, open));
        self.joint.par_iter_mut().with_min_len(PIECE).for_each(|joint| joint.offer(month, open));
    }

    fn each(&mut self, mut visit: impl FnMut(Offer<'_>)) {
        for lone in &mut self.lone {
            lone.each(&mut visit);
        }
        for joint in &mut self.joint {
            joint.each(&mut visit);
        }
    }

    /// Scales the cells that the planner locked to the planner's number.
    fn fix_numbers(&mut self, context: &TargetContext<'_>, month: usize, forecast: &mut Forecast) {
        for (body, category, wanted, edit) in context.numbers_of(month) {
            let mut free: Vec<(f64, f64)> = Vec::new();
            self.each(|offer| {
                if offer.body == body && offer.category == category && *offer.p > 0.0 {
                    free.push((offer.weight, *offer.p));
                }
            });
            let possible: f64 = free.iter().map(|f| f.0).sum();
            let ruled = free.iter().map(|(weight, p)| weight * p).sum();
            forecast.fixed.push(FixedNumber { edit, ruled, possible });
            let factor = scaling_factor(free, wanted.min(possible));
            self.each(|offer| {
                if offer.body == body && offer.category == category && *offer.p > 0.0 {
                    *offer.p = (*offer.p * factor).min(1.0);
                }
            });
        }
    }

    /// Lowers what can wait until each body's expected load fits its month.
    fn level(&mut self, context: &TargetContext<'_>, month: usize, forecast: &mut Forecast) {
        let bodies = self.mandatory.len();
        let categories = context.drawn_costs().len();
        let mut loads = vec![Load::default(); bodies * categories];
        let mut taken: Vec<[f64; RESOURCES]> = self.mandatory.iter().map(|need| need[month]).collect();
        for lone in &mut self.lone {
            let waived = lone.members * lone.waived(month);
            if waived > 0.0 {
                for (need, cost) in taken[lone.body].iter_mut().zip(context.check_cost(lone.category)) {
                    *need -= waived * cost;
                }
            }
            loads[lone.body * categories + lone.category].add(&lone.part(month));
        }
        for joint in &mut self.joint {
            joint.add_to(month, |body, category, part| loads[body * categories + category].add(&part));
        }
        let locked = context.locked_bodies(month);
        let mut levelled: Vec<Option<(Levelled, ByMonth<f64>)>> = Vec::with_capacity(bodies);
        for body in 0..bodies {
            let of = body * categories..(body + 1) * categories;
            let (loads, free) = (&loads[of.clone()], &self.free[of]);
            let (carried, with_given) = self.carry[body].variance(month, loads, free);
            let limits = context.usable().limits[body].iter().map(|limit| limit[month]);
            let taken = (&taken[body], carried);
            let month = || (level_mean(loads, free, context.drawn_costs(), taken, limits), with_given);
            levelled.push((!locked[body]).then(month));
        }
        let lowers = |of: &Option<(Levelled, _)>| of.as_ref().is_some_and(|of| of.0.factors.iter().any(|f| *f < 1.0));
        if !levelled.iter().any(lowers) {
            return;
        }
        let mut handed = vec![(0.0, [0.0; MONTHS]); bodies];
        self.each(|offer| {
            let Some((of, _)) = &levelled[offer.body] else { return };
            if *offer.p > 0.0 && *offer.p < 1.0 {
                let lowered = *offer.p * of.factors[offer.urgency as usize];
                let visits = offer.weight * (*offer.p - lowered);
                let given = if offer.urgency == LAST_MONTH { &mut forecast.lost } else { &mut forecast.deferred };
                given[offer.body][month] += visits;
                if visits > 0.0 {
                    let (all, to) = &mut handed[offer.body];
                    *all += visits;
                    offer.facts.hand_on(month, visits, to);
                }
                *offer.p = lowered;
            }
        });
        for ((carry, levelled), handed) in self.carry.iter_mut().zip(&levelled).zip(handed) {
            if let Some((levelled, with_given)) = levelled {
                carry.enter(month, levelled, with_given, handed);
            }
        }
    }

    fn advance(&mut self, month: usize, forecast: &mut Forecast) {
        let categories = self.free.len() / self.mandatory.len().max(1);
        let mut free = std::mem::take(&mut self.free);
        self.each(|offer| {
            free[offer.body * categories + offer.category][month] += offer.weight * *offer.p * (1.0 - *offer.p);
        });
        self.free = free;
        for lone in &mut self.lone {
            lone.advance(month, &mut forecast.rows, &mut forecast.waives);
        }
        for joint in &mut self.joint {
            joint.advance(month, &mut forecast.rows, &mut forecast.waives);
        }
    }
}

/// The factor λ for which Σ weight·min(1, λ·p) is `wanted`; infinite where all are wanted.
fn scaling_factor(mut free: Vec<(f64, f64)>, mut wanted: f64) -> f64 {
    loop {
        let sum: f64 = free.iter().map(|(weight, p)| weight * p).sum();
        if sum <= 0.0 {
            return f64::INFINITY;
        }
        let factor = (wanted / sum).max(0.0);
        let before = free.len();
        free.retain(|(weight, p)| {
            let full = p * factor >= 1.0;
            if full {
                wanted -= weight;
            }
            !full
        });
        if free.len() == before {
            return factor;
        }
    }
}

/// Visits of each enterprise's cap that are taken or spoken for: counted so far, and counting mandatory checks
/// still to come.
fn spoken_visits(policy: &Policy, inputs: &PlanInputs, context: &TargetContext<'_>, state: &SiteState) -> Vec<u32> {
    let sites = &*inputs.sites;
    let mut spoken = state.counted.clone();
    for v in context.mandatory().iter().filter(|v| v.month >= inputs.history.next) {
        let entered = i32::from(state.last[v.site as usize]) >= i32::from(v.month);
        if !entered && counts_towards_cap(&policy.cap, VisitKind::Mandatory(v.rule)) {
            spoken[sites.enterprise[v.site as usize] as usize] += 1;
        }
    }
    spoken
}

/// Number of slots that have a month from `month` on.
fn slots_from(cut: &SlotCut, month: usize) -> u32 {
    let mut slots: Vec<u8> = cut.iter().skip(month).copied().filter(|slot| *slot != OUTSIDE).collect();
    slots.dedup();
    slots.len() as u32
}

/// Enterprises whose sites can't be followed one by one, with those sites: crowds, and those whose slots add up to
/// more than their cap leaves.
fn bound_enterprises(
    policy: &Policy,
    inputs: &PlanInputs,
    schedule: &Schedule,
    context: &TargetContext<'_>,
    spoken: &[u32],
) -> Vec<(u32, Vec<u32>)> {
    let sites = &*inputs.sites;
    if !policy.cap.counts_drawn {
        let crowds = schedule.crowds.iter();
        return crowds.map(|c| (c.enterprise, c.sites.clone())).collect();
    }
    let next = inputs.history.next as usize;
    let mut most = spoken.to_vec();
    let alive = |site: usize| sites.exclusion[site] == Exclusion::None && schedule.slots[site] > 0;
    for site in (0..sites.len()).filter(|i| alive(*i)) {
        let slots = if schedule.start[site] == 0 && next == 0 {
            u32::from(schedule.slots[site])
        } else {
            let cut = context.owners().own_cut(site);
            slots_from(&cut, next.max(schedule.start[site] as usize))
        };
        let most = &mut most[sites.enterprise[site] as usize];
        *most = most.saturating_add(slots);
    }
    let crowded = |e: u32| schedule.crowds.binary_search_by_key(&e, |c| c.enterprise).ok();
    let mut members: Vec<(u32, u32)> = (0..sites.len())
        .filter(|i| alive(*i))
        .map(|i| (sites.enterprise[i], i as u32))
        .filter(|(e, _)| crowded(*e).is_none() && most[*e as usize] > policy.cap.visits)
        .collect();
    members.sort_unstable();
    let mut bound: Vec<(u32, Vec<u32>)> =
        members.chunk_by(|a, b| a.0 == b.0).map(|g| (g[0].0, g.iter().map(|(_, i)| *i).collect())).collect();
    bound.extend(schedule.crowds.iter().map(|c| (c.enterprise, c.sites.clone())));
    bound
}
