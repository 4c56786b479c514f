//! Changes after the draw: another inspector, a substitute unit, a check added.
//!
//! Duty: what nobody may choose by hand is again the seed's choice. A slot is filled anew by step 2 of the
//! rule for it alone: of the body's people who may hold it, aren't the partner, aren't barred and have
//! room, the first by (load / `checks_max`, times paired this month with whoever stays in the check, hash).
//! Loads are those of the month as it stands then; for slot A with slot B empty too, the pairings count 0,
//! as in the draw. Where both slots are open, A is filled first, by someone who leaves a person for B.
//!
//! A substitute keeps the pair where the rules allow each of the two in the same slot (skill and recusal
//! included); whoever isn't allowed is chosen anew. If the one who may stay leaves nobody for the other
//! slot, both are chosen anew. Requests carry everything that the outcome depends on besides seed, roster
//! and assignment, so the journal's requests replay to the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::assign::{begin_pair_hash, compare_ratios, finish_pair_hash};
use super::assignment::{Assignment, PairRow};
use super::roster::{Inspector, Need, Roster, Slot, compute_skill_slot};
use super::rule::PairingRule;
use super::window::{Able, Window};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::{InspectorId, UnitId};

/// Another inspector for one slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplaceRequest {
    /// The check's unit.
    pub unit_id: UnitId,
    /// Who goes.
    pub certificate: InspectorId,
    /// Who else can't come (ill, on leave, recused since); the one who goes needn't be named again.
    pub excluded: Vec<InspectorId>,
    /// Why; must not be blank.
    pub reason: String,
}

/// A substitute unit in place of a drawn one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubstituteRequest {
    /// The unit that drops out.
    pub dropped: UnitId,
    /// The unit that takes its place, of the same body.
    pub substitute: Need,
    /// Who can't come.
    pub excluded: Vec<InspectorId>,
    /// Why; must not be blank.
    pub reason: String,
}

/// A check added after the draw (triggered or mandatory).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddRequest {
    /// What it needs.
    pub need: Need,
    /// Who can't come.
    pub excluded: Vec<InspectorId>,
    /// Why; must not be blank.
    pub reason: String,
}

/// A change, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Another inspector.
    Replace(ReplaceRequest),
    /// Another unit.
    Substitute(SubstituteRequest),
    /// One more unit.
    Add(AddRequest),
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairChange {
    /// The pair before; `None` for an added check.
    pub before: Option<PairRow>,
    /// The pair now.
    pub after: PairRow,
    /// Why.
    pub reason: String,
}

/// Fills one slot anew: `certificate` leaves the check of `unit_id`.
///
/// # Errors
/// `ROS-030` blank reason, `ROS-031` unit without a pair, `ROS-032` somebody who isn't in the pair,
/// `ROS-035` nobody left who may hold the slot.
pub fn replace_inspector(
    rule: PairingRule,
    seed: &[u8; 32],
    roster: &Roster,
    assignment: &Assignment,
    request: &ReplaceRequest,
) -> AppResult<(Assignment, PairChange)> {
    check_reason(&request.reason)?;
    let before = find(assignment, &request.unit_id)?;
    let keep = if before.lead == request.certificate {
        [None, Some(&before.second)]
    } else if before.second == request.certificate {
        [Some(&before.lead), None]
    } else {
        return Err(AppError::from(
            Finding::error("ROS-032", format!("该执法人员不在单位 {} 的配对中", request.unit_id))
                .value(request.certificate.as_str())
                .expected(format!(" {} 或 {}", before.lead, before.second))
                .hint("请核对单位编号与执法证号"),
        ));
    };
    let barred = request.excluded.iter().chain([&request.certificate]).collect();
    let month = Month::new(rule, roster, assignment, Some(&before.unit_id));
    let after = month.fill(seed, &before.need(), keep, &barred)?;
    Ok(finish(assignment, Some(before.clone()), after, &request.reason))
}

