//! The first two steps: what will be frozen is gone over, then the public number is chosen and the seal made.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::bar::{Bar, Pressed, big_figure, ten_metres};
use super::freeze;
use super::pledge::{PledgeForm, local};
use super::step::{Marks, Place};
use super::{DrawScreen, is_acting, why_not};
use crate::diagnostic::ProgressState;
use crate::domain::{Period, PlanMonth};
use crate::sampling::short_time;
use crate::ui::confirm::confirm;
use crate::ui::help::heading_with;
use crate::ui::screens::{Cx, ScreenId};
use crate::ui::text::common;
use crate::ui::text::draw as t;
use crate::ui::text::help::Term;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets::{self, thousands};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::seal::Pledge;
use crate::workspace::inputs::analysis::compute_analysis;
use crate::workspace::reports::preview::{MonthPreview, compute_month_preview};
use crate::workspace::session::job::Stage;
use crate::workspace::session::{Books, OpenProject, ViewCommand};

impl DrawScreen {
    pub(super) fn elsewhere(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, other: Period) {
        let label = other.label();
        let go = t::go_to(&label);
        // a seal of another year than the project's can only come from a folder that was meddled with
        let buttons: &[&str] = if other.year() == open.saved.file.year { &[&go] } else { &[] };
        if widgets::empty(ui, &t::elsewhere(&label), t::ELSEWHERE_HINT, buttons).is_some() {
            match other {
                Period::Month(month) => {
                    self.year = None;
                    cx.send(ViewCommand::SetMonth(month));
                }
                Period::Year(_) => self.year = cx.session.month(),
            }
        }
    }

    /// The preview of the month, or `None` after having drawn why there is none yet.
    fn preview(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        month: PlanMonth,
    ) -> Option<Arc<MonthPreview>> {
        let Some(view) = open.view().filter(|_| open.is_current()) else {
            if let Stage::Failed(error) = &open.analysis {
                if widgets::failed(ui, t::NO_ANALYSIS, error, t::TO_PLAN) {
                    cx.go(ScreenId::Plan);
                }
            } else {
                widgets::loading(ui, common::COMPUTING, &ProgressState::default());
            }
            return None;
        };
        let key = (open.saved.root().to_owned(), open.revision, open.books_revision, month);
        let (project, data, view) = (Arc::clone(&open.project), Arc::clone(&open.data), Arc::clone(view));
        self.preview.ask(cx.session, &key, t::PREVIEWING, move |progress| {
            if view.analysis.month == month {
                return compute_month_preview(&project, &data.registry, &view.analysis);
            }
            let analysis = compute_analysis(&project, &data.registry, month, progress)?;
            compute_month_preview(&project, &data.registry, &analysis)
        });
        if let Some(error) = self.preview.error() {
            if widgets::failed(ui, t::PREVIEW_FAILED, error, common::AGAIN) {
                self.preview.forget();
            }
            return None;
        }
        let made = self.preview.current().cloned();
        if made.is_none() {
            widgets::loading(ui, t::PREVIEWING, &ProgressState::default());
        }
        made
    }

