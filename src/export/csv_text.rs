//! Tables as csv.
//!
//! [`CsvStyle::Office`] is for people: UTF-8 with BOM, CRLF, and text that a spreadsheet would take for a
//! formula gets an apostrophe in front (OWASP "CSV injection": = + - @, tab, carriage return, their full-width
//! forms, also behind blanks). [`CsvStyle::Strict`] is for programs: UTF-8 without BOM, LF, values as they are.

use crate::diagnostic::{AppError, AppResult};

use super::sheet::{Cell, CellKind, SheetSpec};

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsvStyle {
    /// A spreadsheet.
    Office,
    /// A program.
    Strict,
}

/// Text with an apostrophe in front where a spreadsheet would take it for a formula.
#[must_use]
pub fn neutralise(text: &str) -> std::borrow::Cow<'_, str> {
    if is_dangerous(text) { format!("'{text}").into() } else { text.into() }
}

/// True where a spreadsheet might take the text for a formula.
pub(super) fn is_dangerous(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let first = text.trim_start_matches(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}')
    });
    first.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// The table as csv, header first.
///
/// # Errors
/// `EXP-040` where a row's length differs from the header's.
pub fn render_csv(sheet: &SheetSpec, style: CsvStyle) -> AppResult<Vec<u8>> {
    let mut out = Vec::new();
    let terminator = match style {
        CsvStyle::Office => {
            out.extend_from_slice("\u{feff}".as_bytes());
            csv::Terminator::CRLF
        }
        CsvStyle::Strict => csv::Terminator::Any(b'\n'),
    };
    let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(out);
    let failed =
        |cause: csv::Error| AppError::new("EXP-040", format!("表「{}」无法写为 csv", sheet.name)).caused_by(cause);
    let text = |text: &str| match style {
        CsvStyle::Office => neutralise(text).into_owned(),
        CsvStyle::Strict => text.to_owned(),
    };
    writer.write_record(sheet.columns.iter().map(|c| text(&c.heading))).map_err(failed)?;
    for row in &sheet.rows {
        let cells = row.iter().enumerate().map(|(at, cell)| match cell {
            Cell::Empty => String::new(),
            Cell::Text(value) => text(value),
            Cell::Integer(value) => value.to_string(),
            Cell::Number(value) => render_number(*value, sheet.columns.get(at).map(|c| c.kind)),
            Cell::Date(value) => value.format("%Y-%m-%d").to_string(),
        });
        writer.write_record(cells).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| {
        AppError::new("EXP-040", format!("表「{}」无法写为 csv", sheet.name))
            .caused_by(std::io::Error::other(error.to_string()))
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_neutralised() {
        for bad in
            ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", " =1", "＝1", "－x", "\u{feff}=1", "\u{a0}=1"]
        {
            assert_eq!(neutralise(bad), format!("'{bad}"));
        }
        for good in ["", "上海", "1-2", "a=b", "'=1"] {
            assert_eq!(neutralise(good), good);
        }
    }
}
