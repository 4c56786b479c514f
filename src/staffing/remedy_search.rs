//! The search for remedies.
//!
//! Duty: at most one remedy of each sort for a body in need, tried before it is listed.
//!
//! Raising `checks_max` is exactly cheapest (a unit of capacity closes at most a unit of the cut). Loans,
//! grants and new posts are chosen one by one by how many person-checks each saves, then thinned out until
//! none can be spared. Checks to be moved are those left over when checks are taken in one after another,
//! so none of them could stay.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::flow::{Choice, Flow};
use super::network::{Network, split_bodies};
use super::remedy::{Grant, Loan, Post, Raise, Remedy, apply_remedy};
use super::roster::{Inspector, Need, Needs, Roster};
use crate::domain::{BodyId, InspectorId, UnitId};

/// More people than this are no remedy.
const MOST_PEOPLE: usize = 60;

/// The remedies of every body in `short`, in its order. Those bodies don't lend, and nobody is lent twice, so
/// that the loans can all be taken together.
pub(super) fn compute_remedies(roster: &Roster, needs: &Needs, short: &[BodyId]) -> Vec<Vec<Remedy>> {
    let cases: Vec<Case> = short.iter().map(|body| Case::new(roster, needs, body)).collect();
    let mut lenders = Lenders::new(roster, needs, short);
    let loans: Vec<Option<Remedy>> = cases.iter().map(|case| case.lend(&mut lenders)).collect();
    let remedies = |(case, loans): (&Case, Option<Remedy>)| {
        let raise = case.raise();
        // More than twice the usual month is the last thing to ask for.
        let heavy =
            matches!(&raise, Some(Remedy::RaiseChecksMax { raises }) if raises.iter().any(|r| r.to / 2 > r.from));
        let (light, heavy) = if heavy { (None, raise) } else { (raise, None) };
        let found = [light, loans, case.qualify(), case.move_checks(), case.add(), heavy];
        found.into_iter().flatten().filter(|remedy| case.is_remedied(remedy)).collect()
    };
    cases.par_iter().zip(loans).map(remedies).collect()
}

/// The people of bodies that can lend, less those lent already, and these bodies' own checks.
struct Lenders<'a>(BTreeMap<&'a BodyId, (Vec<&'a Inspector>, Vec<&'a Need>)>);

impl<'a> Lenders<'a> {
    fn new(roster: &'a Roster, needs: &'a Needs, short: &[BodyId]) -> Self {
        let mut bodies: BTreeMap<&BodyId, (Vec<&Inspector>, Vec<&Need>)> = BTreeMap::new();
        for person in roster.inspectors().iter().filter(|person| !short.contains(&person.body)) {
            bodies.entry(&person.body).or_default().0.push(person);
        }
        for need in needs.needs() {
            if let Some((_, checks)) = bodies.get_mut(&need.body) {
                checks.push(need);
            }
        }
        Self(bodies)
    }

    /// True where the person's body can do without.
    fn can_spare(&self, person: &Inspector) -> bool {
        self.0.get(&person.body).is_some_and(|(people, checks)| {
            let rest: Vec<&Inspector> =
                people.iter().copied().filter(|i| i.certificate != person.certificate).collect();
            count_empty(&rest, checks) == 0
        })
    }

    fn remove(&mut self, person: &Inspector) {
        if let Some((people, _)) = self.0.get_mut(&person.body) {
            people.retain(|i| i.certificate != person.certificate);
        }
    }

    fn put_back(&mut self, person: &'a Inspector) {
        if let Some((people, _)) = self.0.get_mut(&person.body) {
            people.push(person);
            people.sort_by(|a, b| a.certificate.cmp(&b.certificate));
        }
    }
}

/// Number of slots that stay empty.
fn count_empty(people: &[&Inspector], checks: &[&Need]) -> usize {
    let net = Network::new(people, checks);
    Flow::new(&net).fill(&net, Choice::Any).len()
}

/// As [`count_empty`], of a team.
fn count_missing(people: &[Inspector], checks: &[&Need]) -> usize {
    count_empty(&people.iter().collect::<Vec<_>>(), checks)
}

/// A body in need.
struct Case<'a> {
    roster: &'a Roster,
    needs: &'a Needs,
    body: &'a BodyId,
    checks: Vec<&'a Need>,
    people: Vec<Inspector>,
    skills: BTreeSet<String>,
}

/// What matters of a person here: lead, skills that are needed.
type Quality = (bool, BTreeSet<String>);

impl<'a> Case<'a> {
    fn new(roster: &'a Roster, needs: &'a Needs, body: &'a BodyId) -> Self {
        let checks: Vec<&Need> = needs.needs().iter().filter(|need| need.body == *body).collect();
        let skills = checks.iter().filter_map(|need| need.skill.clone()).collect();
        Self { roster, needs, body, checks, people: roster.of_body(body).cloned().collect(), skills }
    }

