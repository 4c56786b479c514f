//! 风险: weights, thresholds and frequencies with their live effect.
//!
//! Every change is the draft's (`DraftCommand::SetPolicy`), one step of undo a drag. The session recomputes; this screen
//! reads its stages, and makes in jobs of its own what it compares with (`effect`).

mod effect;
mod panels;
mod weights;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{RichText, Ui, vec2};

use super::{Cx, Screen, ready, title};
use crate::chart::Chart;
use crate::diagnostic::ProgressState;
use crate::policy::edit::{adopt_scoring, scoring_in_force};
use crate::policy::{Milli, Policy, load_preset, policy_fault, presets};
use crate::risk::Mover;
use crate::text::figure::whole_checks;
use crate::ui::help::heading_with;
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::plot::{self, PlotAction};
use crate::ui::slot::{Same, Slot};
use crate::ui::text::common;
use crate::ui::text::help::Term;
use crate::ui::text::risk as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, thousands};
use crate::workspace::intake::import::load_policy_file;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{AnalysisView, DraftCommand, OpenProject, ViewCommand};
pub(in crate::ui::screens) use effect::Reference;
use effect::{Against, Effect, Effects, Key, visits};
use weights::Weights;

/// What a policy file that was asked for is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Compare,
    Take,
}

/// Narrower than this the cards stand in one column.
const NARROW: f32 = 900.0;

/// Narrower than this the right side has one column.
const COLUMNS: f32 = 560.0;

/// Height of a figure.
const FIGURE: f32 = 92.0;

/// From tier, to tier.
type Pair = (u8, u8);

/// What is drawn of an effect, kept until it changes.
struct Drawn {
    key: Key,
    draft: u64,
    histogram: Chart,
}

/// What is drawn of a site.
struct Why {
    view: u64,
    draft: u64,
    unit: u32,
    chart: Option<Chart>,
}

/// State of the screen.
#[derive(Default)]
pub struct RiskScreen {
    weights: Weights,
    reference: Reference,
    effects: Effects,
    asked: Option<(For, Picking)>,
    taking: Slot<PathBuf, Policy>,
    fault: Option<String>,
    drawn: Option<Drawn>,
    why: Option<Why>,
    pair: Option<Pair>,
    /// Movers shown: indices of the effect's moves, for the effect and pair of the key.
    shown: Option<(Key, Option<Pair>, Vec<u32>)>,
    /// Errors of the draft's policy, by its revision.
    checked: Option<(u64, Option<String>)>,
    /// Name of the scoring in force, of the policy.
    named: (Same<Policy>, String),
}

impl Screen for RiskScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        self.poll_files(cx, open);
        if let Stage::Failed(error) = &open.analysis {
            if widgets::failed(ui, common::FAILED, error, t::BACK_TO_SAVED) {
                cx.send(DraftCommand::Revert);
            }
            return;
        }
        let Some(view) = open.view() else {
            widgets::loading(ui, common::COMPUTING, &ProgressState::default());
            return;
        };
        self.reference.poll(cx.session, open);
        self.effects.poll(cx.session, open, &self.reference);
        self.head(ui, cx, open);
        let reached = self.effects.shown().map(|effect| effect.reached.clone()).unwrap_or_default();
        let narrow = ui.available_width() < NARROW;
        egui::Panel::left("risk weights")
            .resizable(true)
            .default_size(if narrow { 300.0 } else { 360.0 })
            .size_range(widgets::side_range(ui, 280.0, 520.0, 0.5))
            .frame(egui::Frame::new().inner_margin(egui::Margin { left: 0, right: 12, top: 0, bottom: 0 }))
            .show(ui, |ui| {
                egui::ScrollArea::vertical().id_salt("weights").auto_shrink([false, false]).show(ui, |ui| {
                    ui.add_enabled_ui(!open.saved.is_read_only(), |ui| {
                        let draft = &open.draft;
                        let month = cx.session.month();
                        let saved = &draft.saved().policy;
                        if let Some(command) = self.weights.ui(ui, &draft.now().policy, saved, month, &reached) {
                            cx.send(command);
                        }
                    });
                });
            });
        let inset = egui::Margin { left: 12, right: 0, top: 0, bottom: 0 };
        egui::CentralPanel::default().frame(egui::Frame::new().inner_margin(inset)).show(ui, |ui| {
            self.effect(ui, cx, open, view);
        });
    }
}

