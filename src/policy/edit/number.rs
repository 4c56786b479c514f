//! The numbers of the scoring: where each stands, what it is called, how far a slider takes it.
//!
//! Invariant: setting one keeps what the policy's own check asks of its neighbours (a worse grade never gives
//! fewer points, thresholds fall from tier to tier) by pushing them along.

use std::ops::RangeInclusive;

use crate::domain::Category;

use super::super::{EventTable, FactorRule, Milli, Policy};

/// Least distance of two thresholds, thousandths.
const GAP: i64 = 500;

const POINTS: &str = "分";
const PER_YEAR: &str = "次/年";
const TIMES: &str = "倍";
const CAP: &str = "上限";
const EACH_LIST: &str = "每入一个名录";
const ONE_EVENT: &str = "每起";
const FLAGGED: &str = "符合时";
const NO_GRADE: &str = "无信用等级";
const MINOR: &str = "轻微情形折算";
const PER_MONTH: &str = "每月未检查";
const NEVER: &str = "从未检查";
/// Levels of environmental risk.
const RISK_LEVELS: [&str; 3] = ["重大", "较大", "一般"];
/// The aggravators and the ratio.
const AGGRAVATOR_NAMES: [&str; 5] = ["有违法记录", "群众反映强烈", "环境风险高", "信用较差", "最高与最低频次之比"];

/// One number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyNumber {
    /// Cap of a factor.
    Cap(usize),
    /// Points of a management category.
    Management(usize, Category),
    /// Points of the one number of a factor: an event, a flag, an industry, an entry of the key-unit list.
    Points(usize),
    /// Points of a credit grade.
    Grade(usize, usize),
    /// Points without a grade.
    NoGrade(usize),
    /// Points of a level of environmental risk.
    EnvRisk(usize, usize),
    /// Share of a minor event.
    Minor(usize),
    /// Points a month without a check.
    PerMonth(usize),
    /// Points where no check is known.
    Never(usize),
    /// Threshold of a tier.
    Threshold(usize),
    /// Base frequency of a tier.
    Base(usize),
    /// An aggravator.
    Aggravator(usize),
    /// Highest to lowest frequency.
    MaxRatio,
}

impl PolicyNumber {
    /// All numbers of a policy: factors, tiers, aggravators, the ratio. The last tier's threshold is 0 and no number.
    #[must_use]
    pub fn all(policy: &Policy) -> Vec<Self> {
        let mut all: Vec<Self> = (0..policy.factors.len())
            .flat_map(|i| std::iter::once(Self::Cap(i)).chain(Self::of_factor(policy, i)))
            .collect();
        all.extend((0..policy.tiers.len().saturating_sub(1)).map(Self::Threshold));
        all.extend((0..policy.tiers.len()).map(Self::Base));
        all.extend((0..AGGRAVATOR_NAMES.len() - 1).map(Self::Aggravator));
        all.push(Self::MaxRatio);
        all
    }

    /// The numbers of a factor besides its cap.
    #[must_use]
    pub fn of_factor(policy: &Policy, factor: usize) -> Vec<Self> {
        let Some(rule) = policy.factors.get(factor).map(|f| &f.rule) else { return Vec::new() };
        match rule {
            FactorRule::Management(_) => Category::ALL.iter().map(|c| Self::Management(factor, *c)).collect(),
            FactorRule::KeyUnit(_) | FactorRule::Flag { .. } | FactorRule::Industry { .. } => {
                vec![Self::Points(factor)]
            }
            FactorRule::Credit { points, .. } => {
                (0..points.len()).map(|g| Self::Grade(factor, g)).chain([Self::NoGrade(factor)]).collect()
            }
            FactorRule::EnvRisk { .. } => (0..3).map(|level| Self::EnvRisk(factor, level)).collect(),
            FactorRule::Events { table, .. } => {
                if matches!(table, EventTable::Complaints | EventTable::Monitoring) {
                    vec![Self::Points(factor)]
                } else {
                    vec![Self::Points(factor), Self::Minor(factor)]
                }
            }
            FactorRule::Unvisited { .. } => vec![Self::PerMonth(factor), Self::Never(factor)],
        }
    }

