//! The keyboard while the table has the focus; copying.

use egui::{Event, EventFilter, Key, Modifiers, Ui};

use super::{Geometry, Rows, TableInput, TableOutput, TableState};
use crate::text::csv::neutralise;
use crate::text::number::MINUS;

/// Most rows that go to the clipboard at once.
pub(super) const MOST_COPIED: usize = 100_000;
/// Points that an arrow key scrolls sideways.
const SIDEWAYS: f32 = 64.0;

pub(super) fn handle(
    ui: &mut Ui,
    input: &TableInput<'_>,
    state: &mut TableState,
    geometry: &Geometry,
    out: &mut TableOutput,
) {
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(input.id, arrows));
    let count = input.rows.len();
    let held = ui.input(|i| i.modifiers);
    if count == 0 || held.alt {
        return;
    }
    let pressed = |key| {
        ui.input_mut(|i| i.count_and_consume_key(Modifiers::NONE, key)) as i64
            + ui.input_mut(|i| i.count_and_consume_key(Modifiers::COMMAND, key)) as i64
    };
    let page = (geometry.fit.floor() as i64 - 1).max(1);
    let step = pressed(Key::ArrowDown) - pressed(Key::ArrowUp) + page * (pressed(Key::PageDown) - pressed(Key::PageUp));
    let (home, end) = (pressed(Key::Home) > 0, pressed(Key::End) > 0);
    let sideways = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
    let enter = ui.input(|i| i.key_pressed(Key::Enter)) && !held.command;
    let space = ui.input(|i| i.key_pressed(Key::Space)) && !held.command;
    let menu = held.shift && ui.input(|i| i.key_pressed(Key::F10));
    state.offset += sideways as f32 * SIDEWAYS;
    let to = if home {
        Some(0)
    } else if end {
        Some(count - 1)
    } else if step != 0 {
        Some(match state.cursor.filter(|at| *at < count) {
            Some(at) => (at as i64 + step).clamp(0, count as i64 - 1) as usize,
            None => (state.scroll.ceil() as usize).min(count - 1),
        })
    } else {
        None
    };
    if let Some(to) = to {
        select(input.rows, state, to, held, out);
        state.reveal(to, geometry.fit);
    }
    if let Some(at) = state.cursor.filter(|at| *at < count) {
        out.activated = out.activated.or(enter.then_some(at));
        out.ticked = space.then_some(at);
        if menu {
            let below = ((at + 1) as f64 - state.scroll) * f64::from(geometry.row);
            out.menu = Some((at, geometry.body.left_top() + egui::vec2(64.0, below as f32)));
        }
    }
}

/// True where the keyboard belongs to no field and no dialog: the table in use may have it.
pub(super) fn is_free(ui: &Ui) -> bool {
    !ui.ctx().text_edit_focused() && ui.memory(|m| m.is_above_modal_layer(ui.layer_id()))
}

/// Select all, copy, paste: also where the table has not the focus, but nothing else wants these keys.
pub(super) fn shared(
    ui: &mut Ui,
    input: &TableInput<'_>,
    state: &mut TableState,
    geometry: &Geometry,
    out: &mut TableOutput,
) {
    if ui.input_mut(|i| i.consume_key(Modifiers::COMMAND, Key::A)) {
        state.selection.set((0..input.rows.len()).map(|row| input.rows.key(row)));
        out.selection_changed = true;
    }
    let (copy, paste) = ui.input(|i| {
        let copy = i.events.iter().any(|event| matches!(event, Event::Copy));
        let paste = i.events.iter().find_map(|event| match event {
            Event::Paste(text) => Some(text.clone()),
            _ => None,
        });
        (copy, paste)
    });
    if copy {
        copy_selected(ui, input, state, geometry, out);
    }
    out.pasted = paste.filter(|text| !text.trim().is_empty());
}

/// Puts the selected rows on the clipboard.
pub(super) fn copy_selected(
    ui: &Ui,
    input: &TableInput<'_>,
    state: &TableState,
    geometry: &Geometry,
    out: &mut TableOutput,
) {
    if !state.selection.is_empty() {
        let (text, rows) = selected_text(input.rows, state, geometry);
        ui.copy_text(text);
        out.copied = Some(rows);
    }
}

/// Selects a row: alone, with Shift from the anchor on, with Ctrl (of the mouse) in addition.
pub(super) fn select(rows: &dyn Rows, state: &mut TableState, to: usize, held: Modifiers, out: &mut TableOutput) {
    if held.shift {
        let from = state.anchor.unwrap_or(to).min(rows.len().saturating_sub(1));
        state.selection.set((from.min(to)..=from.max(to)).map(|row| rows.key(row)));
    } else {
        state.selection.set([rows.key(to)]);
        state.anchor = Some(to);
    }
    state.cursor = Some(to);
    out.chosen = Some(to);
    out.selection_changed = true;
}

/// The selected rows in the order shown, as tab-separated text with headings; at most [`MOST_COPIED`].
///
/// Texts that a spreadsheet would take for formulas get an apostrophe in front.
fn selected_text(rows: &dyn Rows, state: &TableState, geometry: &Geometry) -> (String, usize) {
    let defs = rows.columns();
    let placed = geometry.columns.iter().filter_map(|p| defs.get(p.column).map(|d| (p.column, d)));
    // a column without a heading holds shapes, not texts
    let columns: Vec<_> = placed.filter(|(_, def)| !def.heading.is_empty()).collect();
    let positions: Vec<usize> = match state.selection.keys() {
        [key] => rows.position(*key).into_iter().collect(),
        _ => (0..rows.len()).filter(|row| state.selection.contains(rows.key(*row))).take(MOST_COPIED).collect(),
    };
    let mut text = String::with_capacity((positions.len() + 1) * columns.len() * CELL_BYTES);
    for (at, (_, def)) in columns.iter().enumerate() {
        push_cell(&mut text, at, &def.heading);
    }
    text.push('\n');
    for row in &positions {
        for (at, (column, def)) in columns.iter().enumerate() {
            let cell = rows.cell(*row, *column);
            if def.align == egui::Align::Max {
                // nearly no number is below zero: no copy is made of the others
                if cell.contains(MINUS) {
                    push_cell(&mut text, at, &cell.replace(MINUS, "-"));
                } else {
                    push_cell(&mut text, at, &cell);
                }
            } else {
                push_cell(&mut text, at, &neutralise(&cell));
            }
        }
        text.push('\n');
    }
    (text, positions.len())
}

/// Bytes that a cell takes as a rule.
const CELL_BYTES: usize = 16;

/// Puts a cell behind those before it; what would break the row or the column becomes a blank.
fn push_cell(text: &mut String, at: usize, cell: &str) {
    if at > 0 {
        text.push('\t');
    }
    if cell.bytes().any(|b| matches!(b, b'\t' | b'\n' | b'\r')) {
        text.extend(cell.chars().map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c }));
    } else {
        text.push_str(cell);
    }
}
