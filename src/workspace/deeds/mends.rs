//! Ways out of a shortage: looked ahead on a copy, chosen by a planner's number, taken for good.

use std::sync::Arc;

use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::plan::feasibility::compute_mends;
use crate::plan::{Mend, MendAction, PlanEdits, Shortage, ShortageKind, apply_mend};
use crate::policy::{Policy, write_policy};
use crate::registry::Registry;
use crate::workspace::deeds::settings::check_moves;
use crate::workspace::inputs::analysis::{Analysis, compute_analysis, is_light_change, recompute_analysis};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::staged::Change;

/// Mends taken one after another at most: more would mean that they work against each other.
const MOST: usize = 200;

/// What is under way, in words.
pub const LOOKING_AHEAD: &str = "试算最省的办法";

/// A shortage and the way out of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What was short, in words.
    pub shortage: String,
    /// What is done about it.
    pub mend: Mend,
}

/// What taking mends one after another does.
#[derive(Debug)]
pub struct Outlook {
    /// The mends, in order.
    pub steps: Vec<Step>,
    /// A shortage that no mend closes, in words.
    pub stuck: Option<String>,
    /// The project as the mends leave it; nothing of it is written.
    pub project: Project,
    /// Its analysis.
    pub analysis: Arc<Analysis>,
}

impl Outlook {
    fn of(project: &Project, analysis: Arc<Analysis>) -> Self {
        Self { steps: Vec::new(), stuck: None, project: project.clone(), analysis }
    }

    /// Takes a mend on the copy and computes what follows, from the same counts where they serve.
    fn take(&mut self, registry: &Registry, shortage: String, mend: Mend, progress: &Progress) -> AppResult<()> {
        let before = self.project.policy.clone();
        apply_mend(&mut self.project.policy, &mut self.project.file.edits, &mend.action)?;
        let next = if is_light_change(&self.analysis, &before, &self.project.policy) {
            recompute_analysis(&self.project, &self.analysis)?
        } else {
            compute_analysis(&self.project, registry, self.analysis.month, progress)?
        };
        self.analysis = Arc::new(next);
        self.steps.push(Step { shortage, mend });
        Ok(())
    }

    /// Every mend of a shortage as things stand now, cheapest first.
    fn mends(&self, shortage: &Shortage) -> Vec<Mend> {
        mends_of(&self.project, &self.analysis, shortage)
    }
}

/// Every mend of a shortage of the analysis, those that are tried out included, cheapest first.
#[must_use]
pub fn mends_of(project: &Project, analysis: &Analysis, shortage: &Shortage) -> Vec<Mend> {
    compute_mends(&project.policy, &analysis.population.inputs, &analysis.plan.shares, shortage)
}

/// Takes the cheapest mend of the first blocking shortage, again and again, on a copy; nothing is changed.
///
/// # Errors
/// Those of the analysis; `JOB-001` once cancelled.
pub fn look_ahead(
    project: &Project,
    registry: &Registry,
    analysis: Arc<Analysis>,
    progress: &Progress,
) -> AppResult<Outlook> {
    let mut outlook = Outlook::of(project, analysis);
    progress.begin(LOOKING_AHEAD, outlook.analysis.plan.blocking().count() as u64);
    loop {
        progress.check()?;
        let Some(shortage) = outlook.analysis.plan.blocking().next() else { break };
        let text = shortage.text.clone();
        let cheapest = outlook.mends(shortage).into_iter().next().filter(|_| outlook.steps.len() < MOST);
        let Some(mend) = cheapest else {
            outlook.stuck = Some(text);
            break;
        };
        outlook.take(registry, text, mend, progress)?;
        let done = outlook.steps.len() as u64;
        progress.begin(LOOKING_AHEAD, outlook.analysis.plan.blocking().count() as u64 + done);
        progress.advance(done);
    }
    Ok(outlook)
}

/// The shortage that a planner's choice names, and its mend: `2` is the cheapest of the second shortage, `2.3` its
/// third.
fn choose<'a>(project: &Project, analysis: &'a Analysis, choice: &str) -> AppResult<(&'a Shortage, Mend)> {
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
    let mends = mends_of(project, analysis, shortage);
    let mend = at(mend).and_then(|i| mends.get(i)).cloned().ok_or_else(missing)?;
    Ok((shortage, mend))
}

