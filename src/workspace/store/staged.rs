//! A change of many files of a project that happens whole or not at all, whenever the program is killed.
//!
//! The new files are written into `change.tmp`; renaming it to `change` decides: before, the project is as it was;
//! from then on the change counts and is carried out, at once or, where the program died, by whoever opens the
//! project next. The journal's line lies among the files, so that it is written once, as of the command.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult};
use crate::export::write_atomic;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::journal::Journal;
use crate::workspace::store::project::{CommandContext, create_folder, load_bytes};

const WRITING: &str = "change.tmp";
const DECIDED: &str = "change";
const CARRIED_OUT: &str = "change.done";
const LINE: &str = "journal.json";

/// What opening a project found of a change that was broken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Recovery {
    /// Nothing.
    #[default]
    None,
    /// It had been decided and has been carried out now.
    CarriedOut,
    /// It had not been decided: the project is as it was before.
    Dropped,
}

#[derive(Serialize, Deserialize)]
struct Line {
    at: String,
    operator: String,
    command: String,
    detail: serde_json::Value,
}

fn remove_folder(path: &Path) -> AppResult<bool> {
    match std::fs::remove_dir_all(path) {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(AppError::io("清理临时文件夹", path, cause)),
    }
}

fn rename(from: &Path, to: &Path) -> AppResult<()> {
    std::fs::rename(from, to).map_err(|cause| AppError::io("更换项目文件", to, cause))
}

