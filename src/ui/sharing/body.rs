//! A body's desk, without a project: the form of its checks, what it reports, what became of that.

use std::path::PathBuf;

use egui::{Label, Ui};

use super::place::PlaceForm;
use super::{take_place, waiting_ui};
use crate::diagnostic::{AppResult, Progress};
use crate::ui::app::Workstation;
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::slot::Slot;
use crate::ui::text::{sharing as t, shell};
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::deeds::bodies::{
    Answer, load_answers, report_results, told_form, told_reported, write_body_form,
};
use crate::workspace::store::shared::SharedPlace;

/// Height from which the list of answers scrolls, points.
const LIST: f32 = 260.0;

/// What a path is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Form,
    Report,
}

/// What the server was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Form,
    Report,
    Answers,
}

/// What came of it.
enum Came {
    /// Words, and what is to be said of the file.
    Said(String, Vec<String>),
    Answers(Vec<Answer>),
}

/// State of the page.
#[derive(Default)]
pub(super) struct Body {
    picking: Option<(Wanted, SharedPlace, Picking)>,
    asking: Slot<Asked, Came>,
    said: Option<(String, Vec<String>)>,
    answers: Option<Vec<Answer>>,
}

impl Body {
    /// Takes answers in.
    pub(super) fn poll(&mut self, app: &mut Workstation, failed: &mut Option<String>) {
        if let Some(paths) = self.picking.as_ref().and_then(|(.., picking)| picking.poll())
            && let Some((wanted, place, _)) = self.picking.take()
            && let Some(path) = paths.into_iter().next()
        {
            self.begin(app, wanted, place, path);
        }
        match self.asking.take() {
            Some((_, Ok(Came::Said(said, notes)))) => (self.said, self.answers) = (Some((said, notes)), None),
            Some((_, Ok(Came::Answers(answers)))) => (self.said, self.answers) = (None, Some(answers)),
            Some((_, Err(error))) => *failed = Some(error),
            None => {}
        }
    }

    fn begin(&mut self, app: &Workstation, wanted: Wanted, place: SharedPlace, path: PathBuf) {
        let today = app.session.now().date();
        match wanted {
            Wanted::Form => self.ask(app, Asked::Form, t::WRITING_FORM, move |progress| {
                let checks = write_body_form(&place, &path, today, progress)?;
                Ok(Came::Said(told_form(checks, &path), Vec::new()))
            }),
            Wanted::Report => self.ask(app, Asked::Report, t::REPORTING, move |progress| {
                let (rows, found) = report_results(&place, &path, progress)?;
                let notes = found.findings().iter().map(ToString::to_string).collect();
                Ok(Came::Said(told_reported(rows), notes))
            }),
        }
    }

    fn ask(
        &mut self,
        app: &Workstation,
        asked: Asked,
        label: &str,
        work: impl FnOnce(&Progress) -> AppResult<Came> + Send + 'static,
    ) {
        (self.said, self.answers) = (None, None);
        self.asking.start(&app.session, asked, label, work);
    }

    /// Draws the page.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        app: &mut Workstation,
        place: &mut PlaceForm,
        failed: &mut Option<String>,
    ) {
        ui.add(Label::new(theme::note(ui, t::BODY_WHY)).wrap());
        ui.add_space(GRID);
        place.ui(ui);
        ui.add_space(GRID);
        let asked = self.asking.key().copied().filter(|_| self.asking.running().is_some());
        if let Some(asked) = asked {
            let label = match asked {
                Asked::Form => t::WRITING_FORM,
                Asked::Report => t::REPORTING,
                Asked::Answers => t::ANSWERS_LOADING,
            };
            if waiting_ui(ui, label) {
                self.asking.cancel();
            }
            return;
        }
        self.buttons_ui(ui, app, place, failed);
        self.came_ui(ui);
    }

    fn buttons_ui(&mut self, ui: &mut Ui, app: &mut Workstation, place: &mut PlaceForm, failed: &mut Option<String>) {
        let gate = place.gate();
        let mut chosen = None;
        ui.horizontal_wrapped(|ui| {
            let buttons = [(Asked::Form, t::WRITE_FORM), (Asked::Report, t::REPORT), (Asked::Answers, t::ANSWERS)];
            for (asked, label) in buttons {
                let button = ui.add_enabled(gate.is_open(), egui::Button::new(label));
                if button.on_disabled_hover_text(gate.said()).clicked() {
                    chosen = Some(asked);
                }
            }
        });
        let Some(asked) = chosen else { return };
        let Some(place) = take_place(app, ui.ctx(), place, failed) else { return };
        let (wanted, request) = match asked {
            Asked::Form => {
                let kind = PickKind::SaveFile(t::FORM_NAME.to_owned());
                (Wanted::Form, PickRequest::new(kind, t::PICK_FORM).filter(shell::TABLES, &["xlsx"]))
            }
            Asked::Report => {
                let request = PickRequest::new(PickKind::OpenFile, t::PICK_REPORT).door(Door::Data);
                (Wanted::Report, request.filter(shell::TABLES, &["xlsx", "xls", "csv", "ods", "xlsb"]))
            }
            Asked::Answers => {
                return self.ask(app, Asked::Answers, t::ANSWERS_LOADING, move |progress| {
                    load_answers(&place, progress).map(Came::Answers)
                });
            }
        };
        self.picking = Some((wanted, place, app.pick(request)));
    }

    /// What came of the last question.
    fn came_ui(&self, ui: &mut Ui) {
        ui.add_space(GRID);
        if let Some((said, notes)) = &self.said {
            ui.add(Label::new(said).selectable(true).wrap());
            for note in notes {
                ui.add(Label::new(widgets::message(ui, note, theme::of(ui).amber)).selectable(true).wrap());
            }
        }
        let Some(answers) = &self.answers else { return };
        if answers.is_empty() {
            ui.label(theme::note(ui, t::ANSWERS_NONE));
            return;
        }
        egui::ScrollArea::vertical().id_salt("answers").max_height(LIST).show(ui, |ui| {
            egui::Grid::new("answers").num_columns(2).striped(true).spacing([24.0, 4.0]).show(ui, |ui| {
                for heading in t::ANSWER_COLUMNS {
                    ui.label(theme::note(ui, heading));
                }
                ui.end_row();
                for answer in answers {
                    ui.add(Label::new(&answer.code).selectable(true));
                    ui.add(Label::new(answer.said.as_deref().unwrap_or(t::WAITING)).selectable(true));
                    ui.end_row();
                }
            });
        });
    }
}
