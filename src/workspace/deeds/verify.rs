//! Verifying files that somebody brings: certificate with or without its frame, pairing, journal.

use std::path::{Path, PathBuf};

use crate::anchor::bundle::Anchors;
use crate::anchor::check::{AnchorCheck, AnchorResult, check_anchors};
use crate::diagnostic::{AppError, AppResult};
use crate::domain::UnitId;
use crate::sampling::{
    AnyCertificate, ChangeEntry, ChangeKind, CheckReport, Fault, SamplingFrame, StepState, as_written,
    check_draw_steps, compute_roster_sha256, to_hex,
};
use crate::staffing::{Change, Needs, Roster, check_assignment};
use crate::workspace::deeds::anchors::{ANCHORS_FILE, load_roots, sealed_rule};
use crate::workspace::deeds::certificate::{REPLACED, public_words};
use crate::workspace::store::changes::{DrawChange, pair_change};
use crate::workspace::store::draws::pairing_rule;
use crate::workspace::store::project::load_bytes;

/// The files of a verification.
#[derive(Debug, Clone, Default)]
pub struct VerifyRequest {
    /// `certificate.json`.
    pub certificate: PathBuf,
    /// `frame.csv`.
    pub frame: Option<PathBuf>,
    /// `roster.csv`.
    pub roster: Option<PathBuf>,
    /// `needs.csv`.
    pub needs: Option<PathBuf>,
    /// `assignment.csv`.
    pub assignment: Option<PathBuf>,
    /// `changes.json`, where there were changes.
    pub changes: Option<PathBuf>,
    /// The published commitment, in whatever groups and case a notice prints it.
    pub commitment: Option<String>,
    /// A published value of the changes' chain.
    pub head: Option<String>,
    /// `anchors.json`; that beside the certificate where none is named.
    pub anchors: Option<PathBuf>,
    /// `policy.ron` as sealed; that beside the certificate where none is named.
    pub policy: Option<PathBuf>,
    /// Roots of time stamping authorities that the reader trusts.
    pub roots: Vec<PathBuf>,
    /// Tokens given by hand, beside those of `anchors.json`.
    pub stamps: Vec<PathBuf>,
}

/// What a verification found.
#[derive(Debug)]
pub struct Verified {
    /// The certificate, where it could be read.
    pub certificate: Option<AnyCertificate>,
    /// Steps and faults.
    pub report: CheckReport,
    /// How far the draw can be trusted, from its outside anchors; `None` where the certificate could not be read.
    pub anchors: Option<AnchorResult>,
    /// Faults of the pairing, in words; `None` where it was not asked for.
    pub pairing: Option<Vec<String>>,
    /// Files that another program has saved anew without changing what they say.
    pub resaved: Vec<String>,
}

/// What is said of a file with other line ends, a mark or blank lines at its end.
pub const RESAVED: &str = "换行符、开头标记或末尾空行与程序写出的不同（曾用其他软件另存），内容没有变，核验照常进行";

/// A file's bytes as the program wrote them, and its name on the list where another program saved it anew.
///
/// # Errors
/// `IO-…`.
pub fn load_written(path: &Path, resaved: &mut Vec<String>) -> AppResult<Vec<u8>> {
    let bytes = load_bytes(path)?;
    let written = as_written(&bytes);
    // A document in one line may end without a line end.
    let one_line = !bytes.contains(&b'\n') && written.strip_suffix(b"\n") == Some(bytes.as_slice());
    let same = written.as_ref() == bytes || one_line;
    if !same {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        resaved.push(format!("{name}：{RESAVED}"));
    }
    Ok(written.into_owned())
}

fn unreadable(fault: Fault) -> Verified {
    let mut report = CheckReport::default();
    report.steps.push(crate::sampling::CheckStep {
        name: "读取文件",
        state: StepState::Failed,
        detail: fault.text.clone(),
    });
    report.faults.push(fault);
    Verified { certificate: None, report, anchors: None, pairing: None, resaved: Vec::new() }
}

