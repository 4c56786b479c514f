//! The `.shp` geometry file and its index `.shx`: where its records lie.
//!
//! Duty: every shape type of the ESRI Shapefile Technical Description (July 1998): null, point, polyline,
//! polygon, multipoint, their Z and M kinds, multipatch. Records are decoded by the crate `shapefile` (see
//! `record`); this guard finds them first, so that the crate never reads past one or reserves memory for what a
//! damaged header claims. Bytes behind the last record and a wrong or missing index are survived and noticed, a
//! record that runs past the file's end is one clear error.
//!
//! With a sound `.shx` its offsets are followed (records may lie in any order, with gaps); without one, or
//! where it disagrees with the record headers, the file is read from front to back.

use super::record::check_record;
use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};

/// The family of a shape type; Z and M kinds belong to their plain one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShapeKind {
    /// No geometry.
    Null,
    /// A point.
    Point,
    /// Lines of one or more parts.
    PolyLine,
    /// Rings of one or more parts.
    Polygon,
    /// Points.
    MultiPoint,
    /// Surface patches.
    MultiPatch,
}

impl ShapeKind {
    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Null => "空图形",
            Self::Point => "点",
            Self::PolyLine => "线",
            Self::Polygon => "面",
            Self::MultiPoint => "多点",
            Self::MultiPatch => "多面体",
        }
    }

    pub(super) fn of_code(code: i32) -> Option<Self> {
        Some(match code {
            0 => Self::Null,
            1 | 11 | 21 => Self::Point,
            3 | 13 | 23 => Self::PolyLine,
            5 | 15 | 25 => Self::Polygon,
            8 | 18 | 28 => Self::MultiPoint,
            31 => Self::MultiPatch,
            _ => return None,
        })
    }
}

/// One record's geometry, in the file's own coordinates.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Its family.
    pub kind: ShapeKind,
    /// The shape type as written (5 polygon, 15 polygon Z, 25 polygon M, …).
    pub type_code: i32,
    /// Parts as `[x, y]`; points and multipoints have one part.
    pub parts: Vec<Vec<[f64; 2]>>,
    /// Part types of a multipatch, else empty.
    pub part_types: Vec<i32>,
    /// Heights, one a point over all parts, or empty.
    pub z: Vec<f64>,
    /// Measures, one a point over all parts, or empty; below −10³⁸ means "no data".
    pub m: Vec<f64>,
}

impl Shape {
    /// A record without geometry.
    #[must_use]
    pub fn null() -> Self {
        Self {
            kind: ShapeKind::Null,
            type_code: 0,
            parts: Vec::new(),
            part_types: Vec::new(),
            z: Vec::new(),
            m: Vec::new(),
        }
    }

    /// A shape of one of the plain kinds.
    #[must_use]
    pub fn plain(kind: ShapeKind, parts: Vec<Vec<[f64; 2]>>) -> Self {
        let type_code = match kind {
            ShapeKind::Null => 0,
            ShapeKind::Point => 1,
            ShapeKind::PolyLine => 3,
            ShapeKind::Polygon => 5,
            ShapeKind::MultiPoint => 8,
            ShapeKind::MultiPatch => 31,
        };
        Self { kind, type_code, parts, ..Self::null() }
    }
}

