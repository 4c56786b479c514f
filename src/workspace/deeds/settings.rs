//! Saving policy, edits of the plan, review number and pages of the briefing: what is sealed is what is saved.

use std::sync::Arc;

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::{Period, PlanMonth};
use crate::plan::PlanEdits;
use crate::policy::{Policy, write_policy};
use crate::workspace::store::briefing::BriefingChoice;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::load_register;
use crate::workspace::store::staged::Change;

/// What a planner decides, as it is to be saved.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The planner's edits of the plan.
    pub edits: PlanEdits,
    /// Review number of the map.
    pub review_number: String,
    /// Pages of the briefing.
    pub briefing: BriefingChoice,
    /// What was done since the last saving, in words and in order, for the journal.
    pub steps: Vec<String>,
}

/// Refuses a policy of other bodies than the project's: sources, seals, filters and books point at them.
///
/// # Errors
/// `SES-005`.
pub fn check_bodies(before: &Policy, after: &Policy) -> AppResult<()> {
    if before.has_bodies_of(after) {
        return Ok(());
    }
    Err(AppError::new("SES-005", "执法主体与项目不同的规则不能套用到已有项目，请用它新建项目"))
}

/// Refuses to move mandatory checks out of or into a month that was drawn, or to take such a move back: its list is
/// made, and what was moved before stays where it was moved.
///
/// # Errors
/// `PLN-022`, `SEL-…`.
pub(super) fn check_moves(project: &Project, after: &PlanEdits) -> AppResult<()> {
    let before = &project.file.edits.mandatory_moves;
    if *before == after.mandatory_moves {
        return Ok(());
    }
    let register = load_register(project)?;
    let drawn = |month: PlanMonth| register.is_opened(Period::Month(month));
    let taken_back = before.iter().filter(|moved| !after.mandatory_moves.contains(moved));
    let made = after.mandatory_moves.iter().filter(|moved| !before.contains(moved));
    for moved in taken_back.chain(made) {
        let Some(month) = [moved.from, moved.to].into_iter().find(|month| drawn(*month)) else { continue };
        return Err(Finding::error("PLN-022", format!("{month} 已抽取，不能再移出、移入或收回该月的必查"))
            .value(format!("{} 的 {} 项必查移到 {}", moved.from, moved.checks, moved.to))
            .expected("尚未抽取的月份之间的移动")
            .hint("抽取前移走的必查仍排在移入的月份；请改移尚未抽取的月份的必查，或撤销这一步")
            .into());
    }
    Ok(())
}

/// Writes settings into `policy.ron` and `project.ron`, each only where it differs, and journals what changed.
///
/// # Errors
/// `PRJ-011`, `SES-005` where the policy has other bodies, `PLN-022`, `POL-…` where it does not hold together, `IO-…`, `JRN-…`.
pub fn save_settings(project: &mut Project, settings: &Settings, context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    check_bodies(&project.policy, &settings.policy)?;
    check_moves(project, &settings.edits)?;
    let mut changes = Vec::new();
    let mut changed = project.clone();
    let change = Change::begin(project)?;
    if *settings.policy != project.policy {
        changed = changed.with_policy(write_policy(&settings.policy)?)?;
        changed.put_policy(&change)?;
        changes.push("policy");
    }
    let planned = settings.edits != project.file.edits || settings.review_number != project.file.review_number;
    let briefed = settings.briefing != project.file.briefing;
    if planned || briefed {
        changed.file.edits = settings.edits.clone();
        changed.file.review_number.clone_from(&settings.review_number);
        changed.file.briefing.clone_from(&settings.briefing);
        changed.put_file(&change)?;
        changes.extend(
            [("edits", planned), ("briefing", briefed)].into_iter().filter(|(_, is)| *is).map(|(name, _)| name),
        );
    }
    if !changes.is_empty() {
        change.commit(
            context,
            CommandId::Settings,
            serde_json::json!({ "changed": changes, "steps": settings.steps, "edits": changed.file.edits }),
        )?;
        *project = changed;
    }
    Ok(())
}
