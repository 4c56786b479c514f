//! What helps whoever helps: the pack of diagnostics, listed before it is saved, and what is said after a run that ended
//! badly.

use std::sync::Arc;

use egui::{Context, Label, Ui};

use super::app::{Asked, Workstation};
use super::picker::{PickKind, PickRequest};
use super::slot::Slot;
use super::text::common;
use super::text::support as t;
use super::theme::{self, GRID};
use super::widgets;
use crate::diagnostic::ProgressState;
use crate::workspace::support::log;
use crate::workspace::support::pack::{Pack, Situation, count_codes, gather};

/// What would go to whoever helps.
#[derive(Default)]
pub(super) struct DiagnosticsDialog {
    pack: Slot<(), Pack>,
}

impl Workstation {
    /// Says what paints the window, for log and diagnostics.
    pub(super) fn set_graphics(&mut self, words: String) {
        log::graphics(&words);
        self.machine.graphics = words;
    }

    /// Gathers the pack and shows what would be in it.
    pub(super) fn show_diagnostics(&mut self, ctx: &Context) {
        let (folder, situation, at) = (self.session.paths().logs(), self.situation(ctx), self.session.now());
        let mut dialog = DiagnosticsDialog::default();
        dialog.pack.start(&self.session, (), t::GATHERING, move |_| Ok(gather(&folder, &situation, at)));
        self.dialogs.diagnostics = Some(dialog);
    }

    fn situation(&self, ctx: &Context) -> Situation {
        let screen = ctx.input(|i| i.viewport().monitor_size).map(Into::into);
        let size = ctx.content_rect().size().into();
        let mut program = t::window(&self.machine.graphics, size, screen, (ctx.pixels_per_point(), ctx.zoom_factor()));
        let open = self.session.project();
        program.push(t::project(
            open.map(|open| open.data.len()),
            open.is_some_and(|open| open.saved.is_read_only()),
            open.is_some_and(|open| open.saved.shared().is_some()),
        ));
        let codes = count_codes(self.session.findings().1);
        Situation { program, settings: self.session.preferences().told(), codes }
    }
}

/// The list of what would be in the pack, and the way to save it.
pub(super) fn diagnostics_dialog(app: &mut Workstation, ctx: &Context) {
    let Some(dialog) = &mut app.dialogs.diagnostics else { return };
    dialog.pack.poll();
    let pack = dialog.pack.current().cloned();
    let (mut save, mut close) = (false, false);
    let modal = widgets::modal(ctx, "diagnostics").show(ctx, |ui| {
        ui.set_width(560.0);
        widgets::heading(ui, t::TITLE);
        ui.add_space(GRID);
        widgets::within_window(ui, widgets::DIALOG_AROUND, |ui| {
            ui.add(Label::new(t::WHY).wrap());
            ui.add_space(GRID);
            match (&pack, dialog.pack.error()) {
                (Some(pack), _) => list_ui(ui, pack),
                (None, Some(error)) => {
                    let ink = theme::of(ui).red;
                    ui.label(theme::strong(t::FAILED));
                    ui.add(Label::new(widgets::message(ui, error, ink)).wrap());
                }
                (None, None) => widgets::loading(ui, t::GATHERING, &ProgressState::default()),
            }
        });
        ui.add_space(GRID * 1.5);
        widgets::buttons(ui, |ui| {
            save = widgets::primary_if(ui, pack.is_some(), t::SAVE, t::GATHERING).clicked();
            close = ui.button(common::CANCEL).clicked();
        });
    });
    if let Some(pack) = pack.filter(|_| save) {
        let name = pack.file_name();
        let request = PickRequest::new(PickKind::SaveFile(name), t::SAVING).filter(t::ZIP, &["zip"]);
        app.ask(Asked::Diagnostics(pack), request);
    }
    if save || close || modal.should_close() {
        app.dialogs.diagnostics = None;
    }
}

fn list_ui(ui: &mut Ui, pack: &Arc<Pack>) {
    egui::Grid::new(t::LIST).num_columns(3).striped(true).spacing([24.0, 6.0]).show(ui, |ui| {
        for part in &pack.parts {
            ui.label(part.name.strip_suffix(".txt").unwrap_or(&part.name));
            ui.label(theme::note(ui, part.what));
            ui.label(theme::note(ui, t::size(part.bytes.len())));
            ui.end_row();
        }
    });
}

/// Said once after a run that did not end as it should.
pub(super) fn ended_dialog(app: &mut Workstation, ctx: &Context) {
    let Some(ended) = app.dialogs.ended.clone() else { return };
    let (mut export, mut close) = (false, false);
    let modal = widgets::modal(ctx, "ended").show(ctx, |ui| {
        ui.set_width(440.0);
        widgets::heading(ui, t::ENDED);
        ui.add_space(GRID);
        ui.add(Label::new(t::ended(&ended)).wrap());
        ui.add_space(GRID);
        ui.label(theme::note(ui, t::begun(&ended)));
        ui.add_space(GRID * 1.5);
        widgets::buttons(ui, |ui| {
            close = widgets::primary(ui, common::CLOSE).clicked();
            export = ui.button(t::OPEN).clicked();
        });
    });
    if export || close || modal.should_close() {
        app.dialogs.ended = None;
    }
    if export {
        app.show_diagnostics(ctx);
    }
}
