//! The report by kinds of findings: how many of each, an example, what to do; and these in words for a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use polars::prelude::DataFrame;

use crate::diagnostic::{AppResult, Severity};

use super::codes;
use super::columns::{Column as Typed, Text};
use super::confirmed::{Standing, standing_of};
use super::schema::quality;

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingKind {
    /// Code; empty where the report does not say.
    pub code: String,
    /// 错误, 警告 or 提示.
    pub severity: String,
    /// What is wrong, of the kind where it has one sentence, else of the first.
    pub what: String,
    /// What to do.
    pub hint: String,
    /// How many, those confirmed included.
    pub count: u64,
    /// Of these, listed one by one: the report lists so many of a kind at most.
    pub listed: u64,
    /// Of these, confirmed by a person.
    pub confirmed: u64,
    /// Rows of the report with the first of them, those still open before the others.
    pub examples: Vec<usize>,
}

/// Examples kept of a kind.
const EXAMPLES: usize = 3;

impl FindingKind {
    /// Those that nobody has confirmed.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.count - self.confirmed
    }

    /// What confirming one of them says; `None` where only the office's own file can be mended.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        standing_of(&self.code)
    }
}

/// How many more of its kind a row speaks of that stands for those not listed.
fn not_listed(file: &str, row: Option<u32>, what: &str) -> Option<u64> {
    if !file.is_empty() || row.is_some() {
        return None;
    }
    what.strip_prefix("另有 ")?.split_once(" 条未逐条列出")?.0.parse().ok()
}

/// The kinds of a report: errors first, then by the number of those open.
///
/// # Errors
/// `FRM-001` where the frame is no report.
pub fn kinds_of(report: &DataFrame) -> AppResult<Vec<FindingKind>> {
    let (severities, ids) = (quality::SEVERITY.of(report)?, quality::CODE.of(report)?);
    let (files, rows) = (quality::FILE.of(report)?, quality::ROW.of(report)?);
    let (whats, hints) = (quality::WHAT.of(report)?, quality::HINT.of(report)?);
    let confirmed = quality::CONFIRMED_BY.of(report)?;
    let mut kinds: BTreeMap<(u8, &str), FindingKind> = BTreeMap::new();
    let mut done: BTreeMap<(u8, &str), Vec<usize>> = BTreeMap::new();
    for row in 0..report.height() {
        let severity = severities.get(row).unwrap_or_default();
        let rank = match severity {
            text if text == Severity::Error.label() => 0,
            text if text == Severity::Warning.label() => 1,
            _ => 2,
        };
        let code = ids.get(row).unwrap_or_default();
        let (what, hint) = (whats.get(row).unwrap_or_default(), hints.get(row).unwrap_or_default());
        let more = not_listed(files.get(row).unwrap_or_default(), rows.get(row).copied().flatten(), what);
        let kind = kinds.entry((rank, code)).or_insert_with(|| {
            let known = codes::by_id(code);
            FindingKind {
                code: code.to_owned(),
                severity: severity.to_owned(),
                what: known.map_or(what, |known| known.what).to_owned(),
                hint: known.map_or(hint, |known| known.hint).to_owned(),
                count: 0,
                listed: 0,
                confirmed: 0,
                examples: Vec::new(),
            }
        });
        kind.count += more.unwrap_or(1);
        if more.is_some() {
            continue;
        }
        kind.listed += 1;
        if confirmed.get(row).is_some() {
            kind.confirmed += 1;
            done.entry((rank, code)).or_default().push(row);
        } else if kind.examples.len() < EXAMPLES {
            kind.examples.push(row);
        }
    }
    for (key, rows) in done {
        if let Some(kind) = kinds.get_mut(&key) {
            let free = EXAMPLES - kind.examples.len();
            kind.examples.extend(rows.into_iter().take(free));
        }
    }
    let mut kinds: Vec<((u8, &str), FindingKind)> = kinds.into_iter().collect();
    kinds.sort_by(|((a, _), x), ((b, _), y)| {
        a.cmp(b).then(y.open().cmp(&x.open())).then(y.count.cmp(&x.count)).then_with(|| x.code.cmp(&y.code))
    });
    Ok(kinds.into_iter().map(|(_, kind)| kind).collect())
}

