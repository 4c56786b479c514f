//! Files that were changed outside the program are accepted: by two people, with a reason, in the journal, and in the
//! certificate of every draw that they concern.

use crate::diagnostic::{AppResult, Finding};
use crate::disclosure::{check_public_words, is_same_person};
use crate::sampling::{ChangedFile, InterventionEntry, LogHead, SealEntry};
use crate::workspace::deeds::certificate::{compute_draw_certificate, public_words};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::draws::{INTERVENTIONS_FILE, StoredDraw, json_bytes};
use crate::workspace::store::journal::StandingLog;
use crate::workspace::store::log::{FileDeviation, Intervention, JOURNAL, interventions_for};
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::load_register;
use crate::workspace::store::set_back::{CLOCK, later_line};
use crate::workspace::store::staged::Change;

/// Who answers for the files beside the operator, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// The second person.
    pub second: String,
    /// Why the files were changed.
    pub reason: String,
}

/// Accepts every file of the project that was changed outside the program, and a last line of the log that is dated too
/// late; gives the files' paths.
///
/// # Errors
/// `LOG-002` without a second person, or the operator again; `LOG-003` without a reason; `LOG-004` nothing was changed;
/// `DIS-063`, `DIS-064` where the words can't stand on a certificate; `PRJ-011`, `IO-…`, `JRN-…`.
pub fn accept_changes(project: &Project, accepted: &Acceptance, context: &CommandContext) -> AppResult<Vec<String>> {
    project.check_writable()?;
    let (second, reason) = (accepted.second.trim(), accepted.reason.trim());
    if second.is_empty() || is_same_person(second, &context.operator) {
        return Err(Finding::error("LOG-002", "采用程序之外的改动须由另一人共同负责")
            .value(second)
            .expected(format!("{}之外的另一人的姓名", context.operator))
            .into());
    }
    if reason.is_empty() {
        return Err(Finding::error("LOG-003", "采用程序之外的改动必须写明理由").into());
    }
    check_public_words("采用程序之外的改动的理由", reason)?;
    check_public_words("另一人的姓名", second)?;
    let (change, changed, doubts) = Change::begin_accepting(project)?;
    let later = later_line(project, context.now)?;
    if changed.is_empty() && later.is_none() {
        return Err(Finding::error("LOG-004", "没有在程序之外被改动的项目文件").into());
    }
    let done = Intervention {
        line: 0,
        at: context.now.to_string(),
        operator: context.operator.clone(),
        second: second.to_owned(),
        reason: reason.to_owned(),
        files: changed.clone(),
    };
    if !changed.is_empty() {
        tell_draws(project, &change, &done)?;
    }
    let mut detail = serde_json::json!({ "second": second, "reason": reason, "changed": changed });
    if let Some(later) = &later {
        detail[CLOCK] = serde_json::json!({ "line": later.sequence, "at": later.at });
    }
    if changed.iter().any(|file| file.path == JOURNAL) {
        detail["journal"] = serde_json::json!(doubts);
    }
    change.commit(context, CommandId::AcceptChanges, detail)?;
    Ok(changed.into_iter().map(|file| file.path).collect())
}

/// An intervention as certificates list it, with the head of the log before its line.
fn entry_of(done: &Intervention, log: LogHead) -> InterventionEntry {
    let changed = |file: &FileDeviation| ChangedFile {
        expected: file.expected.clone().unwrap_or_default(),
        found: file.found.clone().unwrap_or_default(),
        path: public_words(&file.path),
    };
    InterventionEntry {
        after: 0,
        at: done.at.clone(),
        changed: done.files.iter().map(changed).collect(),
        log,
        operator: public_words(done.operator.trim()),
        reason: public_words(&done.reason),
        second: public_words(&done.second),
    }
}

/// The interventions that a seal made after these lines of the journal binds.
pub(super) fn interventions_before(log: &StandingLog) -> Vec<InterventionEntry> {
    let concerning = interventions_for(&log.entries, log.lines.len() as u64 + 1);
    let of = |one: &Intervention| {
        let head = log.entries.iter().find(|entry| entry.sequence == one.line)?.log.clone()?;
        Some(entry_of(one, head))
    };
    concerning.iter().filter_map(of).collect()
}

/// Puts an intervention among the files of every draw that it concerns, and into the certificate of those that are
/// opened: of draws whose seal knows the log, all but those given up, unless every file lies in another draw's folder.
/// A draw that can't be read (its file may be the one that was changed) has no certificate to be written.
fn tell_draws(project: &Project, change: &Change<'_>, done: &Intervention) -> AppResult<()> {
    let told = entry_of(done, project.journal().head()?);
    let Ok(register) = load_register(project) else { return Ok(()) };
    for seal in register.seals().filter(|seal| !SealEntry::is_voided(seal)) {
        let (period, sequence) = (seal.sealed.period, seal.sealed.sequence);
        if done.is_of_another_draw(&format!("draws/{period}/{sequence}/")) {
            continue;
        }
        let Ok(mut draw) = StoredDraw::load(project, period, sequence) else { continue };
        if !draw.seal.has_log() {
            continue;
        }
        let after = if draw.opening.is_some() { draw.changes.len() as u64 + 1 } else { 0 };
        draw.interventions.push(InterventionEntry { after, ..told.clone() });
        change.put(&draw.folder.join(INTERVENTIONS_FILE), &json_bytes(&draw.interventions)?)?;
        if let Some(order) = draw.order().filter(|_| period.month().is_some()) {
            // a draw whose files don't fit any more has no certificate
            if let Ok(certificate) = compute_draw_certificate(&draw, &order, &register) {
                change.put(&draw.folder.join("certificate.json"), &certificate.to_json())?;
            }
        }
    }
    Ok(())
}
