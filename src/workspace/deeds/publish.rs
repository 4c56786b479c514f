//! What went out is recorded as disclosed.

use std::collections::BTreeSet;

use crate::diagnostic::AppResult;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::results::{load_results, save_results};

/// Marks results as disclosed on a day and writes them.
///
/// # Errors
/// `IO-…`, `JRN-…`.
pub fn record_disclosure(project: &Project, plan_codes: &[String], context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    let mut results = load_results(project)?;
    let codes: BTreeSet<&str> = plan_codes.iter().map(String::as_str).collect();
    let mut changed = 0;
    for result in &mut results {
        if codes.contains(result.plan_code.as_str()) && result.disclosed_on.is_none() {
            result.disclosed_on = Some(context.now.date());
            changed += 1;
        }
    }
    if changed > 0 {
        save_results(project, &results)?;
        project.log(context, CommandId::Publish, serde_json::json!({ "results": changed }))?;
    }
    Ok(())
}
