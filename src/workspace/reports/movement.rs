//! Why the year's total moved since the last month was sealed: causes that add up, each in a sentence.

mod frequency;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::frequency::Since;
use crate::diagnostic::{AppResult, Progress};
use crate::domain::PlanMonth;
use crate::plan::annual::{amount, compute_plan_with};
use crate::plan::model::{MONTHS, MandatoryVisit};
use crate::plan::{AnnualPlan, Exclusion, History, PlanCell, PlanInputs, VisitKind};
use crate::policy::{Policy, load_policy};
use crate::registry::Registry;
use crate::workspace::inputs::analysis::{Analysis, compute_analysis, with_force};
use crate::workspace::inputs::plan_record::imported_check;
use crate::workspace::inputs::population::Population;
use crate::workspace::inputs::schedule::{load_rest_of, load_schedule};
use crate::workspace::store::changes::DrawChange;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::plan_record::{CheckAhead, PlanBasis, PlanSnapshot, load_plan_of};
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::register::load_opened_draws;

/// Changes of a site's expectation below this are none.
const LEAST: f64 = 1e-6;

/// What moved the year's total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovementKind {
    /// What was drawn against what was expected of the month: chance, rounding to whole checks.
    Chance,
    /// Frequencies changed by new penalties, complaints, exceedances, checks.
    Records,
    /// Frequencies changed by a new credit grade.
    Grade,
    /// Frequencies changed because time went by: points decay, terms end.
    Decay,
    /// Frequencies changed because data were imported anew, or with those of others.
    Data,
    /// Checks of the year that the imported history tells of: made outside of the draws, they use slots.
    Imported,
    /// Mandatory checks newly due, done or dated anew.
    Mandatory,
    /// Sites that came, went, or changed body or category in the register.
    Register,
    /// Substitutions, and sites found closed or moved.
    Closed,
    /// The bodies' people and means.
    Force,
    /// The planner's numbers, loans and moves, or the policy.
    Decision,
}

impl MovementKind {
    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Chance => "抽取与预计之差",
            Self::Records => "新增的处罚、投诉、监测异常、检查记录",
            Self::Grade => "信用等级变化",
            Self::Decay => "随时间变化",
            Self::Data => "导入资料更新",
            Self::Imported => "抽取之外的检查",
            Self::Mandatory => "必查新增与了结",
            Self::Register => "名录变化",
            Self::Closed => "关闭、搬迁或替换",
            Self::Force => "执法力量变化",
            Self::Decision => "规则或人工调整",
        }
    }

    /// What it works on, in a word.
    #[must_use]
    pub fn works_on(self) -> &'static str {
        match self {
            Self::Chance => "抽取",
            Self::Records | Self::Grade | Self::Decay | Self::Data => "频次",
            Self::Imported | Self::Mandatory => "必查与已查",
            Self::Register | Self::Closed => "名录",
            Self::Force => "力量",
            Self::Decision => "决定",
        }
    }
}

/// A cause with the visits that it added (or, below 0, took).
#[derive(Debug, Clone, PartialEq)]
pub struct MovementCause {
    /// What.
    pub kind: MovementKind,
    /// Visits added to the year's total.
    pub visits: f64,
    /// The same in tenths, as they are printed: those of all causes add up.
    pub shown: f64,
    /// Sites concerned; 0 where the cause concerns no certain sites.
    pub sites: usize,
    /// Chinese sentence with the number.
    pub sentence: String,
}

/// The year's total before the last drawn month and now. `before + Σ causes.visits = after`.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanMovement {
    /// The month drawn since.
    pub month: PlanMonth,
    /// The year's total as the plan had it when that month was sealed.
    pub before: f64,
    /// The year's total now.
    pub after: f64,
    /// Causes that moved it, in the order of their kinds.
    pub causes: Vec<MovementCause>,
    /// What it was and what it is: `全年预计检查 8,610.4 次，2027-01 抽取前为 8,612 次（−1.6）`.
    pub heading: String,
    /// All of it in one sentence: the heading, then the causes.
    pub sentence: String,
}

