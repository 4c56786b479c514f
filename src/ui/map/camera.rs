//! Where the map is looked at from: centre on the plane and scale; moves and their short animation.

use egui::{Pos2, Rect, Vec2};

use crate::district::PlaneRect;

/// Centre in kilometres on the map's plane and points of the screen a kilometre.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Camera {
    /// Kilometres east of the plane's origin.
    pub x: f64,
    /// Kilometres north of it.
    pub y: f64,
    /// Points a kilometre.
    pub scale: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { x: 0.0, y: 0.0, scale: 5.0 }
    }
}

/// Largest scale: a point of the screen is about a metre.
const NEAREST: f64 = 1000.0;
/// Room left around the whole map, points.
const PADDING: f32 = 28.0;

impl Camera {
    /// The camera that shows a rectangle as a whole within the part `free` of the screen.
    #[must_use]
    pub fn whole(bounds: &PlaneRect, screen: Rect, free: Rect) -> Self {
        if bounds.is_empty() {
            return Self::default();
        }
        let ([w, h], [x, y]) = (bounds.size(), bounds.centre());
        let padding = (free.size().min_elem() * 0.06).min(PADDING);
        let room = (free.size() - Vec2::splat(2.0 * padding)).max(Vec2::splat(40.0));
        let scale = f64::from((room.x / w.max(1e-3)).min(room.y / h.max(1e-3))).min(NEAREST);
        let off = free.center() - screen.center();
        Self { x: f64::from(x) - f64::from(off.x) / scale, y: f64::from(y) + f64::from(off.y) / scale, scale }
    }

    /// Screen place of a place on the plane.
    #[must_use]
    pub fn screen(&self, rect: Rect, p: [f32; 2]) -> Pos2 {
        let centre = rect.center();
        let s = self.scale as f32;
        Pos2::new(centre.x + (p[0] - self.x as f32) * s, centre.y - (p[1] - self.y as f32) * s)
    }

    /// Place on the plane of a screen place.
    #[must_use]
    pub fn plane(&self, rect: Rect, p: Pos2) -> [f32; 2] {
        let d = p - rect.center();
        [(self.x + f64::from(d.x) / self.scale) as f32, (self.y - f64::from(d.y) / self.scale) as f32]
    }

    /// What a screen rectangle shows.
    #[must_use]
    pub fn view(&self, rect: Rect) -> PlaneRect {
        PlaneRect::of([self.plane(rect, rect.left_bottom()), self.plane(rect, rect.right_top())])
    }

    /// Moved by so many points of the screen, as if the paper were dragged.
    #[must_use]
    pub fn dragged(self, by: Vec2) -> Self {
        Self { x: self.x - f64::from(by.x) / self.scale, y: self.y + f64::from(by.y) / self.scale, ..self }
    }

    /// Zoomed by a factor with one screen place staying where it is, within sensible limits.
    #[must_use]
    pub fn zoomed(self, factor: f64, rect: Rect, at: Pos2, least: f64) -> Self {
        let scale = (self.scale * factor).clamp(least.min(NEAREST), NEAREST);
        let d = at - rect.center();
        let (dx, dy) = (f64::from(d.x), f64::from(d.y));
        Self { x: self.x + dx / self.scale - dx / scale, y: self.y - dy / self.scale + dy / scale, scale }
    }

    /// Kept so that some of the map stays in sight.
    #[must_use]
    pub fn kept_near(self, bounds: &PlaneRect) -> Self {
        if bounds.is_empty() {
            return self;
        }
        let within = |v: f64, k: usize| v.clamp(f64::from(bounds.min[k]), f64::from(bounds.max[k]));
        Self { x: within(self.x, 0), y: within(self.y, 1), ..self }
    }
}

/// A move under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flight {
    from: Camera,
    /// Where it ends.
    pub to: Camera,
    start: f64,
    seconds: f64,
}

impl Flight {
    /// Starts a move now.
    pub fn new(from: Camera, to: Camera, now: f64, seconds: f32) -> Self {
        Self { from, to, start: now, seconds: f64::from(seconds).max(1e-3) }
    }

    /// The camera at a time, and whether the move is over. A place that stands still at both ends stands
    /// still all the way.
    pub fn at(&self, now: f64) -> (Camera, bool) {
        let t = ((now - self.start) / self.seconds).clamp(0.0, 1.0);
        if t >= 1.0 {
            return (self.to, true);
        }
        let rest = 1.0 - t;
        let eased = 1.0 - rest * rest * rest;
        // Centres move linearly in the reciprocal of the scale, so do scales here.
        let mix = |a: f64, b: f64| a + (b - a) * eased;
        let scale = 1.0 / mix(1.0 / self.from.scale, 1.0 / self.to.scale);
        (Camera { x: mix(self.from.x, self.to.x), y: mix(self.from.y, self.to.y), scale }, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let rect = Rect::from_min_size(Pos2::new(50.0, 20.0), Vec2::new(700.0, 500.0));
        let camera = Camera { x: 3.0, y: -7.0, scale: 8.0 };
        let at = Pos2::new(200.0, 400.0);
        let before = camera.plane(rect, at);
        let to = camera.zoomed(2.5, rect, at, 1.0);
        let flight = Flight::new(camera, to, 10.0, 0.2);
        for t in [10.0, 10.05, 10.1, 10.19, 10.3] {
            let (now, over) = flight.at(t);
            let after = now.plane(rect, at);
            assert!((before[0] - after[0]).abs() < 1e-3 && (before[1] - after[1]).abs() < 1e-3);
            assert_eq!(over, t > 10.2);
        }
        let back = camera.screen(rect, before);
        assert!((back - at).length() < 1e-2);
    }

    #[test]
    fn the_whole_map_fits() {
        let rect = Rect::from_min_size(Pos2::ZERO, Vec2::new(700.0, 500.0));
        let bounds = PlaneRect { min: [-60.0, -50.0], max: [55.0, 80.0] };
        assert!(Camera::whole(&bounds, rect, rect).view(rect).holds(&bounds));
        // beside a legend it stands in what the legend leaves
        let free = Rect::from_min_max(Pos2::new(200.0, 0.0), rect.max);
        let camera = Camera::whole(&bounds, rect, free);
        for corner in [bounds.min, bounds.max] {
            assert!(free.contains(camera.screen(rect, corner)), "{corner:?}");
        }
    }
}
