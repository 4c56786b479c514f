//! Why the year's total moved since the last draw: a small table of causes that add up, their words beneath.

use egui::{Align, CollapsingHeader, Grid, Label, Layout, Ui};

use crate::ui::text::plan as t;
use crate::ui::theme;
use crate::ui::widgets::thousands;
use crate::workspace::reports::movement::{PlanMovement, signed};

/// Width of the columns of figures.
const FIGURE: f32 = 72.0;

/// Draws the table below its heading; `open` tells whether the words beneath are unfolded at first.
pub(super) fn causes_ui(ui: &mut Ui, movement: &PlanMovement, open: bool) {
    let figure = |ui: &mut Ui, text: &str, strong: bool| {
        ui.allocate_ui_with_layout(egui::vec2(FIGURE, 0.0), Layout::right_to_left(Align::Center), |ui| {
            ui.set_width(FIGURE);
            if strong {
                ui.label(theme::strong(text))
            } else {
                ui.label(text)
            };
        });
    };
    Grid::new("movement").num_columns(4).spacing([20.0, 3.0]).striped(true).show(ui, |ui| {
        let [cause, works_on, visits, sites] = t::MOVEMENT_COLUMNS;
        ui.label(theme::note(ui, cause));
        ui.label(theme::note(ui, works_on));
        for name in [visits, sites] {
            ui.allocate_ui_with_layout(egui::vec2(FIGURE, 0.0), Layout::right_to_left(Align::Center), |ui| {
                ui.set_width(FIGURE);
                ui.label(theme::note(ui, name));
            });
        }
        ui.end_row();
        for cause in &movement.causes {
            ui.label(cause.kind.label());
            ui.label(theme::note(ui, cause.kind.works_on()));
            figure(ui, &signed(cause.shown), false);
            let sites = if cause.sites > 0 { thousands(cause.sites as u64) } else { t::NOTHING.to_owned() };
            figure(ui, &sites, false);
            ui.end_row();
        }
        ui.label(theme::strong(t::MOVEMENT_SUM));
        ui.label("");
        figure(ui, &signed(movement.causes.iter().map(|cause| cause.shown).sum()), true);
        ui.label("");
        ui.end_row();
    });
    CollapsingHeader::new(theme::note(ui, t::MOVEMENT_WORDS)).id_salt("movement words").default_open(open).show(
        ui,
        |ui| {
            for cause in &movement.causes {
                ui.add(Label::new(format!("· {}", cause.sentence)).wrap());
            }
        },
    );
}
