//! What does not fit, as a list and in sentences with its ways out; months fuller than their capacity.

mod found;

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{RichText, Ui};

use self::found::Found;
use super::rules::articles;
use crate::diagnostic::{AppError, Finding};
use crate::plan::{Mend, MendAction, Shortage, ShortageKind, Verdict};
use crate::ui::help::heading_with;
use crate::ui::screens::Cx;
use crate::ui::slot::{Same, Slot};
use crate::ui::text::help::Term;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, Gate};
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
    found: Found,
    more: BTreeMap<usize, Slot<Same<AnalysisView>, Vec<Mend>>>,
    outlook: Slot<Same<AnalysisView>, Outlook>,
    asked: bool,
    basis: Option<usize>,
    /// Ways out that wait for their ground.
    grounding: Option<Vec<Mend>>,
    ground: String,
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
        let read_only = open.saved.is_read_only();
        egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("shortages").show(ui, |ui| {
            ui.horizontal_wrapped(|ui| {
                let palette = theme::of(ui);
                let ink = match plan.verdict() {
                    Verdict::Feasible => palette.green,
                    Verdict::Overloaded => palette.amber,
                    Verdict::Blocked => palette.red,
                };
                let verdict = plan.verdict_text(&view.analysis.population.inputs.bodies);
                ui.label(RichText::new(verdict).font(theme::bold(theme::SECTION)).color(ink));
                if plan.verdict() == Verdict::Blocked {
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
            for text in plan.pressed_texts() {
                ui.add(egui::Label::new(theme::note(ui, text)).wrap());
            }
            ui.add_space(HALF);
            heading_with(ui, t::OVERLOADS, &[Term::Shortage, Term::Remedy]);
            let chosen = self.found.show(ui, cx, open, view);
            ui.add_space(HALF);
            let mut groups = by_cause(&plan.shortages);
            if let Some(chosen) = chosen {
                // the ways out of the chosen row alone
                groups.retain(|group| group.contains(&chosen));
            }
            if !groups.is_empty() {
                ui.label(theme::note(ui, t::MENDS_ORDER));
            }
            for group in groups.iter().take(MOST_SHOWN) {
                self.card(ui, cx, open, view, group, read_only);
                ui.add_space(HALF);
            }
            if groups.len() > MOST_SHOWN {
                ui.label(theme::note(ui, t::and_more(groups.len() - MOST_SHOWN)));
            }
        });
        self.confirm(ui, view);
        self.ask_ground(ui, cx);
    }

    /// One card for all shortages of one cause.
    fn card(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        view: &Arc<AnalysisView>,
        group: &[usize],
        read_only: bool,
    ) {
        let shortages = &view.analysis.plan.shortages;
        let Some((first, shortage)) = group.first().and_then(|at| Some((*at, shortages.get(*at)?))) else { return };
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
                let text =
                    if group.len() > 1 { t::one_cause(group.len(), &shortage.text) } else { shortage.text.clone() };
                ui.label(RichText::new(text).font(theme::bold(theme::BODY)));
                let shown = self.basis == Some(first);
                if ui.selectable_label(shown, theme::note(ui, t::BASIS)).clicked() {
                    self.basis = if shown { None } else { Some(first) };
                }
            });
            if self.basis == Some(first) {
                articles(ui, &open.project.policy, &shortage.text, &shortage.basis, cx.session.now().date());
            }
            if group.len() > 1 {
                egui::CollapsingHeader::new(t::all_places(group.len())).id_salt(("places", first)).show(ui, |ui| {
                    for text in group.iter().filter_map(|at| Some(&shortages.get(*at)?.text)) {
                        ui.add(egui::Label::new(text).wrap());
                    }
                });
                for mend in for_all(group.iter().filter_map(|at| shortages.get(*at))) {
                    self.offer(ui, open, &mend, t::TAKE_FOR_ALL, read_only);
                }
                ui.label(theme::note(ui, t::FIRST_OF_THEM));
            }
            self.mends(ui, cx, open, view, first, read_only);
        });
    }

    /// A way out with its button.
    fn offer(&mut self, ui: &mut Ui, open: &OpenProject, mend: &Mend, word: &str, read_only: bool) {
        ui.horizontal_wrapped(|ui| {
            let free = !read_only && open.is_current();
            let why = if read_only { t::READ_ONLY } else { t::WAIT };
            let button = ui.add_enabled(free, egui::Button::new(word)).on_disabled_hover_text(why);
            let name = t::take_name(&mend.text);
            button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, free, &name));
            if button.clicked() {
                self.grounding = Some(vec![mend.clone()]);
                self.ground.clear();
            }
            ui.label(&mend.text);
            ui.label(theme::note(ui, effect(&mend.action)));
        });
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
        let known = shortage.mends.len();
        let (mends, tried): (Vec<Mend>, bool) = match self.more.get(&at).and_then(Slot::outcome) {
            Some(Ok(mends)) => (mends.clone(), true),
            _ => (shortage.mends.iter().take(FEW).cloned().collect(), false),
        };
        for (k, mend) in mends.iter().enumerate() {
            self.offer(ui, open, mend, if k == 0 { t::TAKE_CHEAPEST } else { t::TAKE }, read_only);
        }
        if tried {
            // what the trying has come to is said, whatever it was
            ui.label(theme::note(ui, t::tried(mends.len(), mends.len().saturating_sub(known))));
            return;
        }
        let running = self.more.get(&at).is_some_and(|d| d.running().is_some());
        ui.horizontal(|ui| {
            if running {
                ui.spinner();
                ui.label(theme::note(ui, t::TRYING));
            } else if ui.button(t::more_mends(known.saturating_sub(FEW))).on_hover_text(t::MORE_HINT).clicked() {
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

    /// Takes what needs no ground at once; asks for the ground of what changes the rules.
    fn ask_ground(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        let Some(mends) = &self.grounding else { return };
        let take = |mends: &[Mend], ground: &str, cx: &mut Cx<'_>| {
            for mend in mends {
                let ground = if mend.action.changes_rules() { ground.to_owned() } else { String::new() };
                cx.send(DraftCommand::TakeMend { mend: mend.clone(), ground });
            }
        };
        if !mends.iter().any(|mend| mend.action.changes_rules()) {
            take(mends, "", cx);
            self.grounding = None;
            return;
        }
        let ready = !self.ground.trim().is_empty();
        let ground = &mut self.ground;
        let answer =
            widgets::dialog(ui.ctx(), "mend-ground", t::GROUND_TITLE, t::TAKE, Gate::of(&[(t::BASIS, ready)]), |ui| {
                for mend in mends.iter().filter(|mend| mend.action.changes_rules()).take(FEW) {
                    ui.add(egui::Label::new(RichText::new(&mend.text).font(theme::bold(theme::BODY))).wrap());
                }
                ui.add(egui::Label::new(t::GROUND_TEXT).wrap());
                ui.add_space(HALF);
                widgets::field(ui, t::BASIS, 320.0, ground, t::GROUND_HINT);
            });
        if answer == Some(true) {
            take(mends, &self.ground, cx);
        }
        if answer.is_some() {
            self.grounding = None;
        }
    }

    /// What "all the cheapest" would do, before it is done.
    fn confirm(&mut self, ui: &Ui, view: &Arc<AnalysisView>) {
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
        let outcome = self.outlook.outcome();
        let answer = widgets::dialog(ui.ctx(), "take-all", t::TAKE_ALL, t::TAKE_THESE, steps > 0, |ui| {
            if let Some(state) = &running {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.label(t::looking(state.done, state.total));
                });
                ui.ctx().request_repaint_after_secs(0.1);
                return;
            }
            match outcome {
                Some(Ok(outlook)) => steps_of(ui, outlook),
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
                    self.grounding = Some(outlook.steps.iter().map(|step| step.mend.clone()).collect());
                    self.ground.clear();
                }
            }
            Some(false) => {}
            None => return,
        }
        self.asked = false;
        self.outlook.clear();
    }
}

