//! Meshes of the map: filled districts, borders, marks of points.
//!
//! Everything is made in screen coordinates straight from the cached plane coordinates, culled to what is in
//! sight, and kept until the camera or the contents change.

use egui::epaint::{Mesh, Vertex};
use egui::{Color32, Pos2, Rect, TextureId, Vec2};

use super::camera::Camera;
use crate::district::{DistrictMesh, MeshLevel, PlaneRect};

/// A camera's transform ready for many vertices.
#[derive(Clone, Copy)]
pub(super) struct Transform {
    centre: Pos2,
    at: [f32; 2],
    scale: f32,
}

impl Transform {
    pub fn new(camera: &Camera, rect: Rect) -> Self {
        Self { centre: rect.center(), at: [camera.x as f32, camera.y as f32], scale: camera.scale as f32 }
    }

    #[inline]
    pub fn apply(&self, p: [f32; 2]) -> Pos2 {
        Pos2::new(self.centre.x + (p[0] - self.at[0]) * self.scale, self.centre.y - (p[1] - self.at[1]) * self.scale)
    }
}

/// Side of the hatch's tile, points.
const HATCH: f32 = 8.0;

/// Fills districts of one level that are in sight: those with a colour in the first mesh, those without
/// hatched in the second.
pub(super) fn fill_meshes(
    mesh: &DistrictMesh,
    level: usize,
    to: Transform,
    view: &PlaneRect,
    colour_of: impl Fn(usize) -> Option<Color32>,
    hatch: TextureId,
) -> (Mesh, Mesh) {
    let (mut plain, mut hatched) = (Mesh::default(), Mesh::with_texture(hatch));
    let Some(level) = mesh.levels.get(level) else { return (plain, hatched) };
    plain.vertices.reserve(level.vertices.len());
    plain.indices.reserve(level.indices.len());
    for (i, part) in level.parts.iter().enumerate() {
        if !mesh.rects[i].meets(view) {
            continue;
        }
        let colour = colour_of(i);
        let out = if colour.is_some() { &mut plain } else { &mut hatched };
        let shift = out.vertices.len() as u32;
        let first = part.vertices.start as u32;
        let vertices = &level.vertices[part.vertices.clone()];
        if let Some(colour) = colour {
            out.vertices.extend(vertices.iter().map(|v| Vertex::untextured(to.apply(*v), colour)));
        } else {
            out.vertices.extend(vertices.iter().map(|v| {
                let pos = to.apply(*v);
                Vertex { pos, uv: Pos2::new(pos.x / HATCH, pos.y / HATCH), color: Color32::WHITE }
            }));
        }
        out.indices.extend(level.indices[part.indices.clone()].iter().map(|k| k - first + shift));
    }
    (plain, hatched)
}

/// Borders of the districts in sight, as soft lines `width` points wide.
pub(super) fn border_mesh(
    mesh: &DistrictMesh,
    level: usize,
    to: Transform,
    view: &PlaneRect,
    colour: Color32,
    width: f32,
) -> Mesh {
    let mut out = Mesh::default();
    let Some(level) = mesh.levels.get(level) else { return out };
    for (i, part) in level.parts.iter().enumerate() {
        if mesh.rects[i].meets(view) {
            add_rings(&mut out, level, part.rings.clone(), to, colour, width);
        }
    }
    out
}

/// Outline of one district.
pub(super) fn outline_mesh(
    mesh: &DistrictMesh,
    level: usize,
    district: usize,
    to: Transform,
    colour: Color32,
    width: f32,
) -> Mesh {
    let mut out = Mesh::default();
    if let Some(level) = mesh.levels.get(level)
        && let Some(part) = level.parts.get(district)
    {
        add_rings(&mut out, level, part.rings.clone(), to, colour, width);
    }
    out
}

fn add_rings(
    out: &mut Mesh,
    level: &MeshLevel,
    rings: std::ops::Range<usize>,
    to: Transform,
    colour: Color32,
    width: f32,
) {
    let mut line: Vec<Pos2> = Vec::new();
    for ring in &level.rings[rings] {
        line.clear();
        for v in &level.vertices[ring.clone()] {
            let p = to.apply(*v);
            // Corners nearer than a pixel to the last one can't be seen.
            if line.last().is_none_or(|last| (p - *last).length_sq() > 0.8) {
                line.push(p);
            }
        }
        add_closed_line(out, &line, colour, width);
    }
}

