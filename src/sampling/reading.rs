//! A certificate of either format, as its readers take it: verification, paper, pages, window.

use std::collections::BTreeSet;

use serde_json::Value;

use super::certificate::{CERTIFICATE_FORMAT, Certificate, CertificateStratum, DEMONSTRATION, format_fault};
use super::closed::{CLOSED_FORMAT, CLOSED_FORMAT_2, ClosedCertificate, ShownUnit, check_closed};
use super::draw::{DrawResult, StratumResult};
use super::fault::{CheckReport, Fault};
use super::frame::SamplingFrame;
use super::json::parse_value;
use super::opening::Opening;
use super::seal::Seal;
use super::verify::check_certificate;

/// A certificate of either format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnyCertificate {
    /// Of a draw that version 0.1 sealed.
    First(Box<Certificate>),
    /// Closed.
    Second(Box<ClosedCertificate>),
}

/// A unit that a certificate lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedUnit {
    /// `body/category`.
    pub stratum: String,
    /// Its id; of a unit that is not named yet its leaf.
    pub unit: String,
    /// False where it is not named yet.
    pub named: bool,
    /// Its place in the stratum's order, from 1.
    pub rank: usize,
    /// Its probability, ppb; 0 where it is not named.
    pub pi_ppb: u64,
    /// Its ticket; 0 where it is not named.
    pub ticket: u64,
    /// Whose place it took, and why; `None` for a selected one.
    pub replaces: Option<(String, String)>,
}

impl AnyCertificate {
    /// Reads `certificate.json`.
    ///
    /// # Errors
    /// Not readable, another format, unknown or missing fields, wrong types: the fault says which.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let value = parse_value(bytes, "certificate")?;
        match value.get("format").and_then(Value::as_str).unwrap_or_default() {
            CLOSED_FORMAT | CLOSED_FORMAT_2 => {
                ClosedCertificate::from_value(value).map(|closed| Self::Second(Box::new(closed)))
            }
            CERTIFICATE_FORMAT => Certificate::parse(bytes).map(|first| Self::First(Box::new(first))),
            other => Err(format_fault(other)),
        }
    }

    /// The bytes of `certificate.json`.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        match self {
            Self::First(first) => first.to_json(),
            Self::Second(closed) => closed.to_json(),
        }
    }

    /// What a signature of the certificate signs: in format 1 the file, in format 2 what its head hashes.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        match self {
            Self::First(first) => first.to_json(),
            Self::Second(closed) => closed.signed_bytes(),
        }
    }

    /// The seal.
    #[must_use]
    pub fn seal(&self) -> &Seal {
        match self {
            Self::First(first) => &first.seal,
            Self::Second(closed) => &closed.seal,
        }
    }

    /// The opening.
    #[must_use]
    pub fn opening(&self) -> &Opening {
        match self {
            Self::First(first) => &first.opening,
            Self::Second(closed) => &closed.opening,
        }
    }

    /// What a reader must be told: of a demonstration what its seal says, else what is written.
    #[must_use]
    pub fn statement(&self) -> Option<&str> {
        if self.seal().is_demonstration() {
            return Some(DEMONSTRATION);
        }
        match self {
            Self::First(first) => first.statement.as_deref(),
            Self::Second(_) => None,
        }
    }

    /// Checks it; with the frame also that nobody was left out. `published` and `head` as they were published.
    #[must_use]
    pub fn check(&self, frame: Option<&SamplingFrame>, published: Option<&str>, head: Option<&str>) -> CheckReport {
        match self {
            Self::First(first) => check_certificate(first, frame, published),
            Self::Second(closed) => check_closed(closed, frame, published, head),
        }
    }

    /// What binds what was done after the opening: the last value of the changes' chain, or the digest of format 1.
    #[must_use]
    pub fn mark(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::First(first) => first.digest.as_deref().map(|digest| ("证书摘要", digest)),
            Self::Second(closed) => Some(("变更摘要", closed.head.as_str())),
        }
    }

    /// The last value of the changes' chain; none in format 1.
    #[must_use]
    pub fn head(&self) -> Option<&str> {
        match self {
            Self::First(_) => None,
            Self::Second(closed) => Some(&closed.head),
        }
    }

    /// The threshold of a stratum; `None` for one that it doesn't have.
    #[must_use]
    pub fn threshold(&self, stratum: &str) -> Option<&str> {
        match self {
            Self::First(c) => c.strata.iter().find(|s| s.id == stratum).map(|s| s.threshold.as_str()),
            Self::Second(c) => c.strata.iter().find(|s| s.id == stratum).map(|s| s.threshold.as_str()),
        }
    }

    /// With these units' names left out; in format 2, the older one can't.
    #[must_use]
    pub fn masked(self, units: &BTreeSet<String>) -> Self {
        match self {
            Self::Second(closed) if !units.is_empty() => Self::Second(Box::new(closed.masked(units))),
            other => other,
        }
    }

    /// Ids of the reserves that it names; none in format 1.
    #[must_use]
    pub fn reserves(&self) -> BTreeSet<String> {
        let Self::Second(closed) = self else { return BTreeSet::new() };
        let shown = closed.strata.iter().flat_map(|s| &s.reserves).filter_map(ShownUnit::whole);
        shown.map(|unit| unit.row.unit_id.to_string()).collect()
    }

    /// The selected units by stratum, as the certificate has them; a masked one by its leaf.
    #[must_use]
    pub fn result(&self) -> DrawResult {
        let stratum = |id: &str, selected: Vec<String>| StratumResult {
            id: id.to_owned(),
            selected,
            reserves: Vec::new(),
            threshold: None,
        };
        let strata = match self {
            Self::First(c) => {
                let ids = |s: &CertificateStratum| s.selected.iter().map(|u| u.row.unit_id.to_string()).collect();
                c.strata.iter().map(|s| stratum(&s.id, ids(s))).collect()
            }
            Self::Second(c) => {
                let name = |u: &ShownUnit| u.whole().map_or_else(|| u.leaf(), |whole| whole.row.unit_id.to_string());
                c.strata.iter().map(|s| stratum(&s.id, s.selected.iter().map(name).collect())).collect()
            }
        };
        DrawResult { strata }
    }

    /// How many units are not named yet.
    #[must_use]
    pub fn masked_count(&self) -> usize {
        match self {
            Self::First(_) => 0,
            Self::Second(closed) => closed.masked_count(),
        }
    }

    /// The selected units, then those that came in for them, by stratum.
    #[must_use]
    pub fn listed(&self) -> Vec<ListedUnit> {
        match self {
            Self::First(first) => listed_of_first(first),
            Self::Second(closed) => listed_of_closed(closed),
        }
    }
}

