//! The ceremony on the whole screen: nothing around it, everything as large as the screen is high.

use egui::{Key, Modifiers, Ui};

use crate::ui::app::Workstation;
use crate::ui::screens::ScreenId;
use crate::ui::theme;

/// How high the stage is in points, whatever the screen: what is on it grows with the screen instead.
const HEIGHT: f32 = 620.0;
/// Points that the stage needs at least across.
const WIDTH: f32 = 1_000.0;
/// What the system's scaling is taken back by at most: a laptop at 200 % has fewer points than the stage needs.
const LEAST_ZOOM: f32 = 0.5;

/// Draws it. Esc leaves, where no dialog takes it.
pub(super) fn show(app: &mut Workstation, ui: &mut Ui) {
    let ctx = ui.ctx().clone();
    let pixels = ctx.content_rect().size() * ctx.zoom_factor();
    let zoom = (pixels.y / HEIGHT).min(pixels.x / WIDTH).clamp(LEAST_ZOOM, 5.0);
    if (zoom - ctx.zoom_factor()).abs() > 0.01 {
        ctx.set_zoom_factor(zoom);
    }
    let palette = theme::of(ui);
    let frame = egui::Frame::new().fill(palette.ground).inner_margin(egui::Margin::symmetric(24, 14));
    egui::CentralPanel::default().frame(frame).show(ui, |ui| app.screen_ui(ui));
    let dialog = !ctx.memory(|memory| memory.is_above_modal_layer(egui::LayerId::background()));
    let busy = dialog || app.command_palette.is_open() || egui::Popup::is_any_open(&ctx) || ctx.text_edit_focused();
    if !busy && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        app.set_stage(&ctx, false);
    } else if app.screen != ScreenId::Draw {
        // a step has led to another screen
        app.set_stage(&ctx, false);
    }
}
