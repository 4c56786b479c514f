//! Where words and data go.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::diagnostic::{AppError, AppResult, Diagnostics, Progress};
use crate::export::write_atomic;
use crate::registry::{report_csv, tell_kinds};
use crate::workspace::store::quality::report_of;

/// Code of "the reader closed": not a failure.
pub const CLOSED: &str = "CLI-009";

/// A sentence for the operator, on stderr.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

fn closed(cause: std::io::Error) -> AppError {
    let code = if cause.kind() == std::io::ErrorKind::BrokenPipe { CLOSED } else { "CLI-008" };
    AppError::new(code, "无法写到标准输出").caused_by(cause)
}

/// A line of data, on stdout.
///
/// # Errors
/// `CLI-008`, `CLI-009` where stdout can't be written.
pub fn line(text: &str) -> AppResult<()> {
    writeln!(std::io::stdout().lock(), "{text}").map_err(closed)
}

/// Writes data to stdout through a function.
///
/// # Errors
/// `CLI-008`, `CLI-009`.
pub fn data(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> AppResult<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    write(&mut out).and_then(|()| out.flush()).map_err(closed)
}

/// A value as JSON, on stdout.
///
/// # Errors
/// `CLI-008`, `CLI-009`.
pub fn json<T: Serialize>(value: &T) -> AppResult<()> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|cause| AppError::new("CLI-007", "结果无法写成 JSON").caused_by(cause))?;
    line(&text)
}

/// The findings of a command: the first of each kind with the count on stderr, all of them into a file. A file that
/// can't be written is said, and the command goes on.
///
/// # Errors
/// `FRM-001`.
pub fn report_findings(diagnostics: &Diagnostics, to: &Path) -> AppResult<()> {
    let report = report_of(diagnostics, "");
    let told = tell_kinds(&report)?;
    if !told.is_empty() {
        say(told.trim());
    }
    write_report(&report_csv(&report), diagnostics.is_empty(), to);
    Ok(())
}

/// Writes a report beside what it is about and says where. One without findings takes the place of an older one only.
pub fn write_report(csv: &str, is_empty: bool, to: &Path) {
    if is_empty && !to.exists() {
        return;
    }
    match write_atomic(to, csv.as_bytes()) {
        Ok(()) => say(&format!("全部问题见 {}", to.display())),
        Err(error) => say(&format!("质量报告没有写成，可用 --report 另指定文件：{error}")),
    }
}

/// A bar on a terminal that follows a progress handle.
pub struct Watch {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Follows the progress where stderr is a terminal; does nothing elsewhere.
pub fn watch(progress: &Progress) -> Watch {
    let stop = Arc::new(AtomicBool::new(false));
    if !std::io::stderr().is_terminal() {
        return Watch { stop, thread: None };
    }
    let (seen, handle) = (Arc::clone(&stop), progress.clone());
    let thread = std::thread::Builder::new().name("fairdraw-progress".to_owned()).spawn(move || {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        while !seen.load(Ordering::Relaxed) {
            let state = handle.state();
            let count = if state.total > 0 { format!(" {}/{}", state.done, state.total) } else { String::new() };
            bar.set_message(format!("{}{count}", state.label));
            bar.tick();
            std::thread::sleep(Duration::from_millis(100));
        }
        bar.finish_and_clear();
    });
    Watch { stop, thread: thread.ok() }
}

impl Watch {
    /// Removes the bar.
    pub fn finish(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
