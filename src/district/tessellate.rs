//! Districts as triangles, outlines and label points on a plane in kilometres, made once for drawing.
//!
//! Duty: project a [`DistrictSet`] to a plane (equirectangular at its middle latitude, x east, y north, f32
//! relative to the centre), triangulate every district (ear clipping), keep its rings for borders, and do that
//! on several levels of detail, shared borders staying shared, so that a far view draws few vertices.
//!
//! Invariants: level 0 has every vertex and its triangles cover each district exactly; levels come finest
//! first; the ranges of a level lie in the order of the districts. For drawing only.

use std::ops::Range;

use geo::{LineString, MultiPolygon, Polygon, TriangulateEarcut};
use rayon::prelude::*;

use super::geometry::{Bounds, LocalPlane};
use super::set::DistrictSet;

/// A plane in kilometres: x east, y north, from its origin.
#[derive(Debug, Clone, Copy)]
pub struct PlaneKm(LocalPlane);

impl PlaneKm {
    /// The plane that touches the ellipsoid at a point in degrees.
    #[must_use]
    pub fn at(lon: f64, lat: f64) -> Self {
        Self(LocalPlane::at(lon, lat))
    }

    /// Kilometres of a point in degrees.
    #[must_use]
    pub fn project(&self, lon: f64, lat: f64) -> [f32; 2] {
        let (x, y) = self.0.project(lon, lat);
        [(x / 1000.0) as f32, (y / 1000.0) as f32]
    }

    /// Degrees of a point in kilometres.
    #[must_use]
    pub fn unproject(&self, x: f64, y: f64) -> (f64, f64) {
        self.0.unproject(x * 1000.0, y * 1000.0)
    }
}

/// A rectangle on the plane, kilometres; the default holds nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaneRect {
    /// West and south.
    pub min: [f32; 2],
    /// East and north.
    pub max: [f32; 2],
}

impl Default for PlaneRect {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl PlaneRect {
    /// The rectangle that holds nothing.
    pub const NOTHING: Self = Self { min: [f32::INFINITY; 2], max: [f32::NEG_INFINITY; 2] };

    /// True where it holds no point.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !(self.min[0] <= self.max[0] && self.min[1] <= self.max[1])
    }

    /// Grows to hold a point; points that are no numbers change nothing.
    pub fn extend(&mut self, p: [f32; 2]) {
        for (k, value) in p.into_iter().enumerate() {
            self.min[k] = self.min[k].min(value);
            self.max[k] = self.max[k].max(value);
        }
    }

    /// The rectangle of some points.
    #[must_use]
    pub fn of(points: impl IntoIterator<Item = [f32; 2]>) -> Self {
        let mut rect = Self::NOTHING;
        for p in points {
            rect.extend(p);
        }
        rect
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        let (a, b) = (self, other);
        Self {
            min: [a.min[0].min(b.min[0]), a.min[1].min(b.min[1])],
            max: [a.max[0].max(b.max[0]), a.max[1].max(b.max[1])],
        }
    }

    /// True where the two share a point.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        (0..2).all(|k| self.min[k] <= other.max[k] && other.min[k] <= self.max[k])
    }

    /// True where it holds all of the other.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        (0..2).all(|k| self.min[k] <= other.min[k] && other.max[k] <= self.max[k])
    }

    /// True where the point lies in it.
    #[must_use]
    pub fn contains(&self, p: [f32; 2]) -> bool {
        (0..2).all(|k| (self.min[k]..=self.max[k]).contains(&p[k]))
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> [f32; 2] {
        [self.max[0] - self.min[0], self.max[1] - self.min[1]]
    }

    /// Its middle.
    #[must_use]
    pub fn centre(&self) -> [f32; 2] {
        [f32::midpoint(self.min[0], self.max[0]), f32::midpoint(self.min[1], self.max[1])]
    }
}

/// Where one district stands in a level's arrays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeshPart {
    /// Its vertices.
    pub vertices: Range<usize>,
    /// Its triangles' corners, three a triangle, numbered over the whole level.
    pub indices: Range<usize>,
    /// Its rings.
    pub rings: Range<usize>,
}

/// One level of detail.
#[derive(Debug, Clone)]
pub struct MeshLevel {
    /// Kilometres by which a border may stand off its true place.
    pub tolerance: f32,
    /// Corners on the plane, without the closing one of each ring.
    pub vertices: Vec<[f32; 2]>,
    /// Corners of triangles.
    pub indices: Vec<u32>,
    /// Rings as ranges of `vertices`; closed by joining the last to the first.
    pub rings: Vec<Range<usize>>,
    /// One a district.
    pub parts: Vec<MeshPart>,
}

