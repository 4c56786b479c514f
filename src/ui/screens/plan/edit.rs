//! What a drag does, and when a month may not be changed.

use crate::domain::PlanMonth;
use crate::plan::model::rounded_visits;
use crate::ui::text::plan as t;

/// Points of a vertical drag for one visit.
const POINTS_PER_VISIT: f32 = 8.0;

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

/// The number that a drag of so many points leads to: up is more, in whole visits.
pub(super) fn dragged(start: f64, down: f32) -> f64 {
    let steps = f64::from((-down / POINTS_PER_VISIT).trunc());
    if steps.abs() < 0.5 { rounded_visits(start) } else { rounded_visits(start + steps) }
}

/// A gesture's number that no other screen uses: the moment of its beginning.
pub(in crate::ui) fn gesture_at(seconds: f64) -> u64 {
    (1 << 48) + (seconds.max(0.0) * 1000.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drag_goes_by_whole_visits() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(dragged(10.4, 0.0), 10.4);
        near(dragged(10.4, 7.0), 10.4);
        near(dragged(10.4, -16.0), 12.4);
        near(dragged(10.4, 24.0), 7.4);
        near(dragged(1.0, 400.0), 0.0);
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
