//! Colours, sizes, spacing and type: the only place where a screen's look is decided.
//!
//! Invariants: text on its ground has a contrast of at least 4.5 : 1 in both themes (tested); tiers and classes
//! differ in lightness step by step, so that a colour-blind reader and a black-and-white printer tell them
//! apart; everything sits on a grid of 8 points.

mod low;

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme, Visuals};

pub use low::{by_height, control, is_low, tighten, title};

/// One step of the grid, points.
pub const GRID: f32 = 8.0;
/// Half a step.
pub const HALF: f32 = 4.0;
/// Height of a table's row.
pub const ROW: f32 = 26.0;
/// Height of a button or field.
pub const CONTROL: f32 = 28.0;
/// Width of the left rail.
pub const RAIL: f32 = 148.0;
/// Width of a side panel by default.
pub const SIDE: f32 = 320.0;
/// Body, tables.
pub const BODY: f32 = 13.0;
/// Small print: units, sources.
pub const SMALL: f32 = 11.5;
/// Section headings.
pub const SECTION: f32 = 15.0;
/// Screen titles.
pub const TITLE: f32 = 20.0;
/// Figures on cards.
pub const FIGURE: f32 = 28.0;
/// Longest motion, seconds.
pub const MOTION: f32 = 0.25;
/// Corner radius of cards.
pub const RADIUS: u8 = 4;

/// The colours of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// True in the dark theme.
    pub dark: bool,
    /// Ground of the window.
    pub ground: Color32,
    /// Ground of cards, tables and panels.
    pub surface: Color32,
    /// Every second row.
    pub stripe: Color32,
    /// Ground of the rail, of table headings, of hovered rows.
    pub chrome: Color32,
    /// Lines between things.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text of lesser weight: units, notes. Still 4.5 : 1 on `surface` and `ground`.
    pub muted: Color32,
    /// The accent: selection, the one primary button, links.
    pub accent: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// A light wash of the accent: chosen rows.
    pub wash: Color32,
    /// What needs action now.
    pub red: Color32,
    /// What needs attention.
    pub amber: Color32,
    /// What is as it should be; used sparingly.
    pub green: Color32,
    /// A light wash of red.
    pub red_wash: Color32,
    /// A light wash of amber.
    pub amber_wash: Color32,
    /// Water and land outside the districts.
    pub water: Color32,
    /// District without a value.
    pub no_data: Color32,
    /// District borders.
    pub border: Color32,
    /// Selected things on a map: a hue that neither tiers nor classes have.
    pub pick: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The light theme.
pub const LIGHT: Palette = Palette {
    dark: false,
    ground: rgb(0x00F3_F5F6),
    surface: rgb(0x00FF_FFFF),
    stripe: rgb(0x00F6_F9FA),
    chrome: rgb(0x00E9_EDEF),
    line: rgb(0x00D3_DADD),
    text: rgb(0x001B_2529),
    muted: rgb(0x0056_646B),
    accent: rgb(0x000E_5C72),
    on_accent: rgb(0x00FF_FFFF),
    wash: rgb(0x00D9_EBF0),
    red: rgb(0x00B3_261E),
    amber: rgb(0x008A_5300),
    green: rgb(0x0022_6B3A),
    red_wash: rgb(0x00FB_E9E7),
    amber_wash: rgb(0x00FD_F1DC),
    water: rgb(0x00E3_EBEF),
    no_data: rgb(0x00E4_E4E1),
    border: rgb(0x007B_8A91),
    pick: rgb(0x001E_3FFF),
};

/// The dark theme.
pub const DARK: Palette = Palette {
    dark: true,
    ground: rgb(0x0012_181B),
    surface: rgb(0x001A_2226),
    stripe: rgb(0x001F_282D),
    chrome: rgb(0x0016_1D20),
    line: rgb(0x0034_4147),
    text: rgb(0x00E4_EAEC),
    muted: rgb(0x009F_AEB5),
    accent: rgb(0x0056_BFD6),
    on_accent: rgb(0x0006_2029),
    wash: rgb(0x001B_414C),
    red: rgb(0x00FF_8A80),
    amber: rgb(0x00F2_B65A),
    green: rgb(0x0079_CB8F),
    red_wash: rgb(0x003E_2222),
    amber_wash: rgb(0x003B_2E17),
    water: rgb(0x0010_1A1F),
    no_data: rgb(0x0033_3838),
    border: rgb(0x0082_949C),
    pick: rgb(0x005B_7BFF),
};

