//! Noto Sans SC everywhere; the default fonts behind it for the symbols that it lacks.

use std::sync::Arc;

use crate::chart::font::{BOLD as BOLD_BYTES, REGULAR as REGULAR_BYTES};
use egui::{FontData, FontDefinitions, FontFamily};

/// Name of the bold family.
pub const BOLD: &str = "bold";

/// The families of the window.
#[must_use]
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    fonts.font_data.insert("noto".to_owned(), Arc::new(FontData::from_static(REGULAR_BYTES)));
    fonts.font_data.insert("noto-bold".to_owned(), Arc::new(FontData::from_static(BOLD_BYTES)));
    let symbols = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let with =
        |first: &[&str]| first.iter().map(|s| (*s).to_owned()).chain(symbols.iter().cloned()).collect::<Vec<_>>();
    fonts.families.insert(FontFamily::Proportional, with(&["noto"]));
    fonts.families.insert(FontFamily::Name(BOLD.into()), with(&["noto-bold", "noto"]));
    let mono = fonts.families.entry(FontFamily::Monospace).or_default();
    mono.push("noto".to_owned());
    fonts
}

/// Installs the families.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(definitions());
}
