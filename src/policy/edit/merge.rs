//! What was changed apart becomes one again: two policies, and lists whose entries a key tells apart.

use serde_json::Value;

use super::super::{Policy, policy_fault};
use super::path::{At, Names, id_of, to_json};
use crate::diagnostic::{AppError, AppResult};

/// The one of two that changed alone since a common one, or both where they are equal; `None` where both changed.
pub fn one_side<'a, T: PartialEq + ?Sized>(base: &T, own: &'a T, other: &'a T) -> Option<&'a T> {
    if own == base || own == other {
        Some(other)
    } else if other == base {
        Some(own)
    } else {
        None
    }
}

/// Entries of `(base, own, other)` that a key tells apart, and among those of one key their order. `both` is asked for what
/// both changed, each as it is on its side or `None` where it is gone. In the order of `other`, then what `own` added.
pub fn merge_list<T: Clone + PartialEq, K: PartialEq>(
    (base, own, other): (&[T], &[T], &[T]),
    key: impl Fn(&T) -> K,
    mut both: impl FnMut(Option<&T>, Option<&T>, Option<&T>) -> Option<T>,
) -> Vec<T> {
    let (base, own, other) = (numbered(base, &key), numbered(own, &key), numbered(other, &key));
    let mut merged = Vec::new();
    for (id, theirs) in &other {
        let (before, mine) = (find(&base, id), find(&own, id));
        merged.extend(match one_side(&before, &mine, &Some(*theirs)) {
            Some(entry) => entry.cloned(),
            None => both(before, mine, Some(theirs)),
        });
    }
    for (id, mine) in own.iter().filter(|(id, _)| find(&other, id).is_none()) {
        let before = find(&base, id);
        merged.extend(match one_side(&before, &Some(*mine), &None) {
            Some(entry) => entry.cloned(),
            None => both(before, Some(mine), None),
        });
    }
    merged
}

/// A key, and how many entries before have the same.
type Numbered<K> = (K, usize);

fn numbered<T, K: PartialEq>(list: &[T], key: impl Fn(&T) -> K) -> Vec<(Numbered<K>, &T)> {
    let mut found: Vec<(Numbered<K>, &T)> = Vec::with_capacity(list.len());
    for entry in list {
        let key = key(entry);
        let before = found.iter().filter(|((known, _), _)| *known == key).count();
        found.push(((key, before), entry));
    }
    found
}

fn find<'a, T, K: PartialEq>(list: &[(Numbered<K>, &'a T)], id: &Numbered<K>) -> Option<&'a T> {
    list.iter().find(|(known, _)| known == id).map(|(_, entry)| *entry)
}

/// A value that both changed: its path, and what it belongs to in words.
pub type PolicyClash = (String, String);

/// The changes of two policies since a common one, together; where both changed the same value, the first one's stands,
/// and the value is named.
///
/// # Errors
/// `POL-007`; the first error of what came out, where it does not hold together.
pub fn merge_policies(base: &Policy, own: &Policy, other: &Policy) -> AppResult<(Policy, Vec<PolicyClash>)> {
    let mut clashes = Vec::new();
    let merged = merge((&to_json(base)?, &to_json(own)?, &to_json(other)?), &At::default(), &mut clashes);
    let merged: Policy =
        serde_json::from_value(merged).map_err(|cause| AppError::new("POL-007", "规则无法写出").caused_by(cause))?;
    if let Some(fault) = policy_fault(&merged) {
        return Err(fault.into());
    }
    let names = Names::of(own);
    Ok((merged, clashes.into_iter().map(|at| (at.shown, names.at(&at.placed))).collect()))
}

fn merge((base, own, other): (&Value, &Value, &Value), at: &At, clashes: &mut Vec<At>) -> Value {
    if let Some(changed) = one_side(base, own, other) {
        return changed.clone();
    }
    let merged = match (base, own, other) {
        (Value::Object(a), Value::Object(b), Value::Object(c)) if a.keys().eq(b.keys()) && a.keys().eq(c.keys()) => {
            let each =
                |(name, c): (&String, &Value)| (name.clone(), merge((&a[name], &b[name], c), &at.field(name), clashes));
            Some(Value::Object(c.iter().map(each).collect()))
        }
        (Value::Array(a), Value::Array(b), Value::Array(c)) => merge_arrays((a, b, c), at, clashes).map(Value::Array),
        _ => None,
    };
    merged.unwrap_or_else(|| {
        clashes.push(at.clone());
        own.clone()
    })
}

