//! Measures of district shapes: bounds, area, local metres, distance to the border, label point.
//!
//! Areas are geodesic on the WGS 84 ellipsoid (Karney 2013, crate `geo`). Distances are in the tangent
//! plane at the point asked (equirectangular with the ellipsoid's two radii of curvature), good to 0.1 %
//! within 100 km. The label point is the pole of inaccessibility (Garcia-Castellanos & Lombardo 2007), found by
//! the crate `polylabel`.

use geo::{
    Area, BoundingRect, Contains, Coord, Distance, Euclidean, GeodesicArea, Line, LineString, MapCoords, MultiPolygon,
    Point, Polygon,
};

use super::coords::metres_per_degree;

/// Longitude and latitude bounds in degrees: west, south, east, north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Least longitude.
    pub west: f64,
    /// Least latitude.
    pub south: f64,
    /// Greatest longitude.
    pub east: f64,
    /// Greatest latitude.
    pub north: f64,
}

impl Bounds {
    /// The bounds of a shape; `None` where it is empty.
    #[must_use]
    pub fn of(shape: &MultiPolygon<f64>) -> Option<Self> {
        shape.bounding_rect().map(|r| Self { west: r.min().x, south: r.min().y, east: r.max().x, north: r.max().y })
    }

    /// The least bounds that hold both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// True where the point lies within, edges included.
    #[must_use]
    pub fn contains(&self, lon: f64, lat: f64) -> bool {
        (self.west..=self.east).contains(&lon) && (self.south..=self.north).contains(&lat)
    }

    /// The middle: longitude, latitude.
    #[must_use]
    pub fn centre(&self) -> (f64, f64) {
        (f64::midpoint(self.west, self.east), f64::midpoint(self.south, self.north))
    }
}

/// Degrees to metres around a point and back: x to the east, y to the north (equirectangular).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalPlane {
    /// Longitude and latitude of the origin, degrees.
    pub origin: (f64, f64),
    scale: (f64, f64),
}

impl LocalPlane {
    /// The plane that touches the globe at this point.
    #[must_use]
    pub fn at(lon: f64, lat: f64) -> Self {
        Self { origin: (lon, lat), scale: metres_per_degree(lat) }
    }

    /// Metres east and north of the origin.
    #[must_use]
    pub fn project(&self, lon: f64, lat: f64) -> (f64, f64) {
        ((lon - self.origin.0) * self.scale.0, (lat - self.origin.1) * self.scale.1)
    }

    /// Longitude and latitude of a point in metres.
    #[must_use]
    pub fn unproject(&self, x: f64, y: f64) -> (f64, f64) {
        (self.origin.0 + x / self.scale.0, self.origin.1 + y / self.scale.1)
    }

    fn coord(&self, c: Coord<f64>) -> Coord<f64> {
        let (x, y) = self.project(c.x, c.y);
        Coord { x, y }
    }
}

/// Area in km² on the WGS 84 ellipsoid, whatever the direction of the rings.
///
/// Ring by ring: the unsigned area of a whole polygon takes a clockwise one for the rest of the globe.
#[must_use]
pub fn area_km2(shape: &MultiPolygon<f64>) -> f64 {
    let ring = |r: &LineString<f64>| Polygon::new(r.clone(), vec![]).geodesic_area_signed().abs();
    shape.iter().map(|p| ring(p.exterior()) - p.interiors().iter().map(ring).sum::<f64>()).sum::<f64>() / 1e6
}

/// Area in m² in the plane of `plane`; quick, good to some tenths of a percent for a city.
pub(super) fn planar_area_m2(shape: &MultiPolygon<f64>, plane: LocalPlane) -> f64 {
    shape.unsigned_area() * plane.scale.0 * plane.scale.1
}

