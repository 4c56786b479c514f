//! Where time and files come from, paths that the window asks for itself and what they are for, folders shown in the
//! file manager.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Context;

use super::look::{AsksContrast, system_has_contrast};
use super::{Asked, Drawn, Workstation};
use crate::diagnostic::Finding;
use crate::ui::picker::{FilePicker, PickRequest, Picking};
use crate::ui::plot;
use crate::ui::screens::ScreenId;
use crate::ui::text::shell as s;
use crate::ui::text::support as t;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::session::{AppPaths, ViewCommand};
use crate::workspace::store::clock::Moment;
use crate::workspace::store::door::project_at;

/// Where time and files come from; tests give their own.
pub struct Surroundings {
    /// Folders of the program's own.
    pub paths: AppPaths,
    /// The moment of a command.
    pub clock: Arc<dyn Fn() -> Moment + Send + Sync>,
    /// Native dialogs.
    pub picker: Box<dyn FilePicker>,
    /// Shows a folder in the system's file manager.
    pub open_folder: Arc<OpenFolder>,
    /// Whether the system shows everything in high contrast.
    pub contrast: Arc<AsksContrast>,
}

/// Shows a folder in the system's file manager; why it can't be shown otherwise.
pub type OpenFolder = dyn Fn(&Path) -> Result<(), String> + Send + Sync;

impl Surroundings {
    /// The system's.
    #[must_use]
    pub fn of_system() -> Self {
        let open_folder = |folder: &Path| opener::open(folder).map_err(|cause| cause.to_string());
        Self {
            paths: AppPaths::of_system(),
            clock: Arc::new(Moment::now),
            picker: system_picker(),
            open_folder: Arc::new(open_folder),
            contrast: Arc::new(system_has_contrast),
        }
    }
}

#[cfg(not(feature = "inspection"))]
fn system_picker() -> Box<dyn FilePicker> {
    Box::new(crate::ui::picker::NativePicker::default())
}

#[cfg(feature = "inspection")]
fn system_picker() -> Box<dyn FilePicker> {
    match std::env::var_os("FAIRDRAW_PICK") {
        Some(folder) => Box::new(crate::ui::picker::EnvironmentPicker(folder.into())),
        None => Box::new(crate::ui::picker::NativePicker::default()),
    }
}

impl Workstation {
    /// Asks for the first path that the system has no dialog for.
    pub(in crate::ui) fn path_ui(&mut self, ctx: &Context) {
        if self.by_hand.first_mut().is_some_and(|dialog| dialog.ui(ctx, &self.session)) {
            self.by_hand.remove(0);
            ctx.request_repaint();
        }
    }

    /// Shows a folder in the system's file manager.
    pub(in crate::ui) fn reveal(&mut self, folder: PathBuf) {
        let open = Arc::clone(&self.open_folder);
        let job = self.session.start_job(s::OPEN_FOLDER, move |_| {
            open(&folder).map(|()| folder.clone()).map_err(|cause| {
                let finding = Finding::warning("WIN-010", s::CANNOT_OPEN_FOLDER).value(cause);
                finding.hint(s::COPY_PATH_HINT).file(folder.display().to_string()).into()
            })
        });
        match job {
            Ok(job) => self.revealing.push(job),
            Err(error) => self.session.fail(&error),
        }
    }

    /// Asks for files; who asks keeps the answer on its way.
    pub(in crate::ui) fn pick(&mut self, request: PickRequest) -> Picking {
        let waker = self.session.waker();
        self.doors.ask(request, waker)
    }

    pub(super) fn answer(&mut self, asked: Asked, path: PathBuf) {
        match asked {
            Asked::Import => self.take_paths(vec![path]),
            Asked::OpenProject => self.send(ViewCommand::OpenProject(path)),
            Asked::Export => {
                let month = self.session.month();
                self.send(Deed::Export { to: path, month, only: Vec::new() });
            }
            Asked::TakeResults => self.send(Deed::TakeResults(path)),
            Asked::LoadDistricts => self.send(Deed::LoadDistricts(path)),
            Asked::LoadCalendar => self.send(Deed::LoadCalendar(path)),
            Asked::Picture(png, chart) => {
                self.draw_picture(move || Ok(Drawn::File(path, plot::render_file(&chart, !png)?)));
            }
            Asked::Table(file) => self.write_table(path, *file),
            Asked::Proof(target) => self.write_proof(path, &target),
            Asked::Diagnostics(pack) => {
                self.make(t::SAVING, move || Ok(Drawn::Nameless(path, pack.render()?)));
            }
        }
    }

    /// Files or folders that were dropped or picked for an import.
    pub fn take_paths(&mut self, paths: Vec<PathBuf>) {
        if let [path] = paths.as_slice() {
            let file_name = path.file_name().map(|n| n.to_string_lossy().to_string()).unwrap_or_default();
            if let Some(project) = project_at(path) {
                self.send(ViewCommand::OpenProject(project));
                return;
            }
            if file_name.to_lowercase().ends_with(".shp") && self.session.project().is_some() {
                self.send(Deed::LoadDistricts(path.clone()));
                return;
            }
        }
        self.go(ScreenId::Data);
        self.screens.data.take_paths(paths);
    }

    pub(super) fn take_revealed(&mut self) {
        for mut job in std::mem::take(&mut self.revealing) {
            match job.poll() {
                None => self.revealing.push(job),
                Some(Ok(_)) => {}
                Some(Err(error)) => self.session.tell_of_folder(error.finding().clone()),
            }
        }
    }
}
