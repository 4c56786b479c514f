//! The policy as data: every number that decree, rules or office decide.
//!
//! A number stands here with the articles (`basis`) that it comes from, so that a screen or a report can
//! quote them. Points and shares are kept as integers in thousandths ([`Milli`]) where they enter a score,
//! so that the same policy gives the same score on every platform.

mod anchor;
mod decision;
mod score;
mod staff;
mod visits;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use anchor::*;
pub use decision::*;
pub use score::*;
pub use staff::*;
pub use visits::*;

use crate::domain::{BodyId, Category, DistrictCode};

/// A number in thousandths; written as a decimal in the policy file (`12.5`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Milli(pub i64);

impl Milli {
    /// As a decimal number.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

impl Serialize for Milli {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

impl<'de> Deserialize<'de> for Milli {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        let exact = value * 1000.0;
        let scaled = exact.round();
        if !scaled.is_finite() || scaled.abs() > 1e9 {
            return Err(serde::de::Error::custom(format!("数值 {value} 超出范围（绝对值应不超过 1000000）")));
        }
        // Rounding here would change a number that the office wrote, unseen.
        if (exact - scaled).abs() > 1e-4 {
            return Err(serde::de::Error::custom(format!("数值 {value} 应最多三位小数")));
        }
        Ok(Self(scaled as i64))
    }
}

/// How sure a number or text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidence {
    /// Read in the document itself.
    Read,
    /// Read in a secondary source.
    Secondary,
    /// A default that the office has yet to confirm (待本单位确认).
    Unconfirmed,
}

/// An article that numbers come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Id used in `basis`, unique together with its dates.
    pub id: String,
    /// Document and number, e.g. `沪环执法〔2023〕154号`.
    pub document: String,
    /// Article or item, e.g. `第13项`.
    pub article: String,
    /// What it says, in our own words.
    pub text: String,
    /// First day on which it holds.
    pub valid_from: NaiveDate,
    /// Last day on which it holds; `None` while in force.
    pub valid_to: Option<NaiveDate>,
    /// How sure the text is.
    pub confidence: Confidence,
}

/// The whole policy of a year. Wide: it is the policy file, field by field, as an office reads and confirms it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Format of this file; 1.
    pub format: u32,
    /// Stable id, e.g. `shanghai-154`.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// What a planner should know of it; names numbers that the office has yet to confirm.
    pub note: String,
    /// Agency code in seals: 2 to 18 upper-case letters or digits, e.g. `310000`.
    pub agency: String,
    /// Agency's name.
    pub agency_name: String,
    /// The articles quoted.
    pub articles: Vec<Article>,
    /// Enforcing bodies.
    pub bodies: Vec<BodyRule>,
    /// Strata in order; a site belongs to the first whose condition it meets, the last takes the rest.
    pub categories: Vec<CategoryRule>,
    /// Small categories merged into a bigger one of the same body, fixed for the year.
    pub merges: Vec<StratumMerge>,
    /// Credit scale, best first.
    pub credit: CreditScale,
    /// What makes the score.
    pub factors: Vec<Factor>,
    /// Tiers by score, highest first; the last has `min_score` 0.
    pub tiers: Vec<Tier>,
    /// Most that the highest frequency may be of the lowest within one category, before floors.
    pub max_ratio: Milli,
    /// Articles of `max_ratio`.
    #[serde(default)]
    pub max_ratio_basis: Vec<String>,
    /// Floors of single bodies in place of those of their level (a mend taken, or the body's own scheme).
    #[serde(default)]
    pub floor_overrides: Vec<FloorOverride>,
    /// Who is special (特殊监管对象).
    pub special: SpecialRule,
    /// The four aggravators; none is below 1.
    pub aggravators: Aggravators,
    /// The yearly cap per enterprise.
    pub cap: CapRule,
    /// Months between two visits.
    pub window: WindowRule,
    /// Share of a quarter's visits done by the end of its first, second and third month; last is 1.
    pub pacing: Pacing,
    /// Positive list (正面清单).
    pub positive_list: PositiveListRule,
    /// Checks that must take place.
    pub mandatory: Vec<MandatoryRule>,
    /// What staff can do.
    pub capacity: CapacityRule,
    /// Skills that a check needs.
    pub skills: Vec<SkillRule>,
    /// Campaigns, blackouts, special periods.
    pub periods: Vec<SpecialPeriod>,
    /// The draw.
    pub draw: DrawRule,
    /// Disclosure.
    pub disclosure: DisclosureRule,
    /// Key industries, checklist first.
    pub key_industries: KeyIndustries,
    /// What somebody outside must say of a draw.
    #[serde(default, skip_serializing_if = "AnchorRule::is_default")]
    pub anchors: AnchorRule,
    /// Name of the policy whose scoring was taken over; empty where the scoring is this policy's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scoring: String,
    /// What the office has decided of single parts: changed or confirmed by whom, when, on which basis.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
}

