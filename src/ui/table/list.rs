//! A list: rows that are all at hand, with all the tools of a table.
//!
//! Positions in what goes in and comes out are the source's, whatever the order shown; keys of the selection are
//! these positions. A screen that keeps the chosen row itself says so with [`ListState::follow`].
//!
//! Invariants: the rows' cells are walked over where rows, filters, search or sort keys change, or a tool asks for
//! values for the first time; a frame in which nothing changes asks for the cells in sight alone.

use std::borrow::Cow;
use std::sync::Arc;

use egui::Ui;
use polars::prelude::{Column, DataFrame};

use super::cells::{WHOLE, frame_of, identities_of, is_number, kept_of};
use super::file::common_unit;
use super::menu::TableMenu;
use super::tools::{Ground, Tools, Work, figures_of};
use super::{CellStyle, ColumnDef, Rows, Table, TableInput, TableOutput, TableState, Target, text};
use crate::diagnostic::Progress;
use crate::workspace::view::{CellFormat, CellValue, SortKey, ViewRequest, compute_view};

/// Rows whose cells are looked at for a common unit.
const UNIT_SAMPLE: usize = 200;
/// Space between a list and its tools, points.
const GAP: f32 = 4.0;

/// What an order was made of: filters, search and sort keys, and the number of the rows shown alone.
type Asked = (ViewRequest, Option<u64>);

/// Values of the rows: typed, and the columns with the units that their cells end with.
#[derive(Clone)]
struct Values {
    frame: DataFrame,
    defs: Arc<Vec<ColumnDef>>,
}

/// State of a list; the screen keeps one for each it shows.
#[derive(Default)]
pub struct ListState {
    /// Layout, sort keys, selection.
    pub table: TableState,
    tools: Tools,
    /// Rows of the source in the order shown.
    order: Arc<Vec<u32>>,
    /// What the order was made of.
    asked: Option<Asked>,
    /// Version and number of the rows.
    rows: Option<(u64, usize)>,
    values: Option<Values>,
    /// All rows in the order of these keys: a search walks over it and sorts nothing.
    sorted: Option<(Vec<SortKey>, Arc<Vec<u32>>)>,
    /// The total of the rows shown, where not all are.
    total: Option<(usize, Vec<String>)>,
    /// The row that the keyboard is at.
    at: Option<usize>,
    /// The row that the screen last said.
    followed: Option<usize>,
    menu: TableMenu,
    restored: bool,
}

impl ListState {
    /// The row that was chosen last.
    #[must_use]
    pub fn chosen(&self) -> Option<usize> {
        self.at
    }

    /// Makes the screen's chosen row the table's; one that was chosen elsewhere is brought into sight.
    pub fn follow(&mut self, row: Option<usize>) {
        // a row that is filtered away is not asked for again and again
        if self.at == row || (self.followed == row && row.is_some()) {
            self.followed = row;
            return;
        }
        self.followed = row;
        self.at = row;
        self.table.selection.set(row.map(|row| row as u64));
        self.table.jump = row.and_then(|row| self.position(row));
    }

    /// True while a window of its tools is open.
    pub(super) fn is_asking(&self) -> bool {
        self.tools.is_asking()
    }

    /// The selected rows, ascending, those that are filtered away among them.
    #[must_use]
    pub fn selected(&self) -> Vec<usize> {
        self.table.selection.keys().iter().map(|key| *key as usize).collect()
    }

    /// The rows shown, in their order.
    #[must_use]
    pub fn shown(&self) -> &[u32] {
        &self.order
    }

    fn position(&self, row: usize) -> Option<usize> {
        self.order.iter().position(|at| *at as usize == row)
    }

    /// Takes other rows in.
    fn take(&mut self, rows: &dyn Rows, version: u64) {
        let has = |column: &str| rows.columns().iter().any(|def| def.id == column);
        self.table.sort.retain(|key| has(&key.column));
        self.tools.retain(has);
        let now = (version, rows.len());
        if self.rows != Some(now) {
            // keys are positions among the rows: of other rows they mean nothing
            if self.rows.is_some() {
                self.table.selection.clear();
                self.at = None;
                self.followed = None;
            }
            self.rows = Some(now);
            self.menu.close();
            self.values = None;
            self.sorted = None;
            self.asked = None;
            self.tools.rows_changed();
        }
    }

