//! One day in all its spellings.

use super::plain::plain_parts;
use super::{DateFault, DateTime, Shift, day_of, digits, four, two};
use crate::text::{fold, is_blank_word};

/// Days from Excel's 1899-12-30 to 1970-01-01.
const EXCEL_EPOCH: i32 = 25_569;
/// Minutes of a day.
const DAY: i32 = 24 * 60;
/// Beijing's distance from Greenwich, in minutes.
const BEIJING: i32 = 8 * 60;
/// So many seconds before midnight a date column's time stands for that midnight.
const SHORT_OF_MIDNIGHT: u32 = 120;
/// What programs that knew Shanghai's local mean time (8:05:43) write short of a full hour.
const MEAN_TIME: (u32, u32) = (59, 17);

/// A day as it was written, led to Beijing's time.
#[derive(Clone, Copy)]
pub(super) struct Written {
    pub(super) day: i32,
    /// Seconds since midnight, and whether seconds were written.
    second: Option<(u32, bool)>,
    /// True where a zone led to another day.
    zoned: bool,
}

impl Written {
    fn date(day: i32) -> Self {
        Self { day, second: None, zoned: false }
    }

    fn told(self, shift: Option<Shift>) -> DateTime {
        let minute = self.second.map(|(second, _)| (second / 60) as u16);
        DateTime { day: self.day, minute, shift: shift.or(self.zoned.then_some(Shift::Zone)) }
    }
}

/// A date; `Ok(None)` for "nothing" and for 长期 (no end).
///
/// A time within two minutes before midnight is that midnight, but for 23:59 and 23:59:59, which people and databases
/// write for the day's end.
///
/// # Errors
/// Why it is not a date.
pub fn parse_date(text: &str) -> Result<Option<DateTime>, DateFault> {
    let Some(written) = read(text)? else { return Ok(None) };
    if let Some((second, true)) = written.second
        && (86_400 - SHORT_OF_MIDNIGHT..86_399).contains(&second)
        && second % 60 != 0
    {
        return Ok(Some(Written::date(written.day + 1).told(Some(Shift::Midnight))));
    }
    Ok(Some(written.told(None)))
}

/// A date with its time of day, for columns of times; `Ok(None)` for "nothing" and for 长期.
///
/// Only what is 43 seconds short of a full hour is moved to that hour.
///
/// # Errors
/// Why it is not a date.
pub fn parse_time(text: &str) -> Result<Option<DateTime>, DateFault> {
    let Some(mut written) = read(text)? else { return Ok(None) };
    let Some((second, true)) = written.second else { return Ok(Some(written.told(None))) };
    if (second / 60 % 60, second % 60) != MEAN_TIME {
        return Ok(Some(written.told(None)));
    }
    let hour = second / 3600 + 1;
    let next = i32::from(hour == 24);
    written.day += next;
    written.second = Some((hour % 24 * 3600, true));
    Ok(Some(written.told((next == 1).then_some(Shift::Midnight))))
}

/// True for 长期 and the like: a period without an end.
#[must_use]
pub fn is_open_end(text: &str) -> bool {
    let folded = fold(text);
    let text = folded.trim();
    matches!(text, "长期" | "永久" | "长期有效" | "永久有效" | "无期限" | "无固定期限")
        || text.starts_with("9999") && text.get(4..5).is_some_and(|c| matches!(c, "-" | "/" | "." | "1"))
}

fn read(text: &str) -> Result<Option<Written>, DateFault> {
    let bytes = text.as_bytes();
    // The form that most cells have, without any allocation.
    if bytes.len() == 10
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && digits(&bytes[..4])
        && digits(&bytes[5..7])
        && digits(&bytes[8..])
    {
        return at(four(bytes), two(bytes, 5), two(bytes, 8), None);
    }
    if let Some((year, month, day)) = plain_parts(bytes) {
        return at(year, month, day, None);
    }
    read_any(text)
}

