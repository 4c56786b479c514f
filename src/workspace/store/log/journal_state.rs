//! Whether the journal itself is as the program left it: nobody's line names it, so that it has to be held against what
//! else there is in the folder.
//!
//! A project has a journal from its first deed on. One that is gone or empty was taken away; one that lacks a head which a
//! draw kept was cut or written anew; one whose chain breaks was edited. A tail that was cut together with everything
//! that its lines wrote leaves a folder as it once was: only a head that somebody else keeps shows that.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{FileDeviation, HEADS_FILE, expected_files, load_heads};
use crate::diagnostic::AppResult;
use crate::sampling::{Seal, SealRegister};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::journal::{JournalEntry, LogHead, StandingLog, heads_of};
use crate::workspace::store::project::{PROJECT_FILE, load_bytes};
use crate::workspace::store::staged::{entries as names_in, is_broken_off};

/// Name of the journal in a project's folder.
pub const JOURNAL: &str = "journal.jsonl";

/// What two people answered for when they accepted a journal that is not as the program left it: from then on these
/// very heads and faults stop nothing. `verify --log` names them for ever.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalDoubts {
    /// Faults of the chain, in words.
    pub faults: Vec<String>,
    /// Heads that draws kept and that this journal never had.
    pub heads: Vec<LogHead>,
}

/// A journal that is not as the program left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedJournal {
    /// As a changed file: `expected` and `found` are heads, `SIZE:ROOT`.
    pub file: FileDeviation,
    /// What is accepted with it.
    pub doubts: JournalDoubts,
}

fn accepted(entries: &[JournalEntry]) -> JournalDoubts {
    let mut all = JournalDoubts::default();
    for entry in entries.iter().filter(|entry| entry.command == CommandId::AcceptChanges.id()) {
        if let Ok(doubts) = serde_json::from_value::<JournalDoubts>(entry.detail["journal"].clone()) {
            all.faults.extend(doubts.faults);
            all.heads.extend(doubts.heads);
        }
    }
    all
}

/// The heads that the draws of a project keep beside their seals and in them, of which its journal must have every one.
///
/// # Errors
/// `LOG-005`, `IO-…`.
pub fn kept_heads(root: &Path) -> AppResult<Vec<LogHead>> {
    let mut heads = Vec::new();
    let folders = |path: &Path| -> AppResult<_> {
        let all = if path.is_dir() { names_in(path)? } else { Vec::new() };
        Ok(all.into_iter().filter(|path| path.is_dir()))
    };
    for period in folders(&root.join("draws"))? {
        for draw in folders(&period)? {
            heads.extend(load_heads(&draw.join(HEADS_FILE))?.into_iter().map(|note| note.log));
            heads.extend(sealed_head(&draw.join("seal.json"))?);
        }
    }
    Ok(heads)
}

/// The head that a draw's seal carries; `None` where there is none, or no seal that can be read, which others tell of.
fn sealed_head(path: &Path) -> AppResult<Option<LogHead>> {
    if !path.is_file() {
        return Ok(None);
    }
    Ok(Seal::parse(&load_bytes(path)?).ok().and_then(|seal| seal.log))
}

/// What a project's journal, which stands as `log`, lacks of what it must have; `None` where it is as the program left
/// it, and for a project that is only being made.
///
/// # Errors
/// `LOG-005`, `IO-…`.
pub fn changed_journal(root: &Path, log: &StandingLog) -> AppResult<Option<ChangedJournal>> {
    if !root.join(PROJECT_FILE).is_file() || is_broken_off(root) {
        return Ok(None);
    }
    let path = root.join(JOURNAL);
    let StandingLog { lines, entries, faults } = log;
    let heads = heads_of(lines);
    let known = accepted(entries);
    let lacks = |head: &LogHead| heads.get(head.size as usize) != Some(&head.root) && !known.heads.contains(head);
    let doubts = JournalDoubts {
        faults: faults.iter().filter(|fault| !known.faults.contains(fault)).cloned().collect(),
        heads: kept_heads(root)?.into_iter().filter(lacks).collect(),
    };
    let most = doubts.heads.iter().max_by_key(|head| head.size);
    let what = if !path.is_file() {
        "操作日志被删除".to_owned()
    } else if lines.is_empty() {
        "操作日志被清空".to_owned()
    } else if let Some(head) = most {
        if head.size as usize > lines.len() {
            format!("操作日志末尾被截去：抽取时已有 {} 行，现为 {} 行", head.size, lines.len())
        } else {
            format!("操作日志被重写：前 {} 行不是抽取时的那些", head.size)
        }
    } else if let Some(fault) = doubts.faults.first() {
        format!("操作日志被改动：{fault}")
    } else if let Some((rows, told)) = rows_untold(root, entries)? {
        format!("操作日志被截去：登记簿有 {rows} 行，日志只记有 {told} 次封存、开封与作废")
    } else {
        return Ok(None);
    };
    let found = LogHead { root: heads.last().cloned().unwrap_or_default(), size: lines.len() as u64 };
    let file = FileDeviation {
        path: JOURNAL.to_owned(),
        expected: most.map(LogHead::text),
        found: path.is_file().then(|| found.text()),
        what: Some(what),
    };
    Ok(Some(ChangedJournal { file, doubts }))
}

/// Rows of the register and the lines that tell of them, where there are fewer lines; looked at where an earlier version
/// wrote all of the journal, which knows no file's hash.
fn rows_untold(root: &Path, entries: &[JournalEntry]) -> AppResult<Option<(usize, usize)>> {
    let path = root.join("register.csv");
    if !expected_files(entries).is_empty() || !path.is_file() {
        return Ok(None);
    }
    // a register that can't be read is told of by whoever needs it
    let Ok(register) = SealRegister::parse_csv(&load_bytes(&path)?) else { return Ok(None) };
    let of_draws = [CommandId::Seal, CommandId::Open, CommandId::Void].map(CommandId::id);
    let told = entries.iter().filter(|entry| of_draws.contains(&entry.command.as_str())).count();
    let rows = register.lines().len();
    Ok((rows > told).then_some((rows, told)))
}
