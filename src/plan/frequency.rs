//! Annual frequencies λ (rules, "Frequencies and quotas", item 2; decree 154 item 13).
//!
//! For a site: wanted d = base(tier) × category factor × aggravators, at most `max_ratio` times what the
//! lowest tier of its category would get, within [floor f, limit]. The limit is the least of the yearly
//! cap, the visits that the window leaves room for, and the months not blacked out. f is the sum of the
//! stratum's quarterly ratios (special sites: the higher ratio each quarter) or, where that is more, the
//! checks per inspector spread over the stratum's sites (at most `per_inspector_max` each).
//!
//! Then 1. the sites of one enterprise are scaled down together to its cap: the part above the floors
//! first, the floors themselves only where they alone pass the cap; 2. where a body's capacity falls
//! short, the part above the floors shrinks by one factor t per body, the largest (by bisection) for which
//! every resource suffices in every month after the mandatory checks.
//!
//! **No aggravator lowers its own site's λ.** It raises d (or, by making the site special, f), so without
//! the two scalings λ can only rise. In either scaling let u(·) be what a site takes of a limit: a
//! nondecreasing function of its own λ only, because the month shares used here do not depend on λ.
//! Suppose that t falls to t′ after site i was raised. All other sites take no more at t′ than at t, and
//! some limit k is exhausted at t′: u(λ′) = C − others(t′) ≥ C − others(t) ≥ u(λ). So i takes at least
//! what it took before, hence λ′ ≥ λ; where k does not concern i at all, k was as tight before and t could
//! not have been larger than t′. The same argument holds for the enterprise's cap, whose siblings only
//! give way. Months whose exact use differs a little from these linear shares are levelled when the month
//! is drawn (see [`super::targets`]), which changes months, not λ.

use super::capacity::{cost_by_resource, dead_allowance, usable_capacity, window_limit};
use super::model::{ByMonth, MONTHS, MandatoryVisit, PlanInputs, RESOURCES};
use super::reason::Exclusion;
use super::shares::{ShareProfiles, floor_of, quarter_ratios};
use crate::policy::{Aggravators, Policy};

/// Steps of the bisection: t is exact to 2⁻⁵⁰.
const BISECTION_STEPS: u32 = 50;

/// `[resource][month]` of one body.
pub type Use = [ByMonth<f64>; RESOURCES];

/// What bounds a floor from above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LimitKind {
    /// The yearly cap per enterprise.
    Cap,
    /// The window between two visits.
    Window,
    /// Months not blacked out.
    OpenMonths,
}

/// A floor that its limit cut off.
#[derive(Debug, Clone, PartialEq)]
pub struct ClippedFloor {
    /// Body index.
    pub body: u16,
    /// Category index.
    pub category: u8,
    /// 特殊.
    pub special: bool,
    /// Visits a year asked.
    pub floor: f64,
    /// Visits a year possible.
    pub limit: f64,
    /// What bounds it.
    pub by: LimitKind,
    /// True where the floor comes from checks per inspector, not from ratios.
    pub per_inspector: bool,
    /// Sites concerned.
    pub sites: u32,
}

/// An enterprise whose sites were scaled down to its cap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaledEnterprise {
    /// Enterprise.
    pub enterprise: u32,
    /// Sites in the draw.
    pub sites: u32,
    /// Σ of the frequencies wanted.
    pub wanted: f64,
    /// Its cap.
    pub cap: f64,
    /// The floors alone pass the cap and were scaled too.
    pub below_floor: bool,
}

/// Frequencies and what made them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frequencies {
    /// λ of each site, visits a year; 0 for excluded ones.
    pub lambda: Vec<f64>,
    /// Sites whose λ is left as it was, though it would be another on today's data, with that one; in order.
    pub kept: Vec<(u32, f64)>,
    /// f of each site after the enterprise's cap.
    pub floor: Vec<f64>,
    /// t of each body: 1 where capacity suffices, 0 where only the floors are left.
    pub shrink: Vec<f64>,
    /// Enterprises scaled down, in order.
    pub scaled: Vec<ScaledEnterprise>,
    /// Floors cut off.
    pub clipped: Vec<ClippedFloor>,
    /// Use of mandatory checks by body.
    pub mandatory_use: Vec<Use>,
    /// Use of mandatory checks and floors by body.
    pub floor_use: Vec<Use>,
    /// Use of mandatory checks and λ by body.
    pub planned_use: Vec<Use>,
}

