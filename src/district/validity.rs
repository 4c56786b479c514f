//! Valid polygons out of the rings of a shapefile.
//!
//! Duty: close open rings, drop broken ones, tell outer rings from holes by nesting (their direction is only
//! compared and reported: outer rings run clockwise by the Shapefile description), find crossings, and
//! compare districts with each other for overlaps and gaps. What can be repaired is; everything is said,
//! once a district and kind. In the result exteriors run counter-clockwise and holes clockwise (OGC 06-103r4).
//!
//! Crossings are found in [`super::crossing`], not by `geo`'s `Validation`: that compares every edge of a ring with
//! every other (8 000 corners took 130 times as long, and twice the corners take four times as long), says neither
//! where nor how often, and counts rings that touch themselves in a point, which shapefiles may. The tests hold what is
//! repaired against it. A district has bounds (corners, rings, crossings): past them it is set aside, saying which.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::bool_ops::{FillRule, OpType, unary_union};
use geo::coordinate_position::CoordPos;
use geo::orient::Direction;
use geo::{Area, BooleanOps, BoundingRect, Coord, LineString, MultiPolygon, Orient, Polygon, Rect};
use rayon::prelude::*;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::crossing::{MOST_CROSSINGS, edges_of, find_crossings};
use super::geometry::{Bounds, LocalPlane, planar_area_m2};
use crate::diagnostic::{AppResult, Diagnostics, Finding, Progress};

/// Overlaps and gaps below this are rounding: 1 000 m² along a border of 100 km is one centimetre.
const LEAST_AREA_M2: f64 = 1000.0;
/// Beyond this many corners the comparison of districts would take minutes and is left out, saying so.
const MOST_CORNERS: usize = 2_000_000;
/// Corners and rings of one district; the most detailed map of a province's coast has a tenth of it.
const MOST_CORNERS_OF_ONE: usize = 3_000_000;
const MOST_RINGS: usize = 30_000;
/// Rings around rings, in all: islands in a lake on an island are three deep.
const MOST_AROUND: usize = 20_000_000;
/// Crossings of districts with each other up to which they are compared; a shared border counts edge by edge.
const MOST_SHARED: usize = 1_000_000;

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
///
/// # Errors
/// `JOB-001` once cancelled.
pub(super) fn check_rings(
    parts: &[Vec<[f64; 2]>],
    place: &Place,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<MultiPolygon<f64>> {
    let corners: usize = parts.iter().map(Vec::len).sum();
    for (count, most, what) in [(corners, MOST_CORNERS_OF_ONE, "顶点"), (parts.len(), MOST_RINGS, "环")] {
        if count > most {
            diagnostics.push(place.finding(too_much(
                format!("边界的{what}有 {count} 个，过多，该区不予采用"),
                most,
                what,
            )));
            return Ok(MultiPolygon(vec![]));
        }
    }
    let (mut lost, mut unclosed, mut dropped) = (0, 0, 0);
    let mut known: HashSet<[u64; 5]> = HashSet::new();
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
        let (low, high) = (bounds.min(), bounds.max());
        let key = [low.x.to_bits(), low.y.to_bits(), high.x.to_bits(), high.y.to_bits(), line.0.len() as u64];
        if !known.insert(key) && rings.iter().any(|r| r.bounds == bounds && r.line == line) {
            dropped += 1;
            continue;
        }
        rings.push(Ring { line, clockwise: area < 0.0, bounds, area: area.abs() });
    }
    let count = rings.len();
    let nested = nest(&rings, progress);
    progress.check()?;
    let Some((shape, turned, outside)) = nested else {
        let what = format!("边界的 {count} 个环层层嵌套过多，该区不予采用");
        diagnostics.push(place.finding(too_much(what, MOST_RINGS, "环")));
        return Ok(MultiPolygon(vec![]));
    };
    let mut say = |count: usize, code, what: &str, hint: &str| {
        if count > 0 {
            diagnostics.push(place.finding(Finding::warning(code, format!("{count} {what}")).hint(hint)));
        }
    };
    say(lost, "GIS-057", "个顶点没有有效坐标，已去掉", "请核对该区边界");
    say(unclosed, "GIS-050", "个环没有闭合，已自动闭合", "请在原软件中修复后重新导出");
    say(dropped, "GIS-051", "个环点数不足、面积为零或重复，已去掉", "请核对该区边界是否完整");
    say(turned, "GIS-053", "个环的方向与规范相反（外环应为顺时针），已按包含关系处理", "不影响使用");
    say(outside, "GIS-054", "个按方向应为“洞”的环不在任何外环之内，已作为独立部分", "请核对是否多出或缺少区域");
    let found = find_crossings(&edges_of(&shape), MOST_CROSSINGS, |_, _| true, progress)?;
    let Some(c) = found.first.filter(|_| found.complete) else {
        if found.complete {
            return Ok(shape);
        }
        let at = found.first.map_or_else(String::new, |c| format!("，首处在（{:.5}, {:.5}）", c.x, c.y));
        let what = format!("边界自相交过多（已找到 {} 处{at}），无法修复，该区不予采用", found.count);
        diagnostics.push(place.finding(too_much(what, MOST_CROSSINGS, "自相交")));
        return Ok(MultiPolygon(vec![]));
    };
    let repaired = shape.boolean_op_with_fill_rule(&MultiPolygon(vec![]), OpType::Union, FillRule::EvenOdd);
    let repaired = if repaired.0.is_empty() { shape } else { repaired.orient(Direction::Default) };
    let what = format!("边界自相交 {} 处，首处在（{:.5}, {:.5}），已按奇偶规则修复", found.count, c.x, c.y);
    diagnostics
        .push(place.finding(Finding::warning("GIS-052", what).hint("请核对该处边界，最好在原软件中修复后重新导出")));
    Ok(repaired)
}

