//! The log file for support: one a day, a week of them, in the program's own folder.
//!
//! Only the program's own lines are written: what packages trace may hold addresses. A log that can't be written is no
//! reason to do less.

use std::path::Path;
use std::time::Instant;

use tracing::{error, info, warn};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{Layer as _, fmt, registry};

use crate::diagnostic::{AppResult, Severity};
use crate::export::disk::make_folder;

/// Days kept.
const DAYS: usize = 7;
/// How the files' names begin and end: `fairdraw.2026-12-21.log`.
const PREFIX: &str = "fairdraw";
const SUFFIX: &str = "log";
/// What marks the program's own lines.
const OWN: &str = "fairdraw";
/// A command that ended well.
const WELL: &str = "ok";

/// True for the name of a log file.
pub(super) fn is_log(name: &str) -> bool {
    name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX)).is_some_and(|day| day.len() == 12)
}

/// From here on the process logs into this folder; where that can't be, it goes on without.
pub fn begin(folder: &Path) {
    // the appender would complain of a folder that is not there yet
    if make_folder(folder).is_err() {
        return;
    }
    let builder = RollingFileAppender::builder().rotation(Rotation::DAILY).max_log_files(DAYS);
    let Ok(file) = builder.filename_prefix(PREFIX).filename_suffix(SUFFIX).build(folder) else { return };
    let own = Targets::new().with_target(OWN, LevelFilter::INFO);
    let lines = fmt::layer().with_writer(file).with_ansi(false).with_target(false).with_filter(own);
    // a process that logs already goes on as it does
    let _ = tracing::subscriber::set_global_default(registry().with(lines));
}

/// The program has begun: what it was asked for, by its id.
pub fn started(what: &str, portable: bool) {
    let (version, system, kind) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    info!(target: OWN, process = std::process::id(), what, version, system, kind, portable, "start");
}

fn code_of<T>(result: &AppResult<T>) -> &'static str {
    result.as_ref().err().map_or(WELL, crate::diagnostic::AppError::code)
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// A command has ended.
pub fn command<T>(id: &str, since: Instant, result: &AppResult<T>) {
    info!(target: OWN, id, ms = milliseconds(since), code = code_of(result), "command");
}

/// A deed has ended.
pub fn deed<T>(id: &'static str, since: Instant, result: &AppResult<T>) {
    info!(target: OWN, id, ms = milliseconds(since), code = code_of(result), "deed");
}

/// A job of the window has ended.
pub fn job<T>(id: &'static str, since: Instant, result: &AppResult<T>) {
    info!(target: OWN, id, ms = milliseconds(since), code = code_of(result), "job");
}

/// Something was said to the user.
pub fn finding(code: &'static str, severity: Severity) {
    match severity {
        Severity::Error => error!(target: OWN, code, "said"),
        Severity::Warning => warn!(target: OWN, code, "said"),
        Severity::Hint => info!(target: OWN, code, "said"),
    }
}

/// What paints the window.
pub fn graphics(words: &str) {
    info!(target: OWN, words, "graphics");
}

/// The window was closed.
pub fn closed() {
    info!(target: OWN, process = std::process::id(), "closed");
}

/// A fault of the program: its place, and a message that names nobody.
pub(super) fn fault(place: &str, said: &str) {
    error!(target: OWN, process = std::process::id(), place, said, "fault");
}

/// An earlier run did not end as it should.
pub(super) fn ended_badly(process: &str, with_report: bool) {
    warn!(target: OWN, process, with_report, "ended unexpectedly");
}

/// Codes that a log speaks of, each with how often.
pub(super) fn codes_in(text: &str) -> std::collections::BTreeMap<String, u64> {
    let mut codes = std::collections::BTreeMap::new();
    for line in text.lines() {
        let found = line.split("code=\"").nth(1).and_then(|rest| rest.split('"').next());
        if let Some(code) = found.filter(|code| *code != WELL) {
            *codes.entry(code.to_owned()).or_insert(0) += 1;
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_told_by_name_and_their_codes_counted() {
        assert!(is_log("fairdraw.2026-12-21.log"));
        assert!(!is_log("fairdraw.log") && !is_log("other.2026-12-21.log"));
        let text = "INFO deed id=\"seal\" ms=3 code=\"ok\"\nINFO deed id=\"seal\" ms=3 code=\"SEL-003\"\nWARN said code=\"SEL-003\"\n";
        assert_eq!(codes_in(text).into_iter().collect::<Vec<_>>(), [("SEL-003".to_owned(), 2)]);
    }
}
