//! The month's public list before it goes out: what it names, masks, withholds.

use std::sync::{Arc, Weak};

use egui::{RichText, Ui, Vec2};

use crate::diagnostic::AppResult;
use crate::disclosure::ResultList;
use crate::domain::PlanMonth;
use crate::ui::screens::Cx;
use crate::ui::text::results as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets;
use crate::workspace::reports::public_list::{PublicLists, ShownList};
use crate::workspace::session::job::Job;
use crate::workspace::session::{Books, OpenProject, ProjectData};
use crate::workspace::store::project::Project;

/// Rows shown of the list.
const ROW: f32 = 26.0;
/// Findings shown.
const MOST_FINDINGS: usize = 20;

/// State of the tab.
#[derive(Default)]
pub(super) struct State {
    of: Weak<Books>,
    month: Option<PlanMonth>,
    job: Option<Job<ShownList>>,
    list: Option<Result<ShownList, String>>,
}

/// The public list of a month as it would go out today.
fn compute(project: &Project, data: &ProjectData, books: &Books, month: PlanMonth) -> AppResult<ShownList> {
    PublicLists::new(project, &data.registry, &books.draws, &books.results, books.status.today)?.shown(month)
}

impl State {
    fn refresh(&mut self, cx: &Cx<'_>, open: &OpenProject, books: &Arc<Books>, month: PlanMonth) {
        if let Some(result) = self.job.as_mut().and_then(Job::poll) {
            self.job = None;
            self.list = Some(result.map_err(|error| error.to_string()));
        }
        if Weak::ptr_eq(&self.of, &Arc::downgrade(books)) && self.month == Some(month) {
            return;
        }
        self.of = Arc::downgrade(books);
        self.month = Some(month);
        self.list = None;
        let (project, data, books) = (Arc::clone(&open.saved), Arc::clone(&open.data), Arc::clone(books));
        match cx.session.start_job(t::LIST_JOB, move |_| compute(&project, &data, &books, month)) {
            Ok(job) => self.job = Some(job),
            Err(error) => self.list = Some(Err(error.to_string())),
        }
    }

    /// Draws the tab; true where the lists are to be exported.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        can_write: bool,
        why: &str,
    ) -> bool {
        let Some(month) = cx.session.month() else { return false };
        self.refresh(cx, open, books, month);
        let mut export = false;
        match &self.list {
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
                    export = widgets::primary_if(ui, ready, t::EXPORT_PUBLIC, why_not).clicked();
                });
                ui.add(egui::Label::new(theme::note(ui, t::LIST_NOTE)).wrap());
                ui.add_space(HALF);
                let side = (ui.available_width() * 0.34).clamp(260.0, 460.0);
                let frame = egui::Frame::new().inner_margin(egui::Margin { left: 10, ..egui::Margin::ZERO });
                egui::Panel::right("list-summary").resizable(true).default_size(side).frame(frame).show(ui, |ui| {
                    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("summary").show(ui, |ui| {
                        summary(ui, list);
                    });
                });
                rows(ui, shown);
            }
        }
        export
    }
}

fn summary(ui: &mut Ui, list: &ResultList) {
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(t::running(list.running));
        let masked = &list.masked;
        let masked = t::masked(masked.individuals, masked.identities, masked.phones, masked.names);
        ui.add(egui::Label::new(masked).wrap());
        ui.add(egui::Label::new(t::penalties_left_out(list.penalties_left_out)).wrap());
        ui.label(t::withheld(list.withheld.len()));
        for row in &list.withheld {
            let line = theme::note(ui, t::withheld_row(row.number, &row.body_name, row.month, &row.ground));
            ui.add(egui::Label::new(line).wrap());
        }
        for finding in list.diagnostics.findings().iter().take(MOST_FINDINGS) {
            let ink = theme::of(ui).amber;
            ui.add(egui::Label::new(RichText::new(finding.to_string()).color(ink)).wrap());
        }
        let rest = list.diagnostics.findings().len().saturating_sub(MOST_FINDINGS);
        if rest > 0 {
            ui.label(theme::note(ui, t::and_more(rest)));
        }
    });
}

/// Columns of the export that are shown, with their shares of the width; the whole row is told on hovering.
const SHOWN: [(&str, f32); 8] = [
    ("number", 0.5),
    ("name", 2.2),
    ("body", 1.5),
    ("inspected_on", 1.0),
    ("outcome", 1.4),
    ("handling", 2.0),
    ("manner", 0.9),
    ("due_on", 1.0),
];
/// Share of the column that says how late a row is.
const LATE_SHARE: f32 = 1.1;

fn rows(ui: &mut Ui, shown: &ShownList) {
    let ShownList { list, texts } = shown;
    if list.rows.is_empty() {
        ui.label(theme::note(ui, t::NO_PUBLIC_ROWS));
        return;
    }
    // an office's own columns may leave some out
    let place = |id: &str| texts.columns.iter().position(|(column, _)| column == id);
    let columns: Vec<(usize, f32)> = SHOWN.iter().filter_map(|(id, share)| Some((place(id)?, *share))).collect();
    let mut shares: Vec<f32> = columns.iter().map(|(_, share)| *share).collect();
    shares.push(LATE_SHARE);
    let sum: f32 = shares.iter().sum();
    let line = |ui: &mut Ui, texts: &[&str], head: bool, at: usize| {
        let palette = theme::of(ui);
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), egui::Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, texts.join(" ")));
        let ground = if head {
            palette.chrome
        } else if at % 2 == 1 {
            palette.stripe
        } else {
            palette.surface
        };
        ui.painter().rect_filled(rect, 0.0, ground);
        let mut left = rect.left();
        for (text, share) in texts.iter().zip(&shares) {
            let width = rect.width() * share / sum;
            let cell = egui::Rect::from_min_size(egui::pos2(left, rect.top()), Vec2::new(width - 4.0, ROW));
            let painter = ui.painter().with_clip_rect(cell.intersect(ui.clip_rect()));
            let (font, ink) = if head {
                (theme::bold(theme::SMALL), palette.muted)
            } else {
                (theme::regular(theme::BODY), palette.text)
            };
            painter.text(egui::pos2(left + 6.0, cell.center().y), egui::Align2::LEFT_CENTER, text, font, ink);
            left += width;
        }
        response
    };
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut head: Vec<&str> = columns.iter().map(|(at, _)| texts.columns[*at].1.as_str()).collect();
    head.push(t::LATE);
    line(ui, &head, true, 0);
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("public-list").show_rows(
        ui,
        ROW,
        list.rows.len(),
        |ui, range| {
            for at in range {
                let (Some(row), Some(exported)) = (list.rows.get(at), texts.rows.get(at)) else { continue };
                let late = if row.late_days > 0 { t::late(row.late_days) } else { String::new() };
                let mut cells: Vec<&str> = columns.iter().map(|(at, _)| exported[*at].as_str()).collect();
                cells.push(&late);
                line(ui, &cells, false, at).on_hover_ui(|ui| {
                    for ((_, heading), text) in texts.columns.iter().zip(exported).filter(|(_, text)| !text.is_empty())
                    {
                        ui.label(t::cell_line(heading, text));
                    }
                });
            }
        },
    );
}
