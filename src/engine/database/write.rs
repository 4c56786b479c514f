//! Results back into the office's database: tables that only grow.
//!
//! Invariants: one transaction, so that an export is there whole or not at all; an export adds rows under a number of
//! its own and changes none of an earlier one, which triggers in the server hold too; internal tables (whoever is named
//! in them, targets not yet visited) stand in a schema of their own, apart from the public ones. A table of the same
//! name that is another's is left alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use chrono::NaiveDate;
use postgres::Transaction;

use super::DatabaseTarget;
use super::address::Address;
use super::connect::connect;
use super::fault::{answered, asking, cut};
use super::sql::{check_schema, only_grows, quoted, text_literal};
use crate::diagnostic::{AppError, AppResult, Finding, Progress};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutKind {
    /// Words, codes.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Days.
    Date,
    /// A moment, as text with its zone.
    Moment,
}

impl OutKind {
    fn sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "bigint",
            Self::Number => "double precision",
            Self::Date => "date",
            Self::Moment => "timestamp with time zone",
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutColumn {
    /// Its name in the database.
    pub name: String,
    /// What it is, in Chinese.
    pub comment: String,
    /// What it holds.
    pub kind: OutKind,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum OutCell {
    /// NULL.
    Empty,
    /// Text.
    Text(String),
    /// Whole number.
    Integer(i64),
    /// Number; one that is infinite or none is NULL.
    Number(f64),
    /// Day.
    Date(NaiveDate),
}

/// A table with the rows of this export.
#[derive(Debug, Clone)]
pub struct OutTable {
    /// Its name in the database.
    pub name: String,
    /// What it is, in Chinese.
    pub comment: String,
    /// May be seen by anybody.
    pub public: bool,
    /// Columns.
    pub columns: Vec<OutColumn>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<OutCell>>,
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its number.
    pub number: i64,
    /// Rows by table, schema in front.
    pub tables: BTreeMap<String, u64>,
}

/// The table that lists the exports; one in each schema.
const EXPORTS: &str = "exports";
/// Columns that every table has before its own: export, row in it.
const NUMBER: &str = "export_no";
const ROW: &str = "row_no";
/// What tells one project's exports from another's: the latest of each is what the views show.
const WHOSE: [&str; 3] = ["agency", "project", "year"];
/// What a schema's name is for, so that two programs never lock each other out by chance.
const LOCK: &str = "fairdraw export ";

/// A cell in COPY's text form.
fn cell_text(cell: &OutCell) -> String {
    match cell {
        OutCell::Integer(number) => number.to_string(),
        OutCell::Number(number) if number.is_finite() => number.to_string(),
        OutCell::Empty | OutCell::Number(_) => "\\N".to_owned(),
        OutCell::Date(day) => day.format("%Y-%m-%d").to_string(),
        OutCell::Text(text) => {
            let mut out = String::with_capacity(text.len());
            for c in text.chars() {
                match c {
                    '\\' => out.push_str("\\\\"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    '\t' => out.push_str("\\t"),
                    // no text of a database holds one
                    '\0' => {}
                    c => out.push(c),
                }
            }
            out
        }
    }
}

/// Rows in COPY's text form, each with the export's number and its own in front.
fn rows_text(number: i64, rows: &[Vec<OutCell>]) -> String {
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().map(cell_text).collect();
        let _ = writeln!(text, "{number}\t{}\t{}", at + 1, cells.join("\t"));
    }
    text
}

/// A table, or view, as SQL names it.
fn place_of(schema: &str, table: &str) -> AppResult<String> {
    Ok(format!("{}.{}", quoted(schema)?, quoted(table)?))
}

/// The server's part of an export.
struct Writing<'a, 'b> {
    transaction: &'a mut Transaction<'b>,
    address: &'a Address,
    progress: &'a Progress,
}

impl Writing<'_, '_> {
    fn run(&mut self, sql: &str, what: &str) -> AppResult<()> {
        answered(self.transaction.batch_execute(sql), self.address, Some(what), self.progress)
    }

    /// The columns of a table and their types; none where there is no such table.
    fn columns_of(&mut self, schema: &str, table: &str) -> AppResult<BTreeMap<String, String>> {
        let sql = "SELECT a.attname::text, pg_catalog.format_type(a.atttypid, NULL) FROM pg_catalog.pg_attribute a \
            JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
            WHERE n.nspname = $1::text AND c.relname = $2::text AND a.attnum > 0 AND NOT a.attisdropped";
        let found = self.transaction.query(sql, &[&schema, &table]);
        let found = answered(found, self.address, Some(table), self.progress)?;
        Ok(found.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    fn schema(&mut self, schema: &str, public: bool) -> AppResult<()> {
        let name = quoted(schema)?;
        let known = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1::text";
        let known = self.transaction.query(known, &[&schema]);
        if answered(known, self.address, Some(schema), self.progress)?.is_empty() {
            let whose = if public {
                "双随机：可以公开的表"
            } else {
                "双随机：内部的表，检查前不得外传"
            };
            self.run(&format!("CREATE SCHEMA {name}; COMMENT ON SCHEMA {name} IS {}", text_literal(whose)), schema)?;
        }
        let function = "SELECT 1 FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace \
            WHERE n.nspname = $1::text AND p.proname = 'append_only'";
        let function = self.transaction.query(function, &[&schema]);
        if answered(function, self.address, Some(schema), self.progress)?.is_empty() {
            let body = "BEGIN RAISE EXCEPTION '双随机导出的表只能追加，不能更改或删除' USING ERRCODE = '55000'; END";
            let sql = format!(
                "CREATE FUNCTION {name}.append_only() RETURNS trigger LANGUAGE plpgsql AS {}",
                text_literal(body)
            );
            self.run(&sql, schema)?;
        }
        Ok(())
    }

    /// Makes a table, or the columns that it lacks; refuses one that is another's.
    fn table(&mut self, schema: &str, table: &OutTable) -> AppResult<()> {
        let place = place_of(schema, &table.name)?;
        let shown = format!("{schema}.{}", table.name);
        let known = self.columns_of(schema, &table.name)?;
        let own = known.get(NUMBER).is_some_and(|kind| kind == "bigint") && known.contains_key(ROW);
        let same = |column: &OutColumn| known.get(&column.name).is_none_or(|kind| kind == column.kind.sql());
        if !known.is_empty() && (!own || !table.columns.iter().all(same)) {
            return Err(Finding::error("DBS-032", "数据库中已有同名而结构不同的表，没有写入")
                .value(&shown)
                .hint("请用 --schema 另指定一个模式，或请管理员改名")
                .file(self.address.to_string())
                .into());
        }
        let mut sql: Vec<String> = Vec::new();
        if known.is_empty() {
            let columns = table.columns.iter().map(|c| Ok(format!(", {} {}", quoted(&c.name)?, c.kind.sql())));
            let columns = columns.collect::<AppResult<Vec<_>>>()?.concat();
            let key = if table.name == EXPORTS { NUMBER.to_owned() } else { format!("{NUMBER}, {ROW}") };
            sql.push(format!(
                "CREATE TABLE {place} ({NUMBER} bigint NOT NULL, {ROW} bigint NOT NULL{columns}, PRIMARY KEY ({key}));"
            ));
            sql.push(only_grows(&place, &format!("{}.append_only", quoted(schema)?)));
            sql.push(format!("COMMENT ON TABLE {place} IS {};", text_literal(&table.comment)));
            sql.push(format!("COMMENT ON COLUMN {place}.{NUMBER} IS '导出编号';"));
            sql.push(format!("COMMENT ON COLUMN {place}.{ROW} IS '本次导出中的行号';"));
        }
        for column in &table.columns {
            let name = quoted(&column.name)?;
            if !known.is_empty() && !known.contains_key(&column.name) {
                sql.push(format!("ALTER TABLE {place} ADD COLUMN {name} {};", column.kind.sql()));
            }
            if !known.contains_key(&column.name) {
                sql.push(format!("COMMENT ON COLUMN {place}.{name} IS {};", text_literal(&column.comment)));
            }
        }
        self.run(&sql.concat(), &shown)?;
        if table.name != EXPORTS {
            self.view(schema, table, &place, &shown)?;
        }
        Ok(())
    }

    /// The view of a table that shows the rows of each project's latest export.
    fn view(&mut self, schema: &str, table: &OutTable, place: &str, shown: &str) -> AppResult<()> {
        let view = place_of(schema, &format!("{}_latest", table.name))?;
        let exports = place_of(schema, EXPORTS)?;
        let whose = WHOSE.join(", ");
        let sql = format!(
            "CREATE OR REPLACE VIEW {view} AS SELECT t.* FROM {place} t WHERE t.{NUMBER} IN \
             (SELECT max(e.{NUMBER}) FROM {exports} e GROUP BY {whose}); COMMENT ON VIEW {view} IS {}",
            text_literal(&format!("{}（每个项目最近一次导出）", table.comment))
        );
        self.run(&sql, shown)
    }

    /// Adds the rows of an export.
    fn rows(&mut self, schema: &str, table: &OutTable, number: i64) -> AppResult<u64> {
        let shown = format!("{schema}.{}", table.name);
        let columns = table.columns.iter().map(|c| Ok(format!(", {}", quoted(&c.name)?)));
        let columns = columns.collect::<AppResult<Vec<_>>>()?.concat();
        let place = place_of(schema, &table.name)?;
        let sql = format!("COPY {place} ({NUMBER}, {ROW}{columns}) FROM STDIN");
        let writer = self.transaction.copy_in(&sql);
        let mut writer = answered(writer, self.address, Some(&shown), self.progress)?;
        for rows in rows_text(number, &table.rows).as_bytes().chunks(1 << 16) {
            self.progress.check()?;
            writer.write_all(rows).map_err(|cause| written_fault(cause, self.address, &shown, self.progress))?;
        }
        answered(writer.finish(), self.address, Some(&shown), self.progress)
    }
}

/// Why rows could not be sent.
fn written_fault(cause: std::io::Error, address: &Address, shown: &str, progress: &Progress) -> AppError {
    match cause.get_ref().and_then(|inner| inner.downcast_ref::<postgres::Error>()) {
        Some(error) => asking(error, address, Some(shown), progress),
        None => cut(address, Some(shown)).caused_by(cause),
    }
}

/// Name of a schema's list of exports.
fn exports_table(about: &[(OutColumn, OutCell)], public: bool) -> OutTable {
    // who exported is the office's own business
    let cells = about.iter().filter(|(column, _)| !public || column.name != "operator").cloned();
    let (columns, row) = cells.unzip();
    OutTable {
        name: EXPORTS.to_owned(), comment: "双随机：每次导出一行".to_owned(), public, columns, rows: vec![row]
    }
}

/// Writes an export: `about` is its line in the list of exports (with the columns `agency`, `project`, `year`).
/// `before_commit` is called when all is written and nothing can be seen yet; where it fails, nothing is.
///
/// # Errors
/// `DBS-…` as one message; those of `before_commit`; `JOB-001` once cancelled. Nothing is written then.
pub fn write_tables(
    target: &DatabaseTarget,
    about: &[(OutColumn, OutCell)],
    tables: &[OutTable],
    before_commit: impl FnOnce(&Written) -> AppResult<()>,
    progress: &Progress,
) -> AppResult<Written> {
    let address = &target.address;
    check_schema(&target.schema)?;
    let mut connection = connect(address, target.password.as_ref(), target.ask, progress)?;
    progress.begin("写入数据库", tables.len() as u64);
    connection.watched(progress, |client| {
        let mut transaction = answered(client.transaction(), address, None, progress)?;
        let mut written = Written { number: 0, tables: BTreeMap::new() };
        let mut writing = Writing { transaction: &mut transaction, address, progress };
        // one export at a time: the next sees the number of this one
        let lock =
            format!("SELECT pg_advisory_xact_lock(hashtext({}))", text_literal(&format!("{LOCK}{}", target.schema)));
        writing.run(&lock, &target.schema)?;
        for public in [false, true] {
            let schema = if public { format!("{}_public", target.schema) } else { target.schema.clone() };
            let exports = exports_table(about, public);
            writing.schema(&schema, public)?;
            writing.table(&schema, &exports)?;
            if !public {
                let place = place_of(&schema, EXPORTS)?;
                let last = format!("SELECT COALESCE(max({NUMBER}), 0) FROM {place}");
                let last = answered(writing.transaction.query_one(&last, &[]), address, None, progress)?;
                written.number = last.get::<_, i64>(0) + 1;
            }
            writing.rows(&schema, &exports, written.number)?;
            for table in tables.iter().filter(|table| table.public == public) {
                progress.check()?;
                writing.table(&schema, table)?;
                let rows = writing.rows(&schema, table, written.number)?;
                written.tables.insert(format!("{schema}.{}", table.name), rows);
                progress.advance(1);
            }
        }
        progress.check()?;
        before_commit(&written)?;
        answered(transaction.commit(), address, None, progress)?;
        Ok(written)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_not_leave_its_cell() {
        let rows = vec![
            vec![OutCell::Text("甲\t乙\n丙\\.\r\0".to_owned()), OutCell::Empty, OutCell::Number(f64::NAN)],
            vec![OutCell::Text("\\N".to_owned()), OutCell::Integer(-3), OutCell::Number(0.5)],
            vec![
                OutCell::Text(String::new()),
                OutCell::Date(NaiveDate::from_ymd_opt(2027, 1, 1).unwrap()),
                OutCell::Empty,
            ],
        ];
        let text = rows_text(7, &rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "7\t1\t甲\\t乙\\n丙\\\\.\\r\t\\N\t\\N");
        assert_eq!(lines[1], "7\t2\t\\\\N\t-3\t0.5");
        assert_eq!(lines[2], "7\t3\t\t2027-01-01\t\\N");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn the_public_list_of_exports_names_nobody() {
        let column = |name: &str| OutColumn { name: name.to_owned(), comment: String::new(), kind: OutKind::Text };
        let about = [(column("agency"), OutCell::Empty), (column("operator"), OutCell::Text("张三".to_owned()))];
        let names = |public| exports_table(&about, public).columns.into_iter().map(|c| c.name).collect::<Vec<_>>();
        assert_eq!(names(false), ["agency", "operator"]);
        assert_eq!(names(true), ["agency"]);
    }
}
