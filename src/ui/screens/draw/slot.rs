//! A value that a background job makes for a key, and remakes when the key changes.

use std::sync::Arc;

use crate::diagnostic::{AppResult, Progress};
use crate::workspace::session::Session;
use crate::workspace::session::job::Job;

/// The value of the latest key, or the one before while the new one is made.
pub struct Slot<K, T> {
    key: Option<K>,
    job: Option<Job<T>>,
    value: Option<Arc<T>>,
    error: Option<String>,
}

impl<K, T> Default for Slot<K, T> {
    fn default() -> Self {
        Self { key: None, job: None, value: None, error: None }
    }
}

impl<K: PartialEq + Clone, T: Send + 'static> Slot<K, T> {
    /// Polls the job, and starts one where the key is another.
    pub fn ask(
        &mut self,
        session: &Session,
        key: &K,
        name: &str,
        work: impl FnOnce(&Progress) -> AppResult<T> + Send + 'static,
    ) {
        if self.key.as_ref() != Some(key) {
            if let Some(job) = self.job.take() {
                job.progress().cancel();
            }
            self.key = Some(key.clone());
            self.error = None;
            match session.start_job(name, work) {
                Ok(job) => self.job = Some(job),
                Err(error) => self.error = Some(error.to_string()),
            }
        }
        if let Some(result) = self.job.as_mut().and_then(Job::poll) {
            self.job = None;
            match result {
                Ok(value) => self.value = Some(Arc::new(value)),
                Err(error) => {
                    self.value = None;
                    self.error = Some(error.to_string());
                }
            }
        }
    }

    /// The value, where it was made for the key last asked for.
    pub fn current(&self) -> Option<&Arc<T>> {
        self.value.as_ref().filter(|_| self.job.is_none())
    }

    /// The value, be it of the key before.
    pub fn latest(&self) -> Option<&Arc<T>> {
        self.value.as_ref()
    }

    /// Why it could not be made.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Makes it anew when asked next.
    pub fn forget(&mut self) {
        self.key = None;
    }
}
