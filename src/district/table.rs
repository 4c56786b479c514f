//! Values of a `.dbf` table as the crate `dbase` reads them.
//!
//! Duty: a value where the crate gives what stands in the file; `None` where it refuses the table or the value, or
//! gives something else. Those are read by [`RawTable::value`]: tables of `dBase` 7, headers with room to spare,
//! records of another length than their fields', fields of a type that the crate doesn't know, MS-DOS code pages;
//! and of the others memo texts, truth values (`1` and `x` become one thing), fields of type `F` (read as single
//! precision), whole numbers of 16 digits and more, money (read as if it were a double) and times of day, texts
//! with a NUL inside, texts that the encoding can't read (they get U+FFFD without a word).

use std::io::Cursor;

use chrono::NaiveDate;
use shapefile::dbase::encoding::EncodingRs;
use shapefile::dbase::{FieldError, FieldIterator, FieldValue, File, ReadableRecord, ReadingOptions, TrimOption};

use super::dbf::{RawField, RawTable};
use super::dbf_value::{Value, shortest};
use crate::text::encoding::TextEncoding;

/// Whole numbers up to here are exact in a double.
const LARGEST_EXACT: f64 = 1e15;

/// A table opened by the crate.
pub(super) struct CrateTable<'a> {
    table: &'a RawTable,
    file: File<Cursor<&'a [u8]>>,
}

/// One record's values, `None` for each that the crate refuses.
struct Row(Vec<Option<FieldValue>>);

impl ReadableRecord for Row {
    fn read_using<Source, MemoSource>(fields: &mut FieldIterator<Source, MemoSource>) -> Result<Self, FieldError>
    where
        Source: std::io::Read + std::io::Seek,
        MemoSource: std::io::Read + std::io::Seek,
    {
        Ok(Self(fields.map(|field| field.ok().map(|field| field.value)).collect()))
    }
}

impl<'a> CrateTable<'a> {
    /// Opens a table whose header was found to fit the file; `None` where the crate can't read it as it stands.
    pub(super) fn open(table: &'a RawTable, encoding: TextEncoding) -> Option<Self> {
        let TextEncoding::Whatwg(encoding) = encoding else { return None };
        if !table.is_regular() {
            return None;
        }
        let mut file = File::open_with_encoding(Cursor::new(table.bytes()), EncodingRs::from(encoding)).ok()?;
        file.set_options(ReadingOptions::default().character_trim(TrimOption::End));
        (file.fields().len() == table.fields.len()).then_some(Self { table, file })
    }

    /// The values of a record, `None` for each that is to be read otherwise.
    pub(super) fn row(&mut self, row: usize) -> Vec<Option<Value>> {
        let Some(Ok(Row(values))) = self.file.record(row).map(|mut record| record.read_as::<Row>()) else {
            return Vec::new();
        };
        let table = self.table;
        let fields = table.fields.iter().zip(values);
        fields.map(|(field, value)| faithful(field, table.raw(row, field), value?)).collect()
    }
}

/// The value as text where the crate gives what stands in the file.
fn faithful(field: &RawField, raw: &[u8], value: FieldValue) -> Option<Value> {
    match value {
        FieldValue::Character(None) | FieldValue::Numeric(None) | FieldValue::Date(None) if is_blank(raw) => {
            Some(Value::default())
        }
        // A number that did not fit its field.
        FieldValue::Numeric(None) if raw.iter().all(|b| matches!(b, b'*' | b' ')) => Some(Value::default()),
        FieldValue::Character(Some(text)) => {
            let is_marked = [&b"\xef\xbb\xbf"[..], b"\xff\xfe", b"\xfe\xff"].iter().any(|mark| raw.starts_with(mark));
            let is_whole = !has_nul_inside(raw) && !text.contains('\u{fffd}') && !is_marked;
            is_whole.then(|| Value::of(text))
        }
        FieldValue::Numeric(Some(number))
            if number.is_finite() && number.abs() < LARGEST_EXACT && !has_nul_inside(raw) =>
        {
            Some(Value::of(shortest(number)))
        }
        FieldValue::Date(Some(date)) if raw.iter().all(u8::is_ascii_digit) => {
            let year = i32::try_from(date.year()).ok()?;
            NaiveDate::from_ymd_opt(year, date.month(), date.day()).map(|d| Value::of(d.format("%Y-%m-%d").to_string()))
        }
        FieldValue::Integer(number) if field.length == 4 => Some(Value::of(number.to_string())),
        FieldValue::Double(number) if field.length == 8 && number.is_finite() => Some(Value::of(shortest(number))),
        _ => None,
    }
}

/// True where more follows a NUL: the crate ends there.
fn has_nul_inside(raw: &[u8]) -> bool {
    let end = raw.iter().rposition(|b| !matches!(b, 0 | b' ')).map_or(0, |i| i + 1);
    raw[..end].contains(&0)
}

fn is_blank(raw: &[u8]) -> bool {
    raw.iter().all(|b| matches!(b, 0 | b' '))
}
