//! How evenly a body's checks can be shared out at all: the lowest level at which every slot can be filled.
//!
//! At level θ nobody gets more than ⌈θ · `checks_max`⌉. The level is the least of the fractions k / `checks_max` at which
//! all slots can be filled; everybody's ceiling then is one check more than theirs at that level, and `checks_max` at
//! most. Invariant: the ceilings follow from roster and needs alone.

use super::flow::{Choice, Flow};
use super::network::Network;

/// A fraction k / m of everybody's `checks_max`, m > 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Level {
    k: u64,
    m: u64,
}

impl Level {
    /// ⌈θ · max⌉, `max` at most.
    fn limit(self, max: u32) -> u32 {
        let max = u64::from(max);
        (self.k * max).div_ceil(self.m).min(max) as u32
    }

    /// The least fraction of one of the sizes above this one; `None` above 1.
    fn next(self, sizes: &[u32]) -> Option<Self> {
        let above = sizes.iter().map(|size| {
            let m = u64::from(*size);
            Self { k: self.k * m / self.m + 1, m }
        });
        above.filter(|level| level.k <= level.m).reduce(|a, b| if b.k * a.m < a.k * b.m { b } else { a })
    }
}

/// Fills every slot of a fresh flow at the lowest level possible and leaves the ceilings as its limits; false where the
/// slots can't all be filled.
pub(super) fn fill_at_lowest_level(flow: &mut Flow, net: &Network) -> bool {
    let slots = flow.holder.len() as u32;
    let mut sizes: Vec<u32> = net.checks_max.iter().copied().filter(|max| *max > 0).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let limits_at = |level: Level| -> Vec<u32> { net.checks_max.iter().map(|max| level.limit(*max)).collect() };
    let mut level = Level { k: 0, m: 1 };
    let mut limits: Vec<u32>;
    // below this there are too few checks to go round, whoever may hold what
    loop {
        let Some(next) = level.next(&sizes) else { return slots == 0 };
        level = next;
        limits = limits_at(level);
        if limits.iter().map(|limit| u64::from(*limit)).sum::<u64>() >= u64::from(slots) {
            break;
        }
    }
    flow.raise_limits(&limits);
    for slot in 0..slots {
        while !flow.insert(net, slot, Choice::Any) {
            // nothing changes before one of those reached may take more
            let reached: Vec<u32> =
                flow.without_room().map(|person| net.checks_max[person as usize]).filter(|max| *max > 0).collect();
            let Some(next) = level.next(&reached) else { return false };
            level = next;
            flow.raise_limits(&limits_at(level));
        }
    }
    let ceilings: Vec<u32> = net.checks_max.iter().map(|max| level.limit(*max).saturating_add(1).min(*max)).collect();
    flow.raise_limits(&ceilings);
    true
}
