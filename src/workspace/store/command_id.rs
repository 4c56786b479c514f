//! The commands that stand in the journal: how each is written there, and in words.

/// A command of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommandId {
    /// An office's files came in: a new project (in version 0.1 the register of a new quarter too).
    Import,
    /// Another register, or other tables, in the place of the project's.
    Refresh,
    /// The register before a refresh came back.
    RefreshBack,
    /// A register kept was deleted.
    ForgetKept,
    /// Findings of the quality report were confirmed.
    ConfirmFindings,
    /// Such a confirmation was taken back.
    WithdrawFindings,
    /// Another map of districts.
    Districts,
    /// Another calendar of working days.
    Calendar,
    /// Policy and edits of the plan were saved.
    Settings,
    /// A shortage's way out was taken.
    Mend,
    /// A year's seed or a month was sealed.
    Seal,
    /// A seal was opened.
    Open,
    /// A seal was given up.
    Void,
    /// A reserve took a unit's place.
    Substitute,
    /// Another inspector.
    ReplaceInspector,
    /// A triggered check.
    AddCheck,
    /// Time stamps or signatures of a draw came in.
    Anchors,
    /// Results came in from a file.
    Results,
    /// A result was entered by hand.
    RecordResult,
    /// An entered result was corrected.
    CorrectResult,
    /// Many results were entered at once.
    RecordResults,
    /// Results went public.
    Publish,
    /// The entry of a publication was corrected or taken back.
    CorrectPublication,
    /// What became of problems was entered.
    FollowUp,
    /// An attempt to interfere with inspections was recorded.
    Interference,
    /// Days of the yearly plan were entered.
    PlanDates,
    /// Files were exported.
    Export,
    /// Files changed outside the program were accepted by two people.
    AcceptChanges,
    /// The project was put on a server, to be worked on by several desks.
    Share,
}

impl CommandId {
    /// All of them.
    pub const ALL: [Self; 29] = [
        Self::Import,
        Self::Refresh,
        Self::RefreshBack,
        Self::ForgetKept,
        Self::ConfirmFindings,
        Self::WithdrawFindings,
        Self::Districts,
        Self::Calendar,
        Self::Settings,
        Self::Mend,
        Self::Seal,
        Self::Open,
        Self::Void,
        Self::Substitute,
        Self::ReplaceInspector,
        Self::AddCheck,
        Self::Anchors,
        Self::Results,
        Self::RecordResult,
        Self::CorrectResult,
        Self::RecordResults,
        Self::Publish,
        Self::CorrectPublication,
        Self::FollowUp,
        Self::Interference,
        Self::PlanDates,
        Self::Export,
        Self::AcceptChanges,
        Self::Share,
    ];

    /// As it stands in the journal; never changes.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Refresh => "refresh",
            Self::RefreshBack => "refresh-back",
            Self::ForgetKept => "forget-kept",
            Self::ConfirmFindings => "confirm-findings",
            Self::WithdrawFindings => "withdraw-findings",
            Self::Districts => "districts",
            Self::Calendar => "calendar",
            Self::Settings => "settings",
            Self::Mend => "mend",
            Self::Seal => "seal",
            Self::Open => "open",
            Self::Void => "void",
            Self::Substitute => "substitute",
            Self::ReplaceInspector => "replace-inspector",
            Self::AddCheck => "add-check",
            Self::Anchors => "anchors",
            Self::Results => "results",
            Self::RecordResult => "record-result",
            Self::CorrectResult => "correct-result",
            Self::RecordResults => "record-results",
            Self::Publish => "publish",
            Self::CorrectPublication => "correct-publication",
            Self::FollowUp => "follow-up",
            Self::Interference => "interference",
            Self::PlanDates => "plan-dates",
            Self::Export => "export",
            Self::AcceptChanges => "accept-changes",
            Self::Share => "share",
        }
    }

    /// The command of an id; `None` for one that another version wrote.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.id() == id)
    }

    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Import => "导入数据",
            Self::Refresh => "更新名录",
            Self::RefreshBack => "返回更新前的名录",
            Self::ForgetKept => "删除保留的名录",
            Self::ConfirmFindings => "确认数据问题",
            Self::WithdrawFindings => "撤回数据问题的确认",
            Self::Districts => "更换区划图",
            Self::Calendar => "更换工作日历",
            Self::Settings => "保存规则与计划",
            Self::Mend => "采取办法",
            Self::Seal => "封存",
            Self::Open => "开封",
            Self::Void => "作废封签",
            Self::Substitute => "替换检查对象",
            Self::ReplaceInspector => "更换执法人员",
            Self::AddCheck => "新增触发式检查",
            Self::Anchors => "取回时间戳与签名",
            Self::Results => "导入检查结果",
            Self::RecordResult => "录入检查结果",
            Self::CorrectResult => "更正检查结果",
            Self::RecordResults => "成批录入检查结果",
            Self::Publish => "登记公开",
            Self::CorrectPublication => "更正公开登记",
            Self::FollowUp => "登记整改",
            Self::Interference => "登记过问干预",
            Self::PlanDates => "登记年度计划日期",
            Self::Export => "导出",
            Self::AcceptChanges => "采用外部改动",
            Self::Share => "共享项目",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_found_by_its_id() {
        for command in CommandId::ALL {
            assert_eq!(CommandId::from_id(command.id()), Some(command));
            assert!(!command.label().is_empty());
        }
        assert_eq!(CommandId::from_id("unknown"), None);
    }
}