/// A closed line with a solid middle and soft edges.
pub(super) fn add_closed_line(out: &mut Mesh, line: &[Pos2], colour: Color32, width: f32) {
    let n = line.len();
    if n < 2 {
        return;
    }
    // Solid over all but half a point on each side, which fades out.
    let (solid, soft) = ((width / 2.0 - 0.5).max(0.0), width / 2.0 + 0.5);
    let columns: &[(f32, bool)] = if solid > 0.0 {
        &[(-1.0, false), (-1.0, true), (1.0, true), (1.0, false)]
    } else {
        &[(-1.0, false), (0.0, true), (1.0, false)]
    };
    let stride = columns.len() as u32;
    let first = out.vertices.len() as u32;
    out.vertices.reserve(n * columns.len());
    out.indices.reserve(n * (columns.len() - 1) * 6);
    for i in 0..n {
        let (before, at, after) = (line[(i + n - 1) % n], line[i], line[(i + 1) % n]);
        let (a, b) = ((at - before).normalized(), (after - at).normalized());
        let mut normal = (a + b).rot90();
        let length = normal.length();
        // The joint's width, held down at sharp corners.
        normal = if length > 0.5 { normal * (2.0 / (length * length)) } else { a.rot90() };
        for (side, opaque) in columns {
            let off = if *opaque { solid } else { soft };
            let colour = if *opaque { colour } else { Color32::TRANSPARENT };
            out.vertices.push(Vertex::untextured(at + normal * (side * off), colour));
        }
        let (here, next) = (first + i as u32 * stride, first + ((i + 1) % n) as u32 * stride);
        for k in 0..stride - 1 {
            out.indices.extend([here + k, here + k + 1, next + k, next + k, here + k + 1, next + k + 1]);
        }
    }
}

/// Directions of a mark's corners.
const CORNERS: usize = 10;

fn corners() -> [Vec2; CORNERS] {
    std::array::from_fn(|i| Vec2::angled(i as f32 * std::f32::consts::TAU / CORNERS as f32))
}

/// Discs with a rim, all in one mesh: place, colour, radius.
pub(super) fn disc_mesh(marks: impl Iterator<Item = (Pos2, Color32, f32)>, rim: Color32) -> Mesh {
    let corners = corners();
    let mut out = Mesh::default();
    for (at, colour, radius) in marks {
        for (r, colour) in [(radius + 1.0, rim), (radius, colour)] {
            let first = out.vertices.len() as u32;
            out.vertices.extend(corners.iter().map(|c| Vertex::untextured(at + *c * r, colour)));
            out.indices.extend((1..CORNERS as u32 - 1).flat_map(|k| [first, first + k, first + k + 1]));
        }
    }
    out
}

/// Rings around places, all in one mesh: for selected and highlighted points.
pub(super) fn ring_mesh(places: impl Iterator<Item = Pos2>, radius: f32, colour: Color32, halo: Color32) -> Mesh {
    let corners = corners();
    let mut out = Mesh::default();
    for at in places {
        for (inner, outer, colour) in [(radius - 1.0, radius + 3.0, halo), (radius, radius + 2.0, colour)] {
            let first = out.vertices.len() as u32;
            for c in &corners {
                out.vertices.push(Vertex::untextured(at + *c * inner, colour));
                out.vertices.push(Vertex::untextured(at + *c * outer, colour));
            }
            let count = 2 * CORNERS as u32;
            for k in (0..count).step_by(2) {
                let (a, b, c, d) = (k, k + 1, (k + 2) % count, (k + 3) % count);
                out.indices.extend([a, b, c, c, b, d].map(|i| first + i));
            }
        }
    }
    out
}

/// Small diamonds with a rim, all in one mesh: for lit points where rings would cover everything.
pub(super) fn diamond_mesh(places: impl Iterator<Item = Pos2>, radius: f32, colour: Color32, rim: Color32) -> Mesh {
    let mut out = Mesh::default();
    for at in places {
        for (r, colour) in [(radius + 1.5, rim), (radius, colour)] {
            let first = out.vertices.len() as u32;
            let corners = [Vec2::new(0.0, -r), Vec2::new(r, 0.0), Vec2::new(0.0, r), Vec2::new(-r, 0.0)];
            out.vertices.extend(corners.map(|c| Vertex::untextured(at + c, colour)));
            out.indices.extend([0, 1, 2, 0, 2, 3].map(|i| first + i));
        }
    }
    out
}

/// The tile that hatches districts without a value.
pub(super) fn hatch_image(ground: Color32, line: Color32) -> egui::ColorImage {
    let n = HATCH as usize * 2;
    let pixels = (0..n * n)
        .map(|i| {
            let (x, y) = (i % n, i / n);
            let d = (x + y) % n;
            let part = match d {
                0 | 1 => 1.0,
                2 => 0.5,
                _ if d == n - 1 => 0.5,
                _ => 0.0,
            };
            ground.lerp_to_gamma(line, part * 0.5)
        })
        .collect();
    egui::ColorImage::new([n, n], pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_marks_are_sound_meshes() {
        let mut mesh = Mesh::default();
        let square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)].map(|(x, y)| Pos2::new(x, y));
        for width in [1.0, 3.0] {
            mesh.clear();
            add_closed_line(&mut mesh, &square, Color32::RED, width);
            assert!(mesh.is_valid() && !mesh.indices.is_empty());
            let bounds = mesh.calc_bounds();
            let reach = width / 2.0 + 0.5;
            assert!((bounds.min.x + reach).abs() < 1e-3 && (bounds.max.y - 10.0 - reach).abs() < 1e-3, "{bounds:?}");
        }
        let discs = disc_mesh(square.iter().map(|p| (*p, Color32::RED, 3.0)), Color32::WHITE);
        assert!(discs.is_valid() && discs.vertices.len() == 4 * 2 * CORNERS);
        assert!(diamond_mesh(square.into_iter(), 3.0, Color32::RED, Color32::WHITE).is_valid());
        assert!(ring_mesh(square.into_iter(), 4.0, Color32::RED, Color32::WHITE).is_valid());
    }
}
