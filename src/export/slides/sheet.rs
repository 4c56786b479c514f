//! The deck set by Typst: PDF with charts as vectors, pages as pixels with the same charts as PNG.

use std::collections::BTreeMap;

use serde::Serialize;

use super::layout::{Area, Layout, column_widths, foot_words, layout};
use super::{Deck, Slide, SlidePicture};
use crate::chart::{Chart, ChartStyle, Drawable, render_png, render_svg};
use crate::diagnostic::AppResult;
use crate::export::documents::{PagePicture, Painted, Template, Typesetter};

/// How much larger texts of a chart stand on a page than in the window.
const ENLARGED: f64 = 1.2;

/// Pixels across of a page as PNG: a projector's.
const PIXELS: u32 = 1920;

/// A deck as the template reads it.
#[derive(Serialize)]
struct Document<'a> {
    title: &'a str,
    agency: &'a str,
    pages: Vec<Page<'a>>,
}

/// A page as the template reads it: boxes in points of 960 × 540.
#[derive(Serialize)]
struct Page<'a> {
    cover: bool,
    title: Text<'a>,
    lead: Option<Lines<'a>>,
    figures: Vec<Figure<'a>>,
    picture: Option<Picture>,
    table: Option<Table<'a>>,
    lines: Option<Lines<'a>>,
    foot: String,
    foot_at: Area,
    number: usize,
}

#[derive(Serialize)]
struct Text<'a> {
    at: Area,
    size: f64,
    text: &'a str,
}

#[derive(Serialize)]
struct Lines<'a> {
    at: Area,
    size: f64,
    lines: &'a [String],
}

#[derive(Serialize)]
struct Figure<'a> {
    at: Area,
    size: f64,
    label: &'a str,
    value: &'a str,
    unit: &'a str,
    note: &'a str,
    alarm: bool,
}

#[derive(Serialize)]
struct Picture {
    at: Area,
    file: String,
}

#[derive(Serialize)]
struct Table<'a> {
    at: Area,
    size: f64,
    widths: Vec<f64>,
    headings: Vec<&'a str>,
    numbers: Vec<bool>,
    rows: &'a [Vec<String>],
    total: bool,
}

fn page<'a>(deck: &'a Deck, slide: &'a Slide, at: usize, ending: &str) -> (Page<'a>, Option<String>) {
    let Layout { title, lead, figures, picture, table, lines, foot } = layout(slide);
    let file = picture.map(|_| format!("picture-{}.{ending}", at + 1));
    let page = Page {
        cover: slide.cover,
        title: Text { at: title.0, size: title.1, text: &slide.title },
        lead: lead.map(|at| Lines { at, size: 22.0, lines: &slide.lead }),
        figures: slide
            .figures
            .iter()
            .zip(figures)
            .map(|(figure, (at, size))| Figure {
                at,
                size,
                label: &figure.label,
                value: &figure.value,
                unit: &figure.unit,
                note: &figure.note,
                alarm: figure.alarm,
            })
            .collect(),
        picture: picture.zip(file.clone()).map(|(at, file)| Picture { at, file }),
        table: slide.table.as_ref().zip(table).map(|(table, (at, size))| Table {
            at,
            size,
            widths: column_widths(table, at.w),
            headings: table.columns.iter().map(|column| column.heading.as_str()).collect(),
            numbers: table.columns.iter().map(|column| column.number).collect(),
            rows: &table.rows,
            total: table.total,
        }),
        lines: lines.map(|(at, size)| Lines { at, size, lines: &slide.lines }),
        foot: foot_words(deck, slide),
        foot_at: foot,
        number: at + 1,
    };
    (page, file)
}

/// A chart without its title: the page's own says it.
fn untitled(chart: &Chart) -> Chart {
    Chart { title: String::new(), source: String::new(), ..chart.clone() }
}

