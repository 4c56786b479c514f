//! What a checklist's items were answered: met, not met, not applicable, by the item's lasting id.
//!
//! Answers are optional, all of them or some. They are written as people would on paper, the exceptions first:
//! `不符合：P03、M02；不适用：E02；其余符合`, or item by item, `P03 不符合；P01 符合`. Old records hold the checklist's name
//! alone and stay as they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::checklist::shipped_checklists;
use crate::diagnostic::Finding;
use crate::text::fold_width;

use super::intake::ResultField;
use super::result::{CheckResult, DueCheck};
use super::rules::FieldFinding;

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// 符合.
    Met,
    /// 不符合.
    NotMet,
    /// 不适用.
    NotApplicable,
}

impl Answer {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Met, Self::NotMet, Self::NotApplicable];

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Met => "符合",
            Self::NotMet => "不符合",
            Self::NotApplicable => "不适用",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.label() == text)
    }
}

/// Which checklist a check was made with, and what its items were answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct ChecklistRecord {
    /// The list's name, in the office's own words.
    pub name: String,
    /// Answers by item; none where they were not taken down.
    pub answers: BTreeMap<String, Answer>,
}

/// As it is stored: a name alone, as ever, where there are no answers.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Name(String),
    Answered { name: String, answers: BTreeMap<String, Answer> },
}

impl From<Stored> for ChecklistRecord {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Name(name) => Self { name, answers: BTreeMap::new() },
            Stored::Answered { name, answers } => Self { name, answers },
        }
    }
}

impl From<ChecklistRecord> for Stored {
    fn from(record: ChecklistRecord) -> Self {
        let ChecklistRecord { name, answers } = record;
        if answers.is_empty() { Self::Name(name) } else { Self::Answered { name, answers } }
    }
}

impl From<&str> for ChecklistRecord {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), answers: BTreeMap::new() }
    }
}

impl ChecklistRecord {
    /// The record of a name and answers as typed; `None` where there is neither. Answers without a name get that of the
    /// industry's own lists.
    #[must_use]
    pub fn of(name: &str, answers: BTreeMap<String, Answer>, industry: &str) -> Option<Self> {
        if !name.is_empty() || answers.is_empty() {
            return (!name.is_empty()).then(|| Self { name: name.to_owned(), answers });
        }
        let names = shipped_checklists().map(|lists| lists.names(industry).0.join("、")).unwrap_or_default();
        Some(Self { name: names, answers })
    }
}

/// Ids of the items that a site of this industry may be asked, in the order of the sheet.
fn items_of(industry: &str) -> Vec<&'static str> {
    shipped_checklists().map(|lists| lists.item_ids(industry)).unwrap_or_default()
}

/// Reads answers as people write them; empty text is none.
///
/// # Errors
/// `DIS-047` with what can't be read, `DIS-048` for an item answered in two ways.
pub fn read_answers(text: &str, industry: &str) -> Result<BTreeMap<String, Answer>, Box<Finding>> {
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    let folded = fold_width(text).to_uppercase();
    let mut rest = None;
    let unread = |part: &str| {
        Box::new(
            Finding::error("DIS-047", "检查表答复无法识别")
                .value(part)
                .expected("不符合：P03、M02；不适用：E02；其余符合，或逐项写 P03 不符合"),
        )
    };
    for part in folded.split([';', '\n', '。']).map(str::trim).filter(|part| !part.is_empty()) {
        if let Some(answer) = part.strip_prefix("其余").and_then(|answer| Answer::parse(answer.trim())) {
            rest = Some(answer);
            continue;
        }
        let words: Vec<&str> = part
            .split(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | '、' | '=' | '/'))
            .filter(|word| !word.is_empty())
            .collect();
        // the answer stands before its items, or behind its item
        let (answer, items) = match words.as_slice() {
            [first, items @ ..] if !items.is_empty() && Answer::parse(first).is_some() => (Answer::parse(first), items),
            [items @ .., last] if !items.is_empty() => (Answer::parse(last), items),
            _ => (None, &[] as &[&str]),
        };
        let Some(answer) = answer else { return Err(unread(part)) };
        for item in items {
            if !item.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                return Err(unread(part));
            }
            if answers.insert((*item).to_owned(), answer).is_some_and(|before| before != answer) {
                return Err(Box::new(Finding::error("DIS-048", "检查表的同一项有两种答复").value(*item)));
            }
        }
    }
    if let Some(rest) = rest {
        for item in items_of(industry) {
            answers.entry(item.to_owned()).or_insert(rest);
        }
    }
    Ok(answers)
}

