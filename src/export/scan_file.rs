//! Searches a finished public file for unvisited targets: text files as they are, office files part by part, the text
//! of a .pdf page by page.

use super::pdf_text::{pdf_pieces, pdf_text};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::PublicScan;
use crate::tabular::archive::{Archive, ArchiveFault};

/// Largest part of an office file that is unpacked, in bytes: more would not be of our own making.
const LARGEST_PART: u64 = 1 << 30;

/// Searches the file; returns whether it could be searched (a picture can't).
///
/// # Errors
/// `DIS-044` naming the file and the unvisited target met; `EXP-033` where an office file or a .pdf can't be unpacked.
pub fn scan_public_file(name: &str, bytes: &[u8], scan: &PublicScan) -> AppResult<bool> {
    scan.check_bytes(name, name.as_bytes())?;
    if bytes.starts_with(b"PK\x03\x04") {
        let broken = |cause: ArchiveFault| {
            AppError::from(Finding::error("EXP-033", "公开文件无法解包核对，已停止输出").file(name).hint("请重新导出"))
                .caused_by(cause)
        };
        let mut archive = Archive::open(bytes).map_err(broken)?;
        for at in 0..archive.len() {
            let Some(part) = archive.name(at).map_err(broken)? else { continue };
            let text = archive.read(at, LARGEST_PART).map_err(broken)?;
            scan.check_bytes(&format!("{name}/{part}"), &unescape_xml(&text))?;
        }
        return Ok(true);
    }
    if bytes.starts_with(b"%PDF") {
        // a name may be broken over lines, and a short code stands between other cells: both are looked for
        for read in [pdf_text, pdf_pieces] {
            let text = read(bytes).ok_or_else(|| {
                Finding::error("EXP-033", "公开文件无法解包核对，已停止输出").file(name).hint("请重新导出")
            })?;
            scan.check_bytes(name, text.as_bytes())?;
        }
        return Ok(true);
    }
    let unreadable = bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8");
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
