//! The virtual table: millions of rows at the cost of those in sight.
//!
//! Duty: shows rows of any source ([`Rows`]) with headings that sort, resize, move and hide; selecting, copying,
//! jumping; by mouse and by keyboard, with a named node for every row in sight. It holds no rows and sorts
//! nothing: it says what was asked for ([`TableOutput`]), the screen has the view computed by a job.
//!
//! Invariants: only cells in sight are asked for; the scroll position counts rows in `f64` (pixels in `f32`
//! lose whole rows beyond some 600 000 of them); the selection is kept by the rows' keys, not by their
//! positions, so it survives sorting and filtering.
//!
//! ```ignore
//! let rows = FrameRows::new(frame, view.rows, columns);
//! let out = Table::show(ui, &mut state, &TableInput::new("sources", "污染源名录", &rows));
//! if let Some(sort) = out.sort { request(sort) }
//! ```
//!
//! Keys while the table has the focus: arrows, PageUp, PageDown, Home, End (with Shift: extend the selection;
//! left and right scroll sideways), Ctrl+A selects all, Ctrl+C copies, Space ticks, Enter activates, Shift+F10 opens
//! the row's menu. On a heading: Enter sorts, Shift+Enter adds a key, Alt+Down opens its menu.
//!
//! The light table, [`List`], is this one over rows that are all at hand: it sorts them itself, divides the room
//! among its columns and may have a total.

mod body;
mod frame_rows;
mod header;
mod keys;
mod list;
mod scroll;
mod state;

use std::borrow::Cow;

use egui::{Align, Color32, Id, Pos2, Rect, Sense, Ui, Vec2, WidgetInfo};

use super::text::table as text;
use super::theme;
use crate::ui::widgets::thousands;
use crate::workspace::view::SortKey;

pub use frame_rows::{FrameRows, format_of};
pub use header::column_menu;
pub use list::{CellRows, List, ListState};
pub use state::{ColumnState, Selection, TableState};

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
            filterable: false,
            hidden: false,
        }
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

    /// With a filter in its menu.
    #[must_use]
    pub fn filterable(mut self) -> Self {
        self.filterable = true;
        self
    }

    /// Without sorting.
    #[must_use]
    pub fn unsorted(mut self) -> Self {
        self.sortable = false;
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

/// What a table shows.
pub struct TableInput<'a> {
    /// Id, unique on the screen.
    pub id: Id,
    /// Name for screen readers.
    pub name: &'a str,
    /// The rows.
    pub rows: &'a dyn Rows,
    /// Styles of cells.
    pub decorate: Option<Decorate<'a>>,
    /// Ids of the columns that are filtered: their headings get a mark.
    pub filtered: &'a [&'a str],
    /// Shown where there are no rows: why, and what to do.
    pub empty: &'a str,
    /// What a row says on hover beside its cut cells.
    pub hint: Option<&'a dyn Fn(usize) -> String>,
    /// Cells of a last row that stays in sight, one for each of the source's columns.
    pub total: &'a [String],
    /// Height of a row, points; 40 and more show a cell's second line.
    pub row: f32,
    /// Height of the whole, points; all the room that is left where there is none.
    pub height: Option<f32>,
}

impl<'a> TableInput<'a> {
    /// A table without decorations.
    #[must_use]
    pub fn new(id: impl std::hash::Hash + std::fmt::Debug, name: &'a str, rows: &'a dyn Rows) -> Self {
        Self {
            id: Id::unique(("table", id)),
            name,
            rows,
            decorate: None,
            filtered: &[],
            empty: "",
            hint: None,
            total: &[],
            row: theme::ROW,
            height: None,
        }
    }

    /// With styles of cells.
    #[must_use]
    pub fn decorate(mut self, decorate: Decorate<'a>) -> Self {
        self.decorate = Some(decorate);
        self
    }

    /// With a hint at each row.
    #[must_use]
    pub fn hint(mut self, hint: &'a dyn Fn(usize) -> String) -> Self {
        self.hint = Some(hint);
        self
    }

    /// With a total.
    #[must_use]
    pub fn total(mut self, cells: &'a [String]) -> Self {
        self.total = cells;
        self
    }

    /// With rows of this height.
    #[must_use]
    pub fn rows_of(mut self, height: f32) -> Self {
        self.row = height;
        self
    }

