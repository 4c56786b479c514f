//! Everything known of one source, gathered in one pass for its card.
//!
//! A job's work: events are found by the source's id, those without an id by its enterprise. The card holds
//! rows of the frames and numbers; how they read is the window's matter.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::books::Books;
use super::explain::{explain_score, industry_of};
use super::frequency::frequency_notes;
use super::project_data::{AnalysisView, ProjectData};
use crate::diagnostic::{AppResult, Progress};
use crate::domain::PlanMonth;
use crate::export::ScoreSheet;
use crate::plan::model::{ByMonth, MONTHS};
use crate::plan::{Exclusion, MandatoryVisit};
use crate::registry::TableKind;
use crate::registry::schema::sources;
use crate::registry::schema::{event, monitoring};
use crate::risk::columns as scored;
use crate::workspace::store::project::Project;

/// Automatic monitoring of one pollutant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PollutantFigures {
    /// Rows.
    pub rows: u32,
    /// Of these, valid.
    pub valid: u32,
    /// Greatest multiple over the limit among the valid ones.
    pub worst: Option<f64>,
    /// Last day.
    pub last: Option<NaiveDate>,
}

/// A month's list that has the source on it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedCheck {
    /// Month.
    pub month: PlanMonth,
    /// Plan code.
    pub plan_code: String,
    /// Where it comes from.
    pub origin: crate::disclosure::CheckOrigin,
    /// Place in the draw's order, from 1; 0 for added checks.
    pub rank: u32,
    /// Who took its place.
    pub replaced_by: Option<String>,
    /// Lead and second inspector by name (certificate where the roster has no name); `None` without a pair.
    pub pair: Option<(String, String)>,
    /// Result, where there is one.
    pub outcome: Option<crate::disclosure::Outcome>,
    /// Day of the visit.
    pub inspected_on: Option<NaiveDate>,
}

/// Score, frequency and expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct CardRisk {
    /// Thousandths.
    pub score: i64,
    /// 0 is the most urgent.
    pub tier: u8,
    /// Special (特殊监管对象).
    pub special: bool,
    /// Reasons of the special flag: ids joined by `;`.
    pub special_reasons: String,
    /// Category's id.
    pub category: String,
    /// Its points, record by record.
    pub sheet: ScoreSheet,
    /// Drawn visits expected in the year.
    pub lambda: f64,
    /// Why these are fewer than its tier asks.
    pub pressed: Vec<String>,
    /// Drawn visits expected by month; where its enterprise shares slots among its sites, the year's share of
    /// the profile's months.
    pub expected: ByMonth<f64>,
    /// Shares slots with other sites of its enterprise.
    pub crowded: bool,
    /// Mandatory checks.
    pub mandatory: Vec<MandatoryVisit>,
    /// Why it is not in the draw.
    pub exclusion: Exclusion,
}

/// The card.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourceCard {
    /// Row of the sources frame.
    pub row: u32,
    /// Code and name of its industry.
    pub industry: Option<String>,
    /// Rows of the credit frame, the latest year first.
    pub credit: Vec<u32>,
    /// Rows of the violations frame, the latest first.
    pub violations: Vec<u32>,
    /// Rows of the complaints frame, the latest first.
    pub complaints: Vec<u32>,
    /// Rows of the past-checks frame, the latest first.
    pub past_checks: Vec<u32>,
    /// Monitoring by pollutant.
    pub monitoring: BTreeMap<String, PollutantFigures>,
    /// Score and frequency; `None` while they are being computed.
    pub risk: Option<CardRisk>,
    /// Lists of this year with the source on them, by month; `None` while the books are being read.
    pub listed: Option<Vec<ListedCheck>>,
}

/// Rows of a frame that belong to a source, the latest first.
fn rows_of(
    data: &ProjectData,
    kind: TableKind,
    unit: &str,
    enterprise: &str,
    progress: &Progress,
) -> AppResult<Vec<u32>> {
    progress.check()?;
    let frame = data.registry.frame(kind);
    let (units, enterprises) = (event::UNIT_ID.of(frame)?, event::ENTERPRISE.of(frame)?);
    let mut rows: Vec<u32> = units
        .iter()
        .zip(enterprises.iter())
        .enumerate()
        .filter(|(_, (u, e))| match u {
            Some(u) => *u == unit,
            None => !enterprise.is_empty() && *e == Some(enterprise),
        })
        .map(|(row, _)| row as u32)
        .collect();
    if !rows.is_empty() {
        let days = event::DATE.of(frame)?;
        rows.sort_by_key(|row| std::cmp::Reverse(days.get(*row as usize).copied().flatten()));
    }
    Ok(rows)
}

