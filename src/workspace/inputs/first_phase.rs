//! The year's first-phase sample: whom the draws picked, what was found there, and how likely the year's draws were to
//! pick it at all.
//!
//! A unit counts once a year, by the first of its drawn checks that has a result (a later one looks at a unit that the
//! first has changed). Substitutes and triggered checks never take part: nobody drew them. A drawn unit that a reserve
//! replaced was found dead or stopped, and says so. The probability is that of the plan ([`chance_of_a_visit`]): over
//! the rounding of the quotas as well as over the draw, so that a stratum whose number was rounded to nothing in a month
//! counts as what it was, a stratum with a chance.

use std::collections::BTreeMap;

use crate::diagnostic::AppResult;
use crate::disclosure::{CheckResult, Outcome};
use crate::domain::{InspectorId, PlanMonth, SubstituteCase, UnitId};
use crate::plan::Exclusion;
use crate::plan::model::ByMonth;
use crate::plan::state::SlotOwners;
use crate::plan::visited::{FirstVisit, chance_of_a_visit};
use crate::policy::{MandatoryTrigger, Policy};
use crate::sampling::REASON_CERTAIN;
use crate::workspace::inputs::analysis::{Analysis, load_targets};
use crate::workspace::inputs::schedule::load_schedule;
use crate::workspace::store::changes::DrawChange;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::project::Project;
use crate::workspace::store::register::load_opened_draws;

/// What a drawn check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// No problem.
    Clear,
    /// A problem.
    Problem,
    /// It stood still: neither.
    Stopped,
    /// Moved, closed or merged: the record is dead.
    Dead,
    /// No result yet.
    Missing,
}

impl Found {
    fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Stopped => Self::Stopped,
            outcome if outcome.is_dead() => Self::Dead,
            outcome if outcome.is_problem() => Self::Problem,
            _ => Self::Clear,
        }
    }
}

/// A check that a draw brought about.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnCheck {
    /// The unit.
    pub unit_id: UnitId,
    /// Its row in the register; `None` where it left it.
    pub row: Option<u32>,
    /// Month of the draw.
    pub month: PlanMonth,
    /// Stratum of the draw, `body/category`.
    pub stratum: String,
    /// What was found.
    pub found: Found,
    /// Who made the check.
    pub inspectors: Vec<InspectorId>,
    /// Inclusion probability of the month, 0 to 1.
    pi: f64,
    /// The draw's place among the year's.
    draw: usize,
}

/// A unit of the year's sample.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleUnit {
    /// Place of the check that counts among [`FirstPhase::checks`].
    pub check: usize,
    /// Probability that the year's draws so far pick it, above 0, at most 1.
    pub chance: f64,
}

/// The year's first-phase sample, and what was open to the draws.
#[derive(Debug, Clone, Default)]
pub struct FirstPhase {
    /// Months with an opened draw, ascending.
    pub months: Vec<PlanMonth>,
    /// Every drawn check, in the order of the draws.
    pub checks: Vec<DrawnCheck>,
    /// Each unit once.
    pub units: Vec<SampleUnit>,
    /// For each source of the register: true where some month's draw could pick it.
    pub covered: Vec<bool>,
    /// For each source, why the last draw left it out; empty where it did not.
    pub reasons: Vec<String>,
    /// For each source, the yearly frequency that the first draw was planned from; 0 where it kept none.
    pub frequency: Vec<f64>,
}

impl FirstPhase {
    /// The check that counts for a unit of the sample.
    #[must_use]
    pub fn check(&self, unit: &SampleUnit) -> &DrawnCheck {
        &self.checks[unit.check]
    }
}

/// What the months offered a site.
#[derive(Debug, Clone, Copy, Default)]
struct Offered {
    /// By month.
    chance: ByMonth<f64>,
    /// Months in which it is certain for what its permit says, as bits.
    certain: u16,
}

