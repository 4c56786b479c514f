//! The layers of a map, from the ground up: districts, points, rings, names, the lasso's trail.

use std::cmp::Reverse;
use std::sync::Arc;

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, TextureHandle, TextureOptions, Ui, Vec2};

use super::super::camera::Camera;
use super::super::draw::{self, Transform};
use super::super::labels::{Candidate, aside, place_labels};
use super::super::raster::{Contents, Drawn, FEW, Layer, RasterWorker, Request, compute_layer};
use super::super::{DragMode, MapInput};
use super::{GroundKey, MapView, Marks, Name, NamesKey, class_colour, class_key, passing_of, widened};
use crate::chart::Classes;
use crate::district::PlaneRect;
use crate::ui::fonts;
use crate::ui::text::map as text;
use crate::ui::theme::{self, Look, Palette};

/// Part of the view that a layer reaches beyond it on each side.
const MARGIN: f32 = 0.2;
/// Part of the view at which the next layer is asked for.
const EARLY: f32 = 0.04;
/// Marks of this radius carry their tier's letter, where there are not too many.
const LETTERED: f32 = 8.0;
/// Letters drawn at most.
const MOST_LETTERS: usize = 400;
/// More lit rows in sight than this are small marks instead of rings.
const MANY_RINGS: usize = 120;
/// More selected rows than this are part of the picture instead of marks.
const MANY_SELECTED: usize = 6000;
/// Names are laid out for districts with at least so many points around their label point.
const NAMED: f32 = 8.0;

