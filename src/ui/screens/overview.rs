//! 总览: this year at a glance; every figure is a link to where it comes from.
//!
//! Charts and the small map's values are made once per revision of plan and books, not per frame.

use std::sync::Arc;

use egui::{Align, Layout, RichText, Ui, Vec2};

use super::{Cx, Screen, ScreenId, ready, title};
use crate::chart::{Axis, Bars, Categories, Chart, ChartKind, Columns, Ink, Series};
use crate::diagnostic::ProgressState;
use crate::disclosure::DeadlineState;
use crate::domain::PlanMonth;
use crate::plan::model::MONTHS;
use crate::ui::help::heading_with;
use crate::ui::map::{Card, ClassMethod, MapData, MapInput, MapView, Measure, RowList, TierColumn};
use crate::ui::plot;
use crate::ui::text::common as t;
use crate::ui::text::help::Term;
use crate::ui::text::overview as o;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, decimal, thousands};
use crate::workspace::reports::areas::{AreaFigures, AreaProgress};
use crate::workspace::reports::next_step::{NextStep, next_step};
use crate::workspace::reports::status::{About, Attention};
use crate::workspace::session::job::Stage;
use crate::workspace::session::{AnalysisView, Books, OpenProject, ProjectData, ViewCommand};

/// What is made of a revision.
struct Made {
    key: (u64, u64, usize),
    revision: u64,
    months: Chart,
    districts: Chart,
    values: Vec<Option<f64>>,
}

/// State of the screen.
#[derive(Default)]
pub struct OverviewScreen {
    made: Option<Made>,
    map: MapView,
    /// Districts without points, and the data that they were made of.
    shapes: Option<(usize, Arc<MapData>)>,
    measure: Measure,
    tiers: TierColumn,
    none: RowList,
}

fn identity(data: &Arc<ProjectData>) -> usize {
    Arc::as_ptr(data).addr()
}

impl Screen for OverviewScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        title(ui, o::TITLE, &open.saved.file.name, |_| {});
        if let Stage::Failed(error) = &open.analysis {
            if widgets::failed(ui, t::FAILED, error, o::LOOK_AT_DATA) {
                cx.go(ScreenId::Data);
            }
            return;
        }
        let id = identity(&open.data);
        if self.shapes.as_ref().is_none_or(|(of, _)| *of != id) {
            self.shapes = Some((id, Arc::new(MapData::new(Arc::clone(&open.data.districts), &[], &[]))));
            self.map = MapView::default();
        }
        let books = open.books.value().map(AsRef::as_ref);
        if let Some(view) = open.view() {
            self.refresh(open, view, books, id);
        }
        let view = open.view();
        figures(ui, cx, open, view.map(AsRef::as_ref), books);
        ui.add_space(GRID);
        let height = ui.available_height();
        let left = (ui.available_width() * 0.56).floor();
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(Vec2::new(left, height), Layout::top_down(Align::LEFT), |ui| {
                match self.made.as_ref().filter(|m| m.key.2 == id) {
                    Some(made) => charts(ui, cx, open, made, height),
                    None => widgets::loading(ui, t::COMPUTING, &ProgressState::default()),
                }
            });
            ui.vertical(|ui| {
                let width = ui.available_width();
                let map_height = (height * 0.52).max(200.0).min(height - 150.0).max(40.0);
                ui.allocate_ui(Vec2::new(width, map_height), |ui| self.small_map(ui, cx, open));
                ui.add_space(GRID);
                attention(ui, cx, open, view.map(AsRef::as_ref), books);
            });
        });
    }
}

impl OverviewScreen {
    fn refresh(&mut self, open: &OpenProject, view: &AnalysisView, books: Option<&Books>, id: usize) {
        let key = (open.revision, open.books_revision, id);
        let current = open.is_current() && matches!(open.books, Stage::Ready(..));
        if self.made.as_ref().is_some_and(|m| m.key == key) || (self.made.is_some() && !current) {
            return;
        }
        let revision = self.made.as_ref().map_or(1, |m| m.revision + 1);
        self.measure = Measure { name: o::MEASURE.to_owned(), unit: o::VISITS.to_owned(), decimals: 0 };
        self.made = Some(Made {
            key,
            revision,
            months: by_month(open, view, books),
            districts: by_district(open, view, books),
            values: view.areas.districts.iter().map(|d| Some(d.expected_year())).collect(),
        });
    }

