//! 数据库共享: a project put on a server, who takes part, a shared one joined, a body's forms and reports.
//!
//! Everything that asks the server is a job in a slot that can be stopped. A password that is typed stays in the memory of
//! the program and nowhere else: the field is emptied, its undo history with it, as soon as it is used.

mod body;
mod join;
mod members;
mod place;

use egui::{Context, Label, Ui};

use super::app::Workstation;
use super::confirm::confirm;
use super::text::common;
use super::text::sharing as t;
use super::text::shell as s;
use super::theme::{self, GRID, HALF};
use super::widgets::{self, Tab};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::session::ViewCommand;
use crate::workspace::store::shared::SharedPlace;
use body::Body;
use join::Join;
use members::Members;
use place::PlaceForm;

/// Width of the dialog, points.
const WIDTH: f32 = 660.0;

/// What the dialog shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Project,
    Join,
    Body,
}

/// State of the dialog.
pub(super) struct SharingDialog {
    page: Page,
    place: PlaceForm,
    members: Members,
    join: Join,
    body: Body,
    /// The project is to be put there once that is confirmed.
    sharing: Option<SharedPlace>,
    failed: Option<String>,
}

impl SharingDialog {
    /// For the project that is open; without one, for joining another.
    pub(super) fn new(app: &Workstation) -> Self {
        let session = &app.session;
        let page = if session.project().is_some() { Page::Project } else { Page::Join };
        let place = PlaceForm::new(session.preferences().shared_place.as_ref());
        let (members, join, body) = (Members::default(), Join::default(), Body::default());
        Self { page, place, members, join, body, sharing: None, failed: None }
    }

    /// Draws it; true where it is left.
    fn ui(&mut self, app: &mut Workstation, ctx: &Context) -> bool {
        if let Some(place) = self.sharing.take() {
            match confirm(ctx, "share", t::SHARE_TITLE, t::SHARE, |ui| {
                ui.label(s::shared_place(&place.schema, &place.address));
                ui.add_space(HALF);
                for line in t::WHY {
                    ui.add(Label::new(line).wrap());
                }
            }) {
                None => self.sharing = Some(place),
                Some(true) => app.send(Deed::Share(place)),
                Some(false) => {}
            }
            return false;
        }
        if self.members.question(app, ctx) {
            return false;
        }
        self.members.poll(app);
        self.body.poll(app, &mut self.failed);
        if self.join.poll(app, &mut self.failed) {
            return true;
        }
        let mut leave = false;
        let modal = widgets::modal(ctx, "sharing").show(ctx, |ui| {
            ui.set_width(WIDTH.min(ctx.content_rect().width() - 80.0));
            widgets::heading(ui, t::TITLE);
            ui.add_space(HALF);
            let pages = [Page::Project, Page::Join, Page::Body].into_iter().zip(t::PAGES);
            let pages: Vec<Tab<Page>> = pages.map(|(page, name)| Tab::new(page, name)).collect();
            if let Some(page) = widgets::tabs(ui, "sharing", &self.page, &pages, |_| {}) {
                (self.page, self.failed) = (page, None);
            }
            ui.add_space(GRID);
            widgets::within_window(ui, widgets::DIALOG_AROUND + 44.0, |ui| match self.page {
                Page::Project => self.project_ui(ui, app),
                Page::Join => self.join.ui(ui, app, &mut self.place, &mut self.failed),
                Page::Body => self.body.ui(ui, app, &mut self.place, &mut self.failed),
            });
            if let Some(failed) = &self.failed {
                ui.add_space(HALF);
                let words = widgets::message(ui, failed, theme::of(ui).red);
                ui.add(Label::new(words).wrap().selectable(true));
            }
            ui.add_space(GRID);
            widgets::buttons(ui, |ui| leave = ui.button(common::CLOSE).clicked());
        });
        leave || modal.should_close() && self.sharing.is_none()
    }

    fn project_ui(&mut self, ui: &mut Ui, app: &mut Workstation) {
        let Some(open) = app.session.project() else {
            ui.add(Label::new(t::NO_PROJECT).wrap());
            return;
        };
        if open.saved.shared().is_some() {
            self.shared_ui(ui, app);
            return;
        }
        for line in t::WHY {
            ui.add(Label::new(theme::note(ui, line)).wrap());
        }
        ui.add_space(GRID);
        self.place.ui(ui);
        ui.add_space(GRID);
        let free = !open.saved.is_read_only() && !app.session.is_acting();
        let gate = self.place.gate().and(free);
        let why_not = if free { gate.said() } else { t::NOT_NOW };
        if widgets::primary_if(ui, gate.is_open(), t::SHARE, why_not).clicked() {
            self.sharing = take_place(app, ui.ctx(), &mut self.place, &mut self.failed);
        }
    }

    /// A project that is shared: where, level with the server or not, who takes part.
    fn shared_ui(&mut self, ui: &mut Ui, app: &mut Workstation) {
        let Some(open) = app.session.project() else { return };
        let Some(shared) = open.saved.shared().cloned() else { return };
        let (root, is_behind) = (open.saved.root().to_owned(), open.saved.is_behind());
        let place = s::shared_place(&shared.place.schema, &shared.address().to_string());
        ui.add(Label::new(place).selectable(true).wrap());
        if is_behind {
            let words = egui::RichText::new(t::BEHIND).color(theme::of(ui).amber);
            ui.add(Label::new(words).wrap());
        } else {
            ui.add(Label::new(theme::note(ui, t::IS_LEVEL)).wrap());
        }
        ui.add_space(HALF);
        let mut level = false;
        ui.horizontal(|ui| {
            self.place.password_ui(ui);
            let free = !app.session.is_acting();
            level = widgets::primary_if(ui, free, t::LEVEL, t::NOT_NOW).clicked();
        });
        ui.add(Label::new(theme::note(ui, t::PASSWORD_NOTE)).wrap());
        ui.add_space(GRID);
        ui.separator();
        self.members.ui(ui, app, is_behind);
        if level {
            shared.keep_password(self.place.take_password(ui.ctx()));
            // opening brings what other desks did
            app.send(ViewCommand::OpenProject(root));
        }
    }
}

/// Shows the dialog while it is open.
pub(super) fn show(app: &mut Workstation, ctx: &Context) {
    if let Some(mut dialog) = app.dialogs.sharing.take()
        && !dialog.ui(app, ctx)
    {
        app.dialogs.sharing = Some(dialog);
    }
}

/// The place as it was typed, remembered for the next time; what is wrong with it goes into `failed`.
fn take_place(
    app: &mut Workstation,
    ctx: &Context,
    form: &mut PlaceForm,
    failed: &mut Option<String>,
) -> Option<SharedPlace> {
    let taken = form.take(ctx);
    *failed = taken.as_ref().err().map(ToString::to_string);
    let place = taken.ok()?;
    app.session.set_preferences(|prefs| prefs.shared_place = Some(place.clone()));
    Some(place)
}

/// A line while the server is waited for, with the way to stop; true where it is asked for.
fn waiting_ui(ui: &mut Ui, label: &str) -> bool {
    let mut stop = false;
    ui.horizontal(|ui| {
        ui.spinner();
        ui.label(label);
        stop = ui.button(t::STOP).clicked();
    });
    ui.ctx().request_repaint_after_secs(0.1);
    stop
}