/// Compares the plan with the one that the last opened month was sealed from; `None` before any month was drawn,
/// or where that month was sealed by a version that kept no plan. Forecasts the year a few times over: a job's work.
///
/// # Errors
/// `WSP-…`, `DRW-001`, `POL-…`, `IO-…` where what was kept can't be read.
pub fn compute_plan_movement(
    project: &Project,
    registry: &Registry,
    analysis: &Analysis,
) -> AppResult<Option<PlanMovement>> {
    let Some(draw) = analysis.earlier() else { return Ok(None) };
    let (Some(month), Some((plan, basis))) = (draw.period.month(), load_plan_of(draw)?) else { return Ok(None) };
    let sealed = Sealed { plan, basis };
    let mut causes = Vec::new();
    let after = analysis.plan.expected_visits();
    // what was decided since is taken back first: the rest is told by the rules of then
    let undone = undo_decisions(project, registry, analysis, draw, &sealed)?;
    let (then, of_then) = undone.as_ref().map_or((project, analysis), |(project, analysis)| (project, analysis));
    if undone.is_some() {
        let visits = after - of_then.plan.expected_visits();
        causes.push(cause(MovementKind::Decision, visits, 0, "规则或人工调整有变化"));
    }
    // then the bodies get the people and means that they had
    let with_old_force = with_force(then, of_then, &sealed.basis.force)?;
    let (population, plan) = with_old_force.as_ref().map_or((&of_then.population, &of_then.plan), |of| (&of.0, &of.1));
    if with_old_force.is_some() {
        let visits = of_then.plan.expected_visits() - plan.expected_visits();
        causes.push(cause(MovementKind::Force, visits, 0, "持证执法人员或车辆、监测等力量有变化"));
    }
    let since = Since::compute(then, registry, of_then, (month.first_day(), analysis.month.first_day()))?;
    let facts = Facts { project: then, analysis: of_then, population, plan, draw, month, sealed: &sealed };
    causes.extend(facts.causes(&since)?);
    causes.retain(|cause| cause.visits.abs() >= 0.05 || cause.kind == MovementKind::Chance);
    causes.sort_by_key(|cause| cause.kind);
    let before = sealed.basis.year;
    let kept: f64 = causes.iter().map(|cause| cause.visits).sum();
    // the printed numbers add up too: what rounding leaves is the draw's
    let moved = tenths(after) - tenths(before);
    let others = causes.iter().filter(|cause| cause.kind != MovementKind::Chance);
    let left = moved - others.map(|cause| tenths(cause.visits)).sum::<f64>();
    if let Some(chance) = causes.iter_mut().find(|cause| cause.kind == MovementKind::Chance) {
        // what is left out above, and the last bits of the sums
        chance.visits += after - before - kept;
        chance.shown = left;
        chance.sentence = format!("{}，{} 次", chance.sentence, signed(left));
    }
    let words: Vec<&str> = causes.iter().map(|cause| cause.sentence.as_str()).collect();
    let heading =
        format!("全年预计检查 {} 次，{month} 抽取前为 {} 次（{}）", amount(after), amount(before), signed(moved));
    let sentence = format!("{heading}：{}", words.join("；"));
    Ok(Some(PlanMovement { month, before, after, causes, heading, sentence }))
}

/// The plan that a month was sealed from.
struct Sealed {
    plan: PlanSnapshot,
    basis: PlanBasis,
}

/// A number as it is printed.
fn tenths(visits: f64) -> f64 {
    (visits * 10.0).round() / 10.0
}

/// A number with its sign: `+12.3`, `−4`, `±0`.
#[must_use]
pub fn signed(visits: f64) -> String {
    let text = amount(visits.abs());
    match text.as_str() {
        "0" => "±0".to_owned(),
        _ if visits < 0.0 => format!("−{text}"),
        _ => format!("+{text}"),
    }
}

fn cause(kind: MovementKind, visits: f64, sites: usize, words: &str) -> MovementCause {
    MovementCause { kind, visits, shown: tenths(visits), sites, sentence: format!("{words}，{} 次", signed(visits)) }
}

/// The project and its plan under the policy and the planner's changes that the month was sealed with; `None` where
/// both are as they were.
fn undo_decisions(
    project: &Project,
    registry: &Registry,
    analysis: &Analysis,
    draw: &StoredDraw,
    sealed: &Sealed,
) -> AppResult<Option<(Project, Analysis)>> {
    let path = draw.folder.join("policy.ron");
    let bytes = if path.exists() { load_bytes(&path)? } else { project.policy_bytes().to_vec() };
    let policy_is = bytes == project.policy_bytes();
    if policy_is && sealed.basis.edits == project.file.edits {
        return Ok(None);
    }
    let mut then = project.clone();
    then.file.edits = sealed.basis.edits.clone();
    if !policy_is {
        then.policy = load_policy(&String::from_utf8_lossy(&bytes), "policy.ron")?;
    }
    let of_then = compute_analysis(&then, registry, analysis.month, &Progress::none())?;
    Ok(Some((then, of_then)))
}

