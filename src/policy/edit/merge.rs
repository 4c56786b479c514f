//! Two policies that were changed apart become one again.

use serde_json::Value;

use super::super::{Policy, policy_fault};
use super::path::{PolicyChange, compare_policies, id_of, to_json};
use crate::diagnostic::{AppError, AppResult};

/// The changes of two policies since a common one, together; where both changed the same value, the first one's stands,
/// and the value is named.
///
/// # Errors
/// `POL-007`; the first error of what came out, where it does not hold together.
pub fn merge_policies(base: &Policy, own: &Policy, other: &Policy) -> AppResult<(Policy, Vec<PolicyChange>)> {
    let merged = merge(&to_json(base)?, &to_json(own)?, &to_json(other)?);
    let merged: Policy =
        serde_json::from_value(merged).map_err(|cause| AppError::new("POL-007", "规则无法写出").caused_by(cause))?;
    if let Some(fault) = policy_fault(&merged) {
        return Err(fault.into());
    }
    let mut clashes = compare_policies(base, own)?;
    let others = compare_policies(base, other)?;
    // as deep as both: a group that one side made anew clashes with each value within it
    clashes.retain(|change| others.iter().any(|o| overlap(&o.path, &change.path) && o.after != change.after));
    Ok((merged, clashes))
}

fn overlap(a: &str, b: &str) -> bool {
    let within = |long: &str, short: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    within(a, b) || within(b, a)
}

fn merge(base: &Value, own: &Value, other: &Value) -> Value {
    if own == base || own == other {
        return other.clone();
    }
    if other == base {
        return own.clone();
    }
    match (base, own, other) {
        (Value::Object(a), Value::Object(b), Value::Object(c)) if a.keys().eq(b.keys()) && a.keys().eq(c.keys()) => {
            Value::Object(c.iter().map(|(name, value)| (name.clone(), merge(&a[name], &b[name], value))).collect())
        }
        (Value::Array(a), Value::Array(b), Value::Array(c)) => {
            merge_lists(a, b, c).map_or_else(|| own.clone(), Value::Array)
        }
        _ => own.clone(),
    }
}

/// Lists whose elements have ids, or that are as long as each other, element by element; what was only added to, with what
/// either added. `None` for others.
fn merge_lists(base: &[Value], own: &[Value], other: &[Value]) -> Option<Vec<Value>> {
    let named = |list: &[Value]| list.iter().all(|element| id_of(element).is_some());
    let same_ids = |list: &[Value]| list.iter().map(id_of).eq(base.iter().map(id_of));
    let alike = if named(base) {
        same_ids(own) && same_ids(other)
    } else {
        base.len() == own.len() && base.len() == other.len()
    };
    if alike {
        return Some(base.iter().zip(own).zip(other).map(|((a, b), c)| merge(a, b, c)).collect());
    }
    let added = own.strip_prefix(base)?;
    other.starts_with(base).then(|| {
        let new = added.iter().filter(|element| !other.contains(element));
        other.iter().chain(new).cloned().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::edit::set_value;
    use crate::policy::{load_preset, presets};

    #[test]
    fn changes_of_both_come_together_and_the_same_value_is_named() {
        for (id, ..) in presets() {
            let base = load_preset(id).unwrap();
            let with = |policy: &Policy, path: &str, value: &str| set_value(policy, path, value).unwrap();
            let own = with(&base, "window.days", "100");
            let other = with(&with(&base, "cap.visits", "7"), "tiers[0].min_score", "61");
            let (merged, clashes) = merge_policies(&base, &own, &other).unwrap();
            assert_eq!(merged, with(&other, "window.days", "100"), "{id}");
            assert!(clashes.is_empty(), "{clashes:?}");
            // it is the same whoever comes first
            assert_eq!(merge_policies(&base, &other, &own).unwrap().0, merged);
            let both = with(&other, "window.days", "200");
            let (merged, clashes) = merge_policies(&base, &own, &both).unwrap();
            assert_eq!(merged, with(&other, "window.days", "100"));
            assert_eq!(clashes.iter().map(|c| c.path.as_str()).collect::<Vec<_>>(), ["window.days"]);
            // the same change twice is no clash
            let (merged, clashes) = merge_policies(&base, &own, &own).unwrap();
            assert!(merged == own && clashes.is_empty());
        }
    }
}
