//! The parts of a policy that rest on a basis, how sure each is, and what the office has decided of it.
//!
//! A part is what carries articles: a floor, a factor, a tier, the cap. It has two names: by place (`tiers[0]`, as
//! findings and the file's map know it) and by ids (`tiers.A`), which stays when a list is put in another order; a
//! decision points at the latter. A decision holds while the part is what was decided.

use chrono::NaiveDate;
use serde_json::Value;

use super::{BodyLevel, BodyRule, CategoryRule, Confidence, Decision, Policy};

/// How a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// By its articles.
    Sourced(Confidence),
    /// Changed by the office on a basis, not confirmed yet.
    Changed,
    /// Confirmed by the office.
    Confirmed,
}

impl Standing {
    /// True where the office has yet to confirm it (待本单位确认).
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Changed | Self::Sourced(Confidence::Unconfirmed))
    }
}

/// Steps of a path by place: names and places.
pub(super) fn steps(path: &str) -> Vec<&str> {
    path.split(['.', '[']).map(|step| step.trim_end_matches(']').trim()).filter(|step| !step.is_empty()).collect()
}

/// The part of the yearly cap.
pub(super) const CAP: &str = "cap";

/// Fields of a part that are no numbers of it: its articles, its switch, and parts of their own.
const NOT_VALUES: [&str; 5] = ["basis", "confirmed", "floor_city", "floor_county", "note"];

impl Policy {
    /// A part's path by ids, from its path by place; the path itself where it names no element of a list.
    #[must_use]
    pub fn part_id(&self, placed: &str) -> String {
        let steps = steps(placed);
        let (Some(list), Some(place)) = (steps.first(), steps.get(1).and_then(|step| step.parse::<usize>().ok()))
        else {
            return placed.to_owned();
        };
        let id = match *list {
            "categories" => self.categories.get(place).map(|category| category.id.clone()),
            "factors" => self.factors.get(place).map(|factor| factor.id.clone()),
            "tiers" => self.tiers.get(place).map(|tier| tier.id.clone()),
            "mandatory" => self.mandatory.get(place).map(|rule| rule.reason.clone()),
            "skills" => self.skills.get(place).map(|skill| skill.id.clone()),
            "periods" => self.periods.get(place).map(|period| period.name.clone()),
            "floor_overrides" => {
                let item = self.floor_overrides.get(place);
                return item.map_or_else(
                    || placed.to_owned(),
                    |item| format!("floor_overrides.{}.{}", item.body, item.category),
                );
            }
            _ => None,
        };
        let Some(id) = id else { return placed.to_owned() };
        let rest = steps.get(2..).unwrap_or_default().iter().map(|step| format!(".{step}"));
        format!("{list}.{id}{}", rest.collect::<String>())
    }

    /// A part as one line of JSON without its articles: what a decision is about. `None` where there is no such part.
    #[must_use]
    pub fn part_value(&self, placed: &str) -> Option<String> {
        part_of(&serde_json::to_value(self).ok()?, placed)
    }

    /// The decision that holds for a part, by place.
    #[must_use]
    pub fn decision_of(&self, placed: &str) -> Option<&Decision> {
        if self.decisions.is_empty() {
            return None;
        }
        self.decision_in(&serde_json::to_value(self).ok()?, placed)
    }

    fn decision_in(&self, json: &Value, placed: &str) -> Option<&Decision> {
        let id = self.part_id(placed);
        let decision = self.decisions.iter().rfind(|decision| decision.part == id)?;
        (part_of(json, placed)? == decision.value).then_some(decision)
    }

    /// How every part stands on a day, in the order of [`Policy::bases`]: its path by place, its standing, the decision
    /// that holds.
    #[must_use]
    pub fn standings(&self, date: NaiveDate) -> Vec<(String, Standing, Option<&Decision>)> {
        let json = if self.decisions.is_empty() { None } else { serde_json::to_value(self).ok() };
        let bases = self.bases().into_iter();
        bases
            .map(|(path, _, basis)| {
                let decision = json.as_ref().and_then(|json| self.decision_in(json, &path));
                let standing = match decision {
                    Some(decision) if decision.confirmed => Standing::Confirmed,
                    Some(_) => Standing::Changed,
                    None if path == "cap" && !self.is_cap_confirmed() => Standing::Sourced(Confidence::Unconfirmed),
                    None => Standing::Sourced(self.confidence_of(basis, date)),
                };
                (path, standing, decision)
            })
            .collect()
    }

    /// A part's basis as one line, as it holds on a day: what the office has confirmed it by in place of the articles
    /// that were yet to be confirmed.
    #[must_use]
    pub fn cite_part(&self, placed: &str, date: NaiveDate) -> String {
        let bases = self.bases();
        let Some((_, _, basis)) = bases.iter().find(|(path, ..)| path == placed) else { return String::new() };
        let Some(decision) = self.decision_of(placed).filter(|decision| decision.confirmed) else {
            return self.cite(basis, date);
        };
        let articles = self.articles_on(basis, date).into_iter();
        let sure = articles.filter(|article| article.confidence != Confidence::Unconfirmed);
        let mut parts: Vec<String> = sure.map(|a| format!("{}{}", a.document, a.article)).collect();
        parts.push(decision.basis.clone());
        parts.join("；")
    }

    /// The part of the floor that holds for a body's category, by place.
    #[must_use]
    pub fn floor_part(&self, body: &BodyRule, category: &CategoryRule) -> String {
        let own = self.floor_overrides.iter().position(|item| item.body == body.id && item.category == category.id);
        let place = self.categories.iter().position(|rule| rule.id == category.id).unwrap_or_default();
        match (own, body.level) {
            (Some(at), _) => format!("floor_overrides[{at}].floor"),
            (None, BodyLevel::City) => format!("categories[{place}].floor_city"),
            (None, BodyLevel::County) => format!("categories[{place}].floor_county"),
        }
    }

    /// True where the office stands to the yearly cap: the file's own switch says so, and a decision of the cap that
    /// was made is still about this cap.
    #[must_use]
    pub fn is_cap_confirmed(&self) -> bool {
        let decided = self.decisions.iter().any(|decision| decision.part == CAP);
        self.cap.confirmed && (!decided || self.decision_of(CAP).is_some_and(|decision| decision.confirmed))
    }
}

fn part_of(json: &Value, placed: &str) -> Option<String> {
    let mut at = json;
    for step in steps(placed) {
        at = match at {
            Value::Object(map) => map.get(step)?,
            Value::Array(list) => list.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    let mut own = at.clone();
    if let Value::Object(map) = &mut own {
        for field in NOT_VALUES {
            map.remove(field);
        }
    }
    serde_json::to_string(&own).ok()
}

#[cfg(test)]
mod tests {
    use crate::policy::{load_preset, presets};

    #[test]
    fn every_part_has_its_own_name_by_ids_and_a_value() {
        for (id, ..) in presets() {
            let policy = load_preset(id).unwrap();
            let mut seen = std::collections::BTreeSet::new();
            for (placed, name, _) in policy.bases() {
                assert!(seen.insert(policy.part_id(&placed)), "{placed}");
                assert!(!policy.part_id(&placed).contains('['), "{placed}");
                assert!(policy.part_value(&placed).is_some_and(|value| !value.contains("basis")), "{name}");
            }
        }
    }
}
