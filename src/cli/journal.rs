//! `journal`: what was done, by whom and when, in sentences.

use std::path::PathBuf;

use clap::Args;

use super::Finish;
use super::output::{json, line, say};
use crate::diagnostic::AppResult;
use crate::workspace::reports::journal_words::{JournalWords, time_text};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::Project;

/// `journal`.
#[derive(Debug, Args)]
pub struct JournalArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 只列最近若干条
    #[arg(long, value_name = "条数")]
    pub last: Option<usize>,
}

/// Lists the journal, the oldest first.
pub(super) fn journal(args: &JournalArgs, as_json: bool) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let (registry, _) = load_project_data(&project)?;
    let words = JournalWords::new(&registry, &project.policy);
    let (entries, faults) = project.journal().check()?;
    let first = args.last.map_or(0, |last| entries.len().saturating_sub(last));
    let rows: Vec<_> = entries.iter().skip(first).map(|entry| (entry, words.sentence(entry))).collect();
    let command = |id: &str| CommandId::from_id(id).map_or_else(|| id.to_owned(), |command| command.label().to_owned());
    if as_json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(entry, sentence)| {
                serde_json::json!({
                    "sequence": entry.sequence, "at": entry.at, "operator": entry.operator,
                    "command": entry.command, "words": sentence, "detail": entry.detail,
                })
            })
            .collect();
        json(&serde_json::json!({ "entries": rows, "faults": faults }))?;
    } else {
        for (entry, sentence) in rows {
            let (at, what) = (time_text(&entry.at), command(&entry.command));
            line(&format!("{}\t{at}\t{}\t{what}\t{sentence}", entry.sequence, entry.operator))?;
        }
    }
    for fault in &faults {
        say(fault);
    }
    Ok(if faults.is_empty() { Finish::Done } else { Finish::Flawed })
}
