//! The card beside the matrix: of a body, of the city, of a district.

use egui::Ui;

use super::model::RowKey;
use super::{PlanScreen, card, plan_cell};
use crate::domain::PlanMonth;
use crate::plan::{LockedNumber, PlanCell, PlanEdits};
use crate::ui::screens::Cx;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets::{self, decimal};
use crate::workspace::session::{AnalysisView, DraftCommand, OpenProject, ViewCommand};

impl PlanScreen {
    /// The card of the cell at the cursor.
    pub(super) fn card(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        view: &AnalysisView,
        month: usize,
        why_not: Option<&'static str>,
    ) {
        let Some(row) = self.rows().get(self.selection.cursor().0) else { return };
        let (key, name) = (row.key, row.name.clone());
        let at = PlanMonth::nth_of(open.project.file.year, month);
        let calendar = &open.project.calendar;
        let days = (calendar.in_month(at), calendar.is_noticed(at.year()));
        if let RowKey::District(district, code) = key {
            self.district_card(ui, cx, open, (&name, district, code), (month, at), days);
            return;
        }
        let sum;
        let cell = if matches!(key, RowKey::Body(_)) {
            plan_cell(view, key, month)
        } else {
            sum = PlanCell::sum(view.analysis.plan.matrix.iter().filter_map(|row| row.get(month)));
            Some(&sum)
        };
        let Some(cell) = cell else { return };
        let body = if let RowKey::Body(i) = key { open.project.policy.bodies.get(i).map(|b| &b.id) } else { None };
        let edits: &PlanEdits = &open.draft.now().edits;
        let here = |number: &&LockedNumber| {
            key == RowKey::Body(usize::from(number.body)) && usize::from(number.month) == month
        };
        let locked = view.analysis.plan.locked.iter().filter(here);
        let of = card::Of {
            name: &name,
            body,
            month: at,
            days,
            cell,
            policy: &open.project.policy,
            edits,
            why_not,
            past: at < view.month(),
            first_open: view.month(),
            locked: locked.map(|number| (number.capped, number.text.as_str())).collect(),
        };
        let (change, back) = card::show(ui, &mut self.card, &of);
        if let Some((edits, label, gesture)) = change {
            cx.send(DraftCommand::SetEdits { edits, label, gesture });
        }
        if back {
            self.take_focus = true;
        }
        if let RowKey::Body(i) = key {
            ui.add_space(HALF);
            let on = cx.session.filter().body == Some(i as u16);
            if ui.button(if on { t::ALL_BODIES } else { t::ONLY_BODY }).on_hover_text(t::FILTER_HINT).clicked() {
                cx.send(ViewCommand::SetBody((!on).then_some(i as u16)));
            }
        }
    }

    fn district_card(
        &self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        (name, district, code): (&str, usize, u32),
        (month, at): (usize, PlanMonth),
        (days, noticed): (u32, bool),
    ) {
        widgets::heading(ui, name);
        ui.label(theme::note(ui, t::month_days(at, days, noticed)));
        ui.add_space(HALF);
        let cell = self.rows().get(self.selection.cursor().0).and_then(|row| row.cells.get(month));
        ui.label(t::expected(&decimal(cell.and_then(|c| c.value).unwrap_or(0.0), 1)));
        if let Some(books) = open.books.value()
            && let Some(area) = books.areas.districts.get(district)
        {
            ui.label(t::district_line(area.listed, area.done, area.overdue));
        }
        ui.add_space(GRID);
        ui.add(egui::Label::new(theme::note(ui, t::DISTRICT_NOTE)).wrap());
        if code != u32::MAX {
            let on = cx.session.filter().district == Some(code);
            if ui.button(if on { t::ALL_DISTRICTS } else { t::ONLY_DISTRICT }).on_hover_text(t::FILTER_HINT).clicked() {
                cx.send(ViewCommand::SetDistrict((!on).then_some(code)));
            }
        }
    }
}
