//! What the plan reads: sites, bodies, capacity, history, mandatory checks.
//!
//! Duty: plain columns and slices, filled from the registry and the risk table by the workspace; no I/O.
//! Invariants: the order of sites is the order of their `unit_id` bytes, so an index stands for an id and
//! ties are broken by index; months are 0 (January) to 11 inside a plan year.

mod edits;
mod inputs;

use serde::{Deserialize, Serialize};

pub use edits::{
    CapacityLoan, DEFAULT_REASON, InspectorLoan, MOST_VISITS, MandatoryMove, PlanEdits, QuotaEdit, QuotaPlace,
    VisitMove, rounded_visits,
};
pub use inputs::PlanInputs;

use super::reason::Exclusion;
use crate::domain::BodyId;
use crate::policy::BodyLevel;

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
    /// Visits of the year, the imported ones first.
    pub visits: Vec<Visit>,
    /// How many of them were imported: made outside of the project's draws.
    pub imported: usize,
    /// Targets of the months drawn so far. A month without targets was not offered: its share of a slot
    /// goes to the slot's later months.
    pub past_targets: Vec<PastTargets>,
    /// First month still to be planned, 0 to 12.
    pub next: u8,
    /// The checks on the lists of the months drawn, as their draws have them.
    pub listed: Vec<ListedVisit>,
}

/// A check on the list of a month that was drawn, counted where its draw put it, whatever the register says now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedVisit {
    /// Site; `None` for one that the register has no more.
    pub site: Option<u32>,
    /// Body index.
    pub body: u16,
    /// Category index.
    pub category: u8,
    /// Month, 0 to 11.
    pub month: u8,
    /// How it came about.
    pub kind: VisitKind,
    /// It has a result.
    pub done: bool,
}

impl History {
    /// Months that were drawn, as bits: they hold what was drawn and offer nothing more.
    #[must_use]
    pub fn drawn_months(&self) -> u16 {
        let listed = self.listed.iter().filter(|v| v.kind != VisitKind::Triggered).map(|v| v.month);
        self.past_targets.iter().map(|t| t.month).chain(listed).fold(0, |bits, month| bits | 1 << month)
    }
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
    /// Its term ended before the first month still open (积压).
    pub overdue: bool,
    /// Month by which it is to be made, from 0; 12 and more lie in the next year. Of backlog the month by which it is
    /// to be caught up.
    pub by: u8,
}

/// A mandatory check that a drawn one before it makes needless: it looks at the same causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waivable {
    /// Site.
    pub site: u32,
    /// Month of the mandatory check, 0 to 11.
    pub month: u8,
    /// First month of a drawn check that does so: all of its causes are known by then.
    pub from: u8,
}

impl MandatoryVisit {
    /// True where it comes later than it should: for want of capacity, or moved there by hand.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.month > self.by
    }
}
