//! Tickets and keys: a unit's random number and its place in the draw.
//!
//! ticket = top 52 bits of SHA-256("fairdraw/1/target\n" ‖ seed ‖ unit id), u = (2·ticket + 1) / 2⁵³, and the
//! Pareto key (u·(1−p)) / (p·(1−u)) in IEEE doubles in exactly this order; a certainty's key is 0. Tickets
//! depend on the unit alone (permanent random numbers: Ohlsson, 1995), so that any calculator can follow.

use sha2::{Digest, Sha256};

use super::opening::DrawSeed;
use crate::domain::PPB;

/// 2⁵³.
const TWO_53: f64 = 9_007_199_254_740_992.0;

/// Makes tickets of one draw.
#[derive(Clone)]
pub struct TicketMaker(Sha256);

impl TicketMaker {
    /// Tickets under this seed.
    #[must_use]
    pub fn new(seed: &DrawSeed) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"fairdraw/1/target\n");
        hasher.update(seed.0);
        Self(hasher)
    }

    /// The unit's ticket, 52 bits.
    #[must_use]
    pub fn ticket(&self, unit_id: &str) -> u64 {
        let mut hasher = self.0.clone();
        hasher.update(unit_id.as_bytes());
        top_52_bits(&hasher.finalize())
    }
}

/// The first 52 bits of a hash as a number.
pub(super) fn top_52_bits(hash: &[u8]) -> u64 {
    hash.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte)) >> 12
}

/// The Pareto key of a ticket under a ranking parameter (parts per billion, above 0).
#[must_use]
pub fn compute_key(ticket: u64, rank_ppb: u64) -> f64 {
    if rank_ppb == PPB {
        return 0.0;
    }
    let u = (2 * ticket + 1) as f64 / TWO_53;
    let p = rank_ppb as f64 / 1e9;
    (u * (1.0 - p)) / (p * (1.0 - u))
}

/// The 16 hexadecimal digits of a double's bits.
#[must_use]
pub fn key_to_hex(key: f64) -> String {
    format!("{:016x}", key.to_bits())
}

/// Reads [`key_to_hex`]'s digits; a key is neither negative nor NaN.
#[must_use]
pub fn key_from_hex(text: &str) -> Option<f64> {
    let key = f64::from_be_bytes(super::hash::from_hex::<8>(text.as_bytes())?);
    (key.is_sign_positive() && !key.is_nan()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ordered_as_their_tickets_and_exact_at_the_ends() {
        let highest = (1_u64 << 52) - 1;
        assert!(compute_key(0, 1) > 0.0 && compute_key(highest, 1).is_finite());
        assert!(compute_key(0, PPB - 1) > 0.0 && compute_key(5, 300) < compute_key(6, 300));
        assert!(compute_key(5, 300) > compute_key(5, 301));
        assert_eq!(compute_key(highest, PPB).to_bits(), 0);
        let key = compute_key(123_456_789, 250_000_000);
        assert_eq!(key_from_hex(&key_to_hex(key)).map(f64::to_bits), Some(key.to_bits()));
        assert!(key_from_hex("bff0000000000000").is_none() && key_from_hex("7ff8000000000000").is_none());
        assert!(key_from_hex("").is_none());
    }
}
