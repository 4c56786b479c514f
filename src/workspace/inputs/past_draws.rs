//! What a project drew so far, as the plan of the months to come takes it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::analysis::load_targets;
use super::due::listed_on;
use super::grounds::note_entered;
use super::population::Population;
use crate::diagnostic::AppResult;
use crate::disclosure::{CheckResult, MandatoryChecks};
use crate::domain::PlanMonth;
use crate::plan::capacity::window_passed;
use crate::plan::quotas::merged_categories;
use crate::plan::{Exclusion, ListedVisit, PlanInputs, Visit, VisitKind};
use crate::policy::{BodyPlaces, Policy};
use crate::registry::schema::sources;
use crate::registry::{Registry, row_of_unit};
use crate::workspace::store::changes::DrawChange;
use crate::workspace::store::draws::{CurrentTarget, StoredDraw, TargetOrigin};
use crate::workspace::store::project::Project;

/// Enters the project's own draws into the history: visits, the targets that each month offered, and the units
/// found closed or moved (substituted, or with such a result), which are out until they are seen alive; one found
/// stopped (停产) is out as long as a visit's window, then drawn again so that somebody looks. Returns
/// the last opened draw up to the month (its schedule is where planning goes on) and the mandatory checks listed.
pub(super) fn add_draws(
    (project, registry): (&Project, &Registry),
    population: &mut Population,
    results: &[CheckResult],
    (before, draws): (PlanMonth, &[Arc<StoredDraw>]),
) -> AppResult<(Option<Arc<StoredDraw>>, MandatoryChecks)> {
    let mut listed = MandatoryChecks::default();
    let done: HashSet<(&str, PlanMonth)> = results.iter().map(|r| (r.unit_id.as_str(), r.month)).collect();
    // how a site was found last: in the draw, or out of it and why
    let mut seen: BTreeMap<u32, (NaiveDate, Exclusion)> = BTreeMap::new();
    let mut see = |site: Option<u32>, day: Option<NaiveDate>, found: Exclusion| {
        if let (Some(site), Some(day)) = (site, day) {
            let last = seen.entry(site).or_insert((day, found));
            *last = (*last).max((day, found));
        }
    };
    for result in results {
        let found = if result.outcome.is_dead() { Exclusion::Closed } else { Exclusion::None };
        see(population.index.row(result.unit_id.as_str()), Some(result.inspected_on), found);
    }
    let mut earlier = None;
    let bodies = project.policy.body_places();
    let merged = merged_categories(&project.policy, &population.inputs);
    // months after it too: their visits count towards the cap
    for draw in draws {
        let Some(order) = draw.order() else { continue };
        let Some(month) = draw.period.month() else { continue };
        let Some(m) = month.index_in(project.file.year) else { continue };
        for change in &draw.changes {
            if let DrawChange::Substitute { unit, case, at, .. } = change {
                let day = at.get(..10).and_then(|day| day.parse().ok());
                see(population.index.row(unit.as_str()), day, Exclusion::of_case(*case));
            }
        }
        for target in draw.targets(&order) {
            let inputs = &mut population.inputs;
            if target.replaced_by.is_some() {
                continue;
            }
            let reason = draw
                .frame
                .position(target.unit_id.as_str())
                .and_then(|row| draw.frame.row(row))
                .map_or("", |row| row.reason)
                .to_owned();
            let rule = project.policy.mandatory.iter().position(|rule| rule.reason == reason);
            let kind = match (&target.origin, rule) {
                (TargetOrigin::Triggered, _) => VisitKind::Triggered,
                (_, Some(rule)) => VisitKind::Mandatory(rule as u8),
                _ => VisitKind::Drawn,
            };
            let site = population.index.row(target.unit_id.as_str());
            let done = done.contains(&(target.unit_id.as_str(), month));
            if let Some((body, category)) = place_of((&project.policy, &bodies, &merged), inputs, draw, &target, site) {
                inputs.history.listed.push(ListedVisit { site, body, category, month: m as u8, kind, done });
            }
            let Some(site) = site else {
                // the unit left the register; its firm was visited all the same, and its other sites share the cap
                if let Some(enterprise) = enterprise_of_former(registry, population, target.unit_id.as_str())? {
                    let visit = Visit { site: None, enterprise, month: m as u8, kind, done };
                    population.inputs.history.visits.push(visit);
                }
                continue;
            };
            if matches!(kind, VisitKind::Mandatory(_)) {
                let day = listed_on(draw, month, &target);
                listed.add(target.unit_id.clone(), month, draw.sequence as u32, day);
            }
            inputs.history.visits.push(Visit {
                site: Some(site),
                enterprise: inputs.sites.enterprise[site as usize],
                month: m as u8,
                kind,
                done,
            });
        }
        let path = draw.folder.join("targets.csv");
        if month < before && path.exists() {
            let targets = load_targets(&path, m as u8, population)?;
            population.inputs.history.past_targets.push(targets);
        }
        if month <= before {
            earlier = Some(Arc::clone(draw));
        }
    }
    let sites = Arc::make_mut(&mut population.inputs.sites);
    for (site, (day, found)) in seen {
        // who stood still is looked at again when the window of a visit has passed; nobody is forgotten
        let back = found == Exclusion::Stopped && window_passed(&project.policy, day, before);
        if found != Exclusion::None
            && !back
            && let Some(exclusion) = sites.exclusion.get_mut(site as usize)
            && (found != Exclusion::Stopped || !exclusion.is_dead())
        {
            note_entered(&mut population.entered, site, *exclusion, found);
            *exclusion = found;
        }
    }
    Ok((earlier, listed))
}

/// The firm, among those of the register, of a unit that left it.
fn enterprise_of_former(registry: &Registry, population: &Population, unit: &str) -> AppResult<Option<u32>> {
    let Some(row) = row_of_unit(&registry.former, unit) else { return Ok(None) };
    let enterprise = sources::ENTERPRISE.of(&registry.former)?.get(row as usize);
    Ok(enterprise.and_then(|id| population.index.enterprise(id)))
}

/// Body and category under which a target stands on its list: its site's own, unless its draw had it elsewhere
/// (the register has changed since). `None` where the policy knows neither any more.
fn place_of(
    (policy, bodies, merged): (&Policy, &BodyPlaces<'_>, &[u8]),
    inputs: &PlanInputs,
    draw: &StoredDraw,
    target: &CurrentTarget,
    site: Option<u32>,
) -> Option<(u16, u8)> {
    let own = site.map(|site| (inputs.sites.body[site as usize], inputs.sites.category[site as usize]));
    if target.stratum.is_empty() {
        let added = draw.changes.iter().find_map(|change| match change {
            DrawChange::Add { need, .. } if need.unit_id == target.unit_id => bodies.of(need.body.as_str()),
            _ => None,
        });
        return Some((added.or(own.map(|own| own.0))?, own.map_or(0, |own| own.1)));
    }
    let (body, category) = target.stratum.split_once('/')?;
    let body = bodies.of(body)?;
    let category = policy.categories.iter().position(|c| c.id == category)?;
    let stands = |(b, c): &(u16, u8)| {
        *b == body
            && merged.get(usize::from(body) * policy.categories.len() + usize::from(*c)) == Some(&(category as u8))
    };
    Some(own.filter(stands).unwrap_or((body, category as u8)))
}
