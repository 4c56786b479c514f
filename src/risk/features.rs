//! What is known of each site on a day, before any points.

use chrono::NaiveDate;
use polars::prelude::*;

use crate::diagnostic::AppResult;
use crate::domain::{Category, Supervision};
use crate::policy::{Decay, EventTable, FactorRule, Policy};
use crate::registry::columns::{Column as Typed, Day, Flag, Text};
use crate::registry::schema::{credit, sources};
use crate::registry::vocabulary::EnvRisk;
use crate::registry::{FrameColumn, TableKind};

use super::RiskInputs;
use super::codes::SiteCodes;
use super::columns::feature;
use super::events::{COUNTERS, IgnoredEvents, NEVER, compute_events};
use super::input::{failed, month_ordinal, typed_columns};
use super::slots::Slots;
use crate::text::day::day_number;

/// No credit grade known.
pub(super) const NO_GRADE: u8 = u8::MAX;
/// Code of a text that is none of the known ones.
pub(super) const NO_CODE: u8 = u8::MAX;

/// Months within which a permit event is recent.
const RECENT_MONTHS: i32 = 12;

/// The parts of a policy that features depend on; while they stay, a changed policy only needs scoring.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FeatureKey {
    pub(super) events: Vec<EventFactor>,
    pub(super) industries: Vec<(String, Vec<String>)>,
    pub(super) case_months: u32,
    pub(super) aggravator_months: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct EventFactor {
    /// Column of the features, `w_<factor id>`.
    pub(super) column: String,
    pub(super) table: EventTable,
    pub(super) decay: Vec<Decay>,
    /// Thousandths of an event that is minor.
    pub(super) minor: i64,
}

impl FeatureKey {
    pub(super) fn of(policy: &Policy) -> Self {
        let mut key = Self {
            events: Vec::new(),
            industries: Vec::new(),
            case_months: policy.special.case_months,
            aggravator_months: policy.aggravators.months,
        };
        for factor in &policy.factors {
            match &factor.rule {
                FactorRule::Events { table, decay, minor, .. } => key.events.push(EventFactor {
                    column: feature::weight(&factor.id),
                    table: *table,
                    decay: decay.clone(),
                    minor: minor.0,
                }),
                FactorRule::Industry { codes, .. } => {
                    key.industries.push((feature::industry(&factor.id), codes.clone()));
                }
                _ => {}
            }
        }
        key
    }
}

/// Features of every site, in the registry's order; independent of points, thresholds, grades' points and strata.
#[derive(Debug, Clone)]
pub struct RiskFeatures {
    pub(super) frame: DataFrame,
    pub(super) codes: SiteCodes,
    pub(super) key: FeatureKey,
    pub(super) as_of: NaiveDate,
    pub(super) ignored: Vec<IgnoredEvents>,
}

impl RiskFeatures {
    /// Counts what happened to each site up to and including `as_of`.
    ///
    /// # Errors
    /// `RSK-001` column of a wrong type, `RSK-002` computation failed.
    pub fn compute(inputs: &RiskInputs<'_>, policy: &Policy, as_of: NaiveDate) -> AppResult<Self> {
        let key = FeatureKey::of(policy);
        let sites = site_columns(inputs.sources)?;
        let slots = Slots::of(&sites)?;
        let sums = compute_events(inputs, &slots, &key, as_of)?;
        let grades = grades_by_site(inputs.credit, &slots, as_of)?;
        let mut frame = site_features(&sites, &key, as_of)?;
        let counts = key.events.iter().map(|factor| factor.column.as_str()).zip(sums.weights);
        #[allow(
            clippy::redundant_closure_for_method_calls,
            reason = "the method by its name would ask one lifetime of both"
        )]
        let counters = COUNTERS.map(|column| column.name()).into_iter().zip(sums.counters);
        for (name, values) in counts.chain(counters) {
            frame.with_column(Int64Chunked::from_vec(name.into(), values).into_column()).map_err(failed)?;
        }
        let month = month_ordinal(as_of);
        let unvisited = sums.last_check.iter().map(|last| (*last != NEVER).then(|| i64::from(month - last)));
        let unvisited = feature::UNVISITED.column(Int64Chunked::from_iter_options(PlSmallStr::EMPTY, unvisited));
        frame.with_column(unvisited).map_err(failed)?;
        let grades = feature::GRADE.column(UInt8Chunked::from_vec(PlSmallStr::EMPTY, grades));
        frame.with_column(grades).map_err(failed)?;
        let mut ignored = sums.ignored;
        ignored.sort_by_key(|item| (item.table, item.reason));
        let codes = SiteCodes::of(&frame, &key)?;
        Ok(Self { frame, codes, key, as_of, ignored })
    }

    /// True while these features serve the policy: only points, caps, thresholds, strata and the like differ.
    #[must_use]
    pub fn fits(&self, policy: &Policy) -> bool {
        self.key == FeatureKey::of(policy)
    }
}

pub(super) fn site_columns(register: &DataFrame) -> AppResult<DataFrame> {
    const WANTED: [FrameColumn; 15] = [
        sources::UNIT_ID.erased(),
        sources::ENTERPRISE.erased(),
        sources::BODY.erased(),
        sources::MANAGEMENT.erased(),
        sources::SUPERVISION.erased(),
        sources::KEY_UNIT.erased(),
        sources::ENV_RISK.erased(),
        sources::INDUSTRY.erased(),
        sources::SUPERVISED.erased(),
        sources::REPORTS_OVERDUE.erased(),
        sources::SELF_MONITORING_OVERDUE.erased(),
        sources::RECTIFY_BY.erased(),
        sources::PERMIT_EVENT.erased(),
        sources::PERMIT_EVENT_DATE.erased(),
        sources::EXPIRES.erased(),
    ];
    typed_columns(register, TableKind::Sources, &WANTED)
}

