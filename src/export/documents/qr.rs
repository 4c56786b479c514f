//! A QR code as a small picture: one pixel a module, with the quiet zone that readers need; and pictures of few colours.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use qrcode::bits::{Bits, encode_auto};
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::ec::construct_codewords;
use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the code: ISO/IEC 18004 asks for four.
const QUIET: usize = 4;

/// Modules across from which a code is large (version 20).
const LARGE: i16 = 97;

/// Width of a module on paper, millimetres: below 0.4 a phone stumbles over folds and faint toner, and at this a blurred
/// picture of 150 dots an inch is still read.
const MODULE: f64 = 0.55;
/// Narrowest and widest code on paper, millimetres with the quiet zone: half of a sheet.
const NARROWEST: f64 = 52.0;
const WIDEST: f64 = 82.0;

/// Width on paper of a code that [`qr_png`] made, millimetres with the quiet zone: so many modules take so much room.
#[must_use]
pub fn qr_width_mm(png: &[u8]) -> f64 {
    let side = png.get(16..20).map_or(0, |side| side.iter().fold(0_u32, |side, byte| side << 8 | u32::from(*byte)));
    (f64::from(side) * MODULE).clamp(NARROWEST, WIDEST)
}

/// The text as a QR code, a PNG of one pixel a module (8-bit grey); `None` where it is too long for a code.
///
/// The strongest correction is taken that the text leaves room for in the same size of code.
#[must_use]
pub fn qr_png(text: &str) -> Option<Vec<u8>> {
    let (bits, level) = encode(text.as_bytes())?;
    let colors = modules(bits, level)?;
    let side = colors.len().isqrt();
    let whole = side + 2 * QUIET;
    let mut rows = Vec::with_capacity(whole * (whole + 1));
    for y in 0..whole {
        // the row's filter: none
        rows.push(0);
        for x in 0..whole {
            let inside = (QUIET..QUIET + side).contains(&x) && (QUIET..QUIET + side).contains(&y);
            let dark = inside && colors.get((y - QUIET) * side + x - QUIET) == Some(&Color::Dark);
            rows.push(if dark { 0 } else { 255 });
        }
    }
    png((whole as u32, whole as u32), &[], &rows)
}

/// The code's modules, row by row. ISO/IEC 18004 has the mask chosen that leaves the fewest patterns which readers stumble
/// over; of a large code with a packed proof in it, as even as noise, all eight are alike, and the choice would take ten
/// times as long as the code.
fn modules(bits: Bits, level: EcLevel) -> Option<Vec<Color>> {
    let version = bits.version();
    if version.width() < LARGE {
        return QrCode::with_bits(bits, level).ok().map(QrCode::into_colors);
    }
    let (data, correction) = construct_codewords(&bits.into_bytes(), version, level).ok()?;
    let mut canvas = Canvas::new(version, level);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    canvas.apply_mask(MaskPattern::Checkerboard);
    Some(canvas.into_colors())
}

/// The text's bits and their correction: which level fits is known before a code is drawn.
fn encode(text: &[u8]) -> Option<(Bits, EcLevel)> {
    let least = encode_auto(text, EcLevel::L).ok()?;
    let better = || {
        let mut bits = Bits::new(least.version());
        bits.push_optimal_data(text).ok()?;
        bits.push_terminator(EcLevel::M).ok()?;
        Some(bits)
    };
    match better() {
        Some(bits) => Some((bits, EcLevel::M)),
        None => Some((least, EcLevel::L)),
    }
}

/// A PNG of 8-bit pixels, grey or, with a palette, indexes of it; `rows` hold the filter byte before each row.
pub(super) fn png((width, height): (u32, u32), palette: &[[u8; 3]], rows: &[u8]) -> Option<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(rows).ok()?;
    let packed = packed.finish().ok()?;
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, if palette.is_empty() { 0 } else { 3 }, 0, 0, 0]);
    let colours = palette.concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let parts = [(b"IHDR", head.as_slice()), (b"PLTE", &colours), (b"IDAT", &packed), (b"IEND", &[])];
    for (kind, data) in parts.into_iter().filter(|(kind, data)| *kind != b"PLTE" || !data.is_empty()) {
        file.extend((data.len() as u32).to_be_bytes());
        file.extend(kind);
        file.extend(data);
        let mut check = Crc::new();
        check.update(kind);
        check.update(data);
        file.extend(check.sum().to_be_bytes());
    }
    Some(file)
}
