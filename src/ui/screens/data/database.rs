//! 从数据库导入: a server, the tables that may be read there, what each is read as; then all of them read in one snapshot,
//! which goes on as files do: 更新名录 shows what it changes, or a new project is made of it.
//!
//! Everything that asks the server is a job in a slot: a silent server or a name that nobody knows keeps nothing but its
//! own job waiting. A job that is stopped, or that nobody waits for any more, tells the server to stop.

mod detail;
mod form;
mod query;
mod tables;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{RichText, Ui};

use crate::diagnostic::AppError;
use crate::registry::{Mapping, TableKind};
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::screens::{Cx, title};
use crate::ui::slot::Slot;
use crate::ui::text::data::YEAR;
use crate::ui::text::database as t;
use crate::ui::{theme, widgets};
use crate::workspace::intake::database::DatabaseRead;
use crate::workspace::intake::database_look::{DatabaseLook, mapping_for};
use crate::workspace::intake::import::year_to_plan;
use crate::workspace::intake::refresh::check_may_refresh;
use crate::workspace::session::{Command, ImportRequest, OpenProject, ViewCommand, folder_within};
use detail::Detail;
use form::Form;
use query::{QueryAnswer, QueryDialog};
use tables::Tables;

/// Height of what lies below the form that is never squashed, and the part of it that the list of tables has.
const LEAST: f32 = 430.0;
const LIST: f32 = 0.48;

/// What is done with what was read.
#[derive(Debug, Clone, PartialEq)]
enum Aim {
    /// It is compared with the open project: its folder.
    Refresh(PathBuf),
    /// A new project is made of it: its folder, its year.
    New(PathBuf, i32),
}

/// What became of the page.
pub(super) enum DatabaseAnswer {
    /// Still there.
    Stay,
    /// Left, or sent off.
    Leave,
    /// What was read is compared with the open project.
    Refresh(Arc<DatabaseRead>, Option<Mapping>),
}

/// State of the page.
#[derive(Default)]
pub(super) struct Database {
    shown: bool,
    form: Form,
    tables: Tables,
    detail: Detail,
    query: Option<QueryDialog>,
    listing: Slot<(), DatabaseLook>,
    reading: Slot<Aim, Arc<DatabaseRead>>,
    /// Columns by hand for what is being read.
    mapping: Option<Mapping>,
    /// Why the last step came to nothing.
    failed: Option<String>,
    stopped: bool,
    /// Project from which the form was filled.
    filled: Option<PathBuf>,
    picking: Option<Picking>,
    year: Option<i32>,
}

impl Database {
    /// Shows the page.
    pub(super) fn show(&mut self) {
        self.shown = true;
        self.form.focus();
    }

    /// True while there is something to show.
    pub(super) fn is_active(&self) -> bool {
        self.shown
    }

    /// Fills the form with what the project has kept, once for each project.
    fn fill(&mut self, ctx: &egui::Context, open: &OpenProject) {
        if self.filled.as_deref() == Some(open.saved.root()) {
            return;
        }
        // what was typed for another project goes with it
        if self.filled.is_some() {
            self.forget(ctx);
        }
        self.filled = Some(open.saved.root().to_owned());
        let mapping = &open.saved.file.mapping;
        if let Some(kept) = mapping.database.as_ref().filter(|_| self.tables.is_empty()) {
            self.form.address.clone_from(&kept.address);
            self.tables.fill(kept, mapping);
        }
    }

    fn forget(&mut self, ctx: &egui::Context) {
        self.form.forget(ctx);
        self.form.address.clear();
        self.listing.clear();
        self.reading.clear();
        self.tables.clear();
        self.detail.renew();
        (self.query, self.failed, self.picking, self.mapping) = (None, None, None, None);
        self.stopped = false;
    }

    fn leave(&mut self, ctx: &egui::Context) {
        self.forget(ctx);
        (self.shown, self.filled) = (false, None);
    }

    fn fail(&mut self, error: &AppError) {
        self.failed = Some(error.to_string());
    }

