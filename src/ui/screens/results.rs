//! The screen.

use super::{Cx, Screen, ready};

/// State of the screen.
#[derive(Default)]
pub struct ResultsScreen;

impl Screen for ResultsScreen {
    fn ui(&mut self, ui: &mut egui::Ui, cx: &mut Cx<'_>) {
        let Some(_open) = ready(ui, cx) else { return };
    }
}
