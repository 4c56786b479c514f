//! A body's folder as one zip, its manifest inside; AES-256 (WinZip AE-2) where a password is given.

use std::io::{Cursor, Write};

use chrono::{Datelike, NaiveDateTime, Timelike};
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, DateTime, ZipWriter};

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::Audience;

use super::file_name::sanitise_file_name;
use super::manifest::{ExportFile, ExportInfo, MANIFEST_FILE, Manifest};

/// What goes into a pack.
#[derive(Debug, Clone, Copy)]
pub struct PackedFolder<'a> {
    /// Name of the body's folder: the files stand in it inside the zip.
    pub body: &'a str,
    /// Month or year, for the name.
    pub period: &'a str,
    /// The files.
    pub files: &'a [ExportFile],
    /// Agency, program, time, mark: for the manifest.
    pub info: &'a ExportInfo,
}

/// How the files of a package are packed: their time is a value, so that the same files give the same bytes.
pub(in crate::export) fn entry_options(at: NaiveDateTime) -> SimpleFileOptions {
    let time = DateTime::from_date_and_time(
        u16::try_from(at.year()).unwrap_or_default(),
        at.month() as u8,
        at.day() as u8,
        at.hour() as u8,
        at.minute() as u8,
        at.second() as u8,
    );
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    // a zip knows the years from 1980 on
    time.map_or(options, |time| options.last_modified_time(time))
}

/// An archive as it is on every system: each entry says which system made it, and writers say the one that they run on.
/// Bytes that are no plain archive stay as they are.
///
/// Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.12 (entry), 4.3.16 (end), 4.4.2 (version made by: 3 for UNIX).
pub(crate) fn same_everywhere(mut zip: Vec<u8>) -> Vec<u8> {
    const END: [u8; 4] = *b"PK\x05\x06";
    const ENTRY: [u8; 4] = *b"PK\x01\x02";
    const UNIX: u8 = 3;
    let number = |bytes: &[u8], at: usize, width: usize| {
        let field = bytes.get(at..at + width).unwrap_or_default();
        field.iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let Some(end) = zip.windows(END.len()).rposition(|bytes| bytes == END) else { return zip };
    let (entries, mut at) = (number(&zip, end + 10, 2), number(&zip, end + 16, 4));
    for _ in 0..entries {
        if zip.get(at..at + ENTRY.len()) != Some(&ENTRY[..]) {
            return zip;
        }
        if let Some(system) = zip.get_mut(at + 5) {
            *system = UNIX;
        }
        at += 46 + number(&zip, at + 28, 2) + number(&zip, at + 30, 2) + number(&zip, at + 32, 2);
    }
    zip
}

/// The pack. Without a password the same files give the same bytes; names of files can be read without it, what is in
/// them can't.
///
/// # Errors
/// `EXP-049` where the zip can't be made.
pub fn render_pack(folder: &PackedFolder<'_>, password: Option<&str>) -> AppResult<ExportFile> {
    let failed = |cause: String| AppError::new("EXP-049", "压缩包无法生成").with(|f| f.value(cause));
    let options = entry_options(folder.info.created);
    let manifest = Manifest::of(folder.files, folder.info).to_json()?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let all = folder.files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice()));
    for (name, bytes) in all.chain([(MANIFEST_FILE, manifest.as_slice())]) {
        let path = format!("{}/{name}", folder.body);
        let started = match password {
            Some(password) => zip.start_file(path, options.with_aes_encryption(AesMode::Aes256, password)),
            None => zip.start_file(path, options),
        };
        started.map_err(|cause| failed(cause.to_string()))?;
        zip.write_all(bytes).map_err(|cause| failed(cause.to_string()))?;
    }
    let bytes = same_everywhere(zip.finish().map_err(|cause| failed(cause.to_string()))?.into_inner());
    let mark = folder.info.data_mark.as_deref().map(|mark| format!("_{mark}")).unwrap_or_default();
    let name = sanitise_file_name(&format!("{}_{}_内部{mark}", folder.body, folder.period), "zip");
    Ok(ExportFile { name, bytes, audience: Audience::Internal })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_says_the_same_system_everywhere_and_stays_whole() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["甲.txt", "乙/丙.csv"] {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(name.as_bytes()).unwrap();
        }
        let here = zip.finish().unwrap().into_inner();
        // as Windows' writers say it
        let mut there = here.clone();
        let entries: Vec<usize> = (0..there.len() - 4).filter(|at| there[*at..].starts_with(b"PK\x01\x02")).collect();
        assert_eq!(entries.len(), 2);
        for at in entries {
            there[at + 5] = 0;
        }
        assert_ne!(here, there);
        assert_eq!(same_everywhere(there.clone()), same_everywhere(here));
        let mut archive = zip::ZipArchive::new(Cursor::new(same_everywhere(there))).unwrap();
        assert_eq!(std::io::read_to_string(archive.by_name("乙/丙.csv").unwrap()).unwrap(), "乙/丙.csv");
        for odd in [&b""[..], b"PK\x05\x06", b"PK\x05\x06\0\0\0\0\x09\0\x09\0\xff\xff\xff\x7f\xff\xff\xff\x7f\0\0"] {
            assert_eq!(same_everywhere(odd.to_vec()), odd);
        }
    }
}
