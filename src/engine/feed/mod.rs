//! Readings of continuous monitoring where they lie: billions of rows in the agency's cluster or database, of which
//! only those come back that can count.
//!
//! Duty: from a table or query on an engine, by two or three statements, the rows of the table of monitoring that the
//! rules of risk may count, and how many rows stayed there and why. Everything that decides stays here: which units the
//! rows mean, what words mean, what weighs how much. So a changed policy, a month of the past, a slider never ask the
//! server again, and sealing and verifying need it as little as they need a file's office.
//!
//! Rules, so that every engine gives the same rows: text decides nothing but equality (the engine lists the different
//! words of a column, the program's own vocabularies say what they mean, the answer goes back as a list); of numbers
//! only comparisons of doubles and sums of integers; days and hours in the office's time.
//!
//! Two kinds of feed: rows that are what the table of monitoring holds (daily means, anomalies), and raw hours, of which
//! the engine makes the daily means.

mod rows;
mod scripts;
mod source;
mod sql;
mod unit;

pub use rows::{
    FeedAnswer, FeedColumns, FeedWords, Stayed, ask_rows, ask_words, check_columns, columns_of_frame, kept_words,
    take_answer,
};
pub use scripts::{Script, answers, row_scripts, script, word_scripts};
pub use source::{FeedPlace, FeedSource, with_engine};
pub use sql::{Dialect, Statements};
pub use unit::{UnitNames, UnitReadings, ask_unit};

use polars::prelude::{DataFrame, DataType};

use crate::diagnostic::AppResult;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cells {
    /// Text.
    Text,
    /// True or false.
    Truth,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Days.
    Day,
    /// Days with a time.
    Stamp,
    /// Nothing that a table here has.
    Other,
}

impl Cells {
    /// What a frame's column holds.
    #[must_use]
    pub fn of(kind: &DataType) -> Self {
        match kind {
            DataType::String => Self::Text,
            DataType::Boolean => Self::Truth,
            DataType::Date => Self::Day,
            DataType::Datetime(..) => Self::Stamp,
            kind if kind.is_integer() => Self::Integer,
            kind if kind.is_float() || matches!(kind, DataType::Decimal(..)) => Self::Number,
            _ => Self::Other,
        }
    }
}

/// A column of a table on an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedColumn {
    /// Its name there.
    pub name: String,
    /// What it holds.
    pub cells: Cells,
    /// Its type as the engine calls it.
    pub kind: String,
}

/// Something that answers SQL.
pub trait Engine {
    /// Which SQL.
    fn dialect(&self) -> Dialect;

    /// The columns of a query's rows. `what` is what it reads, for messages.
    ///
    /// # Errors
    /// `DBS-…`, `ENG-…`, `JOB-001`.
    fn columns(&mut self, query: &str, what: &str) -> AppResult<Vec<FeedColumn>>;

    /// A query's rows.
    ///
    /// # Errors
    /// `DBS-…`, `ENG-…`, `JOB-001`.
    fn query(&mut self, query: &str, what: &str) -> AppResult<DataFrame>;
}
