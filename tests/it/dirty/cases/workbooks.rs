//! What a workbook hides, breaks or shows otherwise than it is.

use fairdraw::diagnostic::Severity;
use fairdraw::registry::TableKind;

use super::super::support::{cell, found, rows_of, told};
use super::{case, files, try_files};

#[test]
fn what_is_hidden_is_left_out_or_said() {
    let registry = case("dirty/05-hidden");
    assert_eq!(registry.sources.height(), 10, "{}", told(&registry));
    let sheets: Vec<&str> = found(&registry, "RAW-030").iter().filter_map(|f| f.sheet.as_deref()).collect();
    assert!(sheets.len() == 2 && sheets.contains(&"2024旧名录"), "{sheets:?}");
    let said = found(&registry, "RAW-037")[0];
    assert!(said.what.contains("3 个隐藏行、1 个隐藏列"), "{said}");
}

#[test]
fn formulas_without_values_are_said_with_their_count() {
    let registry = case("dirty/06-formula-no-cache");
    let said: Vec<(&str, &str)> =
        found(&registry, "RAW-036").iter().map(|f| (f.file.as_deref().unwrap(), f.what.as_str())).collect();
    assert_eq!(said.len(), 2, "{}", told(&registry));
    assert!(said.contains(&("污染源名录.xlsx", "有 10 个公式单元格没有保存计算结果，按空白处理")), "{said:?}");
    assert!(found(&registry, "RAW-036").iter().all(|f| f.severity == Severity::Error));
    assert_eq!((registry.sources.height(), registry.set_aside.height()), (0, 6));
}

#[test]
fn odd_workbooks_are_read_alike() {
    for name in ["a无r属性", "b范围错", "c空v", "d大小写", "e拼音与转义", "f日期型", "g严格版", "i反斜杠"]
    {
        let registry = files(&[&format!("dirty/14-xlsx-quirks/input/污染源名录_{name}.xlsx")]);
        assert_eq!((registry.sources.height(), registry.set_aside.height()), (6, 0), "{name} {}", told(&registry));
        assert_eq!(cell(&registry, TableKind::Sources, "issued", 0), "2024-03-01", "{name} {}", told(&registry));
        // No reading of characters and no escape is left in a name.
        for row in 0..6 {
            let firm = cell(&registry, TableKind::Sources, "name", row);
            assert!(
                firm.starts_with("上海虚构") && firm.ends_with("有限公司") && !firm.contains("_x"),
                "{name} {firm}"
            );
        }
    }
    let registry = files(&["dirty/14-xlsx-quirks/input/污染源名录_h错误值.xlsx"]);
    assert_eq!((registry.sources.height(), found(&registry, "RAW-038").len()), (3, 4), "{}", told(&registry));
    let all = (0..3)
        .map(|row| ["unit_id", "name", "uscc"].map(|column| cell(&registry, TableKind::Sources, column, row)).concat());
    assert!(all.into_iter().all(|texts| !texts.contains('#')));
}

#[test]
fn values_of_merged_cells_hold_for_their_rows() {
    let registry = case("dirty/15-merged-data");
    let heights =
        [TableKind::Sources, TableKind::Violations, TableKind::Inspectors].map(|kind| registry.frame(kind).height());
    assert_eq!((heights, registry.set_aside.height()), ([10, 3, 6], 0), "{}", told(&registry));
    assert_eq!(found(&registry, "IMP-090").len(), 4, "{}", told(&registry));
    for row in 0..10 {
        assert!(!cell(&registry, TableKind::Sources, "district", row).is_empty(), "{row}");
    }
}

#[test]
fn the_bytes_decide_what_a_file_is() {
    for name in [
        "gb2312.xls",
        "tab.xls",
        "wps.et",
        "xml2003.xls",
        "声明错.xls",
        "实为xls.xlsx",
        "实为xlsx.xls",
        "表头在body外.xls",
    ] {
        let registry = files(&[&format!("dirty/26-disguised-xls/input/污染源名录_{name}")]);
        assert_eq!(registry.sources.height(), 6, "{name} {}", told(&registry));
        for row in 0..6 {
            assert!(cell(&registry, TableKind::Sources, "name", row).starts_with("上海虚构"), "{name} {row}");
        }
        assert_eq!(found(&registry, "RAW-029").is_empty(), name == "wps.et", "{name} {}", told(&registry));
    }
    let error = try_files(&["dirty/26-disguised-xls/input/污染源名录_mht.xls"]).unwrap_err();
    assert!(error.to_string().contains("单一文件网页"), "{error}");
}

#[test]
fn the_district_may_stand_in_the_sheets_name() {
    let registry = case("dirty/30-sheet-per-district");
    assert_eq!((registry.sources.height(), found(&registry, "IMP-096").len()), (20, 5), "{}", told(&registry));
    let mut districts: Vec<String> = (0..20).map(|row| cell(&registry, TableKind::Sources, "district", row)).collect();
    districts.sort();
    districts.dedup();
    assert_eq!(districts, ["310112", "310113", "310114", "310115", "310117"]);
}

#[test]
fn every_entry_of_the_folder_is_read_or_named() {
    let registry = case("dirty/20-folder-junk");
    assert_eq!(registry.sources.height(), 10, "{}", told(&registry));
    // Two copies of the register are merged into it.
    assert_eq!(registry.summary(TableKind::Sources).unwrap().merged, 20);
    let named: Vec<&str> = found(&registry, "PRJ-024").iter().filter_map(|f| f.file.as_deref()).collect();
    for entry in [
        ".DS_Store",
        ".~污染源名录.xlsx",
        "Thumbs.db",
        "desktop.ini",
        "~$污染源名录.xlsx",
        "名录打包.zip",
        "备份.rar",
        "说明.docx",
        "通知.pdf",
    ] {
        assert!(named.contains(&entry), "{entry}: {named:?}");
    }
    let zip = found(&registry, "PRJ-024").into_iter().find(|f| f.file.as_deref() == Some("名录打包.zip")).unwrap();
    assert!(zip.value.as_deref().unwrap().contains("污染源名录.xlsx"), "{zip}");
    assert_eq!(rows_of(&registry, "RAW-001").len(), 0);
    assert_eq!(found(&registry, "RAW-001").len(), 1, "{}", told(&registry));
}
