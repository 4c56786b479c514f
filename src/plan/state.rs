//! Where every site stands before a month: last visit, slot used or not, visits counted towards the cap.

use super::chance::SiteNow;
use super::model::{History, MONTHS, NEVER, PlanInputs, Visit, VisitKind};
use super::schedule::Schedule;
use super::shares::ShareProfiles;
use super::slots::{OUTSIDE, SlotCut, cut_slots};
use crate::policy::{CapRule, Policy};

/// What happened before a month.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteState {
    /// Month of the last drawn or mandatory visit relative to January, or [`NEVER`]: opens a window.
    pub last: Vec<i16>,
    /// Month of this year's last visit that used its slot; −1 for none.
    pub slot_visit: Vec<i8>,
    /// Visits of the year that count towards the cap, by enterprise.
    pub counted: Vec<u32>,
    /// Probability of having come through the current slot unvisited so far: Π(1 − p).
    pub unvisited: Vec<f64>,
}

/// Whether a visit counts towards the yearly cap.
#[must_use]
pub fn counts_towards_cap(rule: &CapRule, kind: VisitKind) -> bool {
    match kind {
        VisitKind::Drawn => rule.counts_drawn,
        VisitKind::Mandatory(_) => rule.counts_mandatory,
        VisitKind::Triggered => rule.counts_triggered,
        // A joint visit counts once, and our own half of it is that once.
        VisitKind::OtherDepartment { joint } => rule.counts_other_departments && !joint,
    }
}

/// Visits counted towards the cap by enterprise, over all months of `visits`.
#[must_use]
pub fn counted_visits(policy: &Policy, enterprises: usize, visits: &[Visit]) -> Vec<u32> {
    let mut counted = vec![0; enterprises];
    for visit in visits.iter().filter(|v| counts_towards_cap(&policy.cap, v.kind)) {
        if let Some(count) = counted.get_mut(visit.enterprise as usize) {
            *count += 1;
        }
    }
    counted
}

impl SiteState {
    /// The state at the beginning of a year, nothing drawn yet.
    #[must_use]
    pub fn at_new_year(sites: usize, enterprises: usize, last_visit: &[i16]) -> Self {
        Self {
            last: if last_visit.is_empty() { vec![NEVER; sites] } else { last_visit.to_vec() },
            slot_visit: vec![-1; sites],
            counted: vec![0; enterprises],
            unvisited: vec![1.0; sites],
        }
    }

    /// What is known of a site.
    pub(super) fn of(&self, site: usize) -> SiteNow {
        SiteNow { last: self.last[site], slot_visit: self.slot_visit[site], unvisited: self.unvisited[site], waived: 0 }
    }

    /// Enters a visit.
    pub fn enter(&mut self, policy: &Policy, visit: &Visit) {
        if counts_towards_cap(&policy.cap, visit.kind)
            && let Some(count) = self.counted.get_mut(visit.enterprise as usize)
        {
            *count += 1;
        }
        let Some(site) = visit.site.map(|s| s as usize) else { return };
        let uses_slot = match visit.kind {
            VisitKind::Drawn => true,
            VisitKind::Mandatory(rule) => policy.mandatory.get(rule as usize).is_none_or(|r| r.counts_as_slot),
            VisitKind::Triggered | VisitKind::OtherDepartment { .. } => return,
        };
        self.last[site] = self.last[site].max(i16::from(visit.month));
        if uses_slot {
            self.slot_visit[site] = self.slot_visit[site].max(visit.month.cast_signed());
        }
    }

