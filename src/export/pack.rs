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
    let bytes = zip.finish().map_err(|cause| failed(cause.to_string()))?.into_inner();
    let mark = folder.info.data_mark.as_deref().map(|mark| format!("_{mark}")).unwrap_or_default();
    let name = sanitise_file_name(&format!("{}_{}_内部{mark}", folder.body, folder.period), "zip");
    Ok(ExportFile { name, bytes, audience: Audience::Internal })
}
