//! Ways out of a shortage, and what they change: the policy, or the planner's own edits.

use super::annual::amount;
use super::model::{CapacityLoan, InspectorLoan, MandatoryMove, PlanEdits, Resource, VisitMove};
use crate::diagnostic::{AppError, AppResult};
use crate::domain::{BodyId, PlanMonth};
use crate::policy::{BodyLevel, Floor, FloorOverride, Milli, Policy};

/// One change that closes a shortage.
#[derive(Debug, Clone, PartialEq)]
pub enum MendAction {
    /// The floor of a body's category gets these ratios.
    LowerFloor {
        /// Body.
        body: BodyId,
        /// Category id.
        category: String,
        /// New ratios by quarter.
        quarter_ratio: [Milli; 4],
    },
    /// The checks per inspector of a body's category become fewer.
    LowerPerInspector {
        /// Body.
        body: BodyId,
        /// Category id.
        category: String,
        /// New number.
        per_inspector: Milli,
    },
    /// Special sites' floor gets these ratios.
    LowerSpecialFloor {
        /// New ratios by quarter.
        quarter_ratio: [Milli; 4],
    },
    /// The yearly cap rises.
    RaiseCap {
        /// New cap.
        visits: u32,
    },
    /// The window becomes shorter.
    ShortenWindow {
        /// New days.
        days: u32,
    },
    /// Less is kept for triggered checks.
    LowerTriggeredReserve {
        /// New share.
        reserve: Milli,
    },
    /// Drawn visits go to another month.
    MoveVisits {
        /// Body.
        body: BodyId,
        /// From this month.
        from: PlanMonth,
        /// To this month.
        to: PlanMonth,
        /// Share of the month's drawn visits.
        share: f64,
    },
    /// Mandatory checks go to another month.
    MoveMandatory {
        /// Body.
        body: BodyId,
        /// From this month.
        from: PlanMonth,
        /// To this month.
        to: PlanMonth,
        /// How many, in unit order.
        checks: u32,
    },
    /// Resources are lent, or added from outside.
    LendCapacity {
        /// What.
        resource: Resource,
        /// Who lends; `None` from outside.
        from: Option<BodyId>,
        /// Who gets it.
        to: BodyId,
        /// When.
        month: PlanMonth,
        /// How much.
        amount: f64,
    },
    /// Inspectors are lent, or added from outside.
    LendInspectors {
        /// Who lends; `None` from outside.
        from: Option<BodyId>,
        /// Who gets them.
        to: BodyId,
        /// How many.
        inspectors: u32,
    },
    /// Inspectors with a skill are lent, or added from outside.
    LendSkill {
        /// Who lends; `None` from outside.
        from: Option<BodyId>,
        /// Who gets them.
        to: BodyId,
        /// Skill id.
        skill: String,
        /// How many.
        inspectors: u32,
    },
    /// Own inspectors are trained.
    TrainSkill {
        /// Body.
        body: BodyId,
        /// Skill id.
        skill: String,
        /// How many.
        inspectors: u32,
    },
}

impl MendAction {
    /// True where it changes a number of the rules, which needs a ground (依据).
    #[must_use]
    pub fn changes_rules(&self) -> bool {
        matches!(
            self,
            Self::LowerFloor { .. }
                | Self::LowerPerInspector { .. }
                | Self::LowerSpecialFloor { .. }
                | Self::RaiseCap { .. }
                | Self::ShortenWindow { .. }
                | Self::LowerTriggeredReserve { .. }
        )
    }

    /// True where both change the same number.
    #[must_use]
    pub(super) fn same_target(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::LowerFloor { category: a, .. }, Self::LowerFloor { category: b, .. })
            | (Self::LowerPerInspector { category: a, .. }, Self::LowerPerInspector { category: b, .. }) => a == b,
            (Self::LowerSpecialFloor { .. }, Self::LowerSpecialFloor { .. }) => true,
            _ => false,
        }
    }

    /// Chinese words for what it changes in the policy; the workspace's journal uses them too.
    #[must_use]
    pub fn describe(&self, policy: &Policy) -> String {
        let body_name =
            |id: &BodyId| policy.bodies.iter().find(|b| b.id == *id).map_or_else(|| id.to_string(), |b| b.name.clone());
        let name =
            |id: &str| policy.categories.iter().find(|c| c.id == id).map_or_else(|| id.to_owned(), |c| c.name.clone());
        let ratios = |r: &[Milli; 4]| r.map(|v| format!("{}%", amount(v.to_f64() * 100.0))).join("、");
        match self {
            Self::LowerFloor { body, category, quarter_ratio } => {
                format!("{}{}四个季度最低比例改为 {}", body_name(body), name(category), ratios(quarter_ratio))
            }
            Self::LowerPerInspector { body, category, per_inspector } => {
                format!(
                    "{}{}每名执法人员检查数改为 {}",
                    body_name(body),
                    name(category),
                    amount(per_inspector.to_f64())
                )
            }
            Self::LowerSpecialFloor { quarter_ratio } => {
                format!("特殊监管对象四个季度最低比例改为 {}", ratios(quarter_ratio))
            }
            Self::RaiseCap { visits } => format!("企业年度检查频次上限改为 {visits} 次"),
            Self::ShortenWindow { days } => format!("两次检查间隔改为 {days} 日"),
            Self::LowerTriggeredReserve { reserve } => {
                format!("触发式检查预留改为 {}%", amount(reserve.to_f64() * 100.0))
            }
            Self::MoveVisits { body, from, to, share } => {
                format!("{body} 把 {from} 抽查量的 {}% 移到 {to}", amount(share * 100.0))
            }
            Self::MoveMandatory { body, from, to, checks } => format!("{body} 把 {from} 的 {checks} 项必查移到 {to}"),
            Self::LendCapacity { resource, from, to, month, amount: lent } => {
                let whence = from.as_ref().map_or_else(|| "另行增加".to_owned(), |f| format!("从 {f} 借"));
                format!("{to} {month} {whence} {} {}", amount(*lent), resource.unit())
            }
            Self::LendInspectors { from, to, inspectors } => {
                let whence = from.as_ref().map_or_else(|| "另行配备".to_owned(), |f| format!("从 {f} 借调"));
                format!("{to} {whence} {inspectors} 名执法人员")
            }
            Self::LendSkill { from, to, skill, inspectors } => {
                let whence = from.as_ref().map_or_else(|| "另行聘请".to_owned(), |f| format!("从 {f} 借调"));
                format!("{to} {whence} {inspectors} 名有 {skill} 资质的执法人员")
            }
            Self::TrainSkill { body, skill, inspectors } => {
                format!("{body} 培训 {inspectors} 名执法人员取得 {skill} 资质")
            }
        }
    }
}

