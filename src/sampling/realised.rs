//! The exact inclusion probabilities that Pareto πps sampling realises, and the ranks that realise given ones.
//!
//! Rosén, "Asymptotic theory for order sampling" and "On sampling with probability proportional to size",
//! *J. Statist. Plann. Inference* 62 (1997): the sample is the `n` units with the smallest
//! Q = (u/(1−u)) / o, o = r/(1−r), r the ranking parameter. P(Q ≤ t) = t·o/(1+t·o), so that
//!
//! π̂ᵢ = ∫ o/(1+t·o)² · P(fewer than n of the others lie below t) dt,
//!
//! a Poisson-binomial probability under an integral over (0, ∞), taken at the 96 nodes of [`super::nodes`]
//! (the same rule as the reference checker's, so that both agree to rounding).
//!
//! Two ways to the same sums, both stable:
//! - *tilted* (almost every stratum): with o ↦ t·o the distribution of the others' count is f_k(1)·t^k up to
//!   a factor common to all k. So the distribution without unit i is made once, at t = 1, by divide and
//!   conquer, and every node is a polynomial in 1/t.
//! - *banded* (many draws, or ranks far from the number of draws): the distribution of everybody's count at every node,
//!   kept to the band that matters, out of which one unit at a time is divided again.
//!
//! More than half drawn is handled through the complement: 1/Q is Pareto with odds 1/o.
//! Invariants: + − × ÷ and comparisons in an order that neither threads nor the order of the units change
//! (units are sorted by rank, equal ranks share one value, nodes are summed in order).

use rayon::prelude::*;

use super::method::Method;
use super::nodes::NODES;

/// Most draws that the tilted way takes: t^(n−1) and its inverse must stay within a double.
const TILTED_MOST: usize = 48;
/// Largest odds that the tilted way takes.
const TILTED_ODDS: f64 = 1e4;
/// Nodes whose factor is below this add nothing to a double.
const NEGLIGIBLE: f64 = 1e-25;
/// Entries of a distribution below this are left out of the band.
const OUTSIDE_BAND: f64 = 1e-32;
/// Nodes handled side by side.
const LANES: usize = 8;
/// Ranges of at least this many different ranks are split between threads.
const SPLIT_FROM: usize = 512;

/// Units with one and the same rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RankGroup {
    /// Ranking parameter, within (0, 1).
    pub(super) rank: f64,
    /// How many units have it.
    pub(super) count: u32,
}

/// Sorts values into groups; gives the groups, ascending, and each value's group.
pub(super) fn group(values: &[f64]) -> (Vec<RankGroup>, Vec<u32>) {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]).then(a.cmp(b)));
    let mut groups: Vec<RankGroup> = Vec::new();
    let mut group_of = vec![0_u32; values.len()];
    for i in order {
        let rank = values[i as usize];
        match groups.last_mut() {
            Some(last) if last.rank.total_cmp(&rank).is_eq() => last.count += 1,
            _ => groups.push(RankGroup { rank, count: 1 }),
        }
        group_of[i as usize] = groups.len() as u32 - 1;
    }
    (groups, group_of)
}

/// Exact inclusion probabilities of Pareto sampling of `n` out of `ranks.len()` units with ranking
/// parameters within (0, 1), in the order given. All 1 where `n` is not below the number of units.
#[must_use]
pub fn compute_realised(method: Method, ranks: &[f64], n: usize) -> Vec<f64> {
    let (groups, group_of) = group(ranks);
    let realised = realised_of_groups(method, &groups, n);
    group_of.into_iter().map(|g| realised[g as usize]).collect()
}

/// As [`compute_realised`], one value a group.
pub(super) fn realised_of_groups(method: Method, groups: &[RankGroup], n: usize) -> Vec<f64> {
    let size: usize = groups.iter().map(|g| g.count as usize).sum();
    if n >= size {
        return vec![1.0; groups.len()];
    }
    if n == 0 {
        return vec![0.0; groups.len()];
    }
    if n <= size - n {
        return smaller_half(groups, n);
    }
    // The units left out are a Pareto sample of size − n with odds 1/o. By the first method that is subtracted from the
    // quadrature of the whole density, which gives what the direct sum over the same nodes would give; close to 1 the
    // nodes lie too far apart for that density.
    let others: Vec<RankGroup> = groups.iter().map(|g| RankGroup { rank: 1.0 - g.rank, count: g.count }).collect();
    let left_out = smaller_half(&others, size - n);
    groups
        .iter()
        .zip(left_out)
        .map(|(g, out)| {
            if method >= Method::V2 {
                return 1.0 - out;
            }
            let odds = g.rank / (1.0 - g.rank);
            let mut whole = 0.0;
            for (t, w) in NODES {
                let below = 1.0 + t * odds;
                whole += w * odds / (below * below);
            }
            whole - out
        })
        .collect()
}

