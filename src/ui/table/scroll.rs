//! Wheel, finger and scroll bars. The vertical position counts rows in `f64`.

use egui::{Id, Pos2, Rect, Response, Sense, Ui, Vec2, WidgetInfo};

use super::{BAR, Geometry, TableState, text};
use crate::ui::theme;

/// Shortest handle, points.
const SHORTEST: f32 = 28.0;

/// How much slower what glides becomes, points a second in a second, and from which speed on it stands still.
const FRICTION: f32 = 1_500.0;
const STILL: f32 = 20.0;
/// Longest step of what glides, seconds: after a pause nothing leaps.
const LONGEST_STEP: f32 = 0.05;

/// Points that the columns can be moved by.
fn most_offset(geometry: &Geometry) -> f32 {
    (geometry.moving - (geometry.body.right() - geometry.split)).max(0.0)
}

/// Moves what the table shows by points, as far as it goes; how much of them was used.
fn slide(state: &mut TableState, geometry: &Geometry, count: usize, by: Vec2) -> [bool; 2] {
    let row = f64::from(geometry.row);
    let scroll = (state.scroll - f64::from(by.y) / row).clamp(0.0, geometry.most_scroll(count));
    let offset = (state.offset - by.x).clamp(0.0, most_offset(geometry));
    let used = [(offset - state.offset).abs() > f32::EPSILON, (scroll - state.scroll).abs() > f64::EPSILON];
    (state.scroll, state.offset) = (scroll, offset);
    used
}

/// What the rows as a whole listen to. Where there is a touch screen a finger moves them, unless all of them are in
/// sight: then it moves the page around them.
pub(super) fn sense(ui: &Ui, geometry: &Geometry, count: usize) -> Sense {
    let moves = geometry.most_scroll(count) > 0.0 || most_offset(geometry) > 0.5;
    if moves && ui.input(egui::InputState::has_touch_screen) { Sense::click() | Sense::DRAG } else { Sense::click() }
}

/// A finger on the rows moves them; they glide on when it lets go.
pub(super) fn finger(ui: &Ui, body: &Response, state: &mut TableState, geometry: &Geometry, count: usize) {
    if body.dragged() {
        state.glide = Vec2::ZERO;
        slide(state, geometry, count, ui.input(|i| i.pointer.delta()));
        return;
    }
    let moves = ui.style().animation_time > 0.0;
    if body.drag_stopped() && moves {
        state.glide = ui.input(|i| i.pointer.velocity());
    } else if ui.input(|i| i.pointer.any_pressed()) {
        state.glide = Vec2::ZERO;
    }
    let speed = state.glide.length();
    if speed < STILL {
        state.glide = Vec2::ZERO;
        return;
    }
    let step = ui.input(|i| i.stable_dt).min(LONGEST_STEP);
    let [across, along] = slide(state, geometry, count, state.glide * step);
    // at its end it stands still
    let slower = (speed - FRICTION * step).max(0.0) / speed;
    let kept = |goes: bool, speed: f32| if goes { speed * slower } else { 0.0 };
    state.glide = Vec2::new(kept(across, state.glide.x), kept(along, state.glide.y));
    ui.ctx().request_repaint();
}

/// Wheel and touchpad over the table.
pub(super) fn wheel(ui: &mut Ui, rect: Rect, state: &mut TableState, geometry: &Geometry, count: usize) {
    if !ui.rect_contains_pointer(rect) {
        return;
    }
    let delta = ui.input(|i| i.smooth_scroll_delta);
    if delta == Vec2::ZERO {
        return;
    }
    // what the table can't use is left to whatever scrolls around it
    let [across, along] = slide(state, geometry, count, delta);
    if along {
        ui.input_mut(|i| i.smooth_scroll_delta.y = 0.0);
    }
    if across {
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
