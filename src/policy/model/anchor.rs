//! What the plan binds of a draw's outside anchors: public number, time stamp, signatures, witness.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Days on which the lottery isn't drawn, as announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotteryPause {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// Whose public key is bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnchorKey {
    /// Who holds it.
    pub name: String,
    /// `sm2:` and 130, or `ed25519:` and 64 hexadecimal digits, as `fairdraw keys` prints it.
    pub key: String,
}

/// How far a draw can be trusted without the office's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustLevel {
    /// The office's own files agree with each other.
    OwnWord,
    /// A time stamp proves that the seal was there before the number.
    Stamp,
    /// The number is signed by a public beacon.
    Beacon,
    /// A witness signed the seal before the number and the opening after it.
    Witness,
}

impl TrustLevel {
    /// All levels.
    pub const ALL: [Self; 4] = [Self::OwnWord, Self::Stamp, Self::Beacon, Self::Witness];

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::OwnWord => "自证",
            Self::Stamp => "时间戳",
            Self::Beacon => "信标",
            Self::Witness => "见证",
        }
    }
}

/// The plan's rule of anchors. A policy without it has the defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnchorRule {
    /// Least hours between a seal and its public number.
    pub least_gap_hours: u32,
    /// Least bits of the public number that nobody can foresee.
    pub least_entropy_bits: u32,
    /// When the lottery pauses.
    pub lottery_pauses: Vec<LotteryPause>,
    /// Roots of time stamping authorities: SHA-256 of the certificate, 64 hexadecimal digits.
    pub roots: Vec<String>,
    /// The office's keys.
    pub office_keys: Vec<AnchorKey>,
    /// The witness's keys.
    pub witness_keys: Vec<AnchorKey>,
    /// What every draw of the year must have.
    pub required: Vec<TrustLevel>,
}

impl Default for AnchorRule {
    fn default() -> Self {
        Self {
            least_gap_hours: 24,
            least_entropy_bits: 40,
            lottery_pauses: Vec::new(),
            roots: Vec::new(),
            office_keys: Vec::new(),
            witness_keys: Vec::new(),
            required: Vec::new(),
        }
    }
}

impl AnchorRule {
    /// How its parts are written.
    pub const EXPECTED: &'static str = "根证书的散列值为 64 位小写十六进制数字；公钥为 keys 命令给出的一行，见证人的与本单位的不同；休市的起日不晚于止日";

    /// True where nothing differs from the defaults: the policy's file then says nothing of it.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What is wrong with it, in Chinese.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let mut faults = Vec::new();
        for pause in self.lottery_pauses.iter().filter(|pause| pause.from > pause.to) {
            faults.push(format!("休市的起日 {} 晚于止日 {}", pause.from, pause.to));
        }
        for root in self.roots.iter().filter(|root| root.len() != 64 || !is_hex(root)) {
            faults.push(format!("根证书的散列值「{root}」应为 64 位小写十六进制数字"));
        }
        for AnchorKey { name, key } in self.office_keys.iter().chain(&self.witness_keys) {
            let fits = match key.split_once(':') {
                Some(("sm2", digits)) => digits.len() == 130 && is_hex(digits),
                Some(("ed25519", digits)) => digits.len() == 64 && is_hex(digits),
                _ => false,
            };
            if !fits {
                faults.push(format!("「{name}」的公钥写法不对，应为 keys 命令给出的 sm2: 或 ed25519: 一行"));
            }
        }
        let same = |key: &&AnchorKey| self.office_keys.iter().any(|office| office.key == key.key);
        for key in self.witness_keys.iter().filter(same) {
            faults.push(format!("见证人「{}」的公钥与本单位的相同：见证须用他人的密钥", key.name));
        }
        faults
    }
}
