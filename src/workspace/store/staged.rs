//! The one way in which a deed writes: all of its files and its journal line, or nothing, whenever the program is killed
//! or the disk fails.
//!
//! 1. The new files are written into `change.tmp`, laid out as in the project, and flushed.
//! 2. The intent (`intent.rs`) joins them: operator, deed, the journal line to come, each file's SHA-256 before
//!    and after.
//! 3. Renaming the folder to `change` decides: before, the project is as it was; from then on the deed counts.
//! 4. Each file takes its place by a rename, files that go are removed, the journal gets its line.
//! 5. The folder goes.
//!
//! On a shared project the server's log decides instead of the third step: files and line stand there first.
//!
//! Where it breaks off after the third step, whoever opens the project to work in it finishes it
//! (`recover.rs`). A deed that writes outside the project (an export) is decided before its first file is
//! written, with the hashes of all of them: what of it came out is in the journal, however it ended.

mod intent;
mod pull;
mod recover;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use rayon::prelude::*;

use self::intent::{Intent, OutsideFile, ProjectPath};
pub(in crate::workspace) use self::pull::join_shared;
pub(super) use self::pull::{BEHIND, open_level};
use self::pull::{PENDING, come_level, settle_pending};
pub use self::recover::{Recovered, Recovery};
pub(super) use self::recover::{is_broken_off, recover_change};
use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::engine::database::SharedLog;
use crate::export::disk;
use crate::export::{write_atomic, write_private};
use crate::sampling::{sha256, to_hex};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::door::{DOOR_FILE, DOOR_TEXT};
use crate::workspace::store::frames::hash_file;
use crate::workspace::store::journal::{FileHashes, JournalEntry, StandingLog};
use crate::workspace::store::lock::Changing;
use crate::workspace::store::log::{
    FileDeviation, JOURNAL, JournalDoubts, changed_finding, changed_journal, changed_outside, expected_files,
    hash_held_files,
};
use crate::workspace::store::project::{CommandContext, PROJECT_FILE, Project};
use crate::workspace::store::shared::{Shared, told_deeds};

/// Folder of a deed's files while they are made ready.
const WRITING: &str = "change.tmp";
/// Folder of a deed that counts.
const DECIDED: &str = "change";
/// Folder of a deed that is in place.
const CARRIED_OUT: &str = "change.done";

/// The files of a deed, made ready beside the project's own. Dropped before [`Change::commit`] it leaves nothing.
#[derive(Debug)]
pub struct Change<'a> {
    project: &'a Project,
    folder: PathBuf,
    gone: BTreeSet<PathBuf>,
    replaced: Vec<PathBuf>,
    /// The journal when the deed began.
    log: StandingLog,
    /// Files that stay as they are and whose hashes the journal is told.
    noted: FileHashes,
    /// The hold of a shared project's log.
    level: Option<SharedLog>,
    _changing: Changing,
}

impl Drop for Change<'_> {
    fn drop(&mut self) {
        // what can't be removed now goes at the next opening
        let _ = disk::remove_folder(&self.folder);
    }
}

impl<'a> Change<'a> {
    /// Begins a deed on a project.
    ///
    /// # Errors
    /// `PRJ-011` open read-only, `PRJ-035` another deed is being written, `PRJ-036` one that had broken off was
    /// finished just now, `LOG-001` files were changed outside the program, `LOG-007` the journal was, `SHR-002` another
    /// desk has changed the shared project, `SHR-…`, `DBS-…`, `IO-…`, `JRN-…`.
    pub fn begin(project: &'a Project) -> AppResult<Self> {
        let change = Self::begin_anyhow(project)?;
        match changed_finding(&change.changed_outside()?.0) {
            None => Ok(change),
            Some(finding) => Err(finding.into()),
        }
    }

