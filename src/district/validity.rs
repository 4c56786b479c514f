//! Valid polygons out of the rings of a shapefile.
//!
//! Duty: close open rings, drop broken ones, tell outer rings from holes by nesting (their direction is only
//! compared and reported: outer rings run clockwise by the Shapefile description), find crossings, and
//! compare districts with each other for overlaps and gaps. What can be repaired is; everything is said,
//! once a district and kind. In the result exteriors run counter-clockwise and holes clockwise (OGC 06-103r4).
//!
//! Crossings are found here, not by `geo`'s `Validation`: that compares every edge of a ring with every other
//! (8 000 corners took 130 times as long, and twice the corners take four times as long), says neither where nor
//! how often, and counts rings that touch themselves in a point, which shapefiles may. The tests hold what is
//! repaired against it.

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::bool_ops::{FillRule, OpType, unary_union};
use geo::coordinate_position::CoordPos;
use geo::orient::Direction;
use geo::{Area, BooleanOps, BoundingRect, Coord, LineString, MultiPolygon, Orient, Polygon, Rect};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::geometry::{Bounds, LocalPlane, planar_area_m2};
use crate::diagnostic::{Diagnostics, Finding};

/// Overlaps and gaps below this are rounding: 1 000 m² along a border of 100 km is one centimetre.
const LEAST_AREA_M2: f64 = 1000.0;
/// Beyond this many corners the comparison of districts would take minutes and is left out, saying so.
const MOST_CORNERS: usize = 2_000_000;

/// Where findings are placed.
pub(super) struct Place<'a> {
    pub file: &'a str,
    pub row: u64,
    pub name: &'a str,
}

impl Place<'_> {
    fn finding(&self, finding: Finding) -> Finding {
        finding.file(self.file).row(self.row).value(self.name)
    }
}

struct Ring {
    line: LineString<f64>,
    clockwise: bool,
    bounds: Rect<f64>,
    area: f64,
}

/// Rings of one record to a valid shape (empty where nothing is left).
pub(super) fn check_rings(parts: &[Vec<[f64; 2]>], place: &Place, diagnostics: &mut Diagnostics) -> MultiPolygon<f64> {
    let (mut lost, mut unclosed, mut dropped) = (0, 0, 0);
    let mut rings: Vec<Ring> = Vec::with_capacity(parts.len());
    for part in parts {
        let mut points: Vec<Coord<f64>> = Vec::with_capacity(part.len() + 1);
        for [x, y] in part {
            if !(x.is_finite() && y.is_finite()) {
                lost += 1;
                continue;
            }
            let c = Coord { x: *x, y: *y };
            if points.last() != Some(&c) {
                points.push(c);
            }
        }
        if points.len() > 1 && points.first() != points.last() {
            unclosed += 1;
            points.extend(points.first().copied());
        }
        let line = LineString(points);
        let ring = Polygon::new(line.clone(), vec![]);
        let area = ring.signed_area();
        let (Some(bounds), false) = (line.bounding_rect(), is_flat(&line.0)) else {
            dropped += 1;
            continue;
        };
        // A ring given twice would cancel itself by the even-odd rule.
        if rings.iter().any(|r| r.bounds == bounds && r.line == line) {
            dropped += 1;
            continue;
        }
        rings.push(Ring { line, clockwise: area < 0.0, bounds, area: area.abs() });
    }
    let mut say = |count: usize, code, what: &str, hint: &str| {
        if count > 0 {
            diagnostics.push(place.finding(Finding::warning(code, format!("{count} {what}")).hint(hint)));
        }
    };
    say(lost, "GIS-057", "个顶点没有有效坐标，已去掉", "请核对该区边界");
    say(unclosed, "GIS-050", "个环没有闭合，已自动闭合", "请在原软件中修复后重新导出");
    say(dropped, "GIS-051", "个环点数不足、面积为零或重复，已去掉", "请核对该区边界是否完整");
    let (shape, turned, outside) = nest(&rings);
    say(turned, "GIS-053", "个环的方向与规范相反（外环应为顺时针），已按包含关系处理", "不影响使用");
    say(outside, "GIS-054", "个按方向应为“洞”的环不在任何外环之内，已作为独立部分", "请核对是否多出或缺少区域");
    match crossing(&shape) {
        None => shape,
        Some((c, count)) => {
            let repaired = shape.boolean_op_with_fill_rule(&MultiPolygon(vec![]), OpType::Union, FillRule::EvenOdd);
            let repaired = if repaired.0.is_empty() { shape } else { repaired.orient(Direction::Default) };
            let what = format!("边界自相交 {count} 处，首处在（{:.5}, {:.5}），已按奇偶规则修复", c.x, c.y);
            diagnostics.push(
                place.finding(Finding::warning("GIS-052", what).hint("请核对该处边界，最好在原软件中修复后重新导出")),
            );
            repaired
        }
    }
}

