//! The ledger of problems: what is open, by when, and what became of the others; entered for one or several at once.

use std::borrow::Cow;

use egui::{RichText, Ui};

use super::form::parse_day;
use super::index::Index;
use crate::disclosure::{FollowUp, LedgerRow, LedgerState};
use crate::ui::screens::Cx;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, ListState, RowItem, TableInput, Target};
use crate::ui::text::results as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::follow_up::FollowUpEntry;
use crate::workspace::session::{Books, ViewCommand};

/// Problems that the dialog names before it counts the others.
const NAMED: usize = 6;

/// State of the tab.
#[derive(Default)]
pub(super) struct State {
    list: ListState,
    /// Closed problems too.
    all: bool,
    /// The rows shown, and what they were made for.
    rows: Vec<usize>,
    key: Option<(u64, bool)>,
    /// Counts the changes of the rows.
    made: u64,
    dialog: Option<Dialog>,
}

impl State {
    fn refresh(&mut self, index: &Index, books: &Books) {
        let key = (index.made(), self.all);
        if self.key != Some(key) {
            self.key = Some(key);
            self.made += 1;
            let problems = &books.status.ledger.rows;
            let shown = |at: &usize| problems.get(*at).is_some_and(|row| self.all || row.state.is_open());
            self.rows = index.ledger.iter().copied().filter(shown).collect();
        }
    }

    /// Draws the tab.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        books: &Books,
        index: &Index,
        (can_write, why): (bool, &str),
    ) {
        self.refresh(index, books);
        let problems = &books.status.ledger.rows;
        let row_at = |at: usize| self.rows.get(at).and_then(|row| problems.get(*row));
        let mut asked: Option<Vec<usize>> = None;
        let selected = self.list.selected();
        ui.horizontal_wrapped(|ui| {
            let mut only_open = !self.all;
            if ui.checkbox(&mut only_open, t::ONLY_OPEN).changed() {
                self.all = !only_open;
            }
            for state in LedgerState::ALL {
                let count = index.ledger.iter().filter_map(|at| problems.get(*at)).filter(|r| r.state == state).count();
                let ink = ink(theme::of(ui), state).filter(|_| count > 0);
                let text = RichText::new(t::tab(state.label(), count)).font(theme::regular(theme::SMALL));
                ui.label(ink.map_or_else(|| text.clone().color(theme::of(ui).muted), |ink| text.clone().color(ink)));
            }
            let ready = can_write && !selected.is_empty();
            if widgets::primary_if(ui, ready, t::FOLLOW_UP, if can_write { t::SELECT_PROBLEMS } else { why }).clicked()
            {
                asked = Some(selected.clone());
            }
        });
        ui.add_space(HALF);
        if self.rows.is_empty() {
            ui.label(theme::note(ui, if index.ledger.is_empty() { t::NO_PROBLEMS } else { t::NO_OPEN_PROBLEMS }));
        } else {
            let c = t::LEDGER_COLUMNS;
            let columns = [
                ColumnDef::text("name", c[0], 170.0).share(2.0),
                ColumnDef::text("problem", c[1], 180.0).share(2.6),
                ColumnDef::text("found", c[2], 96.0).share(0.5),
                ColumnDef::text("term", c[3], 96.0).share(0.5),
                ColumnDef::text("state", c[4], 120.0).share(0.7),
                ColumnDef::text("closed", c[5], 160.0).share(1.0),
                ColumnDef::text("evidence", c[6], 130.0).share(1.3),
                ColumnDef::text("police", c[7], 130.0).share(0.9),
                ColumnDef::text("exempted", c[8], 160.0).hidden(),
                ColumnDef::text("body", c[9], 140.0).hidden(),
                ColumnDef::text("code", c[10], 170.0).hidden(),
                ColumnDef::text("outcome", c[11], 150.0).hidden(),
                ColumnDef::text("closer", c[12], 100.0).hidden(),
            ];
            let cell = |at: usize, column: usize| row_at(at).map_or(Cow::Borrowed(""), |row| cell_of(row, column));
            let palette = theme::of(ui);
            let style = |at: usize, column: usize, _: &str| {
                let state = row_at(at).map(|row| row.state);
                let ink = state.and_then(|state| ink(palette, state)).filter(|_| column == 4);
                CellStyle { ink, strong: ink.is_some(), ..CellStyle::default() }
            };
            let sentence = |at: usize| {
                row_at(at).map_or_else(String::new, |row| {
                    let state = closing_text(row).unwrap_or_else(|| state_text(row));
                    t::problem_name(&row.name, &row.problem, &state)
                })
            };
            let source = |at: usize| {
                let entry = self.rows.get(at).and_then(|row| index.entry_of_problem(*row));
                entry.and_then(|entry| index.entry(entry))
            };
            let target = |at: usize| {
                let row = row_at(at)?;
                Some(Target {
                    unit: row.unit_id.to_string(),
                    name: row.name.clone(),
                    source: source(at).and_then(|entry| entry.row),
                    month: Some(row.month),
                    code: row.plan_code.clone(),
                    uscc: source(at).and_then(|entry| entry.check(books)?.uscc.clone()).unwrap_or_default(),
                })
            };
            let items = |_: usize| vec![RowItem::new("follow", t::FOLLOW_UP).unless((!can_write).then_some(why))];
            let rows = CellRows::new(&columns, self.rows.len(), &cell).sentence(&sentence).targets(&target);
            let input = TableInput::new(ListId::Ledger, &rows).decorate(&style).items(&items);
            let out = List::show(ui, &mut self.list, &input, self.made);
            if let Some(at) = out.chosen {
                cx.send(ViewCommand::SelectUnit(source(at).and_then(|entry| entry.row)));
            }
            if let Some((at, _)) = out.item {
                asked = Some(if selected.contains(&at) { selected } else { vec![at] });
            }
        }
        if let Some(rows) = asked {
            let chosen: Vec<&LedgerRow> = rows.into_iter().filter_map(row_at).collect();
            self.dialog = Some(Dialog::new(&chosen));
        }
        if let Some(dialog) = &mut self.dialog
            && let Some(answer) = dialog.show(ui, books)
        {
            self.dialog = None;
            if let Some(entry) = answer {
                cx.send(Deed::FollowUp(Box::new(entry)));
            }
        }
    }
}

