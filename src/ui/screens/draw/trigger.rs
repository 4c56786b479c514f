//! A triggered check being added: the unit found by name, code, number or what is selected, and where it comes from.

use std::sync::Arc;

use egui::{RichText, Ui};

use crate::domain::{TriggerKind, UnitId};
use crate::text::fold_width;
use crate::ui::text::draw as t;
use crate::ui::theme::{self, GRID};
use crate::workspace::reports::find_unit::find_units;
use crate::workspace::session::{OpenProject, ProjectData};

/// Candidates shown at most.
const MOST: usize = 8;

/// What is filled in.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TriggerForm {
    /// Name, credit code or number, as typed.
    typed: String,
    /// Rows that it may mean, and the text that they were looked up for.
    found: Vec<u32>,
    found_of: Option<String>,
    /// Rows selected on the map or in a table.
    selected: Arc<Vec<u32>>,
    /// Where it comes from; nothing is presumed.
    pub(super) kind: Option<TriggerKind>,
    /// The unit meant.
    pub(super) chosen: Option<(u32, UnitId)>,
    /// Why a unit known to be closed is inspected all the same.
    pub(super) although_closed: String,
}

impl TriggerForm {
    pub(super) fn new(selected: Arc<Vec<u32>>) -> Self {
        Self { selected, ..Self::default() }
    }

    /// Looks up what is typed, or proposes what is selected. One match is the unit meant.
    pub(super) fn look_up(&mut self, data: &ProjectData) {
        if self.found_of.as_deref() == Some(self.typed.as_str()) {
            return;
        }
        let typed = self.typed.trim();
        // a whole number is answered with its unit alone, whatever else holds it
        let mut whole = None;
        self.found = if typed.is_empty() {
            self.selected.iter().copied().take(MOST + 1).collect()
        } else {
            let found = find_units(data, typed, MOST + 1).unwrap_or_default();
            let number = fold_width(typed).to_uppercase();
            whole = found.iter().find(|unit| unit.unit_id.to_uppercase() == number).map(|unit| unit.row);
            found.into_iter().map(|unit| unit.row).collect()
        };
        if let Some(row) = whole {
            self.found = vec![row];
        }
        self.found_of = Some(self.typed.clone());
        self.chosen = match self.found.as_slice() {
            [row] if !self.typed.trim().is_empty() => Self::unit(data, *row),
            _ => None,
        };
    }

    fn unit(data: &ProjectData, row: u32) -> Option<(u32, UnitId)> {
        Some((row, UnitId::new(data.unit_id(row)?).ok()?))
    }

    /// Draws unit and kind, two rows of the dialog's grid.
    pub(super) fn ui(&mut self, ui: &mut Ui, open: &OpenProject, dead: Option<&str>, fresh: bool) {
        let palette = theme::of(ui);
        let name = ui.label(t::UNIT);
        ui.vertical(|ui| {
            let field = egui::TextEdit::singleline(&mut self.typed).desired_width(320.0).hint_text(t::UNIT_HINT);
            let field = ui.add(field).labelled_by(name.id);
            if fresh {
                field.request_focus();
            }
            self.candidates(ui, open);
            if let Some(state) = dead {
                ui.label(RichText::new(t::known_dead(state)).color(palette.amber));
            }
        });
        ui.end_row();
        if dead.is_some() {
            let name = ui.label(t::ALTHOUGH_CLOSED);
            let field = egui::TextEdit::singleline(&mut self.although_closed).desired_width(320.0);
            ui.add(field).labelled_by(name.id);
            ui.end_row();
        }
        ui.label(t::TRIGGER_KIND);
        ui.horizontal_wrapped(|ui| {
            for kind in TriggerKind::ALL {
                ui.radio_value(&mut self.kind, Some(kind), kind.label());
            }
        });
        ui.end_row();
    }

    /// The units that may be meant, each with what tells it from the others.
    fn candidates(&mut self, ui: &mut Ui, open: &OpenProject) {
        let palette = theme::of(ui);
        if self.found.is_empty() {
            if !self.typed.trim().is_empty() {
                ui.label(RichText::new(t::E_UNIT).color(palette.red));
            }
            return;
        }
        if let ([_], Some((row, _))) = (self.found.as_slice(), &self.chosen) {
            let text = RichText::new(describe(open, *row)).color(palette.green);
            ui.add(egui::Label::new(text).wrap());
            return;
        }
        let words = if self.typed.trim().is_empty() { t::OF_SELECTION } else { t::WHICH_UNIT };
        ui.label(theme::note(ui, words));
        for row in self.found.iter().copied().take(MOST) {
            let chosen = self.chosen.as_ref().is_some_and(|(of, _)| *of == row);
            if ui.radio(chosen, describe(open, row)).clicked() {
                self.chosen = Self::unit(&open.data, row);
            }
        }
        if self.found.len() > MOST {
            ui.label(theme::note(ui, t::MORE_UNITS));
        }
        ui.add_space(GRID / 2.0);
    }
}

/// Name, district, category, address, number.
fn describe(open: &OpenProject, row: u32) -> String {
    let data = &open.data;
    let at = row as usize;
    let district = data.district.get(at).and_then(|district| data.district_name(*district)).unwrap_or_default();
    let category = open
        .view()
        .and_then(|view| view.analysis.population.inputs.sites.category.get(at).copied())
        .and_then(|category| open.project.policy.categories.get(usize::from(category)))
        .map_or("", |category| category.name.as_str());
    let address = data.address(row).unwrap_or_default();
    let parts =
        [data.name(row).unwrap_or_default(), district, category, address, data.unit_id(row).unwrap_or_default()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("　")
}
