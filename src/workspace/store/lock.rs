//! One writer a project folder: a lock file that a second window respects by opening read-only.
//!
//! The lock is the operating system's (`File::try_lock`), so a process that dies, or a machine that goes, leaves nothing
//! behind to clean up. Who holds it stands in a file beside it: on Windows nobody else can read a locked file. Since when
//! is that file's own time, by the clock of the share.
//!
//! On a share without locks that file is the lock: made new or not at all, removed when the project is let go. One that
//! a killed program left there is removed by hand, after asking whom it names.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::UNIX_EPOCH;

use crate::diagnostic::{AppError, AppResult, FileError, Finding, System, shown_path};
use crate::export::disk;
use crate::workspace::store::clock::Moment;
use crate::workspace::store::journal::time_text;

/// Name of the lock file within a project.
pub const LOCK_FILE: &str = ".lock";
/// Name of the file that says who holds it.
pub const HOLDER_FILE: &str = ".lock-holder";

/// Most characters of a name that are shown.
const MOST_SHOWN: usize = 40;

/// The lock, held until dropped.
#[derive(Debug)]
pub struct ProjectLock {
    file: File,
    holder: PathBuf,
    changing: AtomicBool,
}

impl Drop for ProjectLock {
    fn drop(&mut self) {
        // while the lock is still held: nobody else's is removed
        let _ = std::fs::remove_file(&self.holder);
        // closing alone would leave it to a program that is just being started and has the file for a moment
        let _ = self.file.unlock();
    }
}

/// Held while a deed is written: one at a time, whoever shares the lock.
#[derive(Debug)]
pub struct Changing(Arc<ProjectLock>);

impl Changing {
    /// `None` while another deed is being written.
    #[must_use]
    pub fn begin(lock: &Arc<ProjectLock>) -> Option<Self> {
        let was = lock.changing.swap(true, Ordering::AcqRel);
        (!was).then(|| Self(Arc::clone(lock)))
    }
}

impl Drop for Changing {
    fn drop(&mut self) {
        self.0.changing.store(false, Ordering::Release);
    }
}

/// True where the file system has no locks.
fn has_no_locks(cause: &io::Error) -> bool {
    let number = FileError::of(cause);
    let known = number.is_some_and(|error| match error.system {
        // invalid function, not supported, not implemented
        System::Windows => matches!(error.number, 1 | 50 | 120),
        // ENOLCK, ENOSYS, EOPNOTSUPP
        System::Unix => matches!(error.number, 37 | 38 | 95),
    });
    known || cause.kind() == io::ErrorKind::Unsupported
}

/// The machine's name, as colleagues know it; empty where it has none.
fn machine() -> String {
    let of_windows = std::env::var("COMPUTERNAME").ok();
    let name = of_windows.or_else(|| std::fs::read_to_string("/proc/sys/kernel/hostname").ok());
    name.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default().trim().to_owned()
}

/// Who holds a project, in words: `张三（电脑 JC-PC07），自 2026-12-21 09:00 起`.
fn told_holder(folder: &Path) -> String {
    let path = folder.join(HOLDER_FILE);
    let text = std::fs::read_to_string(&path).or_else(|_| std::fs::read_to_string(folder.join(LOCK_FILE)));
    let text = text.unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let (who, machine) = line.split_once('\t').unwrap_or((line, ""));
    let clean = |text: &str| -> String { text.chars().filter(|c| !c.is_control()).take(MOST_SHOWN).collect() };
    let (who, machine) = (clean(who.trim()), clean(machine.trim()));
    let who = if who.is_empty() { "未写姓名的用户" } else { &who };
    let machine = if machine.is_empty() { machine } else { format!("（电脑 {machine}）") };
    let since = std::fs::metadata(&path).and_then(|file| file.modified()).ok();
    let seconds = since.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map(|since| since.as_secs());
    let at = seconds.and_then(|seconds| Moment::from_unix(i64::try_from(seconds).ok()?));
    let since = at.map(|at| format!("，自 {} 起", time_text(&at.to_string()))).unwrap_or_default();
    format!("{who}{machine}{since}")
}

