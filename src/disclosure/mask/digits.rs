//! Characters as a reader of numbers takes them: any digit for its value, whatever parts groups for a gap.

use crate::text::half_width;

/// Chinese numerals, the capital ones of accounts, those of merchants, and how numbers are read out over the radio, by
/// value.
const NUMERALS: [&str; 10] = [
    "〇零○洞",
    "一壹幺弌么〡㈠㊀",
    "二贰两弍貳兩〢㈡㊁",
    "三叁弎參叄〣㈢㊂",
    "四肆〤㈣㊃",
    "五伍〥㈤㊄",
    "六陆陸〦㈥㊅",
    "七柒拐〧㈦㊆",
    "八捌〨㈧㊇",
    "九玖勾〩㈨㊈",
];

/// Zero of each further row of digits 0 to 9: of other scripts (Arabic, Persian, Devanagari, Bengali, Thai, Lao, Tibetan,
/// Burmese, Khmer, Mongolian), subscripts, mathematical ones, those of old screens.
const ZEROS: [u32; 17] = [
    0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0x2080, 0x1d7ce, 0x1d7d8, 0x1d7e2,
    0x1d7ec, 0x1d7f6, 0x1fbf0,
];

/// One of each further row of digits 1 to 9: in circles, brackets, with a stop, white on black.
const ONES: [u32; 8] = [0x2460, 0x2474, 0x2488, 0x24f5, 0x2776, 0x2780, 0x278a, 0x1f102];

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
    if let Some(one) = ONES.iter().find(|one| (**one..**one + 9).contains(&code)) {
        return digit(code - one + 1);
    }
    match c {
        '⓪' | '⓿' | '⁰' | '\u{1f101}' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '\u{2074}'..='\u{2079}' => digit(code - 0x2070),
        c => c,
    }
}

/// True for what may stand between two groups of one number: any sign, the marks that are set over or around a digit,
/// and the strokes that are written for a dash.
pub(super) fn is_gap(c: char) -> bool {
    !c.is_alphanumeric() || matches!(c, '一' | '丨' | 'ー' | 'ㄧ' | '转')
}

/// The text with the letters that are written for digits (l38O…) as these, in words of figures and such letters alone.
pub(super) fn with_lookalikes(chars: &[char]) -> Vec<char> {
    let mut out = chars.to_vec();
    for word in out.chunk_by_mut(|a, b| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric()) {
        let figures = word.iter().filter(|c| c.is_ascii_digit()).count();
        if figures > 0 && word.iter().all(|c| c.is_ascii_digit() || matches!(c, 'o' | 'O' | 'l' | 'I' | 'i')) {
            for c in word {
                *c = match *c {
                    'o' | 'O' => '0',
                    'l' | 'I' | 'i' => '1',
                    c => c,
                };
            }
        }
    }
    out
}
