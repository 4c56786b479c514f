//! Tables that lie deeper than an office's folder itself: in its subfolders and zip archives.
//!
//! A folder's own files are what is meant by it: what lies deeper beside them is often last year's, a copy or a backup,
//! and is named, not read ([`left_out`](super::left_out)). Where the folder itself holds no table, or an archive alone
//! was chosen, what lies deeper is all that can be meant, and is read: copied together, each file under the path that
//! it had, so that two of one name stay apart and the folder of a district still says the district.

use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

use super::folder::{FolderContents, file_name, is_table_file, load_folder};
use super::left_out::{about, inside};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::write_atomic;
use crate::tabular::archive::Archive;

/// How deep subfolders are looked into.
pub(super) const DEEPEST: usize = 3;
/// Largest archive that is opened, and most bytes that are unpacked from one.
pub(super) const LARGEST: u64 = 512 << 20;
/// Endings of a layer's parts.
const LAYER: [&str; 5] = ["shp", "shx", "dbf", "prj", "cpg"];

/// What a folder or archive holds, with copies of what lay deeper.
#[derive(Debug)]
pub(super) struct Chosen {
    /// Its files.
    pub(super) contents: FolderContents,
    /// The copies, for as long as they are read.
    _copies: Option<TempDir>,
}

impl Chosen {
    /// As [`Chosen::of`]; nothing for an empty path, where all comes from elsewhere.
    ///
    /// # Errors
    /// As [`Chosen::of`].
    pub(super) fn of_any(from: &Path) -> AppResult<Self> {
        if from.as_os_str().is_empty() { Ok(Self::plain(FolderContents::default())) } else { Self::of(from) }
    }

    /// The files of a folder or of an archive.
    ///
    /// # Errors
    /// `IO-…` where they can't be read or copied.
    pub(super) fn of(from: &Path) -> AppResult<Self> {
        let mut contents = if is_archive(from) { FolderContents::default() } else { load_folder(from)? };
        if !contents.tables.is_empty() {
            return Ok(Self::plain(contents));
        }
        let copies = tempfile::tempdir().map_err(|cause| AppError::io("建立临时文件夹", from, cause))?;
        let Gathered { opened, notes, synthetic } = gather(from, copies.path())?;
        let deeper = load_folder(copies.path())?;
        contents.tables = deeper.tables;
        contents.maps.extend(deeper.maps);
        contents.synthetic |= synthetic;
        (contents.opened, contents.notes) = (opened, notes);
        Ok(Self { contents, _copies: Some(copies) })
    }

    /// Files as they lie.
    pub(super) fn plain(contents: FolderContents) -> Self {
        Self { contents, _copies: None }
    }
}

/// What came of gathering.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Entries of the folder whose tables were taken; the archive itself where one was chosen.
    pub(super) opened: Vec<PathBuf>,
    /// What was read, and what in it was not.
    pub(super) notes: Vec<Finding>,
    /// Something in it is marked as synthetic.
    pub(super) synthetic: bool,
}

/// True for an archive that is opened.
pub(super) fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) && path.is_file()
}

/// True where what was chosen has to be opened for its tables: an archive, a folder without tables of its own.
pub(super) fn must_be_opened(path: &Path) -> bool {
    is_archive(path)
        || path.is_dir()
            && load_folder(path).is_ok_and(|contents| contents.tables.is_empty())
            && entries(path).is_ok_and(|all| all.iter().any(|entry| entry.is_dir() || is_archive(entry)))
}

/// Copies the tables and maps in the subfolders and archives of a folder, or in an archive, into another folder.
///
/// # Errors
/// `IO-…`. An archive that can't be opened is a note.
pub(super) fn gather(from: &Path, to: &Path) -> AppResult<Gathered> {
    let mut gathered = Gathered::default();
    if is_archive(from) {
        gathered.open(from, &[], 0, to)?;
        return Ok(gathered);
    }
    for entry in entries(from)? {
        if entry.is_dir() || is_archive(&entry) {
            gathered.open(&entry, &[], DEEPEST, to)?;
        }
    }
    Ok(gathered)
}

fn entries(folder: &Path) -> AppResult<Vec<PathBuf>> {
    let io = |cause| AppError::io("读取文件夹", folder, cause);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        entries.push(entry.map_err(io)?.path());
    }
    entries.sort();
    Ok(entries)
}

fn is_hidden(name: &str) -> bool {
    name.starts_with(['.', '~']) || name == "__MACOSX"
}

