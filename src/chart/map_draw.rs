//! Lays a choropleth out: projection, districts, points, labels that never meet.
//!
//! The projection is the plane that touches the globe in the middle of what is shown (equirectangular with the
//! ellipsoid's two radii there), good to a few tenths of a percent across a city.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;

use super::map::{ChoroplethMap, MapShape};
use super::map_furniture::{foot, head, legend, legend_width, north_arrow, scale_bar, simulated_mark};
use super::pen::{Hold, LABEL, Mark, Pen, PxBox};
use super::{ChartStyle, Drawn};
use crate::district::LocalPlane;

/// Degrees to pixels.
struct Projection {
    plane: LocalPlane,
    metres_per_pixel: f64,
    middle: (f64, f64),
}

impl Projection {
    /// Fits a window into a box.
    fn fit((west, south, east, north): (f64, f64, f64, f64), at: PxBox) -> Self {
        let plane = LocalPlane::at(f64::midpoint(west, east), f64::midpoint(south, north));
        let ((left, bottom), (right, top)) = (plane.project(west, south), plane.project(east, north));
        let across = (right - left).max(1.0) / f64::from(at.width().max(1));
        let along = (top - bottom).max(1.0) / f64::from(at.height().max(1));
        Self {
            plane,
            metres_per_pixel: across.max(along),
            middle: (f64::from(at.left + at.right) / 2.0, f64::from(at.top + at.bottom) / 2.0),
        }
    }

    fn pixel(&self, (lon, lat): (f64, f64)) -> (i32, i32) {
        let (east, north) = self.plane.project(lon, lat);
        // Far points are held within what a pixel's number can say.
        let held = |v: f64| if v.is_finite() { v.round().clamp(-1e6, 1e6) as i32 } else { -1_000_000 };
        (held(self.middle.0 + east / self.metres_per_pixel), held(self.middle.1 - north / self.metres_per_pixel))
    }
}

fn window(map: &ChoroplethMap) -> Option<(f64, f64, f64, f64)> {
    if map.window.is_some() {
        return map.window;
    }
    let points = map.districts.iter().flat_map(|d| d.polygons.iter().flatten().flatten().copied());
    let all = points.chain(map.points.iter().map(|p| p.at)).filter(|(x, y)| x.is_finite() && y.is_finite());
    all.fold(None, |bounds, (x, y)| {
        let (w, s, e, n) = bounds.unwrap_or((x, y, x, y));
        Some((f64::min(w, x), f64::min(s, y), f64::max(e, x), f64::max(n, y)))
    })
}

/// Cuts a ring to a box (Sutherland and Hodgman 1974); what lies along the box's edge stays along it.
fn clipped(ring: &[(i32, i32)], at: PxBox) -> Vec<(i32, i32)> {
    type Point = (f64, f64);
    let mut points: Vec<Point> = ring.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect();
    let (left, right) = (f64::from(at.left), f64::from(at.right));
    let (top, bottom) = (f64::from(at.top), f64::from(at.bottom));
    // Distance inside each of the four edges.
    let edges: [&dyn Fn(Point) -> f64; 4] = [&|p| p.0 - left, &|p| right - p.0, &|p| p.1 - top, &|p| bottom - p.1];
    for inside in edges {
        let mut kept = Vec::with_capacity(points.len() + 4);
        for (i, b) in points.iter().enumerate() {
            let a = points[if i == 0 { points.len() - 1 } else { i - 1 }];
            let (da, db) = (inside(a), inside(*b));
            if (da < 0.0) != (db < 0.0) {
                let t = da / (da - db);
                kept.push((a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t));
            }
            if db >= 0.0 {
                kept.push(*b);
            }
        }
        points = kept;
    }
    let mut cut: Vec<(i32, i32)> = points.iter().map(|(x, y)| (x.round() as i32, y.round() as i32)).collect();
    cut.dedup();
    cut
}

/// One closed line through the outside and all holes: from the outside to each hole and back on the same way, so
/// that an even-odd fill leaves the holes out on every backend.
fn keyhole(rings: &[Vec<(i32, i32)>]) -> Vec<(i32, i32)> {
    let Some((outside, holes)) = rings.split_first() else { return Vec::new() };
    let Some(start) = outside.first().copied() else { return Vec::new() };
    let mut line = outside.clone();
    line.push(start);
    for hole in holes {
        if let Some(first) = hole.first() {
            line.extend(hole.iter().copied());
            line.push(*first);
            line.push(start);
        }
    }
    line
}

/// Twice the signed area of a ring.
fn turn(ring: &[(i32, i32)]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)).sum()
}

/// The polygon's rings in pixels within a box, outside and holes turning against each other.
fn rings_of(shape: &MapShape, projection: &Projection, at: PxBox) -> Vec<Vec<(i32, i32)>> {
    let mut rings = Vec::with_capacity(shape.len());
    for (i, ring) in shape.iter().enumerate() {
        let mut pixels: Vec<(i32, i32)> = ring.iter().map(|p| projection.pixel(*p)).collect();
        pixels.dedup();
        let mut cut = clipped(&pixels, at);
        if cut.len() < 3 {
            if i == 0 {
                return Vec::new();
            }
            continue;
        }
        if (turn(&cut) > 0) != (i == 0) {
            cut.reverse();
        }
        rings.push(cut);
    }
    rings
}