    /// Filters and sorts where rows, filters, search or keys are others than before.
    fn arrange(&mut self, rows: &dyn Rows) {
        let request = ViewRequest { natural: true, ..self.tools.request(&self.table.sort, vec![WHOLE.to_owned()]) };
        let only = self.tools.only();
        let asked = (request, only.as_ref().map(|(_, number)| *number));
        if self.asked.as_ref() == Some(&asked) {
            return;
        }
        let plain = asked.0.sort.is_empty() && !self.tools.is_restricting();
        let view = if plain {
            None
        } else {
            let frame = values_of(&mut self.values, rows).frame.clone();
            let keys = asked.0.sort.clone();
            if self.sorted.as_ref().is_none_or(|(of, _)| *of != keys) {
                let request = ViewRequest { natural: true, sort: keys.clone(), ..ViewRequest::default() };
                let all = compute_view(&frame, &request, &Progress::none()).ok();
                self.sorted = all.map(|view| (keys, view.rows));
            }
            let sorted = self.sorted.as_ref().map(|(_, rows)| Arc::clone(rows)).unwrap_or_default();
            if self.tools.is_restricting() {
                let within = only.map(|(rows, _)| rows);
                let request = ViewRequest { within, sort: Vec::new(), ..asked.0.clone() };
                compute_view(&frame, &request, &Progress::none()).ok().map(|view| kept_of(&sorted, &view.rows))
            } else {
                Some(sorted)
            }
        };
        self.order = view.unwrap_or_else(|| Arc::new((0..rows.len() as u32).collect()));
        self.asked = Some(asked);
        self.total = None;
        self.table.cursor = self.at.and_then(|row| self.position(row));
        self.table.anchor = self.table.cursor;
    }

    /// Takes the layout of an earlier session, once.
    fn restore(&mut self, ui: &Ui, id: egui::Id) {
        if !std::mem::replace(&mut self.restored, true)
            && let Some(kept) = ui.data_mut(|data| data.get_persisted::<TableState>(layout_id(id)))
        {
            (self.table.columns, self.table.frozen, self.table.sort) = (kept.columns, kept.frozen, kept.sort);
        }
    }
}

fn layout_id(id: egui::Id) -> egui::Id {
    id.with("layout")
}

/// The rows' values, made where they are asked for first.
fn values_of<'a>(values: &'a mut Option<Values>, rows: &dyn Rows) -> &'a Values {
    values.get_or_insert_with(|| {
        let mut defs = rows.columns().to_vec();
        for (at, def) in defs.iter_mut().enumerate().filter(|(_, def)| is_number(def)) {
            let cells: Vec<Cow<'_, str>> = (0..rows.len().min(UNIT_SAMPLE)).map(|row| rows.cell(row, at)).collect();
            def.unit = common_unit(cells.iter().map(AsRef::as_ref));
        }
        Values { frame: frame_of(rows), defs: Arc::new(defs) }
    })
}

/// A list as what its tools work on.
struct ListGround<'a> {
    name: &'a str,
    rows: &'a dyn Rows,
    values: &'a mut Option<Values>,
    order: Arc<Vec<u32>>,
}

impl Ground for ListGround<'_> {
    fn name(&self) -> &str {
        self.name
    }
    fn defs(&self) -> &[ColumnDef] {
        self.values.as_ref().map_or_else(|| self.rows.columns(), |values| &values.defs)
    }
    fn frame(&mut self) -> DataFrame {
        values_of(self.values, self.rows).frame.clone()
    }
    fn identities(&mut self) -> Vec<Column> {
        identities_of(self.rows)
    }
    fn format(&self, _: &str) -> CellFormat {
        CellFormat::Plain
    }
    fn order(&self) -> Arc<Vec<u32>> {
        Arc::clone(&self.order)
    }
    fn within(&self) -> Option<Arc<Vec<u32>>> {
        None
    }
    fn whole(&self) -> usize {
        self.rows.len()
    }
    fn work(&self) -> Work<'_> {
        Work::Now
    }
    fn names_targets(&self) -> bool {
        !self.rows.is_empty() && self.rows.target(0).is_some_and(|target| target.month.is_some())
    }
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
    fn value(&self, row: usize, column: usize) -> Option<CellValue> {
        self.rows.value(self.row(row), column)
    }
    fn target(&self, row: usize) -> Option<Target> {
        self.rows.target(self.row(row))
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
    values: Option<&'a dyn Fn(usize, usize) -> Option<CellValue>>,
    targets: Option<&'a dyn Fn(usize) -> Option<Target>>,
}