/// `GIS-062`: a shape past what is worked on.
fn too_much(what: String, most: usize, of: &str) -> Finding {
    Finding::error("GIS-062", what)
        .expected(format!("每个区的{of}不超过 {most}"))
        .hint("这不像行政区划的边界：请核对文件是否损坏，或在原软件中修复、简化后重新导出")
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

/// The smallest ring around each: candidates come by their boxes, the smallest is asked first, and the first that holds
/// the ring is its owner. `None` where rings nest beyond [`MOST_AROUND`].
fn owners(rings: &[Ring], progress: &Progress) -> Option<Vec<Option<usize>>> {
    let boxed = |(i, ring): (usize, &Ring)| {
        let (low, high) = (ring.bounds.min(), ring.bounds.max());
        GeomWithData::new(Rectangle::from_corners([low.x, low.y], [high.x, high.y]), i)
    };
    let tree = RTree::bulk_load(rings.iter().enumerate().map(boxed).collect::<Vec<_>>());
    let looked = AtomicUsize::new(0);
    let owner = |ring: &Ring| {
        let corner = [ring.bounds.min().x, ring.bounds.min().y];
        let around = tree.locate_in_envelope_intersecting(&AABB::from_point(corner)).map(|found| found.data);
        if looked.load(Ordering::Relaxed) > MOST_AROUND || progress.check().is_err() {
            return None;
        }
        let mut around: Vec<usize> = around.filter(|k| rings[*k].area > ring.area).collect();
        looked.fetch_add(around.len(), Ordering::Relaxed);
        // the smallest few are sorted out first: the owner is nearly always among them
        let mut from = 0;
        let mut step = 8;
        while from < around.len() {
            let to = (from + step).min(around.len());
            let order = |a: &usize, b: &usize| rings[*a].area.total_cmp(&rings[*b].area).then(a.cmp(b));
            if to < around.len() {
                around[from..].select_nth_unstable_by(to - from - 1, order);
            }
            around[from..to].sort_by(order);
            if let Some(k) = around[from..to].iter().find(|k| inside(ring, &rings[**k])) {
                return Some(*k);
            }
            (from, step) = (to, step * 4);
        }
        None
    };
    let owners = rings.par_iter().map(owner).collect();
    (looked.into_inner() <= MOST_AROUND).then_some(owners)
}

/// Outer rings and holes by depth of nesting. Returns the shape, how many rings run the wrong way, and how
/// many that run as holes have nothing around them (where the others run right).
fn nest(rings: &[Ring], progress: &Progress) -> Option<(MultiPolygon<f64>, usize, usize)> {
    let owners = owners(rings, progress)?;
    // depth by way of the owner, which is always larger: largest first
    let mut by_area: Vec<usize> = (0..rings.len()).collect();
    by_area.sort_by(|a, b| rings[*b].area.total_cmp(&rings[*a].area));
    let mut depth = vec![0_usize; rings.len()];
    for i in by_area {
        depth[i] = owners[i].map_or(0, |owner| depth[owner] + 1);
    }
    let wrong = |i: &usize| rings[*i].clockwise != depth[*i].is_multiple_of(2);
    let turned = (0..rings.len()).filter(wrong).count();
    let lone = (0..rings.len()).filter(|i| depth[*i] == 0 && !rings[*i].clockwise).count();
    let any_right = (0..rings.len()).any(|i| depth[i] == 0 && rings[i].clockwise);
    let outside = if any_right { lone } else { 0 };
    let mut place = vec![usize::MAX; rings.len()];
    let mut polygons: Vec<(LineString<f64>, Vec<LineString<f64>>)> = Vec::new();
    for (i, ring) in rings.iter().enumerate() {
        if depth[i].is_multiple_of(2) {
            place[i] = polygons.len();
            polygons.push((ring.line.clone(), Vec::new()));
        }
    }
    for (i, ring) in rings.iter().enumerate() {
        if !depth[i].is_multiple_of(2)
            && let Some(slot) = owners[i].and_then(|k| polygons.get_mut(place[k]))
        {
            slot.1.push(ring.line.clone());
        }
    }
    let shape = MultiPolygon(polygons.into_iter().map(|(outer, holes)| Polygon::new(outer, holes)).collect());
    Some((shape.orient(Direction::Default), turned - outside, outside))
}

/// Compares districts with each other: overlaps and gaps are noticed, not repaired.
///
/// # Errors
/// `JOB-001` once cancelled.
pub(super) fn check_division(
    shapes: &[(&str, &MultiPolygon<f64>)],
    file: &str,
    diagnostics: &mut Diagnostics,
    progress: &Progress,
) -> AppResult<()> {
    let corners: usize = shapes.iter().map(|(_, s)| geo::CoordsIter::coords_count(*s)).sum();
    if corners > MOST_CORNERS {
        diagnostics.push(
            Finding::note("GIS-058", format!("边界共 {corners} 个顶点，数量过大，未检查各区之间的重叠与空隙"))
                .hint("需要检查时请先简化边界")
                .file(file),
        );
        return Ok(());
    }
    let each: Vec<_> = shapes.iter().map(|(_, shape)| edges_of(shape)).collect();
    let whose: Vec<usize> =
        each.iter().enumerate().flat_map(|(i, edges)| std::iter::repeat_n(i, edges.len())).collect();
    let shared = find_crossings(&each.concat(), MOST_SHARED, |a, b| whose[a] != whose[b], progress)?;
    if !shared.complete {
        diagnostics.push(
            Finding::warning(
                "GIS-063",
                format!("各区边界相交过多（已找到 {} 处），未检查各区之间的重叠与空隙", shared.count),
            )
            .hint("请核对是否把两份不同的边界放在了一起")
            .file(file),
        );
        return Ok(());
    }
    let bounds: Vec<Option<Bounds>> = shapes.iter().map(|(_, s)| Bounds::of(s)).collect();
    let Some(whole) = bounds.iter().flatten().copied().reduce(Bounds::union) else { return Ok(()) };
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
    let area_of = |(i, k): &(usize, usize)| {
        progress.check()?;
        Ok((*i, *k, planar_area_m2(&shapes[*i].1.intersection(shapes[*k].1), plane)))
    };
    let overlaps: Vec<(usize, usize, f64)> = pairs.par_iter().map(area_of).collect::<AppResult<_>>()?;
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
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;

    fn check(parts: &[Vec<[f64; 2]>]) -> (MultiPolygon<f64>, Vec<&'static str>) {
        let mut d = Diagnostics::new();
        let place = Place { file: "a.shp", row: 1, name: "甲区" };
        let shape = check_rings(parts, &place, &mut d, &Progress::none()).unwrap();
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
        check_division(&[("甲", &a), ("乙", &b), ("丙", &c), ("丁", &d)], "a.shp", &mut diagnostics, &Progress::none())
            .unwrap();
        assert_eq!(diagnostics.count_code("GIS-055"), 1);
        assert_eq!(diagnostics.count_code("GIS-056"), 1);
        assert!(diagnostics.findings()[0].what.contains("「甲」与「乙」重叠"));
    }
}
