//! The popup that filters by one column: what the column holds, and the condition being made.

use std::sync::Arc;

use egui::{Pos2, RichText, Ui};
use polars::prelude::{DataFrame, DataType};

use super::tools::Work;
use crate::text::number::MINUS;
use crate::ui::slot::Slot;
use crate::ui::text::common::CLOSE;
use crate::ui::text::table as t;
use crate::ui::widgets::thousands;
use crate::ui::{theme, widgets};
use crate::workspace::view::{
    CellFormat, CellValue, ColumnFilter, ColumnSummary, Condition, compute_column_summary, date_text, number_text,
};

/// Characters of a value that its row and its chip have room for.
const CUT: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Number,
    Date,
    Flag,
}

/// The popup.
pub(super) struct FilterPopup {
    column: String,
    heading: String,
    at: Pos2,
    holds: Holds,
    format: CellFormat,
    summary: Slot<(), ColumnSummary>,
    text: String,
    chosen: Vec<CellValue>,
    from: String,
    to: String,
    fresh: bool,
}

/// What became of it.
pub(super) enum Answer {
    /// Still open.
    Open,
    /// Closed without a change.
    Closed,
    /// The column's conditions are these now.
    Set(Vec<ColumnFilter>),
}

impl FilterPopup {
    /// Opens the popup below a heading and has the column counted.
    pub(super) fn open(
        work: Work<'_>,
        frame: &DataFrame,
        within: Option<Arc<Vec<u32>>>,
        column: &str,
        heading: &str,
        at: Pos2,
        format: CellFormat,
        now: &[ColumnFilter],
    ) -> Self {
        let holds = match frame.column(column).map(|c| c.dtype().clone()) {
            Ok(DataType::String) | Err(_) => Holds::Text,
            Ok(DataType::Date) => Holds::Date,
            Ok(DataType::Boolean) => Holds::Flag,
            Ok(_) => Holds::Number,
        };
        let (frame, name) = (frame.clone(), column.to_owned());
        let mut summary = Slot::default();
        work.start(&mut summary, (), "统计列中的值", move |progress| {
            compute_column_summary(&frame, &name, within.as_ref().map(|rows| rows.as_slice()), progress)
        });
        let mut popup = Self {
            column: column.to_owned(),
            heading: heading.to_owned(),
            at,
            holds,
            format,
            summary,
            text: String::new(),
            chosen: Vec::new(),
            from: String::new(),
            to: String::new(),
            fresh: true,
        };
        for filter in now.iter().filter(|filter| filter.column == column) {
            match &filter.condition {
                Condition::Contains(text) => popup.text.clone_from(text),
                Condition::OneOf(values) => popup.chosen.clone_from(values),
                Condition::Numbers { from, to } => {
                    popup.from = from.map(|n| n.to_string()).unwrap_or_default();
                    popup.to = to.map(|n| n.to_string()).unwrap_or_default();
                }
                Condition::Dates { from, to } => {
                    popup.from = from.map(date_text).unwrap_or_default();
                    popup.to = to.map(date_text).unwrap_or_default();
                }
                Condition::Empty(_) | Condition::Flag(_) => {}
            }
        }
        popup
    }

    /// The column.
    pub(super) fn column(&self) -> &str {
        &self.column
    }

