//! What an engine is asked, as text of SQL.
//!
//! Invariant: a subset on which PostgreSQL, Spark, and what else speaks their languages give the same answer (tried on
//! PostgreSQL 15, Spark 4, Sail): SELECT, CASE, COALESCE, GROUP BY, COUNT, sums of integers, MAX and MIN of integers,
//! comparisons of doubles, FLOOR of doubles, EXTRACT, CAST. No text decides but by equality; no sums of doubles, no
//! ROUND, no division, no literals with a point (`x > 0`, never `x > 0.0`: one engine makes decimals of both sides);
//! what is no finite number is NULL before it is compared. Identifiers are quoted.

use std::fmt::Write as _;

use super::rows::{FeedColumns, FeedWords, Stayed};
use super::{Cells, FeedColumn};
use crate::diagnostic::AppResult;
use crate::engine::database::{is_query, parts_of_name, text_literal};
use crate::registry::schema::monitoring;

/// Valid hours that a day needs for its mean to count.
///
/// Source: GB 3095—2012, table 4, wants at least 20 of a day's 24 hourly means for a daily mean; the rule is taken over
/// for what comes out of stacks and drains.
pub const FULL_DAY: u32 = 20;
/// Greatest reading that is added up; what lies beyond is no reading. Its thousandths, a day of them, stay far within 64 bits.
const GREATEST: u64 = 1_000_000_000;

/// Whose SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL, and what speaks its protocol.
    Postgres,
    /// Spark, and Hive.
    Spark,
}

impl Dialect {
    /// An identifier.
    fn name(self, name: &str) -> String {
        match self {
            Self::Postgres => format!("\"{}\"", name.replace('"', "\"\"")),
            Self::Spark => format!("`{}`", name.replace('`', "``")),
        }
    }

    /// A text.
    pub(super) fn text(self, text: &str) -> String {
        match self {
            Self::Postgres => text_literal(text),
            Self::Spark => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
        }
    }

    fn text_type(self) -> &'static str {
        match self {
            Self::Postgres => "TEXT",
            Self::Spark => "STRING",
        }
    }

    fn double(self) -> &'static str {
        match self {
            Self::Postgres => "DOUBLE PRECISION",
            Self::Spark => "DOUBLE",
        }
    }

    /// The query that gives a feed's rows: itself, or all of a table.
    ///
    /// # Errors
    /// `DBS-003` where it is neither a name nor a query.
    pub fn source(self, from: &str) -> AppResult<String> {
        if is_query(from) {
            return Ok(from.trim().trim_end_matches(';').trim_end().to_owned());
        }
        let parts: Vec<String> = parts_of_name(from)?.iter().map(|part| self.name(part)).collect();
        Ok(format!("SELECT * FROM {}", parts.join(".")))
    }
}

/// The statements about one feed.
pub struct Statements<'a> {
    dialect: Dialect,
    /// The query of the feed's rows; a line end goes behind it, since it may end in a comment.
    from: &'a str,
    columns: &'a FeedColumns,
    hours: bool,
}

impl<'a> Statements<'a> {
    /// For a feed of rows, or of raw hours.
    #[must_use]
    pub fn new(dialect: Dialect, from: &'a str, columns: &'a FeedColumns, hours: bool) -> Self {
        Self { dialect, from, columns, hours }
    }

    fn name(&self, column: &FeedColumn) -> String {
        self.dialect.name(&column.name)
    }

    /// A column's cells as text.
    fn words_of(&self, column: &FeedColumn) -> String {
        format!("CAST({} AS {})", self.name(column), self.dialect.text_type())
    }

    /// The different words of a column, and one more than may be.
    #[must_use]
    pub fn words(&self, column: &FeedColumn, most: usize) -> String {
        let word = self.words_of(column);
        format!(
            "SELECT {word} AS word FROM ({}\n) f WHERE {} IS NOT NULL GROUP BY {word} LIMIT {}",
            self.from,
            self.name(column),
            most + 1
        )
    }

