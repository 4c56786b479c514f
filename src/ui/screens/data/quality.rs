//! 质量 and 搁置的行: what the import found, grouped; from a finding to its row; both as csv.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{RichText, ScrollArea, Ui};

use super::sheet::{FrameId, Sheet, Source};
use crate::diagnostic::Severity;
use crate::registry::columns::{Column, Text};
use crate::registry::schema::{quality, set_aside};
use crate::registry::{TableKind, render_set_aside_csv};
use crate::ui::picker::{PickKind, PickRequest, Picking};
use crate::ui::screens::Cx;
use crate::ui::slot::{Same, Slot};
use crate::ui::table::{ListId, RowItem};
use crate::ui::text::data as t;
use crate::ui::widgets::thousands;
use crate::ui::{theme, widgets};
use crate::workspace::intake::quality::{FoundRow, QualityReport, find_row, load_quality};
use crate::workspace::session::{OpenProject, ProjectData, ViewCommand};
use crate::workspace::store::project::load_bytes;
use crate::workspace::view::{CellValue, ColumnFilter, Condition};

/// Which csv is written.
#[derive(Clone, Copy)]
enum Csv {
    Report,
    SetAside,
}

/// State of both tabs.
#[derive(Default)]
pub(super) struct Quality {
    number: u64,
    report: Slot<Same<ProjectData>, QualityReport>,
    failed: Option<String>,
    sheet: Sheet,
    aside: Sheet,
    severity: Option<&'static str>,
    table: Option<TableKind>,
    code: Option<String>,
    finding: Slot<(), Option<FoundRow>>,
    gone: bool,
    picking: Option<(Csv, Picking)>,
    writing: Slot<PathBuf, Vec<u8>>,
}

fn one_of(column: &Column<Text>, value: &str) -> ColumnFilter {
    let condition = Condition::OneOf(vec![CellValue::Text(value.to_owned())]);
    ColumnFilter { column: column.name().to_owned(), condition }
}

impl Quality {
    /// Number of findings read so far.
    pub(super) fn count(&self) -> Option<usize> {
        self.report.latest().map(|report| report.groups.iter().map(|g| g.count as usize).sum())
    }

    /// Jumps to a row set aside.
    pub(super) fn jump_aside(&mut self, row: u32) {
        self.aside.jump = Some(row);
    }

    /// Reads the report of the open project, once.
    pub(super) fn refresh(&mut self, cx: &mut Cx<'_>, open: &OpenProject) {
        self.report.poll();
        let of = Same::of(&open.data);
        if !self.report.is_for(&of) {
            self.number += 1;
            self.report.clear();
            (self.failed, self.code) = (None, None);
            if self.sheet.table.sort.is_empty() {
                // by code points 错误 stands behind 警告, and that behind 提示: the worst first
                self.sheet.table.set_sort(quality::SEVERITY.name(), Some(true), false);
            }
            let root = open.saved.root().to_owned();
            self.report.start(cx.session, of, "读取质量报告", move |progress| load_quality(&root, progress));
        }
        self.write(cx, open);
    }

    /// A csv on its way: first where to, then its bytes, then the command that writes it.
    fn write(&mut self, cx: &mut Cx<'_>, open: &OpenProject) {
        if let Some((what, picking)) = &self.picking
            && let Some(paths) = picking.poll()
        {
            let what = *what;
            self.picking = None;
            if let Some(path) = paths.into_iter().next() {
                let (root, data) = (open.saved.root().to_owned(), Arc::clone(&open.data));
                self.writing.start(cx.session, path, "导出", move |_| match what {
                    Csv::Report => load_bytes(&root.join("quality.csv")),
                    Csv::SetAside => Ok(render_set_aside_csv(&data.registry).into_bytes()),
                });
            }
        }
        if let Some((path, result)) = self.writing.take() {
            match result {
                Ok(bytes) => cx.send(ViewCommand::WriteFile(path, Arc::new(bytes))),
                Err(error) => self.failed = Some(error),
            }
        }
    }