    /// Draws it.
    pub(super) fn ui(&mut self, ui: &Ui) -> Answer {
        self.summary.poll();
        let mut answer = Answer::Open;
        let mut open = true;
        let fresh = std::mem::take(&mut self.fresh);
        let shown = egui::Window::new(&self.heading)
            .id(egui::Id::unique(("filter", &self.column)))
            .fixed_pos(self.at)
            .title_bar(false)
            .resizable(false)
            .frame(egui::Frame::popup(&ui.ctx().global_style()).inner_margin(egui::Margin::same(12)))
            .show(ui.ctx(), |ui| {
                ui.set_width(268.0);
                ui.horizontal(|ui| {
                    ui.label(theme::strong(&self.heading));
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        open = !ui.button(CLOSE).clicked();
                    });
                });
                answer = self.form(ui, fresh);
            });
        let outside = shown.is_some_and(|shown| shown.response.clicked_elsewhere()) && !fresh;
        if (!open || outside || ui.input(|i| i.key_pressed(egui::Key::Escape))) && matches!(answer, Answer::Open) {
            return Answer::Closed;
        }
        answer
    }

    fn form(&mut self, ui: &mut Ui, fresh: bool) -> Answer {
        match self.holds {
            Holds::Text => {
                let field = widgets::field(ui, t::CONTAINS, 190.0, &mut self.text, "");
                if fresh {
                    field.request_focus();
                }
            }
            // named values have no order that anyone could name bounds in
            Holds::Number if matches!(self.format, CellFormat::Named(_)) => {}
            Holds::Number | Holds::Date => {
                let hint = |value: Option<&CellValue>| value.map(|v| self.label(v)).unwrap_or_default();
                let least = hint(self.summary.latest().and_then(|s| s.least.as_ref()));
                let greatest = hint(self.summary.latest().and_then(|s| s.greatest.as_ref()));
                let field = widgets::field(ui, t::FROM, 160.0, &mut self.from, &least);
                if fresh {
                    field.request_focus();
                }
                widgets::field(ui, t::TO, 160.0, &mut self.to, &greatest);
                if self.holds == Holds::Date {
                    ui.label(theme::note(ui, t::DATE_HINT));
                }
            }
            Holds::Flag => {}
        }
        ui.add_space(theme::HALF);
        self.values_ui(ui);
        ui.add_space(theme::GRID);
        let condition = self.conditions();
        let mut answer = Answer::Open;
        if condition.is_none() {
            ui.label(RichText::new(t::BAD_BOUND).color(theme::of(ui).red));
        }
        ui.horizontal(|ui| {
            let enter = ui.input(|i| i.key_pressed(egui::Key::Enter));
            let apply = widgets::primary_if(ui, condition.is_some(), t::APPLY, t::BAD_BOUND).clicked() || enter;
            if let (true, Some(condition)) = (apply, condition) {
                answer = Answer::Set(condition);
            }
            if ui.button(t::CLEAR).clicked() {
                answer = Answer::Set(Vec::new());
            }
        });
        answer
    }

    fn values_ui(&mut self, ui: &mut Ui) {
        if let Some(failed) = self.summary.error() {
            ui.label(widgets::message(ui, failed, theme::of(ui).text));
            return;
        }
        let Some(summary) = self.summary.latest() else {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(theme::note(ui, t::COUNTING));
            });
            return;
        };
        if summary.values.is_empty() && summary.more {
            ui.label(theme::note(ui, t::MANY_VALUES));
        }
        let mut rows: Vec<(CellValue, u64)> = summary.values.clone();
        if summary.empty > 0 {
            rows.push((CellValue::Empty, summary.empty));
        }
        let more = summary.more && !summary.values.is_empty();
        // continuous numbers are chosen by their bounds
        if matches!(self.holds, Holds::Number | Holds::Date) && summary.more {
            rows.retain(|(value, _)| *value == CellValue::Empty);
        }
        egui::ScrollArea::vertical().max_height(240.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().interact_size.y = 20.0;
            ui.spacing_mut().item_spacing.y = 2.0;
            for (value, count) in &rows {
                let label = self.label(value);
                let mut on = self.chosen.contains(value);
                // the count keeps its place; a long value is cut, and whole under the pointer
                ui.allocate_ui_with_layout(
                    egui::vec2(ui.available_width(), 20.0),
                    egui::Layout::right_to_left(egui::Align::Center),
                    |ui| {
                        ui.label(theme::note(ui, thousands(*count)));
                        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Truncate);
                            let long = label.chars().count() > CUT;
                            let mut tick = ui.checkbox(&mut on, &label);
                            if long {
                                tick = tick.on_hover_text(&label);
                            }
                            if tick.changed() {
                                self.chosen.retain(|chosen| chosen != value);
                                if on {
                                    self.chosen.push(value.clone());
                                }
                            }
                        });
                    },
                );
            }
        });
        if more && self.holds == Holds::Text {
            ui.label(theme::note(ui, t::MORE_VALUES));
        }
    }

    fn label(&self, value: &CellValue) -> String {
        label_of(value, &self.format)
    }

    /// The conditions; `None` where a bound can't be read.
    fn conditions(&self) -> Option<Vec<ColumnFilter>> {
        let filter = |condition| ColumnFilter { column: self.column.clone(), condition };
        let mut filters = Vec::new();
        if !self.text.trim().is_empty() {
            filters.push(filter(Condition::Contains(self.text.trim().to_owned())));
        }
        if !self.chosen.is_empty() {
            filters.push(filter(Condition::OneOf(self.chosen.clone())));
        }
        let (from, to) = (self.from.trim(), self.to.trim());
        if !from.is_empty() || !to.is_empty() {
            let condition = if self.holds == Holds::Date {
                let bound = |text: &str| -> Option<Option<chrono::NaiveDate>> {
                    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
                };
                Condition::Dates { from: bound(from)?, to: bound(to)? }
            } else {
                let bound = |text: &str| -> Option<Option<f64>> {
                    if text.is_empty() {
                        Some(None)
                    } else {
                        text.replace([',', '，'], "").replace(MINUS, "-").parse().ok().map(Some)
                    }
                };
                Condition::Numbers { from: bound(from)?, to: bound(to)? }
            };
            filters.push(filter(condition));
        }
        Some(filters)
    }
}

