//! All anchors of a draw checked at once, and how far the draw can be trusted: one answer for certificate, page,
//! command line and window.

use std::collections::BTreeSet;

use super::beacon::{beacon_faults, pledged_round};
use super::bundle::Anchors;
use super::lottery::{self, Told};
use super::pledge::parts_of;
use super::stamp::{NOT_PROVED, STEP_BEFORE, Stamp, certificates_in, check_stamp};
use super::statement::{Role, SignedStatement, Subject};
use crate::policy::{AnchorKey, AnchorRule, TrustLevel};
use crate::sampling::{
    CheckReport, EntropyFormat, Fault, MIXED_SEPARATOR, Opening, Seal, ShanghaiTime, StepState, hash_from_hex, sha256,
    to_hex,
};

/// What is checked.
#[derive(Debug, Clone, Copy)]
pub struct AnchorCheck<'a> {
    /// The seal.
    pub seal: &'a Seal,
    /// Its opening.
    pub opening: Option<&'a Opening>,
    /// What a signature of the certificate signs: its bytes, in format 2 what its head hashes.
    pub certificate: Option<&'a [u8]>,
    /// What came with the draw; `None` where nothing did.
    pub anchors: Option<&'a Anchors>,
    /// Roots that the reader trusts, DER.
    pub roots: &'a [Vec<u8>],
    /// What the plan binds: the policy whose hash is sealed; `None` where it isn't at hand.
    pub rule: Option<&'a AnchorRule>,
}

/// What the check gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorResult {
    /// Steps and faults.
    pub report: CheckReport,
    /// The earliest time stamp that holds.
    pub stamp: Option<Stamp>,
    /// Levels of trust reached.
    pub levels: BTreeSet<TrustLevel>,
    /// Those that the plan binds and the draw lacks.
    pub lacking: BTreeSet<TrustLevel>,
}

impl AnchorResult {
    /// True where the office signed, and every signature of its holds.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        let office = self.report.steps.iter().find(|step| step.name == OFFICE);
        office.is_some_and(|step| step.state != StepState::Failed && step.detail != UNSIGNED)
    }

    /// The levels in words: 「自证＋时间戳」.
    #[must_use]
    pub fn words(&self) -> String {
        words_of(&self.levels)
    }
}

fn words_of(levels: &BTreeSet<TrustLevel>) -> String {
    levels.iter().map(|level| level.label()).collect::<Vec<_>>().join("＋")
}

/// What each part of a check found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// A time stamp holds.
    pub stamp: bool,
    /// Every part of the public number that must not be foreseen is signed by a beacon.
    pub beacon: bool,
    /// A bound witness signed the seal before the number, and the opening where there is one.
    pub witness: bool,
}

/// The levels of trust: the office's own word always, the others as they were found.
#[must_use]
pub fn compute_trust(found: Found) -> BTreeSet<TrustLevel> {
    [
        (true, TrustLevel::OwnWord),
        (found.stamp, TrustLevel::Stamp),
        (found.beacon, TrustLevel::Beacon),
        (found.witness, TrustLevel::Witness),
    ]
    .into_iter()
    .filter_map(|(holds, level)| holds.then_some(level))
    .collect()
}

/// Name of the step of the office's signatures.
const OFFICE: &str = "本单位的签名";
/// What is said where there is no signature.
pub const UNSIGNED: &str = "未签名";

/// Name of the step that holds a draw against what the plan binds.
const AGREED: &str = "计划约定的可信程度";

/// Checks every anchor of a draw.
#[must_use]
pub fn check_anchors(check: AnchorCheck<'_>) -> AnchorResult {
    let mut report = CheckReport::default();
    let empty = Anchors::new();
    let anchors = check.anchors.unwrap_or(&empty);
    let stamp = check_stamps(&mut report, &check, anchors);
    let beacon = check_number(&mut report, &check, anchors);
    let witness = check_statements(&mut report, &check, anchors);
    let levels = compute_trust(Found { stamp: stamp.is_some(), beacon, witness });
    let required = check.rule.map(|rule| rule.required.iter().copied().collect::<BTreeSet<_>>()).unwrap_or_default();
    let lacking: BTreeSet<TrustLevel> = required.difference(&levels).copied().collect();
    if check.rule.is_none() {
        report.skip(AGREED, "没有给出封存的规则文件（policy.ron），约定未知");
    } else if required.is_empty() {
        let none = check.rule.is_some_and(AnchorRule::is_default);
        report.skip(AGREED, if none { "规则没有 anchors 一节" } else { "规则没有约定" });
    } else {
        let faults = (!lacking.is_empty()).then(|| {
            Fault::new(
                "ANC-060",
                format!("低于计划约定：缺{}（约定 {}）", words_of(&lacking), words_of(&required)),
                "anchors: below what the plan binds",
            )
        });
        report.step(AGREED, words_of(&required), faults.into_iter().collect());
    }
    AnchorResult { report, stamp, levels, lacking }
}