    /// Begins the deed by which two people answer for files that were changed outside the program: they are as they
    /// should be from then on. Gives them, the journal first, and what is accepted of the journal.
    ///
    /// # Errors
    /// Those of [`Change::begin`] but `LOG-001` and `LOG-007`.
    pub fn begin_accepting(project: &'a Project) -> AppResult<(Self, Vec<FileDeviation>, JournalDoubts)> {
        let mut change = Self::begin_anyhow(project)?;
        let (changed, doubts) = change.changed_outside()?;
        let files = changed.iter().filter(|file| file.path != JOURNAL);
        change.noted = files.map(|file| (file.path.clone(), file.found.clone())).collect();
        Ok((change, changed, doubts))
    }

    fn changed_outside(&self) -> AppResult<(Vec<FileDeviation>, JournalDoubts)> {
        changed_by_another_hand(self.project.root(), &self.log)
    }

    fn begin_anyhow(project: &'a Project) -> AppResult<Self> {
        let changing = project.begin_changing()?;
        let root = project.root();
        if let Recovered { finding: Some(finding), kind: Recovery::CarriedOut } = recover_change(root, false)? {
            return Err(just_finished(finding));
        }
        let level = project.shared().map(|shared| held_level(root, shared)).transpose()?;
        let log = project.journal().standing()?;
        let folder = root.join(WRITING);
        make(&folder)?;
        Ok(Self {
            project,
            folder,
            gone: BTreeSet::new(),
            replaced: Vec::new(),
            log,
            noted: FileHashes::new(),
            level,
            _changing: changing,
        })
    }

    /// The folder that stands for the project's: what is written into it takes its place with the deed.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file of the project is made ready; the folders above it are there.
    ///
    /// # Errors
    /// `IO-…`.
    pub fn place(&self, path: &Path) -> AppResult<PathBuf> {
        let within = path.strip_prefix(self.project.root()).unwrap_or(path);
        let path = self.folder.join(ProjectPath::of(Path::new(""), within)?.below(Path::new("")));
        if let Some(folder) = path.parent() {
            make(folder)?;
        }
        Ok(path)
    }

    /// A file of the project with these bytes.
    ///
    /// # Errors
    /// `IO-…`.
    pub fn put(&self, path: &Path, bytes: &[u8]) -> AppResult<()> {
        write_atomic(&self.place(path)?, bytes)
    }

    /// As [`Change::put`], readable by its owner alone.
    ///
    /// # Errors
    /// `IO-…`.
    pub fn put_private(&self, path: &Path, bytes: &[u8]) -> AppResult<()> {
        write_private(&self.place(path)?, bytes)
    }

    /// A folder of the project keeps those files alone that are made ready for it; folders in it stay.
    pub fn replace_folder(&mut self, name: &str) {
        self.replaced.push(self.project.root().join(name));
    }

    /// A folder of the project goes with all that is in it.
    ///
    /// # Errors
    /// `IO-…`.
    pub fn remove_folder(&mut self, folder: &Path) -> AppResult<()> {
        files_below(folder, &mut self.gone)
    }

    /// A file of the project goes, where it is there.
    pub fn remove_file(&mut self, path: &Path) {
        if path.is_file() {
            self.gone.insert(path.to_owned());
        }
    }

    /// Decides the deed, puts its files in place and journals it.
    ///
    /// # Errors
    /// `JRN-…`, `IO-…`: before the deed is decided nothing has changed; after it, it is finished later (`PRJ-033`).
    pub fn commit(
        mut self,
        context: &CommandContext,
        command: CommandId,
        detail: serde_json::Value,
    ) -> AppResult<JournalEntry> {
        self.put_door()?;
        let (intent, entry) = self.intent(context, command, detail, Vec::new())?;
        let is_shared = self.publish(&intent, &entry)?;
        let root = self.project.root();
        let done = if intent.files.is_empty() {
            // the line alone is whole or set aside
            self.project.journal().put(&intent.line)
        } else {
            self.decide(&intent).and_then(|()| intent.carry_out(root))
        };
        match done {
            Ok(()) => Ok(entry),
            // it stands on the server
            Err(error) if is_shared => Err(unfinished(command, error)),
            Err(error) if intent.files.is_empty() || !root.join(DECIDED).is_dir() => Err(error),
            Err(error) if intent.take_back(root) => Err(error),
            Err(error) => Err(unfinished(command, error)),
        }
    }