/// Lists whose elements have ids are merged by them, lists as long as each other by place, and what was only added to with
/// what either added. `None` for others.
fn merge_arrays(
    (base, own, other): (&[Value], &[Value], &[Value]),
    at: &At,
    clashes: &mut Vec<At>,
) -> Option<Vec<Value>> {
    if base.iter().chain(own).chain(other).all(|element| id_of(element).is_some()) {
        let both = |before: Option<&Value>, mine: Option<&Value>, theirs: Option<&Value>| {
            let element = mine.or(theirs)?;
            let place = own.iter().position(|known| known == element).unwrap_or_default();
            let at = at.element(place, element);
            if let (Some(before), Some(mine), Some(theirs)) = (before, mine, theirs) {
                return Some(merge((before, mine, theirs), &at, clashes));
            }
            clashes.push(at);
            mine.cloned()
        };
        return Some(merge_list((base, own, other), |element| id_of(element).map(str::to_owned), both));
    }
    if base.len() == own.len() && base.len() == other.len() {
        let each = base.iter().zip(own).zip(other).enumerate();
        return Some(each.map(|(place, ((a, b), c))| merge((a, b, c), &at.element(place, b), clashes)).collect());
    }
    let (added, others) = (own.strip_prefix(base)?, other.strip_prefix(base)?);
    let new: Vec<&Value> = added.iter().filter(|element| !others.contains(element)).collect();
    // two decisions of one part: the later one in the list is in force
    let part = |element: &Value| element.get("part").cloned();
    if new.iter().any(|mine| part(mine).is_some() && others.iter().any(|theirs| part(theirs) == part(mine))) {
        clashes.push(at.clone());
    }
    Some(other.iter().chain(new).cloned().collect())
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
            assert_eq!(clashes.iter().map(|c| c.0.as_str()).collect::<Vec<_>>(), ["window.days"]);
            // the same change twice is no clash
            let (merged, clashes) = merge_policies(&base, &own, &own).unwrap();
            assert!(merged == own && clashes.is_empty());
        }
    }

    #[test]
    fn nothing_that_either_took_away_or_added_is_lost_unseen() {
        let merged = |base: &str, own: &str, other: &str| {
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            let mut clashes = Vec::new();
            let merged = merge((&read(base), &read(own), &read(other)), &At::default().field("x"), &mut clashes);
            (merged.to_string(), clashes.into_iter().map(|at| at.shown).collect::<Vec<_>>())
        };
        let none: [&str; 0] = [];
        let ids = r#"[{"id":"a","v":1},{"id":"b","v":1}]"#;
        // one takes an element away, the other changes another
        let (list, clashes) = merged(ids, r#"[{"id":"b","v":1}]"#, r#"[{"id":"a","v":1},{"id":"b","v":2}]"#);
        assert_eq!((list.as_str(), clashes), (r#"[{"id":"b","v":2}]"#, none.map(str::to_owned).to_vec()));
        // one takes away what the other changes
        let (list, clashes) = merged(ids, r#"[{"id":"b","v":1}]"#, r#"[{"id":"a","v":3},{"id":"b","v":1}]"#);
        assert_eq!((list.as_str(), clashes), (r#"[{"id":"b","v":1}]"#, vec!["x.a".to_owned()]));
        // lists without ids that lost something on each side
        let (list, clashes) = merged("[1,2]", "[2]", "[1]");
        assert_eq!((list.as_str(), clashes), ("[2]", vec!["x".to_owned()]));
        // both only added; two decisions of one part
        assert_eq!(merged("[1]", "[1,2]", "[1,3]"), ("[1,3,2]".to_owned(), vec![]));
        let (_, clashes) =
            merged("[]", r#"[{"part":"cap","by":"甲"}]"#, r#"[{"part":"cap","by":"乙"},{"part":"w","by":"乙"}]"#);
        assert_eq!(clashes, ["x"]);
    }
}
