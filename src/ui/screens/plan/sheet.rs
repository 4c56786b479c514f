//! The page of the matrix: what it shows, what is selected, how numbers are changed, the card beside it.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::block::{copied, filled, lay};
use super::change::{Pending, Rules, cleared};
use super::matrix::{self, Event, Join};
use super::model::{RowKey, Shown, Tone};
use super::selection::{At, Selection};
use super::{Drag, PlanScreen, card, edit, plan_cell};
use crate::domain::PlanMonth;
use crate::plan::model::{MONTHS, QuotaPlace};
use crate::ui::help::behind_mark;
use crate::ui::screens::Cx;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, decimal, message};
use crate::workspace::session::{AnalysisView, DraftCommand, OpenProject, ViewCommand};

/// Width of the card.
const CARD: f32 = 322.0;
/// Below these the page scrolls as a whole, the card under the matrix: nothing is squashed.
const LEAST: egui::Vec2 = egui::Vec2::new(900.0, 360.0);
/// Height of the matrix on a page that scrolls.
const MATRIX: f32 = 330.0;
/// Its least height in a low window.
const LOW_MATRIX: f32 = 200.0;
/// Height of the load's chart there.
const LOAD: f32 = 260.0;

/// Why a month can't be changed.
type WhyNot<'a> = &'a dyn Fn(usize) -> Option<&'static str>;

impl PlanScreen {
    /// Draws the page.
    pub(super) fn sheet(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>) {
        let year = open.project.file.year;
        let month = cx.session.month().and_then(|m| m.index_in(year)).unwrap_or(0);
        let sealed = open.books.value().and_then(|b| b.pending.as_ref()).and_then(|p| p.period.month());
        let (read_only, shown) = (open.saved.is_read_only(), self.look.shown);
        let why = move |m: usize| {
            let month = PlanMonth::nth_of(year, m);
            edit::why_not(read_only, view.month(), sealed, month)
                .or_else(|| (shown != Shown::Progress).then_some(t::OTHER_SHOWN))
        };
        let room = ui.available_size();
        let least = LEAST.y + if self.load_shown { LOAD } else { 0.0 };
        if room.x < LEAST.x || room.y < least {
            egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("plan-page").show(ui, |ui| {
                let top = ui.cursor().top();
                self.bar(ui, cx, open);
                // as many rows as a low window holds: the card is further down
                let low = room.y - (ui.cursor().top() - top);
                let height = if theme::is_low(ui.ctx()) { low.max(LOW_MATRIX) } else { MATRIX };
                ui.add_space(theme::by_height(ui.ctx(), 0.0, HALF));
                let width = ui.available_width();
                // where it was asked for it is seen: before the matrix, not below it
                if self.load_shown {
                    ui.allocate_ui(egui::vec2(width, LOAD), |ui| self.load_chart(ui, cx, open, view, LOAD - 50.0));
                    ui.add_space(HALF);
                }
                ui.allocate_ui(egui::vec2(width, height), |ui| {
                    ui.set_min_size(egui::vec2(width, height));
                    self.table(ui, cx, open, view, month, &why);
                });
                ui.add_space(HALF);
                self.side(ui, cx, open, view, month, &why);
            });
        } else {
            egui::Panel::right("plan-card")
                .resizable(true)
                .default_size(CARD)
                .size_range(widgets::side_range(ui, 260.0, 460.0, 0.38))
                .frame(egui::Frame::new().inner_margin(egui::Margin { left: 10, ..egui::Margin::ZERO }))
                .show(ui, |ui| {
                    egui::ScrollArea::vertical()
                        .auto_shrink([false, false])
                        .id_salt("card")
                        .show(ui, |ui| self.side(ui, cx, open, view, month, &why));
                });
            self.bar(ui, cx, open);
            ui.add_space(HALF);
            if self.load_shown {
                let height = (ui.available_height() * 0.45).clamp(180.0, 360.0);
                egui::Panel::bottom("plan-load").resizable(true).default_size(height).show(ui, |ui| {
                    let height = (ui.available_height() - theme::CONTROL - HALF).max(140.0);
                    self.load_chart(ui, cx, open, view, height);
                });
            }
            self.table(ui, cx, open, view, month, &why);
        }
        self.dialog(ui, cx, open, view, &why);
    }