fn be(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn damaged(file: &str, code: &'static str, why: String) -> AppError {
    Finding::error(code, why).hint("文件可能没有复制完整或已损坏，请用原软件重新导出").file(file).into()
}

/// Offsets and lengths of the records by the index and where the last ends, padding and all; or the reason why it can't
/// be followed.
fn index_of(bytes: &[u8], shx: &[u8]) -> Result<(Vec<(usize, usize)>, usize), String> {
    if be(shx, 0) != Some(9994) || shx.len() < 100 {
        return Err("文件头不对".to_owned());
    }
    if !(shx.len() - 100).is_multiple_of(8) {
        return Err(format!("长度 {} 字节不是整条记录", shx.len()));
    }
    let mut records = Vec::with_capacity((shx.len() - 100) / 8);
    let (mut at, mut total, mut end) = (100, 0, 100);
    while let (Some(offset), Some(length)) = (be(shx, at), be(shx, at + 4)) {
        let (offset, length) = (offset as usize * 2, length as usize * 2);
        // Some writers leave room behind a record; the index counts it, the record itself does not.
        let own = be(bytes, offset + 4).map_or(usize::MAX, |words| words as usize * 2);
        if offset < 100 || offset + 8 + length > bytes.len() || own > length {
            return Err(format!("第 {} 条与 .shp 不符", records.len() + 1));
        }
        end = end.max(offset + 8 + length);
        // Entries that share a record would let a small file ask for any amount of memory.
        total += 8 + length;
        if total > bytes.len() {
            return Err("多条索引指向同一图形".to_owned());
        }
        records.push((offset + 8, own));
        at += 8;
    }
    Ok((records, end))
}

/// Offsets and lengths of the records from front to back.
fn scan(bytes: &[u8], end: usize, file: &str) -> AppResult<Vec<(usize, usize)>> {
    let mut records = Vec::new();
    let mut at = 100;
    while at + 8 <= end {
        let length = be(bytes, at + 4).map_or(usize::MAX, |w| w as usize * 2);
        if length > bytes.len() - at - 8 {
            return Err(damaged(
                file,
                "GIS-003",
                format!("第 {} 个图形应有 {length} 字节，文件只剩 {} 字节", records.len() + 1, bytes.len() - at - 8),
            ));
        }
        records.push((at + 8, length));
        at += 8 + length;
    }
    Ok(records)
}

/// Reads all shapes of a `.shp`.
///
/// # Errors
/// `GIS-002` where the header is no shapefile's, `GIS-003` where a record is damaged.
pub(super) fn check_shapes(
    bytes: &[u8],
    shx: Option<&[u8]>,
    file: &str,
    diagnostics: &mut Diagnostics,
) -> AppResult<(ShapeKind, Vec<Shape>)> {
    if bytes.len() < 100 || be(bytes, 0) != Some(9994) {
        let why = if bytes.len() < 100 {
            format!("不是有效的 .shp：只有 {} 字节，文件头就要 100 字节", bytes.len())
        } else {
            "不是有效的 .shp：开头不是 Shapefile 的标识 9994".to_owned()
        };
        return Err(damaged(file, "GIS-002", why));
    }
    let code = bytes.get(32..36).and_then(|b| b.try_into().ok()).map_or(-1, i32::from_le_bytes);
    let Some(kind) = ShapeKind::of_code(code) else {
        return Err(damaged(file, "GIS-002", format!("不是有效的 .shp：图形类型 {code} 不存在")));
    };
    // The header's length is trusted only where it is possible.
    let declared = be(bytes, 24).map_or(0, |words| words as usize * 2);
    let end = if (100..=bytes.len()).contains(&declared) { declared } else { bytes.len() };
    let mut padded = 100;
    let records = match shx.map(|shx| index_of(bytes, shx)) {
        Some(Ok((records, end))) => {
            padded = end;
            records
        }
        Some(Err(why)) => {
            diagnostics.push(
                Finding::warning("GIS-006", format!("索引文件（.shx）不可用：{why}；已按 .shp 的先后顺序读取"))
                    .hint("图形与属性的对应可能受影响，请核对")
                    .file(file),
            );
            scan(bytes, end, file)?
        }
        None => {
            diagnostics.push(
                Finding::note("GIS-005", "缺少索引文件（.shx），已按 .shp 的先后顺序读取")
                    .hint("不影响使用；交换数据时请一并提供 .shx")
                    .file(file),
            );
            scan(bytes, end, file)?
        }
    };
    let used = records.iter().map(|(at, length)| at + length).max().unwrap_or(100).max(padded);
    if declared > bytes.len() {
        diagnostics.push(
            Finding::warning("GIS-009", format!("文件头写明 {declared} 字节，实际 {} 字节", bytes.len()))
                .hint("文件可能没有复制完整，请核对图形数")
                .file(file),
        );
    } else if used < bytes.len() {
        diagnostics.push(
            Finding::warning("GIS-009", format!("图形之后还有 {} 字节，不属于任何图形，未读取", bytes.len() - used))
                .hint("若图形数不对，请用原软件重新导出")
                .file(file),
        );
    }
    let mut shapes = Vec::with_capacity(records.len());
    for (i, (at, length)) in records.into_iter().enumerate() {
        let content = bytes.get(at..at + length).unwrap_or_default();
        let shape = check_record(content)
            .map_err(|why| damaged(file, "GIS-003", format!("第 {} 个图形已损坏：{why}", i + 1)))?;
        shapes.push(shape);
    }
    Ok((kind, shapes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polygon_file() -> Vec<u8> {
        let mut content = 5_i32.to_le_bytes().to_vec();
        for v in [0.0_f64, 0.0, 1.0, 1.0] {
            content.extend(v.to_le_bytes());
        }
        content.extend(1_i32.to_le_bytes());
        content.extend(4_i32.to_le_bytes());
        content.extend(0_i32.to_le_bytes());
        for v in [0.0_f64, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0] {
            content.extend(v.to_le_bytes());
        }
        let mut bytes = vec![0; 100];
        bytes[..4].copy_from_slice(&9994_u32.to_be_bytes());
        bytes[32] = 5;
        bytes.extend(1_u32.to_be_bytes());
        bytes.extend((content.len() as u32 / 2).to_be_bytes());
        bytes.extend(content);
        let words = (bytes.len() / 2) as u32;
        bytes[24..28].copy_from_slice(&words.to_be_bytes());
        bytes
    }

    #[test]
    fn a_record_count_that_can_not_be_is_refused_before_allocating() {
        let good = polygon_file();
        let mut d = Diagnostics::new();
        assert_eq!(check_shapes(&good, None, "a.shp", &mut d).unwrap().1[0].parts[0].len(), 4);
        let mut bad = good.clone();
        bad[108 + 40..108 + 44].copy_from_slice(&i32::MAX.to_le_bytes());
        assert_eq!(check_shapes(&bad, None, "a.shp", &mut d).unwrap_err().code(), "GIS-003");
        let mut bad = good;
        bad[104..108].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(check_shapes(&bad, None, "a.shp", &mut d).unwrap_err().code(), "GIS-003");
    }

    #[test]
    fn no_cut_or_changed_byte_panics() {
        let good = polygon_file();
        let mut shx = good[..100].to_vec();
        shx.extend(50_u32.to_be_bytes());
        shx.extend(((good.len() as u32 - 108) / 2).to_be_bytes());
        for n in 0..good.len() {
            let mut d = Diagnostics::new();
            let _ = check_shapes(&good[..n], None, "a.shp", &mut d);
            let _ = check_shapes(&good, Some(&shx[..n.min(shx.len())]), "a.shp", &mut d);
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut changed = good.clone();
                changed[n] = value;
                let _ = check_shapes(&changed, None, "a.shp", &mut d);
                let _ = check_shapes(&changed, Some(&shx), "a.shp", &mut d);
            }
        }
    }
}
