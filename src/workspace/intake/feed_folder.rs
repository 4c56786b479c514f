//! A feed whose engine lets nobody in: scripts go out in a folder, the data centre runs them, files come back into it.
//!
//! Three rounds: the columns of the table; the words in those whose words decide; counts and rows. What is written next
//! follows from what has come back. Answers are Parquet (`name.parquet`, or the folder `name` that Spark makes), or csv.

use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, IntoColumn, NewChunkedArray, PlSmallStr, StringChunked};
use serde::{Deserialize, Serialize};

use super::feed::feed_file;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::engine::database::{is_query, quoted_name, text_literal};
use crate::engine::feed::{
    Cells, Dialect, FeedAnswer, FeedColumn, FeedColumns, FeedWords, Script, answers, check_columns, columns_of_frame,
    kept_words, row_scripts, script, take_answer, word_scripts,
};
use crate::export::write_atomic;
use crate::registry::{Mapping, frame_from_bytes};
use crate::text::ron_layout;
use crate::workspace::store::project::{create_folder, load_bytes};

/// Says what a folder of scripts is about.
const ABOUT: &str = "feed.ron";
/// Largest answer in bytes.
const MOST_BYTES: u64 = 4 << 30;

/// What a folder of scripts is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    from: String,
    spark: bool,
    hours: bool,
}

/// Where a folder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Which columns the table has.
    Columns,
    /// Which words stand in them.
    Words,
    /// Counts and rows.
    Rows,
    /// All has come back.
    Complete,
}

/// What is to be run next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Which round.
    pub round: Round,
    /// The scripts, in their order.
    pub files: Vec<PathBuf>,
}

fn not_back(folder: &Path, name: &str) -> AppError {
    Finding::error("ENG-023", "计算引擎脚本的结果还没有全部交回")
        .value(format!("缺 {name}"))
        .hint("请先由数据中心执行文件夹中的脚本，把结果放回此文件夹；fairdraw engine sql 会写出下一轮脚本")
        .file(folder.display().to_string())
        .into()
}

/// The scripts of a folder ask something else.
fn another(folder: &Path) -> Finding {
    Finding::error("ENG-024", "文件夹中的脚本是另一张表的，或写法不同").file(folder.display().to_string())
}

/// Writes the scripts that come next. A folder that is about another table, or none yet, begins anew.
///
/// # Errors
/// `ENG-010`, `ENG-011`, `ENG-012`, `DBS-003`, `IMP-083`, `IO-…`.
pub fn write_scripts(
    folder: &Path,
    from: &str,
    (dialect, hours): (Dialect, bool),
    mapping: &Mapping,
) -> AppResult<Written> {
    create_folder(folder)?;
    let about = About { from: from.trim().to_owned(), spark: dialect == Dialect::Spark, hours };
    let known = load_about(folder)?;
    if known.as_ref() != Some(&about) {
        if known.is_some() {
            return Err(another(folder).hint("请换一个空文件夹").into());
        }
        let text = ron::ser::to_string_pretty(&about, ron_layout())
            .map_err(|cause| AppError::from(another(folder)).caused_by(cause))?;
        write_atomic(&folder.join(ABOUT), text.as_bytes())?;
    }
    let Some(columns) = columns_in(folder, &about, mapping)? else {
        let written = write(folder, vec![columns_script(dialect, from)?])?;
        return Ok(Written { round: Round::Columns, files: written });
    };
    let scripts = word_scripts(dialect, from, &columns, hours)?;
    if scripts.iter().any(|script| !is_answered(folder, script.answer())) {
        return Ok(Written { round: Round::Words, files: write(folder, scripts)? });
    }
    let words = words_in(folder, &columns)?;
    let scripts = row_scripts(dialect, from, (&columns, &words), hours)?;
    let round =
        if scripts.iter().all(|script| is_answered(folder, script.answer())) { Round::Complete } else { Round::Rows };
    Ok(Written { round, files: write(folder, scripts)? })
}

