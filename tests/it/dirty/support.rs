//! Rows written as csv and as xlsx, made a project of by `new`.

use std::fs;
use std::path::Path;

use fairdraw::diagnostic::Finding;
use fairdraw::domain::Uscc;
use fairdraw::registry::{Registry, TableKind};
use fairdraw::workspace::intake::import::{NewProject, create_project};
use polars::prelude::*;
use rust_xlsxwriter::{Format, Workbook};

use super::super::project::at;

/// A file's name without its ending, and its rows; a cell that begins with `#` is a number in a workbook,
/// `#0.00#2027.1` one with a number format.
pub(super) type Table<'a> = (&'a str, Vec<Vec<String>>);

/// Headings of a register, before those of a test.
pub(super) const HEAD: [&str; 5] = ["排污许可证编号", "单位名称", "统一社会信用代码", "行政区", "管理类别"];

/// A good credit code.
pub(super) fn uscc(n: usize) -> String {
    let mut code = format!("91310115MA1{n:05}");
    let organisation = Uscc::organisation_character(&code.as_bytes()[8..16]);
    code.push(organisation as char);
    let check = Uscc::check_character(code.as_bytes());
    code.push(check as char);
    code
}

/// The name of a made-up firm.
pub(super) fn firm(n: usize) -> String {
    format!("上海虚构{n}号材料有限公司")
}

/// A register of one firm for each row of cells, which stand under `headings` behind its own columns.
pub(super) fn register<'a>(headings: &[&str], cells: &[Vec<&str>]) -> Table<'a> {
    let mut rows = vec![HEAD.iter().chain(headings).map(ToString::to_string).collect()];
    for (n, cells) in cells.iter().enumerate() {
        let own = [format!("{}001P", uscc(n)), firm(n), uscc(n), "浦东新区".to_owned(), "登记管理".to_owned()];
        rows.push(own.into_iter().chain(cells.iter().map(ToString::to_string)).collect());
    }
    ("污染源名录", rows)
}

/// A table as it stands.
pub(super) fn table<'a>(name: &'a str, rows: &[Vec<&str>]) -> Table<'a> {
    (name, rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect())
}

fn plain(cell: &str) -> &str {
    cell.strip_prefix('#').map_or(cell, |cell| cell.split_once('#').map_or(cell, |(_, number)| number))
}

pub(super) fn write_csv(path: &Path, rows: &[Vec<String>]) {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_path(path).unwrap();
    for row in rows {
        writer.write_record(row.iter().map(|cell| plain(cell))).unwrap();
    }
    writer.flush().unwrap();
}

pub(super) fn write_xlsx(path: &Path, rows: &[Vec<String>]) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (r, row) in rows.iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            let (r, c) = (r as u32, c as u16);
            match cell.strip_prefix('#').map(|cell| cell.split_once('#').unwrap_or(("", cell))) {
                None if cell.is_empty() => {}
                None => {
                    sheet.write_string(r, c, cell).unwrap();
                }
                Some(("", number)) => {
                    sheet.write_number(r, c, number.parse::<f64>().unwrap()).unwrap();
                }
                Some((format, number)) => {
                    let format = Format::new().set_num_format(format);
                    sheet.write_number_with_format(r, c, number.parse::<f64>().unwrap(), &format).unwrap();
                }
            }
        }
    }
    book.save(path).unwrap();
}

/// Makes a project of the tables, once from csv and once from xlsx, and looks at each registry.
pub(super) fn new_from_both(tables: &[Table<'_>], see: impl Fn(&Registry)) {
    for ending in ["csv", "xlsx"] {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("输入");
        fs::create_dir(&input).unwrap();
        for (name, rows) in tables {
            let path = input.join(format!("{name}.{ending}"));
            if ending == "csv" { write_csv(&path, rows) } else { write_xlsx(&path, rows) }
        }
        let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
        let imported = create_project(&folder.path().join("项目"), &new, &at("2026-12-20T09:00:00")).unwrap();
        see(&imported.registry);
    }
}

/// A cell as text; empty for none.
pub(super) fn cell(registry: &Registry, kind: TableKind, column: &str, row: usize) -> String {
    match registry.frame(kind).column(column).unwrap().get(row).unwrap() {
        AnyValue::Null => String::new(),
        value => value.str_value().into_owned(),
    }
}

/// The findings of a code.
pub(super) fn found<'a>(registry: &'a Registry, code: &str) -> Vec<&'a Finding> {
    registry.diagnostics.findings().iter().filter(|finding| finding.code == code).collect()
}

/// The rows of the file of which a finding of this code speaks.
pub(super) fn rows_of(registry: &Registry, code: &str) -> Vec<u64> {
    found(registry, code).iter().filter_map(|finding| finding.row).collect()
}

/// All findings, for the message of a test that fails.
pub(super) fn told(registry: &Registry) -> String {
    registry.diagnostics.findings().iter().map(|finding| format!("{finding}\n")).collect()
}
