//! Estimates from a draw: weighted means of the whole frame or of a domain, with their errors.
//!
//! Hájek's estimator ȳ = Σ y/π / Σ 1/π over the first-phase sample (substitutes never take part; units that
//! turn out dead are outside the domain but stay in the sample). Its variance by linearisation,
//! e = z·(y − ȳ)/N̂ with z the domain's indicator, and in each stratum Rosén's estimator for Pareto sampling
//! (Rosén 1997, "On sampling with probability proportional to size"):
//! V̂ = n/(n−1) Σ (1−π)(e/π − Σ(1−π)(e/π) / Σ(1−π))², over the stratum's free sampled units. Certainties
//! contribute nothing. A stratum with one free sampled unit has no variance of its own: such strata are
//! collapsed together (Särndal, Swensson, Wretman, *Model Assisted Survey Sampling*, 1992, section 3.7.3), a
//! lone one with its neighbour; that errs to the wide side.

use std::collections::BTreeMap;

use crate::diagnostic::{AppError, AppResult};
use crate::domain::PPB;

/// What a first-phase unit's visit gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// In the domain, with its value (0 or 1 for a rate).
    Value(f64),
    /// Outside the domain: dead, or not of the group asked for.
    OutOfScope,
    /// Not visited yet or without a result: left out of the mean, counted.
    Missing,
}

/// A unit of the first-phase sample.
#[derive(Debug, Clone, PartialEq)]
pub struct SampledUnit {
    /// Stratum and draw it was drawn in (`2027-03 310115/key`): one name a draw and stratum.
    pub stratum: String,
    /// Inclusion probability in parts per billion, above 0.
    pub pi_ppb: u64,
    /// What its visit gave.
    pub outcome: Outcome,
}

/// An estimated mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The mean of the domain.
    pub mean: f64,
    /// Estimated variance of the mean; `None` where fewer than two free units were sampled in all, some of
    /// them in the domain.
    pub variance: Option<f64>,
    /// Estimated number of units in the domain, Σ 1/π.
    pub domain_size: f64,
    /// Sampled units of the domain with a value.
    pub observed: usize,
    /// Sampled units outside the domain.
    pub out_of_scope: usize,
    /// Sampled units without a result.
    pub missing: usize,
    /// Strata that had to be collapsed, sorted.
    pub collapsed: Vec<String>,
}

impl Estimate {
    /// The standard error.
    #[must_use]
    pub fn standard_error(&self) -> Option<f64> {
        self.variance.map(f64::sqrt)
    }

    /// mean ± z · standard error (z = 1.96 for 95 %).
    #[must_use]
    pub fn interval(&self, z: f64) -> Option<(f64, f64)> {
        self.standard_error().map(|error| (self.mean - z * error, self.mean + z * error))
    }

    /// As [`Self::interval`], for a rate: cut to 0–1.
    #[must_use]
    pub fn rate_interval(&self, z: f64) -> Option<(f64, f64)> {
        self.interval(z).map(|(low, high)| (low.max(0.0), high.min(1.0)))
    }
}

/// A free sampled unit: 1 − π and e/π.
type Term = (f64, f64);

/// Estimates the mean of the domain from a first-phase sample. `None` where no unit of the domain has a value.
///
/// # Errors
/// `SMP-030` for a probability outside (0, 10⁹] or a value that is no number.
pub fn compute_estimate(sample: &[SampledUnit]) -> AppResult<Option<Estimate>> {
    let (mut weighted, mut domain_size) = (0.0, 0.0);
    let (mut observed, mut out_of_scope, mut missing) = (0, 0, 0);
    for unit in sample {
        let valid = match unit.outcome {
            Outcome::Value(y) => y.is_finite(),
            _ => true,
        };
        if unit.pi_ppb == 0 || unit.pi_ppb > PPB || !valid {
            return Err(AppError::new("SMP-030", format!("层 {} 中有单元的入选概率或结果不能用于估计", unit.stratum))
                .with(|f| {
                    f.value(format!("{} ppb，{:?}", unit.pi_ppb, unit.outcome)).expected("概率 1 到 1000000000 ppb")
                }));
        }
        match unit.outcome {
            Outcome::Value(y) => {
                let weight = 1e9 / unit.pi_ppb as f64;
                weighted += y * weight;
                domain_size += weight;
                observed += 1;
            }
            Outcome::OutOfScope => out_of_scope += 1,
            Outcome::Missing => missing += 1,
        }
    }
    if observed == 0 {
        return Ok(None);
    }
    let mean = weighted / domain_size;
    let mut strata: BTreeMap<&str, Vec<Term>> = BTreeMap::new();
    for unit in sample.iter().filter(|unit| unit.pi_ppb < PPB) {
        let pi = unit.pi_ppb as f64 / 1e9;
        let residual = match unit.outcome {
            Outcome::Value(y) => (y - mean) / domain_size,
            Outcome::OutOfScope | Outcome::Missing => 0.0,
        };
        strata.entry(&unit.stratum).or_default().push((1.0 - pi, residual / pi));
    }
    let (groups, collapsed) = collapse(strata);
    let variance = if groups.iter().any(|terms| terms.len() < 2) {
        None
    } else {
        let mut sum = 0.0;
        for terms in &groups {
            sum += compute_rosen_variance(terms);
        }
        Some(sum)
    };
    Ok(Some(Estimate { mean, variance, domain_size, observed, out_of_scope, missing, collapsed }))
}

