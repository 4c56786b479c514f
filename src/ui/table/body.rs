//! Rows in sight.

use std::borrow::Cow;
use std::sync::Arc;

use egui::text::{CCursor, LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Color32, FontId, Painter, Pos2, Rect, Response, Sense, Ui, Vec2, WidgetInfo};

use super::{CellStyle, Geometry, Placed, Shape, TableInput, TableOutput, TableState, keys};
use crate::ui::theme;

/// Space left and right of a cell's text, points.
pub(super) const PAD: f32 = 8.0;
/// Rows of this height show a cell's second line, points.
const TWO_LINES: f32 = 40.0;
/// Characters of a cell that are laid out at most.
const LONGEST: usize = 300;
/// Characters of a row's name for screen readers.
const LONGEST_NAME: usize = 300;

/// One line of text, cut to a width; its colour is given when it is painted, so that one galley serves all.
pub(super) fn line(painter: &Painter, text: &str, font: FontId, width: f32) -> Arc<egui::Galley> {
    let mut job =
        LayoutJob::single_section(one_line(text).into_owned(), TextFormat::simple(font, Color32::PLACEHOLDER));
    job.wrap = TextWrapping::truncate_at_width(width.max(1.0));
    job.break_on_newline = false;
    painter.layout_job(job)
}

/// The text without line breaks and other control characters, and not longer than anything in sight can be.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().into()
}

pub(super) fn rows_ui(
    ui: &mut Ui,
    input: &TableInput<'_>,
    state: &mut TableState,
    geometry: &Geometry,
    body: &Response,
    out: &mut TableOutput,
) {
    let count = input.rows.len();
    let area = geometry.body;
    if count == 0 {
        let galley = ui.painter().layout(
            input.empty.to_owned(),
            theme::regular(theme::BODY),
            Color32::PLACEHOLDER,
            (area.width() - 64.0).max(80.0),
        );
        let at = Pos2::new(area.center().x - galley.size().x / 2.0, area.top() + (area.height() * 0.3).min(96.0));
        ui.painter().with_clip_rect(area).galley(at, galley, theme::of(ui).muted);
        body.widget_info(|| WidgetInfo::labeled(egui::Role::Table, true, format!("{}：{}", input.name, input.empty)));
        return;
    }
    if let Some(position) = state.jump.take() {
        state.scroll = (position as f64 + 0.5 - geometry.fit / 2.0).clamp(0.0, geometry.most_scroll(count));
    }
    let first = state.scroll.floor() as usize;
    let last = (first + geometry.fit.ceil() as usize + 1).min(count);
    for row in first..last {
        let top = (area.top() + ((row as f64 - state.scroll) * f64::from(geometry.row)) as f32).round();
        let whole = Rect::from_min_size(Pos2::new(area.left(), top), Vec2::new(area.width(), geometry.row));
        let seen = whole.intersect(area);
        if seen.height() > 0.0 {
            row_ui(ui, input, state, geometry, body, out, row, whole, seen);
        }
    }
    // the edge of the frozen columns
    if geometry.split > area.left() && state.offset > 0.0 {
        let x = geometry.split;
        ui.painter().vline(x, area.y_range(), (1.0, theme::of(ui).line));
    }
}

