//! Files that were changed outside the program are accepted: by two people, with a reason, in the journal.

use crate::diagnostic::{AppResult, Finding};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::staged::Change;

/// Who answers for the files beside the operator, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// The second person.
    pub second: String,
    /// Why the files were changed.
    pub reason: String,
}

/// Accepts every file of the project that was changed outside the program; gives their paths.
///
/// # Errors
/// `LOG-002` without a second person, or the operator again; `LOG-003` without a reason; `LOG-004` nothing was changed;
/// `PRJ-011`, `IO-…`, `JRN-…`.
pub fn accept_changes(project: &Project, accepted: &Acceptance, context: &CommandContext) -> AppResult<Vec<String>> {
    project.check_writable()?;
    let (second, reason) = (accepted.second.trim(), accepted.reason.trim());
    if second.is_empty() || second == context.operator.trim() {
        return Err(Finding::error("LOG-002", "采用程序之外的改动须由另一人共同负责")
            .value(second)
            .expected(format!("{}之外的另一人的姓名", context.operator))
            .into());
    }
    if reason.is_empty() {
        return Err(Finding::error("LOG-003", "采用程序之外的改动必须写明理由").into());
    }
    let (change, changed) = Change::begin_accepting(project)?;
    if changed.is_empty() {
        return Err(Finding::error("LOG-004", "没有在程序之外被改动的项目文件").into());
    }
    let detail = serde_json::json!({ "second": second, "reason": reason, "changed": changed });
    change.commit(context, CommandId::AcceptChanges, detail)?;
    Ok(changed.into_iter().map(|file| file.path).collect())
}
