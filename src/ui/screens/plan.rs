//! 年度计划: the matrix of bodies by month, floors and caps, shortages and their ways out, calendar, simulation.
//!
//! The screen changes nothing itself: each number goes out as [`DraftCommand::SetEdits`] and shows once the plan was
//! computed afresh. What is derived from the analysis is made once per analysis.

mod calendar;
mod card;
mod dates;
mod edit;
mod load;
mod matrix;
mod model;
mod rules;
mod shortages;
mod trial;

use std::sync::Arc;

use egui::{RichText, Ui};

use self::matrix::Event;
use self::model::{Model, Row, RowKey};
use super::{Cx, Screen, ScreenId, ready, title};
use crate::diagnostic::ProgressState;
use crate::domain::PlanMonth;
use crate::plan::model::{MONTHS, QuotaPlace};
use crate::plan::{PlanCell, PlanEdits};
use crate::ui::help::help_marks;
use crate::ui::text::common;
use crate::ui::text::help::Term;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, decimal};
use crate::workspace::session::job::Stage;
use crate::workspace::session::{AnalysisView, DraftCommand, OpenProject, ViewCommand};

/// Width of the card.
const CARD: f32 = 322.0;

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Matrix,
    Lights,
    Shortages,
    Frequencies,
    Calendar,
    Trial,
}

/// A quota being dragged.
struct Drag {
    row: usize,
    month: usize,
    category: usize,
    start: f64,
    now: f64,
    gesture: u64,
}

/// State of the screen.
#[derive(Default)]
pub struct PlanScreen {
    tab: Tab,
    by_district: bool,
    model: Model,
    row: usize,
    area: Option<u64>,
    card: card::State,
    drag: Option<Drag>,
    take_focus: bool,
    bring: bool,
    rules: rules::Rules,
    shortages: shortages::Shortages,
    trial: trial::Trial,
    load: load::Load,
    load_shown: bool,
    dates: dates::Dates,
}

impl Screen for PlanScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        if let Stage::Failed(error) = &open.analysis {
            title(ui, t::TITLE, "", |_| {});
            if widgets::failed(ui, common::FAILED, error, t::SEE_DATA) {
                cx.go(ScreenId::Data);
            }
            return;
        }
        let Some(view) = open.view().map(Arc::clone) else {
            title(ui, t::TITLE, "", |_| {});
            widgets::loading(ui, common::COMPUTING, &ProgressState::default());
            return;
        };
        let seconds = ui.input(|i| i.time);
        if self.model.refresh(open, &view, seconds) {
            self.row = self.row.min(self.rows().len().saturating_sub(1));
        }
        self.follow_filter(cx, open);
        let expected = decimal(view.areas.city.expected_year(), 0);
        title(ui, t::TITLE, &t::title_note(open.project.file.year, &expected, view.month()), |ui| {
            if !open.is_current() {
                ui.label(theme::note(ui, t::STALE));
                ui.add(egui::Spinner::new().size(14.0));
            }
            self.dates.show(ui, cx, open);
            help_marks(ui, &[Term::MandatoryCheck, Term::DrawnCheck, Term::Expected]);
        });
        self.tabs(ui, &view);
        ui.add_space(HALF);
        match self.tab {
            Tab::Matrix => self.matrix(ui, cx, open, &view),
            Tab::Lights => self.rules.lights(ui, cx, open, &view),
            Tab::Shortages => self.shortages.show(ui, cx, open, &view),
            Tab::Frequencies => self.rules.frequencies(ui, cx, open, &view),
            Tab::Calendar => {
                calendar::show(ui, &open.project.calendar, open.project.file.year, cx.session.now().date());
            }
            Tab::Trial => self.trial.show(ui, cx, open, &view),
        }
    }
}

impl PlanScreen {
    fn rows(&self) -> &[Row] {
        if self.by_district { &self.model.districts } else { &self.model.bodies }
    }

    /// The row follows the session's filter of body or district.
    fn follow_filter(&mut self, cx: &Cx<'_>, open: &OpenProject) {
        let filter = cx.session.filter();
        if self.area == Some(filter.area_revision) {
            return;
        }
        let first = self.area.is_none();
        self.area = Some(filter.area_revision);
        if let Some(row) = self.marked(cx, open) {
            self.row = row;
            self.bring = true;
        } else if first && !self.by_district {
            self.row = 1.min(self.rows().len().saturating_sub(1));
        }
    }

    fn marked(&self, cx: &Cx<'_>, _open: &OpenProject) -> Option<usize> {
        let filter = cx.session.filter();
        if self.by_district {
            let code = filter.district?;
            self.model.districts.iter().position(|row| matches!(row.key, RowKey::District(_, c) if c == code))
        } else {
            let body = usize::from(filter.body?);
            self.model.bodies.iter().position(|row| row.key == RowKey::Body(body))
        }
    }

