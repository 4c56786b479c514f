//! What the plan reads: sites, bodies, capacity, history, mandatory checks.
//!
//! Duty: plain columns and slices, filled from the registry and the risk table by the workspace; no I/O.
//! Invariants: the order of sites is the order of their `unit_id` bytes, so an index stands for an id and
//! ties are broken by index; months are 0 (January) to 11 inside a plan year.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::reason::Exclusion;
use crate::diagnostic::{AppError, AppResult};
use crate::domain::{BodyId, PlanMonth};
use crate::policy::{BodyLevel, Policy};

/// Months of a plan year.
pub const MONTHS: usize = 12;

/// One value for each month of the year.
pub type ByMonth<T> = [T; MONTHS];

/// [`History::last_visit`] of a site that was never visited.
pub const NEVER: i16 = i16::MIN;

/// What a check consumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Resource {
    /// Days of a team of two (组日).
    TeamDays,
    /// Vehicle-days.
    Vehicles,
    /// Days of a monitoring team.
    MonitoringDays,
    /// Instrument-days.
    Instruments,
    /// Money in 万元.
    Budget,
}

/// Number of resources.
pub const RESOURCES: usize = 5;

impl Resource {
    /// All resources, in the order of every array indexed by resource.
    pub const ALL: [Self; RESOURCES] =
        [Self::TeamDays, Self::Vehicles, Self::MonitoringDays, Self::Instruments, Self::Budget];

    /// Index into arrays.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// Chinese counting word: `个组日`, `个车日`, …
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::TeamDays => "个组日",
            Self::Vehicles => "个车日",
            Self::MonitoringDays => "个监测组日",
            Self::Instruments => "个仪器日",
            Self::Budget => "万元",
        }
    }
}

/// The sites of a city, a column each; all of one length (`periods`, `skill`, `off_site` may be empty:
/// none needed).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlanSites {
    /// Index into [`PlanInputs::bodies`].
    pub body: Vec<u16>,
    /// Index into `Policy::categories`.
    pub category: Vec<u8>,
    /// Dense index of the district on the map.
    pub district: Vec<u16>,
    /// Index into `Policy::tiers`, 0 the highest risk.
    pub tier: Vec<u8>,
    /// 特殊监管对象.
    pub special: Vec<bool>,
    /// Bits: 1 violations, 2 complaints, 4 high risk, 8 poor credit.
    pub aggravated: Vec<u8>,
    /// Dense index of the enterprise (USCC) that the cap counts by.
    pub enterprise: Vec<u32>,
    /// Why it is out for the year.
    pub exclusion: Vec<Exclusion>,
    /// Skill that its check needs: 0 none, otherwise 1 + index into `Policy::skills`.
    pub skill: Vec<u8>,
    /// Checked off-site only (counted in the off-site quota).
    pub off_site: Vec<bool>,
    /// Bits of the industry-bound entries of `Policy::periods` that concern it (see
    /// [`crate::plan::shares::compute_period_bits`]).
    pub periods: Vec<u64>,
}

impl PlanSites {
    /// Number of sites.
    #[must_use]
    pub fn len(&self) -> usize {
        self.body.len()
    }

    /// True without sites.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Period bits of a site; 0 where the column is empty.
    #[must_use]
    pub fn period_bits(&self, site: usize) -> u64 {
        self.periods.get(site).copied().unwrap_or(0)
    }

    /// Number of enterprises: one past the highest index.
    #[must_use]
    pub fn enterprises(&self) -> usize {
        self.enterprise.iter().max().map_or(0, |e| *e as usize + 1)
    }
}

/// An enforcing body with its people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Id in frames and strata.
    pub id: BodyId,
    /// Name shown.
    pub name: String,
    /// Level, which decides its floors.
    pub level: BodyLevel,
    /// Inspectors on the roster with a valid certificate.
    pub inspectors: u32,
    /// Of these, who may lead a check.
    pub leads: u32,
    /// Inspectors with each of `Policy::skills`.
    pub skills: Vec<u32>,
}

