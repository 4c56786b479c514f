//! What a deed is about to do, as one file beside its new files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{CARRIED_OUT, DECIDED, WRITING, make, names_of, remove_folder, rename};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::{disk, is_temporary, write_atomic};
use crate::workspace::store::frames::hash_file;
use crate::workspace::store::journal::{Journal, JournalEntry};
use crate::workspace::store::log::is_secret;
use crate::workspace::store::project::load_bytes;

/// Name of the intent's file in the folder of the change.
pub(super) const FILE: &str = "intent.json";

/// A path within the project, `/` between folders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct ProjectPath(Vec<String>);

impl ProjectPath {
    /// The path of a file below `root`.
    pub(super) fn of(root: &Path, path: &Path) -> AppResult<Self> {
        path.strip_prefix(root).ok().and_then(names_of).map(Self).ok_or_else(|| {
            AppError::new("PRJ-037", "项目文件的名称不能使用").with(|f| f.file(path.display().to_string()))
        })
    }

    pub(super) fn below(&self, root: &Path) -> PathBuf {
        root.join(self.0.iter().collect::<PathBuf>())
    }
}

impl fmt::Display for ProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}

impl TryFrom<String> for ProjectPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        names_of(Path::new(&text)).filter(|names| !names.is_empty()).map(Self).ok_or(text)
    }
}

impl From<ProjectPath> for String {
    fn from(path: ProjectPath) -> Self {
        path.to_string()
    }
}

/// SHA-256 of a file before and after; `None` where it was not there, or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileChange {
    pub(super) path: ProjectPath,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// A file that is written outside the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OutsideFile {
    pub(super) path: PathBuf,
    pub(super) sha256: String,
}

/// What a deed is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    /// Lines before it that the journal lacks: of other desks, on a shared project.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) earlier: Vec<String>,
    /// The journal's line, without its line end: who does what, and when.
    pub(super) line: String,
    pub(super) files: Vec<FileChange>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) outside: Vec<OutsideFile>,
}

/// Hash of a file; `None` where there is none.
pub(super) fn hash_of(path: &Path) -> AppResult<Option<String>> {
    if path.is_file() { hash_file(path).map(|(hash, _)| Some(hash)) } else { Ok(None) }
}

fn damaged(what: &str, path: &Path) -> AppError {
    Finding::error("PRJ-032", format!("上次操作中断，{what}，不能补做也不能撤销"))
        .hint("请用备份恢复项目文件夹")
        .file(path.display().to_string())
        .into()
}

impl Intent {
    pub(super) fn new(
        root: &Path,
        line: String,
        after: BTreeMap<ProjectPath, Option<String>>,
        outside: Vec<OutsideFile>,
    ) -> AppResult<Self> {
        let mut files = Vec::with_capacity(after.len());
        for (path, after) in after {
            files.push(FileChange { before: hash_of(&path.below(root))?, path, after });
        }
        Ok(Self { earlier: Vec::new(), line, files, outside })
    }

    /// The same, behind lines that the journal lacks.
    pub(super) fn behind(self, earlier: Vec<String>) -> Self {
        Self { earlier, ..self }
    }

    /// The journal's line as it is read.
    ///
    /// # Errors
    /// `JRN-003` where it can't be.
    pub(super) fn entry(&self) -> AppResult<JournalEntry> {
        serde_json::from_str(&self.line)
            .map_err(|cause| AppError::new("JRN-003", "待写入的操作日志无法识别").caused_by(cause))
    }

    pub(super) fn to_json(&self) -> AppResult<Vec<u8>> {
        serde_json::to_vec(self).map_err(|cause| AppError::new("JRN-002", "操作日志无法写成文本").caused_by(cause))
    }

    /// The intent of a decided change.
    pub(super) fn load(path: &Path) -> AppResult<Self> {
        serde_json::from_slice(&load_bytes(path)?)
            .map_err(|cause| damaged("待写入的内容无法识别", path).caused_by(cause))
    }

