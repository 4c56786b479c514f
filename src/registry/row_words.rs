//! What a finding says of its row, completed from the file itself: the unit's name, the column in words, and the
//! text that stood where a cell was taken for blank.
//!
//! The checks know ids of columns and values; whoever mends the file knows headings, names and what stands there.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostics, Finding};
use crate::tabular::RawTable;

use super::files::InputTable;
use super::header::Layout;
use super::schema::{capacity, inspectors, sources};

/// Columns that name what a row is about, the best first.
const NAMING: [&str; 5] = [
    sources::NAME.name(),
    sources::USCC.name(),
    sources::UNIT_ID.name(),
    inspectors::CERTIFICATE.name(),
    capacity::BODY.name(),
];

/// Completes the findings of a table from the files that it was read from.
pub(super) fn complete_findings(findings: &mut Diagnostics, parts: &[(InputTable, Layout)]) {
    let by_place: HashMap<(&str, Option<&str>), usize> = parts
        .iter()
        .enumerate()
        .map(|(i, (table, _))| ((table.raw.file.as_str(), table.raw.sheet.as_deref()), i))
        .collect();
    findings.change_each(|finding| {
        let Some(file) = finding.file.as_deref() else { return };
        let Some((table, layout)) = by_place.get(&(file, finding.sheet.as_deref())).and_then(|i| parts.get(*i)) else {
            return;
        };
        complete(finding, &table.raw, layout);
    });
}

fn complete(finding: &mut Finding, raw: &RawTable, layout: &Layout) {
    let index = finding.column.as_deref().and_then(|column| {
        layout.fields.get(column).copied().or_else(|| layout.headings.iter().position(|heading| heading == column))
    });
    if let Some(column) = &mut finding.column {
        *column = layout.heading(column);
    }
    let row = finding.row.and_then(|row| u32::try_from(row).ok());
    let Some(at) = row.and_then(|row| raw.rows.binary_search(&row).ok()) else { return };
    let cell = |index: usize| {
        let text = raw.cells.columns().get(index)?.str().ok()?.get(at)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    if finding.key.is_none() && !raw.facts.key.is_empty() {
        let of = |name: &String| Some(format!("{name}={}", cell(raw.cells.get_column_index(name)?)?));
        let parts: Vec<String> = raw.facts.key.iter().filter_map(of).collect();
        finding.key = (!parts.is_empty()).then(|| parts.join("，"));
    }
    if finding.unit.is_none() {
        finding.unit = NAMING.iter().find_map(|id| cell(*layout.fields.get(id)?));
    }
    if finding.value.as_deref().is_none_or(|value| value.trim().is_empty()) {
        finding.value = None;
        if let Some(text) = index.and_then(cell) {
            *finding = std::mem::replace(finding, Finding::note("", "")).value(text);
        }
    }
}
