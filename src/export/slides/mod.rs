//! Pages for a screen: plain values of a deck → PDF in 16:9, PNG a page, a presentation that stays editable.
//!
//! Duty: one layout for all three (`layout`); the PDF and the pictures are set by Typst from the template
//! `简报.typ`, which an office may override; the .pptx is written part by part with titles, figures, tables and notes
//! as texts and charts as pictures.
//!
//! Invariants: the same deck and fonts give the same bytes; no clock; figures stand at least a twenty-fifth of the
//! page's height tall; nothing is cut silently: what a page has no room for was left out by whoever made the deck.

mod layout;
mod pptx;
mod sheet;

use crate::chart::{Chart, ChoroplethMap};

pub use layout::{HEIGHT, WIDTH};
pub use pptx::render_pptx;
pub use sheet::{paint_deck, render_deck_pdf, render_deck_pngs};

/// A deck.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Deck {
    /// Its title: the name of the document.
    pub title: String,
    /// Who gives it.
    pub agency: String,
    /// The day that it tells of, in words.
    pub day: String,
    /// `模拟数据` or `演示`, on every page.
    pub mark: Option<String>,
    /// The pages.
    pub slides: Vec<Slide>,
}

impl Deck {
    /// Every text of its pages, to be written anew.
    pub fn texts_mut(&mut self) -> Vec<&mut String> {
        let mut texts = Vec::new();
        for slide in &mut self.slides {
            texts.extend([&mut slide.title, &mut slide.source, &mut slide.notes]);
            texts.extend(slide.lead.iter_mut().chain(&mut slide.lines));
            for figure in &mut slide.figures {
                texts.extend([&mut figure.label, &mut figure.value, &mut figure.unit, &mut figure.note]);
            }
            if let Some(table) = &mut slide.table {
                texts.extend(table.columns.iter_mut().map(|column| &mut column.heading));
                texts.extend(table.rows.iter_mut().flatten());
            }
            if let Some(SlidePicture::Chart(chart)) = &mut slide.picture {
                texts.extend(chart.texts_mut());
            }
        }
        texts
    }
}

/// A page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Slide {
    /// The cover: title and lead stand large.
    pub cover: bool,
    /// The finding, as a sentence.
    pub title: String,
    /// On the cover, what stands under the title.
    pub lead: Vec<String>,
    /// Figures in a row.
    pub figures: Vec<SlideFigure>,
    /// A chart or a map.
    pub picture: Option<SlidePicture>,
    /// A table.
    pub table: Option<SlideTable>,
    /// Sentences.
    pub lines: Vec<String>,
    /// Where the figures come from.
    pub source: String,
    /// What the speaker reads.
    pub notes: String,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlideFigure {
    /// What it counts.
    pub label: String,
    /// The number.
    pub value: String,
    /// Its unit; empty for none.
    pub unit: String,
    /// What is to be said of it; empty for nothing.
    pub note: String,
    /// Asks for action.
    pub alarm: bool,
}

/// A picture on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum SlidePicture {
    /// A chart.
    Chart(Chart),
    /// A map.
    Map(ChoroplethMap),
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlideColumn {
    /// Its heading.
    pub heading: String,
    /// Its width, as a share of all columns'.
    pub share: u32,
    /// Holds numbers: they stand at the right.
    pub number: bool,
}

impl SlideColumn {
    /// A column of texts.
    #[must_use]
    pub fn text(heading: &str, share: u32) -> Self {
        Self { heading: heading.to_owned(), share, number: false }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(heading: &str, share: u32) -> Self {
        Self { heading: heading.to_owned(), share, number: true }
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SlideTable {
    /// The columns.
    pub columns: Vec<SlideColumn>,
    /// The rows, a text a column.
    pub rows: Vec<Vec<String>>,
    /// The last row is a sum.
    pub total: bool,
}
