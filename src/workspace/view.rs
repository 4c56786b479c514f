//! Views of tables: which rows of a frame are shown, in which order; how a cell reads; what a column holds.
//!
//! Everything here is a pure function meant for background jobs (`compute_…` takes a [`Progress`] and stops
//! where cancelled). A frame is never copied: a view is a list of row numbers.
//!
//! Invariants: a view's rows are distinct and below the frame's height; without a sort key they ascend; sorting
//! is stable (ties keep the frame's order) and puts empty cells last in either direction; texts sort by Unicode
//! code points (so digits, then Latin, then Han characters by code point, not by pinyin), numbers by value,
//! no before yes; a NaN counts as empty. Searching ignores case and full or half width.

mod cell;
mod natural;
mod pasted;
mod pivot;
mod search;
mod summary;
mod totals;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::NaiveDate;
use polars::prelude::{
    BooleanChunked, ChunkApply, ChunkedArray, Column, DataFrame, DataType, Float64Chunked, Int32Chunked,
    PolarsDataType, StaticArray, StringChunked,
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::text::day::day_number;
use crate::text::half_width;

pub use cell::{CellFormat, cell_text, date_text, number_text};
pub use natural::natural_order;
pub use pasted::{Pasted, find_pasted, pasted_values};
pub use pivot::{MOST_GROUPS, Pivot, PivotRequest, compute_pivot};
pub use search::NamedColumn;
pub use summary::{ColumnSummary, LISTED_VALUES, compute_column_summary};
pub use totals::{Totals, compute_totals, is_numeric, is_text};

/// Rows that one piece of parallel work looks at; a cancelled job stops within a piece.
const PIECE: usize = 32_768;

/// A cell's value as filters name it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CellValue {
    /// No value.
    Empty,
    /// A text.
    Text(String),
    /// A number; thousandths already divided.
    Number(f64),
    /// A date.
    Date(NaiveDate),
    /// Yes or no.
    Flag(bool),
}

/// A condition on one column; a row is shown where all conditions hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// The text contains this one, whatever the case and width.
    Contains(String),
    /// One of these values.
    OneOf(Vec<CellValue>),
    /// A number between two bounds, both included.
    Numbers {
        /// Least; `None` is open.
        from: Option<f64>,
        /// Greatest; `None` is open.
        to: Option<f64>,
    },
    /// A date between two bounds, both included.
    Dates {
        /// First; `None` is open.
        from: Option<NaiveDate>,
        /// Last; `None` is open.
        to: Option<NaiveDate>,
    },
    /// Empty (`true`) or not empty (`false`).
    Empty(bool),
    /// Yes or no.
    Flag(bool),
}

/// A condition and its column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnFilter {
    /// Column of the frame.
    pub column: String,
    /// What must hold.
    pub condition: Condition,
}

/// A key to sort by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortKey {
    /// Column of the frame.
    pub column: String,
    /// From large to small.
    pub descending: bool,
}

/// What a view is asked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewRequest {
    /// Conditions, all of which must hold.
    pub filters: Vec<ColumnFilter>,
    /// Words looked for, parted by blanks; each must stand in some of `search_columns`.
    pub search: String,
    /// Text columns that are searched.
    pub search_columns: Vec<String>,
    /// Columns that are searched by the names of their values.
    pub search_named: Vec<NamedColumn>,
    /// Only these rows (a district's, a selection's), in any order; `None` is all.
    pub within: Option<Arc<Vec<u32>>>,
    /// Keys to sort by, the first counts most.
    pub sort: Vec<SortKey>,
    /// Texts sort by [`natural_order`] instead of code points: for tables of some thousand rows.
    pub natural: bool,
}

/// Rows of a frame in the order shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableView {
    /// Row numbers of the frame.
    pub rows: Arc<Vec<u32>>,
    /// Rows of the frame.
    pub total: usize,
    /// Rows of the frame that the restriction leaves, before filters and search.
    pub within: usize,
}

impl TableView {
    /// All rows in the frame's order.
    #[must_use]
    pub fn all(total: usize) -> Self {
        Self { rows: Arc::new((0..total as u32).collect()), total, within: total }
    }
}

fn failed(name: &str, cause: polars::prelude::PolarsError) -> AppError {
    AppError::from(
        Finding::error("VEW-001", "表中没有这一列，或列的类型不适合该筛选条件")
            .column(name)
            .hint("请清除筛选与排序后再试"),
    )
    .caused_by(cause)
}

