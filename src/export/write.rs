//! Atomic writes: temporary file in the same folder, fsync, rename, fsync of the folder.
//!
//! A reader sees the old file or the new one, never a part; the same after a power cut.

use std::path::Path;

use super::disk::{self, DiskStep};
use crate::diagnostic::{AppError, AppResult};

/// Prefix of temporary files, so that left-overs of a crash can be told.
const TEMPORARY_PREFIX: &str = ".fairdraw-";
/// Their ending.
const TEMPORARY_SUFFIX: &str = ".tmp";

/// True for the name of a temporary file that a killed program left.
#[must_use]
pub fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX)
}

/// Writes the bytes to `path` in one step, replacing what was there.
///
/// # Errors
/// `IO-00x` with the path: the folder is missing, can't be written to, the disk is full, the target is open
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

#[cfg_attr(not(unix), allow(unused_variables, reason = "the mode is Unix's"))]
fn write_with(path: &Path, bytes: &[u8], mode: u32) -> AppResult<()> {
    let failed = |cause: std::io::Error| AppError::io("保存文件失败", path, cause);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX).suffix(TEMPORARY_SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any program's new file: the user's umask applies. (The default 0600 would lock colleagues out.)
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    disk::step(DiskStep::Create, path).map_err(failed)?;
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    let written = disk::write_all(file.as_file_mut(), path, bytes, DiskStep::Write)
        .and_then(|()| disk::sync_file(file.as_file(), path))
        .and_then(|()| disk::step(DiskStep::Rename, path));
    if let Err(cause) = written {
        if disk::is_killed() {
            // a killed program cleans nothing up
            let _ = file.keep();
        }
        return Err(failed(cause));
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    disk::sync_folder(folder).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
