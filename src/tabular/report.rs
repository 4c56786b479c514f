//! What there is to say about a text file, beside its cells.
//!
//! Duty: how the encoding was found, bytes that could not be decoded, quotes out of place, NULs, rows of another
//! width than most. Invariants: everything is counted, each kind is listed up to a number, rows are physical.

use std::collections::BTreeMap;

use super::input::Input;
use super::record::{Oddity, WidthTally};
use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::text::encoding::{Detected, How, Undecodable};

/// Findings of one kind in full before only their number is given.
const MOST_FINDINGS: u64 = 200;

/// Says how the encoding was found, and warns where that isn't certain.
pub(super) fn report_encoding(input: &Input, detected: &Detected, diagnostics: &mut Diagnostics) {
    let name = detected.encoding.name();
    let finding = match (detected.how, detected.sure) {
        (How::Utf8, _) | (How::Chosen, true) => return,
        (How::Mark, _) => Finding::note("RAW-020", format!("文字编码为 {name}，由文件开头的标记得知")),
        (How::Utf16Pattern, _) => Finding::note("RAW-020", format!("文字编码为 {name}，由零字节的位置得知")),
        (How::Gb18030, true) => Finding::note("RAW-020", format!("文字编码识别为 {name}，由汉字的分布得知")),
        (How::Utf8Damaged, _) => {
            Finding::warning("RAW-021", format!("文字编码为 {name}，但有个别字节不合规则")).hint("见逐行提示")
        }
        (How::Chosen, false) => {
            Finding::warning("RAW-021", format!("按指定的编码 {name} 读取，但文件开头的标记是另一种编码"))
                .hint("若出现乱码，请改为自动识别")
        }
        (How::Gb18030 | How::Guess, _) => {
            Finding::warning("RAW-021", format!("文字编码不能确定，暂按 {name} 读取")).hint("若出现乱码，请指定编码")
        }
    };
    diagnostics.push(finding.file(input.name.clone()));
}

/// Collects what was odd.
pub(super) struct Report<'a> {
    input: &'a Input,
    /// Records by number of fields, and by number of fields up to the last that isn't empty.
    widths: BTreeMap<(usize, usize), WidthTally>,
    counts: BTreeMap<&'static str, u64>,
}

impl<'a> Report<'a> {
    /// Nothing odd yet.
    pub(super) fn new(input: &'a Input) -> Self {
        Self { input, widths: BTreeMap::new(), counts: BTreeMap::new() }
    }

    /// Takes note of how wide records are; their lines count from `base`.
    pub(super) fn note_widths(&mut self, widths: &BTreeMap<(usize, usize), WidthTally>, base: u32) {
        for (width, tally) in widths {
            self.widths.entry(*width).or_default().append(tally, base);
        }
    }

    /// Something about the record that starts in a row.
    pub(super) fn oddity(&mut self, row: u32, oddity: &Oddity, diagnostics: &mut Diagnostics) {
        let (code, finding) = match oddity {
            Oddity::Unclosed(text) => (
                "RAW-024",
                Finding::error("RAW-024", "引号没有配对，已把它当作普通字符")
                    .value(text)
                    .hint("请核对本行各列，并在原文件中补上或删去引号"),
            ),
            Oddity::AfterQuote(text) => {
                ("RAW-025", Finding::warning("RAW-025", "右引号之后还有文字，已接在内容后面").value(text))
            }
            Oddity::ManyLines(lines) => (
                "RAW-026",
                Finding::warning("RAW-026", format!("一个带引号的单元格跨了 {lines} 行"))
                    .hint("若不是长文本，多半是引号没有配对"),
            ),
            Oddity::Nul(count) => (
                "RAW-027",
                Finding::warning("RAW-027", format!("含 {count} 个空字符（NUL），已去掉")).hint("请核对本行"),
            ),
        };
        self.limited(code, finding.row(u64::from(row)), diagnostics);
    }

