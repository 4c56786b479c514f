//! A check that is due, and the record of a check that took place.
//!
//! The outcome vocabulary is the published one (未发现问题 … 搬迁或关闭, as the national disclosure system
//! and Shanghai's own lists use it); other spellings are understood, but only these six are printed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::diagnostic::Finding;
use crate::domain::{BodyId, InspectorId, PlanMonth, UnitId, read_result};
use crate::text::fold_width;

use super::answers::ChecklistRecord;
use super::follow_up::FollowUp;

/// Stands for a draw's sequence in off-site checks: a unit may have one, and a triggered visit, in the same month.
pub const OFF_SITE_SEQUENCE: u32 = 0;

/// Where a check comes from: every one has exactly one origin (decree item 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOrigin {
    /// Drawn by the sealed draw.
    Drawn,
    /// Mandatory by rule (renewal, rectification, re-check).
    Mandatory,
    /// Triggered by a complaint, a lead or an anomaly.
    Triggered,
    /// The turn of a member of the positive list to be checked without a visit (decree items 14, 15).
    OffSite,
}

impl CheckOrigin {
    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Drawn => "随机抽取",
            Self::Mandatory => "必查",
            Self::Triggered => "触发式检查",
            Self::OffSite => "正面清单非现场",
        }
    }

    /// True where the check stands in the plan: drawn, mandatory, or an off-site turn.
    #[must_use]
    pub fn is_planned(self) -> bool {
        !matches!(self, Self::Triggered)
    }
}

/// How the check was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// 现场检查.
    OnSite,
    /// 非现场检查.
    OffSite,
}

impl Manner {
    /// Both manners, as a list to choose from.
    pub const ALL: [Self; 2] = [Self::OnSite, Self::OffSite];

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::OnSite => "现场检查",
            Self::OffSite => "非现场检查",
        }
    }

    /// Reads the usual spellings; `None` where the text is not one of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = squeeze(text);
        match text.as_str() {
            "非现场检查" | "非现场" | "非现场监管" | "线上检查" | "线上" | "书面检查" | "书面核查" | "远程检查"
            | "offsite" | "off_site" => Some(Self::OffSite),
            "现场检查" | "现场" | "实地检查" | "实地核查" | "实地" | "onsite" | "on_site" => {
                Some(Self::OnSite)
            }
            _ => None,
        }
    }
}

/// Result of a check, in the published vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 未发现问题.
    Clear,
    /// 发现问题已责令改正.
    Ordered,
    /// 发现问题待后续处理.
    Pending,
    /// 不配合检查情节严重.
    Obstructed,
    /// 停产.
    Stopped,
    /// 搬迁或关闭.
    Gone,
}

impl Outcome {
    /// All outcomes in the order in which lists offer them.
    pub const ALL: [Self; 6] = [Self::Clear, Self::Ordered, Self::Pending, Self::Obstructed, Self::Stopped, Self::Gone];

    /// The published wording.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Clear => "未发现问题",
            Self::Ordered => "发现问题已责令改正",
            Self::Pending => "发现问题待后续处理",
            Self::Obstructed => "不配合检查情节严重",
            Self::Stopped => "停产",
            Self::Gone => "搬迁或关闭",
        }
    }

    /// Reads the published wording and its usual variants; `None` where the text is not one of them.
    ///
    /// Blanks and punctuation between the characters don't matter, full width equals half width.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = squeeze(text);
        match text.as_str() {
            "未发现问题"
            | "未发现违法行为"
            | "未发现违法违规行为"
            | "未发现异常"
            | "无问题"
            | "正常"
            | "合格"
            | "符合要求" => Some(Self::Clear),
            "发现问题已责令改正"
            | "发现问题责令改正"
            | "已责令改正"
            | "责令改正"
            | "责令整改"
            | "已责令整改"
            | "发现问题已责令整改"
            | "发现问题已改正" => Some(Self::Ordered),
            "发现问题待后续处理"
            | "待后续处理"
            | "发现问题"
            | "立案"
            | "立案查处"
            | "发现问题已立案"
            | "发现问题待处理" => Some(Self::Pending),
            "不配合检查情节严重" | "不配合检查" | "拒绝检查" | "阻挠检查" => {
                Some(Self::Obstructed)
            }
            "停产" | "停业" | "已停产" | "停产停业" | "未查无生产" | "无生产" => Some(Self::Stopped),
            "搬迁或关闭" | "搬迁" | "关闭" | "已搬迁" | "已关闭" | "搬迁关闭" | "已搬迁或关闭" | "注销" | "已注销"
            | "查无此单位" | "关停" => Some(Self::Gone),
            _ => None,
        }
    }

    /// As [`Outcome::parse`], then clause by clause as [`read_result`] reads it; `None` where the words say nothing
    /// that is known, or of several things that don't go together (未发现问题，已停产).
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if let Some(known) = Self::parse(text) {
            return Some(known);
        }
        let words = read_result(text)?;
        match (words.has_problem(), words.stopped, words.gone) {
            (Some(true), false, false) => Some(if words.obstructed {
                Self::Obstructed
            } else if words.ordered && !words.pending {
                Self::Ordered
            } else {
                Self::Pending
            }),
            (Some(false), false, false) => Some(Self::Clear),
            (None, true, false) if !words.clear => Some(Self::Stopped),
            (None, false, true) if !words.clear => Some(Self::Gone),
            _ => None,
        }
    }

    /// True where a problem was found.
    #[must_use]
    pub fn is_problem(self) -> bool {
        matches!(self, Self::Ordered | Self::Pending | Self::Obstructed)
    }

    /// True where there was something to inspect: the unit had neither moved, closed nor stopped.
    #[must_use]
    pub fn is_inspected(self) -> bool {
        !matches!(self, Self::Stopped | Self::Gone)
    }

    /// True where the record was dead: the unit had moved or closed.
    #[must_use]
    pub fn is_dead(self) -> bool {
        self == Self::Gone
    }
}

