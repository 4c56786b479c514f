//! The keyboard on the matrix: moving, selecting, copying, pasting, filling, typing.

use egui::{EventFilter, Key, Modifiers, Ui};

use super::super::selection::At;
use super::{Event, Join, View};
use crate::plan::model::MONTHS;

/// Rows that a page key passes.
const PAGE: usize = 8;

/// What the keys say while the cursor's cell has the focus.
pub(super) fn heard(ui: &Ui, of: &View<'_>, id: egui::Id, (row, month): At) -> Option<Event> {
    // Esc takes a block back to its cell; on a single cell it leaves the table.
    let escape = !of.selection.is_single();
    let filter = EventFilter { escape, horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    if let Some(event) = clipboard(ui) {
        return Some(event);
    }
    let with = |modifiers, key| ui.input_mut(|i| i.consume_key(modifiers, key));
    if with(Modifiers::COMMAND, Key::A) {
        return Some(Event::All);
    }
    if with(Modifiers::COMMAND, Key::R) {
        return Some(Event::Fill { right: true });
    }
    if with(Modifiers::COMMAND, Key::D) {
        return Some(Event::Fill { right: false });
    }
    if with(Modifiers::NONE, Key::Enter) || with(Modifiers::NONE, Key::F2) {
        return Some(Event::Edit((row, month)));
    }
    if with(Modifiers::NONE, Key::Delete) || with(Modifiers::NONE, Key::Backspace) {
        return Some(Event::Clear);
    }
    if !of.selection.is_single() && with(Modifiers::NONE, Key::Escape) {
        return Some(Event::Select((row, month), Join::Alone));
    }
    if let Some(typed) = typed(ui) {
        return Some(Event::Type(typed));
    }
    let (last_row, last_month) = (of.rows.len().saturating_sub(1), MONTHS - 1);
    let to = [
        (Key::ArrowLeft, (row, month.saturating_sub(1))),
        (Key::ArrowRight, (row, (month + 1).min(last_month))),
        (Key::ArrowUp, (row.saturating_sub(1), month)),
        (Key::ArrowDown, ((row + 1).min(last_row), month)),
        (Key::Home, (row, 0)),
        (Key::End, (row, last_month)),
        (Key::PageUp, (row.saturating_sub(PAGE), month)),
        (Key::PageDown, ((row + PAGE).min(last_row), month)),
    ];
    for (key, to) in to {
        // the more exact one first: a plain key is met with Shift held too
        if with(Modifiers::SHIFT, key) {
            return Some(Event::Select(to, Join::Grow));
        }
        if with(Modifiers::NONE, key) {
            return Some(Event::Select(to, Join::Alone));
        }
    }
    None
}

fn clipboard(ui: &Ui) -> Option<Event> {
    ui.input(|i| {
        i.events.iter().find_map(|event| match event {
            egui::Event::Copy => Some(Event::Copy),
            egui::Event::Paste(text) => Some(Event::Paste(text.clone())),
            _ => None,
        })
    })
}

/// Digits typed onto the matrix.
fn typed(ui: &Ui) -> Option<String> {
    ui.input_mut(|i| {
        let at = i.events.iter().position(
            |event| matches!(event, egui::Event::Text(text) if text.chars().next().is_some_and(|c| c.is_ascii_digit())),
        )?;
        match i.events.remove(at) {
            egui::Event::Text(text) => Some(text),
            _ => None,
        }
    })
}
