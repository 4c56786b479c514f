//! Several cells changed at once: what comes of it, what can't be taken and why, one reason for all, one step of undo.

use egui::{Key, Ui};

use super::block::{Laid, everywhere, spread};
use super::model::{Row, RowKey};
use super::selection::{At, Selection};
use crate::domain::PlanMonth;
use crate::plan::PlanEdits;
use crate::plan::model::{DEFAULT_REASON, QuotaPlace};
use crate::policy::Policy;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets::{self, decimal};
use crate::workspace::session::AnalysisView;

/// Faults shown before they scroll, points.
const FAULTS: f32 = 150.0;

/// What the cells' numbers may be.
pub(super) struct Rules<'a> {
    pub(super) view: &'a AnalysisView,
    pub(super) policy: &'a Policy,
    pub(super) rows: &'a [Row],
    /// Sites that can be drawn, by body and category.
    pub(super) possible: &'a [Vec<u32>],
    /// One category alone.
    pub(super) category: Option<usize>,
    /// Why a month can't be changed.
    pub(super) why_not: &'a dyn Fn(usize) -> Option<&'static str>,
}

impl Rules<'_> {
    fn categories(&self) -> std::ops::Range<usize> {
        self.category.map_or(0..self.policy.categories.len(), |c| c..c + 1)
    }

    fn possible(&self, body: usize, category: usize) -> f64 {
        self.possible.get(body).and_then(|row| row.get(category)).map_or(0.0, |n| f64::from(*n))
    }

    /// Why so many checks may not stand in a cell.
    pub(super) fn check(&self, at: At, visits: f64) -> Result<(), String> {
        let Some(RowKey::Body(body)) = self.rows.get(at.0).map(|row| row.key) else {
            return Err(t::SUMS_STAY.to_owned());
        };
        if let Some(why) = (self.why_not)(at.1) {
            return Err(why.to_owned());
        }
        if visits < 0.0 {
            return Err(t::NEGATIVE.to_owned());
        }
        let cell = self.view.analysis.plan.matrix.get(body).and_then(|row| row.get(at.1));
        let Some(cell) = cell else { return Err(t::SUMS_STAY.to_owned()) };
        let mandatory: f64 = self.categories().filter_map(|c| cell.mandatory.get(c)).map(|n| f64::from(*n)).sum();
        if visits + 0.05 < mandatory {
            return Err(t::below_mandatory(&decimal(mandatory, 0)));
        }
        let most: f64 = self.categories().map(|c| self.possible(body, c)).sum();
        if visits - mandatory > most + 0.05 {
            return Err(t::above_possible(&decimal(most, 0), &decimal(mandatory, 0)));
        }
        Ok(())
    }

    /// The edits with the numbers of a block.
    fn edits(&self, mut edits: PlanEdits, laid: &Laid, reason: &str) -> PlanEdits {
        for placed in &laid.placed {
            let Some(RowKey::Body(body)) = self.rows.get(placed.at.0).map(|row| row.key) else { continue };
            let month = placed.at.1;
            let cell = self.view.analysis.plan.matrix.get(body).and_then(|row| row.get(month));
            let (Some(cell), Some(id)) = (cell, self.policy.bodies.get(body).map(|b| &b.id)) else { continue };
            let mandatory: f64 = self.categories().filter_map(|c| cell.mandatory.get(c)).map(|n| f64::from(*n)).sum();
            let weights: Vec<f64> = self.categories().map(|c| cell.drawn.get(c).copied().unwrap_or(0.0)).collect();
            let most: Vec<f64> = self.categories().map(|c| self.possible(body, c)).collect();
            let shares = spread(placed.visits - mandatory, &weights, &most);
            for (c, visits) in self.categories().zip(shares) {
                let Some(category) = self.policy.categories.get(c) else { continue };
                let place = QuotaPlace {
                    body: id.clone(),
                    category: category.id.clone(),
                    month: PlanMonth::nth_of(self.view.analysis.plan.year, month),
                };
                if visits > 0.0 || edits.quota_of(&place).is_some() || cell.drawn.get(c).is_some_and(|n| *n > 0.0) {
                    edits = edits.with_quota(&place, visits, reason);
                }
            }
        }
        edits
    }
}

/// Edits without the planner's own numbers in so many cells.
pub(super) fn cleared(edits: &PlanEdits, rules: &Rules<'_>, selection: &Selection) -> PlanEdits {
    let mut edits = edits.clone();
    for (row, month) in selection.cells() {
        let Some(RowKey::Body(body)) = rules.rows.get(row).map(|row| row.key) else { continue };
        let Some(id) = rules.policy.bodies.get(body).map(|b| &b.id).filter(|_| (rules.why_not)(month).is_none()) else {
            continue;
        };
        let month = PlanMonth::nth_of(rules.view.analysis.plan.year, month);
        let of = |c: usize| rules.policy.categories.get(c).map(|category| category.id.as_str());
        let wanted: Vec<&str> = rules.categories().filter_map(of).collect();
        edits.quotas.retain(|e| e.body != *id || e.month != month || !wanted.contains(&e.category.as_str()));
    }
    edits
}

