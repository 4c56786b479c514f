//! The few files that take a reader's time or memory: bounded, and said.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::tabular::{ReadOptions, load_raw};
use polars::prelude::{Column, DataFrame, DataType, ParquetWriter};
use zip::write::SimpleFileOptions;

use super::{Folder, MOST_TIME, full, peak_mb, timed};

/// Reads a table; its code where it was refused.
fn read(path: &Path) -> Result<usize, String> {
    let read = load_raw(path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none());
    read.map(|tables| tables.len()).map_err(|error| error.code().to_owned())
}

/// Reads a file, says how long it took, and holds it against its bounds.
#[track_caller]
fn bounded(name: &str, path: &Path, expected: &str) {
    let before = peak_mb().unwrap_or(0);
    let (outcome, took) = timed(|| read(path));
    let peak = peak_mb().unwrap_or(0);
    println!(
        "{name}: {outcome:?} in {took:.1?}, {} KB, peak {peak} MB (+{})",
        path.metadata().unwrap().len() / 1024,
        peak - before
    );
    match expected {
        "read" => assert!(outcome.is_ok(), "{name}: {outcome:?}"),
        code => assert_eq!(outcome.as_ref().unwrap_err(), code, "{name}"),
    }
    assert!(took < MOST_TIME, "{name} took {took:?}");
    assert!(peak.saturating_sub(before) < 1_024, "{name}: {before} to {peak} MB");
}

pub(super) const NS: &str = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
const WORKBOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>SHEETS</sheets></workbook>"#;
const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
pub(super) const LEAST: &str = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;

/// What repeats in a part, between its head and its tail.
pub(super) struct Part<'a> {
    pub(super) name: &'a str,
    pub(super) head: String,
    pub(super) again: &'a str,
    pub(super) count: usize,
    pub(super) tail: &'a str,
}

