//! The results of checks as they lie in `results/results.json`.

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::CheckResult;
use crate::workspace::store::draws::write_json;
use crate::workspace::store::project::{Project, create_folder, load_bytes};

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

pub(in crate::workspace) fn save_results(project: &Project, results: &[CheckResult]) -> AppResult<()> {
    create_folder(&project.root().join("results"))?;
    write_json(&project.root().join("results").join("results.json"), &results)
}
