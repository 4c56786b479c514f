//! The journal: an append-only file of every command that changed the project, each line carrying the
//! SHA-256 of the line before it, so that a changed or removed line is found.
//!
//! Lines are JSON objects with sorted keys (`at`, `command`, `detail`, `files`, `log`, `operator`, `previous`,
//! `sequence`); `previous` is the hash of the preceding line's bytes without its line end, empty for the first.
//! `files` are the project's files that the command left otherwise, each with its SHA-256 then, `null` where it went;
//! `log` is the head of the log of all lines before (a hash tree as RFC 6962, section 2.1, a line a leaf). Lines of
//! earlier versions have neither. Each append is flushed to the disk before the command reports success. A line that a
//! crash cut short at the end of the file carries no command that was ever reported as done: it is set aside as
//! `journal.torn` at the next opening or append and said.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::disk::{append_at, read};
pub use crate::sampling::LogHead;
use crate::sampling::{GrowingTree, as_written, compute_log_leaf, to_hex};
use crate::workspace::store::command_id::CommandId;

fn head_of(tree: &GrowingTree) -> LogHead {
    LogHead { root: to_hex(&tree.root()), size: tree.size() }
}

/// SHA-256 of files by their path within the project, `/` between folders; `None` of a file that went.
pub type FileHashes = BTreeMap<String, Option<String>>;

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// When, local time of the office with offset, RFC 3339.
    pub at: String,
    /// Which command.
    pub command: String,
    /// What it changed.
    pub detail: serde_json::Value,
    /// Files as the command left them; empty where an earlier version wrote the line.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: FileHashes,
    /// Head of the log before this line; `None` where an earlier version wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogHead>,
    /// Who.
    pub operator: String,
    /// SHA-256 of the line before, hexadecimal; empty for the first.
    pub previous: String,
    /// 1, 2, …
    pub sequence: u64,
}

/// A moment of the journal as people write it: `2027-02-28 21:15`.
#[must_use]
pub fn time_text(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}

impl JournalEntry {
    /// The command in words; as it is written where another version wrote it.
    #[must_use]
    pub fn label(&self) -> &str {
        CommandId::from_id(&self.command).map_or(&self.command, |command| command.label())
    }
}

/// The journal of a project folder.
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
}

fn hash(line: &[u8]) -> String {
    to_hex(&Sha256::digest(line))
}

/// What a journal's bytes hold.
struct Contents {
    bytes: Vec<u8>,
    /// Length up to the last line end; what follows was cut short.
    whole: usize,
}

impl Contents {
    fn torn(&self) -> &[u8] {
        &self.bytes[self.whole..]
    }

    /// The whole lines as the program wrote them.
    fn lines(&self) -> Vec<u8> {
        as_written(&self.bytes[..self.whole]).into_owned()
    }

    /// Where the next line begins: blank lines that another program left at the end would stand within the chain.
    fn end(&self) -> usize {
        let whole = &self.bytes[..self.whole];
        let body = whole.iter().rposition(|b| !matches!(b, b'\n' | b'\r')).map_or(0, |last| last + 1);
        let end = if whole[body..].starts_with(b"\r\n") { 2 } else { 1 };
        if body == 0 { 0 } else { (body + end).min(self.whole) }
    }
}

/// The log's tree over these lines.
fn tree_of<'a>(lines: impl Iterator<Item = &'a [u8]>) -> GrowingTree {
    let mut tree = GrowingTree::default();
    lines.for_each(|line| tree.push(compute_log_leaf(line)));
    tree
}

fn split(lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = lines.strip_suffix(b"\n").unwrap_or(lines);
    body.split(|b| *b == b'\n').filter(|_| !lines.is_empty())
}

/// A journal as it stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StandingLog {
    /// Its lines, as bytes.
    pub lines: Vec<Vec<u8>>,
    /// What they say.
    pub entries: Vec<JournalEntry>,
    /// What is wrong with them, in words.
    pub faults: Vec<String>,
}

impl StandingLog {
    /// Its head.
    #[must_use]
    pub fn head(&self) -> LogHead {
        head_of(&tree_of(self.lines.iter().map(Vec::as_slice)))
    }
}

