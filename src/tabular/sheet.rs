//! Collecting the cells of a sheet into a columnar table.
//!
//! Duty: take cells at any place of a sheet, hold them in little memory, give a [`RawTable`] without the
//! blank rows. A sheet with one cell in A1 and one in XFD1048576 costs two cells, not 17 thousand million.
//!
//! Invariants: column `c0` is column A, whatever is empty; of two values for the same cell the later counts;
//! the table's size is bounded before it is built.

use polars::prelude::{Column, DataFrame, DataType, IntoSeries, PlSmallStr, StringChunkedBuilder};

use super::RawTable;
use super::facts::Seen;
use super::input::Input;
use super::value::NumberFormat;
use crate::diagnostic::{AppError, AppResult, Diagnostics};

/// Most cells a sheet may hold, filled or between filled ones: 16 bytes each, and as much while it is read.
const MOST_CELLS: u64 = 40_000_000;
/// Most bytes of text a sheet may hold.
const MOST_TEXT: usize = 400 << 20;

/// One column: places and texts in the order in which they came.
#[derive(Debug, Default)]
struct SparseColumn {
    rows: Vec<u32>,
    ends: Vec<u32>,
    text: String,
    ordered: bool,
}

/// The cells of one sheet.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    input: &'a Input,
    columns: Vec<SparseColumn>,
    count: u64,
    text: usize,
    /// What is known beside the texts.
    pub(super) seen: Seen,
}

impl<'a> Cells<'a> {
    /// No cells yet.
    pub(super) fn new(input: &'a Input) -> Self {
        Self { input, columns: Vec::new(), count: 0, text: 0, seen: Seen::default() }
    }

    /// Asks for room before many cells are filled with copies of the same texts.
    ///
    /// # Errors
    /// `RAW-005` where the sheet would grow beyond all measure.
    pub(super) fn room_for(&self, row: u64, cells: u64, bytes: u64) -> AppResult<()> {
        if self.count.saturating_add(cells) > MOST_CELLS || (self.text as u64).saturating_add(bytes) > MOST_TEXT as u64
        {
            return Err(self.input.bomb(format!("第 {} 行", row.saturating_add(1))));
        }
        Ok(())
    }

    /// Puts a value into the cell at a row and column counted from 0. An empty text leaves the cell empty.
    ///
    /// # Errors
    /// `RAW-005` where the sheet grows beyond all measure.
    pub(super) fn put(&mut self, row: u32, column: u32, text: &str) -> AppResult<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.count += 1;
        self.text += text.len();
        if self.count > MOST_CELLS || self.text > MOST_TEXT || column >= 16_384 {
            return Err(self.input.bomb(format!("第 {} 行第 {} 列", u64::from(row) + 1, u64::from(column) + 1)));
        }
        let index = column as usize;
        if index >= self.columns.len() {
            self.columns.resize_with(index + 1, || SparseColumn { ordered: true, ..SparseColumn::default() });
        }
        let place = &mut self.columns[index];
        place.ordered &= place.rows.last().is_none_or(|&last| last < row);
        place.rows.push(row);
        place.text.push_str(text);
        // Bounded by `MOST_TEXT`.
        place.ends.push(place.text.len() as u32);
        Ok(())
    }

    /// Puts a number under its format, and beside it what the spreadsheet shows where that says more.
    ///
    /// # Errors
    /// As [`Cells::put`].
    pub(super) fn put_number(
        &mut self,
        row: u32,
        column: u32,
        value: f64,
        format: &NumberFormat,
        is_1904: bool,
    ) -> AppResult<()> {
        let text = format.text(value, is_1904);
        if let Some(shown) = format.shown(value)
            && shown != text
        {
            self.seen.shown(row, column, shown);
        }
        self.put(row, column, &text)
    }

    /// Cells with a value so far.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// True where no cell has a value.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The table.
    ///
    /// # Errors
    /// `RAW-005` where rows × columns is beyond all measure.
    pub(super) fn finish(self, sheet: Option<String>) -> AppResult<RawTable> {
        let input = self.input;
        let last = self.columns.iter().filter_map(|column| column.rows.iter().max()).max().copied();
        let mut used = vec![false; last.map_or(0, |last| last as usize + 1)];
        for column in &self.columns {
            for &row in &column.rows {
                used[row as usize] = true;
            }
        }
        let mut place_of = vec![0_u32; used.len()];
        let mut rows = Vec::new();
        for (row, _) in used.iter().enumerate().filter(|(_, used)| **used) {
            place_of[row] = rows.len() as u32;
            rows.push(row as u32 + 1);
        }
        drop(used);
        let height = rows.len();
        let filled = self.columns.iter().filter(|column| !column.rows.is_empty()).count();
        if (height as u64).saturating_mul(filled as u64) > MOST_CELLS {
            return Err(input.bomb(format!("{height} 行 × {filled} 列")));
        }
        let facts = self
            .seen
            .facts(&rows, |column| self.columns.get(column as usize).is_some_and(|column| !column.rows.is_empty()));
        let columns: Vec<Column> =
            self.columns.into_iter().enumerate().map(|(i, column)| column.dense(i, &place_of, height)).collect();
        let cells = DataFrame::new(height, columns).map_err(|e| input.damaged(e))?;
        Ok(RawTable {
            file: input.name.clone(),
            path: input.path.clone(),
            sheet,
            encoding: None,
            delimiter: None,
            rows,
            cells,
            named: false,
            facts,
        })
    }
}