    /// Takes in answers of dialogs and jobs.
    pub(super) fn poll(&mut self, ctx: &egui::Context, cx: &mut Cx<'_>) -> DatabaseAnswer {
        if !self.shown {
            return DatabaseAnswer::Stay;
        }
        if let Some(open) = cx.session.project() {
            self.fill(ctx, open);
        }
        match self.listing.take() {
            Some(((), Ok(look))) => {
                self.tables.merge(look);
                self.detail.renew();
            }
            Some(((), Err(error))) => {
                self.form.forget(ctx);
                self.failed = Some(error);
            }
            None => {}
        }
        if let Some(paths) = self.picking.as_ref().and_then(Picking::poll) {
            self.picking = None;
            if let Some(folder) = paths.first() {
                let year = self.year_of(cx);
                self.read(ctx, cx, Aim::New(folder_within(folder, year), year));
            }
        }
        match self.reading.take() {
            Some((_, Err(error))) => {
                self.form.forget(ctx);
                self.failed = Some(error);
                DatabaseAnswer::Stay
            }
            Some((aim, Ok(read))) => {
                // all is here: neither server nor password is needed any more
                self.form.forget(ctx);
                self.send(ctx, cx, aim, read)
            }
            None => DatabaseAnswer::Stay,
        }
    }

    fn send(&mut self, ctx: &egui::Context, cx: &mut Cx<'_>, aim: Aim, read: Arc<DatabaseRead>) -> DatabaseAnswer {
        let mapping = self.mapping.take();
        match aim {
            Aim::Refresh(root) if cx.session.project().is_some_and(|open| open.saved.root() == root) => {
                DatabaseAnswer::Refresh(read, mapping)
            }
            // another project is open by now
            Aim::Refresh(_) => DatabaseAnswer::Stay,
            Aim::New(to, year) => {
                let request =
                    ImportRequest { read: Some(read), to, year: Some(year), mapping, ..ImportRequest::default() };
                cx.send(Command::from(ViewCommand::Import(Box::new(request))));
                self.leave(ctx);
                DatabaseAnswer::Leave
            }
        }
    }

    fn year_of(&self, cx: &Cx<'_>) -> i32 {
        self.year.unwrap_or_else(|| year_to_plan(cx.session.now().date()))
    }

    fn connect(&mut self, ctx: &egui::Context, cx: &Cx<'_>) {
        (self.failed, self.stopped) = (None, false);
        match self.form.log_in(ctx) {
            Ok(login) => self.listing.start(cx.session, (), t::CONNECTING, move |progress| login.list(progress)),
            Err(error) => self.fail(&error),
        }
    }

    fn read(&mut self, ctx: &egui::Context, cx: &Cx<'_>, aim: Aim) {
        (self.failed, self.stopped) = (None, false);
        let login = match self.form.log_in(ctx) {
            Ok(login) => login,
            Err(error) => return self.fail(&error),
        };
        let chosen = self.tables.to_read();
        let project = match &aim {
            Aim::Refresh(_) => cx.session.project().map(|open| Arc::clone(&open.saved)),
            Aim::New(..) => None,
        };
        self.mapping = mapping_for(&chosen, project.as_ref().map(|project| &project.file.mapping));
        let tables = chosen.into_iter().map(|chosen| chosen.table).collect();
        self.reading.start(cx.session, aim, t::READING, move |progress| {
            // a server is not asked for what can't be taken
            project.iter().try_for_each(|project| check_may_refresh(project))?;
            login.read(tables, progress)
        });
    }