fn listed_of_first(first: &Certificate) -> Vec<ListedUnit> {
    let mut list = Vec::new();
    for s in &first.strata {
        for (i, unit) in s.selected.iter().enumerate() {
            list.push(ListedUnit {
                stratum: s.id.clone(),
                unit: unit.row.unit_id.to_string(),
                named: true,
                rank: i + 1,
                pi_ppb: unit.row.pi_ppb,
                ticket: unit.ticket,
                replaces: None,
            });
        }
        for unit in &s.substitutes {
            list.push(ListedUnit {
                stratum: s.id.clone(),
                unit: unit.row.unit_id.to_string(),
                named: true,
                rank: 0,
                pi_ppb: unit.row.pi_ppb,
                ticket: unit.ticket,
                replaces: Some((unit.replaces.clone(), unit.reason.clone())),
            });
        }
    }
    list
}

fn listed_of_closed(closed: &ClosedCertificate) -> Vec<ListedUnit> {
    let names = closed.names();
    let named = |leaf: &str| names.get(leaf).cloned().unwrap_or_else(|| leaf.to_owned());
    let mut list = Vec::new();
    for s in &closed.strata {
        let entry = |shown: &ShownUnit, rank: usize| ListedUnit {
            stratum: s.id.clone(),
            unit: named(&shown.leaf()),
            named: shown.whole().is_some(),
            rank,
            pi_ppb: shown.whole().map_or(0, |unit| unit.row.pi_ppb),
            ticket: shown.whole().map_or(0, |unit| unit.ticket),
            replaces: None,
        };
        list.extend(s.selected.iter().enumerate().map(|(i, unit)| entry(unit, i + 1)));
        for (i, unit) in s.reserves.iter().enumerate() {
            let leaf = unit.leaf();
            if let Some(change) = closed.changes.iter().find(|change| change.by == leaf) {
                let replaces = Some((named(&change.unit), change.reason.clone()));
                list.push(ListedUnit { replaces, ..entry(unit, s.selected.len() + i + 1) });
            }
        }
    }
    list
}
