//! Taking a mend: a shortage's way out becomes part of the policy or of the planner's edits, journaled.

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::plan::feasibility::compute_mends;
use crate::plan::{Mend, apply_mend};
use crate::policy::write_policy;
use crate::registry::Registry;
use crate::workspace::inputs::analysis::{Analysis, compute_analysis};
use crate::workspace::store::project::{CommandContext, Project};

/// Mends taken one after another at most: more would mean that they work against each other.
const MOST: usize = 200;

/// The mend that a planner named: `2` is the cheapest of the second shortage, `2.3` its third.
///
/// # Errors
/// `PLN-101` where there is no such shortage or mend.
pub fn choose_mend(project: &Project, analysis: &Analysis, choice: &str) -> AppResult<Mend> {
    let missing = || {
        AppError::from(
            Finding::error("PLN-101", "没有这一项缺口或办法")
                .value(choice)
                .expected(format!("1 至 {} 的缺口序号，或「缺口序号.办法序号」", analysis.plan.shortages.len())),
        )
    };
    let (shortage, mend) = choice.split_once('.').unwrap_or((choice, "1"));
    let at = |text: &str| text.trim().parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let shortage = at(shortage).and_then(|i| analysis.plan.shortages.get(i)).ok_or_else(missing)?;
    let inputs = &analysis.population.inputs;
    let mends = compute_mends(&project.policy, inputs, &analysis.plan.shares, shortage);
    at(mend).and_then(|i| mends.get(i)).cloned().ok_or_else(missing)
}

/// Takes a mend: changes policy or edits, writes both, journals it.
///
/// # Errors
/// `PLN-020`, `PLN-021`, `POL-…` where the changed policy does not hold together, `PRJ-011`, `IO-…`.
pub fn take_mend(project: &mut Project, mend: &Mend, context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    let (mut policy, mut edits) = (project.policy.clone(), project.file.edits.clone());
    apply_mend(&mut policy, &mut edits, &mend.action)?;
    let described = mend.action.describe(&project.policy);
    if policy != project.policy {
        project.set_policy(write_policy(&policy)?)?;
    }
    if edits != project.file.edits {
        project.file.edits = edits;
        project.save()?;
    }
    project.log(context, "mend", serde_json::json!({ "mend": mend.text, "change": described }))?;
    Ok(())
}

/// Takes the cheapest mend of the first blocking shortage, again and again, until the plan is feasible.
/// Returns what was taken, in words.
///
/// # Errors
/// `PLN-102` where a shortage has no mend or they do not come to an end; as [`take_mend`].
pub fn mend_until_feasible(
    project: &mut Project,
    registry: &Registry,
    analysis: &mut Analysis,
    context: &CommandContext,
) -> AppResult<Vec<String>> {
    let mut taken = Vec::new();
    while let Some(shortage) = analysis.plan.shortages.iter().find(|s| s.blocking) {
        let inputs = &analysis.population.inputs;
        let mends = compute_mends(&project.policy, inputs, &analysis.plan.shares, shortage);
        let mend = mends.first().cloned().filter(|_| taken.len() < MOST).ok_or_else(|| {
            AppError::from(Finding::error("PLN-102", "缺口没有可自动采取的办法").value(&shortage.text))
        })?;
        take_mend(project, &mend, context)?;
        taken.push(mend.text);
        *analysis = compute_analysis(project, registry, analysis.month, &context.progress)?;
    }
    Ok(taken)
}
