//! What makes the score: credit, factors, decay, tiers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Milli;
use crate::domain::Category;

/// The credit scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditScale {
    /// Grades, best first.
    pub grades: Vec<CreditGradeRule>,
    /// From this index on a grade is poor (an aggravator).
    pub poor_from: u8,
    /// Articles.
    pub basis: Vec<String>,
}

/// One grade with all its spellings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditGradeRule {
    /// Name shown.
    pub name: String,
    /// Other spellings (A, 绿, …).
    pub aliases: Vec<String>,
}

/// One factor of the score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// Id, `[0-9a-z_]{1,24}`.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// How points come about.
    pub rule: FactorRule,
    /// Most points it can give.
    pub cap: Milli,
    /// Articles.
    pub basis: Vec<String>,
}

/// How a factor's points come about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum FactorRule {
    /// Points by management category.
    Management(BTreeMap<Category, Milli>),
    /// Points for each entry of the key-unit list.
    KeyUnit(Milli),
    /// Points by credit grade (index of the scale); a missing grade has its own.
    Credit {
        /// One per grade of the scale.
        points: Vec<Milli>,
        /// Without a grade.
        missing: Milli,
    },
    /// Points by environmental risk level: major, larger, general.
    EnvRisk {
        /// 重大.
        major: Milli,
        /// 较大.
        larger: Milli,
        /// 一般.
        general: Milli,
    },
    /// Points for each event, by its age in whole months before the month planned.
    Events {
        /// Which table.
        table: EventTable,
        /// Points for one event of full weight.
        points: Milli,
        /// Share by age: first entry whose `months` is at least the age; older events count nothing.
        decay: Vec<Decay>,
        /// Share of an event that is minor (轻微、首违不罚, 简易程序); 1 where there is none.
        minor: Milli,
    },
    /// Points for a flag of the register.
    Flag {
        /// Which flag.
        flag: SiteFlag,
        /// Points.
        points: Milli,
    },
    /// Points for an industry, by code prefix.
    Industry {
        /// GB/T 4754-2017 codes or their beginnings.
        codes: Vec<String>,
        /// Points.
        points: Milli,
    },
    /// Points for each whole month since the last finished check.
    Unvisited {
        /// Per month.
        per_month: Milli,
        /// Where no check is known.
        never: Milli,
    },
}

/// Tables of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventTable {
    /// Penalties (those repaired or past publicity still count for risk unless `repaired_on` is set).
    Violations,
    /// Substantiated complaints.
    Complaints,
    /// Valid exceedances: days and outlets with at least one.
    Monitoring,
    /// Past checks that found a problem.
    ProblemsFound,
}

/// Flags of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SiteFlag {
    /// 挂牌督办.
    Supervised,
    /// 执行报告逾期.
    ReportsOverdue,
    /// 自行监测缺失.
    SelfMonitoringOverdue,
    /// 限期整改 not yet past its date.
    Rectification,
    /// Permit first issued, renewed or changed within twelve months.
    RecentPermitEvent,
    /// Permit expired.
    Expired,
}

impl SiteFlag {
    /// All, in the order of their declaration.
    pub const ALL: [Self; 6] = [
        Self::Supervised,
        Self::ReportsOverdue,
        Self::SelfMonitoringOverdue,
        Self::Rectification,
        Self::RecentPermitEvent,
        Self::Expired,
    ];
}

/// Share of an event by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decay {
    /// Up to this many whole months old.
    pub months: u32,
    /// Share counted.
    pub share: Milli,
}

/// A tier of risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Letter or short id shown beside the colour.
    pub id: String,
    /// Name.
    pub name: String,
    /// Least score.
    pub min_score: Milli,
    /// Visits a year before category factor and aggravators.
    pub base_frequency: Milli,
    /// Articles.
    #[serde(default)]
    pub basis: Vec<String>,
}
