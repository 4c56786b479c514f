//! Signatures of certificates and time stamps: which algorithm an identifier names, and whether a signature fits.

use ring::digest;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
    VerificationAlgorithm,
};
use sm3::{Digest, Sm3};

use super::der::{DerFault, DerResult, Reader, fault, tag};
use super::oid;
use super::sm2;

/// A hash function of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashKind {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SM3.
    Sm3,
}

impl HashKind {
    /// The hash of an identifier; `None` for one that isn't taken (SHA-1, MD5).
    #[must_use]
    pub fn of(identifier: &[u8]) -> Option<Self> {
        [(oid::SHA256, Self::Sha256), (oid::SHA384, Self::Sha384), (oid::SHA512, Self::Sha512), (oid::SM3, Self::Sm3)]
            .into_iter()
            .find_map(|(known, kind)| (known == identifier).then_some(kind))
    }

    /// The hash of the bytes.
    #[must_use]
    pub fn compute(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => digest::digest(&digest::SHA256, bytes).as_ref().to_vec(),
            Self::Sha384 => digest::digest(&digest::SHA384, bytes).as_ref().to_vec(),
            Self::Sha512 => digest::digest(&digest::SHA512, bytes).as_ref().to_vec(),
            Self::Sm3 => Sm3::digest(bytes).to_vec(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA256",
            Self::Sha384 => "SHA384",
            Self::Sha512 => "SHA512",
            Self::Sm3 => "SM3",
        }
    }
}

/// SHA-1, for the older of the two attributes that name a signer's certificate; nothing else rests on it.
pub(super) fn sha1(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

/// An AlgorithmIdentifier's identifier. Parameters may be absent or NULL.
pub(super) fn algorithm<'a>(reader: &mut Reader<'a>, what: &str) -> DerResult<&'a [u8]> {
    let mut inside = reader.take(tag::SEQUENCE, what)?.inside();
    let identifier = inside.take(tag::OID, what)?.body;
    if !inside.is_empty() && inside.element()?.whole != [5, 0] {
        return fault(format!("{what} {} 带有不认得的参数", oid::to_text(identifier)));
    }
    inside.end(what)?;
    Ok(identifier)
}

