//! What the user does to the map: pointer, wheel, touchpad, keys and the buttons over it.

use egui::{Align, EventFilter, Key, Layout, MouseWheelUnit, PointerButton, Pos2, Rect, Response, Ui, UiBuilder, Vec2};

use super::camera::{Camera, Flight};
use super::{Caught, DragMode, MapInput, MapOutput, MapView, passing_of};
use crate::ui::text::map as text;
use crate::ui::theme;
use crate::workspace::session::job::Job;

/// Factor of one press of a button, key or step of the wheel's target.
const STEP: f64 = 1.6;
/// Factor of one notch of the wheel.
const NOTCH: f64 = 1.25;
/// Seconds of a move by button or key.
const MOVE: f32 = 0.2;
/// Seconds of one notch of the wheel.
const WHEEL: f32 = 0.12;
/// More candidates than this are searched off the frame thread.
const LARGE_CATCH: usize = 200_000;
/// Width of the buttons.
const BUTTON: f32 = 48.0;
/// Height of a map from which all its buttons stand in one column, and width from which they have a second one.
const HIGH: f32 = 330.0;
const WIDE: f32 = 400.0;

fn least_scale(input: &MapInput<'_>, rect: Rect) -> f64 {
    Camera::whole(&input.data.bounds, rect, rect).scale * 0.5
}

impl MapView {
    /// Where the camera will be once it stands still.
    fn target(&self) -> Camera {
        self.run.flight.map_or(self.camera, |f| f.to)
    }

    /// Moves the camera, in a short animation where motion is wanted.
    pub(super) fn fly(&mut self, ui: &Ui, to: Camera, seconds: f32) {
        let still = ui.style().animation_time <= 0.0;
        if still {
            self.camera = to;
            self.run.flight = None;
        } else {
            let now = ui.input(|i| i.time);
            self.run.flight = Some(Flight::new(self.camera, to, now, seconds.min(theme::MOTION)));
            ui.ctx().request_repaint();
        }
    }

    fn zoom(&mut self, ui: &Ui, input: &MapInput<'_>, rect: Rect, factor: f64, at: Pos2, seconds: f32) {
        let least = least_scale(input, rect);
        let to = self.target().zoomed(factor, rect, at, least).kept_near(&input.data.bounds);
        self.whole = false;
        self.fly(ui, to, seconds);
    }

    fn show_whole(&mut self, ui: &Ui, input: &MapInput<'_>, rect: Rect) {
        self.run.framed = None;
        self.whole = true;
        self.fly(ui, self.whole_camera(input, rect), MOVE);
    }

    /// Frames a district, or the whole map: the camera follows it until it is moved.
    pub fn frame(&mut self, ui: &Ui, input: &MapInput<'_>, district: Option<usize>) {
        let bounds = district.and_then(|district| input.data.bounds_of(district));
        self.run.framed = bounds.filter(|bounds| !bounds.is_empty());
        self.whole = true;
        if let Some(rect) = self.run.laid.rect {
            self.fly(ui, self.whole_camera(input, rect), theme::MOTION);
        }
    }

    /// Advances a move under way.
    pub(super) fn advance(&mut self, ui: &Ui) {
        if let Some(flight) = self.run.flight {
            let (camera, over) = flight.at(ui.input(|i| i.time));
            self.camera = camera;
            if over {
                self.run.flight = None;
            } else {
                ui.ctx().request_repaint();
            }
        }
    }

