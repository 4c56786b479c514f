//! Dialogs of the shell: the operator's name, a draft that can't be kept, help.

use egui::Context;

use crate::ui::action::Action;
use crate::ui::app::Workstation;
use crate::ui::confirm::confirm;
use crate::ui::help::explain;
use crate::ui::text::common as t;
use crate::ui::text::shell as s;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::accept::Acceptance;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::session::ViewCommand;

/// Who works here; the command that waits for the name is sent once it is known.
pub(super) fn operator_dialog(app: &mut Workstation, ctx: &Context) {
    let Some((mut name, waiting)) = app.dialogs.operator.take() else { return };
    let enter = ctx.input(|i| i.key_pressed(egui::Key::Enter));
    let ready = !name.trim().is_empty();
    let answer =
        widgets::dialog(ctx, "operator", t::OPERATOR_TITLE, t::CONFIRM, Gate::of(&[(t::OPERATOR, ready)]), |ui| {
            ui.label(theme::note(ui, t::OPERATOR_WHY));
            ui.add_space(GRID);
            let field = widgets::field(ui, t::OPERATOR, 240.0, &mut name, "");
            if ui.memory(|m| m.focused().is_none()) {
                field.request_focus();
            }
        });
    // Enter on 取消 has answered already
    let answer = answer.or((enter && ready).then_some(true));
    match answer {
        None => app.dialogs.operator = Some((name, waiting)),
        Some(true) => {
            app.session.apply(ViewCommand::SetOperator(name));
            if let Some(command) = waiting {
                app.send(command);
            }
        }
        Some(false) => {}
    }
}

/// Files of the project were changed by another hand: two people answer for them, or nothing goes on.
pub(super) fn changed_dialog(app: &mut Workstation, ctx: &Context) {
    let Some(found) = app.session.changed_outside().cloned() else { return };
    let operator = app.session.preferences().operator.trim().to_owned();
    let (second, reason) = &mut app.dialogs.accepting;
    let is_other = !second.trim().is_empty() && second.trim() != operator;
    let gate = Gate::of(&[(s::CHANGED_SECOND, is_other), (s::CHANGED_REASON, !reason.trim().is_empty())]);
    let answer = widgets::dialog(ctx, "changed", s::CHANGED_TITLE, s::CHANGED_ACCEPT, gate, |ui| {
        ui.add(egui::Label::new(s::CHANGED_WHY).wrap());
        ui.add_space(GRID);
        for file in found.value.as_deref().unwrap_or_default().split('、') {
            ui.add(egui::Label::new(theme::note(ui, file)).selectable(true).wrap());
        }
        ui.add_space(GRID);
        ui.label(s::changed_by(&operator));
        widgets::field(ui, s::CHANGED_SECOND, 240.0, second, "");
        widgets::field(ui, s::CHANGED_REASON, 420.0, reason, "");
    });
    if let Some(accepted) = answer {
        let (second, reason) = std::mem::take(&mut app.dialogs.accepting);
        app.session.leave_changed();
        if accepted {
            app.send(Deed::AcceptChanges(Acceptance { second, reason }));
        }
    }
}

/// The window was to be closed, but the draft can't be written.
pub(super) fn losing_dialog(app: &mut Workstation, ctx: &Context) {
    let Some(why) = app.dialogs.losing.take() else { return };
    let (mut stay, mut lose) = (false, false);
    let modal = widgets::modal(ctx, "losing").show(ctx, |ui| {
        ui.set_width(440.0);
        widgets::heading(ui, s::LOSING_TITLE);
        ui.add_space(GRID);
        widgets::within_window(ui, widgets::DIALOG_AROUND, |ui| {
            ui.add(egui::Label::new(s::LOSING).wrap());
            ui.add_space(GRID);
            let ink = theme::of(ui).red;
            ui.add(egui::Label::new(widgets::message(ui, &why, ink)).selectable(true).wrap());
        });
        ui.add_space(GRID * 1.5);
        widgets::buttons(ui, |ui| {
            stay = widgets::primary(ui, s::STAY).clicked();
            lose = ui.button(s::LOSE).clicked();
        });
    });
    if lose {
        app.leaving = true;
        ctx.send_viewport_cmd(egui::ViewportCommand::Close);
    } else if !stay && !modal.should_close() {
        app.dialogs.losing = Some(why);
    }
}

/// A file with units' names is to be written while the veil is on.
pub(super) fn unveiled_dialog(app: &mut Workstation, ctx: &Context) {
    let Some(command) = app.dialogs.unveiled.take() else { return };
    let answer = confirm(ctx, "unveiled", s::VEIL_EXPORT, s::VEIL_EXPORT_ANYWAY, |ui| {
        ui.add(egui::Label::new(s::VEIL_EXPORT_WHY).wrap());
    });
    match answer {
        None => app.dialogs.unveiled = Some(command),
        Some(true) => app.send_unveiled(command),
        Some(false) => {}
    }
}

/// Shortcuts and how to begin.
pub(super) fn help(app: &mut Workstation, ctx: &Context) {
    if !app.dialogs.help {
        return;
    }
    let modal = widgets::modal(ctx, "help").show(ctx, |ui| {
        ui.set_width(560.0);
        widgets::heading(ui, Action::Help.label());
        ui.add_space(GRID);
        widgets::within_window(ui, widgets::DIALOG_AROUND, |ui| {
            for line in [s::HELP_1, s::HELP_2, s::HELP_3, s::HELP_4] {
                ui.add(egui::Label::new(line).wrap());
            }
            ui.add_space(GRID);
            egui::Grid::new("keys").num_columns(4).spacing([24.0, 6.0]).show(ui, |ui| {
                let with_keys: Vec<Action> = Action::all().into_iter().filter(|a| a.shortcut().is_some()).collect();
                for pair in with_keys.chunks(2) {
                    for action in pair {
                        ui.label(theme::strong(action.shortcut_text()));
                        ui.label(action.label());
                    }
                    ui.end_row();
                }
            });
        });
        ui.add_space(GRID);
        if widgets::primary(ui, t::CLOSE).clicked() {
            ui.close();
        }
    });
    if modal.should_close() {
        app.dialogs.help = false;
    }
}

/// A term that the palette was asked for.
pub(super) fn term(app: &mut Workstation, ctx: &Context) {
    let Some(term) = app.dialogs.term else { return };
    let modal = widgets::modal(ctx, "term").show(ctx, |ui| {
        ui.set_width(440.0);
        widgets::within_window(ui, widgets::DIALOG_AROUND, |ui| explain(ui, term));
        ui.add_space(GRID);
        if widgets::primary(ui, t::CLOSE).clicked() {
            ui.close();
        }
    });
    if modal.should_close() {
        app.dialogs.term = None;
    }
}

/// Templates of documents.
pub(super) fn templates(app: &mut Workstation, ctx: &Context) {
    let Some(dialog) = &mut app.dialogs.templates else { return };
    if dialog.show(ctx, &mut app.session) {
        app.dialogs.templates = None;
        app.screens.briefing.forget();
    }
}
