//! The application of the window: session, screens, shell.

mod files;
mod front;
mod look;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Context, Ui};

use super::access::Access;
use super::action::Action;
use super::palette::Palette;
use super::path_dialog::PathDialog;
use super::picker::{Door, Doors, PickKind, PickRequest, Picking, Waker};
use super::plot::{self, PlotAction};
use super::screens::{Cx, Outbox, ScreenId, Screens};
use super::sharing::SharingDialog;
use super::slot::{Same, Slot};
use super::support::DiagnosticsDialog;
use super::table::{Desk, SheetFile, Target};
use super::templates::TemplatesDialog;
use super::text::common as t;
use super::text::help::Term;
use super::text::shell as s;
use super::veil::{Secrets, Veil};
use super::{fonts, rows, shell, theme};
use crate::chart::Chart;
use crate::diagnostic::AppResult;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::session::job::Job;
use crate::workspace::session::{Command, DraftCommand, ProjectData, Session, ThemeChoice, ViewCommand};
use crate::workspace::support::pack::Pack;
use crate::workspace::support::running::{self, Ended, RunningMark};
pub use files::{OpenFolder, Surroundings};
use look::WindowLook;

/// What a finished dialog is for.
pub(super) enum Asked {
    Import,
    OpenProject,
    Export,
    TakeResults,
    LoadDistricts,
    LoadCalendar,
    /// A picture: PNG where true, else SVG.
    Picture(bool, Box<Chart>),
    /// The rows that a table shows.
    Table(Box<SheetFile>),
    /// A unit's own proof of the draw.
    Proof(Target),
    /// What goes to whoever helps.
    Diagnostics(Arc<Pack>),
}

/// What a job of the window made.
pub(super) enum Drawn {
    /// A file that no journal names: a picture, a table without names of targets.
    File(PathBuf, Vec<u8>),
    /// A file that names nobody, veil or not.
    Nameless(PathBuf, Vec<u8>),
    /// A deed that writes a file.
    Deed(Box<Deed>),
    /// A picture for the clipboard.
    Image(Box<egui::ColorImage>),
}

/// Dialogs of the shell.
#[derive(Default)]
pub(super) struct Dialogs {
    /// Operator's name being typed, and the command that waits for it.
    pub(super) operator: Option<(String, Option<Command>)>,
    /// Second person and reason being typed for files that were changed outside the program.
    pub(super) accepting: (String, String),
    /// Help is open.
    pub(super) help: bool,
    /// A term that is explained.
    pub(super) term: Option<Term>,
    /// The findings panel is unfolded.
    pub(super) findings: bool,
    /// What an import took in, until it is closed.
    pub(super) imported: Option<String>,
    /// How the last run ended, where it did not end as it should.
    pub(super) ended: Option<Ended>,
    /// What would go to whoever helps.
    pub(super) diagnostics: Option<DiagnosticsDialog>,
    /// Templates of documents are looked at.
    pub(super) templates: Option<TemplatesDialog>,
    /// The window was to be closed, but the draft can't be written: why not.
    pub(super) losing: Option<String>,
    /// Projects on a server.
    pub(super) sharing: Option<SharingDialog>,
    /// A file that names units is to be written although the veil is on.
    pub(super) unveiled: Option<Command>,
}

/// The workstation.
pub struct Workstation {
    /// The session.
    pub session: Session,
    /// The screens.
    pub screens: Screens,
    /// The screen shown.
    pub screen: ScreenId,
    doors: Doors,
    asked: Vec<(Asked, Picking)>,
    /// Questions that the system has no dialog for, the first is shown.
    by_hand: Vec<PathDialog>,
    open_folder: Arc<OpenFolder>,
    /// Folders being shown.
    revealing: Vec<Job<PathBuf>>,
    pub(super) dialogs: Dialogs,
    pub(super) command_palette: Palette,
    /// Pictures of charts being drawn.
    drawing: Vec<Job<Drawn>>,
    look: WindowLook,
    /// What the veil hides, of the project's data.
    secrets: Slot<Same<ProjectData>, Secrets>,
    /// The ceremony has the whole screen.
    pub(super) stage: bool,
    /// The project whose ceremony has put the veil on by itself, once.
    offered: Option<PathBuf>,
    /// Said where the filters leave nothing.
    pub(super) empty_area: Option<String>,
    /// The user has said that the draft may be lost: the window closes.
    pub(super) leaving: bool,
    /// Imports whose plan was shown.
    imports: u64,
    /// The zoom that was last set, to tell the user's own Ctrl+wheel from ours.
    zoom: f32,
    pub(super) machine: Machine,
}

/// The machine, as whoever helps wants to know it.
#[derive(Default)]
pub(super) struct Machine {
    /// What paints the window; empty where it is not known.
    pub(super) graphics: String,
    /// Says that the window is open.
    mark: Option<RunningMark>,
}

