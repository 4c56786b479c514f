//! The rolling plan body by body: for months to come as it stands, for months drawn as it stood before their draw.
//!
//! Where a month was drawn before the program kept its plan, what was drawn stands for it, and is said to.

use crate::domain::PlanMonth;
use crate::plan::PlanCell;
use crate::plan::model::{ByMonth, MONTHS};
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::store::plan_record::{BodyPlan, PlanFiles, Planned};

/// What was drawn or must be checked, and done, in a body's month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Listed {
    /// By the draw.
    pub drawn: u32,
    /// Mandatory.
    pub mandatory: u32,
    /// Triggered, beside the plan.
    pub triggered: u32,
    /// Of the drawn and mandatory ones, with a result.
    pub done: u32,
    /// Of the triggered ones, with a result.
    pub triggered_done: u32,
}

impl Listed {
    /// Planned checks on the list: drawn and mandatory.
    #[must_use]
    pub fn planned(self) -> u32 {
        self.drawn + self.mandatory
    }
}

impl std::iter::Sum for Listed {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::default(), |a, b| Self {
            drawn: a.drawn + b.drawn,
            mandatory: a.mandatory + b.mandatory,
            triggered: a.triggered + b.triggered,
            done: a.done + b.done,
            triggered_done: a.triggered_done + b.triggered_done,
        })
    }
}

/// The months that were drawn.
#[must_use]
pub fn drawn_months(analysis: &Analysis) -> ByMonth<bool> {
    let offered = |m: usize| analysis.population.inputs.history.past_targets.iter().any(|t| usize::from(t.month) == m);
    let listed = |cell: &PlanCell| cell.past_drawn + cell.past_mandatory > 0;
    std::array::from_fn(|m| offered(m) || analysis.plan.matrix.iter().filter_map(|row| row.get(m)).any(listed))
}

/// What is on the lists of a body's month so far.
#[must_use]
pub fn listed_of(cell: &PlanCell) -> Listed {
    Listed {
        drawn: cell.past_drawn,
        mandatory: cell.past_mandatory,
        triggered: cell.past_triggered,
        done: cell.past_planned_done,
        triggered_done: cell.past_done - cell.past_planned_done,
    }
}

fn planned_of(cell: &PlanCell) -> Vec<Planned> {
    // kept to a ten-thousandth of a check: what lies below is noise of the computation
    let kept = |value: f64| (value * 1e4).round() / 1e4;
    cell.drawn
        .iter()
        .zip(&cell.mandatory)
        .map(|(drawn, mandatory)| Planned { drawn: kept(*drawn), mandatory: f64::from(*mandatory) })
        .collect()
}

/// The rolling plan, and the months whose plan was not kept before they were drawn.
#[must_use]
pub fn rolling_plan(analysis: &Analysis, files: &PlanFiles) -> (Vec<BodyPlan>, ByMonth<bool>) {
    let drawn = drawn_months(analysis);
    let mut lost = [false; MONTHS];
    let year = analysis.plan.year;
    let bodies = analysis.population.inputs.bodies.iter().zip(&analysis.plan.matrix);
    let plans = bodies
        .map(|(body, cells)| {
            let months = std::array::from_fn(|m| {
                let now = || cells.get(m).map(planned_of).unwrap_or_default();
                if !drawn[m] {
                    return now();
                }
                let before = files.before_draw(PlanMonth::nth_of(year, m), &body.id);
                lost[m] |= before.is_none();
                before.map_or_else(now, <[Planned]>::to_vec)
            });
            BodyPlan { body: body.id.clone(), name: body.name.clone(), months }
        })
        .collect();
    (plans, lost)
}