/// As [`read`], without the quick look at the common forms.
pub(super) fn read_any(text: &str) -> Result<Option<Written>, DateFault> {
    let folded = fold(text);
    let text = folded.trim();
    if is_blank_word(text) || is_open_end(text) {
        return Ok(None);
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.bytes().filter(|b| *b == b'.').count() <= 1 {
        return bare(text);
    }
    let plain = without_weekday(without_remark(text)?);
    let plain = plain.trim().trim_end_matches(['.', '。']).trim();
    if plain.len() < text.len() && is_blank_word(plain) {
        return Err(DateFault::Form);
    }
    if let Some(found) = english(plain) {
        return found;
    }
    let (plain, zone) = zone_of(plain)?;
    let plain = if plain.contains(['年', '月']) { chinese_digits(plain) } else { plain.to_owned() };
    let plain = compact(&plain).unwrap_or(plain);
    let Some(written) = parts(&plain)? else { return Ok(None) };
    Ok(Some(in_beijing(written, zone)))
}

pub(super) fn at(year: i32, month: u32, day: u32, second: Option<(u32, bool)>) -> Result<Option<Written>, DateFault> {
    if year == 9999 && (1..=12).contains(&month) {
        return Ok(None); // 9999-12-31 is how databases write 长期
    }
    day_of(year, month, day).map(|day| Some(Written { day, second, zoned: false }))
}

/// A time of another zone in Beijing's; without a time of day a zone says nothing.
fn in_beijing(written: Written, zone: Option<i32>) -> Written {
    let (Some(zone), Some((second, exact))) = (zone, written.second) else { return written };
    let minutes = (second / 60).cast_signed() + BEIJING - zone;
    let days = minutes.div_euclid(DAY);
    let second = minutes.rem_euclid(DAY).cast_unsigned() * 60 + second % 60;
    Written { day: written.day + days, second: Some((second, exact)), zoned: days != 0 }
}

/// Digits only: 20260301, 20260301123000, milliseconds since 1970, or an Excel serial; also `20260301.0`.
fn bare(text: &str) -> Result<Option<Written>, DateFault> {
    let (whole, mut fraction) = text.split_once('.').unwrap_or((text, ""));
    // Data-frame tools write whole numbers so.
    if fraction.bytes().all(|b| b == b'0') && whole.len() != 4 {
        fraction = "";
    }
    let bytes = whole.as_bytes();
    match (whole.len(), fraction.is_empty()) {
        (8, true) => at(four(bytes), two(bytes, 4), two(bytes, 6), None),
        (12, true) => {
            at(four(bytes), two(bytes, 4), two(bytes, 6), Some((clock(two(bytes, 8), two(bytes, 10), 0)?, false)))
        }
        (14, true) => {
            let second = clock(two(bytes, 8), two(bytes, 10), two(bytes, 12))?;
            at(four(bytes), two(bytes, 4), two(bytes, 6), Some((second, true)))
        }
        (13, true) => {
            let second = whole.parse::<i64>().map_err(|_| DateFault::Form)? / 1000;
            let written = Written {
                day: i32::try_from(second.div_euclid(86_400)).map_err(|_| DateFault::Form)?,
                second: Some((second.rem_euclid(86_400) as u32, true)),
                zoned: false,
            };
            // Nobody writes a time before 2000 so, nor one after 2100.
            let plausible = (10_957..47_847).contains(&written.day);
            if plausible { Ok(Some(in_beijing(written, Some(0)))) } else { Err(DateFault::Form) }
        }
        (5, _) => {
            let serial: i32 = whole.parse().map_err(|_| DateFault::Form)?;
            // 20 000 is 1954-10-03, 73 415 is 2100-12-31.
            if !(20_000..=73_415).contains(&serial) {
                return Err(DateFault::Impossible);
            }
            if fraction.is_empty() {
                return Ok(Some(Written::date(serial - EXCEL_EPOCH)));
            }
            let part: f64 = format!("0.{fraction}").parse().map_err(|_| DateFault::Form)?;
            let second = (part * 86_400.0 + 0.5) as u32;
            Ok(Some(if second >= 86_400 {
                Written::date(serial - EXCEL_EPOCH + 1)
            } else {
                Written { day: serial - EXCEL_EPOCH, second: Some((second, true)), zoned: false }
            }))
        }
        (4 | 6, true) => Err(DateFault::Incomplete),
        (4, false) if fraction.len() <= 2 => Err(DateFault::Incomplete), // 2026.3
        (1..=2, _) => Err(DateFault::ShortYear),
        _ => Err(DateFault::Form),
    }
}

/// Seconds since midnight; 24:00 is the last minute of the day that it closes.
fn clock(hour: u32, minute: u32, second: u32) -> Result<u32, DateFault> {
    match (hour, minute, second) {
        (24, 0, 0) => Ok(86_340),
        (0..24, 0..60, 0..=60) => Ok(hour * 3600 + minute * 60 + second.min(59)),
        _ => Err(DateFault::Impossible),
    }
}

/// The text without a remark in brackets behind it (（补）, （年假）, (中国标准时间)).
///
/// A remark with figures, or one that takes the date back (作废, 待定), leaves no date.
fn without_remark(text: &str) -> Result<&str, DateFault> {
    let Some(open) = text.find(['(', '[']) else { return Ok(text) };
    let (before, remark) = text.split_at(open);
    let closes = remark.ends_with([')', ']']);
    let doubtful = |c: char| c.is_ascii_digit() || "废错撤消误?？待未否原拟约不非预暂估".contains(c);
    if !closes || before.trim().is_empty() || remark.contains(doubtful) {
        return Err(DateFault::Form);
    }
    Ok(before.trim_end())
}

/// The text without 星期五, 周五, 礼拜五.
fn without_weekday(text: &str) -> String {
    let mut out = text.to_owned();
    for word in ["星期", "礼拜", "周"] {
        if let Some(i) = out.find(word)
            && let Some(day) = out
                .get(i + word.len()..)
                .and_then(|rest| rest.chars().next())
                .filter(|c| "一二三四五六日天".contains(*c))
        {
            out.replace_range(i..i + word.len() + day.len_utf8(), " ");
        }
    }
    out
}

/// The text before a zone, and the zone in minutes east of Greenwich.
fn zone_of(text: &str) -> Result<(&str, Option<i32>), DateFault> {
    if let Some(before) = text.strip_suffix("北京时间") {
        return Ok((before.trim_end(), Some(BEIJING)));
    }
    // The date has dashes of its own: a zone can only stand behind a time of day.
    let Some(time) = text.find([':', 'T', 't']) else { return Ok((text, None)) };
    let marks = ['+', 'Z', 'z', 'U', 'G', 'C'];
    let (date, clock) = text.split_at(time);
    let Some(start) = clock.find(|c| marks.contains(&c) || c == '-') else {
        return Ok((text, None));
    };
    let (_, zone) = clock.split_at(start);
    let zone = zone_minutes(zone).ok_or(DateFault::Form)?;
    let (before, _) = text.split_at(date.len() + start);
    Ok((before.trim_end(), Some(zone)))
}

/// `Z`, `UTC`, `GMT+0800`, `+08:00`, `+08`, `CST` (China's, in a Chinese file) in minutes.
fn zone_minutes(text: &str) -> Option<i32> {
    let upper = text.trim().to_ascii_uppercase();
    if upper == "CST" {
        return Some(BEIJING);
    }
    let named = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT")).or_else(|| upper.strip_prefix('Z'));
    let rest = named.unwrap_or(&upper).trim();
    if rest.is_empty() {
        return named.map(|_| 0);
    }
    let (sign, figure) = match rest.split_at_checked(1)? {
        ("+", figure) => (1, figure),
        ("-", figure) => (-1, figure),
        _ => return None,
    };
    let plain: String = figure.chars().filter(|c| *c != ':').collect();
    if !digits(plain.as_bytes()) {
        return None;
    }
    let (hour, minute): (i32, i32) = match plain.len() {
        1 | 2 => (plain.parse().ok()?, 0),
        4 => (plain.get(..2)?.parse().ok()?, plain.get(2..)?.parse().ok()?),
        _ => return None,
    };
    (hour <= 14 && minute < 60).then_some(sign * (hour * 60 + minute))
}

/// `20240229T160000` with separators.
fn compact(text: &str) -> Option<String> {
    let (date, time) = text.split_once(['T', 't'])?;
    let time = time.split('.').next()?;
    if date.len() != 8 || !matches!(time.len(), 4 | 6) || !digits(date.as_bytes()) || !digits(time.as_bytes()) {
        return None;
    }
    let date = format!("{}-{}-{}", date.get(..4)?, date.get(4..6)?, date.get(6..)?);
    let seconds = time.get(4..).filter(|seconds| !seconds.is_empty()).map_or_else(String::new, |s| format!(":{s}"));
    Some(format!("{date} {}:{}{seconds}", time.get(..2)?, time.get(2..4)?))
}

/// `Fri Mar 01 2024 00:00:00 GMT+0800`, `1-Mar-2024`, `March 1, 2024`: a month by its English name, the year in four
/// digits. `None` where no such name is in it.
fn english(text: &str) -> Option<Result<Option<Written>, DateFault>> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    if !text.is_ascii() || text.bytes().filter(u8::is_ascii_alphabetic).count() < 3 {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let named = |word: &str, names: &[&str]| {
        names
            .iter()
            .position(|name| word.len() >= 3 && name.starts_with(word) || word == "sept" && *name == "september")
    };
    let (mut year, mut month, mut day, mut second, mut zone) = (None, None, None, None, None);
    let mut two_days = false;
    for token in lower.split([' ', ',']).filter(|token| !token.is_empty()) {
        if token.contains(':') {
            let figures: Vec<u32> = token
                .split(':')
                .map(|part| part.split('.').next().unwrap_or_default().parse())
                .collect::<Result<_, _>>()
                .ok()?;
            let [hour, minute, rest @ ..] = figures.as_slice() else { return None };
            match clock(*hour, *minute, rest.first().copied().unwrap_or(0)) {
                Ok(found) => second = Some((found, !rest.is_empty())),
                Err(fault) => return Some(Err(fault)),
            }
            continue;
        }
        if second.is_some()
            && let Some(found) = zone_minutes(token)
        {
            zone = Some(found);
            continue;
        }
        for word in token.split(['-', '/']) {
            let figure = word.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h']);
            if let Some(found) = named(word, &MONTHS) {
                month = Some(found as u32 + 1);
            } else if word.len() == 4 && digits(word.as_bytes()) {
                year = word.parse::<i32>().ok();
            } else if matches!(figure.len(), 1 | 2) && digits(figure.as_bytes()) {
                two_days |= day.is_some();
                day = figure.parse::<u32>().ok();
            } else if named(word.trim_end_matches('.'), &DAYS).is_none() {
                return None;
            }
        }
    }
    let month = month?;
    if two_days {
        return Some(Err(DateFault::ShortYear)); // 01-Mar-24
    }
    let (Some(year), Some(day)) = (year, day) else { return Some(Err(DateFault::Incomplete)) };
    Some(at(year, month, day, second).map(|found| found.map(|written| in_beijing(written, zone))))
}

/// Numbers with separators between: year, month, day, then perhaps a time of day.
fn parts(text: &str) -> Result<Option<Written>, DateFault> {
    // Fractions of a second say nothing here.
    let text = match text.rsplit_once('.') {
        Some((before, fraction)) if before.contains(':') && digits(fraction.as_bytes()) => before,
        _ => text,
    };
    let upper = text.to_ascii_uppercase();
    let (text, afternoon) = match upper.strip_suffix("PM").map(|_| true).or(upper.strip_suffix("AM").map(|_| false)) {
        Some(afternoon) => (text.get(..text.len() - 2).unwrap_or_default().trim_end(), Some(afternoon)),
        None => (text, None),
    };
    let mut numbers: Vec<(u32, usize)> = Vec::with_capacity(6);
    let mut separators: Vec<String> = Vec::with_capacity(6);
    let mut separator = String::new();
    let mut in_number = false;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            if in_number {
                if let Some((value, length)) = numbers.last_mut() {
                    if *length >= 6 {
                        return Err(DateFault::Form);
                    }
                    *value = *value * 10 + digit;
                    *length += 1;
                }
            } else {
                separators.push(std::mem::take(&mut separator));
                numbers.push((digit, 1));
                in_number = true;
            }
        } else {
            separator.push(c);
            in_number = false;
        }
    }
    let between = |i: usize, allowed: &[&str]| separators.get(i).is_some_and(|s| allowed.contains(&s.trim()));
    let date_separator = |i: usize| between(i, &["-", "/", ".", "。", "年", "月", "—", "–", "_", "\\", ","]);
    let Some(((year, year_digits), true)) = numbers.first().map(|first| (*first, separators[0].is_empty())) else {
        return Err(DateFault::Form);
    };
    if year_digits != 4 {
        let third_is_year = numbers.get(2).is_some_and(|(_, length)| *length == 4);
        let short = year_digits <= 2 && (date_separator(1) || third_is_year);
        if numbers.len() == 2 && between(1, &["月"]) && matches!(separator.trim(), "日" | "号") {
            return Err(DateFault::NoYear);
        }
        return Err(if short { DateFault::ShortYear } else { DateFault::Form });
    }
    let (Some((month, month_digits)), Some((day, day_digits))) = (numbers.get(1), numbers.get(2)) else {
        let tail = separator.trim();
        let only_parts = (numbers.len() == 1 || date_separator(1)) && matches!(tail, "" | "年" | "月" | "月份");
        return Err(if only_parts { DateFault::Incomplete } else { DateFault::Form });
    };
    if !date_separator(1) || !date_separator(2) || *month_digits > 2 || *day_digits > 2 {
        return Err(DateFault::Form);
    }
    let second = match numbers.get(3..) {
        None | Some([]) => match separator.trim() {
            "" | "日" | "号" => None,
            _ => return Err(DateFault::Form),
        },
        Some([(hour, _), rest @ ..]) => {
            let before = separators[3].trim().trim_start_matches(['日', '号']).trim();
            let ends = matches!(separator.trim(), "" | "时" | "点" | "分" | "秒" | "整" | "时整" | "点整");
            let divided = (4..numbers.len()).all(|i| between(i, &[":", "时", "点", "分"]));
            if !matches!(before, "" | "T" | "t" | "上午" | "下午" | "晚上") || !ends || !divided || rest.len() > 2
            {
                return Err(DateFault::Form);
            }
            let late = matches!(before, "下午" | "晚上") || afternoon == Some(true);
            let hour = match hour {
                12 if before == "上午" || afternoon == Some(false) => 0,
                hour if late && *hour < 12 => hour + 12,
                hour => *hour,
            };
            let figure = |i: usize| rest.get(i).map_or(0, |(figure, _)| *figure);
            Some((clock(hour, figure(0), figure(1))?, rest.len() == 2))
        }
    };
    at(year.cast_signed(), *month, *day, second)
}

/// 二〇二六年三月一日 → 2026年3月1日; other text unchanged.
fn chinese_digits(text: &str) -> String {
    let value = |c: char| {
        "〇一二三四五六七八九".chars().position(|d| d == c).or(match c {
            '零' | '○' | 'Ｏ' => Some(0),
            '元' => Some(1),
            _ => None,
        })
    };
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|j| chars.get(j)).and_then(|c| value(*c)).is_some();
        let after = chars.get(i + 1).and_then(|c| value(*c)).is_some();
        match (c, value(*c)) {
            (_, Some(digit)) => out.push_str(&digit.to_string()),
            // 十 alone is 10, before a digit 1, behind a digit nothing or 0.
            ('十', None) => out.push_str(match (before, after) {
                (false, false) => "10",
                (false, true) => "1",
                (true, false) => "0",
                (true, true) => "",
            }),
            _ => out.push(*c),
        }
    }
    out
}
