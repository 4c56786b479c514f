//! What stands between a file as it is and a table to be worked with.
//!
//! Duty: hidden sheets are left out unless they were chosen; error values (`#REF!`) are no values; marks by which
//! people and programs keep a spreadsheet from reading a code as a number (`'0012`, `="0012"`) are taken off; what a
//! file says beside its cells is told. The raw tables that `check --raw` shows keep all of it.
//!
//! Method: one look at each cell's bytes finds the few that need more; a column without any is left as it is.

use std::borrow::Cow;

use polars::prelude::{Column, IntoSeries, StringChunked, StringChunkedBuilder};
use rayon::prelude::*;

use super::facts::column_letters;
use super::{RawTable, ReadOptions, load_raw, load_raw_head};
use crate::diagnostic::{AppResult, Diagnostics, Finding, Progress};

/// Error values listed one by one before only their number is given.
const MOST_FINDINGS: usize = 50;

/// Reads a file's tables to be worked with: [`load_raw`], then what this module does. `chosen` tells which hidden
/// sheets are wanted all the same.
///
/// # Errors
/// As [`load_raw`].
pub fn load_tables(
    path: &std::path::Path,
    options: &ReadOptions,
    chosen: &dyn Fn(&str) -> bool,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let mut read = Diagnostics::with_cap(u64::MAX);
    let tables = load_raw(path, options, &mut read, progress)?;
    let chosen = |sheet: &str| options.sheet.as_deref() == Some(sheet) || chosen(sheet);
    for finding in read.findings() {
        // A sheet that was chosen hides nothing any more.
        if finding.code != "RAW-030" || !finding.sheet.as_deref().is_some_and(&chosen) {
            diagnostics.push(finding.clone());
        }
    }
    Ok(tables
        .into_iter()
        .filter(|table| !table.facts.hidden || table.sheet.as_deref().is_some_and(&chosen))
        .map(|table| settled(table, diagnostics))
        .collect())
}

/// The rows in the first so many bytes of a delimited text, to see what it is; `None` for another kind of file, or one
/// that can't be read.
#[must_use]
pub fn load_head(path: &std::path::Path, options: &ReadOptions, bytes: u64) -> Option<RawTable> {
    load_raw_head(path, options, bytes).map(|table| settled(table, &mut Diagnostics::new()))
}

/// A table with its facts told, error values blank and marks taken off.
fn settled(mut table: RawTable, diagnostics: &mut Diagnostics) -> RawTable {
    table.facts.report(&|finding| finding.within(&table.file, table.sheet.as_deref()), diagnostics);
    let plain = &table.facts.plain;
    let columns = table.cells.columns().par_iter().enumerate();
    let settled: Vec<Option<SettledColumn>> =
        columns.map(|(i, column)| if plain.contains(&i) { None } else { settled_column(column) }).collect();
    let mut errors: Vec<(u32, usize, String)> = Vec::new();
    for (column, settled) in settled.into_iter().enumerate() {
        let Some((cells, faults)) = settled else { continue };
        errors.extend(faults.into_iter().map(|(i, text)| (table.rows.get(i).copied().unwrap_or(0), column, text)));
        // Of the same name and length as the one that it replaces.
        let _ = table.cells.replace_column(column, cells);
    }
    errors.sort_unstable();
    let place = |finding: Finding| finding.within(&table.file, table.sheet.as_deref());
    let mut code = "";
    for (row, column, text) in errors.iter().take(MOST_FINDINGS) {
        let name = if table.named {
            table.cells.columns().get(*column).map(|column| column.name().to_string()).unwrap_or_default()
        } else {
            format!("{} 列", column_letters(*column as u32))
        };
        let finding = place(
            Finding::warning("RAW-038", "单元格是错误值，按空白处理")
                .row(u64::from(*row))
                .column(name)
                .value(text)
                .hint("请在原文件中改正公式或填写数值后再导入"),
        );
        code = finding.code;
        diagnostics.push(finding);
    }
    if errors.len() > MOST_FINDINGS {
        diagnostics.push(place(only_the_first(code, errors.len())));
    }
    table
}

/// How many of a kind there are where only the first are listed.
fn only_the_first(code: &'static str, count: usize) -> Finding {
    Finding::warning(code, format!("同类问题 {code} 共 {count} 处，只列出前 {MOST_FINDINGS} 处"))
}

/// A column settled, and its error values by row.
type SettledColumn = (Column, Vec<(usize, String)>);