/// True where all points lie on one line (or in one place).
fn is_flat(points: &[Coord<f64>]) -> bool {
    let Some(first) = points.first() else { return true };
    let Some(second) = points.iter().find(|p| *p != first) else { return true };
    points.iter().all(|p| RobustKernel::orient2d(*first, *second, *p) == Orientation::Collinear)
}

/// True where ring `a` lies inside ring `b`.
fn inside(a: &Ring, b: &Ring) -> bool {
    let (inner, outer) = (a.bounds, b.bounds);
    if inner.min().x < outer.min().x
        || inner.min().y < outer.min().y
        || inner.max().x > outer.max().x
        || inner.max().y > outer.max().y
        || a.area >= b.area
    {
        return false;
    }
    let middles = a.line.lines().map(|l| l.end).chain(a.line.lines().map(|l| (l.start + l.end) / 2.0));
    for point in middles {
        match b.line_position(point) {
            CoordPos::OnBoundary => {}
            position => return position == CoordPos::Inside,
        }
    }
    false
}

impl Ring {
    fn line_position(&self, c: Coord<f64>) -> CoordPos {
        geo::coordinate_position::coord_pos_relative_to_ring(c, &self.line)
    }
}

/// Outer rings and holes by depth of nesting. Returns the shape, how many rings run the wrong way, and how
/// many that run as holes have nothing around them (where the others run right).
fn nest(rings: &[Ring]) -> (MultiPolygon<f64>, usize, usize) {
    let around: Vec<Vec<usize>> =
        rings.par_iter().map(|a| (0..rings.len()).filter(|k| inside(a, &rings[*k])).collect()).collect();
    let wrong = |i: &usize| rings[*i].clockwise != around[*i].len().is_multiple_of(2);
    let turned = (0..rings.len()).filter(wrong).count();
    let lone = (0..rings.len()).filter(|i| around[*i].is_empty() && !rings[*i].clockwise).count();
    let any_right = (0..rings.len()).any(|i| around[i].is_empty() && rings[i].clockwise);
    let outside = if any_right { lone } else { 0 };
    let mut place = vec![usize::MAX; rings.len()];
    let mut polygons: Vec<(LineString<f64>, Vec<LineString<f64>>)> = Vec::new();
    for (i, ring) in rings.iter().enumerate() {
        if around[i].len().is_multiple_of(2) {
            place[i] = polygons.len();
            polygons.push((ring.line.clone(), Vec::new()));
        }
    }
    for (i, ring) in rings.iter().enumerate() {
        if !around[i].len().is_multiple_of(2) {
            // Its owner is the smallest ring around it.
            let owner = around[i].iter().min_by(|a, b| rings[**a].area.total_cmp(&rings[**b].area));
            if let Some(slot) = owner.and_then(|k| polygons.get_mut(place[*k])) {
                slot.1.push(ring.line.clone());
            }
        }
    }
    let shape = MultiPolygon(polygons.into_iter().map(|(outer, holes)| Polygon::new(outer, holes)).collect());
    (shape.orient(Direction::Default), turned - outside, outside)
}

type Segment = GeomWithData<Rectangle<[f64; 2]>, Edge>;

/// The first crossing or overlapping stretch within a shape's border, and how many pairs of edges do so.
fn crossing(shape: &MultiPolygon<f64>) -> Option<(Coord<f64>, usize)> {
    let mut segments: Vec<Segment> = Vec::new();
    for ring in shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())) {
        for line in ring.lines() {
            let (a, b) = (line.start, line.end);
            let data = (segments.len(), a, b);
            segments.push(GeomWithData::new(Rectangle::from_corners([a.x, a.y], [b.x, b.y]), data));
        }
    }
    let tree = RTree::bulk_load(segments);
    let mut found: Option<(usize, Coord<f64>)> = None;
    let mut count = 0;
    for segment in &tree {
        let (own, start, end) = segment.data;
        let reach = AABB::from_corners([start.x, start.y], [end.x, end.y]);
        for other in tree.locate_in_envelope_intersecting(&reach) {
            if other.data.0 > own && cross((start, end), (other.data.1, other.data.2)) {
                count += 1;
                if found.is_none_or(|(first, _)| own < first) {
                    found = Some((own, start));
                }
            }
        }
    }
    found.map(|(_, c)| (c, count))
}

