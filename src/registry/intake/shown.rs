//! What the spreadsheet shows where the cells alone lack it: the value of a merged cell in its other rows, the zeros
//! in front of a code.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{DataFrame, IntoColumn};

use super::super::codes;
use super::super::collect::Collector;
use super::super::header::Layout;
use super::super::parse::collect_text;
use super::super::schema::ColumnKind;
use crate::tabular::{Merged, RawTable};

/// What a column of the file is read as; `None` for one that no column of the table takes.
fn kind_of(layout: &Layout, column: usize) -> Option<ColumnKind> {
    let (id, _) = layout.fields.iter().find(|(_, i)| **i == column)?;
    layout.kind.column(id).map(|spec| spec.kind)
}

/// True for columns whose numbers count, not their spelling.
fn is_measure(kind: ColumnKind) -> bool {
    matches!(
        kind,
        ColumnKind::Decimal | ColumnKind::Signed | ColumnKind::Money | ColumnKind::Longitude | ColumnKind::Latitude
    )
}

/// True for columns that take a number as a day.
fn is_time(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Date | ColumnKind::DateTime | ColumnKind::Month | ColumnKind::Year | ColumnKind::Period)
}

/// Puts other texts into the cells of a column for which there are some.
pub(super) fn replace_cells(cells: &mut DataFrame, column: usize, other: impl Fn(usize) -> Option<String> + Sync) {
    let Some(old) = cells.columns().get(column) else { return };
    let Ok(texts) = old.str() else { return };
    let new = collect_text(texts.len(), |i| other(i).map(Cow::Owned).or_else(|| texts.get(i).map(Cow::Borrowed)));
    // Of the same name and length as the one that it replaces.
    let new = new.with_name(old.name().clone()).into_column();
    let _ = cells.replace_column(column, new);
}

/// Lets the value of a cell merged downwards hold for its rows, and says so, a column at a time.
pub(super) fn hold_merged(cells: &mut DataFrame, rows: &[u32], raw: &RawTable, layout: &Layout, out: &mut Collector) {
    let Some(first) = rows.first().copied() else { return };
    let mut by_column: BTreeMap<u32, Vec<Merged>> = BTreeMap::new();
    for merged in raw.facts.merged.iter().filter(|merged| merged.top >= first) {
        by_column.entry(merged.column).or_default().push(*merged);
    }
    for (column, list) in by_column {
        let column = column as usize;
        let Some(texts) = cells.columns().get(column).and_then(|c| c.str().ok()).cloned() else { continue };
        let mut held: BTreeMap<usize, String> = BTreeMap::new();
        for merged in &list {
            let (Ok(top), bottom) =
                (rows.binary_search(&merged.top), rows.partition_point(|row| *row <= merged.bottom))
            else {
                continue;
            };
            let Some(text) = texts.get(top) else { continue };
            for i in (top + 1..bottom).filter(|i| texts.get(*i).is_none()) {
                held.insert(i, text.to_owned());
            }
        }
        if held.is_empty() {
            continue;
        }
        let measure = kind_of(layout, column).is_some_and(is_measure);
        let code = if measure { &codes::MERGED_AMOUNT } else { &codes::MERGED_HELD };
        let heading = layout.headings.get(column).filter(|heading| !heading.is_empty());
        let finding = code
            .finding()
            .within(&raw.file, raw.sheet.as_deref())
            .column(heading.cloned().unwrap_or_else(|| format!("第 {} 列", column + 1)))
            .value(format!("{} 行", held.len()));
        out.whole(finding);
        replace_cells(cells, column, |i| held.get(&i).cloned());
    }
}

/// Lets a code, a name or an unknown column read as the spreadsheet shows it; a measure or a day keeps its number.
pub(super) fn show_padded(cells: &mut DataFrame, rows: &[u32], raw: &RawTable, layout: &Layout) {
    let shown = &raw.facts.shown;
    let columns: BTreeSet<u32> = shown.keys().map(|(_, column)| *column).collect();
    for column in columns {
        let index = column as usize;
        if kind_of(layout, index).is_some_and(|kind| is_measure(kind) || is_time(kind)) {
            continue;
        }
        replace_cells(cells, index, |i| shown.get(&(*rows.get(i)?, column)).cloned());
    }
}