    /// Draws the page.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) -> DatabaseAnswer {
        if self.head_ui(ui, cx) {
            self.leave(ui.ctx());
            return DatabaseAnswer::Leave;
        }
        if let Some(state) = self.reading.running() {
            let label = if state.label.is_empty() { t::READING } else { &state.label };
            if waiting_ui(ui, label, &t::rows_read(state.done)) {
                self.reading.cancel();
                self.stopped = true;
            }
            return DatabaseAnswer::Stay;
        }
        let connected = self.form.known_login().is_some() && self.tables.listed().is_some();
        if self.form.ui(ui, cx, connected) {
            self.connect(&ui.ctx().clone(), cx);
        }
        let palette = *theme::of(ui);
        if let Some(failed) = &self.failed {
            let words = widgets::message(ui, failed, palette.red);
            ui.add(egui::Label::new(words).wrap().selectable(true));
        }
        if self.stopped {
            ui.label(RichText::new(t::STOPPED).color(palette.amber));
        }
        if self.listing.running().is_some() {
            if waiting_ui(ui, t::CONNECTING, "") {
                self.listing.cancel();
                self.stopped = true;
            }
            return DatabaseAnswer::Stay;
        }
        if self.tables.is_empty() && self.tables.listed().is_none() {
            ui.add_space(theme::GRID * 2.0);
            widgets::heading(ui, t::NOT_CONNECTED);
            ui.add(egui::Label::new(theme::note(ui, t::NOT_CONNECTED_HINT)).wrap());
            return DatabaseAnswer::Stay;
        }
        widgets::page(ui, "database", LEAST, |ui| self.tables_ui(ui, cx));
        if let Some(dialog) = &mut self.query {
            let over = dialog.over;
            match dialog.ui(ui.ctx()) {
                QueryAnswer::Open => {}
                QueryAnswer::Cancelled => self.query = None,
                QueryAnswer::Use(text, kind) => {
                    self.tables.put_query(text, kind, over);
                    self.query = None;
                }
            }
        }
        DatabaseAnswer::Stay
    }

    /// The title with what can be done; true where the page is left.
    fn head_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) -> bool {
        let chosen = self.tables.to_read();
        let busy = self.reading.running().is_some() || self.listing.running().is_some() || cx.session.is_acting();
        let any = !chosen.is_empty() && !busy;
        let register = any && chosen.iter().any(|chosen| chosen.table.table == TableKind::Sources);
        let open = cx.session.project().filter(|open| !open.saved.is_read_only());
        let root = open.map(|open| open.saved.root().to_owned());
        let mut year = self.year_of(cx);
        let (mut aim, mut leave, mut pick) = (None, false, false);
        title(ui, t::TITLE, t::TITLE_NOTE, |ui| {
            let new = if let Some(root) = root {
                if widgets::primary_if(ui, any, t::READ, t::NOTHING_CHOSEN).clicked() {
                    aim = Some(Aim::Refresh(root));
                }
                ui.add_enabled(register, egui::Button::new(t::READ_NEW)).on_disabled_hover_text(t::NO_SOURCES)
            } else {
                widgets::primary_if(ui, register, t::READ_NEW, t::NO_SOURCES)
            };
            pick = new.clicked();
            let field = ui.add(egui::DragValue::new(&mut year).range(2020..=2099));
            let label = ui.label(YEAR);
            field.labelled_by(label.id);
            leave = ui.button(t::LEAVE).clicked();
        });
        self.year = Some(year);
        if pick {
            self.picking = Some(cx.pick(PickRequest::new(PickKind::Folder, t::PICK_FOLDER).door(Door::Project)));
        }
        if let Some(aim) = aim {
            self.read(&ui.ctx().clone(), cx, aim);
        }
        leave
    }

    fn tables_ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        ui.horizontal_wrapped(|ui| {
            let words = match self.tables.listed() {
                Some((count, more)) => t::listed(count, more),
                None => t::REMEMBERED.to_owned(),
            };
            ui.label(theme::note(ui, words));
            ui.label(theme::note(ui, t::chosen(self.tables.to_read().len())));
            if ui.button(t::ADD_QUERY).clicked() {
                self.query = Some(QueryDialog::default());
            }
        });
        let height = (ui.available_height() * LIST).floor();
        self.tables.ui(ui, height);
        ui.add_space(theme::HALF);
        let login = self.form.known_login().filter(|_| self.tables.listed().is_some()).cloned();
        if self.detail.ui(ui, cx, (&mut self.tables, &mut self.query), login.as_ref()) {
            self.tables.touch();
        }
    }
}

/// Waiting for the server, with the way to stop it; true where it is asked for.
fn waiting_ui(ui: &mut Ui, label: &str, more: &str) -> bool {
    let mut stop = false;
    widgets::waiting(ui, label, |ui| {
        if !more.is_empty() {
            ui.label(theme::note(ui, more));
        }
        ui.add_space(theme::GRID);
        stop = ui.button(t::STOP).clicked();
    });
    stop
}
