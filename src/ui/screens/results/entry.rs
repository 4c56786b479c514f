//! Checks without a result, and the form by hand; recorded ones to be corrected.

use std::borrow::Cow;
use std::collections::BTreeSet;

use egui::{Ui, Vec2};

use super::answers;
use super::fields::{message, short, wide};
use super::form::{Checked, Field, Form};
use super::index::{Index, Own};
use crate::diagnostic::Finding;
use crate::disclosure::{CheckResult, DueCheck, Manner, Outcome};
use crate::domain::{PlanMonth, UnitId};
use crate::ui::help::help_marks;
use crate::ui::proof::EvidencePick;
use crate::ui::screens::{Cx, ScreenId};
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, RowAct, Shape, TableInput, Target};
use crate::ui::text::help::Term;
use crate::ui::text::results as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::batch::{CheckKey, key_of};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::session::{Books, OpenProject, ViewCommand};

/// Height of a check's row.
const ROW: f32 = 44.0;
/// Width of the box that is ticked.
const TICK: f32 = 30.0;

/// The check whose form is open.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    unit: UnitId,
    month: PlanMonth,
    sequence: u32,
    code: String,
}

impl Key {
    fn of(check: &DueCheck) -> Self {
        Self {
            unit: check.unit_id.clone(),
            month: check.month,
            sequence: check.sequence,
            code: check.plan_code.clone(),
        }
    }
}

/// State of the tab.
#[derive(Default)]
pub(super) struct State {
    key: Option<Key>,
    entry: Option<usize>,
    form: Option<Form>,
    /// As it was when it was opened.
    fresh: Option<Form>,
    /// What was on record when it was opened.
    record: Option<CheckResult>,
    /// Sent when so many actions had ended, until the books have it.
    sent: Option<u64>,
    /// Place in the list of what was sent.
    place: Option<usize>,
    /// Place in the list to go on with once what was sent is recorded.
    next: Option<usize>,
    /// What the list is searched for.
    pub(super) search: String,
    /// The search field is asked for.
    pub(super) find: bool,
    /// Checks ticked, to be entered at once.
    pub(super) ticked: BTreeSet<CheckKey>,
    /// The evidence's file is being chosen.
    evidence: EvidencePick,
}

impl State {
    /// Opens the form of an entry.
    pub(super) fn choose(
        &mut self,
        index: &Index,
        books: &Books,
        open: &OpenProject,
        today: chrono::NaiveDate,
        at: usize,
    ) {
        let Some(entry) = index.entry(at) else { return };
        let Some(check) = entry.check(books) else { return };
        let matters = open.project.policy.disclosure.matters.join("、");
        let form = Form::of(check, entry.record(books), &matters, today);
        self.key = Some(Key::of(check));
        self.entry = Some(at);
        self.fresh = Some(form.clone());
        self.form = Some(form);
        self.record = entry.record(books).cloned();
        self.sent = None;
    }

    /// The books were read afresh: the open form is found again; one that was recorded closes, and is ticked no more.
    pub(super) fn books_changed(&mut self, index: &Index, books: &Books) {
        self.ticked.retain(|(unit, month, sequence)| {
            let entry = index.find(books, unit, *month, *sequence).and_then(|e| index.entry(e));
            entry.is_some_and(|entry| entry.result.is_none())
        });
        let Some(key) = &self.key else { return };
        self.entry = index.find(books, &key.unit, key.month, key.sequence);
        let now = self.entry.and_then(|e| index.entry(e)).and_then(|entry| entry.record(books));
        if self.entry.is_none() || now != self.record.as_ref() {
            // what was entered here leaves the list: the next one moves up to its place
            let next = self.sent.and(self.place);
            let (search, ticked) = (std::mem::take(&mut self.search), std::mem::take(&mut self.ticked));
            *self = Self { next, search, ticked, ..Self::default() };
        }
    }