/// Where and on whom a finding is, what stood there and what would have been right: a row of the report in words.
///
/// # Errors
/// `FRM-001` where the frame is no report.
pub fn place_words(report: &DataFrame, row: usize) -> AppResult<String> {
    let cell =
        |column: &Typed<Text>| -> AppResult<String> { Ok(column.of(report)?.get(row).unwrap_or_default().to_owned()) };
    let mut words = cell(&quality::FILE)?;
    let sheet = cell(&quality::SHEET)?;
    if !sheet.is_empty() {
        let _ = write!(words, "「{sheet}」");
    }
    if let Some(at) = quality::ROW.of(report)?.get(row).copied().flatten() {
        let space = if sheet.is_empty() { " " } else { "" };
        let _ = write!(words, "{space}第 {at} 行");
    }
    let mut parts: Vec<String> = if words.is_empty() { Vec::new() } else { vec![words] };
    for (before, column) in [("列", &quality::COLUMN), ("单位", &quality::UNIT), ("实际为", &quality::VALUE)] {
        let text = cell(column)?;
        // a name that is the value itself is said once
        let again = before == "实际为" && text == cell(&quality::UNIT)?;
        if !text.is_empty() && !again {
            parts.push(format!("{before}「{text}」"));
        }
    }
    let expected = cell(&quality::EXPECTED)?;
    if !expected.is_empty() {
        parts.push(format!("应为{expected}"));
    }
    Ok(parts.join("，"))
}

/// The rows of a kind, of a unit, or both; rows that stand for findings not listed are none of them.
///
/// # Errors
/// `FRM-001` where the frame is no report.
pub fn rows_of(report: &DataFrame, code: Option<&str>, unit: Option<&str>) -> AppResult<Vec<usize>> {
    let (ids, units, files) = (quality::CODE.of(report)?, quality::UNIT.of(report)?, quality::FILE.of(report)?);
    let is_asked = |row: &usize| {
        let cell = |text: Option<&str>, asked: Option<&str>| {
            asked.is_none_or(|asked| text.is_some_and(|text| text.eq_ignore_ascii_case(asked)))
        };
        files.get(*row).is_some() && cell(ids.get(*row), code) && cell(units.get(*row), unit)
    };
    Ok((0..report.height()).filter(is_asked).collect())
}

/// The kinds of a report in words: each with its count, what to do, and the first of them.
///
/// # Errors
/// `FRM-001` where the frame is no report.
pub fn tell_kinds(report: &DataFrame) -> AppResult<String> {
    let kinds = kinds_of(report)?;
    let whats = quality::WHAT.of(report)?;
    let mut text = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Hint].map(Severity::label) {
        let of_this: Vec<&FindingKind> = kinds.iter().filter(|kind| kind.severity == severity).collect();
        if of_this.is_empty() {
            continue;
        }
        let all: u64 = of_this.iter().map(|kind| kind.count).sum();
        let _ = writeln!(text, "\n{severity}（{all} 条）");
        for kind in of_this {
            let _ = write!(text, "  [{}] {}：{} 条", kind.code, kind.what, kind.count);
            if kind.confirmed > 0 {
                let _ = write!(text, "（已确认 {} 条）", kind.confirmed);
            }
            if !kind.hint.is_empty() {
                let _ = write!(text, "。{}", kind.hint);
            }
            text.push('\n');
            let Some(first) = kind.examples.first() else { continue };
            let own =
                whats.get(*first).filter(|own| *own != kind.what).map_or_else(String::new, |own| format!("{own}；"));
            let place = place_words(report, *first)?;
            if !place.is_empty() || !own.is_empty() {
                let _ = writeln!(text, "      如：{own}{place}");
            }
        }
    }
    Ok(text)
}
