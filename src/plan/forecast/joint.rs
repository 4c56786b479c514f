//! Enterprises whose sites share a fate: crowds, and those whose cap may bind. Followed together, state by state.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::Offer;
use super::load::Part;
use super::lone::{LEAST, group_of, mean_chance, settled};
use crate::plan::chance::{
    CrowdChance, CrowdFacts, MAY_WAIT, Member, SiteFacts, SiteNow, crowd_chance, from, own_chance,
};
use crate::plan::model::{ByMonth, MONTHS, NEVER, PlanInputs};
use crate::plan::reason::Exclusion;
use crate::plan::schedule::Schedule;
use crate::plan::slots::{OUTSIDE, slot_months};
use crate::plan::state::SiteState;
use crate::plan::targets::TargetContext;

/// States followed at most; beyond, the least likely are given to the others in proportion.
const MOST_PATHS: usize = 1024;

struct JointSite<'a> {
    facts: SiteFacts<'a>,
    expected: f64,
    body: usize,
    category: usize,
    excluded: bool,
}

/// States that draws may bring an enterprise to, with their probabilities. What is known of its sites stands state after
/// state in one row: states come and go by the thousand, and none of them owns memory of its own.
#[derive(Default)]
struct States {
    weight: Vec<f64>,
    /// Drawn visits since the forecast's first month.
    drawn: Vec<u32>,
    /// Visits of the cap that mandatory checks made needless have set free.
    freed: Vec<u32>,
    now: Vec<SiteNow>,
}

impl States {
    fn len(&self) -> usize {
        self.weight.len()
    }

    fn clear(&mut self) {
        self.weight.clear();
        self.drawn.clear();
        self.freed.clear();
        self.now.clear();
    }

    fn now_of(&self, at: usize, sites: usize) -> &[SiteNow] {
        &self.now[at * sites..(at + 1) * sites]
    }

    /// Enters a state; one that is known already gets its weight. `seen` is the first state of each hash.
    fn enter(&mut self, state: &Branch, seen: &mut FxHashMap<u64, u32>) {
        let sites = state.now.len();
        let same = |states: &Self, at: usize| {
            (states.drawn[at], states.freed[at]) == (state.drawn, state.freed) && states.now_of(at, sites) == state.now
        };
        let first = *seen.entry(state.hash()).or_insert(self.len() as u32) as usize;
        // two states of one hash are all but impossible, and still told apart
        if let Some(at) = (first..self.len()).find(|at| same(self, *at)) {
            self.weight[at] += state.weight;
            return;
        }
        self.weight.push(state.weight);
        self.drawn.push(state.drawn);
        self.freed.push(state.freed);
        self.now.extend_from_slice(&state.now);
    }

    /// Keeps the likeliest, the others' weight given to them in proportion.
    fn keep_most(&mut self, sites: usize) {
        if self.len() <= MOST_PATHS {
            return;
        }
        let all: f64 = self.weight.iter().sum();
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|a, b| self.weight[*b].total_cmp(&self.weight[*a]));
        order.truncate(MOST_PATHS);
        let kept: f64 = order.iter().map(|at| self.weight[*at]).sum();
        let now = order.iter().flat_map(|at| self.now_of(*at, sites)).copied().collect();
        *self = Self {
            weight: order.iter().map(|at| self.weight[*at] * (all / kept)).collect(),
            drawn: order.iter().map(|at| self.drawn[*at]).collect(),
            freed: order.iter().map(|at| self.freed[*at]).collect(),
            now,
        };
    }
}

/// One state that a month leads to.
#[derive(Default)]
struct Branch {
    weight: f64,
    drawn: u32,
    freed: u32,
    now: Vec<SiteNow>,
}