/// Product of the aggravators of a bit set; never below 1, whatever the policy says.
#[must_use]
pub fn aggravation(rule: &Aggravators, bits: u8) -> f64 {
    [rule.violations, rule.complaints, rule.high_risk, rule.poor_credit]
        .iter()
        .enumerate()
        .filter(|(i, _)| bits >> i & 1 == 1)
        .fold(1.0, |product, (_, factor)| product * factor.to_f64().max(1.0))
}

/// d before floor and limit by `[category][tier][aggravator bits]`.
fn wanted_table(policy: &Policy) -> Vec<Vec<[f64; 16]>> {
    let bases: Vec<f64> = policy.tiers.iter().map(|t| t.base_frequency.to_f64().max(0.0)).collect();
    let lowest = bases.iter().copied().filter(|b| *b > 0.0).fold(f64::INFINITY, f64::min);
    let ratio = policy.max_ratio.to_f64();
    policy
        .categories
        .iter()
        .map(|category| {
            let factor = category.factor.to_f64().max(0.0);
            let most = if ratio > 0.0 && lowest.is_finite() { ratio * lowest * factor } else { f64::INFINITY };
            let row = |base: &f64| {
                let own = base * factor;
                std::array::from_fn(|bits| (own * aggravation(&policy.aggravators, bits as u8)).min(most))
            };
            bases.iter().map(row).collect()
        })
        .collect()
}

struct ProfileRule {
    floor: f64,
    limit: f64,
}

/// Number of sites in the draw of each (body, category): `[body * categories + category]`.
fn stratum_sizes(policy: &Policy, inputs: &PlanInputs) -> Vec<u32> {
    let categories = policy.categories.len();
    let mut sizes = vec![0_u32; inputs.bodies.len() * categories];
    let s = &*inputs.sites;
    for i in 0..s.len() {
        if s.exclusion[i] == Exclusion::None {
            sizes[s.body[i] as usize * categories + s.category[i] as usize] += 1;
        }
    }
    sizes
}

fn profile_rules(
    policy: &Policy,
    inputs: &PlanInputs,
    shares: &ShareProfiles,
    clipped: &mut Vec<ClippedFloor>,
) -> Vec<ProfileRule> {
    let sizes = stratum_sizes(policy, inputs);
    let bodies = inputs.bodies_in_effect(policy);
    let mut members = vec![0_u32; shares.profiles.len()];
    for (i, profile) in shares.of_site.iter().enumerate() {
        members[*profile as usize] += u32::from(inputs.sites.exclusion[i] == Exclusion::None);
    }
    let cap = if policy.cap.counts_drawn { f64::from(policy.cap.visits) } else { f64::INFINITY };
    let window = f64::from(window_limit(policy));
    let rule = |(p, profile): (usize, &super::shares::ShareProfile)| {
        let (body, category) = (profile.body as usize, profile.category as usize);
        let ratios = quarter_ratios(policy, &bodies[body], category, profile.special);
        let by_ratio = ratios.iter().map(|r| r.0.max(0)).sum::<i64>() as f64 / 1000.0;
        let own = floor_of(policy, &bodies[body], category);
        let size = sizes[body * policy.categories.len() + category];
        let asked = own.per_inspector.to_f64() * f64::from(bodies[body].inspectors);
        let by_people = if size == 0 { 0.0 } else { (asked / f64::from(size)).min(own.per_inspector_max.to_f64()) };
        let floor = by_ratio.max(by_people).max(0.0);
        let open = f64::from(profile.open.count_ones());
        let (limit, by) = [(window, LimitKind::Window), (open, LimitKind::OpenMonths)]
            .into_iter()
            .fold((cap, LimitKind::Cap), |least, next| if next.0 < least.0 { next } else { least });
        if floor > limit + 1e-9 && members[p] > 0 {
            clipped.push(ClippedFloor {
                body: profile.body,
                category: profile.category,
                special: profile.special,
                floor,
                limit,
                by,
                per_inspector: by_people > by_ratio,
                sites: members[p],
            });
        }
        ProfileRule { floor: floor.min(limit), limit }
    };
    shares.profiles.iter().enumerate().map(rule).collect()
}

