//! The plan of record: the yearly plan is approved as it stands, and kept; its days are entered.

use crate::diagnostic::AppResult;
use crate::disclosure::{PlanDates, PlanDatesEntry};
use crate::plan::Verdict;
use crate::registry::Registry;
use crate::sampling::{sha256, to_hex};
use crate::workspace::deeds::seal::render_inputs;
use crate::workspace::inputs::analysis::{Analysis, compute_analysis};
use crate::workspace::inputs::plan_record::rolling_plan;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::plan_dates::{load_plan_dates, put_plan_dates};
use crate::workspace::store::plan_record::{
    Approval, PlanBasis, PlanFiles, PlanSnapshot, load_plan_files, put_approved,
};
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::{load_register, next_month};
use crate::workspace::store::staged::Change;

/// The plan as it stands.
///
/// # Errors
/// `SEL-…`, `IO-…`.
pub(in crate::workspace) fn snapshot(
    project: &Project,
    analysis: &Analysis,
    files: &PlanFiles,
    approval: Option<Approval>,
    basis: Option<PlanBasis>,
) -> AppResult<PlanSnapshot> {
    let policy = &project.policy;
    let plan = &analysis.plan;
    let inputs = render_inputs(project, &load_register(project)?)?;
    Ok(PlanSnapshot {
        year: plan.year,
        approval,
        first_open: analysis.month,
        policy_sha256: to_hex(&sha256(&[project.policy_bytes()])),
        inputs_sha256: to_hex(&sha256(&[&inputs])),
        feasible: plan.verdict() == Verdict::Feasible,
        verdict: plan.verdict_text(&analysis.population.inputs.bodies),
        categories: policy.categories.iter().map(|category| category.id.clone()).collect(),
        category_names: policy.categories.iter().map(|category| category.name.clone()).collect(),
        bodies: rolling_plan(analysis, files).0,
        basis,
    })
}

/// Enters days of the yearly plan: approved, filed, published. A day of approval that is not known yet approves the
/// plan as it stands: it is kept as that version. Returns all days as they stand then.
///
/// # Errors
/// `PRJ-011`, `DIS-057`, `DIS-058`, `DIS-059`, `RES-008`, `RES-020`, `IO-…`, `JRN-…`; those of computing the plan.
pub fn record_year_plan_dates(
    project: &Project,
    registry: &Registry,
    entered: &PlanDatesEntry,
    context: &CommandContext,
) -> AppResult<PlanDates> {
    project.check_writable()?;
    let before = load_plan_dates(project)?;
    let dates = before.with(entered, project.file.year, context.now.date())?;
    if dates == before {
        return Ok(dates);
    }
    let mut kept = None;
    let mut detail = serde_json::json!({ "before": before, "after": dates, "version": dates.version() });
    if before.is_approval(entered)
        && let Some(month) = next_month(&load_register(project)?, &project.months())
    {
        let by = entered.approved_by.as_deref().map(str::trim).filter(|by| !by.is_empty());
        let approval = Approval {
            version: dates.version(),
            by: by.unwrap_or(&context.operator).to_owned(),
            operator: context.operator.clone(),
            at: context.now.to_string(),
        };
        let analysis = compute_analysis(project, registry, month, &context.progress)?;
        let plan = snapshot(project, &analysis, &load_plan_files(project)?, Some(approval.clone()), None)?;
        let bytes = plan.to_json()?;
        detail["approved_by"] = approval.by.into();
        detail["plan_sha256"] = to_hex(&sha256(&[&bytes])).into();
        detail["visits"] = plan.year_total().total().into();
        detail["feasible"] = plan.feasible.into();
        kept = Some(bytes);
    }
    let change = Change::begin(project)?;
    if let Some(bytes) = kept {
        put_approved(&change, project, dates.version(), &bytes)?;
    }
    put_plan_dates(&change, project, &dates)?;
    change.commit(context, CommandId::PlanDates, detail)?;
    Ok(dates)
}