    fn slot(self, policy: &mut Policy) -> Option<&mut Milli> {
        match self {
            Self::Cap(i) => policy.factors.get_mut(i).map(|f| &mut f.cap),
            Self::Threshold(i) => policy.tiers.get_mut(i).map(|t| &mut t.min_score),
            Self::Base(i) => policy.tiers.get_mut(i).map(|t| &mut t.base_frequency),
            Self::MaxRatio => Some(&mut policy.max_ratio),
            Self::Aggravator(i) => {
                let a = &mut policy.aggravators;
                [&mut a.violations, &mut a.complaints, &mut a.high_risk, &mut a.poor_credit].into_iter().nth(i)
            }
            Self::Management(i, category) => match &mut policy.factors.get_mut(i)?.rule {
                FactorRule::Management(points) => points.get_mut(&category),
                _ => None,
            },
            Self::Points(i) => match &mut policy.factors.get_mut(i)?.rule {
                FactorRule::KeyUnit(points)
                | FactorRule::Events { points, .. }
                | FactorRule::Flag { points, .. }
                | FactorRule::Industry { points, .. } => Some(points),
                _ => None,
            },
            Self::Grade(i, grade) => match &mut policy.factors.get_mut(i)?.rule {
                FactorRule::Credit { points, .. } => points.get_mut(grade),
                _ => None,
            },
            Self::NoGrade(i) => match &mut policy.factors.get_mut(i)?.rule {
                FactorRule::Credit { missing, .. } => Some(missing),
                _ => None,
            },
            Self::EnvRisk(i, level) => match &mut policy.factors.get_mut(i)?.rule {
                FactorRule::EnvRisk { major, larger, general } => [major, larger, general].into_iter().nth(level),
                _ => None,
            },
            Self::Minor(i) => match &mut policy.factors.get_mut(i)?.rule {
                FactorRule::Events { minor, .. } => Some(minor),
                _ => None,
            },
            Self::PerMonth(i) => match &mut policy.factors.get_mut(i)?.rule {
                FactorRule::Unvisited { per_month, .. } => Some(per_month),
                _ => None,
            },
            Self::Never(i) => match &mut policy.factors.get_mut(i)?.rule {
                FactorRule::Unvisited { never, .. } => Some(never),
                _ => None,
            },
        }
    }

    /// Its value.
    #[must_use]
    pub fn get(self, policy: &Policy) -> Option<Milli> {
        let factor = |i: usize| policy.factors.get(i).map(|f| &f.rule);
        Some(match self {
            Self::Cap(i) => policy.factors.get(i)?.cap,
            Self::Threshold(i) => policy.tiers.get(i)?.min_score,
            Self::Base(i) => policy.tiers.get(i)?.base_frequency,
            Self::MaxRatio => policy.max_ratio,
            Self::Aggravator(i) => {
                let a = &policy.aggravators;
                *[a.violations, a.complaints, a.high_risk, a.poor_credit].get(i)?
            }
            Self::Management(i, category) => match factor(i)? {
                FactorRule::Management(points) => *points.get(&category)?,
                _ => return None,
            },
            Self::Points(i) => match factor(i)? {
                FactorRule::KeyUnit(points)
                | FactorRule::Events { points, .. }
                | FactorRule::Flag { points, .. }
                | FactorRule::Industry { points, .. } => *points,
                _ => return None,
            },
            Self::Grade(i, grade) => match factor(i)? {
                FactorRule::Credit { points, .. } => *points.get(grade)?,
                _ => return None,
            },
            Self::NoGrade(i) => match factor(i)? {
                FactorRule::Credit { missing, .. } => *missing,
                _ => return None,
            },
            Self::EnvRisk(i, level) => match factor(i)? {
                FactorRule::EnvRisk { major, larger, general } => *[*major, *larger, *general].get(level)?,
                _ => return None,
            },
            Self::Minor(i) => match factor(i)? {
                FactorRule::Events { minor, .. } => *minor,
                _ => return None,
            },
            Self::PerMonth(i) => match factor(i)? {
                FactorRule::Unvisited { per_month, .. } => *per_month,
                _ => return None,
            },
            Self::Never(i) => match factor(i)? {
                FactorRule::Unvisited { never, .. } => *never,
                _ => return None,
            },
        })
    }