/// A mend offered.
#[derive(Debug, Clone, PartialEq)]
pub struct Mend {
    /// What it changes.
    pub action: MendAction,
    /// Chinese words.
    pub text: String,
    /// For ordering only: days moved count 1, lent 2, taken from the reserve 3, bought 6, floors cut 10.
    pub cost: f64,
}

pub(super) fn sort_mends(mends: &mut [Mend]) {
    mends.sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| a.text.cmp(&b.text)));
}

/// Applies a mend: to the policy, or to the planner's edits.
///
/// # Errors
/// `PLN-020` where the category is not in the policy, `PLN-021` where the number is out of range.
pub fn apply_mend(policy: &mut Policy, edits: &mut PlanEdits, action: &MendAction) -> AppResult<()> {
    let wrong = || AppError::new("PLN-021", "调整数值超出范围（应为非负数，比例不超过 100%）");
    match action {
        MendAction::LowerFloor { body, category, quarter_ratio } => {
            if quarter_ratio.iter().any(|r| r.0 < 0) {
                return Err(wrong());
            }
            own_floor(policy, body, category, action)?.quarter_ratio = *quarter_ratio;
        }
        MendAction::LowerPerInspector { body, category, per_inspector } => {
            if per_inspector.0 < 0 {
                return Err(wrong());
            }
            own_floor(policy, body, category, action)?.per_inspector = *per_inspector;
        }
        MendAction::LowerSpecialFloor { quarter_ratio } => policy.special.quarter_ratio = *quarter_ratio,
        MendAction::RaiseCap { visits } => policy.cap.visits = *visits,
        MendAction::ShortenWindow { days } => policy.window.days = *days,
        MendAction::LowerTriggeredReserve { reserve } => {
            if !(0..1000).contains(&reserve.0) {
                return Err(wrong());
            }
            policy.capacity.triggered_reserve = *reserve;
        }
        MendAction::MoveVisits { body, from, to, share } => {
            if !(0.0..=1.0).contains(share) {
                return Err(wrong());
            }
            edits.moves.push(VisitMove { body: body.clone(), from: *from, to: *to, share: *share });
        }
        MendAction::MoveMandatory { body, from, to, checks } => {
            edits.mandatory_moves.push(MandatoryMove { body: body.clone(), from: *from, to: *to, checks: *checks });
        }
        MendAction::LendCapacity { resource, from, to, month, amount } => {
            if !amount.is_finite() || *amount < 0.0 {
                return Err(wrong());
            }
            edits.loans.push(CapacityLoan {
                resource: *resource,
                from: from.clone(),
                to: to.clone(),
                month: *month,
                amount: *amount,
            });
        }
        MendAction::LendInspectors { from, to, inspectors } => edits.people.push(InspectorLoan {
            from: from.clone(),
            to: to.clone(),
            inspectors: *inspectors,
            skill: None,
            trained: false,
        }),
        MendAction::LendSkill { from, to, skill, inspectors } => edits.people.push(InspectorLoan {
            from: from.clone(),
            to: to.clone(),
            inspectors: *inspectors,
            skill: Some(skill.clone()),
            trained: false,
        }),
        MendAction::TrainSkill { body, skill, inspectors } => edits.people.push(InspectorLoan {
            from: None,
            to: body.clone(),
            inspectors: *inspectors,
            skill: Some(skill.clone()),
            trained: true,
        }),
    }
    Ok(())
}

/// The body's own floor for a category, made from its level's where it has none yet.
fn own_floor<'a>(
    policy: &'a mut Policy,
    body: &BodyId,
    category: &str,
    action: &MendAction,
) -> AppResult<&'a mut Floor> {
    let missing = || AppError::new("PLN-020", format!("规则中没有执法主体「{body}」或监管类别「{category}」"));
    let note = format!("力量不足时的调整：{}", action.describe(policy));
    let rule = policy.categories.iter().find(|c| c.id == category).ok_or_else(missing)?;
    let level = policy.bodies.iter().find(|b| b.id == *body).ok_or_else(missing)?.level;
    let of_level = if level == BodyLevel::City { &rule.floor_city } else { &rule.floor_county };
    let floor = of_level.clone();
    let known = policy.floor_overrides.iter().position(|o| o.body == *body && o.category == category);
    let place = known.unwrap_or_else(|| {
        let (body, category) = (body.clone(), category.to_owned());
        policy.floor_overrides.push(FloorOverride { body, category, floor, note: String::new() });
        policy.floor_overrides.len() - 1
    });
    policy.floor_overrides[place].note = note;
    Ok(&mut policy.floor_overrides[place].floor)
}
