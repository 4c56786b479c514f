//! The log beside a draw, as a certificate of format 3 has it: its head at each thing that was done, and what another hand
//! did to the project's files and two people answered for.

use serde::{Deserialize, Serialize};

use super::certificate::{ClosedCertificate, is_hash};
use super::changes::ChangeEntry;
use crate::sampling::fault::Fault;
use crate::sampling::hash::{Hash32, sha256, to_hex};
use crate::sampling::json::to_canonical_json;
use crate::sampling::log_head::LogHead;
use crate::sampling::time::ShanghaiTime;

/// Longest text, in characters.
const LONGEST_TEXT: usize = 2000;
/// Path of the log in its project: where it is among the files the log may have begun anew.
const JOURNAL: &str = "journal.jsonl";

/// Files of the project that were changed outside the program, and who answered for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterventionEntry {
    /// Where it stands among what was done: 0 before the opening, 1 after it, and one more for each change before it.
    pub after: u64,
    /// When it was answered for.
    pub at: String,
    /// The files.
    pub changed: Vec<ChangedFile>,
    /// Head of the log before its line.
    pub log: LogHead,
    /// Who answered.
    pub operator: String,
    /// Why.
    pub reason: String,
    /// Who else.
    pub second: String,
}

/// A file that was changed by another hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedFile {
    /// SHA-256 by the log, 64 hexadecimal digits (of the log itself `SIZE:ROOT`); empty where there was no such file.
    pub expected: String,
    /// The same of what lay there; empty where nothing did.
    pub found: String,
    /// Path within the project.
    pub path: String,
}

fn is_mark(text: &str) -> bool {
    let root = match text.split_once(':') {
        Some((size, root)) if !size.is_empty() && size.bytes().all(|b| b.is_ascii_digit()) => root,
        Some(_) => return false,
        None => text,
    };
    text.is_empty() || is_hash(root)
}

fn is_said(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST_TEXT
}

impl InterventionEntry {
    /// What a seal binds of it: H of the canonical JSON.
    #[must_use]
    pub fn sha256(&self) -> Hash32 {
        sha256(&[&to_canonical_json(self)])
    }

    fn has_form(&self) -> bool {
        let texts = [&self.operator, &self.reason, &self.second];
        let file = |file: &ChangedFile| is_said(&file.path) && is_mark(&file.expected) && is_mark(&file.found);
        texts.iter().all(|text| is_said(text))
            && self.operator != self.second
            && !self.changed.is_empty()
            && self.changed.iter().all(file)
            && self.log.is_written()
            && ShanghaiTime::new(self.at.as_str()).is_ok()
    }

    /// In words: when, who, which files, why.
    #[must_use]
    pub fn words(&self) -> String {
        let files: Vec<&str> = self.changed.iter().map(|file| file.path.as_str()).collect();
        format!(
            "{} {}、{} 采用程序之外的改动（{}），理由：{}",
            self.at.replace('T', " ").replace("+08:00", ""),
            self.operator,
            self.second,
            files.join("、"),
            self.reason
        )
    }
}

/// Something that was done after the opening.
pub(super) enum Step<'a> {
    Change(&'a ChangeEntry),
    Intervention(&'a InterventionEntry),
}

/// What was done after the opening, in order: an intervention stands behind the changes that it names.
pub(super) fn steps<'a>(changes: &'a [ChangeEntry], interventions: &'a [InterventionEntry]) -> Vec<Step<'a>> {
    let mut all = Vec::new();
    let behind = |done: usize| interventions.iter().filter(move |one| one.after == done as u64 + 1);
    all.extend(behind(0).map(Step::Intervention));
    for (i, change) in changes.iter().enumerate() {
        all.push(Step::Change(change));
        all.extend(behind(i + 1).map(Step::Intervention));
    }
    all
}

/// What is wrong with the log's heads and the interventions of a certificate of format 3: forms, that the seal binds those
/// before it, their order, and that the log only grows (unless the log itself was among the files).
pub(super) fn log_faults(certificate: &ClosedCertificate) -> Vec<Fault> {
    why_wrong(certificate)
        .map(|why| Fault::new("VER-076", format!("日志根值或外部改动不对：{why}"), "log or interventions"))
        .into_iter()
        .collect()
}

fn why_wrong(certificate: &ClosedCertificate) -> Option<String> {
    let interventions = certificate.interventions.as_deref().unwrap_or_default();
    let (Some(sealed), Some(opened)) = (&certificate.seal.log, &certificate.log) else {
        return Some("缺少日志根值".to_owned());
    };
    let known = certificate.seal.interventions.as_deref().unwrap_or_default();
    let bound = interventions.iter().take(known.len());
    if !bound.map(|one| to_hex(&one.sha256())).eq(known.iter().cloned()) {
        return Some("封存之前的外部改动不是封签所记的".to_owned());
    }
    if let Some(at) = interventions.iter().position(|one| !one.has_form()) {
        return Some(format!("第 {} 项外部改动的写法不对", at + 1));
    }
    let most = certificate.changes.len() as u64 + 1;
    let ordered = interventions.is_sorted_by_key(|one| one.after);
    if !ordered || interventions.iter().take(known.len()).any(|one| one.after != 0) {
        return Some("外部改动的次序不对".to_owned());
    }
    if interventions.last().is_some_and(|last| last.after > most) {
        return Some("外部改动所列的变更不存在".to_owned());
    }
    let (before, later) = interventions.split_at(known.len());
    let mut course: Vec<(&LogHead, bool)> = before.iter().map(of_intervention).collect();
    course.push((sealed, false));
    course.extend(later.iter().filter(|one| one.after == 0).map(of_intervention));
    course.push((opened, false));
    for step in steps(&certificate.changes, later) {
        match step {
            Step::Change(change) => course.push((change.log.as_ref()?, false)),
            Step::Intervention(one) => course.push(of_intervention(one)),
        }
    }
    if course.iter().any(|(head, _)| !head.is_written()) {
        return Some("日志根值的写法不对".to_owned());
    }
    let shrinks = course.windows(2).find(|pair| pair[1].0.size <= pair[0].0.size && !pair[1].1);
    shrinks.map(|pair| format!("日志先有 {} 行，后来只有 {} 行：日志被截短或重写", pair[0].0.size, pair[1].0.size))
}

/// Its head, and whether the log may have begun anew before it.
fn of_intervention(one: &InterventionEntry) -> (&LogHead, bool) {
    (&one.log, one.changed.iter().any(|file| file.path == JOURNAL))
}

/// The log in words.
pub(super) fn log_words(certificate: &ClosedCertificate) -> String {
    let of = |head: &Option<LogHead>| {
        head.as_ref().map(|head| format!("{} 行 {}…", head.size, head.root.get(..12).unwrap_or_default()))
    };
    let count = certificate.interventions.as_deref().unwrap_or_default().len();
    let told = if count == 0 { "没有外部改动".to_owned() } else { format!("外部改动 {count} 次") };
    format!(
        "封存时日志 {}，开封时 {}；{told}",
        of(&certificate.seal.log).unwrap_or_default(),
        of(&certificate.log).unwrap_or_default()
    )
}
