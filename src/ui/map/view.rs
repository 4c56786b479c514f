//! The widget itself: state, drawing in order, hover card.

use std::cmp::Reverse;
use std::sync::Arc;

use egui::epaint::Mesh;
use egui::{
    Color32, CursorIcon, Galley, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, TextureHandle,
    TextureOptions, Ui, Vec2, WidgetInfo,
};

use super::camera::{Camera, Flight};
use super::classes::{ClassMethod, Classes, compute_classes};
use super::draw::{self, Transform};
use super::labels::{Candidate, place_labels};
use super::raster::{Contents, Drawn, FEW, Layer, Passing, RasterWorker, Request, compute_layer};
use super::{DragMode, MapInput, MapOutput};
use crate::district::PlaneRect;
use crate::ui::text::map as text;
use crate::ui::theme::{self, Palette};
use crate::workspace::job::Job;

/// Part of the view that a layer reaches beyond it on each side.
const MARGIN: f32 = 0.2;
/// Part of the view at which the next layer is asked for.
const EARLY: f32 = 0.04;
/// Farthest from the pointer that a point is hit, points of the screen.
const REACH: f32 = 5.0;
/// Marks of this radius carry their tier's letter, where there are not too many.
const LETTERED: f32 = 8.0;
/// Letters drawn at most.
const MOST_LETTERS: usize = 400;
/// More selected rows than this are part of the picture instead of marks.
const MANY_SELECTED: usize = 6000;
/// Names are laid out for districts with at least so many points around their label point.
const NAMED: f32 = 8.0;

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
    pub catching: Option<(Job<Vec<u32>>, bool)>,
    seen: Option<PlaneRect>,
    sight: PlaneRect,
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
    hatch: Option<(bool, TextureHandle)>,
    taken: Vec<Rect>,
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
    dark: bool,
}

type MarksKey = (Camera, Rect, u64, bool);

/// Marks of points as drawn: mesh, radius, and the letters that nothing covers.
struct Marks {
    key: MarksKey,
    mesh: Arc<Mesh>,
    radius: f32,
    letters: Vec<(Pos2, usize)>,
}
type RingsKey = (Camera, Rect, u64, u64, u64);

