//! The matrix of bodies by month, painted by hand; its heading rows, its names and the year's sums stay in sight.
//!
//! Only what is seen is laid out. Cells are nodes of their own with a name; the cursor's has the focus, which arrows
//! move. A month is at least as wide as its widest text and months pass by whole columns between the names and the
//! year: no figure is ever cut.

mod keys;
mod paint;

use std::ops::Range;

use egui::{PointerButton, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo};

use self::paint::{heading, names, paint, sums};
use super::model::{Model, Row, RowKey};
use super::selection::{At, Selection};
use crate::plan::model::MONTHS;
use crate::ui::text::plan as t;
use crate::ui::theme;

pub(super) use self::paint::{lock, tone};

/// Height of a row: a figure, small ones below it, the load; and of the heading: month and its working days.
const ROW: f32 = 40.0;
/// The same in a low window.
const LOW_ROW: f32 = 34.0;
/// Greatest width of the first column; a longer name takes two lines.
const NAME: f32 = 176.0;
/// Least width of a month.
const LEAST: f32 = 50.0;
/// Beside a cell's texts, points.
const PAD: f32 = 14.0;
/// Between small figures, points.
const GAP: f32 = 4.0;

/// What the matrix is drawn with.
pub(super) struct View<'a> {
    pub(super) model: &'a Model,
    pub(super) rows: &'a [Row],
    /// What is selected; its cursor is where keys go.
    pub(super) selection: &'a Selection,
    /// Month that every screen looks at.
    pub(super) month: usize,
    /// The row that the session's filter points at.
    pub(super) marked: Option<usize>,
    /// The text of a cell that is being dragged.
    pub(super) dragged: Option<(usize, usize, String)>,
    /// Months that can be changed.
    pub(super) editable: [bool; MONTHS],
    /// Flashes are shown.
    pub(super) motion: bool,
    /// The cursor's cell takes the focus.
    pub(super) take_focus: bool,
    /// The cursor's cell is brought into sight.
    pub(super) bring: bool,
}

/// How a cell joins the selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// Alone.
    Alone,
    /// The last block grows to it.
    Grow,
    /// Another block begins at it.
    Add,
}

