//! Whether it matters who inspects: an inspector's effect on what is found, from the random pairing.
//!
//! Within a month and body the draw pairs people and units at random, so that nobody has easier units than the others but
//! by chance. A check's residual is 1 for a problem, else 0, less the share of problems in its body and category; it counts
//! for both people of the pair, whom it can't tell apart. Effects are random: u_j ~ (0, τ²), estimated by DerSimonian and
//! Laird's moments (1986, *Controlled Clinical Trials* 7) and shrunken to the mean, û_j = r̄_j·τ²/(τ² + σ²/n_j) (Morris
//! 1983, *J. Amer. Statist. Assoc.* 78). For training and calibration within the office, never for a ranking: most of what
//! tells people apart here is chance, and τ says how much is not.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::InspectorId;
use crate::workspace::inputs::first_phase::{DrawnCheck, FirstPhase, Found};

/// Quantile of the normal distribution for 95 % intervals.
const Z95: f64 = 1.959_963_984_540_054;

/// Checks below which nothing is said of a person.
const LEAST_CHECKS: usize = 5;

/// People with enough checks below which nothing is said at all.
const LEAST_PEOPLE: usize = 5;

/// An inspector's effect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InspectorEffect {
    /// Certificate.
    pub certificate: InspectorId,
    /// Drawn checks with a result, of units in operation.
    pub checks: usize,
    /// Problems found there.
    pub problems: usize,
    /// Problems expected by body and category.
    pub expected: f64,
    /// Effect on the share of problems found, shrunken; `None` where too few checks were made.
    pub effect: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
}

/// All of them, by certificate.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Inspectors {
    /// Standard deviation of the true effects, as estimated; `None` where too few people have enough checks.
    pub spread: Option<f64>,
    /// People, ascending by certificate.
    pub people: Vec<InspectorEffect>,
}

impl Inspectors {
    /// How much people differ, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self.spread {
            None => "结果还不够多，看不出由谁检查有没有影响".to_owned(),
            Some(spread) if spread <= 0.0 => "由谁检查看不出影响：人与人之间的差别不超过偶然".to_owned(),
            Some(spread) => format!("由谁检查有影响：人与人之间的标准差约 {:.1} 个百分点", spread * 100.0),
        }
    }
}

/// Computes them.
pub(super) fn compute_inspectors(phase: &FirstPhase) -> Inspectors {
    let seen: Vec<&DrawnCheck> =
        phase.checks.iter().filter(|check| matches!(check.found, Found::Clear | Found::Problem)).collect();
    let mut cells: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for check in &seen {
        let (problems, all) = cells.entry(&check.stratum).or_default();
        *problems += f64::from(u8::from(check.found == Found::Problem));
        *all += 1.0;
    }
    // of each person: checks, problems, expected
    let mut of: BTreeMap<&InspectorId, (usize, usize, f64)> = BTreeMap::new();
    let (mut squares, mut count) = (0.0, 0.0);
    for check in &seen {
        let (problems, all) = cells.get(check.stratum.as_str()).copied().unwrap_or((0.0, 1.0));
        let share = problems / all;
        let residual = f64::from(u8::from(check.found == Found::Problem)) - share;
        squares += residual * residual;
        count += 1.0;
        for person in &check.inspectors {
            let (checks, problems, expected) = of.entry(person).or_default();
            *checks += 1;
            *problems += usize::from(check.found == Found::Problem);
            *expected += share;
        }
    }
    let within = if count > 0.0 { squares / count } else { 0.0 };
    let known: Vec<(f64, f64)> = of
        .values()
        .filter(|(checks, ..)| *checks >= LEAST_CHECKS)
        .map(|(checks, problems, expected)| (*checks as f64, (*problems as f64 - expected) / *checks as f64))
        .collect();
    let between = compute_between(&known, within);
    let people = of
        .into_iter()
        .map(|(certificate, (checks, problems, expected))| {
            let told = between.filter(|_| checks >= LEAST_CHECKS).map(|between| {
                let raw = (problems as f64 - expected) / checks as f64;
                let noise = within / checks as f64;
                let kept = if between + noise > 0.0 { between / (between + noise) } else { 0.0 };
                let (effect, half) = (raw * kept, Z95 * (noise * kept).max(0.0).sqrt());
                (effect, (effect - half, effect + half))
            });
            InspectorEffect {
                certificate: certificate.clone(),
                checks,
                problems,
                expected,
                effect: told.map(|(effect, _)| effect),
                interval: told.map(|(_, interval)| interval),
            }
        })
        .collect();
    Inspectors { spread: between.map(f64::sqrt), people }
}

/// τ² by moments from (checks, mean residual) and the variance within; `None` where there are too few people.
fn compute_between(people: &[(f64, f64)], within: f64) -> Option<f64> {
    if people.len() < LEAST_PEOPLE || within <= 0.0 {
        return None;
    }
    let all: f64 = people.iter().map(|(n, _)| n).sum();
    let squares: f64 = people.iter().map(|(n, _)| n * n).sum();
    let centre = people.iter().map(|(n, mean)| n * mean).sum::<f64>() / all;
    let q: f64 = people.iter().map(|(n, mean)| n * (mean - centre) * (mean - centre)).sum::<f64>() / within;
    let freedom = people.len() as f64 - 1.0;
    Some(((q - freedom) * within / (all - squares / all)).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chance_explains_is_no_effect() {
        // as far apart as binomial noise lets twenty people with twenty checks be: none
        let alike: Vec<(f64, f64)> = (0..20).map(|i| (20.0, if i % 2 == 0 { 0.05 } else { -0.05 })).collect();
        assert_eq!(compute_between(&alike, 0.16), Some(0.0));
        let apart: Vec<(f64, f64)> = (0..20).map(|i| (20.0, if i % 2 == 0 { 0.3 } else { -0.3 })).collect();
        let between = compute_between(&apart, 0.16).unwrap();
        assert!((between - (0.09 * 20.0 / 19.0 - 0.008)).abs() < 1e-9, "{between}");
        assert_eq!(compute_between(&alike[..4], 0.16), None);
    }
}
