//! Identity numbers of persons: 18 characters by GB 11643-1999 with a check character, or the older 15 digits.

use super::Uscc;

/// True where a number with 18 characters stands in the text, as in the registration of a person's business.
#[must_use]
pub fn holds_identity(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 17
        && runs_of(text).any(|run| find_identity(&run, true).is_some_and(|(from, to)| to - from == 18))
}

/// True where an identity number of either form stands in the text.
#[must_use]
pub fn has_identity(text: &str) -> bool {
    runs_of(text).any(|run| find_identity(&run, true).is_some())
}

/// Runs of letters and digits, upper case.
fn runs_of(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| !run.is_empty()).map(str::to_ascii_uppercase)
}

/// Where an identity number stands in a run of letters and digits (upper case). `single`: the run is one
/// group, so that a number inside a longer one is looked for as well.
#[must_use]
pub fn find_identity(run: &str, single: bool) -> Option<(usize, usize)> {
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

/// True for a day of the calendar in 1900 to 2099.
#[must_use]
pub fn is_date(year: u32, month: u32, day: u32) -> bool {
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
