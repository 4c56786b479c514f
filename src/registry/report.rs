//! The quality report: as a frame, as csv, as a text to read.

use polars::prelude::*;

use crate::diagnostic::{Diagnostics, Finding, Severity};

use super::codes;
use super::load::Registry;

/// The findings as a frame: `severity`, `code`, `table`, `file`, `sheet`, `row`, `column`, `value`, `what`,
/// `expected`, `hint`; one row each, in the order found. `table` is the Chinese name, where the file is known.
#[must_use]
pub fn render_report(registry: &Registry) -> DataFrame {
    let findings = registry.diagnostics.findings();
    let table = |finding: &Finding| {
        let file = finding.file.as_deref()?;
        registry
            .recognised
            .files
            .iter()
            .find(|entry| entry.file == file && (finding.sheet.is_none() || entry.sheet == finding.sheet))
            .and_then(|entry| entry.table)
            .map(|kind| kind.label().to_owned())
    };
    let text = |id: &str, value: &dyn Fn(&Finding) -> Option<String>| {
        findings.iter().map(value).collect::<StringChunked>().with_name(id.into()).into_column()
    };
    let rows: UInt64Chunked = findings.iter().map(|finding| finding.row).collect();
    let columns = vec![
        text("severity", &|finding| Some(finding.severity.label().to_owned())),
        text("code", &|finding| Some(finding.code.to_owned())),
        text("table", &table),
        text("file", &|finding| finding.file.clone()),
        text("sheet", &|finding| finding.sheet.clone()),
        rows.with_name("row".into()).into_column(),
        text("column", &|finding| finding.column.clone()),
        text("value", &|finding| finding.value.clone()),
        text("what", &|finding| Some(finding.what.clone())),
        text("expected", &|finding| finding.expected.clone()),
        text("hint", &|finding| finding.hint.clone()),
    ];
    DataFrame::new(findings.len(), columns).unwrap_or_default()
}

/// A cell of a csv that a spreadsheet would take for a formula gets an apostrophe before it; quoted where needed.
fn csv_cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = if risky { format!("'{text}") } else { text.to_owned() };
    if safe.contains([',', '"', '\n', '\r']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// A cell of the report: text made safe, row numbers as they are.
fn render_cell(column: &Column, row: usize) -> String {
    match column.str() {
        Ok(cells) => cells.get(row).map(csv_cell).unwrap_or_default(),
        Err(_) => match column.get(row) {
            Ok(AnyValue::UInt64(number)) => number.to_string(),
            Ok(AnyValue::UInt32(number)) => number.to_string(),
            _ => String::new(),
        },
    }
}

/// The report as csv: UTF-8 with byte order mark (for Excel), Chinese headings, CRLF.
#[must_use]
pub fn render_report_csv(registry: &Registry) -> String {
    const HEADINGS: [&str; 11] =
        ["级别", "代码", "表", "文件", "工作表", "行", "列", "实际值", "问题", "应为", "处理建议"];
    let mut text = format!("\u{feff}{}\r\n", HEADINGS.join(","));
    let report = render_report(registry);
    for i in 0..report.height() {
        let cells: Vec<String> = report.columns().iter().map(|column| render_cell(column, i)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    let left_out = not_listed(&registry.diagnostics);
    for (severity, code, count) in left_out {
        let what = codes::by_id(code).map_or("", |code| code.what);
        text.extend([format!("{},{code},,,,,,,另有 {count} 条未逐条列出：{},,\r\n", severity.label(), csv_cell(what))]);
    }
    text
}

/// Counts of findings whose texts were not kept.
fn not_listed(diagnostics: &Diagnostics) -> Vec<(Severity, &'static str, u64)> {
    diagnostics
        .summary()
        .filter_map(|(severity, code, count)| {
            let kept =
                diagnostics.findings().iter().filter(|f| f.severity == severity && f.code == code).count() as u64;
            (count > kept).then(|| (severity, code, count - kept))
        })
        .collect()
}

/// The rows set aside as csv, ready to be corrected: where, why, the original cells.
#[must_use]
pub fn render_set_aside_csv(registry: &Registry) -> String {
    let mut text = "\u{feff}表,文件,工作表,行,代码,原因,原始内容\r\n".to_owned();
    let frame = &registry.set_aside;
    for i in 0..frame.height() {
        let cells: Vec<String> = frame.columns().iter().map(|column| render_cell(column, i)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// The report as a Chinese text: rows by table, then each kind of finding with its count and what to do.
#[must_use]
pub fn render_summary(registry: &Registry) -> String {
    let mut text = "数据质量报告\n\n".to_owned();
    if registry.summaries.is_empty() {
        text.push_str("没有可用的表。\n");
    }
    for summary in &registry.summaries {
        text.extend([format!(
            "{}：读入 {} 行，采用 {} 行，搁置 {} 行，合并重复 {} 行（{}）\n",
            summary.kind.label(),
            summary.rows_read,
            summary.kept,
            summary.set_aside,
            summary.merged,
            summary.files.join("、"),
        )]);
    }
    for severity in [Severity::Error, Severity::Warning, Severity::Hint] {
        let of_this: Vec<_> = registry.diagnostics.summary().filter(|(s, _, _)| *s == severity).collect();
        if of_this.is_empty() {
            continue;
        }
        text.extend([format!("\n{}（{} 条）\n", severity.label(), registry.diagnostics.count(severity))]);
        for (_, code, count) in of_this {
            let first = registry.diagnostics.findings().iter().find(|f| f.code == code && f.severity == severity);
            let what = codes::by_id(code).map(|code| code.what).or(first.map(|f| f.what.as_str())).unwrap_or_default();
            let hint =
                codes::by_id(code).map(|code| code.hint).or(first.and_then(|f| f.hint.as_deref())).unwrap_or_default();
            text.extend([format!("  [{code}] {what}：{count} 条")]);
            if !hint.is_empty() {
                text.extend(["。", hint]);
            }
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::csv_cell;

    #[test]
    fn formulas_are_disarmed_and_quotes_doubled() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("@x"), "'@x");
        assert_eq!(csv_cell("-5"), "'-5");
        assert_eq!(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv_cell("平常"), "平常");
    }
}
