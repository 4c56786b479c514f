//! Atomic writes: temporary file in the same folder, fsync, rename, fsync of the folder.
//!
//! A reader sees the old file or the new one, never a part; the same after a power cut.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tempfile::TempPath;

use super::disk::{self, DiskStep};
use crate::diagnostic::{AppError, AppResult, FileFault};

/// Prefix of temporary files, so that left-overs of a crash can be told.
const TEMPORARY_PREFIX: &str = ".fairdraw-";
/// Their ending.
const TEMPORARY_SUFFIX: &str = ".tmp";
/// Files written at a time, where there are many.
const WRITERS: usize = 8;

/// True for the name of a temporary file that a killed program left.
#[must_use]
pub fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX)
}

/// Writes the bytes to `path` in one step, replacing what was there.
///
/// # Errors
/// `IO-…` with the path: the folder is missing, can't be written to, the disk is full, the target is open
/// in another program (Windows).
pub fn write_atomic(path: &Path, bytes: &[u8]) -> AppResult<()> {
    write_with(path, bytes, 0o666)
}

/// As [`write_atomic`], readable by its owner alone (on Unix): secrets and keys.
///
/// # Errors
/// `IO-…` with the path.
pub fn write_private(path: &Path, bytes: &[u8]) -> AppResult<()> {
    write_with(path, bytes, 0o600)
}

/// Writes several files: each in one step, and none before all are written beside their places, so that a full disk, a
/// write-protected folder or a file that an office program has open leaves all of them as they were.
///
/// # Errors
/// `IO-…` with the path of the first that can't be written.
pub fn write_all_atomic(files: &[(PathBuf, &[u8])]) -> AppResult<()> {
    for (path, _) in files {
        disk::check_replaceable(path).map_err(|cause| failed(path, cause))?;
    }
    let mut folders = BTreeSet::new();
    for ready in make_all(files)? {
        folders.insert(ready.folder.clone());
        ready.take_place()?;
    }
    folders.iter().try_for_each(|folder| disk::sync_folder(folder).map_err(|cause| failed(folder, cause)))
}

/// Files written beside their places. The disk's answers to flushing are waited for side by side: a nation's export has
/// tens of thousands of files, and one flush serves several. Of several faults the first file's is told.
fn make_all(files: &[(PathBuf, &[u8])]) -> AppResult<Vec<Ready>> {
    let make = |(path, bytes): &(PathBuf, &[u8])| Ready::make(path, bytes, 0o666);
    // who watches the disk's steps watches them on one thread
    if files.len() < WRITERS || disk::is_watched() {
        return files.iter().map(make).collect();
    }
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    // what is begun is ended, in the order of the files: so the first fault is always among what was made
    let write_on = || {
        let mut made = Vec::new();
        while !failed.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(at) else { break };
            let ready = make(file);
            failed.fetch_or(ready.is_err(), Ordering::Relaxed);
            made.push((at, ready));
        }
        made
    };
    let mut made: Vec<(usize, AppResult<Ready>)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..WRITERS)
            .filter_map(|_| {
                std::thread::Builder::new().name("fairdraw-write".to_owned()).spawn_scoped(scope, write_on).ok()
            })
            .collect();
        let mut made = write_on();
        for other in others {
            made.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        made
    });
    made.sort_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, ready)| ready).collect()
}

fn write_with(path: &Path, bytes: &[u8], mode: u32) -> AppResult<()> {
    let ready = Ready::make(path, bytes, mode)?;
    let folder = ready.folder.clone();
    ready.take_place()?;
    disk::sync_folder(&folder).map_err(|cause| failed(path, cause))
}

fn failed(path: &Path, cause: io::Error) -> AppError {
    AppError::io("保存文件失败", path, cause)
}

/// A file written beside its place; it goes where it is dropped before it took it.
struct Ready {
    made: Option<TempPath>,
    folder: PathBuf,
    path: PathBuf,
}

impl Drop for Ready {
    fn drop(&mut self) {
        if disk::is_killed() {
            // a killed program cleans nothing up
            let _ = self.made.take().map(TempPath::keep);
        }
    }
}

impl Ready {
    fn make(path: &Path, bytes: &[u8], mode: u32) -> AppResult<Self> {
        let failed = |cause| failed(path, cause);
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY_PREFIX).suffix(TEMPORARY_SUFFIX);
        let made = disk::patiently(|| {
            disk::step(DiskStep::Create, path)?;
            builder.make_in(folder, |new| open_new(new, mode))
        });
        let (mut file, made) = made.map_err(failed)?.into_parts();
        let ready = Self { made: Some(made), folder: folder.to_owned(), path: path.to_owned() };
        disk::write_all(&mut file, path, bytes, DiskStep::Write)
            .and_then(|()| disk::sync_file(&file, path))
            .map_err(failed)?;
        // the file is closed here: a handle of our own stands in nobody's way
        Ok(ready)
    }

    fn take_place(mut self) -> AppResult<()> {
        let Some(made) = &self.made else { return Ok(()) };
        // the standard library's renaming: it takes paths of any length on Windows
        let moved = disk::rename(made, &self.path).map_err(|cause| failed(&self.path, nearer(&self.path, cause)));
        if moved.is_ok() {
            // there is nothing of that name any more
            let _ = self.made.take().map(TempPath::keep);
        }
        moved
    }
}

/// A new file as any program's: the user's umask applies. (0600, the habit of temporary files, would lock colleagues out.)
#[cfg_attr(not(unix), allow(unused_variables, reason = "the mode is Unix's"))]
fn open_new(path: &Path, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    options.open(path)
}

