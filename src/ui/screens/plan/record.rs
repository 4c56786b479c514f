//! 计划对照: the approved plan against the rolling plan, what was drawn and what is done; the differences in words.

use std::borrow::Cow;
use std::sync::Arc;

use egui::{Ui, Vec2};

use super::model::{Model, RowKey};
use crate::chart::{Axis, Categories, Chart, ChartKind, Columns, Ink, Overlay, Series};
use crate::plan::model::{ByMonth, MONTHS};
use crate::ui::plot;
use crate::ui::screens::Cx;
use crate::ui::screens::movement::causes_ui;
use crate::ui::slot::{Same, Slot};
use crate::ui::table::{CellRows, ColumnDef, List, ListId, ListState, TableInput};
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, decimal};
use crate::workspace::reports::movement::{PlanMovement, compute_plan_movement};
use crate::workspace::reports::plan_record::{FOUR, FourColumns, Planned, plan_versions, signed};
use crate::workspace::session::{AnalysisView, OpenProject};

/// Height of the chart.
const CHART: f32 = 260.0;

/// State of the tab.
#[derive(Default)]
pub(super) struct Record {
    table: ListState,
    movement: Slot<Same<AnalysisView>, Option<PlanMovement>>,
    chart: ChartState,
}

/// The chart of checks, kept while what it shows is the same.
#[derive(Default)]
pub(super) struct ChartState {
    of: Option<(u64, usize)>,
    chart: Option<Chart>,
    revision: u64,
}

impl ChartState {
    /// Draws the chart of a row.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        (id, height): (&str, f32),
        model: &Model,
        row: usize,
        source: &str,
    ) {
        if self.chart.is_none() || self.of != Some((model.revision, row)) {
            self.of = Some((model.revision, row));
            self.revision += 1;
            self.chart = months_of(model, row).map(|(name, months)| chart_of(name, &months, source));
        }
        if let Some(chart) = &self.chart {
            let size = Vec2::new(ui.available_width(), height);
            if let Some(action) = plot::show(ui, id, chart, size, self.revision).action {
                cx.out.charts.push((action, chart.clone()));
            }
        }
    }
}

/// Name and months of a row of the matrix; the city's where it is no body's.
fn months_of(model: &Model, row: usize) -> Option<(&str, ByMonth<FourColumns>)> {
    let record = model.record.as_ref()?;
    match model.bodies.get(row).map(|row| row.key) {
        Some(RowKey::Body(i)) => record.bodies.get(i).map(|body| (body.name.as_str(), body.months)),
        _ => Some((t::CITY, record.city())),
    }
}

/// What was drawn and done as bars, the approved and the rolling plan as lines over them.
pub(super) fn chart_of(name: &str, months: &ByMonth<FourColumns>, source: &str) -> Chart {
    let year = FourColumns::sum(months.iter().copied());
    let approved = year.approved.map(|approved| decimal(approved.total(), 1));
    let listed = year.listed.unwrap_or_default();
    let count = |n: u32| decimal(f64::from(n), 0);
    let line = |name: &str, ink: Ink, value: &dyn Fn(&FourColumns) -> f64| Overlay {
        name: name.to_owned(),
        ink,
        values: months.iter().map(value).collect(),
        step: false,
    };
    let mut overlays = vec![line(FOUR[1], Ink::Text, &|cell| cell.rolling.total())];
    if year.approved.is_some() {
        overlays.insert(0, line(FOUR[0], Ink::Amber, &|cell| cell.approved.map_or(f64::NAN, Planned::total)));
    }
    let bars = |of: &dyn Fn(&FourColumns) -> u32| months.iter().map(|cell| f64::from(of(cell))).collect();
    Chart {
        title: t::record_title(
            name,
            approved.as_deref(),
            &decimal(year.rolling.total(), 1),
            &count(listed.planned()),
            &count(listed.done),
        ),
        x: Axis::new(t::MONTH, ""),
        y: Axis::new(t::CHECKS, "次").decimals(1),
        source: source.to_owned(),
        kind: ChartKind::Columns(Columns {
            categories: Categories::Labels {
                names: (1..=MONTHS).map(|m| t::month(m).to_owned()).collect(),
                ordered: true,
            },
            series: vec![
                Series::new(
                    FOUR[2],
                    Ink::Accent,
                    bars(&|cell| cell.listed.map_or(0, crate::workspace::inputs::plan_record::Listed::planned)),
                ),
                Series::new(FOUR[3], Ink::Green, bars(&|cell| cell.listed.map_or(0, |listed| listed.done))),
            ],
            grouped: true,
            overlays,
            ..Columns::default()
        }),
    }
}

