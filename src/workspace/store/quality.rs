//! The quality report of a project (`quality.csv`) and what was confirmed of it (`confirmed.json`).
//!
//! The report holds the findings of every command on the project: of the import or the last refresh, of the map, of
//! files of results. Whoever writes it marks what was confirmed.

use std::path::Path;

use polars::prelude::{BooleanChunked, DataFrame};

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};
use crate::registry::schema::quality;
use crate::registry::{ConfirmedFinding, mark_confirmed, read_report_csv, render_findings, report_csv};
use crate::workspace::store::draws::json_bytes;
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::staged::Change;

/// File of the report.
pub const QUALITY: &str = "quality.csv";
/// File of what was confirmed; absent in projects where nothing was.
pub const CONFIRMED: &str = "confirmed.json";
/// What the report calls the map.
pub use crate::registry::report::MAP_LABEL as MAP_TABLE;
/// What the report calls a file of results.
pub const RESULTS_TABLE: &str = "检查结果";

/// The report of a folder; one without rows where there is none.
///
/// # Errors
/// `IO-…`; `QLT-001` where the file is no report.
pub fn load_report(root: &Path) -> AppResult<DataFrame> {
    let path = root.join(QUALITY);
    if !path.exists() {
        return Ok(report_of(&Diagnostics::new(), ""));
    }
    read_report_csv(&load_bytes(&path)?).map_err(|cause| damaged(&*cause))
}

/// `QLT-001`: a report that can't be read.
pub(in crate::workspace) fn damaged(cause: &dyn std::error::Error) -> AppError {
    AppError::new("QLT-001", "质量报告文件已损坏，请重新导入数据").with(|f| f.file(QUALITY).value(cause.to_string()))
}

/// Findings as a report about one thing.
#[must_use]
pub fn report_of(findings: &Diagnostics, table: &str) -> DataFrame {
    render_findings(findings, &|_| (!table.is_empty()).then(|| table.to_owned()))
}

/// What was confirmed so far.
///
/// # Errors
/// `IO-…`; `QLT-002` where the file can't be read.
pub fn load_confirmed(root: &Path) -> AppResult<Vec<ConfirmedFinding>> {
    let path = root.join(CONFIRMED);
    if !path.exists() {
        return Ok(Vec::new());
    }
    serde_json::from_slice(&load_bytes(&path)?).map_err(|cause| {
        AppError::from(
            Finding::error("QLT-002", format!("数据问题的确认文件第 {} 行无法识别", cause.line()))
                .hint("请用备份恢复")
                .file(CONFIRMED),
        )
    })
}

/// Puts the report among the files of a deed.
///
/// # Errors
/// `IO-…`.
pub(in crate::workspace) fn put_report(change: &Change<'_>, report: &DataFrame) -> AppResult<()> {
    change.put(Path::new(QUALITY), report_csv(report).as_bytes())
}

/// Puts what was confirmed among the files of a deed.
///
/// # Errors
/// `IO-…`.
pub(in crate::workspace) fn put_confirmed(change: &Change<'_>, confirmed: &[ConfirmedFinding]) -> AppResult<()> {
    change.put(Path::new(CONFIRMED), &json_bytes(&confirmed)?)
}

/// Puts the findings on one thing, or on one file of it, in the place of those of before, among the files of a deed.
///
/// # Errors
/// `IO-…`, `QLT-…`.
pub(in crate::workspace) fn put_findings(
    change: &Change<'_>,
    project: &Project,
    table: &str,
    file: Option<&str>,
    findings: &Diagnostics,
) -> AppResult<()> {
    let root = project.root();
    let before = load_report(root)?;
    let (tables, files) = (quality::TABLE.of(&before)?, quality::FILE.of(&before)?);
    let others: BooleanChunked = (0..before.height())
        .map(|row| {
            let same = tables.get(row) == Some(table) && file.is_none_or(|file| files.get(row) == Some(file));
            Some(!same)
        })
        .collect();
    let mut report = before.filter(&others).map_err(|cause| damaged(&cause))?;
    report.vstack_mut(&report_of(findings, table)).map_err(|cause| damaged(&cause))?;
    put_report(change, &mark_confirmed(&report, &load_confirmed(root)?)?)
}