/// An edge and its number.
type Edge = (usize, Coord<f64>, Coord<f64>);

/// True where two edges cross within both, or share a stretch. Meeting in a point is allowed.
fn cross((a, b): (Coord<f64>, Coord<f64>), (c, d): (Coord<f64>, Coord<f64>)) -> bool {
    let side = RobustKernel::orient2d;
    let (c_side, d_side, a_side, b_side) = (side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b));
    let level = Orientation::Collinear;
    if c_side == level && d_side == level {
        // On one line: they share a stretch where their extents overlap along the wider axis.
        let wide = (b.x - a.x).abs() >= (b.y - a.y).abs();
        let along = |end: Coord<f64>| if wide { end.x } else { end.y };
        let (low, high) = (along(a).min(along(b)), along(a).max(along(b)));
        return along(c).max(along(d)) > low && along(c).min(along(d)) < high;
    }
    let apart = |one, other| one != level && other != level && one != other;
    apart(c_side, d_side) && apart(a_side, b_side)
}

/// Compares districts with each other: overlaps and gaps are noticed, not repaired.
pub(super) fn check_division(shapes: &[(&str, &MultiPolygon<f64>)], file: &str, diagnostics: &mut Diagnostics) {
    let corners: usize = shapes.iter().map(|(_, s)| geo::CoordsIter::coords_count(*s)).sum();
    if corners > MOST_CORNERS {
        diagnostics.push(
            Finding::note("GIS-058", format!("边界共 {corners} 个顶点，数量过大，未检查各区之间的重叠与空隙"))
                .hint("需要检查时请先简化边界")
                .file(file),
        );
        return;
    }
    let bounds: Vec<Option<Bounds>> = shapes.iter().map(|(_, s)| Bounds::of(s)).collect();
    let Some(whole) = bounds.iter().flatten().copied().reduce(Bounds::union) else { return };
    let plane = LocalPlane::at(whole.centre().0, whole.centre().1);
    let mut pairs = Vec::new();
    for i in 0..shapes.len() {
        for k in i + 1..shapes.len() {
            if let (Some(a), Some(b)) = (bounds[i], bounds[k])
                && a.west < b.east
                && b.west < a.east
                && a.south < b.north
                && b.south < a.north
            {
                pairs.push((i, k));
            }
        }
    }
    let overlaps: Vec<(usize, usize, f64)> = pairs
        .par_iter()
        .map(|(i, k)| (*i, *k, planar_area_m2(&shapes[*i].1.intersection(shapes[*k].1), plane)))
        .collect();
    for (i, k, area) in overlaps.into_iter().filter(|o| o.2 >= LEAST_AREA_M2) {
        diagnostics.push(
            Finding::warning(
                "GIS-055",
                format!("「{}」与「{}」重叠 {:.3} 平方千米，重叠处归代码较小者", shapes[i].0, shapes[k].0, area / 1e6),
            )
            .hint("请核对两区边界")
            .file(file),
        );
    }
    let united = unary_union(shapes.iter().map(|(_, s)| *s));
    let mut gaps: Vec<f64> = united
        .iter()
        .flat_map(Polygon::interiors)
        .map(|hole| planar_area_m2(&MultiPolygon(vec![Polygon::new(hole.clone(), vec![])]), plane))
        .filter(|area| *area >= LEAST_AREA_M2)
        .collect();
    gaps.sort_by(f64::total_cmp);
    if let Some(largest) = gaps.last() {
        diagnostics.push(
            Finding::warning(
                "GIS-056",
                format!(
                    "各区之间有 {} 处空隙，合计 {:.3} 平方千米，最大 {:.3} 平方千米；其中的点不属于任何区",
                    gaps.len(),
                    gaps.iter().sum::<f64>() / 1e6,
                    largest / 1e6
                ),
            )
            .hint("请核对边界；飞地与水面可能本来如此")
            .file(file),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;

    fn check(parts: &[Vec<[f64; 2]>]) -> (MultiPolygon<f64>, Vec<&'static str>) {
        let mut d = Diagnostics::new();
        let place = Place { file: "a.shp", row: 1, name: "甲区" };
        let shape = check_rings(parts, &place, &mut d);
        (shape, d.findings().iter().map(|f| f.code).collect())
    }

    fn square(x: f64, y: f64, size: f64, clockwise: bool) -> Vec<[f64; 2]> {
        let mut ring = vec![[x, y], [x, y + size], [x + size, y + size], [x + size, y], [x, y]];
        if !clockwise {
            ring.reverse();
        }
        ring
    }

    #[test]
    fn good_rings_raise_nothing() {
        let (shape, codes) =
            check(&[square(0.0, 0.0, 4.0, true), square(1.0, 1.0, 2.0, false), square(1.5, 1.5, 0.5, true)]);
        assert!(codes.is_empty(), "{codes:?}");
        assert_eq!((shape.0.len(), shape.0[0].interiors().len()), (2, 1));
        assert!((shape.unsigned_area() - 12.25).abs() < 1e-12);
    }

    #[test]
    fn every_fault_is_named_and_mended() {
        let mut open_ring = square(0.0, 0.0, 1.0, true);
        open_ring.pop();
        let (shape, codes) = check(&[open_ring]);
        assert_eq!((codes, shape.unsigned_area()), (vec!["GIS-050"], 1.0));
        let (shape, codes) = check(&[square(0.0, 0.0, 1.0, true), vec![[5.0, 5.0], [6.0, 6.0], [5.0, 5.0]]]);
        assert_eq!((codes, shape.0.len()), (vec!["GIS-051"], 1));
        // The signed area of this bow tie is zero; it is a crossing all the same, not an empty ring.
        let (shape, codes) = check(&[vec![[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]]);
        assert_eq!(codes.last(), Some(&"GIS-052"));
        assert_eq!(shape.0.len(), 2);
        let (_, codes) = check(&[square(0.0, 0.0, 1.0, false)]);
        assert_eq!(codes, ["GIS-053"]);
        let (shape, codes) = check(&[square(0.0, 0.0, 1.0, true), square(5.0, 5.0, 1.0, false)]);
        assert_eq!((codes, shape.0.len()), (vec!["GIS-054"], 2));
        let mut bad = square(0.0, 0.0, 1.0, true);
        bad.insert(2, [f64::NAN, 1.0]);
        assert_eq!(check(&[bad]).1, ["GIS-057"]);
        let (shape, codes) = check(&[square(0.0, 0.0, 1.0, true), square(0.0, 0.0, 1.0, true)]);
        assert_eq!((codes, shape.unsigned_area()), (vec!["GIS-051"], 1.0));
        assert_eq!(check(&[]).0.0.len(), 0);
    }

    /// What is repaired is valid to `geo`'s own check too.
    #[test]
    fn repaired_shapes_pass_an_independent_check() {
        let bow_tie = vec![[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]];
        let doubled = [square(0.0, 0.0, 4.0, true), square(1.0, 1.0, 2.0, true), square(1.0, 1.0, 2.0, true)];
        let overlapping = [square(0.0, 0.0, 4.0, true), square(2.0, 2.0, 4.0, true)];
        for parts in [&[bow_tie][..], &doubled, &overlapping] {
            let given = MultiPolygon(
                parts
                    .iter()
                    .map(|ring| Polygon::new(ring.iter().map(|[x, y]| (*x, *y)).collect::<LineString>(), vec![]))
                    .collect(),
            );
            assert!(!given.is_valid(), "{parts:?}");
            let (shape, codes) = check(parts);
            assert!(!codes.is_empty() && shape.is_valid(), "{codes:?}: {shape:?}");
        }
    }

    #[test]
    fn overlaps_and_gaps_between_districts() {
        let shape = |x: f64, y: f64, w: f64, h: f64| {
            MultiPolygon(vec![Rect::new(Coord { x, y }, Coord { x: x + w, y: y + h }).to_polygon()])
        };
        let (a, b) = (shape(121.0, 31.0, 0.1, 0.3), shape(121.09, 31.0, 0.1, 0.1));
        let (c, d) = (shape(121.1, 31.2, 0.09, 0.1), shape(121.15, 31.1, 0.04, 0.1));
        let mut diagnostics = Diagnostics::new();
        check_division(&[("甲", &a), ("乙", &b), ("丙", &c), ("丁", &d)], "a.shp", &mut diagnostics);
        assert_eq!(diagnostics.count_code("GIS-055"), 1);
        assert_eq!(diagnostics.count_code("GIS-056"), 1);
        assert!(diagnostics.findings()[0].what.contains("「甲」与「乙」重叠"));
    }
}
