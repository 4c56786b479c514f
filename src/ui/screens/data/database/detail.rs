//! The table that is looked at: what it is read as, its columns, its first rows.

use std::borrow::Cow;

use egui::{ComboBox, Ui};

use super::query::QueryDialog;
use super::tables::{TableRow, Tables};
use crate::registry::{Aliases, DatabaseTable, FileMapping, NoMap, TableKind};
use crate::ui::screens::Cx;
use crate::ui::screens::data::mapping::{MappingAnswer, MappingDialog};
use crate::ui::slot::Slot;
use crate::ui::table::{CellRows, ColumnDef, List, ListId, TableInput};
use crate::ui::text::database as t;
use crate::ui::{theme, widgets};
use crate::workspace::intake::database_look::{ChosenTable, Login};
use crate::workspace::intake::inspect::SheetLook;

/// Width of a letter of a heading, and what else a heading needs.
const LETTER: f32 = 13.0;
const AROUND: f32 = 34.0;
/// Widest column at first.
const WIDEST: f32 = 480.0;
/// Rows whose cells are looked at for the room that they need, what else a cell needs, and the most they get.
const SAMPLE: usize = 20;
const CELL: f32 = 20.0;
const WIDEST_CELL: f32 = 260.0;

/// What a look is made for: the table, and the number of the connection.
type Key = (String, u64);

/// First rows, recognised by an entry.
struct Looked {
    from: String,
    sheet: SheetLook,
    by: Option<FileMapping>,
}

/// State of the pane.
#[derive(Default)]
pub(super) struct Detail {
    rows: Slot<Key, SheetLook>,
    looked: Option<Looked>,
    /// Rows that are not asked for again by themselves.
    stopped: Option<Key>,
    /// Rises with everything that makes earlier rows stale.
    connection: u64,
    version: u64,
    columns: Option<MappingDialog>,
}

impl Detail {
    /// The server is asked anew.
    pub(super) fn renew(&mut self) {
        self.rows.clear();
        (self.looked, self.stopped, self.columns) = (None, None, None);
        self.connection += 1;
    }

    fn key_of(&self, row: &TableRow) -> Key {
        (row.from.clone(), self.connection)
    }

    /// Asks for the rows of the table that is looked at, and takes them in.
    fn follow(&mut self, cx: &Cx<'_>, row: &TableRow, login: Option<&Login>) {
        let key = self.key_of(row);
        self.rows.poll();
        if let Some(login) = login.filter(|_| !self.rows.is_for(&key) && self.stopped.as_ref() != Some(&key)) {
            let login = login.clone();
            // the name of a query's file alone depends on the table
            let table = DatabaseTable { table: row.read_as.unwrap_or(TableKind::Sources), from: row.from.clone() };
            let chosen = ChosenTable { table, entry: row.entry() };
            self.stopped = None;
            self.rows
                .start(cx.session, key.clone(), t::FIRST_ROWS, move |progress| login.first_rows(&chosen, progress));
        }
        let is_new = self.looked.as_ref().is_none_or(|looked| looked.from != row.from);
        if is_new {
            self.looked = None;
            if let Some(sheet) = self.rows.current().filter(|_| self.rows.is_for(&key)) {
                self.looked = Some(Looked { from: row.from.clone(), sheet: (**sheet).clone(), by: None });
                self.version += 1;
            }
        }
        let by = row.entry();
        if let Some(looked) = self.looked.as_mut().filter(|looked| is_new || looked.by != by)
            && let Ok(aliases) = Aliases::built_in()
        {
            looked.sheet.recognise(by.as_ref(), &aliases, &NoMap);
            looked.by = by;
        }
    }

