//! The result: one row per site, and why.

use chrono::NaiveDate;
use polars::prelude::{DataFrame, Int64Chunked};

use crate::diagnostic::{AppError, AppResult};
use crate::domain::vocabulary;
use crate::policy::{Article, Milli, Policy};

use super::columns;
use super::events::IgnoredEvents;
use super::features::RiskFeatures;
use super::input::failed;

vocabulary! {
    /// What multiplies a site's frequency, in the order of the bits of [`columns::AGGRAVATED`].
    Aggravator {
        Violations = "violations" "违法",
        Complaints = "complaints" "投诉集中",
        Risk = "risk" "环境风险高",
        Credit = "credit" "信用差",
    }
}

impl Aggravator {
    /// Its bit.
    #[must_use]
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }
}

vocabulary! {
    /// Why a site is special, in the order of the ids in [`columns::SPECIAL_REASONS`].
    SpecialReason {
        Case = "case" "近期受到行政处罚",
        Supervised = "supervised" "挂牌督办",
        Credit = "credit" "信用等级最低两档",
        MajorRisk = "major_risk" "重大环境风险",
        Complaints = "complaints" "多次属实投诉",
    }
}

impl SpecialReason {
    /// Its bit while the table is computed.
    #[must_use]
    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Points of one factor at one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// Factor's id.
    pub factor: String,
    /// Factor's name.
    pub name: String,
    /// Points given, capped.
    pub points: Milli,
    /// Most that the factor gives.
    pub cap: Milli,
    /// True where the cap cut the points, or they meet it exactly.
    pub at_cap: bool,
    /// Articles in force on the day of reckoning.
    pub articles: Vec<Article>,
}

/// Scores of all sites on a day.
///
/// `frame` has one row per site in the registry's order; its columns are those of [`columns`], and
/// [`columns::factor`] for each factor of the policy.
#[derive(Debug, Clone)]
pub struct RiskTable {
    /// The columns of [`columns`].
    pub frame: DataFrame,
    as_of: NaiveDate,
    tiers: usize,
    strata: Vec<u8>,
    ignored: Vec<IgnoredEvents>,
}

impl RiskTable {
    pub(super) fn new(frame: DataFrame, strata: Vec<u8>, policy: &Policy, features: &RiskFeatures) -> Self {
        Self { frame, as_of: features.as_of, tiers: policy.tiers.len(), strata, ignored: features.ignored.clone() }
    }

    /// The category of every site, as an index into the policy's.
    #[must_use]
    pub fn strata(&self) -> &[u8] {
        &self.strata
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

    /// Number of tiers of the policy.
    #[must_use]
    pub fn tier_count(&self) -> usize {
        self.tiers
    }

    /// Events that counted nothing, by table and reason.
    #[must_use]
    pub fn ignored(&self) -> &[IgnoredEvents] {
        &self.ignored
    }

    /// The tier of every site.
    ///
    /// # Errors
    /// `RSK-002` where the column is not there.
    pub fn tiers(&self) -> AppResult<Vec<u8>> {
        let column = columns::TIER.cells(&self.frame).map_err(failed)?;
        Ok(column.iter().map(Option::unwrap_or_default).collect())
    }

    /// The score of every site, in thousandths.
    ///
    /// # Errors
    /// `RSK-002` where the column is not there.
    pub fn scores(&self) -> AppResult<Vec<i64>> {
        let column = columns::SCORE.cells(&self.frame).map_err(failed)?;
        Ok(column.iter().map(Option::unwrap_or_default).collect())
    }

    /// How many sites a factor gives at least so many points.
    ///
    /// # Errors
    /// `RSK-004` where the table has no such factor.
    pub fn sites_at(&self, factor: &str, points: Milli) -> AppResult<u64> {
        Ok(self.factor(factor)?.iter().flatten().filter(|own| *own >= points.0).count() as u64)
    }

    /// The points of a factor, thousandths.
    fn factor(&self, id: &str) -> AppResult<&Int64Chunked> {
        let column = self.frame.column(&columns::factor(id)).map_err(|error| {
            AppError::new("RSK-004", "风险表的因子与当前规则不同")
                .with(|finding| finding.value(id).hint("请重新计算风险"))
                .caused_by(error)
        })?;
        column.i64().map_err(failed)
    }

    /// What each factor gave the site of a row, in the policy's order; the points add up to its score.
    ///
    /// # Errors
    /// `RSK-005` for a row past the end, `RSK-004` where the policy has other factors than the table.
    pub fn explain(&self, row: usize, policy: &Policy) -> AppResult<Vec<Contribution>> {
        if row >= self.len() {
            return Err(AppError::new("RSK-005", "风险表中没有这一行")
                .with(|finding| finding.value(row.to_string()).expected(format!("小于 {}", self.len()))));
        }
        let mut contributions = Vec::with_capacity(policy.factors.len());
        for factor in &policy.factors {
            let points = Milli(self.factor(&factor.id)?.get(row).unwrap_or(0));
            contributions.push(Contribution {
                factor: factor.id.clone(),
                name: factor.name.clone(),
                points,
                cap: factor.cap,
                at_cap: points >= factor.cap,
                articles: policy.articles_on(&factor.basis, self.as_of).into_iter().cloned().collect(),
            });
        }
        Ok(contributions)
    }
}
