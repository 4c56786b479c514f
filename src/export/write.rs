//! Atomic writes: temporary file in the same folder, fsync, rename, fsync of the folder.
//!
//! A reader sees the old file or the new one, never a part; the same after a power cut.

use std::io::{Read, Write};
use std::path::Path;

use crate::diagnostic::{AppError, AppResult};

/// Prefix of temporary files, so that left-overs of a crash can be told.
const TEMPORARY_PREFIX: &str = ".fairdraw-";

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

/// Overwrites a file with zeros, on the disk, and removes it; nothing where there is none. What a file system keeps of
/// older versions is not reached.
///
/// # Errors
/// `IO-…` with the path.
pub fn wipe_file(path: &Path) -> AppResult<()> {
    if !path.exists() {
        return Ok(());
    }
    let failed = |cause: std::io::Error| AppError::io("清除文件失败", path, cause);
    let mut file = std::fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    std::io::copy(&mut std::io::repeat(0).take(length), &mut file).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    drop(file);
    std::fs::remove_file(path).map_err(failed)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => sync_folder(folder).map_err(failed),
        _ => Ok(()),
    }
}

#[cfg_attr(not(unix), allow(unused_variables, reason = "the mode is Unix's"))]
fn write_with(path: &Path, bytes: &[u8], mode: u32) -> AppResult<()> {
    let failed = |cause: std::io::Error| AppError::io("保存文件失败", path, cause);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY_PREFIX).suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any program's new file: the user's umask applies. (The default 0600 would lock colleagues out.)
        builder.permissions(std::fs::Permissions::from_mode(mode));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    sync_folder(folder).map_err(failed)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Windows has no fsync of a folder; its rename is journaled by NTFS.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the same shape on every platform")]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
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
    fn a_wiped_file_is_gone_and_its_bytes_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other_name) = (folder.path().join("秘密"), folder.path().join("另一名"));
        write_private(&path, b"0123456789").unwrap();
        std::fs::hard_link(&path, &other_name).unwrap();
        wipe_file(&path).unwrap();
        wipe_file(&path).unwrap();
        assert!(!path.exists());
        assert_eq!(std::fs::read(&other_name).unwrap(), [0; 10]);
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
