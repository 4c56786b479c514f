//! What files would be taken for, before they are imported: for each sheet the table and its columns, or why
//! it was not recognised, with some rows to look at; and the mapping by hand that sets it right.
//!
//! A look reads the files as the import does and keeps only their first rows.

use std::path::{Path, PathBuf};

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding, Progress, Severity};
use crate::registry::header::check_layout;
use crate::registry::{Aliases, DistrictLookup, FileMapping, Mapping};
use crate::tabular::{RawTable, ReadOptions, load_tables};
use crate::workspace::intake::folder::{file_name, load_folder};
use crate::workspace::intake::import::find_districts;
use crate::workspace::intake::map::LazyMap;
use crate::workspace::intake::nested::{gather, must_be_opened};
use crate::workspace::store::project::{create_folder, load_bytes};

/// Rows of a sheet that a look keeps.
pub const KEPT_ROWS: usize = 120;

/// A sheet as it would be taken.
#[derive(Debug, Clone)]
pub struct SheetLook {
    /// Its first rows.
    pub sample: RawTable,
    /// Rows in all, headings included.
    pub rows: usize,
    /// Table and columns, or why they are not known.
    pub taken: Result<FileMapping, Finding>,
    /// Headings, by the layout found or by the row that looks most like one.
    pub headings: Vec<String>,
    /// Index in `sample` of the first row of data.
    pub first_row: usize,
    /// What was noticed.
    pub notes: Vec<Finding>,
}

/// Files looked at.
#[derive(Debug, Clone, Default)]
pub struct ImportLook {
    /// The folder that is imported.
    pub from: PathBuf,
    /// Sheets, in order of file and sheet.
    pub sheets: Vec<SheetLook>,
    /// Files that could not be read, and why.
    pub unread: Vec<Finding>,
    /// Shapefiles.
    pub maps: Vec<PathBuf>,
    /// Files of other kinds, left alone.
    pub other: Vec<PathBuf>,
    /// The mapping so far: the folder's own, files left out, what was changed by hand.
    pub mapping: Mapping,
    /// What was dropped, for looking again.
    pub paths: Vec<PathBuf>,
}

/// The folder that holds what was dropped: a folder itself, the files' common folder (other files in it are
/// left out by the mapping), or a fresh folder below `staging` into which files from several places are copied.
/// Beginning of the names of folders into which files from several places are copied for an import.
pub const STAGING: &str = "导入暂存-";

/// Deletes the copies that an import was made from, once it has succeeded: they are an office's data. Other folders
/// are left alone.
pub fn forget_staging(from: &Path) {
    if from.file_name().is_some_and(|name| name.to_string_lossy().starts_with(STAGING)) {
        // copies that can't be deleted now are only in the way
        let _ = std::fs::remove_dir_all(from);
    }
}

fn folder_of(
    paths: &[PathBuf],
    staging: &Path,
    mapping: &mut Mapping,
    unread: &mut Vec<Finding>,
) -> AppResult<PathBuf> {
    let nothing = || AppError::new("PRJ-022", "没有可读取的文件或文件夹");
    if let [only] = paths
        && only.is_dir()
        && !must_be_opened(only)
    {
        return Ok(only.clone());
    }
    if paths.iter().any(|path| must_be_opened(path)) {
        let folder = fresh_folder(staging)?;
        for path in paths {
            if must_be_opened(path) {
                // what could not be opened is named; what was is seen in the list itself
                let notes = gather(path, &folder)?.notes;
                unread.extend(notes.into_iter().filter(|note| note.severity != Severity::Hint));
            } else {
                let files = if path.is_dir() { load_folder(path)?.tables } else { vec![path.clone()] };
                copy_together(&files, &folder)?;
            }
        }
        return Ok(folder);
    }
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(load_folder(path)?.tables);
        } else {
            files.push(path.clone());
        }
    }
    let first = files.first().and_then(|p| p.parent()).ok_or_else(nothing)?.to_owned();
    if files.iter().all(|path| path.parent() == Some(first.as_path())) {
        for other in load_folder(&first)?.tables.iter().filter(|path| !files.contains(path)) {
            let left_out = FileMapping { file: file_name(other), ignore: true, ..FileMapping::default() };
            if mapping.find(&left_out.file, None).is_none() {
                mapping.files.push(left_out);
            }
        }
        return Ok(first);
    }
    let folder = fresh_folder(staging)?;
    copy_together(&files, &folder)?;
    Ok(folder)
}

