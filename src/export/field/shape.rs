//! A shapefile of points: .shp, .shx, .dbf with .cpg (UTF-8) and .prj (WGS 84).

use std::io::Cursor;

use chrono::{Datelike, NaiveDate};
use shapefile::dbase::{FieldName, FieldValue, Record, TableWriterBuilder, UnicodeLossy};
use shapefile::{Point, ShapeWriter, Writer};

use crate::diagnostic::AppResult;

use super::attributes::{ATTRIBUTES, NUMBERS, cut};
use super::{Stop, failed};

/// WGS 84 as Esri writes it.
const WGS84: &str = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],\
                     PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";

/// Digits of a number's column.
const DIGITS: u8 = 6;

/// The parts by ending. Targets without a place are not in it.
///
/// # Errors
/// `EXP-047`.
pub(super) fn render(stops: &[Stop<'_>], on: NaiveDate) -> AppResult<Vec<(&'static str, Vec<u8>)>> {
    let failed = failed("shp");
    let name = |short: &str| FieldName::try_from(short).map_err(|cause| failed(cause.to_string()));
    let mut table = TableWriterBuilder::with_encoding(UnicodeLossy);
    for (short, ..) in NUMBERS {
        table = table.add_numeric_field(name(short)?, DIGITS, 0);
    }
    for attribute in &ATTRIBUTES {
        table = table.add_character_field(name(attribute.short)?, attribute.bytes);
    }
    let (mut shp, mut shx, mut dbf) = (Vec::new(), Vec::new(), Vec::new());
    {
        let shapes = ShapeWriter::with_shx(Cursor::new(&mut shp), Cursor::new(&mut shx));
        let mut writer = Writer::new(shapes, table.build_with_dest(Cursor::new(&mut dbf)));
        for stop in stops {
            let Some((lon, lat)) = stop.place() else { continue };
            let mut record = Record::default();
            for (short, _, number) in NUMBERS {
                record.insert(short.to_owned(), FieldValue::Numeric(Some(f64::from(number(stop)))));
            }
            for attribute in &ATTRIBUTES {
                let text = (attribute.text)(stop);
                let value = cut(&text, attribute.bytes).0.to_owned();
                record.insert(attribute.short.to_owned(), FieldValue::Character(Some(value)));
            }
            writer.write_shape_and_record(&Point::new(lon, lat), &record).map_err(|cause| failed(cause.to_string()))?;
        }
    }
    // the day of the last change, which the writer takes from the system's clock: the export's own
    for (byte, value) in dbf.iter_mut().skip(1).zip([on.year() - 1900, on.month() as i32, on.day() as i32]) {
        *byte = u8::try_from(value).unwrap_or_default();
    }
    Ok(vec![("shp", shp), ("shx", shx), ("dbf", dbf), ("cpg", b"UTF-8".to_vec()), ("prj", WGS84.as_bytes().to_vec())])
}
