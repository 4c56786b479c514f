//! The widget itself: state, drawing in order, hover card.

mod over;
mod paint;

use std::sync::Arc;

use egui::epaint::Mesh;
use egui::{CursorIcon, Galley, Pos2, Rect, Response, Role, Sense, Stroke, TextureHandle, Ui, Vec2, WidgetInfo};

use super::camera::{Camera, Flight};
use super::draw::{self, Transform};
use super::raster::{Contents, Layer, Passing, RasterWorker};
use super::{DragMode, MapInput, MapOutput};
use crate::chart::{ClassMethod, Classes, compute_classes};
use crate::district::PlaneRect;
use crate::ui::slot::Slot;
use crate::ui::text::map as text;
use crate::ui::theme::{self, Look};

/// Farthest from the pointer that a point is hit, points of the screen.
const REACH: f32 = 5.0;

/// A map's state between frames. Serialising keeps the camera and the options.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct MapView {
    /// Where it is looked at from.
    pub camera: Camera,
    /// The camera follows the whole map until it is moved.
    pub whole: bool,
    /// What dragging does.
    pub mode: DragMode,
    /// The legend is open.
    pub legend_open: bool,
    /// Ends of the distance measured last, on the plane.
    #[serde(skip)]
    pub(super) measured: Option<[[f32; 2]; 2]>,
    #[serde(skip)]
    pub(super) run: Run,
}

impl Default for MapView {
    fn default() -> Self {
        Self {
            camera: Camera::default(),
            whole: true,
            mode: DragMode::default(),
            legend_open: true,
            measured: None,
            run: Run::default(),
        }
    }
}

/// What is not saved.
#[derive(Default)]
pub(super) struct Run {
    pub flight: Option<Flight>,
    pub cursor: Option<usize>,
    pub trail: Vec<Pos2>,
    pub trail_adds: bool,
    pub catching: Slot<bool, Vec<u32>>,
    seen: Option<PlaneRect>,
    classes: Option<(ClassKey, Arc<Classes>)>,
    ground: Option<(GroundKey, [Arc<Mesh>; 3])>,
    layer: Option<Layer>,
    layers: u64,
    texture: Option<TextureHandle>,
    worker: Option<RasterWorker>,
    asked: Option<(Contents, PlaneRect, f32)>,
    by_worker: bool,
    marks: Option<Marks>,
    rings: [Option<(RingsKey, Arc<Mesh>)>; 2],
    names: Option<(NamesKey, Vec<Name>)>,
    hatch: Option<(Look, TextureHandle)>,
    /// What the camera follows instead of the whole map: a district.
    pub framed: Option<PlaneRect>,
    pub laid: Laid,
}

/// How the last frame was laid out.
#[derive(Default)]
pub(super) struct Laid {
    /// What was in sight, on the map's plane.
    pub sight: PlaneRect,
    /// Places that furniture, the pointer's coordinate and a measured distance take.
    pub taken: Vec<Rect>,
    /// How many of them are the coordinate and the distance.
    pub over: usize,
    /// Where the map lay, and its legend and buttons on it.
    pub rect: Option<Rect>,
    pub sides: Option<[Rect; 2]>,
    /// Lit points are marked by diamonds, for there are too many for rings.
    pub diamonds: bool,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("cursor", &self.cursor).field("layers", &self.layers).finish_non_exhaustive()
    }
}

type ClassKey = (u64, u64, ClassMethod, usize);

#[derive(PartialEq, Clone, Copy)]
struct GroundKey {
    camera: Camera,
    rect: Rect,
    classes: ClassKey,
    look: Look,
    points: bool,
}

type MarksKey = (Camera, Rect, u64, Look);

/// Marks of points as drawn: mesh, radius, and the letters that nothing covers.
struct Marks {
    key: MarksKey,
    mesh: Arc<Mesh>,
    radius: f32,
    letters: Vec<(Pos2, usize)>,
    /// Only tiers before this one are marks, the others a picture below them; `None`: all are marks.
    urgent: Option<usize>,
}
type RingsKey = (Camera, Rect, u64, u64, u32, Look);

