//! Paths that the window asks for itself, and folders shown in the system's file manager.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Context;

use super::Workstation;
use crate::diagnostic::Finding;
use crate::ui::text::shell as s;

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