    fn side(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        view: &AnalysisView,
        month: usize,
        why: WhyNot<'_>,
    ) {
        theme::card(ui).show(ui, |ui| {
            ui.set_width(ui.available_width());
            self.card(ui, cx, open, view, month, why(month));
        });
    }

    fn load_chart(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>, height: f32) {
        let row = self.selection.cursor().0;
        let (body, name) = match self.rows().get(row).map(|row| (row.key, row.name.clone())) {
            Some((RowKey::Body(i), name)) => (Some(i), name),
            _ => (None, t::CITY.to_owned()),
        };
        let source = t::source(&open.saved.file.name, open.draft.is_changed());
        let counts = self.load.chooser(ui);
        let said = if body.is_none() { self.load.sentences(&open.project.policy, view) } else { Vec::new() };
        for line in &said {
            ui.add(egui::Label::new(theme::note(ui, line)).truncate());
        }
        let height = (height - said.len() as f32 * (theme::SMALL + GRID)).max(140.0);
        if counts {
            let row = body.map_or(0, |i| i + 1);
            self.checks.show(ui, cx, ("plan-checks", height), &self.model, row, &source);
        } else {
            self.load.show(ui, cx, view, (body, &name), &source, height);
        }
    }

    fn table(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        view: &Arc<AnalysisView>,
        month: usize,
        why: WhyNot<'_>,
    ) {
        // what it says of one cell a low window has beside its tools
        if !self.selection.is_single() || !theme::is_low(ui.ctx()) {
            let status = egui::Panel::bottom("plan-status").resizable(false).show_separator_line(false);
            status.show(ui, |ui| self.status(ui));
        }
        let dragged = self.drag.as_ref().and_then(|drag| {
            let row = self.rows().get(drag.row)?;
            let cell = row.cells.get(drag.month)?;
            let old = plan_cell(view, row.key, drag.month)?.drawn.get(drag.category).copied().unwrap_or(0.0);
            let value = cell.value.unwrap_or(0.0);
            let value = if open.is_current() { value } else { value - old + drag.now };
            Some((drag.row, drag.month, decimal(value, 1)))
        });
        let rows = if self.by_district { &self.model.districts } else { &self.model.bodies };
        let shown = matrix::View {
            model: &self.model,
            rows,
            selection: &self.selection,
            month,
            marked: self.marked(cx, open),
            dragged,
            editable: std::array::from_fn(|m| why(m).is_none()),
            motion: !cx.session.preferences().still && !self.by_district,
            take_focus: self.take_focus,
            bring: self.bring,
        };
        let (event, in_sight, months) = matrix::show(ui, &mut self.widths, &shown);
        self.months_seen = months;
        (self.take_focus, self.bring) = (self.take_focus && !in_sight, false);
        self.drag_hint(ui, open);
        if let Some(event) = event {
            self.hear(ui, cx, open, view, event, why);
        }
    }

    /// What is selected, summed up.
    fn status(&self, ui: &mut Ui) {
        let cells = self.selection.cells();
        let values: Vec<f64> =
            cells.iter().filter_map(|(row, month)| self.rows().get(*row)?.cells.get(*month)?.value).collect();
        let sum: f64 = values.iter().sum();
        let mean = if values.is_empty() { 0.0 } else { sum / values.len() as f64 };
        ui.horizontal_wrapped(|ui| {
            if self.selection.is_single() {
                ui.label(theme::note(ui, if self.by_district { t::DISTRICT_NOTE } else { t::MATRIX_NOTE }));
            } else {
                ui.label(t::selected(cells.len(), &decimal(sum, 1), &decimal(mean, 1)));
            }
            self.months(ui);
        });
    }

