//! Checks that compare columns or rows: sources, events, people.
//!
//! What looks at one cell alone is in `intake`; what compares tables is in `joins`.

mod duplicates;
mod events;
mod people;
mod sources;

pub(super) use duplicates::{Conflict, merge_duplicates, merge_sources};
pub(super) use events::{check_events, is_pending};
pub(super) use people::{check_bodies, check_inspectors};
pub(super) use sources::{check_shared_points, check_sources};
