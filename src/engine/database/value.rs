//! Values of PostgreSQL in their binary form, into columns.
//!
//! Source: PostgreSQL's `*send` functions (src/backend/utils/adt), which is what binary COPY sends. Text comes as it is,
//! empty text and NULL alike as nothing; `numeric` as its exact decimal text without trailing zeros; days and stamps as
//! such, so that a table reads as the same table would in Parquet.

use std::borrow::Cow;
use std::fmt::Write as _;

use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder, Column, DataType, Float32Type, Float64Type, Int32Type, Int64Type,
    IntoColumn, IntoSeries, PlSmallStr, PolarsResult, PrimitiveChunkedBuilder, StringChunkedBuilder, TimeUnit,
    TimeZone,
};
use postgres::types::{Kind, Type};

use crate::engine::feed::Cells;

/// Days from 1970-01-01 to 2000-01-01, PostgreSQL's day 0.
const EPOCH_DAYS: i32 = 10_957;
/// The same in microseconds.
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * 86_400_000_000;
/// Most groups of four digits of a number: far beyond any quantity, and little memory.
const MOST_GROUPS: i32 = 64;

/// Why bytes are no value of their type.
pub(super) type ValueFault = &'static str;

/// What the bytes of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Text,
    /// Padded with spaces.
    Padded,
    /// A version byte, then text.
    JsonB,
    Bool,
    /// So many bytes, signed.
    Integer(u8),
    Oid,
    Single,
    Double,
    Numeric,
    Day,
    Stamp,
    /// A moment, in UTC.
    Moment,
    Uuid,
}

impl Coding {
    /// What a column of it holds.
    pub(super) fn cells(self) -> Cells {
        match self {
            Self::Text | Self::Padded => Cells::Text,
            Self::Bool => Cells::Truth,
            Self::Integer(_) | Self::Oid => Cells::Integer,
            Self::Single | Self::Double | Self::Numeric => Cells::Number,
            Self::Day => Cells::Day,
            Self::Stamp | Self::Moment => Cells::Stamp,
            Self::JsonB | Self::Uuid => Cells::Other,
        }
    }
}

/// How a type is read; `None` for one that has no place in a table of the office.
pub(super) fn coding_of(kind: &Type) -> Option<Coding> {
    Some(match *kind {
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::JSON | Type::UNKNOWN | Type::CHAR => Coding::Text,
        Type::BPCHAR => Coding::Padded,
        Type::JSONB => Coding::JsonB,
        Type::BOOL => Coding::Bool,
        Type::INT2 => Coding::Integer(2),
        Type::INT4 => Coding::Integer(4),
        Type::INT8 => Coding::Integer(8),
        Type::OID => Coding::Oid,
        Type::FLOAT4 => Coding::Single,
        Type::FLOAT8 => Coding::Double,
        Type::NUMERIC => Coding::Numeric,
        Type::DATE => Coding::Day,
        Type::TIMESTAMP => Coding::Stamp,
        Type::TIMESTAMPTZ => Coding::Moment,
        Type::UUID => Coding::Uuid,
        // an office's own words, or text that knows no case
        ref other if matches!(other.kind(), Kind::Enum(_)) || other.name() == "citext" => Coding::Text,
        _ => return None,
    })
}

enum Building {
    Text(StringChunkedBuilder),
    Bool(BooleanChunkedBuilder),
    Integer(PrimitiveChunkedBuilder<Int64Type>),
    Single(PrimitiveChunkedBuilder<Float32Type>),
    Double(PrimitiveChunkedBuilder<Float64Type>),
    Day(PrimitiveChunkedBuilder<Int32Type>),
    Stamp(PrimitiveChunkedBuilder<Int64Type>),
}

/// A column under construction.
pub(super) struct ColumnBuilder {
    coding: Coding,
    building: Building,
    /// Bytes of text so far.
    pub(super) bytes: u64,
    /// Days and stamps without end, which have no place on a calendar.
    pub(super) endless: u64,
}

fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], ValueFault> {
    bytes.try_into().map_err(|_| "长度与类型不符")
}

/// A value of a fixed length; `None` for NULL.
fn decoded<const N: usize, T>(bytes: Option<&[u8]>, of: impl Fn([u8; N]) -> T) -> Result<Option<T>, ValueFault> {
    bytes.map(|bytes| fixed(bytes).map(of)).transpose()
}

