//! Risk: checked frames → score, tier, stratum, special flag and aggravators per site, explained point by point.
//!
//! Two steps. [`RiskFeatures`] counts what happened to each site (joins and groupings, the slow part; it depends on
//! dates, decay tables and industry codes only); [`score_risk`] turns counts into points and points into tiers, so
//! that a changed weight or threshold costs milliseconds. What is read from the registry are polars expressions on lazy
//! frames; points, tiers and strata are tables over codes and integer arithmetic over slices, and summing events by
//! site is a loop over numbered slots: joining and grouping the ids of 24 million events as text took minutes where the
//! loop takes seconds.
//!
//! Invariants: all points are integers in thousandths, decayed weights in millionths; sums of integers do not depend
//! on order or threads; one row per site in the order of the registry; events after the day of reckoning
//! (`as_of`) count nothing. With a policy that [`crate::policy::check_policy`] passes, another violation, another
//! substantiated complaint, a higher risk level or a worse credit grade never lowers a score, never moves a site to a
//! less urgent tier and never takes an aggravator or a special reason away (沪环执法〔2023〕154号 第13项; tested).
//!
//! Ages are whole months: the month of `as_of` minus the month of the event, so an event of the month itself has age
//! 0 and "within 12 months" means age ≤ 12.

mod codes;
pub mod columns;
mod compare;
mod events;
mod explain;
mod features;
mod input;
mod score;
mod slots;
mod table;

use polars::prelude::DataFrame;

pub use compare::{HistogramBin, Mover, TierMoves, compare_risk, compute_histogram};
pub use events::{EventReason, IgnoredEvents};
pub use explain::{Fall, Ground, ScoreLine, SiteExplanation, explain_site};
pub use features::RiskFeatures;
pub use score::score_risk;
pub use table::{Aggravator, Contribution, RiskTable, SpecialReason};

/// The registry's frames that risk looks at; columns as the registry documents them, absent ones count as empty.
#[derive(Debug, Clone, Copy)]
pub struct RiskInputs<'a> {
    /// Sites, one row each.
    pub sources: &'a DataFrame,
    /// Credit grades.
    pub credit: &'a DataFrame,
    /// Penalties.
    pub violations: &'a DataFrame,
    /// Complaints.
    pub complaints: &'a DataFrame,
    /// Exceedances of automatic monitoring.
    pub monitoring: &'a DataFrame,
    /// Checks of the past.
    pub past_checks: &'a DataFrame,
}
