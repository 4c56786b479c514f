//! Where time and files come from, paths that the window asks for itself, folders shown in the file manager.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Context;

use super::Workstation;
use crate::diagnostic::Finding;
use crate::ui::picker::FilePicker;
use crate::ui::text::shell as s;
use crate::workspace::session::AppPaths;
use crate::workspace::store::clock::Moment;

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
