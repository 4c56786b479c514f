//! What proves a ground, and who answers for it beside the operator: the fields that every dialog has in which a unit is
//! taken out of the draw or an inspector away from a unit.

use std::path::PathBuf;

use egui::Ui;

use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::screens::Cx;
use crate::ui::text::proof as t;
use crate::ui::theme;
use crate::workspace::deeds::evidence::Ground;

/// The fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProofForm {
    /// Path of the evidence's file, chosen or typed; empty without one.
    pub file: String,
    /// Number of a document.
    pub document: String,
    /// The second person.
    pub second: String,
    /// A file is to be chosen.
    wants_file: bool,
}

/// The evidence's file being chosen.
#[derive(Default)]
pub struct EvidencePick(Option<Picking>);

impl EvidencePick {
    /// As [`EvidencePick::of`], where there is a form.
    pub fn of_some(&mut self, cx: &mut Cx<'_>, form: Option<&mut ProofForm>) {
        if let Some(form) = form {
            self.of(cx, form);
        }
    }

    /// Asks for the file where the form wants one, and gives it the answer.
    pub fn of(&mut self, cx: &mut Cx<'_>, form: &mut ProofForm) {
        if let Some(paths) = self.0.as_ref().and_then(Picking::poll) {
            self.0 = None;
            if let Some(path) = paths.first() {
                form.file = path.display().to_string();
            }
        }
        if std::mem::take(&mut form.wants_file) {
            self.0 = Some(cx.pick(PickRequest::new(PickKind::OpenFile, t::FILE).door(Door::Evidence)));
        }
    }
}

impl ProofForm {
    /// The rows of a grid of two columns.
    pub fn rows(&mut self, ui: &mut Ui, width: f32) {
        let name = ui.label(t::FILE);
        ui.horizontal(|ui| {
            let field = egui::TextEdit::singleline(&mut self.file).desired_width(width - 72.0).hint_text(t::FILE_HINT);
            ui.add(field).labelled_by(name.id);
            self.wants_file |= ui.button(t::CHOOSE).clicked();
        });
        ui.end_row();
        for (label, text, hint) in
            [(t::DOCUMENT, &mut self.document, t::DOCUMENT_HINT), (t::SECOND, &mut self.second, "")]
        {
            let name = ui.label(label);
            ui.add(egui::TextEdit::singleline(text).desired_width(width).hint_text(hint)).labelled_by(name.id);
            ui.end_row();
        }
    }

    /// The rows one below the other, with what they are for.
    pub fn show(&mut self, ui: &mut Ui, width: f32) {
        ui.add(egui::Label::new(theme::note(ui, t::WHY)).wrap());
        egui::Grid::new("proof").num_columns(2).show(ui, |ui| self.rows(ui, width));
    }

    /// What must be given, and whether it is.
    #[must_use]
    pub fn given(&self) -> [(&'static str, bool); 2] {
        let has = |text: &str| !text.trim().is_empty();
        [(t::EITHER, has(&self.file) || has(&self.document)), (t::SECOND, has(&self.second))]
    }

    /// True where all of it is given.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.given().iter().all(|(_, given)| *given)
    }

    /// The ground with these words.
    #[must_use]
    pub fn ground(&self, text: impl Into<String>) -> Ground {
        let file = self.file.trim();
        Ground {
            text: text.into(),
            evidence: (!file.is_empty()).then(|| PathBuf::from(file)),
            document: self.document.trim().to_owned(),
            second: self.second.trim().to_owned(),
        }
    }
}
