//! By which rule inspectors are paired: a draw's own, for ever.

/// A version of the pairing. Which one holds for a draw follows from the method that its seal names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairingRule {
    /// Of `pareto-pps/1`: the loads as even as the rules allow, among the equally loaded the hash. Where checks are few
    /// and the people's `checks_max` differ, that leaves chance nothing to decide.
    LeastLoad,
    /// Of `pareto-pps/2`: within one check of an even load chance decides.
    WithinOne,
}

impl PairingRule {
    /// The rule of new draws.
    pub const LATEST: Self = Self::WithinOne;
}
