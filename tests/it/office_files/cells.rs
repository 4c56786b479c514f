//! Cells: zeros shown by a format, formulas without values, error values, merged cells, marks, examples.

use fairdraw::registry::TableKind;

use super::support::*;

/// A cell of a number with a cell format.
fn number(value: &str, format: usize) -> String {
    format!("<c s=\"{format}\"><v>{value}</v></c>")
}

#[test]
fn codes_keep_the_zeros_that_their_format_shows() {
    for (format, value, shown) in [
        ("00000000", "1234", "00001234"),
        ("0000000000", "9001234", "0009001234"),
        ("\"SH\"00000", "31", "SH00031"),
        ("000-0000", "21234", "002-1234"),
        ("[$-804]000000", "310", "000310"),
        ("00000000;[Red]-00000000", "7", "00000007"),
    ] {
        let people = rows(&[
            &["执法证号", "姓名", "所属执法主体"],
            &[&number(value, 1), "王某", "浦东新区"],
            &["XY000002", "李某", "浦东新区"],
        ]);
        let book = workbook(&[("人员", "", worksheet("", &sheet_rows(&people), ""))], &[format]);
        let office = Office::new();
        office.file("污染源名录.csv", &csv(&register())).file("执法人员名录.xlsx", &book);
        office.file("回避.csv", format!("执法证号,单位名称,回避原因\n{shown},{},亲属\n", FIRMS[0][1]).as_bytes());
        let made = office.make();
        assert!(made.column(TableKind::Inspectors, "certificate").contains(&shown.to_owned()), "{format}");
        // The recusal meets its inspector.
        assert!(made.of("IMP-074").is_empty(), "{format}");
    }
}

#[test]
fn a_measure_keeps_its_number_whatever_its_format_shows() {
    let fines = rows(&[
        &["统一社会信用代码", "处罚决定日期", "罚款金额（万元）", "决定书文号"],
        &[FIRMS[0][2], "2026-05-01", &number("12", 1), &number("12", 1)],
    ]);
    let office = Office::new();
    office.file("污染源名录.csv", &csv(&register()));
    office.file("行政处罚.xlsx", &workbook(&[("处罚", "", worksheet("", &sheet_rows(&fines), ""))], &["0000"]));
    let made = office.make();
    assert_eq!(made.column(TableKind::Violations, "amount_wan"), ["12.0"]);
    assert_eq!(made.column(TableKind::Violations, "document"), ["0012"]);
}

#[test]
fn padded_codes_of_the_other_workbooks() {
    let xml = format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Styles><Style ss:ID=\"z\"><NumberFormat ss:Format=\"00000000\"/></Style></Styles><Worksheet ss:Name=\"人员\"><Table>{}</Table></Worksheet></Workbook>",
        "<Row><Cell><Data ss:Type=\"String\">执法证号</Data></Cell><Cell><Data ss:Type=\"String\">姓名</Data></Cell><Cell><Data ss:Type=\"String\">所属执法主体</Data></Cell></Row><Row><Cell ss:StyleID=\"z\"><Data ss:Type=\"Number\">1234</Data></Cell><Cell><Data ss:Type=\"String\">王某</Data></Cell><Cell><Data ss:Type=\"String\">浦东新区</Data></Cell></Row>"
    );
    let ods = "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"人员\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>执法证号</text:p></table:table-cell><table:table-cell office:value-type=\"string\"><text:p>姓名</text:p></table:table-cell><table:table-cell office:value-type=\"string\"><text:p>所属执法主体</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type=\"float\" office:value=\"1234\"><text:p>00001234</text:p></table:table-cell><table:table-cell office:value-type=\"string\"><text:p>王某</text:p></table:table-cell><table:table-cell office:value-type=\"string\"><text:p>浦东新区</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
    let ods =
        zip_of(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", ods.as_bytes())]);
    for (name, bytes) in [("执法人员名录.xls", xml.into_bytes()), ("执法人员名录.ods", ods)] {
        let office = Office::new();
        office.file("污染源名录.csv", &csv(&register())).file(name, &bytes);
        assert_eq!(office.make().column(TableKind::Inspectors, "certificate"), ["00001234"], "{name}");
    }
}