/// Pixels of a picture in a box, and their scale, at so many pixels a point of the page.
fn pixels(at: Area, density: f64) -> (u32, u32, ChartStyle) {
    let size = |points: f64| (points * density).round().max(64.0) as u32;
    (size(at.w), size(at.h), ChartStyle::print().at(density * ENLARGED))
}

/// A page's picture as PNG, at so many pixels a point; `None` for a page without one.
///
/// # Errors
/// `CHT-001`, `CHT-002`.
pub(super) fn picture_png(slide: &Slide, at: Area, density: f64) -> AppResult<Option<Vec<u8>>> {
    let (width, height, style) = pixels(at, density);
    match &slide.picture {
        Some(SlidePicture::Chart(chart)) => {
            render_png(Drawable::Chart(&untitled(chart)), width, height, &style).map(Some)
        }
        Some(SlidePicture::Map(map)) => render_png(Drawable::Map(map), width, height, &style).map(Some),
        None => Ok(None),
    }
}

fn picture_svg(slide: &Slide, at: Area) -> AppResult<Option<Vec<u8>>> {
    // coordinates are whole: four to a point are finer than any eye
    let (width, height, style) = pixels(at, 4.0);
    let svg = match &slide.picture {
        Some(SlidePicture::Chart(chart)) => render_svg(Drawable::Chart(&untitled(chart)), width, height, &style)?,
        Some(SlidePicture::Map(map)) => render_svg(Drawable::Map(map), width, height, &style)?,
        None => return Ok(None),
    };
    Ok(Some(svg.into_bytes()))
}

/// The deck and its pictures by the names under which the template finds them.
fn document<'a>(
    deck: &'a Deck,
    ending: &str,
    picture: impl Fn(&Slide, Area) -> AppResult<Option<Vec<u8>>>,
) -> AppResult<(Document<'a>, BTreeMap<String, Vec<u8>>)> {
    let mut files = BTreeMap::new();
    let mut pages = Vec::new();
    for (at, slide) in deck.slides.iter().enumerate() {
        let (page, file) = page(deck, slide, at, ending);
        if let (Some(file), Some(place)) = (file, &page.picture)
            && let Some(bytes) = picture(slide, place.at)?
        {
            files.insert(file, bytes);
        }
        pages.push(page);
    }
    Ok((Document { title: &deck.title, agency: &deck.agency, pages }, files))
}

/// Name of the document in messages.
const NAME: &str = "简报";

/// The deck as PDF, a page a slide, 16:9; with what is to be said of it.
///
/// # Errors
/// As [`Typesetter::typeset`]; `CHT-002` where a chart can't be drawn.
pub fn render_deck_pdf(deck: &Deck, typesetter: &Typesetter<'_>) -> AppResult<(Vec<u8>, Vec<String>)> {
    let (document, files) = document(deck, "svg", picture_svg)?;
    let set = typesetter.typeset(Template::Briefing, NAME, &document, files)?;
    Ok((set.pdf, set.notes))
}

/// The deck's pages as pixels, so many across; of those that `wanted` names by their place from 0.
///
/// # Errors
/// As [`render_deck_pdf`].
pub fn paint_deck(
    deck: &Deck,
    typesetter: &Typesetter<'_>,
    (width, wanted): (u32, &(dyn Fn(usize) -> bool + Sync)),
) -> AppResult<Painted> {
    let density = (f64::from(width) / super::WIDTH).clamp(0.5, 4.0);
    let (document, files) = document(deck, "png", |slide, at| picture_png(slide, at, density))?;
    typesetter.paint(Template::Briefing, NAME, &document, files, (width, wanted))
}

/// The deck's pages as PNG, 1920 pixels across.
///
/// # Errors
/// As [`render_deck_pdf`].
pub fn render_deck_pngs(deck: &Deck, typesetter: &Typesetter<'_>) -> AppResult<Vec<Vec<u8>>> {
    let painted = paint_deck(deck, typesetter, (PIXELS, &|_| true))?;
    painted.pages.iter().map(PagePicture::png).collect()
}
