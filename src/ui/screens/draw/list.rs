//! The day after: the month's list, and what may be done with a row of it.

use std::borrow::Cow;

use egui::Ui;

use super::facts::{DrawFacts, Facts, ListRow};
use crate::domain::PlanMonth;
use crate::ui::help::{help_marks, sentences, sentences_mark};
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, TableInput};
use crate::ui::text::common;
use crate::ui::text::draw as t;
use crate::ui::text::help::Term;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, decimal, thousands};
use crate::workspace::reports::pairing::PairingChances;

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

/// How likely the likeliest pair of all bodies was, and who is never used.
pub(super) fn pairing_words(chances: &PairingChances) -> Option<String> {
    let most = chances.bodies.iter().reduce(|a, b| if b.largest > a.largest { b } else { a })?;
    let unused: usize = chances.bodies.iter().map(|body| body.unused).sum();
    let percent = format!("{} %", decimal(most.largest * 100.0, 1));
    Some(common::pairing_chances(chances.draws, &percent, &most.name, most.people, &decimal(most.checks, 0), unused))
}

/// Draws the list. `chances` is a line on how likely its pairs are; `why_not` says why nothing may be changed now.
pub fn show(
    ui: &mut Ui,
    facts: &Facts,
    (shown, in_area): (&[usize], bool),
    month: PlanMonth,
    chosen: Option<usize>,
    chances: Option<String>,
    why_not: &str,
) -> Option<Ask> {
    let may = why_not.is_empty();
    let palette = theme::of(ui);
    let mut ask = None;
    let row = chosen.and_then(|i| facts.rows.get(i));
    let rows = || shown.iter().filter_map(|at| facts.rows.get(*at));
    let standing = rows().filter(|r| !r.replaced).count();
    let pairs = rows().filter(|r| r.pair.is_some()).count();
    let [standing, pairs] = [standing, pairs].map(|n| thousands(n as u64));
    let mut words = format!("{standing} {}，{} {pairs} {}", t::U_UNITS, t::PAIRED, t::U_PAIRS);
    words.push('；');
    words.push_str(&if in_area {
        t::OF_AREA.to_owned()
    } else {
        let sum = |of: fn(&DrawFacts) -> usize| facts.draws.iter().map(of).sum();
        let certain = t::certain_of_list(sum(|draw| draw.certain), sum(|draw| draw.mandatory));
        certain + &common::off_site_of_list(sum(|draw| draw.off_site))
    });
    let chances = chances.unwrap_or_default();
    let low = theme::is_low(ui.ctx());
    ui.horizontal(|ui| {
        widgets::heading(ui, t::LIST);
        if low {
            sentences_mark(ui, &[&words, &chances]);
        }
        help_marks(ui, &[Term::Substitution, Term::Pairing, Term::TriggeredCheck]);
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
    if !low {
        sentences(ui, &[&words, &chances]);
    }
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
    ui.add_space(theme::by_height(ui.ctx(), 0.0, GRID / 2.0));
    let columns = columns();
    let row_at = |at: usize| shown.get(at).and_then(|at| facts.rows.get(*at));
    let cell = |at: usize, column: usize| {
        let Some(row) = row_at(at) else { return Cow::Borrowed("") };
        Cow::Borrowed(match column {
            0 => row.number.as_str(),
            1 => &row.name,
            2 => row.unit.as_str(),
            3 => &row.stratum,
            4 => &row.district,
            5 => &row.origin,
            6 => row.state,
            7 => &row.lead,
            8 => &row.second,
            9 => &row.reason,
            10 => &row.ticket,
            11 => &row.key,
            12 => &row.uscc,
            _ => &row.code,
        })
    };
    let target = |at: usize| row_at(at).map(|row| row.target(month));
    let faint = CellStyle { ink: Some(palette.muted), ..CellStyle::default() };
    let style = |at: usize, _: usize, _: &str| {
        if row_at(at).is_some_and(|row| row.replaced) { faint } else { CellStyle::default() }
    };
    let rows = CellRows::new(&columns, shown.len(), &cell).targets(&target);
    let input = TableInput::new(ListId::Month, &rows).decorate(&style).empty(t::NONE_OF_AREA);
    // another list or area: arranged anew
    let version = (std::ptr::from_ref(facts).addr() as u64) ^ ((shown.as_ptr().addr() as u64) << 1);
    // the rows shown ascend
    let chosen = chosen.and_then(|row| shown.binary_search(&row).ok());
    let out = List::show_kept(ui, Some(chosen), &input, version);
    let gone_to = out.chosen.filter(|at| chosen != Some(*at));
    ask.or(gone_to.and_then(|at| shown.get(at)).map(|row| Ask::Choose(*row)))
}

/// The columns: who is inspected, why and by whom first; what proves the draw behind.
fn columns() -> [ColumnDef; 14] {
    let c = t::LIST_COLUMNS;
    [
        ColumnDef::text("number", c[0], 48.0),
        ColumnDef::text("name", c[2], 200.0).share(1.0),
        ColumnDef::text("unit", c[1], 132.0).share(0.6).middle(),
        ColumnDef::text("stratum", c[3], 160.0).share(0.7),
        ColumnDef::text("district", c[4], 70.0),
        ColumnDef::text("origin", c[5], 112.0).share(0.4),
        ColumnDef::text("state", t::STATE, 62.0),
        // name and certificate whole
        ColumnDef::text("lead", c[8], 148.0).share(0.5),
        ColumnDef::text("second", c[9], 148.0).share(0.5),
        ColumnDef::text("reason", c[10], 100.0).share(0.4),
        ColumnDef::text("ticket", c[6], 128.0).hidden(),
        ColumnDef::number("key", c[7], 76.0).hidden(),
        ColumnDef::text("uscc", c[11], 180.0).hidden(),
        ColumnDef::text("code", c[12], 180.0).hidden(),
    ]
}
