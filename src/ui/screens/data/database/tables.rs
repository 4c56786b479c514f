//! The tables of a database: which may be read, what each is read as.

use std::borrow::Cow;

use egui::Ui;

use crate::registry::{DatabaseMapping, DatabaseTable, FileMapping, Mapping, TableKind};
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, TableInput};
use crate::ui::text::database as t;
use crate::ui::theme;
use crate::ui::widgets::thousands;
use crate::workspace::intake::database_look::{ChosenTable, DatabaseLook, TableLook, entry_for, is_query};
use crate::workspace::view::CellValue;

/// A table, a view or a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TableRow {
    /// `schema.table`, or a query.
    pub(super) from: String,
    /// What the server says of it.
    look: Option<TableLook>,
    /// What it is read as.
    pub(super) read_as: Option<TableKind>,
    /// Columns that the project knows by hand from before.
    known: Option<FileMapping>,
    /// Columns by hand.
    pub(super) by_hand: Option<FileMapping>,
}

impl TableRow {
    fn new(from: String, read_as: Option<TableKind>) -> Self {
        Self { from, look: None, read_as, known: None, by_hand: None }
    }

    /// True for a query.
    pub(super) fn is_query(&self) -> bool {
        is_query(&self.from)
    }

    /// What it is called.
    pub(super) fn title(&self) -> String {
        if self.is_query() { t::QUERY.to_owned() } else { self.from.clone() }
    }

    /// Reads it as another table, or not at all: columns of another one mean nothing there.
    pub(super) fn read_as(&mut self, kind: Option<TableKind>) {
        if self.read_as == kind {
            return;
        }
        let said = self.look.as_ref().and_then(|look| look.entry.clone()).filter(|entry| entry.table == kind);
        let was_known = self.known.take().is_some();
        // what the project knows of another table would go before what is recognised
        self.by_hand = said.or_else(|| (was_known && kind.is_some()).then(FileMapping::default));
        self.read_as = kind;
    }

    /// The columns by hand that count, with the table.
    pub(super) fn entry(&self) -> Option<FileMapping> {
        let entry = self.by_hand.as_ref().or(self.known.as_ref());
        let kind = self.read_as?;
        Some(FileMapping { table: Some(kind), ..entry.cloned().unwrap_or_default() })
    }

    fn cell(&self, column: usize, listed: bool) -> Cow<'_, str> {
        let look = self.look.as_ref();
        match column {
            0 => match (self.read_as, look.and_then(|look| look.taken)) {
                (Some(kind), _) => Cow::Borrowed(kind.label()),
                (None, Some(kind)) => Cow::Owned(t::looks_like(kind)),
                (None, None) => Cow::Borrowed(""),
            },
            1 => Cow::Borrowed(look.map_or("", |look| &look.schema)),
            2 => Cow::Borrowed(look.map_or(self.from.as_str(), |look| &look.name)),
            3 if self.is_query() => Cow::Borrowed(t::QUERY),
            3 => Cow::Borrowed(look.map_or("", |look| look.relation)),
            4 => Cow::Owned(look.and_then(|look| look.rows).map(thousands).unwrap_or_default()),
            _ if look.is_none() && listed && !self.is_query() => Cow::Borrowed(t::NOT_LISTED),
            _ => Cow::Borrowed(look.map_or("", |look| &look.comment)),
        }
    }
}

/// All of them.
#[derive(Default)]
pub(super) struct Tables {
    rows: Vec<TableRow>,
    version: u64,
    /// What a server said: how many it lists, and whether there are more.
    listed: Option<(usize, bool)>,
    chosen: Option<usize>,
}

impl Tables {
    /// Takes what a project has kept.
    pub(super) fn fill(&mut self, kept: &DatabaseMapping, mapping: &Mapping) {
        self.clear();
        self.rows = kept
            .tables
            .iter()
            .map(|table| TableRow {
                known: entry_for(table, mapping),
                ..TableRow::new(table.from.clone(), Some(table.table))
            })
            .collect();
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        let version = self.version + 1;
        *self = Self { version, ..Self::default() };
    }

