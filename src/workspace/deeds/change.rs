//! The days after a draw: substitution, another inspector, a triggered check; each with its reason.
//!
//! The change comes to be together with the pairing and the certificate that follow from it.

use std::collections::BTreeSet;

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::check_public_words;
use crate::domain::{InspectorId, PlanMonth, SubstituteCase, TriggerKind, UnitId};
use crate::plan::PlanInputs;
use crate::plan::ledger::Ledger;
use crate::plan::reason::Exclusion;
use crate::registry::Registry;
use crate::sampling::{DrawOrder, compute_next_reserve, is_mandatory, passed_over};
use crate::staffing::Assignment;
use crate::workspace::deeds::certificate::put_certificate;
use crate::workspace::deeds::check_reason;
use crate::workspace::deeds::evidence::{Ground, check_proved, read_evidence};
use crate::workspace::inputs::analysis::compute_analysis;
use crate::workspace::inputs::month_frame::need_of;
use crate::workspace::store::changes::{DrawChange, Evidence, PastCap, SkippedReserve};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::draws::{StoredDraw, TargetOrigin};
use crate::workspace::store::log::put_head;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::register::{load_opened_draws, load_register};
use crate::workspace::store::results::load_results;
use crate::workspace::store::staged::Change;

/// `SEL-037`: the month has no opened draw.
#[must_use]
pub fn none_opened(month: PlanMonth) -> AppError {
    Finding::error("SEL-037", format!("{month} 还没有开封的抽取")).hint("请先封存并开封").into()
}

/// The last opened draw of a month with its order.
///
/// # Errors
/// `SEL-037` where the month has none.
pub fn opened_draw(project: &Project, month: PlanMonth) -> AppResult<(StoredDraw, DrawOrder)> {
    opened_draws(project, month)?.pop().ok_or_else(|| none_opened(month))
}

/// Every opened draw of a month with its order, in the register's order; at least one.
fn opened_draws(project: &Project, month: PlanMonth) -> AppResult<Vec<(StoredDraw, DrawOrder)>> {
    let mut draws = Vec::new();
    for draw in load_opened_draws(project, |m| m == month)? {
        let order = draw.order().ok_or_else(|| none_opened(month))?;
        draws.push((draw, order));
    }
    if draws.is_empty() { Err(none_opened(month)) } else { Ok(draws) }
}

/// Takes the draw out whose list holds the unit now; the last one where none does. What is left are the
/// month's other draws.
fn take_draw_of(draws: &mut Vec<(StoredDraw, DrawOrder)>, unit: &UnitId) -> Option<(StoredDraw, DrawOrder)> {
    let holds = |(draw, order): &(StoredDraw, DrawOrder)| {
        draw.targets(order).iter().any(|t| t.unit_id == *unit && t.replaced_by.is_none())
    };
    let at = draws.iter().rposition(holds).or_else(|| draws.len().checked_sub(1))?;
    Some(draws.remove(at))
}

/// Which reserve came in, and who inspects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substituted {
    /// The reserve.
    pub by: UnitId,
    /// Its pair; `None` where nobody is paired in this draw.
    pub pair: Option<(InspectorId, InspectorId)>,
}

