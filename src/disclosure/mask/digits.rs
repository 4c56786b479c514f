//! Characters as a reader of numbers takes them: any digit for its value, whatever parts groups for a gap.

use crate::text::half_width;

/// Chinese numerals and the capital ones of accounts, by value.
const NUMERALS: [&str; 10] =
    ["〇零○", "一壹幺弌", "二贰两弍", "三叁弎", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"];

/// Zero of each further row of digits 0 to 9: Arabic, Persian, Devanagari, Thai, subscripts, mathematical ones.
const ZEROS: [u32; 10] = [0x0660, 0x06f0, 0x0966, 0x0e50, 0x2080, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6];

/// The ASCII digit that the character stands for; any other character in its half-width form.
pub(super) fn figure(c: char) -> char {
    let c = half_width(c);
    if c.is_ascii() {
        return c;
    }
    let digit = |n: u32| char::from_digit(n, 10).unwrap_or(c);
    if let Some(n) = NUMERALS.iter().position(|same| same.contains(c)) {
        return digit(n as u32);
    }
    let code = u32::from(c);
    if let Some(zero) = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)) {
        return digit(code - zero);
    }
    match c {
        '\u{2460}'..='\u{2468}' => digit(code - 0x245f),
        '\u{2474}'..='\u{247c}' => digit(code - 0x2473),
        '\u{2488}'..='\u{2490}' => digit(code - 0x2487),
        '\u{2776}'..='\u{277e}' => digit(code - 0x2775),
        '⓪' | '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '\u{2074}'..='\u{2079}' => digit(code - 0x2070),
        c => c,
    }
}

/// True for what may stand between two groups of one number.
pub(super) fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '‐'
                | '‑'
                | '‒'
                | '–'
                | '—'
                | '―'
                | '−'
                | '.'
                | '·'
                | '•'
                | '・'
                | '．'
                | '。'
                | '/'
                | '\\'
                | '_'
                | '~'
                | '*'
                | '|'
                | ','
                | '、'
                | '\''
                | ')'
                | '('
                | '+'
                | ']'
                | '['
        )
}
