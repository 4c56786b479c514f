//! Bodies in a shared project: what each has to check, what it reports, and how the office takes that in.
//!
//! The server shows a body its own checks alone until they are public (`engine/database/members.rs`). What a body reports
//! is no result yet: an office takes it in as it would take a workbook, by the same rules, and each row gets its answer.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use chrono::NaiveDate;

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Progress, Severity};
use crate::disclosure::{Audience, DueCheck, ResultColumns, ResultField};
pub use crate::engine::database::{Answer, Member};
use crate::engine::database::{BodyDesk, Reported, SharedTarget};
use crate::export::{BookMeta, ColumnCatalogue, FormRow, render_workbook, results_form, write_atomic};
use crate::registry::Registry;
use crate::text::csv::{CsvStyle, CsvWriter};
use crate::workspace::deeds::results::{ResultsTaken, load_result_tables, take_results};
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::inputs::due::all_due_checks;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::results::load_results;
use crate::workspace::store::shared::{Shared, SharedPlace};

/// A row of the form is filled in where one of these is.
const FILLED: [ResultField; 3] = [ResultField::InspectedOn, ResultField::CompletedOn, ResultField::Outcome];

/// What is said where no body has reported anything.
pub const NOTHING_REPORTED: &str = "没有待取入的报送";

/// `SHR-016`: a project that no server shares.
#[must_use]
pub fn not_shared(project: &Project) -> AppError {
    Finding::error("SHR-016", "这个项目没有共享")
        .hint("把项目放到数据库请用「数据库共享」（命令行 shared create）")
        .file(project.root().display().to_string())
        .into()
}

fn shared_of(project: &Project) -> AppResult<&Shared> {
    project.shared().map(|shared| &**shared).ok_or_else(|| not_shared(project))
}

/// Changes who takes part.
///
/// # Errors
/// `SHR-016`, `SHR-017`, `SHR-019` where the rules have no such body, `SHR-027` who leaves and was not there, `SHR-028`
/// where an office would shut itself out, `DBS-…`.
pub fn change_member(project: &Project, member: &Member, joins: bool, progress: &Progress) -> AppResult<()> {
    let shared = shared_of(project)?;
    let bodies = &project.policy.bodies;
    let known = |id: &String| bodies.iter().any(|body| body.id.as_str() == id);
    if let Some(body) = member.body.as_ref().filter(|body| joins && !known(body)) {
        let names: Vec<String> = bodies.iter().map(|body| format!("{}（{}）", body.id, body.name)).collect();
        return Err(Finding::error("SHR-019", "规则中没有这个执法主体").value(body).expected(names.join("、")).into());
    }
    let mut log = shared.begin(progress)?;
    if (!joins || member.body.is_some()) && log.is_own_role(&member.role)? {
        return Err(Finding::error("SHR-028", "这是本机登录所用的用户，不能移出，也不能改为只属一个执法主体")
            .value(&member.role)
            .hint("移出后本机不能再读写这个共享项目；确需更换的，请用另一个有管理权限的数据库用户登录后再改")
            .into());
    }
    if joins {
        log.add_member(member)?;
    } else if !log.remove_member(&member.role)? {
        return Err(Finding::error("SHR-027", "这个用户没有参加共享项目").value(&member.role).into());
    }
    log.commit().or_again()
}

/// Who takes part.
///
/// # Errors
/// `SHR-016`, `DBS-…`.
pub fn load_members(project: &Project, progress: &Progress) -> AppResult<Vec<Member>> {
    shared_of(project)?.begin(progress)?.members()
}

fn target_of(check: &DueCheck, matters: &str, public: &BTreeSet<&str>) -> SharedTarget {
    let person = |at: usize| check.inspectors.get(at).map(ToString::to_string).unwrap_or_default();
    let form = FormRow {
        plan_code: check.plan_code.clone(),
        unit_id: check.unit_id.to_string(),
        name: check.name.clone(),
        uscc: check.uscc.clone().unwrap_or_default(),
        month: check.month.to_string(),
        manner: check.manner.label().to_owned(),
        matters: matters.to_owned(),
        first_inspector: person(0),
        second_inspector: person(1),
    };
    SharedTarget {
        code: check.plan_code.clone(),
        body: check.body.to_string(),
        month: check.month.to_string(),
        form: serde_json::to_value(form).unwrap_or_default(),
        is_public: public.contains(check.plan_code.as_str()),
    }
}

