//! What other desks did, brought into this desk's copy of a shared project: their lines and files as one change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::intent::{self, Intent, ProjectPath, hash_of};
use super::recover::{Recovered, told_outside};
use super::{DECIDED, WRITING, changed_by_another_hand, make, remove_folder, rename};
use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::engine::database::SharedLog;
use crate::export::{disk, write_atomic};
use crate::sampling::{sha256, to_hex};
use crate::workspace::store::draws::SECRET_FILE;
use crate::workspace::store::journal::{Journal, JournalEntry};
use crate::workspace::store::project::{PROJECT_FILE, check_free, load_bytes};
use crate::workspace::store::shared::{SHARED_FILE, Shared, files_of, told_deeds};

/// Where a deed's intent waits whose files lie outside the project and whose line is not on the server yet.
pub(super) const PENDING: &str = "change.pending";
/// What is said of a copy whose server could not be asked.
pub(in crate::workspace::store) const BEHIND: &str = "SHR-012";
/// Folder for files that were changed by another hand and that another desk changed too.
const ASIDE: &str = "本机改动";

/// Files of a draw that hold its secret: from then on nobody keeps it apart.
const ENDS_A_SECRET: [&str; 2] = ["/opening.json", "/voided.json"];

/// Takes hold of the server's log, and brings what it has beyond this copy. Gives the lines that came.
///
/// # Errors
/// `SHR-…`, `DBS-…`, `IO-…`, `JRN-…`.
pub(super) fn come_level(root: &Path, shared: &Shared, progress: &Progress) -> AppResult<(SharedLog, Vec<String>)> {
    let journal = Journal::at(root.join("journal.jsonl"));
    let own = journal.standing()?;
    if let Some(fault) = own.faults.first() {
        return Err(Finding::error("SHR-013", "本机副本的操作日志有误，不能与共享项目同步")
            .value(fault)
            .hint("请在新的文件夹中重新加入（「数据库共享」，命令行 shared join），并保留原文件夹备查")
            .file(root.display().to_string())
            .into());
    }
    let mut log = shared.begin(progress)?;
    let lines = shared.lines_beyond(&mut log, &own)?;
    if !lines.is_empty() {
        let changed = changed_by_another_hand(root, &own)?.0.into_iter().map(|file| file.path).collect();
        lay(root, &mut log, &lines, &changed)?;
    }
    Ok((log, lines))
}

/// Lays lines and files down as one change of this copy.
fn lay(root: &Path, log: &mut SharedLog, lines: &[String], changed: &BTreeSet<String>) -> AppResult<()> {
    let damaged = |cause| AppError::new("SHR-024", "共享项目在服务器上的日志不能识别").caused_by(cause);
    let entries: Vec<JournalEntry> =
        lines.iter().map(|line| serde_json::from_str(line).map_err(damaged)).collect::<AppResult<_>>()?;
    let folder = root.join(WRITING);
    remove_folder(&folder)?;
    make(&folder)?;
    let mut after: BTreeMap<ProjectPath, Option<String>> = BTreeMap::new();
    for (name, hash) in files_of(&entries) {
        let path = ProjectPath::try_from(name.clone())
            .map_err(|name| AppError::new("PRJ-037", "项目文件的名称不能使用").with(|finding| finding.file(name)))?;
        let own = path.below(root);
        if changed.contains(&name) && own.is_file() && hash_of(&own)? != hash {
            write_atomic(&aside(root, &path)?, &load_bytes(&own)?)?;
        }
        if let Some(hash) = &hash
            && hash_of(&own)?.as_ref() != Some(hash)
        {
            let mut bytes = Vec::new();
            log.load(hash, &mut bytes)?;
            if to_hex(&sha256(&[&bytes])) != *hash {
                return Err(Finding::error("SHR-025", "共享项目在服务器上的文件与日志所记的校验值不符")
                    .file(name)
                    .into());
            }
            let ready = path.below(&folder);
            if let Some(above) = ready.parent() {
                make(above)?;
            }
            write_atomic(&ready, &bytes)?;
        }
        if hash.is_some() && ENDS_A_SECRET.iter().any(|end| name.ends_with(end)) {
            // opened, or given up, at another desk: the secret is in the files now and goes here too
            if let Some(secret) = secret_beside(root, &path) {
                after.insert(secret, None);
            }
        }
        after.insert(path, hash);
    }
    let Some((last, earlier)) = lines.split_last() else { return Ok(()) };
    let intent = Intent::new(root, last.clone(), after, Vec::new())?.behind(earlier.to_vec());
    write_atomic(&folder.join(intent::FILE), &intent.to_json()?)?;
    rename(&folder, &root.join(DECIDED))?;
    disk::sync_folder(root).map_err(|cause| AppError::io("保存文件失败", root, cause))?;
    intent.carry_out(root)
}

