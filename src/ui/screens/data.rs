//! 数据: the nine tables, what the import found, the rows set aside, and importing itself.

mod card;
mod columns;
mod database;
mod import;
mod joined;
mod mapping;
mod quality;
mod refresh;
mod sheet;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use egui::Ui;

use super::{Cx, Screen, ready, title};
use crate::registry::schema::{event, sources};
use crate::registry::{TableKind, row_of_unit};
use crate::ui::help::{help_marks, sentences};
use crate::ui::table::{ListId, TableOutput, Target, TargetOf};
use crate::ui::text::data as t;
use crate::ui::text::database::{OPEN as OPEN_DATABASE, TITLE as DATABASE_TAB};
use crate::ui::text::help::Term;
use crate::ui::theme;
use crate::ui::widgets::{self, thousands};
use crate::workspace::intake::quality::FoundRow;
use crate::workspace::session::{OpenProject, ProjectData, ViewCommand};
use crate::workspace::store::project::TableRows;
use crate::workspace::view::{CellValue, ColumnFilter, Condition};
use card::{CardAnswer, CardPanel};
use database::{Database, DatabaseAnswer};
use import::{Import, ImportAnswer};
use joined::Joined;
use quality::Quality;
use refresh::{Origin, Refresh, RefreshAnswer};
use sheet::{FrameId, Sheet, Source};

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Table(TableKind),
    Quality,
    SetAside,
    Import,
    Database,
    Refresh,
}

/// State of the screen.
pub struct DataScreen {
    tab: Tab,
    sheets: BTreeMap<TableKind, Sheet>,
    quality: Quality,
    import: Import,
    database: Database,
    refresh: Refresh,
    joined: Joined,
    card: CardPanel,
    card_open: bool,
    /// Selection of the session that the sources' table shows.
    selection: u64,
}

impl Default for DataScreen {
    fn default() -> Self {
        Self {
            tab: Tab::Table(TableKind::Sources),
            sheets: BTreeMap::new(),
            quality: Quality::default(),
            import: Import::default(),
            database: Database::default(),
            refresh: Refresh::default(),
            joined: Joined::default(),
            card: CardPanel::default(),
            card_open: true,
            selection: 0,
        }
    }
}

impl Screen for DataScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        if self.import.poll(cx) {
            self.tab = Tab::Import;
        }
        if self.refresh.poll(cx) {
            self.tab = Tab::Refresh;
        }
        let answer = self.database.poll(ui.ctx(), cx);
        self.take_database(answer);
        // files can be looked at without a project; opening one goes before
        let opening = matches!(cx.session.opening(), crate::workspace::session::job::Stage::Running(_));
        let failed = matches!(cx.session.opening(), crate::workspace::session::job::Stage::Failed(_));
        if cx.session.project().is_none() && !opening && self.tab == Tab::Database && self.database.is_active() {
            let answer = self.database.ui(ui, cx);
            self.take_database(answer);
            return;
        }
        if cx.session.project().is_none() && !opening && (self.import.is_active() || !failed) {
            match self.import.ui(ui, cx) {
                ImportAnswer::Leave => self.tab = Tab::Table(TableKind::Sources),
                ImportAnswer::Database => self.show_next_register(true),
                ImportAnswer::Stay | ImportAnswer::Refresh(..) => {}
            }
            return;
        }
        let Some(open) = ready(ui, cx) else { return };
        // what was selected on the map is looked for among the sources
        let filter = cx.session.filter();
        if filter.selection_revision != self.selection && !filter.rows.is_empty() && matches!(self.tab, Tab::Table(_)) {
            self.tab = Tab::Table(TableKind::Sources);
        }
        self.quality.refresh(cx, open);
        title(ui, t::TITLE, t::TITLE_NOTE, |ui| {
            if ui.button(t::IMPORT_FILES).clicked() {
                self.import.ask(cx, false);
            }
            if ui.button(t::IMPORT_FOLDER).clicked() {
                self.import.ask(cx, true);
            }
            if ui.button(OPEN_DATABASE).clicked() {
                self.show_next_register(true);
            }
            help_marks(ui, &[Term::Category, Term::Body, Term::Site]);
            if self.tab == Tab::Table(TableKind::Sources) && !self.card_open && ui.button(t::OPEN_CARD).clicked() {
                self.card_open = true;
            }
        });
        self.tabs_ui(ui, open);
        if !theme::is_low(ui.ctx()) {
            sentences(ui, &[&self.rows_told(open)]);
            ui.add_space(theme::HALF);
        }
        match self.tab {
            Tab::Table(kind) => self.table_ui(ui, cx, open, kind),
            Tab::Quality => match self.quality.report_ui(ui, cx, open) {
                Some(FoundRow::Kept(kind, row)) => self.jump(cx, kind, row),
                Some(FoundRow::SetAside(row)) => {
                    self.quality.jump_aside(row);
                    self.tab = Tab::SetAside;
                }
                None => {}
            },
            Tab::SetAside => {
                if self.quality.aside_ui(ui, cx, open) {
                    self.tab = Tab::Quality;
                }
            }
            Tab::Import => match self.import.ui(ui, cx) {
                ImportAnswer::Stay => {}
                ImportAnswer::Leave => self.tab = Tab::Table(TableKind::Sources),
                ImportAnswer::Refresh(from, mapping) => {
                    self.refresh.take(Origin::Files(from), Some(*mapping));
                    self.tab = Tab::Refresh;
                }
                ImportAnswer::Database => self.show_next_register(true),
            },
            Tab::Database => {
                let answer = self.database.ui(ui, cx);
                self.take_database(answer);
            }
            Tab::Refresh => match self.refresh.ui(ui, cx, open) {
                RefreshAnswer::Stay => {}
                RefreshAnswer::Leave => self.tab = Tab::Table(TableKind::Sources),
                RefreshAnswer::Columns(path) => self.take_paths(vec![path]),
                RefreshAnswer::Database => self.show_next_register(true),
            },
        }
    }
}

