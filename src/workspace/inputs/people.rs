//! The inspectors: who is valid, lent and recused; the roster of a month.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use polars::prelude::DataFrame;

use super::population::body_index;
use crate::diagnostic::{AppResult, Finding};
use crate::domain::{InspectorId, PlanMonth, UnitId};
use crate::plan::PlanEdits;
use crate::plan::capacity::{RosterEntry, compute_team_days};
use crate::policy::Policy;
use crate::registry::Registry;
use crate::registry::schema::{inspectors, recusals, sources};
use crate::staffing::{Inspector, Roster};
use crate::workspace::store::project::Project;

/// A person of the roster with everything that the plan and the pairing ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Certificate.
    pub certificate: InspectorId,
    /// Name; internal.
    pub name: String,
    /// Index of the body in the policy.
    pub body: u16,
    /// Validity, days and leave.
    pub entry: RosterEntry,
    /// May lead.
    pub lead: bool,
    /// Skill ids, sorted.
    pub skills: Vec<String>,
}

/// Reads the roster's people.
///
/// # Errors
/// `FRM-001`.
pub fn compute_people(inspectors: &DataFrame, policy: &Policy, findings: &mut Vec<Finding>) -> AppResult<Vec<Person>> {
    let certificate = inspectors::CERTIFICATE.of(inspectors)?;
    let (name, body, skills, leave) = (
        inspectors::NAME.of(inspectors)?,
        inspectors::BODY.of(inspectors)?,
        inspectors::SKILLS.of(inspectors)?,
        inspectors::LEAVE.of(inspectors)?,
    );
    let (from, to) = (inspectors::VALID_FROM.of(inspectors)?, inspectors::VALID_TO.of(inspectors)?);
    let (lead, days) = (inspectors::LEAD.of(inspectors)?, inspectors::DAYS_PER_MONTH.of(inspectors)?);
    let places = policy.body_places();
    let mut people = Vec::with_capacity(inspectors.height());
    for row in 0..inspectors.height() {
        let text = certificate.get(row).unwrap_or_default();
        let Some(index) = places.of(body.get(row).unwrap_or_default()) else {
            findings.push(
                Finding::warning("ROS-070", "执法人员的所属单位不在规则的执法主体之列，未纳入名册")
                    .value(format!("{text} {}", body.get(row).unwrap_or_default())),
            );
            continue;
        };
        let Ok(certificate) = InspectorId::new(text) else {
            findings.push(Finding::warning("ROS-071", "执法证号写法不规范，未纳入名册").value(text));
            continue;
        };
        let mut skills: Vec<String> =
            skills.get(row).unwrap_or_default().split(';').filter(|s| !s.is_empty()).map(str::to_owned).collect();
        skills.sort();
        skills.dedup();
        let leave = leave
            .get(row)
            .unwrap_or_default()
            .split(';')
            .filter_map(|range| {
                let (a, b) = range.split_once('/')?;
                Some((a.parse::<NaiveDate>().ok()?, b.parse::<NaiveDate>().ok()?))
            })
            .collect();
        people.push(Person {
            certificate,
            name: name.get(row).unwrap_or_default().to_owned(),
            body: index,
            entry: RosterEntry {
                body: index,
                valid_from: from[row],
                valid_to: to[row],
                days_per_month: days[row],
                leave,
            },
            lead: lead[row].unwrap_or(false),
            skills,
        });
    }
    people.sort_by(|a, b| a.certificate.cmp(&b.certificate));
    people.dedup_by(|b, a| {
        let twice = a.certificate == b.certificate;
        if twice {
            findings.push(Finding::warning("ROS-072", "执法证号重复，只取第一行").value(a.certificate.as_str()));
        }
        twice
    });
    Ok(people)
}

impl Person {
    /// Working days of the month on which this person is there with a valid certificate, and field days of
    /// them (in proportion to what is available in an ordinary month).
    #[must_use]
    pub fn is_valid_in(&self, month: PlanMonth) -> bool {
        self.entry.valid_from.is_none_or(|from| from <= month.first_day())
            && self.entry.valid_to.is_none_or(|to| to >= month.last_day())
    }
}

