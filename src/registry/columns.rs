//! Typed access to the columns of a registry or risk frame.
//!
//! A missing column or one of another type is a fault of the project's files (`FRM-001`), never a panic.

use chrono::NaiveDate;
use polars::prelude::{Column, DataFrame, StringChunked};

use crate::diagnostic::{AppError, AppResult, Finding};

fn fault(name: &str, cause: polars::prelude::PolarsError) -> AppError {
    AppError::from(
        Finding::error("FRM-001", "项目中的数据表缺少列，或列的类型不符")
            .column(name.to_owned())
            .hint("项目可能由更新的版本保存；请用同一版本打开，或重新导入"),
    )
    .caused_by(cause)
}

fn column<'a>(frame: &'a DataFrame, name: &str) -> AppResult<&'a Column> {
    frame.column(name).map_err(|cause| fault(name, cause))
}

/// A text column.
///
/// # Errors
/// `FRM-001`.
pub fn texts<'a>(frame: &'a DataFrame, name: &str) -> AppResult<&'a StringChunked> {
    column(frame, name)?.str().map_err(|cause| fault(name, cause))
}

/// A date column, a value a row.
///
/// # Errors
/// `FRM-001`.
pub fn dates(frame: &DataFrame, name: &str) -> AppResult<Vec<Option<NaiveDate>>> {
    let dates = column(frame, name)?.date().map_err(|cause| fault(name, cause))?;
    Ok(dates.physical().iter().map(|days| days.and_then(crate::text::day::date_of)).collect())
}

macro_rules! reader {
    ($(#[$doc:meta])* $name:ident, $method:ident, $type:ty) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// `FRM-001`.
        pub fn $name(frame: &DataFrame, name: &str) -> AppResult<Vec<Option<$type>>> {
            Ok(column(frame, name)?.$method().map_err(|cause| fault(name, cause))?.iter().collect())
        }
    };
}

reader!(
    /// A column of yes and no.
    flags, bool, bool
);
reader!(
    /// A column of numbers.
    numbers, f64, f64
);
reader!(
    /// A column of 32-bit unsigned integers (codes, rows).
    codes, u32, u32
);
reader!(
    /// A column of 64-bit integers (scores in thousandths).
    integers, i64, i64
);
reader!(
    /// A column of small integers (tiers, bit sets).
    small, u8, u8
);
