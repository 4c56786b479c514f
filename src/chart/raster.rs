//! A plotters backend over a tiny-skia pixmap: anti-aliased paths, text as filled outlines.
//!
//! A glyph's outline is placed by its own coordinates, so its left bearing holds: the ink of （ stays in the right
//! half of its advance.

use std::convert::Infallible;

use ab_glyph::{Font, OutlineCurve, Point};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};
use tiny_skia::{Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform};

use super::font;

type Painted = Result<(), DrawingErrorKind<Infallible>>;

/// Draws on a pixmap.
pub struct RasterBackend<'a> {
    pixmap: &'a mut Pixmap,
}

fn paint(colour: BackendColor) -> Paint<'static> {
    let mut paint = Paint::default();
    let (r, g, b) = colour.rgb;
    let alpha = (colour.alpha.clamp(0.0, 1.0) * 255.0).round() as u8;
    paint.set_color(Color::from_rgba8(r, g, b, alpha));
    paint
}

impl<'a> RasterBackend<'a> {
    /// A backend over a pixmap.
    pub fn new(pixmap: &'a mut Pixmap) -> Self {
        Self { pixmap }
    }

    fn fill(&mut self, path: &Path, colour: BackendColor) {
        self.pixmap.fill_path(path, &paint(colour), FillRule::EvenOdd, Transform::identity(), None);
    }

    fn stroke(&mut self, path: &Path, colour: BackendColor, width: u32) {
        let stroke = Stroke {
            width: width.max(1) as f32,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        // Points stand in the middle of their pixels.
        let shift = Transform::from_translate(0.5, 0.5);
        self.pixmap.stroke_path(path, &paint(colour), &stroke, shift, None);
    }
}

fn line(points: impl IntoIterator<Item = BackendCoord>, closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (i, (x, y)) in points.into_iter().enumerate() {
        if i == 0 {
            builder.move_to(x as f32, y as f32);
        } else {
            builder.line_to(x as f32, y as f32);
        }
    }
    if closed {
        builder.close();
    }
    builder.finish()
}

/// Adds a glyph's outline, in its font's units, with its origin at a point; `scale` is pixels a unit.
pub fn add_outline(builder: &mut PathBuilder, curves: &[OutlineCurve], (x, y): (f64, f64), scale: f64) {
    let at = |p: Point| ((x + f64::from(p.x) * scale) as f32, (y - f64::from(p.y) * scale) as f32);
    let mut pen: Option<Point> = None;
    for curve in curves {
        let (from, to) = match curve {
            OutlineCurve::Line(a, b) | OutlineCurve::Quad(a, _, b) | OutlineCurve::Cubic(a, _, _, b) => (*a, *b),
        };
        if pen != Some(from) {
            if pen.is_some() {
                builder.close();
            }
            let (x, y) = at(from);
            builder.move_to(x, y);
        }
        let (ex, ey) = at(to);
        match curve {
            OutlineCurve::Line(..) => builder.line_to(ex, ey),
            OutlineCurve::Quad(_, c, _) => {
                let (cx, cy) = at(*c);
                builder.quad_to(cx, cy, ex, ey);
            }
            OutlineCurve::Cubic(_, c, d, _) => {
                let ((cx, cy), (dx, dy)) = (at(*c), at(*d));
                builder.cubic_to(cx, cy, dx, dy, ex, ey);
            }
        }
        pen = Some(to);
    }
    if pen.is_some() {
        builder.close();
    }
}

/// The outlines of a text whose baseline begins at a point; `size` is the em in pixels.
pub(super) fn outlines(text: &str, size: f64, bold: bool, origin: (f64, f64)) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let mut x = origin.0;
    for c in text.chars() {
        let Some(set) = font::set(c, bold) else { continue };
        let scale = size / f64::from(set.face.units_per_em().unwrap_or(1000.0));
        if let Some(outline) = set.face.outline(set.glyph) {
            add_outline(&mut builder, &outline.curves, (x, origin.1), scale);
        }
        x += set.advance * size;
    }
    builder.finish()
}

impl DrawingBackend for RasterBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.pixmap.width(), self.pixmap.height())
    }

    fn ensure_prepared(&mut self) -> Painted {
        Ok(())
    }

    fn present(&mut self) -> Painted {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Painted {
        if let Some(rect) = Rect::from_xywh(x as f32, y as f32, 1.0, 1.0) {
            self.pixmap.fill_rect(rect, &paint(colour), Transform::identity(), None);
        }
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Painted {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Painted {
        let (left, top) = (upper_left.0 as f32, upper_left.1 as f32);
        let (right, bottom) = (bottom_right.0 as f32, bottom_right.1 as f32);
        if let Some(rect) = Rect::from_ltrb(left, top, right, bottom) {
            if fill {
                self.pixmap.fill_rect(rect, &paint(style.color()), Transform::identity(), None);
            } else {
                self.stroke(&PathBuilder::from_rect(rect), style.color(), style.stroke_width());
            }
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Painted {
        if let Some(path) = line(path, false) {
            self.stroke(&path, style.color(), style.stroke_width());
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Painted {
        let shift = if fill { 0.5 } else { 0.0 };
        if let Some(path) = PathBuilder::from_circle(center.0 as f32 + shift, center.1 as f32 + shift, radius as f32) {
            if fill {
                self.fill(&path, style.color());
            } else {
                self.stroke(&path, style.color(), style.stroke_width());
            }
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Painted {
        if let Some(path) = line(vert, true) {
            self.fill(&path, style.color());
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, pos: BackendCoord) -> Painted {
        let bold = matches!(style.style(), FontStyle::Bold);
        let size = style.size() / 1.24;
        let width = font::width_em(text, bold) * size;
        let left = match style.anchor().h_pos {
            HPos::Left => f64::from(pos.0),
            HPos::Center => f64::from(pos.0) - width / 2.0,
            HPos::Right => f64::from(pos.0) - width,
        };
        let baseline = (f64::from(pos.1) + font::BASELINE * size).round();
        if let Some(path) = outlines(text, size, bold, (left, baseline)) {
            // Winding, not even-odd: glyphs may overlap their own strokes.
            let paint = paint(style.color());
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
        }
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
