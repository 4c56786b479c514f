//! Compliance rates with their intervals, and the share of the sources that they stand for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::diagnostic::AppResult;
use crate::district::DistrictSet;
use crate::domain::{DistrictCode, PPB};
use crate::registry::schema::sources;
use crate::registry::{IndustryTable, Registry};
use crate::risk::{RiskFeatures, score_risk};
use crate::sampling::{Estimate, LEAST_EFFECTIVE, Outcome, SampledUnit, compute_estimate};
use crate::workspace::inputs::analysis::{Analysis, risk_inputs};
use crate::workspace::inputs::first_phase::{FirstPhase, Found, SampleUnit, is_known_dead};
use crate::workspace::inputs::month_frame::reason_label;
use crate::workspace::store::project::Project;

/// What is not known of a unit.
const UNKNOWN: &str = "未知";

/// By what units are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// All of them.
    City,
    /// 监管类别, of the draw's stratum.
    Category,
    /// Risk tier at the year's beginning, before any of its results.
    Tier,
    /// District in which the unit lies.
    District,
    /// Division of its industry (GB/T 4754).
    Industry,
}

impl GroupKind {
    /// All, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::City, Self::Category, Self::Tier, Self::District, Self::Industry];

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::City => "全市",
            Self::Category => "监管类别",
            Self::Tier => "风险等级",
            Self::District => "区",
            Self::Industry => "行业大类",
        }
    }
}

/// How far a figure is to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As its interval says.
    Sound,
    /// Too few checks: its interval is all that can be said.
    Small,
    /// Every unit was sure to be checked and was: no sampling error, and nothing said of other years.
    Whole,
}

impl Standing {
    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sound => "",
            Self::Small => "样本少",
            Self::Whole => "全部查过",
        }
    }
}

/// How many of the sources still alive the draws could reach.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Cover {
    /// Sources of the register that are not known to be closed or moved.
    pub sources: usize,
    /// Those of them that some month's draw could pick.
    pub covered: usize,
}

impl Cover {
    /// As a share; nothing where there are no sources.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self.sources > 0).then(|| self.covered as f64 / self.sources as f64)
    }
}

/// Sources that no draw could reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Uncovered {
    /// Why.
    pub reason: String,
    /// How many.
    pub sources: usize,
}

/// A compliance rate with its interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rate {
    /// By what it is grouped.
    pub kind: GroupKind,
    /// Name of the group.
    pub group: String,
    /// Groups of small cells that were put together here; 0 for a group of its own.
    pub merged: usize,
    /// Share of the units in operation in which a check finds no problem.
    pub compliance: f64,
    /// Its 95 % interval.
    pub interval: (f64, f64),
    /// As how many independent observations it counts; infinite (`null`) where all were seen.
    pub effective: f64,
    /// How far it is to be trusted.
    pub standing: Standing,
    /// Units seen in operation.
    pub observed: usize,
    /// Those of them with a problem.
    pub problems: usize,
    /// Units found dead or standing still.
    pub out_of_scope: usize,
    /// Units without a result yet.
    pub missing: usize,
    /// Units in operation that the observed ones stand for.
    pub population: f64,
    /// What the draws could reach.
    pub cover: Cover,
}

/// Where each source of the register belongs.
pub(super) struct Places {
    /// Names by source, for each kind but the city.
    names: [Vec<u16>; 4],
    /// The names.
    words: [Vec<String>; 4],
    /// Sources known to be closed or moved.
    dead: Vec<bool>,
    /// Tiers at the year's beginning.
    pub(super) tiers: Vec<u8>,
}

/// Takes names in and numbers them.
#[derive(Default)]
struct Numbered<'a> {
    of: BTreeMap<&'a str, u16>,
}

impl<'a> Numbered<'a> {
    fn number(&mut self, name: &'a str) -> u16 {
        let next = self.of.len() as u16;
        *self.of.entry(name).or_insert(next)
    }

    fn words(&self) -> Vec<String> {
        let mut words = vec![String::new(); self.of.len()];
        for (name, at) in &self.of {
            (*name).clone_into(&mut words[usize::from(*at)]);
        }
        words
    }
}

