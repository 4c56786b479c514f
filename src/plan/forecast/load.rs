//! How far a body's load of a month to come may lie from its mean, and what capacity takes on the average.
//!
//! A month too full hands on what is over capacity, (load − room)⁺; the mean of that is more than what the mean load
//! is over by, so a forecast that took loads at their means would promise too much in the months that are just full.
//! The load's distribution is taken as normal. Its variance: sites are drawn independently of one another but for the
//! number of each month's draw, which is fixed up to rounding. With e(k) the excess of month k's draw over what it
//! expected — uncorrelated from month to month — the load N of month m has
//! Var N = Σ Var X − Σ c(k)²/v(k) + Σ (c(k)/v(k))²·ρ, where X are the sites' chances in the month, c(k) = Cov(N, e(k))
//! in the sites' own slot, v(k) the variance of e(k) were the number free, and ρ that of rounding.

use crate::plan::chance::GROUPS;
use crate::plan::model::{ByMonth, MONTHS};

/// Variance of a whole number's rounding, its fraction being any.
const ROUNDING: f64 = 1.0 / 6.0;
/// Variances below this are none.
const LEAST: f64 = 1e-12;

/// Mean and variance of a body's visits of one category in a month, for those of a group and all that give way after
/// it; the last are those that can't be lowered.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Load {
    groups: [Moments; GROUPS + 1],
    /// Covariance of the sites' chances in the month with those in each earlier one, the draws being free.
    along: ByMonth<f64>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    mean: f64,
    variance: f64,
    /// Covariance with the excess of each month's draw.
    with: ByMonth<f64>,
}

/// What a site (or sites alike, or an enterprise's site) adds to a load.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Sites.
    sites: f64,
    /// Months of the slot, as bits: in the others no chance is kept.
    slot: u16,
    /// Σ weight·p of its states by group.
    first: [f64; GROUPS + 1],
    /// Σ weight·p² by group.
    second: [f64; GROUPS + 1],
    /// Chance in each earlier month, given that it was still in the draw; 0 outside of the month's slot.
    hazard: ByMonth<f64>,
    /// Mean chance in each earlier month.
    offered: ByMonth<f64>,
}

/// The months of a set of bits.
fn months(mut bits: u16) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let next = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (next < MONTHS).then_some(next)
    })
}

impl Part {
    /// Of so many sites, without any state yet; of the chances in earlier months those of the slot count.
    pub fn of(sites: f64, slot: u16, hazard: &ByMonth<f64>, offered: &ByMonth<f64>) -> Self {
        let none = [0.0; GROUPS + 1];
        let mut part = Self { sites, slot, first: none, second: none, hazard: [0.0; MONTHS], offered: *offered };
        part.add_hazard(hazard);
        part
    }

    /// Adds chances of earlier months in the slot.
    pub fn add_hazard(&mut self, hazard: &ByMonth<f64>) {
        for m in months(self.slot) {
            self.hazard[m] += hazard[m];
        }
    }

    /// Mean chance in the month.
    pub fn mean(&self) -> f64 {
        self.first.iter().sum()
    }

    /// Adds a state: its probability, the chance it is offered, and the group of that.
    pub fn add(&mut self, weight: f64, p: f64, group: usize) {
        self.first[group] += weight * p;
        self.second[group] += weight * p * p;
    }
}

impl Load {
    /// Adds a part.
    pub fn add(&mut self, part: &Part) {
        let (mut first, mut second) = (0.0, 0.0);
        for group in (0..=GROUPS).rev() {
            first += part.first[group];
            second += part.second[group];
            if first <= 0.0 {
                continue;
            }
            let of = &mut self.groups[group];
            of.mean += part.sites * first;
            of.variance += part.sites * (second - first * first);
            for m in months(part.slot) {
                of.with[m] -= part.sites * first * part.hazard[m];
            }
        }
        // who has a chance in the month had one in each earlier month of its slot
        for m in months(part.slot).filter(|m| part.hazard[*m] > 0.0) {
            self.along[m] += part.sites * first * (part.hazard[m] - part.offered[m]);
        }
    }

