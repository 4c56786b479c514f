//! Cells whose text was destroyed before it came here: a name or code so is an error, other text is kept and said. Names
//! that are two, and numbers that a spreadsheet took for days.

use polars::prelude::StringChunked;

use super::super::codes;
use super::super::collect::Collector;
use super::super::parse::find_cells;
use super::super::schema::{ColumnKind, ColumnSpec, TableKind, event, monitoring, violations};
use super::Intake;
use crate::text::encoding::{Ruin, ruin_of};
use crate::text::fold;

/// What a cell once was, in words.
fn in_words(ruin: Ruin) -> &'static str {
    match ruin {
        Ruin::Lost => "没有乱码的文字",
        Ruin::Utf8AsGbk => "没有乱码的文字（原为 UTF-8，曾被当作 GBK 打开并保存）",
        Ruin::AsWestern => "没有乱码的文字（曾被当作西文编码打开并保存）",
    }
}

/// True where a question mark stands for a character that an encoding lacked.
fn has_gap(name: &str, person: bool) -> bool {
    let Some((before, behind)) = name.split_once('?') else { return false };
    let hanzi = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    // At the end of a firm's name it may be somebody's question.
    (before.ends_with(hanzi) || behind.starts_with(hanzi)) && (person || !behind.is_empty())
}

/// How the names of firms and factories end.
const ENDINGS: [&str; 12] =
    ["公司", "集团", "工厂", "厂", "中心", "医院", "加油站", "合作社", "研究所", "养殖场", "经营部", "店"];

/// True for a name made of two, each of which ends as one.
fn is_several(name: &str) -> bool {
    let whole = |part: &str| {
        let part = part.trim();
        part.chars().count() >= 4 && ENDINGS.iter().any(|ending| part.ends_with(ending))
    };
    let mut parts = name.split(['、', '；', ';', '/', '，', ',', '\n']);
    let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    whole(first) && whole(second)
}

/// True for what a spreadsheet makes of a number like 3-5: a day.
fn is_day(text: &str) -> bool {
    let text = fold(text);
    let figures = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let date = text.strip_suffix(" 00:00:00").unwrap_or(&text);
    if let [year, month, day] = date.split(['-', '/']).collect::<Vec<_>>()[..] {
        let likely = year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
        return likely && month.len() <= 2 && day.len() <= 2 && [year, month, day].into_iter().all(figures);
    }
    let month_day = text.strip_suffix('日').and_then(|rest| rest.split_once('月'));
    month_day.is_some_and(|(month, day)| {
        let month = month.split_once('年').map_or(month, |(year, month)| if figures(year) { month } else { year });
        figures(month) && figures(day)
    })
}

impl Intake<'_> {
    /// Reports names that are two and numbers that became days; both stay as they are.
    pub(super) fn check_doubtful(&self, spec: &ColumnSpec, cells: &StringChunked, out: &mut Collector) {
        let numbers = [violations::DOCUMENT.name(), monitoring::OUTLET.name()];
        let (code, odd): (_, fn(&str) -> bool) =
            if spec.id == event::NAME.name() && self.layout.kind != TableKind::Inspectors {
                (&codes::NAME_SEVERAL, is_several)
            } else if numbers.contains(&spec.id) || spec.kind == ColumnKind::Certificate {
                (&codes::CODE_AS_DATE, is_day)
            } else {
                return;
            };
        for (i, ()) in find_cells(cells, |text| odd(text).then_some(())) {
            self.report(out, code, i, spec.id, cells.get(i).unwrap_or_default(), "");
        }
    }

    /// Reports destroyed text of a column; the rows of names and codes are set aside.
    pub(super) fn check_ruined(&self, spec: &ColumnSpec, cells: &StringChunked, out: &mut Collector) {
        let keys =
            matches!(spec.kind, ColumnKind::Number | ColumnKind::UnitRef | ColumnKind::Uscc | ColumnKind::Certificate);
        let name = spec.id == event::NAME.name();
        if !keys && spec.kind != ColumnKind::Text {
            // What belongs to a vocabulary is reported as unknown.
            return;
        }
        let person = self.layout.kind == TableKind::Inspectors;
        let found = find_cells(cells, |text| {
            let gap = name && has_gap(text, person);
            ruin_of(text).map(in_words).or(gap.then_some("没有「?」的名称（有字曾因编码丢失）"))
        });
        let code = if keys || name { &codes::TEXT_DESTROYED } else { &codes::TEXT_DOUBTFUL };
        for (i, expected) in found {
            self.report(out, code, i, spec.id, cells.get(i).unwrap_or_default(), expected);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_firms_and_days_are_seen() {
        for name in ["上海甲有限公司；上海乙有限公司", "上海甲化工厂、上海乙厂", "上海甲公司/上海乙公司"]
        {
            assert!(is_several(name), "{name}");
        }
        for name in ["上海甲、乙有限公司", "上海甲有限公司（原乙公司）", "A/B公司", "上海甲厂、车间"]
        {
            assert!(!is_several(name), "{name}");
        }
        for text in ["2026-01-02", "2026/1/2", "1月2日", "2026年1月2日", "2026-03-05 00:00:00"] {
            assert!(is_day(text), "{text}");
        }
        for text in ["1-2", "沪环罚〔2026〕5号", "20260102", "2026-5", "3101-01-02", "DA001"] {
            assert!(!is_day(text), "{text}");
        }
    }

    #[test]
    fn question_marks_within_names_are_gaps() {
        for name in ["上海?虚构有限公司", "?海公司", "上海虚?"] {
            assert!(has_gap(name, true), "{name}");
        }
        for name in ["上海虚构厂?", "What?", "上海虚构厂"] {
            assert!(!has_gap(name, false), "{name}");
        }
    }
}
