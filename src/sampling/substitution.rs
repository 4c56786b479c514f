//! Substitution: the next living reserve takes a dead unit's place.
//!
//! A selected unit found closed, moved or merged is replaced by the first reserve of its stratum that is
//! alive and not yet used, in the order of the draw: nobody chooses. Estimates never use substitutes.

use std::collections::BTreeSet;

/// The first of `reserves` (in draw order) that is neither in `dead` nor in `used`; `None` where none is left.
#[must_use]
pub fn compute_next_reserve<'a>(
    reserves: &'a [String],
    dead: &BTreeSet<String>,
    used: &BTreeSet<String>,
) -> Option<&'a str> {
    reserves.iter().find(|unit| !dead.contains(*unit) && !used.contains(*unit)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_next_living_reserve_in_order() {
        let reserves = ids("R1 R2 R3 R4");
        let dead: BTreeSet<String> = ids("R1 S2").into_iter().collect();
        let used: BTreeSet<String> = ids("R2").into_iter().collect();
        assert_eq!(compute_next_reserve(&reserves, &dead, &used), Some("R3"));
        assert_eq!(compute_next_reserve(&reserves[..2], &dead, &used), None);
    }
}
