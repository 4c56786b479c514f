//! Parquet files.
//!
//! Duty: every column as text in the spelling of `value`, under its own name.
//!
//! polars reads the file; its reader may panic on damaged ones and is fenced. A column of a type that has no
//! text form here (lists, structures) is left empty and reported, and so is one that can't be read beside others that
//! can. Stamps with a time zone are brought to office time (+08:00). What a file unpacks to is bounded.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Cursor;
use std::path::Path;

use chrono::DateTime;
use polars::io::mmap::{MmapBytesReader, ReaderBytes};
use polars::prelude::{
    AnyValue, ArrowDataType, BooleanChunked, ChunkFullNull, Column, DataFrame, DataType, IntoSeries, ParquetReader,
    PlSmallStr, PolarsError, SerReader, StringChunked, TimeUnit,
};

use super::RawTable;
use super::facts::Facts;
use super::fence::fenced;
use super::input::Input;
use super::pages::{Fault, Survey};
use super::value;

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};
use crate::text::day::date_of;
use crate::text::encoding::{TextEncoding, looks_chinese};

/// Most bytes of columns unpacked, and of text in all of them.
const MOST_BYTES: u64 = 1 << 30;
/// What a file may unpack to whatever its length, and how many times its length beyond that: columns of one value
/// take nothing packed.
const HARMLESS: u64 = 512 << 20;
const MOST_RATIO: u64 = 100;
/// The same for the program's own frames, most columns of which may be blank.
const MOST_OWN_RATIO: u64 = 1_000;
/// Most rows: ten times a nation's register.
const MOST_ROWS: usize = 40_000_000;

/// What a file says of itself before its columns are read.
struct Promise {
    rows: usize,
    /// Name and type of each column, and whether it can be read at all: lists, structures and strange encodings can't.
    columns: Vec<(String, DataType, bool)>,
    /// Columns of half floats: two bytes that may look like text, their type alone says what they are.
    halves: BTreeSet<String>,
}

/// Reads what a file says of itself, refuses what would unpack to too much, and makes sure of its pages.
fn check_promise<R: MmapBytesReader + 'static>(
    input: &Input,
    most_ratio: u64,
    open: &dyn Fn() -> AppResult<R>,
) -> AppResult<Promise> {
    let refused = |e: PolarsError| input.broken_part("Parquet", &e);
    fenced(input, || {
        let mut file = open()?;
        let bytes = ReaderBytes::from(&mut file);
        let survey = Survey::of(&bytes).map_err(|(column, fault)| unsound(input, column, &fault))?;
        let rows = survey.rows();
        let hollow = survey.taken > HARMLESS && survey.taken / most_ratio > input.length;
        if survey.unpacked > MOST_BYTES * 4 || rows > MOST_ROWS || hollow {
            return Err(input.bomb(format!("{rows} 行，{} MB", survey.unpacked >> 20)));
        }
        let strange = survey.check(MOST_BYTES).map_err(|(column, fault)| unsound(input, column, &fault))?;
        let mut reader = ParquetReader::new(open()?);
        let metadata = reader.get_metadata().map_err(refused)?;
        let halves: BTreeSet<String> = metadata
            .schema()
            .columns()
            .iter()
            .filter(|column| format!("{:?}", column.descriptor.primitive_type.logical_type) == "Some(Float16)")
            .filter_map(|column| column.path_in_schema.first().map(ToString::to_string))
            .collect();
        let schema = reader.schema().map_err(refused)?;
        let mut columns = Vec::new();
        for ((name, width), (own, field)) in survey.names().iter().zip(schema.iter()) {
            if own.as_str() != name {
                return Err(unsound(input, Some(name.clone()), &Fault::Damaged("目录中有两个不同的列名")));
            }
            // polars reserves for values of the width that is told beside, not of the one that the pages have
            if let (ArrowDataType::FixedSizeBinary(told), Some(width)) = (field.dtype().to_storage(), width)
                && told != width
            {
                return Err(unsound(input, Some(name.clone()), &Fault::Damaged("目录中有两个不同的值宽")));
            }
            let kind = DataType::from_arrow_field(field);
            let readable = width.is_some() && !kind.is_nested() && !strange.contains(name);
            columns.push((name.clone(), kind, readable));
        }
        if schema.len() != survey.names().len() {
            return Err(unsound(input, None, &Fault::Damaged("目录中的列数不符")));
        }
        Ok(Promise { rows, columns, halves })
    })
}

/// The message for what [`Survey`] found.
fn unsound(input: &Input, column: Option<String>, fault: &Fault) -> AppError {
    let error = match fault {
        Fault::Damaged(what) => input.damaged(what),
        Fault::Strange => input.damaged("用了不支持的写法"),
        Fault::Large => input.bomb("一页或一列文字过大"),
    };
    match column {
        Some(column) => error.with(|f| f.column(column)),
        None => error,
    }
}

/// A column whose type has no text form, or that can't be read as what it is.
fn without_text(input: &Input, column: &str, kind: &DataType) -> Finding {
    Finding::error("RAW-034", "列的类型不能转为文字，已按空白处理")
        .file(input.name.clone())
        .column(column)
        .value(kind.to_string())
        .expected("文字、数、日期或真假")
}

