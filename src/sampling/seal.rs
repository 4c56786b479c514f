//! The seal: what is fixed, and committed to, before the public number exists.
//!
//! `seal.json` binds the frame's root, the strata and their draws, the policy, the inputs, the roster, the
//! program, the body's preceding seal and the form of the entropy. Its canonical JSON (RFC 8785) is hashed
//! into the commitment, which is published before the entropy exists.
//! Invariants: unknown, missing or duplicate fields are refused; the same seal has one commitment.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::counts::{ReasonGrounds, SealCounts, grounds_fault};
use super::entropy::EntropyFormat;
use super::fault::Fault;
use super::hash::{Hash32, hash_from_hex, sha256, to_hex};
use super::json::{key_difference, parse_value, to_canonical_json, typed};
use super::log_head::LogHead;
use super::method::Method;
use super::secret::Secret;
use super::time::ShanghaiTime;
use crate::domain::StratumId;

/// The `format` of a seal of version 0.1; such seals are read and verified for ever, and none is made any more.
pub const SEAL_FORMAT_1: &str = "fairdraw-seal/1";
/// The `format` of a seal with [`Seal::counts`], [`Seal::earlier`] and [`Seal::program_sha256`]; none is made any more.
pub const SEAL_FORMAT_2: &str = "fairdraw-seal/2";
/// The `format` of the seals that are made: one of format 2 with [`Seal::log`], [`Seal::interventions`] and
/// [`Seal::grounds`].
pub const SEAL_FORMAT: &str = "fairdraw-seal/3";
/// Source of a public number that is known beforehand. It stands in the seal itself, so that no file beside it can
/// turn a real draw into a demonstration, or hide one.
pub const DEMONSTRATION_SOURCE: &str = "演示用公开数（事先已知）";

const SEAL_KEYS: [&str; 22] = [
    "format",
    "agency",
    "period",
    "sequence",
    "previous",
    "sealed_at",
    "method",
    "program",
    "frame_root",
    "frame_size",
    "strata",
    "inputs_sha256",
    "policy_sha256",
    "roster_sha256",
    "secret_sha256",
    "entropy",
    "counts",
    "earlier",
    "program_sha256",
    "log",
    "interventions",
    "grounds",
];
/// How many of them a seal of format 1 has.
const KEYS_OF_FORMAT_1: usize = 16;
/// And one of format 2.
const KEYS_OF_FORMAT_2: usize = 19;

/// `seal.json`, field by field as the file has it. Texts are only guaranteed valid where
/// [`Seal::faults`] is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// [`SEAL_FORMAT`].
    pub format: String,
    /// The body that draws, `[0-9A-Z]{2,18}`.
    pub agency: String,
    /// `2027-03`, or `2027-00` for the year's own seal.
    pub period: String,
    /// From 1 within the period.
    pub sequence: u64,
    /// Commitment of the body's preceding seal of any period; empty for the first.
    pub previous: String,
    /// The office's word for when it sealed.
    pub sealed_at: String,
    /// A [`Method`]'s id.
    pub method: String,
    /// Name and version of the program.
    pub program: String,
    /// Root of the tree over the frame's rows.
    pub frame_root: String,
    /// Rows of the frame.
    pub frame_size: u64,
    /// Strata in order of their ids.
    pub strata: Vec<SealStratum>,
    /// Hash over registry, history and earlier certificates.
    pub inputs_sha256: String,
    /// Hash of the bytes of `policy.ron`.
    pub policy_sha256: String,
    /// SHA-256(roster.csv ‖ needs.csv).
    pub roster_sha256: String,
    /// SHA-256 of the secret.
    pub secret_sha256: String,
    /// Which public number will open it.
    pub entropy: EntropyPledge,
    /// Units by reason and stratum; from format 2 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<SealCounts>,
    /// SHA-256 of the canonical JSON of each earlier seal of the period, as its certificate lists them
    /// ([`super::EndedSeal`]), in order: `sequence` − 1 of them; from format 2 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Vec<String>>,
    /// SHA-256 of the running program's file; from format 2 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program_sha256: Option<String>,
    /// Head of the log before the line of the sealing; from format 3 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogHead>,
    /// SHA-256 of the canonical JSON of each intervention before the sealing that concerns the draw
    /// ([`super::InterventionEntry`]), in order; from format 3 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interventions: Option<Vec<String>>,
    /// On what ground units are out of the draw and inspectors kept away from units; from format 3 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounds: Option<Vec<ReasonGrounds>>,
}

