//! Jobs of the session: what runs, and what becomes of what they bring.

use std::sync::Arc;
use std::time::Instant;

use super::action::SavedSlot;
use super::command::Command;
use super::open::{Analysed, Loaded, OpenProject};
use super::{Done, Filter, Outcome, Session, ViewCommand};
use crate::diagnostic::{AppResult, Diagnostics, Progress, Severity};
use crate::workspace::reports::books::Books;
use crate::workspace::session::job::{Job, JobContext, Stage};
use crate::workspace::store::project::HeldLock;
use crate::workspace::support::log;

/// What a job brings.
pub(super) enum Output {
    Loaded(Box<Loaded>),
    Analysed(Box<Analysed>),
    Books(u64, Box<Books>),
    /// The same books by a new day: deadlines alone differ.
    Day(u64, Box<Books>),
    Autosaved,
    PreferencesKept,
    Done(Box<Done>),
}

/// What a job is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Load,
    Analyse,
    Books,
    Autosave,
    Preferences,
    /// For good; one at a time.
    Action,
}

impl Kind {
    /// What the log calls it.
    fn id(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Analyse => "analyse",
            Self::Books => "books",
            Self::Autosave => "autosave",
            Self::Preferences => "preferences",
            Self::Action => "action",
        }
    }

    /// What goes on all the time is logged where it fails only.
    fn is_worth_a_line(self) -> bool {
        !matches!(self, Self::Autosave | Self::Preferences | Self::Analyse)
    }
}

/// A job under way.
pub(super) struct Running {
    pub(super) id: u64,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) job: Job<Output>,
    /// What an action saved on its way.
    pub(super) saved: SavedSlot,
    /// The command that asked for an action, to be done again where it fails for a file's sake.
    pub(super) asked: Option<Command>,
}

impl Session {
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
        self.follow_the_day();
        changed
    }

    pub(super) fn take_saved(&mut self, slot: &SavedSlot) {
        if let Some(saved) = slot.take()
            && let Some(open) = &mut self.open
            && open.saved.root() == saved.root()
        {
            open.take_saved(saved);
        }
    }

    pub(super) fn spawn(
        &mut self,
        kind: Kind,
        name: &str,
        work: impl FnOnce(&Progress) -> AppResult<Output> + Send + 'static,
    ) {
        self.spawn_saving(kind, name, SavedSlot::default(), work);
    }

    pub(super) fn spawn_saving(
        &mut self,
        kind: Kind,
        name: &str,
        saved: SavedSlot,
        work: impl FnOnce(&Progress) -> AppResult<Output> + Send + 'static,
    ) {
        let id = self.take_id();
        let waker = Arc::clone(&self.waker);
        let logged = move |context: &JobContext| {
            let since = Instant::now();
            let result = work(&context.progress);
            if kind.is_worth_a_line() || result.is_err() {
                log::job(kind.id(), since, &result);
            }
            result
        };
        match Job::start(name, move || waker(), logged) {
            Ok(job) => self.running.push(Running { id, kind, name: name.to_owned(), job, saved, asked: None }),
            Err(error) => self.fail(&error),
        }
    }

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
            Ok(Output::Day(revision, books)) => {
                self.take_day(revision, *books);
                self.analyse_if_stale();
            }
            Ok(Output::Autosaved) => self.draft_is_kept(),
            Ok(Output::PreferencesKept) => self.keeping.preferences_failed = false,
            Ok(Output::Done(done)) => self.take_done(*done),
            Err(error) => {
                match ended.kind {
                    Kind::Load => {
                        let stopped = error.code() == "JOB-001";
                        self.opening = if stopped { Stage::Empty } else { Stage::Failed(error.to_string()) };
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
                if ["LOG-001", "LOG-007"].contains(&error.code()) {
                    self.messages.changed = Some(error.finding().clone());
                }
                if ended.kind == Kind::Action {
                    let root = self.open.as_ref().map(|open| open.saved.root().to_owned());
                    match root.filter(|_| ["PRJ-036", "SHR-002"].contains(&error.code())) {
                        // the deed before it was finished only now, or another desk's came: the project is another
                        Some(root) => {
                            self.messages.read_anew = Some(error.finding().clone());
                            self.apply(ViewCommand::OpenProject(root));
                        }
                        None => self.refresh_books(),
                    }
                }
                if self.keep_later(ended.kind) {
                    // said once, and tried again by itself
                } else if error.code() == "JOB-001" {
                    self.toast(Severity::Hint, format!("{}：已取消", ended.name));
                } else if let Some(command) =
                    ended.asked.clone().filter(|_| error.code().starts_with("IO-") && error.code() != "IO-001")
                {
                    self.fail_for_now(&error, command);
                } else {
                    self.fail(&error);
                }
            }
        }
    }

    fn take_loaded(&mut self, loaded: Loaded) {
        self.opening = Stage::Empty;
        self.end_retry();
        let Loaded { project, data, draft, findings, title, say, remember, summary } = loaded;
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
        let mut all =
            if self.open.is_none() { std::mem::take(&mut self.messages.findings) } else { Diagnostics::new() };
        if let Some(why) = self.messages.read_anew.take() {
            all.push(why);
        }
        all.append(findings);
        self.open = Some(open);
        self.latest.verified = None;
        if let Some(summary) = summary {
            self.latest.imports += 1;
            self.latest.summary = summary;
        }
        self.messages.findings = all;
        self.messages.title = title;
        for text in say {
            self.say(text);
        }
        self.refresh_books();
    }

    fn take_done(&mut self, done: Done) {
        match (&done.say, done.outcome.folder()) {
            (Some(text), Some(folder)) => self.say_written(text.clone(), folder),
            (Some(text), None) => self.say(text.clone()),
            (None, _) => {}
        }
        if !done.findings.is_empty() {
            self.messages.findings = done.findings.clone();
            done.title.clone_into(&mut self.messages.title);
        }
        if let Outcome::Verified(path, verified) = &done.outcome {
            self.latest.verified = Some((path.clone(), Arc::clone(verified)));
        }
        let (reload, books) = (done.outcome.is_reload(), done.outcome.changes_books());
        self.latest.count += 1;
        self.latest.done = Some(Arc::new(done));
        if reload {
            if let Some(root) = self.open.as_ref().map(|o| o.saved.root().to_owned()) {
                self.apply(ViewCommand::OpenProject(root));
            }
        } else if books {
            self.refresh_books();
        }
    }

    /// Reads the books afresh; the analysis follows where the month to be planned has moved on.
    pub(super) fn refresh_books(&mut self) {
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
    pub(super) fn analyse_if_stale(&mut self) {
        if self.running.iter().any(|r| r.kind == Kind::Analyse) {
            return;
        }
        let Some(open) = &mut self.open else { return };
        let Some(work) = open.next_analysis() else { return };
        self.spawn(Kind::Analyse, "计算风险与年度计划", move |progress| {
            work.run(progress).map(|analysed| Output::Analysed(Box::new(analysed)))
        });
    }
}