/// Checks a certificate. With the frame every step of the draw is computed afresh, so that nobody can have
/// been left out; with roster, needs and assignment the pairing too.
///
/// # Errors
/// `IO-…` where a file can't be read; what is wrong with its contents is in the report.
pub fn verify_files(request: &VerifyRequest) -> AppResult<Verified> {
    let mut resaved = Vec::new();
    let bytes = load_written(&request.certificate, &mut resaved)?;
    let certificate = match AnyCertificate::parse(&bytes) {
        Ok(certificate) => certificate,
        Err(fault) => return Ok(unreadable(fault)),
    };
    let published = request.commitment.as_deref();
    let frame = match &request.frame {
        None => None,
        Some(path) => match SamplingFrame::parse_csv(&load_written(path, &mut resaved)?) {
            Ok(frame) => Some(frame),
            Err(error) => return Ok(Verified { certificate: Some(certificate), ..unreadable(error.into()) }),
        },
    };
    let mut report = certificate.check(frame.as_ref(), published, request.head.as_deref());
    if let Some(frame) = &frame {
        let result = Some(certificate.result()).filter(|_| certificate.masked_count() == 0);
        let full = check_draw_steps(frame, certificate.seal(), certificate.opening(), result.as_ref(), published);
        for step in full.steps {
            if !report.steps.iter().any(|s| s.name == step.name && s.state == step.state) {
                report.steps.push(step);
            }
        }
        for fault in full.faults {
            if !report.faults.iter().any(|f| f.detail == fault.detail) {
                report.faults.push(fault);
            }
        }
    }
    // format 1 is signed as the file is, format 2 by its head
    let signed = match &certificate {
        AnyCertificate::First(_) => bytes.trim_ascii_end().to_vec(),
        AnyCertificate::Second(closed) => closed.signed_bytes(),
    };
    let anchors = verify_anchors(request, &certificate, &signed)?;
    let pairing = match (&request.roster, &request.needs, &request.assignment) {
        (Some(roster), Some(needs), Some(assignment)) => {
            Some(verify_pairing(&certificate, [roster, needs, assignment], request.changes.as_ref(), &mut resaved)?)
        }
        _ => None,
    };
    Ok(Verified { certificate: Some(certificate), report, anchors: Some(anchors), pairing, resaved })
}

/// The outside anchors.
fn verify_anchors(request: &VerifyRequest, certificate: &AnyCertificate, bytes: &[u8]) -> AppResult<AnchorResult> {
    let beside = |named: &Option<PathBuf>, name: &str| {
        let beside = request.certificate.with_file_name(name);
        named.clone().or_else(|| beside.exists().then_some(beside))
    };
    let mut anchors = match beside(&request.anchors, ANCHORS_FILE) {
        Some(path) => Anchors::parse(&load_bytes(&path)?)?,
        None => Anchors::new(),
    };
    for path in &request.stamps {
        anchors.add_stamp(&load_bytes(path)?);
    }
    let mut report = CheckReport::default();
    let rule = match beside(&request.policy, "policy.ron") {
        Some(path) => match sealed_rule(certificate.seal(), &load_bytes(&path)?) {
            Ok(rule) => Some(rule),
            Err(fault) => {
                report.step("规则文件", "", vec![fault]);
                None
            }
        },
        None => None,
    };
    let mut result = check_anchors(AnchorCheck {
        seal: certificate.seal(),
        opening: Some(certificate.opening()),
        certificate: Some(bytes),
        anchors: Some(&anchors),
        roots: &load_roots(&request.roots)?,
        rule: rule.as_ref(),
    });
    report.steps.append(&mut result.report.steps);
    report.faults.append(&mut result.report.faults);
    result.report = report;
    Ok(result)
}

