//! The order of the ceremony: where a period stands follows from the register of seals alone, so that no step
//! can be left out and a restarted program stands where it stood.

use crate::domain::Period;
use crate::sampling::SealRegister;
use crate::ui::text::draw as t;

/// The steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// What will be frozen.
    Freeze,
    /// The public number is chosen, the seal made.
    Seal,
    /// The commitment is published.
    Publish,
    /// The public number is typed.
    Entropy,
    /// Tickets fall into place.
    Draw,
    /// Inspectors are paired; then the month's list.
    Pair,
}

impl Step {
    /// The steps of a month.
    pub const MONTH: [Self; 6] = [Self::Freeze, Self::Seal, Self::Publish, Self::Entropy, Self::Draw, Self::Pair];
    /// The steps of the year: nobody is drawn or paired.
    pub const YEAR: [Self; 5] = [Self::Freeze, Self::Seal, Self::Publish, Self::Entropy, Self::Draw];

    /// The steps of a year or a month.
    #[must_use]
    pub fn all(year: bool) -> &'static [Self] {
        if year { &Self::YEAR } else { &Self::MONTH }
    }

    /// Chinese name.
    #[must_use]
    pub fn label(self, year: bool) -> &'static str {
        if year && self == Self::Draw { t::STEP_YEAR_OPEN } else { t::STEPS[self as usize] }
    }
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Done.
    Done,
    /// At hand.
    Now,
    /// Locked.
    Later,
}

/// Where a period stands in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The seal of another period waits; nothing can be sealed.
    Elsewhere(Period),
    /// Nothing waits and nothing was opened; `again` where it was sealed before.
    Free {
        /// Sealed before: a reason is asked.
        again: bool,
    },
    /// Its seal waits for the opening.
    Waiting,
    /// Opened.
    Opened,
}

/// What the planner has done on the screen in this step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Went over what will be frozen.
    pub reviewed: bool,
    /// Said that the commitment is published.
    pub published: bool,
    /// Seals an opened month again.
    pub again: bool,
    /// Watches the draw of the opening just made.
    pub revealing: bool,
}

/// Where a period stands.
#[must_use]
pub fn place_of(register: &SealRegister, period: Period) -> Place {
    match register.pending() {
        Some(pending) if pending.period == period => Place::Waiting,
        Some(pending) => Place::Elsewhere(pending.period),
        None if register.is_opened(period) => Place::Opened,
        None => Place::Free { again: register.seals_of(period).next().is_some() },
    }
}

/// The step at hand. `due` says that the public number may be typed.
#[must_use]
pub fn step_of(place: Place, marks: Marks, due: bool, year: bool) -> Step {
    let sealing = if marks.reviewed { Step::Seal } else { Step::Freeze };
    match place {
        Place::Elsewhere(_) => Step::Freeze,
        Place::Free { .. } => sealing,
        Place::Waiting if marks.published && due => Step::Entropy,
        Place::Waiting => Step::Publish,
        Place::Opened if marks.again && !year => sealing,
        Place::Opened if marks.revealing || year => Step::Draw,
        Place::Opened => Step::Pair,
    }
}

/// How a step shows. `finished` where the last step is done too.
#[must_use]
pub fn state_of(step: Step, now: Step, finished: bool) -> StepState {
    match step.cmp(&now) {
        std::cmp::Ordering::Less => StepState::Done,
        std::cmp::Ordering::Equal if finished => StepState::Done,
        std::cmp::Ordering::Equal => StepState::Now,
        std::cmp::Ordering::Greater => StepState::Later,
    }
}

