//! What lies over the map: the card of what the pointer is at, its coordinate, a measured distance, names of the
//! selected sites.
//!
//! The card stands in a corner that is free, never at the pointer: it would cover the very place that one looks at.

use egui::{Align2, Color32, Order, Painter, Pos2, Rect, Response, Stroke, Ui, Vec2};

use super::super::draw::Transform;
use super::super::labels::AIR;
use super::super::{Card, DragMode, MapInput};
use super::MapView;
use crate::ui::text::map as text;
use crate::ui::theme::{self, Palette};

/// Space between the card and the map's edge.
const EDGE: f32 = 10.0;
/// Selected sites in sight that are named, at most: more names would hide the map.
const NAMED_SITES: usize = 40;

impl MapView {
    /// The card of a district or a site: where it covers neither the furniture nor what the pointer is at.
    pub(super) fn card_ui(&self, ui: &Ui, response: &Response, pointer: Option<Pos2>, card: &Card) {
        let rect = response.rect;
        let id = response.id.with("card");
        let size = ui.memory(|memory| memory.area_rect(id)).map_or(Vec2::new(220.0, 150.0), |rect| rect.size());
        let taken = &self.run.laid.taken;
        let beside = taken.iter().filter(|t| t.left() < rect.center().x).map(Rect::right).fold(rect.left(), f32::max);
        let before = taken.iter().filter(|t| t.left() > rect.center().x && t.top() < rect.center().y);
        let before = before.map(Rect::left).fold(rect.right(), f32::min) - EDGE - size.x;
        let (top, low) = (rect.top() + EDGE, rect.bottom() - EDGE - size.y);
        let (left, right) = (rect.left() + EDGE, rect.right() - EDGE - size.x);
        let places =
            [(left, top), (beside + EDGE, top), (before, top), (beside + EDGE, low), (before, low), (right, low)];
        let places = places.map(|(x, y)| Rect::from_min_size(Pos2::new(x, y), size));
        let away = |place: &Rect| pointer.is_none_or(|p| !place.expand(24.0).contains(p));
        let free = |place: &&Rect| away(place) && !taken.iter().any(|t| t.expand(2.0).intersects(**place));
        let at = places.iter().find(free).or(places.iter().find(|place| away(place))).unwrap_or(&places[0]).min;
        egui::Area::new(id).order(Order::Middle).fixed_pos(at).interactable(false).constrain_to(rect).show(
            ui.ctx(),
            |ui| {
                egui::Frame::popup(ui.style()).show(ui, |ui| {
                    ui.set_max_width(theme::SIDE);
                    ui.spacing_mut().interact_size.y = 18.0;
                    ui.label(theme::strong(&card.title));
                    if !card.lines.is_empty() {
                        egui::Grid::new("map card").num_columns(2).spacing([16.0, 2.0]).show(ui, |ui| {
                            for (name, value) in &card.lines {
                                ui.label(theme::note(ui, name));
                                ui.label(value);
                                ui.end_row();
                            }
                        });
                    }
                    if !card.note.is_empty() {
                        ui.label(theme::note(ui, &card.note));
                    }
                });
            },
        );
    }

    /// Longitude and latitude under the pointer, above the furniture at the lower right. Returns the place taken, which
    /// the names give way to.
    pub(super) fn paint_coordinate(
        &self,
        painter: &Painter,
        rect: Rect,
        input: &MapInput<'_>,
        pointer: Option<Pos2>,
        palette: &Palette,
    ) -> Option<Rect> {
        let at = pointer.filter(|p| rect.contains(*p))?;
        let [x, y] = self.camera.plane(rect, at).map(f64::from);
        let (lon, lat) = input.data.mesh.plane.unproject(x, y);
        let words = text::coordinate(lon, lat);
        let galley = painter.layout_no_wrap(words, theme::regular(theme::SMALL), palette.muted);
        // Above the scale bar, whatever number of lines the notices below it have.
        let bottom =
            self.run.laid.taken.iter().filter(|t| t.right() > rect.right() - 60.0 && t.top() > rect.center().y);
        let bottom = bottom.map(Rect::top).fold(rect.bottom() - EDGE, f32::min) - 4.0;
        let place = Rect::from_min_max(
            Pos2::new(rect.right() - EDGE - galley.size().x, bottom - galley.size().y),
            Pos2::new(rect.right() - EDGE, bottom),
        );
        let ground = place.expand2(Vec2::new(5.0, 1.0));
        painter.rect_filled(ground, 2, palette.surface.gamma_multiply(0.88));
        painter.galley(place.min, galley, palette.muted);
        Some(ground.expand2(Vec2::new(AIR, 2.0)))
    }

