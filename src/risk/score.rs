//! Features × policy → points, score, tier, stratum, special flag, aggravators.
//!
//! Points are tables over codes and integer arithmetic over slices, a column at a time: the same for every site, with
//! no branch that depends on another site, so that rows may be computed in any order and by any number of threads.

use polars::prelude::ChunkTake;
use polars::prelude::{
    BooleanChunked, Column as PolarsColumn, DataFrame, IdxCa, IdxSize, Int64Chunked, IntoColumn, NewChunkedArray,
    PlSmallStr, PolarsResult, StringChunked, UInt8Chunked,
};
use rayon::prelude::*;

use crate::diagnostic::{AppError, AppResult, Severity};
use crate::domain::{Category, Supervision};
use crate::policy::{CategoryCondition, FactorRule, Policy, SiteFlag, check_policy};
use crate::registry::columns::{Column, Thousandths};
use crate::registry::vocabulary::EnvRisk;

use super::codes::{NO_CHECK, NO_GRADE, SiteCodes, bit};
use super::columns::{self, feature};
use super::features::RiskFeatures;
use super::input::failed;
use super::table::{Aggravator, RiskTable, SpecialReason};

/// Most events of full weight that one factor counts at a site, in millionths: keeps products inside 64 bits.
pub(super) const MOST_WEIGHT: i64 = 1_000_000_000_000;

/// Rows that a thread takes at once: their columns stay in its cache.
const ROWS: usize = 4096;

/// Scores all sites: a millisecond or two per 100 000, since nothing is joined or grouped here.
///
/// # Errors
/// `RSK-003` policy with errors, `RSK-004` features counted for other decay tables, windows or industries,
/// `RSK-002` computation failed.
pub fn score_risk(features: &RiskFeatures, policy: &Policy) -> AppResult<RiskTable> {
    let faults = check_policy(policy);
    if let Some(first) = faults.findings().iter().find(|finding| finding.severity == Severity::Error) {
        return Err(AppError::new("RSK-003", "规则有误，无法计算风险")
            .with(|finding| finding.value(first.to_string()).hint("请先改正规则")));
    }
    if !features.fits(policy) {
        return Err(AppError::new("RSK-004", "统计时所用的衰减、期限或行业与当前规则不同")
            .with(|finding| finding.hint("请重新统计后再计分")));
    }
    let points = policy
        .factors
        .par_iter()
        .map(|factor| points_of(features, &factor.id, &factor.rule, factor.cap.0))
        .collect::<AppResult<Vec<Vec<i64>>>>()?;
    let mut score = vec![0_i64; features.frame.height()];
    score.par_chunks_mut(ROWS).enumerate().for_each(|(chunk, sums)| {
        for column in &points {
            for (sum, points) in sums.iter_mut().zip(column.iter().skip(chunk * ROWS)) {
                *sum += points;
            }
        }
    });
    let ((tiers, strata), (special, aggravated)) = rayon::join(
        || rayon::join(|| tiers_of(&score, policy), || strata_of(&features.codes, policy)),
        || rayon::join(|| special_bits(features, policy), || aggravated_bits(features, policy)),
    );
    spell_out((score, points), tiers, (special?, aggravated?), strata, (policy, features)).map_err(failed)
}

/// Puts the contract's columns together: bits and indices become flags and ids.
fn spell_out(
    (score, points): (Vec<i64>, Vec<Vec<i64>>),
    tiers: Vec<u8>,
    (special, aggravated): (Vec<u8>, Vec<u8>),
    strata: Vec<u8>,
    (policy, features): (&Policy, &RiskFeatures),
) -> PolarsResult<RiskTable> {
    let reasons: Vec<String> = (0_u8..1 << SpecialReason::ALL.len())
        .map(|bits| {
            let held = SpecialReason::ALL.iter().filter(|reason| bits & reason.bit() != 0).map(|reason| reason.id());
            held.collect::<Vec<_>>().join(";")
        })
        .collect();
    let categories: Vec<&str> = policy.categories.iter().map(|category| category.id.as_str()).collect();
    let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
    let (named, reasoned) = rayon::join(|| texts(&strata, &categories), || texts(&special, &reasons));
    let height = score.len();
    let unnamed = PlSmallStr::EMPTY;
    let is_special = BooleanChunked::from_iter_values(unnamed.clone(), special.iter().map(|bits| *bits > 0));
    let mut columns: Vec<PolarsColumn> = vec![
        features.frame.column(columns::UNIT_ID.name())?.clone(),
        columns::SCORE.column(Int64Chunked::from_vec(unnamed.clone(), score)),
        columns::TIER.column(UInt8Chunked::from_vec(unnamed.clone(), tiers)),
        columns::SPECIAL.column(is_special),
        columns::AGGRAVATED.column(UInt8Chunked::from_vec(unnamed, aggravated)),
        columns::STRATUM.column(named?),
    ];
    for (factor, points) in policy.factors.iter().zip(points) {
        columns.push(Int64Chunked::from_vec(columns::factor(&factor.id).into(), points).into_column());
    }
    columns.push(columns::SPECIAL_REASONS.column(reasoned?));
    Ok(RiskTable::new(DataFrame::new(height, columns)?, strata, policy, features))
}

