//! What went public, entered with its day; a wrong entry corrected or taken back, with the reason.

use chrono::NaiveDate;
use egui::{RichText, Ui};

use super::form::parse_day;
use crate::ui::text::results as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::publish::{Publication, PublicationCorrection};
use crate::workspace::session::Books;

/// Results that a dialog names before it counts the others.
const NAMED: usize = 6;

/// The dialog of a publication, or of its correction.
pub(super) struct PublishDialog {
    codes: Vec<String>,
    on: String,
    /// `None` for a publication; for a correction its reason.
    reason: Option<String>,
    /// The publication is taken back: it did not take place.
    withdraw: bool,
}

impl PublishDialog {
    /// Results went public; today is proposed.
    pub(super) fn publish(codes: Vec<String>, today: NaiveDate) -> Self {
        Self { codes, on: today.to_string(), reason: None, withdraw: false }
    }

    /// The entry of a publication was wrong; the day that stands is shown.
    pub(super) fn correct(codes: Vec<String>, books: &Books) -> Self {
        let on = books.status.board.rows.iter().find(|row| codes.contains(&row.plan_code)).and_then(|r| r.disclosed_on);
        Self {
            codes,
            on: on.map_or_else(String::new, |day| day.to_string()),
            reason: Some(String::new()),
            withdraw: false,
        }
    }

    /// What keeps the day from being taken, in words.
    fn fault(&self, books: &Books) -> Option<String> {
        if self.withdraw {
            return None;
        }
        let Some(on) = parse_day(&self.on) else { return Some(t::DAY_FORM.to_owned()) };
        if on > books.status.today {
            return Some(t::publish_ahead(books.status.today));
        }
        let rows = books.status.board.rows.iter().filter(|row| self.codes.contains(&row.plan_code));
        let late = rows.filter_map(|row| Some((row, row.completed_on.filter(|day| *day > on)?))).max_by_key(|x| x.1);
        late.map(|(row, completed)| t::publish_before_completion(&row.name, completed))
    }

    /// Draws it; `None` while it is open, `Some(None)` where it was given up.
    #[allow(clippy::option_option, reason = "still open, given up, or done")]
    pub(super) fn show(&mut self, ui: &Ui, books: &Books) -> Option<Option<Deed>> {
        let correction = self.reason.is_some();
        let fault = self.fault(books);
        let explained = self.reason.as_ref().is_none_or(|reason| !reason.trim().is_empty());
        let ready = fault.is_none() && explained && !self.codes.is_empty();
        let (id, title) = match (correction, self.withdraw) {
            (false, _) => ("publish", t::PUBLISH_TITLE),
            (true, _) => ("publish-correct", t::PUBLISH_CORRECT_TITLE),
        };
        let yes = match (correction, self.withdraw) {
            (false, _) => t::PUBLISH_YES,
            (true, false) => t::PUBLISH_CORRECT_YES,
            (true, true) => t::PUBLISH_WITHDRAW_YES,
        };
        let mut fields = vec![(t::PUBLISHED_ON, self.withdraw || !self.on.trim().is_empty())];
        if correction {
            fields.push((t::REASON, explained));
        }
        let gate = Gate::of(&fields).and(ready);
        let answer = widgets::dialog(ui.ctx(), id, title, yes, gate, |ui| {
            let text = if correction { t::correct_text(self.codes.len()) } else { t::publish_text(self.codes.len()) };
            ui.add(egui::Label::new(text).wrap());
            ui.add_space(HALF);
            if correction {
                ui.horizontal(|ui| {
                    ui.radio_value(&mut self.withdraw, false, t::OTHER_DAY);
                    ui.radio_value(&mut self.withdraw, true, t::NOT_PUBLISHED);
                });
            }
            egui::Grid::new("publish-fields").num_columns(2).show(ui, |ui| {
                let label = ui.label(t::PUBLISHED_ON);
                let edit = egui::TextEdit::singleline(&mut self.on).desired_width(130.0).hint_text(t::DAY_HINT);
                ui.add_enabled(!self.withdraw, edit).labelled_by(label.id);
                ui.end_row();
                if let Some(reason) = &mut self.reason {
                    let label = ui.label(t::REASON);
                    let edit = egui::TextEdit::singleline(reason).desired_width(280.0).hint_text(t::REASON_HINT);
                    ui.add(edit).labelled_by(label.id);
                    ui.end_row();
                }
            });
            // the line is always there: nothing below it moves
            let said = fault.as_deref().unwrap_or(" ");
            let ink = theme::of(ui).red;
            ui.add(egui::Label::new(RichText::new(said).font(theme::regular(theme::SMALL)).color(ink)).wrap());
            for code in self.codes.iter().take(NAMED) {
                let row = books.status.board.rows.iter().find(|row| row.plan_code == *code);
                let name = row.map_or("", |row| row.name.as_str());
                ui.add(egui::Label::new(theme::note(ui, format!("{code} {name}"))).truncate());
            }
            if self.codes.len() > NAMED {
                ui.label(theme::note(ui, t::and_more(self.codes.len() - NAMED)));
            }
        });
        if !answer? {
            return Some(None);
        }
        let (codes, on) = (self.codes.clone(), parse_day(&self.on).filter(|_| !self.withdraw));
        Some(Some(match &self.reason {
            None => Deed::Publish(Publication { codes, on }),
            Some(reason) => {
                Deed::CorrectPublication(PublicationCorrection { codes, on, reason: reason.trim().to_owned() })
            }
        }))
    }
}