impl Join {
    /// What a press means with these keys held.
    fn of(held: egui::Modifiers) -> Self {
        if held.shift {
            Self::Grow
        } else if held.command {
            Self::Add
        } else {
            Self::Alone
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    /// A cell selected, by keyboard or mouse.
    Select(At, Join),
    /// The cell's number is to be typed.
    Edit(At),
    /// A drag of the cell's number begins.
    DragStart(At),
    /// It goes on: points downward from its beginning.
    Drag(f32),
    /// It ends.
    DragEnd,
    /// Everything is to be selected.
    All,
    /// A number begins to be typed for all that is selected.
    Type(String),
    /// The first selected month goes into the others to its right, or the first row into those below.
    Fill {
        /// To the right.
        right: bool,
    },
    /// The planner's own numbers of what is selected are to go.
    Clear,
    /// What is selected goes to the clipboard.
    Copy,
    /// A text of the clipboard is to be laid down.
    Paste(String),
}

/// Widths, measured once for a model and a scale.
#[derive(Debug, Clone, Default)]
pub(super) struct Widths {
    of: Option<(u64, u32, bool)>,
    name: f32,
    month: f32,
    year: f32,
}

impl Widths {
    fn measure(&mut self, ui: &Ui, of: &View<'_>) {
        let districts = of.rows.len() == of.model.districts.len() && of.rows.get(1).is_some_and(is_district);
        let made = Some((of.model.revision, ui.pixels_per_point().to_bits(), districts));
        if self.of == made {
            return;
        }
        let width = |text: &str, font: egui::FontId| {
            ui.painter().layout_no_wrap(text.to_owned(), font, egui::Color32::PLACEHOLDER).size().x
        };
        let both = |large: &str, small: &[(super::model::Tone, String)]| {
            let small: f32 = small.iter().map(|(_, text)| width(text, theme::regular(theme::SMALL)) + GAP).sum();
            width(large, theme::bold(theme::BODY)).max(small - GAP)
        };
        let cells = of.rows.iter().flat_map(|row| &row.cells).map(|cell| both(&cell.text, &cell.small) + PAD);
        let days = of.model.days.iter().map(|text| width(text, theme::regular(theme::SMALL)) + PAD);
        self.month = cells.chain(days).fold(LEAST, f32::max).ceil();
        let years = of.rows.iter().map(|row| both(&row.year, &row.year_small) + PAD + 2.0);
        self.year = years.fold(LEAST, f32::max).ceil();
        let names = of.rows.iter().map(|row| width(&row.name, theme::bold(theme::BODY)) + PAD + 4.0);
        let corner = width(t::WORKING_DAYS, theme::regular(theme::SMALL)) + PAD + 2.0;
        self.name = names.fold(corner, f32::max).ceil().min(NAME);
        self.of = made;
    }
}

fn is_district(row: &Row) -> bool {
    matches!(row.key, RowKey::District(..))
}

struct Grid {
    /// Height of a row, and of the heading.
    line: f32,
    origin: Pos2,
    view: Rect,
    /// The first month in sight.
    first: usize,
    name: f32,
    month: f32,
    year: f32,
}

impl Grid {
    /// Months fill the room between names and sums by whole columns.
    fn new(widths: &Widths, line: f32, origin: Pos2, view: Rect) -> Self {
        let room = view.width() - widths.name - widths.year;
        let count = (room / widths.month).floor().clamp(1.0, MONTHS as f32);
        let month = (room / count).max(widths.month);
        let first = ((view.left() - origin.x) / month).round().clamp(0.0, MONTHS as f32 - count) as usize;
        Self { line, origin, view, first, name: widths.name, month, year: widths.year }
    }

    /// Months in sight.
    fn months(&self) -> Range<usize> {
        let room = self.view.width() - self.name - self.year;
        let count = (room / self.month + 0.01).floor().max(1.0) as usize;
        self.first..(self.first + count).min(MONTHS)
    }

    fn x(&self, month: usize) -> f32 {
        self.view.left() + self.name + self.month * (month as f32 - self.first as f32)
    }

    /// The column of the year's sums.
    fn sums(&self) -> Rect {
        Rect::from_min_max(Pos2::new(self.view.right() - self.year, self.view.top()), self.view.max)
    }

    fn row_y(&self, row: usize) -> f32 {
        // the city's row stays under the heading
        if row == 0 { self.view.top() + self.line } else { self.origin.y + self.line * (row as f32 + 1.0) }
    }

    fn cell(&self, row: usize, month: usize) -> Rect {
        Rect::from_min_size(Pos2::new(self.x(month), self.row_y(row)), Vec2::new(self.month, self.line))
    }

    /// The part of a cell that is in sight.
    fn seen(&self, row: usize, month: usize) -> Option<Rect> {
        let seen = self.cell(row, month).intersect(self.clip(row));
        (seen.width() >= 2.0 && seen.height() >= 2.0).then_some(seen)
    }

    /// Where cells of a row may show.
    fn clip(&self, row: usize) -> Rect {
        let top = self.view.top() + if row == 0 { self.line } else { self.line * 2.0 };
        Rect::from_min_max(
            Pos2::new(self.view.left() + self.name, top),
            Pos2::new(self.sums().left(), self.view.bottom()),
        )
    }

    /// Where a cell lies on the whole table, with what stays in sight around it: to be scrolled to.
    fn around(&self, row: usize, month: usize) -> Rect {
        let left = self.origin.x + self.month * month as f32;
        // the city's row is always in sight: the rows below it stay where they are
        let top = if row == 0 { self.view.top() } else { self.origin.y + self.line * (row as f32 - 1.0) };
        let rows = if row == 0 { 1.0 } else { 2.0 };
        let size = Vec2::new(self.name + self.month + self.year, self.line * (rows + 1.0));
        Rect::from_min_size(Pos2::new(left, top), size)
    }

    /// The cell under a point, or the nearest one.
    fn at(&self, point: Pos2, rows: usize) -> At {
        let month = ((point.x - self.x(0)) / self.month).floor().clamp(0.0, MONTHS as f32 - 1.0) as usize;
        if point.y < self.view.top() + self.line * 2.0 && point.y >= self.view.top() + self.line {
            return (0, month);
        }
        let row = ((point.y - self.origin.y - self.line) / self.line).floor().clamp(0.0, rows.saturating_sub(1) as f32)
            as usize;
        (row, month)
    }
}

/// Id of a cell's node.
pub(super) fn cell_id(ui: &Ui, key: RowKey, month: usize) -> egui::Id {
    let row = match key {
        RowKey::City => 0_usize,
        RowKey::Body(i) => 1 + i,
        RowKey::District(i, _) => 10_000_usize.saturating_add(i),
    };
    ui.scope_id().with(("cell", row, month))
}

/// Draws the matrix; gives back, with the months in sight, what was done on it, and whether the cursor's cell is in sight: the table takes some
/// frames to bring it, and a cell out of sight takes no focus.
pub(super) fn show(ui: &mut Ui, widths: &mut Widths, of: &View<'_>) -> (Option<Event>, bool, Range<usize>) {
    let (mut event, mut in_sight, mut months) = (None, false, 0..MONTHS);
    widths.measure(ui, of);
    ScrollArea::both().auto_shrink([false, false]).id_salt("matrix").show_viewport(ui, |ui, viewport| {
        let origin = ui.max_rect().min;
        let mut view = viewport.translate(origin.to_vec2());
        let line = theme::by_height(ui.ctx(), LOW_ROW, ROW);
        let height = line * (of.rows.len() as f32 + 1.0);
        view.max.y = view.max.y.min(origin.y + height);
        let grid = Grid::new(widths, line, origin, view);
        ui.set_min_size(Vec2::new(grid.name + grid.month * MONTHS as f32 + grid.year, height));
        event = body(ui, of, &grid);
        sums(ui, of, &grid);
        heading(ui, of, &grid);
        names(ui, of, &grid);
        let (row, month) = of.selection.cursor();
        in_sight = grid.seen(row, month).is_some();
        months = grid.months();
        if of.bring {
            ui.scroll_to_rect(grid.around(row, month), None);
        }
    });
    (event, in_sight, months)
}

fn visible_rows(of: &View<'_>, grid: &Grid) -> std::ops::Range<usize> {
    let above = ((grid.view.top() - grid.origin.y) / grid.line).floor().max(0.0) as usize;
    let count = (grid.view.height() / grid.line).ceil() as usize + 1;
    above.max(1)..(above + count + 1).min(of.rows.len())
}

fn body(ui: &mut Ui, of: &View<'_>, grid: &Grid) -> Option<Event> {
    let palette = theme::of(ui);
    let mut event = None;
    ui.painter().rect_filled(grid.view, 0.0, palette.surface);
    let cursor = of.selection.cursor();
    for r in visible_rows(of, grid).chain(0..1) {
        let Some(row) = of.rows.get(r) else { continue };
        let clip = grid.clip(r);
        if r == 0 {
            let ground = Rect::from_min_max(
                Pos2::new(grid.view.left(), grid.row_y(0)),
                Pos2::new(grid.view.right(), grid.row_y(0) + grid.line),
            );
            ui.painter().rect_filled(ground, 0.0, palette.chrome);
        } else if of.marked == Some(r) {
            let ground = Rect::from_min_size(
                Pos2::new(grid.view.left(), grid.row_y(r)),
                Vec2::new(grid.view.width(), grid.line),
            );
            ui.painter().with_clip_rect(clip.intersect(ui.clip_rect())).rect_filled(ground, 0.0, palette.stripe);
        }
        for (m, cell) in row.cells.iter().enumerate() {
            let Some(seen) = grid.seen(r, m) else { continue };
            let rect = grid.cell(r, m);
            let (selected, at_cursor) = (of.selection.contains((r, m)), (r, m) == cursor);
            let mut sense = Sense::CLICK | Sense::DRAG;
            if at_cursor {
                sense |= Sense::FOCUSABLE;
            }
            let response = ui.interact(seen, cell_id(ui, row.key, m), sense);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &cell.name));
            if at_cursor && of.take_focus {
                response.request_focus();
            }
            let editable = of.editable[m] && matches!(row.key, RowKey::Body(_));
            let heard = hear(ui, of, grid, &response, (r, m), editable);
            event = event.or(heard);
            let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
            let shown = of.dragged.as_ref().filter(|d| (d.0, d.1) == (r, m)).map(|d| d.2.as_str());
            paint(&painter, palette, of, (r, m), rect, cell, shown, response.hovered());
            if at_cursor {
                let width = if response.has_focus() { 2.0 } else { 1.5 };
                painter.rect_stroke(rect.shrink(1.0), 2.0, Stroke::new(width, palette.accent), StrokeKind::Inside);
            }
        }
        let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
        let y = grid.row_y(r) + grid.line;
        painter.hline(grid.view.x_range(), y - 0.5, Stroke::new(1.0, palette.line));
    }
    if of.motion && ui.input(|i| i.time) - of.model.changed_at < f64::from(theme::MOTION) {
        ui.ctx().request_repaint();
    }
    event
}

