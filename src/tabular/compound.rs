//! Compound files (MS-CFB), the container of .xls and of encrypted workbooks, read by the crate `cfb`.
//!
//! Duty: one stream by name out of a file that may be damaged on purpose. The crate refuses chains that meet or
//! turn in circles and sectors beyond the file's end. What it doesn't bound is held here before it may allocate:
//! a list of allocation sectors longer than the file has sectors.

use std::io::{Cursor, Read};
use std::path::PathBuf;

use cfb::CompoundFile;

use super::biff::{u16_at, u32_at};
use super::input::Input;
use crate::diagnostic::AppResult;

/// The signature at the start of a compound file.
pub(super) const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Sector numbers from here on are marks, not sectors.
const FIRST_MARK: u32 = 0xFFFF_FFFA;
/// Numbers of allocation sectors in the header.
const IN_HEADER: usize = 109;

/// A compound file in memory.
pub(super) struct Compound<'a> {
    file: CompoundFile<Cursor<&'a [u8]>>,
    length: u64,
}

impl<'a> Compound<'a> {
    /// Reads tables and directory.
    ///
    /// # Errors
    /// `RAW-004` where they make no sense.
    pub(super) fn open(input: &Input, bytes: &'a [u8]) -> AppResult<Self> {
        if !is_bounded(bytes) {
            return Err(input.damaged("复合文档的扇区分配表"));
        }
        let file = CompoundFile::open(Cursor::new(bytes)).map_err(|e| input.damaged(format!("复合文档：{e}")))?;
        Ok(Self { file, length: bytes.len() as u64 })
    }

    /// True where a stream or storage has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.file.walk().any(|entry| entry.name().eq_ignore_ascii_case(name))
    }

    /// A stream and whether all of it is there.
    pub(super) fn stream(&mut self, name: &str) -> Option<(Vec<u8>, bool)> {
        let wanted = |entry: &cfb::Entry| entry.is_stream() && entry.name().eq_ignore_ascii_case(name);
        let (path, length): (PathBuf, u64) =
            self.file.walk().find(wanted).map(|entry| (entry.path().to_owned(), entry.len()))?;
        let mut bytes = Vec::new();
        let read = self.file.open_stream(path).and_then(|stream| stream.take(self.length).read_to_end(&mut bytes));
        let whole = read.is_ok() && bytes.len() as u64 == length;
        Some((bytes, whole))
    }
}

/// True where the lists of allocation sectors name no more of them than the file has sectors: each costs the
/// crate a sector of memory, however often it is named.
fn is_bounded(bytes: &[u8]) -> bool {
    let sector: usize = if u16_at(bytes, 30) == 12 { 4_096 } else { 512 };
    let most = bytes.len() / sector + 1;
    let is_used = |block: &[u8]| block.chunks_exact(4).filter(|b| u32_at(b, 0) < FIRST_MARK).count();
    let mut named = is_used(bytes.get(76..76 + 4 * IN_HEADER).unwrap_or_default());
    let mut next = u32_at(bytes, 68);
    for _ in 0..most {
        let start = (next as usize).checked_add(1).and_then(|n| n.checked_mul(sector));
        let Some(block) = start.and_then(|start| bytes.get(start..start.checked_add(sector)?)) else {
            return named <= most;
        };
        let (places, link) = block.split_at(sector - 4);
        named += is_used(places);
        if named > most {
            return false;
        }
        next = u32_at(link, 0);
    }
    // A list that doesn't end.
    false
}