fn column_of<'a>(frame: &'a DataFrame, name: &str) -> AppResult<&'a Column> {
    frame.column(name).map_err(|cause| failed(name, cause))
}

/// Text for comparing: lower case, full-width forms as half-width.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

fn fold_into(text: &str, out: &mut String) {
    out.clear();
    for c in text.chars().map(half_width) {
        if c.is_ascii() { out.push(c.to_ascii_lowercase()) } else { out.extend(c.to_lowercase()) }
    }
}

/// A column in the one of four forms that conditions and keys need.
enum Values<'a> {
    Text(&'a StringChunked),
    /// Whole or broken numbers, already divided where the column holds thousandths.
    Number(Cow<'a, Float64Chunked>),
    /// Days since 1970-01-01.
    Date(&'a Int32Chunked),
    Flag(&'a BooleanChunked),
}

/// The column of a name; `None` for a type that the tables do not have.
fn values<'a>(frame: &'a DataFrame, name: &str) -> AppResult<Values<'a>> {
    let column = column_of(frame, name)?;
    let error = |cause| failed(name, cause);
    Ok(match column.dtype() {
        DataType::String => Values::Text(column.str().map_err(error)?),
        DataType::Boolean => Values::Flag(column.bool().map_err(error)?),
        DataType::Date => Values::Date(column.date().map_err(error)?.physical()),
        DataType::Float64 => Values::Number(Cow::Borrowed(column.f64().map_err(error)?)),
        dtype => {
            let thousandths = *dtype == DataType::Int64;
            let cast = column.cast(&DataType::Float64).map_err(error)?;
            let numbers = cast.f64().map_err(error)?;
            // not `numbers / 1000.0`: polars multiplies by the reciprocal, which is not exact
            Values::Number(Cow::Owned(if thousandths { numbers.apply_values(|n| n / 1000.0) } else { numbers.clone() }))
        }
    })
}

/// Leaves those marks standing whose cell passes; cells behind a fallen mark are not looked at.
fn keep_where<T: PolarsDataType>(
    marks: &mut [bool],
    cells: &ChunkedArray<T>,
    progress: &Progress,
    test: impl Fn(Option<T::Physical<'_>>) -> bool + Sync,
) -> AppResult<()>
where
    T::Array: Sync,
{
    let stopped = AtomicBool::new(false);
    let mut rest = marks;
    for (array, length) in cells.downcast_iter().zip(cells.chunk_lengths()) {
        let (own, tail) = std::mem::take(&mut rest).split_at_mut(length);
        rest = tail;
        own.par_chunks_mut(PIECE).enumerate().for_each(|(piece, marks)| {
            if stopped.load(Ordering::Relaxed) || progress.check().is_err() {
                stopped.store(true, Ordering::Relaxed);
                return;
            }
            for (i, mark) in marks.iter_mut().enumerate() {
                *mark = *mark && test(StaticArray::get(array, piece * PIECE + i));
            }
        });
    }
    progress.check()
}

/// A number as a key of equality; −0 equals 0.
fn bits(number: f64) -> u64 {
    (number + 0.0).to_bits()
}

fn apply(marks: &mut [bool], values: &Values<'_>, condition: &Condition, progress: &Progress) -> AppResult<()> {
    match (condition, values) {
        (Condition::Empty(empty), Values::Text(cells)) => {
            keep_where(marks, cells, progress, |cell| cell.is_none_or(str::is_empty) == *empty)
        }
        (Condition::Empty(empty), Values::Number(cells)) => {
            keep_where(marks, cells, progress, |cell| cell.is_none_or(f64::is_nan) == *empty)
        }
        (Condition::Empty(empty), Values::Date(cells)) => {
            keep_where(marks, cells, progress, |cell| cell.is_none() == *empty)
        }
        (Condition::Empty(empty), Values::Flag(cells)) => {
            keep_where(marks, cells, progress, |cell| cell.is_none() == *empty)
        }
        (Condition::Contains(text), Values::Text(cells)) => {
            let needle = folded(text.trim());
            if needle.is_empty() {
                return Ok(()); // a condition not yet filled in leaves everything
            }
            keep_where(marks, cells, progress, |cell| cell.is_some_and(|cell| contains(cell, &needle)))
        }
        (Condition::Numbers { from, to }, Values::Number(cells)) => keep_where(marks, cells, progress, |cell| {
            cell.is_some_and(|n| !n.is_nan() && from.is_none_or(|from| n >= from) && to.is_none_or(|to| n <= to))
        }),
        (Condition::Dates { from, to }, Values::Date(cells)) => {
            let (from, to) = (from.map(day_number), to.map(day_number));
            keep_where(marks, cells, progress, |cell| {
                cell.is_some_and(|day| from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to))
            })
        }
        (Condition::Flag(wanted), Values::Flag(cells)) => {
            keep_where(marks, cells, progress, |cell| cell == Some(*wanted))
        }
        (Condition::OneOf(wanted), values) => one_of(marks, values, wanted, progress),
        // a condition of another type than the column's holds nowhere
        _ => {
            marks.fill(false);
            Ok(())
        }
    }
}

fn one_of(marks: &mut [bool], values: &Values<'_>, wanted: &[CellValue], progress: &Progress) -> AppResult<()> {
    let empty = wanted.contains(&CellValue::Empty);
    match values {
        Values::Text(cells) => {
            let set: HashSet<&str> = wanted
                .iter()
                .filter_map(|v| if let CellValue::Text(text) = v { Some(text.as_str()) } else { None })
                .collect();
            keep_where(marks, cells, progress, |cell| match cell {
                None | Some("") => empty,
                Some(text) => set.contains(text),
            })
        }
        Values::Number(cells) => {
            let set: HashSet<u64> = wanted
                .iter()
                .filter_map(|v| if let CellValue::Number(n) = v { Some(bits(*n)) } else { None })
                .collect();
            keep_where(marks, cells, progress, |cell| match cell {
                Some(n) if !n.is_nan() => set.contains(&bits(n)),
                _ => empty,
            })
        }
        Values::Date(cells) => {
            let set: HashSet<i32> = wanted
                .iter()
                .filter_map(|v| if let CellValue::Date(date) = v { Some(day_number(*date)) } else { None })
                .collect();
            keep_where(marks, cells, progress, |cell| cell.map_or(empty, |day| set.contains(&day)))
        }
        Values::Flag(cells) => {
            let has = |flag| wanted.contains(&CellValue::Flag(flag));
            let (yes, no) = (has(true), has(false));
            keep_where(marks, cells, progress, |cell| match cell {
                None => empty,
                Some(true) => yes,
                Some(false) => no,
            })
        }
    }
}

/// True where the folded cell contains the folded needle.
fn contains(cell: &str, needle: &str) -> bool {
    // most cells hold neither capitals nor full-width forms: what folding would leave as it is needs no copy
    // (Han characters begin with the bytes e4 to e9)
    if cell.bytes().any(|b| b.is_ascii_uppercase() || (0xc3..=0xe3).contains(&b) || b >= 0xea) {
        thread_local! {
            static BUFFER: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
        }
        BUFFER.with_borrow_mut(|buffer| {
            fold_into(cell, buffer);
            buffer.contains(needle)
        })
    } else {
        cell.contains(needle)
    }
}

/// The order of a number among numbers, as an integer.
fn number_key(number: f64) -> u64 {
    let bits = bits(number);
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// Bits of a sort prefix that hold the value; above them stands the mark of an empty cell.
const VALUE_BITS: u32 = 120;
const EMPTY_LAST: u128 = u128::MAX;

fn prefix(value: u128, descending: bool) -> u128 {
    if descending { ((1 << VALUE_BITS) - 1) - value } else { value }
}

/// The first fifteen bytes of a text, in the order of its bytes.
fn text_prefix(text: &str) -> u128 {
    let mut first = [0_u8; 16];
    for (to, from) in first.iter_mut().skip(1).zip(text.as_bytes()) {
        *to = *from;
    }
    u128::from_be_bytes(first)
}

/// What one key gives each chosen row.
struct Key<'a> {
    prefixes: Vec<u128>,
    /// For texts longer than the prefix.
    texts: Option<Vec<Option<&'a str>>>,
    natural: bool,
    descending: bool,
}

fn sort_key<'a>(
    values: &'a Values<'a>,
    rows: &[u32],
    descending: bool,
    natural: bool,
    progress: &Progress,
) -> AppResult<Key<'a>> {
    progress.check()?;
    let number = |value: Option<u64>| value.map_or(EMPTY_LAST, |v| prefix(u128::from(v), descending));
    let prefixes = |of: &(dyn Fn(usize) -> Option<u64> + Sync)| {
        rows.par_iter().with_min_len(PIECE).map(|row| number(of(*row as usize))).collect()
    };
    Ok(match values {
        Values::Number(cells) => Key {
            prefixes: prefixes(&|row| cells.get(row).filter(|n| !n.is_nan()).map(number_key)),
            texts: None,
            natural,
            descending,
        },
        Values::Date(cells) => Key {
            prefixes: prefixes(&|row| cells.get(row).map(|day| (i64::from(day) + (1 << 32)) as u64)),
            texts: None,
            natural,
            descending,
        },
        Values::Flag(cells) => {
            Key { prefixes: prefixes(&|row| cells.get(row).map(u64::from)), texts: None, natural, descending }
        }
        Values::Text(cells) => {
            let texts: Vec<Option<&str>> = rows
                .par_iter()
                .with_min_len(PIECE)
                .map(|row| cells.get(*row as usize).filter(|text| !text.is_empty()))
                .collect();
            let prefixes = texts
                .par_iter()
                .with_min_len(PIECE)
                // the first bytes say nothing of the natural order
                .map(|text| {
                    text.map_or(EMPTY_LAST, |text| if natural { 0 } else { prefix(text_prefix(text), descending) })
                })
                .collect();
            Key { prefixes, texts: Some(texts), natural, descending }
        }
    })
}

