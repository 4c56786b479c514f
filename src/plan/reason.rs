//! Why a site is in a month's draw or out of it: the ids that stand in frames, and their Chinese words.

use serde::{Deserialize, Serialize};

use super::model::VisitKind;
use crate::domain::SubstituteCase;
use crate::policy::Policy;

/// Why a site is out of the on-site draw for the whole year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum Exclusion {
    /// It is in.
    #[default]
    None,
    /// Closed for good.
    Closed,
    /// Moved away.
    Moved,
    /// Stopped for now.
    Stopped,
    /// On the positive list (正面清单): off-site only.
    PositiveList,
    /// Its body has no roster.
    NoRoster,
    /// Set aside by the import (its row has an error).
    SetAside,
    /// Merged into another unit (predecessor of a permit).
    Merged,
}

impl Exclusion {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Closed,
        Self::Moved,
        Self::Stopped,
        Self::PositiveList,
        Self::NoRoster,
        Self::SetAside,
        Self::Merged,
    ];

    /// True where nothing is left to inspect: not even a mandatory check takes place.
    #[must_use]
    pub fn is_dead(self) -> bool {
        matches!(self, Self::Closed | Self::Moved | Self::Merged)
    }

    /// The exclusion that stands in a frame as `id`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|exclusion| *exclusion != Self::None && exclusion.id() == id)
    }

    /// What a unit that a reserve replaced is to the months that follow.
    #[must_use]
    pub fn of_case(case: SubstituteCase) -> Self {
        match case {
            SubstituteCase::Closed => Self::Closed,
            SubstituteCase::Moved => Self::Moved,
            SubstituteCase::Merged => Self::Merged,
            SubstituteCase::Stopped => Self::Stopped,
        }
    }

    /// Reason in frames, `[a-z_]{0,24}`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Closed => "closed",
            Self::Moved => "moved",
            Self::Stopped => "stopped",
            Self::PositiveList => "positive_list",
            Self::NoRoster => "no_roster",
            Self::SetAside => "set_aside",
            Self::Merged => "merged",
        }
    }
}

/// Why a site has the target that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetReason {
    /// In the draw.
    Free,
    /// Mandatory this month; index into `Policy::mandatory`.
    Mandatory(u8),
    /// Out for the year.
    Excluded(Exclusion),
    /// Its slot has had its visit.
    Visited,
    /// Within the window of another visit.
    Window,
    /// Its enterprise has no visit left.
    Cap,
    /// No checks this month.
    Blackout,
    /// A mandatory check later in the slot stands for it.
    MandatoryAhead,
    /// Its slot's chance has been offered in full.
    Offered,
    /// Its frequency is 0.
    NoFrequency,
    /// Capacity of the month is used up; the chance goes to later months.
    Capacity,
}

impl TargetReason {
    /// What the visit of a site that was selected is.
    #[must_use]
    pub fn visit_kind(self) -> VisitKind {
        match self {
            Self::Mandatory(rule) => VisitKind::Mandatory(rule),
            _ => VisitKind::Drawn,
        }
    }

    /// Reason in frames, `[a-z_]{0,24}`.
    #[must_use]
    pub fn id(self, policy: &Policy) -> &str {
        match self {
            Self::Free => "",
            Self::Mandatory(rule) => policy.mandatory.get(rule as usize).map_or("mandatory", |r| r.reason.as_str()),
            Self::Excluded(exclusion) => exclusion.id(),
            Self::Visited => "visited",
            Self::Window => "window",
            Self::Cap => "cap",
            Self::Blackout => "blackout",
            Self::MandatoryAhead => "mandatory_ahead",
            Self::Offered => "offered",
            Self::NoFrequency => "no_frequency",
            Self::Capacity => "capacity",
        }
    }

    /// The reason that stands in a frame as `id`; `None` where the plan gives no such reason.
    #[must_use]
    pub fn from_id(policy: &Policy, id: &str) -> Option<Self> {
        let rules = (0..policy.mandatory.len()).map(|rule| Self::Mandatory(rule as u8));
        let exclusions = Exclusion::ALL.into_iter().map(Self::Excluded);
        let others = [
            Self::Visited,
            Self::Window,
            Self::Cap,
            Self::Blackout,
            Self::MandatoryAhead,
            Self::Offered,
            Self::NoFrequency,
            Self::Capacity,
        ];
        rules.chain(exclusions).chain(others).find(|reason| !id.is_empty() && reason.id(policy) == id)
    }

    /// Chinese words.
    #[must_use]
    pub fn label(self, policy: &Policy) -> &str {
        match self {
            Self::Free => "参加抽取",
            Self::Mandatory(rule) => policy.mandatory.get(rule as usize).map_or("必查", |r| r.name.as_str()),
            Self::Excluded(Exclusion::None) => "",
            Self::Excluded(Exclusion::Closed) => "已关闭",
            Self::Excluded(Exclusion::Moved) => "已搬迁",
            Self::Excluded(Exclusion::Stopped) => "停产",
            Self::Excluded(Exclusion::PositiveList) => "正面清单，非现场检查",
            Self::Excluded(Exclusion::NoRoster) => "执法主体没有执法人员名录",
            Self::Excluded(Exclusion::SetAside) => "名录行有错误，暂不参加",
            Self::Excluded(Exclusion::Merged) => "已并入其他编号",
            Self::Visited => "本周期已检查",
            Self::Window => "两次检查间隔期内",
            Self::Cap => "企业年度频次上限",
            Self::Blackout => "停检时段",
            Self::MandatoryAhead => "本周期另有必查",
            Self::Offered => "本周期机会已用完",
            Self::NoFrequency => "年度频次为零",
            Self::Capacity => "当月力量已满，顺延",
        }
    }
}
