//! A month's list, told once: who stands on it how, why, with whom, and how far it is.
//!
//! The window's list, the plan workbooks and the task sheets read these entries; none of them decides for itself
//! what a substitute or a withdrawn unit is.

use std::collections::{BTreeMap, BTreeSet};

use crate::disclosure::{CheckOrigin, CheckResult, DueCheck, Outcome};
use crate::domain::{InspectorId, PPB, PlanMonth, TriggerKind, UnitId};
use crate::export::TargetRole;
use crate::policy::Policy;
use crate::registry::{Registry, row_of_unit};
use crate::workspace::inputs::due::{OffSiteCheck, OpenedDraw};
use crate::workspace::store::draws::{CurrentTarget, TargetOrigin};

/// Results by the check that they belong to.
pub type ResultsByCheck<'a> = BTreeMap<(&'a UnitId, PlanMonth, u32), &'a CheckResult>;

/// How far a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetState {
    /// Another unit took its place.
    Replaced,
    /// Held in reserve.
    Reserve,
    /// To be visited.
    Due,
    /// Visited, with this result.
    Done(Outcome),
}

impl TargetState {
    /// Chinese name; a visited target's is its result.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Replaced => "已替换",
            Self::Reserve => "备选",
            Self::Due => "待检查",
            Self::Done(outcome) => outcome.label(),
        }
    }
}

/// A unit on the month's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    /// The unit.
    pub unit_id: UnitId,
    /// Row of the sources frame; `None` where the register has it no more.
    pub source: Option<u32>,
    /// How it stands in the list.
    pub role: TargetRole,
    /// Drawn, mandatory or triggered.
    pub origin: CheckOrigin,
    /// Name of the mandatory rule that put it there, where one did.
    pub rule: Option<String>,
    /// Its probability was 1: no chance decided about it.
    pub certain: bool,
    /// Stratum it was drawn in; empty for triggered and off-site checks.
    pub stratum: String,
    /// Place in the order of the draw, from 1; `None` for triggered and off-site checks and reserves.
    pub rank: Option<u32>,
    /// Plan code; empty for reserves.
    pub plan_code: String,
    /// Lead and second; `None` where nobody is paired or the unit was replaced.
    pub pair: Option<(InspectorId, InspectorId)>,
    /// How far it is.
    pub state: TargetState,
    /// Where a triggered check comes from, where that is known.
    pub trigger: Option<TriggerKind>,
    /// Why it came onto the list by hand, or left it; empty where it was drawn.
    pub reason: String,
}

impl ListEntry {
    /// True where a reserve may take its place: drawn or a substitute, still to be visited.
    #[must_use]
    pub fn may_substitute(&self) -> bool {
        matches!(self.origin, CheckOrigin::Drawn | CheckOrigin::Mandatory) && self.state == TargetState::Due
    }
}

/// A unit's probability in the frame was 1.
fn is_certain(opened: &OpenedDraw, unit: &UnitId) -> bool {
    let row = opened.draw.frame.position(unit.as_str()).and_then(|i| opened.draw.frame.row(i));
    row.is_some_and(|row| u64::from(row.pi_ppb) == PPB)
}

/// The rule's name of a unit's place in the frame, where a mandatory rule put it there.
fn rule_of(opened: &OpenedDraw, policy: &Policy, unit: &UnitId) -> Option<String> {
    let row = opened.draw.frame.position(unit.as_str()).and_then(|i| opened.draw.frame.row(i))?;
    policy.mandatory.iter().find(|rule| rule.reason == row.reason).map(|rule| rule.name.clone())
}