    /// The state before `month` (0 to 11) by the history. Visits of the month itself and later ones only
    /// count towards the cap: a second draw of the same month must see what the first one took.
    #[must_use]
    pub fn before(
        policy: &Policy,
        inputs: &PlanInputs,
        shares: &ShareProfiles,
        schedule: &Schedule,
        month: usize,
    ) -> Self {
        let sites = &*inputs.sites;
        let History { last_visit, visits, past_targets, .. } = &inputs.history;
        let mut state = Self::at_new_year(sites.len(), sites.enterprises(), last_visit);
        for visit in visits {
            if visit.month as usize <= month {
                state.enter(policy, visit);
            } else if counts_towards_cap(&policy.cap, visit.kind) {
                state.counted[visit.enterprise as usize] += 1;
            }
        }
        let mut past: Vec<_> = past_targets.iter().filter(|t| (t.month as usize) < month).collect();
        if past.is_empty() {
            return state;
        }
        past.sort_by_key(|t| t.month);
        let owners = SlotOwners::new(shares, schedule);
        for site in 0..sites.len() {
            let first = owners.slot_start(site, month);
            for targets in past.iter().filter(|t| t.month as usize >= first) {
                state.unvisited[site] *= 1.0 - f64::from(targets.own_ppb[site]) / 1e9;
            }
        }
        state
    }
}

/// Looks up the slots that a site's chance is kept by: its own or its crowded enterprise's.
pub struct SlotOwners<'a> {
    shares: &'a ShareProfiles,
    schedule: &'a Schedule,
    /// Cuts from January by profile and number of slots.
    cuts: Vec<[SlotCut; MONTHS + 1]>,
    /// Cut of each crowd.
    crowd_cuts: Vec<SlotCut>,
    /// Crowd of each crowded site, sorted by site.
    crowd_of: Vec<(u32, u32)>,
}

impl<'a> SlotOwners<'a> {
    /// Prepares the cuts.
    #[must_use]
    pub fn new(shares: &'a ShareProfiles, schedule: &'a Schedule) -> Self {
        let cuts = shares.profiles.iter().map(|p| std::array::from_fn(|k| cut_slots(p.open, 0, k as u8))).collect();
        let crowd_cuts = schedule
            .crowds
            .iter()
            .map(|c| {
                let open = c.sites.iter().fold(0, |open, i| open | shares.of(*i as usize).open);
                cut_slots(open, c.start, c.slots)
            })
            .collect();
        let mut crowd_of: Vec<(u32, u32)> = Vec::new();
        for (at, crowd) in schedule.crowds.iter().enumerate() {
            crowd_of.extend(crowd.sites.iter().map(|i| (*i, at as u32)));
        }
        crowd_of.sort_unstable();
        Self { shares, schedule, cuts, crowd_cuts, crowd_of }
    }

    /// The cut of a site's own slots.
    #[must_use]
    pub fn own_cut(&self, site: usize) -> SlotCut {
        let (start, slots) = (self.schedule.start[site], self.schedule.slots[site]);
        if start == 0 {
            self.cuts[self.shares.of_site[site] as usize][(slots as usize).min(MONTHS)]
        } else {
            cut_slots(self.shares.of(site).open, start, slots)
        }
    }

    /// The cut of a crowd's slots.
    #[must_use]
    pub fn crowd_cut(&self, crowd: usize) -> &SlotCut {
        &self.crowd_cuts[crowd]
    }

    /// The crowd that a site belongs to.
    #[must_use]
    pub fn crowd_of(&self, site: usize) -> Option<usize> {
        let found = self.crowd_of.binary_search_by_key(&(site as u32), |c| c.0).ok()?;
        Some(self.crowd_of[found].1 as usize)
    }

    /// First month of the slot that `month` lies in and by which the site's chance is kept; 12 where it
    /// has none.
    #[must_use]
    pub fn slot_start(&self, site: usize, month: usize) -> usize {
        if self.schedule.crowded[site]
            && let Some(crowd) = self.crowd_of(site)
        {
            return first_month(&self.crowd_cuts[crowd], month);
        }
        first_month(&self.own_cut(site), month)
    }
}

/// First month of the slot that `month` lies in; 12 outside of all slots.
#[must_use]
pub fn first_month(cut: &SlotCut, month: usize) -> usize {
    let slot = cut[month];
    if slot == OUTSIDE { MONTHS } else { cut.iter().position(|s| *s == slot).unwrap_or(MONTHS) }
}
