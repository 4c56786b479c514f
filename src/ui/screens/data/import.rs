//! Import: what each file was taken for, and the dialog that says so by hand.

use std::path::PathBuf;

use egui::{RichText, ScrollArea, Ui};

use super::mapping::{MappingAnswer, MappingDialog};
use crate::registry::{FileMapping, Mapping, TableKind};
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::screens::{Cx, title};
use crate::ui::slot::Slot;
use crate::ui::text::common::OPEN_DEMO;
use crate::ui::text::data as t;
use crate::ui::text::database::OPEN;
use crate::ui::widgets::thousands;
use crate::ui::{theme, widgets};
use crate::workspace::intake::import::year_to_plan;
use crate::workspace::intake::inspect::{ImportLook, SheetLook, look_at};
use crate::workspace::session::{Command, ImportRequest, ViewCommand};

/// State of the import tab.
#[derive(Default)]
pub(super) struct Import {
    paths: Vec<PathBuf>,
    /// To be looked at in the next frame, with the mapping so far.
    pending: Option<(Vec<PathBuf>, Option<Mapping>)>,
    reading: Slot<(), ImportLook>,
    /// What was read, with what has been changed of it by hand.
    look: Option<ImportLook>,
    failed: Option<String>,
    dialog: Option<MappingDialog>,
    picking: Option<Picking>,
    year: Option<i32>,
}

/// What became of it.
pub(super) enum ImportAnswer {
    /// Still there.
    Stay,
    /// Left, or sent off.
    Leave,
    /// As the next register of the open project: what that would change is shown first.
    Refresh(PathBuf, Box<Mapping>),
    /// From a database instead.
    Database,
}

impl Import {
    /// Files or folders to be looked at.
    pub(super) fn take_paths(&mut self, paths: Vec<PathBuf>) {
        self.pending = Some((paths, None));
    }

    /// True while there is something to show.
    pub(super) fn is_active(&self) -> bool {
        self.pending.is_some() || self.reading.running().is_some() || self.look.is_some() || self.failed.is_some()
    }

    /// Asks for a folder or files.
    pub(super) fn ask(&mut self, cx: &mut Cx<'_>, folder: bool) {
        let request = if folder {
            PickRequest::new(PickKind::Folder, t::IMPORT_FOLDER).door(Door::Data)
        } else {
            let endings = ["csv", "txt", "tsv", "xlsx", "xlsm", "xls", "xlsb", "ods", "parquet"];
            PickRequest::new(PickKind::OpenFiles, t::IMPORT_FILES).door(Door::Data).filter("表格", &endings)
        };
        self.picking = Some(cx.pick(request));
    }

    /// Takes in answers of dialogs and jobs; true where something to show has just come.
    pub(super) fn poll(&mut self, cx: &Cx<'_>) -> bool {
        let mut came = false;
        if let Some(paths) = self.picking.as_ref().and_then(Picking::poll) {
            self.picking = None;
            if !paths.is_empty() {
                self.take_paths(paths);
                came = true;
            }
        }
        if let Some((paths, mapping)) = self.pending.take() {
            self.paths.clone_from(&paths);
            let staging = cx.session.paths().data.clone();
            self.failed = None;
            self.reading
                .start(cx.session, (), "查看文件", move |progress| look_at(&paths, &staging, mapping, progress));
        }
        match self.reading.take() {
            Some(((), Ok(look))) => self.look = Some(look),
            Some(((), Err(error))) => self.failed = Some(error),
            None => self.failed = self.failed.take().or_else(|| self.reading.error().map(str::to_owned)),
        }
        came
    }

    fn leave(&mut self) {
        self.reading.clear();
        (self.look, self.failed, self.pending, self.dialog) = (None, None, None, None);
    }

