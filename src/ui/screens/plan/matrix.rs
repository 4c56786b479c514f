//! The matrix of bodies by month, painted by hand; its heading rows and first column stay in sight.
//!
//! Only what is seen is laid out. Cells are nodes of their own with a name; the selected one has the focus,
//! which arrows move.

use egui::{
    Align2, Color32, EventFilter, Key, Modifiers, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};

use super::model::{Cell, Model, Row, RowKey};
use crate::plan::model::MONTHS;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, Palette};

/// Height of a row.
const ROW: f32 = 30.0;
/// Height of the heading: month and its working days.
const HEAD: f32 = 40.0;
/// Width of the first column.
const NAME: f32 = 176.0;
/// Least width of a month.
const LEAST: f32 = 50.0;
/// Width of the sums.
const SUM: f32 = 66.0;

/// What the matrix is drawn with.
pub(super) struct View<'a> {
    pub(super) model: &'a Model,
    pub(super) rows: &'a [Row],
    /// Selected row (an index of `rows`) and month.
    pub(super) row: usize,
    pub(super) month: usize,
    /// The row that the session's filter points at.
    pub(super) marked: Option<usize>,
    /// The text of a cell that is being dragged.
    pub(super) dragged: Option<(usize, usize, String)>,
    /// Months that can be changed.
    pub(super) editable: [bool; MONTHS],
    /// Flashes are shown.
    pub(super) motion: bool,
    /// The selected cell takes the focus.
    pub(super) take_focus: bool,
    /// The selected cell is brought into sight.
    pub(super) bring: bool,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Event {
    /// Row and month selected, by keyboard or mouse.
    Select(usize, usize),
    /// The cell's number is to be typed.
    Edit(usize, usize),
    /// A drag begins.
    DragStart(usize, usize),
    /// It goes on: points downward from its beginning.
    Drag(f32),
    /// It ends.
    DragEnd,
}

struct Grid {
    origin: Pos2,
    view: Rect,
    month: f32,
}

impl Grid {
    fn x(&self, month: usize) -> f32 {
        self.origin.x + NAME + self.month * month as f32
    }

    fn row_y(&self, row: usize) -> f32 {
        // the city's row stays under the heading
        if row == 0 { self.view.top() + HEAD } else { self.origin.y + HEAD + ROW * row as f32 }
    }

    fn cell(&self, row: usize, month: usize) -> Rect {
        Rect::from_min_size(Pos2::new(self.x(month), self.row_y(row)), Vec2::new(self.month, ROW))
    }