/// The theme of high contrast, on black: every text on its ground has 7 : 1 at least, every border 4.5 : 1; on tiers and
/// classes too, which have no colour between those that white and those that black reads on.
pub const CONTRAST: Palette = Palette {
    dark: true,
    ground: rgb(0x0000_0000),
    surface: rgb(0x0000_0000),
    stripe: rgb(0x0014_1414),
    chrome: rgb(0x000A_0A0A),
    line: rgb(0x008C_8C8C),
    text: rgb(0x00FF_FFFF),
    muted: rgb(0x00DC_DCDC),
    accent: rgb(0x0066_E0FF),
    on_accent: rgb(0x0000_0000),
    wash: rgb(0x0000_2F3D),
    red: rgb(0x00FF_A19A),
    amber: rgb(0x00FF_D166),
    green: rgb(0x008F_F0A4),
    red_wash: rgb(0x0033_0D0D),
    amber_wash: rgb(0x002E_2200),
    border: rgb(0x00C8_C8C8),
    pick: rgb(0x00A9_BBFF),
    ..DARK
};

/// Tiers from the most urgent, the same hues in both themes, the most urgent always the darkest; monotone in lightness
/// and, in the dark theme, at least 3 : 1 against the surface.
const TIERS_LIGHT: [Color32; 5] =
    [rgb(0x0048_1050), rgb(0x0093_2667), rgb(0x00CC_4A52), rgb(0x00EB_8A45), rgb(0x00F2_C777)];
const TIERS_DARK: [Color32; 5] =
    [rgb(0x00A9_4FD0), rgb(0x00D6_559F), rgb(0x00EE_7668), rgb(0x00F3_A457), rgb(0x00F8_DB98)];
/// Told apart by their letters before their colours: five that differ by 3 : 1 do not exist.
const TIERS_CONTRAST: [Color32; 5] =
    [rgb(0x00C7_7DFF), rgb(0x00F0_7FC8), rgb(0x00FF_9A8A), rgb(0x00FF_B860), rgb(0x00FF_E9A0)];

/// How far classes are paled under points.
const PALED: f32 = 0.5;
/// The same in high contrast, where white has to read on all of them.
const PALED_CONTRAST: f32 = 0.7;

/// Classes of a choropleth from low to high: one hue, monotone in lightness.
const CLASSES_LIGHT: [Color32; 7] = [
    rgb(0x00E8_F3F5),
    rgb(0x00C6_E1E7),
    rgb(0x009C_CAD5),
    rgb(0x006B_AEBF),
    rgb(0x003D_8EA3),
    rgb(0x001A_6C83),
    rgb(0x0006_475A),
];
const CLASSES_DARK: [Color32; 7] = [
    rgb(0x001C_3138),
    rgb(0x0020_4551),
    rgb(0x0025_5D6D),
    rgb(0x0031_7A8D),
    rgb(0x0048_9BAF),
    rgb(0x0071_BFCF),
    rgb(0x00A9_E2EC),
];
const CLASSES_CONTRAST: [Color32; 7] = [
    rgb(0x000A_1F26),
    rgb(0x000B_3A49),
    rgb(0x0010_566B),
    rgb(0x0038_A5BE),
    rgb(0x005C_BBCE),
    rgb(0x008C_D3E2),
    rgb(0x00D6_F6FC),
];

/// Which of the palettes: what is kept painted holds for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Look {
    /// [`LIGHT`].
    #[default]
    Light,
    /// [`DARK`].
    Dark,
    /// [`CONTRAST`].
    HighContrast,
}

impl Look {
    /// The ground tells the two dark ones apart.
    fn of(dark: bool, ground: Color32) -> Self {
        match (dark, ground == CONTRAST.ground) {
            (true, true) => Self::HighContrast,
            (true, false) => Self::Dark,
            (false, _) => Self::Light,
        }
    }
}

/// The palette that visuals were made of.
#[must_use]
pub fn palette(visuals: &Visuals) -> &'static Palette {
    match Look::of(visuals.dark_mode, visuals.panel_fill) {
        Look::HighContrast => &CONTRAST,
        Look::Dark => &DARK,
        Look::Light => &LIGHT,
    }
}

/// The palette of a piece of interface.
#[must_use]
pub fn of(ui: &egui::Ui) -> &'static Palette {
    palette(ui.visuals())
}

