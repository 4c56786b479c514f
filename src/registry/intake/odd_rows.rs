//! Rows that hold no record of their own: pieces of a broken line, rows whose cells are shifted, the examples and
//! instructions that templates come with.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, StringChunked};
use rayon::prelude::*;

use super::super::codes::{self, Code};
use super::super::header::Layout;
use super::super::parse::CHUNK;
use super::super::schema::{event, inspectors};
use crate::tabular::RawTable;
use crate::text::fold;

/// Words that alone in a cell mark the row as an example.
const EXAMPLES: [&str; 12] = [
    "示例",
    "样例",
    "例",
    "举例",
    "范例",
    "填写示例",
    "填报示例",
    "示例数据",
    "示例行",
    "填写样例",
    "example",
    "sample",
];

/// How cells of an instruction row begin.
const INSTRUCTIONS: [&str; 24] = [
    "示例",
    "样例",
    "例:",
    "例如",
    "填写",
    "填表说明",
    "填报说明",
    "填写要求",
    "必填",
    "选填",
    "非必填",
    "请填",
    "请选",
    "请按",
    "下拉",
    "如:",
    "格式:",
    "文本格式",
    "日期格式",
    "数字格式",
    "yyyy",
    "不超过",
    "最多",
    "单选",
];

/// How a word of [`EXAMPLES`] begins.
const EXAMPLE_INITIALS: &str = "示样例举范填eEsS";
/// How one of [`INSTRUCTIONS`] begins.
const INSTRUCTION_INITIALS: &str = "示样例填必选非请下如格文日数不最单yYＹｙ";
/// Columns in one of which an instruction row tells.
const FIRST_COLUMNS: usize = 6;

/// Rows that are no data: index, why, and what gave it away.
pub(super) fn odd_rows(
    cells: &DataFrame,
    rows: &[u32],
    raw: &RawTable,
    layout: &Layout,
) -> Vec<(usize, &'static Code, String)> {
    let columns: Vec<&StringChunked> = cells.columns().iter().filter_map(|column| column.str().ok()).collect();
    let mut odd: Vec<(usize, &'static Code, String)> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        if raw.facts.broken.contains(row) {
            let shown = columns.iter().find_map(|column| column.get(i)).unwrap_or_default();
            odd.push((i, &codes::ROW_BROKEN, shown.chars().take(40).collect()));
        } else if raw.facts.run_together.contains(row) {
            let shown = columns.iter().filter_map(|column| column.get(i)).find(|text| text.contains('"'));
            odd.push((i, &codes::ROW_RUN_TOGETHER, shown.unwrap_or_default().chars().take(40).collect()));
        }
    }
    if raw.delimiter.is_some() {
        odd.extend(broken_first(&columns, rows, raw));
        odd.extend(shifted(&columns, layout));
    }
    odd.extend(examples(&columns, layout, cells.height()));
    odd
}

/// Rows whose first cell a line end broke: a line of one field, and the record below it, which has the usual width and
/// begins with the rest of the cell. Where cells of the column are all of one length and the one below is too, the
/// line above is no part of it (the title of a section).
fn broken_first(columns: &[&StringChunked], rows: &[u32], raw: &RawTable) -> Vec<(usize, &'static Code, String)> {
    let Some(first) = columns.first().filter(|_| !raw.facts.lone.is_empty()) else { return Vec::new() };
    let is_lone = |i: usize| rows.get(i).is_some_and(|row| raw.facts.lone.contains(row));
    let length = |i: usize| first.get(i).map(|text| text.chars().count());
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    let others: Vec<usize> =
        (0..rows.len()).filter(|i| !is_lone(*i) && !i.checked_sub(1).is_some_and(is_lone)).collect();
    for i in &others {
        *lengths.entry(length(*i).unwrap_or(0)).or_default() += 1;
    }
    let usual = lengths.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| count * 5 >= others.len() * 4);
    let mut odd = Vec::new();
    let mut from = 0;
    while let Some(start) = (from..rows.len()).find(|i| is_lone(*i)) {
        let end = (start..rows.len()).find(|i| !is_lone(*i)).unwrap_or(rows.len());
        let whole = usual.is_some_and(|(usual, _)| length(end) == Some(usual));
        if end < rows.len() && !whole {
            let piece = |i: usize| first.get(i).unwrap_or_default().chars().take(40).collect();
            odd.extend((start..=end).map(|i| (i, &codes::ROW_BROKEN, piece(i))));
        }
        from = end + 1;
    }
    odd
}