/// Gives the pair of the dropped unit to its substitute, as far as the rules allow.
///
/// # Errors
/// `ROS-030` blank reason, `ROS-031` unit without a pair, `ROS-033` a substitute that has a pair already,
/// `ROS-034` a substitute of another body, `ROS-035` nobody left who may hold a slot.
pub fn assign_substitute(
    rule: PairingRule,
    seed: &[u8; 32],
    roster: &Roster,
    assignment: &Assignment,
    request: &SubstituteRequest,
) -> AppResult<(Assignment, PairChange)> {
    check_reason(&request.reason)?;
    let before = find(assignment, &request.dropped)?;
    let need = &request.substitute;
    check_new(assignment, need)?;
    if before.body != need.body {
        return Err(AppError::from(
            Finding::error("ROS-034", format!("替换单位 {} 属于另一执法主体", need.unit_id))
                .value(need.body.as_str())
                .expected(format!("「{}」", before.body))
                .hint("替换只在同一执法主体内进行"),
        ));
    }
    let month = Month::new(rule, roster, assignment, Some(&before.unit_id));
    let barred: BTreeSet<&InspectorId> = request.excluded.iter().collect();
    let skill_slot = month.skill_slot(need);
    let keep = [Slot::A, Slot::B].map(|slot| {
        let holder = before.holder(slot);
        let stays = roster.get(holder).is_some_and(|i| i.may_hold(need, slot, skill_slot)) && !barred.contains(holder);
        stays.then_some(holder)
    });
    let after = match month.fill(seed, need, keep, &barred) {
        Err(_) if keep.iter().any(Option::is_some) => month.fill(seed, need, [None, None], &barred)?,
        outcome => outcome?,
    };
    Ok(finish(assignment, Some(before.clone()), after, &request.reason))
}

/// Pairs a check that was added after the draw.
///
/// # Errors
/// `ROS-030` blank reason, `ROS-033` a unit that has a pair already, `ROS-035` nobody left who may hold a slot.
pub fn add_check(
    rule: PairingRule,
    seed: &[u8; 32],
    roster: &Roster,
    assignment: &Assignment,
    request: &AddRequest,
) -> AppResult<(Assignment, PairChange)> {
    check_reason(&request.reason)?;
    check_new(assignment, &request.need)?;
    let barred = request.excluded.iter().collect();
    let after = Month::new(rule, roster, assignment, None).fill(seed, &request.need, [None, None], &barred)?;
    Ok(finish(assignment, None, after, &request.reason))
}

/// Applies one change.
///
/// # Errors
/// As [`replace_inspector`], [`assign_substitute`], [`add_check`].
pub fn apply_change(
    rule: PairingRule,
    seed: &[u8; 32],
    roster: &Roster,
    assignment: &Assignment,
    change: &Change,
) -> AppResult<(Assignment, PairChange)> {
    match change {
        Change::Replace(request) => replace_inspector(rule, seed, roster, assignment, request),
        Change::Substitute(request) => assign_substitute(rule, seed, roster, assignment, request),
        Change::Add(request) => add_check(rule, seed, roster, assignment, request),
    }
}

/// Applies changes in their order; on failure says which (from 0).
pub(super) fn replay_changes(
    rule: PairingRule,
    seed: &[u8; 32],
    roster: &Roster,
    assignment: Assignment,
    changes: &[Change],
) -> Result<Assignment, (usize, AppError)> {
    changes.iter().enumerate().try_fold(assignment, |assignment, (at, change)| {
        apply_change(rule, seed, roster, &assignment, change).map(|(next, _)| next).map_err(|error| (at, error))
    })
}

/// The month as it stands, without the check under change.
struct Month<'a> {
    rule: PairingRule,
    roster: &'a Roster,
    rows: Vec<&'a PairRow>,
    loads: BTreeMap<&'a InspectorId, u32>,
}

