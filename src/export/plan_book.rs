//! What the internal plan workbook is made of: plain values, filled in by the workspace.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};

use crate::disclosure::{Audience, CheckOrigin, Manner};
use crate::domain::{BodyId, PlanMonth, UnitId};

use super::file_name::FileName;
use super::manifest::ExportFile;
use super::record_sheet::RecordTable;

/// A number that the office has yet to confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnconfirmedNumber {
    /// What it is, e.g. `同一企业年度检查频次上限`.
    pub label: String,
    /// Its value with unit, e.g. `2 次`.
    pub value: String,
    /// Where it comes from, and what is open.
    pub note: String,
}

/// What stands on the first sheet and on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookHeader {
    /// Agency whose plan it is.
    pub agency: String,
    /// Body whose share the book shows: id and name; `None` for the whole city.
    pub body: Option<(BodyId, String)>,
    /// Year of the plan.
    pub year: i32,
    /// Version, from 1.
    pub version: u32,
    /// Name of the policy, e.g. `上海市 沪环执法〔2023〕154号`.
    pub policy_name: String,
    /// SHA-256 of the policy file, hex.
    pub policy_sha256: String,
    /// SHA-256 of the registry and the other inputs, hex.
    pub inputs_sha256: String,
    /// Which kinds of check count towards the yearly cap, in words.
    pub cap_rule_set: String,
    /// The cap: visits a year per enterprise.
    pub cap_visits: u32,
    /// True once the office has confirmed the cap.
    pub cap_confirmed: bool,
    /// Commitment of the year's own seal (hex), where there is one.
    pub year_commitment: Option<String>,
    /// `模拟数据` or `演示`, where it applies.
    pub data_mark: Option<String>,
    /// Numbers to be confirmed.
    pub unconfirmed: Vec<UnconfirmedNumber>,
    /// Further notes that everybody reads, one sentence each (data cut-off, whether the plan can be carried out…).
    pub notes: Vec<String>,
    /// Program and version.
    pub program: String,
    /// Who made the export.
    pub operator: String,
    /// Time of the export: also the workbook's creation date, so that the same input gives the same bytes.
    pub created: NaiveDateTime,
}

impl BookHeader {
    /// Whose the files are: the body's, else the agency's.
    #[must_use]
    pub fn whose(&self) -> &str {
        self.body.as_ref().map_or(self.agency.as_str(), |(_, name)| name)
    }

    /// An internal file of a period, named for whose it is.
    #[must_use]
    pub fn file(&self, document: &str, period: &str, extension: &str, bytes: Vec<u8>) -> ExportFile {
        let name = FileName {
            agency: self.whose(),
            document,
            period,
            version: self.version,
            audience: Audience::Internal,
            mark: self.data_mark.as_deref(),
            extension,
        }
        .render();
        ExportFile { name, bytes, audience: Audience::Internal }
    }
}

/// Figures of a month; `None` where there is nothing to say.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MonthFigures {
    /// Expected visits, drawn and mandatory; what was put on the lists, in months drawn.
    pub expected: Option<f64>,
    /// Of these, mandatory.
    pub mandatory: Option<f64>,
    /// Visits that the capacity allows for.
    pub capacity: Option<f64>,
    /// Units drawn or mandatory, once the month has been drawn.
    pub drawn: Option<u32>,
    /// Checks done.
    pub done: Option<u32>,
}

/// A body's line in the yearly matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixRow {
    /// Body.
    pub body: BodyId,
    /// Its name.
    pub body_name: String,
    /// January to December.
    pub months: [MonthFigures; 12],
}

/// A district's share in a body's visits.
#[derive(Debug, Clone, PartialEq)]
pub struct DistrictRow {
    /// District's name.
    pub district: String,
    /// Body that visits.
    pub body: BodyId,
    /// January to December; capacity belongs to bodies and is not shown by district.
    pub months: [MonthFigures; 12],
}

/// Quota of a stratum in a month.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaRow {
    /// Month.
    pub month: PlanMonth,
    /// Body.
    pub body: BodyId,
    /// Its name.
    pub body_name: String,
    /// Category's name, e.g. `重点监管对象`.
    pub category: String,
    /// Units in the stratum.
    pub population: u64,
    /// Expected visits, drawn and mandatory; what was put on the lists, in months drawn.
    pub expected: f64,
    /// Of these, mandatory.
    pub mandatory: u32,
    /// Units to draw, certain ones included; `None` before the month is rounded.
    pub quota: Option<u32>,
    /// Reserves kept.
    pub reserves: Option<u32>,
    /// Units drawn.
    pub drawn: Option<u32>,
    /// Checks done.
    pub done: Option<u32>,
    /// Article that ratio or floor comes from.
    pub basis: String,
}

