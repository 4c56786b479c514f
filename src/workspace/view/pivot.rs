//! A small pivot: rows counted, or a column summed, by any two columns.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::{CellFormat, Values, cell_text, natural_order, values};
use crate::diagnostic::{AppResult, Progress};

/// Most groups that one side of a pivot keeps; the rarest others are gathered into one.
pub const MOST_GROUPS: usize = 200;
/// Rows between two looks whether the work was cancelled.
const STRIDE: usize = 32_768;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PivotRequest {
    /// Column whose values are the rows.
    pub rows: String,
    /// Column whose values are the columns; `None` for one column of figures.
    pub columns: Option<String>,
    /// Numeric column that is summed; `None` counts the rows.
    pub sum: Option<String>,
}

/// A pivot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pivot {
    /// Groups down the side, by their sums from large to small (by name where counted alike).
    pub rows: Vec<String>,
    /// Groups along the top, in their natural order; empty without a second column.
    pub columns: Vec<String>,
    /// Figures, a row for each of `rows`, as long as `columns` (one where these are empty).
    pub cells: Vec<Vec<f64>>,
}

impl Pivot {
    /// The sum of a row.
    #[must_use]
    pub fn row_sum(&self, row: usize) -> f64 {
        self.cells.get(row).map_or(0.0, |cells| cells.iter().sum())
    }

    /// The sum of a column.
    #[must_use]
    pub fn column_sum(&self, column: usize) -> f64 {
        self.cells.iter().filter_map(|cells| cells.get(column)).sum()
    }

    /// The sum of all.
    #[must_use]
    pub fn sum(&self) -> f64 {
        (0..self.rows.len()).map(|row| self.row_sum(row)).sum()
    }
}

/// Each row's group in a column: positions among the names.
fn groups(
    frame: &DataFrame,
    column: &str,
    format: &CellFormat,
    rows: &[u32],
    words: (&str, &str),
    progress: &Progress,
) -> AppResult<(Vec<String>, Vec<u32>)> {
    let (none, others) = words;
    let cells = super::column_of(frame, column)?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut texts = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if at % STRIDE == 0 {
            progress.check()?;
        }
        let text = cell_text(cells, *row as usize, format);
        let text = if text.trim().is_empty() { none.to_owned() } else { text.into_owned() };
        *counts.entry(text.clone()).or_default() += 1;
        texts.push(text);
    }
    let mut order: Vec<(&String, usize)> = counts.iter().map(|(text, count)| (text, *count)).collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| natural_order(a.0, b.0)));
    let more = order.len() > MOST_GROUPS;
    order.truncate(if more { MOST_GROUPS - 1 } else { MOST_GROUPS });
    let mut names: Vec<String> = order.into_iter().map(|(text, _)| text.clone()).collect();
    names.sort_by(|a, b| natural_order(a, b));
    if more {
        names.push(others.to_owned());
    }
    let place: BTreeMap<&str, u32> = names.iter().map(String::as_str).zip(0..).collect();
    let last = names.len().saturating_sub(1) as u32;
    let of_row = texts.iter().map(|text| place.get(text.as_str()).copied().unwrap_or(last)).collect();
    Ok((names, of_row))
}

/// The pivot of these rows. `format` says how a column's values read, `words` what stands for no value and for the
/// rarest values gathered.
///
/// # Errors
/// `VEW-001` for a column that is not there, `JOB-001` where cancelled.
pub fn compute_pivot(
    frame: &DataFrame,
    rows: &[u32],
    request: &PivotRequest,
    format: &dyn Fn(&str) -> CellFormat,
    words: (&str, &str),
    progress: &Progress,
) -> AppResult<Pivot> {
    progress.begin("透视统计", 0);
    let (names, of_row) = groups(frame, &request.rows, &format(&request.rows), rows, words, progress)?;
    let (columns, of_column) = match &request.columns {
        Some(column) => groups(frame, column, &format(column), rows, words, progress)?,
        None => (Vec::new(), Vec::new()),
    };
    let sums = request.sum.as_ref().map(|column| values(frame, column)).transpose()?;
    let mut cells = vec![vec![0.0; columns.len().max(1)]; names.len()];
    for (at, row) in rows.iter().enumerate() {
        let figure = match &sums {
            None => 1.0,
            Some(Values::Number(numbers)) => numbers.get(*row as usize).filter(|n| !n.is_nan()).unwrap_or(0.0),
            Some(_) => 0.0,
        };
        let column = of_column.get(at).map_or(0, |column| *column as usize);
        let group = of_row.get(at).map_or(0, |group| *group as usize);
        if let Some(cell) = cells.get_mut(group).and_then(|cells| cells.get_mut(column)) {
            *cell += figure;
        }
    }
    let mut order: Vec<(String, Vec<f64>)> = names.into_iter().zip(cells).collect();
    let sum = |cells: &[f64]| cells.iter().sum::<f64>();
    order.sort_by(|a, b| sum(&b.1).total_cmp(&sum(&a.1)));
    let (names, cells) = order.into_iter().unzip();
    Ok(Pivot { rows: names, columns, cells })
}
