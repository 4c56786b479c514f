//! The quality report of an import as a table, and the way from a finding to its row.
//!
//! The report lies in the project (`quality.csv`), so that a project opened again shows what its import found.

use std::path::Path;

use polars::prelude::{Column, DataFrame, IntoColumn, StringChunked};

use crate::diagnostic::{AppError, AppResult, Progress, Severity};
use crate::registry::schema::{origin, quality, set_aside};
use crate::registry::{Registry, TableKind};
use crate::workspace::store::project::load_bytes;

/// Findings of one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingGroup {
    /// Code; empty where the report does not say.
    pub code: String,
    /// 错误, 警告 or 提示.
    pub severity: String,
    /// What the first of them says.
    pub what: String,
    /// What to do.
    pub hint: String,
    /// How many.
    pub count: u64,
    /// Of these, listed one by one: the report lists so many of a kind at most.
    pub listed: u64,
}

/// How many more of its kind a line speaks of that stands for those not listed.
fn not_listed(row: &[String]) -> Option<u64> {
    let [_, _, _, file, _, at, _, _, what, ..] = row else { return None };
    if !file.is_empty() || !at.is_empty() {
        return None;
    }
    what.strip_prefix("另有 ")?.split_once(" 条未逐条列出")?.0.parse().ok()
}

/// The quality report.
#[derive(Debug, Clone, Default)]
pub struct QualityReport {
    /// One row a finding, columns as in [`quality`].
    pub frame: DataFrame,
    /// By code: errors first, then by count.
    pub groups: Vec<FindingGroup>,
}

/// Reads the report of a project; an empty one where the project has none.
///
/// # Errors
/// `IO-…`; `QLT-001` where the file is no report.
pub fn load_quality(root: &Path, progress: &Progress) -> AppResult<QualityReport> {
    let path = root.join("quality.csv");
    if !path.exists() {
        return Ok(QualityReport { frame: frame_of(&[])?, groups: Vec::new() });
    }
    progress.begin("读取质量报告", 0);
    let bytes = load_bytes(&path)?;
    let damaged = |cause: csv::Error| {
        AppError::new("QLT-001", "质量报告文件已损坏，请重新导入数据").with(|f| f.file("quality.csv")).caused_by(cause)
    };
    let plain = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(plain);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (i, record) in reader.records().enumerate() {
        if i.is_multiple_of(4096) {
            progress.check()?;
        }
        let record = record.map_err(damaged)?;
        rows.push((0..quality::COLUMNS.len()).map(|c| bare(record.get(c).unwrap_or_default()).to_owned()).collect());
    }
    Ok(QualityReport { groups: groups(&rows), frame: frame_of(&rows)? })
}

/// The cell without the apostrophe that keeps spreadsheets from reading it as a formula.
fn bare(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

fn frame_of(rows: &[Vec<String>]) -> AppResult<DataFrame> {
    let columns: Vec<Column> = quality::COLUMNS
        .iter()
        .enumerate()
        .map(|(c, column)| {
            let cells = rows.iter().map(|row| row.get(c).map(String::as_str).filter(|text| !text.is_empty()));
            if *column == quality::ROW.erased() {
                quality::ROW.column(cells.map(|cell| cell.and_then(|text| text.parse().ok())).collect())
            } else {
                cells.collect::<StringChunked>().with_name(column.name.into()).into_column()
            }
        })
        .collect();
    DataFrame::new(rows.len(), columns)
        .map_err(|cause| AppError::new("QLT-001", "质量报告文件已损坏，请重新导入数据").caused_by(cause))
}

fn groups(rows: &[Vec<String>]) -> Vec<FindingGroup> {
    let mut by_code: std::collections::BTreeMap<(u8, &str, &str), FindingGroup> = std::collections::BTreeMap::new();
    for row in rows {
        let [severity, code, .., what, _, hint] = row.as_slice() else { continue };
        let rank = match severity.as_str() {
            text if text == Severity::Error.label() => 0,
            text if text == Severity::Warning.label() => 1,
            _ => 2,
        };
        let more = not_listed(row);
        let group = by_code.entry((rank, code, severity)).or_insert_with(|| FindingGroup {
            code: code.clone(),
            severity: severity.clone(),
            what: what.clone(),
            hint: hint.clone(),
            count: 0,
            listed: 0,
        });
        group.count += more.unwrap_or(1);
        group.listed += u64::from(more.is_none());
    }
    let mut groups: Vec<(u8, FindingGroup)> = by_code.into_iter().map(|((rank, _, _), group)| (rank, group)).collect();
    groups.sort_by(|(a, x), (b, y)| a.cmp(b).then(y.count.cmp(&x.count)).then_with(|| x.code.cmp(&y.code)));
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Where a finding's row went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundRow {
    /// Row of a table's frame.
    Kept(TableKind, u32),
    /// Row of the frame of rows set aside.
    SetAside(u32),
}

/// Finds the row that came from a file's physical row; `table` is the Chinese name where known. A row that was
/// merged into an equal one is in neither place.
///
/// # Errors
/// `FRM-001`.
pub fn find_row(
    registry: &Registry,
    table: Option<&str>,
    file: &str,
    sheet: Option<&str>,
    row: u32,
) -> AppResult<Option<FoundRow>> {
    let aside = &registry.set_aside;
    let (files, sheets, rows) = (set_aside::FILE.of(aside)?, set_aside::SHEET.of(aside)?, set_aside::ROW.of(aside)?);
    for (i, at) in rows.iter().enumerate() {
        if *at == Some(row) && files.get(i) == Some(file) && (sheet.is_none() || sheets.get(i) == sheet) {
            return Ok(Some(FoundRow::SetAside(i as u32)));
        }
    }
    for kind in TableKind::ALL {
        if table.is_some_and(|table| TableKind::parse(table) != Some(kind)) {
            continue;
        }
        let frame = registry.frame(kind);
        let (files, rows) = (origin::FILE.of(frame)?, origin::ROW.of(frame)?);
        for (i, at) in rows.iter().enumerate() {
            if *at == Some(row) && files.get(i) == Some(file) {
                return Ok(Some(FoundRow::Kept(kind, i as u32)));
            }
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_back_and_grouped() {
        let folder = tempfile::tempdir().unwrap();
        let text = "\u{feff}级别,代码,表,文件,工作表,行,列,实际值,问题,应为,处理建议\r\n\
            警告,IMP-030,污染源名录,a.csv,,7,经度,'-5,超出范围,73 至 135,核对\r\n\
            警告,IMP-030,污染源名录,a.csv,,9,经度,\"1,2\",超出范围,73 至 135,核对\r\n\
            错误,IMP-020,污染源名录,a.csv,,8,单位名称,,为空,,补上\r\n\
            警告,IMP-030,,,,,,,另有 3 条未逐条列出：超出范围,,\r\n";
        crate::export::write_atomic(&folder.path().join("quality.csv"), text.as_bytes()).unwrap();
        let report = load_quality(folder.path(), &Progress::none()).unwrap();
        let codes_found: Vec<(&str, u64, u64)> =
            report.groups.iter().map(|g| (g.code.as_str(), g.count, g.listed)).collect();
        assert_eq!(codes_found, [("IMP-020", 1, 1), ("IMP-030", 5, 2)], "those not listed one by one are counted");
        assert_eq!(quality::ROW.of(&report.frame).unwrap(), [Some(7), Some(9), Some(8), None]);
        assert_eq!(quality::VALUE.of(&report.frame).unwrap().get(0), Some("-5"));
        assert_eq!(load_quality(&folder.path().join("nix"), &Progress::none()).unwrap().frame.height(), 0);
    }
}
