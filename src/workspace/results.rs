//! Results of checks: kept in `results/results.json`, taken in from workbooks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use polars::prelude::DataFrame;

use super::analysis::{load_opened_draws, load_register};
use super::columns::texts;
use super::draws::{DrawChange, StoredDraw, TargetOrigin, write_json};
use super::import::load_project_data;
use super::project::{CommandContext, Project, create_folder, load_bytes};
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};
use crate::disclosure::{
    CheckOrigin, CheckResult, DueCheck, Intake, IntakeContext, Manner, ResultColumns, TextTable, check_results,
};
use crate::domain::{BodyId, InspectorId, PlanMonth, UnitId};
use crate::export::ColumnCatalogue;
use crate::policy::Policy;
use crate::registry::Registry;
use crate::registry::raw::{RawTable, ReadOptions, load_raw};

/// The results recorded so far; none where the file is not there.
///
/// # Errors
/// `RES-001` where the file can't be read, `IO-…`.
pub fn load_results(project: &Project) -> AppResult<Vec<CheckResult>> {
    let path = project.root().join("results").join("results.json");
    if !path.exists() {
        return Ok(Vec::new());
    }
    serde_json::from_slice(&load_bytes(&path)?).map_err(|cause| {
        AppError::from(
            Finding::error("RES-001", format!("结果文件第 {} 行无法识别", cause.line()))
                .hint("请用备份恢复")
                .file(path.display().to_string()),
        )
    })
}

fn save_results(project: &Project, results: &[CheckResult]) -> AppResult<()> {
    create_folder(&project.root().join("results"))?;
    write_json(&project.root().join("results").join("results.json"), &results)
}

/// Row index of each unit in the sources frame.
///
/// # Errors
/// `FRM-001`.
pub fn rows_of(sources: &DataFrame, wanted: &BTreeSet<&str>) -> AppResult<BTreeMap<String, usize>> {
    let units = texts(sources, "unit_id")?;
    Ok(units
        .iter()
        .enumerate()
        .filter_map(|(row, unit)| unit.filter(|u| wanted.contains(u)).map(|u| (u.to_owned(), row)))
        .collect())
}

/// The plan code of a check: year, month, body and running number, the same in every export.
#[must_use]
pub fn plan_code(month: PlanMonth, sequence: u64, body: &str, number: usize) -> String {
    format!(
        "SSJ{:04}{:02}-{}-{}{number:04}",
        month.year(),
        month.month(),
        body.to_uppercase(),
        if sequence > 1 { format!("{sequence}.") } else { String::new() }
    )
}

