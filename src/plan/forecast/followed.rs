//! Everything that is followed through the year, month by month: the sites of each body side by side, then the
//! enterprises that may have sites in several.
//!
//! Months couple only what belongs to one body, so that the bodies are followed in parallel; sums are made body by body
//! in the order of the sites, whatever the number of threads.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::joint::{Desk, Joint};
use super::load::{Carry, Levelled, Load, Part, level_mean};
use super::lone::{self, Lone, LoneKey};
use super::{FixedNumber, Forecast, NOBODY, Offer, bound_enterprises, scaling_factor, spoken_visits};
use crate::plan::chance::{self, LAST_MONTH, SiteNow};
use crate::plan::model::{ByMonth, MONTHS, PlanInputs, RESOURCES};
use crate::plan::reason::Exclusion;
use crate::plan::schedule::Schedule;
use crate::plan::state::SiteState;
use crate::plan::targets::TargetContext;
use crate::policy::Policy;

/// Fewest enterprises that a thread follows through a month.
const PIECE: usize = 16;

/// A body's sites and what its months come to.
struct Body<'a> {
    lone: Vec<Lone<'a>>,
    /// Needs of mandatory checks by month.
    mandatory: [[f64; RESOURCES]; MONTHS],
    /// Loads of the month offered, by category.
    loads: Vec<Load>,
    /// What can't be drawn differently in the month offered.
    taken: [f64; RESOURCES],
    /// Variance of each month's draw, were its number free, by category.
    free: Vec<ByMonth<f64>>,
    /// What its months hand on.
    carry: Carry,
    /// The month levelled, with the covariances that its carry needs; `None` where the planner's numbers stand.
    levelled: Option<(Levelled, ByMonth<f64>)>,
    /// Expected visits handed on in the month, and to which later ones.
    handed: (f64, ByMonth<f64>),
    deferred: ByMonth<f64>,
    lost: ByMonth<f64>,
    waives: Vec<(u32, u8, f64)>,
}

impl Body<'_> {
    fn lowers(&self) -> bool {
        self.levelled.as_ref().is_some_and(|of| of.0.factors.iter().any(|factor| *factor < 1.0))
    }

    /// Sums its sites' parts of a month's load.
    fn weigh(&mut self, context: &TargetContext<'_>, month: usize) {
        self.loads.fill(Load::default());
        self.taken = self.mandatory[month];
        for lone in &mut self.lone {
            let waived = lone.members * lone.waived(month);
            if waived > 0.0 {
                for (need, cost) in self.taken.iter_mut().zip(context.check_cost(lone.category)) {
                    *need -= waived * cost;
                }
            }
            let part = lone.part(month);
            self.loads[lone.category].add(&part);
        }
    }

    /// What can be lowered of an offer is, and handed on.
    fn lower(&mut self, month: usize, offer: &mut Offer<'_>) {
        let Some((of, _)) = &self.levelled else { return };
        if *offer.p <= 0.0 || *offer.p >= 1.0 {
            return;
        }
        let lowered = *offer.p * of.factors[offer.urgency as usize];
        let visits = offer.weight * (*offer.p - lowered);
        let given = if offer.urgency == LAST_MONTH { &mut self.lost } else { &mut self.deferred };
        given[month] += visits;
        if visits > 0.0 {
            let (all, to) = &mut self.handed;
            *all += visits;
            offer.facts.hand_on(month, visits, to);
        }
        *offer.p = lowered;
    }

    fn vary(&mut self, month: usize, offer: &Offer<'_>) {
        self.free[offer.category][month] += offer.weight * *offer.p * (1.0 - *offer.p);
    }
}

/// Everything that is followed through the year.
pub(super) struct Followed<'a> {
    bodies: Vec<Body<'a>>,
    joint: Vec<Joint<'a>>,
}

/// What tells sites without mandatory checks apart, before anything is worked out for them.
#[derive(PartialEq, Eq, Hash)]
struct Plain {
    profile: u32,
    rate: u64,
    unvisited: u64,
    last: i16,
    slot_visit: i8,
    start: u8,
    slots: u8,
}

