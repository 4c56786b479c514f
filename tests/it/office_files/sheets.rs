//! Sheets: hidden ones, hidden rows and columns, empty ones, one a district, odd ones.

use fairdraw::diagnostic::{Diagnostics, Progress, Severity};
use fairdraw::registry::TableKind;
use fairdraw::tabular::{ReadOptions, load_raw};
use fairdraw::workspace::intake::inspect::look_at;

use super::support::*;

fn former() -> Vec<Vec<String>> {
    let mut rows = register();
    for (i, row) in rows.iter_mut().enumerate().skip(1) {
        row[0] = format!("91310115MA1K0005{i}X001P");
        row[1] = format!("上海虚构旧{i}有限公司");
        row[2] = String::new();
    }
    rows
}

#[test]
fn a_hidden_sheet_is_left_out_unless_it_is_chosen() {
    for state in ["hidden", "veryHidden"] {
        let sheets = [
            ("名录", "", worksheet("", &sheet_rows(&register()), "")),
            ("2024旧名录", state, worksheet("", &sheet_rows(&former()), "")),
        ];
        let office = Office::new();
        office.file("污染源名录.xlsx", &workbook(&sheets, &[]));
        let made = office.make();
        assert_eq!(made.kept(TableKind::Sources), 3);
        let said = made.of("RAW-030");
        assert_eq!(
            (said.len(), said[0].sheet.as_deref(), said[0].value.as_deref()),
            (1, Some("2024旧名录"), Some("4 行"))
        );
        assert_eq!(said[0].severity, Severity::Warning);
        // The window shows it, and why it is not taken.
        let look = look_at(&[office.input()], office.0.path(), None, &Progress::none()).unwrap();
        let codes: Vec<Option<&str>> =
            look.sheets.iter().map(|sheet| sheet.taken.as_ref().err().map(|finding| finding.code)).collect();
        assert_eq!(codes, [None, Some("RAW-030")]);
        let office = Office::new();
        office.file("污染源名录.xlsx", &workbook(&sheets, &[]));
        let made = office.make_mapped("(files: [(file: \"污染源名录.xlsx\", sheet: \"2024旧名录\")])");
        assert_eq!((made.kept(TableKind::Sources), made.of("RAW-030").len()), (6, 0));
    }
}

#[test]
fn hidden_sheets_of_the_other_workbooks() {
    let table = |rows: &[Vec<String>]| -> String {
        rows.iter()
            .map(|row| {
                let cells = row.iter().map(|c| {
                    format!("<table:table-cell office:value-type=\"string\"><text:p>{c}</text:p></table:table-cell>")
                });
                format!("<table:table-row>{}</table:table-row>", cells.collect::<String>())
            })
            .collect()
    };
    let ods = format!(
        "<office:document-content><office:automatic-styles><style:style style:name=\"h\"><style:table-properties table:display=\"false\"/></style:style></office:automatic-styles><office:body><office:spreadsheet><table:table table:name=\"名录\">{}</table:table><table:table table:name=\"旧\" table:style-name=\"h\">{}</table:table></office:spreadsheet></office:body></office:document-content>",
        table(&register()),
        table(&former())
    );
    let ods =
        zip_of(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", ods.as_bytes())]);
    let rows = |rows: &[Vec<String>]| -> String {
        rows.iter()
            .map(|row| {
                let cells = row.iter().map(|c| format!("<Cell><Data ss:Type=\"String\">{c}</Data></Cell>"));
                format!("<Row>{}</Row>", cells.collect::<String>())
            })
            .collect()
    };
    let xml = format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"名录\"><Table>{}</Table></Worksheet><Worksheet ss:Name=\"旧\"><Table>{}</Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>",
        rows(&register()),
        rows(&former())
    );
    for (name, bytes) in [("污染源名录.ods", ods), ("污染源名录.xls", xml.into_bytes())] {
        let office = Office::new();
        office.file(name, &bytes);
        let made = office.make();
        assert_eq!((made.kept(TableKind::Sources), made.of("RAW-030").len()), (3, 1), "{name}");
    }
}

#[test]
fn hidden_rows_and_columns_are_said_with_their_number() {
    let body = sheet_rows(&register());
    for (before, rows, said) in [
        ("", body.replace("<row r=\"3\">", "<row r=\"3\" hidden=\"1\">"), Some("1 个隐藏行")),
        ("", body.replace("<row r=\"3\">", "<row r=\"3\" hidden=\"true\">"), Some("1 个隐藏行")),
        ("<cols><col min=\"4\" max=\"4\" hidden=\"1\"/></cols>", body.clone(), Some("1 个隐藏列")),
        (
            "<cols><col min=\"3\" max=\"4\" hidden=\"1\"/></cols>",
            body.replace("<row r=\"2\">", "<row r=\"2\" hidden=\"1\">")
                .replace("<row r=\"4\">", "<row hidden=\"1\" r=\"4\">"),
            Some("2 个隐藏行、2 个隐藏列"),
        ),
        // Hidden and empty says nothing.
        (
            "<cols><col min=\"9\" max=\"16384\" hidden=\"1\"/></cols>",
            body.clone() + "<row r=\"50\" hidden=\"1\"/>",
            None,
        ),
        ("<cols><col min=\"1\" max=\"5\" width=\"9\"/></cols>", body.clone(), None),
    ] {
        let office = Office::new();
        office.file("污染源名录.xlsx", &workbook(&[("名录", "", worksheet(before, &rows, ""))], &[]));
        let made = office.make();
        let found = made.of("RAW-037");
        assert_eq!((made.kept(TableKind::Sources), found.len()), (3, usize::from(said.is_some())), "{said:?}");
        if let (Some(said), [finding]) = (said, found.as_slice()) {
            assert!(finding.what.contains(said), "{finding}");
        }
    }
}

