//! Any value of a policy by its path: `tiers.A.min_score`, `factors.violations.cap`, `window.days`.
//!
//! Paths are those of the file: fields by name, elements of a list by their id (`tiers.A`) or place (`tiers[0]`);
//! how a factor's points come about is one step (`factors.violations.rule.points`), whatever its kind is called.

use std::fmt;

use serde_json::Value;

use super::super::decision::steps;
use super::super::{Decision, Policy, policy_fault};
use super::PolicyNumber;
use crate::diagnostic::{AppError, AppResult, Finding};

/// A value of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyValue {
    /// Its path.
    pub path: String,
    /// What it belongs to, in words; empty where it has no name of its own.
    pub name: String,
    /// The part that it belongs to, by place ([`Policy::bases`]); empty for one of none.
    pub part: String,
    /// The value as it is written.
    pub value: String,
}

/// A value that differs between two policies.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PolicyChange {
    /// Its path.
    pub path: String,
    /// What it belongs to, in words.
    pub name: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

impl fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.name.is_empty() { String::new() } else { format!("{} ", self.name) };
        write!(f, "{name}{}：{} → {}", self.path, self.before, self.after)
    }
}

pub(super) fn to_json(policy: &Policy) -> AppResult<Value> {
    serde_json::to_value(policy).map_err(|cause| AppError::new("POL-007", "规则无法写出").caused_by(cause))
}

/// What stands inside an enum's variant with fields; the value itself elsewhere.
fn inside(value: &Value) -> &Value {
    match value.as_object().and_then(|map| map.iter().next().filter(|_| map.len() == 1)) {
        Some((name, content)) if name.starts_with(|c: char| c.is_ascii_uppercase()) => content,
        _ => value,
    }
}

fn inside_mut(value: &mut Value) -> &mut Value {
    let variant = value
        .as_object()
        .and_then(|map| map.keys().next().filter(|_| map.len() == 1))
        .filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
        .cloned();
    match variant {
        Some(name) => &mut value[name.as_str()],
        None => value,
    }
}

/// The id of a list's element.
pub(super) fn id_of(element: &Value) -> Option<&str> {
    IDENTITIES.into_iter().find_map(|field| element.get(field)).and_then(Value::as_str)
}

/// Names by which seals, reasons in frames and journals point at an element: no value of the policy's to change.
const IDENTITIES: [&str; 2] = ["id", "reason"];

fn find<'a>(root: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let mut at = root;
    for step in steps(path) {
        at = inside_mut(at);
        at = match at {
            Value::Object(map) => map.get_mut(step)?,
            Value::Array(list) => {
                let by_id = list.iter().position(|element| id_of(element) == Some(step));
                let place = by_id.or_else(|| step.parse::<usize>().ok())?;
                list.get_mut(place)?
            }
            _ => return None,
        };
    }
    Some(inside_mut(at))
}

/// A value as it is written and read back.
fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "无".to_owned(),
        Value::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Value::Number(number) => match number.as_f64() {
            Some(number) if !number.is_nan() => format!("{number}"),
            _ => number.to_string(),
        },
        Value::String(text) => text.clone(),
        Value::Array(list) => format!("{} 项", list.len()),
        Value::Object(_) => "一组数值".to_owned(),
    }
}

/// The new value in the kind of the old one.
fn read(old: &Value, text: &str) -> Result<Value, &'static str> {
    let text = text.trim();
    match old {
        Value::Bool(_) => match text {
            "true" | "是" => Ok(Value::Bool(true)),
            "false" | "否" => Ok(Value::Bool(false)),
            _ => Err("是 或 否"),
        },
        Value::Number(number) if number.is_u64() || number.is_i64() => {
            text.parse::<u64>().map(Value::from).map_err(|_| "非负整数")
        }
        Value::Number(_) => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from).ok_or("一个数值"),
        Value::String(_) => Ok(Value::from(text)),
        Value::Null => {
            if text == "无" {
                Ok(Value::Null)
            } else {
                Ok(text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from))
            }
        }
        Value::Array(_) | Value::Object(_) => Err("其中一个数值的路径"),
    }
}

