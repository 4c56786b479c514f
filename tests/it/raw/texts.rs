//! Delimited texts: every encoding, delimiter and line end; what is odd about them.

use super::*;

#[test]
fn every_encoding_delimiter_and_line_end() {
    let folder = Folder::new();
    for encoding in ["UTF-8", "UTF-8 BOM", "GB18030", "UTF-16LE", "UTF-16BE", "UTF-16LE BOM", "UTF-16BE BOM"] {
        for delimiter in [',', '\t', ';', '|'] {
            for end in ["\n", "\r\n", "\r"] {
                let d = delimiter;
                let text = format!(
                    "2026年名录{end}编号{d}单位名称{d}地址{end}{end}1{d}\"上海{d}某某\"\"化工\"\"厂\"{d}宝山区{end}\
                     2{d}\"两{end}行\"{d}{end}3{d}某某电镀厂{d}嘉定区{end}"
                );
                let path = folder.file("t.csv", &encoded(&text, encoding));
                let (tables, diagnostics) = load(&path);
                let [table] = tables.as_slice() else { panic!("one table") };
                let wide = format!("两{end}行");
                let comma = format!("上海{d}某某\"化工\"厂");
                let expected = expect(&[
                    (1, &["2026年名录"]),
                    (2, &["编号", "单位名称", "地址"]),
                    (4, &["1", &comma, "宝山区"]),
                    (5, &["2", &wide]),
                    (7, &["3", "某某电镀厂", "嘉定区"]),
                ]);
                assert_eq!(rows(table), expected, "{encoding} {delimiter:?} {end:?}");
                assert_eq!(table.delimiter, Some(delimiter));
                assert_eq!(table.encoding.as_deref(), Some(encoding.split(' ').next().unwrap()));
                assert!(diagnostics.count_code("RAW-021") == 0 && diagnostics.count_code("RAW-023") == 0);
                assert!(table.sheet.is_none() && !table.named);
            }
        }
    }
}

#[test]
fn encodings_by_choice() {
    let folder = Folder::new();
    for (label, name, text) in [
        ("macintosh", "macintosh", "nom;ville\nÉlectricité;Orléans\n"),
        ("windows-1252", "西文", "nom;ville\nÉlectricité;Orléans\n"),
        ("Big5", "繁体中文", "名稱;地址\n電鍍廠;臺北\n"),
        ("GB18030", "GBK", "名称;地址\n电镀厂;上海\n"),
        ("windows-1251", "cp1251", "имя;город\nзавод;Омск\n"),
        ("Shift_JIS", "日文", "名前;住所\n工場;東京\n"),
    ] {
        let path = folder.file("t.txt", &encoded(text, label));
        let options = ReadOptions { encoding: Some(name.to_owned()), ..ReadOptions::default() };
        let (result, _) = load_with(&path, &options);
        let found: Vec<String> = rows(&result.unwrap()[0]).into_iter().map(|(_, cells)| cells.join(";")).collect();
        assert_eq!(found.join("\n") + "\n", text, "{label}");
    }
    let options = ReadOptions { encoding: Some("火星文".to_owned()), ..ReadOptions::default() };
    let (result, _) = load_with(&folder.file("t.csv", b"a"), &options);
    assert_eq!(result.unwrap_err().code(), "RAW-007");
    let options = ReadOptions { delimiter: Some('，'), ..ReadOptions::default() };
    let (result, _) = load_with(&folder.file("t.csv", b"a"), &options);
    assert_eq!(result.unwrap_err().code(), "RAW-011");
}

