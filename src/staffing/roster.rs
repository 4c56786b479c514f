//! The roster of inspectors and the needs of the checks: `roster.csv`, `needs.csv`.
//!
//! Duty: the sealed inputs of the pairing in one spelling. Invariants: inspectors ascend by certificate
//! bytes, needs by `unit_id` bytes, both unique; writing and parsing are inverse, byte for byte.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::table::{Row, Table};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::{BodyId, InspectorId, UnitId};

const ROSTER: Table =
    Table { file: "roster.csv", columns: &["certificate", "body", "lead", "skills", "checks_max", "recusals"] };
const NEEDS: Table = Table { file: "needs.csv", columns: &["unit_id", "body", "skill"] };

/// What a skill id looks like, for messages.
const SKILL_FORM: &str = "1 到 40 个字符，不含空白、逗号、分号、引号";

/// One of the two slots of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Slot {
    /// 主办: its holder is lead-qualified.
    A,
    /// 协办: anyone.
    B,
}

impl Slot {
    /// `"A"` or `"B"`, as hashed and written.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }

    /// The Chinese word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::A => "主办",
            Self::B => "协办",
        }
    }

    /// The other slot.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// An inspector as sealed for a month: only who is valid and present stands in the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspector {
    /// Certificate number.
    pub certificate: InspectorId,
    /// The enforcing body.
    pub body: BodyId,
    /// Lead-qualified (may hold slot A).
    pub lead: bool,
    /// Skill ids.
    pub skills: BTreeSet<String>,
    /// The most checks (person-checks) in the month; 0 takes nothing.
    pub checks_max: u32,
    /// Units that this inspector must not inspect.
    pub recusals: BTreeSet<UnitId>,
}

impl Inspector {
    /// True where the rules let this inspector hold the slot of the check; capacity and the partner aside.
    #[must_use]
    pub fn may_hold(&self, need: &Need, slot: Slot, skill_slot: Option<Slot>) -> bool {
        let skilled = need.skill.as_ref().is_none_or(|skill| skill_slot != Some(slot) || self.skills.contains(skill));
        self.body == need.body && (slot == Slot::B || self.lead) && skilled && !self.recusals.contains(&need.unit_id)
    }
}

/// What a check needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// The unit to be checked.
    pub unit_id: UnitId,
    /// The body that checks it.
    pub body: BodyId,
    /// The skill that one of the two must have.
    pub skill: Option<String>,
}

/// The inspectors of a month, sorted by certificate bytes, unique.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster(Vec<Inspector>);

/// The needs of a month's checks, sorted by `unit_id` bytes, unique.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs(Vec<Need>);

/// True for a skill id that can stand in the files.
fn is_skill(text: &str) -> bool {
    (1..=40).contains(&text.chars().count())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '"' | '\''))
}

impl Roster {
    /// Sorts and checks; the order of `inspectors` doesn't matter.
    ///
    /// # Errors
    /// `ROS-010` for a certificate that stands twice, `ROS-012` for a skill id that can't be written.
    pub fn new(mut inspectors: Vec<Inspector>) -> AppResult<Self> {
        inspectors.sort_by(|a, b| a.certificate.cmp(&b.certificate));
        if let Some([first, _]) = inspectors.array_windows().find(|[a, b]| a.certificate == b.certificate) {
            return Err(twice("执法人员名册中执法证号重复", "certificate", first.certificate.as_str(), ROSTER.file));
        }
        for inspector in &inspectors {
            if let Some(skill) = inspector.skills.iter().find(|skill| !is_skill(skill)) {
                return Err(bad_skill(skill, "skills", ROSTER.file));
            }
        }
        Ok(Self(inspectors))
    }

    /// The inspectors, ascending by certificate bytes.
    #[must_use]
    pub fn inspectors(&self) -> &[Inspector] {
        &self.0
    }

    /// The inspector with this certificate.
    #[must_use]
    pub fn get(&self, certificate: &InspectorId) -> Option<&Inspector> {
        self.0.binary_search_by(|i| i.certificate.cmp(certificate)).ok().and_then(|at| self.0.get(at))
    }

    /// The people of a body, ascending by certificate bytes.
    pub fn of_body<'a>(&'a self, body: &'a BodyId) -> impl Iterator<Item = &'a Inspector> {
        self.0.iter().filter(move |i| i.body == *body)
    }

