//! `anchors.json`: what others said of a draw, in one file beside its certificate. Nothing in it is trusted of itself.

use serde::{Deserialize, Serialize};

use super::beacon::BeaconEvidence;
use super::statement::SignedStatement;
use crate::diagnostic::{AppResult, Finding};
use crate::sampling::{to_canonical_json, to_hex};

/// The file's `format`.
pub const ANCHORS_FORMAT: &str = "fairdraw-anchors/1";

/// Who typed a lottery's number, and what they typed it from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberRecord {
    /// Who typed it first.
    pub first: String,
    /// Who typed it again.
    pub second: String,
    /// Name of the page or picture that was kept; empty where none was.
    pub source_file: String,
    /// Its SHA-256; empty where none was kept.
    pub source_sha256: String,
}

/// `anchors.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchors {
    /// [`ANCHORS_FORMAT`].
    pub format: String,
    /// Time stamp tokens, hexadecimal.
    #[serde(default)]
    pub stamps: Vec<String>,
    /// Roots that the plan names by hash, hexadecimal: trusted by that hash alone.
    #[serde(default)]
    pub roots: Vec<String>,
    /// Rounds of drand, in the order of the seal's parts.
    #[serde(default)]
    pub beacons: Vec<BeaconEvidence>,
    /// How a lottery's number came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberRecord>,
    /// Statements of office and witness.
    #[serde(default)]
    pub statements: Vec<SignedStatement>,
}

impl Anchors {
    /// None so far.
    #[must_use]
    pub fn new() -> Self {
        Self { format: ANCHORS_FORMAT.to_owned(), ..Self::default() }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// `ANC-040` where it isn't one.
    pub fn parse(bytes: &[u8]) -> AppResult<Self> {
        let wrong = |why: String| {
            Finding::error("ANC-040", format!("anchors.json 无法识别：{why}"))
                .hint("请用备份恢复，或重新取回时间戳与签名")
        };
        let read: Self = serde_json::from_slice(bytes).map_err(|error| wrong(format!("第 {} 行", error.line())))?;
        if read.format != ANCHORS_FORMAT {
            return Err(wrong(format!("格式「{}」，应为 {ANCHORS_FORMAT}", read.format)).into());
        }
        Ok(read)
    }

    /// The file's bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }

    /// Adds a token; a second time it is passed over. True where it is new.
    pub fn add_stamp(&mut self, token: &[u8]) -> bool {
        Self::add(&mut self.stamps, to_hex(token))
    }

    /// Adds a root's certificate. True where it is new.
    pub fn add_root(&mut self, certificate: &[u8]) -> bool {
        Self::add(&mut self.roots, to_hex(certificate))
    }

    /// The roots that came along, DER: none is trusted of itself.
    #[must_use]
    pub fn kept_roots(&self) -> Vec<Vec<u8>> {
        decoded(&self.roots)
    }

    /// The tokens, DER.
    #[must_use]
    pub fn tokens(&self) -> Vec<Vec<u8>> {
        decoded(&self.stamps)
    }

    /// Adds a statement. True where it is new.
    pub fn add_statement(&mut self, statement: SignedStatement) -> bool {
        Self::add(&mut self.statements, statement)
    }

    fn add<T: PartialEq>(list: &mut Vec<T>, item: T) -> bool {
        let new = !list.contains(&item);
        if new {
            list.push(item);
        }
        new
    }
}

fn decoded(list: &[String]) -> Vec<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    list.iter()
        .map(|text| text.as_bytes().chunks(2).map_while(|p| Some(digit(p[0])? << 4 | digit(*p.get(1)?)?)).collect())
        .collect()
}