fn state_text(row: &LedgerRow) -> String {
    if row.state == LedgerState::Overdue { t::days_overdue(row.days_late) } else { row.state.label().to_owned() }
}

fn closing_text(row: &LedgerRow) -> Option<String> {
    row.closed.map(|(day, how)| format!("{day} {}", how.label()))
}

fn cell_of(row: &LedgerRow, column: usize) -> Cow<'_, str> {
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
    let follow_up = &row.follow_up;
    match column {
        0 => Cow::Borrowed(row.name.as_str()),
        1 => Cow::Borrowed(row.problem.as_str()),
        2 => Cow::Owned(row.found_on.to_string()),
        3 => Cow::Owned(day(row.rectify_by)),
        4 => Cow::Owned(state_text(row)),
        5 => Cow::Owned(closing_text(row).unwrap_or_default()),
        6 => Cow::Borrowed(follow_up.evidence.as_str()),
        7 => {
            let parts = [day(follow_up.handed_over_on), follow_up.handed_over.clone()];
            Cow::Owned(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
        }
        8 => Cow::Borrowed(follow_up.exempted.as_str()),
        9 => Cow::Borrowed(row.body_name.as_str()),
        10 => Cow::Borrowed(row.plan_code.as_str()),
        11 => Cow::Borrowed(row.outcome.label()),
        12 => Cow::Borrowed(follow_up.closed_by.as_str()),
        _ => Cow::Borrowed(""),
    }
}

fn ink(palette: &theme::Palette, state: LedgerState) -> Option<egui::Color32> {
    match state {
        LedgerState::Overdue => Some(palette.red),
        LedgerState::Soon => Some(palette.amber),
        _ => None,
    }
}

/// The dialog in which the mending of problems is entered.
struct Dialog {
    codes: Vec<String>,
    /// What stands in the only one, or in all of them alike.
    stood: [String; 7],
    fields: [String; 7],
    reason: String,
}

/// Places of the dialog's fields.
const TERM: usize = 0;
const CLOSED: usize = 1;
const EVIDENCE: usize = 2;
const CLOSER: usize = 3;
const POLICE_ON: usize = 4;
const POLICE: usize = 5;
const EXEMPTED: usize = 6;

impl Dialog {
    fn new(rows: &[&LedgerRow]) -> Self {
        let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        let of = |row: &LedgerRow| {
            let entered = row.closed.filter(|(_, how)| *how == crate::disclosure::Closing::Entered);
            [
                day(row.rectify_by),
                day(entered.map(|(day, _)| day)),
                row.follow_up.evidence.clone(),
                row.follow_up.closed_by.clone(),
                day(row.follow_up.handed_over_on),
                row.follow_up.handed_over.clone(),
                row.follow_up.exempted.clone(),
            ]
        };
        let all: Vec<[String; 7]> = rows.iter().map(|row| of(row)).collect();
        let alike = |field: usize| {
            let first = all.first().map(|fields| fields[field].clone()).unwrap_or_default();
            if all.iter().all(|fields| fields[field] == first) { first } else { String::new() }
        };
        let stood: [String; 7] = std::array::from_fn(alike);
        let codes = rows.iter().map(|row| row.plan_code.clone()).collect();
        Self { codes, fields: stood.clone(), stood, reason: String::new() }
    }

