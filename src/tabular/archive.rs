//! Zip archives whose entries others read: maps packed for a mail, office files of our own making.
//!
//! Entries are only unpacked into memory, each up to a bound; nothing is ever written anywhere.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::input::in_words;
use crate::text::encoding::TextEncoding;

/// A zip archive in memory.
#[derive(Debug)]
pub struct Archive<'a>(ZipArchive<Cursor<&'a [u8]>>);

/// Why an archive or an entry can't be read.
#[derive(Debug)]
pub enum ArchiveFault {
    /// No archive, an entry that is damaged or encrypted.
    Broken(Box<dyn std::error::Error + Send + Sync>),
    /// An entry unpacks to more than was allowed.
    TooLarge,
}

impl fmt::Display for ArchiveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(cause) => f.write_str(&in_words(&cause.to_string())),
            Self::TooLarge => f.write_str("展开后过大"),
        }
    }
}

impl std::error::Error for ArchiveFault {}

impl From<ZipError> for ArchiveFault {
    fn from(cause: ZipError) -> Self {
        Self::Broken(cause.into())
    }
}

/// The paths of the files in an archive on disk, its directory alone being read.
///
/// # Errors
/// [`ArchiveFault::Broken`] where it can't be read or is no archive.
pub fn names_in(path: &Path) -> Result<Vec<String>, ArchiveFault> {
    let file = BufReader::new(File::open(path).map_err(|e| ArchiveFault::Broken(e.into()))?);
    let mut archive = ZipArchive::new(file)?;
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        if !entry.is_dir() {
            names.push(path_of(entry.name_raw()));
        }
    }
    Ok(names)
}

/// The path of an entry, with `/` between its parts.
fn path_of(raw: &[u8]) -> String {
    entry_name(raw).replace('\\', "/")
}

impl<'a> Archive<'a> {
    /// Reads the directory.
    ///
    /// # Errors
    /// [`ArchiveFault::Broken`] where this is no whole archive.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ArchiveFault> {
        Ok(Self(ZipArchive::new(Cursor::new(bytes))?))
    }

    /// Number of entries, folders included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True where there is no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The path of an entry in the archive, with `/` between its parts; `None` for a folder.
    ///
    /// # Errors
    /// [`ArchiveFault::Broken`].
    pub fn name(&mut self, index: usize) -> Result<Option<String>, ArchiveFault> {
        let entry = self.0.by_index_raw(index)?;
        Ok((!entry.is_dir()).then(|| path_of(entry.name_raw())))
    }

    /// An entry unpacked.
    ///
    /// # Errors
    /// [`ArchiveFault::TooLarge`] past `most` bytes, [`ArchiveFault::Broken`].
    pub fn read(&mut self, index: usize, most: u64) -> Result<Vec<u8>, ArchiveFault> {
        let mut bytes = Vec::new();
        let entry = self.0.by_index(index)?;
        entry.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| ArchiveFault::Broken(e.into()))?;
        if bytes.len() as u64 > most { Err(ArchiveFault::TooLarge) } else { Ok(bytes) }
    }
}

/// The name of an entry: Windows writes names in GBK unless the UTF-8 flag says otherwise.
pub(super) fn entry_name(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => TextEncoding::GB18030.decode(raw).0.into_owned(),
    }
}
