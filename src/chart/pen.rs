//! The few strokes that charts and maps are made of, in whole pixels of the area.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::DrawingBackend;

use super::style::{ChartStyle, Rgb};
use super::{Drawn, font};

/// A rectangle in pixels; right and bottom are outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PxBox {
    /// Left edge.
    pub left: i32,
    /// Top edge.
    pub top: i32,
    /// Right edge.
    pub right: i32,
    /// Bottom edge.
    pub bottom: i32,
}

impl PxBox {
    /// Width, 0 at least.
    #[must_use]
    pub fn width(self) -> i32 {
        (self.right - self.left).max(0)
    }

    /// Height, 0 at least.
    #[must_use]
    pub fn height(self) -> i32 {
        (self.bottom - self.top).max(0)
    }

    /// True where a point lies within.
    #[must_use]
    pub fn contains(self, x: i32, y: i32) -> bool {
        (self.left..self.right).contains(&x) && (self.top..self.bottom).contains(&y)
    }

    /// True where the two share a pixel.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    pub(super) fn shrunk(self, by: i32) -> Self {
        Self { left: self.left + by, top: self.top + by, right: self.right - by, bottom: self.bottom - by }
    }
}

/// A hit rectangle and what a hover card says there, a line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Where, in pixels of the area.
    pub rect: PxBox,
    /// What, the first line as heading.
    pub lines: Vec<String>,
}

/// Where a text is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    Left,
    Middle,
    Right,
}

/// Sizes in points.
pub(super) const TITLE: f64 = 14.0;
pub(super) const LABEL: f64 = 11.5;
pub(super) const SMALL: f64 = 10.5;
/// Half the height of digits and of Chinese ink above the baseline, em: what centres a text on a line.
const MIDDLE: f64 = 0.385;

/// A drawing area with its style.
pub(super) struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    pub style: &'a ChartStyle,
}

