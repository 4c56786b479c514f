//! Where things stand on a page, in points of a page of 960 × 540: for PDF, pictures and presentation alike.
//!
//! From the top: the title, figures in a row, then picture and table side by side with sentences under them. Sizes of
//! text follow from how much there is; the widths of texts are those of the bundled face.

use super::{Deck, Slide, SlideFigure, SlidePicture, SlideTable};
use crate::chart::font::width_em;

/// Width of a page, points.
pub const WIDTH: f64 = 960.0;
/// Height of a page, points.
pub const HEIGHT: f64 = 540.0;

/// White at the sides.
const SIDE: f64 = 44.0;
/// Where a page's content begins and ends.
const TOP: f64 = 106.0;
const BOTTOM: f64 = 500.0;
/// Between two things.
const GAP: f64 = 14.0;
/// Height of the row of figures.
const FIGURES: f64 = 92.0;
/// Sizes of a table's text, the largest that fits is taken.
const TABLE_SIZES: [f64; 8] = [18.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0];
/// Sizes of sentences alone on a page, and beside other things.
const TEXT_SIZES: [f64; 7] = [28.0, 26.0, 24.0, 22.0, 20.0, 18.0, 16.0];
const NOTE_SIZES: [f64; 3] = [16.0, 15.0, 14.0];
/// Height of a line of text, of a table's row beside its lines, in sizes.
const LINE: f64 = 1.45;
const ROW: f64 = 0.6;
/// White at both sides of a table's cell, points.
const CELL: f64 = 12.0;

/// A box on the page, points from its top left.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Area {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Across.
    pub w: f64,
    /// Down.
    pub h: f64,
}

/// Where a page's parts stand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    /// The title, and its size.
    pub title: (Area, f64),
    /// What stands under the cover's title.
    pub lead: Option<Area>,
    /// The figures, and the sizes of their values.
    pub figures: Vec<(Area, f64)>,
    /// The picture.
    pub picture: Option<Area>,
    /// The table, and its text's size.
    pub table: Option<(Area, f64)>,
    /// The sentences, and their size.
    pub lines: Option<(Area, f64)>,
    /// The line at the foot.
    pub foot: Area,
}

/// The line at a page's foot: who, when, which data, where from.
#[must_use]
pub fn foot_words(deck: &Deck, slide: &Slide) -> String {
    let parts = [deck.agency.as_str(), &deck.day, deck.mark.as_deref().unwrap_or_default(), &slide.source];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("　")
}

/// Lines that a text takes in a width.
fn lines_of(text: &str, size: f64, bold: bool, width: f64) -> f64 {
    text.split('\n').map(|line| (width_em(line, bold) * size / width).ceil().max(1.0)).sum()
}

/// Height of sentences at a size.
fn text_height(lines: &[String], size: f64, width: f64) -> f64 {
    lines.iter().map(|line| lines_of(line, size, false, width) * size * LINE + size * 0.35).sum()
}

/// Widths of a table's columns.
pub(super) fn column_widths(table: &SlideTable, width: f64) -> Vec<f64> {
    let all: u32 = table.columns.iter().map(|column| column.share).sum();
    table.columns.iter().map(|column| width * f64::from(column.share) / f64::from(all.max(1))).collect()
}

/// Height of a table's row at a size.
pub(super) fn row_height(cells: &[String], widths: &[f64], size: f64, bold: bool) -> f64 {
    let most =
        cells.iter().zip(widths).map(|(cell, width)| lines_of(cell, size, bold, width - CELL)).fold(1.0, f64::max);
    most * size * LINE * 0.86 + size * ROW
}

fn table_height(table: &SlideTable, width: f64, size: f64) -> f64 {
    let widths = column_widths(table, width);
    let headings: Vec<String> = table.columns.iter().map(|column| column.heading.clone()).collect();
    let rows: f64 = table.rows.iter().map(|row| row_height(row, &widths, size, false)).sum();
    row_height(&headings, &widths, size, true) + rows
}

fn first_that_fits(sizes: &[f64], height: f64, of: impl Fn(f64) -> f64) -> f64 {
    let least = sizes.last().copied().unwrap_or(10.0);
    sizes.iter().copied().find(|size| of(*size) <= height).unwrap_or(least)
}

/// Size of a figure's value: forty points where there is room, never below a twenty-fifth of the page.
fn value_size(figure: &SlideFigure, width: f64) -> f64 {
    let unit = width_em(&figure.unit, false) * 16.0 + 6.0;
    let fits = (width - 24.0 - unit) / width_em(&figure.value, true).max(0.5);
    fits.clamp(HEIGHT / 25.0, 40.0)
}