#[test]
fn formulas_without_values_are_said_with_their_number() {
    for (cell, count) in [
        ("<c><f>CONCATENATE(\"a\",1)</f></c>", 1),
        ("<c><f>A1&amp;B1</f><v/></c>", 1),
        ("<c><f>A1</f><v></v></c>", 1),
        ("<c><f t=\"shared\" si=\"0\"/></c>", 1),
        ("<c t=\"str\"><f>A1</f></c>", 1),
        // A text that is empty is a value; so is a number.
        ("<c t=\"str\"><f>\"\"</f><v></v></c>", 0),
        ("<c><f>1+1</f><v>2</v></c>", 0),
    ] {
        let mut table = register();
        table[0].push("地址".to_owned());
        table[1].push(cell.to_owned());
        let office = Office::new();
        office.file("污染源名录.xlsx", &xlsx(&table));
        let made = office.make();
        let said = made.of("RAW-036");
        assert_eq!(said.len(), count, "{cell}");
        if let [finding] = said.as_slice() {
            assert!(finding.what.contains("1 个公式") && finding.value.as_deref() == Some("首处 F2"), "{finding}");
            assert!(finding.hint.as_deref().unwrap().contains("WPS"), "{finding}");
        }
        assert_eq!(made.kept(TableKind::Sources), 3, "{cell}");
    }
}

#[test]
fn error_values_are_blank_and_said() {
    for error in ["#VALUE!", "#REF!", "#N/A", "#NAME?", "#DIV/0!", "########"] {
        for as_csv in [true, false] {
            let mut table = register();
            table[0].push("地址".to_owned());
            table[1].push(error.to_owned());
            table[2][1] = error.to_owned();
            let office = Office::new();
            if as_csv {
                office.file("污染源名录.csv", &csv(&table));
            } else {
                let cell = |text: &str| format!("<c t=\"e\"><v>{text}</v></c>");
                if !error.starts_with("##") {
                    (table[1][5], table[2][1]) = (cell(error), cell(error));
                }
                office.file("污染源名录.xlsx", &xlsx(&table));
            }
            let made = office.make();
            // A firm is never called #REF!: without a name its row is set aside.
            assert_eq!((made.kept(TableKind::Sources), made.aside()), (2, vec![3]), "{error} {as_csv}");
            assert!(made.column(TableKind::Sources, "address").iter().all(String::is_empty), "{error} {as_csv}");
            let rows: Vec<Option<u64>> = made.of("RAW-038").iter().map(|finding| finding.row).collect();
            assert_eq!(rows, [Some(2), Some(3)], "{error} {as_csv}");
        }
    }
}

#[test]
fn a_value_merged_downwards_holds_for_its_rows() {
    // Which column is merged over rows 2 to 4, and the table.
    for column in 3..5 {
        let mut table = register();
        for row in &mut table[2..4] {
            row[column] = String::new();
        }
        let value = table[1][column].clone();
        let letter = letters(column);
        let merged = format!("<mergeCells><mergeCell ref=\"{letter}2:{letter}4\"/></mergeCells>");
        let office = Office::new();
        let part = worksheet("", &sheet_rows(&table), &merged);
        office.file("污染源名录.xlsx", &workbook(&[("名录", "", part)], &[]));
        let made = office.make();
        assert_eq!(made.kept(TableKind::Sources), 3, "{letter}");
        let said = made.of("IMP-090");
        assert_eq!(said.len(), 1, "{letter}");
        assert_eq!((said[0].column.as_deref(), said[0].value.as_deref()), (Some(HEAD[column]), Some("2 行")));
        if column == 4 {
            assert_eq!(made.column(TableKind::Sources, "management"), ["registration"; 3], "{value}");
        }
    }
    // In a table of penalties, of people, in a web page, in an OpenDocument; without the merge rows are set aside.
    let people =
        rows(&[&["执法证号", "姓名", "所属执法主体"], &["XY000001", "王某", "浦东新区"], &["XY000002", "李某", ""]]);
    for (merged, kept) in [("<mergeCells><mergeCell ref=\"C2:C3\"/></mergeCells>", 2), ("", 1)] {
        let office = Office::new();
        let part = worksheet("", &sheet_rows(&people), merged);
        office.file("污染源名录.csv", &csv(&register())).file("执法人员.xlsx", &workbook(&[("人员", "", part)], &[]));
        assert_eq!(office.make().kept(TableKind::Inspectors), kept);
    }
    let page = "<html><table><tr><td>执法证号</td><td>姓名</td><td>所属执法主体</td></tr><tr><td>XY000001</td><td>王某</td><td rowspan=2>浦东新区</td></tr><tr><td>XY000002</td><td>李某</td></tr></table></html>";
    let office = Office::new();
    office.file("污染源名录.csv", &csv(&register())).file("执法人员.xls", page.as_bytes());
    assert_eq!(office.make().kept(TableKind::Inspectors), 2);
    let fines = rows(&[
        &["统一社会信用代码", "处罚决定日期", "罚款金额（万元）"],
        &[FIRMS[0][2], "2026-05-01", "12"],
        &[FIRMS[1][2], "2026-05-02", ""],
    ]);
    let office = Office::new();
    let part = worksheet("", &sheet_rows(&fines), "<mergeCells><mergeCell ref=\"C2:C3\"/></mergeCells>");
    office.file("污染源名录.csv", &csv(&register())).file("行政处罚.xlsx", &workbook(&[("处罚", "", part)], &[]));
    let made = office.make();
    // A sum over several rows may be meant: a warning.
    assert_eq!((made.kept(TableKind::Violations), made.of("IMP-097").len()), (2, 1));
}

