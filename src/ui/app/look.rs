//! How the window looks: theme, contrast and motion, by choice or as the system has it.

use std::sync::Arc;

use egui::{Context, Event};

use super::Workstation;
use crate::ui::theme;
use crate::workspace::session::ThemeChoice;

/// Tells whether the system shows everything in high contrast.
pub type AsksContrast = dyn Fn() -> bool + Send + Sync;

/// The look that was taken last.
pub(super) struct WindowLook {
    asks: Arc<AsksContrast>,
    /// What the system said; asked anew whenever the window is turned to, for it is changed elsewhere.
    system: Option<bool>,
    taken: Option<(ThemeChoice, bool, bool)>,
}

impl WindowLook {
    pub(super) fn new(asks: Arc<AsksContrast>) -> Self {
        Self { asks, system: None, taken: None }
    }
}

impl Workstation {
    /// Takes the chosen look where it is another.
    pub(super) fn take_look(&mut self, ctx: &Context) {
        let turned_to = ctx.input(|i| i.events.contains(&Event::WindowFocused(true)));
        let look = &mut self.look;
        if turned_to {
            look.system = None;
        }
        let system = *look.system.get_or_insert_with(|| (look.asks)());
        let prefs = self.session.preferences();
        let wanted = (prefs.theme, prefs.still, system);
        if look.taken == Some(wanted) {
            return;
        }
        look.taken = Some(wanted);
        let high = match prefs.theme {
            ThemeChoice::HighContrast => true,
            ThemeChoice::System => system,
            ThemeChoice::Light | ThemeChoice::Dark => false,
        };
        theme::set_contrast(ctx, high);
        ctx.set_theme(match prefs.theme {
            _ if high => egui::ThemePreference::Dark,
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Light => egui::ThemePreference::Light,
            ThemeChoice::Dark | ThemeChoice::HighContrast => egui::ThemePreference::Dark,
        });
        let time = if prefs.still { 0.0 } else { 0.1 };
        ctx.all_styles_mut(|style| style.animation_time = time);
    }
}

/// Whether Windows shows everything in high contrast: the first bit of the flags that its settings keep for the user
/// (`HCF_HIGHCONTRASTON` of `HIGHCONTRAST`, Windows' documentation). Other systems are not asked: there the look is chosen
/// by its name.
pub(super) fn system_has_contrast() -> bool {
    #[cfg(windows)]
    {
        let settings = winreg::HKCU.open_subkey("Control Panel\\Accessibility\\HighContrast");
        let flags = settings.and_then(|key| key.get_value::<String, _>("Flags"));
        flags.is_ok_and(|flags| flags.trim().parse::<u32>().is_ok_and(|flags| flags & 1 == 1))
    }
    #[cfg(not(windows))]
    false
}
