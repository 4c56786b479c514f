//! The dialog that says by hand what a file's columns mean.

use egui::{ComboBox, RichText, ScrollArea, Ui};

use crate::registry::{Aliases, DistrictRule, FileMapping, TableKind};
use crate::ui::text::common::CANCEL;
use crate::ui::text::data as t;
use crate::ui::{theme, widgets};
use crate::workspace::intake::inspect::SheetLook;

/// Sample values shown beside a column.
const SAMPLES: usize = 3;

/// What became of the dialog.
pub(super) enum MappingAnswer {
    /// Still open.
    Open,
    /// Given up.
    Cancelled,
    /// To be used; true where the file has to be read again (another encoding).
    Use(Box<FileMapping>, bool),
}

/// The dialog.
pub(super) struct MappingDialog {
    index: usize,
    entry: FileMapping,
    /// The sheet as it was, for giving up.
    before: SheetLook,
    /// The entries at the opening.
    opened: FileMapping,
    /// Asked whether the entries may go.
    leaving: bool,
    encoding: Option<String>,
    header_row: String,
    aliases: Option<Aliases>,
    failed: Option<String>,
}

/// A list over the dialog that it belongs to. The library orders layers by what wants to be on top in a frame: where
/// press and release of a click fall into one, dialog and list both do, and the order of an earlier opening decides.
pub(super) fn keep_on_top(ui: &Ui) {
    ui.ctx().move_to_top(ui.layer_id());
}

/// The table that most headings belong to, with the columns that they give; the entry as it is where none does.
fn guess(entry: FileMapping, sheet: &SheetLook, aliases: &Aliases) -> FileMapping {
    let columns = |kind: TableKind| {
        let mut columns = std::collections::BTreeMap::new();
        for heading in sheet.headings.iter().filter(|heading| !heading.is_empty()) {
            if let Some(id) = aliases.column(kind, heading) {
                columns.entry(id.to_owned()).or_insert_with(|| heading.clone());
            }
        }
        columns
    };
    // of equals the first: the register
    let best = TableKind::ALL.into_iter().map(|kind| (kind, columns(kind))).rev().max_by_key(|(_, c)| c.len());
    match best {
        Some((kind, columns)) if !columns.is_empty() => FileMapping { table: Some(kind), columns, ..entry },
        _ => entry,
    }
}

