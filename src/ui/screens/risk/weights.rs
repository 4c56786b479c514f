//! The left side: every number of the scoring with its slider, its article and its way back.

use std::sync::Arc;

use egui::{DragValue, Id, RichText, Slider, SliderClamping, Ui, WidgetInfo};

use crate::domain::PlanMonth;
use crate::policy::edit::{PolicyNumber, PolicyPart};
use crate::policy::{Confidence, FactorRule, Milli, Policy, policy_fault};
use crate::ui::text::risk as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::session::DraftCommand;

/// Width of a label beside a slider.
const LABEL: f32 = 118.0;
/// Width of a value's field.
const VALUE: f32 = 52.0;
/// Width kept for the unit, or the way back.
const UNIT: f32 = 52.0;

/// Gestures: all changes of one drag on one slider are one step of undo.
#[derive(Default)]
pub(super) struct Weights {
    gesture: u64,
    held: Option<PolicyNumber>,
    /// Why the last change was not taken.
    refused: Option<String>,
}

/// What the panel looks at.
#[derive(Clone, Copy)]
struct At<'a> {
    policy: &'a Policy,
    saved: &'a Policy,
    month: Option<PlanMonth>,
}

/// Gestures of this screen begin here, so that those of other screens are never taken for the same.
const GESTURES: u64 = 0x5249_534B_0000;

/// What the planner did.
enum Change {
    Turn(PolicyNumber, Milli),
    Reset(PolicyPart),
}

impl Weights {
    /// Draws the panel; the command that a change asks for. `reached`: sites at each factor's cap; `None` for a factor
    /// that the analysis lacks.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        policy: &Arc<Policy>,
        saved: &Policy,
        month: Option<PlanMonth>,
        reached: &[Option<u64>],
    ) -> Option<DraftCommand> {
        if !ui.input(|i| i.pointer.any_down()) {
            self.held = None;
        }
        let mut change = None;
        ui.spacing_mut().item_spacing.y = 3.0;
        // room for the scroll bar
        ui.set_max_width(ui.available_width() - 10.0);
        if section(ui, t::FACTORS, PolicyPart::Factors.differs(policy, saved)) {
            change = Some(Change::Reset(PolicyPart::Factors));
        }
        ui.label(theme::note(ui, t::CAPS));
        let at = At { policy, saved, month };
        for i in 0..policy.factors.len() {
            factor(ui, i, &at, reached.get(i).copied().flatten(), &mut change);
        }
        ui.add_space(GRID);
        if section(ui, t::TIERS, PolicyPart::Tiers.differs(policy, saved)) {
            change = Some(Change::Reset(PolicyPart::Tiers));
        }
        for i in 0..policy.tiers.len() {
            tier(ui, i, policy, saved, month, &mut change);
        }
        ui.add_space(GRID);
        if section(ui, t::AGGRAVATORS, PolicyPart::Aggravators.differs(policy, saved)) {
            change = Some(Change::Reset(PolicyPart::Aggravators));
        }
        basis(ui, policy, &policy.aggravators.basis, t::AGGRAVATORS, month);
        for i in 0..4 {
            plain_knob(ui, PolicyNumber::Aggravator(i), policy, saved, &mut change);
        }
        plain_knob(ui, PolicyNumber::MaxRatio, policy, saved, &mut change);
        ui.add_space(GRID * 2.0);
        change.and_then(|change| self.command(change, policy, saved))
    }

    /// Why the last change was not taken, until one is.
    pub(super) fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// The command of a change; none for one that would break the policy: the number stays where it was.
    fn command(&mut self, change: Change, policy: &Arc<Policy>, saved: &Policy) -> Option<DraftCommand> {
        let (next, label, gesture) = match change {
            Change::Turn(number, value) => {
                let mut next = (**policy).clone();
                number.set(&mut next, value);
                if self.held != Some(number) {
                    self.gesture += 1;
                    self.held = Some(number);
                }
                (next, t::step_factor(&number.full_label(policy)), GESTURES + self.gesture)
            }
            Change::Reset(part) => {
                let name = match part {
                    PolicyPart::Factor(i) => policy.factors.get(i).map_or("", |factor| factor.name.as_str()),
                    PolicyPart::Factors => t::FACTORS,
                    PolicyPart::Tiers => t::TIERS,
                    PolicyPart::Aggravators => t::AGGRAVATORS,
                };
                (part.put_back(policy, saved), t::step_reset(name), 0)
            }
        };
        let fault = policy_fault(&next);
        self.refused = fault.map(|fault| t::refused(&label, &fault.to_string()));
        self.refused.is_none().then(|| DraftCommand::SetPolicy { policy: Arc::new(next), label, gesture })
    }
}

