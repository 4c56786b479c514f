//! Progress and cancelling, shared between a piece of work and whoever watches it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{AppError, AppResult};

/// What a watcher sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProgressState {
    /// What is being done now, in Chinese.
    pub label: String,
    /// Steps done.
    pub done: u64,
    /// Steps in all; 0 where not known.
    pub total: u64,
}

#[derive(Debug, Default)]
struct Shared {
    label: Mutex<String>,
    done: AtomicU64,
    total: AtomicU64,
    cancelled: Arc<AtomicBool>,
    /// Whose bar this piece of work is a part of.
    whole: Option<Progress>,
}

/// A cheap handle: work reports through it and asks whether it has been cancelled.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Shared>);

impl Progress {
    /// A handle that nobody needs to watch.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A handle for one of several pieces of work done side by side: what it begins adds to this one's parts, what it
    /// finishes to this one's finished ones, and whoever cancels either stops both.
    #[must_use]
    pub fn beside(&self) -> Self {
        let cancelled = Arc::clone(&self.0.cancelled);
        Self(Arc::new(Shared { cancelled, whole: Some(self.clone()), ..Shared::default() }))
    }

    /// Begins a step with `total` parts (0 where not known).
    pub fn begin(&self, label: &str, total: u64) {
        if let Some(whole) = &self.0.whole {
            label.clone_into(&mut whole.0.label.lock().unwrap_or_else(PoisonError::into_inner));
            whole.0.total.fetch_add(total, Ordering::Relaxed);
        }
        label.clone_into(&mut self.0.label.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.done.store(0, Ordering::Relaxed);
        self.0.total.store(total, Ordering::Relaxed);
    }

    /// Adds finished parts.
    pub fn advance(&self, parts: u64) {
        self.0.done.fetch_add(parts, Ordering::Relaxed);
        if let Some(whole) = &self.0.whole {
            whole.0.done.fetch_add(parts, Ordering::Relaxed);
        }
    }

    /// Asks the work to stop at its next check.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// `Err(JOB-001)` once cancelled; work calls it every few milliseconds.
    ///
    /// # Errors
    /// `JOB-001` after [`Progress::cancel`].
    pub fn check(&self) -> AppResult<()> {
        if self.0.cancelled.load(Ordering::Relaxed) {
            return Err(AppError::new("JOB-001", "操作已取消"));
        }
        Ok(())
    }

    /// What a watcher sees now.
    #[must_use]
    pub fn state(&self) -> ProgressState {
        ProgressState {
            label: self.0.label.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            done: self.0.done.load(Ordering::Relaxed),
            total: self.0.total.load(Ordering::Relaxed),
        }
    }
}
