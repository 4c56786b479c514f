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
//! let out = Table::show(ui, &mut state, &TableInput::new(ListId::Table(TableKind::Sources), &rows));
//! if let Some(sort) = out.sort { request(sort) }
//! ```
//!
//! Keys while the table has the focus: arrows, PageUp, PageDown, Home, End (with Shift: extend the selection;
//! left and right scroll sideways), Ctrl+A selects all, Ctrl+C copies, Space ticks, Enter activates, Shift+F10 opens
//! the row's menu. On a heading: Enter sorts, Shift+Enter adds a key, Alt+Down opens its menu.
//!
//! Around every table stand the same tools ([`Tools`]): search, filters, columns, pasting, pivot, file, figures of
//! what is selected, a row's menu. [`List`] is the whole over rows that are all at hand ([`Rows`]): it filters and
//! sorts them itself, divides the room among its columns and may have a total. The tables of the register bring a
//! frame and have their view made by a job. What a table asks of the window lies on the [`Desk`].

mod body;
mod cells;
mod desk;
mod file;
mod filter;
mod frame_rows;
mod header;
mod input;
mod keys;
mod list;
mod lists;
mod menu;
mod model;
mod paste;
mod pivot;
mod scroll;
mod state;
mod tools;

use egui::{Pos2, Rect, Sense, Ui, Vec2, WidgetInfo};

use super::text::table as text;
use super::theme;
use crate::ui::widgets::thousands;

pub use desk::{Desk, Guide, Offer, RowAct, TableAsk, Target};
pub use file::SheetFile;
pub use frame_rows::{FrameRows, TargetOf, format_of};
pub use input::{TableInput, TableOutput};
pub use list::{CellRows, List, ListState};
pub use lists::{About, ListId};
pub use menu::{RowItem, TableMenu};
pub use model::{CellStyle, ColumnDef, Decorate, Rows, Shape};
pub use state::{ColumnState, Selection, TableState};
pub use tools::{Ground, Tools, Work};

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
        let body = ui.interact(geometry.body, input.id, scroll::sense(ui, &geometry, count));
        let name = text::named(input.name, &thousands(count as u64));
        body.widget_info(|| WidgetInfo::labeled(egui::Role::Table, true, &name));
        scroll::wheel(ui, rect, state, &geometry, count);
        scroll::finger(ui, &body, state, &geometry, count);
        if body.clicked() {
            body.request_focus();
        }
        // the keyboard means no table under a dialog
        let in_reach = ui.memory(|memory| memory.is_above_modal_layer(ui.layer_id()));
        let used = body.has_focus() || body.clicked();
        let (active, find) = if in_reach { Desk::turn(ui.ctx(), input.id, used) } else { (false, false) };
        out.find = find;
        if body.has_focus() {
            keys::handle(ui, input, state, &geometry, &mut out);
        }
        if body.has_focus() || (active && keys::is_free(ui)) {
            keys::shared(ui, input, state, &geometry, &mut out);
        }
        if std::mem::take(&mut state.copy) {
            keys::copy_selected(ui, input, state, &geometry, &mut out);
        }
        state.clamp(geometry.most_scroll(count), geometry.moving - (geometry.body.right() - geometry.split));
        body::rows_ui(ui, input, state, &geometry, &body, &mut out);
        if out.clicked.is_some() || out.menu.is_some() {
            Desk::turn(ui.ctx(), input.id, true);
        }
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
