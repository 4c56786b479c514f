//! What the intervals cover: simulated years of the demo city against its hidden truth.
//!
//! The plan's own months (targets, quotas rounded together, calibrated Pareto draws) of a city whose plants have a fixed
//! state each year, drawn from their hidden propensities; what the product would estimate from it after every month, held
//! against the state of all plants that the draws could reach. The table for `tests/README.md`:
//! `cargo test --test it -- --ignored --nocapture effect::coverage`.

use std::collections::BTreeMap;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::PPB;
use fairdraw::plan::model::{ByMonth, MONTHS};
use fairdraw::plan::simulate::open_month;
use fairdraw::plan::visited::{FirstVisit, chance_of_a_visit};
use fairdraw::plan::{SiteState, TargetContext, Visit};
use fairdraw::policy::Policy;
use fairdraw::sampling::{
    LEAST_EFFECTIVE, Method, Outcome, SampledUnit, compute_calibrated_ranks, compute_estimate, compute_key,
};
use fairdraw::workspace::demo::{City, DEFAULT_SEED, identity};
use fairdraw::workspace::inputs::analysis::{Analysis, compute_analysis};
use fairdraw::workspace::inputs::month_frame::draw_rules;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::project::demo_project;

/// A demo city with its plan and its hidden truth, by site of the plan.
struct Known {
    policy: Policy,
    analysis: Analysis,
    /// Probability that a check finds a problem.
    problem: Vec<f64>,
    dead: Vec<bool>,
}

fn known(sources: usize) -> Known {
    let folder = tempfile::tempdir().unwrap();
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let (project, registry) = demo_project(folder.path(), sources);
    let analysis = compute_analysis(&project, &registry, project.months()[0], &Progress::none()).unwrap();
    let n = analysis.population.inputs.sites.len();
    let (mut problem, mut dead) = (vec![0.15; n], vec![false; n]);
    let city = City::new(sources, DEFAULT_SEED, 2027, &districts);
    for site in &city.sites {
        let (_, _, number) = identity(&city, site);
        if let Some(row) = analysis.population.index.row(&number) {
            problem[row as usize] = site.problem_probability();
            dead[row as usize] = site.dead;
        }
    }
    Known { policy: project.policy, analysis, problem, dead }
}

fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
}

/// A simulated year: each site's first visit, and what the months offered.
struct Year {
    first: Vec<Option<(usize, String)>>,
    offered: Vec<ByMonth<f64>>,
    certain: Vec<u16>,
}

fn simulate(known: &Known, rng: &mut ChaCha8Rng) -> Year {
    let (policy, inputs, plan) = (&known.policy, &known.analysis.population.inputs, &known.analysis.plan);
    let context = TargetContext::new(policy, inputs, &plan.shares, &plan.schedule);
    let n = inputs.sites.len();
    let mut year = Year { first: vec![None; n], offered: vec![[0.0; MONTHS]; n], certain: vec![0; n] };
    for visit in context.mandatory() {
        year.certain[visit.site as usize] |= 1 << visit.month;
    }
    let mut state = SiteState::at_new_year(n, inputs.sites.enterprises(), &inputs.history.last_visit);
    for month in 0..MONTHS {
        let targets = open_month(&context, &plan.schedule, &mut state, month);
        for (offered, p) in year.offered.iter_mut().zip(&targets.p) {
            offered[month] = *p;
        }
        let rules = draw_rules();
        let strata = rules.strata(policy, inputs, &targets, rng);
        for stratum in &strata {
            let name = format!("{}/{}", stratum.body, stratum.category);
            let mut selected = stratum.certain.clone();
            if stratum.draw > 0 {
                let pi = (rules.inclusion)(&stratum.p, stratum.draw as usize);
                let ranks = compute_calibrated_ranks(Method::LATEST, &pi, stratum.draw as usize).ranks;
                let mut keys: Vec<(f64, u32)> = ranks
                    .iter()
                    .zip(&stratum.units)
                    .map(|(r, site)| (compute_key(rng.next_u64() >> 12, (r * 1e9).round() as u64), *site))
                    .collect();
                keys.sort_by(|a, b| a.0.total_cmp(&b.0));
                selected.extend(keys.iter().take(stratum.draw as usize).map(|(_, site)| *site));
            }
            for site in selected {
                let i = site as usize;
                let kind = targets.reason[i].visit_kind();
                let enterprise = inputs.sites.enterprise[i];
                state.enter(policy, &Visit { site: Some(site), enterprise, month: month as u8, kind, done: true });
                if year.first[i].is_none() {
                    year.first[i] = Some((month, name.clone()));
                }
            }
        }
    }
    year
}

