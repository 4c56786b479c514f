//! 月度抽取: the ceremony as a sequence that can't be done out of order, then the month's list.
//!
//! Where a period stands follows from the register ([`step::place_of`]); the screen only remembers what was
//! looked at. Each step has one primary button, which has the focus when the step begins: Enter goes on.

mod dialogs;
mod entropy;
mod facts;
mod freeze;
pub(super) mod grid;
mod list;
mod picture;
mod pledge;
mod reveal;
mod sealed;
pub(super) mod slot;
mod step;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDateTime;
use egui::{Align2, Key, RichText, Sense, Stroke, Ui, Vec2};

use self::dialogs::{Answer, Intervention};
use self::entropy::EntropyForm;
use self::facts::{Facts, compute_facts};
use self::freeze::{Preview, compute_preview};
use self::pledge::{PledgeForm, local, local_of};
use self::reveal::Show;
use self::sealed::QrView;
use self::slot::Slot;
use self::step::{Marks, Place, Step, StepState, countdown, place_of, state_of, step_of};
use super::{Cx, Screen, ScreenId, ready, title};
use crate::diagnostic::ProgressState;
use crate::domain::Period;
use crate::domain::PlanMonth;
use crate::sampling::{EntropyFormat, RegisterEvent};
use crate::ui::picker::{PickKind, PickRequest, Picking};
use crate::ui::text::common;
use crate::ui::text::draw as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::perform::DeedOutcome;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{Books, Command, OpenProject, Outcome, ViewCommand};
use crate::workspace::store::draws::StoredDraw;

/// What a dialog for files is for.
enum Saving {
    Bytes(Arc<Vec<u8>>, &'static str),
    Tasks(PlanMonth),
}

/// State of the screen.
#[derive(Default)]
pub struct DrawScreen {
    /// Project, period: what the rest belongs to.
    of: Option<(PathBuf, Period)>,
    /// The year's seed is looked at although it is open.
    year: bool,
    marks: Marks,
    /// An earlier step looked back at.
    back: Option<Step>,
    /// The step that had its focus.
    focused: Option<Step>,
    pledge: Option<PledgeForm>,
    entropy: EntropyForm,
    envelope: bool,
    qr: QrView,
    projection: Option<bool>,
    preview: Slot<(PathBuf, u64, u64, PlanMonth, bool), Preview>,
    facts: Slot<(PathBuf, u64, PlanMonth), Facts>,
    year_draw: Slot<(PathBuf, u64, u64), StoredDraw>,
    /// Number of finished actions when an opening was sent.
    opening: Option<u64>,
    show: Option<Show>,
    paired: bool,
    chosen: Option<usize>,
    dialog: Option<Intervention>,
    saving: Vec<(Saving, Picking)>,
}

/// A size that reads from ten metres: a twenty-fifth of the screen's height.
fn ten_metres(ui: &Ui) -> f32 {
    (ui.ctx().content_rect().height() / 25.0).max(theme::FIGURE)
}

/// A large figure with its label above.
pub(super) fn big_figure(ui: &mut Ui, width: f32, size: f32, label: &str, value: &str, unit: &str) {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, size + 32.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{label} {value} {unit}")));
    let painter = ui.painter().with_clip_rect(rect);
    painter.text(rect.left_top(), Align2::LEFT_TOP, label, theme::regular(theme::SECTION), palette.muted);
    let font = theme::bold(size);
    let number = painter.text(rect.left_bottom(), Align2::LEFT_BOTTOM, value, font, palette.text);
    let at = number.right_bottom() + Vec2::new(6.0, -size * 0.16);
    painter.text(at, Align2::LEFT_BOTTOM, unit, theme::regular(theme::SECTION), palette.muted);
}

/// The bar below a step: a hint, and the primary button, which has the focus when the step begins.
struct Bar<'a> {
    hint: &'a str,
    text: &'a str,
    enabled: bool,
    why_not: &'a str,
    back: Option<&'a str>,
    focus: bool,
}

/// What was pressed in the bar.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pressed {
    Nothing,
    Next,
    Back,
}

