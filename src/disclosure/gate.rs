//! The gate between internal and public documents.
//!
//! A month's named targets are secret until visited (环办〔2015〕88号). The gate is in the types: public
//! documents take [`PublicTarget`]s, and the only way to make one is from a check with its result.
//! [`super::PublicScan`] searches the finished bytes as a last defence.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppResult, Finding};
use crate::domain::{PlanMonth, UnitId};

use super::mask::{MaskCounts, Masker};
use super::result::{CheckResult, DueCheck};

/// Who may read a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The bureau and its bodies.
    Internal,
    /// Everybody.
    Public,
}

impl Audience {
    /// Chinese name, as it stands on documents and in folder names.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Internal => "内部",
            Self::Public => "公开",
        }
    }
}

/// A target that has been visited, with personal data masked. Proof that it may be named in public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicTarget {
    name: String,
    code: String,
    number: String,
    individual: bool,
}

impl PublicTarget {
    /// The target of a check that took place by `on`.
    ///
    /// # Errors
    /// `DIS-040` where the result belongs to another check, `DIS-041` where the visit lies after `on`,
    /// `DIS-042` where the result is withheld.
    pub fn of_result(
        check: &DueCheck,
        result: &CheckResult,
        on: NaiveDate,
        masker: &Masker,
        counts: &mut MaskCounts,
    ) -> AppResult<Self> {
        if result.key() != (&check.unit_id, check.month, check.sequence) {
            return Err(Finding::error("DIS-040", format!("检查结果与检查任务「{}」不是同一次检查", check.plan_code))
                .value(format!("{} {} 第{}次", result.unit_id, result.month, result.sequence))
                .expected(format!("{} {} 第{}次", check.unit_id, check.month, check.sequence))
                .into());
        }
        if result.inspected_on > on {
            return Err(Finding::error("DIS-041", format!("「{}」尚未检查，不得列入公开文件", check.name))
                .value(format!("检查日期 {}，公开日期 {on}", result.inspected_on))
                .hint("请在检查完成并录入结果后再生成公开文件")
                .into());
        }
        if result.withheld.is_some() {
            return Err(Finding::error("DIS-042", format!("「{}」的检查结果依法不予公开", check.name))
                .hint("不予公开的结果只计数并列明依据，不列名称")
                .into());
        }
        let individual = masker.is_individual(&check.name, check.uscc.as_deref(), &check.number);
        let mut own = MaskCounts::default();
        let name = masker.mask_unit_name(&check.name, individual, &mut own);
        let code =
            masker.mask_code(check.uscc.as_deref().unwrap_or_default(), individual && check.uscc.is_some(), &mut own);
        let number = masker.mask_number(&check.number, individual, &mut own);
        own.individuals = u64::from(individual);
        counts.add(&own);
        Ok(Self { name, code, number, individual })
    }

    /// Name, masked where needed.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Unified social credit code, masked where needed; empty where there is none.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Permit or registration number, masked where needed.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// True where it was masked as an individual's business.
    #[must_use]
    pub fn is_individual(&self) -> bool {
        self.individual
    }
}

/// The checks that stand and had no visit by a day, in their order.
#[must_use]
pub fn unvisited<'a>(
    checks: impl IntoIterator<Item = &'a DueCheck>,
    results: &[CheckResult],
    on: NaiveDate,
) -> Vec<&'a DueCheck> {
    let visited: BTreeMap<(&UnitId, PlanMonth, u32), NaiveDate> =
        results.iter().map(|r| (r.key(), r.inspected_on)).collect();
    let is_open = |c: &&DueCheck| visited.get(&(&c.unit_id, c.month, c.sequence)).is_none_or(|day| *day > on);
    checks.into_iter().filter(|c| !c.withdrawn).filter(is_open).collect()
}

/// Refuses a document that would name these checks in public before each of them has taken place by `on`.
/// Withdrawn ones need not take place any more.
///
/// # Errors
/// `DIS-043`, naming the first unvisited target by month, body and unit, and how many there are.
pub fn check_all_visited(named: &[DueCheck], results: &[CheckResult], on: NaiveDate) -> AppResult<()> {
    let mut open = unvisited(named, results, on);
    open.sort_by_key(|c| (c.month, &c.body, &c.unit_id, c.sequence));
    let Some(first) = open.first() else { return Ok(()) };
    Err(Finding::error(
        "DIS-043",
        format!(
            "{} {}的检查对象「{}」（{}）尚未检查，不得公开；此类对象共 {} 家",
            first.month,
            first.body_name,
            first.name,
            first.unit_id,
            open.len()
        ),
    )
    .expected("只含已检查对象的文件")
    .hint("请等全部检查完成，或只公开已检查的对象；抽取前后可公开的是承诺值")
    .into())
}
