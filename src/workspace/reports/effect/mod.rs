//! 成效: what the year's inspections say about the city. One answer for window, command line and export.
//!
//! Everything that is told of the city as a whole is design-based: the year's first-phase sample with weights 1/P
//! ([`crate::workspace::inputs::first_phase`], [`crate::sampling::compute_estimate`]), its intervals, and beside it the
//! share of the sources that the draws could reach at all. What is not (years before, firms' records) says so.

mod checklists;
mod dead;
mod firms;
mod inspectors;
mod randomness;
mod rates;
mod sheets;
mod years;

use serde::Serialize;

use crate::diagnostic::{AppResult, Progress};
use crate::district::DistrictSet;
use crate::domain::PlanMonth;
use crate::registry::Registry;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::inputs::first_phase::{Found, load_first_phase};
use crate::workspace::store::project::Project;

pub use checklists::{ItemUse, ListUse};
pub use dead::DeadRate;
pub use firms::{FirmKind, FirmRow, Firms};
pub use inspectors::{InspectorEffect, Inspectors};
pub use randomness::{PricePoint, Randomness};
pub use rates::{Cover, GroupKind, Rate, Standing, Uncovered};
pub use sheets::{EffectSheet, effect_sentences, effect_sheets, render_effect};
pub use years::YearRow;

/// What the year's inspections say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// The plan's year.
    pub year: i32,
    /// Months with an opened draw, ascending.
    pub months: Vec<PlanMonth>,
    /// Units of the sample, each once.
    pub sampled: usize,
    /// Units of the sample without a result yet.
    pub missing: usize,
    /// What the draws could reach, of the whole city.
    pub cover: Cover,
    /// Why the rest could not be reached, the most first.
    pub uncovered: Vec<Uncovered>,
    /// Compliance of the city and of its groups, kind by kind.
    pub rates: Vec<Rate>,
    /// Year against year.
    pub years: Vec<YearRow>,
    /// What chance costs; `None` before any result.
    pub randomness: Option<Randomness>,
    /// Whether it matters who inspects. Internal.
    pub inspectors: Inspectors,
    /// Dead records by body, the city first.
    pub dead: Vec<DeadRate>,
    /// Firms that call for attention. Internal.
    pub firms: Firms,
    /// How far checklist inspections reach, by list.
    pub lists: Vec<ListUse>,
    /// Items of checklists that were answered.
    pub items: Vec<ItemUse>,
}

impl Effect {
    /// The rates of a kind.
    pub fn of_kind(&self, kind: GroupKind) -> impl Iterator<Item = &Rate> {
        self.rates.iter().filter(move |rate| rate.kind == kind)
    }

    /// The city's compliance; `None` before any result.
    #[must_use]
    pub fn city(&self) -> Option<&Rate> {
        self.of_kind(GroupKind::City).next()
    }

    /// The months told of, in words: `2027-01` or `2027-01 至 2027-03`.
    #[must_use]
    pub fn span(&self) -> String {
        match (self.months.first(), self.months.last()) {
            (Some(first), Some(last)) if first != last => format!("{first} 至 {last}"),
            (Some(first), _) => first.to_string(),
            _ => String::new(),
        }
    }
}

/// Computes it all; a job's work.
///
/// # Errors
/// `DRW-…`, `WSP-006`, `FRM-001`, `RSK-…`, `SMP-030`, `IO-…`, `JOB-001`.
pub fn compute_effect(
    project: &Project,
    registry: &Registry,
    districts: &DistrictSet,
    analysis: &Analysis,
    progress: &Progress,
) -> AppResult<Effect> {
    progress.begin("计算成效", 0);
    let phase = load_first_phase(project, analysis)?;
    progress.check()?;
    let places = rates::Places::new(project, registry, districts, analysis)?;
    let rates = rates::compute_rates(&phase, &places)?;
    progress.check()?;
    let (lists, items) = checklists::compute_checklists(registry, analysis, &places)?;
    let missing = phase.units.iter().filter(|unit| phase.check(unit).found == Found::Missing).count();
    Ok(Effect {
        year: project.file.year,
        months: phase.months.clone(),
        sampled: phase.units.len(),
        missing,
        cover: rates::cover_of(&phase, &places, |_| true),
        uncovered: rates::compute_uncovered(project, &phase, &places),
        years: years::compute_years(project, registry, analysis, &rates)?,
        randomness: randomness::compute_randomness(&phase),
        inspectors: inspectors::compute_inspectors(&phase),
        dead: dead::compute_dead(project, &phase)?,
        firms: firms::compute_firms(project, registry, analysis, &places)?,
        lists,
        items,
        rates,
    })
}
