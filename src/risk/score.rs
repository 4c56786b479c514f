//! Features × policy → points, score, tier, stratum, special flag, aggravators.

use polars::prelude::{
    BooleanChunked, DataFrame, DataType, Expr, IntoLazy, NewChunkedArray, PlSmallStr, StringChunked, col, lit, when,
};

use crate::diagnostic::{AppError, AppResult, Severity};
use crate::domain::{Category, Supervision};
use crate::policy::{CategoryCondition, FactorRule, Milli, Policy, SiteFlag, check_policy};
use crate::registry::columns::{Column, Flag, Small};
use crate::registry::schema::sources;
use crate::registry::vocabulary::EnvRisk;

use super::columns::{self, feature, raw};
use super::features::{NO_CODE, NO_GRADE, RiskFeatures};
use super::input::failed;
use super::table::{Aggravator, RiskTable, SpecialReason};

/// Most events of full weight that one factor counts at a site, in millionths: keeps products inside 64 bits.
pub(super) const MOST_WEIGHT: i64 = 1_000_000_000_000;

/// Scores all sites: a few milliseconds per 100 000, since nothing is joined or grouped here.
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
    let factors: Vec<String> = policy.factors.iter().map(|factor| columns::factor(&factor.id)).collect();
    let points: Vec<Expr> = policy
        .factors
        .iter()
        .zip(&factors)
        .map(|(factor, column)| points_of(&factor.id, &factor.rule).alias(column.as_str()))
        .collect();
    let capped: Vec<Expr> = policy
        .factors
        .iter()
        .zip(&factors)
        .map(|(factor, column)| {
            let cap = lit(factor.cap.0);
            when(col(column.as_str()).gt(cap.clone())).then(cap).otherwise(col(column.as_str())).alias(column.as_str())
        })
        .collect();
    let mut score = lit(0_i64);
    for column in &factors {
        score = score + col(column.as_str());
    }
    let mut selected = vec![columns::UNIT_ID.expr(), columns::SCORE.expr()];
    selected.push(tier_of(policy).alias(columns::TIER.name()));
    selected.push(special_bits(policy).alias(raw::SPECIAL_BITS.name()));
    selected.push(aggravated_bits(policy).alias(columns::AGGRAVATED.name()));
    selected.push(stratum_of(policy).alias(raw::STRATUM_INDEX.name()));
    selected.extend(factors.iter().map(|column| col(column.as_str())));
    let scored = features
        .frame
        .clone()
        .lazy()
        .with_columns(points)
        .with_columns(capped)
        .with_columns([score.cast(DataType::Int64).alias(columns::SCORE.name())])
        .select(selected)
        .collect()
        .map_err(failed)?;
    spell_out(&scored, &factors, policy, features)
}

/// Puts the contract's columns together: bits and indices become flags and ids.
fn spell_out(scored: &DataFrame, factors: &[String], policy: &Policy, features: &RiskFeatures) -> AppResult<RiskTable> {
    let take = |name: &str| scored.column(name).cloned().map_err(failed);
    let spelled: Vec<String> = (0_u8..1 << SpecialReason::ALL.len())
        .map(|bits| {
            let held = SpecialReason::ALL.iter().filter(|reason| bits & reason.bit() != 0).map(|reason| reason.id());
            held.collect::<Vec<_>>().join(";")
        })
        .collect();
    let bits = raw::SPECIAL_BITS.cells(scored).map_err(failed)?;
    let text_of = |bits: u8| spelled.get(usize::from(bits)).map_or("", String::as_str);
    let special = BooleanChunked::from_iter_values(PlSmallStr::EMPTY, bits.iter().flatten().map(|bits| bits > 0));
    let indices = raw::STRATUM_INDEX.cells(scored).map_err(failed)?;
    let indices: Vec<u8> = indices.iter().map(Option::unwrap_or_default).collect();
    let id_of = |index: &u8| policy.categories.get(usize::from(*index)).map_or("", |category| category.id.as_str());
    let strata = || StringChunked::from_iter_values(PlSmallStr::EMPTY, indices.iter().map(id_of));
    let reasons = || StringChunked::from_iter_values(PlSmallStr::EMPTY, bits.iter().flatten().map(text_of));
    let (strata, reasons) = rayon::join(strata, reasons);
    let mut columns = vec![take(columns::UNIT_ID.name())?, take(columns::SCORE.name())?, take(columns::TIER.name())?];
    columns.extend([columns::SPECIAL.column(special), take(columns::AGGRAVATED.name())?]);
    columns.push(columns::STRATUM.column(strata));
    for factor in factors {
        columns.push(take(factor)?);
    }
    columns.push(columns::SPECIAL_REASONS.column(reasons));
    let frame = DataFrame::new(scored.height(), columns).map_err(failed)?;
    Ok(RiskTable::new(frame, indices, policy, features))
}

