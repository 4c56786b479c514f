//! The faces that charts and the window are set in, and their metrics.
//!
//! Noto Sans SC, SIL Open Font License. The bold face holds the common characters only; a character that it lacks
//! is set in regular.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, GlyphId};

pub use crate::text::face::{BOLD, REGULAR};

/// Family list of SVG texts.
pub const FAMILY: &str = "Noto Sans SC, Microsoft YaHei, SimHei, sans-serif";

/// Where the baseline lies below the top of a text, in em: what plotters' SVG backend writes as `dy`.
pub const BASELINE: f64 = 0.76;

/// A glyph in the face that has it.
pub struct Set {
    /// The face.
    pub face: &'static FontRef<'static>,
    /// The glyph in it.
    pub glyph: GlyphId,
    /// Its advance, em.
    pub advance: f64,
}

fn face(bold: bool) -> Option<&'static FontRef<'static>> {
    static FACES: OnceLock<[Option<FontRef<'static>>; 2]> = OnceLock::new();
    let [regular, heavy] =
        FACES.get_or_init(|| [FontRef::try_from_slice(REGULAR).ok(), FontRef::try_from_slice(BOLD).ok()]);
    if bold { heavy.as_ref().or(regular.as_ref()) } else { regular.as_ref() }
}

/// A character's glyph; the missing-glyph box where no face has it, `None` without faces.
#[must_use]
pub fn set(character: char, bold: bool) -> Option<Set> {
    let wanted = face(bold)?;
    let glyph = wanted.glyph_id(character);
    let (face, glyph) = if glyph.0 == 0 && bold {
        let regular = face(false)?;
        (regular, regular.glyph_id(character))
    } else {
        (wanted, glyph)
    };
    let units = f64::from(face.units_per_em().unwrap_or(1000.0));
    Some(Set { face, glyph, advance: f64::from(face.h_advance_unscaled(glyph)) / units })
}

/// The width of a text, em.
#[must_use]
pub fn width_em(text: &str, bold: bool) -> f64 {
    text.chars().filter_map(|c| set(c, bold)).map(|s| s.advance).sum()
}

/// What a text takes, pixels: width and height, for a size as plotters' styles carry it (1.24 times the pixels,
/// by which its SVG backend divides).
#[must_use]
pub fn text_size(text: &str, styled: f64, bold: bool) -> (u32, u32) {
    let size = styled / 1.24;
    ((width_em(text, bold) * size).ceil() as u32, size.ceil() as u32)
}
