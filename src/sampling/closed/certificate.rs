//! `certificate.json` of formats 2 and 3.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::changes::{ChangeEntry, head_texts};
use super::earlier::EndedSeal;
use super::intervention::InterventionEntry;
use crate::sampling::certificate::{CertificateUnit, compute_certificate_unit};
use crate::sampling::draw::DrawOrder;
use crate::sampling::fault::Fault;
use crate::sampling::frame::{FrameRow, SamplingFrame};
use crate::sampling::hash::{hash_from_hex, sha256, to_hex};
use crate::sampling::json::{to_canonical_json, typed};
use crate::sampling::log_head::LogHead;
use crate::sampling::merkle::MerkleTree;
use crate::sampling::opening::{DrawSeed, Opening};
use crate::sampling::seal::Seal;

/// The `format` of the certificates that are made.
pub const CLOSED_FORMAT: &str = "fairdraw-certificate/3";
/// The `format` of certificates that know nothing of the log; a seal of format 2 has these.
pub const CLOSED_FORMAT_2: &str = "fairdraw-certificate/2";

/// `certificate.json` of format 2 or 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedCertificate {
    /// [`CLOSED_FORMAT`].
    pub format: String,
    /// The seal, of the same number of format.
    pub seal: Seal,
    /// Its opening.
    pub opening: Opening,
    /// Strata in the seal's order.
    pub strata: Vec<ClosedStratum>,
    /// What was done after the draw, in order.
    pub changes: Vec<ChangeEntry>,
    /// Rows of units with a triggered check, where the sealed frame has them, in the order of their changes.
    pub added: Vec<AddedUnit>,
    /// The period's earlier seals, as the seal binds them.
    pub earlier: Vec<EndedSeal>,
    /// Last value of the chain over opening, drawn units and changes (`docs/draw.md`), 64 hexadecimal digits.
    pub head: String,
    /// Head of the log before the opening's line; from format 3 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogHead>,
    /// What another hand did to the project's files and two people answered for, in order; first those that the seal
    /// binds; from format 3 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interventions: Option<Vec<InterventionEntry>>,
}

/// A stratum of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosedStratum {
    /// `body/category`.
    pub id: String,
    /// The first reserve's key, 16 hexadecimal digits; empty without a reserve.
    pub threshold: String,
    /// The selected units in order.
    pub selected: Vec<ShownUnit>,
    /// The reserves in order, up to the last one that came in; the first one always, as its key is the threshold.
    pub reserves: Vec<ShownUnit>,
}

/// A unit of a stratum: as it is, or its leaf alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ShownUnit {
    /// Row, ticket and key.
    Whole(CertificateUnit),
    /// Not checked on site yet: who it is stays out of the certificate.
    Masked(MaskedUnit),
}

/// A unit that is named later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskedUnit {
    /// Its index in the frame, from 0.
    pub index: u64,
    /// Its leaf, 64 hexadecimal digits.
    pub leaf: String,
    /// Audit path, leaf side first.
    pub path: Vec<String>,
}

/// A unit with a triggered check: its row and that it is in the frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedUnit {
    /// The row of the frame.
    pub row: FrameRow,
    /// Its index in the frame, from 0.
    pub index: u64,
    /// Audit path, leaf side first.
    pub path: Vec<String>,
}

impl ShownUnit {
    /// Its leaf, 64 hexadecimal digits: what changes name it by.
    #[must_use]
    pub fn leaf(&self) -> String {
        match self {
            Self::Whole(unit) => to_hex(&unit.row.view().leaf()),
            Self::Masked(unit) => unit.leaf.clone(),
        }
    }

    /// The unit, where it is named.
    #[must_use]
    pub fn whole(&self) -> Option<&CertificateUnit> {
        match self {
            Self::Whole(unit) => Some(unit),
            Self::Masked(_) => None,
        }
    }

