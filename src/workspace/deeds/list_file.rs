//! A list that names units of a month goes into a file: an export, so it stands in the journal.

use std::path::Path;

use crate::diagnostic::AppResult;
use crate::export::write_atomic;
use crate::sampling::{sha256, to_hex};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::staged::Change;

/// Writes a list that was made ready, and journals its name and how many rows it has.
///
/// # Errors
/// `PRJ-…` where the project can't be written, `IO-…`, `EXP-…`.
pub fn write_list(
    project: &mut Project,
    to: &Path,
    list: &str,
    rows: usize,
    bytes: &[u8],
    context: &CommandContext,
) -> AppResult<()> {
    project.check_writable()?;
    let detail = serde_json::json!({ "files": 1, "list": list, "rows": rows, "sha256": to_hex(&sha256(&[bytes])) });
    let files = [(to.to_owned(), bytes)];
    Change::begin(project)?.commit_outside(context, CommandId::Export, detail, &files, || write_atomic(to, bytes))?;
    Ok(())
}