/// Gathers the year's first-phase sample from the draws that were opened.
///
/// # Errors
/// `DRW-…`, `WSP-006`, `IMP-083`, `IO-…` where what a draw keeps can't be read.
pub fn load_first_phase(project: &Project, analysis: &Analysis) -> AppResult<FirstPhase> {
    let sites = analysis.population.inputs.sites.len();
    let mut phase = FirstPhase {
        covered: vec![false; sites],
        reasons: vec![String::new(); sites],
        frequency: vec![0.0; sites],
        ..FirstPhase::default()
    };
    let draws = load_opened_draws(project, |_| true)?;
    let results: BTreeMap<(&str, PlanMonth, u32), &CheckResult> =
        analysis.results.iter().map(|r| ((r.unit_id.as_str(), r.month, r.sequence), r)).collect();
    for (at, draw) in draws.iter().enumerate() {
        add_checks(&mut phase, analysis, draw, (at, &results));
    }
    let Some(until) = phase.months.last().and_then(|month| month.index_in(project.file.year)) else {
        return Ok(phase);
    };
    let chosen = checks_that_count(&phase.checks);
    let mut offered: BTreeMap<u32, Offered> =
        chosen.iter().filter_map(|at| Some((phase.checks[*at].row?, Offered::default()))).collect();
    for draw in &draws {
        add_offers(&mut phase, (project, analysis), draw, &mut offered)?;
    }
    let chances = compute_chances((project, analysis), &draws, &mut phase, (&chosen, &offered), until)?;
    phase.units = chosen.into_iter().zip(chances).map(|(check, chance)| SampleUnit { check, chance }).collect();
    Ok(phase)
}

/// Enters the checks that a draw brought about.
fn add_checks(
    phase: &mut FirstPhase,
    analysis: &Analysis,
    draw: &StoredDraw,
    (at, results): (usize, &BTreeMap<(&str, PlanMonth, u32), &CheckResult>),
) {
    let (Some(order), Some(month)) = (draw.order(), draw.period.month()) else { return };
    if !phase.months.contains(&month) {
        phase.months.push(month);
    }
    let replaced: BTreeMap<&UnitId, SubstituteCase> = draw
        .changes
        .iter()
        .filter_map(|change| match change {
            DrawChange::Substitute { unit, case, .. } => Some((unit, *case)),
            _ => None,
        })
        .collect();
    for (stratum, units) in draw.selected(&order) {
        for unit_id in units {
            let Some(row) = draw.frame.position(unit_id.as_str()).and_then(|i| draw.frame.row(i)) else { continue };
            let result = results.get(&(unit_id.as_str(), month, draw.sequence as u32));
            let found = match (result, replaced.get(&unit_id)) {
                (Some(result), _) => Found::of(result.outcome),
                (None, Some(SubstituteCase::Stopped)) => Found::Stopped,
                (None, Some(_)) => Found::Dead,
                (None, None) => Found::Missing,
            };
            phase.checks.push(DrawnCheck {
                row: analysis.population.index.row(unit_id.as_str()),
                month,
                stratum: stratum.clone(),
                found,
                inspectors: result.map_or_else(Vec::new, |result| result.inspectors.clone()),
                pi: f64::from(row.pi_ppb) / 1e9,
                draw: at,
                unit_id,
            });
        }
    }
}

/// Of each unit the first check with a result, else its first; ascending.
fn checks_that_count(checks: &[DrawnCheck]) -> Vec<usize> {
    let mut of: BTreeMap<&UnitId, usize> = BTreeMap::new();
    for (at, check) in checks.iter().enumerate() {
        let kept = of.entry(&check.unit_id).or_insert(at);
        if checks[*kept].found == Found::Missing && check.found != Found::Missing {
            *kept = at;
        }
    }
    let mut all: Vec<usize> = of.into_values().collect();
    all.sort_unstable();
    all
}