/// A change of several cells that waits for its reason.
pub(super) struct Pending {
    /// What was laid down; made anew while a number is being typed.
    laid: Laid,
    /// The number being typed, and for which cells.
    typed: Option<(String, Selection)>,
    reason: String,
    title: &'static str,
    /// The first field takes the focus.
    focus: bool,
}

impl Pending {
    /// A block that was laid down.
    pub(super) fn block(laid: Laid, title: &'static str) -> Self {
        Self { laid, typed: None, reason: DEFAULT_REASON.to_owned(), title, focus: true }
    }

    /// A number to be typed for all that is selected.
    pub(super) fn typing(text: String, selection: Selection) -> Self {
        Self {
            laid: Laid::default(),
            typed: Some((text, selection)),
            reason: DEFAULT_REASON.to_owned(),
            title: t::TYPE_TITLE,
            focus: true,
        }
    }

    /// Draws the dialog; `None` while it is open, `Some(None)` where nothing is to change, else edits and undo label.
    #[allow(clippy::option_option, reason = "still open, given up, or done")]
    pub(super) fn show(
        &mut self,
        ui: &Ui,
        rules: &Rules<'_>,
        edits: &PlanEdits,
    ) -> Option<Option<(PlanEdits, String)>> {
        let mut unreadable = false;
        if let Some((text, selection)) = &self.typed {
            let number = crate::text::fold(text.trim()).parse::<f64>().ok().filter(|n| n.is_finite());
            unreadable = number.is_none();
            self.laid = number
                .map(|visits| everywhere(rules.rows, selection, visits, &|at, visits| rules.check(at, visits)))
                .unwrap_or_default();
        }
        let count = self.laid.placed.len();
        let mut entered = false;
        let yes = t::change_cells(count);
        let answer = widgets::dialog(ui.ctx(), "plan-change", self.title, &yes, count > 0, |ui| {
            egui::Grid::new("plan-change-fields").num_columns(2).show(ui, |ui| {
                let mut field = |ui: &mut Ui, name: &str, text: &mut String, hint: &str, first: bool| {
                    let label = ui.label(name);
                    let edit = egui::TextEdit::singleline(text).desired_width(260.0).hint_text(hint);
                    let response = ui.add(edit).labelled_by(label.id);
                    if first && self.focus {
                        response.request_focus();
                        let end = egui::text::CCursor::new(text.chars().count());
                        if let Some(mut state) = egui::TextEdit::load_state(ui.ctx(), response.id) {
                            state.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
                            state.store(ui.ctx(), response.id);
                        } else {
                            ui.ctx().request_repaint();
                        }
                    }
                    entered |= response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
                    ui.end_row();
                };
                let mut first = true;
                if let Some((text, _)) = &mut self.typed {
                    field(ui, t::TYPE_FIELD, text, "", true);
                    first = false;
                }
                field(ui, t::REASON, &mut self.reason, t::REASON_HINT, first);
            });
            self.focus = false;
            ui.add_space(HALF);
            if unreadable {
                ui.colored_label(theme::of(ui).red, t::TYPE_NO_NUMBER);
            }
            if count > 0 {
                let before: f64 = self.laid.placed.iter().filter_map(|p| value_at(rules.rows, p.at)).sum();
                let after: f64 = self.laid.placed.iter().map(|p| p.visits).sum();
                ui.add(egui::Label::new(t::change_sum(count, &decimal(before, 1), &decimal(after, 1))).wrap());
            }
            ui.add(egui::Label::new(theme::note(ui, t::CHANGE_NOTE)).wrap());
            if !self.laid.faults.is_empty() {
                ui.add_space(HALF);
                let ink = theme::of(ui).amber;
                ui.colored_label(ink, t::change_faults(self.laid.faults.len()));
                egui::ScrollArea::vertical().max_height(FAULTS).auto_shrink([false, true]).show(ui, |ui| {
                    for fault in &self.laid.faults {
                        ui.add(egui::Label::new(fault).wrap());
                    }
                });
            }
        });
        match answer {
            Some(false) => Some(None),
            None if !(entered && count > 0) => None,
            _ => {
                let reason = if self.reason.trim().is_empty() { DEFAULT_REASON } else { self.reason.trim() };
                Some(Some((rules.edits(edits.clone(), &self.laid, reason), t::changed_cells(count, reason))))
            }
        }
    }
}

fn value_at(rows: &[Row], at: At) -> Option<f64> {
    rows.get(at.0).and_then(|row| row.cells.get(at.1)).and_then(|cell| cell.value)
}
