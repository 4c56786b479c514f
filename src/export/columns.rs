//! Columns of every table as data: order, headings and widths from RON.
//!
//! The built-in file is `assets/columns.ron`. A project may override any sheet, so that its files fit the
//! office's own enforcement system. What a column id means, and which ids a sheet has, is fixed here: an
//! override can rename, reorder and leave out, it can't bring a column into a public sheet that isn't public.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::diagnostic::{AppError, AppResult, Finding, ron_words};

use super::known_columns::{INDUSTRIES, LEDGER, QUOTAS, RESULTS, TARGETS, TEMPLATE, WITHHELD, YEAR_MONTHS, YEAR_PLAN};
use super::sheet::{Cell, CellKind, SheetColumn, SheetSpec};

const BUILT_IN: &str = include_str!("../../assets/columns.ron");

/// The tables of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SheetKind {
    /// A month's targets and reserves: internal.
    Targets,
    /// A body's tasks for inspectors: internal.
    Tasks,
    /// Month × stratum quotas: internal.
    Quotas,
    /// Template for results: internal.
    ResultsTemplate,
    /// Problems and what became of them: internal.
    Ledger,
    /// Yearly plan: public.
    YearPlan,
    /// Counts by body and month: public.
    YearMonths,
    /// Key industries: public.
    Industries,
    /// List of results: public.
    Results,
    /// Withheld results: public.
    Withheld,
}

