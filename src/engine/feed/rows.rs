//! A feed's columns, the words in them, and the rows that come back.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::{
    Column, DataFrame, DataType, IntoColumn, NewChunkedArray, PlSmallStr, PolarsError, SortMultipleOptions,
    StringChunked,
};

use super::scripts::answers;
use super::sql::Statements;
use super::{Cells, Engine, FeedColumn};
use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::registry::header::check_layout;
use crate::registry::schema::monitoring;
use crate::registry::{
    Aliases, FileMapping, InputTable, NoMap, Registry, RegistryOptions, TableKind, check_tables,
    columns::Column as Typed, columns::Flag,
};
use crate::tabular::{Facts, RawTable};

/// Most different words of a column: whoever writes more writes no words.
pub(super) const MOST_WORDS: usize = 2_000;

/// The columns of a feed that mean something here.
#[derive(Debug, Clone)]
pub struct FeedColumns {
    /// By id of the table of monitoring.
    known: BTreeMap<String, FeedColumn>,
    date: FeedColumn,
    /// As recognised, or said by hand.
    mapping: FileMapping,
}

impl FeedColumns {
    /// The column of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&FeedColumn> {
        self.known.get(id)
    }

    /// When the reading was taken.
    #[must_use]
    pub fn date(&self) -> &FeedColumn {
        &self.date
    }

    /// All that are known.
    pub fn all(&self) -> impl Iterator<Item = &FeedColumn> {
        self.known.values()
    }

    /// Those that say whose reading it is, and of what.
    pub fn who(&self) -> impl Iterator<Item = &FeedColumn> {
        let not = [
            monitoring::DATE.name(),
            monitoring::HOURLY.name(),
            monitoring::VALUE.name(),
            monitoring::LIMIT.name(),
            monitoring::MULTIPLE.name(),
            monitoring::MARK.name(),
        ];
        self.known.iter().filter(move |(id, _)| !not.contains(&id.as_str())).map(|(_, column)| column)
    }
}

/// Why a row stays where it is; the numbers are those of the SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stayed {
    /// Without a date.
    NoDate = 1,
    /// An hour's value, where the rows are days'.
    Hourly = 2,
    /// A mark that says that it does not count.
    Invalid = 3,
    /// Within its limit.
    WithinLimit = 4,
    /// No hour's value, where the rows are hours'.
    NoHour = 5,
    /// An hour without a reading or without a limit.
    NoReading = 6,
}

impl Stayed {
    /// As a project keeps it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::NoDate => "no_date",
            Self::Hourly => "hourly",
            Self::Invalid => "invalid",
            Self::WithinLimit => "within_limit",
            Self::NoHour => "no_hour",
            Self::NoReading => "no_reading",
        }
    }

    /// Of an id.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stayed| stayed.id() == id)
    }

    const ALL: [Self; 6] =
        [Self::NoDate, Self::Hourly, Self::Invalid, Self::WithinLimit, Self::NoHour, Self::NoReading];

    /// In a word.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::NoDate => "没有日期",
            Self::Hourly => "小时值",
            Self::Invalid => "标记无效",
            Self::WithinLimit => "未超过限值",
            Self::NoHour => "不是小时值",
            Self::NoReading => "没有监测值或限值",
        }
    }
}

/// A column whose words decide something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordsOf {
    /// 数据类型: an hour's value or a day's.
    Averaging,
    /// 数据标记.
    Mark,
}

impl WordsOf {
    pub(super) const ALL: [Self; 2] = [Self::Averaging, Self::Mark];

    /// Name of its words where they come back as a file.
    pub(super) fn answer(self) -> &'static str {
        match self {
            Self::Averaging => answers::AVERAGING,
            Self::Mark => answers::MARK,
        }
    }

    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Averaging => monitoring::HOURLY.name(),
            Self::Mark => monitoring::MARK.name(),
        }
    }
}

