//! Which district a point lies in.
//!
//! Rule: a point belongs to a district by the even-odd rule, seen as lying infinitesimally to the east and,
//! after that, to the north of where it is. A point on a border therefore belongs to the district east of it,
//! on a border running exactly west–east to the one north of it, and each point of a gapless division lies in
//! exactly one district. Where districts overlap, the one with the lower index (the lower code) has it.
//! On the division's own eastern and northern edge a point is outside; [`super::DistrictSet::nearest`] helps
//! there.
//!
//! Method: every edge is stored once from its lower to its upper end, so that two districts that share a
//! border ask the identical question of it, and the question (left or right of the edge) is answered by an
//! exact predicate (Shewchuk's adaptive orientation test, crate `geo`). A uniform grid answers for cells
//! that no border touches; in the others only the candidate districts' edges of the point's grid row are
//! asked. Independent of the thread count.

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, LineString, MultiPolygon};
use rayon::prelude::*;

/// "In no district" in the answers of [`super::DistrictSet::locate_many`].
pub const NOWHERE: u32 = u32::MAX;

/// Cells along the longer of width and height: enough that few borders share a cell, and at most 16 MB.
const FEWEST_CELLS: usize = 16;
const MOST_CELLS: usize = 2048;
/// Entries of edges in rows, of 32 bytes each.
const MOST_ENTRIES: f64 = 8e6;
/// Cell values from here on point into the list of mixed cells.
const MIXED: u32 = 1 << 31;

/// An edge from its lower to its upper end (`a.y < b.y`; level edges are never asked).
#[derive(Debug, Clone, Copy)]
struct Edge {
    a: Coord<f64>,
    b: Coord<f64>,
}

impl Edge {
    /// True where a ray from `p` to the east crosses the edge.
    fn crosses(&self, p: Coord<f64>) -> bool {
        if p.y < self.a.y || p.y >= self.b.y {
            return false;
        }
        if p.x < self.a.x && p.x < self.b.x {
            return true;
        }
        if p.x >= self.a.x && p.x >= self.b.x {
            return false;
        }
        RobustKernel::orient2d(self.a, self.b, p) == Orientation::CounterClockwise
    }
}

/// A district's edges by grid row.
#[derive(Debug, Clone, Default)]
struct Rows {
    first: usize,
    starts: Vec<u32>,
    edges: Vec<Edge>,
}

impl Rows {
    fn contains(&self, row: usize, p: Coord<f64>) -> bool {
        let Some(row) = row.checked_sub(self.first) else { return false };
        let (Some(start), Some(end)) = (self.starts.get(row), self.starts.get(row + 1)) else { return false };
        self.edges[*start as usize..*end as usize].iter().filter(|e| e.crosses(p)).count() % 2 == 1
    }
}

/// The index over all districts.
#[derive(Debug, Clone, Default)]
pub(super) struct LocateIndex {
    origin: Coord<f64>,
    far: Coord<f64>,
    /// Cells per degree.
    density: Coord<f64>,
    columns: usize,
    rows: usize,
    /// 0 outside, k+1 wholly in district k, `MIXED` + position in `mixed`.
    cells: Vec<u32>,
    /// Start and end in `candidates` of every mixed cell.
    mixed: Vec<(u32, u32)>,
    /// District and whether it fills the cell, ascending by district.
    candidates: Vec<(u32, bool)>,
    districts: Vec<Rows>,
}

fn rings(shape: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
}

impl LocateIndex {
    /// Builds the index. Coordinates must be finite.
    pub(super) fn new(shapes: &[&MultiPolygon<f64>]) -> Self {
        let mut origin = Coord { x: f64::INFINITY, y: f64::INFINITY };
        let mut far = Coord { x: f64::NEG_INFINITY, y: f64::NEG_INFINITY };
        let mut edges = 0_usize;
        for c in shapes.iter().flat_map(|s| rings(s)).flat_map(LineString::coords) {
            origin = Coord { x: origin.x.min(c.x), y: origin.y.min(c.y) };
            far = Coord { x: far.x.max(c.x), y: far.y.max(c.y) };
            edges += 1;
        }
        if edges == 0 || far.x <= origin.x || far.y <= origin.y {
            return Self::default();
        }
        let mut side = ((edges as f64 * 8.0).sqrt() as usize).clamp(FEWEST_CELLS, MOST_CELLS);
        // An edge stands in every row that it passes: many long ones ask for fewer rows.
        let passed: f64 = shapes
            .iter()
            .flat_map(|s| rings(s))
            .flat_map(LineString::lines)
            .map(|line| (line.end.y - line.start.y).abs() / (far.y - origin.y))
            .sum();
        while side > FEWEST_CELLS && passed * side as f64 > MOST_ENTRIES {
            side = (side / 2).max(FEWEST_CELLS);
        }
        let mut index = Self {
            origin,
            far,
            density: Coord { x: side as f64 / (far.x - origin.x), y: side as f64 / (far.y - origin.y) },
            columns: side,
            rows: side,
            cells: vec![0; side * side],
            ..Self::default()
        };
        index.districts = shapes.par_iter().map(|shape| index.rows_of(shape)).collect();
        let occupied: Vec<Vec<Run>> = shapes.par_iter().enumerate().map(|(k, shape)| index.runs_of(k, shape)).collect();
        index.fill(&occupied);
        index
    }

