//! The books of a project: its seals, draws, results and journal, as screens show them.
//!
//! Read afresh in a background job after every command that is for good.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::project_data::ProjectData;
use crate::anchor::check::AnchorResult;
use crate::diagnostic::{AppResult, Progress};
use crate::disclosure::{CheckResult, DueCheck};
use crate::domain::{Period, PlanMonth};
use crate::sampling::SealRegister;
use crate::workspace::deeds::anchors::check_draw_anchors;
pub use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::areas::{AreaProgress, Areas, compute_area_progress, compute_due_by};
use crate::workspace::reports::status::{Status, status_of};
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::journal::JournalEntry;
use crate::workspace::store::plan_record::{PlanFiles, load_plan_files};
use crate::workspace::store::project::Project;
use crate::workspace::store::register::{load_opened_draws, load_register, next_month};
use crate::workspace::store::results::load_results;

/// A seal that waits for its opening.
#[derive(Debug)]
pub struct PendingSeal {
    /// Period.
    pub period: Period,
    /// The draw's files.
    pub draw: StoredDraw,
    /// The secret's words for the envelope; why there are none where the file is lost or damaged.
    pub envelope: Result<String, String>,
    /// How far the seal can be trusted so far.
    pub trust: AnchorResult,
}

/// The books.
#[derive(Debug)]
pub struct Books {
    /// Every seal, opened or voided.
    pub register: SealRegister,
    /// Opened draws by month.
    pub draws: Vec<OpenedDraw>,
    /// The seal that waits.
    pub pending: Option<PendingSeal>,
    /// The year's seed is sealed and opened.
    pub year_opened: bool,
    /// Results so far.
    pub results: Vec<CheckResult>,
    /// Deadlines, figures, what needs attention.
    pub status: Status,
    /// The journal.
    pub journal: Vec<JournalEntry>,
    /// Faults of its chain, in words; empty where it holds.
    pub journal_faults: Vec<String>,
    /// Progress of the city, its districts and bodies.
    pub areas: Areas<AreaProgress>,
    /// Checks that should be made by today, by area: what is behind is behind this.
    pub due_by_today: Areas<f64>,
    /// Rows of the sources frame on a month's list (withdrawn ones left out), by month.
    pub listed_rows: BTreeMap<PlanMonth, Vec<u32>>,
    /// Approved plans, and the plans before each draw.
    pub plans: PlanFiles,
}

impl Books {
    /// Reads the books.
    ///
    /// # Errors
    /// `SEL-…`, `DRW-…`, `RES-001`, `JRN-…`, `IO-…`, `FRM-001`.
    pub fn load(project: &Project, data: &ProjectData, today: NaiveDate, progress: &Progress) -> AppResult<Self> {
        let register = load_register(project)?;
        let mut draws = Vec::new();
        for draw in load_opened_draws(project, |_| true)? {
            progress.check()?;
            draws.extend(OpenedDraw::of(draw, &data.registry, &project.policy)?);
        }
        let pending = match register.pending() {
            None => None,
            Some(line) => {
                let draw = StoredDraw::load(project, line.period, line.sequence)?;
                let envelope =
                    draw.load_secret().map(|secret| secret.envelope_text()).map_err(|error| error.to_string());
                let trust = check_draw_anchors(&draw, &[], None)?;
                Some(PendingSeal { period: line.period, draw, envelope, trust })
            }
        };
        let year_opened = register.is_opened(Period::Year(project.file.year));
        let results = load_results(project)?;
        let checks: Vec<DueCheck> = draws.iter().flat_map(OpenedDraw::all_checks).cloned().collect();
        let status = status_of(project, &checks, &results, today)?;
        let journal_path = project.root().join("journal.jsonl");
        let (journal, journal_faults) =
            if journal_path.exists() { project.journal().check()? } else { (Vec::new(), Vec::new()) };

        let bodies = project.policy.bodies.len();
        let areas = compute_area_progress(&draws, &results, &status.board, &data.places(), bodies, None);
        let due_by_today = compute_due_by(&draws, &data.places(), bodies, &project.calendar, today);
        let listed_rows = listed_rows(&draws);
        let plans = load_plan_files(project)?;
        Ok(Self {
            register,
            draws,
            pending,
            year_opened,
            results,
            status,
            journal,
            journal_faults,
            areas,
            due_by_today,
            listed_rows,
            plans,
        })
    }

    /// The opened draws of a month, in the register's order.
    pub fn draws_of(&self, month: PlanMonth) -> impl Iterator<Item = &OpenedDraw> {
        self.draws.iter().filter(move |d| d.month == month)
    }

    /// The month that is to be planned next.
    #[must_use]
    pub fn next_month(&self, months: &[PlanMonth]) -> Option<PlanMonth> {
        next_month(&self.register, months)
    }
}

/// Rows of the sources frame on each month's list, ascending; withdrawn ones left out.
fn listed_rows(draws: &[OpenedDraw]) -> BTreeMap<PlanMonth, Vec<u32>> {
    let mut listed: BTreeMap<PlanMonth, Vec<u32>> = BTreeMap::new();
    for drawn in draws {
        let rows =
            drawn.checks.iter().zip(&drawn.rows).filter(|(check, _)| !check.withdrawn).filter_map(|(_, row)| *row);
        listed.entry(drawn.month).or_default().extend(rows);
    }
    for rows in listed.values_mut() {
        rows.sort_unstable();
        rows.dedup();
    }
    listed
}
