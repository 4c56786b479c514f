//! A small pivot: rows counted, or a column summed, by any two columns.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::{CellFormat, Values, cell_text, natural_order, values};
use crate::diagnostic::{AppResult, Progress};

/// Most groups that one side of a pivot keeps; the rarest others are gathered into one.
pub const MOST_GROUPS: usize = 200;
/// Rows between two looks whether the work was cancelled.
const STRIDE: usize = 32_768;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PivotRequest {
    /// Column whose values are the rows.
    pub rows: String,
    /// Column whose values are the columns; `None` for one column of figures.
    pub columns: Option<String>,
    /// Numeric column that is summed; `None` counts the rows.
    pub sum: Option<String>,
}

/// A pivot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pivot {
    /// Groups down the side, by their sums from large to small (by name where counted alike).
    pub rows: Vec<String>,
    /// Groups along the top, in their natural order; empty without a second column.
    pub columns: Vec<String>,
    /// Figures, a row for each of `rows`, as long as `columns` (one where these are empty).
    pub cells: Vec<Vec<f64>>,
}

impl Pivot {
    /// The sum of a row.
    #[must_use]
    pub fn row_sum(&self, row: usize) -> f64 {
        self.cells.get(row).map_or(0.0, |cells| cells.iter().sum())
    }

    /// The sum of a column.
    #[must_use]
    pub fn column_sum(&self, column: usize) -> f64 {
        self.cells.iter().filter_map(|cells| cells.get(column)).sum()
    }

    /// The sum of all.
    #[must_use]
    pub fn sum(&self) -> f64 {
        (0..self.rows.len()).map(|row| self.row_sum(row)).sum()
    }
}

/// Each row's group in a column: positions among the names.
fn groups(
    frame: &DataFrame,
    column: &str,
    format: &CellFormat,
    rows: &[u32],
    words: (&str, &str),
    progress: &Progress,
) -> AppResult<(Vec<String>, Vec<u32>)> {
    let (none, others) = words;
    let cells = super::column_of(frame, column)?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut texts = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if at % STRIDE == 0 {
            progress.check()?;
        }
        let text = cell_text(cells, *row as usize, format);
        let text = if text.trim().is_empty() { none.to_owned() } else { text.into_owned() };
        *counts.entry(text.clone()).or_default() += 1;
        texts.push(text);
    }
    let mut order: Vec<(&String, usize)> = counts.iter().map(|(text, count)| (text, *count)).collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| natural_order(a.0, b.0)));
    let more = order.len() > MOST_GROUPS;
    order.truncate(if more { MOST_GROUPS - 1 } else { MOST_GROUPS });
    let mut names: Vec<String> = order.into_iter().map(|(text, _)| text.clone()).collect();
    names.sort_by(|a, b| natural_order(a, b));
    if more {
        names.push(others.to_owned());
    }
    let place: BTreeMap<&str, u32> = names.iter().map(String::as_str).zip(0..).collect();
    let last = names.len().saturating_sub(1) as u32;
    let of_row = texts.iter().map(|text| place.get(text.as_str()).copied().unwrap_or(last)).collect();
    Ok((names, of_row))
}

