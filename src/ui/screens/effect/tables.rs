//! A table of the report as a list: the same cells as in the workbook and on the command line.

use std::borrow::Cow;

use egui::Ui;

use crate::export::{Cell, CellKind, SheetSpec, display_width};
use crate::text::number::grouped;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, ListState, TableInput, Target};
use crate::ui::theme;
use crate::ui::widgets::thousands;

/// Points for each half-width character of a column.
const CHARACTER: f32 = 7.0;
/// Points of a heading's mark and margins.
const HEAD: f32 = 26.0;
/// Width of the widest column, points.
const WIDEST: f32 = 240.0;

/// A cell as text.
fn text_of(cell: &Cell, kind: CellKind) -> Cow<'_, str> {
    match (cell, kind) {
        (Cell::Empty, _) => Cow::Borrowed(""),
        (Cell::Text(text), _) => Cow::Borrowed(text.as_str()),
        (Cell::Integer(n), _) => Cow::Owned(if *n < 0 { n.to_string() } else { thousands(n.unsigned_abs()) }),
        (Cell::Number(n), CellKind::Percent(places)) => Cow::Owned(format!("{}%", grouped(n * 100.0, places.into()))),
        (Cell::Number(n), CellKind::Decimal(places)) => Cow::Owned(grouped(*n, places.into())),
        (Cell::Number(n), _) => Cow::Owned(grouped(*n, 1)),
        (Cell::Date(day), _) => Cow::Owned(day.to_string()),
    }
}

/// What is shown of a sheet.
pub(super) struct Shown<'a> {
    /// The sheet.
    pub(super) sheet: &'a SheetSpec,
    /// Its rows, in the order shown.
    pub(super) rows: &'a [usize],
    /// Columns left out, by id.
    pub(super) without: &'a [&'a str],
    /// Columns not shown unless they are asked for, by id.
    pub(super) hidden: &'a [&'a str],
    /// Version of the rows.
    pub(super) version: u64,
}

/// Draws it; gives back the row of the sheet that was chosen.
pub(super) fn show(
    ui: &mut Ui,
    (list, state): (ListId, &mut ListState),
    shown: &Shown<'_>,
    target: Option<&dyn Fn(usize) -> Option<Target>>,
) -> Option<usize> {
    let kept: Vec<usize> = (0..shown.sheet.columns.len())
        .filter(|at| !shown.without.contains(&shown.sheet.columns[*at].id.as_str()))
        .collect();
    let columns: Vec<ColumnDef> = kept
        .iter()
        .map(|at| {
            let column = &shown.sheet.columns[*at];
            let heading = display_width(&column.heading) as f32 * CHARACTER + HEAD;
            let width = (column.width as f32 * CHARACTER).min(WIDEST).max(heading);
            let (id, heading) = (column.id.clone(), column.heading.clone());
            let def = match column.kind {
                CellKind::Text => ColumnDef::text(id, heading, width).share(if width >= 200.0 { 1.0 } else { 0.2 }),
                CellKind::Id => ColumnDef::text(id, heading, width),
                CellKind::Date => ColumnDef::date(id, heading, width),
                CellKind::Integer | CellKind::Decimal(_) | CellKind::Percent(_) => {
                    ColumnDef::number(id, heading, width)
                }
            };
            if shown.hidden.contains(&column.id.as_str()) { def.hidden() } else { def }
        })
        .collect();
    let text = |at: usize, column: usize| {
        let cell = shown.rows.get(at).and_then(|row| shown.sheet.rows.get(*row)).zip(kept.get(column));
        let cell = cell.and_then(|(row, column)| Some((row.get(*column)?, shown.sheet.columns.get(*column)?)));
        cell.map_or(Cow::Borrowed(""), |(cell, column)| text_of(cell, column.kind))
    };
    let sentence = |at: usize| {
        let parts = (0..columns.len().min(4)).map(|column| text(at, column));
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("，")
    };
    let palette = theme::of(ui);
    let marked = |at: usize, column: usize| {
        let place = shown.rows.get(at).zip(kept.get(column));
        place.is_some_and(|(row, column)| {
            shown.sheet.marks.iter().any(|mark| mark.row == *row && mark.column == Some(*column))
        })
    };
    let style = |at: usize, column: usize, _: &str| CellStyle {
        ink: marked(at, column).then_some(palette.amber),
        ..CellStyle::default()
    };
    let none = |_: usize| None;
    let targets = |at: usize| target.and_then(|target| shown.rows.get(at).and_then(|row| target(*row)));
    let rows = CellRows::new(&columns, shown.rows.len(), &text).sentence(&sentence);
    let rows = if target.is_some() { rows.targets(&targets) } else { rows.targets(&none) };
    let input = TableInput::new(list, &rows).decorate(&style);
    let out = List::show(ui, state, &input, shown.version);
    out.chosen.and_then(|at| shown.rows.get(at).copied())
}
