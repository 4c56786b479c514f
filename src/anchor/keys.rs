//! Keys of office and witness: SM2 with SM3, or Ed25519; the private part in a file locked with a password.
//!
//! The file holds the private key under AES-256-GCM with a key from PBKDF2-HMAC-SHA-256; what else stands in it is
//! bound as additional data, so that a file with another name or public key doesn't open.

use std::fmt;
use std::num::NonZeroU32;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::pbkdf2;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::sm2;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::sampling::{from_hex, to_canonical_json, to_hex};

/// The file's `format`.
const KEY_FORMAT: &str = "fairdraw-key/1";
/// Rounds of PBKDF2 for a new file, and the fewest that a file may say.
const ROUNDS: u32 = 600_000;
const FEWEST_ROUNDS: u32 = 100_000;
const MOST_ROUNDS: u32 = 10_000_000;
/// Shortest password, in characters.
const SHORTEST: usize = 10;
/// Tries of randomness until one fits: each fails with less than 2⁻³¹.
const TRIES: usize = 8;

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyAlgorithm {
    /// SM2 with SM3 (GB/T 32918).
    Sm2,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl KeyAlgorithm {
    /// The name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Sm2 => "sm2",
            Self::Ed25519 => "ed25519",
        }
    }

    /// The algorithm of a name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Sm2, Self::Ed25519].into_iter().find(|algorithm| algorithm.id() == id)
    }
}

/// A public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicKey {
    /// SM2.
    Sm2(sm2::PublicKey),
    /// Ed25519.
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// Reads `sm2:…` or `ed25519:…`; `None` for another text, or an SM2 point off the curve.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("sm2", digits) => sm2::PublicKey::of_point(&from_hex::<65>(digits.as_bytes())?).map(Self::Sm2),
            ("ed25519", digits) => from_hex(digits.as_bytes()).map(Self::Ed25519),
            _ => None,
        }
    }

    /// `sm2:` or `ed25519:` and its hexadecimal digits, as the plan binds it.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Sm2(key) => format!("sm2:{}", to_hex(&key.to_bytes())),
            Self::Ed25519(bytes) => format!("ed25519:{}", to_hex(bytes)),
        }
    }

    /// True where the signature is this key's over the message.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        match self {
            Self::Sm2(key) => key.verifies(message, signature),
            Self::Ed25519(bytes) => UnparsedPublicKey::new(&ED25519, bytes).verify(message, signature).is_ok(),
        }
    }
}

fn unusable(why: &str) -> AppError {
    AppError::new("ANC-032", format!("密钥文件无法使用：{why}"))
        .with(|f| f.hint("请给出 keys 命令生成的密钥文件；损坏的请用备份恢复"))
}

fn random<const N: usize>() -> AppResult<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        AppError::new("ANC-030", "操作系统没有给出随机数").with(|f| f.hint("请重试")).caused_by(error)
    })?;
    Ok(bytes)
}

/// A private key with its holder's name.
#[derive(Clone)]
pub struct SigningKey {
    /// Who holds it.
    pub name: String,
    algorithm: KeyAlgorithm,
    secret: [u8; 32],
    public: PublicKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, {})", self.name, self.public.to_text())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    format: String,
    algorithm: KeyAlgorithm,
    name: String,
    public_key: String,
    rounds: u32,
    salt: String,
    nonce: String,
    locked: String,
}

impl KeyFile {
    /// What the lock binds beside the key.
    fn bound(&self) -> Vec<u8> {
        to_canonical_json(&(self.format.as_str(), self.algorithm, &self.name, &self.public_key, self.rounds))
    }

    fn cipher(&self, password: &str) -> AppResult<LessSafeKey> {
        let damaged = || unusable("内容不完整");
        let salt: [u8; 16] = from_hex(self.salt.as_bytes()).ok_or_else(damaged)?;
        let rounds = NonZeroU32::new(self.rounds).ok_or_else(damaged)?;
        let mut key = [0; 32];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, password.as_bytes(), &mut key);
        UnboundKey::new(&AES_256_GCM, &key).map(LessSafeKey::new).map_err(|_| damaged())
    }
}