/// Replaces a drawn unit that was found closed, moved, merged or stopped by the next reserve that is alive.
///
/// # Errors
/// `SEL-037`, `SEL-038`, `SEL-039` where the unit is not on the list or was visited, `SEL-040` where no
/// reserve is left, `SEL-053` where it is a mandatory check, `SEL-056` without evidence or a second person, `ROS-…` where
/// nobody can inspect it.
pub fn substitute_unit(
    project: &Project,
    registry: &Registry,
    month: PlanMonth,
    unit: &UnitId,
    (case, ground): (SubstituteCase, impl Into<Ground>),
    context: &CommandContext,
) -> AppResult<Substituted> {
    project.check_writable()?;
    let ground = ground.into();
    let reason = ground.text.trim();
    check_reason(reason)?;
    check_public_words("替换理由", reason)?;
    let mut draws = opened_draws(project, month)?;
    let (mut draw, order) = take_draw_of(&mut draws, unit).ok_or_else(|| none_opened(month))?;
    let targets = draw.targets(&order);
    let target = targets
        .iter()
        .find(|t| t.unit_id == *unit && t.replaced_by.is_none() && t.origin != TargetOrigin::Triggered)
        .ok_or_else(|| {
            AppError::from(
                Finding::error("SEL-039", format!("单位不在 {month} 的检查对象之列，或已被替换")).value(unit.as_str()),
            )
        })?;
    check_not_mandatory(&draw, unit)?;
    let visited = load_results(project)?.iter().any(|r| r.unit_id == *unit && r.month == month && !r.outcome.is_dead());
    if visited {
        return Err(Finding::error("SEL-048", "单位已有检查结果，不能替换").value(unit.as_str()).into());
    }
    let analysis = compute_analysis(project, registry, month, &context.progress)?;
    let inputs = &analysis.population.inputs;
    let mut ledger = Ledger::of_month(&project.policy, inputs, month_of_year(month));
    let site_of = |unit: &UnitId| analysis.population.index.row(unit.as_str());
    if let Some(dead) = site_of(unit) {
        ledger.withdraw(dead)?;
    }
    // who stood on the month's lists once is no reserve any more, be it withdrawn
    let elsewhere: Vec<_> = draws.iter().flat_map(|(other, order)| other.targets(order)).collect();
    let used: BTreeSet<&UnitId> = targets.iter().chain(&elsewhere).map(|t| &t.unit_id).collect();
    let brought_in: BTreeSet<&UnitId> = draw
        .changes
        .iter()
        .filter_map(|change| if let DrawChange::Substitute { by, .. } = change { Some(by) } else { None })
        .collect();
    let reserves = draw.reserves(&order).remove(&target.stratum).unwrap_or_default();
    let may_come = |reserve: &UnitId| {
        !used.contains(reserve) && site_of(reserve).is_some_and(|site| ledger.check_reserve(site).is_ok())
    };
    let by = compute_next_reserve(&reserves, &brought_in, may_come).cloned().ok_or_else(|| {
        AppError::from(
            Finding::error("SEL-040", format!("层 {} 没有可用的备选单位", target.stratum))
                .value(unit.as_str())
                .hint("备选已全部使用、关闭或达到频次上限；请在结果表中把该单位填为「搬迁或关闭」"),
        )
    })?;
    let why = |reserve: &UnitId| skip_ground(site_of(reserve), used.contains(reserve), &ledger, inputs);
    let skipped = passed_over(&reserves, &brought_in, &by)
        .iter()
        .map(|unit| SkippedReserve { unit: unit.clone(), ground: why(unit).to_owned() })
        .collect();
    check_proved("替换检查对象", &ground, context)?;
    let evidence = read_evidence(ground.evidence.as_deref())?;
    let change = DrawChange::Substitute {
        unit: unit.clone(),
        by: by.clone(),
        case,
        skipped,
        reason: reason.to_owned(),
        evidence: evidence.as_ref().map(|(evidence, _)| evidence.clone()),
        document: ground.document(),
        second: ground.second(),
        at: context.now.to_string(),
        operator: context.operator.clone(),
    };
    let pair = draw.try_change(&order, &change)?.map(|p| (p.after.lead, p.after.second));
    commit_change(project, &mut draw, &order, (change, evidence), CommandId::Substitute, context)?;
    Ok(Substituted { by, pair })
}

/// A mandatory check is due to this unit alone: no reserve can stand for it.
fn check_not_mandatory(draw: &StoredDraw, unit: &UnitId) -> AppResult<()> {
    let row = draw.frame.position(unit.as_str()).and_then(|at| draw.frame.row(at));
    if draw.seal.is_format_1() || !row.is_some_and(|row| is_mandatory(u64::from(row.pi_ppb), row.reason)) {
        return Ok(());
    }
    Err(Finding::error("SEL-053", "必查对象不能由备选替换")
        .value(unit.as_str())
        .expected("抽中的非必查对象")
        .hint("必查因该单位自身的事由而来；确已关闭、搬迁的，请在结果中填写「搬迁或关闭」")
        .into())
}

/// Why a reserve is passed over, as the certificate says it.
fn skip_ground(site: Option<u32>, on_list: bool, ledger: &Ledger<'_>, inputs: &PlanInputs) -> &'static str {
    let Some(site) = site else { return "absent" };
    if on_list {
        return "listed";
    }
    match (inputs.sites.exclusion.get(site as usize), ledger.check_reserve(site)) {
        (Some(exclusion), _) if *exclusion != Exclusion::None => exclusion.id(),
        (_, Err(error)) if error.code() == "PLN-014" => "cap",
        _ => "listed",
    }
}

/// Replaces an inspector of a check by the same rule.
///
/// # Errors
/// `SEL-037`, `SEL-041` without a pairing, `SEL-056` without evidence or a second person, `ROS-…`.
pub fn replace_inspector(
    project: &Project,
    month: PlanMonth,
    unit: &UnitId,
    certificate: &InspectorId,
    ground: impl Into<Ground>,
    context: &CommandContext,
) -> AppResult<(InspectorId, InspectorId)> {
    project.check_writable()?;
    let ground = ground.into();
    let reason = ground.text.trim();
    check_reason(reason)?;
    check_public_words("更换理由", reason)?;
    let mut draws = opened_draws(project, month)?;
    let (mut draw, order) = take_draw_of(&mut draws, unit).ok_or_else(|| none_opened(month))?;
    check_proved("更换执法人员", &ground, context)?;
    let evidence = read_evidence(ground.evidence.as_deref())?;
    let change = DrawChange::Replace {
        unit: unit.clone(),
        certificate: certificate.clone(),
        reason: reason.to_owned(),
        evidence: evidence.as_ref().map(|(evidence, _)| evidence.clone()),
        document: ground.document(),
        second: ground.second(),
        at: context.now.to_string(),
        operator: context.operator.clone(),
    };
    let pair = draw
        .try_change(&order, &change)?
        .map(|p| (p.after.lead, p.after.second))
        .ok_or_else(|| AppError::new("SEL-041", format!("{month} 没有配对执法人员，无从更换")))?;
    commit_change(project, &mut draw, &order, (change, evidence), CommandId::ReplaceInspector, context)?;
    Ok(pair)
}

/// A triggered check to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriggeredRequest {
    /// The unit.
    pub unit: UnitId,
    /// Where it comes from.
    pub kind: TriggerKind,
    /// What triggered it.
    pub reason: Ground,
    /// Why a unit that is known to be closed, moved or merged is inspected all the same.
    pub although_closed: Option<String>,
}