    /// True where every file is in place already or lies ready and whole.
    pub(super) fn is_whole(&self, root: &Path) -> AppResult<bool> {
        for file in self.files.iter().filter(|file| file.after.is_some()) {
            let is = |folder: &Path| Ok::<_, AppError>(hash_of(&file.path.below(folder))? == file.after);
            if !is(&root.join(DECIDED))? && !is(root)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// True where the project's files are those of before.
    pub(super) fn is_untouched(&self, root: &Path) -> AppResult<bool> {
        for file in &self.files {
            if hash_of(&file.path.below(root))? != file.before {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Puts the files in place, journals, cleans up; goes on where an earlier try broke off.
    pub(super) fn carry_out(&self, root: &Path) -> AppResult<()> {
        let from = root.join(DECIDED);
        let (mut folders, mut secrets) = (BTreeSet::new(), Vec::new());
        for file in &self.files {
            let (ready, target) = (file.path.below(&from), file.path.below(root));
            let folder = target.parent().unwrap_or(root).to_owned();
            if file.after.is_none() {
                // written over before it goes
                if is_secret(&file.path.to_string()) {
                    secrets.push(target);
                } else if folder.is_dir() {
                    disk::remove_file(&target).map_err(|cause| AppError::io("更换项目文件", &target, cause))?;
                    folders.insert(folder);
                }
            } else if ready.exists() {
                make(&folder)?;
                put_in_place(&ready, &target)?;
                folders.insert(folder);
            } else if hash_of(&target)? != file.after {
                return Err(damaged("待换入的文件已不在", &target));
            }
        }
        // only where all else is in place: what opens or voids the seal holds the secret from then on
        for secret in secrets.iter().filter(|secret| secret.parent().is_some_and(Path::is_dir)) {
            disk::wipe_file(secret).map_err(|cause| AppError::io("更换项目文件", secret, cause))?;
            folders.extend(secret.parent().map(Path::to_owned));
        }
        let is_emptied = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_none());
        // the names of new folders stand in the one above
        let mut changed: BTreeSet<&Path> = BTreeSet::new();
        for folder in &folders {
            if folder != root && is_emptied(folder) {
                remove_empty(folder, root);
            }
            changed.extend(folder.ancestors().take_while(|above| above.starts_with(root)));
        }
        for folder in changed.into_iter().filter(|folder| folder.is_dir()) {
            disk::sync_folder(folder).map_err(|cause| AppError::io("保存文件失败", folder, cause))?;
        }
        self.put_lines(&journal(root))?;
        clean_up(root)
    }

    /// The lines that the journal has not yet.
    fn put_lines(&self, journal: &Journal) -> AppResult<()> {
        if !self.earlier.is_empty() {
            // an earlier try may have been cut off between two of them
            let known = journal.standing()?.lines.len() as u64;
            let first = self.entry()?.sequence.saturating_sub(self.earlier.len() as u64);
            let there = known.saturating_add(1).saturating_sub(first);
            for line in self.earlier.iter().skip(usize::try_from(there).unwrap_or(usize::MAX)) {
                journal.put(line)?;
            }
        }
        journal.put(&self.line)
    }

    /// Takes a decided change back of which nothing is in place yet; true where that was done.
    pub(super) fn take_back(&self, root: &Path) -> bool {
        let is_first = || Ok::<_, AppError>(self.is_untouched(root)? && self.is_whole(root)?);
        let has_line = || journal(root).check().map(|(entries, _)| entries.last().is_some_and(|last| self.is(last)));
        is_first().unwrap_or(false)
            && !has_line().unwrap_or(true)
            && rename(&root.join(DECIDED), &root.join(WRITING)).is_ok()
            && disk::sync_folder(root).is_ok()
            && remove_folder(&root.join(WRITING)).is_ok()
    }

    fn is(&self, entry: &JournalEntry) -> bool {
        serde_json::to_string(entry).is_ok_and(|line| line == self.line)
    }

    /// How many of the files outside are there as they were to be, and of how many.
    pub(super) fn outside_there(&self) -> (usize, usize) {
        let is_there = |file: &&OutsideFile| hash_of(&file.path).is_ok_and(|hash| hash.as_ref() == Some(&file.sha256));
        (self.outside.iter().filter(is_there).count(), self.outside.len())
    }

    /// Removes what a killed program made ready beside the files outside.
    fn clear_outside(&self) {
        let folders: BTreeSet<&Path> = self.outside.iter().filter_map(|file| file.path.parent()).collect();
        for entry in folders.into_iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten() {
            if entry.file_name().to_str().is_some_and(is_temporary) {
                // one that can't be removed stands in nobody's way
                let _ = disk::remove_file(&entry.path());
            }
        }
    }

    /// Ends a change whose files outside were not all written: none, and it never was; some, and the journal says so.
    /// Gives back how many there are.
    pub(super) fn close_outside(&self, root: &Path) -> AppResult<usize> {
        self.clear_outside();
        let (there, all) = self.outside_there();
        let mut entry = self.entry()?;
        // an earlier try may have been cut off after its line: only the clean-up is left
        let is_same = |last: &JournalEntry| {
            (last.sequence, &last.at, &last.command) == (entry.sequence, &entry.at, &entry.command)
        };
        if there == 0 || journal(root).check()?.0.last().is_some_and(is_same) {
            clean_up(root)?;
        } else if there == all {
            self.carry_out(root)?;
        } else {
            entry.detail["broken_off"] = serde_json::json!({ "written": there, "of": all });
            let place = (entry.at.as_str(), entry.operator.as_str(), entry.command.as_str());
            let line = journal(root).compose(place, entry.detail.clone(), entry.files.clone())?.1;
            Self { line, ..self.clone() }.carry_out(root)?;
        }
        Ok(there)
    }
}

fn journal(root: &Path) -> Journal {
    Journal::at(root.join("journal.jsonl"))
}

fn put_in_place(ready: &Path, target: &Path) -> AppResult<()> {
    match disk::rename(ready, target) {
        // a folder of the project that is a link to another disk
        Err(cause) if cause.kind() == std::io::ErrorKind::CrossesDevices => write_atomic(target, &load_bytes(ready)?),
        done => done.map_err(|cause| AppError::io("更换项目文件", target, cause)),
    }
}

/// Removes a folder that the change has emptied, and those above that hold nothing else.
fn remove_empty(folder: &Path, root: &Path) {
    for folder in folder.ancestors().take_while(|above| above.starts_with(root) && *above != root) {
        if std::fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

/// The folder of a change goes; renamed first, so that half of one is never taken for a change.
fn clean_up(root: &Path) -> AppResult<()> {
    let done = root.join(CARRIED_OUT);
    remove_folder(&done)?;
    rename(&root.join(DECIDED), &done)?;
    remove_folder(&done)?;
    Ok(())
}
