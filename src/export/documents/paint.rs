//! Pages of a document as pixels: what Typst has laid out, painted without its PDF.
//!
//! For the window (pages of the briefing, previews of templates) and for PNG files. Text is filled by the outlines of
//! its own font, variable ones at their instance; solid colours, lines, clips, raster pictures and the outlines of the
//! task sheets' sketches are painted; gradients, tilings and pictures in other vector formats are not: nothing of the
//! product's templates uses them, and a grey box stands for such a picture.
//!
//! Invariants: the same page gives the same pixels; nothing outside the page is touched.

use ab_glyph::{Font as _, FontRef, GlyphId, VariableFont as _};
use tiny_skia::{
    Color, FillRule, FilterQuality, IntSize, LineCap, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, PixmapPaint,
    Rect, Stroke, StrokeDash, Transform,
};
use typst::layout::{Frame, FrameItem, GroupItem, Point};
use typst::text::TextItem;
use typst::visualize::{
    Curve, CurveItem, FillRule as TypstRule, FixedStroke, Geometry, Image, ImageKind, LineCap as TypstCap,
    LineJoin as TypstJoin, Paint as TypstPaint, Shape,
};

use super::sketch::outline_of;
use crate::chart::add_outline;
use crate::diagnostic::{AppError, AppResult};

/// A page painted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePicture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Row by row from the top: red, green, blue, opacity (premultiplied; pages are opaque), a byte each.
    pub pixels: Vec<u8>,
}

impl PagePicture {
    /// The picture as PNG.
    ///
    /// # Errors
    /// `EXP-063` where it can't be made.
    pub fn png(&self) -> AppResult<Vec<u8>> {
        let size = IntSize::from_wh(self.width, self.height);
        let pixmap = size.and_then(|size| Pixmap::from_vec(self.pixels.clone(), size));
        let png = pixmap.and_then(|pixmap| pixmap.encode_png().ok());
        png.ok_or_else(|| AppError::new("EXP-063", "文档「图片」无法生成"))
    }
}

/// Paints a page of this fill, so many pixels wide; `None` for a page without any extent.
pub(super) fn paint_page(frame: &Frame, fill: Option<TypstPaint>, width: u32) -> Option<PagePicture> {
    let scale = f64::from(width) / frame.width().to_pt();
    let height = (frame.height().to_pt() * scale).round() as u32;
    let mut pixmap = Pixmap::new(width, height.max(1))?;
    pixmap.fill(Color::WHITE);
    if let Some(fill) = fill {
        pixmap.fill(colour(&fill));
    }
    let scale = scale as f32;
    let mut canvas = Canvas { pixmap };
    canvas.frame(frame, Transform::from_scale(scale, scale), None);
    let Canvas { pixmap } = canvas;
    Some(PagePicture { width: pixmap.width(), height: pixmap.height(), pixels: pixmap.take() })
}

struct Canvas {
    pixmap: Pixmap,
}

fn colour(paint: &TypstPaint) -> Color {
    match paint {
        TypstPaint::Solid(solid) => {
            let (r, g, b, a) = solid.to_rgb().into_format::<u8, u8>().into_components();
            Color::from_rgba8(r, g, b, a)
        }
        TypstPaint::Gradient(_) | TypstPaint::Tiling(_) => Color::from_rgba8(200, 200, 200, 255),
    }
}

fn solid(color: Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(color);
    paint
}

fn path_of(curve: &Curve) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let at = |p: &Point| (p.x.to_pt() as f32, p.y.to_pt() as f32);
    for item in &curve.0 {
        match item {
            CurveItem::Move(p) => {
                let (x, y) = at(p);
                builder.move_to(x, y);
            }
            CurveItem::Line(p) => {
                let (x, y) = at(p);
                builder.line_to(x, y);
            }
            CurveItem::Cubic(a, b, p) => {
                let ((ax, ay), (bx, by), (x, y)) = (at(a), at(b), at(p));
                builder.cubic_to(ax, ay, bx, by, x, y);
            }
            CurveItem::Close => builder.close(),
        }
    }
    builder.finish()
}

