//! One record of a `.shp`, decoded by the crate `shapefile`.
//!
//! The crate is handed a record's own bytes only, and those after its counts were found to fit them: it reserves
//! memory for what a count says before it reads on.

use std::io::Cursor;

use shapefile::record::traits::{HasM, HasXY, HasZ};
use shapefile::{Patch, PolygonRing, ReadableShape, Shape as Read};

use super::shp::{Shape, ShapeKind};

/// A record's content. `Err` is the reason, in Chinese.
pub(super) fn check_record(content: &[u8]) -> Result<Shape, String> {
    if content.is_empty() {
        // The crate asks for a type where some writers leave a null shape without one.
        return Ok(Shape::null());
    }
    let code = int(content, 0).ok_or("内容不足 4 字节")?;
    let kind = ShapeKind::of_code(code).ok_or_else(|| format!("图形类型 {code} 不存在"))?;
    let mismatch = || "点数或部分数与记录长度不符".to_owned();
    let plain = plain_length(kind, content).ok_or_else(mismatch)?;
    let length = i32::try_from(content.len()).map_err(|_| mismatch())?;
    let read = Read::read_from(&mut Cursor::new(content), length).map_err(|fault| match fault {
        shapefile::Error::InvalidPatchType(code) => format!("多面体的部分类型 {code} 不存在"),
        _ => mismatch(),
    })?;
    let mut shape = Shape { kind, type_code: code, ..Shape::null() };
    fill(&mut shape, &read);
    // Some writers leave the measures out and some stop short of them: both mean "none", where the crate says
    // "no data" for every point.
    let measured = 8 * shape.m.len() + if matches!(kind, ShapeKind::Point) { 0 } else { 16 };
    if content.len() < plain + heights(code, &shape) + measured {
        shape.m.clear();
    }
    Ok(shape)
}

/// Bytes of the heights in a record.
fn heights(code: i32, shape: &Shape) -> usize {
    let range = if shape.kind == ShapeKind::Point { 0 } else { 16 };
    if (11..20).contains(&code) || code == 31 { 8 * shape.z.len() + range } else { 0 }
}

fn int(bytes: &[u8], at: usize) -> Option<i32> {
    Some(i32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn count(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(int(bytes, at)?).ok()
}

/// Bytes of a record up to and with its points on the plane; `None` where its counts don't fit its length or its
/// parts don't ascend within its points.
fn plain_length(kind: ShapeKind, content: &[u8]) -> Option<usize> {
    // Type and bounds go before the counts.
    let length = match kind {
        ShapeKind::Null => 4,
        ShapeKind::Point => 4 + 16,
        ShapeKind::MultiPoint => count(content, 36)?.checked_mul(16)?.checked_add(40)?,
        ShapeKind::PolyLine | ShapeKind::Polygon | ShapeKind::MultiPatch => {
            let (parts, points) = (count(content, 36)?, count(content, 40)?);
            let per_part = if kind == ShapeKind::MultiPatch { 8 } else { 4 };
            let length = parts.checked_mul(per_part)?.checked_add(points.checked_mul(16)?)?.checked_add(44)?;
            if length > content.len() {
                return None;
            }
            let mut before = 0;
            for part in 0..parts {
                let start = count(content, 44 + 4 * part)?;
                if start > points || start < before || part == 0 && start != 0 {
                    return None;
                }
                before = start;
            }
            if parts == 0 && points > 0 {
                return None;
            }
            length
        }
    };
    (length <= content.len()).then_some(length)
}

fn plane<P: HasXY>(points: &[P]) -> Vec<[f64; 2]> {
    points.iter().map(|point| [point.x(), point.y()]).collect()
}

/// Takes over the parts, and heights and measures of their points.
fn fill(shape: &mut Shape, read: &Read) {
    fn flat<'a, P: HasXY + 'a>(shape: &mut Shape, parts: impl Iterator<Item = &'a [P]>) {
        shape.parts = parts.map(plane).collect();
    }
    fn measured<'a, P: HasXY + HasM + 'a>(shape: &mut Shape, parts: impl Iterator<Item = &'a [P]> + Clone) {
        shape.m = parts.clone().flatten().map(HasM::m).collect();
        flat(shape, parts);
    }
    fn raised<'a, P: HasXY + HasM + HasZ + 'a>(shape: &mut Shape, parts: impl Iterator<Item = &'a [P]> + Clone) {
        shape.z = parts.clone().flatten().map(HasZ::z).collect();
        measured(shape, parts);
    }
    match read {
        Read::NullShape => {}
        Read::Point(point) => flat(shape, std::iter::once(std::slice::from_ref(point))),
        Read::PointM(point) => measured(shape, std::iter::once(std::slice::from_ref(point))),
        Read::PointZ(point) => raised(shape, std::iter::once(std::slice::from_ref(point))),
        Read::Polyline(line) => flat(shape, line.parts().iter().map(Vec::as_slice)),
        Read::PolylineM(line) => measured(shape, line.parts().iter().map(Vec::as_slice)),
        Read::PolylineZ(line) => raised(shape, line.parts().iter().map(Vec::as_slice)),
        Read::Polygon(area) => flat(shape, area.rings().iter().map(PolygonRing::points)),
        Read::PolygonM(area) => measured(shape, area.rings().iter().map(PolygonRing::points)),
        Read::PolygonZ(area) => raised(shape, area.rings().iter().map(PolygonRing::points)),
        Read::Multipoint(points) => flat(shape, std::iter::once(points.points())),
        Read::MultipointM(points) => measured(shape, std::iter::once(points.points())),
        Read::MultipointZ(points) => raised(shape, std::iter::once(points.points())),
        Read::Multipatch(surface) => {
            raised(shape, surface.patches().iter().map(Patch::points));
            shape.part_types = surface.patches().iter().map(patch_type).collect();
        }
    }
}

fn patch_type(patch: &Patch) -> i32 {
    match patch {
        Patch::TriangleStrip(_) => 0,
        Patch::TriangleFan(_) => 1,
        Patch::OuterRing(_) => 2,
        Patch::InnerRing(_) => 3,
        Patch::FirstRing(_) => 4,
        Patch::Ring(_) => 5,
    }
}