    /// Sets it, and pushes the neighbours that would break the order. Whether the policy then holds together as a
    /// whole is for [`policy_fault`](crate::policy::policy_fault) to say.
    pub fn set(self, policy: &mut Policy, value: Milli) {
        match self.slot(policy) {
            Some(slot) => *slot = value,
            None => return,
        }
        match self {
            Self::Grade(i, grade) => {
                if let Some(FactorRule::Credit { points, .. }) = policy.factors.get_mut(i).map(|f| &mut f.rule) {
                    for (at, p) in points.iter_mut().enumerate() {
                        *p = if at < grade { (*p).min(value) } else { (*p).max(value) };
                    }
                }
            }
            Self::EnvRisk(i, level) => {
                if let Some(FactorRule::EnvRisk { major, larger, general }) =
                    policy.factors.get_mut(i).map(|f| &mut f.rule)
                {
                    for (at, p) in [major, larger, general].into_iter().enumerate() {
                        *p = if at < level { (*p).max(value) } else { (*p).min(value) };
                    }
                }
            }
            Self::Base(i) => {
                for (at, tier) in policy.tiers.iter_mut().enumerate() {
                    let own = tier.base_frequency;
                    tier.base_frequency = if at < i { own.max(value) } else { own.min(value) };
                }
            }
            Self::Threshold(i) => push_thresholds(policy, i, value.0),
            _ => {}
        }
    }

    /// How far a slider takes it, thousandths; a policy may go further.
    #[must_use]
    pub fn range(self) -> RangeInclusive<i64> {
        match self {
            Self::Cap(_) => 500..=60_000,
            Self::Threshold(_) => 500..=150_000,
            Self::Base(_) => 50..=12_000,
            Self::Aggravator(_) => 1000..=3000,
            Self::MaxRatio => 1000..=100_000,
            Self::Minor(_) => 0..=1000,
            Self::PerMonth(_) => 0..=5000,
            _ => 0..=60_000,
        }
    }

    /// Step of the slider, thousandths.
    #[must_use]
    pub fn step(self) -> i64 {
        match self {
            Self::Cap(_) | Self::Threshold(_) | Self::MaxRatio => 500,
            Self::Base(_) | Self::Aggravator(_) | Self::Minor(_) => 50,
            Self::PerMonth(_) => 100,
            _ => 250,
        }
    }

    /// Its unit.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Base(_) => PER_YEAR,
            Self::Aggravator(_) | Self::MaxRatio | Self::Minor(_) => TIMES,
            _ => POINTS,
        }
    }

    /// What it is called beside its slider.
    #[must_use]
    pub fn label(self, policy: &Policy) -> String {
        match self {
            Self::Cap(_) => CAP.to_owned(),
            Self::Management(_, category) => category.label().to_owned(),
            Self::Points(i) => match policy.factors.get(i).map(|f| &f.rule) {
                Some(FactorRule::KeyUnit(_)) => EACH_LIST,
                Some(FactorRule::Events { .. }) => ONE_EVENT,
                _ => FLAGGED,
            }
            .to_owned(),
            Self::Grade(_, grade) => policy.credit.grades.get(grade).map(|g| g.name.clone()).unwrap_or_default(),
            Self::NoGrade(_) => NO_GRADE.to_owned(),
            Self::EnvRisk(_, level) => RISK_LEVELS.get(level).copied().unwrap_or_default().to_owned(),
            Self::Minor(_) => MINOR.to_owned(),
            Self::PerMonth(_) => PER_MONTH.to_owned(),
            Self::Never(_) => NEVER.to_owned(),
            Self::Threshold(i) => tier_label(policy, i, "门槛"),
            Self::Base(i) => tier_label(policy, i, "频次"),
            Self::Aggravator(i) => AGGRAVATOR_NAMES.get(i).copied().unwrap_or_default().to_owned(),
            Self::MaxRatio => AGGRAVATOR_NAMES[4].to_owned(),
        }
    }

    /// What it is called by itself: in the undo menu, to a screen reader.
    #[must_use]
    pub fn full_label(self, policy: &Policy) -> String {
        let own = self.label(policy);
        match self.factor().and_then(|i| policy.factors.get(i)) {
            Some(factor) => format!("{} {own}", factor.name),
            None => own,
        }
    }

    /// The factor that it belongs to.
    #[must_use]
    pub fn factor(self) -> Option<usize> {
        match self {
            Self::Cap(i)
            | Self::Management(i, _)
            | Self::Points(i)
            | Self::Grade(i, _)
            | Self::NoGrade(i)
            | Self::EnvRisk(i, _)
            | Self::Minor(i)
            | Self::PerMonth(i)
            | Self::Never(i) => Some(i),
            Self::Threshold(_) | Self::Base(_) | Self::Aggravator(_) | Self::MaxRatio => None,
        }
    }
}

