//! The policy's numbers: each part with its articles and how sure it is, changed on a basis, confirmed one by one or
//! several at once, with what it does to the plan.
//!
//! Every change is one step of the draft; the journal keeps it with the saving. What the policy does not allow is said
//! with its code, and the policy stays.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{RichText, Ui};

use super::rules::articles;
use crate::domain::BodyId;
use crate::policy::Policy;
use crate::policy::edit::{DecidablePart, Deciding, PartValue, decide, floor_of_body, list_parts};
use crate::text::figure::whole_checks;
use crate::ui::help::sentences_mark;
use crate::ui::screens::Cx;
use crate::ui::screens::risk::Reference;
use crate::ui::slot::Same;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, ListState, Shape, TableInput};
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, Gate, decimal};
use crate::workspace::session::{AnalysisView, DraftCommand, OpenProject};

/// Height of a row.
const ROW: f32 = 30.0;

/// A change of a body's year that is worth a line, checks.
const VISIBLE: f64 = 0.05;

/// What is typed for a decision.
#[derive(Default)]
struct Typed {
    basis: String,
    reason: String,
    by: String,
    error: Option<String>,
}

impl Typed {
    /// What a decision needs; a change of numbers its reason too.
    fn gate(&self, with_reason: bool) -> Gate {
        let given = |text: &str| !text.trim().is_empty();
        Gate::of(&[
            (t::DECISION_BASIS, given(&self.basis)),
            (t::DECISION_REASON, !with_reason || given(&self.reason)),
            (t::DECISION_BY, given(&self.by)),
        ])
    }

    fn deciding(&self, cx: &Cx<'_>, parts: Vec<String>, values: Vec<(String, String)>, confirmed: bool) -> Deciding {
        Deciding {
            parts,
            values,
            basis: self.basis.clone(),
            reason: self.reason.clone(),
            by: self.by.clone(),
            on: cx.session.now().date(),
            confirmed,
        }
    }
}

/// State of the tab.
#[derive(Default)]
pub(super) struct Values {
    of: Same<Policy>,
    parts: Vec<DecidablePart>,
    fault: Option<String>,
    only_open: bool,
    ticked: BTreeSet<String>,
    list: ListState,
    /// Counts the makings of `parts`.
    made: u64,
    chosen: Option<String>,
    /// The numbers of the chosen part as they are typed, by the part and the making they were taken from.
    texts: (Option<String>, u64, Vec<String>),
    typed: Typed,
    asking: Option<Typed>,
    reference: Reference,
}

impl Values {
    fn refresh(&mut self, cx: &Cx<'_>, open: &OpenProject) {
        let policy = &open.draft.now().policy;
        if self.of.is(policy) {
            return;
        }
        self.of = Same::of(policy);
        match list_parts(policy, cx.session.now().date()) {
            Ok(parts) => (self.parts, self.fault) = (parts, None),
            Err(error) => self.fault = Some(error.to_string()),
        }
        self.made += 1;
        let parts = &self.parts;
        self.ticked.retain(|id| parts.iter().any(|part| part.part == *id && part.standing.is_open()));
    }

    /// How many parts the office has yet to confirm.
    pub(super) fn open_parts(&mut self, cx: &Cx<'_>, open: &OpenProject) -> usize {
        self.refresh(cx, open);
        self.parts.iter().filter(|part| part.standing.is_open()).count()
    }

