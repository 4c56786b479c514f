//! The fields of the form of a result, each with what is to be said of it.

use egui::{RichText, Ui, Vec2};

use super::form::Field;
use crate::diagnostic::{Finding, Severity};
use crate::ui::text::results as t;
use crate::ui::theme::{self, GRID};

/// Width of a field for a day, height of a line of what is said of a field.
const SHORT: f32 = 130.0;
const MESSAGE: f32 = 18.0;

/// What is to be said of a field: a fault in red, a warning in amber. Its room is there whether something is said or
/// not, so that no field moves under the pointer; what is cut shows on hovering.
pub(super) fn message(ui: &mut Ui, told: &[(Field, Finding)], field: Field) {
    let of_field = || told.iter().filter(|(f, _)| *f == field).map(|(_, finding)| finding);
    let finding = of_field().find(|f| f.severity == Severity::Error).or_else(|| of_field().next());
    let size = Vec2::new(ui.available_width(), MESSAGE);
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_min_size(size);
        if let Some(finding) = finding {
            let palette = theme::of(ui);
            let ink = if finding.severity == Severity::Error { palette.red } else { palette.amber };
            let text = RichText::new(t::field_message(finding)).font(theme::regular(theme::SMALL)).color(ink);
            ui.add(egui::Label::new(text).truncate());
        }
    });
}

/// A narrow field, with what is to be said beside it.
pub(super) fn short(ui: &mut Ui, name: &str, text: &mut String, hint: &str, told: &[(Field, Finding)], field: Field) {
    let label = ui.label(name);
    ui.horizontal(|ui| {
        ui.add(egui::TextEdit::singleline(text).desired_width(SHORT).hint_text(hint)).labelled_by(label.id);
        message(ui, told, field);
    });
    ui.end_row();
}

/// A wide field, with what is to be said below it.
pub(super) fn wide(ui: &mut Ui, name: &str, text: &mut String, hint: &str, told: &[(Field, Finding)], field: Field) {
    let label = ui.label(name);
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let width = ui.available_width();
        let edit = egui::TextEdit::singleline(text).desired_width(width).hint_text(hint);
        let edit = ui.add(edit).labelled_by(label.id);
        // what is longer than its field can be read without walking through it
        let font = egui::TextStyle::Body.resolve(ui.style());
        let long = ui.painter().layout_no_wrap(text.clone(), font, egui::Color32::PLACEHOLDER).size().x > width - GRID;
        if long {
            edit.on_hover_text(text.as_str());
        }
        message(ui, told, field);
    });
    ui.end_row();
}
