//! The few steps by which the product changes a disk: everything that lasts is written through these.
//!
//! Each step can be watched, so that a test may stop at any of them as a full disk, a failing one or a killed program
//! would ([`watch_disk`]); nobody watches in the product. A stopped write leaves half of its bytes behind, as it may in
//! life; after a kill nothing more reaches the disk from that thread, clean-ups included.

use std::cell::RefCell;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use crate::diagnostic::{FileError, System};

/// How long is waited before each further try where another program holds a file for a moment: 0.3 s in all. Virus
/// scanners and clouds look at a file right after it was written; one that an office has open stays so.
const WAITS: [Duration; 5] = [
    Duration::from_millis(10),
    Duration::from_millis(20),
    Duration::from_millis(40),
    Duration::from_millis(80),
    Duration::from_millis(150),
];

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
    /// A file that stands is looked at: whether it can be replaced.
    Replace,
    /// A file is locked.
    Lock,
}

/// How a watched step ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskStop {
    /// As the operating system's error of this number would end it.
    Error(i32),
    /// As Windows' error of this number would end it, on any system.
    Windows(i32),
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

/// True while somebody watches this thread's steps.
pub(super) fn is_watched() -> bool {
    WATCHED.with_borrow(|watched| watched.watch.is_some() || watched.killed)
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
            Some(DiskStop::Windows(number)) => Err(FileError { system: System::Windows, number }.to_io()),
            Some(DiskStop::Kill) => {
                watched.killed = true;
                Err(killed())
            }
        }
    })
}

/// Does what another program may stand in the way of for a moment, again after a while where it did.
pub(super) fn patiently<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for wait in WAITS {
        match attempt() {
            Err(cause) if FileError::of(&cause).is_some_and(FileError::may_pass) => std::thread::sleep(wait),
            done => return done,
        }
    }
    attempt()
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
    patiently(|| {
        step(DiskStep::Rename, to)?;
        std::fs::rename(from, to)
    })
}

/// Removes a file; true where there was one.
///
/// # Errors
/// Those of the operating system.
pub fn remove_file(path: &Path) -> io::Result<bool> {
    patiently(|| {
        step(DiskStep::Remove, path)?;
        found(std::fs::remove_file(path))
    })
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
    patiently(|| {
        step(DiskStep::Remove, path)?;
        found(std::fs::remove_dir(path))
    })
}

/// Reads a file whole; one that another program keeps to itself for a moment is waited for.
///
/// # Errors
/// Those of the operating system.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    patiently(|| std::fs::read(path))
}

/// Whether a file that stands could be replaced now: not while another program has it open, where that stands in the way.
///
/// # Errors
/// Those that replacing it would give, as far as opening it tells them.
pub(super) fn check_replaceable(path: &Path) -> io::Result<()> {
    if !path.is_file() {
        return Ok(());
    }
    patiently(|| {
        step(DiskStep::Replace, path)?;
        // elsewhere a name moves over an open file, and over one that is not to be written
        if cfg!(windows) { OpenOptions::new().write(true).open(path).map(drop) } else { Ok(()) }
    })
}

/// Takes the operating system's lock of a file.
///
/// # Errors
/// `WouldBlock` while another program holds it; those of the operating system, of a share without locks too.
pub fn try_lock(file: &File, path: &Path) -> Result<(), TryLockError> {
    step(DiskStep::Lock, path).map_err(TryLockError::Error)?;
    file.try_lock()
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
    let mut file = patiently(|| OpenOptions::new().write(true).create(true).truncate(false).open(path))?;
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
