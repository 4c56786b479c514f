//! The light table: rows that are all at hand, sorted by the table itself.
//!
//! Positions in what goes in and comes out are the source's, whatever the order shown; keys of the selection are
//! these positions. A screen that keeps the chosen row itself says so with [`ListState::follow`].

use std::borrow::Cow;
use std::cmp::Ordering;

use egui::{Align, Popup, PopupKind, SetOpenCommand, Ui};

use super::{CellStyle, ColumnDef, Rows, Table, TableInput, TableOutput, TableState};
use crate::text::number::MINUS;
use crate::workspace::view::SortKey;

/// State of a light table; the screen keeps one for each it shows.
#[derive(Debug, Clone, Default)]
pub struct ListState {
    /// Layout, sort keys, selection.
    pub table: TableState,
    /// Rows of the source in the order shown.
    order: Vec<u32>,
    /// What the order was made of: the rows' version and number, the sort keys.
    made: Option<(u64, usize, Vec<SortKey>)>,
    /// The row that the keyboard is at.
    at: Option<usize>,
}

impl ListState {
    /// The row that was chosen last.
    #[must_use]
    pub fn chosen(&self) -> Option<usize> {
        self.at
    }

    /// Makes the screen's chosen row the table's; one that was chosen elsewhere is brought into sight.
    pub fn follow(&mut self, row: Option<usize>) {
        if self.at == row {
            return;
        }
        self.at = row;
        self.table.selection.set(row.map(|row| row as u64));
        self.table.jump = row.and_then(|row| self.position(row));
    }

    fn position(&self, row: usize) -> Option<usize> {
        self.order.iter().position(|at| *at as usize == row)
    }

    /// Sorts where rows or keys are others than before.
    fn sort(&mut self, rows: &dyn Rows, version: u64) {
        self.table.sort.retain(|key| rows.columns().iter().any(|def| def.id == key.column));
        let made = (version, rows.len(), self.table.sort.clone());
        if self.made.as_ref() == Some(&made) {
            return;
        }
        let same_rows = self.made.as_ref().is_some_and(|was| (was.0, was.1) == (made.0, made.1));
        if !same_rows {
            // keys are positions among the rows: of other rows they mean nothing
            self.table.selection.clear();
            self.table.menu = None;
            self.at = None;
        }
        self.order = sorted(rows, &self.table.sort);
        self.made = Some(made);
        self.table.cursor = self.at.and_then(|row| self.position(row));
        self.table.anchor = self.table.cursor;
    }
}

/// The rows' positions by the sort keys; rows that are alike stay as they were.
fn sorted(rows: &dyn Rows, keys: &[SortKey]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let columns: Vec<(Vec<Cow<'_, str>>, bool, bool)> = keys
        .iter()
        .filter_map(|key| {
            let (column, def) = rows.columns().iter().enumerate().find(|(_, def)| def.id == key.column)?;
            let cells = (0..rows.len()).map(|row| rows.cell(row, column)).collect();
            Some((cells, def.align == Align::Max, key.descending))
        })
        .collect();
    order.sort_by(|a, b| {
        let by = |(cells, numbers, descending): &(Vec<Cow<'_, str>>, bool, bool)| {
            let (a, b) = (cells[*a as usize].trim(), cells[*b as usize].trim());
            match (a.is_empty(), b.is_empty()) {
                // nothing stands last, in whichever direction
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) if *descending => compare(b, a, *numbers),
                (false, false) => compare(a, b, *numbers),
            }
        };
        columns.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    order
}

/// Numbers by their value, texts by their characters with runs of digits by their value: `第 2 次` before `第 10 次`.
fn compare(a: &str, b: &str, numbers: bool) -> Ordering {
    if let (Some(a), Some(b)) = (number(a, numbers), number(b, numbers)) {
        return a.total_cmp(&b);
    }
    let (mut left, mut right) = (a.chars().peekable(), b.chars().peekable());
    loop {
        let (Some(x), Some(y)) = (left.peek().copied(), right.peek().copied()) else {
            return left.next().is_some().cmp(&right.next().is_some());
        };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let order = digits(&mut left).cmp(&digits(&mut right));
            if order.is_ne() {
                return order;
            }
        } else {
            if x != y {
                return x.cmp(&y);
            }
            left.next();
            right.next();
        }
    }
}

/// A run of digits: how many without leading zeros, and the digits; compares as its value.
fn digits(text: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (usize, String) {
    let mut run = String::new();
    while let Some(digit) = text.next_if(char::is_ascii_digit) {
        if digit != '0' || !run.is_empty() {
            run.push(digit);
        }
    }
    (run.len(), run)
}

/// A text as a number: `1,234.5`, `−3`, `12.5%`; with `loose` whatever follows the number.
fn number(text: &str, loose: bool) -> Option<f64> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | MINUS | '+')));
    let (head, tail) = text.split_at(end.unwrap_or(text.len()));
    if !loose && !matches!(tail, "" | "%") {
        return None;
    }
    head.replace(',', "").replace(MINUS, "-").parse().ok()
}

