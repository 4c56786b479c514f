//! drand: rounds whose hour is arithmetic and whose number is signed by a threshold of its members (BLS12-381).
//!
//! Two chains of the League of Entropy are known by their hash, which is computed from key, first round and period, so
//! that a wrong constant can't pass. A round's randomness is SHA-256 of its signature; the signature is checked offline.

use blst::{BLST_ERROR, min_pk, min_sig};
use serde::{Deserialize, Serialize};

use super::moment::of_unix;
use crate::sampling::{Fault, ShanghaiTime, sha256, to_hex};

/// How a chain signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    /// Signatures on G2 over H(previous signature ‖ round).
    Chained,
    /// Signatures on G1 over H(round), hashed to the curve by RFC 9380.
    Unchained,
}

/// A chain of drand.
#[derive(Debug, PartialEq, Eq)]
pub struct DrandChain {
    /// Its name.
    pub name: &'static str,
    /// SHA-256 of what follows, hexadecimal.
    pub hash: &'static str,
    /// Seconds since 1970 of the first round.
    genesis: i64,
    /// Seconds between rounds.
    period: u32,
    public_key: &'static str,
    group_hash: &'static str,
    scheme: Scheme,
}

/// The chains known.
pub const CHAINS: [DrandChain; 2] = [
    DrandChain {
        name: "quicknet",
        hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
        genesis: 1_692_803_367,
        period: 3,
        public_key: "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1\
                     fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
        group_hash: "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
        scheme: Scheme::Unchained,
    },
    DrandChain {
        name: "default",
        hash: "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",
        genesis: 1_595_431_050,
        period: 30,
        public_key: "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
        group_hash: "176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",
        scheme: Scheme::Chained,
    },
];

/// What stands before the chain's hash in a seal's `entropy.source`.
pub const SOURCE_PREFIX: &str = "drand:";

/// Largest round that is taken: some three thousand years of quicknet.
const LARGEST_ROUND: u64 = 1 << 35;

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

impl DrandChain {
    /// The chain that a seal's source names: `drand:` and the chain's hash.
    #[must_use]
    pub fn of_source(source: &str) -> Option<&'static Self> {
        let hash = source.strip_prefix(SOURCE_PREFIX)?;
        CHAINS.iter().find(|chain| chain.hash == hash)
    }

    /// The chain that an office means: its name, its hash, or a text that has one of them.
    #[must_use]
    pub fn meant(typed: &str) -> Option<&'static Self> {
        let typed = typed.to_lowercase();
        CHAINS.iter().find(|chain| typed.contains(chain.hash) || typed.contains(chain.name))
    }

    /// True where a round's signature stands alone, without that of the round before.
    #[must_use]
    pub fn is_unchained(&self) -> bool {
        self.scheme == Scheme::Unchained
    }

    /// How a seal names it.
    #[must_use]
    pub fn source(&self) -> String {
        format!("{SOURCE_PREFIX}{}", self.hash)
    }

    /// When a round is published; `None` for round 0 and rounds out of reach.
    #[must_use]
    pub fn time_of(&self, round: u64) -> Option<ShanghaiTime> {
        let after = round.checked_sub(1).filter(|_| round <= LARGEST_ROUND)?;
        of_unix(self.genesis.checked_add(i64::try_from(after).ok()?.checked_mul(i64::from(self.period))?)?)
    }

    /// The first round that is published at or after a moment (seconds since 1970).
    #[must_use]
    pub fn round_at(&self, unix: i64) -> u64 {
        let periods = (unix - self.genesis).max(0).div_euclid(i64::from(self.period));
        let late = i64::from((unix - self.genesis).max(0) % i64::from(self.period) != 0);
        (periods + late + 1) as u64
    }

    /// Whether the signature is the chain's for this round.
    fn check(&self, evidence: &BeaconEvidence) -> Result<(), &'static str> {
        let signature = bytes_of(&evidence.signature).ok_or("签名不是十六进制数字")?;
        let previous = bytes_of(&evidence.previous_signature).ok_or("上一轮签名不是十六进制数字")?;
        let key = bytes_of(self.public_key).ok_or("公钥写法不对")?;
        let round = evidence.round.to_be_bytes();
        let passed = match self.scheme {
            Scheme::Chained => {
                if previous.len() != 96 && evidence.round > 1 {
                    return Err("缺少上一轮签名（previous_signature）");
                }
                let message = sha256(&[&previous, &round]);
                let tag = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_";
                let key = min_pk::PublicKey::uncompress(&key).map_err(|_| "公钥写法不对")?;
                let signature = min_pk::Signature::uncompress(&signature).map_err(|_| "签名不是曲线上的点")?;
                signature.verify(true, &message, tag, &[], &key, true)
            }
            Scheme::Unchained => {
                if !previous.is_empty() {
                    return Err("这条链的轮次不带上一轮签名");
                }
                let message = sha256(&[&round]);
                let tag = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
                let key = min_sig::PublicKey::uncompress(&key).map_err(|_| "公钥写法不对")?;
                let signature = min_sig::Signature::uncompress(&signature).map_err(|_| "签名不是曲线上的点")?;
                signature.verify(true, &message, tag, &[], &key, true)
            }
        };
        if passed == BLST_ERROR::BLST_SUCCESS { Ok(()) } else { Err("签名不成立") }
    }
}

