//! Writing shapefiles of polygons, by the crate `shapefile`: districts for the demo city, and any layer.
//!
//! Duty: `.shp .shx .dbf .prj .cpg` as bytes; the caller writes them (atomically). Exteriors run clockwise, holes
//! counter-clockwise, rings are closed. The `.cpg` names the encoding, and for GBK the DBF's language id (0x4D)
//! does so too. The same input gives the same bytes: the date that the crate takes from the clock is set anew.

use std::io::Cursor;

use geo::orient::Direction;
use geo::{LineString, Orient};
use shapefile::dbase::encoding::EncodingRs;
use shapefile::dbase::{FieldError, FieldName, FieldWriter, TableWriterBuilder, WritableRecord};
use shapefile::{Point, Polygon, PolygonRing, ShapeWriter};

use super::crs::WGS84_WKT;
use super::set::DistrictSet;
use super::shp::{Shape, ShapeKind};
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::text::encoding::TextEncoding;

/// A column to write, with one text a record.
#[derive(Debug, Clone)]
pub struct TextColumn {
    /// Its name; at most ten bytes in the encoding.
    pub name: String,
    /// One value a record; `None` = empty.
    pub values: Vec<Option<String>>,
}

/// The districts as a shapefile on WGS 84 with the columns `adcode` and `name`: file names (`stem.shp`, …) and
/// their bytes. `encoding` is `UTF-8`, `GBK`, …
///
/// # Errors
/// `GIS-017` for an unknown encoding, `GIS-070` where a text does not fit it, `GIS-071` where a column is
/// wider than 254 bytes, `GIS-072` for a record without a polygon.
pub fn write_district_files(stem: &str, set: &DistrictSet, encoding: &str) -> AppResult<Vec<(String, Vec<u8>)>> {
    let ring = |line: &LineString<f64>| line.coords().map(|c| [c.x, c.y]).collect::<Vec<_>>();
    let shapes: Vec<Shape> = set
        .districts()
        .iter()
        .map(|d| {
            let shape = d.shape.orient(Direction::Reversed);
            let parts = shape
                .iter()
                .flat_map(|p| std::iter::once(ring(p.exterior())).chain(p.interiors().iter().map(ring)))
                .collect();
            Shape::plain(ShapeKind::Polygon, parts)
        })
        .collect();
    let columns = [
        TextColumn {
            name: "adcode".to_owned(),
            values: set.districts().iter().map(|d| Some(d.code.to_string())).collect(),
        },
        TextColumn { name: "name".to_owned(), values: set.districts().iter().map(|d| Some(d.name.clone())).collect() },
    ];
    write_layer_files(stem, &shapes, &columns, encoding)
}

/// A shapefile of polygons on WGS 84 with text columns.
///
/// # Errors
/// As [`write_district_files`].
pub fn write_layer_files(
    stem: &str,
    shapes: &[Shape],
    columns: &[TextColumn],
    encoding: &str,
) -> AppResult<Vec<(String, Vec<u8>)>> {
    let chosen = TextEncoding::from_label(encoding).ok_or_else(|| unknown(encoding))?;
    let (shp, shx) = geometry_files(shapes, stem)?;
    let dbf = attribute_file(shapes.len(), columns, chosen, stem)?;
    let cpg = if chosen == TextEncoding::GB18030 { "GBK".to_owned() } else { chosen.name() };
    Ok(vec![
        (format!("{stem}.shp"), shp),
        (format!("{stem}.shx"), shx),
        (format!("{stem}.dbf"), dbf),
        (format!("{stem}.prj"), WGS84_WKT.as_bytes().to_vec()),
        (format!("{stem}.cpg"), cpg.into_bytes()),
    ])
}

fn unknown(encoding: &str) -> AppError {
    Finding::error("GIS-017", "指定的文字编码无法识别")
        .value(encoding)
        .expected("UTF-8 或 GBK")
        .hint("请改选编码")
        .into()
}

/// The encoding as the crate takes it: one of the WHATWG set that has a code page.
fn writable(encoding: TextEncoding) -> AppResult<EncodingRs> {
    match encoding {
        TextEncoding::Whatwg(inner) if inner != encoding_rs::X_USER_DEFINED => Ok(EncodingRs::from(inner)),
        other => Err(unknown(&other.name())),
    }
}