    /// Puts the file that opens the project by a double click beside those of a deed that has any, where it is missing.
    fn put_door(&self) -> AppResult<()> {
        let door = self.project.root().join(DOOR_FILE);
        let is_empty = std::fs::read_dir(&self.folder).is_ok_and(|mut files| files.next().is_none());
        if is_empty || door.exists() { Ok(()) } else { self.put(&door, DOOR_TEXT.as_bytes()) }
    }

    /// Puts the deed on the server, where the project is a shared one; true then.
    fn publish(&mut self, intent: &Intent, entry: &JournalEntry) -> AppResult<bool> {
        let (Some(level), Some(shared)) = (self.level.take(), self.project.shared()) else { return Ok(false) };
        shared.publish(level, entry, &intent.line, &[&self.folder, self.project.root()])?;
        Ok(true)
    }

    /// Decides a deed whose files lie outside the project, lets `write` write them and journals it. Where it breaks off,
    /// what came out is journaled.
    ///
    /// # Errors
    /// Those of `write`; `JRN-…`, `IO-…`.
    pub fn commit_outside(
        mut self,
        context: &CommandContext,
        command: CommandId,
        detail: serde_json::Value,
        files: &[(PathBuf, &[u8])],
        write: impl FnOnce() -> AppResult<()>,
    ) -> AppResult<JournalEntry> {
        let of = |(path, bytes): &(PathBuf, &[u8])| OutsideFile {
            path: std::path::absolute(path).unwrap_or_else(|_| path.clone()),
            sha256: to_hex(&sha256(&[bytes])),
        };
        let (intent, entry) = self.intent(context, command, detail, files.par_iter().map(of).collect())?;
        self.decide(&intent)?;
        let root = self.project.root();
        if let Err(error) = write() {
            // what came out is journaled now, or at the next opening
            let _ = match self.level.take() {
                None => intent.close_outside(root).map(|_| ()),
                Some(_) => rename(&root.join(DECIDED), &root.join(PENDING)),
            };
            return Err(error);
        }
        let done = self.publish(&intent, &entry).and_then(|_| intent.carry_out(root));
        done.map_err(|error| unfinished(command, error))?;
        Ok(entry)
    }

    /// What is to be done, with the journal's line.
    fn intent(
        &self,
        context: &CommandContext,
        command: CommandId,
        detail: serde_json::Value,
        outside: Vec<OutsideFile>,
    ) -> AppResult<(Intent, JournalEntry)> {
        let root = self.project.root();
        let mut staged = BTreeSet::new();
        files_below(&self.folder, &mut staged)?;
        let mut after: BTreeMap<ProjectPath, Option<String>> = BTreeMap::new();
        for path in &staged {
            after.insert(ProjectPath::of(&self.folder, path)?, Some(hash_file(path)?.0));
        }
        let mut gone = self.gone.clone();
        for folder in self.replaced.iter().filter(|folder| folder.is_dir()) {
            for path in entries(folder)? {
                if path.is_file() {
                    gone.insert(path);
                }
            }
        }
        for path in &gone {
            after.entry(ProjectPath::of(root, path)?).or_insert(None);
        }
        let mut hashes = self.noted.clone();
        if root.join(PROJECT_FILE).exists() && expected_files(&self.log.entries).is_empty() {
            // an earlier version wrote the journal, or it was taken away: from here on it knows the files as they are
            hashes.extend(hash_held_files(root)?.into_iter().map(|(path, hash)| (path, Some(hash))));
        }
        // the file that opens the project is a convenience: what is not held is not told to the log, nor to a server
        let told = after.iter().map(|(path, hash)| (path.to_string(), hash.clone()));
        hashes.extend(told.filter(|(path, _)| path != DOOR_FILE));
        let at = context.now.to_string();
        let (entry, line) = self.project.journal().compose((&at, &context.operator, command.id()), detail, hashes)?;
        let intent = Intent::new(root, line, after, outside)?;
        Ok((intent, entry))
    }