fn row_ui(
    ui: &mut Ui,
    input: &TableInput<'_>,
    state: &mut TableState,
    geometry: &Geometry,
    body: &Response,
    out: &mut TableOutput,
    row: usize,
    whole: Rect,
    seen: Rect,
) {
    let palette = theme::of(ui);
    let key = input.rows.key(row);
    let response = ui.interact(seen, input.id.with(("row", key)), Sense::CLICK);
    if response.clicked() {
        body.request_focus();
        out.clicked = Some(row);
        let held = ui.input(|i| i.modifiers);
        if held.command {
            state.selection.toggle(key);
            (state.cursor, state.anchor) = (Some(row), Some(row));
            out.selection_changed = true;
        } else {
            keys::select(input.rows, state, row, held, out);
        }
    }
    if response.double_clicked() {
        out.activated = Some(row);
    }
    if response.secondary_clicked() {
        if !state.selection.contains(key) {
            keys::select(input.rows, state, row, egui::Modifiers::NONE, out);
        }
        let at = response.interact_pointer_pos().unwrap_or(seen.center());
        out.menu = Some((row, at));
    }
    let selected = state.selection.contains(key);
    let name = || input.rows.sentence(row).unwrap_or_else(|| row_name(input, geometry, row));
    match input.rows.ticked(row) {
        Some(on) => response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, on, name())),
        None => response.widget_info(|| WidgetInfo::labeled(egui::Role::Row, true, name())),
    }
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_selected(selected);
        node.set_row_index(row);
    });

    let hovered = response.hovered();
    if hovered {
        out.hovered = Some(row);
    }
    let ground = palette.row_ground(selected, hovered, row % 2 == 1);
    let painter = ui.painter().with_clip_rect(seen);
    if ground != palette.surface {
        painter.rect_filled(whole, 0.0, ground);
    }
    if let Some(strength) = flash(ui, state, key) {
        painter.rect_filled(whole, 0.0, palette.accent.gamma_multiply(strength));
    }
    let mut cut_text = None;
    for placed in &geometry.columns {
        let clip = geometry.clip(placed, seen);
        if placed.left + placed.width <= clip.left() || placed.left >= clip.right() {
            continue;
        }
        let plain = !selected && !hovered;
        let cut = cell_ui(&painter.with_clip_rect(clip), input, row, placed, whole, plain, palette);
        if hovered
            && let Some(text) = cut
            && ui
                .input(|i| i.pointer.hover_pos())
                .is_some_and(|p| clip.contains(p) && (placed.left..placed.left + placed.width).contains(&p.x))
        {
            cut_text = Some(text);
        }
    }
    if state.cursor == Some(row) && body.has_focus() {
        painter.rect_stroke(whole, 0.0, (1.0, palette.accent), egui::StrokeKind::Inside);
    }
    let hint = input.hint.filter(|_| hovered).map(|hint| hint(row));
    let words: Vec<String> = cut_text.into_iter().chain(hint).filter(|text| !text.is_empty()).collect();
    if !words.is_empty() {
        response.on_hover_text_at_pointer(words.join("\n"));
    }
}

/// Paints a cell; returns its whole text where it had to be cut.
fn cell_ui(
    painter: &Painter,
    input: &TableInput<'_>,
    row: usize,
    placed: &Placed,
    whole: Rect,
    plain: bool,
    palette: &theme::Palette,
) -> Option<String> {
    let text = input.rows.cell(row, placed.column);
    let style = input.decorate.map_or_else(CellStyle::default, |decorate| decorate(row, placed.column, &text));
    let cell = Rect::from_min_size(Pos2::new(placed.left, whole.top()), Vec2::new(placed.width, whole.height()));
    // a column that the edge cuts is as wide as what is left of it: its text ends in an ellipsis, not in half a letter
    let cell = in_sight(cell, painter.clip_rect());
    if let Some(ground) = style.ground.filter(|_| plain) {
        painter.rect_filled(cell, 0.0, ground);
    }
    if let Some(shape) = style.shape {
        shape_ui(painter, cell.center(), shape, style.ink.unwrap_or(palette.text), palette);
    }
    if text.is_empty() {
        return None;
    }
    let font = if style.strong { theme::bold(theme::BODY) } else { theme::regular(theme::BODY) };
    if whole.height() >= TWO_LINES
        && let Some((upper, lower)) = text.split_once('\n')
    {
        return two_lines(painter, (upper, lower), font, cell, style.ink.unwrap_or(palette.text), palette);
    }
    let align = input.rows.columns().get(placed.column).map_or(Align::Min, |d| d.align);
    let Some(galley) = cell_line(painter, &text, font.clone(), cell.width() - 2.0 * PAD, align) else {
        return Some(text.chars().take(1_000).collect());
    };
    let whole_text = galley.elided.then(|| text.chars().take(1_000).collect());
    if galley.elided && input.rows.columns().get(placed.column).is_some_and(|def| def.middle) {
        let ink = style.ink.unwrap_or(palette.text);
        middle_cut(painter, &text, &font, cell.shrink2(Vec2::new(PAD, 0.0)), ink);
        return whole_text;
    }
    let room = cell.width() - galley.size().x;
    let x = cell.left()
        + match align {
            Align::Min => PAD,
            Align::Center => room / 2.0,
            Align::Max => room - PAD,
        };
    let at = Pos2::new(x.round(), (whole.center().y - galley.size().y / 2.0).round());
    if let Some(chip) = style.chip {
        let around = Rect::from_min_size(at, galley.size()).expand2(Vec2::new(6.0, 1.0));
        painter.rect_filled(around, f32::from(theme::RADIUS), chip);
    }
    painter.galley(at, galley, style.ink.unwrap_or(palette.text));
    whole_text
}

