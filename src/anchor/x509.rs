//! Certificates, as far as a time stamp's chain needs them (RFC 5280), and the chain itself.
//!
//! A chain ends in a root that somebody gave; nothing in a token is trusted of itself. Revocation is not looked up:
//! the check works without a network, and a token keeps its worth after its certificate has run out.

use chrono::NaiveDateTime;

use super::der::{DerFault, DerResult, Element, Reader, fault, from_pem, tag};
use super::oid;
use super::signature::{HashKind, Key, SignatureFault, algorithm, check_signature};

/// Longest chain.
const LONGEST: usize = 8;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct X509<'a> {
    /// All of its bytes.
    pub whole: &'a [u8],
    /// The signed part.
    signed: &'a [u8],
    /// Serial number without leading zero.
    pub serial: &'a [u8],
    /// Issuer's name, encoded.
    pub issuer: &'a [u8],
    /// Subject's name, encoded.
    pub subject: &'a [u8],
    /// First moment of its validity, UTC.
    pub not_before: NaiveDateTime,
    /// Last moment of its validity, UTC.
    pub not_after: NaiveDateTime,
    /// The subject's key.
    pub key: Key<'a>,
    algorithm: &'a [u8],
    signature: &'a [u8],
    extensions: Vec<Extension<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Extension<'a> {
    identifier: &'a [u8],
    critical: bool,
    value: &'a [u8],
}

/// Certificates of a file: PEM with any number of them, or one in DER.
///
/// # Errors
/// Not base64, no certificate.
pub fn certificates_of(file: &[u8]) -> DerResult<Vec<Vec<u8>>> {
    let parts = from_pem(file, "CERTIFICATE")?;
    for part in &parts {
        X509::parse(part)?;
    }
    Ok(parts)
}

/// What a password's proof is bound to on an encrypted connection: the server's certificate, hashed as its own signature
/// hashes, SHA-1 counting as SHA-256 (RFC 5929, section 4.1). `None` for signatures without a hash of their own
/// (Ed25519) and others that aren't known.
#[must_use]
pub fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let parsed = X509::parse(certificate).ok()?;
    let kinds: [(&[&[u8]], HashKind); 3] = [
        (&[oid::RSA_SHA1, oid::RSA_SHA256, oid::ECDSA_SHA256], HashKind::Sha256),
        (&[oid::RSA_SHA384, oid::ECDSA_SHA384], HashKind::Sha384),
        (&[oid::RSA_SHA512, oid::ECDSA_SHA512], HashKind::Sha512),
    ];
    let (_, kind) = kinds.into_iter().find(|(of, _)| of.contains(&parsed.algorithm))?;
    Some(kind.compute(parsed.whole))
}

impl<'a> X509<'a> {
    /// Reads one certificate; nothing may follow it.
    ///
    /// # Errors
    /// What was expected, in Chinese.
    pub fn parse(bytes: &'a [u8]) -> DerResult<Self> {
        let mut reader = Reader::new(bytes);
        let whole = reader.take(tag::SEQUENCE, "证书")?;
        reader.end("证书")?;
        let mut outer = whole.inside();
        let signed = outer.take(tag::SEQUENCE, "证书内容")?;
        let algorithm_outside = algorithm(&mut outer, "证书签名算法")?;
        let signature = outer.take(tag::BITS, "证书签名")?.bits("证书签名")?;
        outer.end("证书签名")?;
        let mut inner = signed.inside();
        if let Some(version) = inner.take_if(0xa0)?
            && version.inside().take(tag::INTEGER, "证书版本")?.small("证书版本")? > 2
        {
            return fault("证书版本不是 1 至 3");
        }
        let serial = inner.take(tag::INTEGER, "证书序列号")?.body;
        if algorithm(&mut inner, "证书签名算法")? != algorithm_outside {
            return fault("证书内外的签名算法不一致");
        }
        let issuer = inner.take(tag::SEQUENCE, "签发者")?.whole;
        let mut validity = inner.take(tag::SEQUENCE, "有效期")?.inside();
        let (not_before, not_after) = (validity.element()?.time("有效期")?, validity.element()?.time("有效期")?);
        validity.end("有效期")?;
        let subject = inner.take(tag::SEQUENCE, "持有者")?.whole;
        let key = Key::parse(&mut inner)?;
        inner.take_if(0x81)?;
        inner.take_if(0x82)?;
        let extensions = match inner.take_if(0xa3)? {
            Some(list) => extensions(list)?,
            None => Vec::new(),
        };
        inner.end("证书扩展")?;
        Ok(Self {
            whole: whole.whole,
            signed: signed.whole,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            key,
            algorithm: algorithm_outside,
            signature,
            extensions,
        })
    }

