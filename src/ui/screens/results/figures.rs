//! The figures that the city reports, with their counts, and progress by body.

use egui::{RichText, Ui, Vec2};

use crate::disclosure::{Completeness, Share};
use crate::ui::text::results as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, decimal, thousands};
use crate::workspace::session::{Books, OpenProject};

/// Draws the tab.
pub(super) fn show(ui: &mut Ui, open: &OpenProject, books: &Books) {
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("figures").show(ui, |ui| {
        let wide = ui.available_width() > 1000.0;
        let left = if wide { (ui.available_width() - GRID) * 0.42 } else { ui.available_width() };
        let both = |ui: &mut Ui| {
            ui.allocate_ui(Vec2::new(left, 0.0), |ui| ui.vertical(|ui| shares(ui, books, left - 26.0)));
            ui.vertical(|ui| bodies(ui, open, books));
        };
        if wide {
            ui.horizontal_top(both)
        } else {
            ui.vertical(both)
        };
    });
}

fn shares(ui: &mut Ui, books: &Books, width: f32) {
    let f = &books.status.figures;
    theme::card(ui).show(ui, |ui| {
        ui.set_width(width);
        widgets::heading(ui, t::FIGURES);
        egui::Grid::new("figures").striped(true).num_columns(3).spacing(Vec2::new(18.0, 6.0)).show(ui, |ui| {
            let rows: [(&str, Share); 10] = [
                (t::F_DISCLOSED, f.disclosed),
                (t::F_IN_TIME, f.disclosed_in_time),
                (t::F_DONE, f.plan_done),
                (t::F_PLANNED, f.planned),
                (t::F_OFF_SITE, f.off_site),
                (t::F_JOINT, f.joint),
                (t::F_PROBLEM, f.problem_found),
                (t::F_CHECKLIST, f.checklist),
                (t::F_GONE, f.dead.gone),
                (t::F_STOPPED, f.dead.stopped),
            ];
            for (name, share) in rows {
                ui.label(name);
                ui.label(RichText::new(share.percent_text()).font(theme::bold(theme::BODY)));
                ui.label(theme::note(ui, t::part_of(share.part, share.whole)));
                ui.end_row();
            }
            ui.label(t::F_VISITS);
            let visits = f.visits_per_enterprise;
            let mean = visits.fraction().map_or_else(|| "—".to_owned(), |mean| t::times(&decimal(mean, 2)));
            ui.label(RichText::new(mean).font(theme::bold(theme::BODY)));
            ui.label(theme::note(ui, t::visits_of(visits.part, visits.whole)));
            ui.end_row();
            ui.label(t::F_LATE);
            ui.label(RichText::new(t::working_days(f.longest_late)).font(theme::bold(theme::BODY)));
            ui.label("");
            ui.end_row();
        });
    });
}

fn bodies(ui: &mut Ui, open: &OpenProject, books: &Books) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::heading(ui, t::BY_BODY);
        egui::Grid::new("bodies").striped(true).num_columns(7).spacing(Vec2::new(14.0, 5.0)).show(ui, |ui| {
            for word in t::BODY_COLUMNS {
                ui.label(theme::note(ui, word));
            }
            ui.end_row();
            let none = Completeness::default();
            for (rule, progress) in open.project.policy.bodies.iter().zip(&books.areas.bodies) {
                if progress.listed == 0 {
                    continue;
                }
                let complete = books.status.board.by_body.get(&rule.id).unwrap_or(&none);
                let palette = theme::of(ui);
                let share = complete.share();
                ui.label(&rule.name);
                ui.label(thousands(u64::from(progress.listed)));
                ui.label(thousands(u64::from(progress.done)));
                ui.label(thousands(complete.finished));
                ui.label(thousands(complete.published));
                let late = RichText::new(progress.overdue.to_string());
                ui.label(if progress.overdue > 0 { late.color(palette.red) } else { late });
                let words = t::body_meter(&rule.name, &share.percent_text());
                ui.horizontal(|ui| {
                    let part = share.fraction().unwrap_or(0.0) as f32;
                    let ink = if progress.overdue > 0 { palette.red } else { palette.accent };
                    widgets::meter(ui, 70.0, part, None, ink, &words);
                    ui.label(share.percent_text());
                });
                ui.end_row();
            }
        });
    });
}