    /// `roster.csv`, byte-exact.
    #[must_use]
    pub fn write_csv(&self) -> Vec<u8> {
        let mut out = ROSTER.columns.join(",");
        out.push('\n');
        for i in &self.0 {
            let skills: Vec<&str> = i.skills.iter().map(String::as_str).collect();
            let recusals: Vec<&str> = i.recusals.iter().map(UnitId::as_str).collect();
            // Writing into a String can't fail.
            let _ = writeln!(
                out,
                "{},{},{},{},{},{}",
                i.certificate,
                i.body,
                u8::from(i.lead),
                skills.join(";"),
                i.checks_max,
                recusals.join(";")
            );
        }
        out.into_bytes()
    }

    /// Reads `roster.csv`; only the bytes that [`Roster::write_csv`] writes are taken.
    ///
    /// # Errors
    /// `ROS-001` … `ROS-006` with row and column.
    pub fn parse(bytes: &[u8]) -> AppResult<Self> {
        let mut inspectors: Vec<Inspector> = Vec::new();
        for row in ROSTER.rows(bytes)? {
            let inspector = parse_inspector(&row)?;
            if let Some(last) = inspectors.last().filter(|last| last.certificate >= inspector.certificate) {
                let same = last.certificate == inspector.certificate;
                return Err(ROSTER.order(row.number, inspector.certificate.as_str(), same));
            }
            inspectors.push(inspector);
        }
        Ok(Self(inspectors))
    }
}

impl Needs {
    /// Sorts and checks; the order of `needs` doesn't matter.
    ///
    /// # Errors
    /// `ROS-011` for a unit that stands twice, `ROS-012` for a skill id that can't be written.
    pub fn new(mut needs: Vec<Need>) -> AppResult<Self> {
        needs.sort_by(|a, b| a.unit_id.cmp(&b.unit_id));
        if let Some([first, _]) = needs.array_windows().find(|[a, b]| a.unit_id == b.unit_id) {
            return Err(AppError::from(
                Finding::error("ROS-011", "检查需求表中同一单位出现两次")
                    .column("unit_id")
                    .value(first.unit_id.as_str())
                    .hint("每个单位每月只列一行")
                    .file(NEEDS.file),
            ));
        }
        if let Some(skill) = needs.iter().filter_map(|n| n.skill.as_ref()).find(|skill| !is_skill(skill)) {
            return Err(bad_skill(skill, "skill", NEEDS.file));
        }
        Ok(Self(needs))
    }

    /// The needs, ascending by `unit_id` bytes.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.0
    }

    /// The need of this unit.
    #[must_use]
    pub fn get(&self, unit: &UnitId) -> Option<&Need> {
        self.0.binary_search_by(|n| n.unit_id.cmp(unit)).ok().and_then(|at| self.0.get(at))
    }

    /// The needs of these units only: `needs.csv` is sealed for every unit that can be drawn, pairs are
    /// assigned to those that were.
    ///
    /// # Errors
    /// `ROS-013` for a unit without a need, `ROS-011` for one named twice.
    pub fn only<'a>(&self, units: impl IntoIterator<Item = &'a UnitId>) -> AppResult<Self> {
        let chosen: AppResult<Vec<Need>> = units
            .into_iter()
            .map(|unit| {
                self.get(unit).cloned().ok_or_else(|| {
                    Finding::error("ROS-013", "单位不在检查需求表中，无法配对执法人员")
                        .column("unit_id")
                        .value(unit.as_str())
                        .hint("请核对封存的 needs.csv 是否属于本月")
                        .file(NEEDS.file)
                        .into()
                })
            })
            .collect();
        Self::new(chosen?)
    }

    /// `needs.csv`, byte-exact.
    #[must_use]
    pub fn write_csv(&self) -> Vec<u8> {
        let mut out = NEEDS.columns.join(",");
        out.push('\n');
        for need in &self.0 {
            let _ = writeln!(out, "{},{},{}", need.unit_id, need.body, need.skill.as_deref().unwrap_or_default());
        }
        out.into_bytes()
    }

    /// Reads `needs.csv`; only the bytes that [`Needs::write_csv`] writes are taken.
    ///
    /// # Errors
    /// `ROS-001` … `ROS-005` with row and column.
    pub fn parse(bytes: &[u8]) -> AppResult<Self> {
        let mut needs: Vec<Need> = Vec::new();
        for row in NEEDS.rows(bytes)? {
            let [unit, body, skill] = fields(&row);
            let unit_id = UnitId::new(unit)
                .map_err(|_| NEEDS.field(row.number, 0, unit, "单位编号不合要求", "1 到 40 位字母或数字"))?;
            let body = parse_body(&NEEDS, &row, body)?;
            if !skill.is_empty() && !is_skill(skill) {
                return Err(NEEDS.field(row.number, 2, skill, "资质编号不合要求", SKILL_FORM));
            }
            if let Some(last) = needs.last().filter(|last| last.unit_id >= unit_id) {
                return Err(NEEDS.order(row.number, unit, last.unit_id == unit_id));
            }
            needs.push(Need { unit_id, body, skill: (!skill.is_empty()).then(|| skill.to_owned()) });
        }
        Ok(Self(needs))
    }
}