    pub(super) fn freeze(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Books,
        period: Period,
        place: Place,
    ) {
        let size = ten_metres(ui, cx.stage);
        let mut why = why_not(cx, open);
        let mut preview = None;
        if let Period::Month(month) = period {
            let Some(made) = self.preview(ui, cx, open, month) else { return };
            if why.is_empty() && made.draw == 0 {
                why = t::NOTHING_TO_DRAW;
            }
            preview = Some(made);
        }
        let blocked = preview.as_ref().is_some_and(|p| !p.blocking.is_empty());
        let blocking = preview.as_ref().map_or_else(String::new, |p| t::blocked(p.blocking.len()));
        let why = if blocked { blocking.as_str() } else { why };
        let hint = if open.draft.is_changed() { t::DRAFT_SAVED } else { t::FREEZE_HINT };
        let back = if blocked { Some(t::TO_PLAN) } else { self.marks.again.then_some(t::BACK) };
        let bar = Bar {
            hint,
            text: t::FREEZE_NEXT,
            enabled: why.is_empty(),
            why_not: why,
            back,
            focus: true,
            clicker: cx.stage,
            ..Bar::default()
        };
        match bar.show(ui) {
            Pressed::Next => self.marks.reviewed = true,
            Pressed::Back if blocked && !cx.stage => cx.go(ScreenId::Plan),
            Pressed::Back if self.marks.again => self.marks = Marks::default(),
            Pressed::Back | Pressed::Nothing => {}
        }
        if let Period::Month(month) = period {
            let amber = theme::of(ui).amber;
            if place == Place::Opened {
                ui.label(RichText::new(t::SECOND).color(amber));
            } else if let Some(earlier) = skipped_month(open, books, month) {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(t::skips(&Period::Month(earlier).label())).color(amber));
                    if ui.button(t::go_to(&Period::Month(earlier).label())).clicked() {
                        cx.send(ViewCommand::SetMonth(earlier));
                    }
                });
            }
        }
        match &preview {
            Some(preview) => {
                let room = ui.available_height();
                egui::ScrollArea::vertical().id_salt("freeze page").auto_shrink([false, false]).show(ui, |ui| {
                    freeze::show(ui, preview, size, room);
                });
            }
            None => freeze::show_year(ui, open.data.len(), open.project.policy.bodies.len(), size, cx.stage),
        }
    }

    pub(super) fn seal(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, period: Period, place: Place) {
        let preview = match period {
            Period::Month(month) if !is_acting(cx, open) => match self.preview(ui, cx, open, month) {
                None => return,
                made => made,
            },
            _ => None,
        };
        let now = local(cx.session.now());
        let sealed_before = matches!(place, Place::Free { again: true } | Place::Opened);
        let known = !cx.session.preferences().operator.trim().is_empty();
        let synthetic = open.saved.file.synthetic;
        let calendar = &open.saved.calendar;
        let form = self.pledge.get_or_insert_with(|| PledgeForm::new(now, calendar, synthetic));
        let checked = form.pledge(now, sealed_before, known);
        let faults = checked.as_ref().err().cloned().unwrap_or_default();
        let why = why_not(cx, open);
        let why = if why.is_empty() { faults.first().map_or("", |f| f.1) } else { why };
        let bar = Bar {
            hint: t::SEAL_HINT,
            text: t::SEAL_BUTTON,
            enabled: why.is_empty(),
            why_not: why,
            back: Some(t::BACK),
            focus: true,
            deed: true,
            clicker: cx.stage,
        };
        match bar.show(ui) {
            Pressed::Next => self.asking = true,
            Pressed::Back => self.marks.reviewed = false,
            Pressed::Nothing => {}
        }
        // the form is read once more at the answer: a demonstration's hour is counted from then on
        if self.asking {
            let facts = SealFacts { period, open, preview: preview.as_deref() };
            match checked.map(|pledge| (facts.ask(ui.ctx(), &pledge), pledge)) {
                Ok((None, _)) => {}
                Ok((Some(true), pledge)) => {
                    self.asking = false;
                    if !known {
                        cx.send(ViewCommand::SetOperator(form.operator.clone()));
                    }
                    cx.send(match period {
                        Period::Year(_) => Deed::SealYear(pledge),
                        Period::Month(month) => Deed::SealMonth(month, pledge),
                    });
                }
                Ok((Some(false), _)) | Err(_) => self.asking = false,
            }
        }
        if is_acting(cx, open) {
            widgets::loading(ui, t::SEAL_BUTTON, &ProgressState::default());
            return;
        }
        if cx.stage {
            // what is sealed stands beside by what it is opened
            let size = ten_metres(ui, true);
            let frame = egui::Frame::new().inner_margin(egui::Margin { left: 24, ..egui::Margin::ZERO });
            let width = ui.available_width() * 0.34;
            egui::Panel::right("sealed-figures").resizable(false).exact_size(width).frame(frame).show(ui, |ui| {
                let units = open.data.len() as u64;
                match &preview {
                    Some(preview) => {
                        let figures = [
                            (t::F_DRAW, preview.draw, t::U_UNITS),
                            (t::F_CERTAIN, preview.certain, t::U_UNITS),
                            (t::F_STRATA, preview.strata.len(), t::U_STRATA),
                        ];
                        big_figure(ui, ui.available_width(), size, t::F_FRAME, &thousands(units), t::U_UNITS);
                        for (label, value, unit) in figures {
                            ui.add_space(GRID);
                            big_figure(ui, ui.available_width(), size, label, &thousands(value as u64), unit);
                        }
                    }
                    None => big_figure(ui, ui.available_width(), size, t::F_FRAME, &thousands(units), t::U_UNITS),
                }
            });
        }
        let Some(form) = &mut self.pledge else { return };
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            heading_with(ui, t::PLEDGE, &[Term::PublicNumber]);
            ui.add(egui::Label::new(theme::note(ui, t::PLEDGE_WHY)).wrap());
            ui.add_space(GRID);
            form.ui(ui, now, calendar, sealed_before, known, &faults);
        });
    }
}

/// What the question before a seal is made of.
struct SealFacts<'a> {
    period: Period,
    open: &'a OpenProject,
    preview: Option<&'a MonthPreview>,
}

impl SealFacts<'_> {
    /// The one question before a seal: how many, by which public number, and that there is no way back.
    fn ask(&self, ctx: &egui::Context, pledge: &Pledge) -> Option<bool> {
        let label = self.period.label();
        let what = match self.preview {
            Some(preview) => t::seals_month(preview.draw as u64, preview.frame as u64, preview.certain as u64),
            None => t::seals_year(self.open.data.len() as u64),
        };
        let number = if pledge.demonstration {
            t::SEALS_DEMONSTRATION.to_owned()
        } else {
            t::seals_by(&pledge.entropy_source, &pledge.reference, &short_time(&pledge.available_at))
        };
        confirm(ctx, "seal", &t::seals_title(&label), t::SEAL_MEANT, |ui| {
            ui.add(egui::Label::new(RichText::new(what).font(theme::bold(theme::SECTION))).wrap());
            ui.add(egui::Label::new(number).wrap());
            ui.add_space(GRID / 2.0);
            ui.add(egui::Label::new(theme::note(ui, t::SEALS_WHY)).wrap());
        })
    }
}

/// The first month before this one that was never opened, where none after it was: sealing now leaves it out.
fn skipped_month(open: &OpenProject, books: &Books, month: PlanMonth) -> Option<PlanMonth> {
    let last = books.draws.iter().map(|d| d.month).max();
    open.saved.months().into_iter().find(|m| last.is_none_or(|last| *m > last) && *m < month)
}
