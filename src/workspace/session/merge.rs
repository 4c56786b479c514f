//! A draft that was begun on what is no longer saved: another desk of a shared project has saved since. What either side
//! changed alone stands; where both changed the same, the draft's own stands and the place is named, so that nothing is
//! overwritten unseen.

use std::sync::Arc;

use super::draft::Draft;
use crate::domain::{BodyId, PlanMonth};
use crate::plan::PlanEdits;
use crate::plan::model::QuotaEdit;
use crate::policy::Policy;
use crate::policy::edit::{merge_list, merge_policies, one_side};

/// A draft on what is saved now.
pub(super) struct Merged {
    pub(super) draft: Draft,
    /// Where both sides changed the same, in words.
    pub(super) clashes: Vec<String>,
}

/// Carries a draft that was begun on `base` over to what is saved now.
pub(super) fn merge_draft(base: &Draft, own: &Draft, saved: &Draft) -> Merged {
    let mut clashes = Vec::new();
    let policy = merge_policy(&base.policy, &own.policy, &saved.policy, &mut clashes);
    let words = Words { policy: &policy };
    let edits = merge_edits(&base.edits, &own.edits, &saved.edits, &words, &mut clashes);
    let review_number =
        whole(&base.review_number, &own.review_number, &saved.review_number, "底图的审图号", &mut clashes);
    let briefing = whole(&base.briefing, &own.briefing, &saved.briefing, "简报的各页", &mut clashes);
    Merged { draft: Draft { policy, edits, review_number, briefing }, clashes }
}

/// What only one side changed; the draft's own where both did, which is named.
fn whole<T: PartialEq + Clone>(base: &T, own: &T, saved: &T, name: &str, clashes: &mut Vec<String>) -> T {
    let changed = one_side(base, own, saved);
    if changed.is_none() {
        clashes.push(name.to_owned());
    }
    changed.unwrap_or(own).clone()
}

fn merge_policy(base: &Arc<Policy>, own: &Arc<Policy>, saved: &Arc<Policy>, clashes: &mut Vec<String>) -> Arc<Policy> {
    if let Some(changed) = one_side(base, own, saved) {
        return Arc::clone(changed);
    }
    let Ok((merged, both)) = merge_policies(base, own, saved) else {
        // the two don't go together: the draft's whole policy stands
        clashes.push("整套规则".to_owned());
        return Arc::clone(own);
    };
    let named =
        |name: String| if name.is_empty() { "规则的一处数值".to_owned() } else { format!("规则：{name}") };
    clashes.extend(both.into_iter().map(|(_, name)| named(name)));
    Arc::new(merged)
}

/// Names of bodies and categories.
struct Words<'a> {
    policy: &'a Policy,
}

impl Words<'_> {
    fn body(&self, id: &BodyId) -> String {
        let known = self.policy.bodies.iter().find(|body| body.id == *id);
        known.map_or_else(|| id.to_string(), |body| body.name.clone())
    }

    fn place(&self, body: &BodyId, month: PlanMonth, what: &str) -> String {
        format!("{} {month} {what}", self.body(body))
    }

    fn quota(&self, edit: &QuotaEdit) -> String {
        let known = self.policy.categories.iter().find(|category| category.id == edit.category);
        self.place(&edit.body, edit.month, known.map_or(edit.category.as_str(), |category| &category.name))
    }
}

/// The draft's own where both changed an entry, which is named.
fn merge_entries<T: Clone + PartialEq, K: PartialEq>(
    lists: (&[T], &[T], &[T]),
    key: impl Fn(&T) -> K,
    mut clash: impl FnMut(&T),
) -> Vec<T> {
    merge_list(lists, key, |_, own, saved| {
        own.or(saved).into_iter().for_each(&mut clash);
        own.cloned()
    })
}

fn merge_edits(
    base: &PlanEdits,
    own: &PlanEdits,
    saved: &PlanEdits,
    words: &Words<'_>,
    to: &mut Vec<String>,
) -> PlanEdits {
    PlanEdits {
        quotas: merge_entries(
            (&base.quotas, &own.quotas, &saved.quotas),
            |e| (e.body.clone(), e.category.clone(), e.month),
            |e| to.push(words.quota(e)),
        ),
        loans: merge_entries(
            (&base.loans, &own.loans, &saved.loans),
            |e| (e.resource, e.from.clone(), e.to.clone(), e.month),
            |e| to.push(words.place(&e.to, e.month, "借入的力量")),
        ),
        moves: merge_entries(
            (&base.moves, &own.moves, &saved.moves),
            |e| (e.body.clone(), e.from, e.to),
            |e| to.push(words.place(&e.body, e.from, "移到其他月份的检查")),
        ),
        people: merge_entries(
            (&base.people, &own.people, &saved.people),
            |e| (e.from.clone(), e.to.clone(), e.skill.clone(), e.trained),
            |e| to.push(format!("{} 借入或培训的人员", words.body(&e.to))),
        ),
        mandatory_moves: merge_entries(
            (&base.mandatory_moves, &own.mandatory_moves, &saved.mandatory_moves),
            |e| (e.body.clone(), e.from, e.to),
            |e| to.push(words.place(&e.body, e.from, "移到其他月份的必查")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_both_come_together_and_the_same_one_is_named() {
        let merge = |base: &[(char, i32)], own: &[(char, i32)], saved: &[(char, i32)]| {
            let mut clashes = String::new();
            let merged = merge_entries((base, own, saved), |e| e.0, |e| clashes.push(e.0));
            (merged, clashes)
        };
        let base = [('a', 1), ('b', 1), ('c', 1)];
        // changed, removed, added on each side
        let own = [('a', 2), ('b', 1), ('d', 5)];
        let saved = [('a', 1), ('b', 3), ('c', 1), ('e', 6)];
        assert_eq!(merge(&base, &own, &saved), (vec![('a', 2), ('b', 3), ('e', 6), ('d', 5)], String::new()));
        assert_eq!(merge(&base, &base, &saved), (saved.to_vec(), String::new()));
        assert_eq!(merge(&base, &own, &base), (own.to_vec(), String::new()));
        assert_eq!(merge(&base, &own, &own), (own.to_vec(), String::new()));
        // both changed one, one removed what the other changed, both added one
        assert_eq!(merge(&[('a', 1)], &[('a', 2)], &[('a', 3)]), (vec![('a', 2)], "a".to_owned()));
        assert_eq!(merge(&[('a', 1)], &[('a', 2)], &[]), (vec![('a', 2)], "a".to_owned()));
        assert_eq!(merge(&[('a', 1)], &[], &[('a', 3)]), (vec![], "a".to_owned()));
        assert_eq!(merge(&[], &[('a', 2)], &[('a', 3)]), (vec![('a', 2)], "a".to_owned()));
        // a key that stands twice: the second one is an entry of its own
        let twice = [('a', 1), ('a', 2)];
        assert_eq!(merge(&[('a', 1)], &twice, &[('a', 1), ('b', 1)]).0, [('a', 1), ('b', 1), ('a', 2)]);
    }
}
