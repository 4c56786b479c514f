//! The journal: an append-only file of every command that changed the project, each line carrying the
//! SHA-256 of the line before it, so that a changed or removed line is found.
//!
//! Lines are JSON objects with sorted keys (`at`, `command`, `detail`, `operator`, `previous`, `sequence`);
//! `previous` is the hash of the preceding line's bytes without its line end, empty for the first. Each
//! append is flushed to the disk before the command reports success. A line that a crash cut short at the
//! end of the file carries no command that was ever reported as done: it is set aside as `journal.torn` at
//! the next opening or append and said.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::sampling::{as_written, to_hex};

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// When, local time of the office with offset, RFC 3339.
    pub at: String,
    /// Which command.
    pub command: String,
    /// What it changed.
    pub detail: serde_json::Value,
    /// Who.
    pub operator: String,
    /// SHA-256 of the line before, hexadecimal; empty for the first.
    pub previous: String,
    /// 1, 2, …
    pub sequence: u64,
}

/// The journal of a project folder.
#[derive(Debug, Clone)]
pub struct Journal {
    path: PathBuf,
}

fn hash(line: &[u8]) -> String {
    to_hex(&Sha256::digest(line))
}

impl Journal {
    /// The journal at this path; the file need not exist.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Sets a line aside that a crash cut short; true where there was one. Only for the one who holds the
    /// project's lock.
    ///
    /// # Errors
    /// `IO-…`.
    pub fn mend(&self) -> AppResult<bool> {
        if self.path.exists() { self.open_whole().map(|(_, _, torn)| torn) } else { Ok(false) }
    }

    /// The file and its whole lines; a torn one is set aside, which the flag says.
    fn open_whole(&self) -> AppResult<(File, Vec<u8>, bool)> {
        let io = |cause| AppError::io("写入操作日志", &self.path, cause);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.path).map_err(io)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io)?;
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let torn = whole < bytes.len();
        if torn {
            let aside = self.path.with_extension("torn");
            let mut keep = OpenOptions::new().create(true).append(true).open(&aside).map_err(io)?;
            keep.write_all(&bytes[whole..]).map_err(io)?;
            keep.write_all(b"\n").map_err(io)?;
            keep.sync_all().map_err(io)?;
            file.set_len(whole as u64).map_err(io)?;
            bytes.truncate(whole);
        }
        Ok((file, bytes, torn))
    }

    /// Appends a line and flushes it to the disk.
    ///
    /// # Errors
    /// `JRN-001` where the file's last line can't be read as a journal line, `IO-…` where it can't be written.
    pub fn append(
        &self,
        at: &str,
        operator: &str,
        command: &str,
        detail: serde_json::Value,
    ) -> AppResult<JournalEntry> {
        let io = |cause| AppError::io("写入操作日志", &self.path, cause);
        let (mut file, bytes, _) = self.open_whole()?;
        let (previous, sequence) =
            match as_written(&bytes).strip_suffix(b"\n").map(|b| b.rsplit(|b| *b == b'\n').next().unwrap_or(b)) {
                None => (String::new(), 1),
                Some(line) => {
                    let last: JournalEntry = serde_json::from_slice(line).map_err(|cause| {
                        AppError::from(
                            Finding::error("JRN-001", "操作日志最后一行无法识别")
                                .hint("日志可能被改动，请用「verify --journal」核验并保留原件")
                                .file(self.path.display().to_string()),
                        )
                        .caused_by(cause)
                    })?;
                    (hash(line), last.sequence + 1)
                }
            };
        let entry = JournalEntry {
            at: at.to_owned(),
            command: command.to_owned(),
            detail,
            operator: operator.to_owned(),
            previous,
            sequence,
        };
        // Blank lines that another program left at the end would stand within the chain.
        let body = bytes.iter().rposition(|b| !matches!(b, b'\n' | b'\r')).map_or(0, |last| last + 1);
        let end = if bytes[body..].starts_with(b"\r\n") { 2 } else { 1 };
        if body > 0 && bytes.len() > body + end {
            file.set_len((body + end) as u64).map_err(io)?;
        }
        let mut line = serde_json::to_vec(&entry)
            .map_err(|cause| AppError::new("JRN-002", "操作日志无法写成文本").caused_by(cause))?;
        line.push(b'\n');
        file.seek(SeekFrom::End(0)).map_err(io)?;
        file.write_all(&line).map_err(io)?;
        file.sync_all().map_err(io)?;
        Ok(entry)
    }

    /// All lines, and the faults of the chain in words; an empty list of faults means that it holds.
    ///
    /// # Errors
    /// `IO-…` where the file can't be read.
    pub fn check(&self) -> AppResult<(Vec<JournalEntry>, Vec<String>)> {
        check_journal_file(&self.path)
    }
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
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    let (mut previous, mut sequence) = (String::new(), 0);
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
                sequence = entry.sequence;
                entries.push(entry);
            }
        }
        previous = hash(line);
    }
    Ok((entries, faults))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests break files on purpose")]
mod tests {
    use super::*;

    fn journal() -> (tempfile::TempDir, Journal) {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::at(dir.path().join("journal.jsonl"));
        for i in 0..4 {
            journal.append("2027-02-26T09:00:00+08:00", "张三", "seal", serde_json::json!({ "n": i })).unwrap();
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
        let mut file = OpenOptions::new().append(true).open(&journal.path).unwrap();
        file.write_all(b"{\"at\":\"2027").unwrap();
        assert!(!journal.check().unwrap().1.is_empty());
        assert!(journal.mend().unwrap() && !journal.mend().unwrap(), "said once");
        assert!(journal.check().unwrap().1.is_empty());
        file.write_all(b"{\"at\":\"2027").unwrap();
        journal.append("2027-02-26T10:00:00+08:00", "张三", "open", serde_json::Value::Null).unwrap();
        let (entries, faults) = journal.check().unwrap();
        assert_eq!((entries.len(), faults.len()), (5, 0));
        assert!(dir.path().join("journal.torn").exists());
    }
}
