//! Where the public pages stand: the address that the codes on task sheets lead to.

use egui::Ui;

use crate::ui::text::results as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::page_address::check_page_address;

/// The dialog.
pub(super) struct AddressDialog {
    typed: String,
}

impl AddressDialog {
    /// With the address that stands.
    pub(super) fn new(address: &str) -> Self {
        Self { typed: address.to_owned() }
    }

    /// Draws it; `None` while it is open, `Some(None)` where it was given up.
    #[allow(clippy::option_option, reason = "still open, given up, or done")]
    pub(super) fn show(&mut self, ui: &Ui) -> Option<Option<Deed>> {
        let checked = check_page_address(&self.typed);
        let gate = Gate::of(&[]).and(checked.is_ok());
        let answer = widgets::dialog(ui.ctx(), "page-address", t::ADDRESS_TITLE, t::ADDRESS_YES, gate, |ui| {
            ui.add(egui::Label::new(t::ADDRESS_TEXT).wrap());
            ui.add_space(HALF);
            let label = ui.label(t::ADDRESS);
            let edit = egui::TextEdit::singleline(&mut self.typed).desired_width(f32::INFINITY);
            ui.add(edit.hint_text(t::ADDRESS_HINT)).labelled_by(label.id);
            // the line is always there: nothing below it moves
            match &checked {
                Ok(address) => ui.add(egui::Label::new(theme::note(ui, t::address_kept(address))).wrap()),
                Err(error) => {
                    let ink = theme::of(ui).red;
                    ui.add(egui::Label::new(widgets::message(ui, &error.to_string(), ink)).wrap())
                }
            };
        });
        if answer? { Some(Some(Deed::PageAddress(self.typed.clone()))) } else { Some(None) }
    }
}
