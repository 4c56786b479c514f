//! What a file says about its cells beside their texts.
//!
//! Duty: hidden sheets, rows and columns; formulas whose values were never stored; cells merged downwards; numbers
//! that the spreadsheet shows otherwise than they are; lines that are pieces of a broken record. Readers collect
//! it, [`settle`](super::settle) says what a user should hear of.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostics, Finding};

/// What is known of a table's cells beside their texts. Rows are physical, from 1; columns from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The sheet is hidden.
    pub hidden: bool,
    /// Hidden rows that hold something.
    pub hidden_rows: u32,
    /// Hidden columns that hold something.
    pub hidden_columns: u32,
    /// Rows whose content is struck through: how many, and the first.
    pub struck: Option<(u32, u32)>,
    /// Formulas without a stored value: how many, and row and column of the first.
    pub uncomputed: Option<(u32, u32, u32)>,
    /// Row and column → the text that the spreadsheet shows, where the number alone lacks its zeros.
    pub shown: BTreeMap<(u32, u32), String>,
    /// Cells merged downwards.
    pub merged: Vec<Merged>,
    /// Lines that are pieces of one record broken by a line end without quotes.
    pub broken: BTreeSet<u32>,
    /// Lines of one field right above a record of the usual width: a title, or the first half of a first cell broken by
    /// a line end.
    pub lone: BTreeSet<u32>,
    /// Lines with too few fields, of which two ran together at a quote that nothing closed.
    pub run_together: BTreeSet<u32>,
    /// Columns that name a row: the primary key of a database's table.
    pub key: Vec<String>,
    /// Columns no cell of which can hold an error value or a mark: seen while they were read, when each was at hand.
    pub plain: BTreeSet<usize>,
}

/// A cell merged over rows below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// Its row, which holds the value.
    pub top: u32,
    /// The last row that it covers.
    pub bottom: u32,
    /// Its column.
    pub column: u32,
}

/// What a reader has seen so far. Rows and columns from 0.
#[derive(Debug, Default)]
pub(super) struct Seen {
    hidden_rows: BTreeSet<u32>,
    hidden_columns: Vec<(u32, u32)>,
    struck: Option<(u32, u32)>,
    uncomputed: Option<(u32, u32, u32)>,
    shown: BTreeMap<(u32, u32), String>,
    merged: Vec<Merged>,
}

/// Most facts of a kind that are kept of a sheet: more are no table's.
const MOST: usize = 4_000_000;

impl Seen {
    /// A hidden row.
    pub(super) fn hidden_row(&mut self, row: u32) {
        if self.hidden_rows.len() < MOST {
            self.hidden_rows.insert(row);
        }
    }

    /// Hidden columns, both ends among them.
    pub(super) fn hidden_columns(&mut self, from: u32, to: u32) {
        if self.hidden_columns.len() < MOST {
            self.hidden_columns.push((from, to));
        }
    }

    /// A row whose content is struck through.
    pub(super) fn struck_row(&mut self, row: u32) {
        self.struck.get_or_insert((0, row + 1)).0 += 1;
    }

    /// A formula without a value.
    pub(super) fn uncomputed(&mut self, row: u32, column: u32) {
        self.uncomputed.get_or_insert((0, row + 1, column)).0 += 1;
    }

    /// What the spreadsheet shows for a number.
    pub(super) fn shown(&mut self, row: u32, column: u32, text: String) {
        if self.shown.len() < MOST {
            self.shown.insert((row + 1, column), text);
        }
    }

    /// A merged cell, both ends among it; one that reaches over no other row is none.
    pub(super) fn merged(&mut self, top: u32, bottom: u32, column: u32) {
        if bottom > top && self.merged.len() < MOST {
            self.merged.push(Merged { top: top + 1, bottom: bottom + 1, column });
        }
    }

    /// What is worth keeping: `rows` are the physical rows that hold something, `filled` tells which columns do.
    pub(super) fn facts(mut self, rows: &[u32], filled: impl Fn(u32) -> bool) -> Facts {
        let hidden_rows = self.hidden_rows.iter().filter(|row| rows.binary_search(&(**row + 1)).is_ok()).count();
        let mut columns: BTreeSet<u32> = BTreeSet::new();
        for (from, to) in self.hidden_columns {
            columns.extend((from..=to.min(16_383)).filter(|column| filled(*column)));
        }
        self.merged.sort_by_key(|merged| (merged.top, merged.column));
        Facts {
            hidden: false,
            hidden_rows: hidden_rows as u32,
            hidden_columns: columns.len() as u32,
            struck: self.struck,
            uncomputed: self.uncomputed,
            shown: self.shown,
            merged: self.merged,
            ..Facts::default()
        }
    }
}

/// The letters of a column, counted from 0.
#[must_use]
pub(super) fn column_letters(column: u32) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters
}

impl Facts {
    /// Says what a user should hear of; `place` names file and sheet.
    pub(super) fn report(&self, place: &dyn Fn(Finding) -> Finding, diagnostics: &mut Diagnostics) {
        if let Some((count, row, column)) = self.uncomputed {
            diagnostics.push(place(
                Finding::error("RAW-036", format!("有 {count} 个公式单元格没有保存计算结果，按空白处理"))
                    .value(format!("首处 {}{row}", column_letters(column)))
                    .row(u64::from(row))
                    .hint("请用 Excel 或 WPS 打开该文件，保存后再导入"),
            ));
        }
        if let Some((count, first)) = self.struck {
            diagnostics.push(place(
                Finding::warning("RAW-040", format!("有 {count} 行的内容带删除线，已照常读取"))
                    .row(u64::from(first))
                    .hint("删除线多半表示已删去；不应采用的行，请在原文件中删除后再导入"),
            ));
        }
        if self.hidden_rows + self.hidden_columns > 0 {
            let part =
                |count: u32, what: &str| if count > 0 { format!("{count} 个隐藏{what}") } else { String::new() };
            let parts = [part(self.hidden_rows, "行"), part(self.hidden_columns, "列")];
            let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            diagnostics.push(place(
                Finding::warning("RAW-037", format!("有 {}，已照常读取", parts.join("、")))
                    .hint("若隐藏的内容不应采用，请在原文件中删去后再导入"),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, letters) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(column_letters(column), letters);
        }
    }
}
