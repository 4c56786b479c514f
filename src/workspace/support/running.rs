//! A mark that the window is open, so that the next start knows of one that did not end as it should.
//!
//! The mark is a file that the operating system holds locked while its process lives: one that can be locked was left by
//! a process that is gone, whatever ended it. Where files can't be locked there are no marks.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{crash, log};
use crate::export::disk::{make_folder, remove_file, rename};
use crate::workspace::store::clock::Moment;

/// How the marks' names begin.
const PREFIX: &str = "running-";
/// The same while one is being made.
const MAKING: &str = ".running-";

/// How an earlier run ended that did not end as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When it had begun.
    pub begun: String,
    /// It left a report: a fault of the program. Else a power cut, or the system ended it.
    pub with_report: bool,
}

/// The mark of this window; goes when dropped, unless the program fails at that moment.
#[derive(Debug)]
pub struct RunningMark {
    path: PathBuf,
    file: Option<File>,
}

impl Drop for RunningMark {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        // while it is still locked: nobody takes it for one that was left
        let removed = remove_file(&self.path);
        drop(self.file.take());
        if removed.is_err() {
            let _ = remove_file(&self.path);
        }
    }
}

/// Puts this window's mark into the folder and takes away those that ended runs left. Gives the mark, and the latest of
/// those runs.
#[must_use]
pub fn begin(folder: &Path) -> (Option<RunningMark>, Option<Ended>) {
    if make_folder(folder).is_err() {
        return (None, None);
    }
    let ended = left_behind(folder);
    (put(folder).ok(), ended)
}

fn put(folder: &Path) -> std::io::Result<RunningMark> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let (making, path) = (folder.join(format!("{MAKING}{name}")), folder.join(format!("{PREFIX}{name}")));
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&making)?;
    let locked = file.try_lock().is_ok();
    let done = file.write_all(Moment::now().to_string().as_bytes()).and_then(|()| rename(&making, &path));
    if let (true, Ok(())) = (locked, done) {
        return Ok(RunningMark { path, file: Some(file) });
    }
    drop(file);
    remove_file(&making)?;
    Err(std::io::ErrorKind::Unsupported.into())
}

fn left_behind(folder: &Path) -> Option<Ended> {
    let mut ended: Option<Ended> = None;
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(process) = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()) else { continue };
        let Ok(mut file) = OpenOptions::new().read(true).write(true).open(entry.path()) else { continue };
        if file.try_lock().is_err() {
            continue;
        }
        let mut begun = String::new();
        // by the handle that holds the lock: Windows lets no other read
        let _ = file.read_to_string(&mut begun);
        drop(file);
        if remove_file(&entry.path()).is_err() {
            // it would be told of again at every start
            continue;
        }
        let with_report = crash::has_report(folder, process);
        log::ended_badly(process, with_report);
        if ended.as_ref().is_none_or(|known| known.begun < begun) {
            ended = Some(Ended { begun, with_report });
        }
    }
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_ends_well_leaves_no_mark_and_one_that_is_open_is_no_ended_one() {
        let dir = tempfile::tempdir().unwrap();
        let (mark, ended) = begin(dir.path());
        assert!(mark.is_some() && ended.is_none());
        let (second, ended) = begin(dir.path());
        assert_eq!(ended, None);
        drop((mark, second));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_run_that_was_killed_is_told_of_once() {
        let dir = tempfile::tempdir().unwrap();
        let mark = begin(dir.path()).0.unwrap();
        let path = mark.path.clone();
        // as if its process were gone: the file stays, the lock goes
        let bytes = std::fs::read(&path).unwrap();
        drop(mark);
        crate::export::write_atomic(&path, &bytes).unwrap();
        let (again, ended) = begin(dir.path());
        let ended = ended.unwrap();
        assert!(!ended.with_report && ended.begun.starts_with("20"), "{ended:?}");
        drop(again);
        assert_eq!(begin(dir.path()).1, None);
    }
}
