//! Mapping by hand: which file is which table, which heading is which column, what stands in for what is missing.
//!
//! Duty: the RON file of `--mapping`, checked as it is read (unknown fields are refused with line and column,
//! unknown columns with their names), and the same form written out for what was recognised by itself, to be
//! kept in the project. Everything is optional: an absent field means "recognise it".
//!
//! ```ron
//! (
//!     files: [(
//!         file: "China.csv",
//!         table: sources,
//!         columns: {"unit_id": "Power Plant ID", "name": "Name", "lon": "Longitude", "lat": "Latitude"},
//!         constants: {"management": "登记管理"},
//!         district: from_point,
//!     )],
//!     districts: (path: "provinces.shp", name: "name", code: "adcode"),
//!     bodies: district,
//!     database: (address: "postgresql://fairdraw@db/hjjc", tables: [(table: sources, from: "permit.sources")]),
//!     feed: (address: "sc://spark.example.gov.cn:443", from: "env.monitoring_hourly", hours: true),
//! )
//! ```

use std::collections::BTreeMap;

use ron::extensions::Extensions;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, ron_words, value_words};
use crate::text::ron_layout;

use super::aliases::column_ids;
use super::codes::{self, Code};
use super::districts::CoordinateSystem;
use super::schema::TableKind;

/// Where a unit's district comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DistrictRule {
    /// From its column; from the point only where the cell is empty.
    #[default]
    Column,
    /// From where the point lies on the districts' map, whatever the column says.
    FromPoint,
}

/// Who owns a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyRule {
    /// The body's column, the district's body where it is empty.
    #[default]
    Column,
    /// Always the district's body.
    District,
}

/// One file, or several of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FileMapping {
    /// File name; `*` stands for anything: `*名录.xlsx`.
    pub file: String,
    /// Worksheet, where one entry is for one sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Leave the file (or sheet) out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ignore: bool,
    /// Which table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TableKind>,
    /// Encoding of a csv file, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Delimiter of a csv file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Physical row of the heading, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u32>,
    /// Rows of the heading, 1 or 2; 0 where there is none: then `header_row` is the first row of data, and columns are
    /// called 第 1 列, 第 2 列.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_rows: Option<u32>,
    /// Column id → heading in the file.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// Column id → text that stands in every row, for a column that the file has not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub constants: BTreeMap<String, String>,
    /// Column id → (text in the file → text to be read instead).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Coordinate system of lon and lat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<CoordinateSystem>,
    /// Where the district comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<DistrictRule>,
}

/// The districts' own file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistrictsFile {
    /// Path, relative to the mapping file.
    pub path: String,
    /// Field with the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Field with the six-digit code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Encoding of the attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// Coordinate system of the shapes, where the file does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<CoordinateSystem>,
}

/// A table of a database, or a query there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseTable {
    /// Which table it is here.
    pub table: TableKind,
    /// `schema.table`, or a query (`select …`).
    pub from: String,
}

/// Tables that come from a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseMapping {
    /// The address, without a password.
    pub address: String,
    /// The tables.
    pub tables: Vec<DatabaseTable>,
}

/// Monitoring that is counted where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedMapping {
    /// The server, without a password or token.
    pub address: String,
    /// `database.table`, or a query there.
    pub from: String,
    /// The rows are raw hours.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hours: bool,
    /// Rows that stayed there when it was read last, by why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stayed: BTreeMap<String, u64>,
}

/// A whole mapping file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Files, the first that fits counts.
    pub files: Vec<FileMapping>,
    /// The districts' file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub districts: Option<DistrictsFile>,
    /// Who owns a unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bodies: Option<BodyRule>,
    /// Tables that come from a database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<Box<DatabaseMapping>>,
    /// Monitoring that is counted where it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed: Option<Box<FeedMapping>>,
}

fn options() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}

impl Mapping {
    /// Reads a mapping file's text; `file` is its name for messages.
    ///
    /// # Errors
    /// `IMP-080` with line and column where it is not RON or has an unknown field; with the column's name
    /// where a column, table or header row does not exist.
    pub fn from_ron(text: &str, file: &str) -> AppResult<Self> {
        let mapping: Self = options()
            .from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| ron_error(&codes::MAPPING_BAD, file, &error))?;
        for (i, entry) in mapping.files.iter().enumerate() {
            entry.check(i + 1, file)?;
        }
        Ok(mapping)
    }

    /// The mapping as RON text.
    ///
    /// # Errors
    /// `IMP-080` where it cannot be written (never for a mapping that was read).
    pub fn to_ron(&self) -> AppResult<String> {
        options()
            .to_string_pretty(self, ron_layout())
            .map(|text| text + "\n")
            .map_err(|error| AppError::from(codes::MAPPING_BAD.finding().value(error.to_string())))
    }

    /// The first entry for a file and sheet, with its position.
    #[must_use]
    pub fn find(&self, file: &str, sheet: Option<&str>) -> Option<(usize, &FileMapping)> {
        self.files.iter().enumerate().find(|(_, entry)| entry.fits(file, sheet))
    }
}

