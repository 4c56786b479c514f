//! Saving policy, edits of the plan and review number: what is sealed is what is saved.

use std::sync::Arc;

use crate::diagnostic::{AppError, AppResult};
use crate::plan::PlanEdits;
use crate::policy::{Policy, write_policy};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};

/// What a planner decides, as it is to be saved.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The planner's edits of the plan.
    pub edits: PlanEdits,
    /// Review number of the map.
    pub review_number: String,
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

/// Writes settings into `policy.ron` and `project.ron`, each only where it differs, and journals what changed.
/// Where one of the files could not be written the project is what was written so far.
///
/// # Errors
/// `PRJ-011`, `SES-005` where the policy has other bodies, `POL-…` where it does not hold together, `IO-…`, `JRN-…`.
pub fn save_settings(project: &mut Project, settings: &Settings, context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    check_bodies(&project.policy, &settings.policy)?;
    let mut changes = Vec::new();
    if *settings.policy != project.policy {
        project.set_policy(write_policy(&settings.policy)?)?;
        changes.push("policy");
    }
    if settings.edits != project.file.edits || settings.review_number != project.file.review_number {
        let before = project.file.clone();
        project.file.edits = settings.edits.clone();
        project.file.review_number.clone_from(&settings.review_number);
        if let Err(error) = project.save() {
            project.file = before;
            return Err(error);
        }
        changes.push("edits");
    }
    if !changes.is_empty() {
        project.log(
            context,
            CommandId::Settings,
            serde_json::json!({ "changed": changes, "steps": settings.steps, "edits": project.file.edits }),
        )?;
    }
    Ok(())
}
