//! Formats 2 and 3 of certificates: closed. Everything that was done after the opening stands in the certificate, in a chain
//! whose last value is published, and can be checked by the very rules that the office had to follow.
//!
//! Why a format of its own: in format 1 substitutions were listed but not bound, and replacements, additions and voided
//! seals were the office's word. A seal of format 2 has certificates of format 2 alone, so that nothing can be left out
//! by going back to the older form. Format 3 carries the log's heads and what another hand did beside.

mod certificate;
mod changes;
mod check;
mod earlier;
mod intervention;

pub use certificate::{
    AddedUnit, CLOSED_FORMAT, CLOSED_FORMAT_2, ClosedCertificate, ClosedStratum, MaskedUnit, ShownUnit,
    closed_certificate_of,
};
pub use changes::{ChangeEntry, ChangeKind, SKIP_GROUNDS, SkippedUnit, outside_mark};
pub use check::{NOT_HEAD, check_closed};
pub use earlier::{EndedSeal, SECRET_LOST, SealEnd, VoidedSeal, parse_earlier};
pub use intervention::{ChangedFile, InterventionEntry};
