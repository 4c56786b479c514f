//! What is to be done next: the order of the work, from the register of seals and the plan.

use crate::domain::{Period, PlanMonth};
use crate::sampling::SealRegister;
use crate::workspace::store::register::next_month;

/// The next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// A seal waits for its opening.
    Open {
        /// Its period.
        period: Period,
        /// When its public number becomes known.
        available_at: String,
    },
    /// The plan has shortages that must be mended first.
    Mend,
    /// The year's seed comes first.
    SealYear,
    /// This month is to be sealed.
    SealMonth(PlanMonth),
}

/// The next step of a year's work; `None` where every month was drawn.
#[must_use]
pub fn next_step(register: &SealRegister, year: i32, months: &[PlanMonth], sealable: bool) -> Option<NextStep> {
    if let Some(line) = register.pending() {
        return Some(NextStep::Open { period: line.period, available_at: line.available_at.to_string() });
    }
    if !sealable {
        return Some(NextStep::Mend);
    }
    if !register.is_opened(Period::Year(year)) {
        return Some(NextStep::SealYear);
    }
    let next = next_month(register, months)?;
    (!register.is_opened(Period::Month(next))).then_some(NextStep::SealMonth(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_begins_with_its_seed_and_shortages_come_first() {
        let (register, months) = (SealRegister::new(), PlanMonth::of_year(2027));
        assert_eq!(next_step(&register, 2027, &months, false), Some(NextStep::Mend));
        assert_eq!(next_step(&register, 2027, &months, true), Some(NextStep::SealYear));
        assert_eq!(next_month(&register, &months), months.first().copied());
    }
}
