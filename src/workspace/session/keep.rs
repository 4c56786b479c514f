//! What the program keeps by itself: the draft's file a moment after each change, the preferences, and what is
//! written when the window closes.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use super::job::Stage;
use super::running::{Kind, Output, Running};
use super::{Books, Preferences, Session, draft};
use crate::diagnostic::AppResult;

/// How long the draft rests before it is written, seconds.
const AUTOSAVE_AFTER: f64 = 1.5;

/// How long a draft or preferences that could not be written wait for the disk, seconds.
const AGAIN_AFTER: f64 = 20.0;

/// How often it is looked whether a new day has begun, seconds.
const DAY_EVERY: f64 = 10.0;

/// Where the program fails, the draft is written on the way out: it is whole at any moment, whatever failed. Else the
/// changes of the moment before the autosave would be lost.
impl Drop for Session {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // a second failure here would end the process without a word
            let _ = std::panic::catch_unwind(AssertUnwindSafe(|| self.keep_draft()));
        }
    }
}

impl Session {
    /// Changes preferences; they are written in the background.
    pub fn set_preferences(&mut self, change: impl FnOnce(&mut Preferences)) {
        let before = self.prefs.clone();
        change(&mut self.prefs);
        if before != self.prefs {
            self.keeping.preferences_changed = true;
            self.keep_preferences();
        }
    }

    pub(super) fn keep_preferences(&mut self) {
        let waits = self.keeping.preferences_failed && self.seconds < self.keeping.preferences_wait;
        if self.keeping.preferences_changed && !waits && !self.running.iter().any(|r| r.kind == Kind::Preferences) {
            self.keeping.preferences_changed = false;
            let (paths, prefs) = (self.paths.clone(), self.prefs.clone());
            self.spawn(Kind::Preferences, "保存程序设置", move |_| {
                paths.save_preferences(&prefs).map(|()| Output::PreferencesKept)
            });
        }
    }

    /// What the program keeps by itself could not be written: it is tried again later. True where that was said before.
    pub(super) fn keep_later(&mut self, kind: Kind) -> bool {
        match kind {
            Kind::Autosave => {
                self.keeping.changed_at.get_or_insert(self.seconds + AGAIN_AFTER - AUTOSAVE_AFTER);
                std::mem::replace(&mut self.keeping.draft_failed, true)
            }
            Kind::Preferences => {
                self.keeping.preferences_changed = true;
                self.keeping.preferences_wait = self.seconds + AGAIN_AFTER;
                std::mem::replace(&mut self.keeping.preferences_failed, true)
            }
            Kind::Load | Kind::Analyse | Kind::Books | Kind::Action => false,
        }
    }

    /// The draft's file is as the draft.
    pub(super) fn draft_is_kept(&mut self) {
        if std::mem::take(&mut self.keeping.draft_failed) {
            self.say("草稿已重新自动保存");
        }
    }

    /// The draft has changed: it is written a moment after the first change that waits.
    pub(super) fn mark_draft(&mut self) {
        self.keeping.changed_at.get_or_insert(self.seconds);
    }

    pub(super) fn autosave(&mut self) {
        let due = self.keeping.changed_at.is_some_and(|at| self.seconds - at >= AUTOSAVE_AFTER);
        if !due || self.running.iter().any(|r| r.kind == Kind::Autosave) {
            return;
        }
        self.keeping.changed_at = None;
        self.write_draft_now();
    }

    /// Counts deadlines anew where the window stayed open over midnight: what is overdue is so by today. What is
    /// shown stays until the new counts are there, so that nobody's typing is interrupted.
    pub(super) fn follow_the_day(&mut self) {
        if self.seconds - self.keeping.day_looked_at < DAY_EVERY || !self.running.is_empty() {
            return;
        }
        self.keeping.day_looked_at = self.seconds;
        let today = self.now().date();
        let Some(open) = &self.open else { return };
        let Stage::Ready(revision, books) = &open.books else { return };
        if books.status.today == today || self.keeping.day == Some(today) {
            return;
        }
        let (revision, project, data) = (*revision, Arc::clone(&open.saved), Arc::clone(&open.data));
        self.keeping.day = Some(today);
        self.spawn(Kind::Books, "按今天重算期限", move |progress| {
            Ok(Output::Day(revision, Box::new(Books::load(&project, &data, today, progress)?)))
        });
    }

    /// Takes in the books of a new day, unless something is being written or was written since.
    pub(super) fn take_day(&mut self, revision: u64, books: Books) {
        if self.running.iter().any(|r| r.kind == Kind::Action) {
            self.keeping.day = None;
        } else if let Some(open) = &mut self.open {
            open.accept_day(revision, books);
        }
    }

    /// Seconds until [`Session::poll`] has something to do without being woken; `None` where it has not.
    #[must_use]
    pub fn next_poll_after(&self) -> Option<f64> {
        let draft = self.keeping.changed_at.map(|at| AUTOSAVE_AFTER - (self.seconds - at));
        let waiting = self.keeping.preferences_failed && self.keeping.preferences_changed;
        let preferences = waiting.then_some(self.keeping.preferences_wait - self.seconds);
        draft.into_iter().chain(preferences).reduce(f64::min).map(|after| after.max(0.05))
    }

    /// Writes a draft that differs from what is saved, at once: asked before the window closes, so that nobody
    /// loses one unseen.
    ///
    /// # Errors
    /// `DFT-001`, `IO-…` where it can't be written.
    pub fn keep_draft(&mut self) -> AppResult<()> {
        if self.open.as_ref().is_some_and(|open| open.draft.is_changed()) { self.write_draft_here() } else { Ok(()) }
    }

    /// Writes what waits, without a job: called when the window closes. A draft that can't be written is lost here;
    /// see [`Session::keep_draft`].
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
        if std::mem::take(&mut self.keeping.preferences_changed) {
            let _ = self.paths.save_preferences(&self.prefs);
        }
    }

    /// The draft's file as the draft is now: written, or removed where nothing differs from what is saved.
    pub(super) fn draft_work(&mut self) -> Option<impl FnOnce() -> AppResult<()> + Send + 'static> {
        let open = self.open.as_ref()?;
        if open.saved.is_read_only() {
            return None;
        }
        let (saved, now, changed) = (Arc::clone(&open.saved), open.draft.now().clone(), open.draft.is_changed());
        let base = open.draft.saved().clone();
        let (ticket, at) = (self.keeping.gate.ticket(), (self.clock)().to_string());
        Some(move || {
            ticket.change(|| {
                if changed {
                    draft::write_draft(saved.root(), &now, &base, &at)
                } else {
                    draft::remove_draft(saved.root())
                }
            })
        })
    }

    pub(super) fn write_draft_here(&mut self) -> AppResult<()> {
        self.keeping.changed_at = None;
        self.draft_work().map_or(Ok(()), |work| work())
    }

    pub(super) fn write_draft_now(&mut self) {
        if let Some(work) = self.draft_work() {
            self.spawn(Kind::Autosave, "自动保存", move |_| work().map(|()| Output::Autosaved));
        }
    }
}
