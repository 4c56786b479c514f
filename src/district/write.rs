//! Writing shapefiles: districts for the demo city, and any layer.
//!
//! Duty: `.shp .shx .dbf .prj .cpg` as bytes; the caller writes them (atomically). Layout as in the ESRI
//! Shapefile Technical Description (July 1998) and dBASE III. Exteriors run clockwise, holes counter-clockwise,
//! rings are closed. The `.cpg` names the encoding, and for GBK the DBF's language id (0x4D) does so too.

use geo::orient::Direction;
use geo::{LineString, Orient};

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
/// wider than 254 bytes.
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
    write_layer_files(stem, ShapeKind::Polygon, &shapes, &columns, encoding)
}

/// A shapefile of plain shapes (points, lines, polygons, multipoints) on WGS 84 with text columns. Shapes of
/// another kind than `kind` are written as null shapes.
///
/// # Errors
/// As [`write_district_files`].
pub fn write_layer_files(
    stem: &str,
    kind: ShapeKind,
    shapes: &[Shape],
    columns: &[TextColumn],
    encoding: &str,
) -> AppResult<Vec<(String, Vec<u8>)>> {
    let chosen = TextEncoding::from_label(encoding).ok_or_else(|| {
        Finding::error("GIS-017", "指定的文字编码不认识").value(encoding).expected("UTF-8 或 GBK").hint("请改选编码")
    })?;
    let (shp, shx) = geometry_files(kind, shapes);
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

fn bounds_of<'a>(points: impl Iterator<Item = &'a [f64; 2]>) -> [f64; 4] {
    let bounds = points.fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |b, p| {
        [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])]
    });
    // Without points the description asks for zeros.
    if bounds[0].is_finite() { bounds } else { [0.0; 4] }
}

/// A count as the format stores it; more than 2³¹ points can't be in memory.
fn count32(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn content_of(kind: ShapeKind, shape: &Shape) -> Vec<u8> {
    let mut content = Vec::new();
    let doubles = |content: &mut Vec<u8>, values: &[f64]| {
        for value in values {
            content.extend(value.to_le_bytes());
        }
    };
    let points = || shape.parts.iter().flatten();
    let count = points().count();
    if shape.kind != kind || kind == ShapeKind::MultiPatch || count == 0 {
        content.extend(0_i32.to_le_bytes());
        return content;
    }
    content.extend(Shape::plain(kind, Vec::new()).type_code.to_le_bytes());
    if kind == ShapeKind::Point {
        for p in points().take(1) {
            doubles(&mut content, p);
        }
        return content;
    }
    doubles(&mut content, &bounds_of(points()));
    if kind != ShapeKind::MultiPoint {
        content.extend((count32(shape.parts.len())).to_le_bytes());
    }
    content.extend(count32(count).to_le_bytes());
    if kind != ShapeKind::MultiPoint {
        let mut start = 0_i32;
        for part in &shape.parts {
            content.extend(start.to_le_bytes());
            start += count32(part.len());
        }
    }
    for p in points() {
        doubles(&mut content, p);
    }
    content
}

fn geometry_files(kind: ShapeKind, shapes: &[Shape]) -> (Vec<u8>, Vec<u8>) {
    let mut shp = vec![0; 100];
    let mut shx = vec![0; 100];
    for (i, shape) in shapes.iter().enumerate() {
        let content = content_of(kind, shape);
        let words = (content.len() / 2) as u32;
        shx.extend(((shp.len() / 2) as u32).to_be_bytes());
        shx.extend(words.to_be_bytes());
        shp.extend((i as u32 + 1).to_be_bytes());
        shp.extend(words.to_be_bytes());
        shp.extend(content);
    }
    let written = shapes.iter().filter(|s| s.kind == kind).flat_map(|s| s.parts.iter().flatten());
    let bounds = bounds_of(written);
    for file in [&mut shp, &mut shx] {
        let words = (file.len() / 2) as u32;
        file[..4].copy_from_slice(&9994_u32.to_be_bytes());
        file[24..28].copy_from_slice(&words.to_be_bytes());
        file[28..32].copy_from_slice(&1000_u32.to_le_bytes());
        file[32..36].copy_from_slice(&Shape::plain(kind, Vec::new()).type_code.to_le_bytes());
        for (k, value) in bounds.iter().enumerate() {
            file[36 + 8 * k..44 + 8 * k].copy_from_slice(&value.to_le_bytes());
        }
    }
    (shp, shx)
}

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
    let mut names = Vec::new();
    let mut cells: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut widths = Vec::new();
    for column in columns {
        let name = encode(&column.name, &column.name)?;
        let values: Vec<Vec<u8>> = (0..count)
            .map(|i| match column.values.get(i).and_then(Option::as_deref) {
                Some(text) => encode(text, &column.name),
                None => Ok(Vec::new()),
            })
            .collect::<Result<_, _>>()?;
        let width = values.iter().map(Vec::len).max().unwrap_or(0).max(1);
        if width > 254 || name.len() > 10 || name.is_empty() {
            return Err(Finding::error("GIS-071", "字段名超过 10 字节或内容超过 254 字节，不能写入 .dbf")
                .column(&column.name)
                .value(format!("名 {} 字节，内容 {width} 字节", name.len()))
                .hint("请缩短，或改用 GeoJSON 导出")
                .file(&file)
                .into());
        }
        names.push(name);
        widths.push(width);
        cells.push(values);
    }
    let header = 32 + 32 * columns.len() + 1;
    let record = 1 + widths.iter().sum::<usize>();
    let mut dbf = vec![0; 32];
    // A fixed date: the same input gives the same bytes.
    dbf[..4].copy_from_slice(&[3, 126, 1, 1]);
    dbf[4..8].copy_from_slice(&(count as u32).to_le_bytes());
    dbf[8..10].copy_from_slice(&(header as u16).to_le_bytes());
    dbf[10..12].copy_from_slice(&(record as u16).to_le_bytes());
    dbf[29] = if encoding == TextEncoding::GB18030 { 0x4d } else { 0 };
    for (name, width) in names.iter().zip(&widths) {
        let mut field = [0; 32];
        field[..name.len()].copy_from_slice(name);
        field[11] = b'C';
        field[16] = *width as u8;
        dbf.extend(field);
    }
    dbf.push(0x0d);
    for i in 0..count {
        dbf.push(b' ');
        for (values, width) in cells.iter().zip(&widths) {
            dbf.extend(&values[i]);
            dbf.resize(dbf.len() + width - values[i].len(), b' ');
        }
    }
    dbf.push(0x1a);
    Ok(dbf)
}
