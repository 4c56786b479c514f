//! The yearly public plan.
//!
//! Its fields and its date are statutory: 检查主体、检查对象范围、检查方式、检查项目、检查比例, published by the
//! end of March (上海市优化营商环境条例 第62条); number, basis and the rule of the yearly cap stand beside them
//! (国办发〔2024〕54号). It speaks of scopes and numbers; it has no field that could name a target.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::diagnostic::{Diagnostics, Finding};
use crate::domain::PlanMonth;

use super::figures::IndustryFigure;
use super::mask::{MaskLog, Masker};

/// The yearly cap, as the plan states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapStatement {
    /// Visits a year per enterprise.
    pub visits: u32,
    /// Which kinds of check count, in words.
    pub rule_set: String,
    /// False while the office has yet to confirm the number.
    pub confirmed: bool,
}

/// One line of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearPlanRow {
    /// Inspecting body (检查主体).
    pub body_name: String,
    /// Plan's name (计划名称).
    pub plan_name: String,
    /// Plan code (计划编码); may be empty.
    pub plan_code: String,
    /// Scope of objects (检查对象范围).
    pub scope: String,
    /// Units in that scope.
    pub population: u64,
    /// Manner (检查方式).
    pub manner: String,
    /// Matters (检查项目).
    pub matters: String,
    /// Ratio (检查比例) in parts per million of the population, per year; above 1 000 000 where units are
    /// visited more than once.
    pub ratio_ppm: u64,
    /// Checks of the year, drawn (抽查) and mandatory (必查): what was put on the lists in months drawn, what is
    /// expected in the others. Triggered checks are no part of them.
    pub number: u64,
    /// Of these, mandatory.
    pub mandatory: u64,
    /// Period of implementation (实施时间).
    pub period: String,
    /// Basis: document and article.
    pub basis: String,
    /// Remarks.
    pub remark: String,
}

/// Checks of a body in a month, drawn and mandatory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthCount {
    /// Inspecting body.
    pub body_name: String,
    /// Month.
    pub month: PlanMonth,
    /// Drawn checks (抽查).
    pub drawn: u64,
    /// Mandatory checks (必查).
    pub mandatory: u64,
    /// The month was drawn: the numbers are those of its lists.
    pub listed: bool,
}

