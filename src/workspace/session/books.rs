//! The books of a project: its seals, draws, results and journal, as screens show them.
//!
//! Read afresh in a background job after every command that is for good.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::data::{NOWHERE, ProjectData};
use crate::diagnostic::{AppResult, Progress};
use crate::disclosure::{CheckResult, DeadlineState, DueCheck};
use crate::domain::Period;
use crate::domain::{PlanMonth, UnitId};
use crate::sampling::SealRegister;
pub use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::status::{Status, status_of};
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::journal::JournalEntry;
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
}

/// Drawn, done and overdue in an area.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AreaProgress {
    /// On the lists of opened months, withdrawn ones left out.
    pub listed: u32,
    /// Of these, with a result.
    pub done: u32,
    /// Results past their deadline and not disclosed.
    pub overdue: u32,
    /// Results with a problem.
    pub problems: u32,
    /// Results of units that could be inspected.
    pub inspected: u32,
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
    /// Progress by district in the map's order.
    pub districts: Vec<AreaProgress>,
    /// Progress by body of the policy.
    pub bodies: Vec<AreaProgress>,
    /// Progress of the city.
    pub city: AreaProgress,
    /// Rows of the sources frame on a month's list (withdrawn ones left out), by month.
    pub listed_rows: BTreeMap<PlanMonth, Vec<u32>>,
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
                Some(PendingSeal { period: line.period, draw, envelope })
            }
        };
        let year_opened = register.is_opened(Period::Year(project.file.year));
        let results = load_results(project)?;
        let checks: Vec<DueCheck> = draws.iter().flat_map(|d| d.checks.iter().cloned()).collect();
        let status = status_of(project, &checks, &results, today)?;
        let journal_path = project.root().join("journal.jsonl");
        let (journal, journal_faults) =
            if journal_path.exists() { project.journal().check()? } else { (Vec::new(), Vec::new()) };

        let mut books = Self {
            register,
            draws,
            pending,
            year_opened,
            results,
            status,
            journal,
            journal_faults,
            districts: vec![AreaProgress::default(); data.districts.len()],
            bodies: vec![AreaProgress::default(); project.policy.bodies.len()],
            city: AreaProgress::default(),
            listed_rows: BTreeMap::new(),
        };
        books.sum_up(data);
        Ok(books)
    }

    fn sum_up(&mut self, data: &ProjectData) {
        let by_key: BTreeMap<(&UnitId, PlanMonth, u32), &CheckResult> =
            self.results.iter().map(|r| (r.key(), r)).collect();
        let overdue: std::collections::BTreeSet<&str> =
            self.status.board.of_state(DeadlineState::Overdue).map(|row| row.plan_code.as_str()).collect();
        for drawn in &self.draws {
            for (check, row) in drawn.checks.iter().zip(&drawn.rows) {
                if check.withdrawn {
                    continue;
                }
                let result = by_key.get(&(&check.unit_id, check.month, check.sequence));
                let district = row.map_or(NOWHERE, |row| data.district[row as usize]);
                let body = row.map_or(NOWHERE, |row| data.body[row as usize]);
                if let Some(row) = row {
                    self.listed_rows.entry(drawn.month).or_default().push(*row);
                }
                let areas = [
                    Some(&mut self.city),
                    self.districts.get_mut(district as usize),
                    self.bodies.get_mut(body as usize),
                ];
                for area in areas.into_iter().flatten() {
                    area.listed += 1;
                    area.done += u32::from(result.is_some());
                    area.overdue += u32::from(overdue.contains(check.plan_code.as_str()));
                    if let Some(result) = result {
                        area.problems += u32::from(result.outcome.is_problem());
                        area.inspected += u32::from(!result.outcome.is_dead());
                    }
                }
            }
        }
        for rows in self.listed_rows.values_mut() {
            rows.sort_unstable();
            rows.dedup();
        }
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
