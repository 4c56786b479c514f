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

mod followed;
mod joint;
mod load;
mod lone;

use self::followed::Followed;
use super::chance::SiteFacts;
use super::model::{ByMonth, MONTHS, PlanInputs, VisitKind};
use super::reason::Exclusion;
use super::schedule::Schedule;
use super::shares::ShareProfiles;
use super::slots::{OUTSIDE, SlotCut};
use super::state::{SiteState, counts_towards_cap};
use super::targets::TargetContext;
use crate::policy::Policy;

/// Of a site that nobody can draw.
const NOBODY: u32 = u32::MAX;

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
        followed.level(&context, month);
        followed.advance(month);
    }
    followed.finish(&mut forecast);
    forecast
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