/// Number of slot-counting mandatory checks of each site that has any, sorted by site.
fn counting_checks(policy: &Policy, mandatory: &[MandatoryVisit]) -> Vec<(u32, f64)> {
    let mut counts: Vec<(u32, f64)> = Vec::new();
    for visit in mandatory.iter().filter(|v| policy.mandatory[v.rule as usize].counts_as_slot) {
        match counts.last_mut() {
            Some((site, n)) if *site == visit.site => *n += 1.0,
            _ => counts.push((visit.site, 1.0)),
        }
    }
    counts
}

/// Use of the mandatory checks by body.
#[must_use]
pub fn mandatory_use(policy: &Policy, inputs: &PlanInputs, mandatory: &[MandatoryVisit]) -> Vec<Use> {
    let mut taken = vec![[[0.0; MONTHS]; RESOURCES]; inputs.bodies.len()];
    for visit in mandatory {
        let site = visit.site as usize;
        let cost = cost_by_resource(&policy.categories[inputs.sites.category[site] as usize].cost);
        for (r, c) in cost.iter().enumerate() {
            taken[inputs.sites.body[site] as usize][r][visit.month as usize] += c;
        }
    }
    taken
}

/// Computes the frequencies of all sites. The inputs must have passed [`PlanInputs::check`].
#[must_use]
pub fn compute_frequencies(policy: &Policy, inputs: &PlanInputs, shares: &ShareProfiles) -> Frequencies {
    let mut result = wanted_frequencies(policy, inputs, shares);
    shrink_to_capacity(policy, inputs, shares, &mut result);
    result
}

/// What the floors take of each body's months beside the mandatory checks of `inputs`: `[body][resource][month]`.
#[must_use]
pub(super) fn compute_floor_use(policy: &Policy, inputs: &PlanInputs, shares: &ShareProfiles) -> Vec<Use> {
    let wanted = wanted_frequencies(policy, inputs, shares);
    let weights = visit_weights(policy, shares);
    let demands = demands_of(policy, inputs, shares, &wanted, &weights);
    let of = |demand: &BodyDemand| {
        let mut floors = demand.at(0.0, &weights);
        for (floor, fixed) in floors.iter_mut().flatten().zip(demand.fixed.iter().flatten()) {
            *floor -= fixed;
        }
        floors
    };
    demands.iter().map(of).collect()
}

/// Frequencies before capacity is looked at: λ is d.
fn wanted_frequencies(policy: &Policy, inputs: &PlanInputs, shares: &ShareProfiles) -> Frequencies {
    let sites = &*inputs.sites;
    let mut result = Frequencies::default();
    let rules = profile_rules(policy, inputs, shares, &mut result.clipped);
    let table = wanted_table(policy);
    let n = sites.len();
    // λ holds d until the capacity factor is known.
    result.lambda = Vec::with_capacity(n);
    result.floor = Vec::with_capacity(n);
    let mut sums = vec![0.0_f64; sites.enterprises()];
    for i in 0..n {
        if sites.exclusion[i] != Exclusion::None {
            result.lambda.push(0.0);
            result.floor.push(0.0);
            continue;
        }
        let rule = &rules[shares.of_site[i] as usize];
        let wanted = table[sites.category[i] as usize][sites.tier[i] as usize][(sites.aggravated[i] & 15) as usize];
        let wanted = wanted.max(rule.floor).min(rule.limit);
        result.lambda.push(wanted);
        result.floor.push(rule.floor);
        sums[sites.enterprise[i] as usize] += wanted;
    }
    if policy.cap.counts_drawn {
        scale_enterprises(policy, inputs, &sums, &mut result);
    }
    result
}

