//! Slots: how an annual frequency becomes monthly probabilities (rules, items 3 and 4).
//!
//! A site of frequency λ has K = ⌈λ⌉ slots. The twelve months are dealt to slots whole: month m (from 0)
//! belongs to slot ⌊m·K/12⌋, so slots differ by one month at most (K = 5: 3, 2, 3, 2, 2). Each slot is
//! used with the same probability a = λ/K **whatever its length**, hence the year's expectation is K·a = λ
//! exactly and never more than K visits take place. Where blackouts leave a slot without a month, the
//! open months are dealt out instead of the calendar's, by the same formula.
//!
//! Within a slot the month follows the shares s of the eligible months, renormalised: given no visit yet,
//! p = a·s(m) / (1 − a·Σ s(k), k earlier). [`month_target`] writes this through the probability S of
//! having come so far unvisited, S = Π(1 − p(k)) = 1 − a·Σ s(k): p = (a − (1 − S))·s(m)/Σ_{k ≥ m} s(k) / S,
//! with s over the months still eligible. While nothing changes the two are the same number; where a month
//! turned out shut (a blackout decreed later, capacity used up, a month never drawn), the second form
//! hands its share to the slot's later months. Since 1{unvisited}/Π(1 − p) is a martingale and the product
//! ends at 1 − a on every path, the expectation stays exactly a.

use super::model::{ByMonth, MONTHS, NEVER};

/// Below this a frequency counts as nothing, above an integer by less as that integer.
const GRAIN: f64 = 1e-9;

/// Slot of each month; [`OUTSIDE`] for months before the first or without a slot.
pub type SlotCut = [u8; MONTHS];

/// Marks a month without a slot.
pub const OUTSIDE: u8 = u8::MAX;

/// Number of slots of a frequency: ⌈λ⌉, at most 12; 0 for λ = 0.
#[must_use]
pub fn slot_count(lambda: f64) -> u8 {
    if lambda <= GRAIN { 0 } else { (lambda - GRAIN).ceil().clamp(1.0, 12.0) as u8 }
}

/// Cuts the months from `start` on into `slots` equal slots; `open` are the months with a share.
#[must_use]
pub fn cut_slots(open: u16, start: u8, slots: u8) -> SlotCut {
    let mut cut = [OUTSIDE; MONTHS];
    let (start, k) = (start as usize, slots as usize);
    if k == 0 || start >= MONTHS {
        return cut;
    }
    let k = k.min(MONTHS - start);
    let mut met = 0_u16;
    for (m, slot) in cut.iter_mut().enumerate().skip(start) {
        let s = (m - start) * k / (MONTHS - start);
        *slot = s as u8;
        if open >> m & 1 == 1 {
            met |= 1 << s;
        }
    }
    if met.count_ones() as usize == k {
        return cut;
    }
    // A slot without an open month: deal out the open months.
    let months: Vec<usize> = (start..MONTHS).filter(|m| open >> m & 1 == 1).collect();
    if months.is_empty() {
        return cut;
    }
    let k = k.min(months.len());
    let mut slot = 0;
    let mut next = 0;
    for (m, s) in cut.iter_mut().enumerate().skip(start) {
        if next < months.len() && months[next] == m {
            slot = next * k / months.len();
            next += 1;
        }
        *s = slot as u8;
    }
    cut
}

/// Months of a slot, as bits.
#[must_use]
pub fn slot_months(cut: &SlotCut, slot: u8) -> u16 {
    cut.iter().enumerate().filter(|(_, s)| **s == slot).fold(0, |bits, (m, _)| bits | 1 << m)
}

/// Months closed by the window after a visit in month `last` (relative to January) and, so that a check
/// known beforehand does not follow a drawn one too soon, the months before each of `mandatory`.
#[must_use]
pub fn closed_months(last: i16, window: u8, mandatory: impl IntoIterator<Item = u8>) -> u16 {
    let mut closed = after(last, window);
    for month in mandatory {
        let (m, w) = (i32::from(month), i32::from(window));
        for k in (m - w).max(0)..=m {
            closed |= 1 << k;
        }
        closed |= after(i16::from(month), window);
    }
    closed
}