impl RiskScreen {
    /// Title, comparison, presets, save.
    fn head(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        let against = self.reference.against.name();
        let error = self.check(open);
        let note = t::note(&self.in_force(open), &against);
        title(ui, t::TITLE, &note, |ui| {
            let can_save = open.draft.is_changed() && error.is_none() && !open.saved.is_read_only();
            if widgets::primary_if(ui, can_save, t::SAVE, t::NOTHING_TO_SAVE).clicked() {
                cx.send(DraftCommand::Save);
            }
            if ui.add_enabled(open.draft.is_changed(), egui::Button::new(t::REVERT)).clicked() {
                cx.send(DraftCommand::Revert);
            }
            ui.menu_button(t::against(&against), |ui| self.choose_against(ui, cx));
            ui.add_enabled_ui(!open.saved.is_read_only(), |ui| {
                ui.menu_button(t::TAKE_PRESET, |ui| self.choose_preset(ui, cx, open));
            });
            if !open.is_current() && error.is_none() {
                ui.label(theme::note(ui, t::RECOMPUTING));
                ui.spinner();
            }
        });
        let faults = [
            error.map(|error| format!("{}{error}", t::FAULTY)),
            self.weights.refused().map(str::to_owned),
            self.fault.clone(),
            self.reference.fault().map(str::to_owned),
            self.effects.fault().map(str::to_owned),
            self.taking.error().map(str::to_owned),
        ];
        for fault in faults.into_iter().flatten() {
            let ink = theme::of(ui).red;
            ui.add(egui::Label::new(widgets::message(ui, &fault, ink)).selectable(true).wrap());
        }
    }

    /// The scoring in force, by name.
    fn in_force(&mut self, open: &OpenProject) -> String {
        let policy = &open.draft.now().policy;
        if !self.named.0.is(policy) {
            self.named = (Same::of(policy), scoring_in_force(policy));
        }
        self.named.1.clone()
    }

    /// The first error of the draft's policy.
    fn check(&mut self, open: &OpenProject) -> Option<String> {
        if self.checked.as_ref().is_none_or(|(revision, _)| *revision != open.revision) {
            let first = policy_fault(&open.draft.now().policy).map(|fault| fault.to_string());
            self.checked = Some((open.revision, first));
        }
        self.checked.as_ref().and_then(|(_, error)| error.clone())
    }

    fn choose_against(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let mut choices = vec![Against::Saved];
        choices.extend(presets().iter().map(|(id, ..)| Against::Preset(id)));
        if let Against::File(_) = self.reference.against {
            choices.push(self.reference.against.clone());
        }
        for choice in choices {
            if ui.selectable_label(self.reference.against == choice, choice.name()).clicked() {
                self.reference.against = choice;
                ui.close();
            }
        }
        ui.separator();
        if ui.button(t::ANOTHER_FILE).clicked() {
            self.ask(cx, For::Compare);
            ui.close();
        }
    }

