//! A fault that a check of a draw finds, and the steps of a check.
//!
//! Every fault carries a stable code, a Chinese sentence for people and, as `detail`, the sentence of the
//! independent reference checker, so that both can be held against each other.

use std::fmt;

use serde::Serialize;

use crate::diagnostic::{AppError, Finding};

/// One thing that a check found wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Stable code such as `VER-012`.
    pub code: &'static str,
    /// What is wrong, in Chinese.
    pub text: String,
    /// The same in the words of the reference checker.
    pub detail: String,
}

impl Fault {
    /// A fault with its code, Chinese sentence and the reference's words.
    #[must_use]
    pub fn new(code: &'static str, text: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, text: text.into(), detail: detail.into() }
    }

    /// Code and Chinese text, without the words for programs of others.
    #[must_use]
    pub fn in_chinese(&self) -> String {
        format!("[{}] {}", self.code, self.text)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}（{}）", self.code, self.text, self.detail)
    }
}

impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        Finding::error(fault.code, fault.text).value(fault.detail).into()
    }
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        Self::new(error.code(), error.to_string(), format!("unreadable: {}", error.code()))
    }
}

/// How a step of a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// Checked and right.
    Passed,
    /// Checked and wrong.
    Failed,
    /// Could not be checked: what it needs was not given, or an earlier step failed.
    NotChecked,
}

impl StepState {
    /// The Chinese word shown to users.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Passed => "通过",
            Self::Failed => "不通过",
            Self::NotChecked => "未核对",
        }
    }
}

/// One step of a check, for showing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckStep {
    /// What is checked, in Chinese.
    pub name: &'static str,
    /// How it ended.
    pub state: StepState,
    /// Figures, or why it failed or was not checked, in Chinese.
    pub detail: String,
}

/// What a check gives back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CheckReport {
    /// Everything found wrong; empty where the check passed.
    pub faults: Vec<Fault>,
    /// Every step in order.
    pub steps: Vec<CheckStep>,
}

impl CheckReport {
    /// True where nothing was found wrong. A step may still be `NotChecked`.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.faults.is_empty()
    }

    /// Adds a step that passes where `faults` is empty, and takes the faults over.
    pub fn step(&mut self, name: &'static str, passed: impl Into<String>, faults: Vec<Fault>) {
        let (state, detail) = match faults.as_slice() {
            [] => (StepState::Passed, passed.into()),
            [one] => (StepState::Failed, one.text.clone()),
            [first, rest @ ..] => (StepState::Failed, format!("{}（另有 {} 处）", first.text, rest.len())),
        };
        self.steps.push(CheckStep { name, state, detail });
        self.faults.extend(faults);
    }

    /// Adds a step that was not checked.
    pub fn skip(&mut self, name: &'static str, why: impl Into<String>) {
        self.steps.push(CheckStep { name, state: StepState::NotChecked, detail: why.into() });
    }

    /// Adds all of `names` as not checked.
    #[must_use]
    pub fn skip_all(mut self, names: &[&'static str]) -> Self {
        for name in names {
            self.skip(name, "前面的步骤没有通过");
        }
        self
    }
}