impl<'a> Month<'a> {
    fn new(rule: PairingRule, roster: &'a Roster, assignment: &'a Assignment, without: Option<&UnitId>) -> Self {
        let rows: Vec<&PairRow> = assignment.rows().iter().filter(|row| Some(&row.unit_id) != without).collect();
        let mut loads = BTreeMap::new();
        for row in &rows {
            for holder in [&row.lead, &row.second] {
                *loads.entry(holder).or_insert(0) += 1;
            }
        }
        Self { rule, roster, rows, loads }
    }

    fn skill_slot(&self, need: &Need) -> Option<Slot> {
        need.skill.as_deref().map(|skill| compute_skill_slot(self.roster.of_body(&need.body), skill))
    }

    fn load(&self, inspector: &Inspector) -> u32 {
        self.loads.get(&inspector.certificate).copied().unwrap_or(0)
    }

    /// How often the two stand in one check.
    fn paired(&self, a: &InspectorId, b: &InspectorId) -> u32 {
        let both = |row: &&&PairRow| (&row.lead == a && &row.second == b) || (&row.lead == b && &row.second == a);
        self.rows.iter().filter(both).count() as u32
    }

    /// Who may hold the slot, first choice first.
    fn candidates(
        &self,
        seed: &[u8; 32],
        need: &Need,
        slot: Slot,
        partner: Option<&InspectorId>,
        barred: &BTreeSet<&InspectorId>,
    ) -> Vec<&'a Inspector> {
        let skill_slot = self.skill_slot(need);
        let paired = |i: &Inspector| partner.map_or(0, |partner| self.paired(partner, &i.certificate));
        let able: Vec<&Inspector> = self
            .roster
            .of_body_of(need)
            .filter(|i| i.may_hold(need, slot, skill_slot) && Some(&i.certificate) != partner)
            .filter(|i| !barred.contains(&i.certificate) && self.load(i) < i.checks_max)
            .collect();
        match self.rule {
            PairingRule::LeastLoad => {
                let begun = begin_pair_hash(seed, need);
                let order = |i: &Inspector| (paired(i), finish_pair_hash(&begun, i, slot));
                let mut list: Vec<_> = able.into_iter().map(|i| ((self.load(i), i.checks_max), order(i), i)).collect();
                list.sort_by(|a, b| compare_ratios(a.0, b.0).then_with(|| a.1.cmp(&b.1)));
                list.into_iter().map(|(.., inspector)| inspector).collect()
            }
            PairingRule::WithinOne => {
                let mut left = able;
                let of = |i: &&Inspector| Able { load: self.load(i), max: i.checks_max, paired: paired(i) };
                let mut facts: Vec<Able> = left.iter().map(of).collect();
                let mut window = Window::new(seed, need, slot);
                let mut list = Vec::with_capacity(left.len());
                while let Some(place) = window.choose(&facts) {
                    facts.remove(place);
                    list.push(left.remove(place));
                }
                list
            }
        }
    }

    /// Fills the slots that nobody keeps.
    fn fill(
        &self,
        seed: &[u8; 32],
        need: &Need,
        keep: [Option<&InspectorId>; 2],
        barred: &BTreeSet<&InspectorId>,
    ) -> AppResult<PairRow> {
        let choose = |slot: Slot, partner: Option<&InspectorId>| self.candidates(seed, need, slot, partner, barred);
        let first = |slot: Slot, partner: &InspectorId| {
            let found = choose(slot, Some(partner)).first().map(|inspector| inspector.certificate.clone());
            found.ok_or_else(|| self.nobody(need, slot, Some(partner), barred))
        };
        let (lead, second) = match keep {
            [Some(lead), Some(second)] => (lead.clone(), second.clone()),
            [Some(lead), None] => (lead.clone(), first(Slot::B, lead)?),
            [None, Some(second)] => (first(Slot::A, second)?, second.clone()),
            [None, None] => {
                let leads = choose(Slot::A, None);
                let mut pairs = leads.iter().map(|lead| (lead, choose(Slot::B, Some(&lead.certificate))));
                match pairs.find_map(|(lead, seconds)| seconds.first().map(|second| (*lead, *second))) {
                    Some((lead, second)) => (lead.certificate.clone(), second.certificate.clone()),
                    None if leads.is_empty() => return Err(self.nobody(need, Slot::A, None, barred)),
                    None => return Err(self.nobody(need, Slot::B, leads.first().map(|i| &i.certificate), barred)),
                }
            }
        };
        let (unit_id, body, skill) = (need.unit_id.clone(), need.body.clone(), need.skill.clone());
        Ok(PairRow { unit_id, body, lead, second, skill, skill_slot: self.skill_slot(need) })
    }

    /// Why nobody is left: each of the body's people is counted under the first ground that rules them out.
    fn nobody(
        &self,
        need: &Need,
        slot: Slot,
        partner: Option<&InspectorId>,
        barred: &BTreeSet<&InspectorId>,
    ) -> AppError {
        let skill_slot = self.skill_slot(need);
        let mut grounds: BTreeMap<(u8, &str), u32> = BTreeMap::new();
        for i in self.roster.of_body_of(need) {
            let lacks_skill =
                skill_slot == Some(slot) && need.skill.as_ref().is_some_and(|skill| !i.skills.contains(skill));
            let ground = if Some(&i.certificate) == partner {
                (0, "已是本项检查的另一人")
            } else if slot == Slot::A && !i.lead {
                (1, "无主办资格")
            } else if lacks_skill {
                (2, "无所需资质")
            } else if i.recusals.contains(&need.unit_id) {
                (3, "须回避")
            } else if barred.contains(&i.certificate) {
                (4, "已被排除")
            } else {
                (5, "本月已排满")
            };
            *grounds.entry(ground).or_insert(0) += 1;
        }
        let list: Vec<String> = grounds.into_iter().map(|((_, ground), n)| format!("{ground} {n} 人")).collect();
        let why = if list.is_empty() { "本执法主体没有执法人员".to_owned() } else { list.join("，") };
        Finding::error("ROS-035", format!("单位 {} 的{}无人可派：{why}", need.unit_id, slot.label()))
            .column("unit_id")
            .value(need.unit_id.as_str())
            .hint("请把本项检查移到下月，或在下月名册中增加人员")
            .into()
    }
}