/// Text without blanks and punctuation, at half width, letters in lower case.
pub(super) fn squeeze(text: &str) -> String {
    fold_width(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | ';' | '、' | '。' | '.' | '-' | '/' | ':' | '(' | ')'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The legal ground on which a result is withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WithholdingGround(String);

impl WithholdingGround {
    /// A ground must name a document and an article, e.g. `《政府信息公开条例》第十五条`.
    ///
    /// # Errors
    /// The expected form, in Chinese.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let after_title = text.split_once('《').and_then(|(_, rest)| rest.split_once('》'));
        let good = after_title.is_some_and(|(title, rest)| {
            let article = rest.split_once('第').and_then(|(_, rest)| rest.split_once('条'));
            title.chars().count() >= 2
                && article.is_some_and(|(number, _)| {
                    !number.is_empty()
                        && fold_width(number)
                            .chars()
                            .all(|c| c.is_ascii_digit() || "〇零一二三四五六七八九十百千".contains(c))
                })
        });
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err("法律依据，如《政府信息公开条例》第十五条".to_owned())
        }
    }

    /// A ground that was written by hand.
    ///
    /// # Errors
    /// `DIS-027` as a finding, without its place.
    pub fn read(text: &str) -> Result<Self, Box<Finding>> {
        Self::new(text)
            .map_err(|expected| Box::new(Finding::error("DIS-027", "不予公开必须写明法律依据").expected(expected)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WithholdingGround {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text)
    }
}

impl From<WithholdingGround> for String {
    fn from(ground: WithholdingGround) -> Self {
        ground.0
    }
}

/// A penalty that followed a check.
///
/// Repaired ones, and those past their publication date, stay in the record and out of public lists
/// (上海市优化营商环境条例 第65、67条).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyNote {
    /// Document number (决定书文号).
    pub document: String,
    /// Kind and amount in words, as it may be published, e.g. `罚款 3 万元`.
    pub text: String,
    /// Last day on which it may be public; `None` where no end is known.
    pub publicity_until: Option<NaiveDate>,
    /// Day on which the credit was repaired.
    pub repaired_on: Option<NaiveDate>,
    /// False for warnings and simplified-procedure penalties, which are not published.
    pub publishable: bool,
}

impl PenaltyNote {
    /// True where the penalty may stand in a public list of that day.
    #[must_use]
    pub fn may_appear(&self, on: NaiveDate) -> bool {
        self.publishable
            && self.publicity_until.is_none_or(|until| on <= until)
            && self.repaired_on.is_none_or(|repaired| on < repaired)
    }
}

/// A check of the plan or a triggered one: who, what, when it became due. One per unit, month and sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueCheck {
    /// Plan code (计划编码), unique in the project.
    pub plan_code: String,
    /// The site.
    pub unit_id: UnitId,
    /// Site's name, as registered.
    pub name: String,
    /// Unified social credit code, where there is a good one.
    pub uscc: Option<String>,
    /// Permit or registration number.
    pub number: String,
    /// Cap unit: USCC, or the unit id where there is none.
    pub enterprise: String,
    /// Industry code (GB/T 4754-2017), where known.
    pub industry: Option<String>,
    /// Enforcing body.
    pub body: BodyId,
    /// The body's name, as published.
    pub body_name: String,
    /// Month that the check belongs to.
    pub month: PlanMonth,
    /// Sequence of the month's draw, from 1; [`OFF_SITE_SEQUENCE`] for off-site turns, which no draw made.
    pub sequence: u32,
    /// Where the check comes from.
    pub origin: CheckOrigin,
    /// Day of the draw (or of the decision to check): nothing earlier can be its result.
    pub drawn_on: NaiveDate,
    /// Manner planned.
    pub manner: Manner,
    /// True for a joint check with other departments; it counts as one visit.
    pub joint: bool,
    /// Certificates of the inspectors assigned; empty where nobody has been paired yet.
    pub inspectors: Vec<InspectorId>,
    /// Commitment of the draw's seal (hex); empty for checks that were not drawn.
    pub commitment: String,
    /// Name of the draw's certificate once it can be published; `None` until then.
    pub certificate: Option<String>,
    /// True once the check was given up (substituted or withdrawn, with its reason in the journal).
    pub withdrawn: bool,
}

