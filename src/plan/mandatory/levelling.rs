//! Levelling: which month of its term each mandatory check gets.
//!
//! Visits of a body with the same term, category and closed months are alike: they form a class. Classes are taken by
//! the first month of their term, then by the last, so that what becomes known later adapts to what was dated before.
//! Each visit goes to the month of its term that it fills least, mandatory load over what the draw's floors leave of
//! every resource; a month without room is taken only where none of the term has any, months closed by the window or
//! by a special period only where no other is. Within a class the oldest cause then gets the earliest month.
//!
//! **Stability.** A month's fullness depends on nothing but its own load. Leaving out January together with the visits
//! dated in it therefore changes no other choice: planning before February repeats what was planned before January,
//! unless capacity, floors, rules or the causes changed. Within a class the visits made are the oldest ones, so the
//! others keep their months too. New causes come last and move older ones only where their own term has no room. Where
//! capacity is short, room that a month past took or left would still shift the others: so a visit whose month was said
//! when the last month was sealed is dated there first, if that month still takes it; one that the planner moved there
//! stays whatever room the month has, which is then a shortage to be seen.
//!
//! Where no month of the term has room, one dated visit is moved within its own term to make some; failing that, the
//! check comes later than its term, in the first month that has room, which the plan says; where the year has none it
//! stays, and the month is a shortage.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::plan::capacity::{cost_by_resource, usable_capacity};
use crate::plan::frequency::{Use, compute_floor_use};
use crate::plan::model::{Capacity, MONTHS, MandatoryVisit, NEVER, PlanInputs, RESOURCES, Resource, VisitKind};
use crate::plan::shares::{ShareProfiles, compute_shares};
use crate::policy::Policy;

/// Months looked ahead from January: terms of late causes reach into the next year, which has this year's capacity.
pub(super) const HORIZON: usize = 2 * MONTHS;

/// Steps in which the floors' part of a month's capacity counts for its fullness: a floor that changes a little from
/// one month's plan to the next must not move checks about.
const FLOOR_STEPS: f64 = 20.0;

/// A visit to be dated.
#[derive(Debug, Clone)]
pub(super) struct Need {
    /// Site.
    pub site: u32,
    /// Index into `Policy::mandatory`: of several causes the first rule.
    pub rule: u8,
    /// The oldest cause.
    pub since: NaiveDate,
    /// First month that it may have, from 0.
    pub from: i32,
    /// Last one; below [`HORIZON`].
    pub to: i32,
    /// Month by which it is to be made, that of its term or of the catching up.
    pub by: i32,
    /// Month in which its own term ends, before backlog got more time.
    pub due: i32,
    /// True where its site has no other visit to be dated.
    pub alone: bool,
    /// First month of a drawn check that settles all of its causes; 12 where none does.
    pub waived_from: u8,
    /// Month that was said for it before.
    pub said: Option<usize>,
    /// The planner moved it there.
    pub moved: bool,
}

/// A visit with its month, from 0; 12 and more lie in the next year.
pub(super) struct Placed {
    pub need: Need,
    pub month: usize,
}

type Ahead = [[f64; HORIZON]; RESOURCES];

/// What the months of each body can take.
pub(super) struct Room<'a> {
    inputs: &'a PlanInputs,
    shares: ShareProfiles,
    window: u8,
    first_open: usize,
    /// Cost of a check by category.
    cost: Vec<[f64; RESOURCES]>,
    /// What fullness is measured by: `[body][resource][month]`, infinite where unlimited.
    measure: Vec<Ahead>,
    /// What the floors leave; infinite where unlimited.
    left: Vec<Ahead>,
    /// Months of this year's drawn and mandatory visits so far by site, as bits.
    visited: BTreeMap<u32, u32>,
}