fn write(folder: &Path, scripts: Vec<Script>) -> AppResult<Vec<PathBuf>> {
    let mut written = Vec::with_capacity(scripts.len());
    for script in scripts {
        let path = folder.join(&script.name);
        write_atomic(&path, script.text.as_bytes())?;
        written.push(path);
    }
    Ok(written)
}

/// Takes the answers of a folder in. `from` and `hours` are what the caller asks for; what the folder is about counts.
///
/// # Errors
/// `ENG-023` where something has not come back, `ENG-024` where the folder is about another table, `ENG-01x`, `IO-…`.
pub(super) fn read_folder(folder: &Path, from: &str, hours: bool, mapping: &Mapping) -> AppResult<FeedAnswer> {
    let about = load_about(folder)?.ok_or_else(|| not_back(folder, ABOUT))?;
    if about.from != from.trim() || about.hours != hours {
        return Err(another(folder).value(&about.from).expected(from).into());
    }
    let columns = columns_in(folder, &about, mapping)?.ok_or_else(|| not_back(folder, answers::COLUMNS))?;
    let answered = |name: &str| answer(folder, name)?.ok_or_else(|| not_back(folder, name));
    let words = words_in(folder, &columns)?;
    let dialect = if about.spark { Dialect::Spark } else { Dialect::Postgres };
    for script in row_scripts(dialect, &about.from, (&columns, &words), hours)? {
        // rows that were counted with other columns, or other meanings of the words, are no answer
        if load_bytes(&folder.join(&script.name))? != script.text.as_bytes() {
            return Err(another(folder).value(script.name).hint("请换一个空文件夹，重新写出脚本").into());
        }
    }
    take_answer(&answered(answers::COUNTS)?, answered(answers::ROWS)?, &columns, hours, &folder.display().to_string())
}

fn load_about(folder: &Path) -> AppResult<Option<About>> {
    let path = folder.join(ABOUT);
    if !path.exists() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&load_bytes(&path)?).into_owned();
    let about = ron::from_str(&text).map_err(|cause| AppError::from(another(folder)).caused_by(cause))?;
    Ok(Some(about))
}

fn columns_script(dialect: Dialect, from: &str) -> AppResult<Script> {
    let sql = match dialect {
        Dialect::Spark => format!("SELECT * FROM ({}\n) fairdraw_feed LIMIT 1", dialect.source(from)?),
        Dialect::Postgres if is_query(from) => {
            return Err(Finding::error("ENG-009", "计算引擎不能执行查询，写法或列名不对")
                .value(from)
                .expected("表或视图的名称；查询请先建成视图")
                .into());
        }
        Dialect::Postgres => {
            format!(
                "SELECT a.attname AS name, pg_catalog.format_type(a.atttypid, NULL) AS type FROM pg_catalog.pg_attribute a \
                 WHERE a.attrelid = pg_catalog.to_regclass({}) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                text_literal(&quoted_name(from)?)
            )
        }
    };
    Ok(script(dialect, answers::COLUMNS, "表有哪些列", &sql))
}

fn columns_in(folder: &Path, about: &About, mapping: &Mapping) -> AppResult<Option<FeedColumns>> {
    let Some(frame) = answer(folder, answers::COLUMNS)? else { return Ok(None) };
    let columns = if about.spark { columns_of_frame(&frame) } else { listed_columns(&frame) };
    let file = feed_file(&about.from);
    let entry = mapping.find(&file, None).map(|(_, entry)| entry);
    check_columns(&columns, entry, (&file, &about.from), about.hours).map(Some)
}

