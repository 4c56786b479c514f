//! Parquet files.
//!
//! Duty: every column as text in the spelling of `value`, under its own name.
//!
//! polars reads the file; its reader may panic on damaged ones and is fenced. A column of a type that has no
//! text form here (lists, structures) is left empty and reported.

use std::fs::File;
use std::io::Cursor;

use chrono::DateTime;
use polars::prelude::{
    AnyValue, BooleanChunked, Column, DataFrame, DataType, IntoSeries, ParquetReader, PlSmallStr, SerReader,
    StringChunked, TimeUnit,
};

use super::RawTable;
use super::input::Input;
use super::value;
use super::workbook::fenced;
use crate::diagnostic::{AppResult, Diagnostics, Finding};
use crate::text::day::date_of;

/// Reads a Parquet file.
///
/// # Errors
/// `RAW-004` damaged or of an unknown encoding, `RAW-010` after a panic in the reader.
pub(super) fn load(input: &Input, in_memory: bool, diagnostics: &mut Diagnostics) -> AppResult<RawTable> {
    let frame = fenced(input, || {
        let frame = if in_memory {
            ParquetReader::new(Cursor::new(input.whole()?)).finish()
        } else {
            let file = File::open(&input.path).map_err(|e| input.io_error(e))?;
            ParquetReader::new(file).finish()
        };
        frame.map_err(|e| input.damaged(e))
    })?;
    let height = frame.height();
    let mut columns = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        columns.push(if let Some(column) = text_column(column) {
            column
        } else {
            diagnostics.push(
                Finding::error("RAW-034", "列的类型不能转为文字，已按空白处理")
                    .file(input.name.clone())
                    .column(column.name().as_str())
                    .value(column.dtype().to_string())
                    .expected("文字、数、日期或真假"),
            );
            Column::full_null(column.name().clone(), height, &DataType::String)
        });
    }
    let cells = DataFrame::new(height, columns).map_err(|e| input.damaged(e))?;
    let filled: BooleanChunked = (0..height).map(|row| cells.columns().iter().any(|c| !is_null(c, row))).collect();
    let rows: Vec<u32> =
        filled.iter().enumerate().filter(|(_, filled)| *filled == Some(true)).map(|(row, _)| row as u32 + 1).collect();
    let cells = if rows.len() == height { cells } else { cells.filter(&filled).map_err(|e| input.damaged(e))? };
    Ok(RawTable {
        file: input.name.clone(),
        path: input.path.clone(),
        sheet: None,
        encoding: None,
        delimiter: None,
        rows,
        cells,
        named: true,
    })
}

fn is_null(column: &Column, row: usize) -> bool {
    matches!(column.get(row), Ok(AnyValue::Null) | Err(_))
}

/// The column as text; `None` where its type has no text form.
fn text_column(column: &Column) -> Option<Column> {
    let series = column.as_materialized_series();
    let name: PlSmallStr = column.name().clone();
    let texts: StringChunked = match series.dtype() {
        DataType::String => series.str().ok()?.iter().map(|text| text.filter(|text| !text.is_empty())).collect(),
        DataType::Boolean => series.bool().ok()?.iter().map(|truth| truth.map(value::truth)).collect(),
        DataType::Float64 => series.f64().ok()?.iter().map(|number| number.map(value::number)).collect(),
        DataType::Float32 => series
            .f32()
            .ok()?
            .iter()
            // The shortest text of the single itself: as a double, 0.1 would read 0.10000000149011612.
            .map(|number| number.and_then(|n| format!("{n:e}").parse::<f64>().ok()).map(value::number))
            .collect(),
        kind if kind.is_integer() => series.cast(&DataType::String).ok()?.str().ok()?.clone(),
        DataType::Date => {
            let days = series.cast(&DataType::Int32).ok()?;
            days.i32().ok()?.iter().map(|day| day.and_then(date)).collect()
        }
        DataType::Datetime(unit, _) => {
            let per_second = match unit {
                TimeUnit::Nanoseconds => 1_000_000_000,
                TimeUnit::Microseconds => 1_000_000,
                TimeUnit::Milliseconds => 1_000,
            };
            let ticks = series.cast(&DataType::Int64).ok()?;
            ticks.i64().ok()?.iter().map(|tick| tick.and_then(|tick| date_time(tick, per_second))).collect()
        }
        DataType::Null => return Some(Column::full_null(name, series.len(), &DataType::String)),
        DataType::List(_) => return None,
        _ => series.cast(&DataType::String).ok()?.str().ok()?.clone(),
    };
    let mut texts = texts;
    texts.rename(name);
    Some(texts.into_series().into())
}

fn date(days: i32) -> Option<String> {
    date_of(days).map(|date| date.format("%Y-%m-%d").to_string())
}

fn date_time(tick: i64, per_second: i64) -> Option<String> {
    let seconds = tick.div_euclid(per_second) + i64::from(tick.rem_euclid(per_second) * 2 >= per_second);
    let time = DateTime::from_timestamp(seconds, 0)?.naive_utc();
    let form = if seconds.rem_euclid(86_400) == 0 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    Some(time.format(form).to_string())
}
