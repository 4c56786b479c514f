//! Tables as snapshots: all of them as they were at one moment, each a Parquet file.
//!
//! Invariant: the bytes of a snapshot depend on the rows alone, not on the order in which the server happened to give
//! them: they stand in the order of the table's primary key, where there is none in that of all columns, and only a
//! query that orders its rows itself keeps its order. So a hash of what was read says whether the data changed.

use std::collections::BTreeSet;

use polars::prelude::{DataFrame, SortMultipleOptions};
use postgres::types::Type;
use postgres::{IsolationLevel, Transaction};

use super::address::Address;
use super::connect::connect;
use super::copy::{CopyFault, read_rows};
use super::fault::{answered, strange_type, streaming};
use super::secret::Password;
use super::sql::{first_rows, is_ordered, is_query, quoted_name, select_of, snapshot_names};
use super::value::{Coding, ColumnBuilder, coding_of};
use super::{Ask, DatabaseSource};
use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::engine::feed::{Cells, Dialect, Engine, FeedColumn};
use crate::registry::mapping::DatabaseTable;
use crate::registry::{TableKind, frame_to_bytes};

/// A table as it was.
#[derive(Debug)]
pub struct Snapshot {
    /// Name of the file it is kept as.
    pub name: String,
    /// Which table it is here.
    pub table: TableKind,
    /// Parquet.
    pub bytes: Vec<u8>,
    /// Rows.
    pub rows: u64,
    /// Columns of its primary key; empty where it has none.
    pub key: Vec<String>,
    /// What is to be said of it.
    pub notes: Vec<Finding>,
}

/// Columns of a table's primary key, in the key's order.
const KEY: &str = "SELECT a.attname::text FROM pg_catalog.pg_index i \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) \
    WHERE i.indisprimary AND i.indrelid = pg_catalog.to_regclass($1::text) \
    ORDER BY array_position(i.indkey::int2[], a.attnum)";

/// Reads all tables of a source in one snapshot of the server, which nothing is changed in.
///
/// # Errors
/// `DBS-…` as one message; `JOB-001` once cancelled.
pub fn read_tables(source: &DatabaseSource, progress: &Progress) -> AppResult<Vec<Snapshot>> {
    read(source, None, progress)
}

/// Reads so many rows of each table, in whatever order the server gives them: to be looked at.
///
/// # Errors
/// As [`read_tables`].
pub fn read_first(source: &DatabaseSource, rows: u32, progress: &Progress) -> AppResult<Vec<Snapshot>> {
    read(source, Some(rows), progress)
}

fn read(source: &DatabaseSource, most: Option<u32>, progress: &Progress) -> AppResult<Vec<Snapshot>> {
    let address = &source.address;
    let mut connection = connect(address, source.password.as_ref(), source.ask, progress)?;
    connection.watched(progress, |client| {
        let begun = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start();
        let mut transaction = answered(begun, address, None, progress)?;
        let mut snapshots = Vec::with_capacity(source.tables.len());
        for (table, name) in source.tables.iter().zip(snapshot_names(&source.tables)) {
            snapshots.push(read_table(&mut transaction, (table, name), most, address, progress)?);
        }
        answered(transaction.rollback(), address, None, progress)?;
        Ok(snapshots)
    })
}

fn read_table(
    transaction: &mut Transaction<'_>,
    (table, name): (&DatabaseTable, String),
    most: Option<u32>,
    address: &Address,
    progress: &Progress,
) -> AppResult<Snapshot> {
    let shown = if is_query(&table.from) { format!("{} 的查询", table.table.label()) } else { table.from.clone() };
    progress.check()?;
    progress.begin(&format!("读取数据库 {shown}"), 0);
    let query = select_of(table)?;
    let query = most.map_or_else(|| query.clone(), |most| first_rows(&query, most));
    let Fetched { names, builders, rows } = fetch(transaction, &query, &shown, address, progress)?;
    let key = if is_query(&table.from) {
        Vec::new()
    } else {
        let found = transaction.query(KEY, &[&quoted_name(&table.from)?]);
        answered(found, address, Some(&shown), progress)?.iter().map(|row| row.get::<_, String>(0)).collect()
    };
    let mut notes = Vec::new();
    for (name_of_column, builder) in names.iter().zip(&builders) {
        if builder.endless > 0 {
            let said = format!("有 {} 个没有尽头的日期（infinity），已按空白处理", builder.endless);
            notes.push(Finding::warning("DBS-028", said).file(name.clone()).column(name_of_column));
        }
    }
    let ordered = is_query(&table.from) && is_ordered(&query);
    let frame = frame_of(builders, rows, (!ordered).then_some(key.as_slice()))?;
    Ok(Snapshot { name, table: table.table, bytes: frame_to_bytes(&frame)?, rows, key, notes })
}

/// The statements of a feed on one connection: one read-only snapshot for all of them.
struct Queries<'c, 't> {
    transaction: Transaction<'t>,
    address: &'c Address,
    progress: &'c Progress,
}

/// Connects, and does work with a snapshot of the server, in the office's time.
///
/// # Errors
/// `DBS-…`, `JOB-001`, those of the work.
pub fn with_queries<T>(
    address: &Address,
    (password, ask): (Option<&Password>, Ask),
    progress: &Progress,
    work: impl FnOnce(&mut dyn Engine) -> AppResult<T>,
) -> AppResult<T> {
    let mut connection = connect(address, password, ask, progress)?;
    connection.watched(progress, |client| {
        answered(client.batch_execute("SET TIME ZONE 'Asia/Shanghai'"), address, None, progress)?;
        let begun = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start();
        let transaction = answered(begun, address, None, progress)?;
        let mut queries = Queries { transaction, address, progress };
        let done = work(&mut queries)?;
        answered(queries.transaction.rollback(), address, None, progress)?;
        Ok(done)
    })
}

