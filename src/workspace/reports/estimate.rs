//! Compliance rates from the results of the draws, design-based.
//!
//! First-phase units only: a substitute never enters, a dead unit is out of scope, a unit without a result is
//! counted as missing (see [`crate::sampling::compute_estimate`]).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::diagnostic::AppResult;
use crate::disclosure::{CheckResult, Outcome as ResultOutcome};
use crate::domain::{DistrictCode, PlanMonth};
use crate::registry::schema::sources;
use crate::sampling::{Outcome, SampledUnit, compute_estimate};
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::Project;
use crate::workspace::store::register::load_opened_draws;
use crate::workspace::store::results::load_results;

/// What a unit is grouped by.
type Key = fn(&Unit) -> &str;

/// Quantile of the normal distribution for 95 % intervals.
const Z95: f64 = 1.959_963_984_540_054;

/// A rate with its interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rate {
    /// Group: the whole city, a district, an industry section, a category.
    pub group: String,
    /// Name of the group's kind.
    pub kind: &'static str,
    /// Share without a problem found.
    pub compliance: f64,
    /// 95 % interval; `None` where too few units were sampled.
    pub interval: Option<(f64, f64)>,
    /// Units observed.
    pub observed: usize,
    /// Units found dead or standing still.
    pub out_of_scope: usize,
    /// Units without a result yet.
    pub missing: usize,
    /// Units that the observed ones stand for, added up over the months: units times months.
    pub population: f64,
    /// Months pooled.
    pub months: usize,
}

struct Unit {
    stratum: String,
    month: PlanMonth,
    pi_ppb: u64,
    outcome: Outcome,
    district: String,
    industry: String,
    category: String,
}

/// Estimates compliance for the city and by district, industry (two digits) and category.
///
/// # Errors
/// Those of loading; `SMP-030`.
pub fn estimate_compliance(project: &Project) -> AppResult<Vec<Rate>> {
    let (registry, districts) = load_project_data(project)?;
    let results = load_results(project)?;
    let by_key: BTreeMap<(&str, PlanMonth, u32), &CheckResult> =
        results.iter().map(|r| ((r.unit_id.as_str(), r.month, r.sequence), r)).collect();
    let mut units = Vec::new();
    for draw in load_opened_draws(project, |_| true)? {
        let (Some(order), Some(month)) = (draw.order(), draw.period.month()) else { continue };
        let selected = draw.selected(&order);
        for (stratum, ids) in &selected {
            for id in ids {
                let Some(row) = draw.frame.position(id.as_str()).and_then(|i| draw.frame.row(i)) else { continue };
                let (mut district, mut industry) = (None, None);
                if let Some(unit) = registry.unit(id.as_str()) {
                    district = sources::DISTRICT.of(unit.frame)?.get(unit.row).copied().flatten();
                    industry = sources::INDUSTRY.of(unit.frame)?.get(unit.row);
                }
                let outcome = match by_key.get(&(id.as_str(), month, draw.sequence as u32)).map(|r| r.outcome) {
                    None => Outcome::Missing,
                    // a plant that stands still shows neither compliance nor a problem
                    Some(outcome) if !outcome.is_inspected() => Outcome::OutOfScope,
                    Some(outcome) => Outcome::Value(f64::from(u8::from(outcome == ResultOutcome::Clear))),
                };
                units.push(Unit {
                    month,
                    stratum: format!("{}-{} {stratum}", draw.period, draw.sequence),
                    pi_ppb: u64::from(row.pi_ppb),
                    outcome,
                    district: district
                        .and_then(|code| districts.index_of(DistrictCode(code)))
                        .and_then(|i| districts.districts().get(i))
                        .map_or_else(|| "未知".to_owned(), |d| d.name.clone()),
                    industry: industry.and_then(|c| c.get(..2)).unwrap_or("未知").to_owned(),
                    category: project
                        .policy
                        .category(row.stratum.category())
                        .map_or_else(|| row.stratum.category().to_owned(), |c| c.name.clone()),
                });
            }
        }
    }
    let mut rates = Vec::new();
    rate(&units, "全市", "全市", |_| true, &mut rates)?;
    let kinds: [(&'static str, Key); 3] =
        [("监管类别", |u| &u.category), ("区", |u| &u.district), ("行业大类", |u| &u.industry)];
    for (kind, key) in kinds {
        let mut groups: Vec<&str> = units.iter().map(key).collect();
        groups.sort_unstable();
        groups.dedup();
        for group in groups {
            rate(&units, group, kind, |u| key(u) == group, &mut rates)?;
        }
    }
    Ok(rates)
}

fn rate(
    units: &[Unit],
    group: &str,
    kind: &'static str,
    belongs: impl Fn(&Unit) -> bool,
    rates: &mut Vec<Rate>,
) -> AppResult<()> {
    let sample: Vec<SampledUnit> = units
        .iter()
        .map(|unit| SampledUnit {
            stratum: unit.stratum.clone(),
            pi_ppb: unit.pi_ppb,
            outcome: if belongs(unit) { unit.outcome } else { Outcome::OutOfScope },
        })
        .collect();
    let dead = units.iter().filter(|u| belongs(u) && u.outcome == Outcome::OutOfScope).count();
    if let Some(estimate) = compute_estimate(&sample)? {
        rates.push(Rate {
            group: group.to_owned(),
            kind,
            compliance: estimate.mean,
            interval: estimate.rate_interval(Z95),
            observed: estimate.observed,
            out_of_scope: dead,
            missing: estimate.missing,
            population: estimate.domain_size,
            months: units.iter().filter(|u| belongs(u)).map(|u| u.month).collect::<BTreeSet<_>>().len(),
        });
    }
    Ok(())
}
