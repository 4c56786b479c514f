//! What a map shows: districts made ready for drawing and points with a grid to find them by.
//!
//! Duty: everything here is built once off the frame thread and then only read; it is `Send + Sync`. Points
//! lie on the plane of the districts (kilometres, f32); a row without coordinates has none. The grid is
//! uniform with its cells in one array (compressed rows), laid over the districts; points outside are kept in
//! the cells at its edge, so one wrong coordinate can't stretch it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::district::{DistrictMesh, DistrictSet, PlaneKm, PlaneRect};

/// Points a cell holds on average.
const PER_CELL: usize = 6;
/// Cells along one side at most.
const MOST_CELLS: usize = 1024;

/// Points on the plane, one a row of the frame they come from.
#[derive(Debug, Clone, Default)]
pub struct PointSet {
    /// Place of each row; not a number where it has no coordinates.
    places: Vec<[f32; 2]>,
    /// Rows in the order of the cells, with their places beside them.
    rows: Vec<u32>,
    sorted: Vec<[f32; 2]>,
    /// Start of each cell in `rows`; one more at the end.
    starts: Vec<u32>,
    columns: usize,
    lines: usize,
    origin: [f32; 2],
    per_km: [f32; 2],
}

impl PointSet {
    /// Projects and indexes rows; longitude and latitude in degrees on WGS 84, not a number where there is
    /// none. `around` is where the grid lies; where it is empty, the points' own rectangle.
    #[must_use]
    pub fn new(plane: PlaneKm, lon: &[f64], lat: &[f64], around: PlaneRect) -> Self {
        let places: Vec<[f32; 2]> = lon
            .par_iter()
            .zip(lat)
            .with_min_len(8192)
            .map(|(x, y)| if x.is_finite() && y.is_finite() { plane.project(*x, *y) } else { [f32::NAN; 2] })
            .collect();
        Self::of_places(places, around)
    }