/// Windows denies access where a file to be replaced is open in another program; opening it says so by its own number.
fn nearer(path: &Path, cause: io::Error) -> io::Error {
    if FileFault::of(&cause) != Some(FileFault::Denied) || !path.is_file() {
        return cause;
    }
    match OpenOptions::new().write(true).open(path) {
        Err(open) if FileFault::of(&open) == Some(FileFault::Open) => open,
        _ => cause,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;
    use crate::export::disk::{DiskStop, watch_disk};

    /// Writes over `old` where Windows gives `number` at the first `times` renames: tries, what came of it, the file, and
    /// how many files there are.
    fn held(number: i32, times: usize) -> (usize, AppResult<()>, Vec<u8>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("计划.xlsx");
        write_atomic(&path, b"old").unwrap();
        let tries = Rc::new(Cell::new(0));
        let seen = Rc::clone(&tries);
        watch_disk(Some(Box::new(move |step, _| {
            let is_move = step == DiskStep::Rename;
            seen.set(seen.get() + usize::from(is_move));
            (is_move && seen.get() <= times).then_some(DiskStop::Windows(number))
        })));
        let done = write_atomic(&path, b"new");
        watch_disk(None);
        let there = std::fs::read_dir(folder.path()).unwrap().count();
        (tries.get(), done, std::fs::read(&path).unwrap(), there)
    }

    #[test]
    fn a_scanner_that_looks_at_the_file_for_a_moment_is_waited_for() {
        for number in [5, 32, 33, 1_224, 391] {
            let (tries, done, bytes, there) = held(number, 3);
            assert!(done.is_ok(), "{number}: {done:?}");
            assert_eq!((tries, bytes.as_slice(), there), (4, b"new".as_slice(), 1), "{number}");
        }
    }

    #[test]
    fn a_file_that_an_office_program_has_open_is_said_and_stays() {
        let (tries, done, bytes, there) = held(32, usize::MAX);
        assert_eq!((tries, bytes.as_slice(), there), (6, b"old".as_slice(), 1));
        let said = done.unwrap_err().to_string();
        assert!(
            said.contains("正被其他程序打开（例如 WPS 或 Excel）。请关闭它后重试") && said.contains("计划.xlsx"),
            "{said}"
        );
    }

    #[test]
    fn what_does_not_pass_is_not_waited_for() {
        for number in [19, 21, 39, 112, 53, 1_117, 206, 362] {
            assert_eq!(held(number, usize::MAX).0, 1, "{number}");
        }
    }

    #[test]
    fn many_files_are_written_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<Vec<u8>> = (0..100_u32).map(|i| i.to_string().repeat(i as usize % 7 + 1).into_bytes()).collect();
        let path = |i: usize| folder.path().join(format!("{i:03}.csv"));
        let mut files: Vec<(PathBuf, &[u8])> =
            bytes.iter().enumerate().map(|(i, bytes)| (path(i), bytes.as_slice())).collect();
        write_atomic(&path(7), b"old").unwrap();
        // two can't be made: their folder is not there
        for at in [40, 90] {
            files[at].0 = folder.path().join("没有").join(format!("{at}.csv"));
        }
        let told = write_all_atomic(&files).unwrap_err().to_string();
        assert!(told.contains("40.csv"), "the first of them is told: {told}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left of the others");
        assert_eq!(std::fs::read(path(7)).unwrap(), b"old");
        for at in [40, 90] {
            files[at].0 = path(at);
        }
        write_all_atomic(&files).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 100);
        assert!(bytes.iter().enumerate().all(|(i, bytes)| std::fs::read(path(i)).unwrap() == *bytes));
    }

    #[test]
    fn replaces_whole_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("计划.csv");
        write_atomic(&path, b"old and longer").unwrap();
        write_atomic(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_said_with_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_atomic(&folder.path().join("无").join("x.csv"), b"x").unwrap_err();
        assert_eq!(error.code(), "IO-001");
        assert!(error.to_string().contains("x.csv"));
    }

    #[test]
    fn a_failed_write_keeps_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d");
        std::fs::create_dir(&path).unwrap();
        assert!(write_atomic(&path, b"x").is_err());
        assert!(path.is_dir());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn of_several_files_none_is_written_where_one_can_not_be() {
        let cases = [
            // open in an office program; full while the second is written; the folder is write-protected
            (DiskStep::Replace, 2, DiskStop::Windows(32), "IO-010"),
            (DiskStep::Write, 2, DiskStop::Windows(112), "IO-004"),
            (DiskStep::Write, 1, DiskStop::Error(28), "IO-004"),
            (DiskStep::Create, 2, DiskStop::Windows(19), "IO-006"),
            (DiskStep::Sync, 3, DiskStop::Windows(64), "IO-008"),
        ];
        for (at, from, stop, code) in cases {
            let folder = tempfile::tempdir().unwrap();
            let files: Vec<(PathBuf, &[u8])> =
                ["甲.csv", "乙.csv", "丙.csv"].map(|name| (folder.path().join(name), b"new".as_slice())).to_vec();
            for (path, _) in &files {
                write_atomic(path, b"old").unwrap();
            }
            let mut met = 0;
            watch_disk(Some(Box::new(move |step, _| {
                met += usize::from(step == at);
                (step == at && met >= from).then_some(stop)
            })));
            let refused = write_all_atomic(&files);
            watch_disk(None);
            assert_eq!(refused.unwrap_err().code(), code);
            assert!(files.iter().all(|(path, _)| std::fs::read(path).unwrap() == b"old"), "{code}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "{code}");
            write_all_atomic(&files).unwrap();
            assert!(files.iter().all(|(path, _)| std::fs::read(path).unwrap() == b"new"), "{code}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "{code}");
        }
    }
}