impl Workstation {
    /// Sets the context up (fonts, theme) and makes a workstation without a project; see [`Self::start`].
    #[must_use]
    pub fn new(ctx: &Context, surroundings: Surroundings) -> Self {
        fonts::install(ctx);
        theme::apply(ctx);
        // names first: the veil looks at all of them
        ctx.add_plugin(Access::default());
        ctx.add_plugin(Veil::default());
        let waking = ctx.clone();
        let waker: Waker = Arc::new(move || waking.request_repaint());
        let (mark, ended) = running::begin(&surroundings.paths.logs());
        let session = Session::new(surroundings.paths, surroundings.clock, waker);
        let screen = ScreenId::from_id(&session.preferences().screen).unwrap_or_default();
        let zoom = session.preferences().zoom;
        let folders = session.preferences().folders.clone();
        ctx.set_zoom_factor(zoom);
        // zoom is ours (Ctrl + and −, kept in the preferences)
        ctx.options_mut(|options| {
            options.zoom_with_keyboard = false;
            options.fallback_theme = egui::Theme::Light;
        });
        Self {
            session,
            screens: Screens::default(),
            screen,
            doors: Doors::new(surroundings.picker, folders),
            asked: Vec::new(),
            by_hand: Vec::new(),
            open_folder: surroundings.open_folder,
            revealing: Vec::new(),
            dialogs: Dialogs { ended, ..Dialogs::default() },
            command_palette: Palette::default(),
            drawing: Vec::new(),
            look: WindowLook::new(surroundings.contrast),
            secrets: Slot::default(),
            stage: false,
            offered: None,
            empty_area: None,
            leaving: false,
            imports: 0,
            zoom,
            machine: Machine { graphics: String::new(), mark },
        }
    }

    /// Opens what was open last, a project named, or the demo city.
    pub fn start(&mut self, project: Option<PathBuf>) {
        match project {
            Some(path) => self.session.apply(ViewCommand::OpenProject(path)),
            None => self.session.start(),
        }
    }

    /// The window closes as it should: the next start has nothing to say of it.
    pub fn ended_well(&mut self) {
        self.machine.mark = None;
    }

    /// What has to happen before a frame: jobs, answers of dialogs, time.
    pub fn logic(&mut self, ctx: &Context) {
        if ctx.input(|i| i.viewport().close_requested()) {
            self.keep_before_closing(ctx);
        }
        let seconds = ctx.input(|i| i.time);
        if self.session.poll(seconds) {
            ctx.request_repaint();
        }
        let (imports, summary) = self.session.last_import();
        if imports != self.imports {
            (self.imports, self.dialogs.imported) = (imports, Some(summary.to_owned()));
            self.go(ScreenId::Plan);
        }
        if let Some(after) = self.session.next_poll_after() {
            ctx.request_repaint_after_secs(after as f32);
        }
        self.take_look(ctx);
        let mut answered = Vec::new();
        for (asked, picking) in std::mem::take(&mut self.asked) {
            match picking.poll() {
                None => self.asked.push((asked, picking)),
                Some(paths) => answered.extend(paths.into_iter().next().map(|path| (asked, path))),
            }
        }
        for (asked, path) in answered {
            self.answer(asked, path);
        }
        self.by_hand.extend(self.doors.unanswered().into_iter().map(PathDialog::new));
        let folders = self.doors.folders();
        self.session.set_preferences(|prefs| prefs.folders = folders);
        self.take_revealed();
        self.take_pictures(ctx);
    }