/// The part of a cell between the edges of what scrolls.
pub(super) fn in_sight(cell: Rect, clip: Rect) -> Rect {
    Rect::from_x_y_ranges(cell.left().max(clip.left())..=cell.right().min(clip.right()), cell.y_range())
}

/// A cell's text in so much room: whole, or as much as fits and an ellipsis; of a number either all or none, for its
/// first digits are another number. `None` where not even the ellipsis has room.
pub(super) fn cell_line(
    painter: &Painter,
    text: &str,
    font: FontId,
    width: f32,
    align: Align,
) -> Option<Arc<egui::Galley>> {
    let galley = line(painter, text, font.clone(), width);
    if !galley.elided {
        return Some(galley);
    }
    let ellipsis = line(painter, "…", font, f32::INFINITY);
    if ellipsis.size().x > width {
        return None;
    }
    Some(if align == Align::Max { ellipsis } else { galley })
}

/// The first and the last characters of a code that has no room: more of the last ones. What is painted is the whole
/// text twice, clipped, so that whoever looks through what leaves the window finds it.
fn middle_cut(painter: &Painter, text: &str, font: &FontId, room: Rect, ink: Color32) {
    let whole = line(painter, text, font.clone(), f32::INFINITY);
    let mark = line(painter, "…", font.clone(), f32::INFINITY);
    // Cut between characters, never through one: digits and letters are not equally wide.
    let count = whole.text().chars().count();
    let edge = |at: usize| whole.pos_from_cursor(CCursor::new(at)).left();
    let width = |kept: usize| edge(kept / 3) + whole.size().x - edge(count - (kept - kept / 3));
    let free = room.width() - mark.size().x;
    let kept = (0..=count).rev().find(|kept| width(*kept) <= free).unwrap_or(0);
    let head = edge(kept / 3);
    let tail = whole.size().x - edge(count - (kept - kept / 3));
    let top = (room.center().y - whole.size().y / 2.0).round();
    let part = |from: f32, to: f32| {
        painter.with_clip_rect(Rect::from_x_y_ranges(from..=to, room.y_range()).intersect(painter.clip_rect()))
    };
    let split = room.left() + head + mark.size().x;
    part(room.left(), room.left() + head).galley(Pos2::new(room.left(), top), Arc::clone(&whole), ink);
    part(room.left() + head, split).galley(Pos2::new(room.left() + head, top), mark, ink);
    part(split, split + tail).galley(Pos2::new(split + tail - whole.size().x, top), whole, ink);
}

