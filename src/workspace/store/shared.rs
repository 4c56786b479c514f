//! A shared project: this folder is a desk's copy of a project that lives on a server.
//!
//! The server's log decides. A deed holds it from its first look at the project to its last byte (one advisory lock,
//! one transaction): the desk's copy is level with the log then, the deed's files and its line go there whole, and only
//! once they stand there do they take their place here. Whatever is lost between the two, the next look at the server
//! brings. Secrets of seals stay at the desk that sealed.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::engine::database::{
    Address, DatabaseTarget, Ending, Password, SharedLog, find_password, keep_typed, quoted,
};
use crate::export::write_atomic;
use crate::text::ron_layout;
use crate::workspace::store::frames::hash_file;
use crate::workspace::store::journal::{JournalEntry, StandingLog, time_text};
use crate::workspace::store::log::{expected_files, is_held, is_secret};
use crate::workspace::store::project::load_bytes;

/// Name of the file that makes a project folder a desk's copy.
pub const SHARED_FILE: &str = "shared.ron";
/// Format of that file.
const FORMAT: u32 = 1;
/// How often the server is asked whether a deed stands whose answer was lost, and how long apart.
const QUESTIONS: u32 = 3;
const APART: Duration = Duration::from_secs(1);
/// Deeds of others that are named in one message.
const MOST_NAMED: usize = 3;

/// How a password is asked for; nobody is asked where it is not set.
static ASK: OnceLock<fn(&Address) -> Option<Password>> = OnceLock::new();

/// Says how a password is asked for, once for the program: at its terminal.
pub fn ask_passwords_with(ask: fn(&Address) -> Option<Password>) {
    // the first one stays
    let _ = ASK.set(ask);
}

/// Where a shared project lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedPlace {
    format: u32,
    /// The server; never with a password.
    pub address: String,
    /// The schema that holds the project alone.
    pub schema: String,
}

impl SharedPlace {
    /// A place.
    #[must_use]
    pub fn new(address: &Address, schema: &str) -> Self {
        Self { format: FORMAT, address: address.to_string(), schema: schema.to_owned() }
    }

    /// A place as it was typed.
    ///
    /// # Errors
    /// `DBS-00x` for an address or a schema that can't be one.
    pub fn parse(address: &str, schema: &str) -> AppResult<Self> {
        let place = Self::new(&Address::parse(address)?, schema);
        Shared::at(place.clone())?;
        Ok(place)
    }

    /// That a project lives here now, in words.
    #[must_use]
    pub fn told(&self) -> String {
        format!("项目已由数据库共享，模式 {}；其他办公室现在可以加入", self.schema)
    }

    /// The schema on its server, with the password that is known for it.
    ///
    /// # Errors
    /// `DBS-00x` for an address or a schema that can't be one.
    pub fn target(&self) -> AppResult<DatabaseTarget> {
        Shared::at(self.clone()).map(|shared| shared.target())
    }
}

/// A project's place on a server.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Server and schema.
    pub place: SharedPlace,
    address: Address,
}

/// What other desks did meanwhile, in words: the last few, and how many there are.
#[must_use]
pub fn told_deeds(lines: &[String]) -> String {
    let told = |line: &String| -> Option<String> {
        let entry: JournalEntry = serde_json::from_str(line).ok()?;
        Some(format!("{} {}「{}」", time_text(&entry.at), entry.operator, entry.label()))
    };
    let mut named: Vec<String> = lines.iter().rev().take(MOST_NAMED).filter_map(told).collect();
    named.reverse();
    if lines.len() > MOST_NAMED {
        named.insert(0, format!("共 {} 步，最近的是", lines.len()));
    }
    named.join("；")
}

fn diverged(address: &Address) -> AppError {
    Finding::error("SHR-003", "本机的副本与共享项目的操作日志不是同一条")
        .hint("服务器可能由较早的备份恢复，或本机的副本属于另一个项目；请管理员核对后，在新的文件夹中重新加入（「数据库共享」，命令行 shared join）")
        .file(address.to_string())
        .into()
}

impl Shared {
    /// A project's place, where the folder has one.
    ///
    /// # Errors
    /// `SHR-001` where the file can't be read, `IO-…`.
    pub fn load(root: &Path) -> AppResult<Option<Arc<Self>>> {
        let path = root.join(SHARED_FILE);
        if !path.exists() {
            return Ok(None);
        }
        let wrong = || {
            AppError::from(
                Finding::error("SHR-001", "共享项目的地址文件无法识别")
                    .hint("请用备份恢复 shared.ron，或在新的文件夹中重新加入共享项目")
                    .file(path.display().to_string()),
            )
        };
        let text = String::from_utf8(load_bytes(&path)?).map_err(|cause| wrong().caused_by(cause))?;
        let place: SharedPlace = ron::from_str(&text).map_err(|cause| wrong().caused_by(cause))?;
        if place.format != FORMAT {
            return Err(wrong());
        }
        Self::at(place).map(|shared| Some(Arc::new(shared)))
    }

    /// A project at this place.
    ///
    /// # Errors
    /// `DBS-00x` for an address or a schema that can't be one.
    pub fn at(place: SharedPlace) -> AppResult<Self> {
        quoted(&place.schema)?;
        Ok(Self { address: Address::parse(&place.address)?, place })
    }

    /// Makes the folder a desk's copy.
    ///
    /// # Errors
    /// `SHR-023`, `IO-…`.
    pub fn save(&self, root: &Path) -> AppResult<()> {
        let text = ron::ser::to_string_pretty(&self.place, ron_layout())
            .map_err(|cause| AppError::new("SHR-023", "共享项目的地址文件无法写成文本").caused_by(cause))?;
        write_atomic(&root.join(SHARED_FILE), text.as_bytes())
    }