fn stroke_of(stroke: &FixedStroke) -> Stroke {
    let dash = stroke.dash.as_ref().and_then(|dash| {
        let lengths: Vec<f32> = dash.array.iter().map(|length| length.to_pt() as f32).collect();
        StrokeDash::new(lengths, dash.phase.to_pt() as f32)
    });
    Stroke {
        width: stroke.thickness.to_pt() as f32,
        miter_limit: stroke.miter_limit.get() as f32,
        line_cap: match stroke.cap {
            TypstCap::Butt => LineCap::Butt,
            TypstCap::Round => LineCap::Round,
            TypstCap::Square => LineCap::Square,
        },
        line_join: match stroke.join {
            TypstJoin::Miter => LineJoin::Miter,
            TypstJoin::Round => LineJoin::Round,
            TypstJoin::Bevel => LineJoin::Bevel,
        },
        dash,
    }
}

impl Canvas {
    fn frame(&mut self, frame: &Frame, at: Transform, mask: Option<&Mask>) {
        for (place, item) in frame.items() {
            let here = at.pre_translate(place.x.to_pt() as f32, place.y.to_pt() as f32);
            match item {
                FrameItem::Group(group) => self.group(group, here, mask),
                FrameItem::Text(text) => self.text(text, here, mask),
                FrameItem::Shape(shape, _) => self.shape(shape, here, mask),
                FrameItem::Image(image, size, _) => {
                    self.image(image, (size.x.to_pt() as f32, size.y.to_pt() as f32), here, mask);
                }
                FrameItem::Link(..) | FrameItem::Tag(_) => {}
            }
        }
    }

    fn group(&mut self, group: &GroupItem, at: Transform, mask: Option<&Mask>) {
        let own = &group.transform;
        let at = at.pre_concat(Transform::from_row(
            own.sx.get() as f32,
            own.ky.get() as f32,
            own.kx.get() as f32,
            own.sy.get() as f32,
            own.tx.to_pt() as f32,
            own.ty.to_pt() as f32,
        ));
        let Some(path) = group.clip.as_ref().and_then(path_of) else { return self.frame(&group.frame, at, mask) };
        let mut clip = match mask {
            Some(mask) => mask.clone(),
            None => {
                let Some(mut all) = Mask::new(self.pixmap.width(), self.pixmap.height()) else { return };
                all.data_mut().fill(u8::MAX);
                all
            }
        };
        clip.intersect_path(&path, FillRule::default(), true, at);
        self.frame(&group.frame, at, Some(&clip));
    }

    fn shape(&mut self, shape: &Shape, at: Transform, mask: Option<&Mask>) {
        let path = match &shape.geometry {
            Geometry::Line(to) => {
                let mut builder = PathBuilder::new();
                builder.move_to(0.0, 0.0);
                builder.line_to(to.x.to_pt() as f32, to.y.to_pt() as f32);
                builder.finish()
            }
            Geometry::Rect(size) => {
                Rect::from_xywh(0.0, 0.0, size.x.to_pt() as f32, size.y.to_pt() as f32).map(PathBuilder::from_rect)
            }
            Geometry::Curve(curve) => path_of(curve),
        };
        let Some(path) = path else { return };
        if let Some(fill) = &shape.fill {
            let rule = match shape.fill_rule {
                TypstRule::NonZero => FillRule::Winding,
                TypstRule::EvenOdd => FillRule::EvenOdd,
            };
            self.pixmap.fill_path(&path, &solid(colour(fill)), rule, at, mask);
        }
        if let Some(stroke) = shape.stroke.as_ref().filter(|stroke| stroke.thickness.to_pt() > 0.0) {
            self.pixmap.stroke_path(&path, &solid(colour(&stroke.paint)), &stroke_of(stroke), at, mask);
        }
    }

