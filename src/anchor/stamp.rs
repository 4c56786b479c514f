//! Time stamps of a seal (RFC 3161; GM/T 0033): the request that an authority answers, and the check of its answer.
//!
//! What is stamped is the seal's canonical JSON: its SHA-256 is the commitment, so that the imprint of a request *is*
//! the published commitment, and anybody's tool checks the token against `seal.json`. Tokens over the same bytes with
//! SM3, SHA-384 or SHA-512 are taken too. A token proves something only with a root that somebody gave.

use chrono::{Duration, NaiveDateTime};

use super::der::{self, DerFault, DerResult, Element, Reader, element, fault, integer, tag, to_definite};
use super::oid;
use super::signature::{HashKind, SignatureFault, algorithm, check_signature, sha1};
use super::x509::{X509, check_chain};
use crate::sampling::{CheckReport, Fault, Hash32, ShanghaiTime, sha256, to_hex};

/// Largest token that is read, in bytes.
pub const LARGEST_TOKEN: usize = 256 * 1024;

/// Says that nothing proves the order of seal and number.
pub const NOT_PROVED: &str = "未证明封存先于公开数";

/// Name of the step that decides.
pub const STEP_BEFORE: &str = "封存先于公开数";

const STEPS: [&str; 7] =
    ["时间戳格式", "时间戳状态", "时间戳印记", "时间戳属性", "时间戳签名", "时间戳证书链", STEP_BEFORE];

/// The nonce of a commitment's request: the first 8 bytes of H("fairdraw/1/tsq\n" ‖ commitment), so that a request
/// written again is the same.
#[must_use]
pub fn nonce(commitment: &Hash32) -> [u8; 8] {
    let mut nonce = [0; 8];
    nonce.copy_from_slice(&sha256(&[b"fairdraw/1/tsq\n", commitment])[..8]);
    nonce
}

/// The request (`.tsq`, DER) for a seal's canonical JSON; the authority is asked for its certificates.
#[must_use]
pub fn compute_request(seal_json: &[u8], kind: HashKind) -> Vec<u8> {
    let identifier = match kind {
        HashKind::Sha256 => oid::SHA256,
        HashKind::Sha384 => oid::SHA384,
        HashKind::Sha512 => oid::SHA512,
        HashKind::Sm3 => oid::SM3,
    };
    let hash = element(tag::SEQUENCE, &[&element(tag::OID, &[identifier]), &[5, 0]]);
    let imprint = element(tag::SEQUENCE, &[&hash, &element(tag::OCTETS, &[&kind.compute(seal_json)])]);
    let commitment = sha256(&[seal_json]);
    let certificates = element(tag::BOOLEAN, &[&[0xff]]);
    element(tag::SEQUENCE, &[&integer(&[1]), &imprint, &integer(&nonce(&commitment)), &certificates])
}

/// What a token says, read and not yet believed.
struct Token<'a> {
    info: &'a [u8],
    certificates: Vec<X509<'a>>,
    signer: SignerInfo<'a>,
}

struct SignerInfo<'a> {
    issuer_serial: Option<(&'a [u8], &'a [u8])>,
    key_id: Option<&'a [u8]>,
    hash: &'a [u8],
    attributes: Element<'a>,
    algorithm: &'a [u8],
    signature: &'a [u8],
}

struct StampInfo<'a> {
    hash: &'a [u8],
    imprint: &'a [u8],
    serial: &'a [u8],
    at: NaiveDateTime,
    /// What the authority says of its clock, rounded up to a whole second.
    accuracy: Duration,
}

/// What a token that passed every step proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The latest moment at which the seal existed for certain: the token's time and the authority's accuracy.
    pub at: ShanghaiTime,
    /// The authority's name.
    pub authority: String,
    /// Root of its chain, SHA-256 in hexadecimal.
    pub root_sha256: String,
    /// The token's serial number, hexadecimal.
    pub serial: String,
}