impl Plain {
    fn new(context: &TargetContext<'_>, schedule: &Schedule, site: usize, now: &SiteNow) -> Self {
        Self {
            profile: context.profile_of(site),
            rate: schedule.rate[site].to_bits(),
            unvisited: now.unvisited.to_bits(),
            last: now.last,
            slot_visit: now.slot_visit,
            start: schedule.start[site],
            slots: schedule.slots[site],
        }
    }
}

impl<'a> Followed<'a> {
    /// Sorts the sites into those that are followed alone, alike ones once, and enterprises.
    pub(super) fn new(
        policy: &Policy,
        inputs: &PlanInputs,
        schedule: &Schedule,
        context: &TargetContext<'a>,
        state: &SiteState,
        forecast: &mut Forecast,
    ) -> Self {
        let sites = &*inputs.sites;
        let categories = policy.categories.len();
        let body = |_| Body {
            lone: Vec::new(),
            mandatory: [[0.0; RESOURCES]; MONTHS],
            loads: vec![Load::default(); categories],
            taken: [0.0; RESOURCES],
            free: vec![[0.0; MONTHS]; categories],
            carry: Carry::new(categories),
            levelled: None,
            handed: (0.0, [0.0; MONTHS]),
            deferred: [0.0; MONTHS],
            lost: [0.0; MONTHS],
            waives: Vec::new(),
        };
        let mut followed = Self { bodies: (0..inputs.bodies.len()).map(body).collect(), joint: Vec::new() };
        for v in context.mandatory() {
            let site = v.site as usize;
            if sites.exclusion[site].is_dead() {
                continue;
            }
            let need = &mut followed.bodies[sites.body[site] as usize].mandatory[v.month as usize];
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
        followed.sort_alone(inputs, schedule, context, state, &joint, forecast);
        followed
    }

    fn sort_alone(
        &mut self,
        inputs: &PlanInputs,
        schedule: &Schedule,
        context: &TargetContext<'a>,
        state: &SiteState,
        joint: &[bool],
        forecast: &mut Forecast,
    ) {
        let sites = &*inputs.sites;
        let next = inputs.history.next as usize;
        // place of each class in its body
        let mut classes: FxHashMap<LoneKey, u32> = FxHashMap::default();
        let mut plain: FxHashMap<Plain, u32> = FxHashMap::default();
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
            let now = state.of(site);
            let alike = (first == at).then(|| Plain::new(context, schedule, site, &now));
            let body = &mut self.bodies[sites.body[site] as usize];
            let known = alike.as_ref().and_then(|alike| plain.get(alike).copied());
            let class = known.unwrap_or_else(|| {
                let mut facts = context.facts(site, &context.mandatory()[first..at]);
                // what is past opens or closes nothing any more
                facts.mandatory &= chance::from(next);
                facts.counting &= chance::from(next);
                facts.waived_from.iter_mut().take(next + 1).for_each(|from| *from = MONTHS as u8);
                let (now, later) = lone::settled(&facts, now, next);
                let class = if later {
                    let key = LoneKey::new(context.profile_of(site), &facts, &now);
                    *classes.entry(key).or_insert_with(|| {
                        let row = forecast.rows.len() as u32;
                        forecast.rows.push([0.0; MONTHS]);
                        body.lone.push(Lone::new(facts, now, sites.category[site] as usize, row));
                        (body.lone.len() - 1) as u32
                    })
                } else {
                    NOBODY
                };
                if let Some(alike) = alike {
                    plain.insert(alike, class);
                }
                class
            });
            if let Some(class) = body.lone.get_mut(class as usize) {
                class.members += 1.0;
                forecast.row_of[site] = class.row;
            }
        }
    }

    pub(super) fn offer(&mut self, month: usize, open: bool) {
        // each follows its own sites: the order in which they are asked changes nothing
        self.bodies.par_iter_mut().for_each(|body| body.lone.iter_mut().for_each(|lone| lone.offer(month, open)));
        self.joint.par_iter_mut().with_min_len(PIECE).for_each(|joint| joint.offer(month, open));
    }

    /// All offers of a body and a category.
    fn each_of(&mut self, (body, category): (usize, usize), mut visit: impl FnMut(Offer<'_>)) {
        let mut only = |offer: Offer<'_>| {
            if (offer.body, offer.category) == (body, category) {
                visit(offer);
            }
        };
        for lone in &mut self.bodies[body].lone {
            lone.each(body, &mut only);
        }
        for joint in &mut self.joint {
            joint.each(&mut only);
        }
    }

