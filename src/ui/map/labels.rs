//! Names of districts without collisions.

use egui::{Pos2, Rect, Vec2};

/// A name that wants a place.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// Its middle.
    pub at: Pos2,
    /// Points from there to the district's border.
    pub radius: f32,
    /// Size at each type size on offer, largest first.
    pub sizes: [Vec2; 2],
    /// Shown whatever happens: the selected district.
    pub must: bool,
}

/// How far a name may stand out of its district's inner circle.
const SLACK: f32 = 1.7;
/// Air between names, points.
pub(super) const AIR: f32 = 3.0;
/// Places that a name which must be shown moves out of at most, one after the other.
const MOVES: usize = 6;

/// For each candidate the index of the size at which it is shown, or `None`. Those that must be shown come first,
/// then the districts with most room; `taken` is kept free.
#[must_use]
pub fn place_labels(candidates: &[Candidate], taken: &[Rect]) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (&candidates[*a], &candidates[*b]);
        b.must.cmp(&a.must).then(b.radius.total_cmp(&a.radius))
    });
    let mut placed: Vec<Rect> = taken.to_vec();
    let mut shown = vec![None; candidates.len()];
    for i in order {
        let c = &candidates[i];
        for (k, size) in c.sizes.iter().enumerate() {
            let rect = Rect::from_center_size(c.at, *size);
            let fits = size.x / 2.0 <= c.radius * SLACK && size.y / 2.0 <= c.radius;
            let free = !placed.iter().any(|r| r.intersects(rect.expand(AIR)));
            if (fits && free) || (c.must && k == 0) {
                placed.push(rect);
                shown[i] = Some(k);
                break;
            }
        }
    }
    shown
}

/// Where a name is shown that stands at `place` and must be shown: there, or moved as little as possible out of what is
/// taken. `None` where the place lies outside `within`, or nothing near it is free.
pub(super) fn aside(place: Rect, taken: &[Rect], within: Rect) -> Option<Rect> {
    if !within.contains_rect(place) {
        return None;
    }
    let mut at = place;
    for _ in 0..MOVES {
        let Some(in_way) = taken.iter().find(|t| t.intersects(at)) else { return Some(at) };
        // a hair more than needed: rectangles that touch intersect
        let moves = [
            Vec2::new(0.0, in_way.top() - at.bottom() - AIR),
            Vec2::new(0.0, in_way.bottom() - at.top() + AIR),
            Vec2::new(in_way.left() - at.right() - AIR, 0.0),
            Vec2::new(in_way.right() - at.left() + AIR, 0.0),
        ];
        // never back to where it was: the way is measured from its own place
        let inside = moves.map(|by| at.translate(by)).into_iter().filter(|moved| within.contains_rect(*moved));
        let way = |moved: &Rect| (moved.center() - place.center()).length();
        let free = |moved: &Rect| !taken.iter().any(|t| t.intersects(*moved));
        at = inside.min_by(|a, b| free(b).cmp(&free(a)).then(way(a).total_cmp(&way(b))))?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(x: f32, y: f32, radius: f32, must: bool) -> Candidate {
        Candidate { at: Pos2::new(x, y), radius, sizes: [Vec2::new(60.0, 16.0), Vec2::new(44.0, 12.0)], must }
    }

    #[test]
    fn names_never_collide_and_shrink_before_they_go() {
        let candidates = [
            candidate(100.0, 100.0, 80.0, false),
            candidate(120.0, 105.0, 40.0, false), // collides at any size
            candidate(158.0, 100.0, 30.0, false), // fits at the small size only
            candidate(300.0, 100.0, 10.0, false), // district too small
            candidate(400.0, 100.0, 5.0, true),   // selected: shown all the same
        ];
        let shown = place_labels(&candidates, &[]);
        assert_eq!(shown, [Some(0), None, Some(1), None, Some(0)]);
        let rects: Vec<Rect> = candidates
            .iter()
            .zip(&shown)
            .filter_map(|(c, s)| s.map(|k| Rect::from_center_size(c.at, c.sizes[k])))
            .collect();
        for (i, a) in rects.iter().enumerate() {
            assert!(rects[i + 1..].iter().all(|b| !a.intersects(*b)));
        }
        let legend = Rect::from_min_size(Pos2::new(60.0, 80.0), Vec2::new(50.0, 40.0));
        assert_eq!(place_labels(&candidates, &[legend])[0], None);
    }

    #[test]
    fn a_name_that_must_be_shown_moves_aside() {
        let within = Rect::from_min_max(Pos2::ZERO, Pos2::new(400.0, 300.0));
        let name = Rect::from_min_size(Pos2::new(300.0, 270.0), Vec2::new(60.0, 16.0));
        assert_eq!(aside(name, &[], within), Some(name));
        assert_eq!(aside(name.translate(Vec2::new(60.0, 0.0)), &[], within), None, "out of sight");
        let coordinate = Rect::from_min_max(Pos2::new(220.0, 264.0), Pos2::new(395.0, 280.0));
        let bar = Rect::from_min_max(Pos2::new(320.0, 282.0), Pos2::new(400.0, 300.0));
        let moved = aside(name, &[coordinate, bar], within).unwrap();
        assert!(!moved.intersects(coordinate) && !moved.intersects(bar) && within.contains_rect(moved));
        let up = name.translate(Vec2::new(0.0, coordinate.top() - AIR - name.bottom()));
        assert_eq!(moved, up);
        assert_eq!(aside(name, &[within], within), None, "nothing is free");
    }
}
