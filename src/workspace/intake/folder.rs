//! What lies in an office's folder, by the names of its files: tables, maps, and what a project has one of.

use std::path::{Path, PathBuf};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::workspace::demo::MARKER;
use crate::workspace::intake::left_out::not_used;
use crate::workspace::intake::reading::REPORT_BESIDE;

/// File endings that may hold tables.
pub(super) const TABLE_ENDINGS: [&str; 10] = ["csv", "txt", "tsv", "xlsx", "xlsm", "xls", "et", "xlsb", "ods", "fods"];

/// Endings of the files that lie beside a layer's own and are read with it.
pub(super) const LAYER_PARTS: [&str; 8] = ["dbf", "shx", "prj", "cpg", "sbn", "sbx", "qix", "xml"];

/// What a folder holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderContents {
    /// Files that may hold tables, by name.
    pub tables: Vec<PathBuf>,
    /// Shapefiles.
    pub maps: Vec<PathBuf>,
    /// A mapping of the folder's own (`mapping.ron`).
    pub mapping: Option<PathBuf>,
    /// A policy of the folder's own (`policy.ron`).
    pub policy: Option<PathBuf>,
    /// Old number → lasting id (`predecessors.csv`).
    pub predecessors: Option<PathBuf>,
    /// Working days (`calendar.csv`).
    pub calendar: Option<PathBuf>,
    /// Files of other kinds, left alone.
    pub other: Vec<PathBuf>,
    /// Marked as synthetic.
    pub synthetic: bool,
    /// Subfolders and archives whose tables stand among `tables`, the folder having none of its own.
    pub opened: Vec<PathBuf>,
    /// What is to be said of them.
    pub notes: Vec<Finding>,
}

impl FolderContents {
    /// Takes what belongs to a project beside its tables, by its name; false for any other file.
    pub(super) fn take_known(&mut self, path: &Path) -> bool {
        let kind = match path.file_name().and_then(|name| name.to_str()) {
            Some("mapping.ron") => Single::Mapping,
            Some("policy.ron") => Single::Policy,
            Some("predecessors.csv") => Single::Predecessors,
            Some("calendar.csv") => Single::Calendar,
            _ if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("shp")) => {
                self.maps.push(path.to_owned());
                return true;
            }
            _ => return false,
        };
        self.take_single(kind, path);
        true
    }

    /// Takes a file of which one can be used: the first that is given; any other is told.
    pub(super) fn take_single(&mut self, kind: Single, path: &Path) {
        let (place, what) = match kind {
            Single::Mapping => (&mut self.mapping, "列对应文件"),
            Single::Policy => (&mut self.policy, "规则文件"),
            Single::Predecessors => (&mut self.predecessors, "新旧编号对照"),
            Single::Calendar => (&mut self.calendar, "工作日历"),
        };
        match place {
            Some(used) if used != path => self.notes.push(not_used(what, path, used)),
            _ => *place = Some(path.to_owned()),
        }
    }

    /// Files of which one can be used.
    pub(super) fn singles(&self) -> impl Iterator<Item = (Single, &PathBuf)> {
        let all = [
            (Single::Mapping, &self.mapping),
            (Single::Policy, &self.policy),
            (Single::Predecessors, &self.predecessors),
            (Single::Calendar, &self.calendar),
        ];
        all.into_iter().filter_map(|(kind, path)| Some((kind, path.as_ref()?)))
    }
}

/// Kinds of files of which one can be used.
#[derive(Debug, Clone, Copy)]
pub(super) enum Single {
    Mapping,
    Policy,
    Predecessors,
    Calendar,
}

/// Lists a folder's files, not its subfolders; hidden and lock files are left out.
///
/// # Errors
/// `IO-…` where the folder can't be read.
pub fn load_folder(folder: &Path) -> AppResult<FolderContents> {
    let io = |cause| AppError::io("读取文件夹", folder, cause);
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let mut contents = FolderContents { synthetic: folder.join(MARKER).exists(), ..FolderContents::default() };
    for path in paths {
        let name = file_name(&path);
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        if name.starts_with('.') || name.starts_with("~$") || name == MARKER || name.ends_with(REPORT_BESIDE) {
            continue;
        }
        match name.as_str() {
            _ if contents.take_known(&path) => {}
            _ if is_table_file(&path) => contents.tables.push(path),
            _ if LAYER_PARTS.contains(&ending.as_str()) => {}
            _ => contents.other.push(path),
        }
    }
    Ok(contents)
}

/// True for a file that may hold a table, by its name.
pub(super) fn is_table_file(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    TABLE_ENDINGS.contains(&ending.as_str()) || ending == "parquet"
}

/// A file's name without its folder; empty where it has none.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
