//! How a cell reads.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use polars::prelude::{AnyValue, Column};

use crate::text::day::date_of;
use crate::text::{figure, number};

/// How the cells of a column read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CellFormat {
    /// By the column's type: texts as they are, 2027-03-01, 是 or 否, 64-bit integers as thousandths (12.5),
    /// other numbers with thousands separators.
    #[default]
    Plain,
    /// Digits without separators: codes, years, row numbers.
    Code,
    /// Digits after the point, at most this many, without trailing zeros.
    Decimals(u8),
    /// Exactly so many digits after the point, so that a column's points stand under each other.
    Fixed(u8),
    /// A name for a value (a vocabulary, districts, bodies); values without a name as they are. Several
    /// values joined by `;` get theirs each.
    Named(Arc<BTreeMap<String, String>>),
}

/// The text of a cell as the interface shows it; empty where there is no value, row or column.
#[must_use]
pub fn cell_text<'a>(column: &'a Column, row: usize, format: &'a CellFormat) -> Cow<'a, str> {
    let Ok(value) = column.get(row) else { return Cow::Borrowed("") };
    if let CellFormat::Named(names) = format {
        // a text without parts is its name, or itself: nothing is copied
        if let AnyValue::String(text) = value
            && !text.contains(';')
        {
            return Cow::Borrowed(names.get(text).map_or(text, String::as_str));
        }
        return named(&value_text(&value, &CellFormat::Code), names).into();
    }
    value_text(&value, format)
}

fn named(text: &str, names: &BTreeMap<String, String>) -> String {
    let one = |part: &str| names.get(part).cloned().unwrap_or_else(|| part.to_owned());
    if text.contains(';') { text.split(';').map(one).collect::<Vec<_>>().join("、") } else { one(text) }
}

fn value_text<'a>(value: &AnyValue<'a>, format: &CellFormat) -> Cow<'a, str> {
    let whole = |n: i128| -> Cow<'a, str> {
        if *format == CellFormat::Code { n.to_string() } else { number::thousands(n) }.into()
    };
    match value {
        AnyValue::Null => Cow::Borrowed(""),
        AnyValue::String(text) => Cow::Borrowed(text),
        AnyValue::StringOwned(text) => Cow::Owned(text.to_string()),
        AnyValue::Boolean(flag) => Cow::Borrowed(if *flag { "是" } else { "否" }),
        AnyValue::Date(days) => date_of(*days).map(|date| date_text(date).into()).unwrap_or_default(),
        AnyValue::Int64(n) if *format == CellFormat::Fixed(1) => figure::points(*n).into(),
        AnyValue::Int64(n) => points_text(*n).into(),
        AnyValue::UInt8(n) => whole(i128::from(*n)),
        AnyValue::UInt16(n) => whole(i128::from(*n)),
        AnyValue::UInt32(n) => whole(i128::from(*n)),
        AnyValue::UInt64(n) => whole(i128::from(*n)),
        AnyValue::Int8(n) => whole(i128::from(*n)),
        AnyValue::Int16(n) => whole(i128::from(*n)),
        AnyValue::Int32(n) => whole(i128::from(*n)),
        AnyValue::Float32(n) => decimal_text(f64::from(*n), format).into(),
        AnyValue::Float64(n) => decimal_text(*n, format).into(),
        other => Cow::Owned(other.to_string()),
    }
}

fn decimal_text(number: f64, format: &CellFormat) -> String {
    match format {
        CellFormat::Fixed(_) if number.is_nan() => String::new(),
        CellFormat::Fixed(digits) => number::grouped(number, usize::from(*digits)),
        CellFormat::Decimals(digits) => number_text(number, *digits),
        _ => number_text(number, 3),
    }
}

/// `2027-03-01`.
#[must_use]
pub fn date_text(date: NaiveDate) -> String {
    let mut text = String::with_capacity(10);
    let _ = write!(text, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
    text
}

/// Thousandths as points: `12500` is `12.5`.
#[must_use]
fn points_text(thousandths: i64) -> String {
    let (whole, rest) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
    let sign = if thousandths < 0 { number::MINUS.to_string() } else { String::new() };
    let digits = format!("{rest:03}");
    let digits = digits.trim_end_matches('0');
    let point = if digits.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{digits}", number::thousands(i128::from(whole)))
}

/// A number with thousands separators and at most so many decimals; empty for NaN.
#[must_use]
pub fn number_text(number: f64, decimals: u8) -> String {
    number::shortened(number, usize::from(decimals))
}
