//! A month before it is sealed: what the frame will hold, in numbers and words. Made of the very rows that the sealing
//! salts, so that what is shown is what will be sealed.

use std::collections::BTreeMap;

use crate::diagnostic::AppResult;
use crate::domain::PPB;
use crate::policy::Policy;
use crate::registry::Registry;
use crate::sampling::{Method, REASON_CERTAIN, UnsaltedFrame, compute_unsalted_frame};
use crate::workspace::deeds::seal::year_seed;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::inputs::month_frame::{compute_month_strata, reason_label};
use crate::workspace::store::project::Project;

/// Why a unit is certain whose own chance is not.
const ROUNDED: &str = "按取整后的名额概率达到 1";

/// A stratum in which somebody can be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumPreview {
    /// `body/category`, as sealed.
    pub id: String,
    /// Name of the body.
    pub body: String,
    /// Name of the category.
    pub category: String,
    /// Units between never and certain.
    pub free: usize,
    /// Units that are certain to be drawn.
    pub certain: usize,
    /// Of these, those that the rounded quota alone makes certain.
    pub rounded: usize,
    /// Expected checks before the quota was rounded, certainties included.
    pub expected: f64,
    /// Units to be drawn, certainties included.
    pub draw: usize,
}

/// How many units a reason stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonCount {
    /// The reason in the frame.
    pub reason: String,
    /// Its Chinese words.
    pub label: String,
    /// Units.
    pub units: usize,
}

/// A month before it is sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthPreview {
    /// Rows of the frame: every unit of the registry.
    pub frame: usize,
    /// Expected checks before the quotas were rounded by the year's seed, certainties included.
    pub expected: f64,
    /// Units to be drawn, certainties included.
    pub draw: usize,
    /// Units that are certain to be drawn.
    pub certain: usize,
    /// Strata in which somebody can be drawn, in the order of the plan's bodies and categories.
    pub strata: Vec<StratumPreview>,
    /// Certainties by reason, in the order of the reasons.
    pub certain_by: Vec<ReasonCount>,
    /// Units with no chance by reason, in the order of the reasons.
    pub excluded_by: Vec<ReasonCount>,
    /// Blocking shortages in words.
    pub blocking: Vec<String>,
    /// The month was drawn before: only what must be checked is left.
    pub second: bool,
}

/// What sealing the analysis' month now would freeze.
///
/// # Errors
/// `SEL-033` without the year's seed, `SMP-…`, `FRM-…`, `WSP-…`, `IO-…`.
pub fn compute_month_preview(project: &Project, registry: &Registry, analysis: &Analysis) -> AppResult<MonthPreview> {
    let policy = &project.policy;
    let made = compute_month_strata(Method::LATEST, project, registry, analysis, &year_seed(project)?)?;
    let UnsaltedFrame { rows, strata } = compute_unsalted_frame(Method::LATEST, made.strata)?;
    let mut certain_in: BTreeMap<&str, usize> = BTreeMap::new();
    let mut certain_by: BTreeMap<&str, usize> = BTreeMap::new();
    let mut excluded_by: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        if row.pi_ppb == PPB {
            *certain_in.entry(row.stratum.as_str()).or_default() += 1;
            *certain_by.entry(row.reason.as_str()).or_default() += 1;
        } else if row.pi_ppb == 0 {
            *excluded_by.entry(row.reason.as_str()).or_default() += 1;
        }
    }
    // a unit is certain by its own chance, or because the quota was rounded up to it
    let certain = certain_by.values().sum();
    let rounded: usize = strata.iter().map(|report| report.raised.len()).sum();
    if let Some(own) = certain_by.get_mut(REASON_CERTAIN) {
        *own = own.saturating_sub(rounded);
    }
    certain_by.retain(|_, units| *units > 0);
    let mut certain_counts = counts(policy, &certain_by);
    if rounded > 0 {
        let label = ROUNDED.to_owned();
        certain_counts.push(ReasonCount { reason: REASON_CERTAIN.to_owned(), label, units: rounded });
    }
    let bodies = &analysis.population.inputs.bodies;
    let mut preview = MonthPreview {
        frame: rows.len(),
        expected: 0.0,
        draw: 0,
        certain,
        strata: Vec::new(),
        certain_by: certain_counts,
        excluded_by: counts(policy, &excluded_by),
        blocking: analysis.plan.shortages.iter().filter(|s| s.blocking).map(|s| s.text.clone()).collect(),
        second: !made.earlier.is_empty(),
    };
    for (report, planned) in strata.iter().zip(&made.planned) {
        let expected = planned.expected + planned.certain.len() as f64;
        preview.expected += expected;
        preview.draw += report.draw;
        if report.size == 0 {
            continue;
        }
        let certain = certain_in.get(report.id.as_str()).copied().unwrap_or(0);
        let category = policy.categories.get(planned.category as usize);
        preview.strata.push(StratumPreview {
            id: report.id.to_string(),
            body: bodies.get(planned.body as usize).map_or_else(String::new, |b| b.name.clone()),
            category: category.map_or_else(String::new, |c| c.name.clone()),
            free: report.size - certain,
            certain,
            rounded: report.raised.len(),
            expected,
            draw: report.draw,
        });
    }
    Ok(preview)
}

fn counts(policy: &Policy, by: &BTreeMap<&str, usize>) -> Vec<ReasonCount> {
    by.iter()
        .map(|(reason, units)| ReasonCount {
            reason: (*reason).to_owned(),
            label: reason_label(policy, reason).unwrap_or(reason).to_owned(),
            units: *units,
        })
        .collect()
}