/// The policy with one value changed. A number of the scoring pushes its neighbours as a slider does. What an element
/// is called by (its id, a rule's reason in the frames) stays.
///
/// # Errors
/// `POL-140` where the policy has no such value that may change, `POL-141` where the value is not of its kind; the policy's own first
/// error where it does not hold together afterwards.
pub fn set_value(policy: &Policy, path: &str, text: &str) -> AppResult<Policy> {
    let missing = || {
        AppError::from(
            Finding::error("POL-140", "规则中没有这一项数值")
                .value(path)
                .hint("不带 --set 执行 policy 命令，列出全部数值及其路径"),
        )
    };
    let wrong = |expected: &str| {
        AppError::from(
            Finding::error("POL-141", format!("规则数值「{path}」的写法不对")).value(text).expected(expected),
        )
    };
    let mut json = to_json(policy)?;
    let may_change = steps(path).last().is_none_or(|last| !IDENTITIES.contains(last));
    let slot = find(&mut json, path).filter(|_| may_change).ok_or_else(missing)?;
    *slot = read(slot, text).map_err(wrong)?;
    // the policy's own kinds say in words what they take, the library's in terms of its own
    let mut next: Policy = serde_json::from_value(json).map_err(|cause| {
        let words = cause.to_string();
        wrong(if words.is_ascii() {
            "这一项所能取的值（编号、日期与整数都有其范围）"
        } else {
            &words
        })
        .caused_by(cause)
    })?;
    let turned = PolicyNumber::all(policy).into_iter().find(|number| number.get(policy) != number.get(&next));
    if let Some((number, value)) = turned.and_then(|number| Some((number, number.get(&next)?))) {
        next = policy.clone();
        number.set(&mut next, value);
    }
    match policy_fault(&next) {
        Some(fault) => Err(fault.into()),
        None => Ok(next),
    }
}