/// The column settled, and its error values by row; `None` where nothing is to be done.
fn settled_column(column: &Column) -> Option<SettledColumn> {
    let cells: &StringChunked = column.str().ok()?;
    if !cells.iter().flatten().any(is_marked) {
        return None;
    }
    let mut builder = StringChunkedBuilder::new(column.name().clone(), cells.len());
    let mut errors = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        match cell {
            Some(text) if is_marked(text) => {
                if is_error(text.trim()) {
                    errors.push((i, text.trim().to_owned()));
                    builder.append_null();
                    continue;
                }
                let plain = without_marks(text);
                if plain.is_empty() {
                    builder.append_null();
                } else {
                    builder.append_value(plain.as_ref());
                }
            }
            other => builder.append_option(other),
        }
    }
    Some((builder.finish().into_series().into(), errors))
}

/// True for a cell that may hold an error value or a mark: a quick look at its bytes.
pub(super) fn is_marked(text: &str) -> bool {
    let bytes = text.as_bytes();
    let first = bytes.first().copied().unwrap_or(b' ');
    matches!(first, b'#' | b'\'' | b'`' | b'=' | b' ' | b'\t' | b'E')
        || matches!(bytes.last(), Some(b' ' | b'\t' | b'\''))
        // without an early end, so that many bytes are looked at together
        || bytes.iter().fold(0, |found, &b| found | u8::from(matches!(b, b'&' | 0xC2 | 0xE2 | 0xEF))) != 0
}

/// The error values of spreadsheets, as they show them.
const ERRORS: [&str; 17] = [
    "#VALUE!",
    "#REF!",
    "#N/A",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#BUSY!",
    "#UNKNOWN!",
    "#GETTING_DATA",
    "#ERROR!",
    "#值!",
];

/// True for a spreadsheet's error value; a row of `#` alone is a number that its column was too narrow to show.
pub(super) fn is_error(text: &str) -> bool {
    let known = ERRORS.iter().any(|error| error.eq_ignore_ascii_case(text));
    let narrow = text.len() > 2 && text.bytes().all(|b| b == b'#');
    let office =
        text.strip_prefix("Err:").is_some_and(|number| number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()));
    known || narrow || office
}

/// Characters that are seen by nobody and mean nothing in a cell: marks of direction and of width.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{ad}')
}

/// The text without the marks that keep a spreadsheet from reading it as a number or formula.
fn without_marks(text: &str) -> Cow<'_, str> {
    let mut plain: Cow<'_, str> = Cow::Borrowed(text);
    if plain.chars().any(is_unseen) {
        plain = Cow::Owned(plain.chars().filter(|c| !is_unseen(*c)).collect());
    }
    if plain.contains("&nbsp;") || plain.contains("&#160;") {
        plain = Cow::Owned(plain.replace("&nbsp;", " ").replace("&#160;", " "));
    }
    let trimmed = plain.trim();
    let bare = unquoted(trimmed);
    if bare.len() == plain.len() { plain } else { Cow::Owned(bare.to_owned()) }
}

/// Takes `="…"`, a leading `'` or `` ` ``, and a pair of them, off.
fn unquoted(text: &str) -> &str {
    if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'))
        && !inner.contains('"')
    {
        return inner.trim();
    }
    if let Some(inner) =
        text.strip_prefix('=').filter(|rest| rest.len() > 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    {
        return inner;
    }
    let Some(inner) = text.strip_prefix(['\'', '`']) else { return text };
    let inner = inner.strip_suffix(['\'', '`']).unwrap_or(inner).trim();
    // The guard of this product's own files stands before what a spreadsheet would take for a formula.
    if inner.is_empty() { text } else { inner }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off() {
        for (text, plain) in [
            ("'0012", "0012"),
            ("`0012", "0012"),
            ("'0012'", "0012"),
            ("=\"0012\"", "0012"),
            ("=\" 0012 \"", "0012"),
            ("=0012", "0012"),
            ("0012&nbsp;", "0012"),
            ("\u{202a}0012\u{202c}", "0012"),
            ("\u{feff}0012", "0012"),
            ("00\u{ad}12\t", "0012"),
            ("'=1+1", "=1+1"),
            ("AT&T", "AT&T"),
            ("O'Neil", "O'Neil"),
            ("上海某厂", "上海某厂"),
            ("'", "'"),
            ("=A1", "=A1"),
        ] {
            assert_eq!(without_marks(text), plain, "{text}");
            assert!(plain == text || is_marked(text), "{text}");
        }
    }

    #[test]
    fn error_values_are_known() {
        for text in ["#VALUE!", "#ref!", "#N/A", "Err:502", "########"] {
            assert!(is_error(text) && is_marked(text), "{text}");
        }
        for text in ["#1", "#", "##", "#甲厂", "Err:", "E1"] {
            assert!(!is_error(text), "{text}");
        }
    }
}
