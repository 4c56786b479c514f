//! Simulated years of the plan: what the rules really give.

use std::sync::Arc;

use egui::{RichText, Ui, Vec2};

use crate::plan::model::Resource;
use crate::plan::simulate::{SimulationReport, simulate};
use crate::ui::help::heading_with;
use crate::ui::screens::Cx;
use crate::ui::slot::{Same, Slot};
use crate::ui::text::help::Term;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, decimal, thousands};
use crate::workspace::demo::DEFAULT_SEED;
use crate::workspace::inputs::month_frame::draw_rules;
use crate::workspace::session::{AnalysisView, OpenProject};

/// Years offered.
const YEARS: [u32; 3] = [50, 200, 400];

/// State of the tab.
pub(super) struct Trial {
    years: u32,
    report: Slot<Same<AnalysisView>, SimulationReport>,
}

impl Default for Trial {
    fn default() -> Self {
        Self { years: YEARS[0], report: Slot::default() }
    }
}

impl Trial {
    /// Draws the tab.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>) {
        self.report.poll();
        ui.add(egui::Label::new(theme::note(ui, t::TRIAL_NOTE)).wrap());
        let running = self.report.running();
        ui.horizontal(|ui| {
            ui.label(t::TRIAL_YEARS);
            for years in YEARS {
                let button =
                    ui.add_enabled(running.is_none(), egui::Button::selectable(self.years == years, t::years(years)));
                if button.clicked() {
                    self.years = years;
                }
            }
            if running.is_some() {
                if ui.button(t::STOP).clicked() {
                    self.report.cancel();
                }
            } else if widgets::primary_if(ui, open.is_current(), t::TRIAL, t::WAIT).clicked() {
                let (years, project, of) = (self.years, Arc::clone(&open.project), Arc::clone(view));
                self.report.start(cx.session, Same::of(view), t::TRIAL, move |progress| {
                    let analysis = &of.analysis;
                    simulate(
                        &project.policy,
                        &analysis.population.inputs,
                        &analysis.plan,
                        draw_rules(),
                        years,
                        DEFAULT_SEED,
                        progress,
                    )
                });
            }
        });
        ui.add_space(GRID);
        if let Some(state) = running {
            let part = if state.total > 0 { state.done as f32 / state.total as f32 } else { 0.0 };
            let text = t::trial_progress(state.done, state.total);
            ui.add(egui::ProgressBar::new(part).desired_width(360.0).text(text));
            ui.ctx().request_repaint_after_secs(0.1);
            return;
        }
        match self.report.outcome() {
            None => {
                ui.label(theme::note(ui, t::TRIAL_EMPTY));
            }
            Some(Err(error)) => {
                ui.add(egui::Label::new(RichText::new(error).color(theme::of(ui).red)).wrap());
            }
            Some(Ok(report)) => {
                if !self.report.latest_key().is_some_and(|of| of.is(view)) {
                    let palette = theme::of(ui);
                    widgets::chip(ui, t::TRIAL_OLD, palette.amber_wash, palette.amber);
                }
                egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("trial").show(ui, |ui| {
                    show_report(ui, report, open, view);
                });
            }
        }
    }
}

fn show_report(ui: &mut Ui, report: &SimulationReport, open: &OpenProject, view: &AnalysisView) {
    let policy = &open.project.policy;
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        heading_with(ui, &t::trial_title(report.years), &[Term::Frequency]);
        egui::Grid::new("trial-tiers").striped(true).num_columns(6).spacing(Vec2::new(28.0, 6.0)).show(ui, |ui| {
            for word in t::TRIAL_COLUMNS {
                ui.label(theme::note(ui, word));
            }
            ui.end_row();
            for (i, (tier, rule)) in report.tiers.iter().zip(&policy.tiers).enumerate() {
                ui.horizontal(|ui| {
                    widgets::tier_chip(ui, i, policy.tiers.len(), &rule.id);
                    ui.label(&rule.name);
                });
                ui.label(thousands(u64::from(tier.sites)));
                ui.label(decimal(tier.lambda, 1));
                ui.label(decimal(tier.expected, 1));
                ui.label(decimal(tier.realised, 1));
                let off = tier.off_percent();
                let ink = if off.abs() > 1.0 { theme::of(ui).amber } else { theme::of(ui).text };
                ui.label(RichText::new(format!("{}%", decimal(off, 2))).color(ink));
                ui.end_row();
            }
        });
    });
    ui.add_space(GRID);
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::heading(ui, t::TRIAL_RULES);
        let palette = theme::of(ui);
        for (word, count) in [
            (t::CAP_BROKEN, report.cap_broken),
            (t::WINDOW_BROKEN, report.window_broken),
            (t::SLOT_BROKEN, report.slot_broken),
            (t::ABOVE_CEILING, report.above_ceiling),
        ] {
            let ink = if count > 0 { palette.red } else { palette.text };
            ui.label(RichText::new(t::broken(word, count)).color(ink));
        }
        ui.label(t::whole(report.whole_years, report.whole_missed));
        ui.label(t::deferred(&decimal(report.deferred, 1), &decimal(report.lost, 2)));
        ui.add_space(GRID);
        widgets::heading(ui, t::TRIAL_LOAD);
        ui.label(t::overshoot(&decimal(report.worst_overshoot_units, 2)));
        for resource in Resource::ALL {
            let over = report.worst_overshoot[resource.index()];
            if over > 0.0 {
                ui.label(t::over_resource(super::model::resource_name(resource), &decimal(over, 2), resource.unit()));
            }
        }
    });
    ui.add_space(GRID);
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::heading(ui, t::TRIAL_BODIES);
        egui::Grid::new("trial-bodies").striped(true).num_columns(3).spacing(Vec2::new(28.0, 4.0)).show(ui, |ui| {
            for word in t::BODY_COLUMNS {
                ui.label(theme::note(ui, word));
            }
            ui.end_row();
            let plan = &view.analysis.plan;
            let bodies = &view.analysis.population.inputs.bodies;
            for ((body, months), cells) in bodies.iter().zip(&report.by_month).zip(&plan.matrix) {
                ui.label(&body.name);
                ui.label(decimal(cells.iter().flat_map(|c| &c.drawn).sum(), 1));
                ui.label(decimal(months.iter().sum(), 1));
                ui.end_row();
            }
        });
    });
}
