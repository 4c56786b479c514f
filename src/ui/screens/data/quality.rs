//! 质量 and 搁置的行: what was found, by kinds with examples and what to do; findings confirmed; from a finding to its
//! row and back; both as csv.

mod aside;
mod confirm;
mod kinds;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{RichText, Ui};
use polars::prelude::{DataFrame, IdxCa, PlSmallStr};

use self::confirm::ConfirmDialog;
use super::sheet::{FrameId, Sheet, Source};
use crate::diagnostic::{AppError, AppResult};
use crate::registry::columns::{Column, Text};
use crate::registry::confirmed::keys_of;
use crate::registry::kinds::rows_of;
use crate::registry::schema::quality;
use crate::registry::{FindingKey, FindingKind, TableKind, render_set_aside_csv};
use crate::ui::picker::{PickKind, PickRequest, Picking};
use crate::ui::proof::EvidencePick;
use crate::ui::screens::Cx;
use crate::ui::slot::{Same, Slot};
use crate::ui::table::{ListId, RowItem};
use crate::ui::text::data as t;
use crate::ui::{theme, widgets};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::intake::quality::{FoundRow, QualityReport, find_row, load_quality};
use crate::workspace::session::{OpenProject, ProjectData, ViewCommand};
use crate::workspace::store::project::load_bytes;
use crate::workspace::store::quality::QUALITY;

/// Which csv is written.
#[derive(Clone, Copy)]
enum Csv {
    Report,
    SetAside,
}

/// The findings of the kind looked at.
struct Shown {
    code: String,
    number: u64,
    /// All columns.
    whole: DataFrame,
    /// Those that differ within the kind.
    frame: DataFrame,
}

/// State of both tabs.
#[derive(Default)]
pub(super) struct Quality {
    number: u64,
    report: Slot<(Same<ProjectData>, u64), QualityReport>,
    failed: Option<String>,
    sheet: Sheet,
    aside: Sheet,
    severity: Option<&'static str>,
    table: Option<TableKind>,
    code: Option<String>,
    shown: Option<Shown>,
    dialog: Option<ConfirmDialog>,
    /// The evidence's file of the dialog is being chosen.
    evidence: EvidencePick,
    finding: Slot<(), Option<FoundRow>>,
    gone: bool,
    /// File and row of which the finding is looked for.
    looked_for: Option<(String, u32)>,
    picking: Option<(Csv, Picking)>,
    writing: Slot<PathBuf, Vec<u8>>,
}

/// The findings of a kind, of all kinds where the code is empty.
fn findings_of(report: &DataFrame, code: &str) -> AppResult<(DataFrame, DataFrame)> {
    let fault = |cause| AppError::new("QLT-001", "质量报告文件已损坏，请重新导入数据").caused_by(cause);
    let rows: Vec<u32> = rows_of(report, Some(code), None)?.into_iter().map(|row| row as u32).collect();
    let whole = report.take(&IdxCa::from_vec(PlSmallStr::EMPTY, rows)).map_err(fault)?;
    let shown = [
        quality::UNIT.name(),
        quality::FILE.name(),
        quality::ROW.name(),
        quality::COLUMN.name(),
        quality::VALUE.name(),
        quality::EXPECTED.name(),
        quality::SHEET.name(),
        quality::CONFIRMED_BY.name(),
        quality::CONFIRMED_WHY.name(),
        quality::WHAT.name(),
        quality::TABLE.name(),
        quality::CONFIRMED_AT.name(),
    ];
    // a column without a cell says nothing; who, where and what are always there
    let always = [quality::UNIT.name(), quality::FILE.name(), quality::ROW.name(), quality::VALUE.name()];
    let says = |name: &&str| {
        always.contains(name) || whole.column(name).is_ok_and(|column| column.null_count() < column.len())
    };
    let frame = whole.select(shown.into_iter().filter(says)).map_err(fault)?;
    Ok((whole, frame))
}

impl Quality {
    /// Number of findings that are open.
    pub(super) fn count(&self) -> Option<usize> {
        self.report.latest().map(|report| report.kinds.iter().map(|kind| kind.open() as usize).sum())
    }

    /// Jumps to a row set aside.
    pub(super) fn jump_aside(&mut self, row: u32) {
        self.aside.jump = Some(row);
    }