/// The dark theme in its usual colours or those of high contrast.
pub fn set_contrast(ctx: &egui::Context, high: bool) {
    let palette = if high { &CONTRAST } else { &DARK };
    ctx.style_mut_of(Theme::Dark, |style| style.visuals = visuals(palette));
}

impl Palette {
    /// Which of the palettes it is.
    #[must_use]
    pub fn look(&self) -> Look {
        Look::of(self.dark, self.ground)
    }

    /// Border of buttons, fields and boxes: seen on every ground.
    #[must_use]
    pub fn edge(&self) -> Color32 {
        self.line.lerp_to_gamma(self.border, 0.5)
    }

    /// A hue of its own beside the accent, in charts.
    #[must_use]
    pub fn second(&self) -> Color32 {
        if self.dark { rgb(0x009A_76BE) } else { rgb(0x00A8_7BC4) }
    }

    /// Ground of a row in a list or table: chosen before hovered (or focused) before every second.
    #[must_use]
    pub fn row_ground(&self, chosen: bool, hovered: bool, odd: bool) -> Color32 {
        match (chosen, hovered, odd) {
            (true, ..) => self.wash,
            (_, true, _) => self.chrome,
            (_, _, true) => self.stripe,
            _ => self.surface,
        }
    }

    /// Colour of a tier (0 is the most urgent) of so many.
    #[must_use]
    pub fn tier(&self, tier: usize, count: usize) -> Color32 {
        let ramp = match self.look() {
            Look::Light => &TIERS_LIGHT,
            Look::Dark => &TIERS_DARK,
            Look::HighContrast => &TIERS_CONTRAST,
        };
        let last = count.saturating_sub(1).max(1);
        ramp[(tier.min(last) * (ramp.len() - 1) + last / 2) / last]
    }

    /// Colour of a choropleth's class (0 is the lowest) of so many.
    #[must_use]
    pub fn class(&self, class: usize, count: usize) -> Color32 {
        let ramp = match self.look() {
            Look::Light => &CLASSES_LIGHT,
            Look::Dark => &CLASSES_DARK,
            Look::HighContrast => &CLASSES_CONTRAST,
        };
        let last = count.saturating_sub(1).max(1);
        ramp[(class.min(last) * (ramp.len() - 1) + last / 2) / last]
    }

    /// Dark or white, whichever reads better on a tier or class.
    #[must_use]
    pub fn ink_on(&self, ground: Color32) -> Color32 {
        let dark = if self.look() == Look::HighContrast { self.on_accent } else { LIGHT.text };
        if contrast(ground, dark) >= contrast(ground, Color32::WHITE) { dark } else { Color32::WHITE }
    }

    /// What of a bar is not full yet: seen on its ground, and the full part on it.
    #[must_use]
    pub fn track(&self) -> Color32 {
        if self.look() == Look::HighContrast { rgb(0x0060_6060) } else { self.line }
    }

    /// Ground and ink of a primary button that is off.
    #[must_use]
    pub fn off(&self) -> (Color32, Color32) {
        (if self.look() == Look::HighContrast { self.chrome } else { self.line }, self.muted)
    }

    /// Colour of a class while points lie over it: paled towards the surface, so that the points' colours stay what
    /// the legend says.
    #[must_use]
    pub fn class_under_points(&self, class: usize, count: usize) -> Color32 {
        let paled = if self.look() == Look::HighContrast { PALED_CONTRAST } else { PALED };
        self.class(class, count).lerp_to_gamma(self.surface, paled)
    }
}

/// Contrast of two colours as WCAG 2.1 defines it, 1 to 21.
#[must_use]
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: Color32) -> f32 {
    let linear = egui::Rgba::from(colour);
    0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
}

/// Regular type.
#[must_use]
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Bold type.
#[must_use]
pub fn bold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(super::fonts::BOLD.into()))
}

/// Text style of section headings.
#[must_use]
pub fn section() -> TextStyle {
    TextStyle::Name("section".into())
}

/// A text in bold at the body's size.
#[must_use]
pub fn strong(text: impl Into<String>) -> egui::RichText {
    egui::RichText::new(text).font(bold(BODY))
}

/// A note: small and muted.
#[must_use]
pub fn note(ui: &egui::Ui, text: impl Into<String>) -> egui::RichText {
    egui::RichText::new(text).font(regular(SMALL)).color(of(ui).muted)
}

/// A card: surface, hairline, padding of one step.
pub fn card(ui: &egui::Ui) -> egui::Frame {
    let palette = of(ui);
    egui::Frame::new()
        .fill(palette.surface)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(RADIUS)
        .inner_margin(Margin::same(12))
}

