//! The draft: policy, edits and the briefing's pages as the planner is changing them, with undo, autosave and recovery.
//!
//! What is saved (`policy.ron`, `project.ron`) is what gets sealed; the draft is what the screens show. It is
//! written to `draft.ron` a moment after each change, so that a killed program loses the last seconds at
//! most, and is removed when the draft is saved or thrown away.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::write_atomic;
use crate::plan::PlanEdits;
use crate::policy::Policy;
use crate::workspace::store::briefing::BriefingChoice;
use crate::workspace::store::project::{Project, load_bytes};

/// File of the draft within a project.
pub const DRAFT_FILE: &str = "draft.ron";

/// Steps of undo kept.
const MOST_STEPS: usize = 200;

/// Policy and edits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The policy.
    #[serde(with = "policy_itself")]
    pub policy: Arc<Policy>,
    /// The planner's edits of the plan.
    pub edits: PlanEdits,
    /// Review number of the map.
    pub review_number: String,
    /// Pages of the briefing.
    pub briefing: BriefingChoice,
}

impl Draft {
    /// What is saved.
    #[must_use]
    pub fn of(project: &Project) -> Self {
        Self {
            policy: Arc::new(project.policy.clone()),
            edits: project.file.edits.clone(),
            review_number: project.file.review_number.clone(),
            briefing: project.file.briefing.clone(),
        }
    }

    /// The project as the draft would have it; its sealed policy bytes stay those on the disk.
    #[must_use]
    pub fn applied_to(&self, project: &Project) -> Project {
        let mut drafted = project.clone();
        drafted.policy = (*self.policy).clone();
        drafted.file.edits = self.edits.clone();
        drafted.file.review_number.clone_from(&self.review_number);
        drafted.file.briefing.clone_from(&self.briefing);
        drafted
    }
}

/// One step of undo.
#[derive(Debug, Clone)]
struct Step {
    label: String,
    gesture: u64,
    before: Draft,
}

/// The draft with its steps.
#[derive(Debug, Clone)]
pub struct DraftHistory {
    saved: Draft,
    now: Draft,
    undo: Vec<Step>,
    redo: Vec<(String, Draft)>,
    /// What was done since the last saving, in words, for the journal.
    unsaved: Vec<String>,
}

impl DraftHistory {
    /// Without changes.
    #[must_use]
    pub fn new(saved: Draft) -> Self {
        Self { now: saved.clone(), saved, undo: Vec::new(), redo: Vec::new(), unsaved: Vec::new() }
    }

    /// The draft.
    #[must_use]
    pub fn now(&self) -> &Draft {
        &self.now
    }

    /// What is saved.
    #[must_use]
    pub fn saved(&self) -> &Draft {
        &self.saved
    }

    /// True where the draft differs from what is saved.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.now != self.saved
    }

    /// What undo would take back.
    #[must_use]
    pub fn undo_label(&self) -> Option<&str> {
        self.undo.last().map(|step| step.label.as_str())
    }

    /// What redo would do again.
    #[must_use]
    pub fn redo_label(&self) -> Option<&str> {
        self.redo.last().map(|(label, _)| label.as_str())
    }

    /// Makes a change; those of one gesture (not 0) are one step. False where nothing changed.
    pub fn change(&mut self, next: Draft, label: &str, gesture: u64) -> bool {
        if next == self.now {
            return false;
        }
        let same = gesture != 0 && self.undo.last().is_some_and(|step| step.gesture == gesture);
        if !same {
            self.note(label.to_owned());
            self.undo.push(Step { label: label.to_owned(), gesture, before: self.now.clone() });
            if self.undo.len() > MOST_STEPS {
                self.undo.remove(0);
            }
        }
        self.redo.clear();
        self.now = next;
        true
    }

    /// Steps back; the label of what was taken back.
    pub fn undo(&mut self) -> Option<String> {
        let step = self.undo.pop()?;
        let after = std::mem::replace(&mut self.now, step.before);
        self.redo.push((step.label.clone(), after));
        self.note(format!("撤销：{}", step.label));
        Some(step.label)
    }

    /// Steps forward; the label of what was done again.
    pub fn redo(&mut self) -> Option<String> {
        let (label, after) = self.redo.pop()?;
        let before = std::mem::replace(&mut self.now, after);
        self.undo.push(Step { label: label.clone(), gesture: 0, before });
        self.note(format!("重做：{label}"));
        Some(label)
    }

    /// The draft is saved now, as far as `saved` has it.
    pub fn mark_saved(&mut self, saved: Draft) {
        self.saved = saved;
        if !self.is_changed() {
            self.unsaved.clear();
        }
    }

    /// What was done since the last saving, in words and in order: the journal keeps it with the saving.
    #[must_use]
    pub fn unsaved(&self) -> &[String] {
        &self.unsaved
    }

    fn note(&mut self, step: String) {
        if self.unsaved.len() < MOST_STEPS {
            self.unsaved.push(step);
        }
    }
}