/// Checks a token (an authority's answer `.tsr`, or the token in it) against a seal's canonical JSON.
///
/// `roots` are certificates in DER that the reader trusts. The report has each step; the stamp is there where all of
/// them passed. Faults: `ANC-001` … `ANC-010`.
#[must_use]
pub fn check_stamp(
    file: &[u8],
    seal_json: &[u8],
    available_at: &str,
    roots: &[Vec<u8>],
) -> (CheckReport, Option<Stamp>) {
    let mut report = CheckReport::default();
    let stop = |mut report: CheckReport, from: usize| {
        report = report.skip_all(&STEPS[from..]);
        (report, None)
    };
    let format = |DerFault(why): DerFault| {
        vec![Fault::new("ANC-001", format!("时间戳文件无法识别：{why}"), "time stamp: not readable")]
    };
    if file.len() > LARGEST_TOKEN {
        report.step(STEPS[0], "", format(DerFault(format!("大于 {} KB", LARGEST_TOKEN / 1024))));
        return stop(report, 1);
    }
    let definite = match der::from_pem(file, "PKCS7").and_then(|parts| to_definite(&parts.concat())) {
        Ok(bytes) => bytes,
        Err(why) => {
            report.step(STEPS[0], "", format(why));
            return stop(report, 1);
        }
    };
    let (status, content) = match split_answer(&definite) {
        Ok(parts) => parts,
        Err(why) => {
            report.step(STEPS[0], "", format(why));
            return stop(report, 1);
        }
    };
    let Some(content) = content else {
        report.step(STEPS[0], "应答没有时间戳", Vec::new());
        report.step(STEPS[1], "", refused(status.as_ref()));
        return stop(report, 2);
    };
    let read = read_token(content).and_then(|token| Ok((read_info(token.info)?, token)));
    let (info, token) = match read {
        Ok(read) => read,
        Err(why) => {
            report.step(STEPS[0], "", format(why));
            return stop(report, 1);
        }
    };
    report.step(STEPS[0], format!("序列号 {}", to_hex(info.serial)), Vec::new());
    let granted = status.as_ref().is_none_or(Status::is_granted);
    report.step(
        STEPS[1],
        if status.is_some() { "已签发" } else { "单独的时间戳" },
        if granted { Vec::new() } else { refused(status.as_ref()) },
    );
    report.step(STEPS[2], "与封签一致", imprint_faults(&info, seal_json));
    let signer = find_signer(&token);
    let attributes = signer.as_ref().map_or_else(Clone::clone, |signer| attribute_faults(&token, signer));
    report.step(STEPS[3], "内容类型、摘要、签名证书一致", attributes);
    let Ok(signer) = signer else { return stop(report, 4) };
    report.step(STEPS[4], signer.name(), signature_faults(&token, signer));
    if !report.is_verified() {
        return stop(report, 5);
    }
    if roots.is_empty() {
        report.skip(STEPS[5], "没有给出根证书（--root，或规则中约定的根）");
        report.skip(STEP_BEFORE, NOT_PROVED);
        return (report, None);
    }
    let root = match check_trust(&token, signer, roots, info.at) {
        Ok((names, root)) => {
            report.step(STEPS[5], names.join(" ← "), Vec::new());
            root
        }
        Err(fault) => {
            report.step(STEPS[5], "", vec![fault]);
            return stop(report, 6);
        }
    };
    let latest = info.at.checked_add_signed(info.accuracy + Duration::hours(8)).map(ShanghaiTime::of_local);
    let Some(latest) = latest else { return stop(report, 6) };
    let late = latest.as_str() >= available_at;
    let faults = late.then(|| {
        Fault::new(
            "ANC-008",
            format!("时间戳的时间 {latest}（含误差）不早于公开数的产生时间 {available_at}：不能证明封存在先"),
            "time stamp: not before available_at",
        )
    });
    report.step(STEP_BEFORE, format!("{latest} 时封签已存在，早于 {available_at}"), faults.into_iter().collect());
    let stamp = Stamp {
        at: latest,
        authority: signer.name(),
        root_sha256: to_hex(&sha256(&[&root])),
        serial: to_hex(info.serial),
    };
    (report, (!late).then_some(stamp))
}

struct Status<'a> {
    code: u64,
    words: &'a [u8],
}

impl Status<'_> {
    /// granted, or granted with changes.
    fn is_granted(&self) -> bool {
        self.code <= 1
    }
}

fn refused(status: Option<&Status<'_>>) -> Vec<Fault> {
    let (code, words) = status.map_or((2, &[][..]), |status| (status.code, status.words));
    let words: String = String::from_utf8_lossy(words).chars().filter(|c| !c.is_control()).take(80).collect();
    vec![Fault::new(
        "ANC-002",
        format!("时间戳机构没有签发：状态 {code}{}{words}", if words.is_empty() { "" } else { "，" }),
        "time stamp: not granted",
    )]
}

