//! Floors and caps with their articles, unconfirmed numbers, frequencies by tier, off-site checks.

use std::sync::{Arc, Weak};

use chrono::NaiveDate;
use egui::{RichText, Ui, Vec2};

use super::derived::{Derived, is_of};
use crate::plan::spread::{Spread, compute_spread};
use crate::policy::Policy;
use crate::ui::screens::Cx;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, decimal, thousands};
use crate::workspace::session::{AnalysisView, OpenProject};

/// Height of a light's row.
const ROW: f32 = 30.0;

/// A light as it is shown.
struct Line {
    text: String,
    cite: String,
    kept: bool,
    /// Index into the plan's lights.
    at: usize,
}

/// State of the tab.
#[derive(Default)]
pub(super) struct Rules {
    of: Weak<AnalysisView>,
    area: u64,
    lines: Vec<Line>,
    red: usize,
    only_red: bool,
    shown: Option<usize>,
    spread: Derived<Vec<Vec<Spread>>>,
}

impl Rules {
    fn refresh(&mut self, cx: &Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>, on: NaiveDate) {
        let filter = cx.session.filter();
        if is_of(&self.of, view) && self.area == filter.area_revision {
            return;
        }
        self.of = Arc::downgrade(view);
        self.area = filter.area_revision;
        self.shown = None;
        let policy = &open.project.policy;
        let lights = &view.analysis.plan.lights;
        let wanted = |body: Option<u16>| filter.body.is_none() || body.is_none() || body == filter.body;
        self.lines = lights
            .iter()
            .enumerate()
            .filter(|(_, light)| wanted(light.body))
            .map(|(at, light)| Line {
                text: light.text.clone(),
                cite: policy.cite(&light.basis, on),
                kept: light.kept,
                at,
            })
            .collect();
        self.lines.sort_by_key(|line| (line.kept, line.at));
        self.red = self.lines.iter().filter(|line| !line.kept).count();
    }

    /// Floors and caps.
    pub(super) fn lights(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>) {
        let on = cx.session.now().date();
        self.refresh(cx, open, view, on);
        let palette = theme::of(ui);
        ui.horizontal(|ui| {
            let ink = if self.red > 0 { palette.red } else { palette.green };
            ui.label(RichText::new(t::lights_sum(self.lines.len(), self.red)).color(ink));
            ui.checkbox(&mut self.only_red, t::ONLY_RED);
        });
        let only = self.only_red;
        let count = if only { self.red } else { self.lines.len() };
        let side = (ui.available_width() * 0.36).clamp(260.0, 440.0);
        let frame = egui::Frame::new().inner_margin(egui::Margin { left: 10, ..egui::Margin::ZERO });
        egui::Panel::right("plan-basis").resizable(true).default_size(side).frame(frame).show(ui, |ui| {
            egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("basis").show(ui, |ui| {
                let light =
                    self.shown.and_then(|i| self.lines.get(i)).and_then(|l| view.analysis.plan.lights.get(l.at));
                if let Some(light) = light {
                    articles(ui, &open.project.policy, &light.text, &light.basis, on);
                    ui.add_space(GRID);
                }
                unconfirmed(ui, &open.project.policy, on);
            });
        });
        ui.spacing_mut().item_spacing.y = 0.0;
        egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("lights").show_rows(
            ui,
            ROW,
            count,
            |ui, range| {
                for i in range {
                    let Some(line) = self.lines.get(i) else { continue };
                    if light_row(ui, line, self.shown == Some(i)).clicked() {
                        self.shown = if self.shown == Some(i) { None } else { Some(i) };
                    }
                }
            },
        );
    }

    /// Frequencies, capped enterprises, off-site checks.
    pub(super) fn frequencies(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>) {
        self.spread.poll();
        let policy = &open.project.policy;
        if !self.spread.is_for(view) {
            let (of, project) = (Arc::clone(view), Arc::clone(&open.project));
            self.spread.start(cx.session, view, t::SPREAD, move |_| {
                let (inputs, plan) = (&of.analysis.population.inputs, &of.analysis.plan);
                Ok(compute_spread(&project.policy, inputs, &plan.frequencies))
            });
        }
        egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("frequencies").show(ui, |ui| {
            theme::card(ui).show(ui, |ui| {
                ui.set_width(ui.available_width());
                widgets::heading(ui, t::SPREAD);
                ui.label(theme::note(ui, t::SPREAD_NOTE));
                match self.spread.value() {
                    Some(Ok(table)) => spread_table(ui, policy, table),
                    Some(Err(error)) => {
                        ui.label(error);
                    }
                    None => {
                        ui.spinner();
                    }
                }
                let scaled = &view.analysis.plan.frequencies.scaled;
                let below = scaled.iter().filter(|s| s.below_floor).count();
                ui.add_space(HALF);
                ui.label(t::scaled(scaled.len(), below, policy.cap.visits));
            });
            ui.add_space(GRID);
            theme::card(ui).show(ui, |ui| {
                ui.set_width(ui.available_width());
                widgets::heading(ui, t::OFF_SITE);
                let quotas = &view.analysis.plan.off_site;
                if quotas.is_empty() {
                    ui.label(theme::note(ui, t::NO_OFF_SITE));
                }
                egui::Grid::new("off-site").striped(true).num_columns(3).spacing(Vec2::new(24.0, 4.0)).show(ui, |ui| {
                    for quota in quotas {
                        let body = view.analysis.population.inputs.bodies.get(quota.body as usize);
                        ui.label(body.map_or("", |b| b.name.as_str()));
                        ui.label(t::members(quota.members));
                        ui.label(t::off_site_checks(quota.checks));
                        ui.end_row();
                    }
                });
            });
        });
    }
}

