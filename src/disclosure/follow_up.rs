//! What becomes of a problem after the check: who proved and closed it, whether the police took it over, on which
//! ground it is not punished. Internal: nothing of it stands in a public list.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::intake::ResultField;
use super::result::{CheckResult, WithholdingGround};
use super::rules::FieldFinding;
use crate::diagnostic::Finding;

/// The follow-up of a problem, kept with the record of its check.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowUp {
    /// What proves that the problem is mended (销号依据): report, photograph, re-check.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub evidence: String,
    /// Who closed it (销号人).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub closed_by: String,
    /// Day on which the case was handed over to the police (移送公安).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_over_on: Option<NaiveDate>,
    /// Number of the document that hands it over.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub handed_over: String,
    /// Document and article by which a minor offence is not punished (decree item 17).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub exempted: String,
}

impl FollowUp {
    /// True where nothing is known of a follow-up.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The rules of a follow-up. Codes: `DIS-016` and `DIS-017` as for every day, `DIS-039` closed without its proof,
/// `DIS-046` words of a closing without its day, `DIS-035` handed over without its document, `DIS-036` a ground that
/// names no article, `DIS-037` a follow-up where no problem was found, `DIS-038` a document without its day.
pub(super) fn check_follow_up(result: &CheckResult, today: NaiveDate) -> Vec<FieldFinding> {
    let follow_up = &result.follow_up;
    let mut found = Vec::new();
    let mut tell = |field, finding| found.push(FieldFinding::new(field, finding));
    if !result.outcome.is_problem() {
        let first = [
            (ResultField::Evidence, &follow_up.evidence),
            (ResultField::ClosedBy, &follow_up.closed_by),
            (ResultField::HandedOver, &follow_up.handed_over),
            (ResultField::Exempted, &follow_up.exempted),
        ]
        .into_iter()
        .find(|(_, text)| !text.is_empty())
        .map(|(field, text)| (field, text.clone()))
        .or_else(|| follow_up.handed_over_on.map(|day| (ResultField::HandedOverOn, day.to_string())));
        if let Some((field, text)) = first {
            let finding = Finding::error("DIS-037", "检查没有发现问题，却填写了整改、移送或免罚");
            tell(field, finding.value(text).hint("请核对检查结果，或清空这些内容"));
        }
        return found;
    }
    if result.closed_on.is_some() && follow_up.evidence.is_empty() {
        let finding = Finding::warning("DIS-039", "已销号，但没有写明销号依据");
        tell(ResultField::Evidence, finding.hint("请写明凭什么确认整改到位，如整改报告、照片、复查"));
    }
    if result.closed_on.is_none() && !(follow_up.evidence.is_empty() && follow_up.closed_by.is_empty()) {
        let finding = Finding::warning("DIS-046", "填写了销号依据或销号人，却没有销号日期");
        tell(ResultField::ClosedOn, finding.hint("整改到位的请补填销号日期；尚未到位的，问题仍列为未销号"));
    }
    if let Some(day) = follow_up.handed_over_on {
        if day > today {
            let finding = Finding::error("DIS-016", "日期在今天之后");
            tell(ResultField::HandedOverOn, finding.value(day.to_string()).expected(format!("不晚于 {today}")));
        } else if day < result.inspected_on {
            let finding = Finding::error("DIS-017", "移送日期早于检查日期");
            let expected = format!("不早于 {}", result.inspected_on);
            tell(ResultField::HandedOverOn, finding.value(day.to_string()).expected(expected));
        }
    }
    match (follow_up.handed_over_on, follow_up.handed_over.is_empty()) {
        (Some(day), true) => {
            let finding = Finding::warning("DIS-035", "已移送公安，但没有写明移送文号");
            tell(ResultField::HandedOver, finding.value(day.to_string()).hint("请补填移送文书的文号"));
        }
        (None, false) => {
            let finding = Finding::error("DIS-038", "填写了移送文号，却没有移送日期");
            tell(ResultField::HandedOverOn, finding.value(follow_up.handed_over.clone()).hint("请补填移送日期"));
        }
        _ => {}
    }
    if !follow_up.exempted.is_empty() && WithholdingGround::new(&follow_up.exempted).is_err() {
        let finding = Finding::error("DIS-036", "轻微违法免予处罚必须写明法律依据");
        tell(
            ResultField::Exempted,
            finding.value(follow_up.exempted.clone()).expected("文件与条款，如《中华人民共和国行政处罚法》第三十三条"),
        );
    }
    found
}
