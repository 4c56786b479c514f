//! The versions of the way to draw: what a seal's `method` stands for.
//!
//! A draw is checked, and where need be made again, by the rules that its own seal names, for ever. New seals carry
//! [`Method::LATEST`]. One name covers everything that chance decides: how quotas are rounded, how probabilities follow
//! from them, from which size on ranks may be the probabilities themselves, how inspectors are paired.

use super::inclusion::CERTAIN_ABOVE;

/// A version of the way to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// `pareto-pps/1`: the draws of 2027 and before.
    V1,
    /// `pareto-pps/2`.
    V2,
}

impl Method {
    /// What new seals carry.
    pub const LATEST: Self = Self::V2;

    /// Every version, the oldest first.
    pub const ALL: [Self; 2] = [Self::V1, Self::V2];

    /// The seal's `method`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::V1 => "pareto-pps/1",
            Self::V2 => "pareto-pps/2",
        }
    }

    /// Σπ(1−π) of a stratum's free units under which its ranks are calibrated; from there on they are the probabilities,
    /// and what is realised departs from these by less than 0.2 / (Σπ(1−π))² of min(π, 1−π).
    #[must_use]
    pub fn calibrate_below(self) -> f64 {
        match self {
            Self::V1 => 10.0,
            Self::V2 => 150.0,
        }
    }

    /// From which month's target on a unit is drawn for certain, on top of its stratum's quota. (Probabilities closer to 1
    /// can't be told from it by the quadrature that calibrates the ranks.)
    #[must_use]
    pub fn certain_from(self) -> f64 {
        match self {
            Self::V1 => 1.0,
            Self::V2 => CERTAIN_ABOVE,
        }
    }

    /// What is claimed of the realised probabilities, of every unit in every stratum: the one sentence that checks,
    /// window and page say.
    #[must_use]
    pub fn precision(self) -> &'static str {
        match self {
            Self::V1 => "小层各单元偏差不超过十万分之一，其余各层不超过千分之二",
            Self::V2 => "每一层各单元偏差都不超过十万分之一",
        }
    }

    /// The version of a seal's `method`; `None` for one that this program doesn't know.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.id() == id)
    }
}
