//! The command of the policy: its numbers listed, changed, another scoring taken over.

use std::sync::Arc;

use super::Finish;
use super::args::PolicyArgs;
use super::deeds::carry_out;
use super::output::{data, json, line, say};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::policy::edit::{
    Deciding, PolicyChange, adopt_scoring, compare_policies, decide, list_parts, list_values, set_value,
};
use crate::policy::{Policy, policy_fault};
use crate::text::csv::{CsvStyle, CsvWriter};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::settings::Settings;
use crate::workspace::intake::import::load_policy_by_name;
use crate::workspace::store::project::{CommandContext, Project};

/// Every part that is yet to be confirmed.
const ALL: &str = "all";

/// A policy changed as asked, and what was done, in words.
struct Changed {
    policy: Policy,
    changes: Vec<PolicyChange>,
    steps: Vec<String>,
}

pub(super) fn policy(args: &PolicyArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let listing = args.confirm.iter().all(String::is_empty);
    if args.set.is_empty() && args.preset.is_none() && listing {
        return if args.confirm.is_empty() { list(args, as_json) } else { list_open(args, as_json, context) };
    }
    let mut changes = Vec::new();
    let deed = |project: &Project| {
        let changed = change(&project.policy, args, context)?;
        changes = changed.changes;
        Ok(Deed::Settings(Box::new(Settings {
            policy: Arc::new(changed.policy),
            edits: project.file.edits.clone(),
            review_number: project.file.review_number.clone(),
            briefing: project.file.briefing.clone(),
            steps: changed.steps,
        })))
    };
    carry_out(&args.project, deed, as_json, context)?;
    if as_json {
        json(&serde_json::json!({ "changed": changes }))?;
        return Ok(Finish::Done);
    }
    for change in &changes {
        line(&change.to_string())?;
    }
    say(&if changes.is_empty() {
        "数值与已保存的相同，没有更改".to_owned()
    } else {
        format!("规则已更改 {} 处并保存；下一次封存按此执行", changes.len())
    });
    Ok(Finish::Done)
}

fn change(policy: &Policy, args: &PolicyArgs, context: &CommandContext) -> AppResult<Changed> {
    let mut next = policy.clone();
    let mut steps = Vec::new();
    if let Some(name) = &args.preset {
        let (other, _) = load_policy_by_name(name)?;
        next = adopt_scoring(&next, &other);
        if let Some(fault) = policy_fault(&next) {
            return Err(fault.into());
        }
        steps.push(format!("套用规则：{}", other.name));
    }
    let basis = args.basis.clone().unwrap_or_default();
    let deciding = |parts: Vec<String>, values: Vec<(String, String)>, confirmed: bool| Deciding {
        parts,
        values,
        basis: basis.clone(),
        reason: args.reason.clone().unwrap_or_default(),
        by: context.operator.clone(),
        on: context.now.date(),
        confirmed,
    };
    for pair in &args.set {
        let (path, value) = pair.split_once('=').ok_or_else(|| {
            AppError::from(
                Finding::error("CLI-014", "更改规则的写法不对")
                    .value(pair)
                    .expected("路径=数值，如 tiers.A.min_score=55"),
            )
        })?;
        let before = next;
        next = if basis.is_empty() {
            set_value(&before, path.trim(), value)?
        } else {
            decide(&before, &deciding(Vec::new(), vec![(path.trim().to_owned(), value.to_owned())], false))?
        };
        steps.extend(compare_policies(&before, &next)?.iter().map(ToString::to_string));
    }
    let named: Vec<&String> = args.confirm.iter().filter(|part| !part.is_empty()).collect();
    if !named.is_empty() {
        let all = named.iter().any(|part| *part == ALL);
        let open = || next.unconfirmed(context.now.date()).into_iter().map(|item| next.part_id(&item.path));
        let parts = if all { open().collect() } else { named.into_iter().cloned().collect() };
        let before = next;
        next = decide(&before, &deciding(parts, Vec::new(), true))?;
        steps.extend(compare_policies(&before, &next)?.iter().map(ToString::to_string));
    }
    Ok(Changed { changes: compare_policies(policy, &next)?, policy: next, steps })
}

fn list(args: &PolicyArgs, as_json: bool) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let values = list_values(&project.policy)?;
    if as_json {
        json(&serde_json::json!({
            "id": project.policy.id, "name": project.policy.name_in_force(),
            "values": values.iter().map(|v| serde_json::json!({
                "path": v.path, "name": v.name, "value": v.value,
            })).collect::<Vec<_>>(),
        }))?;
        return Ok(Finish::Done);
    }
    data(|out| {
        let mut writer = CsvWriter::new(out, CsvStyle::Plain)?;
        writer.record(["路径", "名称", "数值"])?;
        values.into_iter().try_for_each(|v| writer.record([v.path, v.name, v.value]))?;
        writer.finish()?.flush()
    })?;
    Ok(Finish::Done)
}

/// The parts that the office has yet to confirm.
fn list_open(args: &PolicyArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let project = Project::open(&args.project, None)?;
    let policy = &project.policy;
    let on = context.now.date();
    let rows: Vec<[String; 4]> = list_parts(policy, on)?
        .into_iter()
        .filter(|part| part.standing.is_open())
        .map(|part| {
            let values: Vec<String> =
                part.values.iter().map(|v| format!("{} {}{}", v.label, v.value, v.unit)).collect();
            [part.part, part.name, values.join("；"), policy.cite(&part.basis, on)]
        })
        .collect();
    if as_json {
        let items: Vec<_> = rows
            .iter()
            .map(|[part, name, values, basis]| {
                serde_json::json!({ "part": part, "name": name, "values": values, "basis": basis })
            })
            .collect();
        json(&serde_json::json!({ "unconfirmed": items }))?;
        return Ok(Finish::Done);
    }
    let count = rows.len();
    data(|out| {
        let mut writer = CsvWriter::new(out, CsvStyle::Plain)?;
        writer.record(["编号", "名称", "数值", "依据"])?;
        rows.into_iter().try_for_each(|row| writer.record(row))?;
        writer.finish()?.flush()
    })?;
    say(&format!("待本单位确认 {count} 项；确认写作 --confirm 编号 --basis 依据"));
    Ok(Finish::Done)
}