    /// Where cells of a row may show.
    fn clip(&self, row: usize) -> Rect {
        let top = self.view.top() + if row == 0 { HEAD } else { HEAD + ROW };
        Rect::from_min_max(Pos2::new(self.view.left() + NAME, top), self.view.max)
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

/// Draws the matrix.
pub(super) fn show(ui: &mut Ui, of: &View<'_>) -> Option<Event> {
    let mut event = None;
    let width = ((ui.available_width() - NAME - SUM - 2.0) / MONTHS as f32).max(LEAST).floor();
    let size = Vec2::new(NAME + width * MONTHS as f32 + SUM, HEAD + ROW * of.rows.len() as f32);
    egui::ScrollArea::both().auto_shrink([false, false]).id_salt("matrix").show_viewport(ui, |ui, viewport| {
        ui.set_min_size(size);
        let origin = ui.max_rect().min;
        let mut view = viewport.translate(origin.to_vec2());
        view.max = view.max.min(origin + size);
        let grid = Grid { origin, view, month: width };
        event = body(ui, of, &grid);
        heading(ui, of, &grid);
        names(ui, of, &grid);
        if of.bring && of.row > 0 {
            let mut cell = grid.cell(of.row, of.month);
            cell.min -= Vec2::new(NAME, HEAD + ROW);
            ui.scroll_to_rect(cell, None);
        }
    });
    event
}

fn visible_rows(of: &View<'_>, grid: &Grid) -> std::ops::Range<usize> {
    let above = ((grid.view.top() - grid.origin.y) / ROW).floor().max(0.0) as usize;
    let count = (grid.view.height() / ROW).ceil() as usize + 1;
    above.max(1)..(above + count + 1).min(of.rows.len())
}

fn body(ui: &mut Ui, of: &View<'_>, grid: &Grid) -> Option<Event> {
    let palette = theme::of(ui);
    let mut event = None;
    ui.painter().rect_filled(grid.view, 0.0, palette.surface);
    let focus = of.take_focus;
    for r in visible_rows(of, grid).chain(0..1) {
        let Some(row) = of.rows.get(r) else { continue };
        let clip = grid.clip(r);
        if r == 0 {
            let ground = Rect::from_min_max(
                Pos2::new(grid.view.left(), grid.row_y(0)),
                Pos2::new(grid.view.right(), grid.row_y(0) + ROW),
            );
            ui.painter().rect_filled(ground, 0.0, palette.chrome);
        } else if of.marked == Some(r) {
            let ground =
                Rect::from_min_size(Pos2::new(grid.view.left(), grid.row_y(r)), Vec2::new(grid.view.width(), ROW));
            ui.painter().with_clip_rect(clip.intersect(ui.clip_rect())).rect_filled(ground, 0.0, palette.stripe);
        }
        for (m, cell) in row.cells.iter().enumerate() {
            let rect = grid.cell(r, m);
            let seen = rect.intersect(clip);
            if seen.width() < 2.0 || seen.height() < 2.0 {
                continue;
            }
            let selected = (r, m) == (of.row, of.month);
            let editable = of.editable[m] && matches!(row.key, RowKey::Body(_));
            let mut sense = Sense::CLICK;
            if editable {
                sense |= Sense::DRAG;
            }
            if selected {
                sense |= Sense::FOCUSABLE;
            }
            let response = ui.interact(seen, cell_id(ui, row.key, m), sense);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, &cell.name));
            if selected && focus {
                response.request_focus();
            }
            let heard = hear(ui, of, &response, (r, m), editable);
            event = event.or(heard);
            let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
            let shown = of.dragged.as_ref().filter(|d| (d.0, d.1) == (r, m)).map(|d| d.2.as_str());
            paint(&painter, palette, of, (r, m), rect, cell, shown, response.hovered(), r == 0);
            if selected {
                let width = if response.has_focus() { 2.0 } else { 1.5 };
                painter.rect_stroke(rect.shrink(1.0), 2.0, Stroke::new(width, palette.accent), StrokeKind::Inside);
            }
        }
        let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
        let sum = Pos2::new(grid.x(MONTHS) + SUM - 8.0, grid.row_y(r) + ROW / 2.0);
        painter.text(sum, Align2::RIGHT_CENTER, &row.year, theme::bold(theme::BODY), palette.text);
        let y = grid.row_y(r) + ROW;
        painter.hline(grid.view.x_range(), y - 0.5, Stroke::new(1.0, palette.line));
    }
    if of.motion && ui.input(|i| i.time) - of.model.changed_at < f64::from(theme::MOTION) {
        ui.ctx().request_repaint();
    }
    event
}

/// What mouse and keyboard say on a cell.
fn hear(ui: &Ui, of: &View<'_>, response: &egui::Response, at: (usize, usize), editable: bool) -> Option<Event> {
    if response.drag_started() {
        return Some(Event::DragStart(at.0, at.1));
    }
    if response.dragged() {
        return Some(Event::Drag(response.total_drag_delta().unwrap_or_default().y));
    }
    if response.drag_stopped() {
        return Some(Event::DragEnd);
    }
    if response.double_clicked() {
        return Some(Event::Edit(at.0, at.1));
    }
    let focused = response.has_focus() && at == (of.row, of.month);
    if focused {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        if let Some(event) = keys(ui, of, at) {
            return Some(event);
        }
    }
    let by_mouse = response.clicked_by(egui::PointerButton::Primary);
    if by_mouse && !(focused && ui.input(|i| i.key_pressed(Key::Enter))) {
        return Some(Event::Select(at.0, at.1));
    }
    if editable && response.hovered() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::ResizeVertical);
    }
    None
}

