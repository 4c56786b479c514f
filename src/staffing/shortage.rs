//! What lacks where the rules leave slots empty.
//!
//! Duty: name the minimum cut in words. From the empty slots the residual network reaches slots that only
//! certain people may hold, all of whom are full: those slots, those people, and as many person-checks
//! missing as slots stay empty. Gaps of a body are disjoint: the narrowest class of slots first, and what
//! it has reached is not counted again.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::Flow;
use super::network::Network;
use super::remedy::Remedy;
use super::remedy_search::compute_remedies;
use super::roster::{Needs, Roster, Slot};
use crate::diagnostic::{AppError, Finding};
use crate::domain::{BodyId, PlanMonth};

/// Names for texts; where one lacks, the id is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Body → its short Chinese name.
    pub bodies: BTreeMap<BodyId, String>,
    /// Skill id → its short Chinese name.
    pub skills: BTreeMap<String, String>,
}

impl Names {
    /// The body's name.
    #[must_use]
    pub fn body<'a>(&'a self, body: &'a BodyId) -> &'a str {
        self.bodies.get(body).map_or(body.as_str(), String::as_str)
    }

    /// The skill's name.
    #[must_use]
    pub fn skill<'a>(&'a self, skill: &'a str) -> &'a str {
        self.skills.get(skill).map_or(skill, String::as_str)
    }
}

/// What kind of people lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapKind {
    /// The body has nobody at all.
    NoInspector,
    /// One person can't make a pair.
    OneInspector,
    /// People with a skill (on slot A: lead-qualified ones with it).
    Skill,
    /// Lead-qualified people.
    Lead,
    /// People.
    People,
}

/// One side of a minimum cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What kind of people lack.
    pub kind: GapKind,
    /// The skills that the checks need; empty where none matters.
    pub skills: Vec<String>,
    /// Number of checks concerned.
    pub checks: usize,
    /// Number of slots concerned.
    pub slots: usize,
    /// Number of people who may hold any of the slots, recusals aside.
    pub people: usize,
    /// The sum of their `checks_max`.
    pub checks_max: u64,
    /// Person-checks missing.
    pub missing: usize,
    /// Recusals (person, check) among them.
    pub recusals: usize,
}

/// A body whose slots can't all be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyShortage {
    /// The body.
    pub body: BodyId,
    /// What lacks, narrowest first.
    pub gaps: Vec<Gap>,
    /// What would help, cheapest of its sort; each alone removes the body's shortage.
    pub remedies: Vec<Remedy>,
}

/// Every body whose slots can't all be filled, by body id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// The bodies.
    pub bodies: Vec<BodyShortage>,
}

impl BodyShortage {
    /// Reads the gaps off a maximum flow; `empty` are its empty slots.
    pub(super) fn new(body: &BodyId, net: &Network, flow: &mut Flow, empty: &[u32]) -> Self {
        let count = |mask: &[u64]| mask.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        let mut by_class: BTreeMap<(usize, usize), Vec<u32>> = BTreeMap::new();
        let alone = net.checks_max.iter().filter(|max| **max > 0).count() < 2;
        for slot in empty {
            let class = net.class_of(*slot);
            // Where there's no pair to be had at all, telling classes apart says nothing more.
            let key = if alone { (0, 0) } else { (count(net.class_mask(class)), class) };
            by_class.entry(key).or_default().push(*slot);
        }
        flow.begin_cut();
        // Slots whose gaps are told in the same words make one gap, in the order of the first.
        let mut groups: Vec<(Gap, Vec<u32>)> = Vec::new();
        let mut counted: BTreeSet<u32> = BTreeSet::new();
        for from in by_class.values() {
            let from: Vec<u32> = from.iter().copied().filter(|slot| !counted.contains(slot)).collect();
            if from.is_empty() {
                continue;
            }
            let slots = flow.reach_from(net, &from);
            counted.extend(&slots);
            let gap = Gap::new(net, &slots, empty);
            match groups.iter_mut().find(|(other, _)| (other.kind, &other.skills) == (gap.kind, &gap.skills)) {
                Some((_, all)) => all.extend(slots),
                None => groups.push((gap, slots)),
            }
        }
        let gaps = groups.into_iter().map(|(_, slots)| Gap::new(net, &slots, empty)).collect();
        Self { body: body.clone(), gaps, remedies: Vec::new() }
    }

    /// Person-checks missing in all.
    #[must_use]
    pub fn missing(&self) -> usize {
        self.gaps.iter().map(|gap| gap.missing).sum()
    }

    /// One sentence a gap: 「崇明 2027-03：12 项危废检查，3 名有资质人员，缺 6 人次」.
    #[must_use]
    pub fn describe(&self, month: Option<PlanMonth>, names: &Names) -> Vec<String> {
        let place = match month {
            Some(month) => format!("{} {month}", names.body(&self.body)),
            None => names.body(&self.body).to_owned(),
        };
        self.gaps.iter().map(|gap| format!("{place}：{}", gap.describe(names))).collect()
    }
}