/// The text at each index: views of one buffer, whatever the number of rows.
fn texts(indices: &[u8], of: &[&str]) -> PolarsResult<StringChunked> {
    let known = StringChunked::from_slice(PlSmallStr::EMPTY, of);
    let indices = indices.iter().map(|index| IdxSize::from(*index)).collect();
    known.take(&IdxCa::from_vec(PlSmallStr::EMPTY, indices))
}

/// Points for each code of a byte.
fn table(of: impl Fn(u8) -> i64, cap: i64) -> [i64; 256] {
    let mut table = [0; 256];
    for code in 0..=u8::MAX {
        table[usize::from(code)] = of(code).min(cap);
    }
    table
}

/// Points of a factor up to its cap, in thousandths, as 64-bit integers, one a site.
fn points_of(features: &RiskFeatures, id: &str, rule: &FactorRule, cap: i64) -> AppResult<Vec<i64>> {
    let codes = &features.codes;
    let looked_up = |cells: &[u8], table: &[i64; 256]| cells.iter().map(|code| table[usize::from(*code)]).collect();
    Ok(match rule {
        FactorRule::Management(points) => {
            let of = |code: u8| Category::ALL.get(usize::from(code)).and_then(|category| points.get(category));
            looked_up(&codes.management, &table(|code| of(code).map_or(0, |points| points.0), cap))
        }
        FactorRule::KeyUnit(points) => looked_up(&codes.key_units, &table(|lists| i64::from(lists) * points.0, cap)),
        FactorRule::Credit { points, missing } => {
            looked_up(&codes.grade, &table(|grade| points.get(usize::from(grade)).unwrap_or(missing).0, cap))
        }
        FactorRule::EnvRisk { major, larger, general } => {
            let levels = [major.0, larger.0, general.0];
            looked_up(&codes.env_risk, &table(|level| levels.get(usize::from(level)).copied().unwrap_or(0), cap))
        }
        FactorRule::Events { points, .. } => {
            let weights =
                features.frame.column(&feature::weight(id)).and_then(|column| column.i64()).map_err(failed)?;
            let weights = weights.cont_slice().map_err(failed)?;
            // integers: truncated, which is the floor as nothing here is negative
            weights.iter().map(|weight| ((*weight).min(MOST_WEIGHT) * points.0 / 1_000_000).min(cap)).collect()
        }
        FactorRule::Flag { flag, points } => {
            let own = bit(*flag);
            looked_up(&codes.flags, &table(|flags| if flags & own == 0 { 0 } else { points.0 }, cap))
        }
        FactorRule::Industry { points, .. } => {
            let given = [0, points.0.min(cap)];
            codes.industry(id).iter().map(|holds| given[usize::from(*holds)]).collect()
        }
        FactorRule::Unvisited { per_month, never } => {
            let of = |months: &i32| if *months == NO_CHECK { never.0 } else { i64::from(*months) * per_month.0 };
            codes.unvisited.iter().map(|months| of(months).min(cap)).collect()
        }
    })
}

/// The first tier whose least score a site reaches, the last one otherwise.
fn tiers_of(score: &[i64], policy: &Policy) -> Vec<u8> {
    let last = policy.tiers.len().saturating_sub(1);
    let least: Vec<i64> = policy.tiers.iter().take(last).map(|tier| tier.min_score.0).collect();
    let tier = |score: &i64| least.iter().position(|least| score >= least).unwrap_or(last) as u8;
    score.par_iter().with_min_len(ROWS).map(tier).collect()
}

/// A known grade at or below the given position of the scale.
fn grade_from(grade: u8, index: u8) -> bool {
    grade >= index && grade < NO_GRADE
}

fn counts<'a>(features: &'a RiskFeatures, column: &Column<Thousandths>) -> AppResult<&'a [i64]> {
    column.cells(&features.frame).and_then(|cells| cells.cont_slice()).map_err(failed)
}