/// What a body has in each month; `None` is unlimited.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Capacity {
    /// `limits[body][resource][month]`.
    pub limits: Vec<[ByMonth<Option<f64>>; RESOURCES]>,
}

/// How a visit came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum VisitKind {
    /// Drawn.
    Drawn,
    /// Mandatory (permit event, re-check); index into `Policy::mandatory`.
    Mandatory(u8),
    /// Triggered (complaint, lead, monitoring).
    Triggered,
    /// Another department's, imported.
    OtherDepartment {
        /// Made together with one of ours: a joint visit counts once.
        joint: bool,
    },
}

/// A visit of the plan year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Site; `None` where only the enterprise is known (other departments).
    pub site: Option<u32>,
    /// Enterprise.
    pub enterprise: u32,
    /// Month of selection, 0 to 11.
    pub month: u8,
    /// How it came about.
    pub kind: VisitKind,
    /// It took place (a drawn visit counts from its selection, done or not).
    pub done: bool,
}

/// What a month offered: the targets that its sealed frame was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct PastTargets {
    /// Month, 0 to 11.
    pub month: u8,
    /// `MonthTargets::own` of each site in parts per billion.
    pub own_ppb: Vec<u32>,
}

/// What has happened so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// Month of the last drawn or mandatory visit before the year, relative to its January (−1 is last
    /// December); [`NEVER`] where none is known. Empty: none for all.
    pub last_visit: Vec<i16>,
    /// Visits of the year.
    pub visits: Vec<Visit>,
    /// Targets of the months drawn so far. A month without targets was not offered: its share of a slot
    /// goes to the slot's later months.
    pub past_targets: Vec<PastTargets>,
}

/// A check that must take place in a month of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MandatoryVisit {
    /// Site.
    pub site: u32,
    /// Month, 0 to 11.
    pub month: u8,
    /// Index into `Policy::mandatory`.
    pub rule: u8,
    /// The month in which it should have happened lies before the first month still open.
    pub overdue: bool,
}

/// A planner's own number for a cell of the matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaEdit {
    /// Body.
    pub body: BodyId,
    /// Category id.
    pub category: String,
    /// Month.
    pub month: PlanMonth,
    /// Expected drawn visits wanted.
    pub visits: f64,
    /// Why.
    pub reason: String,
}

/// Resources lent or added for a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityLoan {
    /// What.
    pub resource: Resource,
    /// Who lends; `None` for additions from outside.
    pub from: Option<BodyId>,
    /// Who gets it.
    pub to: BodyId,
    /// When.
    pub month: PlanMonth,
    /// How much, in the resource's unit.
    pub amount: f64,
}

/// Part of a month's drawn visits moved to another month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitMove {
    /// Body.
    pub body: BodyId,
    /// Month relieved.
    pub from: PlanMonth,
    /// Month loaded.
    pub to: PlanMonth,
    /// Share of the relieved month's drawn visits, 0 to 1.
    pub share: f64,
}

/// People lent for the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectorLoan {
    /// Who lends; `None` for people from outside.
    pub from: Option<BodyId>,
    /// Who gets them.
    pub to: BodyId,
    /// How many.
    pub inspectors: u32,
    /// Skill id that they bring (or that own people are trained in, where `inspectors` stay).
    pub skill: Option<String>,
    /// True where own people are trained: the head count stays.
    pub trained: bool,
}

/// A mandatory check moved to another month by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MandatoryMove {
    /// Body whose checks move.
    pub body: BodyId,
    /// From this month.
    pub from: PlanMonth,
    /// To this month.
    pub to: PlanMonth,
    /// How many, in unit order.
    pub checks: u32,
}

