//! The small pivot over what a table shows: any two columns, rows counted or a column summed, as a table with bars.

use std::borrow::Cow;
use std::sync::Arc;

use egui::Ui;

use super::cells::WHOLE;
use super::desk::{Desk, TableAsk};
use super::tools::{Ground, heading_of};
use super::{CellRows, ColumnDef, List, ListId, ListState, TableInput, text as t};
use crate::chart::{Axis, Bars, Chart, ChartKind, Ink, Series};
use crate::ui::slot::Slot;
use crate::ui::{plot, theme, widgets};
use crate::workspace::view::{
    CellFormat, Pivot, PivotRequest, compute_column_summary, compute_pivot, is_numeric, number_text,
};

/// Groups that have a bar of their own at most; the others have one together, so that the bars add up to the rows.
const MOST_BARS: usize = 8;
/// Groups along the top that the bars tell apart.
const MOST_SERIES: usize = 6;
/// Width of a column of figures, points.
const COLUMN: f32 = 96.0;
/// Height of the chart, points.
const CHART: f32 = 276.0;

/// The rows that a pivot was made of, and what was asked.
type Key = (usize, usize, PivotRequest);

/// Columns to choose from: id, heading.
type Choices = Vec<(String, String)>;

/// The window.
#[derive(Default)]
pub(super) struct PivotPanel {
    request: PivotRequest,
    /// Columns to group by and to sum.
    columns: Option<(Choices, Choices)>,
    made: Slot<Key, Pivot>,
    list: ListState,
    version: u64,
    /// A field had the keyboard at the end of the last frame: Esc, which takes it away, is that field's.
    typing: bool,
}

/// What the window has around what it shows, and leaves free around itself.
const BORDER: egui::Vec2 = egui::vec2(64.0, 96.0);

impl PivotPanel {
    /// Other rows than before.
    pub(super) fn forget(&mut self) {
        self.made.forget();
        self.columns = None;
    }

    /// Draws it; false once it was closed.
    pub(super) fn ui(&mut self, ui: &mut Ui, ground: &mut dyn Ground) -> bool {
        let mut open = true;
        // Esc goes to the field, menu or window that is open within first
        let within = self.typing || egui::Popup::is_any_open(ui.ctx()) || self.list.is_asking();
        let title = t::pivot_title(ground.name(), "");
        let screen = ui.ctx().content_rect();
        let size = egui::vec2(760.0, 560.0).min(screen.size() - BORDER);
        egui::Window::new(title.trim_end_matches('：'))
            // in a window of another size it stands in the middle again
            .id(egui::Id::unique(("pivot", ground.name(), screen.size().round().to_pos2().to_string())))
            .open(&mut open)
            .collapsible(false)
            .default_size(size)
            .default_pos(screen.center() - (size + BORDER) / 2.0)
            .max_size(screen.size() - BORDER)
            .show(ui.ctx(), |ui| {
                // in a low window the page of chart and table scrolls
                egui::ScrollArea::vertical().id_salt("pivot page").auto_shrink([false, false]).show(ui, |ui| {
                    self.inner(ui, ground);
                });
            });
        self.typing = ui.ctx().text_edit_focused();
        open && (within || !ui.input(|i| i.key_pressed(egui::Key::Escape)))
    }