impl MonthCount {
    /// Drawn and mandatory.
    #[must_use]
    pub fn visits(&self) -> u64 {
        self.drawn + self.mandatory
    }
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearPlan {
    /// Agency that publishes.
    pub agency: String,
    /// Year.
    pub year: i32,
    /// Version, from 1.
    pub version: u32,
    /// Day on which it was drawn up (编制).
    pub prepared_on: Option<NaiveDate>,
    /// Approved (批准).
    pub approved_on: Option<NaiveDate>,
    /// Filed (备案).
    pub filed_on: Option<NaiveDate>,
    /// Published (公布): the version that stands.
    pub published_on: Option<NaiveDate>,
    /// First published: what the statutory term asks of.
    pub first_published_on: Option<NaiveDate>,
    /// The yearly cap.
    pub cap: CapStatement,
    /// Lines.
    pub rows: Vec<YearPlanRow>,
    /// Counts by body and month.
    pub months: Vec<MonthCount>,
    /// Coverage planned or reached of the key industries; their units are counted, not named.
    pub industries: Vec<IndustryFigure>,
    /// Mark that stands on every sheet (`模拟数据`), where there is one.
    pub data_mark: Option<String>,
    /// Numbers that the office has yet to confirm, in words.
    pub unconfirmed: Vec<String>,
}

impl YearPlan {
    /// The plan as it may go out: every text that the office wrote without personal data.
    #[must_use]
    pub fn masked(&self, masker: &Masker, log: &mut MaskLog) -> Self {
        let mut plan = self.clone();
        let mut hide = |text: &mut String, place: &str| *text = masker.mask_noted(text, place, log);
        hide(&mut plan.agency, "年度检查计划 机关");
        hide(&mut plan.cap.rule_set, "年度检查计划 频次口径");
        for (row, number) in plan.rows.iter_mut().zip(1..) {
            let texts = [
                (&mut row.body_name, "检查主体"),
                (&mut row.plan_name, "计划名称"),
                (&mut row.scope, "检查对象范围"),
                (&mut row.manner, "检查方式"),
                (&mut row.matters, "检查项目"),
                (&mut row.period, "实施时间"),
                (&mut row.basis, "依据"),
                (&mut row.remark, "备注"),
            ];
            for (text, column) in texts {
                hide(text, &format!("年度检查计划 第 {number} 项 {column}"));
            }
        }
        plan.months.iter_mut().for_each(|month| hide(&mut month.body_name, "年度检查计划 分月数量"));
        plan.industries.iter_mut().for_each(|industry| hide(&mut industry.name, "年度检查计划 重点行业"));
        plan.unconfirmed.iter_mut().for_each(|text| hide(text, "年度检查计划 待确认"));
        plan
    }
}

/// Whether the plan of a year was first published in time: `DIS-051` published late, `DIS-055` not published though
/// the day has passed; `None` where all is well. `publish_by` is the month and day of the policy (3, 31).
#[must_use]
pub fn check_published(
    year: i32,
    first_published: Option<NaiveDate>,
    publish_by: (u32, u32),
    as_of: NaiveDate,
) -> Option<Finding> {
    let due = NaiveDate::from_ymd_opt(year, publish_by.0, publish_by.1)?;
    match first_published {
        Some(day) if day > due => Some(
            Finding::warning("DIS-051", format!("{year}年度检查计划公布日期晚于法定期限"))
                .value(day.to_string())
                .expected(format!("不晚于 {due}")),
        ),
        None if as_of > due => Some(
            Finding::warning("DIS-055", format!("{year}年度检查计划尚未公布，已过法定期限 {due}"))
                .hint("请尽快公布并记录公布日期"),
        ),
        _ => None,
    }
}

/// Checks the plan: statutory fields present, numbers that agree, published in time.
///
/// `publish_by` is the month and day from the policy (3, 31). The findings: `DIS-050` missing field,
/// `DIS-051` late, `DIS-052` ratio and number disagree, `DIS-053` the months don't add up, `DIS-054` no line
/// at all, `DIS-055` not published yet though the day has passed.
#[must_use]
pub fn check_year_plan(plan: &YearPlan, publish_by: (u32, u32), as_of: NaiveDate) -> Diagnostics {
    let mut found = Diagnostics::new();
    if plan.rows.is_empty() {
        found.push(Finding::error("DIS-054", "年度检查计划没有任何内容").hint("请先完成年度计划"));
    }
    for (i, row) in plan.rows.iter().enumerate() {
        check_row(row, i as u64 + 1, &mut found);
    }
    // an adjusted plan is published when it is adjusted: the term is the first version's
    if let Some(late) = check_published(plan.year, plan.first_published_on, publish_by, as_of) {
        found.push(late);
    }
    check_months(plan, &mut found);
    found
}

fn check_row(row: &YearPlanRow, line: u64, found: &mut Diagnostics) {
    for (column, value) in [
        ("检查主体", &row.body_name),
        ("检查对象范围", &row.scope),
        ("检查方式", &row.manner),
        ("检查项目", &row.matters),
        ("检查依据", &row.basis),
    ] {
        if value.trim().is_empty() {
            found.push(
                Finding::error("DIS-050", "年度检查计划缺少法定内容")
                    .row(line)
                    .column(column)
                    .hint("请补充后再公布（上海市优化营商环境条例第六十二条）"),
            );
        }
    }
    if row.ratio_ppm == 0 && row.number > 0 {
        found.push(Finding::error("DIS-050", "年度检查计划缺少法定内容").row(line).column("检查比例"));
    }
    // The published ratio and number must tell the same: within one visit and the ratio's own rounding.
    let expected = u128::from(row.population) * u128::from(row.ratio_ppm);
    let stated = u128::from(row.number) * 1_000_000;
    let slack = 1_000_000 + u128::from(row.population) * 500;
    if expected.abs_diff(stated) > slack {
        found.push(
            Finding::warning("DIS-052", "检查比例与检查数量不一致")
                .row(line)
                .column("检查数量")
                .value(row.number.to_string())
                .expected(format!(
                    "约 {}（{} 家 × {}.{:02}%）",
                    (expected + 500_000) / 1_000_000,
                    row.population,
                    row.ratio_ppm / 10_000,
                    row.ratio_ppm % 10_000 / 100
                )),
        );
    }
}

fn check_months(plan: &YearPlan, found: &mut Diagnostics) {
    if plan.months.is_empty() {
        return;
    }
    let mut by_body: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for row in &plan.rows {
        by_body.entry(&row.body_name).or_default().0 += row.number;
    }
    for count in &plan.months {
        by_body.entry(&count.body_name).or_default().1 += count.visits();
        if count.month.year() != plan.year {
            found.push(
                Finding::error("DIS-056", "分月数量的月份不在计划年度内")
                    .value(count.month.to_string())
                    .expected(format!("{} 年的月份", plan.year)),
            );
        }
    }
    for (body, (year, months)) in by_body {
        if year != months {
            found.push(
                Finding::warning("DIS-053", format!("{body}的分月数量之和与年度数量不一致"))
                    .value(months.to_string())
                    .expected(year.to_string()),
            );
        }
    }
}
