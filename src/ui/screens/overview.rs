//! 总览: this year at a glance; every figure is a link to where it comes from.
//!
//! Charts and the small map's values are made once per revision of plan and books, not per frame.

use std::sync::Arc;

use egui::{Align, Layout, RichText, Ui, Vec2};

use super::{Cx, Screen, ScreenId, ready, title};
use crate::chart::Chart;
use crate::diagnostic::ProgressState;
use crate::disclosure::DeadlineState;
use crate::domain::PlanMonth;
use crate::plan::Verdict;
use crate::plan::model::MONTHS;
use crate::ui::help::heading_with;
use crate::ui::map::{Card, ClassMethod, MapData, MapInput, MapView, Measure, RowList, TierColumn};
use crate::ui::plot;
use crate::ui::screens::movement::causes_ui;
use crate::ui::slot::{Same, Slot};
use crate::ui::text::common as t;
use crate::ui::text::help::Term;
use crate::ui::text::overview as o;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, decimal, thousands};
use crate::workspace::reports::charts::{by_body, by_month};
use crate::workspace::reports::mandatory::{compute_capacity_use, month_sentences};
use crate::workspace::reports::movement::{PlanMovement, compute_plan_movement};
use crate::workspace::reports::next_step::{NextStep, next_step};
use crate::workspace::reports::status::{About, Attention};
use crate::workspace::session::job::Stage;
use crate::workspace::session::{AnalysisView, Books, OpenProject, ProjectData, ViewCommand};

/// Least height of the chart by month, points: below it the page scrolls instead.
const CHART: f32 = 264.0;

/// Least height of the map, points.
const MAP: f32 = 240.0;

/// Below this width charts, map and tasks stand one under the other, points.
const ONE_COLUMN: f32 = 820.0;

/// Below this width a card of a figure has no room for its note, points.
const CARD: f32 = 165.0;

/// Height of a body's row in its chart, points.
const BODY_ROW: f32 = 20.0;

/// What is made of a revision.
struct Made {
    key: (u64, u64, usize, bool),
    revision: u64,
    months: Chart,
    bodies: Chart,
    /// What is said under the chart by month.
    sentences: Vec<String>,
    values: Vec<Option<f64>>,
}

/// State of the screen.
#[derive(Default)]
pub struct OverviewScreen {
    made: Option<Made>,
    /// The chart by quarter instead of by month.
    quarters: bool,
    map: MapView,
    /// Districts without points, and the data that they were made of.
    shapes: Option<(usize, Arc<MapData>)>,
    measure: Measure,
    tiers: TierColumn,
    none: RowList,
    /// Why the year's number moved since the last draw.
    movement: Slot<Same<AnalysisView>, Option<PlanMovement>>,
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
        let room = ui.available_height();
        egui::ScrollArea::vertical().id_salt("overview").auto_shrink([false, false]).show(ui, |ui| {
            self.page(ui, cx, open, books, (id, room));
        });
    }
}

impl OverviewScreen {
    /// The page below its title; `room` is the height that the window has for it.
    fn page(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: Option<&Books>,
        (id, room): (usize, f32),
    ) {
        let view = open.view();
        figures(ui, cx, view.map(AsRef::as_ref), books);
        ui.add_space(GRID);
        // As high as the window lets them be beside what always stands there, never squashed.
        let upper = (room * 0.42).max(CHART);
        let width = ui.available_width();
        if width < ONE_COLUMN {
            self.plan_column(ui, cx, open, (id, upper, width));
            ui.add_space(GRID);
            self.side_column(ui, cx, open, books, upper);
            return;
        }
        ui.horizontal_top(|ui| {
            self.plan_column(ui, cx, open, (id, upper, (width * 0.56).floor()));
            ui.vertical(|ui| self.side_column(ui, cx, open, books, upper));
        });
    }

