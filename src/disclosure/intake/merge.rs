//! A row about a check that has its result already: it may complete the record, never contradict it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::answers::write_answers;
use super::super::result::CheckResult;
use super::ResultField;

/// The record before, completed by the row. `None`: the row adds nothing. An error names what contradicts:
/// column, recorded text, new text.
pub(super) fn merge(
    before: &CheckResult,
    row: &CheckResult,
) -> Result<Option<CheckResult>, (&'static str, String, String)> {
    let differ = |field: ResultField, a: &str, b: &str| Err((field.aliases()[0], a.to_owned(), b.to_owned()));
    let date = |d: NaiveDate| d.to_string();
    if before.inspected_on != row.inspected_on {
        return differ(ResultField::InspectedOn, &date(before.inspected_on), &date(row.inspected_on));
    }
    if before.outcome != row.outcome {
        return differ(ResultField::Outcome, before.outcome.label(), row.outcome.label());
    }
    if before.manner != row.manner {
        return differ(ResultField::Manner, before.manner.label(), row.manner.label());
    }
    let sorted = |r: &CheckResult| r.inspectors.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let (a, b) = (sorted(before), sorted(row));
    if a != b {
        let list = |s: &BTreeSet<String>| s.iter().cloned().collect::<Vec<_>>().join("、");
        return differ(ResultField::FirstInspector, &list(&a), &list(&b));
    }
    let mut merged = before.clone();
    for (field, old, new) in [
        (ResultField::CompletedOn, &mut merged.completed_on, row.completed_on),
        (ResultField::RectifyBy, &mut merged.rectify_by, row.rectify_by),
        (ResultField::ClosedOn, &mut merged.closed_on, row.closed_on),
        (ResultField::HandedOverOn, &mut merged.follow_up.handed_over_on, row.follow_up.handed_over_on),
        (ResultField::DisclosedOn, &mut merged.disclosed_on, row.disclosed_on),
    ] {
        match (*old, new) {
            (None, Some(_)) => *old = new,
            (Some(a), Some(b)) if a != b => return differ(field, &date(a), &date(b)),
            _ => {}
        }
    }
    for (field, old, new) in [
        (ResultField::Handling, &mut merged.handling, &row.handling),
        (ResultField::Problem, &mut merged.problem, &row.problem),
        (ResultField::Matters, &mut merged.matters, &row.matters),
        (ResultField::Evidence, &mut merged.follow_up.evidence, &row.follow_up.evidence),
        (ResultField::ClosedBy, &mut merged.follow_up.closed_by, &row.follow_up.closed_by),
        (ResultField::HandedOver, &mut merged.follow_up.handed_over, &row.follow_up.handed_over),
        (ResultField::Exempted, &mut merged.follow_up.exempted, &row.follow_up.exempted),
    ] {
        if old.is_empty() {
            old.clone_from(new);
        } else if !new.is_empty() && *old != *new {
            return differ(field, old, new);
        }
    }
    match (merged.checklist.clone(), &row.checklist) {
        (None, Some(_)) => merged.checklist.clone_from(&row.checklist),
        (Some(a), Some(b)) if !b.name.is_empty() && a.name != b.name => {
            return differ(ResultField::Checklist, &a.name, &b.name);
        }
        (Some(a), Some(b)) if b.answers.is_empty() || a.answers == b.answers => {}
        (Some(a), Some(b)) if !a.answers.is_empty() => {
            return differ(ResultField::Answers, &write_answers(&a.answers), &write_answers(&b.answers));
        }
        (Some(_), Some(b)) => {
            if let Some(record) = &mut merged.checklist {
                record.answers.clone_from(&b.answers);
            }
        }
        _ => {}
    }
    match (&merged.withheld, &row.withheld) {
        (None, Some(_)) if merged.disclosed_on.is_none() => merged.withheld.clone_from(&row.withheld),
        (None, Some(new)) => return differ(ResultField::Withheld, "已公开", new.as_str()),
        (Some(a), Some(b)) if a != b => return differ(ResultField::Withheld, a.as_str(), b.as_str()),
        _ => {}
    }
    if merged.withheld.is_some() && merged.disclosed_on.is_some() {
        return differ(ResultField::DisclosedOn, "依法不公开", &merged.disclosed_on.map(date).unwrap_or_default());
    }
    merged.recheck |= row.recheck;
    Ok((merged != *before).then_some(merged))
}