pub(super) fn squared_distance(p: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 { (((p.x - a.x) * dx + (p.y - a.y) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    let (ex, ey) = (p.x - a.x - t * dx, p.y - a.y - t * dy);
    ex * ex + ey * ey
}

/// Points of a border in stretches with bounds, so that far ones are passed over.
#[derive(Debug, Clone, Default)]
pub(super) struct Border {
    points: Vec<Coord<f64>>,
    stretches: Vec<Stretch>,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    start: usize,
    end: usize,
    low: Coord<f64>,
    high: Coord<f64>,
}

/// Edges in a stretch: a compromise between bounds to check and edges to measure.
const STRETCH: usize = 16;

impl Border {
    pub(super) fn new(shape: &MultiPolygon<f64>) -> Self {
        let mut border = Self::default();
        for ring in shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors())) {
            let mut at = 0;
            while at + 1 < ring.0.len() {
                let end = (at + STRETCH).min(ring.0.len() - 1);
                let part = &ring.0[at..=end];
                let start = border.points.len();
                border.points.extend(part);
                let fold = |f: fn(f64, f64) -> f64, start: f64| Coord {
                    x: part.iter().map(|c| c.x).fold(start, f),
                    y: part.iter().map(|c| c.y).fold(start, f),
                };
                border.stretches.push(Stretch {
                    start,
                    end: border.points.len(),
                    low: fold(f64::min, f64::INFINITY),
                    high: fold(f64::max, f64::NEG_INFINITY),
                });
                at = end;
            }
        }
        border
    }

    /// Metres from the point to the border; infinite for an empty one.
    pub(super) fn distance_m(&self, lon: f64, lat: f64) -> f64 {
        let plane = LocalPlane::at(lon, lat);
        let p = Coord { x: 0.0, y: 0.0 };
        let bound = |s: &Stretch| {
            let dx = (s.low.x - lon).max(lon - s.high.x).max(0.0) * plane.scale.0;
            let dy = (s.low.y - lat).max(lat - s.high.y).max(0.0) * plane.scale.1;
            dx * dx + dy * dy
        };
        // The nearest stretch first, so that most others need no measuring.
        let Some(first) =
            (0..self.stretches.len()).min_by(|a, b| bound(&self.stretches[*a]).total_cmp(&bound(&self.stretches[*b])))
        else {
            return f64::INFINITY;
        };
        let mut best = f64::INFINITY;
        for k in std::iter::once(first).chain(0..self.stretches.len()) {
            let stretch = &self.stretches[k];
            if bound(stretch) >= best {
                continue;
            }
            for edge in self.points[stretch.start..stretch.end].windows(2) {
                best = best.min(squared_distance(p, plane.coord(edge[0]), plane.coord(edge[1])));
            }
        }
        best.sqrt()
    }
}

/// How many times its width a part may be long: the search begins with as many cells.
const LONGEST_PART: f64 = 1000.0;
/// Corners up to which the best point is searched for: each step of the search measures all of them.
const MOST_LABEL_CORNERS: usize = 50_000;
/// Square of the border's length by the area: 13 for a circle, some hundreds for a torn coast.
const MOST_WINDING: f64 = 4_000.0;

/// Lines across a shape on which a point within it is looked for where the best one is not.
const SCAN_LINES: usize = 9;

/// Of the widest stretches within a polygon on a few level lines across it (even–odd rule), the middle that is farthest
/// from the border: n log n, where geo's own search relates each stretch to the whole polygon.
fn widest_crossing(polygon: &Polygon<f64>) -> Option<Point<f64>> {
    let rings = || std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let mut heights: Vec<f64> = rings().flat_map(|ring| ring.coords().map(|c| c.y)).collect();
    heights.sort_unstable_by(f64::total_cmp);
    heights.dedup();
    // between two corners' heights no line meets a corner
    let gaps = heights.len().checked_sub(1).filter(|gaps| *gaps > 0)?;
    let mut best: Option<(f64, Point<f64>)> = None;
    for k in 1..=SCAN_LINES {
        let at = (gaps * k / (SCAN_LINES + 1)).min(gaps - 1);
        let y = heights[at].midpoint(heights[at + 1]);
        let crosses = |line: &Line<f64>| (line.start.y > y) != (line.end.y > y);
        let meets = |line: Line<f64>| line.start.x + (y - line.start.y) / line.dy() * line.dx();
        let mut xs: Vec<f64> = rings().flat_map(LineString::lines).filter(crosses).map(meets).collect();
        xs.sort_unstable_by(f64::total_cmp);
        let Some(widest) = xs.chunks_exact(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0]))) else { continue };
        let point = Point::new(widest[0].midpoint(widest[1]), y);
        let room = rings().map(|ring| Euclidean.distance(ring, &point)).fold(f64::INFINITY, f64::min);
        if best.is_none_or(|(most, _)| room > most) {
            best = Some((room, point));
        }
    }
    best.map(|(_, point)| point)
}

