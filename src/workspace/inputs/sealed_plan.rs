//! The plan that a month was sealed from, kept in the draw's folder: what the year came to, which mandatory checks
//! were ahead, what the planner had changed. With it the plan's later movement is told cause by cause.

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::UnitId;
use crate::plan::model::{MONTHS, MandatoryVisit};
use crate::plan::{PlanCell, PlanEdits};
use crate::policy::Policy;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::inputs::population::Population;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::project::{Project, load_bytes};

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
    /// The plan as it stands.
    ///
    /// # Errors
    /// `WSP-005` for a unit id that is none.
    pub fn of(project: &Project, analysis: &Analysis, units: &[String]) -> AppResult<Self> {
        let cells = analysis.plan.city_cells();
        let mut ahead = Vec::new();
        for v in &analysis.population.inputs.mandatory_in_effect() {
            let text = units.get(v.site as usize).map(String::as_str).unwrap_or_default();
            let unit = UnitId::new(text).map_err(|what| AppError::new("WSP-005", what))?;
            let reason = project.policy.mandatory.get(v.rule as usize).map_or("", |rule| rule.reason.as_str());
            ahead.push(SealedCheck { unit, month: v.month, reason: reason.to_owned() });
        }
        Ok(Self {
            drawn: cells.iter().map(PlanCell::drawn_visits).collect(),
            mandatory: cells.iter().map(PlanCell::mandatory_visits).collect(),
            ahead,
            edits: project.file.edits.clone(),
        })
    }

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

    /// The mandatory checks that were ahead from `month` on, on today's sites; sorted by (site, month).
    #[must_use]
    pub fn ahead_from(&self, policy: &Policy, population: &Population, month: usize) -> Vec<MandatoryVisit> {
        let of = |check: &SealedCheck| {
            let rule = policy.mandatory.iter().position(|rule| rule.reason == check.reason)? as u8;
            let site = population.index.row(check.unit.as_str())?;
            let open = (month..MONTHS).contains(&(check.month as usize));
            open.then_some(MandatoryVisit { site, month: check.month, rule, by: check.month, overdue: false })
        };
        let mut ahead: Vec<MandatoryVisit> = self.ahead.iter().filter_map(of).collect();
        ahead.sort_unstable();
        ahead.dedup_by_key(|v| (v.site, v.month));
        ahead
    }
}