    /// Draws what the files were taken for.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) -> ImportAnswer {
        if let Some(failed) = self.failed.clone() {
            if widgets::failed(ui, t::LOOK_FAILED, &failed, t::CHOOSE_AGAIN) {
                self.leave();
                self.ask(cx, true);
            }
            return ImportAnswer::Stay;
        }
        if let Some(state) = self.reading.running() {
            if self.look.is_none() {
                widgets::loading(ui, t::LOOKING, &state);
                return ImportAnswer::Stay;
            }
            ui.ctx().request_repaint_after_secs(0.1);
        }
        if self.look.is_none() {
            let mut buttons = vec![t::IMPORT_FOLDER, t::IMPORT_FILES, OPEN];
            if cx.session.project().is_none() {
                buttons.push(OPEN_DEMO);
            }
            match widgets::empty(ui, t::NO_FILES, t::NO_FILES_HINT, &buttons) {
                Some(0) => self.ask(cx, true),
                Some(1) => self.ask(cx, false),
                Some(2) => return ImportAnswer::Database,
                Some(_) => cx.send(ViewCommand::OpenDemo),
                None => {}
            }
            return ImportAnswer::Stay;
        }
        let mut answer = ImportAnswer::Stay;
        self.head_ui(ui, cx, &mut answer);
        if !matches!(answer, ImportAnswer::Stay) {
            self.leave();
            return answer;
        }
        let Some(look) = &mut self.look else { return answer };
        let mut again = false;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            for index in 0..look.sheets.len() {
                let Some(sheet) = look.sheets.get(index) else { continue };
                let left_out = is_left_out(&look.mapping, sheet);
                let what = sheet_ui(ui, sheet, left_out);
                match what {
                    SheetAsked::Nothing => {}
                    SheetAsked::Map => {
                        let known = look.mapping.find(&sheet.sample.file, sheet.sample.sheet.as_deref());
                        self.dialog = Some(MappingDialog::new(index, sheet, known.map(|(_, entry)| entry)));
                    }
                    SheetAsked::LeaveOut => {
                        let entry = FileMapping {
                            file: sheet.sample.file.clone(),
                            sheet: sheet.sample.sheet.clone(),
                            ignore: true,
                            ..FileMapping::default()
                        };
                        look.set_entry(entry);
                    }
                    SheetAsked::TakeBack => {
                        let (file, name) = (sheet.sample.file.clone(), sheet.sample.sheet.clone());
                        look.mapping.files.retain(|f| !(f.ignore && f.file == file && f.sheet == name));
                    }
                }
                ui.add_space(theme::HALF);
            }
            for finding in &look.unread {
                theme::card(ui).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    let palette = *theme::of(ui);
                    ui.horizontal(|ui| {
                        ui.label(theme::strong(finding.file.as_deref().unwrap_or_default()));
                        widgets::chip(ui, t::UNREAD, palette.red_wash, palette.red);
                    });
                    let words = widgets::message(ui, &finding.to_string(), palette.text);
                    ui.add(egui::Label::new(words).wrap().selectable(true));
                });
            }
            files_ui(ui, t::MAPS, &look.maps);
            files_ui(ui, t::OTHERS, &look.other);
        });
        if let Some(dialog) = &mut self.dialog
            && let Some(sheet) = look.sheets.get_mut(dialog.index())
        {
            match dialog.ui(ui.ctx(), sheet) {
                MappingAnswer::Open => {}
                MappingAnswer::Cancelled => self.dialog = None,
                MappingAnswer::Use(entry, reread) => {
                    look.set_entry(*entry);
                    again = reread;
                    self.dialog = None;
                }
            }
        }
        if again {
            self.pending = Some((look.paths.clone(), Some(look.mapping.clone())));
            ui.ctx().request_repaint();
        }
        answer
    }

    fn head_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, answer: &mut ImportAnswer) {
        let Some(look) = &self.look else { return };
        let taken = |sheet: &SheetLook| {
            !is_left_out(&look.mapping, sheet)
                && sheet.taken.as_ref().is_ok_and(|t| t.table == Some(TableKind::Sources))
        };
        let ready = look.sheets.iter().any(taken);
        let now = cx.session.now().date();
        let mut year = self.year.unwrap_or_else(|| year_to_plan(now));
        let refreshable =
            cx.session.project().is_some_and(|open| !open.saved.is_read_only() && !open.saved.file.synthetic)
                && !cx.session.is_acting();
        let mut command = None;
        title(ui, t::LOOK_TITLE, &look.from.display().to_string(), |ui| {
            let mapping = || Some(look.mapping.clone());
            if widgets::primary_if(ui, ready, t::START_IMPORT, t::NO_SOURCES).clicked() {
                let request = ImportRequest {
                    from: look.from.clone(),
                    year: Some(year),
                    mapping: mapping(),
                    ..ImportRequest::default()
                };
                command = Some(Command::from(ViewCommand::Import(Box::new(request))));
            }
            if refreshable && ui.button(t::START_REFRESH).clicked() {
                *answer = ImportAnswer::Refresh(look.from.clone(), Box::new(look.mapping.clone()));
            }
            if ui.button(t::LEAVE).clicked() {
                *answer = ImportAnswer::Leave;
            }
            let field = ui.add(egui::DragValue::new(&mut year).range(2020..=2099));
            let label = ui.label(t::YEAR);
            field.labelled_by(label.id);
        });
        if !ready {
            let words = if refreshable { t::ONLY_REFRESH } else { t::NO_SOURCES };
            ui.label(RichText::new(words).color(theme::of(ui).amber));
        }
        self.year = Some(year);
        if let Some(command) = command {
            cx.send(command);
            *answer = ImportAnswer::Leave;
        }
    }
}