    /// Draws list and form.
    #[allow(clippy::too_many_arguments, reason = "the parts of the screen's state that the tab works on")]
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Books,
        index: &Index,
        own: &mut Own,
        (can_write, why): (bool, &str),
    ) -> bool {
        let mut batch = false;
        let left = (ui.available_width() * 0.38).clamp(300.0, 560.0);
        let frame = egui::Frame::new().inner_margin(egui::Margin { right: 10, ..egui::Margin::ZERO });
        let range = widgets::side_range(ui, 280.0, 640.0, 0.45);
        egui::Panel::left("open-checks").resizable(true).default_size(left).size_range(range).frame(frame).show(
            ui,
            |ui| {
                ui.set_width(ui.available_width());
                batch = self.list(ui, cx, open, books, index, own, (can_write, why));
            },
        );
        egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("form").show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.add_space(HALF);
                ui.vertical(|ui| self.form(ui, cx, books, index, (can_write, why)));
            });
        });
        batch
    }

    /// Search, and what is done with the ticked checks; true where they are to be entered at once.
    fn batch_bar(
        &mut self,
        ui: &mut Ui,
        books: &Books,
        index: &Index,
        recorded: bool,
        (can_write, why): (bool, &str),
    ) -> bool {
        let mut asked = false;
        let field = ui.add(
            egui::TextEdit::singleline(&mut self.search).desired_width(f32::INFINITY).hint_text(t::SEARCH_CHECKS_HINT),
        );
        field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, t::SEARCH_CHECKS));
        if std::mem::take(&mut self.find) {
            field.request_focus();
        }
        if recorded {
            return false;
        }
        ui.horizontal_wrapped(|ui| {
            let why_not = if can_write { t::TICK_FIRST } else { why };
            let enabled = can_write && !self.ticked.is_empty();
            asked = widgets::primary_if(ui, enabled, &t::batch_button(self.ticked.len()), why_not).clicked();
            let listed = || index.listed.iter().filter_map(|e| index.entry(*e)).filter_map(|e| e.check(books));
            if ui.button(t::TICK_LISTED).on_hover_text(t::TICK_LISTED_HINT).clicked() {
                self.ticked.extend(listed().map(key_of));
            }
            if ui.add_enabled(!self.ticked.is_empty(), egui::Button::new(t::SELECT_NONE)).clicked() {
                self.ticked.clear();
            }
        });
        ui.add_space(HALF);
        asked
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of the screen's state that the list works on")]
    fn list(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Books,
        index: &Index,
        own: &mut Own,
        may: (bool, &str),
    ) -> bool {
        ui.horizontal_wrapped(|ui| {
            ui.label(theme::note(ui, t::month_label(cx.session.month())));
            for (recorded, name, count) in [(false, t::OPEN, index.of_month.0), (true, t::RECORDED, index.of_month.1)] {
                if ui.selectable_label(own.recorded == recorded, t::tab(name, count)).clicked() {
                    own.recorded = recorded;
                }
            }
        });
        let any = if own.recorded { index.of_month.1 } else { index.of_month.0 } > 0;
        let asked = any && self.batch_bar(ui, books, index, own.recorded, may);
        if index.listed.is_empty() {
            ui.add_space(GRID);
            if any {
                ui.label(theme::note(ui, t::NONE_FOUND));
                return asked;
            }
            let drawn = cx.session.month().is_some_and(|m| books.draws_of(m).next().is_some());
            let text = match (drawn, own.recorded) {
                (false, _) => t::MONTH_NOT_DRAWN,
                (true, false) => t::ALL_RECORDED,
                (true, true) => t::NONE_RECORDED,
            };
            ui.add(egui::Label::new(text).wrap());
            if !drawn {
                if ui.button(t::GO_DRAW).clicked() {
                    cx.go(ScreenId::Draw);
                }
                if let Some(last) = books.draws.iter().map(|d| d.month).max()
                    && ui.button(t::go_month(last)).clicked()
                {
                    cx.send(ViewCommand::SetMonth(last));
                }
            }
            return asked;
        }
        let moved_up = self
            .next
            .take()
            .filter(|_| !own.recorded)
            .and_then(|place| index.listed.get(place.min(index.listed.len() - 1)).copied());
        let check_at = |at: usize| index.listed.get(at).and_then(|e| index.entry(*e)).and_then(|e| e.check(books));
        let c = t::CHECK_COLUMNS;
        // the narrow list shows a check in two lines, in one where the window is low; what stands in them can be had apart
        let low = theme::is_low(ui.ctx());
        let columns = [
            ColumnDef::text("tick", "", TICK).unsorted(),
            ColumnDef::text("check", t::CHECKS, 240.0).share(1.0),
            ColumnDef::text("name", c[0], 180.0).hidden(),
            ColumnDef::text("code", c[1], 160.0).hidden(),
            ColumnDef::text("origin", c[2], 110.0).hidden(),
            ColumnDef::text("body", c[3], 140.0).hidden(),
        ];
        let cell = |at: usize, column: usize| {
            let Some(check) = check_at(at) else { return Cow::Borrowed("") };
            match column {
                1 => {
                    let (origin, body) = (check.origin.label(), &check.body_name);
                    let parted = if low { "  " } else { "\n" };
                    Cow::Owned(format!("{}{parted}{}  {origin}  {body}", check.name, check.plan_code))
                }
                2 => Cow::Borrowed(check.name.as_str()),
                3 => Cow::Borrowed(check.plan_code.as_str()),
                4 => Cow::Borrowed(check.origin.label()),
                5 => Cow::Borrowed(check.body_name.as_str()),
                _ => Cow::Borrowed(""),
            }
        };
        let sentence =
            |at: usize| check_at(at).map(|check| format!("{} {}", check.name, check.plan_code)).unwrap_or_default();
        // recorded ones are corrected one by one
        let ticks = &self.ticked;
        let ticked = |at: usize| {
            let check = check_at(at).filter(|_| !own.recorded)?;
            Some(ticks.contains(&key_of(check)))
        };
        let style = |at: usize, column: usize, _: &str| CellStyle {
            shape: ticked(at).filter(|_| column == 0).map(Shape::Box),
            ..CellStyle::default()
        };
        let target = |at: usize| {
            let entry = index.listed.get(at).and_then(|e| index.entry(*e))?;
            let check = entry.check(books)?;
            Some(Target {
                unit: check.unit_id.to_string(),
                name: check.name.clone(),
                source: entry.row,
                month: Some(check.month),
                code: check.plan_code.clone(),
                uscc: check.uscc.clone().unwrap_or_default(),
            })
        };
        let rows =
            CellRows::new(&columns, index.listed.len(), &cell).sentence(&sentence).ticked(&ticked).targets(&target);
        // the tab has a search of its own, which knows pinyin and codes
        let row = if low { theme::ROW } else { ROW };
        let input = TableInput::new(ListId::Checks, &rows).rows_of(row).decorate(&style).first(RowAct::Result).folded();
        let at = self.entry.and_then(|e| index.listed.iter().position(|listed| *listed == e));
        let out = List::show_kept(ui, Some(at), &input, index.made());
        // a click on the box, or Space, ticks; anywhere else the form opens
        let on_box = ui.input(|i| i.pointer.interact_pos()).is_some_and(|at| at.x < ui.min_rect().left() + TICK);
        let tick = out.ticked.or(out.clicked.filter(|_| on_box)).and_then(check_at).map(key_of);
        if let Some(key) = tick.filter(|_| !own.recorded)
            && !self.ticked.remove(&key)
        {
            self.ticked.insert(key);
        }
        let clicked = out.chosen.and_then(|at| index.listed.get(at).copied());
        if let Some(e) = clicked {
            cx.send(ViewCommand::SelectUnit(index.entry(e).and_then(|entry| entry.row)));
        }
        if let Some(e) = clicked.or(moved_up) {
            self.choose(index, books, open, cx.session.now().date(), e);
        }
        asked
    }

    fn form(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, books: &Books, index: &Index, (can_write, why): (bool, &str)) {
        let entry = self.entry.and_then(|e| index.entry(e));
        let (Some(entry), Some(form)) = (entry, &mut self.form) else {
            ui.add_space(GRID * 2.0);
            ui.label(theme::note(ui, t::CHOOSE_CHECK));
            return;
        };
        let Some(check) = entry.check(books) else { return };
        self.evidence.of(cx, &mut form.proof);
        let record = entry.record(books);
        let today = cx.session.now().date();
        let Checked { result, told } = form.check(check, record, &index.people, today);
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let changed = self.fresh.as_ref() != Some(&*form) || record.is_none();
            ui.horizontal(|ui| {
                widgets::heading(ui, &check.name);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    let why_not = if !can_write {
                        why
                    } else if result.is_some() {
                        t::NOTHING_CHANGED
                    } else {
                        t::MEND_FIRST
                    };
                    let name = if record.is_some() { t::RECORD_CORRECTION } else { t::RECORD };
                    let sent = self.sent.is_some_and(|n| cx.session.last_done().0 > n);
                    let proved = !form.takes_out(record) || form.proof.is_given();
                    let ready = can_write && result.is_some() && changed && proved && !sent;
                    if widgets::primary_if(ui, ready, name, why_not).clicked()
                        && let Some(result) = &result
                    {
                        cx.send(Deed::RecordResult(Box::new(result.clone()), form.proof.ground(form.reason.trim())));
                        self.sent = Some(cx.session.last_done().0);
                        self.place = index.listed.iter().position(|e| Some(*e) == self.entry);
                    }
                    if ui.button(t::RESET).clicked()
                        && let Some(fresh) = &self.fresh
                    {
                        *form = fresh.clone();
                        self.sent = None;
                    }
                });
            });
            ui.label(theme::note(
                ui,
                t::check_line(&check.plan_code, &check.body_name, check.origin.label(), check.drawn_on),
            ));
            if let Some(record) = record {
                let palette = theme::of(ui);
                ui.horizontal_wrapped(|ui| {
                    widgets::chip(ui, t::CORRECTION, palette.amber_wash, palette.amber);
                    ui.label(theme::note(
                        ui,
                        t::record_line(record.inspected_on, record.outcome.label(), record.disclosed_on),
                    ));
                });
            }
            let mut missing = vec![
                (t::INSPECTED, !form.inspected.trim().is_empty()),
                (t::OUTCOME, form.outcome.is_some()),
                (t::REASON, record.is_none() || !form.reason.trim().is_empty() || !changed),
            ];
            if form.takes_out(record) {
                missing.extend(form.proof.given());
            }
            widgets::lacking(ui, Gate::of(&missing).said());
            // what is not filled in yet is no fault of a form that nobody has touched
            let untouched = self.fresh.as_ref() == Some(&*form);
            fields(ui, form, (check, record), if untouched { &[] } else { &told });
            ui.horizontal(|ui| help_marks(ui, &[Term::Completion, Term::Disclosure]));
        });
    }
}

