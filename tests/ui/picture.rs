//! Pictures of the window without a graphics card: egui's clipped triangles, painted by hand.
//!
//! Deterministic: the same shapes give the same pixels on every machine. What egui's own shader does is done here in
//! the same order: colours are multiplied in gamma space, blending is premultiplied, textures are sampled linearly
//! and clamped at their edges.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use egui::epaint::{ClippedPrimitive, ImageData, Primitive, Vertex};
use egui::{ColorImage, Rect, TextureId, TexturesDelta};
use egui_kittest::TestRenderer;

/// Levels of a colour channel kept in a baseline: fewer make the file smaller and hide no change that an eye sees.
const KEPT_BITS: u32 = 5;

/// The textures of a window as its frames left them; a renderer of the harness that only keeps.
#[derive(Clone, Default)]
pub struct Textures(Arc<Mutex<HashMap<TextureId, ColorImage>>>);

impl TestRenderer for Textures {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        delta.set.drain().for_each(|(id, patches)| {
            for patch in patches {
                let ImageData::Color(image) = patch.image;
                match (patch.pos, kept.get_mut(&id)) {
                    (Some([x, y]), Some(whole)) => {
                        for (row, line) in image.pixels.chunks_exact(image.size[0]).enumerate() {
                            let at = (y + row) * whole.size[0] + x;
                            whole.pixels[at..at + line.len()].copy_from_slice(line);
                        }
                    }
                    _ => {
                        kept.insert(id, (*image).clone());
                    }
                }
            }
        });
        delta.free.drain().for_each(|id| _ = kept.remove(&id));
    }
}

/// Pixels in rows, red, green and blue.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Paints primitives of one pixel a point.
    pub fn paint(width: usize, height: usize, primitives: &[ClippedPrimitive], textures: &Textures) -> Self {
        let textures = textures.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut canvas = Canvas { width, height, pixels: vec![[0.0; 3]; width * height] };
        for clipped in primitives {
            let Primitive::Mesh(mesh) = &clipped.primitive else { continue };
            let Some(texture) = textures.get(&mesh.texture_id) else { continue };
            for corners in mesh.indices.chunks_exact(3) {
                let corner = |i: usize| mesh.vertices[corners[i] as usize];
                canvas.triangle([corner(0), corner(1), corner(2)], clipped.clip_rect, texture);
            }
        }
        let level = |value: f32| {
            let value = (value.clamp(0.0, 1.0) * 255.0).round() as u8;
            // the middle of its level, so that pure white and black stay pure
            let step = 255.0 / ((1_u32 << KEPT_BITS) - 1) as f32;
            ((f32::from(value) / step).round() * step).round() as u8
        };
        Self { width, height, pixels: canvas.pixels.iter().map(|p| p.map(level)).collect() }
    }

    /// Without so many pixels at each side.
    pub fn without_margin(&self, margin: usize) -> Self {
        let (width, height) = (self.width - 2 * margin, self.height - 2 * margin);
        let rows = self.pixels.chunks_exact(self.width).skip(margin).take(height);
        let pixels = rows.flat_map(|row| row[margin..margin + width].to_vec()).collect();
        Self { width, height, pixels }
    }

    pub fn load(path: &Path) -> Option<Self> {
        let map = tiny_skia::Pixmap::load_png(path).ok()?;
        let pixels = map.pixels().iter().map(|p| [p.red(), p.green(), p.blue()]).collect();
        Some(Self { width: map.width() as usize, height: map.height() as usize, pixels })
    }

    pub fn save(&self, path: &Path) {
        let mut map = tiny_skia::Pixmap::new(self.width as u32, self.height as u32).unwrap();
        for (to, [r, g, b]) in map.pixels_mut().iter_mut().zip(&self.pixels) {
            *to = tiny_skia::PremultipliedColorU8::from_rgba(*r, *g, *b, 255).unwrap();
        }
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        map.save_png(path).unwrap();
    }

    /// The share of pixels that differ by more than `amount` in a channel, and a picture that shows where: this one
    /// paled, what differs in red. `None` where the sizes differ.
    pub fn differing(&self, other: &Self, amount: u8) -> Option<(f64, Self)> {
        if (self.width, self.height) != (other.width, other.height) {
            return None;
        }
        let mut count = 0_usize;
        let pixels = self.pixels.iter().zip(&other.pixels).map(|(a, b)| {
            if a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > amount) {
                count += 1;
                [220, 0, 40]
            } else {
                a.map(|channel| 255 - (255 - channel) / 3)
            }
        });
        let pixels: Vec<[u8; 3]> = pixels.collect();
        let share = count as f64 / pixels.len().max(1) as f64;
        Some((share, Self { pixels, ..*self }))
    }
}

struct Canvas {
    width: usize,
    height: usize,
    /// Opaque: the window has no ground that shines through.
    pixels: Vec<[f32; 3]>,
}

