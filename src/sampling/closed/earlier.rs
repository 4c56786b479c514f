//! A period's earlier seals, as the next seal binds them and the certificate shows them.

use serde::{Deserialize, Serialize};

use crate::sampling::fault::Fault;
use crate::sampling::hash::{Hash32, hash_from_hex, sha256, to_hex};
use crate::sampling::json::{parse_value, to_canonical_json, typed};
use crate::sampling::seal::Seal;
use crate::sampling::time::ShanghaiTime;
use crate::sampling::verify::seal_faults;

/// What the reason of a voided seal says whose secret nobody has any more.
pub const SECRET_LOST: &str = "秘密遗失";

/// How a seal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealEnd {
    /// It was opened and drawn.
    Opened,
    /// It was given up.
    Voided,
}

impl SealEnd {
    /// In Chinese.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Opened => "开封",
            Self::Voided => "作废",
        }
    }
}

/// An earlier seal of the same period: the whole of it, so that its times and its draw need nobody's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndedSeal {
    /// The seal, of either format.
    pub seal: Seal,
    /// How it ended.
    pub state: SealEnd,
    /// When it ended.
    pub at: String,
    /// Why it was voided; empty where it was opened.
    pub reason: String,
    /// Why the period was sealed again after it.
    pub again: String,
    /// The secret of a voided seal, disclosed so that anybody can see which list was given up; empty where it was opened
    /// (its own certificate has it), or where it was lost.
    pub secret: String,
}

/// `voided.json`: with the frame and the seal beside it anybody can see what was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidedSeal {
    /// `fairdraw-voided/1`.
    pub format: String,
    /// Commitment of the seal.
    pub commitment: String,
    /// When it was given up.
    pub at: String,
    /// Why.
    pub reason: String,
    /// The secret, 64 hexadecimal digits; empty where it is lost.
    pub secret: String,
}

impl VoidedSeal {
    /// What a seal that is given up leaves.
    #[must_use]
    pub fn of(seal: &Seal, at: &str, reason: &str, secret: String) -> Self {
        Self {
            format: "fairdraw-voided/1".to_owned(),
            commitment: to_hex(&seal.commitment()),
            at: at.to_owned(),
            reason: reason.to_owned(),
            secret,
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Not readable, unknown or missing fields: the fault says which.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        typed(parse_value(bytes, "voided")?, "voided")
    }

    /// The file's bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }
}

/// `earlier.json`: the earlier seals of a period as they lie beside the seal that binds them.
///
/// # Errors
/// Not readable, unknown or missing fields: the fault says which.
pub fn parse_earlier(bytes: &[u8]) -> Result<Vec<EndedSeal>, Fault> {
    typed(parse_value(bytes, "earlier")?, "earlier")
}

impl EndedSeal {
    /// What the next seal of the period binds: H of the canonical JSON.
    #[must_use]
    pub fn sha256(&self) -> Hash32 {
        sha256(&[&to_canonical_json(self)])
    }

    fn fault(&self, own: &Seal, sequence: u64) -> Option<String> {
        let said = |text: &str| Some(format!("第 {sequence} 次封存{text}"));
        if let Some(fault) = seal_faults(&self.seal).into_iter().next() {
            return said(&format!("的封签不对：{}", fault.text));
        }
        if (self.seal.agency.as_str(), self.seal.period.as_str(), self.seal.sequence)
            != (own.agency.as_str(), own.period.as_str(), sequence)
        {
            return said("属于别的机关、期间或次序");
        }
        if ShanghaiTime::new(self.at.as_str()).is_err() {
            return said("的结束时间写法不对");
        }
        if self.at < self.seal.sealed_at || self.at > own.sealed_at {
            return said("的结束时间不在两次封存之间");
        }
        if self.again.trim().is_empty() {
            return said("之后没有写明再次封存的理由");
        }
        match self.state {
            SealEnd::Opened => {
                let early = self.at < self.seal.entropy.available_at && !self.seal.is_demonstration();
                let plain = self.reason.is_empty() && self.secret.is_empty();
                if early {
                    said("的开封早于公开数")
                } else if plain {
                    None
                } else {
                    said("已开封，不应有作废的理由或秘密")
                }
            }
            SealEnd::Voided => {
                if self.reason.trim().is_empty() {
                    return said("没有写明作废的理由");
                }
                let late = self.at >= self.seal.entropy.available_at && !self.seal.is_demonstration();
                if self.secret.is_empty() {
                    return if self.reason.contains(SECRET_LOST) {
                        None
                    } else {
                        said("作废时没有公开秘密，也没有写明秘密遗失")
                    };
                }
                if late {
                    return said("在公开数之后作废，却有秘密：只能开封");
                }
                match hash_from_hex(&self.secret) {
                    Some(secret) if to_hex(&sha256(&[&secret])) == self.seal.secret_sha256 => None,
                    _ => said("公开的秘密与其封签不符"),
                }
            }
        }
    }
}

/// What is wrong with a seal's list of earlier ones: how many, each in itself, that the seal binds them, how they
/// follow each other.
pub(super) fn earlier_faults(own: &Seal, earlier: &[EndedSeal]) -> Vec<Fault> {
    let why = why_not_bound(own, earlier);
    why.map(|why| Fault::new("VER-055", format!("以往封存与封签不符：{why}"), "earlier seals")).into_iter().collect()
}

fn why_not_bound(own: &Seal, earlier: &[EndedSeal]) -> Option<String> {
    let bound = own.earlier.as_deref().unwrap_or_default();
    if earlier.len() != bound.len() {
        return Some(format!("证书列出 {} 次，封签记有 {} 次", earlier.len(), bound.len()));
    }
    for (i, (entry, hash)) in earlier.iter().zip(bound).enumerate() {
        let sequence = i as u64 + 1;
        if to_hex(&entry.sha256()) != *hash {
            return Some(format!("第 {sequence} 次封存不是本次封签所记的"));
        }
        if let Some(why) = entry.fault(own, sequence) {
            return Some(why);
        }
        let next = earlier.get(i + 1).map_or(own, |next| &next.seal);
        if entry.at > next.sealed_at {
            return Some(format!("第 {sequence} 次封存结束晚于下一次封存"));
        }
        // what the next one bound of those before it is what stands here
        if let Some(known) = &next.earlier
            && known.get(i) != Some(hash)
        {
            return Some(format!("第 {sequence} 次封存不是下一次封签所记的"));
        }
    }
    None
}

/// The earlier seals in words.
pub(super) fn earlier_words(own: &Seal, earlier: &[EndedSeal]) -> String {
    if earlier.is_empty() {
        return "本期第 1 次封存".to_owned();
    }
    let each = earlier.iter().map(|entry| {
        let time = |text: &str| text.replace('T', " ").replace("+08:00", "");
        let ended = format!("第 {} 次 {} {}", entry.seal.sequence, time(&entry.at), entry.state.label());
        match entry.state {
            SealEnd::Opened => ended,
            SealEnd::Voided => format!("{ended}（{}）", entry.reason),
        }
    });
    let each = each.collect::<Vec<_>>().join("；");
    // other periods may have been sealed in between
    let follows = earlier.last().is_some_and(|last| to_hex(&last.seal.commitment()) == own.previous);
    if follows { each } else { format!("{each}；其后另有其他期间的封存，见登记簿") }
}