/// What the planner changed by hand, kept with the project and the journal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlanEdits {
    /// Cells with the planner's own number, locked.
    pub quotas: Vec<QuotaEdit>,
    /// Resources lent or added.
    pub loans: Vec<CapacityLoan>,
    /// Visits moved between months.
    pub moves: Vec<VisitMove>,
    /// People lent or trained.
    pub people: Vec<InspectorLoan>,
    /// Mandatory checks moved.
    pub mandatory_moves: Vec<MandatoryMove>,
}

/// Everything that the plan of a year is computed from, beside the policy.
#[derive(Debug, Clone)]
pub struct PlanInputs {
    /// Calendar year.
    pub year: i32,
    /// Sites in unit order.
    pub sites: Arc<PlanSites>,
    /// Bodies in the order of the policy.
    pub bodies: Vec<Body>,
    /// What they have.
    pub capacity: Capacity,
    /// Working days of each month.
    pub working_days: ByMonth<u32>,
    /// Factor of each of `Policy::periods` on each month (see
    /// [`crate::plan::shares::compute_period_factors`]).
    pub period_factors: Vec<ByMonth<f64>>,
    /// What has happened.
    pub history: History,
    /// Checks that must take place, sorted by (site, month).
    pub mandatory: Vec<MandatoryVisit>,
    /// The planner's own changes.
    pub edits: PlanEdits,
}

impl PlanInputs {
    /// Checks lengths and ranges, so that the rest of the room may index.
    ///
    /// # Errors
    /// `PLN-001` for columns of different length, `PLN-002` for an index out of range, `PLN-003` for
    /// a mandatory check, visit or target that points nowhere, `PLN-004` for a policy without tiers or
    /// categories, `PLN-005` for a number that is negative or not finite.
    pub fn check(&self, policy: &Policy) -> AppResult<()> {
        let s = &*self.sites;
        let n = s.len();
        let optional = |len: usize| len == 0 || len == n;
        if [s.category.len(), s.district.len(), s.tier.len(), s.special.len(), s.aggravated.len()]
            .iter()
            .any(|l| *l != n)
            || s.enterprise.len() != n
            || s.exclusion.len() != n
            || !optional(s.skill.len())
            || !optional(s.off_site.len())
            || !optional(s.periods.len())
            || !optional(self.history.last_visit.len())
        {
            return Err(AppError::new("PLN-001", "计划数据各列长度不一致，请重新导入名录后再编制计划"));
        }
        if policy.tiers.is_empty() || policy.categories.is_empty() {
            return Err(AppError::new("PLN-004", "规则文件没有风险等级或监管类别，无法编制计划"));
        }
        let out = |what: &str, i: usize| {
            Err(AppError::new("PLN-002", format!("第 {} 个污染源的{what}超出规则或名录的范围", i + 1)))
        };
        let (bodies, categories, tiers) = (self.bodies.len(), policy.categories.len(), policy.tiers.len());
        for i in 0..n {
            if s.body[i] as usize >= bodies {
                return out("执法主体", i);
            }
            if s.category[i] as usize >= categories {
                return out("监管类别", i);
            }
            if s.tier[i] as usize >= tiers {
                return out("风险等级", i);
            }
            if s.enterprise[i] as usize >= n {
                return out("企业编号", i);
            }
        }
        if let Some(i) = s.skill.iter().position(|k| *k as usize > policy.skills.len()) {
            return out("所需资质", i);
        }
        if self.capacity.limits.len() != bodies || self.period_factors.len() != policy.periods.len() {
            return Err(AppError::new("PLN-001", "力量配置或特殊时段与执法主体、规则文件的条数不一致"));
        }
        let bad = |v: f64| !v.is_finite() || v < 0.0;
        if self.capacity.limits.iter().flatten().flatten().flatten().any(|v| bad(*v))
            || self.period_factors.iter().flatten().any(|v| bad(*v))
            || self.edits.quotas.iter().any(|e| bad(e.visits))
            || self.edits.loans.iter().any(|e| bad(e.amount))
            || self.edits.moves.iter().any(|e| bad(e.share) || e.share > 1.0)
        {
            return Err(AppError::new("PLN-005", "力量、时段系数或人工调整中有负数或无效数字，请改正后重新编制"));
        }
        let mandatory = |m: &MandatoryVisit| {
            (m.site as usize) < n && (m.month as usize) < MONTHS && (m.rule as usize) < policy.mandatory.len()
        };
        let enterprises = s.enterprises();
        let visit = |v: &Visit| {
            v.site.is_none_or(|i| (i as usize) < n)
                && (v.month as usize) < MONTHS
                && (v.enterprise as usize) < enterprises
        };
        if !self.mandatory.iter().all(mandatory)
            || !self.mandatory.windows(2).all(|w| (w[0].site, w[0].month) < (w[1].site, w[1].month))
            || !self.history.visits.iter().all(visit)
            || !self.history.past_targets.iter().all(|t| t.own_ppb.len() == n && (t.month as usize) < MONTHS)
        {
            return Err(AppError::new(
                "PLN-003",
                "必查项目、已查记录或往月目标与名录不符（未排序、重复或指向不存在的污染源）",
            ));
        }
        Ok(())
    }