impl MapView {
    pub(in crate::ui::map) fn paint_ground(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        rect: Rect,
        input: &MapInput<'_>,
        classes: &Classes,
    ) {
        let palette = theme::of(ui);
        let points = input.show_points;
        let key = GroundKey { camera: self.camera, rect, classes: class_key(input), look: palette.look(), points };
        if self.run.ground.as_ref().is_none_or(|(old, _)| *old != key) {
            let hatch = self.hatch(ui).id();
            let mesh = &input.data.mesh;
            let to = Transform::new(&self.camera, rect);
            let view = self.camera.view(rect);
            let level = mesh.level_for(0.5 / self.camera.scale as f32);
            let colour = |d: usize| {
                let class = classes.of.get(d).copied().flatten()?;
                Some(class_colour(palette, usize::from(class), classes.len(), points))
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
        if self.run.hatch.as_ref().is_none_or(|(look, _)| *look != palette.look()) {
            let image = draw::hatch_image(palette.no_data, palette.border);
            let texture = ui.ctx().load_texture("fairdraw hatch", image, TextureOptions::LINEAR_REPEAT);
            self.run.hatch = Some((palette.look(), texture.clone()));
            return texture;
        }
        match &self.run.hatch {
            Some((_, texture)) => texture.clone(),
            None => ui.ctx().load_texture("fairdraw hatch", egui::ColorImage::default(), TextureOptions::LINEAR),
        }
    }

    /// A swatch for districts without a value.
    pub(in crate::ui::map) fn paint_hatch(&mut self, ui: &Ui, painter: &Painter, rect: Rect) {
        let texture = self.hatch(ui);
        let uv = Rect::from_min_size(Pos2::ZERO, rect.size() / 8.0);
        painter.image(texture.id(), rect, uv, Color32::WHITE);
    }

    fn contents(ui: &Ui, input: &MapInput<'_>) -> Contents {
        Contents {
            data: input.data.id(),
            filter: input.filter.map_or(0, |f| f.revision),
            tiers: input.tiers.revision,
            shown: passing_of(input).shown,
            selection: if input.selected.rows.len() > MANY_SELECTED { input.selected.revision } else { 0 },
            look: theme::of(ui).look(),
            pixels: ui.pixels_per_point().to_bits(),
        }
    }

    /// Sees to it that there is a layer of points for what is in sight, or that one is on its way.
    pub(in crate::ui::map) fn refresh_layer(&mut self, ui: &Ui, input: &MapInput<'_>, view: &PlaneRect) {
        let contents = Self::contents(ui, input);
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
            Drawn::Picture { image, rows, .. } => {
                rows.sort_unstable();
                let image = Arc::clone(image);
                match &mut self.run.texture {
                    Some(texture) => texture.set(image, TextureOptions::LINEAR),
                    None => {
                        self.run.texture =
                            Some(ui.ctx().load_texture("fairdraw points", image, TextureOptions::LINEAR));
                    }
                }
            }
            Drawn::Rows(rows) => rows.sort_unstable(),
        }
        self.run.layers += 1;
        self.run.layer = Some(layer);
    }

    pub(in crate::ui::map) fn paint_points(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        rect: Rect,
        input: &MapInput<'_>,
        view: &PlaneRect,
    ) {
        let palette = theme::of(ui);
        let Some(layer) = &self.run.layer else { return };
        if layer.contents.data != input.data.id() {
            return;
        }
        let (rows, urgent) = match &layer.drawn {
            Drawn::Picture { urgent, rows, .. } => {
                if let Some(texture) = &self.run.texture {
                    let [west, south] = layer.rect.min;
                    let [east, north] = layer.rect.max;
                    let corners = [[west, north], [east, south]].map(|p| self.camera.screen(rect, p));
                    let uv = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
                    painter.image(texture.id(), Rect::from_min_max(corners[0], corners[1]), uv, Color32::WHITE);
                }
                (rows, Some(*urgent))
            }
            Drawn::Rows(rows) => (rows, None),
        };
        let points = &input.data.points;
        let passing = passing_of(input);
        let count = passing.count;
        let to = Transform::new(&self.camera, rect);
        let key = (self.camera, rect, self.run.layers, palette.look());
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
            let (least, reach) = if urgent.is_some() { (1.8, 1.6) } else { (2.6, 3.0) };
            let radius = (spacing * 0.18).clamp(least, 9.0).min(reach + self.camera.scale as f32 / 8.0);
            let colour = |tier: usize| if tier < count { palette.tier(tier, count) } else { palette.muted };
            let places: Vec<(Pos2, usize)> = shown
                .iter()
                .filter_map(|(Reverse(tier), row)| points.place(*row).map(|p| (to.apply(p), *tier)))
                .collect();
            // Seen from far the more urgent is the larger; near by all have room for their letter.
            let size = |tier: usize| {
                if radius >= LETTERED { radius } else { radius * (1.3 - 0.4 * tier as f32 / count.max(1) as f32) }
            };
            let discs = places.iter().map(|(p, tier)| (*p, colour(*tier), size(*tier)));
            let mesh = draw::disc_mesh(discs, palette.surface);
            let mut letters = Vec::new();
            if radius >= LETTERED && places.len() <= MOST_LETTERS {
                for (i, (at, tier)) in places.iter().enumerate() {
                    if !places[i + 1..].iter().any(|(p, _)| (*p - *at).length_sq() < radius * radius * 1.7) {
                        letters.push((*at, *tier));
                    }
                }
            }
            self.run.marks = Some(Marks { key, mesh: Arc::new(mesh), radius, letters, urgent });
        }
        let Some(marks) = &self.run.marks else { return };
        painter.add(Shape::Mesh(Arc::clone(&marks.mesh)));
        for (at, tier) in &marks.letters {
            if let Some(entry) = input.tiers.entries.get(*tier) {
                let ink = palette.ink_on(palette.tier(*tier, count));
                painter.text(*at, egui::Align2::CENTER_CENTER, &entry.id, theme::bold(theme::SMALL), ink);
            }
        }
    }

