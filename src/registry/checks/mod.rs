//! Checks that compare columns or rows: sources, events, people.
//!
//! What looks at one cell alone is in `intake`; what compares tables is in `joins`.

mod duplicates;
mod events;
mod people;
mod points;
mod repeats;
mod sources;

pub(super) use duplicates::{merge_duplicates, merge_sources};
pub(super) use events::{check_events, is_pending};
pub(super) use people::{check_bodies, check_inspectors};
pub(super) use points::check_shared_points;
pub(super) use repeats::merge_events;
pub(super) use sources::check_sources;
