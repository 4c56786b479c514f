//! The month's public list before it goes out: what it names, masks, withholds.

use std::borrow::Cow;
use std::sync::Arc;

use egui::{RichText, Ui};

use crate::diagnostic::AppResult;
use crate::disclosure::ResultList;
use crate::domain::PlanMonth;
use crate::ui::help::{sentences, sentences_mark};
use crate::ui::screens::Cx;
use crate::ui::slot::{Same, Slot};
use crate::ui::table::{CellRows, ColumnDef, List, ListId, TableInput, Target};
use crate::ui::text::results as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets;
use crate::workspace::inputs::due::OpenedDraw;
use crate::workspace::reports::public_list::{PublicLists, ShownList};
use crate::workspace::session::{Books, OpenProject, ProjectData};
use crate::workspace::store::project::Project;

/// Findings shown.
const MOST_FINDINGS: usize = 20;
/// Masked texts shown.
const MOST_MASKED: usize = 200;

/// State of the tab.
#[derive(Default)]
pub(super) struct State {
    list: Slot<(Same<Books>, PlanMonth), ShownList>,
}

/// What is asked for on the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// The public files are to be exported.
    Export,
    /// The address of the public pages is to be changed.
    Address,
}

/// The public list of a month as it would go out today.
fn compute(project: &Project, data: &ProjectData, books: &Books, month: PlanMonth) -> AppResult<ShownList> {
    PublicLists::new(project, &data.registry, &books.draws, &books.results, books.status.today)?.shown(month)
}

impl State {
    fn refresh(&mut self, cx: &Cx<'_>, open: &OpenProject, books: &Arc<Books>, month: PlanMonth) {
        let key = (Same::of(books), month);
        let (project, data, books) = (Arc::clone(&open.saved), Arc::clone(&open.data), Arc::clone(books));
        self.list.ask(cx.session, &key, t::LIST_JOB, move |_| compute(&project, &data, &books, month));
    }

    /// Draws the tab; what was asked for.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        can_write: bool,
        why: &str,
    ) -> Option<Said> {
        let month = cx.session.month()?;
        self.refresh(cx, open, books, month);
        let mut said = None;
        let made = self.list.current().map(|list| Ok(&**list));
        match self.list.error().map_or(made, |error| Some(Err(error))) {
            None => {
                ui.spinner();
                ui.ctx().request_repaint_after_secs(0.1);
            }
            Some(Err(error)) => {
                ui.add(egui::Label::new(RichText::new(error).color(theme::of(ui).red)).wrap());
            }
            Some(Ok(shown)) => {
                let list = &shown.list;
                ui.horizontal(|ui| {
                    ui.label(RichText::new(t::list_title(month, list.rows.len())).font(theme::bold(theme::SECTION)));
                    let ready = can_write && !(list.rows.is_empty() && list.withheld.is_empty());
                    let why_not = if can_write { t::NOTHING_READY } else { why };
                    if widgets::primary_if(ui, ready, t::EXPORT_PUBLIC, why_not).clicked() {
                        said = Some(Said::Export);
                    }
                    let address = ui.add_enabled(can_write, egui::Button::new(t::ADDRESS_SET));
                    if address.on_hover_text(t::ADDRESS_TEXT).on_disabled_hover_text(why).clicked() {
                        said = Some(Said::Address);
                    }
                    if theme::is_low(ui.ctx()) {
                        sentences_mark(ui, &[t::LIST_NOTE]);
                    }
                });
                if !theme::is_low(ui.ctx()) {
                    sentences(ui, &[t::LIST_NOTE]);
                    ui.add_space(HALF);
                }
                let side = (ui.available_width() * 0.34).clamp(260.0, 460.0);
                let frame = egui::Frame::new().inner_margin(egui::Margin { left: 10, ..egui::Margin::ZERO });
                let range = widgets::side_range(ui, 220.0, 520.0, 0.42);
                let panel = egui::Panel::right("list-summary").resizable(true).default_size(side).size_range(range);
                panel.frame(frame).show(ui, |ui| {
                    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("summary").show(ui, |ui| {
                        summary(ui, list);
                    });
                });
                rows(ui, (open, books, month), shown);
            }
        }
        said
    }
}

