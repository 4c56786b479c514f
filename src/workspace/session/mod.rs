//! The open project as the window sees it: stages, draft, filters, jobs; without a window.
//!
//! Duty: [`Session::apply`] carries out a [`Command`] between frames, [`Session::poll`] takes in what background
//! jobs have finished; both return at once. Screens read the stages by reference and never wait.
//!
//! Invariants: a result made for older inputs never replaces one for newer; seals and draws are made by the
//! saved project only (the draft is saved first) and never recomputed; one action that is for good runs at a
//! time; nothing here panics, every failure is a toast and a finding with its code.

mod action;
mod books;
mod command;
mod data;
mod draft;
pub mod job;
mod open;
mod prefs;

use std::path::PathBuf;
use std::sync::Arc;

pub use action::{Done, Outcome};
use action::{SavedSlot, Saving};
pub use books::{AreaProgress, Books, OpenedDraw, PendingSeal};
pub use command::{Command, ImportRequest};
pub use data::{AnalysisView, AreaFigures, NOWHERE, ProjectData};
use draft::DraftGate;
pub use draft::{DRAFT_FILE, Draft, DraftHistory, load_draft};
pub use open::{OpenProject, demo_folder};
pub use prefs::{AppPaths, Preferences, ThemeChoice};

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Progress, ProgressState, Severity};
use crate::domain::PlanMonth;
use crate::policy::check_policy;
use crate::workspace::deeds::seal::Pledge;
use crate::workspace::deeds::verify::Verified;
use crate::workspace::session::job::{Job, Stage};
use crate::workspace::store::clock::Moment;
use crate::workspace::store::project::{CommandContext, HeldLock, Project};
use open::{Analysed, Loaded};

/// How long the draft rests before it is written, seconds.
const AUTOSAVE_AFTER: f64 = 1.5;
/// Toasts kept.
const MOST_TOASTS: usize = 6;

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

/// A short message that goes by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// Number, unique.
    pub id: u64,
    /// How much it matters; `Hint` for good news.
    pub severity: Severity,
    /// Text.
    pub text: String,
    /// When it came, seconds of the session's clock.
    pub at: f64,
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

