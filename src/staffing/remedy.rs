//! What would remove a shortage.
//!
//! Duty: for a body whose slots can't all be filled, at most one remedy of each sort, as a value that
//! [`apply_remedy`] carries out on roster and needs; every remedy listed removes the body's shortage alone and
//! causes none elsewhere (it is tried before it is listed). The search for a remedy is not part of the sealed
//! rule: nothing depends on it but the advice.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::roster::{Inspector, Needs, Roster};
use super::shortage::Names;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::{BodyId, InspectorId, UnitId};

/// Somebody takes more checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Raise {
    /// Who.
    pub certificate: InspectorId,
    /// `checks_max` before.
    pub from: u32,
    /// `checks_max` then.
    pub to: u32,
}

/// Somebody works for another body this month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loan {
    /// Who.
    pub certificate: InspectorId,
    /// The lending body.
    pub from_body: BodyId,
    /// The body in need.
    pub to_body: BodyId,
    /// Lead-qualified.
    pub lead: bool,
    /// Which of the skills that the body's checks need.
    pub skills: BTreeSet<String>,
}

/// Somebody is qualified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// Who.
    pub certificate: InspectorId,
    /// Becomes lead-qualified.
    pub lead: bool,
    /// Acquires this skill.
    pub skill: Option<String>,
}

/// A post to be filled: somebody new to the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    /// A placeholder for the certificate, not in the roster yet.
    pub certificate: InspectorId,
    /// The body.
    pub body: BodyId,
    /// Lead-qualified.
    pub lead: bool,
    /// Skills.
    pub skills: BTreeSet<String>,
    /// Checks a month.
    pub checks_max: u32,
}

/// One way to remove a body's shortage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "remedy", rename_all = "snake_case")]
pub enum Remedy {
    /// Some take more checks; the sum of the raises is the smallest possible.
    RaiseChecksMax {
        /// Who, ascending by certificate.
        raises: Vec<Raise>,
    },
    /// Other bodies lend people for the month.
    LendInspectors {
        /// Whom.
        loans: Vec<Loan>,
    },
    /// People of the body are qualified to lead or acquire a skill.
    Qualify {
        /// Whom.
        grants: Vec<Grant>,
    },
    /// Checks go to another month.
    MoveChecks {
        /// The body.
        body: BodyId,
        /// The units, ascending.
        unit_ids: Vec<UnitId>,
    },
    /// People are added to the roster.
    AddInspectors {
        /// The posts.
        posts: Vec<Post>,
    },
}

impl Remedy {
    /// The remedy in words.
    #[must_use]
    pub fn describe(&self, names: &Names) -> String {
        let qualities = |lead: bool, skills: &BTreeSet<String>| {
            let mut words: Vec<String> = skills.iter().map(|skill| format!("{}资质", names.skill(skill))).collect();
            if lead {
                words.insert(0, "主办资格".to_owned());
            }
            if words.is_empty() { String::new() } else { format!("（{}）", words.join("、")) }
        };
        match self {
            Self::RaiseChecksMax { raises } => {
                let total: u64 = raises.iter().map(|raise| u64::from(raise.to - raise.from)).sum();
                let list: Vec<String> =
                    raises.iter().map(|r| format!("{} 由 {} 项增至 {} 项", r.certificate, r.from, r.to)).collect();
                format!("提高每月检查数上限，共 {total} 人次：{}", list.join("，"))
            }
            Self::LendInspectors { loans } => {
                let list: Vec<String> = loans
                    .iter()
                    .map(|l| {
                        format!("从{}借调 {}{}", names.body(&l.from_body), l.certificate, qualities(l.lead, &l.skills))
                    })
                    .collect();
                format!("本月借调 {} 人：{}", loans.len(), list.join("，"))
            }
            Self::Qualify { grants } => {
                let list: Vec<String> = grants
                    .iter()
                    .map(|g| {
                        let lead = g.lead.then(|| "主办资格".to_owned());
                        let skill = g.skill.as_deref().map(|skill| format!("{}资质", names.skill(skill)));
                        let gained: Vec<String> = lead.into_iter().chain(skill).collect();
                        format!("{} 取得{}", g.certificate, gained.join("和"))
                    })
                    .collect();
                format!("培训取证 {} 人：{}", grants.len(), list.join("，"))
            }
            Self::MoveChecks { unit_ids, .. } => format!("将 {} 项检查移到其他月份", unit_ids.len()),
            Self::AddInspectors { posts } => {
                let mut kinds: BTreeMap<(bool, &BTreeSet<String>, u32), usize> = BTreeMap::new();
                for post in posts {
                    *kinds.entry((post.lead, &post.skills, post.checks_max)).or_insert(0) += 1;
                }
                let list: Vec<String> = kinds
                    .iter()
                    .map(|((lead, skills, max), n)| {
                        format!("{n} 名执法人员{}、每月 {max} 项", qualities(*lead, skills))
                    })
                    .collect();
                format!("增加 {} 人：{}", posts.len(), list.join("，"))
            }
        }
    }
}

/// Carries a remedy out.
///
/// # Errors
/// `ROS-040` where the remedy doesn't belong to this roster and these needs.
pub fn apply_remedy(roster: &Roster, needs: &Needs, remedy: &Remedy) -> AppResult<(Roster, Needs)> {
    let foreign = |value: &str| {
        AppError::from(
            Finding::error("ROS-040", "办法与当前的名册或需求不符")
                .value(value)
                .hint("名册或需求已变化，请重新计算办法"),
        )
    };
    let mut people: Vec<Inspector> = roster.inspectors().to_vec();
    let find = |people: &[Inspector], certificate: &InspectorId| {
        people.binary_search_by(|i| i.certificate.cmp(certificate)).map_err(|_| foreign(certificate.as_str()))
    };
    let mut left = needs.clone();
    match remedy {
        Remedy::RaiseChecksMax { raises } => {
            for raise in raises {
                let at = find(&people, &raise.certificate)?;
                if people[at].checks_max != raise.from {
                    return Err(foreign(raise.certificate.as_str()));
                }
                people[at].checks_max = raise.to;
            }
        }
        Remedy::LendInspectors { loans } => {
            for loan in loans {
                let at = find(&people, &loan.certificate)?;
                if people[at].body != loan.from_body {
                    return Err(foreign(loan.certificate.as_str()));
                }
                people[at].body = loan.to_body.clone();
            }
        }
        Remedy::Qualify { grants } => {
            for grant in grants {
                let at = find(&people, &grant.certificate)?;
                people[at].lead |= grant.lead;
                people[at].skills.extend(grant.skill.clone());
            }
        }
        Remedy::MoveChecks { unit_ids, .. } => {
            if let Some(unit) = unit_ids.iter().find(|unit| needs.get(unit).is_none()) {
                return Err(foreign(unit.as_str()));
            }
            let moved: BTreeSet<&UnitId> = unit_ids.iter().collect();
            left = Needs::new(needs.needs().iter().filter(|n| !moved.contains(&n.unit_id)).cloned().collect())?;
        }
        Remedy::AddInspectors { posts } => people.extend(posts.iter().map(Post::to_inspector)),
    }
    Ok((Roster::new(people)?, left))
}

impl Post {
    /// The person to be found, without recusals.
    pub(super) fn to_inspector(&self) -> Inspector {
        Inspector {
            certificate: self.certificate.clone(),
            body: self.body.clone(),
            lead: self.lead,
            skills: self.skills.clone(),
            checks_max: self.checks_max,
            recusals: BTreeSet::new(),
        }
    }
}