    fn text(&mut self, text: &TextItem, at: Transform, mask: Option<&Mask>) {
        let font = text.font.font();
        let Ok(mut face) = FontRef::try_from_slice_and_index(font.data(), font.index()) else { return };
        for (tag, value) in &text.font.variations().0 {
            face.set_variation(&tag.to_bytes(), value.0);
        }
        let size = text.size.to_pt();
        let scale = size / text.font.units_per_em();
        let mut builder = PathBuilder::new();
        let (mut x, mut y) = (0.0, 0.0);
        for glyph in &text.glyphs {
            let origin = (x + glyph.x_offset.at(text.size).to_pt(), -y - glyph.y_offset.at(text.size).to_pt());
            if let Some(outline) = face.outline(GlyphId(glyph.id)) {
                add_outline(&mut builder, &outline.curves, origin, scale);
            }
            x += glyph.x_advance.at(text.size).to_pt();
            y += glyph.y_advance.at(text.size).to_pt();
        }
        if let Some(path) = builder.finish() {
            // glyphs may overlap their own strokes
            self.pixmap.fill_path(&path, &solid(colour(&text.fill)), FillRule::Winding, at, mask);
        }
    }

    fn image(&mut self, image: &Image, (width, height): (f32, f32), at: Transform, mask: Option<&Mask>) {
        match image.kind() {
            ImageKind::Raster(raster) => {
                let pixels = raster.dynamic().to_rgba8();
                let (across, down) = pixels.dimensions();
                let Some(pixmap) = picture(pixels.into_raw(), across, down) else { return };
                let shrink = Transform::from_scale(width / across as f32, height / down as f32);
                // a code of one pixel a module keeps its edges
                let sharp = image.scaling().is_custom();
                let quality = if sharp { FilterQuality::Nearest } else { FilterQuality::Bilinear };
                let paint = PixmapPaint { quality, ..PixmapPaint::default() };
                self.pixmap.draw_pixmap(0, 0, pixmap.as_ref(), &paint, at.pre_concat(shrink), mask);
            }
            ImageKind::Svg(svg) => {
                let outline = std::str::from_utf8(svg.data()).ok().and_then(outline_of);
                let Some((rings, across)) = outline else { return self.grey(width, height, at, mask) };
                let mut builder = PathBuilder::new();
                for ring in rings {
                    for (i, (x, y)) in ring.iter().enumerate() {
                        if i == 0 { builder.move_to(*x, *y) } else { builder.line_to(*x, *y) }
                    }
                    builder.close();
                }
                let Some(path) = builder.finish() else { return };
                let at = at.pre_scale(width / across, width / across);
                let ground = solid(Color::from_rgba8(0xEE, 0xF2, 0xF3, 255));
                self.pixmap.fill_path(&path, &ground, FillRule::EvenOdd, at, mask);
                let line = Stroke { width: 4.0, ..Stroke::default() };
                self.pixmap.stroke_path(&path, &solid(Color::from_rgba8(0x4A, 0x5A, 0x60, 255)), &line, at, mask);
            }
            ImageKind::Pdf(_) => self.grey(width, height, at, mask),
        }
    }

    /// What stands for a picture that can't be painted.
    fn grey(&mut self, width: f32, height: f32, at: Transform, mask: Option<&Mask>) {
        if let Some(rect) = Rect::from_xywh(0.0, 0.0, width, height) {
            let path = PathBuilder::from_rect(rect);
            self.pixmap.fill_path(&path, &solid(Color::from_rgba8(225, 225, 225, 255)), FillRule::Winding, at, mask);
        }
    }
}

/// Pixels with free opacity as a pixmap.
fn picture(mut pixels: Vec<u8>, width: u32, height: u32) -> Option<Pixmap> {
    for pixel in pixels.chunks_exact_mut(4) {
        let alpha = u16::from(pixel[3]);
        for part in &mut pixel[..3] {
            *part = ((u16::from(*part) * alpha + 127) / 255) as u8;
        }
    }
    Pixmap::from_vec(pixels, IntSize::from_wh(width, height)?)
}
