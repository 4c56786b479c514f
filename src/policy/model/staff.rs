//! Capacity, skills, periods, draw and disclosure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Milli;
use crate::domain::BodyId;

/// What staff can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityRule {
    /// Inspectors per check; at least 2.
    pub inspectors_per_check: u32,
    /// Field days a month where the roster does not say.
    pub default_days_per_month: Milli,
    /// Share of capacity kept for triggered checks.
    pub triggered_reserve: Milli,
    /// Checks a month that one inspector may take at most.
    pub checks_max_per_month: u32,
    /// Whether a body that lacks vehicle, monitoring, instrument or budget rows is taken as unlimited there.
    pub missing_is_unlimited: bool,
    /// Articles.
    pub basis: Vec<String>,
}

/// A skill that checks of some industries need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillRule {
    /// Id, `[0-9a-z_]{1,24}`.
    pub id: String,
    /// Name and other spellings in rosters; the first is shown.
    pub names: Vec<String>,
    /// GB/T 4754-2017 codes or their beginnings; empty where no industry needs it by itself.
    pub industries: Vec<String>,
    /// Articles.
    #[serde(default)]
    pub basis: Vec<String>,
}

/// A campaign, blackout or special period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialPeriod {
    /// Name shown.
    pub name: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Factor on the month's share; 0 is a blackout. Weighed by the working days that it covers.
    pub factor: Milli,
    /// Bodies; empty for all.
    #[serde(default)]
    pub bodies: Vec<BodyId>,
    /// Industries by code prefix; empty for all.
    #[serde(default)]
    pub industries: Vec<String>,
    /// Articles.
    #[serde(default)]
    pub basis: Vec<String>,
}

/// The draw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawRule {
    /// Reserves listed, as a share of the targets, rounded up.
    pub reserve_share: Milli,
    /// Share of dead records expected where nothing is known; capacity allows for 1/(1 − rate).
    pub dead_rate: Milli,
    /// Articles.
    pub basis: Vec<String>,
}

/// Disclosure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisclosureRule {
    /// Working days after completion.
    pub working_days: u32,
    /// The yearly plan is published by this month and day.
    pub plan_by: (u32, u32),
    /// Days after the end of a draw's month on which its certificate is published, whether or not every unit has been
    /// checked: those that have not are masked.
    #[serde(default = "certificate_days", skip_serializing_if = "is_usual")]
    pub certificate_days: u32,
    /// Matters inspected (检查事项), as published.
    pub matters: Vec<String>,
    /// Manner (检查方式).
    pub manners: Vec<String>,
    /// Articles.
    pub basis: Vec<String>,
}

fn certificate_days() -> u32 {
    60
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_usual(days: &u32) -> bool {
    *days == certificate_days()
}

/// Industries whose checklist comes first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyIndustries {
    /// GB/T 4754-2017 codes or their beginnings, each with its name.
    pub codes: Vec<(String, String)>,
    /// Articles.
    pub basis: Vec<String>,
}