/// n/(n−1) Σ (1−π)(y/π − Σ(1−π)(y/π) / Σ(1−π))², over pairs (1 − π, y/π) of a Pareto sample of n ≥ 2 free units:
/// Rosén's estimate of the variance of Σ y/π. 0 for fewer than two.
#[must_use]
pub fn compute_rosen_variance(terms: &[(f64, f64)]) -> f64 {
    if terms.len() < 2 {
        return 0.0;
    }
    let (mut weight, mut weighted) = (0.0, 0.0);
    for (w, y) in terms {
        weight += w;
        weighted += w * y;
    }
    if weight <= 0.0 {
        return 0.0;
    }
    let centre = weighted / weight;
    let mut sum = 0.0;
    for (w, y) in terms {
        sum += w * (y - centre) * (y - centre);
    }
    let n = terms.len() as f64;
    n / (n - 1.0) * sum
}

/// Puts strata of one sampled unit together; a lone one joins the stratum before it, or else after it.
fn collapse(strata: BTreeMap<&str, Vec<Term>>) -> (Vec<Vec<Term>>, Vec<String>) {
    let mut groups: Vec<Vec<Term>> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut single: Vec<Term> = Vec::new();
    let mut single_names: Vec<&str> = Vec::new();
    let mut single_at = 0;
    for (name, terms) in strata {
        if terms.len() == 1 {
            single_at = groups.len();
            single.extend(terms);
            single_names.push(name);
        } else {
            groups.push(terms);
            names.push(name);
        }
    }
    if single.len() == 1 && !groups.is_empty() {
        let neighbour = single_at.saturating_sub(1);
        groups[neighbour].extend(single);
        single_names.push(names[neighbour]);
    } else if !single.is_empty() {
        groups.push(single);
    }
    single_names.sort_unstable();
    (groups, single_names.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(stratum: &str, pi: f64, outcome: Outcome) -> SampledUnit {
        SampledUnit { stratum: stratum.into(), pi_ppb: (pi * 1e9) as u64, outcome }
    }

    #[test]
    fn equal_probabilities_give_the_textbook_mean_and_variance() {
        let values = [1.0, 4.0, 2.0, 7.0, 6.0];
        let sample: Vec<_> = values.iter().map(|y| unit("a", 0.1, Outcome::Value(*y))).collect();
        let estimate = compute_estimate(&sample).unwrap().unwrap();
        let s2 = values.iter().map(|y| (y - 4.0) * (y - 4.0)).sum::<f64>() / 4.0;
        assert!((estimate.mean - 4.0).abs() < 1e-12);
        assert!((estimate.variance.unwrap() - 0.9 * s2 / 5.0).abs() < 1e-12);
        assert!((estimate.domain_size - 50.0).abs() < 1e-9);
        let (low, high) = estimate.interval(1.96).unwrap();
        assert!((low + high - 8.0).abs() < 1e-12 && low < 4.0);
    }

    #[test]
    fn certainties_alone_have_no_error() {
        let sample: Vec<_> = [0.0, 1.0].into_iter().map(|y| unit("a", 1.0, Outcome::Value(y))).collect();
        let estimate = compute_estimate(&sample).unwrap().unwrap();
        assert_eq!((estimate.mean, estimate.variance), (0.5, Some(0.0)));
    }

    #[test]
    fn dead_and_missing_units_are_counted_apart() {
        let sample = [
            unit("a", 0.5, Outcome::Value(1.0)),
            unit("a", 0.25, Outcome::Value(0.0)),
            unit("a", 0.5, Outcome::OutOfScope),
            unit("a", 0.5, Outcome::Missing),
        ];
        let estimate = compute_estimate(&sample).unwrap().unwrap();
        assert!((estimate.mean - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!((estimate.observed, estimate.out_of_scope, estimate.missing), (2, 1, 1));
        assert!(compute_estimate(&sample[2..]).unwrap().is_none());
    }

    #[test]
    fn single_unit_strata_are_collapsed_or_leave_no_variance() {
        let mut sample = vec![unit("b", 0.5, Outcome::Value(1.0))];
        assert_eq!(compute_estimate(&sample).unwrap().unwrap().variance, None);
        sample.push(unit("c", 0.5, Outcome::Value(0.0)));
        let both = compute_estimate(&sample).unwrap().unwrap();
        assert_eq!(both.collapsed, ["b", "c"]);
        assert!(both.variance.unwrap() > 0.0);
        sample[1].stratum = "a".into();
        sample.push(unit("a", 0.5, Outcome::Value(1.0)));
        let joined = compute_estimate(&sample).unwrap().unwrap();
        assert_eq!(joined.collapsed, ["a", "b"]);
    }

    #[test]
    fn impossible_input_is_refused() {
        assert_eq!(compute_estimate(&[unit("a", 0.0, Outcome::Value(1.0))]).unwrap_err().code(), "SMP-030");
        assert_eq!(compute_estimate(&[unit("a", 0.5, Outcome::Value(f64::NAN))]).unwrap_err().code(), "SMP-030");
        assert_eq!(compute_estimate(&[]).unwrap(), None);
    }
}