impl Branch {
    fn hash(&self) -> u64 {
        let mut hasher = FxHasher::default();
        (self.drawn, self.freed).hash(&mut hasher);
        for now in &self.now {
            let of = u64::from(now.last.cast_unsigned()) << 32
                | u64::from(now.slot_visit.cast_unsigned()) << 16
                | u64::from(now.waived);
            of.hash(&mut hasher);
            now.unvisited.to_bits().hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// Room to work in, one a thread.
#[derive(Default)]
pub(super) struct Desk {
    states: States,
    branch: Branch,
    seen: FxHashMap<u64, u32>,
    offers: Vec<(usize, f64)>,
}

/// One enterprise's sites, through the year.
pub(super) struct Joint<'a> {
    sites: Vec<JointSite<'a>>,
    crowd: Option<CrowdFacts>,
    /// Drawn visits that the cap leaves.
    left: u32,
    /// Mandatory checks count towards the cap.
    counts_mandatory: bool,
    /// Row of its first site in the forecast; the others follow.
    pub row: usize,
    /// Expected drawn visits of each site by month.
    pub drawn: Vec<ByMonth<f64>>,
    /// Row, month and probability of mandatory checks made needless.
    pub waives: Vec<(u32, u8, f64)>,
    states: States,
    /// Chance of each site in each state, in the month offered.
    p: Vec<f64>,
    /// Whether it may wait.
    urgency: Vec<u8>,
    /// Chance of each site in each month so far while it was still in the draw.
    hazard: Vec<ByMonth<f64>>,
    /// Mean chance of each site in each month so far, before it was levelled.
    offered: Vec<ByMonth<f64>>,
    /// Variance of each site's draw, were it one of its own, in the month advanced.
    variance: Vec<f64>,
}

impl<'a> Joint<'a> {
    pub(super) fn new(
        inputs: &PlanInputs,
        schedule: &Schedule,
        context: &TargetContext<'a>,
        state: &SiteState,
        (enterprise, members): &(u32, Vec<u32>),
        (left, counts_mandatory): (u32, bool),
        row: usize,
    ) -> Self {
        let crowd = schedule.crowds.binary_search_by_key(enterprise, |c| c.enterprise).ok();
        let sites = members.iter().map(|site| {
            let i = *site as usize;
            JointSite {
                facts: context.facts(i, context.mandatory_of(*site)),
                expected: schedule.expected(i),
                body: inputs.sites.body[i] as usize,
                category: inputs.sites.category[i] as usize,
                excluded: inputs.sites.exclusion[i] != Exclusion::None,
            }
        });
        let start = States {
            weight: vec![1.0],
            drawn: vec![0],
            freed: vec![0],
            now: members.iter().map(|site| state.of(*site as usize)).collect(),
        };
        Self {
            sites: sites.collect(),
            crowd: crowd.map(|at| context.crowd_facts(at)),
            left,
            counts_mandatory,
            row,
            drawn: vec![[0.0; MONTHS]; members.len()],
            waives: Vec::new(),
            states: start,
            p: Vec::new(),
            urgency: Vec::new(),
            hazard: vec![[0.0; MONTHS]; members.len()],
            offered: vec![[0.0; MONTHS]; members.len()],
            variance: vec![0.0; members.len()],
        }
    }

    /// What its sites add to the loads of their bodies' categories in a month offered: body, category, part.
    pub(super) fn parts(&mut self, month: usize, parts: &mut Vec<(usize, usize, Part)>) {
        let k = self.sites.len();
        for (place, site) in self.sites.iter().enumerate() {
            let cut = self.crowd.as_ref().map_or(&site.facts.cut, |crowd| &crowd.cut);
            let slot = slot_months(cut, cut[month]);
            let mut part = Part::of(1.0, slot, &[0.0; MONTHS], &self.offered[place]);
            for (state, weight) in self.states.weight.iter().enumerate() {
                let at = state * k + place;
                part.add(*weight, self.p[at], group_of(self.p[at], self.urgency[at]));
            }
            // a crowd's visit takes all of its sites out of the slot
            let same = |of: &JointSite<'_>| (of.body, of.category) == (site.body, site.category);
            for (other, hazard) in self.hazard.iter().enumerate() {
                if other == place || self.crowd.is_some() && same(&self.sites[other]) {
                    part.add_hazard(hazard);
                }
            }
            self.offered[place][month] = part.mean();
            parts.push((site.body, site.category, part));
        }
    }

    pub(super) fn offer(&mut self, month: usize, open: bool) {
        let Self { sites, crowd, left, states, p, urgency, .. } = self;
        let k = sites.len();
        p.clear();
        p.resize(states.len() * k, 0.0);
        urgency.resize(states.len() * k, MAY_WAIT);
        if !open {
            return;
        }
        let in_draw = |site: &JointSite<'_>, now: &SiteNow| {
            !site.excluded && (site.facts.mandatory & !now.waived) >> month & 1 == 0
        };
        let mut members: Vec<Member<'_>> = Vec::new();
        let mut free: Vec<usize> = Vec::new();
        for state in 0..states.len() {
            let room = left.saturating_add(states.freed[state]).saturating_sub(states.drawn[state]) as usize;
            if room == 0 {
                continue;
            }
            let now = &states.now[state * k..(state + 1) * k];
            let (p, urgency) = (&mut p[state * k..(state + 1) * k], &mut urgency[state * k..(state + 1) * k]);
            if let Some(crowd) = crowd {
                members.clear();
                members.extend(sites.iter().zip(now).map(|(site, now)| Member {
                    facts: site.facts,
                    now: *now,
                    expected: site.expected,
                    in_draw: in_draw(site, now),
                }));
                if let CrowdChance::Offers(place, chance) = crowd_chance(crowd, &members, month, |_| {}) {
                    (p[place], urgency[place]) = (chance.p, chance.urgency);
                }
                continue;
            }
            free.clear();
            for (place, (site, now)) in sites.iter().zip(now).enumerate().filter(|(_, (site, now))| in_draw(site, now))
            {
                let chance = own_chance(&site.facts, now, month);
                (p[place], urgency[place]) = (chance.p, chance.urgency);
                if chance.p > 0.0 {
                    free.push(place);
                }
            }
            if free.len() > room {
                // the longest unvisited stay, as in the frame
                free.sort_by_key(|place| (now[*place].last, *place));
                for place in &free[room..] {
                    p[*place] = 0.0;
                }
            }
        }
    }

    pub(super) fn each(&mut self, visit: &mut impl FnMut(Offer<'_>)) {
        let k = self.sites.len();
        let chances = self.p.chunks_mut(k).zip(self.urgency.chunks(k));
        for (weight, (p, urgency)) in self.states.weight.iter().zip(chances) {
            for ((site, p), urgency) in self.sites.iter().zip(p).zip(urgency) {
                visit(Offer {
                    body: site.body,
                    category: site.category,
                    weight: *weight,
                    p,
                    urgency: *urgency,
                    facts: &site.facts,
                });
            }
        }
    }

    /// Variance of each site's draw in the month advanced last: body, category, variance.
    pub(super) fn variances(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        self.sites.iter().zip(&self.variance).map(|(site, variance)| (site.body, site.category, *variance))
    }

    /// Where a month leads: every site drawn or not, mandatory checks done.
    pub(super) fn advance(&mut self, month: usize, desk: &mut Desk) {
        let k = self.sites.len();
        for (place, hazard) in self.hazard.iter_mut().enumerate() {
            let chances = self.states.weight.iter().enumerate().map(|(state, w)| (*w, self.p[state * k + place]));
            self.variance[place] = chances.clone().map(|(weight, p)| weight * p * (1.0 - p)).sum();
            hazard[month] = mean_chance(chances);
        }
        let Desk { states, branch, seen, offers } = desk;
        states.clear();
        seen.clear();
        for state in 0..self.states.len() {
            let weight = self.states.weight[state];
            let now = self.states.now_of(state, k);
            let p = &self.p[state * k..(state + 1) * k];
            for (place, now) in now.iter().enumerate() {
                if (self.sites[place].facts.mandatory & now.waived) >> month & 1 == 1 {
                    self.waives.push(((self.row + place) as u32, month as u8, weight));
                }
            }
            offers.clear();
            offers.extend(p.iter().copied().enumerate().filter(|(_, p)| *p > 0.0));
            for (place, p) in &*offers {
                self.drawn[*place][month] += weight * p;
            }
            // every one of them drawn or not
            for which in 0..1_u64 << offers.len().min(63) {
                let drawn = |at: usize| which >> (offers.len() - 1 - at) & 1 == 0;
                let chance = |(at, (_, p)): (usize, &(usize, f64))| if drawn(at) { *p } else { 1.0 - p };
                branch.weight = offers.iter().enumerate().map(chance).fold(weight, |all, p| all * p);
                if branch.weight < LEAST {
                    continue;
                }
                (branch.drawn, branch.freed) = (self.states.drawn[state], self.states.freed[state]);
                branch.now.clear();
                branch.now.extend_from_slice(now);
                for (at, (place, p)) in offers.iter().enumerate() {
                    let of = &mut branch.now[*place];
                    if !drawn(at) {
                        of.unvisited *= 1.0 - p;
                        continue;
                    }
                    branch.drawn += 1;
                    let waived = of.waived | self.sites[*place].facts.waived_by(month);
                    if self.counts_mandatory {
                        branch.freed += (waived & !of.waived).count_ones();
                    }
                    *of = SiteNow { last: month as i16, slot_visit: month as i8, unvisited: 1.0, waived };
                }
                for (site, now) in self.sites.iter().zip(&mut branch.now) {
                    if (site.facts.mandatory & !now.waived) >> month & 1 == 1 {
                        now.last = now.last.max(month as i16);
                        if site.facts.counting >> month & 1 == 1 {
                            now.slot_visit = month as i8;
                        }
                    }
                }
                if self.settle(branch, month + 1) {
                    states.enter(branch, seen);
                }
            }
        }
        states.keep_most(k);
        std::mem::swap(&mut self.states, states);
    }

    /// Brings a state before `month` into one form; false where nothing can be drawn any more.
    fn settle(&self, path: &mut Branch, month: usize) -> bool {
        if month >= MONTHS
            || path.drawn >= self.left.saturating_add(path.freed) && path.now.iter().all(|now| now.waived == 0)
        {
            return false;
        }
        if let Some(crowd) = &self.crowd {
            let slot = crowd.cut[month];
            let first = crowd.cut.iter().position(|s| *s == slot).unwrap_or(MONTHS);
            let used = path.now.iter().any(|now| usize::try_from(now.slot_visit).is_ok_and(|m| m >= first));
            let unvisited: f64 =
                if used || first == month { 1.0 } else { path.now.iter().map(|now| now.unvisited).product() };
            for (place, now) in path.now.iter_mut().enumerate() {
                now.unvisited = if place == 0 { unvisited } else { 1.0 };
                now.waived &= from(month);
            }
            let waived = path.now.iter().any(|now| now.waived != 0);
            return waived || crowd.cut[month..].iter().any(|s| *s != OUTSIDE && !(used && *s == slot));
        }
        let mut any = false;
        for (site, now) in self.sites.iter().zip(&mut path.now) {
            let (form, later) = settled(&site.facts, *now, month);
            // who has waited longest stays in the draw: the month of the last visit matters as long as it can be drawn
            *now = SiteNow { last: if later { now.last } else { NEVER }, ..form };
            any |= later;
        }
        any
    }
}
