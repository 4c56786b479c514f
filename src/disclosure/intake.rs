//! Intake of results: a table of text cells → checked records and findings.
//!
//! A row in error is set aside and listed with its physical row; nothing is dropped in silence. Columns are
//! recognised by aliases; an office's own headings (from the export's column file) can be added.

mod columns;
mod find;
mod merge;
mod read;
mod rows;

pub use columns::{ResultColumns, ResultField};
pub use rows::check_results;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::{InspectorId, UnitId};

use super::result::{CheckResult, DueCheck};

/// A table as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextTable {
    /// File name, for messages.
    pub file: String,
    /// Worksheet, where there is one.
    pub sheet: Option<String>,
    /// Column headings.
    pub headings: Vec<String>,
    /// (physical row number from 1, cells). Missing cells at the end of a row are empty.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl TextTable {
    /// The table in a sheet whose header need not be its first row: the header is the first row in which the
    /// required columns are recognised. `rows` are (physical row number, cells). Where none fits, the first
    /// row is taken, so that the message can quote it.
    #[must_use]
    pub fn with_header_found(
        file: &str,
        sheet: Option<&str>,
        mut rows: Vec<(u64, Vec<String>)>,
        columns: &ResultColumns,
    ) -> Self {
        let at = rows.iter().take(30).position(|(_, cells)| columns.is_header(cells)).unwrap_or(0);
        let below = if rows.is_empty() { Vec::new() } else { rows.split_off(at + 1) };
        Self {
            file: file.to_owned(),
            sheet: sheet.map(str::to_owned),
            headings: rows.pop().map(|(_, cells)| cells).unwrap_or_default(),
            rows: below,
        }
    }
}

/// What the intake is checked against.
#[derive(Debug, Clone, Copy)]
pub struct IntakeContext<'a> {
    /// The checks due, withdrawn ones too.
    pub checks: &'a [DueCheck],
    /// All units of the registry: tells "unknown" from "not drawn".
    pub known_units: &'a BTreeSet<UnitId>,
    /// Valid certificates of the roster; `None` where there is no roster.
    pub roster: Option<&'a BTreeSet<InspectorId>>,
    /// Inspectors' names (spaces left out) → certificate; names that two people share must be left out.
    pub inspector_names: &'a BTreeMap<String, InspectorId>,
    /// Results recorded before.
    pub existing: &'a [CheckResult],
    /// Today: nothing later is taken.
    pub as_of: NaiveDate,
    /// Matters, where a row has none of its own.
    pub default_matters: &'a str,
}

/// What came of the intake.
#[derive(Debug, Clone, Default)]
pub struct Intake {
    /// New records, in the order of the rows.
    pub records: Vec<CheckResult>,
    /// Records that complete one recorded before (completion, disclosure, closing added; nothing taken back).
    pub updates: Vec<CheckResult>,
    /// Physical rows set aside.
    pub set_aside: Vec<u64>,
    /// Rows that say just what is recorded already.
    pub unchanged: u64,
    /// Rows of the template that have not been filled in.
    pub blank: u64,
}
