//! The plan of a year: how often, when, how many, and whether it can be done.
//!
//! Duty: from risk, capacity and history to frequencies ([`frequency`]), month shares ([`shares`]), slots
//! ([`slots`], [`schedule`]), the yearly matrix ([`annual`]), shortages with mends ([`feasibility`],
//! [`mend`]), the month's targets ([`targets`]) and quotas ([`quotas`]), changes within the year
//! ([`replan`]), the ledger of visits ([`ledger`]), simulated years ([`simulate`]) and what a visit in the year was as
//! likely as ([`visited`]). The rules are
//! decree 沪环执法〔2023〕154号 items 13 and 14 and what else binds a planner; their numbers are policy data.
//!
//! Invariants: plain columns in, values out, no I/O, no clock; sites in unit order; sums in one fixed
//! order, so that the same inputs give the same bytes on any platform and number of threads; no aggravator
//! lowers its own site's frequency (proof in [`frequency`]); the cap of an enterprise, the window and the
//! slots hold in every draw.

pub mod annual;
pub mod capacity;
mod chance;
pub mod feasibility;
pub mod forecast;
pub mod frequency;
pub mod ledger;
pub mod mandatory;
pub mod mend;
pub mod model;
pub mod quotas;
pub mod reason;
pub mod replan;
pub mod schedule;
pub mod shares;
pub mod simulate;
pub mod slots;
pub mod spread;
pub mod state;
pub mod targets;
pub mod visited;

pub use annual::{AnnualPlan, Light, LockedNumber, OffSiteQuota, Overload, PlanCell, Verdict, compute_annual_plan};
pub use feasibility::{Shortage, ShortageKind, compute_mends};
pub use mend::{Mend, MendAction, apply_mend};
pub use model::{
    Body, Capacity, History, ListedVisit, MandatoryVisit, NEVER, PastTargets, PlanEdits, PlanInputs, PlanSites,
    Resource, Visit, VisitKind, Waivable,
};
pub use quotas::{StratumTargets, assign_quotas, compute_strata};
pub use reason::{Exclusion, TargetReason};
pub use state::SiteState;
pub use targets::{MonthTargets, TargetContext};
