//! What a column holds: for the popup of its filter.

use polars::prelude::{DataFrame, PlHashMap};
use rayon::prelude::*;

use super::{CellValue, PIECE, Values, number_key, values};
use crate::diagnostic::{AppResult, Progress};
use crate::text::day::date_of;

/// Most distinct values that a summary lists.
pub const LISTED_VALUES: usize = 200;
/// Distinct values beyond which a summary stops counting them.
const COUNTED_VALUES: usize = 20_000;

/// What a column holds, for the popup of its filter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColumnSummary {
    /// Rows looked at.
    pub rows: u64,
    /// Of these without a value.
    pub empty: u64,
    /// Values with their rows: the most frequent first, then by value; at most [`LISTED_VALUES`]. Nothing where
    /// the column holds very many different ones.
    pub values: Vec<(CellValue, u64)>,
    /// True where not all values are listed.
    pub more: bool,
    /// Least value of numbers and dates.
    pub least: Option<CellValue>,
    /// Greatest value of numbers and dates.
    pub greatest: Option<CellValue>,
}

/// Counts by value; `None` once there are too many different ones.
type Counts<K> = Option<PlHashMap<K, u64>>;

fn merge<K: std::hash::Hash + Eq>(a: Counts<K>, b: Counts<K>) -> Counts<K> {
    let (mut a, b) = (a?, b?);
    if a.len() + b.len() > 2 * COUNTED_VALUES {
        return None;
    }
    #[allow(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
    for (key, count) in b {
        *a.entry(key).or_insert(0) += count;
    }
    (a.len() <= COUNTED_VALUES).then_some(a)
}

fn count<K: std::hash::Hash + Eq + Send>(
    rows: &[u32],
    progress: &Progress,
    key: impl Fn(usize) -> Option<K> + Sync,
) -> AppResult<(Counts<K>, u64)> {
    let counted = rows
        .par_chunks(PIECE)
        .map(|piece| {
            let (mut counts, mut empty) = (PlHashMap::default(), 0_u64);
            if progress.check().is_err() {
                return (None, 0);
            }
            let mut many = false;
            for row in piece {
                match key(*row as usize) {
                    None => empty += 1,
                    Some(_) if many => {}
                    Some(value) => {
                        *counts.entry(value).or_insert(0) += 1;
                        many = counts.len() > COUNTED_VALUES;
                    }
                }
            }
            ((!many).then_some(counts), empty)
        })
        .reduce(|| (Some(PlHashMap::default()), 0), |a, b| (merge(a.0, b.0), a.1 + b.1));
    progress.check()?;
    Ok(counted)
}

fn listed<K: Ord + std::hash::Hash + Eq>(
    counts: Counts<K>,
    value: impl Fn(K) -> CellValue,
) -> (Vec<(CellValue, u64)>, bool) {
    let Some(counts) = counts else { return (Vec::new(), true) };
    let mut all: Vec<(K, u64)> = counts.into_iter().collect();
    all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let more = all.len() > LISTED_VALUES;
    (all.into_iter().take(LISTED_VALUES).map(|(key, count)| (value(key), count)).collect(), more)
}

/// What a column holds in the rows given, or in all.
///
/// # Errors
/// `VEW-001` for a column that is not there, `JOB-001` where cancelled.
pub fn compute_column_summary(
    frame: &DataFrame,
    column: &str,
    within: Option<&[u32]>,
    progress: &Progress,
) -> AppResult<ColumnSummary> {
    progress.begin("统计列中的值", 0);
    let all: Vec<u32>;
    let rows = if let Some(rows) = within {
        rows
    } else {
        all = (0..frame.height() as u32).collect();
        &all
    };
    let mut summary = ColumnSummary { rows: rows.len() as u64, ..ColumnSummary::default() };
    match values(frame, column)? {
        Values::Text(cells) => {
            let (counts, empty) = count(rows, progress, |row| cells.get(row).filter(|text| !text.is_empty()))?;
            summary.empty = empty;
            (summary.values, summary.more) = listed(counts, |text| CellValue::Text(text.to_owned()));
        }
        Values::Number(cells) => {
            let of = |row: usize| cells.get(row).filter(|n| !n.is_nan());
            let (counts, empty) = count(rows, progress, |row| of(row).map(number_key))?;
            summary.empty = empty;
            (summary.values, summary.more) = listed(counts, |key| CellValue::Number(number_of_key(key)));
            let ends = extremes(rows, &|row| of(row).map(number_key));
            (summary.least, summary.greatest) = pair(ends, |key| CellValue::Number(number_of_key(key)));
        }
        Values::Date(cells) => {
            let (counts, empty) = count(rows, progress, |row| cells.get(row))?;
            summary.empty = empty;
            let date = |days| date_of(days).map_or(CellValue::Empty, CellValue::Date);
            (summary.values, summary.more) = listed(counts, date);
            (summary.least, summary.greatest) = pair(extremes(rows, &|row| cells.get(row)), date);
        }
        Values::Flag(cells) => {
            let (counts, empty) = count(rows, progress, |row| cells.get(row))?;
            summary.empty = empty;
            (summary.values, summary.more) = listed(counts, CellValue::Flag);
        }
    }
    progress.check()?;
    Ok(summary)
}

fn number_of_key(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

fn pair<K: Copy>(ends: Option<(K, K)>, value: impl Fn(K) -> CellValue) -> (Option<CellValue>, Option<CellValue>) {
    ends.map_or((None, None), |(least, greatest)| (Some(value(least)), Some(value(greatest))))
}

fn extremes<K: Ord + Copy + Send>(rows: &[u32], of: &(dyn Fn(usize) -> Option<K> + Sync)) -> Option<(K, K)> {
    rows.par_iter()
        .with_min_len(PIECE)
        .filter_map(|row| of(*row as usize).map(|key| (key, key)))
        .reduce_with(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}
