//! A database looked at before anything is read for good: who reads, what may be read, what each table is taken for.
//!
//! Recognition is that of files: a listed table is known by its columns' names, or by what the database's keepers say
//! of them where the names say nothing; a table's first rows go through the same reader as a file's.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{Column, DataFrame, DataType, PlSmallStr, Series};

use super::database::DatabaseRead;
use super::inspect::{SheetLook, look_at_raw};
use crate::diagnostic::{AppResult, Diagnostics, Progress};
use crate::engine::RemoteSource;
use crate::engine::database::{
    Address, DatabaseSource, ListedTable, Password, Relation, find_password, list_tables, password_place, read_first,
    snapshot_names,
};
pub use crate::engine::database::{PasswordPlace, is_query};
use crate::registry::{Aliases, DatabaseMapping, DatabaseTable, FileMapping, Mapping, NoMap, TableKind};
use crate::tabular::{Facts, RawTable, ReadOptions, load_tables};

/// Rows of a table that are looked at.
const FIRST_ROWS: u32 = 100;

/// Says where the password for an address comes from that nobody need type; `None` where there is none, or no address.
#[must_use]
pub fn known_password(address: &str) -> Option<PasswordPlace> {
    password_place(&Address::parse(address).ok()?)
}

/// Who reads which server: the address, and the password that was typed for as long as this is kept. It is kept by
/// nobody but the screen that asked, and shown by nothing.
#[derive(Debug, Clone)]
pub struct Login {
    address: Address,
    typed: Option<Password>,
}

/// What may be read of a database.
#[derive(Debug, Clone, Default)]
pub struct DatabaseLook {
    /// Tables and views, by schema and name.
    pub tables: Vec<TableLook>,
    /// There are more than are listed.
    pub more: bool,
}

/// A table or view, as it would be taken.
#[derive(Debug, Clone, PartialEq)]
pub struct TableLook {
    /// As a mapping names it: `permit.sources`.
    pub from: String,
    /// Schema.
    pub schema: String,
    /// Name.
    pub name: String,
    /// What it is, in a word.
    pub relation: &'static str,
    /// Rows by the server's statistics; `None` where it has none.
    pub rows: Option<u64>,
    /// What the database's keepers say of it.
    pub comment: String,
    /// The table that it would be taken for.
    pub taken: Option<TableKind>,
    /// Its columns by hand, where their names say nothing and the keepers' words do.
    pub entry: Option<FileMapping>,
}

/// A table of a database to be read, and its columns where they were said by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct ChosenTable {
    /// The table.
    pub table: DatabaseTable,
    /// Columns by hand; `None` for what is recognised.
    pub entry: Option<FileMapping>,
}

impl Login {
    /// Takes an address as it was typed, and a password; an empty one for what environment or `.pgpass` have.
    ///
    /// # Errors
    /// `DBS-001`, `DBS-002` with a password in the address, `DBS-004`.
    pub fn new(address: &str, typed: String) -> AppResult<Self> {
        Ok(Self { address: Address::parse(address)?, typed: Password::new(typed) })
    }

    /// True where it is for this address.
    #[must_use]
    pub fn is_for(&self, address: &str) -> bool {
        Address::parse(address).is_ok_and(|address| address == self.address)
    }

    /// True where a password was typed.
    #[must_use]
    pub fn has_typed(&self) -> bool {
        self.typed.is_some()
    }

    fn source(&self, tables: Vec<DatabaseTable>) -> DatabaseSource {
        let password = self.typed.clone().or_else(|| find_password(&self.address));
        DatabaseSource { address: self.address.clone(), tables, password, ask: None }
    }

    /// Lists what may be read.
    ///
    /// # Errors
    /// `DBS-…`, `JOB-001`.
    pub fn list(&self, progress: &Progress) -> AppResult<DatabaseLook> {
        let (listed, more) = list_tables(&self.source(Vec::new()), progress)?;
        let aliases = Aliases::built_in()?;
        let mut look = DatabaseLook { tables: Vec::with_capacity(listed.len()), more };
        for table in listed {
            progress.check()?;
            look.tables.push(look_at_listed(table, &aliases)?);
        }
        Ok(look)
    }

