//! Findings confirmed by a person, or such a confirmation taken back: kept with operator and reason, marked in the
//! quality report, written in the journal, all in one change.

use std::collections::BTreeSet;

use crate::diagnostic::{AppResult, Finding};
use crate::registry::confirmed::{Standing, keys_of, mark_confirmed, standing_of};
use crate::registry::{ConfirmedFinding, FindingKey, codes};
use crate::workspace::deeds::evidence::{Ground, check_proved, proof_detail, read_evidence};
use crate::workspace::store::changes::Evidence;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::quality::{load_confirmed, load_report, put_confirmed, put_report};
use crate::workspace::store::staged::Change;

/// Findings that a person looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// Which.
    pub keys: Vec<FindingKey>,
    /// Name of the register that their value means; `None` where they stay as they are.
    pub same_as: Option<String>,
    /// Why; where a name decides which unit a record counts for, with evidence and a second person.
    pub reason: Ground,
}

/// Findings as the journal names them: the kind in words, then whom they are about.
fn detail(keys: &BTreeSet<FindingKey>) -> serde_json::Value {
    let first = keys.first().map_or("", |key| key.code.as_str());
    let kind = codes::by_id(first).map_or("", |code| code.what);
    let about: Vec<&str> = keys.iter().map(|key| key.about.as_str()).collect();
    serde_json::json!({ "findings": keys.len(), "kind": kind, "about": about, "keys": keys })
}

/// Confirms findings of the project's report: they are shown as confirmed and not asked again while kind, unit and
/// value are the same. Returns how many were not confirmed before, or otherwise.
///
/// # Errors
/// `PRJ-011`; `QLT-003` without a reason, `QLT-004` for a kind that only the office's file can mend, `QLT-005` where
/// the report has no such finding or the name is none of those suggested; `SEL-056` where it decides which unit a record
/// counts for, without evidence or a second person; `QLT-…`, `IO-…`, `JRN-…`.
pub fn confirm_findings(project: &Project, asked: &Confirmation, context: &CommandContext) -> AppResult<usize> {
    project.check_writable()?;
    let reason = asked.reason.text.trim();
    if reason.is_empty() {
        return Err(Finding::error("QLT-003", "确认数据问题必须写明理由").into());
    }
    let report = load_report(project.root())?;
    let there: BTreeSet<FindingKey> = keys_of(&report)?.into_iter().flatten().collect();
    for key in &asked.keys {
        let standing = standing_of(&key.code).ok_or_else(|| {
            Finding::error("QLT-004", "这一类问题不能确认，只能在原文件中改正后再更新名录").value(&key.code)
        })?;
        if !there.contains(key) || asked.same_as.is_some() && standing != Standing::SameUnit {
            return Err(Finding::error("QLT-005", "质量报告中没有这一条问题")
                .value(&key.about)
                .hint("名录可能已经更新；请重新查看质量报告")
                .into());
        }
    }
    let decides = asked.keys.iter().any(|key| standing_of(&key.code) == Some(Standing::SameUnit));
    let mut confirmed = load_confirmed(project.root())?;
    let mut new = BTreeSet::new();
    for key in &asked.keys {
        let same = |c: &ConfirmedFinding| c.key == *key;
        if confirmed.iter().any(|c| same(c) && c.same_as == asked.same_as) {
            continue;
        }
        confirmed.retain(|c| !same(c));
        confirmed.push(ConfirmedFinding {
            key: key.clone(),
            same_as: asked.same_as.clone(),
            operator: context.operator.clone(),
            at: context.now.to_string(),
            reason: reason.to_owned(),
        });
        new.insert(key.clone());
    }
    if !new.is_empty() {
        let mut line = detail(&new);
        line["reason"] = serde_json::json!(reason);
        line["same_as"] = serde_json::json!(asked.same_as);
        let mut evidence = None;
        if decides {
            check_proved("确认记录属于哪一单位", &asked.reason, context)?;
            evidence = read_evidence(asked.reason.evidence.as_deref())?;
            line["proof"] = proof_detail(&asked.reason, evidence.as_ref().map(|(kept, _)| kept));
        }
        write(project, (confirmed, evidence), CommandId::ConfirmFindings, line, context)?;
    }
    Ok(new.len())
}

/// Takes confirmations back: the findings are open again. Returns how many were confirmed.
///
/// # Errors
/// `PRJ-011`, `QLT-…`, `IO-…`, `JRN-…`.
pub fn withdraw_findings(project: &Project, keys: &[FindingKey], context: &CommandContext) -> AppResult<usize> {
    project.check_writable()?;
    let asked: BTreeSet<&FindingKey> = keys.iter().collect();
    let (gone, stay): (Vec<ConfirmedFinding>, Vec<ConfirmedFinding>) =
        load_confirmed(project.root())?.into_iter().partition(|c| asked.contains(&c.key));
    if !gone.is_empty() {
        let gone: BTreeSet<FindingKey> = gone.iter().map(|c| c.key.clone()).collect();
        write(project, (stay, None), CommandId::WithdrawFindings, detail(&gone), context)?;
    }
    Ok(gone.len())
}

fn write(
    project: &Project,
    (mut confirmed, evidence): (Vec<ConfirmedFinding>, Option<(Evidence, Vec<u8>)>),
    command: CommandId,
    line: serde_json::Value,
    context: &CommandContext,
) -> AppResult<()> {
    confirmed.sort_by(|a, b| a.key.cmp(&b.key));
    let report = mark_confirmed(&load_report(project.root())?, &confirmed)?;
    let change = Change::begin(project)?;
    if let Some((kept, bytes)) = &evidence {
        change.put(&project.root().join(&kept.file), bytes)?;
    }
    put_confirmed(&change, &confirmed)?;
    put_report(&change, &report)?;
    change.commit(context, command, line).map(|_| ())
}