/// How often intervals held the truth.
#[derive(Default, Clone, Copy)]
struct Tally {
    cells: u32,
    held: u32,
    held_propensity: u32,
    error: f64,
    width: f64,
    zero_width: u32,
}

impl Tally {
    fn coverage(&self) -> f64 {
        f64::from(self.held) / f64::from(self.cells.max(1))
    }

    fn bias(&self) -> f64 {
        self.error / f64::from(self.cells.max(1))
    }
}

/// The truth of a group: problems by state and by propensity among the plants alive that the draws could reach, and in all.
#[derive(Default, Clone, Copy)]
struct Truth {
    covered: f64,
    fine: f64,
    likely: f64,
}

type Groups = Vec<(&'static str, Vec<u32>)>;

/// Adds what the estimate after month `until` says of each kind of groups.
fn judge(
    known: &Known,
    year: &Year,
    fine: &[bool],
    groups: &Groups,
    until: usize,
    tallies: &mut BTreeMap<String, Tally>,
) {
    let (plan, sites) = (&known.analysis.plan, &known.analysis.population.inputs.sites);
    let context = TargetContext::new(&known.policy, &known.analysis.population.inputs, &plan.shares, &plan.schedule);
    let sample: Vec<(usize, SampledUnit)> = year
        .first
        .iter()
        .enumerate()
        .filter_map(|(site, first)| Some((site, first.as_ref().filter(|(month, _)| *month <= until)?)))
        .map(|(site, (month, stratum))| {
            let visit = FirstVisit {
                share: &plan.shares.of(site).share,
                cut: &context.owners().own_cut(site),
                rate: plan.schedule.rate[site],
                offered: &year.offered[site],
                month: *month,
                certain: year.certain[site],
            };
            let chance = chance_of_a_visit(&visit, until);
            let pi_ppb = ((chance * 1e9).round() as u64).clamp(1, PPB);
            let outcome =
                if known.dead[site] { Outcome::OutOfScope } else { Outcome::Value(f64::from(u8::from(fine[site]))) };
            (site, SampledUnit { stratum: stratum.clone(), pi_ppb, outcome })
        })
        .collect();
    // cells are judged twice a year, the others every month
    for (kind, of) in groups.iter().filter(|(kind, _)| *kind != "区×类别" || until % 6 == 5) {
        let count = of.iter().max().map_or(0, |g| *g as usize + 1);
        let mut truths = vec![Truth::default(); count];
        for site in (0..sites.len()).filter(|site| !known.dead[*site]) {
            if (0..=until).any(|m| year.offered[site][m] > 0.0)
                || year.first[site].as_ref().is_some_and(|f| f.0 <= until)
            {
                let truth = &mut truths[of[site] as usize];
                truth.covered += 1.0;
                truth.fine += f64::from(u8::from(fine[site]));
                truth.likely += 1.0 - known.problem[site];
            }
        }
        for (group, truth) in truths.iter().enumerate().filter(|(_, truth)| truth.covered > 0.0) {
            let own: Vec<SampledUnit> = sample
                .iter()
                .map(|(site, unit)| match unit.outcome {
                    Outcome::Value(_) if of[*site] as usize != group => {
                        SampledUnit { outcome: Outcome::OutOfScope, ..unit.clone() }
                    }
                    _ => unit.clone(),
                })
                .collect();
            let Some(estimate) = compute_estimate(&own).unwrap() else { continue };
            let (low, high) = estimate.rate_interval();
            let (rate, likely) = (truth.fine / truth.covered, truth.likely / truth.covered);
            let size = match estimate.observed {
                _ if estimate.rate_size() < LEAST_EFFECTIVE => "标为样本少",
                ..15 => "未满 15 次",
                15..=40 => "15–40 次",
                _ => "40 次以上",
            };
            let name = if *kind == "区×类别" { format!("格：{size}") } else { (*kind).to_owned() };
            for name in [name, format!("{kind} {:02} 月", until + 1)] {
                let tally = tallies.entry(name).or_default();
                tally.cells += 1;
                tally.held += u32::from(low - 1e-9 <= rate && rate <= high + 1e-9);
                tally.held_propensity += u32::from(low <= likely && likely <= high);
                tally.error += estimate.mean - rate;
                tally.width += high - low;
                tally.zero_width += u32::from(high - low < 1e-9);
            }
        }
    }
}

fn run(sources: usize, years: u64, months: &[usize]) -> BTreeMap<String, Tally> {
    let known = known(sources);
    let sites = &known.analysis.population.inputs.sites;
    let n = sites.len();
    let categories = known.policy.categories.len() as u32;
    let wide = |list: &[u8]| list.iter().map(|c| u32::from(*c)).collect::<Vec<_>>();
    let crossed = (0..n).map(|i| u32::from(sites.district[i]) * categories + u32::from(sites.category[i])).collect();
    let groups: Groups = vec![
        ("全市", vec![0; n]),
        ("类别", wide(&sites.category)),
        ("等级", wide(&sites.tier)),
        ("区", sites.district.iter().map(|d| u32::from(*d)).collect()),
        ("区×类别", crossed),
    ];
    let mut tallies = BTreeMap::new();
    for seed in 0..years {
        let mut rng = ChaCha8Rng::seed_from_u64(2027 + seed);
        let fine: Vec<bool> = known.problem.iter().map(|p| unit(&mut rng) >= *p).collect();
        let year = simulate(&known, &mut rng);
        for until in months {
            judge(&known, &year, &fine, &groups, *until, &mut tallies);
        }
    }
    for (name, t) in &tallies {
        println!(
            "{name:<14} 区间 {:>6} 个，含真值 {:.3}，含潜在合规率 {:.3}，偏差 {:+.2} 点，平均宽 {:.1} 点，零宽 {}",
            t.cells,
            t.coverage(),
            f64::from(t.held_propensity) / f64::from(t.cells),
            t.bias() * 100.0,
            t.width / f64::from(t.cells) * 100.0,
            t.zero_width
        );
    }
    tallies
}

/// A small version of the table: three years of a small city.
#[test]
fn a_year_s_estimates_hold_the_hidden_truth() {
    let tallies = run(1_200, 3, &[5, 11]);
    let of = |name: &str| tallies[name];
    assert!(of("全市").bias().abs() < 0.02, "{}", of("全市").bias());
    let all = ["类别", "等级", "区"].map(of);
    let (held, cells) = all.iter().fold((0, 0), |(held, cells), t| (held + t.held, cells + t.cells));
    let coverage = f64::from(held) / f64::from(cells);
    assert!(coverage > 0.9 && cells > 100, "{coverage} of {cells}");
    // and not by being as wide as anything
    assert!(of("类别").width / f64::from(of("类别").cells) < 0.15);
    assert_eq!(all.iter().map(|tally| tally.zero_width).sum::<u32>(), 0);
}

/// The estimates at the ends of 504 quarters of 126 simulated years; the numbers of `tests/README.md`.
#[test]
#[ignore = "some minutes; prints the table of tests/README.md"]
fn coverage_over_126_simulated_years() {
    // a year's months hang together: many years tell more than many months of few
    let tallies = run(6_000, 126, &[2, 5, 8, 11]);
    for name in ["全市", "类别", "区"] {
        let tally = tallies[name];
        assert!((0.93..=0.97).contains(&tally.coverage()), "{name}: {}", tally.coverage());
        assert!(tally.bias().abs() < 0.01, "{name}: {}", tally.bias());
    }
}