    fn extension(&self, identifier: &[u8]) -> Option<&Extension<'a>> {
        self.extensions.iter().find(|extension| extension.identifier == identifier)
    }

    /// The subject's common name or organisation, for a message.
    #[must_use]
    pub fn name(&self) -> String {
        name_of(self.subject).unwrap_or_else(|_| "（无名）".to_owned())
    }

    /// Whether `issuer`'s key signed this certificate.
    ///
    /// # Errors
    /// The signature doesn't fit, or its algorithm isn't supported.
    pub fn check_signed_by(&self, issuer: &X509<'_>) -> Result<(), SignatureFault> {
        check_signature(&issuer.key, self.algorithm, None, self.signed, self.signature)
    }

    /// The key identifier that a signer's name may use instead of issuer and serial number.
    pub(super) fn subject_key_id(&self) -> Option<&'a [u8]> {
        let value = self.extension(&[0x55, 0x1d, 0x0e])?.value;
        Reader::new(value).take(tag::OCTETS, "").ok().map(|element| element.body)
    }

    /// Whether it may issue certificates, with `below` authorities under it.
    fn check_authority(&self, below: usize) -> DerResult<()> {
        let Some(constraints) = self.extension(oid::BASIC_CONSTRAINTS) else { return fault("不是签发机构") };
        let mut inside = Reader::new(constraints.value).take(tag::SEQUENCE, "基本约束")?.inside();
        if inside.take_if(tag::BOOLEAN)?.is_none_or(|authority| authority.body != [0xff]) {
            return fault("不是签发机构");
        }
        if let Some(length) = inside.take_if(tag::INTEGER)?
            && length.small("路径长度")? < below as u64
        {
            return fault("其下级机构多于允许的层数");
        }
        // bit 5: keyCertSign
        if self.usage()?.is_some_and(|bits| bits & 0x04 == 0) {
            return fault("密钥用途不含签发证书");
        }
        Ok(())
    }

    /// The first octet of keyUsage; `None` where there is none.
    fn usage(&self) -> DerResult<Option<u8>> {
        let Some(usage) = self.extension(oid::KEY_USAGE) else { return Ok(None) };
        let bits = Reader::new(usage.value).take(tag::BITS, "密钥用途")?;
        Ok(Some(bits.body.get(1).copied().unwrap_or_default()))
    }

    fn check_extensions_known(&self) -> DerResult<()> {
        let known = [oid::BASIC_CONSTRAINTS, oid::KEY_USAGE, oid::EXTENDED_KEY_USAGE, oid::POLICIES, oid::ALT_NAME];
        match self.extensions.iter().find(|e| e.critical && !known.contains(&e.identifier)) {
            Some(unknown) => fault(format!("含有必须理解而不认得的扩展 {}", oid::to_text(unknown.identifier))),
            None => Ok(()),
        }
    }

    /// Whether it is a time stamping authority's: extendedKeyUsage critical with timeStamping alone, and a keyUsage,
    /// where there is one, that allows signatures (RFC 3161, section 2.3).
    ///
    /// # Errors
    /// What is missing, in Chinese.
    pub fn check_time_stamping(&self) -> DerResult<()> {
        let Some(usage) = self.extension(oid::EXTENDED_KEY_USAGE) else { return fault("没有扩展密钥用途") };
        if !usage.critical {
            return fault("扩展密钥用途没有标为关键");
        }
        let mut inside = Reader::new(usage.value).take(tag::SEQUENCE, "扩展密钥用途")?.inside();
        if inside.take(tag::OID, "扩展密钥用途")?.body != oid::TIME_STAMPING || !inside.is_empty() {
            return fault("扩展密钥用途不是仅限时间戳");
        }
        // bits 0 and 1: digitalSignature, nonRepudiation
        if self.usage()?.is_some_and(|bits| bits & 0xc0 == 0) {
            return fault("密钥用途不含数字签名");
        }
        Ok(())
    }

    fn check_valid_at(&self, at: NaiveDateTime) -> DerResult<()> {
        if at < self.not_before || at > self.not_after {
            return fault(format!("证书「{}」在 {at}（协调世界时）不在有效期内", self.name()));
        }
        Ok(())
    }
}