/// Shows the bodies their checks as they stand; gives how many changed.
///
/// # Errors
/// `SHR-016`, `DBS-…`, those of the draws' files.
pub fn put_checks(project: &Project, registry: &Registry, progress: &Progress) -> AppResult<usize> {
    let shared = shared_of(project)?;
    let (checks, results) = (all_due_checks(project, registry)?, load_results(project)?);
    let public: BTreeSet<&str> =
        results.iter().filter(|r| r.disclosed_on.is_some()).map(|r| r.plan_code.as_str()).collect();
    let matters = project.policy.disclosure.matters.join("、");
    let standing = checks.iter().filter(|check| !check.withdrawn);
    let targets: Vec<SharedTarget> = standing.map(|check| target_of(check, &matters, &public)).collect();
    let mut log = shared.begin(progress)?;
    let changed = log.put_targets(&targets)?;
    log.commit().or_again()?;
    Ok(changed)
}

/// Heading of a field in what bodies report: its id there, its first name in a table.
fn heading_of(key: &str) -> String {
    ResultField::of_id(key).map_or_else(|| key.to_owned(), |field| field.aliases()[0].to_owned())
}

/// Reported rows as a table of results.
fn as_table(rows: &[Reported]) -> io::Result<Vec<u8>> {
    let keys: BTreeSet<&String> = rows.iter().flat_map(|row| row.cells.keys()).collect();
    let mut table = CsvWriter::new(Vec::new(), CsvStyle::Plain)?;
    table.record(keys.iter().map(|key| heading_of(key)))?;
    for row in rows {
        table.record(keys.iter().map(|key| row.cells.get(*key).map_or("", String::as_str)))?;
    }
    table.finish()
}

/// What the office's intake says of each row.
fn answers(rows: &[Reported], taken: &ResultsTaken) -> Vec<(i64, String)> {
    let faults: BTreeMap<u64, &Finding> = taken
        .diagnostics
        .findings()
        .iter()
        .rev()
        .filter(|finding| finding.severity == Severity::Error)
        .filter_map(|finding| Some((finding.row?, finding)))
        .collect();
    let said = |at: usize| match faults.get(&(at as u64 + 2)) {
        Some(fault) => {
            let value = fault.value.as_ref().map_or_else(String::new, |value| format!("：「{value}」"));
            let expected = fault.expected.as_ref().map_or_else(String::new, |expected| format!("，应为 {expected}"));
            format!("未采用：[{}] {}{value}{expected}", fault.code, fault.what)
        }
        None => "已采用".to_owned(),
    };
    rows.iter().enumerate().map(|(at, row)| (row.number, said(at))).collect()
}

/// Takes in what bodies reported; `None` where nothing waits. Each row gets its answer.
///
/// # Errors
/// `SHR-016`, `DBS-…`, those of [`take_results`].
pub fn take_reported(project: &Project, context: &CommandContext) -> AppResult<Option<ResultsTaken>> {
    let shared = shared_of(project)?;
    let mut rows = shared.begin(&context.progress)?.reported()?;
    for row in &mut rows {
        // the server knows whose check the code names; what else the row says of that is the reporter's word
        row.cells.insert(ResultField::PlanCode.id().to_owned(), row.code.clone());
    }
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
    let folder = tempfile::tempdir().map_err(|cause| AppError::io("建立临时文件夹", Path::new("."), cause))?;
    let file = folder.path().join(format!("各主体填报 {}至{}.csv", first.number, last.number));
    let table = as_table(&rows).map_err(|cause| AppError::io("写入文件", &file, cause))?;
    write_atomic(&file, &table)?;
    let taken = take_results(project, &file, context)?;
    let mut log = shared.begin(&context.progress)?;
    log.put_taken(project.journal().head()?.size, &answers(&rows, &taken))?;
    log.commit().or_again()?;
    Ok(Some(taken))
}

