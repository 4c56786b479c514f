//! The plan of record as it lies on the disk: each approved version, and beside each sealed draw the plan as it stood
//! before it.
//!
//! Invariants: a file once written is never changed, so that what was planned can be held against what was drawn for
//! ever after. An approved version is written before its day is entered: a crash between the two leaves a file that
//! the next approval overwrites, never a version without its plan. Folders of earlier programs have none of these
//! files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::{BodyId, Period, PlanMonth, UnitId};
use crate::plan::PlanEdits;
use crate::plan::model::{ByMonth, MONTHS, RESOURCES};
use crate::workspace::store::draws::{StoredDraw, json_bytes};
use crate::workspace::store::plan_dates::load_plan_dates;
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::register::load_register;
use crate::workspace::store::staged::Change;

/// Folder of the approved versions: `plans/1.json`, `plans/2.json`, …
const FOLDER: &str = "plans";
/// The plan before a draw, in the draw's folder.
pub(in crate::workspace) const PLAN_FILE: &str = "plan.json";

/// Checks planned in a month, expected: drawn ones and mandatory ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Drawn checks (抽查).
    pub drawn: f64,
    /// Mandatory checks (必查).
    pub mandatory: f64,
}

impl Planned {
    /// Both.
    #[must_use]
    pub fn total(self) -> f64 {
        self.drawn + self.mandatory
    }
}

impl std::ops::Add for Planned {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { drawn: self.drawn + other.drawn, mandatory: self.mandatory + other.mandatory }
    }
}

impl std::iter::Sum for Planned {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::default(), |sum, item| sum + item)
    }
}

/// A body's year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BodyPlan {
    /// The body.
    pub body: BodyId,
    /// Its name at the time.
    pub name: String,
    /// By month, then by category in the order of [`PlanSnapshot::categories`].
    pub months: ByMonth<Vec<Planned>>,
}

impl BodyPlan {
    /// A month's checks over all categories.
    #[must_use]
    pub fn month(&self, month: usize) -> Planned {
        self.months.get(month).map(|row| row.iter().copied().sum()).unwrap_or_default()
    }
}

/// Who approved a version, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Version, from 1.
    pub version: u32,
    /// Who approved, as the office calls them.
    pub by: String,
    /// Who entered it.
    pub operator: String,
    /// When it was entered.
    pub at: String,
}

/// A mandatory check that was ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAhead {
    /// Site.
    pub unit: UnitId,
    /// Month, 0 to 11.
    pub month: u8,
    /// Month that it had by the rules, where the planner moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<u8>,
    /// Reason of its rule.
    pub reason: String,
}

/// A check of the plan year that was made outside of the draws, as the imported history tells it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ImportedCheck {
    /// Site; empty where only the enterprise was known.
    pub unit: String,
    /// Month, 0 to 11.
    pub month: u8,
}

/// What a body had for its checks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BodyForce {
    /// The body.
    pub body: BodyId,
    /// Inspectors with a valid certificate.
    pub inspectors: u32,
    /// Of these, who may lead.
    pub leads: u32,
    /// Each resource's limit by month, in the order of the plan's resources; `None` where it is not limited.
    pub limits: [ByMonth<Option<f64>>; RESOURCES],
}

/// What a plan was made from, as far as its later movement is told from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanBasis {
    /// Checks of the year, months drawn before as they were drawn.
    #[serde(default)]
    pub year: f64,
    /// Mandatory checks from the first open month on.
    pub ahead: Vec<CheckAhead>,
    /// The planner's changes.
    pub edits: PlanEdits,
    /// Checks of the year made outside of the draws, that were known.
    #[serde(default)]
    pub imported: Vec<ImportedCheck>,
    /// What the bodies had; empty where an earlier program kept it.
    #[serde(default)]
    pub force: Vec<BodyForce>,
}

/// A plan as it stood at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanSnapshot {
    /// Year planned.
    pub year: i32,
    /// The approval; `None` for the plan before a draw.
    #[serde(default)]
    pub approval: Option<Approval>,
    /// The first month that was still to be drawn. Months before it hold what had been planned for them.
    pub first_open: PlanMonth,
    /// SHA-256 of the rules' bytes.
    pub policy_sha256: String,
    /// SHA-256 of the list of input files with their hashes, as a sealing binds them.
    pub inputs_sha256: String,
    /// It could be carried out: no shortage, no overload.
    pub feasible: bool,
    /// The verdict in words.
    pub verdict: String,
    /// Ids of the categories.
    pub categories: Vec<String>,
    /// Names of the categories.
    pub category_names: Vec<String>,
    /// Bodies in the order of the rules.
    pub bodies: Vec<BodyPlan>,
    /// What the plan before a draw was made from; `None` for an approved version, and where an earlier program kept
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<PlanBasis>,
}