fn check_stamps(report: &mut CheckReport, check: &AnchorCheck<'_>, anchors: &Anchors) -> Option<Stamp> {
    let tokens = anchors.tokens();
    if tokens.is_empty() {
        report.skip(STEP_BEFORE, format!("{NOT_PROVED}：没有时间戳"));
        return None;
    }
    let mut roots = check.roots.to_vec();
    if let Some(rule) = check.rule {
        // a root that the plan names by its hash may come with the draw
        let offered = anchors.kept_roots().into_iter().chain(tokens.iter().flat_map(|token| certificates_in(token)));
        roots.extend(offered.filter(|root| rule.roots.contains(&to_hex(&sha256(&[root])))));
    }
    let seal_json = check.seal.to_json();
    let mut best: Option<Stamp> = None;
    for token in &tokens {
        let (steps, stamp) = check_stamp(token, &seal_json, &check.seal.entropy.available_at, &roots);
        report.steps.extend(steps.steps);
        report.faults.extend(steps.faults);
        if let Some(stamp) = stamp
            && best.as_ref().is_none_or(|before| stamp.at < before.at)
        {
            best = Some(stamp);
        }
    }
    best
}

/// Parts of the pledge: format, source, reference.
fn pledged_parts(seal: &Seal) -> Vec<(EntropyFormat, String, String)> {
    let pledge = &seal.entropy;
    match seal.entropy_format() {
        Some(EntropyFormat::Mixed) => parts_of(&pledge.source)
            .into_iter()
            .zip(pledge.reference.split(MIXED_SEPARATOR))
            .map(|((format, source), reference)| (format, source, reference.to_owned()))
            .collect(),
        Some(format) => vec![(format, pledge.source.clone(), pledge.reference.clone())],
        None => Vec::new(),
    }
}

/// The hour and the value of the public number; true where a beacon signs it.
fn check_number(report: &mut CheckReport, check: &AnchorCheck<'_>, anchors: &Anchors) -> bool {
    const HOUR: &str = "公开数的时间";
    const NUMBER: &str = "公开数的来源";
    if check.seal.is_demonstration() {
        report.skip(NUMBER, "演示：公开数事先已知");
        return false;
    }
    let parts = pledged_parts(check.seal);
    let pauses: Vec<_> =
        check.rule.map_or(&[][..], |rule| &rule.lottery_pauses).iter().map(|p| (p.from, p.to)).collect();
    let hours: Vec<Option<ShanghaiTime>> =
        parts.iter().map(|(format, source, reference)| hour_of(*format, source, reference, &pauses)).collect();
    let available = check.seal.entropy.available_at.as_str();
    let latest = hours.iter().flatten().max();
    let whole = hours.iter().all(Option::is_some);
    match latest {
        None => report.skip(HOUR, "封签没有写明可计算时间的期号或轮次，时间是办事机构自己写的"),
        Some(latest) => {
            let fits = if whole { latest.as_str() == available } else { latest.as_str() <= available };
            // without the sealed policy the lottery's pauses aren't known: a day later than counted may be right
            let uncertain = check.rule.is_none() && parts.iter().any(|(format, ..)| *format == EntropyFormat::Ssq);
            if !fits && uncertain {
                report.skip(HOUR, format!("按期号推算为 {latest}，休市日须按规则文件核对"));
            } else {
                let words = format!("由期号或轮次算出的时间为 {latest}，封签写的是 {available}");
                let fault = Fault::new("ANC-015", words, "entropy: hour does not follow from the reference");
                report.step(HOUR, available, if fits { Vec::new() } else { vec![fault] });
            }
        }
    }
    let Some(opening) = check.opening else { return false };
    let mut beacons = anchors.beacons.iter();
    let mut signed = false;
    let values: Vec<&str> = match check.seal.entropy_format() {
        Some(EntropyFormat::Mixed) => opening
            .entropy_value
            .split(MIXED_SEPARATOR)
            .map(|part| part.split_once('=').map_or(part, |(_, number)| number))
            .collect(),
        _ => vec![opening.entropy_value.as_str()],
    };
    for ((format, source, reference), value) in parts.iter().zip(values) {
        if *format == EntropyFormat::Drand {
            match (pledged_round(source, reference), beacons.next()) {
                (Some((chain, round)), Some(evidence)) => {
                    let faults = beacon_faults(chain, round, value, evidence);
                    signed |= faults.is_empty();
                    report.step(NUMBER, format!("drand {} 第 {round} 轮，签名成立", chain.name), faults);
                }
                (Some((chain, round)), None) => {
                    report.skip(NUMBER, format!("没有附 drand {} 第 {round} 轮的签名", chain.name));
                }
                (None, _) => report.skip(NUMBER, "封签没有写明 drand 的链与轮次，无法核对签名"),
            }
        } else {
            let how = anchors.number.as_ref().map_or_else(
                || "请与公布的号码核对".to_owned(),
                |n| {
                    let kept = if n.source_sha256.is_empty() {
                        String::new()
                    } else {
                        format!("，原件 {} 的 SHA-256 为 {}", n.source_file, n.source_sha256)
                    };
                    format!("由{}、{}分别录入{kept}；请与公布的号码核对", n.first, n.second)
                },
            );
            report.skip(NUMBER, format!("{}{reference}：{value}，{how}", format.label()));
        }
    }
    signed
}