impl<'a> Room<'a> {
    /// The capacity of `inputs` beside the draw's floors, `needs` standing for their sites' slots.
    pub fn of(policy: &Policy, inputs: &'a PlanInputs, needs: &[Need], window: u8, first_open: usize) -> Self {
        let shares = compute_shares(policy, inputs);
        let floors = floors_of(policy, inputs, (needs, first_open), &shares);
        let own = usable_capacity(policy, &inputs.capacity);
        let lent = usable_capacity(policy, &inputs.capacity_in_effect());
        let bodies = inputs.bodies.len();
        let at = |capacity: &Capacity, b: usize, r: usize, m: usize| capacity.limits[b][r][m % MONTHS];
        // A loan gives room, but draws no checks into its month.
        let measure = |b: usize, r: usize, m: usize| match at(&own, b, r, m) {
            Some(limit) if limit > 0.0 => {
                let taken = (floors[b][r][m % MONTHS] / limit * FLOOR_STEPS).round() / FLOOR_STEPS;
                limit * (1.0 - taken).max(1.0 / FLOOR_STEPS)
            }
            Some(_) => 0.0,
            None if r == Resource::TeamDays.index() => {
                let teams = f64::from(inputs.bodies[b].inspectors.max(2)) / 2.0;
                teams * f64::from(inputs.working_days[m % MONTHS])
            }
            None => f64::INFINITY,
        };
        let left = |b: usize, r: usize, m: usize| {
            at(&lent, b, r, m).map_or(f64::INFINITY, |limit| limit - floors[b][r][m % MONTHS])
        };
        let all = |of: &dyn Fn(usize, usize, usize) -> f64| -> Vec<Ahead> {
            (0..bodies).map(|b| std::array::from_fn(|r| std::array::from_fn(|m| of(b, r, m)))).collect()
        };
        let mut visited: BTreeMap<u32, u32> = BTreeMap::new();
        for visit in inputs.history.visits.iter().filter(|v| usize::from(v.month) < first_open) {
            if let (Some(site), VisitKind::Drawn | VisitKind::Mandatory(_)) = (visit.site, visit.kind) {
                *visited.entry(site).or_default() |= 1 << visit.month;
            }
        }
        Self {
            window,
            first_open,
            cost: policy.categories.iter().map(|c| cost_by_resource(&c.cost)).collect(),
            measure: all(&measure),
            left: all(&left),
            visited,
            shares,
            inputs,
        }
    }

    /// Months that a visit should not have if it can: within the window of last year's, or shut by a special period.
    fn closed(&self, site: usize) -> u32 {
        let shut = !u32::from(self.shares.of(site).open) & ((1 << MONTHS) - 1);
        let last = self.inputs.history.last_visit.get(site).copied().unwrap_or(NEVER);
        shut | around(i32::from(last), 0, self.window)
    }
}

/// Months from `before` the month on to the window's end, as bits.
fn around(month: i32, before: u8, window: u8) -> u32 {
    if month == i32::from(NEVER) {
        return 0;
    }
    let (from, to) = (month - i32::from(before), month + i32::from(window));
    (from.max(0)..=to.min(HORIZON as i32 - 1)).fold(0, |bits, m| bits | 1 << m)
}

/// Months within the window of those of `taken`, as bits.
fn near(taken: u32, window: u8) -> u32 {
    (0..HORIZON as i32).filter(|m| taken >> m & 1 == 1).fold(0, |bits, m| bits | around(m, window, window))
}

/// What the draw's floors take by body, visits made this year and `needs` standing for their sites' slots: the same
/// before and after a check was made.
fn floors_of(
    policy: &Policy,
    inputs: &PlanInputs,
    (needs, first_open): (&[Need], usize),
    shares: &ShareProfiles,
) -> Vec<Use> {
    let made = inputs.history.visits.iter().filter_map(|v| match (v.site, v.kind) {
        (Some(site), VisitKind::Mandatory(rule)) => Some((site, v.month, rule)),
        _ => None,
    });
    let asked = needs.iter().map(|n| (n.site, n.from.clamp(first_open as i32, 11) as u8, n.rule));
    let standing: BTreeSet<(u32, u8, u8)> = made.chain(asked).collect();
    let known = |rule: &u8| usize::from(*rule) < policy.mandatory.len();
    let mut bare = inputs.clone();
    bare.edits.mandatory_moves.clear();
    bare.mandatory = standing
        .into_iter()
        .filter(|(_, _, rule)| known(rule))
        .map(|(site, month, rule)| MandatoryVisit { site, month, rule, overdue: false, by: month })
        .collect();
    compute_floor_use(policy, &bare, shares)
}

/// What visits that are alike have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    body: u16,
    from: i32,
    to: i32,
    category: u8,
    closed: u32,
    /// 1 more than the site, where that has other visits this year, dated or made; 0 otherwise.
    own: u32,
}

/// A visit of a class in a month.
struct Slot {
    class: usize,
    month: usize,
    /// The planner put it there.
    fixed: bool,
}