/// Index of the worst grade of the latest graded year of each site's enterprise.
fn grades_by_site(grades: &DataFrame, slots: &Slots<'_>, as_of: NaiveDate) -> AppResult<Vec<u8>> {
    let (enterprise, year, index) = (credit::ENTERPRISE, credit::YEAR, credit::GRADE_INDEX);
    let wanted = [enterprise.erased(), year.erased(), index.erased(), credit::DATE.erased()];
    let grades = typed_columns(grades, TableKind::Credit, &wanted)?;
    let year_of = NaiveDate::from_ymd_opt(0, 1, 1).map_or(0, |zero| (month_ordinal(as_of) - month_ordinal(zero)) / 12);
    let graded = coalesce(&[year.expr(), credit::DATE.expr().dt().year(), lit(0)]).cast(DataType::Int32);
    let latest = grades
        .lazy()
        .filter(index.expr().is_not_null().and(enterprise.expr().is_not_null()))
        .filter(credit::DATE.expr().to_physical().lt_eq(lit(day_number(as_of))).fill_null(lit(true)))
        .with_columns([graded.alias(year.name())])
        .filter(year.expr().lt_eq(lit(year_of)))
        .with_columns([year.expr().max().over([enterprise.expr()]).map_err(failed)?.alias("latest")])
        .filter(year.expr().eq(col("latest")))
        .group_by([enterprise.expr()])
        .agg([index.expr().max()]);
    let latest = latest.collect().map_err(failed)?;
    let names = enterprise.cells(&latest).map_err(failed)?;
    let values = index.cells(&latest).map_err(failed)?;
    let mut by_slot = vec![NO_GRADE; slots.count()];
    for (name, grade) in names.iter().zip(values.iter()) {
        if let (Some(slot), Some(grade)) = (name.and_then(|name| slots.enterprise(name)), grade) {
            by_slot[slot as usize] = grade;
        }
    }
    Ok(slots.spread(&by_slot, |_, enterprise| enterprise))
}

/// Codes and flags that lie in the sites' own rows.
fn site_features(sites: &DataFrame, key: &FeatureKey, as_of: NaiveDate) -> AppResult<DataFrame> {
    let lists = sources::KEY_UNIT.cells(sites).map_err(failed)?;
    let key_units: Vec<u8> = lists.iter().map(|list| list.map_or(0, count_entries)).collect();
    let mut sites = sites.clone();
    let key_units = feature::KEY_UNITS.column(UInt8Chunked::from_vec(PlSmallStr::EMPTY, key_units));
    sites.with_column(key_units).map_err(failed)?;
    let today = lit(day_number(as_of));
    let flag = |column: &Typed<Flag>| column.expr().fill_null(lit(false));
    let day = |column: &Typed<Day>| column.expr().to_physical();
    let event_age = lit(month_ordinal(as_of)) - month_of(&sources::PERMIT_EVENT_DATE);
    let recent = sources::PERMIT_EVENT
        .expr()
        .is_not_null()
        .and(day(&sources::PERMIT_EVENT_DATE).lt_eq(today.clone()))
        .and(event_age.lt_eq(lit(RECENT_MONTHS)));
    let rectification = day(&sources::RECTIFY_BY).gt_eq(today.clone());
    let expired = day(&sources::EXPIRES).lt(today);
    let computed = |condition: Expr, column: &Typed<Flag>| condition.fill_null(lit(false)).alias(column.name());
    let mut columns = vec![
        sources::UNIT_ID.expr(),
        sources::BODY.expr(),
        code_of(&sources::MANAGEMENT, &Category::ALL.map(Category::id)).alias(feature::MANAGEMENT.name()),
        code_of(&sources::SUPERVISION, &Supervision::ALL.map(Supervision::id)).alias(feature::SUPERVISION.name()),
        code_of(&sources::ENV_RISK, &EnvRisk::ALL.map(EnvRisk::id)).alias(feature::ENV_RISK.name()),
        feature::KEY_UNITS.expr(),
        flag(&sources::SUPERVISED),
        flag(&sources::REPORTS_OVERDUE),
        flag(&sources::SELF_MONITORING_OVERDUE),
        computed(rectification, &feature::RECTIFICATION),
        computed(recent, &feature::PERMIT_EVENT_RECENT),
        computed(expired, &feature::EXPIRED),
    ];
    for (name, codes) in &key.industries {
        let mut meets = lit(false);
        for code in codes {
            meets = meets.or(sources::INDUSTRY.expr().str().starts_with(lit(code.as_str())));
        }
        columns.push(meets.fill_null(lit(false)).alias(name.as_str()));
    }
    sites.lazy().select(columns).collect().map_err(failed)
}

/// Entries of a `;`-joined list, each counted once.
fn count_entries(list: &str) -> u8 {
    let mut entries: Vec<&str> = list.split(';').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    entries.sort_unstable();
    entries.dedup();
    entries.len().min(200) as u8
}

/// A text column as its position among the known texts, [`NO_CODE`] for others.
fn code_of(column: &Typed<Text>, known: &[&str]) -> Expr {
    let mut code = lit(i32::from(NO_CODE));
    for (i, text) in known.iter().enumerate().rev() {
        code = when(column.expr().eq(lit(*text))).then(lit(i as i32)).otherwise(code);
    }
    code.cast(DataType::UInt8)
}

/// Months since year 0, as [`month_ordinal`] counts them.
pub(super) fn month_of(column: &Typed<Day>) -> Expr {
    column.expr().dt().year() * lit(12) + column.expr().dt().month().cast(DataType::Int32) - lit(1)
}
