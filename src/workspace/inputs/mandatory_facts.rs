//! What brings mandatory checks about, by site: events of the register, open problems, what was made or stands on a
//! list.

use chrono::NaiveDate;
use rustc_hash::FxHashMap;

use crate::diagnostic::AppResult;
use crate::disclosure::{CheckResult, MandatoryChecks, compute_rechecks};
use crate::domain::{Category, PermitEvent, PlanMonth};
use crate::plan::mandatory::MandatoryFacts;
use crate::policy::Policy;
use crate::registry::Registry;
use crate::registry::schema::{past_checks, sources};
use crate::workspace::inputs::population::{Population, is_own_department};
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::plan_record::{CheckAhead, load_plan_of};
use crate::workspace::store::project::Project;

/// A day of each site, where there is one.
type SiteDays = Vec<Option<NaiveDate>>;

/// The last check done at each site and its open problem, as the imported history tells them. It doesn't say which
/// visit looked at which problem: any later one of ours settles ours, another department's only what was none of ours.
fn compute_imported(policy: &Policy, registry: &Registry, population: &Population) -> AppResult<(SiteDays, SiteDays)> {
    let n = registry.sources.height();
    let checks = &registry.past_checks;
    let (unit, department) = (past_checks::UNIT_ID.of(checks)?, past_checks::DEPARTMENT.of(checks)?);
    let (pending, done) = (past_checks::PENDING.of(checks)?, past_checks::DONE.of(checks)?);
    let (mut last_done, mut last_own): (SiteDays, SiteDays) = (vec![None; n], vec![None; n]);
    let (mut ours, mut others): (SiteDays, SiteDays) = (vec![None; n], vec![None; n]);
    let mut known: FxHashMap<&str, bool> = FxHashMap::default();
    let sites = population.index.rows(unit);
    for (row, date) in past_checks::DATE.of(checks)?.into_iter().enumerate() {
        let (Some(site), Some(date)) = (sites[row], date) else { continue };
        let site = site as usize;
        // a check that was planned and not done settles nothing
        if done.get(row) == Some(&Some(false)) {
            continue;
        }
        let named = department.get(row).unwrap_or_default();
        let own = *known.entry(named).or_insert_with(|| is_own_department(policy, named));
        last_done[site] = last_done[site].max(Some(date));
        if own {
            last_own[site] = last_own[site].max(Some(date));
        }
        if pending.get(row) == Some(&Some(true)) {
            let problem = if own { &mut ours[site] } else { &mut others[site] };
            *problem = (*problem).max(Some(date));
        }
    }
    let open = |problem: Option<NaiveDate>, last: Option<NaiveDate>| problem.filter(|day| last <= Some(*day));
    let open_problem = (0..n).map(|i| open(ours[i], last_own[i]).max(open(others[i], last_done[i]))).collect();
    Ok((last_done, open_problem))
}

/// What brings mandatory checks about: events of the register, problems of the imported checks and of our results,
/// less what was made or stands on a list.
pub(super) fn mandatory_facts(
    project: &Project,
    registry: &Registry,
    population: &Population,
    results: &[CheckResult],
    (listed, earlier): (&MandatoryChecks, Option<&StoredDraw>),
) -> AppResult<MandatoryFacts> {
    let sources = &registry.sources;
    let management: Vec<Category> = sources::MANAGEMENT
        .of(sources)?
        .iter()
        .map(|text| text.and_then(Category::from_id).unwrap_or(Category::Registration))
        .collect();
    let when = sources::PERMIT_EVENT_DATE.of(sources)?;
    let permit_event: Vec<Option<(PermitEvent, NaiveDate)>> = sources::PERMIT_EVENT
        .of(sources)?
        .iter()
        .zip(&when)
        .map(|(event, date)| Some((event.and_then(PermitEvent::from_id)?, (*date)?)))
        .collect();
    let (expires, rectify_by) = (sources::EXPIRES.of(sources)?, sources::RECTIFY_BY.of(sources)?);
    let (mut last_done, mut open_problem) = compute_imported(&project.policy, registry, population)?;
    for result in results {
        let Some(site) = population.index.row(result.unit_id.as_str()) else { continue };
        let site = site as usize;
        last_done[site] = last_done[site].max(Some(result.inspected_on));
        // a problem of the imported history ends with a re-check too
        if listed.ends(result, open_problem[site]) {
            open_problem[site] = None;
        }
    }
    let mut mend_by: SiteDays = vec![None; open_problem.len()];
    for problem in compute_rechecks(results, listed, NaiveDate::MAX) {
        let Some(site) = population.index.row(problem.unit_id.as_str()) else { continue };
        let site = site as usize;
        open_problem[site] = open_problem[site].max(Some(problem.found_on));
        mend_by[site] = mend_by[site].max(problem.rectify_by);
    }
    let mut facts = MandatoryFacts {
        management,
        permit_event,
        expires: expires.into_iter().collect(),
        rectify_by: rectify_by.into_iter().collect(),
        listed: vec![None; open_problem.len()],
        said: Vec::new(),
        moved: Vec::new(),
        open_problem,
        last_done,
    };
    for visit in population.inputs.history.visits.iter().filter(|v| !v.done) {
        let Some(site) = visit.site.map(|site| site as usize) else { continue };
        facts.enter_listed(site, PlanMonth::nth_of(project.file.year, visit.month as usize), visit.kind);
    }
    // a re-check before the day set for mending would come too early
    for (day, by) in facts.open_problem.iter_mut().zip(mend_by).filter(|(day, _)| day.is_some()) {
        *day = (*day).max(by);
    }
    if let Some(draw) = earlier
        && let Some((_, basis)) = load_plan_of(draw)?
    {
        let next = population.inputs.history.next;
        // what the planner moved out of a month that is past by now stays where it was moved
        let month_of = |check: &CheckAhead| check.dated.filter(|dated| *dated >= next).unwrap_or(check.month);
        let said = |check: &CheckAhead| Some((population.index.row(check.unit.as_str())?, month_of(check)));
        facts.said = basis.ahead.iter().filter_map(said).collect();
        facts.said.sort_unstable();
        let is_moved = |check: &&CheckAhead| check.dated.is_some_and(|dated| dated < next);
        facts.moved = basis.ahead.iter().filter(is_moved).filter_map(said).collect();
        facts.moved.sort_unstable();
    }
    Ok(facts)
}
