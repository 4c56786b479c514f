//! What is known of each site on a day, before any points.

use chrono::NaiveDate;
use polars::prelude::*;

use crate::diagnostic::AppResult;
use crate::policy::{Decay, EventTable, FactorRule, Policy};
use crate::registry::columns::{Column as Typed, Day};
use crate::registry::schema::{credit, sources};
use crate::registry::{FrameColumn, TableKind};

use super::RiskInputs;
use super::codes::{NO_CHECK, NO_GRADE, SiteCodes};
use super::columns::feature;
use super::events::{COUNTERS, EventReason, IgnoredEvents, NEVER, compute_events};
use super::input::{failed, month_ordinal, typed_columns};
use super::slots::Slots;
use crate::text::day::day_number;

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
    /// The site, and its counts: a column each, contiguous and without gaps.
    pub(super) frame: DataFrame,
    /// What lies in its own row.
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
        let mut frame = sites.select([sources::UNIT_ID.name()]).map_err(failed)?;
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
        let unvisited = sums.last_check.iter().map(|last| if *last == NEVER { NO_CHECK } else { month - last });
        let codes = SiteCodes::of(&sites, &key, as_of, (grades, unvisited.collect()))?;
        let mut ignored = sums.ignored;
        ignored.sort_by_key(|item| (item.table, item.reason));
        Ok(Self { frame, codes, key, as_of, ignored })
    }

    /// Adds rows of monitoring that stayed on the engine which counts them, so that nobody wonders where they went.
    #[must_use]
    pub fn with_stayed(mut self, stayed: impl IntoIterator<Item = (EventReason, u64)>) -> Self {
        let table = TableKind::Monitoring.label();
        for (reason, rows) in stayed {
            match self.ignored.iter_mut().find(|known| known.table == table && known.reason == reason) {
                Some(known) => known.rows += rows,
                None => self.ignored.push(IgnoredEvents { table, reason, rows }),
            }
        }
        self.ignored.sort_by_key(|item| (item.table, item.reason));
        self
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
fn grades_by_site(grades: &DataFrame, slots: &Slots, as_of: NaiveDate) -> AppResult<Vec<u8>> {
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

/// Months since year 0, as [`month_ordinal`] counts them.
pub(super) fn month_of(column: &Typed<Day>) -> Expr {
    column.expr().dt().year() * lit(12) + column.expr().dt().month().cast(DataType::Int32) - lit(1)
}