    /// Bytes that could not be decoded: one finding a line. `first` is the line on which the text starts.
    pub(super) fn undecodable(&mut self, first: u32, text: &str, bad: &[Undecodable], diagnostics: &mut Diagnostics) {
        let (mut line, mut from) = (first, 0);
        let mut by_line: Vec<(u32, usize, &str)> = Vec::new();
        for item in bad {
            let passed = text.get(from..item.offset).unwrap_or_default().as_bytes();
            let ends = passed.iter().enumerate().filter(|(i, byte)| match byte {
                b'\n' => true,
                b'\r' => passed.get(i + 1) != Some(&b'\n'),
                _ => false,
            });
            line += ends.count() as u32;
            from = item.offset;
            match by_line.last_mut() {
                Some((last, count, _)) if *last == line => *count += 1,
                _ => by_line.push((line, 1, &item.bytes)),
            }
        }
        for (line, count, bytes) in by_line {
            let finding = Finding::error("RAW-023", format!("有 {count} 处字节不能按所用编码解读，已用 � 代替"))
                .value(bytes)
                .row(u64::from(line))
                .hint("请核对本行文字；若多处如此，请换一种编码");
            self.limited("RAW-023", finding, diagnostics);
        }
    }

    /// Files a finding; past a number of them only their count is given at the end.
    fn limited(&mut self, code: &'static str, finding: Finding, diagnostics: &mut Diagnostics) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count <= MOST_FINDINGS {
            diagnostics.push(finding.file(self.input.name.clone()));
        }
    }

    /// What can be said only at the end.
    pub(super) fn finish(&self, diagnostics: &mut Diagnostics) {
        self.widths(diagnostics);
        for (code, count) in &self.counts {
            if *count > MOST_FINDINGS {
                let what = format!("同类问题 {code} 共 {count} 处，只列出前 {MOST_FINDINGS} 处");
                diagnostics.push(Finding::warning(code, what).file(self.input.name.clone()));
            }
        }
    }

    /// Reports records whose number of fields differs from that of most.
    fn widths(&self, diagnostics: &mut Diagnostics) {
        let mut by_fields: BTreeMap<usize, u64> = BTreeMap::new();
        for ((fields, _), tally) in &self.widths {
            *by_fields.entry(*fields).or_default() += tally.count;
        }
        let Some((&usual, _)) = by_fields.iter().max_by_key(|&(&fields, &count)| (count, fields)) else {
            return;
        };
        let mut odd: BTreeMap<usize, WidthTally> = BTreeMap::new();
        for ((fields, filled), tally) in &self.widths {
            // Empty fields at the end are only a habit of the writer.
            if *filled > usual || *fields < usual {
                odd.entry(if *filled > usual { *filled } else { *fields }).or_default().append(tally, 0);
            }
        }
        for (width, mut tally) in odd {
            tally.lines.sort_unstable();
            let lines: Vec<String> = tally.lines.iter().map(u32::to_string).collect();
            let etc = if tally.count as usize > lines.len() { " 等" } else { "" };
            let what = format!("有 {} 行的列数与多数行不同：第 {}{etc} 行", tally.count, lines.join("、"));
            let finding = Finding::new(if width > usual { Severity::Warning } else { Severity::Hint }, "RAW-028", what);
            let first = tally.lines.first().copied().unwrap_or(1);
            diagnostics.push(
                finding
                    .file(self.input.name.clone())
                    .row(u64::from(first))
                    .value(format!("{width} 列"))
                    .expected(format!("{usual} 列"))
                    .hint(if width > usual {
                        "多半是内容里的分隔符没有加引号，请核对"
                    } else {
                        "缺少的列按空白处理"
                    }),
            );
        }
    }
}

/// The Chinese name of a delimiter.
pub(super) fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b',' => "逗号".to_owned(),
        b'\t' => "制表符".to_owned(),
        b';' => "分号".to_owned(),
        b'|' => "竖线".to_owned(),
        other => format!("「{}」", char::from(other)),
    }
}