impl PlanSnapshot {
    /// A body's year.
    #[must_use]
    pub fn body(&self, id: &BodyId) -> Option<&BodyPlan> {
        self.bodies.iter().find(|body| body.body == *id)
    }

    /// Checks of a month (0 to 11), all bodies.
    #[must_use]
    pub fn month(&self, month: usize) -> Planned {
        self.bodies.iter().map(|body| body.month(month)).sum()
    }

    /// Checks of the year, all bodies.
    #[must_use]
    pub fn year_total(&self) -> Planned {
        (0..MONTHS).map(|m| self.month(m)).sum()
    }

    /// As it is written.
    ///
    /// # Errors
    /// `DRW-002`.
    pub fn to_json(&self) -> AppResult<Vec<u8>> {
        json_bytes(self)
    }
}

/// Every plan that a project keeps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlanFiles {
    /// Approved versions that were kept, by version.
    pub approved: BTreeMap<u32, PlanSnapshot>,
    /// The plan before the first opened draw of a month, where it was kept.
    pub before: BTreeMap<PlanMonth, PlanSnapshot>,
}

impl PlanFiles {
    /// The plan kept for a month that was drawn, body by body.
    #[must_use]
    pub fn before_draw(&self, month: PlanMonth, body: &BodyId) -> Option<&[Planned]> {
        let year = self.before.get(&month)?;
        let at = month.index_in(year.year)?;
        year.body(body).and_then(|body| body.months.get(at)).map(Vec::as_slice)
    }
}

fn approved_path(project: &Project, version: u32) -> PathBuf {
    project.root().join(FOLDER).join(format!("{version}.json"))
}

/// Name of the file in which earlier programs kept the basis beside the plan.
const LEGACY_BASIS_FILE: &str = "ahead.json";

/// The city's months beside the basis of earlier programs, months drawn before as they were drawn.
#[derive(Deserialize)]
struct LegacyBasis {
    drawn: Vec<f64>,
    mandatory: Vec<f64>,
    #[serde(flatten)]
    basis: PlanBasis,
}

/// The plan that a draw was made from, with its basis; `None` where it was sealed by a program that kept none.
///
/// # Errors
/// `RES-020`, `IO-…`.
pub fn load_plan_of(draw: &StoredDraw) -> AppResult<Option<(PlanSnapshot, PlanBasis)>> {
    let Some(mut plan) = load::<PlanSnapshot>(&draw.folder.join(PLAN_FILE))? else { return Ok(None) };
    let basis = match plan.basis.take() {
        Some(basis) => Some(basis),
        None => load::<LegacyBasis>(&draw.folder.join(LEGACY_BASIS_FILE))?
            .map(|of| PlanBasis { year: of.drawn.iter().chain(&of.mandatory).sum(), ..of.basis }),
    };
    Ok(basis.map(|basis| (plan, basis)))
}

fn load<T: DeserializeOwned>(path: &Path) -> AppResult<Option<T>> {
    if !path.exists() {
        return Ok(None);
    }
    serde_json::from_slice(&load_bytes(path)?).map(Some).map_err(|cause| {
        AppError::from(
            Finding::error("RES-020", format!("留存的计划第 {} 行无法识别", cause.line()))
                .hint("请用备份恢复此文件")
                .file(path.display().to_string()),
        )
    })
}

/// The plans that a project keeps: versions that were approved, and the plan before each opened draw.
///
/// # Errors
/// `RES-008`, `RES-020` where a file can't be read, `SEL-…`, `IO-…`.
pub fn load_plan_files(project: &Project) -> AppResult<PlanFiles> {
    let mut files = PlanFiles::default();
    for version in 1..=load_plan_dates(project)?.versions.len() as u32 {
        if let Some(plan) = load(&approved_path(project, version))? {
            files.approved.insert(version, plan);
        }
    }
    let register = load_register(project)?;
    for month in project.months() {
        // a month's second draw is of what the first one left: its plan is the first one's
        let first = register.opened_of(Period::Month(month)).next();
        if let Some(seal) = first
            && let Some(plan) = load(&project.draw_folder(seal.sealed.period, seal.sealed.sequence).join(PLAN_FILE))?
        {
            files.before.insert(month, plan);
        }
    }
    Ok(files)
}

pub(in crate::workspace) fn put_approved(
    change: &Change<'_>,
    project: &Project,
    version: u32,
    bytes: &[u8],
) -> AppResult<()> {
    change.put(&approved_path(project, version), bytes)
}
