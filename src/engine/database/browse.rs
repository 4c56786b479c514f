//! What a user may read of a database: schemas, tables and views with their columns.
//!
//! Read from the server's own catalogue in a read-only transaction; what the user has no right to read is not listed.
//! Only what every relative of PostgreSQL has in its catalogue is asked for.

use std::collections::BTreeMap;

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{IsolationLevel, Row, Transaction};

use super::DatabaseSource;
use super::address::Address;
use super::connect::connect;
use super::fault::answered;
use super::sql::{quoted, quoted_name};
use crate::diagnostic::{AppResult, Progress};

/// Tables listed at most: a name that is not among them can be typed.
pub const MOST_TABLES: usize = 2_000;
/// Columns of all of them at most.
const MOST_COLUMNS: usize = 200_000;

/// What a listed name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// A table.
    Table,
    /// A view.
    View,
    /// A view whose rows are kept.
    KeptView,
    /// A table of another server.
    Foreign,
    /// A table in parts.
    Partitioned,
}

/// A column of a listed table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedColumn {
    /// Its name.
    pub name: String,
    /// What the database's keepers say of it; empty for nothing.
    pub comment: String,
}

/// A table or view that the user may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTable {
    /// Schema.
    pub schema: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub relation: Relation,
    /// Rows by the server's statistics; `None` where it has none.
    pub rows: Option<u64>,
    /// What the database's keepers say of it; empty for nothing.
    pub comment: String,
    /// Columns, in the table's order.
    pub columns: Vec<ListedColumn>,
}

impl ListedTable {
    /// The table as it is written in a mapping: `permit.sources`, in quotes where the names need them.
    ///
    /// # Errors
    /// `DBS-003` for names that no table can have.
    pub fn from(&self) -> AppResult<String> {
        let exact = format!("{}.{}", quoted(&self.schema)?, quoted(&self.name)?);
        let plain = format!("{}.{}", self.schema, self.name);
        Ok(if quoted_name(&plain).is_ok_and(|read| read == exact) { plain } else { exact })
    }
}

/// Tables and views with the right to read them; the parts of a table in parts stand for themselves nowhere.
const TABLES: &str = "SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, \
    (CASE WHEN c.relkind = 'p' THEN (SELECT sum(k.reltuples) FROM pg_catalog.pg_inherits i \
        JOIN pg_catalog.pg_class k ON k.oid = i.inhrelid WHERE i.inhparent = c.oid AND k.reltuples > 0) \
     WHEN c.relkind IN ('r', 'm') AND c.relpages > 0 THEN c.reltuples END)::float8, \
    COALESCE(pg_catalog.substr(pg_catalog.obj_description(c.oid, 'pg_class'), 1, 200), '')::text \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') \
    AND n.nspname <> 'information_schema' AND pg_catalog.substr(n.nspname::text, 1, 3) <> 'pg_' \
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') \
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent \
        WHERE i.inhrelid = c.oid AND p.relkind = 'p') \
    ORDER BY 2, 3 LIMIT 2001";

/// Columns of such tables.
const COLUMNS: &str = "SELECT a.attrelid, a.attname::text, \
    COALESCE(pg_catalog.substr(pg_catalog.col_description(a.attrelid, a.attnum), 1, 200), '')::text \
    FROM pg_catalog.pg_attribute a WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped \
    ORDER BY a.attrelid, a.attnum LIMIT 200000";

/// The rows of a catalogue query, so many at most; whatever else a server sends is left alone.
fn rows_of(
    transaction: &mut Transaction<'_>,
    (query, with): (&str, &[&(dyn ToSql + Sync)]),
    most: usize,
    (address, progress): (&Address, &Progress),
) -> AppResult<Vec<Row>> {
    progress.check()?;
    let asked = transaction.query_raw(query, with.iter().copied());
    let rows = answered(asked, address, None, progress)?;
    answered(rows.take(most).collect(), address, None, progress)
}

/// The tables and views that the user may read, by schema and name, and whether there are more than are listed.
///
/// # Errors
/// `DBS-…` as one message; `JOB-001` once cancelled.
pub fn list_tables(source: &DatabaseSource, progress: &Progress) -> AppResult<(Vec<ListedTable>, bool)> {
    let address = &source.address;
    let mut connection = connect(address, source.password.as_ref(), source.ask, progress)?;
    connection.watched(progress, |client| {
        progress.begin("列出可以读取的表", 0);
        let place = (address, progress);
        let begun = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start();
        let mut transaction = answered(begun, address, None, progress)?;
        let mut found = rows_of(&mut transaction, (TABLES, &[]), MOST_TABLES + 1, place)?;
        let more = found.len() > MOST_TABLES;
        found.truncate(MOST_TABLES);
        let oids: Vec<u32> = answered(found.iter().map(|row| row.try_get(0)).collect(), address, None, progress)?;
        let mut columns: BTreeMap<u32, Vec<ListedColumn>> = BTreeMap::new();
        for row in rows_of(&mut transaction, (COLUMNS, &[&oids]), MOST_COLUMNS, place)? {
            let column =
                |row: &Row| Ok((row.try_get(0)?, ListedColumn { name: row.try_get(1)?, comment: row.try_get(2)? }));
            let (table, column) = answered(column(&row), address, None, progress)?;
            columns.entry(table).or_default().push(column);
        }
        let mut tables = Vec::with_capacity(found.len());
        for (row, oid) in found.iter().zip(oids) {
            let table = table_of(row, columns.remove(&oid).unwrap_or_default());
            tables.push(answered(table, address, None, progress)?);
        }
        answered(transaction.rollback(), address, None, progress)?;
        Ok((tables, more))
    })
}

fn table_of(row: &Row, columns: Vec<ListedColumn>) -> Result<ListedTable, postgres::Error> {
    let rows: Option<f64> = row.try_get(4)?;
    Ok(ListedTable {
        schema: row.try_get(1)?,
        name: row.try_get(2)?,
        relation: match row.try_get(3)? {
            "v" => Relation::View,
            "m" => Relation::KeptView,
            "f" => Relation::Foreign,
            "p" => Relation::Partitioned,
            _ => Relation::Table,
        },
        rows: rows.filter(|rows| *rows >= 0.0).map(|rows| rows as u64),
        comment: row.try_get(5)?,
        columns,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_table_is_written_as_a_mapping_reads_it() {
        let from = |schema: &str, name: &str| {
            let table = ListedTable {
                schema: schema.to_owned(),
                name: name.to_owned(),
                relation: Relation::Table,
                rows: None,
                comment: String::new(),
                columns: Vec::new(),
            };
            table.from().map_err(|error| error.code())
        };
        assert_eq!(from("permit", "sources").as_deref(), Ok("permit.sources"));
        assert_eq!(from("许可", "污染源名录").as_deref(), Ok("许可.污染源名录"));
        assert_eq!(from("Permit", "a b").as_deref(), Ok("\"Permit\".\"a b\""));
        assert_eq!(from("a.b", "c\"d").as_deref(), Ok("\"a.b\".\"c\"\"d\""));
        assert_eq!(from("", "x"), Err("DBS-003"));
        for (schema, name) in [("permit", "sources"), ("Permit", "a b"), ("a.b", "c\"d")] {
            let written = from(schema, name).unwrap();
            let exact = format!("{}.{}", quoted(schema).unwrap(), quoted(name).unwrap());
            assert_eq!(quoted_name(&written).unwrap(), exact);
        }
    }
}