    fn inner(&mut self, ui: &mut Ui, ground: &mut dyn Ground) {
        let frame = ground.frame();
        if self.columns.is_none() {
            self.find_columns(ground);
        }
        let Some((groups, sums)) = self.columns.clone() else { return };
        if groups.is_empty() {
            ui.label(theme::note(ui, t::PIVOT_NOTHING));
            return;
        }
        ui.horizontal_wrapped(|ui| {
            let request = &mut self.request;
            choose(ui, t::PIVOT_ROWS, &groups, &mut request.rows);
            let mut columns = request.columns.clone().unwrap_or_default();
            let with_none: Vec<(String, String)> =
                std::iter::once((String::new(), t::PIVOT_NONE.to_owned())).chain(groups.iter().cloned()).collect();
            choose(ui, t::PIVOT_COLUMNS, &with_none, &mut columns);
            request.columns = Some(columns).filter(|id| !id.is_empty());
            let mut sum = request.sum.clone().unwrap_or_default();
            let with_count: Vec<(String, String)> =
                std::iter::once((String::new(), t::PIVOT_COUNT.to_owned())).chain(sums.iter().cloned()).collect();
            choose(ui, t::PIVOT_FIGURE, &with_count, &mut sum);
            request.sum = Some(sum).filter(|id| !id.is_empty());
        });
        let order = ground.order();
        let key = (Arc::as_ptr(&order).addr(), order.len(), self.request.clone());
        self.made.poll();
        if !self.made.is_for(&key) {
            let request = self.request.clone();
            let formats: Vec<(String, CellFormat)> = std::iter::once(&request.rows)
                .chain(&request.columns)
                .map(|id| (id.clone(), ground.format(id)))
                .collect();
            self.version += 1;
            ground.work().start(&mut self.made, key, t::PIVOTING, move |progress| {
                let format = |id: &str| {
                    formats.iter().find(|(known, _)| known == id).map_or_else(CellFormat::default, |(_, f)| f.clone())
                };
                compute_pivot(&frame, &order, &request, &format, (t::PIVOT_EMPTY, t::PIVOT_OTHERS), progress)
            });
        }
        if let Some(error) = self.made.error() {
            ui.label(widgets::message(ui, error, theme::of(ui).red));
            return;
        }
        let Some(pivot) = self.made.latest().cloned() else {
            widgets::loading(ui, t::PIVOTING, &crate::diagnostic::ProgressState::default());
            return;
        };
        let heading = heading_of(ground.defs(), &self.request.rows).to_owned();
        let figure = self
            .request
            .sum
            .as_ref()
            .map_or_else(|| t::PIVOT_COUNT.to_owned(), |id| t::sum_of(heading_of(ground.defs(), id)));
        let chart = chart_of(&pivot, ground.name(), &heading, &figure);
        let size = egui::vec2(ui.available_width(), CHART);
        let plotted = plot::show(ui, "pivot", &chart, size, self.version);
        if let Some(action) = plotted.action {
            Desk::ask(ui.ctx(), TableAsk::Chart(action, Box::new(chart)));
        }
        let title = t::pivot_title(ground.name(), &figure);
        table_ui(ui, &mut self.list, &pivot, &heading, &title, self.version);
    }

    /// Columns that hold few enough different values to group by, and those that can be added up.
    fn find_columns(&mut self, ground: &mut dyn Ground) {
        let frame = ground.frame();
        let (mut groups, mut sums) = (Vec::new(), Vec::new());
        for def in ground.defs() {
            let id = def.id.as_ref();
            if def.heading.is_empty() || id == WHOLE || frame.column(id).is_err() {
                continue;
            }
            let named = matches!(ground.format(id), CellFormat::Named(_) | CellFormat::Code);
            let entry = (id.to_owned(), def.heading.to_string());
            if is_numeric(&frame, id) && !named {
                sums.push(entry);
                continue;
            }
            // a sample tells names and numbers of units from groups
            let sample: Vec<u32> = (0..frame.height().min(5_000) as u32).collect();
            let none = crate::diagnostic::Progress::none();
            let few = compute_column_summary(&frame, id, Some(&sample), &none)
                .is_ok_and(|summary| !summary.more && summary.values.len() * 2 <= sample.len().max(8));
            if few {
                groups.push(entry);
            }
        }
        let preferred = |names: &[&str]| groups.iter().find(|(id, _)| names.contains(&id.as_str()));
        if !groups.iter().any(|(id, _)| *id == self.request.rows) {
            let first = preferred(&["body", "body_id", "lead_body"]).or_else(|| groups.first());
            self.request.rows = first.map(|(id, _)| id.clone()).unwrap_or_default();
        }
        self.columns = Some((groups, sums));
    }
}

fn choose(ui: &mut Ui, label: &str, of: &[(String, String)], chosen: &mut String) {
    let name = ui.label(label);
    let text = of.iter().find(|(id, _)| id == chosen).map_or("", |(_, heading)| heading.as_str());
    egui::ComboBox::from_id_salt(("pivot", label))
        .selected_text(text)
        .show_ui(ui, |ui| {
            for (id, heading) in of {
                ui.selectable_value(chosen, id.clone(), heading);
            }
        })
        .response
        .labelled_by(name.id);
}

/// The largest groups as bars.
fn chart_of(pivot: &Pivot, name: &str, heading: &str, figure: &str) -> Chart {
    let shown = pivot.rows.len().min(MOST_BARS);
    let apart = !pivot.columns.is_empty() && pivot.columns.len() <= MOST_SERIES;
    let rest = pivot.rows.len() - shown;
    // one more bar for all the others
    let with_rest = |mut values: Vec<f64>| {
        if rest > 0 {
            let others: f64 = values.drain(shown..).sum();
            values.push(others);
        }
        values
    };
    let series = if apart {
        let of = |column: usize| {
            let cells = pivot.cells.iter();
            with_rest(cells.map(|row| row.get(column).copied().unwrap_or(0.0)).collect())
        };
        let count = pivot.columns.len();
        pivot
            .columns
            .iter()
            .enumerate()
            .map(|(at, name)| Series::new(name, Ink::Class(at + 1, count + 1), of(at)))
            .collect()
    } else {
        let sums = (0..pivot.rows.len()).map(|row| pivot.row_sum(row)).collect();
        vec![Series::new(figure, Ink::Accent, with_rest(sums))]
    };
    let largest = pivot.rows.first().map_or("", String::as_str);
    Chart {
        title: t::pivot_finding(heading, largest, figure, &number_text(pivot.row_sum(0), 1)),
        x: Axis::default(),
        y: Axis::new(figure, ""),
        source: name.to_owned(),
        kind: ChartKind::Bars(Bars {
            labels: pivot.rows.iter().take(shown).cloned().chain((rest > 0).then(|| t::pivot_rest(rest))).collect(),
            series,
            ..Bars::default()
        }),
    }
}