#[test]
fn headings_merged_over_two_rows_are_no_data() {
    let table = rows(&[
        &["排污许可证编号", "单位", "", "行政区", "管理类别"],
        &["", "单位名称", "统一社会信用代码", "", ""],
        &FIRMS[0].map(|cell| cell),
    ]);
    let merged =
        "<mergeCells><mergeCell ref=\"A1:A2\"/><mergeCell ref=\"B1:C1\"/><mergeCell ref=\"D1:D2\"/></mergeCells>";
    let office = Office::new();
    office.file("污染源名录.xlsx", &workbook(&[("名录", "", worksheet("", &sheet_rows(&table), merged))], &[]));
    let made = office.make();
    assert_eq!((made.names(), made.of("IMP-090").len()), (vec![FIRMS[0][1].to_owned()], 0));
}

#[test]
fn marks_of_text_are_taken_off_codes_and_names() {
    for (before, after) in
        [("'", ""), ("`", ""), ("=\"", "\""), ("", "&nbsp;"), ("\u{202a}", "\u{202c}"), ("'", "'"), ("\u{feff}", "")]
    {
        for as_csv in [true, false] {
            let mut table = register();
            for row in &mut table[1..] {
                for cell in &mut row[..3] {
                    *cell = format!("{before}{cell}{after}");
                }
            }
            let office = Office::new();
            if as_csv && before != "=\"" {
                office.file("污染源名录.csv", &csv(&table));
            } else {
                office.file("污染源名录.xlsx", &xlsx(&table));
            }
            let made = office.make();
            let mut names: Vec<&str> = FIRMS.iter().map(|firm| firm[1]).collect();
            names.sort_unstable();
            assert_eq!(made.names(), names, "{before}");
            let codes = made.column(TableKind::Sources, "uscc");
            assert!(FIRMS.iter().all(|firm| codes.contains(&firm[2].to_owned())), "{before} {codes:?}");
        }
    }
}

#[test]
fn examples_and_instructions_of_a_template_are_set_aside() {
    for example in [
        ["91310000XXXXXXXXXX001V", "XXX有限公司", "91310000XXXXXXXXXX", "浦东新区", "重点管理"],
        ["示例", "上海虚构示范有限公司", "91310115MA1K000581", "浦东新区", "重点管理"],
        ["91310115MA1K00509B001P", "示例企业有限公司", "91310115MA1K00509B", "浦东新区", "重点管理"],
        ["必填，22 位", "必填", "必填，18 位", "请选择", "下拉选择"],
        ["填写说明", "填写单位全称", "", "", ""],
        ["例：9131…", "例：上海某厂", "例：9131…", "例：浦东新区", "例：重点管理"],
        ["91310115MA1K00509B001P", "上海××有限公司", "91310115MA1K00509B", "浦东新区", "重点管理"],
    ] {
        for as_csv in [true, false] {
            let mut table = register();
            table.insert(1, example.iter().map(ToString::to_string).collect());
            let made = made_of(&table, as_csv);
            let rows: Vec<Option<u64>> = made.of("IMP-093").iter().map(|finding| finding.row).collect();
            assert_eq!((made.kept(TableKind::Sources), rows), (3, vec![Some(2)]), "{example:?}");
        }
    }
}

/// A date cell (`t="d"`, as scripts write it) with its zone is the day in office time, as the same text in a csv is.
#[test]
fn a_date_cell_with_a_zone_is_the_day_meant() {
    for (stored, day, moved) in [
        ("2024-02-29T16:00:00.000Z", "2024-03-01", 1),
        ("2024-02-29T16:00:00Z", "2024-03-01", 1),
        ("2024-03-01T00:00:00+08:00", "2024-03-01", 0),
        ("2024-03-01T00:00:00", "2024-03-01", 0),
        ("2024-03-01", "2024-03-01", 0),
        ("2024-02-29T23:59:17", "2024-03-01", 1),
        ("2024-03-01T00:00:00.000Z", "2024-03-01", 0),
    ] {
        for as_csv in [true, false] {
            let mut table = register();
            table[0].push("发证日期".to_owned());
            let cell = if as_csv { stored.to_owned() } else { format!("<c t=\"d\"><v>{stored}</v></c>") };
            table[1].push(cell);
            let made = made_of(&table, as_csv);
            let unit = made.column(TableKind::Sources, "unit_id").iter().position(|unit| unit == FIRMS[0][0]).unwrap();
            assert_eq!(made.column(TableKind::Sources, "issued")[unit], day, "{stored} {as_csv} {:?}", made.findings());
            assert_eq!(made.of("IMP-119").len(), moved, "{stored} {as_csv}");
        }
    }
}
