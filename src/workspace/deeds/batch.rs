//! Many checks entered at once: nothing was found, on the same days.
//!
//! All or nothing: where one of them can't be entered none is, and each is named with its reason. The journal gets one
//! line that names them all; corrections go one by one, as for any other result.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::diagnostic::{AppResult, Finding};
use crate::disclosure::{CheckResult, DueCheck, FieldFinding, FollowUp, Outcome, check_result};
use crate::domain::{PlanMonth, UnitId};
use crate::registry::Registry;
use crate::workspace::inputs::due::{KnownInspectors, all_due_checks};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::results::{load_results, put_results};
use crate::workspace::store::staged::Change;

/// Refusals that the message of a failed batch names.
const MOST_NAMED: usize = 20;

/// What names a check: unit, month, sequence of the month's draw.
pub type CheckKey = (UnitId, PlanMonth, u32);

/// The key of a check.
#[must_use]
pub fn key_of(check: &DueCheck) -> CheckKey {
    (check.unit_id.clone(), check.month, check.sequence)
}

/// The days that the checks of a batch have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearDays {
    /// Day of the visits.
    pub inspected_on: NaiveDate,
    /// Day on which they were complete; `None` while they run.
    pub completed_on: Option<NaiveDate>,
}

/// A check that can't be entered, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The check.
    pub key: CheckKey,
    /// Its plan code.
    pub plan_code: String,
    /// Its site's name.
    pub name: String,
    /// Why not.
    pub finding: Finding,
}

/// The results of checks at which nothing was found, as they would be entered, and the checks that can't be.
/// `matters` is what the office inspects by its policy; the inspectors are those who were paired.
pub fn clear_results<'a>(
    checks: impl IntoIterator<Item = &'a DueCheck>,
    days: ClearDays,
    matters: &str,
    people: &KnownInspectors,
    is_recorded: impl Fn(&DueCheck) -> bool,
    today: NaiveDate,
) -> (Vec<CheckResult>, Vec<Refusal>) {
    let (mut results, mut refused) = (Vec::new(), Vec::new());
    for check in checks {
        let result = CheckResult {
            plan_code: check.plan_code.clone(),
            unit_id: check.unit_id.clone(),
            month: check.month,
            sequence: check.sequence,
            inspected_on: days.inspected_on,
            completed_on: days.completed_on,
            manner: check.manner,
            matters: matters.to_owned(),
            outcome: Outcome::Clear,
            handling: String::new(),
            problem: String::new(),
            rectify_by: None,
            closed_on: None,
            inspectors: check.inspectors.clone(),
            checklist: None,
            recheck: false,
            disclosed_on: None,
            withheld: None,
            penalties: Vec::new(),
            follow_up: FollowUp::default(),
        };
        let wrong = if is_recorded(check) {
            Some(Finding::error("RES-010", "该项检查已有结果，成批录入不更改已录入的结果").hint("请逐条更正"))
        } else {
            let found = check_result(&result, check, people.roster.as_ref(), today);
            found.into_iter().find(FieldFinding::is_error).map(|wrong| wrong.finding.column(wrong.field.aliases()[0]))
        };
        match wrong {
            None => results.push(result),
            Some(finding) => refused.push(Refusal {
                key: key_of(check),
                plan_code: check.plan_code.clone(),
                name: check.name.clone(),
                finding,
            }),
        }
    }
    (results, refused)
}

/// Enters checks at which nothing was found; how many there are.
///
/// # Errors
/// `RES-009` where some can't be entered (none is then), `RES-004` a check that is not due, `PRJ-011`, `IO-…`, `JRN-…`.
pub fn record_clear_results(
    project: &Project,
    registry: &Registry,
    keys: &[CheckKey],
    days: ClearDays,
    context: &CommandContext,
) -> AppResult<usize> {
    project.check_writable()?;
    let wanted: BTreeSet<(&UnitId, PlanMonth, u32)> = keys.iter().map(|(unit, month, n)| (unit, *month, *n)).collect();
    let all = all_due_checks(project, registry)?;
    let due: Vec<&DueCheck> = all
        .iter()
        .filter(|check| !check.withdrawn && wanted.contains(&(&check.unit_id, check.month, check.sequence)))
        .collect();
    let known: BTreeSet<(&UnitId, PlanMonth, u32)> =
        due.iter().map(|check| (&check.unit_id, check.month, check.sequence)).collect();
    if let Some((unit, ..)) = wanted.difference(&known).next() {
        return Err(Finding::error("RES-004", "该单位不在此月的检查对象之列，不能录入结果")
            .value(unit.as_str())
            .hint("触发式检查请先在「月度抽取」中新增")
            .into());
    }
    let mut results = load_results(project)?;
    let recorded: BTreeSet<CheckKey> = results.iter().map(|r| (r.unit_id.clone(), r.month, r.sequence)).collect();
    let people = KnownInspectors::of(registry)?;
    let matters = project.policy.disclosure.matters.join("、");
    let is_recorded = |check: &DueCheck| recorded.contains(&key_of(check));
    let today = context.now.date();
    let (new, refused) = clear_results(due.iter().copied(), days, &matters, &people, is_recorded, today);
    if !refused.is_empty() {
        return Err(refusal(keys.len(), &refused).into());
    }
    if new.is_empty() {
        return Ok(0);
    }
    let checks: Vec<serde_json::Value> = due
        .iter()
        .map(|check| serde_json::json!({ "plan_code": check.plan_code, "unit": check.unit_id, "name": check.name }))
        .collect();
    let count = new.len();
    results.extend(new);
    results.sort_by(|a, b| a.plan_code.cmp(&b.plan_code).then_with(|| a.key().cmp(&b.key())));
    let change = Change::begin(project)?;
    put_results(&change, project, &results)?;
    let detail = serde_json::json!({
        "count": count, "outcome": Outcome::Clear, "inspected_on": days.inspected_on,
        "completed_on": days.completed_on, "checks": checks,
    });
    change.commit(context, CommandId::RecordResults, detail)?;
    Ok(count)
}

/// `RES-009`: some of a batch can't be entered, each with its reason.
fn refusal(asked: usize, refused: &[Refusal]) -> Finding {
    let mut lines: Vec<String> =
        refused.iter().take(MOST_NAMED).map(|r| format!("{} {}：{}", r.plan_code, r.name, r.finding.what)).collect();
    if refused.len() > MOST_NAMED {
        lines.push(format!("另有 {} 项", refused.len() - MOST_NAMED));
    }
    Finding::error("RES-009", format!("所选 {asked} 项中有 {} 项不能录入，因此全部没有录入", refused.len()))
        .hint(format!("取消勾选后重试：{}", lines.join("；")))
}
