//! What a table shows as a worksheet: the rows shown in their order, the columns shown in theirs, numbers as numbers.

use std::sync::Arc;

use polars::prelude::{Column, DataFrame, DataType};

use super::cells::{number, unit_of};
use super::tools::Ground;
use super::{ColumnDef, TableState};
use crate::export::{Cell, CellKind, SheetColumn, SheetSpec};
use crate::text::day::date_of;
use crate::workspace::view::{CellFormat, cell_text};

/// Most decimals that a column of the file shows.
const MOST_DECIMALS: u8 = 4;
/// Points of the screen for a digit of a worksheet.
const POINTS_PER_DIGIT: f32 = 7.0;

/// A table to be written; holds handles of its values only.
#[derive(Debug, Clone)]
pub struct SheetFile {
    /// Name of the table: title and proposed name of the file.
    pub title: String,
    /// How the rows were chosen, for people.
    pub notes: Vec<String>,
    /// True where the rows name units of a month's list.
    pub names_targets: bool,
    frame: DataFrame,
    rows: Arc<Vec<u32>>,
    columns: Vec<(ColumnDef, f32, CellFormat)>,
}

impl SheetFile {
    /// What a table shows now.
    pub(super) fn of(ground: &mut dyn Ground, table: &TableState, rows: Arc<Vec<u32>>, notes: Vec<String>) -> Self {
        let frame = ground.frame();
        let shown = table.columns.iter().filter(|column| !column.hidden);
        let columns = shown
            .filter_map(|column| Some((ground.defs().iter().find(|def| def.id == column.id)?, column.width)))
            .filter(|(def, _)| !def.heading.is_empty() && frame.column(&def.id).is_ok())
            .map(|(def, width)| (def.clone(), width, ground.format(&def.id)))
            .collect();
        let (title, names_targets) = (ground.name().to_owned(), ground.names_targets());
        Self { title, notes, names_targets, frame, rows, columns }
    }

    /// Rows of the file.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The worksheet: work for a job where there are many rows.
    #[must_use]
    pub fn spec(&self) -> SheetSpec {
        let mut columns = Vec::with_capacity(self.columns.len());
        let mut cells: Vec<Vec<Cell>> = Vec::with_capacity(self.columns.len());
        for (def, width, format) in &self.columns {
            let Ok(column) = self.frame.column(&def.id) else { continue };
            let (kind, values) = self.column(column, format);
            columns.push(SheetColumn {
                id: def.id.to_string(),
                heading: match &def.unit {
                    Some(unit) => format!("{}（{unit}）", def.heading),
                    None => def.heading.to_string(),
                },
                width: f64::from((width / POINTS_PER_DIGIT).clamp(6.0, 60.0)),
                kind,
                choices: Vec::new(),
                input: false,
            });
            cells.push(values);
        }
        let mut columns_of_cells: Vec<_> = cells.into_iter().map(Vec::into_iter).collect();
        let rows = (0..self.rows.len())
            .map(|_| columns_of_cells.iter_mut().map(|column| column.next().unwrap_or(Cell::Empty)).collect())
            .collect();
        SheetSpec {
            name: self.title.clone(),
            title: self.title.clone(),
            notes: self.notes.clone(),
            columns,
            rows,
            marks: Vec::new(),
            frozen_columns: 1,
            filter: true,
            spare_rows: 0,
        }
    }

    /// A column's cells in the order shown, and what they are.
    fn column(&self, column: &Column, format: &CellFormat) -> (CellKind, Vec<Cell>) {
        let named = matches!(format, CellFormat::Named(_) | CellFormat::Code);
        let rows = || self.rows.iter().map(|row| *row as usize);
        let text = |row: usize| cell_text(column, row, format);
        match column.dtype() {
            DataType::Date if column.date().is_ok() => {
                let days = column.date().map(|days| days.physical().clone()).unwrap_or_default();
                (CellKind::Date, rows().map(|row| Cell::date(days.get(row).and_then(date_of))).collect())
            }
            dtype if !named && dtype.is_numeric() => {
                let thousandths = *dtype == DataType::Int64;
                let cast = column.cast(&DataType::Float64).unwrap_or_default();
                let numbers = cast.f64().cloned().unwrap_or_default();
                let value = |row: usize| numbers.get(row).map(|n| if thousandths { n / 1000.0 } else { n });
                let decimals = rows().filter_map(value).map(decimals_of).max().unwrap_or(0);
                if decimals == 0 {
                    (CellKind::Integer, rows().map(|row| whole(value(row))).collect())
                } else {
                    (CellKind::Decimal(decimals), rows().map(|row| Cell::number(value(row))).collect())
                }
            }
            _ => {
                let codes = rows().take(64).all(|row| {
                    let text = text(row);
                    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                });
                let cells = rows().map(|row| Cell::text(text(row).replace('\n', " "))).collect();
                (if codes { CellKind::Id } else { CellKind::Text }, cells)
            }
        }
    }
}

fn whole(value: Option<f64>) -> Cell {
    match value.filter(|n| n.is_finite()) {
        Some(n) => Cell::Integer(n as i64),
        None => Cell::Empty,
    }
}

/// Decimals that a number needs, at most [`MOST_DECIMALS`].
fn decimals_of(number: f64) -> u8 {
    let mut scaled = number.abs();
    for decimals in 0..MOST_DECIMALS {
        if (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0) {
            return decimals;
        }
        scaled *= 10.0;
    }
    MOST_DECIMALS
}

/// The unit that all cells of a column end with; `None` where they differ or have none.
pub(super) fn common_unit<'a>(cells: impl Iterator<Item = &'a str>) -> Option<String> {
    // a dash or a word where there is no number says nothing of the unit
    let mut cells = cells.filter(|cell| number(cell, true).is_some());
    let first = unit_of(cells.next()?).to_owned();
    let alike = !first.is_empty() && cells.all(|cell| unit_of(cell) == first);
    alike.then_some(first)
}