    /// True where something that stands is to be another.
    fn changes(&self, books: &Books) -> bool {
        let entry = self.entry();
        books.results.iter().filter(|result| self.codes.contains(&result.plan_code)).any(|result| entry.alters(result))
    }

    /// What keeps the entry from being taken, in words.
    fn fault(&self, books: &Books) -> Option<String> {
        for field in [TERM, CLOSED, POLICE_ON] {
            let text = self.fields[field].trim();
            if text.is_empty() {
                continue;
            }
            let Some(day) = parse_day(text) else { return Some(t::DAY_FORM.to_owned()) };
            if field != TERM && day > books.status.today {
                return Some(t::day_ahead(books.status.today));
            }
        }
        None
    }

    fn entry(&self) -> FollowUpEntry {
        // what stands as it stood is not entered again
        let text = |field: usize| {
            let text = self.fields[field].trim();
            if text == self.stood[field] { String::new() } else { text.to_owned() }
        };
        FollowUpEntry {
            codes: self.codes.clone(),
            rectify_by: parse_day(&text(TERM)),
            closed_on: parse_day(&text(CLOSED)),
            follow_up: FollowUp {
                evidence: text(EVIDENCE),
                closed_by: text(CLOSER),
                handed_over_on: parse_day(&text(POLICE_ON)),
                handed_over: text(POLICE),
                exempted: text(EXEMPTED),
            },
            reason: self.reason.trim().to_owned(),
        }
    }

    /// Draws it; `None` while it is open, `Some(None)` where it was given up.
    #[allow(clippy::option_option, reason = "still open, given up, or done")]
    fn show(&mut self, ui: &Ui, books: &Books) -> Option<Option<FollowUpEntry>> {
        let fault = self.fault(books);
        let changes = self.changes(books);
        let closes = !self.fields[CLOSED].trim().is_empty();
        let mut needed = vec![(t::EVIDENCE, !closes || !self.fields[EVIDENCE].trim().is_empty())];
        if changes {
            needed.push((t::REASON, !self.reason.trim().is_empty()));
        }
        let gate = Gate::of(&needed).and(fault.is_none() && !self.entry().is_empty());
        let answer = widgets::dialog(ui.ctx(), "follow-up", t::FOLLOW_UP_TITLE, t::FOLLOW_UP_YES, gate, |ui| {
            ui.add(egui::Label::new(theme::note(ui, t::FOLLOW_UP_NOTE)).wrap());
            ui.add_space(HALF);
            egui::Grid::new("follow-up-fields").num_columns(2).show(ui, |ui| {
                let hints = [t::DAY_HINT, t::DAY_HINT, t::EVIDENCE_HINT, "", t::DAY_HINT, "", t::EXEMPTED_HINT];
                let names =
                    [t::RECTIFY, t::CLOSED, t::EVIDENCE, t::CLOSED_BY, t::HANDED_OVER_ON, t::HANDED_OVER, t::EXEMPTED];
                for ((text, name), hint) in self.fields.iter_mut().zip(names).zip(hints) {
                    let label = ui.label(name);
                    let width = if hint == t::DAY_HINT { 130.0 } else { 330.0 };
                    let edit = egui::TextEdit::singleline(text).desired_width(width).hint_text(hint);
                    ui.add(edit).labelled_by(label.id);
                    ui.end_row();
                }
                let label = ui.label(t::REASON);
                let edit = egui::TextEdit::singleline(&mut self.reason).desired_width(330.0);
                ui.add_enabled(changes, edit.hint_text(t::FOLLOW_UP_REASON)).labelled_by(label.id);
                ui.end_row();
            });
            // the line is always there: nothing below it moves
            let said = fault.as_deref().unwrap_or(" ");
            let ink = theme::of(ui).red;
            ui.add(egui::Label::new(RichText::new(said).font(theme::regular(theme::SMALL)).color(ink)).wrap());
            for code in self.codes.iter().take(NAMED) {
                let row = books.status.ledger.rows.iter().find(|row| row.plan_code == *code);
                let name = row.map_or("", |row| row.name.as_str());
                ui.add(egui::Label::new(theme::note(ui, format!("{code} {name}"))).truncate());
            }
            if self.codes.len() > NAMED {
                ui.label(theme::note(ui, t::and_more(self.codes.len() - NAMED)));
            }
        });
        Some(answer?.then(|| self.entry()))
    }
}
