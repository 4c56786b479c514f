//! Outside anchors of a draw: time stamps and witness's statements come back, the office signs.
//!
//! What comes in is checked against the draw before it is kept: a token of another seal, a statement of another file
//! never gets into the folder. All lies in `anchors.json`, which goes out with the draw's evidence.

use std::path::{Path, PathBuf};

use crate::anchor::bundle::Anchors;
use crate::anchor::check::{AnchorCheck, AnchorResult, check_anchors, check_rule_bytes};
use crate::anchor::keys::SigningKey;
use crate::anchor::stamp::{LARGEST_TOKEN, certificates_in, check_stamp};
use crate::anchor::statement::{Role, SignedStatement, Subject, sign_statement};
use crate::anchor::x509::certificates_of;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::Period;
use crate::policy::{AnchorRule, parse_policy};
use crate::sampling::{CheckReport, Fault, Seal, SealRegister, StepState, to_hex};
use crate::workspace::deeds::certificate::compute_draw_certificate;
use crate::workspace::deeds::time;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::project::{CommandContext, Project, load_bytes};
use crate::workspace::store::register::load_register;
use crate::workspace::store::staged::Change;

/// Name of the file beside a draw.
pub const ANCHORS_FILE: &str = "anchors.json";

/// What taking anchors in, or signing, gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorsTaken {
    /// Which draw.
    pub period: Period,
    /// Its sequence.
    pub sequence: u64,
    /// What is new, in words.
    pub taken: Vec<String>,
    /// Steps over all anchors as they stand now.
    pub result: AnchorResult,
}

/// The anchors of a draw's folder.
///
/// # Errors
/// `ANC-040`, `IO-…`.
pub fn load_anchors(folder: &Path) -> AppResult<Anchors> {
    let path = folder.join(ANCHORS_FILE);
    if path.exists() { Anchors::parse(&load_bytes(&path)?) } else { Ok(Anchors::new()) }
}

pub(super) fn put_anchors(change: &Change<'_>, draw: &StoredDraw, anchors: &Anchors) -> AppResult<()> {
    change.put(&draw.folder.join(ANCHORS_FILE), &anchors.to_json())
}

/// What a sealed policy binds of anchors.
///
/// # Errors
/// `ANC-061` where the bytes aren't the sealed ones.
pub fn sealed_rule(seal: &Seal, policy: &[u8]) -> Result<AnchorRule, Fault> {
    check_rule_bytes(seal, policy)?;
    let text = String::from_utf8_lossy(policy);
    parse_policy(&text, "policy.ron").map(|policy| policy.anchors).map_err(Fault::from)
}

/// Checks every anchor of a stored draw against its sealed policy. `certificate`: what its signature signs.
///
/// # Errors
/// `ANC-040`, `IO-…`.
pub fn check_draw_anchors(draw: &StoredDraw, roots: &[Vec<u8>], certificate: Option<&[u8]>) -> AppResult<AnchorResult> {
    let anchors = load_anchors(&draw.folder)?;
    let policy = draw.folder.join("policy.ron");
    let mut report = CheckReport::default();
    let rule = if policy.exists() {
        match sealed_rule(&draw.seal, &load_bytes(&policy)?) {
            Ok(rule) => Some(rule),
            Err(fault) => {
                report.step("规则文件", "", vec![fault]);
                None
            }
        }
    } else {
        None
    };
    let mut result = check_anchors(AnchorCheck {
        seal: &draw.seal,
        opening: draw.opening.as_ref(),
        certificate,
        anchors: Some(&anchors),
        roots,
        rule: rule.as_ref(),
    });
    report.steps.append(&mut result.report.steps);
    report.faults.append(&mut result.report.faults);
    result.report = report;
    Ok(result)
}

/// The latest seal of a period that is not given up.
fn last_draw(project: &Project, register: &SealRegister, period: Period) -> AppResult<StoredDraw> {
    let Some(entry) = register.standing(period) else {
        return Err(Finding::error("ANC-041", format!("{}没有封存", period.label()))
            .hint("时间戳与签名是给封签的；请先封存")
            .into());
    };
    StoredDraw::load(project, period, entry.sealed.sequence)
}

fn certificate_bytes(draw: &StoredDraw, register: &SealRegister) -> AppResult<Option<Vec<u8>>> {
    match (draw.period, draw.order()) {
        (Period::Month(_), Some(order)) => Ok(Some(compute_draw_certificate(draw, &order, register)?.signed_bytes())),
        _ => Ok(None),
    }
}

/// Roots of these files, DER.
///
/// # Errors
/// `ANC-042` where a file is no certificate, `IO-…`.
pub fn load_roots(files: &[PathBuf]) -> AppResult<Vec<Vec<u8>>> {
    let mut roots = Vec::new();
    for file in files {
        let read = certificates_of(&load_bytes(file)?);
        roots.extend(read.map_err(|why| {
            AppError::from(
                Finding::error("ANC-042", format!("根证书无法识别：{}", why.0))
                    .expected(" PEM 或 DER 的证书")
                    .file(file.display().to_string()),
            )
        })?);
    }
    Ok(roots)
}

