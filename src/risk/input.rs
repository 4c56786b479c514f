//! Columns of the registry's frames, typed, missing ones as nulls; errors of polars as errors of ours.

use chrono::{Datelike, NaiveDate};
use polars::prelude::{DataFrame, DataType, PolarsError};

use crate::diagnostic::{AppError, AppResult};
use crate::registry::{FrameColumn, TableKind};

/// Months since year 0: a number to subtract.
pub(super) fn month_ordinal(date: NaiveDate) -> i32 {
    date.year() * 12 + date.month0() as i32
}

/// An error of polars as `RSK-002`.
pub(super) fn failed(error: PolarsError) -> AppError {
    AppError::new("RSK-002", "风险计算未能完成")
        .with(|finding| finding.value(error.to_string()).hint("请重新载入数据后再试；若仍出现，请连同数据反馈"))
        .caused_by(error)
}

/// The named columns of a frame with the given types; a column that is missing or all null becomes nulls.
///
/// # Errors
/// `RSK-001` for a column whose type can't be meant.
pub(super) fn typed_columns(frame: &DataFrame, table: TableKind, wanted: &[FrameColumn]) -> AppResult<DataFrame> {
    let height = frame.height();
    let mut columns = Vec::with_capacity(wanted.len());
    for want in wanted {
        let dtype = want.ty.dtype();
        let column = match frame.column(want.name) {
            Err(_) => want.nulls(height),
            Ok(column) if *column.dtype() == dtype => column.clone(),
            Ok(column) if *column.dtype() == DataType::Null => want.nulls(height),
            Ok(column) if is_number(column.dtype()) && is_number(&dtype) => {
                column.strict_cast(&dtype).map_err(failed)?
            }
            Ok(column) => {
                return Err(AppError::new("RSK-001", format!("{}的列类型不对", table.label())).with(|finding| {
                    finding
                        .column(want.name)
                        .value(column.dtype().to_string())
                        .expected(dtype.to_string())
                        .hint("请重新导入该表")
                }));
            }
        };
        columns.push(column);
    }
    DataFrame::new(height, columns).map_err(failed)
}

fn is_number(dtype: &DataType) -> bool {
    dtype.is_integer() || dtype.is_float()
}