impl Places {
    /// Looks them up.
    pub(super) fn new(
        project: &Project,
        registry: &Registry,
        districts: &DistrictSet,
        analysis: &Analysis,
    ) -> AppResult<Self> {
        let policy = &project.policy;
        let inputs = risk_inputs(registry, &registry.past_checks);
        let first_day = project.months().first().map_or(analysis.month, |month| *month).first_day();
        let tiers = score_risk(&RiskFeatures::compute(&inputs, policy, first_day)?, policy)?.tiers()?;
        let industries = IndustryTable::shipped()?;
        let (district, industry) = (sources::DISTRICT.of(&registry.sources)?, sources::INDUSTRY.of(&registry.sources)?);
        let sites = &analysis.population.inputs.sites;
        let n = sites.len();
        let category =
            |at: usize| policy.categories.get(sites.category[at] as usize).map_or(UNKNOWN, |c| c.name.as_str());
        let tier = |at: usize| {
            tiers.get(at).and_then(|tier| policy.tiers.get(*tier as usize)).map_or(UNKNOWN, |tier| tier.name.as_str())
        };
        let place = |at: usize| {
            let code = district.get(at).copied().flatten()?;
            let index = districts.index_of(DistrictCode(code))?;
            districts.districts().get(index).map(|district| district.name.as_str())
        };
        let division = |at: usize| {
            let code = industry.get(at)?.trim_start_matches(|c: char| c.is_ascii_alphabetic()).get(..2)?;
            Some(industries.division(code).unwrap_or(UNKNOWN))
        };
        let mut names: [Vec<u16>; 4] = std::array::from_fn(|_| Vec::with_capacity(n));
        let mut numbered: [Numbered<'_>; 4] = std::array::from_fn(|_| Numbered::default());
        // categories and tiers keep the policy's order
        let [categories_of, tiers_of, ..] = &mut numbered;
        for category in &policy.categories {
            categories_of.number(&category.name);
        }
        for tier in &policy.tiers {
            tiers_of.number(&tier.name);
        }
        for at in 0..n {
            let of = [category(at), tier(at), place(at).unwrap_or(UNKNOWN), division(at).unwrap_or(UNKNOWN)];
            for ((list, numbers), name) in names.iter_mut().zip(&mut numbered).zip(of) {
                list.push(numbers.number(name));
            }
        }
        let words = numbered.each_ref().map(Numbered::words);
        let dead = (0..n).map(|row| is_known_dead(analysis, row)).collect();
        Ok(Self { names, words, dead, tiers })
    }

    /// True where the source is not known to be closed or moved.
    pub(super) fn is_alive(&self, row: usize) -> bool {
        !self.dead[row]
    }

    /// Sources of the register.
    pub(super) fn len(&self) -> usize {
        self.dead.len()
    }

    /// The group of a source; `未知` for one that left the register.
    fn group(&self, kind: GroupKind, row: Option<u32>) -> &str {
        let at = kind as usize;
        if at == 0 {
            return GroupKind::City.label();
        }
        let number = row.and_then(|row| self.names[at - 1].get(row as usize));
        number.map_or(UNKNOWN, |number| self.words[at - 1][usize::from(*number)].as_str())
    }
}

/// What the draws could reach of the sources that belong.
pub(super) fn cover_of(phase: &FirstPhase, places: &Places, belongs: impl Fn(u32) -> bool) -> Cover {
    let alive = (0..places.len()).filter(|row| !places.dead[*row] && belongs(*row as u32));
    alive.fold(Cover::default(), |cover, row| Cover {
        sources: cover.sources + 1,
        covered: cover.covered + usize::from(phase.covered[row]),
    })
}

/// Why sources could not be reached, the most first.
pub(super) fn compute_uncovered(project: &Project, phase: &FirstPhase, places: &Places) -> Vec<Uncovered> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in (0..places.len()).filter(|row| !places.dead[*row] && !phase.covered[*row]) {
        *counts.entry(phase.reasons[row].as_str()).or_default() += 1;
    }
    let label = |reason: &str| reason_label(&project.policy, reason).unwrap_or("抽取时不在名录").to_owned();
    let mut rows: Vec<Uncovered> =
        counts.into_iter().map(|(reason, sources)| Uncovered { reason: label(reason), sources }).collect();
    rows.sort_by(|a, b| b.sources.cmp(&a.sources).then_with(|| a.reason.cmp(&b.reason)));
    rows
}

/// The sample with the outcome of whoever belongs; the others are outside the domain. A dead unit's is told by `dead`.
pub(super) fn sample_of(
    phase: &FirstPhase,
    belongs: impl Fn(&SampleUnit) -> bool,
    value: impl Fn(Found) -> Option<f64>,
) -> Vec<SampledUnit> {
    let of = |unit: &SampleUnit| {
        let check = phase.check(unit);
        SampledUnit {
            stratum: check.stratum.clone(),
            pi_ppb: ((unit.chance * 1e9).round() as u64).clamp(1, PPB),
            outcome: match check.found {
                Found::Missing => Outcome::Missing,
                found if belongs(unit) => value(found).map_or(Outcome::OutOfScope, Outcome::Value),
                _ => Outcome::OutOfScope,
            },
        }
    };
    phase.units.iter().map(of).collect()
}