impl SheetKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Targets,
        Self::Tasks,
        Self::Quotas,
        Self::ResultsTemplate,
        Self::Ledger,
        Self::YearPlan,
        Self::YearMonths,
        Self::Industries,
        Self::Results,
        Self::Withheld,
    ];

    /// Id in the column file.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Targets => "targets",
            Self::Tasks => "tasks",
            Self::Quotas => "quotas",
            Self::ResultsTemplate => "results_template",
            Self::Ledger => "ledger",
            Self::YearPlan => "year_plan",
            Self::YearMonths => "year_months",
            Self::Industries => "industries",
            Self::Results => "results",
            Self::Withheld => "withheld",
        }
    }

    /// The columns that it may have: id and kind.
    pub(super) fn known(self) -> &'static [(&'static str, CellKind)] {
        match self {
            Self::Targets | Self::Tasks => TARGETS,
            Self::Quotas => QUOTAS,
            Self::ResultsTemplate => TEMPLATE,
            Self::Ledger => LEDGER,
            Self::YearPlan => YEAR_PLAN,
            Self::YearMonths => YEAR_MONTHS,
            Self::Industries => INDUSTRIES,
            Self::Results => RESULTS,
            Self::Withheld => WITHHELD,
        }
    }

    /// Columns that law or a later step needs: they can't be left out.
    fn required(self) -> &'static [&'static str] {
        match self {
            Self::Targets | Self::Tasks => &["unit_id", "name"],
            Self::Quotas => &["month", "body", "quota"],
            Self::Ledger => &["plan_code", "name", "problem", "state"],
            Self::ResultsTemplate => &["plan_code", "inspected_on", "completed_on", "outcome"],
            // 上海市优化营商环境条例 第62条.
            Self::YearPlan => &["body", "scope", "manner", "matters", "ratio"],
            Self::YearMonths => &["body", "kind", "total"],
            Self::Industries => &["name"],
            Self::Results => &[
                "number",
                "body",
                "name",
                "matters",
                "manner",
                "inspected_on",
                "outcome",
                "handling",
                "disclosed_on",
                "due_on",
            ],
            Self::Withheld => &["number", "body", "ground"],
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnEntry {
    id: String,
    heading: String,
    width: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnFile {
    format: u32,
    sheets: BTreeMap<String, Vec<ColumnEntry>>,
}

/// Columns of every sheet.
#[derive(Debug, Clone)]
pub struct ColumnCatalogue {
    sheets: BTreeMap<SheetKind, Vec<SheetColumn>>,
}

impl ColumnCatalogue {
    /// The product's own columns.
    ///
    /// # Errors
    /// Never for a released build: a test holds the built-in file against the known columns.
    pub fn built_in() -> AppResult<Self> {
        let empty = Self { sheets: BTreeMap::new() };
        let catalogue = empty.with_override(BUILT_IN, "columns.ron")?;
        match SheetKind::ALL.iter().find(|kind| !catalogue.sheets.contains_key(kind)) {
            Some(kind) => Err(AppError::new("EXP-014", format!("内置列定义缺少表「{}」", kind.id()))),
            None => Ok(catalogue),
        }
    }

    /// These columns with the sheets of another column file in place of their own.
    ///
    /// # Errors
    /// `EXP-010` not RON of the right form (with line and column), `EXP-011` unknown sheet, `EXP-012` unknown
    /// or repeated column id, `EXP-013` a required column is missing, `EXP-015` bad heading or width.
    pub fn with_override(&self, text: &str, file: &str) -> AppResult<Self> {
        let parsed: ColumnFile = ron::from_str(text.trim_start_matches('\u{feff}')).map_err(|cause| {
            let at = cause.span.start;
            AppError::from(
                Finding::error("EXP-010", "列定义文件无法读取")
                    .file(file)
                    .row(at.line as u64)
                    .column(format!("第 {} 列", at.col))
                    .value(ron_words(&cause.code))
                    .hint("请对照软件自带的 columns.ron 修改"),
            )
        })?;
        if parsed.format != 1 {
            return Err(Finding::error("EXP-010", "列定义文件的版本不支持")
                .file(file)
                .value(parsed.format.to_string())
                .expected("1")
                .into());
        }
        let mut sheets = self.sheets.clone();
        for (id, entries) in &parsed.sheets {
            let Some(kind) = SheetKind::ALL.into_iter().find(|kind| kind.id() == id) else {
                return Err(Finding::error("EXP-011", "列定义文件中有无法识别的表")
                    .file(file)
                    .value(id)
                    .expected(SheetKind::ALL.map(SheetKind::id).join("、"))
                    .into());
            };
            sheets.insert(kind, check_columns(kind, entries, file)?);
        }
        Ok(Self { sheets })
    }

    /// Columns of a sheet.
    #[must_use]
    pub fn columns(&self, kind: SheetKind) -> &[SheetColumn] {
        self.sheets.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// (id, heading) of the results template: lets the intake recognise headings of the office's own.
    pub fn template_headings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns(SheetKind::ResultsTemplate).iter().map(|c| (c.id.as_str(), c.heading.as_str()))
    }

    /// A table of these rows: `cell` gives the value of a column id.
    pub fn sheet<T>(
        &self,
        kind: SheetKind,
        name: impl Into<String>,
        title: impl Into<String>,
        rows: &[T],
        cell: impl Fn(usize, &T, &str) -> Cell,
    ) -> SheetSpec {
        let columns = self.columns(kind).to_vec();
        let rows = rows
            .iter()
            .enumerate()
            .map(|(at, row)| columns.iter().map(|column| cell(at, row, &column.id)).collect())
            .collect();
        SheetSpec {
            name: name.into(),
            title: title.into(),
            notes: Vec::new(),
            columns,
            rows,
            marks: Vec::new(),
            frozen_columns: 0,
            filter: true,
            spare_rows: 0,
        }
    }
}

fn check_columns(kind: SheetKind, entries: &[ColumnEntry], file: &str) -> AppResult<Vec<SheetColumn>> {
    let place = |finding: Finding| finding.file(file).sheet(kind.id());
    let mut ids = BTreeSet::new();
    let mut headings = BTreeSet::new();
    let mut columns = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some((_, cell_kind)) = kind.known().iter().find(|(id, _)| *id == entry.id) else {
            let known: Vec<&str> = kind.known().iter().map(|(id, _)| *id).collect();
            return Err(place(Finding::error("EXP-012", "列定义文件中有无法识别的列"))
                .column(&entry.id)
                .expected(known.join("、"))
                .hint("请改正列的 id；列名（heading）可以自定")
                .into());
        };
        if !ids.insert(entry.id.as_str()) {
            return Err(place(Finding::error("EXP-012", "列定义文件中同一列出现两次")).column(&entry.id).into());
        }
        let heading = entry.heading.trim();
        if heading.is_empty() || heading.chars().count() > 60 || heading.contains(['\n', '\r', '\t']) {
            return Err(place(Finding::error("EXP-015", "列名应为 1 到 60 个字，不含换行"))
                .column(&entry.id)
                .value(&entry.heading)
                .into());
        }
        if !headings.insert(heading) {
            return Err(place(Finding::error("EXP-015", "两列同名")).column(&entry.id).value(heading).into());
        }
        if !(2.0..=120.0).contains(&entry.width) {
            return Err(place(Finding::error("EXP-015", "列宽超出范围"))
                .column(&entry.id)
                .value(entry.width.to_string())
                .expected("2 到 120")
                .into());
        }
        columns.push(SheetColumn {
            id: entry.id.clone(),
            heading: heading.to_owned(),
            width: entry.width,
            kind: *cell_kind,
            choices: Vec::new(),
            input: false,
        });
    }
    if let Some(missing) = kind.required().iter().find(|id| !ids.contains(**id)) {
        return Err(place(Finding::error("EXP-013", "列定义文件缺少必需的列")).column(*missing).into());
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_file_is_whole() {
        let catalogue = ColumnCatalogue::built_in().unwrap();
        for kind in SheetKind::ALL {
            assert!(!catalogue.columns(kind).is_empty(), "{kind:?}");
        }
        let known: Vec<&str> = TEMPLATE.iter().map(|(id, _)| *id).collect();
        // Every field that the intake reads can be a column of the template.
        assert_eq!(known, crate::disclosure::ResultField::ALL.map(crate::disclosure::ResultField::id));
    }

    #[test]
    fn an_override_renames_and_reorders() {
        let catalogue = ColumnCatalogue::built_in().unwrap();
        let text = r#"(format: 1, sheets: {"withheld": [
            (id: "ground", heading: "理由", width: 30), (id: "number", heading: "编号", width: 6), (id: "body", heading: "部门", width: 20)]})"#;
        let changed = catalogue.with_override(text, "x.ron").unwrap();
        let headings: Vec<&str> = changed.columns(SheetKind::Withheld).iter().map(|c| c.heading.as_str()).collect();
        assert_eq!(headings, ["理由", "编号", "部门"]);
        assert_eq!(changed.columns(SheetKind::Results), catalogue.columns(SheetKind::Results));
    }

    #[test]
    fn wrong_overrides_are_refused_with_their_code() {
        let catalogue = ColumnCatalogue::built_in().unwrap();
        let code = |text: &str| catalogue.with_override(text, "x.ron").unwrap_err().code();
        let sheet = |columns: &str| format!(r#"(format: 1, sheets: {{"withheld": [{columns}]}})"#);
        let number = r#"(id: "number", heading: "n", width: 6)"#;
        let body = r#"(id: "body", heading: "b", width: 6)"#;
        let ground = r#"(id: "ground", heading: "g", width: 6)"#;
        assert_eq!(code("(format: 1"), "EXP-010");
        assert_eq!(code("(format: 2, sheets: {})"), "EXP-010");
        assert_eq!(code(r#"(format: 1, sheets: {"secret": []})"#), "EXP-011");
        assert_eq!(code(&sheet(r#"(id: "score", heading: "分", width: 6)"#)), "EXP-012");
        assert_eq!(code(&sheet(&format!("{number},{number}"))), "EXP-012");
        assert_eq!(code(&sheet(&format!("{number},{body}"))), "EXP-013");
        assert_eq!(code(&sheet(&format!(r#"{number},{body},(id: "ground", heading: "b", width: 6)"#))), "EXP-015");
        assert_eq!(code(&sheet(&format!(r#"{number},{body},(id: "ground", heading: "g", width: 500)"#))), "EXP-015");
        assert!(catalogue.with_override(&sheet(&format!("{number},{body},{ground}")), "x.ron").is_ok());
        let error = catalogue.with_override(&sheet(r#"(id: "score", heading: "分", width: 6)"#), "x.ron").unwrap_err();
        assert!(error.to_string().contains("score") && error.to_string().contains("ground"), "{error}");
    }
}