/// `2 天 03:04:05`; the days only where there are any.
#[must_use]
pub fn countdown(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let clock = format!("{:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60);
    if days > 0 { format!("{days} 天 {clock}") } else { clock }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::{RegisterEvent, RegisterLine, ShanghaiTime};

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn line(event: RegisterEvent, of: &str, sequence: u64, hash: u8, day: u32) -> RegisterLine {
        RegisterLine {
            event,
            at: ShanghaiTime::new(format!("2026-12-{day:02}T09:00:00+08:00")).unwrap(),
            agency: "310000".to_owned(),
            period: period(of),
            sequence,
            commitment: [hash; 32],
            previous: (hash > 1).then(|| [hash - 1; 32]),
            available_at: ShanghaiTime::new(format!("2026-12-{day:02}T21:15:00+08:00")).unwrap(),
            reason: if event == RegisterEvent::Voided || sequence > 1 { "理由".to_owned() } else { String::new() },
        }
    }

    #[test]
    fn the_sequence_follows_the_register() {
        let mut register = SealRegister::new();
        let none = Marks::default();
        assert_eq!(place_of(&register, period("2027-00")), Place::Free { again: false });
        assert_eq!(step_of(place_of(&register, period("2027-00")), none, true, true), Step::Freeze);

        register.append(line(RegisterEvent::Sealed, "2027-00", 1, 1, 1)).unwrap();
        assert_eq!(place_of(&register, period("2027-00")), Place::Waiting);
        assert_eq!(place_of(&register, period("2027-01")), Place::Elsewhere(period("2027-00")));

        let voided = RegisterLine {
            available_at: register.lines()[0].available_at.clone(),
            ..line(RegisterEvent::Voided, "2027-00", 1, 1, 2)
        };
        register.append(voided).unwrap();
        assert_eq!(place_of(&register, period("2027-00")), Place::Free { again: true });

        register.append(line(RegisterEvent::Sealed, "2027-00", 2, 2, 3)).unwrap();
        let opened = RegisterLine {
            at: ShanghaiTime::new("2026-12-03T21:20:00+08:00").unwrap(),
            reason: String::new(),
            ..line(RegisterEvent::Opened, "2027-00", 2, 2, 3)
        };
        register.append(opened).unwrap();
        assert_eq!(place_of(&register, period("2027-00")), Place::Opened);
        assert_eq!(place_of(&register, period("2027-01")), Place::Free { again: false });
    }

    #[test]
    fn no_step_can_be_left_out() {
        let marks = |reviewed, published| Marks { reviewed, published, ..Marks::default() };
        let free = Place::Free { again: false };
        assert_eq!(step_of(free, marks(false, true), true, false), Step::Freeze);
        assert_eq!(step_of(free, marks(true, true), true, false), Step::Seal);
        // neither the publication nor the time alone lets the number be typed
        assert_eq!(step_of(Place::Waiting, marks(true, false), true, false), Step::Publish);
        assert_eq!(step_of(Place::Waiting, marks(true, true), false, false), Step::Publish);
        assert_eq!(step_of(Place::Waiting, marks(true, true), true, false), Step::Entropy);
        assert_eq!(step_of(Place::Opened, Marks::default(), true, false), Step::Pair);
        let revealing = Marks { revealing: true, ..Marks::default() };
        assert_eq!(step_of(Place::Opened, revealing, true, false), Step::Draw);
        // the year has no second sealing and nobody to pair
        let again = Marks { again: true, ..Marks::default() };
        assert_eq!(step_of(Place::Opened, again, true, true), Step::Draw);
        assert_eq!(step_of(Place::Opened, again, true, false), Step::Freeze);
        assert_eq!(step_of(Place::Elsewhere(period("2027-02")), marks(true, true), true, false), Step::Freeze);
    }

    #[test]
    fn later_steps_are_locked() {
        use StepState::{Done, Later, Now};
        let states: Vec<StepState> = Step::MONTH.into_iter().map(|step| state_of(step, Step::Publish, false)).collect();
        assert_eq!(states, [Done, Done, Now, Later, Later, Later]);
        assert_eq!(state_of(Step::Pair, Step::Pair, true), Done);
    }

    #[test]
    fn the_countdown_reads_as_a_clock() {
        assert_eq!(countdown(-5), "00:00:00");
        assert_eq!(countdown(3_725), "01:02:05");
        assert_eq!(countdown(2 * 86_400 + 60), "2 天 00:01:00");
    }
}
