//! Findings of one table, and the rows that are set aside.
//!
//! Invariants: every finding is counted, its text built only while the cap of its code is not reached (an
//! import of 4 000 000 rows may find a million of one kind); a row set aside twice keeps its first reason; the
//! order is the order of the checks, then of the rows.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, PolarsResult, UInt32Chunked};

use crate::diagnostic::{Diagnostics, Finding, Severity};

use super::codes::Code as FindingCode;
use super::columns::{Code, Column};
use super::schema::origin;

/// Where a row came from.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Position of the file among the table's files.
    pub part: u32,
    /// File name.
    pub file: &'a str,
    /// Worksheet.
    pub sheet: Option<&'a str>,
    /// Physical row, from 1.
    pub row: u32,
}

/// Name of the column that says from which file of its table a row came; never leaves this room.
pub(super) const PART: Column<Code> = Column::new("__part");

/// Name of the column that says at what minute of its day a value was taken; never leaves this room.
pub(super) const MINUTE: Column<Code> = Column::new("__minute");

/// File and worksheet of each part of a table.
pub(super) type PartNames = [(String, Option<String>)];

/// Where each row of a joined frame came from.
pub(super) struct Places<'a> {
    names: &'a PartNames,
    part: UInt32Chunked,
    row: UInt32Chunked,
}

impl<'a> Places<'a> {
    /// The places of a frame that still has its part column.
    pub(super) fn of(frame: &DataFrame, names: &'a PartNames) -> PolarsResult<Self> {
        Ok(Self { names, part: PART.cells(frame)?.clone(), row: origin::ROW.cells(frame)?.clone() })
    }

    /// The place of a row.
    pub(super) fn at(&self, i: usize) -> Place<'a> {
        let part = self.part.get(i).unwrap_or(0);
        let (file, sheet) =
            self.names.get(part as usize).map_or(("", None), |(file, sheet)| (file.as_str(), sheet.as_deref()));
        Place { part, file, sheet, row: self.row.get(i).unwrap_or(0) }
    }
}

/// Why a row is set aside.
#[derive(Debug, Clone)]
pub struct Aside {
    /// Code of the finding.
    pub code: &'static str,
    /// Reason in Chinese.
    pub reason: String,
}

/// Collects the findings of one table.
#[derive(Debug, Default)]
pub struct Collector {
    cap: u64,
    counts: BTreeMap<&'static str, u64>,
    findings: Diagnostics,
    aside: BTreeMap<(u32, u32), Aside>,
    /// Rows merged into an equal one.
    pub merged: u64,
}

impl Collector {
    /// An empty collector that keeps at most `cap` texts per code.
    #[must_use]
    pub fn new(cap: u64) -> Self {
        Self { cap, findings: Diagnostics::with_cap(cap), ..Self::default() }
    }

    /// Reports a finding about a row; one of severity `Error` sets the row aside.
    pub fn row(&mut self, code: &'static FindingCode, place: Place<'_>, detail: impl FnOnce(Finding) -> Finding) {
        let count = self.counts.entry(code.id).or_insert(0);
        *count += 1;
        let sets_aside = code.severity == Severity::Error && !self.aside.contains_key(&(place.part, place.row));
        if *count > self.cap && !sets_aside {
            // Counted only: its text would be dropped anyway.
            self.findings.push(Finding::new(code.severity, code.id, String::new()));
            return;
        }
        let finding = detail(code.finding()).within(place.file, place.sheet).row(u64::from(place.row));
        if sets_aside {
            self.aside.insert((place.part, place.row), Aside { code: code.id, reason: reason(&finding) });
        }
        self.findings.push(finding);
    }

    /// Reports a finding, with what stood there where that tells, and sets the row aside whatever its severity.
    pub fn set_aside(&mut self, code: &'static FindingCode, place: Place<'_>, value: &str) {
        self.aside
            .entry((place.part, place.row))
            .or_insert_with(|| Aside { code: code.id, reason: code.what.to_owned() });
        self.row(code, place, |finding| if value.is_empty() { finding } else { finding.value(value) });
    }

    /// Reports a finding about a whole file or table.
    pub fn whole(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// True where the row is set aside.
    #[must_use]
    pub fn is_aside(&self, part: u32, row: u32) -> bool {
        self.aside.contains_key(&(part, row))
    }

    /// Rows set aside, in order of file and row.
    pub fn asides(&self) -> impl Iterator<Item = (u32, u32, &Aside)> {
        self.aside.iter().map(|((part, row), aside)| (*part, *row, aside))
    }

    /// How many rows are set aside.
    #[must_use]
    pub fn aside_count(&self) -> usize {
        self.aside.len()
    }

    /// The findings.
    #[must_use]
    pub fn into_findings(self) -> Diagnostics {
        self.findings
    }
}

fn reason(finding: &Finding) -> String {
    let part = |before: &str, text: &Option<String>, after: &str| {
        text.as_ref().map_or_else(String::new, |text| format!("；{before}{text}{after}"))
    };
    [
        finding.what.clone(),
        part("列「", &finding.column, "」"),
        part("实际为「", &finding.value, "」"),
        part("应为", &finding.expected, ""),
    ]
    .concat()
}
