//! Month shares: which part of a year's visits falls on which month.
//!
//! Working days × capacity × pacing × special periods (rules, item 6). A roster's team-days already
//! follow the working days, so where they are known they stand for "working days × capacity" together:
//! multiplying by the working days once more would punish the Spring Festival month twice. Strata whose
//! floor is a ratio by quarter (环办〔2015〕88号 pattern) keep the quarters' proportions exactly, or a
//! short first quarter would break its floor; within the quarter the shares follow the weights.
//!
//! Invariants: a profile's shares are ≥ 0 and sum to 1, or are all 0 where every month is blacked out.

use std::collections::BTreeMap;

use super::model::{Body, ByMonth, MONTHS, PlanInputs, PlanSites, Resource};
use crate::domain::PlanMonth;
use crate::domain::WorkCalendar;
use crate::policy::{BodyLevel, Floor, Milli, Policy};

/// Working days of each month of a year.
#[must_use]
pub fn compute_working_days(calendar: &WorkCalendar, year: i32) -> ByMonth<u32> {
    std::array::from_fn(|m| calendar.in_month(PlanMonth::nth_of(year, m)))
}

/// Factor of each special period on each month of a year: 1 where it does not reach, its own factor
/// where it covers all working days, weighed by the working days covered in between.
#[must_use]
pub fn compute_period_factors(policy: &Policy, calendar: &WorkCalendar, year: i32) -> Vec<ByMonth<f64>> {
    let factors = policy.periods.iter().map(|period| {
        std::array::from_fn(|m| {
            let month = PlanMonth::nth_of(year, m);
            let Some((first, last)) = period.clipped(month.first_day(), month.last_day()) else { return 1.0 };
            let (all, covered) = (calendar.in_month(month), calendar.count(first, last));
            if all == 0 {
                return 1.0;
            }
            if covered == all {
                return period.factor.to_f64();
            }
            let share = f64::from(covered) / f64::from(all);
            1.0 - share + share * period.factor.to_f64()
        })
    });
    factors.collect()
}

/// Bits of the industry-bound special periods that concern an industry code; only the first 64 periods
/// can be bound to industries.
#[must_use]
pub fn compute_period_bits(policy: &Policy, industry: &str) -> u64 {
    policy.periods.iter().take(64).enumerate().fold(0, |bits, (i, period)| {
        let hit = period.industries.iter().any(|code| !code.is_empty() && industry.starts_with(code.as_str()));
        if hit { bits | (1 << i) } else { bits }
    })
}

/// Shares of one kind of site.
#[derive(Debug, Clone, PartialEq)]
pub struct ShareProfile {
    /// Body index.
    pub body: u16,
    /// Category index.
    pub category: u8,
    /// 特殊.
    pub special: bool,
    /// Share of the year for each month.
    pub share: ByMonth<f64>,
    /// Months with a share above 0, as bits.
    pub open: u16,
}

/// All profiles and which one a site has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShareProfiles {
    /// Profile index of each site.
    pub of_site: Vec<u32>,
    /// The profiles.
    pub profiles: Vec<ShareProfile>,
}

impl ShareProfiles {
    /// The profile of a site.
    #[must_use]
    pub fn of(&self, site: usize) -> &ShareProfile {
        &self.profiles[self.of_site[site] as usize]
    }
}

/// The floor of a body's category: the body's own where one is set, else that of its level.
#[must_use]
pub fn floor_of<'a>(policy: &'a Policy, body: &Body, category: usize) -> &'a Floor {
    let rule = &policy.categories[category];
    let own = policy.floor_overrides.iter().find(|o| o.body == body.id && o.category == rule.id);
    own.map_or_else(|| if body.level == BodyLevel::City { &rule.floor_city } else { &rule.floor_county }, |o| &o.floor)
}

/// The quarterly ratios of a site's floor: the higher one of its category's at this body and, for
/// special sites, the special rule's, each quarter.
#[must_use]
pub fn quarter_ratios(policy: &Policy, body: &Body, category: usize, special: bool) -> [Milli; 4] {
    let own = floor_of(policy, body, category).quarter_ratio;
    std::array::from_fn(|q| if special { own[q].max(policy.special.quarter_ratio[q]) } else { own[q] })
}

