//! A column of codes, numbers or names pasted from a spreadsheet, found among the rows of a frame.
//!
//! What spreadsheets put around a value is taken off: line breaks, blanks of either width, quotes (also the hidden
//! apostrophe of a text cell), marks without a width. Full-width and half-width forms, capitals and small letters
//! are one. A value is found where it is the whole of a cell, not a part of it.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use super::{Values, fold_into, values};
use crate::diagnostic::{AppResult, Progress};
use crate::text::is_noise;

/// What became of the pasted values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pasted {
    /// Different values that were pasted.
    pub wanted: usize,
    /// Rows found, ascending.
    pub rows: Vec<u32>,
    /// Values that are in no row, as they were pasted.
    pub missing: Vec<String>,
    /// Values that stand in several rows, and in how many.
    pub several: Vec<(String, usize)>,
}

/// The values of a pasted text: one a line (or a cell); a single line may part them by commas.
#[must_use]
pub fn pasted_values(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.split(['\n', '\r', '\t']).map(bare).filter(|line| !line.is_empty()).collect();
    let parts: Vec<&str> = match lines.as_slice() {
        [line] => line.split([',', '，', ';', '；', '、']).map(bare).filter(|part| !part.is_empty()).collect(),
        _ => lines,
    };
    parts.into_iter().map(str::to_owned).collect()
}

/// Without what a spreadsheet puts around a value.
fn bare(text: &str) -> &str {
    let around =
        |c: char| c.is_whitespace() || is_noise(c) || matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '＇' | '＂');
    text.trim_matches(around)
}

/// A value for comparing: folded, without blanks.
fn key(text: &str, buffer: &mut String) -> String {
    fold_into(bare(text), buffer);
    buffer.chars().filter(|c| !c.is_whitespace() && !is_noise(*c)).collect()
}

/// Finds the values in these columns of these rows (all where `within` is none).
///
/// # Errors
/// `VEW-001` for a column that is not there, `JOB-001` where cancelled.
pub fn find_pasted(
    frame: &DataFrame,
    columns: &[String],
    within: Option<&[u32]>,
    wanted: &[String],
    progress: &Progress,
) -> AppResult<Pasted> {
    progress.begin("查找粘贴的内容", 0);
    let mut buffer = String::new();
    let mut found: Vec<(String, Vec<u32>)> = Vec::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    for text in wanted {
        place.entry(key(text, &mut buffer)).or_insert_with(|| {
            found.push((text.clone(), Vec::new()));
            found.len() - 1
        });
    }
    for column in columns {
        progress.check()?;
        let Values::Text(cells) = values(frame, column)? else { continue };
        let mut look = |row: u32| {
            let at = cells.get(row as usize).and_then(|cell| place.get(&key(cell, &mut buffer)));
            if let Some((_, rows)) = at.and_then(|at| found.get_mut(*at)) {
                rows.push(row);
            }
        };
        match within {
            Some(rows) => rows.iter().copied().for_each(&mut look),
            None => (0..frame.height() as u32).for_each(&mut look),
        }
    }
    let mut pasted = Pasted { wanted: found.len(), ..Pasted::default() };
    for (text, mut rows) in found {
        rows.sort_unstable();
        rows.dedup();
        match rows.len() {
            0 => pasted.missing.push(text),
            1 => {}
            several => pasted.several.push((text, several)),
        }
        pasted.rows.extend(rows);
    }
    pasted.rows.sort_unstable();
    pasted.rows.dedup();
    Ok(pasted)
}
