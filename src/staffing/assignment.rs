//! The outcome: `assignment.csv`, and its check.
//!
//! Duty: one row a check, `unit_id,body,lead_certificate,second_certificate,skill,skill_slot`, ascending
//! by `unit_id` bytes, LF, UTF-8, no quotes; `lead_certificate` holds slot A, `second_certificate` slot B;
//! `skill_slot` is `A` or `B` where a skill is needed, else empty.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::assign::Staffing;
use super::change::{Change, replay_changes};
use super::roster::{Need, Needs, Roster, Slot, compute_skill_slot};
use super::rule::PairingRule;
use super::shortage::Names;
use super::table::Table;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::{BodyId, InspectorId, UnitId};

const ASSIGNMENT: Table = Table {
    file: "assignment.csv",
    columns: &["unit_id", "body", "lead_certificate", "second_certificate", "skill", "skill_slot"],
};

/// The pair of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairRow {
    /// The unit to be checked.
    pub unit_id: UnitId,
    /// The body that checks it.
    pub body: BodyId,
    /// Who holds slot A (主办).
    pub lead: InspectorId,
    /// Who holds slot B (协办).
    pub second: InspectorId,
    /// The skill needed.
    pub skill: Option<String>,
    /// The slot that the skill falls on.
    pub skill_slot: Option<Slot>,
}

impl PairRow {
    /// The holder of a slot.
    #[must_use]
    pub fn holder(&self, slot: Slot) -> &InspectorId {
        match slot {
            Slot::A => &self.lead,
            Slot::B => &self.second,
        }
    }

    /// What the check needs.
    #[must_use]
    pub fn need(&self) -> Need {
        Need { unit_id: self.unit_id.clone(), body: self.body.clone(), skill: self.skill.clone() }
    }
}

/// The pairs of a month, ascending by `unit_id` bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assignment(Vec<PairRow>);

impl Assignment {
    /// Sorts the rows.
    #[must_use]
    pub(super) fn new(mut rows: Vec<PairRow>) -> Self {
        rows.sort_by(|a, b| a.unit_id.cmp(&b.unit_id));
        Self(rows)
    }

    /// The rows, ascending by `unit_id` bytes.
    #[must_use]
    pub fn rows(&self) -> &[PairRow] {
        &self.0
    }

    /// The pair of this unit.
    #[must_use]
    pub fn get(&self, unit: &UnitId) -> Option<&PairRow> {
        self.0.binary_search_by(|row| row.unit_id.cmp(unit)).ok().and_then(|at| self.0.get(at))
    }

    /// Person-checks of everyone who has any.
    #[must_use]
    pub fn loads(&self) -> BTreeMap<&InspectorId, u32> {
        let mut loads = BTreeMap::new();
        for row in &self.0 {
            for holder in [&row.lead, &row.second] {
                *loads.entry(holder).or_insert(0) += 1;
            }
        }
        loads
    }

    /// `assignment.csv`, byte-exact.
    #[must_use]
    pub fn write_csv(&self) -> Vec<u8> {
        let mut out = ASSIGNMENT.columns.join(",");
        out.push('\n');
        for row in &self.0 {
            let (skill, slot) = (row.skill.as_deref().unwrap_or_default(), row.skill_slot.map_or("", Slot::id));
            // Writing into a String can't fail.
            let _ = writeln!(out, "{},{},{},{},{skill},{slot}", row.unit_id, row.body, row.lead, row.second);
        }
        out.into_bytes()
    }

    /// Reads `assignment.csv`; only the bytes that [`Assignment::write_csv`] writes are taken.
    ///
    /// # Errors
    /// `ROS-001` … `ROS-005` with row and column.
    pub fn parse(bytes: &[u8]) -> AppResult<Self> {
        let mut rows: Vec<PairRow> = Vec::new();
        for row in ASSIGNMENT.rows(bytes)? {
            let field = |i: usize| row.fields.get(i).copied().unwrap_or_default();
            let wrong =
                |i: usize, what: &str, expected: &str| ASSIGNMENT.field(row.number, i, field(i), what, expected);
            let certificate = |i: usize| -> Result<InspectorId, AppError> {
                InspectorId::new(field(i)).map_err(|_| wrong(i, "执法证号不合要求", "1 到 40 位字母、数字或连字符"))
            };
            let unit_id = UnitId::new(field(0)).map_err(|_| wrong(0, "单位编号不合要求", "1 到 40 位字母或数字"))?;
            let body = BodyId::new(field(1))
                .map_err(|_| wrong(1, "执法主体编号不合要求", "1 到 24 位小写字母、数字或下划线"))?;
            let skill = (!field(4).is_empty()).then(|| field(4).to_owned());
            let skill_slot = match field(5) {
                "" => None,
                "A" => Some(Slot::A),
                "B" => Some(Slot::B),
                _ => return Err(wrong(5, "资质所在位置不合要求", " A、B 或空")),
            };
            if skill.is_some() != skill_slot.is_some() {
                return Err(wrong(5, "资质与资质所在位置应同时填写或同时为空", " A、B 或空"));
            }
            if let Some(last) = rows.last().filter(|last| last.unit_id >= unit_id) {
                return Err(ASSIGNMENT.order(row.number, unit_id.as_str(), last.unit_id == unit_id));
            }
            rows.push(PairRow { unit_id, body, lead: certificate(2)?, second: certificate(3)?, skill, skill_slot });
        }
        Ok(Self(rows))
    }
}