/// Rows in the order shown.
struct Ordered<'a> {
    rows: &'a dyn Rows,
    order: &'a [u32],
}

impl Ordered<'_> {
    fn row(&self, position: usize) -> usize {
        self.order.get(position).map_or(usize::MAX, |row| *row as usize)
    }
}

impl Rows for Ordered<'_> {
    fn len(&self) -> usize {
        self.order.len()
    }
    fn columns(&self) -> &[ColumnDef] {
        self.rows.columns()
    }
    fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        self.rows.cell(self.row(row), column)
    }
    fn sentence(&self, row: usize) -> Option<String> {
        self.rows.sentence(self.row(row))
    }
    fn ticked(&self, row: usize) -> Option<bool> {
        self.rows.ticked(self.row(row))
    }
    fn key(&self, row: usize) -> u64 {
        self.row(row) as u64
    }
}

/// Rows of cells that a closure gives.
pub struct CellRows<'a> {
    columns: &'a [ColumnDef],
    len: usize,
    cell: &'a dyn Fn(usize, usize) -> Cow<'a, str>,
    sentence: Option<&'a dyn Fn(usize) -> String>,
    ticked: Option<&'a dyn Fn(usize) -> Option<bool>>,
}

impl<'a> CellRows<'a> {
    /// So many rows; `cell` gives the text of row and column.
    #[must_use]
    pub fn new(columns: &'a [ColumnDef], len: usize, cell: &'a dyn Fn(usize, usize) -> Cow<'a, str>) -> Self {
        Self { columns, len, cell, sentence: None, ticked: None }
    }

    /// With a row's words for screen readers.
    #[must_use]
    pub fn sentence(mut self, sentence: &'a dyn Fn(usize) -> String) -> Self {
        self.sentence = Some(sentence);
        self
    }

    /// With rows to be ticked.
    #[must_use]
    pub fn ticked(mut self, ticked: &'a dyn Fn(usize) -> Option<bool>) -> Self {
        self.ticked = Some(ticked);
        self
    }
}

impl Rows for CellRows<'_> {
    fn len(&self) -> usize {
        self.len
    }
    fn columns(&self) -> &[ColumnDef] {
        self.columns
    }
    fn cell(&self, row: usize, column: usize) -> Cow<'_, str> {
        (self.cell)(row, column)
    }
    fn sentence(&self, row: usize) -> Option<String> {
        self.sentence.map(|sentence| sentence(row))
    }
    fn ticked(&self, row: usize) -> Option<bool> {
        self.ticked.and_then(|ticked| ticked(row))
    }
}

/// The light table.
pub struct List;