    /// The distance measured last, as a line with its length. Returns the place that its words take.
    pub(super) fn paint_distance(&self, painter: &Painter, rect: Rect, palette: &Palette) -> Option<Rect> {
        let under_way = match (self.mode, self.run.trail.as_slice()) {
            (DragMode::Measure, [a, b]) => Some([*a, *b].map(|p| self.camera.plane(rect, p))),
            _ => None,
        };
        let [a, b] = under_way.or(self.measured)?;
        let to = Transform::new(&self.camera, rect);
        let (from, end) = (to.apply(a), to.apply(b));
        painter.line_segment([from, end], Stroke::new(4.0, palette.surface));
        painter.line_segment([from, end], Stroke::new(2.0, palette.text));
        for p in [from, end] {
            painter.circle(p, 3.5, palette.surface, Stroke::new(2.0, palette.text));
        }
        let km = f64::from((a[0] - b[0]).hypot(a[1] - b[1]));
        let middle = from.lerp(end, 0.5) - Vec2::new(0.0, 8.0);
        Some(framed_text(painter, middle, Align2::CENTER_BOTTOM, &text::distance(km), palette.text, palette))
    }

    /// Names of the selected sites in sight, where there are few enough to read; those of districts stand already.
    pub(super) fn paint_site_names(
        &self,
        painter: &Painter,
        rect: Rect,
        input: &MapInput<'_>,
        districts: &[Rect],
        palette: &Palette,
    ) {
        if input.selected.rows.is_empty() || input.selected.rows.len() > 4000 {
            return;
        }
        let to = Transform::new(&self.camera, rect);
        let places: Vec<(u32, Pos2)> = input
            .selected
            .rows
            .iter()
            .filter_map(|row| Some((*row, to.apply(input.data.points.place(*row)?))))
            .filter(|(row, at)| rect.contains(*at) && keeps(input, *row))
            .take(NAMED_SITES + 1)
            .collect();
        if places.len() > NAMED_SITES {
            return;
        }
        let radius = self.run.marks.as_ref().map_or(3.0, |m| m.radius) + 5.0;
        let mut taken: Vec<Rect> = [&self.run.laid.taken, districts].concat();
        for (row, at) in places {
            let name = (input.describe_point)(row).title;
            let galley = painter.layout_no_wrap(name, theme::regular(theme::SMALL), palette.text);
            let size = galley.size();
            let right = Rect::from_min_size(at + Vec2::new(radius, -size.y / 2.0), size);
            let left = Rect::from_min_size(at + Vec2::new(-radius - size.x, -size.y / 2.0), size);
            let free = [right, left]
                .into_iter()
                .find(|place| rect.contains_rect(*place) && !taken.iter().any(|t| t.intersects(*place)));
            if let Some(place) = free {
                painter.rect_filled(place.expand(1.0), 2, palette.surface.gamma_multiply(0.8));
                painter.galley(place.min, galley, palette.text);
                taken.push(place);
            }
        }
    }
}

/// True for a row that the filter leaves on the map.
pub(super) fn keeps(input: &MapInput<'_>, row: u32) -> bool {
    input.filter.is_none_or(|filter| filter.keep.get(row as usize).copied().unwrap_or(false))
}

fn framed_text(painter: &Painter, at: Pos2, hold: Align2, words: &str, ink: Color32, palette: &Palette) -> Rect {
    let galley = painter.layout_no_wrap(words.to_owned(), theme::bold(theme::BODY), ink);
    let place = hold.anchor_size(at, galley.size());
    let ground = place.expand2(Vec2::new(5.0, 2.0));
    painter.rect_filled(ground, theme::RADIUS, palette.surface.gamma_multiply(0.92));
    painter.galley(place.min, galley, ink);
    ground
}