    fn tabs(&mut self, ui: &mut Ui, view: &AnalysisView) {
        let plan = &view.analysis.plan;
        let red = plan.not_kept().count();
        let blocking = plan.blocking().count();
        ui.horizontal_wrapped(|ui| {
            let palette = theme::of(ui);
            for (tab, name, count) in [
                (Tab::Matrix, t::TAB_MATRIX, 0),
                (Tab::Lights, t::TAB_LIGHTS, red),
                (Tab::Shortages, t::TAB_SHORTAGES, blocking),
                (Tab::Frequencies, t::TAB_FREQUENCIES, 0),
                (Tab::Calendar, t::TAB_CALENDAR, 0),
                (Tab::Trial, t::TAB_TRIAL, 0),
            ] {
                let mut text = RichText::new(t::tab(name, count));
                if count > 0 {
                    text = text.color(palette.red);
                }
                if ui.selectable_label(self.tab == tab, text).clicked() {
                    self.tab = tab;
                }
            }
        });
    }

    fn matrix(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &Arc<AnalysisView>) {
        let year = open.project.file.year;
        let month = cx.session.month().and_then(|m| m.index_in(year)).unwrap_or(0);
        let sealed = open.books.value().and_then(|b| b.pending.as_ref()).and_then(|p| p.period.month());
        let why = |m: usize| edit::why_not(open.saved.is_read_only(), view.month(), sealed, PlanMonth::nth_of(year, m));
        egui::Panel::right("plan-card")
            .resizable(true)
            .default_size(CARD)
            .size_range(260.0..=460.0)
            .frame(egui::Frame::new().inner_margin(egui::Margin { left: 10, ..egui::Margin::ZERO }))
            .show(ui, |ui| {
                egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("card").show(ui, |ui| {
                    theme::card(ui).show(ui, |ui| {
                        ui.set_width(ui.available_width());
                        self.card(ui, cx, open, view, month, why(month));
                    });
                });
            });
        self.bar(ui);
        ui.add_space(HALF);
        if self.load_shown {
            let (body, name) = match self.rows().get(self.row).map(|row| (row.key, row.name.clone())) {
                Some((RowKey::Body(i), name)) => (Some(i), name),
                _ => (None, t::CITY.to_owned()),
            };
            let height = (ui.available_height() * 0.45).clamp(180.0, 360.0);
            egui::Panel::bottom("plan-load").resizable(true).default_size(height).show(ui, |ui| {
                self.load.show(ui, cx, open, view, (body, &name));
            });
        }
        let dragged = self.drag.as_ref().and_then(|drag| {
            let row = self.rows().get(drag.row)?;
            let cell = row.cells.get(drag.month)?;
            let old = plan_cell(view, row.key, drag.month)?.drawn.get(drag.category).copied().unwrap_or(0.0);
            let value = if open.is_current() { cell.value } else { cell.value - old + drag.now };
            Some((drag.row, drag.month, decimal(value, 1)))
        });
        let shown = matrix::View {
            model: &self.model,
            rows: self.rows(),
            row: self.row,
            month,
            marked: self.marked(cx, open),
            dragged,
            editable: std::array::from_fn(|m| why(m).is_none()),
            motion: !cx.session.preferences().still && !self.by_district,
            take_focus: self.take_focus,
            bring: self.bring,
        };
        let event = matrix::show(ui, &shown);
        (self.take_focus, self.bring) = (false, false);
        self.drag_hint(ui, open);
        if let Some(event) = event {
            self.hear(ui, cx, open, view, event, month);
        }
    }