/// What the words of a feed mean, by the program's own vocabularies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedWords {
    /// That mean an hour's value.
    pub hourly: Vec<String>,
    /// That mean a day's.
    pub daily: Vec<String>,
    /// Marks of rows that do not count.
    pub invalid: Vec<String>,
    /// What every row is, where no column says it and the mapping does.
    pub every_row: Option<bool>,
}

/// What came back of a feed.
#[derive(Debug)]
pub struct FeedAnswer {
    /// Rows of the table of monitoring, in the order of all columns.
    pub rows: DataFrame,
    /// How many rows of the feed stayed there, and why.
    pub stayed: BTreeMap<Stayed, u64>,
    /// Rows of the feed that were looked at.
    pub seen: u64,
}

pub(super) fn internal(cause: PolarsError) -> AppError {
    AppError::new("ENG-015", "计算引擎返回的内容不合协议").caused_by(cause)
}

/// A table of which the names are known, and the texts of some cells.
fn named_table(file: &str, columns: Vec<Column>, rows: usize) -> AppResult<RawTable> {
    Ok(RawTable {
        file: file.to_owned(),
        path: file.into(),
        sheet: None,
        encoding: None,
        delimiter: None,
        rows: (1..=rows as u32).collect(),
        cells: DataFrame::new(rows, columns).map_err(internal)?,
        named: true,
        facts: Facts::default(),
    })
}

fn text_column(name: &str, cells: Vec<Option<String>>) -> Column {
    StringChunked::from_iter_options(PlSmallStr::from_str(name), cells.into_iter()).into_column()
}

fn no_monitoring(expected: &str, what: &str) -> Finding {
    Finding::error("ENG-011", "计算引擎中的表不能用作自动监控数据")
        .expected(expected)
        .hint("请在列对应文件中指明各列，或用 select 查询给各列取名（如 排污许可证编号、监测时间、排口编号）")
        .file(what)
}

fn wrong_type(column: &FeedColumn, expected: &str, what: &str) -> AppError {
    Finding::error("ENG-010", "计算引擎中此列的类型不能用来统计")
        .column(&column.name)
        .value(&column.kind)
        .expected(expected)
        .hint("请改用 select 查询转换，如 cast(监测时间 as timestamp)、cast(监测值 as double)")
        .file(what)
        .into()
}

/// Finds out which column is which, as for a file, and refuses types that can't be counted with. `file` is the name
/// under which a mapping may speak of the feed, `what` what messages call it.
///
/// # Errors
/// `ENG-010` a column of another type, `ENG-011` no table of monitoring.
pub fn check_columns(
    columns: &[FeedColumn],
    entry: Option<&FileMapping>,
    (file, what): (&str, &str),
    hours: bool,
) -> AppResult<FeedColumns> {
    let empty = |column: &FeedColumn| text_column(&column.name, Vec::new());
    let raw = named_table(file, columns.iter().map(empty).collect(), 0)?;
    let mut notes = Vec::new();
    let layout = check_layout(&raw, Some(TableKind::Monitoring), entry, &Aliases::built_in()?, &NoMap, &mut notes)
        .map_err(|finding| {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            no_monitoring(&finding.words(), what).value(names.join("、"))
        })?;
    let mapping = layout.as_mapping(&raw);
    let find = |heading: &String| columns.iter().find(|column| column.name == *heading).cloned();
    let known: BTreeMap<String, FeedColumn> =
        mapping.columns.iter().filter_map(|(id, heading)| Some((id.clone(), find(heading)?))).collect();
    let (numbers, names) = ([Cells::Integer, Cells::Number], [Cells::Text, Cells::Integer]);
    let words = [Cells::Text, Cells::Truth, Cells::Integer];
    for (id, wanted, expected) in [
        (monitoring::DATE.name(), &[Cells::Day, Cells::Stamp][..], "日期或时间（date、timestamp）"),
        (monitoring::VALUE.name(), &numbers, "数值"),
        (monitoring::LIMIT.name(), &numbers, "数值"),
        (monitoring::MULTIPLE.name(), &numbers, "数值"),
        (monitoring::MARK.name(), &words, "文字"),
        (monitoring::HOURLY.name(), &words, "文字"),
        (monitoring::UNIT_ID.name(), &names, "文字"),
        (monitoring::NAME.name(), &names, "文字"),
        (monitoring::OUTLET.name(), &names, "文字"),
        (monitoring::POLLUTANT.name(), &names, "文字"),
    ] {
        if let Some(column) = known.get(id).filter(|column| !wanted.contains(&column.cells)) {
            return Err(wrong_type(column, expected, what));
        }
    }
    let missing = |name: &str| no_monitoring(&format!("有「{name}」列"), what);
    let date = known.get(monitoring::DATE.name()).cloned().ok_or_else(|| missing("监测时间"))?;
    if hours {
        for (id, name) in [(monitoring::VALUE.name(), "监测值"), (monitoring::LIMIT.name(), "标准限值")] {
            known.get(id).ok_or_else(|| missing(name))?;
        }
        if date.cells != Cells::Stamp {
            let expected = "带时刻的时间（timestamp）：原始小时值须知道是哪一小时";
            return Err(wrong_type(&date, expected, what));
        }
    }
    Ok(FeedColumns { known, date, mapping })
}

