//! How often the sites of a tier and category are seen: least, mean and most λ.

use std::collections::BTreeSet;

use super::frequency::Frequencies;
use super::model::PlanInputs;
use super::reason::Exclusion;
use crate::policy::Policy;

/// λ of a tier's category, visits a year. A site whose enterprise was scaled down to its yearly cap has less than its
/// tier asks for, down to none where mandatory checks at the enterprise's other sites have used the cap up: such sites
/// are told apart, so that the least λ is the tier's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Sites.
    pub sites: u32,
    /// Least λ of the sites that no cap of their enterprise cut; ∞ where there is none.
    pub least: f64,
    /// Most λ of these.
    pub most: f64,
    /// Sites whose enterprise was scaled down to its cap.
    pub capped: u32,
    /// Least λ of these; ∞ where there is none.
    pub least_capped: f64,
    /// Of these, sites with no visit left: the cap is used up.
    pub used_up: u32,
    sum: f64,
    /// Σ of those that no cap cut.
    own: f64,
}

impl Default for Spread {
    fn default() -> Self {
        let none = f64::INFINITY;
        Self { sites: 0, least: none, most: 0.0, capped: 0, least_capped: none, used_up: 0, sum: 0.0, own: 0.0 }
    }
}

impl Spread {
    fn add(&mut self, lambda: f64, capped: bool) {
        self.sites += 1;
        if capped {
            self.capped += 1;
            self.least_capped = self.least_capped.min(lambda);
            self.used_up += u32::from(lambda <= 0.0);
        } else {
            self.least = self.least.min(lambda);
            self.most = self.most.max(lambda);
            self.own += lambda;
        }
        self.sum += lambda;
    }

    /// Mean λ of the sites that no cap cut; `None` without any.
    #[must_use]
    pub fn own_mean(&self) -> Option<f64> {
        let sites = self.sites - self.capped;
        (sites > 0).then(|| self.own / f64::from(sites))
    }

    /// Mean λ of all; `None` without sites.
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
    let scaled: BTreeSet<u32> = frequencies.scaled.iter().map(|one| one.enterprise).collect();
    for (site, lambda) in frequencies.lambda.iter().enumerate() {
        if sites.exclusion.get(site) != Some(&Exclusion::None) {
            continue;
        }
        let (tier, category) = (sites.tier[site] as usize, sites.category[site] as usize);
        if let Some(cell) = table.get_mut(tier).and_then(|row| row.get_mut(category)) {
            cell.add(*lambda, scaled.contains(&sites.enterprise[site]));
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
            spread.add(lambda, false);
        }
        assert_eq!(spread.sites, 3);
        assert!((spread.least - 0.25).abs() < 1e-12 && (spread.most - 1.0).abs() < 1e-12);
        assert!(spread.mean().is_some_and(|mean| (mean - 1.75 / 3.0).abs() < 1e-12));
        // what an enterprise's cap leaves is told apart from what the tier asks for
        spread.add(0.0, true);
        spread.add(0.125, true);
        assert_eq!((spread.sites, spread.capped, spread.used_up), (5, 2, 1));
        assert!(spread.own_mean().is_some_and(|mean| (mean - 1.75 / 3.0).abs() < 1e-12));
        assert!((spread.least - 0.25).abs() < 1e-12 && spread.least_capped.abs() < 1e-12);
    }
}