/// A heading with the way back; true where that was clicked.
fn section(ui: &mut Ui, name: &str, turned: bool) -> bool {
    ui.horizontal(|ui| {
        widgets::heading(ui, name);
        reset(ui, name, turned)
    })
    .inner
}

fn reset(ui: &mut Ui, name: &str, turned: bool) -> bool {
    if !turned {
        return false;
    }
    let mut clicked = false;
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let response = ui.small_button(t::RESET);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, t::step_reset(name)));
        clicked = response.clicked();
    });
    clicked
}

/// A factor: what one event gives first, then its cap; unfolded, what else it has.
fn factor(ui: &mut Ui, i: usize, at: &At<'_>, reached: Option<u64>, change: &mut Option<Change>) {
    let At { policy, saved, month } = *at;
    let factor = &policy.factors[i];
    let turned = PolicyPart::Factor(i).differs(policy, saved);
    let id = Id::unique(("risk factor", factor.id.as_str()));
    let (mut first, mut rest) = (PolicyNumber::of_factor(policy, i), Vec::new());
    if let [PolicyNumber::Points(_), ..] = first.as_slice() {
        rest = first.split_off(1);
    } else {
        std::mem::swap(&mut first, &mut rest);
    }
    ui.add_space(2.0);
    let header = |ui: &mut Ui| {
        let ink = if turned { theme::of(ui).accent } else { theme::of(ui).text };
        ui.add(egui::Label::new(RichText::new(&factor.name).color(ink)).truncate());
        reset(ui, &factor.name, turned)
    };
    let body = |ui: &mut Ui, change: &mut Option<Change>| {
        basis(ui, policy, &factor.basis, &factor.name, month);
        if let FactorRule::Events { decay, .. } = &factor.rule {
            let rows: Vec<(u32, f64)> = decay.iter().map(|d| (d.months, d.share.to_f64())).collect();
            let words = theme::note(ui, t::decay(&rows));
            ui.add(egui::Label::new(words).wrap());
        }
        for part in &rest {
            plain_knob(ui, *part, policy, saved, change);
        }
    };
    if widgets::unfold(ui, id, &factor.name, header, |ui| body(ui, change)) {
        *change = Some(Change::Reset(PolicyPart::Factor(i)));
    }
    for part in first.into_iter().chain([PolicyNumber::Cap(i)]) {
        plain_knob(ui, part, policy, saved, change);
    }
    let old = PolicyNumber::Cap(i).get(saved);
    // a cap that was turned says at once whether it matters
    if let Some(reached) = reached.filter(|_| old.is_some_and(|old| old != factor.cap)) {
        let words = theme::note(ui, t::cap_reached(reached));
        ui.add(egui::Label::new(words).wrap());
    }
}

fn tier(ui: &mut Ui, i: usize, policy: &Policy, saved: &Policy, month: Option<PlanMonth>, change: &mut Option<Change>) {
    let tier = &policy.tiers[i];
    ui.horizontal(|ui| {
        let (space, _) = ui.allocate_exact_size(egui::vec2(26.0, 18.0), egui::Sense::hover());
        super::panels::chip(ui, space.center(), i, policy.tiers.len(), &tier.id);
        ui.label(&tier.name);
        basis(ui, policy, &tier.basis, &tier.name, month);
    });
    if i + 1 < policy.tiers.len() {
        plain_knob(ui, PolicyNumber::Threshold(i), policy, saved, change);
    }
    plain_knob(ui, PolicyNumber::Base(i), policy, saved, change);
}

