//! Units that were given out as closed, moved or merged and were found at work later: whether the first word was true is
//! a question that somebody must answer.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::result::{CheckOrigin, CheckResult, DueCheck};
use crate::diagnostic::Finding;
use crate::domain::UnitId;

/// A finding (`DIS-067`) for every unit that a result, or a substitution, gave out as gone and that a later check found
/// at work; by unit.
#[must_use]
pub fn check_revived(checks: &[DueCheck], results: &[CheckResult]) -> Vec<Finding> {
    let mut gone: BTreeMap<&UnitId, NaiveDate> = BTreeMap::new();
    let dead = results.iter().filter(|result| result.outcome.is_dead()).map(|r| (&r.unit_id, r.inspected_on));
    let replaced = checks.iter().filter(|check| check.withdrawn && check.origin != CheckOrigin::Triggered);
    for (unit, day) in dead.chain(replaced.map(|check| (&check.unit_id, check.drawn_on))) {
        let first = gone.entry(unit).or_insert(day);
        *first = (*first).min(day);
    }
    let mut alive: BTreeMap<&UnitId, NaiveDate> = BTreeMap::new();
    for result in results.iter().filter(|result| result.outcome.is_inspected()) {
        if gone.get(&result.unit_id).is_some_and(|day| result.inspected_on > *day) {
            let first = alive.entry(&result.unit_id).or_insert(result.inspected_on);
            *first = (*first).min(result.inspected_on);
        }
    }
    let found = gone.into_iter().filter_map(|(unit, day)| {
        let inspected_on = alive.get(unit)?;
        let name = checks.iter().find(|check| check.unit_id == *unit).map_or("", |check| check.name.as_str());
        Some(
            Finding::warning("DIS-067", format!("「{name}」（{unit}）曾按关闭、搬迁等处理，之后查到仍在生产经营"))
                .value(format!("{day} 前后按关闭、搬迁等处理，{inspected_on} 检查"))
                .hint("请核实当时的依据，必要时更正结果；不实的应说明原因"),
        )
    });
    found.collect()
}
