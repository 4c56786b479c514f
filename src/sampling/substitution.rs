//! Substitution: the next living reserve takes a dead unit's place.
//!
//! A selected unit found closed, moved or merged is replaced by the first reserve of its stratum that may come in, in
//! the order of the draw: nobody chooses. Reserves come in order: one that was passed over once stays so, as the
//! certificate's checkers ask. Estimates never use substitutes.

use std::collections::BTreeSet;

use crate::domain::UnitId;

/// The next of a stratum's `reserves` (in draw order): the first behind the last one `brought_in` that `may_come`
/// lets in; `None` where none is left.
#[must_use]
pub fn compute_next_reserve<'a>(
    reserves: &'a [UnitId],
    brought_in: &BTreeSet<&UnitId>,
    mut may_come: impl FnMut(&UnitId) -> bool,
) -> Option<&'a UnitId> {
    let behind = reserves.iter().rposition(|unit| brought_in.contains(unit)).map_or(0, |last| last + 1);
    reserves[behind..].iter().find(|unit| may_come(unit))
}

/// The reserves that were passed over before `by` came in: each of them is named, with its ground.
#[must_use]
pub fn passed_over<'a>(reserves: &'a [UnitId], brought_in: &BTreeSet<&UnitId>, by: &UnitId) -> &'a [UnitId] {
    let behind = reserves.iter().rposition(|unit| brought_in.contains(unit)).map_or(0, |last| last + 1);
    let left = &reserves[behind..];
    &left[..left.iter().position(|unit| unit == by).unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<UnitId> {
        text.split_whitespace().map(|id| UnitId::new(id).unwrap()).collect()
    }

    #[test]
    fn the_next_living_reserve_in_order() {
        let reserves = ids("R1 R2 R3 R4");
        let (dead, used) = (ids("R1 S2"), ids("R2"));
        let alive = |unit: &UnitId| !dead.contains(unit);
        let brought_in: BTreeSet<&UnitId> = used.iter().collect();
        let next = |reserves| compute_next_reserve(reserves, &brought_in, alive).map(UnitId::as_str);
        assert_eq!(next(&reserves), Some("R3"));
        assert!(passed_over(&reserves, &brought_in, &reserves[2]).is_empty());
        assert_eq!(passed_over(&reserves, &BTreeSet::new(), &reserves[2]), &reserves[..2]);
        assert_eq!(next(&reserves[..2]), None);
        assert_eq!(compute_next_reserve(&reserves, &BTreeSet::new(), alive).map(UnitId::as_str), Some("R2"));
    }

    #[test]
    fn who_was_passed_over_stays_so() {
        let (reserves, third) = (ids("R1 R2 R3 R4"), ids("R3"));
        let brought_in: BTreeSet<&UnitId> = third.iter().collect();
        // R1 and R2 were closed when R3 came in; that they are alive again changes nothing
        assert_eq!(compute_next_reserve(&reserves, &brought_in, |_| true).map(UnitId::as_str), Some("R4"));
    }
}