fn extensions(list: Element<'_>) -> DerResult<Vec<Extension<'_>>> {
    let mut outer = list.inside();
    let mut inside = outer.take(tag::SEQUENCE, "证书扩展")?.inside();
    outer.end("证书扩展")?;
    let mut found: Vec<Extension<'_>> = Vec::new();
    while !inside.is_empty() {
        let mut one = inside.take(tag::SEQUENCE, "证书扩展")?.inside();
        let identifier = one.take(tag::OID, "证书扩展")?.body;
        let critical = match one.take_if(tag::BOOLEAN)? {
            Some(flag) if flag.body == [0xff] => true,
            Some(flag) if flag.body == [0] => false,
            Some(_) => return fault("证书扩展的关键标记写法不对"),
            None => false,
        };
        let value = one.take(tag::OCTETS, "证书扩展")?.body;
        one.end("证书扩展")?;
        if found.iter().any(|extension| extension.identifier == identifier) {
            return fault(format!("证书扩展 {} 重复", oid::to_text(identifier)));
        }
        found.push(Extension { identifier, critical, value });
    }
    Ok(found)
}

fn name_of(encoded: &[u8]) -> DerResult<String> {
    let mut best = None;
    let mut sets = Reader::new(encoded).take(tag::SEQUENCE, "名称")?.inside();
    while !sets.is_empty() {
        let mut pair = sets.take(tag::SET, "名称")?.inside().take(tag::SEQUENCE, "名称")?.inside();
        let identifier = pair.take(tag::OID, "名称")?.body;
        let text = String::from_utf8_lossy(pair.element()?.body).into_owned();
        let clean: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
        if identifier == oid::COMMON_NAME || (identifier == oid::ORGANISATION && best.is_none()) {
            best = Some(clean);
        }
    }
    best.ok_or(DerFault("名称为空".to_owned()))
}

/// The chain of a signer's certificate to a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Names from the signer to the root.
    pub names: Vec<String>,
    /// The root's bytes.
    pub root: Vec<u8>,
}

/// Finds the chain from `signer` over `others` to one of `roots`, every certificate valid at `at` (UTC).
///
/// # Errors
/// Why there is none, in Chinese.
pub fn check_chain(signer: &X509<'_>, others: &[X509<'_>], roots: &[X509<'_>], at: NaiveDateTime) -> DerResult<Chain> {
    let mut names = vec![signer.name()];
    let mut current = signer.clone();
    for below in 0..LONGEST {
        current.check_valid_at(at)?;
        let named = |DerFault(why): DerFault| DerFault(format!("证书「{}」{why}", current.name()));
        current.check_extensions_known().map_err(named)?;
        if roots.iter().any(|root| root.whole == current.whole) {
            return Ok(Chain { names, root: current.whole.to_vec() });
        }
        let issues = |candidate: &&X509<'_>| {
            candidate.subject == current.issuer
                && candidate.whole != current.whole
                && current.check_signed_by(candidate).is_ok()
        };
        let by_name = |candidate: &X509<'_>| candidate.subject == current.issuer && candidate.whole != current.whole;
        let Some(issuer) = roots.iter().find(issues).or_else(|| others.iter().find(issues)) else {
            return fault(if roots.iter().chain(others).any(by_name) {
                format!("证书「{}」的签名不是其签发者的", current.name())
            } else {
                format!("证书「{}」的签发者不在所给的根证书之下", current.name())
            });
        };
        issuer.check_authority(below).map_err(|DerFault(why)| DerFault(format!("证书「{}」{why}", issuer.name())))?;
        names.push(issuer.name());
        current = issuer.clone();
    }
    fault("证书链过长")
}