enum Output {
    Loaded(Box<Loaded>),
    Analysed(Box<Analysed>),
    Books(u64, Box<Books>),
    Autosaved,
    PreferencesKept,
    Done(Box<Done>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Load,
    Analyse,
    Books,
    Autosave,
    Preferences,
    /// For good; one at a time.
    Action,
}

struct Running {
    id: u64,
    kind: Kind,
    name: String,
    job: Job<Output>,
    /// What an action saved on its way.
    saved: SavedSlot,
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
    toasts: Vec<Toast>,
    /// What the last command had to say at length.
    findings: Diagnostics,
    findings_title: String,
    /// The last verification of a certificate.
    verified: Option<(PathBuf, Arc<Verified>)>,
    /// The last finished action, for the screen that waits for it.
    last_done: Option<Arc<Done>>,
    done_count: u64,
    running: Vec<Running>,
    next_id: u64,
    seconds: f64,
    draft_changed_at: Option<f64>,
    draft_gate: DraftGate,
    /// Preferences have changed since they were last written.
    preferences_changed: bool,
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
            toasts: Vec::new(),
            findings: Diagnostics::new(),
            findings_title: String::new(),
            verified: None,
            last_done: None,
            done_count: 0,
            running: Vec::new(),
            next_id: 1,
            seconds: 0.0,
            draft_changed_at: None,
            draft_gate: DraftGate::default(),
            preferences_changed: false,
        };
        if let Some(finding) = finding {
            session.tell(finding);
        }
        session
    }

    /// Opens what was open last; the demo city where nothing was.
    pub fn start(&mut self) {
        let last = self.prefs.recent.iter().find(|p| p.join("project.ron").exists()).cloned();
        self.apply(last.map_or(Command::OpenDemo, Command::OpenProject));
    }

    // ---- what screens read -------------------------------------------------------------------------------

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

    /// Changes preferences; they are written in the background.
    pub fn set_preferences(&mut self, change: impl FnOnce(&mut Preferences)) {
        let before = self.prefs.clone();
        change(&mut self.prefs);
        if before != self.prefs {
            self.preferences_changed = true;
            self.keep_preferences();
        }
    }

    fn keep_preferences(&mut self) {
        if self.preferences_changed && !self.running.iter().any(|r| r.kind == Kind::Preferences) {
            self.preferences_changed = false;
            let (paths, prefs) = (self.paths.clone(), self.prefs.clone());
            self.spawn(Kind::Preferences, "保存程序设置", move |_| {
                paths.save_preferences(&prefs).map(|()| Output::PreferencesKept)
            });
        }
    }

    /// Toasts, the oldest first.
    #[must_use]
    pub fn toasts(&self) -> &[Toast] {
        &self.toasts
    }

    /// Takes a toast away.
    pub fn dismiss_toast(&mut self, id: u64) {
        self.toasts.retain(|t| t.id != id);
    }

    /// What the last command had to say at length, with its title; empty after `DismissFindings`.
    #[must_use]
    pub fn findings(&self) -> (&str, &Diagnostics) {
        (&self.findings_title, &self.findings)
    }

    /// The last verification.
    #[must_use]
    pub fn verified(&self) -> Option<&(PathBuf, Arc<Verified>)> {
        self.verified.as_ref()
    }

    /// The last action that ended well, with its number: a screen that sent it compares numbers.
    #[must_use]
    pub fn last_done(&self) -> (u64, Option<&Arc<Done>>) {
        (self.done_count, self.last_done.as_ref())
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
        !self.running.is_empty() || self.draft_changed_at.is_some()
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

    // ---- messages ------------------------------------------------------------------------------------------

    /// A toast of good news.
    pub fn say(&mut self, text: impl Into<String>) {
        self.toast(Severity::Hint, text.into());
    }

    fn toast(&mut self, severity: Severity, text: String) {
        if let Some(last) = self.toasts.last_mut()
            && last.text == text
        {
            last.at = self.seconds;
            return;
        }
        let id = self.take_id();
        self.toasts.push(Toast { id, severity, text, at: self.seconds });
        if self.toasts.len() > MOST_TOASTS {
            self.toasts.remove(0);
        }
    }

    /// A finding as a toast and in the findings panel.
    pub fn tell(&mut self, finding: Finding) {
        self.toast(finding.severity, format!("[{}] {}", finding.code, finding.what));
        self.findings.push(finding);
    }

    /// An error as a toast and in the findings panel.
    pub fn fail(&mut self, error: &AppError) {
        self.findings_title.clear();
        self.tell(error.finding().clone());
    }

    /// True while a project is being opened or made: the one that is still open takes no change.
    fn is_opening(&self) -> bool {
        matches!(self.opening, Stage::Running(_))
    }

    /// The draft has changed: it is written a moment after the first change that waits.
    fn mark_draft(&mut self) {
        self.draft_changed_at.get_or_insert(self.seconds);
    }

    fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    // ---- time ----------------------------------------------------------------------------------------------

    /// Takes in what jobs have finished, and does what time asks for (autosave). `seconds` is a clock that only
    /// rises, for toasts and autosave. Returns true where something changed.
    pub fn poll(&mut self, seconds: f64) -> bool {
        self.seconds = seconds;
        let mut changed = false;
        let mut at = 0;
        while at < self.running.len() {
            match self.running[at].job.poll() {
                None => at += 1,
                Some(result) => {
                    let ended = self.running.remove(at);
                    self.take_in(&ended, result);
                    changed = true;
                }
            }
        }
        self.autosave();
        self.keep_preferences();
        changed
    }

    fn autosave(&mut self) {
        let due = self.draft_changed_at.is_some_and(|at| self.seconds - at >= AUTOSAVE_AFTER);
        if !due || self.running.iter().any(|r| r.kind == Kind::Autosave) {
            return;
        }
        self.draft_changed_at = None;
        self.write_draft_now();
    }

    /// Seconds until [`Session::poll`] has something to do without being woken; `None` where it has not.
    #[must_use]
    pub fn next_poll_after(&self) -> Option<f64> {
        self.draft_changed_at.map(|at| (AUTOSAVE_AFTER - (self.seconds - at)).max(0.05))
    }

    /// Writes what waits, without a job: called when the window closes.
    pub fn close(&mut self) {
        for running in std::mem::take(&mut self.running) {
            let Running { kind, job, saved, .. } = running;
            match kind {
                // an action that is for good is let finish: its files are consistent at any moment, but why stop it
                Kind::Action => {
                    let _ = job.wait();
                    self.take_saved(&saved);
                }
                Kind::Autosave | Kind::Preferences => {
                    let _ = job.wait();
                }
                Kind::Load | Kind::Analyse | Kind::Books => job.progress().cancel(),
            }
        }
        let _ = self.write_draft_here();
        if std::mem::take(&mut self.preferences_changed) {
            let _ = self.paths.save_preferences(&self.prefs);
        }
    }

    /// The draft's file as the draft is now: written, or removed where nothing differs from what is saved.
    fn draft_work(&mut self) -> Option<impl FnOnce() -> AppResult<()> + Send + 'static> {
        let open = self.open.as_ref()?;
        if open.saved.is_read_only() {
            return None;
        }
        let (saved, now, changed) = (Arc::clone(&open.saved), open.draft.now().clone(), open.draft.is_changed());
        let (ticket, at) = (self.draft_gate.ticket(), (self.clock)().to_string());
        Some(move || {
            ticket.change(|| {
                if changed { draft::write_draft(saved.root(), &now, &at) } else { draft::remove_draft(saved.root()) }
            })
        })
    }

    fn write_draft_here(&mut self) -> AppResult<()> {
        self.draft_changed_at = None;
        self.draft_work().map_or(Ok(()), |work| work())
    }

    fn write_draft_now(&mut self) {
        if let Some(work) = self.draft_work() {
            self.spawn(Kind::Autosave, "自动保存", move |_| work().map(|()| Output::Autosaved));
        }
    }

    fn take_saved(&mut self, slot: &SavedSlot) {
        if let Some(saved) = slot.take()
            && let Some(open) = &mut self.open
            && open.saved.root() == saved.root()
        {
            open.take_saved(saved);
        }
    }

    fn spawn(&mut self, kind: Kind, name: &str, work: impl FnOnce(&Progress) -> AppResult<Output> + Send + 'static) {
        self.spawn_saving(kind, name, SavedSlot::default(), work);
    }

    fn spawn_saving(
        &mut self,
        kind: Kind,
        name: &str,
        saved: SavedSlot,
        work: impl FnOnce(&Progress) -> AppResult<Output> + Send + 'static,
    ) {
        let id = self.take_id();
        let waker = Arc::clone(&self.waker);
        match Job::start(name, move || waker(), move |context| work(&context.progress)) {
            Ok(job) => self.running.push(Running { id, kind, name: name.to_owned(), job, saved }),
            Err(error) => self.fail(&error),
        }
    }

    fn context(&self) -> CommandContext {
        let operator =
            if self.prefs.operator.trim().is_empty() { "未填写".to_owned() } else { self.prefs.operator.clone() };
        CommandContext { operator, now: self.now(), progress: Progress::none() }
    }

    // ---- results of jobs -----------------------------------------------------------------------------------

    fn take_in(&mut self, ended: &Running, result: AppResult<Output>) {
        // what was saved stays saved, whatever became of the rest
        self.take_saved(&ended.saved);
        match result {
            Ok(Output::Loaded(loaded)) => self.take_loaded(*loaded),
            Ok(Output::Analysed(analysed)) => {
                if let Some(open) = &mut self.open {
                    open.accept_analysis(*analysed);
                }
                self.analyse_if_stale();
            }
            Ok(Output::Books(revision, books)) => {
                if let Some(open) = &mut self.open {
                    let first = open.books.value().is_none();
                    open.accept_books(revision, *books);
                    if first && let Some(books) = open.books.value() {
                        // a project opens on the month that is to be planned next
                        self.filter.month = books.next_month(&open.saved.months()).or(self.filter.month);
                    }
                }
                self.analyse_if_stale();
            }
            Ok(Output::Autosaved | Output::PreferencesKept) => {}
            Ok(Output::Done(done)) => self.take_done(*done),
            Err(error) => {
                match ended.kind {
                    Kind::Load => {
                        self.opening = Stage::Failed(error.to_string());
                        // the project that stays open goes on where it was
                        self.refresh_books();
                    }
                    Kind::Analyse => {
                        if let Some(open) = &mut self.open {
                            open.fail_analysis(&error);
                        }
                    }
                    Kind::Books => {
                        let newer = self.running.iter().any(|r| r.kind == Kind::Books);
                        if let Some(open) = &mut self.open
                            && !newer
                            && !matches!(open.books, Stage::Ready(..))
                        {
                            open.books = Stage::Failed(error.to_string());
                        }
                    }
                    Kind::Autosave | Kind::Preferences | Kind::Action => {}
                }
                if ended.kind == Kind::Action {
                    // what failed half way may still have written something
                    self.refresh_books();
                }
                if error.code() == "JOB-001" {
                    self.toast(Severity::Hint, format!("{}：已取消", ended.name));
                } else {
                    self.fail(&error);
                }
            }
        }
    }

    fn take_loaded(&mut self, loaded: Loaded) {
        self.opening = Stage::Empty;
        let Loaded { project, data, draft, findings, title, say, remember } = loaded;
        if remember {
            let root = project.root().to_owned();
            self.set_preferences(|prefs| prefs.remember(&root));
        }
        self.held.retain(HeldLock::is_kept);
        self.held.extend(project.held());
        let months = project.months();
        let mut open = OpenProject::new(project, data, draft);
        if let Some(before) = &self.open {
            // screens keep what they derive by these numbers: none comes twice, whichever project is open
            open.revision = before.revision + 1;
            open.books_revision = before.books_revision;
        }
        self.filter = Filter {
            month: months.first().copied(),
            area_revision: self.filter.area_revision + 1,
            selection_revision: self.filter.selection_revision + 1,
            ..Filter::default()
        };
        // what the start itself had to say stays beside what the first project says
        let mut all = if self.open.is_none() { std::mem::take(&mut self.findings) } else { Diagnostics::new() };
        all.append(findings);
        self.open = Some(open);
        self.verified = None;
        self.findings = all;
        self.findings_title = title;
        for text in say {
            self.say(text);
        }
        self.refresh_books();
    }

    fn take_done(&mut self, done: Done) {
        if let Some(text) = &done.say {
            self.say(text.clone());
        }
        if !done.findings.is_empty() {
            self.findings = done.findings.clone();
            self.findings_title.clone_from(&done.title);
        }
        if let Outcome::Verified(path, verified) = &done.outcome {
            self.verified = Some((path.clone(), Arc::clone(verified)));
        }
        let (reload, books) = (done.outcome.is_reload(), done.outcome.changes_books());
        self.done_count += 1;
        self.last_done = Some(Arc::new(done));
        if reload {
            if let Some(root) = self.open.as_ref().map(|o| o.saved.root().to_owned()) {
                self.apply(Command::OpenProject(root));
            }
        } else if books {
            self.refresh_books();
        }
    }

    /// Reads the books afresh; the analysis follows where the month to be planned has moved on.
    fn refresh_books(&mut self) {
        let today = self.now().date();
        let Some(open) = &mut self.open else { return };
        open.books_revision += 1;
        let revision = open.books_revision;
        open.books.invalidate();
        // scores and plan follow from draws and results
        open.analysis.invalidate();
        let (project, data) = (Arc::clone(&open.saved), Arc::clone(&open.data));
        self.spawn(Kind::Books, "读取抽取与结果", move |progress| {
            Ok(Output::Books(revision, Box::new(Books::load(&project, &data, today, progress)?)))
        });
    }

    /// Starts the analysis where the shown one is older than draft or books, and none runs.
    fn analyse_if_stale(&mut self) {
        if self.running.iter().any(|r| r.kind == Kind::Analyse) {
            return;
        }
        let Some(open) = &mut self.open else { return };
        let Some(work) = open.next_analysis() else { return };
        self.spawn(Kind::Analyse, "计算风险与年度计划", move |progress| {
            work.run(progress).map(|analysed| Output::Analysed(Box::new(analysed)))
        });
    }

    // ---- commands ------------------------------------------------------------------------------------------

    /// Carries out a command. Long work goes on in the background.
    pub fn apply(&mut self, command: Command) {
        match command {
            Command::OpenDemo => {
                let (paths, context, held) = (self.paths.clone(), self.context(), self.held.clone());
                self.load("打开演示城市", move |progress| open::load_demo(&paths, &held, &context, progress));
            }
            Command::OpenProject(path) => {
                let (context, held) = (self.context(), self.held.clone());
                self.load("打开项目", move |progress| open::load_project(&path, &held, &context, progress));
            }
            Command::Import(request) => {
                let context = self.context();
                self.load("导入数据", move |progress| open::import(&request, &context, progress));
            }
            Command::SetDistrict(district) => {
                if self.filter.district != district {
                    self.filter.district = district;
                    self.filter.area_revision += 1;
                }
            }
            Command::SetBody(body) => {
                if self.filter.body != body {
                    self.filter.body = body;
                    self.filter.area_revision += 1;
                }
            }
            Command::SetMonth(month) => self.filter.month = Some(month),
            Command::SelectUnit(unit) => {
                self.filter.unit = unit;
                self.filter.selection_revision += 1;
            }
            Command::SelectRows(rows) => {
                self.filter.unit = rows.first().copied().filter(|_| rows.len() == 1).or(self.filter.unit);
                self.filter.rows = rows;
                self.filter.selection_revision += 1;
            }
            Command::SetOperator(name) => self.set_preferences(|prefs| name.trim().clone_into(&mut prefs.operator)),
            Command::CancelJob(id) => {
                if let Some(running) = self.running.iter().find(|r| r.id == id) {
                    running.job.progress().cancel();
                }
            }
            Command::DismissFindings => {
                self.findings = Diagnostics::new();
                self.findings_title.clear();
            }
            Command::ForgetRecent(path) => self.set_preferences(|prefs| prefs.recent.retain(|p| *p != path)),
            Command::Undo => self.step(DraftHistory::undo, "已撤销"),
            Command::Redo => self.step(DraftHistory::redo, "已重做"),
            Command::Revert => {
                let saved = self.open.as_ref().map(|open| open.draft.saved().clone());
                if let Some(saved) = saved {
                    self.change_draft(saved, "放弃草稿", 0);
                }
            }
            Command::SetPolicy { policy, label, gesture } => {
                let bodies = |p: &crate::policy::Policy| p.bodies.iter().map(|b| b.id.clone()).collect::<Vec<_>>();
                if self.open.as_ref().is_some_and(|open| bodies(&open.saved.policy) != bodies(&policy)) {
                    // sources, filters and books point at bodies by their place
                    self.fail(&AppError::new("SES-005", "执法主体与项目不同的规则不能套用到已有项目，请用它新建项目"));
                    return;
                }
                let faults = check_policy(&policy);
                match faults.findings().iter().find(|f| f.severity == Severity::Error) {
                    // a slider at such a place stays where it was
                    Some(fault) => self.toast(Severity::Error, fault.to_string()),
                    None => self.edit(|draft| Ok(Draft { policy, ..draft }), &label, gesture),
                }
            }
            Command::SetEdits { edits, label, gesture } => {
                self.edit(|draft| Ok(Draft { edits, ..draft }), &label, gesture);
            }
            Command::SetReviewNumber(review_number) => {
                self.edit(|draft| Ok(Draft { review_number, ..draft }), "审图号", 0);
            }
            Command::TakeMend(mend) => self.edit(
                |mut draft| {
                    let mut policy = (*draft.policy).clone();
                    crate::plan::apply_mend(&mut policy, &mut draft.edits, &mend.action)?;
                    draft.policy = Arc::new(policy);
                    Ok(draft)
                },
                &format!("采取办法：{}", mend.text),
                0,
            ),
            action => self.act(action),
        }
    }

    fn load(&mut self, name: &str, work: impl FnOnce(&Progress) -> AppResult<Loaded> + Send + 'static) {
        if self.is_acting() {
            self.fail(&AppError::new("SES-002", "有操作正在进行，请等它完成后再打开其他项目"));
            return;
        }
        // whoever reads the folder next finds the draft as it is now
        let waits = self.draft_changed_at.is_some() || self.running.iter().any(|r| r.kind == Kind::Autosave);
        if waits && let Err(error) = self.write_draft_here() {
            self.fail(&error);
        }
        // what was computed for another project has no home any more
        let stays = |kind| matches!(kind, Kind::Action | Kind::Autosave | Kind::Preferences);
        for running in self.running.iter().filter(|r| !stays(r.kind)) {
            running.job.progress().cancel();
        }
        let (stay, go): (Vec<Running>, Vec<Running>) =
            std::mem::take(&mut self.running).into_iter().partition(|r| stays(r.kind));
        self.running = stay;
        let earlier: Vec<Job<Output>> = go.into_iter().filter(|r| r.kind == Kind::Load).map(|r| r.job).collect();
        self.opening = Stage::Running(Progress::none());
        self.spawn(Kind::Load, name, move |progress| {
            // an opening that was given up lets go of its folder first: it may be the same one
            for job in earlier {
                drop(job.wait());
            }
            work(progress).map(|loaded| Output::Loaded(Box::new(loaded)))
        });
        if let Some(running) = self.running.iter().rfind(|r| r.kind == Kind::Load) {
            self.opening = Stage::Running(running.job.progress().clone());
        }
    }

    fn edit(&mut self, change: impl FnOnce(Draft) -> AppResult<Draft>, label: &str, gesture: u64) {
        let Some(open) = &self.open else { return };
        match change(open.draft.now().clone()) {
            Ok(next) => self.change_draft(next, label, gesture),
            Err(error) => self.fail(&error),
        }
    }

    fn change_draft(&mut self, next: Draft, label: &str, gesture: u64) {
        if self.is_opening() {
            self.fail(&AppError::new("SES-004", "正在打开项目，请稍候"));
            return;
        }
        let Some(open) = &mut self.open else { return };
        if open.saved.is_read_only() {
            self.fail(&AppError::new("PRJ-011", "项目以只读方式打开，不能更改"));
            return;
        }
        if open.draft.change(next, label, gesture) {
            open.draft_changed();
            self.mark_draft();
            self.analyse_if_stale();
        }
    }

    fn step(&mut self, step: impl FnOnce(&mut DraftHistory) -> Option<String>, word: &str) {
        if self.is_opening() {
            self.fail(&AppError::new("SES-004", "正在打开项目，请稍候"));
            return;
        }
        let Some(open) = &mut self.open else { return };
        let Some(label) = step(&mut open.draft) else { return };
        open.draft_changed();
        self.mark_draft();
        self.say(format!("{word}：{label}"));
        self.analyse_if_stale();
    }

    /// Commands that write: one at a time, in the background.
    fn act(&mut self, command: Command) {
        if self.is_acting() {
            self.fail(&AppError::new("SES-001", "上一项操作还在进行，请稍候"));
            return;
        }
        if self.is_opening() && !matches!(command, Command::Verify(_) | Command::WriteFile(..)) {
            self.fail(&AppError::new("SES-004", "正在打开项目，请稍候"));
            return;
        }
        let context = self.context();
        let command = match command {
            Command::SealYear(pledge) => Command::SealYear(demonstrated(pledge, &context)),
            Command::SealMonth(month, pledge) => Command::SealMonth(month, demonstrated(pledge, &context)),
            other => other,
        };
        let slot = SavedSlot::default();
        let steps = self.open.as_ref().map(|open| open.draft.unsaved().to_vec()).unwrap_or_default();
        let saving = Saving { slot: slot.clone(), ticket: self.draft_gate.ticket(), steps };
        if let Some((name, work)) = action::plan(command, self.open.as_ref(), &context, saving) {
            self.spawn_saving(Kind::Action, &name, slot, move |progress| {
                work(progress).map(|done| Output::Done(Box::new(done)))
            });
        }
    }
}

/// A demonstration's number counts as known a moment after the command itself: the command may have waited, for
/// the operator's name say, since the screen made it.
fn demonstrated(pledge: Pledge, context: &CommandContext) -> Pledge {
    match context.now.plus_seconds(1) {
        Some(at) if pledge.demonstration => Pledge { available_at: at.to_string(), ..pledge },
        _ => pledge,
    }
}

/// A project's saved state as jobs take it.
type Saved = Arc<Project>;
