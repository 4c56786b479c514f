//! Changes of a policy, as pure functions: numbers with what they push, another policy's scoring taken over, parts
//! put back, any value by its path. Window and command line make the same changes by these.

mod decide;
mod merge;
mod number;
mod parts;
mod path;

pub use decide::{Deciding, decide, floor_of_body};
pub use merge::{merge_list, merge_policies, one_side};
pub use number::PolicyNumber;
pub use parts::{DecidablePart, PartValue, list_parts};
pub use path::{PolicyChange, PolicyValue, compare_policies, list_values, set_value};

use super::{Policy, preset_policies};

/// The scoring of one policy (articles, credit scale, factors, tiers, special, aggravators) put into another,
/// whose bodies, categories, capacity and disclosure stay.
#[must_use]
pub fn adopt_scoring(policy: &Policy, other: &Policy) -> Policy {
    let mut next = policy.clone();
    for article in &other.articles {
        if !next.articles.iter().any(|own| own.id == article.id && own.valid_from == article.valid_from) {
            next.articles.push(article.clone());
        }
    }
    next.credit = other.credit.clone();
    next.factors.clone_from(&other.factors);
    next.tiers.clone_from(&other.tiers);
    next.max_ratio = other.max_ratio;
    next.max_ratio_basis.clone_from(&other.max_ratio_basis);
    next.special = other.special.clone();
    next.aggravators = other.aggravators.clone();
    next.scoring = if other.scoring_name() == next.name { String::new() } else { other.scoring_name().to_owned() };
    next
}

/// True where two policies score alike: what [`adopt_scoring`] takes over is the same in both.
#[must_use]
pub fn scores_alike(a: &Policy, b: &Policy) -> bool {
    a.credit == b.credit
        && a.factors == b.factors
        && a.tiers == b.tiers
        && a.max_ratio == b.max_ratio
        && a.special == b.special
        && a.aggravators == b.aggravators
}

/// The name of the scoring in force: that of the policy it was taken from, or 「在「…」基础上修改」 where a preset of
/// that name scores otherwise.
#[must_use]
pub fn scoring_in_force(policy: &Policy) -> String {
    let name = policy.scoring_name();
    let preset = preset_policies().iter().find(|preset| preset.name == name);
    if preset.is_some_and(|preset| !scores_alike(preset, policy)) {
        format!("在「{name}」基础上修改")
    } else {
        name.to_owned()
    }
}

/// A part of the scoring that can be put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyPart {
    /// One factor.
    Factor(usize),
    /// All factors.
    Factors,
    /// Tiers: thresholds and base frequencies.
    Tiers,
    /// The aggravators and the ratio.
    Aggravators,
}

impl PolicyPart {
    /// True where the part differs from another policy's. A factor that the other has not does not.
    #[must_use]
    pub fn differs(self, policy: &Policy, other: &Policy) -> bool {
        match self {
            Self::Factor(i) => {
                let own = policy.factors.get(i);
                own.is_some_and(|own| other.factors.iter().any(|f| f.id == own.id && f != own))
            }
            Self::Factors => policy.factors != other.factors,
            Self::Tiers => policy.tiers != other.tiers,
            Self::Aggravators => policy.aggravators != other.aggravators || policy.max_ratio != other.max_ratio,
        }
    }

    /// The policy with this part as another has it.
    #[must_use]
    pub fn put_back(self, policy: &Policy, other: &Policy) -> Policy {
        let mut next = policy.clone();
        match self {
            Self::Factor(i) => {
                let old = policy.factors.get(i).and_then(|own| other.factors.iter().find(|f| f.id == own.id));
                if let (Some(slot), Some(old)) = (next.factors.get_mut(i), old) {
                    slot.clone_from(old);
                }
            }
            Self::Factors => next.factors.clone_from(&other.factors),
            Self::Tiers => next.tiers.clone_from(&other.tiers),
            Self::Aggravators => {
                next.aggravators.clone_from(&other.aggravators);
                next.max_ratio = other.max_ratio;
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Milli;
    use crate::policy::load_preset;

    #[test]
    fn a_scoring_taken_brings_its_articles() {
        let own = load_preset("generic").unwrap();
        let other = load_preset("shanghai-154").unwrap();
        let taken = adopt_scoring(&own, &other);
        assert_eq!(taken.factors, other.factors);
        assert_eq!(
            taken.name_in_force(),
            "通用双随机执法计划（评分按「上海市双随机执法计划（沪环执法〔2023〕154号）」）"
        );
        assert_eq!(scoring_in_force(&taken), other.name);
        let mut turned = taken.clone();
        PolicyNumber::Cap(0).set(&mut turned, Milli(7000));
        assert_eq!(scoring_in_force(&turned), format!("在「{}」基础上修改", other.name));
        // back to its own
        assert_eq!(adopt_scoring(&taken, &own).name_in_force(), own.name);
        assert_eq!(taken.categories, own.categories);
        for factor in &taken.factors {
            for id in &factor.basis {
                assert!(taken.articles.iter().any(|a| a.id == *id), "{id}");
            }
        }
    }

    #[test]
    fn a_part_is_put_back_and_the_rest_stays() {
        let saved = load_preset("shanghai-154").unwrap();
        let mut policy = saved.clone();
        PolicyNumber::Cap(0).set(&mut policy, Milli(7000));
        PolicyNumber::Cap(1).set(&mut policy, Milli(7000));
        PolicyNumber::MaxRatio.set(&mut policy, Milli(90_000));
        for part in [PolicyPart::Factor(0), PolicyPart::Factors, PolicyPart::Aggravators] {
            assert!(part.differs(&policy, &saved), "{part:?}");
            let back = part.put_back(&policy, &saved);
            assert!(!part.differs(&back, &saved), "{part:?}");
        }
        assert!(!PolicyPart::Tiers.differs(&policy, &saved));
        let back = PolicyPart::Factor(0).put_back(&policy, &saved);
        assert_eq!((back.factors[0].cap, back.factors[1].cap), (saved.factors[0].cap, Milli(7000)));
        let back = PolicyPart::Factors.put_back(&policy, &saved);
        assert_eq!((&back.factors, back.max_ratio), (&saved.factors, Milli(90_000)));
    }
}