/// How a unit stands in its month's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetRole {
    /// To be visited.
    Selected,
    /// Reserve, by rank from 1.
    Reserve(u32),
    /// Took the place of a unit that was closed, moved or merged.
    Substitute {
        /// The unit replaced.
        replaces: UnitId,
    },
    /// On the positive list: its turn to be checked without a visit.
    OffSite,
    /// Was replaced or withdrawn.
    Withdrawn {
        /// Why, in words.
        reason: String,
    },
}

impl TargetRole {
    /// Chinese name.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Selected => "正选".to_owned(),
            Self::Reserve(rank) => format!("备选{rank}"),
            Self::Substitute { replaces } => format!("替换（代{replaces}）"),
            Self::OffSite => "非现场".to_owned(),
            Self::Withdrawn { reason } => format!("撤出：{reason}"),
        }
    }
}

/// An inspector assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectorRef {
    /// Certificate number.
    pub certificate: String,
    /// Name.
    pub name: String,
}

/// A unit in a month's list. Empty texts are empty cells.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetRow {
    /// What it is.
    pub unit: TargetUnit,
    /// Where it lies.
    pub place: TargetPlace,
    /// How it came onto the list and how far it is.
    pub draw: TargetDraw,
    /// Who inspects it, and how.
    pub staff: TargetStaff,
}

/// The unit of a row: its register, risk and history.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetUnit {
    /// Lasting id of the site.
    pub unit_id: UnitId,
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Permit or registration number.
    pub permit: String,
    /// Industry: code and name.
    pub industry: String,
    /// 重点管理, 简化管理, 登记管理.
    pub management: String,
    /// 重点, 一般 or 简易监管对象.
    pub supervision: String,
    /// 特殊监管对象.
    pub special: bool,
    /// Tier with its letter, e.g. `A 高`.
    pub tier: String,
    /// Score in thousandths of a point.
    pub score: Option<i64>,
    /// Last visit.
    pub last_visit: Option<NaiveDate>,
    /// Visits to the enterprise this year that count towards the cap.
    pub visits: Option<u32>,
    /// Visits left under the cap.
    pub cap_left: Option<u32>,
    /// What to look at first: the problems found last.
    pub focus: String,
    /// Checklist to use: that of its key industry.
    pub checklist: String,
}

/// Where a row's unit lies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TargetPlace {
    /// District's name.
    pub district: String,
    /// Address.
    pub address: String,
    /// Longitude, WGS 84.
    pub lon: Option<f64>,
    /// Latitude, WGS 84.
    pub lat: Option<f64>,
}

/// How a row came onto the month's list.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetDraw {
    /// Month.
    pub month: PlanMonth,
    /// How it stands in the list.
    pub role: TargetRole,
    /// Plan code.
    pub plan_code: String,
    /// Drawn, mandatory, triggered.
    pub origin: CheckOrigin,
    /// Why it is in the list, in words (aggravators, certainty's reason).
    pub reasons: String,
    /// Inclusion probability in parts per billion.
    pub pi_ppb: Option<u64>,
    /// Place in the order of the draw, from 1.
    pub order: Option<u32>,
    /// Legal basis on the day of the check.
    pub basis: String,
    /// Day by which it is to be done.
    pub complete_by: Option<NaiveDate>,
    /// Progress, in words.
    pub status: String,
}

/// Who inspects a row, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetStaff {
    /// Body.
    pub body: BodyId,
    /// Its name.
    pub body_name: String,
    /// Inspector in charge.
    pub lead: Option<InspectorRef>,
    /// Second inspector.
    pub second: Option<InspectorRef>,
    /// Skill needed, in words.
    pub skill: String,
    /// Who of the body is recused for the unit, in words.
    pub recusal: String,
    /// On site or off site.
    pub manner: Manner,
    /// True where a monitoring team comes along.
    pub monitoring: bool,
    /// Place in the suggested order of visits; `None` where it is not to be visited.
    pub visit: Option<VisitOrder>,
}

/// A target's place in the suggested order of visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitOrder {
    /// Number of the team within its body's month, from 1; 0 where nobody is paired.
    pub team: u32,
    /// Place in the team's whole round, from 1.
    pub order: u32,
    /// The team's working day of the month's checks, from 1.
    pub day: u32,
}

