//! What is done by hand after a draw: each in a dialog of its own that says what follows, with a reason.

use std::sync::Arc;

use chrono::NaiveDate;
use egui::{RichText, Ui};

use super::facts::ListRow;
use super::trigger::TriggerForm;
use crate::domain::{InspectorId, Period, PlanMonth, SubstituteCase, UnitId};
use crate::plan::TargetReason;
use crate::text::day::{self, Accept};
use crate::ui::proof::ProofForm;
use crate::ui::text::common;
use crate::ui::text::draw as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, Gate};
use crate::workspace::deeds::change::TriggeredRequest;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::session::OpenProject;

/// Which intervention.
#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Substitute { unit: UnitId, case: SubstituteCase },
    Replace { unit: UnitId, lead: InspectorId, second: InspectorId, labels: [String; 2], second_goes: bool },
    Add(TriggerForm),
    Void { period: Period },
}

/// An open dialog.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervention {
    kind: Kind,
    month: Option<PlanMonth>,
    about: String,
    date: String,
    reason: String,
    /// Evidence and second person, where a unit drops out or an inspector goes.
    pub(super) proof: ProofForm,
    fresh: bool,
}

/// What became of a dialog in a frame.
#[derive(Debug)]
pub enum Answer {
    /// It is open still.
    Open,
    /// It was given up.
    GivenUp,
    /// It was confirmed.
    Send(Box<Deed>),
}

fn checked_date(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    day::parse_day(text, Accept::Typed).ok().flatten().filter(|day| *day <= today)
}

impl Intervention {
    fn new(kind: Kind, month: Option<PlanMonth>, about: String, today: NaiveDate) -> Self {
        let proof = ProofForm::default();
        Self { kind, month, about, date: today.to_string(), reason: String::new(), proof, fresh: true }
    }

    fn about(row: &ListRow) -> String {
        format!("{} {}　{}", row.number, row.name, row.unit)
    }

    /// A reserve takes a unit's place.
    #[must_use]
    pub fn substitute(row: &ListRow, month: PlanMonth, today: NaiveDate) -> Self {
        let kind = Kind::Substitute { unit: row.unit.clone(), case: SubstituteCase::default() };
        Self::new(kind, Some(month), Self::about(row), today)
    }

    /// Another inspector; `None` where nobody is paired.
    #[must_use]
    pub fn replace(row: &ListRow, month: PlanMonth, today: NaiveDate) -> Option<Self> {
        let (lead, second) = row.pair.clone()?;
        let labels = [format!("{} {}", t::LEAD, row.lead), format!("{} {}", t::ASSISTANT, row.second)];
        let kind = Kind::Replace { unit: row.unit.clone(), lead, second, labels, second_goes: false };
        Some(Self::new(kind, Some(month), Self::about(row), today))
    }

    /// A triggered check; the selected sources (rows) are proposed.
    #[must_use]
    pub fn add(month: PlanMonth, selected: Arc<Vec<u32>>, today: NaiveDate) -> Self {
        let kind = Kind::Add(TriggerForm::new(selected));
        Self::new(kind, Some(month), String::new(), today)
    }

    /// A seal is given up.
    #[must_use]
    pub fn void(period: Period, today: NaiveDate) -> Self {
        Self::new(Kind::Void { period }, None, period.label(), today)
    }

    fn needs_proof(&self) -> bool {
        matches!(self.kind, Kind::Substitute { .. } | Kind::Replace { .. })
    }

    /// The deed, once everything is filled in.
    #[must_use]
    pub fn command(&self, today: NaiveDate) -> Option<Deed> {
        let reason = self.reason.trim();
        if reason.is_empty() || reason.chars().any(char::is_control) {
            return None;
        }
        let dated = || checked_date(&self.date, today).map(|day| format!("{day} {reason}"));
        if self.needs_proof() && !self.proof.is_given() {
            return None;
        }
        match &self.kind {
            Kind::Substitute { unit, case } => Some(Deed::Substitute {
                month: self.month?,
                unit: unit.clone(),
                case: *case,
                reason: self.proof.ground(format!("{} {}：{reason}", checked_date(&self.date, today)?, case.label())),
            }),
            Kind::Replace { unit, lead, second, second_goes, .. } => Some(Deed::ReplaceInspector {
                month: self.month?,
                unit: unit.clone(),
                certificate: if *second_goes { second.clone() } else { lead.clone() },
                reason: self.proof.ground(dated()?),
            }),
            Kind::Add(form) => {
                let although = form.although_closed.trim();
                let request = TriggeredRequest {
                    unit: form.chosen.as_ref()?.1.clone(),
                    kind: form.kind?,
                    reason: dated()?.into(),
                    although_closed: Some(although.to_owned()).filter(|text| !text.is_empty()),
                };
                Some(Deed::AddCheck(self.month?, request))
            }
            Kind::Void { period } => Some(Deed::Void(*period, reason.to_owned())),
        }
    }

    /// The fields that must be filled in, in their order, and whether they are.
    fn given(&self, today: NaiveDate, grounded: bool) -> Vec<(&'static str, bool)> {
        let mut fields = Vec::new();
        if let Kind::Add(form) = &self.kind {
            fields.extend([
                (t::UNIT, form.chosen.is_some()),
                (t::ALTHOUGH_CLOSED, grounded),
                (t::TRIGGER_KIND, form.kind.is_some()),
            ]);
        }
        if !matches!(self.kind, Kind::Void { .. }) {
            fields.push((t::EVIDENCE, checked_date(&self.date, today).is_some()));
        }
        fields.push((t::REASON, !self.reason.trim().is_empty()));
        if self.needs_proof() {
            fields.extend(self.proof.given());
        }
        fields
    }