impl Key<'_> {
    fn compare_rest(&self, a: usize, b: usize) -> std::cmp::Ordering {
        let Some(texts) = &self.texts else { return std::cmp::Ordering::Equal };
        let (Some(a), Some(b)) = (texts.get(a).copied().flatten(), texts.get(b).copied().flatten()) else {
            return std::cmp::Ordering::Equal;
        };
        let order = if self.natural { natural_order(a, b) } else { a.cmp(b) };
        if self.descending { order.reverse() } else { order }
    }

    fn compare(&self, a: usize, b: usize) -> std::cmp::Ordering {
        self.prefixes.get(a).cmp(&self.prefixes.get(b)).then_with(|| self.compare_rest(a, b))
    }
}

fn sorted(
    frame: &DataFrame,
    rows: Vec<u32>,
    sort: &[SortKey],
    natural: bool,
    progress: &Progress,
) -> AppResult<Vec<u32>> {
    let columns = sort.iter().map(|key| values(frame, &key.column)).collect::<AppResult<Vec<_>>>()?;
    let mut keys = Vec::with_capacity(columns.len());
    for (values, key) in columns.iter().zip(sort) {
        keys.push(sort_key(values, &rows, key.descending, natural, progress)?);
    }
    let Some((first, later)) = keys.split_first() else { return Ok(rows) };
    let mut order: Vec<(u128, u32)> =
        first.prefixes.iter().enumerate().map(|(at, prefix)| (*prefix, at as u32)).collect();
    progress.check()?;
    order.par_sort_unstable_by(|a, b| {
        let (x, y) = (a.1 as usize, b.1 as usize);
        a.0.cmp(&b.0)
            .then_with(|| first.compare_rest(x, y))
            .then_with(|| later.iter().map(|key| key.compare(x, y)).find(|o| o.is_ne()).unwrap_or(x.cmp(&y)))
    });
    progress.check()?;
    Ok(order.into_par_iter().with_min_len(PIECE).filter_map(|(_, at)| rows.get(at as usize).copied()).collect())
}

/// The rows of a frame that a request leaves, in its order.
///
/// # Errors
/// `VEW-001` for a column that is not there, `JOB-001` where cancelled.
pub fn compute_view(frame: &DataFrame, request: &ViewRequest, progress: &Progress) -> AppResult<TableView> {
    let total = frame.height();
    progress.begin("筛选与排序", 0);
    let mut marks = vec![request.within.is_none(); total];
    let mut within = total;
    if let Some(rows) = &request.within {
        for row in rows.iter() {
            if let Some(mark) = marks.get_mut(*row as usize) {
                *mark = true;
            }
        }
        within = marks.iter().filter(|mark| **mark).count();
    }
    for filter in &request.filters {
        apply(&mut marks, &values(frame, &filter.column)?, &filter.condition, progress)?;
    }
    search::search(&mut marks, frame, request, progress)?;
    let rows: Vec<u32> = marks.iter().enumerate().filter(|(_, mark)| **mark).map(|(row, _)| row as u32).collect();
    let rows = sorted(frame, rows, &request.sort, request.natural, progress)?;
    Ok(TableView { rows: Arc::new(rows), total, within })
}

#[cfg(test)]
mod tests;
