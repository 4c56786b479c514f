//! Texts of the lights: floors and caps with their articles.

use crate::policy::Confidence;

/// Columns of floors and caps.
pub const LIGHT_COLUMNS: [&str; 2] = ["状态", "规则"];
/// Floors and caps, for screen readers.
pub const LIGHTS: &str = "下限与上限";

/// Sum of lights.
#[must_use]
pub fn lights_sum(all: usize, red: usize) -> String {
    if red == 0 {
        format!("下限与上限共 {all} 项，全部达到")
    } else {
        format!("下限与上限共 {all} 项，{red} 项未达到")
    }
}

/// On a light.
#[must_use]
pub fn basis_hint(text: &str, cite: &str) -> String {
    format!("{text}\n依据：{cite}")
}

/// How sure an article is.
#[must_use]
pub fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Read => "已核对原文",
        Confidence::Secondary => "转引，未见原文",
        Confidence::Unconfirmed => "待本单位确认",
    }
}
