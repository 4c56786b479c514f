//! One question before a deed that is for good.
//!
//! Invariants: the way back has the focus, so Enter and Esc give up; nothing that was pressed or clicked before the
//! question could be seen answers it (a second click on the button that brought it up, a click made while the machine
//! lagged): the deed's button is off until the question stood painted for [`SEEN_SECONDS`].

use egui::{Context, Key, Modifiers, Ui};

use super::text::common as t;
use super::theme::GRID;
use super::widgets;

/// How long a question stands before it can be answered with yes.
const SEEN_SECONDS: f64 = 0.6;

/// Asks; `None` while it is open, then whether the deed is meant. `id` is the question's own.
pub fn confirm(ctx: &Context, id: &str, title: &str, deed: &str, add: impl FnOnce(&mut Ui)) -> Option<bool> {
    let memory = egui::Id::unique(("confirm", id));
    let now = ctx.input(|i| i.time);
    let pass = ctx.cumulative_pass_nr();
    // a question that was not shown in the last pass is a new one
    let seen: Option<(u64, f64)> = ctx.data(|data| data.get_temp(memory));
    let shown_since = seen.filter(|(last, _)| pass.saturating_sub(*last) <= 2).map(|(_, since)| since);
    let since = shown_since.unwrap_or(now);
    ctx.data_mut(|data| data.insert_temp(memory, (pass, since)));
    let ready = shown_since.is_some() && now - since >= SEEN_SECONDS;
    if !ready {
        ctx.request_repaint_after_secs((SEEN_SECONDS - (now - since)) as f32);
    }
    let mut answer = None;
    let modal = widgets::modal(ctx, id).show(ctx, |ui| {
        ui.set_width(480.0);
        widgets::heading(ui, title);
        ui.add_space(GRID);
        widgets::within_window(ui, widgets::DIALOG_AROUND, add);
        ui.add_space(GRID * 1.5);
        widgets::buttons(ui, |ui| {
            if widgets::primary_if(ui, ready, deed, t::READ_FIRST).clicked() {
                answer = Some(true);
            }
            let back = ui.button(t::CANCEL);
            // a click beside the question takes the focus from everything: the way back gets it again
            if shown_since.is_none() || ctx.memory(|memory| memory.focused().is_none()) {
                back.request_focus();
            }
            if back.clicked() {
                answer = Some(false);
            }
        });
    });
    // a click beside it may be the second half of a double click: it neither answers nor gives up
    if answer.is_none() && modal.is_top_modal && ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Escape)) {
        answer = Some(false);
    }
    // what was pressed before it could be read is no answer
    let answer = answer.filter(|_| ready);
    if answer.is_some() {
        ctx.data_mut(|data| data.remove::<(u64, f64)>(memory));
    }
    answer
}