impl Journal {
    /// The journal at this path; the file need not exist.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    fn failed(&self, cause: std::io::Error) -> AppError {
        AppError::io("写入操作日志", &self.path, cause)
    }

    fn contents(&self) -> AppResult<Contents> {
        let bytes = match read(&self.path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(cause) => return Err(AppError::io("读取操作日志", &self.path, cause)),
        };
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        Ok(Contents { bytes, whole })
    }

    /// Sets a line aside that a crash cut short; true where there was one. Only for the one who holds the
    /// project's lock.
    ///
    /// # Errors
    /// `IO-…`.
    pub fn mend(&self) -> AppResult<bool> {
        let contents = self.contents()?;
        let torn = contents.torn();
        if torn.is_empty() {
            return Ok(false);
        }
        let aside = self.path.with_extension("torn");
        let length = std::fs::metadata(&aside).map_or(0, |kept| kept.len());
        append_at(&aside, length, &[torn, b"\n"].concat()).map_err(|cause| self.failed(cause))?;
        append_at(&self.path, contents.whole as u64, b"").map_err(|cause| self.failed(cause))?;
        Ok(true)
    }

    /// The line that would be appended now, without its line end.
    ///
    /// # Errors
    /// `JRN-001` where the file's last line can't be read as a journal line, `IO-…`.
    pub fn compose(
        &self,
        (at, operator, command): (&str, &str, &str),
        detail: serde_json::Value,
        files: FileHashes,
    ) -> AppResult<(JournalEntry, String)> {
        let lines = self.contents()?.lines();
        let (mut previous, mut sequence) = (String::new(), 1);
        if let Some(line) = split(&lines).last() {
            let last: JournalEntry = serde_json::from_slice(line).map_err(|cause| {
                AppError::from(
                    Finding::error("JRN-001", "操作日志最后一行无法识别")
                        .hint("日志可能被改动，请用「verify --journal」核验并保留原件")
                        .file(self.path.display().to_string()),
                )
                .caused_by(cause)
            })?;
            (previous, sequence) = (hash(line), last.sequence + 1);
        }
        let entry = JournalEntry {
            at: at.to_owned(),
            command: command.to_owned(),
            detail,
            files,
            log: Some(head_of(&tree_of(split(&lines)))),
            operator: operator.to_owned(),
            previous,
            sequence,
        };
        let line = serde_json::to_string(&entry)
            .map_err(|cause| AppError::new("JRN-002", "操作日志无法写成文本").caused_by(cause))?;
        Ok((entry, line))
    }

    /// Appends a composed line and flushes it to the disk; nothing happens where it stands at the end already. A part
    /// of it that a crash left is written anew.
    ///
    /// # Errors
    /// `IO-…` where it can't be written.
    pub fn put(&self, line: &str) -> AppResult<()> {
        let contents = self.contents()?;
        if split(&contents.lines()).last() == Some(line.as_bytes()) {
            return Ok(());
        }
        let mut whole = line.as_bytes().to_vec();
        whole.push(b'\n');
        if !whole.starts_with(contents.torn()) {
            self.mend()?;
        }
        append_at(&self.path, contents.end() as u64, &whole).map_err(|cause| self.failed(cause))
    }

    /// What the last whole line says; `None` where there is none, or none that can be read.
    ///
    /// # Errors
    /// `IO-…` where the file can't be read.
    pub fn last(&self) -> AppResult<Option<JournalEntry>> {
        let lines = self.contents()?.lines();
        Ok(split(&lines).last().and_then(|line| serde_json::from_slice(line).ok()))
    }

    /// The head of the log as it stands.
    ///
    /// # Errors
    /// `IO-…` where the file can't be read.
    pub fn head(&self) -> AppResult<LogHead> {
        Ok(head_of(&tree_of(split(&self.contents()?.lines()))))
    }

    /// The whole lines, what they say and the faults of their chain in words; nothing where there is no file. What a crash
    /// cut short at the end is left out.
    ///
    /// # Errors
    /// `IO-…` where the file can't be read.
    pub fn standing(&self) -> AppResult<StandingLog> {
        let lines = self.contents()?.lines();
        let (entries, faults) = check_lines(&lines);
        Ok(StandingLog { lines: split(&lines).map(<[u8]>::to_vec).collect(), entries, faults })
    }

    /// All lines, and the faults of the chain in words; an empty list of faults means that it holds.
    ///
    /// # Errors
    /// `IO-…` where the file can't be read.
    pub fn check(&self) -> AppResult<(Vec<JournalEntry>, Vec<String>)> {
        check_journal_file(&self.path)
    }
}

/// The root of the log at each size, from none.
#[must_use]
pub fn heads_of(lines: &[Vec<u8>]) -> Vec<String> {
    let mut tree = GrowingTree::default();
    let mut heads = vec![to_hex(&tree.root())];
    for line in lines {
        tree.push(compute_log_leaf(line));
        heads.push(to_hex(&tree.root()));
    }
    heads
}