    /// Draws the tab.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &AnalysisView) {
        self.refresh(cx, open);
        self.reference.poll(cx.session, open);
        let writable = !open.saved.is_read_only();
        self.bar(ui, cx, writable);
        if let Some(fault) = &self.fault {
            ui.label(widgets::message(ui, fault, theme::of(ui).red));
        }
        // the list has all the room until something of it is looked at
        if self.chosen.is_some() || open.draft.is_changed() {
            let side = (ui.available_width() * 0.42).clamp(300.0, 520.0);
            let frame = egui::Frame::new().inner_margin(egui::Margin { left: 10, ..egui::Margin::ZERO });
            let range = widgets::side_range(ui, 260.0, 620.0, 0.48);
            let panel = egui::Panel::right("plan-value").resizable(true).default_size(side);
            panel.size_range(range).frame(frame).show(ui, |ui| {
                egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("value").show(ui, |ui| {
                    self.part(ui, cx, open, writable);
                    ui.add_space(GRID);
                    self.effect(ui, open, view);
                });
            });
        } else if !theme::is_low(ui.ctx()) {
            ui.label(theme::note(ui, t::CHOOSE_PART));
        }
        self.table(ui, cx, open);
        self.ask(ui, cx, open);
    }

    fn bar(&mut self, ui: &mut Ui, cx: &Cx<'_>, writable: bool) {
        let open = self.parts.iter().filter(|part| part.standing.is_open()).count();
        ui.horizontal_wrapped(|ui| {
            let palette = theme::of(ui);
            let ink = if open > 0 { palette.amber } else { palette.green };
            ui.label(RichText::new(t::values_sum(self.parts.len(), open)).color(ink));
            ui.checkbox(&mut self.only_open, t::ONLY_OPEN);
            if theme::is_low(ui.ctx()) {
                sentences_mark(ui, &[t::CHOOSE_PART]);
            }
            ui.add_enabled_ui(writable, |ui| {
                if ui.add_enabled(open > 0, egui::Button::new(t::TICK_OPEN)).clicked() {
                    let parts = self.parts.iter().filter(|part| part.standing.is_open());
                    self.ticked = parts.map(|part| part.part.clone()).collect();
                }
                if !self.ticked.is_empty() && ui.button(t::UNTICK).clicked() {
                    self.ticked.clear();
                }
                let words = t::confirm_ticked(self.ticked.len());
                if widgets::primary_if(ui, !self.ticked.is_empty(), &words, t::TICK_FIRST).clicked() {
                    self.asking = Some(Typed { by: cx.session.preferences().operator.clone(), ..Typed::default() });
                }
            });
        });
    }

    fn table(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenProject) {
        let palette = *theme::of(ui);
        let policy = &open.draft.now().policy;
        let on = cx.session.now().date();
        let only = self.only_open;
        let shown: Vec<&DecidablePart> = self.parts.iter().filter(|part| !only || part.standing.is_open()).collect();
        let columns = [
            ColumnDef::text("tick", "", 30.0).unsorted(),
            ColumnDef::text("state", t::VALUE_COLUMNS[0], 76.0),
            ColumnDef::text("part", t::VALUE_COLUMNS[1], 220.0).share(0.9),
            ColumnDef::text("values", t::VALUE_COLUMNS[2], 220.0).share(1.4),
            ColumnDef::text("basis", t::VALUE_COLUMNS[3], 150.0).share(0.5),
        ];
        let cell = |at: usize, column: usize| match (shown.get(at), column) {
            (Some(part), 1) => Cow::Borrowed(t::standing(part.standing)),
            (Some(part), 2) => Cow::Borrowed(part.name.as_str()),
            (Some(part), 3) => Cow::Owned(summary(part)),
            (Some(part), 4) => match &part.decision {
                Some(decision) => Cow::Owned(decision.basis.clone()),
                None => Cow::Owned(policy.cite(&part.basis, on)),
            },
            _ => Cow::Borrowed(""),
        };
        let ticked = |at: usize| {
            let part = shown.get(at).filter(|part| part.standing.is_open())?;
            Some(self.ticked.contains(&part.part))
        };
        let style = |at: usize, column: usize, _: &str| {
            let open = shown.get(at).is_some_and(|part| part.standing.is_open());
            CellStyle {
                shape: ticked(at).filter(|_| column == 0).map(Shape::Box),
                ink: (column == 1).then_some(if open { palette.amber } else { palette.muted }),
                ..CellStyle::default()
            }
        };
        let sentence = |at: usize| {
            shown
                .get(at)
                .map_or_else(String::new, |part| t::value_row(t::standing(part.standing), &part.name, &summary(part)))
        };
        let rows = CellRows::new(&columns, shown.len(), &cell).sentence(&sentence).ticked(&ticked);
        let input = TableInput::new(ListId::Values, &rows).decorate(&style).rows_of(ROW);
        let out = List::show(ui, &mut self.list, &input, self.made * 2 + u64::from(only));
        let id = |at: usize| shown.get(at).map(|part| part.part.clone());
        if let Some(part) = out.ticked.and_then(id) {
            if !self.ticked.remove(&part) {
                self.ticked.insert(part);
            }
        } else if let Some(part) = out.clicked.or(out.chosen).and_then(id) {
            self.chosen = Some(part);
        }
    }

    /// The chosen part: its articles, its numbers, its decision.
    fn part(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, writable: bool) {
        let policy = &open.draft.now().policy;
        let chosen = self.chosen.as_deref();
        let Some(part) = self.parts.iter().find(|part| Some(part.part.as_str()) == chosen).cloned() else {
            ui.add(egui::Label::new(theme::note(ui, t::CHOOSE_PART)).wrap());
            return;
        };
        articles(ui, policy, &part.name, &part.basis, cx.session.now().date());
        if let Some(decision) = &part.decision {
            let ink = theme::of(ui).green;
            ui.add(egui::Label::new(RichText::new(t::decision(decision)).color(ink)).wrap().selectable(true));
        }
        ui.add_space(HALF);
        if self.texts.0.as_ref() != Some(&part.part) || self.texts.1 != self.made {
            if self.texts.0.as_ref() != Some(&part.part) {
                let by = cx.session.preferences().operator.clone();
                self.typed = Typed { basis: self.typed.basis.clone(), by, ..Typed::default() };
            }
            let texts = part.values.iter().map(|value| value.value.clone()).collect();
            self.texts = (Some(part.part.clone()), self.made, texts);
        }
        if part.values.is_empty() {
            ui.add(egui::Label::new(theme::note(ui, t::NO_NUMBERS)).wrap());
        }
        ui.add_enabled_ui(writable, |ui| {
            for (value, text) in part.values.iter().zip(&mut self.texts.2) {
                value_row(ui, value, text);
            }
            ui.add_space(HALF);
            self.decide_fields(ui, cx, policy, &part);
            self.own_floor(ui, cx, policy, &part);
        });
    }

    /// Basis, reason, and the buttons of the chosen part.
    fn decide_fields(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, policy: &Arc<Policy>, part: &DecidablePart) {
        let values: Vec<(String, String)> = part
            .values
            .iter()
            .zip(&self.texts.2)
            .filter(|(value, text)| value.value.trim() != text.trim())
            .map(|(value, text)| (value.path.clone(), text.trim().to_owned()))
            .collect();
        fields(ui, &mut self.typed, !values.is_empty());
        let mut asked = None;
        let gate = self.typed.gate(!values.is_empty());
        let confirmed = part.standing == crate::policy::Standing::Confirmed;
        widgets::lacking(ui, if values.is_empty() && confirmed { "" } else { gate.said() });
        ui.horizontal(|ui| {
            if values.is_empty() {
                let button = egui::Button::new(t::CONFIRM);
                if ui.add_enabled(!confirmed && gate.is_open(), button).clicked() {
                    asked = Some(true);
                }
            } else {
                if widgets::primary_if(ui, gate.is_open(), t::CHANGE_AND_CONFIRM, gate.said()).clicked() {
                    asked = Some(true);
                }
                if ui.add_enabled(gate.is_open(), egui::Button::new(t::CHANGE)).clicked() {
                    asked = Some(false);
                }
            }
        });
        let Some(confirmed) = asked else { return };
        let label = if values.is_empty() {
            t::step_confirm(&[&part.name], self.typed.basis.trim())
        } else {
            let changed = part.values.iter().zip(&self.texts.2).filter(|(v, text)| v.value.trim() != text.trim());
            let words: Vec<String> =
                changed.map(|(v, text)| t::value_change(&v.label, &v.value, text.trim())).collect();
            t::step_change(&part.name, &words.join("，"), self.typed.basis.trim(), self.typed.reason.trim())
        };
        let what = self.typed.deciding(cx, vec![part.part.clone()], values, confirmed);
        match decide(policy, &what) {
            Ok(next) => {
                self.typed.error = None;
                self.typed.reason.clear();
                cx.send(DraftCommand::SetPolicy { policy: Arc::new(next), label, gesture: 0 });
            }
            Err(error) => self.typed.error = Some(error.to_string()),
        }
    }

    /// A floor of one body's own: made from that of its level, or taken back.
    fn own_floor(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, policy: &Arc<Policy>, part: &DecidablePart) {
        if let Some(place) = place_of(&part.placed, "floor_overrides[") {
            if ui.button(t::FLOOR_AS_LEVEL).clicked() {
                let mut next = (**policy).clone();
                if place < next.floor_overrides.len() {
                    next.floor_overrides.remove(place);
                }
                next.decisions.retain(|decision| decision.part != part.part);
                let label = t::step_floor_back(&part.name);
                self.chosen = None;
                cx.send(DraftCommand::SetPolicy { policy: Arc::new(next), label, gesture: 0 });
            }
            return;
        }
        let of_level = part.placed.ends_with(".floor_city") || part.placed.ends_with(".floor_county");
        let category = place_of(&part.placed, "categories[").and_then(|place| policy.categories.get(place));
        let Some(category) = category.filter(|_| of_level) else { return };
        let city = part.placed.ends_with(".floor_city");
        let mut chosen: Option<(BodyId, String)> = None;
        ui.menu_button(t::FLOOR_FOR_BODY, |ui| {
            egui::ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
                for body in policy.bodies.iter().filter(|body| (body.level == crate::policy::BodyLevel::City) == city) {
                    if ui.button(&body.name).clicked() {
                        chosen = Some((body.id.clone(), body.name.clone()));
                        ui.close();
                    }
                }
            });
        });
        let Some((body, name)) = chosen else { return };
        match floor_of_body(policy, &body, &category.id, t::FLOOR_NOTE) {
            Ok((next, _)) => {
                let label = t::step_floor(&name, &category.name);
                self.chosen = Some(format!("floor_overrides.{body}.{}", category.id));
                cx.send(DraftCommand::SetPolicy { policy: Arc::new(next), label, gesture: 0 });
            }
            Err(error) => self.typed.error = Some(error.to_string()),
        }
    }

    /// The dialog for several parts.
    fn ask(&mut self, ui: &Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        let Some(typed) = &mut self.asking else { return };
        let count = self.ticked.len();
        if count == 0 {
            self.asking = None;
            return;
        }
        let answer =
            widgets::dialog(ui.ctx(), "confirm-values", t::CONFIRM_TITLE, t::CONFIRM, typed.gate(false), |ui| {
                ui.label(theme::strong(t::confirm_ticked(count).trim_end_matches('…')));
                ui.add(egui::Label::new(theme::note(ui, t::CONFIRM_TEXT)).wrap());
                ui.add_space(HALF);
                fields(ui, typed, false);
            });
        match answer {
            None => {}
            Some(false) => self.asking = None,
            Some(true) => {
                let parts: Vec<String> = self.ticked.iter().cloned().collect();
                let what = typed.deciding(cx, parts, Vec::new(), true);
                match decide(&open.draft.now().policy, &what) {
                    Ok(next) => {
                        let ticked = self.parts.iter().filter(|part| self.ticked.contains(&part.part));
                        let names: Vec<&str> = ticked.map(|part| part.name.as_str()).collect();
                        let label = t::step_confirm(&names, typed.basis.trim());
                        cx.send(DraftCommand::SetPolicy { policy: Arc::new(next), label, gesture: 0 });
                        self.asking = None;
                        self.ticked.clear();
                    }
                    Err(error) => typed.error = Some(error.to_string()),
                }
            }
        }
    }

    /// What the draft's policy does to the year of each body.
    fn effect(&self, ui: &mut Ui, open: &OpenProject, view: &AnalysisView) {
        if !open.draft.is_changed() {
            return;
        }
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            widgets::heading(ui, t::EFFECT);
            let Some((_, before)) = self.reference.view().filter(|_| open.is_current()) else {
                ui.label(theme::note(ui, t::EFFECT_WAIT));
                return;
            };
            let line = |name: &str, before: f64, after: f64| {
                let change = decimal(after - before, 1);
                let change = if after > before { format!("+{change}") } else { change };
                t::effect(name, &whole_checks(before), &whole_checks(after), &change)
            };
            let (was, is) = (before.areas.city.expected_year(), view.areas.city.expected_year());
            ui.label(theme::strong(line(t::CITY, was, is)));
            let bodies = view.analysis.population.inputs.bodies.iter();
            let mut any = false;
            for ((body, was), is) in bodies.zip(&before.areas.bodies).zip(&view.areas.bodies) {
                let (was, is) = (was.expected_year(), is.expected_year());
                if (was - is).abs() > VISIBLE {
                    any = true;
                    ui.label(line(&body.name, was, is));
                }
            }
            if !any {
                ui.add(egui::Label::new(theme::note(ui, t::NO_EFFECT)).wrap());
            }
        });
    }
}

