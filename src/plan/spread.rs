//! How often the sites of a tier and category are seen: least, mean and most λ.

use super::frequency::Frequencies;
use super::model::PlanInputs;
use super::reason::Exclusion;
use crate::policy::Policy;

/// λ of a tier's category, visits a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Sites.
    pub sites: u32,
    /// Least λ.
    pub least: f64,
    /// Most λ.
    pub most: f64,
    sum: f64,
}

impl Default for Spread {
    fn default() -> Self {
        Self { sites: 0, least: f64::INFINITY, most: 0.0, sum: 0.0 }
    }
}

impl Spread {
    fn add(&mut self, lambda: f64) {
        self.sites += 1;
        self.least = self.least.min(lambda);
        self.most = self.most.max(lambda);
        self.sum += lambda;
    }

    /// Mean λ; `None` without sites.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.sites > 0).then(|| self.sum / f64::from(self.sites))
    }
}

/// Spread of λ by `[tier][category]`, excluded sites left out.
#[must_use]
pub fn compute_spread(policy: &Policy, inputs: &PlanInputs, frequencies: &Frequencies) -> Vec<Vec<Spread>> {
    let mut table = vec![vec![Spread::default(); policy.categories.len()]; policy.tiers.len()];
    let sites = &inputs.sites;
    for (site, lambda) in frequencies.lambda.iter().enumerate() {
        if sites.exclusion.get(site) != Some(&Exclusion::None) {
            continue;
        }
        let (tier, category) = (sites.tier[site] as usize, sites.category[site] as usize);
        if let Some(cell) = table.get_mut(tier).and_then(|row| row.get_mut(category)) {
            cell.add(*lambda);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_least_mean_and_most() {
        let mut spread = Spread::default();
        assert!(spread.mean().is_none());
        for lambda in [0.25, 1.0, 0.5] {
            spread.add(lambda);
        }
        assert_eq!(spread.sites, 3);
        assert!((spread.least - 0.25).abs() < 1e-12 && (spread.most - 1.0).abs() < 1e-12);
        assert!(spread.mean().is_some_and(|mean| (mean - 1.75 / 3.0).abs() < 1e-12));
    }
}
