//! What a fault of the program leaves behind: a report beside the log, and a line in it.
//!
//! Every panic is reported, those that a job turns into a message too. The report has place, back trace and version, and
//! a message that names nobody.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use super::{log, plain};
use crate::export::disk::{make_folder, remove_file};
use crate::export::write_atomic;
use crate::workspace::store::clock::Moment;

/// Reports kept.
const MOST_REPORTS: usize = 10;
/// How their names begin and end: `fault-20261221T090000-4711-1.txt`.
const PREFIX: &str = "fault-";
const SUFFIX: &str = ".txt";

/// True for the name of a report.
pub(super) fn is_report(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// The reports of a folder, the oldest first.
pub(super) fn reports(folder: &Path) -> Vec<PathBuf> {
    let name = |path: &PathBuf| path.file_name().is_some_and(|name| is_report(&name.to_string_lossy()));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries.filter(name).collect();
    found.sort();
    found
}

/// True where a process left a report.
pub(super) fn has_report(folder: &Path, process: &str) -> bool {
    let of = format!("-{process}-");
    reports(folder).iter().any(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(&of)))
}

/// From here on a panic of this process leaves a report in the folder, before what happens otherwise.
pub fn report_faults(folder: &Path) {
    let (folder, before) = (folder.to_owned(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
        let message = plain(said(info));
        log::fault(&place, &message);
        write_report(&folder, &place, &message);
        before(info);
    }));
}

fn said<'a>(info: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = info.payload();
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("")
}

/// Writes the report; there is nobody to tell where that fails.
fn write_report(folder: &Path, place: &str, message: &str) {
    let now = Moment::now().to_string();
    let stamp: String = now.chars().take(19).filter(|c| c.is_ascii_digit() || *c == 'T').collect();
    let thread = plain(std::thread::current().name().unwrap_or_default());
    let text = format!(
        "version: {} ({} {})\ntime: {now}\nprocess: {}\nthread: {thread}\nplace: {place}\nmessage: {message}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        std::process::id(),
        Backtrace::force_capture(),
    );
    if make_folder(folder).is_err() {
        return;
    }
    let old = reports(folder);
    let spare = (old.len() + 1).saturating_sub(MOST_REPORTS);
    for path in old.iter().take(spare) {
        let _ = remove_file(path);
    }
    let name = |n: usize| folder.join(format!("{PREFIX}{stamp}-{}-{n}{SUFFIX}", std::process::id()));
    if let Some(path) = (1..100).map(name).find(|path| !path.exists()) {
        let _ = write_atomic(&path, text.as_bytes());
    }
}
