//! A site's or a crowded enterprise's chance in a month, given what is known of it: rules items 3 and 4.
//!
//! The one place where slots, windows and mandatory checks become a probability. The month's frame asks it of
//! the state reached ([`super::targets`]); the forecast asks it of every state that may be reached
//! ([`super::forecast`]), so that a plan can't promise what a frame would not offer.

use super::model::{ByMonth, MONTHS, NEVER};
use super::reason::TargetReason;
use super::slots::{SlotCut, closed_months, month_target, slot_months};

/// Its slot has later months, and it need not be visited in it.
pub(super) const MAY_WAIT: u8 = 0;
/// Its slot has later months but must have its visit: waiting fills the slot's last month.
pub(super) const SURE_LATER: u8 = 1;
/// Its slot's last month.
pub(super) const LAST_MONTH: u8 = 2;
/// Groups of targets by who gives way first where a month is too full.
pub(super) const GROUPS: usize = 3;

/// Months waited count for no more than so many.
const MOST_WAITED: i32 = 120;

/// What stays the same for a site through the year.
#[derive(Debug, Clone, Copy)]
pub(super) struct SiteFacts<'a> {
    /// Shares of its profile.
    pub share: &'a ByMonth<f64>,
    /// Months with a share, as bits.
    pub open: u16,
    /// Slot of each month.
    pub cut: SlotCut,
    /// Number of slots.
    pub slots: u8,
    /// First month of its slots.
    pub start: u8,
    /// Probability of a visit in each slot.
    pub rate: f64,
    /// Window in months.
    pub window: u8,
    /// Months of its mandatory checks, as bits.
    pub mandatory: u16,
    /// Of these, those that count as their slot's visit.
    pub counting: u16,
}

impl SiteFacts<'_> {
    /// Mandatory checks from `month` on, as bits.
    fn ahead(&self, month: usize) -> u16 {
        self.mandatory & from(month)
    }

    /// To which later months of the slot goes what a month can't take, in visits; about, its window left aside.
    pub(super) fn hand_on(&self, month: usize, visits: f64, to: &mut ByMonth<f64>) {
        let later = slot_months(&self.cut, self.cut[month]) & self.open & from(month + 1);
        let months = (month + 1..MONTHS).filter(|m| later >> m & 1 == 1);
        let all: f64 = months.clone().map(|m| self.share[m]).sum();
        if all > 0.0 {
            for m in months {
                to[m] += visits * self.share[m] / all;
            }
        }
    }

    fn closed(&self, last: i16, month: usize) -> u16 {
        let ahead = self.ahead(month);
        closed_months(last, self.window, (0..MONTHS as u8).filter(move |m| ahead >> m & 1 == 1))
    }
}

/// Bits of the months from `month` on.
pub(super) fn from(month: usize) -> u16 {
    u16::MAX << month
}

/// What is known of a site before a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SiteNow {
    /// Month of the last drawn or mandatory visit relative to January, or [`NEVER`].
    pub last: i16,
    /// Month of this year's last visit that used its slot; −1 for none.
    pub slot_visit: i8,
    /// Probability of having come through the current slot unvisited so far.
    pub unvisited: f64,
}

/// A chance, and why it is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Chance {
    /// Probability of being drawn this month.
    pub p: f64,
    /// Why.
    pub reason: TargetReason,
    /// Whether it may wait, where the month is too full.
    pub urgency: u8,
}

impl Chance {
    fn none(reason: TargetReason) -> Self {
        Self { p: 0.0, reason, urgency: MAY_WAIT }
    }

    fn of(p: f64, urgency: u8) -> Self {
        Self { p, reason: if p > 0.0 { TargetReason::Free } else { TargetReason::Offered }, urgency }
    }
}

fn urgency(eligible: u16, month: usize, rate: f64) -> u8 {
    if eligible >> (month + 1) == 0 {
        LAST_MONTH
    } else if rate >= 1.0 {
        SURE_LATER
    } else {
        MAY_WAIT
    }
}

/// The chance of a site with slots of its own, no mandatory check this month.
pub(super) fn own_chance(facts: &SiteFacts<'_>, now: &SiteNow, month: usize) -> Chance {
    if facts.slots == 0 {
        return Chance::none(TargetReason::NoFrequency);
    }
    let slot = slot_months(&facts.cut, facts.cut[month]);
    if (month as u8) < facts.start || slot == 0 {
        return Chance::none(TargetReason::NoFrequency);
    }
    if i32::from(now.slot_visit) >= slot.trailing_zeros().cast_signed() {
        return Chance::none(TargetReason::Visited);
    }
    if slot & facts.counting & from(month) != 0 {
        return Chance::none(TargetReason::MandatoryAhead);
    }
    if facts.open >> month & 1 == 0 {
        return Chance::none(TargetReason::Blackout);
    }
    let closed = facts.closed(now.last, month);
    if closed >> month & 1 == 1 {
        return Chance::none(TargetReason::Window);
    }
    let eligible = slot & facts.open & !closed;
    let p = month_target(facts.share, eligible, month, facts.rate, now.unvisited);
    Chance::of(p, urgency(eligible, month, facts.rate))
}