    fn ask(&mut self, cx: &mut Cx<'_>, what: Csv) {
        let name = match what {
            Csv::Report => "数据质量报告.csv",
            Csv::SetAside => "搁置的行.csv",
        };
        let request = PickRequest::new(PickKind::SaveFile(name.to_owned()), t::EXPORT_CSV).filter("CSV", &["csv"]);
        self.picking = Some((what, cx.pick(request)));
    }

    /// Draws 质量; returns the row to jump to.
    pub(super) fn report_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) -> Option<FoundRow> {
        let failed = [self.failed.as_deref(), self.report.error(), self.writing.error(), self.finding.error()];
        let failed = failed.into_iter().flatten().next().map(str::to_owned);
        if let Some(failed) = failed {
            if widgets::failed(ui, t::QUALITY_FAILED, &failed, t::AGAIN) {
                self.failed = None;
                self.report.clear();
                self.writing.clear();
                self.finding.clear();
            }
            return None;
        }
        let Some(report) = self.report.latest().cloned() else {
            widgets::loading(ui, t::READING, &crate::diagnostic::ProgressState::default());
            return None;
        };
        if report.frame.height() == 0 {
            widgets::empty(ui, t::EMPTY_QUALITY, "", &[]);
            return None;
        }
        egui::Panel::left("quality groups")
            .resizable(true)
            .default_size(330.0)
            .size_range(220.0..=560.0)
            .show_separator_line(false)
            .frame(egui::Frame::new().inner_margin(egui::Margin { right: 12, ..egui::Margin::ZERO }))
            .show(ui, |ui| self.groups_ui(ui, &report));
        let mut also = Vec::new();
        also.extend(self.severity.map(|severity| one_of(&quality::SEVERITY, severity)));
        also.extend(self.table.map(|table| one_of(&quality::TABLE, table.label())));
        also.extend(self.code.as_ref().map(|code| one_of(&quality::CODE, code)));
        let source = Source {
            id: FrameId { data: Arc::clone(&open.data), view: None, number: self.number },
            frame: &report.frame,
            kind: None,
            list: ListId::Quality,
            empty: t::EMPTY_QUALITY,
            also: &also,
            targets: None,
            items: vec![RowItem::new("jump", t::JUMP)],
        };
        let mut export = false;
        let mut jump = false;
        let gone = self.gone;
        let can_jump = self.sheet.table.cursor().is_some() && self.finding.running().is_none();
        let out = self.sheet.ui(ui, cx, open, &source, |ui, _| {
            export = ui.button(t::EXPORT_CSV).clicked();
            jump = ui.add_enabled(can_jump, egui::Button::new(t::JUMP)).clicked();
            if gone {
                ui.label(RichText::new(t::ROW_GONE).color(theme::of(ui).amber));
            }
        });
        if out.selection_changed {
            self.gone = false;
        }
        if export {
            self.ask(cx, Csv::Report);
        }
        let asked = out.item.map(|(position, _)| position);
        let position = asked.or(self.sheet.table.cursor().filter(|_| jump));
        if let Some(row) = position.and_then(|position| self.sheet.frame_row(position)) {
            self.start_finding(cx, open, &report, row as usize);
        }
        match self.finding.take()?.1 {
            Ok(Some(found)) => Some(found),
            Ok(None) => {
                self.gone = true;
                None
            }
            Err(error) => {
                self.failed = Some(error);
                None
            }
        }
    }

    fn start_finding(&mut self, cx: &Cx<'_>, open: &OpenProject, report: &QualityReport, row: usize) {
        self.gone = false;
        let text = |column: &Column<Text>| column.of(&report.frame).ok().and_then(|c| c.get(row)).map(str::to_owned);
        let at = quality::ROW.of(&report.frame).ok().and_then(|rows| rows.get(row).copied().flatten());
        let (Some(file), Some(at)) = (text(&quality::FILE), at) else {
            self.gone = true;
            return;
        };
        let (table, sheet, data) = (text(&quality::TABLE), text(&quality::SHEET), Arc::clone(&open.data));
        self.finding.start(cx.session, (), "查找行", move |_| {
            find_row(&data.registry, table.as_deref(), &file, sheet.as_deref(), at)
        });
    }

    fn groups_ui(&mut self, ui: &mut Ui, report: &QualityReport) {
        ui.horizontal(|ui| {
            let all = self.severity.is_none();
            if ui.selectable_label(all, t::ALL_FINDINGS).clicked() {
                (self.severity, self.code) = (None, None);
            }
            for severity in [Severity::Error, Severity::Warning, Severity::Hint].map(Severity::label) {
                let count: u64 = report.groups.iter().filter(|g| g.severity == severity).map(|g| g.count).sum();
                let text = format!("{severity} {}", thousands(count));
                if ui.selectable_label(self.severity == Some(severity), text).clicked() {
                    (self.severity, self.code) = (Some(severity), None);
                }
            }
        });
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
        ui.separator();
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let palette = *theme::of(ui);
            for group in report.groups.iter().filter(|g| self.severity.is_none_or(|s| s == g.severity)) {
                let on = self.code.as_ref() == Some(&group.code);
                let ink = match group.severity.as_str() {
                    text if text == Severity::Error.label() => palette.red,
                    text if text == Severity::Warning.label() => palette.amber,
                    _ => palette.muted,
                };
                let mut job = egui::text::LayoutJob::default();
                let format = |size, colour| egui::TextFormat::simple(theme::regular(size), colour);
                job.append(&group.severity, 0.0, format(theme::SMALL, ink));
                job.append(&format!(" {} ", group.code), 0.0, format(theme::SMALL, palette.muted));
                job.append(
                    &t::found(group.count, group.listed),
                    0.0,
                    egui::TextFormat::simple(theme::bold(theme::SMALL), palette.text),
                );
                job.append(&group.what, 0.0, format(theme::BODY, palette.text));
                job.wrap.max_width = ui.available_width() - 24.0;
                let button = egui::Button::selectable(on, job).wrap().min_size(egui::vec2(ui.available_width(), 0.0));
                if ui.add(button).on_hover_text(&group.hint).clicked() {
                    self.code = (!on).then(|| group.code.clone());
                }
            }
        });
    }

    /// Draws the rows set aside.
    pub(super) fn aside_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        let frame = &open.data.registry.set_aside;
        let source = Source {
            id: FrameId { data: Arc::clone(&open.data), view: None, number: 0 },
            frame,
            kind: None,
            list: ListId::SetAside,
            empty: t::EMPTY_ASIDE,
            also: &[],
            targets: None,
            items: Vec::new(),
        };
        let palette = *theme::of(ui);
        let chosen = self.aside.table.cursor().and_then(|position| self.aside.frame_row(position));
        egui::Panel::bottom("aside cells")
            .resizable(true)
            .default_size(170.0)
            .frame(egui::Frame::new().fill(palette.surface).inner_margin(egui::Margin::same(8)))
            .show(ui, |ui| {
                widgets::heading(ui, t::ORIGINAL);
                let cells =
                    chosen.and_then(|row| set_aside::CELLS.of(frame).ok()?.get(row as usize)).unwrap_or_default();
                let parsed: serde_json::Map<String, serde_json::Value> =
                    serde_json::from_str(cells).unwrap_or_default();
                if parsed.is_empty() {
                    ui.label(theme::note(ui, t::CHOOSE_ASIDE));
                }
                ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
                    ui.spacing_mut().interact_size.y = 18.0;
                    let pairs = ((ui.available_width() / 330.0) as usize).clamp(1, 4);
                    egui::Grid::new("aside original").num_columns(pairs * 2).spacing([16.0, 4.0]).show(ui, |ui| {
                        for (i, (heading, value)) in parsed.iter().enumerate() {
                            ui.label(theme::note(ui, heading));
                            let value = value.as_str().unwrap_or_default();
                            ui.add(egui::Label::new(RichText::new(value)).selectable(true));
                            if (i + 1).is_multiple_of(pairs) {
                                ui.end_row();
                            }
                        }
                    });
                });
            });
        let mut export = false;
        let any = frame.height() > 0;
        self.aside.ui(ui, cx, open, &source, |ui, _| {
            export = ui.add_enabled(any, egui::Button::new(t::EXPORT_CSV)).clicked();
        });
        if export {
            self.ask(cx, Csv::SetAside);
        }
    }
}
