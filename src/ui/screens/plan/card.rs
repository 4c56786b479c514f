//! The card of a body's month: categories, resources, what was drawn, the planner's own changes.

use egui::{RichText, Ui, Vec2};

use super::matrix::lock;
use super::model::resource_name;
use crate::domain::{BodyId, PlanMonth};
use crate::plan::model::{DEFAULT_REASON, MOST_VISITS, QuotaPlace, Resource, rounded_visits};
use crate::plan::{PlanCell, PlanEdits};
use crate::policy::Policy;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, decimal};

/// What the card shows.
pub(super) struct Of<'a> {
    /// Name of body, district or city.
    pub(super) name: &'a str,
    /// The body whose numbers can be changed; `None` for sums.
    pub(super) body: Option<&'a BodyId>,
    pub(super) month: PlanMonth,
    /// Working days, and whether the year's notice is known.
    pub(super) days: (u32, bool),
    pub(super) cell: &'a PlanCell,
    pub(super) policy: &'a Policy,
    pub(super) edits: &'a PlanEdits,
    /// Why the numbers can't be changed.
    pub(super) why_not: Option<&'a str>,
    /// The month lies before the first one open.
    pub(super) past: bool,
    /// The first month that is not drawn.
    pub(super) first_open: PlanMonth,
    /// The planner's numbers of the month against the rules, in words; true where more was asked for than there is.
    pub(super) locked: Vec<(bool, &'a str)>,
}

/// What the card remembers between frames.
#[derive(Default)]
pub(super) struct State {
    /// The category that a drag changes.
    pub(super) category: usize,
    /// The reason being typed, and of which cell it is.
    pub(super) reason: String,
    of: Option<(BodyId, PlanMonth)>,
    /// The number field takes the focus.
    pub(super) focus: bool,
    gesture: u64,
}

/// A change: edits, label, gesture.
pub(super) type Change = (PlanEdits, String, u64);

/// The category that a drag changes: the chosen one where it has visits, else the one with most.
pub(super) fn category_for(cell: &PlanCell, chosen: usize) -> usize {
    if cell.drawn.get(chosen).is_some_and(|n| *n > 0.0) {
        return chosen;
    }
    let most = cell.drawn.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    most.map_or(0, |(at, _)| at)
}

/// Draws the card. True as second where Esc in the number field gives the focus back to the matrix.
pub(super) fn show(ui: &mut Ui, state: &mut State, of: &Of<'_>) -> (Option<Change>, bool) {
    let mut change = None;
    let mut back = false;
    widgets::heading(ui, of.name);
    let (days, noticed) = of.days;
    ui.label(theme::note(ui, t::month_days(of.month, days, noticed)));
    if let Some(body) = of.body {
        let key = (body.clone(), of.month);
        if state.of.as_ref() != Some(&key) {
            let own = of.edits.quotas.iter().find(|e| e.body == *body && e.month == of.month);
            state.reason = own.map_or_else(|| DEFAULT_REASON.to_owned(), |e| e.reason.clone());
            state.of = Some(key);
        }
    }
    ui.add_space(HALF);
    if of.past {
        let cell = of.cell;
        ui.label(t::past_line(cell.past_drawn, cell.past_mandatory, cell.past_triggered, cell.past_done));
    }
    if let Some(why) = of.why_not.filter(|_| of.body.is_some()) {
        ui.label(RichText::new(why).color(theme::of(ui).amber));
    }
    for (capped, text) in &of.locked {
        let ink = if *capped { theme::of(ui).amber } else { theme::of(ui).muted };
        ui.add(egui::Label::new(RichText::new(*text).color(ink)).wrap());
    }
    ui.add_space(HALF);
    categories(ui, state, of, &mut change, &mut back);
    if of.body.is_some() && of.why_not.is_none() {
        reason(ui, state, of, &mut change);
    }
    ui.add_space(HALF);
    resources(ui, of.cell);
    if let Some(body) = of.body {
        other_edits(ui, of, body, &mut change);
    }
    (change, back)
}