fn smaller_half(groups: &[RankGroup], n: usize) -> Vec<f64> {
    tilted(groups, n).unwrap_or_else(|| banded(groups, n))
}

/// x^count by squaring.
fn power(mut x: f64, mut count: u32) -> f64 {
    let mut product = 1.0;
    while count > 0 {
        if count & 1 == 1 {
            product *= x;
        }
        x *= x;
        count >>= 1;
    }
    product
}

// ---- the tilted way ---------------------------------------------------------------------------

/// The distribution of a count below `n`, at t = 1; entries from `n` on stay 0.
type Counts = [f64; TILTED_MOST];

/// What all units share at the nodes: t, 1/t and w·t^(n−1)·Π(1+o)/(1+t·o).
struct Nodes {
    t: Vec<[f64; LANES]>,
    inverse: Vec<[f64; LANES]>,
    factor: Vec<[f64; LANES]>,
}

/// `None` where the numbers would leave the range of a double or lose themselves in it.
fn tilted(groups: &[RankGroup], n: usize) -> Option<Vec<f64>> {
    let mut expected = 0.0;
    for g in groups {
        expected += g.rank * f64::from(g.count);
    }
    let n_real = n as f64;
    let fits = n <= TILTED_MOST
        && expected <= n_real * 1.25 + 2.0
        && expected >= n_real * 0.75 - 2.0
        && groups.iter().all(|g| g.rank > 0.0 && g.rank / (1.0 - g.rank) <= TILTED_ODDS);
    if !fits {
        return None;
    }
    let odds: Vec<(f64, u32)> = groups.iter().map(|g| (g.rank / (1.0 - g.rank), g.count)).collect();
    let factors: Vec<f64> = NODES
        .par_iter()
        .map(|(t, w)| {
            let mut product = 1.0;
            for (o, count) in &odds {
                let ratio = (1.0 + o) / (1.0 + t * o);
                product *= if *count == 1 { ratio } else { power(ratio, *count) };
            }
            w * product * power(*t, n as u32 - 1)
        })
        .collect();
    if !factors.iter().all(|f| f.is_finite()) {
        return None;
    }
    // Beyond t = 1 the polynomial in 1/t is at most 1, so that a small factor is a small term.
    let used = NODES.iter().zip(&factors).rposition(|((t, _), f)| *t < 1.0 || *f >= NEGLIGIBLE).map_or(0, |i| i + 1);
    let chunks = used.div_ceil(LANES);
    let mut nodes = Nodes {
        t: vec![[1.0; LANES]; chunks],
        inverse: vec![[1.0; LANES]; chunks],
        factor: vec![[0.0; LANES]; chunks],
    };
    for (i, ((t, _), factor)) in NODES.iter().zip(&factors).take(used).enumerate() {
        nodes.t[i / LANES][i % LANES] = *t;
        nodes.inverse[i / LANES][i % LANES] = 1.0 / t;
        nodes.factor[i / LANES][i % LANES] = *factor;
    }
    let mut nobody = [0.0; TILTED_MOST];
    nobody[0] = 1.0;
    let mut realised = vec![0.0; groups.len()];
    leave_one_out(groups, &nobody, n, &nodes, &mut realised);
    Some(realised)
}

/// Adds a group's units to a distribution.
fn add_units(counts: &mut Counts, n: usize, rank: f64, units: u32) {
    let stay = 1.0 - rank;
    let counts = &mut counts[..n];
    for _ in 0..units {
        for k in (1..n).rev() {
            counts[k] = counts[k] * stay + counts[k - 1] * rank;
        }
        counts[0] *= stay;
    }
}