/// Rows with something behind the last heading, where most rows have nothing there: a delimiter within the text.
fn shifted(columns: &[&StringChunked], layout: &Layout) -> Vec<(usize, &'static Code, String)> {
    let width = layout.headings.iter().rposition(|heading| !heading.is_empty()).map_or(0, |last| last + 1);
    let mut odd = Vec::new();
    for column in columns.get(width..).unwrap_or_default() {
        let filled = column.len() - column.null_count();
        // A column of its own that lacks a heading is filled in most rows.
        if filled == 0 || filled * 2 > column.len() && filled > 1 {
            continue;
        }
        odd.extend(
            column
                .iter()
                .enumerate()
                .filter_map(|(i, text)| Some((i, &codes::ROW_SHIFTED, text?.chars().take(40).collect::<String>()))),
        );
    }
    odd
}

fn examples(columns: &[&StringChunked], layout: &Layout, height: usize) -> Vec<(usize, &'static Code, String)> {
    let column_of = |id: &str| layout.fields.get(id).and_then(|i| columns.get(*i));
    let names: Vec<&&StringChunked> =
        [event::NAME.name(), inspectors::NAME.name()].iter().filter_map(|id| column_of(id)).collect();
    let numbers: Vec<&&StringChunked> = [event::UNIT_ID.name(), event::USCC.name(), inspectors::CERTIFICATE.name()]
        .iter()
        .filter_map(|id| column_of(id))
        .collect();
    (0..height)
        .step_by(CHUNK)
        .collect::<Vec<_>>()
        .into_par_iter()
        .flat_map_iter(|start| likely(columns, &names, &numbers, start, CHUNK.min(height - start)))
        .filter_map(|i| {
            let first = columns.iter().find_map(|column| column.get(i)).unwrap_or_default();
            let named = names.iter().filter_map(|column| column.get(i)).find(|name| is_placeholder(name));
            let numbered = numbers.iter().filter_map(|column| column.get(i)).find(|number| is_blank_number(number));
            let worded = is_example_word(first).then_some(first);
            let why = named.or(numbered).or(worded).or_else(|| instruction(columns, i, first))?;
            Some((i, &codes::EXAMPLE_ROW, why.chars().take(40).collect::<String>()))
        })
        .collect()
}

/// Rows of a stretch that are worth looking at: by what the first columns begin with, and by letters that stand for any.
/// Column by column, for a row's cells lie far from each other.
fn likely(
    columns: &[&StringChunked],
    names: &[&&StringChunked],
    numbers: &[&&StringChunked],
    start: usize,
    length: usize,
) -> Vec<usize> {
    let mut look = vec![false; length];
    // a row without any of these cells begins in a later column
    let mut empty = vec![true; length];
    for column in columns.iter().take(FIRST_COLUMNS) {
        for (i, cell) in column.slice(start as i64, length).iter().enumerate() {
            let Some(text) = cell else { continue };
            empty[i] = false;
            let first = first_word(text);
            look[i] |= first.is_some_and(|c| EXAMPLE_INITIALS.contains(c) || INSTRUCTION_INITIALS.contains(c));
        }
    }
    for column in names.iter().chain(numbers) {
        for (i, cell) in column.slice(start as i64, length).iter().enumerate() {
            let text = cell.unwrap_or_default();
            // X, x, *, and the bytes by which the other signs and brackets begin
            let sign = |b: u8| matches!(b, b'X' | b'x' | b'*' | b'(' | 0xc3 | 0xe2 | 0xe3 | 0xef);
            look[i] |= text.starts_with(['示', '样']) || text.bytes().any(sign);
        }
    }
    (0..length).filter(|i| look[*i] || empty[*i]).map(|i| start + i).collect()
}

