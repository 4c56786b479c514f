//! The commitment as a picture to be put on a notice board or a site: its code and the text below it.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use tiny_skia::{Color, Paint, Pixmap, Rect, Transform};

use super::entropy::in_groups;
use super::sealed::modules;
use crate::anchor::pledge::pledge_line;
use crate::chart::font;
use crate::diagnostic::{AppError, AppResult};
use crate::sampling::{short_time, to_hex};
use crate::workspace::store::draws::StoredDraw;

const WIDTH: u32 = 1_000;
const MODULE: f32 = 10.0;
const MARGIN: f32 = 60.0;

fn failed() -> AppError {
    AppError::new("PIC-001", "承诺值图片无法生成")
}

/// A line of text, its left end at `x`, its base line at `y`.
fn write(pixmap: &mut Pixmap, face: &FontRef<'_>, size: f32, x: f32, y: f32, text: &str) {
    let scaled = face.as_scaled(PxScale::from(size));
    let (width, height) = (pixmap.width(), pixmap.height());
    let mut pen = x;
    for c in text.chars() {
        let id = scaled.glyph_id(c);
        let glyph = id.with_scale_and_position(PxScale::from(size), point(pen, y));
        pen += scaled.h_advance(id);
        let Some(outlined) = face.outline_glyph(glyph) else { continue };
        let bounds = outlined.px_bounds();
        outlined.draw(|gx, gy, coverage| {
            let (px, py) = (bounds.min.x as i64 + i64::from(gx), bounds.min.y as i64 + i64::from(gy));
            if px < 0 || py < 0 || px >= i64::from(width) || py >= i64::from(height) {
                return;
            }
            let at = (py as usize * width as usize + px as usize) * 4;
            let ink = 255 - (coverage.clamp(0.0, 1.0) * 255.0) as u8;
            if let Some(pixel) = pixmap.data_mut().get_mut(at..at + 3) {
                for channel in pixel {
                    *channel = (*channel).min(ink);
                }
            }
        });
    }
}

/// PNG bytes of a seal's notice: black on white.
///
/// # Errors
/// `PIC-001`.
pub fn render_commitment(draw: &StoredDraw, agency: &str, period: &str) -> AppResult<Vec<u8>> {
    let (modules, side) = modules(&draw.seal.commitment_text());
    let hex = to_hex(&draw.seal.commitment());
    let mut lines = vec![(30.0, true, agency.to_owned()), (30.0, true, format!("{period} 抽取承诺值（SHA-256）"))];
    lines.extend(in_groups(&hex, 16).split(' ').map(|line| (44.0, true, in_groups(line, 4))));
    lines.push((24.0, false, format!("封存时间 {}　第 {} 次封存", short_time(&draw.seal.sealed_at), draw.sequence)));
    lines.push((24.0, false, pledge_line(&draw.seal.entropy.source, &draw.seal.entropy.reference)));
    if draw.demonstration {
        lines.push((24.0, true, "演示：公开数事先已知，不证明抽取公正".to_owned()));
    }
    let text_height: f32 = lines.iter().map(|(size, ..)| size * 1.5).sum();
    let code = side as f32 * MODULE;
    let height = (MARGIN * 3.0 + code + text_height) as u32;
    let mut pixmap = Pixmap::new(WIDTH, height).ok_or_else(failed)?;
    pixmap.fill(Color::WHITE);
    let mut paint = Paint::default();
    paint.set_color(Color::BLACK);
    paint.anti_alias = false;
    let left = ((WIDTH as f32 - code) / 2.0).floor();
    for (i, _) in modules.iter().enumerate().filter(|(_, dark)| **dark) {
        let (x, y) = ((i % side) as f32 * MODULE + left, (i / side) as f32 * MODULE + MARGIN);
        let square = Rect::from_xywh(x, y, MODULE, MODULE).ok_or_else(failed)?;
        pixmap.fill_rect(square, &paint, Transform::identity(), None);
    }
    let face = |bytes: &'static [u8]| FontRef::try_from_slice(bytes).map_err(|_| failed());
    let (regular, bold) = (face(font::REGULAR)?, face(font::BOLD)?);
    let mut y = MARGIN * 2.0 + code;
    for (size, strong, text) in lines {
        y += size * 1.5;
        write(&mut pixmap, if strong { &bold } else { &regular }, size, MARGIN, y, &text);
    }
    pixmap.encode_png().map_err(|_| failed())
}
