//! Floors and caps with their articles, unconfirmed numbers, frequencies by tier, off-site checks.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::NaiveDate;
use egui::{RichText, Ui, Vec2};

use crate::plan::spread::{Spread, compute_spread};
use crate::policy::Policy;
use crate::text::figure::{how_often, per_year};
use crate::ui::help::sentences_mark;
use crate::ui::screens::Cx;
use crate::ui::slot::{Same, Slot};
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, ListState, RowItem, Shape, TableInput};
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, thousands};
use crate::workspace::session::{AnalysisView, OpenProject, ViewCommand};

/// Height of a light's row.
const ROW: f32 = 30.0;

/// A light as it is shown.
struct Line {
    text: String,
    cite: String,
    kept: bool,
    body: Option<u16>,
    /// Index into the plan's lights.
    at: usize,
}

/// Room of the tiers' names beside the cells of frequencies, of the space between cells, of a cell at least.
const TIERS: f32 = 120.0;
const SPACE: f32 = 28.0;
const LEAST_CELL: f32 = 140.0;

/// State of the tab.
#[derive(Default)]
pub(super) struct Rules {
    of: Same<AnalysisView>,
    area: u64,
    lines: Vec<Line>,
    red: usize,
    only_red: bool,
    /// Counts the makings of `lines`, doubled.
    made: u64,
    list: ListState,
    spread: Slot<Same<AnalysisView>, Vec<Vec<Spread>>>,
}