fn colour(rgb: Rgb, alpha: f64) -> plotters::style::RGBAColor {
    RGBColor(rgb.0, rgb.1, rgb.2).mix(alpha)
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    pub fn new(area: &'a DrawingArea<DB, Shift>, style: &'a ChartStyle) -> Self {
        Self { area, style }
    }

    /// The whole area.
    pub fn bounds(&self) -> PxBox {
        let (width, height) = self.area.dim_in_pixel();
        PxBox { left: 0, top: 0, right: width as i32, bottom: height as i32 }
    }

    /// Points as whole pixels; at least one for anything above zero.
    pub fn px(&self, points: f64) -> i32 {
        let pixels = (points * self.style.scale).round() as i32;
        if points > 0.0 { pixels.max(1) } else { pixels }
    }

    pub fn rect(&self, at: PxBox, fill: Rgb, alpha: f64) -> Drawn<(), DB> {
        if at.width() == 0 || at.height() == 0 {
            return Ok(());
        }
        let corners = [(at.left, at.top), (at.right, at.bottom)];
        self.area.draw(&Rectangle::new(corners, colour(fill, alpha).filled()))
    }

    /// The four edges of a box, drawn inside it.
    pub fn frame(&self, at: PxBox, points: f64, ink: Rgb) -> Drawn<(), DB> {
        let w = self.px(points);
        self.rect(PxBox { bottom: at.top + w, ..at }, ink, 1.0)?;
        self.rect(PxBox { top: at.bottom - w, ..at }, ink, 1.0)?;
        self.rect(PxBox { right: at.left + w, ..at }, ink, 1.0)?;
        self.rect(PxBox { left: at.right - w, ..at }, ink, 1.0)
    }

    pub fn level(&self, left: i32, right: i32, y: i32, points: f64, ink: Rgb) -> Drawn<(), DB> {
        let w = self.px(points);
        self.rect(PxBox { left, right, top: y - w / 2, bottom: y - w / 2 + w }, ink, 1.0)
    }

    pub fn upright(&self, x: i32, top: i32, bottom: i32, points: f64, ink: Rgb) -> Drawn<(), DB> {
        let w = self.px(points);
        self.rect(PxBox { left: x - w / 2, right: x - w / 2 + w, top, bottom }, ink, 1.0)
    }

    /// A dashed line, level or upright.
    pub fn dashed(&self, from: (i32, i32), to: (i32, i32), ink: Rgb) -> Drawn<(), DB> {
        let (dash, gap) = (self.px(4.0), self.px(3.0));
        let upright = from.0 == to.0;
        let (mut at, end) = if upright { (from.1, to.1) } else { (from.0, to.0) };
        while at < end {
            let stop = (at + dash).min(end);
            if upright {
                self.upright(from.0, at, stop, 1.25, ink)?;
            } else {
                self.level(at, stop, from.1, 1.25, ink)?;
            }
            at = stop + gap;
        }
        Ok(())
    }

    pub fn path(&self, points: Vec<(i32, i32)>, width: f64, ink: Rgb) -> Drawn<(), DB> {
        let stroke = ShapeStyle { color: colour(ink, 1.0), filled: false, stroke_width: self.px(width) as u32 };
        self.area.draw(&PathElement::new(points, stroke))
    }

    pub fn polygon(&self, points: Vec<(i32, i32)>, fill: Rgb, alpha: f64) -> Drawn<(), DB> {
        if points.len() < 3 {
            return Ok(());
        }
        self.area.draw(&Polygon::new(points, colour(fill, alpha).filled()))
    }

    pub fn dot(&self, at: (i32, i32), radius: f64, fill: Rgb) -> Drawn<(), DB> {
        self.area.draw(&Circle::new(at, self.px(radius), colour(fill, 1.0).filled()))
    }

    /// The width of a text, pixels, rounded up.
    pub fn width(&self, text: &str, size: f64, bold: bool) -> i32 {
        (font::width_em(text, bold) * size * self.style.scale).ceil() as i32
    }

    /// A text on one line, centred on `middle` in height.
    pub fn text(
        &self,
        text: &str,
        (x, middle): (i32, i32),
        (size, bold): (f64, bool),
        ink: Rgb,
        hold: Hold,
    ) -> Drawn<(), DB> {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if clean.trim().is_empty() {
            return Ok(());
        }
        let pixels = size * self.style.scale;
        let h_pos = match hold {
            Hold::Left => HPos::Left,
            Hold::Middle => HPos::Center,
            Hold::Right => HPos::Right,
        };
        let weight = if bold { FontStyle::Bold } else { FontStyle::Normal };
        // plotters' SVG backend divides sizes by 1.24
        let style = TextStyle {
            font: FontDesc::new(FontFamily::Name(font::FAMILY), pixels * 1.24, weight),
            color: plotters_backend::BackendColor { alpha: 1.0, rgb: (ink.0, ink.1, ink.2) },
            pos: Pos::new(h_pos, VPos::Top),
        };
        self.area.draw_text(&clean, &style, (x, middle - (pixels * MIDDLE).round() as i32))
    }

    /// A text cut to a width, with an ellipsis where it was cut.
    pub fn shortened(&self, text: &str, size: f64, bold: bool, room: i32) -> String {
        if self.width(text, size, bold) <= room {
            return text.to_owned();
        }
        let room = room - self.width("…", size, bold);
        let mut kept = String::new();
        let mut width = 0.0;
        for c in text.chars() {
            width += font::set(c, bold).map_or(0.0, |s| s.advance) * size * self.style.scale;
            if width.ceil() as i32 > room {
                break;
            }
            kept.push(c);
        }
        kept.push('…');
        kept
    }

    /// A text over at most so many lines of a width; the last one ends in an ellipsis where it did not fit.
    pub fn wrapped(&self, text: &str, (size, bold): (f64, bool), room: i32, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in words(text) {
            let longer = format!("{line}{word}");
            if line.is_empty() || self.width(longer.trim_end(), size, bold) <= room {
                line = longer;
            } else {
                lines.push(line.trim_end().to_owned());
                word.trim_start().clone_into(&mut line);
            }
        }
        if !line.trim().is_empty() {
            lines.push(line.trim_end().to_owned());
        }
        if lines.len() > most {
            let rest = lines.split_off(most.saturating_sub(1)).concat();
            lines.push(rest);
        }
        lines.into_iter().map(|l| self.shortened(&l, size, bold, room)).collect()
    }
}

/// Pieces between which a line may break: each Chinese character with the punctuation that must not begin a line,
/// each run of anything else.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut joins = false;
    for c in text.chars() {
        let closing = "，。；：、！？）》」』】”’％%…,.;:)".contains(c);
        let opening = "（《「『【“‘(".contains(c);
        let wide = ('\u{2E80}'..='\u{FFEF}').contains(&c);
        let space = c == ' ';
        match words.last_mut() {
            Some(word) if closing || joins || space => word.push(c),
            Some(word) if !wide && !opening && word.chars().last().is_some_and(|l| l != ' ' && l < '\u{2E80}') => {
                word.push(c);
            }
            _ => words.push(c.to_string()),
        }
        joins = opening;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn lines_never_begin_with_closing_punctuation() {
        assert_eq!(
            words("甲，乙（12 家）A级"),
            ["甲，", "乙", "（12 ", "家）", "A", "级"].map(String::from).as_slice()
        );
    }
}
