//! What all charts share: title, legend, captions, source, grid, thresholds.

use plotters_backend::DrawingBackend;

use super::Drawn;
use super::model::{Chart, Direction, Reference};
use super::number::Steps;
use super::pen::{Hold, LABEL, Pen, PxBox, SMALL, TITLE};
use super::style::Rgb;

/// How a legend shows a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swatch {
    Fill,
    Line,
}

/// One entry of the legend.
pub(super) struct Key<'a> {
    pub name: &'a str,
    pub ink: Rgb,
    pub swatch: Swatch,
}

/// Draws title, legend and source and gives back the room between them.
pub(super) fn sheet<DB: DrawingBackend>(
    title: &str,
    source: &str,
    keys: &[Key<'_>],
    pen: &Pen<'_, DB>,
) -> Drawn<PxBox, DB> {
    let mut room = pen.bounds().shrunk(pen.px(12.0));
    let line = pen.px(20.0);
    for text in pen.wrapped(title, (TITLE, true), room.width(), 2) {
        pen.text(&text, (room.left, room.top + line / 2), (TITLE, true), pen.style.text, Hold::Left)?;
        room.top += line;
    }
    if keys.len() > 1 {
        room.top = legend(keys, PxBox { top: room.top + pen.px(4.0), ..room }, pen)?;
    }
    room.top += pen.px(6.0);
    let line = pen.px(15.0);
    let lines = pen.wrapped(source, (SMALL, false), room.width(), 2);
    room.bottom -= line * lines.len() as i32;
    for (i, text) in lines.iter().enumerate() {
        let middle = room.bottom + line * i as i32 + line / 2;
        pen.text(text, (room.left, middle), (SMALL, false), pen.style.muted, Hold::Left)?;
    }
    if !lines.is_empty() {
        room.bottom -= pen.px(4.0);
    }
    Ok(room)
}

/// Draws the legend from the top of a room, wrapped, and gives back where it ends.
fn legend<DB: DrawingBackend>(keys: &[Key<'_>], room: PxBox, pen: &Pen<'_, DB>) -> Drawn<i32, DB> {
    let (line, swatch, gap) = (pen.px(18.0), pen.px(10.0), pen.px(16.0));
    let (mut x, mut top) = (room.left, room.top);
    for key in keys {
        let name = pen.shortened(key.name, LABEL, false, room.width() - swatch - pen.px(5.0));
        let width = swatch + pen.px(5.0) + pen.width(&name, LABEL, false);
        if x > room.left && x + width > room.right {
            x = room.left;
            top += line;
        }
        let middle = top + line / 2;
        match key.swatch {
            Swatch::Fill => {
                let box_top = middle - swatch / 2;
                let at = PxBox { left: x, top: box_top, right: x + swatch, bottom: box_top + swatch };
                pen.rect(at, key.ink, 1.0)?;
            }
            Swatch::Line => pen.level(x - pen.px(2.0), x + swatch + pen.px(2.0), middle, 2.0, key.ink)?,
        }
        pen.text(&name, (x + swatch + pen.px(5.0), middle), (LABEL, false), pen.style.text, Hold::Left)?;
        x += width + gap;
    }
    Ok(top + line)
}

/// The plot and its value axis, level grid lines drawn.
pub(super) struct Plot {
    /// The plot.
    pub at: PxBox,
    /// Steps of the vertical axis.
    pub steps: Steps,
}

impl Plot {
    /// The pixel of a value.
    pub fn y(&self, value: f64) -> i32 {
        self.at.bottom - (self.steps.share(value) * f64::from(self.at.height())).round() as i32
    }
}

/// Draws the value axis of an upright chart: caption above, labels at the left, grid lines. `below` is the height
/// kept under the plot, `above` the height kept over it for thresholds.
pub(super) fn upright_axis<DB: DrawingBackend>(
    chart: &Chart,
    room: PxBox,
    (low, high): (f64, f64),
    (above, below): (i32, i32),
    pen: &Pen<'_, DB>,
) -> Drawn<Plot, DB> {
    let mut at = room;
    let caption = chart.y.caption();
    if !caption.is_empty() {
        let row = pen.px(17.0);
        let shown = pen.shortened(&caption, SMALL, false, room.width());
        pen.text(&shown, (at.left, at.top + row / 2), (SMALL, false), pen.style.muted, Hold::Left)?;
        at.top += row;
    }
    at.top += above + pen.px(5.0);
    at.bottom = (at.bottom - below).max(at.top);
    let most = (at.height() / pen.px(34.0)).clamp(2, 8) as usize;
    let steps = Steps::over(low, high, most, chart.y.decimals == 0);
    let widest = steps.values().map(|v| pen.width(&steps.label(v), SMALL, false)).max().unwrap_or(0);
    at.left += widest + pen.px(6.0);
    at.right -= pen.px(2.0);
    let plot = Plot { at, steps };
    for value in steps.values() {
        let y = plot.y(value);
        let base = value.abs() < steps.step * 1e-6;
        pen.level(at.left, at.right, y, 1.0, if base { pen.style.muted } else { pen.style.line })?;
        let label = steps.label(value);
        pen.text(&label, (at.left - pen.px(6.0), y), (SMALL, false), pen.style.muted, Hold::Right)?;
    }
    Ok(plot)
}

/// The caption under the horizontal axis, at its right end.
pub(super) fn level_caption<DB: DrawingBackend>(
    caption: &str,
    right: i32,
    middle: i32,
    room: i32,
    pen: &Pen<'_, DB>,
) -> Drawn<(), DB> {
    let shown = pen.shortened(caption, SMALL, false, room);
    pen.text(&shown, (right, middle), (SMALL, false), pen.style.muted, Hold::Right)
}

/// Places for the labels of upright thresholds: left edge, lane from the top, and whether the label is held left of
/// its line.
pub(super) struct Lanes {
    placed: Vec<(usize, i32, i32)>,
    /// Lanes needed.
    pub count: i32,
}

/// Height of a lane, points.
pub(super) const LANE: f64 = 15.0;

impl Lanes {
    /// Finds lanes so that no two labels meet, for `x_of` the pixel of a threshold.
    pub fn of<DB: DrawingBackend>(
        references: &[Reference],
        (left, right): (i32, i32),
        x_of: impl Fn(f64) -> i32,
        pen: &Pen<'_, DB>,
    ) -> Self {
        let mut placed: Vec<(usize, i32, i32)> = Vec::new();
        let mut ends: Vec<i32> = Vec::new();
        let mut order: Vec<usize> =
            (0..references.len()).filter(|i| references[*i].direction == Direction::Upright).collect();
        order.sort_by(|a, b| references[*a].at.total_cmp(&references[*b].at));
        for i in order {
            let width = pen.width(&references[i].label, SMALL, false).min(right - left);
            let x = x_of(references[i].at) + pen.px(3.0);
            let x = x.min(right - width).max(left);
            let lane = ends.iter().position(|end| *end + pen.px(6.0) <= x).unwrap_or(ends.len());
            if lane == ends.len() {
                ends.push(0);
            }
            ends[lane] = x + width;
            placed.push((i, x, lane as i32));
        }
        Self { placed, count: ends.len() as i32 }
    }

    /// Draws lines and labels over a plot.
    pub fn draw<DB: DrawingBackend>(
        &self,
        references: &[Reference],
        plot: PxBox,
        x_of: impl Fn(f64) -> i32,
        pen: &Pen<'_, DB>,
    ) -> Drawn<(), DB> {
        let lane_height = pen.px(LANE);
        for (i, x, lane) in &self.placed {
            let Some(reference) = references.get(*i) else { continue };
            let ink = pen.style.ink(reference.ink);
            let at = x_of(reference.at);
            let middle = plot.top - pen.px(2.0) - lane_height * (self.count - lane) + lane_height / 2;
            pen.dashed((at, middle - lane_height / 2), (at, plot.bottom), ink)?;
            let label = pen.shortened(&reference.label, SMALL, false, plot.right - x);
            let width = pen.width(&label, SMALL, false);
            let plate =
                PxBox { left: *x, right: x + width, top: middle - lane_height / 2, bottom: middle + lane_height / 2 };
            pen.rect(plate, pen.style.ground, 0.85)?;
            pen.text(&label, (*x, middle), (SMALL, false), ink, Hold::Left)?;
        }
        Ok(())
    }
}

/// Level thresholds with their labels at the right end, above or below the line.
pub(super) fn level_references<DB: DrawingBackend>(
    references: &[Reference],
    plot: &Plot,
    pen: &Pen<'_, DB>,
) -> Drawn<(), DB> {
    let half = pen.px(LANE) / 2;
    let mut taken: Vec<PxBox> = Vec::new();
    for reference in references.iter().filter(|r| r.direction == Direction::Level) {
        let ink = pen.style.ink(reference.ink);
        let y = plot.y(reference.at);
        pen.dashed((plot.at.left, y), (plot.at.right, y), ink)?;
        let label = pen.shortened(&reference.label, SMALL, false, plot.at.width());
        let width = pen.width(&label, SMALL, false);
        let plate = |middle: i32| PxBox {
            left: plot.at.right - width - pen.px(3.0),
            right: plot.at.right,
            top: middle - half,
            bottom: middle + half,
        };
        let free = [y - half - pen.px(1.0), y + half + pen.px(2.0)]
            .into_iter()
            .map(|middle| (middle, plate(middle)))
            .find(|(_, p)| !taken.iter().any(|t| t.meets(*p)));
        let Some((middle, at)) = free else { continue };
        pen.rect(at, pen.style.ground, 0.8)?;
        pen.text(&label, (plot.at.right, middle), (SMALL, false), ink, Hold::Right)?;
        taken.push(at);
    }
    Ok(())
}