/// Points of a factor before its cap, in thousandths, as 64-bit integers.
fn points_of(id: &str, rule: &FactorRule) -> Expr {
    let when_true = |condition: Expr, points: Milli| when(condition).then(lit(points.0)).otherwise(lit(0_i64));
    let points = match rule {
        FactorRule::Management(points) => {
            let table: Vec<i64> =
                Category::ALL.iter().map(|category| points.get(category).map_or(0, |points| points.0)).collect();
            choose(&feature::MANAGEMENT, &table, 0)
        }
        FactorRule::KeyUnit(points) => feature::KEY_UNITS.expr().cast(DataType::Int64) * lit(points.0),
        FactorRule::Credit { points, missing } => {
            let table: Vec<i64> = points.iter().map(|points| points.0).collect();
            choose(&feature::GRADE, &table, missing.0)
        }
        FactorRule::EnvRisk { major, larger, general } => {
            choose(&feature::ENV_RISK, &[major.0, larger.0, general.0], 0)
        }
        FactorRule::Events { points, .. } => {
            let weight = col(feature::weight(id));
            let most = lit(MOST_WEIGHT);
            let weight = when(weight.clone().gt(most.clone())).then(most).otherwise(weight);
            // Integers: truncated, which is the floor as nothing here is negative.
            (weight * lit(points.0)) / lit(1_000_000_i64)
        }
        FactorRule::Flag { flag, points } => when_true(flag_column(*flag).expr(), *points),
        FactorRule::Industry { points, .. } => when_true(col(feature::industry(id)), *points),
        FactorRule::Unvisited { per_month, never } => when(feature::UNVISITED.expr().is_null())
            .then(lit(never.0))
            .otherwise(feature::UNVISITED.expr() * lit(per_month.0)),
    };
    points.cast(DataType::Int64)
}

pub(super) fn flag_column(flag: SiteFlag) -> Column<Flag> {
    match flag {
        SiteFlag::Supervised => sources::SUPERVISED,
        SiteFlag::ReportsOverdue => sources::REPORTS_OVERDUE,
        SiteFlag::SelfMonitoringOverdue => sources::SELF_MONITORING_OVERDUE,
        SiteFlag::Rectification => feature::RECTIFICATION,
        SiteFlag::RecentPermitEvent => feature::PERMIT_EVENT_RECENT,
        SiteFlag::Expired => feature::EXPIRED,
    }
}

/// The table's entry at the code in a column.
fn choose(column: &Column<Small>, table: &[i64], otherwise: i64) -> Expr {
    let mut chosen = lit(otherwise);
    for (code, points) in table.iter().enumerate().rev() {
        chosen = when(column.expr().eq(lit(code as u8))).then(lit(*points)).otherwise(chosen);
    }
    chosen
}

fn tier_of(policy: &Policy) -> Expr {
    let mut tier = lit(policy.tiers.len().saturating_sub(1) as u8);
    for (i, rule) in policy.tiers.iter().enumerate().rev().skip(1) {
        tier = when(columns::SCORE.expr().gt_eq(lit(rule.min_score.0))).then(lit(i as u8)).otherwise(tier);
    }
    tier.cast(DataType::UInt8)
}

/// A sum of bits, each set where its condition holds.
fn bits(parts: Vec<(u8, Expr)>) -> Expr {
    let mut sum = lit(0_i32);
    for (bit, condition) in parts {
        sum = sum + when(condition).then(lit(i32::from(bit))).otherwise(lit(0_i32));
    }
    sum.cast(DataType::UInt8)
}