/// Every check due of a draw: targets, substitutes and added ones; withdrawn ones are marked.
///
/// # Errors
/// `FRM-001`, `ROS-…`.
pub fn due_checks(draw: &StoredDraw, registry: &Registry, policy: &Policy) -> AppResult<Vec<DueCheck>> {
    let (Some(order), Ok(month)) = (draw.order(), draw.period.parse::<PlanMonth>()) else { return Ok(Vec::new()) };
    let assignment = draw.assignment(&order)?;
    let targets = draw.targets(&order);
    let wanted: BTreeSet<&str> = targets.iter().map(|t| t.unit_id.as_str()).collect();
    let rows = rows_of(&registry.sources, &wanted)?;
    let sources = &registry.sources;
    let (name, uscc, number, enterprise, industry, body) = (
        texts(sources, "name")?,
        texts(sources, "uscc")?,
        texts(sources, "number")?,
        texts(sources, "enterprise")?,
        texts(sources, "industry")?,
        texts(sources, "body")?,
    );
    let day = |at: &str| at.get(..10).and_then(|day| day.parse::<NaiveDate>().ok());
    let sealed_on = day(&draw.seal.sealed_at).unwrap_or_else(|| month.first_day());
    // A demonstration's number was known beforehand: its days are those of its seal.
    let opened_on = draw.opened_at.as_deref().filter(|_| !draw.demonstration).and_then(day).unwrap_or(sealed_on);
    let commitment = crate::sampling::to_hex(&draw.seal.commitment());
    let added: BTreeMap<&UnitId, &BodyId> = draw
        .changes
        .iter()
        .filter_map(
            |change| if let DrawChange::Add { need, .. } = change { Some((&need.unit_id, &need.body)) } else { None },
        )
        .collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut checks = Vec::with_capacity(targets.len());
    for target in targets {
        let unit = target.unit_id.as_str();
        let row = rows.get(unit).copied();
        let text = |column: &polars::prelude::StringChunked| {
            row.and_then(|row| column.get(row)).unwrap_or_default().to_owned()
        };
        let body_id = match target.stratum.split_once('/') {
            Some((body, _)) => body.to_owned(),
            // an added check is its body's of the day it was added, whatever the register says since
            None => added.get(&target.unit_id).map_or_else(|| text(body), ToString::to_string),
        };
        let number_of_body = counts.entry(body_id.clone()).or_insert(0);
        *number_of_body += 1;
        let code = plan_code(month, draw.sequence, &body_id, *number_of_body);
        let body = BodyId::new(body_id).map_err(|what| AppError::new("RES-002", what))?;
        let reason = draw.frame.position(unit).and_then(|i| draw.frame.row(i)).map_or("", |r| r.reason);
        let mandatory = policy.mandatory.iter().any(|rule| rule.reason == reason);
        let pair = assignment.as_ref().and_then(|a| a.get(&target.unit_id));
        // nothing before the day on which a unit came onto the list can be its check
        let listed_on = target.listed_at.as_deref().filter(|_| !draw.demonstration).and_then(day);
        checks.push(DueCheck {
            plan_code: code,
            unit_id: target.unit_id.clone(),
            name: text(name),
            uscc: row.and_then(|row| uscc.get(row)).map(str::to_owned),
            number: text(number),
            enterprise: text(enterprise),
            industry: row.and_then(|row| industry.get(row)).map(str::to_owned),
            body_name: policy.body(&body).map_or_else(|| body.to_string(), |rule| rule.name.clone()),
            body,
            month,
            sequence: draw.sequence as u32,
            origin: match target.origin {
                TargetOrigin::Triggered => CheckOrigin::Triggered,
                _ if mandatory => CheckOrigin::Mandatory,
                _ => CheckOrigin::Drawn,
            },
            drawn_on: listed_on.unwrap_or(opened_on),
            manner: Manner::OnSite,
            joint: false,
            inspectors: pair.map(|p| vec![p.lead.clone(), p.second.clone()]).unwrap_or_default(),
            commitment: if target.origin == TargetOrigin::Triggered { String::new() } else { commitment.clone() },
            certificate: None,
            withdrawn: target.replaced_by.is_some(),
        });
    }
    Ok(checks)
}

/// Every check due of the year's opened draws.
///
/// # Errors
/// As [`due_checks`].
pub fn all_due_checks(project: &Project, registry: &Registry) -> AppResult<Vec<DueCheck>> {
    let mut checks = Vec::new();
    for draw in load_opened_draws(project, |_| true)? {
        checks.extend(due_checks(&draw, registry, &project.policy)?);
    }
    Ok(checks)
}

/// The column catalogue of a project: its own `columns.ron` over the product's.
///
/// # Errors
/// `EXP-01x`, `IO-…`.
pub fn load_columns(project: &Project) -> AppResult<ColumnCatalogue> {
    let catalogue = ColumnCatalogue::built_in()?;
    let path = project.root().join("columns.ron");
    if !path.exists() {
        return Ok(catalogue);
    }
    let text = String::from_utf8_lossy(&load_bytes(&path)?).into_owned();
    catalogue.with_override(&text, "columns.ron")
}

/// What an intake did.
#[derive(Debug)]
pub struct ResultsTaken {
    /// New records.
    pub added: usize,
    /// Records changed.
    pub updated: usize,
    /// Rows set aside.
    pub set_aside: usize,
    /// Findings.
    pub diagnostics: Diagnostics,
}

fn text_table(raw: &RawTable, columns: &ResultColumns) -> AppResult<TextTable> {
    let names: Vec<String> = raw.cells.get_column_names().iter().map(ToString::to_string).collect();
    let mut cells = Vec::new();
    for name in &names {
        cells.push(texts(&raw.cells, name)?);
    }
    let rows: Vec<(u64, Vec<String>)> = raw
        .rows
        .iter()
        .enumerate()
        .map(|(i, row)| {
            (u64::from(*row), cells.iter().map(|column| column.get(i).unwrap_or_default().to_owned()).collect())
        })
        .collect();
    if raw.named {
        return Ok(TextTable { file: raw.file.clone(), sheet: raw.sheet.clone(), headings: names, rows });
    }
    Ok(TextTable::with_header_found(&raw.file, raw.sheet.as_deref(), rows, columns))
}

