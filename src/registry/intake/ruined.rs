//! Cells whose text was destroyed before it came here: a name or code so is an error, other text is kept and said.

use polars::prelude::StringChunked;
use rayon::prelude::*;

use super::super::codes;
use super::super::collect::Collector;
use super::super::schema::{ColumnKind, ColumnSpec, TableKind, event};
use super::Intake;
use crate::text::encoding::{Ruin, ruin_of};

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

impl Intake<'_> {
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
        let texts: Vec<Option<&str>> = cells.iter().collect();
        let found: Vec<(usize, &'static str)> = texts
            .par_iter()
            .enumerate()
            .filter_map(|(i, text)| {
                let text = (*text)?;
                let gap = name && has_gap(text, person);
                let expected = ruin_of(text).map(in_words).or(gap.then_some("没有「?」的名称（有字曾因编码丢失）"))?;
                Some((i, expected))
            })
            .collect();
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
    fn question_marks_within_names_are_gaps() {
        for name in ["上海?虚构有限公司", "?海公司", "上海虚?"] {
            assert!(has_gap(name, true), "{name}");
        }
        for name in ["上海虚构厂?", "What?", "上海虚构厂"] {
            assert!(!has_gap(name, false), "{name}");
        }
    }
}
