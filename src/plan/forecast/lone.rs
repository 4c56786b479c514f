//! Sites that nothing couples with others, alike ones followed once.

use super::Offer;
use super::load::Part;
use crate::plan::chance::{GROUPS, MAY_WAIT, SiteFacts, SiteNow, from, own_chance};
use crate::plan::model::{ByMonth, MONTHS, NEVER};
use crate::plan::slots::{OUTSIDE, slot_months};

/// States less likely than this are forgotten.
pub(super) const LEAST: f64 = 1e-15;

/// What sites must share to be followed as one.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct LoneKey {
    profile: u32,
    rate: u64,
    start: u8,
    slots: u8,
    mandatory: u16,
    counting: u16,
    waived_from: ByMonth<u8>,
    last: i16,
    slot_visit: i8,
    unvisited: u64,
}

impl LoneKey {
    pub(super) fn new(profile: u32, facts: &SiteFacts<'_>, now: &SiteNow) -> Self {
        Self {
            profile,
            rate: facts.rate.to_bits(),
            start: facts.start,
            slots: facts.slots,
            mandatory: facts.mandatory,
            counting: facts.counting,
            waived_from: facts.waived_from,
            last: now.last,
            slot_visit: now.slot_visit,
            unvisited: now.unvisited.to_bits(),
        }
    }
}

/// What still matters of a site's state before `month`, in one form, and whether it can still be drawn.
pub(super) fn settled(facts: &SiteFacts<'_>, mut now: SiteNow, month: usize) -> (SiteNow, bool) {
    let slot = facts.cut.get(month).copied().unwrap_or(OUTSIDE);
    let in_slot = |m: usize| facts.cut.get(m) == Some(&slot) && slot != OUTSIDE;
    let used = usize::try_from(now.slot_visit).is_ok_and(in_slot);
    let begun = month > 0 && in_slot(month - 1);
    // any month of the slot says the same: its first
    now.slot_visit = if used { (0..MONTHS).position(in_slot).unwrap_or(0) as i8 } else { -1 };
    if used || !begun {
        now.unvisited = 1.0;
    }
    now.waived &= from(month);
    if now.last != NEVER && i32::from(now.last) + i32::from(facts.window) < month as i32 {
        now.last = NEVER;
    }
    let later = |m: usize| facts.open >> m & 1 == 1 && facts.cut[m] != OUTSIDE && !(used && facts.cut[m] == slot);
    // a mandatory check made needless is told in its month
    (now, now.waived != 0 || (month..MONTHS).any(later))
}

pub(super) struct Path {
    weight: f64,
    now: SiteNow,
    p: f64,
    urgency: u8,
}

/// Group of a chance where a month is too full: one that is certain can't be lowered.
pub(super) fn group_of(p: f64, urgency: u8) -> usize {
    if p >= 1.0 { GROUPS } else { usize::from(urgency) }
}

/// Mean chance of those that have one; `chances` are weights and probabilities.
pub(super) fn mean_chance(chances: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (all, drawn) = chances
        .filter(|(_, p)| *p > 0.0)
        .fold((0.0, 0.0), |(all, drawn), (weight, p)| (all + weight, drawn + weight * p));
    if all > 0.0 { drawn / all } else { 0.0 }
}

/// Sites that are alike, through the year.
pub(super) struct Lone<'a> {
    facts: SiteFacts<'a>,
    /// Category index.
    pub category: usize,
    /// Row of the forecast.
    pub row: u32,
    /// Sites.
    pub members: f64,
    /// Expected drawn visits of one site by month.
    pub drawn: ByMonth<f64>,
    paths: Vec<Path>,
    /// Chance in each month so far of those still in the draw.
    hazard: ByMonth<f64>,
    /// Mean chance in each month so far, before it was levelled.
    offered: ByMonth<f64>,
}

impl<'a> Lone<'a> {
    pub(super) fn new(facts: SiteFacts<'a>, now: SiteNow, category: usize, row: u32) -> Self {
        let mut paths = Vec::with_capacity(4);
        paths.push(Path { weight: 1.0, now, p: 0.0, urgency: MAY_WAIT });
        let none = [0.0; MONTHS];
        Self { facts, category, row, members: 0.0, drawn: none, paths, hazard: none, offered: none }
    }

    /// Probability that the mandatory check of a month has become needless by then.
    pub(super) fn waived(&self, month: usize) -> f64 {
        if self.facts.mandatory >> month & 1 == 0 {
            return 0.0;
        }
        self.paths.iter().filter(|path| path.now.waived >> month & 1 == 1).map(|path| path.weight).sum()
    }

    /// What it adds to its body's load of a month offered.
    pub(super) fn part(&mut self, month: usize) -> Part {
        let slot = slot_months(&self.facts.cut, self.facts.cut[month]);
        let mut part = Part::of(self.members, slot, &self.hazard, &self.offered);
        for path in &self.paths {
            part.add(path.weight, path.p, group_of(path.p, path.urgency));
        }
        self.offered[month] = part.mean();
        part
    }

    pub(super) fn offer(&mut self, month: usize, open: bool) {
        let Self { facts, paths, .. } = self;
        for path in paths {
            path.p = 0.0;
            if open && (facts.mandatory & !path.now.waived) >> month & 1 == 0 {
                let chance = own_chance(facts, &path.now, month);
                (path.p, path.urgency) = (chance.p, chance.urgency);
            }
        }
    }

    pub(super) fn each(&mut self, body: usize, visit: &mut impl FnMut(Offer<'_>)) {
        for path in &mut self.paths {
            visit(Offer {
                body,
                category: self.category,
                weight: path.weight * self.members,
                p: &mut path.p,
                urgency: path.urgency,
                facts: &self.facts,
            });
        }
    }

    /// Where a month leads; `before` is room to work in.
    pub(super) fn advance(&mut self, month: usize, before: &mut Vec<Path>, waives: &mut Vec<(u32, u8, f64)>) {
        before.clear();
        before.append(&mut self.paths);
        self.hazard[month] = mean_chance(before.iter().map(|path| (path.weight, path.p)));
        let checks = self.facts.mandatory >> month & 1 == 1;
        for mut path in before.drain(..) {
            let waived = checks && path.now.waived >> month & 1 == 1;
            if waived {
                waives.push((self.row, month as u8, path.weight));
            }
            if checks && !waived {
                path.now.last = month as i16;
                if self.facts.counting >> month & 1 == 1 {
                    path.now.slot_visit = month as i8;
                }
                self.keep(path.weight, path.now, month + 1);
                continue;
            }
            if path.p > 0.0 {
                self.drawn[month] += path.weight * path.p;
                let visited = SiteNow {
                    last: month as i16,
                    slot_visit: month as i8,
                    unvisited: 1.0,
                    waived: path.now.waived | self.facts.waived_by(month),
                };
                self.keep(path.weight * path.p, visited, month + 1);
            }
            path.now.unvisited *= 1.0 - path.p;
            self.keep(path.weight * (1.0 - path.p), path.now, month + 1);
        }
    }

    fn keep(&mut self, weight: f64, now: SiteNow, month: usize) {
        let (now, later) = settled(&self.facts, now, month);
        if weight < LEAST || !later {
            return;
        }
        match self.paths.iter_mut().find(|path| path.now == now) {
            Some(path) => path.weight += weight,
            None => self.paths.push(Path { weight, now, p: 0.0, urgency: MAY_WAIT }),
        }
    }
}