/// The answer's status and token; a bare token has no status.
fn split_answer(bytes: &[u8]) -> DerResult<(Option<Status<'_>>, Option<Element<'_>>)> {
    let mut reader = Reader::new(bytes);
    let outer = reader.take(tag::SEQUENCE, "时间戳")?;
    reader.end("时间戳")?;
    let mut inside = outer.inside();
    if inside.peek() == Some(tag::OID) {
        return Ok((None, Some(outer)));
    }
    let mut status = inside.take(tag::SEQUENCE, "应答状态")?.inside();
    let code = status.take(tag::INTEGER, "应答状态")?.small("应答状态")?;
    let words = match status.take_if(tag::SEQUENCE)? {
        Some(texts) if !texts.body.is_empty() => texts.inside().element()?.body,
        _ => &[],
    };
    let content = inside.take_if(tag::SEQUENCE)?;
    inside.end("时间戳应答")?;
    Ok((Some(Status { code, words }), content))
}

fn read_token(content: Element<'_>) -> DerResult<Token<'_>> {
    let mut outer = content.inside();
    let kind = outer.take(tag::OID, "内容类型")?.body;
    if kind != oid::SIGNED_DATA && kind != oid::SIGNED_DATA_SM2 {
        return fault(format!("内容类型 {} 不是签名数据", oid::to_text(kind)));
    }
    let mut wrapped = outer.take(0xa0, "签名数据")?.inside();
    outer.end("签名数据")?;
    let mut signed = wrapped.take(tag::SEQUENCE, "签名数据")?.inside();
    wrapped.end("签名数据")?;
    // 3 by RFC 5652 for this content, 1 by GM/T 0010
    if ![1, 3].contains(&signed.take(tag::INTEGER, "版本")?.small("版本")?) {
        return fault("签名数据的版本不是 1 或 3");
    }
    let mut hashes = signed.take(tag::SET, "摘要算法")?.inside();
    let mut listed = Vec::new();
    while !hashes.is_empty() {
        listed.push(algorithm(&mut hashes, "摘要算法")?);
    }
    let mut inner = signed.take(tag::SEQUENCE, "时间戳内容")?.inside();
    let kind = inner.take(tag::OID, "时间戳内容类型")?.body;
    if kind != oid::TST_INFO {
        return fault(format!("内容类型 {} 不是时间戳", oid::to_text(kind)));
    }
    let mut held = inner.take(0xa0, "时间戳内容")?.inside();
    let info = held.take(tag::OCTETS, "时间戳内容")?.body;
    held.end("时间戳内容")?;
    inner.end("时间戳内容")?;
    let mut certificates = Vec::new();
    if let Some(list) = signed.take_if(0xa0)? {
        let mut list = list.inside();
        while !list.is_empty() {
            let one = list.element()?;
            // others than X.509 certificates (attribute certificates) are passed over
            if one.tag == tag::SEQUENCE {
                certificates.push(X509::parse(one.whole)?);
            }
        }
    }
    signed.take_if(0xa1)?;
    let mut signers = signed.take(tag::SET, "签名者")?.inside();
    signed.end("签名者")?;
    let signer = read_signer(signers.take(tag::SEQUENCE, "签名者")?)?;
    signers.end("唯一的签名者")?;
    if !listed.contains(&signer.hash) {
        return fault("签名者的摘要算法不在所列之中");
    }
    Ok(Token { info, certificates, signer })
}

fn read_signer(element: Element<'_>) -> DerResult<SignerInfo<'_>> {
    let mut inside = element.inside();
    let version = inside.take(tag::INTEGER, "签名者版本")?.small("签名者版本")?;
    let (mut issuer_serial, mut key_id) = (None, None);
    if let Some(id) = inside.take_if(0x80)? {
        key_id = Some(id.body);
    } else {
        let mut name = inside.take(tag::SEQUENCE, "签名者名称")?.inside();
        let issuer = name.take(tag::SEQUENCE, "签名者的签发者")?.whole;
        issuer_serial = Some((issuer, name.take(tag::INTEGER, "签名者的序列号")?.body));
        name.end("签名者名称")?;
    }
    if version != if key_id.is_some() { 3 } else { 1 } {
        return fault("签名者的版本与其标识不符");
    }
    let hash = algorithm(&mut inside, "签名者的摘要算法")?;
    let attributes = inside.take(0xa0, "签名属性")?;
    let algorithm = algorithm(&mut inside, "签名算法")?;
    let signature = inside.take(tag::OCTETS, "签名")?.body;
    inside.take_if(0xa1)?;
    inside.end("签名者")?;
    Ok(SignerInfo { issuer_serial, key_id, hash, attributes, algorithm, signature })
}

fn read_info(bytes: &[u8]) -> DerResult<StampInfo<'_>> {
    let mut reader = Reader::new(bytes);
    let mut inside = reader.take(tag::SEQUENCE, "时间戳内容")?.inside();
    reader.end("时间戳内容")?;
    if inside.take(tag::INTEGER, "时间戳版本")?.small("时间戳版本")? != 1 {
        return fault("时间戳版本不是 1");
    }
    inside.take(tag::OID, "时间戳的签发规则")?;
    let mut imprint = inside.take(tag::SEQUENCE, "印记")?.inside();
    let hash = algorithm(&mut imprint, "印记算法")?;
    let hashed = imprint.take(tag::OCTETS, "印记")?.body;
    imprint.end("印记")?;
    let serial = inside.take(tag::INTEGER, "序列号")?.body;
    let at = inside.take(tag::TIME, "时间")?.time("时间戳")?;
    let mut accuracy = Duration::zero();
    if let Some(told) = inside.take_if(tag::SEQUENCE)? {
        let mut told = told.inside();
        if let Some(seconds) = told.take_if(tag::INTEGER)? {
            let seconds = seconds.small("误差")?.min(86_400 * 366);
            accuracy = Duration::seconds(seconds as i64);
        }
        if !told.is_empty() {
            accuracy += Duration::seconds(1);
        }
    }
    Ok(StampInfo { hash, imprint: hashed, serial, at, accuracy })
}

fn imprint_faults(info: &StampInfo<'_>, seal_json: &[u8]) -> Vec<Fault> {
    let detail = "time stamp: imprint";
    match HashKind::of(info.hash) {
        Some(kind) if kind.compute(seal_json) == info.imprint => Vec::new(),
        Some(kind) => vec![Fault::new(
            "ANC-003",
            format!(
                "时间戳盖的不是这份封签：印记 {}（{}），封签为 {}",
                to_hex(info.imprint),
                kind.label(),
                to_hex(&kind.compute(seal_json))
            ),
            detail,
        )],
        None => {
            vec![Fault::new("ANC-009", format!("印记的摘要算法 {} 不受支持", oid::to_text(info.hash)), detail)]
        }
    }
}

/// The certificate that the signer names, among those of the token.
fn find_signer<'t, 'a>(token: &'t Token<'a>) -> Result<&'t X509<'a>, Vec<Fault>> {
    let named = |certificate: &&X509<'_>| match (token.signer.issuer_serial, token.signer.key_id) {
        (Some((issuer, serial)), _) => certificate.issuer == issuer && certificate.serial == serial,
        (None, Some(id)) => certificate.subject_key_id() == Some(id),
        (None, None) => false,
    };
    token.certificates.iter().find(named).ok_or_else(|| {
        vec![Fault::new(
            "ANC-004",
            "时间戳没有附签名者的证书；请按 commitment.tsq 重新申请（其中要求附证书）",
            "time stamp: no signer certificate",
        )]
    })
}

