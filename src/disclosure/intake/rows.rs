//! Rows of a results table → records.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{AppResult, Diagnostics, Finding};
use crate::domain::{InspectorId, PlanMonth, UnitId};
use crate::text::fold_width;

use super::super::answers::{ChecklistRecord, read_answers};
use super::super::follow_up::FollowUp;
use super::super::result::{CheckResult, DueCheck, Manner, Outcome, WithholdingGround};
use super::super::rules::{check_readable, read_inspectors};
use super::find::{CheckIndex, find_check};
use super::merge::merge;
use super::read::{Row, RowFindings, parse_flag};
use super::{Intake, IntakeContext, ResultColumns, ResultField, TextTable};

/// Checks a results table.
///
/// # Errors
/// `DIS-001` where no column is recognised or the table is empty, `DIS-002` where a required column is
/// missing, `DIS-003` where two columns have the same meaning.
pub fn check_results(
    table: &TextTable,
    columns: &ResultColumns,
    context: &IntakeContext<'_>,
    diagnostics: &mut Diagnostics,
) -> AppResult<Intake> {
    let places = compute_places(table, columns, diagnostics)?;
    let index = CheckIndex::of(context.checks);
    let existing: BTreeMap<_, &CheckResult> = context.existing.iter().map(|r| (r.key(), r)).collect();
    let mut seen: BTreeMap<(UnitId, PlanMonth, u32), u64> = BTreeMap::new();
    let mut intake = Intake::default();
    for (number, cells) in &table.rows {
        let row = Row { number: *number, cells, places: &places, table };
        if ResultField::ALL.iter().all(|field| row.text(*field).is_empty()) {
            continue;
        }
        if is_untouched(&row) {
            intake.blank += 1;
            continue;
        }
        let mut findings = RowFindings { row: &row, diagnostics, failed: false, unread: Vec::new() };
        let record = record_of(&row, context, &index, &mut findings);
        let failed = findings.failed;
        let Some(record) = record.filter(|_| !failed) else {
            intake.set_aside.push(*number);
            continue;
        };
        let key = (record.unit_id.clone(), record.month, record.sequence);
        if let Some(first) = seen.get(&key) {
            diagnostics.push(
                row.place(
                    Finding::error("DIS-020", format!("同一次检查的结果重复，已采用第 {first} 行"))
                        .hint("请删去多余的一行"),
                    Some(ResultField::Unit),
                ),
            );
            intake.set_aside.push(*number);
            continue;
        }
        seen.insert(key, *number);
        match existing.get(&record.key()) {
            None => intake.records.push(record),
            Some(before) => match merge(before, &record) {
                Ok(None) => intake.unchanged += 1,
                Ok(Some(merged)) => intake.updates.push(merged),
                Err((column, old, new)) => {
                    diagnostics.push(
                        row.place(
                            Finding::error("DIS-021", "该次检查已录入结果，且与本行不一致，未改动原记录")
                                .column(column)
                                .value(new)
                                .expected(format!("「{old}」（已录入）"))
                                .hint("如需更正，请在「执行与公开」中逐条更正并写明原因"),
                            None,
                        ),
                    );
                    intake.set_aside.push(*number);
                }
            },
        }
    }
    Ok(intake)
}

fn compute_places(
    table: &TextTable,
    columns: &ResultColumns,
    diagnostics: &mut Diagnostics,
) -> AppResult<BTreeMap<ResultField, usize>> {
    let in_file = |finding: Finding| finding.within(&table.file, table.sheet.as_deref());
    let mut places: BTreeMap<ResultField, usize> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (at, heading) in table.headings.iter().enumerate() {
        match columns.field(heading) {
            Some(field) => {
                if let Some(first) = places.insert(field, at) {
                    return Err(in_file(
                        Finding::error("DIS-003", "两列含义相同，无法判断采用哪一列")
                            .value(format!("{}、{}", table.headings[first].trim(), heading.trim()))
                            .hint("请删去或改名其中一列"),
                    )
                    .into());
                }
            }
            None if heading.trim().is_empty() => {}
            None => unknown.push(heading.trim().to_owned()),
        }
    }
    if places.is_empty() || table.rows.is_empty() {
        let what =
            if places.is_empty() { "检查结果表没有可识别的列" } else { "检查结果表没有数据行" };
        return Err(in_file(
            Finding::error("DIS-001", what)
                .value(table.headings.join("、"))
                .expected("含计划编码（或许可证编号、单位名称）、检查日期、检查结果等列的表")
                .hint("可使用本软件导出的「检查结果填报表」"),
        )
        .into());
    }
    let unit_columns = [ResultField::PlanCode, ResultField::Unit, ResultField::Uscc, ResultField::Name];
    let mut missing: Vec<&str> = [ResultField::InspectedOn, ResultField::Outcome]
        .into_iter()
        .filter(|field| !places.contains_key(field))
        .map(|field| field.aliases()[0])
        .collect();
    if !unit_columns.iter().any(|field| places.contains_key(field)) {
        missing.push("计划编码或许可证编号");
    }
    if !missing.is_empty() {
        return Err(in_file(
            Finding::error("DIS-002", format!("检查结果表缺少必需的列：{}", missing.join("、")))
                .value(table.headings.join("、"))
                .hint("请补上该列，或使用本软件导出的「检查结果填报表」"),
        )
        .into());
    }
    if !unknown.is_empty() {
        diagnostics.push(in_file(Finding::note("DIS-004", "有未采用的列").value(unknown.join("、"))));
    }
    Ok(places)
}