impl SparseColumn {
    fn dense(self, index: usize, place_of: &[u32], height: usize) -> Column {
        let name = PlSmallStr::from(format!("c{index}"));
        if self.rows.is_empty() {
            return Column::full_null(name, height, &DataType::String);
        }
        let mut order: Vec<u32> = (0..self.rows.len() as u32).collect();
        if !self.ordered {
            // Stable: of equal rows the later stays behind, and is the one taken below.
            order.sort_by_key(|&i| self.rows[i as usize]);
        }
        let mut builder = StringChunkedBuilder::new(name, height);
        let mut at = 0;
        let mut order = order.into_iter().peekable();
        while let Some(i) = order.next() {
            let i = i as usize;
            let row = self.rows[i];
            if order.peek().is_some_and(|&next| self.rows[next as usize] == row) {
                continue;
            }
            let place = place_of[row as usize] as usize;
            while at < place {
                builder.append_null();
                at += 1;
            }
            let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
            builder.append_value(self.text.get(start..self.ends[i] as usize).unwrap_or_default());
            at += 1;
        }
        while at < height {
            builder.append_null();
            at += 1;
        }
        builder.finish().into_series().into()
    }
}

/// The sheets of a workbook: those that were read, and those that could not be.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    tables: Vec<RawTable>,
    /// Cells of all of them.
    cells: u64,
    failed: Vec<AppError>,
}

impl Sheets {
    /// Takes what came of reading a sheet.
    ///
    /// # Errors
    /// What is no matter of one damaged sheet.
    pub(super) fn take(
        &mut self,
        input: &Input,
        (name, hidden): (&str, bool),
        read: AppResult<RawTable>,
        diagnostics: &mut Diagnostics,
    ) -> AppResult<()> {
        match read {
            Ok(mut table) => {
                if hidden {
                    notes::hidden(input, &mut table, diagnostics);
                }
                let filled = table.cells.columns().iter().filter(|column| column.null_count() < column.len()).count();
                self.cells += table.rows.len() as u64 * filled as u64;
                if self.cells > MOST_CELLS {
                    return Err(input.bomb(format!("工作表「{name}」：各工作表合计超过 {MOST_CELLS} 个单元格")));
                }
                self.tables.push(table);
            }
            Err(error) if error.code() == "RAW-004" => self.failed.push(error.with(|f| f.sheet(name))),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The tables; a sheet that is damaged is named beside them.
    ///
    /// # Errors
    /// `RAW-004` where no other sheet holds anything.
    pub(super) fn finish(mut self, diagnostics: &mut Diagnostics) -> AppResult<Vec<RawTable>> {
        if self.tables.iter().all(|table| table.rows.is_empty()) && !self.failed.is_empty() {
            return Err(self.failed.swap_remove(0));
        }
        for error in self.failed {
            diagnostics.push(error.finding().clone());
        }
        Ok(self.tables)
    }
}

/// What a workbook's reader says about its sheets along the way.
pub(super) mod notes {
    use super::super::RawTable;
    use super::Input;
    use crate::diagnostic::{Diagnostics, Finding};

    /// A hidden sheet: its table is marked, and an import leaves it out unless it was chosen.
    pub(in super::super) fn hidden(input: &Input, table: &mut RawTable, diagnostics: &mut Diagnostics) {
        table.facts.hidden = true;
        if table.rows.is_empty() {
            return;
        }
        diagnostics.push(
            Finding::warning("RAW-030", "工作表是隐藏的，导入时不采用")
                .within(&input.name, table.sheet.as_deref())
                .value(format!("{} 行", table.rows.len()))
                .hint("若应采用，请在原文件中取消隐藏，或在列对应中以 sheet 指明这张工作表"),
        );
    }

    /// A chart or macro sheet has no cells.
    pub(in super::super) fn skipped(input: &Input, sheet: &str, kind: &str, diagnostics: &mut Diagnostics) {
        diagnostics.push(
            Finding::note("RAW-031", format!("不是数据表（{kind}），已略过")).file(input.name.clone()).sheet(sheet),
        );
    }

    /// A cell that could not be read.
    pub(in super::super) fn unreadable(
        input: &Input,
        sheet: &str,
        row: Option<u64>,
        detail: &str,
        diagnostics: &mut Diagnostics,
    ) {
        let mut finding = Finding::error("RAW-032", "有单元格不能读取，已按空白处理")
            .file(input.name.clone())
            .sheet(sheet)
            .value(detail)
            .hint("请在原软件中核对该处，另存后再导入");
        finding.row = row;
        diagnostics.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn far_cells_cost_nothing_and_the_later_value_counts() {
        let input = Input::memory("x.xlsx".to_owned(), Path::new("x.xlsx"), Vec::new());
        let mut cells = Cells::new(&input);
        cells.put(1_048_575, 16_383, "far").unwrap();
        cells.put(4, 1, "old").unwrap();
        cells.put(4, 1, "new").unwrap();
        cells.put(2, 1, "up").unwrap();
        cells.put(3, 0, "").unwrap();
        let table = cells.finish(None).unwrap();
        assert_eq!(table.rows, vec![3, 5, 1_048_576]);
        assert_eq!((table.cells.height(), table.cells.width()), (3, 16_384));
        let b = table.cells.column("c1").unwrap().str().unwrap().clone();
        assert_eq!(b.iter().collect::<Vec<_>>(), vec![Some("up"), Some("new"), None]);
        let mut cells = Cells::new(&input);
        assert_eq!(cells.put(0, 16_384, "x").unwrap_err().code(), "RAW-005");
    }
}