    fn small_map(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        let Some((_, data)) = &self.shapes else { return };
        let data = Arc::clone(data);
        let empty = Vec::new();
        let (values, revision) = self.made.as_ref().map_or((&empty, 0), |m| (&m.values, m.revision));
        let filter = cx.session.filter().district;
        let districts = open.data.districts.districts();
        let selected = districts.iter().position(|d| Some(d.code.0) == filter);
        let input = MapInput {
            data: &data,
            values,
            values_revision: revision,
            measure: &self.measure,
            method: ClassMethod::default(),
            class_count: 5,
            tiers: &self.tiers,
            filter: None,
            selected: &self.none,
            highlighted: &self.none,
            selected_district: selected,
            show_points: false,
            show_labels: true,
            notice: if open.data.districts.sketch { t::SKETCH } else { "" },
            review_number: &open.project.file.review_number,
            mark: if open.saved.file.synthetic { t::SYNTHETIC } else { "" },
            describe_point: &|_| Card::default(),
            describe_district: &|_| Vec::new(),
        };
        let out = self.map.show(ui, &input);
        if let Some(clicked) = out.clicked_district {
            let code = districts.get(clicked).map(|d| d.code.0);
            cx.send(ViewCommand::SetDistrict(if selected == Some(clicked) { None } else { code }));
        }
        if out.cleared {
            cx.send(ViewCommand::SetDistrict(None));
        }
    }
}

fn figures(ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: Option<&AnalysisView>, books: Option<&Books>) {
    let palette = theme::of(ui);
    let width = ((ui.available_width() - GRID * 3.0) / 4.0).floor();
    let waiting = "…".to_owned();
    ui.horizontal(|ui| {
        let note = o::bodies(open.project.policy.bodies.len());
        let value = view.map_or_else(|| waiting.clone(), |v| decimal(v.areas.city.expected_year(), 0));
        if widgets::figure(ui, width, o::PLANNED, &value, o::VISITS, &note, None).clicked() {
            cx.go(ScreenId::Plan);
        }
        let city = books.map(|b| b.areas.city).unwrap_or_default();
        let note = o::listed(city.listed);
        let value = books.map_or_else(|| waiting.clone(), |_| thousands(u64::from(city.done)));
        if widgets::figure(ui, width, o::DONE, &value, o::ITEMS, &note, None).clicked() {
            cx.go(ScreenId::Results);
        }
        let overdue = books.map_or(0, |b| b.status.board.of_state(DeadlineState::Overdue).count());
        let value = books.map_or_else(|| waiting.clone(), |b| b.status.board.completeness.share().percent_text());
        let ink = (overdue > 0).then_some(palette.red);
        if widgets::figure(ui, width, o::DISCLOSED, &value, "", &o::overdue(overdue), ink).clicked() {
            cx.go(ScreenId::Results);
        }
        let blocking = view.map(|v| v.analysis.plan.blocking().count());
        let ink = blocking.is_some_and(|n| n > 0).then_some(palette.red);
        let note = if blocking == Some(0) { o::NO_SHORTAGES } else { o::SHORTAGES_NOTE };
        let value = blocking.map_or(waiting, |n| n.to_string());
        if widgets::figure(ui, width, o::SHORTAGES, &value, o::ITEMS, note, ink).clicked() {
            cx.go(ScreenId::Plan);
        }
    });
}

fn charts(ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, made: &Made, height: f32) {
    let width = ui.available_width();
    let upper = (height * 0.46).floor();
    let plotted = plot::show(ui, "overview-months", &made.months, Vec2::new(width, upper), made.revision);
    if let Some(month) = plotted.clicked.and_then(|mark| open.saved.months().get(mark % MONTHS).copied()) {
        cx.send(ViewCommand::SetMonth(month));
        cx.go(ScreenId::Draw);
    }
    save(cx, plotted.action, &made.months);
    ui.add_space(GRID);
    let lower = (ui.available_height()).max(160.0);
    let plotted = plot::show(ui, "overview-districts", &made.districts, Vec2::new(width, lower), made.revision);
    save(cx, plotted.action, &made.districts);
}

/// Menus of charts are served by the shell.
fn save(cx: &mut Cx<'_>, action: Option<plot::PlotAction>, chart: &Chart) {
    if let Some(action) = action {
        cx.out.charts.push((action, chart.clone()));
    }
}

fn by_month(open: &OpenProject, view: &AnalysisView, books: Option<&Books>) -> Chart {
    let months = open.saved.months();
    let cells = view.analysis.plan.city_cells();
    let listed: Vec<f64> = cells.iter().map(|cell| f64::from(cell.past_listed())).collect();
    let done: Vec<f64> = cells.iter().map(|cell| f64::from(cell.past_done)).collect();
    let city = books.map(|b| b.areas.city).unwrap_or_default();
    let planned = view.areas.city.expected;
    Chart {
        title: o::month_title(city.done, city.listed, view.areas.city.expected_year()),
        x: Axis::new(o::MONTH, ""),
        y: Axis::new(o::CHECKS, o::VISITS),
        source: o::SOURCE.to_owned(),
        kind: ChartKind::Columns(Columns {
            categories: Categories::Labels {
                names: months.iter().map(|m: &PlanMonth| o::month(m.month())).collect(),
                ordered: true,
            },
            series: if city.listed == 0 {
                vec![Series::new(o::S_PLAN, Ink::Accent, planned.iter().map(|v| v.round()).collect())]
            } else {
                vec![
                    Series::new(o::S_PLAN, Ink::Pale, planned.to_vec()),
                    Series::new(o::S_DRAWN, Ink::Accent, listed),
                    Series::new(o::S_DONE, Ink::Green, done),
                ]
            },
            grouped: true,
            values: city.listed == 0,
            ..Columns::default()
        }),
    }
}