#[derive(PartialEq, Clone, Copy)]
struct NamesKey {
    data: u64,
    scale: f64,
    tile: [i64; 2],
    size: Vec2,
    selected: Option<usize>,
    classes: ClassKey,
    dark: bool,
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
        self.run.sight
    }

    /// True while a picture of the points or a lasso is being computed.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.run.worker.as_ref().is_some_and(RasterWorker::busy) || self.run.catching.is_some()
    }

    /// Brings a place on the plane into the middle, near enough to see single sources.
    pub fn show_place(&mut self, ui: &Ui, input: &MapInput<'_>, at: [f32; 2]) {
        let scale = self.camera.scale.max(40.0);
        let to = Camera { x: f64::from(at[0]), y: f64::from(at[1]), scale }.kept_near(&input.data.bounds);
        self.whole = false;
        self.fly(ui, to, theme::MOTION);
    }

    /// Fills the space available with the map.
    pub fn show(&mut self, ui: &mut Ui, input: &MapInput<'_>) -> MapOutput {
        let rect = ui.available_rect_before_wrap();
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
            self.camera = self.camera.kept_near(&input.data.bounds);
        }
        if self.whole && self.run.flight.is_none() {
            self.camera = Camera::whole(&input.data.bounds, rect);
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
        self.run.sight = view;
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
        if input.show_labels {
            self.paint_names(&painter, rect, input, &classes, palette);
        }
        self.paint_rings(&painter, rect, input, palette, output.hovered_point);
        self.paint_trail(&painter, palette);
        if self.run.catching.is_some() {
            let at = rect.center_top() + Vec2::new(0.0, 16.0);
            painter.text(at, egui::Align2::CENTER_TOP, text::SELECTING, theme::bold(theme::BODY), palette.accent);
        }
        let mut taken = super::furniture::paint_marks(&painter, rect, self.camera.scale, input, palette);
        let (tier, legend) = self.legend_ui(ui, rect, input, &classes);
        output.toggled_tier = tier;
        taken.push(legend);
        taken.push(self.buttons_ui(ui, input, rect));
        self.run.taken = taken;
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
            // In a dense picture single points can't be told apart: there the pointer means the district.
            let marks = self.run.marks.as_ref().filter(|_| input.show_points);
            let point = marks.and_then(|m| {
                let reach = (m.radius + 2.5).max(REACH) / self.camera.scale as f32;
                input.data.points.nearest(at, reach, |row| passing.passes(row))
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

    fn paint_ground(&mut self, ui: &Ui, painter: &Painter, rect: Rect, input: &MapInput<'_>, classes: &Classes) {
        let palette = theme::of(ui);
        let key = GroundKey { camera: self.camera, rect, classes: class_key(input), dark: palette.dark };
        if self.run.ground.as_ref().is_none_or(|(old, _)| *old != key) {
            let hatch = self.hatch(ui).id();
            let mesh = &input.data.mesh;
            let to = Transform::new(&self.camera, rect);
            let view = self.camera.view(rect);
            let level = mesh.level_for(0.5 / self.camera.scale as f32);
            let colour = |d: usize| {
                let class = classes.of.get(d).copied().flatten()?;
                Some(palette.class(usize::from(class), classes.len()))
            };
            let (plain, hatched) = draw::fill_meshes(mesh, level, to, &view, colour, hatch);
            let borders = draw::border_mesh(mesh, level, to, &view, palette.border, 1.0);
            self.run.ground = Some((key, [plain, hatched, borders].map(Arc::new)));
        }
        if let Some((_, meshes)) = &self.run.ground {
            for mesh in meshes.iter().filter(|m| !m.is_empty()) {
                painter.add(Shape::Mesh(Arc::clone(mesh)));
            }
        }
    }

    fn hatch(&mut self, ui: &Ui) -> TextureHandle {
        let palette = theme::of(ui);
        if self.run.hatch.as_ref().is_none_or(|(dark, _)| *dark != palette.dark) {
            let image = draw::hatch_image(palette.no_data, palette.border);
            let texture = ui.ctx().load_texture("fairdraw hatch", image, TextureOptions::LINEAR_REPEAT);
            self.run.hatch = Some((palette.dark, texture.clone()));
            return texture;
        }
        match &self.run.hatch {
            Some((_, texture)) => texture.clone(),
            None => ui.ctx().load_texture("fairdraw hatch", egui::ColorImage::default(), TextureOptions::LINEAR),
        }
    }

    /// A swatch for districts without a value.
    pub(super) fn paint_hatch(&mut self, ui: &Ui, painter: &Painter, rect: Rect) {
        let texture = self.hatch(ui);
        let uv = Rect::from_min_size(Pos2::ZERO, rect.size() / 8.0);
        painter.image(texture.id(), rect, uv, Color32::WHITE);
    }

    fn contents(&self, ui: &Ui, input: &MapInput<'_>) -> Contents {
        Contents {
            data: input.data.id(),
            filter: input.filter.map_or(0, |f| f.revision),
            tiers: input.tiers.revision,
            shown: passing_of(input).shown,
            selection: if input.selected.rows.len() > MANY_SELECTED { input.selected.revision } else { 0 },
            dark: theme::of(ui).dark,
        }
    }

    /// Sees to it that there is a layer of points for what is in sight, or that one is on its way.
    fn refresh_layer(&mut self, ui: &Ui, input: &MapInput<'_>, view: &PlaneRect) {
        let contents = self.contents(ui, input);
        if let Some(layer) = self.run.worker.as_mut().and_then(RasterWorker::take)
            && layer.contents == contents
            && self.run.by_worker
        {
            self.accept(ui, layer);
        }
        let scale = self.camera.scale as f32 * ui.pixels_per_point();
        let good = |l: &Layer, early: f32| {
            l.contents == contents
                && l.rect.holds(&widened(view, early))
                && (matches!(l.drawn, Drawn::Rows(_)) || (0.75..1.4).contains(&(scale / l.scale)))
        };
        // A picture at its largest size is coarser than asked; compare with what was asked.
        let near = |asked: f32| (0.75..1.4).contains(&(scale / asked));
        let asked_fits =
            self.run.asked.is_some_and(|(c, r, s)| c == contents && r.holds(&widened(view, EARLY)) && near(s));
        if self.run.layer.as_ref().is_some_and(|l| good(l, EARLY)) || asked_fits {
            return;
        }
        let palette = theme::of(ui);
        let rect = widened(view, MARGIN);
        let count = input.tiers.entries.len();
        let mut colours: Vec<Color32> = (0..count).map(|i| palette.tier(i, count)).collect();
        colours.push(palette.muted);
        let request = Request {
            contents,
            data: Arc::clone(input.data),
            passing: passing_of(input),
            rect,
            scale,
            colours,
            selected: if contents.selection == 0 { Arc::default() } else { Arc::clone(&input.selected.rows) },
            accent: palette.pick,
        };
        self.run.asked = Some((contents, rect, scale));
        if input.data.points.at_most(&rect) <= 2 * FEW {
            // What the worker may still be at is older.
            self.run.by_worker = false;
            if let Some(layer) = compute_layer(&request, &|| false) {
                self.accept(ui, layer);
            }
            return;
        }
        if self.run.worker.is_none() {
            let ctx = ui.ctx().clone();
            self.run.worker = RasterWorker::start(move || ctx.request_repaint());
        }
        if let Some(worker) = &mut self.run.worker {
            self.run.by_worker = true;
            worker.ask(request);
        }
    }

    fn accept(&mut self, ui: &Ui, mut layer: Layer) {
        match &mut layer.drawn {
            Drawn::Picture(image) => {
                let image = Arc::clone(image);
                match &mut self.run.texture {
                    Some(texture) => texture.set(image, TextureOptions::LINEAR),
                    None => {
                        self.run.texture = Some(ui.ctx().load_texture("fairdraw points", image, TextureOptions::LINEAR))
                    }
                }
            }
            Drawn::Rows(rows) => rows.sort_unstable(),
        }
        self.run.layers += 1;
        self.run.layer = Some(layer);
    }

    fn paint_points(&mut self, ui: &Ui, painter: &Painter, rect: Rect, input: &MapInput<'_>, view: &PlaneRect) {
        let palette = theme::of(ui);
        let Some(layer) = &self.run.layer else { return };
        if layer.contents.data != input.data.id() {
            return;
        }
        let rows = match &layer.drawn {
            Drawn::Picture(_) => {
                self.run.marks = None;
                if let Some(texture) = &self.run.texture {
                    let [west, south] = layer.rect.min;
                    let [east, north] = layer.rect.max;
                    let corners = [[west, north], [east, south]].map(|p| self.camera.screen(rect, p));
                    let uv = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
                    painter.image(texture.id(), Rect::from_min_max(corners[0], corners[1]), uv, Color32::WHITE);
                }
                return;
            }
            Drawn::Rows(rows) => rows,
        };
        let points = &input.data.points;
        let passing = passing_of(input);
        let count = passing.count;
        let to = Transform::new(&self.camera, rect);
        let key = (self.camera, rect, self.run.layers, palette.dark);
        let sight = widened(view, 0.02);
        let in_sight = |row: &u32| points.place(*row).filter(|p| sight.contains(*p));
        if self.run.marks.as_ref().is_none_or(|m| m.key != key) {
            let mut shown: Vec<(Reverse<usize>, u32)> = rows
                .iter()
                .filter(|row| passing.passes(**row) && in_sight(row).is_some())
                .map(|row| (Reverse(passing.tier(*row)), *row))
                .collect();
            // The most urgent on top.
            shown.sort_unstable();
            let spacing = (rect.area() / shown.len().max(1) as f32).sqrt();
            let radius = (spacing * 0.18).clamp(2.6, 9.0).min(3.0 + self.camera.scale as f32 / 8.0);
            let colour = |tier: usize| if tier < count { palette.tier(tier, count) } else { palette.muted };
            let places: Vec<(Pos2, usize)> = shown
                .iter()
                .filter_map(|(Reverse(tier), row)| points.place(*row).map(|p| (to.apply(p), *tier)))
                .collect();
            let mesh = draw::disc_mesh(places.iter().map(|(p, tier)| (*p, colour(*tier), radius)), palette.surface);
            let mut letters = Vec::new();
            if radius >= LETTERED && places.len() <= MOST_LETTERS {
                for (i, (at, tier)) in places.iter().enumerate() {
                    if !places[i + 1..].iter().any(|(p, _)| (*p - *at).length_sq() < radius * radius * 1.7) {
                        letters.push((*at, *tier));
                    }
                }
            }
            self.run.marks = Some(Marks { key, mesh: Arc::new(mesh), radius, letters });
        }
        let Some(marks) = &self.run.marks else { return };
        painter.add(Shape::Mesh(Arc::clone(&marks.mesh)));
        for (at, tier) in &marks.letters {
            if let Some(entry) = input.tiers.entries.get(*tier) {
                let ink = theme::ink_on(palette.tier(*tier, count));
                painter.text(*at, egui::Align2::CENTER_CENTER, &entry.id, theme::bold(theme::SMALL), ink);
            }
        }
    }

    /// Rings around highlighted, selected and hovered points.
    fn paint_rings(
        &mut self,
        painter: &Painter,
        rect: Rect,
        input: &MapInput<'_>,
        palette: &Palette,
        hovered: Option<u32>,
    ) {
        let radius = self.run.marks.as_ref().map_or(3.0, |m| m.radius) + 1.0;
        let to = Transform::new(&self.camera, rect);
        let sight = widened(&self.camera.view(rect), 0.02);
        let points = &input.data.points;
        let place = |row: &u32| points.place(*row).filter(|p| sight.contains(*p)).map(|p| to.apply(p));
        let lists = [(input.highlighted, palette.red), (input.selected, palette.pick)];
        for (k, (list, colour)) in lists.into_iter().enumerate() {
            if list.rows.is_empty() || (k == 1 && input.show_points && list.rows.len() > MANY_SELECTED) {
                continue;
            }
            let key = (
                self.camera,
                rect,
                input.data.id(),
                list.revision,
                u64::from(radius.to_bits()) << 1 | u64::from(palette.dark),
            );
            if self.run.rings[k].as_ref().is_none_or(|(old, _)| *old != key) {
                let rows = list.rows.get(..list.rows.len().min(MANY_SELECTED)).unwrap_or(&[]);
                let mesh =
                    draw::ring_mesh(rows.iter().filter_map(place), radius + 2.0 * k as f32, colour, palette.surface);
                self.run.rings[k] = Some((key, Arc::new(mesh)));
            }
            if let Some((_, mesh)) = &self.run.rings[k] {
                painter.add(Shape::Mesh(Arc::clone(mesh)));
            }
        }
        if let Some(at) = hovered.as_ref().and_then(place) {
            painter.add(draw::ring_mesh(std::iter::once(at), radius + 1.0, palette.text, palette.surface));
        }
    }

    fn paint_names(
        &mut self,
        painter: &Painter,
        rect: Rect,
        input: &MapInput<'_>,
        classes: &Classes,
        palette: &Palette,
    ) {
        let scale = self.camera.scale;
        let half = f64::from(rect.width().min(rect.height()).max(1.0)) / 2.0;
        let tile = [self.camera.x, self.camera.y].map(|v| (v * scale / half).floor() as i64);
        let key = NamesKey {
            data: input.data.id(),
            scale,
            tile,
            size: rect.size(),
            selected: input.selected_district,
            classes: class_key(input),
            dark: palette.dark,
        };
        if self.run.names.as_ref().is_none_or(|(old, _)| *old != key) {
            let names = lay_names(painter, rect, &self.camera, input, classes, palette);
            self.run.names = Some((key, names));
        }
        let Some((_, names)) = &self.run.names else { return };
        for name in names {
            let at = self.camera.screen(rect, name.at);
            let place = Rect::from_center_size(at, name.galley.size());
            let must = Some(name.district) == input.selected_district;
            if !rect.intersects(place) || (!must && self.run.taken.iter().any(|t| t.intersects(place))) {
                continue;
            }
            let (ground, ink) = ground_of(name.district, classes, palette);
            let halo = ground.gamma_multiply(0.7);
            for off in [Vec2::new(-1.0, 0.0), Vec2::new(1.0, 0.0), Vec2::new(0.0, -1.0), Vec2::new(0.0, 1.0)] {
                painter.galley_with_override_text_color(place.min + off, Arc::clone(&name.galley), halo);
            }
            painter.galley_with_override_text_color(place.min, Arc::clone(&name.galley), ink);
        }
    }

    fn paint_trail(&self, painter: &Painter, palette: &Palette) {
        let line = self.trail_line();
        if line.len() < 2 {
            return;
        }
        let mut closed = line;
        closed.push(closed[0]);
        if self.mode == DragMode::Box {
            let box_rect = Rect::from_points(&closed);
            painter.rect_filled(box_rect, 0, palette.accent.gamma_multiply(0.15));
        }
        painter.add(Shape::line(closed.clone(), Stroke::new(3.0, palette.surface)));
        painter.extend(Shape::dashed_line(&closed, Stroke::new(2.0, palette.accent), 6.0, 3.0));
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
            (DragMode::Box | DragMode::Lasso, ..) => CursorIcon::Crosshair,
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
                let dense = input.show_points && self.run.marks.is_none();
                let note = if dense { text::ZOOM_HINT.to_owned() } else { String::new() };
                super::Card { title: input.data.name(d).to_owned(), lines, note }
            })
        };
        if let Some(card) = card {
            card_ui(ui, response, &card);
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

fn class_key(input: &MapInput<'_>) -> ClassKey {
    (input.data.id(), input.values_revision, input.method, input.class_count)
}

fn card_ui(ui: &Ui, response: &Response, card: &super::Card) {
    let anchor = egui::PopupAnchor::Pointer;
    egui::Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), response.id, anchor).gap(14.0).show(|ui| {
        ui.set_max_width(theme::SIDE);
        ui.spacing_mut().interact_size.y = 18.0;
        ui.label(theme::strong(&card.title));
        if card.lines.is_empty() {
            return;
        }
        egui::Grid::new("map card").num_columns(2).spacing([16.0, 2.0]).show(ui, |ui| {
            for (name, value) in &card.lines {
                ui.label(theme::note(ui, name));
                ui.label(value);
                ui.end_row();
            }
        });
        if !card.note.is_empty() {
            ui.label(theme::note(ui, &card.note));
        }
    });
}