fn light_row(ui: &mut Ui, line: &Line, shown: bool) -> egui::Response {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), egui::Sense::click());
    let state = if line.kept { t::KEPT } else { t::NOT_KEPT };
    response
        .widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, shown, format!("{state} {}", line.text)));
    if ui.is_rect_visible(rect) {
        let ground = if shown {
            palette.wash
        } else if response.hovered() || response.has_focus() {
            palette.stripe
        } else {
            palette.surface
        };
        ui.painter().rect_filled(rect, 0.0, ground);
        let ink = if line.kept { palette.green } else { palette.red };
        let centre = rect.left_center() + Vec2::new(14.0, 0.0);
        if line.kept {
            ui.painter().circle_filled(centre, 5.0, ink);
        } else {
            // another shape too, for those who can't tell the colours apart
            ui.painter().rect_filled(egui::Rect::from_center_size(centre, Vec2::splat(10.0)), 1.0, ink);
        }
        let painter = ui.painter().with_clip_rect(rect.shrink2(Vec2::new(6.0, 0.0)).intersect(ui.clip_rect()));
        painter.text(
            rect.left_center() + Vec2::new(28.0, 0.0),
            egui::Align2::LEFT_CENTER,
            &line.text,
            theme::regular(theme::BODY),
            if line.kept { palette.text } else { palette.red },
        );
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, palette.line));
    }
    let hint = if line.cite.is_empty() { t::NO_BASIS.to_owned() } else { t::basis_hint(&line.text, &line.cite) };
    response.on_hover_text(hint)
}

/// A rule's sentence with the articles that it comes from, in full.
pub(super) fn articles(ui: &mut Ui, policy: &Policy, text: &str, basis: &[String], on: NaiveDate) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.add(egui::Label::new(RichText::new(text).font(theme::bold(theme::BODY))).wrap());
        let found = policy.articles_on(basis, on);
        if found.is_empty() {
            ui.label(theme::note(ui, t::NO_BASIS));
        }
        for article in found {
            ui.add_space(HALF);
            let title = RichText::new(format!("{}{}", article.document, article.article)).color(theme::of(ui).accent);
            ui.add(egui::Label::new(title).wrap().selectable(true));
            if !article.text.is_empty() {
                ui.add(egui::Label::new(&article.text).wrap().selectable(true));
            }
            ui.label(theme::note(ui, t::confidence(article.confidence)));
        }
    });
}

fn unconfirmed(ui: &mut Ui, policy: &Policy, on: NaiveDate) {
    let items = policy.unconfirmed(on);
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::heading(ui, t::UNCONFIRMED);
        if items.is_empty() {
            ui.label(theme::note(ui, t::ALL_CONFIRMED));
        }
        for item in items {
            ui.horizontal_wrapped(|ui| {
                let palette = theme::of(ui);
                widgets::chip(ui, t::TO_CONFIRM, palette.amber_wash, palette.amber);
                ui.label(&item.name);
            });
            let cite = policy.cite(&item.articles, on);
            if !cite.is_empty() {
                let note = theme::note(ui, cite);
                ui.add(egui::Label::new(note).wrap());
            }
        }
    });
}

/// λ with two decimals, more where it would read as none.
fn frequency(lambda: f64) -> String {
    decimal(lambda, if lambda > 0.0 && lambda < 0.005 { 4 } else { 2 })
}

fn spread_table(ui: &mut Ui, policy: &Policy, table: &[Vec<Spread>]) {
    let count = policy.tiers.len();
    egui::Grid::new("spread")
        .striped(true)
        .num_columns(2 + policy.categories.len())
        .spacing(Vec2::new(28.0, 6.0))
        .show(ui, |ui| {
            ui.label(theme::note(ui, t::TIER));
            for category in &policy.categories {
                ui.label(theme::note(ui, &category.name));
            }
            ui.end_row();
            for (i, (tier, row)) in policy.tiers.iter().zip(table).enumerate() {
                ui.horizontal(|ui| {
                    widgets::tier_chip(ui, i, count, &tier.id);
                    ui.label(&tier.name);
                });
                for cell in row {
                    match cell.mean() {
                        None => ui.label(theme::note(ui, "—")),
                        Some(mean) => ui.label(t::spread(
                            &thousands(u64::from(cell.sites)),
                            &frequency(cell.least),
                            &frequency(mean),
                            &frequency(cell.most),
                        )),
                    };
                }
                ui.end_row();
            }
        });
}
