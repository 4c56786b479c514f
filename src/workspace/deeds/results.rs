//! Results taken in: from workbooks and by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Progress};
use crate::disclosure::{
    CheckResult, DueCheck, FieldFinding, Intake, IntakeContext, ResultColumns, TextTable, check_result, check_results,
};
use crate::domain::{PlanMonth, UnitId};
use crate::registry::Registry;
use crate::registry::codes::MERGED_HELD;
use crate::registry::columns::text_cells;
use crate::registry::schema::sources;
use crate::tabular::{Merged, RawTable, ReadOptions, load_tables};
use crate::workspace::deeds::evidence::{Ground, check_proved, proof_detail, read_evidence};
use crate::workspace::inputs::due::{KnownInspectors, all_due_checks};
use crate::workspace::store::columns::load_columns;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::frames::{hash_file, load_project_data};
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::quality::{RESULTS_TABLE, put_findings};
use crate::workspace::store::results::{load_results, put_results};
use crate::workspace::store::staged::Change;

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
    let cells = text_cells(&raw.cells)?;
    let rows: Vec<(u64, Vec<String>)> = raw
        .rows
        .iter()
        .enumerate()
        .map(|(i, row)| {
            // A number is shown with its zeros: codes are what results are found by.
            let cell = |column: usize| raw.facts.shown.get(&(*row, column as u32)).map(String::as_str);
            let texts = cells.iter().enumerate();
            let texts = texts.map(|(c, column)| cell(c).or_else(|| column.get(i)).unwrap_or_default().to_owned());
            (u64::from(*row), texts.collect())
        })
        .collect();
    if raw.named {
        return Ok(TextTable { file: raw.file.clone(), sheet: raw.sheet.clone(), headings: names, rows });
    }
    Ok(TextTable::with_header_found(&raw.file, raw.sheet.as_deref(), rows, columns))
}

/// Lets the value of a cell merged downwards hold for its rows (one day, one result for several checks), and says so, a
/// column at a time.
fn hold_merged(table: &mut TextTable, merged: &[Merged], diagnostics: &mut Diagnostics) {
    let first = table.rows.first().map_or(u64::MAX, |(row, _)| *row);
    let mut held: BTreeMap<usize, usize> = BTreeMap::new();
    for cell in merged.iter().filter(|cell| u64::from(cell.top) >= first) {
        let column = cell.column as usize;
        let of = |row: u32| table.rows.partition_point(|(number, _)| *number < u64::from(row));
        let (top, end) = (of(cell.top), of(cell.bottom + 1));
        let is_top = table.rows.get(top).is_some_and(|(number, _)| *number == u64::from(cell.top));
        let text = table.rows.get(top).filter(|_| is_top).and_then(|(_, cells)| cells.get(column)).cloned();
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
        for (_, cells) in table.rows.iter_mut().take(end).skip(top + 1) {
            if let Some(below) = cells.get_mut(column).filter(|below| below.trim().is_empty()) {
                below.clone_from(&text);
                *held.entry(column).or_default() += 1;
            }
        }
    }
    for (column, count) in held {
        let heading = table.headings.get(column).map(|heading| heading.trim()).filter(|heading| !heading.is_empty());
        diagnostics.push(
            Finding::note("DIS-034", MERGED_HELD.what)
                .within(&table.file, table.sheet.as_deref())
                .column(heading.map_or_else(|| format!("第 {} 列", column + 1), str::to_owned))
                .value(format!("{count} 行")),
        );
    }
}