fn table_ui(ui: &mut Ui, list: &mut ListState, pivot: &Pivot, heading: &str, title: &str, version: u64) {
    let mut columns = vec![ColumnDef::text("group", heading.to_owned(), 150.0).share(1.0)];
    for (at, name) in pivot.columns.iter().enumerate() {
        columns.push(ColumnDef::number(format!("c{at}"), name.clone(), COLUMN).adds());
    }
    columns.push(ColumnDef::number("sum", t::PIVOT_SUM, COLUMN).adds());
    let figure = |n: f64| number_text(n, 3);
    let value = |row: usize, column: usize| match column.checked_sub(1) {
        Some(at) if at < pivot.columns.len() => pivot.cells.get(row).and_then(|cells| cells.get(at)).copied(),
        Some(_) => Some(pivot.row_sum(row)),
        None => None,
    };
    let cell = |row: usize, column: usize| match value(row, column) {
        Some(n) => Cow::Owned(figure(n)),
        None => Cow::Borrowed(pivot.rows.get(row).map_or("", String::as_str)),
    };
    let values = |row: usize, column: usize| value(row, column).map(crate::workspace::view::CellValue::Number);
    let mut total = vec![t::PIVOT_SUM.to_owned()];
    total.extend((0..pivot.columns.len()).map(|at| figure(pivot.column_sum(at))));
    total.push(figure(pivot.sum()));
    let rows = CellRows::new(&columns, pivot.rows.len(), &cell).values(&values);
    let input =
        TableInput::new(ListId::Pivot, &rows).named(title).total(&total).height(ui.available_height().max(160.0));
    List::show(ui, list, &input, version);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pivot(rows: usize, columns: usize) -> Pivot {
        Pivot {
            rows: (0..rows).map(|row| format!("第{row}局")).collect(),
            columns: (0..columns).map(|column| format!("等级{column}")).collect(),
            cells: (0..rows)
                .map(|row| (0..columns.max(1)).map(|column| ((rows - row) * 10 + column) as f64 / 4.0).collect())
                .collect(),
        }
    }

    #[test]
    fn the_bars_are_the_pivots_figures() {
        for (rows, columns) in [(3, 0), (3, 2), (40, 6), (40, 7), (1, 1), (0, 0)] {
            let pivot = pivot(rows, columns);
            let chart = chart_of(&pivot, "名录", "执法主体", "行数");
            let ChartKind::Bars(bars) = &chart.kind else { panic!("bars") };
            let shown = rows.min(MOST_BARS);
            assert_eq!(bars.labels[..shown], pivot.rows[..shown]);
            // the bars add up to the rows
            let all: f64 = bars.series.iter().flat_map(|series| &series.values).sum();
            assert!((all - pivot.sum()).abs() < 1e-9, "{rows} {columns}");
            assert_eq!(bars.labels.len(), shown + usize::from(rows > shown));
            assert!(rows <= shown || bars.labels[shown] == format!("其余 {} 项合计", rows - shown));
            let apart = (1..=MOST_SERIES).contains(&columns);
            assert_eq!(bars.series.len(), if apart { columns } else { 1 });
            for row in 0..shown {
                let drawn: Vec<f64> = bars.series.iter().map(|series| series.values[row]).collect();
                assert!((drawn.iter().sum::<f64>() - pivot.row_sum(row)).abs() < 1e-9, "{rows} {columns}: {row}");
                if apart {
                    assert_eq!(drawn, pivot.cells[row], "{row}");
                }
            }
            if apart {
                let names: Vec<&str> = bars.series.iter().map(|series| series.name.as_str()).collect();
                assert_eq!(names, pivot.columns.iter().map(String::as_str).collect::<Vec<_>>());
            }
            if rows > 0 {
                assert!(chart.title.contains(&pivot.rows[0]), "{}", chart.title);
                assert!(chart.title.contains(&number_text(pivot.row_sum(0), 1)), "{}", chart.title);
            }
        }
    }
}
