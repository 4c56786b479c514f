//! The rules of a result: what holds for every record, however it comes in.
//!
//! A form, a row of a workbook and a call of the core bring a [`CheckResult`] to [`check_result`]; each finding
//! names the field that it belongs to, and whoever asked adds where that field stands (a line of the form, a cell
//! of the table). An error keeps the record out; a warning is told and the record taken.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::diagnostic::{Finding, Severity};
use crate::domain::InspectorId;
use crate::text::fold_width;

use super::answers::check_answers;
use super::follow_up::check_follow_up;
use super::intake::ResultField;
use super::result::{CheckResult, DueCheck, Manner, Outcome};

/// A finding and the field of the result that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFinding {
    /// The field.
    pub field: ResultField,
    /// What is wrong with it.
    pub finding: Finding,
}

impl FieldFinding {
    /// A finding of a field.
    #[must_use]
    pub fn new(field: ResultField, finding: Finding) -> Self {
        Self { field, finding }
    }

    /// True where it keeps the record out.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.finding.severity == Severity::Error
    }
}

/// Checks a result against the check that it belongs to, the roster's certificates (`None` where the office has
/// no roster) and today.
///
/// Codes: `DIS-012` the check was withdrawn, `DIS-015` before the draw, `DIS-016` after today, `DIS-017` before
/// the visit, `DIS-022` fewer than two inspectors (a warning where there is no roster to name them from),
/// `DIS-023` others than those paired, `DIS-024` not on the roster, `DIS-026` a problem without its words or
/// words without a problem, `DIS-028` disclosed before it was completed, `DIS-029` disclosed and withheld,
/// `DIS-030` on site though planned off site, `DIS-032` no matters, `DIS-035` to `DIS-039`, `DIS-046` the follow-up of a problem,
/// `DIS-049` and `DIS-066` the answers of its checklist.
#[must_use]
pub fn check_result(
    result: &CheckResult,
    check: &DueCheck,
    roster: Option<&BTreeSet<InspectorId>>,
    today: NaiveDate,
) -> Vec<FieldFinding> {
    let mut found = Vec::new();
    if check.withdrawn {
        found.push(FieldFinding::new(
            ResultField::PlanCode,
            Finding::error("DIS-012", "该单位的检查已撤回或已被替换").hint("如确已检查，请先登记触发式检查"),
        ));
    }
    check_dates(result, check, today, &mut found);
    check_manner(result, check, &mut found);
    check_words(result, &mut found);
    check_inspectors(result, check, roster, &mut found);
    found.extend(check_answers(result, check));
    found.extend(check_follow_up(result, today));
    found
}

/// As [`check_result`] for a record of which some fields could not be read and hold a stand-in: what could only be
/// said of the stand-ins is left out.
#[must_use]
pub fn check_readable(
    result: &CheckResult,
    check: &DueCheck,
    roster: Option<&BTreeSet<InspectorId>>,
    today: NaiveDate,
    unread: &[ResultField],
) -> Vec<FieldFinding> {
    use ResultField::{
        Answers, ClosedBy, ClosedOn, CompletedOn, DisclosedOn, Evidence, Exempted, FirstInspector, HandedOver,
        HandedOverOn, Handling, InspectedOn, Outcome, Problem, RectifyBy,
    };
    let mut silent = unread.to_vec();
    for (field, others) in [
        (InspectedOn, &[CompletedOn, RectifyBy, ClosedOn, DisclosedOn, HandedOverOn][..]),
        (CompletedOn, &[DisclosedOn]),
        (DisclosedOn, &[CompletedOn]),
        (Outcome, &[Handling, Problem, Evidence, ClosedBy, HandedOver, HandedOverOn, Exempted, Answers]),
        (ClosedOn, &[Evidence]),
        (HandedOverOn, &[HandedOver]),
        (ResultField::SecondInspector, &[FirstInspector]),
    ] {
        if unread.contains(&field) {
            silent.extend_from_slice(others);
        }
    }
    let mut found = check_result(result, check, roster, today);
    found.retain(|f| !silent.contains(&f.field));
    found
}

fn check_dates(result: &CheckResult, check: &DueCheck, today: NaiveDate, found: &mut Vec<FieldFinding>) {
    let inspected_on = result.inspected_on;
    let mut wrong = |field, finding| found.push(FieldFinding::new(field, finding));
    if inspected_on < check.drawn_on {
        wrong(
            ResultField::InspectedOn,
            Finding::error("DIS-015", "检查日期早于抽取日期")
                .value(inspected_on.to_string())
                .expected(format!("不早于 {}", check.drawn_on)),
        );
    }
    for (field, date) in [
        (ResultField::InspectedOn, Some(inspected_on)),
        (ResultField::CompletedOn, result.completed_on),
        (ResultField::ClosedOn, result.closed_on),
        (ResultField::DisclosedOn, result.disclosed_on),
    ] {
        if let Some(date) = date.filter(|date| *date > today) {
            let finding = Finding::error("DIS-016", "日期在今天之后");
            wrong(field, finding.value(date.to_string()).expected(format!("不晚于 {today}")));
        }
    }
    for (field, what, date) in [
        (ResultField::CompletedOn, "办结日期早于检查日期", result.completed_on),
        (ResultField::RectifyBy, "整改期限早于检查日期", result.rectify_by),
        (ResultField::ClosedOn, "销号日期早于检查日期", result.closed_on),
    ] {
        if let Some(date) = date.filter(|date| *date < inspected_on) {
            let finding = Finding::error("DIS-017", what);
            wrong(field, finding.value(date.to_string()).expected(format!("不早于 {inspected_on}")));
        }
    }
    found.extend(check_disclosed(result));
}