    /// A column of numbers as doubles, NULL where one is none that counts, or there is no such column.
    fn number(&self, id: &str) -> String {
        let double = self.dialect.double();
        let Some(column) = self.columns.get(id) else { return format!("CAST(NULL AS {double})") };
        let cell = format!("CAST({} AS {double})", self.name(column));
        format!(
            "CASE WHEN {cell} > CAST('-Infinity' AS {double}) AND {cell} < CAST('Infinity' AS {double}) THEN {cell} END"
        )
    }

    /// The feed's rows with what they are judged by.
    fn judged(&self, words: &FeedWords) -> String {
        let date = self.columns.date();
        let stamp = self.name(date);
        let (day, minutes) = match date.cells {
            Cells::Stamp => (
                format!("CAST({stamp} AS DATE)"),
                format!("(EXTRACT(HOUR FROM {stamp}) > 0 OR EXTRACT(MINUTE FROM {stamp}) > 0)"),
            ),
            _ => (stamp.clone(), "false".to_owned()),
        };
        // what says nothing of its time: an hour's in a feed of raw hours, else by its time of day
        let otherwise = if self.hours { "true".to_owned() } else { format!("COALESCE({minutes}, false)") };
        let hourly = match self.columns.get(monitoring::HOURLY.name()) {
            Some(column) => {
                let told = self.listed(column, &words.hourly, "true", "");
                let told = self.listed(column, &words.daily, "false", &told);
                if told.is_empty() { otherwise } else { format!("COALESCE(CASE {told} END, {otherwise})") }
            }
            None => words.every_row.map_or(otherwise, |hourly| hourly.to_string()),
        };
        let valid = match self.columns.get(monitoring::MARK.name()) {
            Some(column) if !words.invalid.is_empty() => {
                format!("CASE {} ELSE true END", self.listed(column, &words.invalid, "false", ""))
            }
            _ => "true".to_owned(),
        };
        let limit = self.number(monitoring::LIMIT.name());
        format!(
            "SELECT f.*, {day} AS fd_day, {hourly} AS fd_hourly, {valid} AS fd_valid, {} AS fd_value, {limit} AS fd_limit, \
             {} AS fd_multiple FROM ({}\n) f",
            self.number(monitoring::VALUE.name()),
            self.number(monitoring::MULTIPLE.name()),
            self.from,
        )
    }

    /// ` WHEN cell IN (…) THEN …` behind what comes before.
    fn listed(&self, column: &FeedColumn, words: &[String], then: &str, before: &str) -> String {
        if words.is_empty() {
            return before.to_owned();
        }
        let list: Vec<String> = words.iter().map(|word| self.dialect.text(word)).collect();
        let mut text = before.to_owned();
        let _ = write!(
            text,
            "{}WHEN {} IN ({}) THEN {then}",
            if before.is_empty() { "" } else { " " },
            self.words_of(column),
            list.join(", ")
        );
        text
    }