    /// Rings around highlighted, selected and hovered points.
    pub(in crate::ui::map) fn paint_rings(
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
        let lists = [(input.highlighted, palette.text), (input.selected, palette.pick)];
        for (k, (list, colour)) in lists.into_iter().enumerate() {
            if list.rows.is_empty() || (k == 1 && input.show_points && list.rows.len() > MANY_SELECTED) {
                continue;
            }
            let key = (
                self.camera,
                rect,
                input.data.id(),
                list.revision ^ input.filter.map_or(0, |filter| filter.revision << 32),
                radius.to_bits(),
                palette.look(),
            );
            if self.run.rings[k].as_ref().is_none_or(|(old, _)| *old != key) {
                let rows = list.rows.get(..list.rows.len().min(MANY_SELECTED)).unwrap_or(&[]);
                let mut places: Vec<Pos2> =
                    rows.iter().filter(|row| super::over::keeps(input, **row)).filter_map(place).collect();
                let diamonds = k == 0 && places.len() > MANY_RINGS;
                if k == 0 {
                    self.run.laid.diamonds = diamonds;
                }
                let mesh = if diamonds {
                    // Rings around hundreds of points would hide all of them; a small mark on each hides its own only.
                    draw::diamond_mesh(places.drain(..), radius.min(4.0), colour, palette.surface)
                } else {
                    draw::ring_mesh(places.drain(..), radius + 2.0 * k as f32, colour, palette.surface)
                };
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

    /// Names of the districts. Returns the places that they take.
    pub(in crate::ui::map) fn paint_names(
        &mut self,
        painter: &Painter,
        rect: Rect,
        input: &MapInput<'_>,
        classes: &Classes,
        palette: &Palette,
    ) -> Vec<Rect> {
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
            look: palette.look(),
            pixels: painter.pixels_per_point().to_bits(),
            atlas: fonts::atlas_generation(painter.ctx()),
            points: input.show_points,
        };
        if self.run.names.as_ref().is_none_or(|(old, _)| *old != key) {
            let names = lay_names(painter, rect, &self.camera, input, classes, palette);
            self.run.names = Some((key, names));
        }
        let Some((_, names)) = &self.run.names else { return Vec::new() };
        // the selected district's comes first: it may move aside, and the others give way to it
        let chosen = |name: &&Name| Some(name.district) == input.selected_district;
        let mut taken = self.run.laid.taken.clone();
        let others = taken.len();
        for name in names.iter().filter(chosen).chain(names.iter().filter(|name| !chosen(name))) {
            let own = Rect::from_center_size(self.camera.screen(rect, name.at), name.galley.size());
            // a name is shown whole or not at all
            let place = if chosen(&name) {
                aside(own, &taken, rect)
            } else {
                Some(own).filter(|own| rect.contains_rect(*own) && !taken.iter().any(|t| t.intersects(*own)))
            };
            let Some(place) = place else { continue };
            taken.push(place);
            let (ground, ink) = ground_of(name.district, classes, palette, input.show_points);
            // wide enough that points beside the strokes do not eat them
            let halo = if input.show_points { ground } else { ground.gamma_multiply(0.85) };
            for turn in 0..8_u8 {
                let off = Vec2::angled(f32::from(turn) * std::f32::consts::FRAC_PI_4) * 1.9;
                painter.galley_with_override_text_color(place.min + off, Arc::clone(&name.galley), halo);
            }
            painter.galley_with_override_text_color(place.min, Arc::clone(&name.galley), ink);
        }
        taken.split_off(others)
    }

    pub(in crate::ui::map) fn paint_trail(&self, painter: &Painter, palette: &Palette) {
        if self.mode == DragMode::Measure {
            return;
        }
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
}

/// Colour under a district's name, and its ink.
fn ground_of(district: usize, classes: &Classes, palette: &Palette, points: bool) -> (Color32, Color32) {
    let ground = classes
        .of
        .get(district)
        .copied()
        .flatten()
        .map_or(palette.no_data, |c| class_colour(palette, usize::from(c), classes.len(), points));
    (ground, palette.ink_on(ground))
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
        let ink = ground_of(d, classes, palette, input.show_points).1;
        let value = input.values.get(d).copied().flatten().filter(|_| palette.look() == Look::HighContrast);
        // neighbouring classes can't differ by enough for everybody: the value says what the colour does
        let name = match value {
            Some(value) => format!("{}\n{}", input.data.name(d), text::value(value, input.measure.decimals, "")),
            None => input.data.name(d).to_owned(),
        };
        let large = if must { theme::bold(theme::BODY) } else { theme::regular(theme::BODY) };
        let galleys = [large, theme::regular(theme::SMALL)].map(|font| painter.layout_no_wrap(name.clone(), font, ink));
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
