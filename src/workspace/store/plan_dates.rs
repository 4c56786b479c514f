//! The three days of the yearly plan as they lie in `year_plan.json`.

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::PlanDates;
use crate::workspace::store::draws::json_bytes;
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::staged::Change;

const FILE: &str = "year_plan.json";

/// The days entered so far; none where the file is not there.
///
/// # Errors
/// `RES-008` where the file can't be read, `IO-…`.
pub fn load_plan_dates(project: &Project) -> AppResult<PlanDates> {
    let path = project.root().join(FILE);
    if !path.exists() {
        return Ok(PlanDates::default());
    }
    serde_json::from_slice(&load_bytes(&path)?).map_err(|cause| {
        AppError::from(
            Finding::error("RES-008", format!("年度计划日期的文件第 {} 行无法识别", cause.line()))
                .hint("请用备份恢复")
                .file(path.display().to_string()),
        )
    })
}

pub(in crate::workspace) fn put_plan_dates(change: &Change<'_>, project: &Project, dates: &PlanDates) -> AppResult<()> {
    change.put(&project.root().join(FILE), &json_bytes(dates)?)
}
