//! The ledger of the days after a draw: triggered checks and reserves against cap and register.

use fairdraw::plan::ledger::{Ledger, compute_cap_meter};
use fairdraw::plan::{Exclusion, PlanInputs, Visit, VisitKind};

use super::{drawn, plan_of, policy, sites_mut, small, targets_of};

#[test]
fn triggered_checks_and_substitutes() {
    let mut inputs = small(&[(0, 3, false, 0), (0, 3, false, 1), (0, 3, false, 1)]);
    let before = plan_of(policy(), &inputs);
    let reading = Ledger::of_month(policy(), &inputs, 1).triggered(0, false).unwrap();
    assert_eq!((reading.before.counted, reading.before.left(), reading.is_past_cap()), (0, 2, false));
    inputs.history.visits.push(Visit {
        site: Some(0),
        enterprise: 0,
        month: 1,
        kind: VisitKind::Triggered,
        done: false,
    });
    assert_eq!(compute_cap_meter(policy(), &inputs, 1)[0].left(), 2, "the preset doesn't count it");
    let plan = plan_of(policy(), &inputs);
    // It opens no window and lowers nothing.
    assert_eq!(targets_of(&inputs, &plan, 2).p[0].to_bits(), targets_of(&inputs, &before, 2).p[0].to_bits());
    inputs.history.visits.push(drawn(0, 0, 3));
    let substitute = |inputs: &PlanInputs, dead: u32, reserve: u32| {
        let mut ledger = Ledger::of_month(policy(), inputs, 3);
        ledger.withdraw(dead).and_then(|()| ledger.check_reserve(reserve)).map_err(|error| error.code())
    };
    assert_eq!(substitute(&inputs, 1, 2), Err("PLN-012"));
    assert_eq!(substitute(&inputs, 0, 2), Ok(()));
    assert_eq!(substitute(&inputs, 0, 9), Err("PLN-010"));
    // whoever is on the list already, or out for the year, is no reserve
    inputs.history.visits.push(drawn(2, 1, 3));
    assert_eq!(compute_cap_meter(policy(), &inputs, 3)[1].counted, 1);
    assert_eq!(substitute(&inputs, 0, 2), Err("PLN-013"));
    inputs.history.visits.pop();
    sites_mut(&mut inputs).exclusion[2] = Exclusion::Moved;
    assert_eq!(substitute(&inputs, 0, 2), Err("PLN-013"));
    sites_mut(&mut inputs).exclusion[2] = Exclusion::None;
    // an enterprise with its two visits gives no reserve, unless the dead unit's visit was one of them
    inputs.history.visits.extend([drawn(1, 1, 0), drawn(1, 1, 3)]);
    assert_eq!(substitute(&inputs, 0, 2), Err("PLN-014"));
    assert_eq!(substitute(&inputs, 1, 2), Ok(()));
}

#[test]
fn a_triggered_check_tells_a_cap_that_is_used_up_and_spares_the_dead() {
    let mut inputs = small(&[(0, 3, false, 0), (0, 3, false, 0), (0, 3, false, 1)]);
    inputs.history.visits.extend([drawn(0, 0, 0), drawn(1, 0, 1)]);
    let ledger = Ledger::of_month(policy(), &inputs, 2);
    let (past, free) = (ledger.triggered(0, false).unwrap(), ledger.triggered(2, false).unwrap());
    assert!(past.is_past_cap() && !free.is_past_cap());
    assert_eq!((past.visits(), past.before.cap, past.counts), (3, 2, false));
    let mut counting = policy().clone();
    counting.cap.counts_triggered = true;
    assert!(Ledger::of_month(&counting, &inputs, 2).triggered(0, false).unwrap().counts);
    for exclusion in [Exclusion::Closed, Exclusion::Moved, Exclusion::Merged] {
        sites_mut(&mut inputs).exclusion[2] = exclusion;
        let ledger = Ledger::of_month(policy(), &inputs, 2);
        assert_eq!(ledger.triggered(2, false).unwrap_err().code(), "PLN-015");
        assert!(ledger.triggered(2, true).is_ok(), "with grounds");
    }
    sites_mut(&mut inputs).exclusion[2] = Exclusion::Stopped;
    assert!(Ledger::of_month(policy(), &inputs, 2).triggered(2, false).is_ok(), "what stands still can be inspected");
}