/// What a disclosed result must be: completed before, and not withheld. Whoever enters a day of disclosure, in a
/// record or by publishing, comes here. Codes: `DIS-028`, `DIS-029`.
#[must_use]
pub fn check_disclosed(result: &CheckResult) -> Vec<FieldFinding> {
    let mut found = Vec::new();
    let Some(disclosed) = result.disclosed_on else { return found };
    match result.completed_on {
        None => found.push(FieldFinding::new(
            ResultField::CompletedOn,
            Finding::error("DIS-028", "填写了公开日期，却没有办结日期").hint("请补充办结日期"),
        )),
        Some(completed) if disclosed < completed => found.push(FieldFinding::new(
            ResultField::DisclosedOn,
            Finding::error("DIS-028", "公开日期早于办结日期")
                .value(disclosed.to_string())
                .expected(format!("不早于 {completed}")),
        )),
        Some(_) => {}
    }
    if result.withheld.is_some() {
        found.push(FieldFinding::new(
            ResultField::Withheld,
            Finding::error("DIS-029", "既填写了公开日期，又填写了不予公开依据").hint("只能保留一项"),
        ));
    }
    found
}

fn check_manner(result: &CheckResult, check: &DueCheck, found: &mut Vec<FieldFinding>) {
    if check.manner == Manner::OffSite && result.manner == Manner::OnSite {
        found.push(FieldFinding::new(
            ResultField::Manner,
            Finding::warning("DIS-030", "计划为非现场检查，实际为现场检查")
                .hint("转为现场检查应有线索，请在台账写明理由"),
        ));
    }
}

/// What has to be said in words: matters, and of a problem what it is and how it was handled.
fn check_words(result: &CheckResult, found: &mut Vec<FieldFinding>) {
    if result.matters.trim().is_empty() {
        found.push(FieldFinding::new(
            ResultField::Matters,
            Finding::error("DIS-032", "没有填写检查事项").expected("检查了哪些事项，如「排污许可证后监管」"),
        ));
    }
    let (no_handling, no_problem) = (result.handling.trim().is_empty(), result.problem.trim().is_empty());
    if result.outcome.is_problem() && (no_handling || no_problem) {
        found.push(FieldFinding::new(
            if no_problem { ResultField::Problem } else { ResultField::Handling },
            Finding::warning("DIS-026", "发现问题，但没有写明问题或处理情况").hint("请补充，公开名单需要处理情况"),
        ));
    }
    if result.outcome == Outcome::Clear && !no_problem {
        found.push(FieldFinding::new(
            ResultField::Problem,
            Finding::warning("DIS-026", "检查结果为「未发现问题」，却填写了存在问题").hint("请核对检查结果"),
        ));
    }
}

/// At least two different people of the roster, and those who were paired.
fn check_inspectors(
    result: &CheckResult,
    check: &DueCheck,
    roster: Option<&BTreeSet<InspectorId>>,
    found: &mut Vec<FieldFinding>,
) {
    let mut wrong = |finding| found.push(FieldFinding::new(ResultField::FirstInspector, finding));
    let people: BTreeSet<&InspectorId> = result.inspectors.iter().collect();
    let unknown: Vec<&InspectorId> =
        people.iter().filter(|id| roster.is_some_and(|roster| !roster.contains(**id))).copied().collect();
    for id in &unknown {
        wrong(
            Finding::error("DIS-024", "执法证号不在执法人员名录中，或已失效")
                .value(id.as_str())
                .hint("检查人员须持有效执法证，辅助人员不得列为检查人员"),
        );
    }
    if people.len() < 2 {
        let what = if people.is_empty() { "没有填写检查人员" } else { "检查人员不足两名" };
        // two of them is the law of visits (行政处罚法 article 42); data are looked through by whoever is on duty
        let must = roster.is_some() && result.manner == Manner::OnSite;
        let severity = if must { Severity::Error } else { Severity::Warning };
        wrong(
            Finding::new(severity, "DIS-022", what)
                .expected("至少两个不同的执法证号")
                .hint("行政检查应由两名以上持证执法人员实施"),
        );
        return;
    }
    let assigned: BTreeSet<&InspectorId> = check.inspectors.iter().collect();
    if unknown.is_empty() && !assigned.is_empty() && people != assigned {
        let names = check.inspectors.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
        wrong(
            Finding::warning("DIS-023", "检查人员与随机匹配的人员不同")
                .expected(names)
                .hint("更换检查人员应先用「更换检查人员」登记理由"),
        );
    }
}

/// Reads certificates (or names of the roster that one person has) from a text, each once, in their order.
/// Returns with them the parts that can't be one (`DIS-024`).
#[must_use]
pub fn read_inspectors(text: &str, by_name: impl Fn(&str) -> Option<InspectorId>) -> (Vec<InspectorId>, Vec<Finding>) {
    let (mut people, mut wrong): (Vec<InspectorId>, Vec<Finding>) = (Vec::new(), Vec::new());
    let text = fold_width(text);
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, '、' | ',' | ';' | '/'));
    for part in parts.filter(|part| !part.is_empty()) {
        match by_name(part).map_or_else(|| InspectorId::new(part), Ok) {
            Ok(id) if people.contains(&id) => {}
            Ok(id) => people.push(id),
            Err(expected) => {
                wrong.push(Finding::error("DIS-024", "执法证号无法识别").value(part).expected(expected));
            }
        }
    }
    (people, wrong)
}
