//! The plan that a month was sealed from, kept in the draw's folder: what the year came to, which mandatory checks
//! were ahead, what the planner had changed. With it the plan's later movement is told cause by cause.

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::UnitId;
use crate::plan::PlanEdits;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::project::load_bytes;

/// Name of the file in a draw's folder.
pub const AHEAD_FILE: &str = "ahead.json";

/// A mandatory check that was ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedCheck {
    /// Site.
    pub unit: UnitId,
    /// Month, 0 to 11.
    pub month: u8,
    /// Reason of its rule.
    pub reason: String,
}

/// The plan that a month was sealed from. Fields that are not known are passed over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SealedPlan {
    /// Expected drawn visits of the city by month; what was drawn, in months drawn before.
    pub drawn: Vec<f64>,
    /// Mandatory checks of the city by month.
    pub mandatory: Vec<f64>,
    /// Mandatory checks from the sealed month on.
    pub ahead: Vec<SealedCheck>,
    /// The planner's changes.
    pub edits: PlanEdits,
}

impl SealedPlan {
    /// As a file.
    ///
    /// # Errors
    /// `DRW-002`.
    pub fn render(&self) -> AppResult<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)
            .map_err(|cause| AppError::new("DRW-002", "无法写成 JSON 文本").caused_by(cause))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// The one of a draw; `None` where it was sealed by a version that kept none.
    ///
    /// # Errors
    /// `DRW-001`, `IO-…`.
    pub fn load(draw: &StoredDraw) -> AppResult<Option<Self>> {
        let path = draw.folder.join(AHEAD_FILE);
        if !path.exists() {
            return Ok(None);
        }
        let plan = serde_json::from_slice(&load_bytes(&path)?).map_err(|cause| {
            AppError::from(
                Finding::error("DRW-001", format!("第 {} 行无法识别", cause.line()))
                    .hint("文件可能被改动或不完整，请用备份恢复")
                    .file(path.display().to_string()),
            )
        })?;
        Ok(Some(plan))
    }

    /// Expected visits of the year, drawn and mandatory.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.drawn.iter().chain(&self.mandatory).sum()
    }

    /// Expected visits of a month (0 to 11), drawn and mandatory.
    #[must_use]
    pub fn of_month(&self, month: usize) -> f64 {
        [&self.drawn, &self.mandatory].into_iter().filter_map(|row| row.get(month)).sum()
    }
}