/// Answers as a line that [`read_answers`] reads.
#[must_use]
pub fn write_answers(answers: &BTreeMap<String, Answer>) -> String {
    let of = |answer: Answer| {
        let items: Vec<&str> =
            answers.iter().filter(|(_, given)| **given == answer).map(|(item, _)| item.as_str()).collect();
        (!items.is_empty()).then(|| format!("{}：{}", answer.label(), items.join("、")))
    };
    [Answer::NotMet, Answer::NotApplicable, Answer::Met].into_iter().filter_map(of).collect::<Vec<_>>().join("；")
}

/// What the rules say of a record's answers. Codes: `DIS-049` an item that the site's lists don't have, `DIS-066` an item
/// not met though nothing was found (a warning).
pub(super) fn check_answers(result: &CheckResult, check: &DueCheck) -> Vec<FieldFinding> {
    let Some(record) = result.checklist.as_ref().filter(|record| !record.answers.is_empty()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let known = items_of(check.industry.as_deref().unwrap_or_default());
    let unknown: Vec<&str> = record.answers.keys().map(String::as_str).filter(|item| !known.contains(item)).collect();
    if !unknown.is_empty() {
        let finding = Finding::error("DIS-049", "该单位的检查表没有这些项").value(unknown.join("、"));
        found.push(FieldFinding::new(
            ResultField::Answers,
            finding.expected(format!("编号见任务单所附检查表，共 {} 项", known.len())),
        ));
    }
    let failed: Vec<&str> =
        record.answers.iter().filter(|(_, a)| **a == Answer::NotMet).map(|(item, _)| item.as_str()).collect();
    if !failed.is_empty() && !result.outcome.is_problem() {
        let finding = Finding::warning("DIS-066", "检查表有不符合的项，检查结果却不是发现问题")
            .value(failed.join("、"))
            .hint("请核对检查结果");
        found.push(FieldFinding::new(ResultField::Answers, finding));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_people_write_them() {
        let answers = read_answers("不符合：P03、M02；不适用:E02", "").unwrap();
        assert_eq!(answers["P03"], Answer::NotMet);
        assert_eq!(answers["M02"], Answer::NotMet);
        assert_eq!(answers["E02"], Answer::NotApplicable);
        assert_eq!(read_answers(&write_answers(&answers), "").unwrap(), answers);
        let one_by_one = read_answers("p03 不符合\nＭ０２ 不符合；E02=不适用", "").unwrap();
        assert_eq!(one_by_one, answers);
        assert!(read_answers(" ", "").unwrap().is_empty());
        let whole = read_answers("不符合：P03；其余符合", "2641").unwrap();
        assert!(whole.len() > 20 && whole["X264-1"] == Answer::Met && whole["P03"] == Answer::NotMet);
        // of another industry the paint makers' items are none of its business
        assert!(!read_answers("其余符合", "3110").unwrap().contains_key("X264-1"));
        for (text, code) in [
            ("P03", "DIS-047"),
            ("大概符合", "DIS-047"),
            ("P03 好的", "DIS-047"),
            ("符合：P03；不符合：P03", "DIS-048"),
        ] {
            assert_eq!(read_answers(text, "").unwrap_err().code, code, "{text}");
        }
    }

    #[test]
    fn a_record_without_answers_is_stored_as_ever() {
        let name = ChecklistRecord::from("通用检查表");
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"通用检查表\"");
        let answered = ChecklistRecord { answers: BTreeMap::from([("P01".to_owned(), Answer::Met)]), ..name.clone() };
        let text = serde_json::to_string(&answered).unwrap();
        assert_eq!(text, r#"{"name":"通用检查表","answers":{"P01":"met"}}"#);
        for (record, text) in [(name, "\"通用检查表\""), (answered, text.as_str())] {
            assert_eq!(serde_json::from_str::<ChecklistRecord>(text).unwrap(), record);
        }
        assert_eq!(ChecklistRecord::of("", BTreeMap::new(), "2641"), None);
        let named = ChecklistRecord::of("", BTreeMap::from([("P01".to_owned(), Answer::Met)]), "2641").unwrap();
        assert_eq!(named.name, "通用检查表、涂料、油墨、颜料及类似产品制造检查表");
    }
}