    /// Of this height.
    #[must_use]
    pub fn height(mut self, height: f32) -> Self {
        self.height = Some(height);
        self
    }

    /// As high as its rows.
    #[must_use]
    pub fn whole(self) -> Self {
        let total = if self.total.is_empty() { 0.0 } else { self.row };
        let height = HEADER + self.rows.len().max(1) as f32 * self.row + total;
        self.height(height)
    }

    /// With marks at filtered columns.
    #[must_use]
    pub fn filtered(mut self, columns: &'a [&'a str]) -> Self {
        self.filtered = columns;
        self
    }

    /// With a text for no rows.
    #[must_use]
    pub fn empty(mut self, text: &'a str) -> Self {
        self.empty = text;
        self
    }
}

/// What the user did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableOutput {
    /// New sort keys (already in the state).
    pub sort: Option<Vec<SortKey>>,
    /// The column whose filter was asked for, and where its heading stands.
    pub filter: Option<(String, Rect)>,
    /// The selection is another one than before.
    pub selection_changed: bool,
    /// Position of the row that was clicked.
    pub clicked: Option<usize>,
    /// Position of the row that the keyboard ticked (Space).
    pub ticked: Option<usize>,
    /// Position of the row that was gone to, by mouse or keyboard.
    pub chosen: Option<usize>,
    /// Position of the row that was activated (double click, Enter).
    pub activated: Option<usize>,
    /// Position of the row under the pointer.
    pub hovered: Option<usize>,
    /// Position of the row clicked with the other button (or Shift+F10), and where: for a menu.
    pub menu: Option<(usize, Pos2)>,
    /// Rows that were put on the clipboard.
    pub copied: Option<usize>,
    /// Layout (order, widths, hidden columns) changed.
    pub layout_changed: bool,
}

/// Height of the headings, points.
const HEADER: f32 = 28.0;
/// Thickness of the scroll bars, points.
const BAR: f32 = 12.0;

/// Where things stand in this frame.
struct Geometry {
    /// Headings, full width.
    header: Rect,
    /// Rows, without the bars.
    body: Rect,
    /// Of the body: where the frozen columns end.
    split: f32,
    /// Shown columns: position among the source's columns, left edge, width; in order.
    columns: Vec<Placed>,
    /// Width of the columns that scroll.
    moving: f32,
    /// Rows that fit, broken.
    fit: f64,
    /// Height of a row.
    row: f32,
    /// The total, where there is one.
    total: Option<Rect>,
}

/// A shown column in its place.
#[derive(Clone, Copy)]
struct Placed {
    /// Position in [`Rows::columns`].
    column: usize,
    /// Position in the state's order.
    slot: usize,
    left: f32,
    width: f32,
    frozen: bool,
}

impl Geometry {
    /// The region in which a column may paint.
    fn clip(&self, placed: &Placed, within: Rect) -> Rect {
        let (left, right) =
            if placed.frozen { (self.body.left(), self.split) } else { (self.split, self.body.right()) };
        Rect::from_x_y_ranges(left..=right, within.y_range())
    }

    fn most_scroll(&self, rows: usize) -> f64 {
        (rows as f64 - self.fit).max(0.0)
    }
}

/// The table.
pub struct Table;

impl Table {
    /// Shows the table in all the room that is left, or in the height given.
    pub fn show(ui: &mut Ui, state: &mut TableState, input: &TableInput<'_>) -> TableOutput {
        let mut out = TableOutput::default();
        let size = ui.available_size();
        let size = Vec2::new(size.x, input.height.unwrap_or(size.y));
        let size = size.max(Vec2::new(120.0, HEADER + input.row));
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        state.fit_to(input.rows.columns());
        let geometry = geometry(rect, state, input);
        let palette = theme::of(ui);
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 0.0, palette.surface);

        // the whole takes the focus and the wheel; rows and headings lie on top of it
        let count = input.rows.len();
        let body = ui.interact(geometry.body, input.id, Sense::click());
        let name = text::named(input.name, &thousands(count as u64));
        body.widget_info(|| WidgetInfo::labeled(egui::Role::Table, true, &name));
        scroll::wheel(ui, rect, state, &geometry, count);
        if body.clicked() {
            body.request_focus();
        }
        if body.has_focus() {
            keys::handle(ui, input, state, &geometry, &mut out);
        }
        state.clamp(geometry.most_scroll(count), geometry.moving - (geometry.body.right() - geometry.split));
        body::rows_ui(ui, input, state, &geometry, &body, &mut out);
        header::header_ui(ui, input, state, &geometry, &mut out);
        body::total_ui(ui, input, &geometry);
        scroll::bars_ui(ui, input.id, rect, state, &geometry, count);
        if body.has_focus() {
            painter.rect_stroke(geometry.body, 0.0, (1.0, palette.accent), egui::StrokeKind::Inside);
        }
        out
    }
}

