//! A QR code as a small picture: one pixel a module, with the quiet zone that readers need.

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
    png(whole as u32, &rows)
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

/// A square PNG of 8-bit grey pixels; `rows` hold the filter byte before each row.
fn png(side: u32, rows: &[u8]) -> Option<Vec<u8>> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(rows).ok()?;
    let packed = packed.finish().ok()?;
    let mut head = [side.to_be_bytes(), side.to_be_bytes()].concat();
    head.extend([8, 0, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", head.as_slice()), (b"IDAT", packed.as_slice()), (b"IEND", &[])] {
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