/// Content type, digest of the content and the signer's certificate, as the signed attributes have them.
fn attribute_faults(token: &Token<'_>, signer: &X509<'_>) -> Vec<Fault> {
    check_attributes(token, signer).err().map_or_else(Vec::new, |DerFault(why)| {
        vec![Fault::new("ANC-005", format!("时间戳的签名属性不对：{why}"), "time stamp: signed attributes")]
    })
}

fn check_attributes(token: &Token<'_>, signer: &X509<'_>) -> DerResult<()> {
    let Some(hash) = HashKind::of(token.signer.hash) else {
        return fault(format!("摘要算法 {} 不受支持", oid::to_text(token.signer.hash)));
    };
    let mut seen: Vec<&[u8]> = Vec::new();
    let mut list = token.signer.attributes.inside();
    let (mut kind, mut digest, mut named) = (false, false, false);
    while !list.is_empty() {
        let mut one = list.take(tag::SEQUENCE, "属性")?.inside();
        let identifier = one.take(tag::OID, "属性")?.body;
        let mut values = one.take(tag::SET, "属性值")?.inside();
        one.end("属性")?;
        if seen.contains(&identifier) {
            return fault(format!("属性 {} 重复", oid::to_text(identifier)));
        }
        seen.push(identifier);
        let value = values.element()?;
        let single = values.is_empty();
        match identifier {
            _ if identifier == oid::CONTENT_TYPE => {
                kind = single && value.tag == tag::OID && value.body == oid::TST_INFO;
                if !kind {
                    return fault("内容类型不是时间戳");
                }
            }
            _ if identifier == oid::MESSAGE_DIGEST => {
                digest = single && value.tag == tag::OCTETS && value.body == hash.compute(token.info);
                if !digest {
                    return fault("内容的摘要不符：时间戳内容被改动");
                }
            }
            _ if identifier == oid::SIGNING_CERT || identifier == oid::SIGNING_CERT_V2 => {
                check_named(value, signer, identifier == oid::SIGNING_CERT_V2)?;
                named = single;
            }
            _ => {}
        }
    }
    match (kind, digest, named) {
        (false, ..) => fault("缺少内容类型"),
        (_, false, _) => fault("缺少内容的摘要"),
        (.., false) => fault("缺少签名证书的标识（ESS）"),
        _ => Ok(()),
    }
}

