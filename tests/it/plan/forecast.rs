//! The forecast is the mean of what is drawn: 200 simulated years, drawn month by month by the plan's own targets,
//! quotas and draw, in cities of every kind.
//!
//! Two forecasts are held against each year's draws: the one made just before a month, of that month, and the one
//! made in January, of every month. For each body × category × month the mean difference over the years is divided by
//! its standard error; cells too rare for that are taken together. How far these z may lie is told by how many there are: of N fair ones 0.27 % lie beyond 3 by
//! chance, and none beyond Bonferroni's bound at 0.1 % (4.8 for 600). Margins (a month, a body, a category of a city)
//! are few: all of them lie within 3. Cities with short capacity are no exception.

use std::sync::Arc;

use super::city::{city, preset, tighten};
use chrono::NaiveDate;
use fairdraw::domain::PlanMonth;
use fairdraw::plan::annual::compute_plan_with;
use fairdraw::plan::model::{MONTHS, QuotaEdit};
use fairdraw::plan::simulate::draw_pareto;
use fairdraw::plan::{
    AnnualPlan, Exclusion, ListedVisit, MandatoryVisit, NEVER, PastTargets, PlanInputs, SiteState, TargetContext,
    TargetReason, Visit, VisitKind, compute_annual_plan,
};
use fairdraw::policy::{Milli, Policy, SpecialPeriod};
use fairdraw::workspace::inputs::month_frame::draw_rules;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(super) const YEARS: usize = 200;
const SITES: usize = 300;

/// A kind of city.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) cap: u32,
    pub(super) window_days: u32,
    /// Share of what is wanted above the floors that capacity carries; above 1: loose.
    pub(super) carries: f64,
    /// Sites of each fourth enterprise.
    pub(super) crowd: usize,
    /// One site in so many has a mandatory check.
    pub(super) mandatory: Option<usize>,
    /// Month without checks.
    pub(super) blackout: Option<u32>,
    /// (body, category, month, visits) locked.
    pub(super) locked: &'static [(usize, &'static str, u32, f64)],
}

pub(super) const PLAIN: Kind = Kind {
    name: "plain",
    cap: 2,
    window_days: 60,
    carries: 50.0,
    crowd: 1,
    mandatory: None,
    blackout: None,
    locked: &[],
};

const KINDS: [Kind; 7] = [
    PLAIN,
    Kind { name: "tight", cap: 3, window_days: 0, carries: 0.4, ..PLAIN },
    Kind { name: "one visit", cap: 1, window_days: 90, crowd: 3, mandatory: Some(6), ..PLAIN },
    Kind { name: "mandatory", cap: 2, carries: 0.7, mandatory: Some(3), blackout: Some(2), ..PLAIN },
    Kind { name: "crowded", cap: 3, window_days: 60, crowd: 5, mandatory: Some(8), ..PLAIN },
    Kind { name: "crowded and tight", cap: 2, window_days: 30, carries: 0.5, crowd: 4, blackout: Some(7), ..PLAIN },
    Kind {
        name: "locked",
        cap: 3,
        window_days: 30,
        locked: &[(0, "key", 2, 9.0), (0, "general", 5, 1.0), (1, "key", 6, 400.0), (2, "simple", 9, 0.0)],
        ..PLAIN
    },
];

pub(super) fn make(kind: &Kind, seed: u64) -> (Policy, PlanInputs) {
    let mut policy = preset();
    policy.bodies.truncate(3);
    policy.cap.visits = kind.cap;
    policy.window.days = kind.window_days;
    if let Some(month) = kind.blackout {
        let day = |d| NaiveDate::from_ymd_opt(2027, month, d).unwrap();
        policy.periods.push(SpecialPeriod {
            name: "停检".into(),
            from: day(1),
            to: day(28),
            factor: Milli(0),
            bodies: Vec::new(),
            industries: Vec::new(),
            basis: Vec::new(),
        });
    }
    let mut inputs = city(&policy, SITES, 50.0, seed);
    let mut rng = ChaCha8Rng::seed_from_u64(seed + 1);
    let sites = Arc::make_mut(&mut inputs.sites);
    let mut enterprise = 0;
    let mut left = 0;
    for i in 0..SITES {
        sites.body[i] = (i * 3 / SITES) as u16;
        sites.category[i] = (i % 3) as u8;
        sites.tier[i] = (rng.next_u64() % 4) as u8;
        sites.exclusion[i] = if rng.next_u64() % 40 == 0 { Exclusion::Closed } else { Exclusion::None };
        if left == 0 {
            enterprise = i as u32;
            left = if i % 4 == 0 { kind.crowd } else { 1 };
        }
        sites.enterprise[i] = enterprise;
        left -= 1;
    }
    if let (Some(month), [.., factors]) = (kind.blackout, &mut inputs.period_factors[..]) {
        factors[month as usize - 1] = 0.0;
    }
    inputs.mandatory.clear();
    for (i, last) in inputs.history.last_visit.iter_mut().enumerate() {
        *last = if rng.next_u64() % 3 == 0 { -1 - (rng.next_u64() % 12) as i16 } else { NEVER };
        if kind.mandatory.is_some_and(|every| i % every == 1) && inputs.sites.exclusion[i] == Exclusion::None {
            let month = (rng.next_u64() % 12) as u8;
            let rule = (rng.next_u64() % 3) as u8;
            inputs.mandatory.push(MandatoryVisit { site: i as u32, month, rule, by: month, overdue: false });
        }
    }
    if kind.carries < 1.0 {
        tighten(&policy, &mut inputs, kind.carries);
    } else {
        inputs.capacity.limits.iter_mut().flatten().flatten().for_each(|limit| *limit = None);
    }
    for (body, category, month, visits) in kind.locked {
        inputs.edits.quotas.push(QuotaEdit {
            body: inputs.bodies[*body].id.clone(),
            category: (*category).to_owned(),
            month: PlanMonth::new(2027, *month).unwrap(),
            visits: *visits,
            reason: "专项".into(),
        });
    }
    (policy, inputs)
}