fn hour_of(format: EntropyFormat, source: &str, reference: &str, pauses: &[lottery::Pause]) -> Option<ShanghaiTime> {
    match format {
        EntropyFormat::Drand => pledged_round(source, reference).and_then(|(chain, round)| chain.time_of(round)),
        EntropyFormat::Ssq => {
            let day = match lottery::read_reference(reference)? {
                Told::Day(day) => Some(day),
                Told::Issue(issue) => lottery::day_of_issue(issue, pauses),
            }?;
            Some(ShanghaiTime::of_local(lottery::drawing_on(day)))
        }
        _ => None,
    }
}

/// Signatures of office and witness; true where a bound witness saw seal and opening in time.
fn check_statements(report: &mut CheckReport, check: &AnchorCheck<'_>, anchors: &Anchors) -> bool {
    let of_role = |role: Role| anchors.statements.iter().filter(move |s| s.statement.role == role);
    for (role, name) in [(Role::Office, OFFICE), (Role::Witness, "见证人的签名")] {
        if of_role(role).next().is_none() {
            report.skip(name, UNSIGNED);
            continue;
        }
        let keys = check.rule.map(|rule| match role {
            Role::Office => rule.office_keys.as_slice(),
            Role::Witness => rule.witness_keys.as_slice(),
        });
        let faults: Vec<Fault> = of_role(role).filter_map(|said| statement_fault(said, check, keys)).collect();
        let told: Vec<String> = of_role(role)
            .map(|SignedStatement { statement: s, .. }| format!("{}于 {} 签{}", s.signer, s.at, s.subject.label()))
            .collect();
        match keys {
            None if faults.is_empty() => {
                report.skip(name, format!("{}；公钥未与计划约定的核对（没有给出规则文件）", told.join("；")));
            }
            _ => report.step(name, told.join("；"), faults),
        }
    }
    let Some(rule) = check.rule else { return false };
    let good = |subject: Subject| {
        of_role(Role::Witness)
            .filter(move |said| said.statement.subject == subject)
            .filter(|said| statement_fault(said, check, Some(&rule.witness_keys)).is_none())
    };
    let in_time = good(Subject::Seal).any(|s| s.statement.at.as_str() < check.seal.entropy.available_at.as_str());
    in_time && (check.opening.is_none() || good(Subject::Opening).next().is_some())
}

fn statement_fault(said: &SignedStatement, check: &AnchorCheck<'_>, keys: Option<&[AnchorKey]>) -> Option<Fault> {
    let who = format!("{}对{}的签名", said.statement.signer, said.statement.subject.label());
    if !said.is_signed() {
        return Some(Fault::new("ANC-050", format!("{who}不成立：内容或签名被改动"), "statement: signature"));
    }
    if !said.fits(check.seal, check.opening, check.certificate) {
        return Some(Fault::new(
            "ANC-051",
            format!("{who}签的不是这一份（签名之后有变更，或属于另一次封存）"),
            "statement: another file",
        ));
    }
    match keys {
        Some(keys) if !keys.iter().any(|key| key.key == said.statement.key) => Some(Fault::new(
            "ANC-052",
            format!("{who}所用的公钥 {} 不在计划约定之中", said.statement.key),
            "statement: key is not bound by the plan",
        )),
        _ => None,
    }
}

/// The rule of a sealed policy: its bytes must be those whose hash the seal binds.
///
/// # Errors
/// `ANC-061` where they are another policy's.
pub fn check_rule_bytes(seal: &Seal, policy: &[u8]) -> Result<(), Fault> {
    if hash_from_hex(&seal.policy_sha256) == Some(sha256(&[policy])) {
        return Ok(());
    }
    Err(Fault::new("ANC-061", "规则文件不是封存的那一份（policy_sha256 不符）", "policy: not the sealed one"))
}
