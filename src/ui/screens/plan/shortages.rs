//! What does not fit, in sentences, with its ways out; months fuller than their capacity.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{RichText, Ui};

use super::rules::articles;
use crate::diagnostic::{AppError, Finding};
use crate::plan::{AnnualPlan, Mend, MendAction};
use crate::ui::help::heading_with;
use crate::ui::screens::Cx;
use crate::ui::slot::{Same, Slot};
use crate::ui::text::help::Term;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, decimal};
use crate::workspace::deeds::mends::{LOOKING_AHEAD, Outlook, Step, look_ahead, mends_of};
use crate::workspace::session::{AnalysisView, DraftCommand, OpenProject};

/// Shortages laid out; more than that are counted.
const MOST_SHOWN: usize = 60;
/// Mends of a shortage laid out before all are asked for.
const FEW: usize = 3;
/// What a mend changes, in a few words.
pub(super) fn effect(action: &MendAction) -> &'static str {
    match action {
        MendAction::MoveVisits { .. } | MendAction::MoveMandatory { .. } => t::EFFECT_MOVE,
        MendAction::LendCapacity { from: Some(_), .. }
        | MendAction::LendInspectors { from: Some(_), .. }
        | MendAction::LendSkill { from: Some(_), .. } => t::EFFECT_LEND,
        MendAction::LendCapacity { .. } | MendAction::LendInspectors { .. } | MendAction::LendSkill { .. } => {
            t::EFFECT_ADD
        }
        MendAction::TrainSkill { .. } => t::EFFECT_TRAIN,
        MendAction::LowerTriggeredReserve { .. } => t::EFFECT_RESERVE,
        MendAction::LowerFloor { .. }
        | MendAction::LowerPerInspector { .. }
        | MendAction::LowerSpecialFloor { .. }
        | MendAction::RaiseCap { .. }
        | MendAction::ShortenWindow { .. } => t::EFFECT_RULE,
    }
}

/// State of the tab.
#[derive(Default)]
pub(super) struct Shortages {
    more: BTreeMap<usize, Slot<Same<AnalysisView>, Vec<Mend>>>,
    outlook: Slot<Same<AnalysisView>, Outlook>,
    asked: bool,
    basis: Option<usize>,
}

