//! The project's files as its journal knows them: each deed writes the SHA-256 of the files that it left otherwise, so
//! that whatever was changed by another hand is named.
//!
//! Held are the files that plan, draw and disclosure follow from. Not held: the draft, the lock, the office's own
//! templates and export columns, which people edit, and `secret.json`, which its seal binds. A file that another
//! program has saved anew without changing what it says counts as it was.

mod journal_state;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use self::journal_state::{ChangedJournal, JOURNAL, JournalDoubts, changed_journal, kept_heads};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::sampling::{as_written, sha256, to_hex};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::draws::{SECRET_FILE, json_bytes};
use crate::workspace::store::frames::hash_file;
use crate::workspace::store::journal::{FileHashes, JournalEntry, LogHead};
use crate::workspace::store::project::{CommandContext, Project, load_bytes};
use crate::workspace::store::staged::{Change, files_below};

/// Files at the project's root that are held.
const HELD_FILES: [&str; 7] =
    ["calendar.csv", "confirmed.json", "policy.ron", "project.ron", "quality.csv", "register.csv", "year_plan.json"];
/// Folders whose files are held.
const HELD_FOLDERS: [&str; 9] =
    ["districts", "draws", "evidence", "frames", "inputs", "kept", "plans", "results", "sealed"];

/// Left by systems and editors in any folder they look at.
fn is_litter(name: &str) -> bool {
    name.starts_with(['.', '~']) || ["Thumbs.db", "desktop.ini"].contains(&name)
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// True for the secret of a seal: bound by it, held by nobody else, and at home at the desk that sealed.
#[must_use]
pub fn is_secret(path: &str) -> bool {
    name_of(path) == SECRET_FILE
}

/// True where a change of this file of the project counts.
#[must_use]
pub fn is_held(path: &str) -> bool {
    let name = name_of(path);
    let in_folder = path.split_once('/').is_some_and(|(folder, _)| HELD_FOLDERS.contains(&folder));
    (in_folder && !is_litter(name) && !is_secret(path)) || HELD_FILES.contains(&path)
}

/// A file that is not as the journal left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDeviation {
    /// Path within the project.
    pub path: String,
    /// SHA-256 by the journal; `None` where there should be no such file.
    pub expected: Option<String>,
    /// SHA-256 of what lies there; `None` where nothing does.
    pub found: Option<String>,
    /// In words, where hashes don't tell it: of the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

impl FileDeviation {
    /// In words: the file, what is expected and what is there.
    #[must_use]
    pub fn words(&self) -> String {
        if let Some(what) = &self.what {
            return format!("{}（{what}）", self.path);
        }
        let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => {
                format!("{}（内容被改动：校验值应为 {}…，现为 {}…）", self.path, short(expected), short(found))
            }
            (Some(_), None) => format!("{}（被删除）", self.path),
            (None, _) => format!("{}（不是程序写入的文件）", self.path),
        }
    }
}

/// The files that a journal knows, as its last line left each; empty where an earlier version wrote all of it.
#[must_use]
pub fn expected_files(entries: &[JournalEntry]) -> FileHashes {
    let mut files = FileHashes::new();
    for entry in entries {
        files.extend(entry.files.iter().map(|(path, hash)| (path.clone(), hash.clone())));
    }
    files
}

/// Every held file that there is.
fn held_files(root: &Path) -> AppResult<BTreeSet<String>> {
    let mut files: BTreeSet<PathBuf> =
        HELD_FILES.iter().map(|name| root.join(name)).filter(|path| path.is_file()).collect();
    for folder in HELD_FOLDERS.map(|name| root.join(name)).iter().filter(|folder| folder.is_dir()) {
        files_below(folder, &mut files)?;
    }
    let within = |path: &PathBuf| -> String {
        let names = path.strip_prefix(root).unwrap_or(path).iter().map(|name| name.to_string_lossy());
        names.collect::<Vec<_>>().join("/")
    };
    Ok(files.iter().map(within).filter(|path| is_held(path)).collect())
}

/// SHA-256 of every held file as it lies there.
///
/// # Errors
/// `IO-…`.
pub(super) fn hash_held_files(root: &Path) -> AppResult<BTreeMap<String, String>> {
    let hash = |path: String| hash_file(&root.join(&path)).map(|(hash, _)| (path, hash));
    held_files(root)?.into_par_iter().map(hash).collect()
}

