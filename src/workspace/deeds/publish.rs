//! What went out is recorded: results as disclosed.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::diagnostic::{AppResult, Finding};
use crate::disclosure::{CheckResult, ResultField, check_disclosed};
use crate::workspace::deeds::results::reason_missing;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::results::{load_results, put_results};
use crate::workspace::store::staged::Change;

/// Results that went public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publication {
    /// Plan codes of the results.
    pub codes: Vec<String>,
    /// The day on which they went out; `None` for today.
    pub on: Option<NaiveDate>,
}

/// Results whose entry as public was wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicationCorrection {
    /// Plan codes of the results.
    pub codes: Vec<String>,
    /// The day on which they really went out; `None` where they did not.
    pub on: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

/// `DIS-016`: a day of publication that is yet to come.
fn check_not_ahead(on: Option<NaiveDate>, today: NaiveDate) -> AppResult<()> {
    match on.filter(|on| *on > today) {
        None => Ok(()),
        Some(on) => Err(Finding::error("DIS-016", "日期在今天之后")
            .column(ResultField::DisclosedOn.aliases()[0])
            .value(on.to_string())
            .expected(format!("不晚于 {today}"))
            .into()),
    }
}

/// A result as the journal names it.
fn named(result: &CheckResult) -> serde_json::Value {
    serde_json::json!({ "plan_code": result.plan_code, "unit": result.unit_id })
}

/// Puts a result's day of publication, which must be one.
fn put_day(result: &mut CheckResult, on: Option<NaiveDate>) -> AppResult<()> {
    result.disclosed_on = on;
    match check_disclosed(result).into_iter().next() {
        None => Ok(()),
        Some(wrong) => Err(wrong.finding.column(wrong.field.aliases()[0]).value(&result.plan_code).into()),
    }
}

/// Marks results as disclosed on a day and writes them; those that are disclosed already stay as they are. Returns how
/// many went out. Where one may not, none does.
///
/// # Errors
/// `DIS-016` a day to come, `DIS-028` a check that is not completed or was completed later, `DIS-029` a result that is
/// withheld, `PRJ-011`, `IO-…`, `JRN-…`.
pub fn record_disclosure(project: &Project, publication: &Publication, context: &CommandContext) -> AppResult<usize> {
    project.check_writable()?;
    let today = context.now.date();
    check_not_ahead(publication.on, today)?;
    let on = publication.on.unwrap_or(today);
    let mut results = load_results(project)?;
    let codes: BTreeSet<&str> = publication.codes.iter().map(String::as_str).collect();
    let mut changed = Vec::new();
    for result in &mut results {
        if codes.contains(result.plan_code.as_str()) && result.disclosed_on.is_none() {
            put_day(result, Some(on))?;
            changed.push(named(result));
        }
    }
    if !changed.is_empty() {
        let change = Change::begin(project)?;
        put_results(&change, project, &results)?;
        let detail = serde_json::json!({ "results": changed.len(), "on": on, "checks": changed });
        change.commit(context, CommandId::Publish, detail)?;
    }
    Ok(changed.len())
}

/// Corrects the day on which results went public, or takes their publication back; a result that is not entered as
/// public is refused. Returns how many are others than before.
///
/// # Errors
/// `RES-007` without a reason, `RES-011` a result that is not entered as public, `DIS-016`, `DIS-028`, `DIS-029`,
/// `PRJ-011`, `IO-…`, `JRN-…`.
pub fn correct_disclosure(
    project: &Project,
    correction: &PublicationCorrection,
    context: &CommandContext,
) -> AppResult<usize> {
    project.check_writable()?;
    check_not_ahead(correction.on, context.now.date())?;
    let reason = correction.reason.trim();
    if reason.is_empty() {
        return Err(reason_missing().into());
    }
    let mut results = load_results(project)?;
    let codes: BTreeSet<&str> = correction.codes.iter().map(String::as_str).collect();
    let mut left = codes.clone();
    let mut changed = Vec::new();
    for result in results.iter_mut().filter(|r| r.disclosed_on.is_some() && codes.contains(r.plan_code.as_str())) {
        left.remove(result.plan_code.as_str());
        let before = result.disclosed_on;
        if before != correction.on {
            let mut line = named(result);
            put_day(result, correction.on)?;
            line["before"] = serde_json::json!(before);
            changed.push(line);
        }
    }
    if let Some(code) = left.first() {
        return Err(Finding::error("RES-011", "该项结果没有登记公开，无从更正").value(*code).into());
    }
    if !changed.is_empty() {
        let change = Change::begin(project)?;
        put_results(&change, project, &results)?;
        let detail = serde_json::json!({
            "results": changed.len(), "on": correction.on, "checks": changed, "reason": reason,
        });
        change.commit(context, CommandId::CorrectPublication, detail)?;
    }
    Ok(changed.len())
}
