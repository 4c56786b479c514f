//! Typed columns → frames; files of one table put together; the frame of rows set aside.

use polars::prelude::*;
use rayon::prelude::*;

use super::collect::{Aside, Collector, MINUTE, PART};
use super::columns::{Column as Typed, Text};
use super::header::Layout;
use super::intake::{Intake, Values};
use super::schema::{TableKind, origin, set_aside};
use crate::tabular::RawTable;

/// A table without rows.
#[must_use]
pub fn empty_frame(kind: TableKind) -> DataFrame {
    let known = kind.frame_columns().iter().chain(origin::COLUMNS);
    let columns = known.map(|column| column.nulls(0)).collect();
    DataFrame::new(0, columns).unwrap_or_default()
}

fn column_of(id: &'static str, values: Values) -> Column {
    let name = PlSmallStr::from_static(id);
    match values {
        Values::Text(text) => text.with_name(name).into_column(),
        Values::Day(days) => Int32Chunked::from_iter(days).with_name(name).into_date().into_column(),
        Values::Decimal(values) => Float64Chunked::from_iter(values).with_name(name).into_column(),
        Values::Code(codes) => UInt32Chunked::from_iter(codes).with_name(name).into_column(),
        Values::Year(years) => Int32Chunked::from_iter(years).with_name(name).into_column(),
        Values::Index(index) => UInt8Chunked::from_iter(index).with_name(name).into_column(),
        Values::Flag(flags) => BooleanChunked::from_iter(flags).with_name(name).into_column(),
    }
}

/// The frame of one file: the table's columns in order, `row`, `file`, the part, unknown columns; rows set
/// aside left out.
pub(super) fn finish(mut intake: Intake<'_>, out: &Collector) -> PolarsResult<DataFrame> {
    let n = intake.rows.len();
    let keep: Vec<bool> = intake.rows.iter().map(|row| !out.is_aside(intake.part, *row)).collect();
    let held: Vec<_> =
        intake.layout.kind.frame_columns().iter().map(|column| (column, intake.values.remove(column.name))).collect();
    let mut columns: Vec<Column> = held
        .into_par_iter()
        .map(|(column, values)| match values {
            Some(values) => column_of(column.name, values),
            None => column.nulls(n),
        })
        .collect();
    columns.push(origin::ROW.column(UInt32Chunked::from_vec(PlSmallStr::EMPTY, std::mem::take(&mut intake.rows))));
    let file = PlSmallStr::from_str(&intake.raw.file);
    columns.push(Column::new_scalar(origin::FILE.name().into(), Scalar::from(file), n));
    columns.push(Column::new_scalar(PART.name().into(), Scalar::from(intake.part), n));
    if intake.layout.kind == TableKind::Monitoring {
        let minutes = std::mem::take(&mut intake.minutes);
        let minute = |i: usize| minutes.get(i).copied().flatten().map(u32::from);
        columns.push(MINUTE.column((0..n).map(minute).collect()));
    }
    for (i, name) in &intake.layout.extras {
        if let Some(column) = intake.cells.columns().get(*i) {
            columns.push(column.clone().with_name(name.as_str().into()));
        }
    }
    let frame = DataFrame::new(n, columns)?;
    if keep.iter().all(|keep| *keep) {
        return Ok(frame);
    }
    frame.filter(&keep.into_iter().collect::<BooleanChunked>())
}

/// Puts the files of one table below each other; unknown columns that a file lacks are null for its rows.
pub(super) fn concat_parts(mut frames: Vec<DataFrame>) -> PolarsResult<DataFrame> {
    if frames.len() == 1
        && let Some(frame) = frames.pop()
    {
        return Ok(frame);
    }
    let mut names: Vec<PlSmallStr> = Vec::new();
    for name in frames.iter().flat_map(DataFrame::get_column_names) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut whole: Option<DataFrame> = None;
    for frame in &frames {
        // Only unknown columns can be missing here, and they are text.
        let columns: Vec<Column> = names
            .iter()
            .map(|name| match frame.column(name) {
                Ok(column) => column.clone(),
                Err(_) => Column::full_null(name.clone(), frame.height(), &DataType::String),
            })
            .collect();
        let aligned = DataFrame::new(frame.height(), columns)?;
        match &mut whole {
            None => whole = Some(aligned),
            Some(whole) => {
                whole.vstack_mut(&aligned)?;
            }
        }
    }
    Ok(whole.unwrap_or_default())
}

/// A row set aside, with its table.
pub(super) type AsideRow<'a> = (TableKind, &'a RawTable, &'a Layout, u32, Aside);

/// The frame of rows set aside, columns as in [`set_aside`].
pub(super) fn render_set_aside(rows: &[AsideRow<'_>]) -> DataFrame {
    fn text(column: &Typed<Text>, cells: impl Iterator<Item = Option<String>>) -> Column {
        column.column(cells.collect())
    }
    let columns = vec![
        text(&set_aside::TABLE, rows.iter().map(|row| Some(row.0.id().to_owned()))),
        text(&set_aside::FILE, rows.iter().map(|row| Some(row.1.file.clone()))),
        text(&set_aside::SHEET, rows.iter().map(|row| row.1.sheet.clone())),
        set_aside::ROW.column(UInt32Chunked::from_vec(PlSmallStr::EMPTY, rows.iter().map(|row| row.3).collect())),
        text(&set_aside::CODE, rows.iter().map(|row| Some(row.4.code.to_owned()))),
        text(&set_aside::REASON, rows.iter().map(|row| Some(row.4.reason.clone()))),
        text(&set_aside::CELLS, rows.iter().map(|row| Some(cells_as_json(row.1, row.2, row.3)))),
    ];
    DataFrame::new(rows.len(), columns).unwrap_or_default()
}

/// The original cells of a row: heading → text, in the order of the file.
fn cells_as_json(raw: &RawTable, layout: &Layout, row: u32) -> String {
    let mut cells = serde_json::Map::new();
    if let Ok(at) = raw.rows.binary_search(&row) {
        for (i, column) in raw.cells.columns().iter().enumerate() {
            let Some(text) = column.str().ok().and_then(|cells| cells.get(at)) else { continue };
            let heading = layout.headings.get(i).filter(|heading| !heading.is_empty());
            let mut name = heading.cloned().unwrap_or_else(|| format!("第 {} 列", i + 1));
            if cells.contains_key(&name) {
                name = format!("{name}（第 {} 列）", i + 1);
            }
            cells.insert(name, serde_json::Value::String(text.to_owned()));
        }
    }
    serde_json::Value::Object(cells).to_string()
}
