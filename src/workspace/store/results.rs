//! The results of checks as they lie in `results/results.json`.

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::CheckResult;
use crate::workspace::store::draws::json_bytes;
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::staged::Change;

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

pub(in crate::workspace) fn put_results(
    change: &Change<'_>,
    project: &Project,
    results: &[CheckResult],
) -> AppResult<()> {
    change.put(&project.root().join("results").join("results.json"), &json_bytes(&results)?)
}
