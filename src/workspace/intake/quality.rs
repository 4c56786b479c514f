//! The quality report of an import as a table, and the way from a finding to its row.
//!
//! The report lies in the project (`quality.csv`), so that a project opened again shows what its import found.

use std::path::Path;

use polars::prelude::DataFrame;

use crate::diagnostic::{AppResult, Progress};
use crate::registry::schema::{origin, set_aside};
use crate::registry::{FindingKind, Registry, TableKind, kinds_of};
use crate::workspace::store::quality::load_report;

/// The quality report.
#[derive(Debug, Clone, Default)]
pub struct QualityReport {
    /// One row a finding, columns as in [`crate::registry::schema::quality`].
    pub frame: DataFrame,
    /// By kind: errors first, then by count.
    pub kinds: Vec<FindingKind>,
}

/// Reads the report of a project; an empty one where the project has none.
///
/// # Errors
/// `IO-…`; `QLT-001` where the file is no report.
pub fn load_quality(root: &Path, progress: &Progress) -> AppResult<QualityReport> {
    progress.begin("读取质量报告", 0);
    let frame = load_report(root)?;
    progress.check()?;
    Ok(QualityReport { kinds: kinds_of(&frame)?, frame })
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
    use crate::registry::schema::quality;

    #[test]
    fn a_report_of_an_earlier_version_is_read_back_and_grouped() {
        let folder = tempfile::tempdir().unwrap();
        let text = "\u{feff}级别,代码,表,文件,工作表,行,列,实际值,问题,应为,处理建议\r\n\
            警告,IMP-030,污染源名录,a.csv,,7,经度,'-5,超出范围,73 至 135,核对\r\n\
            警告,IMP-030,污染源名录,a.csv,,9,经度,\"1,2\",超出范围,73 至 135,核对\r\n\
            错误,IMP-020,污染源名录,a.csv,,8,单位名称,,为空,,补上\r\n\
            警告,IMP-030,,,,,,,另有 3 条未逐条列出：超出范围,,\r\n";
        crate::export::write_atomic(&folder.path().join("quality.csv"), text.as_bytes()).unwrap();
        let report = load_quality(folder.path(), &Progress::none()).unwrap();
        let found: Vec<(&str, u64, u64)> =
            report.kinds.iter().map(|kind| (kind.code.as_str(), kind.count, kind.listed)).collect();
        assert_eq!(found, [("IMP-020", 1, 1), ("IMP-030", 5, 2)], "those not listed one by one are counted");
        assert_eq!(quality::ROW.of(&report.frame).unwrap(), [Some(7), Some(9), Some(8), None]);
        assert_eq!(quality::VALUE.of(&report.frame).unwrap().get(0), Some("-5"));
        assert_eq!(load_quality(&folder.path().join("nix"), &Progress::none()).unwrap().frame.height(), 0);
    }
}
