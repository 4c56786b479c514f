//! The kinds of findings on the left, and what the kind looked at says.

use egui::{RichText, ScrollArea, Ui};

use super::Quality;
use crate::diagnostic::Severity;
use crate::registry::columns::{Column, Text};
use crate::registry::kinds::place_words;
use crate::registry::{FindingKind, TableKind};
use crate::ui::help::sentences_mark;
use crate::ui::text::data as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, thousands};
use crate::workspace::intake::quality::QualityReport;
use crate::workspace::view::{CellValue, ColumnFilter, Condition};

/// Rows with this value in a column.
pub(super) fn one_of(column: &Column<Text>, value: &str) -> ColumnFilter {
    let condition = Condition::OneOf(vec![CellValue::Text(value.to_owned())]);
    ColumnFilter { column: column.name().to_owned(), condition }
}

fn ink_of(ui: &Ui, severity: &str) -> egui::Color32 {
    let palette = theme::of(ui);
    match severity {
        text if text == Severity::Error.label() => palette.red,
        text if text == Severity::Warning.label() => palette.amber,
        _ => palette.muted,
    }
}

/// What a kind says and what to do; its code aside in small type.
pub(super) fn head_ui(ui: &mut Ui, kind: &FindingKind) {
    let count = t::kind_count(kind.count, kind.listed, kind.confirmed);
    let way = if kind.hint.is_empty() { t::NOTHING_TO_DO.to_owned() } else { t::mend(&kind.hint) };
    let decide = if kind.standing().is_some() { t::MAY_CONFIRM } else { t::ONLY_MEND };
    if theme::is_low(ui.ctx()) {
        // its findings have the room: what is to be done is behind a mark
        ui.horizontal(|ui| {
            sentences_mark(ui, &[&count, &way, if kind.hint.is_empty() { "" } else { decide }]);
            ui.label(RichText::new(&kind.severity).color(ink_of(ui, &kind.severity)));
            ui.add(egui::Label::new(theme::strong(&kind.what)).truncate());
        });
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(&kind.what).font(theme::bold(theme::SECTION)));
        ui.label(RichText::new(&kind.severity).color(ink_of(ui, &kind.severity)));
        ui.label(theme::note(ui, &kind.code));
    });
    ui.label(count);
    ui.add(egui::Label::new(way).wrap());
    if !kind.hint.is_empty() {
        ui.add(egui::Label::new(theme::note(ui, decide)).wrap());
    }
    ui.add_space(HALF);
}

impl Quality {
    /// The kinds with their counts and first examples; a click shows the findings of one.
    pub(super) fn kinds_ui(&mut self, ui: &mut Ui, report: &QualityReport) {
        let low = theme::is_low(ui.ctx());
        if !low {
            widgets::heading(ui, t::KINDS);
        }
        let of_severity = |severity: &'static str| {
            let count: u64 = report.kinds.iter().filter(|k| k.severity == severity).map(FindingKind::open).sum();
            widgets::Tab::new(Some(severity), format!("{severity} {}", thousands(count)))
        };
        let mut all = vec![widgets::Tab::new(None, t::ALL_FINDINGS)];
        all.extend([Severity::Error, Severity::Warning, Severity::Hint].map(|severity| of_severity(severity.label())));
        if let Some(severity) = widgets::tabs(ui, "severities", &self.severity, &all, |_| {}) {
            self.severity = severity;
        }
        ui.horizontal(|ui| {
            let label = ui.label(t::TABLE);
            egui::ComboBox::from_id_salt("quality table")
                .width(180.0)
                .selected_text(self.table.map_or(t::ALL_FINDINGS, TableKind::label))
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut self.table, None, t::ALL_FINDINGS);
                    for kind in TableKind::ALL {
                        ui.selectable_value(&mut self.table, Some(kind), kind.label());
                    }
                })
                .response
                .labelled_by(label.id);
        });
        if !low {
            ui.separator();
        }
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let palette = *theme::of(ui);
            for kind in report.kinds.iter().filter(|k| self.severity.is_none_or(|s| s == k.severity)) {
                let on = self.code.as_ref() == Some(&kind.code);
                let mut job = egui::text::LayoutJob::default();
                let format = |size, colour| egui::TextFormat::simple(theme::regular(size), colour);
                job.append(&kind.severity, 0.0, format(theme::SMALL, ink_of(ui, &kind.severity)));
                let count = t::kind_count_short(kind.open(), kind.confirmed);
                job.append(&count, 6.0, egui::TextFormat::simple(theme::bold(theme::SMALL), palette.text));
                job.append(&format!("\n{}", kind.what), 0.0, format(theme::BODY, palette.text));
                let example = kind.examples.first().and_then(|row| place_words(&report.frame, *row).ok());
                let example = example.filter(|words| !words.is_empty()).map(|words| t::example(&words));
                if let Some(example) = example.as_ref().filter(|_| !low) {
                    job.append(&format!("\n{example}"), 0.0, format(theme::SMALL, palette.muted));
                }
                job.wrap.max_width = ui.available_width() - 24.0;
                let button = egui::Button::selectable(on, job).wrap().min_size(egui::vec2(ui.available_width(), 0.0));
                let button = ui.add(button);
                let button = match example {
                    Some(example) if low => button.on_hover_text(example),
                    _ => button,
                };
                if button.clicked() {
                    self.code = Some(kind.code.clone());
                    self.sheet.table.selection.clear();
                }
            }
        });
    }
}
