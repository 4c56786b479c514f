//! The yearly plan's three days: approved, filed, published; entered once, printed in the public plan.

use chrono::NaiveDate;
use egui::Ui;

use crate::disclosure::{PlanDates, PlanDatesEntry};
use crate::text::day::{Accept, parse_day};
use crate::ui::screens::Cx;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::session::OpenProject;

/// The dialog, while it is open: the days as text.
#[derive(Debug, Default)]
pub(super) struct Dates {
    open: Option<[String; 3]>,
}

/// What the texts say; `None` where one of them is no day.
fn entry_of(texts: &[String; 3], known: &PlanDates) -> Option<PlanDatesEntry> {
    let day = |text: &str, known: Option<NaiveDate>| -> Option<Option<NaiveDate>> {
        // what stands already is not entered a second time
        parse_day(text, Accept::Typed).ok().map(|day| day.filter(|day| Some(*day) != known))
    };
    Some(PlanDatesEntry {
        approved_on: day(&texts[0], known.approved_on)?,
        filed_on: day(&texts[1], known.filed_on)?,
        published_on: day(&texts[2], known.published_on())?,
    })
}

impl Dates {
    /// The button in the screen's head, and the dialog that it opens.
    pub(super) fn show(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        let Some(books) = open.books.value() else { return };
        let known = &books.status.plan_dates;
        let may = !open.saved.is_read_only() && !cx.session.is_acting();
        let button = ui.add_enabled(may, egui::Button::new(t::PLAN_DATES)).on_hover_text(known.text());
        if button.on_disabled_hover_text(t::PLAN_DATES_OFF).clicked() {
            let text = |day: Option<NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
            self.open = Some([text(known.approved_on), text(known.filed_on), text(known.published_on())]);
        }
        let Some(texts) = &mut self.open else { return };
        let entry = entry_of(texts, known);
        let ready = entry.is_some_and(|entry| !entry.is_empty());
        let answer = widgets::dialog(ui.ctx(), "plan-dates", t::PLAN_DATES_TITLE, t::PLAN_DATES_YES, ready, |ui| {
            ui.add(egui::Label::new(t::PLAN_DATES_TEXT).wrap());
            ui.add_space(HALF);
            egui::Grid::new("plan-dates-grid").num_columns(2).show(ui, |ui| {
                for (name, text) in t::PLAN_DATES_FIELDS.into_iter().zip(texts.iter_mut()) {
                    let label = ui.label(name);
                    let edit = egui::TextEdit::singleline(text).desired_width(130.0).hint_text(t::PLAN_DATES_HINT);
                    ui.add(edit).labelled_by(label.id);
                    ui.end_row();
                }
            });
            if entry.is_none() {
                ui.colored_label(theme::of(ui).red, t::PLAN_DATES_WRONG);
            }
            ui.add_space(HALF);
            ui.label(theme::note(ui, known.text()));
        });
        if answer == Some(true)
            && let Some(entry) = entry
        {
            cx.send(Deed::PlanDates(entry));
        }
        if answer.is_some() {
            self.open = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_is_entered() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let known =
            PlanDates { approved_on: Some(day("2027-03-10")), filed_on: None, publications: vec![day("2027-03-20")] };
        let texts = |a: &str, b: &str, c: &str| [a.to_owned(), b.to_owned(), c.to_owned()];
        assert!(entry_of(&texts("2027-03-10", "", "2027-03-20"), &known).unwrap().is_empty());
        let entry = entry_of(&texts("2027-03-10", " 2027-03-15 ", "2027-07-01"), &known).unwrap();
        assert_eq!(
            entry,
            PlanDatesEntry {
                approved_on: None,
                filed_on: Some(day("2027-03-15")),
                published_on: Some(day("2027-07-01"))
            }
        );
        // as every other field of the window takes a day
        for same in ["2027/3/15", "２０２７年３月１５日", "20270315"] {
            assert_eq!(entry_of(&texts("2027-03-10", same, "2027-07-01"), &known), Some(entry), "{same}");
        }
        assert_eq!(entry_of(&texts("3月10日", "", ""), &known), None);
    }
}