    fn choose_preset(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        for (id, name, _) in presets() {
            if ui.button(*name).clicked() {
                match load_preset(id) {
                    Ok(preset) => take(cx, open, &preset, name),
                    Err(error) => self.fault = Some(error.to_string()),
                }
                ui.close();
            }
        }
        ui.separator();
        if ui.button(t::TAKE_FILE).clicked() {
            self.ask(cx, For::Take);
            ui.close();
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>, what: For) {
        let request =
            PickRequest::new(PickKind::OpenFile, t::PICK_POLICY).door(Door::Setting).filter(t::POLICY_FILES, &["ron"]);
        self.asked = Some((what, cx.pick(request)));
    }

    fn poll_files(&mut self, cx: &mut Cx<'_>, open: &OpenProject) {
        if let Some(paths) = self.asked.as_ref().and_then(|(_, picking)| picking.poll())
            && let Some((what, _)) = self.asked.take()
            && let Some(path) = paths.into_iter().next()
        {
            self.fault = None;
            match what {
                For::Compare => self.reference.against = Against::File(path),
                For::Take => {
                    let file = path.clone();
                    self.taking.start(cx.session, path, t::PICK_POLICY, move |_| Ok(load_policy_file(&file)?.0));
                }
            }
        }
        if let Some((path, result)) = self.taking.take() {
            match result {
                Ok(policy) => {
                    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                    take(cx, open, &policy, &name);
                }
                Err(error) => self.fault = Some(error),
            }
        }
    }

    /// The right side.
    fn effect(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>) {
        let Some(effect) = self.effects.shown().cloned() else {
            widgets::loading(ui, common::COMPUTING, &ProgressState::default());
            return;
        };
        let room = ui.available_size();
        // Two rows of two, one below the other where the page is narrow; on a low window the page scrolls instead of
        // squeezing them.
        let narrow = room.x < COLUMNS;
        egui::ScrollArea::vertical().id_salt("risk effect").auto_shrink([false, false]).show(ui, |ui| {
            let figures = if narrow { FIGURE * 2.0 + GRID } else { FIGURE };
            self.figures(ui, cx, open, view, &effect);
            ui.add_space(GRID);
            let height = room.y - figures - GRID * 2.0;
            let upper = (height * 0.56).max(250.0);
            let lower = (height - upper).max(196.0);
            let (left, right) = if narrow {
                (room.x - GRID, room.x - GRID)
            } else {
                let right = (room.x * 0.4).clamp(280.0, 540.0);
                (room.x - right - GRID * 2.0, right)
            };
            row(ui, narrow, |ui| {
                card(ui, vec2(left, upper), 1, |ui| self.histogram(ui, cx, open, view, &effect));
                card(ui, vec2(right, upper), 10, |ui| {
                    widgets::heading(ui, t::MATRIX);
                    ui.add(egui::Label::new(theme::note(ui, t::MATRIX_NOTE)).wrap());
                    panels::matrix(ui, &effect, &open.project.policy, &mut self.pair);
                });
            });
            ui.add_space(GRID - ui.spacing().item_spacing.y);
            row(ui, narrow, |ui| {
                card(ui, vec2(left, lower), 10, |ui| self.movers(ui, cx, open, &effect));
                card(ui, vec2(right, lower), 2, |ui| self.why(ui, cx, open, view));
            });
        });
    }

    fn figures(&self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenProject, view: &AnalysisView, effect: &Effect) {
        let narrow = ui.available_width() < COLUMNS;
        let across = if narrow { 2.0 } else { 4.0 };
        // room for the scroll bar
        let width = ((ui.available_width() - GRID * across) / across).max(120.0);
        let (raised, lowered) = (effect.moves.raised(), effect.moves.lowered());
        let reference = self.reference.view().map(|(_, view)| view.as_ref());
        let now = visits(view, &open.data, cx.session);
        let then = reference.map_or_else(|| t::UNKNOWN.to_owned(), |v| whole_checks(visits(v, &open.data, cx.session)));
        let short = view.analysis.plan.blocking().count();
        let were = reference.map_or_else(|| t::UNKNOWN.to_owned(), |v| v.analysis.plan.blocking().count().to_string());
        let red = (short > 0).then_some(theme::of(ui).red);
        let sites = t::of_sites(effect.sites);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::Vec2::splat(GRID);
            widgets::figure(ui, width, t::RAISED, &thousands(raised), t::SITES, &sites, None);
            widgets::figure(ui, width, t::LOWERED, &thousands(lowered), t::SITES, &sites, None);
            let note = t::was(&then, t::CHECKS);
            widgets::figure(ui, width, t::VISITS, &whole_checks(now), t::CHECKS, &note, None);
            let note = t::was(&were, t::ITEMS);
            widgets::figure(ui, width, t::SHORTAGES, &short.to_string(), t::ITEMS, &note, red);
        });
    }

    fn histogram(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &AnalysisView, effect: &Effect) {
        let fits = self.drawn.as_ref().is_some_and(|d| d.key == effect.key && d.draft == open.revision);
        if !fits {
            let histogram = panels::histogram(effect, &open.project.policy, source(open, view));
            self.drawn = Some(Drawn { key: effect.key, draft: open.revision, histogram });
        }
        let Some(drawn) = &self.drawn else { return };
        let revision = stamp(&[effect.key.view, effect.key.books, effect.key.reference, effect.key.area, drawn.draft]);
        let size = ui.available_size();
        let plotted = plot::show(ui, "histogram", &drawn.histogram, size, revision);
        save(cx, &drawn.histogram, plotted.action);
    }

    fn movers(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, effect: &Effect) {
        let policy = &open.project.policy;
        let fits = self.shown.as_ref().is_some_and(|(key, pair, _)| *key == effect.key && *pair == self.pair);
        if !fits {
            // A pair that nobody moves between any more would leave the list empty without a reason.
            if self.pair.is_some_and(|(from, to)| !effect.moves.movers.iter().any(|m| (m.from, m.to) == (from, to))) {
                self.pair = None;
            }
            let fit = |m: &Mover| self.pair.is_none_or(|pair| pair == (m.from, m.to));
            let rows = effect.moves.movers.iter().enumerate().filter(|(_, m)| fit(m)).map(|(i, _)| i as u32).collect();
            self.shown = Some((effect.key, self.pair, rows));
        }
        let Some((_, pair, shown)) = &self.shown else { return };
        let names = pair.map(|(f, to)| (panels::letter(policy, f as usize), panels::letter(policy, to as usize)));
        let mut all = false;
        ui.horizontal(|ui| {
            widgets::heading(ui, &t::movers(shown.len(), names));
            if pair.is_some() {
                all = ui.small_button(t::ALL_MOVERS).clicked();
            }
        });
        if shown.is_empty() {
            let words = RichText::new(t::NO_MOVERS).color(theme::of(ui).muted);
            ui.add(egui::Label::new(words).wrap());
        } else {
            let selected = cx.session.filter().unit;
            if let Some(row) = panels::movers(ui, &effect.moves.movers, shown, policy, &open.data, selected) {
                cx.send(ViewCommand::SelectUnit(Some(row)));
            }
        }
        if all {
            self.pair = None;
        }
    }

    fn why(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &AnalysisView) {
        let Some(unit) = cx.session.filter().unit else {
            egui::Frame::new().inner_margin(egui::Margin::same(8)).show(ui, |ui| {
                heading_with(ui, t::WHY, &[Term::Tier, Term::Frequency]);
                let words = RichText::new(t::NO_UNIT).color(theme::of(ui).muted);
                ui.add(egui::Label::new(words).wrap());
            });
            return;
        };
        let revision = effect::revision(open);
        let fits = self.why.as_ref().is_some_and(|w| w.view == revision && w.draft == open.revision && w.unit == unit);
        if !fits {
            let (policy, row) = (&open.project.policy, unit as usize);
            let name = open.data.name(unit).unwrap_or_default();
            // An analysis of other factors than the draft's explains itself when the recomputed one comes.
            let parts = view.analysis.risk.explain(row, policy).ok();
            let chart = parts.zip(view.scores.get(row).zip(view.tiers.get(row))).map(|(parts, (score, tier))| {
                let tier = panels::letter(policy, *tier as usize);
                panels::contributions(name, Milli(*score), tier, &parts, source(open, view))
            });
            // While the draft runs ahead, the last explanation stays.
            let keep = chart.is_none() && !open.is_current() && self.why.as_ref().is_some_and(|w| w.unit == unit);
            if !keep {
                self.why = Some(Why { view: revision, draft: open.revision, unit, chart });
            }
        }
        let Some(why) = &self.why else { return };
        let Some(chart) = &why.chart else {
            ui.label(t::NO_SCORE);
            return;
        };
        let size = ui.available_size();
        let height = chart.comfortable_height().max(size.y - 2.0);
        let stamp = stamp(&[why.view, why.draft, u64::from(unit)]);
        egui::ScrollArea::vertical().id_salt("why").auto_shrink([false, false]).show(ui, |ui| {
            let plotted = plot::show(ui, "why", chart, vec2(ui.available_width(), height), stamp);
            save(cx, chart, plotted.action);
        });
    }
}

