//! Files written for a case, made a project of by `new`.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use fairdraw::diagnostic::{AppResult, Finding};
use fairdraw::registry::{Mapping, Registry, TableKind};
use fairdraw::workspace::intake::import::{Imported, NewProject, create_project_with};
use polars::prelude::*;

use super::super::project::at;

/// A register of three firms, without a district's column where `district` is false.
pub(crate) const FIRMS: [[&str; 5]; 3] = [
    ["91310115MA1K000581001P", "上海虚构甲材料有限公司", "91310115MA1K000581", "浦东新区", "登记管理"],
    ["91310113MA1K00015N001P", "上海虚构乙材料有限公司", "91310113MA1K00015N", "宝山区", "简化管理"],
    ["91310114MA1K000230001P", "上海虚构丙材料有限公司", "91310114MA1K000230", "嘉定区", "重点管理"],
];
/// Its headings.
pub(crate) const HEAD: [&str; 5] = ["排污许可证编号", "单位名称", "统一社会信用代码", "行政区", "管理类别"];

/// The register as rows.
pub(crate) fn register() -> Vec<Vec<String>> {
    let rows = std::iter::once(HEAD).chain(FIRMS);
    rows.map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

pub(crate) fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// Lines of a csv as they stand, nothing quoted.
pub(crate) fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    rows.iter().map(|row| row.join(",") + "\n").collect::<String>().into_bytes()
}

/// Text for XML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The letters of a column, from 0.
pub(crate) fn letters(column: usize) -> String {
    char::from(b'A' + column as u8).to_string()
}

/// The rows of a sheet as XML, every cell an inline text. A cell that begins with `<` is XML of its own.
pub(crate) fn sheet_rows(rows: &[Vec<String>]) -> String {
    let mut xml = String::new();
    for (r, row) in rows.iter().enumerate() {
        xml.push_str(&format!("<row r=\"{}\">", r + 1));
        for (c, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let place = format!("{}{}", letters(c), r + 1);
            if cell.starts_with("<c") {
                xml.push_str(&cell.replace("<c", &format!("<c r=\"{place}\"")));
            } else {
                xml.push_str(&format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(cell)));
            }
        }
        xml.push_str("</row>");
    }
    xml
}

/// A worksheet's part: what stands before the rows, the rows, what stands behind them.
pub(crate) fn worksheet(before: &str, rows: &str, after: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{before}<sheetData>{rows}</sheetData>{after}</worksheet>"
    )
}

pub(crate) fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, ::zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PKG: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// A workbook of sheets (name, state or "", part) with number formats by cell format, the first for cells without one.
pub(crate) fn workbook(sheets: &[(&str, &str, String)], formats: &[&str]) -> Vec<u8> {
    let mut listed = String::new();
    let mut relations = String::new();
    for (i, (name, state, _)) in sheets.iter().enumerate() {
        let state = if state.is_empty() { String::new() } else { format!(" state=\"{state}\"") };
        listed.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{0}\"{state} r:id=\"rId{0}\"/>", i + 1));
        relations.push_str(&format!(
            "<Relationship Id=\"rId{0}\" Type=\"{REL}/worksheet\" Target=\"worksheets/sheet{0}.xml\"/>",
            i + 1
        ));
    }
    relations.push_str(&format!("<Relationship Id=\"rId99\" Type=\"{REL}/styles\" Target=\"styles.xml\"/>"));
    let book = format!("<workbook xmlns:r=\"{REL}\"><sheets>{listed}</sheets></workbook>");
    let codes: String = formats
        .iter()
        .enumerate()
        .map(|(i, code)| format!("<numFmt numFmtId=\"{}\" formatCode=\"{}\"/>", 200 + i, code.replace('"', "&quot;")))
        .collect();
    let xfs: String = (0..formats.len()).map(|i| format!("<xf numFmtId=\"{}\"/>", 200 + i)).collect();
    let styles =
        format!("<styleSheet><numFmts>{codes}</numFmts><cellXfs><xf numFmtId=\"0\"/>{xfs}</cellXfs></styleSheet>");
    let relations = format!("<Relationships xmlns=\"{PKG}\">{relations}</Relationships>");
    let root = format!(
        "<Relationships xmlns=\"{PKG}\"><Relationship Id=\"rId1\" Type=\"{REL}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let names: Vec<String> = (1..=sheets.len()).map(|n| format!("xl/worksheets/sheet{n}.xml")).collect();
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
    ];
    parts.extend(names.iter().zip(sheets).map(|(name, (_, _, part))| (name.as_str(), part.as_bytes())));
    zip_of(&parts)
}

/// A workbook of one sheet of texts.
pub(crate) fn xlsx(rows: &[Vec<String>]) -> Vec<u8> {
    workbook(&[("Sheet1", "", worksheet("", &sheet_rows(rows), ""))], &[])
}

/// A folder of input with a project beside it.
pub(crate) struct Office(pub(super) tempfile::TempDir);

impl Office {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("输入")).unwrap();
        Self(folder)
    }

    pub(crate) fn input(&self) -> PathBuf {
        self.0.path().join("输入")
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> &Self {
        let path = self.input().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub(crate) fn copy(&self, from: &Path, name: &str) -> &Self {
        self.file(name, &fs::read(from).unwrap())
    }

    pub(crate) fn try_make(&self, mapping: Option<&str>) -> AppResult<Made> {
        let new = NewProject { from: self.input(), year: Some(2027), ..NewProject::default() };
        let mapping = mapping.map(|text| Mapping::from_ron(text, "m.ron").unwrap());
        create_project_with(&self.0.path().join("项目"), &new, mapping, &at("2026-12-20T09:00:00")).map(Made)
    }

    pub(crate) fn make(&self) -> Made {
        self.try_make(None).unwrap()
    }

    pub(crate) fn make_mapped(&self, mapping: &str) -> Made {
        self.try_make(Some(mapping)).unwrap()
    }
}

/// A project of one register, as csv or as a workbook.
pub(crate) fn made_of(register: &[Vec<String>], as_csv: bool) -> Made {
    let office = Office::new();
    if as_csv {
        office.file("污染源名录.csv", &csv(register));
    } else {
        office.file("污染源名录.xlsx", &xlsx(register));
    }
    office.make()
}

/// A project made.
pub(crate) struct Made(pub(super) Imported);

impl Made {
    pub(crate) fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// All findings of the import.
    pub(crate) fn findings(&self) -> Vec<&Finding> {
        self.0.registry.diagnostics.findings().iter().collect()
    }

    pub(crate) fn of(&self, code: &str) -> Vec<&Finding> {
        self.findings().into_iter().filter(|finding| finding.code == code).collect()
    }

    /// The texts of a column; empty for no value.
    pub(crate) fn column(&self, kind: TableKind, column: &str) -> Vec<String> {
        let frame = self.registry().frame(kind);
        let column = frame.column(column).unwrap();
        (0..frame.height())
            .map(|i| match column.get(i).unwrap() {
                AnyValue::Null => String::new(),
                value => value.str_value().into_owned(),
            })
            .collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = self.column(TableKind::Sources, "name");
        names.sort();
        names
    }

    pub(crate) fn kept(&self, kind: TableKind) -> usize {
        self.registry().frame(kind).height()
    }

    /// Rows set aside, by number.
    pub(crate) fn aside(&self) -> Vec<u32> {
        self.registry().set_aside.column("row").unwrap().u32().unwrap().iter().flatten().collect()
    }
}

/// A case of the folder of cases.
pub(crate) fn case(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases").join(path)
}