/// The first certificate that ESS names is the signer's.
fn check_named(value: Element<'_>, signer: &X509<'_>, second: bool) -> DerResult<()> {
    if value.tag != tag::SEQUENCE {
        return fault("签名证书的标识写法不对");
    }
    let mut inside = value.inside().take(tag::SEQUENCE, "签名证书的标识")?.inside();
    let mut id = inside.take(tag::SEQUENCE, "签名证书的标识")?.inside();
    let mut kind = Some(HashKind::Sha256);
    if second && id.peek() == Some(tag::SEQUENCE) {
        kind = HashKind::of(algorithm(&mut id, "签名证书的摘要算法")?);
    }
    let told = id.take(tag::OCTETS, "签名证书的摘要")?.body;
    let fits =
        if second { kind.is_some_and(|kind| kind.compute(signer.whole) == told) } else { sha1(signer.whole) == told };
    if !fits {
        return fault("签名证书不是所标识的那一张");
    }
    if let Some(issuer_serial) = id.take_if(tag::SEQUENCE)? {
        let mut inside = issuer_serial.inside();
        inside.take(tag::SEQUENCE, "签发者")?;
        if inside.take(tag::INTEGER, "序列号")?.body != signer.serial {
            return fault("签名证书的序列号不是所标识的");
        }
    }
    Ok(())
}

fn signature_faults(token: &Token<'_>, signer: &X509<'_>) -> Vec<Fault> {
    // signed is the SET of attributes, while the token holds it under an implicit tag
    let signed = element(tag::SET, &[token.signer.attributes.body]);
    let hash = HashKind::of(token.signer.hash);
    match check_signature(&signer.key, token.signer.algorithm, hash, &signed, token.signer.signature) {
        Ok(()) => Vec::new(),
        Err(SignatureFault::Unsupported(what)) => {
            vec![Fault::new("ANC-010", format!("时间戳的{what}不受支持"), "time stamp: unsupported algorithm")]
        }
        Err(SignatureFault::Wrong) => {
            vec![Fault::new("ANC-006", "时间戳的签名不成立：内容或签名被改动", "time stamp: signature")]
        }
    }
}

/// The authority's purpose and its chain to one of the roots.
fn check_trust(
    token: &Token<'_>,
    signer: &X509<'_>,
    roots: &[Vec<u8>],
    at: NaiveDateTime,
) -> Result<(Vec<String>, Vec<u8>), Fault> {
    let wrong = |DerFault(why): DerFault| {
        Fault::new("ANC-007", format!("时间戳的证书链不成立：{why}"), "time stamp: certificate chain")
    };
    let roots: Vec<X509<'_>> = roots.iter().map(|root| X509::parse(root)).collect::<DerResult<_>>().map_err(wrong)?;
    signer.check_time_stamping().map_err(|DerFault(why)| wrong(DerFault(format!("证书「{}」{why}", signer.name()))))?;
    let chain = check_chain(signer, &token.certificates, &roots, at).map_err(wrong)?;
    Ok((chain.names, chain.root))
}

/// The certificates that a token carries, in DER: where the plan names a root by its hash it may be among them.
#[must_use]
pub fn certificates_in(file: &[u8]) -> Vec<Vec<u8>> {
    let read = || -> DerResult<Vec<Vec<u8>>> {
        let definite = to_definite(&der::from_pem(file, "PKCS7")?.concat())?;
        let (_, Some(content)) = split_answer(&definite)? else { return Ok(Vec::new()) };
        Ok(read_token(content)?.certificates.iter().map(|certificate| certificate.whole.to_vec()).collect())
    };
    if file.len() > LARGEST_TOKEN { Vec::new() } else { read().unwrap_or_default() }
}