/// A row of the template that nobody has filled in: what was printed beforehand, and nothing else.
fn is_untouched(row: &Row<'_>) -> bool {
    [
        ResultField::InspectedOn,
        ResultField::CompletedOn,
        ResultField::Outcome,
        ResultField::Handling,
        ResultField::Problem,
        ResultField::RectifyBy,
        ResultField::ClosedOn,
        ResultField::Evidence,
        ResultField::ClosedBy,
        ResultField::HandedOverOn,
        ResultField::HandedOver,
        ResultField::Exempted,
        ResultField::Answers,
        ResultField::DisclosedOn,
        ResultField::Withheld,
    ]
    .into_iter()
    .all(|field| row.text(field).is_empty())
}

/// The record of a row; `None` where it can't be told which check it belongs to. Everything that is wrong with
/// it is told, and [`RowFindings::failed`] says whether any of it keeps the row out.
fn record_of(
    row: &Row<'_>,
    context: &IntakeContext<'_>,
    index: &CheckIndex<'_>,
    findings: &mut RowFindings<'_>,
) -> Option<CheckResult> {
    let inspected_on = findings.date(ResultField::InspectedOn);
    if inspected_on.is_none() && !findings.failed {
        findings.unread(
            Finding::error("DIS-014", "没有填写检查日期").expected("日期，如 2027-03-01"),
            ResultField::InspectedOn,
        );
    }
    let check = find_check(row, context, index, inspected_on, findings)?;
    let matters = row.text(ResultField::Matters);
    let record = CheckResult {
        plan_code: check.plan_code.clone(),
        unit_id: check.unit_id.clone(),
        month: check.month,
        sequence: check.sequence,
        inspected_on: inspected_on.unwrap_or(check.drawn_on),
        completed_on: findings.date(ResultField::CompletedOn),
        manner: read_manner(row, check, findings),
        matters: if matters.is_empty() { context.default_matters.to_owned() } else { matters.to_owned() },
        outcome: read_outcome(row, findings),
        handling: row.text(ResultField::Handling).to_owned(),
        problem: row.text(ResultField::Problem).to_owned(),
        rectify_by: findings.date(ResultField::RectifyBy),
        closed_on: findings.date(ResultField::ClosedOn),
        inspectors: read_people(row, context, check, findings),
        checklist: read_checklist(row, check, findings),
        recheck: read_recheck(row, findings),
        disclosed_on: findings.date(ResultField::DisclosedOn),
        withheld: read_withheld(row, findings),
        penalties: Vec::new(),
        follow_up: FollowUp {
            evidence: row.text(ResultField::Evidence).to_owned(),
            closed_by: row.text(ResultField::ClosedBy).to_owned(),
            handed_over_on: findings.date(ResultField::HandedOverOn),
            handed_over: row.text(ResultField::HandedOver).to_owned(),
            exempted: row.text(ResultField::Exempted).to_owned(),
        },
    };
    for found in check_readable(&record, check, context.roster, context.as_of, &findings.unread.clone()) {
        findings.tell(found);
    }
    Some(record)
}