/// 1 for no problem, 0 for a problem, nothing for what was not in operation.
fn compliance(found: Found) -> Option<f64> {
    match found {
        Found::Clear => Some(1.0),
        Found::Problem => Some(0.0),
        Found::Stopped | Found::Dead | Found::Missing => None,
    }
}

/// Which groups of a kind are told together, under which name.
struct Gathered {
    name: String,
    groups: BTreeSet<String>,
}

/// The compliance of the city and of its groups.
///
/// # Errors
/// `SMP-030`.
pub(super) fn compute_rates(phase: &FirstPhase, places: &Places) -> AppResult<Vec<Rate>> {
    let mut rates = Vec::new();
    for kind in GroupKind::ALL {
        let mut groups: Vec<&str> = phase.units.iter().map(|unit| places.group(kind, phase.check(unit).row)).collect();
        groups.sort_unstable();
        groups.dedup();
        let alone = |name: &str| Gathered { name: name.to_owned(), groups: BTreeSet::from([name.to_owned()]) };
        let mut small = Gathered { name: String::new(), groups: BTreeSet::new() };
        let from = rates.len();
        for group in groups {
            let Some(rate) = rate_of(phase, places, kind, &alone(group))? else { continue };
            // districts, categories and tiers are few and known by name: marked, not put together
            if kind == GroupKind::Industry && rate.effective < LEAST_EFFECTIVE {
                small.groups.insert(group.to_owned());
            } else {
                rates.push(rate);
            }
        }
        order(kind, places, &mut rates[from..]);
        if !small.groups.is_empty() {
            small.name = if small.groups.len() == 1 {
                small.groups.iter().next().cloned().unwrap_or_default()
            } else {
                format!("其余 {} 个大类（样本少，合并）", small.groups.len())
            };
            rates.extend(rate_of(phase, places, kind, &small)?);
        }
    }
    Ok(rates)
}

/// Categories and tiers in the policy's order; districts and industries by the number of units that they stand for.
fn order(kind: GroupKind, places: &Places, rates: &mut [Rate]) {
    match kind {
        GroupKind::City => {}
        GroupKind::Category | GroupKind::Tier => {
            let words = &places.words[kind as usize - 1];
            rates.sort_by_key(|rate| words.iter().position(|word| *word == rate.group));
        }
        GroupKind::District | GroupKind::Industry => {
            rates.sort_by(|a, b| b.population.total_cmp(&a.population).then_with(|| a.group.cmp(&b.group)));
        }
    }
}

fn rate_of(phase: &FirstPhase, places: &Places, kind: GroupKind, of: &Gathered) -> AppResult<Option<Rate>> {
    let belongs = |unit: &SampleUnit| of.groups.contains(places.group(kind, phase.check(unit).row));
    let Some(estimate) = compute_estimate(&sample_of(phase, belongs, compliance))? else { return Ok(None) };
    let own: Vec<Found> = phase.units.iter().filter(|unit| belongs(unit)).map(|unit| phase.check(unit).found).collect();
    let count = |wanted: &[Found]| own.iter().filter(|found| wanted.contains(found)).count();
    let (interval, effective, standing) = standing_of(&estimate, count(&[Found::Missing]));
    Ok(Some(Rate {
        kind,
        group: of.name.clone(),
        merged: if of.groups.len() > 1 { of.groups.len() } else { 0 },
        compliance: estimate.mean,
        interval,
        effective,
        standing,
        observed: estimate.observed,
        problems: count(&[Found::Problem]),
        out_of_scope: count(&[Found::Stopped, Found::Dead]),
        missing: count(&[Found::Missing]),
        population: estimate.domain_size,
        cover: cover_of(phase, places, |row| of.groups.contains(places.group(kind, Some(row)))),
    }))
}

/// Interval, effective size and standing of a rate.
pub(super) fn standing_of(estimate: &Estimate, missing: usize) -> ((f64, f64), f64, Standing) {
    let size = estimate.rate_size();
    let standing = if size.is_infinite() && missing == 0 {
        Standing::Whole
    } else if size < LEAST_EFFECTIVE {
        Standing::Small
    } else {
        Standing::Sound
    };
    (estimate.rate_interval(), size, standing)
}
