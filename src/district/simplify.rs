//! Simplification that keeps shared borders shared.
//!
//! The rings of all districts are cut at junctions (vertices with more than two different neighbours over
//! all rings) into arcs; an arc is simplified always in the same direction (Ramer 1972, Douglas & Peucker
//! 1973, in local metres), so that the two districts beside it get the same points and no gap or overlap can
//! appear along it. Junctions never move. A ring that would fall below three corners keeps its own points.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::geometry::{Bounds, LocalPlane, squared_distance};

/// A vertex by the exact bits of its coordinates, ordered.
type Key = (u64, u64);

fn key(c: Coord<f64>) -> Key {
    // −0 and 0 are one place.
    ((c.x + 0.0).to_bits(), (c.y + 0.0).to_bits())
}

fn rings(shape: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    shape.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
}

fn open(ring: &LineString<f64>) -> &[Coord<f64>] {
    ring.0.split_last().map_or(&[], |(_, open)| open)
}

/// Simplifies all shapes together; `tolerance_m` is the farthest that a border may move, in metres.
#[must_use]
pub fn simplify_shapes(shapes: &[&MultiPolygon<f64>], tolerance_m: f64) -> Vec<MultiPolygon<f64>> {
    let bounds = shapes.iter().filter_map(|s| Bounds::of(s)).reduce(Bounds::union);
    let Some((lon, lat)) = bounds.map(|b| b.centre()) else { return shapes.iter().map(|s| (*s).clone()).collect() };
    let plane = LocalPlane::at(lon, lat);
    let mut neighbours: Vec<(Key, Key)> = Vec::new();
    for ring in shapes.iter().flat_map(|s| rings(s)) {
        let ring = open(ring);
        for i in 0..ring.len() {
            let (a, b) = (key(ring[i]), key(ring[(i + 1) % ring.len()]));
            neighbours.push((a, b));
            neighbours.push((b, a));
        }
    }
    neighbours.sort_unstable();
    neighbours.dedup();
    let mut junctions: Vec<Key> =
        neighbours.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 2).map(|group| group[0].0).collect();
    junctions.dedup();
    let ring = |ring: &LineString<f64>| simplify_ring(ring, &junctions, plane, tolerance_m.max(0.0));
    shapes
        .iter()
        .map(|shape| {
            MultiPolygon(
                shape
                    .iter()
                    .map(|p| Polygon::new(ring(p.exterior()), p.interiors().iter().map(ring).collect()))
                    .collect(),
            )
        })
        .collect()
}

fn simplify_ring(ring: &LineString<f64>, junctions: &[Key], plane: LocalPlane, tolerance: f64) -> LineString<f64> {
    let points = open(ring);
    if points.len() < 4 {
        return ring.clone();
    }
    let mut cuts: Vec<usize> =
        (0..points.len()).filter(|i| junctions.binary_search(&key(points[*i])).is_ok()).collect();
    if cuts.is_empty() {
        // A ring without junctions is cut where both sides of it would cut it: at its least vertex and at
        // the vertex farthest from that one.
        let Some(least) = (0..points.len()).min_by_key(|i| key(points[*i])) else { return ring.clone() };
        let far = |i: usize| {
            let (a, b) = (plane.project(points[least].x, points[least].y), plane.project(points[i].x, points[i].y));
            (b.0 - a.0) * (b.0 - a.0) + (b.1 - a.1) * (b.1 - a.1)
        };
        let farthest = (0..points.len())
            .max_by(|a, b| far(*a).total_cmp(&far(*b)).then_with(|| key(points[*a]).cmp(&key(points[*b]))))
            .unwrap_or(least);
        cuts = if least == farthest { vec![least] } else { vec![least.min(farthest), least.max(farthest)] };
    }
    let mut result: Vec<Coord<f64>> = Vec::new();
    for (i, cut) in cuts.iter().enumerate() {
        let end = if i + 1 < cuts.len() { cuts[i + 1] } else { cuts[0] + points.len() };
        let mut arc: Vec<Coord<f64>> = (*cut..=end).map(|k| points[k % points.len()]).collect();
        // One direction for both sides; a closed arc is told by its inner points.
        let forward: Vec<Key> = arc.iter().map(|c| key(*c)).collect();
        let turned = forward.iter().cmp(forward.iter().rev()) == std::cmp::Ordering::Greater;
        if turned {
            arc.reverse();
        }
        let mut kept = simplify_arc(&arc, plane, tolerance);
        if turned {
            kept.reverse();
        }
        kept.pop();
        result.append(&mut kept);
    }
    let mut distinct: Vec<Key> = result.iter().map(|c| key(*c)).collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 3 {
        return ring.clone();
    }
    let mut line = LineString(result);
    line.close();
    line
}

