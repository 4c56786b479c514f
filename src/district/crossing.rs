//! Crossings among the edges of a shape, found in bounded time.
//!
//! Duty: where edges cross or share a stretch, and how often. Long edges are looked at piece by piece, so that a piece
//! meets the few pieces near it only: the work grows with the edges and their crossings, not with the square of their
//! number (a box around a long slanting edge meets nearly every other). What goes beyond the bounds is said, not
//! waited for: a border that crosses itself twenty thousand times is no border, and what would repair it takes minutes
//! and gigabytes.

use std::collections::HashSet;

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::diagnostic::{AppResult, Progress};

/// Crossings up to which a shape is repaired.
pub(super) const MOST_CROSSINGS: usize = 20_000;
/// Pairs of edges that are looked at; a map of a city needs some thousands.
const MOST_PAIRS: usize = 60_000_000;
/// Pieces of edges, for each edge.
const MOST_PIECES: usize = 4;

/// An edge of a shape.
pub(super) type Edge = (Coord<f64>, Coord<f64>);

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Crossings {
    /// Where the first edge that crosses another begins.
    pub first: Option<Coord<f64>>,
    /// Pairs of edges that cross or share a stretch.
    pub count: usize,
    /// False where the search was given up: too many crossings, or too many edges too near each other.
    pub complete: bool,
}

/// The edges of a shape's rings.
pub(super) fn edges_of(shape: &MultiPolygon<f64>) -> Vec<Edge> {
    let rings = shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    rings.flat_map(|ring| ring.lines().map(|line| (line.start, line.end))).collect()
}

type Piece = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// Edges cut so that no piece is much longer than the room that an edge has on average.
fn pieces(edges: &[Edge]) -> Vec<Piece> {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for c in edges.iter().flat_map(|(a, b)| [a, b]) {
        low = [low[0].min(c.x), low[1].min(c.y)];
        high = [high[0].max(c.x), high[1].max(c.y)];
    }
    let wide = (high[0] - low[0]).max(high[1] - low[1]);
    let length = |(a, b): &Edge| (b.x - a.x).abs().max((b.y - a.y).abs());
    let whole: f64 = edges.iter().map(length).sum();
    // as many pieces more as there are edges, times four, at most
    let room = (wide / (edges.len().max(1) as f64).sqrt()).max(whole / (edges.len().max(1) * MOST_PIECES) as f64);
    let mut out = Vec::with_capacity(edges.len());
    for (at, edge) in edges.iter().enumerate() {
        let (a, b) = *edge;
        let parts = if room > 0.0 { (length(edge) / room).ceil().clamp(1.0, 65_536.0) as u32 } else { 1 };
        let point = |k: u32| {
            let t = f64::from(k) / f64::from(parts);
            if k == parts { [b.x, b.y] } else { [a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t] }
        };
        for k in 0..parts {
            let (from, to) = (point(k), point(k + 1));
            // a piece may miss the edge by its rounding: its box is a hair wider
            let hair = [f64::EPSILON * (a.x.abs() + b.x.abs()), f64::EPSILON * (a.y.abs() + b.y.abs())];
            let hair = if parts == 1 { [0.0; 2] } else { hair };
            let low = [from[0].min(to[0]) - hair[0], from[1].min(to[1]) - hair[1]];
            let high = [from[0].max(to[0]) + hair[0], from[1].max(to[1]) + hair[1]];
            out.push(GeomWithData::new(Rectangle::from_corners(low, high), at as u32));
        }
    }
    out
}

/// Pieces after which it is asked again whether the work has been cancelled.
const ASKED_EVERY: usize = 4096;

/// The crossings among edges; of those with each other where `apart` says that the pair counts.
///
/// # Errors
/// `JOB-001` once cancelled.
pub(super) fn find_crossings(
    edges: &[Edge],
    most: usize,
    apart: impl Fn(usize, usize) -> bool,
    progress: &Progress,
) -> AppResult<Crossings> {
    let tree = RTree::bulk_load(pieces(edges));
    let mut seen: HashSet<(u32, u32)> = HashSet::new();
    let mut first: Option<u32> = None;
    let (mut looked, mut complete) = (0_usize, true);
    'all: for (at, piece) in (&tree).into_iter().enumerate() {
        if at % ASKED_EVERY == 0 {
            progress.check()?;
        }
        let own = piece.data;
        let (low, high) = (piece.geom().lower(), piece.geom().upper());
        for other in tree.locate_in_envelope_intersecting(&AABB::from_corners(low, high)) {
            looked += 1;
            if looked > MOST_PAIRS {
                complete = false;
                break 'all;
            }
            let (a, b) = (own as usize, other.data as usize);
            if b <= a || !apart(a, b) || !cross(edges[a], edges[b]) || !seen.insert((own, other.data)) {
                continue;
            }
            if first.is_none_or(|known| own < known) {
                first = Some(own);
            }
            if seen.len() > most {
                complete = false;
                break 'all;
            }
        }
    }
    Ok(Crossings { first: first.map(|at| edges[at as usize].0), count: seen.len(), complete })
}

/// True where two edges cross within both, or share a stretch. Meeting in a point is allowed.
fn cross((a, b): Edge, (c, d): Edge) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair asked.
    fn plain(edges: &[Edge]) -> usize {
        let pairs = |a: usize| (a + 1..edges.len()).filter(move |b| cross(edges[a], edges[*b])).count();
        (0..edges.len()).map(pairs).sum()
    }

    #[test]
    fn pieces_find_what_asking_every_pair_finds() {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f64 / 1e5
        };
        for count in [3, 40, 300] {
            let corners: Vec<Coord<f64>> = (0..count).map(|_| Coord { x: next(), y: next() }).collect();
            let edges: Vec<Edge> = (0..count).map(|i| (corners[i], corners[(i + 1) % count])).collect();
            let found = find_crossings(&edges, usize::MAX, |_, _| true, &Progress::none()).unwrap();
            assert!(found.complete);
            assert_eq!(found.count, plain(&edges), "{count}");
        }
        // level and upright edges, shared stretches, meeting points
        let grid: Vec<Edge> = (1..20)
            .flat_map(|i| {
                let i = f64::from(i);
                let at = |x: f64, y: f64| Coord { x, y };
                [
                    (at(i, -1.0), at(i, 30.0)),
                    (at(-1.0, i), at(30.0, i)),
                    (at(i, 5.0), at(i, 9.0)),
                    (at(0.0, 0.0), at(i, i)),
                ]
            })
            .collect();
        assert_eq!(find_crossings(&grid, usize::MAX, |_, _| true, &Progress::none()).unwrap().count, plain(&grid));
    }

    #[test]
    fn the_search_is_given_up_where_there_are_too_many() {
        let star: Vec<Coord<f64>> = (0..301)
            .map(|i| f64::from(i * 150 % 301))
            .map(|i| {
                let t = i / 301.0 * std::f64::consts::TAU;
                Coord { x: t.cos(), y: t.sin() }
            })
            .collect();
        let edges: Vec<Edge> = (0..301).map(|i| (star[i], star[(i + 1) % 301])).collect();
        let found = find_crossings(&edges, 1_000, |_, _| true, &Progress::none()).unwrap();
        assert!(!found.complete && found.count == 1_001 && found.first.is_some());
        assert!(find_crossings(&edges, usize::MAX, |_, _| true, &Progress::none()).unwrap().complete);
    }
}