fn unwritable(file: String, row: usize) -> AppError {
    Finding::error("GIS-072", "图形不能写入 Shapefile")
        .row(row as u64 + 1)
        .expected("面")
        .hint("请先去掉没有面的记录")
        .file(file)
        .into()
}

fn geometry_files(shapes: &[Shape], stem: &str) -> AppResult<(Vec<u8>, Vec<u8>)> {
    let (mut shp, mut shx) = (Vec::new(), Vec::new());
    let refused = |row: usize| unwritable(format!("{stem}.shp"), row);
    let mut writer = ShapeWriter::with_shx(Cursor::new(&mut shp), Cursor::new(&mut shx));
    for (row, shape) in shapes.iter().enumerate() {
        if shape.kind != ShapeKind::Polygon || shape.parts.iter().all(Vec::is_empty) {
            return Err(refused(row));
        }
        let ring =
            |part: &Vec<[f64; 2]>| PolygonRing::from(part.iter().map(|p| Point::new(p[0], p[1])).collect::<Vec<_>>());
        let polygon = Polygon::with_rings(shape.parts.iter().filter(|part| !part.is_empty()).map(ring).collect());
        writer.write_shape(&polygon).map_err(|cause| refused(row).caused_by(cause))?;
    }
    writer.finalize().map_err(|cause| refused(shapes.len()).caused_by(cause))?;
    drop(writer);
    Ok((shp, shx))
}

/// One record's texts.
struct Row<'a>(Vec<&'a str>);

impl WritableRecord for Row<'_> {
    fn write_using<W: std::io::Write>(&self, fields: &mut FieldWriter<'_, W>) -> Result<(), FieldError> {
        self.0.iter().try_for_each(|text| fields.write_next_field_value(text))
    }
}

/// Bytes of the header before the first field, and of each field.
const SLOT: usize = 32;

fn attribute_file(count: usize, columns: &[TextColumn], encoding: TextEncoding, stem: &str) -> AppResult<Vec<u8>> {
    let file = format!("{stem}.dbf");
    let encode = |text: &str, column: &str| {
        encoding.encode(text).ok_or_else(|| {
            AppError::from(
                Finding::error("GIS-070", format!("有文字不能写成 {} 编码", encoding.name()))
                    .column(column)
                    .value(text)
                    .hint("请改用 UTF-8 编码导出")
                    .file(&file),
            )
        })
    };
    let mut builder = TableWriterBuilder::with_encoding(writable(encoding)?);
    let mut names = Vec::with_capacity(columns.len());
    let mut record = 1;
    for column in columns {
        let name = encode(&column.name, &column.name)?;
        let mut width = 1;
        for text in column.values.iter().take(count).flatten() {
            width = width.max(encode(text, &column.name)?.len());
        }
        record += width;
        if width > 254 || name.len() > 10 || name.is_empty() || record > usize::from(u16::MAX) {
            return Err(Finding::error("GIS-071", "字段名超过 10 字节或内容超过 254 字节，不能写入 .dbf")
                .column(&column.name)
                .value(format!("名 {} 字节，内容 {width} 字节", name.len()))
                .hint("请缩短，或改用 GeoJSON 导出")
                .file(&file)
                .into());
        }
        // The name itself is put in below: the crate writes names in UTF-8, whatever the encoding.
        let placeholder = FieldName::try_from("").map_err(|_| unwritable(file.clone(), 0))?;
        builder = builder.add_character_field(placeholder, width as u8);
        names.push(name);
    }
    let mut dbf = Vec::new();
    let mut writer = builder.build_with_dest(Cursor::new(&mut dbf));
    for row in 0..count {
        let texts = columns.iter().map(|column| column.values.get(row).and_then(Option::as_deref).unwrap_or_default());
        let texts = Row(texts.collect());
        writer.write_record(&texts).map_err(|cause| unwritable(file.clone(), row).caused_by(cause))?;
    }
    writer.finalize().map_err(|cause| unwritable(file.clone(), count).caused_by(cause))?;
    drop(writer);
    // A fixed date, and the language id that software in China writes.
    dbf[1..4].copy_from_slice(&[126, 1, 1]);
    dbf[29] = if encoding == TextEncoding::GB18030 { 0x4d } else { 0 };
    for (slot, name) in dbf[SLOT..].chunks_exact_mut(SLOT).zip(&names) {
        slot[..name.len()].copy_from_slice(name);
    }
    Ok(dbf)
}
