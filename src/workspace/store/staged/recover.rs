//! What opening a project does with a deed that was broken off.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::intent::{self, Intent, ProjectPath, hash_of};
use super::pull::PENDING;
use super::{CARRIED_OUT, DECIDED, WRITING, entries, files_below, remove_folder};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::{disk, is_temporary, write_atomic};
use crate::workspace::store::journal::{FileHashes, Journal, JournalEntry, time_text};
use crate::workspace::store::project::load_bytes;
use crate::workspace::store::shared::SHARED_FILE;

/// What opening a project found of a deed that was broken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Recovery {
    /// Nothing.
    #[default]
    None,
    /// It had been decided and is finished now.
    CarriedOut,
    /// It had not been decided: the project is as it was before.
    Dropped,
}

/// That, with what is said of it.
#[derive(Debug, Clone, Default)]
pub struct Recovered {
    /// What became of it.
    pub kind: Recovery,
    /// In words, with a code; `None` where there was nothing.
    pub finding: Option<Finding>,
}

impl Recovered {
    fn of(kind: Recovery, finding: Finding) -> Self {
        Self { kind, finding: Some(finding) }
    }
}

/// True where a deed was decided and not finished: the folder may not be a project before that.
pub(in crate::workspace::store) fn is_broken_off(root: &Path) -> bool {
    root.join(DECIDED).is_dir()
}

/// Ends what a killed program left; only for the one who holds the project's lock. `fresh`: the lock was taken just now,
/// so that temporary files are nobody's any more.
///
/// # Errors
/// `PRJ-032` where it can be neither finished nor undone, `IO-…`, `JRN-…`.
pub(in crate::workspace::store) fn recover_change(root: &Path, fresh: bool) -> AppResult<Recovered> {
    remove_folder(&root.join(CARRIED_OUT))?;
    let mut recovered = Recovered::default();
    if is_broken_off(root) {
        recovered = finish(root)?;
    } else if remove_folder(&root.join(WRITING))? {
        recovered = Recovered::of(Recovery::Dropped, dropped("上次"));
    }
    if fresh {
        let journal = Journal::at(root.join("journal.jsonl"));
        if journal.mend()? && recovered.finding.is_none() {
            let finding = Finding::note("JRN-010", "上次运行中断时有一行日志没有写完，已另存为 journal.torn")
                .hint("该操作没有完成，如需要请重新执行");
            recovered = Recovered::of(Recovery::Dropped, finding);
        }
        let removed = remove_temporary(root, LEVELS)?;
        if removed > 0 && recovered.finding.is_none() {
            let finding = Finding::note("PRJ-034", format!("已清理上次运行中断留下的 {removed} 个临时文件"));
            recovered.finding = Some(finding);
        }
    }
    Ok(recovered)
}

fn dropped(what: &str) -> Finding {
    Finding::note("PRJ-031", format!("{what}操作时程序中断，没有留下任何改动")).hint("如仍要进行，请重新操作一次")
}

fn finish(root: &Path) -> AppResult<Recovered> {
    let file = root.join(DECIDED).join(intent::FILE);
    let intent = if file.exists() { Intent::load(&file)? } else { of_earlier_version(root)? };
    let entry = intent.entry()?;
    let who = who(&entry);
    if !intent.outside.is_empty() {
        if root.join(SHARED_FILE).exists() {
            // its line has to stand on the server first
            remove_folder(&root.join(PENDING))?;
            super::rename(&root.join(DECIDED), &root.join(PENDING))?;
            return Ok(Recovered::default());
        }
        let there = intent.close_outside(root)?;
        let kind = if there == 0 { Recovery::Dropped } else { Recovery::CarriedOut };
        return Ok(Recovered::of(kind, told_outside(&entry, (there, intent.outside.len()))));
    }
    if !intent.is_whole(root)? && intent.is_untouched(root)? {
        remove_folder(&root.join(WRITING))?;
        super::rename(&root.join(DECIDED), &root.join(WRITING))?;
        remove_folder(&root.join(WRITING))?;
        return Ok(Recovered::of(Recovery::Dropped, dropped(&format!("{who}，"))));
    }
    intent.carry_out(root)?;
    Ok(Recovered::of(Recovery::CarriedOut, carried_out(&who)))
}

