//! The row of steps above the ceremony: done, at hand, locked; one that is behind can be looked back at.

use egui::{Align2, Sense, Stroke, Ui, Vec2};

use super::DrawScreen;
use super::reveal::Show;
use super::step::{Step, StepState, state_of};
use crate::ui::text::draw as t;
use crate::ui::theme::{self, GRID};

/// Size of a step's name where there is room.
const SIZE: f32 = 17.0;
/// Where a step's name begins, after its mark.
const MARK: f32 = 42.0;

impl DrawScreen {
    pub(super) fn stepper(&mut self, ui: &mut Ui, now: Step, finished: bool, year: bool) {
        let palette = theme::of(ui);
        let steps = Step::all(year);
        let width = (ui.available_width() - GRID * (steps.len() as f32 - 1.0)) / steps.len() as f32;
        let height = theme::by_height(ui.ctx(), 28.0, 44.0);
        // as large as the longest name has room for
        let name = |size: f32, step: &Step| {
            let galley = ui.painter().layout_no_wrap(step.label(year).to_owned(), theme::bold(size), palette.text);
            galley.size().x
        };
        let longest = steps.iter().map(|step| name(SIZE, step)).fold(1.0, f32::max);
        let size = (SIZE * (width - MARK - 6.0) / longest).clamp(theme::SMALL, SIZE).floor();
        ui.horizontal(|ui| {
            for (i, step) in steps.iter().enumerate() {
                let state = state_of(*step, now, finished);
                let may = state != StepState::Later;
                let sense = if may { Sense::click() } else { Sense::hover() };
                let (rect, response) = ui.allocate_exact_size(Vec2::new(width, height), sense);
                // what is reviewed is frozen by the sealing, not before
                let reviewed = *step == Step::Freeze && now == Step::Seal;
                let words = match state {
                    StepState::Done if reviewed => t::STEP_REVIEWED_HINT,
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
                // locked steps are as large as the others: only their weight and ink tell
                let font = if state == StepState::Later { theme::regular(size) } else { theme::bold(size) };
                let ink = if state == StepState::Done { palette.text } else { ink };
                let label = if reviewed { t::STEP_REVIEWED } else { label };
                painter.text(rect.left_center() + Vec2::new(MARK, 0.0), Align2::LEFT_CENTER, label, font, ink);
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
}