    /// Why the year's number moved since the last draw, with a link to its causes.
    fn movement_line(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        if let Some(view) = open.view().filter(|_| open.is_current()) {
            let (project, data, of) = (Arc::clone(&open.project), Arc::clone(&open.data), Arc::clone(view));
            self.movement.ask(cx.session, &Same::of(view), o::MOVEMENT, move |_| {
                compute_plan_movement(&project, &data.registry, &of.analysis)
            });
        }
        if let Some(movement) = self.movement.current().and_then(|movement| movement.as_ref().as_ref()) {
            line(ui, &movement.heading, o::LOOK, || cx.go(ScreenId::Plan));
            // unfolded where asked for: what is to be done next stays in sight
            let heading = theme::note(ui, o::MOVEMENT_CAUSES);
            egui::CollapsingHeader::new(heading)
                .id_salt("overview-movement")
                .show(ui, |ui| causes_ui(ui, movement, false));
            ui.add_space(HALF);
        }
    }

    /// The charts.
    fn plan_column(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, (id, upper, width): (usize, f32, f32)) {
        ui.allocate_ui_with_layout(Vec2::new(width, upper), Layout::top_down(Align::LEFT), |ui| {
            ui.set_width(width);
            match self.made.as_ref().filter(|m| m.key.2 == id) {
                Some(made) => self.quarters = charts(ui, cx, open, made, (upper, self.quarters)),
                None => widgets::loading(ui, t::COMPUTING, &ProgressState::default()),
            }
        });
    }

    /// The map and what is to be done.
    fn side_column(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, books: Option<&Books>, upper: f32) {
        let width = ui.available_width();
        ui.allocate_ui(Vec2::new(width, upper.max(MAP)), |ui| self.small_map(ui, cx, open));
        ui.add_space(GRID);
        attention(ui, cx, open, open.view().map(AsRef::as_ref), books);
        // why the number moved: below the next step, which stays in sight
        if books.is_some_and(|b| !b.draws.is_empty()) {
            ui.add_space(GRID);
            self.movement_line(ui, cx, open);
        }
    }