    /// Wheel, touchpad and dragging.
    pub(super) fn pointer_input(&mut self, ui: &Ui, response: &Response, input: &MapInput<'_>, output: &mut MapOutput) {
        let rect = response.rect;
        if self.fingers(ui, response, input) {
            return;
        }
        if let Some(at) = response.hover_pos() {
            self.pinch(ui.input(egui::InputState::zoom_delta), input, rect, at);
            let (mut notches, mut slide) = (0.0_f64, Vec2::ZERO);
            ui.input(|i| {
                for event in &i.events {
                    if let egui::Event::MouseWheel { unit, delta, modifiers, .. } = event
                        && !modifiers.ctrl
                        && !modifiers.command
                    {
                        match unit {
                            MouseWheelUnit::Point => slide += *delta,
                            MouseWheelUnit::Line => notches += f64::from(delta.y),
                            MouseWheelUnit::Page => notches += 3.0 * f64::from(delta.y),
                        }
                    }
                }
            });
            if slide != Vec2::ZERO {
                self.pan(slide, input);
            }
            if notches.abs() > 1e-6 {
                let notch = if notches > 0.0 { NOTCH } else { 1.0 / NOTCH };
                // A fast wheel sends several notches at once.
                let factor = (0..notches.abs().ceil().min(8.0) as usize).fold(1.0, |f, _| f * notch);
                self.zoom(ui, input, rect, factor, at, WHEEL);
            }
            // the wheel is the map's: a page around it stays where it is
            ui.input_mut(|i| i.smooth_scroll_delta = Vec2::ZERO);
        }
        if response.double_clicked_by(PointerButton::Primary)
            && let Some(at) = response.interact_pointer_pos()
        {
            self.zoom(ui, input, rect, 2.0, at, MOVE);
        }
        let (shift, adds) = ui.input(|i| (i.modifiers.shift, i.modifiers.command));
        if response.drag_started_by(PointerButton::Primary) && (self.mode != DragMode::Pan || shift) {
            let origin = ui.input(|i| i.pointer.press_origin()).or(response.interact_pointer_pos());
            self.run.trail = origin.into_iter().collect();
            self.run.trail_adds = adds;
        }
        if response.dragged() {
            if self.run.trail.is_empty() {
                self.pan(response.drag_delta(), input);
            } else if let Some(at) = response.interact_pointer_pos() {
                let at = rect.clamp(at);
                if matches!(self.mode, DragMode::Box | DragMode::Measure) {
                    self.run.trail.truncate(1);
                    self.run.trail.push(at);
                } else if self.run.trail.last().is_none_or(|last| (at - *last).length() > 2.0) {
                    self.run.trail.push(at);
                }
            }
        }
        if response.drag_stopped() && self.mode == DragMode::Measure {
            if let [a, b] = self.run.trail.as_slice() {
                self.measured = Some([*a, *b].map(|p| self.camera.plane(rect, p)));
            }
            self.run.trail.clear();
        } else if response.drag_stopped() && !self.run.trail.is_empty() {
            self.catch(ui, input, rect, output);
        }
        self.poll_catch(output);
    }

    /// Two fingers on the map move and zoom it around the place between them, whatever one finger would do. True while
    /// they lie on it.
    fn fingers(&mut self, ui: &Ui, response: &Response, input: &MapInput<'_>) -> bool {
        let rect = response.rect;
        let Some(touch) = ui.input(egui::InputState::multi_touch) else { return false };
        if !(response.contains_pointer() || response.dragged()) || !rect.contains(touch.center_pos) {
            return false;
        }
        self.run.trail.clear();
        self.pan(touch.translation_delta, input);
        self.pinch(touch.zoom_delta, input, rect, touch.center_pos);
        true
    }

    /// Zooms at once, around a place that stays under it.
    fn pinch(&mut self, factor: f32, input: &MapInput<'_>, rect: Rect, at: Pos2) {
        let factor = f64::from(factor);
        if (factor - 1.0).abs() > 1e-6 {
            self.run.flight = None;
            self.whole = false;
            let least = least_scale(input, rect);
            self.camera = self.camera.zoomed(factor, rect, at, least).kept_near(&input.data.bounds);
        }
    }

    fn pan(&mut self, by: Vec2, input: &MapInput<'_>) {
        if by != Vec2::ZERO {
            self.run.flight = None;
            self.whole = false;
            self.camera = self.camera.dragged(by).kept_near(&input.data.bounds);
        }
    }

    /// The trail as a closed line on the screen.
    pub(super) fn trail_line(&self) -> Vec<Pos2> {
        match (self.mode, self.run.trail.as_slice()) {
            (DragMode::Box, [a, b]) => {
                let r = Rect::from_two_pos(*a, *b);
                vec![r.left_top(), r.right_top(), r.right_bottom(), r.left_bottom()]
            }
            (_, trail) => trail.to_vec(),
        }
    }

    /// Searches the trail's inside, here or in a job.
    fn catch(&mut self, ui: &Ui, input: &MapInput<'_>, rect: Rect, output: &mut MapOutput) {
        let line: Vec<[f32; 2]> = self.trail_line().into_iter().map(|p| self.camera.plane(rect, p)).collect();
        self.run.trail.clear();
        let add = self.run.trail_adds;
        if line.len() < 3 || !input.show_points {
            return;
        }
        let passing = passing_of(input);
        let around = crate::district::PlaneRect::of(line.iter().copied());
        if input.data.points.at_most(&around) <= LARGE_CATCH {
            let rows = input.data.points.inside(&line, |row| passing.passes(row));
            output.caught = Some(Caught { rows, add });
            return;
        }
        let (data, ctx) = (std::sync::Arc::clone(input.data), ui.ctx().clone());
        let job = Job::start(
            "lasso",
            move || ctx.request_repaint(),
            move |_| Ok(data.points.inside(&line, |row| passing.passes(row))),
        );
        self.run.catching.begin(add, job);
    }

    fn poll_catch(&mut self, output: &mut MapOutput) {
        if let Some((add, Ok(rows))) = self.run.catching.take() {
            output.caught = Some(Caught { rows, add });
        }
    }