fn categories(ui: &mut Ui, state: &mut State, of: &Of<'_>, change: &mut Option<Change>, back: &mut bool) {
    let editable = of.body.is_some() && of.why_not.is_none();
    egui::Grid::new("card-categories").num_columns(3).spacing(Vec2::new(8.0, 4.0)).show(ui, |ui| {
        ui.label(theme::note(ui, t::CATEGORY));
        ui.label(theme::note(ui, t::DRAWN));
        ui.label(theme::note(ui, t::MANDATORY));
        ui.end_row();
        for (c, category) in of.policy.categories.iter().enumerate() {
            let (drawn, mandatory) =
                (of.cell.drawn.get(c).copied().unwrap_or(0.0), of.cell.mandatory.get(c).copied().unwrap_or(0));
            let chosen = c == state.category;
            let name = if editable {
                let response = ui.selectable_label(chosen, &category.name).on_hover_text(t::CHOOSE_CATEGORY);
                if response.clicked() {
                    state.category = c;
                }
                response
            } else {
                ui.label(&category.name)
            };
            match of.body {
                Some(body) if editable => {
                    let place = QuotaPlace { body: body.clone(), category: category.id.clone(), month: of.month };
                    stepper(ui, state, of, &place, (c, drawn, &category.name), name.id, change, back);
                }
                _ => {
                    ui.label(t::visits(&decimal(drawn, 1)));
                }
            }
            ui.label(t::items(mandatory));
            ui.end_row();
        }
    });
}

#[allow(clippy::too_many_arguments, reason = "a row of the grid needs what the grid has")]
fn stepper(
    ui: &mut Ui,
    state: &mut State,
    of: &Of<'_>,
    place: &QuotaPlace,
    (c, drawn, name): (usize, f64, &str),
    label: egui::Id,
    change: &mut Option<Change>,
    back: &mut bool,
) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        let own = of.edits.quota_of(place);
        let now = own.map_or(drawn, |e| e.visits);
        let mut to = None;
        if small(ui, "−", &t::less(name)).clicked() {
            to = Some((now - 1.0, 0));
        }
        let mut value = rounded_visits(now);
        if state.focus && c == state.category && ui.is_enabled() {
            // before the field is drawn: so it begins as text, all of it selected
            let id = ui.next_auto_id();
            ui.memory_mut(|memory| memory.request_focus(id));
            state.focus = false;
        }
        let field = egui::DragValue::new(&mut value)
            .range(0.0..=MOST_VISITS)
            .speed(0.25)
            .fixed_decimals(1)
            .min_size(Vec2::new(58.0, theme::CONTROL))
            .update_while_editing(false);
        let field = ui.add(field).labelled_by(label);
        if field.drag_started() {
            state.gesture = super::edit::gesture_at(ui.input(|i| i.time));
        }
        if field.changed() && (value - rounded_visits(now)).abs() > 0.05 {
            to = Some((value, if field.dragged() { state.gesture } else { 0 }));
        }
        // Enter is spent here: the cell that gets the focus back must not hear it
        let entered = |i: &mut egui::InputState| i.consume_key(egui::Modifiers::NONE, egui::Key::Enter);
        if field.lost_focus() && ui.input_mut(|i| entered(i) || i.key_pressed(egui::Key::Escape)) {
            *back = true;
        }
        if small(ui, "+", &t::more(name)).clicked() {
            to = Some((now + 1.0, 0));
        }
        let locked = own.is_some();
        let toggle = lock_button(ui, locked, &t::lock_name(name, locked));
        if toggle.clicked() {
            *change = Some(if locked {
                (of.edits.without_quota(place), t::unlocked(of.name, of.month, name), 0)
            } else {
                (of.edits.with_quota(place, now, &state.reason), t::locked(of.name, of.month, name), 0)
            });
        }
        if let Some((visits, gesture)) = to {
            *change =
                Some((of.edits.with_quota(place, visits, &state.reason), t::quota(of.name, of.month, name), gesture));
        }
    });
}