/// The columns of a frame.
#[must_use]
pub fn columns_of_frame(frame: &DataFrame) -> Vec<FeedColumn> {
    let column = |column: &Column| FeedColumn {
        name: column.name().to_string(),
        cells: Cells::of(column.dtype()),
        kind: column.dtype().to_string(),
    };
    frame.columns().iter().map(column).collect()
}

/// What the words mean that came back as files, by their names.
///
/// # Errors
/// `ENG-012`, `ENG-015`.
pub fn kept_words(found: &[(&str, DataFrame)], columns: &FeedColumns, what: &str) -> AppResult<FeedWords> {
    let mut words = BTreeMap::new();
    for (name, answer) in found {
        let which = WordsOf::ALL.into_iter().find(|which| which.answer() == *name);
        if let Some((which, column)) = which.and_then(|which| Some((which, columns.get(which.id())?))) {
            words.insert(which.id(), words_in(answer, column, what)?);
        }
    }
    meanings(columns, &words)
}

/// Asks for the different words of the columns whose words decide, and finds out what they mean.
///
/// # Errors
/// `ENG-012` where a column holds no words, `ENG-…`, `DBS-…`, `JOB-001`.
pub fn ask_words(
    engine: &mut dyn Engine,
    statements: &Statements<'_>,
    columns: &FeedColumns,
    what: &str,
    progress: &Progress,
) -> AppResult<FeedWords> {
    let mut found = BTreeMap::new();
    for which in WordsOf::ALL {
        let Some(column) = columns.get(which.id()) else { continue };
        progress.begin(&format!("读取 {what} 的「{}」有哪些说法", column.name), 0);
        let answer = engine.query(&statements.words(column, MOST_WORDS), what)?;
        found.insert(which.id(), words_in(&answer, column, what)?);
    }
    meanings(columns, &found)
}

/// The words of one column, in order.
///
/// # Errors
/// `ENG-012`.
pub(super) fn words_in(answer: &DataFrame, column: &FeedColumn, what: &str) -> AppResult<Vec<String>> {
    let cells = answer.column("word").and_then(Column::str).map_err(internal)?;
    let mut words: Vec<String> = cells.iter().flatten().map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    if words.len() > MOST_WORDS {
        return Err(Finding::error("ENG-012", "计算引擎中此列有过多不同的说法，不像是标记")
            .column(&column.name)
            .value(format!("超过 {MOST_WORDS} 种"))
            .hint("请在列对应文件中为「数据标记」「数据类型」指明另一列，或不指明")
            .file(what)
            .into());
    }
    Ok(words)
}

/// Flags of rows.
type Flags = Vec<Option<bool>>;

