//! Wheel and scroll bars. The vertical position counts rows in `f64`.

use egui::{Id, Pos2, Rect, Sense, Ui, Vec2, WidgetInfo};

use super::{BAR, Geometry, TableState, text};
use crate::ui::theme;

/// Shortest handle, points.
const SHORTEST: f32 = 28.0;

/// Wheel and touchpad over the table.
pub(super) fn wheel(ui: &mut Ui, rect: Rect, state: &mut TableState, geometry: &Geometry, count: usize) {
    if !ui.rect_contains_pointer(rect) {
        return;
    }
    let delta = ui.input(|i| i.smooth_scroll_delta);
    if delta == Vec2::ZERO {
        return;
    }
    let most = geometry.most_scroll(count);
    let scroll = (state.scroll - f64::from(delta.y) / f64::from(geometry.row)).clamp(0.0, most);
    let most_offset = (geometry.moving - (geometry.body.right() - geometry.split)).max(0.0);
    let offset = (state.offset - delta.x).clamp(0.0, most_offset);
    // what the table can't use is left to whatever scrolls around it
    if (scroll - state.scroll).abs() > f64::EPSILON {
        state.scroll = scroll;
        ui.input_mut(|i| i.smooth_scroll_delta.y = 0.0);
    }
    if (offset - state.offset).abs() > f32::EPSILON {
        state.offset = offset;
        ui.input_mut(|i| i.smooth_scroll_delta.x = 0.0);
    }
}

/// One bar: shows where the share `fit` of the whole stands at `at` (0 to 1), returns where it was put.
fn bar(ui: &mut Ui, id: Id, track: Rect, upright: bool, fit: f32, at: f64, grab: &mut f32, name: &str) -> Option<f64> {
    let along = |v: Vec2| if upright { v.y } else { v.x };
    let length = along(track.size());
    let handle = (length * fit).clamp(SHORTEST.min(length), length);
    let free = (length - handle).max(1.0);
    let start = at as f32 * free;
    let response = ui.interact(track, id, Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::ScrollBar, true, name));
    ui.ctx().accesskit_node_builder(id, |node| {
        node.set_numeric_value(at * 100.0);
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(100.0);
    });
    let mut to = None;
    if response.is_pointer_button_down_on()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let pointer = along(pointer - track.min);
        if ui.input(|i| i.pointer.primary_pressed()) {
            // beside the handle: bring it there
            *grab = if (start..=start + handle).contains(&pointer) { pointer - start } else { handle / 2.0 };
        }
        to = Some(f64::from((pointer - *grab) / free).clamp(0.0, 1.0));
    }
    let palette = theme::of(ui);
    let start = to.unwrap_or(at) as f32 * free;
    let across = 3.0;
    let size = if upright {
        Vec2::new(track.width() - 2.0 * across, handle)
    } else {
        Vec2::new(handle, track.height() - 2.0 * across)
    };
    let min = if upright {
        Pos2::new(track.left() + across, track.top() + start)
    } else {
        Pos2::new(track.left() + start, track.top() + across)
    };
    let colour =
        if response.hovered() || response.is_pointer_button_down_on() { palette.muted } else { palette.border };
    let painter = ui.painter();
    painter.rect_filled(track, 0.0, palette.ground);
    painter.rect_filled(Rect::from_min_size(min, size), 3.0, colour.gamma_multiply(0.75));
    to
}

/// Both bars, where they are needed.
pub(super) fn bars_ui(ui: &mut Ui, id: Id, rect: Rect, state: &mut TableState, geometry: &Geometry, count: usize) {
    let most = geometry.most_scroll(count);
    if most > 0.0 {
        let track = Rect::from_min_max(
            Pos2::new(rect.right() - BAR, geometry.header.bottom()),
            Pos2::new(rect.right(), geometry.body.bottom()),
        );
        let fit = (geometry.fit / count as f64) as f32;
        let at = state.scroll / most;
        if let Some(to) = bar(ui, id.with("vertical"), track, true, fit, at, &mut state.grab, text::VERTICAL_BAR) {
            state.scroll = to * most;
        }
    }
    let sight = geometry.body.right() - geometry.split;
    let most = geometry.moving - sight;
    if most > 0.5 {
        let track = Rect::from_min_max(
            Pos2::new(geometry.split, geometry.body.bottom()),
            Pos2::new(geometry.body.right(), rect.bottom()),
        );
        let at = f64::from(state.offset / most);
        let fit = sight / geometry.moving;
        if let Some(to) = bar(ui, id.with("horizontal"), track, false, fit, at, &mut state.grab, text::HORIZONTAL_BAR) {
            state.offset = to as f32 * most;
        }
    }
}
