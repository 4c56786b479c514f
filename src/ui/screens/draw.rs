//! The screen.

use super::{Cx, Screen, ready};

/// State of the screen.
#[derive(Default)]
pub struct DrawScreen;

impl Screen for DrawScreen {
    fn ui(&mut self, ui: &mut egui::Ui, cx: &mut Cx<'_>) {
        let Some(_open) = ready(ui, cx) else { return };
    }
}