impl Gap {
    /// The gap that these slots make; `empty` are the body's empty slots, ascending.
    fn new(net: &Network, slots: &[u32], empty: &[u32]) -> Self {
        let missing = slots.iter().filter(|slot| empty.binary_search(slot).is_ok()).count();
        let classes: BTreeSet<usize> = slots.iter().map(|slot| net.class_of(*slot)).collect();
        let checks: BTreeSet<u32> = slots.iter().map(|slot| slot / 2).collect();
        let mut mask = vec![0_u64; net.words];
        for class in &classes {
            mask.iter_mut().zip(net.class_mask(*class)).for_each(|(all, word)| *all |= word);
        }
        let members: Vec<usize> = (0..net.people).filter(|p| mask[p / 64] >> (p % 64) & 1 == 1).collect();
        let recusals = slots
            .iter()
            .filter_map(|slot| net.recused_mask(*slot).map(|recused| (recused, net.class_mask(net.class_of(*slot)))))
            .map(|(recused, class)| {
                recused.iter().zip(class).map(|(r, c)| (r & c).count_ones() as usize).sum::<usize>()
            })
            .sum();
        let skilled = |class: &usize| match &net.kinds[class / 2] {
            (Some(skill), Some(slot)) if (*slot == Slot::B) == (class % 2 == 1) => Some(skill.clone()),
            _ => None,
        };
        let working = net.checks_max.iter().filter(|max| **max > 0).count();
        let (kind, skills) = if working == 0 {
            (GapKind::NoInspector, Vec::new())
        } else if working == 1 {
            (GapKind::OneInspector, Vec::new())
        } else if let Some(skills) = classes.iter().map(skilled).collect::<Option<Vec<String>>>() {
            (GapKind::Skill, skills)
        } else if classes.iter().all(|class| class % 2 == 0) {
            (GapKind::Lead, Vec::new())
        } else {
            (GapKind::People, Vec::new())
        };
        Self {
            kind,
            skills,
            checks: checks.len(),
            slots: slots.len(),
            people: members.len(),
            checks_max: members.iter().map(|p| u64::from(net.checks_max[*p])).sum(),
            missing,
            recusals,
        }
    }

    /// The gap in words, without its place.
    #[must_use]
    pub fn describe(&self, names: &Names) -> String {
        let Self { checks, slots, people, checks_max, missing, .. } = self;
        let text = match self.kind {
            GapKind::NoInspector => format!("{checks} 项检查，没有可派的执法人员，缺 {missing} 人次"),
            GapKind::OneInspector => {
                format!("{checks} 项检查每项须两人，只有 1 名执法人员（本月上限 {checks_max} 项），缺 {missing} 人次")
            }
            GapKind::Skill => {
                let skills: Vec<&str> = self.skills.iter().map(|skill| names.skill(skill)).collect();
                let skills = skills.join("、");
                if *people == 0 {
                    format!("{checks} 项{skills}检查，没有有资质人员，缺 {missing} 人次")
                } else {
                    format!("{checks} 项{skills}检查，{people} 名有资质人员，缺 {missing} 人次")
                }
            }
            GapKind::Lead if *people == 0 => {
                format!("{checks} 项检查须由有主办资格的人员带队，没有主办人员，缺 {missing} 人次")
            }
            GapKind::Lead => format!(
                "{checks} 项检查须由有主办资格的人员带队，{people} 名主办人员（上限合计 {checks_max} 项），缺 {missing} 人次"
            ),
            GapKind::People => format!(
                "{checks} 项检查共需 {slots} 人次（每项两名不同人员），{people} 名执法人员（上限合计 {checks_max} 项），缺 {missing} 人次"
            ),
        };
        if self.recusals == 0 { text } else { format!("{text}（其中回避 {} 人次）", self.recusals) }
    }
}

impl Shortage {
    /// Adds the remedies, body by body.
    pub(super) fn with_remedies(mut bodies: Vec<BodyShortage>, roster: &Roster, needs: &Needs) -> Self {
        let short: Vec<BodyId> = bodies.iter().map(|body| body.body.clone()).collect();
        for (body, remedies) in bodies.iter_mut().zip(compute_remedies(roster, needs, &short)) {
            body.remedies = remedies;
        }
        Self { bodies }
    }

    /// One sentence a gap, by body.
    #[must_use]
    pub fn describe(&self, month: Option<PlanMonth>, names: &Names) -> Vec<String> {
        self.bodies.iter().flat_map(|body| body.describe(month, names)).collect()
    }

    /// The shortage as one error, `ROS-020`, with the first remedy of each body as the hint.
    #[must_use]
    pub fn to_error(&self, month: PlanMonth, names: &Names) -> AppError {
        let hints: Vec<String> = self
            .bodies
            .iter()
            .filter_map(|body| {
                body.remedies.first().map(|remedy| format!("{}：{}", names.body(&body.body), remedy.describe(names)))
            })
            .collect();
        let what = format!("执法人员不足，未作任何配对。{}", self.describe(Some(month), names).join("；"));
        Finding::error("ROS-020", what).hint(format!("可行的办法：{}", hints.join("；"))).into()
    }
}