/// The point of the largest part that is farthest from its border, and that distance in metres; where a label
/// or a bubble stands best. `None` for an empty shape.
#[must_use]
pub fn pole_of_inaccessibility(shape: &MultiPolygon<f64>) -> Option<(f64, f64, f64)> {
    let largest: &Polygon<f64> = shape.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
    let bounds = largest.bounding_rect()?;
    let plane = LocalPlane::at(bounds.center().x, bounds.center().y);
    let flat = largest.map_coords(|c| plane.coord(c));
    let extent = flat.bounding_rect()?;
    let (short, long) = (extent.width().min(extent.height()), extent.width().max(extent.height()));
    // A five-hundredth of the width is finer than any label is placed.
    // On a winding arm every place is as good as the next: the search would look at all of them.
    let border: f64 =
        flat.exterior().lines().map(|line| (line.end - line.start).x.hypot((line.end - line.start).y)).sum();
    let winding = border * border > MOST_WINDING * flat.unsigned_area().max(f64::MIN_POSITIVE);
    let few = geo::CoordsIter::coords_count(&flat) <= MOST_LABEL_CORNERS && !winding;
    let point = if few && short > 0.0 && long < short * LONGEST_PART {
        polylabel::polylabel(&flat, &(short / 500.0)).ok()?
    } else {
        widest_crossing(&flat).unwrap_or_else(|| extent.center().into())
    };
    let inside = if flat.contains(&point) { 1.0 } else { -1.0 };
    let rings = std::iter::once(flat.exterior()).chain(flat.interiors());
    let nearest = rings.map(|ring| Euclidean.distance(ring, &point)).fold(f64::INFINITY, f64::min);
    let (lon, lat) = plane.unproject(point.x(), point.y());
    Some((lon, lat, inside * nearest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn areas_do_not_hang_on_the_direction_of_rings() {
        let ring = |size: f64| {
            LineString::from(vec![
                (121.0, 31.0),
                (121.0 + size, 31.0),
                (121.0 + size, 31.0 + size),
                (121.0, 31.0 + size),
            ])
        };
        let turned = |r: LineString<f64>| LineString(r.0.into_iter().rev().collect());
        let area = |outer, hole| area_km2(&MultiPolygon(vec![Polygon::new(outer, vec![hole])]));
        let expected = area(ring(0.2), turned(ring(0.1)));
        assert!((expected - 317.0).abs() < 1.0, "{expected}");
        for (outer, hole) in
            [(ring(0.2), ring(0.1)), (turned(ring(0.2)), ring(0.1)), (turned(ring(0.2)), turned(ring(0.1)))]
        {
            assert!((area(outer, hole) - expected).abs() < 1e-6);
        }
        assert!(area_km2(&MultiPolygon(vec![])).abs() < 1e-12);
    }

    #[test]
    fn a_comb_of_ten_thousand_teeth_has_a_point_within_it() {
        // teeth of growing width, with a hole in the widest: the point stands beside the hole
        let mut ring = vec![(0.0, -1.0)];
        let mut x = 0.0;
        for i in 0..10_000 {
            let width = if i == 9_000 { 5.0 } else { 0.01 };
            ring.extend([(x, 0.0), (x, 100.0), (x + width, 100.0), (x + width, 0.0)]);
            x += width + 0.01;
        }
        ring.push((x, -1.0));
        let hole = vec![(181.0, 10.0), (181.5, 10.0), (181.5, 90.0), (181.0, 90.0)];
        let comb = Polygon::new(LineString::from(ring), vec![LineString::from(hole)]);
        let point = widest_crossing(&comb).unwrap();
        assert!(comb.contains(&point), "{point:?}");
        let nearest = Euclidean.distance(comb.exterior(), &point);
        assert!(nearest > 0.5, "in the widest tooth: {point:?}, {nearest}");
        assert!(widest_crossing(&Polygon::new(LineString::new(vec![]), vec![])).is_none());
    }

    #[test]
    fn the_label_of_an_l_stands_in_its_thick_corner() {
        let shape = MultiPolygon(vec![polygon![
            (x: 121.0, y: 31.0), (x: 121.3, y: 31.0), (x: 121.3, y: 31.05),
            (x: 121.1, y: 31.05), (x: 121.1, y: 31.3), (x: 121.0, y: 31.3)
        ]]);
        let (lon, lat, metres) = pole_of_inaccessibility(&shape).unwrap();
        assert!((121.0..121.1).contains(&lon) && (31.0..31.3).contains(&lat), "{lon} {lat}");
        // No worse than the middle of the thick leg (half of 0.1 degrees of longitude = 4.77 km).
        assert!((4700.0..5600.0).contains(&metres), "{metres}");
        assert!(pole_of_inaccessibility(&MultiPolygon(vec![])).is_none());
    }

    #[test]
    fn distances_agree_with_a_plain_search() {
        let ring: Vec<(f64, f64)> = (0..100)
            .map(|i| {
                let t = f64::from(i) * std::f64::consts::TAU / 100.0;
                (121.5 + 0.2 * t.cos(), 31.2 + 0.1 * t.sin())
            })
            .collect();
        let shape = MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])]);
        let border = Border::new(&shape);
        for (lon, lat) in [(121.5, 31.2), (121.0, 31.0), (121.7, 31.2), (121.55, 31.27)] {
            let plane = LocalPlane::at(lon, lat);
            let plain = shape.0[0]
                .exterior()
                .lines()
                .map(|l| squared_distance(Coord { x: 0.0, y: 0.0 }, plane.coord(l.start), plane.coord(l.end)))
                .fold(f64::INFINITY, f64::min)
                .sqrt();
            assert!((border.distance_m(lon, lat) - plain).abs() < 1e-9);
        }
        assert!(Border::default().distance_m(0.0, 0.0).is_infinite());
    }
}