    /// Visits of all groups.
    fn visits(&self) -> f64 {
        self.groups[0].mean
    }

    /// Mean and variance of a group's visits and of all that give way after it. `free`: the variance of each earlier
    /// month's draw, were its number free.
    fn settled(&self, group: usize, free: &ByMonth<f64>) -> (f64, f64) {
        let of = &self.groups[group];
        let mut variance = of.variance;
        for (with, free) in of.with.iter().zip(free).filter(|(_, free)| **free > LEAST) {
            let slope = with / free;
            variance += slope * slope * ROUNDING.min(*free) - slope * with;
        }
        (of.mean, variance.max(0.0))
    }
}

/// Mean of what a normal load is over its room.
fn mean_excess(mean: f64, variance: f64, room: f64) -> f64 {
    let over = mean - room;
    if variance <= LEAST {
        return over.max(0.0);
    }
    let deviation = variance.sqrt();
    let z = over / deviation;
    over * normal(z) + deviation * density(z)
}

/// The normal density, by additions and multiplications alone: the same on every platform.
fn density(z: f64) -> f64 {
    const HALVINGS: u32 = 6;
    const TERMS: u32 = 14;
    if z.abs() > 9.0 {
        return 0.0;
    }
    let x = -z * z / f64::from(2_u32 << HALVINGS);
    let mut power = (1..=TERMS).rev().fold(1.0, |sum, n| 1.0 + x / f64::from(n) * sum);
    for _ in 0..HALVINGS {
        power *= power;
    }
    power / (2.0 * std::f64::consts::PI).sqrt()
}

/// The normal distribution function, by Abramowitz and Stegun 26.2.17: off by less than 10⁻⁷.
fn normal(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let terms = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    let tail = density(z) * sum;
    if z >= 0.0 { 1.0 - tail } else { tail }
}

/// Variance of what a normal load is over its room.
fn excess_variance(mean: f64, variance: f64, room: f64) -> f64 {
    if variance <= LEAST {
        return 0.0;
    }
    let z = (mean - room) / variance.sqrt();
    let density = density(z);
    let square = variance * ((1.0 + z * z) * normal(z) + z * density);
    let excess = mean_excess(mean, variance, room);
    (square - excess * excess).max(0.0)
}

/// A body's month, levelled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Levelled {
    /// By which factor each group's targets are lowered on the average.
    pub factors: [f64; GROUPS],
    /// Probability that the month is too full.
    over: f64,
    /// Variance of the visits that give way.
    given: f64,
}

/// Levels a month on the average: whoever can wait gives way first.
///
/// `loads`, `free` and `costs` by category; `taken` is what can't be drawn differently, `limits` by resource; `carried`
/// is the variance of the body's visits that what earlier months handed on adds.
pub(super) fn level_mean<const R: usize>(
    loads: &[Load],
    free: &[ByMonth<f64>],
    costs: &[[f64; R]],
    (taken, carried): (&[f64; R], f64),
    limits: impl Iterator<Item = Option<f64>>,
) -> Levelled {
    let mut levelled = Levelled { factors: [1.0; GROUPS], over: 0.0, given: 0.0 };
    let all: f64 = loads.iter().map(Load::visits).sum();
    for (r, limit) in limits.enumerate() {
        let Some(limit) = limit else { continue };
        let room = limit - taken[r];
        let need_of = |group: usize| {
            let (mut mean, mut variance) = (0.0, 0.0);
            for ((load, free), cost) in loads.iter().zip(free).zip(costs) {
                let (visits, of) = load.settled(group, free);
                mean += cost[r] * visits;
                variance += cost[r] * cost[r] * of;
            }
            // each group has its part of what was handed on
            let each = if all > 0.0 { mean / all } else { 0.0 };
            (mean, variance + each * each * carried)
        };
        let certain = need_of(GROUPS);
        let mut after = (certain.0, mean_excess(certain.0, certain.1, room));
        for group in (0..GROUPS).rev() {
            let (mean, variance) = need_of(group);
            let excess = mean_excess(mean, variance, room);
            let need = mean - after.0;
            if need > LEAST {
                let given = (excess - after.1).clamp(0.0, need);
                levelled.factors[group] = levelled.factors[group].min(1.0 - given / need);
            }
            if group == 0 && variance > LEAST && all > 0.0 {
                let over = normal((mean - room) / variance.sqrt());
                if over > levelled.over {
                    let each = (mean / all).max(LEAST);
                    levelled.over = over;
                    levelled.given = excess_variance(mean, variance, room) / (each * each);
                }
            }
            after = (mean, excess);
        }
    }
    levelled
}