    /// The first rows of a table or query, as they would be taken.
    ///
    /// # Errors
    /// `DBS-…`, `RAW-…`, `JOB-001`.
    pub fn first_rows(&self, chosen: &ChosenTable, progress: &Progress) -> AppResult<SheetLook> {
        let tables = vec![chosen.table.clone()];
        let from = DatabaseMapping { address: self.address.to_string(), tables: tables.clone() };
        let read = DatabaseRead::lay(Some(from), None, read_first(&self.source(tables), FIRST_ROWS, progress)?)?;
        let mut raws = Vec::new();
        for path in read.paths() {
            let (options, mut notes) = (ReadOptions::default(), Diagnostics::with_cap(100));
            raws.extend(load_tables(path, &options, &|_| true, &mut notes, progress)?);
        }
        let raw = raws.pop().unwrap_or_else(|| named_table(String::new(), Vec::new()));
        Ok(look_at_raw(raw, chosen.entry.as_ref(), &Aliases::built_in()?, &NoMap))
    }

    /// Reads the tables in one snapshot.
    ///
    /// # Errors
    /// `DBS-…`, `IO-…`, `JOB-001`.
    pub fn read(&self, tables: Vec<DatabaseTable>, progress: &Progress) -> AppResult<Arc<DatabaseRead>> {
        let remote = RemoteSource { database: Some(self.source(tables)), feed: None };
        DatabaseRead::read(&remote, &Mapping::default(), progress)
    }
}

/// The mapping for tables of a database: what is known by hand of before, then each table's own columns. `None` where
/// no column was said by hand: what is recognised, and what the project knows, is used.
#[must_use]
pub fn mapping_for(chosen: &[ChosenTable], before: Option<&Mapping>) -> Option<Mapping> {
    if chosen.iter().all(|chosen| chosen.entry.is_none()) {
        return None;
    }
    let mut mapping = before.cloned().unwrap_or_default();
    let tables: Vec<DatabaseTable> = chosen.iter().map(|chosen| chosen.table.clone()).collect();
    for (chosen, file) in chosen.iter().zip(snapshot_names(&tables)) {
        let Some(entry) = &chosen.entry else { continue };
        mapping.files.retain(|known| !(known.file == file && known.sheet.is_none()));
        mapping.files.insert(0, FileMapping { file, sheet: None, table: Some(chosen.table.table), ..entry.clone() });
    }
    Some(mapping)
}

/// The columns by hand that a mapping has for a table.
#[must_use]
pub fn entry_for(table: &DatabaseTable, mapping: &Mapping) -> Option<FileMapping> {
    let file = snapshot_names(std::slice::from_ref(table)).pop()?;
    let (_, entry) = mapping.find(&file, None)?;
    (entry.table.is_none_or(|kind| kind == table.table) && !entry.ignore).then(|| entry.clone())
}

/// What a table is in a word.
fn word_of(relation: Relation) -> &'static str {
    match relation {
        Relation::Table => "表",
        Relation::View => "视图",
        Relation::KeptView => "物化视图",
        Relation::Foreign => "外部表",
        Relation::Partitioned => "分区表",
    }
}

/// A table of which nothing but the columns' names is known.
fn named_table(file: String, names: Vec<String>) -> RawTable {
    let empty = |name: &String| Column::from(Series::new_empty(PlSmallStr::from_str(name), &DataType::String));
    let cells = DataFrame::new(0, names.iter().map(empty).collect()).unwrap_or_default();
    RawTable {
        path: file.clone().into(),
        file,
        sheet: None,
        encoding: None,
        delimiter: None,
        rows: Vec::new(),
        cells,
        named: true,
        facts: Facts::default(),
    }
}

fn look_at_listed(listed: ListedTable, aliases: &Aliases) -> AppResult<TableLook> {
    let from = listed.from()?;
    let asked = DatabaseTable { table: TableKind::Sources, from: from.clone() };
    let file = snapshot_names(std::slice::from_ref(&asked)).pop().unwrap_or_default();
    let taken = |names: Vec<String>| {
        let looked = look_at_raw(named_table(file.clone(), names), None, aliases, &NoMap);
        looked.taken.ok().filter(|entry| entry.table.is_some())
    };
    let names: Vec<String> = listed.columns.iter().map(|column| column.name.clone()).collect();
    let (mut kind, mut entry) = (taken(names.clone()).and_then(|entry| entry.table), None);
    if kind.is_none() {
        let (headings, meant) = headings_by_comment(&listed, aliases);
        if !meant.is_empty()
            && let Some(found) = taken(headings)
        {
            kind = found.table;
            // columns are named as the database names them
            let own = |heading: &String| meant.get(heading).unwrap_or(heading).clone();
            let columns = found.columns.iter().map(|(id, heading)| (id.clone(), own(heading))).collect();
            entry = Some(FileMapping { table: kind, columns, ..FileMapping::default() });
        }
    }
    Ok(TableLook {
        from,
        relation: word_of(listed.relation),
        rows: listed.rows,
        taken: kind,
        entry,
        schema: listed.schema,
        name: listed.name,
        comment: listed.comment,
    })
}