fn keys(ui: &Ui, of: &View<'_>, (row, month): (usize, usize)) -> Option<Event> {
    let pressed = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    if pressed(Key::Enter) || pressed(Key::F2) {
        return Some(Event::Edit(row, month));
    }
    let (last_row, last_month) = (of.rows.len().saturating_sub(1), MONTHS - 1);
    let to = [
        (Key::ArrowLeft, (row, month.saturating_sub(1))),
        (Key::ArrowRight, (row, (month + 1).min(last_month))),
        (Key::ArrowUp, (row.saturating_sub(1), month)),
        (Key::ArrowDown, ((row + 1).min(last_row), month)),
        (Key::Home, (row, 0)),
        (Key::End, (row, last_month)),
        (Key::PageUp, (row.saturating_sub(8), month)),
        (Key::PageDown, ((row + 8).min(last_row), month)),
    ];
    to.into_iter().find(|(key, _)| pressed(*key)).map(|(_, (row, month))| Event::Select(row, month))
}

#[allow(clippy::too_many_arguments, reason = "what a cell looks like has that many sides")]
fn paint(
    painter: &egui::Painter,
    palette: &Palette,
    of: &View<'_>,
    at: (usize, usize),
    rect: Rect,
    cell: &Cell,
    dragged: Option<&str>,
    hovered: bool,
    bold: bool,
) {
    let inner = rect.shrink2(Vec2::new(0.5, 0.5));
    if cell.over {
        painter.rect_filled(inner, 0.0, palette.amber_wash);
    } else if at.1 == of.month {
        painter.rect_filled(inner, 0.0, palette.wash);
    } else if cell.past {
        painter.rect_filled(inner, 0.0, palette.stripe);
    }
    if hovered {
        painter.rect_stroke(inner, 0.0, Stroke::new(1.0, palette.accent), StrokeKind::Inside);
    }
    if of.motion && of.model.changed.contains(&at) && matches!(of.rows[at.0].key, RowKey::Body(_) | RowKey::City) {
        let age = painter.ctx().input(|i| i.time) - of.model.changed_at;
        let left = 1.0 - (age / f64::from(theme::MOTION)) as f32;
        if left > 0.0 {
            painter.rect_filled(inner, 0.0, palette.accent.gamma_multiply(0.35 * left));
        }
    }
    let ink = if dragged.is_some() {
        palette.accent
    } else if cell.past {
        palette.muted
    } else if cell.over {
        palette.amber
    } else {
        palette.text
    };
    let font = if bold || dragged.is_some() { theme::bold(theme::BODY) } else { theme::regular(theme::BODY) };
    let text = dragged.unwrap_or(&cell.text);
    let right = Pos2::new(rect.right() - 6.0, rect.top() + 13.0);
    painter.text(right, Align2::RIGHT_CENTER, text, font, ink);
    if cell.locked && at.0 > 0 {
        lock(painter, Pos2::new(rect.left() + 8.0, rect.top() + 13.0), palette.accent);
    }
    if let Some(load) = cell.load {
        let track = Rect::from_min_max(
            Pos2::new(rect.left() + 5.0, rect.bottom() - 7.0),
            Pos2::new(rect.right() - 5.0, rect.bottom() - 4.0),
        );
        painter.rect_filled(track, 1.0, palette.line);
        let mut full = track;
        full.set_width(track.width() * load.clamp(0.0, 1.0));
        painter.rect_filled(full, 1.0, if cell.over { palette.red } else { palette.accent });
    }
}

/// A small padlock.
pub(super) fn lock(painter: &egui::Painter, at: Pos2, ink: Color32) {
    let body = Rect::from_center_size(at + Vec2::new(0.0, 2.0), Vec2::new(8.0, 6.0));
    painter.rect_filled(body, 1.0, ink);
    let bow = Rect::from_min_max(Pos2::new(at.x - 2.5, at.y - 4.5), Pos2::new(at.x + 2.5, at.y + 1.0));
    painter.rect_stroke(bow, 2.0, Stroke::new(1.3, ink), StrokeKind::Inside);
}

