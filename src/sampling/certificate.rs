//! The certificate of a draw: what anybody can check without the frame.
//!
//! It carries the seal, the opening, and per stratum the threshold and each selected unit's row with its
//! audit path, ticket and key; substitutes with their reasons; the earlier sequences of the period. The core
//! is what the independent reference checker reads; `statement` (for a demonstration: 演示) and `digest` (over
//! all the rest, so that any changed byte is found, also where the draw itself doesn't bind it) are additions
//! that it passes over.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::draw::DrawOrder;
use super::fault::Fault;
use super::frame::{FrameRow, SamplingFrame};
use super::hash::{Hash32, hash_from_hex, sha256, to_hex};
use super::json::{parse_value, to_canonical_json, typed};
use super::merkle::{MerkleTree, PathFault, root_from_path};
use super::opening::{DrawSeed, Opening};
use super::seal::Seal;
use super::ticket::{TicketMaker, compute_key, key_to_hex};

/// The certificate's `format`.
pub const CERTIFICATE_FORMAT: &str = "fairdraw-certificate/1";
/// The statement of a draw whose entropy was known beforehand.
pub const DEMONSTRATION: &str = "演示：公共数字事先已知，本证书不证明抽取公正";

/// `certificate.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// [`CERTIFICATE_FORMAT`].
    pub format: String,
    /// The seal.
    pub seal: Seal,
    /// Its opening.
    pub opening: Opening,
    /// Strata in the seal's order.
    pub strata: Vec<CertificateStratum>,
    /// Earlier sequences of the period, as the register has them.
    pub earlier: Vec<EarlierSeal>,
    /// What a reader must be told, such as [`DEMONSTRATION`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// SHA-256 of the canonical JSON of the certificate without this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

/// A stratum of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateStratum {
    /// `body/category`.
    pub id: String,
    /// The first reserve's key, 16 hexadecimal digits; empty without a reserve.
    pub threshold: String,
    /// The selected units in order.
    pub selected: Vec<CertificateUnit>,
    /// Reserves that took a dead unit's place, in order.
    pub substitutes: Vec<Substitute>,
}

/// A unit's row with its proof and its place in the draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateUnit {
    /// The row of the frame.
    pub row: FrameRow,
    /// Its index in the frame, from 0.
    pub index: u64,
    /// Audit path, leaf side first, each 64 hexadecimal digits.
    pub path: Vec<String>,
    /// Its ticket.
    pub ticket: u64,
    /// Its key, 16 hexadecimal digits.
    pub key: String,
}

/// A reserve that took a selected unit's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substitute {
    /// The row of the frame.
    pub row: FrameRow,
    /// Its index in the frame, from 0.
    pub index: u64,
    /// Audit path, leaf side first.
    pub path: Vec<String>,
    /// Its ticket.
    pub ticket: u64,
    /// Its key, 16 hexadecimal digits.
    pub key: String,
    /// The unit whose place it takes: a selected one or an earlier substitute.
    pub replaces: String,
    /// Why, with the date of the evidence.
    pub reason: String,
}

/// An earlier seal of the same period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierSeal {
    /// Its sequence.
    pub sequence: u64,
    /// Its commitment.
    pub commitment: String,
    /// `opened` or `voided`.
    pub state: String,
    /// Why it was voided, or why the period was sealed again.
    pub reason: String,
}

/// What a unit shows of itself, selected or substitute.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) row: &'a FrameRow,
    pub(super) index: u64,
    pub(super) path: &'a [String],
    pub(super) ticket: u64,
    pub(super) key: &'a str,
}

impl CertificateUnit {
    pub(super) fn shown(&self) -> Shown<'_> {
        Shown { row: &self.row, index: self.index, path: &self.path, ticket: self.ticket, key: &self.key }
    }
}

impl Substitute {
    pub(super) fn shown(&self) -> Shown<'_> {
        Shown { row: &self.row, index: self.index, path: &self.path, ticket: self.ticket, key: &self.key }
    }
}

/// Whether a row with its path leads to the sealed root; the reason in Chinese otherwise.
pub(super) fn check_path(row: &FrameRow, index: u64, path: &[String], seal: &Seal) -> Result<(), String> {
    leads_to_root(row.view().leaf(), index, path, seal)
}

/// As [`check_path`], for a leaf whose row is not shown.
pub(super) fn check_leaf_path(leaf: &str, index: u64, path: &[String], seal: &Seal) -> Result<(), String> {
    let leaf = hash_from_hex(leaf).ok_or_else(|| "叶值不是 64 位小写十六进制数字".to_owned())?;
    leads_to_root(leaf, index, path, seal)
}

