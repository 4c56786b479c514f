//! Searches a finished public file for unvisited targets: text files as they are, office files part by part.

use std::io::{Cursor, Read};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::PublicScan;

/// Largest part of an office file that is unpacked, in bytes: more would not be of our own making.
const LARGEST_PART: u64 = 1 << 30;

/// Searches the file; returns whether it could be searched (a .pdf or a picture can't).
///
/// # Errors
/// `DIS-044` naming the file and the unvisited target met; `EXP-033` where an office file can't be unpacked.
pub fn scan_public_file(name: &str, bytes: &[u8], scan: &PublicScan) -> AppResult<bool> {
    scan.check_bytes(name, name.as_bytes())?;
    if bytes.starts_with(b"PK\x03\x04") {
        let broken = |cause: std::io::Error| {
            AppError::from(Finding::error("EXP-033", "公开文件无法解包核对，已停止输出").file(name).hint("请重新导出"))
                .caused_by(cause)
        };
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(std::io::Error::other(e)))?;
        for at in 0..archive.len() {
            let mut part = archive.by_index(at).map_err(|e| broken(std::io::Error::other(e)))?;
            let place = part.name().map_or_else(|_| name.to_owned(), |part| format!("{name}/{part}"));
            let mut text = Vec::new();
            part.by_ref().take(LARGEST_PART).read_to_end(&mut text).map_err(broken)?;
            scan.check_bytes(&place, &unescape_xml(&text))?;
        }
        return Ok(true);
    }
    let unreadable = bytes.starts_with(b"%PDF") || bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8");
    if unreadable {
        return Ok(false);
    }
    scan.check_bytes(name, &unescape_xml(bytes))?;
    Ok(true)
}

/// XML entities replaced; other bytes unchanged.
fn unescape_xml(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = if bytes[at] == b'&' { bytes[at..].iter().take(12).position(|b| *b == b';') } else { None };
        if let Some(c) = end.and_then(|end| entity(&bytes[at + 1..at + end])) {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            at += end.unwrap_or(0) + 1;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

fn entity(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => {
            let number = std::str::from_utf8(name.strip_prefix(b"#")?).ok()?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
