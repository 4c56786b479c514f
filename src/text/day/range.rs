//! Periods: both ends in one cell, several of them, the second end in short.

use chrono::Datelike;

use super::{DateFault, date_of, day_of, digits, is_open_end, parse_date, render_day};
use crate::text::{fold, fold_lines, is_blank_word};

/// Bytes of a day as 2026-03-01.
const PLAIN_DAY: usize = 10;

/// First and last day of a range; either may be open.
pub type Range = (Option<i32>, Option<i32>);

/// What divides the two ends, the unmistakable first.
const DIVIDERS: [&str; 11] = ["至", "到", "～", "~", "——", "—", "–", " - ", "--", "/", "-"];

/// 2024-09-10至2029-09-09: (from, to), either may be missing (至2029-09-09, 2024-09-10至长期). The second end may
/// leave out what it shares with the first: 2027-03-01至03-05, 2027年3月1日至5日, 2027.3.1-3.5.
///
/// # Errors
/// Why it is not a range.
pub fn parse_range(text: &str) -> Result<Option<Range>, DateFault> {
    if let Some(range) = plain_range(text) {
        return Ok(Some(range));
    }
    parse_any_range(text)
}

/// The form that most cells have, two days of ten bytes and what divides them, without looking for others.
fn plain_range(text: &str) -> Option<Range> {
    let (from, rest) = text.split_at_checked(PLAIN_DAY)?;
    let (divider, to) = rest.split_at_checked(rest.len().checked_sub(PLAIN_DAY)?)?;
    if !matches!(divider.trim(), "至" | "到" | "～" | "~" | "——" | "—" | "–") {
        return None;
    }
    let (from, to) = (parse_date(from).ok()??, parse_date(to).ok()??);
    Some((Some(from.day), Some(to.day)))
}

fn parse_any_range(text: &str) -> Result<Option<Range>, DateFault> {
    let folded = fold(text);
    let text = without_label(&folded)?;
    let text = text.trim_start_matches('自').trim_start_matches('从').trim_end_matches('止').trim();
    if is_blank_word(text) || is_open_end(text) {
        return Ok(None);
    }
    let end = |part: &str| {
        if part.is_empty() || is_open_end(part) {
            return Ok(None);
        }
        parse_date(part)?.map(|date| Some(date.day)).ok_or(DateFault::Form)
    };
    let mut fault = None;
    for divider in DIVIDERS {
        let mut found: Vec<Range> = Vec::new();
        for (i, divider) in text.match_indices(divider) {
            let (from, rest) = text.split_at(i);
            let Some(to) = rest.strip_prefix(divider) else { continue };
            let (from, to) = (from.trim().trim_end_matches(['起', '始']).trim(), to.trim());
            let Ok(first) = end(from) else { continue };
            let range = match (first, end(to)) {
                (first, Ok(last)) => (first, last),
                (Some(first), Err(_)) => match short_end(first, to) {
                    Some(Ok(last)) => (Some(first), Some(last)),
                    Some(Err(why)) => {
                        fault = Some(why);
                        continue;
                    }
                    None => continue,
                },
                (None, Err(_)) => continue,
            };
            // Single dashes and slashes also stand inside dates: there the divider leaves two dates.
            let both = range.0.is_some() && range.1.is_some();
            if both || (range.0.is_some() || range.1.is_some()) && !matches!(divider, "-" | "/") {
                found.push(range);
            }
        }
        found.dedup();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(Some(*one)),
            _ => return Err(DateFault::Form),
        }
    }
    if let Some(from) = text.strip_suffix('起')
        && let Ok(Some(from)) = end(from.trim())
    {
        return Ok(Some((Some(from), None)));
    }
    match parse_date(text) {
        Ok(date) => Ok(date.map(|date| (None, Some(date.day)))),
        Err(why) => Err(fault.unwrap_or(why)),
    }
}

/// The end of a range that leaves out the year, or year and month: `03-05`, `3.5`, `3月5日`, `08`, `5日`.
///
/// `None` where it isn't of this form; an error where it is, but no such day, or one before the first.
fn short_end(first: i32, text: &str) -> Option<Result<i32, DateFault>> {
    let first_date = date_of(first)?;
    let plain = text.trim_end_matches(['日', '号']).trim();
    let figures: Vec<&str> = plain.split(['-', '/', '.', '月']).map(str::trim).collect();
    if figures.iter().any(|figure| !matches!(figure.len(), 1 | 2) || !digits(figure.as_bytes())) {
        return None;
    }
    let (month, day) = match figures.as_slice() {
        [day] => (first_date.month(), day.parse().ok()?),
        [month, day] => (month.parse().ok()?, day.parse().ok()?),
        _ => return None,
    };
    // An end before its beginning lies in the next year, perhaps: nothing says so.
    Some(day_of(first_date.year(), month, day).and_then(
        |last| {
            if last < first { Err(DateFault::NoYear) } else { Ok(last) }
        },
    ))
}

