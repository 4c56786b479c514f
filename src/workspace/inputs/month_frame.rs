//! A month's sampling frame with its roster and needs, from the plan: what a sealing freezes.
//!
//! Nothing here chooses: the frame follows from registry, policy and history.

use std::collections::BTreeMap;

use crate::diagnostic::{AppError, AppResult};
use crate::domain::{BodyId, InspectorId, Period, StratumId, UnitId};
use crate::plan::simulate::DrawRules;
use crate::plan::{
    MonthTargets, Resource, StratumTargets as PlannedStratum, TargetReason, assign_quotas, compute_strata,
};
use crate::policy::Policy;
use crate::registry::Registry;
use crate::registry::schema::sources;
use crate::sampling::{
    BuiltFrame, DrawSeed, FrameKey, Method, REASON_CERTAIN, REASON_NO_QUOTA, StratumTargets, Target, compute_frame,
    compute_inclusion_of_quota, draw_quotas, round_apart, settle_near_certain, settle_target,
};
use crate::staffing::{Names, Need, Needs, Roster};
use crate::workspace::inputs::analysis::{Analysis, render_targets};
use crate::workspace::inputs::people::{compute_month_roster, compute_recusals};
use crate::workspace::inputs::plan_record::plan_basis;
use crate::workspace::inputs::quotas::render_quotas;
use crate::workspace::inputs::schedule::render_schedule;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::plan_record::PlanBasis;
use crate::workspace::store::project::Project;
use crate::workspace::store::register::load_opened_draws;

/// Targets below this are what the rounding of earlier months' targets to 10⁻⁹ leaves.
const LEAST_TARGET: f64 = 1e-8;

/// Reason of every unit in the frame of a year's seed.
pub(in crate::workspace) const REASON_YEAR_SEED: &str = "year_seed";

/// What a month's frame follows from: every unit's target in its stratum, with whole-number quotas. The preview shows
/// it, the sealing salts it: there is no other way to either.
#[derive(Debug)]
pub struct MonthStrata {
    /// Strata with every unit's target, as the frame is made of them.
    pub strata: Vec<StratumTargets>,
    /// The plan's own strata, in the same order: body and category, sites, Σp.
    pub planned: Vec<PlannedStratum>,
    /// The month's targets, kept for the months after.
    pub targets: MonthTargets,
    /// The month's earlier draws that were opened.
    pub earlier: Vec<StoredDraw>,
    /// Ids of the sources, in the register's order.
    units: Vec<String>,
}

/// A month's frame with its roster and needs, ready to be sealed.
#[derive(Debug)]
pub struct MonthFrame {
    /// The frame with a report on each stratum.
    pub built: BuiltFrame,
    /// People of the month.
    pub roster: Roster,
    /// What each unit that may be drawn needs.
    pub needs: Needs,
    /// Targets for the months after.
    pub targets: Vec<u8>,
    /// Slots for the months after.
    pub schedule: Vec<u8>,
    /// What the plan was made from.
    pub basis: PlanBasis,
    /// What the quotas were made from.
    pub quotas: Vec<u8>,
}

/// The rules by which new draws are made, for the plan's simulated years.
#[must_use]
pub fn draw_rules() -> DrawRules {
    DrawRules {
        settle: |target, number| settle_near_certain(target, number),
        round: |expected, number| round_apart(expected, |_, _| number()),
        inclusion: compute_inclusion_of_quota,
    }
}