fn by_district(open: &OpenProject, view: &AnalysisView, books: Option<&Books>) -> Chart {
    let names: Vec<String> = open.data.districts.districts().iter().map(|d| d.name.clone()).collect();
    let progress: Vec<AreaProgress> =
        books.map_or_else(|| vec![AreaProgress::default(); names.len()], |b| b.areas.districts.clone());
    let any = progress.iter().any(|p| p.listed > 0);
    let mut order: Vec<usize> = (0..names.len()).collect();
    let (head, kind) = if any {
        order.sort_by_key(|i| std::cmp::Reverse(progress[*i].open()));
        order.truncate(8);
        let behind = progress.iter().filter(|p| p.listed > p.done).count();
        let left: Vec<f64> = order.iter().map(|i| f64::from(progress[*i].open())).collect();
        let done: Vec<f64> = order.iter().map(|i| f64::from(progress[*i].done)).collect();
        (
            o::district_title(behind),
            Bars {
                labels: order.iter().map(|i| names[*i].clone()).collect(),
                series: vec![Series::new(o::S_DONE, Ink::Accent, done), Series::new(o::S_OPEN, Ink::Amber, left)],
                ..Bars::default()
            },
        )
    } else {
        let load = |i: usize| view.areas.districts.get(i).map_or(0.0, AreaFigures::expected_year);
        order.sort_by(|a, b| load(*b).total_cmp(&load(*a)));
        order.truncate(8);
        let first = order.first().map_or_else(String::new, |i| o::load_title(&names[*i], load(*i)));
        (
            first,
            Bars {
                labels: order.iter().map(|i| names[*i].clone()).collect(),
                series: vec![Series::new(o::S_EXPECTED, Ink::Accent, order.iter().map(|i| load(*i)).collect())],
                ..Bars::default()
            },
        )
    };
    Chart {
        title: head,
        x: Axis::new(o::DISTRICT, ""),
        y: Axis::new(o::CHECKS, o::VISITS),
        source: o::SOURCE.to_owned(),
        kind: ChartKind::Bars(kind),
    }
}

/// The next step of the work, in words, and where it is done.
fn next_step_words(
    open: &OpenProject,
    view: Option<&AnalysisView>,
    books: Option<&Books>,
) -> Option<(String, ScreenId)> {
    let (view, books) = (view?, books?);
    let sealable = view.analysis.plan.is_sealable();
    Some(match next_step(&books.register, open.saved.file.year, &open.saved.months(), sealable)? {
        NextStep::Open { period, available_at } => {
            let at = available_at.replace('T', " ");
            (o::step_open(&period.to_string(), at.get(..16).unwrap_or(&at)), ScreenId::Draw)
        }
        NextStep::Mend => (o::STEP_SHORTAGE.to_owned(), ScreenId::Plan),
        NextStep::SealYear => (o::STEP_YEAR.to_owned(), ScreenId::Draw),
        NextStep::SealMonth(month) => (o::step_seal(&month.to_string()), ScreenId::Draw),
    })
}

fn attention(ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: Option<&AnalysisView>, books: Option<&Books>) {
    let frame = theme::card(ui);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.set_height((ui.available_height()).max(96.0));
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            if let Some((text, screen)) = next_step_words(open, view, books) {
                let terms = if text == o::STEP_YEAR {
                    [Term::YearSeed, Term::Rounding]
                } else {
                    [Term::Seal, Term::Commitment]
                };
                heading_with(ui, o::NEXT, &terms);
                line(ui, &text, o::GO, || cx.go(screen));
                ui.add_space(GRID);
            }
            widgets::heading(ui, o::ATTENTION);
            let lines = books.map(|b| b.status.attention.as_slice()).unwrap_or_default();
            if lines.is_empty() {
                ui.label(theme::note(ui, o::NO_ATTENTION));
            }
            for Attention { about, text } in lines {
                let to = match about {
                    About::Draw => ScreenId::Draw,
                    About::Plan => ScreenId::Plan,
                    About::Results => ScreenId::Results,
                };
                line(ui, text, o::LOOK, || cx.go(to));
            }
        });
    });
}

/// A sentence with a link at its end; the sentence wraps, the link stays.
fn line(ui: &mut Ui, text: &str, link: &str, go: impl FnOnce()) {
    ui.horizontal_top(|ui| {
        let room = (ui.available_width() - 72.0).max(120.0);
        ui.allocate_ui_with_layout(Vec2::new(room, 0.0), Layout::top_down(Align::LEFT), |ui| {
            ui.set_width(room);
            ui.add(egui::Label::new(RichText::new(text)).wrap());
        });
        if ui.small_button(link).clicked() {
            go();
        }
    });
}
