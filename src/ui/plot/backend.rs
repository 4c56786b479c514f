//! The plotters backend over egui's shapes.
//!
//! plotters draws in whole pixels; the shapes stand at the same pixels, so that edges are sharp at any zoom.
//! Rectangles and polygons go into plain meshes (egui fills only convex paths, and softens edges).

use std::convert::Infallible;
use std::sync::Arc;

use egui::epaint::{Mesh, PathShape, PathStroke, TextShape};
use egui::{Color32, FontFamily, FontId, Pos2, Rect, Shape, Stroke, pos2};
use geo::TriangulateEarcut;
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

use crate::chart::font;

type Painted = Result<(), DrawingErrorKind<Infallible>>;

/// Collects shapes; the origin is the widget's left top corner.
pub(super) struct EguiBackend<'a> {
    ctx: &'a egui::Context,
    size: (u32, u32),
    /// Points in a pixel.
    point: f32,
    bold: FontFamily,
    shapes: &'a mut Vec<Shape>,
}

fn colour(c: BackendColor) -> Color32 {
    let (r, g, b) = c.rgb;
    Color32::from_rgba_unmultiplied(r, g, b, (c.alpha.clamp(0.0, 1.0) * 255.0).round() as u8)
}

impl<'a> EguiBackend<'a> {
    /// A backend of so many pixels.
    pub fn new(ctx: &'a egui::Context, size: (u32, u32), shapes: &'a mut Vec<Shape>) -> Self {
        let heavy = FontFamily::Name(crate::ui::fonts::BOLD.into());
        let bold = if ctx.fonts(|f| f.families().contains(&heavy)) { heavy } else { FontFamily::Proportional };
        Self { ctx, size, point: 1.0 / ctx.pixels_per_point(), bold, shapes }
    }

    fn at(&self, (x, y): BackendCoord) -> Pos2 {
        pos2(x as f32 * self.point, y as f32 * self.point)
    }

    /// The middle of a pixel.
    fn middle(&self, (x, y): BackendCoord) -> Pos2 {
        pos2((x as f32 + 0.5) * self.point, (y as f32 + 0.5) * self.point)
    }

    /// The mesh on top, or a new one.
    fn mesh(&mut self, add: impl FnOnce(&mut Mesh)) {
        if let Some(Shape::Mesh(mesh)) = self.shapes.last_mut() {
            add(Arc::make_mut(mesh));
            return;
        }
        let mut mesh = Mesh::default();
        add(&mut mesh);
        self.shapes.push(Shape::mesh(mesh));
    }

    fn stroke(&mut self, points: Vec<Pos2>, width: u32, c: BackendColor) {
        let stroke = PathStroke::new(width.max(1) as f32 * self.point, colour(c));
        self.shapes.push(Shape::Path(PathShape { points, closed: false, fill: Color32::TRANSPARENT, stroke }));
    }
}

impl DrawingBackend for EguiBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Painted {
        Ok(())
    }

    fn present(&mut self) -> Painted {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, c: BackendColor) -> Painted {
        self.draw_rect(point, (point.0 + 1, point.1 + 1), &c, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Painted {
        let points = vec![self.middle(from), self.middle(to)];
        self.stroke(points, style.stroke_width(), style.color());
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Painted {
        let rect = Rect::from_min_max(self.at(upper_left), self.at(bottom_right));
        let ink = colour(style.color());
        if fill {
            self.mesh(|mesh| mesh.add_colored_rect(rect, ink));
        } else {
            let stroke = Stroke::new(style.stroke_width().max(1) as f32 * self.point, ink);
            self.shapes.push(Shape::rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside));
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Painted {
        let points: Vec<Pos2> = path.into_iter().map(|p| self.middle(p)).collect();
        if points.len() > 1 {
            self.stroke(points, style.stroke_width(), style.color());
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Painted {
        let (at, radius, ink) = (self.middle(center), radius as f32 * self.point, colour(style.color()));
        self.shapes.push(if fill {
            Shape::circle_filled(at, radius, ink)
        } else {
            Shape::circle_stroke(at, radius, Stroke::new(style.stroke_width().max(1) as f32 * self.point, ink))
        });
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Painted {
        let ring: Vec<(f64, f64)> = vert.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect();
        let (ink, point) = (colour(style.color()), self.point);
        let polygon = geo::Polygon::new(geo::LineString::from(ring), Vec::new());
        let triangles = polygon.earcut_triangles_raw();
        self.mesh(|mesh| {
            let first = mesh.vertices.len() as u32;
            for [x, y] in &triangles.vertices {
                mesh.colored_vertex(pos2(*x as f32 * point, *y as f32 * point), ink);
            }
            for corners in triangles.triangle_indices.chunks_exact(3) {
                mesh.add_triangle(first + corners[0] as u32, first + corners[1] as u32, first + corners[2] as u32);
            }
        });
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, pos: BackendCoord) -> Painted {
        let size = (style.size() / 1.24) as f32;
        let bold = matches!(style.style(), FontStyle::Bold);
        let family = if bold { self.bold.clone() } else { FontFamily::Proportional };
        let ink = colour(style.color());
        let font = FontId::new(size * self.point, family);
        let galley = self.ctx.fonts_mut(|fonts| fonts.layout_no_wrap(text.to_owned(), font, ink));
        let ascent = galley.rows.first().and_then(|r| r.row.glyphs.first().map(|g| r.pos.y + g.pos.y)).unwrap_or(0.0);
        let width = galley.rect.width();
        let x = pos.0 as f32 * self.point
            - match style.anchor().h_pos {
                HPos::Left => 0.0,
                HPos::Center => width / 2.0,
                HPos::Right => width,
            };
        let baseline = (pos.1 as f32 + font::BASELINE as f32 * size).round() * self.point;
        let at = pos2((x / self.point).round() * self.point, baseline - ascent);
        self.shapes.push(Shape::Text(TextShape::new(at, galley, ink)));
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok(font::text_size(text, style.size(), matches!(style.style(), FontStyle::Bold)))
    }
}