    fn masked(&self) -> Self {
        match self {
            Self::Whole(unit) => {
                Self::Masked(MaskedUnit { index: unit.index, leaf: self.leaf(), path: unit.path.clone() })
            }
            Self::Masked(unit) => Self::Masked(unit.clone()),
        }
    }
}

/// The certificate of a draw as it was opened, without changes and earlier seals.
#[must_use]
pub fn closed_certificate_of(
    frame: &SamplingFrame,
    tree: &MerkleTree,
    seal: &Seal,
    opening: &Opening,
    seed: &DrawSeed,
    order: &DrawOrder,
) -> ClosedCertificate {
    let whole = |row: u32| compute_certificate_unit(frame, tree, seed, row as usize).map(ShownUnit::Whole);
    let strata = order
        .strata
        .iter()
        .map(|s| ClosedStratum {
            id: s.id.clone(),
            threshold: s.threshold(),
            selected: s.selected().iter().filter_map(|unit| whole(unit.row)).collect(),
            reserves: s.reserves().first().and_then(|unit| whole(unit.row)).into_iter().collect(),
        })
        .collect();
    ClosedCertificate {
        format: if seal.has_log() { CLOSED_FORMAT } else { CLOSED_FORMAT_2 }.to_owned(),
        seal: seal.clone(),
        opening: opening.clone(),
        strata,
        changes: Vec::new(),
        added: Vec::new(),
        earlier: Vec::new(),
        head: String::new(),
        log: None,
        interventions: None,
    }
    .with_head()
}

impl ClosedCertificate {
    /// Reads the value of a `certificate.json` of format 2 or 3.
    ///
    /// # Errors
    /// Unknown or missing fields, wrong types: the fault says which.
    pub fn from_value(value: Value) -> Result<Self, Fault> {
        for (name, check) in [
            ("seal", (|v| Seal::from_value(v).map(|_| ())) as fn(Value) -> Result<(), Fault>),
            ("opening", |v| Opening::from_value(v).map(|_| ())),
        ] {
            if let Some(part) = value.get(name) {
                check(part.clone())?;
            }
        }
        typed(value, "certificate")
    }

    /// The bytes of `certificate.json`: canonical JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }

    /// With changes, and the reserves up to the last one that came in.
    #[must_use]
    pub fn with_changes(
        mut self,
        (frame, tree, seed, order): (&SamplingFrame, &MerkleTree, &DrawSeed, &DrawOrder),
        changes: Vec<ChangeEntry>,
    ) -> Self {
        let came: BTreeSet<&str> = changes.iter().map(|change| change.by.as_str()).collect();
        let leaf_of = |row: u32| frame.leaf_hex(row as usize).unwrap_or_default();
        for (shown, drawn) in self.strata.iter_mut().zip(&order.strata) {
            let reserves = drawn.reserves();
            let last = if came.is_empty() {
                None
            } else {
                reserves.iter().rposition(|unit| came.contains(leaf_of(unit.row).as_str()))
            };
            let upto = last.map_or_else(|| reserves.len().min(1), |last| last + 1);
            let units = reserves[..upto].iter();
            shown.reserves = units
                .filter_map(|u| compute_certificate_unit(frame, tree, seed, u.row as usize))
                .map(ShownUnit::Whole)
                .collect();
        }
        let at: BTreeMap<String, usize> = if changes.iter().any(ChangeEntry::is_addition) {
            (0..frame.len()).map(|row| (leaf_of(row as u32), row)).collect()
        } else {
            BTreeMap::new()
        };
        let added = changes.iter().filter(|change| change.is_addition()).filter_map(|change| at.get(&change.unit));
        self.added = added
            .filter_map(|row| compute_certificate_unit(frame, tree, seed, *row))
            .map(|CertificateUnit { row, index, path, .. }| AddedUnit { row, index, path })
            .collect();
        self.changes = changes;
        self.with_head()
    }

    /// With the log's head at the opening, and what another hand did: of a certificate of format 3.
    #[must_use]
    pub fn with_log(mut self, log: LogHead, interventions: Vec<InterventionEntry>) -> Self {
        self.log = Some(log);
        self.interventions = Some(interventions);
        self.with_head()
    }

