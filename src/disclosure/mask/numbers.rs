//! Identity and telephone numbers in running text.

use super::MaskCounts;
use crate::domain::Uscc;

/// A run of ASCII letters and digits: positions from, to (exclusive).
fn alnum_runs(chars: &[char]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (i, c) in chars.iter().chain(std::iter::once(&' ')).enumerate() {
        match (c.is_ascii_alphanumeric(), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                runs.push((from, i));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

pub(super) fn hide_numbers(chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
    let runs = alnum_runs(chars);
    for first in 0..runs.len() {
        // Groups joined by one blank, hyphen, dot or closing bracket may be one number: 138-0000-0000.
        let mut last = first;
        while last + 1 < runs.len() && last < first + 5 {
            let gap = &chars[runs[last].1..runs[last + 1].0];
            if !matches!(gap, [' ' | '-' | '‑' | '–' | '—' | '.' | '·' | ')']) {
                break;
            }
            last += 1;
        }
        // The longest first, so that no tail of a number is left over.
        for last in (first..=last).rev() {
            let positions: Vec<usize> = runs[first..=last].iter().flat_map(|(from, to)| *from..*to).collect();
            let digits: String = positions.iter().map(|i| chars[*i].to_ascii_uppercase()).collect();
            if positions.iter().any(|i| hide[*i]) {
                continue;
            }
            if let Some((from, to)) = find_identity(&digits, last == first) {
                counts.identities += 1;
                positions[from..to].iter().skip(6).for_each(|i| hide[*i] = true);
            } else if let Some(kept) = find_phone(&digits, chars, &runs[first..=last]) {
                counts.phones += 1;
                positions.iter().skip(kept).for_each(|i| hide[*i] = true);
            }
        }
    }
}

pub(super) fn has_identity(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let chars: Vec<char> = upper.chars().collect();
    alnum_runs(&chars).iter().any(|(from, to)| {
        let run: String = chars[*from..*to].iter().collect();
        find_identity(&run, true).is_some()
    })
}

/// Where an identity number stands in a run of letters and digits (upper case). `single`: the run is one
/// group, so that a number inside a longer one is looked for as well.
fn find_identity(run: &str, single: bool) -> Option<(usize, usize)> {
    let bytes = run.as_bytes();
    let exact = |from: usize, to: usize| bytes.get(from..to);
    // Letters before the first digit are a prefix of the number's kind (hb…, L…).
    let start = bytes.iter().position(u8::is_ascii_digit)?;
    let rest = bytes.len() - start;
    if rest == 18 || (single && rest > 18) {
        let part = exact(start, start + 18)?;
        if is_identity_18(part) && (identity_check(part) || !is_uscc(part)) {
            return Some((start, start + 18));
        }
    }
    if rest == 15 || (single && (16..=17).contains(&rest)) {
        let part = exact(start, start + 15)?;
        if is_identity_15(part) {
            return Some((start, start + 15));
        }
    }
    if single && rest > 18 && !exact(start, start + 18).is_some_and(is_uscc) {
        return (start + 1..=bytes.len() - 18)
            .find(|from| exact(*from, from + 18).is_some_and(|part| is_identity_18(part) && identity_check(part)))
            .map(|from| (from, from + 18));
    }
    None
}

fn is_uscc(part: &[u8]) -> bool {
    std::str::from_utf8(part).is_ok_and(|text| Uscc::parse(text).is_ok())
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, b| n * 10 + u32::from(b.wrapping_sub(b'0')))
}

fn is_province(part: &[u8]) -> bool {
    matches!(number(&part[..2]), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81 | 82 | 83)
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    (1900..=2099).contains(&year) && chrono::NaiveDate::from_ymd_opt(year.cast_signed(), month, day).is_some()
}

fn is_identity_18(part: &[u8]) -> bool {
    part.len() == 18
        && part[..17].iter().all(u8::is_ascii_digit)
        && (part[17].is_ascii_digit() || part[17] == b'X')
        && is_province(part)
        && is_date(number(&part[6..10]), number(&part[10..12]), number(&part[12..14]))
}

fn is_identity_15(part: &[u8]) -> bool {
    part.len() == 15
        && part.iter().all(u8::is_ascii_digit)
        && is_province(part)
        && is_date(1900 + number(&part[6..8]), number(&part[8..10]), number(&part[10..12]))
}

/// Check character of an identity number (GB 11643-1999: ISO 7064 MOD 11-2).
fn identity_check(part: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = part.iter().zip(WEIGHTS).map(|(b, w)| u32::from(b.wrapping_sub(b'0')) * w).sum();
    part.get(17) == b"10X98765432".get((sum % 11) as usize)
}

/// How many characters of a telephone number may stay; `None` where the groups are no telephone number.
fn find_phone(digits: &str, chars: &[char], runs: &[(usize, usize)]) -> Option<usize> {
    let bytes = digits.as_bytes();
    if !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // An amount is no telephone number.
    let after = runs.last().and_then(|run| chars.get(run.1));
    if after.is_some_and(|c| matches!(c, '元' | '万' | '吨' | '%' | '㎡')) {
        return None;
    }
    let mobile = |b: &[u8]| b.len() == 11 && b[0] == b'1' && (b'3'..=b'9').contains(&b[1]);
    for prefix in ["", "86", "0086"] {
        if digits.strip_prefix(prefix).is_some_and(|rest| mobile(rest.as_bytes())) {
            return Some(prefix.len() + 3);
        }
    }
    let first = runs[0].1 - runs[0].0;
    let area = |n: usize| {
        bytes[0] == b'0' && (n == 3 && matches!(bytes[1], b'1' | b'2') || n == 4 && matches!(bytes[1], b'3'..=b'9'))
    };
    let land = (3..=4).contains(&first) && area(first) && matches!(bytes.len() - first, 7..=8) && runs.len() <= 3
        || runs.len() == 1
            && bytes.len() > 1
            && (area(3) && bytes.len() == 11 || area(4) && matches!(bytes.len(), 11 | 12));
    if land {
        return Some(if area(3) { 3 } else { 4 });
    }
    // A local number of 7 or 8 digits, or an account, only where a word announces it: otherwise it may be a
    // date or a count.
    let before: String = chars[runs[0].0.saturating_sub(6)..runs[0].0].iter().collect::<String>().to_ascii_lowercase();
    let announced = |words: &[&str]| words.iter().any(|word| before.contains(word));
    let local = announced(&["电话", "联系方式", "热线", "传真", "座机", "tel"]) && matches!(bytes.len(), 7 | 8);
    let account = announced(&["qq", "微信"]) && (5..=12).contains(&bytes.len());
    (local || account).then_some(0)
}
