//! What the screen has computed in the background from an analysis, kept until the analysis changes.

use std::sync::{Arc, Weak};

use crate::diagnostic::{AppResult, Progress, ProgressState};
use crate::workspace::session::job::Job;
use crate::workspace::session::{AnalysisView, Session};

/// True where the mark was made of this analysis.
pub(super) fn is_of(mark: &Weak<AnalysisView>, view: &Arc<AnalysisView>) -> bool {
    Weak::ptr_eq(mark, &Arc::downgrade(view))
}

/// A value made by a job.
pub(super) struct Derived<T> {
    of: Weak<AnalysisView>,
    job: Option<Job<T>>,
    value: Option<Result<T, String>>,
}

impl<T> Default for Derived<T> {
    fn default() -> Self {
        Self { of: Weak::new(), job: None, value: None }
    }
}

impl<T: Send + 'static> Derived<T> {
    /// Takes the result in where it has come. Call it each frame.
    pub(super) fn poll(&mut self) {
        if let Some(result) = self.job.as_mut().and_then(Job::poll) {
            self.job = None;
            self.value = match result {
                Ok(value) => Some(Ok(value)),
                Err(error) if error.code() == "JOB-001" => None,
                Err(error) => Some(Err(error.to_string())),
            };
        }
    }

    /// Starts the work for an analysis; what ran before is cancelled.
    pub(super) fn start(
        &mut self,
        session: &Session,
        view: &Arc<AnalysisView>,
        name: &str,
        work: impl FnOnce(&Progress) -> AppResult<T> + Send + 'static,
    ) {
        self.cancel();
        self.of = Arc::downgrade(view);
        self.value = None;
        match session.start_job(name, work) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.value = Some(Err(error.to_string())),
        }
    }

    /// Asks the work to stop.
    pub(super) fn cancel(&mut self) {
        if let Some(job) = self.job.take() {
            job.progress().cancel();
        }
    }

    /// Forgets the value.
    pub(super) fn clear(&mut self) {
        self.cancel();
        self.value = None;
        self.of = Weak::new();
    }

    /// How far the work is; `None` where none runs.
    pub(super) fn running(&self) -> Option<ProgressState> {
        self.job.as_ref().map(|job| job.progress().state())
    }

    /// The value, or why there is none.
    pub(super) fn value(&self) -> Option<Result<&T, &str>> {
        self.value.as_ref().map(|value| value.as_ref().map_err(String::as_str))
    }

    /// True where value or work belongs to this analysis.
    pub(super) fn is_for(&self, view: &Arc<AnalysisView>) -> bool {
        is_of(&self.of, view) && (self.job.is_some() || self.value.is_some())
    }
}