    /// From here on the deed counts.
    fn decide(&self, intent: &Intent) -> AppResult<()> {
        let root = self.project.root();
        write_atomic(&self.folder.join(intent::FILE), &intent.to_json()?)?;
        rename(&self.folder, &root.join(DECIDED))?;
        if let Err(cause) = disk::sync_folder(root) {
            intent.take_back(root);
            return Err(AppError::io("保存文件失败", root, cause));
        }
        Ok(())
    }
}

/// What another hand did to a project, the journal first, and what of the journal would be accepted with it.
///
/// # Errors
/// `LOG-005`, `IO-…`.
pub fn changed_by_another_hand(root: &Path, log: &StandingLog) -> AppResult<(Vec<FileDeviation>, JournalDoubts)> {
    let (mut changed, mut doubts) = (Vec::new(), JournalDoubts::default());
    if let Some(journal) = changed_journal(root, log)? {
        changed.push(journal.file);
        doubts = journal.doubts;
    }
    changed.extend(changed_outside(root, &log.entries)?);
    Ok((changed, doubts))
}

/// `PRJ-036`: a deed before this one was finished only now.
fn just_finished(finding: Finding) -> AppError {
    Finding::error("PRJ-036", "先前中断的操作刚刚补做完成，这一步尚未执行")
        .value(finding.what)
        .hint("请核对结果后再执行这一步")
        .into()
}

/// Takes hold of a shared project's log for a deed on a copy that is level with it.
fn held_level(root: &Path, shared: &Shared) -> AppResult<SharedLog> {
    let said = settle_pending(root, shared)?;
    let (level, lines) = come_level(root, shared, &Progress::none())?;
    if !lines.is_empty() {
        return Err(Finding::error("SHR-002", "其他办公室刚刚更改了共享项目，已取到本机，这一步尚未执行")
            .value(told_deeds(&lines))
            .hint("请核对后再做这一步")
            .into());
    }
    match said {
        Some(finding) => Err(just_finished(finding)),
        None => Ok(level),
    }
}

/// `PRJ-033`: a deed that counts, but is not in place yet.
fn unfinished(command: CommandId, cause: AppError) -> AppError {
    let why = &cause.finding().what;
    let finding = Finding::error("PRJ-033", format!("「{}」已经确定，但没有写完：{why}", command.label()))
        .hint("请不要重复这一步；排除故障后，下一步操作或重新打开项目时自动补做完成");
    AppError::from(Finding { file: cause.finding().file.clone(), ..finding }).caused_by(cause)
}

fn make(folder: &Path) -> AppResult<()> {
    disk::make_folder(folder).map_err(|cause| AppError::io("创建文件夹", folder, cause))
}

fn rename(from: &Path, to: &Path) -> AppResult<()> {
    disk::rename(from, to).map_err(|cause| AppError::io("更换项目文件", to, cause))
}

fn remove_folder(path: &Path) -> AppResult<bool> {
    disk::remove_folder(path).map_err(|cause| AppError::io("清理临时文件夹", path, cause))
}

/// What is in a folder, in order.
pub(super) fn entries(folder: &Path) -> AppResult<Vec<PathBuf>> {
    let io = |cause| AppError::io("读取文件夹", folder, cause);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        paths.push(entry.map_err(io)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Every file in a folder and the folders in it.
pub(super) fn files_below(folder: &Path, files: &mut BTreeSet<PathBuf>) -> AppResult<()> {
    for path in entries(folder)? {
        if path.is_dir() {
            files_below(&path, files)?;
        } else {
            files.insert(path);
        }
    }
    Ok(())
}

/// The names of a path that stays within its folder; `None` for any other.
fn names_of(path: &Path) -> Option<Vec<String>> {
    path.components()
        .map(|part| match part {
            Component::Normal(name) => name.to_str().map(str::to_owned),
            _ => None,
        })
        .collect()
}
