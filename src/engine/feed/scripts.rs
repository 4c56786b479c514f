//! The same questions as scripts, for a data centre that lets nobody in: it runs them, what they give comes back.
//!
//! Two rounds, as with an open engine: the words of the columns first, then, with what they mean written into the SQL,
//! counts and rows. Each script says what it gives, under which name it is to be kept, and in which columns.

use std::fmt::Write as _;

use super::rows::{FeedColumns, FeedWords, MOST_WORDS, WordsOf};
use super::sql::{Dialect, Statements};
use crate::diagnostic::AppResult;

/// A file to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its name: a number, then what it gives.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl Script {
    /// Name of what it gives, without ending.
    #[must_use]
    pub fn answer(&self) -> &str {
        self.name.trim_end_matches(".sql")
    }
}

/// Names of what comes back, without ending.
pub mod answers {
    /// The columns of the table.
    pub const COLUMNS: &str = "00-columns";
    /// Words of the averaging column.
    pub const AVERAGING: &str = "01-words-averaging";
    /// Words of the mark.
    pub const MARK: &str = "02-words-mark";
    /// How many rows stay, and why.
    pub const COUNTS: &str = "03-counts";
    /// The rows that may count.
    pub const ROWS: &str = "04-rows";

    /// True where a table with these columns is asked for what has this name.
    #[must_use]
    pub fn is_asked(name: &str, columns: &super::FeedColumns) -> bool {
        let which = super::WordsOf::ALL.into_iter().find(|which| which.answer() == name);
        which.is_none_or(|which| columns.get(which.id()).is_some())
    }
}

/// The scripts of the first round: the words of the columns whose words decide. None where no column has such words.
///
/// # Errors
/// `DBS-003`.
pub fn word_scripts(dialect: Dialect, from: &str, columns: &FeedColumns, hours: bool) -> AppResult<Vec<Script>> {
    let query = dialect.source(from)?;
    let statements = Statements::new(dialect, &query, columns, hours);
    let mut scripts = Vec::new();
    for which in WordsOf::ALL {
        if let Some(column) = columns.get(which.id()) {
            let sql = statements.words(column, MOST_WORDS);
            scripts.push(script(dialect, which.answer(), "该列有哪些说法（列：word）", &sql));
        }
    }
    Ok(scripts)
}

/// The scripts of the second round: counts and rows.
///
/// # Errors
/// `DBS-003`.
pub fn row_scripts(
    dialect: Dialect,
    from: &str,
    (columns, words): (&FeedColumns, &FeedWords),
    hours: bool,
) -> AppResult<Vec<Script>> {
    let query = dialect.source(from)?;
    let statements = Statements::new(dialect, &query, columns, hours);
    Ok(vec![
        script(dialect, answers::COUNTS, "留在原处的行数与原因（列：why、n）", &statements.counts(words)),
        script(dialect, answers::ROWS, "可能计入的行（列名请保持不变）", &statements.rows(words)),
    ])
}

/// A script around a query: what it gives, where it is to be kept.
#[must_use]
pub fn script(dialect: Dialect, name: &str, gives: &str, sql: &str) -> Script {
    let mut text = String::new();
    let _ = writeln!(text, "-- 双随机执法计划工作站：自动监控统计脚本 {name}");
    let _ = writeln!(text, "-- 给出：{gives}");
    match dialect {
        Dialect::Spark => {
            let _ = writeln!(text, "-- 用 spark-sql 执行；结果写入文件夹 {name}（Parquet），请把该文件夹交回");
            let _ = writeln!(text, "SET spark.sql.session.timeZone=Asia/Shanghai;");
            let _ = writeln!(text, "SET spark.sql.ansi.enabled=true;");
            let _ = writeln!(
                text,
                "INSERT OVERWRITE DIRECTORY '{name}' USING parquet\nSELECT /*+ REPARTITION(1) */ * FROM (\n{sql}\n) fairdraw_answer;"
            );
        }
        Dialect::Postgres => {
            let _ = writeln!(text, "-- 用 psql -f 执行；结果写入 {name}.csv，请把它交回");
            let _ = writeln!(text, "SET TIME ZONE 'Asia/Shanghai';");
            // psql's own \copy takes one line
            let line = sql.replace('\n', " ");
            let _ = writeln!(text, "\\copy ({line}) TO '{name}.csv' WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')");
        }
    }
    Script { name: format!("{name}.sql"), text }
}
