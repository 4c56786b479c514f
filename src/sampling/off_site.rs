//! Off-site checks of the positive list: whose turn it is in a month.
//!
//! Members of the positive list are not drawn for visits (decree 154 item 14); a share of them is checked off-site in the
//! year (items 14, 15, 19), spread evenly over the months. The order within a body follows from the year's seed, which
//! is sealed before the year and opened in public, so that nobody chooses whom:
//! ticket = top 52 bits of SHA-256("fairdraw/1/off-site\n" ‖ year seed ‖ unit id), ascending, ties by unit id.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::opening::DrawSeed;
use super::ticket::top_52_bits;

/// Which months of the year share the off-site checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OffSitePace {
    /// The share of the members that is checked off-site in the year, thousandths.
    pub share: u32,
    /// Which of the months this one is, from 1.
    pub at: u32,
    /// How many months share the year's checks.
    pub of: u32,
}

impl OffSitePace {
    /// Checks that a body with so many members should have had by the end of this month, rounded up.
    #[must_use]
    pub fn due(self, members: usize) -> usize {
        let whole = members as u64 * u64::from(self.share.min(1_000)) * u64::from(self.at.min(self.of));
        let parts = 1_000 * u64::from(self.of.max(1));
        usize::try_from(whole.div_ceil(parts)).unwrap_or(members).min(members)
    }
}

/// A unit's place in the year's order of off-site checks, 52 bits.
#[must_use]
pub fn off_site_ticket(year_seed: &DrawSeed, unit_id: &str) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(b"fairdraw/1/off-site\n");
    hasher.update(year_seed.0);
    hasher.update(unit_id.as_bytes());
    top_52_bits(&hasher.finalize())
}

/// The members whose turn it is: of every body the first in the year's order who had no off-site check this year, as many
/// as the pace asks for. Members who joined late, and what an earlier month left over, come in by themselves.
///
/// `members` are (body, unit) of those on the positive list in the month's sealed frame, `had` the units of earlier
/// months. Gives the units by body, in the year's order.
#[must_use]
pub fn compute_off_site<'a>(
    year_seed: &DrawSeed,
    members: &[(&'a str, &'a str)],
    had: &BTreeSet<&str>,
    pace: OffSitePace,
) -> Vec<&'a str> {
    let mut bodies: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
    for (body, unit) in members {
        bodies.entry(body).or_default().push(unit);
    }
    let mut turn = Vec::new();
    for mut units in bodies.into_values() {
        let members = units.len();
        let done = units.iter().filter(|unit| had.contains(**unit)).count();
        units.retain(|unit| !had.contains(*unit));
        units.sort_unstable_by_key(|unit| (off_site_ticket(year_seed, unit), *unit));
        units.truncate(pace.due(members).saturating_sub(done));
        turn.extend(units);
    }
    turn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_checks_the_share_of_every_body_once_and_evenly() {
        let seed = DrawSeed([7; 32]);
        let names: Vec<String> = (0..47).map(|i| format!("unit-{i:03}")).collect();
        let members: Vec<(&str, &str)> =
            names.iter().enumerate().map(|(i, name)| (if i < 40 { "a" } else { "b" }, name.as_str())).collect();
        let mut had = BTreeSet::new();
        let mut months = Vec::new();
        for at in 1..=12 {
            let turn = compute_off_site(&seed, &members, &had, OffSitePace { share: 500, at, of: 12 });
            months.push(turn.iter().filter(|unit| **unit < "unit-040").count());
            for unit in turn {
                assert!(had.insert(unit), "{unit} twice");
            }
        }
        // half of 40, and half of 7 rounded up
        assert_eq!((had.range(.."unit-040").count(), had.range("unit-040"..).count()), (20, 4));
        assert!(months.iter().all(|n| (1..=2).contains(n)), "{months:?}");
        // the order is the seed's
        let pace = OffSitePace { share: 500, at: 12, of: 12 };
        let other = compute_off_site(&DrawSeed([8; 32]), &members, &BTreeSet::new(), pace);
        assert_ne!(other, compute_off_site(&seed, &members, &BTreeSet::new(), pace));
        // a share of nothing, and a year of one month
        let pace = OffSitePace { share: 0, at: 1, of: 1 };
        assert!(compute_off_site(&seed, &members, &BTreeSet::new(), pace).is_empty());
        assert_eq!(OffSitePace { share: 1_000, at: 1, of: 1 }.due(7), 7);
    }

    #[test]
    fn who_left_the_list_is_passed_over_and_who_joined_comes_in() {
        let seed = DrawSeed([1; 32]);
        let members = [("a", "u1"), ("a", "u2"), ("a", "u3"), ("a", "u4")];
        let first = compute_off_site(&seed, &members, &BTreeSet::new(), OffSitePace { share: 1_000, at: 1, of: 2 });
        assert_eq!(first.len(), 2);
        // one of those checked left, one is new: all of the four now listed are checked by the end
        let had: BTreeSet<&str> = first.iter().copied().collect();
        let now: Vec<(&str, &str)> =
            members.iter().copied().filter(|(_, unit)| *unit != first[0]).chain([("a", "u5")]).collect();
        let second = compute_off_site(&seed, &now, &had, OffSitePace { share: 1_000, at: 2, of: 2 });
        let wanted: BTreeSet<&str> = now.iter().map(|(_, unit)| *unit).filter(|unit| !had.contains(unit)).collect();
        assert_eq!(second.into_iter().collect::<BTreeSet<_>>(), wanted);
    }
}
