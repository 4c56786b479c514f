//! The result: one row per site, and why.

use chrono::NaiveDate;
use polars::prelude::{Column, DataFrame};

use crate::diagnostic::{AppError, AppResult};
use crate::policy::{Article, Milli, Policy};

use super::events::IgnoredEvents;
use super::input::failed;

/// Bit of `aggravated`: violations.
pub const AGGRAVATED_VIOLATIONS: u8 = 1;
/// Bit of `aggravated`: substantiated complaints.
pub const AGGRAVATED_COMPLAINTS: u8 = 2;
/// Bit of `aggravated`: major or larger environmental risk.
pub const AGGRAVATED_RISK: u8 = 4;
/// Bit of `aggravated`: poor credit.
pub const AGGRAVATED_CREDIT: u8 = 8;

/// Reasons for the special flag in the order of their bits: id in `special_reasons`, Chinese name.
pub const SPECIAL_REASONS: [(&str, &str); 5] = [
    ("case", "近期受到行政处罚"),
    ("supervised", "挂牌督办"),
    ("credit", "信用等级最低两档"),
    ("major_risk", "重大环境风险"),
    ("complaints", "多次属实投诉"),
];

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
/// Columns of `frame`, one row per site in the registry's order: `unit_id` String, `score` i64 (thousandths),
/// `tier` u8 (0 is the most urgent), `special` bool, `aggravated` u8 (bits), `stratum` String (category id),
/// `f_<factor>` i64 (thousandths) for each factor in the policy's order, `special_reasons` String (ids joined by `;`).
#[derive(Debug, Clone)]
pub struct RiskTable {
    /// The columns above.
    pub frame: DataFrame,
    as_of: NaiveDate,
    tiers: usize,
    ignored: Vec<IgnoredEvents>,
}

impl RiskTable {
    pub(super) fn new(frame: DataFrame, policy: &Policy, as_of: NaiveDate, ignored: Vec<IgnoredEvents>) -> Self {
        Self { frame, as_of, tiers: policy.tiers.len(), ignored }
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
        let column = self.frame.column("tier").and_then(Column::u8).map_err(failed)?;
        Ok(column.iter().map(Option::unwrap_or_default).collect())
    }

    /// The score of every site, in thousandths.
    ///
    /// # Errors
    /// `RSK-002` where the column is not there.
    pub fn scores(&self) -> AppResult<Vec<i64>> {
        let column = self.frame.column("score").and_then(Column::i64).map_err(failed)?;
        Ok(column.iter().map(Option::unwrap_or_default).collect())
    }

    /// The row of a site.
    ///
    /// # Errors
    /// `RSK-005` for a site that is not in the table.
    pub fn row_of(&self, unit_id: &str) -> AppResult<usize> {
        let ids = self.frame.column("unit_id").and_then(Column::str).map_err(failed)?;
        ids.iter()
            .position(|id| id == Some(unit_id))
            .ok_or_else(|| AppError::new("RSK-005", "风险表中没有这个单位").with(|finding| finding.value(unit_id)))
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
            let column = self.frame.column(&format!("f_{}", factor.id)).map_err(|error| {
                AppError::new("RSK-004", "风险表的因子与当前规则不同")
                    .with(|finding| finding.value(&factor.id).hint("请重新计算风险"))
                    .caused_by(error)
            })?;
            let points = Milli(column.i64().map_err(failed)?.get(row).unwrap_or(0));
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
