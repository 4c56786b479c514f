//! A column of codes or names pasted in: found, not found, in several rows; then selected, or shown alone.

use egui::{RichText, Ui};

use super::cells::WHOLE;
use super::text as t;
use super::tools::Ground;
use crate::ui::slot::Slot;
use crate::ui::widgets::thousands;
use crate::ui::{theme, widgets};
use crate::workspace::view::{Pasted, find_pasted, is_text, pasted_values};

/// Values listed at most.
const LISTED: usize = 200;

/// The window.
#[derive(Default)]
pub(super) struct PastePanel {
    text: String,
    found: Slot<String, Pasted>,
    /// It was drawn before: the field has had the focus.
    open: bool,
}

/// What became of it.
pub(super) enum PasteAnswer {
    /// Still open.
    Open,
    /// Closed without a choice.
    Closed,
    /// These rows are to be selected, and shown alone where asked for.
    Select { rows: Vec<u32>, alone: bool },
}

impl PastePanel {
    /// The window for a pasted text.
    pub(super) fn of(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Draws it.
    pub(super) fn ui(&mut self, ui: &Ui, ground: &mut dyn Ground) -> PasteAnswer {
        self.found.poll();
        if !self.found.is_for(&self.text) {
            let (mut frame, within) = (ground.frame(), ground.within());
            for column in ground.identities() {
                // as long as the frame, under a name of its own
                let _ = frame.with_column(column);
            }
            let columns: Vec<String> = frame
                .get_column_names()
                .iter()
                .map(ToString::to_string)
                .filter(|id| id != WHOLE && is_text(&frame, id))
                .collect();
            let named = ground.named();
            let wanted = pasted_values(&self.text);
            ground.work().start(&mut self.found, self.text.clone(), t::PASTE, move |progress| {
                find_pasted(&frame, (&columns, &named), within.as_ref().map(|rows| rows.as_slice()), &wanted, progress)
            });
        }
        let mut answer = PasteAnswer::Open;
        let fresh = !std::mem::replace(&mut self.open, true);
        let shown = widgets::modal(ui.ctx(), "paste into a table").show(ui.ctx(), |ui| {
            ui.set_width(460.0);
            widgets::heading(ui, t::PASTE_TITLE);
            let found = self.found.current().cloned().unwrap_or_default();
            widgets::within_window(ui, widgets::DIALOG_AROUND, |ui| {
                ui.add(egui::Label::new(theme::note(ui, t::PASTE_WHY)).wrap());
                egui::ScrollArea::vertical().id_salt("pasted").max_height(150.0).show(ui, |ui| {
                    let field = egui::TextEdit::multiline(&mut self.text).desired_rows(6).desired_width(f32::INFINITY);
                    let field = ui.add(field.hint_text(t::PASTE_EMPTY));
                    widgets::name_field(&field, &self.text, t::PASTE_FIELD);
                    if fresh {
                        field.request_focus();
                    }
                });
                self.result_ui(ui, &found);
            });
            widgets::buttons(ui, |ui| {
                let any = !found.rows.is_empty();
                if widgets::primary_if(ui, any, t::PASTE_ONLY, t::PASTE_NOTHING).clicked() {
                    answer = PasteAnswer::Select { rows: found.rows.clone(), alone: true };
                }
                if ui.add_enabled(any, egui::Button::new(t::PASTE_SELECT)).clicked() {
                    answer = PasteAnswer::Select { rows: found.rows.clone(), alone: false };
                }
                if ui.button(crate::ui::text::common::CANCEL).clicked() {
                    answer = PasteAnswer::Closed;
                }
            });
        });
        if shown.should_close() && matches!(answer, PasteAnswer::Open) {
            return PasteAnswer::Closed;
        }
        answer
    }

    fn result_ui(&self, ui: &mut Ui, found: &Pasted) {
        if let Some(error) = self.found.error() {
            ui.label(widgets::message(ui, error, theme::of(ui).red));
            return;
        }
        if found.wanted == 0 {
            return;
        }
        let number = |n: usize| thousands(n as u64);
        let hits = found.wanted - found.missing.len();
        ui.label(theme::strong(t::pasted(&number(found.wanted), &number(hits), &number(found.rows.len()))));
        let palette = theme::of(ui);
        egui::ScrollArea::vertical().id_salt("not found").max_height(170.0).show(ui, |ui| {
            if !found.missing.is_empty() {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(t::missing(&number(found.missing.len()))).color(palette.amber));
                    if ui.small_button(t::COPY_MISSING).clicked() {
                        ui.copy_text(found.missing.join("\n"));
                    }
                });
                let list = found.missing.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join("\n");
                ui.add(egui::Label::new(list).selectable(true));
            }
            if !found.several.is_empty() {
                ui.label(RichText::new(t::several(&number(found.several.len()))).color(palette.amber));
                let line = |(text, rows): &(String, usize)| t::in_rows(text, &number(*rows));
                let list = found.several.iter().take(LISTED).map(line).collect::<Vec<_>>().join("\n");
                ui.add(egui::Label::new(list).selectable(true));
            }
        });
    }
}