/// Takes tokens of time stamping authorities and statements of a witness into a draw's folder.
///
/// # Errors
/// `ANC-001` … `ANC-008` a token that doesn't hold, `ANC-043`/`ANC-045` a file that is neither, `ANC-046`/`ANC-047` a statement
/// that doesn't hold, `ANC-041` nothing sealed, `IO-…`.
pub fn take_anchors(
    project: &Project,
    period: Period,
    files: &[PathBuf],
    roots: &[PathBuf],
    context: &CommandContext,
) -> AppResult<AnchorsTaken> {
    project.check_writable()?;
    let register = load_register(project)?;
    let draw = last_draw(project, &register, period)?;
    let mut anchors = load_anchors(&draw.folder)?;
    let certificate = certificate_bytes(&draw, &register)?;
    let roots = load_roots(roots)?;
    let mut taken = Vec::new();
    for file in files {
        let bytes = load_bytes(file)?;
        let place = |error: AppError| error.with(|f| f.file(file.display().to_string()));
        if bytes.len() > LARGEST_TOKEN {
            return Err(place(AppError::new("ANC-045", "文件过大，不是时间戳或签名")));
        }
        if bytes.trim_ascii_start().starts_with(b"{") {
            let said = check_statement(&bytes, &draw, certificate.as_deref()).map_err(place)?;
            let words = format!("{}对{}的签名", said.statement.signer, said.statement.subject.label());
            if anchors.add_statement(said) {
                taken.push(words);
            }
            continue;
        }
        let available = &draw.seal.entropy.available_at;
        let (report, _) = check_stamp(&bytes, &draw.seal.to_json(), available, &roots);
        if let Some(fault) = report.faults.into_iter().next() {
            return Err(place(fault.into()));
        }
        let serial = report.steps.iter().find(|step| step.state == StepState::Passed).map(|step| step.detail.clone());
        if anchors.add_stamp(&bytes) {
            taken.push(format!("时间戳，{}", serial.unwrap_or_default()));
        }
        // a root that the reader's plan may name by its hash goes along
        for root in roots.iter().filter(|root| !certificates_in(&bytes).contains(root)) {
            anchors.add_root(root);
        }
    }
    commit_anchors(project, &draw, &anchors, &taken, context)?;
    // the tokens taken before were held against the office's roots of that day
    let roots: Vec<Vec<u8>> = roots.into_iter().chain(anchors.kept_roots()).collect();
    let result = check_draw_anchors(&draw, &roots, certificate.as_deref())?;
    Ok(AnchorsTaken { period, sequence: draw.sequence, taken, result })
}

fn check_statement(bytes: &[u8], draw: &StoredDraw, certificate: Option<&[u8]>) -> AppResult<SignedStatement> {
    let said: SignedStatement = serde_json::from_slice(bytes).map_err(|error| {
        AppError::from(
            Finding::error("ANC-043", format!("签名文件第 {} 行无法识别", error.line()))
                .expected("见证人用 witness 命令生成的文件，或时间戳应答 .tsr"),
        )
    })?;
    if !said.is_signed() {
        return Err(AppError::new("ANC-046", "签名文件不成立：内容或签名被改动").with(|f| f.hint("请见证人重新签名")));
    }
    if !said.fits(&draw.seal, draw.opening.as_ref(), certificate) {
        return Err(AppError::new("ANC-047", "签名签的不是这一次封存的文件")
            .with(|f| f.value(said.statement.commitment.clone()).expected(to_hex(&draw.seal.commitment()))));
    }
    Ok(said)
}

/// The office signs what there is of a draw: seal, opening, certificate.
///
/// # Errors
/// `ANC-041` nothing sealed, `ANC-053` the plan binds other keys, `IO-…`.
pub fn sign_draw(
    project: &Project,
    period: Period,
    key: &SigningKey,
    context: &CommandContext,
) -> AppResult<AnchorsTaken> {
    project.check_writable()?;
    let register = load_register(project)?;
    let draw = last_draw(project, &register, period)?;
    let own = key.public().to_text();
    let bound = &project.policy.anchors.office_keys;
    if !bound.is_empty() && !bound.iter().any(|bound| bound.key == own) {
        let names: Vec<&str> = bound.iter().map(|key| key.name.as_str()).collect();
        return Err(Finding::error("ANC-053", "这把密钥不在计划约定之中")
            .value(own)
            .expected(format!("{}的密钥", names.join("、")))
            .hint("请用约定的密钥，或在规则的 anchors.office_keys 中补充后再封存")
            .into());
    }
    let mut anchors = load_anchors(&draw.folder)?;
    let certificate = certificate_bytes(&draw, &register)?;
    let mut subjects = vec![(Subject::Seal, draw.seal.to_json())];
    subjects.extend(draw.opening.as_ref().map(|opening| (Subject::Opening, opening.to_json())));
    subjects.extend(certificate.clone().map(|bytes| (Subject::Certificate, bytes)));
    // a certificate signed before a substitution is another file: the new signature takes its place
    let (opening, bytes) = (draw.opening.as_ref(), certificate.as_deref());
    anchors.statements.retain(|said| said.statement.role != Role::Office || said.fits(&draw.seal, opening, bytes));
    let now = time(&context.now.to_string())?;
    let mut taken = Vec::new();
    for (subject, bytes) in &subjects {
        let known = |said: &SignedStatement| {
            let s = &said.statement;
            s.role == Role::Office && s.subject == *subject && s.key == own
        };
        if anchors.statements.iter().any(known) {
            continue;
        }
        anchors.add_statement(sign_statement(key, Role::Office, (*subject, bytes), &draw.seal, &now)?);
        taken.push(format!("{}对{}的签名", key.name, subject.label()));
    }
    commit_anchors(project, &draw, &anchors, &taken, context)?;
    let result = check_draw_anchors(&draw, &[], certificate.as_deref())?;
    Ok(AnchorsTaken { period, sequence: draw.sequence, taken, result })
}

fn commit_anchors(
    project: &Project,
    draw: &StoredDraw,
    anchors: &Anchors,
    taken: &[String],
    context: &CommandContext,
) -> AppResult<()> {
    let change = Change::begin(project)?;
    put_anchors(&change, draw, anchors)?;
    let detail = serde_json::json!({ "period": draw.period, "sequence": draw.sequence, "taken": taken });
    change.commit(context, CommandId::Anchors, detail).map(|_| ())
}
