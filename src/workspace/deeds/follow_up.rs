//! What becomes of problems is entered: closed with its proof, another term, handed over, not punished; and attempts to
//! interfere with inspections are recorded.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::results::reason_missing;
use crate::diagnostic::{AppResult, Finding};
use crate::disclosure::{CheckResult, DueCheck, FollowUp, ResultField, check_result};
use crate::domain::UnitId;
use crate::registry::Registry;
use crate::workspace::inputs::due::{KnownInspectors, all_due_checks};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::results::{load_results, put_results};
use crate::workspace::store::staged::Change;

/// What is entered on problems; empty fields leave what stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowUpEntry {
    /// Plan codes of the checks that found them.
    pub codes: Vec<String>,
    /// Another term.
    pub rectify_by: Option<NaiveDate>,
    /// Day of the closing.
    pub closed_on: Option<NaiveDate>,
    /// Proof, closer, police, exemption.
    pub follow_up: FollowUp,
    /// Why something that stands is changed.
    pub reason: String,
}

/// Fields that an entry may touch.
const FIELDS: [ResultField; 7] = [
    ResultField::RectifyBy,
    ResultField::ClosedOn,
    ResultField::Evidence,
    ResultField::ClosedBy,
    ResultField::HandedOverOn,
    ResultField::HandedOver,
    ResultField::Exempted,
];

impl FollowUpEntry {
    /// True where nothing is entered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rectify_by.is_none() && self.closed_on.is_none() && self.follow_up.is_empty()
    }

    /// True where something that stands in a record would be another: that takes a reason.
    #[must_use]
    pub fn alters(&self, result: &CheckResult) -> bool {
        self.put(&mut result.clone())
    }

    /// Puts the entry into a record; true where something that stood is another now.
    fn put(&self, result: &mut CheckResult) -> bool {
        let mut changed = false;
        let mut day = |old: &mut Option<NaiveDate>, new: Option<NaiveDate>| {
            if new.is_some() && *old != new {
                changed |= old.is_some();
                *old = new;
            }
        };
        day(&mut result.rectify_by, self.rectify_by);
        day(&mut result.closed_on, self.closed_on);
        day(&mut result.follow_up.handed_over_on, self.follow_up.handed_over_on);
        let mut text = |old: &mut String, new: &str| {
            let new = new.trim();
            if !new.is_empty() && *old != new {
                changed |= !old.is_empty();
                new.clone_into(old);
            }
        };
        text(&mut result.follow_up.evidence, &self.follow_up.evidence);
        text(&mut result.follow_up.closed_by, &self.follow_up.closed_by);
        text(&mut result.follow_up.handed_over, &self.follow_up.handed_over);
        text(&mut result.follow_up.exempted, &self.follow_up.exempted);
        changed
    }
}

/// Enters a follow-up on problems, all or none; returns how many records are others than before.
///
/// # Errors
/// `RES-012` nothing to enter, `RES-013` a code without a problem found, `RES-014` a closing without its proof,
/// `RES-007` what stands is changed without a reason, those of [`check_result`] for these fields, `PRJ-011`, `IO-…`,
/// `JRN-…`.
pub fn record_follow_up(
    project: &Project,
    registry: &Registry,
    entry: &FollowUpEntry,
    context: &CommandContext,
) -> AppResult<usize> {
    project.check_writable()?;
    if entry.is_empty() || entry.codes.is_empty() {
        return Err(Finding::error("RES-012", "没有可登记的内容")
            .expected("计划编码，以及整改期限、销号日期与依据、移送公安或免予处罚依据之一")
            .into());
    }
    let today = context.now.date();
    let checks = all_due_checks(project, registry)?;
    let people = KnownInspectors::of(registry)?;
    let mut results = load_results(project)?;
    let mut left: BTreeSet<&str> = entry.codes.iter().map(String::as_str).collect();
    let mut changes = Vec::new();
    let mut altered = false;
    for result in results.iter_mut().filter(|r| r.outcome.is_problem()) {
        if !left.remove(result.plan_code.as_str()) {
            continue;
        }
        let before = result.clone();
        altered |= entry.put(result);
        if *result == before {
            continue;
        }
        if result.closed_on.is_some() && before.closed_on.is_none() && result.follow_up.evidence.is_empty() {
            return Err(Finding::error("RES-014", "销号必须写明依据")
                .column(ResultField::Evidence.aliases()[0])
                .value(&result.plan_code)
                .expected("凭什么确认整改到位，如整改报告、照片、复查记录")
                .into());
        }
        let of = |check: &&DueCheck| (&check.unit_id, check.month, check.sequence) == result.key();
        if let Some(due) = checks.iter().find(of) {
            let found = check_result(result, due, people.roster.as_ref(), today);
            if let Some(wrong) = found.into_iter().find(|f| f.is_error() && FIELDS.contains(&f.field)) {
                return Err(wrong.finding.column(wrong.field.aliases()[0]).into());
            }
        }
        changes.push(serde_json::json!({ "before": before, "after": &*result }));
    }
    if let Some(code) = left.first() {
        return Err(Finding::error("RES-013", "没有这个计划编码，或该次检查没有发现问题").value(*code).into());
    }
    let reason = entry.reason.trim();
    if altered && reason.is_empty() {
        return Err(reason_missing().into());
    }
    let count = changes.len();
    if count > 0 {
        let change = Change::begin(project)?;
        put_results(&change, project, &results)?;
        let detail = serde_json::json!({ "problems": count, "changes": changes, "reason": reason });
        change.commit(context, CommandId::FollowUp, detail)?;
    }
    Ok(count)
}

/// An attempt to interfere with inspections (decree item 20): kept in the journal alone, which is internal and chained.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interference {
    /// The day; `None` for today.
    pub on: Option<NaiveDate>,
    /// Who tried: name, office, post.
    pub who: String,
    /// How: what was asked, by which way.
    pub how: String,
    /// What was done about it.
    pub handled: String,
    /// The unit that it was about, where it was about one.
    pub unit: Option<UnitId>,
}

/// Records an attempt to interfere.
///
/// # Errors
/// `RES-015` where who, how or what was done lacks, `DIS-016` a day to come, `PRJ-011`, `IO-…`, `JRN-…`.
pub fn record_interference(project: &Project, told: &Interference, context: &CommandContext) -> AppResult<()> {
    project.check_writable()?;
    let lacking: Vec<&str> = [("过问或干预的人", &told.who), ("方式与内容", &told.how), ("处置", &told.handled)]
        .into_iter()
        .filter(|(_, text)| text.trim().is_empty())
        .map(|(name, _)| name)
        .collect();
    if !lacking.is_empty() {
        let finding = Finding::error("RES-015", format!("干预记录缺少：{}", lacking.join("、")));
        return Err(finding.expected("何人、以何方式过问或干预、如何处置，三项都要写明").into());
    }
    let today = context.now.date();
    let on = told.on.unwrap_or(today);
    if on > today {
        let finding = Finding::error("DIS-016", "日期在今天之后").value(on.to_string());
        return Err(finding.expected(format!("不晚于 {today}")).into());
    }
    let detail = serde_json::json!({
        "on": on, "who": told.who.trim(), "how": told.how.trim(), "handled": told.handled.trim(), "unit": told.unit,
    });
    Change::begin(project)?.commit(context, CommandId::Interference, detail)?;
    Ok(())
}