    /// True for a row that may be above its limit: all that are, and some of which only the program can say that they
    /// are not. A limit below 0 is none; a row without numbers is listed because it is an anomaly.
    fn may_exceed() -> &'static str {
        "CASE WHEN fd_multiple IS NOT NULL AND fd_multiple > 0 THEN true \
         WHEN fd_value IS NOT NULL AND fd_limit IS NOT NULL AND fd_limit >= 0 THEN fd_value > fd_limit \
         ELSE fd_multiple IS NULL END"
    }

    /// True for an hour whose reading can be added up.
    fn has_reading() -> String {
        format!(
            "fd_value IS NOT NULL AND fd_limit IS NOT NULL AND fd_value > -{GREATEST} AND fd_value < {GREATEST} \
             AND fd_limit > 0 AND fd_limit < {GREATEST}"
        )
    }

    /// Why rows stay where they are, by the first reason that holds: `why` ([`Stayed`]), `n`.
    #[must_use]
    pub fn counts(&self, words: &FeedWords) -> String {
        let code = |stayed: Stayed| stayed as i32;
        let reasons = if self.hours {
            format!(
                "WHEN NOT fd_hourly THEN {} WHEN NOT fd_valid THEN {} WHEN NOT ({}) THEN {}",
                code(Stayed::NoHour),
                code(Stayed::Invalid),
                Self::has_reading(),
                code(Stayed::NoReading),
            )
        } else {
            format!(
                "WHEN fd_hourly THEN {} WHEN NOT fd_valid THEN {} WHEN NOT ({}) THEN {}",
                code(Stayed::Hourly),
                code(Stayed::Invalid),
                Self::may_exceed(),
                code(Stayed::WithinLimit),
            )
        };
        format!(
            "SELECT CAST(why AS INT) AS why, CAST(COUNT(*) AS BIGINT) AS n FROM (SELECT CASE WHEN fd_day IS NULL THEN {} \
             {reasons} ELSE 0 END AS why FROM ({}) j) r GROUP BY why",
            code(Stayed::NoDate),
            self.judged(words),
        )
    }

    /// The readings of one unit as they lie there, the latest first, those without a date last; one more than are wanted.
    /// A row is a unit's by its number in one of these spellings, by its name where it has no number.
    #[must_use]
    pub fn of_unit(&self, numbers: &[String], name: &str, most: usize) -> String {
        let columns: Vec<String> = self.columns.all().map(|column| self.name(column)).collect();
        let list: Vec<String> = numbers.iter().map(|number| self.dialect.text(number)).collect();
        let list = list.join(", ");
        let words_of = |id: &str| self.columns.get(id).map(|column| self.words_of(column));
        let named = words_of(monitoring::NAME.name()).map(|cell| format!("{cell} = {}", self.dialect.text(name)));
        let who = match (words_of(monitoring::UNIT_ID.name()), named) {
            (Some(unit), Some(named)) => format!("{unit} IN ({list}) OR (({unit} IS NULL OR {unit} = '') AND {named})"),
            (Some(unit), None) => format!("{unit} IN ({list})"),
            (None, named) => named.unwrap_or_else(|| "false".to_owned()),
        };
        let stamp = self.name(self.columns.date());
        format!(
            "SELECT {} FROM ({}\n) f WHERE {who} ORDER BY CASE WHEN {stamp} IS NULL THEN 1 ELSE 0 END, {stamp} DESC LIMIT {}",
            columns.join(", "),
            self.from,
            most + 1,
        )
    }

    /// The rows that may count.
    #[must_use]
    pub fn rows(&self, words: &FeedWords) -> String {
        if self.hours { self.daily_means(words) } else { self.candidates(words) }
    }

    fn candidates(&self, words: &FeedWords) -> String {
        let columns: Vec<String> = self.columns.all().map(|column| self.name(column)).collect();
        format!(
            "SELECT {} FROM ({}) j WHERE fd_day IS NOT NULL AND NOT fd_hourly AND fd_valid AND {}",
            columns.join(", "),
            self.judged(words),
            Self::may_exceed(),
        )
    }

    /// The days on which the mean of the valid hours lies above that of their limits: `hours`, and the sums of readings
    /// and limits in thousandths. Mean against mean is sum against sum, so nothing is divided. Of several readings of
    /// one hour the highest counts, against the lowest limit. A unit is known by its number, by its name where it has
    /// none; beside the number stands the name that all of a day's hours have, or none: MIN is MAX in whatever order an
    /// engine puts texts.
    fn daily_means(&self, words: &FeedWords) -> String {
        let double = self.dialect.double();
        let name_of = |id: &str| self.columns.get(id).map(|column| self.name(column));
        let (unit, name) = (name_of(monitoring::UNIT_ID.name()), name_of(monitoring::NAME.name()));
        let beside = name.as_deref().filter(|_| unit.is_some());
        let mut keys: Vec<String> =
            self.columns.who().map(|column| self.name(column)).filter(|key| Some(key.as_str()) != beside).collect();
        let mut made = String::new();
        if let (Some(unit), Some(name)) = (&unit, beside) {
            let _ = write!(made, ", CASE WHEN {unit} IS NULL THEN {name} END AS fd_who, {name} AS fd_name");
            keys.push("fd_who".to_owned());
        }
        let (least, same, told) = if beside.is_some() {
            (
                ", MIN(fd_name) AS fd_least, MAX(fd_name) AS fd_most",
                ", MIN(fd_least) AS fd_least, MAX(fd_most) AS fd_most",
                ", CASE WHEN fd_least = fd_most THEN fd_least END AS fd_name",
            )
        } else {
            ("", "", "")
        };
        let asked: Vec<&str> = keys.iter().map(String::as_str).filter(|key| *key != "fd_who").collect();
        let (asked, keys) = (asked.join(", "), keys.join(", "));
        let hour = format!("EXTRACT(HOUR FROM {})", self.name(self.columns.date()));
        // to the nearest thousandth, halves upwards, of doubles that every engine multiplies alike
        let thousandths = |cell: &str| format!("CAST(FLOOR({cell} * 1000 + CAST('0.5' AS {double})) AS BIGINT)");
        let readings = format!(
            "SELECT {asked}{made}, fd_day, CAST({hour} AS INT) AS fd_hour, {} AS fd_v, {} AS fd_l FROM ({}) j \
             WHERE fd_day IS NOT NULL AND fd_hourly AND fd_valid AND {}",
            thousandths("fd_value"),
            thousandths("fd_limit"),
            self.judged(words),
            Self::has_reading(),
        );
        let hours = format!(
            "SELECT {keys}, fd_day, fd_hour, MAX(fd_v) AS fd_v, MIN(fd_l) AS fd_l{least} FROM ({readings}) h \
             GROUP BY {keys}, fd_day, fd_hour"
        );
        let days = format!(
            "SELECT {keys}, fd_day, CAST(COUNT(*) AS BIGINT) AS fd_hours, CAST(SUM(fd_v) AS BIGINT) AS fd_values, \
             CAST(SUM(fd_l) AS BIGINT) AS fd_limits{same} FROM ({hours}) d GROUP BY {keys}, fd_day"
        );
        format!(
            "SELECT {asked}, fd_day, fd_hours, fd_values, fd_limits{told} FROM ({days}) m \
             WHERE fd_hours >= {FULL_DAY} AND fd_values > fd_limits"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_columns;
    use super::*;

    #[test]
    fn what_a_user_wrote_stands_whole_in_every_statement() {
        let column = |(name, cells): (&str, Cells)| FeedColumn { name: name.to_owned(), cells, kind: String::new() };
        let columns = [
            ("排污许可证编号", Cells::Text),
            ("监测时间", Cells::Stamp),
            ("监测值", Cells::Number),
            ("标准限值", Cells::Number),
            ("数据标记", Cells::Text),
        ];
        let columns = check_columns(&columns.map(column), None, ("feed.parquet", "feed"), true).unwrap();
        let words = FeedWords { invalid: vec!["it's \\".to_owned()], ..FeedWords::default() };
        for (dialect, word) in [(Dialect::Postgres, " E'it''s \\\\'"), (Dialect::Spark, "'it\\'s \\\\'")] {
            let query = dialect.source("select * from fairdraw_feed f -- 全部 ; ").unwrap();
            for hours in [false, true] {
                let asked = Statements::new(dialect, &query, &columns, hours);
                let mark = columns.get(monitoring::MARK.name()).unwrap();
                let of_unit = asked.of_unit(&["it's \\".to_owned()], "", 9);
                for sql in [asked.words(mark, 9), asked.counts(&words), asked.rows(&words), of_unit] {
                    assert_eq!(sql.matches("(select * from fairdraw_feed f -- 全部\n) f").count(), 1, "{sql}");
                }
                assert!(asked.counts(&words).contains(word), "{}", asked.counts(&words));
            }
        }
    }
}
