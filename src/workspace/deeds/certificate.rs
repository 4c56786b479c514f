//! The certificate of a draw as it stands, substitutions included.
//!
//! Reasons typed before such words were refused ([`crate::disclosure::check_public_words`]) may hold personal data: no
//! hash binds them, so they are masked, in every copy alike.

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::{MaskCounts, Masker};
use crate::domain::{TriggerKind, UnitId};
use crate::sampling::{
    AnyCertificate, Certificate, ChangeEntry, ChangeKind, DEMONSTRATION, DrawOrder, DrawSeed, EarlierSeal, LogHead,
    MerkleTree, SealRegister, SkippedUnit, Substitute, certificate_of, closed_certificate_of, compute_certificate_unit,
    outside_mark, to_hex,
};
use crate::workspace::deeds::disclose::load_earlier;
use crate::workspace::store::changes::DrawChange;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::log::{HEADS_FILE, HeadNote};
use crate::workspace::store::staged::Change;

/// Why an inspector was replaced, as the public reads it.
pub(in crate::workspace) const REPLACED: &str = "更换执法人员，具体缘由在内部存证";

/// The certificate of a draw as it stands, changes included, in the format of its seal.
///
/// # Errors
/// `SEL-036` before the opening, `VER-05…`, `IO-…`.
pub fn compute_draw_certificate(
    draw: &StoredDraw,
    order: &DrawOrder,
    register: &SealRegister,
) -> AppResult<AnyCertificate> {
    let (Some(opening), Some(seed)) = (&draw.opening, draw.seed()) else {
        return Err(AppError::new("SEL-036", "尚未开封，没有证书"));
    };
    let tree = draw.frame.tree();
    if draw.seal.is_format_1() {
        let first = certificate_of(&draw.frame, &tree, &draw.seal, opening, &seed, order);
        return Ok(AnyCertificate::First(Box::new(complete_first(first, &tree, &seed, draw, register))));
    }
    let closed = closed_certificate_of(&draw.frame, &tree, &draw.seal, opening, &seed, order);
    let changes = change_entries(draw);
    let mut closed = closed.with_changes((&draw.frame, &tree, &seed, order), changes).with_earlier(load_earlier(draw)?);
    if draw.seal.has_log() {
        let heads = Heads::of(draw)?;
        for (change, head) in closed.changes.iter_mut().zip(heads.changes) {
            change.log = Some(head);
        }
        closed = closed.with_log(heads.opened, draw.interventions.clone());
    }
    Ok(AnyCertificate::Second(Box::new(closed)))
}

/// The heads of the log that a certificate of format 3 carries.
struct Heads {
    opened: LogHead,
    changes: Vec<LogHead>,
}

impl Heads {
    fn of(draw: &StoredDraw) -> AppResult<Self> {
        let at = |commands: &[CommandId]| -> Vec<LogHead> {
            let is = |note: &&HeadNote| commands.iter().any(|command| command.id() == note.command);
            draw.heads.iter().filter(is).map(|note| note.log.clone()).collect()
        };
        let changes = at(&[CommandId::Substitute, CommandId::ReplaceInspector, CommandId::AddCheck]);
        let opened = at(&[CommandId::Open]).pop();
        match opened.filter(|_| changes.len() == draw.changes.len()) {
            Some(opened) => Ok(Self { opened, changes }),
            None => Err(Finding::error("LOG-008", format!("{} 的抽取缺少日志根值，不能出具证书", draw.period))
                .expected("开封与每项变更各一个根值")
                .hint("请用备份恢复抽取文件夹")
                .file(draw.folder.join(HEADS_FILE).display().to_string())
                .into()),
        }
    }
}

/// The changes as a certificate of format 2 or 3 lists them.
fn change_entries(draw: &StoredDraw) -> Vec<ChangeEntry> {
    let commitment = draw.seal.commitment();
    let leaf = |unit: &UnitId| {
        let leaf = draw.frame.position(unit.as_str()).and_then(|at| draw.frame.leaf_hex(at));
        leaf.unwrap_or_else(|| outside_mark(&commitment, unit.as_str()))
    };
    let entry = |change: &DrawChange| {
        let empty = ChangeEntry {
            kind: ChangeKind::Replace,
            unit: String::new(),
            by: String::new(),
            case: String::new(),
            person: String::new(),
            reason: public_words(change.reason()),
            evidence: change.evidence().map(|file| file.sha256.clone()).unwrap_or_default(),
            document: draw.seal.has_log().then(|| public_words(change.document())),
            log: None,
            at: change.at().to_owned(),
            skipped: Vec::new(),
        };
        match change {
            DrawChange::Substitute { unit, by, case, skipped, .. } => ChangeEntry {
                kind: ChangeKind::Substitute,
                unit: leaf(unit),
                by: leaf(by),
                case: case.id().to_owned(),
                skipped: skipped
                    .iter()
                    .map(|one| SkippedUnit { unit: leaf(&one.unit), ground: one.ground.clone() })
                    .collect(),
                ..empty
            },
            // why somebody could not go is their own matter: an illness, a kinship
            DrawChange::Replace { unit, certificate, .. } => {
                ChangeEntry { unit: leaf(unit), person: certificate.to_string(), reason: REPLACED.to_owned(), ..empty }
            }
            // where a check comes from is public, not what somebody reported
            DrawChange::Add { need, trigger, .. } => ChangeEntry {
                kind: ChangeKind::Add,
                unit: leaf(&need.unit_id),
                case: trigger.map_or("", TriggerKind::id).to_owned(),
                reason: trigger.map_or("触发式检查", TriggerKind::label).to_owned(),
                ..empty
            },
        }
    };
    draw.changes.iter().map(entry).collect()
}

/// A certificate of format 1 with its substitutions, earlier seals and statement.
fn complete_first(
    mut certificate: Certificate,
    tree: &MerkleTree,
    seed: &DrawSeed,
    draw: &StoredDraw,
    register: &SealRegister,
) -> Certificate {
    for change in &draw.changes {
        let DrawChange::Substitute { unit, by, reason, .. } = change else { continue };
        let Some(row) = draw.frame.position(by.as_str()) else { continue };
        let Some(entry) = compute_certificate_unit(&draw.frame, tree, seed, row) else { continue };
        let id = entry.row.stratum.as_str().to_owned();
        if let Some(stratum) = certificate.strata.iter_mut().find(|s| s.id == id) {
            stratum.substitutes.push(Substitute::of(entry, unit.as_str(), public_words(reason)));
        }
    }
    for seal in register.seals_of(draw.period).take_while(|seal| seal.sealed.sequence < draw.sequence) {
        let (line, end) = (seal.sealed, seal.end);
        certificate.earlier.push(EarlierSeal {
            sequence: line.sequence,
            commitment: to_hex(&line.commitment),
            state: end.map_or("sealed", |end| end.event.id()).to_owned(),
            reason: public_words(end.map(|e| &e.reason).filter(|r| !r.is_empty()).unwrap_or(&line.reason)),
        });
    }
    if draw.demonstration {
        certificate = certificate.with_statement(DEMONSTRATION);
    }
    certificate
}

/// A reason as a certificate may show it.
pub(in crate::workspace) fn public_words(text: &str) -> String {
    Masker::default().mask_text(text, &mut MaskCounts::default())
}

pub(super) fn put_certificate(
    change: &Change<'_>,
    draw: &StoredDraw,
    order: &DrawOrder,
    register: &SealRegister,
) -> AppResult<()> {
    let certificate = compute_draw_certificate(draw, order, register)?;
    change.put(&draw.folder.join("certificate.json"), &certificate.to_json())
}