/// The columns that PostgreSQL's catalogue lists.
fn listed_columns(frame: &DataFrame) -> Vec<FeedColumn> {
    let texts = |name: &str| -> Vec<String> {
        let cells = frame.column(name).ok().and_then(|column| column.str().ok());
        cells.map(|cells| cells.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect()).unwrap_or_default()
    };
    let cells_of = |kind: &str| match kind {
        "text" | "character varying" | "character" | "name" => Cells::Text,
        "boolean" => Cells::Truth,
        "smallint" | "integer" | "bigint" => Cells::Integer,
        "numeric" | "real" | "double precision" => Cells::Number,
        "date" => Cells::Day,
        kind if kind.starts_with("timestamp") => Cells::Stamp,
        _ => Cells::Other,
    };
    let column = |(name, kind): (String, String)| FeedColumn { name, cells: cells_of(&kind), kind };
    texts("name").into_iter().zip(texts("type")).map(column).collect()
}

fn words_in(folder: &Path, columns: &FeedColumns) -> AppResult<FeedWords> {
    let mut found = Vec::new();
    for name in [answers::AVERAGING, answers::MARK] {
        if answers::is_asked(name, columns) {
            found.push((name, answer(folder, name)?.ok_or_else(|| not_back(folder, name))?));
        }
    }
    kept_words(&found, columns, &folder.display().to_string())
}

fn is_answered(folder: &Path, name: &str) -> bool {
    ["parquet", "csv"].iter().any(|ending| folder.join(format!("{name}.{ending}")).exists())
        || folder.join(name).is_dir()
}

/// What came back under a name; `None` where nothing has.
fn answer(folder: &Path, name: &str) -> AppResult<Option<DataFrame>> {
    let parquet = folder.join(format!("{name}.parquet"));
    if parquet.exists() {
        return load_parquet(&parquet).map(Some);
    }
    let csv = folder.join(format!("{name}.csv"));
    if csv.exists() {
        return load_csv(&csv).map(Some);
    }
    let parts = folder.join(name);
    if !parts.is_dir() {
        return Ok(None);
    }
    let io = |cause| AppError::io("读取文件夹", &parts, cause);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&parts).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
            files.push(path);
        }
    }
    files.sort();
    let mut whole: Option<DataFrame> = None;
    for path in files {
        let next = load_parquet(&path)?;
        match &mut whole {
            None => whole = Some(next),
            Some(frame) => {
                frame.vstack_mut_owned(next).map_err(|cause| strange(&path, &cause.to_string()))?;
            }
        }
    }
    Ok(whole)
}

fn strange(path: &Path, why: &str) -> AppError {
    Finding::error("ENG-015", "计算引擎返回的内容不合协议").value(why).file(path.display().to_string()).into()
}

fn load_parquet(path: &Path) -> AppResult<DataFrame> {
    check_size(path)?;
    frame_from_bytes(load_bytes(path)?, &path.display().to_string())
}

fn check_size(path: &Path) -> AppResult<()> {
    let size = std::fs::metadata(path).map_err(|cause| AppError::io("读取文件", path, cause))?.len();
    if size > MOST_BYTES {
        return Err(strange(path, "文件过大"));
    }
    Ok(())
}

/// A csv file as psql writes it: UTF-8, a heading, nothing for NULL.
fn load_csv(path: &Path) -> AppResult<DataFrame> {
    check_size(path)?;
    let bytes = load_bytes(path)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let headings: Vec<String> = reader
        .headers()
        .map_err(|cause| strange(path, &cause.to_string()))?
        .iter()
        .map(|heading| heading.trim_start_matches('\u{feff}').to_owned())
        .collect();
    let mut cells: Vec<Vec<Option<String>>> = headings.iter().map(|_| Vec::new()).collect();
    for record in reader.records() {
        let record = record.map_err(|cause| strange(path, &cause.to_string()))?;
        for (column, cell) in cells.iter_mut().zip(record.iter()) {
            column.push(Some(cell.to_owned()).filter(|cell| !cell.is_empty()));
        }
    }
    let height = cells.first().map_or(0, Vec::len);
    let column = |(name, cells): (&String, Vec<Option<String>>)| {
        StringChunked::from_iter_options(PlSmallStr::from_str(name), cells.into_iter()).into_column()
    };
    let columns = headings.iter().zip(cells).map(column).collect();
    DataFrame::new(height, columns).map_err(|cause| strange(path, &cause.to_string()))
}