fn is_layer(name: &Path) -> bool {
    name.extension().is_some_and(|ending| LAYER.iter().any(|part| ending.eq_ignore_ascii_case(part)))
}

/// A file's name that tells where it lay: `浦东新区-名录.xlsx`.
fn joined(within: &[String], name: &str) -> String {
    let path = within.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("-");
    path.chars()
        .map(|c| if matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c })
        .collect()
}

impl Gathered {
    /// Opens an entry and says what was read of it.
    fn open(&mut self, entry: &Path, within: &[String], depth: usize, to: &Path) -> AppResult<()> {
        let mut taken = Vec::new();
        if entry.is_dir() {
            self.folder(entry, within, depth, to, &mut taken)?;
        } else {
            self.archive(entry, within, to, &mut taken)?;
        }
        if !taken.is_empty() {
            self.opened.push(entry.to_owned());
            let kind = if entry.is_dir() { "子文件夹" } else { "压缩包" };
            self.notes.push(
                Finding::note("PRJ-026", format!("所选位置本身没有表格，已读取{kind}里的表格"))
                    .file(file_name(entry))
                    .value(taken.join("、"))
                    .hint("请核对其中没有往年的或重复的表"),
            );
        }
        Ok(())
    }

    fn folder(
        &mut self,
        folder: &Path,
        within: &[String],
        depth: usize,
        to: &Path,
        taken: &mut Vec<String>,
    ) -> AppResult<()> {
        let mut within = within.to_vec();
        within.push(file_name(folder));
        let contents = load_folder(folder)?;
        self.synthetic |= contents.synthetic;
        for entry in entries(folder)? {
            let name = file_name(&entry);
            if is_hidden(&name) {
                continue;
            }
            let deeper = entry.is_dir() || is_archive(&entry);
            if deeper && (!contents.tables.is_empty() || depth == 0) {
                // beside tables what lies deeper is named, here as in the folder that was chosen
                self.notes.push(about(&entry, &joined(&within, &name)));
            } else if entry.is_dir() {
                self.folder(&entry, &within, depth - 1, to, taken)?;
            } else if deeper {
                self.archive(&entry, &within, to, taken)?;
            } else if contents.tables.contains(&entry) || is_layer(&entry) {
                let target = joined(&within, &name);
                std::fs::copy(&entry, to.join(&target)).map_err(|cause| AppError::io("复制文件", &entry, cause))?;
                if !is_layer(&entry) {
                    taken.push(target);
                }
            } else if contents.other.contains(&entry) {
                self.notes.push(inside(&joined(&within, &name)));
            }
        }
        Ok(())
    }

    fn archive(&mut self, path: &Path, within: &[String], to: &Path, taken: &mut Vec<String>) -> AppResult<()> {
        let refused = |why: String| {
            Finding::warning("PRJ-027", "压缩包不能打开，没有读取其中的文件")
                .file(file_name(path))
                .value(why)
                .hint("请解压后再导入")
        };
        let io = |cause| AppError::io("读取文件", path, cause);
        if std::fs::metadata(path).map_err(io)?.len() > LARGEST {
            self.notes.push(refused(format!("超过 {} MB", LARGEST >> 20)));
            return Ok(());
        }
        let bytes = std::fs::read(path).map_err(io)?;
        let mut archive = match Archive::open(&bytes) {
            Ok(archive) => archive,
            Err(why) => {
                self.notes.push(refused(why.to_string()));
                return Ok(());
            }
        };
        let mut within = within.to_vec();
        within.push(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default());
        let mut room = LARGEST;
        for index in 0..archive.len() {
            let Some(name) = archive.name(index).ok().flatten() else { continue };
            let parts: Vec<String> = Path::new(&name)
                .components()
                .filter_map(|part| match part {
                    Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
                    _ => None,
                })
                .collect();
            let Some((file, folders)) = parts.split_last() else { continue };
            if parts.iter().any(|part| is_hidden(part)) {
                continue;
            }
            let target = joined(&[within.as_slice(), folders].concat(), file);
            if !is_table_file(Path::new(file)) && !is_layer(Path::new(file)) {
                self.notes.push(inside(&target));
                continue;
            }
            match archive.read(index, room) {
                Ok(bytes) => {
                    room = room.saturating_sub(bytes.len() as u64);
                    write_atomic(&to.join(&target), &bytes)?;
                    if !is_layer(Path::new(file)) {
                        taken.push(target);
                    }
                }
                Err(why) => self.notes.push(refused(format!("{name}：{why}"))),
            }
        }
        Ok(())
    }
}
