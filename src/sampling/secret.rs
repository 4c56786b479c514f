//! The bureau's secrets: the 32-byte secret of a seal and the key of a frame's salts.
//!
//! Both come from the operating system (`getrandom`), independent of each other: the secret is published at
//! the opening, the frame key never, because with it a published path would give away the neighbours'
//! probabilities. Neither is printed by `Debug`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::hash::{Hash32, hash_from_hex, hmac_sha256, sha256, to_hex};
use super::json::{key_difference, parse_value, to_canonical_json, typed};
use crate::diagnostic::{AppError, AppResult};

fn random_32() -> AppResult<Hash32> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        AppError::new("SEL-001", "操作系统没有给出随机数，无法封存")
            .with(|f| f.hint("请重试；仍不行时换一台计算机"))
            .caused_by(error)
    })?;
    Ok(bytes)
}

/// A seal's secret, 32 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Hash32);

impl Secret {
    /// A fresh secret from the operating system.
    ///
    /// # Errors
    /// `SEL-001` where the system gives no randomness.
    pub fn generate() -> AppResult<Self> {
        random_32().map(Self)
    }

    /// The secret of these bytes (a demonstration's, or one typed back from its envelope).
    #[must_use]
    pub fn from_bytes(bytes: Hash32) -> Self {
        Self(bytes)
    }

    /// Reads the text of an envelope: 64 hexadecimal digits, in either case; spaces, line ends and hyphens
    /// between them don't count.
    ///
    /// # Errors
    /// `SEL-002` for any other text.
    pub fn from_envelope(text: &str) -> AppResult<Self> {
        let digits: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        hash_from_hex(&digits).map(Self).ok_or_else(|| {
            AppError::new("SEL-002", "秘密的写法不对").with(|f| {
                f.value(format!("{} 个字符", digits.chars().count()))
                    .expected("64 位十六进制数字（可以分组）")
                    .hint("请对照信封逐组重新录入")
            })
        })
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &Hash32 {
        &self.0
    }

    /// 64 hexadecimal digits, as the opening publishes it.
    #[must_use]
    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }

    /// SHA-256 of the bytes, as the seal binds it.
    #[must_use]
    pub fn sha256(&self) -> Hash32 {
        sha256(&[&self.0])
    }

    /// For an envelope: eight groups of eight digits.
    #[must_use]
    pub fn envelope_text(&self) -> String {
        self.0.chunks(4).map(to_hex).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The key of a frame's salts, 32 bytes, never published.
#[derive(Clone, PartialEq, Eq)]
pub struct FrameKey(Hash32);

impl FrameKey {
    /// A fresh key from the operating system.
    ///
    /// # Errors
    /// `SEL-001` where the system gives no randomness.
    pub fn generate() -> AppResult<Self> {
        random_32().map(Self)
    }

    /// The key of these bytes (a demonstration's or a test's).
    #[must_use]
    pub fn from_bytes(bytes: Hash32) -> Self {
        Self(bytes)
    }

    /// The first 16 bytes of HMAC-SHA-256(key, unit id).
    #[must_use]
    pub fn salt(&self, unit_id: &str) -> [u8; 16] {
        let mut salt = [0; 16];
        salt.copy_from_slice(&hmac_sha256(&self.0, unit_id.as_bytes())[..16]);
        salt
    }
}

impl fmt::Debug for FrameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameKey(…)")
    }
}

/// `secret.json`: kept in the project folder until the opening, never exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile {
    /// The seal's commitment, so that the file can't be taken for another seal's.
    pub commitment: Hash32,
    /// The secret.
    pub secret: Secret,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretJson {
    format: String,
    commitment: String,
    secret: String,
}

/// What to do where the file of the secret is of no use.
pub const FROM_ENVELOPE: &str = "请用备份恢复 secret.json，或在开封时录入封存时装入信封的秘密（命令行用 --secret）";

const SECRET_FORMAT: &str = "fairdraw-secret/1";

impl SecretFile {
    /// The file's bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        to_canonical_json(&SecretJson {
            format: SECRET_FORMAT.to_owned(),
            commitment: to_hex(&self.commitment),
            secret: self.secret.to_hex(),
        })
    }

    /// Reads the file.
    ///
    /// # Errors
    /// `SEL-003` where it isn't a secret file.
    pub fn parse(bytes: &[u8]) -> AppResult<Self> {
        let wrong = |why: String| {
            AppError::new("SEL-003", format!("secret.json 无法使用：{why}")).with(|f| f.hint(FROM_ENVELOPE))
        };
        let value = parse_value(bytes, "secret").map_err(|fault| wrong(fault.text))?;
        if let Some(difference) = key_difference(&value, &["format", "commitment", "secret"]) {
            return Err(wrong(difference));
        }
        let json: SecretJson = typed(value, "secret").map_err(|fault| wrong(fault.text))?;
        match (json.format.as_str(), hash_from_hex(&json.commitment), hash_from_hex(&json.secret)) {
            (SECRET_FORMAT, Some(commitment), Some(secret)) => Ok(Self { commitment, secret: Secret(secret) }),
            (SECRET_FORMAT, ..) => Err(wrong("承诺值或秘密不是 64 位小写十六进制数字".to_owned())),
            (format, ..) => Err(wrong(format!("格式「{format}」无法识别"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_from_the_system_and_survive_envelope_and_file() {
        let secret = Secret::generate().unwrap();
        assert_ne!(secret, Secret::generate().unwrap());
        assert_eq!(Secret::from_envelope(&secret.envelope_text()).unwrap(), secret);
        assert_eq!(secret.envelope_text().split(' ').count(), 8);
        let typed: String = secret.envelope_text().to_uppercase().replace(' ', "-");
        assert_eq!(Secret::from_envelope(&typed).unwrap(), secret, "{typed}");
        assert_eq!(Secret::from_envelope("12 34").unwrap_err().code(), "SEL-002");
        let file = SecretFile { commitment: [7; 32], secret: secret.clone() };
        assert_eq!(SecretFile::parse(&file.to_json()).unwrap(), file);
        assert_eq!(SecretFile::parse(b"{}").unwrap_err().code(), "SEL-003");
        assert!(!format!("{file:?}").contains(&secret.to_hex()));
    }

    #[test]
    fn salts_depend_on_key_and_unit() {
        let (a, b) = (FrameKey::from_bytes([1; 32]), FrameKey::from_bytes([2; 32]));
        assert_eq!(a.salt("U1"), a.salt("U1"));
        assert_ne!(a.salt("U1"), a.salt("U2"));
        assert_ne!(a.salt("U1"), b.salt("U1"));
    }
}
