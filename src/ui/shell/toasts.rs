//! Short messages over the window, with a button where they speak of a folder or of findings.

use egui::{Align2, Context, Stroke};

use crate::diagnostic::Severity;
use crate::ui::app::Workstation;
use crate::ui::text::common as t;
use crate::ui::text::shell as s;
use crate::ui::theme::{self, HALF};
use crate::workspace::session::Toast;

/// Seconds that a toast stays; bad news stay longer.
const TOAST_SECONDS: f64 = 6.0;
const BAD_NEWS_SECONDS: f64 = 15.0;
/// Seconds after its last move in which a pointer is taken for one that is about to click.
const HAND_SECONDS: f32 = 3.0;

/// Name of the messages' layer.
fn layer() -> egui::Id {
    egui::Id::unique("toasts")
}

/// Draws the messages; those that have stood long enough go, but none while a pointer moves among them: what stands below
/// it would move away, or another's button under a click on its way.
pub(super) fn show(app: &mut Workstation, ctx: &Context) {
    let now = ctx.input(|i| i.time);
    // what has a button stays until a hand has got there
    let life = |toast: &Toast| match (toast.severity, &toast.folder) {
        // a file has to be closed first, in another program
        _ if toast.can_retry => f64::INFINITY,
        (Severity::Hint, None) => TOAST_SECONDS,
        _ => BAD_NEWS_SECONDS,
    };
    let at = ctx.input(|i| i.pointer.latest_pos().filter(|_| i.pointer.time_since_last_movement() < HAND_SECONDS));
    let held = at.is_some_and(|at| ctx.memory(|m| m.area_rect(layer())).is_some_and(|rect| rect.contains(at)));
    let passed = |toast: &&Toast| !held && now - toast.at > life(toast);
    let old: Vec<u64> = app.session.toasts().iter().filter(passed).map(|toast| toast.id).collect();
    for id in old {
        app.session.dismiss_toast(id);
    }
    if app.session.toasts().is_empty() {
        return;
    }
    ctx.request_repaint_after_secs(0.5);
    let (mut gone, mut again) = (None, None);
    let (mut details, mut reveal) = (false, None);
    egui::Area::new(layer()).anchor(Align2::CENTER_TOP, [0.0, 44.0]).order(egui::Order::Foreground).show(ctx, |ui| {
        for toast in app.session.toasts() {
            let palette = theme::of(ui);
            let ink = match toast.severity {
                Severity::Error => palette.red,
                Severity::Warning => palette.amber,
                Severity::Hint => palette.accent,
            };
            let frame = egui::Frame::new()
                .fill(palette.surface)
                .stroke(Stroke::new(1.0, ink))
                .corner_radius(theme::RADIUS)
                .inner_margin(egui::Margin::symmetric(12, 8));
            frame.show(ui, |ui| {
                ui.set_max_width(420.0);
                ui.horizontal_top(|ui| {
                    ui.vertical(|ui| {
                        ui.set_max_width(330.0);
                        ui.add(egui::Label::new(&toast.text).wrap());
                    });
                    match (&toast.folder, toast.severity) {
                        (Some(folder), Severity::Hint) => {
                            if ui.small_button(s::OPEN_FOLDER).clicked() {
                                reveal = Some(folder.clone());
                            }
                        }
                        (Some(folder), _) => {
                            if ui.small_button(s::COPY_PATH).clicked() {
                                ui.ctx().copy_text(folder.display().to_string());
                            }
                        }
                        (None, Severity::Hint) => {}
                        (None, _) => details |= ui.small_button(s::DETAILS).clicked(),
                    }
                    if toast.can_retry && ui.small_button(t::AGAIN).clicked() {
                        again = Some(toast.id);
                    }
                    if ui.small_button(t::CLOSE).clicked() {
                        gone = Some(toast.id);
                    }
                });
            });
            ui.add_space(HALF);
        }
    });
    if let Some(id) = gone {
        app.session.dismiss_toast(id);
    }
    if let Some(id) = again {
        app.session.try_again(id);
    }
    if details {
        app.dialogs.findings = true;
    }
    if let Some(folder) = reveal {
        app.reveal(folder);
    }
}
