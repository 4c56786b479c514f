//! One writer a project folder: a lock file that a second window respects by opening read-only.
//!
//! The lock is the operating system's (`File::try_lock`), so a process that dies leaves nothing behind to
//! clean up; the file's text only names who holds it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::diagnostic::{AppError, AppResult, Finding};

/// Name of the lock file within a project.
pub const LOCK_FILE: &str = ".lock";

/// The lock, held until dropped.
#[derive(Debug)]
pub struct ProjectLock {
    _file: File,
    changing: AtomicBool,
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

impl ProjectLock {
    /// Takes the lock of a project folder for `operator`.
    ///
    /// # Errors
    /// `PRJ-010` where another window or command holds it, `IO-…` where the file can't be made.
    pub fn acquire(folder: &Path, operator: &str) -> AppResult<Self> {
        let path = folder.join(LOCK_FILE);
        let io = |cause| AppError::io("锁定项目文件夹", &path, cause);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                return Err(Finding::error("PRJ-010", "项目正被另一个窗口或命令使用")
                    .value(holder.trim())
                    .hint("请先关闭它；也可以只读方式打开")
                    .file(folder.display().to_string())
                    .into());
            }
            Err(std::fs::TryLockError::Error(cause)) => return Err(io(cause)),
        }
        file.set_len(0).and_then(|()| file.write_all(operator.as_bytes())).map_err(io)?;
        Ok(Self { _file: file, changing: AtomicBool::new(false) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_until_the_first_lets_go() {
        let dir = tempfile::tempdir().unwrap();
        let first = ProjectLock::acquire(dir.path(), "张三").unwrap();
        let refused = ProjectLock::acquire(dir.path(), "李四").unwrap_err();
        assert_eq!(refused.code(), "PRJ-010");
        drop(first);
        assert!(ProjectLock::acquire(dir.path(), "李四").is_ok());
    }
}