/// `[body][category][month]`, flat.
pub(super) type Cells = Vec<f64>;

pub(super) fn at(policy: &Policy, body: usize, category: usize, month: usize) -> usize {
    (body * policy.categories.len() + category) * MONTHS + month
}

fn expected(policy: &Policy, plan: &AnnualPlan) -> Cells {
    let mut cells = vec![0.0; plan.matrix.len() * policy.categories.len() * MONTHS];
    for (b, row) in plan.matrix.iter().enumerate() {
        for (m, cell) in row.iter().enumerate() {
            for c in 0..policy.categories.len() {
                cells[at(policy, b, c, m)] = cell.drawn[c];
            }
        }
    }
    cells
}

/// Draws a month and enters it; the month's Σp and what was drawn go into the cells.
pub(super) fn draw_month(
    policy: &Policy,
    inputs: &mut PlanInputs,
    plan: &AnnualPlan,
    month: usize,
    rng: &mut ChaCha8Rng,
    (offered, drawn): (&mut Cells, &mut Cells),
) {
    inputs.history.next = month as u8;
    let state = SiteState::before(policy, inputs, &plan.shares, &plan.schedule, month);
    let targets = TargetContext::new(policy, inputs, &plan.shares, &plan.schedule).compute(&state, month);
    let rules = draw_rules();
    let strata = rules.strata(policy, inputs, &targets, rng);
    for stratum in &strata {
        let pi = (rules.inclusion)(&stratum.p, stratum.draw as usize);
        let mut selected = draw_pareto(&stratum.units, &pi, stratum.draw, rng);
        selected.extend(&stratum.certain);
        for site in selected {
            let i = site as usize;
            let kind = targets.reason[i].visit_kind();
            let (body, category) = (inputs.sites.body[i], inputs.sites.category[i]);
            if kind == VisitKind::Drawn {
                drawn[at(policy, body as usize, category as usize, month)] += 1.0;
            }
            let (enterprise, month) = (inputs.sites.enterprise[i], month as u8);
            inputs.history.visits.push(Visit { site: Some(site), enterprise, month, kind, done: true });
            inputs.history.listed.push(ListedVisit { site: Some(site), body, category, month, kind, done: true });
        }
    }
    for (i, p) in targets.p.iter().enumerate() {
        if !matches!(targets.reason[i], TargetReason::Mandatory(_)) {
            offered[at(policy, inputs.sites.body[i] as usize, inputs.sites.category[i] as usize, month)] += p;
        }
    }
    inputs.history.past_targets.push(PastTargets { month: month as u8, own_ppb: targets.own_ppb() });
    inputs.mandatory.retain(|v| v.month as usize > month);
    inputs.history.next = month as u8 + 1;
}

/// Mean and standard error of differences, over the years, of sums of cells.
pub(super) fn z(differences: &[Cells], take: impl Fn(usize) -> bool) -> Option<f64> {
    z_of(differences, take, 0.0)
}

/// As [`z`], the variance being `least` at least.
fn z_of(differences: &[Cells], take: impl Fn(usize) -> bool, least: f64) -> Option<f64> {
    let sums: Vec<f64> =
        differences.iter().map(|cells| cells.iter().enumerate().filter(|(i, _)| take(*i)).map(|c| c.1).sum()).collect();
    let n = sums.len() as f64;
    let mean = sums.iter().sum::<f64>() / n;
    let variance = sums.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (n - 1.0);
    if variance < 1e-12 {
        // nobody was drawn in any year: a rare chance, or none
        assert!(mean.abs() * n < 12.0, "a sum without chance is off by {mean}");
        return None;
    }
    Some(mean / (variance.max(least) / n).sqrt())
}