fn heading(ui: &mut Ui, of: &View<'_>, grid: &Grid) {
    let palette = theme::of(ui);
    let rect = Rect::from_min_size(grid.view.min, Vec2::new(grid.view.width(), HEAD));
    let whole = ui.painter();
    whole.rect_filled(rect, 0.0, palette.chrome);
    let clip = Rect::from_min_max(Pos2::new(grid.view.left() + NAME, rect.top()), rect.max);
    let painter = whole.with_clip_rect(clip.intersect(ui.clip_rect()));
    for m in 0..MONTHS {
        let x = grid.x(m);
        let column = Rect::from_min_size(Pos2::new(x, rect.top()), Vec2::new(grid.month, HEAD));
        let ink = if m == of.month { palette.accent } else { palette.text };
        if m == of.month {
            painter.rect_filled(column, 0.0, palette.wash);
        }
        let right = column.right() - 6.0;
        painter.text(
            Pos2::new(right, rect.top() + 12.0),
            Align2::RIGHT_CENTER,
            t::month(m + 1),
            theme::bold(theme::BODY),
            ink,
        );
        let days = of.model.days.get(m).map_or("", String::as_str);
        painter.text(
            Pos2::new(right, rect.top() + 28.0),
            Align2::RIGHT_CENTER,
            days,
            theme::regular(theme::SMALL),
            palette.muted,
        );
    }
    let right = grid.x(MONTHS) + SUM - 8.0;
    painter.text(
        Pos2::new(right, rect.top() + 12.0),
        Align2::RIGHT_CENTER,
        t::YEAR,
        theme::bold(theme::BODY),
        palette.text,
    );
    whole.hline(grid.view.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
}

fn names(ui: &mut Ui, of: &View<'_>, grid: &Grid) {
    let palette = theme::of(ui);
    let column = |top: f32| {
        Rect::from_min_max(Pos2::new(grid.view.left(), top), Pos2::new(grid.view.left() + NAME, grid.view.bottom()))
    };
    ui.painter().rect_filled(column(grid.view.top() + HEAD + ROW), 0.0, palette.surface);
    for r in visible_rows(of, grid).chain(0..1) {
        let Some(row) = of.rows.get(r) else { continue };
        let top = grid.clip(r).top();
        let painter = ui.painter().with_clip_rect(column(top).intersect(ui.clip_rect()));
        let rect = Rect::from_min_size(Pos2::new(grid.view.left(), grid.row_y(r)), Vec2::new(NAME, ROW));
        let selected = r == of.row;
        let ground = if r == 0 {
            palette.chrome
        } else if selected {
            palette.wash
        } else if of.marked == Some(r) {
            palette.stripe
        } else {
            palette.surface
        };
        painter.rect_filled(rect, 0.0, ground);
        if of.marked == Some(r) {
            painter.rect_filled(Rect::from_min_size(rect.min, Vec2::new(3.0, ROW)), 0.0, palette.accent);
        }
        let font = if r == 0 || selected { theme::bold(theme::BODY) } else { theme::regular(theme::BODY) };
        let galley = painter.layout_no_wrap(row.name.clone(), font, palette.text);
        let y = rect.center().y - galley.size().y / 2.0;
        painter.with_clip_rect(painter.clip_rect().intersect(rect.shrink2(Vec2::new(6.0, 0.0)))).galley(
            Pos2::new(rect.left() + 8.0, y),
            galley,
            palette.text,
        );
        painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
    }
    let x = grid.view.left() + NAME - 0.5;
    ui.painter().vline(x, grid.view.y_range(), Stroke::new(1.0, palette.line));
    let corner = Pos2::new(grid.view.left() + 8.0, grid.view.top() + 28.0);
    ui.painter().text(corner, Align2::LEFT_CENTER, t::WORKING_DAYS, theme::regular(theme::SMALL), palette.muted);
}

#[cfg(test)]
mod tests;