/// What words mean: rows with these words go through the reader of the table of monitoring, each at midnight and at
/// another hour. What differs by the time of day says nothing of itself.
pub(super) fn meanings(columns: &FeedColumns, found: &BTreeMap<&'static str, Vec<String>>) -> AppResult<FeedWords> {
    let none = Vec::new();
    let averaging = found.get(monitoring::HOURLY.name()).unwrap_or(&none);
    let marks = found.get(monitoring::MARK.name()).unwrap_or(&none);
    let height = averaging.len().max(marks.len()).max(1);
    let shown = |column: Option<&FeedColumn>, words: &[String], row: usize| {
        let upper = column.is_some_and(|column| column.cells == Cells::Truth);
        words.get(row).map(|word| if upper { word.to_uppercase() } else { word.clone() })
    };
    let read = |time: &str| -> AppResult<(Flags, Flags)> {
        let cell = |id: &str, column: &FeedColumn, row: usize| match id {
            id if id == monitoring::DATE.name() => Some(format!("2000-01-01 {time}")),
            id if id == monitoring::HOURLY.name() => shown(Some(column), averaging, row),
            id if id == monitoring::MARK.name() => shown(Some(column), marks, row),
            id if id == monitoring::UNIT_ID.name() || id == monitoring::OUTLET.name() => Some(format!("X{row}")),
            _ => None,
        };
        let columns_of = columns
            .known
            .iter()
            .map(|(id, column)| text_column(&column.name, (0..height).map(|row| cell(id, column, row)).collect()));
        let raw = named_table("words", columns_of.collect(), height)?;
        let mapping = FileMapping { file: "words".to_owned(), ..columns.mapping.clone() };
        let input = InputTable { raw, table: Some(TableKind::Monitoring), mapping: Some(mapping) };
        let day = NaiveDate::from_ymd_opt(2000, 1, 2).unwrap_or_default();
        let options = RegistryOptions::new(day)?;
        let registry = check_tables(&Registry::empty(), vec![input], &options, &NoMap, &Progress::none())?;
        let flags =
            |column: Typed<Flag>| column.cells(&registry.monitoring).map(|cells| cells.iter().collect::<Flags>());
        let (hourly, valid) =
            (flags(monitoring::HOURLY).map_err(internal)?, flags(monitoring::VALID).map_err(internal)?);
        if hourly.len() != height {
            return Err(AppError::new("ENG-015", "计算引擎返回的内容不合协议"));
        }
        Ok((hourly, valid))
    };
    let ((midnight, valid), (morning, _)) = (read("00:00:00")?, read("08:00:00")?);
    let mut words = FeedWords::default();
    let told = |row: usize| midnight.get(row).copied().flatten().filter(|told| morning.get(row) == Some(&Some(*told)));
    for (row, word) in averaging.iter().enumerate() {
        match told(row) {
            Some(true) => words.hourly.push(word.clone()),
            Some(false) => words.daily.push(word.clone()),
            None => {}
        }
    }
    for (row, word) in marks.iter().enumerate() {
        if valid.get(row) == Some(&Some(false)) {
            words.invalid.push(word.clone());
        }
    }
    if columns.get(monitoring::HOURLY.name()).is_none() {
        words.every_row = told(0);
    }
    Ok(words)
}

/// Asks for the rows that may count, and how many stay and why.
///
/// # Errors
/// `ENG-018` where the table changed between the two, `ENG-…`, `DBS-…`, `JOB-001`.
pub fn ask_rows(
    engine: &mut dyn Engine,
    statements: &Statements<'_>,
    (columns, words): (&FeedColumns, &FeedWords),
    hours: bool,
    what: &str,
    progress: &Progress,
) -> AppResult<FeedAnswer> {
    progress.begin(&format!("统计 {what} 各行"), 0);
    let counts = engine.query(&statements.counts(words), what)?;
    progress.begin(&format!("取回 {what} 可能计入的行"), 0);
    let rows = engine.query(&statements.rows(words), what)?;
    take_answer(&counts, rows, columns, hours, what)
}

