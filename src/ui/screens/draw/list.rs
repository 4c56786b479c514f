//! The day after: the month's list, and what may be done with a row of it.

use std::borrow::Cow;

use egui::Ui;

use super::facts::{Facts, ListRow};
use crate::ui::help::help_marks;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, TableInput};
use crate::ui::text::draw as t;
use crate::ui::text::help::Term;
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
pub fn show(ui: &mut Ui, facts: &Facts, chosen: Option<usize>, may: bool, why_not: &str) -> Option<Ask> {
    let palette = theme::of(ui);
    let mut ask = None;
    let row = chosen.and_then(|i| facts.rows.get(i));
    ui.horizontal(|ui| {
        widgets::heading(ui, t::LIST);
        help_marks(ui, &[Term::Substitution, Term::Pairing, Term::TriggeredCheck]);
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
        ColumnDef::text("number", c[0], 54.0),
        ColumnDef::text("unit", c[1], 192.0),
        ColumnDef::text("name", c[2], 200.0).share(1.0),
        ColumnDef::text("stratum", c[3], 236.0),
        ColumnDef::text("district", c[4], 76.0),
        ColumnDef::text("origin", c[5], 154.0).share(0.4),
        ColumnDef::text("state", t::STATE, 68.0),
        ColumnDef::text("lead", c[8], 154.0),
        ColumnDef::text("second", c[9], 154.0),
        ColumnDef::text("ticket", c[6], 128.0),
        ColumnDef::number("key", c[7], 76.0),
    ];
    let cell = |row: usize, column: usize| {
        let row = &facts.rows[row];
        let cells = [
            row.number.as_str(),
            row.unit.as_str(),
            row.name.as_str(),
            &row.stratum,
            &row.district,
            &row.origin,
            row.state,
            &row.lead,
            &row.second,
            &row.ticket,
            &row.key,
        ];
        Cow::Borrowed(cells[column])
    };
    let faint = CellStyle { ink: Some(palette.muted), ..CellStyle::default() };
    let style = |row: usize, _: usize, _: &str| if facts.rows[row].replaced { faint } else { CellStyle::default() };
    let rows = CellRows::new(&columns, facts.rows.len(), &cell);
    let input = TableInput::new("month list", t::LIST, &rows).decorate(&style);
    let version = std::ptr::from_ref(facts).addr() as u64;
    let out = List::show_kept(ui, Some(chosen), &input, version);
    ask.or(out.chosen.filter(|row| chosen != Some(*row)).map(Ask::Choose))
}
