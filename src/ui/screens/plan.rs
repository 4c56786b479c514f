//! 年度计划: the matrix of bodies by month, floors and caps, shortages and their ways out, calendar, simulation.
//!
//! The screen changes nothing itself: each number goes out as `DraftCommand::SetEdits` and shows once the plan was
//! computed afresh. What is derived from the analysis is made once per analysis.

mod block;
mod calendar;
mod card;
mod change;
mod dates;
mod edit;
mod load;
mod matrix;
mod model;
mod record;
mod rules;
mod save;
mod selection;
mod sheet;
mod shortages;
mod side;
mod trial;
mod values;

pub(in crate::ui) use edit::gesture_at;

use std::sync::Arc;

use egui::{RichText, Ui};

use self::model::{Look, Model, Row, RowKey};
use self::selection::Selection;
use super::{Cx, Screen, ScreenId, ready, title};
use crate::diagnostic::ProgressState;
use crate::plan::PlanCell;
use crate::plan::model::MONTHS;
use crate::ui::help::help_marks;
use crate::ui::picker::Picking;
use crate::ui::text::common;
use crate::ui::text::help::Term;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, decimal};
use crate::workspace::session::job::Stage;
use crate::workspace::session::{AnalysisView, OpenProject};

/// The parts of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Matrix,
    Record,
    Lights,
    Values,
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

/// States of the other tabs, and of the head's dialog.
#[derive(Default)]
struct Tabs {
    record: record::Record,
    rules: rules::Rules,
    shortages: shortages::Shortages,
    trial: trial::Trial,
    values: values::Values,
    dates: dates::Dates,
}

/// State of the screen.
#[derive(Default)]
pub struct PlanScreen {
    tab: Tab,
    by_district: bool,
    model: Model,
    look: Look,
    widths: matrix::Widths,
    selection: Selection,
    /// The session's month as it was last seen.
    month: Option<usize>,
    area: Option<u64>,
    change: Option<change::Pending>,
    saving: Option<(Vec<u8>, Picking)>,
    save_failed: Option<String>,
    checks: record::ChartState,
    card: card::State,
    drag: Option<Drag>,
    take_focus: bool,
    bring: bool,
    /// Months of the matrix that are in sight.
    months_seen: std::ops::Range<usize>,
    load: load::Load,
    load_shown: bool,
    tabs: Tabs,
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
        if self.model.refresh(open, &view, self.look, seconds) {
            let rows = self.rows().len();
            self.selection.clamp(rows);
        }
        self.follow_filter(cx, open);
        self.poll_save(cx);
        let expected = decimal(view.areas.city.expected_year(), 0);
        title(ui, t::TITLE, &t::title_note(open.project.file.year, &expected, view.month()), |ui| {
            if !open.is_current() {
                ui.label(theme::note(ui, t::STALE));
                ui.add(egui::Spinner::new().size(14.0));
            }
            self.tabs.dates.show(ui, cx, open);
            help_marks(ui, &[Term::MandatoryCheck, Term::DrawnCheck, Term::Expected]);
        });
        self.choose_tab(ui, cx, open, &view);
        ui.add_space(theme::by_height(ui.ctx(), 0.0, HALF));
        match self.tab {
            Tab::Matrix => self.sheet(ui, cx, open, &view),
            Tab::Record => {
                // the body that all screens look at, or the city: never a row that happened to be under the cursor
                let row = if self.by_district { 0 } else { self.marked(cx, open).unwrap_or(0) };
                self.version(ui, open);
                self.tabs.record.show(ui, cx, open, &view, (&self.model, row));
            }
            Tab::Lights => self.tabs.rules.lights(ui, cx, open, &view),
            Tab::Values => self.tabs.values.show(ui, cx, open, &view),
            Tab::Shortages => {
                let to_confirm = self.tabs.values.open_parts(cx, open);
                self.tabs.shortages.show(ui, cx, open, &view, to_confirm);
            }
            Tab::Frequencies => self.tabs.rules.frequencies(ui, cx, open, &view),
            Tab::Calendar => {
                calendar::show(ui, &open.project.calendar, open.project.file.year, cx.session.now().date());
            }
            Tab::Trial => self.tabs.trial.show(ui, cx, open, &view),
        }
    }
}

impl PlanScreen {
    /// Shows what does not fit, and the ways out.
    pub fn show_shortages(&mut self) {
        self.tab = Tab::Shortages;
    }

    fn rows(&self) -> &[Row] {
        if self.by_district { &self.model.districts } else { &self.model.bodies }
    }

    /// The cursor follows the session's month, and its filter of body or district.
    fn follow_filter(&mut self, cx: &Cx<'_>, open: &OpenProject) {
        let filter = cx.session.filter();
        let month = filter.month.and_then(|month| month.index_in(open.project.file.year));
        if self.month != month {
            self.month = month;
            let (row, at) = self.selection.cursor();
            // a month chosen elsewhere; one that the matrix itself has sent is where the cursor stands
            if let Some(month) = month.filter(|month| *month != at) {
                self.selection = Selection::at((row, month));
            }
        }
        if self.area == Some(filter.area_revision) {
            return;
        }
        let first = self.area.is_none();
        self.area = Some(filter.area_revision);
        let month = self.selection.cursor().1;
        if let Some(row) = self.marked(cx, open) {
            self.selection = Selection::at((row, month));
            self.bring = true;
        } else if first && !self.by_district {
            self.selection = Selection::at((1.min(self.rows().len().saturating_sub(1)), month));
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

    fn choose_tab(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenProject, view: &AnalysisView) {
        let plan = &view.analysis.plan;
        let red = plan.not_kept().count();
        let blocking = plan.blocking().count();
        let to_confirm = self.tabs.values.open_parts(cx, open);
        let palette = theme::of(ui);
        let all = [
            (Tab::Matrix, t::TAB_MATRIX, 0),
            (Tab::Record, t::TAB_RECORD, 0),
            (Tab::Lights, t::TAB_LIGHTS, red),
            (Tab::Values, t::TAB_VALUES, to_confirm),
            (Tab::Shortages, t::TAB_SHORTAGES, blocking),
            (Tab::Frequencies, t::TAB_FREQUENCIES, 0),
            (Tab::Calendar, t::TAB_CALENDAR, 0),
            (Tab::Trial, t::TAB_TRIAL, 0),
        ]
        .map(|(tab, name, count)| {
            let text = RichText::new(t::tab(name, count));
            let ink = if tab == Tab::Values { palette.amber } else { palette.red };
            widgets::Tab::new(tab, if count > 0 { text.color(ink) } else { text })
        });
        if let Some(tab) = widgets::tabs(ui, "plan", &self.tab, &all, |_| {}) {
            self.tab = tab;
        }
    }
}

fn plan_cell(view: &AnalysisView, key: RowKey, month: usize) -> Option<&PlanCell> {
    match key {
        RowKey::Body(i) if month < MONTHS => view.analysis.plan.matrix.get(i)?.get(month),
        _ => None,
    }
}
