//! The yearly plan is approved, and kept as a version; filed and published: days entered once, printed in the public
//! plan.

use chrono::NaiveDate;
use egui::Ui;

use crate::disclosure::{PlanDates, PlanDatesEntry};
use crate::plan::Verdict;
use crate::text::day::{Accept, parse_day};
use crate::ui::screens::Cx;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::reports::plan_record::plan_versions;
use crate::workspace::session::OpenProject;

/// The dialog, while it is open: the days as text, and who approved.
#[derive(Debug, Default)]
pub(super) struct Dates {
    open: Option<([String; 3], String)>,
}

/// What the texts say; `None` where one of them is no day.
fn entry_of(texts: &[String; 3], by: &str, known: &PlanDates) -> Option<PlanDatesEntry> {
    let day = |text: &str, known: Option<NaiveDate>| -> Option<Option<NaiveDate>> {
        // what stands already is not entered a second time
        parse_day(text, Accept::Typed).ok().map(|day| day.filter(|day| Some(*day) != known))
    };
    let standing = known.standing();
    Some(PlanDatesEntry {
        approved_on: day(&texts[0], standing.approved_on)?,
        approved_by: Some(by.trim().to_owned()).filter(|by| !by.is_empty()),
        filed_on: day(&texts[1], standing.filed_on)?,
        published_on: day(&texts[2], standing.published_on)?,
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
            let standing = known.standing();
            let days = [text(standing.approved_on), text(standing.filed_on), text(standing.published_on)];
            self.open = Some((days, String::new()));
        }
        let Some((texts, by)) = &mut self.open else { return };
        let entry = entry_of(texts, by, known);
        let approves = entry.as_ref().is_some_and(|entry| known.is_approval(entry));
        // what is approved is what is shown: not while it is computed afresh
        let ready = entry.as_ref().is_some_and(|entry| !entry.is_empty()) && (!approves || open.is_current());
        // a day that can't be read is said below its field
        let any = entry.as_ref().is_none_or(|entry| !entry.is_empty());
        let gate = Gate::of(&[(t::PLAN_DATES_ANY, any)]).and(ready);
        let yes = if approves { t::PLAN_APPROVE_YES } else { t::PLAN_DATES_YES };
        let answer = widgets::dialog(ui.ctx(), "plan-dates", t::PLAN_DATES_TITLE, yes, gate, |ui| {
            ui.add(egui::Label::new(t::PLAN_DATES_TEXT).wrap());
            ui.add_space(HALF);
            egui::Grid::new("plan-dates-grid").num_columns(2).show(ui, |ui| {
                let field = |ui: &mut Ui, name: &str, text: &mut String, hint: &str| {
                    let label = ui.label(name);
                    ui.add(egui::TextEdit::singleline(text).desired_width(180.0).hint_text(hint)).labelled_by(label.id);
                    ui.end_row();
                };
                for (at, (name, text)) in t::PLAN_DATES_FIELDS.into_iter().zip(texts.iter_mut()).enumerate() {
                    field(ui, name, text, t::PLAN_DATES_HINT);
                    if at == 0 {
                        field(ui, t::APPROVED_BY, by, &cx.session.preferences().operator);
                    }
                }
            });
            if entry.is_none() {
                ui.colored_label(theme::of(ui).red, t::PLAN_DATES_WRONG);
            }
            if approves && let Some(view) = open.view() {
                let plan = &view.analysis.plan;
                let next = if known.versions.is_empty() {
                    1
                } else {
                    known.version() + u32::from(known.standing().approved_on.is_some())
                };
                let visits = widgets::decimal(plan.expected_visits(), 1);
                ui.add(egui::Label::new(t::approving(next, &visits, open.draft.is_changed())).wrap());
                if plan.verdict() != Verdict::Feasible {
                    let verdict = plan.verdict_text(&view.analysis.population.inputs.bodies);
                    let text = egui::RichText::new(t::approving_flawed(&verdict)).color(theme::of(ui).amber);
                    ui.add(egui::Label::new(text).wrap());
                }
            }
            ui.add_space(HALF);
            for version in plan_versions(known, &books.plans) {
                ui.add(egui::Label::new(theme::note(ui, version.text())).wrap());
            }
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
    use crate::disclosure::VersionDates;

    #[test]
    fn only_what_is_new_is_entered() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let standing = VersionDates {
            approved_on: Some(day("2027-03-10")),
            filed_on: None,
            published_on: Some(day("2027-03-20")),
        };
        let known = PlanDates { versions: vec![standing] };
        let texts = |a: &str, b: &str, c: &str| [a.to_owned(), b.to_owned(), c.to_owned()];
        assert!(entry_of(&texts("2027-03-10", "", "2027-03-20"), "", &known).unwrap().is_empty());
        let entry = entry_of(&texts("2027-03-10", " 2027-03-15 ", "2027-07-01"), " ", &known).unwrap();
        assert_eq!(
            entry,
            PlanDatesEntry {
                approved_on: None,
                approved_by: None,
                filed_on: Some(day("2027-03-15")),
                published_on: Some(day("2027-07-01"))
            }
        );
        assert!(!known.is_approval(&entry));
        // as every other field of the window takes a day
        for same in ["2027/3/15", "２０２７年３月１５日", "20270315"] {
            let read = entry_of(&texts("2027-03-10", same, "2027-07-01"), "", &known);
            assert_eq!(read.as_ref(), Some(&entry), "{same}");
        }
        assert_eq!(entry_of(&texts("3月10日", "", ""), "", &known), None);
        // a second approval, before anybody knows its filing and publication
        let second = entry_of(&texts("2027-06-30", "", "2027-03-20"), " 局长办公会 ", &known).unwrap();
        assert_eq!((second.approved_by.as_deref(), second.published_on), (Some("局长办公会"), None));
        assert!(known.is_approval(&second));
    }
}
