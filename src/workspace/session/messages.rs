//! What the session says: toasts, and findings at length.

use std::path::PathBuf;

use super::Session;
use super::command::Command;
use crate::diagnostic::{AppError, Diagnostics, Finding, Severity};
use crate::workspace::support::log;

/// Toasts kept.
const MOST_TOASTS: usize = 6;

/// What a toast says of a finding: what; of a file also which, and what to do.
fn short_words(finding: &Finding) -> String {
    let name = finding.file.as_deref().map(|file| file.rsplit(['/', '\\']).next().unwrap_or(file));
    match (name, &finding.hint) {
        (Some(name), Some(hint)) if finding.code.starts_with("IO-") => format!("{}（{name}）。{hint}", finding.what),
        _ => finding.what.clone(),
    }
}

/// A short message that goes by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// Number, unique.
    pub id: u64,
    /// How much it matters; `Hint` for good news.
    pub severity: Severity,
    /// Text.
    pub text: String,
    /// When it came, seconds of the session's clock.
    pub at: f64,
    /// Folder that it speaks of: where files were written.
    pub folder: Option<PathBuf>,
    /// What failed for a file's sake can be done again as it was asked for: [`Session::try_again`].
    pub can_retry: bool,
}

/// Toasts and findings.
#[derive(Debug, Default)]
pub(super) struct Messages {
    toasts: Vec<Toast>,
    /// What the last command had to say at length.
    pub(super) findings: Diagnostics,
    pub(super) title: String,
    /// What can be done again, with the number of the toast that says why it failed.
    again: Option<(u64, Command)>,
    /// Files changed outside the program that stopped the last deed.
    pub(super) changed: Option<Finding>,
    /// Why the project is read anew, to be said beside what reading it says.
    pub(super) read_anew: Option<Finding>,
}

impl Session {
    /// Toasts, the oldest first.
    #[must_use]
    pub fn toasts(&self) -> &[Toast] {
        &self.messages.toasts
    }

    /// Takes a toast away.
    pub fn dismiss_toast(&mut self, id: u64) {
        self.messages.toasts.retain(|t| t.id != id);
    }

    /// What the last command had to say at length, with its title; empty after `DismissFindings`.
    #[must_use]
    pub fn findings(&self) -> (&str, &Diagnostics) {
        (&self.messages.title, &self.messages.findings)
    }

    /// What is said of files changed outside the program that stopped the last deed, until it is answered.
    #[must_use]
    pub fn changed_outside(&self) -> Option<&Finding> {
        self.messages.changed.as_ref()
    }

    /// The files are left as they are: no deed goes on.
    pub fn leave_changed(&mut self) {
        self.messages.changed = None;
    }

    /// A toast of good news.
    pub fn say(&mut self, text: impl Into<String>) {
        self.toast(Severity::Hint, text.into());
    }

    /// A toast of good news about files that were written into a folder.
    pub(super) fn say_written(&mut self, text: String, folder: PathBuf) {
        self.say(text);
        if let Some(last) = self.messages.toasts.last_mut() {
            last.folder = Some(folder);
        }
    }

    pub(super) fn toast(&mut self, severity: Severity, text: String) {
        if let Some(last) = self.messages.toasts.last_mut()
            && last.text == text
        {
            last.at = self.seconds;
            return;
        }
        let id = self.take_id();
        self.messages.toasts.push(Toast { id, severity, text, at: self.seconds, folder: None, can_retry: false });
        if self.messages.toasts.len() > MOST_TOASTS {
            self.messages.toasts.remove(0);
        }
    }

    /// A finding as a toast and in the findings panel.
    pub fn tell(&mut self, finding: Finding) {
        log::finding(finding.code, finding.severity);
        self.toast(finding.severity, short_words(&finding));
        self.messages.findings.push(finding);
    }

    /// An error of a file for whose sake a command failed: once the file is free, the disk there, it can be done again.
    pub(super) fn fail_for_now(&mut self, error: &AppError, command: Command) {
        self.end_retry();
        self.fail(error);
        if let Some(last) = self.messages.toasts.last_mut() {
            last.can_retry = true;
            self.messages.again = Some((last.id, command));
        }
    }

    /// Does again what failed, as it was asked for; nothing happens where that was done already.
    pub fn try_again(&mut self, toast: u64) {
        if let Some((_, command)) = self.messages.again.take_if(|(id, _)| *id == toast) {
            self.dismiss_toast(toast);
            self.apply(command);
        }
    }

    /// What failed before is not offered any more: another command came, or another project.
    pub(super) fn end_retry(&mut self) {
        if let Some((toast, _)) = self.messages.again.take() {
            self.dismiss_toast(toast);
        }
    }

    /// A finding about a folder that can't be shown: the toast says its path and lets it be copied.
    pub fn tell_of_folder(&mut self, finding: Finding) {
        let path = finding.file.clone().unwrap_or_default();
        self.toast(Severity::Warning, format!("{}：{path}", finding.what));
        if let Some(last) = self.messages.toasts.last_mut() {
            last.folder = Some(PathBuf::from(path));
        }
        self.messages.findings.push(finding);
    }

    /// An error as a toast and in the findings panel.
    pub fn fail(&mut self, error: &AppError) {
        self.messages.title.clear();
        self.tell(error.finding().clone());
    }
}
