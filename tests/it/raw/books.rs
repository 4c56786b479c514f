//! Workbooks: xlsx, old xls, OpenDocument, Parquet.

use super::*;

#[test]
fn an_xlsx_of_every_kind_of_cell() {
    use rust_xlsxwriter::{Format, Formula, Workbook};
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("名录").unwrap();
    let date = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\";@");
    let stamp = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let clock = Format::new().set_num_format("h:mm:ss");
    let span = Format::new().set_num_format("[h]:mm:ss");
    let money = Format::new().set_num_format("[Red]#,##0.00\" 万元\"");
    sheet.write_string(0, 1, "单位名称").unwrap();
    sheet.write_number(2, 0, 12.0).unwrap();
    sheet.write_number(2, 1, 12.5).unwrap();
    sheet.write_number(2, 2, 0.1 + 0.2).unwrap();
    sheet.write_number_with_format(3, 0, 46_082.0, &date).unwrap();
    sheet.write_number_with_format(3, 1, 46_082.520_833_333_336, &stamp).unwrap();
    sheet.write_number_with_format(3, 2, 0.75, &clock).unwrap();
    sheet.write_number_with_format(3, 3, 1.5, &span).unwrap();
    sheet.write_number_with_format(3, 4, 1234.5, &money).unwrap();
    sheet.write_boolean(4, 0, true).unwrap();
    sheet.write_formula(4, 1, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    sheet.write_formula(4, 2, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write_formula(4, 3, Formula::new("=\"甲\"&\"乙\"").set_result("甲乙")).unwrap();
    sheet.merge_range(6, 0, 7, 1, "合并", &Format::new()).unwrap();
    sheet.write_string(8, 3, "0012").unwrap();
    sheet.write_string(8, 4, "两\n行 & <标签>").unwrap();
    let hidden = book.add_worksheet().set_name("隐藏").unwrap();
    hidden.set_hidden(true);
    hidden.write_string(0, 0, "也要读").unwrap();
    book.add_worksheet().set_name("空").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let (tables, diagnostics) = load_bytes("t.xlsx", &bytes);
    assert_eq!(tables.iter().map(|t| t.sheet.as_deref().unwrap()).collect::<Vec<_>>(), ["名录", "隐藏", "空"]);
    let expected = expect(&[
        (1, &["", "单位名称"]),
        (3, &["12", "12.5", "0.30000000000000004"]),
        (4, &["2026-03-01", "2026-03-01 12:30:00", "18:00:00", "36:00:00", "1234.5"]),
        (5, &["TRUE", "#DIV/0!", "2", "甲乙"]),
        (7, &["合并"]),
        (9, &["", "", "", "0012", "两\n行 & <标签>"]),
    ]);
    assert_eq!(rows(&tables[0]), expected);
    assert_eq!(rows(&tables[1]), expect(&[(1, &["也要读"])]));
    assert!(tables[2].rows.is_empty());
    assert_eq!(diagnostics.count_code("RAW-030"), 1);

    // The content counts, not the name; and one sheet can be asked for.
    let (tables, diagnostics) = load_bytes("t.xls", &bytes);
    assert_eq!((tables.len(), diagnostics.count_code("RAW-029")), (3, 1));
    let folder = Folder::new();
    let path = folder.file("t.xlsx", &bytes);
    let options = ReadOptions { sheet: Some("隐藏".to_owned()), ..ReadOptions::default() };
    assert_eq!(load_with(&path, &options).0.unwrap().len(), 1);
    let options = ReadOptions { sheet: Some("没有".to_owned()), ..ReadOptions::default() };
    assert_eq!(load_with(&path, &options).0.unwrap_err().code(), "RAW-006");

    // In an archive, under a name in GBK.
    let (tables, _) = load_bytes("t.zip", &zip_of(&[("说明.md", b"x"), ("名录.xlsx", &bytes)]));
    assert_eq!((tables.len(), tables[0].file.as_str()), (3, "名录.xlsx"));

    // Cut short anywhere it is refused, never half read.
    for part in 1..8 {
        assert_eq!(refused("t.xlsx", &bytes[..bytes.len() * part / 8]), "RAW-004");
    }
}

/// Records of an old workbook.
fn records(list: &[(u16, Vec<u8>)]) -> Vec<u8> {
    list.iter()
        .flat_map(|(kind, body)| {
            [kind.to_le_bytes().to_vec(), (body.len() as u16).to_le_bytes().to_vec(), body.clone()].concat()
        })
        .collect()
}

#[test]
fn bare_streams_of_old_workbooks() {
    let text = encoding_rs::GB18030.encode("污染源").0.into_owned();
    let place = |row: u16, column: u16| [row.to_le_bytes(), column.to_le_bytes()].concat();
    // BIFF2: three bytes of attributes; the format is named by the second. No code page: Chinese by its looks.
    let two = records(&[
        (0x0009, vec![2, 0, 0x10, 0]),
        (0x001E, b"\x07General".to_vec()),
        (0x001E, b"\x06yyyy-m".to_vec()),
        (0x0004, [place(0, 0), vec![0, 0, 0, text.len() as u8], text.clone()].concat()),
        (0x0002, [place(1, 0), vec![0, 0, 0], 7_u16.to_le_bytes().to_vec()].concat()),
        (0x0003, [place(1, 1), vec![0, 1, 0], 46_082_f64.to_le_bytes().to_vec()].concat()),
        (0x0005, [place(1, 2), vec![0, 0, 0, 0x2A, 1]].concat()),
        (0x0006, [place(2, 0), vec![0, 0, 0], vec![0, 0, 0, 0, 0, 0, 0xFF, 0xFF], vec![0, 0]].concat()),
        (0x0007, [vec![text.len() as u8], text.clone()].concat()),
        (0x000A, vec![]),
    ]);
    let (tables, _) = load_bytes("old.xls", &two);
    let expected = expect(&[(1, &["污染源"]), (2, &["7", "2026-03-01", "#N/A"]), (3, &["污染源"])]);
    assert_eq!((rows(&tables[0]), tables[0].sheet.as_deref()), (expected, Some("old")));

    // BIFF4 with a code page and numbers packed in hundredths.
    let four = records(&[
        (0x0409, vec![0, 4, 0x10, 0, 0, 0]),
        (0x0042, 936_u16.to_le_bytes().to_vec()),
        (0x041E, b"\0\0\x07General".to_vec()),
        (0x041E, b"\0\0\x05[h]:m".to_vec()),
        (0x0443, vec![0, 0, 0, 0]),
        (0x0443, vec![0, 1, 0, 0]),
        (0x0204, [place(0, 0), vec![0, 0], (text.len() as u16).to_le_bytes().to_vec(), text.clone()].concat()),
        (0x027E, [place(0, 1), vec![0, 0], (((1250_u32) << 2) | 3).to_le_bytes().to_vec()].concat()),
        (0x0203, [place(0, 2), vec![1, 0], 1.5_f64.to_le_bytes().to_vec()].concat()),
        (0x0205, [place(0, 3), vec![0, 0, 1, 0]].concat()),
        (0x000A, vec![]),
    ]);
    let (tables, _) = load_bytes("old.xls", &four);
    assert_eq!(rows(&tables[0]), expect(&[(1, &["污染源", "12.5", "36:00:00", "TRUE"])]));

    // Encrypted, and cut off.
    let locked = records(&[(0x0809, [vec![0, 6, 5, 0], vec![0; 12]].concat()), (0x002F, vec![1, 0, 1, 0, 1, 0])]);
    assert_eq!(refused("old.xls", &locked), "RAW-003");
    let (_, diagnostics) = load_bytes("old.xls", &four[..four.len() - 4]);
    assert_eq!(diagnostics.count_code("RAW-033"), 1);
}

#[test]
fn an_opendocument_with_white_space_and_repeats() {
    let ods = zip_of(&[("mimetype", MIME), ("content.xml", CONTENT.as_bytes())]);
    let (tables, diagnostics) = load_bytes("t.ods", &ods);
    let row: &[&str] =
        &["12.5", "2026-03-01 12:30:00", "2026-03-01 12:30:00", "30:15:00", "TRUE", "#N/A", "甲  乙\t丙 丁 & 戊\n次行"];
    assert_eq!(rows(&tables[0]), expect(&[(1, &["标题二"]), (5, row), (6, row)]));
    assert_eq!(rows(&tables[1]), expect(&[(1, &["0.5"])]));
    assert_eq!(diagnostics.count_code("RAW-030"), 1);
    let flat = CONTENT.replace("document-content", "document");
    let (tables, _) = load_bytes("t.fods", flat.as_bytes());
    assert_eq!((tables.len(), tables[0].rows.len()), (2, 3));
    let locked = br"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let ods = zip_of(&[("mimetype", MIME), ("content.xml", b"\x01\x02"), ("META-INF/manifest.xml", locked)]);
    assert_eq!(refused("t.ods", &ods), "RAW-003");
    let ods = zip_of(&[("mimetype", MIME), ("content.xml", &CONTENT.as_bytes()[..900])]);
    assert_eq!(refused("t.ods", &ods), "RAW-004");
}

#[test]
fn parquet_keeps_its_names() {
    use polars::prelude::*;
    let date = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    let mut frame = df!(
        "编号" => ["a", "", "c"],
        "数" => [Some(1.5), None, Some(12.0)],
        "整" => [Some(7_i64), None, Some(-3)],
        "真" => [Some(true), None, Some(false)],
        "日" => [Some(date), None, Some(date)],
        "时" => [Some(date.and_hms_opt(12, 30, 0).unwrap()), None, Some(date.and_hms_opt(0, 0, 0).unwrap())],
        "单" => [Some(0.1_f32), None, Some(2.0)],
    )
    .unwrap();
    let folder = Folder::new();
    let path = folder.file("t.parquet", b"");
    ParquetWriter::new(File::create(&path).unwrap()).finish(&mut frame).unwrap();
    let (tables, _) = load(&path);
    let table = &tables[0];
    assert!(table.named);
    let names: Vec<&str> = table.cells.columns().iter().map(|c| c.name().as_str()).collect();
    assert_eq!(names, ["编号", "数", "整", "真", "日", "时", "单"]);
    let expected = expect(&[
        (1, &["a", "1.5", "7", "TRUE", "2026-03-01", "2026-03-01 12:30:00", "0.1"]),
        (3, &["c", "12", "-3", "FALSE", "2026-03-01", "2026-03-01", "2"]),
    ]);
    assert_eq!(rows(table), expected);
    let mut bytes = Vec::new();
    File::open(&path).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(refused("t.parquet", &bytes[..bytes.len() / 2]), "RAW-004");
}
