//! What stands around a map: legend, scale bar, north arrow, notice and mark.
//!
//! Everything is painted in fixed rows from the corners inwards, so that nothing overlaps from 700 × 500 points
//! on; the legend's rows come nearer to each other where they would not fit. What must be said of the map stands in a
//! strip below it, not on it.

use std::sync::Arc;

use egui::{Align2, Color32, CornerRadius, Galley, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo};

use super::view::class_colour;
use super::{MapInput, MapView};
use crate::chart::Classes;
use crate::ui::text::map as text;
use crate::ui::theme::{self, Palette};

/// Space between furniture and the map's edge.
const EDGE: f32 = 10.0;
/// Height of a legend's row, and the least that it is given where there is little room.
const LINE: f32 = 19.0;
const LEAST_LINE: f32 = 15.0;
/// Height of the legend's heading, which is a button.
const HEAD: f32 = 26.0;
/// Padding within the legend.
const PAD: f32 = 8.0;
/// Width of swatches.
const SWATCH: f32 = 18.0;
/// Room of a tier's tick box.
const TICK: f32 = 20.0;
/// Above and below the strip's text.
const STRIP: f32 = 4.0;
/// Widest scale bar.
const BAR: f32 = 110.0;

/// A round length in kilometres (1, 2, 5 times a power of ten) that is at most `points` wide.
#[must_use]
pub fn scale_length(scale: f64, points: f32) -> f64 {
    let room = f64::from(points) / scale;
    let mut unit = 1e-3;
    while unit * 10.0 <= room && unit < 1e5 {
        unit *= 10.0;
    }
    [5.0, 2.0, 1.0].into_iter().map(|k| k * unit).find(|km| *km <= room).unwrap_or(unit)
}

fn ground(painter: &Painter, rect: Rect, palette: &Palette) {
    painter.rect(
        rect,
        CornerRadius::same(theme::RADIUS),
        palette.surface,
        Stroke::new(1.0, palette.line),
        egui::StrokeKind::Inside,
    );
}

/// Review number and notice, laid out for the strip below a map of such a width; `None` where there is nothing to say.
pub(super) fn lay_notice(ui: &Ui, width: f32, input: &MapInput<'_>) -> Option<Arc<Galley>> {
    let number = input.review_number.trim();
    let number = if number.is_empty() { String::new() } else { text::review_number(number) };
    let words: Vec<&str> = [number.as_str(), input.notice].into_iter().filter(|words| !words.is_empty()).collect();
    (!words.is_empty()).then(|| {
        let ink = theme::of(ui).muted;
        ui.painter().layout(words.join("　"), theme::regular(theme::SMALL), ink, (width - 4.0).max(80.0))
    })
}

/// Height of the strip.
pub(super) fn notice_height(galley: &Galley) -> f32 {
    galley.size().y + 2.0 * STRIP
}

/// Paints the strip below the map.
pub(super) fn paint_notice(ui: &mut Ui, map: Rect, galley: Arc<Galley>) {
    let size = Vec2::new(map.width(), notice_height(&galley));
    let strip = Rect::from_min_size(map.left_bottom(), size);
    ui.advance_cursor_after_rect(strip);
    ui.painter().galley(strip.min + Vec2::new(2.0, STRIP), galley, theme::of(ui).muted);
}