fn entry_of(
    opened: &OpenedDraw,
    policy: &Policy,
    results: &ResultsByCheck<'_>,
    (target, source, check): (&CurrentTarget, Option<u32>, &DueCheck),
) -> ListEntry {
    let role = match (&target.replaced_by, &target.origin) {
        (Some(by), _) => TargetRole::Withdrawn { reason: format!("{}（由 {by} 替换）", target.note) },
        (None, TargetOrigin::Substitute(dropped)) => TargetRole::Substitute { replaces: dropped.clone() },
        _ => TargetRole::Selected,
    };
    let replaced = target.replaced_by.is_some();
    let pair = opened.assignment.as_ref().filter(|_| !replaced).and_then(|a| a.get(&target.unit_id));
    let result = results.get(&(&check.unit_id, check.month, check.sequence));
    let state = match result {
        _ if replaced => TargetState::Replaced,
        Some(result) => TargetState::Done(result.outcome),
        None => TargetState::Due,
    };
    ListEntry {
        unit_id: target.unit_id.clone(),
        source,
        role,
        origin: check.origin,
        certain: target.origin != TargetOrigin::Triggered && is_certain(opened, &target.unit_id),
        rule: if target.origin == TargetOrigin::Triggered { None } else { rule_of(opened, policy, &target.unit_id) },
        stratum: target.stratum.clone(),
        rank: (target.rank > 0).then_some(target.rank),
        plan_code: check.plan_code.clone(),
        pair: pair.map(|p| (p.lead.clone(), p.second.clone())),
        state,
        trigger: target.trigger,
        reason: target.note.clone(),
    }
}

/// The units of an opened draw that are or were to be visited, in the order of its targets.
#[must_use]
pub fn list_entries(opened: &OpenedDraw, policy: &Policy, results: &ResultsByCheck<'_>) -> Vec<ListEntry> {
    let targets = opened.targets.iter().zip(&opened.rows).zip(&opened.checks);
    targets.map(|((target, row), check)| entry_of(opened, policy, results, (target, *row, check))).collect()
}

/// The units of the positive list whose turn it is to be checked off-site, in the order of the year's seed.
#[must_use]
pub fn off_site_entries(opened: &OpenedDraw, results: &ResultsByCheck<'_>) -> Vec<ListEntry> {
    let entry = |turn: &OffSiteCheck| {
        let check = &turn.check;
        let result = results.get(&(&check.unit_id, check.month, check.sequence));
        ListEntry {
            unit_id: check.unit_id.clone(),
            source: turn.row,
            role: TargetRole::OffSite,
            origin: check.origin,
            rule: None,
            certain: false,
            stratum: String::new(),
            rank: None,
            plan_code: check.plan_code.clone(),
            pair: None,
            state: result.map_or(TargetState::Due, |result| TargetState::Done(result.outcome)),
            trigger: None,
            reason: "正面清单非现场检查".to_owned(),
        }
    };
    opened.off_site.iter().map(entry).collect()
}

/// Reserves listed for so many targets: at least the policy's share, rounded up.
#[must_use]
pub fn reserves_listed(policy: &Policy, draw: u64) -> usize {
    (draw as f64 * policy.draw.reserve_share.to_f64()).ceil() as usize
}

/// The reserves that the list names: of each stratum the first that have not come in already.
#[must_use]
pub fn reserve_entries(opened: &OpenedDraw, policy: &Policy, registry: &Registry) -> Vec<ListEntry> {
    let used: BTreeSet<&UnitId> = opened.targets.iter().map(|t| &t.unit_id).collect();
    let quotas: BTreeMap<&str, u64> = opened.order.strata.iter().map(|s| (s.id.as_str(), s.draw as u64)).collect();
    let mut entries = Vec::new();
    for (stratum, units) in opened.draw.reserves(&opened.order) {
        let quota = quotas.get(stratum.as_str()).copied().unwrap_or(0);
        let free = units.into_iter().filter(|unit| !used.contains(unit));
        for (unit, rank) in free.take(reserves_listed(policy, quota)).zip(1..) {
            entries.push(ListEntry {
                source: row_of_unit(&registry.sources, unit.as_str()),
                unit_id: unit,
                role: TargetRole::Reserve(rank),
                origin: CheckOrigin::Drawn,
                rule: None,
                certain: false,
                stratum: stratum.clone(),
                rank: None,
                trigger: None,
                plan_code: String::new(),
                pair: None,
                state: TargetState::Reserve,
                reason: String::new(),
            });
        }
    }
    entries
}