/// The people with the planner's loans and trainings: who goes is not chosen by hand but follows from the
/// certificates' order, leads first where heads are lent, so that the same mend always means the same people.
/// People from outside stand in no roster yet: their loan changes nothing here until they are entered.
#[must_use]
pub fn lend_people(people: &[Person], edits: &PlanEdits, policy: &Policy) -> Vec<Person> {
    let mut people = people.to_vec();
    for loan in &edits.people {
        let Some(to) = body_index(policy, &loan.to) else { continue };
        let has = |person: &Person| loan.skill.as_ref().is_none_or(|skill| person.skills.contains(skill));
        let mut left = loan.inspectors;
        if loan.trained {
            let Some(skill) = &loan.skill else { continue };
            for person in people.iter_mut().filter(|p| p.body as usize == to) {
                if left > 0 && !person.skills.contains(skill) {
                    person.skills.push(skill.clone());
                    person.skills.sort();
                    left -= 1;
                }
            }
            continue;
        }
        let Some(from) = loan.from.as_ref().and_then(|from| body_index(policy, from)) else { continue };
        for leads in [true, false] {
            for person in people.iter_mut().filter(|p| p.body as usize == from) {
                if left > 0 && person.lead == leads && has(person) {
                    person.body = to as u16;
                    left -= 1;
                }
            }
        }
    }
    people
}

/// The roster of a month for the pairing: people whose certificate holds all month, each with the checks that
/// their field days allow at their body's mean `team_days_per_check`, at most the policy's number.
///
/// # Errors
/// `ROS-…` where two people share a certificate.
pub fn compute_month_roster(
    project: &Project,
    people: &[Person],
    recusals: &BTreeMap<InspectorId, Vec<UnitId>>,
    month: PlanMonth,
    team_days_per_check: &[f64],
) -> AppResult<Roster> {
    let policy = &project.policy;
    let Some(m) = month.index_in(project.file.year) else { return Roster::new(Vec::new()) };
    let people = lend_people(people, &project.file.edits, policy);
    let mut inspectors = Vec::new();
    for person in people.iter().filter(|p| p.is_valid_in(month)) {
        let alone = RosterEntry { body: 0, ..person.entry.clone() };
        let team = f64::from(policy.capacity.inspectors_per_check.max(2));
        let days = compute_team_days(&[alone], 1, month.year(), &project.calendar, policy)[0][m] * team;
        // at the body's own mix of checks; where the plan has none, the dearest kind decides
        let dearest = policy.categories.iter().map(|c| c.cost.team_days.to_f64()).fold(0.0, f64::max);
        let cost = team_days_per_check.get(person.body as usize).copied().filter(|c| *c > 0.0).unwrap_or(dearest);
        let checks = if cost > 0.0 { (days / cost).floor() } else { days.floor() };
        let checks_max = (checks as u32).min(policy.capacity.checks_max_per_month);
        if checks_max == 0 {
            continue;
        }
        let Some(body) = policy.bodies.get(person.body as usize) else { continue };
        inspectors.push(Inspector {
            certificate: person.certificate.clone(),
            body: body.id.clone(),
            lead: person.lead,
            skills: person.skills.iter().cloned().collect(),
            checks_max,
            recusals: recusals.get(&person.certificate).into_iter().flatten().cloned().collect(),
        });
    }
    Roster::new(inspectors)
}

/// Recusals by certificate; a recusal of an enterprise stands for all its sites.
///
/// # Errors
/// `FRM-001`.
pub fn compute_recusals(registry: &Registry) -> AppResult<BTreeMap<InspectorId, Vec<UnitId>>> {
    let frame = &registry.recusals;
    let (certificate, unit, uscc) =
        (recusals::CERTIFICATE.of(frame)?, recusals::UNIT_ID.of(frame)?, recusals::USCC.of(frame)?);
    let mut of_enterprise: HashMap<&str, Vec<&str>> = HashMap::new();
    let (ids, enterprises) = (sources::UNIT_ID.of(&registry.sources)?, sources::ENTERPRISE.of(&registry.sources)?);
    let mut wanted: std::collections::HashSet<&str> = std::collections::HashSet::new();
    for row in 0..frame.height() {
        if unit.get(row).is_none()
            && let Some(code) = uscc.get(row)
        {
            wanted.insert(code);
        }
    }
    if !wanted.is_empty() {
        for (id, enterprise) in ids.iter().zip(enterprises.iter()) {
            if let (Some(id), Some(enterprise)) = (id, enterprise)
                && wanted.contains(enterprise)
            {
                of_enterprise.entry(enterprise).or_default().push(id);
            }
        }
    }
    let mut recusals: BTreeMap<InspectorId, Vec<UnitId>> = BTreeMap::new();
    for row in 0..frame.height() {
        let Some(certificate) = certificate.get(row).and_then(|c| InspectorId::new(c).ok()) else { continue };
        let list = recusals.entry(certificate).or_default();
        match (unit.get(row), uscc.get(row)) {
            (Some(unit), _) => list.extend(UnitId::new(unit).ok()),
            (None, Some(code)) => {
                list.extend(of_enterprise.get(code).into_iter().flatten().filter_map(|id| UnitId::new(*id).ok()));
            }
            (None, None) => {}
        }
    }
    Ok(recusals)
}
