//! The open project as the window sees it: stages, draft, filters, jobs; without a window.
//!
//! Duty: [`Session::apply`] carries out a [`Command`] between frames, [`Session::poll`] takes in what background
//! jobs have finished; both return at once. Screens read the stages by reference and never wait.
//!
//! Invariants: a result made for older inputs never replaces one for newer; seals and draws are made by the
//! saved project only (the draft is saved first) and never recomputed; one action that is for good runs at a
//! time; nothing here panics, every failure is a toast and a finding with its code.

mod action;
mod apply;
mod command;
mod draft;
pub mod job;
mod keep;
mod merge;
mod messages;
mod open;
mod prefs;
mod running;

use std::path::PathBuf;
use std::sync::Arc;

pub use crate::workspace::reports::books::{Books, OpenedDraw, PendingSeal};
pub use crate::workspace::reports::project_data::{AnalysisView, LAMBDA, LIMIT, ProjectData};
pub use action::{Done, Outcome};
pub use command::{Command, DraftCommand, ImportRequest, ViewCommand};
use draft::DraftGate;
pub use draft::{DRAFT_FILE, Draft, DraftHistory, KeptDraft, load_draft};
use messages::Messages;
pub use messages::Toast;
pub use open::{OpenProject, demo_folder, folder_within};
pub use prefs::{AppPaths, Preferences, ThemeChoice};
use running::{Kind, Running};

use crate::diagnostic::{AppResult, Finding, Progress, ProgressState};
use crate::domain::PlanMonth;
use crate::workspace::deeds::verify::Verified;
pub use crate::workspace::reports::areas::NOWHERE;
use crate::workspace::session::job::{Job, Stage};
use crate::workspace::store::clock::Moment;
use crate::workspace::store::project::{CommandContext, HeldLock, Project};

/// What every screen is filtered by.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// District code; `None` for the city.
    pub district: Option<u32>,
    /// Enforcing body, index in the policy.
    pub body: Option<u16>,
    /// Month looked at; set when a project opens.
    pub month: Option<PlanMonth>,
    /// The source whose card is shown: row of the sources frame.
    pub unit: Option<u32>,
    /// Sources selected: rows of the sources frame, ascending.
    pub rows: Arc<Vec<u32>>,
    /// Rises with each change of district or body.
    pub area_revision: u64,
    /// Rises with each change of unit or rows.
    pub selection_revision: u64,
}

/// A running job as the status bar shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct JobView {
    /// Number for cancelling.
    pub id: u64,
    /// What it does.
    pub name: String,
    /// How far it is.
    pub state: ProgressState,
}

/// What was done last.
#[derive(Default)]
struct Latest {
    /// The last verification of a certificate.
    verified: Option<(PathBuf, Arc<Verified>)>,
    /// The last finished action, for the screen that waits for it.
    done: Option<Arc<Done>>,
    /// Actions finished so far.
    count: u64,
    /// Imports finished so far, and what the last took in.
    imports: u64,
    summary: String,
}

/// The draft's file: when it is written, and in which order.
#[derive(Default)]
struct Keeping {
    /// When the first change came that is not written yet, seconds of the session's clock.
    changed_at: Option<f64>,
    gate: DraftGate,
    /// Preferences have changed since they were last written.
    preferences_changed: bool,
    /// The last writing of the draft failed, and that was said.
    draft_failed: bool,
    /// The last writing of the preferences failed, and that was said.
    preferences_failed: bool,
    /// Before when preferences that could not be written are not tried again, seconds of the session's clock.
    preferences_wait: f64,
    /// When it was last looked whether a new day has begun, seconds of the session's clock.
    day_looked_at: f64,
    /// The day for which the books were last read again while the window stayed open.
    day: Option<chrono::NaiveDate>,
}

/// The session.
pub struct Session {
    /// Preferences; change them through [`Session::set_preferences`].
    prefs: Preferences,
    paths: AppPaths,
    clock: Arc<dyn Fn() -> Moment + Send + Sync>,
    waker: Arc<dyn Fn() + Send + Sync>,
    /// The project, where one is open.
    open: Option<OpenProject>,
    /// Locks of projects that were open: a job or a screen may keep one for a while.
    held: Vec<HeldLock>,
    /// Opening a project: running, or why it failed.
    opening: Stage<()>,
    /// What every screen is filtered by.
    filter: Filter,
    /// What names a unit is hidden: 保密遮盖.
    veiled: bool,
    messages: Messages,
    latest: Latest,
    running: Vec<Running>,
    next_id: u64,
    seconds: f64,
    keeping: Keeping,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("open", &self.open.is_some())
            .field("filter", &self.filter)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// A session without a project.
    ///
    /// `clock` gives the moment of a command; `waker` is called from job threads when there is something to poll.
    #[must_use]
    pub fn new(
        paths: AppPaths,
        clock: Arc<dyn Fn() -> Moment + Send + Sync>,
        waker: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let (prefs, finding) = paths.load_preferences();
        let mut session = Self {
            prefs,
            paths,
            clock,
            waker,
            open: None,
            held: Vec::new(),
            opening: Stage::Empty,
            filter: Filter::default(),
            veiled: false,
            messages: Messages::default(),
            latest: Latest::default(),
            running: Vec::new(),
            next_id: 1,
            seconds: 0.0,
            keeping: Keeping::default(),
        };
        if let Some(finding) = finding {
            session.tell(finding);
        }
        session
    }