fn small(ui: &mut Ui, text: &str, name: &str) -> egui::Response {
    let response = ui.add_sized([24.0, theme::CONTROL], egui::Button::new(text));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    response.on_hover_text(name)
}

fn lock_button(ui: &mut Ui, locked: bool, name: &str) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::new(22.0, 24.0), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, locked, name));
    let palette = theme::of(ui);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::RADIUS, palette.wash);
    }
    lock(ui.painter(), rect.center(), if locked { palette.accent } else { palette.line });
    response.on_hover_text(name)
}

fn reason(ui: &mut Ui, state: &mut State, of: &Of<'_>, change: &mut Option<Change>) {
    let name = ui.label(theme::note(ui, t::REASON));
    let field = ui
        .add(egui::TextEdit::singleline(&mut state.reason).desired_width(f32::INFINITY).hint_text(t::REASON_HINT))
        .labelled_by(name.id);
    if field.lost_focus()
        && let Some(body) = of.body
        && let Some(edits) = of.edits.with_reason(body, of.month, &state.reason)
    {
        *change = Some((edits, t::reason_changed(of.name, of.month), 0));
    }
    ui.label(theme::note(ui, t::EDIT_HINT));
}

fn resources(ui: &mut Ui, cell: &PlanCell) {
    ui.scope(|ui| resource_lines(ui, cell));
}

fn resource_lines(ui: &mut Ui, cell: &PlanCell) {
    let palette = theme::of(ui);
    ui.label(theme::note(ui, t::LOAD));
    ui.spacing_mut().item_spacing.y = 2.0;
    for resource in Resource::ALL {
        let (need, have) = (cell.need[resource.index()], cell.have[resource.index()]);
        if need <= 0.0 && have.is_none() {
            continue;
        }
        let name = resource_name(resource);
        let words = t::need_have(name, &decimal(need, 1), have.map(|h| decimal(h, 1)).as_deref(), resource.unit());
        let over = cell.is_over(resource);
        ui.label(if over { RichText::new(&words).color(palette.red) } else { RichText::new(&words) });
        if let Some(have) = have {
            let part = if have > 0.0 { (need / have) as f32 } else { 1.0 };
            widgets::meter(
                ui,
                ui.available_width().min(280.0),
                part,
                None,
                if over { palette.red } else { palette.accent },
                &words,
            );
        }
    }
}

