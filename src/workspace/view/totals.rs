//! Figures of a column over some rows: sum, count, mean, least, greatest.

use polars::prelude::{DataFrame, DataType};

use super::{Values, values};
use crate::diagnostic::AppResult;

/// Figures of the numbers in a column.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Totals {
    /// Cells that hold a number.
    pub count: u64,
    /// Their sum, in the column's unit.
    pub sum: f64,
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
}

impl Totals {
    /// The mean; `None` without numbers.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}

/// True where a column holds numbers that can be added up. Looks at the type alone: asked in every frame.
#[must_use]
pub fn is_numeric(frame: &DataFrame, column: &str) -> bool {
    frame.column(column).is_ok_and(|column| column.dtype().is_numeric())
}

/// True where a column holds texts.
#[must_use]
pub fn is_text(frame: &DataFrame, column: &str) -> bool {
    frame.column(column).is_ok_and(|column| *column.dtype() == DataType::String)
}

/// The figures of a column over these rows; rows without a number count for nothing. The sum runs in the rows' order.
///
/// # Errors
/// `VEW-001` for a column that is not there.
pub fn compute_totals(frame: &DataFrame, column: &str, rows: &[u32]) -> AppResult<Totals> {
    let mut totals = Totals { least: f64::INFINITY, greatest: f64::NEG_INFINITY, ..Totals::default() };
    if let Values::Number(cells) = values(frame, column)? {
        for number in rows.iter().filter_map(|row| cells.get(*row as usize)).filter(|n| !n.is_nan()) {
            totals.count += 1;
            totals.sum += number;
            totals.least = totals.least.min(number);
            totals.greatest = totals.greatest.max(number);
        }
    }
    Ok(if totals.count == 0 { Totals::default() } else { totals })
}
