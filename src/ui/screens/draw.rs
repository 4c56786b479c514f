//! 月度抽取: the ceremony as a sequence that can't be done out of order, then the month's list.
//!
//! Where a period stands follows from the register (`step::place_of`); the screen only remembers what was
//! looked at. Each step has one primary button, which has the focus when the step begins: Enter goes on.

mod bar;
mod dialogs;
mod entropy;
mod facts;
mod files;
mod freeze;
mod list;
mod month;
mod opening;
mod picture;
mod pledge;
mod publishing;
mod reveal;
mod sealed;
mod sealing;
mod secret;
mod step;
mod stepper;
mod trigger;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDateTime;
use egui::Ui;

use self::dialogs::Intervention;
use self::entropy::EntropyForm;
use self::facts::Facts;
use self::files::Saving;
use self::pledge::{PledgeForm, local, local_of};
use self::reveal::Show;
use self::sealed::QrView;
use self::secret::SecretForm;
use self::step::{Marks, Place, Step, place_of, step_of};
use super::{Cx, Screen, ScreenId, ready, title};
use crate::diagnostic::ProgressState;
use crate::domain::{Period, PlanMonth, UnitId};
use crate::sampling::Hash32;
use crate::ui::action::Action;
use crate::ui::help::help_marks;
use crate::ui::picker::Picking;
use crate::ui::proof::EvidencePick;
use crate::ui::slot::Slot;
use crate::ui::text::common;
use crate::ui::text::help::Term;
use crate::ui::text::{draw as t, shell};
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::perform::DeedOutcome;
use crate::workspace::reports::pairing::PairingChances;
use crate::workspace::reports::preview::MonthPreview;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{Books, OpenProject, Outcome, ViewCommand};
use crate::workspace::store::draws::StoredDraw;

/// State of the screen. Wide: a step of the ceremony each, and what is asked beside it.
#[derive(Default)]
pub struct DrawScreen {
    /// Project, period: what the rest belongs to.
    of: Option<(PathBuf, Period)>,
    /// The year's seed is looked at although it is open, as long as this month stays chosen.
    year: Option<PlanMonth>,
    marks: Marks,
    /// An earlier step looked back at.
    back: Option<Step>,
    /// The step that had its focus.
    focused: Option<Step>,
    pledge: Option<PledgeForm>,
    /// The question before a seal is open.
    asking: bool,
    entropy: EntropyForm,
    /// The secret typed from its envelope, where its file is lost.
    secret: SecretForm,
    /// The month's list.
    list: ListLook,
    envelope: bool,
    qr: QrView,
    preview: Slot<(PathBuf, u64, u64, PlanMonth), MonthPreview>,
    facts: Slot<(PathBuf, u64, PlanMonth), Facts>,
    /// Of the draw with this commitment.
    chances: Slot<(PathBuf, Hash32), PairingChances>,
    year_draw: Slot<(PathBuf, u64, u64), StoredDraw>,
    /// Number of finished actions when an opening was sent.
    opening: Option<u64>,
    show: Option<Show>,
    paired: bool,
    dialog: Option<Intervention>,
    /// The evidence's file of the dialog is being chosen.
    evidence: EvidencePick,
    saving: Vec<(Saving, Picking)>,
}

/// How the month's list is looked at.
#[derive(Default)]
struct ListLook {
    chosen: Option<usize>,
    /// Rows in the area looked at, and which list and area that was.
    area: Option<((usize, u64), Vec<usize>)>,
    /// A unit that is to be substituted, once the list is there.
    wanted: Option<(UnitId, PlanMonth)>,
}

impl Screen for DrawScreen {
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let Some(open) = ready(ui, cx) else { return };
        self.poll_files(cx);
        let Some(month) = cx.session.month() else { return };
        let books = match &open.books {
            Stage::Failed(error) => {
                if widgets::failed(ui, common::FAILED, error, t::TO_AUDIT) {
                    cx.go(ScreenId::Audit);
                }
                return;
            }
            stage => stage.value(),
        };
        let Some(books) = books else {
            widgets::loading(ui, common::READING_BOOKS, &ProgressState::default());
            return;
        };
        let books = Arc::clone(books);
        // the year comes first; a month can't be sealed without its seed
        let period = if !books.year_opened || self.year == Some(month) {
            Period::Year(open.saved.file.year)
        } else {
            Period::Month(month)
        };
        self.take_period(open, period);
        self.take_done(ui, cx);
        self.draw_ui(ui, cx, open, &books, period, month);
        self.dialog_ui(ui, cx, open);
    }
}

impl DrawScreen {
    /// Opens the dialog in which a reserve takes a unit's place, once its month's list is there.
    pub fn substitute(&mut self, unit: UnitId, month: PlanMonth) {
        self.list.wanted = Some((unit, month));
        self.year = None;
    }

    /// Comes from another screen: to the month's draw, not to the year's seed that was left behind.
    pub fn enter(&mut self) {
        self.year = None;
    }

    fn take_period(&mut self, open: &OpenProject, period: Period) {
        let of = (open.saved.root().to_owned(), period);
        if self.of.as_ref() == Some(&of) {
            return;
        }
        let other = self.of.as_ref().is_none_or(|(root, _)| *root != of.0);
        *self = Self {
            of: Some(of),
            year: self.year.filter(|_| !other),
            // the books may be there in the frame in which the opening is
            opening: self.opening.filter(|_| !other),
            list: ListLook { wanted: self.list.wanted.take(), ..ListLook::default() },
            saving: std::mem::take(&mut self.saving),
            preview: std::mem::take(&mut self.preview),
            facts: std::mem::take(&mut self.facts),
            chances: std::mem::take(&mut self.chances),
            year_draw: std::mem::take(&mut self.year_draw),
            ..Self::default()
        };
    }