/// `outside`: the distribution of everybody who is not in `groups`.
fn leave_one_out(groups: &[RankGroup], outside: &Counts, n: usize, nodes: &Nodes, out: &mut [f64]) {
    if let [g] = groups {
        let mut others = *outside;
        add_units(&mut others, n, g.rank, g.count - 1);
        out[0] = g.rank * integrate(&others[..n], g.rank / (1.0 - g.rank), nodes);
        return;
    }
    let middle = groups.len() / 2;
    let (left, right) = groups.split_at(middle);
    let (out_left, out_right) = out.split_at_mut(middle);
    let with = |added: &[RankGroup]| {
        let mut counts = *outside;
        for g in added {
            add_units(&mut counts, n, g.rank, g.count);
        }
        counts
    };
    let go_left = |out: &mut [f64]| leave_one_out(left, &with(right), n, nodes, out);
    let go_right = |out: &mut [f64]| leave_one_out(right, &with(left), n, nodes, out);
    if groups.len() >= SPLIT_FROM {
        rayon::join(|| go_left(out_left), || go_right(out_right));
    } else {
        go_left(out_left);
        go_right(out_right);
    }
}

/// Σ over nodes of factor · Σ_k others_k · t^(k−n+1) / (1 + t·o).
fn integrate(others: &[f64], odds: f64, nodes: &Nodes) -> f64 {
    let mut sums = [0.0; LANES];
    for ((t, inverse), factor) in nodes.t.iter().zip(&nodes.inverse).zip(&nodes.factor) {
        let mut value = [0.0; LANES];
        for count in others {
            for lane in 0..LANES {
                value[lane] = value[lane] * inverse[lane] + count;
            }
        }
        for lane in 0..LANES {
            sums[lane] += value[lane] * factor[lane] / (1.0 + t[lane] * odds);
        }
    }
    let mut total = 0.0;
    for sum in sums {
        total += sum;
    }
    total
}

// ---- the banded way ---------------------------------------------------------------------------

/// The part of a count's distribution that matters: `values[j]` is P(count = first + j).
struct Band {
    first: usize,
    values: Vec<f64>,
}

impl Band {
    fn add_units(&mut self, p: f64, units: u32) {
        let stay = 1.0 - p;
        for _ in 0..units {
            self.values.push(0.0);
            for j in (1..self.values.len()).rev() {
                self.values[j] = self.values[j] * stay + self.values[j - 1] * p;
            }
            if let Some(lowest) = self.values.first_mut() {
                *lowest *= stay;
            }
            while self.values.last().is_some_and(|v| *v < OUTSIDE_BAND) {
                self.values.pop();
            }
            let low = self.values.iter().take_while(|v| **v < OUTSIDE_BAND).count();
            if low > 0 {
                self.values.drain(..low);
                self.first += low;
            }
        }
    }
}

fn banded(groups: &[RankGroup], n: usize) -> Vec<f64> {
    let by_node: Vec<Vec<f64>> = NODES.par_iter().map(|(t, w)| banded_at(groups, n, *t, *w)).collect();
    let mut realised = vec![0.0; groups.len()];
    for node in &by_node {
        for (sum, term) in realised.iter_mut().zip(node) {
            *sum += term;
        }
    }
    realised
}

fn banded_at(groups: &[RankGroup], n: usize, t: f64, w: f64) -> Vec<f64> {
    let mut density = Vec::with_capacity(groups.len());
    let mut at_t = Vec::with_capacity(groups.len());
    let mut mean = 0.0;
    for g in groups {
        let odds = g.rank / (1.0 - g.rank);
        let below = 1.0 + t * odds;
        density.push(w * odds / (below * below));
        let p = t * odds / below;
        at_t.push(RankGroup { rank: p, count: g.count });
        mean += p * f64::from(g.count);
    }
    // Chernoff: P(S ≤ n) ≤ exp(−(μ−n)²/2μ), P(S ≥ n) ≤ exp(−(n−μ)²/(2μ + 2(n−μ)/3)); beyond e⁻⁸⁰ and
    // e⁻⁵⁰ nothing of it is left in a double.
    let above = mean - n as f64;
    if above > 0.0 && above * above > 160.0 * mean {
        return vec![0.0; groups.len()];
    }
    if above < 0.0 && above * above > 100.0 * (mean - above / 3.0) {
        return density;
    }
    let mut all = Band { first: 0, values: vec![1.0] };
    for g in &at_t {
        all.add_units(g.rank, g.count);
    }
    let mut running = 0.0;
    let at_most: Vec<f64> = all
        .values
        .iter()
        .map(|value| {
            running += value;
            running
        })
        .collect();
    density.iter().zip(&at_t).map(|(d, g)| d * below_without_one(&at_most, all.first, n, g.rank)).collect()
}