    fn bar(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            for (district, name) in [(false, t::BY_BODY), (true, t::BY_DISTRICT)] {
                if ui.selectable_label(self.by_district == district, name).clicked() && self.by_district != district {
                    self.by_district = district;
                    self.row = 0;
                    self.area = None;
                    self.drag = None;
                }
            }
            ui.separator();
            if ui.selectable_label(self.load_shown, t::LOAD_CHART).clicked() {
                self.load_shown = !self.load_shown;
            }
            ui.label(theme::note(ui, if self.by_district { t::DISTRICT_NOTE } else { t::MATRIX_NOTE }));
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

    fn hear(&mut self, ui: &Ui, cx: &mut Cx<'_>, open: &OpenProject, view: &AnalysisView, event: Event, month: usize) {
        match event {
            Event::Select(row, to) => self.select(cx, open, row, to, month),
            Event::Edit(row, to) => {
                self.select(cx, open, row, to, month);
                // the number field takes the focus, not the cell
                self.take_focus = false;
                self.card.focus = true;
                if let Some(cell) = self.rows().get(row).and_then(|r| plan_cell(view, r.key, to)) {
                    self.card.category = card::category_for(cell, self.card.category);
                }
            }
            Event::DragStart(row, to) => {
                self.select(cx, open, row, to, month);
                let Some(cell) = self.rows().get(row).and_then(|r| plan_cell(view, r.key, to)) else { return };
                let category = card::category_for(cell, self.card.category);
                self.card.category = category;
                let drawn = cell.drawn.get(category).copied().unwrap_or(0.0);
                let own = self
                    .place(open, row, to, category)
                    .and_then(|p| open.draft.now().edits.quota_of(&p).map(|e| e.visits));
                let start = own.unwrap_or(drawn);
                let gesture = edit::gesture_at(ui.input(|i| i.time));
                self.drag = Some(Drag { row, month: to, category, start, now: start, gesture });
            }
            Event::Drag(down) => {
                let Some(drag) = &mut self.drag else { return };
                let now = edit::dragged(drag.start, down);
                if (now - drag.now).abs() < 0.05 {
                    return;
                }
                drag.now = now;
                let (row, to, category, gesture) = (drag.row, drag.month, drag.category, drag.gesture);
                let Some(place) = self.place(open, row, to, category) else { return };
                let own = open.draft.now().edits.quota_of(&place).map(|e| e.reason.clone());
                let reason = own.unwrap_or_else(|| self.card.reason.clone());
                let edits = open.draft.now().edits.with_quota(&place, now, &reason);
                let name = self.rows().get(row).map_or("", |r| r.name.as_str());
                let category = open.project.policy.categories.get(category).map_or("", |c| c.name.as_str());
                cx.send(DraftCommand::SetEdits { edits, label: t::quota(name, place.month, category), gesture });
            }
            Event::DragEnd => self.drag = None,
        }
    }

    fn place(&self, open: &OpenProject, row: usize, month: usize, category: usize) -> Option<QuotaPlace> {
        let RowKey::Body(body) = self.rows().get(row)?.key else { return None };
        let policy = &open.project.policy;
        Some(QuotaPlace {
            body: policy.bodies.get(body)?.id.clone(),
            category: policy.categories.get(category)?.id.clone(),
            month: PlanMonth::nth_of(open.project.file.year, month),
        })
    }

    fn select(&mut self, cx: &mut Cx<'_>, open: &OpenProject, row: usize, to: usize, month: usize) {
        self.row = row;
        self.take_focus = true;
        self.bring = true;
        if to != month {
            cx.send(ViewCommand::SetMonth(PlanMonth::nth_of(open.project.file.year, to)));
        }
    }

    fn card(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        view: &AnalysisView,
        month: usize,
        why_not: Option<&'static str>,
    ) {
        let Some(row) = self.rows().get(self.row) else { return };
        let (key, name) = (row.key, row.name.clone());
        let at = PlanMonth::nth_of(open.project.file.year, month);
        let calendar = &open.project.calendar;
        let days = (calendar.in_month(at), calendar.is_noticed(at.year()));
        if let RowKey::District(district, code) = key {
            self.district_card(ui, cx, open, (&name, district, code), (month, at), days);
            return;
        }
        let sum;
        let cell = if matches!(key, RowKey::Body(_)) {
            plan_cell(view, key, month)
        } else {
            sum = PlanCell::sum(view.analysis.plan.matrix.iter().filter_map(|row| row.get(month)));
            Some(&sum)
        };
        let Some(cell) = cell else { return };
        let body = if let RowKey::Body(i) = key { open.project.policy.bodies.get(i).map(|b| &b.id) } else { None };
        let edits: &PlanEdits = &open.draft.now().edits;
        let of = card::Of {
            name: &name,
            body,
            month: at,
            days,
            cell,
            policy: &open.project.policy,
            edits,
            why_not,
            past: at < view.month(),
        };
        let (change, back) = card::show(ui, &mut self.card, &of);
        if let Some((edits, label, gesture)) = change {
            cx.send(DraftCommand::SetEdits { edits, label, gesture });
        }
        if back {
            self.take_focus = true;
        }
        if let RowKey::Body(i) = key {
            ui.add_space(HALF);
            let on = cx.session.filter().body == Some(i as u16);
            if ui.button(if on { t::ALL_BODIES } else { t::ONLY_BODY }).on_hover_text(t::FILTER_HINT).clicked() {
                cx.send(ViewCommand::SetBody((!on).then_some(i as u16)));
            }
        }
    }

    fn district_card(
        &self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        (name, district, code): (&str, usize, u32),
        (month, at): (usize, PlanMonth),
        (days, noticed): (u32, bool),
    ) {
        widgets::heading(ui, name);
        ui.label(theme::note(ui, t::month_days(at, days, noticed)));
        ui.add_space(HALF);
        let cell = self.rows().get(self.row).and_then(|row| row.cells.get(month));
        ui.label(t::expected(&decimal(cell.map_or(0.0, |c| c.value), 1)));
        if let Some(books) = open.books.value()
            && let Some(area) = books.areas.districts.get(district)
        {
            ui.label(t::district_line(area.listed, area.done, area.overdue));
        }
        ui.add_space(GRID);
        ui.add(egui::Label::new(theme::note(ui, t::DISTRICT_NOTE)).wrap());
        if code != u32::MAX {
            let on = cx.session.filter().district == Some(code);
            if ui.button(if on { t::ALL_DISTRICTS } else { t::ONLY_DISTRICT }).on_hover_text(t::FILTER_HINT).clicked() {
                cx.send(ViewCommand::SetDistrict((!on).then_some(code)));
            }
        }
    }
}

fn plan_cell(view: &AnalysisView, key: RowKey, month: usize) -> Option<&PlanCell> {
    match key {
        RowKey::Body(i) if month < MONTHS => view.analysis.plan.matrix.get(i)?.get(month),
        _ => None,
    }
}