/// Visits of each enterprise's cap that mandatory checks take beside the drawn frequencies: those at sites that
/// are out of the draw, and those that stand for no slot. (A check that counts as its site's slot is part of λ.)
/// No aggravator enters, so none can lower what is left.
fn reserved_visits(policy: &Policy, inputs: &PlanInputs) -> Vec<f64> {
    let sites = &*inputs.sites;
    let mut reserved = vec![0.0; sites.enterprises()];
    if policy.cap.counts_mandatory {
        for visit in inputs.mandatory_of_year() {
            let site = visit.site as usize;
            let beside = sites.exclusion[site] != Exclusion::None
                || !policy.mandatory.get(visit.rule as usize).is_some_and(|rule| rule.counts_as_slot);
            if beside {
                reserved[sites.enterprise[site] as usize] += 1.0;
            }
        }
    }
    reserved
}

fn scale_enterprises(policy: &Policy, inputs: &PlanInputs, sums: &[f64], result: &mut Frequencies) {
    let reserved = reserved_visits(policy, inputs);
    let cap_of = |e: u32| (f64::from(policy.cap.visits) - reserved[e as usize]).max(0.0);
    let over = |e: u32| sums[e as usize] > cap_of(e) + 1e-9;
    let sites = &*inputs.sites;
    let mut members: Vec<(u32, u32)> = (0..sites.len() as u32)
        .filter(|i| over(sites.enterprise[*i as usize]) && result.lambda[*i as usize] > 0.0)
        .map(|i| (sites.enterprise[i as usize], i))
        .collect();
    members.sort_unstable();
    for group in members.chunk_by(|a, b| a.0 == b.0) {
        let cap = cap_of(group[0].0);
        let wanted: f64 = group.iter().map(|(_, i)| result.lambda[*i as usize]).sum();
        let floors: f64 = group.iter().map(|(_, i)| result.floor[*i as usize]).sum();
        let below_floor = floors > cap;
        for (_, i) in group {
            let (d, f) = (&mut result.lambda[*i as usize], &mut result.floor[*i as usize]);
            if below_floor {
                *f *= cap / floors;
                *d = *f;
            } else {
                *d = *f + (*d - *f) * ((cap - floors) / (wanted - floors));
            }
        }
        result.scaled.push(ScaledEnterprise {
            enterprise: group[0].0,
            sites: group.len() as u32,
            wanted,
            cap,
            below_floor,
        });
    }
}

/// A site with mandatory checks that count as slots: only what is left of λ is drawn.
struct PartlyFixed {
    profile: u32,
    floor: f64,
    extra: f64,
    checks: f64,
}

struct BodyDemand {
    fixed: Use,
    floor: Use,
    extra: Use,
    partly: Vec<PartlyFixed>,
}

impl BodyDemand {
    fn at(&self, t: f64, weights: &[Use]) -> Use {
        let mut total = self.fixed;
        for (r, row) in total.iter_mut().enumerate() {
            for (m, value) in row.iter_mut().enumerate() {
                *value += self.floor[r][m] + t * self.extra[r][m];
            }
        }
        // Sums by profile first: profiles are few.
        let mut at = 0;
        while at < self.partly.len() {
            let profile = self.partly[at].profile;
            let mut left = 0.0;
            while let Some(site) = self.partly.get(at).filter(|s| s.profile == profile) {
                left += (site.floor + t * site.extra - site.checks).max(0.0);
                at += 1;
            }
            add(&mut total, &weights[profile as usize], left);
        }
        total
    }
}

fn add(total: &mut Use, weights: &Use, factor: f64) {
    for (row, weight) in total.iter_mut().zip(weights) {
        for (value, w) in row.iter_mut().zip(weight) {
            *value += factor * w;
        }
    }
}

fn fits(need: &Use, limits: &[ByMonth<Option<f64>>; RESOURCES]) -> bool {
    need.iter().zip(limits).all(|(row, limit)| row.iter().zip(limit).all(|(v, l)| l.is_none_or(|l| *v <= l + 1e-9)))
}

