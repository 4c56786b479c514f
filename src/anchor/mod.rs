//! Outside anchors of a sealed draw: what somebody else than the office says of it.
//!
//! Duty: time stamps of authorities (RFC 3161, GM/T 0033), public beacons (drand) and lotteries whose number and hour
//! are checked, signatures of office and witness, and from all of them one answer to how far a draw can be trusted.
//! Values and bytes in, values and bytes out: no files, no clock, no network; the operating system's randomness for
//! keys alone.
//!
//! Invariants: nothing that comes with a draw is trusted of itself: roots and public keys are given by the reader or
//! bound by the year's plan. Every step of a check has a name, and what could not be checked is never passed.

pub mod beacon;
pub mod bundle;
pub mod check;
pub mod der;
pub mod keys;
pub mod lottery;
mod moment;
pub mod number;
mod oid;
pub mod pledge;
pub mod signature;
pub mod sm2;
pub mod stamp;
pub mod statement;
pub mod witness;
pub mod x509;