impl List {
    /// Shows the rows; `version` is another number whenever they are others than before.
    pub fn show(ui: &mut Ui, state: &mut ListState, input: &TableInput<'_>, version: u64) -> TableOutput {
        state.sort(input.rows, version);
        if state.table.cursor.map(|at| state.order.get(at).map(|row| *row as usize)) != state.at.map(Some) {
            state.table.cursor = state.at.and_then(|row| state.position(row));
        }
        let ListState { table, order, .. } = state;
        let rows = Ordered { rows: input.rows, order };
        let style = |row: usize, column: usize, text: &str| {
            input.decorate.map_or_else(CellStyle::default, |decorate| decorate(rows.row(row), column, text))
        };
        let hint = |row: usize| input.hint.map_or_else(String::new, |hint| hint(rows.row(row)));
        let input = TableInput { rows: &rows, decorate: Some(&style), hint: Some(&hint), ..*input };
        let mut out = Table::show(ui, table, &input);
        let row = |position: usize| rows.row(position);
        for place in [&mut out.clicked, &mut out.ticked, &mut out.chosen, &mut out.activated, &mut out.hovered] {
            *place = place.map(row);
        }
        out.menu = out.menu.map(|(position, at)| (row(position), at));
        let at = table.cursor.map(row);
        state.at = at.filter(|row| *row != usize::MAX);
        out
    }

    /// Shows rows whose state nobody keeps: it lives with the window, by the table's id. `chosen` is the screen's own
    /// chosen row, where it has one.
    pub fn show_kept(ui: &mut Ui, chosen: Option<Option<usize>>, input: &TableInput<'_>, version: u64) -> TableOutput {
        let state = ui.data_mut(|data| {
            std::sync::Arc::clone(
                data.get_temp_mut_or_default::<std::sync::Arc<egui::mutex::Mutex<ListState>>>(input.id),
            )
        });
        let mut state = state.lock();
        if let Some(row) = chosen {
            // other rows than before forget the choice first
            state.sort(input.rows, version);
            state.follow(row);
        }
        Self::show(ui, &mut state, input, version)
    }

    /// The menu of a row, where one was asked for; `add` fills it.
    pub fn menu(
        ui: &Ui,
        state: &mut ListState,
        input: &TableInput<'_>,
        out: &TableOutput,
        add: impl FnOnce(&mut Ui, usize),
    ) {
        let asked = out.menu.map(|(row, at)| (row as u64, at));
        state.table.menu = asked.or(state.table.menu);
        let Some((row, at)) = state.table.menu else { return };
        let popup = Popup::new(input.id.with("menu"), ui.ctx().clone(), at, ui.layer_id())
            .kind(PopupKind::Menu)
            .layout(egui::Layout::top_down_justified(Align::Min))
            .gap(0.0)
            .open_memory(asked.map(|_| SetOpenCommand::Bool(true)));
        if popup.show(|ui| add(ui, row as usize)).is_none() {
            state.table.menu = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_by_value_and_names_by_the_numbers_in_them() {
        let less = |a: &str, b: &str, numbers: bool| {
            assert_eq!(compare(a, b, numbers), Ordering::Less, "{a} {b}");
            assert_eq!(compare(b, a, numbers), Ordering::Greater, "{b} {a}");
        };
        less("999", "1,000", true);
        less("12.34", "12.5", true);
        less("−3", "2", true);
        less("9.5%", "10%", true);
        less("9 家", "10 家", true);
        less("第 2 次", "第 10 次", false);
        less("2027-02", "2027-10", false);
        less("甲", "甲乙", false);
        assert_eq!(compare("007", "7", false), Ordering::Equal);
    }

    #[test]
    fn empty_cells_stand_last_in_both_directions() {
        let columns = [ColumnDef::text("a", "甲", 50.0), ColumnDef::number("b", "乙", 50.0)];
        let cells = [["x", "2"], ["", "10"], ["y", ""]];
        let cell = |row: usize, column: usize| Cow::Borrowed(cells[row][column]);
        let rows = CellRows::new(&columns, 3, &cell);
        let by = |column: &str, descending| sorted(&rows, &[SortKey { column: column.into(), descending }]);
        assert_eq!(by("a", false), [0, 2, 1]);
        assert_eq!(by("a", true), [2, 0, 1]);
        assert_eq!(by("b", false), [0, 1, 2]);
        assert_eq!(by("b", true), [1, 0, 2]);
        assert_eq!(sorted(&rows, &[]), [0, 1, 2]);
    }
}
