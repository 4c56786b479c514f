//! One definition of a table for every file kind.

use chrono::NaiveDate;

/// What a column holds; decides number format, alignment and whether text is kept as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// Words; wraps.
    Text,
    /// Code or number that must stay text (no scientific notation, leading zeros kept).
    Id,
    /// Whole number with thousands separators.
    Integer,
    /// Number with that many decimals (at most 6).
    Decimal(u8),
    /// Fraction shown in percent with that many decimals (at most 6).
    Percent(u8),
    /// Date, `yyyy-mm-dd`.
    Date,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// Whole number.
    Integer(i64),
    /// Number; infinite and not-a-number are written as empty cells.
    Number(f64),
    /// Date.
    Date(NaiveDate),
}

impl Cell {
    /// Text; empty text is an empty cell.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// A date where there is one.
    #[must_use]
    pub fn date(date: Option<NaiveDate>) -> Self {
        date.map_or(Self::Empty, Self::Date)
    }

    /// A count where there is one.
    pub fn count(count: Option<impl Into<i64>>) -> Self {
        count.map_or(Self::Empty, |n| Self::Integer(n.into()))
    }

    /// A number where there is one.
    #[must_use]
    pub fn number(number: Option<f64>) -> Self {
        number.filter(|n| n.is_finite()).map_or(Self::Empty, Self::Number)
    }

    /// 是 or 否.
    #[must_use]
    pub fn flag(flag: bool) -> Self {
        Self::Text(if flag { "是" } else { "否" }.to_owned())
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetColumn {
    /// Stable id.
    pub id: String,
    /// Heading, in Chinese.
    pub heading: String,
    /// Least width, in digits of the standard font (a Chinese character takes two).
    pub width: f64,
    /// What it holds.
    pub kind: CellKind,
    /// Values to choose from, where the cells are to be filled in.
    pub choices: Vec<String>,
    /// True where people fill the cells in.
    pub input: bool,
}

impl SheetColumn {
    /// A column that is only read.
    #[must_use]
    pub fn new(id: &str, heading: &str, width: f64, kind: CellKind) -> Self {
        Self { id: id.to_owned(), heading: heading.to_owned(), width, kind, choices: Vec::new(), input: false }
    }
}

/// How a cell stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    /// Needs action: red.
    Alert,
    /// A sum or a heading among the rows: bold.
    Strong,
}

/// A cell that stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellMark {
    /// Row, from 0, of the data rows.
    pub row: usize,
    /// Column, from 0; `None` for the whole row.
    pub column: Option<usize>,
    /// How.
    pub emphasis: Emphasis,
}

/// A table: the same for .xlsx and .csv.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetSpec {
    /// Name of the worksheet; made unique and valid when drawn.
    pub name: String,
    /// Title above the header; not in the .csv.
    pub title: String,
    /// Lines below the title; not in the .csv.
    pub notes: Vec<String>,
    /// Columns.
    pub columns: Vec<SheetColumn>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// Cells that stand out.
    pub marks: Vec<CellMark>,
    /// Columns kept in sight when scrolling to the right.
    pub frozen_columns: u16,
    /// With a filter in the header.
    pub filter: bool,
    /// Empty rows below the data that are made ready to be filled in.
    pub spare_rows: u32,
}

/// Width of a text in half-width characters: Chinese and other wide characters take two. The widest line
/// counts.
#[must_use]
pub fn display_width(text: &str) -> usize {
    text.lines().map(|line| line.chars().map(character_width).sum()).max().unwrap_or(0)
}

fn character_width(c: char) -> usize {
    match c {
        '\u{0}'..='\u{1f}' | '\u{7f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{20000}'..='\u{3fffd}'
        | '\u{2014}'
        | '\u{2018}'..='\u{201d}'
        | '\u{2026}'
        | '\u{2103}'
        | '\u{2460}'..='\u{24ff}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two() {
        assert_eq!(display_width("abc"), 3);
        assert_eq!(display_width("污染源A1（备）"), 14);
        assert_eq!(display_width("一\n二三四\nab"), 6);
        assert_eq!(display_width(""), 0);
    }
}