impl DataScreen {
    /// Files or folders to be looked at for an import.
    pub fn take_paths(&mut self, paths: Vec<PathBuf>) {
        self.import.take_paths(paths);
        self.tab = Tab::Import;
    }

    /// Shows the register with the card of the source that is looked at.
    pub fn show_card(&mut self) {
        self.tab = Tab::Table(TableKind::Sources);
        self.card_open = true;
    }

    /// Shows the quality report.
    pub fn show_quality(&mut self) {
        self.tab = Tab::Quality;
    }

    /// Shows 更新名录, the way to new files and back to the registers kept, or 从数据库导入.
    pub fn show_next_register(&mut self, from_database: bool) {
        if from_database {
            self.database.show();
            self.tab = Tab::Database;
        } else {
            self.refresh.show();
            self.tab = Tab::Refresh;
        }
    }

    fn take_database(&mut self, answer: DatabaseAnswer) {
        match answer {
            DatabaseAnswer::Stay => {}
            DatabaseAnswer::Leave => self.tab = Tab::Table(TableKind::Sources),
            DatabaseAnswer::Refresh(read, mapping) => {
                self.refresh.take(Origin::Database(read), mapping);
                self.tab = Tab::Refresh;
            }
        }
    }

    fn tabs_ui(&mut self, ui: &mut Ui, open: &OpenProject) {
        let importing = self.import.is_active() || self.tab == Tab::Import;
        let refreshing = self.refresh.is_active();
        let muted = theme::of(ui).muted;
        let tab = |to: Tab, label: &str, count: Option<usize>| {
            let text = match count {
                Some(count) => format!("{label} {}", thousands(count as u64)),
                None => label.to_owned(),
            };
            let text = egui::RichText::new(text);
            widgets::Tab::new(to, if count == Some(0) { text.color(muted) } else { text })
        };
        let rows = |kind: TableKind| open.data.registry.frame(kind).height();
        let mut all: Vec<_> =
            TableKind::ALL.into_iter().map(|kind| tab(Tab::Table(kind), t::tab(kind), Some(rows(kind)))).collect();
        all.push(tab(Tab::Quality, t::QUALITY, self.quality.count()).parted());
        all.push(tab(Tab::SetAside, t::SET_ASIDE, Some(open.data.registry.set_aside.height())));
        let others = [
            (importing, Tab::Import, t::IMPORT_TAB),
            (self.database.is_active(), Tab::Database, DATABASE_TAB),
            (refreshing, Tab::Refresh, crate::ui::text::refresh::TITLE),
        ];
        all.extend(others.into_iter().filter(|(is_open, ..)| *is_open).map(|(_, to, name)| tab(to, name, None)));
        let told = self.rows_told(open);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.x = theme::HALF;
            let low = theme::is_low(ui.ctx());
            let after = |ui: &mut Ui| {
                if low {
                    sentences(ui, &[&told]);
                }
            };
            if let Some(to) = widgets::tabs(ui, "data", &self.tab, &all, after) {
                self.tab = to;
            }
        });
    }

    /// What became of the rows of the tables looked at: read, used, set aside, merged.
    fn rows_told(&self, open: &OpenProject) -> String {
        let told: Vec<String> = match self.tab {
            Tab::Table(kind) => open.saved.file.rows.iter().filter(|r| r.table == kind).map(TableRows::told).collect(),
            Tab::SetAside => {
                open.saved.file.rows.iter().filter(|r| r.set_aside + r.merged > 0).map(TableRows::told).collect()
            }
            Tab::Quality | Tab::Import | Tab::Database | Tab::Refresh => Vec::new(),
        };
        told.join("；")
    }

    /// Goes to a row of a table.
    fn jump(&mut self, cx: &mut Cx<'_>, kind: TableKind, row: u32) {
        self.tab = Tab::Table(kind);
        self.sheets.entry(kind).or_default().jump = Some(row);
        if kind == TableKind::Sources {
            cx.send(ViewCommand::SelectUnit(Some(row)));
        }
    }

    fn table_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, kind: TableKind) {
        if kind == TableKind::Sources {
            self.card_ui(ui, cx, open);
            self.follow_selection(cx);
        }
        // scores stand beside the register once they are there
        let view = (kind == TableKind::Sources).then(|| open.view().cloned()).flatten();
        let named = self.joined.frame(cx, &open.data, kind);
        let own = || named.as_deref().unwrap_or_else(|| open.data.registry.frame(kind));
        let frame = view.as_ref().map_or_else(own, |view| &view.table);
        let source = Source {
            id: FrameId { data: Arc::clone(&open.data), view: view.clone(), number: u64::from(named.is_some()) },
            frame,
            kind: Some(kind),
            list: ListId::Table(kind),
            empty: t::EMPTY_TABLE,
            also: &[],
            targets: Some(targets_of(open, kind)),
            items: Vec::new(),
        };
        let sheet = self.sheets.entry(kind).or_default();
        let out = sheet.ui(ui, cx, open, &source, |_, _| {});
        if kind == TableKind::Sources {
            self.sources_out(cx, &out);
        }
    }

    fn card_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        // an empty pane would take the room of the rows
        if !self.card_open || cx.session.filter().unit.is_none() {
            return;
        }
        let answer = egui::Panel::right("source card")
            .resizable(true)
            .default_size(theme::SIDE)
            .size_range(widgets::side_range(ui, 260.0, 620.0, 0.45))
            .show_separator_line(false)
            .frame(theme::card(ui).outer_margin(egui::Margin { left: 8, ..egui::Margin::ZERO }))
            .show(ui, |ui| self.card.ui(ui, cx, open))
            .inner;
        match answer {
            CardAnswer::None => {}
            CardAnswer::Close => self.card_open = false,
            CardAnswer::ShowAll(kind) => {
                let unit = cx.session.filter().unit.and_then(|row| open.data.unit_id(row));
                if let Some(unit) = unit {
                    let condition = Condition::OneOf(vec![CellValue::Text(unit.to_owned())]);
                    let filter = ColumnFilter { column: event::UNIT_ID.name().to_owned(), condition };
                    self.sheets.entry(kind).or_default().show_only(filter);
                    self.tab = Tab::Table(kind);
                }
            }
        }
    }

    /// What was selected elsewhere (on the map) is selected here.
    fn follow_selection(&mut self, cx: &Cx<'_>) {
        let filter = cx.session.filter();
        if filter.selection_revision == self.selection {
            return;
        }
        self.selection = filter.selection_revision;
        let sheet = self.sheets.entry(TableKind::Sources).or_default();
        let keys: Vec<u64> = filter.rows.iter().map(|row| u64::from(*row)).collect();
        if keys.is_empty() {
            if let Some(unit) = filter.unit
                && !sheet.table.selection.contains(u64::from(unit))
            {
                sheet.jump = Some(unit);
            }
        } else if sheet.table.selection.keys() != keys.as_slice() {
            sheet.jump = filter.rows.first().copied();
            sheet.table.selection.set(keys);
        }
    }

    fn sources_out(&mut self, cx: &mut Cx<'_>, out: &TableOutput) {
        let Some(sheet) = self.sheets.get(&TableKind::Sources) else { return };
        if out.selection_changed {
            let rows: Vec<u32> = sheet.table.selection.keys().iter().map(|key| *key as u32).collect();
            let unit = sheet.table.cursor().and_then(|position| sheet.frame_row(position));
            cx.send(ViewCommand::SelectRows(Arc::new(rows)));
            if unit.is_some() {
                cx.send(ViewCommand::SelectUnit(unit));
            }
            // what comes back from these commands is what the table shows already
            self.selection = cx.session.filter().selection_revision + 1 + u64::from(unit.is_some());
        }
    }
}

/// The units that the rows of a table are about.
fn targets_of(open: &OpenProject, kind: TableKind) -> TargetOf {
    let data = Arc::clone(&open.data);
    Arc::new(move |row| {
        let source = if kind == TableKind::Sources { Some(row) } else { source_of(&data, kind, row) }?;
        Target::of_source(&data, source)
    })
}

/// The source that a row of an event table belongs to, be it by its enterprise alone.
fn source_of(data: &ProjectData, kind: TableKind, row: u32) -> Option<u32> {
    if !kind.refers_to_units() {
        return None;
    }
    let frame = data.registry.frame(kind);
    if let Some(unit) = event::UNIT_ID.of(frame).ok().and_then(|units| units.get(row as usize)) {
        return row_of_unit(&data.registry.sources, unit);
    }
    // an event of an enterprise is one of each of its sites: the first of them
    let enterprise = sources::ENTERPRISE.of(frame).ok()?.get(row as usize)?;
    let enterprises = sources::ENTERPRISE.of(&data.registry.sources).ok()?;
    enterprises.iter().position(|own| own == Some(enterprise)).and_then(|at| u32::try_from(at).ok())
}