/// A stratum in the seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealStratum {
    /// `body/category`.
    pub id: String,
    /// Units with a probability above 0.
    pub size: u64,
    /// Units to draw, certainties included.
    pub draw: u64,
}

/// The public number that will open a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntropyPledge {
    /// `ssq`, `index`, `dice` or `drand`.
    pub format: String,
    /// Whose number it is.
    pub source: String,
    /// Which issue, day or round.
    pub reference: String,
    /// When it becomes known.
    pub available_at: String,
}

impl Seal {
    /// What a QR code of the seal holds: its commitment with agency, period and sequence.
    #[must_use]
    pub fn commitment_text(&self) -> String {
        format!(
            "FAIRDRAW COMMITMENT\nagency={}\nperiod={}\nsequence={}\nsealed_at={}\nsha256={}",
            self.agency,
            self.period,
            self.sequence,
            self.sealed_at,
            to_hex(&self.commitment())
        )
    }

    /// Reads `seal.json` (or the seal inside a certificate).
    ///
    /// # Errors
    /// Not readable, unknown or missing fields, wrong types: the fault says which.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        Self::from_value(parse_value(bytes, "seal")?)
    }

    pub(super) fn from_value(value: Value) -> Result<Self, Fault> {
        let keys = match value.get("format").and_then(Value::as_str) {
            Some(SEAL_FORMAT_1) => &SEAL_KEYS[..KEYS_OF_FORMAT_1],
            Some(SEAL_FORMAT_2) => &SEAL_KEYS[..KEYS_OF_FORMAT_2],
            _ => &SEAL_KEYS[..],
        };
        if let Some(difference) = key_difference(&value, keys) {
            return Err(Fault::new(
                "VER-001",
                format!("封签的字段不对：{difference}"),
                "seal: unknown or missing fields",
            ));
        }
        let entropy = &value["entropy"];
        if let Some(difference) = key_difference(entropy, &["format", "source", "reference", "available_at"]) {
            return Err(Fault::new("VER-009", format!("封签的公开数（entropy）不对：{difference}"), "seal: entropy"));
        }
        for stratum in value["strata"].as_array().into_iter().flatten() {
            if let Some(difference) = key_difference(stratum, &["id", "size", "draw"]) {
                return Err(Fault::new("VER-015", format!("封签的层（strata）不对：{difference}"), "seal: strata"));
            }
        }
        typed(value, "seal")
    }

    /// The canonical JSON that the commitment hashes; also the bytes of `seal.json`.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }

    /// SHA-256 of the canonical JSON.
    #[must_use]
    pub fn commitment(&self) -> Hash32 {
        sha256(&[&self.to_json()])
    }

    /// True for a seal of version 0.1, whose certificate is of format 1.
    #[must_use]
    pub fn is_format_1(&self) -> bool {
        self.format == SEAL_FORMAT_1
    }

    /// True from format 3 on: seal and certificate carry heads of the log.
    #[must_use]
    pub fn has_log(&self) -> bool {
        self.format == SEAL_FORMAT
    }

    /// True where this is the secret that the seal binds.
    #[must_use]
    pub fn binds(&self, secret: &Secret) -> bool {
        to_hex(&secret.sha256()) == self.secret_sha256
    }

    /// Strata in which somebody can be drawn: the others stand in the frame with exclusions only.
    #[must_use]
    pub fn strata_with_chance(&self) -> usize {
        self.strata.iter().filter(|stratum| stratum.size > 0).count()
    }

    /// Units to draw, certainties included.
    #[must_use]
    pub fn total_draw(&self) -> u64 {
        self.strata.iter().map(|stratum| stratum.draw).sum()
    }

    /// By which rules it draws; `None` where its `method` is none that this program knows.
    #[must_use]
    pub fn method(&self) -> Option<Method> {
        Method::from_id(&self.method)
    }

    /// The format of the entropy, where it is known.
    #[must_use]
    pub fn entropy_format(&self) -> Option<EntropyFormat> {
        EntropyFormat::from_id(&self.entropy.format)
    }

    /// True where the public number was known before the sealing.
    #[must_use]
    pub fn is_demonstration(&self) -> bool {
        self.entropy.source == DEMONSTRATION_SOURCE
    }

    /// What is wrong with the seal's own fields (formats, hashes, period, times, entropy).
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.format_faults();
        faults.extend(self.text_faults());
        faults.extend(self.entropy_faults());
        faults
    }

    pub(super) fn format_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if ![SEAL_FORMAT, SEAL_FORMAT_2, SEAL_FORMAT_1].contains(&self.format.as_str()) {
            faults.push(Fault::new(
                "VER-003",
                format!("封签格式「{}」无法识别，应为 {SEAL_FORMAT}、{SEAL_FORMAT_2} 或 {SEAL_FORMAT_1}", self.format),
                "format",
            ));
        }
        if self.method().is_none() {
            let known = Method::ALL.map(Method::id).join(" 或 ");
            let what = format!("抽样方法「{}」无法识别，应为 {known}", self.method);
            faults.push(Fault::new("VER-004", what, "method"));
        }
        faults
    }

    pub(super) fn text_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let hashes = [
            ("frame_root", &self.frame_root),
            ("inputs_sha256", &self.inputs_sha256),
            ("policy_sha256", &self.policy_sha256),
            ("roster_sha256", &self.roster_sha256),
            ("secret_sha256", &self.secret_sha256),
        ];
        for (name, text) in hashes.into_iter().chain(self.program_sha256.iter().map(|text| ("program_sha256", text))) {
            if hash_from_hex(text).is_none() {
                faults.push(Fault::new(
                    "VER-005",
                    format!("封签的 {name} 应为 64 位小写十六进制数字"),
                    format!("seal: {name} is not 64 lower-case hexadecimal digits"),
                ));
            }
        }
        if !self.previous.is_empty() && hash_from_hex(&self.previous).is_none() {
            faults.push(Fault::new("VER-006", "封签的 previous 应为空或 64 位小写十六进制数字", "seal: previous"));
        }
        faults.extend(self.closed_faults());
        faults
    }

    /// What is wrong with the fields that formats 2 and 3 add; there are none in format 1.
    fn closed_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let has = [self.counts.is_some(), self.earlier.is_some(), self.program_sha256.is_some()];
        let third = [self.log.is_some(), self.interventions.is_some(), self.grounds.is_some()];
        if has != [!self.is_format_1(); 3] || third != [self.has_log(); 3] {
            return vec![Fault::new("VER-063", "封签的字段与其格式不符", "seal: unknown or missing fields")];
        }
        if let Some(earlier) = &self.earlier
            && (earlier.iter().any(|text| hash_from_hex(text).is_none())
                || earlier.len() as u64 != self.sequence.saturating_sub(1)
                || (!earlier.is_empty() && self.previous.is_empty()))
        {
            faults.push(Fault::new(
                "VER-053",
                format!(
                    "封签记有 {} 次以往封存，序号为 {}，应少 1，各为 64 位小写十六进制数字",
                    earlier.len(),
                    self.sequence
                ),
                "seal: earlier",
            ));
        }
        if let Some(why) = self.counts.as_ref().and_then(|counts| counts.fault(&self.strata, self.frame_size)) {
            faults.push(Fault::new("VER-052", format!("封签的分原因户数（counts）不对：{why}"), "seal: counts"));
        } else if let (Some(counts), Some(grounds)) = (&self.counts, &self.grounds)
            && let Some(why) = grounds_fault(grounds, counts)
        {
            faults.push(Fault::new("VER-078", format!("封签的排除依据（grounds）不对：{why}"), "seal: grounds"));
        }
        let written = |hash: &String| hash_from_hex(hash).is_some();
        if self.log.as_ref().is_some_and(|log| !log.is_written())
            || self.interventions.as_ref().is_some_and(|list| !list.iter().all(written))
        {
            faults.push(Fault::new("VER-077", "封签的日志根值或外部改动写法不对", "seal: log or interventions"));
        }
        faults
    }

    /// Agency, period and times; the entropy's format.
    pub(super) fn entropy_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !is_agency(&self.agency) || !is_period(&self.period) || self.sequence == 0 {
            faults.push(Fault::new(
                "VER-008",
                format!(
                    "封签的机关「{}」、期间「{}」或序号「{}」不对：机关为 2 到 18 位数字或大写字母，期间写作 2027-03，序号从 1 起",
                    self.agency, self.period, self.sequence
                ),
                "seal: agency or period",
            ));
        }
        if self.entropy_format().is_none() {
            faults.push(Fault::new(
                "VER-009",
                format!("公开数的格式「{}」无法识别，应为 ssq、index、dice、drand 或 mixed", self.entropy.format),
                "seal: entropy",
            ));
        }
        let sealed_before =
            match (ShanghaiTime::new(self.sealed_at.as_str()), ShanghaiTime::new(self.entropy.available_at.as_str())) {
                (Ok(sealed), Ok(available)) => sealed < available,
                _ => false,
            };
        if !sealed_before {
            faults.push(Fault::new(
                "VER-010",
                format!(
                    "封存时间「{}」不早于公开数的公布时间「{}」，或写法不对（应如 2027-02-28T21:15:00+08:00）",
                    self.sealed_at, self.entropy.available_at
                ),
                "seal: sealed_at is not before the entropy's available_at",
            ));
        }
        faults
    }

    /// What is wrong with the list of strata: a bad or double id, or the order.
    #[must_use]
    pub fn strata_faults(&self) -> Vec<Fault> {
        let mut seen = BTreeSet::new();
        for stratum in &self.strata {
            let twice = !seen.insert(stratum.id.as_str());
            if twice || StratumId::new(stratum.id.as_str()).is_err() {
                let what = if twice { "重复" } else { "写法不对" };
                return vec![Fault::new("VER-015", format!("封签中层「{}」{what}", stratum.id), "seal: strata")];
            }
        }
        if self.strata.is_sorted_by(|a, b| a.id < b.id) {
            return Vec::new();
        }
        vec![Fault::new("VER-015", "封签中的层没有按编号排序", "seal: strata are not in order")]
    }
}

fn is_agency(text: &str) -> bool {
    (2..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// `YYYY-MM` with MM from 00 (the year itself) to 12: the published format's rule, which takes seals of any year,
/// while a [`crate::domain::Period`] is one that a plan can have.
fn is_period(text: &str) -> bool {
    match text.as_bytes() {
        [y @ .., b'-', tens, ones] => {
            y.len() == 4
                && y.iter().all(u8::is_ascii_digit)
                && match tens {
                    b'0' => ones.is_ascii_digit(),
                    b'1' => (b'0'..=b'2').contains(ones),
                    _ => false,
                }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_and_agencies() {
        assert!(["2027-03", "2027-00", "2027-12"].into_iter().all(is_period));
        assert!(["2027-13", "2027-3", "27-03", "2027/03", "2027-03 ", ""].into_iter().all(|p| !is_period(p)));
        assert!(is_agency("310000") && is_agency("SH") && !is_agency("sh") && !is_agency("3") && !is_agency("上海"));
    }
}
