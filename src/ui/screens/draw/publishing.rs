//! The third step: the commitment is published, in words, as a picture and as an envelope, until the number is there.

use std::sync::Arc;

use egui::{RichText, Ui};

use super::bar::{Bar, Pressed, ten_metres};
use super::dialogs::Intervention;
use super::pledge::local;
use super::step::countdown;
use super::{DrawScreen, is_due, left_seconds, picture, sealed};
use crate::diagnostic::ProgressState;
use crate::domain::Period;
use crate::ui::help::help_mark;
use crate::ui::screens::Cx;
use crate::ui::text::anchor;
use crate::ui::text::common;
use crate::ui::text::draw as t;
use crate::ui::text::help::Term;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::session::{Books, OpenProject};
use crate::workspace::store::draws::StoredDraw;

/// What a button of the seal gives.
enum Made {
    Copy(String),
    Png(crate::diagnostic::AppResult<Vec<u8>>),
    Text(String),
    Envelope(String),
    Void,
}

impl DrawScreen {
    /// The seal that is shown for a period: the pending one, the last opened of a month, or the year's.
    pub(super) fn with_seal(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        period: Period,
        show: impl FnOnce(&mut Self, &mut Ui, &StoredDraw, Option<&Result<String, String>>),
    ) {
        if let Some(pending) = books.pending.as_ref().filter(|p| p.period == period) {
            show(self, ui, &pending.draw, Some(&pending.envelope));
            return;
        }
        match period {
            Period::Month(month) => {
                if let Some(opened) = books.draws_of(month).last() {
                    show(self, ui, &opened.draw, None);
                }
            }
            Period::Year(_) => {
                let sequence = books.register.last_opened_of(period);
                let Some(sequence) = sequence else { return };
                let key = (open.saved.root().to_owned(), open.books_revision, sequence);
                let project = Arc::clone(&open.saved);
                self.year_draw
                    .ask(cx.session, &key, t::YEAR_SEED, move |_| StoredDraw::load(&project, period, sequence));
                if let Some(draw) = self.year_draw.latest().cloned() {
                    show(self, ui, &draw, None);
                } else if let Some(error) = self.year_draw.error() {
                    if widgets::failed(ui, t::ARRANGE_FAILED, error, common::AGAIN) {
                        self.year_draw.forget();
                    }
                } else {
                    widgets::loading(ui, t::ARRANGING, &ProgressState::default());
                }
            }
        }
    }

    pub(super) fn published(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        period: Period,
        current: bool,
    ) {
        let size = ten_metres(ui, cx.stage);
        let now = local(cx.session.now());
        let projected = cx.session.is_veiled();
        // on the whole screen all of it is seen without scrolling
        let seal_size = if cx.stage { size * 0.8 } else { size };
        let mut asked = None;
        let mut seal = None;
        let trust = books.pending.as_ref().filter(|pending| pending.period == period).map(|pending| &pending.trust);
        self.with_seal(ui, cx, open, books, period, |screen, ui, draw, envelope| {
            let left = left_seconds(draw, now);
            if current {
                let due = is_due(draw, now);
                let wait = format!("{} {}", t::WAITING, countdown(left));
                let hint = match (draw.demonstration, due) {
                    (true, _) => t::DUE_DEMONSTRATION,
                    (_, true) => anchor::DUE_WHY,
                    _ => t::PUBLISH_WHY,
                };
                let bar = Bar {
                    hint,
                    text: t::PUBLISHED,
                    enabled: due,
                    why_not: &wait,
                    focus: true,
                    clicker: cx.stage,
                    ..Bar::default()
                };
                if bar.show(ui) == Pressed::Next {
                    screen.marks.published = true;
                }
                if !due {
                    ui.ctx().request_repaint_after_secs(1.0);
                }
                ui.horizontal(|ui| {
                    let palette = theme::of(ui);
                    let (words, ink) = match (draw.demonstration, due) {
                        (true, _) => (t::DUE_DEMONSTRATION.to_owned(), palette.text),
                        (_, true) => (t::DUE.to_owned(), palette.green),
                        _ => (wait.clone(), palette.text),
                    };
                    ui.label(RichText::new(words).font(theme::bold(size)).color(ink));
                });
                ui.add_space(GRID);
            }
            egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                let mut shown = screen.envelope;
                let fixed = !draw.demonstration && is_due(draw, now);
                let states = (projected, fixed);
                asked = sealed::show(ui, draw, envelope, &mut shown, states, &mut screen.qr, seal_size);
                screen.envelope = shown;
                if let Some(trust) = trust {
                    ui.horizontal(|ui| {
                        ui.label(theme::note(ui, anchor::trust(&trust.words(), trust.stamp.is_some())));
                        help_mark(ui, Term::Trust);
                    });
                }
            });
            if let Some(ask) = asked {
                let agency = &open.saved.policy.agency_name;
                let label = period.label();
                seal = Some(match ask {
                    sealed::Ask::Copy => Made::Copy(crate::sampling::to_hex(&draw.seal.commitment())),
                    sealed::Ask::Png => Made::Png(picture::render_commitment(draw, agency, &label)),
                    sealed::Ask::Text => Made::Text(sealed::notice(draw, agency, &label)),
                    sealed::Ask::Envelope => {
                        let words = envelope.and_then(|words| words.as_deref().ok()).unwrap_or_default();
                        Made::Envelope(sealed::envelope_notice(draw, agency, &label, words))
                    }
                    sealed::Ask::Void => Made::Void,
                });
            }
        });
        match seal {
            Some(Made::Copy(text)) => cx.copy(text),
            Some(Made::Png(Ok(bytes))) => self.save(cx, bytes, &format!("承诺值-{period}.png"), "png"),
            Some(Made::Png(Err(_))) | None => {}
            Some(Made::Text(text)) => self.save(cx, text.into_bytes(), &format!("承诺值公告-{period}.txt"), "txt"),
            Some(Made::Envelope(text)) => self.save(cx, text.into_bytes(), &format!("密封信封-{period}.txt"), "txt"),
            Some(Made::Void) => self.dialog = Some(Intervention::void(period, now.date())),
        }
    }
}