fn leads_to_root(leaf: Hash32, index: u64, path: &[String], seal: &Seal) -> Result<(), String> {
    let hashes: Option<Vec<Hash32>> = path.iter().map(|text| hash_from_hex(text)).collect();
    let Some(hashes) = hashes else {
        return Err("证明路径中有不是 64 位小写十六进制数字的值".to_owned());
    };
    match root_from_path(leaf, index, seal.frame_size, &hashes) {
        Ok(root) if hash_from_hex(&seal.frame_root) == Some(root) => Ok(()),
        Ok(_) => Err("由该行与路径算出的根与封签不符".to_owned()),
        Err(PathFault::Outside) => Err(format!("行号 {index} 超出抽样框")),
        Err(PathFault::TooLong) => Err("证明路径过长".to_owned()),
        Err(PathFault::TooShort) => Err("证明路径过短".to_owned()),
    }
}

/// A unit's entry; `None` where the row is not in the frame.
#[must_use]
pub fn compute_certificate_unit(
    frame: &SamplingFrame,
    tree: &MerkleTree,
    seed: &DrawSeed,
    index: usize,
) -> Option<CertificateUnit> {
    let row = frame.to_row(index)?;
    let ticket = TicketMaker::new(seed).ticket(row.unit_id.as_str());
    // An excluded row has no key; 0 would read as a certainty.
    let key = if row.rank_ppb == 0 { String::new() } else { key_to_hex(compute_key(ticket, row.rank_ppb)) };
    let path = tree.path(index)?.iter().map(|hash| to_hex(hash)).collect();
    Some(CertificateUnit { row, index: index as u64, path, ticket, key })
}

/// The certificate of a draw, without substitutions, statement and digest.
#[must_use]
pub fn certificate_of(
    frame: &SamplingFrame,
    tree: &MerkleTree,
    seal: &Seal,
    opening: &Opening,
    seed: &DrawSeed,
    order: &DrawOrder,
) -> Certificate {
    let strata = order
        .strata
        .iter()
        .map(|s| CertificateStratum {
            id: s.id.clone(),
            threshold: s.threshold(),
            selected: s
                .selected()
                .iter()
                .filter_map(|unit| compute_certificate_unit(frame, tree, seed, unit.row as usize))
                .collect(),
            substitutes: Vec::new(),
        })
        .collect();
    Certificate {
        format: CERTIFICATE_FORMAT.to_owned(),
        seal: seal.clone(),
        opening: opening.clone(),
        strata,
        earlier: Vec::new(),
        statement: None,
        digest: None,
    }
}

impl Substitute {
    /// The entry of a reserve that takes the place of `replaces`.
    #[must_use]
    pub fn of(unit: CertificateUnit, replaces: impl Into<String>, reason: impl Into<String>) -> Self {
        let CertificateUnit { row, index, path, ticket, key } = unit;
        Self { row, index, path, ticket, key, replaces: replaces.into(), reason: reason.into() }
    }
}

impl Certificate {
    /// Reads `certificate.json`.
    ///
    /// # Errors
    /// Not readable, another format, unknown or missing fields, wrong types: the fault says which.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let value = parse_value(bytes, "certificate")?;
        let format = value.get("format").and_then(Value::as_str).unwrap_or_default();
        if format != CERTIFICATE_FORMAT {
            return Err(format_fault(format));
        }
        // First the parts with named faults of their own.
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

    /// The bytes of `certificate.json`: canonical JSON, with the digest made anew.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(&self.clone().with_digest())
    }

    /// The certificate with its digest.
    #[must_use]
    pub fn with_digest(mut self) -> Self {
        self.digest = Some(self.compute_digest());
        self
    }

    /// The certificate with a statement for its readers.
    #[must_use]
    pub fn with_statement(mut self, statement: impl Into<String>) -> Self {
        self.statement = Some(statement.into());
        self
    }

    /// SHA-256 of the canonical JSON without `digest`, in hexadecimal.
    #[must_use]
    pub fn compute_digest(&self) -> String {
        let bare = Self { digest: None, ..self.clone() };
        to_hex(&sha256(&[&to_canonical_json(&bare)]))
    }
}

pub(super) fn format_fault(format: &str) -> Fault {
    Fault::new("VER-003", format!("证书格式「{format}」无法识别，应为 {CERTIFICATE_FORMAT}"), "format")
}
