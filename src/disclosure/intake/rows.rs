//! Rows of a results table → records.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::diagnostic::{AppResult, Diagnostics, Finding};
use crate::domain::{InspectorId, PermitNumber, PlanMonth, UnitId};
use crate::text::day::{self, Accept};
use crate::text::fold_width;

use super::super::result::{CheckResult, DueCheck, Manner, Outcome, WithholdingGround};
use super::{Intake, IntakeContext, ResultColumns, ResultField, TextTable};

/// The day of a cell.
fn parse_day(text: &str) -> Option<NaiveDate> {
    day::parse_day(text, Accept::Cell).ok().flatten()
}

/// The month of a cell.
fn parse_month(text: &str) -> Option<PlanMonth> {
    day::parse_month(text).and_then(|(year, month)| PlanMonth::new(year, month))
}

/// Reads yes and no; an empty cell is no.
fn parse_flag(text: &str) -> Option<bool> {
    match fold_width(text).trim().to_ascii_lowercase().as_str() {
        "是" | "有" | "1" | "true" | "y" | "yes" | "√" => Some(true),
        "" | "否" | "无" | "0" | "false" | "n" | "no" | "×" => Some(false),
        _ => None,
    }
}

/// One row with its place.
struct Row<'a> {
    number: u64,
    cells: &'a [String],
    places: &'a BTreeMap<ResultField, usize>,
    table: &'a TextTable,
}

impl Row<'_> {
    fn text(&self, field: ResultField) -> &str {
        self.places.get(&field).and_then(|at| self.cells.get(*at)).map_or("", |cell| cell.trim())
    }

    fn place(&self, mut finding: Finding, field: Option<ResultField>) -> Finding {
        finding = finding.file(self.table.file.clone()).row(self.number);
        if let Some(sheet) = &self.table.sheet {
            finding = finding.sheet(sheet.clone());
        }
        if let Some(field) = field {
            let heading = self.places.get(&field).and_then(|at| self.table.headings.get(*at));
            finding = finding.column(heading.map_or(field.aliases()[0], |h| h.trim()));
            let text = self.text(field);
            if !text.is_empty() && finding.value.is_none() {
                finding = finding.value(text);
            }
        }
        finding
    }
}

/// Collects a row's findings; remembers whether one of them sets it aside.
struct RowFindings<'a> {
    row: &'a Row<'a>,
    diagnostics: &'a mut Diagnostics,
    failed: bool,
}

impl RowFindings<'_> {
    fn error(&mut self, finding: Finding, field: Option<ResultField>) {
        self.failed = true;
        self.diagnostics.push(self.row.place(finding, field));
    }

    fn other(&mut self, finding: Finding, field: Option<ResultField>) {
        self.diagnostics.push(self.row.place(finding, field));
    }

    fn date(&mut self, field: ResultField) -> Option<NaiveDate> {
        let text = self.row.text(field);
        if text.is_empty() {
            return None;
        }
        let date = parse_day(text);
        if date.is_none() {
            self.error(Finding::error("DIS-014", "日期无法识别").expected("日期，如 2027-03-01"), Some(field));
        }
        date
    }
}

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
        let mut findings = RowFindings { row: &row, diagnostics, failed: false };
        let record = check_row(&row, context, &index, &mut findings);
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
    let in_file = |finding: Finding| {
        let finding = finding.file(table.file.clone());
        match &table.sheet {
            Some(sheet) => finding.sheet(sheet.clone()),
            None => finding,
        }
    };
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
        ResultField::DisclosedOn,
        ResultField::Withheld,
    ]
    .into_iter()
    .all(|field| row.text(field).is_empty())
}

/// The checks, by everything that a row may tell them by.
struct CheckIndex<'a> {
    by_code: BTreeMap<&'a str, &'a DueCheck>,
    by_text: BTreeMap<(ResultField, String), Vec<&'a DueCheck>>,
}

fn fold_text(text: &str) -> String {
    fold_width(text).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase()
}