/// Takes results in from a workbook or text file.
///
/// # Errors
/// `RAW-…` where the file can't be read, `RES-003` where no sheet of it holds results, `PRJ-011`, `IO-…`.
pub fn take_results(project: &Project, file: &Path, context: &CommandContext) -> AppResult<ResultsTaken> {
    project.check_writable()?;
    let (registry, _) = load_project_data(project)?;
    let mut diagnostics = Diagnostics::new();
    let tables = load_raw(file, &ReadOptions::default(), &mut diagnostics, &context.progress)?;
    let catalogue = load_columns(project)?;
    let columns = ResultColumns::default().with_headings(catalogue.template_headings());
    let checks = all_due_checks(project, &registry)?;
    let mut results = load_results(project)?;
    let units = texts(&registry.sources, "unit_id")?;
    let known_units: BTreeSet<UnitId> = units.iter().flatten().filter_map(|u| UnitId::new(u).ok()).collect();
    let certificates = texts(&registry.inspectors, "certificate")?;
    let names = texts(&registry.inspectors, "name")?;
    let roster: BTreeSet<InspectorId> =
        certificates.iter().flatten().filter_map(|c| InspectorId::new(c).ok()).collect();
    let mut inspector_names: BTreeMap<String, InspectorId> = BTreeMap::new();
    let mut ambiguous: BTreeSet<String> = BTreeSet::new();
    for (name, certificate) in names.iter().zip(certificates.iter()) {
        let (Some(name), Some(Ok(certificate))) = (name, certificate.map(InspectorId::new)) else { continue };
        if inspector_names.insert(name.to_owned(), certificate).is_some() {
            ambiguous.insert(name.to_owned());
        }
    }
    inspector_names.retain(|name, _| !ambiguous.contains(name));
    let matters = project.policy.disclosure.matters.join("、");
    let (mut added, mut updated, mut set_aside, mut met) = (0, 0, 0, false);
    for raw in &tables {
        let table = text_table(raw, &columns)?;
        if !columns.is_header(&table.headings) {
            continue;
        }
        met = true;
        let context = IntakeContext {
            checks: &checks,
            known_units: &known_units,
            roster: (!roster.is_empty()).then_some(&roster),
            inspector_names: &inspector_names,
            existing: &results,
            as_of: context.now.date(),
            default_matters: &matters,
        };
        let Intake { records, updates, set_aside: aside, .. } =
            check_results(&table, &columns, &context, &mut diagnostics)?;
        set_aside += aside.len();
        added += records.len();
        updated += updates.len();
        let places: BTreeMap<(UnitId, PlanMonth, u32), usize> =
            results.iter().enumerate().map(|(i, r)| ((r.unit_id.clone(), r.month, r.sequence), i)).collect();
        for update in updates {
            let key = (update.unit_id.clone(), update.month, update.sequence);
            if let Some(old) = places.get(&key).and_then(|i| results.get_mut(*i)) {
                *old = update;
            }
        }
        results.extend(records);
    }
    if !met {
        return Err(Finding::error("RES-003", "文件中没有检查结果表")
            .expected("含「计划编码」或「排污许可证编号」与「检查日期」「检查结果」的表")
            .hint("请使用导出的结果填报模板")
            .file(file.display().to_string())
            .into());
    }
    results.sort_by(|a, b| a.plan_code.cmp(&b.plan_code).then_with(|| a.key().cmp(&b.key())));
    save_results(project, &results)?;
    project.log(
        context,
        "results",
        serde_json::json!({
            "file": file.file_name().map(|n| n.to_string_lossy().to_string()),
            "added": added, "updated": updated, "set_aside": set_aside,
        }),
    )?;
    Ok(ResultsTaken { added, updated, set_aside, diagnostics })
}