/// The pivot of these rows. `format` says how a column's values read, `words` what stands for no value and for the
/// rarest values gathered.
///
/// # Errors
/// `VEW-001` for a column that is not there, `JOB-001` where cancelled.
pub fn compute_pivot(
    frame: &DataFrame,
    rows: &[u32],
    request: &PivotRequest,
    format: &dyn Fn(&str) -> CellFormat,
    words: (&str, &str),
    progress: &Progress,
) -> AppResult<Pivot> {
    progress.begin("透视统计", 0);
    let (names, of_row) = groups(frame, &request.rows, &format(&request.rows), rows, words, progress)?;
    let (columns, of_column) = match &request.columns {
        Some(column) => groups(frame, column, &format(column), rows, words, progress)?,
        None => (Vec::new(), Vec::new()),
    };
    let sums = request.sum.as_ref().map(|column| values(frame, column)).transpose()?;
    let mut cells = vec![vec![0.0; columns.len().max(1)]; names.len()];
    for (at, row) in rows.iter().enumerate() {
        let figure = match &sums {
            None => 1.0,
            Some(Values::Number(numbers)) => numbers.get(*row as usize).filter(|n| !n.is_nan()).unwrap_or(0.0),
            Some(_) => 0.0,
        };
        let column = of_column.get(at).map_or(0, |column| *column as usize);
        let group = of_row.get(at).map_or(0, |group| *group as usize);
        if let Some(cell) = cells.get_mut(group).and_then(|cells| cells.get_mut(column)) {
            *cell += figure;
        }
    }
    let mut order: Vec<(String, Vec<f64>)> = names.into_iter().zip(cells).collect();
    let sum = |cells: &[f64]| cells.iter().sum::<f64>();
    order.sort_by(|a, b| sum(&b.1).total_cmp(&sum(&a.1)));
    let (names, cells) = order.into_iter().unzip();
    Ok(Pivot { rows: names, columns, cells })
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Float64Chunked, Int64Chunked, IntoColumn, NewChunkedArray, StringChunked};
    use proptest::prelude::*;

    use super::super::compute_totals;
    use super::*;

    const WORDS: (&str, &str) = ("（空）", "其余");

    type Line = (Option<String>, Option<String>, Option<f64>, Option<i64>);

    fn frame(lines: &[Line]) -> DataFrame {
        let body = StringChunked::from_iter_options("body".into(), lines.iter().map(|line| line.0.clone()));
        let tier = StringChunked::from_iter_options("tier".into(), lines.iter().map(|line| line.1.clone()));
        let days = Float64Chunked::from_iter_options("days".into(), lines.iter().map(|line| line.2));
        let points = Int64Chunked::from_iter_options("points".into(), lines.iter().map(|line| line.3));
        let columns = vec![body.into_column(), tier.into_column(), days.into_column(), points.into_column()];
        DataFrame::new(lines.len(), columns).unwrap()
    }

    fn pivot(frame: &DataFrame, rows: &[u32], columns: Option<&str>, sum: Option<&str>) -> Pivot {
        let request =
            PivotRequest { rows: "body".into(), columns: columns.map(str::to_owned), sum: sum.map(str::to_owned) };
        compute_pivot(frame, rows, &request, &|_| CellFormat::Plain, WORDS, &Progress::none()).unwrap()
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
    }

    fn line() -> impl Strategy<Value = Line> {
        (
            proptest::option::of("[甲乙丙 ]{0,1}"),
            proptest::option::of("[A-D]{0,1}"),
            proptest::option::of(prop_oneof![9 => -50.0_f64..500.0, 1 => Just(f64::NAN)]),
            proptest::option::of(-5_000_i64..90_000),
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_pivots_figures_are_those_of_looking_at_every_row_and_its_sum_is_the_tables(
            lines in proptest::collection::vec(line(), 0..80),
            every in 1_u32..4,
            across in any::<bool>(),
            sum in prop_oneof![Just(None), Just(Some("days")), Just(Some("points"))],
        ) {
            let frame = frame(&lines);
            // of the rows shown alone
            let rows: Vec<u32> = (0..lines.len() as u32).filter(|row| row % every == 0).rev().collect();
            let pivot = pivot(&frame, &rows, across.then_some("tier"), sum);
            let name = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty()).unwrap_or(WORDS.0.into());
            let figure = |line: &Line| match sum {
                None => 1.0,
                Some("days") => line.2.filter(|n| !n.is_nan()).unwrap_or(0.0),
                Some(_) => line.3.map_or(0.0, |n| n as f64 / 1000.0),
            };
            for (r, row) in pivot.rows.iter().enumerate() {
                let columns: Vec<Option<&String>> =
                    if across { pivot.columns.iter().map(Some).collect() } else { vec![None] };
                for (c, column) in columns.into_iter().enumerate() {
                    let expected: f64 = rows.iter().map(|row| &lines[*row as usize])
                        .filter(|line| name(&line.0) == *row && column.is_none_or(|column| name(&line.1) == *column))
                        .map(figure).sum();
                    prop_assert!(near(pivot.cells[r][c], expected), "{row} {column:?}: {} {expected}", pivot.cells[r][c]);
                }
            }
            let whole = match sum {
                Some(column) => compute_totals(&frame, column, &rows).unwrap().sum,
                None => rows.len() as f64,
            };
            prop_assert!(near(pivot.sum(), whole), "{} {whole}", pivot.sum());
            let by_columns: f64 = (0..pivot.columns.len().max(1)).map(|at| pivot.column_sum(at)).sum();
            prop_assert!(near(by_columns, whole));
            // the largest first
            prop_assert!((1..pivot.rows.len()).all(|at| pivot.row_sum(at - 1) >= pivot.row_sum(at)));
        }
    }

    #[test]
    fn missing_values_have_a_group_of_their_own() {
        let text = |t: &str| Some(t.to_owned());
        let lines = [
            (text("甲"), text("A"), Some(2.5), Some(1_500)),
            (None, text("A"), Some(1.0), None),
            (text(" "), None, None, Some(500)),
            (text("甲"), None, Some(f64::NAN), Some(-250)),
        ];
        let frame = frame(&lines);
        let counted = pivot(&frame, &[0, 1, 2, 3], Some("tier"), None);
        assert_eq!(counted.rows, ["甲", "（空）"]);
        assert_eq!(counted.columns.iter().map(String::as_str).collect::<Vec<_>>(), ["A", "（空）"]);
        assert_eq!(counted.cells, [[1.0, 1.0], [1.0, 1.0]]);
        assert!(near(pivot(&frame, &[0, 1, 2, 3], None, Some("days")).sum(), 3.5));
        // thousandths are points
        assert_eq!(pivot(&frame, &[0, 1, 2, 3], None, Some("points")).cells, [[1.25], [0.5]]);
        let none = pivot(&frame, &[], None, None);
        assert!(none.rows.is_empty());
        assert!(near(none.sum(), 0.0));
    }

    #[test]
    fn a_whole_register_is_summed_and_the_rarest_groups_are_gathered() {
        let lines: Vec<Line> = (0..38_000_i64)
            // the group of each number takes more rows the smaller it is; 900 groups
            .map(|i| {
                (
                    Some(format!("第{}局", (i * i) % 900)),
                    Some(["A", "B"][(i % 2) as usize].to_owned()),
                    Some(i as f64 / 8.0),
                    Some(i),
                )
            })
            .collect();
        let frame = frame(&lines);
        let rows: Vec<u32> = (0..38_000).collect();
        let counted = pivot(&frame, &rows, Some("tier"), None);
        assert!(counted.rows.len() <= MOST_GROUPS);
        assert!(near(counted.sum(), 38_000.0));
        let summed = pivot(&frame, &rows, None, Some("points"));
        let total = compute_totals(&frame, "points", &rows).unwrap();
        assert!(near(summed.sum(), total.sum), "{} {}", summed.sum(), total.sum);
        let kept: std::collections::BTreeSet<i64> = (0..38_000_i64).map(|i| (i * i) % 900).collect();
        if kept.len() > MOST_GROUPS {
            assert!(counted.rows.iter().any(|name| name == WORDS.1));
        }
        let many: Vec<Line> = (0..1_000_i64).map(|i| (Some(format!("{i}")), None, None, Some(i * 1_000))).collect();
        let frame = self::frame(&many);
        let rows: Vec<u32> = (0..1_000).collect();
        let gathered = pivot(&frame, &rows, None, Some("points"));
        assert_eq!(gathered.rows.len(), MOST_GROUPS);
        assert!(gathered.rows.iter().any(|name| name == WORDS.1));
        assert!(near(gathered.sum(), 499_500.0), "{}", gathered.sum());
    }
}