/// Ramer–Douglas–Peucker with its own stack (a border may have a million points).
fn simplify_arc(arc: &[Coord<f64>], plane: LocalPlane, tolerance: f64) -> Vec<Coord<f64>> {
    let points: Vec<Coord<f64>> = arc
        .iter()
        .map(|c| {
            let (x, y) = plane.project(c.x, c.y);
            Coord { x, y }
        })
        .collect();
    let mut keep = vec![false; points.len()];
    if let (Some(first), true) = (keep.first_mut(), arc.len() > 1) {
        *first = true;
    }
    if let Some(last) = keep.last_mut() {
        *last = true;
    }
    let mut stack = vec![(0, points.len() - 1)];
    while let Some((start, end)) = stack.pop() {
        let mut worst = (tolerance * tolerance, None);
        for i in start + 1..end {
            let d = squared_distance(points[i], points[start], points[end]);
            if d > worst.0 {
                worst = (d, Some(i));
            }
        }
        if let Some(i) = worst.1 {
            keep[i] = true;
            stack.push((start, i));
            stack.push((i, end));
        }
    }
    arc.iter().zip(keep).filter(|(_, keep)| *keep).map(|(c, _)| *c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sides_of_a_wavy_border_get_the_same_points() {
        let border: Vec<(f64, f64)> = (0..=200)
            .map(|i| {
                (
                    121.0 + 0.01 * (f64::from(i) * 0.37).sin() + 0.002 * (f64::from(i) * 1.7).cos(),
                    31.0 + f64::from(i) * 0.002,
                )
            })
            .collect();
        let mut west = vec![(120.5, 31.4), (120.5, 31.0)];
        west.extend(&border);
        let mut east: Vec<(f64, f64)> = vec![(121.5, 31.0), (121.5, 31.4)];
        east.extend(border.iter().rev());
        let shape = |r: Vec<(f64, f64)>| MultiPolygon(vec![Polygon::new(LineString::from(r), vec![])]);
        let (west, east) = (shape(west), shape(east));
        let simple = simplify_shapes(&[&west, &east], 300.0);
        let keys = |s: &MultiPolygon<f64>| {
            let mut k: Vec<Key> =
                s.0[0].exterior().0.iter().filter(|c| (120.9..121.1).contains(&c.x)).map(|c| key(*c)).collect();
            k.sort_unstable();
            k.dedup();
            k
        };
        assert_eq!(keys(&simple[0]), keys(&simple[1]));
        let count = keys(&simple[0]).len();
        assert!((3..120).contains(&count), "{count}");
    }

    #[test]
    fn an_enclave_and_its_hole_stay_the_same_ring() {
        let circle: Vec<(f64, f64)> = (0..300)
            .map(|i| {
                let t = f64::from(i) * std::f64::consts::TAU / 300.0;
                (121.0 + 0.05 * t.cos(), 31.0 + 0.05 * t.sin())
            })
            .collect();
        let outer = LineString::from(vec![(120.5, 30.5), (121.5, 30.5), (121.5, 31.5), (120.5, 31.5)]);
        let turned: Vec<(f64, f64)> = circle.iter().rev().copied().cycle().skip(77).take(300).collect();
        let around = MultiPolygon(vec![Polygon::new(outer, vec![LineString::from(turned)])]);
        let inside = MultiPolygon(vec![Polygon::new(LineString::from(circle), vec![])]);
        let simple = simplify_shapes(&[&around, &inside], 100.0);
        let sorted = |l: &LineString<f64>| {
            let mut k: Vec<Key> = open(l).iter().map(|c| key(*c)).collect();
            k.sort_unstable();
            k
        };
        let (hole, ring) = (sorted(&simple[0].0[0].interiors()[0]), sorted(simple[1].0[0].exterior()));
        assert_eq!(hole, ring);
        assert!((8..100).contains(&ring.len()), "{}", ring.len());
    }
}