/// A number without a way back of its own.
fn plain_knob(ui: &mut Ui, which: PolicyNumber, policy: &Policy, saved: &Policy, change: &mut Option<Change>) {
    let label = which.label(policy);
    knob(ui, which, policy, saved, &label, change);
}

/// A slider with its field; both carry the full name.
fn knob(ui: &mut Ui, knob: PolicyNumber, policy: &Policy, saved: &Policy, label: &str, change: &mut Option<Change>) {
    let Some(now) = knob.get(policy) else { return };
    let range = knob.range();
    let (low, high) = (Milli(*range.start()).to_f64(), Milli((*range.end()).max(now.0)).to_f64());
    let step = Milli(knob.step()).to_f64();
    let name = knob.full_label(policy);
    let before = knob.get(saved).filter(|before| *before != now);
    let mut value = now.to_f64();
    ui.push_id(("knob", &name), |ui| {
        ui.horizontal(|ui| {
            let palette = theme::of(ui);
            let ink = if before.is_some() { palette.accent } else { palette.muted };
            let size = egui::vec2(LABEL, theme::CONTROL);
            ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
                ui.set_width(LABEL);
                let shown = ui.add(egui::Label::new(RichText::new(label).color(ink)).truncate());
                if let Some(before) = before {
                    shown.on_hover_text(t::saved_value(before.to_f64(), knob.unit()));
                }
            });
            let spacing = ui.spacing().item_spacing.x;
            ui.spacing_mut().slider_width = (ui.available_width() - VALUE - UNIT - spacing * 2.0).max(60.0);
            // a value between two steps stays where it is until somebody moves it
            let slide = Slider::new(&mut value, low..=high).show_value(false).step_by(step);
            let slider = ui.add(slide.clamping(SliderClamping::Edits));
            slider.widget_info(|| WidgetInfo::slider(ui.is_enabled(), now.to_f64(), &name));
            let field = ui.add_sized(
                [VALUE, theme::CONTROL],
                DragValue::new(&mut value).range(low..=high).speed(step).max_decimals(3).update_while_editing(false),
            );
            field.widget_info(|| WidgetInfo {
                label: Some(name.clone()),
                ..WidgetInfo::drag_value(ui.is_enabled(), now.to_f64())
            });
            ui.label(theme::note(ui, knob.unit()));
            if slider.changed() || field.changed() {
                let next = Milli((value * 1000.0).round() as i64);
                if next != now {
                    *change = Some(Change::Turn(knob, next));
                }
            }
        });
    });
}

/// 依据: the articles, on hover and by click or key.
fn basis(ui: &mut Ui, policy: &Policy, ids: &[String], of: &str, month: Option<PlanMonth>) {
    let palette = theme::of(ui);
    let text = RichText::new(t::BASIS).font(theme::regular(theme::SMALL)).color(palette.accent);
    let button = ui.add(egui::Button::new(text).small().frame(false));
    button.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, format!("{of} {}", t::BASIS)));
    let articles = |ui: &mut Ui| {
        ui.set_max_width(360.0);
        let day = month.map(PlanMonth::first_day);
        let mut any = false;
        for article in policy.articles.iter().filter(|a| ids.contains(&a.id)) {
            if day.is_some_and(|day| !article.holds_on(day)) {
                continue;
            }
            any = true;
            ui.label(theme::strong(format!("{} {}", article.document, article.article)));
            ui.label(&article.text);
            match article.confidence {
                Confidence::Read => {}
                Confidence::Secondary => {
                    ui.label(theme::note(ui, t::SECONDARY));
                }
                Confidence::Unconfirmed => {
                    ui.label(RichText::new(t::UNCONFIRMED).color(palette.amber));
                }
            }
        }
        if !any {
            ui.label(t::NO_BASIS);
        }
    };
    egui::Popup::menu(&button).show(articles);
    if !egui::Popup::is_id_open(ui.ctx(), egui::Popup::default_response_id(&button)) {
        button.on_hover_ui(articles);
    }
}
