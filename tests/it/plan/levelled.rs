//! The year's total is a martingale with everything that the workspace does from month to month: mandatory checks dated
//! anew and levelled, frequencies computed anew, the rest of the year planned afresh where they changed. Nothing but
//! the draw happens in 200 years; so the total moves by chance alone, and each month comes to what was said of it.

use fairdraw::domain::PlanMonth;
use fairdraw::plan::annual::compute_plan_with;
use fairdraw::plan::capacity::window_months;
use fairdraw::plan::frequency::compute_frequencies;
use fairdraw::plan::mandatory::{MandatoryFacts, compute_mandatory};
use fairdraw::plan::model::MONTHS;
use fairdraw::plan::replan::replan;
use fairdraw::plan::schedule::Schedule;
use fairdraw::plan::shares::compute_shares;
use fairdraw::plan::{AnnualPlan, PlanInputs, SiteState, VisitKind};
use fairdraw::policy::Policy;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::forecast::{Cells, Kind, PLAIN, YEARS, at, draw_month, make, z};
use super::levelling::causes;

/// A year as the workspace walks it.
struct Walk<'a> {
    policy: &'a Policy,
    inputs: PlanInputs,
    facts: MandatoryFacts,
    schedule: Option<(Schedule, Vec<f64>)>,
}

impl Walk<'_> {
    /// The plan before a month.
    fn plan(&mut self, month: usize) -> AnnualPlan {
        let Self { policy, inputs, facts, schedule } = self;
        inputs.history.next = month as u8;
        let dates = compute_mandatory(policy, inputs, facts, window_months(policy), month);
        (inputs.mandatory, inputs.waivable) = (dates.visits, dates.waivable);
        let shares = compute_shares(policy, inputs);
        let mut frequencies = compute_frequencies(policy, inputs, &shares);
        let slots = match schedule.take() {
            None => Schedule::of_year(policy, inputs, &frequencies.lambda),
            Some((slots, _)) if month >= MONTHS => slots,
            Some((mut slots, before)) => {
                let state = SiteState::before(policy, inputs, &shares, &slots, month);
                replan(policy, inputs, &shares, &mut slots, &state, (&before, &mut frequencies), month);
                slots
            }
        };
        *schedule = Some((slots.clone(), frequencies.lambda.clone()));
        compute_plan_with(policy, inputs, shares, frequencies, slots)
    }

    /// Draws a month and enters what was listed, still owed.
    fn draw(&mut self, plan: &AnnualPlan, month: usize, rng: &mut ChaCha8Rng) {
        let before = self.inputs.history.visits.len();
        let cells = plan.matrix.len() * self.policy.categories.len() * MONTHS;
        let (mut offered, mut drawn) = (vec![0.0; cells], vec![0.0; cells]);
        // as the sealing keeps it
        let said = self.inputs.mandatory.iter().map(|v| (v.site, v.month)).collect();
        draw_month(self.policy, &mut self.inputs, plan, month, rng, (&mut offered, &mut drawn));
        let of = PlanMonth::nth_of(self.inputs.year, month);
        self.facts.said = said;
        for visit in &mut self.inputs.history.visits[before..] {
            visit.done = false;
            self.facts.enter_listed(visit.site.unwrap() as usize, of, visit.kind);
        }
    }
}

/// Drawn and mandatory checks, flat as [`Cells`].
fn expected(policy: &Policy, plan: &AnnualPlan) -> Cells {
    let mut cells = vec![0.0; plan.matrix.len() * policy.categories.len() * MONTHS];
    for (b, row) in plan.matrix.iter().enumerate() {
        for (m, cell) in row.iter().enumerate() {
            for c in 0..policy.categories.len() {
                cells[at(policy, b, c, m)] = cell.drawn[c] + f64::from(cell.mandatory[c]);
            }
        }
    }
    cells
}

fn walk_the_years(kind: &Kind, seed: u64) {
    let (policy, inputs) = make(kind, seed);
    let mut facts = causes(&inputs, seed);
    facts.listed = vec![None; inputs.sites.len()];
    let start = Walk { policy: &policy, inputs, facts, schedule: None };
    let mut rng = ChaCha8Rng::seed_from_u64(seed + 9);
    let mut first: Option<Cells> = None;
    let (mut moved, mut of_january) = (vec![Vec::new(); MONTHS], Vec::new());
    for _ in 0..YEARS {
        let Walk { policy, inputs, facts, .. } = &start;
        let mut walk = Walk { policy, inputs: inputs.clone(), facts: facts.clone(), schedule: None };
        let mut plan = walk.plan(0);
        let january = first.get_or_insert_with(|| expected(policy, &plan)).clone();
        for month in 0..MONTHS {
            let before = plan.expected_visits();
            walk.draw(&plan, month, &mut rng);
            plan = walk.plan(month + 1);
            moved[month].push(vec![plan.expected_visits() - before]);
        }
        let done = expected(policy, &plan);
        of_january.push(done.iter().zip(&january).map(|(a, b)| a - b).collect::<Cells>());
        let mandatory = |v: &&fairdraw::plan::ListedVisit| matches!(v.kind, VisitKind::Mandatory(_));
        assert!(walk.inputs.history.listed.iter().filter(mandatory).count() > 20, "mandatory work is part of it");
    }
    let (bodies, categories) = (policy.bodies.len(), policy.categories.len());
    let mut scores: Vec<(String, f64)> = Vec::new();
    let mut score = |name: String, differences: &[Cells], take: &dyn Fn(usize) -> bool| {
        scores.extend(z(differences, take).map(|z| (name, z)));
    };
    for (month, moved) in moved.iter().enumerate() {
        score(format!("the total after month {}", month + 1), moved, &|_| true);
    }
    for m in 0..MONTHS {
        score(format!("month {}", m + 1), &of_january, &|i| i % MONTHS == m);
    }
    for b in 0..bodies {
        score(format!("body {b}"), &of_january, &|i| i / MONTHS / categories == b);
    }
    for c in 0..categories {
        score(format!("category {c}"), &of_january, &|i| i / MONTHS % categories == c);
    }
    score("the year".into(), &of_january, &|_| true);
    let told: Vec<String> = scores.iter().map(|(name, z)| format!("{name} {z:.2}")).collect();
    println!("{}: {}", kind.name, told.join(", "));
    for (name, z) in &scores {
        assert!(z.abs() <= 3.0, "{}: {name} is off by {z:.2} standard errors\n{told:?}", kind.name);
    }
}

#[test]
fn the_total_moves_by_chance_alone() {
    walk_the_years(&Kind { name: "levelled", cap: 3, ..PLAIN }, 71);
}

#[test]
fn the_total_moves_by_chance_alone_where_enterprises_are_crowded() {
    walk_the_years(&Kind { name: "levelled and crowded", cap: 2, crowd: 4, blackout: Some(2), ..PLAIN }, 72);
}

#[test]
fn the_total_moves_by_chance_alone_where_capacity_is_short() {
    walk_the_years(&Kind { name: "levelled and tight", cap: 3, window_days: 30, carries: 0.6, ..PLAIN }, 73);
}
