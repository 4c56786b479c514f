//! What went out is recorded: results as disclosed, the yearly plan as approved, filed and published.

use std::collections::BTreeSet;

use crate::diagnostic::AppResult;
use crate::disclosure::{PlanDates, PlanDatesEntry, check_disclosed};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::plan_dates::{load_plan_dates, save_plan_dates};
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::results::{load_results, save_results};

/// Marks results as disclosed today and writes them; those that are disclosed already stay as they are. Returns how
/// many went out. Where one may not, none does.
///
/// # Errors
/// `DIS-028` a check that is not completed, `DIS-029` a result that is withheld, `PRJ-011`, `IO-…`, `JRN-…`.
pub fn record_disclosure(project: &Project, plan_codes: &[String], context: &CommandContext) -> AppResult<usize> {
    project.check_writable()?;
    let mut results = load_results(project)?;
    let codes: BTreeSet<&str> = plan_codes.iter().map(String::as_str).collect();
    let mut changed = 0;
    for result in &mut results {
        if codes.contains(result.plan_code.as_str()) && result.disclosed_on.is_none() {
            result.disclosed_on = Some(context.now.date());
            changed += 1;
            if let Some(wrong) = check_disclosed(result).into_iter().next() {
                return Err(wrong.finding.column(wrong.field.aliases()[0]).value(&result.plan_code).into());
            }
        }
    }
    if changed > 0 {
        save_results(project, &results)?;
        project.log(context, CommandId::Publish, serde_json::json!({ "results": changed }))?;
    }
    Ok(changed)
}

/// Enters days of the yearly plan: approved, filed, published. Another day of publication counts as another
/// version. Returns all days as they stand then.
///
/// # Errors
/// `PRJ-011`, `DIS-057`, `DIS-058`, `DIS-059`, `RES-008`, `IO-…`, `JRN-…`.
pub fn record_year_plan_dates(
    project: &Project,
    entered: PlanDatesEntry,
    context: &CommandContext,
) -> AppResult<PlanDates> {
    project.check_writable()?;
    let before = load_plan_dates(project)?;
    let dates = before.with(entered, project.file.year, context.now.date())?;
    if dates != before {
        save_plan_dates(project, &dates)?;
        let detail = serde_json::json!({ "before": before, "after": dates, "version": dates.version() });
        project.log(context, CommandId::PlanDates, detail)?;
    }
    Ok(dates)
}