/// A value as its column shows it.
fn label_of(value: &CellValue, format: &CellFormat) -> String {
    let named = |raw: &str| match format {
        CellFormat::Named(names) if raw.contains(';') => {
            raw.split(';').map(|part| names.get(part).map_or(part, String::as_str)).collect::<Vec<_>>().join("、")
        }
        CellFormat::Named(names) => names.get(raw).cloned().unwrap_or_else(|| raw.to_owned()),
        _ => raw.to_owned(),
    };
    match value {
        CellValue::Empty => t::EMPTY_CELLS.to_owned(),
        CellValue::Text(text) => named(text),
        CellValue::Number(n) if matches!(format, CellFormat::Named(_) | CellFormat::Code) => named(&n.to_string()),
        CellValue::Number(n) => number_text(*n, 3),
        CellValue::Date(date) => date_text(*date),
        CellValue::Flag(flag) => named(if *flag { "是" } else { "否" }),
    }
}

/// A value for a chip: a long one by its beginning.
fn cut(label: String) -> String {
    if label.chars().count() > CUT { label.chars().take(CUT - 1).chain(['…']).collect() } else { label }
}

/// A filter in a few words, for its chip.
pub(super) fn words_of(filter: &ColumnFilter, heading: &str, format: &CellFormat) -> String {
    let range = |from: String, to: String| format!("{heading} {from}～{to}");
    match &filter.condition {
        Condition::Contains(text) => format!("{heading}含“{text}”"),
        Condition::OneOf(values) => {
            let mut words: Vec<String> = values.iter().take(2).map(|value| cut(label_of(value, format))).collect();
            if values.len() > 2 {
                words.push(format!("等 {} 项", values.len()));
            }
            format!("{heading}：{}", words.join("、"))
        }
        Condition::Numbers { from, to } => range(
            from.map(|n| number_text(n, 3)).unwrap_or_default(),
            to.map(|n| number_text(n, 3)).unwrap_or_default(),
        ),
        Condition::Dates { from, to } => {
            range(from.map(date_text).unwrap_or_default(), to.map(date_text).unwrap_or_default())
        }
        Condition::Empty(empty) => format!("{heading}{}", if *empty { "为空" } else { "不为空" }),
        Condition::Flag(flag) => format!("{heading}：{}", label_of(&CellValue::Flag(*flag), format)),
    }
}
