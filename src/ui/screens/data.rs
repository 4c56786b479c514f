//! The screen.

use super::{Cx, Screen, ready};

/// State of the screen.
#[derive(Default)]
pub struct DataScreen;

impl Screen for DataScreen {
    fn ui(&mut self, ui: &mut egui::Ui, cx: &mut Cx<'_>) {
        let Some(_open) = ready(ui, cx) else { return };
    }
}

impl DataScreen {
    /// Files or folders to be looked at for an import.
    pub fn take_paths(&mut self, _paths: Vec<std::path::PathBuf>) {}
}