/// What lies in a project's folder otherwise than its journal left it, by path; nothing where an earlier version wrote
/// the journal, which says nothing of files.
///
/// # Errors
/// `IO-…`.
pub fn changed_outside(root: &Path, entries: &[JournalEntry]) -> AppResult<Vec<FileDeviation>> {
    let mut expected = expected_files(entries);
    if expected.is_empty() {
        return Ok(Vec::new());
    }
    expected.retain(|path, _| is_held(path));
    let mut paths = held_files(root)?;
    paths.extend(expected.iter().filter(|(_, hash)| hash.is_some()).map(|(path, _)| path.clone()));
    let look = |path: String| -> AppResult<Option<FileDeviation>> {
        let expected = expected.get(&path).cloned().flatten();
        let file = root.join(&path);
        if !file.is_file() {
            return Ok(Some(FileDeviation { path, expected, found: None, what: None }));
        }
        let found = Some(hash_file(&file)?.0);
        let saved_anew = || Ok::<_, AppError>(Some(to_hex(&sha256(&[&as_written(&load_bytes(&file)?)]))) == expected);
        let same = found == expected || saved_anew()?;
        Ok((!same).then_some(FileDeviation { path, expected, found, what: None }))
    };
    let found: Vec<Option<FileDeviation>> = paths.into_par_iter().map(look).collect::<AppResult<_>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Files named in one message.
const MOST_NAMED: usize = 5;

/// `LOG-001`: files that were changed outside the program; `LOG-007` where the journal is one of them.
#[must_use]
pub fn changed_finding(changed: &[FileDeviation]) -> Option<Finding> {
    if changed.is_empty() {
        return None;
    }
    let mut named: Vec<String> = changed.iter().take(MOST_NAMED).map(FileDeviation::words).collect();
    if changed.len() > MOST_NAMED {
        named.push(format!("另有 {} 个文件", changed.len() - MOST_NAMED));
    }
    let finding = if changed.iter().any(|file| file.path == JOURNAL) {
        Finding::error("LOG-007", "操作日志在程序之外被删除、截短或改动，已停止这一步操作")
    } else {
        Finding::error("LOG-001", "项目文件在程序之外被改动，已停止这一步操作")
    };
    let finding = finding
        .value(named.join("、"))
        .expected("操作日志所记的文件")
        .hint("请用备份恢复这些文件；确需采用改动后的文件，须由两人具名并写明理由（命令行用 accept-changes），记入操作日志与抽取存证");
    Some(finding)
}

/// Name of the file in a draw's folder that keeps the log's heads.
pub const HEADS_FILE: &str = "log.json";

/// The log's head when something was done to a draw: with the evidence it leaves the office, and binds all lines before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadNote {
    /// When.
    pub at: String,
    /// What was done, as the journal calls it.
    pub command: String,
    /// The head before its line.
    pub log: LogHead,
}

/// The heads that a draw keeps; none where an earlier version made it.
///
/// # Errors
/// `LOG-005` where the file can't be read, `IO-…`.
pub fn load_heads(path: &Path) -> AppResult<Vec<HeadNote>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    serde_json::from_slice(&load_bytes(path)?).map_err(|cause| {
        AppError::from(Finding::error("LOG-005", "抽取的日志根值无法识别").file(path.display().to_string()))
            .caused_by(cause)
    })
}

/// Puts the log's head as it stands into a draw's folder, with a deed's files; gives all that it keeps then.
///
/// # Errors
/// `LOG-005`, `IO-…`.
pub(in crate::workspace) fn put_head(
    change: &Change<'_>,
    project: &Project,
    draw: &Path,
    command: CommandId,
    context: &CommandContext,
) -> AppResult<Vec<HeadNote>> {
    let path = draw.join(HEADS_FILE);
    let mut notes = load_heads(&path)?;
    let log = project.journal().head()?;
    notes.push(HeadNote { at: context.now.to_string(), command: command.id().to_owned(), log });
    change.put(&path, &json_bytes(&notes)?)?;
    Ok(notes)
}

/// Files changed by hand that two people answer for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Intervention {
    /// Line of the journal.
    pub line: u64,
    /// When it was accepted.
    pub at: String,
    /// Who accepted it.
    pub operator: String,
    /// Who else.
    pub second: String,
    /// Why.
    pub reason: String,
    /// The files.
    pub files: Vec<FileDeviation>,
}

impl Intervention {
    /// That of a line of the journal; `None` of another command.
    #[must_use]
    pub fn of(entry: &JournalEntry) -> Option<Self> {
        let text = |key: &str| entry.detail[key].as_str().unwrap_or_default().to_owned();
        (entry.command == CommandId::AcceptChanges.id()).then(|| Self {
            line: entry.sequence,
            at: entry.at.clone(),
            operator: entry.operator.clone(),
            second: text("second"),
            reason: text("reason"),
            files: serde_json::from_value(entry.detail["changed"].clone()).unwrap_or_default(),
        })
    }

    /// True where all that it changed lies in the folders of other draws than `own`, the path of a draw's folder within
    /// the project.
    #[must_use]
    pub fn is_of_another_draw(&self, own: &str) -> bool {
        self.files.iter().all(|file| file.path.starts_with("draws/") && !file.path.starts_with(own))
    }

    /// True where all that it changed is what an import or a refresh writes anew.
    fn is_of_register(&self) -> bool {
        self.files.iter().all(|file| file.path.starts_with("frames/") || file.path == "quality.csv")
    }
}

/// The interventions that bear on a draw whose line of the journal is `sealed` (from 1): all of them, but those that
/// touched nothing that the last import or refresh before that line did not write anew.
#[must_use]
pub fn interventions_for(entries: &[JournalEntry], sealed: u64) -> Vec<Intervention> {
    let starts = [CommandId::Import, CommandId::Refresh, CommandId::RefreshBack].map(CommandId::id);
    let from = entries
        .iter()
        .rev()
        .find(|entry| entry.sequence < sealed && starts.contains(&entry.command.as_str()))
        .map_or(0, |entry| entry.sequence);
    let all = entries.iter().filter_map(Intervention::of);
    all.filter(|one| one.line > from || !one.is_of_register()).collect()
}