/// What mouse and keyboard say on a cell.
fn hear(ui: &Ui, of: &View<'_>, grid: &Grid, response: &egui::Response, at: At, editable: bool) -> Option<Event> {
    let held = ui.input(|i| i.modifiers);
    // a finger moves the table, as it does everywhere
    if ui.input(egui::InputState::any_touches) && response.dragged() {
        ui.scroll_with_delta_animation(response.drag_delta(), egui::style::ScrollAnimation::none());
        return None;
    }
    if response.drag_started_by(PointerButton::Primary) {
        if held.alt {
            return editable.then_some(Event::DragStart(at));
        }
        return Some(Event::Select(at, Join::of(held)));
    }
    if response.dragged_by(PointerButton::Primary) {
        if held.alt && of.dragged.is_none() {
            return None;
        }
        if of.dragged.is_some() {
            return Some(Event::Drag(response.total_drag_delta().unwrap_or_default().y));
        }
        let over = response.interact_pointer_pos().map(|point| grid.at(point, of.rows.len()))?;
        return (over != of.selection.cursor()).then_some(Event::Select(over, Join::Grow));
    }
    if response.drag_stopped() {
        return Some(Event::DragEnd);
    }
    if response.double_clicked() {
        return Some(Event::Edit(at));
    }
    let focused = response.has_focus() && at == of.selection.cursor();
    if focused && let Some(event) = keys::heard(ui, of, response.id, at) {
        return Some(event);
    }
    let by_mouse = response.clicked_by(PointerButton::Primary);
    if by_mouse && !(focused && ui.input(|i| i.key_pressed(egui::Key::Enter))) {
        return Some(Event::Select(at, Join::of(held)));
    }
    if editable && held.alt && response.hovered() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::ResizeVertical);
    }
    None
}

#[cfg(test)]
mod tests;