impl ColumnBuilder {
    pub(super) fn new(name: &str, coding: Coding) -> Self {
        let name = PlSmallStr::from_str(name);
        let building = match coding {
            Coding::Text | Coding::Padded | Coding::JsonB | Coding::Numeric | Coding::Uuid => {
                Building::Text(StringChunkedBuilder::new(name, 0))
            }
            Coding::Bool => Building::Bool(BooleanChunkedBuilder::new(name, 0)),
            Coding::Integer(_) | Coding::Oid => Building::Integer(PrimitiveChunkedBuilder::new(name, 0)),
            Coding::Single => Building::Single(PrimitiveChunkedBuilder::new(name, 0)),
            Coding::Double => Building::Double(PrimitiveChunkedBuilder::new(name, 0)),
            Coding::Day => Building::Day(PrimitiveChunkedBuilder::new(name, 0)),
            Coding::Stamp | Coding::Moment => Building::Stamp(PrimitiveChunkedBuilder::new(name, 0)),
        };
        Self { coding, building, bytes: 0, endless: 0 }
    }

    /// Adds a value; `None` for NULL.
    pub(super) fn push(&mut self, bytes: Option<&[u8]>) -> Result<(), ValueFault> {
        match &mut self.building {
            Building::Text(builder) => {
                let text = bytes.map(|bytes| text_of(self.coding, bytes)).transpose()?;
                let text = text.filter(|text| !text.is_empty());
                self.bytes += text.as_ref().map_or(0, |text| text.len() as u64);
                builder.append_option(text.as_deref());
            }
            Building::Bool(builder) => builder.append_option(decoded(bytes, |[byte]: [u8; 1]| byte != 0)?),
            Building::Integer(builder) => {
                let coding = self.coding;
                builder.append_option(bytes.map(|bytes| integer_of(coding, bytes)).transpose()?);
            }
            Building::Single(builder) => builder.append_option(decoded(bytes, f32::from_be_bytes)?),
            Building::Double(builder) => builder.append_option(decoded(bytes, f64::from_be_bytes)?),
            Building::Day(builder) => {
                let day = decoded(bytes, i32::from_be_bytes)?;
                let moved = day.filter(|day| *day != i32::MIN).and_then(|day| day.checked_add(EPOCH_DAYS));
                self.endless += u64::from(day.is_some() && moved.is_none());
                builder.append_option(moved);
            }
            Building::Stamp(builder) => {
                let stamp = decoded(bytes, i64::from_be_bytes)?;
                let moved = stamp.filter(|stamp| *stamp != i64::MIN).and_then(|at| at.checked_add(EPOCH_MICROS));
                self.endless += u64::from(stamp.is_some() && moved.is_none());
                builder.append_option(moved);
            }
        }
        Ok(())
    }

    /// The column.
    pub(super) fn finish(self) -> PolarsResult<Column> {
        let zone = (self.coding == Coding::Moment).then_some(TimeZone::UTC);
        Ok(match self.building {
            Building::Text(builder) => builder.finish().into_column(),
            Building::Bool(builder) => builder.finish().into_column(),
            Building::Integer(builder) => builder.finish().into_column(),
            Building::Single(builder) => builder.finish().into_column(),
            Building::Double(builder) => builder.finish().into_column(),
            Building::Day(builder) => builder.finish().into_series().cast(&DataType::Date)?.into_column(),
            Building::Stamp(builder) => {
                builder.finish().into_series().cast(&DataType::Datetime(TimeUnit::Microseconds, zone))?.into_column()
            }
        })
    }
}

fn integer_of(coding: Coding, bytes: &[u8]) -> Result<i64, ValueFault> {
    Ok(match coding {
        Coding::Integer(2) => i64::from(i16::from_be_bytes(fixed(bytes)?)),
        Coding::Integer(4) => i64::from(i32::from_be_bytes(fixed(bytes)?)),
        Coding::Oid => i64::from(u32::from_be_bytes(fixed(bytes)?)),
        _ => i64::from_be_bytes(fixed(bytes)?),
    })
}

fn text_of(coding: Coding, bytes: &[u8]) -> Result<Cow<'_, str>, ValueFault> {
    let plain = |bytes| std::str::from_utf8(bytes).map_err(|_| "不是 UTF-8 文字");
    Ok(match coding {
        Coding::Numeric => numeric_text(bytes)?.into(),
        Coding::Uuid => uuid_text(fixed(bytes)?).into(),
        Coding::Padded => plain(bytes)?.trim_end_matches(' ').into(),
        Coding::JsonB => match bytes {
            [1, text @ ..] => plain(text)?.into(),
            _ => return Err("jsonb 的版本无法识别"),
        },
        _ => plain(bytes)?.into(),
    })
}

fn uuid_text(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&at) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text
}