#[test]
fn what_is_odd_is_said_with_its_row() {
    let row_of = |diagnostics: &Diagnostics, code: &str| {
        diagnostics.findings().iter().find(|f| f.code == code).and_then(|f| f.row)
    };
    // A byte that no GBK text has, on line 3.
    let mut bytes = encoded("编号,单位名称\n1,上海某某化工有限公司\n2,某某", "GB18030");
    bytes.extend_from_slice(b"\xFF\n");
    let (tables, diagnostics) = load_bytes("t.csv", &bytes);
    assert_eq!(rows(&tables[0])[2].1[1], "某某\u{FFFD}");
    assert_eq!(row_of(&diagnostics, "RAW-023"), Some(3));
    // A character cut in half in UTF-8.
    let mut bytes = "编号,单位名称\n1,上海某某化工有限公司".as_bytes().to_vec();
    bytes.truncate(bytes.len() - 1);
    bytes.extend_from_slice("\n2,某某电镀厂\n".as_bytes());
    let (tables, diagnostics) = load_bytes("t.csv", &bytes);
    assert_eq!(tables[0].encoding.as_deref(), Some("UTF-8"));
    assert_eq!(row_of(&diagnostics, "RAW-023"), Some(2));
    assert_eq!(rows(&tables[0])[2].1[1], "某某电镀厂");
    // An unclosed quote takes nothing with it.
    let (tables, diagnostics) = load_bytes("t.csv", b"a,b\n1,\"x\n2,y\n3,z\n");
    assert_eq!(rows(&tables[0]).len(), 4);
    assert_eq!(row_of(&diagnostics, "RAW-024"), Some(2));
    // A wide row, a NUL, text behind a quote.
    let (tables, diagnostics) = load_bytes("t.csv", b"a,b\n1,2\n3,4\n5,6,7\n8\0,9\n\"x\"y,1\n2\n");
    assert_eq!(rows(&tables[0])[4], (5, vec!["8".to_owned(), "9".to_owned()]));
    assert_eq!(row_of(&diagnostics, "RAW-028"), Some(7));
    assert_eq!(diagnostics.count_code("RAW-028"), 2);
    assert_eq!(row_of(&diagnostics, "RAW-027"), Some(5));
    assert_eq!(row_of(&diagnostics, "RAW-025"), Some(6));
    // What a spreadsheet declares on the first line.
    let (tables, _) = load_bytes("t.csv", b"sep=;\r\na,1;b\r\nc;d\r\n");
    assert_eq!(rows(&tables[0]), expect(&[(2, &["a,1", "b"]), (3, &["c", "d"])]));
    // Many of a kind are counted, not all listed.
    let text = "\"a\"b,c\n".repeat(500);
    let (_, diagnostics) = load_bytes("t.csv", text.as_bytes());
    assert_eq!(diagnostics.count_code("RAW-025"), 201);
}

/// What a record becomes: null where empty, left out where all are.
fn filled(record: &[String]) -> Vec<String> {
    let mut record = record.to_vec();
    while record.last().is_some_and(String::is_empty) {
        record.pop();
    }
    record
}

