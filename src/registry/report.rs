//! The quality report: as a frame, as csv, as a text to read.

use std::borrow::Cow;

use polars::prelude::*;

use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::text::csv::{CsvStyle, CsvWriter};

use super::codes;
use super::columns::{Column as Typed, Text};
use super::load::Registry;
use super::schema::quality;

/// The findings as a frame, columns as in [`quality`]; one row each, in the order found.
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
    let text = |column: &Typed<Text>, value: &dyn Fn(&Finding) -> Option<String>| {
        column.column(findings.iter().map(value).collect())
    };
    let rows = findings.iter().map(|finding| finding.row.and_then(|row| u32::try_from(row).ok()));
    let columns = vec![
        text(&quality::SEVERITY, &|finding| Some(finding.severity.label().to_owned())),
        text(&quality::CODE, &|finding| Some(finding.code.to_owned())),
        text(&quality::TABLE, &table),
        text(&quality::FILE, &|finding| finding.file.clone()),
        text(&quality::SHEET, &|finding| finding.sheet.clone()),
        quality::ROW.column(rows.collect()),
        text(&quality::COLUMN, &|finding| finding.column.clone()),
        text(&quality::VALUE, &|finding| finding.value.clone()),
        text(&quality::WHAT, &|finding| Some(finding.what.clone())),
        text(&quality::EXPECTED, &|finding| finding.expected.clone()),
        text(&quality::HINT, &|finding| finding.hint.clone()),
    ];
    DataFrame::new(findings.len(), columns).unwrap_or_default()
}

/// The cells of one row: texts, and row numbers as they are.
fn row_cells(frame: &DataFrame, row: usize) -> impl Iterator<Item = Cow<'_, str>> {
    frame.columns().iter().map(move |column| match column.get(row) {
        Ok(AnyValue::String(text)) => text.to_owned().into(),
        // the columns of a single row are scalars
        Ok(AnyValue::StringOwned(text)) => text.to_string().into(),
        Ok(AnyValue::UInt32(number)) => number.to_string().into(),
        _ => Cow::Borrowed(""),
    })
}

/// A frame as csv for a spreadsheet, then lines of what it does not list.
fn render_office_csv(headings: &[&str], frame: &DataFrame, more: &[Vec<String>]) -> String {
    let write = || -> std::io::Result<Vec<u8>> {
        let mut writer = CsvWriter::new(Vec::new(), CsvStyle::Office)?;
        writer.record(headings)?;
        for row in 0..frame.height() {
            writer.record(row_cells(frame, row))?;
        }
        for cells in more {
            writer.record(cells)?;
        }
        writer.finish()
    };
    // Memory takes every write, and all rows are as wide as the headings.
    write().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// The report as csv: UTF-8 with byte order mark (for Excel), Chinese headings, CRLF.
#[must_use]
pub fn render_report_csv(registry: &Registry) -> String {
    render_next_report_csv(&DataFrame::default(), registry)
}

/// The report of a registry's next state: rows of the report before that still hold, then the new findings.
#[must_use]
pub fn render_next_report_csv(still: &DataFrame, registry: &Registry) -> String {
    const HEADINGS: [&str; 11] =
        ["级别", "代码", "表", "文件", "工作表", "行", "列", "实际值", "问题", "应为", "处理建议"];
    let left_out: Vec<Vec<String>> = not_listed(&registry.diagnostics)
        .into_iter()
        .map(|(severity, code, count)| {
            let what = codes::by_id(code).map_or("", |code| code.what);
            let cell = |at: usize| match at {
                0 => severity.label().to_owned(),
                1 => code.to_owned(),
                8 => format!("另有 {count} 条未逐条列出：{what}"),
                _ => String::new(),
            };
            (0..HEADINGS.len()).map(cell).collect()
        })
        .collect();
    let mut report = still.clone();
    let new = render_report(registry);
    if report.height() == 0 || report.vstack_mut(&new).is_err() {
        report = new;
    }
    render_office_csv(&HEADINGS, &report, &left_out)
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
    const HEADINGS: [&str; 7] = ["表", "文件", "工作表", "行", "代码", "原因", "原始内容"];
    render_office_csv(&HEADINGS, &registry.set_aside, &[])
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
