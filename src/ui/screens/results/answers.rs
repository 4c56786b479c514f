//! The answers to a checklist's items in the form of a result: folded until they are wanted.

use egui::{CollapsingHeader, Label, ScrollArea, Ui};

use super::form::Form;
use crate::checklist::{Checklists, shipped_checklists};
use crate::disclosure::Answer;
use crate::ui::text::results as t;
use crate::ui::theme;

/// Height of the list of items, points.
const HEIGHT: f32 = 220.0;
/// Width of an item with its answers at most: the eye finds the one beside the other.
const WIDEST: f32 = 600.0;
/// Width of the answers beside an item, points.
const ANSWERS: f32 = 190.0;

/// Draws them.
pub(super) fn show(ui: &mut Ui, form: &mut Form, industry: &str, width: f32) {
    let Some(lists) = shipped_checklists() else { return };
    let items = lists.item_ids(industry);
    let answered = items.iter().filter(|item| form.answers.contains_key(**item)).count();
    let heading = theme::note(ui, t::answered(answered, items.len()));
    CollapsingHeader::new(heading).id_salt("checklist answers").show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            if ui.button(t::REST_MET).clicked() {
                for item in &items {
                    form.answers.entry((*item).to_owned()).or_insert(Answer::Met);
                }
            }
            if ui.add_enabled(!form.answers.is_empty(), egui::Button::new(t::NO_ANSWERS)).clicked() {
                form.answers.clear();
            }
        });
        ScrollArea::vertical().id_salt("checklist items").max_height(HEIGHT).show(ui, |ui| {
            for item in &items {
                item_row(ui, form, lists, item, width);
            }
        });
    });
}

fn item_row(ui: &mut Ui, form: &mut Form, lists: &Checklists, id: &str, width: f32) {
    let Some((section, item)) = lists.item(id) else { return };
    ui.horizontal(|ui| {
        let text = format!("{id} {}", item.item);
        let room = egui::vec2((width.min(WIDEST) - ANSWERS - 24.0).max(80.0), theme::CONTROL);
        ui.allocate_ui_with_layout(room, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_width(room.x);
            ui.add(Label::new(text).truncate()).on_hover_text(format!("{section}：{}", item.look));
        });
        for answer in Answer::ALL {
            let chosen = form.answers.get(id) == Some(&answer);
            let response = ui.selectable_label(chosen, answer.label());
            response.widget_info(|| {
                let name = format!("{id} {} {}", item.item, answer.label());
                egui::WidgetInfo::selected(egui::Role::Button, true, chosen, name)
            });
            if response.clicked() {
                if chosen {
                    form.answers.remove(id);
                } else {
                    form.answers.insert(id.to_owned(), answer);
                }
            }
        }
    });
}