struct Levelling<'a> {
    room: &'a Room<'a>,
    classes: Vec<Class>,
    /// Mandatory load by body.
    load: Vec<Ahead>,
    /// Visits dated so far by body.
    slots: Vec<Vec<Slot>>,
}

/// Dates all visits.
pub(super) fn place(room: &Room<'_>, needs: Vec<Need>) -> Vec<Placed> {
    let sites = &room.inputs.sites;
    let mut members: BTreeMap<Class, Vec<Need>> = BTreeMap::new();
    for need in needs {
        let site = need.site as usize;
        let class = Class {
            body: sites.body[site],
            from: need.from,
            to: need.to,
            category: sites.category[site],
            closed: room.closed(site),
            own: if need.alone && !room.visited.contains_key(&need.site) { 0 } else { need.site + 1 },
        };
        members.entry(class).or_default().push(need);
    }
    let mut levelling = Levelling {
        room,
        classes: members.keys().copied().collect(),
        load: vec![[[0.0; HORIZON]; RESOURCES]; room.measure.len()],
        slots: room.measure.iter().map(|_| Vec::new()).collect(),
    };
    let mut visited: BTreeMap<u32, u32> = room.visited.iter().map(|(site, months)| (site + 1, *months)).collect();
    let mut kept = Vec::with_capacity(members.len());
    for (class, needs) in members.values().enumerate() {
        kept.push(levelling.keep(class, needs, &mut visited));
    }
    for (class, (needs, kept)) in members.values().zip(kept).enumerate() {
        levelling.fill(class, needs.len() - kept, &mut visited);
    }
    levelling.settle();
    let mut months: Vec<Vec<usize>> = vec![Vec::new(); levelling.classes.len()];
    for slot in levelling.slots.iter().flatten() {
        months[slot.class].push(slot.month);
    }
    let mut placed = Vec::new();
    for (mut needs, mut months) in members.into_values().zip(months) {
        needs.sort_by_key(|need| (need.since, need.site));
        months.sort_unstable();
        // each its own month where that was kept, the others in their order
        let mut own: Vec<Option<usize>> = vec![None; needs.len()];
        for (need, own) in needs.iter().zip(&mut own) {
            let at = need.said.and_then(|said| months.iter().position(|month| *month == said));
            *own = at.map(|at| months.remove(at));
        }
        let mut rest = months.into_iter();
        placed.extend(needs.into_iter().zip(own).filter_map(|(need, own)| {
            let month = own.or_else(|| rest.next())?;
            Some(Placed { need, month })
        }));
    }
    placed
}