fn visuals(palette: &Palette) -> Visuals {
    let mut v = if palette.dark { Visuals::dark() } else { Visuals::light() };
    v.override_text_color = None;
    v.panel_fill = palette.ground;
    v.window_fill = palette.surface;
    v.window_stroke = Stroke::new(1.0, palette.line);
    v.window_corner_radius = CornerRadius::same(6);
    v.menu_corner_radius = CornerRadius::same(RADIUS);
    v.faint_bg_color = palette.stripe;
    v.extreme_bg_color = palette.surface;
    v.text_edit_bg_color = Some(palette.surface);
    v.code_bg_color = palette.stripe;
    v.hyperlink_color = palette.accent;
    v.warn_fg_color = palette.amber;
    v.error_fg_color = palette.red;
    v.weak_text_color = Some(palette.muted);
    v.selection.bg_fill = palette.wash;
    // ink of what is selected, and the border of the field that has the focus
    v.selection.stroke = Stroke::new(1.5, palette.accent);
    v.popup_shadow = Shadow { offset: [0, 2], blur: 8, spread: 0, color: Color32::from_black_alpha(40) };
    v.window_shadow = Shadow { offset: [0, 4], blur: 16, spread: 0, color: Color32::from_black_alpha(60) };
    let radius = CornerRadius::same(RADIUS);
    let w = &mut v.widgets;
    w.noninteractive.bg_fill = palette.surface;
    w.noninteractive.weak_bg_fill = palette.surface;
    w.noninteractive.bg_stroke = Stroke::new(1.0, palette.line);
    w.noninteractive.fg_stroke = Stroke::new(1.0, palette.text);
    // what the pointer is at looks neither selected nor focused
    let near = palette.surface.lerp_to_gamma(palette.wash, 0.5);
    for (state, fill, line) in [
        (&mut w.inactive, palette.surface, palette.edge()),
        (&mut w.hovered, near, palette.border),
        (&mut w.active, palette.wash, palette.accent),
        (&mut w.open, palette.wash, palette.accent),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::new(1.0, line);
        state.fg_stroke = Stroke::new(1.0, palette.text);
        state.expansion = 0.0;
    }
    for state in [&mut w.noninteractive, &mut w.inactive, &mut w.hovered, &mut w.active, &mut w.open] {
        state.corner_radius = radius;
    }
    v.slider_trailing_fill = true;
    if palette.look() == Look::HighContrast {
        // what is off is read as well
        v.disabled_alpha = 0.8;
    }
    v
}

/// Scroll bars that are always seen and have room of their own. Nothing fades out at an edge: what is faded looks
/// disabled, and a bar says how much more there is.
fn scroll_style() -> egui::style::ScrollStyle {
    egui::style::ScrollStyle {
        bar_width: 8.0,
        floating_width: 6.0,
        floating_allocated_width: GRID,
        foreground_color: true,
        dormant_background_opacity: 0.0,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.1,
        dormant_handle_opacity: 0.35,
        active_handle_opacity: 0.45,
        interact_handle_opacity: 0.7,
        fade: egui::style::ScrollFadeStyle { strength: 0.0, ..Default::default() },
        ..egui::style::ScrollStyle::thin()
    }
}

/// Sets both themes up.
pub fn apply(ctx: &egui::Context) {
    for (theme, palette) in [(Theme::Light, &LIGHT), (Theme::Dark, &DARK)] {
        ctx.style_mut_of(theme, |style| {
            style.visuals = visuals(palette);
            style.text_styles = [
                (TextStyle::Body, regular(BODY)),
                (TextStyle::Button, regular(BODY)),
                (TextStyle::Small, regular(SMALL)),
                (TextStyle::Monospace, FontId::new(BODY, FontFamily::Monospace)),
                (TextStyle::Heading, bold(TITLE)),
                (section(), bold(SECTION)),
            ]
            .into();
            style.spacing.item_spacing = egui::vec2(GRID, GRID - 2.0);
            style.spacing.button_padding = egui::vec2(10.0, 4.0);
            style.spacing.interact_size = egui::vec2(32.0, CONTROL);
            style.spacing.window_margin = Margin::same(16);
            style.spacing.menu_margin = Margin::same(6);
            style.spacing.combo_width = 120.0;
            style.spacing.scroll = scroll_style();
            style.animation_time = 0.1;
        });
    }
}

#[cfg(test)]
mod tests;
