//! What the draw's chances are by the first method (`pareto-pps/1`) and by the second: the table of `tests/README.md`.
//!
//! Each figure has a small version that runs with the suite and can fail, and one over the whole demo city:
//! `cargo test --test it -- --ignored --nocapture statistics::` prints the rows of the table (about a quarter of an hour).

mod kept;
mod pairs;
mod quotas;
mod realised;
mod slots;

use std::sync::OnceLock;

use fairdraw::diagnostic::Progress;
use fairdraw::plan::model::MONTHS;
use fairdraw::plan::simulate::{draw_pareto, open_month};
use fairdraw::plan::{SiteState, TargetContext, Visit, compute_strata};
use fairdraw::policy::Policy;
use fairdraw::workspace::inputs::analysis::{Analysis, compute_analysis};
use fairdraw::workspace::inputs::month_frame::draw_rules;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::project::demo_project;

/// Sources of the whole demo city.
const WHOLE: usize = 38_000;

/// A body's month: the targets of its strata's sites, all of them below 1 and above 0.
struct BodyMonth {
    strata: Vec<Vec<f64>>,
}

/// A demo city with its plan and a simulated year of it.
struct City {
    policy: Policy,
    analysis: Analysis,
    months: Vec<BodyMonth>,
}

/// Makes the city, and walks its year once by the rules of today.
fn city(sources: usize) -> City {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = demo_project(folder.path(), sources);
    let analysis = compute_analysis(&project, &registry, project.months()[0], &Progress::none()).unwrap();
    let (policy, inputs, plan) = (&project.policy, &analysis.population.inputs, &analysis.plan);
    let context = TargetContext::new(policy, inputs, &plan.shares, &plan.schedule);
    let n = inputs.sites.len();
    let rules = draw_rules();
    let mut rng = ChaCha8Rng::seed_from_u64(2027);
    let mut state = SiteState::at_new_year(n, inputs.sites.enterprises(), &inputs.history.last_visit);
    let mut months = Vec::new();
    for month in 0..MONTHS {
        let targets = open_month(&context, &plan.schedule, &mut state, month);
        // as the frame is made: what rounding leaves of a chance is none
        for body in compute_strata(policy, inputs, &targets, |_, p| p).chunk_by(|a, b| a.body == b.body) {
            let strata = body.iter().map(|s| s.p.iter().copied().filter(|p| *p >= 1e-8).collect()).collect();
            months.push(BodyMonth { strata });
        }
        let strata = rules.strata(policy, inputs, &targets, &mut rng);
        for stratum in &strata {
            let pi = (rules.inclusion)(&stratum.p, stratum.draw as usize);
            let mut selected = draw_pareto(&stratum.units, &pi, stratum.draw, &mut rng);
            selected.extend(&stratum.certain);
            for site in selected {
                let kind = targets.reason[site as usize].visit_kind();
                let enterprise = inputs.sites.enterprise[site as usize];
                state.enter(policy, &Visit { site: Some(site), enterprise, month: month as u8, kind, done: true });
            }
        }
    }
    City { policy: project.policy, analysis, months }
}

/// A small city, made once.
fn small() -> &'static City {
    static CITY: OnceLock<City> = OnceLock::new();
    CITY.get_or_init(|| city(2_000))
}

/// The whole city, made once.
fn whole() -> &'static City {
    static CITY: OnceLock<City> = OnceLock::new();
    CITY.get_or_init(|| city(WHOLE))
}
