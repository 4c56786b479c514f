//! The second rule's choice: among everybody whose load is within one check of an even one, the seed decides.
//!
//! A candidate is in the *window* where its load / `checks_max` is below (load + 1) / `checks_max` of every candidate: nobody
//! takes a check who has as much already as somebody else would have with it. Of those the seed takes each with the same
//! chance, however many checks they may take in the month.

use sha2::{Digest, Sha256};

use super::roster::{Need, Slot};

/// Where the second rule's choices come from.
const PAIR_DOMAIN: &[u8] = b"fairdraw/2/pair\n";

/// Somebody who may hold a slot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Able {
    /// Checks so far.
    pub load: u32,
    /// `checks_max`, above 0.
    pub max: u32,
    /// Checks so far together with the other of the pair.
    pub paired: u32,
}

/// Chooses among candidates, one after another: what was chosen and found impossible is struck out.
pub(super) struct Window<'a> {
    seed: &'a [u8; 32],
    need: &'a Need,
    slot: Slot,
    attempt: u64,
}

impl<'a> Window<'a> {
    /// The choice for a check's slot.
    pub(super) fn new(seed: &'a [u8; 32], need: &'a Need, slot: Slot) -> Self {
        Self { seed, need, slot, attempt: 0 }
    }

    /// The place of the next choice in `able`, which ascends by certificate; `None` where it is empty.
    pub(super) fn choose(&mut self, able: &[Able]) -> Option<usize> {
        let with_one = |a: &Able| (u64::from(a.load) + 1, u64::from(a.max));
        let least = able.iter().map(with_one).reduce(|a, b| if b.0 * a.1 < a.0 * b.1 { b } else { a })?;
        let inside = |a: &Able| u64::from(a.load) * least.1 < least.0 * u64::from(a.max);
        let fewest = able.iter().filter(|a| inside(a)).map(|a| a.paired).min()?;
        let places: Vec<usize> =
            able.iter().enumerate().filter(|(_, a)| inside(a) && a.paired == fewest).map(|(at, _)| at).collect();
        let number = self.next_number();
        places.get((u128::from(number) * places.len() as u128 >> 64) as usize).copied()
    }

    /// The first 64 bits of the hash for this attempt.
    fn next_number(&mut self) -> u64 {
        let hash = Sha256::new()
            .chain_update(PAIR_DOMAIN)
            .chain_update(self.seed)
            .chain_update(self.need.unit_id.as_str())
            .chain_update(b"\n")
            .chain_update(self.slot.id())
            .chain_update(b"\n")
            .chain_update(self.attempt.to_string())
            .finalize();
        self.attempt += 1;
        hash.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte))
    }
}
