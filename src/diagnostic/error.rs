//! The error that stops a piece of work.

use std::fmt;
use std::path::Path;

use super::Finding;
use super::file_fault::said_of;
use super::shown_path::shown_path;

/// A result whose error is an [`AppError`].
pub type AppResult<T> = Result<T, AppError>;

/// One finding that stops the work, with its underlying cause where there is one.
#[derive(Debug)]
pub struct AppError {
    finding: Box<Finding>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl AppError {
    /// An error with a stable code and a Chinese sentence saying what went wrong.
    #[must_use]
    pub fn new(code: &'static str, what: impl Into<String>) -> Self {
        Finding::error(code, what).into()
    }

    /// An error of the file system: what was tried, on which path, and why it failed.
    #[must_use]
    pub fn io(what: &str, path: &Path, cause: std::io::Error) -> Self {
        let (code, why, hint) = said_of(&cause);
        let finding = Finding::error(code, format!("{what}：{why}")).hint(hint).file(shown_path(path));
        Self::from(finding).caused_by(cause)
    }

    /// Attaches the underlying error.
    #[must_use]
    pub fn caused_by(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.finding.code
    }

    /// What, where, got, expected, what to do.
    #[must_use]
    pub fn finding(&self) -> &Finding {
        &self.finding
    }

    /// Changes the finding, to add a place on the way up.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(Finding) -> Finding) -> Self {
        self.finding = Box::new(change(*self.finding));
        self
    }
}

impl From<Finding> for AppError {
    fn from(finding: Finding) -> Self {
        Self { finding: Box::new(finding), cause: None }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.finding)
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}