/// Who did what, and when.
fn who(entry: &JournalEntry) -> String {
    format!("{} {}的「{}」", time_text(&entry.at), entry.operator, entry.label())
}

/// What became of a deed that wrote some files, of all, outside the project.
pub(super) fn told_outside(entry: &JournalEntry, (there, all): (usize, usize)) -> Finding {
    let who = who(entry);
    match there {
        0 => dropped(&format!("{who}，")),
        _ if there == all => carried_out(&who),
        _ => Finding::note("PRJ-038", format!("{who}在写出 {there} 个文件（共 {all} 个）后中断，已记入操作日志"))
            .hint("请重新导出一次"),
    }
}

fn carried_out(who: &str) -> Finding {
    Finding::note("PRJ-030", format!("{who}在写入时中断，现已补做完成"))
}

/// Folders below the project in which temporary files are looked for.
const LEVELS: usize = 4;

/// Removes temporary files that killed programs left; how many there were.
fn remove_temporary(folder: &Path, levels: usize) -> AppResult<usize> {
    let mut removed = 0;
    for path in entries(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            if levels > 0 && !path.is_symlink() {
                removed += remove_temporary(&path, levels - 1)?;
            }
        } else if is_temporary(&name) {
            disk::remove_file(&path).map_err(|cause| AppError::io("清理临时文件", &path, cause))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Name of the journal's line in a change that an earlier version decided.
const EARLIER_LINE: &str = "journal.json";

#[derive(Deserialize)]
struct EarlierLine {
    at: String,
    operator: String,
    command: String,
    detail: serde_json::Value,
}

/// The intent of a change that an earlier version decided: it had the new files and the line's parts, and gave folders
/// of which there were new files these alone.
fn of_earlier_version(root: &Path) -> AppResult<Intent> {
    let from = root.join(DECIDED);
    let damaged = |cause| AppError::new("JRN-003", "待写入的操作日志无法识别").caused_by(cause);
    let line: EarlierLine = serde_json::from_slice(&load_bytes(&from.join(EARLIER_LINE))?).map_err(damaged)?;
    let mut staged = std::collections::BTreeSet::new();
    files_below(&from, &mut staged)?;
    staged.remove(&from.join(EARLIER_LINE));
    let mut after: BTreeMap<ProjectPath, Option<String>> = BTreeMap::new();
    for path in &staged {
        let within = ProjectPath::of(&from, path)?;
        let folder: PathBuf = within.below(root).parent().map(Path::to_owned).unwrap_or_default();
        if folder != root && folder.is_dir() {
            for old in entries(&folder)?.into_iter().filter(|old| old.is_file()) {
                after.entry(ProjectPath::of(root, &old)?).or_insert(None);
            }
        }
        after.insert(within, hash_of(path)?);
    }
    let journal = Journal::at(root.join("journal.jsonl"));
    let place = (line.at.as_str(), line.operator.as_str(), line.command.as_str());
    let (entry, mut text) = journal.compose(place, line.detail, FileHashes::new())?;
    // it may have been written already
    let last = if root.join("journal.jsonl").exists() { journal.check()?.0.pop() } else { None };
    if let Some(last) = last.filter(|l| (&l.at, &l.command, &l.detail) == (&entry.at, &entry.command, &entry.detail)) {
        text = serde_json::to_string(&last).map_err(damaged)?;
    }
    let intent = Intent::new(root, text, after, Vec::new())?;
    write_atomic(&from.join(intent::FILE), &intent.to_json()?)?;
    Ok(intent)
}