/// Loans and moves that concern the cell, each to be taken back.
fn other_edits(ui: &mut Ui, of: &Of<'_>, body: &BodyId, change: &mut Option<Change>) {
    let name = |id: &BodyId| of.policy.body(id).map_or_else(|| id.to_string(), |b| b.name.clone());
    let mut lines: Vec<(String, PlanEdits)> = Vec::new();
    let mut settled = Vec::new();
    for (i, loan) in of.edits.loans.iter().enumerate() {
        if loan.month == of.month && (loan.to == *body || loan.from.as_ref() == Some(body)) {
            let mut rest = of.edits.clone();
            rest.loans.remove(i);
            let from = loan.from.as_ref().map(&name);
            lines.push((
                t::loan(from.as_deref(), &name(&loan.to), &decimal(loan.amount, 1), loan.resource.unit()),
                rest,
            ));
        }
    }
    for (i, moved) in of.edits.moves.iter().enumerate() {
        if moved.body == *body && (moved.from == of.month || moved.to == of.month) {
            let mut rest = of.edits.clone();
            rest.moves.remove(i);
            lines.push((t::moved(moved.from, moved.to, &decimal(moved.share * 100.0, 1)), rest));
        }
    }
    for (i, moved) in of.edits.mandatory_moves.iter().enumerate() {
        if moved.body == *body && (moved.from == of.month || moved.to == of.month) {
            let mut rest = of.edits.clone();
            rest.mandatory_moves.remove(i);
            let text = t::mandatory_moved(moved.from, moved.to, moved.checks);
            if moved.from < of.first_open {
                // its list is made: what was moved stays there
                settled.push(t::move_settled(&text));
            } else {
                lines.push((text, rest));
            }
        }
    }
    if lines.is_empty() && settled.is_empty() {
        return;
    }
    ui.add_space(HALF);
    ui.label(theme::note(ui, t::OTHER_EDITS));
    for text in settled {
        ui.label(text);
    }
    for (text, rest) in lines {
        ui.horizontal_wrapped(|ui| {
            ui.label(&text);
            let enabled = of.why_not.is_none();
            if ui.add_enabled(enabled, egui::Button::new(t::TAKE_BACK).small()).clicked() {
                *change = Some((rest, t::taken_back(&text), 0));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::model::MandatoryMove;

    #[test]
    fn a_drag_changes_a_category_that_has_visits() {
        let cell = PlanCell { drawn: vec![0.0, 3.0, 9.0], ..PlanCell::default() };
        assert_eq!(category_for(&cell, 1), 1);
        assert_eq!(category_for(&cell, 0), 2);
        assert_eq!(category_for(&PlanCell::default(), 4), 0);
    }

    #[test]
    fn a_number_is_typed_over_the_old_one_and_enter_gives_the_focus_back() {
        use egui::{Event, Key};
        use egui_kittest::kittest::Queryable;
        struct Shown {
            state: State,
            changes: Vec<Change>,
            back: bool,
        }
        let policy = crate::policy::load_preset("shanghai-154").unwrap();
        let body = policy.bodies[0].id.clone();
        let cell = PlanCell {
            drawn: vec![2.4; policy.categories.len()],
            mandatory: vec![0; policy.categories.len()],
            ..PlanCell::default()
        };
        // moved before January was drawn, and between months that are open
        let moved = |from| MandatoryMove {
            body: body.clone(),
            from: PlanMonth::new(2027, from).unwrap(),
            to: PlanMonth::new(2027, 5).unwrap(),
            checks: 2,
        };
        let edits = PlanEdits { mandatory_moves: vec![moved(1), moved(3)], ..PlanEdits::default() };
        let shown = Shown { state: State { focus: true, ..State::default() }, changes: Vec::new(), back: false };
        let mut set_up = false;
        let mut harness = egui_kittest::Harness::builder().with_size(Vec2::new(360.0, 600.0)).build_ui_state(
            move |ui, shown: &mut Shown| {
                if !set_up {
                    crate::ui::fonts::install(ui.ctx());
                    theme::apply(ui.ctx());
                    set_up = true;
                    return;
                }
                let of = Of {
                    name: "甲局",
                    body: Some(&body),
                    month: PlanMonth::new(2027, 5).unwrap(),
                    days: (19, true),
                    cell: &cell,
                    policy: &policy,
                    edits: &edits,
                    why_not: None,
                    past: false,
                    first_open: PlanMonth::new(2027, 2).unwrap(),
                    locked: Vec::new(),
                };
                let (change, back) = show(ui, &mut shown.state, &of);
                shown.changes.extend(change);
                shown.back |= back && !ui.input(|i| i.key_pressed(Key::Enter));
            },
            shown,
        );
        harness.run();
        // a move out of a month that was drawn says so, and only the other one can be taken back
        harness.get_by_label("2027-01 的 2 项必查移到 2027-05（移出的月份已抽取，不能收回，仍在移入的月份检查）");
        harness.get_by_label("2027-03 的 2 项必查移到 2027-05");
        assert_eq!(harness.query_all_by_label(t::TAKE_BACK).count(), 1);
        harness.event(Event::Text("25".to_owned()));
        harness.run();
        harness.key_press(Key::Enter);
        harness.run();
        let shown = harness.state();
        assert!(shown.back, "the focus goes back, and the key is spent");
        let made = &shown.changes.last().unwrap().0.quotas;
        assert_eq!(made.len(), 1);
        assert!((made[0].visits - 25.0).abs() < 1e-9, "{made:?}");
        assert_eq!(made[0].reason, DEFAULT_REASON);
    }
}
