//! The day after: the month's list, and what may be done with a row of it.

use egui::{Key, Ui};

use super::facts::{Facts, ListRow};
use super::grid;
use crate::ui::text::draw as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, thousands};

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// A row was chosen.
    Choose(usize),
    /// A reserve for the chosen row.
    Substitute,
    /// Another inspector for it.
    Replace,
    /// A triggered check.
    Add,
    /// The month is sealed again.
    SealAgain,
    /// Task sheets.
    Export,
    /// The draw is shown again.
    Replay,
    /// Verification.
    Audit,
}

/// Draws the list. `may` says whether anything may be changed now.
pub fn show(
    ui: &mut Ui,
    facts: &Facts,
    chosen: Option<usize>,
    projected: bool,
    may: bool,
    why_not: &str,
) -> Option<Ask> {
    let palette = theme::of(ui);
    let mut ask = None;
    let row = chosen.and_then(|i| facts.rows.get(i));
    ui.horizontal(|ui| {
        widgets::heading(ui, t::LIST);
        let standing = facts.rows.iter().filter(|r| !r.replaced).count();
        let pairs: usize = facts.draws.iter().map(|d| d.pairs).sum();
        let words = format!(
            "{} {}，{} {} {}",
            thousands(standing as u64),
            t::U_UNITS,
            t::PAIRED,
            thousands(pairs as u64),
            t::U_PAIRS
        );
        ui.label(theme::note(ui, words));
        if facts.draws.iter().any(|d| d.demonstration) {
            widgets::chip(ui, t::DEMO_MARK, palette.amber_wash, palette.amber);
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::primary(ui, t::EXPORT).clicked() {
                ask = Some(Ask::Export);
            }
            for (text, what) in [(t::TO_AUDIT, Ask::Audit), (t::REPLAY, Ask::Replay)] {
                if ui.button(text).clicked() {
                    ask = Some(what);
                }
            }
        });
    });
    ui.horizontal(|ui| {
        let mut action = |text: &str, able: bool, why: &str, what: Ask| {
            let button = ui.add_enabled(may && able, egui::Button::new(text));
            if button.on_disabled_hover_text(if may { why } else { why_not }).clicked() {
                ask = Some(what);
            }
        };
        let able = |test: fn(&ListRow) -> bool| row.is_some_and(test);
        let why = |words: &'static str| if row.is_some() { words } else { t::CHOOSE_ROW };
        action(t::SUBSTITUTE, able(|r| r.may_substitute), why(t::NOT_SUBSTITUTABLE), Ask::Substitute);
        action(t::REPLACE, able(|r| r.pair.is_some()), why(t::NO_PAIR), Ask::Replace);
        action(t::ADD, true, "", Ask::Add);
        action(t::SEAL_AGAIN, true, "", Ask::SealAgain);
    });
    ui.add_space(GRID / 2.0);
    let c = t::LIST_COLUMNS;
    let columns = [
        (c[0], 48.0),
        (c[1], 176.0),
        (c[2], 0.0),
        (c[3], 232.0),
        (c[4], 72.0),
        (c[5], 150.0),
        (t::STATE, 64.0),
        (c[8], 150.0),
        (c[9], 150.0),
        (c[6], 124.0),
        (c[7], 72.0),
    ];
    let height = ui.available_height();
    grid::table(ui, "list", &columns, facts.rows.len(), height, |ui, i, widths| {
        let row = &facts.rows[i];
        let (unit, name) = if projected { (t::HIDDEN, t::HIDDEN) } else { (row.unit.as_str(), row.name.as_str()) };
        let cells = [
            row.number.as_str(),
            unit,
            name,
            &row.stratum,
            &row.district,
            &row.origin,
            row.state,
            &row.lead,
            &row.second,
            &row.ticket,
            &row.key,
        ];
        let response = grid::row(ui, widths, &cells, i % 2 == 1, chosen == Some(i), row.replaced);
        if response.clicked() {
            response.request_focus();
            ask = Some(Ask::Choose(i));
        }
        if chosen == Some(i) && response.has_focus() {
            let step = ui.input(|input| {
                i64::from(input.key_pressed(Key::ArrowDown)) - i64::from(input.key_pressed(Key::ArrowUp))
            });
            let next = (i as i64 + step).clamp(0, facts.rows.len() as i64 - 1) as usize;
            if next != i {
                ask = Some(Ask::Choose(next));
            }
        }
    });
    ask
}