/// A text with a smaller one below; both in full where one had to be cut.
fn two_lines(
    painter: &Painter,
    (upper, lower): (&str, &str),
    font: FontId,
    cell: Rect,
    ink: Color32,
    palette: &theme::Palette,
) -> Option<String> {
    let width = cell.width() - 2.0 * PAD;
    let (first, second) =
        (line(painter, upper, font, width), line(painter, lower, theme::regular(theme::SMALL), width));
    let height = first.size().y + second.size().y;
    let at = Pos2::new(cell.left() + PAD, (cell.center().y - height / 2.0).round());
    let below = at + Vec2::new(0.0, first.size().y);
    let cut = first.elided || second.elided;
    painter.galley(at, first, ink);
    painter.galley(below, second, palette.muted);
    cut.then(|| format!("{upper}\n{lower}"))
}

fn shape_ui(painter: &Painter, at: Pos2, shape: Shape, ink: Color32, palette: &theme::Palette) {
    match shape {
        Shape::Dot => {
            painter.circle_filled(at, 5.0, ink);
        }
        Shape::Square => {
            painter.rect_filled(Rect::from_center_size(at, Vec2::splat(10.0)), 1.0, ink);
        }
        Shape::Box(on) => {
            let rect = Rect::from_center_size(at, Vec2::splat(14.0));
            let (fill, line) = if on { (palette.accent, palette.accent) } else { (palette.surface, palette.border) };
            painter.rect(rect, 2.0, fill, (1.0, line), egui::StrokeKind::Inside);
            if on {
                let points = [Vec2::new(3.0, 7.0), Vec2::new(6.0, 10.5), Vec2::new(11.0, 4.0)];
                let points = points.map(|by| rect.min + by).to_vec();
                painter.add(egui::Shape::line(points, (1.8, palette.on_accent)));
            }
        }
    }
}

/// The total below the rows.
pub(super) fn total_ui(ui: &mut Ui, input: &TableInput<'_>, geometry: &Geometry) {
    let Some(rect) = geometry.total else { return };
    let palette = theme::of(ui);
    let response = ui.interact(rect, input.id.with("total"), Sense::hover());
    response.widget_info(|| {
        let cells: Vec<&str> = input.total.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        WidgetInfo::labeled(egui::Role::Row, true, cells.join("，"))
    });
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, 0.0, palette.chrome);
    painter.hline(rect.x_range(), rect.top() + 0.5, (1.0, palette.line));
    for placed in &geometry.columns {
        let Some(text) = input.total.get(placed.column).filter(|text| !text.is_empty()) else { continue };
        let clip = geometry.clip(placed, rect);
        let cell = in_sight(
            Rect::from_min_size(Pos2::new(placed.left, rect.top()), Vec2::new(placed.width, rect.height())),
            clip,
        );
        let align = input.rows.columns().get(placed.column).map_or(Align::Min, |d| d.align);
        let width = cell.width() - 2.0 * PAD;
        let Some(galley) = cell_line(&painter, text, theme::bold(theme::BODY), width, align) else { continue };
        let x = if align == Align::Max { cell.right() - PAD - galley.size().x } else { cell.left() + PAD };
        let at = Pos2::new(x.round(), (rect.center().y - galley.size().y / 2.0).round());
        painter.with_clip_rect(clip).galley(at, galley, palette.text);
    }
}

/// How strongly a row flashes now, 0 to 1; asks for the next frame.
fn flash(ui: &Ui, state: &mut TableState, key: u64) -> Option<f32> {
    let (flashing, since) = state.flash.as_mut()?;
    if *flashing != key {
        return None;
    }
    let now = ui.input(|i| i.time);
    let age = (now - *since.get_or_insert(now)) as f32;
    if age >= theme::MOTION {
        state.flash = None;
        return None;
    }
    ui.ctx().request_repaint();
    Some(0.5 * (1.0 - age / theme::MOTION))
}

/// The row's cells as one text.
fn row_name(input: &TableInput<'_>, geometry: &Geometry, row: usize) -> String {
    let mut name = String::new();
    for placed in &geometry.columns {
        let cell = input.rows.cell(row, placed.column);
        if cell.is_empty() || name.len() >= LONGEST_NAME {
            continue;
        }
        if !name.is_empty() {
            name.push('，');
        }
        name.push_str(&one_line(&cell));
    }
    name
}
