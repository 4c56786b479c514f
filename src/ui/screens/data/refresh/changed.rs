//! The units that another register changes, as lists: what comes, goes, changes; who is drawn more or less often.

use std::borrow::Cow;

use egui::Ui;

use crate::ui::table::{CellRows, ColumnDef, List, ListId, TableInput, Target};
use crate::ui::text::refresh as t;
use crate::ui::theme;
use crate::ui::widgets::decimal;
use crate::workspace::reports::refresh::{FrequencyLine, RefreshChanges, UnitLine};
use crate::workspace::session::ProjectData;
use crate::workspace::view::CellValue;

/// Rows in sight at most before a list scrolls.
const ROWS: usize = 8;
/// What stands around the rows, points.
const AROUND: f32 = 96.0;

fn height(rows: usize) -> f32 {
    AROUND + rows.min(ROWS) as f32 * theme::ROW
}

/// Draws the units by kind of change.
pub(super) fn units(ui: &mut Ui, data: &ProjectData, changes: &RefreshChanges, version: u64) {
    let lines: Vec<(&str, &UnitLine)> = changes
        .units
        .iter()
        .flat_map(|change| change.units.iter().map(|unit| (change.kind.label(), unit)))
        .collect();
    if lines.is_empty() {
        return;
    }
    let c = t::UNIT_COLUMNS;
    let columns = [
        ColumnDef::text("kind", c[0], 110.0),
        ColumnDef::text("name", c[1], 200.0).share(1.0),
        ColumnDef::text("unit", c[2], 190.0).middle(),
        ColumnDef::text("district", c[3], 90.0),
        ColumnDef::text("before", c[4], 110.0).share(0.4),
        ColumnDef::text("after", c[5], 110.0).share(0.4),
    ];
    let cell = |at: usize, column: usize| {
        let Some((kind, unit)) = lines.get(at) else { return Cow::Borrowed("") };
        Cow::Borrowed(match column {
            0 => kind,
            1 => unit.name.as_str(),
            2 => &unit.unit_id,
            3 => &unit.district,
            4 => &unit.before,
            _ => &unit.after,
        })
    };
    let target = |at: usize| {
        let (_, unit) = lines.get(at)?;
        Some(Target { name: unit.name.clone(), ..Target::of_unit(data, &unit.unit_id) })
    };
    let rows = CellRows::new(&columns, lines.len(), &cell).targets(&target);
    List::show_kept(ui, None, &TableInput::new(ListId::RefreshUnits, &rows).height(height(lines.len())), version);
}

/// Draws the units whose frequency changes.
pub(super) fn frequencies(ui: &mut Ui, data: &ProjectData, changes: &RefreshChanges, version: u64) {
    let up = changes.frequency.up.iter().map(|line| (t::UP, line));
    let lines: Vec<(&str, &FrequencyLine)> =
        up.chain(changes.frequency.down.iter().map(|line| (t::DOWN, line))).collect();
    if lines.is_empty() {
        return;
    }
    let c = t::FREQUENCY_COLUMNS;
    let columns = [
        ColumnDef::text("way", c[0], 90.0),
        ColumnDef::text("name", c[1], 200.0).share(1.0),
        ColumnDef::text("unit", c[2], 190.0).middle(),
        ColumnDef::number("before", c[3], 130.0).adds(),
        ColumnDef::number("after", c[4], 130.0).adds(),
        ColumnDef::number("by", c[5], 90.0).adds(),
    ];
    let figure = |at: usize, column: usize| {
        let (_, line) = lines.get(at)?;
        Some(match column {
            3 => line.before,
            4 => line.after,
            5 => line.after - line.before,
            _ => return None,
        })
    };
    let cell = |at: usize, column: usize| {
        let Some((word, line)) = lines.get(at) else { return Cow::Borrowed("") };
        match (column, figure(at, column)) {
            (5, Some(by)) if by > 0.0 => Cow::Owned(format!("+{}", decimal(by, 3))),
            (_, Some(value)) => Cow::Owned(decimal(value, 3)),
            (0, None) => Cow::Borrowed(*word),
            (1, None) => Cow::Borrowed(line.name.as_str()),
            _ => Cow::Borrowed(line.unit_id.as_str()),
        }
    };
    let value = |at: usize, column: usize| figure(at, column).map(CellValue::Number);
    let target = |at: usize| {
        let (_, line) = lines.get(at)?;
        Some(Target { name: line.name.clone(), ..Target::of_unit(data, &line.unit_id) })
    };
    let rows = CellRows::new(&columns, lines.len(), &cell).values(&value).targets(&target);
    let input = TableInput::new(ListId::RefreshFrequency, &rows).height(height(lines.len()));
    List::show_kept(ui, None, &input, version);
}