impl Bar<'_> {
    fn show(&self, ui: &mut Ui) -> Pressed {
        let mut pressed = Pressed::Nothing;
        let frame = egui::Frame::new().inner_margin(egui::Margin { top: 8, bottom: 4, ..egui::Margin::ZERO });
        egui::Panel::bottom("step-bar").resizable(false).frame(frame).show(ui, |ui| {
            // at the left: short messages of the shell come up at the lower right
            ui.horizontal(|ui| {
                ui.add_space(HALF);
                let button = widgets::primary_if(ui, self.enabled, self.text, self.why_not);
                // once a step, as soon as it can be pressed, and never out of a field that is being typed in
                let id = egui::Id::unique("step-focus");
                let had = ui.data(|data| data.get_temp::<String>(id));
                let free = !ui.ctx().text_edit_focused();
                if self.enabled && had.as_deref() != Some(self.text) {
                    ui.data_mut(|data| data.insert_temp(id, self.text.to_owned()));
                    if self.focus && free {
                        button.request_focus();
                    }
                }
                if button.clicked() {
                    pressed = Pressed::Next;
                }
                if let Some(back) = self.back
                    && ui.button(back).clicked()
                {
                    pressed = Pressed::Back;
                }
                ui.add_space(GRID);
                if !self.enabled {
                    ui.label(RichText::new(self.why_not).color(theme::of(ui).amber));
                }
                ui.label(theme::note(ui, self.hint));
            });
        });
        pressed
    }
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
        let period =
            if !books.year_opened || self.year { Period::Year(open.saved.file.year) } else { Period::Month(month) };
        self.take_period(open, period);
        self.take_done(ui, cx);
        self.draw_ui(ui, cx, open, &books, period, month);
        self.dialog_ui(ui, cx, open);
    }
}