fn summary(ui: &mut Ui, list: &ResultList) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(t::running(list.running));
        ui.add(egui::Label::new(t::masked(&list.masked.counts)).wrap());
        masked_texts(ui, list);
        ui.add(egui::Label::new(t::penalties_left_out(list.penalties_left_out)).wrap());
        ui.label(t::withheld(list.withheld.len()));
        for row in &list.withheld {
            let line = theme::note(ui, t::withheld_row(row.number, &row.body_name, row.month, &row.ground));
            ui.add(egui::Label::new(line).wrap());
        }
        for finding in list.diagnostics.findings().iter().take(MOST_FINDINGS) {
            let ink = theme::of(ui).amber;
            ui.add(egui::Label::new(widgets::message(ui, &finding.to_string(), ink)).wrap());
        }
        let rest = list.diagnostics.findings().len().saturating_sub(MOST_FINDINGS);
        if rest > 0 {
            ui.label(theme::note(ui, t::and_more(rest)));
        }
    });
}

/// The texts that go out otherwise than they were entered, each before and after: folded, for they show what is hidden.
fn masked_texts(ui: &mut Ui, list: &ResultList) {
    let found = &list.masked.found;
    if found.is_empty() {
        return;
    }
    egui::CollapsingHeader::new(t::masked_title(found.len())).id_salt("masked").show(ui, |ui| {
        for text in found.iter().take(MOST_MASKED) {
            ui.add(egui::Label::new(theme::note(ui, text.place.clone())).wrap());
            let line = t::masked_line(&text.before, &text.after);
            ui.add(egui::Label::new(RichText::new(line).color(theme::of(ui).amber)).wrap());
        }
        let rest = found.len().saturating_sub(MOST_MASKED);
        if rest > 0 {
            ui.label(theme::note(ui, t::and_more(rest)));
        }
    });
}

/// Columns of the export that are shown at first, with least width and share of the room; the others can be chosen.
const SHOWN: [(&str, f32, f32); 8] = [
    ("number", 52.0, 0.0),
    ("name", 204.0, 2.2),
    ("body", 124.0, 1.5),
    ("inspected_on", 94.0, 0.6),
    ("outcome", 136.0, 1.4),
    ("handling", 160.0, 2.0),
    ("manner", 80.0, 0.6),
    ("due_on", 112.0, 0.6),
];

/// The rows as they are exported, cell by cell, and how late each is.
fn rows(ui: &mut Ui, (open, books, month): (&OpenProject, &Books, PlanMonth), shown: &ShownList) {
    let (list, texts) = (&shown.list, &shown.texts);
    if list.rows.is_empty() {
        ui.label(theme::note(ui, t::NO_PUBLIC_ROWS));
        return;
    }
    let define = |(id, heading): &(String, String)| {
        let (id, heading) = (id.clone(), heading.clone());
        match SHOWN.iter().find(|(column, ..)| *column == id.as_str()) {
            Some((_, width, share)) => ColumnDef::text(id, heading, *width).share(*share),
            None => ColumnDef::text(id, heading, 120.0).hidden(),
        }
    };
    let mut columns: Vec<ColumnDef> = texts.columns.iter().map(define).collect();
    columns.push(ColumnDef::text("late", t::LATE, 92.0).share(0.6));
    let cell = |at: usize, column: usize| match texts.rows.get(at).and_then(|row| row.get(column)) {
        Some(text) => Cow::Borrowed(text.as_str()),
        None => list
            .rows
            .get(at)
            .filter(|row| row.late_days > 0)
            .map_or(Cow::Borrowed(""), |row| t::late(row.late_days).into()),
    };
    // the whole row on hovering
    let hint = |at: usize| {
        let cells = texts.columns.iter().zip(texts.rows.get(at).into_iter().flatten());
        let lines = cells.filter(|(_, text)| !text.is_empty()).map(|((_, heading), text)| t::cell_line(heading, text));
        lines.collect::<Vec<_>>().join("\n")
    };
    let target = |at: usize| {
        let code = list.plan_codes.get(at)?;
        let check = books.draws_of(month).flat_map(OpenedDraw::all_checks).find(|check| check.plan_code == *code)?;
        Some(Target {
            name: check.name.clone(),
            month: Some(month),
            code: code.clone(),
            ..Target::of_unit(&open.data, check.unit_id.as_str())
        })
    };
    let rows = CellRows::new(&columns, list.rows.len(), &cell).targets(&target);
    let input = TableInput::new(ListId::PublicList, &rows).hint(&hint);
    List::show_kept(ui, None, &input, std::ptr::from_ref(shown).addr() as u64);
}
