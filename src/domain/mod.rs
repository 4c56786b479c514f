//! Plain values that every room of the product shares.
//!
//! Duty: parse once into a validated type, print in one spelling. No I/O, no other module of the crate.

mod calendar;
mod ident;
mod month;
mod period;

pub use calendar::{DayKind, Deadline, WorkCalendar};
pub use ident::{BodyId, DistrictCode, InspectorId, PermitForm, PermitNumber, StratumId, UnitId, Uscc, UsccFault};
pub use month::{PlanMonth, Quarter};
pub use period::{BadPeriod, Period};

/// One billion: probabilities are kept as integers in parts per billion.
pub const PPB: u64 = 1_000_000_000;

/// Management category of a permit (排污许可分类管理).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// 重点管理.
    Key,
    /// 简化管理.
    Simplified,
    /// 登记管理.
    Registration,
}

impl Category {
    /// All categories, heaviest first.
    pub const ALL: [Self; 3] = [Self::Key, Self::Simplified, Self::Registration];

    /// Stable lower-case id used in frames and files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Simplified => "simplified",
            Self::Registration => "registration",
        }
    }

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Key => "重点管理",
            Self::Simplified => "简化管理",
            Self::Registration => "登记管理",
        }
    }
}
