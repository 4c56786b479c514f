//! The colours and the scale that a picture is drawn with.

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// Relative luminance, 0 to 1, by the squared approximation of sRGB: good enough to choose an ink.
    #[must_use]
    pub fn luminance(self) -> f64 {
        let part = |v: u8| f64::from(v) / 255.0 * f64::from(v) / 255.0;
        0.2126 * part(self.0) + 0.7152 * part(self.1) + 0.0722 * part(self.2)
    }
}

/// What a series is coloured by; the style says with which colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ink {
    /// The accent.
    Accent,
    /// A paler accent, for the second of a pair.
    Pale,
    /// A hue of its own beside the accent: mandatory checks beside drawn ones.
    Second,
    /// Text.
    Text,
    /// Grey.
    Muted,
    /// What needs attention.
    Amber,
    /// What is as it should be.
    Green,
    /// A tier (0 is the most urgent) of so many.
    Tier(usize, usize),
    /// A class (0 is the lowest) of so many.
    Class(usize, usize),
}

/// Colours and scale of a picture. One point is `scale` pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartStyle {
    /// Pixels per point: the screen's pixels per point, or dots per inch through 96 on paper.
    pub scale: f64,
    /// Ground of the picture.
    pub ground: Rgb,
    /// Text.
    pub text: Rgb,
    /// Text of lesser weight.
    pub muted: Rgb,
    /// Grid lines.
    pub line: Rgb,
    /// The accent.
    pub accent: Rgb,
    /// The hue beside the accent.
    pub second: Rgb,
    /// What needs attention.
    pub amber: Rgb,
    /// What is as it should be.
    pub green: Rgb,
    /// A light wash: bands, tracks.
    pub wash: Rgb,
    /// Ground of a map.
    pub water: Rgb,
    /// Districts without a value.
    pub no_data: Rgb,
    /// District borders.
    pub border: Rgb,
    /// Tiers from the most urgent.
    pub tiers: Vec<Rgb>,
    /// Classes from low to high.
    pub classes: Vec<Rgb>,
}

const fn hex(value: u32) -> Rgb {
    Rgb((value >> 16) as u8, (value >> 8) as u8, value as u8)
}

impl ChartStyle {
    /// For paper and slides: white ground, one point to a pixel.
    #[must_use]
    pub fn print() -> Self {
        Self {
            scale: 1.0,
            ground: hex(0x00FF_FFFF),
            text: hex(0x001B_2529),
            muted: hex(0x0056_646B),
            line: hex(0x00D3_DADD),
            accent: hex(0x000E_5C72),
            second: hex(0x00A8_7BC4),
            amber: hex(0x008A_5300),
            green: hex(0x0022_6B3A),
            wash: hex(0x00D9_EBF0),
            water: hex(0x00EE_F3F5),
            no_data: hex(0x00E4_E4E1),
            border: hex(0x007B_8A91),
            tiers: [0x0048_1050, 0x0093_2667, 0x00CC_4A52, 0x00EB_8A45, 0x00F2_C777].map(hex).to_vec(),
            classes: [0x00E8_F3F5, 0x00C6_E1E7, 0x009C_CAD5, 0x006B_AEBF, 0x003D_8EA3, 0x001A_6C83, 0x0006_475A]
                .map(hex)
                .to_vec(),
        }
    }

    /// The same colours at another scale.
    #[must_use]
    pub fn at(mut self, scale: f64) -> Self {
        self.scale = if scale.is_finite() { scale.clamp(0.25, 32.0) } else { 1.0 };
        self
    }

    /// The colour of an ink.
    #[must_use]
    pub fn ink(&self, ink: Ink) -> Rgb {
        match ink {
            Ink::Accent => self.accent,
            // on a dark ground the class beside it is the first one that is seen
            Ink::Pale => self.class(if self.is_dark() { 3 } else { 2 }, 7),
            Ink::Second => self.second,
            Ink::Text => self.text,
            Ink::Muted => self.muted,
            Ink::Amber => self.amber,
            Ink::Green => self.green,
            Ink::Tier(tier, count) => self.tier(tier, count),
            Ink::Class(class, count) => self.class(class, count),
        }
    }

    fn is_dark(&self) -> bool {
        u32::from(self.ground.0) + u32::from(self.ground.1) + u32::from(self.ground.2) < 3 * 128
    }

    /// The colour of a tier of so many.
    #[must_use]
    pub fn tier(&self, tier: usize, count: usize) -> Rgb {
        pick(&self.tiers, tier, count).unwrap_or(self.accent)
    }

    /// The colour of a class of so many.
    #[must_use]
    pub fn class(&self, class: usize, count: usize) -> Rgb {
        pick(&self.classes, class, count).unwrap_or(self.accent)
    }

    /// Black or white, whichever reads better on a ground.
    #[must_use]
    pub fn on(&self, ground: Rgb) -> Rgb {
        if ground.luminance() > 0.26 { hex(0x001B_2529) } else { Rgb(255, 255, 255) }
    }
}

fn pick(ramp: &[Rgb], index: usize, count: usize) -> Option<Rgb> {
    let last = count.saturating_sub(1).max(1);
    ramp.get((index.min(last) * ramp.len().saturating_sub(1) + last / 2) / last).copied()
}