impl DrawScreen {
    fn take_period(&mut self, open: &OpenProject, period: Period) {
        let of = (open.saved.root().to_owned(), period);
        if self.of.as_ref() == Some(&of) {
            return;
        }
        let other = self.of.as_ref().is_none_or(|(root, _)| *root != of.0);
        *self = Self {
            of: Some(of),
            // what the operator has chosen stays for the session
            projection: self.projection.filter(|_| !other),
            year: self.year && !other,
            saving: std::mem::take(&mut self.saving),
            preview: std::mem::take(&mut self.preview),
            facts: std::mem::take(&mut self.facts),
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
            // the year's seed is shown before the months begin
            self.year = opened.period.ends_with("-00");
            self.opening = None;
            self.entropy = EntropyForm::default();
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

    fn projected(&self, open: &OpenProject) -> bool {
        self.projection.unwrap_or(!open.saved.file.synthetic)
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
        let mut projected = self.projected(open);
        title(ui, t::TITLE, &period.label(), |ui| {
            if ui.checkbox(&mut projected, t::PROJECTION).on_hover_text(t::PROJECTION_HINT).changed() {
                self.projection = Some(projected);
            }
            if books.year_opened {
                let label = Period::Month(month).label();
                if ui.selectable_label(!year, label).clicked() {
                    self.year = false;
                }
                if ui.selectable_label(year, t::YEAR_SEED).clicked() {
                    self.year = true;
                }
            }
        });
        let text = period.to_string();
        let place = place_of(&books.register, &text);
        let now = local(cx.session.now());
        let due = books.pending.as_ref().is_none_or(|p| is_due(&p.draw, now));
        let step = step_of(place, self.marks, due, year);
        let finished = place == Place::Opened && !self.marks.again && !self.marks.revealing;
        // a step behind that is looked back at; going on leaves it
        self.back = self.back.filter(|back| *back < step || (finished && *back <= step));
        let step = if self.marks.revealing && self.paired && !year { Step::Pair } else { step };
        self.stepper(ui, step, finished, year);
        ui.add_space(GRID);
        if year && !books.year_opened && place != Place::Waiting {
            let palette = theme::of(ui);
            egui::Frame::new().fill(palette.wash).inner_margin(8).corner_radius(theme::RADIUS).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.add(egui::Label::new(t::YEAR_WHY).wrap());
            });
            ui.add_space(GRID);
        }
        let shown = self.back.unwrap_or(step);
        let fresh = self.focused.replace(shown) != Some(shown);
        match (place, shown) {
            (Place::Elsewhere(other), _) => self.elsewhere(ui, cx, books, other),
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

    fn stepper(&mut self, ui: &mut Ui, now: Step, finished: bool, year: bool) {
        let palette = theme::of(ui);
        let steps = Step::all(year);
        let width = (ui.available_width() - GRID * (steps.len() as f32 - 1.0)) / steps.len() as f32;
        let (height, size) = (44.0, 17.0);
        ui.horizontal(|ui| {
            for (i, step) in steps.iter().enumerate() {
                let state = state_of(*step, now, finished);
                let may = state != StepState::Later;
                let sense = if may { Sense::click() } else { Sense::hover() };
                let (rect, response) = ui.allocate_exact_size(Vec2::new(width, height), sense);
                let words = match state {
                    StepState::Done => t::STEP_DONE,
                    StepState::Now => t::STEP_NOW,
                    StepState::Later => t::STEP_LATER,
                };
                let label = step.label(year);
                let looked = self.back.map_or(now == *step, |back| back == *step);
                response.widget_info(|| {
                    egui::WidgetInfo::selected(egui::Role::Tab, may, looked, format!("{} {label}，{words}", i + 1))
                });
                let (ground, ink) = match state {
                    StepState::Done => (palette.surface, palette.green),
                    StepState::Now => (palette.wash, palette.accent),
                    StepState::Later => (palette.chrome, palette.muted),
                };
                let line = if looked || response.has_focus() { palette.accent } else { palette.line };
                let stroke = Stroke::new(if looked { 2.0 } else { 1.0 }, line);
                let painter = ui.painter().with_clip_rect(rect.expand(1.0));
                painter.rect(rect, theme::RADIUS, ground, stroke, egui::StrokeKind::Inside);
                let centre = rect.left_center() + Vec2::new(22.0, 0.0);
                painter.circle(centre, 12.0, if state == StepState::Now { ink } else { ground }, Stroke::new(1.5, ink));
                match state {
                    StepState::Done => {
                        let p = |x: f32, y: f32| centre + Vec2::new(x, y);
                        painter.line(vec![p(-5.0, 0.0), p(-1.5, 4.0), p(5.5, -4.5)], Stroke::new(2.0, ink));
                    }
                    StepState::Later => {
                        // a lock
                        let body = egui::Rect::from_center_size(centre + Vec2::new(0.0, 2.0), Vec2::new(9.0, 7.0));
                        painter.rect_filled(body, 1.0, ink);
                        painter.circle_stroke(centre - Vec2::new(0.0, 2.5), 3.0, Stroke::new(1.5, ink));
                    }
                    StepState::Now => {
                        let font = theme::bold(14.0);
                        painter.text(centre, Align2::CENTER_CENTER, i + 1, font, palette.on_accent);
                    }
                }
                let font = if state == StepState::Later { theme::regular(size) } else { theme::bold(size) };
                let ink = if state == StepState::Done { palette.text } else { ink };
                painter.text(rect.left_center() + Vec2::new(42.0, 0.0), Align2::LEFT_CENTER, label, font, ink);
                if response.on_hover_text(words).clicked() {
                    if *step == Step::Freeze && now == Step::Seal {
                        // nothing is sealed yet: looking back is going back
                        self.marks.reviewed = false;
                    } else {
                        self.back = (*step != now).then_some(*step);
                    }
                    if finished && *step == Step::Draw && !year {
                        self.show = Some(Show::over());
                    }
                }
            }
        });
    }

    fn elsewhere(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, books: &Books, other: &str) {
        let of = books.pending.as_ref().and_then(|p| p.of);
        let label = of.map_or_else(|| other.to_owned(), Period::label);
        let go = t::go_to(&label);
        let buttons: &[&str] = if of.is_some() { &[&go] } else { &[] };
        if widgets::empty(ui, &t::elsewhere(&label), t::ELSEWHERE_HINT, buttons).is_some() {
            match of {
                Some(Period::Month(month)) => {
                    self.year = false;
                    cx.send(ViewCommand::SetMonth(month));
                }
                Some(Period::Year(_)) => self.year = true,
                None => {}
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

    fn freeze(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Books,
        period: Period,
        place: Place<'_>,
    ) {
        let size = ten_metres(ui);
        let mut why = Self::why_not(cx, open);
        let mut preview = None;
        if let Period::Month(month) = period {
            let second = place == Place::Opened;
            let Some(view) = open.view().filter(|_| open.is_current()) else {
                if let Stage::Failed(error) = &open.analysis {
                    if widgets::failed(ui, t::NO_ANALYSIS, error, t::TO_PLAN) {
                        cx.go(ScreenId::Plan);
                    }
                } else {
                    widgets::loading(ui, common::COMPUTING, &ProgressState::default());
                }
                return;
            };
            let key = (open.saved.root().to_owned(), open.revision, open.books_revision, month, second);
            let (project, data, view) = (Arc::clone(&open.project), Arc::clone(&open.data), Arc::clone(view));
            self.preview.ask(cx.session, &key, t::PREVIEWING, move |progress| {
                compute_preview(&project, &data, Some(&view.analysis), month, second, progress)
            });
            if let Some(error) = self.preview.error() {
                if widgets::failed(ui, t::PREVIEW_FAILED, error, common::AGAIN) {
                    self.preview.forget();
                }
                return;
            }
            let Some(made) = self.preview.current() else {
                widgets::loading(ui, t::PREVIEWING, &ProgressState::default());
                return;
            };
            if why.is_empty() && made.expected <= 0.0 {
                why = t::NOTHING_TO_DRAW;
            }
            preview = Some(Arc::clone(made));
        }
        let blocked = preview.as_ref().is_some_and(|p| !p.blocking.is_empty());
        let blocking = preview.as_ref().map_or_else(String::new, |p| t::blocked(p.blocking.len()));
        let why = if blocked { blocking.as_str() } else { why };
        let hint = if open.draft.is_changed() { t::DRAFT_SAVED } else { t::FREEZE_HINT };
        let back = if blocked { Some(t::TO_PLAN) } else { self.marks.again.then_some(t::BACK) };
        let bar = Bar { hint, text: t::FREEZE_NEXT, enabled: why.is_empty(), why_not: why, back, focus: true };
        match bar.show(ui) {
            Pressed::Next => self.marks.reviewed = true,
            Pressed::Back if blocked => cx.go(ScreenId::Plan),
            Pressed::Back => self.marks = Marks::default(),
            Pressed::Nothing => {}
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
            Some(preview) => freeze::show(ui, preview, size),
            None => freeze::show_year(ui, open.data.len(), open.project.policy.bodies.len(), size),
        }
    }

    fn seal(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, period: Period, place: Place<'_>) {
        let now = local(cx.session.now());
        let sealed_before = matches!(place, Place::Free { again: true } | Place::Opened);
        let known = !cx.session.preferences().operator.trim().is_empty();
        let synthetic = open.saved.file.synthetic;
        let calendar = &open.saved.calendar;
        let form = self.pledge.get_or_insert_with(|| PledgeForm::new(now, calendar, synthetic));
        let checked = form.pledge(now, sealed_before, known);
        let faults = checked.as_ref().err().cloned().unwrap_or_default();
        let why = Self::why_not(cx, open);
        let why = if why.is_empty() { faults.first().map_or("", |f| f.1) } else { why };
        let bar = Bar {
            hint: t::SEAL_HINT,
            text: t::SEAL_BUTTON,
            enabled: why.is_empty(),
            why_not: why,
            back: Some(t::BACK),
            focus: true,
        };
        match (bar.show(ui), checked) {
            (Pressed::Next, Ok(pledge)) => {
                if !known {
                    cx.send(ViewCommand::SetOperator(form.operator.clone()));
                }
                cx.send(match period {
                    Period::Year(_) => Deed::SealYear(pledge),
                    Period::Month(month) => Deed::SealMonth(month, pledge),
                });
            }
            (Pressed::Back, _) => self.marks.reviewed = false,
            _ => {}
        }
        if is_acting(cx, open) {
            widgets::loading(ui, t::SEAL_BUTTON, &ProgressState::default());
            return;
        }
        let Some(form) = &mut self.pledge else { return };
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            widgets::heading(ui, t::PLEDGE);
            ui.add(egui::Label::new(theme::note(ui, t::PLEDGE_WHY)).wrap());
            ui.add_space(GRID);
            form.ui(ui, now, calendar, sealed_before, known, &faults);
        });
    }

    /// The seal that is shown for a period: the pending one, the last opened of a month, or the year's.
    fn with_seal(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        period: Period,
        show: impl FnOnce(&mut Self, &mut Ui, &StoredDraw, Option<&str>),
    ) {
        if let Some(pending) = books.pending.as_ref().filter(|p| p.of == Some(period)) {
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
                let text = period.to_string();
                let sequence = books
                    .register
                    .seals_of(&text)
                    .into_iter()
                    .rfind(|(_, end)| end.is_some_and(|end| end.event == RegisterEvent::Opened))
                    .map(|(line, _)| line.sequence);
                let Some(sequence) = sequence else { return };
                let key = (open.saved.root().to_owned(), open.books_revision, sequence);
                let project = Arc::clone(&open.saved);
                self.year_draw
                    .ask(cx.session, &key, t::YEAR_SEED, move |_| StoredDraw::load(&project, &text, sequence));
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

    fn published(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        period: Period,
        current: bool,
    ) {
        let size = ten_metres(ui);
        let now = local(cx.session.now());
        let projected = self.projected(open);
        let mut asked = None;
        let mut seal = None;
        self.with_seal(ui, cx, open, books, period, |screen, ui, draw, envelope| {
            let left = left_seconds(draw, now);
            if current {
                let due = is_due(draw, now);
                let wait = format!("{} {}", t::WAITING, countdown(left));
                let hint = if draw.demonstration { t::DUE_DEMONSTRATION } else { t::PUBLISH_WHY };
                let bar = Bar { hint, text: t::PUBLISHED, enabled: due, why_not: &wait, back: None, focus: true };
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
                asked = sealed::show(ui, draw, envelope, &mut shown, projected, &mut screen.qr, size);
                screen.envelope = shown;
            });
            if let Some(ask) = asked {
                let agency = &open.saved.policy.agency_name;
                let label = period.label();
                seal = Some(match ask {
                    sealed::Ask::Copy => Made::Copy(crate::sampling::to_hex(&draw.seal.commitment())),
                    sealed::Ask::Png => Made::Png(picture::render_commitment(draw, agency, &label)),
                    sealed::Ask::Text => Made::Text(sealed::notice(draw, agency, &label)),
                    sealed::Ask::Envelope => {
                        Made::Envelope(sealed::envelope_notice(draw, agency, &label, envelope.unwrap_or_default()))
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

    fn entropy_ui(
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
        let Some(format) = seal.entropy_format() else { return };
        let size = ten_metres(ui);
        let value = self.entropy.confirmed(format);
        let why = Self::why_not(cx, open);
        let why = if !why.is_empty() {
            why
        } else if value.is_none() {
            t::OPEN_NOT_YET
        } else {
            ""
        };
        let text = if matches!(period, Period::Year(_)) { t::OPEN_YEAR } else { t::OPEN_BUTTON };
        let bar =
            Bar { hint: t::OPEN_HINT, text, enabled: why.is_empty(), why_not: why, back: Some(t::BACK), focus: false };
        match (bar.show(ui), value) {
            (Pressed::Next, Some(value)) => {
                self.opening = Some(cx.session.last_done().0);
                cx.send(Deed::Open(period, value));
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
            let words = format!("{}　{}", entropy.source, entropy.reference);
            ui.label(RichText::new(words).font(theme::bold(size * 0.7)));
            ui.add_space(GRID);
            self.entropy.ui(ui, format, pending.draw.demonstration, size, fresh);
        });
    }

    /// The public number of an opening that is over.
    fn entropy_back(&mut self, ui: &mut Ui, cx: &Cx<'_>, open: &OpenProject, books: &Arc<Books>, period: Period) {
        let size = ten_metres(ui);
        self.with_seal(ui, cx, open, books, period, |_, ui, draw, _| {
            let seal = &draw.seal;
            let words = format!("{}　{}", seal.entropy.source, seal.entropy.reference);
            ui.label(RichText::new(words).font(theme::bold(size * 0.7)));
            ui.label(theme::note(ui, seal.entropy_format().map_or("", EntropyFormat::label)));
            if let (Some(opening), Some(format)) = (&draw.opening, seal.entropy_format()) {
                let text =
                    RichText::new(entropy::grouped(format, &opening.entropy_value)).font(theme::bold(size * 1.2));
                ui.add(egui::Label::new(text).wrap().selectable(true));
            }
        });
    }

    fn year_opened(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject, books: &Arc<Books>, month: PlanMonth) {
        if !books.year_opened {
            widgets::loading(ui, common::READING_BOOKS, &ProgressState::default());
            return;
        }
        let size = ten_metres(ui);
        let text = t::to_month(&Period::Month(month).label());
        let bar = Bar { hint: t::YEAR_OPENED_WHY, text: &text, enabled: true, why_not: "", back: None, focus: true };
        if bar.show(ui) == Pressed::Next {
            self.year = false;
            self.marks = Marks::default();
        }
        let period = Period::Year(open.saved.file.year);
        self.with_seal(ui, cx, open, books, period, |_, ui, draw, _| {
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
    }

    fn opened(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        books: &Arc<Books>,
        month: PlanMonth,
        shown: Step,
    ) {
        let key = (open.saved.root().to_owned(), open.books_revision, month);
        if matches!(open.books, Stage::Ready(..)) {
            let (project, data, books) = (Arc::clone(&open.saved), Arc::clone(&open.data), Arc::clone(books));
            self.facts.ask(cx.session, &key, t::ARRANGING, move |progress| {
                compute_facts(&project, &data, &books, month, progress)
            });
        }
        if let Some(error) = self.facts.error() {
            if widgets::failed(ui, t::ARRANGE_FAILED, error, common::AGAIN) {
                self.facts.forget();
            }
            return;
        }
        // while a change is taken in the list before it stays in sight
        let facts = if self.marks.revealing { self.facts.current() } else { self.facts.latest() };
        let Some(facts) = facts.cloned() else {
            widgets::loading(ui, t::ARRANGING, &ProgressState::default());
            return;
        };
        let Some(draw) = facts.draws.last() else {
            widgets::loading(ui, t::ARRANGING, &ProgressState::default());
            return;
        };
        let size = ten_metres(ui);
        let projected = self.projected(open);
        if !self.marks.revealing && shown == Step::Pair {
            self.list_ui(ui, cx, open, &facts, month, projected);
            return;
        }
        let now = ui.input(|i| i.time);
        let still = cx.session.preferences().still;
        let mut show = *self.show.get_or_insert_with(|| Show::begin(now, still));
        let draw_step = shown == Step::Draw;
        if show.is_running() {
            let bar = Bar { hint: "", text: t::SKIP, enabled: true, why_not: "", back: None, focus: true };
            let space = ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Space));
            if bar.show(ui) == Pressed::Next || space {
                show = Show::over();
            }
        } else {
            let pairs_next = draw_step && self.marks.revealing;
            let text = if pairs_next { t::TO_PAIRS } else { t::TO_LIST };
            let bar = Bar { hint: "", text, enabled: true, why_not: "", back: None, focus: true };
            if bar.show(ui) == Pressed::Next {
                if pairs_next {
                    self.paired = true;
                    show = Show::begin(now, still);
                } else {
                    self.marks.revealing = false;
                    self.back = None;
                }
            }
        }
        if self.paired && self.marks.revealing && !draw_step {
            reveal::pairs_ui(ui, &facts, draw, &mut show, projected, size);
        } else {
            reveal::strata_ui(ui, &facts, draw, &mut show, projected, size);
        }
        self.show = Some(show);
    }

    fn list_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        facts: &Facts,
        month: PlanMonth,
        projected: bool,
    ) {
        let why = Self::why_not(cx, open);
        let today = cx.session.now().date();
        let ask = list::show(ui, facts, self.chosen, projected, why.is_empty(), why);
        let row = self.chosen.and_then(|i| facts.rows.get(i));
        match ask {
            None => {}
            Some(list::Ask::Choose(i)) => {
                self.chosen = Some(i);
                if let Some(source) = facts.rows.get(i).and_then(|r| r.source) {
                    cx.send(ViewCommand::SelectUnit(Some(source)));
                }
            }
            Some(list::Ask::Substitute) => {
                self.dialog = row.map(|row| Intervention::substitute(row, month, today, projected));
            }
            Some(list::Ask::Replace) => {
                self.dialog = row.and_then(|row| Intervention::replace(row, month, today, projected));
            }
            Some(list::Ask::Add) => {
                let selected = cx.session.filter().unit.and_then(|row| open.data.unit_id(row)).map(str::to_owned);
                self.dialog = Some(Intervention::add(month, selected.filter(|_| !projected), today));
            }
            Some(list::Ask::SealAgain) => {
                self.marks = Marks { again: true, ..Marks::default() };
                self.pledge = None;
            }
            Some(list::Ask::Export) => {
                let picking = cx.pick(PickRequest::new(PickKind::Folder, t::EXPORT_PICK));
                self.saving.push((Saving::Tasks(month), picking));
            }
            Some(list::Ask::Replay) => {
                self.marks.revealing = true;
                self.paired = false;
                self.show = None;
            }
            Some(list::Ask::Audit) => {
                cx.out.verify = true;
                cx.go(ScreenId::Audit);
            }
        }
    }

    fn dialog_ui(&mut self, ui: &Ui, cx: &mut Cx<'_>, open: &OpenProject) {
        let Some(dialog) = &mut self.dialog else { return };
        match dialog.show(ui.ctx(), open, cx.session.now().date()) {
            Answer::Open => {}
            Answer::GivenUp => self.dialog = None,
            Answer::Send(command) => {
                self.dialog = None;
                cx.send(*command);
            }
        }
    }

    fn save(&mut self, cx: &mut Cx<'_>, bytes: Vec<u8>, name: &str, ending: &'static str) {
        let request = PickRequest::new(PickKind::SaveFile(name.to_owned()), name).filter(ending, &[ending]);
        let picking = cx.pick(request);
        self.saving.push((Saving::Bytes(Arc::new(bytes), ending), picking));
    }

    fn poll_files(&mut self, cx: &mut Cx<'_>) {
        let mut commands: Vec<Command> = Vec::new();
        self.saving.retain(|(saving, picking)| match picking.poll() {
            None => true,
            Some(paths) => {
                if let Some(path) = paths.into_iter().next() {
                    commands.push(match saving {
                        Saving::Bytes(bytes, ending) => {
                            let path = if path.extension().is_some() { path } else { path.with_extension(ending) };
                            ViewCommand::WriteFile(path, Arc::clone(bytes)).into()
                        }
                        Saving::Tasks(month) => Deed::Export { to: path, month: Some(*month), only: Vec::new() }.into(),
                    });
                }
                false
            }
        });
        for command in commands {
            cx.send(command);
        }
    }
}

/// What a button of the seal gives.
enum Made {
    Copy(String),
    Png(crate::diagnostic::AppResult<Vec<u8>>),
    Text(String),
    Envelope(String),
    Void,
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

/// The first month before this one that was never opened, where none after it was: sealing now leaves it out.
fn skipped_month(open: &OpenProject, books: &Books, month: PlanMonth) -> Option<PlanMonth> {
    let last = books.draws.iter().map(|d| d.month).max();
    open.saved.months().into_iter().find(|m| last.is_none_or(|last| *m > last) && *m < month)
}