/// A number or switch with its label and unit.
fn value_row(ui: &mut Ui, value: &PartValue, text: &mut String) {
    ui.horizontal(|ui| {
        let room = (ui.available_width() - 190.0).clamp(90.0, 230.0);
        let left = egui::Layout::left_to_right(egui::Align::Center);
        let name = ui.allocate_ui_with_layout(egui::vec2(room, theme::CONTROL), left, |ui| {
            ui.set_width(room);
            ui.add(egui::Label::new(&value.label).wrap())
        });
        if value.unit.is_empty() {
            for word in [t::YES, t::NO] {
                if ui.selectable_label(text == word, word).clicked() {
                    word.clone_into(text);
                }
            }
        } else {
            ui.add(egui::TextEdit::singleline(text).desired_width(72.0)).labelled_by(name.inner.id);
            ui.label(theme::note(ui, value.unit));
        }
    });
}

/// Basis, reason where numbers change, who.
fn fields(ui: &mut Ui, typed: &mut Typed, with_reason: bool) {
    let width = (ui.available_width() - 90.0).clamp(120.0, 320.0);
    widgets::field(ui, t::DECISION_BASIS, width, &mut typed.basis, t::DECISION_BASIS_HINT);
    if with_reason {
        widgets::field(ui, t::DECISION_REASON, width, &mut typed.reason, t::DECISION_REASON_HINT);
    }
    widgets::field(ui, t::DECISION_BY, 120.0, &mut typed.by, t::DECISION_BY_HINT);
    if let Some(error) = &typed.error {
        let ink = theme::of(ui).red;
        ui.add(egui::Label::new(widgets::message(ui, error, ink)).wrap().selectable(true));
    }
}

/// The numbers of a part in one line.
fn summary(part: &DecidablePart) -> String {
    let values = part.values.iter().map(|value| format!("{} {}{}", value.label, value.value, value.unit));
    values.collect::<Vec<_>>().join("；")
}

/// The place in a list's path: `categories[1].floor_city` after `categories[`.
fn place_of(placed: &str, list: &str) -> Option<usize> {
    placed.strip_prefix(list)?.split(']').next()?.parse().ok()
}