fn fresh_folder(staging: &Path) -> AppResult<PathBuf> {
    let folder = (1..1000)
        .map(|n| staging.join(format!("{STAGING}{n}")))
        .find(|path| !path.exists())
        .ok_or_else(|| AppError::new("PRJ-023", "暂存文件夹过多，请先清理"))?;
    create_folder(&folder)?;
    Ok(folder)
}

fn copy_together(files: &[PathBuf], folder: &Path) -> AppResult<()> {
    for file in files {
        // files of one name from different places are all taken
        let name = file_name(file);
        let names = std::iter::once(name.clone()).chain((2..).map(|n| format!("{n}-{name}")));
        let Some(to) = names.map(|name| folder.join(name)).find(|path| !path.exists()) else { continue };
        std::fs::copy(file, &to).map_err(|cause| AppError::io("复制文件", file, cause))?;
    }
    Ok(())
}

/// Looks at files or folders; `mapping` is what is known by hand, `None` for the folder's own.
///
/// # Errors
/// `IO-…`, `MAP-…`, `PRJ-022` without any file, `JOB-001`. A file that can't be read is in `unread`.
pub fn look_at(
    paths: &[PathBuf],
    staging: &Path,
    mapping: Option<Mapping>,
    progress: &Progress,
) -> AppResult<ImportLook> {
    progress.begin("查看文件", 0);
    let by_hand = mapping.is_some();
    let mut mapping = mapping.unwrap_or_default();
    let mut unread = Vec::new();
    let from = folder_of(paths, staging, &mut mapping, &mut unread)?;
    let contents = load_folder(&from)?;
    if !by_hand && let Some(path) = &contents.mapping {
        let text = String::from_utf8_lossy(&load_bytes(path)?).into_owned();
        let mut own = Mapping::from_ron(&text, &path.display().to_string())?;
        own.files.append(&mut mapping.files);
        mapping = own;
    }
    let aliases = Aliases::built_in()?;
    let find = || find_districts(&contents, &from, &mapping, &mut Diagnostics::new(), progress);
    if mapping.districts.is_some() {
        // a map that is named must be there
        find()?;
    }
    let load = || find().ok().map(|(districts, _)| districts);
    let map = LazyMap::new(&load);
    let mut look = ImportLook {
        from: from.clone(),
        unread,
        maps: contents.maps.clone(),
        other: contents.other.clone(),
        ..ImportLook::default()
    };
    progress.begin("查看文件", contents.tables.len() as u64);
    for path in &contents.tables {
        progress.check()?;
        let name = file_name(path);
        let general = mapping.find(&name, None).map(|(_, entry)| entry);
        if !general.is_some_and(|entry| entry.ignore && entry.sheet.is_none()) {
            let read = ReadOptions {
                encoding: general.and_then(|entry| entry.encoding.clone()),
                delimiter: general.and_then(|entry| entry.delimiter),
                sheet: None,
            };
            let mut notes = Diagnostics::with_cap(100);
            // Hidden sheets are shown, to be chosen.
            match load_tables(path, &read, &|_| true, &mut notes, progress) {
                Ok(raws) => {
                    for raw in raws {
                        let entry = mapping.find(&raw.file, raw.sheet.as_deref()).map(|(_, entry)| entry.clone());
                        let mut sheet = look_at_raw(raw, entry.as_ref(), &aliases, &map);
                        sheet.notes.extend(notes.findings().iter().cloned());
                        look.sheets.push(sheet);
                    }
                }
                Err(error) if error.code() == "JOB-001" => return Err(error),
                Err(error) => look.unread.push(error.finding().clone()),
            }
        }
        progress.advance(1);
    }
    look.mapping = mapping.clone();
    // what was copied together is not copied again for another look
    look.paths = if look.from.starts_with(staging) { vec![look.from.clone()] } else { paths.to_vec() };
    Ok(look)
}