    /// Both maps are monotone, so that an edge's cells follow from its ends' cells without rounding trouble.
    fn column(&self, x: f64) -> usize {
        (((x - self.origin.x) * self.density.x) as usize).min(self.columns - 1)
    }

    fn row(&self, y: f64) -> usize {
        (((y - self.origin.y) * self.density.y) as usize).min(self.rows - 1)
    }

    fn rows_of(&self, shape: &MultiPolygon<f64>) -> Rows {
        let edges: Vec<Edge> = rings(shape)
            .flat_map(LineString::lines)
            .filter_map(|line| {
                let (a, b) = (line.start, line.end);
                if a.y < b.y {
                    Some(Edge { a, b })
                } else if b.y < a.y {
                    Some(Edge { a: b, b: a })
                } else {
                    None
                }
            })
            .collect();
        let spans: Vec<(usize, usize)> = edges.iter().map(|e| (self.row(e.a.y), self.row(e.b.y))).collect();
        let (Some(first), Some(last)) = (spans.iter().map(|s| s.0).min(), spans.iter().map(|s| s.1).max()) else {
            return Rows::default();
        };
        let mut starts = vec![0_u32; last - first + 2];
        for (low, high) in &spans {
            for row in *low..=*high {
                starts[row - first + 1] += 1;
            }
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        let mut next = starts.clone();
        let nothing = Edge { a: self.origin, b: self.origin };
        let mut sorted = vec![nothing; starts.last().copied().unwrap_or(0) as usize];
        for (edge, (low, high)) in edges.iter().zip(&spans) {
            for row in *low..=*high {
                sorted[next[row - first] as usize] = *edge;
                next[row - first] += 1;
            }
        }
        Rows { first, starts, edges: sorted }
    }

    /// The cells of every row that district `k` touches: by its border, or wholly.
    fn runs_of(&self, k: usize, shape: &MultiPolygon<f64>) -> Vec<Run> {
        let mut touched: Vec<Vec<(u32, u32)>> = vec![Vec::new(); self.rows];
        let (cell_x, cell_y) = (1.0 / self.density.x, 1.0 / self.density.y);
        for line in rings(shape).flat_map(LineString::lines) {
            let (a, b) = if line.start.y <= line.end.y { (line.start, line.end) } else { (line.end, line.start) };
            let (low, high) = (self.row(a.y), self.row(b.y));
            for (row, spans) in touched.iter_mut().enumerate().take(high + 1).skip(low) {
                let at = |y: f64| {
                    let t = ((y - a.y) / (b.y - a.y)).clamp(0.0, 1.0);
                    a.x + t * (b.x - a.x)
                };
                // Within the row the edge reaches from x0 to x1; the margins outweigh any rounding.
                let (x0, x1) = if low == high {
                    (a.x, b.x)
                } else {
                    let bottom = self.origin.y + (row as f64 - 1e-3) * cell_y;
                    let top = self.origin.y + (row as f64 + 1.001) * cell_y;
                    (at(bottom), at(top))
                };
                let (x0, x1) = (x0.min(x1) - cell_x * 1e-3, x0.max(x1) + cell_x * 1e-3);
                spans.push((self.column(x0.max(self.origin.x)) as u32, self.column(x1) as u32));
            }
        }
        let mut runs = Vec::new();
        let own = &self.districts[k];
        for (row, spans) in touched.iter_mut().enumerate() {
            spans.sort_unstable();
            let mut next = 0_u32;
            for (start, end) in spans.iter() {
                if *start > next {
                    // Between two stretches of border a whole run of cells lies on one side.
                    self.push_whole(&mut runs, own, row, next, *start);
                }
                if *end >= next {
                    runs.push(Run { row, start: (*start).max(next), end: *end + 1, whole: false });
                    next = *end + 1;
                }
            }
            if (next as usize) < self.columns && !spans.is_empty() {
                self.push_whole(&mut runs, own, row, next, self.columns as u32);
            }
        }
        runs
    }

    fn push_whole(&self, runs: &mut Vec<Run>, own: &Rows, row: usize, start: u32, end: u32) {
        let middle = Coord {
            x: self.origin.x + (f64::from(start) + 0.5) / self.density.x,
            y: self.origin.y + (row as f64 + 0.5) / self.density.y,
        };
        if own.contains(row, middle) {
            runs.push(Run { row, start, end, whole: true });
        }
    }

    fn fill(&mut self, occupied: &[Vec<Run>]) {
        // Every cell's claims in the order of the districts.
        let mut claims: Vec<Vec<(u32, bool)>> = vec![Vec::new(); self.columns];
        let mut by_row: Vec<Vec<(u32, Run)>> = vec![Vec::new(); self.rows];
        for (k, runs) in occupied.iter().enumerate() {
            for run in runs {
                by_row[run.row].push((k as u32, *run));
            }
        }
        for (row, runs) in by_row.iter().enumerate() {
            for (k, run) in runs {
                for claim in &mut claims[run.start as usize..run.end as usize] {
                    claim.push((*k, run.whole));
                }
            }
            for (column, claim) in claims.iter_mut().enumerate() {
                let cell = &mut self.cells[row * self.columns + column];
                match claim.first() {
                    None => {}
                    // The first claim wins wherever it holds, so a whole one settles the cell.
                    Some((k, true)) => *cell = k + 1,
                    Some(_) => {
                        *cell = MIXED + self.mixed.len() as u32;
                        let start = self.candidates.len() as u32;
                        self.candidates.append(claim);
                        self.mixed.push((start, self.candidates.len() as u32));
                    }
                }
                claim.clear();
            }
        }
    }

    /// The district of a point.
    pub(super) fn locate(&self, lon: f64, lat: f64) -> Option<usize> {
        // NaN fails these comparisons and is nowhere.
        let inside =
            lon >= self.origin.x && lon <= self.far.x && lat >= self.origin.y && lat <= self.far.y && self.columns > 0;
        if !inside {
            return None;
        }
        let row = self.row(lat);
        let cell = self.cells[row * self.columns + self.column(lon)];
        if cell < MIXED {
            return (cell as usize).checked_sub(1);
        }
        let (start, end) = self.mixed[(cell - MIXED) as usize];
        let p = Coord { x: lon, y: lat };
        self.candidates[start as usize..end as usize]
            .iter()
            .find(|(k, whole)| *whole || self.districts[*k as usize].contains(row, p))
            .map(|(k, _)| *k as usize)
    }

    /// The districts of many points, [`NOWHERE`] for none.
    pub(super) fn locate_many(&self, lon: &[f64], lat: &[f64]) -> Vec<u32> {
        lon.par_iter()
            .zip(lat)
            .with_min_len(4096)
            .map(|(x, y)| self.locate(*x, *y).map_or(NOWHERE, |k| k as u32))
            .collect()
    }
}

/// Neighbouring cells of a row, claimed alike.
#[derive(Debug, Clone, Copy)]
struct Run {
    row: usize,
    start: u32,
    end: u32,
    whole: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn borders_belong_to_the_east_then_to_the_north() {
        let west = MultiPolygon(vec![polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.0), (x: 0.0, y: 1.0)]]);
        let east = MultiPolygon(vec![polygon![(x: 1.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 1.0), (x: 1.0, y: 1.0)]]);
        let north =
            MultiPolygon(vec![polygon![(x: 0.0, y: 1.0), (x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 1.0, y: 2.0)]]);
        let index = LocateIndex::new(&[&west, &east, &north]);
        assert_eq!(index.locate(0.5, 0.5), Some(0));
        assert_eq!(index.locate(1.0, 0.5), Some(1));
        assert_eq!(index.locate(0.5, 1.0), Some(2));
        assert_eq!(index.locate(1.0, 1.0), Some(2));
        assert_eq!(index.locate(0.0, 0.0), Some(0));
        assert_eq!(index.locate(2.0, 0.5), None);
        assert_eq!(index.locate(f64::NAN, 0.5), None);
        assert_eq!(index.locate(f64::INFINITY, f64::NEG_INFINITY), None);
        assert_eq!(LocateIndex::new(&[]).locate(0.0, 0.0), None);
    }
}