/// Where a district's name goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelPoint {
    /// Place on the plane.
    pub at: [f32; 2],
    /// Kilometres to the border.
    pub radius: f32,
}

/// Districts made ready for drawing.
#[derive(Debug, Clone)]
pub struct DistrictMesh {
    /// The plane of all coordinates.
    pub plane: PlaneKm,
    /// Levels, finest first; at least one.
    pub levels: Vec<MeshLevel>,
    /// One a district.
    pub labels: Vec<Option<LabelPoint>>,
    /// One a district; [`PlaneRect::NOTHING`] where it has no shape.
    pub rects: Vec<PlaneRect>,
    /// Around all.
    pub bounds: PlaneRect,
}

/// Levels beyond the full one, as parts of the map's diagonal.
const COARSE: [f64; 2] = [5000.0, 1200.0];
/// Fewer vertices than this need no coarser level.
const SMALL: usize = 4000;

impl DistrictMesh {
    /// Projects, triangulates and simplifies; some milliseconds for a city, so call it off the frame thread.
    #[must_use]
    pub fn of(set: &DistrictSet) -> Self {
        let (lon, lat) = set.bounds().map_or((0.0, 0.0), |b: Bounds| b.centre());
        let plane = PlaneKm::at(lon, lat);
        let shapes: Vec<&MultiPolygon<f64>> = set.districts().iter().map(|d| &d.shape).collect();
        let full = level_of(&shapes, plane, 0.0);
        let rects: Vec<PlaneRect> =
            full.parts.iter().map(|p| PlaneRect::of(full.vertices[p.vertices.clone()].iter().copied())).collect();
        let bounds = rects.iter().copied().fold(PlaneRect::NOTHING, PlaneRect::union);
        let mut levels = vec![full];
        if levels[0].vertices.len() > SMALL && !bounds.is_empty() {
            let [w, h] = bounds.size();
            let diagonal = f64::from(w.hypot(h));
            for part in COARSE {
                let tolerance = diagonal / part;
                let simple = set.simplified(tolerance * 1000.0);
                let level = level_of(&simple.iter().collect::<Vec<_>>(), plane, tolerance as f32);
                if levels.last().is_some_and(|finer| level.vertices.len() * 4 < finer.vertices.len() * 3) {
                    levels.push(level);
                }
            }
        }
        let labels = set
            .label_points()
            .into_iter()
            .map(|p| p.map(|(lon, lat, m)| LabelPoint { at: plane.project(lon, lat), radius: (m / 1000.0) as f32 }))
            .collect();
        Self { plane, levels, labels, rects, bounds }
    }

    /// The coarsest level that is still exact to `tolerance` kilometres.
    #[must_use]
    pub fn level_for(&self, tolerance: f32) -> usize {
        self.levels.iter().rposition(|l| l.tolerance <= tolerance).unwrap_or(0)
    }

    /// Square kilometres on the plane of a district's triangles at a level.
    #[must_use]
    pub fn area(&self, level: usize, district: usize) -> f64 {
        let Some(level) = self.levels.get(level) else { return 0.0 };
        let Some(part) = level.parts.get(district) else { return 0.0 };
        let at = |i: u32| level.vertices[i as usize].map(f64::from);
        level.indices[part.indices.clone()]
            .chunks_exact(3)
            .map(|t| {
                let ([ax, ay], [bx, by], [cx, cy]) = (at(t[0]), at(t[1]), at(t[2]));
                ((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)).abs() / 2.0
            })
            .sum()
    }
}

/// One district's vertices, triangles and rings, numbered from its own start.
type Piece = (Vec<[f32; 2]>, Vec<u32>, Vec<Range<usize>>);

fn level_of(shapes: &[&MultiPolygon<f64>], plane: PlaneKm, tolerance: f32) -> MeshLevel {
    let pieces: Vec<Piece> = shapes.par_iter().map(|shape| piece_of(shape, plane)).collect();
    let mut level = MeshLevel { tolerance, vertices: vec![], indices: vec![], rings: vec![], parts: vec![] };
    for (vertices, indices, rings) in pieces {
        let start = (level.vertices.len(), level.indices.len(), level.rings.len());
        level.indices.extend(indices.into_iter().map(|i| i + start.0 as u32));
        level.rings.extend(rings.into_iter().map(|r| r.start + start.0..r.end + start.0));
        level.vertices.extend(vertices);
        level.parts.push(MeshPart {
            vertices: start.0..level.vertices.len(),
            indices: start.1..level.indices.len(),
            rings: start.2..level.rings.len(),
        });
    }
    level
}