/// The steps of an outlook.
fn steps_of(ui: &mut Ui, outlook: &Outlook) {
    ui.add(egui::Label::new(t::outlook(outlook.steps.len())).wrap());
    ui.add_space(HALF);
    egui::ScrollArea::vertical().max_height(300.0).min_scrolled_height(280.0).auto_shrink([false, true]).show(
        ui,
        |ui| {
            for (i, Step { shortage, mend }) in outlook.steps.iter().enumerate() {
                let text = RichText::new(format!("{}. {}", i + 1, mend.text)).font(theme::bold(theme::BODY));
                ui.add(egui::Label::new(text).wrap());
                let note = theme::note(ui, format!("{shortage}（{}）", effect(&mend.action)));
                ui.add(egui::Label::new(note).wrap());
            }
        },
    );
    if let Some(stuck) = &outlook.stuck {
        let ink = theme::of(ui).red;
        ui.add(egui::Label::new(RichText::new(t::stuck(stuck)).color(ink)).wrap());
    }
}

/// What stands behind a shortage: those of one cause are one card.
fn cause(kind: &ShortageKind) -> String {
    match kind {
        ShortageKind::Resource { body, resource, .. } => format!("resource {body} {}", resource.index()),
        ShortageKind::Floor(clipped) if clipped.special => format!("special {:?}", clipped.by),
        ShortageKind::Floor(clipped) => {
            format!("floor {:?} {} {}", clipped.by, clipped.category, clipped.per_inspector)
        }
        ShortageKind::TooFewInspectors { .. } => "inspectors".to_owned(),
        ShortageKind::MissingSkill { skill, .. } => format!("skill {skill}"),
    }
}

