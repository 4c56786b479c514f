//! Files that other programs wrote.

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::{ShapeOptions, load_layers};
use fairdraw::registry::TableKind;
use fairdraw::tabular::{ReadOptions, load_raw};

use super::super::super::command_line::{fairdraw, text, words};
use super::super::support::{cell, found, told};
use super::{files, path, try_files};

#[test]
fn decimals_and_zones_of_parquet_are_read() {
    let registry = files(&["foreign/01-parquet-decimal/violations_decimal.parquet"]);
    let amounts: Vec<String> = (0..2).map(|row| cell(&registry, TableKind::Violations, "amount_wan", row)).collect();
    assert_eq!(amounts, ["12.5", "3.0"], "{}", told(&registry));
    let registry = files(&["foreign/16-parquet-timezone/violations_tz.parquet"]);
    let days: Vec<String> = (0..2).map(|row| cell(&registry, TableKind::Violations, "date", row)).collect();
    assert_eq!(days, ["2026-03-01", "2026-01-01"], "{}", told(&registry));
    for name in ["UTC", "上海时区", "固定时差", "各种类型"] {
        let registry = files(&[&format!("dirty/13-parquet-tz/input/污染源名录_{name}.parquet")]);
        assert_eq!(registry.sources.height(), 6, "{name} {}", told(&registry));
        for row in 0..6 {
            assert_eq!(cell(&registry, TableKind::Sources, "issued", row), "2024-03-01", "{name}");
        }
    }
}

#[test]
fn a_workbook_with_the_default_password_is_opened() {
    for name in ["default_password.xls", "default_password.xlsx", "plain.xlsx"] {
        let registry = files(&[&format!("foreign/02-excel-default-password/{name}")]);
        assert_eq!(cell(&registry, TableKind::Credit, "grade", 0), "好", "{name} {}", told(&registry));
    }
}

#[test]
fn an_odd_sheet_is_named_and_the_others_are_read() {
    for (name, sheet) in [("macro_sheet.xlsm", "Macro1"), ("module_without_rid.xlsx", "Module1")] {
        let mut diagnostics = Diagnostics::new();
        let path = path("foreign/03-xlsx-odd-sheet-refuses-all").join(name);
        let tables = load_raw(&path, &ReadOptions::default(), &mut diagnostics, &Progress::none()).unwrap();
        assert_eq!((tables.len(), tables[0].rows.len()), (1, 2), "{name}");
        let said: Vec<_> = diagnostics.findings().iter().filter(|f| f.code == "RAW-031").collect();
        assert_eq!((said.len(), said[0].sheet.as_deref()), (1, Some(sheet)), "{name}");
        // By the command: the table that can't be told is named, with its headings.
        let error = try_files(&[&format!("foreign/03-xlsx-odd-sheet-refuses-all/{name}")]).unwrap_err();
        assert!(error.to_string().contains("认不出这是哪一张表「单位名称、地址」"), "{error}");
    }
}

/// `check` and `check --raw` read the same table in an archive; `new` reads it where the folder holds nothing else.
#[test]
fn a_table_in_an_archive_is_read_the_same_in_both() {
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("credit.zip");
    std::fs::copy(path("foreign/04-zip-table-in-raw/credit.zip"), &zip).unwrap();
    let raw = fairdraw(&["check", "--raw", text(&zip)]);
    assert!(raw.status.success() && words(&raw).contains("91350100M000100Y43,某某甲公司,2026,好"), "{}", words(&raw));
    let checked = fairdraw(&["check", text(&zip)]);
    assert!(checked.status.success(), "{}", words(&checked));
    assert!(words(&checked).contains("环保信用评价：读入 1 行，采用 1 行"), "{}", words(&checked));
    let registry = files(&["foreign/04-zip-table-in-raw/credit.zip"]);
    assert_eq!(cell(&registry, TableKind::Credit, "grade", 0), "好", "{}", told(&registry));
    assert_eq!(found(&registry, "PRJ-026").len(), 1, "{}", told(&registry));
}

#[test]
fn empty_sheets_are_no_errors() {
    let registry = files(&["foreign/05-empty-sheets-are-errors/credit_empty_sheets.xlsx"]);
    assert_eq!(registry.credit.height(), 1);
    let errors: Vec<&str> = registry
        .diagnostics
        .findings()
        .iter()
        .filter(|f| f.severity == fairdraw::diagnostic::Severity::Error && f.code != "PRJ-025")
        .map(|f| f.code)
        .collect();
    assert!(errors.is_empty(), "{}", told(&registry));
}

#[test]
fn what_is_missing_is_named_and_no_project_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let (input, project) = (folder.path().join("输入"), folder.path().join("项目"));
    std::fs::create_dir(&input).unwrap();
    let case = path("foreign/06-summary-hides-what-is-missing");
    std::fs::copy(case.join("站点.csv"), input.join("站点.csv")).unwrap();
    let made = fairdraw(&["new", text(&project), "--from", text(&input), "--year", "2027"]);
    let said = words(&made);
    assert!(!made.status.success() && said.contains("站点.csv") && said.contains("管理类别"), "{said}");
    assert!(!project.exists());
    let mapping = case.join("m.ron");
    let checked = fairdraw(&["check", text(&input.join("站点.csv")), "--mapping", text(&mapping)]);
    let said = words(&checked);
    assert!(said.contains("站点.csv，列「编号」，应为其中之一：名称、地址、所在区、经度、纬度"), "{said}");
}

#[test]
fn relationships_decide_in_binary_workbooks() {
    for name in ["usual.xlsb", "case.xlsb", "other_name.xlsb", "other_folder.xlsb"] {
        let mut diagnostics = Diagnostics::new();
        let path = path("foreign/08-xlsb-part-names").join(name);
        let tables = load_raw(&path, &ReadOptions::default(), &mut diagnostics, &Progress::none()).unwrap();
        let first = tables[0].cells.columns()[0].str().unwrap().clone();
        let texts: Vec<&str> = first.iter().flatten().collect();
        assert_eq!(texts, ["单位名称", "某某甲公司"], "{name}");
    }
}

#[test]
fn a_shapefile_is_read_by_its_index() {
    let mut diagnostics = Diagnostics::new();
    let path = path("foreign/09-shp-zero-padding/padded.shp");
    let layers = load_layers(&path, &ShapeOptions::default(), &mut diagnostics).unwrap();
    assert_eq!((layers[0].len(), diagnostics.is_empty()), (1, true));
}

#[test]
fn a_file_that_unpacks_to_gigabytes_is_refused_with_a_message() {
    let error = try_files(&["foreign/12-parquet-bomb/bomb.parquet"]).unwrap_err();
    assert!(error.to_string().contains("bomb.parquet"), "{error}");
}

#[test]
fn lists_of_firms_are_no_complaints() {
    let error = try_files(&[
        "foreign/15-firm-list-taken-for-complaints/企业登记.csv",
        "foreign/15-firm-list-taken-for-complaints/许可受理.csv",
    ])
    .unwrap_err();
    let said = error.to_string();
    assert!(said.contains("企业登记.csv：认不出这是哪一张表") && said.contains("许可受理.csv：认不出"), "{said}");
    let registry = files(&[
        "foreign/15-firm-list-taken-for-complaints/企业登记.csv",
        "foreign/15-firm-list-taken-for-complaints/许可受理.csv",
        "dirty/34-events-twice/input/污染源名录.csv",
    ]);
    assert_eq!((registry.complaints.height(), found(&registry, "IMP-001").len()), (0, 2), "{}", told(&registry));
}