/// A known grade at or below the given position of the scale.
fn grade_from(index: u8) -> Expr {
    feature::GRADE.expr().gt_eq(lit(index)).and(feature::GRADE.expr().lt(lit(NO_GRADE)))
}

fn special_bits(policy: &Policy) -> Expr {
    let special = &policy.special;
    let mut parts = Vec::new();
    if special.case_months > 0 {
        parts.push((SpecialReason::Case.bit(), feature::CASES.expr().gt(lit(0_i64))));
    }
    if special.supervised {
        parts.push((SpecialReason::Supervised.bit(), sources::SUPERVISED.expr()));
    }
    if special.lowest_grades > 0 {
        let first = policy.credit.grades.len().saturating_sub(usize::from(special.lowest_grades)) as u8;
        parts.push((SpecialReason::Credit.bit(), grade_from(first)));
    }
    if special.major_risk {
        parts.push((SpecialReason::MajorRisk.bit(), feature::ENV_RISK.expr().eq(lit(EnvRisk::Major as u8))));
    }
    if special.complaints > 0 {
        parts.push((
            SpecialReason::Complaints.bit(),
            feature::COMPLAINTS_YEAR.expr().gt_eq(lit(i64::from(special.complaints))),
        ));
    }
    bits(parts)
}

fn aggravated_bits(policy: &Policy) -> Expr {
    bits(vec![
        (Aggravator::Violations.bit(), feature::VIOLATIONS.expr().gt(lit(0_i64))),
        (
            Aggravator::Complaints.bit(),
            feature::COMPLAINTS.expr().gt_eq(lit(i64::from(policy.aggravators.min_complaints))),
        ),
        (Aggravator::Risk.bit(), feature::ENV_RISK.expr().lt_eq(lit(EnvRisk::Larger as u8))),
        (Aggravator::Credit.bit(), grade_from(policy.credit.poor_from)),
    ])
}

/// Index of the first category whose condition a site meets, after the body's merges.
fn stratum_of(policy: &Policy) -> Expr {
    let mut index = lit(policy.categories.len().saturating_sub(1) as u8);
    for (i, category) in policy.categories.iter().enumerate().rev().skip(1) {
        let mut meets = lit(false);
        for condition in &category.any_of {
            meets = meets.or(meets_condition(condition));
        }
        index = when(meets).then(lit(i as u8)).otherwise(index);
    }
    let own = index.cast(DataType::UInt8);
    let mut merged = own.clone();
    for merge in &policy.merges {
        let place = |id: &str| policy.categories.iter().position(|category| category.id == id).map(|i| i as u8);
        let (Some(from), Some(into)) = (place(&merge.from), place(&merge.into)) else { continue };
        let concerned =
            feature::BODY.expr().eq(lit(merge.body.as_str())).fill_null(lit(false)).and(own.clone().eq(lit(from)));
        merged = when(concerned).then(lit(into)).otherwise(merged);
    }
    merged.cast(DataType::UInt8)
}

/// All given parts hold; management and key unit speak only where the site has no supervision class of its own.
fn meets_condition(condition: &CategoryCondition) -> Expr {
    let mut meets = lit(true);
    if !condition.supervision.is_empty() {
        let mut any = lit(false);
        for class in Supervision::ALL {
            if condition.supervision.iter().any(|given| given == class.id()) {
                any = any.or(feature::SUPERVISION.expr().eq(lit(class as u8)));
            }
        }
        meets = meets.and(any);
    }
    let without = feature::SUPERVISION.expr().eq(lit(NO_CODE));
    if !condition.management.is_empty() {
        let mut any = lit(false);
        for category in &condition.management {
            any = any.or(feature::MANAGEMENT.expr().eq(lit(*category as u8)));
        }
        meets = meets.and(without.clone()).and(any);
    }
    if condition.key_unit {
        meets = meets.and(without).and(feature::KEY_UNITS.expr().gt(lit(0_u8)));
    }
    meets
}
