//! Files that other programs wrote.

use std::path::Path;

use fairdraw::diagnostic::{AppResult, Diagnostics, Progress};
use fairdraw::district::{ShapeOptions, load_layers};
use fairdraw::registry::TableKind;
use fairdraw::tabular::{RawTable, ReadOptions, load_raw};
use polars::prelude::*;

use super::support::*;

fn raw(path: &Path) -> (AppResult<Vec<RawTable>>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let tables = load_raw(path, &ReadOptions::default(), &mut diagnostics, &Progress::none());
    (tables, diagnostics)
}

fn raw_bytes(name: &str, bytes: &[u8]) -> (AppResult<Vec<RawTable>>, Diagnostics) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    raw(&folder.path().join(name))
}

fn texts(table: &RawTable, column: usize) -> Vec<String> {
    let cells = table.cells.columns()[column].str().unwrap().clone();
    cells.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect()
}

#[test]
fn decimals_and_zones_of_parquet_are_read() {
    let office = Office::new();
    office.copy(&case("foreign/01-parquet-decimal/violations_decimal.parquet"), "行政处罚.parquet");
    office.file("污染源名录.csv", &csv(&register()));
    let made = office.make();
    assert_eq!(made.column(TableKind::Violations, "amount_wan"), ["12.5", "3.0"]);
    let office = Office::new();
    office.copy(&case("foreign/16-parquet-timezone/violations_tz.parquet"), "行政处罚.parquet");
    office.file("污染源名录.csv", &csv(&register()));
    assert_eq!(office.make().column(TableKind::Violations, "date"), ["2026-03-01", "2026-01-01"]);
    for name in ["UTC", "上海时区", "固定时差", "各种类型"] {
        let office = Office::new();
        office.copy(&case(&format!("dirty/13-parquet-tz/input/污染源名录_{name}.parquet")), "污染源名录.parquet");
        let made = office.make();
        assert_eq!(made.kept(TableKind::Sources), 6, "{name}");
        assert_eq!(made.column(TableKind::Sources, "issued"), ["2024-03-01"; 6], "{name}");
    }
}

#[test]
fn a_column_of_a_strange_type_costs_itself_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let list = Column::new("列表".into(), [Series::new("".into(), [1_i32, 2]), Series::new("".into(), [3_i32])]);
    let bytes: Vec<Option<&[u8]>> = vec![Some(b"\xC9\xCF\xBA\xA3\xC4\xB3\xB3\xA7"), Some("某厂".as_bytes())];
    let binary = Column::new("字节".into(), bytes);
    let id: Vec<Option<&[u8]>> = vec![Some(&[0x12; 16]), None];
    let id = Column::new("标识".into(), id);
    let name = Column::new("名称".into(), ["甲", "乙"]);
    let mut frame = DataFrame::new(2, vec![list, binary, id, name]).unwrap();
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
    let (tables, diagnostics) = raw(&path);
    let table = &tables.unwrap()[0];
    assert_eq!(diagnostics.count_code("RAW-034"), 1);
    assert_eq!(
        (texts(table, 1), texts(table, 3)),
        (vec!["上海某厂".to_owned(), "某厂".to_owned()], vec!["甲".to_owned(), "乙".to_owned()])
    );
    assert_eq!(texts(table, 2)[0], "12121212-1212-1212-1212-121212121212");
}

#[test]
fn a_small_parquet_that_unpacks_to_gigabytes_is_refused() {
    let begun = std::time::Instant::now();
    let (tables, _) = raw(&case("foreign/12-parquet-bomb/bomb.parquet"));
    assert_eq!(tables.unwrap_err().code(), "RAW-005");
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_workbook_with_the_password_that_everybody_knows_is_opened() {
    for name in ["default_password.xlsx", "default_password.xls"] {
        let office = Office::new();
        let ending = name.rsplit('.').next().unwrap();
        office.copy(&case("foreign/02-excel-default-password").join(name), &format!("环保信用评价.{ending}"));
        office.file("污染源名录.csv", &csv(&register()));
        let made = office.make();
        assert_eq!(made.column(TableKind::Credit, "grade"), ["好"], "{name}");
        // A byte of the key changed: another password, refused as encrypted.
        let mut bytes = std::fs::read(case("foreign/02-excel-default-password").join(name)).unwrap();
        let salt = (0_u8..16).collect::<Vec<u8>>();
        if let Some(at) = bytes.windows(16).position(|window| window == salt) {
            bytes[at] ^= 1;
            assert_eq!(raw_bytes("x.xls", &bytes).0.unwrap_err().code(), "RAW-003");
        }
    }
}

#[test]
fn relationships_decide_in_binary_workbooks() {
    for name in ["usual.xlsb", "case.xlsb", "other_name.xlsb", "other_folder.xlsb"] {
        let (tables, _) = raw(&case("foreign/08-xlsb-part-names").join(name));
        let tables = tables.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(texts(&tables[0], 0), ["单位名称", "某某甲公司"], "{name}");
    }
}

#[test]
fn a_shapefile_is_read_by_its_index() {
    let mut diagnostics = Diagnostics::new();
    let path = case("foreign/09-shp-zero-padding/padded.shp");
    let layers = load_layers(&path, &ShapeOptions::default(), &mut diagnostics).unwrap();
    assert_eq!(layers[0].len(), 1);
    assert!(diagnostics.is_empty(), "{:?}", diagnostics.findings());
}

#[test]
fn what_is_no_table_is_refused_as_what_it_is() {
    let sylk = b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"a\"\r\nC;Y2;X1;K\"b\"\r\nE\r\n";
    for (name, bytes, code, words) in [
        ("a.slk", sylk.to_vec(), "RAW-002", "SYLK"),
        ("a.csv", sylk.to_vec(), "RAW-002", "SYLK"),
        ("a.parquet", b"PARE\x01\x02\x03PARE".to_vec(), "RAW-003", "加密"),
    ] {
        let error = raw_bytes(name, &bytes).0.unwrap_err();
        assert!(error.code() == code && error.to_string().contains(words), "{error}");
    }
    // A csv whose first heading happens to begin like it.
    assert!(raw_bytes("a.csv", "ID;Plant;Name\n1;a;b\n".as_bytes()).0.is_ok());
}

#[test]
fn reasons_of_libraries_are_told_in_chinese() {
    let good = xlsx(&register());
    let parquet = std::fs::read(case("foreign/01-parquet-decimal/violations_decimal.parquet")).unwrap();
    for (name, bytes) in [
        ("a.xlsx", good[..good.len() / 2].to_vec()),
        ("a.xlsx", zip_of(&[("[Content_Types].xml", b"<Types/>")])),
        ("a.xlsb", zip_of(&[("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"\x83\x01\x00")])),
        ("a.ods", zip_of(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<a")])),
        ("a.parquet", parquet[..parquet.len() / 2].to_vec()),
        ("a.parquet", b"PAR1xxxxPAR1".to_vec()),
        ("a.xls", [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &[0; 600]].concat()),
    ] {
        let Err(error) = raw_bytes(name, &bytes).0 else { panic!("{name} was read") };
        let value = error.finding().value.clone().unwrap_or_default();
        let words = value.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 3);
        let english: Vec<&str> =
            words.filter(|word| !["Parquet", "workbook", "content", "sheet"].contains(word)).collect();
        assert!(english.is_empty(), "{name}: {error}");
    }
}