/// Enters a result by hand, or corrects one: a correction takes a reason, which the journal keeps with what
/// stood before.
///
/// # Errors
/// `PRJ-011`, `RES-004` where the check is not due, `RES-005` where a date can't be, `RES-006` where fewer than
/// two inspectors are named, `RES-007` a correction without a reason, `IO-…`, `JRN-…`.
pub fn record_result(
    project: &Project,
    registry: &Registry,
    result: CheckResult,
    reason: &str,
    context: &CommandContext,
) -> AppResult<()> {
    project.check_writable()?;
    let checks = all_due_checks(project, registry)?;
    let due =
        checks.iter().find(|c| (&c.unit_id, c.month, c.sequence) == result.key() && !c.withdrawn).ok_or_else(|| {
            AppError::from(
                Finding::error("RES-004", "该单位不在此月的检查对象之列，不能录入结果")
                    .value(result.unit_id.as_str())
                    .hint("触发式检查请先在「月度抽取」中新增"),
            )
        })?;
    let today = context.now.date();
    let order = [
        (due.drawn_on <= result.inspected_on, "检查日期", format!("不早于 {}（列入检查对象之日）", due.drawn_on)),
        (result.inspected_on <= today, "检查日期", format!("不晚于今天 {today}")),
        (result.completed_on.is_none_or(|d| d >= result.inspected_on), "办结日期", "不早于检查日期".to_owned()),
        (result.completed_on.is_none_or(|d| d <= today), "办结日期", format!("不晚于今天 {today}")),
        (
            result.disclosed_on.is_none_or(|d| result.completed_on.is_some_and(|done| d >= done) && d <= today),
            "公开日期",
            format!("办结之后、不晚于今天 {today}"),
        ),
    ];
    if let Some((_, column, expected)) = order.into_iter().find(|(good, _, _)| !good) {
        return Err(Finding::error("RES-005", "检查结果的日期不成立").column(column).expected(expected).into());
    }
    let people: BTreeSet<&InspectorId> = result.inspectors.iter().collect();
    if people.len() < 2 && registry.inspectors.height() > 0 {
        return Err(Finding::error("RES-006", "执法人员不得少于两人").column("执法人员").into());
    }
    let mut results = load_results(project)?;
    let before = results.iter().position(|r| r.key() == result.key());
    if before.is_some() && reason.trim().is_empty() {
        return Err(AppError::new("RES-007", "更正已录入的结果必须写明原因"));
    }
    let old = before.map(|at| results.remove(at));
    let detail = serde_json::json!({
        "plan_code": result.plan_code, "unit": result.unit_id, "outcome": result.outcome,
        "before": old, "after": result, "reason": reason.trim(),
    });
    results.push(result);
    results.sort_by(|a, b| a.plan_code.cmp(&b.plan_code).then_with(|| a.key().cmp(&b.key())));
    save_results(project, &results)?;
    project.log(context, if before.is_some() { "correct-result" } else { "record-result" }, detail)?;
    Ok(())
}

/// Marks results as disclosed on a day and writes them.
///
/// # Errors
/// `IO-…`, `JRN-…`.
pub fn record_disclosure(project: &Project, plan_codes: &[String], context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    let mut results = load_results(project)?;
    let codes: BTreeSet<&str> = plan_codes.iter().map(String::as_str).collect();
    let mut changed = 0;
    for result in &mut results {
        if codes.contains(result.plan_code.as_str()) && result.disclosed_on.is_none() {
            result.disclosed_on = Some(context.now.date());
            changed += 1;
        }
    }
    if changed > 0 {
        save_results(project, &results)?;
        project.log(context, "publish", serde_json::json!({ "results": changed }))?;
    }
    Ok(())
}

/// True where every current target of the draw has been visited.
#[must_use]
pub fn is_all_visited(checks: &[DueCheck], results: &[CheckResult], month: PlanMonth, sequence: u32) -> bool {
    let visited: BTreeSet<&UnitId> =
        results.iter().filter(|r| r.month == month && r.sequence == sequence).map(|r| &r.unit_id).collect();
    checks
        .iter()
        .filter(|c| c.month == month && c.sequence == sequence && !c.withdrawn)
        .all(|c| visited.contains(&c.unit_id))
}

/// Whether a period was sealed and is waiting for its opening.
///
/// # Errors
/// As [`load_register`].
pub fn pending_period(project: &Project) -> AppResult<Option<String>> {
    Ok(load_register(project)?.pending().map(|line| line.period.clone()))
}
