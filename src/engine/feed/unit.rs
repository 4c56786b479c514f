//! The readings of one unit, as they lie on the engine: for whoever looks at a source's card.

use polars::prelude::{Column, DataFrame, IdxCa, PlSmallStr};

use super::rows::{FeedColumns, internal};
use super::{Engine, Statements};
use crate::diagnostic::{AppResult, Progress};
use crate::registry::schema::monitoring;
use crate::tabular::frame_as_text;

/// What is shown of a reading, in this order, as far as the feed has it.
const SHOWN: [&str; 9] = [
    monitoring::DATE.name(),
    monitoring::OUTLET.name(),
    monitoring::POLLUTANT.name(),
    monitoring::VALUE.name(),
    monitoring::LIMIT.name(),
    monitoring::MULTIPLE.name(),
    monitoring::HOURLY.name(),
    monitoring::MARK.name(),
    monitoring::UNIT_ID.name(),
];

/// A unit as a feed may name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitNames {
    /// Its numbers, each in the spellings that are looked for.
    pub numbers: Vec<String>,
    /// Its name, for rows without a number.
    pub name: String,
}

impl UnitNames {
    /// A unit of these numbers, as the register writes them and in small letters.
    #[must_use]
    pub fn new(numbers: &[&str], name: &str) -> Self {
        let mut spelt: Vec<String> = Vec::new();
        for number in numbers.iter().filter(|number| !number.is_empty()) {
            for spelling in [(*number).to_owned(), number.to_lowercase()] {
                if !spelt.contains(&spelling) {
                    spelt.push(spelling);
                }
            }
        }
        Self { numbers: spelt, name: name.to_owned() }
    }
}

/// Readings of a unit.
#[derive(Debug, Clone)]
pub struct UnitReadings {
    /// As text, columns by id of the table of monitoring, the latest first.
    pub cells: DataFrame,
    /// There are more than these.
    pub more: bool,
}

/// Asks for the readings of a unit, at most so many. Nothing is judged: rows are as the engine has them.
///
/// # Errors
/// `ENG-015`, `ENG-…`, `DBS-…`, `JOB-001`.
pub fn ask_unit(
    engine: &mut dyn Engine,
    statements: &Statements<'_>,
    columns: &FeedColumns,
    (unit, most): (&UnitNames, usize),
    what: &str,
    progress: &Progress,
) -> AppResult<UnitReadings> {
    progress.begin(&format!("查询 {what} 中该单位的各行"), 0);
    let answer = engine.query(&statements.of_unit(&unit.numbers, &unit.name, most), what)?;
    let more = answer.height() > most;
    let mut shown: Vec<Column> = Vec::new();
    for (id, column) in SHOWN.iter().filter_map(|id| Some((*id, columns.get(id)?))) {
        let cells = answer.column(&column.name).map_err(internal)?.head(Some(most));
        shown.push(cells.with_name(PlSmallStr::from_static(id)));
    }
    let cells = frame_as_text(&DataFrame::new(answer.height().min(most), shown).map_err(internal)?);
    ordered(&cells).map(|cells| UnitReadings { cells, more })
}

/// The latest first; of one time by outlet, pollutant and the rest, in whatever order an engine gives them.
fn ordered(cells: &DataFrame) -> AppResult<DataFrame> {
    let columns: Vec<_> = cells.columns().iter().filter_map(|column| column.str().ok()).collect();
    let key = |row: u32| columns.iter().skip(1).map(move |column| column.get(row as usize));
    let time = |row: u32| columns.first().and_then(|column| column.get(row as usize));
    let mut rows: Vec<u32> = (0..cells.height() as u32).collect();
    rows.sort_by(|a, b| time(*b).cmp(&time(*a)).then_with(|| key(*a).cmp(key(*b))));
    cells.take(&IdxCa::from_vec(PlSmallStr::EMPTY, rows)).map_err(internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_comes_first_and_what_has_no_time_last() {
        let texts = |cells: [Option<&str>; 4]| cells.into_iter().collect::<polars::prelude::StringChunked>();
        let column = |id: &'static str, cells| {
            Column::from(polars::prelude::IntoSeries::into_series(texts(cells)).with_name(id.into()))
        };
        let frame = DataFrame::new(
            4,
            vec![
                column(
                    "date",
                    [Some("2026-01-02 03:00:00"), None, Some("2026-01-02 04:00:00"), Some("2026-01-02 04:00:00")],
                ),
                column("outlet", [Some("a"), Some("b"), Some("d"), Some("c")]),
            ],
        );
        let sorted = ordered(&frame.unwrap()).unwrap();
        let outlets: Vec<_> = sorted.column("outlet").unwrap().str().unwrap().iter().flatten().collect();
        assert_eq!(outlets, ["c", "d", "a", "b"]);
    }

    #[test]
    fn numbers_are_looked_for_as_written_and_in_small_letters() {
        let names = UnitNames::new(&["91310X", "91310X", "", "12"], "甲厂");
        assert_eq!(names.numbers, ["91310X", "91310x", "12"]);
    }
}
