//! The policy as data: every number that decree, rules or office decide.
//!
//! A number stands here with the articles (`basis`) that it comes from, so that a screen or a report can
//! quote them. Points and shares are kept as integers in thousandths ([`Milli`]) where they enter a score,
//! so that the same policy gives the same score on every platform.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

/// The whole policy of a year.
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
    /// Within this many months of its cause.
    pub within_months: u32,
    /// For these management categories.
    pub management: Vec<Category>,
    /// Counts as the visit of its slot (综合查一次).
    pub counts_as_slot: bool,
    /// Articles.
    pub basis: Vec<String>,
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
    /// Matters inspected (检查事项), as published.
    pub matters: Vec<String>,
    /// Manner (检查方式).
    pub manners: Vec<String>,
    /// Articles.
    pub basis: Vec<String>,
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