/// What a value belongs to: the thing with articles that holds it.
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    pub(super) fn of(policy: &Policy) -> Self {
        Self(policy.bases().into_iter().map(|(path, name, _)| (path, name)).collect())
    }

    /// The innermost thing that holds the value at a path by places (`tiers[0].min_score`): its path and its name.
    fn holder(&self, path: &str) -> Option<&(String, String)> {
        let holds = |(of, _): &&(String, String)| {
            path.strip_prefix(of.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.0.iter().filter(holds).max_by_key(|(of, _)| of.len())
    }

    pub(super) fn at(&self, path: &str) -> String {
        self.holder(path).map(|(_, name)| name.clone()).unwrap_or_default()
    }
}

/// Where a walk is: the path by ids, as it is shown, and by places, as names know it.
#[derive(Clone, Default)]
pub(super) struct At {
    pub(super) shown: String,
    pub(super) placed: String,
}

impl At {
    pub(super) fn field(&self, name: &str) -> Self {
        let join = |path: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        Self { shown: join(&self.shown), placed: join(&self.placed) }
    }

    pub(super) fn element(&self, place: usize, element: &Value) -> Self {
        let shown = match id_of(element) {
            Some(id) => format!("{}.{id}", self.shown),
            None => format!("{}[{place}]", self.shown),
        };
        Self { shown, placed: format!("{}[{place}]", self.placed) }
    }
}

/// Every number and switch of a policy, in the order of the file; articles and bodies left out.
///
/// # Errors
/// `POL-007`.
pub fn list_values(policy: &Policy) -> AppResult<Vec<PolicyValue>> {
    fn walk(value: &Value, at: &At, names: &Names, found: &mut Vec<PolicyValue>) {
        match inside(value) {
            Value::Object(map) => {
                for (name, value) in map {
                    walk(value, &at.field(name), names, found);
                }
            }
            Value::Array(list) => {
                for (place, element) in list.iter().enumerate() {
                    walk(element, &at.element(place, element), names, found);
                }
            }
            leaf @ (Value::Number(_) | Value::Bool(_)) => {
                let (part, name) = names.holder(&at.placed).cloned().unwrap_or_default();
                found.push(PolicyValue { path: at.shown.clone(), name, part, value: text_of(leaf) });
            }
            Value::String(_) | Value::Null => {}
        }
    }
    let mut json = to_json(policy)?;
    if let Some(map) = json.as_object_mut() {
        for left_out in ["format", "articles", "bodies", "decisions"] {
            map.remove(left_out);
        }
    }
    let mut found = Vec::new();
    walk(&json, &At::default(), &Names::of(policy), &mut found);
    Ok(found)
}

/// A policy without what was decided of it; what may be left out of a file stands in it all the same.
fn numbers(policy: &Policy) -> AppResult<Value> {
    let mut json = to_json(policy)?;
    if let Some(map) = json.as_object_mut() {
        map.remove("decisions");
        map.insert("scoring".to_owned(), Value::from(policy.scoring.as_str()));
    }
    Ok(json)
}

/// The decisions that one policy has and the other has not.
fn decided(before: &Policy, after: &Policy) -> Vec<PolicyChange> {
    let words = |decision: Option<&Decision>| match decision {
        None => "无".to_owned(),
        Some(Decision { confirmed, by, on, basis, reason, .. }) => {
            let reason = if reason.is_empty() { String::new() } else { format!("，理由：{reason}") };
            format!("{} {on} {}，依据：{basis}{reason}", by, if *confirmed { "确认" } else { "调整，待确认" })
        }
    };
    let of = |policy: &Policy, part: &str| policy.decisions.iter().rfind(|d| d.part == part).cloned();
    let mut parts: Vec<&str> = before.decisions.iter().chain(&after.decisions).map(|d| d.part.as_str()).collect();
    parts.sort_unstable();
    parts.dedup();
    let name = |part: &str| {
        let found = after.bases().into_iter().find(|(placed, ..)| after.part_id(placed) == part);
        found.map(|(_, name, _)| name).unwrap_or_default()
    };
    let differ = parts.into_iter().map(|part| (part, of(before, part), of(after, part))).filter(|(_, a, b)| a != b);
    differ
        .map(|(part, a, b)| PolicyChange {
            path: part.to_owned(),
            name: name(part),
            before: words(a.as_ref()),
            after: words(b.as_ref()),
        })
        .collect()
}

/// What differs between two policies, in the order of the file.
///
/// # Errors
/// `POL-007`.
pub fn compare_policies(before: &Policy, after: &Policy) -> AppResult<Vec<PolicyChange>> {
    fn walk(before: &Value, after: &Value, at: &At, names: &Names, found: &mut Vec<PolicyChange>) {
        if before == after {
            return;
        }
        let change =
            |at: &At, before, after| PolicyChange { path: at.shown.clone(), name: names.at(&at.placed), before, after };
        match (inside(before), inside(after)) {
            (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
                for (name, value) in b {
                    walk(&a[name], value, &at.field(name), names, found);
                }
            }
            (Value::Array(a), Value::Array(b)) if a.iter().chain(b).all(|element| id_of(element).is_some()) => {
                for (place, element) in b.iter().enumerate() {
                    let at = at.element(place, element);
                    match a.iter().find(|old| id_of(old) == id_of(element)) {
                        Some(old) => walk(old, element, &at, names, found),
                        None => found.push(change(&at, "无".to_owned(), "新增".to_owned())),
                    }
                }
                for (place, element) in a.iter().enumerate() {
                    if !b.iter().any(|new| id_of(new) == id_of(element)) {
                        found.push(change(&at.element(place, element), text_of(element), "删去".to_owned()));
                    }
                }
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                for (place, (old, new)) in a.iter().zip(b).enumerate() {
                    walk(old, new, &at.element(place, new), names, found);
                }
            }
            (a, b) => found.push(change(at, text_of(a), text_of(b))),
        }
    }
    let mut found = Vec::new();
    walk(&numbers(before)?, &numbers(after)?, &At::default(), &Names::of(after), &mut found);
    found.extend(decided(before, after));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Milli, load_preset, presets};

    #[test]
    fn every_value_listed_can_be_set_to_itself() {
        for (id, ..) in presets() {
            let policy = load_preset(id).unwrap();
            let values = list_values(&policy).unwrap();
            assert!(values.len() > 60, "{}", values.len());
            for value in values {
                let same = set_value(&policy, &value.path, &value.value);
                assert_eq!(same.unwrap(), policy, "{}", value.path);
            }
        }
    }

    #[test]
    fn a_threshold_set_by_its_path_pushes_its_neighbours() {
        let policy = load_preset("shanghai-154").unwrap();
        let next = set_value(&policy, "tiers.C.min_score", "40").unwrap();
        assert_eq!(next.tiers[2].min_score, Milli(40_000));
        assert_eq!(next.tiers[1].min_score, Milli(40_500));
        assert_eq!(set_value(&policy, "tiers[2].min_score", " 40 ").unwrap(), next);
        let changes = compare_policies(&policy, &next).unwrap();
        let paths: Vec<&str> = changes.iter().map(|c| c.path.as_str()).collect();
        assert_eq!(paths, ["tiers.B.min_score", "tiers.C.min_score"]);
        assert_eq!(changes[1].to_string(), "风险等级「中风险」 tiers.C.min_score：18 → 40");
    }

    #[test]
    fn switches_counts_and_points_inside_a_rule_are_reached() {
        let policy = load_preset("shanghai-154").unwrap();
        let next = set_value(&policy, "cap.counts_triggered", if policy.cap.counts_triggered { "否" } else { "是" });
        assert_ne!(next.unwrap().cap.counts_triggered, policy.cap.counts_triggered);
        assert_eq!(set_value(&policy, "window.days", "30").unwrap().window.days, 30);
        let credit = policy.factors.iter().find(|f| f.id == "credit").unwrap();
        assert!(matches!(credit.rule, crate::policy::FactorRule::Credit { .. }));
        let next = set_value(&policy, "factors.credit.rule.missing", "1.5").unwrap();
        assert!(compare_policies(&policy, &next).unwrap().iter().any(|c| c.path == "factors.credit.rule.missing"));
    }

    #[test]
    fn what_cannot_be_is_refused_and_said() {
        let policy = load_preset("shanghai-154").unwrap();
        let code = |path: &str, text: &str| set_value(&policy, path, text).unwrap_err().code().to_owned();
        assert_eq!(code("tiers.Z.min_score", "1"), "POL-140");
        assert_eq!(code("", "1"), "POL-141");
        assert_eq!(code("tiers", "1"), "POL-141");
        // what seals and frames call an element by
        for path in ["bodies[0].id", "tiers.A.id", "categories.key.id", "id", "mandatory[0].reason"] {
            assert_eq!(code(path, "zzz"), "POL-140", "{path}");
        }
        for (path, text) in [("cap.visits", "4294967296"), ("articles[0].valid_from", "foo")] {
            let error = set_value(&policy, path, text).unwrap_err();
            assert_eq!(error.code(), "POL-141", "{path}");
            assert!(!error.to_string().contains("expected") && !error.to_string().contains("invalid"), "{error}");
        }
        assert_eq!(code("window.days", "六十"), "POL-141");
        assert_eq!(code("window.days", "-1"), "POL-141");
        assert_eq!(code("max_ratio", "1.00001"), "POL-141");
        assert_eq!(code("cap.confirmed", "maybe"), "POL-141");
        // within its kind, but not within the rules
        assert_eq!(code("capacity.inspectors_per_check", "1"), "POL-110");
    }
}