    /// The server.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Keeps the password that somebody typed for this server while the program runs.
    pub fn keep_password(&self, typed: String) {
        if let Some(password) = Password::new(typed) {
            keep_typed(&self.address, password);
        }
    }

    /// Begins to write on the server.
    ///
    /// # Errors
    /// Those of [`SharedLog::begin`].
    pub fn begin(&self, progress: &Progress) -> AppResult<SharedLog> {
        SharedLog::begin(&self.target(), progress)
    }

    fn target(&self) -> DatabaseTarget {
        let (address, schema) = (self.address.clone(), self.place.schema.clone());
        let password = find_password(&address);
        DatabaseTarget { address, schema, password, ask: ASK.get().copied() }
    }

    /// The lines that the server has beyond a desk's log.
    ///
    /// # Errors
    /// `SHR-003` where the desk's log is no beginning of the server's, those of the server.
    pub fn lines_beyond(&self, log: &mut SharedLog, own: &StandingLog) -> AppResult<Vec<String>> {
        let mut lines = log.lines_from(own.lines.len() as u64)?;
        if let Some(last) = own.lines.last() {
            if lines.first().is_none_or(|line| line.as_bytes() != last.as_slice()) {
                return Err(diverged(&self.address));
            }
            lines.remove(0);
        }
        Ok(lines)
    }

    /// Puts a deed there: the bytes of its files, made ready in `folder` or lying in the project, then its line.
    ///
    /// # Errors
    /// Those of the server: nothing was written then. `SHR-004` where that can't be known.
    pub fn publish(&self, mut log: SharedLog, entry: &JournalEntry, line: &str, places: &[&Path]) -> AppResult<()> {
        put_files(&mut log, entry, places)?;
        log.append(entry.sequence, line)?;
        match log.commit() {
            Ending::Written => Ok(()),
            Ending::Refused(error) => Err(error),
            Ending::Unknown(error) => self.settle(entry.sequence, line, error),
        }
    }

    /// Asks whether a line stands whose answer was lost.
    fn settle(&self, sequence: u64, line: &str, cut: AppError) -> AppResult<()> {
        for _ in 0..QUESTIONS {
            // whoever still writes that line holds the lock: once it is ours the line stands or never will
            if let Ok(mut log) = self.begin(&Progress::none())
                && let Ok(lines) = log.lines_from(sequence)
            {
                return if lines.first().is_some_and(|there| there == line) { Ok(()) } else { Err(cut) };
            }
            sleep(APART);
        }
        let finding = Finding::error("SHR-004", "提交时与共享项目的连接中断，不能确定这一步是否已经写入")
            .hint("请不要重复这一步；恢复连接后重新打开项目，以服务器上的日志为准")
            .file(self.address.to_string());
        Err(AppError::from(finding).caused_by(cut))
    }
}

/// Puts the bytes of a line's files there, each from the first of the folders that has it as the line says.
fn put_files(log: &mut SharedLog, entry: &JournalEntry, places: &[&Path]) -> AppResult<()> {
    for (path, hash) in entry.files.iter().filter(|(path, _)| !is_secret(path)) {
        let Some(hash) = hash else { continue };
        let below = |folder: &&Path| path.split('/').fold(folder.to_path_buf(), |at, name| at.join(name));
        let is_it = |file: &PathBuf| file.is_file() && hash_file(file).is_ok_and(|(found, _)| found == *hash);
        let Some(file) = places.iter().map(below).find(is_it) else {
            return Err(Finding::error("SHR-010", "项目文件不能读取，没有写入共享项目").file(path.clone()).into());
        };
        log.put(hash, File::open(&file).map_err(|cause| AppError::io("读取文件", &file, cause))?)?;
    }
    Ok(())
}

/// Puts a whole project there: every line, and the files as they stand.
///
/// # Errors
/// `SHR-011` where an earlier version wrote the journal, `SHR-010`, those of the server.
pub fn put_project(log: &mut SharedLog, root: &Path, own: &StandingLog) -> AppResult<()> {
    let mut files = expected_files(&own.entries);
    files.retain(|path, hash| hash.is_some() && is_held(path));
    let Some(last) = own.entries.last().filter(|_| own.faults.is_empty() && !files.is_empty()) else {
        return Err(Finding::error("SHR-011", "这个项目的操作日志没有记下文件的校验值，不能共享")
            .hint("由旧版本建立的项目请先在本版本中做一步操作；日志有误的请先核验（verify --log）")
            .file(root.display().to_string())
            .into());
    };
    put_files(log, &JournalEntry { files, ..last.clone() }, &[root])?;
    for (at, line) in own.lines.iter().enumerate() {
        log.append(at as u64 + 1, &String::from_utf8_lossy(line))?;
    }
    Ok(())
}

/// The files that these lines leave otherwise than a desk has them, each with its hash; of several lines the last counts.
#[must_use]
pub fn files_of(lines: &[JournalEntry]) -> Vec<(String, Option<String>)> {
    let mut seen = BTreeSet::new();
    let mut files: Vec<(String, Option<String>)> = Vec::new();
    for (path, hash) in lines.iter().rev().flat_map(|entry| entry.files.iter()) {
        if seen.insert(path.as_str()) && !(is_secret(path) && hash.is_some()) {
            files.push((path.clone(), hash.clone()));
        }
    }
    files
}
