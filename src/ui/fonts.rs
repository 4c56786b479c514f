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

/// Counts how often the font atlas was thrown away: texts laid out before point into the old one.
#[allow(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general over its lifetime")]
pub(super) fn atlas_generation(ctx: &egui::Context) -> u64 {
    let fill = ctx.fonts(|fonts| fonts.font_atlas_fill_ratio());
    ctx.data_mut(|data| {
        let (generation, last) = data.get_temp_mut_or::<(u64, f32)>(egui::Id::unique("font atlas"), (0, fill));
        if fill < *last {
            *generation += 1;
        }
        *last = fill;
        *generation
    })
}

/// Installs the families.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(definitions());
}