/// Reads a frame that this program wrote, as carefully as one from outside: a project's folder is anybody's.
///
/// # Errors
/// As [`load`].
pub(super) fn read_own(bytes: Vec<u8>, name: &str) -> AppResult<DataFrame> {
    let input = Input::memory(name.to_owned(), Path::new(name), bytes);
    let open = || Ok(Cursor::new(input.whole()?));
    let promise = check_promise(&input, MOST_OWN_RATIO, &open)?;
    if let Some((column, ..)) = promise.columns.into_iter().find(|(_, _, readable)| !readable) {
        return Err(unsound(&input, Some(column), &Fault::Strange));
    }
    fenced(&input, || ParquetReader::new(open()?).finish().map_err(|e| input.broken_part("Parquet", &e)))
}

/// The columns of a file: all at once, or where that fails one by one, so that a column of a strange type costs itself
/// alone.
fn load_frame<R: MmapBytesReader + 'static>(
    input: &Input,
    open: &dyn Fn() -> AppResult<R>,
    diagnostics: &mut Diagnostics,
) -> AppResult<(DataFrame, BTreeSet<String>)> {
    let refused = |e: PolarsError| input.broken_part("Parquet", &e);
    let Promise { rows: height, columns: promised, halves } = check_promise(input, MOST_RATIO, open)?;
    let sound: Vec<String> =
        promised.iter().filter(|(_, _, readable)| *readable).map(|(name, ..)| name.clone()).collect();
    let read = |names: Vec<String>| {
        fenced(input, || ParquetReader::new(open()?).with_columns(Some(names)).finish().map_err(refused))
    };
    let (whole, fault) = match (!sound.is_empty()).then(|| read(sound.clone())) {
        None => (None, None),
        Some(Ok(frame)) if frame.height() == height => (Some(frame), None),
        Some(Ok(_)) => (None, Some(input.damaged("目录中的行数不符"))),
        Some(Err(fault)) => (None, Some(fault)),
    };
    let mut columns = Vec::with_capacity(promised.len());
    let mut lost = Vec::new();
    for (name, kind, readable) in promised {
        let column = match &whole {
            _ if !readable => None,
            Some(frame) => frame.column(&name).ok().cloned(),
            None => read(vec![name.clone()]).ok().and_then(|frame| frame.columns().first().cloned()),
        };
        if let Some(column) = column.filter(|column| column.len() == height) {
            columns.push(column);
        } else {
            columns.push(Column::full_null(name.as_str().into(), height, &DataType::String));
            lost.push((name, kind));
        }
    }
    if let Some(fault) = fault
        && sound.iter().all(|name| lost.iter().any(|(lost, _)| lost == name))
    {
        return Err(fault);
    }
    for (name, kind) in lost {
        diagnostics.push(without_text(input, &name, &kind));
    }
    Ok((DataFrame::new(height, columns).map_err(refused)?, halves))
}

/// Reads a Parquet file.
///
/// # Errors
/// `RAW-004` damaged or of an unknown encoding, `RAW-005` too large unpacked, `RAW-010` after a panic in the reader.
pub(super) fn load(input: &Input, in_memory: bool, diagnostics: &mut Diagnostics) -> AppResult<RawTable> {
    let (frame, halves) = if in_memory {
        load_frame(input, &|| Ok(Cursor::new(input.whole()?)), diagnostics)?
    } else {
        load_frame(input, &|| File::open(&input.path).map_err(|e| input.io_error(e)), diagnostics)?
    };
    check_text(input, &frame)?;
    let height = frame.height();
    let mut columns = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        let (text, beyond) = text_column(column, halves.contains(column.name().as_str()));
        if beyond > 0 {
            diagnostics.push(
                Finding::warning("RAW-039", format!("有 {beyond} 个日期超出可读的范围，已按空白处理"))
                    .file(input.name.clone())
                    .column(column.name().as_str())
                    .hint("请在原软件中核对该处，另存后再导入"),
            );
        }
        columns.push(if let Some(column) = text {
            column
        } else {
            diagnostics.push(without_text(input, column.name().as_str(), column.dtype()));
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
        facts: Facts::default(),
    })
}

fn is_null(column: &Column, row: usize) -> bool {
    matches!(column.get(row), Ok(AnyValue::Null) | Err(_))
}

/// Makes sure that the texts of all columns fit in memory one by one: a dictionary holds a long text once and repeats
/// it a million times.
fn check_text(input: &Input, frame: &DataFrame) -> AppResult<()> {
    let mut bytes = 0_u64;
    for column in frame.columns() {
        if let Ok(texts) = column.str() {
            bytes = texts.iter().flatten().fold(bytes, |sum, text| sum.saturating_add(text.len() as u64));
        }
        if bytes > MOST_BYTES * 2 {
            return Err(input.bomb(format!("列「{}」的文字超过 {} MB", column.name(), MOST_BYTES >> 19)));
        }
    }
    Ok(())
}

/// Office time, to which stamps with a zone are brought: seconds ahead of UTC.
const OFFICE_TIME: i64 = 8 * 3_600;