/// The whole lines of a journal file as the log has them.
///
/// # Errors
/// `IO-…` where the file can't be read.
pub fn load_log_lines(path: &Path) -> AppResult<Vec<Vec<u8>>> {
    let contents = Journal::at(path.to_owned()).contents()?;
    Ok(split(&contents.lines()).map(<[u8]>::to_vec).collect())
}

/// Reads and checks the chain of a journal file; see [`Journal::check`].
///
/// # Errors
/// `IO-…` where the file can't be read.
pub fn check_journal_file(path: &Path) -> AppResult<(Vec<JournalEntry>, Vec<String>)> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|cause| AppError::io("读取操作日志", path, cause))?;
    // A line cut short is a fault; other line ends, a mark or blank lines at the end are another program's habit.
    let cut = !bytes.is_empty() && !bytes.ends_with(b"\n") && !bytes.ends_with(b"\r");
    let mut bytes = as_written(&bytes).into_owned();
    if cut {
        bytes.pop();
    }
    Ok(check_lines(&bytes))
}

fn check_lines(bytes: &[u8]) -> (Vec<JournalEntry>, Vec<String>) {
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    let (mut previous, mut sequence) = (String::new(), 0);
    let mut tree = GrowingTree::default();
    let mut lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    } else if !bytes.is_empty() {
        faults.push(format!("第 {} 行不完整（缺少行末换行）", lines.len()));
    }
    for (i, line) in lines.into_iter().enumerate() {
        let number = i + 1;
        match serde_json::from_slice::<JournalEntry>(line) {
            Err(_) => faults.push(format!("第 {number} 行无法识别")),
            Ok(entry) => {
                if entry.previous != previous {
                    faults.push(format!("第 {number} 行与上一行的校验值不符：上一行被改动，或中间有行被删除"));
                }
                if entry.sequence != sequence + 1 {
                    faults.push(format!("第 {number} 行序号为 {}，应为 {}", entry.sequence, sequence + 1));
                }
                if entry.log.as_ref().is_some_and(|head| *head != head_of(&tree)) {
                    faults.push(format!("第 {number} 行所记的日志根值与此前各行不符"));
                }
                sequence = entry.sequence;
                entries.push(entry);
            }
        }
        tree.push(compute_log_leaf(line));
        previous = hash(line);
    }
    (entries, faults)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests break files on purpose")]
mod tests {
    use super::*;

    fn append(journal: &Journal, command: &str, detail: serde_json::Value) {
        let files = FileHashes::new();
        let (_, line) = journal.compose(("2027-02-26T09:00:00+08:00", "张三", command), detail, files).unwrap();
        journal.put(&line).unwrap();
        journal.put(&line).unwrap();
    }

    fn journal() -> (tempfile::TempDir, Journal) {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::at(dir.path().join("journal.jsonl"));
        for i in 0..4 {
            append(&journal, "seal", serde_json::json!({ "n": i }));
        }
        (dir, journal)
    }

    #[test]
    fn a_whole_chain_holds() {
        let (_dir, journal) = journal();
        let (entries, faults) = journal.check().unwrap();
        assert_eq!((entries.len(), entries[3].sequence), (4, 4));
        assert_eq!(faults, Vec::<String>::new());
    }

    #[test]
    fn a_changed_and_a_removed_line_are_found() {
        let (_dir, journal) = journal();
        let text = std::fs::read_to_string(&journal.path).unwrap();
        std::fs::write(&journal.path, text.replacen("张三", "李四", 1)).unwrap();
        assert!(journal.check().unwrap().1.iter().any(|f| f.contains("第 2 行")));
        let without: Vec<&str> = text.lines().enumerate().filter(|(i, _)| *i != 1).map(|(_, l)| l).collect();
        std::fs::write(&journal.path, without.join("\n") + "\n").unwrap();
        assert!(journal.check().unwrap().1.iter().any(|f| f.contains("第 2 行")));
    }

    #[test]
    fn a_torn_last_line_is_set_aside() {
        let (dir, journal) = journal();
        let tear = |bytes: &[u8]| {
            let mut all = std::fs::read(&journal.path).unwrap();
            all.extend(bytes);
            std::fs::write(&journal.path, all).unwrap();
        };
        tear(b"{\"at\":\"2027");
        assert!(!journal.check().unwrap().1.is_empty());
        assert!(journal.mend().unwrap() && !journal.mend().unwrap(), "said once");
        assert!(journal.check().unwrap().1.is_empty());
        tear(b"{\"at\":\"2026");
        append(&journal, "open", serde_json::Value::Null);
        let (entries, faults) = journal.check().unwrap();
        assert_eq!((entries.len(), faults.len()), (5, 0));
        assert!(dir.path().join("journal.torn").exists());
    }
}