/// Variance of a cell's rounding, by what its months were offered: what is drawn is whole, so that the fraction of a
/// difference is the offer's. A year in which a number that is nearly whole is never rounded the other way has a smaller one
/// to see, and would score as if it were certain.
fn rounding_variance(ahead: &[Cells], cell: usize) -> f64 {
    let part = |cells: &Cells| cells[cell] - cells[cell].floor();
    ahead.iter().map(|cells| part(cells) * (1.0 - part(cells))).sum::<f64>() / ahead.len() as f64
}

struct Scores {
    cells: Vec<f64>,
    margins: Vec<f64>,
    year: Vec<f64>,
}

fn score(policy: &Policy, differences: &[Cells], ahead: &[Cells], expected: &Cells) -> Scores {
    let (bodies, categories) = (policy.bodies.len(), policy.categories.len());
    // cells that see less than 20 visits in all the years are too rare for a normal score: they count as one
    let rare = |i: usize| expected[i] * (YEARS as f64) < 20.0;
    let z = |take: &dyn Fn(usize) -> bool| z(differences, take);
    let of_cell = |cell: usize| z_of(differences, |i| i == cell, rounding_variance(ahead, cell));
    let cells = (0..expected.len()).filter(|i| !rare(*i)).filter_map(of_cell);
    let mut margins: Vec<f64> = (0..MONTHS).filter_map(|m| z(&|i| i % MONTHS == m)).collect();
    margins.extend((0..bodies).filter_map(|b| z(&|i| i / MONTHS / categories == b)));
    margins.extend((0..categories).filter_map(|c| z(&|i| i / MONTHS % categories == c)));
    Scores { cells: cells.chain(z(&rare)).collect(), margins, year: z(&|_| true).into_iter().collect() }
}

#[test]
fn the_forecast_is_the_mean_of_what_is_drawn() {
    let mut tell = String::new();
    let (mut cells, mut margins) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for (k, kind) in KINDS.iter().enumerate() {
        let (policy, inputs) = make(kind, 40 + k as u64);
        let plan = compute_annual_plan(&policy, &inputs).unwrap();
        let january = expected(&policy, &plan);
        let mut rng = ChaCha8Rng::seed_from_u64(7 + k as u64);
        let (mut ahead, mut of_january) = (Vec::new(), Vec::new());
        for year in 0..YEARS {
            let mut inputs = inputs.clone();
            let (mut offered, mut drawn) = (vec![0.0; january.len()], vec![0.0; january.len()]);
            for month in 0..MONTHS {
                if year == 0 {
                    // the plan made anew before a month says exactly what the month's frame offers
                    inputs.history.next = month as u8;
                    let (shares, frequencies) = (plan.shares.clone(), plan.frequencies.clone());
                    let now = compute_plan_with(&policy, &inputs, shares, frequencies, plan.schedule.clone());
                    let mut of_month = vec![0.0; january.len()];
                    let mut once = inputs.clone();
                    draw_month(&policy, &mut once, &plan, month, &mut rng, (&mut of_month, &mut drawn.clone()));
                    for (i, (now, frame)) in expected(&policy, &now).iter().zip(&of_month).enumerate() {
                        if i % MONTHS == month {
                            assert!((now - frame).abs() < 1e-6, "{}, month {month}: {now} {frame}", kind.name);
                        }
                    }
                }
                draw_month(&policy, &mut inputs, &plan, month, &mut rng, (&mut offered, &mut drawn));
            }
            ahead.push(drawn.iter().zip(&offered).map(|(d, o)| d - o).collect());
            of_january.push(drawn.iter().zip(&january).map(|(d, j)| d - j).collect());
        }
        for (i, differences) in [&ahead, &of_january].into_iter().enumerate() {
            let of = score(&policy, differences, &ahead, &january);
            let most = |all: &[f64]| all.iter().fold(0.0_f64, |most, z| most.max(z.abs()));
            tell += &format!(
                "{} {}: {} cells, most {:.2}; margins most {:.2}; year {:.2}\n",
                kind.name,
                ["a month ahead", "from January"][i],
                of.cells.len(),
                most(&of.cells),
                most(&of.margins),
                most(&of.year)
            );
            cells[i].extend(of.cells);
            margins[i].extend(of.margins.iter().chain(&of.year).copied());
        }
    }
    println!("{tell}");
    for i in 0..2 {
        let beyond = |all: &[f64], limit: f64| all.iter().filter(|z| z.abs() > limit).count();
        let n = cells[i].len() as f64;
        // fair ones beyond 3: 0.27 %; three standard deviations of that count more are allowed
        let allowed = 0.0027 * n + 3.0 * (0.0027 * n).sqrt();
        assert!(beyond(&cells[i], 3.0) as f64 <= allowed, "{} of {n} cells beyond 3\n{tell}", beyond(&cells[i], 3.0));
        assert_eq!(beyond(&cells[i], 4.8), 0, "{tell}");
        assert_eq!(beyond(&margins[i], 3.0), 0, "{tell}");
    }
}