    /// True where the remedy removes this body's shortage and leaves every other body as able as before.
    fn is_remedied(&self, remedy: &Remedy) -> bool {
        let Ok((roster, needs)) = apply_remedy(self.roster, self.needs, remedy) else { return false };
        let mut touched = BTreeSet::from([self.body]);
        if let Remedy::LendInspectors { loans } = remedy {
            touched.extend(loans.iter().map(|loan| &loan.from_body));
        }
        split_bodies(&roster, &needs).into_iter().filter(|(body, _)| touched.contains(body)).all(
            |(_, (people, checks))| {
                let net = Network::new(&people, &checks);
                Flow::new(&net).fill(&net, Choice::Any).is_empty()
            },
        )
    }

    fn quality(&self, person: &Inspector) -> Quality {
        (person.lead, person.skills.intersection(&self.skills).cloned().collect())
    }

    /// The most checks of this body that the person could take, skills aside.
    fn reach_of(&self, person: &Inspector) -> usize {
        let touches = |unit: &&UnitId| self.checks.binary_search_by(|need| need.unit_id.cmp(unit)).is_ok();
        let free = self.checks.len() - person.recusals.iter().filter(touches).count();
        free.min(person.checks_max as usize)
    }

    fn raise(&self) -> Option<Remedy> {
        let people: Vec<&Inspector> = self.people.iter().collect();
        let net = Network::new(&people, &self.checks);
        let mut flow = Flow::new(&net);
        let empty = flow.fill(&net, Choice::Even);
        if !empty.into_iter().all(|slot| flow.insert(&net, slot, Choice::Beyond)) {
            return None;
        }
        let above = people.iter().zip(&flow.load).filter(|(person, load)| **load > person.checks_max);
        let raises = above.map(|(person, load)| Raise {
            certificate: person.certificate.clone(),
            from: person.checks_max,
            to: *load,
        });
        Some(Remedy::RaiseChecksMax { raises: raises.collect() })
    }

    fn lend(&self, lenders: &mut Lenders<'a>) -> Option<Remedy> {
        let mut lent: Vec<&'a Inspector> = Vec::new();
        let complete = self.choose_loans(lenders, &mut lent);
        let mut team = self.people.clone();
        let own = team.len();
        team.extend(lent.iter().copied().cloned());
        if complete {
            self.thin_out(&mut team, own);
        } else {
            team.truncate(own);
        }
        for person in lent {
            if !team[own..].contains(person) {
                lenders.put_back(person);
            }
        }
        let loans = team.drain(own..).map(|person| Loan {
            to_body: self.body.clone(),
            lead: person.lead,
            skills: person.skills.intersection(&self.skills).cloned().collect(),
            certificate: person.certificate,
            from_body: person.body,
        });
        let loans: Vec<Loan> = loans.collect();
        complete.then_some(Remedy::LendInspectors { loans })
    }

