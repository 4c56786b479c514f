//! Registers kept when another took their place: `kept/2027-03-12-1/` holds the frames, the quality report and
//! `project.ron` as they were, and `kept.json` that says when and why. Nothing here goes by itself.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::workspace::store::clock::Moment;
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::staged::Change;

/// Folder of the project.
const FOLDER: &str = "kept";
/// What says when and why.
const NOTE: &str = "kept.json";
/// Ending of a folder that an earlier version was deleting when it was killed.
const GOING: &str = ".going";

/// When and why a state was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptNote {
    /// When it was replaced.
    pub kept_at: String,
    /// Who replaced it.
    pub operator: String,
    /// Folder or file that the register after it came from; empty where an earlier state came back.
    pub replaced_by: String,
    /// Seals in the body's register at that time: while there are no more, the state may come back.
    pub seals: usize,
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
}

/// A state that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptState {
    /// Name of its folder: the day and a number, `2027-03-12-1`.
    pub id: String,
    /// When and why.
    pub note: KeptNote,
}

/// The kept states, the latest first. A folder whose note can't be read is passed over: it is not the program's.
///
/// # Errors
/// `IO-…`.
pub fn load_kept(project: &Project) -> AppResult<Vec<KeptState>> {
    let folder = project.root().join(FOLDER);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let io = |cause| AppError::io("读取文件夹", &folder, cause);
    let mut states = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let Some(id) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { continue };
        if id.ends_with(GOING) || !path.join(NOTE).exists() {
            continue;
        }
        if let Ok(note) = serde_json::from_slice(&load_bytes(&path.join(NOTE))?) {
            states.push(KeptState { id, note });
        }
    }
    states.sort_by(|a, b| (&b.note.kept_at, number(&b.id)).cmp(&(&a.note.kept_at, number(&a.id))));
    Ok(states)
}

/// The running number of a day.
fn number(id: &str) -> u32 {
    id.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// The kept state of an id; the latest for `None`.
///
/// # Errors
/// `PRJ-040` where there is none, `IO-…`.
pub fn find_kept(project: &Project, id: Option<&str>) -> AppResult<KeptState> {
    let states = load_kept(project)?;
    let known: Vec<String> = states.iter().map(|state| state.id.clone()).collect();
    states.into_iter().find(|state| id.is_none_or(|id| state.id == id)).ok_or_else(|| {
        let finding = Finding::error("PRJ-040", "没有这个保留的名录").value(id.unwrap_or_default());
        let expected = if known.is_empty() { "更新过名录的项目".to_owned() } else { known.join("、") };
        finding.expected(expected).into()
    })
}

/// Puts the state of today among the files of a deed, as `kept/ID`; returns the id.
///
/// # Errors
/// `IO-…`, `PRJ-041`.
pub(in crate::workspace) fn keep_state(
    project: &Project,
    change: &Change<'_>,
    note: &KeptNote,
    now: Moment,
) -> AppResult<String> {
    let day = now.date();
    let taken = project.root().join(FOLDER);
    let id = (1..=u16::MAX)
        .map(|n| format!("{day}-{n}"))
        .find(|id| !taken.join(id).exists() && !taken.join(format!("{id}{GOING}")).exists())
        .unwrap_or_default();
    let to = Path::new(FOLDER).join(&id);
    for name in ["project.ron", "quality.csv"] {
        let path = project.root().join(name);
        if path.exists() {
            change.put(&to.join(name), &load_bytes(&path)?)?;
        }
    }
    copy_frames(&project.root().join("frames"), change, &to.join("frames"))?;
    let bytes = serde_json::to_vec_pretty(note)
        .map_err(|cause| AppError::new("PRJ-041", "保留名录的说明无法写成文本").caused_by(cause))?;
    change.put(&to.join(NOTE), &bytes)?;
    Ok(id)
}

/// The folder of a kept state.
#[must_use]
pub(in crate::workspace) fn kept_folder(project: &Project, id: &str) -> std::path::PathBuf {
    project.root().join(FOLDER).join(id)
}

/// Copies the frames' files among those of a deed.
///
/// # Errors
/// `IO-…`.
pub(in crate::workspace) fn copy_frames(from: &Path, change: &Change<'_>, to: &Path) -> AppResult<()> {
    let io = |cause| AppError::io("读取文件夹", from, cause);
    for entry in std::fs::read_dir(from).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            change.put(&to.join(name), &load_bytes(&path)?)?;
        }
    }
    Ok(())
}