impl ProjectLock {
    /// Takes the lock of a project folder for `operator`.
    ///
    /// # Errors
    /// `PRJ-010` where another window or command holds it, `PRJ-047` where one does, or did and was killed, on a share
    /// without locks, `IO-…` where the file can't be made.
    pub fn acquire(folder: &Path, operator: &str) -> AppResult<Self> {
        let path = folder.join(LOCK_FILE);
        let io = |cause| AppError::io("锁定项目文件夹", &path, cause);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        let holder = folder.join(HOLDER_FILE);
        let text = format!("{operator}\t{}\n", machine());
        match disk::try_lock(&file, &path) {
            Ok(()) => {
                // who it is helps others alone: a full disk is no reason not to open
                let _ = file.set_len(0).and_then(|()| file.write_all(operator.as_bytes()));
                let _ = std::fs::remove_file(&holder);
                let _ = make_new(&holder, &text);
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Finding::error("PRJ-010", "项目正被另一个窗口或命令使用")
                    .value(told_holder(folder))
                    .hint("请先关闭它；也可以只读方式打开")
                    .file(shown_path(folder))
                    .into());
            }
            Err(TryLockError::Error(cause)) if has_no_locks(&cause) => match make_new(&holder, &text) {
                Ok(()) => {}
                Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
                    return Err(Finding::error("PRJ-047", "项目正被使用，或上次使用时异常退出（此共享文件夹不支持文件锁）")
                        .value(told_holder(folder))
                        .hint(format!("请先与其确认：仍在使用的请其关闭；确已退出的，删除项目文件夹中的 {HOLDER_FILE} 后重新打开；也可以只读方式打开"))
                        .file(shown_path(folder))
                        .into());
                }
                Err(cause) => return Err(io(cause)),
            },
            Err(TryLockError::Error(cause)) => return Err(io(cause)),
        }
        Ok(Self { file, holder, changing: AtomicBool::new(false) })
    }
}

/// A file that was not there.
fn make_new(path: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::disk::{DiskStep, DiskStop, watch_disk};

    #[test]
    fn a_second_holder_is_refused_until_the_first_lets_go() {
        let dir = tempfile::tempdir().unwrap();
        let first = ProjectLock::acquire(dir.path(), "张三").unwrap();
        let refused = ProjectLock::acquire(dir.path(), "李四").unwrap_err();
        assert_eq!(refused.code(), "PRJ-010");
        let said = refused.to_string();
        assert!(said.contains("张三") && said.contains("，自 20") && said.contains(" 起"), "{said}");
        drop(first);
        assert!(!dir.path().join(HOLDER_FILE).exists());
        assert!(ProjectLock::acquire(dir.path(), "李四").is_ok());
    }

    #[test]
    fn files_that_another_machine_left_hold_nobody_up() {
        let dir = tempfile::tempdir().unwrap();
        make_new(&dir.path().join(LOCK_FILE), "王五").unwrap();
        make_new(&dir.path().join(HOLDER_FILE), "王五\tJC-PC07\n").unwrap();
        let held = ProjectLock::acquire(dir.path(), "李四").unwrap();
        assert!(told_holder(dir.path()).starts_with("李四"));
        drop(held);
    }

    #[test]
    fn on_a_share_without_locks_the_file_of_the_holder_is_the_lock() {
        for stop in [DiskStop::Error(37), DiskStop::Error(95), DiskStop::Windows(50), DiskStop::Windows(1)] {
            let dir = tempfile::tempdir().unwrap();
            watch_disk(Some(Box::new(move |step, _| (step == DiskStep::Lock).then_some(stop))));
            let first = ProjectLock::acquire(dir.path(), "张三").unwrap();
            let refused = ProjectLock::acquire(dir.path(), "李四").unwrap_err();
            assert_eq!(refused.code(), "PRJ-047");
            let said = refused.to_string();
            assert!(said.contains("张三") && said.contains(HOLDER_FILE), "{said}");
            drop(first);
            // killed: the file stays, and goes by hand
            std::mem::forget(ProjectLock::acquire(dir.path(), "王五").unwrap());
            assert_eq!(ProjectLock::acquire(dir.path(), "李四").unwrap_err().code(), "PRJ-047");
            std::fs::remove_file(dir.path().join(HOLDER_FILE)).unwrap();
            assert!(ProjectLock::acquire(dir.path(), "李四").is_ok());
            watch_disk(None);
        }
    }

    #[test]
    fn another_fault_of_locking_is_said_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        watch_disk(Some(Box::new(|step, _| (step == DiskStep::Lock).then_some(DiskStop::Windows(64)))));
        assert_eq!(ProjectLock::acquire(dir.path(), "张三").unwrap_err().code(), "IO-008");
        watch_disk(None);
    }
}
