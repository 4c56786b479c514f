//! Monitoring that is too much for one machine, on its way in: what its engine sends back is a table like any other.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::feed_folder::read_folder;
use crate::diagnostic::{AppResult, Finding, Progress};
use crate::engine::database::{Snapshot, is_query, snapshot_names};
use crate::engine::feed::{
    Engine, FeedAnswer, FeedColumns, FeedPlace, FeedSource, Statements, Stayed, ask_rows, ask_words, check_columns,
    with_engine,
};
use crate::registry::{DatabaseTable, FeedMapping, Mapping, TableKind, frame_to_bytes};
use crate::text::number::thousands;

/// What was asked of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FeedRead {
    pub(super) from: FeedMapping,
    seen: u64,
    taken: u64,
    stayed: BTreeMap<Stayed, u64>,
}

impl FeedRead {
    /// What a journal's line says of it.
    pub(super) fn journaled(&self) -> Value {
        let stayed: BTreeMap<&str, u64> = self.stayed.iter().map(|(why, rows)| (why.label(), *rows)).collect();
        json!({
            "address": self.from.address, "from": self.from.from, "hours": self.from.hours,
            "seen": self.seen, "taken": self.taken, "stayed": stayed,
        })
    }
}

/// Name of the file that a feed's rows are kept in.
pub(super) fn feed_file(from: &str) -> String {
    let table = DatabaseTable { table: TableKind::Monitoring, from: from.to_owned() };
    snapshot_names(&[table]).pop().unwrap_or_default()
}

/// Connects to the engine of a feed, makes sure of the feed's columns and lets `work` ask; it is given what messages call
/// the feed, too.
///
/// # Errors
/// `ENG-…`, `DBS-…`, `JOB-001`.
pub(super) fn with_feed<T>(
    source: &FeedSource,
    mapping: &Mapping,
    progress: &Progress,
    work: impl FnOnce(&mut dyn Engine, &Statements<'_>, &FeedColumns, &str) -> AppResult<T>,
) -> AppResult<T> {
    let file = feed_file(&source.from);
    let shown = if is_query(&source.from) { "自动监控的查询" } else { source.from.as_str() };
    let entry = mapping.find(&file, None).map(|(_, entry)| entry);
    with_engine(source, progress, |engine| {
        let query = engine.dialect().source(&source.from)?;
        progress.begin(&format!("核对 {shown} 的各列"), 0);
        let columns = check_columns(&engine.columns(&query, shown)?, entry, (&file, shown), source.hours)?;
        let statements = Statements::new(engine.dialect(), &query, &columns, source.hours);
        work(engine, &statements, &columns, shown)
    })
}

/// Asks the engine of a feed for the rows that may count.
///
/// # Errors
/// `ENG-…`, `DBS-…`, `JOB-001`.
pub(super) fn read_feed(
    source: &FeedSource,
    mapping: &Mapping,
    progress: &Progress,
) -> AppResult<(Snapshot, FeedRead)> {
    let file = feed_file(&source.from);
    let from = FeedMapping {
        address: source.place.to_string(),
        from: source.from.clone(),
        hours: source.hours,
        stayed: BTreeMap::new(),
    };
    if let FeedPlace::Folder(folder) = &source.place {
        let answer = read_folder(folder, &source.from, source.hours, mapping)?;
        return laid(from, file, &answer);
    }
    let answer = with_feed(source, mapping, progress, |engine, statements, columns, shown| {
        let words = ask_words(engine, statements, columns, shown, progress)?;
        ask_rows(engine, statements, (columns, &words), source.hours, shown, progress)
    })?;
    laid(from, file, &answer)
}

/// The answer as a file's content, and what is to be said of it.
///
/// # Errors
/// Where it can't be written as Parquet.
pub(super) fn laid(mut from: FeedMapping, file: String, answer: &FeedAnswer) -> AppResult<(Snapshot, FeedRead)> {
    let taken = answer.rows.height() as u64;
    from.stayed = answer.stayed.iter().map(|(why, rows)| (why.id().to_owned(), *rows)).collect();
    let read = FeedRead { from, seen: answer.seen, taken, stayed: answer.stayed.clone() };
    let snapshot = Snapshot {
        name: file.clone(),
        table: TableKind::Monitoring,
        bytes: frame_to_bytes(&answer.rows)?,
        rows: taken,
        key: Vec::new(),
        notes: notes(&read, &file),
    };
    Ok((snapshot, read))
}

fn notes(read: &FeedRead, file: &str) -> Vec<Finding> {
    let rows = |rows: u64| thousands(i128::from(rows));
    let stayed: Vec<String> = read.stayed.iter().map(|(why, n)| format!("{} {} 行", why.label(), rows(*n))).collect();
    let stayed = if stayed.is_empty() { "没有留下的行".to_owned() } else { stayed.join("、") };
    let made = if read.from.hours { "日均值超过限值的" } else { "可能计入的" };
    let told = format!(
        "自动监控在计算引擎上统计：共 {} 行，取回{made} {} 行；留在原处的：{stayed}",
        rows(read.seen),
        rows(read.taken)
    );
    let mut notes = vec![Finding::note("ENG-019", told).file(file)];
    let hourly = read.stayed.get(&Stayed::Hourly).copied().unwrap_or(0);
    if !read.from.hours && hourly > 0 && read.taken == 0 {
        notes.push(
            Finding::warning("ENG-020", "计算引擎中的行都是小时值，按规则不计入，自动监控没有取回一行")
                .value(format!("{} 行", rows(hourly)))
                .hint("如为原始小时数据，请加 --hours，由引擎按日求均值")
                .file(file),
        );
    }
    notes
}
