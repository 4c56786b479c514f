//! The plan of two registers held against each other.

use serde::Serialize;

use crate::domain::PlanMonth;
use crate::plan::annual::{AnnualPlan, PlanCell};
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::store::project::Project;

/// Figures of one plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PlanFigures {
    /// Checks expected in the year.
    pub year: f64,
    /// Checks expected in the month that comes next.
    pub month: f64,
    /// Shortages that must be mended before anything is sealed.
    pub blocking: usize,
    /// Months fuller than their capacity.
    pub overloads: usize,
    /// Whether it can be done, in a sentence.
    pub verdict: String,
}

/// A body's checks before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BodyChange {
    /// Name.
    pub name: String,
    /// Checks expected in the year, before and after.
    pub year: (f64, f64),
    /// And in the month that comes next.
    pub month: (f64, f64),
}

impl BodyChange {
    /// True where a check of the year moves by a tenth at least.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        (self.year.0 - self.year.1).abs() >= 0.05 || (self.month.0 - self.month.1).abs() >= 0.05
    }
}

/// What becomes of the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanChange {
    /// The month that comes next.
    pub month: PlanMonth,
    /// As it stands.
    pub before: PlanFigures,
    /// As it would stand.
    pub after: PlanFigures,
    /// By body, in the policy's order.
    pub bodies: Vec<BodyChange>,
    /// Shortages that the plan has not today.
    pub shortages_new: Vec<String>,
    /// Shortages that it would have no more.
    pub shortages_gone: Vec<String>,
}

impl PlanChange {
    pub(super) fn is_nothing(&self) -> bool {
        self.shortages_new.is_empty()
            && self.shortages_gone.is_empty()
            && !self.bodies.iter().any(BodyChange::is_changed)
    }
}

fn figures(analysis: &Analysis, month: usize) -> PlanFigures {
    let plan = &analysis.plan;
    let cells = plan.city_cells();
    PlanFigures {
        year: plan.expected_visits(),
        month: cells.get(month).map_or(0.0, PlanCell::expected),
        blocking: plan.blocking().count(),
        overloads: plan.overloads.len(),
        verdict: plan.verdict_text(&analysis.population.inputs.bodies),
    }
}

/// Compares two plans of a year.
#[must_use]
pub fn compute_plan_change(project: &Project, before: &Analysis, after: &Analysis) -> PlanChange {
    let month = after.month.index_in(project.file.year).unwrap_or(0);
    let of = |plan: &AnnualPlan, body: usize| {
        let row = plan.matrix.get(body).map(Vec::as_slice).unwrap_or_default();
        (row.iter().map(PlanCell::expected).sum::<f64>(), row.get(month).map_or(0.0, PlanCell::expected))
    };
    let bodies = after.population.inputs.bodies.iter().enumerate().map(|(i, body)| {
        let (old, new) = (of(&before.plan, i), of(&after.plan, i));
        BodyChange { name: body.name.clone(), year: (old.0, new.0), month: (old.1, new.1) }
    });
    let (old, new) = (&before.plan.shortages, &after.plan.shortages);
    let not_in = |these: &[crate::plan::Shortage], those: &[crate::plan::Shortage]| -> Vec<String> {
        these.iter().filter(|s| !those.iter().any(|t| t.text == s.text)).map(|s| s.text.clone()).collect()
    };
    PlanChange {
        month: after.month,
        before: figures(before, month),
        after: figures(after, month),
        bodies: bodies.collect(),
        shortages_new: not_in(new, old),
        shortages_gone: not_in(old, new),
    }
}
