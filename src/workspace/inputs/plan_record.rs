//! The rolling plan body by body: for months to come as it stands, for months drawn as it stood before their draw.
//!
//! Where a month was drawn before the program kept its plan, what was drawn stands for it, and is said to.

use crate::diagnostic::AppResult;
use crate::domain::PlanMonth;
use crate::plan::model::{ByMonth, MONTHS};
use crate::plan::{History, PlanCell, Visit};
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::inputs::month_frame::unit_id;
use crate::workspace::store::plan_record::{
    BodyForce, BodyPlan, CheckAhead, ImportedCheck, PlanBasis, PlanFiles, Planned,
};
use crate::workspace::store::project::Project;

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
    // what lies below a billionth of a check is noise of the computation
    let kept = |value: f64| (value * 1e9).round() / 1e9;
    cell.drawn
        .iter()
        .zip(&cell.mandatory)
        .map(|(drawn, mandatory)| Planned { drawn: kept(*drawn), mandatory: f64::from(*mandatory) })
        .collect()
}

/// What the plan of an analysis is made from, as it is kept with a draw. `units`: ids of the sites, in their order.
///
/// # Errors
/// `FRM-…`.
pub(super) fn plan_basis(project: &Project, analysis: &Analysis, units: &[String]) -> AppResult<PlanBasis> {
    let inputs = &analysis.population.inputs;
    let mut ahead = Vec::new();
    for (v, dated) in &inputs.mandatory_with_dates() {
        let unit = units.get(v.site as usize).map(String::as_str).unwrap_or_default();
        let unit = unit_id(unit)?;
        let reason = project.policy.mandatory.get(v.rule as usize).map_or("", |rule| rule.reason.as_str());
        let dated = Some(*dated).filter(|dated| *dated != v.month);
        ahead.push(CheckAhead { unit, month: v.month, dated, reason: reason.to_owned() });
    }
    let mut imported: Vec<ImportedCheck> = imported_visits(&inputs.history).map(|v| imported_check(units, v)).collect();
    imported.sort_unstable();
    let force = inputs.bodies.iter().zip(&inputs.capacity.limits).map(|(body, limits)| BodyForce {
        body: body.id.clone(),
        inspectors: body.inspectors,
        leads: body.leads,
        limits: *limits,
    });
    let year = analysis.plan.expected_visits();
    Ok(PlanBasis { year, ahead, edits: project.file.edits.clone(), imported, force: force.collect() })
}

/// Visits of the year that no draw of the project listed: the imported ones.
pub fn imported_visits(history: &History) -> impl Iterator<Item = &Visit> {
    history.visits.iter().take(history.imported)
}

/// An imported visit as it is kept.
#[must_use]
pub fn imported_check<T: AsRef<str>>(units: &[T], visit: &Visit) -> ImportedCheck {
    let unit = visit.site.and_then(|site| units.get(site as usize)).map_or("", AsRef::as_ref);
    ImportedCheck { unit: unit.to_owned(), month: visit.month }
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