fn after(last: i16, window: u8) -> u16 {
    if last == NEVER {
        return 0;
    }
    let (from, to) = (i32::from(last), i32::from(last) + i32::from(window));
    (from.max(0)..=to.min(11)).fold(0, |bits, k| bits | 1 << k)
}

/// A month's target given no visit in the slot so far (see the module's head).
///
/// `months`: the slot's eligible months as bits; `rate` is a = λ/K; `unvisited` is S, 1 at the slot's
/// beginning. 0 where `month` is not among them or the slot's chance is used up.
#[must_use]
pub fn month_target(share: &ByMonth<f64>, months: u16, month: usize, rate: f64, unvisited: f64) -> f64 {
    if months >> month & 1 == 0 || unvisited <= 0.0 {
        return 0.0;
    }
    let ahead: f64 = (month..MONTHS).filter(|k| months >> k & 1 == 1).map(|k| share[k]).sum();
    if ahead <= 0.0 {
        return 0.0;
    }
    // A sure slot (a = 1) must end in exactly 1, not in 1 − 10⁻¹⁶.
    let left = if rate >= 1.0 { unvisited } else { rate - (1.0 - unvisited) };
    let target = left * (share[month] / ahead) / unvisited;
    if target > 1.0 - GRAIN { 1.0 } else { target.max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVEN: ByMonth<f64> = [1.0 / 12.0; 12];
    const ALL: u16 = 0xfff;

    #[test]
    fn slots_are_equal_and_cover_the_year() {
        assert_eq!(cut_slots(ALL, 0, 5), [0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4]);
        assert_eq!(cut_slots(ALL, 0, 4), [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
        for k in 1..=12_u8 {
            let cut = cut_slots(ALL, 0, k);
            let sizes: Vec<u32> = (0..k).map(|s| slot_months(&cut, s).count_ones()).collect();
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{k}: {sizes:?}");
            assert_eq!(sizes.iter().sum::<u32>(), 12);
        }
        // The first quarter is blacked out: four slots over nine months.
        let cut = cut_slots(0xff8, 0, 4);
        for s in 0..4 {
            assert!(slot_months(&cut, s) & 0xff8 != 0);
        }
        assert_eq!(&cut_slots(ALL, 6, 2)[5..], &[OUTSIDE, 0, 0, 0, 1, 1, 1]);
    }

    #[test]
    fn target_is_the_rule_s_formula() {
        let share = [0.05, 0.1, 0.15, 0.02, 0.08, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05];
        for rate in [0.07, 0.5, 0.95, 1.0] {
            let (mut before, mut unvisited) = (0.0, 1.0);
            for m in 0..12 {
                let rule = rate * share[m] / (1.0 - rate * before);
                let p = month_target(&share, ALL, m, rate, unvisited);
                assert!((p - rule).abs() < 1e-9, "{rate} {m}: {p} {rule}");
                before += share[m];
                unvisited *= 1.0 - p;
            }
            assert!((1.0 - unvisited - rate).abs() < 1e-12);
        }
        assert!((month_target(&share, ALL, 11, 1.0, 0.3) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_month_not_offered_goes_to_the_later_ones() {
        let mut unvisited = 1.0;
        for m in 0..12 {
            let p = if m == 4 { 0.0 } else { month_target(&EVEN, ALL, m, 0.6, unvisited) };
            unvisited *= 1.0 - p;
        }
        assert!((1.0 - unvisited - 0.6).abs() < 1e-12);
    }

    #[test]
    fn windows_close_after_visits_and_before_known_checks() {
        assert_eq!(closed_months(-1, 2, []), 0b11);
        assert_eq!(closed_months(3, 2, []), 0b11_1000);
        assert_eq!(closed_months(NEVER, 2, [5]), 0b1111_1000);
        assert_eq!(closed_months(11, 2, []), 1 << 11);
    }
}
