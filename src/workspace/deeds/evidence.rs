//! The ground of a change: words, and the file that proves them where there is one.

use std::path::{Path, PathBuf};

use crate::diagnostic::{AppResult, Finding};
use crate::sampling::{sha256, to_hex};
use crate::workspace::store::changes::Evidence;
use crate::workspace::store::project::load_bytes;

/// Why something is done. A text alone is a ground without a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ground {
    /// In words.
    pub text: String,
    /// A file that proves it: a copy is kept with the draw, its hash stands in the certificate.
    pub evidence: Option<PathBuf>,
}

impl From<&str> for Ground {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), evidence: None }
    }
}

impl From<&String> for Ground {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Ground {
    fn from(text: String) -> Self {
        Self { text, evidence: None }
    }
}

/// Folder of the evidence in a draw's folder.
const FOLDER: &str = "evidence";
/// Largest file that is kept, in bytes.
const LARGEST: usize = 50 * 1024 * 1024;

/// An evidence's file under its hash, with the bytes of the copy that is to be kept.
///
/// # Errors
/// `SEL-052` where it is too large, `IO-…`.
pub(super) fn read_evidence(file: Option<&Path>) -> AppResult<Option<(Evidence, Vec<u8>)>> {
    let Some(path) = file else { return Ok(None) };
    let bytes = load_bytes(path)?;
    if bytes.len() > LARGEST || bytes.is_empty() {
        return Err(Finding::error("SEL-052", "证据文件过大，或是空的")
            .value(format!("{} MB", bytes.len() / 1024 / 1024))
            .expected("不超过 50 MB 的照片、笔录或截图")
            .file(path.display().to_string())
            .into());
    }
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let ending = ending.filter(|e| e.len() <= 5 && e.bytes().all(|b| b.is_ascii_alphanumeric()));
    let sha256 = to_hex(&sha256(&[&bytes]));
    let name = format!("{}.{}", sha256.get(..16).unwrap_or_default(), ending.as_deref().unwrap_or("bin"));
    Ok(Some((Evidence { file: format!("{FOLDER}/{name}"), sha256 }, bytes)))
}
