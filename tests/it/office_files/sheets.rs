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
    for (file, district) in [
        ("浦东新区.csv", Some("310115")),
        ("2027年上海市浦东新区污染源名录.csv", Some("310115")),
        ("310115.csv", Some("310115")),
        ("浦东.csv", Some("310115")),
        ("浦东新区（报送）.csv", Some("310115")),
        ("浦东新区、闵行区.csv", None),
        ("全市.csv", None),
    ] {
        let office = Office::new();
        office.file(file, &csv(&without(0))).file("宝山区.csv", &csv(&without(1)));
        let made = office.make();
        let districts = made.column(TableKind::Sources, "district");
        assert_eq!(districts.contains(&"310115".to_owned()), district.is_some(), "{file} {:?}", made.findings());
        assert_eq!(made.of("IMP-002").len(), usize::from(district.is_none()), "{file}");
    }
    let office = Office::new();
    office.file("浦东新区污染源名录.csv", &csv(&without(0))).file("2027嘉定区.csv", &csv(&without(2)));
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

/// A record of an .xlsb: type and length in groups of seven bits.
fn binary(kind: u32, body: &[u8]) -> Vec<u8> {
    let group = |mut number: u32| {
        let mut bytes = Vec::new();
        loop {
            let byte = (number & 0x7F) as u8;
            number >>= 7;
            if number == 0 {
                bytes.push(byte);
                return bytes;
            }
            bytes.push(byte | 0x80);
        }
    };
    // A type beyond 127 has its marking bit within the number itself.
    let kind = if kind < 0x80 { vec![kind as u8] } else { vec![kind as u8 & 0x7F | 0x80, (kind >> 7) as u8] };
    [kind, group(body.len() as u32), body.to_vec()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [(units.len() as u32).to_le_bytes().to_vec(), units.iter().flat_map(|unit| unit.to_le_bytes()).collect()].concat()
}

/// A sheet of texts as a part of an .xlsb.
fn binary_sheet(rows: &[Vec<String>]) -> Vec<u8> {
    let mut part = Vec::new();
    for (r, row) in rows.iter().enumerate() {
        part.extend(binary(0, &[&(r as u32).to_le_bytes()[..], &[0; 13]].concat()));
        for (c, cell) in row.iter().enumerate() {
            part.extend(binary(6, &[&(c as u32).to_le_bytes()[..], &[0; 4], &wide(cell)].concat()));
        }
    }
    part.extend(binary(0x92, &[]));
    part
}

#[test]
fn one_odd_sheet_of_a_binary_workbook_leaves_the_others_readable() {
    let whole = binary_sheet(&register());
    let listed = |relation: &str, name: &str| binary(0x9C, &[vec![0; 8], wide(relation), wide(name)].concat());
    let nothing = binary(0x9C, &[vec![0; 8], vec![0xFF; 4], wide("模块")].concat());
    let book = [listed("rId1", "名录"), listed("rId2", "坏"), nothing, binary(0x90, &[])].concat();
    let relation = |id: &str, part: &str| {
        format!(
            "<Relationship Id=\"{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/{part}\"/>"
        )
    };
    let relations =
        format!("<Relationships>{}{}</Relationships>", relation("rId1", "sheet1.bin"), relation("rId2", "sheet2.bin"));
    // Cut short, without its end, empty, missing.
    for second in [Some(&whole[..whole.len() / 2]), Some(&whole[..whole.len() - 2]), Some(&[][..]), None] {
        let mut parts: Vec<(&str, &[u8])> = vec![
            ("[Content_Types].xml", b"<Types/>"),
            ("xl/workbook.bin", &book),
            ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
            ("xl/worksheets/sheet1.bin", &whole),
        ];
        parts.extend(second.map(|part| ("xl/worksheets/sheet2.bin", part)));
        let office = Office::new();
        office.file("污染源名录.xlsb", &zip_of(&parts));
        let made = office.make();
        let said: Vec<Option<&str>> = made.of("RAW-004").iter().map(|f| f.sheet.as_deref()).collect();
        assert_eq!((made.kept(TableKind::Sources), said), (3, vec![Some("坏")]), "{:?}", made.findings());
        let skipped: Vec<Option<&str>> = made.of("RAW-031").iter().map(|f| f.sheet.as_deref()).collect();
        assert_eq!(skipped, [Some("模块")]);
    }
}

/// A record of an .xls.
fn biff(kind: u16, body: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &(body.len() as u16).to_le_bytes(), body].concat()
}

#[test]
fn one_odd_sheet_of_an_old_workbook_leaves_the_others_readable() {
    let text = |text: &str| {
        let units: Vec<u16> = text.encode_utf16().collect();
        let wide: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        (units.len(), wide)
    };
    let begin = |kind: u16| biff(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat());
    let mut sheet = begin(0x10);
    for (r, row) in register().iter().enumerate() {
        for (c, cell) in row.iter().enumerate() {
            let (length, wide) = text(cell);
            let place = [(r as u16).to_le_bytes(), (c as u16).to_le_bytes(), [0; 2], (length as u16).to_le_bytes()];
            sheet.extend(biff(0x0204, &[&place.concat()[..], &[1], &wide].concat()));
        }
    }
    sheet.extend(biff(0x000A, &[]));
    // The second sheet begins behind the end of the file, just before it, far away.
    for beyond in [0_usize, 2, 1_000_000] {
        let listed = |name: &str, at: usize| {
            let (length, wide) = text(name);
            biff(0x0085, &[&(at as u32).to_le_bytes()[..], &[0, 0, length as u8, 1], &wide].concat())
        };
        let globals = |first: usize, second: usize| {
            [begin(0x05), listed("名录", first), listed("坏", second), biff(0x000A, &[])].concat()
        };
        let first = globals(0, 0).len();
        let end = first + sheet.len();
        let second = if beyond == 2 { end - 2 } else { end + beyond };
        let office = Office::new();
        office.file("污染源名录.xls", &[globals(first, second), sheet.clone()].concat());
        let made = office.make();
        let said: Vec<Option<&str>> = made.of("RAW-004").iter().map(|f| f.sheet.as_deref()).collect();
        assert_eq!((made.kept(TableKind::Sources), said), (3, vec![Some("坏")]), "{beyond} {:?}", made.findings());
    }
}