pub(super) fn look_at_raw(
    raw: RawTable,
    mapping: Option<&FileMapping>,
    aliases: &Aliases,
    map: &dyn DistrictLookup,
) -> SheetLook {
    let rows = raw.rows.len();
    let mut sample = raw;
    sample.rows.truncate(KEPT_ROWS);
    sample.cells = sample.cells.head(Some(KEPT_ROWS));
    let mut sheet = SheetLook {
        sample,
        rows,
        taken: Err(Finding::note("", "")),
        headings: Vec::new(),
        first_row: 0,
        notes: Vec::new(),
    };
    sheet.recognise(mapping, aliases, map);
    sheet
}

impl SheetLook {
    /// Recognises the sheet with a mapping; quick, works on the rows kept.
    pub fn recognise(&mut self, mapping: Option<&FileMapping>, aliases: &Aliases, map: &dyn DistrictLookup) {
        self.notes.clear();
        let chosen = mapping.is_some_and(|entry| entry.sheet.is_some() && entry.sheet == self.sample.sheet);
        if self.sample.facts.hidden && !chosen {
            let hidden = Finding::warning("RAW-030", "工作表是隐藏的，导入时不采用")
                .within(&self.sample.file, self.sample.sheet.as_deref());
            self.taken = Err(hidden.value(format!("{} 行", self.rows)).hint("若应采用，请在此选定它是哪一张表"));
            self.show_unknown(mapping);
            return;
        }
        match check_layout(&self.sample, None, mapping, aliases, map, &mut self.notes) {
            Ok(layout) => {
                self.taken = Ok(layout.as_mapping(&self.sample));
                self.headings = layout.headings;
                self.first_row = layout.first_row;
            }
            Err(finding) => {
                self.taken = Err(*finding);
                self.show_unknown(mapping);
            }
        }
    }

    /// Headings and first row of a sheet that isn't taken.
    fn show_unknown(&mut self, mapping: Option<&FileMapping>) {
        let wanted = mapping.and_then(|m| m.header_row).and_then(|r| self.sample.rows.binary_search(&r).ok());
        let row = wanted.unwrap_or_else(|| self.likely_heading());
        self.headings = if self.sample.named {
            self.sample.cells.get_column_names().iter().map(ToString::to_string).collect()
        } else {
            self.cells(row)
        };
        self.first_row = if self.sample.named { 0 } else { row + 1 };
    }

    /// The row with the most filled cells among the first ten; the upper one of equals.
    fn likely_heading(&self) -> usize {
        let filled = |row: usize| self.cells(row).iter().filter(|cell| !cell.is_empty()).count();
        (0..self.sample.rows.len().min(10)).max_by_key(|row| (filled(*row), std::cmp::Reverse(*row))).unwrap_or(0)
    }

    /// The cells of a row kept.
    #[must_use]
    pub fn cells(&self, row: usize) -> Vec<String> {
        self.sample
            .cells
            .columns()
            .iter()
            .map(|column| column.str().ok().and_then(|cells| cells.get(row)).unwrap_or_default().trim().to_owned())
            .collect()
    }

    /// Some values below a heading, distinct, for looking at.
    #[must_use]
    pub fn samples(&self, heading: &str, most: usize) -> Vec<String> {
        let Some(at) = self.headings.iter().position(|h| h == heading) else { return Vec::new() };
        let Some(column) = self.sample.cells.columns().get(at) else { return Vec::new() };
        let mut found: Vec<String> = Vec::new();
        for row in self.first_row..self.sample.cells.height() {
            let Some(text) = column.str().ok().and_then(|cells| cells.get(row)).map(str::trim) else { continue };
            if !text.is_empty() && !found.iter().any(|f| f == text) {
                found.push(text.to_owned());
                if found.len() >= most {
                    break;
                }
            }
        }
        found
    }