    /// Takes people from the lenders, whoever saves most first; true where nothing lacks then.
    fn choose_loans(&self, lenders: &mut Lenders<'a>, lent: &mut Vec<&'a Inspector>) -> bool {
        let mut team = self.people.clone();
        let mut missing = count_missing(&team, &self.checks);
        while missing > 0 && lent.len() < MOST_PEOPLE {
            // Of each quality the one who can do most and can be spared.
            let mut alike: BTreeMap<Quality, Vec<&'a Inspector>> = BTreeMap::new();
            for person in lenders.0.values().flat_map(|(people, _)| people) {
                if self.reach_of(person) > 0 {
                    alike.entry(self.quality(person)).or_default().push(person);
                }
            }
            let mut best: Option<(usize, &'a Inspector)> = None;
            for people in alike.values_mut() {
                people.sort_by(|a, b| {
                    self.reach_of(b).cmp(&self.reach_of(a)).then_with(|| a.certificate.cmp(&b.certificate))
                });
                let Some(person) = people.iter().copied().find(|person| lenders.can_spare(person)) else { continue };
                team.push(Inspector { body: self.body.clone(), ..person.clone() });
                let then = count_missing(&team, &self.checks);
                team.pop();
                if then < best.map_or(missing, |(least, _)| least) {
                    best = Some((then, person));
                }
            }
            let Some((then, person)) = best else { return false };
            lenders.remove(person);
            lent.push(person);
            team.push(person.clone());
            missing = then;
        }
        missing == 0
    }

    /// Drops whoever of `team[own..]` isn't needed.
    fn thin_out(&self, team: &mut Vec<Inspector>, own: usize) {
        let mut at = own;
        while at < team.len() {
            let person = team.remove(at);
            if count_missing(team, &self.checks) > 0 {
                team.insert(at, person);
                at += 1;
            }
        }
    }

    fn qualify(&self) -> Option<Remedy> {
        let mut team = self.people.clone();
        let mut missing = count_missing(&team, &self.checks);
        // Single gains first, so that they win where they help as much.
        let single = [(true, None)].into_iter().chain(self.skills.iter().map(|s| (false, Some(s.clone()))));
        let gains: Vec<(bool, Option<String>)> =
            single.chain(self.skills.iter().map(|s| (true, Some(s.clone())))).collect();
        let mut grants: Vec<Grant> = Vec::new();
        while missing > 0 {
            let mut best_of: BTreeMap<Quality, usize> = BTreeMap::new();
            for (at, person) in team.iter().enumerate().filter(|(_, person)| person.checks_max > 0) {
                let best = best_of.entry(self.quality(person)).or_insert(at);
                if self.reach_of(&team[*best]) < self.reach_of(person) {
                    *best = at;
                }
            }
            let mut best: Option<(usize, usize, Grant)> = None;
            for (lead, skill) in &gains {
                for at in best_of.values().copied() {
                    let new_lead = *lead && !team[at].lead;
                    let new_skill = skill.as_ref().filter(|skill| !team[at].skills.contains(*skill));
                    if new_lead != *lead || new_skill.is_some() != skill.is_some() {
                        continue;
                    }
                    let before = team[at].clone();
                    team[at].lead |= lead;
                    team[at].skills.extend(skill.clone());
                    let then = count_missing(&team, &self.checks);
                    if then < best.as_ref().map_or(missing, |(least, ..)| *least) {
                        let certificate = before.certificate.clone();
                        best = Some((then, at, Grant { certificate, lead: *lead, skill: skill.clone() }));
                    }
                    team[at] = before;
                }
            }
            let (then, at, grant) = best?;
            team[at].lead |= grant.lead;
            team[at].skills.extend(grant.skill.clone());
            grants.push(grant);
            missing = then;
            if grants.len() > MOST_PEOPLE {
                return None;
            }
        }
        let mut at = 0;
        while at < grants.len() {
            let grant = grants.remove(at);
            let mut people = self.people.clone();
            for grant in &grants {
                for person in people.iter_mut().filter(|person| person.certificate == grant.certificate) {
                    person.lead |= grant.lead;
                    person.skills.extend(grant.skill.clone());
                }
            }
            if count_missing(&people, &self.checks) > 0 {
                grants.insert(at, grant);
                at += 1;
            }
        }
        Some(Remedy::Qualify { grants })
    }

    fn move_checks(&self) -> Option<Remedy> {
        let people: Vec<&Inspector> = self.people.iter().collect();
        let net = Network::new(&people, &self.checks);
        let by_unit: Vec<u32> = (0..net.checks as u32).collect();
        let mut plain_first = by_unit.clone();
        plain_first.sort_by_key(|check| (self.checks[*check as usize].skill.is_some(), *check));
        let left_over = |order: &[u32]| {
            let mut flow = Flow::new(&net);
            let stays = |check: &u32| {
                let both = flow.insert(&net, 2 * check, Choice::Any) && flow.insert(&net, 2 * check + 1, Choice::Any);
                if !both {
                    flow.empty(&net, 2 * check);
                }
                both
            };
            let mut stays = stays;
            let mut moved: Vec<u32> = order.iter().copied().filter(|check| !stays(check)).collect();
            moved.sort_unstable();
            moved
        };
        let moved = [left_over(&plain_first), left_over(&by_unit)].into_iter().min_by_key(Vec::len)?;
        let unit_ids = moved.into_iter().map(|check| self.checks[check as usize].unit_id.clone()).collect();
        Some(Remedy::MoveChecks { body: self.body.clone(), unit_ids })
    }

    fn add(&self) -> Option<Remedy> {
        let usual = |people: &[Inspector]| people.iter().map(|i| i.checks_max).max().filter(|max| *max > 0);
        let checks_max =
            usual(&self.people).or_else(|| usual(self.roster.inspectors())).unwrap_or(self.checks.len() as u32);
        let mut profiles = vec![(false, BTreeSet::new()), (true, BTreeSet::new())];
        if !self.skills.is_empty() {
            profiles.extend([(false, self.skills.clone()), (true, self.skills.clone())]);
        }
        let mut team = self.people.clone();
        let own = team.len();
        let mut missing = count_missing(&team, &self.checks);
        let taken: BTreeSet<&InspectorId> = self.roster.inspectors().iter().map(|i| &i.certificate).collect();
        let mut numbers = 1_u32..;
        while missing > 0 && team.len() - own <= MOST_PEOPLE {
            let certificate = numbers
                .by_ref()
                .filter_map(|n| InspectorId::new(format!("NEW-{}-{n}", self.body)).ok())
                .find(|certificate| !taken.contains(certificate))?;
            let mut best: Option<(usize, Inspector)> = None;
            for (lead, skills) in &profiles {
                let body = self.body.clone();
                let post =
                    Post { certificate: certificate.clone(), body, lead: *lead, skills: skills.clone(), checks_max };
                team.push(post.to_inspector());
                let then = count_missing(&team, &self.checks);
                if let Some(person) = team.pop().filter(|_| then < best.as_ref().map_or(missing, |(least, _)| *least)) {
                    best = Some((then, person));
                }
            }
            let (then, person) = best?;
            team.push(person);
            missing = then;
        }
        self.thin_out(&mut team, own);
        let posts = team.drain(own..).map(|i| Post {
            certificate: i.certificate,
            body: i.body,
            lead: i.lead,
            skills: i.skills,
            checks_max: i.checks_max,
        });
        Some(Remedy::AddInspectors { posts: posts.collect() })
    }
}