/// SHA-256 of the concatenated bytes of `roster.csv` and `needs.csv`: the seal's `roster_sha256`.
#[must_use]
pub fn roster_sha256(roster: &[u8], needs: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(roster).chain_update(needs).finalize().into()
}

/// The slot on which a needed skill falls in a body: the one whose people with it have more `checks_max`;
/// a tie falls on A. Slot A's people are the lead-qualified, slot B's are all.
#[must_use]
pub fn compute_skill_slot<'a>(people: impl IntoIterator<Item = &'a Inspector>, skill: &str) -> Slot {
    let (mut lead, mut all) = (0_u64, 0_u64);
    for person in people {
        if person.skills.contains(skill) {
            all += u64::from(person.checks_max);
            lead += if person.lead { u64::from(person.checks_max) } else { 0 };
        }
    }
    if lead >= all { Slot::A } else { Slot::B }
}

/// The row's fields as an array; the table has made sure of their number.
fn fields<'a, const N: usize>(row: &Row<'a>) -> [&'a str; N] {
    std::array::from_fn(|i| row.fields.get(i).copied().unwrap_or_default())
}

fn parse_body(table: &Table, row: &Row<'_>, text: &str) -> AppResult<BodyId> {
    BodyId::new(text)
        .map_err(|_| table.field(row.number, 1, text, "执法主体编号不合要求", "1 到 24 位小写字母、数字或下划线"))
}

fn parse_inspector(row: &Row<'_>) -> AppResult<Inspector> {
    let [certificate, body, lead, skills, checks_max, recusals] = fields(row);
    let certificate = InspectorId::new(certificate)
        .map_err(|_| ROSTER.field(row.number, 0, certificate, "执法证号不合要求", "1 到 40 位字母、数字或连字符"))?;
    let body = parse_body(&ROSTER, row, body)?;
    let lead = match lead {
        "0" => false,
        "1" => true,
        _ => return Err(ROSTER.field(row.number, 2, lead, "主办资格标记不合要求", " 0 或 1")),
    };
    let skills: Vec<String> = parse_list(row, 3, skills, |text| is_skill(text).then(|| text.to_owned()), SKILL_FORM)?;
    // One spelling only: no sign, no leading zero.
    let count = checks_max.parse::<u32>().ok().filter(|n| n.to_string() == checks_max);
    let Some(checks_max) = count else {
        return Err(ROSTER.field(row.number, 4, checks_max, "每月检查数上限不合要求", "不带前导零的非负整数"));
    };
    let recusals = parse_list(row, 5, recusals, |text| UnitId::new(text).ok(), "1 到 40 位字母或数字")?;
    Ok(Inspector {
        certificate,
        body,
        lead,
        skills: skills.into_iter().collect(),
        checks_max,
        recusals: recusals.into_iter().collect(),
    })
}

/// A ';'-joined list, strictly ascending.
fn parse_list<T: Ord>(
    row: &Row<'_>,
    column: usize,
    text: &str,
    read: impl Fn(&str) -> Option<T>,
    expected: &str,
) -> AppResult<Vec<T>> {
    let mut list: Vec<T> = Vec::new();
    if text.is_empty() {
        return Ok(list);
    }
    for part in text.split(';') {
        let item =
            read(part).ok_or_else(|| ROSTER.field(row.number, column, part, "列表中有一项不合要求", expected))?;
        if list.last().is_some_and(|last| *last >= item) {
            return Err(AppError::from(
                Finding::error("ROS-006", "列表没有按字节顺序排列，或有重复")
                    .row(row.number)
                    .column(ROSTER.columns.get(column).copied().unwrap_or_default())
                    .value(part)
                    .expected("按字节顺序严格递增、以分号相连")
                    .hint("请使用程序写出的原文件")
                    .file(ROSTER.file),
            ));
        }
        list.push(item);
    }
    Ok(list)
}

fn twice(what: &str, column: &str, value: &str, file: &str) -> AppError {
    Finding::error("ROS-010", what).column(column).value(value).hint("每个执法证号只列一行").file(file).into()
}

fn bad_skill(skill: &str, column: &str, file: &str) -> AppError {
    Finding::error("ROS-012", "资质编号不合要求").column(column).value(skill).expected(SKILL_FORM).file(file).into()
}