/// What a body's months hand on to one another for want of capacity, as far as it varies: a month that is fuller than
/// its mean hands on more, to later months that are fuller for the same reason.
///
/// With G(k) the visits that give way in month k and β(k, m) the part of them that month m gets, a month's load is
/// N(m) = N⁰(m) + Σ β(k, m)·G(k). For normal loads Cov(Y, G(k)) = Cov(Y, N(k))·P(k), P(k) being the probability that k
/// is too full (Stein).
#[derive(Debug, Clone)]
pub(super) struct Carry {
    /// c of each category's loads, by month.
    with: Vec<ByMonth<ByMonth<f64>>>,
    over: ByMonth<f64>,
    /// Cov(G(k), G(l)).
    given: ByMonth<ByMonth<f64>>,
    /// β(k, m).
    parts: ByMonth<ByMonth<f64>>,
    any: bool,
}

impl Carry {
    /// Nothing handed on yet.
    pub fn new(categories: usize) -> Self {
        let none = [[0.0; MONTHS]; MONTHS];
        Self { with: vec![none; categories], over: [0.0; MONTHS], given: none, parts: none, any: false }
    }

    /// Variance that what was handed on adds to the month's visits, and the covariances that are needed when the month
    /// itself hands on.
    pub fn variance(&mut self, month: usize, loads: &[Load], free: &[ByMonth<f64>]) -> (f64, ByMonth<f64>) {
        for (with, load) in self.with.iter_mut().zip(loads) {
            with[month] = load.groups[0].with;
        }
        let mut towards = [0.0; MONTHS];
        if !self.any {
            return (0.0, towards);
        }
        // Cov(N⁰(m), N(k)), k ascending
        for k in 0..month {
            let mut sum = 0.0;
            for ((load, free), with) in loads.iter().zip(free).zip(&self.with) {
                sum += load.along[k];
                for j in (0..k).filter(|j| free[*j] > LEAST) {
                    let (a, b) = (with[month][j], with[k][j]);
                    sum += a * b / free[j] * (ROUNDING.min(free[j]) / free[j] - 1.0);
                }
            }
            let handed = towards.iter().zip(&self.over).zip(&self.parts).take(k);
            towards[k] = sum + handed.map(|((towards, over), parts)| parts[k] * towards * over).sum::<f64>();
        }
        // Cov(Σ β·G, G(k)), then with N⁰
        let mut variance = 0.0;
        let mut handed = [0.0; MONTHS];
        for k in 0..month {
            handed[k] = (0..month).map(|l| self.parts[l][month] * self.given[l][k]).sum::<f64>();
            variance += self.parts[k][month] * (handed[k] + 2.0 * towards[k] * self.over[k]);
        }
        // Cov(N(m), G(k))
        let with_given = std::array::from_fn(|k| if k < month { handed[k] + towards[k] * self.over[k] } else { 0.0 });
        (variance.max(0.0), with_given)
    }