/// What the facts are told from: the plan by the decisions, people and means of then, on what is known now.
struct Facts<'a> {
    project: &'a Project,
    analysis: &'a Analysis,
    population: &'a Population,
    plan: &'a AnnualPlan,
    draw: &'a StoredDraw,
    month: PlanMonth,
    sealed: &'a Sealed,
}

impl Facts<'_> {
    /// Everything but decisions, people and means, by taking back one kind of change after the other.
    fn causes(&self, since: &Since) -> AppResult<Vec<MovementCause>> {
        let Self { project, analysis, population, plan, draw, month, sealed } = *self;
        let policy = &project.policy;
        let Some((schedule, before)) = load_schedule(draw, policy, population)? else { return Ok(Vec::new()) };
        let year_of = |inputs: &PlanInputs| {
            compute_plan_with(policy, inputs, plan.shares.clone(), plan.frequencies.clone(), schedule.clone())
        };
        let mut inputs = population.inputs.clone();
        let next = inputs.history.next as usize;
        let sites = Arc::clone(&inputs.sites);

        // 1. the slots as they were sealed: what the new frequencies do, site by site
        let old_slots = year_of(&inputs);
        let units: Vec<&str> = population.index.units().collect();
        let then = |site: usize| draw.frame.position(units[site]).and_then(|row| draw.frame.row(row));
        // one that must be checked has that for its reason: its frequency tells whether it was in the draw
        let was_out =
            |site: usize| before[site] <= 0.0 || then(site).is_none_or(|row| Exclusion::from_id(row.reason).is_some());
        let rest =
            |plan: &AnnualPlan, site: usize| plan.forecast.row_of(site).map_or(0.0, |row| row.iter().sum::<f64>());
        let (mut changes, mut came) = (Vec::new(), (0, 0.0));
        for site in 0..sites.len() {
            let change = rest(plan, site) - rest(&old_slots, site);
            if !was_out(site) {
                changes.push((site as u32, change));
            } else if change.abs() >= LEAST {
                came = (came.0 + 1, came.1 + change);
            }
        }
        let mut causes = since.causes(&analysis.risk, &changes)?;

        // 2. the checks of the year that the imported history did not tell of yet
        let known: BTreeSet<_> = sealed.basis.imported.iter().cloned().collect();
        let told = take_back_imported(&mut inputs.history, |visit| known.contains(&imported_check(&units, visit)));
        let untold = if told > 0 { year_of(&inputs) } else { old_slots.clone() };
        causes.push(cause(
            MovementKind::Imported,
            old_slots.expected_visits() - untold.expected_visits(),
            told,
            &format!("导入的历次检查新增本年度抽取之外的检查 {told} 次，所在周期不再抽取，已抵扣抽查"),
        ));

        // 3. the mandatory checks as they were ahead; those that the draw itself has made needless are chance
        let now: BTreeSet<(u32, u8)> = inputs.mandatory.iter().map(|v| (v.site, v.rule)).collect();
        let mut old_ahead = ahead_from(&sealed.basis, policy, population, next);
        let at = month.index_in(project.file.year).unwrap_or(0);
        let listed = &inputs.history.listed;
        let drawn: BTreeSet<u32> = listed
            .iter()
            .filter(|v| usize::from(v.month) == at && v.kind == VisitKind::Drawn)
            .filter_map(|v| v.site)
            .collect();
        old_ahead.retain(|v| !drawn.contains(&v.site) || now.contains(&(v.site, v.rule)));
        let were: BTreeSet<(u32, u8)> = old_ahead.iter().map(|v| (v.site, v.rule)).collect();
        // those sealed for the months since were listed then; the planner's moves are in the sealed list already
        inputs.mandatory = old_ahead;
        inputs.edits.mandatory_moves.clear();
        let old_mandatory = year_of(&inputs);
        let (added, gone) = (now.difference(&were).count(), were.difference(&now).count());
        causes.push(cause(
            MovementKind::Mandatory,
            untold.expected_visits() - old_mandatory.expected_visits(),
            added + gone,
            &format!("必查新增 {added} 项、了结 {gone} 项，已扣除其代替的抽查"),
        ));

        // 4. sites found closed since, then those that the register has taken out
        let dead = found_dead(project, analysis)?;
        let lift = |inputs: &mut PlanInputs, of: &dyn Fn(usize) -> bool| -> usize {
            let sites = Arc::make_mut(&mut inputs.sites);
            let mut lifted = 0;
            for site in 0..sites.exclusion.len() {
                if sites.exclusion[site] != Exclusion::None && !was_out(site) && of(site) {
                    sites.exclusion[site] = Exclusion::None;
                    lifted += 1;
                }
            }
            lifted
        };
        let closed = lift(&mut inputs, &|site| dead.contains(units[site]));
        let alive = if closed > 0 { year_of(&inputs) } else { old_mandatory.clone() };
        causes.push(cause(
            MovementKind::Closed,
            old_mandatory.expected_visits() - alive.expected_visits(),
            closed,
            &format!("{closed} 家查明已关闭、搬迁或已替换"),
        ));
        let out = lift(&mut inputs, &|_| true);
        let all_in = if out > 0 { year_of(&inputs) } else { alive.clone() };
        let vanished = |unit: &str| population.index.row(unit).is_none();
        let (left, left_rest) = load_rest_of(draw, vanished)?.unwrap_or((0, 0.0));
        let ahead = sealed.basis.ahead.iter();
        let left_checks = ahead.filter(|c| c.month as usize >= next && vanished(c.unit.as_str())).count();
        let register = came.1 + alive.expected_visits() - all_in.expected_visits() - left_rest - left_checks as f64;
        causes.push(cause(
            MovementKind::Register,
            register,
            came.0 + out + left,
            &format!("名录变化：新增或恢复 {} 家，退出或停用 {} 家", came.0, out + left),
        ));

        // 5. what is left is the draw itself
        let chance = all_in.expected_visits() + left_rest + left_checks as f64 - sealed.basis.year;
        let drawn: f64 = plan.city_cells().get(at).map_or(0.0, PlanCell::expected);
        causes.push(MovementCause {
            kind: MovementKind::Chance,
            visits: chance,
            shown: tenths(chance),
            sites: 0,
            // its number follows from the others
            sentence: format!(
                "抽取与预计之差（{month} 预计 {} 次，实际列入 {} 次；抽中与未抽中的对象其余月份的机会相应改变）",
                amount(sealed.plan.month(at).total()),
                amount(drawn)
            ),
        });
        Ok(causes)
    }
}

