//! A shared project gets a copy here: where it lives, the empty folder, then it is opened.

use std::path::PathBuf;

use egui::{Label, Ui};

use super::place::PlaceForm;
use super::{take_place, waiting_ui};
use crate::ui::app::Workstation;
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::slot::Slot;
use crate::ui::text::sharing as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::share::{join_project, told_joined};
use crate::workspace::session::ViewCommand;

/// State of the page.
#[derive(Default)]
pub(super) struct Join {
    folder: Option<PathBuf>,
    picking: Option<Picking>,
    /// The copy being made: its name and the lines of its log.
    joining: Slot<PathBuf, (String, usize)>,
}

impl Join {
    /// Takes answers in; true once the copy is there, and opened.
    pub(super) fn poll(&mut self, app: &mut Workstation, failed: &mut Option<String>) -> bool {
        if let Some(paths) = self.picking.as_ref().and_then(Picking::poll) {
            self.picking = None;
            self.folder = paths.into_iter().next().or_else(|| self.folder.take());
        }
        match self.joining.take() {
            Some((folder, Ok((name, lines)))) => {
                app.session.say(told_joined(&name, lines));
                app.send(ViewCommand::OpenProject(folder));
                true
            }
            Some((_, Err(error))) => {
                *failed = Some(error);
                false
            }
            None => false,
        }
    }

    /// Draws the page.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        app: &mut Workstation,
        place: &mut PlaceForm,
        failed: &mut Option<String>,
    ) {
        ui.add(Label::new(theme::note(ui, t::JOIN_WHY)).wrap());
        ui.add_space(GRID);
        place.ui(ui);
        ui.add_space(GRID);
        ui.horizontal_wrapped(|ui| {
            ui.label(t::FOLDER);
            let folder = self.folder.as_ref().map(|folder| folder.display().to_string());
            match &folder {
                Some(folder) => ui.add(Label::new(folder).selectable(true).wrap()),
                None => ui.label(theme::note(ui, t::NO_FOLDER)),
            };
            if ui.button(t::CHOOSE_FOLDER).clicked() {
                let request = PickRequest::new(PickKind::TargetFolder, t::FOLDER).door(Door::Project);
                self.picking = Some(app.pick(request));
            }
        });
        ui.add_space(GRID);
        if self.joining.running().is_some() {
            if waiting_ui(ui, t::JOINING) {
                self.joining.cancel();
            }
            return;
        }
        let lacking = Gate::of(&[(t::FOLDER, self.folder.is_some())]);
        let gate = place.gate().and(lacking.is_open());
        let why_not = if gate.said().is_empty() { lacking.said() } else { gate.said() };
        if widgets::primary_if(ui, gate.is_open(), t::JOIN, why_not).clicked()
            && let Some(folder) = self.folder.clone()
            && let Some(place) = take_place(app, ui.ctx(), place, failed)
        {
            let operator = app.session.preferences().operator.trim().to_owned();
            let to = folder.clone();
            self.joining.start(&app.session, folder, t::JOINING, move |progress| {
                let (project, lines) = join_project(&to, place, &operator, progress)?;
                Ok((project.file.name.clone(), lines))
            });
        }
    }
}