    /// Keys while the map has the focus.
    pub(super) fn key_input(&mut self, ui: &Ui, response: &Response, input: &MapInput<'_>, output: &mut MapOutput) {
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|m| m.set_focus_lock_filter(response.id, filter));
        let rect = response.rect;
        let pressed = |key| ui.input(|i| i.key_pressed(key) && !i.modifiers.command && !i.modifiers.alt);
        let step = rect.size() / 8.0;
        let mut by = Vec2::ZERO;
        for (key, direction) in [
            (Key::ArrowLeft, Vec2::new(step.x, 0.0)),
            (Key::ArrowRight, Vec2::new(-step.x, 0.0)),
            (Key::ArrowUp, Vec2::new(0.0, step.y)),
            (Key::ArrowDown, Vec2::new(0.0, -step.y)),
        ] {
            if pressed(key) {
                by += direction;
            }
        }
        if by != Vec2::ZERO {
            self.whole = false;
            let to = self.target().dragged(by).kept_near(&input.data.bounds);
            self.fly(ui, to, WHEEL);
        }
        if pressed(Key::Plus) || pressed(Key::Equals) {
            self.zoom(ui, input, rect, STEP, rect.center(), MOVE);
        }
        if pressed(Key::Minus) {
            self.zoom(ui, input, rect, 1.0 / STEP, rect.center(), MOVE);
        }
        if pressed(Key::Home) {
            self.show_whole(ui, input, rect);
        }
        let count = input.data.set.len();
        if count > 0 {
            let cursor = self.run.cursor.or(input.selected_district).filter(|c| *c < count);
            if pressed(Key::CloseBracket) {
                self.run.cursor = Some(cursor.map_or(0, |c| (c + 1) % count));
            }
            if pressed(Key::OpenBracket) {
                self.run.cursor = Some(cursor.map_or(count - 1, |c| (c + count - 1) % count));
            }
        }
        if pressed(Key::Enter) {
            output.clicked_district = self.run.cursor;
        }
        if pressed(Key::Escape) {
            self.run.trail.clear();
            self.run.cursor = None;
            self.mode = DragMode::Pan;
            // The first Esc takes the measured line away, the next the selection.
            output.cleared = self.measured.take().is_none();
        }
    }

    /// The buttons at the upper right; gives the place taken.
    pub(super) fn buttons_ui(&mut self, ui: &mut Ui, input: &MapInput<'_>, rect: Rect) -> Rect {
        let gap = 2.0;
        let step = theme::CONTROL + gap;
        // A small map without points keeps the room for its scale bar; a low one has its buttons in two columns.
        let high = rect.height() >= HIGH;
        let modes = high || (!input.tiers.entries.is_empty() && rect.width() >= WIDE);
        let columns = if modes && !high { 2.0 } else { 1.0 };
        let height = if !modes {
            3.0 * step - gap
        } else if high {
            7.0 * step + 4.0
        } else {
            4.0 * step - gap
        };
        let width = columns * BUTTON + (columns - 1.0) * gap;
        let place =
            Rect::from_min_size(Pos2::new(rect.right() - width - 10.0, rect.top() + 10.0), Vec2::new(width, height));
        let mut child = ui.new_child(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)));
        let ui = &mut child;
        ui.spacing_mut().button_padding.x = 4.0;
        // moves at the right edge, what dragging does below them or to their left
        let at = |column: f32, line: f32| {
            let left = place.right() - BUTTON - column * (BUTTON + gap);
            Rect::from_min_size(Pos2::new(left, place.top() + line), Vec2::new(BUTTON, theme::CONTROL))
        };
        let centre = rect.center();
        for (line, sign, name, factor) in [(0.0, "+", text::ZOOM_IN, STEP), (step, "−", text::ZOOM_OUT, 1.0 / STEP)] {
            let button = ui.put(at(0.0, line), egui::Button::new(sign)).accessible_name(name);
            if button.on_hover_text(name).clicked() {
                self.zoom(ui, input, rect, factor, centre, MOVE);
            }
        }
        if ui.put(at(0.0, 2.0 * step), egui::Button::new(text::WHOLE)).clicked() {
            self.show_whole(ui, input, rect);
        }
        if !modes {
            self.mode = DragMode::Pan;
            return place;
        }
        let first = if high { 3.0 * step + 4.0 } else { 0.0 };
        for (i, (mode, name, hint)) in [
            (DragMode::Pan, text::PAN, text::PAN_HINT),
            (DragMode::Box, text::BOX, text::BOX_HINT),
            (DragMode::Lasso, text::LASSO, text::LASSO_HINT),
            (DragMode::Measure, text::DISTANCE, text::DISTANCE_HINT),
        ]
        .into_iter()
        .enumerate()
        {
            let place = at(columns - 1.0, first + i as f32 * step);
            let button = egui::Button::new(name).selected(self.mode == mode);
            if ui.put(place, button).on_hover_text(hint).clicked() {
                self.mode = mode;
                self.measured = None;
            }
        }
        place
    }
}
