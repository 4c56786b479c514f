//! Enterprises whose sites share a fate: crowds, and those whose cap may bind. Followed together, state by state.

use rustc_hash::FxHashMap;

use super::Offer;
use super::load::{Part, within};
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

struct Path {
    weight: f64,
    /// Drawn visits since the forecast's first month.
    drawn: u32,
    /// Visits of the cap that mandatory checks made needless have set free.
    freed: u32,
    now: Vec<SiteNow>,
    p: Vec<f64>,
    urgency: Vec<u8>,
}

/// Drawn visits, visits set free, and what is known of each site.
type PathKey = (u32, u32, Vec<(i16, i8, u64, u16)>);

impl Path {
    fn key(&self) -> PathKey {
        let of = |now: &SiteNow| (now.last, now.slot_visit, now.unvisited.to_bits(), now.waived);
        (self.drawn, self.freed, self.now.iter().map(of).collect())
    }
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
    row: usize,
    paths: Vec<Path>,
    /// Chance of each site in each month so far while it was still in the draw.
    hazard: Vec<ByMonth<f64>>,
    /// Mean chance of each site in each month so far, before it was levelled.
    offered: Vec<ByMonth<f64>>,
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
        let start = Path {
            weight: 1.0,
            drawn: 0,
            freed: 0,
            now: members.iter().map(|site| state.of(*site as usize)).collect(),
            p: vec![0.0; members.len()],
            urgency: vec![MAY_WAIT; members.len()],
        };
        Self {
            sites: sites.collect(),
            crowd: crowd.map(|at| context.crowd_facts(at)),
            left,
            counts_mandatory,
            row,
            paths: vec![start],
            hazard: vec![[0.0; MONTHS]; members.len()],
            offered: vec![[0.0; MONTHS]; members.len()],
        }
    }

    /// What its sites add to the loads of their bodies' categories in a month offered.
    pub(super) fn add_to(&mut self, month: usize, mut add: impl FnMut(usize, usize, Part)) {
        for (place, site) in self.sites.iter().enumerate() {
            let mut part = Part::of(1.0, [0.0; MONTHS], self.offered[place]);
            for path in &self.paths {
                part.add(path.weight, path.p[place], group_of(path.p[place], path.urgency[place]));
            }
            let cut = self.crowd.as_ref().map_or(&site.facts.cut, |crowd| &crowd.cut);
            let slot = slot_months(cut, cut[month]);
            // a crowd's visit takes all of its sites out of the slot
            let same = |of: &JointSite<'_>| (of.body, of.category) == (site.body, site.category);
            for (other, hazard) in self.hazard.iter().enumerate() {
                if other == place || self.crowd.is_some() && same(&self.sites[other]) {
                    for (sum, chance) in part.hazard.iter_mut().zip(within(hazard, slot)) {
                        *sum += chance;
                    }
                }
            }
            self.offered[place][month] = part.mean();
            add(site.body, site.category, part);
        }
    }

    pub(super) fn offer(&mut self, month: usize, open: bool) {
        let Self { sites, crowd, left, paths, .. } = self;
        for path in paths {
            path.p.fill(0.0);
            let room = left.saturating_add(path.freed).saturating_sub(path.drawn) as usize;
            if !open || room == 0 {
                continue;
            }
            let in_draw = |site: &JointSite<'_>, now: &SiteNow| {
                !site.excluded && (site.facts.mandatory & !now.waived) >> month & 1 == 0
            };
            if let Some(crowd) = crowd {
                let members: Vec<Member<'_>> = sites
                    .iter()
                    .zip(&path.now)
                    .map(|(site, now)| Member {
                        facts: site.facts,
                        now: *now,
                        expected: site.expected,
                        in_draw: in_draw(site, now),
                    })
                    .collect();
                if let CrowdChance::Offers(place, chance) = crowd_chance(crowd, &members, month, |_| {}) {
                    path.p[place] = chance.p;
                    path.urgency[place] = chance.urgency;
                }
                continue;
            }
            for (place, site) in sites.iter().enumerate() {
                if !in_draw(site, &path.now[place]) {
                    continue;
                }
                let chance = own_chance(&site.facts, &path.now[place], month);
                path.p[place] = chance.p;
                path.urgency[place] = chance.urgency;
            }
            let mut free: Vec<usize> = (0..sites.len()).filter(|place| path.p[*place] > 0.0).collect();
            if free.len() > room {
                // the longest unvisited stay, as in the frame
                free.sort_by_key(|place| (path.now[*place].last, *place));
                for place in &free[room..] {
                    path.p[*place] = 0.0;
                }
            }
        }
    }

    pub(super) fn each(&mut self, visit: &mut impl FnMut(Offer<'_>)) {
        for path in &mut self.paths {
            for ((site, p), urgency) in self.sites.iter().zip(&mut path.p).zip(&path.urgency) {
                visit(Offer {
                    body: site.body,
                    category: site.category,
                    weight: path.weight,
                    p,
                    urgency: *urgency,
                    facts: &site.facts,
                });
            }
        }
    }

    pub(super) fn advance(&mut self, month: usize, rows: &mut [ByMonth<f64>], waives: &mut Vec<(u32, u8, f64)>) {
        let before = std::mem::take(&mut self.paths);
        for (place, hazard) in self.hazard.iter_mut().enumerate() {
            hazard[month] = mean_chance(before.iter().map(|path| (path.weight, path.p[place])));
        }
        let mut known = FxHashMap::default();
        for path in before {
            for (place, now) in path.now.iter().enumerate() {
                if (self.sites[place].facts.mandatory & now.waived) >> month & 1 == 1 {
                    waives.push(((self.row + place) as u32, month as u8, path.weight));
                }
            }
            for mut next in self.branches(path, month, rows) {
                if next.weight < LEAST || !self.settle(&mut next, month + 1) {
                    continue;
                }
                if let Some(at) = known.get(&next.key()) {
                    let at: usize = *at;
                    self.paths[at].weight += next.weight;
                } else {
                    known.insert(next.key(), self.paths.len());
                    self.paths.push(next);
                }
            }
        }
        if self.paths.len() > MOST_PATHS {
            let all: f64 = self.paths.iter().map(|path| path.weight).sum();
            self.paths.sort_by(|a, b| b.weight.total_cmp(&a.weight));
            self.paths.truncate(MOST_PATHS);
            let kept: f64 = self.paths.iter().map(|path| path.weight).sum();
            for path in &mut self.paths {
                path.weight *= all / kept;
            }
        }
    }

    /// Where a month leads from one state: every site drawn or not, mandatory checks done.
    fn branches(&self, path: Path, month: usize, rows: &mut [ByMonth<f64>]) -> Vec<Path> {
        let offers: Vec<(usize, f64)> = path.p.iter().copied().enumerate().filter(|(_, p)| *p > 0.0).collect();
        let mut branches = vec![path];
        for (place, p) in offers {
            let mut split = Vec::with_capacity(branches.len() * 2);
            for mut path in branches {
                rows[self.row + place][month] += path.weight * p;
                let mut visited = Path {
                    weight: path.weight * p,
                    drawn: path.drawn + 1,
                    freed: path.freed,
                    now: path.now.clone(),
                    p: path.p.clone(),
                    urgency: path.urgency.clone(),
                };
                let (facts, before) = (&self.sites[place].facts, path.now[place].waived);
                let waived = before | facts.waived_by(month);
                if self.counts_mandatory {
                    visited.freed += (waived & !before).count_ones();
                }
                visited.now[place] = SiteNow { last: month as i16, slot_visit: month as i8, unvisited: 1.0, waived };
                split.push(visited);
                path.weight *= 1.0 - p;
                path.now[place].unvisited *= 1.0 - p;
                split.push(path);
            }
            branches = split;
        }
        for path in &mut branches {
            for (site, now) in self.sites.iter().zip(&mut path.now) {
                if (site.facts.mandatory & !now.waived) >> month & 1 == 1 {
                    now.last = now.last.max(month as i16);
                    if site.facts.counting >> month & 1 == 1 {
                        now.slot_visit = month as i8;
                    }
                }
            }
        }
        branches
    }

    /// Brings a state before `month` into one form; false where nothing can be drawn any more.
    fn settle(&self, path: &mut Path, month: usize) -> bool {
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
