//! The background slot: a value that a job makes for a key, and remakes when the key becomes another.
//!
//! Duty: every job that a screen starts runs in a slot, so that each screen treats progress, failure, cancelling
//! and staleness alike. A slot holds the value of the last key that was finished beside the key asked for now: a
//! screen may show the former ([`Slot::latest`]) until the latter is there ([`Slot::current`]).
//!
//! Invariants: at most one job runs in a slot; a cancelled job leaves neither value nor failure, and its key is
//! asked for again; a result whose key is no longer wanted never becomes the current value.

use std::sync::{Arc, Weak};

use crate::diagnostic::{AppResult, Progress, ProgressState};
use crate::workspace::session::Session;
use crate::workspace::session::job::Job;

/// Which value of a kind: equal where both were made of the same allocation. Keeps the value itself not alive.
#[derive(Debug)]
pub struct Same<T>(Weak<T>);

impl<T> Same<T> {
    /// The mark of a value.
    #[must_use]
    pub fn of(value: &Arc<T>) -> Self {
        Self(Arc::downgrade(value))
    }

    /// True where the mark was made of this value.
    #[must_use]
    pub fn is(&self, value: &Arc<T>) -> bool {
        std::ptr::eq(self.0.as_ptr(), Arc::as_ptr(value))
    }
}

impl<T> Default for Same<T> {
    /// The mark of no value.
    fn default() -> Self {
        Self(Weak::new())
    }
}

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(Weak::clone(&self.0))
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Weak::ptr_eq(&self.0, &other.0)
    }
}

/// The value of the key asked for, or the one before while the new one is made.
pub struct Slot<K, T> {
    key: Option<K>,
    job: Option<Job<T>>,
    value: Option<(K, Arc<T>)>,
    error: Option<String>,
}

impl<K, T> Default for Slot<K, T> {
    fn default() -> Self {
        Self { key: None, job: None, value: None, error: None }
    }
}

