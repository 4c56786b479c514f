//! What a table is given, and what it tells.

use egui::{Id, Pos2, Rect};

use super::{Decorate, HEADER, ListId, RowItem, Rows};
use crate::ui::theme;
use crate::workspace::view::SortKey;

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
    /// As high as its rows, whatever stands around them.
    pub whole: bool,
    /// The tools are folded away until they are asked for (Ctrl+F, a row's menu).
    pub folded: bool,
    /// Items that the screen adds to a row's menu; the first is what a double click does.
    pub items: Option<&'a dyn Fn(usize) -> Vec<RowItem>>,
}

impl<'a> TableInput<'a> {
    /// A table without decorations.
    #[must_use]
    pub fn new(list: ListId, rows: &'a dyn Rows) -> Self {
        Self {
            id: Id::unique(("table", list.key())),
            name: list.name(),
            rows,
            decorate: None,
            filtered: &[],
            empty: "",
            hint: None,
            total: &[],
            row: theme::ROW,
            height: None,
            whole: false,
            folded: false,
            items: None,
        }
    }

    /// Under another name than the list's own.
    #[must_use]
    pub(super) fn named(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// With the tools folded away until they are asked for.
    #[must_use]
    pub fn folded(mut self) -> Self {
        self.folded = true;
        self
    }

    /// With items of the screen's own in a row's menu.
    #[must_use]
    pub fn items(mut self, items: &'a dyn Fn(usize) -> Vec<RowItem>) -> Self {
        self.items = Some(items);
        self
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

    /// As high as its rows, its tools folded away.
    #[must_use]
    pub fn whole(mut self) -> Self {
        (self.whole, self.folded) = (true, true);
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
    /// The item of the screen's own that was chosen in a row's menu, and the row.
    pub item: Option<(usize, &'static str)>,
    /// Text that was pasted while the keyboard meant this table.
    pub pasted: Option<String>,
    /// The search was asked for while the keyboard meant this table.
    pub find: bool,
    /// Rows that were put on the clipboard.
    pub copied: Option<usize>,
    /// Layout (order, widths, hidden columns) changed.
    pub layout_changed: bool,
}