impl MappingDialog {
    /// Opens the dialog for a sheet, with what was recognised or said before.
    pub(super) fn new(index: usize, sheet: &SheetLook, known: Option<&FileMapping>) -> Self {
        let place = FileMapping {
            file: sheet.sample.file.clone(),
            sheet: sheet.sample.sheet.clone(),
            ..FileMapping::default()
        };
        let recognised = sheet.taken.as_ref().ok().cloned();
        let entry = match (recognised, known) {
            (Some(entry), _) => entry,
            (None, Some(known)) if !known.ignore => {
                FileMapping { file: place.file, sheet: place.sheet, ..known.clone() }
            }
            _ => place,
        };
        let (aliases, failed) = match Aliases::built_in() {
            Ok(aliases) => (Some(aliases), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let named = known.and_then(|known| known.encoding.clone());
        let entry = match &aliases {
            Some(aliases) if entry.table.is_none() => guess(entry, sheet, aliases),
            _ => entry,
        };
        let entry = FileMapping { encoding: named.clone(), ..entry };
        Self {
            index,
            header_row: entry.header_row.map(|row| row.to_string()).unwrap_or_default(),
            opened: entry.clone(),
            leaving: false,
            entry,
            before: sheet.clone(),
            encoding: named,
            aliases,
            failed,
        }
    }

    /// Position of the sheet.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// Draws the dialog over everything.
    pub(super) fn ui(&mut self, ctx: &egui::Context, sheet: &mut SheetLook) -> MappingAnswer {
        let mut answer = MappingAnswer::Open;
        let room = ctx.content_rect().size();
        let frame = egui::Frame::popup(&ctx.global_style()).inner_margin(egui::Margin::same(16));
        let modal = egui::Modal::new(egui::Id::unique("mapping dialog")).frame(frame).show(ctx, |ui| {
            ui.set_width((room.x - 80.0).min(900.0));
            ui.label(RichText::new(t::MAPPING_TITLE).font(theme::bold(theme::SECTION)));
            ui.label(theme::note(ui, sheet.title()));
            ui.add_space(theme::HALF);
            let changed = self.head_ui(ui, sheet);
            ui.separator();
            let changed = self.columns_ui(ui, sheet, room.y - 350.0) || changed;
            if changed {
                self.recognise(sheet);
            }
            ui.separator();
            self.state_ui(ui, sheet);
            widgets::buttons(ui, |ui| {
                // another encoding is read anew before anything can be said
                let reread = self.entry.encoding != self.encoding;
                let ready = sheet.taken.is_ok() || reread;
                let why = sheet.taken.as_ref().err().map(|finding| finding.what.clone()).unwrap_or_default();
                if widgets::primary_if(ui, ready, t::USE_MAPPING, &why).clicked() {
                    let mut entry = self.entry.clone();
                    entry.ignore = false;
                    answer = MappingAnswer::Use(Box::new(entry), reread);
                }
                if ui.button(CANCEL).clicked() {
                    answer = MappingAnswer::Cancelled;
                }
            });
        });
        if modal.should_close() && matches!(answer, MappingAnswer::Open) {
            // what was entered goes only where that is said
            self.leaving = self.entry != self.opened;
            if !self.leaving {
                answer = MappingAnswer::Cancelled;
            }
        }
        if self.leaving {
            let said = widgets::dialog(ctx, "mapping leave", t::LEAVE_MAPPING, t::LEAVE_MAPPING_YES, true, |ui| {
                ui.label(t::LEAVE_MAPPING_WORDS);
            });
            match said {
                Some(true) => answer = MappingAnswer::Cancelled,
                Some(false) => self.leaving = false,
                None => {}
            }
        }
        if matches!(answer, MappingAnswer::Cancelled) {
            *sheet = self.before.clone();
        }
        answer
    }

    fn recognise(&mut self, sheet: &mut SheetLook) {
        if let Some(aliases) = &self.aliases {
            sheet.recognise(Some(&self.entry), aliases, &crate::registry::NoMap);
        }
    }

    /// Table, heading row, encoding; true where something changed.
    fn head_ui(&mut self, ui: &mut Ui, sheet: &SheetLook) -> bool {
        let mut changed = false;
        ui.horizontal_wrapped(|ui| {
            let label = ui.label(t::WHICH_TABLE);
            let before = self.entry.table;
            ComboBox::from_id_salt("mapping table")
                .width(150.0)
                .selected_text(self.entry.table.map_or(t::NO_TABLE, TableKind::label))
                .show_ui(ui, |ui| {
                    keep_on_top(ui);
                    for kind in TableKind::ALL {
                        ui.selectable_value(&mut self.entry.table, Some(kind), kind.label());
                    }
                })
                .response
                .labelled_by(label.id);
            if before != self.entry.table {
                // columns of another table mean nothing here
                let kind = self.entry.table;
                let has = |id: &String| kind.is_some_and(|kind| kind.column(id).is_some());
                self.entry.columns.retain(|id, _| has(id));
                self.entry.constants.retain(|id, _| has(id));
                self.entry.values.retain(|id, _| has(id));
                changed = true;
            }
            if !sheet.sample.named {
                ui.add_space(theme::GRID);
                if widgets::field(ui, t::HEADER_ROW, 48.0, &mut self.header_row, t::AUTOMATIC).changed() {
                    self.entry.header_row = self.header_row.trim().parse().ok().filter(|row| *row > 0);
                    self.entry.header_rows = None;
                    changed = true;
                }
            }
            if let Some(found) = &sheet.sample.encoding {
                ui.add_space(theme::GRID);
                let label = ui.label(t::ENCODING);
                let shown = self.entry.encoding.clone().unwrap_or_else(|| format!("{}（{found}）", t::AUTOMATIC));
                ComboBox::from_id_salt("mapping encoding")
                    .width(150.0)
                    .selected_text(shown)
                    .show_ui(ui, |ui| {
                        keep_on_top(ui);
                        ui.selectable_value(&mut self.entry.encoding, None, t::AUTOMATIC);
                        for name in t::ENCODINGS {
                            ui.selectable_value(&mut self.entry.encoding, Some(name.to_owned()), name);
                        }
                    })
                    .response
                    .labelled_by(label.id);
            }
            if self.entry.table == Some(TableKind::Sources) {
                let mut by_point = self.entry.district == Some(DistrictRule::FromPoint);
                if ui.checkbox(&mut by_point, t::FROM_POINT).changed() {
                    self.entry.district = by_point.then_some(DistrictRule::FromPoint);
                    changed = true;
                }
            }
        });
        changed
    }

    /// A row for every column of the table; true where something changed.
    fn columns_ui(&mut self, ui: &mut Ui, sheet: &SheetLook, height: f32) -> bool {
        let Some(kind) = self.entry.table else { return false };
        let mut changed = false;
        let palette = *theme::of(ui);
        let headings: Vec<&String> = sheet.headings.iter().filter(|heading| !heading.is_empty()).collect();
        ScrollArea::vertical().max_height(height.max(160.0)).auto_shrink([false, false]).show(ui, |ui| {
            egui::Grid::new("mapping columns").num_columns(4).spacing([16.0, 4.0]).striped(true).show(ui, |ui| {
                for heading in [t::COLUMN, t::IN_FILE, t::CONSTANT, t::SAMPLE] {
                    ui.label(theme::note(ui, heading));
                }
                ui.end_row();
                for spec in kind.columns() {
                    let group = kind.required_groups().iter().find(|group| group.contains(&spec.id));
                    ui.horizontal(|ui| {
                        ui.label(spec.name);
                        match group {
                            Some(group) if group.len() == 1 => {
                                ui.label(
                                    RichText::new(t::REQUIRED).font(theme::regular(theme::SMALL)).color(palette.red),
                                );
                            }
                            Some(_) => {
                                ui.label(
                                    RichText::new(t::ONE_OF).font(theme::regular(theme::SMALL)).color(palette.amber),
                                );
                            }
                            None => {}
                        }
                    });
                    let now = self.entry.columns.get(spec.id).cloned();
                    let mut next = now.clone();
                    let combo = ComboBox::from_id_salt(("mapping column", spec.id))
                        .width(190.0)
                        .truncate()
                        .selected_text(now.as_deref().unwrap_or(t::NOT_THERE))
                        .show_ui(ui, |ui| {
                            keep_on_top(ui);
                            ui.selectable_value(&mut next, None, t::NOT_THERE);
                            for heading in &headings {
                                ui.selectable_value(&mut next, Some((*heading).clone()), heading.as_str());
                            }
                        });
                    combo.response.widget_info(|| {
                        egui::WidgetInfo::labeled(egui::Role::ComboBox, true, t::heading_of(spec.name))
                    });
                    if next != now {
                        // a heading has one meaning
                        if let Some(heading) = &next {
                            self.entry.columns.retain(|_, known| known != heading);
                            self.entry.constants.remove(spec.id);
                        }
                        match next {
                            Some(heading) => self.entry.columns.insert(spec.id.to_owned(), heading),
                            None => self.entry.columns.remove(spec.id),
                        };
                        changed = true;
                    }
                    let mapped = self.entry.columns.get(spec.id).cloned();
                    let mut constant = self.entry.constants.get(spec.id).cloned().unwrap_or_default();
                    let text = egui::TextEdit::singleline(&mut constant).desired_width(130.0);
                    let field = ui
                        .scope(|ui| {
                            ui.set_min_width(136.0);
                            ui.add_enabled(mapped.is_none(), text)
                        })
                        .inner;
                    let typed = field.changed();
                    field.widget_info(|| {
                        egui::WidgetInfo::labeled(egui::Role::TextInput, mapped.is_none(), t::constant_of(spec.name))
                    });
                    if typed {
                        if constant.trim().is_empty() {
                            self.entry.constants.remove(spec.id);
                        } else {
                            self.entry.constants.insert(spec.id.to_owned(), constant);
                        }
                        changed = true;
                    }
                    let samples = mapped.map(|heading| sheet.samples(&heading, SAMPLES).join("、")).unwrap_or_default();
                    ui.add(egui::Label::new(theme::note(ui, samples)).truncate());
                    ui.end_row();
                }
            });
        });
        changed
    }

    /// Whether the sheet is known now.
    fn state_ui(&self, ui: &mut Ui, sheet: &SheetLook) {
        let palette = theme::of(ui);
        if let Some(failed) = &self.failed {
            ui.label(widgets::message(ui, failed, palette.red));
        }
        match &sheet.taken {
            Ok(mapping) => {
                let table = mapping.table.map_or("", TableKind::label);
                ui.label(RichText::new(format!("{}：{table}", t::RECOGNISED)).color(palette.green));
            }
            Err(finding) => {
                let words = finding
                    .column
                    .as_ref()
                    .map_or_else(|| finding.what.clone(), |column| format!("{}：{column}", finding.what));
                ui.add(egui::Label::new(RichText::new(words).color(palette.amber)).wrap());
            }
        }
    }
}