/// Enters what a draw offered.
fn add_offers(
    phase: &mut FirstPhase,
    (project, analysis): (&Project, &Analysis),
    draw: &StoredDraw,
    offered: &mut BTreeMap<u32, Offered>,
) -> AppResult<()> {
    let Some(m) = draw.period.month().and_then(|month| month.index_in(project.file.year)) else { return Ok(()) };
    let path = draw.folder.join("targets.csv");
    let targets = if path.exists() { Some(load_targets(&path, m as u8, &analysis.population)?) } else { None };
    for i in 0..draw.frame.len() {
        let Some(row) = draw.frame.row(i) else { continue };
        let Some(site) = analysis.population.index.row(row.unit_id) else { continue };
        let pi = f64::from(row.pi_ppb) / 1e9;
        let target = targets.as_ref().map_or(pi, |targets| f64::from(targets.own_ppb[site as usize]) / 1e9);
        let chance = if pi >= 1.0 {
            1.0
        } else if target > 0.0 {
            target
        } else {
            pi
        };
        let at = site as usize;
        if chance > 0.0 {
            phase.covered[at] = true;
        }
        phase.reasons[at].clear();
        if chance <= 0.0 {
            phase.reasons[at].push_str(row.reason);
        }
        if let Some(offered) = offered.get_mut(&site) {
            offered.chance[m] = 1.0 - (1.0 - offered.chance[m]) * (1.0 - chance);
            if pi >= 1.0 && comes_by_itself(&project.policy, row.reason) {
                offered.certain |= 1 << m;
            }
        }
    }
    Ok(())
}

/// True where a mandatory check comes whatever was found before: by the permit's own dates.
fn comes_by_itself(policy: &Policy, reason: &str) -> bool {
    reason != REASON_CERTAIN
        && policy.mandatory.iter().any(|rule| {
            rule.reason == reason
                && !matches!(rule.trigger, MandatoryTrigger::Recheck | MandatoryTrigger::RectificationDue)
        })
}

/// The chances of the checks chosen, and the frequencies of the year's first draw.
fn compute_chances(
    (project, analysis): (&Project, &Analysis),
    draws: &[StoredDraw],
    phase: &mut FirstPhase,
    (chosen, offered): (&[usize], &BTreeMap<u32, Offered>),
    until: usize,
) -> AppResult<Vec<f64>> {
    let shares = &analysis.plan.shares;
    let mut chances = vec![0.0; chosen.len()];
    for (at, draw) in draws.iter().enumerate() {
        let Some(month) = draw.period.month().and_then(|month| month.index_in(project.file.year)) else { continue };
        let stored = load_schedule(draw, &project.policy, &analysis.population)?;
        if at == 0
            && let Some((_, lambda)) = &stored
        {
            phase.frequency.clone_from(lambda);
        }
        let owners = stored.as_ref().map(|(schedule, _)| SlotOwners::new(shares, schedule));
        for (chance, check) in chances.iter_mut().zip(chosen.iter().map(|i| &phase.checks[*i])) {
            if check.draw != at {
                continue;
            }
            // who left the register, or whose draw kept no slots: as if each month had offered what this one did
            let alike = 1.0 - (0..=until).fold(1.0, |away, _| away * (1.0 - check.pi));
            let known = check.row.and_then(|row| Some((row as usize, offered.get(&row)?)));
            *chance = match (known, &owners, &stored) {
                (Some((site, offered)), Some(owners), Some((schedule, _))) => {
                    let visit = FirstVisit {
                        share: &shares.of(site).share,
                        cut: &owners.own_cut(site),
                        rate: schedule.rate[site],
                        offered: &offered.chance,
                        month,
                        certain: offered.certain,
                    };
                    chance_of_a_visit(&visit, until)
                }
                _ => alike,
            };
            if *chance <= 0.0 {
                *chance = check.pi;
            }
        }
    }
    Ok(chances)
}

/// True where the register itself, or a check, says that nothing is left to inspect at a site.
#[must_use]
pub fn is_known_dead(analysis: &Analysis, row: usize) -> bool {
    analysis.population.inputs.sites.exclusion.get(row).is_some_and(|exclusion: &Exclusion| exclusion.is_dead())
}