    /// Indexes places on the plane.
    #[must_use]
    pub fn of_places(places: Vec<[f32; 2]>, around: PlaneRect) -> Self {
        let known = |p: &[f32; 2]| p[0].is_finite() && p[1].is_finite();
        let mut rect = around;
        if rect.is_empty() {
            rect = PlaneRect::of(places.iter().copied().filter(known));
        }
        if rect.is_empty() {
            return Self { places, starts: vec![0], ..Self::default() };
        }
        let [w, h] = rect.size().map(|s| s.max(1e-3));
        let cells = (places.len() / PER_CELL).max(1) as f32;
        let columns = ((cells * w / h).sqrt().ceil() as usize).clamp(1, MOST_CELLS);
        let lines = ((cells * h / w).sqrt().ceil() as usize).clamp(1, MOST_CELLS);
        let mut set = Self {
            places,
            rows: vec![],
            sorted: vec![],
            starts: vec![],
            columns,
            lines,
            origin: rect.min,
            per_km: [columns as f32 / w, lines as f32 / h],
        };
        let cells: Vec<u32> = set
            .places
            .par_iter()
            .with_min_len(8192)
            .map(|p| if known(p) { (set.line(p[1]) * columns + set.column(p[0])) as u32 } else { u32::MAX })
            .collect();
        let mut starts = vec![0_u32; columns * lines + 1];
        for cell in cells.iter().filter(|c| **c != u32::MAX) {
            starts[*cell as usize + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let count = starts[columns * lines] as usize;
        let mut next = starts.clone();
        let (mut rows, mut sorted) = (vec![0; count], vec![[0.0; 2]; count]);
        for (row, cell) in cells.iter().enumerate().filter(|(_, c)| **c != u32::MAX) {
            let slot = &mut next[*cell as usize];
            rows[*slot as usize] = row as u32;
            sorted[*slot as usize] = set.places[row];
            *slot += 1;
        }
        set.rows = rows;
        set.sorted = sorted;
        set.starts = starts;
        set
    }

    fn column(&self, x: f32) -> usize {
        (((x - self.origin[0]) * self.per_km[0]).max(0.0) as usize).min(self.columns.saturating_sub(1))
    }

    fn line(&self, y: f32) -> usize {
        (((y - self.origin[1]) * self.per_km[1]).max(0.0) as usize).min(self.lines.saturating_sub(1))
    }

    /// Rows, with and without coordinates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// True where there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Rows with coordinates.
    #[must_use]
    pub fn located(&self) -> usize {
        self.rows.len()
    }

    /// Place of a row, where it has one.
    #[must_use]
    pub fn place(&self, row: u32) -> Option<[f32; 2]> {
        self.places.get(row as usize).copied().filter(|p| p[0].is_finite() && p[1].is_finite())
    }

    /// The runs of the sorted arrays whose cells meet a rectangle.
    fn runs(&self, rect: &PlaneRect) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        let empty = self.rows.is_empty() || rect.is_empty();
        let (c0, c1) = (self.column(rect.min[0]), self.column(rect.max[0]));
        let lines = if empty { 0..0 } else { self.line(rect.min[1])..self.line(rect.max[1]) + 1 };
        lines.map(move |line| {
            let at = |c: usize| self.starts[line * self.columns + c] as usize;
            at(c0)..at(c1 + 1)
        })
    }

    /// How many points a rectangle may hold at most; quick, by whole cells.
    #[must_use]
    pub fn at_most(&self, rect: &PlaneRect) -> usize {
        self.runs(rect).map(|r| r.len()).sum()
    }

    /// Calls for every point in a rectangle, until the call says `false`.
    pub fn visit(&self, rect: &PlaneRect, mut call: impl FnMut(u32, [f32; 2]) -> bool) {
        for run in self.runs(rect) {
            for (row, p) in self.rows[run.clone()].iter().zip(&self.sorted[run]) {
                if rect.contains(*p) && !call(*row, *p) {
                    return;
                }
            }
        }
    }

    /// The nearest point within `radius` kilometres that `passes`; the lowest row where two are as near.
    #[must_use]
    pub fn nearest(&self, at: [f32; 2], radius: f32, passes: impl Fn(u32) -> bool) -> Option<u32> {
        let rect = PlaneRect { min: at.map(|v| v - radius), max: at.map(|v| v + radius) };
        let mut best = (radius * radius, None);
        let mut looked = 0_usize;
        self.visit(&rect, |row, p| {
            let d = (p[0] - at[0]) * (p[0] - at[0]) + (p[1] - at[1]) * (p[1] - at[1]);
            let nearer = match best.1 {
                None => d <= best.0,
                Some(old) => d < best.0 || (d <= best.0 && row < old),
            };
            if nearer && passes(row) {
                best = (d, Some(row));
            }
            looked += 1;
            // Under so many points at one spot any of them will do.
            looked < 50_000 || best.1.is_none()
        });
        best.1
    }

    /// Rows inside a closed line, ascending, that `pass`.
    #[must_use]
    pub fn inside(&self, line: &[[f32; 2]], passes: impl Fn(u32) -> bool) -> Vec<u32> {
        if line.len() < 3 {
            return Vec::new();
        }
        let rect = PlaneRect::of(line.iter().copied());
        let mut found = Vec::new();
        self.visit(&rect, |row, p| {
            if inside_line(line, p) && passes(row) {
                found.push(row);
            }
            true
        });
        found.sort_unstable();
        found
    }
}

/// True where a point lies inside a closed line (even–odd).
#[must_use]
pub fn inside_line(line: &[[f32; 2]], p: [f32; 2]) -> bool {
    let mut inside = false;
    let mut before = line.len().wrapping_sub(1);
    for i in 0..line.len() {
        let (a, b) = (line[i], line[before]);
        if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0] {
            inside = !inside;
        }
        before = i;
    }
    inside
}

/// Districts and points of one map.
#[derive(Debug)]
pub struct MapData {
    id: u64,
    /// The districts as read.
    pub set: Arc<DistrictSet>,
    /// The districts as drawn.
    pub mesh: DistrictMesh,
    /// The sources.
    pub points: PointSet,
    /// Around districts, or around the points where there are none.
    pub bounds: PlaneRect,
}