    /// Which months are in sight, where not all are.
    fn months(&self, ui: &mut Ui) {
        let months = &self.months_seen;
        if months.len() < MONTHS && !months.is_empty() {
            let (first, last) = (months.start + 1, months.end);
            let low = theme::is_low(ui.ctx());
            let words = if low { t::months_in_short(first, last) } else { t::months_seen(first, last) };
            let words = RichText::new(words).font(theme::regular(theme::SMALL)).color(theme::of(ui).amber);
            let shown = ui.label(words);
            if low {
                shown.on_hover_text(t::months_seen(first, last));
            }
        }
    }

    fn bar(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        ui.horizontal_wrapped(|ui| {
            for (district, name) in [(false, t::BY_BODY), (true, t::BY_DISTRICT)] {
                if ui.selectable_label(self.by_district == district, name).clicked() && self.by_district != district {
                    self.by_district = district;
                    self.selection = Selection::at((0, self.selection.cursor().1));
                    self.area = None;
                    self.drag = None;
                }
            }
            ui.separator();
            if !self.by_district {
                self.choosers(ui, open);
            }
            if ui.selectable_label(self.load_shown, t::LOAD_CHART).clicked() {
                self.load_shown = !self.load_shown;
            }
            if ui.button(t::SAVE_TABLE).clicked() {
                self.ask_save(cx, open);
            }
            if let Some(error) = &self.save_failed {
                ui.label(message(ui, error, theme::of(ui).red));
            }
            if theme::is_low(ui.ctx()) {
                behind_mark(ui, t::LEGEND_AND_KEYS, |ui| {
                    self.legend(ui);
                    let note = if self.by_district { t::DISTRICT_NOTE } else { t::MATRIX_NOTE };
                    ui.add(egui::Label::new(theme::note(ui, note)).wrap());
                });
                self.months(ui);
            }
        });
        if !theme::is_low(ui.ctx()) {
            self.legend(ui);
        }
    }