fn piece_of(shape: &MultiPolygon<f64>, plane: PlaneKm) -> Piece {
    let (mut vertices, mut indices, mut rings) = (Vec::new(), Vec::new(), Vec::new());
    for polygon in shape {
        let usable = |ring: &LineString<f64>| ring.0.len() >= 4 && ring.is_closed();
        if !usable(polygon.exterior()) {
            continue;
        }
        let holes: Vec<LineString<f64>> = polygon.interiors().iter().filter(|r| usable(r)).cloned().collect();
        let polygon = Polygon::new(polygon.exterior().clone(), holes);
        let start = vertices.len();
        let mut next = start;
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            rings.push(next..next + ring.0.len() - 1);
            next += ring.0.len() - 1;
        }
        let raw = polygon.earcut_triangles_raw();
        indices.extend(raw.triangle_indices.iter().map(|i| (*i + start) as u32));
        vertices.extend(raw.vertices.iter().map(|[lon, lat]| plane.project(*lon, *lat)));
    }
    (vertices, indices, rings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::district::{District, load_bundled_districts};
    use crate::domain::DistrictCode;
    use geo::Area;

    fn planar_area(shape: &MultiPolygon<f64>, plane: PlaneKm) -> f64 {
        // One degree by one degree at the origin, in km².
        let [kx, _] = plane.project(plane.unproject(0.0, 0.0).0 + 1.0, plane.unproject(0.0, 0.0).1);
        let [_, ky] = plane.project(plane.unproject(0.0, 0.0).0, plane.unproject(0.0, 0.0).1 + 1.0);
        shape.unsigned_area() * f64::from(kx) * f64::from(ky)
    }

    #[test]
    fn triangles_cover_each_district() {
        let set = load_bundled_districts(&mut Diagnostics::new()).unwrap();
        let mesh = DistrictMesh::of(&set);
        for (i, district) in set.districts().iter().enumerate() {
            let (have, want) = (mesh.area(0, i), planar_area(&district.shape, mesh.plane));
            assert!((have - want).abs() < 1e-4 * want, "{}: {have} {want}", district.name);
            assert!(mesh.rects[i].contains(mesh.labels[i].unwrap().at));
        }
        let level = &mesh.levels[0];
        assert_eq!(level.parts.len(), set.len());
        assert_eq!(level.rings.iter().map(ExactSizeIterator::len).sum::<usize>(), level.vertices.len());
    }

    #[test]
    fn holes_stay_open_and_far_views_are_lighter() {
        let circle = |r: f64, n: u32, turned: bool| {
            let mut points: Vec<(f64, f64)> = (0..n)
                .map(|i| {
                    let t = f64::from(i) * std::f64::consts::TAU / f64::from(n);
                    (121.0 + r * t.cos(), 31.0 + r * t.sin())
                })
                .collect();
            if turned {
                points.reverse();
            }
            let mut line = LineString::from(points);
            line.close();
            line
        };
        let shape = MultiPolygon(vec![Polygon::new(circle(0.5, 6000, false), vec![circle(0.2, 3000, true)])]);
        let set = DistrictSet::of(vec![District {
            code: DistrictCode(310_101),
            name: "环".to_owned(),
            shape: shape.clone(),
            attributes: vec![],
        }]);
        let mesh = DistrictMesh::of(&set);
        let want = planar_area(&shape, mesh.plane);
        assert!((mesh.area(0, 0) - want).abs() < 1e-4 * want);
        assert!(mesh.levels.len() >= 2);
        let coarse = mesh.levels.last().unwrap();
        assert!(coarse.vertices.len() * 10 < mesh.levels[0].vertices.len());
        assert_eq!(mesh.level_for(0.0), 0);
        assert_eq!(mesh.level_for(f32::INFINITY), mesh.levels.len() - 1);
        let last = mesh.levels.len() - 1;
        assert!((mesh.area(last, 0) - want).abs() < 0.01 * want);
    }

    #[test]
    fn no_districts_make_an_empty_mesh() {
        let mesh = DistrictMesh::of(&DistrictSet::of(vec![]));
        assert!(mesh.bounds.is_empty() && mesh.levels[0].vertices.is_empty());
    }
}
