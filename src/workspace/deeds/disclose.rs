//! What a period's earlier seals show of themselves: a voided seal gives its secret away, and the next seal binds how
//! each of them ended.

use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;

use super::certificate::public_words;
use crate::diagnostic::{AppError, AppResult};
use crate::sampling::{
    EndedSeal, Hash32, RegisterEvent, SECRET_LOST, Seal, SealEnd, SealEntry, SealRegister, SecretFile, VoidedSeal,
    hash_from_hex, parse_earlier, sha256_of,
};
use crate::workspace::store::draws::{SECRET_FILE, StoredDraw};
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::staged::Change;

/// Name of the file that a voided seal leaves in its folder.
pub const VOIDED_FILE: &str = "voided.json";
/// Name of the file of a seal's earlier ones, as the seal binds them.
pub const EARLIER_FILE: &str = "earlier.json";

/// Discloses a seal that was given up. The secret does no harm: no number will ever be drawn with it.
pub(super) fn put_voided(change: &Change<'_>, draw: &StoredDraw, at: &str, reason: &str) -> AppResult<()> {
    let secret = draw.load_secret().map(|secret| secret.to_hex()).unwrap_or_default();
    let voided = VoidedSeal::of(&draw.seal, at, &public_words(reason), secret);
    change.put(&draw.folder.join(VOIDED_FILE), &voided.to_json())
}

/// The secret of a voided seal: disclosed, or still in the file where an earlier version left it.
fn secret_of(folder: &Path, seal: &Seal) -> AppResult<String> {
    let (voided, kept) = (folder.join(VOIDED_FILE), folder.join(SECRET_FILE));
    if voided.exists() {
        let read = VoidedSeal::parse(&load_bytes(&voided)?)?;
        let fits = hash_from_hex(&read.secret).is_some();
        return Ok(if fits { read.secret } else { String::new() });
    }
    if kept.exists()
        && let Ok(file) = SecretFile::parse(&load_bytes(&kept)?)
        && seal.binds(&file.secret)
    {
        return Ok(file.secret.to_hex());
    }
    Ok(String::new())
}

fn ended(project: &Project, entry: SealEntry<'_>, again: &str) -> AppResult<Option<EndedSeal>> {
    let line = entry.sealed;
    let Some(end) = entry.end else { return Ok(None) };
    let folder = project.draw_folder(line.period, line.sequence);
    let seal = Seal::parse(&load_bytes(&folder.join("seal.json"))?)?;
    let (state, secret) = match end.event {
        RegisterEvent::Voided => (SealEnd::Voided, secret_of(&folder, &seal)?),
        _ => (SealEnd::Opened, String::new()),
    };
    let mut reason = if state == SealEnd::Voided { public_words(&end.reason) } else { String::new() };
    if state == SealEnd::Voided && secret.is_empty() && !reason.contains(SECRET_LOST) {
        reason = format!("{reason}（{SECRET_LOST}）");
    }
    Ok(Some(EndedSeal { seal, state, at: end.at.to_string(), reason, again: public_words(again), secret }))
}

/// The earlier seals of a period, each as it ended; `again` says why the period is sealed now.
pub(super) fn earlier_seals(
    project: &Project,
    register: &SealRegister,
    period: crate::domain::Period,
    again: &str,
) -> AppResult<Vec<EndedSeal>> {
    let entries: Vec<SealEntry<'_>> = register.seals_of(period).collect();
    let mut list = Vec::with_capacity(entries.len());
    for (i, entry) in entries.iter().enumerate() {
        let why = entries.get(i + 1).map_or(again, |next| next.sealed.reason.as_str());
        list.extend(ended(project, *entry, why)?);
    }
    Ok(list)
}

/// The earlier seals that a draw's seal binds.
///
/// # Errors
/// `VER-050`, `VER-051` where the file can't be read, `IO-…`.
pub fn load_earlier(draw: &StoredDraw) -> AppResult<Vec<EndedSeal>> {
    if draw.seal.earlier.as_ref().is_none_or(Vec::is_empty) {
        return Ok(Vec::new());
    }
    Ok(parse_earlier(&load_bytes(&draw.folder.join(EARLIER_FILE))?)?)
}

/// SHA-256 of the running program's file, read once.
///
/// # Errors
/// `IO-…` where the system doesn't give the file.
pub fn program_sha256() -> AppResult<Hash32> {
    static HASH: OnceLock<Hash32> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return Ok(*hash);
    }
    let path = std::env::current_exe().map_err(|cause| AppError::io("读取程序文件", Path::new("fairdraw"), cause))?;
    let failed = |cause| AppError::io("读取程序文件", &path, cause);
    let (hash, _) = File::open(&path).and_then(sha256_of).map_err(failed)?;
    Ok(*HASH.get_or_init(|| hash))
}