/// A policy that is held in common, written as itself.
mod policy_itself {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::policy::Policy;

    pub(super) fn serialize<S: Serializer>(policy: &Arc<Policy>, to: S) -> Result<S::Ok, S::Error> {
        policy.as_ref().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<Policy>, D::Error> {
        Policy::deserialize(from).map(Arc::new)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftFile {
    at: String,
    #[serde(with = "policy_itself")]
    policy: Arc<Policy>,
    edits: PlanEdits,
    #[serde(default)]
    review_number: String,
    #[serde(default)]
    briefing: BriefingChoice,
    /// What was saved when the draft was written; version 0.1 kept none.
    #[serde(default)]
    base: Option<Draft>,
}

/// A draft that a killed or closed program left.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptDraft {
    /// The draft.
    pub draft: Draft,
    /// What was saved when it was written; `None` in a file of version 0.1.
    pub base: Option<Draft>,
    /// When it was written.
    pub at: String,
}

/// Keeps the changes of the draft's file in the order in which they were asked for: autosave and saving run on
/// threads of their own, and one asked for earlier never undoes a later one.
#[derive(Debug, Default)]
pub(super) struct DraftGate {
    asked: u64,
    done: Arc<Mutex<u64>>,
}

/// One change's place in the order.
#[derive(Debug)]
pub(super) struct DraftTicket {
    number: u64,
    done: Arc<Mutex<u64>>,
}

impl DraftGate {
    pub(super) fn ticket(&mut self) -> DraftTicket {
        self.asked += 1;
        DraftTicket { number: self.asked, done: Arc::clone(&self.done) }
    }
}

impl DraftTicket {
    /// Changes the file, unless a later change has been made already.
    pub(super) fn change(self, change: impl FnOnce() -> AppResult<()>) -> AppResult<()> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if *done > self.number {
            return Ok(());
        }
        *done = self.number;
        change()
    }
}

fn path_of(root: &Path) -> PathBuf {
    root.join(DRAFT_FILE)
}

/// Writes the draft beside what is saved, with that: whoever reads it knows what it was begun on.
///
/// # Errors
/// `DFT-001`, `IO-…`.
pub fn write_draft(root: &Path, draft: &Draft, saved: &Draft, at: &str) -> AppResult<()> {
    let file = DraftFile {
        at: at.to_owned(),
        policy: Arc::clone(&draft.policy),
        edits: draft.edits.clone(),
        review_number: draft.review_number.clone(),
        briefing: draft.briefing.clone(),
        base: Some(saved.clone()),
    };
    let text =
        ron::ser::to_string(&file).map_err(|cause| AppError::new("DFT-001", "草稿无法写成文本").caused_by(cause))?;
    write_atomic(&path_of(root), text.as_bytes())
}

/// Removes the draft's file; nothing happens where there is none.
///
/// # Errors
/// `IO-…`.
pub fn remove_draft(root: &Path) -> AppResult<()> {
    match std::fs::remove_file(path_of(root)) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(AppError::io("删除草稿", &path_of(root), cause))
        }
        _ => Ok(()),
    }
}

/// The draft that a killed or closed program left; a damaged one is set aside with a finding.
#[must_use]
pub fn load_draft(root: &Path) -> Option<Result<KeptDraft, Finding>> {
    let path = path_of(root);
    if !path.exists() {
        return None;
    }
    let parsed = load_bytes(&path).ok().and_then(|bytes| {
        let text = String::from_utf8(bytes).ok()?;
        ron::from_str::<DraftFile>(&text).ok()
    });
    let Some(file) = parsed else {
        let aside = root.join("draft.damaged");
        let _ = std::fs::rename(&path, &aside);
        return Some(Err(Finding::warning("DFT-002", "上次的草稿文件无法识别，已恢复到最后保存的状态")
            .hint("草稿原文件已另存，其余数据完整")
            .file(aside.display().to_string())));
    };
    let DraftFile { at, policy, edits, review_number, briefing, base } = file;
    Some(Ok(KeptDraft { draft: Draft { policy, edits, review_number, briefing }, base, at }))
}