/// Level of an enforcing body, which decides its floors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BodyLevel {
    /// Municipal (市级).
    City,
    /// District or county (区县级), zones included.
    County,
}

/// An enforcing body (执法主体).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BodyRule {
    /// Id in frames and strata.
    pub id: BodyId,
    /// Name shown.
    pub name: String,
    /// Level.
    pub level: BodyLevel,
    /// The district whose sites are its own where nothing else is said; `None` for bodies without one.
    pub district: Option<DistrictCode>,
    /// Other spellings met in files.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// Condition of a category on a site; all given parts must hold, within a part any value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CategoryCondition {
    /// `supervision` is one of these (`key`, `general`, `simple`).
    pub supervision: Vec<String>,
    /// `management` is one of these, where the site has no `supervision`.
    pub management: Vec<Category>,
    /// The site is on the key-unit list (环境监管重点单位), where it has no `supervision`.
    pub key_unit: bool,
}

/// A category: the second part of a stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRule {
    /// Id, `[0-9a-z_]{1,24}`.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// Any of these makes a site belong here; empty for the last, which takes the rest.
    pub any_of: Vec<CategoryCondition>,
    /// Factor on a tier's base frequency.
    pub factor: Milli,
    /// Least visits, for city bodies.
    pub floor_city: Floor,
    /// Least visits, for county bodies.
    pub floor_county: Floor,
    /// What one check costs.
    pub cost: CheckCost,
    /// Articles of condition, factor and cost.
    #[serde(default)]
    pub basis: Vec<String>,
}

/// Least visits of a stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// Share of the stratum visited in each quarter; their sum is the yearly floor per site.
    pub quarter_ratio: [Milli; 4],
    /// Checks a year per inspector of the body (1:5 is 5), spread over the stratum's sites; 0 for none.
    pub per_inspector: Milli,
    /// Most visits a year that `per_inspector` may ask of one site: a body of many inspectors and few
    /// sites has met its ratio once it has seen them all.
    #[serde(default = "once")]
    pub per_inspector_max: Milli,
    /// Articles.
    pub basis: Vec<String>,
}

fn once() -> Milli {
    Milli(1000)
}

/// Floor of one body's category in place of its level's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloorOverride {
    /// Body.
    pub body: BodyId,
    /// Category.
    pub category: String,
    /// The floor that holds.
    pub floor: Floor,
    /// Why, and who decided.
    pub note: String,
}

/// What one check costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckCost {
    /// Days of a team of two.
    pub team_days: Milli,
    /// Vehicle-days.
    pub vehicle_days: Milli,
    /// Share of checks that take a monitoring team, times its days.
    pub monitoring_days: Milli,
    /// Instrument-days.
    pub instrument_days: Milli,
    /// Money in 万元.
    pub budget_wan: Milli,
}

/// A small category merged within its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StratumMerge {
    /// Body.
    pub body: BodyId,
    /// Category that disappears.
    pub from: String,
    /// Category that takes its sites.
    pub into: String,
}