/// A public key as a certificate has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key<'a> {
    /// RSA: modulus and exponent in DER.
    Rsa(&'a [u8]),
    /// A point of P-256.
    P256(&'a [u8]),
    /// A point of P-384.
    P384(&'a [u8]),
    /// A point of the SM2 curve.
    Sm2(sm2::PublicKey),
    /// Another algorithm or curve, in digits.
    Other(String),
}

impl<'a> Key<'a> {
    /// Reads a SubjectPublicKeyInfo.
    pub(super) fn parse(reader: &mut Reader<'a>) -> DerResult<Self> {
        let mut info = reader.take(tag::SEQUENCE, "公钥")?.inside();
        let mut kind = info.take(tag::SEQUENCE, "公钥算法")?.inside();
        let identifier = kind.take(tag::OID, "公钥算法")?.body;
        let point = info.take(tag::BITS, "公钥")?.bits("公钥")?;
        info.end("公钥")?;
        if identifier == oid::RSA {
            return Ok(Self::Rsa(point));
        }
        if identifier != oid::EC {
            return Ok(Self::Other(oid::to_text(identifier)));
        }
        let curve = kind.take(tag::OID, "曲线")?.body;
        Ok(match curve {
            _ if curve == oid::P256 => Self::P256(point),
            _ if curve == oid::P384 => Self::P384(point),
            _ if curve == oid::SM2_CURVE => match sm2::PublicKey::of_point(point) {
                Some(key) => Self::Sm2(key),
                None => return fault("SM2 公钥不在曲线上"),
            },
            _ => Self::Other(oid::to_text(curve)),
        })
    }
}

/// Why a signature isn't taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureFault {
    /// An algorithm that isn't supported, in words.
    Unsupported(String),
    /// It doesn't fit key and message.
    Wrong,
}

/// r and s of fixed length from SEQUENCE { r, s }.
fn sm2_signature(der: &[u8]) -> DerResult<[u8; 64]> {
    let mut reader = Reader::new(der);
    let mut pair = reader.take(tag::SEQUENCE, "签名")?.inside();
    reader.end("签名")?;
    let mut out = [0; 64];
    for half in out.chunks_exact_mut(32) {
        let number = pair.take(tag::INTEGER, "签名")?.unsigned("签名")?;
        let Some(start) = half.len().checked_sub(number.len()) else { return fault("签名过长") };
        half[start..].copy_from_slice(number);
    }
    pair.end("签名")?;
    Ok(out)
}

/// Holds a signature against key and message. `identifier` names the signature's algorithm, `hash` the hash where the
/// identifier leaves it open (`rsaEncryption`, `id-ecPublicKey`).
///
/// # Errors
/// The algorithm isn't supported, or the signature doesn't fit.
pub fn check_signature(
    key: &Key<'_>,
    identifier: &[u8],
    hash: Option<HashKind>,
    message: &[u8],
    signature: &[u8],
) -> Result<(), SignatureFault> {
    let named = [
        (oid::RSA_SHA256, HashKind::Sha256),
        (oid::RSA_SHA384, HashKind::Sha384),
        (oid::RSA_SHA512, HashKind::Sha512),
        (oid::ECDSA_SHA256, HashKind::Sha256),
        (oid::ECDSA_SHA384, HashKind::Sha384),
        (oid::SM2_SM3, HashKind::Sm3),
    ]
    .into_iter()
    .find_map(|(known, kind)| (known == identifier).then_some(kind));
    let open = [oid::RSA, oid::EC, oid::SM2_SIGN].contains(&identifier);
    let unsupported = || SignatureFault::Unsupported(format!("签名算法 {}", oid::to_text(identifier)));
    let kind = match (named, hash) {
        (Some(kind), None) => kind,
        (Some(kind), Some(told)) if kind == told => kind,
        (Some(_), Some(_)) => return Err(SignatureFault::Wrong),
        (None, Some(told)) if open => told,
        _ => return Err(unsupported()),
    };
    let is_rsa = identifier.starts_with(&oid::RSA[..oid::RSA.len() - 1]);
    let (verifier, point): (&dyn VerificationAlgorithm, &[u8]) = match (key, kind) {
        (Key::Rsa(key), HashKind::Sha256) if is_rsa => (&RSA_PKCS1_2048_8192_SHA256, key),
        (Key::Rsa(key), HashKind::Sha384) if is_rsa => (&RSA_PKCS1_2048_8192_SHA384, key),
        (Key::Rsa(key), HashKind::Sha512) if is_rsa => (&RSA_PKCS1_2048_8192_SHA512, key),
        (Key::P256(key), HashKind::Sha256) if !is_rsa => (&ECDSA_P256_SHA256_ASN1, key),
        (Key::P256(key), HashKind::Sha384) if !is_rsa => (&ECDSA_P256_SHA384_ASN1, key),
        (Key::P384(key), HashKind::Sha256) if !is_rsa => (&ECDSA_P384_SHA256_ASN1, key),
        (Key::P384(key), HashKind::Sha384) if !is_rsa => (&ECDSA_P384_SHA384_ASN1, key),
        (Key::Sm2(key), HashKind::Sm3) if !is_rsa => {
            return match sm2_signature(signature) {
                Ok(signature) if key.verifies(message, &signature) => Ok(()),
                Ok(_) | Err(DerFault(_)) => Err(SignatureFault::Wrong),
            };
        }
        (Key::Other(name), _) => return Err(SignatureFault::Unsupported(format!("公钥 {name}"))),
        _ => return Err(SignatureFault::Unsupported(format!("公钥与签名算法 {} 的组合", oid::to_text(identifier)))),
    };
    UnparsedPublicKey::new(verifier, point).verify(message, signature).map_err(|_| SignatureFault::Wrong)
}