/// Special reasons of every site, a bit each.
fn special_bits(features: &RiskFeatures, policy: &Policy) -> AppResult<Vec<u8>> {
    let (codes, special) = (&features.codes, &policy.special);
    let (cases, complaints) = (counts(features, &feature::CASES)?, counts(features, &feature::COMPLAINTS_YEAR)?);
    let first = policy.credit.grades.len().saturating_sub(usize::from(special.lowest_grades)) as u8;
    let (supervised, least) = (bit(SiteFlag::Supervised), i64::from(special.complaints));
    let held = |holds: bool, reason: SpecialReason| if holds { reason.bit() } else { 0 };
    let of = |site: usize| {
        held(special.case_months > 0 && cases[site] > 0, SpecialReason::Case)
            | held(special.supervised && codes.flags[site] & supervised != 0, SpecialReason::Supervised)
            | held(special.lowest_grades > 0 && grade_from(codes.grade[site], first), SpecialReason::Credit)
            | held(special.major_risk && codes.env_risk[site] == EnvRisk::Major as u8, SpecialReason::MajorRisk)
            | held(special.complaints > 0 && complaints[site] >= least, SpecialReason::Complaints)
    };
    Ok((0..features.frame.height()).map(of).collect())
}

/// Aggravators of every site, a bit each.
fn aggravated_bits(features: &RiskFeatures, policy: &Policy) -> AppResult<Vec<u8>> {
    let codes = &features.codes;
    let (violations, complaints) = (counts(features, &feature::VIOLATIONS)?, counts(features, &feature::COMPLAINTS)?);
    let (least, poor) = (i64::from(policy.aggravators.min_complaints), policy.credit.poor_from);
    let held = |holds: bool, aggravator: Aggravator| if holds { aggravator.bit() } else { 0 };
    let of = |site: usize| {
        held(violations[site] > 0, Aggravator::Violations)
            | held(complaints[site] >= least, Aggravator::Complaints)
            | held(codes.env_risk[site] <= EnvRisk::Larger as u8, Aggravator::Risk)
            | held(grade_from(codes.grade[site], poor), Aggravator::Credit)
    };
    Ok((0..features.frame.height()).map(of).collect())
}

/// Index of the first category whose condition a site meets, after the body's merges.
fn strata_of(codes: &SiteCodes, policy: &Policy) -> Vec<u8> {
    const CLASSES: usize = Supervision::ALL.len() + 1;
    const KINDS: usize = Category::ALL.len() + 1;
    let last = policy.categories.len().saturating_sub(1);
    let mut own = [[[0_u8; 2]; KINDS]; CLASSES];
    for (class, kinds) in own.iter_mut().enumerate() {
        for (kind, listed) in kinds.iter_mut().enumerate() {
            for (key, place) in listed.iter_mut().enumerate() {
                let meets = |condition: &CategoryCondition| meets_condition(condition, class, kind, key > 0);
                let first = policy.categories.iter().take(last).position(|c| c.any_of.iter().any(meets));
                *place = first.unwrap_or(last) as u8;
            }
        }
    }
    let merged: Vec<Vec<u8>> = codes.bodies.iter().map(|body| merges_of(body, policy)).collect();
    let of = |site: usize| {
        let class = usize::from(codes.supervision[site]).min(CLASSES - 1);
        let kind = usize::from(codes.management[site]).min(KINDS - 1);
        let place = own[class][kind][usize::from(codes.key_units[site] > 0)];
        let merged = merged.get(codes.body[site] as usize).and_then(|merged| merged.get(usize::from(place)));
        merged.copied().unwrap_or(place)
    };
    (0..codes.body.len()).map(of).collect()
}

/// Where each category of a body goes; of several merges of one category the last one counts.
fn merges_of(body: &str, policy: &Policy) -> Vec<u8> {
    let mut into: Vec<u8> = (0..policy.categories.len()).map(|place| place as u8).collect();
    for merge in policy.merges.iter().filter(|merge| merge.body.as_str() == body) {
        let place = |id: &str| policy.categories.iter().position(|category| category.id == id);
        let (Some(from), Some(to)) = (place(&merge.from), place(&merge.into)) else { continue };
        into[from] = to as u8;
    }
    into
}

/// All given parts hold; management and key unit speak only where the site has no supervision class of its own.
/// Classes and kinds are places of their vocabularies; the place behind the last one is none.
fn meets_condition(condition: &CategoryCondition, class: usize, kind: usize, key_unit: bool) -> bool {
    let own = Supervision::ALL.get(class);
    let class_meets = |class: &Supervision| condition.supervision.iter().any(|given| given == class.id());
    let kind_meets = |kind: &Category| condition.management.contains(kind);
    (condition.supervision.is_empty() || own.is_some_and(class_meets))
        && (condition.management.is_empty() || own.is_none() && Category::ALL.get(kind).is_some_and(kind_meets))
        && (!condition.key_unit || own.is_none() && key_unit)
}
