//! How the matrix looks: cells, heading, names.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Stroke, StrokeKind, Ui, Vec2};

use super::super::model::{Cell, RowKey, Tone};
use super::super::selection::At;
use super::{GAP, Grid, ROW, View, visible_rows};
use crate::plan::model::MONTHS;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, Palette};

/// The colour of a small figure.
pub(in super::super) fn tone(palette: &Palette, tone: Tone) -> Color32 {
    match tone {
        Tone::Drawn => palette.accent,
        Tone::Mandatory => palette.pick,
        Tone::Done => palette.green,
        Tone::Plan => palette.muted,
    }
}

/// A figure with the small ones below it, from the right.
pub(super) fn figures(
    painter: &Painter,
    palette: &Palette,
    rect: Rect,
    text: &str,
    small: &[(Tone, String)],
    font: FontId,
    ink: Color32,
) {
    let right = rect.right() - 6.0;
    let low = ROW - rect.height();
    let middle = if small.is_empty() { 16.0 - low / 3.0 } else { 12.0 - low / 3.0 };
    painter.text(Pos2::new(right, rect.top() + middle), Align2::RIGHT_CENTER, text, font, ink);
    let mut x = right;
    for (which, text) in small.iter().rev() {
        let at = Pos2::new(x, rect.top() + 26.0 - low * 0.75);
        let drawn = painter.text(at, Align2::RIGHT_CENTER, text, theme::regular(theme::SMALL), tone(palette, *which));
        x = drawn.left() - GAP;
    }
}

#[allow(clippy::too_many_arguments, reason = "what a cell looks like has that many sides")]
pub(super) fn paint(
    painter: &Painter,
    palette: &Palette,
    of: &View<'_>,
    at: At,
    rect: Rect,
    cell: &Cell,
    dragged: Option<&str>,
    hovered: bool,
) {
    let inner = rect.shrink2(Vec2::new(0.5, 0.5));
    if cell.over {
        painter.rect_filled(inner, 0.0, palette.amber_wash);
    } else if cell.past {
        painter.rect_filled(inner, 0.0, palette.stripe);
    }
    if of.selection.contains(at) && !of.selection.is_single() {
        painter.rect_filled(inner, 0.0, palette.accent.gamma_multiply(0.20));
    } else if at.1 == of.month && !cell.over {
        painter.rect_filled(inner, 0.0, palette.wash);
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
    } else if cell.over {
        palette.amber
    } else {
        palette.text
    };
    let strong = at.0 == 0 || dragged.is_some();
    let font = if strong { theme::bold(theme::BODY) } else { theme::regular(theme::BODY) };
    figures(painter, palette, rect, dragged.unwrap_or(&cell.text), &cell.small, font, ink);
    if cell.locked && at.0 > 0 {
        lock(painter, Pos2::new(rect.left() + 8.0, rect.top() + 11.0), palette.accent);
    }
    if let Some(load) = cell.load {
        let track = Rect::from_min_max(
            Pos2::new(rect.left() + 5.0, rect.bottom() - 6.0 + (ROW - rect.height()) / 4.0),
            Pos2::new(rect.right() - 5.0, rect.bottom() - 3.0 + (ROW - rect.height()) / 4.0),
        );
        painter.rect_filled(track, 1.0, palette.track());
        let mut full = track;
        full.set_width(track.width() * load.clamp(0.0, 1.0));
        painter.rect_filled(full, 1.0, if cell.over { palette.red } else { palette.accent });
    }
}

/// A small padlock.
pub(in super::super) fn lock(painter: &Painter, at: Pos2, ink: Color32) {
    let body = Rect::from_center_size(at + Vec2::new(0.0, 2.0), Vec2::new(8.0, 6.0));
    painter.rect_filled(body, 1.0, ink);
    let bow = Rect::from_min_max(Pos2::new(at.x - 2.5, at.y - 4.5), Pos2::new(at.x + 2.5, at.y + 1.0));
    painter.rect_stroke(bow, 2.0, Stroke::new(1.3, ink), StrokeKind::Inside);
}