/// Holds every pair against the rules, whatever way it came about: `ROS-061` unknown certificate, `ROS-062`
/// the same person twice, `ROS-063` someone who may not hold the slot (body, lead, skill, recusal), `ROS-064`
/// the skill on the wrong slot, `ROS-065` somebody beyond `checks_max`.
#[must_use]
pub fn check_rules(roster: &Roster, assignment: &Assignment) -> Vec<Finding> {
    let mut faults = Vec::new();
    let mut push = |code: &'static str, what: String, value: &str| {
        faults.push(Finding::error(code, what).value(value).file(ASSIGNMENT.file));
    };
    let mut skill_slots: BTreeMap<(&BodyId, &str), Slot> = BTreeMap::new();
    for row in assignment.rows() {
        let unit = &row.unit_id;
        if row.lead == row.second {
            push("ROS-062", format!("单位 {unit} 的主办与协办是同一人"), row.lead.as_str());
        }
        let expected = row.skill.as_deref().map(|skill| {
            *skill_slots
                .entry((&row.body, skill))
                .or_insert_with(|| compute_skill_slot(roster.of_body(&row.body), skill))
        });
        if expected != row.skill_slot {
            push("ROS-064", format!("单位 {unit} 的资质要求落在错误的位置"), row.skill_slot.map_or("", Slot::id));
        }
        let need = row.need();
        for slot in [Slot::A, Slot::B] {
            let holder = row.holder(slot);
            match roster.get(holder) {
                None => {
                    push("ROS-061", format!("单位 {unit} 的{}不在封存的执法人员名册中", slot.label()), holder.as_str());
                }
                Some(inspector) if !inspector.may_hold(&need, slot, expected) => push(
                    "ROS-063",
                    format!("单位 {unit} 的{}不符合规则（执法主体、主办资格、资质或回避）", slot.label()),
                    holder.as_str(),
                ),
                Some(_) => {}
            }
        }
    }
    for (certificate, load) in assignment.loads() {
        if let Some(inspector) = roster.get(certificate).filter(|inspector| load > inspector.checks_max) {
            let what = format!("执法人员本月 {load} 项，超过上限 {} 项", inspector.checks_max);
            push("ROS-065", what, certificate.as_str());
        }
    }
    faults
}

/// Recomputes the pairing from seed and sealed inputs, replays the later changes in their order and
/// compares with the bytes; every difference is named. Empty where all is as it must be.
///
/// `needs` are those of the drawn units (see [`Needs::only`]).
///
/// Codes: those of parsing; `ROS-050` the pairing can't be recomputed; `ROS-051` a change can't be replayed;
/// `ROS-052` a unit lacks; `ROS-053` one too many; `ROS-054` another pair; `ROS-055` other need; and those
/// of [`check_rules`].
#[must_use]
pub fn check_assignment(
    rule: PairingRule,
    seed: &[u8; 32],
    roster: &Roster,
    needs: &Needs,
    assignment: &[u8],
    changes: &[Change],
) -> Vec<Finding> {
    let written = match Assignment::parse(assignment) {
        Ok(written) => written,
        Err(error) => return vec![error.finding().clone()],
    };
    let mut faults = check_rules(roster, &written);
    let computed = match Staffing::new(rule, roster, needs) {
        Ok(staffing) => staffing.assign(seed),
        Err(shortage) => {
            let why = shortage.describe(None, &Names::default()).join("；");
            let what = format!("按封存的名册与需求无法配齐，不应存在配对结果：{why}");
            faults.push(Finding::error("ROS-050", what).file(ASSIGNMENT.file));
            return faults;
        }
    };
    let computed = match replay_changes(rule, seed, roster, computed, changes) {
        Ok(computed) => computed,
        Err((at, error)) => {
            let what = format!("第 {} 次配对变更无法重放：{}", at + 1, error.finding().what);
            faults.push(Finding::error("ROS-051", what).file(ASSIGNMENT.file));
            return faults;
        }
    };
    let fault = |code: &'static str, what: &str, unit: &UnitId| {
        Finding::error(code, what).column("unit_id").value(unit.as_str()).file(ASSIGNMENT.file)
    };
    for row in computed.rows() {
        let Some(got) = written.get(&row.unit_id) else {
            faults.push(fault("ROS-052", "缺少这个单位的配对", &row.unit_id));
            continue;
        };
        if (&got.lead, &got.second) != (&row.lead, &row.second) {
            let what = format!("配对与重新计算的不同：为 {}、{}", got.lead, got.second);
            faults.push(fault("ROS-054", &what, &row.unit_id).expected(format!(" {}、{}", row.lead, row.second)));
        }
        if (&got.body, &got.skill, got.skill_slot) != (&row.body, &row.skill, row.skill_slot) {
            faults.push(fault("ROS-055", "执法主体或资质要求与封存的需求不同", &row.unit_id));
        }
    }
    for row in written.rows() {
        if computed.get(&row.unit_id).is_none() {
            faults.push(fault("ROS-053", "这个单位不应有配对", &row.unit_id));
        }
    }
    faults
}