impl<'a> CellRows<'a> {
    /// So many rows; `cell` gives the text of row and column.
    #[must_use]
    pub fn new(columns: &'a [ColumnDef], len: usize, cell: &'a dyn Fn(usize, usize) -> Cow<'a, str>) -> Self {
        Self { columns, len, cell, sentence: None, ticked: None, values: None, targets: None }
    }

    /// With a row's words for screen readers.
    #[must_use]
    pub fn sentence(mut self, sentence: &'a dyn Fn(usize) -> String) -> Self {
        self.sentence = Some(sentence);
        self
    }

    /// With values where a cell's text doesn't tell all of it (a rounded number that is summed).
    #[must_use]
    pub fn values(mut self, values: &'a dyn Fn(usize, usize) -> Option<CellValue>) -> Self {
        self.values = Some(values);
        self
    }

    /// With the units that the rows are about.
    #[must_use]
    pub fn targets(mut self, targets: &'a dyn Fn(usize) -> Option<Target>) -> Self {
        self.targets = Some(targets);
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
    fn value(&self, row: usize, column: usize) -> Option<CellValue> {
        self.values.and_then(|values| values(row, column))
    }
    fn target(&self, row: usize) -> Option<Target> {
        self.targets.and_then(|targets| targets(row))
    }
}

/// A list.
pub struct List;

impl List {
    /// Shows the rows; `version` is another number whenever they are others than before.
    pub fn show(ui: &mut Ui, state: &mut ListState, input: &TableInput<'_>, version: u64) -> TableOutput {
        state.restore(ui, input.id);
        state.take(input.rows, version);
        state.arrange(input.rows);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = GAP;
            ui.vertical(|ui| Self::parts(ui, state, input)).inner
        })
        .inner
    }

    /// Tools, table, figures, from the top.
    fn parts(ui: &mut Ui, state: &mut ListState, input: &TableInput<'_>) -> TableOutput {
        let top = ui.cursor().top();
        let mut changed = false;
        let names: Vec<String> = state.tools.filters.iter().map(|filter| filter.column.clone()).collect();
        let filtered: Vec<&str> = names.iter().map(String::as_str).collect();
        if !input.folded || state.tools.unfolded || state.tools.is_restricting() {
            let mut ground = ListGround {
                name: input.name,
                rows: input.rows,
                values: &mut state.values,
                order: Arc::clone(&state.order),
            };
            changed |= state.tools.bar(ui, &mut ground, &mut state.table, false, |_| {});
            // what was typed is answered in this frame
            state.arrange(input.rows);
        }
        let used = ui.cursor().top() - top;
        let below = Tools::status_height(&state.table);
        let height = match input.height {
            Some(height) if input.whole => height,
            Some(height) => height - used - below,
            None => ui.available_height() - below,
        };
        if state.table.cursor.map(|at| state.order.get(at).map(|row| *row as usize)) != state.at.map(Some) {
            state.table.cursor = state.at.and_then(|row| state.position(row));
        }
        let total = state.total_of(input);
        let order = Arc::clone(&state.order);
        let rows = Ordered { rows: input.rows, order: &order };
        let style = |row: usize, column: usize, text: &str| {
            input.decorate.map_or_else(CellStyle::default, |decorate| decorate(rows.row(row), column, text))
        };
        let hint = |row: usize| input.hint.map_or_else(String::new, |hint| hint(rows.row(row)));
        let empty = if input.rows.is_empty() { input.empty } else { text::EMPTY_VIEW };
        let shown = TableInput {
            rows: &rows,
            decorate: Some(&style),
            hint: Some(&hint),
            filtered: &filtered,
            empty,
            total: &total,
            height: Some(height),
            items: None,
            ..*input
        };
        let mut out = Table::show(ui, &mut state.table, &shown);
        state.at = state.table.cursor.map(|at| rows.row(at)).filter(|row| *row != usize::MAX);
        let mut ground =
            ListGround { name: input.name, rows: input.rows, values: &mut state.values, order: Arc::clone(&order) };
        state.tools.status(ui, &mut ground, &state.table);
        state.tools.after(ui, &mut ground, &mut state.table, &out);
        let row = |position: usize| rows.row(position);
        for place in [&mut out.clicked, &mut out.ticked, &mut out.chosen, &mut out.activated, &mut out.hovered] {
            *place = place.map(row);
        }
        out.menu = out.menu.map(|(position, at)| (row(position), at));
        state.menu.ui(ui, &mut state.table, &mut state.tools, input, &mut out);
        if changed || out.layout_changed || out.sort.is_some() {
            let kept = state.table.kept();
            ui.data_mut(|data| data.insert_persisted(layout_id(input.id), kept));
        }
        out
    }

    /// Shows rows whose state nobody keeps: it lives with the window, by the table's id. `chosen` is the screen's own
    /// chosen row, where it has one.
    pub fn show_kept(ui: &mut Ui, chosen: Option<Option<usize>>, input: &TableInput<'_>, version: u64) -> TableOutput {
        let state = ui
            .data_mut(|data| Arc::clone(data.get_temp_mut_or_default::<Arc<egui::mutex::Mutex<ListState>>>(input.id)));
        let mut state = state.lock();
        if let Some(row) = chosen {
            // other rows than before forget the choice first
            state.take(input.rows, version);
            state.arrange(input.rows);
            state.follow(row);
        }
        Self::show(ui, &mut state, input, version)
    }
}