/// Scale bar and north arrow at the lower right; the mark at the upper left, beside the legend where that is high.
/// Returns the places taken.
pub(super) fn paint_marks(
    painter: &Painter,
    rect: Rect,
    scale: f64,
    input: &MapInput<'_>,
    legend: Rect,
    palette: &Palette,
) -> Vec<Rect> {
    let mut taken = Vec::new();
    let small = theme::regular(theme::SMALL);
    let right = rect.right() - EDGE;
    let bottom = rect.bottom() - EDGE;
    // scale bar
    let km = scale_length(scale, BAR);
    let width = (km * scale) as f32;
    let bar = Rect::from_min_max(Pos2::new(right - width - 44.0, bottom - 22.0), Pos2::new(right, bottom));
    let line = Stroke::new(2.0, palette.text);
    let (left, base) = (right - width, bottom - 4.0);
    painter.rect_filled(bar.expand(3.0), 2, palette.surface);
    painter.line_segment([Pos2::new(left, base), Pos2::new(right, base)], line);
    for x in [left, right] {
        painter.line_segment([Pos2::new(x, base - 5.0), Pos2::new(x, base + 1.0)], line);
    }
    painter.text(
        Pos2::new(f32::midpoint(left, right), base - 4.0),
        Align2::CENTER_BOTTOM,
        text::length_km(km),
        small.clone(),
        palette.text,
    );
    // north arrow, to the left of the bar
    let tip = Pos2::new(left - 22.0, bottom - 26.0);
    let (l, r) = (tip + Vec2::new(-6.0, 16.0), tip + Vec2::new(6.0, 16.0));
    let notch = tip + Vec2::new(0.0, 12.0);
    painter.add(egui::Shape::convex_polygon(vec![tip, l, notch], palette.text, Stroke::NONE));
    painter.add(egui::Shape::convex_polygon(vec![tip, notch, r], palette.surface, Stroke::new(1.0, palette.text)));
    painter.text(tip + Vec2::new(0.0, 15.0), Align2::CENTER_TOP, text::NORTH, small.clone(), palette.text);
    taken.push(Rect::from_min_max(Pos2::new(bar.left(), tip.y - 2.0), bar.max).expand(3.0));
    if !input.mark.is_empty() {
        let galley = painter.layout_no_wrap(input.mark.to_owned(), theme::bold(theme::BODY), palette.amber);
        let size = galley.size() + Vec2::new(16.0, 8.0);
        let mut place = Rect::from_min_size(rect.min + Vec2::splat(EDGE), size);
        if place.expand(4.0).intersects(legend) {
            place = place.translate(Vec2::new(legend.right() + 6.0 - place.left(), 0.0));
        }
        painter.rect(
            place,
            theme::RADIUS,
            palette.amber_wash,
            Stroke::new(1.0, palette.amber),
            egui::StrokeKind::Inside,
        );
        painter.galley(place.min + Vec2::new(8.0, 4.0), galley, palette.amber);
        taken.push(place);
    }
    taken
}