/// P(count of the others < n), from F(m) = P(count of all ≤ first + m): F(m) = (1−p)·G(m) + p·G(m−1) for the others' G,
/// which is followed from the side on which an error fades.
fn below_without_one(at_most: &[f64], first: usize, n: usize, p: f64) -> f64 {
    let (last, wanted) = (at_most.len(), n as i64 - 1 - first as i64);
    if p <= 0.5 {
        let mut others = 0.0;
        for m in 0..=wanted.min(last as i64 - 1).max(-1) {
            others = (at_most[m as usize] - p * others) / (1.0 - p);
        }
        // beyond the band all of it lies below
        return if wanted >= last as i64 { 1.0 } else { others.clamp(0.0, 1.0) };
    }
    let mut others = 1.0;
    for m in (wanted + 1..last as i64).rev() {
        if m < 0 {
            return 0.0;
        }
        others = (at_most[m as usize] - (1.0 - p) * others) / p;
    }
    others.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, node by node, every other unit convolved anew.
    fn by_definition(ranks: &[f64], n: usize) -> Vec<f64> {
        let odds: Vec<f64> = ranks.iter().map(|r| r / (1.0 - r)).collect();
        (0..ranks.len())
            .map(|i| {
                NODES
                    .iter()
                    .map(|(t, w)| {
                        let mut f = vec![0.0; n];
                        f[0] = 1.0;
                        for (j, o) in odds.iter().enumerate() {
                            if j != i {
                                let p = t * o / (1.0 + t * o);
                                for k in (1..n).rev() {
                                    f[k] = f[k] * (1.0 - p) + f[k - 1] * p;
                                }
                                f[0] *= 1.0 - p;
                            }
                        }
                        w * odds[i] / (1.0 + t * odds[i]) / (1.0 + t * odds[i]) * f.iter().sum::<f64>()
                    })
                    .sum()
            })
            .collect()
    }

    fn spread_ranks(size: usize, n: f64) -> Vec<f64> {
        let weights: Vec<f64> = (0..size).map(|i| 1.0 + ((i * 7919) % 101) as f64 / 20.0).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|w| (w * n / sum).min(0.998)).collect()
    }

    #[test]
    fn every_way_agrees_with_the_definition() {
        for (size, n) in [(2, 1), (5, 2), (12, 3), (30, 25), (40, 20), (60, 12), (61, 60), (80, 5)] {
            let ranks = spread_ranks(size, n as f64);
            let wanted = by_definition(&ranks, n);
            let (groups, group_of) = group(&ranks);
            let ways = [Some(realised_of_groups(Method::V1, &groups, n)), tilted(&groups, n), Some(banded(&groups, n))];
            assert!(ways[1].is_some() || size == 61);
            for way in ways.into_iter().flatten() {
                for (i, want) in wanted.iter().enumerate() {
                    let got = way[group_of[i] as usize];
                    assert!((got / want - 1.0).abs() < 1e-11, "{size} {n} {i}: {got} {want}");
                }
            }
        }
    }

    #[test]
    fn the_sum_is_the_number_drawn_and_equal_ranks_are_exact() {
        for (size, n) in [(7, 3), (200, 9), (3000, 12), (400, 390)] {
            let ranks = spread_ranks(size, n as f64);
            let sum: f64 = compute_realised(Method::V1, &ranks, n).iter().sum();
            assert!((sum - n as f64).abs() < 1e-4 * n as f64, "{size} {n}: {sum}");
            let even = compute_realised(Method::V1, &vec![0.3; size], n);
            assert!((even[0] - n as f64 / size as f64).abs() < 1e-9, "{size} {n}: {}", even[0]);
        }
    }

    #[test]
    fn ranks_far_from_the_number_drawn_still_give_numbers() {
        for ranks in [vec![1e-9; 50], vec![1.0 - 1e-9; 50], [vec![1e-9; 25], vec![1.0 - 1e-9; 25]].concat()] {
            for n in [1, 10, 25, 49] {
                let got = compute_realised(Method::V1, &ranks, n);
                assert!(got.iter().all(|p| p.is_finite()), "{got:?}");
            }
        }
        assert_eq!(compute_realised(Method::V1, &[0.5, 0.5], 0), [0.0, 0.0]);
        assert_eq!(compute_realised(Method::V1, &[0.5, 0.5], 2), [1.0, 1.0]);
        assert!(compute_realised(Method::V1, &[], 0).is_empty());
    }

    #[test]
    fn the_order_of_units_changes_no_bit() {
        let ranks = spread_ranks(97, 8.0);
        let mut turned = ranks.clone();
        turned.reverse();
        let mut back = compute_realised(Method::V1, &turned, 8);
        back.reverse();
        assert_eq!(compute_realised(Method::V1, &ranks, 8), back);
    }
}