    /// With the period's earlier seals.
    #[must_use]
    pub fn with_earlier(mut self, earlier: Vec<EndedSeal>) -> Self {
        self.earlier = earlier;
        self
    }

    /// With its chain's last value computed.
    #[must_use]
    pub fn with_head(mut self) -> Self {
        self.head = self.heads().last().map(|head| to_hex(head)).unwrap_or_default();
        self
    }

    /// The chain's values: after the opening, and after each change.
    #[must_use]
    pub fn heads(&self) -> Vec<[u8; 32]> {
        self.head_texts().iter().map(|bytes| sha256(&[bytes])).collect()
    }

    /// What a signature of the certificate signs: its SHA-256 is the chain's last value, so that the signature holds
    /// before and after the masked units get their names.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        self.head_texts().pop().unwrap_or_default()
    }

    fn head_texts(&self) -> Vec<Vec<u8>> {
        let strata: Vec<_> = self
            .strata
            .iter()
            .map(|s| (s.id.as_str(), s.selected.iter().map(ShownUnit::leaf).collect::<Vec<_>>(), s.threshold.as_str()))
            .collect();
        let beside = self.interventions.as_deref().unwrap_or_default();
        head_texts(&self.seal, &self.opening, &strata, (&self.changes, self.log.as_ref(), beside))
    }

    /// The certificate with these units' names left out: selected, reserves and added ones.
    #[must_use]
    pub fn masked(mut self, units: &BTreeSet<String>) -> Self {
        for shown in self.strata.iter_mut().flat_map(|s| s.selected.iter_mut().chain(&mut s.reserves)) {
            if shown.whole().is_some_and(|unit| units.contains(unit.row.unit_id.as_str())) {
                *shown = shown.masked();
            }
        }
        self.added.retain(|added| !units.contains(added.row.unit_id.as_str()));
        self
    }

    /// True where it has exactly the fields of its format, in itself and in its changes.
    #[must_use]
    pub fn has_own_fields(&self) -> bool {
        let third = self.format == CLOSED_FORMAT;
        self.log.is_some() == third
            && self.interventions.is_some() == third
            && self.changes.iter().all(|change| change.log.is_some() == third && change.document.is_some() == third)
    }

    /// Every head of the log that it carries, its seal's first.
    #[must_use]
    pub fn log_heads(&self) -> Vec<LogHead> {
        let interventions = self.interventions.iter().flatten().map(|one| &one.log);
        let of_changes = self.changes.iter().filter_map(|change| change.log.as_ref());
        self.seal.log.iter().chain(&self.log).chain(of_changes).chain(interventions).cloned().collect()
    }

    /// Selected units and reserves, stratum by stratum.
    fn shown(&self) -> impl Iterator<Item = &ShownUnit> {
        self.strata.iter().flat_map(|s| s.selected.iter().chain(&s.reserves))
    }

    /// How many units are not named.
    #[must_use]
    pub fn masked_count(&self) -> usize {
        self.shown().filter(|unit| unit.whole().is_none()).count()
    }

    /// How many triggered checks stand without their unit's row: not checked yet, or not in the sealed frame.
    #[must_use]
    pub fn unnamed_additions(&self) -> usize {
        self.changes.iter().filter(|change| change.is_addition()).count().saturating_sub(self.added.len())
    }

    /// Ids of the units that the certificate names, by their leaves.
    #[must_use]
    pub fn names(&self) -> BTreeMap<String, String> {
        let listed = self.shown().filter_map(|shown| Some((shown.leaf(), shown.whole()?.row.unit_id.to_string())));
        let added = self.added.iter().map(|unit| (to_hex(&unit.row.view().leaf()), unit.row.unit_id.to_string()));
        listed.chain(added).collect()
    }
}

/// Whether a text is a leaf or another hash: 64 lower-case hexadecimal digits.
pub(super) fn is_hash(text: &str) -> bool {
    hash_from_hex(text).is_some()
}