/// Gathers what is known of the source of a row.
///
/// # Errors
/// `FRM-001`, `RSK-…`, `JOB-001`.
pub fn compute_card(
    data: &ProjectData,
    project: &Project,
    view: Option<&AnalysisView>,
    books: Option<&Books>,
    row: u32,
    progress: &Progress,
) -> AppResult<SourceCard> {
    let unit = data.unit_id(row).unwrap_or_default();
    let enterprise = sources::ENTERPRISE.of(&data.registry.sources)?.get(row as usize).unwrap_or_default();
    let of = |kind| rows_of(data, kind, unit, enterprise, progress);
    Ok(SourceCard {
        row,
        industry: industry_of(&data.registry, row as usize)?,
        credit: of(TableKind::Credit)?,
        violations: of(TableKind::Violations)?,
        complaints: of(TableKind::Complaints)?,
        past_checks: of(TableKind::PastChecks)?,
        monitoring: monitoring(data, &of(TableKind::Monitoring)?)?,
        risk: view.map(|view| risk(project, data, view, row as usize)).transpose()?,
        listed: books.map(|books| listed(data, books, row)),
    })
}

fn monitoring(data: &ProjectData, rows: &[u32]) -> AppResult<BTreeMap<String, PollutantFigures>> {
    let mut figures: BTreeMap<String, PollutantFigures> = BTreeMap::new();
    if rows.is_empty() {
        return Ok(figures);
    }
    let frame = &data.registry.monitoring;
    let (pollutant, valid) = (monitoring::POLLUTANT.of(frame)?, monitoring::VALID.of(frame)?);
    let (multiple, day) = (monitoring::MULTIPLE.of(frame)?, monitoring::DATE.of(frame)?);
    for row in rows.iter().map(|row| *row as usize) {
        let of = figures.entry(pollutant.get(row).unwrap_or_default().to_owned()).or_default();
        of.rows += 1;
        of.last = of.last.max(day.get(row).copied().flatten());
        if valid.get(row).copied().flatten().unwrap_or(true) {
            of.valid += 1;
            if let Some(multiple) = multiple.get(row).copied().flatten() {
                of.worst = Some(of.worst.map_or(multiple, |worst| worst.max(multiple)));
            }
        }
    }
    Ok(figures)
}

fn risk(project: &Project, data: &ProjectData, view: &AnalysisView, row: usize) -> AppResult<CardRisk> {
    let analysis = &view.analysis;
    let (inputs, plan) = (&analysis.population.inputs, &analysis.plan);
    let frame = &analysis.risk.frame;
    let mandatory: Vec<MandatoryVisit> =
        inputs.mandatory.iter().filter(|visit| visit.site as usize == row).copied().collect();
    let lambda = plan.frequencies.lambda.get(row).copied().unwrap_or(0.0);
    let crowded = plan.schedule.crowded.get(row).copied().unwrap_or(false);
    Ok(CardRisk {
        score: view.scores.get(row).copied().unwrap_or(0),
        tier: view.tiers.get(row).copied().unwrap_or(0),
        special: scored::SPECIAL.of(frame)?.get(row).copied().flatten().unwrap_or(false),
        special_reasons: scored::SPECIAL_REASONS.of(frame)?.get(row).unwrap_or_default().to_owned(),
        category: scored::STRATUM.of(frame)?.get(row).unwrap_or_default().to_owned(),
        sheet: explain_score(project, &data.registry, analysis, row)?,
        lambda,
        pressed: frequency_notes(&project.policy, analysis, row),
        expected: analysis.plan.forecast.row_of(row).copied().unwrap_or([0.0; MONTHS]),
        crowded,
        mandatory,
        exclusion: inputs.sites.exclusion.get(row).copied().unwrap_or_default(),
    })
}

fn listed(data: &ProjectData, books: &Books, row: u32) -> Vec<ListedCheck> {
    let people = data.registry.inspector_names().unwrap_or_default();
    let name = |certificate: &crate::domain::InspectorId| {
        people.get(certificate.as_str()).map_or_else(|| certificate.to_string(), |name| (*name).to_owned())
    };
    let mut listed = Vec::new();
    for draw in &books.draws {
        for ((target, check), at) in draw.targets.iter().zip(&draw.checks).zip(&draw.rows) {
            if *at != Some(row) {
                continue;
            }
            let pair = draw.assignment.as_ref().and_then(|pairs| pairs.get(&target.unit_id));
            let result = books.results.iter().find(|result| result.plan_code == check.plan_code);
            listed.push(ListedCheck {
                month: draw.month,
                plan_code: check.plan_code.clone(),
                origin: check.origin,
                rank: target.rank,
                replaced_by: target.replaced_by.as_ref().map(ToString::to_string),
                pair: pair.map(|pair| (name(&pair.lead), name(&pair.second))),
                outcome: result.map(|result| result.outcome),
                inspected_on: result.map(|result| result.inspected_on),
            });
        }
    }
    listed
}