    /// What the figures of a cell are, in their inks.
    fn legend(&self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let palette = theme::of(ui);
            let mut word = |text: &str, tone: Option<Tone>| {
                let ink = tone.map_or(palette.muted, |tone| matrix::tone(palette, tone));
                ui.label(RichText::new(text).font(theme::regular(theme::SMALL)).color(ink));
            };
            if self.by_district {
                word(t::LEGEND_DISTRICTS, None);
                return;
            }
            let progress = self.look.shown == Shown::Progress;
            if progress {
                word(t::LEGEND_COMING, None);
            }
            word(t::LEGEND_DRAWN, Some(Tone::Drawn));
            word(t::LEGEND_MANDATORY, Some(Tone::Mandatory));
            if progress {
                word(t::LEGEND_PAST, None);
                word(t::LEGEND_PLAN, Some(Tone::Plan));
                word(t::LEGEND_DONE, Some(Tone::Done));
            }
            word(t::LEGEND_LOAD, None);
        });
    }

    fn choosers(&mut self, ui: &mut Ui, open: &OpenProject) {
        let name = ui.label(t::SHOWN_LABEL);
        let combo = egui::ComboBox::from_id_salt("plan-shown")
            .width(104.0)
            .selected_text(self.look.shown.label())
            .show_ui(ui, |ui| {
                for shown in Shown::ALL {
                    if ui.selectable_label(self.look.shown == shown, shown.label()).clicked() {
                        self.look.shown = shown;
                        self.look.category = self.look.category.filter(|_| shown == Shown::Progress);
                    }
                }
            });
        combo.response.labelled_by(name.id);
        if self.look.shown == Shown::Progress {
            let categories = &open.project.policy.categories;
            let chosen = self.look.category.and_then(|c| categories.get(c));
            let name = ui.label(t::CATEGORY_LABEL);
            let combo = egui::ComboBox::from_id_salt("plan-category")
                .width(104.0)
                .selected_text(chosen.map_or(t::ALL_CATEGORIES, |c| c.name.as_str()))
                .show_ui(ui, |ui| {
                    if ui.selectable_label(self.look.category.is_none(), t::ALL_CATEGORIES).clicked() {
                        self.look.category = None;
                    }
                    for (c, category) in categories.iter().enumerate() {
                        if ui.selectable_label(self.look.category == Some(c), &category.name).clicked() {
                            self.look.category = Some(c);
                        }
                    }
                });
            combo.response.labelled_by(name.id);
        } else {
            self.version(ui, open);
        }
    }

    /// The chooser of the approved version, where several were kept.
    pub(super) fn version(&mut self, ui: &mut Ui, open: &OpenProject) {
        let Some(books) = open.books.value().filter(|books| books.plans.approved.len() > 1) else { return };
        ui.horizontal(|ui| {
            let name = ui.label(t::VERSION_LABEL);
            let last = books.plans.approved.keys().last().copied().unwrap_or(1);
            let combo = egui::ComboBox::from_id_salt("plan-version")
                .width(80.0)
                .selected_text(t::version(self.look.version.unwrap_or(last)))
                .show_ui(ui, |ui| {
                    for version in books.plans.approved.keys() {
                        let chosen = self.look.version.unwrap_or(last) == *version;
                        if ui.selectable_label(chosen, t::version(*version)).clicked() {
                            self.look.version = Some(*version).filter(|version| *version != last);
                        }
                    }
                });
            combo.response.labelled_by(name.id);
        });
    }

    /// Beside the pointer: what the drag does.
    fn drag_hint(&self, ui: &Ui, open: &OpenProject) {
        let Some(drag) = &self.drag else { return };
        let Some(pointer) = ui.input(|i| i.pointer.hover_pos()) else { return };
        let name = open.project.policy.categories.get(drag.category).map_or("", |c| c.name.as_str());
        let text = t::drag_hint(name, &decimal(drag.start, 1), &decimal(drag.now, 1));
        let palette = theme::of(ui);
        let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("plan-drag")));
        let galley = painter.layout_no_wrap(text, theme::bold(theme::BODY), palette.text);
        let rect = egui::Rect::from_min_size(pointer + egui::vec2(14.0, -10.0), galley.size()).expand(6.0);
        painter.rect(
            rect,
            theme::RADIUS,
            palette.surface,
            egui::Stroke::new(1.0, palette.accent),
            egui::StrokeKind::Inside,
        );
        painter.galley(rect.min + egui::vec2(6.0, 6.0), galley, palette.text);
    }

    fn hear(
        &mut self,
        ui: &Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        view: &AnalysisView,
        event: Event,
        why: WhyNot<'_>,
    ) {
        match event {
            Event::Select(to, join) => self.select(cx, open, to, join),
            Event::Edit(_) if !self.selection.is_single() => self.begin_typing(String::new()),
            Event::Type(text) => self.begin_typing(text),
            Event::Edit(to) => {
                self.select(cx, open, to, Join::Alone);
                // the number field takes the focus, not the cell
                self.take_focus = false;
                self.card.focus = true;
                if let Some(cell) = self.rows().get(to.0).and_then(|r| plan_cell(view, r.key, to.1)) {
                    self.card.category = card::category_for(cell, self.card.category);
                }
            }
            Event::DragStart(to) => self.begin_drag(ui, cx, open, view, to),
            Event::Drag(down) => self.drag(cx, open, down),
            Event::DragEnd => self.drag = None,
            Event::All => {
                self.selection = Selection::all(self.rows().len(), self.selection.cursor());
            }
            Event::Copy => cx.copy(copied(self.rows(), &self.selection)),
            Event::Paste(text) => {
                let laid = self.with_rules(open, view, why, |rules| {
                    lay(&text, rules.rows, &self.selection, &|at, visits| rules.check(at, visits))
                });
                self.change = Some(Pending::block(laid, t::PASTE_TITLE));
            }
            Event::Fill { right } => {
                let laid = self.with_rules(open, view, why, |rules| {
                    filled(rules.rows, &self.selection, right, &|at, visits| rules.check(at, visits))
                });
                self.change = Some(Pending::block(laid, t::FILL_TITLE));
            }
            Event::Clear => {
                let before = &open.draft.now().edits;
                let edits = self.with_rules(open, view, why, |rules| cleared(before, rules, &self.selection));
                if edits != *before {
                    cx.send(DraftCommand::SetEdits { edits, label: t::CLEARED.to_owned(), gesture: 0 });
                }
            }
        }
    }

    fn begin_typing(&mut self, text: String) {
        self.change = Some(Pending::typing(text, self.selection.clone()));
    }

    fn with_rules<T>(
        &self,
        open: &OpenProject,
        view: &AnalysisView,
        why: WhyNot<'_>,
        work: impl FnOnce(&Rules<'_>) -> T,
    ) -> T {
        work(&Rules {
            view,
            policy: &open.project.policy,
            rows: self.rows(),
            possible: &self.model.possible,
            category: self.look.category,
            why_not: why,
        })
    }

    /// The dialog of a change of several cells.
    fn dialog(&mut self, ui: &Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &AnalysisView, why: WhyNot<'_>) {
        let Some(mut pending) = self.change.take() else { return };
        let edits = &open.draft.now().edits;
        let answer = self.with_rules(open, view, why, |rules| pending.show(ui, rules, edits));
        match answer {
            None => self.change = Some(pending),
            Some(change) => {
                self.take_focus = true;
                if let Some((edits, label)) = change {
                    cx.send(DraftCommand::SetEdits { edits, label, gesture: 0 });
                }
            }
        }
    }

    fn begin_drag(&mut self, ui: &Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &AnalysisView, to: At) {
        self.select(cx, open, to, Join::Alone);
        let Some(cell) = self.rows().get(to.0).and_then(|r| plan_cell(view, r.key, to.1)) else { return };
        let category = self.look.category.unwrap_or_else(|| card::category_for(cell, self.card.category));
        self.card.category = category;
        let drawn = cell.drawn.get(category).copied().unwrap_or(0.0);
        let own = self.place(open, to, category).and_then(|p| open.draft.now().edits.quota_of(&p).map(|e| e.visits));
        let start = own.unwrap_or(drawn);
        let gesture = edit::gesture_at(ui.input(|i| i.time));
        self.drag = Some(Drag { row: to.0, month: to.1, category, start, now: start, gesture });
    }

    fn drag(&mut self, cx: &mut Cx<'_>, open: &OpenProject, down: f32) {
        let Some(drag) = &mut self.drag else { return };
        let now = edit::dragged(drag.start, down);
        if (now - drag.now).abs() < 0.05 {
            return;
        }
        drag.now = now;
        let (row, to, category, gesture) = (drag.row, drag.month, drag.category, drag.gesture);
        let Some(place) = self.place(open, (row, to), category) else { return };
        let own = open.draft.now().edits.quota_of(&place).map(|e| e.reason.clone());
        let reason = own.unwrap_or_else(|| self.card.reason.clone());
        let edits = open.draft.now().edits.with_quota(&place, now, &reason);
        let name = self.rows().get(row).map_or("", |r| r.name.as_str());
        let category = open.project.policy.categories.get(category).map_or("", |c| c.name.as_str());
        cx.send(DraftCommand::SetEdits { edits, label: t::quota(name, place.month, category), gesture });
    }

    fn place(&self, open: &OpenProject, at: At, category: usize) -> Option<QuotaPlace> {
        let RowKey::Body(body) = self.rows().get(at.0)?.key else { return None };
        let policy = &open.project.policy;
        Some(QuotaPlace {
            body: policy.bodies.get(body)?.id.clone(),
            category: policy.categories.get(category)?.id.clone(),
            month: PlanMonth::nth_of(open.project.file.year, at.1),
        })
    }

    fn select(&mut self, cx: &mut Cx<'_>, open: &OpenProject, to: At, join: Join) {
        match join {
            Join::Alone => self.selection = Selection::at(to),
            Join::Grow => self.selection.extend(to),
            Join::Add => self.selection.add(to),
        }
        self.take_focus = true;
        self.bring = true;
        let month = PlanMonth::nth_of(open.project.file.year, to.1.min(MONTHS - 1));
        if cx.session.month() != Some(month) {
            cx.send(ViewCommand::SetMonth(month));
        }
    }
}