/// Draws a map over the whole area and returns a mark for the bounds of each district.
///
/// # Errors
/// What the backend reports.
pub fn draw_map<DB: DrawingBackend>(
    map: &ChoroplethMap,
    area: &DrawingArea<DB, Shift>,
    style: &ChartStyle,
) -> Drawn<Vec<Mark>, DB> {
    let pen = &Pen::new(area, style);
    pen.rect(pen.bounds(), style.ground, 1.0)?;
    let mut room = pen.bounds().shrunk(pen.px(14.0));
    room.top = head(map, room, pen)?;
    room.bottom = foot(map, room, pen)?;
    let side = room.width() >= pen.px(520.0);
    let mut field = room;
    if side {
        let width = legend_width(map, pen.px(180.0), pen);
        if width > 0 {
            field.right = room.right - width - pen.px(14.0);
            let beside = PxBox { left: field.right + pen.px(14.0), ..room };
            legend(map, beside, false, false, pen)?;
        }
    } else {
        let height = legend(map, PxBox { top: 0, bottom: 0, ..room }, true, true, pen)?;
        field.bottom = (room.bottom - height - pen.px(6.0)).max(room.top + pen.px(60.0));
        legend(map, PxBox { top: field.bottom + pen.px(4.0), ..room }, true, false, pen)?;
    }
    pen.rect(field, style.water, 1.0)?;
    let inner = field.shrunk(pen.px(1.0));
    let Some(shown) = window(map) else {
        pen.frame(field, 1.0, style.line)?;
        return Ok(Vec::new());
    };
    let projection = Projection::fit(shown, inner.shrunk(pen.px(10.0)));
    let classes = map.classes.len().max(1);
    let mut lines = Vec::new();
    for district in &map.districts {
        let fill = district.class.map_or(style.no_data, |c| style.class(c, classes));
        for shape in &district.polygons {
            let rings = rings_of(shape, &projection, inner);
            pen.polygon(keyhole(&rings), fill, 1.0)?;
            lines.extend(rings);
        }
    }
    for mut ring in lines {
        if let Some(first) = ring.first().copied() {
            ring.push(first);
        }
        pen.path(ring, 0.8, style.border)?;
    }
    let tiers = map.tiers.len().max(1);
    for top in [false, true] {
        for point in map.points.iter().filter(|p| p.highlighted == top) {
            let at = projection.pixel(point.at);
            if !inner.contains(at.0, at.1) {
                continue;
            }
            if top {
                pen.dot(at, 6.0, style.ground)?;
                pen.dot(at, 5.0, style.text)?;
                pen.dot(at, 3.75, style.tier(point.tier, tiers))?;
            } else {
                pen.dot(at, 2.5, style.ground)?;
                pen.dot(at, 1.9, style.tier(point.tier, tiers))?;
            }
        }
    }
    pen.frame(field, 1.0, style.line)?;
    let mut taken = vec![
        scale_bar(
            (field.left + pen.px(12.0), field.bottom - pen.px(10.0)),
            projection.metres_per_pixel,
            field.width() / 3,
            pen,
        )?,
        north_arrow((field.right - pen.px(10.0), field.top + pen.px(8.0)), pen)?,
    ];
    if map.simulated {
        taken.push(simulated_mark((field.left + pen.px(10.0), field.top + pen.px(10.0)), pen)?);
    }
    labels(map, &projection, inner, &mut taken, pen)?;
    Ok(marks(map, &projection, inner))
}

/// Labels by weight, each where it meets none before it.
fn labels<DB: DrawingBackend>(
    map: &ChoroplethMap,
    projection: &Projection,
    field: PxBox,
    taken: &mut Vec<PxBox>,
    pen: &Pen<'_, DB>,
) -> Drawn<(), DB> {
    let mut order: Vec<usize> = (0..map.labels.len()).collect();
    order.sort_by(|a, b| map.labels[*b].weight.total_cmp(&map.labels[*a].weight));
    let half = pen.px(8.0);
    for i in order {
        let label = &map.labels[i];
        let (x, y) = projection.pixel(label.at);
        let width = pen.width(&label.text, LABEL, false);
        let at = |y: i32| PxBox {
            left: x - width / 2 - pen.px(2.0),
            right: x + width / 2 + pen.px(2.0),
            top: y - half,
            bottom: y + half,
        };
        let free = [y, y - half, y + half].into_iter().find(|y| {
            let cover = at(*y);
            let inside = field.contains(cover.left, cover.top) && field.contains(cover.right, cover.bottom);
            inside && !taken.iter().any(|t| t.meets(cover))
        });
        let Some(y) = free else { continue };
        // A halo of the ground's colour keeps the label legible on any class.
        for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (-1, 1), (1, -1)] {
            let shift = pen.px(1.2);
            let place = (x + dx * shift, y + dy * shift);
            pen.text(&label.text, place, (LABEL, false), pen.style.ground, Hold::Middle)?;
        }
        pen.text(&label.text, (x, y), (LABEL, false), pen.style.text, Hold::Middle)?;
        taken.push(at(y));
    }
    Ok(())
}

fn marks(map: &ChoroplethMap, projection: &Projection, field: PxBox) -> Vec<Mark> {
    let mut marks = Vec::new();
    for district in &map.districts {
        let corners: Vec<(i32, i32)> =
            district.polygons.iter().filter_map(|p| p.first()).flatten().map(|p| projection.pixel(*p)).collect();
        let (Some(left), Some(right)) = (corners.iter().map(|p| p.0).min(), corners.iter().map(|p| p.0).max()) else {
            continue;
        };
        let (Some(top), Some(bottom)) = (corners.iter().map(|p| p.1).min(), corners.iter().map(|p| p.1).max()) else {
            continue;
        };
        let rect = PxBox {
            left: left.max(field.left),
            right: right.min(field.right),
            top: top.max(field.top),
            bottom: bottom.min(field.bottom),
        };
        if rect.width() > 0 && rect.height() > 0 {
            let mut lines = vec![district.name.clone()];
            lines.push(if district.value.is_empty() { "无数据".to_owned() } else { district.value.clone() });
            marks.push(Mark { rect, lines });
        }
    }
    marks
}