#[derive(PartialEq, Clone, Copy)]
struct NamesKey {
    data: u64,
    scale: f64,
    tile: [i64; 2],
    size: Vec2,
    selected: Option<usize>,
    classes: ClassKey,
    look: Look,
    /// Letters laid out for another scaling would be stretched, those of an atlas thrown away be others.
    pixels: u32,
    atlas: u64,
    points: bool,
}

/// A name to draw: district, place on the plane, laid-out text.
struct Name {
    district: usize,
    at: [f32; 2],
    galley: Arc<Galley>,
}

fn widened(view: &PlaneRect, part: f32) -> PlaneRect {
    let [w, h] = view.size();
    PlaneRect {
        min: [view.min[0] - w * part, view.min[1] - h * part],
        max: [view.max[0] + w * part, view.max[1] + h * part],
    }
}

impl MapView {
    /// Classes of the input's values, computed once a revision.
    pub fn classes(&mut self, input: &MapInput<'_>) -> Arc<Classes> {
        let key = class_key(input);
        match &self.run.classes {
            Some((old, classes)) if *old == key => Arc::clone(classes),
            _ => {
                let mut values = input.values;
                let districts = input.data.set.len();
                values = values.get(..districts.min(values.len())).unwrap_or(values);
                let mut classes = compute_classes(values, input.method, input.class_count);
                classes.of.resize(districts, None);
                let classes = Arc::new(classes);
                self.run.classes = Some((key, Arc::clone(&classes)));
                classes
            }
        }
    }

    /// What was in sight in the last frame, on the map's plane.
    #[must_use]
    pub fn in_sight(&self) -> PlaneRect {
        self.run.laid.sight
    }

