//! The quality report: as a frame, as csv and back; the rows by table in words.

use std::borrow::Cow;

use polars::prelude::*;

use crate::diagnostic::{Diagnostics, Finding, Severity};
use crate::text::csv::{CsvStyle, CsvWriter};

use super::codes;
use super::columns::{Column as Typed, Text};
use super::kinds::tell_kinds;
use super::load::Registry;
use super::schema::quality;

/// Headings of the report as a file, one for each column of [`quality`].
const HEADINGS: [&str; 16] = [
    "级别",
    "代码",
    "表",
    "文件",
    "工作表",
    "行",
    "列",
    "单位",
    "实际值",
    "问题",
    "应为",
    "相近的单位",
    "处理建议",
    "确认人",
    "确认时间",
    "确认理由",
];

/// How codes of findings on the map begin.
const OF_THE_MAP: &str = "GIS-";
/// What the report calls the map.
pub const MAP_LABEL: &str = "区划图";

/// Between the names of [`quality::CANDIDATES`].
pub const BETWEEN_CANDIDATES: &str = "；";

/// The findings as a frame, columns as in [`quality`]; one row each, in the order found, then a row for each kind of
/// which not all are listed. `table` is the table that a finding is about, where one is known.
#[must_use]
pub fn render_findings(diagnostics: &Diagnostics, table: &dyn Fn(&Finding) -> Option<String>) -> DataFrame {
    let left_out: Vec<Finding> = not_listed(diagnostics)
        .into_iter()
        .map(|(severity, code, count)| {
            let what = codes::by_id(code).map_or("", |code| code.what);
            Finding::new(severity, code, format!("另有 {count} 条未逐条列出：{what}"))
        })
        .collect();
    let findings: Vec<&Finding> = diagnostics.findings().iter().chain(&left_out).collect();
    let text = |column: &Typed<Text>, value: &dyn Fn(&Finding) -> Option<String>| {
        column.column(findings.iter().map(|finding| value(finding)).collect())
    };
    let rows = findings.iter().map(|finding| finding.row.and_then(|row| u32::try_from(row).ok()));
    let columns = vec![
        text(&quality::SEVERITY, &|finding| Some(finding.severity.label().to_owned())),
        text(&quality::CODE, &|finding| Some(finding.code.to_owned())),
        text(&quality::TABLE, table),
        text(&quality::FILE, &|finding| finding.file.clone()),
        text(&quality::SHEET, &|finding| finding.sheet.clone()),
        quality::ROW.column(rows.collect()),
        text(&quality::COLUMN, &|finding| finding.column.clone()),
        text(&quality::UNIT, &|finding| match (&finding.unit, &finding.key) {
            (Some(unit), Some(key)) => Some(format!("{unit}（{key}）")),
            (unit, key) => unit.clone().or_else(|| key.clone()),
        }),
        text(&quality::VALUE, &|finding| finding.value.clone()),
        text(&quality::WHAT, &|finding| Some(finding.what.clone())),
        text(&quality::EXPECTED, &|finding| finding.expected.clone()),
        text(&quality::CANDIDATES, &|finding| {
            (!finding.candidates.is_empty()).then(|| finding.candidates.join(BETWEEN_CANDIDATES))
        }),
        text(&quality::HINT, &|finding| finding.hint.clone()),
        text(&quality::CONFIRMED_BY, &|_| None),
        text(&quality::CONFIRMED_AT, &|_| None),
        text(&quality::CONFIRMED_WHY, &|_| None),
    ];
    DataFrame::new(findings.len(), columns).unwrap_or_default()
}

/// The findings of a registry as a frame.
#[must_use]
pub fn render_report(registry: &Registry) -> DataFrame {
    render_findings(&registry.diagnostics, &|finding| {
        if finding.code.starts_with(OF_THE_MAP) {
            return Some(MAP_LABEL.to_owned());
        }
        let file = finding.file.as_deref()?;
        registry
            .recognised
            .files
            .iter()
            .find(|entry| entry.file == file && (finding.sheet.is_none() || entry.sheet == finding.sheet))
            .and_then(|entry| entry.table)
            .map(|kind| kind.label().to_owned())
    })
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

/// A frame as csv for a spreadsheet.
fn render_office_csv(headings: &[&str], frame: &DataFrame) -> String {
    let write = || -> std::io::Result<Vec<u8>> {
        let mut writer = CsvWriter::new(Vec::new(), CsvStyle::Office)?;
        writer.record(headings)?;
        for row in 0..frame.height() {
            writer.record(row_cells(frame, row))?;
        }
        writer.finish()
    };
    // Memory takes every write, and all rows are as wide as the headings.
    write().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A report as csv: UTF-8 with byte order mark (for Excel), Chinese headings, CRLF.
#[must_use]
pub fn report_csv(report: &DataFrame) -> String {
    render_office_csv(&HEADINGS, report)
}

/// The report of a registry's next state: rows of the report before that still hold, then the new findings.
#[must_use]
pub fn render_next_report(still: &DataFrame, registry: &Registry) -> DataFrame {
    let mut report = still.clone();
    let new = render_report(registry);
    if report.height() == 0 || report.vstack_mut(&new).is_err() {
        report = new;
    }
    report
}

/// Reads a report back, by the headings of its columns: reports of earlier versions lack some of them.
///
/// # Errors
/// Where the text is no csv, or its rows make no frame.
pub fn read_report_csv(bytes: &[u8]) -> Result<DataFrame, Box<dyn std::error::Error + Send + Sync>> {
    let plain = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(plain);
    let found = reader.headers()?.clone();
    let places = HEADINGS.map(|heading| found.iter().position(|own| own == heading));
    let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    let columns = quality::COLUMNS.iter().zip(places).map(|(column, place)| {
        let cells =
            records.iter().map(|record| place.and_then(|at| record.get(at)).map(bare).filter(|c| !c.is_empty()));
        if *column == quality::ROW.erased() {
            quality::ROW.column(cells.map(|cell| cell.and_then(|text| text.parse().ok())).collect())
        } else {
            cells.collect::<StringChunked>().with_name(column.name.into()).into_column()
        }
    });
    Ok(DataFrame::new(records.len(), columns.collect())?)
}

/// The cell without the apostrophe that keeps spreadsheets from reading it as a formula.
fn bare(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
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
    render_office_csv(&HEADINGS, &registry.set_aside)
}

/// Rows by table in words: read, used, set aside, merged.
#[must_use]
pub fn render_rows(registry: &Registry) -> String {
    let mut text = "数据质量报告\n\n".to_owned();
    if registry.summaries.is_empty() {
        text.push_str("没有可用的表。\n");
    }
    for summary in &registry.summaries {
        text.extend([summary.told(), format!("（{}）\n", summary.files.join("、"))]);
    }
    text
}

/// The report as a Chinese text: rows by table, then each kind of finding with its count, what to do and an example.
#[must_use]
pub fn render_summary(registry: &Registry) -> String {
    summary_of(registry, &render_report(registry))
}

/// As [`render_summary`], where the report is rendered already.
#[must_use]
pub fn summary_of(registry: &Registry, report: &DataFrame) -> String {
    // what was rendered is a report
    render_rows(registry) + &tell_kinds(report).unwrap_or_default()
}