impl Engine for Queries<'_, '_> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn columns(&mut self, query: &str, what: &str) -> AppResult<Vec<FeedColumn>> {
        let columns = prepare(&mut self.transaction, query, what, self.address, self.progress)?;
        let column = |(name, kind): (String, Type)| FeedColumn {
            name,
            cells: coding_of(&kind).map_or(Cells::Other, Coding::cells),
            kind: kind.to_string(),
        };
        Ok(columns.into_iter().map(column).collect())
    }

    fn query(&mut self, query: &str, what: &str) -> AppResult<DataFrame> {
        let Fetched { builders, rows, .. } = fetch(&mut self.transaction, query, what, self.address, self.progress)?;
        frame_of(builders, rows, None)
    }
}

/// A query's rows, its columns not finished yet.
struct Fetched {
    names: Vec<String>,
    builders: Vec<ColumnBuilder>,
    rows: u64,
}

/// The columns of a query, none of its rows.
fn prepare(
    transaction: &mut Transaction<'_>,
    query: &str,
    shown: &str,
    address: &Address,
    progress: &Progress,
) -> AppResult<Vec<(String, Type)>> {
    let prepared = answered(transaction.prepare(query), address, Some(shown), progress)?;
    let columns = prepared.columns().iter().map(|column| (column.name().to_owned(), column.type_().clone()));
    Ok(columns.collect())
}

fn fetch(
    transaction: &mut Transaction<'_>,
    query: &str,
    shown: &str,
    address: &Address,
    progress: &Progress,
) -> AppResult<Fetched> {
    let what = Some(shown);
    let columns = prepare(transaction, query, shown, address, progress)?;
    let mut builders = Vec::with_capacity(columns.len());
    let mut headings = BTreeSet::new();
    for (name, kind) in &columns {
        if !headings.insert(name.as_str()) {
            let twice = Finding::error("DBS-030", "查询结果有两列同名").column(name);
            return Err(twice.hint("请改正查询，给每一列不同的名称").file(shown).into());
        }
        let coding = coding_of(kind).ok_or_else(|| strange_type(name, &kind.to_string(), address, what))?;
        builders.push(ColumnBuilder::new(name, coding));
    }
    if builders.is_empty() {
        return Err(Finding::error("DBS-033", "表或查询没有一列").file(shown).into());
    }
    // behind a line end: a query may end in a comment
    let copied = transaction.copy_out(&format!("COPY ({query}\n) TO STDOUT (FORMAT BINARY)"));
    let mut stream = answered(copied, address, what, progress)?;
    let mut step = |rows| {
        progress.advance(rows);
        progress.check().map_err(|_| CopyFault::Stream(std::io::ErrorKind::Interrupted.into()))
    };
    let rows =
        read_rows(&mut stream, &mut builders, &mut step).map_err(|fault| streaming(fault, address, what, progress))?;
    drop(stream);
    progress.check()?;
    Ok(Fetched { names: columns.into_iter().map(|(name, _)| name).collect(), builders, rows })
}

/// The columns as a frame, in the order of the key, or of all columns where the key is empty.
fn frame_of(builders: Vec<ColumnBuilder>, rows: u64, key: Option<&[String]>) -> AppResult<DataFrame> {
    let made = || {
        let columns = builders.into_iter().map(ColumnBuilder::finish).collect::<Result<Vec<_>, _>>()?;
        let frame = DataFrame::new(rows as usize, columns)?;
        let Some(key) = key else { return Ok(frame) };
        let by: Vec<String> = match key {
            [] => frame.get_column_names_owned().into_iter().map(|name| name.to_string()).collect(),
            key => key.to_vec(),
        };
        frame.sort(by, SortMultipleOptions::default().with_maintain_order(true))
    };
    made().map_err(|cause: polars::prelude::PolarsError| {
        AppError::new("DBS-034", "数据库中的表不能转为内部的表").caused_by(cause)
    })
}

#[cfg(test)]
mod tests {
    use super::super::value::Coding;
    use super::*;

    fn bytes(rows: &[(&str, i64)], key: Option<&[String]>) -> Vec<u8> {
        let mut columns = vec![ColumnBuilder::new("名称", Coding::Text), ColumnBuilder::new("id", Coding::Integer(8))];
        for (name, id) in rows {
            columns[0].push(Some(name.as_bytes())).unwrap();
            columns[1].push(Some(&id.to_be_bytes())).unwrap();
        }
        frame_to_bytes(&frame_of(columns, rows.len() as u64, key).unwrap()).unwrap()
    }

    #[test]
    fn a_snapshot_is_the_same_in_whatever_order_the_rows_came() {
        let (one, other) = ([("乙", 10), ("甲", 2), ("甲", 11)], [("甲", 11), ("乙", 10), ("甲", 2)]);
        let key = ["id".to_owned()];
        assert_eq!(bytes(&one, Some(&key)), bytes(&other, Some(&key)));
        assert_eq!(bytes(&one, Some(&[])), bytes(&other, Some(&[])));
        assert_ne!(bytes(&one, None), bytes(&other, None), "a query's own order is kept");
    }
}