/// Takes another policy's scoring into the draft.
fn take(cx: &mut Cx<'_>, open: &OpenProject, other: &Policy, name: &str) {
    let policy = Arc::new(adopt_scoring(&open.draft.now().policy, other));
    cx.send(DraftCommand::SetPolicy { policy, label: t::step_adopt(name), gesture: 0 });
}

fn save(cx: &mut Cx<'_>, chart: &Chart, action: Option<PlotAction>) {
    if let Some(action) = action {
        cx.out.charts.push((action, chart.clone()));
    }
}

fn source(open: &OpenProject, view: &AnalysisView) -> String {
    let as_of = view.analysis.risk.as_of().to_string();
    t::source(&open.saved.file.name, &as_of, &scoring_in_force(&open.project.policy), open.draft.is_changed())
}

/// One number of several, for the plots' revisions.
fn stamp(parts: &[u64]) -> u64 {
    parts.iter().fold(0xcbf2_9ce4_8422_2325, |hash, part| (hash ^ part).wrapping_mul(0x0100_0000_01b3).rotate_left(17))
}

/// Cards beside each other, or one below the other.
fn row(ui: &mut Ui, stacked: bool, add: impl FnOnce(&mut Ui)) {
    let cards = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(GRID);
        add(ui);
    };
    if stacked {
        ui.vertical(cards);
    } else {
        ui.horizontal_top(cards);
    }
}

/// A card of a fixed size with a margin; charts bring their own.
fn card(ui: &mut Ui, size: egui::Vec2, margin: i8, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(size, egui::Layout::top_down(egui::Align::Min), |ui| {
        theme::card(ui).inner_margin(egui::Margin::same(margin)).show(ui, |ui| {
            let inner = size - egui::Vec2::splat(f32::from(margin) * 2.0 + 2.0);
            ui.set_min_size(inner);
            ui.set_max_size(inner);
            add(ui);
        });
    });
}