    /// Reads the report of the open project: once, and again after a deed.
    pub(super) fn refresh(&mut self, cx: &mut Cx<'_>, open: &OpenProject) {
        if self.report.poll() {
            self.number += 1;
        }
        let of = (Same::of(&open.data), open.books_revision);
        if !self.report.is_for(&of) {
            if self.report.key().is_some_and(|(data, _)| *data != of.0) {
                self.report.clear();
                (self.failed, self.code, self.shown) = (None, None, None);
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
                    Csv::Report => load_bytes(&root.join(QUALITY)),
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
        self.look_for(&report);
        self.choose(&report);
        egui::Panel::left("quality groups")
            .resizable(true)
            .default_size(380.0)
            .size_range(widgets::side_range(ui, 260.0, 620.0, 0.42))
            .show_separator_line(false)
            .frame(egui::Frame::new().inner_margin(egui::Margin { right: 12, ..egui::Margin::ZERO }))
            .show(ui, |ui| self.kinds_ui(ui, &report));
        let kind = self.code.as_ref().and_then(|code| report.kinds.iter().find(|kind| kind.code == *code))?;
        let found = self.kind_ui(ui, cx, open, kind);
        self.dialog_ui(ui, cx);
        found
    }

    /// Keeps a kind chosen that the filters show; makes its rows ready.
    fn choose(&mut self, report: &QualityReport) {
        let fits = |kind: &&FindingKind| self.severity.is_none_or(|severity| severity == kind.severity);
        let chosen = report.kinds.iter().filter(fits).find(|kind| self.code.as_ref() == Some(&kind.code));
        let code = chosen.or_else(|| report.kinds.iter().find(fits)).map(|kind| kind.code.clone());
        if code != self.code {
            self.gone = false;
            self.sheet.table.selection.clear();
        }
        self.code = code;
        let Some(code) = &self.code else { return };
        if self.shown.as_ref().is_some_and(|shown| shown.code == *code && shown.number == self.number) {
            return;
        }
        match findings_of(&report.frame, code) {
            Ok((whole, frame)) => {
                self.sheet.table.scroll_to_top();
                self.shown = Some(Shown { code: code.clone(), number: self.number, whole, frame });
            }
            Err(error) => self.failed = Some(error.to_string()),
        }
    }

    /// The kind looked at: what it says, what to do, its findings.
    fn kind_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, kind: &FindingKind) -> Option<FoundRow> {
        kinds::head_ui(ui, kind);
        // a kind that was clicked just now has its rows in the next frame
        let shown = self.shown.as_ref().filter(|shown| shown.code == kind.code)?;
        let (whole, frame) = (shown.whole.clone(), shown.frame.clone());
        let also: Vec<_> = self.table.map(|table| kinds::one_of(&quality::TABLE, table.label())).into_iter().collect();
        // the frame is another one for each kind
        let number = self.number << 16 | u64::from(crc(&kind.code));
        let source = Source {
            id: FrameId { data: Arc::clone(&open.data), view: None, number },
            frame: &frame,
            kind: None,
            list: ListId::Quality,
            empty: t::EMPTY_QUALITY,
            also: &also,
            targets: None,
            items: vec![RowItem::new("jump", t::JUMP)],
        };
        let (mut export, mut jump, mut confirm, mut withdraw) = (false, false, false, false);
        let gone = self.gone;
        let can_jump = self.sheet.table.cursor().is_some() && self.finding.running().is_none();
        let chosen = self.chosen(&whole);
        let can_write = !open.saved.is_read_only() && !cx.session.is_acting();
        ui.horizontal(|ui| {
            jump = ui.add_enabled(can_jump, egui::Button::new(t::JUMP)).clicked();
            if kind.standing().is_some() {
                let (open_ones, done) = &chosen;
                let ready = can_write && !open_ones.is_empty();
                confirm = ui
                    .add_enabled(ready, egui::Button::new(t::confirm(open_ones.len())))
                    .on_disabled_hover_text(t::CHOOSE_FINDINGS)
                    .clicked();
                if !done.is_empty() {
                    withdraw = ui.add_enabled(can_write, egui::Button::new(t::withdraw(done.len()))).clicked();
                }
            }
            if gone {
                ui.add(egui::Label::new(RichText::new(t::ROW_GONE).color(theme::of(ui).amber)).truncate());
            }
        });
        ui.add_space(theme::by_height(ui.ctx(), 0.0, theme::HALF));
        let out = self.sheet.ui(ui, cx, open, &source, |ui, _| {
            export = ui.button(t::EXPORT_CSV).clicked();
        });
        if out.selection_changed {
            self.gone = false;
        }
        if export {
            self.ask(cx, Csv::Report);
        }
        if confirm {
            self.dialog = Some(ConfirmDialog::new(kind, chosen.0, &whole, self.sheet.table.selection.keys()));
        } else if withdraw {
            cx.send(Deed::WithdrawFindings(chosen.1));
        }
        let asked = out.item.map(|(position, _)| position);
        let position = asked.or(self.sheet.table.cursor().filter(|_| jump));
        if let Some(row) = position.and_then(|position| self.sheet.frame_row(position)) {
            self.start_finding(cx, open, &whole, row as usize);
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

    /// Keys of the rows selected: those open, and those confirmed.
    fn chosen(&self, whole: &DataFrame) -> (Vec<FindingKey>, Vec<FindingKey>) {
        let (Ok(keys), Ok(confirmed)) = (keys_of(whole), quality::CONFIRMED_BY.of(whole)) else {
            return (Vec::new(), Vec::new());
        };
        let (mut open, mut done) = (Vec::new(), Vec::new());
        for row in self.sheet.table.selection.keys() {
            let row = *row as usize;
            let Some(key) = keys.get(row).cloned().flatten() else { continue };
            if confirmed.get(row).is_some() { done.push(key) } else { open.push(key) }
        }
        (open, done)
    }

    fn dialog_ui(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        let Some(dialog) = &mut self.dialog else { return };
        self.evidence.of_some(cx, dialog.proof_mut());
        let Some(answer) = dialog.show(ui) else { return };
        self.dialog = None;
        if let Some(asked) = answer {
            cx.send(Deed::ConfirmFindings(asked));
        }
    }

    fn start_finding(&mut self, cx: &Cx<'_>, open: &OpenProject, report: &DataFrame, row: usize) {
        self.gone = false;
        let text = |column: &Column<Text>| column.of(report).ok().and_then(|c| c.get(row)).map(str::to_owned);
        let at = quality::ROW.of(report).ok().and_then(|rows| rows.get(row).copied().flatten());
        let (Some(file), Some(at)) = (text(&quality::FILE), at) else {
            self.gone = true;
            return;
        };
        let (table, sheet, data) = (text(&quality::TABLE), text(&quality::SHEET), Arc::clone(&open.data));
        self.finding.start(cx.session, (), "查找行", move |_| {
            find_row(&data.registry, table.as_deref(), &file, sheet.as_deref(), at)
        });
    }

    /// Shows the finding that set a row aside, once the report is there.
    fn look_for(&mut self, report: &QualityReport) {
        let Some((file, row)) = self.looked_for.take() else { return };
        let frame = &report.frame;
        let (Ok(files), Ok(rows)) = (quality::FILE.of(frame), quality::ROW.of(frame)) else { return };
        let (Ok(codes), Ok(severities)) = (quality::CODE.of(frame), quality::SEVERITY.of(frame)) else { return };
        let is_it = |at: &usize| files.get(*at) == Some(file.as_str()) && rows.get(*at).copied().flatten() == Some(row);
        let error = crate::diagnostic::Severity::Error.label();
        let found: Vec<usize> = (0..frame.height()).filter(is_it).collect();
        let worst = found.iter().find(|at| severities.get(**at) == Some(error)).or_else(|| found.first());
        let Some(code) = worst.and_then(|at| codes.get(*at)) else { return };
        (self.severity, self.table, self.code) = (None, None, Some(code.to_owned()));
        // its place among the findings of its kind
        let before = rows_of(frame, Some(code), None).unwrap_or_default();
        let place = worst.and_then(|at| before.iter().position(|row| row == at));
        self.sheet.jump = place.map(|place| place as u32);
    }
}

/// A small number for a code: tells the frames of kinds apart.
fn crc(code: &str) -> u16 {
    code.bytes().fold(0, |sum: u16, byte| sum.wrapping_mul(31).wrapping_add(u16::from(byte)))
}