    /// Takes what a server lists; what is chosen already stays. Without any choice each table of ours that one listed
    /// alone looks like is read from it.
    pub(super) fn merge(&mut self, look: DatabaseLook) {
        let first = self.rows.iter().all(|row| row.read_as.is_none());
        self.rows.retain(|row| row.read_as.is_some() || row.is_query());
        for row in &mut self.rows {
            row.look = None;
        }
        self.listed = Some((look.tables.len(), look.more));
        let mut others = Vec::new();
        for table in look.tables {
            match self.rows.iter_mut().find(|row| row.from == table.from) {
                Some(row) => row.look = Some(table),
                None => others.push(TableRow { look: Some(table.clone()), ..TableRow::new(table.from, None) }),
            }
        }
        if first {
            for kind in TableKind::ALL {
                let mut alike =
                    others.iter_mut().filter(|row| row.look.as_ref().is_some_and(|look| look.taken == Some(kind)));
                if let (Some(only), None) = (alike.next(), alike.next()) {
                    only.read_as(Some(kind));
                }
            }
        }
        // what is read stands first, then what looks like something
        let rank = |row: &TableRow| match (row.read_as, row.look.as_ref().and_then(|look| look.taken)) {
            (Some(_), _) => 0,
            (None, Some(_)) => 1,
            (None, None) => 2,
        };
        others.sort_by_key(rank);
        self.rows.append(&mut others);
        self.version += 1;
        self.chosen = (!self.rows.is_empty()).then_some(0);
    }

    /// Adds a query, or puts it in the place of the one chosen.
    pub(super) fn put_query(&mut self, text: String, kind: TableKind, over: bool) {
        let row = TableRow::new(text, Some(kind));
        if let Some(old) = self.chosen.filter(|_| over).and_then(|at| self.rows.get_mut(at)) {
            *old = row;
        } else {
            self.rows.insert(0, row);
            self.chosen = Some(0);
        }
        self.version += 1;
    }

    /// The row that is looked at.
    pub(super) fn looked_at(&mut self) -> Option<&mut TableRow> {
        self.rows.get_mut(self.chosen?)
    }

    /// True without any table.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many a server lists, and whether there are more; `None` before it was asked.
    pub(super) fn listed(&self) -> Option<(usize, bool)> {
        self.listed
    }

    /// What is to be read.
    pub(super) fn to_read(&self) -> Vec<ChosenTable> {
        let chosen = |row: &TableRow| {
            let table = DatabaseTable { table: row.read_as?, from: row.from.clone() };
            Some(ChosenTable { table, entry: row.by_hand.clone() })
        };
        self.rows.iter().filter_map(chosen).collect()
    }

    /// Draws the list.
    pub(super) fn ui(&mut self, ui: &mut Ui, height: f32) {
        let c = t::TABLE_COLUMNS;
        let columns = [
            ColumnDef::text("as", c[0], 120.0).share(0.6),
            ColumnDef::text("schema", c[1], 90.0).share(0.4),
            ColumnDef::text("name", c[2], 150.0).share(1.0),
            ColumnDef::text("kind", c[3], 76.0),
            ColumnDef::number("rows", c[4], 96.0),
            ColumnDef::text("comment", c[5], 120.0).share(1.0),
        ];
        let (rows, listed) = (&self.rows, self.listed.is_some());
        let cell = |at: usize, column: usize| rows.get(at).map_or(Cow::Borrowed(""), |row| row.cell(column, listed));
        let value = |at: usize, column: usize| {
            let count = rows.get(at)?.look.as_ref()?.rows?;
            (column == 4).then_some(CellValue::Number(count as f64))
        };
        let palette = *theme::of(ui);
        let style = |at: usize, column: usize, _: &str| match rows.get(at) {
            Some(row) if column == 0 && row.read_as.is_some() => {
                CellStyle { ink: Some(palette.accent), strong: true, ..CellStyle::default() }
            }
            Some(row) if column == 0 || row.look.is_none() && column == 5 => {
                CellStyle { ink: Some(palette.muted), ..CellStyle::default() }
            }
            _ => CellStyle::default(),
        };
        let shown = CellRows::new(&columns, rows.len(), &cell).values(&value);
        let input = TableInput::new(ListId::DatabaseTables, &shown).decorate(&style).empty(t::NO_TABLES).height(height);
        let out = List::show_kept(ui, Some(self.chosen), &input, self.version);
        self.chosen = out.chosen.or(self.chosen);
    }

    /// The rows' cells are others than before.
    pub(super) fn touch(&mut self) {
        self.version += 1;
    }
}
