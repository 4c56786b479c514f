//! The envelope's secret, typed where `secret.json` is lost or damaged, and held against the seal as it is typed.

use egui::{RichText, Ui};

use crate::sampling::{Seal, Secret};
use crate::text::fold_width;
use crate::ui::text::draw as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;

/// What is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecretForm {
    /// The envelope's groups.
    pub text: String,
}

/// How a typed secret stands to the seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// Nothing is typed.
    Empty,
    /// It is no secret's spelling yet.
    Misspelt,
    /// It is a secret, and not the sealed one.
    Another,
    /// It is the sealed one.
    Sealed,
}

impl SecretForm {
    /// Full-width digits made half-width: nothing else is changed.
    fn folded(&self) -> String {
        fold_width(&self.text)
    }

    /// How what is typed stands to the seal.
    #[must_use]
    pub fn fit(&self, seal: &Seal) -> Fit {
        if self.text.trim().is_empty() {
            return Fit::Empty;
        }
        match Secret::from_envelope(&self.folded()) {
            Err(_) => Fit::Misspelt,
            Ok(secret) if seal.binds(&secret) => Fit::Sealed,
            Ok(_) => Fit::Another,
        }
    }

    /// The text, once it is the sealed secret.
    #[must_use]
    pub fn confirmed(&self, seal: &Seal) -> Option<String> {
        (self.fit(seal) == Fit::Sealed).then(|| self.folded())
    }

    /// Draws why it is asked and the field; what is typed is hidden while it is `projected`.
    pub fn ui(&mut self, ui: &mut Ui, seal: &Seal, why: &str, projected: bool) {
        let palette = theme::of(ui);
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            widgets::heading(ui, t::SECRET_LOST);
            ui.add(egui::Label::new(RichText::new(why).color(palette.amber)).wrap());
            ui.add(egui::Label::new(theme::note(ui, t::SECRET_WHY)).wrap());
            ui.add_space(GRID);
            let name = ui.label(t::SECRET);
            let field = egui::TextEdit::singleline(&mut self.text)
                .desired_width(ui.available_width())
                .password(projected)
                .font(egui::FontId::monospace(theme::SECTION));
            ui.add(field).labelled_by(name.id);
            let (words, ink) = match self.fit(seal) {
                Fit::Empty => (t::SECRET_EMPTY, palette.muted),
                Fit::Misspelt => (t::SECRET_MISSPELT, palette.red),
                Fit::Another => (t::SECRET_ANOTHER, palette.red),
                Fit::Sealed => (t::SECRET_FITS, palette.green),
            };
            ui.add(egui::Label::new(RichText::new(words).color(ink)).wrap());
        });
    }
}
