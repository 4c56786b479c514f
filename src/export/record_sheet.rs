//! 计划对照 as a sheet: approved plan, rolling plan, drawn and done, month by month. Internal.

use crate::domain::BodyId;

use super::sheet::{Cell, CellKind, CellMark, Emphasis, SheetColumn, SheetSpec};

/// Headings of the four columns, in their order.
pub const RECORD_COLUMNS: [&str; 4] = ["批准计划", "滚动计划", "已抽取", "已完成"];

/// The four figures of a month, in the order of [`RECORD_COLUMNS`]; `None` where there is none.
pub type RecordFigures = [Option<f64>; 4];

/// A body's year, or the city's.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRow {
    /// The body; `None` for the city.
    pub body: Option<BodyId>,
    /// Its name.
    pub name: String,
    /// January to December.
    pub months: [RecordFigures; 12],
}

/// The plan of record against what became of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RecordTable {
    /// What is to be said of the city's differences, one sentence each.
    pub notes: Vec<String>,
    /// The city first, then the bodies.
    pub rows: Vec<RecordRow>,
}

impl RecordTable {
    /// The sheet: a line a month, the year last in bold.
    #[must_use]
    pub fn sheet(&self, title: &str) -> SheetSpec {
        let kinds = [CellKind::Decimal(1), CellKind::Decimal(1), CellKind::Integer, CellKind::Integer];
        let mut columns = vec![
            SheetColumn::new("body", "执法主体", 28.0, CellKind::Text),
            SheetColumn::new("month", "月份", 9.0, CellKind::Text),
        ];
        columns.extend(RECORD_COLUMNS.iter().zip(kinds).map(|(name, kind)| SheetColumn::new(name, name, 12.0, kind)));
        columns.push(SheetColumn::new("difference", "滚动减批准", 12.0, CellKind::Decimal(1)));
        let (mut rows, mut marks) = (Vec::new(), Vec::new());
        for row in &self.rows {
            for (m, figures) in row.months.iter().enumerate() {
                rows.push(line(&row.name, &format!("{}月", m + 1), figures));
            }
            marks.push(CellMark { row: rows.len(), column: None, emphasis: Emphasis::Strong });
            rows.push(line(&row.name, "全年", &year(&row.months)));
        }
        SheetSpec {
            name: "计划对照".to_owned(),
            title: title.to_owned(),
            notes: self.notes.clone(),
            columns,
            rows,
            marks,
            frozen_columns: 2,
            filter: true,
            spare_rows: 0,
        }
    }
}

fn year(months: &[RecordFigures; 12]) -> RecordFigures {
    std::array::from_fn(|at| {
        months
            .iter()
            .filter_map(|month| month[at])
            .fold(None, |sum: Option<f64>, value| Some(sum.unwrap_or(0.0) + value))
    })
}

fn line(name: &str, month: &str, [approved, rolling, drawn, done]: &RecordFigures) -> Vec<Cell> {
    let count = |value: &Option<f64>| value.map_or(Cell::Empty, |value| Cell::Integer(value.round() as i64));
    vec![
        Cell::text(name),
        Cell::text(month),
        Cell::number(*approved),
        Cell::number(*rolling),
        count(drawn),
        count(done),
        Cell::number(rolling.zip(*approved).map(|(rolling, approved)| rolling - approved)),
    ]
}