impl SigningKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    /// `ANC-030` without randomness, `ANC-031` without a name.
    pub fn generate(name: &str, algorithm: KeyAlgorithm) -> AppResult<Self> {
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(AppError::new("ANC-031", "密钥要写明持有人").with(|f| f.hint("请用 --name 写明单位或姓名")));
        }
        for _ in 0..TRIES {
            if let Some(key) = Self::of_secret(name.trim(), algorithm, random()?) {
                return Ok(key);
            }
        }
        Err(AppError::new("ANC-030", "操作系统没有给出随机数"))
    }

    /// The key of 32 secret bytes; `None` where they are no SM2 key.
    #[must_use]
    pub fn of_secret(name: &str, algorithm: KeyAlgorithm, secret: [u8; 32]) -> Option<Self> {
        let public = match algorithm {
            KeyAlgorithm::Sm2 => PublicKey::Sm2(sm2::PrivateKey::of_secret(&secret)?.public()?),
            KeyAlgorithm::Ed25519 => {
                let pair = Ed25519KeyPair::from_seed_unchecked(&secret).ok()?;
                PublicKey::Ed25519(pair.public_key().as_ref().try_into().ok()?)
            }
        };
        Some(Self { name: name.to_owned(), algorithm, secret, public })
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// Signs a message.
    ///
    /// # Errors
    /// `ANC-030` without randomness.
    pub fn sign(&self, message: &[u8]) -> AppResult<[u8; 64]> {
        let broken = || unusable("不能签名");
        match self.algorithm {
            KeyAlgorithm::Ed25519 => {
                let pair = Ed25519KeyPair::from_seed_unchecked(&self.secret).map_err(|_| broken())?;
                pair.sign(message).as_ref().try_into().map_err(|_| broken())
            }
            KeyAlgorithm::Sm2 => {
                let key = sm2::PrivateKey::of_secret(&self.secret).ok_or_else(broken)?;
                for _ in 0..TRIES {
                    if let Some(signature) = key.sign(message, &random()?) {
                        return Ok(signature);
                    }
                }
                Err(broken())
            }
        }
    }

    /// The bytes of a key file locked with a password.
    ///
    /// # Errors
    /// `ANC-033` where the password is too short, `ANC-030` without randomness.
    pub fn lock(&self, password: &str) -> AppResult<Vec<u8>> {
        let length = password.chars().count();
        if length < SHORTEST {
            return Err(Finding::error("ANC-033", "密钥文件的密码太短")
                .value(format!("{length} 位"))
                .expected(format!("至少 {SHORTEST} 位"))
                .hint("请另设密码；忘记密码的密钥无法恢复")
                .into());
        }
        let nonce: [u8; 12] = random()?;
        let mut file = KeyFile {
            format: KEY_FORMAT.to_owned(),
            algorithm: self.algorithm,
            name: self.name.clone(),
            public_key: self.public.to_text(),
            rounds: ROUNDS,
            salt: to_hex(&random::<16>()?),
            nonce: to_hex(&nonce),
            locked: String::new(),
        };
        let cipher = file.cipher(password)?;
        let mut sealed = self.secret.to_vec();
        cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(file.bound()), &mut sealed)
            .map_err(|_| unusable("不能加锁"))?;
        file.locked = to_hex(&sealed);
        Ok(to_canonical_json(&file))
    }

    /// Opens a key file.
    ///
    /// # Errors
    /// `ANC-032` no key file or a damaged one, `ANC-034` another password.
    pub fn unlock(bytes: &[u8], password: &str) -> AppResult<Self> {
        let file: KeyFile = serde_json::from_slice(bytes).map_err(|_| unusable("不是密钥文件"))?;
        if file.format != KEY_FORMAT || !(FEWEST_ROUNDS..=MOST_ROUNDS).contains(&file.rounds) {
            return Err(unusable("格式无法识别"));
        }
        let nonce: [u8; 12] = from_hex(file.nonce.as_bytes()).ok_or_else(|| unusable("内容不完整"))?;
        let sealed: [u8; 48] = from_hex(file.locked.as_bytes()).ok_or_else(|| unusable("内容不完整"))?;
        let mut sealed = sealed.to_vec();
        let opened = file
            .cipher(password)?
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(file.bound()), &mut sealed)
            .map_err(|_| AppError::new("ANC-034", "密码不对，或密钥文件被改动").with(|f| f.hint("请重新录入密码")))?;
        let secret: [u8; 32] = (&*opened).try_into().map_err(|_| unusable("内容不完整"))?;
        Self::of_secret(&file.name, file.algorithm, secret)
            .filter(|key| key.public.to_text() == file.public_key)
            .ok_or_else(|| unusable("公钥与私钥不符"))
    }
}

/// The public key of a key file, without its password.
///
/// # Errors
/// `ANC-032` where it is no key file.
pub fn public_of(bytes: &[u8]) -> AppResult<(String, PublicKey)> {
    let read: Option<KeyFile> = serde_json::from_slice(bytes).ok();
    read.and_then(|file| Some((file.name, PublicKey::parse(&file.public_key)?))).ok_or_else(|| unusable("不是密钥文件"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_opens_with_its_password_alone_and_not_altered() {
        for algorithm in [KeyAlgorithm::Sm2, KeyAlgorithm::Ed25519] {
            let key = SigningKey::generate("市生态环境局", algorithm).unwrap();
            assert_eq!(key.lock("短").unwrap_err().code(), "ANC-033");
            let file = key.lock("一二三四五六七八九十").unwrap();
            assert!(!String::from_utf8_lossy(&file).contains(&to_hex(&key.secret)));
            let back = SigningKey::unlock(&file, "一二三四五六七八九十").unwrap();
            let signature = back.sign(b"x").unwrap();
            assert!(key.public().verifies(b"x", &signature) && !key.public().verifies(b"y", &signature));
            assert_eq!(PublicKey::parse(&key.public().to_text()), Some(key.public()));
            assert_eq!(public_of(&file).unwrap(), ("市生态环境局".to_owned(), key.public()));
            assert_eq!(SigningKey::unlock(&file, "一二三四五六七八九十一").unwrap_err().code(), "ANC-034");
            let renamed = String::from_utf8(file).unwrap().replace("市生态环境局", "某某局");
            assert_eq!(SigningKey::unlock(renamed.as_bytes(), "一二三四五六七八九十").unwrap_err().code(), "ANC-034");
        }
        assert_eq!(SigningKey::unlock(b"{}", "x").unwrap_err().code(), "ANC-032");
    }
}