impl<K: PartialEq + Clone, T: Send + 'static> Slot<K, T> {
    /// Takes a finished result in, and starts the work where the key is another; what ran before is cancelled.
    pub fn ask(
        &mut self,
        session: &Session,
        key: &K,
        name: &str,
        work: impl FnOnce(&Progress) -> AppResult<T> + Send + 'static,
    ) {
        self.poll();
        if self.key.as_ref() != Some(key) {
            self.start(session, key.clone(), name, work);
        }
    }

    /// As [`Slot::ask`], but lets what runs end first: where keys follow each other faster than the work is done,
    /// something is shown all the same.
    pub fn ask_in_turn(
        &mut self,
        session: &Session,
        key: &K,
        name: &str,
        work: impl FnOnce(&Progress) -> AppResult<T> + Send + 'static,
    ) {
        self.poll();
        if self.job.is_none() && self.key.as_ref() != Some(key) {
            self.start(session, key.clone(), name, work);
        }
    }

    /// Starts the work for a key; what ran before is cancelled.
    pub fn start(
        &mut self,
        session: &Session,
        key: K,
        name: &str,
        work: impl FnOnce(&Progress) -> AppResult<T> + Send + 'static,
    ) {
        self.begin(key, session.start_job(name, work));
    }

    /// Keeps a job that was started elsewhere; what ran before is cancelled.
    pub fn begin(&mut self, key: K, job: AppResult<Job<T>>) {
        self.cancel();
        self.error = None;
        self.key = Some(key);
        match job {
            Ok(job) => self.job = Some(job),
            Err(error) => self.error = Some(error.to_string()),
        }
    }

    /// Puts a value that was at hand; what ran before is cancelled.
    pub fn put(&mut self, key: K, value: Arc<T>) {
        self.cancel();
        self.error = None;
        self.key = Some(key.clone());
        self.value = Some((key, value));
    }

    /// Takes the result in where it has come; true in that frame.
    pub fn poll(&mut self) -> bool {
        let Some((key, result)) = self.take() else { return false };
        match result {
            Ok(value) => self.value = Some((key, Arc::new(value))),
            Err(error) => {
                self.value = None;
                self.error = Some(error);
            }
        }
        true
    }

    /// The result with its key, where it has come: handed over once instead of kept. A cancelled one never comes.
    pub fn take(&mut self) -> Option<(K, Result<T, String>)> {
        let result = self.job.as_mut().and_then(Job::poll)?;
        self.job = None;
        match result {
            Ok(value) => Some((self.key.clone()?, Ok(value))),
            Err(error) if error.code() == "JOB-001" => {
                self.key = None;
                None
            }
            Err(error) => Some((self.key.clone()?, Err(error.to_string()))),
        }
    }

    /// The value, where it was made for the key last asked for.
    #[must_use]
    pub fn current(&self) -> Option<&Arc<T>> {
        let (key, value) = self.value.as_ref()?;
        (self.job.is_none() && self.key.as_ref() == Some(key)).then_some(value)
    }

    /// The value, be it of the key before.
    #[must_use]
    pub fn latest(&self) -> Option<&Arc<T>> {
        self.value.as_ref().map(|(_, value)| value)
    }

    /// The key that the latest value was made for.
    #[must_use]
    pub fn latest_key(&self) -> Option<&K> {
        self.value.as_ref().map(|(key, _)| key)
    }

    /// The latest value, or why there is none; `None` while nothing was made.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<&T, &str>> {
        match (&self.error, &self.value) {
            (Some(error), _) => Some(Err(error)),
            (None, Some((_, value))) => Some(Ok(value)),
            (None, None) => None,
        }
    }

    /// Why it could not be made.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// True where the key was asked for last, whether it is made already or not.
    #[must_use]
    pub fn is_for(&self, key: &K) -> bool {
        self.key.as_ref() == Some(key)
    }

    /// The key asked for last.
    #[must_use]
    pub fn key(&self) -> Option<&K> {
        self.key.as_ref()
    }

    /// How far the work is; `None` where none runs.
    #[must_use]
    pub fn running(&self) -> Option<ProgressState> {
        self.job.as_ref().map(|job| job.progress().state())
    }

    /// Asks the work to stop; its key is asked for anew.
    pub fn cancel(&mut self) {
        if let Some(job) = self.job.take() {
            job.progress().cancel();
            self.key = None;
        }
    }

    /// Makes it anew when asked next; what is there stays until then.
    pub fn forget(&mut self) {
        self.key = None;
    }

    /// Stops the work and forgets value and failure.
    pub fn clear(&mut self) {
        self.cancel();
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::AppError;

    fn ended<K: PartialEq + Clone, T: Send + 'static>(slot: &mut Slot<K, T>) {
        for _ in 0..2_000 {
            if slot.poll() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        unreachable!("the job ends");
    }

    fn job<T: Send + 'static>(work: impl FnOnce(&Progress) -> AppResult<T> + Send + 'static) -> AppResult<Job<T>> {
        Job::start("test", || {}, move |context| work(&context.progress))
    }

    #[test]
    fn the_value_before_stays_until_the_new_one_is_there() {
        let mut slot: Slot<u8, &str> = Slot::default();
        assert!(slot.current().is_none() && slot.outcome().is_none() && !slot.is_for(&1));
        slot.begin(1, job(|_| Ok("one")));
        assert!(slot.is_for(&1) && slot.running().is_some());
        ended(&mut slot);
        assert_eq!(slot.current().map(|v| **v), Some("one"));
        slot.begin(2, job(|_| Ok("two")));
        assert!(slot.current().is_none(), "not the one asked for");
        assert_eq!(slot.latest().map(|v| **v), Some("one"));
        assert_eq!(slot.latest_key(), Some(&1));
        ended(&mut slot);
        assert_eq!(slot.current().map(|v| **v), Some("two"));
        slot.forget();
        assert!(slot.current().is_none() && slot.latest().is_some());
    }

    #[test]
    fn a_failure_is_told_and_goes_with_the_next_key() {
        let mut slot: Slot<u8, u8> = Slot::default();
        slot.begin(1, job(|_| Err(AppError::new("TST-001", "没有成功"))));
        ended(&mut slot);
        assert!(slot.error().is_some_and(|text| text.contains("TST-001")));
        assert!(slot.outcome().is_some_and(|outcome| outcome.is_err()));
        slot.begin(2, job(|_| Ok(7)));
        assert!(slot.error().is_none());
        ended(&mut slot);
        assert_eq!(slot.outcome(), Some(Ok(&7)));
    }

    #[test]
    fn what_was_cancelled_is_neither_value_nor_failure_and_is_asked_for_again() {
        let mut slot: Slot<u8, u8> = Slot::default();
        slot.begin(
            1,
            job(|progress| {
                loop {
                    progress.check()?;
                    std::thread::yield_now();
                }
            }),
        );
        slot.cancel();
        assert!(slot.running().is_none() && slot.outcome().is_none() && !slot.is_for(&1));
        // cancelled from elsewhere: the same, once the job has noticed
        slot.begin(2, job(|_| Err(AppError::new("JOB-001", "已取消"))));
        for _ in 0..2_000 {
            slot.poll();
            if slot.running().is_none() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        assert!(slot.outcome().is_none() && !slot.is_for(&2));
    }

    #[test]
    fn a_result_is_handed_over_once() {
        let mut slot: Slot<&str, u8> = Slot::default();
        slot.begin("a", job(|_| Ok(7)));
        let mut got = Vec::new();
        while got.is_empty() {
            got.extend(slot.take());
        }
        assert_eq!(got, [("a", Ok(7))]);
        assert!(slot.take().is_none() && slot.latest().is_none());
    }

    #[test]
    fn a_mark_knows_its_value() {
        let (a, b) = (Arc::new(1), Arc::new(1));
        let mark = Same::of(&a);
        assert!(mark.is(&a) && !mark.is(&b) && mark == Same::of(&a) && mark != Same::of(&b));
        drop(a);
        let c = Arc::new(1);
        assert!(!mark.is(&c), "the place of a value that is gone is not given away");
    }
}