/// A workbook of `sheets` sheets on one part, with other parts written as they are told.
pub(super) fn workbook(path: &Path, sheets: usize, parts: &[Part<'_>], packed: bool) {
    let method = if packed { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    let options = SimpleFileOptions::default().compression_method(method);
    let mut writer = zip::ZipWriter::new(File::create(path).unwrap());
    let listed: String = (1..=sheets).map(|i| format!(r#"<sheet name="s{i}" sheetId="{i}" r:id="r{i}"/>"#)).collect();
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut relations: String = (1..=sheets)
        .map(|i| format!(r#"<Relationship Id="r{i}" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/>"#))
        .collect();
    for (id, part) in [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")] {
        relations += &format!(r#"<Relationship Id="{id}" Type="{kind}/{id}" Target="{part}"/>"#);
    }
    let fixed = [
        ("[Content_Types].xml", TYPES.to_owned()),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships><Relationship Id="a" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        ("xl/workbook.xml", WORKBOOK.replace("SHEETS", &listed)),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships>{relations}</Relationships>")),
    ];
    for (name, text) in fixed {
        writer.start_file(name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let usual = [
        ("xl/worksheets/sheet1.xml", format!("<worksheet {NS}><sheetData>{LEAST}</sheetData></worksheet>")),
        ("xl/sharedStrings.xml", format!("<sst {NS}/>")),
        ("xl/styles.xml", format!("<styleSheet {NS}/>")),
    ];
    for (name, text) in usual.iter().filter(|(name, _)| parts.iter().all(|part| part.name != *name)) {
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    for part in parts {
        writer.start_file(part.name, options.large_file(true)).unwrap();
        writer.write_all(part.head.as_bytes()).unwrap();
        let block = part.again.repeat(4_096);
        for _ in 0..part.count / 4_096 {
            writer.write_all(block.as_bytes()).unwrap();
        }
        writer.write_all(part.again.repeat(part.count % 4_096).as_bytes()).unwrap();
        writer.write_all(part.tail.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
}

pub(super) fn strings(count: usize) -> Part<'static> {
    Part { name: "xl/sharedStrings.xml", head: format!("<sst {NS}>"), again: "<si/>", count, tail: "</sst>" }
}

#[test]
fn workbooks_that_unpack_without_end_are_refused() {
    let folder = Folder::new();
    let path = folder.file("b.xlsx", b"");
    let mb = if full() { 700 << 20 } else { 70 << 20 };
    workbook(&path, 1, &[strings(mb / 5)], true);
    bounded("empty shared strings, packed", &path, "RAW-005");
    workbook(&path, 1, &[strings(if full() { 40_000_000 } else { 10_000_001 })], false);
    bounded("empty shared strings, as they are", &path, "RAW-005");
    let head = format!("<styleSheet {NS}><cellXfs>");
    let styles = Part { name: "xl/styles.xml", head, again: "<xf/>", count: mb / 5, tail: "</cellXfs></styleSheet>" };
    workbook(&path, 1, &[styles], true);
    bounded("cell formats", &path, "RAW-005");
    let head = format!(r#"<worksheet {NS}><sheetData>{LEAST}<row r="2">"#);
    let count = if full() { 60_000_000 } else { 11_000_000 };
    let blank = |again| Part {
        name: "xl/worksheets/sheet1.xml",
        head: head.clone(),
        again,
        count,
        tail: "</row></sheetData></worksheet>",
    };
    workbook(&path, 1, &[blank(r#"<c r="B2"/>"#)], true);
    bounded("blank cells, packed", &path, "RAW-005");
    if full() {
        workbook(&path, 1, &[blank(r#"<c r="B2"/>"#)], false);
        bounded("blank cells, as they are", &path, "RAW-005");
    }
    // one long text in a hundred thousand cells
    let long = format!("<sst {NS}><si><t>{}</t></si>", "长".repeat(10_000));
    let one = Part { name: "xl/sharedStrings.xml", head: long, again: "", count: 0, tail: "</sst>" };
    let head = format!("<worksheet {NS}><sheetData>");
    let again = r#"<row><c t="s"><v>0</v></c></row>"#;
    let cells =
        Part { name: "xl/worksheets/sheet1.xml", head, again, count: 100_000, tail: "</sheetData></worksheet>" };
    workbook(&path, 1, &[one, cells], true);
    bounded("one long text everywhere", &path, "RAW-005");
}

#[test]
fn sheets_on_one_part_are_read_once() {
    let folder = Folder::new();
    let path = folder.file("b.xlsx", b"");
    let head = format!("<worksheet {NS}><sheetData>");
    let again = r"<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>";
    let rows = Part { name: "xl/worksheets/sheet1.xml", head, again, count: 20_000, tail: "</sheetData></worksheet>" };
    workbook(&path, 2_000, &[rows], true);
    let mut diagnostics = Diagnostics::new();
    let (tables, took) =
        timed(|| load_raw(&path, &ReadOptions::default(), &mut diagnostics, &Progress::none()).unwrap());
    println!("2000 sheets on one part: {took:.1?}");
    assert_eq!((tables.len(), tables[0].rows.len()), (1, 20_000));
    assert_eq!(diagnostics.count_code("RAW-004"), 1_999, "each of the others is named");
    assert!(took < MOST_TIME);
}

#[test]
fn xml_that_nests_or_calls_itself_is_harmless() {
    let folder = Folder::new();
    let path = folder.file("b.xlsx", b"");
    let sheet = |head: String, again, count, tail| Part { name: "xl/worksheets/sheet1.xml", head, again, count, tail };
    let count = if full() { 20_000_000 } else { 1_000_000 };
    let head = format!("<worksheet {NS}><sheetData>{LEAST}</sheetData>");
    workbook(&path, 1, &[sheet(head, "<a>", count, "</worksheet>")], false);
    bounded("deep markup", &path, "read");
    let laughs = format!(
        "<!DOCTYPE x [<!ENTITY a \"{}\"><!ENTITY b \"{}\"><!ENTITY c \"{}\">]><worksheet {NS}><sheetData><row><c t=\"str\"><v>&c;</v></c></row>",
        "ha".repeat(1_000),
        "&a;".repeat(1_000),
        "&b;".repeat(1_000)
    );
    workbook(&path, 1, &[sheet(laughs, "", 0, "</sheetData></worksheet>")], true);
    bounded("entities", &path, "read");
    // the directory says that a large part is small
    workbook(&path, 1, &[strings(2_000_000)], true);
    let mut bytes = Vec::new();
    File::open(&path).unwrap().read_to_end(&mut bytes).unwrap();
    let name = b"xl/sharedStrings.xml";
    let at: Vec<usize> = (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(name)).collect();
    let entry = at.last().unwrap() - 46;
    bytes[entry + 24..entry + 28].copy_from_slice(&100_u32.to_le_bytes());
    let lying = folder.file("c.xlsx", &bytes);
    let (outcome, took) = timed(|| read(&lying));
    assert!(took < MOST_TIME && (outcome.is_ok() || outcome.as_ref().unwrap_err().starts_with("RAW-")), "{outcome:?}");
}

/// Twenty columns of so many nulls.
pub(super) fn hollow_columns(path: &Path, rows: usize) {
    let columns: Vec<Column> =
        (0..20).map(|i| Column::full_null(format!("c{i}").into(), rows, &DataType::Int8)).collect();
    let mut frame = DataFrame::new(rows, columns).unwrap();
    ParquetWriter::new(File::create(path).unwrap()).finish(&mut frame).unwrap();
}

#[test]
fn hollow_columns_are_refused_before_they_are_read() {
    let folder = Folder::new();
    let path = folder.file("b.parquet", b"");
    hollow_columns(&path, if full() { 20_000_000 } else { 2_000_000 });
    bounded("columns of nothing", &path, "RAW-005");
}

#[test]
fn one_endless_line_is_bounded() {
    let folder = Folder::new();
    let path = folder.file("b.csv", b"");
    let mb = if full() { 500 } else { 20 };
    for (name, block) in
        [("one field", "x".repeat(1 << 20)), ("many fields", "x,".repeat(1 << 19)), ("quotes", "\"".repeat(1 << 20))]
    {
        let mut file = File::create(&path).unwrap();
        for _ in 0..mb {
            file.write_all(block.as_bytes()).unwrap();
        }
        drop(file);
        let before = peak_mb().unwrap_or(0);
        let (outcome, took) = timed(|| read(&path));
        let peak = peak_mb().unwrap_or(0);
        println!("csv of one line, {name}: {outcome:?} in {took:.1?}, peak {peak} MB (+{})", peak - before);
        assert!(took < MOST_TIME && peak.saturating_sub(before) < 1_024, "{name}: {took:?}, {before} to {peak} MB");
        if name == "many fields" || full() {
            assert_eq!(outcome.unwrap_err(), "RAW-005", "{name}");
        }
    }
}

#[test]
fn repeats_of_a_spreadsheet_are_bounded() {
    let folder = Folder::new();
    let table = |cell: &str| {
        format!(
            r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="a">{}</table:table></office:spreadsheet></office:body></office:document-content>"#,
            format!(r#"<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>"#).repeat(50)
        )
    };
    let text = r#"<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>"#;
    let blank = r#"<table:table-cell table:number-columns-repeated="16384"/>"#;
    for (name, cell, expected) in [("filled repeats", text, "RAW-005"), ("blank repeats", blank, "read")] {
        let path = folder.file("b.fods", table(cell).replace("document-content", "document").as_bytes());
        bounded(name, &path, expected);
    }
}
