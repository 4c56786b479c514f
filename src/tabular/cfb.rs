//! Compound files (MS-CFB), the container of .xls and of encrypted workbooks.
//!
//! Duty: one stream by name out of a file that may be damaged on purpose. Every chain is followed at most as
//! many steps as the file has sectors, every allocation is bounded by the file's length.
//!
//! Read here rather than by calamine because that follows endless chains, until memory runs out, in a file
//! whose allocation table says so; an abort for want of memory can't be caught.

use super::input::Input;
use crate::diagnostic::AppResult;

/// The signature at the start of a compound file.
pub(super) const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Sector numbers from here on are marks, not sectors.
const FIRST_MARK: u32 = 0xFFFF_FFFA;
/// Streams shorter than this lie in the mini stream.
const MINI_CUTOFF: u64 = 4_096;
const MINI_SECTOR: usize = 64;

/// A directory entry.
#[derive(Debug)]
struct Entry {
    name: String,
    kind: u8,
    start: u32,
    length: u64,
}

/// A compound file in memory.
#[derive(Debug)]
pub(super) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    table: Vec<u32>,
    mini_table: Vec<u32>,
    mini: Vec<u8>,
    entries: Vec<Entry>,
}

/// Two bytes, little-endian; 0 past the end.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

/// Four bytes, little-endian; 0 past the end.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

impl<'a> Compound<'a> {
    /// Reads tables and directory.
    ///
    /// # Errors
    /// `RAW-004` where they make no sense.
    pub(super) fn open(input: &Input, bytes: &'a [u8]) -> AppResult<Self> {
        if bytes.len() < 512 || !bytes.starts_with(&SIGNATURE) {
            return Err(input.damaged("复合文档的文件头"));
        }
        let sector = match u16_at(bytes, 30) {
            9 => 512,
            12 => 4_096,
            other => return Err(input.damaged(format!("扇区大小 2^{other}"))),
        };
        let mut file =
            Self { bytes, sector, table: Vec::new(), mini_table: Vec::new(), mini: Vec::new(), entries: Vec::new() };
        let most = file.sectors();

        // The sectors of the allocation table: 109 in the header, the rest in a chain of their own.
        let mut places: Vec<u32> = (0..109).map(|i| u32_at(bytes, 76 + 4 * i)).collect();
        let mut next = u32_at(bytes, 68);
        let per_sector = sector / 4;
        let mut steps = 0;
        while next < FIRST_MARK && steps <= most {
            let Some(block) = file.sector(next) else { break };
            places.extend((0..per_sector - 1).map(|i| u32_at(block, 4 * i)));
            next = if block.len() == sector { u32_at(block, sector - 4) } else { FIRST_MARK };
            steps += 1;
        }
        places.retain(|&place| place < FIRST_MARK);
        places.truncate(most + 1);
        for place in places {
            match file.sector(place) {
                Some(block) => {
                    let numbers: Vec<u32> = block.chunks_exact(4).map(|b| u32_at(b, 0)).collect();
                    file.table.extend(numbers);
                }
                None => file.table.extend(std::iter::repeat_n(FIRST_MARK, per_sector)),
            }
        }

        let directory = file.chain(u32_at(bytes, 48), u64::MAX);
        file.entries = directory.chunks_exact(128).map(|slot| entry(slot, sector)).collect();
        let Some(root) = file.entries.first() else {
            return Err(input.damaged("复合文档的目录是空的"));
        };
        let (root_start, root_length) = (root.start, root.length);
        if u32_at(bytes, 64) > 0 {
            file.mini = file.chain(root_start, root_length);
            let table = file.chain(u32_at(bytes, 60), u64::MAX);
            file.mini_table = table.chunks_exact(4).map(|b| u32_at(b, 0)).collect();
        }
        Ok(file)
    }

    /// How many sectors the file has room for; in a file of 4096-byte sectors the header fills one.
    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector
    }

    /// A sector; the last one may be short.
    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|block| !block.is_empty())
    }

    /// The bytes of a chain of sectors, at most `length` of them.
    fn chain(&self, start: u32, length: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut next = start;
        for _ in 0..=self.sectors() {
            if next >= FIRST_MARK || bytes.len() as u64 >= length {
                break;
            }
            let Some(block) = self.sector(next) else { break };
            bytes.extend_from_slice(block);
            next = self.table.get(next as usize).copied().unwrap_or(FIRST_MARK);
        }
        bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        bytes
    }

    /// The same in the mini stream.
    fn mini_chain(&self, start: u32, length: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut next = start;
        for _ in 0..=self.mini.len() / MINI_SECTOR {
            if next >= FIRST_MARK || bytes.len() as u64 >= length {
                break;
            }
            let from = next as usize * MINI_SECTOR;
            let to = (from + MINI_SECTOR).min(self.mini.len());
            let Some(block) = self.mini.get(from..to) else { break };
            bytes.extend_from_slice(block);
            next = self.mini_table.get(next as usize).copied().unwrap_or(FIRST_MARK);
        }
        bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        bytes
    }

    /// True where a stream or storage has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// A stream and whether all of it is there.
    pub(super) fn stream(&self, name: &str) -> Option<(Vec<u8>, bool)> {
        let entry = self.entries.iter().find(|entry| entry.kind == 2 && entry.name.eq_ignore_ascii_case(name))?;
        let bytes = if entry.length < MINI_CUTOFF {
            self.mini_chain(entry.start, entry.length)
        } else {
            self.chain(entry.start, entry.length)
        };
        let whole = bytes.len() as u64 >= entry.length;
        Some((bytes, whole))
    }
}

fn entry(slot: &[u8], sector: usize) -> Entry {
    let units: Vec<u16> = slot[..64].chunks_exact(2).map(|b| u16_at(b, 0)).take_while(|&unit| unit != 0).collect();
    let low = u64::from(u32_at(slot, 120));
    // Version 3 writers leave rubbish in the upper half.
    let high = if sector == 512 { 0 } else { u64::from(u32_at(slot, 124)) };
    Entry { name: String::from_utf16_lossy(&units), kind: slot[66], start: u32_at(slot, 116), length: low | high << 32 }
}
