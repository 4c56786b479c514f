//! Workbooks of foreign programs, against calamine.

use super::*;

#[test]
fn foreign_workbooks_that_ship() {
    let dates = expect(&[(1, &["2021-01-01", "15"]), (2, &["2021-01-02", "16"]), (3, &["255:10:10", "17"])]);
    for name in ["date_1904.xls", "date_1904.xlsx", "date.xlsb"] {
        assert_eq!(rows(&load(&fixture(name)).0[0]), dates, "{name}");
    }
    let old = expect(&[
        (1, &["1", "2", "3"]),
        (2, &["TRUE", "FALSE", "", "sheetjs"]),
        (3, &["foo", "bar", "2014-02-19 14:30:00", "0.3"]),
        (4, &["baz", "", "qux"]),
    ]);
    assert_eq!(rows(&load(&fixture("biff5_write.xls")).0[0]), old);
    assert_eq!(rows(&load(&fixture("issue_182.xlsb")).0[0]), expect(&[(1, &["3"]), (2, &["Ab"]), (3, &["FALSE"])]));
    let merged = expect(&[(1, &["A", "B", "C"]), (2, &["A", "B", "C"]), (3, &["", "", "C"])]);
    assert_eq!(rows(&load(&fixture("merged_cells.ods")).0[0]), merged);
    let spaced = rows(&load(&fixture("special_cells.ods")).0[0]);
    assert_eq!(spaced[0].1[0], "Split\nLine");
    assert_eq!(spaced[2].1[0], "Value   With 3 spaces");
    let chinese = &load(&fixture("issue_271.xls")).0;
    assert_eq!(chinese[0].rows, vec![3, 5]);
}

#[test]
fn foreign_workbooks_are_read() {
    let folder = foreign();
    let mut list = files(&folder.join("workbooks"), &["xls", "xlsx", "xlsm", "xlsb", "ods"]);
    list.extend(files(&folder.join("gb_xls_cp936"), &["xls", "xlsx"]));
    assert!(list.len() >= 68, "{}", list.len());
    let mut read = 0;
    for path in &list {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (result, diagnostics) = load_with(path, &ReadOptions::default());
        let code = match &result {
            Ok(_) => "",
            Err(e) => e.code(),
        };
        let expected = match name.as_str() {
            "pass_protected.xlsb" => "RAW-003",
            // Half of its sectors lie beyond its end; a part with a wrong checksum.
            "OOM_alloc3.xls" | "issue252.xlsx" => "RAW-004",
            _ => "",
        };
        assert_eq!(code, expected, "{name}");
        let Ok(tables) = result else { continue };
        read += 1;
        assert_eq!(diagnostics.count_code("RAW-032") + diagnostics.count_code("RAW-033"), 0, "{name}");
        for table in &tables {
            let garbled = rows(table).iter().any(|(_, cells)| cells.iter().any(|c| c.contains('\u{FFFD}')));
            assert!(!garbled, "{name}");
        }
        // There the other reader takes wide characters for narrow ones.
        if path.extension().is_some_and(|e| e == "xls") && name != "sheet_name_parsing.xls" {
            against_calamine(path, &name, &tables);
        }
    }
    println!("{read} workbooks read, {} refused", list.len() - read);
}

/// Two independent readers of .xls must agree on every text, number and truth value.
fn against_calamine(path: &Path, name: &str, tables: &[RawTable]) {
    let mut book: calamine::Xls<_> = calamine::open_workbook(path).unwrap();
    for table in tables {
        let sheet = table.sheet.as_deref().unwrap();
        let range = book.worksheet_range(sheet).unwrap();
        let (top, left) = range.start().unwrap_or((0, 0));
        let mut theirs = 0;
        let ours: std::collections::BTreeMap<u32, Vec<String>> = rows(table).into_iter().collect();
        for (row, column, value) in range.used_cells() {
            let (row, column) = (row as u32 + top + 1, column + left as usize);
            let cell = ours.get(&row).and_then(|cells| cells.get(column)).map_or("", String::as_str);
            let same = match value {
                Data::String(text) => cell == text,
                Data::Float(number) => cell.parse() == Ok(*number),
                Data::Int(number) => cell.parse() == Ok(*number),
                Data::Bool(truth) => cell == if *truth { "TRUE" } else { "FALSE" },
                Data::Error(error) => cell == error.to_string(),
                _ => cell.contains(['-', ':']),
            };
            assert!(same, "{name} {sheet} {row} {column}: {cell:?} {value:?}");
            theirs += usize::from(!matches!(value, Data::String(text) if text.is_empty()));
        }
        let count: usize = ours.values().flatten().filter(|cell| !cell.is_empty()).count();
        assert_eq!(count, theirs, "{name} {sheet}");
    }
}