/// Every unit's target of the month, from the plan, with the quotas that a method gives.
///
/// # Errors
/// `FRM-…`, `WSP-004`, `WSP-005`, those of the month's earlier draws.
pub fn compute_month_strata(
    method: Method,
    project: &Project,
    registry: &Registry,
    analysis: &Analysis,
    year_seed: &DrawSeed,
) -> AppResult<MonthStrata> {
    let policy = &project.policy;
    let month = analysis.month;
    let inputs = &analysis.population.inputs;
    let mut targets = analysis.targets(project, month);
    let earlier = load_opened_draws(project, |m| m == month)?;
    if !earlier.is_empty() {
        // the month's chances were offered by its earlier draw: another one only takes what must be checked
        for (p, reason) in targets.p.iter_mut().zip(&mut targets.reason) {
            if *reason == TargetReason::Free {
                (*p, *reason) = (0.0, TargetReason::Offered);
            }
        }
    }
    let units: Vec<String> =
        sources::UNIT_ID.of(&registry.sources)?.iter().map(|u| u.unwrap_or_default().to_owned()).collect();
    let period = Period::Month(month);
    let settle =
        |site: usize, p: f64| settle_target(method, units.get(site).map_or("", String::as_str), period, year_seed, p);
    let mut planned = compute_strata(policy, inputs, &targets, settle);
    assign_quotas(&mut planned, |body, expected| {
        draw_quotas(method, &inputs.bodies[body as usize].id, period, year_seed, expected)
    });
    let mut strata = Vec::with_capacity(planned.len());
    for stratum in &planned {
        strata.push(stratum_targets(policy, analysis, &targets, &units, stratum)?);
    }
    Ok(MonthStrata { strata, planned, targets, earlier, units })
}

/// A stratum of the plan as the frame takes it.
fn stratum_targets(
    policy: &Policy,
    analysis: &Analysis,
    targets: &MonthTargets,
    units: &[String],
    stratum: &PlannedStratum,
) -> AppResult<StratumTargets> {
    let body = &analysis.population.inputs.bodies[stratum.body as usize].id;
    let mut list = Vec::with_capacity(stratum.certain.len() + stratum.units.len() + stratum.excluded.len());
    for site in &stratum.certain {
        let reason = match targets.reason[*site as usize] {
            TargetReason::Mandatory(_) => targets.reason[*site as usize].id(policy),
            _ => REASON_CERTAIN,
        };
        list.push((unit_id(&units[*site as usize])?, Target::Certain(reason.to_owned())));
    }
    let mut free = 0;
    for (site, p) in stratum.units.iter().zip(&stratum.p) {
        // what rounding leaves of a chance that was offered in full is no chance (`SMP-024` would refuse it)
        let target = if *p < LEAST_TARGET {
            Target::Excluded(TargetReason::Offered.id(policy).to_owned())
        } else {
            Target::Weight(*p)
        };
        free += usize::from(matches!(target, Target::Weight(_)));
        list.push((unit_id(&units[*site as usize])?, target));
    }
    for site in &stratum.excluded {
        let reason = match targets.reason[*site as usize].id(policy) {
            "" => TargetReason::NoFrequency.id(policy),
            reason => reason,
        };
        list.push((unit_id(&units[*site as usize])?, Target::Excluded(reason.to_owned())));
    }
    Ok(StratumTargets {
        id: stratum_id(body, &policy.categories[stratum.category as usize].id)?,
        quota: (stratum.draw as usize).min(free),
        units: list,
    })
}

/// Chinese words of a reason in a frame, as [`compute_month_strata`] and the draw give them; `None` where it is
/// nobody's.
#[must_use]
pub fn reason_label<'a>(policy: &'a Policy, reason: &str) -> Option<&'a str> {
    match reason {
        REASON_CERTAIN => Some("概率达到 1"),
        REASON_NO_QUOTA => Some("所在层本月名额取整为零"),
        REASON_YEAR_SEED => Some("年度种子不抽取"),
        reason => TargetReason::from_id(policy, reason).map(|reason| reason.label(policy)),
    }
}

