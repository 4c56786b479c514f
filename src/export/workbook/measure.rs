//! How wide a column and how high a row must be for its text.

use crate::export::sheet::{Cell, CellKind, SheetColumn, SheetSpec, display_width};

/// Widest column that is made for its text; longer text wraps.
const WIDEST: f64 = 44.0;
/// Rows looked at for a column's width.
const ROWS_MEASURED: usize = 5_000;

/// Lines that a text takes in a column of that width.
pub(super) fn wrapped_lines(cell: &Cell, width: f64) -> u32 {
    let Cell::Text(text) = cell else { return 1 };
    // A wide character that doesn't fit any more leaves a gap at the line's end.
    let room = (width - 1.5).max(2.0).floor() as usize;
    if text.len() <= room {
        return 1;
    }
    text.lines().map(|line| wrapped_line(line, room)).sum::<u32>().max(1)
}

/// Lines that one line of text takes in that many half-width characters: Chinese characters break anywhere,
/// words and numbers only where they are longer than a line.
fn wrapped_line(line: &str, room: usize) -> u32 {
    let (mut lines, mut used, mut word) = (1_u32, 0_usize, 0_usize);
    let mut place = |width: usize| {
        if used > 0 && used + width > room {
            lines += 1;
            used = 0;
        }
        lines += (width.max(1).div_ceil(room) - 1) as u32;
        used = if width > room { (width - 1) % room + 1 } else { used + width };
    };
    let mut narrow = [0_u8; 4];
    for c in line.chars() {
        let width = display_width(c.encode_utf8(&mut narrow));
        if c.is_ascii_graphic() && c != '-' {
            word += width;
            continue;
        }
        if word > 0 {
            place(word);
            word = 0;
        }
        if width > 0 {
            place(width);
        }
    }
    if word > 0 {
        place(word);
    }
    lines
}

/// Width for the header and the rows; Chinese characters take two, and long text wraps.
pub(super) fn compute_width(sheet: &SheetSpec, at: usize) -> f64 {
    let column: &SheetColumn = &sheet.columns[at];
    let most = column.width.max(WIDEST);
    let needed = sheet
        .rows
        .iter()
        .take(ROWS_MEASURED)
        .map(|row| match &row[at] {
            Cell::Empty => 0,
            Cell::Text(text) => display_width(text),
            Cell::Integer(value) => separated_width(value.unsigned_abs() as f64, 0) + usize::from(*value < 0),
            Cell::Number(value) => match column.kind {
                CellKind::Percent(decimals) => separated_width((value * 100.0).abs(), decimals) + 2,
                CellKind::Decimal(decimals) => separated_width(value.abs(), decimals) + usize::from(*value < 0.0),
                _ => 10,
            },
            Cell::Date(_) => 10,
        })
        .max()
        .unwrap_or(0);
    // Words and codes may wrap at their column's own width; numbers and dates must not be cut.
    let needed = needed as f64 + 3.0;
    match column.kind {
        CellKind::Text | CellKind::Id => column.width,
        _ => needed.max(column.width).min(most),
    }
}

/// Characters of a number with thousands separators.
fn separated_width(value: f64, decimals: u8) -> usize {
    let digits = format!("{value:.0}").len();
    digits + (digits - 1) / 3 + if decimals > 0 { usize::from(decimals) + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_text_wraps() {
        let lines = |text: &str, width: f64| wrapped_lines(&Cell::text(text), width);
        assert_eq!(lines("短", 10.0), 1);
        assert_eq!(lines("一二三四五六七八九十", 11.5), 2);
        assert_eq!(lines("一\n二\n三", 11.5), 3);
        assert_eq!(lines(&format!("承诺值 {}", "ab".repeat(32)), 26.0), 4);
        assert_eq!(lines(&"9".repeat(22), 14.0), 2);
        assert_eq!(lines("31011501、31011502", 14.0), 2);
    }
}