/// The secret in the folder of a draw's file, where this desk has it.
fn secret_beside(root: &Path, path: &ProjectPath) -> Option<ProjectPath> {
    let secret = path.below(root).with_file_name(SECRET_FILE);
    secret.is_file().then(|| ProjectPath::of(root, &secret).ok()).flatten()
}

/// A place for a file that gives way, beside those that did before it.
fn aside(root: &Path, path: &ProjectPath) -> AppResult<std::path::PathBuf> {
    let folder = root.join(ASIDE);
    for number in 1_u32.. {
        let place = path.below(&folder.join(number.to_string()));
        if !place.exists() {
            if let Some(above) = place.parent() {
                make(above)?;
            }
            return Ok(place);
        }
    }
    Err(AppError::new("PRJ-037", "项目文件的名称不能使用"))
}

/// Makes a folder a desk's copy of a shared project. The folder is held by the caller.
///
/// # Errors
/// `PRJ-001` where it holds a project, `SHR-…`, `DBS-…`, `IO-…`.
pub(in crate::workspace) fn join_shared(root: &Path, shared: &Shared, progress: &Progress) -> AppResult<usize> {
    check_free(root)?;
    shared.save(root)?;
    match come_level(root, shared, progress) {
        Ok((_, lines)) => Ok(lines.len()),
        Err(error) => {
            // nothing of it is there: the folder is what it was
            let _ = remove_folder(&root.join(WRITING));
            if !root.join(DECIDED).exists() && !root.join(PROJECT_FILE).exists() {
                let _ = disk::remove_file(&root.join(SHARED_FILE));
            }
            Err(error)
        }
    }
}

/// Brings a copy level when its project is opened: what came is said; where the server can't be reached the copy shows
/// what it has, and says that.
pub(in crate::workspace::store) fn open_level(root: &Path, shared: &Shared, before: Recovered) -> Recovered {
    let done = settle_pending(root, shared).and_then(|settled| {
        let (_, lines) = come_level(root, shared, &Progress::none())?;
        Ok((settled, lines))
    });
    // a deed that was cut off after the server had it came back just now
    let came = done.as_ref().is_ok_and(|(_, lines)| !lines.is_empty());
    let finding = match done {
        Ok((Some(finding), _)) => Some(finding),
        Ok((None, lines)) if lines.is_empty() => None,
        Ok((None, lines)) => {
            Some(Finding::note("SHR-014", "已取得其他办公室对共享项目的更改").value(told_deeds(&lines)))
        }
        Err(error) => {
            let why = error.finding();
            let words = format!("没有与共享项目同步，显示的是本机上次取得的内容：[{}] {}", why.code, why.what);
            let finding =
                Finding { file: why.file.clone(), value: why.value.clone(), ..Finding::warning(BEHIND, words) };
            Some(finding.hint("可以查看；操作须待连接恢复后进行"))
        }
    };
    match finding {
        Some(finding) if before.finding.is_none() || came || finding.code == BEHIND => {
            Recovered { kind: before.kind, finding: Some(finding) }
        }
        _ => before,
    }
}

/// Writes the line of a deed whose files lie outside the project and that broke off before the server had it.
///
/// # Errors
/// `SHR-…`, `DBS-…`, `IO-…`, `JRN-…`: it stays for the next time.
pub(super) fn settle_pending(root: &Path, shared: &Shared) -> AppResult<Option<Finding>> {
    let file = root.join(PENDING).join(intent::FILE);
    if !file.exists() {
        remove_folder(&root.join(PENDING))?;
        return Ok(None);
    }
    let intent = Intent::load(&file)?;
    let (log, _) = come_level(root, shared, &Progress::none())?;
    let mut entry = intent.entry()?;
    let (there, all) = intent.outside_there();
    let journal = Journal::at(root.join("journal.jsonl"));
    let is_it =
        |line: &JournalEntry| (&line.at, &line.operator, &line.command) == (&entry.at, &entry.operator, &entry.command);
    let stands = journal.standing()?.entries.iter().rev().take(64).any(is_it);
    if there > 0 && !stands {
        if there < all {
            entry.detail["broken_off"] = serde_json::json!({ "written": there, "of": all });
        }
        let place = (entry.at.as_str(), entry.operator.as_str(), entry.command.as_str());
        let (entry, line) = journal.compose(place, entry.detail.clone(), entry.files.clone())?;
        shared.publish(log, &entry, &line, &[root])?;
        journal.put(&line)?;
    }
    remove_folder(&root.join(PENDING))?;
    Ok(Some(told_outside(&entry, (there, all))))
}