/// Headings with the keepers' words in the place of names that no table knows, and what these words stand for.
fn headings_by_comment(listed: &ListedTable, aliases: &Aliases) -> (Vec<String>, BTreeMap<String, String>) {
    let is_known = |heading: &str| TableKind::ALL.into_iter().any(|kind| aliases.column(kind, heading).is_some());
    let mut meant = BTreeMap::new();
    let headings = listed.columns.iter().map(|column| {
        // 单位名称（全称）: what stands in brackets explains
        let word =
            column.comment.split(['（', '(', '，', ',', '：', ':', ';', '；', ' ', '\n']).next().unwrap_or_default();
        let own = listed.columns.iter().any(|other| other.name == word);
        if is_known(&column.name) || !is_known(word) || own || meant.contains_key(word) {
            return column.name.clone();
        }
        meant.insert(word.to_owned(), column.name.clone());
        word.to_owned()
    });
    (headings.collect(), meant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::database::ListedColumn;

    fn listed(name: &str, columns: &[(&str, &str)]) -> TableLook {
        let column =
            |(name, comment): &(&str, &str)| ListedColumn { name: (*name).to_owned(), comment: (*comment).to_owned() };
        let table = ListedTable {
            schema: "permit".to_owned(),
            name: name.to_owned(),
            relation: Relation::Table,
            rows: Some(7),
            comment: String::new(),
            columns: columns.iter().map(column).collect(),
        };
        look_at_listed(table, &Aliases::built_in().unwrap()).unwrap()
    }

    #[test]
    fn tables_are_known_by_their_columns_or_by_what_is_said_of_them() {
        let known = listed("t1", &[("排污许可证编号", ""), ("单位名称", ""), ("行政区", ""), ("管理类别", "")]);
        assert_eq!((known.taken, known.entry), (Some(TableKind::Sources), None));
        let said = [
            ("xkzbh", "排污许可证编号"),
            ("dwmc", "单位名称（全称）"),
            ("xzq", "行政区"),
            ("gllb", "管理类别"),
            ("bz", "备注"),
        ];
        let by_comment = listed("t2", &said);
        assert_eq!(by_comment.taken, Some(TableKind::Sources));
        let columns = by_comment.entry.unwrap().columns;
        assert_eq!(columns.get("name").map(String::as_str), Some("dwmc"), "{columns:?}");
        assert!(columns.values().all(|name| said.iter().any(|(own, _)| own == name)), "{columns:?}");
        let other = listed("t3", &[("a", "备注"), ("b", ""), ("c", "")]);
        assert_eq!((other.taken, other.entry), (None, None));
    }

    #[test]
    fn columns_by_hand_stand_in_the_mapping_under_the_names_of_what_is_kept() {
        let table = |kind, from: &str| DatabaseTable { table: kind, from: from.to_owned() };
        let by_hand = |id: &str, heading: &str| FileMapping {
            columns: [(id.to_owned(), heading.to_owned())].into(),
            ..FileMapping::default()
        };
        let plain = ChosenTable { table: table(TableKind::Sources, "permit.sources"), entry: None };
        assert_eq!(mapping_for(std::slice::from_ref(&plain), None), None);
        let query =
            ChosenTable { table: table(TableKind::Monitoring, "select 1 as x"), entry: Some(by_hand("outlet", "x")) };
        let mut before = Mapping::default();
        before.files.push(FileMapping { file: "名录.csv".into(), ..by_hand("name", "y") });
        let mapping = mapping_for(&[plain, query.clone()], Some(&before)).unwrap();
        let names: Vec<&str> = mapping.files.iter().map(|entry| entry.file.as_str()).collect();
        assert_eq!(names, ["monitoring.query.parquet", "名录.csv"]);
        assert_eq!(mapping.files[0].table, Some(TableKind::Monitoring));
        let known = entry_for(&query.table, &mapping).unwrap();
        assert_eq!(known.columns.get("outlet").map(String::as_str), Some("x"));
        let again = mapping_for(&[ChosenTable { entry: Some(known), ..query }], Some(&mapping)).unwrap();
        assert_eq!(again, mapping);
    }
}