    /// True while a picture of the points or a lasso is being computed.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.run.worker.as_ref().is_some_and(RasterWorker::busy) || self.run.catching.running().is_some()
    }

    /// Brings a place on the plane into the middle, near enough to see single sources.
    pub fn show_place(&mut self, ui: &Ui, input: &MapInput<'_>, at: [f32; 2]) {
        let scale = self.camera.scale.max(40.0);
        let to = Camera { x: f64::from(at[0]), y: f64::from(at[1]), scale }.kept_near(&input.data.bounds);
        self.whole = false;
        self.fly(ui, to, theme::MOTION);
    }

    /// The camera that shows what is framed, beside the legend and the buttons where that leaves enough room.
    pub(super) fn whole_camera(&self, input: &MapInput<'_>, rect: Rect) -> Camera {
        let bounds = self.run.framed.unwrap_or(input.data.bounds);
        let [w, h] = bounds.size();
        let sides = self.run.laid.sides.filter(|_| self.legend_open);
        let between = |[legend, buttons]: [Rect; 2]| {
            let left = legend.right().max(rect.left());
            let inner = Rect::from_min_max(Pos2::new(left, rect.top()), Pos2::new(buttons.left(), rect.bottom()));
            let beside = Rect::from_min_max(Pos2::new(left, rect.top()), rect.max);
            [inner, beside]
        };
        // the first that costs no more than a quarter of the scale
        let alone = Camera::whole(&bounds, rect, rect);
        let found = sides.map(between).into_iter().flatten().filter(|free| free.width() > 80.0).map(|free| {
            let camera = Camera::whole(&bounds, rect, free);
            (camera, camera.scale >= alone.scale * 0.75)
        });
        let found: Vec<(Camera, bool)> = found.collect();
        let best = found.iter().find(|(_, enough)| *enough).or(found.last());
        if w <= 0.0 || h <= 0.0 { alone } else { best.map_or(alone, |(camera, _)| *camera) }
    }

    /// Fills the space available with the map, and a strip below it with what must be said of it.
    pub fn show(&mut self, ui: &mut Ui, input: &MapInput<'_>) -> MapOutput {
        let mut rect = ui.available_rect_before_wrap();
        let strip = super::furniture::lay_notice(ui, rect.width(), input);
        rect.max.y -= strip.as_ref().map_or(0.0, |galley| super::furniture::notice_height(galley));
        let response = ui.allocate_rect(rect, Sense::click_and_drag());
        let rect = response.rect;
        let mut output = MapOutput::default();
        if rect.width() < 2.0 || rect.height() < 2.0 {
            return output;
        }
        let palette = theme::of(ui);
        if self.run.seen != Some(input.data.bounds) {
            // Another map: look at it as a whole, unless this is the first one and a camera was kept.
            self.whole |= self.run.seen.is_some();
            self.run.seen = Some(input.data.bounds);
            self.run.cursor = None;
            self.run.framed = None;
            self.camera = self.camera.kept_near(&input.data.bounds);
        }
        self.run.laid.rect = Some(rect);
        if self.whole && self.run.flight.is_none() {
            self.camera = self.whole_camera(input, rect);
        }
        self.pointer_input(ui, &response, input, &mut output);
        self.key_input(ui, &response, input, &mut output);
        self.advance(ui);
        self.hit(ui, &response, input, &mut output);

        let classes = self.classes(input);
        let painter = ui.painter_at(rect);
        painter.rect_filled(rect, 0, palette.water);
        self.paint_ground(ui, &painter, rect, input, &classes);
        let view = self.camera.view(rect);
        self.run.laid.sight = view;
        let to = Transform::new(&self.camera, rect);
        let level = input.data.mesh.level_for(0.5 / self.camera.scale as f32);
        if let Some(hovered) = output.hovered_district.filter(|d| Some(*d) != input.selected_district) {
            painter.add(draw::outline_mesh(&input.data.mesh, level, hovered, to, palette.text, 1.6));
        }
        if let Some(selected) = input.selected_district {
            painter.add(draw::outline_mesh(&input.data.mesh, level, selected, to, palette.surface, 4.5));
            painter.add(draw::outline_mesh(&input.data.mesh, level, selected, to, palette.accent, 2.6));
        }
        if input.show_points {
            self.refresh_layer(ui, input, &view);
            self.paint_points(ui, &painter, rect, input, &view);
        }
        let named =
            if input.show_labels { self.paint_names(&painter, rect, input, &classes, palette) } else { Vec::new() };
        self.paint_rings(&painter, rect, input, palette, output.hovered_point);
        self.paint_site_names(&painter, rect, input, &named, palette);
        self.paint_trail(&painter, palette);
        let distance = self.paint_distance(&painter, rect, palette);
        if self.run.catching.running().is_some() {
            let at = rect.center_top() + Vec2::new(0.0, 16.0);
            painter.text(at, egui::Align2::CENTER_TOP, text::SELECTING, theme::bold(theme::BODY), palette.accent);
        }
        let (tier, legend) = self.legend_ui(ui, rect, input, &classes);
        output.toggled_tier = tier;
        let mut taken = super::furniture::paint_marks(&painter, rect, self.camera.scale, input, legend, palette);
        let buttons = self.buttons_ui(ui, input, rect);
        taken.extend([legend, buttons]);
        self.run.laid.taken = taken;
        if self.run.laid.sides.replace([legend, buttons]) != Some([legend, buttons]) {
            // what is framed stands beside them
            ui.ctx().request_repaint();
        }
        if let Some(galley) = strip {
            super::furniture::paint_notice(ui, rect, galley);
        }
        let coordinate = self.paint_coordinate(&painter, rect, input, response.hover_pos(), palette);
        let over: Vec<Rect> = distance.into_iter().chain(coordinate).collect();
        if self.run.laid.over != over.len() {
            // names give way to what came, or come back
            self.run.laid.over = over.len();
            ui.ctx().request_repaint();
        }
        self.run.laid.taken.extend(over);
        if response.has_focus() {
            painter.rect_stroke(rect, 0, Stroke::new(2.0, palette.accent), egui::StrokeKind::Inside);
        }
        self.describe(ui, &response, input, &output);
        output
    }

    /// What the pointer is over, and what it clicked.
    fn hit(&self, ui: &Ui, response: &Response, input: &MapInput<'_>, output: &mut MapOutput) {
        let rect = response.rect;
        let modes = ui.input(|i| (i.modifiers.command, i.pointer.any_down()));
        let under = |p: Pos2| {
            let at = self.camera.plane(rect, p);
            let passing = passing_of(input);
            // In a dense picture single points can't be told apart: beside the marks the pointer means the district.
            let marks = self.run.marks.as_ref().filter(|_| input.show_points);
            let point = marks.and_then(|m| {
                let reach = (m.radius + 2.5).max(REACH) / self.camera.scale as f32;
                let marked = |row| m.urgent.is_none_or(|urgent| passing.tier(row) < urgent);
                input.data.points.nearest(at, reach, |row| passing.passes(row) && marked(row))
            });
            (point, input.data.district_at(at))
        };
        if self.run.trail.is_empty()
            && !(modes.1 && response.dragged())
            && let Some(p) = response.hover_pos()
        {
            (output.hovered_point, output.hovered_district) = under(p);
        }
        let by_pointer = response.clicked_by(egui::PointerButton::Primary)
            && !ui.input(|i| i.key_pressed(egui::Key::Enter) || i.key_pressed(egui::Key::Space));
        if by_pointer && let Some(p) = response.interact_pointer_pos().or(ui.input(|i| i.pointer.interact_pos())) {
            response.request_focus();
            let (point, district) = under(p);
            output.click_adds = modes.0;
            output.clicked_point = point;
            output.clicked_district = district.filter(|_| point.is_none());
            output.cleared |= point.is_none() && district.is_none();
        }
        if output.hovered_district.is_none() && response.has_focus() && !response.hovered() {
            output.hovered_district = self.run.cursor;
        }
    }

    /// Name and description for readers of the screen, the hover card, and the cursor.
    fn describe(&self, ui: &Ui, response: &Response, input: &MapInput<'_>, output: &MapOutput) {
        let value_of = |d: usize| {
            let value = input.values.get(d).copied().flatten().filter(|v| v.is_finite());
            value.map_or_else(
                || text::NO_DATA.to_owned(),
                |v| text::value(v, input.measure.decimals, &input.measure.unit),
            )
        };
        let chosen = if response.has_focus() { self.run.cursor } else { None }.or(input.selected_district);
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, text::MAP));
        let description = || {
            text::description(chosen.map(|d| (input.data.name(d), format!("{} {}", input.measure.name, value_of(d)))))
        };
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(description()));
        if !response.hovered() {
            return;
        }
        let dragging = response.dragged();
        ui.ctx().set_cursor_icon(match (self.mode, dragging, output.hovered_point) {
            (DragMode::Pan, true, _) if self.run.trail.is_empty() => CursorIcon::Grabbing,
            (DragMode::Box | DragMode::Lasso | DragMode::Measure, ..) => CursorIcon::Crosshair,
            (_, _, Some(_)) => CursorIcon::PointingHand,
            _ => CursorIcon::Default,
        });
        let card = if dragging {
            None
        } else if let Some(row) = output.hovered_point {
            Some((input.describe_point)(row))
        } else {
            output.hovered_district.map(|d| {
                let mut lines = vec![(input.measure.name.clone(), value_of(d))];
                lines.extend((input.describe_district)(d));
                let dense = input.show_points && self.run.marks.as_ref().is_some_and(|m| m.urgent.is_some());
                let note = if dense { text::ZOOM_HINT.to_owned() } else { String::new() };
                super::Card { title: input.data.name(d).to_owned(), lines, note }
            })
        };
        if let Some(card) = card {
            self.card_ui(ui, response, response.hover_pos(), &card);
        }
    }
}

/// Which rows an input shows.
#[must_use]
pub fn passing_of(input: &MapInput<'_>) -> Passing {
    let count = input.tiers.entries.len();
    let mut shown = 1 << count;
    for (i, tier) in input.tiers.entries.iter().enumerate() {
        if tier.shown {
            shown |= 1 << i;
        }
    }
    Passing { keep: input.filter.map(|f| Arc::clone(&f.keep)), tiers: Arc::clone(&input.tiers.of_row), shown, count }
}

/// Colour of a class as the map and its legend show it: paled where points lie over it.
pub(super) fn class_colour(palette: &theme::Palette, class: usize, count: usize, points: bool) -> egui::Color32 {
    if points { palette.class_under_points(class, count) } else { palette.class(class, count) }
}

fn class_key(input: &MapInput<'_>) -> ClassKey {
    (input.data.id(), input.values_revision, input.method, input.class_count)
}

#[cfg(test)]
mod tests;