impl Roster {
    /// The people of the need's body.
    fn of_body_of(&self, need: &Need) -> impl Iterator<Item = &Inspector> {
        self.inspectors().iter().filter(move |i| i.body == need.body)
    }
}

fn finish(assignment: &Assignment, before: Option<PairRow>, after: PairRow, reason: &str) -> (Assignment, PairChange) {
    let gone = before.as_ref().map(|row| &row.unit_id);
    let mut rows: Vec<PairRow> = assignment.rows().iter().filter(|row| Some(&row.unit_id) != gone).cloned().collect();
    rows.push(after.clone());
    (Assignment::new(rows), PairChange { before, after, reason: reason.to_owned() })
}

fn find<'a>(assignment: &'a Assignment, unit: &UnitId) -> AppResult<&'a PairRow> {
    assignment.get(unit).ok_or_else(|| {
        Finding::error("ROS-031", "本月配对结果中没有这个单位")
            .column("unit_id")
            .value(unit.as_str())
            .hint("请核对单位编号与月份")
            .into()
    })
}

fn check_new(assignment: &Assignment, need: &Need) -> AppResult<()> {
    if assignment.get(&need.unit_id).is_none() {
        return Ok(());
    }
    Err(Finding::error("ROS-033", "这个单位本月已有配对")
        .column("unit_id")
        .value(need.unit_id.as_str())
        .hint("请选择其他单位")
        .into())
}

fn check_reason(reason: &str) -> AppResult<()> {
    if reason.trim().is_empty() {
        return Err(AppError::from(Finding::error("ROS-030", "变更配对没有写明理由").hint("请填写理由，它会记入日志")));
    }
    Ok(())
}