/// What stays the same for a crowded enterprise through the year.
#[derive(Debug, Clone, Copy)]
pub(super) struct CrowdFacts {
    /// Slot of each month.
    pub cut: SlotCut,
    /// First month of its slots.
    pub start: u8,
    /// Probability of a visit in each slot.
    pub rate: f64,
}

/// A site of a crowd before a month.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'a> {
    /// What stays the same.
    pub facts: SiteFacts<'a>,
    /// What is known.
    pub now: SiteNow,
    /// Visits expected of it in the year: a·K of its own slots.
    pub expected: f64,
    /// It has neither a mandatory check this month nor is it out for the year.
    pub in_draw: bool,
}

/// A crowd's month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum CrowdChance {
    /// The month lies in none of its slots.
    Outside,
    /// Its sites are out for one reason.
    None(TargetReason),
    /// The site that it offers, by place, with its chance; the others are out by the cap.
    Offers(usize, Chance),
    /// None of its sites is eligible this month.
    Empty,
}

/// The one site of a crowded enterprise that the month's frame may hold. `shut` is told the places of the sites
/// that their window shuts.
pub(super) fn crowd_chance(
    crowd: &CrowdFacts,
    members: &[Member<'_>],
    month: usize,
    mut shut: impl FnMut(usize),
) -> CrowdChance {
    let slot = slot_months(&crowd.cut, crowd.cut[month]);
    if crowd.cut[month] == super::slots::OUTSIDE || (month as u8) < crowd.start {
        return CrowdChance::Outside;
    }
    let first = slot.trailing_zeros().cast_signed();
    if members.iter().any(|m| i32::from(m.now.slot_visit) >= first) {
        return CrowdChance::None(TargetReason::Visited);
    }
    if members.iter().any(|m| m.facts.counting & slot & from(month) != 0) {
        return CrowdChance::None(TargetReason::MandatoryAhead);
    }
    let mut share: ByMonth<f64> = [0.0; MONTHS];
    let mut eligible = 0_u16;
    let mut unvisited = 1.0;
    let mut best: Option<(f64, usize)> = None;
    for (place, member) in members.iter().enumerate() {
        let (facts, now) = (&member.facts, &member.now);
        unvisited *= now.unvisited;
        for (sum, s) in share.iter_mut().zip(facts.share) {
            *sum += s;
        }
        let closed = facts.closed(now.last, month);
        let mut open = slot & facts.open & !closed;
        if now.slot_visit >= 0 && facts.cut[month] == facts.cut[now.slot_visit as usize] {
            // Its own slot is used: only months of its later slots are left to it.
            open &= !slot_months(&facts.cut, facts.cut[month]);
        }
        if facts.slots == 0 || !member.in_draw {
            open = 0;
        }
        eligible |= open;
        if open >> month & 1 == 1 {
            let since = if now.last == NEVER { MOST_WAITED } else { month as i32 - i32::from(now.last) };
            let waited = f64::from(since.clamp(0, MOST_WAITED)) * member.expected;
            if best.is_none_or(|(most, _)| waited > most) {
                best = Some((waited, place));
            }
        } else if member.in_draw && closed >> month & 1 == 1 {
            shut(place);
        }
    }
    let Some((_, place)) = best else { return CrowdChance::Empty };
    let p = month_target(&share, eligible, month, crowd.rate, unvisited);
    CrowdChance::Offers(place, Chance::of(p, urgency(eligible, month, crowd.rate)))
}

/// By which factor each group of targets is lowered so that the sums of their needs fit `limits`: whoever can
/// wait gives way first. `needs[GROUPS]` can't be lowered at all.
pub(super) fn levelling_factors<const R: usize>(
    needs: &[[f64; R]; GROUPS + 1],
    limits: impl Iterator<Item = Option<f64>>,
) -> [f64; GROUPS] {
    let mut factors = [1.0_f64; GROUPS];
    for (r, limit) in limits.enumerate() {
        let Some(limit) = limit else { continue };
        let mut room = limit - needs[GROUPS][r];
        for group in (0..GROUPS).rev() {
            let need = needs[group][r];
            if need > room {
                factors[group] = factors[group].min((room / need).max(0.0));
            }
            room -= need;
        }
    }
    factors
}