impl ListState {
    /// The total below the rows: the screen's own, or that of the rows shown where not all are.
    fn total_of(&mut self, input: &TableInput<'_>) -> Vec<String> {
        if input.total.is_empty() || !self.tools.is_restricting() {
            return input.total.to_vec();
        }
        let key = Arc::as_ptr(&self.order).addr();
        if let Some((of, total)) = &self.total
            && *of == key
        {
            return total.clone();
        }
        let frame = values_of(&mut self.values, input.rows).frame.clone();
        let columns = input.rows.columns().iter().zip(input.total);
        let mut first = true;
        let total: Vec<String> = columns
            .map(|(def, of_all)| {
                if std::mem::take(&mut first) && !def.adds {
                    return text::SHOWN_SUM.to_owned();
                }
                if def.adds { figures_of(&frame, &def.id, &self.order, of_all) } else { String::new() }
            })
            .collect();
        self.total = Some((key, total.clone()));
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(rows: &dyn Rows, sort: &[SortKey]) -> Vec<u32> {
        let mut state = ListState::default();
        state.table.sort = sort.to_vec();
        state.take(rows, 0);
        state.arrange(rows);
        state.order.to_vec()
    }

    #[test]
    fn numbers_stand_by_value_and_names_by_the_numbers_in_them() {
        let columns = [ColumnDef::text("a", "甲", 50.0), ColumnDef::number("b", "乙", 50.0)];
        let cells =
            [["第 10 次", "1,000"], ["第 2 次", "999"], ["第 9 次", "−3"], ["第 9 次乙", "12.34%"], ["", "10 家"]];
        let cell = |row: usize, column: usize| Cow::Borrowed(cells[row][column]);
        let rows = CellRows::new(&columns, cells.len(), &cell);
        let by = |column: &str| order(&rows, &[SortKey { column: column.into(), descending: false }]);
        assert_eq!(by("a"), [1, 2, 3, 0, 4]);
        assert_eq!(by("b"), [2, 4, 3, 1, 0]);
    }

    #[test]
    fn empty_cells_stand_last_in_both_directions() {
        let columns = [ColumnDef::text("a", "甲", 50.0), ColumnDef::number("b", "乙", 50.0)];
        let cells = [["x", "2"], ["", "10"], ["y", ""]];
        let cell = |row: usize, column: usize| Cow::Borrowed(cells[row][column]);
        let rows = CellRows::new(&columns, 3, &cell);
        let by = |column: &str, descending| order(&rows, &[SortKey { column: column.into(), descending }]);
        assert_eq!(by("a", false), [0, 2, 1]);
        assert_eq!(by("a", true), [2, 0, 1]);
        assert_eq!(by("b", false), [0, 1, 2]);
        assert_eq!(by("b", true), [1, 0, 2]);
        assert_eq!(order(&rows, &[]), [0, 1, 2]);
    }
}