impl VisitOrder {
    /// `3组第1天第2家`.
    #[must_use]
    pub fn label(self) -> String {
        let team = if self.team == 0 { "未配对".to_owned() } else { format!("{}组", self.team) };
        format!("{team}第{}天第{}家", self.day, self.order)
    }
}

/// How far a month has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MonthState {
    /// Planned: no list yet.
    Planned,
    /// Sealed: commitment published, no list yet.
    Sealed {
        /// (whose draw it is and the how-manieth, commitment in hex).
        commitments: Vec<(String, String)>,
    },
    /// Drawn.
    Drawn {
        /// (whose draw it is and the how-manieth, commitment in hex).
        commitments: Vec<(String, String)>,
        /// True where the entropy was known beforehand: 演示.
        demonstration: bool,
    },
}

/// A month's sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthSheet {
    /// Month.
    pub month: PlanMonth,
    /// How far it has come.
    pub state: MonthState,
    /// Expected visits of the book's bodies.
    pub expected: Option<f64>,
    /// Targets and reserves, in any order.
    pub targets: Vec<TargetRow>,
}

/// The whole book.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanBook {
    /// Header.
    pub header: BookHeader,
    /// Notes of the book as a whole: they follow the header's and don't go to the bodies.
    pub notes: Vec<String>,
    /// Notes of single bodies: each goes to its body's book alone.
    pub own_notes: BTreeMap<BodyId, Vec<String>>,
    /// Body × month.
    pub matrix: Vec<MatrixRow>,
    /// District × body × month.
    pub districts: Vec<DistrictRow>,
    /// Plan of record against what was drawn and done.
    pub record: RecordTable,
    /// Quotas by month, body and category.
    pub quotas: Vec<QuotaRow>,
    /// A sheet a month, in order.
    pub months: Vec<MonthSheet>,
}

impl PlanBook {
    /// The bodies that the book speaks of, with their names, by id.
    #[must_use]
    pub fn bodies(&self) -> BTreeMap<BodyId, String> {
        let mut bodies = BTreeMap::new();
        for row in &self.matrix {
            bodies.entry(row.body.clone()).or_insert_with(|| row.body_name.clone());
        }
        for row in self.months.iter().flat_map(|sheet| &sheet.targets) {
            bodies.entry(row.staff.body.clone()).or_insert_with(|| row.staff.body_name.clone());
        }
        bodies
    }

    /// The book divided among its bodies, by id: what each of them may see. Every row is moved once.
    #[must_use]
    pub fn into_bodies(mut self) -> Vec<Self> {
        let names = self.bodies();
        let mut own_notes = std::mem::take(&mut self.own_notes);
        let mut books: BTreeMap<BodyId, Self> = names
            .into_iter()
            .map(|(id, name)| {
                let months = self.months.iter().map(|sheet| {
                    // one draw serves all bodies: its commitment is theirs too
                    let state = sheet.state.clone();
                    MonthSheet { month: sheet.month, state, expected: None, targets: Vec::new() }
                });
                let own = Self {
                    months: months.collect(),
                    notes: own_notes.remove(&id).unwrap_or_default(),
                    own_notes: BTreeMap::new(),
                    header: BookHeader { body: Some((id.clone(), name)), ..self.header.clone() },
                    matrix: Vec::new(),
                    districts: Vec::new(),
                    record: RecordTable::default(),
                    quotas: Vec::new(),
                };
                (id, own)
            })
            .collect();
        for row in self.matrix {
            let Some(own) = books.get_mut(&row.body) else { continue };
            if own.matrix.is_empty() {
                for sheet in &mut own.months {
                    let month = usize::try_from(sheet.month.month() - 1).unwrap_or(0).min(11);
                    sheet.expected = row.months[month].expected;
                }
            }
            own.matrix.push(row);
        }
        for row in self.districts {
            let Some(own) = books.get_mut(&row.body) else { continue };
            own.districts.push(row);
        }
        for row in self.record.rows {
            let Some(own) = row.body.as_ref().and_then(|body| books.get_mut(body)) else { continue };
            own.record.rows.push(row);
        }
        for row in self.quotas {
            let Some(own) = books.get_mut(&row.body) else { continue };
            own.quotas.push(row);
        }
        for (at, sheet) in self.months.into_iter().enumerate() {
            for row in sheet.targets {
                let Some(own) = books.get_mut(&row.staff.body) else { continue };
                own.months[at].targets.push(row);
            }
        }
        books.into_values().collect()
    }
}