/// Lays a page out.
#[must_use]
pub fn layout(slide: &Slide) -> Layout {
    let width = WIDTH - 2.0 * SIDE;
    let foot = Area { x: SIDE, y: 511.0, w: width - 60.0, h: 18.0 };
    if slide.cover {
        let title = Area { x: SIDE + 36.0, y: 150.0, w: width - 72.0, h: 120.0 };
        let size = first_that_fits(&[48.0, 44.0, 40.0, 36.0, 32.0], 112.0, |size| {
            lines_of(&slide.title, size, true, title.w) * size * 1.25
        });
        let lead = Area { x: title.x, y: 300.0, w: title.w, h: 140.0 };
        return Layout { title: (title, size), lead: Some(lead), foot, ..Layout::default() };
    }
    let title = Area { x: SIDE, y: 24.0, w: width, h: 64.0 };
    let size = first_that_fits(&[30.0, 28.0, 26.0, 24.0, 22.0], 62.0, |size| {
        let lines = lines_of(&slide.title, size, true, title.w);
        lines * size * if lines > 1.0 { 1.25 } else { 1.0 }
    });
    let mut page = Layout { title: (title, size), foot, ..Layout::default() };
    let mut top = TOP;
    if !slide.figures.is_empty() {
        let count = slide.figures.len() as f64;
        let each = (width - GAP * (count - 1.0)) / count;
        let place = |at: usize| Area { x: SIDE + (each + GAP) * at as f64, y: top, w: each, h: FIGURES };
        page.figures = slide.figures.iter().enumerate().map(|(at, f)| (place(at), value_size(f, each))).collect();
        top += FIGURES + GAP;
    }
    let mut bottom = BOTTOM;
    let beside = slide.picture.is_some() || slide.table.is_some();
    if !slide.lines.is_empty() {
        let sizes: &[f64] = if beside { &NOTE_SIZES } else { &TEXT_SIZES };
        let room = if beside { (bottom - top) * 0.4 } else { bottom - top };
        let size = first_that_fits(sizes, room, |size| text_height(&slide.lines, size, width));
        let high = if beside { text_height(&slide.lines, size, width).min(room) } else { room };
        page.lines = Some((Area { x: SIDE, y: bottom - high, w: width, h: high }, size));
        bottom -= high + GAP;
    }
    let body = Area { x: SIDE, y: top, w: width, h: (bottom - top).max(60.0) };
    let share = match (&slide.picture, &slide.table) {
        (Some(SlidePicture::Map(_)), Some(_)) => 0.5,
        (Some(_), Some(_)) => 0.54,
        (Some(_), None) => 1.0,
        (None, _) => 0.0,
    };
    if slide.picture.is_some() {
        let wide = if share < 1.0 { body.w * share - GAP / 2.0 } else { body.w };
        page.picture = Some(Area { w: wide, ..body });
    }
    if let Some(table) = &slide.table {
        let left = if share > 0.0 { body.w * share + GAP / 2.0 } else { 0.0 };
        let at = Area { x: body.x + left, w: body.w - left, ..body };
        let size = first_that_fits(&TABLE_SIZES, at.h, |size| table_height(table, at.w, size));
        page.table = Some((at, size));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::super::SlideColumn;
    use super::*;

    fn table(rows: usize) -> SlideTable {
        SlideTable {
            columns: vec![SlideColumn::text("执法主体", 3), SlideColumn::number("已完成", 1)],
            rows: (0..rows).map(|i| vec![format!("第{i}区生态环境局"), "1,234".to_owned()]).collect(),
            total: false,
        }
    }

    #[test]
    fn parts_stand_apart_and_within_the_page() {
        let slide = Slide {
            title: "各执法主体均未落后于进度".to_owned(),
            figures: vec![SlideFigure { value: "38,000".to_owned(), ..SlideFigure::default() }; 4],
            table: Some(table(16)),
            lines: vec!["另有触发式检查 12 项".to_owned()],
            ..Slide::default()
        };
        let page = layout(&slide);
        let (at, size) = page.table.unwrap();
        let (lines, _) = page.lines.unwrap();
        assert!(at.y >= page.figures[0].0.y + page.figures[0].0.h && at.y + at.h <= lines.y);
        assert!(lines.y + lines.h <= page.foot.y && size >= 10.0);
        assert!(table_height(slide.table.as_ref().unwrap(), at.w, size) <= at.h, "all rows have room");
        for (place, size) in &page.figures {
            assert!(*size >= HEIGHT / 25.0 && place.x + place.w <= WIDTH - SIDE + 0.01);
        }
        // more rows, smaller text; a short table is read from the last row of seats
        assert!(layout(&Slide { table: Some(table(4)), ..Slide::default() }).table.unwrap().1 > size);
    }

    #[test]
    fn a_long_title_takes_two_lines_in_its_box() {
        let long = "市生态环境局执法总队等 12 个执法主体落后于进度，其中 3 个执法主体须在本月内补足力量，详见后页各项说明和建议";
        let page = layout(&Slide { title: long.to_owned(), ..Slide::default() });
        assert!(page.title.1 < 28.0 && page.title.1 >= 22.0);
        assert!(lines_of(long, page.title.1, true, page.title.0.w) <= 2.0);
    }
}