impl FileMapping {
    /// True where the entry is for this file and sheet.
    #[must_use]
    pub fn fits(&self, file: &str, sheet: Option<&str>) -> bool {
        glob(&self.file, file)
            && self.sheet.as_deref().is_none_or(|wanted| sheet.is_none_or(|sheet| glob(wanted, sheet)))
    }

    fn check(&self, number: usize, file: &str) -> AppResult<()> {
        let refuse = |what: &str, value: &str, expected: String| {
            AppError::from(
                codes::MAPPING_BAD
                    .finding()
                    .file(file)
                    .column(format!("files 第 {number} 条 {what}"))
                    .value(value)
                    .expected(expected),
            )
        };
        if self.file.trim().is_empty() {
            return Err(refuse("file", "", "文件名，可用 * 代表任意文字".to_owned()));
        }
        if self.header_row == Some(0) {
            return Err(refuse("header_row", "0", "从 1 起的行号".to_owned()));
        }
        if let Some(rows) = self.header_rows
            && rows > 2
        {
            return Err(refuse("header_rows", &rows.to_string(), "0（没有表头）、1 或 2".to_owned()));
        }
        for (what, ids) in [
            ("columns", self.columns.keys().collect::<Vec<_>>()),
            ("constants", self.constants.keys().collect()),
            ("values", self.values.keys().collect()),
        ] {
            for id in ids {
                let known = match self.table {
                    Some(kind) => kind.column(id).is_some(),
                    None => TableKind::ALL.iter().any(|kind| kind.column(id).is_some()),
                };
                if !known {
                    let expected = self.table.map_or_else(|| "某张表的列（并请写明 table）".to_owned(), column_ids);
                    return Err(refuse(what, id, expected));
                }
            }
        }
        Ok(())
    }
}

/// `*` stands for any run of characters; ASCII letters match in either case.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// A RON error as one Chinese message with line and column.
pub(super) fn ron_error(code: &'static Code, file: &str, error: &ron::error::SpannedError) -> AppError {
    use ron::Error as E;
    let (got, expected) = match &error.code {
        E::NoSuchStructField { expected, found, .. } => {
            (format!("无法识别的字段 {found}"), format!("其中之一：{}", expected.join("、")))
        }
        E::NoSuchEnumVariant { expected, found, .. } => {
            (format!("无法识别的取值 {found}"), format!("其中之一：{}", expected.join("、")))
        }
        E::MissingStructField { field, .. } => (format!("缺少字段 {field}"), "写明该字段".to_owned()),
        E::DuplicateStructField { field, .. } => (format!("字段 {field} 写了两次"), "只写一次".to_owned()),
        E::InvalidValueForType { expected, found } => (value_words(found), value_words(expected)),
        other => (ron_words(other), "括号、逗号、引号都成对的写法".to_owned()),
    };
    let at = error.span.start;
    AppError::from(
        code.finding().file(file).row(at.line as u64).column(format!("第 {} 列", at.col)).value(got).expected(expected),
    )
    .caused_by(error.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANTS: &str = r#"(
        files: [(
            file: "China.csv",
            table: sources,
            columns: {"unit_id": "Power Plant ID", "name": "Name", "lon": "Longitude", "lat": "Latitude"},
            constants: {"management": "登记管理"},
            values: {"status": {"Operational": "active"}},
            coordinates: wgs84,
            district: from_point,
        )],
        districts: (path: "provinces.shp", name: "name", code: "adcode"),
        bodies: district,
    )"#;

    #[test]
    fn reads_and_writes_the_same() {
        let mapping = Mapping::from_ron(PLANTS, "m.ron").unwrap();
        assert_eq!(mapping.files[0].table, Some(TableKind::Sources));
        assert_eq!(mapping.bodies, Some(BodyRule::District));
        let text = mapping.to_ron().unwrap();
        assert_eq!(Mapping::from_ron(&text, "m.ron").unwrap(), mapping, "{text}");
    }

    #[test]
    fn refuses_what_it_does_not_know_and_says_where() {
        let message = |text: &str| Mapping::from_ron(text, "m.ron").unwrap_err().to_string();
        let m = message("(\n  files: [(file: \"a.csv\",\n    tabel: sources)])");
        assert!(m.contains("IMP-080") && m.contains("第 3 行") && m.contains("tabel") && m.contains("table"), "{m}");
        let m = message("(files: [(file: \"a.csv\", table: sauces)])");
        assert!(m.contains("sauces") && m.contains("past_checks"), "{m}");
        let m = message("(files: [(file: \"a.csv\", table: sources, columns: {\"grade\": \"等级\"})])");
        assert!(m.contains("grade") && m.contains("unit_id"), "{m}");
        assert!(message("(files: [(file: \"a.csv\", header_row: 0)])").contains("header_row"));
    }

    #[test]
    fn file_names_may_hold_stars() {
        let fits = |pattern: &str, name: &str| glob(pattern, name);
        assert!(fits("*名录.xlsx", "2026污染源名录.xlsx"));
        assert!(fits("CHINA.csv", "China.CSV"));
        assert!(fits("*", "x"));
        assert!(fits("a*b*c", "a1b2bc"));
        assert!(!fits("a*b", "ab1"));
        assert!(!fits("a", "ab"));
    }
}