/// The column as text, `None` where its type has no text form; and how many values could not be represented.
fn text_column(column: &Column, half: bool) -> (Option<Column>, usize) {
    let mut beyond = 0;
    let texts = if half { half_texts(column) } else { texts_of(column, &mut beyond) };
    let texts = texts.map(|texts| {
        let series: Column = texts.with_name(column.name().clone()).into_series().into();
        series
    });
    (texts, beyond)
}

/// All columns as text; one whose type has no text form is empty.
pub(super) fn frame_as_text(frame: &DataFrame) -> DataFrame {
    let empty = |column: &Column| Column::full_null(column.name().clone(), frame.height(), &DataType::String);
    let columns = frame.columns().iter().map(|column| text_column(column, false).0.unwrap_or_else(|| empty(column)));
    DataFrame::new(frame.height(), columns.collect()).unwrap_or_default()
}

/// Half floats, which come as two bytes each.
fn half_texts(column: &Column) -> Option<StringChunked> {
    let half = |bytes: &[u8]| {
        let bits = u16::from_le_bytes(bytes.try_into().ok()?);
        let (exponent, fraction) = (bits >> 10 & 0x1F, bits & 0x3FF);
        let size = match exponent {
            0x1F => return None,
            // Below the smallest exponent a half counts in steps of 2^-24.
            0 => f64::from(fraction) / 16_777_216.0,
            exponent => f64::from_bits(u64::from(exponent + 1008) << 52 | u64::from(fraction) << 42),
        };
        Some(value::number(if bits >> 15 == 1 { -size } else { size }))
    };
    let series = column.as_materialized_series();
    Some(series.binary().ok()?.iter().map(|bytes| bytes.and_then(half)).collect())
}

fn texts_of(column: &Column, beyond: &mut usize) -> Option<StringChunked> {
    let series = column.as_materialized_series();
    Some(match series.dtype() {
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
        DataType::Decimal(..) => {
            let texts = series.cast(&DataType::String).ok()?;
            let plain = |text: &str| match text.split_once('.') {
                Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                None => text.to_owned(),
            };
            texts.str().ok()?.iter().map(|text| text.map(plain)).collect()
        }
        DataType::Date => {
            let days = series.cast(&DataType::Int32).ok()?;
            days.i32().ok()?.iter().map(|day| day.and_then(date)).collect()
        }
        DataType::Datetime(unit, zone) => {
            let per_second = match unit {
                TimeUnit::Nanoseconds => 1_000_000_000,
                TimeUnit::Microseconds => 1_000_000,
                TimeUnit::Milliseconds => 1_000,
            };
            // A stamp with a zone is a moment; without one it is what the clock on the wall showed.
            let ahead = if zone.is_some() { OFFICE_TIME } else { 0 };
            let ticks = series.cast(&DataType::Int64).ok()?;
            let mut lost = 0;
            let texts = ticks
                .i64()
                .ok()?
                .iter()
                .map(|tick| {
                    let tick = tick?;
                    // Old files hold days up to 9999 in a form that counts nanoseconds: those end in 2262.
                    let text =
                        (tick != i64::MAX && tick != i64::MIN).then(|| date_time(tick, per_second, ahead)).flatten();
                    lost += usize::from(text.is_none());
                    text
                })
                .collect();
            *beyond = lost;
            texts
        }
        DataType::Null => StringChunked::full_null(PlSmallStr::EMPTY, series.len()),
        DataType::Binary => series.binary().ok()?.iter().map(|bytes| bytes.and_then(text_of_bytes)).collect(),
        DataType::List(_) | DataType::Struct(_) => return None,
        _ => series.cast(&DataType::String).ok()?.str().ok()?.clone(),
    })
}

/// Bytes without a declared meaning: text in UTF-8 or GBK, an identifier of 16 bytes, else their figures behind `0x`.
fn text_of_bytes(bytes: &[u8]) -> Option<String> {
    let control = |text: &str| text.chars().any(|c| c.is_control() && !c.is_whitespace());
    if let Ok(text) = std::str::from_utf8(bytes)
        && !control(text)
    {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    if looks_chinese(bytes) {
        let (text, bad) = TextEncoding::GB18030.decode(bytes);
        if bad.is_empty() && !control(&text) {
            return Some(text.into_owned());
        }
    }
    let mut hex = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    let group = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    Some(if bytes.len() == 16 {
        [group(0, 8), group(8, 12), group(12, 16), group(16, 20), group(20, 32)].join("-")
    } else {
        // bytes, never a number or a code
        format!("0x{hex}")
    })
}

fn date(days: i32) -> Option<String> {
    date_of(days).map(|date| date.format("%Y-%m-%d").to_string())
}

fn date_time(tick: i64, per_second: i64, ahead: i64) -> Option<String> {
    let seconds = tick.div_euclid(per_second) + i64::from(tick.rem_euclid(per_second) * 2 >= per_second) + ahead;
    let time = DateTime::from_timestamp(seconds, 0)?.naive_utc();
    let form = if seconds.rem_euclid(86_400) == 0 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" };
    Some(time.format(form).to_string())
}
