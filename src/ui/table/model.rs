//! Columns, rows and the looks of cells: what a source of rows is.

use std::borrow::Cow;

use egui::{Align, Color32};

use super::Target;
use crate::workspace::view::CellValue;

/// A column of a row source.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDef {
    /// Stable id: what layouts remember and sort keys name; the frame's column where the rows are a frame.
    pub id: Cow<'static, str>,
    /// Heading.
    pub heading: Cow<'static, str>,
    /// Width at first, points; the least one where the column has a share.
    pub width: f32,
    /// Share of the room that is left, until it is given a width by hand; 0 for a fixed width.
    pub share: f32,
    /// `Align::Max` for numbers.
    pub align: Align,
    /// A click on the heading sorts.
    pub sortable: bool,
    /// The heading's menu offers a filter.
    pub filterable: bool,
    /// Hidden until chosen.
    pub hidden: bool,
    /// The cells are days.
    pub date: bool,
    /// A cell that has no room is cut in the middle: its last characters tell it from others.
    pub middle: bool,
    /// The cells' sum means something: it stands in the total where only some rows are shown.
    pub adds: bool,
    /// What all cells end with, where they are numbers.
    pub unit: Option<String>,
}

impl ColumnDef {
    /// A column of texts.
    #[must_use]
    pub fn text(id: impl Into<Cow<'static, str>>, heading: impl Into<Cow<'static, str>>, width: f32) -> Self {
        Self {
            id: id.into(),
            heading: heading.into(),
            width,
            share: 0.0,
            align: Align::Min,
            sortable: true,
            filterable: true,
            hidden: false,
            date: false,
            middle: false,
            adds: false,
            unit: None,
        }
    }

    /// A column of days, `2027-03-01` first in each cell.
    #[must_use]
    pub fn date(id: impl Into<Cow<'static, str>>, heading: impl Into<Cow<'static, str>>, width: f32) -> Self {
        Self { date: true, ..Self::text(id, heading, width) }
    }

    /// A column of numbers: to the right.
    #[must_use]
    pub fn number(id: impl Into<Cow<'static, str>>, heading: impl Into<Cow<'static, str>>, width: f32) -> Self {
        Self { align: Align::Max, ..Self::text(id, heading, width) }
    }

    /// Takes a share of the room that is left.
    #[must_use]
    pub fn share(mut self, share: f32) -> Self {
        self.share = share;
        self
    }

    /// Cut in the middle where there is no room: codes whose last digits tell.
    #[must_use]
    pub fn middle(mut self) -> Self {
        self.middle = true;
        self
    }

    /// Its sum stands in the total.
    #[must_use]
    pub fn adds(mut self) -> Self {
        self.adds = true;
        self
    }

    /// Without sorting and filter.
    #[must_use]
    pub fn unsorted(mut self) -> Self {
        (self.sortable, self.filterable) = (false, false);
        self
    }

    /// Hidden at first.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
}

/// Where rows come from. `row` is a position from the top, `column` a position in [`Rows::columns`].
pub trait Rows {
    /// Number of rows.
    fn len(&self) -> usize;

    /// True without rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Columns.
    fn columns(&self) -> &[ColumnDef];

    /// Text of a cell; asked for cells in sight (and for those copied) only.
    fn cell(&self, row: usize, column: usize) -> Cow<'_, str>;

    /// What stays the same when the rows are sorted or filtered anew; the position where that never happens.
    fn key(&self, row: usize) -> u64 {
        row as u64
    }

    /// The row in words for screen readers; `None`: its cells, one after the other.
    fn sentence(&self, row: usize) -> Option<String> {
        let _ = row;
        None
    }

    /// What a cell holds, for filters, sums and files; `None`: what its text says.
    fn value(&self, row: usize, column: usize) -> Option<CellValue> {
        let _ = (row, column);
        None
    }

    /// The unit that a row is about: what the row's menu works on.
    fn target(&self, row: usize) -> Option<Target> {
        let _ = row;
        None
    }

    /// Whether the row is ticked, where rows are boxes to be ticked.
    fn ticked(&self, row: usize) -> Option<bool> {
        let _ = row;
        None
    }

    /// Position of a key; asked rarely.
    fn position(&self, key: u64) -> Option<usize> {
        (0..self.len()).find(|row| self.key(*row) == key)
    }
}

/// A small shape instead of a text; its colour is the cell's ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As it should be.
    Dot,
    /// Not as it should be: another shape too, for those who can't tell the colours apart.
    Square,
    /// A box to be ticked, or ticked.
    Box(bool),
}

/// How a cell differs from a plain one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CellStyle {
    /// Colour of the text.
    pub ink: Option<Color32>,
    /// Bold.
    pub strong: bool,
    /// Ground of a chip around the text; the ink should read on it.
    pub chip: Option<Color32>,
    /// Ground of the whole cell, unless the row is selected or hovered.
    pub ground: Option<Color32>,
    /// A shape in the cell's middle.
    pub shape: Option<Shape>,
}

/// Gives a cell its style: row, column, the cell's text.
pub type Decorate<'a> = &'a dyn Fn(usize, usize, &str) -> CellStyle;