/// A row of the legend.
enum Row {
    /// A heading within.
    Heading(String),
    /// A class: colour (none = hatched), range, number.
    Class(Option<Color32>, String, String),
    /// A mark around points: colour, name, number; a diamond instead of a ring.
    Ring(Color32, &'static str, String, bool),
    /// A tier, with its number among the input's: colour, letter, name, number, shown.
    Tier(usize, Color32, String, String, String, bool),
}

fn rows(input: &MapInput<'_>, classes: &Classes, diamonds: bool, palette: &Palette) -> Vec<Row> {
    let mut rows = vec![Row::Heading(text::measure(&input.measure.name, &input.measure.unit))];
    for (i, (from, to)) in classes.ranges.iter().enumerate().rev() {
        rows.push(Row::Class(
            Some(class_colour(palette, i, classes.len(), input.show_points)),
            text::range(*from, *to, input.measure.decimals),
            text::districts(classes.counts.get(i).copied().unwrap_or(0)),
        ));
    }
    if classes.without() > 0 {
        rows.push(Row::Class(None, text::NO_DATA.to_owned(), text::districts(classes.without())));
    }
    if input.show_points && !input.tiers.entries.is_empty() {
        rows.push(Row::Heading(text::POINTS.to_owned()));
        for (i, tier) in input.tiers.entries.iter().enumerate() {
            rows.push(Row::Tier(
                i,
                palette.tier(i, input.tiers.entries.len()),
                tier.id.clone(),
                tier.name.clone(),
                text::grouped(tier.count as f64, 0),
                tier.shown,
            ));
        }
    }
    for (list, colour, name, diamonds) in [
        (input.highlighted, palette.text, text::HIGHLIGHT_MARK, diamonds),
        (input.selected, palette.pick, text::SELECTED_MARK, false),
    ] {
        if !list.rows.is_empty() {
            rows.push(Row::Ring(colour, name, text::grouped(list.rows.len() as f64, 0), diamonds));
        }
    }
    rows
}

impl MapView {
    /// The legend at the lower left. Returns the tier that was clicked, and the place taken.
    pub(super) fn legend_ui(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        input: &MapInput<'_>,
        classes: &Classes,
    ) -> (Option<usize>, Rect) {
        let palette = theme::of(ui);
        let painter = ui.painter_at(rect);
        let (body, small) = (theme::regular(theme::BODY), theme::regular(theme::SMALL));
        let mut rows = rows(input, classes, self.run.laid.diamonds, palette);
        let room = (rect.height() - 2.0 * EDGE - HEAD - PAD).max(0.0);
        if rows.len() as f32 * LEAST_LINE > room {
            // the headings say least: the classes carry the measure's unit on the toolbar and in the panel
            rows.retain(|row| !matches!(row, Row::Heading(_)));
        }
        let height = (room / rows.len().max(1) as f32).clamp(LEAST_LINE, LINE).floor();
        let room = (room / height) as usize;
        let open = self.legend_open && room >= 3;
        let rows = if open { &rows[..rows.len().min(room)] } else { &[] };
        let lay = |s: &str, font: &egui::FontId, colour| painter.layout_no_wrap(s.to_owned(), font.clone(), colour);
        let width = rows
            .iter()
            .map(|row| match row {
                Row::Heading(name) => lay(name, &small, palette.muted).size().x,
                Row::Ring(_, range, count, _) => {
                    SWATCH
                        + 24.0
                        + lay(range, &body, palette.text).size().x
                        + lay(count, &small, palette.muted).size().x
                }
                Row::Class(_, range, count) | Row::Tier(_, _, _, range, count, _) => {
                    let tick = if matches!(row, Row::Tier(..)) { TICK } else { 0.0 };
                    SWATCH
                        + 8.0
                        + tick
                        + lay(range, &body, palette.text).size().x
                        + 16.0
                        + lay(count, &small, palette.muted).size().x
                }
            })
            .fold(60.0_f32, f32::max)
            .min(rect.width() * 0.4)
            + 2.0 * PAD;
        let whole = HEAD + if open { rows.len() as f32 * height + PAD } else { 0.0 };
        let place = Rect::from_min_size(
            Pos2::new(rect.left() + EDGE, rect.bottom() - EDGE - whole),
            Vec2::new(if open { width } else { 78.0 }, whole),
        );
        // Nothing under the legend is clicked through it.
        ui.interact(place, ui.scope_id().with("legend"), Sense::CLICK | Sense::DRAG);
        ground(&painter, place, palette);
        let painter = painter.with_clip_rect(place.intersect(painter.clip_rect()));
        let head = Rect::from_min_size(place.min, Vec2::new(place.width(), HEAD));
        self.legend_head(ui, &painter, head, open, palette);
        let mut clicked = None;
        for (i, row) in rows.iter().enumerate() {
            let line = Rect::from_min_size(
                Pos2::new(place.left() + PAD, head.bottom() + i as f32 * height),
                Vec2::new(place.width() - 2.0 * PAD, height),
            );
            clicked = clicked.or(self.legend_row(ui, &painter, line, row, palette));
        }
        (clicked, place)
    }

    /// The legend's heading: opens and closes it.
    fn legend_head(&mut self, ui: &Ui, painter: &Painter, head: Rect, open: bool, palette: &theme::Palette) {
        let toggle = ui.interact(head, ui.scope_id().with("legend head"), Sense::click());
        let name = if open { text::LEGEND_CLOSE } else { text::LEGEND_OPEN };
        toggle.widget_info(|| WidgetInfo::selected(Role::Button, true, open, name));
        if toggle.clicked() {
            self.legend_open = !self.legend_open;
        }
        if toggle.hovered() || toggle.has_focus() {
            painter.rect_filled(head.shrink(1.0), theme::RADIUS, palette.wash);
        }
        painter.text(
            head.left_center() + Vec2::new(PAD, 0.0),
            Align2::LEFT_CENTER,
            text::LEGEND,
            theme::bold(theme::BODY),
            palette.text,
        );
        let tip = Pos2::new(head.right() - PAD - 5.0, head.center().y);
        let flip = if open { 1.0 } else { -1.0 };
        painter.line(
            vec![
                tip + Vec2::new(-5.0, -2.5 * flip),
                tip + Vec2::new(0.0, 2.5 * flip),
                tip + Vec2::new(5.0, -2.5 * flip),
            ],
            Stroke::new(1.5, palette.muted),
        );
    }

