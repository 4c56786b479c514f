//! A draft that was begun on what is no longer saved: another desk of a shared project has saved since. What either side
//! changed alone stands; where both changed the same, the draft's own stands and the place is named, so that nothing is
//! overwritten unseen.

use std::sync::Arc;

use super::draft::Draft;
use crate::domain::{BodyId, PlanMonth};
use crate::plan::PlanEdits;
use crate::plan::model::QuotaEdit;
use crate::policy::Policy;
use crate::policy::edit::merge_policies;

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
    let mut whole = |name: &str, is_other: bool| {
        if is_other {
            clashes.push(name.to_owned());
        }
    };
    let review_number = match (own.review_number != base.review_number, saved.review_number != base.review_number) {
        (false, _) => saved.review_number.clone(),
        (true, changed) => {
            whole("底图的审图号", changed && own.review_number != saved.review_number);
            own.review_number.clone()
        }
    };
    let briefing = match (own.briefing != base.briefing, saved.briefing != base.briefing) {
        (false, _) => saved.briefing.clone(),
        (true, changed) => {
            whole("简报的各页", changed && own.briefing != saved.briefing);
            own.briefing.clone()
        }
    };
    Merged { draft: Draft { policy, edits, review_number, briefing }, clashes }
}

fn merge_policy(base: &Arc<Policy>, own: &Arc<Policy>, saved: &Arc<Policy>, clashes: &mut Vec<String>) -> Arc<Policy> {
    if own == base || own == saved {
        return Arc::clone(saved);
    }
    if saved == base {
        return Arc::clone(own);
    }
    let Ok((merged, both)) = merge_policies(base, own, saved) else {
        // the two don't go together: the draft's whole policy stands
        clashes.push("整套规则".to_owned());
        return Arc::clone(own);
    };
    let named =
        |name: String| if name.is_empty() { "规则的一处数值".to_owned() } else { format!("规则：{name}") };
    clashes.extend(both.into_iter().map(|change| named(change.name)));
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

fn merge_edits(
    base: &PlanEdits,
    own: &PlanEdits,
    saved: &PlanEdits,
    words: &Words<'_>,
    to: &mut Vec<String>,
) -> PlanEdits {
    PlanEdits {
        quotas: merge_list(
            (&base.quotas, &own.quotas, &saved.quotas),
            |e| (e.body.clone(), e.category.clone(), e.month),
            |e| to.push(words.quota(e)),
        ),
        loans: merge_list(
            (&base.loans, &own.loans, &saved.loans),
            |e| (e.resource, e.from.clone(), e.to.clone(), e.month),
            |e| to.push(words.place(&e.to, e.month, "借入的力量")),
        ),
        moves: merge_list(
            (&base.moves, &own.moves, &saved.moves),
            |e| (e.body.clone(), e.from, e.to),
            |e| to.push(words.place(&e.body, e.from, "移到其他月份的检查")),
        ),
        people: merge_list(
            (&base.people, &own.people, &saved.people),
            |e| (e.from.clone(), e.to.clone(), e.skill.clone(), e.trained),
            |e| to.push(format!("{} 借入或培训的人员", words.body(&e.to))),
        ),
        mandatory_moves: merge_list(
            (&base.mandatory_moves, &own.mandatory_moves, &saved.mandatory_moves),
            |e| (e.body.clone(), e.from, e.to),
            |e| to.push(words.place(&e.body, e.from, "移到其他月份的必查")),
        ),
    }
}

/// Entries that a key tells apart: `(base, own, saved)`. In the order of what is saved, then what the draft added.
fn merge_list<T: Clone + PartialEq, K: PartialEq>(
    (base, own, saved): (&[T], &[T], &[T]),
    key: impl Fn(&T) -> K,
    mut clash: impl FnMut(&T),
) -> Vec<T> {
    let find = |list: &[T], of: &T| {
        let wanted = key(of);
        list.iter().find(|entry| key(entry) == wanted).cloned()
    };
    let mut merged = Vec::new();
    for theirs in saved {
        let (before, mine) = (find(base, theirs), find(own, theirs));
        if mine == before {
            merged.push(theirs.clone());
            continue;
        }
        if before.as_ref() != Some(theirs) && mine.as_ref() != Some(theirs) {
            clash(theirs);
        }
        merged.extend(mine);
    }
    for mine in own.iter().filter(|mine| find(saved, mine).is_none()) {
        match find(base, mine) {
            None => merged.push(mine.clone()),
            // taken away by the other, changed here
            Some(before) if before != *mine => {
                clash(mine);
                merged.push(mine.clone());
            }
            Some(_) => {}
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_both_come_together_and_the_same_one_is_named() {
        let merge = |base: &[(char, i32)], own: &[(char, i32)], saved: &[(char, i32)]| {
            let mut clashes = String::new();
            let merged = merge_list((base, own, saved), |e| e.0, |e| clashes.push(e.0));
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
    }
}