pub(super) fn heading(ui: &mut Ui, of: &View<'_>, grid: &Grid) {
    let palette = theme::of(ui);
    let rect = Rect::from_min_size(grid.view.min, Vec2::new(grid.view.width(), grid.line));
    let whole = ui.painter();
    whole.rect_filled(rect, 0.0, palette.chrome);
    let sums = grid.sums();
    let clip =
        Rect::from_min_max(Pos2::new(grid.view.left() + grid.name, rect.top()), Pos2::new(sums.left(), rect.bottom()));
    let painter = whole.with_clip_rect(clip.intersect(ui.clip_rect()));
    for m in 0..MONTHS {
        let x = grid.x(m);
        let column = Rect::from_min_size(Pos2::new(x, rect.top()), Vec2::new(grid.month, grid.line));
        let ink = if m == of.month { palette.accent } else { palette.text };
        if m == of.month {
            painter.rect_filled(column, 0.0, palette.wash);
        }
        let right = column.right() - 6.0;
        painter.text(
            Pos2::new(right, rect.top() + 12.0 - (ROW - grid.line) / 3.0),
            Align2::RIGHT_CENTER,
            t::month(m + 1),
            theme::bold(theme::BODY),
            ink,
        );
        let days = of.model.days.get(m).map_or("", String::as_str);
        painter.text(
            Pos2::new(right, rect.top() + grid.line - 12.0),
            Align2::RIGHT_CENTER,
            days,
            theme::regular(theme::SMALL),
            palette.muted,
        );
    }
    whole.text(
        Pos2::new(sums.right() - 6.0, rect.top() + 12.0 - (ROW - grid.line) / 3.0),
        Align2::RIGHT_CENTER,
        t::YEAR,
        theme::bold(theme::BODY),
        palette.text,
    );
    whole.vline(sums.left() + 0.5, rect.y_range(), Stroke::new(1.0, palette.line));
    whole.hline(grid.view.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
}

/// The year's sums at the right edge.
pub(super) fn sums(ui: &Ui, of: &View<'_>, grid: &Grid) {
    let palette = theme::of(ui);
    let column = grid.sums();
    for r in visible_rows(of, grid).chain(0..1) {
        let Some(row) = of.rows.get(r) else { continue };
        let clip = Rect::from_min_max(Pos2::new(column.left(), grid.clip(r).top()), column.max);
        let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
        let rect = Rect::from_min_size(Pos2::new(column.left(), grid.row_y(r)), Vec2::new(grid.year, grid.line));
        let ground = match r {
            0 => palette.chrome,
            _ if of.marked == Some(r) => palette.stripe,
            _ => palette.surface,
        };
        painter.rect_filled(rect, 0.0, ground);
        figures(&painter, palette, rect, &row.year, &row.year_small, theme::bold(theme::BODY), palette.text);
        painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
    }
    ui.painter().vline(column.left() + 0.5, column.y_range(), Stroke::new(1.0, palette.line));
}

pub(super) fn names(ui: &mut Ui, of: &View<'_>, grid: &Grid) {
    let palette = theme::of(ui);
    let cursor = of.selection.cursor().0;
    let column = |top: f32| {
        Rect::from_min_max(
            Pos2::new(grid.view.left(), top),
            Pos2::new(grid.view.left() + grid.name, grid.view.bottom()),
        )
    };
    ui.painter().rect_filled(column(grid.view.top() + grid.line * 2.0), 0.0, palette.surface);
    for r in visible_rows(of, grid).chain(0..1) {
        let Some(row) = of.rows.get(r) else { continue };
        let top = grid.clip(r).top();
        let painter = ui.painter().with_clip_rect(column(top).intersect(ui.clip_rect()));
        let rect = Rect::from_min_size(Pos2::new(grid.view.left(), grid.row_y(r)), Vec2::new(grid.name, grid.line));
        let selected = r == cursor;
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
            painter.rect_filled(Rect::from_min_size(rect.min, Vec2::new(3.0, grid.line)), 0.0, palette.accent);
        }
        let font = if r == 0 || selected { theme::bold(theme::BODY) } else { theme::regular(theme::BODY) };
        // a long name takes two lines: no name is cut
        let mut galley = painter.layout(row.name.clone(), font, palette.text, grid.name - 14.0);
        if galley.size().y > grid.line {
            galley = painter.layout(row.name.clone(), theme::regular(theme::SMALL), palette.text, grid.name - 12.0);
        }
        let y = rect.center().y - galley.size().y / 2.0;
        painter.galley(Pos2::new(rect.left() + 8.0, y), galley, palette.text);
        painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
    }
    let x = grid.view.left() + grid.name - 0.5;
    ui.painter().vline(x, grid.view.y_range(), Stroke::new(1.0, palette.line));
    let corner = Rect::from_min_size(grid.view.min, Vec2::new(grid.name, grid.line));
    ui.painter().rect_filled(corner, 0.0, palette.chrome);
    let at = Pos2::new(grid.view.left() + 8.0, grid.view.top() + grid.line - 12.0);
    ui.painter().text(at, Align2::LEFT_CENTER, t::WORKING_DAYS, theme::regular(theme::SMALL), palette.muted);
}