/// A round as drand publishes it, without its randomness, which follows from the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeaconEvidence {
    /// Its number.
    pub round: u64,
    /// Its signature, lower-case hexadecimal.
    pub signature: String,
    /// The signature of the round before; empty where the chain has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub previous_signature: String,
}

/// drand's own JSON of a round.
#[derive(Deserialize)]
struct Published {
    round: u64,
    signature: String,
    #[serde(default)]
    previous_signature: String,
}

impl BeaconEvidence {
    /// What is typed or pasted at an opening: the JSON of a round as drand publishes it, or its signature alone where
    /// the chain has no previous one.
    ///
    /// # Errors
    /// `ANC-023` where it is neither.
    pub fn of_typed(typed: &str, round: u64) -> Result<Self, Fault> {
        let typed = typed.trim();
        if typed.starts_with('{') {
            let read: Published = serde_json::from_str(typed).map_err(|_| needs_signature())?;
            let (signature, previous) = (read.signature.to_lowercase(), read.previous_signature.to_lowercase());
            return Ok(Self { round: read.round, signature, previous_signature: previous });
        }
        let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
        if digits.len() == 96 && bytes_of(&digits).is_some() {
            return Ok(Self { round, signature: digits, previous_signature: String::new() });
        }
        Err(needs_signature())
    }

    /// SHA-256 of the signature, hexadecimal: the round's randomness.
    #[must_use]
    pub fn randomness(&self) -> Option<String> {
        bytes_of(&self.signature).map(|bytes| to_hex(&sha256(&[&bytes])))
    }
}

fn needs_signature() -> Fault {
    Fault::new(
        "ANC-023",
        "这次封存约定了 drand 的轮次，开封要用该轮的签名：请粘贴 drand 公布的该轮 JSON（round、signature 等），\
         quicknet 也可只写 96 位的签名；随机数由程序算出",
        "beacon: signature needed",
    )
}

/// The chain and round that a pledge names in the structured way; `None` for another.
#[must_use]
pub fn pledged_round(source: &str, reference: &str) -> Option<(&'static DrandChain, u64)> {
    let chain = DrandChain::of_source(source)?;
    let plain = !reference.starts_with('0') && reference.bytes().all(|b| b.is_ascii_digit());
    Some((chain, reference.parse().ok().filter(|_| plain)?))
}

/// What is wrong with a round's evidence against the pledge and the number of the opening.
#[must_use]
pub fn beacon_faults(chain: &DrandChain, round: u64, value: &str, evidence: &BeaconEvidence) -> Vec<Fault> {
    let mut faults = Vec::new();
    if evidence.round != round {
        faults.push(Fault::new(
            "ANC-024",
            format!("信标是第 {} 轮，封签约定的是第 {round} 轮", evidence.round),
            "beacon: another round",
        ));
    }
    if evidence.randomness().as_deref() != Some(value) {
        faults.push(Fault::new(
            "ANC-017",
            format!("公开数 {value} 不是该轮签名的 SHA-256"),
            "beacon: randomness is not the signature's hash",
        ));
    }
    if let Err(why) = chain.check(evidence) {
        faults.push(Fault::new(
            "ANC-016",
            format!("drand {} 第 {} 轮的{why}", chain.name, evidence.round),
            "beacon: signature",
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chains_hash_is_that_of_its_constants() {
        for chain in &CHAINS {
            let id: &[u8] = if chain.name == "default" { b"" } else { chain.name.as_bytes() };
            let (key, group) = (bytes_of(chain.public_key).unwrap(), bytes_of(chain.group_hash).unwrap());
            let hash = sha256(&[&chain.period.to_be_bytes(), &chain.genesis.to_be_bytes(), &key, &group, id]);
            assert_eq!(to_hex(&hash), chain.hash);
        }
    }

    #[test]
    fn rounds_have_their_hour() {
        let [quicknet, default] = &CHAINS;
        assert_eq!(quicknet.time_of(1).unwrap().as_str(), "2023-08-23T23:09:27+08:00");
        assert_eq!(default.time_of(1).unwrap().as_str(), "2020-07-22T23:17:30+08:00");
        assert!(quicknet.time_of(0).is_none() && quicknet.time_of(u64::MAX).is_none());
        for round in [1, 2, 123, 40_000_000] {
            let unix = 1_692_803_367 + (round as i64 - 1) * 3;
            assert_eq!(
                [quicknet.round_at(unix), quicknet.round_at(unix - 1), quicknet.round_at(unix + 1)],
                [round, round, round + 1]
            );
        }
    }
}
