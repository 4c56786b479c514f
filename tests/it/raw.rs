//! Files as tables of text: every encoding, delimiter and line end; workbooks of every age; what is refused.
//!
//! Small files are written by the tests themselves or lie in `tests/fixtures/foreign`. One large file is only in the
//! folder named by `FAIRDRAW_FOREIGN_DATA`; its test is ignored unless asked for.

use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use calamine::{Data, Reader};
use fairdraw::diagnostic::{AppResult, Diagnostics, Progress};
use fairdraw::tabular::{RawTable, ReadOptions, dump, load_raw};
use proptest::prelude::*;

/// Rows as read: physical number and texts, empty cells at the end left out.
type Rows = Vec<(u32, Vec<String>)>;

fn rows(table: &RawTable) -> Rows {
    let columns: Vec<_> = table.cells.columns().iter().map(|c| c.str().unwrap().clone()).collect();
    assert!(columns.iter().all(|c| c.len() == table.rows.len()));
    table
        .rows
        .iter()
        .enumerate()
        .map(|(i, &row)| {
            let mut cells: Vec<String> = columns.iter().map(|c| c.get(i).unwrap_or("").to_owned()).collect();
            while cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            (row, cells)
        })
        .collect()
}

fn expect(rows: &[(u32, &[&str])]) -> Rows {
    rows.iter().map(|(n, cells)| (*n, cells.iter().map(|c| (*c).to_owned()).collect())).collect()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        File::create(&path).unwrap().write_all(bytes).unwrap();
        path
    }
}

fn load_with(path: &Path, options: &ReadOptions) -> (AppResult<Vec<RawTable>>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let result = load_raw(path, options, &mut diagnostics, &Progress::none());
    (result, diagnostics)
}

fn load(path: &Path) -> (Vec<RawTable>, Diagnostics) {
    let (result, diagnostics) = load_with(path, &ReadOptions::default());
    (result.unwrap_or_else(|e| panic!("{}: {e}", path.display())), diagnostics)
}

fn load_bytes(name: &str, bytes: &[u8]) -> (Vec<RawTable>, Diagnostics) {
    load(&Folder::new().file(name, bytes))
}

fn refused(name: &str, bytes: &[u8]) -> String {
    let folder = Folder::new();
    let (result, _) = load_with(&folder.file(name, bytes), &ReadOptions::default());
    result.err().map_or_else(|| "read".to_owned(), |e| e.code().to_owned())
}

fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/foreign/real/workbooks").join(name)
}

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "UTF-8" => text.as_bytes().to_vec(),
        "UTF-8 BOM" => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "UTF-16BE" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "UTF-16LE BOM" => [vec![0xFF, 0xFE], encoded(text, "UTF-16LE")].concat(),
        "UTF-16BE BOM" => [vec![0xFE, 0xFF], encoded(text, "UTF-16BE")].concat(),
        name => encoding_rs::Encoding::for_label(name.as_bytes()).unwrap().encode(text).0.into_owned(),
    }
}

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

fn damage(mut bytes: Vec<u8>, places: &[(u32, u8)], cut: Option<u32>) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    for (place, byte) in places {
        let at = *place as usize % bytes.len();
        bytes[at] = *byte;
    }
    if let Some(cut) = cut.filter(|cut| cut % 3 == 0) {
        bytes.truncate(cut as usize % bytes.len());
    }
    bytes
}

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

const CONTENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-content>
 <office:automatic-styles>
  <style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>
 </office:automatic-styles>
 <office:body><office:spreadsheet>
  <table:table table:name="名录">
   <table:table-column table:number-columns-repeated="16384"/>
   <table:table-row>
    <table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>标题<text:span>二</text:span></text:p></table:table-cell>
    <table:covered-table-cell office:value-type="string"><text:p>盖住</text:p></table:covered-table-cell>
   </table:table-row>
   <table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
   <table:table-row table:number-rows-repeated="2">
    <table:table-cell office:value-type="float" office:value="12.50"><text:p>12.5</text:p></table:table-cell>
    <table:table-cell table:number-columns-repeated="2" office:value-type="date" office:date-value="2026-03-01T12:30:00"><text:p>x</text:p></table:table-cell>
    <table:table-cell office:value-type="time" office:time-value="PT30H15M00S"/>
    <table:table-cell office:value-type="boolean" office:boolean-value="true"/>
    <table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>
    <table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation><text:p>甲<text:s text:c="2"/>乙<text:tab/>丙
      丁 &amp; 戊</text:p><text:p>次行</text:p></table:table-cell>
    <table:table-cell table:number-columns-repeated="16377"/>
   </table:table-row>
   <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
  </table:table>
  <table:table table:name="藏" table:style-name="h"><table:table-row><table:table-cell office:value-type="percentage" office:value="0.5"/></table:table-row></table:table>
 </office:spreadsheet></office:body>
