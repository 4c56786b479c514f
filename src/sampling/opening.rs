//! The opening: the secret and the public number, from which the draw's seed follows.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entropy::{EntropyFormat, MIXED_SEPARATOR, mixed_formats};
use super::fault::Fault;
use super::hash::{Hash32, hash_from_hex, sha256, to_hex};
use super::json::{key_difference, parse_value, to_canonical_json, typed};
use super::seal::Seal;
use super::secret::Secret;
use super::time::ShanghaiTime;
use crate::diagnostic::{AppError, AppResult};

/// The opening's `format`.
pub const OPENING_FORMAT: &str = "fairdraw-opening/1";

/// `opening.json`, field by field as the file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// [`OPENING_FORMAT`].
    pub format: String,
    /// Commitment of the seal that it opens.
    pub commitment: String,
    /// The secret, 64 hexadecimal digits.
    pub secret: String,
    /// The public number in its sealed format.
    pub entropy_value: String,
}

/// The seed of a draw, 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawSeed(pub Hash32);

/// SHA-256("fairdraw/1/seed\n" ‖ commitment ‖ secret ‖ entropy value).
#[must_use]
pub fn compute_seed(commitment: &Hash32, secret: &Hash32, entropy_value: &str) -> DrawSeed {
    DrawSeed(sha256(&[b"fairdraw/1/seed\n", commitment, secret, entropy_value.as_bytes()]))
}

/// When an opening takes place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpeningClock {
    /// Now; before the sealed `available_at` the opening is refused.
    At(ShanghaiTime),
    /// A demonstration or a run whose entropy was known beforehand: its certificate must say so.
    Demonstration,
}

/// Opens a seal with the secret and the public number as typed.
///
/// # Errors
/// `SEL-011` before the number's time, `VER-011` where the number is not in the sealed format, `VER-014` where the
/// secret is another seal's.
pub fn compute_opening(
    seal: &Seal,
    secret: &Secret,
    entropy_value: &str,
    clock: &OpeningClock,
) -> AppResult<(Opening, DrawSeed)> {
    if let Some(fault) = seal.faults().into_iter().next() {
        return Err(fault.into());
    }
    if let OpeningClock::At(now) = clock
        && now.as_str() < seal.entropy.available_at.as_str()
    {
        return Err(AppError::new("SEL-011", "还没有到公开数的公布时间，不能开封").with(|f| {
            f.value(now.as_str()).expected(format!("{} 之后", seal.entropy.available_at)).hint("请在该时间之后开封")
        }));
    }
    let format = seal.entropy_format();
    let mixed = format == Some(EntropyFormat::Mixed);
    if !format.is_some_and(|format| format.accepts_typed(entropy_value))
        || (mixed && !same_parts(&seal.entropy.source, entropy_value))
    {
        let spelling = format.map_or("封签中的格式", |format| format.spelling());
        return Err(AppError::new("VER-011", "公开数的写法不对")
            .with(|f| f.value(entropy_value).expected(spelling).hint("请按公布的号码重新录入")));
    }
    if !seal.binds(secret) {
        return Err(AppError::new("VER-014", "秘密与封签不符").with(|f| f.hint("请使用封存时生成的秘密")));
    }
    let commitment = seal.commitment();
    let opening = Opening {
        format: OPENING_FORMAT.to_owned(),
        commitment: to_hex(&commitment),
        secret: secret.to_hex(),
        entropy_value: entropy_value.to_owned(),
    };
    Ok((opening, compute_seed(&commitment, secret.bytes(), entropy_value)))
}

/// Whether a mixed number has the kinds of the sealed source (`ssq:…;drand:…`) in their order.
fn same_parts(source: &str, value: &str) -> bool {
    let sealed = source.split(MIXED_SEPARATOR).map(|part| part.split_once(':').map_or("", |(id, _)| id));
    mixed_formats(value).is_some_and(|formats| formats.iter().map(|format| format.id()).eq(sealed))
}

impl Opening {
    /// Reads `opening.json` (or the opening inside a certificate).
    ///
    /// # Errors
    /// Not readable, unknown or missing fields, wrong types: the fault says which.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        Self::from_value(parse_value(bytes, "opening")?)
    }

    pub(super) fn from_value(value: Value) -> Result<Self, Fault> {
        if let Some(difference) = key_difference(&value, &["format", "commitment", "secret", "entropy_value"]) {
            return Err(Fault::new(
                "VER-002",
                format!("开封文件的字段不对：{difference}"),
                "opening: unknown or missing fields",
            ));
        }
        typed(value, "opening")
    }

    /// The bytes of `opening.json`.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(self)
    }

    pub(super) fn format_faults(&self) -> Vec<Fault> {
        if self.format == OPENING_FORMAT {
            return Vec::new();
        }
        vec![Fault::new("VER-003", format!("开封文件格式「{}」无法识别，应为 {OPENING_FORMAT}", self.format), "format")]
    }

    pub(super) fn text_faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (name, label, text) in [("commitment", "承诺值", &self.commitment), ("secret", "秘密", &self.secret)] {
            if hash_from_hex(text).is_none() {
                faults.push(Fault::new(
                    "VER-007",
                    format!("开封文件的{label}（{name}）应为 64 位小写十六进制数字"),
                    format!("opening: {name} is not 64 lower-case hexadecimal digits"),
                ));
            }
        }
        faults
    }

    pub(super) fn entropy_faults(&self, seal: &Seal) -> Vec<Fault> {
        match seal.entropy_format() {
            Some(format) if !format.accepts(&self.entropy_value) => vec![Fault::new(
                "VER-011",
                format!("公开数「{}」不是封签的格式：{}", self.entropy_value, format.spelling()),
                "opening: entropy_value does not have the sealed format",
            )],
            Some(EntropyFormat::Mixed) if !same_parts(&seal.entropy.source, &self.entropy_value) => vec![Fault::new(
                "VER-011",
                format!("公开数「{}」各部分的种类或次序不是封签约定的", self.entropy_value),
                "opening: entropy_value does not have the sealed parts",
            )],
            _ => Vec::new(),
        }
    }

    /// What is wrong with an opening of this seal: forms, commitment, secret, the number's spelling.
    #[must_use]
    pub fn faults(&self, seal: &Seal) -> Vec<Fault> {
        let mut faults = super::verify::opening_faults(self, seal);
        faults.extend(super::verify::commitment_faults(self, &seal.commitment()));
        faults.extend(super::verify::secret_faults(self, seal));
        faults
    }

    /// The seed; `None` where the secret is not 64 hexadecimal digits.
    #[must_use]
    pub fn seed(&self, seal: &Seal) -> Option<DrawSeed> {
        let secret = hash_from_hex(&self.secret)?;
        Some(compute_seed(&seal.commitment(), &secret, &self.entropy_value))
    }
}