    /// Draws the pane; true where the table is read as something else than before.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        (tables, query): (&mut Tables, &mut Option<QueryDialog>),
        login: Option<&Login>,
    ) -> bool {
        let Some(row) = tables.looked_at() else {
            ui.label(theme::note(ui, t::CHOOSE));
            return false;
        };
        self.follow(cx, row, login);
        let before = row.clone();
        self.head_ui(ui, row, query);
        let key = self.key_of(row);
        if let Some(looked) = &self.looked {
            if cx.session.is_veiled() {
                ui.label(theme::note(ui, t::VEILED));
            } else {
                rows_ui(ui, looked, self.version);
            }
        } else if self.rows.running().is_some() {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(t::FIRST_ROWS);
                if ui.button(t::STOP).clicked() {
                    self.rows.cancel();
                    self.stopped = Some(key);
                }
            });
            ui.ctx().request_repaint_after_secs(0.1);
        } else if let Some(error) = self.rows.error().map(str::to_owned) {
            ui.label(egui::RichText::new(t::ROWS_FAILED).color(theme::of(ui).red));
            let words = widgets::message(ui, &error, theme::of(ui).text);
            ui.add(egui::Label::new(words).wrap().selectable(true));
            if login.is_some() && ui.button(t::AGAIN).clicked() {
                self.rows.clear();
            }
        } else if self.stopped.as_ref() == Some(&key) {
            ui.horizontal(|ui| {
                ui.label(t::STOPPED);
                if ui.button(t::AGAIN).clicked() {
                    self.stopped = None;
                }
            });
        } else {
            ui.add(egui::Label::new(theme::note(ui, t::CONNECT_FOR_ROWS)).wrap());
        }
        self.columns_ui(ui, row);
        *row != before
    }

    /// What the table is read as, and the way to its columns.
    fn head_ui(&mut self, ui: &mut Ui, row: &mut TableRow, query: &mut Option<QueryDialog>) {
        ui.horizontal_wrapped(|ui| {
            ui.add(egui::Label::new(theme::strong(row.title())).truncate());
            let label = ui.label(t::READ_AS);
            let mut kind = row.read_as;
            ComboBox::from_id_salt("database table")
                .width(150.0)
                .selected_text(kind.map_or(t::NOT_READ, TableKind::label))
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut kind, None, t::NOT_READ);
                    for each in TableKind::ALL {
                        ui.selectable_value(&mut kind, Some(each), each.label());
                    }
                })
                .response
                .labelled_by(label.id);
            row.read_as(kind);
            if let Some(looked) = &self.looked
                && ui.button(t::MAP_COLUMNS).clicked()
            {
                self.columns = Some(MappingDialog::new(0, &looked.sheet, row.entry().as_ref()));
            }
            if row.is_query() && ui.button(t::EDIT_QUERY).clicked() {
                *query = Some(QueryDialog::on(row.from.clone(), row.read_as));
            }
            if let Some(looked) = self.looked.as_ref().filter(|_| row.read_as.is_some()) {
                known_ui(ui, looked);
            }
        });
    }

    /// The dialog of columns.
    fn columns_ui(&mut self, ui: &Ui, row: &mut TableRow) {
        let (Some(dialog), Some(looked)) = (&mut self.columns, &mut self.looked) else { return };
        match dialog.ui(ui.ctx(), &mut looked.sheet) {
            MappingAnswer::Open => return,
            MappingAnswer::Cancelled => {}
            MappingAnswer::Use(entry, _) => {
                row.read_as(entry.table);
                row.by_hand = Some(FileMapping { file: String::new(), ..*entry });
            }
        }
        self.columns = None;
    }
}

/// What was recognised, or what is missing.
fn known_ui(ui: &mut Ui, looked: &Looked) {
    match &looked.sheet.taken {
        Ok(entry) => {
            let kind = entry.table.unwrap_or(TableKind::Sources);
            let rest = looked.sheet.headings.len().saturating_sub(entry.columns.len());
            ui.label(theme::note(ui, t::columns(kind, entry.columns.len(), rest)));
        }
        Err(finding) => {
            let column = finding.column.as_ref().map(|column| format!("：{column}")).unwrap_or_default();
            let words = egui::RichText::new(format!("{}{column}", finding.what)).color(theme::of(ui).amber);
            ui.add(egui::Label::new(words).wrap());
        }
    }
}

/// Room for a text at first.
fn room(text: &str) -> f32 {
    text.chars().map(|c| if c.is_ascii() { LETTER * 0.62 } else { LETTER }).sum()
}

/// The rows in a table, each heading with what its column was recognised as.
fn rows_ui(ui: &mut Ui, looked: &Looked, version: u64) {
    let sheet = &looked.sheet;
    let taken = sheet.taken.as_ref().ok().filter(|_| looked.by.is_some());
    let meant = |heading: &str| {
        let entry = taken?;
        let (id, _) = entry.columns.iter().find(|(_, own)| *own == heading)?;
        entry.table?.column(id).map(|column| column.name)
    };
    let names: Vec<String> = sheet.sample.cells.get_column_names().iter().map(ToString::to_string).collect();
    let cells: Vec<_> = sheet.sample.cells.columns().iter().map(|column| column.str().ok()).collect();
    let count = sheet.sample.cells.height().saturating_sub(sheet.first_row);
    let cell = |row: usize, column: usize| {
        let cells = cells.get(column).copied().flatten().filter(|_| row < count);
        Cow::Borrowed(cells.and_then(|cells| cells.get(row + sheet.first_row)).unwrap_or_default())
    };
    let columns: Vec<ColumnDef> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let heading = match meant(name) {
                Some(meant) => t::heading(name, meant),
                None if taken.is_some() => t::kept_column(name),
                None => name.clone(),
            };
            let cells = (0..SAMPLE).map(|row| room(&cell(row, at)) + CELL).fold(0.0, f32::max).min(WIDEST_CELL);
            let width = (room(&heading) + AROUND).min(WIDEST).max(cells);
            // another meaning is another column: it has room for its heading
            ColumnDef::text(heading.clone(), heading, width)
        })
        .collect();
    let rows = CellRows::new(&columns, count, &cell);
    let input = TableInput::new(ListId::DatabaseRows, &rows).empty(t::EMPTY_ROWS).folded();
    List::show_kept(ui, None, &input.height(ui.available_height()), version);
}
