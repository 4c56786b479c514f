//! What will be frozen, painted: frame, strata, draw, certainties and exclusions by reason.

use std::borrow::Cow;

use egui::{RichText, Ui};

use super::bar::{big_figure, line_figures};
use crate::text::figure::{expected_checks, whole_checks};
use crate::ui::help::help_marks;
use crate::ui::table::{CellRows, ColumnDef, List, ListId, TableInput};
use crate::ui::text::draw as t;
use crate::ui::text::help::Term;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{decimal, thousands};
use crate::workspace::reports::preview::{MonthPreview, ReasonCount};
use crate::workspace::view::CellValue;

/// Height of a page from which its figures are large.
const HIGH: f32 = 400.0;
/// Room of the card of reasons: at most, and where the page is narrow.
const SIDE: f32 = 300.0;
const LEAST_SIDE: f32 = 220.0;
/// Width below which the reasons stand below the strata, and the least height of their table there.
const NARROW: f32 = 800.0;
const LEAST_TABLE: f32 = 210.0;

fn reasons(ui: &mut Ui, title: &str, list: &[ReasonCount]) {
    ui.label(theme::strong(title));
    if list.is_empty() {
        ui.label(theme::note(ui, t::NONE));
    }
    for ReasonCount { label, units, .. } in list {
        let count = format!("{} {}", thousands(*units as u64), t::U_UNITS);
        let count = theme::note(ui, count);
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(count);
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add(egui::Label::new(label).wrap());
                });
            });
        });
    }
    ui.add_space(GRID);
}

/// Draws the preview on a page that has so much room before it scrolls.
pub fn show(ui: &mut Ui, preview: &MonthPreview, size: f32, room: f32) {
    let top = ui.cursor().top();
    let left = |ui: &Ui| (room - (ui.cursor().top() - top) - HALF).max(LEAST_TABLE);
    let figures = [
        (t::F_FRAME, thousands(preview.frame as u64), t::U_UNITS),
        (t::F_DRAW, thousands(preview.draw as u64), t::U_UNITS),
        (t::F_CERTAIN, thousands(preview.certain as u64), t::U_UNITS),
        (t::F_STRATA, preview.strata.len().to_string(), t::U_STRATA),
    ];
    // the strata are what witnesses look through: on a low page they get the room
    let high = room >= HIGH;
    if high {
        ui.horizontal(|ui| {
            let width = (ui.available_width() - GRID * 3.0) / 4.0;
            for (label, value, unit) in &figures {
                big_figure(ui, width, size, label, value, unit);
            }
        });
    } else {
        line_figures(ui, &figures);
    }
    ui.horizontal_wrapped(|ui| {
        let [whole, exact] = [whole_checks(preview.expected), decimal(preview.expected, 1)];
        ui.label(theme::note(ui, t::expected(&whole, &exact, &thousands(preview.draw as u64))));
        let rounded: usize = preview.strata.iter().map(|stratum| stratum.rounded).sum();
        if rounded > 0 {
            ui.label(theme::note(ui, t::rounded(&thousands(rounded as u64))));
        }
        help_marks(ui, &[Term::SamplingFrame, Term::Stratum, Term::InclusionProbability, Term::Rounding]);
    });
    ui.add_space(if high { GRID } else { 0.0 });
    if !preview.blocking.is_empty() {
        let palette = theme::of(ui);
        egui::Frame::new().fill(palette.red_wash).inner_margin(8).corner_radius(theme::RADIUS).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let title = t::blocked(preview.blocking.len());
            ui.label(RichText::new(title).font(theme::bold(theme::SECTION)).color(palette.red));
            for text in preview.blocking.iter().take(3) {
                ui.add(egui::Label::new(text).wrap());
            }
        });
        ui.add_space(GRID);
    }
    // the table of strata has the whole width of a narrow page: its names are read, the reasons stand below it
    if ui.available_width() < NARROW {
        strata_ui(ui, preview, left(ui));
        ui.add_space(GRID);
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            reasons(ui, t::CERTAIN_BY, &preview.certain_by);
            reasons(ui, t::EXCLUDED_BY, &preview.excluded_by);
        });
        return;
    }
    let height = left(ui);
    let side = (ui.available_width() * 0.3).clamp(LEAST_SIDE, SIDE);
    ui.horizontal_top(|ui| {
        let width = ui.available_width() - side - GRID;
        ui.allocate_ui(egui::vec2(width, height), |ui| {
            ui.vertical(|ui| {
                strata_ui(ui, preview, height);
            });
        });
        ui.allocate_ui(egui::vec2(side, height), |ui| {
            theme::card(ui).show(ui, |ui| {
                ui.set_width(side - 26.0);
                ui.set_height(height - 26.0);
                egui::ScrollArea::vertical().id_salt("reasons").auto_shrink([false, false]).show(ui, |ui| {
                    ui.vertical(|ui| {
                        reasons(ui, t::CERTAIN_BY, &preview.certain_by);
                        reasons(ui, t::EXCLUDED_BY, &preview.excluded_by);
                    });
                });
            });
        });
    });
}

