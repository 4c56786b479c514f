//! Pictures as files: PNG through the project's raster backend, SVG through plotters'.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters_backend::DrawingBackend;
use tiny_skia::Pixmap;

use super::{Chart, ChartStyle, ChoroplethMap, Drawn, Mark, RasterBackend, draw_chart, draw_map};
use crate::diagnostic::{AppError, AppResult};

/// What can be drawn.
#[derive(Debug, Clone, Copy)]
pub enum Drawable<'a> {
    /// A chart.
    Chart(&'a Chart),
    /// A map.
    Map(&'a ChoroplethMap),
}

impl Drawable<'_> {
    /// Draws it over a whole area.
    ///
    /// # Errors
    /// What the backend reports.
    pub fn draw<DB: DrawingBackend>(self, area: &DrawingArea<DB, Shift>, style: &ChartStyle) -> Drawn<Vec<Mark>, DB> {
        match self {
            Self::Chart(chart) => draw_chart(chart, area, style),
            Self::Map(map) => draw_map(map, area, style),
        }
    }
}

/// Greatest width and height of a picture: 50 megapixels fit any sheet of paper, and memory stays below 200 MB.
const MOST: u32 = 16_384;

fn check_size(width: u32, height: u32) -> AppResult<()> {
    if width < 64 || height < 64 || width > MOST || height > MOST || u64::from(width) * u64::from(height) > 50_000_000 {
        return Err(AppError::new("CHT-001", "图片尺寸不合适").with(|finding| {
            finding.value(format!("{width}×{height}")).expected("每边 64–16384 像素，总计不超过 5000 万像素")
        }));
    }
    Ok(())
}

/// A PNG of so many pixels; `style.scale` is dots per inch through 96 (3508 × 2480 pixels of A4 at 300 dpi: 3.125).
///
/// # Errors
/// `CHT-001` for a size that no picture can have, `CHT-002` where it can't be drawn.
pub fn render_png(drawable: Drawable<'_>, width: u32, height: u32, style: &ChartStyle) -> AppResult<Vec<u8>> {
    let pixmap = render(drawable, width, height, style)?;
    pixmap.encode_png().map_err(|e| AppError::new("CHT-002", "图片绘制失败").caused_by(e))
}

/// The picture's pixels, row by row from the top: red, green, blue, opacity (not premultiplied), a byte each.
///
/// # Errors
/// As [`render_png`].
pub fn render_pixels(drawable: Drawable<'_>, width: u32, height: u32, style: &ChartStyle) -> AppResult<Vec<u8>> {
    Ok(render(drawable, width, height, style)?.take_demultiplied())
}

fn render(drawable: Drawable<'_>, width: u32, height: u32, style: &ChartStyle) -> AppResult<Pixmap> {
    check_size(width, height)?;
    let mut pixmap = Pixmap::new(width, height).ok_or_else(|| AppError::new("CHT-001", "图片尺寸不合适"))?;
    {
        let area = RasterBackend::new(&mut pixmap).into_drawing_area();
        drawable.draw(&area, style).map_err(|e| AppError::new("CHT-002", "图片绘制失败").caused_by(e))?;
    }
    Ok(pixmap)
}

/// An SVG document of so many pixels.
///
/// # Errors
/// `CHT-001` for a size that no picture can have, `CHT-002` where it can't be drawn.
pub fn render_svg(drawable: Drawable<'_>, width: u32, height: u32, style: &ChartStyle) -> AppResult<String> {
    check_size(width, height)?;
    let mut text = String::new();
    {
        let area = plotters::backend::SVGBackend::with_string(&mut text, (width, height)).into_drawing_area();
        drawable.draw(&area, style).map_err(|e| AppError::new("CHT-002", "图片绘制失败").caused_by(e))?;
        area.present().map_err(|e| AppError::new("CHT-002", "图片绘制失败").caused_by(e))?;
    }
    Ok(text)
}
