//! Tables of a database on their way in: laid down as files for as long as they are read, then kept in the project.
//!
//! From the snapshot on they are files like any other: the same recognition, the same checks. A project keeps each
//! snapshot under its hash (`inputs/`), so that what was read can be looked at and read again without the server, and
//! the way back to an earlier register finds its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::feed::{FeedRead, read_feed};
use super::folder::{FolderContents, file_name};
use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::engine::RemoteSource;
use crate::engine::database::{Address, Snapshot, read_tables};
use crate::engine::feed::FeedPlace;
use crate::export::write_atomic;
use crate::registry::{DatabaseMapping, DatabaseTable, InputFile, Mapping};
use crate::workspace::store::frames::hash_bytes;
use crate::workspace::store::project::load_bytes;
use crate::workspace::store::staged::Change;

/// Folder of a project's snapshots.
pub const INPUTS: &str = "inputs";

/// What was read of a database, laid down as files: from here on the server is not needed. The files go with it.
#[derive(Debug)]
pub struct DatabaseRead {
    folder: TempDir,
    /// The database that tables were read from.
    from: Option<DatabaseMapping>,
    /// The feed that was asked, and how many of its rows stayed where they are.
    feed: Option<FeedRead>,
    /// What is read.
    pub(super) inputs: Vec<InputFile>,
    /// What is to be said of them.
    pub(super) notes: Vec<Finding>,
}

impl DatabaseRead {
    /// Reads what comes from servers: tables of a database in one snapshot, and of a feed the rows that may count.
    /// `mapping` may say which of their columns are which.
    ///
    /// # Errors
    /// `DBS-…`, `ENG-…`, `IO-…`, `JOB-001`.
    pub fn read(remote: &RemoteSource, mapping: &Mapping, progress: &Progress) -> AppResult<Arc<Self>> {
        let (mut from, mut snapshots) = (None, Vec::new());
        if let Some(source) = &remote.database {
            from = Some(DatabaseMapping { address: source.address.to_string(), tables: source.tables.clone() });
            snapshots = read_tables(source, progress)?;
        }
        let mut feed = None;
        if let Some(source) = &remote.feed {
            let (snapshot, read) = read_feed(source, mapping, progress)?;
            snapshots.push(snapshot);
            feed = Some(read);
        }
        Self::lay(from, feed, snapshots).map(Arc::new)
    }

    pub(super) fn lay(
        from: Option<DatabaseMapping>,
        feed: Option<FeedRead>,
        snapshots: Vec<Snapshot>,
    ) -> AppResult<Self> {
        let io = |cause| AppError::io("建立临时文件夹", Path::new("."), cause);
        let folder = tempfile::tempdir().map_err(io)?;
        let mut laid = Self { folder, from, feed, inputs: Vec::new(), notes: Vec::new() };
        for snapshot in snapshots {
            let path = laid.folder.path().join(&snapshot.name);
            write_atomic(&path, &snapshot.bytes)?;
            laid.inputs.push(InputFile { path, table: Some(snapshot.table), mapping: None, key: snapshot.key });
            laid.notes.extend(snapshot.notes);
        }
        Ok(laid)
    }

    /// Database and tables, as a project keeps them.
    #[must_use]
    pub fn from(&self) -> Option<&DatabaseMapping> {
        self.from.as_ref()
    }

    /// True where monitoring was counted on an engine.
    pub(super) fn has_feed(&self) -> bool {
        self.feed.is_some()
    }

    /// Where it comes from, in a word.
    #[must_use]
    pub fn place(&self) -> String {
        let database = self.from.as_ref().map(|from| from.address.clone());
        let feed = self.feed.as_ref().map(|feed| feed.from.address.clone());
        database.into_iter().chain(feed).collect::<Vec<_>>().join("、")
    }

    /// Keeps in a project's mapping what was read, so that it is read again by the same command.
    pub(super) fn remembered(&self, mapping: &mut Mapping) {
        if let Some(from) = &self.from {
            mapping.database = Some(Box::new(from.clone()));
        }
        if let Some(feed) = &self.feed {
            mapping.feed = Some(Box::new(feed.from.clone()));
        }
    }

    /// What a journal's line says of it: the address, which holds no password, and the tables.
    pub(super) fn journaled(&self, detail: &mut Value) {
        let table = |table: &DatabaseTable| json!({ "table": table.table.id(), "from": table.from });
        if let Some(from) = &self.from {
            detail["database"] = json!(from.address);
            detail["database_tables"] = from.tables.iter().map(table).collect();
        }
        if let Some(feed) = &self.feed {
            detail["feed"] = feed.journaled();
        }
    }

    /// The files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &PathBuf> {
        self.inputs.iter().map(|input| &input.path)
    }

    /// Adds them to what a folder holds.
    pub(super) fn join(&self, contents: &mut FolderContents) {
        contents.tables.extend(self.paths().cloned());
        contents.notes.extend(self.notes.iter().cloned());
    }

    /// Puts them among the files of a deed.
    ///
    /// # Errors
    /// `IO-…`.
    pub(super) fn put(&self, change: &Change<'_>) -> AppResult<()> {
        for path in self.paths() {
            let name = file_name(path);
            let bytes = load_bytes(path)?;
            let hash = hash_bytes(&bytes);
            let short = hash.get(..16).unwrap_or(&hash);
            change.put(Path::new(&format!("{INPUTS}/{short}_{name}")), &bytes)?;
        }
        Ok(())
    }
}

/// The files of a folder, and the tables of a database beside them.
pub(super) fn inputs_of(contents: &FolderContents, laid: Option<&DatabaseRead>) -> Vec<InputFile> {
    let given = |path: &PathBuf| laid.and_then(|laid| laid.inputs.iter().find(|input| input.path == *path)).cloned();
    let plain = |path: &PathBuf| InputFile { path: path.clone(), ..InputFile::default() };
    contents.tables.iter().map(|path| given(path).unwrap_or_else(|| plain(path))).collect()
}

/// Refuses a mapping whose address holds a password or a token, before any of it is kept.
///
/// # Errors
/// `DBS-001`, `DBS-002`, `DBS-004`, `ENG-001` to `ENG-003`.
pub(super) fn check_mapping(mapping: &Mapping) -> AppResult<()> {
    if let Some(database) = &mapping.database {
        Address::parse(&database.address)?;
    }
    if let Some(feed) = &mapping.feed {
        FeedPlace::parse(&feed.address)?;
    }
    Ok(())
}

/// Where the next state of a register comes from: files, tables of a database, or both.
#[derive(Debug, Clone, Copy)]
pub struct NextFiles<'a> {
    /// A folder or a file; empty where all comes from the database.
    pub from: &'a Path,
    /// What was read of the database.
    pub database: Option<&'a Arc<DatabaseRead>>,
}

impl<'a> From<&'a Path> for NextFiles<'a> {
    fn from(from: &'a Path) -> Self {
        Self { from, database: None }
    }
}

impl<'a> From<&'a Arc<DatabaseRead>> for NextFiles<'a> {
    fn from(read: &'a Arc<DatabaseRead>) -> Self {
        Self { from: Path::new(""), database: Some(read) }
    }
}

impl<'a> From<&'a PathBuf> for NextFiles<'a> {
    fn from(from: &'a PathBuf) -> Self {
        Self { from, database: None }
    }
}