/// What one expected visit a year of a profile takes of each resource in each month.
fn visit_weights(policy: &Policy, shares: &ShareProfiles) -> Vec<Use> {
    let allowance = dead_allowance(policy);
    let weight = |p: &super::shares::ShareProfile| {
        cost_by_resource(&policy.categories[p.category as usize].cost)
            .map(|cost| p.share.map(|share| cost * allowance * share))
    };
    shares.profiles.iter().map(weight).collect()
}

fn demands_of(
    policy: &Policy,
    inputs: &PlanInputs,
    shares: &ShareProfiles,
    wanted: &Frequencies,
    weights: &[Use],
) -> Vec<BodyDemand> {
    let mandatory = inputs.mandatory_of_year();
    let counting = counting_checks(policy, &mandatory);
    let mut sums = vec![(0.0_f64, 0.0_f64); shares.profiles.len()];
    let mut partly: Vec<(u16, PartlyFixed)> = Vec::with_capacity(counting.len());
    let mut next = counting.iter().peekable();
    for i in 0..wanted.lambda.len() {
        let (d, f) = (wanted.lambda[i], wanted.floor[i]);
        let profile = shares.of_site[i];
        if next.peek().is_some_and(|(site, _)| *site as usize == i) {
            let checks = next.next().map_or(0.0, |c| c.1);
            let site = PartlyFixed { profile, floor: f, extra: d - f, checks };
            partly.push((inputs.sites.body[i], site));
            continue;
        }
        let sum = &mut sums[profile as usize];
        sum.0 += f;
        sum.1 += d - f;
    }
    partly.sort_by_key(|(body, site)| (*body, site.profile));
    let zero = [[0.0; MONTHS]; RESOURCES];
    let mut demands: Vec<BodyDemand> = mandatory_use(policy, inputs, &mandatory)
        .into_iter()
        .map(|fixed| BodyDemand { fixed, floor: zero, extra: zero, partly: Vec::new() })
        .collect();
    for (p, profile) in shares.profiles.iter().enumerate() {
        let demand = &mut demands[profile.body as usize];
        add(&mut demand.floor, &weights[p], sums[p].0);
        add(&mut demand.extra, &weights[p], sums[p].1);
    }
    for (body, site) in partly {
        demands[body as usize].partly.push(site);
    }
    demands
}

fn shrink_to_capacity(policy: &Policy, inputs: &PlanInputs, shares: &ShareProfiles, result: &mut Frequencies) {
    let weights = visit_weights(policy, shares);
    let demands = demands_of(policy, inputs, shares, result, &weights);
    let mut usable = usable_capacity(policy, &inputs.capacity_in_effect());
    for (demand, limits) in demands.iter().zip(&mut usable.limits) {
        forgive_past(inputs, &demand.at(0.0, &weights), limits);
        let t = largest_factor(demand, &weights, limits);
        result.shrink.push(t);
        result.mandatory_use.push(demand.fixed);
        result.floor_use.push(demand.at(0.0, &weights));
        result.planned_use.push(demand.at(t, &weights));
    }
    for (i, d) in result.lambda.iter_mut().enumerate() {
        let t = result.shrink[inputs.sites.body[i] as usize];
        if t < 1.0 {
            *d = result.floor[i] + t * (*d - result.floor[i]);
        }
    }
}

/// A month past shaped the year's frequencies as long as its floors fitted: it does so still, or they would jump
/// for no other reason than that it has gone by. Where they did not, nothing can be mended any more.
fn forgive_past(inputs: &PlanInputs, floors: &Use, limits: &mut [ByMonth<Option<f64>>; RESOURCES]) {
    for (limit, floor) in limits.iter_mut().zip(floors) {
        for m in 0..(inputs.history.next as usize).min(MONTHS) {
            limit[m] = limit[m].filter(|l| floor[m] <= l + 1e-9);
        }
    }
}

fn largest_factor(demand: &BodyDemand, weights: &[Use], limits: &[ByMonth<Option<f64>>; RESOURCES]) -> f64 {
    if fits(&demand.at(1.0, weights), limits) {
        return 1.0;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..BISECTION_STEPS {
        let middle = f64::midpoint(low, high);
        if fits(&demand.at(middle, weights), limits) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
