//! The fourth step: the public number is typed, and the envelope's secret where its file is lost; the year's seed.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::bar::{Bar, Pressed, ten_metres};
use super::step::Marks;
use super::{DrawScreen, entropy, is_acting, why_not};
use crate::anchor::number::{NumberAsked, needs_two_people};
use crate::anchor::pledge::pledge_line;
use crate::diagnostic::ProgressState;
use crate::domain::{Period, PlanMonth};
use crate::sampling::EntropyFormat;
use crate::ui::screens::Cx;
use crate::ui::text::draw as t;
use crate::ui::text::{anchor, common};
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::open::{SecondEntry, TypedOpening};
use crate::workspace::session::{Books, OpenProject};

impl DrawScreen {
    pub(super) fn entropy_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Books,
        period: Period,
        fresh: bool,
    ) {
        let Some(pending) = &books.pending else { return };
        let seal = &pending.draw.seal;
        let Some(asked) = NumberAsked::of(seal) else { return };
        let size = ten_metres(ui, cx.stage);
        let projected = cx.session.is_veiled();
        let lost = pending.envelope.as_ref().err();
        let secret = lost.map(|_| self.secret.confirmed(seal));
        self.entropy.needs_second = needs_two_people(seal);
        cx.session.preferences().operator.trim().clone_into(&mut self.entropy.first_name);
        let value = self.entropy.confirmed(&asked);
        let why = why_not(cx, open);
        let why = if !why.is_empty() {
            why
        } else if value.is_none() {
            if self.entropy.needs_second { anchor::TWO_NOT_YET } else { t::OPEN_NOT_YET }
        } else if secret == Some(None) {
            t::SECRET_NOT_YET
        } else {
            ""
        };
        let text = if matches!(period, Period::Year(_)) { t::OPEN_YEAR } else { t::OPEN_BUTTON };
        // the second entry may be out of sight: what makes the number sure is said beside the button
        let hint = value.as_ref().map_or_else(
            || t::OPEN_HINT.to_owned(),
            |number| t::open_sure(&entropy::in_short(&asked, number), self.entropy.how_sure(asked.format)),
        );
        let bar = Bar {
            hint: &hint,
            text,
            enabled: why.is_empty(),
            why_not: why,
            back: Some(t::BACK),
            deed: true,
            clicker: cx.stage,
            ..Bar::default()
        };
        match (bar.show(ui), value) {
            (Pressed::Next, Some(entropy)) => {
                self.opening = Some(cx.session.last_done().0);
                let second = self.entropy.needs_second.then(|| SecondEntry {
                    name: self.entropy.second_name.trim().to_owned(),
                    entropy: self.entropy.second.clone(),
                });
                let typed = TypedOpening {
                    entropy,
                    secret: secret.flatten(),
                    second,
                    source_file: self.entropy.source.clone().filter(|_| self.entropy.needs_second),
                };
                cx.send(Deed::Open(period, typed));
            }
            (Pressed::Back, _) => self.marks.published = false,
            _ => {}
        }
        if is_acting(cx, open) {
            widgets::loading(ui, text, &ProgressState::default());
            return;
        }
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let entropy = &seal.entropy;
            // a demonstration's source says all: its reference is the mark
            let words = if pending.draw.demonstration {
                entropy.source.clone()
            } else {
                pledge_line(&entropy.source, &entropy.reference)
            };
            ui.label(RichText::new(words).font(theme::bold(size * 0.7)));
            ui.add_space(GRID);
            if self.entropy.ui(ui, &asked, pending.draw.demonstration, size, fresh) {
                self.choose_source(cx);
            }
            if let Some(why) = lost {
                ui.add_space(GRID * 2.0);
                self.secret.ui(ui, seal, why, projected);
            }
        });
    }

    /// The public number of an opening that is over.
    pub(super) fn entropy_back(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        period: Period,
    ) {
        let size = ten_metres(ui, cx.stage);
        self.with_seal(ui, cx, open, books, period, |_, ui, draw, _| {
            let seal = &draw.seal;
            let words = pledge_line(&seal.entropy.source, &seal.entropy.reference);
            ui.label(RichText::new(words).font(theme::bold(size * 0.7)));
            ui.label(theme::note(ui, seal.entropy_format().map_or("", EntropyFormat::label)));
            if let (Some(opening), Some(format)) = (&draw.opening, seal.entropy_format()) {
                let text =
                    RichText::new(entropy::grouped(format, &opening.entropy_value)).font(theme::bold(size * 1.2));
                ui.add(egui::Label::new(text).wrap().selectable(true));
            }
        });
    }

    pub(super) fn year_opened(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        month: PlanMonth,
    ) {
        if !books.year_opened {
            widgets::loading(ui, common::READING_BOOKS, &ProgressState::default());
            return;
        }
        let size = ten_metres(ui, cx.stage);
        let text = t::to_month(&Period::Month(month).label());
        let bar = Bar {
            hint: t::YEAR_OPENED_WHY,
            text: &text,
            enabled: true,
            focus: true,
            clicker: cx.stage,
            ..Bar::default()
        };
        if bar.show(ui) == Pressed::Next {
            self.year = None;
            self.marks = Marks::default();
        }
        let period = Period::Year(open.saved.file.year);
        self.with_seal(ui, cx, open, books, period, |_, ui, draw, _| {
            egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                ui.label(RichText::new(t::YEAR_OPENED).font(theme::bold(size)));
                ui.add_space(GRID);
                ui.label(theme::note(ui, t::SEED));
                if let Some(seed) = draw.seed() {
                    for line in entropy::in_groups(&crate::sampling::to_hex(&seed.0), 16).split(' ') {
                        let text = RichText::new(entropy::in_groups(line, 4)).font(egui::FontId::monospace(size));
                        ui.add(egui::Label::new(text).selectable(true));
                    }
                }
            });
        });
    }
}
