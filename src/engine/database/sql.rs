//! Names and queries as text of SQL.
//!
//! Invariants: every identifier is quoted; what a user wrote as a query goes to the server alone, once prepared (a
//! prepared statement is one statement) and only in a read-only transaction.

use std::collections::BTreeSet;

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::engine::feed::Dialect;
use crate::registry::mapping::DatabaseTable;

/// An identifier in quotes.
///
/// # Errors
/// `DBS-003` where it is empty or holds a NUL, which no identifier can.
pub fn quoted(name: &str) -> AppResult<String> {
    if name.is_empty() || name.contains('\0') {
        return Err(wrong_name(name));
    }
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}

fn wrong_name(name: &str) -> AppError {
    Finding::error("DBS-003", "数据库中表的写法不对")
        .value(name.replace('\0', ""))
        .expected("模式.表，如 permit.sources；或一句 select 查询")
        .into()
}

/// Longest name of a schema in bytes: PostgreSQL cuts names at 63, and `_public` has to stay.
const LONGEST: usize = 50;

/// Refuses the name of a schema that the server would cut.
///
/// # Errors
/// `DBS-037`.
pub(super) fn check_schema(name: &str) -> AppResult<()> {
    if name.len() > LONGEST {
        return Err(Finding::error("DBS-037", "模式的名称过长").value(name).expected("不超过 50 字节").into());
    }
    Ok(())
}

/// Lets a table only grow: the function, which raises, is called for whatever else is asked of it.
pub(super) fn only_grows(place: &str, function: &str) -> String {
    format!(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {place} FOR EACH STATEMENT \
         EXECUTE PROCEDURE {function}();"
    )
}

/// A text in quotes, as a literal.
pub fn text_literal(text: &str) -> String {
    let plain = text.replace('\0', "").replace('\'', "''");
    // a backslash means itself whatever the server's settings are
    if plain.contains('\\') { format!(" E'{}'", plain.replace('\\', "\\\\")) } else { format!("'{plain}'") }
}

/// `permit.sources` → `"permit"."sources"`; parts in quotes of their own keep their points.
///
/// # Errors
/// `DBS-003` where it is no name.
pub fn quoted_name(name: &str) -> AppResult<String> {
    let parts = parts_of_name(name)?.iter().map(|part| quoted(part)).collect::<AppResult<Vec<_>>>()?;
    Ok(parts.join("."))
}

/// `permit.sources` → `permit`, `sources`; parts in quotes of their own keep their points.
///
/// # Errors
/// `DBS-003` where it is no name.
pub fn parts_of_name(name: &str) -> AppResult<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut chars = name.trim().chars().peekable();
    let mut inside = false;
    while let Some(c) = chars.next() {
        let part = parts.last_mut().ok_or_else(|| wrong_name(name))?;
        match c {
            '"' if inside && chars.peek() == Some(&'"') => {
                chars.next();
                part.push('"');
            }
            '"' if inside || part.is_empty() => inside = !inside,
            '.' if !inside => parts.push(String::new()),
            c if inside || c.is_alphanumeric() || "_$-".contains(c) => part.push(c),
            _ => return Err(wrong_name(name)),
        }
    }
    if inside || parts.len() > 3 || parts.iter().any(String::is_empty) {
        return Err(wrong_name(name));
    }
    Ok(parts)
}

/// True where the text is a query, not the name of a table.
#[must_use]
pub fn is_query(text: &str) -> bool {
    let first = text.split(|c: char| c.is_whitespace() || c == '(').find(|word| !word.is_empty()).unwrap_or_default();
    let words = ["select", "with", "values", "table"];
    text.trim().contains(char::is_whitespace) && words.iter().any(|word| first.eq_ignore_ascii_case(word))
}

/// The query that gives a table's rows.
///
/// # Errors
/// `DBS-003` where it is neither a name nor a query.
pub(super) fn select_of(table: &DatabaseTable) -> AppResult<String> {
    Dialect::Postgres.source(&table.from)
}

