//! What a table remembers: layout, sort keys (kept between sessions); position, selection (not kept).

use serde::{Deserialize, Serialize};

use super::{ColumnDef, Rows};
use crate::workspace::view::SortKey;

/// Narrowest column, points.
pub(super) const NARROWEST: f32 = 36.0;
/// Widest column, points.
pub(super) const WIDEST: f32 = 800.0;

/// A column's place in the layout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnState {
    /// The column's id.
    pub id: String,
    /// Width, points.
    pub width: f32,
    /// Not shown.
    pub hidden: bool,
    /// The width was given by hand: it takes no share of the room.
    #[serde(default)]
    pub by_hand: bool,
}

/// Keys of the selected rows, ascending.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    keys: Vec<u64>,
    /// Counts the changes.
    revision: u64,
}

impl PartialEq for Selection {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

impl Selection {
    /// The keys, ascending.
    #[must_use]
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// Another number whenever it is another selection.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Number of rows selected.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// True where a row is selected.
    #[must_use]
    pub fn contains(&self, key: u64) -> bool {
        self.keys.binary_search(&key).is_ok()
    }

    /// Selects these rows only.
    pub fn set(&mut self, keys: impl IntoIterator<Item = u64>) {
        self.revision += 1;
        self.keys.clear();
        self.keys.extend(keys);
        if !self.keys.is_sorted() {
            self.keys.sort_unstable();
        }
        self.keys.dedup();
    }

    /// Adds a row, or takes it away.
    pub fn toggle(&mut self, key: u64) {
        self.revision += 1;
        match self.keys.binary_search(&key) {
            Ok(at) => {
                self.keys.remove(at);
            }
            Err(at) => self.keys.insert(at, key),
        }
    }

    /// Selects nothing.
    pub fn clear(&mut self) {
        self.revision += 1;
        self.keys.clear();
    }
}

/// State of a table; the screen keeps one for each table it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableState {
    /// Columns in the order shown, hidden ones among them.
    pub columns: Vec<ColumnState>,
    /// So many of the shown columns stay when scrolling sideways.
    pub frozen: usize,
    /// Sort keys, the first counts most.
    pub sort: Vec<SortKey>,
    /// Selected rows, by key.
    #[serde(skip)]
    pub selection: Selection,
    /// Rows above the upper edge.
    #[serde(skip)]
    pub(super) scroll: f64,
    /// Points left of the left edge of the moving columns.
    #[serde(skip)]
    pub(super) offset: f32,
    /// Position of the row that the keyboard is at.
    #[serde(skip)]
    pub(super) cursor: Option<usize>,
    /// Position from which Shift extends.
    #[serde(skip)]
    pub(super) anchor: Option<usize>,
    /// Row to be shown in the next frame.
    #[serde(skip)]
    pub(super) jump: Option<usize>,
    /// Row that flashes, and since when (the frame's time).
    #[serde(skip)]
    pub(super) flash: Option<(u64, Option<f64>)>,
    /// The selected rows are to be copied in the next frame.
    #[serde(skip)]
    pub(super) copy: bool,
    /// Where a scroll bar was taken hold of, points from its handle's start.
    #[serde(skip)]
    pub(super) grab: f32,
    /// How fast the rows glide on after a finger let them go, points a second.
    #[serde(skip)]
    pub(super) glide: egui::Vec2,
}

impl Default for TableState {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            frozen: 1,
            sort: Vec::new(),
            selection: Selection::default(),
            scroll: 0.0,
            offset: 0.0,
            cursor: None,
            anchor: None,
            jump: None,
            flash: None,
            copy: false,
            grab: 0.0,
            glide: egui::Vec2::ZERO,
        }
    }
}

impl TableState {
    /// Takes the source's columns in: new ones at their place, those that are gone stay remembered.
    pub(super) fn fit_to(&mut self, defs: &[ColumnDef]) {
        if defs.len() == self.columns.len() && defs.iter().zip(&self.columns).all(|(d, c)| d.id == c.id) {
            return;
        }
        for (at, def) in defs.iter().enumerate() {
            if !self.columns.iter().any(|c| c.id == def.id) {
                let column =
                    ColumnState { id: def.id.to_string(), width: def.width, hidden: def.hidden, by_hand: false };
                self.columns.insert(at.min(self.columns.len()), column);
            }
        }
    }