/// What adding a triggered check gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Triggered {
    /// Its pair; `None` where nobody is paired in this draw.
    pub pair: Option<(InspectorId, InspectorId)>,
    /// The enterprise's cap was used up before it.
    pub past_cap: Option<PastCap>,
}

/// Adds a triggered check to a month's list and pairs it. A yearly cap that is used up doesn't stand in its way: that
/// is recorded with the change and told.
///
/// # Errors
/// `SEL-037`, `SEL-038`, `SEL-042` where the unit is on the list already or not in the register, `PLN-015` where it is
/// known to be closed and no grounds are given, `ROS-…`.
pub fn add_triggered_check(
    project: &Project,
    registry: &Registry,
    month: PlanMonth,
    request: &TriggeredRequest,
    context: &CommandContext,
) -> AppResult<Triggered> {
    project.check_writable()?;
    check_reason(&request.reason.text)?;
    let unit = &request.unit;
    let although_closed = request.although_closed.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let mut draws = opened_draws(project, month)?;
    let listed = |(draw, order): &(StoredDraw, DrawOrder)| {
        draw.targets(order).iter().any(|t| t.unit_id == *unit && t.replaced_by.is_none())
    };
    let already = draws.iter().any(listed);
    let (mut draw, order) = draws.pop().ok_or_else(|| none_opened(month))?;
    if already {
        return Err(Finding::error("SEL-042", format!("单位已在 {month} 的检查对象之列")).value(unit.as_str()).into());
    }
    let analysis = compute_analysis(project, registry, month, &context.progress)?;
    let inputs = &analysis.population.inputs;
    let site = analysis.population.index.row(unit.as_str()).ok_or_else(|| {
        AppError::from(Finding::error("SEL-049", "单位不在名录之列").value(unit.as_str()).hint("请核对单位编号"))
    })?;
    let ledger = Ledger::of_month(&project.policy, inputs, month_of_year(month));
    let reading =
        ledger.triggered(site, although_closed.is_some()).map_err(|error| error.with(|f| f.value(unit.as_str())))?;
    let is_dead = inputs.sites.exclusion[site as usize].is_dead();
    let past_cap = reading.is_past_cap().then(|| PastCap {
        visits: reading.visits(),
        cap: reading.before.cap,
        counts: reading.counts,
    });
    let body = &inputs.bodies[inputs.sites.body[site as usize] as usize].id;
    let need = need_of(&project.policy, inputs.sites.skill.get(site as usize).copied(), unit.clone(), body);
    let evidence = read_evidence(request.reason.evidence.as_deref())?;
    let change = DrawChange::Add {
        need,
        trigger: Some(request.kind),
        reason: request.reason.text.trim().to_owned(),
        evidence: evidence.as_ref().map(|(evidence, _)| evidence.clone()),
        document: request.reason.document(),
        second: request.reason.second(),
        at: context.now.to_string(),
        operator: context.operator.clone(),
        past_cap,
        although_closed: although_closed.filter(|_| is_dead).map(str::to_owned),
    };
    let pair = draw.try_change(&order, &change)?.map(|p| (p.after.lead, p.after.second));
    commit_change(project, &mut draw, &order, (change, evidence), CommandId::AddCheck, context)?;
    Ok(Triggered { pair, past_cap })
}

/// 0 to 11.
fn month_of_year(month: PlanMonth) -> u8 {
    month.month() as u8 - 1
}

fn commit_change(
    project: &Project,
    draw: &mut StoredDraw,
    order: &DrawOrder,
    (change, evidence): (DrawChange, Option<(Evidence, Vec<u8>)>),
    command: CommandId,
    context: &CommandContext,
) -> AppResult<()> {
    let detail = serde_json::to_value(&change)
        .map_err(|cause| AppError::new("DRW-002", "无法写成 JSON 文本").caused_by(cause))?;
    let files = Change::begin(project)?;
    if let Some((kept, bytes)) = &evidence {
        files.put(&draw.folder.join(&kept.file), bytes)?;
    }
    draw.push_change(change, &files)?;
    let assignment: Option<Assignment> = draw.assignment(order)?;
    if let Some(assignment) = assignment {
        files.put(&draw.folder.join("assignment.csv"), &assignment.write_csv())?;
    }
    draw.heads = put_head(&files, project, &draw.folder, command, context)?;
    put_certificate(&files, draw, order, &load_register(project)?)?;
    files.commit(
        context,
        command,
        serde_json::json!({ "period": draw.period, "sequence": draw.sequence, "change": detail }),
    )?;
    Ok(())
}