    fn refresh(&mut self, open: &OpenProject, view: &AnalysisView, books: Option<&Books>, id: usize) {
        let key = (open.revision, open.books_revision, id, self.quarters);
        let current = open.is_current() && matches!(open.books, Stage::Ready(..));
        let turned = self.made.as_ref().is_some_and(|m| m.key.3 != self.quarters);
        if self.made.as_ref().is_some_and(|m| m.key == key) || (self.made.is_some() && !current && !turned) {
            return;
        }
        let revision = self.made.as_ref().map_or(1, |m| m.revision + 1);
        self.measure = Measure { name: o::MEASURE.to_owned(), unit: o::VISITS.to_owned(), decimals: 0 };
        self.made = Some(Made {
            key,
            revision,
            months: by_month(&open.project, view, books, self.quarters),
            bodies: by_body(&open.project, view, books),
            sentences: plan_sentences(open, view),
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

/// What is said of the year's months under a chart: mandatory checks, capacity, and the checks to come.
fn plan_sentences(open: &OpenProject, view: &AnalysisView) -> Vec<String> {
    let policy = &open.project.policy;
    let mut lines = month_sentences(policy, &view.analysis);
    lines.extend(compute_capacity_use(policy, &view.analysis.plan).map(|of| of.sentence()));
    let coming = view.coming.sentence();
    if !coming.is_empty() {
        lines.push(format!("{coming}；{}", view.coming.room_sentence()));
    }
    lines
}

fn figures(ui: &mut Ui, cx: &mut Cx<'_>, view: Option<&AnalysisView>, books: Option<&Books>) {
    let palette = theme::of(ui);
    let all = ui.available_width();
    let in_a_row = if (all - GRID * 3.0) / 4.0 < CARD { 2.0 } else { 4.0 };
    let width = ((all - GRID * (in_a_row - 1.0)) / in_a_row).floor();
    let waiting = "…".to_owned();
    let figure = if theme::is_low(ui.ctx()) { widgets::low_figure } else { widgets::figure };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(GRID);
        let note = view.map_or_else(String::new, |v| {
            let cells = v.analysis.plan.city_cells();
            let mandatory = cells.iter().flat_map(|cell| &cell.mandatory).sum();
            o::split(cells.iter().flat_map(|cell| &cell.drawn).sum(), mandatory)
        });
        let value = view.map_or_else(|| waiting.clone(), |v| decimal(v.areas.city.expected_year(), 0));
        if figure(ui, width, o::PLANNED, &value, o::VISITS, &note, None).clicked() {
            cx.go(ScreenId::Plan);
        }
        let city = books.map(|b| b.areas.city).unwrap_or_default();
        let note = o::listed(city.listed, city.triggered, books.map_or(0.0, |b| b.due_by_today.city));
        let value = books.map_or_else(|| waiting.clone(), |_| thousands(u64::from(city.done)));
        if figure(ui, width, o::DONE, &value, o::ITEMS, &note, None).clicked() {
            cx.go(ScreenId::Results);
        }
        let overdue = books.map_or(0, |b| b.status.board.of_state(DeadlineState::Overdue).count());
        let share = books.map(|b| b.status.board.completeness.share());
        let value = share.map_or_else(|| waiting.clone(), crate::disclosure::Share::percent_text);
        let note = match share {
            Some(share) if share.whole == 0 => o::NONE_FINISHED.to_owned(),
            _ if overdue == 0 => o::IN_TIME.to_owned(),
            _ => o::overdue(overdue),
        };
        let ink = (overdue > 0).then_some(palette.red);
        if figure(ui, width, o::DISCLOSED, &value, "", &note, ink).clicked() {
            cx.go(ScreenId::Results);
        }
        let (value, note, ink) = match view.map(|v| (v.analysis.plan.verdict(), &v.analysis.plan)) {
            None => (waiting, String::new(), None),
            Some((Verdict::Feasible, _)) => (o::FEASIBLE.to_owned(), o::NO_SHORTAGES.to_owned(), None),
            Some((Verdict::Overloaded, plan)) => {
                (o::OVERLOADED.to_owned(), o::overloads(plan.overloads.len()), Some(palette.amber))
            }
            Some((Verdict::Blocked, plan)) => {
                (o::BLOCKED.to_owned(), o::shortages(plan.blocking().count()), Some(palette.red))
            }
        };
        if figure(ui, width, o::VERDICT, &value, "", &note, ink).clicked() {
            cx.go_shortages();
        }
    });
}

/// The charts with what is said of them; gives back whether the quarters are to be shown.
fn charts(ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, made: &Made, (upper, mut quarters): (f32, bool)) -> bool {
    let width = ui.available_width();
    ui.horizontal(|ui| {
        for (by_quarter, name) in [(false, o::BY_MONTH), (true, o::BY_QUARTER)] {
            if ui.selectable_label(quarters == by_quarter, name).clicked() {
                quarters = by_quarter;
            }
        }
    });
    let plotted = plot::show(ui, "overview-months", &made.months, Vec2::new(width, upper), made.revision);
    let months = open.saved.months();
    let clicked = plotted.clicked.filter(|_| !made.key.3);
    if let Some(month) = clicked.and_then(|mark| months.get(mark % MONTHS).copied()) {
        cx.send(ViewCommand::SetMonth(month));
        cx.go(ScreenId::Draw);
    }
    save(cx, plotted.action, &made.months);
    for line in &made.sentences {
        ui.add(egui::Label::new(theme::note(ui, line)).wrap());
    }
    if let Some(view) = open.view() {
        coming(ui, view);
    }
    ui.add_space(GRID);
    let rows = open.project.policy.bodies.len() as f32;
    let lower = 120.0 + BODY_ROW * rows;
    let plotted = plot::show(ui, "overview-bodies", &made.bodies, Vec2::new(width, lower), made.revision);
    save(cx, plotted.action, &made.bodies);
    quarters
}

/// How the mandatory checks to come are estimated, to be unfolded.
fn coming(ui: &mut Ui, view: &AnalysisView) {
    let details = view.coming.details();
    if details.is_empty() {
        return;
    }
    egui::CollapsingHeader::new(theme::note(ui, o::COMING_HOW)).id_salt("overview-coming").show(ui, |ui| {
        for line in details {
            ui.add(egui::Label::new(theme::note(ui, &line)).wrap());
        }
    });
}

/// Menus of charts are served by the shell.
fn save(cx: &mut Cx<'_>, action: Option<plot::PlotAction>, chart: &Chart) {
    if let Some(action) = action {
        cx.out.charts.push((action, chart.clone()));
    }
}

/// The next step of the work, in words, where it is done, and the month that it names.
fn next_step_words(
    open: &OpenProject,
    view: Option<&AnalysisView>,
    books: Option<&Books>,
) -> Option<(String, ScreenId, Option<PlanMonth>)> {
    let (view, books) = (view?, books?);
    let sealable = view.analysis.plan.is_sealable();
    Some(match next_step(&books.register, open.saved.file.year, &open.saved.months(), sealable)? {
        NextStep::Open { period, available_at } => {
            let at = available_at.replace('T', " ");
            (o::step_open(&period.to_string(), at.get(..16).unwrap_or(&at)), ScreenId::Draw, period.month())
        }
        NextStep::Mend => (o::STEP_SHORTAGE.to_owned(), ScreenId::Plan, None),
        NextStep::SealYear => (o::STEP_YEAR.to_owned(), ScreenId::Draw, open.saved.months().first().copied()),
        NextStep::SealMonth(month) => (o::step_seal(&month.to_string()), ScreenId::Draw, Some(month)),
    })
}

/// Most numbers beyond what can be drawn that are told one by one.
const MOST_CAPPED: usize = 3;

fn attention(ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, view: Option<&AnalysisView>, books: Option<&Books>) {
    let frame = theme::card(ui);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        if let Some((text, screen, month)) = next_step_words(open, view, books) {
            let first = text == o::STEP_YEAR;
            let terms = if first { [Term::YearSeed, Term::Rounding] } else { [Term::Seal, Term::Commitment] };
            heading_with(ui, o::NEXT, &terms);
            line(ui, &text, o::GO, || {
                if let Some(month) = month {
                    cx.send(ViewCommand::SetMonth(month));
                }
                if screen == ScreenId::Plan { cx.go_shortages() } else { cx.go(screen) }
            });
            ui.add_space(GRID);
        }
        widgets::heading(ui, o::ATTENTION);
        let lines = books.map(|b| b.status.attention.as_slice()).unwrap_or_default();
        let verdict = view.map(|v| &v.analysis).filter(|a| a.plan.verdict() != Verdict::Feasible);
        let capped: Vec<&str> = view
            .iter()
            .flat_map(|v| &v.analysis.plan.locked)
            .filter(|number| number.capped)
            .map(|number| number.text.as_str())
            .collect();
        if lines.is_empty() && verdict.is_none() && capped.is_empty() {
            ui.label(theme::note(ui, o::NO_ATTENTION));
        }
        if let Some(analysis) = verdict {
            let text = analysis.plan.verdict_text(&analysis.population.inputs.bodies);
            line(ui, &text, o::LOOK, || cx.go_shortages());
        }
        for text in capped.iter().take(MOST_CAPPED) {
            line(ui, text, o::LOOK, || cx.go_shortages());
        }
        if capped.len() > MOST_CAPPED {
            line(ui, &o::more_capped(capped.len() - MOST_CAPPED), o::LOOK, || cx.go_shortages());
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
