//! Charts and choropleths as data: one definition drawn on any plotters backend (screen, PNG, SVG).
//!
//! Duty: [`Chart`] and [`ChoroplethMap`] say what a picture shows; [`draw_chart`] and [`draw_map`] lay it out on a
//! [`plotters::drawing::DrawingArea`] and give back the [`Mark`]s that a hover card shows; [`render_png`] and
//! [`render_svg`] make files of it.
//!
//! Invariants: every text is measured by the bundled face before it is placed, so that labels neither overlap nor
//! get cut; no text is rotated; the same definition, size and style give the same bytes; colours come in by the
//! [`ChartStyle`], none is decided here except for paper.
//!
//! Text is drawn by the project's own backends because plotters' `ab_glyph` text ignores a glyph's left bearing,
//! which lets （ and “ slide.

mod bars;
mod classes;
mod columns;
pub mod font;
mod layout;
mod lines;
mod map;
mod map_draw;
mod map_furniture;
mod model;
mod number;
mod pen;
mod raster;
mod render;
mod style;
#[cfg(test)]
mod tests;

pub use classes::{ClassMethod, Classes, FEWEST as FEWEST_CLASSES, MOST as MOST_CLASSES, compute_classes};
pub use map::{ChoroplethMap, MapDistrict, MapLabel, MapPoint, MapShape};
pub use map_draw::draw_map;
pub use model::{
    Axis, Bars, Categories, Chart, ChartKind, Columns, Direction, LineSeries, Lines, Overlay, Reference, Series,
};
pub use pen::{Mark, PxBox};
pub use plotters::drawing::DrawingAreaErrorKind;
pub use raster::{RasterBackend, add_outline};
pub use render::{Drawable, render_pixels, render_png, render_svg};
pub use style::{ChartStyle, Ink, Rgb};

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;

use pen::Pen;

/// What drawing gives: a value, or the backend's error.
pub type Drawn<T, DB> = Result<T, DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Draws a chart over the whole area, ground included, and returns the hit rectangles in the area's pixels.
///
/// # Errors
/// What the backend reports.
pub fn draw_chart<DB: DrawingBackend>(
    chart: &Chart,
    area: &DrawingArea<DB, Shift>,
    style: &ChartStyle,
) -> Drawn<Vec<Mark>, DB> {
    let pen = Pen::new(area, style);
    pen.rect(pen.bounds(), style.ground, 1.0)?;
    match &chart.kind {
        ChartKind::Columns(columns) => match columns::as_bars(columns, &pen) {
            Some(bars) => bars::draw(&chart.turned(), &bars, &pen),
            None => columns::draw(chart, columns, &pen),
        },
        ChartKind::Bars(bars) => bars::draw(chart, bars, &pen),
        ChartKind::Lines(lines) => lines::draw(chart, lines, &pen),
    }
}