fn fields(ui: &mut Ui, form: &mut Form, of: (&DueCheck, Option<&CheckResult>), told: &[(Field, Finding)]) {
    let (check, record) = of;
    let width = (ui.available_width() - 116.0).max(180.0);
    egui::Grid::new("result-form").num_columns(2).min_col_width(64.0).spacing(Vec2::new(12.0, 5.0)).show(ui, |ui| {
        short(ui, t::INSPECTED, &mut form.inspected, t::DAY_HINT, told, Field::Inspected);
        short(ui, t::COMPLETED, &mut form.completed, t::COMPLETED_HINT, told, Field::Completed);
        ui.label(t::MANNER);
        ui.horizontal(|ui| {
            for manner in Manner::ALL {
                ui.radio_value(&mut form.manner, manner, manner.label());
            }
            message(ui, told, Field::Manner);
        });
        ui.end_row();
        let label = ui.label(t::OUTCOME);
        ui.horizontal(|ui| {
            egui::ComboBox::from_id_salt("outcome")
                .width(220.0)
                .selected_text(form.outcome.map_or(t::CHOOSE_OUTCOME, Outcome::label))
                .show_ui(ui, |ui| {
                    for outcome in Outcome::ALL {
                        ui.selectable_value(&mut form.outcome, Some(outcome), outcome.label());
                    }
                })
                .response
                .labelled_by(label.id);
            message(ui, told, Field::Outcome);
        });
        ui.end_row();
        if form.takes_out(record) {
            form.proof.rows(ui, width);
        }
        if form.outcome.is_some_and(Outcome::is_problem) {
            let label = ui.label(t::PROBLEM);
            ui.vertical(|ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.add(egui::TextEdit::multiline(&mut form.problem).desired_rows(2).desired_width(width))
                    .labelled_by(label.id);
                message(ui, told, Field::Problem);
            });
            ui.end_row();
            short(ui, t::RECTIFY, &mut form.rectify, t::DAY_HINT, told, Field::Rectify);
            short(ui, t::CLOSED, &mut form.closed, t::CLOSED_HINT, told, Field::Closed);
            wide(ui, t::EVIDENCE, &mut form.evidence, t::EVIDENCE_HINT, told, Field::Evidence);
        }
        wide(ui, t::MATTERS, &mut form.matters, "", told, Field::Matters);
        wide(ui, t::HANDLING, &mut form.handling, t::HANDLING_HINT, told, Field::Handling);
        wide(ui, t::INSPECTORS, &mut form.inspectors, t::INSPECTORS_HINT, told, Field::Inspectors);
        let label = ui.label(t::CHECKLIST);
        ui.add(
            egui::TextEdit::singleline(&mut form.checklist).desired_width(f32::INFINITY).hint_text(t::CHECKLIST_HINT),
        )
        .labelled_by(label.id);
        ui.end_row();
        ui.label("");
        ui.vertical(|ui| {
            ui.set_width(width);
            answers::show(ui, form, check.industry.as_deref().unwrap_or_default(), width);
            message(ui, told, Field::Answers);
        });
        ui.end_row();
        ui.label("");
        ui.checkbox(&mut form.recheck, t::RECHECK);
        ui.end_row();
        ui.label("");
        ui.checkbox(&mut form.withheld, t::WITHHELD);
        ui.end_row();
        if form.withheld {
            wide(ui, t::GROUND, &mut form.ground, t::GROUND_HINT, told, Field::Ground);
        }
        if record.is_some() {
            wide(ui, t::REASON, &mut form.reason, t::REASON_HINT, told, Field::Reason);
        }
    });
}