/// The strata with their sum.
fn strata_ui(ui: &mut Ui, preview: &MonthPreview, height: f32) {
    let c = t::STRATA_COLUMNS;
    let columns = [
        ColumnDef::text("name", c[0], 150.0).share(1.0),
        // on a wide screen the figures stay near the names that they belong to
        ColumnDef::number("free", c[1], 70.0).share(0.25).adds(),
        ColumnDef::number("certain", c[2], 70.0).share(0.25).adds(),
        ColumnDef::number("expected", c[3], 50.0).share(0.2).adds(),
        ColumnDef::number("draw", c[4], 58.0).share(0.2).adds(),
        ColumnDef::number("share", c[5], 70.0).share(0.25),
    ];
    let share = |draw: usize, of: usize| format!("{}%", decimal(draw as f64 / of.max(1) as f64 * 100.0, 1));
    let cell = |row: usize, column: usize| {
        let s = &preview.strata[row];
        Cow::Owned(match column {
            0 => t::stratum(&s.category, &s.body),
            1 => thousands(s.free as u64),
            2 => thousands(s.certain as u64),
            3 => whole_checks(s.expected),
            4 => thousands(s.draw as u64),
            _ => share(s.draw, s.free + s.certain),
        })
    };
    // sums are of the plan's own figures, not of rounded ones
    let value = |row: usize, column: usize| {
        (column == 3).then(|| CellValue::Number(preview.strata.get(row).map_or(0.0, |stratum| stratum.expected)))
    };
    let rows = CellRows::new(&columns, preview.strata.len(), &cell).values(&value);
    let free: usize = preview.strata.iter().map(|s| s.free).sum();
    let total = [
        t::STRATA_SUM.to_owned(),
        thousands(free as u64),
        thousands(preview.certain as u64),
        whole_checks(preview.expected),
        thousands(preview.draw as u64),
        share(preview.draw, free + preview.certain),
    ];
    // the figure before it was made whole
    let hint = |row: usize| {
        let Some(s) = preview.strata.get(row) else { return String::new() };
        let rounded = if s.rounded > 0 { t::rounded_here(s.rounded) } else { String::new() };
        expected_checks(s.expected) + &rounded
    };
    let input = TableInput::new(ListId::Strata, &rows).hint(&hint).total(&total).height(height);
    List::show_kept(ui, None, &input, std::ptr::from_ref(preview).addr() as u64);
}

/// Draws the year's: every unit stands in its frame, none is drawn.
pub fn show_year(ui: &mut Ui, units: usize, bodies: usize, size: f32, stage: bool) {
    if stage {
        // two figures have the whole screen
        let size = size * 2.2;
        ui.add_space(ui.available_height() * 0.12);
        ui.horizontal(|ui| {
            let width = (ui.available_width() - GRID) / 2.0;
            big_figure(ui, width, size, t::F_FRAME, &thousands(units as u64), t::U_UNITS);
            big_figure(ui, width, size, t::F_BODIES, &bodies.to_string(), t::U_BODIES);
        });
        ui.add_space(GRID * 3.0);
        ui.add(egui::Label::new(RichText::new(t::YEAR_FRAME).font(theme::regular(theme::TITLE))).wrap());
        return;
    }
    ui.horizontal(|ui| {
        let width = (ui.available_width() - GRID * 3.0) / 4.0;
        big_figure(ui, width, size, t::F_FRAME, &thousands(units as u64), t::U_UNITS);
        big_figure(ui, width, size, t::F_BODIES, &bodies.to_string(), t::U_BODIES);
    });
    ui.add_space(GRID);
    ui.label(theme::note(ui, t::YEAR_FRAME));
}