    /// Enters a month levelled. `given` are the visits handed on on the average, `to` how many of them each later
    /// month gets.
    pub fn enter(
        &mut self,
        month: usize,
        levelled: &Levelled,
        with_given: &ByMonth<f64>,
        (given, to): (f64, ByMonth<f64>),
    ) {
        if given <= LEAST || levelled.given <= LEAST {
            return;
        }
        self.any = true;
        self.over[month] = levelled.over;
        self.given[month][month] = levelled.given;
        for (k, with) in with_given.iter().enumerate().take(month) {
            let both = with * levelled.over;
            (self.given[month][k], self.given[k][month]) = (both, both);
        }
        self.parts[month] = to.map(|visits| visits / given);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::chance::levelling_factors;

    #[test]
    fn the_normal_distribution_is_known() {
        for (z, p) in [(0.0, 0.5), (1.0, 0.841_344_746), (-1.959_963_985, 0.025), (3.0, 0.998_650_102)] {
            assert!((normal(z) - p).abs() < 1e-7, "{z}: {}", normal(z));
        }
        assert!((density(0.0) - 0.398_942_280_401).abs() < 1e-12 && (density(6.0) - 6.075_882_850e-9).abs() < 1e-17);
        // at the mean a load is over by 0.399 deviations, far below by nothing, far above by its excess
        assert!((mean_excess(10.0, 4.0, 10.0) - 2.0 * 0.398_942_280).abs() < 1e-6);
        assert!(mean_excess(10.0, 1.0, 20.0) < 1e-9 && (mean_excess(30.0, 1.0, 20.0) - 10.0).abs() < 1e-9);
        assert!((mean_excess(3.0, 0.0, 2.5) - 0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_load_that_is_known_is_levelled_as_the_frame_is() {
        // sites whose chance is the same in every state have no variance
        let mut loads = [Load::default(), Load::default()];
        let none = [0.0; MONTHS];
        for (load, visits) in loads.iter_mut().zip([[3.0, 2.0, 1.5, 1.0], [0.0, 4.0, 0.5, 0.0]]) {
            for (group, visits) in visits.into_iter().enumerate() {
                let mut part = Part::of(visits * 2.0, 0, &none, &none);
                part.add(1.0, 0.5, group);
                load.add(&part);
            }
        }
        let costs = [[2.0, 1.0], [1.0, 0.5]];
        let needs = [[6.0, 3.0], [8.0, 4.0], [3.5, 1.75], [2.0 + 1.0, 1.0 + 0.5]];
        for limits in [[Some(16.0), None], [Some(12.0), Some(5.0)], [Some(5.0), Some(9.0)], [None, Some(1.0)]] {
            let frame = levelling_factors(&needs, limits.into_iter());
            let mean = level_mean(&loads, &[none, none], &costs, (&[1.0, 0.5], 0.0), limits.into_iter()).factors;
            for (a, b) in frame.iter().zip(mean) {
                assert!((a - b).abs() < 1e-12, "{limits:?}: {frame:?} {mean:?}");
            }
        }
    }

    #[test]
    fn what_the_number_of_the_draw_fixes_does_not_vary() {
        // 40 alike sites, 0.25 each in January: as many are left for February whatever is drawn
        let mut load = Load::default();
        let mut hazard = [0.0; MONTHS];
        hazard[0] = 0.25;
        let mut part = Part::of(40.0, 0b11, &hazard, &[0.0; MONTHS]);
        part.add(0.75, 0.5, 0);
        load.add(&part);
        let mut free = [0.0; MONTHS];
        let (mean, alone) = load.settled(0, &free);
        assert!((mean - 15.0).abs() < 1e-12 && (alone - 40.0 * 0.75 * 0.25 * 0.25).abs() < 1e-12);
        free[0] = 40.0 * 0.25 * 0.75;
        let (_, fixed) = load.settled(0, &free);
        assert!((fixed - 0.25 * ROUNDING).abs() < 1e-12, "rounding alone, by the chance of one more: {fixed}");
    }
}