/// Takes the imported visits out of a history but for those that are `known`; how many.
fn take_back_imported(history: &mut History, known: impl Fn(&crate::plan::Visit) -> bool) -> usize {
    let (mut at, imported) = (0, history.imported);
    let before = history.visits.len();
    history.visits.retain(|visit| {
        at += 1;
        at > imported || known(visit)
    });
    let taken = before - history.visits.len();
    history.imported -= taken;
    taken
}

/// The mandatory checks that were ahead from `month` on, on today's sites; sorted by (site, month).
fn ahead_from(basis: &PlanBasis, policy: &Policy, population: &Population, month: usize) -> Vec<MandatoryVisit> {
    let of = |check: &CheckAhead| {
        let rule = policy.mandatory.iter().position(|rule| rule.reason == check.reason)? as u8;
        let site = population.index.row(check.unit.as_str())?;
        let open = (month..MONTHS).contains(&(check.month as usize));
        open.then_some(MandatoryVisit { site, month: check.month, rule, overdue: false, by: check.month })
    };
    let mut ahead: Vec<MandatoryVisit> = basis.ahead.iter().filter_map(of).collect();
    ahead.sort_unstable();
    ahead.dedup_by_key(|v| (v.site, v.month));
    ahead
}

/// Units that results or substitutions say are closed or moved.
fn found_dead(project: &Project, analysis: &Analysis) -> AppResult<BTreeSet<String>> {
    let mut dead: BTreeSet<String> =
        analysis.results.iter().filter(|r| r.outcome.is_dead()).map(|r| r.unit_id.to_string()).collect();
    for draw in load_opened_draws(project, |_| true)? {
        for change in &draw.changes {
            if let DrawChange::Substitute { unit, .. } = change {
                dead.insert(unit.to_string());
            }
        }
    }
    Ok(dead)
}