fn entries(folder: &Path) -> AppResult<Vec<PathBuf>> {
    let io = |cause| AppError::io("读取文件夹", folder, cause);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        paths.push(entry.map_err(io)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// The folder into which the new files go, laid out as in the project; empty.
///
/// # Errors
/// `IO-…`.
pub fn begin_change(root: &Path) -> AppResult<PathBuf> {
    let folder = root.join(WRITING);
    remove_folder(&folder)?;
    create_folder(&folder)?;
    Ok(folder)
}

/// Decides the change that lies in the folder of [`begin_change`] and carries it out. The files of a folder of the
/// project of which there is a new one are replaced whole.
///
/// # Errors
/// `IO-…`, `JRN-…`.
pub fn commit_change(
    root: &Path,
    context: &CommandContext,
    command: CommandId,
    detail: serde_json::Value,
) -> AppResult<()> {
    let line = Line {
        at: context.now.to_string(),
        operator: context.operator.clone(),
        command: command.id().to_owned(),
        detail,
    };
    let bytes =
        serde_json::to_vec(&line).map_err(|cause| AppError::new("JRN-002", "操作日志无法写成文本").caused_by(cause))?;
    write_atomic(&root.join(WRITING).join(LINE), &bytes)?;
    rename(&root.join(WRITING), &root.join(DECIDED))?;
    carry_out(root, true)
}

fn name(path: &Path) -> OsString {
    path.file_name().map(ToOwned::to_owned).unwrap_or_default()
}

/// Gives a folder the files of another: those that it has besides go, folders within are done alike, folders that it
/// has besides stay.
fn replace_folder(from: &Path, target: &Path) -> AppResult<()> {
    create_folder(target)?;
    let new = entries(from)?;
    for path in &new {
        let to = target.join(name(path));
        if path.is_dir() {
            replace_folder(path, &to)?;
        } else {
            write_atomic(&to, &load_bytes(path)?)?;
        }
    }
    for old in entries(target)? {
        if old.is_file() && !new.iter().any(|path| name(path) == name(&old)) {
            std::fs::remove_file(&old).map_err(|cause| AppError::io("更换项目文件", &old, cause))?;
        }
    }
    Ok(())
}

/// `strict` where a journal that can't be written is a failure; a project with a damaged one has to open all the same.
fn carry_out(root: &Path, strict: bool) -> AppResult<()> {
    let from = root.join(DECIDED);
    for path in entries(&from)? {
        let target = root.join(name(&path));
        if path.is_dir() {
            replace_folder(&path, &target)?;
        } else if name(&path) != LINE {
            write_atomic(&target, &load_bytes(&path)?)?;
        }
    }
    let damaged = |cause| AppError::new("JRN-003", "待写入的操作日志无法识别").caused_by(cause);
    let line: Line = serde_json::from_slice(&load_bytes(&from.join(LINE))?).map_err(damaged)?;
    let journal = Journal::at(root.join("journal.jsonl"));
    let written = root.join("journal.jsonl").exists()
        && journal
            .check()?
            .0
            .last()
            .is_some_and(|last| last.at == line.at && last.command == line.command && last.detail == line.detail);
    if !written {
        let appended = journal.append(&line.at, &line.operator, &line.command, line.detail);
        if strict {
            appended?;
        }
    }
    let done = root.join(CARRIED_OUT);
    remove_folder(&done)?;
    rename(&from, &done)?;
    remove_folder(&done)?;
    Ok(())
}

/// Ends what a killed program left; only for the one who holds the project's lock.
///
/// # Errors
/// `IO-…`, `JRN-…`.
pub fn recover_change(root: &Path) -> AppResult<Recovery> {
    remove_folder(&root.join(CARRIED_OUT))?;
    if root.join(DECIDED).exists() {
        carry_out(root, false)?;
        return Ok(Recovery::CarriedOut);
    }
    Ok(if remove_folder(&root.join(WRITING))? { Recovery::Dropped } else { Recovery::None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Progress;
    use crate::workspace::store::clock::Moment;

    fn project() -> (tempfile::TempDir, PathBuf, CommandContext) {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().to_owned();
        create_folder(&root.join("districts")).unwrap();
        for (name, text) in [("project.ron", "old"), ("districts/a.shp", "old"), ("districts/a.cpg", "old")] {
            write_atomic(&root.join(name), text.as_bytes()).unwrap();
        }
        let now = Moment::parse("2026-12-20T09:00:00+08:00").unwrap();
        let context = CommandContext { operator: "张三".into(), now, progress: Progress::none() };
        let folder = begin_change(&root).unwrap();
        create_folder(&folder.join("districts")).unwrap();
        write_atomic(&folder.join("districts/a.shp"), b"new").unwrap();
        write_atomic(&folder.join("project.ron"), b"new").unwrap();
        (dir, root, context)
    }

    fn check_new(root: &Path) {
        assert_eq!(load_bytes(&root.join("project.ron")).unwrap(), b"new");
        assert_eq!(load_bytes(&root.join("districts/a.shp")).unwrap(), b"new");
        assert!(!root.join("districts/a.cpg").exists(), "what the new map has not is gone");
        assert!(!root.join(DECIDED).exists() && !root.join(WRITING).exists());
        let (lines, faults) = Journal::at(root.join("journal.jsonl")).check().unwrap();
        assert_eq!((lines.len(), faults.len()), (1, 0));
        assert_eq!(lines[0].operator, "张三");
    }

    #[test]
    fn a_change_happens_whole() {
        let (_dir, root, context) = project();
        commit_change(&root, &context, CommandId::Districts, serde_json::json!({ "n": 1 })).unwrap();
        check_new(&root);
        assert_eq!(recover_change(&root).unwrap(), Recovery::None);
    }

    #[test]
    fn killed_before_it_is_decided_the_project_is_as_it_was() {
        let (_dir, root, _) = project();
        assert_eq!(recover_change(&root).unwrap(), Recovery::Dropped);
        assert_eq!(load_bytes(&root.join("project.ron")).unwrap(), b"old");
        assert!(root.join("districts/a.cpg").exists() && !root.join(WRITING).exists());
    }

    #[test]
    fn killed_after_it_is_decided_the_next_opening_carries_it_out_once() {
        let (_dir, root, context) = project();
        let line = Line {
            at: context.now.to_string(),
            operator: context.operator.clone(),
            command: "districts".into(),
            detail: serde_json::json!({ "n": 1 }),
        };
        write_atomic(&root.join(WRITING).join(LINE), &serde_json::to_vec(&line).unwrap()).unwrap();
        rename(&root.join(WRITING), &root.join(DECIDED)).unwrap();
        // killed half way: one file and the journal's line are there already
        write_atomic(&root.join("districts/a.shp"), b"new").unwrap();
        Journal::at(root.join("journal.jsonl")).append(&line.at, &line.operator, "districts", line.detail).unwrap();
        assert_eq!(recover_change(&root).unwrap(), Recovery::CarriedOut);
        check_new(&root);
    }
}