/// Share profiles of all sites. O(sites) to look up the profile, everything else per profile.
#[must_use]
pub fn compute_shares(policy: &Policy, inputs: &PlanInputs) -> ShareProfiles {
    let sites = &*inputs.sites;
    let (of_site, patterns) = index_profiles(policy, sites, inputs.bodies.len());
    let categories = policy.categories.len();
    // Capacity without loans: a loan relieves a month, it must not draw more visits into it.
    let capacity = &inputs.capacity;
    let mut profiles = Vec::with_capacity(patterns.len() * inputs.bodies.len() * categories * 2);
    for bits in &patterns {
        for body in 0..inputs.bodies.len() {
            let weights =
                month_weights(policy, inputs, body, *bits, &capacity.limits[body][Resource::TeamDays.index()]);
            for category in 0..categories {
                for special in [false, true] {
                    let ratios = quarter_ratios(policy, &inputs.bodies[body], category, special);
                    let mut share = normalise(&weights, ratios);
                    apply_moves(inputs, body, &mut share);
                    let open = (0..MONTHS).filter(|m| share[*m] > 0.0).fold(0, |bits, m| bits | 1 << m);
                    profiles.push(ShareProfile { body: body as u16, category: category as u8, special, share, open });
                }
            }
        }
    }
    ShareProfiles { of_site, profiles }
}

fn index_profiles(policy: &Policy, sites: &PlanSites, bodies: usize) -> (Vec<u32>, Vec<u64>) {
    let categories = policy.categories.len();
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let mut patterns = Vec::new();
    let mut last: Option<(u64, usize)> = None;
    let of_site = (0..sites.len())
        .map(|i| {
            let bits = sites.period_bits(i);
            let pattern = match last {
                Some((b, p)) if b == bits => p,
                _ => *seen.entry(bits).or_insert_with(|| {
                    patterns.push(bits);
                    patterns.len() - 1
                }),
            };
            last = Some((bits, pattern));
            let cell = (pattern * bodies + sites.body[i] as usize) * categories + sites.category[i] as usize;
            (cell * 2 + usize::from(sites.special[i])) as u32
        })
        .collect();
    (of_site, patterns)
}

fn month_weights(
    policy: &Policy,
    inputs: &PlanInputs,
    body: usize,
    bits: u64,
    team_days: &ByMonth<Option<f64>>,
) -> ByMonth<f64> {
    let known = team_days.iter().all(Option::is_some) && team_days.iter().flatten().sum::<f64>() > 0.0;
    let cumulative = policy.pacing.cumulative.map(Milli::to_f64);
    let id = &inputs.bodies[body].id;
    std::array::from_fn(|m| {
        let base = match team_days[m] {
            Some(days) if known => days,
            _ => f64::from(inputs.working_days[m]),
        };
        let step = m % 3;
        let pace = (cumulative[step] - if step == 0 { 0.0 } else { cumulative[step - 1] }).max(0.0);
        let mut weight = base * pace;
        for (i, period) in policy.periods.iter().enumerate() {
            let body_hit = period.concerns(id);
            let industry_hit = period.industries.is_empty() || (i < 64 && bits >> i & 1 == 1);
            if body_hit && industry_hit {
                weight *= inputs.period_factors[i][m];
            }
        }
        weight
    })
}

/// Weights to shares: by quarter where there are ratios, else over the whole year.
fn normalise(weights: &ByMonth<f64>, ratios: [Milli; 4]) -> ByMonth<f64> {
    let mut share = *weights;
    if ratios.iter().any(|r| r.0 > 0) {
        for (q, ratio) in ratios.iter().enumerate() {
            let months = q * 3..q * 3 + 3;
            let sum: f64 = weights[months.clone()].iter().sum();
            for m in months {
                share[m] = if sum > 0.0 { weights[m] / sum * ratio.to_f64() } else { 0.0 };
            }
        }
    }
    let total: f64 = share.iter().sum();
    if total > 0.0 {
        for s in &mut share {
            *s /= total;
        }
    } else {
        share = [0.0; MONTHS];
    }
    share
}

fn apply_moves(inputs: &PlanInputs, body: usize, share: &mut ByMonth<f64>) {
    for m in &inputs.edits.moves {
        let (Some(from), Some(to)) = (m.from.index_in(inputs.year), m.to.index_in(inputs.year)) else {
            continue;
        };
        if inputs.body_index(&m.body) == Some(body) && from != to {
            let moved = share[from] * m.share;
            share[from] -= moved;
            share[to] += moved;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_with_ratios_keep_their_proportion() {
        let weights = [5.0, 4.0, 6.0, 7.0, 7.0, 6.0, 7.0, 7.0, 6.0, 5.0, 7.0, 6.0];
        let share = normalise(&weights, [Milli(250); 4]);
        for q in 0..4 {
            let sum: f64 = share[q * 3..q * 3 + 3].iter().sum();
            assert!((sum - 0.25).abs() < 1e-12);
        }
        let free = normalise(&weights, [Milli(0); 4]);
        assert!((free[0] - 5.0 / 73.0).abs() < 1e-12);
        assert!(normalise(&[0.0; 12], [Milli(250); 4]).iter().all(|s| *s == 0.0));
    }
}