/// Shortages by cause, in the order of their first ones.
fn by_cause(shortages: &[Shortage]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (at, shortage) in shortages.iter().enumerate() {
        let cause = format!("{} {}", shortage.blocking, cause(&shortage.kind));
        match groups.iter_mut().find(|group| group.0 == cause) {
            Some(group) => group.1.push(at),
            None => groups.push((cause, vec![at])),
        }
    }
    groups.into_iter().map(|group| group.1).collect()
}

/// Ways out that hold for the whole city: of each kind the one that reaches furthest among the shortages.
fn for_all<'a>(shortages: impl Iterator<Item = &'a Shortage>) -> Vec<Mend> {
    let reach = |action: &MendAction| match action {
        MendAction::RaiseCap { visits } => Some(i64::from(*visits)),
        MendAction::ShortenWindow { days } => Some(-i64::from(*days)),
        MendAction::LowerTriggeredReserve { reserve } => Some(-reserve.0),
        MendAction::LowerSpecialFloor { quarter_ratio } => Some(-quarter_ratio.iter().map(|r| r.0).sum::<i64>()),
        _ => None,
    };
    let mut found: Vec<Mend> = Vec::new();
    for mend in shortages.flat_map(|shortage| &shortage.mends) {
        let Some(far) = reach(&mend.action) else { continue };
        let alike = |m: &&mut Mend| std::mem::discriminant(&m.action) == std::mem::discriminant(&mend.action);
        match found.iter_mut().find(alike) {
            Some(known) if reach(&known.action).is_some_and(|known| known < far) => *known = mend.clone(),
            Some(_) => {}
            None => found.push(mend.clone()),
        }
    }
    found.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::model::Resource;

    fn shortage(kind: ShortageKind, mends: Vec<Mend>) -> Shortage {
        Shortage { kind, text: "缺".to_owned(), basis: Vec::new(), mends, blocking: true }
    }

    fn mend(action: MendAction, cost: f64) -> Mend {
        Mend { action, text: "办法".to_owned(), cost }
    }

    #[test]
    fn shortages_of_one_cause_are_one_card_with_the_way_out_that_serves_all() {
        let month =
            |body, month| ShortageKind::Resource { body, month, resource: Resource::TeamDays, need: 2.0, have: 1.0 };
        let people = |body| ShortageKind::TooFewInspectors { body, have: 0, need: 2 };
        let cap = |visits, cost| vec![mend(MendAction::RaiseCap { visits }, cost)];
        let all = [
            shortage(month(0, 1), cap(3, 1.0)),
            shortage(people(0), Vec::new()),
            shortage(month(0, 2), cap(5, 9.0)),
            shortage(month(1, 1), Vec::new()),
            shortage(people(3), Vec::new()),
        ];
        assert_eq!(by_cause(&all), [vec![0, 2], vec![1, 4], vec![3]]);
        let found = for_all([&all[0], &all[2]].into_iter());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].action, MendAction::RaiseCap { visits: 5 }, "the one that is enough for both");
    }
}