    /// File and worksheet in words.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.sample.sheet {
            Some(sheet) => format!("{} · {sheet}", self.sample.file),
            None => self.sample.file.clone(),
        }
    }
}

impl ImportLook {
    /// Puts an entry by hand before the others of its file and sheet.
    pub fn set_entry(&mut self, entry: FileMapping) {
        self.mapping.files.retain(|known| !(known.file == entry.file && known.sheet == entry.sheet));
        self.mapping.files.insert(0, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_copies_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let (copies, office) = (folder.path().join(format!("{STAGING}3")), folder.path().join("某区文件"));
        for path in [&copies, &office] {
            std::fs::create_dir(path).unwrap();
            crate::export::write_atomic(&path.join("名录.csv"), b"x").unwrap();
            forget_staging(path);
        }
        assert!(!copies.exists() && office.join("名录.csv").exists());
    }
    use crate::registry::TableKind;

    #[test]
    fn a_folder_is_looked_at_and_a_mapping_by_hand_makes_a_sheet_known() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            crate::export::write_atomic(&folder.path().join(name), text.as_bytes()).unwrap();
        };
        write("处罚.csv", "当事人名称,处罚决定日期\n甲厂,2026-01-02\n");
        write("plants.csv", "Plant,Label,X1,Y1\nWRI1,甲电厂,121.5,31.2\nWRI2,乙电厂,121.6,31.3\n");
        write("readme.md", "x");
        let look = look_at(&[folder.path().to_owned()], folder.path(), None, &Progress::none()).unwrap();
        assert_eq!((look.sheets.len(), look.other.len()), (2, 1));
        let known = look.sheets.iter().find(|s| s.sample.file == "处罚.csv").unwrap();
        assert_eq!(known.taken.as_ref().unwrap().table, Some(TableKind::Violations));
        let mut unknown = look.sheets.iter().find(|s| s.sample.file == "plants.csv").unwrap().clone();
        assert!(unknown.taken.is_err());
        assert_eq!(unknown.headings, ["Plant", "Label", "X1", "Y1"]);
        assert_eq!(unknown.samples("Label", 5), ["甲电厂", "乙电厂"]);
        let entry = FileMapping {
            file: "plants.csv".into(),
            table: Some(TableKind::Sources),
            columns: [("unit_id", "Plant"), ("name", "Label"), ("lon", "X1"), ("lat", "Y1")]
                .map(|(id, heading)| (id.to_owned(), heading.to_owned()))
                .into(),
            constants: [("management".to_owned(), "登记管理".to_owned())].into(),
            ..FileMapping::default()
        };
        unknown.recognise(Some(&entry), &Aliases::built_in().unwrap(), &crate::registry::NoMap);
        assert_eq!(unknown.taken.as_ref().unwrap().table, Some(TableKind::Sources));
        // dropping one file leaves the others of its folder out
        let one = look_at(&[folder.path().join("plants.csv")], folder.path(), None, &Progress::none()).unwrap();
        assert_eq!(one.sheets.len(), 1);
        assert!(one.mapping.files.iter().any(|f| f.file == "处罚.csv" && f.ignore));
    }
    #[test]
    fn files_of_one_name_from_two_folders_are_both_taken() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["甲区", "乙区"].map(|area| folder.path().join(area).join("处罚.csv"));
        for (file, plant) in files.iter().zip(["甲厂", "乙厂"]) {
            create_folder(file.parent().unwrap()).unwrap();
            let text = format!("当事人名称,处罚决定日期\n{plant},2026-01-02\n");
            crate::export::write_atomic(file, text.as_bytes()).unwrap();
        }
        let staging = folder.path().join("暂存");
        let look = look_at(&files, &staging, None, &Progress::none()).unwrap();
        let names: Vec<String> = look.sheets.iter().flat_map(|s| s.samples("当事人名称", 5)).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        let again = look_at(&look.paths, &staging, Some(look.mapping.clone()), &Progress::none()).unwrap();
        assert_eq!((again.sheets.len(), std::fs::read_dir(&staging).unwrap().count()), (2, 1));
    }
}