impl Canvas {
    fn triangle(&mut self, corners: [Vertex; 3], clip: Rect, texture: &ColorImage) {
        let [a, b, c] = corners.map(|corner| corner.pos);
        let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
        if area == 0.0 || !area.is_finite() {
            return;
        }
        // a fixed winding, so that an edge shared by two triangles belongs to exactly one
        let [p, q, r] = if area > 0.0 { corners } else { [corners[0], corners[2], corners[1]] };
        let area = area.abs();
        let least = |v: [f32; 3], clip: f32| v.into_iter().fold(f32::INFINITY, f32::min).max(clip.round());
        let most = |v: [f32; 3], clip: f32| v.into_iter().fold(f32::NEG_INFINITY, f32::max).min(clip.round());
        let (xs, ys) = ([a.x, b.x, c.x], [a.y, b.y, c.y]);
        let bounds = |from: f32, to: f32, size: usize| {
            (from - 0.5).ceil().max(0.0) as usize..((to - 0.5).ceil().max(0.0) as usize).min(size)
        };
        let columns = bounds(least(xs, clip.left()), most(xs, clip.right()), self.width);
        for y in bounds(least(ys, clip.top()), most(ys, clip.bottom()), self.height) {
            for x in columns.clone() {
                let at = egui::pos2(x as f32 + 0.5, y as f32 + 0.5);
                let (Some(wp), Some(wq), Some(wr)) = (weight(q, r, at), weight(r, p, at), weight(p, q, at)) else {
                    continue;
                };
                let [wp, wq, wr] = [wp / area, wq / area, wr / area];
                let uv = (p.uv.to_vec2() * wp + q.uv.to_vec2() * wq + r.uv.to_vec2() * wr).to_pos2();
                let texel = sample(texture, uv);
                let [cp, cq, cr] = [p, q, r].map(|v| v.color.to_array());
                let mix = |i: usize| {
                    (f32::from(cp[i]) * wp + f32::from(cq[i]) * wq + f32::from(cr[i]) * wr) / 255.0 * texel[i]
                };
                let through = 1.0 - mix(3);
                let pixel = &mut self.pixels[y * self.width + x];
                *pixel = [0, 1, 2].map(|i| mix(i) + pixel[i] * through);
            }
        }
    }
}

/// Twice the area of an edge and a point where the point lies inside; on the edge only where the edge is a left or
/// an upper one.
fn weight(from: Vertex, to: Vertex, at: egui::Pos2) -> Option<f32> {
    let (from, to) = (from.pos, to.pos);
    let along = to - from;
    let value = along.x * (at.y - from.y) - along.y * (at.x - from.x);
    let owns = along.y < 0.0 || (along.y == 0.0 && along.x > 0.0);
    (value > 0.0 || (value == 0.0 && owns)).then_some(value)
}

/// The texture's colour at a place, 0 to 1, premultiplied.
fn sample(texture: &ColorImage, uv: egui::Pos2) -> [f32; 4] {
    let [width, height] = texture.size;
    let (x, y) = (uv.x * width as f32 - 0.5, uv.y * height as f32 - 0.5);
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let texel = |dx: f32, dy: f32| {
        let column = (left + dx).clamp(0.0, width as f32 - 1.0) as usize;
        let row = (top + dy).clamp(0.0, height as f32 - 1.0) as usize;
        texture.pixels[row * width + column].to_array()
    };
    let corners = [texel(0.0, 0.0), texel(1.0, 0.0), texel(0.0, 1.0), texel(1.0, 1.0)];
    let shares = [(1.0 - fx) * (1.0 - fy), fx * (1.0 - fy), (1.0 - fx) * fy, fx * fy];
    [0, 1, 2, 3].map(|i| corners.iter().zip(shares).map(|(c, share)| f32::from(c[i]) * share).sum::<f32>() / 255.0)
}

#[test]
fn a_change_of_a_few_pixels_is_counted_and_shown() {
    let white = Picture { width: 10, height: 10, pixels: vec![[255; 3]; 100] };
    let mut other = white.clone();
    other.pixels[7] = [0; 3];
    other.pixels[8] = [250; 3];
    let (share, difference) = white.differing(&other, 40).unwrap();
    assert!((share - 0.01).abs() < 1e-9);
    assert_eq!(difference.pixels[7], [220, 0, 40]);
    assert_eq!(difference.pixels[8], [255; 3]);
    assert!(white.differing(&Picture { width: 5, height: 20, ..white.clone() }, 40).is_none());
}

#[test]
fn neighbouring_triangles_share_no_pixel_and_leave_none_out() {
    // two halves of a square at half transparency: no seam, and no pixel darkened twice
    let mut mesh = egui::Mesh::default();
    let rect = Rect::from_min_max(egui::pos2(2.0, 2.0), egui::pos2(9.0, 8.0));
    mesh.add_colored_rect(rect, egui::Color32::from_white_alpha(128));
    let textures = Textures::default();
    let white = ColorImage::filled([1, 1], egui::Color32::WHITE);
    textures.0.lock().unwrap().insert(TextureId::default(), white);
    let clip_rect = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(8.0, 20.0));
    let clipped = [ClippedPrimitive { clip_rect, primitive: Primitive::Mesh(mesh) }];
    let picture = Picture::paint(12, 10, &clipped, &textures);
    for y in 0..10 {
        for x in 0..12 {
            let inside = (2..8).contains(&x) && (2..8).contains(&y);
            assert_eq!(picture.pixels[y * 12 + x] != [0; 3], inside, "{x} {y}");
            assert!(!inside || (120..=136).contains(&picture.pixels[y * 12 + x][0]));
        }
    }
}