impl Rules {
    fn refresh(&mut self, cx: &Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>, on: NaiveDate) {
        let filter = cx.session.filter();
        if self.of.is(view) && self.area == filter.area_revision {
            return;
        }
        self.of = Same::of(view);
        self.area = filter.area_revision;
        self.made += 2;
        self.list.follow(None);
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
                body: light.body,
                at,
            })
            .collect();
        self.lines.sort_by_key(|line| (line.kept, line.at));
        self.red = self.lines.iter().filter(|line| !line.kept).count();
    }

    /// Floors and caps.
    pub(super) fn lights(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>) {
        let on = cx.session.now().date();
        self.refresh(cx, open, view, on);
        let palette = theme::of(ui);
        ui.horizontal(|ui| {
            let ink = if self.red > 0 { palette.red } else { palette.green };
            ui.label(RichText::new(t::lights_sum(self.lines.len(), self.red)).color(ink));
            ui.checkbox(&mut self.only_red, t::ONLY_RED);
            if theme::is_low(ui.ctx()) {
                sentences_mark(ui, &[t::CHOOSE_LIGHT]);
            }
        });
        let only = self.only_red;
        let count = if only { self.red } else { self.lines.len() };
        let chosen = self.list.chosen().and_then(|i| self.lines.get(i));
        // the rules have all the room until one of them is looked at
        if let Some(light) = chosen.and_then(|line| view.analysis.plan.lights.get(line.at)) {
            let side = (ui.available_width() * 0.36).clamp(260.0, 440.0);
            let frame = egui::Frame::new().inner_margin(egui::Margin { left: 10, ..egui::Margin::ZERO });
            let range = widgets::side_range(ui, 220.0, 520.0, 0.42);
            let panel = egui::Panel::right("plan-basis").resizable(true).default_size(side);
            panel.size_range(range).frame(frame).show(ui, |ui| {
                egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("basis").show(ui, |ui| {
                    articles(ui, &open.project.policy, &light.text, &light.basis, on);
                });
            });
        } else if !theme::is_low(ui.ctx()) {
            ui.add(egui::Label::new(theme::note(ui, t::CHOOSE_LIGHT)).wrap());
        }
        let columns = [
            ColumnDef::text("light", "", 30.0).unsorted(),
            ColumnDef::text("state", t::LIGHT_COLUMNS[0], 64.0),
            ColumnDef::text("rule", t::LIGHT_COLUMNS[1], 260.0).share(1.0),
        ];
        let lines = &self.lines;
        let word = |line: &Line| if line.kept { t::KEPT } else { t::NOT_KEPT };
        let cell = |at: usize, column: usize| {
            Cow::Borrowed(match column {
                1 => word(&lines[at]),
                2 => lines[at].text.as_str(),
                _ => "",
            })
        };
        let style = |at: usize, column: usize, _: &str| {
            let kept = lines[at].kept;
            let shape = if kept { Shape::Dot } else { Shape::Square };
            let ink = if column == 0 && kept { Some(palette.green) } else { (!kept).then_some(palette.red) };
            CellStyle { shape: (column == 0).then_some(shape), ink, ..CellStyle::default() }
        };
        let hint = |at: usize| {
            let line = &lines[at];
            if line.cite.is_empty() { t::NO_BASIS.to_owned() } else { t::basis_hint(&line.text, &line.cite) }
        };
        let sentence = |at: usize| format!("{} {}", word(&lines[at]), lines[at].text);
        let rows = CellRows::new(&columns, count, &cell).sentence(&sentence);
        let items = |at: usize| {
            let body = lines.get(at).and_then(|line| line.body);
            body.map(|_| vec![RowItem::new("body", t::ONLY_BODY)]).unwrap_or_default()
        };
        let input = TableInput::new(ListId::Lights, &rows).decorate(&style).hint(&hint).items(&items).rows_of(ROW);
        let before = self.list.chosen();
        let out = List::show(ui, &mut self.list, &input, self.made ^ u64::from(only));
        if let Some(body) = out.item.and_then(|(at, _)| lines.get(at)?.body) {
            cx.send(ViewCommand::SetBody(Some(body)));
        }
        // a second click closes the articles
        if out.clicked.is_some() && out.clicked == before {
            self.list.follow(None);
        }
    }

    /// Frequencies, capped enterprises, off-site checks.
    pub(super) fn frequencies(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>) {
        let policy = &open.project.policy;
        let (of, project) = (Arc::clone(view), Arc::clone(&open.project));
        self.spread.ask(cx.session, &Same::of(view), t::SPREAD, move |_| {
            let (inputs, plan) = (&of.analysis.population.inputs, &of.analysis.plan);
            Ok(compute_spread(&project.policy, inputs, &plan.frequencies))
        });
        egui::ScrollArea::both().auto_shrink([false, false]).id_salt("frequencies").show(ui, |ui| {
            theme::card(ui).show(ui, |ui| {
                ui.set_width(ui.available_width());
                widgets::heading(ui, t::SPREAD);
                ui.label(theme::note(ui, t::SPREAD_NOTE));
                match self.spread.outcome() {
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

fn spread_table(ui: &mut Ui, policy: &Policy, table: &[Vec<Spread>]) {
    let count = policy.tiers.len();
    // cells share what the tiers' names leave, and take more lines where that is little
    let room = (ui.available_width() - TIERS) / policy.categories.len().max(1) as f32 - SPACE;
    let width = room.max(LEAST_CELL);
    egui::Grid::new("spread")
        .striped(true)
        .num_columns(2 + policy.categories.len())
        .spacing(Vec2::new(SPACE, 6.0))
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
                    spread_cell(ui, cell, width);
                }
                ui.end_row();
            }
        });
}

/// A tier's category: how often its sites are seen, the figures behind it, and what the enterprises' cap takes.
fn spread_cell(ui: &mut Ui, cell: &Spread, width: f32) {
    let Some(mean) = cell.mean() else {
        ui.label(theme::note(ui, "—"));
        return;
    };
    ui.vertical(|ui| {
        ui.set_max_width(width);
        let line = |ui: &mut Ui, words: RichText| ui.add(egui::Label::new(words).wrap());
        line(ui, RichText::new(t::spread(&thousands(u64::from(cell.sites)), &how_often(mean))));
        if let Some(own) = cell.own_mean() {
            let words = theme::note(ui, t::spread_figures(&per_year(cell.least), &per_year(own), &per_year(cell.most)));
            line(ui, words);
        }
        if cell.capped > 0 {
            let words = t::spread_capped(cell.capped, &per_year(cell.least_capped), cell.used_up);
            let words = theme::note(ui, words);
            line(ui, words);
        }
    });
}