impl Record {
    /// Draws the tab: of the body at `row` of the matrix, or the city.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        view: &Arc<AnalysisView>,
        (model, row): (&Model, usize),
    ) {
        let (Some(record), Some(books)) = (&model.record, open.books.value()) else {
            ui.spinner();
            return;
        };
        if open.is_current() {
            let (project, data, of) = (Arc::clone(&open.project), Arc::clone(&open.data), Arc::clone(view));
            self.movement.ask(cx.session, &Same::of(view), t::MOVEMENT, move |_| {
                compute_plan_movement(&project, &data.registry, &of.analysis)
            });
        }
        let source = t::source(&open.saved.file.name, open.draft.is_changed());
        egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("record").show(ui, |ui| {
            ui.add(egui::Label::new(record.summary()).wrap());
            ui.add_space(HALF);
            self.chart.show(ui, cx, ("plan-record", CHART), model, row, &source);
            ui.add_space(GRID);
            if let Some(movement) = self.movement.latest().and_then(|movement| movement.as_ref().as_ref()) {
                widgets::heading(ui, t::MOVEMENT);
                ui.add(egui::Label::new(&movement.heading).wrap());
                causes_ui(ui, movement, true);
                ui.add_space(GRID);
            }
            let differences = record.differences();
            if !differences.is_empty() {
                widgets::heading(ui, t::DIFFERENCES);
                for line in &differences {
                    ui.add(egui::Label::new(format!("· {line}")).wrap());
                }
                ui.add_space(GRID);
            }
            self.four(ui, model, row);
            ui.label(theme::note(ui, t::RECORD_NOTE));
            ui.add_space(GRID);
            widgets::heading(ui, t::VERSIONS);
            let versions = plan_versions(&books.status.plan_dates, &books.plans);
            if versions.is_empty() {
                ui.add(egui::Label::new(theme::note(ui, t::NO_VERSIONS)).wrap());
            }
            for version in versions {
                ui.add(egui::Label::new(version.text()).wrap());
            }
        });
    }

    /// The four columns, month by month.
    fn four(&mut self, ui: &mut Ui, model: &Model, row: usize) {
        let Some((_, months)) = months_of(model, row) else { return };
        let mut columns = vec![ColumnDef::text("month", t::COLUMN_MONTH, 80.0)];
        columns.extend(
            FOUR.iter()
                .zip(["approved", "rolling", "drawn", "done"])
                .map(|(name, id)| ColumnDef::number(id, *name, 110.0)),
        );
        columns.push(ColumnDef::number("off", t::COLUMN_OFF, 110.0));
        let lines: Vec<Vec<String>> =
            months.iter().enumerate().map(|(m, cell)| cells_of(t::month(m + 1), cell)).collect();
        let total = cells_of(t::WHOLE_YEAR, &FourColumns::sum(months.iter().copied()));
        let cell = |row: usize, column: usize| {
            Cow::Borrowed(lines.get(row).and_then(|line| line.get(column)).map_or("", String::as_str))
        };
        let rows = CellRows::new(&columns, lines.len(), &cell);
        let height = (lines.len() as f32 + 2.0) * theme::ROW + GRID;
        let input = TableInput { total: &total, height: Some(height), ..TableInput::new(ListId::Record, &rows) };
        List::show(ui, &mut self.table, &input, model.revision ^ ((row as u64) << 32));
    }
}

/// A line of the table of four columns.
pub(super) fn cells_of(name: &str, cell: &FourColumns) -> Vec<String> {
    let [approved, rolling, drawn, done] = cell.figures();
    let figure = |value: Option<f64>, places| value.map_or_else(|| t::NOTHING.to_owned(), |v| decimal(v, places));
    vec![
        name.to_owned(),
        figure(approved, 1),
        figure(rolling, 1),
        figure(drawn, 0),
        figure(done, 0),
        cell.difference().map_or_else(|| t::NOTHING.to_owned(), signed),
    ]
}
