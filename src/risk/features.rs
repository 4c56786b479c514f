//! What is known of each site on a day, before any points.

use chrono::NaiveDate;
use polars::prelude::*;

use crate::diagnostic::AppResult;
use crate::policy::{Decay, EventTable, FactorRule, Policy};

use super::RiskInputs;
use super::events::{COUNTERS, IgnoredEvents, NEVER, compute_events};
use super::input::{epoch_days, failed, month_ordinal, typed_columns};
use super::slots::Slots;

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
                    column: format!("w_{}", factor.id),
                    table: *table,
                    decay: decay.clone(),
                    minor: minor.0,
                }),
                FactorRule::Industry { codes, .. } => {
                    key.industries.push((format!("i_{}", factor.id), codes.clone()));
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
    pub(super) key: FeatureKey,
    as_of: NaiveDate,
    ignored: Vec<IgnoredEvents>,
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
        for (name, values) in counts.chain(COUNTERS.into_iter().zip(sums.counters)) {
            frame.with_column(Int64Chunked::from_vec(name.into(), values).into_column()).map_err(failed)?;
        }
        let month = month_ordinal(as_of);
        let unvisited = sums.last_check.iter().map(|last| (*last != NEVER).then(|| i64::from(month - last)));
        let unvisited = Int64Chunked::from_iter_options("unvisited".into(), unvisited);
        frame.with_column(unvisited.into_column()).map_err(failed)?;
        frame.with_column(UInt8Chunked::from_vec("grade".into(), grades).into_column()).map_err(failed)?;
        let mut ignored = sums.ignored;
        ignored.sort_by_key(|item| (item.table, item.reason));
        Ok(Self { frame, key, as_of, ignored })
    }

    /// True while these features serve the policy: only points, caps, thresholds, strata and the like differ.
    #[must_use]
    pub fn fits(&self, policy: &Policy) -> bool {
        self.key == FeatureKey::of(policy)
    }

    /// The day of reckoning.
    #[must_use]
    pub fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// Number of sites.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frame.height()
    }

    /// True without sites.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frame.height() == 0
    }

    /// Events that count nothing, by table and reason.
    #[must_use]
    pub fn ignored(&self) -> &[IgnoredEvents] {
        &self.ignored
    }
}

fn site_columns(sources: &DataFrame) -> AppResult<DataFrame> {
    let text = DataType::String;
    typed_columns(
        sources,
        "污染源名录",
        &[
            ("unit_id", text.clone()),
            ("enterprise", text.clone()),
            ("body", text.clone()),
            ("management", text.clone()),
            ("supervision", text.clone()),
            ("key_unit", text.clone()),
            ("env_risk", text.clone()),
            ("industry", text),
            ("supervised", DataType::Boolean),
            ("reports_overdue", DataType::Boolean),
            ("self_monitoring_overdue", DataType::Boolean),
            ("rectify_by", DataType::Date),
            ("permit_event", DataType::String),
            ("permit_event_date", DataType::Date),
            ("expires", DataType::Date),
        ],
    )
}

/// Index of the worst grade of the latest graded year of each site's enterprise.
fn grades_by_site(credit: &DataFrame, slots: &Slots<'_>, as_of: NaiveDate) -> AppResult<Vec<u8>> {
    let wanted = [
        ("enterprise", DataType::String),
        ("year", DataType::Int32),
        ("grade_index", DataType::UInt8),
        ("date", DataType::Date),
    ];
    let credit = typed_columns(credit, "环保信用评价", &wanted)?;
    let year_of = NaiveDate::from_ymd_opt(0, 1, 1).map_or(0, |zero| (month_ordinal(as_of) - month_ordinal(zero)) / 12);
    let year = coalesce(&[col("year"), col("date").dt().year(), lit(0)]).cast(DataType::Int32);
    let latest = credit
        .lazy()
        .filter(col("grade_index").is_not_null().and(col("enterprise").is_not_null()))
        .filter(col("date").to_physical().lt_eq(lit(epoch_days(as_of))).fill_null(lit(true)))
        .with_columns([year.alias("year")])
        .filter(col("year").lt_eq(lit(year_of)))
        .with_columns([col("year").max().over([col("enterprise")]).map_err(failed)?.alias("latest")])
        .filter(col("year").eq(col("latest")))
        .group_by([col("enterprise")])
        .agg([col("grade_index").max()]);
    let latest = latest.collect().map_err(failed)?;
    let names = latest.column("enterprise").and_then(Column::str).map_err(failed)?;
    let values = latest.column("grade_index").and_then(Column::u8).map_err(failed)?;
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
    let key_units: Vec<u8> = sites
        .column("key_unit")
        .and_then(Column::str)
        .map_err(failed)?
        .iter()
        .map(|list| list.map_or(0, count_entries))
        .collect();
    let mut sites = sites.clone();
    sites.with_column(UInt8Chunked::from_vec("key_units".into(), key_units).into_column()).map_err(failed)?;
    let today = epoch_days(as_of);
    let flag = |name: &str| col(name).fill_null(lit(false));
    let month = |name: &str| col(name).dt().year() * lit(12) + col(name).dt().month().cast(DataType::Int32) - lit(1);
    let event_age = lit(month_ordinal(as_of)) - month("permit_event_date");
    let recent = col("permit_event")
        .is_not_null()
        .and(col("permit_event_date").to_physical().lt_eq(lit(today)))
        .and(event_age.lt_eq(lit(RECENT_MONTHS)))
        .fill_null(lit(false));
    let mut columns = vec![
        col("unit_id"),
        col("body"),
        code_of("management", &["key", "simplified", "registration"]),
        code_of("supervision", &["key", "general", "simple"]),
        code_of("env_risk", &["major", "larger", "general"]),
        col("key_units"),
        flag("supervised"),
        flag("reports_overdue"),
        flag("self_monitoring_overdue"),
        col("rectify_by").to_physical().gt_eq(lit(today)).fill_null(lit(false)).alias("rectification"),
        recent.alias("permit_event_recent"),
        col("expires").to_physical().lt(lit(today)).fill_null(lit(false)).alias("expired"),
    ];
    for (name, codes) in &key.industries {
        let mut meets = lit(false);
        for code in codes {
            meets = meets.or(col("industry").str().starts_with(lit(code.as_str())));
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
fn code_of(name: &str, known: &[&str]) -> Expr {
    let mut code = lit(i32::from(NO_CODE));
    for (i, text) in known.iter().enumerate().rev() {
        code = when(col(name).eq(lit(*text))).then(lit(i as i32)).otherwise(code);
    }
    code.cast(DataType::UInt8).alias(name)
}