fn is_left_out(mapping: &Mapping, sheet: &SheetLook) -> bool {
    mapping.find(&sheet.sample.file, sheet.sample.sheet.as_deref()).is_some_and(|(_, entry)| entry.ignore)
}

fn files_ui(ui: &mut Ui, heading: &str, files: &[PathBuf]) {
    if files.is_empty() {
        return;
    }
    ui.add_space(theme::GRID);
    ui.label(theme::strong(heading));
    let names: Vec<String> =
        files.iter().filter_map(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned()).take(40).collect();
    ui.add(egui::Label::new(theme::note(ui, names.join("、"))).wrap());
}

enum SheetAsked {
    Nothing,
    Map,
    LeaveOut,
    TakeBack,
}

fn sheet_ui(ui: &mut Ui, sheet: &SheetLook, left_out: bool) -> SheetAsked {
    let mut asked = SheetAsked::Nothing;
    let palette = *theme::of(ui);
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        // the heading and what stands above it are no rows of data
        let rows = thousands(sheet.rows.saturating_sub(sheet.first_row) as u64);
        ui.horizontal(|ui| {
            ui.label(theme::strong(sheet.title()));
            match (&sheet.taken, left_out) {
                (_, true) => {
                    widgets::chip(ui, t::LEFT_OUT, palette.chrome, palette.muted);
                }
                (Ok(mapping), false) => {
                    let table = mapping.table.map_or("", TableKind::label);
                    widgets::chip(ui, table, palette.wash, palette.accent);
                    ui.label(theme::note(ui, t::taken(&rows, mapping.columns.len() + mapping.constants.len())));
                }
                (Err(_), false) => {
                    widgets::chip(ui, t::UNRECOGNISED, palette.amber_wash, palette.amber);
                    ui.label(theme::note(ui, t::not_taken(&rows)));
                }
            }
            if let Some(encoding) = &sheet.sample.encoding {
                ui.label(theme::note(ui, encoding));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if left_out {
                    if ui.button(t::TAKE_BACK).clicked() {
                        asked = SheetAsked::TakeBack;
                    }
                    return;
                }
                if ui.button(t::LEAVE_OUT).clicked() {
                    asked = SheetAsked::LeaveOut;
                }
                let map =
                    if sheet.taken.is_err() { widgets::primary(ui, t::MAP_COLUMNS) } else { ui.button(t::MAP_COLUMNS) };
                if map.clicked() {
                    asked = SheetAsked::Map;
                }
            });
        });
        if left_out {
            return;
        }
        match &sheet.taken {
            Ok(mapping) => columns_ui(ui, sheet, mapping),
            Err(finding) => {
                let words = match &finding.column {
                    Some(column) => format!("{}：{column}", finding.what),
                    None => finding.what.clone(),
                };
                ui.add(egui::Label::new(RichText::new(words).color(palette.amber)).wrap())
                    .on_hover_ui(|ui| drop(ui.label(widgets::message(ui, &finding.to_string(), palette.text))));
            }
        }
    });
    asked
}

/// `许可证编号 ← 编号`, one after the other.
fn columns_ui(ui: &mut Ui, sheet: &SheetLook, mapping: &FileMapping) {
    let palette = *theme::of(ui);
    let Some(kind) = mapping.table else { return };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(14.0, 2.0);
        for spec in kind.columns() {
            let words = match (mapping.columns.get(spec.id), mapping.constants.get(spec.id)) {
                (Some(heading), _) if heading == spec.name => heading.clone(),
                (Some(heading), _) => format!("{}：{heading}", spec.name),
                (None, Some(constant)) => format!("{}：统一为“{constant}”", spec.name),
                (None, None) => continue,
            };
            ui.label(RichText::new(words).font(theme::regular(theme::SMALL)).color(palette.text));
        }
        let unknown =
            sheet.headings.iter().filter(|h| !h.is_empty() && !mapping.columns.values().any(|known| known == *h));
        let unknown: Vec<&str> = unknown.map(String::as_str).take(20).collect();
        if !unknown.is_empty() {
            ui.label(theme::note(ui, format!("照原样保留：{}", unknown.join("、"))));
        }
    });
}
