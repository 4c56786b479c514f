//! Tables as csv: [`CsvStyle::Office`] for people, [`CsvStyle::Strict`] for programs.

use crate::diagnostic::{AppError, AppResult};
use crate::text::csv::{CsvStyle, CsvWriter};

use super::sheet::{Cell, CellKind, SheetSpec};

/// The table as csv, header first.
///
/// # Errors
/// `EXP-040` where a row's length differs from the header's.
pub fn render_csv(sheet: &SheetSpec, style: CsvStyle) -> AppResult<Vec<u8>> {
    let failed =
        |cause: std::io::Error| AppError::new("EXP-040", format!("表「{}」无法写为 csv", sheet.name)).caused_by(cause);
    let mut writer = CsvWriter::new(Vec::new(), style).map_err(failed)?;
    writer.record(sheet.columns.iter().map(|c| c.heading.as_str())).map_err(failed)?;
    for row in &sheet.rows {
        for (at, cell) in row.iter().enumerate() {
            let text = cell_text(cell, sheet.columns.get(at).map(|c| c.kind));
            if matches!(cell, Cell::Empty | Cell::Text(_)) { writer.text(&text) } else { writer.value(&text) }
                .map_err(failed)?;
        }
        writer.end().map_err(failed)?;
    }
    writer.finish().map_err(failed)
}

/// A cell as text, with the decimals of its column; words as they are.
pub(super) fn cell_text(cell: &Cell, kind: Option<CellKind>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(value) => value.clone(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => render_number(*value, kind),
        Cell::Date(value) => value.format("%Y-%m-%d").to_string(),
    }
}

/// A number with its column's decimals; percents with a percent sign, as people see them.
fn render_number(value: f64, kind: Option<CellKind>) -> String {
    if !value.is_finite() {
        return String::new();
    }
    match kind {
        Some(CellKind::Decimal(decimals)) => format!("{value:.*}", usize::from(decimals.min(6))),
        Some(CellKind::Percent(decimals)) => format!("{:.*}%", usize::from(decimals.min(6)), value * 100.0),
        _ => value.to_string(),
    }
}
