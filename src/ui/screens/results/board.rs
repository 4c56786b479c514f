//! The deadline board: every result by urgency.

use std::borrow::Cow;
use std::collections::BTreeSet;

use egui::{RichText, Ui};

use super::index::{Index, Own, may_publish, may_tick};
use crate::disclosure::{BoardRow, DeadlineState};
use crate::ui::help::{help_mark, sentences_mark};
use crate::ui::screens::Cx;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, ListState, RowItem, Shape, TableInput, Target};
use crate::ui::text::help::Term;
use crate::ui::text::results as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets;
use crate::workspace::session::{Books, OpenProject, ViewCommand};

/// States in the order of the filter.
const STATES: [DeadlineState; 6] = [
    DeadlineState::Overdue,
    DeadlineState::Soon,
    DeadlineState::InTime,
    DeadlineState::Running,
    DeadlineState::Published,
    DeadlineState::Withheld,
];

/// What the board asks for.
pub(super) enum Said {
    /// Enter these results as public.
    Publish(Vec<String>),
    /// Correct the entry of these publications.
    CorrectPublication(Vec<String>),
    /// Correct the result of this entry.
    Correct(usize),
}

/// Draws the board.
#[allow(clippy::too_many_arguments, reason = "the parts of the screen's state that the board works on")]
pub(super) fn show(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    _open: &OpenProject,
    books: &Books,
    index: &Index,
    own: &mut Own,
    selected: &mut BTreeSet<String>,
    list: &mut ListState,
    (can_write, why): (bool, &str),
) -> Option<Said> {
    let rows = &books.status.board.rows;
    let of_state = |state: DeadlineState| {
        let count = index.counts.get(&state).copied().unwrap_or(0);
        let text = RichText::new(t::tab(state.label(), count));
        let ink = ink(theme::of(ui), state).filter(|_| count > 0);
        widgets::Tab::new(Some(state), ink.map_or(text.clone(), |ink| text.color(ink)))
    };
    let mut all = vec![widgets::Tab::new(None, t::tab(t::ALL_STATES, index.counts.values().sum()))];
    all.extend(STATES.map(of_state));
    let month_only = &mut own.month_only;
    let chosen = widgets::tabs(ui, "states", &own.state, &all, |ui| {
        ui.checkbox(month_only, t::ONLY_MONTH);
    });
    if let Some(state) = chosen {
        own.state = state;
    }
    let mut said = buttons(ui, rows, index, selected, (can_write, why));
    ui.add_space(theme::by_height(ui.ctx(), 0.0, HALF));
    if index.board.is_empty() {
        ui.label(theme::note(ui, if rows.is_empty() { t::NO_RESULTS } else { t::NO_ROWS }));
        return said;
    }
    let c = t::BOARD_COLUMNS;
    let columns = [
        ColumnDef::text("tick", "", 30.0).unsorted(),
        ColumnDef::text("code", c[0], 170.0).share(1.9),
        ColumnDef::text("name", c[1], 180.0).share(2.5),
        ColumnDef::text("body", c[2], 130.0).share(1.7),
        ColumnDef::text("month", c[3], 76.0).share(0.6),
        ColumnDef::text("completed", c[4], 96.0).share(0.6),
        ColumnDef::text("due", c[5], 116.0).share(0.9),
        ColumnDef::text("left", c[6], 112.0).share(0.8),
        ColumnDef::text("state", c[7], 76.0).share(0.5),
    ];
    let row_at = |at: usize| index.board.get(at).and_then(|r| rows.get(*r));
    let cell = |at: usize, column: usize| {
        let Some(row) = row_at(at) else { return Cow::Borrowed("") };
        match column {
            1 => Cow::Borrowed(row.plan_code.as_str()),
            2 => Cow::Borrowed(row.name.as_str()),
            3 => Cow::Borrowed(row.body_name.as_str()),
            4 => Cow::Owned(row.month.to_string()),
            5 => Cow::Owned(row.completed_on.map_or_else(String::new, |day| day.to_string())),
            6 => Cow::Owned(row.due.map_or_else(String::new, |due| t::due(due.date, due.provisional))),
            7 => Cow::Owned(t::days_left(row.state, row.days_left)),
            8 => Cow::Borrowed(row.state.label()),
            _ => Cow::Borrowed(""),
        }
    };
    let ticked = |at: usize| {
        let row = row_at(at)?;
        may_tick(row.state).then(|| selected.contains(&row.plan_code))
    };
    let sentence = |at: usize| {
        let words = |row: &BoardRow| {
            t::row_name(&row.plan_code, &row.name, row.state.label(), &t::days_left(row.state, row.days_left))
        };
        row_at(at).map(words).unwrap_or_default()
    };
    let palette = theme::of(ui);
    let style = |at: usize, column: usize, _: &str| {
        let Some(row) = row_at(at) else { return CellStyle::default() };
        let ink = ink(palette, row.state);
        CellStyle {
            shape: ticked(at).filter(|_| column == 0).map(Shape::Box),
            ink: ink.filter(|_| column >= 7),
            strong: ink.is_some() && column >= 7,
            ground: (row.state == DeadlineState::Overdue).then_some(palette.red_wash),
            chip: None,
        }
    };
    let target = |at: usize| {
        let row = row_at(at)?;
        let entry = index.board.get(at).and_then(|r| index.entry_of_row(*r)).and_then(|e| index.entry(e));
        Some(Target {
            unit: row.unit_id.to_string(),
            name: row.name.clone(),
            source: entry.and_then(|entry| entry.row),
            month: Some(row.month),
            code: row.plan_code.clone(),
            uscc: entry.and_then(|entry| entry.check(books)?.uscc.clone()).unwrap_or_default(),
        })
    };
    let cells = CellRows::new(&columns, index.board.len(), &cell).sentence(&sentence).ticked(&ticked).targets(&target);
    let items = |at: usize| {
        let mut items = vec![RowItem::new("correct", t::CORRECT)];
        if row_at(at).is_some_and(|row| row.state == DeadlineState::Published) {
            items.push(RowItem::new("publication", t::CORRECT_PUBLICATION).unless((!can_write).then_some(why)));
        }
        items
    };
    let input = TableInput::new(ListId::Board, &cells).decorate(&style).items(&items);
    let out = List::show(ui, list, &input, index.made());
    let entry_at = |at: usize| index.board.get(at).and_then(|r| index.entry_of_row(*r));
    if let Some(at) = out.chosen {
        cx.send(ViewCommand::SelectUnit(entry_at(at).and_then(|e| index.entry(e)).and_then(|entry| entry.row)));
    }
    tick(selected, &list.selected(), (out.clicked, out.ticked), row_at);
    match out.item {
        Some((at, "publication")) => {
            said = row_at(at).map(|row| Said::CorrectPublication(vec![row.plan_code.clone()]));
        }
        Some((at, _)) => said = entry_at(at).map(Said::Correct).or(said),
        None => {}
    }
    said
}