impl Shortages {
    /// Draws shortages and overloads.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>) {
        let of = Same::of(view);
        for slot in self.more.values_mut() {
            slot.poll();
        }
        self.more.retain(|_, slot| slot.is_for(&of));
        self.outlook.poll();
        let plan = &view.analysis.plan;
        let body = cx.session.filter().body;
        let read_only = open.saved.is_read_only();
        egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("shortages").show(ui, |ui| {
            let blocking = plan.blocking().count();
            ui.horizontal(|ui| {
                let palette = theme::of(ui);
                if blocking == 0 {
                    ui.label(RichText::new(t::FEASIBLE).font(theme::bold(theme::SECTION)).color(palette.green));
                } else {
                    ui.label(RichText::new(t::blocking(blocking)).font(theme::bold(theme::SECTION)).color(palette.red));
                    let why = if read_only { t::READ_ONLY } else { t::WAIT };
                    let free = !read_only && open.is_current() && self.outlook.running().is_none();
                    if widgets::primary_if(ui, free, t::TAKE_ALL, why).clicked() {
                        self.asked = true;
                        let (project, data, of) = (Arc::clone(&open.project), Arc::clone(&open.data), Arc::clone(view));
                        self.outlook.start(cx.session, Same::of(view), LOOKING_AHEAD, move |progress| {
                            look_ahead(&project, &data.registry, Arc::clone(&of.analysis), progress)
                        });
                    }
                }
            });
            ui.add_space(HALF);
            for (i, shortage) in plan.shortages.iter().enumerate().take(MOST_SHOWN) {
                theme::card(ui).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.horizontal_wrapped(|ui| {
                        let palette = theme::of(ui);
                        let (word, ground, ink) = if shortage.blocking {
                            (t::SHORTAGE, palette.red_wash, palette.red)
                        } else {
                            (t::REMARK, palette.amber_wash, palette.amber)
                        };
                        widgets::chip(ui, word, ground, ink);
                        ui.label(RichText::new(&shortage.text).font(theme::bold(theme::BODY)));
                        let shown = self.basis == Some(i);
                        if ui.selectable_label(shown, theme::note(ui, t::BASIS)).clicked() {
                            self.basis = if shown { None } else { Some(i) };
                        }
                    });
                    if self.basis == Some(i) {
                        articles(ui, &open.project.policy, &shortage.text, &shortage.basis, cx.session.now().date());
                    }
                    self.mends(ui, cx, open, view, i, read_only);
                });
                ui.add_space(HALF);
            }
            if plan.shortages.len() > MOST_SHOWN {
                ui.label(theme::note(ui, t::and_more(plan.shortages.len() - MOST_SHOWN)));
            }
            ui.add_space(GRID);
            overloads(ui, plan, body);
        });
        self.confirm(ui, cx, view);
    }

    fn mends(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        view: &Arc<AnalysisView>,
        at: usize,
        read_only: bool,
    ) {
        let shortage = &view.analysis.plan.shortages[at];
        let all = self.more.get(&at).and_then(Slot::outcome);
        let (mends, tried): (&[Mend], bool) = match all {
            Some(Ok(mends)) => (mends, true),
            _ => (shortage.mends.get(..FEW.min(shortage.mends.len())).unwrap_or_default(), false),
        };
        let mut taken = None;
        for (k, mend) in mends.iter().enumerate() {
            ui.horizontal_wrapped(|ui| {
                let free = !read_only && open.is_current();
                let button = egui::Button::new(if k == 0 { t::TAKE_CHEAPEST } else { t::TAKE });
                let why = if read_only { t::READ_ONLY } else { t::WAIT };
                let button = ui.add_enabled(free, button).on_disabled_hover_text(why);
                let name = t::take_name(&mend.text);
                button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, free, &name));
                if button.clicked() {
                    taken = Some(mend.clone());
                }
                ui.label(&mend.text);
                ui.label(theme::note(ui, t::cost(effect(&mend.action), &decimal(mend.cost, 1))));
            });
        }
        if let Some(mend) = taken {
            cx.send(DraftCommand::TakeMend(mend));
        }
        if tried {
            if mends.is_empty() {
                ui.label(theme::note(ui, t::NO_MENDS));
            }
            return;
        }
        let running = self.more.get(&at).is_some_and(|d| d.running().is_some());
        ui.horizontal(|ui| {
            if running {
                ui.spinner();
                ui.label(theme::note(ui, t::TRYING));
            } else if ui
                .button(t::more_mends(shortage.mends.len().saturating_sub(FEW)))
                .on_hover_text(t::MORE_HINT)
                .clicked()
            {
                let (project, of) = (Arc::clone(&open.project), Arc::clone(view));
                self.more.entry(at).or_default().start(cx.session, Same::of(view), t::TRYING, move |_| {
                    let plan = &of.analysis.plan;
                    let gone = || AppError::from(Finding::error("PLN-101", t::GONE));
                    let shortage = plan.shortages.get(at).ok_or_else(gone)?;
                    Ok(mends_of(&project, &of.analysis, shortage))
                });
            }
            if let Some(Err(error)) = self.more.get(&at).and_then(Slot::outcome) {
                ui.label(RichText::new(error).color(theme::of(ui).red));
            }
        });
    }

    /// What "all the cheapest" would do, before it is done.
    fn confirm(&mut self, ui: &Ui, cx: &mut Cx<'_>, view: &Arc<AnalysisView>) {
        if !self.asked {
            return;
        }
        if !self.outlook.is_for(&Same::of(view)) {
            // another plan by now: what was tried holds no more
            self.asked = false;
            self.outlook.clear();
            return;
        }
        let running = self.outlook.running();
        let steps = self.outlook.outcome().and_then(Result::ok).map_or(0, |o| o.steps.len());
        let answer = widgets::dialog(ui.ctx(), "take-all", t::TAKE_ALL, t::TAKE_THESE, steps > 0, |ui| {
            if let Some(state) = &running {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.label(t::looking(state.done, state.total));
                });
                ui.ctx().request_repaint_after_secs(0.1);
                return;
            }
            match self.outlook.outcome() {
                Some(Ok(outlook)) => {
                    ui.add(egui::Label::new(t::outlook(outlook.steps.len())).wrap());
                    ui.add_space(HALF);
                    egui::ScrollArea::vertical()
                        .max_height(300.0)
                        .min_scrolled_height(280.0)
                        .auto_shrink([false, true])
                        .show(ui, |ui| {
                            for (i, Step { shortage, mend }) in outlook.steps.iter().enumerate() {
                                ui.add(
                                    egui::Label::new(
                                        RichText::new(format!("{}. {}", i + 1, mend.text))
                                            .font(theme::bold(theme::BODY)),
                                    )
                                    .wrap(),
                                );
                                let note = theme::note(ui, format!("{shortage}（{}）", effect(&mend.action)));
                                ui.add(egui::Label::new(note).wrap());
                            }
                        });
                    if let Some(stuck) = &outlook.stuck {
                        let ink = theme::of(ui).red;
                        ui.add(egui::Label::new(RichText::new(t::stuck(stuck)).color(ink)).wrap());
                    }
                }
                Some(Err(error)) => {
                    ui.add(egui::Label::new(error).wrap());
                }
                None => {
                    ui.label(t::STOPPED);
                }
            }
        });
        match answer {
            Some(true) => {
                if let Some(Ok(outlook)) = self.outlook.outcome() {
                    for step in &outlook.steps {
                        cx.send(DraftCommand::TakeMend(step.mend.clone()));
                    }
                }
            }
            Some(false) => {}
            None => return,
        }
        self.asked = false;
        self.outlook.clear();
    }
}

fn overloads(ui: &mut Ui, plan: &AnnualPlan, body: Option<u16>) {
    heading_with(ui, t::OVERLOADS, &[Term::Shortage, Term::Remedy]);
    let mut count = 0;
    for overload in plan.overloads.iter().filter(|o| body.is_none_or(|b| b == o.body)) {
        count += 1;
        if count <= MOST_SHOWN {
            ui.horizontal_wrapped(|ui| {
                let palette = theme::of(ui);
                widgets::chip(ui, t::FULL, palette.amber_wash, palette.amber);
                ui.label(&overload.text);
            });
        }
    }
    if count == 0 {
        ui.label(theme::note(ui, t::NO_OVERLOADS));
    } else if count > MOST_SHOWN {
        ui.label(theme::note(ui, t::and_more(count - MOST_SHOWN)));
    }
}