    /// A line of the legend; the tier that was clicked.
    fn legend_row(
        &mut self,
        ui: &Ui,
        painter: &Painter,
        line: Rect,
        row: &Row,
        palette: &theme::Palette,
    ) -> Option<usize> {
        let (small, body) = (theme::regular(theme::SMALL), theme::regular(theme::BODY));
        let mut clicked = None;
        let middle = line.center().y;
        let swatch = Rect::from_center_size(Pos2::new(line.left() + SWATCH / 2.0, middle), Vec2::new(SWATCH, 12.0));
        let texts = |name: &str, count: &str, ink: Color32| {
            painter.text(Pos2::new(line.left() + SWATCH + 8.0, middle), Align2::LEFT_CENTER, name, body.clone(), ink);
            painter.text(line.right_center(), Align2::RIGHT_CENTER, count, small.clone(), palette.muted);
        };
        match row {
            Row::Heading(name) => {
                painter.text(line.left_center(), Align2::LEFT_CENTER, name, small.clone(), palette.muted);
            }
            Row::Class(colour, range, count) => {
                match colour {
                    Some(colour) => {
                        painter.rect_filled(swatch, 0, *colour);
                    }
                    None => self.paint_hatch(ui, painter, swatch),
                }
                painter.rect_stroke(swatch, 0, Stroke::new(1.0, palette.border), egui::StrokeKind::Inside);
                texts(range, count, palette.text);
            }
            Row::Ring(colour, name, count, diamond) => {
                if *diamond {
                    let places = std::iter::once(swatch.center());
                    painter.add(super::draw::diamond_mesh(places, 4.0, *colour, palette.surface));
                } else {
                    painter.circle_stroke(swatch.center(), 5.5, Stroke::new(2.0, *colour));
                }
                texts(name, count, palette.text);
            }
            Row::Tier(tier, colour, letter, name, count, shown) => {
                let response = ui.interact(line, ui.scope_id().with(("tier", *tier)), Sense::click());
                response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *shown, name));
                if response.clicked() {
                    clicked = Some(*tier);
                }
                if response.hovered() || response.has_focus() {
                    painter.rect_filled(line.expand2(Vec2::new(4.0, 0.0)), 2, palette.wash);
                }
                let swatch = swatch.translate(Vec2::new(TICK, 0.0));
                tick_box(painter, Pos2::new(line.left() + 6.5, middle), *shown, palette);
                if *shown {
                    painter.circle_filled(swatch.center(), (line.height() / 2.0 - 0.5).min(8.0), *colour);
                    painter.text(
                        swatch.center(),
                        Align2::CENTER_CENTER,
                        letter,
                        small.clone(),
                        palette.ink_on(*colour),
                    );
                } else {
                    painter.circle_stroke(swatch.center(), 7.5, Stroke::new(1.0, palette.muted));
                    painter.text(swatch.center(), Align2::CENTER_CENTER, letter, small.clone(), palette.muted);
                }
                let ink = if *shown { palette.text } else { palette.muted };
                let at = Pos2::new(line.left() + TICK + SWATCH + 8.0, middle);
                painter.text(at, Align2::LEFT_CENTER, name, body.clone(), ink);
                painter.text(line.right_center(), Align2::RIGHT_CENTER, count, small.clone(), palette.muted);
            }
        }
        clicked
    }
}

/// A tick box, so that a tier's row is seen to be a switch.
fn tick_box(painter: &Painter, at: Pos2, ticked: bool, palette: &Palette) {
    let place = Rect::from_center_size(at, Vec2::splat(13.0));
    let fill = if ticked { palette.accent } else { palette.surface };
    painter.rect(
        place,
        2,
        fill,
        Stroke::new(1.0, if ticked { palette.accent } else { palette.muted }),
        egui::StrokeKind::Inside,
    );
    if ticked {
        let corners = [Vec2::new(-3.5, 0.0), Vec2::new(-1.0, 2.8), Vec2::new(3.8, -3.0)].map(|v| at + v);
        painter.line(corners.to_vec(), Stroke::new(1.6, palette.on_accent));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_bar_is_round_and_fits() {
        for (scale, want) in [(5.0, 20.0), (11.0, 10.0), (0.02, 5000.0), (220.0, 0.5), (1000.0, 0.1)] {
            let km = scale_length(scale, BAR);
            assert!((km - want).abs() < 1e-9 * want, "{scale}: {km}");
        }
    }
}