/// Ticks and unticks what a click or Space meant: `clicked` and `ticked` are the row of either.
fn tick<'a>(
    selected: &mut BTreeSet<String>,
    several: &[usize],
    (clicked, ticked): (Option<usize>, Option<usize>),
    row_at: impl Fn(usize) -> Option<&'a BoardRow>,
) {
    if ticked.is_some() && several.len() > 1 {
        // Space with several rows selected: all of them get their tick, or lose it where all have one
        let codes = several.iter().filter_map(|at| row_at(*at)).filter(|row| may_tick(row.state));
        let codes: Vec<&String> = codes.map(|row| &row.plan_code).collect();
        if codes.iter().all(|code| selected.contains(*code)) {
            for code in codes {
                selected.remove(code);
            }
        } else {
            selected.extend(codes.into_iter().cloned());
        }
    } else if let Some(row) = clicked.or(ticked).and_then(row_at)
        && several.len() <= 1
        && may_tick(row.state)
        && !selected.remove(&row.plan_code)
    {
        selected.insert(row.plan_code.clone());
    }
}

/// What is done with the ticked results.
fn buttons(
    ui: &mut Ui,
    rows: &[BoardRow],
    index: &Index,
    selected: &mut BTreeSet<String>,
    (can_write, why): (bool, &str),
) -> Option<Said> {
    let mut said = None;
    ui.horizontal(|ui| {
        let why_not = if can_write { t::SELECT_FIRST } else { why };
        let of_state = |fits: fn(DeadlineState) -> bool| -> Vec<String> {
            let chosen = rows.iter().filter(|row| fits(row.state) && selected.contains(&row.plan_code));
            chosen.map(|row| row.plan_code.clone()).collect()
        };
        let ready = of_state(may_publish);
        if widgets::primary_if(ui, can_write && !ready.is_empty(), &t::publish_button(ready.len()), why_not).clicked() {
            said = Some(Said::Publish(ready));
        }
        let public = of_state(|state| state == DeadlineState::Published);
        if !public.is_empty() && ui.add_enabled(can_write, egui::Button::new(t::correct_button(public.len()))).clicked()
        {
            said = Some(Said::CorrectPublication(public));
        }
        let shown = || index.board.iter().filter_map(|r| rows.get(*r)).filter(|row| may_publish(row.state));
        if ui.button(t::SELECT_SHOWN).on_hover_text(t::SELECT_SHOWN_HINT).clicked() {
            selected.extend(shown().map(|row| row.plan_code.clone()));
        }
        if ui.add_enabled(!selected.is_empty(), egui::Button::new(t::SELECT_NONE)).clicked() {
            selected.clear();
        }
        if theme::is_low(ui.ctx()) {
            sentences_mark(ui, &[t::BOARD_NOTE]);
        } else {
            ui.label(theme::note(ui, t::BOARD_NOTE));
        }
        help_mark(ui, Term::Disclosure);
    });
    said
}

fn ink(palette: &theme::Palette, state: DeadlineState) -> Option<egui::Color32> {
    match state {
        DeadlineState::Overdue => Some(palette.red),
        DeadlineState::Soon => Some(palette.amber),
        _ => None,
    }
}
