//! The ground of a change: words, and the file that proves them where there is one.

use std::path::{Path, PathBuf};

use crate::diagnostic::{AppResult, Finding};
use crate::disclosure::{check_public_words, is_same_person};
use crate::sampling::{sha256, to_hex};
use crate::workspace::store::changes::Evidence;
use crate::workspace::store::project::{CommandContext, load_bytes};

/// Why something is done. A text alone is a ground without a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ground {
    /// In words.
    pub text: String,
    /// A file that proves it: a copy is kept with the draw, its hash stands in the certificate.
    pub evidence: Option<PathBuf>,
    /// Number of a document that proves it.
    pub document: String,
    /// Who answers for it beside the operator.
    pub second: String,
}

impl Ground {
    /// The number of the document as it is kept.
    #[must_use]
    pub fn document(&self) -> String {
        self.document.trim().to_owned()
    }

    /// The second person as it is kept.
    #[must_use]
    pub fn second(&self) -> String {
        self.second.trim().to_owned()
    }
}

/// Who takes a unit out of the draw, or an inspector away from a unit, does so on evidence and with another person:
/// `what` is the deed in words.
///
/// # Errors
/// `SEL-056` naming all that is missing; `DIS-063`, `DIS-064` where number or name can't stand in public.
pub(super) fn check_proved(what: &str, ground: &Ground, context: &CommandContext) -> AppResult<()> {
    let (document, second) = (ground.document(), ground.second());
    let mut missing = Vec::new();
    if ground.evidence.is_none() && document.is_empty() {
        missing.push("证据（文件或文书编号）");
    }
    if second.is_empty() {
        missing.push("共同负责的另一人");
    } else if is_same_person(&second, &context.operator) {
        missing.push("另一人（所写的就是操作人）");
    }
    if missing.is_empty() {
        check_public_words("文书编号", &document)?;
        return check_public_words("另一人的姓名", &second);
    }
    Err(Finding::error("SEL-056", format!("「{what}」把单位移出抽取或让执法人员回避，缺少：{}", missing.join("、")))
        .expected(format!("证据文件或文书编号，以及{}之外的另一人的姓名", context.operator.trim()))
        .hint("命令行用 --evidence 或 --document，以及 --second；都记入操作日志")
        .into())
}

impl From<&str> for Ground {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

impl From<&String> for Ground {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Ground {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

/// Folder of the evidence in a draw's folder, and in the project's.
const FOLDER: &str = "evidence";
/// Largest file that is kept, in bytes.
const LARGEST: usize = 50 * 1024 * 1024;

/// What the journal keeps of a ground that was asked for proof.
pub(super) fn proof_detail(ground: &Ground, kept: Option<&Evidence>) -> serde_json::Value {
    serde_json::json!({ "document": ground.document(), "second": ground.second(), "evidence": kept })
}

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
