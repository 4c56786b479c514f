//! Numbers that belong to a person, in running text: identity papers, telephones, bank cards.
//!
//! A number is found in whichever groups it is written (138/1234/5678, 138 1234 5678), in ASCII, full-width or other
//! digits, in Chinese numerals too. The characters come in folded ([`super::digits`]); positions stay those of the text.

use super::digits::is_gap;
use super::{MaskCounts, announce};
use crate::domain::{Uscc, find_identity, is_date};

/// Groups that one number may be written in: each digit by itself.
const MOST_GROUPS: usize = 20;
/// Characters between two groups of one number.
const WIDEST_GAP: usize = 3;
/// Characters of the longest number that is looked for, and somewhat more.
const LONGEST: usize = 32;

/// A run of ASCII letters and digits: positions from, to (exclusive).
pub(super) fn alnum_runs(chars: &[char]) -> Vec<(usize, usize)> {
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

/// What groups of letters and digits are, and how many of their characters may stay.
enum Number {
    Identity(usize, usize),
    Phone(usize, usize),
    Card,
    Paper,
}

pub(super) fn hide_numbers(chars: &[char], hide: &mut [bool], counts: &mut MaskCounts) {
    let runs = alnum_runs(chars);
    for first in 0..runs.len() {
        let mut last = first;
        while last + 1 < runs.len() && last + 1 < first + MOST_GROUPS {
            let gap = &chars[runs[last].1..runs[last + 1].0];
            if gap.len() > WIDEST_GAP
                || !gap.iter().all(|c| is_gap(*c))
                || runs[last + 1].1 - runs[first].0 > 3 * LONGEST
            {
                break;
            }
            last += 1;
        }
        // The longest first, so that no tail of a number is left over.
        for last in (first..=last).rev() {
            let groups = &runs[first..=last];
            let length: usize = groups.iter().map(|(from, to)| to - from).sum();
            if length > LONGEST && last > first {
                continue;
            }
            let positions: Vec<usize> = groups.iter().flat_map(|(from, to)| *from..*to).collect();
            if positions.iter().any(|i| hide[*i]) {
                continue;
            }
            let digits: String = positions.iter().map(|i| chars[*i].to_ascii_uppercase()).collect();
            let Some(number) = what_number(&digits, chars, groups) else { continue };
            let (from, to) = match number {
                Number::Identity(from, to) => {
                    counts.identities += 1;
                    (from + 6, to)
                }
                Number::Phone(from, to) => {
                    counts.phones += 1;
                    (from, to)
                }
                Number::Card => {
                    counts.cards += 1;
                    (4, positions.len())
                }
                Number::Paper => {
                    counts.papers += 1;
                    (1, positions.len())
                }
            };
            positions[from..to].iter().for_each(|i| hide[*i] = true);
        }
    }
}

/// What a run of letters and digits in its groups is; positions are those within the run.
fn what_number(digits: &str, chars: &[char], groups: &[(usize, usize)]) -> Option<Number> {
    let single = groups.len() == 1;
    if let Some((from, to)) = find_identity(digits, single) {
        return Some(Number::Identity(from, to));
    }
    if let Some((from, to)) = find_phone(digits, chars, groups) {
        return Some(Number::Phone(from, to));
    }
    let before = announce::before(chars, groups[0].0);
    if is_card(digits, &before, after_is_measure(chars, groups)) {
        return Some(Number::Card);
    }
    is_paper(digits, &before).then_some(Number::Paper)
}

fn is_uscc(part: &[u8]) -> bool {
    std::str::from_utf8(part).is_ok_and(|text| Uscc::parse(text).is_ok())
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |n, b| n * 10 + u32::from(b.wrapping_sub(b'0')))
}

/// An amount or a measure is nobody's number.
fn after_is_measure(chars: &[char], groups: &[(usize, usize)]) -> bool {
    let after = groups.last().and_then(|run| chars.get(run.1));
    after.is_some_and(|c| matches!(c, '元' | '万' | '吨' | '%' | '㎡'))
}

fn is_mobile(digits: &[u8]) -> bool {
    digits.len() == 11
        && digits[0] == b'1'
        && (b'3'..=b'9').contains(&digits[1])
        && digits.iter().all(u8::is_ascii_digit)
}

