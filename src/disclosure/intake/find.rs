//! Which check a row is the result of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::diagnostic::Finding;
use crate::domain::{PermitNumber, UnitId};
use crate::text::fold_width;

use super::super::result::DueCheck;
use super::read::{Row, RowFindings, parse_month};
use super::{IntakeContext, ResultField};

/// The checks, by everything that a row may tell them by.
pub(super) struct CheckIndex<'a> {
    by_code: BTreeMap<&'a str, &'a DueCheck>,
    by_text: BTreeMap<(ResultField, String), Vec<&'a DueCheck>>,
}

fn fold_text(text: &str) -> String {
    fold_width(text).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase()
}

impl<'a> CheckIndex<'a> {
    pub(super) fn of(checks: &'a [DueCheck]) -> Self {
        let mut index = Self { by_code: BTreeMap::new(), by_text: BTreeMap::new() };
        for check in checks {
            if !check.plan_code.is_empty() {
                index.by_code.insert(&check.plan_code, check);
            }
            let mut add = |field: ResultField, text: &str| {
                let text = fold_text(text);
                if !text.is_empty() {
                    let list = index.by_text.entry((field, text)).or_default();
                    if !list.iter().any(|other| std::ptr::eq(*other, check)) {
                        list.push(check);
                    }
                }
            };
            add(ResultField::Unit, check.unit_id.as_str());
            add(ResultField::Unit, &check.number);
            add(ResultField::Name, &check.name);
            add(ResultField::Uscc, check.uscc.as_deref().unwrap_or_default());
        }
        index
    }

    fn all(&self, field: ResultField, text: &str) -> &[&'a DueCheck] {
        self.by_text.get(&(field, fold_text(text))).map_or(&[], Vec::as_slice)
    }
}

/// The check that a row is the result of.
pub(super) fn find_check<'a>(
    row: &Row<'_>,
    context: &IntakeContext<'_>,
    index: &CheckIndex<'a>,
    inspected_on: Option<NaiveDate>,
    findings: &mut RowFindings<'_>,
) -> Option<&'a DueCheck> {
    let code = row.text(ResultField::PlanCode);
    if !code.is_empty() {
        let Some(check) = index.by_code.get(code).copied() else {
            findings.error(
                Finding::error("DIS-012", "计划编码不在已抽取或已登记的检查任务中")
                    .hint("请核对计划编码，或先登记触发式检查"),
                Some(ResultField::PlanCode),
            );
            return None;
        };
        // What else the row says of the unit must be of the same unit.
        for field in [ResultField::Unit, ResultField::Uscc] {
            let text = row.text(field);
            if !text.is_empty() && !index.all(field, text).iter().any(|c| c.unit_id == check.unit_id) {
                findings.error(
                    Finding::error("DIS-013", format!("与计划编码「{code}」所指的单位「{}」不一致", check.name)),
                    Some(field),
                );
                return None;
            }
        }
        return Some(check);
    }
    let month = row.text(ResultField::Month);
    let wanted = if month.is_empty() {
        None
    } else {
        let parsed = parse_month(month);
        if parsed.is_none() {
            findings.error(
                Finding::error("DIS-014", "月份无法识别").expected("月份，如 2027-03"),
                Some(ResultField::Month),
            );
            return None;
        }
        parsed
    };
    let told = [ResultField::Unit, ResultField::Uscc, ResultField::Name]
        .into_iter()
        .find(|field| !row.text(*field).is_empty());
    let Some(field) = told else {
        findings.error(
            Finding::error("DIS-010", "没有填写是哪一个单位")
                .expected("计划编码、许可证编号、统一社会信用代码或单位名称"),
            None,
        );
        return None;
    };
    let found = index.all(field, row.text(field));
    if found.is_empty() {
        let id = PermitNumber::parse(row.text(field)).and_then(|n| UnitId::new(n.as_str()).ok());
        let known = field == ResultField::Unit && id.is_some_and(|id| context.known_units.contains(&id));
        let finding = if known {
            Finding::error("DIS-012", "该单位没有被抽取，也没有登记必查或触发式检查")
                .hint("计划外检查请先登记来源（必查或触发）与理由")
        } else {
            Finding::error("DIS-011", "单位不在污染源名录或检查任务中").hint("请核对编号与名称")
        };
        findings.error(finding, Some(field));
        return None;
    }
    let fits = |check: &&&DueCheck| {
        wanted.is_none_or(|month| check.month == month)
            && (wanted.is_some() || inspected_on.is_none_or(|day| check.drawn_on <= day))
            && !check.withdrawn
    };
    let fitting: Vec<&DueCheck> = found.iter().filter(fits).copied().collect();
    let units: BTreeSet<&UnitId> = fitting.iter().map(|c| &c.unit_id).collect();
    if units.len() > 1 {
        findings.error(
            Finding::error("DIS-031", format!("有 {} 个场所符合，无法判断是哪一个", units.len()))
                .hint("请填写计划编码或许可证编号"),
            Some(field),
        );
        return None;
    }
    if let Some(last) = fitting.iter().max_by_key(|c| (c.month, c.sequence)) {
        return Some(last);
    }
    if found.iter().all(|c| c.withdrawn) {
        findings.error(
            Finding::error("DIS-012", "该单位的检查已撤回或已被替换").hint("如确已检查，请先登记触发式检查"),
            Some(field),
        );
    } else if let Some(month) = wanted {
        findings.error(Finding::error("DIS-012", format!("该单位在 {month} 没有检查任务")), Some(ResultField::Month));
    } else {
        let first = found.iter().map(|c| c.drawn_on).min().unwrap_or_default();
        findings.error(
            Finding::error("DIS-015", "检查日期早于抽取日期").expected(format!("不早于 {first}")),
            Some(ResultField::InspectedOn),
        );
    }
    None
}