    /// Opens what was open last; the demo city where nothing was.
    pub fn start(&mut self) {
        let is_there = |path: &&PathBuf| path.join("project.ron").exists();
        let last = self.prefs.recent.iter().find(is_there).cloned();
        if let Some(gone) = self.prefs.recent.first().filter(|first| Some(*first) != last.as_ref()).cloned() {
            self.tell(
                Finding::warning("SES-006", "上次打开的项目不在原处，已打开其他项目")
                    .hint("移动存储设备请插好后重新打开；项目文件夹移动过的，从「文件」菜单打开新位置")
                    .file(gone.display().to_string()),
            );
        }
        self.apply(last.map_or(ViewCommand::OpenDemo, ViewCommand::OpenProject));
    }

    /// The open project.
    #[must_use]
    pub fn project(&self) -> Option<&OpenProject> {
        self.open.as_ref()
    }

    /// Opening of a project: `Running`, or `Failed` with the message; `Empty` otherwise.
    #[must_use]
    pub fn opening(&self) -> &Stage<()> {
        &self.opening
    }

    /// What every screen is filtered by.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// True while everything that names a unit is hidden (保密遮盖).
    #[must_use]
    pub fn is_veiled(&self) -> bool {
        self.veiled
    }

    /// The month looked at.
    #[must_use]
    pub fn month(&self) -> Option<PlanMonth> {
        self.filter.month
    }

    /// Preferences.
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        &self.prefs
    }

    /// Where the program keeps its own things.
    #[must_use]
    pub fn paths(&self) -> &AppPaths {
        &self.paths
    }

    /// The last verification.
    #[must_use]
    pub fn verified(&self) -> Option<&(PathBuf, Arc<Verified>)> {
        self.latest.verified.as_ref()
    }

    /// The last action that ended well, with its number: a screen that sent it compares numbers.
    #[must_use]
    pub fn last_done(&self) -> (u64, Option<&Arc<Done>>) {
        (self.latest.count, self.latest.done.as_ref())
    }

    /// Imports that ended well so far, and what the last took in, in one line.
    #[must_use]
    pub fn last_import(&self) -> (u64, &str) {
        (self.latest.imports, &self.latest.summary)
    }

    /// Jobs under way.
    #[must_use]
    pub fn jobs(&self) -> Vec<JobView> {
        let quiet = |kind| matches!(kind, Kind::Autosave | Kind::Preferences);
        self.running
            .iter()
            .filter(|r| !quiet(r.kind))
            .map(|r| JobView { id: r.id, name: r.name.clone(), state: r.job.progress().state() })
            .collect()
    }

    /// True while an action that is for good runs: its buttons are off.
    #[must_use]
    pub fn is_acting(&self) -> bool {
        self.running.iter().any(|r| r.kind == Kind::Action)
    }

    /// True while anything runs.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.running.is_empty() || self.keeping.changed_at.is_some()
    }

    /// The moment of now.
    #[must_use]
    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// The closure that wakes the window from a job of a screen's own.
    #[must_use]
    pub fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        Arc::clone(&self.waker)
    }

    /// Starts a job of a screen's own (a view of a table, a picture); the screen keeps and polls it.
    ///
    /// # Errors
    /// `JOB-003`.
    pub fn start_job<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Progress) -> AppResult<T> + Send + 'static,
    ) -> AppResult<Job<T>> {
        let waker = Arc::clone(&self.waker);
        Job::start(name, move || waker(), move |context| work(&context.progress))
    }

    /// True while a project is being opened or made: the one that is still open takes no change.
    fn is_opening(&self) -> bool {
        matches!(self.opening, Stage::Running(_))
    }

    fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn context(&self) -> CommandContext {
        let operator =
            if self.prefs.operator.trim().is_empty() { "未填写".to_owned() } else { self.prefs.operator.clone() };
        CommandContext { operator, now: self.now(), progress: Progress::none() }
    }
}

/// A project's saved state as jobs take it.
type Saved = Arc<Project>;