    /// A draft that can't be written keeps the window open until the user has decided.
    fn keep_before_closing(&mut self, ctx: &Context) {
        if self.leaving {
            return;
        }
        if let Err(error) = self.session.keep_draft() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.dialogs.losing = Some(error.to_string());
        }
    }

    fn draw_picture(&mut self, work: impl FnOnce() -> AppResult<Drawn> + Send + 'static) {
        self.make(s::DRAWING, work);
    }

    /// Has a file or a picture made by a job.
    pub(super) fn make(&mut self, name: &str, work: impl FnOnce() -> AppResult<Drawn> + Send + 'static) {
        match self.session.start_job(name, move |_| work()) {
            Ok(job) => self.drawing.push(job),
            Err(error) => self.session.fail(&error),
        }
    }

    fn take_pictures(&mut self, ctx: &Context) {
        for mut job in std::mem::take(&mut self.drawing) {
            match job.poll() {
                None => self.drawing.push(job),
                Some(Ok(Drawn::File(path, bytes))) => self.send(ViewCommand::WriteFile(path, Arc::new(bytes))),
                Some(Ok(Drawn::Nameless(path, bytes))) => {
                    self.session.apply(ViewCommand::WriteFile(path, Arc::new(bytes)));
                }
                Some(Ok(Drawn::Deed(deed))) => self.send(*deed),
                Some(Ok(Drawn::Image(image))) => {
                    ctx.copy_image(*image);
                    self.session.say(s::COPIED);
                }
                Some(Err(error)) => self.session.fail(&error),
            }
        }
    }

    pub(super) fn chart_action(&mut self, action: PlotAction, chart: Chart) {
        let chart = self.secrets_in_force().and_then(|secrets| secrets.hide_chart(&chart)).unwrap_or(chart);
        let name = plot::file_stem(&chart.title);
        match action {
            PlotAction::CopyImage => {
                self.draw_picture(move || Ok(Drawn::Image(Box::new(plot::render_image(&chart)?))));
            }
            PlotAction::SavePng => self.ask(
                Asked::Picture(true, Box::new(chart)),
                PickRequest::new(PickKind::SaveFile(format!("{name}.png")), s::SAVE_PICTURE).filter("PNG", &["png"]),
            ),
            PlotAction::SaveSvg => self.ask(
                Asked::Picture(false, Box::new(chart)),
                PickRequest::new(PickKind::SaveFile(format!("{name}.svg")), s::SAVE_PICTURE).filter("SVG", &["svg"]),
            ),
        }
    }

    /// Shows a screen.
    pub fn go(&mut self, screen: ScreenId) {
        if screen == ScreenId::Draw && self.screen != screen {
            self.screens.draw.enter();
        }
        self.screen = screen;
        self.session.set_preferences(|prefs| screen.id().clone_into(&mut prefs.screen));
    }

    /// Shows the card of a source: its row.
    pub(super) fn show_card(&mut self, row: u32) {
        self.session.apply(ViewCommand::SelectUnit(Some(row)));
        self.screens.data.show_card();
        self.go(ScreenId::Data);
    }

    /// Does what a menu, a shortcut or the palette asks for.
    pub fn act(&mut self, ctx: &Context, action: Action) {
        if !action.is_enabled(&self.session) {
            if action == Action::Undo && self.session.project().is_some() {
                let words = s::no_undo(self.session.last_done().1.map(|done| &done.outcome));
                self.session.say(words);
            }
            return;
        }
        match action {
            Action::Go(screen) => self.go(screen),
            Action::Import => {
                self.ask(Asked::Import, PickRequest::new(PickKind::Folder, s::PICK_IMPORT).door(Door::Data));
            }
            Action::Refresh | Action::ImportDatabase => {
                self.go(ScreenId::Data);
                self.screens.data.show_next_register(action == Action::ImportDatabase);
            }
            Action::OpenProject => {
                self.ask(Asked::OpenProject, PickRequest::new(PickKind::Folder, s::PICK_PROJECT).door(Door::Project));
            }
            Action::OpenDemo => self.send(ViewCommand::OpenDemo),
            Action::Save => self.send(DraftCommand::Save),
            Action::Revert => self.send(DraftCommand::Revert),
            Action::Undo => self.send(DraftCommand::Undo),
            Action::Redo => self.send(DraftCommand::Redo),
            Action::Export => self.ask(Asked::Export, PickRequest::new(PickKind::TargetFolder, s::PICK_EXPORT)),
            Action::TakeResults => self.ask(
                Asked::TakeResults,
                PickRequest::new(PickKind::OpenFile, s::PICK_RESULTS)
                    .door(Door::Data)
                    .filter(s::TABLES, &["xlsx", "xls", "csv", "ods", "xlsb"]),
            ),
            Action::LoadDistricts => self.ask(
                Asked::LoadDistricts,
                PickRequest::new(PickKind::OpenFile, s::PICK_MAP).door(Door::Setting).filter("Shapefile", &["shp"]),
            ),
            Action::LoadCalendar => self.ask(
                Asked::LoadCalendar,
                PickRequest::new(PickKind::OpenFile, s::PICK_CALENDAR).door(Door::Setting).filter("CSV", &["csv"]),
            ),
            Action::Templates => self.dialogs.templates = Some(TemplatesDialog::default()),
            Action::Sharing => self.dialogs.sharing = Some(SharingDialog::new(self)),
            Action::Operator => self.dialogs.operator = Some((self.session.preferences().operator.clone(), None)),
            Action::Palette => self.command_palette.open(),
            Action::Find => {
                let screen = self.screen;
                if !self.screens.get(screen).find() {
                    Desk::find(ctx);
                }
            }
            Action::PreviousMonth => self.step_month(-1),
            Action::NextMonth => self.step_month(1),
            Action::ClearFilter => {
                for command in [
                    ViewCommand::SetDistrict(None),
                    ViewCommand::SetBody(None),
                    ViewCommand::SelectUnit(None),
                    ViewCommand::SelectRows(Arc::default()),
                ] {
                    self.session.apply(command);
                }
            }
            Action::ZoomIn => self.set_zoom(ctx, self.zoom + 0.1),
            Action::ZoomOut => self.set_zoom(ctx, self.zoom - 0.1),
            Action::ZoomReset => self.set_zoom(ctx, 1.0),
            Action::ToggleTheme => {
                let next = if ctx.global_style().visuals.dark_mode { ThemeChoice::Light } else { ThemeChoice::Dark };
                self.session.set_preferences(|prefs| prefs.theme = next);
            }
            Action::ToggleContrast => self.session.set_preferences(|prefs| {
                let is_on = prefs.theme == ThemeChoice::HighContrast;
                prefs.theme = if is_on { ThemeChoice::System } else { ThemeChoice::HighContrast };
            }),
            Action::ToggleMotion => self.session.set_preferences(|prefs| prefs.still = !prefs.still),
            Action::ToggleVeil => self.session.apply(ViewCommand::Veil(!self.session.is_veiled())),
            Action::ToggleStage => self.set_stage(ctx, !self.stage),
            Action::Help => self.dialogs.help = true,
            Action::Diagnostics => self.show_diagnostics(ctx),
            Action::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
        }
    }

    fn set_zoom(&mut self, ctx: &Context, zoom: f32) {
        self.zoom = ((zoom * 10.0).round() / 10.0).clamp(1.0, 2.0);
        ctx.set_zoom_factor(self.zoom);
        let zoom = self.zoom;
        self.session.set_preferences(|prefs| prefs.zoom = zoom);
    }

    fn step_month(&mut self, months: i32) {
        let Some(open) = self.session.project() else { return };
        let Some(month) = self.session.month() else { return };
        let next = month.plus(months);
        if open.saved.months().contains(&next) {
            self.session.apply(ViewCommand::SetMonth(next));
        }
    }

    pub(super) fn ask(&mut self, asked: Asked, request: PickRequest) {
        let picking = self.pick(request);
        self.asked.push((asked, picking));
    }

    /// Draws the window.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        ctx.plugin::<Access>().lock().set_title(&self.title());
        self.shortcuts(&ctx);
        self.dropped(&ctx);
        if self.veil_ui(ui) {
            shell::show(self, ui);
            shell::overlays(self, &ctx);
        }
    }

    /// The screen itself, into what the shell leaves.
    pub(super) fn screen_ui(&mut self, ui: &mut Ui) {
        let mut out = Outbox::default();
        let shown = self.screen;
        Desk::guide(ui.ctx(), rows::guide(&self.session));
        {
            let mut cx = Cx { session: &self.session, out: &mut out, doors: &mut self.doors, stage: self.stage };
            ui.push_id(shown.id(), |ui| self.screens.get(shown).ui(ui, &mut cx));
        }
        self.deliver(ui.ctx(), out);
        for ask in Desk::take(ui.ctx()) {
            self.table_ask(ui.ctx(), ask);
        }
    }

    fn shortcuts(&mut self, ctx: &Context) {
        // under a dialog nothing else is to be had: it may speak of the month or the draft that a shortcut changes
        let modal = !ctx.memory(|m| m.is_above_modal_layer(egui::LayerId::background()));
        if self.command_palette.is_open() || self.dialogs.operator.is_some() || self.dialogs.losing.is_some() {
            return;
        }
        if modal {
            // but a list in the dialog is searched as any other
            if Action::Find.shortcut().is_some_and(|find| ctx.input_mut(|i| i.consume_shortcut(&find))) {
                Desk::find(ctx);
            }
            return;
        }
        // the key that carries + is another one with Shift, and on the number pad
        let plus = egui::KeyboardShortcut::new(egui::Modifiers::COMMAND, egui::Key::Plus);
        if ctx.input_mut(|i| i.consume_shortcut(&plus)) {
            self.act(ctx, Action::ZoomIn);
        }
        let typing = ctx.text_edit_focused();
        for action in Action::all() {
            let Some(shortcut) = action.shortcut() else { continue };
            // a text field keeps its own undo
            if typing && matches!(action, Action::Undo | Action::Redo) {
                continue;
            }
            if ctx.input_mut(|i| i.consume_shortcut(&shortcut)) {
                self.act(ctx, action);
            }
        }
    }

    fn dropped(&mut self, ctx: &Context) {
        let paths: Vec<PathBuf> = ctx.input(|i| i.raw.dropped_files.iter().map(|f| f.path().to_owned()).collect());
        if !paths.is_empty() {
            self.take_paths(paths);
        }
    }

    /// The name of the window.
    #[must_use]
    pub fn title(&self) -> String {
        self.session
            .project()
            .map_or_else(|| t::PROGRAM.to_owned(), |open| format!("{} · {}", open.saved.file.name, t::PROGRAM))
    }
}