    fn words(&self) -> (&'static str, &'static str) {
        match self.kind {
            Kind::Substitute { .. } => (t::SUBSTITUTE, t::D_SUBSTITUTE_WHY),
            Kind::Replace { .. } => (t::REPLACE, t::D_REPLACE_WHY),
            Kind::Add(_) => (t::ADD, t::D_ADD_WHY),
            Kind::Void { .. } => (t::VOID, t::D_VOID_WHY),
        }
    }

    /// Draws it.
    pub fn show(&mut self, ctx: &egui::Context, open: &OpenProject, today: NaiveDate) -> Answer {
        let (mut dead, mut grounded) = (None, true);
        if let Kind::Add(form) = &mut self.kind {
            form.look_up(&open.data);
            dead = form.chosen.as_ref().and_then(|(row, _)| dead_state(open, *row));
            grounded = dead.is_none() || !form.although_closed.trim().is_empty();
        }
        let command = self.command(today).filter(|_| grounded);
        let (title, why) = self.words();
        let gate = Gate::of(&self.given(today, grounded)).and(command.is_some());
        let answer = widgets::dialog(ctx, "intervention", title, common::CONFIRM, gate, |ui| {
            if !self.about.is_empty() {
                ui.label(theme::strong(&self.about));
            }
            ui.add(egui::Label::new(theme::note(ui, why)).wrap());
            ui.add_space(GRID);
            self.fields(ui, open, today, dead.as_deref());
        });
        // Enter in a field confirms once everything is filled in
        let enter = ctx.input(|i| i.key_pressed(egui::Key::Enter)) && command.is_some();
        match (answer.or(enter.then_some(true)), command) {
            (None, _) => Answer::Open,
            (Some(true), Some(command)) => Answer::Send(Box::new(command)),
            _ => Answer::GivenUp,
        }
    }

    fn fields(&mut self, ui: &mut Ui, open: &OpenProject, today: NaiveDate, dead: Option<&str>) {
        let palette = theme::of(ui);
        egui::Grid::new("fields").num_columns(2).spacing([GRID * 2.0, GRID]).show(ui, |ui| {
            match &mut self.kind {
                Kind::Substitute { case, .. } => {
                    ui.label(t::KIND);
                    ui.vertical(|ui| {
                        ui.horizontal(|ui| {
                            for of in SubstituteCase::ALL {
                                ui.radio_value(case, of, of.label());
                            }
                        });
                        ui.label(theme::note(ui, t::case_means(*case)));
                    });
                    ui.end_row();
                }
                Kind::Replace { labels, second_goes, .. } => {
                    ui.label(t::WHO);
                    ui.vertical(|ui| {
                        ui.radio_value(second_goes, false, labels[0].as_str());
                        ui.radio_value(second_goes, true, labels[1].as_str());
                    });
                    ui.end_row();
                }
                Kind::Add(form) => form.ui(ui, open, dead, std::mem::take(&mut self.fresh)),
                Kind::Void { .. } => {}
            }
            if !matches!(self.kind, Kind::Void { .. }) {
                let name = ui.label(t::EVIDENCE);
                ui.horizontal(|ui| {
                    ui.add(egui::TextEdit::singleline(&mut self.date).desired_width(110.0)).labelled_by(name.id);
                    if checked_date(&self.date, today).is_none() {
                        ui.label(RichText::new(t::E_EVIDENCE).font(theme::regular(theme::SMALL)).color(palette.red));
                    }
                });
                ui.end_row();
            }
            let name = ui.label(t::REASON);
            let field = egui::TextEdit::singleline(&mut self.reason).desired_width(300.0);
            let response = ui.add(field).labelled_by(name.id);
            // of a triggered check the unit comes first
            if !matches!(self.kind, Kind::Add(_)) && std::mem::take(&mut self.fresh) {
                response.request_focus();
            }
            ui.end_row();
            if self.needs_proof() {
                self.proof.rows(ui, 300.0);
            }
        });
    }
}

/// What a source is known to be, where nothing is left to inspect: by the register, or by what was found since.
fn dead_state(open: &OpenProject, row: u32) -> Option<String> {
    let sites = &open.view()?.analysis.population.inputs.sites;
    let exclusion = sites.exclusion.get(row as usize).copied().filter(|exclusion| exclusion.is_dead())?;
    Some(TargetReason::Excluded(exclusion).label(&open.project.policy).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TriggerKind;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn nothing_happens_without_a_dated_reason() {
        let today = day("2027-03-05");
        let month = PlanMonth::new(2027, 3).unwrap();
        let mut add = Intervention::add(month, Arc::default(), today);
        assert!(add.command(today).is_none());
        add.reason = "信访举报".to_owned();
        assert!(add.command(today).is_none(), "no unit yet");
        let chosen = Some((0, UnitId::new("A1").unwrap()));
        let mut form = TriggerForm::default();
        form.chosen = chosen;
        add.kind = Kind::Add(form.clone());
        assert!(add.command(today).is_none(), "where it comes from is not said");
        form.kind = Some(TriggerKind::Report);
        add.kind = Kind::Add(form);
        let Some(Deed::AddCheck(_, TriggeredRequest { unit, reason, .. })) = add.command(today) else {
            panic!("no command")
        };
        assert_eq!((unit.as_str(), reason.text.as_str()), ("A1", "2027-03-05 信访举报"));
        // evidence from the future
        add.date = "2027-03-06".to_owned();
        assert!(add.command(today).is_none());
        let mut void = Intervention::void(Period::Month(month), today);
        assert!(void.command(today).is_none());
        void.reason = "名录有误".to_owned();
        assert!(matches!(void.command(today), Some(Deed::Void(Period::Month(_), reason)) if reason == "名录有误"));
    }
}