    /// Scales the cells that the planner locked to the planner's number.
    pub(super) fn fix_numbers(&mut self, context: &TargetContext<'_>, month: usize, forecast: &mut Forecast) {
        for (body, category, wanted, edit) in context.numbers_of(month) {
            let mut free: Vec<(f64, f64)> = Vec::new();
            self.each_of((body, category), |offer| {
                if *offer.p > 0.0 {
                    free.push((offer.weight, *offer.p));
                }
            });
            let possible: f64 = free.iter().map(|f| f.0).sum();
            let ruled = free.iter().map(|(weight, p)| weight * p).sum();
            forecast.fixed.push(FixedNumber { edit, ruled, possible });
            let factor = scaling_factor(free, wanted.min(possible));
            self.each_of((body, category), |offer| {
                if *offer.p > 0.0 {
                    *offer.p = (*offer.p * factor).min(1.0);
                }
            });
        }
    }

    /// Lowers what can wait until each body's expected load fits its month.
    pub(super) fn level(&mut self, context: &TargetContext<'_>, month: usize) {
        self.bodies.par_iter_mut().for_each(|body| body.weigh(context, month));
        let parts: Vec<Vec<(usize, usize, Part)>> = self
            .joint
            .par_chunks_mut(PIECE)
            .map(|piece| {
                let mut parts = Vec::with_capacity(piece.len() * 2);
                for joint in piece {
                    joint.parts(month, &mut parts);
                }
                parts
            })
            .collect();
        for (body, category, part) in parts.iter().flatten() {
            self.bodies[*body].loads[*category].add(part);
        }
        let locked = context.locked_bodies(month);
        self.bodies.par_iter_mut().enumerate().for_each(|(at, body)| {
            body.handed = (0.0, [0.0; MONTHS]);
            let (carried, with_given) = body.carry.variance(month, &body.loads, &body.free);
            let limits = context.usable().limits[at].iter().map(|limit| limit[month]);
            let taken = (&body.taken, carried);
            let levelled = || level_mean(&body.loads, &body.free, context.drawn_costs(), taken, limits);
            body.levelled = (!locked[at]).then(|| (levelled(), with_given));
        });
        if !self.bodies.iter().any(Body::lowers) {
            return;
        }
        self.bodies.par_iter_mut().enumerate().for_each(|(at, body)| {
            let mut lone = std::mem::take(&mut body.lone);
            for lone in &mut lone {
                lone.each(at, &mut |mut offer| body.lower(month, &mut offer));
            }
            body.lone = lone;
        });
        for joint in &mut self.joint {
            joint.each(&mut |mut offer| self.bodies[offer.body].lower(month, &mut offer));
        }
        for body in &mut self.bodies {
            if let Some((levelled, with_given)) = &body.levelled {
                body.carry.enter(month, levelled, with_given, body.handed);
            }
        }
    }

    pub(super) fn advance(&mut self, month: usize) {
        self.bodies.par_iter_mut().enumerate().for_each_init(Vec::new, |before, (at, body)| {
            let mut lone = std::mem::take(&mut body.lone);
            for lone in &mut lone {
                lone.each(at, &mut |offer| body.vary(month, &offer));
                lone.advance(month, before, &mut body.waives);
            }
            body.lone = lone;
        });
        let joint = self.joint.par_iter_mut().with_min_len(PIECE);
        joint.for_each_init(Desk::default, |desk, joint| joint.advance(month, desk));
        for (body, category, variance) in self.joint.iter().flat_map(Joint::variances) {
            self.bodies[body].free[category][month] += variance;
        }
    }

    /// Hands over what the months came to.
    pub(super) fn finish(self, forecast: &mut Forecast) {
        for (at, body) in self.bodies.into_iter().enumerate() {
            (forecast.deferred[at], forecast.lost[at]) = (body.deferred, body.lost);
            for lone in &body.lone {
                forecast.rows[lone.row as usize] = lone.drawn;
            }
            forecast.waives.extend(body.waives);
        }
        for joint in self.joint {
            forecast.rows[joint.row..joint.row + joint.drawn.len()].copy_from_slice(&joint.drawn);
            forecast.waives.extend(joint.waives);
        }
        forecast.waives.sort_by_key(|(row, month, _)| (*row, *month));
    }
}
