//! The planner's own changes.
//!
//! Invariants: a body's category has at most one number in a month; every number keeps a reason.

use serde::{Deserialize, Serialize};

use super::Resource;
use crate::domain::{BodyId, PlanMonth};

/// Most visits that a planner may ask for in a cell.
pub const MOST_VISITS: f64 = 9999.0;

/// Reason where the planner gives none.
pub const DEFAULT_REASON: &str = "手工调整";

/// A planner's own number for a cell of the matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaEdit {
    /// Body.
    pub body: BodyId,
    /// Category id.
    pub category: String,
    /// Month.
    pub month: PlanMonth,
    /// Expected drawn visits wanted.
    pub visits: f64,
    /// Why.
    pub reason: String,
}

/// Resources lent or added for a month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityLoan {
    /// What.
    pub resource: Resource,
    /// Who lends; `None` for additions from outside.
    pub from: Option<BodyId>,
    /// Who gets it.
    pub to: BodyId,
    /// When.
    pub month: PlanMonth,
    /// How much, in the resource's unit.
    pub amount: f64,
}

/// Part of a month's drawn visits moved to another month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitMove {
    /// Body.
    pub body: BodyId,
    /// Month relieved.
    pub from: PlanMonth,
    /// Month loaded.
    pub to: PlanMonth,
    /// Share of the relieved month's drawn visits, 0 to 1.
    pub share: f64,
}

/// People lent for the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InspectorLoan {
    /// Who lends; `None` for people from outside.
    pub from: Option<BodyId>,
    /// Who gets them.
    pub to: BodyId,
    /// How many.
    pub inspectors: u32,
    /// Skill id that they bring (or that own people are trained in, where `inspectors` stay).
    pub skill: Option<String>,
    /// True where own people are trained: the head count stays.
    pub trained: bool,
}

/// A mandatory check moved to another month by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MandatoryMove {
    /// Body whose checks move.
    pub body: BodyId,
    /// From this month.
    pub from: PlanMonth,
    /// To this month.
    pub to: PlanMonth,
    /// How many, in unit order.
    pub checks: u32,
}

/// What the planner changed by hand, kept with the project and the journal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlanEdits {
    /// Cells with the planner's own number, locked.
    pub quotas: Vec<QuotaEdit>,
    /// Resources lent or added.
    pub loans: Vec<CapacityLoan>,
    /// Visits moved between months.
    pub moves: Vec<VisitMove>,
    /// People lent or trained.
    pub people: Vec<InspectorLoan>,
    /// Mandatory checks moved.
    pub mandatory_moves: Vec<MandatoryMove>,
}

/// A category of a body's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaPlace {
    /// Body.
    pub body: BodyId,
    /// Category id.
    pub category: String,
    /// Month.
    pub month: PlanMonth,
}

impl QuotaPlace {
    fn is_of(&self, edit: &QuotaEdit) -> bool {
        edit.body == self.body && edit.category == self.category && edit.month == self.month
    }
}

/// A number of visits as it is kept: one decimal, within range.
#[must_use]
pub fn rounded_visits(visits: f64) -> f64 {
    let visits = if visits.is_finite() { visits } else { 0.0 };
    (visits.clamp(0.0, MOST_VISITS) * 10.0).round() / 10.0
}

impl PlanEdits {
    /// The planner's number of a place.
    #[must_use]
    pub fn quota_of(&self, place: &QuotaPlace) -> Option<&QuotaEdit> {
        self.quotas.iter().find(|e| place.is_of(e))
    }

    /// Edits with a number at a place; an earlier one there is replaced and its place in the order kept.
    #[must_use]
    pub fn with_quota(&self, place: &QuotaPlace, visits: f64, reason: &str) -> Self {
        let mut edits = self.clone();
        let reason = if reason.trim().is_empty() { DEFAULT_REASON } else { reason.trim() };
        let made = QuotaEdit {
            body: place.body.clone(),
            category: place.category.clone(),
            month: place.month,
            visits: rounded_visits(visits),
            reason: reason.to_owned(),
        };
        match edits.quotas.iter_mut().find(|e| place.is_of(e)) {
            Some(old) => *old = made,
            None => edits.quotas.push(made),
        }
        edits
    }

    /// Edits without the number at a place.
    #[must_use]
    pub fn without_quota(&self, place: &QuotaPlace) -> Self {
        let mut edits = self.clone();
        edits.quotas.retain(|e| !place.is_of(e));
        edits
    }

    /// Edits with another reason for a body's month; `None` where that changes nothing.
    #[must_use]
    pub fn with_reason(&self, body: &BodyId, month: PlanMonth, reason: &str) -> Option<Self> {
        let reason = reason.trim();
        if reason.is_empty() {
            return None;
        }
        let mut edits = self.clone();
        let mut changed = false;
        for edit in edits.quotas.iter_mut().filter(|e| e.body == *body && e.month == month) {
            if edit.reason != reason {
                reason.clone_into(&mut edit.reason);
                changed = true;
            }
        }
        changed.then_some(edits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(body: &str, category: &str, month: u32) -> QuotaPlace {
        QuotaPlace {
            body: BodyId::new(body).unwrap(),
            category: category.to_owned(),
            month: PlanMonth::new(2027, month).unwrap(),
        }
    }

    #[test]
    fn a_place_has_one_number_and_a_reason() {
        let (here, there) = (place("310101", "key", 3), place("310101", "general", 3));
        let edits = PlanEdits::default().with_quota(&here, 12.34, "  ");
        assert_eq!(edits.quotas.len(), 1);
        assert!((edits.quotas[0].visits - 12.3).abs() < 1e-9);
        assert_eq!(edits.quotas[0].reason, DEFAULT_REASON);
        let edits = edits.with_quota(&there, 4.0, "春节后集中检查");
        let edits = edits.with_quota(&here, -3.0, "减量");
        assert_eq!(edits.quotas.len(), 2);
        assert!(edits.quota_of(&here).unwrap().visits.abs() < 1e-9);
        assert_eq!(edits.quotas[0].category, "key", "the order of edits is kept");
        let edits = edits.without_quota(&here);
        assert!(edits.quota_of(&here).is_none() && edits.quota_of(&there).is_some());
    }

    #[test]
    fn other_edits_stay() {
        let month = |m| PlanMonth::new(2027, m).unwrap();
        let body = BodyId::new("310101").unwrap();
        let edits = PlanEdits {
            moves: vec![VisitMove { body: body.clone(), from: month(2), to: month(3), share: 0.5 }],
            ..PlanEdits::default()
        };
        let here = place("310101", "key", 4);
        assert_eq!(edits.with_quota(&here, 3.0, "x").without_quota(&here), edits);
        let two = edits.with_quota(&here, 3.0, "x");
        let again = two.with_reason(&body, month(4), " 专项行动 ").unwrap();
        assert_eq!(again.quotas[0].reason, "专项行动");
        assert!(again.with_reason(&body, month(4), "专项行动").is_none());
        assert!(again.with_reason(&body, month(5), "别的").is_none());
        assert!(again.with_reason(&body, month(4), "").is_none());
    }

    #[test]
    fn visits_stay_within_range() {
        assert!(rounded_visits(f64::NAN).abs() < 1e-9);
        assert!((rounded_visits(1e9) - MOST_VISITS).abs() < 1e-9);
        assert!((rounded_visits(2.74) - 2.7).abs() < 1e-9);
    }
}
