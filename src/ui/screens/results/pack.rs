//! 打包发送: one file for each body, with a password where the office wants one.

use egui::{RichText, Ui};

use crate::ui::text::results as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::pack_password::PackPassword;

/// The dialog before the packs' folder is chosen.
#[derive(Default)]
pub(super) struct PackDialog {
    /// The packs are to be encrypted.
    encrypted: bool,
    password: String,
    again: String,
}

impl PackDialog {
    /// The password typed, or what keeps it from being taken; `Ok(None)` without one.
    fn password(&self) -> Result<Option<PackPassword>, String> {
        if !self.encrypted {
            return Ok(None);
        }
        let password = PackPassword::new(&self.password).map_err(|error| error.to_string())?;
        if self.password == self.again { Ok(Some(password)) } else { Err(t::PACK_DIFFER.to_owned()) }
    }

    /// Draws it; `None` while it is open, `Some(None)` where it was given up, else the password where one is set.
    #[allow(clippy::option_option, reason = "still open, given up, or done")]
    pub(super) fn show(&mut self, ui: &Ui) -> Option<Option<Option<PackPassword>>> {
        let password = self.password();
        let typed = !self.password.is_empty() && !self.again.is_empty();
        let fields = [(t::PACK_PASSWORD, !self.encrypted || typed)];
        let gate = Gate::of(&fields).and(password.is_ok());
        let answer = widgets::dialog(ui.ctx(), "pack-bodies", t::PACK_TITLE, t::EXPORT_YES, gate, |ui| {
            ui.add(egui::Label::new(t::PACK_TEXT).wrap());
            ui.add_space(HALF);
            ui.checkbox(&mut self.encrypted, t::PACK_ENCRYPT);
            egui::Grid::new("pack-fields").num_columns(2).show(ui, |ui| {
                for (name, text) in [(t::PACK_PASSWORD, &mut self.password), (t::PACK_AGAIN, &mut self.again)] {
                    let label = ui.label(name);
                    let edit = egui::TextEdit::singleline(text).desired_width(240.0).password(true);
                    ui.add_enabled(self.encrypted, edit).labelled_by(label.id);
                    ui.end_row();
                }
            });
            // the line is always there: nothing below it moves
            let said = password.as_ref().err().filter(|_| typed).map_or(" ", String::as_str);
            let ink = theme::of(ui).red;
            ui.add(egui::Label::new(RichText::new(said).font(theme::regular(theme::SMALL)).color(ink)).wrap());
            ui.add(egui::Label::new(theme::note(ui, t::PACK_NOTE)).wrap());
        });
        if answer? { Some(password.ok()) } else { Some(None) }
    }
}
