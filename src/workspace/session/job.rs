//! Background jobs: named threads with progress, cancelling, and panics turned into messages.
//!
//! A job never touches the workspace; it gets its input by value, returns its output, and wakes whoever
//! waits through a closure (the window asks for a frame, the command line does nothing).

use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread::JoinHandle;

use crate::diagnostic::{AppError, AppResult, Progress};

/// What a job may do besides computing.
#[derive(Debug, Clone, Default)]
pub struct JobContext {
    /// Progress and cancelling.
    pub progress: Progress,
}

/// A job under way.
#[derive(Debug)]
pub struct Job<T> {
    progress: Progress,
    result: Receiver<AppResult<T>>,
    thread: Option<JoinHandle<()>>,
}

/// A stage of the pipeline as screens see it, tagged by the revision of its inputs.
#[derive(Debug, Clone, Default)]
pub enum Stage<T> {
    /// Nothing yet.
    #[default]
    Empty,
    /// Being computed.
    Running(Progress),
    /// Up to date with the revision given.
    Ready(u64, std::sync::Arc<T>),
    /// Made from an older revision; shown until the new one is there.
    Stale(u64, std::sync::Arc<T>),
    /// Could not be computed: the message.
    Failed(String),
}

impl<T> Stage<T> {
    /// The value, up to date or stale.
    #[must_use]
    pub fn value(&self) -> Option<&std::sync::Arc<T>> {
        match self {
            Self::Ready(_, value) | Self::Stale(_, value) => Some(value),
            _ => None,
        }
    }

    /// Takes a result that was computed for `revision`; one for an older revision than `current` is dropped.
    pub fn accept(&mut self, revision: u64, current: u64, result: AppResult<T>) {
        if revision == current {
            *self = match result {
                Ok(value) => Self::Ready(revision, std::sync::Arc::new(value)),
                Err(error) => Self::Failed(error.to_string()),
            };
        }
    }

    /// Marks a ready value as made from older inputs.
    pub fn invalidate(&mut self) {
        if let Self::Ready(revision, value) = self {
            *self = Self::Stale(*revision, std::sync::Arc::clone(value));
        }
    }
}

impl<T: Send + 'static> Job<T> {
    /// Starts a job on a thread of its own.
    ///
    /// # Errors
    /// `JOB-003` where the system gives no thread.
    pub fn start(
        name: &str,
        waker: impl Fn() + Send + 'static,
        work: impl FnOnce(&JobContext) -> AppResult<T> + Send + 'static,
    ) -> AppResult<Self> {
        let context = JobContext::default();
        let progress = context.progress.clone();
        let (send, result) = channel();
        let thread = std::thread::Builder::new()
            .name(format!("fairdraw-{name}"))
            .spawn(move || {
                let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| work(&context))).unwrap_or_else(|cause| {
                    let text = cause
                        .downcast_ref::<&str>()
                        .map(|s| (*s).to_owned())
                        .or_else(|| cause.downcast_ref::<String>().cloned())
                        .unwrap_or_default();
                    Err(AppError::new("JOB-002", "程序内部错误，操作未完成，已有数据没有改变").with(|f| f.value(text)))
                });
                let _ = send.send(outcome);
                waker();
            })
            .map_err(|cause| AppError::new("JOB-003", "系统无法启动后台任务").caused_by(cause))?;
        Ok(Self { progress, result, thread: Some(thread) })
    }

    /// Progress and cancelling.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The result where the job has ended; `None` while it runs.
    pub fn poll(&mut self) -> Option<AppResult<T>> {
        match self.result.try_recv() {
            Ok(result) => {
                if let Some(thread) = self.thread.take() {
                    let _ = thread.join();
                }
                Some(result)
            }
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(AppError::new("JOB-002", "后台任务意外结束"))),
        }
    }

    /// Waits for the result.
    ///
    /// # Errors
    /// The job's own, or `JOB-002` where it died.
    pub fn wait(mut self) -> AppResult<T> {
        let result = self.result.recv();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        result.unwrap_or_else(|_| Err(AppError::new("JOB-002", "后台任务意外结束")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_cancelling_and_panics_arrive() {
        let job = Job::start("a", || {}, |_| Ok(7)).unwrap();
        assert_eq!(job.wait().unwrap(), 7);
        let job: Job<()> = Job::start("b", || {}, |_| panic!("坏了")).unwrap();
        assert_eq!(job.wait().unwrap_err().code(), "JOB-002");
        let job: Job<()> = Job::start(
            "c",
            || {},
            |context| loop {
                context.progress.check()?;
                std::thread::yield_now();
            },
        )
        .unwrap();
        job.progress().cancel();
        assert_eq!(job.wait().unwrap_err().code(), "JOB-001");
    }

    #[test]
    fn results_for_old_inputs_are_dropped() {
        let mut stage = Stage::Empty;
        stage.accept(1, 2, Ok("old"));
        assert!(stage.value().is_none());
        stage.accept(2, 2, Ok("new"));
        assert_eq!(**stage.value().unwrap(), "new");
        stage.invalidate();
        assert!(matches!(stage, Stage::Stale(2, _)));
    }
}
