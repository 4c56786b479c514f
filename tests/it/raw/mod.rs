//! Files as tables of text: every encoding, delimiter and line end; workbooks of every age; what is refused.
//!
//! Small files are written by the tests themselves or lie in `tests/fixtures/foreign`. One large file is only in the
//! folder named by `FAIRDRAW_FOREIGN_DATA`; its test is ignored unless asked for.

#![allow(clippy::wildcard_imports, reason = "the files of this room share one set of helpers")]

mod books;
mod foreign;
mod pages;
mod printed;
mod refusals;
mod texts;

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