/// The record of a check that took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Plan code of the check that it belongs to.
    pub plan_code: String,
    /// The site.
    pub unit_id: UnitId,
    /// Month of the check.
    pub month: PlanMonth,
    /// Sequence of the month's draw.
    pub sequence: u32,
    /// Day of the visit (or of the off-site check).
    pub inspected_on: NaiveDate,
    /// Day on which the task was complete; the 20 working days count from the next. `None` while it runs.
    pub completed_on: Option<NaiveDate>,
    /// How it was made.
    pub manner: Manner,
    /// Matters inspected (检查事项).
    pub matters: String,
    /// Result.
    pub outcome: Outcome,
    /// Handling (处理情况), for the public list.
    pub handling: String,
    /// Problem found, in the office's own words: internal.
    pub problem: String,
    /// Day by which it must be mended.
    pub rectify_by: Option<NaiveDate>,
    /// Day on which the problem was closed (问题—整改—销号).
    pub closed_on: Option<NaiveDate>,
    /// Inspectors who made the check, by certificate, at least two.
    pub inspectors: Vec<InspectorId>,
    /// Checklist used, where one was, with the answers to its items; version 0.1 kept the name alone.
    pub checklist: Option<ChecklistRecord>,
    /// True where this check looked again at a problem found earlier.
    pub recheck: bool,
    /// Day on which the result was disclosed.
    pub disclosed_on: Option<NaiveDate>,
    /// Legal ground on which it is withheld.
    pub withheld: Option<WithholdingGround>,
    /// Penalties that followed.
    pub penalties: Vec<PenaltyNote>,
    /// What became of the problem; nothing in records of version 0.1.
    #[serde(default, skip_serializing_if = "FollowUp::is_empty")]
    pub follow_up: FollowUp,
}

impl CheckResult {
    /// What identifies the check: unit, month, sequence.
    #[must_use]
    pub fn key(&self) -> (&UnitId, PlanMonth, u32) {
        (&self.unit_id, self.month, self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stood_still_or_was_gone_was_not_inspected() {
        let inspected = Outcome::ALL.into_iter().filter(|outcome| outcome.is_inspected());
        assert!(inspected.eq([Outcome::Clear, Outcome::Ordered, Outcome::Pending, Outcome::Obstructed]));
        assert!(Outcome::ALL.into_iter().all(|outcome| outcome.is_inspected() || !outcome.is_problem()));
    }

    #[test]
    fn outcomes_are_read_in_their_usual_spellings() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.label()), Some(outcome));
        }
        assert_eq!(Outcome::parse(" 发现问题，已责令改正。"), Some(Outcome::Ordered));
        assert_eq!(Outcome::parse("正常"), Some(Outcome::Clear));
        assert_eq!(Outcome::parse("搬迁/关闭"), Some(Outcome::Gone));
        assert_eq!(Outcome::parse("未查（无生产）"), Some(Outcome::Stopped));
        assert_eq!(Outcome::parse("没查"), None);
        assert_eq!(Outcome::parse(""), None);
        assert_eq!(Manner::parse("非 现 场"), Some(Manner::OffSite));
        assert_eq!(Manner::parse("现场检查"), Some(Manner::OnSite));
        assert_eq!(Manner::parse("航拍"), None);
    }

    #[test]
    fn a_ground_names_document_and_article() {
        assert!(WithholdingGround::new("《中华人民共和国政府信息公开条例》第十五条（商业秘密）").is_ok());
        assert!(WithholdingGround::new("《政府信息公开条例》第14条").is_ok());
        for bad in ["", "领导要求", "商业秘密", "《》第十五条", "《政府信息公开条例》", "第十五条", "《条例》第条"]
        {
            assert!(WithholdingGround::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn repaired_and_expired_penalties_may_not_appear() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let note = PenaltyNote {
            document: "沪环罚〔2026〕1号".into(),
            text: "罚款 3 万元".into(),
            publicity_until: Some(day("2026-06-30")),
            repaired_on: None,
            publishable: true,
        };
        assert!(note.may_appear(day("2026-06-30")));
        assert!(!note.may_appear(day("2026-07-01")));
        let repaired = PenaltyNote { repaired_on: Some(day("2026-05-01")), ..note.clone() };
        assert!(repaired.may_appear(day("2026-04-30")) && !repaired.may_appear(day("2026-05-01")));
        assert!(!PenaltyNote { publishable: false, ..note }.may_appear(day("2026-01-01")));
    }
}
