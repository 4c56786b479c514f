//! Rows of any source as a frame: what filters, search, sums and files need of them.

use std::sync::Arc;

use egui::Align;
use polars::prelude::{Column, DataFrame, Float64Chunked, Int32Chunked, IntoColumn, NewChunkedArray, StringChunked};

use super::{ColumnDef, Rows, Target};
use crate::text::day::day_number;
use crate::text::number::MINUS;
use crate::workspace::view::CellValue;

/// Column of a frame of cells that holds the whole row's text, for the search.
pub(super) const WHOLE: &str = "\u{1}whole";

/// Columns of what the rows' units are named by, beside those of the source.
const IDENTITIES: [&str; 4] = ["\u{1}unit", "\u{1}name", "\u{1}code", "\u{1}uscc"];

/// A text as a number: `1,234.5`, `−3`, `12.5%`; with `loose` whatever follows the number.
pub(super) fn number(text: &str, loose: bool) -> Option<f64> {
    let (head, tail) = split(text.trim());
    if !loose && !matches!(tail, "" | "%") {
        return None;
    }
    head.replace(',', "").replace(MINUS, "-").parse().ok()
}

/// A text's number and what follows it.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | MINUS | '+')));
    text.split_at(end.unwrap_or(text.len()))
}

/// What follows the number in a cell: its unit, or a percent sign.
pub(super) fn unit_of(text: &str) -> &str {
    split(text.trim()).1.trim()
}

/// What the rows' units are named by: number, name, plan code, credit code; empty where the rows are about no units.
pub(super) fn identities_of(rows: &dyn Rows) -> Vec<Column> {
    let targets: Vec<Option<Target>> = (0..rows.len()).map(|row| rows.target(row)).collect();
    if targets.iter().all(Option::is_none) {
        return Vec::new();
    }
    IDENTITIES
        .iter()
        .enumerate()
        .map(|(at, id)| {
            let name = |target: &'_ Target| target.names()[at].to_owned();
            let texts = targets.iter().map(|target| target.as_ref().map(name).filter(|text| !text.is_empty()));
            StringChunked::from_iter_options((*id).into(), texts).into_column()
        })
        .collect()
}

/// True where the column's cells are numbers.
pub(super) fn is_number(def: &ColumnDef) -> bool {
    def.align == Align::Max
}

/// All cells as typed columns under the ids of the source's columns; columns without a heading hold shapes and stay
/// out. Asks every row for every cell: made when rows change, not in every frame.
pub(super) fn frame_of(rows: &dyn Rows) -> DataFrame {
    let count = rows.len();
    let mut whole = vec![String::new(); count];
    let mut columns: Vec<Column> = Vec::new();
    for (at, def) in rows.columns().iter().enumerate().filter(|(_, def)| !def.heading.is_empty()) {
        let mut seen = |row: usize, text: &str| {
            if let Some(whole) = whole.get_mut(row).filter(|_| !text.is_empty()) {
                whole.push('\u{1f}');
                whole.push_str(text);
            }
        };
        let column = if is_number(def) {
            let numbers = (0..count).map(|row| {
                let text = rows.cell(row, at);
                seen(row, &text);
                match rows.value(row, at) {
                    Some(CellValue::Number(number)) => Some(number),
                    Some(CellValue::Empty) => None,
                    _ => number(&text, true),
                }
            });
            Float64Chunked::from_iter_options(def.id.as_ref().into(), numbers).into_column()
        } else if def.date {
            let days = (0..count).map(|row| {
                let text = rows.cell(row, at);
                seen(row, &text);
                let date = match rows.value(row, at) {
                    Some(CellValue::Date(date)) => Some(date),
                    Some(CellValue::Empty) => None,
                    // a remark may stand behind the day
                    _ => text.get(..10).and_then(|day| day.parse().ok()),
                };
                date.map(day_number)
            });
            Int32Chunked::from_iter_options(def.id.as_ref().into(), days).into_date().into_column()
        } else {
            let texts: Vec<Option<String>> = (0..count)
                .map(|row| {
                    let text = rows.cell(row, at);
                    seen(row, &text);
                    (!text.is_empty()).then(|| text.into_owned())
                })
                .collect();
            StringChunked::from_iter_options(def.id.as_ref().into(), texts.into_iter()).into_column()
        };
        columns.push(column);
    }
    columns.push(StringChunked::from_iter_values(WHOLE.into(), whole.iter()).into_column());
    // columns of one length each, under names of their own
    DataFrame::new(count, columns).unwrap_or_default()
}

/// Of the rows in their order those that are among `found`.
pub(super) fn kept_of(sorted: &[u32], found: &[u32]) -> Arc<Vec<u32>> {
    let mut kept = vec![false; sorted.len()];
    for row in found {
        if let Some(kept) = kept.get_mut(*row as usize) {
            *kept = true;
        }
    }
    Arc::new(sorted.iter().copied().filter(|row| kept.get(*row as usize).copied().unwrap_or(false)).collect())
}