/// Makes the answer of what came back.
///
/// # Errors
/// `ENG-015` where columns are missing, `ENG-018` where counts and rows disagree.
pub fn take_answer(
    counts: &DataFrame,
    rows: DataFrame,
    columns: &FeedColumns,
    hours: bool,
    what: &str,
) -> AppResult<FeedAnswer> {
    let integer = |name: &str| counts.column(name).and_then(|column| column.cast(&DataType::Int64)).map_err(internal);
    let (why, n) = (integer("why")?, integer("n")?);
    let pairs = why.i64().map_err(internal)?.iter().zip(n.i64().map_err(internal)?.iter());
    let (mut stayed, mut seen, mut counted) = (BTreeMap::new(), 0, 0);
    for (why, n) in pairs {
        let n = n.unwrap_or(0).max(0) as u64;
        seen += n;
        match Stayed::ALL.into_iter().find(|reason| why == Some(*reason as i64)) {
            Some(reason) => *stayed.entry(reason).or_insert(0) += n,
            None => counted += n,
        }
    }
    if !hours && rows.height() as u64 != counted {
        return Err(Finding::error("ENG-018", "读取期间计算引擎中的表有了变化，没有采用")
            .value(format!("统计 {counted} 行，取回 {} 行", rows.height()))
            .hint("请待数据写入结束后再做一次，或读取固定的分区、快照")
            .file(what)
            .into());
    }
    let rows = if hours { daily_rows(&rows, columns)? } else { rows };
    let by: Vec<PlSmallStr> = rows.get_column_names_owned();
    let rows = rows.sort(by, SortMultipleOptions::default().with_maintain_order(true)).map_err(internal)?;
    Ok(FeedAnswer { rows, stayed, seen })
}

/// Days whose mean is above its limit, as rows of the table of monitoring.
fn daily_rows(days: &DataFrame, columns: &FeedColumns) -> AppResult<DataFrame> {
    let column = |name: &str| days.column(name).map_err(internal);
    let mut made: Vec<Column> = Vec::new();
    // beside a number stands the name that all of a day's hours have
    let beside = columns.get(monitoring::NAME.name()).filter(|_| columns.get(monitoring::UNIT_ID.name()).is_some());
    for own in columns.who() {
        let given = if beside == Some(own) { column("fd_name")? } else { column(&own.name)? };
        made.push(given.clone().with_name(PlSmallStr::from_str(&own.name)));
    }
    let integers = |name: &str| -> AppResult<Vec<i64>> {
        let cells = column(name)?.cast(&DataType::Int64).map_err(internal)?;
        Ok(cells.i64().map_err(internal)?.iter().map(Option::unwrap_or_default).collect())
    };
    let (hours, values, limits) = (integers("fd_hours")?, integers("fd_values")?, integers("fd_limits")?);
    let mean = |sums: &[i64], name: &str| {
        let means: Vec<f64> =
            sums.iter().zip(&hours).map(|(sum, hours)| *sum as f64 / (hours.max(&1) * 1000) as f64).collect();
        Column::new(PlSmallStr::from_str(name), means)
    };
    let heading =
        |id: &str, other: &str| columns.get(id).map_or_else(|| other.to_owned(), |column| column.name.clone());
    made.push(column("fd_day")?.clone().with_name(PlSmallStr::from_str(&columns.date.name)));
    made.push(mean(&values, &heading(monitoring::VALUE.name(), "监测值")));
    made.push(mean(&limits, &heading(monitoring::LIMIT.name(), "标准限值")));
    let kind = heading(monitoring::HOURLY.name(), "数据类型");
    if !columns.mapping.constants.contains_key(monitoring::HOURLY.name()) {
        made.push(text_column(&kind, vec![Some("日均值".to_owned()); days.height()]));
    }
    DataFrame::new(days.height(), made).map_err(internal)
}
