//! The planner's own numbers: pure changes of [`PlanEdits`], and when a month may not be changed.
//!
//! Invariants: a body's category has at most one number in a month; every number keeps a reason.

use crate::domain::{BodyId, PlanMonth};
use crate::plan::PlanEdits;
use crate::plan::model::QuotaEdit;
use crate::ui::text::plan as t;

/// Points of a vertical drag for one visit.
const POINTS_PER_VISIT: f32 = 8.0;
/// Most visits that a planner may ask for in a cell.
pub(super) const MOST_VISITS: f64 = 9999.0;

/// A category of a body's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) body: BodyId,
    pub(super) category: String,
    pub(super) month: PlanMonth,
}

impl Place {
    fn is_of(&self, edit: &QuotaEdit) -> bool {
        edit.body == self.body && edit.category == self.category && edit.month == self.month
    }
}

/// Why a month's numbers can't be changed; `None` where they can.
pub(super) fn why_not(
    read_only: bool,
    first_open: PlanMonth,
    sealed: Option<PlanMonth>,
    month: PlanMonth,
) -> Option<&'static str> {
    if read_only {
        Some(t::READ_ONLY)
    } else if month < first_open {
        Some(t::PAST)
    } else if sealed == Some(month) {
        Some(t::SEALED)
    } else {
        None
    }
}

/// The planner's number of a place.
pub(super) fn quota_of<'a>(edits: &'a PlanEdits, place: &Place) -> Option<&'a QuotaEdit> {
    edits.quotas.iter().find(|e| place.is_of(e))
}

/// A number of visits as it is kept: one decimal, within range.
pub(super) fn rounded(visits: f64) -> f64 {
    let visits = if visits.is_finite() { visits } else { 0.0 };
    (visits.clamp(0.0, MOST_VISITS) * 10.0).round() / 10.0
}

/// Edits with a number at a place; an earlier one there is replaced and its place in the order kept.
pub(super) fn with_quota(edits: &PlanEdits, place: &Place, visits: f64, reason: &str) -> PlanEdits {
    let mut edits = edits.clone();
    let reason = if reason.trim().is_empty() { t::DEFAULT_REASON } else { reason.trim() };
    let made = QuotaEdit {
        body: place.body.clone(),
        category: place.category.clone(),
        month: place.month,
        visits: rounded(visits),
        reason: reason.to_owned(),
    };
    match edits.quotas.iter_mut().find(|e| place.is_of(e)) {
        Some(old) => *old = made,
        None => edits.quotas.push(made),
    }
    edits
}

/// Edits without the number at a place.
pub(super) fn without_quota(edits: &PlanEdits, place: &Place) -> PlanEdits {
    let mut edits = edits.clone();
    edits.quotas.retain(|e| !place.is_of(e));
    edits
}

/// Edits with another reason for a body's month; `None` where that changes nothing.
pub(super) fn with_reason(edits: &PlanEdits, body: &BodyId, month: PlanMonth, reason: &str) -> Option<PlanEdits> {
    let reason = reason.trim();
    if reason.is_empty() {
        return None;
    }
    let mut edits = edits.clone();
    let mut changed = false;
    for edit in edits.quotas.iter_mut().filter(|e| e.body == *body && e.month == month) {
        if edit.reason != reason {
            reason.clone_into(&mut edit.reason);
            changed = true;
        }
    }
    changed.then_some(edits)
}

/// The number that a drag of so many points leads to: up is more, in whole visits.
pub(super) fn dragged(start: f64, down: f32) -> f64 {
    let steps = f64::from((-down / POINTS_PER_VISIT).trunc());
    if steps.abs() < 0.5 { rounded(start) } else { rounded(start + steps) }
}

/// A gesture's number that no other screen uses: the moment of its beginning.
pub(super) fn gesture_at(seconds: f64) -> u64 {
    (1 << 48) + (seconds.max(0.0) * 1000.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::model::VisitMove;

    fn place(body: &str, category: &str, month: u32) -> Place {
        Place {
            body: BodyId::new(body).unwrap(),
            category: category.to_owned(),
            month: PlanMonth::new(2027, month).unwrap(),
        }
    }

    #[test]
    fn a_place_has_one_number_and_a_reason() {
        let (here, there) = (place("310101", "key", 3), place("310101", "general", 3));
        let edits = with_quota(&PlanEdits::default(), &here, 12.34, "  ");
        assert_eq!(edits.quotas.len(), 1);
        assert!((edits.quotas[0].visits - 12.3).abs() < 1e-9);
        assert_eq!(edits.quotas[0].reason, t::DEFAULT_REASON);
        let edits = with_quota(&edits, &there, 4.0, "春节后集中检查");
        let edits = with_quota(&edits, &here, -3.0, "减量");
        assert_eq!(edits.quotas.len(), 2);
        assert!(quota_of(&edits, &here).unwrap().visits.abs() < 1e-9);
        assert_eq!(edits.quotas[0].category, "key", "the order of edits is kept");
        let edits = without_quota(&edits, &here);
        assert!(quota_of(&edits, &here).is_none() && quota_of(&edits, &there).is_some());
    }

    #[test]
    fn other_edits_stay() {
        let month = |m| PlanMonth::new(2027, m).unwrap();
        let body = BodyId::new("310101").unwrap();
        let edits = PlanEdits {
            moves: vec![VisitMove { body: body.clone(), from: month(2), to: month(3), share: 0.5 }],
            ..PlanEdits::default()
        };
        let changed =
            without_quota(&with_quota(&edits, &place("310101", "key", 4), 3.0, "x"), &place("310101", "key", 4));
        assert_eq!(changed, edits);
        let two = with_quota(&edits, &place("310101", "key", 4), 3.0, "x");
        let again = with_reason(&two, &body, month(4), " 专项行动 ").unwrap();
        assert_eq!(again.quotas[0].reason, "专项行动");
        assert!(with_reason(&again, &body, month(4), "专项行动").is_none());
        assert!(with_reason(&again, &body, month(5), "别的").is_none());
        assert!(with_reason(&again, &body, month(4), "").is_none());
    }

    #[test]
    fn a_drag_goes_by_whole_visits() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(dragged(10.4, 0.0), 10.4);
        near(dragged(10.4, 7.0), 10.4);
        near(dragged(10.4, -16.0), 12.4);
        near(dragged(10.4, 24.0), 7.4);
        near(dragged(1.0, 400.0), 0.0);
        near(rounded(f64::NAN), 0.0);
        near(rounded(1e9), MOST_VISITS);
    }

    #[test]
    fn past_sealed_and_read_only_months_stay() {
        let month = |m| PlanMonth::new(2027, m).unwrap();
        assert_eq!(why_not(true, month(1), None, month(5)), Some(t::READ_ONLY));
        assert_eq!(why_not(false, month(3), None, month(2)), Some(t::PAST));
        assert_eq!(why_not(false, month(3), Some(month(3)), month(3)), Some(t::SEALED));
        assert_eq!(why_not(false, month(3), Some(month(3)), month(4)), None);
    }

    #[test]
    fn gestures_differ() {
        assert_ne!(gesture_at(1.0), gesture_at(1.002));
        assert_ne!(gesture_at(0.0), 0);
    }
}