/// Builds the month's frame from the plan, by the rules of a method.
///
/// # Errors
/// `PLN-100` while the plan is not feasible, `SMP-…`, `ROS-…`, `FRM-…`.
pub fn compute_month_frame(
    method: Method,
    project: &Project,
    registry: &Registry,
    analysis: &Analysis,
    year_seed: &DrawSeed,
) -> AppResult<MonthFrame> {
    analysis.check_sealable()?;
    let policy = &project.policy;
    let month = analysis.month;
    let inputs = &analysis.population.inputs;
    let MonthStrata { strata, planned, targets, earlier, units } =
        compute_month_strata(method, project, registry, analysis, year_seed)?;
    let mut needs = Vec::new();
    for stratum in &planned {
        let body = &inputs.bodies[stratum.body as usize].id;
        for site in stratum.certain.iter().chain(&stratum.units).map(|site| *site as usize) {
            needs.push(need_of(policy, inputs.sites.skill.get(site).copied(), unit_id(&units[site])?, body));
        }
    }
    let quotas = render_quotas(&strata, &planned);
    let built = compute_frame(method, strata, &FrameKey::generate()?)?;
    let recusals = compute_recusals(registry)?;
    let cost = mean_cost(analysis, month.month() as usize - 1);
    let roster = compute_month_roster(project, &analysis.population.people, &recusals, month, &cost)?;
    let roster = less_assigned(roster, &earlier)?;
    Ok(MonthFrame {
        built,
        roster,
        needs: Needs::new(needs)?,
        targets: render_targets(&units, &targets),
        schedule: render_schedule(&units, &analysis.plan, month.index_in(project.file.year).unwrap_or(0))?,
        basis: plan_basis(project, analysis, &units)?,
        quotas,
    })
}

/// A roster less the checks that its people have from the month's earlier draws.
pub(in crate::workspace) fn less_assigned(roster: Roster, earlier: &[StoredDraw]) -> AppResult<Roster> {
    let mut loads: BTreeMap<InspectorId, u32> = BTreeMap::new();
    for draw in earlier {
        let Some(order) = draw.order() else { continue };
        let Some(assignment) = draw.assignment(&order)? else { continue };
        for (certificate, load) in assignment.loads() {
            *loads.entry(certificate.clone()).or_insert(0) += load;
        }
    }
    if loads.is_empty() {
        return Ok(roster);
    }
    let left = roster.inspectors().iter().cloned().filter_map(|mut inspector| {
        inspector.checks_max =
            inspector.checks_max.saturating_sub(loads.get(&inspector.certificate).copied().unwrap_or(0));
        (inspector.checks_max > 0).then_some(inspector)
    });
    Roster::new(left.collect())
}

/// Team-days that a check of each body takes in a month (0 to 11) at the plan's own mix of checks; 0 where the
/// plan has none.
fn mean_cost(analysis: &Analysis, month: usize) -> Vec<f64> {
    analysis
        .plan
        .matrix
        .iter()
        .map(|cells| {
            let expected = cells[month].expected();
            if expected > 0.0 { cells[month].need[Resource::TeamDays.index()] / expected } else { 0.0 }
        })
        .collect()
}

pub(in crate::workspace) fn need_of(policy: &Policy, skill: Option<u8>, unit_id: UnitId, body: &BodyId) -> Need {
    let skill = skill.filter(|s| *s > 0).and_then(|s| policy.skills.get(s as usize - 1)).map(|s| s.id.clone());
    Need { unit_id, body: body.clone(), skill }
}

pub(in crate::workspace) fn stratum_id(body: &BodyId, category: &str) -> AppResult<StratumId> {
    StratumId::of(body, category).map_err(|what| AppError::new("WSP-004", what))
}

pub(in crate::workspace) fn unit_id(text: &str) -> AppResult<UnitId> {
    UnitId::new(text).map_err(|what| AppError::new("WSP-005", what))
}

/// Names for the pairing's texts.
#[must_use]
pub fn staffing_names(policy: &Policy) -> Names {
    Names {
        bodies: policy.bodies.iter().map(|b| (b.id.clone(), b.name.clone())).collect(),
        skills: policy.skills.iter().filter_map(|s| Some((s.id.clone(), s.names.first()?.clone()))).collect(),
    }
}