#[test]
fn empty_sheets_say_nothing() {
    for extra in [vec!["Sheet2"], vec!["Sheet2", "Sheet3"]] {
        let mut sheets = vec![("名录", "", worksheet("", &sheet_rows(&register()), ""))];
        sheets.extend(extra.iter().map(|name| (*name, "", worksheet("", "", ""))));
        let office = Office::new();
        office.file("污染源名录.xlsx", &workbook(&sheets, &[]));
        let made = office.make();
        let errors = made.findings().into_iter().filter(|f| f.severity == Severity::Error).count();
        assert_eq!((made.kept(TableKind::Sources), errors), (3, 0));
    }
    let office = Office::new();
    office.copy(&case("foreign/05-empty-sheets-are-errors/credit_empty_sheets.xlsx"), "环保信用评价.xlsx");
    office.file("污染源名录.csv", &csv(&register()));
    let made = office.make();
    assert!(made.findings().iter().all(|finding| finding.severity != Severity::Error));
}

#[test]
fn the_district_may_stand_in_the_sheets_or_the_files_name() {
    let without = |firm: usize| {
        let pick = |row: &[&str; 5]| [row[0], row[1], row[2], row[4]].map(str::to_owned).to_vec();
        vec![pick(&HEAD), pick(&FIRMS[firm])]
    };
    // Names of sheets for the first firm, and what is to come of it.
    for (sheet, district) in [
        ("浦东新区", Some("310115")),
        ("浦东", Some("310115")),
        ("上海市浦东新区", Some("310115")),
        ("310115", Some("310115")),
        ("浦东新区（2027年）", Some("310115")),
        ("浦东新区闵行区", None),
        ("汇总", None),
    ] {
        let sheets = [
            (sheet, "", worksheet("", &sheet_rows(&without(0)), "")),
            ("宝山区", "", worksheet("", &sheet_rows(&without(1)), "")),
        ];
        let office = Office::new();
        office.file("名录.xlsx", &workbook(&sheets, &[]));
        let made = office.make();
        let districts = made.column(TableKind::Sources, "district");
        assert_eq!(districts.contains(&"310115".to_owned()), district.is_some(), "{sheet} {districts:?}");
        assert!(districts.contains(&"310113".to_owned()), "{sheet}");
        assert_eq!(made.of("IMP-096").len(), if district.is_some() { 2 } else { 1 }, "{sheet}");
        assert_eq!(made.of("IMP-002").len(), usize::from(district.is_none()), "{sheet}");
    }
    // By files, from csv.
    let office = Office::new();
    office.file("浦东新区污染源名录.csv", &csv(&without(0))).file("2027嘉定区.csv", &csv(&without(2)));
    let made = office.make();
    let mut districts = made.column(TableKind::Sources, "district");
    districts.sort();
    assert_eq!(districts, ["310114", "310115"]);
    // The window takes it in the same way.
    let look = look_at(&[office.input()], office.0.path(), None, &Progress::none()).unwrap();
    assert!(look.sheets.iter().all(|sheet| sheet.taken.is_ok()));
    // A table of people, one sheet a body.
    let people = rows(&[&["执法证号", "姓名"], &["XY000001", "王某"]]);
    let office = Office::new();
    office.file("污染源名录.csv", &csv(&register()));
    office.file("执法人员.xlsx", &workbook(&[("浦东新区", "", worksheet("", &sheet_rows(&people), ""))], &[]));
    assert_eq!(office.make().kept(TableKind::Inspectors), 1);
}

#[test]
fn one_odd_sheet_leaves_the_others_readable() {
    for name in ["macro_sheet.xlsm", "module_without_rid.xlsx"] {
        let mut diagnostics = Diagnostics::new();
        let path = case("foreign/03-xlsx-odd-sheet-refuses-all").join(name);
        let tables = load_raw(&path, &ReadOptions::default(), &mut diagnostics, &Progress::none()).unwrap();
        assert_eq!((tables.len(), tables[0].rows.len()), (1, 2), "{name}");
        assert_eq!(diagnostics.count_code("RAW-031"), 1, "{name}");
        let sheet = diagnostics.findings()[0].sheet.as_deref();
        assert!(matches!(sheet, Some("Macro1" | "Module1")), "{name} {sheet:?}");
    }
    // A sheet whose part is damaged, missing, or in UTF-16.
    let whole = worksheet("", &sheet_rows(&register()), "");
    let cut = whole[..whole.len() / 2].to_owned();
    let office = Office::new();
    office.file("污染源名录.xlsx", &workbook(&[("名录", "", whole.clone()), ("坏", "", cut)], &[]));
    let made = office.make();
    let said = made.of("RAW-004");
    assert_eq!((made.kept(TableKind::Sources), said.len(), said[0].sheet.as_deref()), (3, 1, Some("坏")));
    assert!(said[0].value.as_deref().unwrap().chars().all(|c| !c.is_ascii_lowercase()), "{}", said[0]);
}