    /// An opening that the screen has sent has ended: its draw is shown.
    fn take_done(&mut self, ui: &Ui, cx: &Cx<'_>) {
        let (count, done) = cx.session.last_done();
        let Some(sent) = self.opening else { return };
        if count > sent
            && let Some(done) = done
            && let Outcome::Deed(DeedOutcome::Opened(_, opened)) = &done.outcome
        {
            if opened.period.month().is_some_and(|month| cx.session.month() != Some(month)) {
                // another month is looked at by now
                self.opening = None;
                return;
            }
            // the year's seed is shown before the months begin
            self.year = if opened.period.month().is_none() { cx.session.month() } else { None };
            self.opening = None;
            self.entropy = EntropyForm::default();
            self.secret = SecretForm::default();
            self.marks = Marks { revealing: true, ..Marks::default() };
            self.back = None;
            self.paired = false;
            self.show = None;
            ui.ctx().request_repaint();
        } else if !cx.session.is_acting() && !cx.session.is_busy() && count == sent {
            // refused, or the operator gave no name: what was typed stays
            self.opening = None;
        }
    }

    fn draw_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        period: Period,
        month: PlanMonth,
    ) {
        let year = matches!(period, Period::Year(_));
        let place = place_of(&books.register, period);
        let finished = place == Place::Opened && !self.marks.again && !self.marks.revealing;
        // the month after what was drawn, where nothing waits and it is this one's turn no more
        let next = books
            .next_month(&open.saved.months())
            .filter(|next| !year && finished && !books.register.is_opened(Period::Month(*next)));
        title(ui, t::TITLE, &period.label(), |ui| {
            let stage = Action::ToggleStage;
            if cx.stage {
                let palette = theme::of(ui);
                if cx.session.is_veiled() {
                    widgets::chip(ui, shell::VEILED, palette.amber_wash, palette.amber);
                }
                if ui.button(t::STAGE_LEAVE).clicked() {
                    cx.out.actions.push(stage);
                }
            } else if ui.button(t::STAGE).on_hover_text(t::stage_hint(&stage.shortcut_text())).clicked() {
                cx.out.actions.push(stage);
            }
            if let Some(next) = next {
                let text = t::begin_month(next.month());
                if widgets::primary(ui, &text).clicked() {
                    self.year = None;
                    cx.send(ViewCommand::SetMonth(next));
                }
            }
            if books.year_opened {
                let label = Period::Month(month).label();
                if ui.selectable_label(!year, label).clicked() {
                    self.year = None;
                }
                if ui.selectable_label(year, t::YEAR_SEED).clicked() {
                    self.year = Some(month);
                }
            }
        });
        let now = local(cx.session.now());
        let due = books.pending.as_ref().is_none_or(|p| is_due(&p.draw, now));
        let step = step_of(place, self.marks, due, year);
        // a step behind that is looked back at; going on leaves it
        self.back = self.back.filter(|back| *back < step || (finished && *back <= step));
        let step = if self.marks.revealing && self.paired && !year { Step::Pair } else { step };
        self.stepper(ui, step, finished, year);
        ui.add_space(theme::by_height(ui.ctx(), 2.0, GRID));
        if year && !books.year_opened && place != Place::Waiting {
            let palette = theme::of(ui);
            egui::Frame::new().fill(palette.wash).inner_margin(8).corner_radius(theme::RADIUS).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.add(egui::Label::new(t::YEAR_WHY).wrap());
                ui.horizontal(|ui| help_marks(ui, &[Term::YearSeed, Term::Rounding, Term::Seal, Term::Opening]));
            });
            ui.add_space(GRID);
        }
        let shown = self.back.unwrap_or(step);
        let fresh = self.focused.replace(shown) != Some(shown);
        match (place, shown) {
            (Place::Elsewhere(other), _) => self.elsewhere(ui, cx, open, other),
            (_, Step::Freeze | Step::Seal) if self.back.is_some() => {
                self.published(ui, cx, open, books, period, false);
            }
            (_, Step::Freeze) => self.freeze(ui, cx, open, books, period, place),
            (_, Step::Seal) => self.seal(ui, cx, open, period, place),
            (_, Step::Publish) => self.published(ui, cx, open, books, period, self.back.is_none()),
            (Place::Waiting, Step::Entropy) => self.entropy_ui(ui, cx, open, books, period, fresh),
            (_, Step::Entropy) => self.entropy_back(ui, cx, open, books, period),
            (_, Step::Draw) if year => self.year_opened(ui, cx, open, books, month),
            (_, Step::Draw | Step::Pair) => self.opened(ui, cx, open, books, month, shown),
        }
    }
}

/// Why nothing can be written now; empty where it can.
fn why_not(cx: &Cx<'_>, open: &OpenProject) -> &'static str {
    if open.saved.is_read_only() {
        t::READ_ONLY
    } else if is_acting(cx, open) {
        t::ACTING
    } else {
        ""
    }
}

/// Something is written, or the books are not read again since.
fn is_acting(cx: &Cx<'_>, open: &OpenProject) -> bool {
    cx.session.is_acting() || !matches!(open.books, Stage::Ready(..))
}

fn left_seconds(draw: &StoredDraw, now: NaiveDateTime) -> i64 {
    local_of(&draw.seal.entropy.available_at).map_or(0, |at| (at - now).num_seconds())
}

/// The public number may be typed: it is known, or it always was.
fn is_due(draw: &StoredDraw, now: NaiveDateTime) -> bool {
    draw.demonstration || left_seconds(draw, now) <= 0
}