/// Letters and digits; the ordinary ones are told without Unicode's tables.
fn is_word(c: char) -> bool {
    match c {
        '0'..='9' | 'a'..='z' | 'A'..='Z' | '\u{4e00}'..='\u{9fff}' => true,
        _ if c.is_ascii() => false,
        _ => c.is_alphanumeric(),
    }
}

/// The first letter or digit of a cell.
fn first_word(text: &str) -> Option<char> {
    text.chars().find(|c| is_word(*c))
}

/// A quick look at the first letter or digit, which most cells do not pass.
fn begins_like(text: &str, initials: &str) -> bool {
    first_word(text).is_some_and(|c| initials.contains(c))
}

fn is_example_word(text: &str) -> bool {
    if text.len() > 30 || !begins_like(text, EXAMPLE_INITIALS) {
        return false;
    }
    let plain = fold(text).trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    EXAMPLES.contains(&plain.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// A name that stands for any: XXX公司, 上海××有限公司, 示例企业.
fn is_placeholder(name: &str) -> bool {
    if name.starts_with("示例") || name.starts_with("样例") || name.starts_with("（示例") || name.starts_with("(示例")
    {
        return true;
    }
    if !name.contains(['X', 'x', '×', '╳', '✕', '○', '〇', 'Ｘ', 'ｘ']) {
        return false;
    }
    let chars: Vec<char> = fold(name).chars().collect();
    let is_x = |c: char| matches!(c, 'X' | 'x' | '×' | '╳' | '✕' | '○' | '〇');
    let mut i = 0;
    while i < chars.len() {
        let run = chars[i..].iter().take_while(|c| is_x(**c)).count();
        if run >= 2 {
            // Letters beside it make it a word (Exxon).
            let bounded = |c: Option<&char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
            let before = i.checked_sub(1).and_then(|before| chars.get(before));
            if bounded(before) && bounded(chars.get(i + run)) {
                return true;
            }
        }
        i += run.max(1);
    }
    false
}

/// A number with its places still to be filled: 91310000XXXXXXXXXX.
fn is_blank_number(number: &str) -> bool {
    if !number.contains(['X', 'x', '×', '*']) {
        return false;
    }
    let longest = number.split(|c: char| !matches!(c, 'X' | 'x' | '×' | '*')).map(|run| run.chars().count()).max();
    longest.unwrap_or(0) >= 6
}

/// The first cell of a row most of whose cells tell how to fill them in.
fn instruction<'a>(columns: &[&'a StringChunked], i: usize, first: &str) -> Option<&'a str> {
    let tells = |text: &str| {
        if !begins_like(text, INSTRUCTION_INITIALS) {
            return false;
        }
        let text = fold(text).to_lowercase();
        let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
        INSTRUCTIONS.iter().any(|word| text.starts_with(word))
    };
    // The quick look: an instruction row tells in one of its first cells.
    if !tells(first) && !columns.iter().take(FIRST_COLUMNS).any(|column| column.get(i).is_some_and(tells)) {
        return None;
    }
    let filled: Vec<&str> = columns.iter().filter_map(|column| column.get(i)).collect();
    let telling = filled.iter().filter(|text| tells(text)).count();
    let found = filled.iter().find(|text| tells(text)).copied();
    // A lone cell of a row is its instruction; of several, half must be.
    found.filter(|_| telling * 2 >= filled.len() && (telling >= 2 || filled.len() == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_names() {
        for name in ["XXX公司", "上海XX有限公司", "上海××化工厂", "示例企业有限公司", "xx厂", "某某(XX)公司", "○○公司"]
        {
            assert!(is_placeholder(name), "{name}");
        }
        for name in ["埃克森美孚Exxon", "上海X光设备厂", "XXL服饰", "MAXX中国", "王**", "上海某某公司", "安迪(XY)"]
        {
            assert!(!is_placeholder(name), "{name}");
        }
        assert!(is_blank_number("91310000XXXXXXXXXX001V") && !is_blank_number("91310000MA1XXX1234"));
        for word in ["示例", "（示例）", "例1", "填写示例：", "Example"] {
            assert!(is_example_word(word), "{word}");
        }
        for word in ["1", "上海示例厂", "例会"] {
            assert!(!is_example_word(word), "{word}");
        }
    }
}