fn geometry(rect: Rect, state: &mut TableState, input: &TableInput<'_>) -> Geometry {
    let defs = input.rows.columns();
    let shown: Vec<(usize, usize, f32)> = state
        .columns
        .iter()
        .enumerate()
        .filter(|(_, c)| !c.hidden)
        .filter_map(|(slot, c)| defs.iter().position(|d| d.id == c.id).map(|column| (slot, column, c.width)))
        .collect();
    let inner = rect.width() - BAR;
    let shown = divided(inner, &shown, defs, &state.columns);
    let frozen_count = state.frozen.min(shown.len());
    let mut frozen: f32 = shown.iter().take(frozen_count).map(|c| c.2).sum();
    // frozen columns that fill the table would leave nothing to scroll
    let frozen_count = if frozen > inner * 0.7 {
        frozen = 0.0;
        0
    } else {
        frozen_count
    };
    let moving: f32 = shown.iter().skip(frozen_count).map(|c| c.2).sum();
    let needs_bar = moving + frozen > inner + 0.5;
    let bottom = rect.bottom() - if needs_bar { BAR } else { 0.0 };
    let header = Rect::from_min_max(rect.min, Pos2::new(rect.right(), rect.top() + HEADER));
    let total = (!input.total.is_empty()).then(|| {
        Rect::from_min_max(Pos2::new(rect.left(), bottom - input.row), Pos2::new(rect.left() + inner, bottom))
    });
    let bottom = total.map_or(bottom, |total| total.top());
    let body = Rect::from_min_max(
        Pos2::new(rect.left(), header.bottom()),
        Pos2::new(rect.left() + inner, bottom.max(header.bottom() + 1.0)),
    );
    let split = body.left() + frozen;
    let most = (moving - (body.right() - split)).max(0.0);
    state.offset = state.offset.clamp(0.0, most);
    let mut left = body.left();
    let columns = shown
        .iter()
        .enumerate()
        .map(|(i, (slot, column, width))| {
            if i == frozen_count {
                left = split - state.offset.round();
            }
            let placed = Placed { column: *column, slot: *slot, left, width: *width, frozen: i < frozen_count };
            left += width;
            placed
        })
        .collect();
    Geometry { header, body, split, columns, moving, fit: f64::from(body.height() / input.row), row: input.row, total }
}

/// Widths with the room that is left divided among the columns that take a share and were not given a width by hand.
fn divided(
    inner: f32,
    shown: &[(usize, usize, f32)],
    defs: &[ColumnDef],
    states: &[ColumnState],
) -> Vec<(usize, usize, f32)> {
    let share_of = |slot: usize, column: usize| {
        let by_hand = states.get(slot).is_some_and(|state| state.by_hand);
        defs.get(column).filter(|_| !by_hand).map_or(0.0, |def| def.share)
    };
    let fixed: f32 = shown.iter().filter(|c| share_of(c.0, c.1) <= 0.0).map(|c| c.2).sum();
    let mut loose: Vec<(usize, f32, f32)> = shown
        .iter()
        .enumerate()
        .filter_map(|(at, c)| Some((at, share_of(c.0, c.1), defs.get(c.1)?.width)).filter(|c| c.1 > 0.0))
        .collect();
    let mut widths: Vec<(usize, usize, f32)> = shown.to_vec();
    let mut rest = inner - fixed;
    // a column that its share would make narrower than its least width leaves the dividing
    loop {
        let shares: f32 = loose.iter().map(|c| c.1).sum();
        let Some(at) = loose.iter().position(|c| rest * c.1 / shares < c.2) else {
            for (at, share, _) in &loose {
                widths[*at].2 = (rest * share / shares).floor();
            }
            return widths;
        };
        let (place, _, least) = loose.remove(at);
        widths[place].2 = least;
        rest -= least;
    }
}

#[cfg(test)]
mod list_tests;
#[cfg(test)]
mod tests;