/// Which characters of a telephone number must go; `None` where the groups are no telephone number.
fn find_phone(run: &str, chars: &[char], groups: &[(usize, usize)]) -> Option<(usize, usize)> {
    let bytes = run.as_bytes();
    if after_is_measure(chars, groups) {
        return None;
    }
    for prefix in ["", "86", "0086", "086", "0"] {
        if run.strip_prefix(prefix).is_some_and(|rest| is_mobile(rest.as_bytes())) {
            return Some((prefix.len() + 3, bytes.len()));
        }
    }
    // Letters touch it (tel13812345678, 13812345678wx): a word of its own, not a hash or a code.
    if groups.len() == 1 && bytes.len() < LONGEST && bytes.iter().any(u8::is_ascii_alphabetic) {
        let mut from = 0;
        while from < bytes.len() {
            let end = bytes[from..].iter().position(|b| !b.is_ascii_digit()).map_or(bytes.len(), |n| from + n);
            let part = bytes.get(from..end).unwrap_or_default();
            let kept = [0, 2, 4].into_iter().find(|kept| part.get(*kept..).is_some_and(is_mobile));
            if let Some(kept) = kept.filter(|kept| *kept == 0 || part.starts_with(b"86") || part.starts_with(b"0086")) {
                return Some((from + kept + 3, end));
            }
            from = end + 1;
        }
    }
    if !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let first = groups[0].1 - groups[0].0;
    let area = |n: usize| {
        bytes.len() > 1
            && bytes[0] == b'0'
            && (n == 3 && matches!(bytes[1], b'1' | b'2') || n == 4 && matches!(bytes[1], b'3'..=b'9'))
    };
    let land = (3..=4).contains(&first) && area(first) && matches!(bytes.len() - first, 7..=8) && groups.len() <= 3
        || groups.len() == 1 && (area(3) && bytes.len() == 11 || area(4) && matches!(bytes.len(), 11 | 12));
    if land {
        return Some((if area(3) { 3 } else { 4 }, bytes.len()));
    }
    // A local number of 7 or 8 digits only where a word announces it: otherwise it may be a date or a count.
    let before = announce::before(chars, groups[0].0);
    (announce::telephone(&before) && matches!(bytes.len(), 7 | 8)).then_some((0, bytes.len()))
}

/// A bank card (ISO/IEC 7812, check digit by Luhn) or an account that a word announces.
fn is_card(digits: &str, before: &str, measure: bool) -> bool {
    let bytes = digits.as_bytes();
    if !bytes.iter().all(u8::is_ascii_digit) || measure {
        return false;
    }
    if announce::account(before) && (8..=25).contains(&bytes.len()) {
        return true;
    }
    let issued = matches!(bytes, [b'4' | b'5' | b'6', ..] | [b'3', b'5', ..] | [b'9', b'5', b'5', ..]);
    (16..=19).contains(&bytes.len()) && issued && !is_uscc(bytes) && luhn(bytes)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, b)| {
            let n = u32::from(b.wrapping_sub(b'0'));
            match (at % 2, n * 2) {
                (0, _) => n,
                (_, twice) if twice > 9 => twice - 9,
                (_, twice) => twice,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A passport, a permit of residence or of travel: by its form, or any number that its name announces.
fn is_paper(run: &str, before: &str) -> bool {
    let bytes = run.as_bytes();
    let announced = announce::paper(before);
    let figures = bytes.iter().filter(|b| b.is_ascii_digit()).count();
    if announced && (6..=18).contains(&bytes.len()) && figures >= 4 {
        return true;
    }
    let letters = bytes.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let tail = bytes.get(letters..).unwrap_or_default();
    if !tail.iter().all(u8::is_ascii_digit) {
        return false;
    }
    match letters {
        // E12345678 and the older G, D, S, P; C and H, M of the permits of travel. A letter before a date is none.
        1 => {
            matches!(bytes[0], b'E' | b'G' | b'D' | b'S' | b'P' | b'C' | b'H' | b'M')
                && tail.len() == 8
                && !((1980..=2060).contains(&number(&tail[..4]))
                    && is_date(number(&tail[..4]), number(&tail[4..6]), number(&tail[6..])))
        }
        // EA1234567
        2 => bytes[0] == b'E' && tail.len() == 7,
        // permit of residence of a foreigner (three letters of the country, twelve digits)
        3 => tail.len() == 12,
        _ => false,
    }
}
