//! An attempt to interfere with inspections is recorded: who, how, what was done.

use chrono::NaiveDate;
use egui::{RichText, Ui};

use crate::text::day::{Accept, parse_day};
use crate::ui::text::audit as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::follow_up::Interference;

/// Width of the fields, points.
const WIDTH: f32 = 360.0;

/// The dialog.
pub(super) struct Dialog {
    on: String,
    who: String,
    how: String,
    handled: String,
}

impl Dialog {
    pub(super) fn new(today: NaiveDate) -> Self {
        Self { on: today.to_string(), who: String::new(), how: String::new(), handled: String::new() }
    }

    /// Draws it; `None` while it is open, `Some(None)` where it was given up.
    #[allow(clippy::option_option, reason = "still open, given up, or done")]
    pub(super) fn show(&mut self, ui: &Ui, today: NaiveDate) -> Option<Option<Interference>> {
        let on = parse_day(&self.on, Accept::Typed).ok().flatten();
        let fault = match on {
            None => Some(t::DAY_FORM.to_owned()),
            Some(day) if day > today => Some(t::day_ahead(today)),
            Some(_) => None,
        };
        let given = |text: &str| !text.trim().is_empty();
        let needed = [(t::WHO, given(&self.who)), (t::HOW, given(&self.how)), (t::HANDLED, given(&self.handled))];
        let gate = Gate::of(&needed).and(fault.is_none());
        let answer = widgets::dialog(ui.ctx(), "interference", t::INTERFERENCE, t::INTERFERENCE_YES, gate, |ui| {
            ui.add(egui::Label::new(theme::note(ui, t::INTERFERENCE_NOTE)).wrap());
            ui.add_space(HALF);
            egui::Grid::new("interference-fields").num_columns(2).show(ui, |ui| {
                let label = ui.label(t::ON);
                ui.add(egui::TextEdit::singleline(&mut self.on).desired_width(130.0)).labelled_by(label.id);
                ui.end_row();
                let fields = [
                    (t::WHO, t::WHO_HINT, &mut self.who),
                    (t::HOW, t::HOW_HINT, &mut self.how),
                    (t::HANDLED, t::HANDLED_HINT, &mut self.handled),
                ];
                for (name, hint, text) in fields {
                    let label = ui.label(name);
                    let edit = egui::TextEdit::singleline(text).desired_width(WIDTH).hint_text(hint);
                    ui.add(edit).labelled_by(label.id);
                    ui.end_row();
                }
            });
            // the line is always there: nothing below it moves
            let said = fault.as_deref().unwrap_or(" ");
            let ink = theme::of(ui).red;
            ui.add(egui::Label::new(RichText::new(said).font(theme::regular(theme::SMALL)).color(ink)).wrap());
        });
        let told = || Interference {
            on,
            who: self.who.trim().to_owned(),
            how: self.how.trim().to_owned(),
            handled: self.handled.trim().to_owned(),
            unit: None,
        };
        Some(answer?.then(told))
    }
}