/// The tables of results in a workbook or text file, each with what its merged cells hold for their rows.
///
/// # Errors
/// `RAW-…` where the file can't be read, `RES-003` where no sheet of it holds results.
pub(super) fn load_result_tables(
    file: &Path,
    columns: &ResultColumns,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<TextTable>> {
    let mut tables = Vec::new();
    for raw in load_tables(file, &ReadOptions::default(), &|_| false, diagnostics, progress)? {
        let mut table = text_table(&raw, columns)?;
        if columns.is_header(&table.headings) {
            hold_merged(&mut table, &raw.facts.merged, diagnostics);
            tables.push(table);
        }
    }
    if tables.is_empty() {
        return Err(Finding::error("RES-003", "文件中没有检查结果表")
            .expected("含「计划编码」或「排污许可证编号」与「检查日期」「检查结果」的表")
            .hint("请使用导出的结果填报模板")
            .file(file.display().to_string())
            .into());
    }
    Ok(tables)
}

/// Takes results in from a workbook or text file.
///
/// # Errors
/// `RAW-…` where the file can't be read, `RES-003` where no sheet of it holds results, `PRJ-011`, `IO-…`.
pub fn take_results(project: &Project, file: &Path, context: &CommandContext) -> AppResult<ResultsTaken> {
    project.check_writable()?;
    let (registry, _) = load_project_data(project)?;
    let mut diagnostics = Diagnostics::new();
    let catalogue = load_columns(project)?;
    let columns = ResultColumns::default().with_headings(catalogue.template_headings());
    let tables = load_result_tables(file, &columns, &mut diagnostics, &context.progress)?;
    let checks = all_due_checks(project, &registry)?;
    let mut results = load_results(project)?;
    let units = sources::UNIT_ID.of(&registry.sources)?;
    let known_units: BTreeSet<UnitId> = units.iter().flatten().filter_map(|u| UnitId::new(u).ok()).collect();
    let people = KnownInspectors::of(&registry)?;
    let matters = project.policy.disclosure.matters.join("、");
    let (mut added, mut updated, mut set_aside) = (0, 0, 0);
    let mut gone: Vec<UnitId> = Vec::new();
    for table in &tables {
        let context = IntakeContext {
            checks: &checks,
            known_units: &known_units,
            roster: people.roster.as_ref(),
            inspector_names: &people.by_name,
            existing: &results,
            as_of: context.now.date(),
            default_matters: &matters,
        };
        let Intake { records, updates, set_aside: aside, .. } =
            check_results(table, &columns, &context, &mut diagnostics)?;
        set_aside += aside.len();
        added += records.len();
        updated += updates.len();
        let dead = records.iter().chain(&updates).filter(|record| record.outcome.is_dead());
        gone.extend(dead.map(|record| record.unit_id.clone()));
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
    results.sort_by(|a, b| a.plan_code.cmp(&b.plan_code).then_with(|| a.key().cmp(&b.key())));
    let name = file.file_name().map(|n| n.to_string_lossy().to_string());
    let in_file = name.clone().unwrap_or_default();
    diagnostics.change_each(|finding| finding.file = Some(in_file.clone()));
    let change = Change::begin(project)?;
    put_results(&change, project, &results)?;
    put_findings(&change, project, RESULTS_TABLE, Some(&in_file), &diagnostics)?;
    change.commit(
        context,
        CommandId::Results,
        serde_json::json!({
            "file": name, "added": added, "updated": updated, "set_aside": set_aside,
            // the evidence of all that it says, of units found gone too
            "file_sha256": hash_file(file)?.0, "gone": gone,
        }),
    )?;
    Ok(ResultsTaken { added, updated, set_aside, diagnostics })
}

/// `RES-007`: a correction without a reason.
#[must_use]
pub fn reason_missing() -> Finding {
    Finding::error("RES-007", "更正已录入的结果必须写明原因")
}

/// Enters a result by hand, or corrects one: a correction takes a reason, which the journal keeps with what
/// stood before.
///
/// # Errors
/// `PRJ-011`, `RES-004` where the check is not due, `RES-007` a correction without a reason, `SEL-056` a unit that is
/// found gone, which takes it out of the draws that follow, without evidence or a second person, those of
/// [`check_result`], `IO-…`, `JRN-…`.
pub fn record_result(
    project: &Project,
    registry: &Registry,
    result: CheckResult,
    reason: impl Into<Ground>,
    context: &CommandContext,
) -> AppResult<()> {
    project.check_writable()?;
    let ground = reason.into();
    let reason = ground.text.trim();
    let checks = all_due_checks(project, registry)?;
    let of = |check: &&DueCheck| (&check.unit_id, check.month, check.sequence) == result.key();
    // of a unit that was replaced and came back, the check that still stands
    let due = checks.iter().filter(of).find(|c| !c.withdrawn).or_else(|| checks.iter().find(of)).ok_or_else(|| {
        AppError::from(
            Finding::error("RES-004", "该单位不在此月的检查对象之列，不能录入结果")
                .value(result.unit_id.as_str())
                .hint("触发式检查请先在「月度抽取」中新增"),
        )
    })?;
    let people = KnownInspectors::of(registry)?;
    let found = check_result(&result, due, people.roster.as_ref(), context.now.date());
    if let Some(error) = found.into_iter().find(FieldFinding::is_error) {
        return Err(error.finding.column(error.field.aliases()[0]).into());
    }
    let mut results = load_results(project)?;
    let before = results.iter().position(|r| r.key() == result.key());
    if before.is_some() && reason.is_empty() {
        return Err(reason_missing().into());
    }
    let old = before.map(|at| results.remove(at));
    let takes_out = result.outcome.is_dead() && old.as_ref().is_none_or(|old| !old.outcome.is_dead());
    let mut detail = serde_json::json!({
        "plan_code": result.plan_code, "unit": result.unit_id, "outcome": result.outcome,
        "before": old, "after": result, "reason": reason,
    });
    let mut evidence = None;
    if takes_out {
        check_proved("录入搬迁或关闭", &ground, context)?;
        evidence = read_evidence(ground.evidence.as_deref())?;
        detail["proof"] = proof_detail(&ground, evidence.as_ref().map(|(kept, _)| kept));
    }
    results.push(result);
    results.sort_by(|a, b| a.plan_code.cmp(&b.plan_code).then_with(|| a.key().cmp(&b.key())));
    let command = if before.is_some() { CommandId::CorrectResult } else { CommandId::RecordResult };
    let change = Change::begin(project)?;
    if let Some((kept, bytes)) = &evidence {
        change.put(&project.root().join(&kept.file), bytes)?;
    }
    put_results(&change, project, &results)?;
    change.commit(context, command, detail)?;
    Ok(())
}
