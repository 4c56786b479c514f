//! Ticked checks entered at once: nothing was found, on the same days. What can't be entered is named beforehand.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use egui::{RichText, Ui};

use super::form::parse_day;
use super::index::Index;
use crate::disclosure::DueCheck;
use crate::ui::text::results as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::batch::{CheckKey, ClearDays, Refusal, clear_results, key_of};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::session::{Books, OpenProject};

/// The dialog, while it is open.
pub(super) struct Batch {
    keys: BTreeSet<CheckKey>,
    inspected: String,
    completed: String,
    /// What was looked at last: days and number of checks, and what came of it.
    made: Option<(ClearDays, usize)>,
    refused: Vec<Refusal>,
}

/// What came of it.
pub(super) enum Answer {
    /// Still open.
    Open,
    /// Given up.
    Close,
    /// To be recorded.
    Record(Box<Deed>),
}

impl Batch {
    /// The dialog for the checks that are ticked. Of the day nothing is presumed: it goes into the record of all of them.
    pub(super) fn new(keys: BTreeSet<CheckKey>) -> Self {
        Self { keys, inspected: String::new(), completed: String::new(), made: None, refused: Vec::new() }
    }

    /// The days, where both fields hold some.
    fn days(&self) -> Option<ClearDays> {
        let completed_on = match self.completed.trim() {
            "" => None,
            text => Some(parse_day(text)?),
        };
        Some(ClearDays { inspected_on: parse_day(&self.inspected)?, completed_on })
    }

    fn look(&mut self, open: &OpenProject, books: &Books, index: &Index, today: NaiveDate) {
        let Some(days) = self.days() else {
            (self.made, self.refused) = (None, Vec::new());
            return;
        };
        if self.made == Some((days, self.keys.len())) {
            return;
        }
        self.made = Some((days, self.keys.len()));
        let checks: Vec<&DueCheck> = books
            .draws
            .iter()
            .flat_map(OpenedDraw::all_checks)
            .filter(|check| !check.withdrawn && self.keys.contains(&key_of(check)))
            .collect();
        let recorded: BTreeSet<CheckKey> =
            books.results.iter().map(|r| (r.unit_id.clone(), r.month, r.sequence)).collect();
        let matters = open.project.policy.disclosure.matters.join("、");
        let is_recorded = |check: &DueCheck| recorded.contains(&key_of(check));
        self.refused = clear_results(checks, days, &matters, &index.people, is_recorded, today).1;
    }

    /// The name of the first check.
    fn first(&self, books: &Books) -> String {
        let mut checks = books.draws.iter().flat_map(OpenedDraw::all_checks);
        let first = checks.find(|check| !check.withdrawn && self.keys.contains(&key_of(check)));
        first.map_or_else(String::new, |check| check.name.clone())
    }

    /// Draws the dialog.
    pub(super) fn show(
        &mut self,
        ui: &Ui,
        open: &OpenProject,
        books: &Books,
        index: &Index,
        today: NaiveDate,
    ) -> Answer {
        self.look(open, books, index, today);
        let days = self.days();
        let ready = days.is_some() && self.refused.is_empty() && !self.keys.is_empty();
        let gate = Gate::of(&[(t::INSPECTED, !self.inspected.trim().is_empty())]).and(ready);
        let yes = t::batch_yes(self.keys.len());
        let answer = widgets::dialog(ui.ctx(), "batch", t::BATCH_TITLE, &yes, gate, |ui| {
            let first = self.first(books);
            ui.add(egui::Label::new(t::batch_text(self.keys.len(), &first)).wrap());
            ui.add_space(HALF);
            egui::Grid::new("batch-days").num_columns(2).show(ui, |ui| {
                for (name, text, hint) in [
                    (t::INSPECTED, &mut self.inspected, t::DAY_HINT),
                    (t::COMPLETED, &mut self.completed, t::COMPLETED_HINT),
                ] {
                    let label = ui.label(name);
                    ui.add(egui::TextEdit::singleline(text).desired_width(130.0).hint_text(hint)).labelled_by(label.id);
                    ui.end_row();
                }
            });
            ui.add_space(HALF);
            self.told(ui, days.is_none());
        });
        match (answer, days) {
            (None, _) => Answer::Open,
            (Some(true), Some(days)) if ready => {
                Answer::Record(Box::new(Deed::RecordClear(self.keys.iter().cloned().collect(), days)))
            }
            (Some(_), _) => Answer::Close,
        }
    }

    /// What can't be entered and why, each by its name; room for it is always there.
    fn told(&mut self, ui: &mut Ui, unread: bool) {
        let red = theme::of(ui).red;
        let room = egui::vec2(ui.available_width(), 96.0);
        let mut untick = false;
        ui.allocate_ui(room, |ui| {
            ui.set_min_size(room);
            if unread && !self.inspected.trim().is_empty() {
                ui.colored_label(red, t::DAY_FORM);
            } else if self.refused.is_empty() || unread {
                ui.label(theme::note(ui, t::BATCH_NOTE));
            } else {
                ui.colored_label(red, t::batch_refused(self.refused.len()));
                untick = ui.button(t::batch_untick(self.refused.len())).clicked();
                egui::ScrollArea::vertical().max_height(64.0).auto_shrink([false, false]).show(ui, |ui| {
                    for refusal in &self.refused {
                        let words = t::batch_refusal(&refusal.plan_code, &refusal.name, &refusal.finding);
                        ui.add(egui::Label::new(RichText::new(words).font(theme::regular(theme::SMALL))).wrap());
                    }
                });
            }
        });
        if untick {
            for refusal in std::mem::take(&mut self.refused) {
                self.keys.remove(&refusal.key);
            }
            self.made = None;
        }
    }
}