impl MapData {
    /// Tessellates and indexes; call it in a job. Coordinates in degrees on WGS 84, one a row, not a number
    /// where a row has none.
    #[must_use]
    pub fn new(set: Arc<DistrictSet>, lon: &[f64], lat: &[f64]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let mut mesh = DistrictMesh::of(&set);
        if set.is_empty() {
            let known = |v: &[f64]| {
                let known: Vec<f64> = v.iter().copied().filter(|x| x.is_finite()).collect();
                known.iter().sum::<f64>() / known.len().max(1) as f64
            };
            mesh.plane = PlaneKm::at(known(lon), known(lat));
        }
        let points = PointSet::new(mesh.plane, lon, lat, mesh.bounds);
        let mut bounds = mesh.bounds;
        if bounds.is_empty() {
            bounds = PlaneRect::of(points.sorted.iter().copied());
        }
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), set, mesh, points, bounds }
    }

    /// Distinguishes one map from the next.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The district under a place on the plane.
    #[must_use]
    pub fn district_at(&self, p: [f32; 2]) -> Option<usize> {
        let (lon, lat) = self.mesh.plane.unproject(f64::from(p[0]), f64::from(p[1]));
        self.set.locate(lon, lat)
    }

    /// Around a district.
    #[must_use]
    pub fn bounds_of(&self, district: usize) -> Option<PlaneRect> {
        let level = self.mesh.levels.first()?;
        let vertices = level.vertices.get(level.parts.get(district)?.vertices.clone())?;
        Some(PlaneRect::of(vertices.iter().copied()))
    }

    /// Name of a district.
    #[must_use]
    pub fn name(&self, district: usize) -> &str {
        self.set.districts().get(district).map_or("", |d| d.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, seed: u64) -> Vec<f32> {
        let mut x = seed;
        (0..n)
            .map(|_| {
                x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (x >> 40) as f32 / 16_777_216.0
            })
            .collect()
    }

    fn cloud(n: usize) -> PointSet {
        let (x, y) = (noise(n, 1), noise(n, 2));
        let mut places: Vec<[f32; 2]> = x.iter().zip(&y).map(|(x, y)| [x * 80.0 - 40.0, y * 50.0 - 25.0]).collect();
        places[3] = [f32::NAN; 2];
        places[5] = [9000.0, -9000.0];
        PointSet::of_places(places, PlaneRect { min: [-40.0, -25.0], max: [40.0, 25.0] })
    }

    #[test]
    fn queries_equal_a_walk_over_all() {
        let set = cloud(5000);
        assert_eq!((set.len(), set.located()), (5000, 4999));
        let all: Vec<(u32, [f32; 2])> = (0..5000).filter_map(|r| set.place(r).map(|p| (r, p))).collect();
        for (i, (x, y)) in noise(60, 7).iter().zip(noise(60, 8)).enumerate() {
            let (cx, cy, r) = (x * 90.0 - 45.0, y * 60.0 - 30.0, 0.3 + i as f32 * 0.4);
            let rect = PlaneRect { min: [cx - r, cy - r], max: [cx + r, cy + 2.0 * r] };
            let mut found = vec![];
            set.visit(&rect, |row, _| {
                found.push(row);
                true
            });
            found.sort_unstable();
            let want: Vec<u32> = all.iter().filter(|(_, p)| rect.contains(*p)).map(|(r, _)| *r).collect();
            assert_eq!(found, want);
            assert!(set.at_most(&rect) >= want.len());
            let d = |p: &[f32; 2]| (p[0] - cx) * (p[0] - cx) + (p[1] - cy) * (p[1] - cy);
            let odd = |row: u32| row % 2 == 1;
            let nearest = all
                .iter()
                .filter(|(row, p)| odd(*row) && d(p) <= r * r)
                .min_by(|a, b| d(&a.1).total_cmp(&d(&b.1)))
                .map(|(row, _)| *row);
            assert_eq!(set.nearest([cx, cy], r, odd), nearest);
            let line = [[cx - r, cy], [cx, cy + r], [cx + 2.0 * r, cy - r], [cx, cy - 0.2 * r]];
            let want: Vec<u32> =
                all.iter().filter(|(row, p)| odd(*row) && inside_line(&line, *p)).map(|(r, _)| *r).collect();
            assert_eq!(set.inside(&line, odd), want);
        }
        assert_eq!(set.nearest([9000.0, -9000.0], 1.0, |_| true), Some(5));
    }

    #[test]
    fn no_points_and_no_coordinates() {
        for places in [vec![], vec![[f32::NAN; 2]; 4]] {
            let set = PointSet::of_places(places, PlaneRect::NOTHING);
            assert_eq!(set.located(), 0);
            assert_eq!(set.at_most(&PlaneRect { min: [-1.0; 2], max: [1.0; 2] }), 0);
            assert_eq!(set.nearest([0.0; 2], 1.0, |_| true), None);
            assert!(set.inside(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], |_| true).is_empty());
        }
    }
}