</office:document-content>"#;

const MIME: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

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
fn pages_and_xml_that_call_themselves_xls() {
    let page = "<html><head><meta http-equiv=Content-Type content=\"text/html; charset=gb2312\"><style>td{x:\"<b>\"}</style>\
        </head><body><table border=1><tr><td colspan=3 align=center>2026年污染源名录</td></tr>\
        <tr><th rowspan=2>编号<th>名称<th>地址</tr><tr><td>全称<td>街道</tr>\
        <tr><td>001</td><td>某某&nbsp;厂<br>二车间</td><td> A &lt; B </td></tr><tr><td>&nbsp;</td></tr></table>\
        <p>完</p></body></html>";
    let bytes = encoding_rs::GB18030.encode(page).0.into_owned();
    for name in ["t.xls", "t.html", "t.csv"] {
        let (tables, diagnostics) = load_bytes(name, &bytes);
        let expected = expect(&[
            (1, &["2026年污染源名录"]),
            (2, &["编号", "名称", "地址"]),
            (3, &["", "全称", "街道"]),
            (4, &["001", "某某\u{A0}厂\n二车间", "A < B"]),
        ]);
        assert_eq!(rows(&tables[0]), expected);
        assert_eq!(diagnostics.count_code("RAW-029"), u64::from(name != "t.html"));
    }
    let xml = r#"<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
 <Worksheet ss:Name="名录"><Table><Row ss:Index="2"><Cell ss:MergeAcross="1"><Data ss:Type="String">标题</Data></Cell>
 <Cell><Data ss:Type="String">c</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell></Row>
 <Row><Cell ss:Index="2"><Data ss:Type="Number">12.50</Data></Cell><Cell><Data ss:Type="DateTime">2026-03-01T00:00:00.000</Data></Cell>
 <Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="Error">#N/A</Data></Cell></Row></Table>
 <WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"#;
    let (tables, diagnostics) = load_bytes("t.xls", xml.as_bytes());
    let expected = expect(&[(2, &["标题", "", "c"]), (3, &["", "12.5", "2026-03-01", "TRUE", "#N/A"])]);
    assert_eq!(rows(&tables[0]), expected);
    assert_eq!(diagnostics.count_code("RAW-030"), 1);
    // A csv under the name of a workbook.
    let (tables, diagnostics) = load_bytes("t.xls", "编号,名称\n1,某某厂\n".as_bytes());
    assert_eq!((tables[0].rows.len(), diagnostics.count_code("RAW-029")), (2, 1));
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

#[test]
fn each_refusal_has_its_code() {
    for (name, bytes, code) in [
        ("t.csv", &b""[..], "RAW-001"),
        ("t.xlsx", b"", "RAW-001"),
        ("t.pdf", b"%PDF-1.7 ...", "RAW-002"),
        ("t.xlsx", b"Rar!\x1A\x07", "RAW-002"),
        ("t.csv", b"\x01\x02\x03\x04\x05\x06\x07\x08\x0E\x0F\x10", "RAW-002"),
        ("t.xml", b"<?xml version='1.0'?><a/>", "RAW-002"),
        ("t.mht", b"MIME-Version: 1.0\r\n", "RAW-002"),
        ("t.dbf", b"\x03abc", "RAW-002"),
        ("t.html", b"<html><body>x</body></html>", "RAW-009"),
        ("t.xls", b"<html><frameset></frameset></html>", "RAW-009"),
        ("t.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "RAW-004"),
        ("t.xlsx", b"PK\x03\x04 cut off", "RAW-004"),
    ] {
        assert_eq!(refused(name, bytes), code, "{name} {bytes:?}");
    }
    assert_eq!(
        refused("t.docx", &zip_of(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")])),
        "RAW-002"
    );
    assert_eq!(refused("t.zip", &zip_of(&[("a.md", b"x")])), "RAW-008");
    assert_eq!(refused("t.zip", &zip_of(&[("a.csv", b"x"), ("b.csv", b"x")])), "RAW-008");
    assert_eq!(load_with(Path::new("/no/such.csv"), &ReadOptions::default()).0.unwrap_err().code(), "IO-001");
    assert_eq!(load_with(Folder::new().0.path(), &ReadOptions::default()).0.unwrap_err().code(), "RAW-002");
    assert_eq!(load_with(&fixture("pass_protected.xlsb"), &ReadOptions::default()).0.unwrap_err().code(), "RAW-003");
    let progress = Progress::none();
    progress.cancel();
    let folder = Folder::new();
    let path = folder.file("t.csv", b"a,b\n");
    let result = load_raw(&path, &ReadOptions::default(), &mut Diagnostics::new(), &progress);
    assert_eq!(result.unwrap_err().code(), "JOB-001");
}

/// The smallest workbook around a sheet and shared strings.
fn xlsx(sheet: &str, strings: &str) -> Vec<u8> {
    zip_of(&[
        (
            "[Content_Types].xml",
            br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
        ),
        (
            "_rels/.rels",
            br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ])
}

#[test]
fn memory_is_bounded_before_it_is_taken() {
    let ns = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
    let sheet = |cells: &str| {
        format!("<worksheet {ns}><dimension ref=\"A1:XFD1048576\"/><sheetData>{cells}</sheetData></worksheet>")
    };
    // Two cells far apart are two cells.
    let far = sheet(r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#);
    let (tables, _) = load_bytes("t.xlsx", &xlsx(&far, &format!("<sst {ns}/>")));
    assert_eq!((tables[0].rows.as_slice(), tables[0].cells.width()), (&[1, 1_048_576][..], 16_384));
    // A number of strings that can't be is not allocated for.
    let lie = format!("<sst {ns} uniqueCount=\"99999999999\"><si><t>x</t></si></sst>");
    assert_eq!(refused("t.xlsx", &xlsx(&sheet(""), &lie)), "RAW-004");
    // A repeated filled cell would fill a whole sheet.
    let bomb = CONTENT.replace("table:number-rows-repeated=\"2\"", "table:number-rows-repeated=\"1048576\"");
    let bomb = bomb.replace("table:number-columns-repeated=\"2\"", "table:number-columns-repeated=\"16000\"");
    assert_eq!(refused("t.ods", &zip_of(&[("mimetype", MIME), ("content.xml", bomb.as_bytes())])), "RAW-005");
    // An error value from after this reader's time loses itself, not the sheet.
    let new = sheet(r#"<row r="1"><c r="A1" t="e"><v>#FUTURE!</v></c><c r="B1"><v>2</v></c></row>"#);
    let (tables, diagnostics) = load_bytes("t.xlsx", &xlsx(&new, &format!("<sst {ns}/>")));
    assert_eq!((rows(&tables[0]), diagnostics.count_code("RAW-032")), (expect(&[(1, &["", "2"])]), 1));
}

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
fn the_dump_is_csv_and_json() {
    let (tables, diagnostics) = load_bytes("t.csv", "编号,\"甲,乙\"\n1,\"两\n行\"\n".as_bytes());
    let mut out = Vec::new();
    dump::write_tables(&tables, false, &mut out).unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "# 文件 t.csv；编码 UTF-8；分隔符 ,；2 行；2 列\n编号,\"甲,乙\"\r\n1,\"两\n行\"\r\n\n"
    );
    let mut out = Vec::new();
    dump::write_cells(&tables[0], true, &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "1,编号,\"甲,乙\"\r\n2,1,\"两\n行\"\r\n");
    let mut out = Vec::new();
    dump::write_json(&tables, &diagnostics, &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(json["tables"][0]["rows"], 2);
    assert_eq!(json["tables"][0]["cells"], 4);
    assert_eq!(json["tables"][0]["encoding"], "UTF-8");
}

/// The folder with files that nobody here wrote.
fn foreign() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/foreign/real")
}

fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| extensions.iter().any(|x| e == *x)));
    files.sort();
    files
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