impl<'a> CheckIndex<'a> {
    fn of(checks: &'a [DueCheck]) -> Self {
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
fn find_check<'a>(
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

fn check_row(
    row: &Row<'_>,
    context: &IntakeContext<'_>,
    index: &CheckIndex<'_>,
    findings: &mut RowFindings<'_>,
) -> Option<CheckResult> {
    let inspected_on = findings.date(ResultField::InspectedOn);
    if inspected_on.is_none() && !findings.failed {
        findings.error(
            Finding::error("DIS-014", "没有填写检查日期").expected("日期，如 2027-03-01"),
            Some(ResultField::InspectedOn),
        );
    }
    let check = find_check(row, context, index, inspected_on, findings)?;
    if check.withdrawn && !row.text(ResultField::PlanCode).is_empty() {
        findings.error(
            Finding::error("DIS-012", "该单位的检查已撤回或已被替换").hint("如确已检查，请先登记触发式检查"),
            Some(ResultField::PlanCode),
        );
    }
    let dates = check_dates(check, context.as_of, inspected_on, findings);
    let outcome = check_outcome(row, findings);
    let manner = check_manner(row, check, findings);
    let inspectors = check_inspectors(row, context, check, findings);
    let recheck = parse_flag(row.text(ResultField::Recheck));
    if recheck.is_none() {
        findings
            .error(Finding::error("DIS-005", "应填「是」或「否」").expected("是 或 否"), Some(ResultField::Recheck));
    }
    let withheld = check_withheld(row, findings);
    let (handling, problem) = (row.text(ResultField::Handling), row.text(ResultField::Problem));
    let outcome = outcome?;
    if outcome.is_problem() && (handling.is_empty() || problem.is_empty()) {
        findings.other(
            Finding::warning("DIS-026", "发现问题，但没有写明问题或处理情况").hint("请补充，公开名单需要处理情况"),
            Some(if handling.is_empty() { ResultField::Handling } else { ResultField::Problem }),
        );
    }
    if outcome == Outcome::Clear && !problem.is_empty() {
        findings.other(
            Finding::warning("DIS-026", "检查结果为「未发现问题」，却填写了存在问题").hint("请核对检查结果"),
            Some(ResultField::Problem),
        );
    }
    if withheld.is_some() && !row.text(ResultField::DisclosedOn).is_empty() {
        findings.error(
            Finding::error("DIS-029", "既填写了公开日期，又填写了不予公开依据").hint("只能保留一项"),
            Some(ResultField::Withheld),
        );
    }
    let matters = row.text(ResultField::Matters);
    let (inspected_on, completed_on, rectify_by, closed_on, disclosed_on) = dates?;
    Some(CheckResult {
        plan_code: check.plan_code.clone(),
        unit_id: check.unit_id.clone(),
        month: check.month,
        sequence: check.sequence,
        inspected_on,
        completed_on,
        manner: manner?,
        matters: if matters.is_empty() { context.default_matters.to_owned() } else { matters.to_owned() },
        outcome,
        handling: handling.to_owned(),
        problem: problem.to_owned(),
        rectify_by,
        closed_on,
        inspectors,
        checklist: Some(row.text(ResultField::Checklist).to_owned()).filter(|text| !text.is_empty()),
        recheck: recheck.unwrap_or_default(),
        disclosed_on,
        withheld,
        penalties: Vec::new(),
    })
}

type RowDates = (NaiveDate, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);

fn check_dates(
    check: &DueCheck,
    as_of: NaiveDate,
    inspected_on: Option<NaiveDate>,
    findings: &mut RowFindings<'_>,
) -> Option<RowDates> {
    let completed_on = findings.date(ResultField::CompletedOn);
    let rectify_by = findings.date(ResultField::RectifyBy);
    let closed_on = findings.date(ResultField::ClosedOn);
    let disclosed_on = findings.date(ResultField::DisclosedOn);
    let inspected_on = inspected_on?;
    if inspected_on < check.drawn_on {
        findings.error(
            Finding::error("DIS-015", "检查日期早于抽取日期").expected(format!("不早于 {}", check.drawn_on)),
            Some(ResultField::InspectedOn),
        );
    }
    for (field, date) in [
        (ResultField::InspectedOn, Some(inspected_on)),
        (ResultField::CompletedOn, completed_on),
        (ResultField::ClosedOn, closed_on),
        (ResultField::DisclosedOn, disclosed_on),
    ] {
        if date.is_some_and(|date| date > as_of) {
            findings
                .error(Finding::error("DIS-016", "日期在今天之后").expected(format!("不晚于 {as_of}")), Some(field));
        }
    }
    if completed_on.is_some_and(|day| day < inspected_on) {
        findings.error(
            Finding::error("DIS-017", "完成日期早于检查日期").expected(format!("不早于 {inspected_on}")),
            Some(ResultField::CompletedOn),
        );
    }
    for (field, date) in [(ResultField::RectifyBy, rectify_by), (ResultField::ClosedOn, closed_on)] {
        if date.is_some_and(|day| day < inspected_on) {
            findings.error(
                Finding::error("DIS-017", "日期早于检查日期").expected(format!("不早于 {inspected_on}")),
                Some(field),
            );
        }
    }
    if let Some(day) = disclosed_on {
        match completed_on {
            None => findings.error(
                Finding::error("DIS-028", "填写了公开日期，却没有完成日期").hint("请补充完成日期"),
                Some(ResultField::CompletedOn),
            ),
            Some(completed) if day < completed => findings.error(
                Finding::error("DIS-028", "公开日期早于完成日期").expected(format!("不早于 {completed}")),
                Some(ResultField::DisclosedOn),
            ),
            Some(_) => {}
        }
    }
    Some((inspected_on, completed_on, rectify_by, closed_on, disclosed_on))
}

fn check_outcome(row: &Row<'_>, findings: &mut RowFindings<'_>) -> Option<Outcome> {
    let text = row.text(ResultField::Outcome);
    let outcome = Outcome::parse(text);
    if outcome.is_none() {
        let all = Outcome::ALL.map(Outcome::label).join("、");
        let (code, what) = if text.is_empty() {
            ("DIS-018", "没有填写检查结果")
        } else {
            ("DIS-019", "检查结果无法识别")
        };
        findings.error(Finding::error(code, what).expected(all), Some(ResultField::Outcome));
    }
    outcome
}

fn check_manner(row: &Row<'_>, check: &DueCheck, findings: &mut RowFindings<'_>) -> Option<Manner> {
    let text = row.text(ResultField::Manner);
    if text.is_empty() {
        return Some(check.manner);
    }
    let manner = Manner::parse(text);
    match manner {
        None => findings.error(
            Finding::error("DIS-025", "检查方式无法识别").expected(Manner::ALL.map(Manner::label).join(" 或 ")),
            Some(ResultField::Manner),
        ),
        Some(Manner::OnSite) if check.manner == Manner::OffSite => findings.other(
            Finding::warning("DIS-030", "计划为非现场检查，实际为现场检查")
                .hint("转为现场检查应有线索，请在台账写明理由"),
            Some(ResultField::Manner),
        ),
        Some(_) => {}
    }
    manner
}

fn check_withheld(row: &Row<'_>, findings: &mut RowFindings<'_>) -> Option<WithholdingGround> {
    let text = row.text(ResultField::Withheld);
    if text.is_empty() {
        return None;
    }
    match WithholdingGround::new(text) {
        Ok(ground) => Some(ground),
        Err(expected) => {
            findings.error(
                Finding::error("DIS-027", "不予公开必须写明法律依据").expected(expected),
                Some(ResultField::Withheld),
            );
            None
        }
    }
}

/// The inspectors who made the check: those of the row, else those assigned. At least two different ones.
fn check_inspectors(
    row: &Row<'_>,
    context: &IntakeContext<'_>,
    check: &DueCheck,
    findings: &mut RowFindings<'_>,
) -> Vec<InspectorId> {
    let mut inspectors: Vec<InspectorId> = Vec::new();
    let mut written = 0;
    for field in [ResultField::FirstInspector, ResultField::SecondInspector] {
        let text = fold_width(row.text(field));
        for part in text.split(['、', ',', ';', '/', '\n', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
            written += 1;
            let known =
                context.roster.is_some_and(|roster| InspectorId::new(part).is_ok_and(|id| roster.contains(&id)));
            let by_name = if known { None } else { context.inspector_names.get(part).cloned() };
            match by_name.map_or_else(|| InspectorId::new(part), Ok) {
                Err(expected) => findings
                    .error(Finding::error("DIS-024", "执法证号无法识别").value(part).expected(expected), Some(field)),
                Ok(id) if context.roster.is_some_and(|roster| !roster.contains(&id)) => findings.error(
                    Finding::error("DIS-024", "执法证号不在执法人员名录中，或已失效")
                        .value(part)
                        .hint("检查人员须持有效执法证，辅助人员不得列为检查人员"),
                    Some(field),
                ),
                Ok(id) if inspectors.contains(&id) => {}
                Ok(id) => inspectors.push(id),
            }
        }
    }
    if written == 0 {
        inspectors.clone_from(&check.inspectors);
        inspectors.dedup();
    }
    if inspectors.len() < 2 && !findings.failed {
        let what = if written == 0 {
            "没有填写检查人员，任务也没有分配人员"
        } else {
            "检查人员不足两名"
        };
        findings.error(
            Finding::error("DIS-022", what)
                .expected("至少两个不同的执法证号")
                .hint("行政检查应由两名以上持证执法人员实施"),
            Some(ResultField::FirstInspector),
        );
    }
    let assigned: BTreeSet<&InspectorId> = check.inspectors.iter().collect();
    if written > 0 && !assigned.is_empty() && inspectors.iter().collect::<BTreeSet<_>>() != assigned {
        let names = check.inspectors.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
        findings.other(
            Finding::warning("DIS-023", "检查人员与随机匹配的人员不同")
                .expected(names)
                .hint("更换检查人员应先用「更换检查人员」登记理由"),
            Some(ResultField::FirstInspector),
        );
    }
    inspectors
}

/// The record before, completed by the row. `None`: the row adds nothing. An error names what contradicts:
/// column, recorded text, new text.
fn merge(before: &CheckResult, row: &CheckResult) -> Result<Option<CheckResult>, (&'static str, String, String)> {
    let differ = |field: ResultField, a: &str, b: &str| Err((field.aliases()[0], a.to_owned(), b.to_owned()));
    let date = |d: NaiveDate| d.to_string();
    if before.inspected_on != row.inspected_on {
        return differ(ResultField::InspectedOn, &date(before.inspected_on), &date(row.inspected_on));
    }
    if before.outcome != row.outcome {
        return differ(ResultField::Outcome, before.outcome.label(), row.outcome.label());
    }
    if before.manner != row.manner {
        return differ(ResultField::Manner, before.manner.label(), row.manner.label());
    }
    let sorted = |r: &CheckResult| r.inspectors.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let (a, b) = (sorted(before), sorted(row));
    if a != b {
        let list = |s: &BTreeSet<String>| s.iter().cloned().collect::<Vec<_>>().join("、");
        return differ(ResultField::FirstInspector, &list(&a), &list(&b));
    }
    let mut merged = before.clone();
    for (field, old, new) in [
        (ResultField::CompletedOn, &mut merged.completed_on, row.completed_on),
        (ResultField::RectifyBy, &mut merged.rectify_by, row.rectify_by),
        (ResultField::ClosedOn, &mut merged.closed_on, row.closed_on),
        (ResultField::DisclosedOn, &mut merged.disclosed_on, row.disclosed_on),
    ] {
        match (*old, new) {
            (None, Some(_)) => *old = new,
            (Some(a), Some(b)) if a != b => return differ(field, &date(a), &date(b)),
            _ => {}
        }
    }
    for (field, old, new) in [
        (ResultField::Handling, &mut merged.handling, &row.handling),
        (ResultField::Problem, &mut merged.problem, &row.problem),
        (ResultField::Matters, &mut merged.matters, &row.matters),
    ] {
        if old.is_empty() {
            old.clone_from(new);
        } else if !new.is_empty() && *old != *new {
            return differ(field, old, new);
        }
    }
    match (&merged.checklist, &row.checklist) {
        (None, Some(_)) => merged.checklist.clone_from(&row.checklist),
        (Some(a), Some(b)) if a != b => return differ(ResultField::Checklist, a, b),
        _ => {}
    }
    match (&merged.withheld, &row.withheld) {
        (None, Some(_)) if merged.disclosed_on.is_none() => merged.withheld.clone_from(&row.withheld),
        (None, Some(new)) => return differ(ResultField::Withheld, "已公开", new.as_str()),
        (Some(a), Some(b)) if a != b => return differ(ResultField::Withheld, a.as_str(), b.as_str()),
        _ => {}
    }
    if merged.withheld.is_some() && merged.disclosed_on.is_some() {
        return differ(ResultField::DisclosedOn, "依法不公开", &merged.disclosed_on.map(date).unwrap_or_default());
    }
    merged.recheck |= row.recheck;
    Ok((merged != *before).then_some(merged))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_in_their_usual_spellings() {
        let wanted = NaiveDate::from_ymd_opt(2026, 3, 1);
        for text in [
            "2026-3-1",
            "2026/03/01",
            "2026.3.1",
            "2026年3月1日",
            "20260301",
            "２０２６－３－１",
            "2026-03-01 12:30:00",
            "46082",
        ] {
            assert_eq!(parse_day(text), wanted, "{text}");
        }
        for text in ["2026-02-30", "3月1日", "26-3-1", "明天", "123", "2026", "2026_3_1"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
        for text in ["2026-03", "2026-3", "2026年3月", "202603", "2026-03-01", "2026/3"] {
            assert_eq!(parse_month(text), PlanMonth::new(2026, 3), "{text}");
        }
        assert_eq!(parse_month("三月"), None);
    }

    #[test]
    fn flags() {
        assert_eq!(parse_flag(" 是 "), Some(true));
        assert_eq!(parse_flag(""), Some(false));
        assert_eq!(parse_flag("也许"), None);
    }
}
