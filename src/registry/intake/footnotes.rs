//! Rows below a table that are no data: totals, notes, signatures, the heading printed again.

use polars::prelude::{DataFrame, StringChunked};

use crate::text::clean;

use super::super::header::Layout;

const FOOT_WORDS: [&str; 14] = [
    "合计",
    "总计",
    "小计",
    "共计",
    "注:",
    "注：",
    "备注:",
    "备注：",
    "说明:",
    "说明：",
    "填表",
    "制表",
    "审核人",
    "单位负责人",
];

/// Indexes of rows that are totals, notes, or the heading printed again.
pub(super) fn footnotes(cells: &DataFrame, layout: &Layout) -> Vec<usize> {
    // Only rows without a proper key can be one: a look at one column leaves few to look at.
    let Some(key) = layout.kind.required_groups().first() else { return Vec::new() };
    let keys: Vec<&StringChunked> = key
        .iter()
        .filter_map(|id| layout.fields.get(id))
        .filter_map(|i| cells.columns().get(*i))
        .filter_map(|column| column.str().ok())
        .collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let columns: Vec<&StringChunked> = cells.columns().iter().filter_map(|column| column.str().ok()).collect();
    // A total may have a count in the number's column ("2家"), but never a number's nine digits.
    let keyless = |i: usize| {
        keys.iter().all(|column| column.get(i).is_none_or(|text| text.bytes().filter(u8::is_ascii_digit).count() < 9))
    };
    (0..cells.height())
        .filter(|i| keyless(*i))
        .filter(|i| {
            let filled: Vec<(usize, &str)> =
                columns.iter().enumerate().filter_map(|(c, column)| column.get(*i).map(|text| (c, text))).collect();
            let first = filled.first().map(|(_, text)| clean(text));
            let foot = first.is_some_and(|text| {
                let text: String = text.chars().filter(|c| !c.is_whitespace()).take(6).collect();
                FOOT_WORDS.iter().any(|word| text.starts_with(word))
            });
            let repeats = filled
                .iter()
                .filter(|(c, text)| {
                    layout.headings.get(*c).is_some_and(|heading| !heading.is_empty() && *heading == clean(text))
                })
                .count();
            foot || repeats >= 2 && repeats == filled.len()
        })
        .collect()
}