/// Whether the changes' file says what the certificate lists, change by change.
fn compare_changes(file: &[DrawChange], listed: &[ChangeEntry]) -> Vec<String> {
    if file.len() != listed.len() {
        return vec![format!("变更文件记有 {} 项变更，证书列出 {} 项", file.len(), listed.len())];
    }
    let differs = |(i, (change, entry)): (usize, (&DrawChange, &ChangeEntry))| {
        let (kind, person, skipped) = match change {
            DrawChange::Substitute { skipped, .. } => (ChangeKind::Substitute, "", skipped.len()),
            DrawChange::Replace { certificate, .. } => (ChangeKind::Replace, certificate.as_str(), 0),
            DrawChange::Add { .. } => (ChangeKind::Add, "", 0),
        };
        let evidence = change.evidence().map_or("", |file| file.sha256.as_str());
        let words = match entry.kind {
            ChangeKind::Add => true,
            ChangeKind::Replace => entry.reason == REPLACED,
            ChangeKind::Substitute => public_words(change.reason()) == entry.reason,
        };
        let same = kind == entry.kind
            && person == entry.person
            && skipped == entry.skipped.len()
            && evidence == entry.evidence
            && change.at() == entry.at
            && words;
        (!same).then(|| format!("变更文件的第 {} 项与证书所列的不一致", i + 1))
    };
    file.iter().zip(listed).enumerate().filter_map(differs).collect()
}

fn verify_pairing(
    certificate: &AnyCertificate,
    [roster, needs, assignment]: [&PathBuf; 3],
    changes: Option<&PathBuf>,
    resaved: &mut Vec<String>,
) -> AppResult<Vec<String>> {
    let mut load = |path: &PathBuf| load_written(path, resaved);
    let (roster_bytes, needs_bytes, assignment_bytes) = (load(roster)?, load(needs)?, load(assignment)?);
    let mut faults = Vec::new();
    if to_hex(&compute_roster_sha256(&roster_bytes, &needs_bytes)) != certificate.seal().roster_sha256 {
        faults.push("名册与检查需求不是封存的那一份（roster_sha256 不符）".to_owned());
        return Ok(faults);
    }
    let (roster, needs) = (Roster::parse(&roster_bytes)?, Needs::parse(&needs_bytes)?);
    let Some(seed) = certificate.opening().seed(certificate.seal()) else {
        faults.push("开封文件中的秘密写法不对，无法重算配对".to_owned());
        return Ok(faults);
    };
    let listed = certificate.listed();
    let unmasked = listed.iter().filter(|unit| unit.named);
    let units: Vec<UnitId> =
        unmasked.filter(|unit| unit.replaces.is_none()).filter_map(|unit| UnitId::new(&unit.unit).ok()).collect();
    if listed.iter().any(|unit| !unit.named) {
        faults.push("证书中有屏蔽的单元，配对要等全部检查之后的证书".to_owned());
        return Ok(faults);
    }
    let drawn = needs.only(units.iter())?;
    let changes: Vec<DrawChange> = match changes {
        Some(path) => serde_json::from_slice(&load(path)?)
            .map_err(|cause| AppError::new("DRW-001", "变更文件无法识别").caused_by(cause))?,
        None => Vec::new(),
    };
    let mut changed: Vec<(&str, &str)> = changes
        .iter()
        .filter_map(|c| {
            if let DrawChange::Substitute { unit, by, .. } = c { Some((unit.as_str(), by.as_str())) } else { None }
        })
        .collect();
    let mut listed: Vec<(&str, &str)> = listed
        .iter()
        .filter_map(|unit| unit.replaces.as_ref().map(|(replaces, _)| (replaces.as_str(), unit.unit.as_str())))
        .collect();
    changed.sort_unstable();
    listed.sort_unstable();
    if changed != listed {
        faults.push(format!("变更文件记有 {} 次替换，与证书所列的 {} 次不一致", changed.len(), listed.len()));
    }
    if let AnyCertificate::Second(closed) = certificate {
        faults.extend(compare_changes(&changes, &closed.changes));
    }
    let replayed: Vec<Change> = changes.iter().filter_map(|change| pair_change(&needs, change)).collect();
    let rule = pairing_rule(certificate.seal());
    let found = check_assignment(rule, &seed.0, &roster, &drawn, &assignment_bytes, &replayed);
    faults.extend(found.iter().map(ToString::to_string));
    Ok(faults)
}
