//! The few steps by which the product changes a disk: everything that lasts is written through these.
//!
//! Each step can be watched, so that a test may stop at any of them as a full disk, a failing one or a killed program
//! would ([`watch_disk`]); nobody watches in the product. A stopped write leaves half of its bytes behind, as it may in
//! life; after a kill nothing more reaches the disk from that thread, clean-ups included.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// What is about to happen to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiskStep {
    /// A file is made.
    Create,
    /// Bytes go into it.
    Write,
    /// File or folder is flushed.
    Sync,
    /// A name moves.
    Rename,
    /// A file or an empty folder goes.
    Remove,
    /// A folder is made.
    Folder,
    /// Bytes are put behind those of a file.
    Append,
    /// A file is cut to a length.
    Cut,
}

/// How a watched step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskStop {
    /// As the operating system's error of this number would end it.
    Error(i32),
    /// As if the program were killed here.
    Kill,
}

/// Who looks at each step before it is done; `Some` stops it.
pub type DiskWatch = Box<dyn FnMut(DiskStep, &Path) -> Option<DiskStop>>;

#[derive(Default)]
struct Watched {
    watch: Option<DiskWatch>,
    killed: bool,
}

thread_local! {
    static WATCHED: RefCell<Watched> = RefCell::default();
}

/// Lets a watch look at every step of this thread from now on; `None` ends it, and a kill.
pub fn watch_disk(watch: Option<DiskWatch>) {
    WATCHED.with_borrow_mut(|watched| *watched = Watched { watch, killed: false });
}

/// True once a watch has "killed" this thread.
pub(super) fn is_killed() -> bool {
    WATCHED.with_borrow(|watched| watched.killed)
}

pub(super) fn step(step: DiskStep, path: &Path) -> io::Result<()> {
    WATCHED.with_borrow_mut(|watched| {
        let killed = || io::Error::other("killed");
        if watched.killed {
            return Err(killed());
        }
        match watched.watch.as_mut().and_then(|watch| watch(step, path)) {
            None => Ok(()),
            Some(DiskStop::Error(number)) => Err(io::Error::from_raw_os_error(number)),
            Some(DiskStop::Kill) => {
                watched.killed = true;
                Err(killed())
            }
        }
    })
}

/// Writes bytes into an open file; half of them where the step is stopped.
pub(super) fn write_all(file: &mut File, path: &Path, bytes: &[u8], as_step: DiskStep) -> io::Result<()> {
    let was_killed = is_killed();
    match step(as_step, path) {
        Ok(()) => file.write_all(bytes),
        Err(error) => {
            if !was_killed && let Some(half) = bytes.get(..bytes.len() / 2) {
                let _ = file.write_all(half);
            }
            Err(error)
        }
    }
}

pub(super) fn sync_file(file: &File, path: &Path) -> io::Result<()> {
    step(DiskStep::Sync, path)?;
    file.sync_all()
}

/// Flushes a folder's names to the disk. Windows has no fsync of a folder; its rename is journaled by NTFS.
///
/// # Errors
/// Those of the operating system.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    step(DiskStep::Sync, folder)?;
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Makes a folder and its parents; those that are there stay.
///
/// # Errors
/// Those of the operating system.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    step(DiskStep::Folder, path)?;
    std::fs::create_dir_all(path)
}

/// Moves a name, replacing a file that stands there.
///
/// # Errors
/// Those of the operating system.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    step(DiskStep::Rename, to)?;
    std::fs::rename(from, to)
}

/// Removes a file; true where there was one.
///
/// # Errors
/// Those of the operating system.
pub fn remove_file(path: &Path) -> io::Result<bool> {
    step(DiskStep::Remove, path)?;
    found(std::fs::remove_file(path))
}

/// Writes zeros over a file's bytes and flushes them, then removes it; true where there was one. That the bytes can't be
/// read back any more holds where the file system writes in place: on solid-state disks, journaling and snapshotting
/// file systems older copies may remain. A file that can't be written over is removed all the same.
///
/// # Errors
/// Those of the operating system at the removal.
pub fn wipe_file(path: &Path) -> io::Result<bool> {
    let over = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        write_all(&mut file, path, &vec![0; length], DiskStep::Write)?;
        sync_file(&file, path)
    };
    // removing it counts; the zeros are done as well as can be
    let _ = over();
    remove_file(path)
}

/// Removes a folder with all that is in it, a file at a time; true where there was one.
///
/// # Errors
/// Those of the operating system.
pub fn remove_folder(path: &Path) -> io::Result<bool> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(cause) => return Err(cause),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_folder(&entry.path())?;
        } else {
            remove_file(&entry.path())?;
        }
    }
    step(DiskStep::Remove, path)?;
    found(std::fs::remove_dir(path))
}

fn found(removed: io::Result<()>) -> io::Result<bool> {
    match removed {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(cause),
    }
}

/// Cuts a file to `length` bytes, then puts `bytes` behind them and flushes it; a missing file is made.
///
/// # Errors
/// Those of the operating system.
pub fn append_at(path: &Path, length: u64, bytes: &[u8]) -> io::Result<()> {
    use std::io::Seek;
    let is_new = !path.exists();
    if is_new {
        step(DiskStep::Create, path)?;
    }
    let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    if file.metadata()?.len() != length {
        step(DiskStep::Cut, path)?;
        file.set_len(length)?;
    }
    file.seek(io::SeekFrom::End(0))?;
    write_all(&mut file, path, bytes, DiskStep::Append)?;
    sync_file(&file, path)?;
    match path.parent() {
        Some(folder) if is_new => sync_folder(folder),
        _ => Ok(()),
    }
}