/// True where both are the same gap, whatever is missing of it now.
fn is_same_gap(a: &ShortageKind, b: &ShortageKind) -> bool {
    match (a, b) {
        (
            ShortageKind::Resource { body, month, resource, .. },
            ShortageKind::Resource { body: b, month: m, resource: r, .. },
        ) => (body, month, resource) == (b, m, r),
        (ShortageKind::TooFewInspectors { body, .. }, ShortageKind::TooFewInspectors { body: b, .. }) => body == b,
        (ShortageKind::MissingSkill { body, skill, .. }, ShortageKind::MissingSkill { body: b, skill: s, .. }) => {
            (body, skill) == (b, s)
        }
        _ => a == b,
    }
}

/// Takes the mends of several choices on a copy. Numbers are those of the plan as it was shown; each mend after the
/// first is looked up anew in the plan as the ones before have left it, so that none undoes another. Beside the
/// outlook: what was not taken, in words.
///
/// # Errors
/// `PLN-101` where there is no such shortage or mend; those of the analysis.
pub fn look_at_choices(
    project: &Project,
    registry: &Registry,
    analysis: Arc<Analysis>,
    choices: &[String],
    progress: &Progress,
) -> AppResult<(Outlook, Vec<String>)> {
    let mut chosen = Vec::with_capacity(choices.len());
    for choice in choices {
        let (shortage, mend) = choose(project, &analysis, choice)?;
        chosen.push((choice, shortage.kind.clone(), shortage.text.clone(), mend));
    }
    let mut outlook = Outlook::of(project, Arc::clone(&analysis));
    let mut skipped = Vec::new();
    for (i, (choice, kind, text, mut mend)) in chosen.into_iter().enumerate() {
        if i > 0 {
            let Some(shortage) = outlook.analysis.plan.shortages.iter().find(|s| is_same_gap(&s.kind, &kind)) else {
                skipped.push(format!("办法 {choice} 所补的缺口已由前面的办法消除"));
                continue;
            };
            let mends = outlook.mends(shortage);
            let alike = |m: &&Mend| std::mem::discriminant(&m.action) == std::mem::discriminant(&mend.action);
            let now = mends.iter().find(|m| m.action == mend.action).or_else(|| mends.iter().find(alike)).cloned();
            let Some(now) = now else {
                skipped.push(format!("办法 {choice} 在采取前面的办法后不再适用，没有采取；请重新查看计划"));
                continue;
            };
            mend = now;
        }
        outlook.take(registry, text, mend, progress)?;
    }
    Ok((outlook, skipped))
}

/// Applies a mend; where it makes a floor of a body's own, the floor's note says the ground.
///
/// # Errors
/// `PLN-020`, `PLN-021`.
pub fn apply_with_ground(
    policy: &mut Policy,
    edits: &mut PlanEdits,
    action: &MendAction,
    ground: &str,
) -> AppResult<()> {
    apply_mend(policy, edits, action)?;
    let ground = ground.trim();
    if let MendAction::LowerFloor { body, category, .. } | MendAction::LowerPerInspector { body, category, .. } = action
        && !ground.is_empty()
        && let Some(own) = policy.floor_overrides.iter_mut().find(|o| o.body == *body && o.category == *category)
    {
        own.note.push_str("；依据：");
        own.note.push_str(ground);
    }
    Ok(())
}

/// Takes a mend on a ground: changes policy or edits, writes both, journals it.
///
/// # Errors
/// `PLN-020`, `PLN-021`, `PLN-022`, `POL-…` where the changed policy does not hold together, `PRJ-011`, `IO-…`.
pub(in crate::workspace) fn take_mend(
    project: &mut Project,
    mend: &Mend,
    ground: &str,
    context: &CommandContext,
) -> AppResult<()> {
    project.check_writable()?;
    let (mut policy, mut edits) = (project.policy.clone(), project.file.edits.clone());
    apply_with_ground(&mut policy, &mut edits, &mend.action, ground)?;
    check_moves(project, &edits)?;
    let described = mend.action.describe(&project.policy);
    let mut changed = project.clone();
    let change = Change::begin(project)?;
    if policy != project.policy {
        changed = changed.with_policy(write_policy(&policy)?)?;
        changed.put_policy(&change)?;
    }
    if edits != project.file.edits {
        changed.file.edits = edits;
        changed.put_file(&change)?;
    }
    change.commit(
        context,
        CommandId::Mend,
        serde_json::json!({ "mend": mend.text, "change": described, "ground": ground.trim() }),
    )?;
    *project = changed;
    Ok(())
}