/// True where a query says itself in which order its rows come.
pub(super) fn is_ordered(query: &str) -> bool {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    words.windows(2).any(|pair| pair[0].ends_with("order") && pair[1] == "by")
}

/// The first rows of what a query gives.
pub(super) fn first_rows(query: &str, most: u32) -> String {
    // behind a line end: a query may end in a comment
    format!("SELECT * FROM ({query}\n) AS fairdraw_first LIMIT {most}")
}

/// The files in which the rows of tables are kept, each with a name of its own.
#[must_use]
pub fn snapshot_names(tables: &[DatabaseTable]) -> Vec<String> {
    let mut used = BTreeSet::new();
    let unique = |table: &DatabaseTable| {
        let mut name = snapshot_name(table);
        let stem = name.trim_end_matches(".parquet").to_owned();
        let mut number = 2;
        while !used.insert(name.to_lowercase()) {
            name = format!("{stem}-{number}.parquet");
            number += 1;
        }
        name
    };
    tables.iter().map(unique).collect()
}

/// The file in which a table's rows are kept: `permit.sources.parquet`; `monitoring.query.parquet` for a query.
fn snapshot_name(table: &DatabaseTable) -> String {
    let stem = if is_query(&table.from) { format!("{}.query", table.table.id()) } else { table.from.trim().to_owned() };
    let plain: String = stem
        .chars()
        .filter(|c| *c != '"')
        .map(|c| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' })
        .take(100)
        .collect();
    format!("{}.parquet", plain.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::TableKind;

    fn table(from: &str) -> DatabaseTable {
        DatabaseTable { table: TableKind::Monitoring, from: from.to_owned() }
    }

    #[test]
    fn identifiers_are_quoted_whatever_they_hold() {
        assert_eq!(quoted("a\"; drop table x; --").unwrap(), "\"a\"\"; drop table x; --\"");
        assert_eq!(quoted_name("permit.sources").unwrap(), "\"permit\".\"sources\"");
        assert_eq!(quoted_name("许可.污染源名录").unwrap(), "\"许可\".\"污染源名录\"");
        assert_eq!(quoted_name("\"A.b\".\"c\"\"d\"").unwrap(), "\"A.b\".\"c\"\"d\"");
        for name in ["", ".", "a.", "a b", "a;b", "a'b", "a.b.c.d", "\"a", "a\"b", "a\0", "a--b c", "a(b)"] {
            assert_eq!(quoted_name(name).unwrap_err().code(), "DBS-003", "{name}");
        }
        assert_eq!(text_literal("it's"), "'it''s'");
        assert_eq!(text_literal("a\\'; drop"), " E'a\\\\''; drop'");
    }

    #[test]
    fn a_query_is_told_from_a_name() {
        assert!(
            is_query("select 1") && is_query("WITH x AS (select 1) select * from x") && is_query(" values (1), (2)")
        );
        assert!(!is_query("selection") && !is_query("permit.select") && !is_query("select"));
        assert_eq!(select_of(&table(" select 1 ; ")).unwrap(), "select 1");
        assert_eq!(select_of(&table("a.b")).unwrap(), "SELECT * FROM \"a\".\"b\"");
        assert!(select_of(&table("delete from x")).is_err() && select_of(&table("drop table x")).is_err());
        assert!(is_ordered("select a from b ORDER  BY a") && !is_ordered("select border from b by"));
    }

    #[test]
    fn snapshots_have_names_of_files() {
        assert_eq!(snapshot_name(&table("permit.sources")), "permit.sources.parquet");
        assert_eq!(snapshot_name(&table("select 1 from a")), "monitoring.query.parquet");
        assert_eq!(snapshot_name(&table("\"a/../b\".c")), "a_.._b.c.parquet");
        assert_eq!(snapshot_name(&table("..\\x")), "_x.parquet");
        let names = snapshot_names(&[table("select 1 from a"), table("A.b"), table("select 2 from b"), table("a.B")]);
        assert_eq!(
            names,
            ["monitoring.query.parquet", "A.b.parquet", "monitoring.query-2.parquet", "a.B-2.parquet"],
            "a name of its own wherever small and large letters are the same"
        );
    }
}
