//! A low window: a small laptop whose system is scaled up has little more than 400 points of height. Rows come first
//! there: what stands around them is narrower, in one row, or behind a mark.

use egui::{Context, Ui};

use super::{CONTROL, SECTION, TITLE};

/// Height of the window's content below which it is low, points.
const LOW: f32 = 520.0;
/// Height of a button or field in a low window.
const LOW_CONTROL: f32 = 24.0;
/// Between what stands one above the other in a low window.
const LOW_GAP: f32 = 3.0;

/// True where the window is low.
#[must_use]
pub fn is_low(ctx: &Context) -> bool {
    ctx.content_rect().height() < LOW
}

/// Brings what is drawn in a low window nearer together; windows over it keep their room.
pub fn tighten(ui: &mut Ui) {
    if is_low(ui.ctx()) {
        let spacing = ui.spacing_mut();
        spacing.interact_size.y = LOW_CONTROL;
        spacing.button_padding.y = 2.0;
        spacing.item_spacing.y = LOW_GAP;
    }
}

/// Height of a button or field here.
#[must_use]
pub fn control(ui: &Ui) -> f32 {
    ui.spacing().interact_size.y.min(CONTROL)
}

/// Size of a screen's title.
#[must_use]
pub fn title(ui: &Ui) -> f32 {
    if is_low(ui.ctx()) { SECTION } else { TITLE }
}

/// One of two measures: for a low window, for any other.
#[must_use]
pub fn by_height<T>(ctx: &Context, low: T, other: T) -> T {
    if is_low(ctx) { low } else { other }
}
