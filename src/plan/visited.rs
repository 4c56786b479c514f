//! The probability that a year's draws visit a site: what its results are weighted with.
//!
//! Month by month a site's chance depends on what happened before: after a visit it is nothing for a while. Weighted
//! month by month the sites that are visited early would count for fewer months than those that are not, and a city that
//! is better looked after would look worse than it is. Counted once a year a site weighs 1/P, P the probability that it
//! is visited at all: what it was offered until its first visit is on record; what it would have been offered after it
//! follows from its slots ([`super::slots`]), whose chance is used up by their ends on every path.

use super::model::{ByMonth, MONTHS};
use super::slots::{OUTSIDE, SlotCut, slot_months};

/// A site that was visited for the first time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FirstVisit<'a> {
    /// Its body's shares of the months.
    pub share: &'a ByMonth<f64>,
    /// Its slots.
    pub cut: &'a SlotCut,
    /// Chance of a visit in each of them.
    pub rate: f64,
    /// What the months offered it, up to the one of its visit.
    pub offered: &'a ByMonth<f64>,
    /// Month of the visit, 0 to 11.
    pub month: usize,
    /// Months in which it is certain, whatever was found before, as bits.
    pub certain: u16,
}

/// The probability of a visit in the months from the year's first to `until` (0 to 11).
#[must_use]
pub fn chance_of_a_visit(visit: &FirstVisit<'_>, until: usize) -> f64 {
    let FirstVisit { share, cut, rate, offered, month, certain } = *visit;
    let until = until.min(MONTHS - 1);
    if (0..=until).any(|m| certain >> m & 1 == 1) {
        return 1.0;
    }
    let stayed = |m: usize| 1.0 - offered[m].clamp(0.0, 1.0);
    let mut away: f64 = (0..=month.min(until)).map(stayed).product();
    let mut slot_before = OUTSIDE;
    for m in month + 1..=until {
        let slot = cut[m];
        if slot == OUTSIDE || slot == slot_before {
            continue;
        }
        slot_before = slot;
        let months = slot_months(cut, slot);
        let of = |from: usize, to: usize| (from..to).filter(|k| months >> k & 1 == 1);
        let unvisited: f64 = of(0, month + 1).map(stayed).product();
        let ahead: f64 = of(month + 1, MONTHS).map(|k| share[k]).sum();
        let within: f64 = of(month + 1, until + 1).map(|k| share[k]).sum();
        if unvisited <= 0.0 || ahead <= 0.0 {
            continue;
        }
        let left = (rate - (1.0 - unvisited)).max(0.0);
        away *= (1.0 - left * (within / ahead) / unvisited).clamp(0.0, 1.0);
    }
    1.0 - away
}

#[cfg(test)]
mod tests {
    use super::super::slots::{cut_slots, month_target};
    use super::*;

    const EVEN: ByMonth<f64> = [1.0 / 12.0; 12];

    /// What the months offer a site that is never visited.
    fn offers(cut: &SlotCut, rate: f64) -> ByMonth<f64> {
        let (mut offered, mut unvisited, mut slot) = ([0.0; 12], 1.0, OUTSIDE);
        for m in 0..MONTHS {
            if cut[m] != slot {
                (slot, unvisited) = (cut[m], 1.0);
            }
            offered[m] = month_target(&EVEN, slot_months(cut, slot), m, rate, unvisited);
            unvisited *= 1.0 - offered[m];
        }
        offered
    }

    #[test]
    fn the_year_s_chance_is_the_same_whenever_the_visit_came() {
        for (slots, rate) in [(1, 0.1), (1, 0.8), (2, 0.75), (4, 0.5)] {
            let cut = cut_slots(0xfff, 0, slots);
            let all = offers(&cut, rate);
            for until in [2, 7, 11] {
                let wanted = 1.0 - (0..=until).map(|m| 1.0 - all[m]).product::<f64>();
                for month in 0..=until {
                    // what comes after the visit was never offered
                    let mut offered = all;
                    offered[month + 1..].fill(0.0);
                    let visit = FirstVisit { share: &EVEN, cut: &cut, rate, offered: &offered, month, certain: 0 };
                    let got = chance_of_a_visit(&visit, until);
                    assert!(
                        (got - wanted).abs() < 1e-9,
                        "{slots} slots, visit in {month}, until {until}: {got} {wanted}"
                    );
                }
            }
        }
    }

    #[test]
    fn who_is_sure_of_a_visit_weighs_once() {
        let cut = cut_slots(0xfff, 0, 1);
        let mut visit =
            FirstVisit { share: &EVEN, cut: &cut, rate: 1.0, offered: &offers(&cut, 1.0), month: 3, certain: 0 };
        assert!((chance_of_a_visit(&visit, 11) - 1.0).abs() < 1e-12);
        visit.rate = 0.1;
        visit.certain = 1 << 9;
        assert!(chance_of_a_visit(&visit, 8) < 1.0);
        assert!((chance_of_a_visit(&visit, 9) - 1.0).abs() < 1e-12);
    }
}
