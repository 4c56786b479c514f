//! Findings, their collection, errors and progress.
//!
//! Duty: one shape for everything that the product has to say about bad input, so that every message
//! has the same order (what, row and column, got, expected, what to do, path last) and a stable code
//! that tests and support can rely on.
//!
//! Decided against a `thiserror` enum per module: the parts of a message are the same everywhere, and
//! callers never branch on more than the code. [`AppError`] is therefore one finding that stops the work.

mod error;
mod file_fault;
mod finding;
mod progress;
mod ron_words;
mod shown_path;

pub use error::{AppError, AppResult};
pub use file_fault::{FileError, FileFault, System};
pub use finding::{Diagnostics, Finding, Severity};
pub use progress::{Progress, ProgressState};
pub use ron_words::{ron_words, value_words};
pub use shown_path::{plain_path, shown_path};