/// Writes the form for the results of all checks that a body's user sees of its own and that are not public yet; gives
/// how many there are.
///
/// # Errors
/// `SHR-020` where there are none, `DBS-…`, `IO-…`.
pub fn write_body_form(place: &SharedPlace, to: &Path, on: NaiveDate, progress: &Progress) -> AppResult<usize> {
    let targets = BodyDesk::connect(&place.target()?, progress)?.targets()?;
    let own = targets.into_iter().filter(|target| !target.is_public);
    let rows: Vec<FormRow> = own.filter_map(|target| serde_json::from_value(target.form).ok()).collect();
    if rows.is_empty() {
        return Err(Finding::error("SHR-020", "服务器上没有本主体待办的检查")
            .hint("检查在开封之后才有；请核对所用的数据库用户属于哪个主体")
            .file(place.address.clone())
            .into());
    }
    let title = "检查结果填报表".to_owned();
    let sheets = results_form(&rows, &title, &ColumnCatalogue::built_in()?);
    let meta = BookMeta {
        title,
        agency: String::new(),
        program: PROGRAM.to_owned(),
        created: on.and_time(chrono::NaiveTime::MIN),
        audience: Audience::Internal,
        data_mark: None,
    };
    write_atomic(to, &render_workbook(&sheets, &meta)?)?;
    Ok(rows.len())
}

/// Reports the filled rows of a form; gives how many there are, and what is to be said of the file.
///
/// # Errors
/// `RAW-…` where the file can't be read, `RES-003` where it holds no results, `SHR-018` a check that is not the body's,
/// `SHR-021` where no row is filled in, `DBS-…`: nothing is reported then.
pub fn report_results(place: &SharedPlace, file: &Path, progress: &Progress) -> AppResult<(usize, Diagnostics)> {
    let (columns, mut diagnostics) = (ResultColumns::default(), Diagnostics::new());
    let tables = load_result_tables(file, &columns, &mut diagnostics, progress)?;
    let mut desk = BodyDesk::connect(&place.target()?, progress)?;
    let own: BTreeMap<String, String> = desk.targets()?.into_iter().map(|t| (t.code, t.body)).collect();
    let mut rows = Vec::new();
    for table in &tables {
        let key = |heading: &String| match columns.field(heading) {
            Some(field) => field.id().to_owned(),
            None => heading.trim().to_owned(),
        };
        let keys: Vec<String> = table.headings.iter().map(key).collect();
        for (number, cells) in &table.rows {
            let cells: BTreeMap<String, String> = keys
                .iter()
                .zip(cells)
                .filter(|(key, text)| !key.is_empty() && !text.trim().is_empty())
                .map(|(key, text)| (key.clone(), text.trim().to_owned()))
                .collect();
            if !FILLED.iter().any(|field| cells.contains_key(field.id())) {
                continue;
            }
            let code = cells.get(ResultField::PlanCode.id()).cloned().unwrap_or_default();
            let Some(body) = own.get(&code) else {
                return Err(Finding::error("SHR-018", "这一行不是本主体的检查，没有报送任何一行")
                    .value(code)
                    .expected("填报表中的计划编码")
                    .within(&table.file, table.sheet.as_deref())
                    .row(*number)
                    .into());
            };
            rows.push((code, body.clone(), cells));
        }
    }
    if rows.is_empty() {
        return Err(Finding::error("SHR-021", "填报表中没有填好的行")
            .expected("填有检查日期、检查结果的行")
            .file(file.display().to_string())
            .into());
    }
    desk.report(&rows)?;
    Ok((rows.len(), diagnostics))
}

/// That a form was written, in words.
#[must_use]
pub fn told_form(checks: usize, to: &Path) -> String {
    format!("待办检查 {checks} 项，填报表已写入 {}；检查前名单保密", to.display())
}

/// That rows were reported, in words.
#[must_use]
pub fn told_reported(rows: usize) -> String {
    format!("已报送 {rows} 项检查结果，待办公室取入")
}

/// What became of what a body reported.
///
/// # Errors
/// `DBS-…`.
pub fn load_answers(place: &SharedPlace, progress: &Progress) -> AppResult<Vec<Answer>> {
    BodyDesk::connect(&place.target()?, progress)?.answers()
}