    /// Index of a body by its id.
    #[must_use]
    pub fn body_index(&self, id: &BodyId) -> Option<usize> {
        self.bodies.iter().position(|b| b.id == *id)
    }

    /// Bodies with the planner's loans and trainings applied.
    #[must_use]
    pub fn bodies_in_effect(&self, policy: &Policy) -> Vec<Body> {
        let mut bodies = self.bodies.clone();
        for loan in &self.edits.people {
            let skill = loan.skill.as_ref().and_then(|id| policy.skills.iter().position(|s| s.id == *id));
            let ends =
                [(loan.from.as_ref().and_then(|f| self.body_index(f)), false), (self.body_index(&loan.to), true)];
            for (body, gets) in ends {
                let Some(body) = body else { continue };
                let change = |v: &mut u32| {
                    *v = if gets { v.saturating_add(loan.inspectors) } else { v.saturating_sub(loan.inspectors) };
                };
                if !loan.trained {
                    change(&mut bodies[body].inspectors);
                }
                if let Some(skill) = skill {
                    bodies[body].skills.resize(policy.skills.len(), 0);
                    change(&mut bodies[body].skills[skill]);
                }
            }
        }
        bodies
    }

    /// Capacity with the planner's loans applied; never below 0.
    #[must_use]
    pub fn capacity_in_effect(&self) -> Capacity {
        let mut capacity = self.capacity.clone();
        for loan in &self.edits.loans {
            let Some(month) = loan.month.index_in(self.year) else { continue };
            let ends = [(loan.from.as_ref().and_then(|f| self.body_index(f)), -1.0), (self.body_index(&loan.to), 1.0)];
            for (body, sign) in ends {
                if let Some(limit) = body.and_then(|b| capacity.limits[b][loan.resource.index()][month].as_mut()) {
                    *limit = (*limit + sign * loan.amount).max(0.0);
                }
            }
        }
        capacity
    }

    /// Mandatory checks with the planner's moves applied, sorted by (site, month, rule).
    #[must_use]
    pub fn mandatory_in_effect(&self) -> Vec<MandatoryVisit> {
        let mut visits = self.mandatory.clone();
        for m in &self.edits.mandatory_moves {
            let (Some(body), Some(from), Some(to)) =
                (self.body_index(&m.body), m.from.index_in(self.year), m.to.index_in(self.year))
            else {
                continue;
            };
            let mut left = m.checks;
            for i in 0..visits.len() {
                let v = visits[i];
                if left == 0 {
                    break;
                }
                let taken = || visits.iter().any(|o| o.site == v.site && o.month as usize == to);
                if v.month as usize == from && self.sites.body[v.site as usize] as usize == body && !taken() {
                    visits[i].month = to as u8;
                    left -= 1;
                }
            }
        }
        visits.sort_unstable();
        visits
    }
}