fn tier_label(policy: &Policy, tier: usize, what: &str) -> String {
    policy.tiers.get(tier).map_or_else(String::new, |tier| format!("{} {what}", tier.id))
}

/// Keeps thresholds falling by at least a gap, the last one at 0.
fn push_thresholds(policy: &mut Policy, moved: usize, value: i64) {
    let count = policy.tiers.len();
    // Room for those below.
    let least = GAP * count.saturating_sub(1).saturating_sub(moved) as i64;
    let value = value.max(least);
    for (at, tier) in policy.tiers.iter_mut().enumerate() {
        let own = tier.min_score.0;
        let pushed = if at + 1 == count {
            0
        } else if at <= moved {
            own.max(value + GAP * (moved - at) as i64)
        } else {
            own.min(value - GAP * (at - moved) as i64)
        };
        tier.min_score = Milli(if at == moved { value } else { pushed });
    }
    if let Some(last) = policy.tiers.last_mut() {
        last.min_score = Milli(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::policy::{check_policy, load_preset, presets};

    #[test]
    fn every_number_turns_and_keeps_the_order() {
        for (id, ..) in presets() {
            let preset = load_preset(id).unwrap();
            let errors = |policy: &Policy| {
                let faults = check_policy(policy);
                let of = faults.findings().iter().filter(|f| f.severity == Severity::Error && f.code != "POL-076");
                of.map(ToString::to_string).collect::<Vec<_>>()
            };
            for number in PolicyNumber::all(&preset) {
                let name = number.full_label(&preset);
                assert!(!number.label(&preset).is_empty(), "{number:?}");
                for value in [*number.range().start(), *number.range().end()] {
                    let mut policy = preset.clone();
                    // no frequency is too high for its ratio here: that is for the planner to see
                    policy.max_ratio = Milli(1_000_000);
                    number.set(&mut policy, Milli(value));
                    if !matches!(number, PolicyNumber::Threshold(_)) {
                        assert_eq!(number.get(&policy), Some(Milli(value)), "{name}");
                    }
                    let faults = errors(&policy);
                    assert!(faults.len() <= errors(&preset).len(), "{name} at {value}: {faults:?}");
                }
            }
        }
    }

    #[test]
    fn thresholds_push_each_other() {
        let mut policy = load_preset("shanghai-154").unwrap();
        let second = policy.tiers[1].min_score;
        PolicyNumber::Threshold(2).set(&mut policy, Milli(second.0 + 3000));
        assert_eq!(policy.tiers[2].min_score, Milli(second.0 + 3000));
        assert_eq!(policy.tiers[1].min_score, Milli(second.0 + 3000 + GAP));
        assert!(policy.tiers[0].min_score > policy.tiers[1].min_score);
        assert_eq!(policy.tiers.last().unwrap().min_score, Milli(0));
    }
}