/// The text without a label before it (产假：) and a remark behind (（年假）).
fn without_label(text: &str) -> Result<&str, DateFault> {
    let mut text = text.trim();
    if let Some((label, rest)) = text.split_once([':', '：'])
        && !label.chars().any(|c| c.is_ascii_digit())
        && !label.is_empty()
    {
        if label.contains(['不', '非', '未', '待', '拟', '原']) {
            return Err(DateFault::Form);
        }
        text = rest.trim();
    }
    if let Some(before) =
        text.strip_suffix([')', '）']).and_then(|rest| rest.rfind(['(', '（']).and_then(|i| rest.get(..i)))
    {
        let remark = text.get(before.len()..).unwrap_or_default();
        let doubtful = |c: char| c.is_ascii_digit() || "废错撤消误?？待未否原拟约不非预暂估".contains(c);
        if remark.contains(doubtful) {
            return Err(DateFault::Form);
        }
        text = before.trim_end();
    }
    Ok(text)
}

/// First and last day of what a cell names: one day, a range, several of both; `Ok(None)` for "nothing".
///
/// # Errors
/// Why it is none, or [`DateFault::Unbounded`] where an end is open.
pub fn parse_span(text: &str) -> Result<Option<(i32, i32)>, DateFault> {
    if let Ok(date) = parse_date(text) {
        return Ok(date.map(|date| (date.day, date.day)));
    }
    match spans(text) {
        Ok(spans) => Ok(spans.iter().map(|span| span.0).min().zip(spans.iter().map(|span| span.1).max())),
        Err((_, why)) => Err(why),
    }
}

/// Several ranges or single days, divided by ；; 、 or a line break, as ISO ranges joined by `;`. A part after the
/// first may leave out the year that it shares with the one before it.
///
/// # Errors
/// The first part that is not a range, and why.
pub fn parse_ranges(text: &str) -> Result<Option<String>, (String, DateFault)> {
    let out: Vec<String> =
        spans(text)?.into_iter().map(|(from, to)| format!("{}/{}", render_day(from), render_day(to))).collect();
    Ok((!out.is_empty()).then(|| out.join(";")))
}

fn spans(text: &str) -> Result<Vec<(i32, i32)>, (String, DateFault)> {
    let folded = fold_lines(text);
    let mut out: Vec<(i32, i32)> = Vec::new();
    for part in folded.split([';', '、', '\n', '，', ',']).map(str::trim).filter(|part| !is_blank_word(part)) {
        let wrong = |why: DateFault| (part.to_owned(), why);
        let span = match parse_range(part) {
            Ok(Some((Some(from), Some(to)))) if from <= to => (from, to),
            Ok(Some((None, Some(day)))) => (day, day),
            Ok(Some((Some(_), Some(_)))) => return Err(wrong(DateFault::Impossible)),
            Ok(_) => return Err(wrong(DateFault::Unbounded)),
            Err(why) => match out.last() {
                Some((before, _)) => short_span(*before, part).unwrap_or(Err(why)).map_err(wrong)?,
                None => return Err(wrong(why)),
            },
        };
        out.push(span);
    }
    Ok(out)
}

/// A later part in short, after a day of which it shares the year: `03-05`, `8日`, `4.1至4.3`.
fn short_span(before: i32, part: &str) -> Option<Result<(i32, i32), DateFault>> {
    if let Some(day) = short_end(before, part) {
        return Some(day.map(|day| (day, day)));
    }
    ["至", "到", "～", "~", "—", "-"].iter().find_map(|divider| {
        let (from, to) = part.split_once(divider)?;
        let from = match short_end(before, from.trim())? {
            Ok(from) => from,
            Err(why) => return Some(Err(why)),
        };
        short_end(from, to.trim()).map(|to| to.map(|to| (from, to)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_form_of_a_range_means_what_the_long_way_finds() {
        let days = [
            "2024-03-01",
            "2029-02-28",
            "2024-02-30",
            "9999-12-31",
            "1970-01-01",
            "2024.03.01",
            " 2024.3.1 ",
            "20240301  ",
        ];
        let dividers = ["至", " 至 ", "到", "～", "~", "——", "—", "–", "-", " - ", "--", "/", "至至", ""];
        let mut quick = 0;
        for from in days {
            for to in days {
                for divider in dividers {
                    let text = format!("{from}{divider}{to}");
                    if let Some(range) = plain_range(&text) {
                        quick += 1;
                        assert_eq!(parse_any_range(&text), Ok(Some(range)), "{text}");
                    }
                }
            }
        }
        assert!(quick >= 8 * 4, "{quick}");
    }
}