/// `numeric`: count of groups of four digits, weight of the first, sign, digits behind the point, the groups.
pub(super) fn numeric_text(bytes: &[u8]) -> Result<String, ValueFault> {
    let mut words = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let mut word = || words.next().ok_or("数值不完整");
    let (groups, weight, sign, _scale) = (i32::from(word()?), i32::from(word()?.cast_signed()), word()?, word()?);
    match sign {
        0 | 0x4000 => {}
        0xC000 => return Ok("NaN".to_owned()),
        0xD000 => return Ok("Infinity".to_owned()),
        0xF000 => return Ok("-Infinity".to_owned()),
        _ => return Err("数值的符号无法识别"),
    }
    if groups > MOST_GROUPS || weight.abs() > MOST_GROUPS || bytes.len() != 8 + 2 * groups as usize {
        return Err("数值的长度超出范围");
    }
    let digits = (0..groups).map(|_| word()).collect::<Result<Vec<u16>, _>>()?;
    if digits.iter().any(|group| *group > 9_999) {
        return Err("数值的数字超出范围");
    }
    let group = |at: i32| usize::try_from(at).ok().and_then(|at| digits.get(at)).copied().unwrap_or(0);
    let mut text = String::new();
    for at in 0..=weight {
        let _ = write!(text, "{:04}", group(at));
    }
    let whole = text.trim_start_matches('0');
    let mut behind = String::new();
    for at in (weight + 1).max(0)..groups {
        let _ = write!(behind, "{:04}", group(at));
    }
    let zeros = "0000".repeat(usize::try_from(-weight - 1).unwrap_or(0));
    let behind = format!("{zeros}{behind}");
    let behind = behind.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let minus = if sign == 0x4000 && (whole != "0" || !behind.is_empty()) { "-" } else { "" };
    let point = if behind.is_empty() { "" } else { "." };
    Ok(format!("{minus}{whole}{point}{behind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numeric(groups: &[u16], weight: i16, sign: u16, scale: u16) -> Vec<u8> {
        let head = [groups.len() as u16, weight.cast_unsigned(), sign, scale];
        head.iter().chain(groups).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn numbers_are_exact_texts() {
        for (groups, weight, sign, text) in [
            (&[][..], 0, 0, "0"),
            (&[1], 0, 0, "1"),
            (&[12, 3400], 0, 0x4000, "-12.34"),
            (&[1, 0, 5], 2, 0, "100000005"),
            (&[1], 2, 0, "100000000"),
            (&[5000], -1, 0, "0.5"),
            (&[5], -1, 0, "0.0005"),
            (&[5], -2, 0, "0.00000005"),
            (&[1234, 5678, 9000], 0, 0, "1234.56789"),
            (&[9999, 9999, 9999, 9999, 9999], 4, 0, "99999999999999999999"),
            (&[], 0, 0x4000, "0"),
            (&[], 0, 0xC000, "NaN"),
        ] {
            assert_eq!(numeric_text(&numeric(groups, weight, sign, 4)).as_deref(), Ok(text));
        }
    }

    #[test]
    fn hostile_numbers_are_refused_and_take_no_memory() {
        assert!(numeric_text(&numeric(&[1], 32_767, 0, 0)).is_err());
        assert!(numeric_text(&numeric(&[1], -32_768, 0, 0)).is_err());
        assert!(numeric_text(&numeric(&[10_000], 0, 0, 0)).is_err());
        assert!(numeric_text(&numeric(&[1], 0, 0x1234, 0)).is_err());
        let whole = numeric(&[1, 2, 3], 1, 0, 0);
        for cut in 0..whole.len() {
            assert!(numeric_text(&whole[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn every_coding_refuses_bytes_of_another_length() {
        let codings = [
            Coding::Bool,
            Coding::Integer(2),
            Coding::Integer(4),
            Coding::Integer(8),
            Coding::Oid,
            Coding::Single,
            Coding::Double,
            Coding::Day,
            Coding::Stamp,
            Coding::Moment,
            Coding::Uuid,
            Coding::Numeric,
        ];
        for coding in codings {
            let mut builder = ColumnBuilder::new("x", coding);
            assert!(builder.push(Some(&[])).is_err() && builder.push(Some(&[0; 17])).is_err(), "{coding:?}");
            assert!(builder.push(None).is_ok());
            assert_eq!(builder.finish().unwrap().null_count(), 1, "{coding:?}");
        }
        let mut text = ColumnBuilder::new("x", Coding::Text);
        assert!(text.push(Some(&[0xFF, 0xFE])).is_err());
        assert!(ColumnBuilder::new("x", Coding::JsonB).push(Some(&[2, b'{'])).is_err());
    }

    #[test]
    fn days_without_end_are_counted_and_empty() {
        let mut day = ColumnBuilder::new("x", Coding::Day);
        for value in [i32::MAX, i32::MIN, 0] {
            day.push(Some(&value.to_be_bytes())).unwrap();
        }
        assert_eq!(day.endless, 2);
        let mut stamp = ColumnBuilder::new("x", Coding::Stamp);
        for value in [i64::MAX, i64::MIN, 0] {
            stamp.push(Some(&value.to_be_bytes())).unwrap();
        }
        assert_eq!(stamp.endless, 2);
    }
}
