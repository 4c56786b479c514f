//! Who is visited how often: special sites, aggravators, caps, windows, pacing, mandatory checks.

use serde::{Deserialize, Serialize};

use super::Milli;
use crate::domain::Category;

/// Who is special, each part a reason (特殊监管对象).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialRule {
    /// A penalty decided within this many months; 0 switches it off.
    pub case_months: u32,
    /// 挂牌督办.
    pub supervised: bool,
    /// The lowest so many grades of the credit scale.
    pub lowest_grades: u8,
    /// 重大 environmental risk.
    pub major_risk: bool,
    /// At least this many substantiated complaints in 12 months; 0 switches it off.
    pub complaints: u32,
    /// Floor of special sites: share visited per quarter, over the category's own.
    pub quarter_ratio: [Milli; 4],
    /// Articles.
    pub basis: Vec<String>,
}

/// Factors on the frequency; each at least 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggravators {
    /// Violations within `months`.
    pub violations: Milli,
    /// Substantiated complaints, `min_complaints` or more within `months`.
    pub complaints: Milli,
    /// Major or larger environmental risk.
    pub high_risk: Milli,
    /// A poor credit grade.
    pub poor_credit: Milli,
    /// How far back events count, in months.
    pub months: u32,
    /// Complaints needed.
    pub min_complaints: u32,
    /// Articles.
    pub basis: Vec<String>,
}

/// Yearly cap per enterprise (USCC).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapRule {
    /// Visits a year.
    pub visits: u32,
    /// Which rule set, said in the plan's header.
    pub rule_set: String,
    /// Drawn checks count.
    pub counts_drawn: bool,
    /// Mandatory checks count.
    pub counts_mandatory: bool,
    /// Triggered checks count.
    pub counts_triggered: bool,
    /// Visits of other departments (imported) count.
    pub counts_other_departments: bool,
    /// False while the office has yet to confirm the number.
    pub confirmed: bool,
    /// Articles.
    pub basis: Vec<String>,
}

/// Window between two visits of a site, by selection month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowRule {
    /// Days; turned into whole months (60 days: the two months after the visit's month are closed).
    pub days: u32,
    /// Articles.
    pub basis: Vec<String>,
}

/// Pacing within a quarter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pacing {
    /// Cumulative share by month of the quarter; the third is 1.
    pub cumulative: [Milli; 3],
    /// Articles.
    pub basis: Vec<String>,
}

/// Positive list (正面清单).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PositiveListRule {
    /// Members stay out of the on-site draw.
    pub exempt_on_site: bool,
    /// Share of members checked off-site in a year.
    pub off_site_share: Milli,
    /// A penalty after entry flags a member for removal.
    pub drop_on_penalty: bool,
    /// Articles.
    pub basis: Vec<String>,
}

/// A check that must take place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MandatoryRule {
    /// Reason in frames, `[a-z_]{1,24}`, e.g. `mandatory_renewal`.
    pub reason: String,
    /// Name shown.
    pub name: String,
    /// What brings it about.
    pub trigger: MandatoryTrigger,
    /// Within this many months of its cause (of a permit that expires: before the line).
    pub within_months: u32,
    /// Not before so many months after its cause.
    #[serde(default)]
    pub from_months: u32,
    /// Backlog, whose term ended before the year's first month, is caught up within so many months from there; 0 gives
    /// it as many as `within_months`.
    #[serde(default)]
    pub catch_up_months: u32,
    /// For these management categories.
    pub management: Vec<Category>,
    /// Counts as the visit of its slot (综合查一次).
    pub counts_as_slot: bool,
    /// Articles.
    pub basis: Vec<String>,
}

impl MandatoryRule {
    /// Months within which backlog is caught up: 1 to 24.
    #[must_use]
    pub fn catch_up(&self) -> u32 {
        let months = if self.catch_up_months > 0 { self.catch_up_months } else { self.within_months };
        months.clamp(1, 24)
    }
}

/// What brings a mandatory check about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MandatoryTrigger {
    /// First permit.
    FirstPermit,
    /// Permit applied for anew or changed.
    ChangedPermit,
    /// Permit renewed.
    RenewedPermit,
    /// Permit that runs out within so many days.
    Expiring(u32),
    /// 限期整改 whose date has come.
    RectificationDue,
    /// Open problem of an earlier check.
    Recheck,
}