/// Colour under a district's name, and its ink.
fn ground_of(district: usize, classes: &Classes, palette: &Palette) -> (Color32, Color32) {
    let ground = classes
        .of
        .get(district)
        .copied()
        .flatten()
        .map_or(palette.no_data, |c| palette.class(usize::from(c), classes.len()));
    (ground, theme::ink_on(ground))
}

fn lay_names(
    painter: &Painter,
    rect: Rect,
    camera: &Camera,
    input: &MapInput<'_>,
    classes: &Classes,
    palette: &Palette,
) -> Vec<Name> {
    let mesh = &input.data.mesh;
    let sight = widened(&camera.view(rect), 0.6);
    let mut found = Vec::new();
    let mut candidates = Vec::new();
    for (d, label) in mesh.labels.iter().enumerate() {
        let Some(label) = label else { continue };
        let must = input.selected_district == Some(d);
        let radius = label.radius * camera.scale as f32;
        if !sight.contains(label.at) || (radius < NAMED && !must) {
            continue;
        }
        let ink = ground_of(d, classes, palette).1;
        let name = input.data.name(d);
        let large = if must { theme::bold(theme::BODY) } else { theme::regular(theme::BODY) };
        let galleys =
            [large, theme::regular(theme::SMALL)].map(|font| painter.layout_no_wrap(name.to_owned(), font, ink));
        candidates.push(Candidate {
            at: camera.screen(rect, label.at),
            radius,
            sizes: [galleys[0].size(), galleys[1].size()],
            must,
        });
        found.push((d, label.at, galleys));
    }
    let shown = place_labels(&candidates, &[]);
    found
        .into_iter()
        .zip(shown)
        .filter_map(|((district, at, galleys), size)| {
            let galley = galleys.into_iter().nth(size?)?;
            Some(Name { district, at, galley })
        })
        .collect()
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