impl Levelling<'_> {
    /// Dates those visits of a class that can stay where they were said to be; how many.
    fn keep(&mut self, class: usize, needs: &[Need], visited: &mut BTreeMap<u32, u32>) -> usize {
        let Class { body, category, own, .. } = self.classes[class];
        let mut kept = 0;
        for (month, moved) in needs.iter().filter_map(|need| Some((need.said?, need.moved))) {
            let taken = visited.get(&own).copied().unwrap_or(0);
            let room = self.fits(body, category, month) && near(taken, self.room.window) >> month & 1 == 0;
            if !(room || moved) {
                continue;
            }
            self.take(body, category, month, 1.0);
            self.slots[usize::from(body)].push(Slot { class, month, fixed: moved });
            if own > 0 {
                *visited.entry(own).or_default() |= 1 << month;
            }
            kept += 1;
        }
        kept
    }

    /// Dates the visits of a class. `visited` are the months of sites with other visits, as bits, by [`Class::own`].
    fn fill(&mut self, class: usize, visits: usize, visited: &mut BTreeMap<u32, u32>) {
        let Class { body, category, own, closed, .. } = self.classes[class];
        let mut can_relieve = true;
        for _ in 0..visits {
            let taken = visited.get(&own).copied().unwrap_or(0);
            let near = closed | near(taken, self.room.window);
            let range = self.range(class);
            let best = self.best(class, range.clone(), near, taken);
            let month = best.filter(|m| self.fits(body, category, *m)).or_else(|| {
                let relieved = if can_relieve { self.relieve(class, taken) } else { None };
                can_relieve = relieved.is_some();
                // Late, but within the year.
                relieved.or_else(|| {
                    let free = |m: &usize| taken >> m & 1 == 0 && self.fits(body, category, *m);
                    (*range.end() + 1..MONTHS).find(free)
                })
            });
            let month = month.or(best).unwrap_or(*range.end());
            self.take(body, category, month, 1.0);
            self.slots[usize::from(body)].push(Slot { class, month, fixed: false });
            if own > 0 {
                *visited.entry(own).or_default() |= 1 << month;
            }
        }
    }

    /// What came late, or into a month without room, goes back into its term where room has come free since.
    fn settle(&mut self) {
        for body in 0..self.slots.len() {
            for at in 0..self.slots[body].len() {
                let Slot { class, month, fixed } = self.slots[body][at];
                let Class { body: of, category, own, closed, .. } = self.classes[class];
                let range = self.range(class);
                let full = !self.fits_without(of, (category, Some(category)), month);
                if own > 0 || fixed || !(full || month > *range.end()) {
                    continue;
                }
                let to = self.best(class, range, closed, 1 << month);
                if let Some(to) = to.filter(|to| self.fits(of, category, *to)) {
                    self.take(of, category, month, -1.0);
                    self.take(of, category, to, 1.0);
                    self.slots[body][at].month = to;
                }
            }
        }
    }

    /// Months of a class that are still open.
    fn range(&self, class: usize) -> std::ops::RangeInclusive<usize> {
        let Class { from, to, .. } = self.classes[class];
        let last = (to.max(0) as usize).min(HORIZON - 1);
        (from.max(0) as usize).max(self.room.first_open).min(last)..=last
    }

    /// The month that a visit fills least, of those with room, then of those not closed, then of all.
    fn best(&self, class: usize, range: std::ops::RangeInclusive<usize>, closed: u32, taken: u32) -> Option<usize> {
        let Class { body, category, .. } = self.classes[class];
        let key = |m: usize| (!self.fits(body, category, m), closed >> m & 1, self.fullness(body, category, m));
        range
            .filter(|m| taken >> m & 1 == 0)
            .map(|m| (key(m), m))
            .min_by(|(a, m), (b, n)| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)).then(m.cmp(n)))
            .map(|(_, m)| m)
    }

    fn take(&mut self, body: u16, category: u8, month: usize, visits: f64) {
        let cost = self.room.cost[usize::from(category)];
        for (row, cost) in self.load[usize::from(body)].iter_mut().zip(cost) {
            row[month] += visits * cost;
        }
    }

    /// Fullness of a month with one more visit.
    fn fullness(&self, body: u16, category: u8, month: usize) -> f64 {
        let (load, measure) = (&self.load[usize::from(body)], &self.room.measure[usize::from(body)]);
        let part = |r: usize| {
            let need = load[r][month] + self.room.cost[usize::from(category)][r];
            if need > 0.0 { need / measure[r][month] } else { 0.0 }
        };
        (0..RESOURCES).map(part).fold(0.0, f64::max)
    }

    /// True where a month can take one more visit.
    fn fits(&self, body: u16, category: u8, month: usize) -> bool {
        self.fits_without(body, (category, None), month)
    }

    /// True where it can, once a visit of another category has left.
    fn fits_without(&self, body: u16, (category, left): (u8, Option<u8>), month: usize) -> bool {
        let (load, room) = (&self.load[usize::from(body)], &self.room.left[usize::from(body)]);
        let cost = &self.room.cost;
        (0..RESOURCES).all(|r| {
            let need = cost[usize::from(category)][r];
            let freed = left.map_or(0.0, |c| cost[usize::from(c)][r]);
            need <= 0.0 || load[r][month] - freed + need <= room[r][month] + 1e-6
        })
    }

    /// Makes room for a visit of a class in one of its months: the visit dated last of those that can go elsewhere
    /// in their own term goes.
    fn relieve(&mut self, class: usize, taken: u32) -> Option<usize> {
        let Class { body, category, .. } = self.classes[class];
        for month in self.range(class).filter(|m| taken >> m & 1 == 0) {
            for at in (0..self.slots[usize::from(body)].len()).rev() {
                let slot = &self.slots[usize::from(body)][at];
                let other = self.classes[slot.class];
                let goes = slot.month == month
                    && !slot.fixed
                    && other.own == 0
                    && self.fits_without(body, (category, Some(other.category)), month);
                if !goes {
                    continue;
                }
                let of = slot.class;
                let to = self.best(of, self.range(of), other.closed, 1 << month);
                if let Some(to) = to.filter(|to| self.fits(body, other.category, *to)) {
                    self.take(body, other.category, month, -1.0);
                    self.take(body, other.category, to, 1.0);
                    self.slots[usize::from(body)][at].month = to;
                    return Some(month);
                }
            }
        }
        None
    }
}