/// Line ends as a person counts lines.
fn lines(text: &str) -> u32 {
    text.replace("\r\n", "\n").chars().filter(|c| matches!(c, '\n' | '\r')).count() as u32
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_csv_comes_back(
        table in proptest::collection::vec(
            proptest::collection::vec("([a-z\",;\t|]|\n|\r\n|[污染源名录０-９]|\u{1F600}){0,8}", 1..6), 1..12),
        delimiter in prop_oneof![Just(b','), Just(b'\t'), Just(b';'), Just(b'|')],
        always in any::<bool>(),
        crlf in any::<bool>(),
        encoding in prop_oneof![
            Just("UTF-8"), Just("UTF-8 BOM"), Just("GB18030"), Just("UTF-16LE BOM"), Just("UTF-16BE BOM")],
    ) {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .quote_style(if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary })
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        for record in &table {
            writer.write_record(record).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let folder = Folder::new();
        let options = ReadOptions {
            encoding: (encoding == "GB18030").then(|| "gbk".to_owned()),
            delimiter: Some(char::from(delimiter)),
            ..ReadOptions::default()
        };
        let (result, diagnostics) = load_with(&folder.file("t.csv", &encoded(&text, encoding)), &options);
        let found = rows(&result.unwrap()[0]);
        let mut line = 1;
        let mut expected = Vec::new();
        for record in &table {
            if record.iter().any(|cell| !cell.is_empty()) {
                expected.push((line, filled(record)));
            }
            line += 1 + record.iter().map(|cell| lines(cell)).sum::<u32>();
        }
        prop_assert_eq!(found, expected);
        prop_assert_eq!(diagnostics.count_code("RAW-024") + diagnostics.count_code("RAW-023"), 0);
    }

    /// Nothing that looks like one of our formats makes the readers panic or read for ever.
    #[test]
    fn damaged_files_are_answered(
        which in 0_usize..6,
        places in proptest::collection::vec((any::<u32>(), any::<u8>()), 1..12),
        cut in proptest::option::of(any::<u32>()),
    ) {
        let names =
            ["date_1904.xls", "biff5_write.xls", "date.xlsb", "date_1904.xlsx", "special_cells.ods", "issue_271.xls"];
        let mut bytes = Vec::new();
        File::open(fixture(names[which])).unwrap().read_to_end(&mut bytes).unwrap();
        // In a package only the parts are worth damaging: checksums catch the rest.
        let package = bytes.starts_with(b"PK");
        let mut bytes = if package { bytes } else { damage(bytes, &places, cut) };
        if package {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            let mut parts = Vec::new();
            for i in 0..archive.len() {
                let mut part = archive.by_index(i).unwrap();
                let name = part.name().unwrap().into_owned();
                let mut content = Vec::new();
                part.read_to_end(&mut content).unwrap();
                let hit = ["sheet", "content", "styles", "Strings", "workbook"].iter().any(|n| name.contains(n));
                parts.push((name, if hit { damage(content, &places, cut) } else { content }));
            }
            let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, c)| (n.as_str(), c.as_slice())).collect();
            bytes = zip_of(&parts);
        }
        let folder = Folder::new();
        let (result, _) = load_with(&folder.file(names[which], &bytes), &ReadOptions::default());
        if let Err(e) = result {
            prop_assert!(e.code().starts_with("RAW-0") && e.to_string().contains("文件"), "{}", e);
        }
    }
}

#[test]
fn foreign_texts_are_read() {
    let folder = foreign();
    let plants = folder.join("facilities/EPRTR-plants.csv");
    let options = ReadOptions { encoding: Some("macintosh".to_owned()), ..ReadOptions::default() };
    let (result, diagnostics) = load_with(&plants, &options);
    let table = &result.unwrap()[0];
    assert_eq!((table.rows.len(), table.cells.width()), (2_162, 56));
    assert_eq!(diagnostics.count_code("RAW-023"), 0);
    assert!(rows(table).iter().flat_map(|(_, cells)| cells).any(|cell| cell.contains("Électri") || cell.contains("é")));
    // Found by itself too, but said to be a guess.
    let (tables, diagnostics) = load(&plants);
    assert_eq!(tables[0].encoding.as_deref(), Some("macintosh"));
    assert_eq!(diagnostics.count_code("RAW-021"), 1);
    as_the_csv_crate_reads(&folder, &[("facilities/China.csv", 3_138)]);
}

#[test]
#[ignore = "reads the outside folder FAIRDRAW_FOREIGN_DATA"]
fn texts_of_the_outside_folder_are_read() {
    let folder = PathBuf::from(std::env::var_os("FAIRDRAW_FOREIGN_DATA").expect("FAIRDRAW_FOREIGN_DATA")).join("real");
    as_the_csv_crate_reads(
        &folder,
        &[
            ("chicago_food/chicago_food_inspections_2011_2014.csv", 27_601),
            ("dedupe_chicago_childcare/csv_example_messy_input.csv", 3_338),
            ("dedupe_chicago_childcare/csv_example_input_with_true_ids.csv", 3_338),
        ],
    );
}

/// Records of each file as the independent reader gives them.
fn as_the_csv_crate_reads(folder: &Path, files: &[(&str, usize)]) {
    for (file, records) in files {
        let path = folder.join(file);
        let (tables, _) = load(&path);
        let table = &tables[0];
        assert_eq!(table.rows.len(), *records, "{file}");
        // The csv crate is the independent reader.
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(&path).unwrap();
        let theirs = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>());
        let theirs: Vec<Vec<String>> = theirs.map(|r| filled(&r)).filter(|r| !r.is_empty()).collect();
        let ours: Vec<Vec<String>> = rows(table).into_iter().map(|(_, cells)| cells).collect();
        assert!(ours == theirs, "{file}");
    }
}