    /// Shows these columns.
    pub fn unhide(&mut self, ids: &[String]) {
        self.columns.iter_mut().filter(|column| ids.contains(&column.id)).for_each(|column| column.hidden = false);
    }

    /// Which of these columns are hidden.
    #[must_use]
    pub fn hidden_of(&self, ids: &[String]) -> Vec<String> {
        let hidden = |id: &&String| self.columns.iter().any(|column| column.id == **id && column.hidden);
        ids.iter().filter(hidden).cloned().collect()
    }

    /// Layout and sort keys alone: what is kept between sessions.
    #[must_use]
    pub fn kept(&self) -> Self {
        Self { columns: self.columns.clone(), frozen: self.frozen, sort: self.sort.clone(), ..Self::default() }
    }

    /// The layout as at first.
    pub fn reset_columns(&mut self, defs: &[ColumnDef]) {
        self.columns.clear();
        self.frozen = 1;
        self.fit_to(defs);
    }

    pub(super) fn clamp(&mut self, most_scroll: f64, most_offset: f32) {
        self.scroll = self.scroll.clamp(0.0, most_scroll);
        self.offset = self.offset.clamp(0.0, most_offset.max(0.0));
    }

    /// Position of the row that the keyboard is at.
    #[must_use]
    pub fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    /// Scrolls to a row, selects it (others stay selected where it was among them) and lets it flash.
    pub fn jump_to(&mut self, position: usize, rows: &dyn Rows) {
        if position >= rows.len() {
            return;
        }
        self.jump = Some(position);
        self.cursor = Some(position);
        self.anchor = Some(position);
        let key = rows.key(position);
        if !self.selection.contains(key) {
            self.selection.set([key]);
        }
        self.flash = Some((key, None));
    }

    /// Back to the top: for another view of the rows.
    pub fn scroll_to_top(&mut self) {
        self.scroll = 0.0;
        self.cursor = None;
        self.anchor = None;
    }

    /// The position of a column among the sort keys.
    #[must_use]
    pub fn sorted_by(&self, id: &str) -> Option<(usize, bool)> {
        self.sort.iter().position(|k| k.column == id).and_then(|at| self.sort.get(at).map(|k| (at, k.descending)))
    }

    /// A click on a heading: ascending, descending, then not at all; `add` keeps the other keys.
    pub fn toggle_sort(&mut self, id: &str, add: bool) {
        let next = match self.sorted_by(id) {
            None => Some(false),
            Some((_, false)) => Some(true),
            Some((_, true)) => None,
        };
        self.set_sort(id, next, add);
    }

    /// Sorts by a column (`descending` or not), or no more.
    pub fn set_sort(&mut self, id: &str, descending: Option<bool>, add: bool) {
        if !add {
            self.sort.retain(|k| k.column == id);
        }
        match (descending, self.sort.iter_mut().find(|k| k.column == id)) {
            (Some(descending), Some(key)) => key.descending = descending,
            (Some(descending), None) => self.sort.push(SortKey { column: id.to_owned(), descending }),
            (None, _) => self.sort.retain(|k| k.column != id),
        }
    }

    /// Moves a column to before another slot of the order.
    pub(super) fn move_column(&mut self, from: usize, before: usize) {
        if from < self.columns.len() && from != before && from + 1 != before {
            let column = self.columns.remove(from);
            let to = if before > from { before - 1 } else { before };
            self.columns.insert(to.min(self.columns.len()), column);
        }
    }

    /// Scrolls as far as a row needs to be in sight.
    pub(super) fn reveal(&mut self, position: usize, fit: f64) {
        let (top, whole) = (position as f64, fit.floor().max(1.0));
        if top < self.scroll {
            self.scroll = top;
        } else if top + 1.0 > self.scroll + fit {
            self.scroll = top + 1.0 - if fit >= 1.0 { fit } else { whole };
        }
    }
}
