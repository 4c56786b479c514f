//! What an export writes: all of it known before the first file, and journaled with its hashes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::diagnostic::AppResult;
use crate::export::{ExportFile, ExportInfo, put_exports};
use crate::sampling::{sha256, to_hex};
use crate::workspace::reports::export::{EVIDENCE, PUBLIC};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::frames::hash_file;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::staged::Change;

/// The files of one folder of an export.
pub(in crate::workspace::reports) struct ExportPart {
    /// The folder below the export's.
    pub(in crate::workspace::reports) family: String,
    /// The folder.
    pub(in crate::workspace::reports) folder: PathBuf,
    /// Its files.
    pub(in crate::workspace::reports) files: Vec<ExportFile>,
    /// What its manifest says.
    pub(in crate::workspace::reports) info: ExportInfo,
}

impl ExportPart {
    /// Where its files go.
    pub(in crate::workspace::reports) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().map(|file| self.folder.join(&file.name))
    }
}

/// What the journal says of the files: each by name and hash where others see or check it, of the rest a digest a
/// folder (SHA-256 over a line `hash⇥name` for each, by name); beside them those that took the place of another file.
pub(in crate::workspace::reports) fn written_detail(parts: &[ExportPart]) -> Value {
    let (mut written, mut folders, mut replaced) = (Map::new(), Map::new(), Vec::new());
    for part in parts {
        let mut inner: BTreeMap<&str, String> = BTreeMap::new();
        let hashes: Vec<String> = part.files.par_iter().map(|file| to_hex(&sha256(&[&file.bytes]))).collect();
        for (file, hash) in part.files.iter().zip(hashes) {
            let name = format!("{}/{}", part.family, file.name);
            if is_other(&part.folder.join(&file.name), &hash) {
                replaced.push(Value::from(name.clone()));
            }
            if part.family.starts_with(PUBLIC) || part.family.starts_with(EVIDENCE) {
                written.insert(name, hash.into());
            } else {
                inner.insert(&file.name, hash);
            }
        }
        if !inner.is_empty() {
            let lines: Vec<String> = inner.iter().map(|(name, hash)| format!("{hash}\t{name}\n")).collect();
            let digest = to_hex(&sha256(&[lines.concat().as_bytes()]));
            folders.insert(part.family.clone(), json!({ "files": lines.len(), "sha256": digest }));
        }
    }
    json!({ "written": written, "folders": folders, "replaced": replaced })
}

/// True where a file stands that is another.
fn is_other(path: &Path, hash: &str) -> bool {
    path.is_file() && hash_file(path).is_ok_and(|(stands, _)| stands != hash)
}

/// Writes the files of an export and journals them.
///
/// # Errors
/// `EXP-…`, `IO-…`, `JRN-…`.
pub(in crate::workspace::reports) fn commit_parts(
    project: &Project,
    parts: &[ExportPart],
    detail: Value,
    context: &CommandContext,
) -> AppResult<()> {
    let files: Vec<(PathBuf, &[u8])> =
        parts.iter().flat_map(|part| part.paths().zip(part.files.iter().map(|file| file.bytes.as_slice()))).collect();
    let folders: Vec<_> = parts.iter().map(|part| (part.folder.as_path(), part.files.as_slice(), &part.info)).collect();
    let write = || put_exports(&folders).map(|_| ());
    Change::begin(project)?.commit_outside(context, CommandId::Export, detail, &files, write)?;
    Ok(())
}