/// The outcome; `未发现问题` stands in for one that can't be read.
fn read_outcome(row: &Row<'_>, findings: &mut RowFindings<'_>) -> Outcome {
    let text = row.text(ResultField::Outcome);
    Outcome::read(text).unwrap_or_else(|| {
        let all = Outcome::ALL.map(Outcome::label).join("、");
        let (code, what) = if text.is_empty() {
            ("DIS-018", "没有填写检查结果")
        } else {
            ("DIS-019", "检查结果无法识别")
        };
        let mut finding = Finding::error(code, what).expected(format!(
            "{all}；也认得合格、符合要求、不合格、责令限期整改、立案查处、季节性停产、查无下落等写法"
        ));
        if let Some(why) = why_open(text) {
            finding = finding.hint(why);
        }
        findings.unread(finding, ResultField::Outcome);
        Outcome::Clear
    })
}

/// Why a word that people write for a result says none, and what to write instead.
fn why_open(text: &str) -> Option<&'static str> {
    let text = fold_width(text);
    let text = text.trim();
    Some(match text {
        "" => return None,
        "无" | "-" | "—" | "/" | "--" | "——" => "空白或「无」看不出是否查过；查过而没有问题的请写「未发现问题」",
        _ if text.chars().all(|c| "√✓✔☑×✗✘☒○●xXvV".contains(c)) => {
            "勾、叉只表示选了哪一栏；请写成「未发现问题」或「发现问题……」"
        }
        _ if text.chars().all(|c| c.is_ascii_digit() || c == '.') => {
            "数字没有说明代表什么；请写成文字，如「未发现问题」"
        }
        _ if text.contains("基本") => {
            "「基本……」说不清有没有问题；有问题的请写「发现问题已责令改正」等，没有的写「未发现问题」"
        }
        _ if text.contains("停产整治") || text.contains("停产整改") => {
            "请分清：企业自己停着的写「停产」，被责令停产的写「发现问题待后续处理」"
        }
        _ => return None,
    })
}

/// The manner; the planned one where none is written.
fn read_manner(row: &Row<'_>, check: &DueCheck, findings: &mut RowFindings<'_>) -> Manner {
    let text = row.text(ResultField::Manner);
    if text.is_empty() {
        return check.manner;
    }
    Manner::parse(text).unwrap_or_else(|| {
        let finding =
            Finding::error("DIS-025", "检查方式无法识别").expected(Manner::ALL.map(Manner::label).join(" 或 "));
        findings.unread(finding, ResultField::Manner);
        check.manner
    })
}

/// The checklist and the answers to its items.
fn read_checklist(row: &Row<'_>, check: &DueCheck, findings: &mut RowFindings<'_>) -> Option<ChecklistRecord> {
    let industry = check.industry.as_deref().unwrap_or_default();
    let answers = read_answers(row.text(ResultField::Answers), industry).unwrap_or_else(|finding| {
        findings.unread(*finding, ResultField::Answers);
        BTreeMap::new()
    });
    ChecklistRecord::of(row.text(ResultField::Checklist), answers, industry)
}

fn read_recheck(row: &Row<'_>, findings: &mut RowFindings<'_>) -> bool {
    parse_flag(row.text(ResultField::Recheck)).unwrap_or_else(|| {
        findings.unread(Finding::error("DIS-005", "应填「是」或「否」").expected("是 或 否"), ResultField::Recheck);
        false
    })
}

fn read_withheld(row: &Row<'_>, findings: &mut RowFindings<'_>) -> Option<WithholdingGround> {
    let text = row.text(ResultField::Withheld);
    if text.is_empty() {
        return None;
    }
    match WithholdingGround::read(text) {
        Ok(ground) => Some(ground),
        Err(finding) => {
            findings.unread(*finding, ResultField::Withheld);
            None
        }
    }
}

/// The inspectors who made the check: those of the row, else those assigned.
fn read_people(
    row: &Row<'_>,
    context: &IntakeContext<'_>,
    check: &DueCheck,
    findings: &mut RowFindings<'_>,
) -> Vec<InspectorId> {
    let by_name = |part: &str| {
        let known = context.roster.is_some_and(|roster| InspectorId::new(part).is_ok_and(|id| roster.contains(&id)));
        if known { None } else { context.inspector_names.get(part).cloned() }
    };
    let mut people: Vec<InspectorId> = Vec::new();
    let mut written = false;
    for field in [ResultField::FirstInspector, ResultField::SecondInspector] {
        let (found, wrong) = read_inspectors(row.text(field), by_name);
        written |= !found.is_empty() || !wrong.is_empty();
        for finding in wrong {
            findings.unread(finding, field);
        }
        people.extend(found);
    }
    if !written {
        people.clone_from(&check.inspectors);
    }
    let mut seen = BTreeSet::new();
    people.retain(|id| seen.insert(id.clone()));
    people
}
