//! What is masked before anything goes out.

use crate::disclosure::MaskCounts;

/// What is masked.
#[must_use]
pub fn masked(counts: &MaskCounts) -> String {
    let words = counts.words();
    if words.is_empty() { "没有需要遮盖的个人信息".to_owned() } else { format!("已遮盖：{words}") }
}

/// Heading of the texts that are masked.
#[must_use]
pub fn masked_title(count: usize) -> String {
    format!("逐条核对遮盖的文字（{count} 条）")
}

/// A masked text before and after.
#[must_use]
pub fn masked_line(before: &str, after: &str) -> String {
    format!("{before} → {after}")
}
