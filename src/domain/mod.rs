//! Plain values that every room of the product shares.
//!
//! Duty: parse once into a validated type, print in one spelling. No I/O, no other module of the crate.

mod calendar;
mod ident;
mod identity;
mod month;
mod period;
mod province;
mod result_words;
mod vocabulary;

pub use calendar::{DayKind, Deadline, WorkCalendar};
pub use ident::{BodyId, DistrictCode, InspectorId, PermitForm, PermitNumber, StratumId, UnitId, Uscc, UsccFault};
pub use identity::{find_identity, has_identity, holds_identity, is_date};
pub use month::{PlanMonth, Quarter};
pub use period::{BadPeriod, Period};
pub use province::lies_above;
pub use result_words::{ResultWords, read_result};
pub(crate) use vocabulary::vocabulary;
pub use vocabulary::{Category, PermitEvent, SubstituteCase, Supervision, TriggerKind};

/// One billion: probabilities are kept as integers in parts per billion.
pub const PPB: u64 = 1_000_000_000;
