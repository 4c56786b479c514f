//! Headings: sorting, resizing, moving, their menu; the column chooser.

use egui::containers::menu::{MenuButton, MenuConfig, SubMenuButton, is_in_menu};
use egui::{
    CursorIcon, Key, Modifiers, Popup, PopupCloseBehavior, Pos2, Rect, Response, Sense, SetOpenCommand, Shape, Stroke,
    Ui, Vec2, WidgetInfo,
};

use super::body::{PAD, cell_line, in_sight, line};
use super::state::{NARROWEST, WIDEST};
use super::{ColumnDef, Geometry, Placed, TableInput, TableOutput, TableState, text};
use crate::ui::theme;

/// Half the width of the handle between two headings, points.
const HANDLE: f32 = 4.0;

pub(super) fn header_ui(
    ui: &mut Ui,
    input: &TableInput<'_>,
    state: &mut TableState,
    geometry: &Geometry,
    out: &mut TableOutput,
) {
    let palette = theme::of(ui);
    let painter = ui.painter().clone();
    painter.rect_filled(geometry.header, 0.0, palette.chrome);
    let mut dragged = None;
    for placed in &geometry.columns {
        let Some(def) = input.rows.columns().get(placed.column) else { continue };
        let whole = Rect::from_min_size(
            Pos2::new(placed.left, geometry.header.top()),
            Vec2::new(placed.width, geometry.header.height()),
        );
        let seen = whole.intersect(geometry.clip(placed, geometry.header));
        // a column of shapes has no name and nothing to be asked of it
        if seen.width() < 1.0 || def.heading.is_empty() {
            continue;
        }
        let response = ui.interact(seen, input.id.with(("heading", &*def.id)), Sense::click_and_drag());
        heading_ui(ui, input, state, out, def, whole, seen, &response);
        menu_ui(ui, input, state, geometry, out, def, placed, &response);
        if response.dragged() || response.drag_stopped() {
            dragged = Some((placed.slot, response.drag_stopped()));
        }
    }
    // handles lie on top of the headings
    for placed in &geometry.columns {
        let Some(def) = input.rows.columns().get(placed.column).filter(|def| !def.heading.is_empty()) else { continue };
        resize_ui(ui, input, state, geometry, out, def, placed);
    }
    if let Some((slot, dropped)) = dragged {
        move_ui(ui, state, geometry, out, slot, dropped);
    }
    painter.hline(geometry.header.x_range(), geometry.header.bottom() - 0.5, (1.0, palette.line));
}

fn heading_ui(
    ui: &mut Ui,
    input: &TableInput<'_>,
    state: &mut TableState,
    out: &mut TableOutput,
    def: &ColumnDef,
    whole: Rect,
    seen: Rect,
    response: &Response,
) {
    let palette = theme::of(ui);
    if response.clicked() && def.sortable {
        state.toggle_sort(&def.id, ui.input(|i| i.modifiers.shift));
        out.sort = Some(state.sort.clone());
    }
    let sorted = state.sorted_by(&def.id);
    let filtered = input.filtered.contains(&&*def.id);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &def.heading));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        let words = [
            sorted.map(|(_, descending)| if descending { text::IS_DESCENDING } else { text::IS_ASCENDING }),
            filtered.then_some(text::IS_FILTERED),
        ];
        let words: Vec<&str> = words.into_iter().flatten().collect();
        if !words.is_empty() {
            node.set_description(words.join("，"));
        }
    });
    let painter = ui.painter().with_clip_rect(seen);
    if response.hovered() || response.has_focus() {
        painter.rect_filled(whole, 0.0, palette.wash);
    }
    // cut by the edge it is as wide as what is left of it
    let shown = in_sight(whole, seen);
    let mut right = shown.right() - PAD;
    if let Some((at, descending)) = sorted {
        if state.sort.len() > 1 {
            let number = line(&painter, &(at + 1).to_string(), theme::regular(theme::SMALL), 16.0);
            right -= number.size().x;
            painter.galley(Pos2::new(right, whole.center().y - number.size().y / 2.0), number, palette.accent);
            right -= 2.0;
        }
        let centre = Pos2::new(right - 4.0, whole.center().y);
        painter.add(arrow(centre, descending, palette.accent));
        right -= 12.0;
    }
    if filtered {
        painter.add(funnel(Pos2::new(right - 5.0, whole.center().y), palette.accent));
        right -= 14.0;
    }
    let room = right - shown.left() - PAD;
    // the beginning of a heading says more than an ellipsis, also above numbers
    if let Some(galley) = cell_line(&painter, &def.heading, theme::bold(theme::BODY), room, egui::Align::Min) {
        let x = if def.align == egui::Align::Max { right - galley.size().x } else { shown.left() + PAD };
        painter.galley(Pos2::new(x.round(), (whole.center().y - galley.size().y / 2.0).round()), galley, palette.text);
    }
    painter.vline(whole.right() - 0.5, whole.y_range().shrink(6.0), (1.0, palette.line));
    if response.has_focus() {
        painter.rect_stroke(whole.shrink(1.0), 0.0, (1.0, palette.accent), egui::StrokeKind::Inside);
    }
    if def.sortable {
        response.clone().on_hover_text(format!("{}\n{}", def.heading, text::HEADER_HINT));
    }
}

/// A small triangle.
fn arrow(centre: Pos2, down: bool, colour: egui::Color32) -> Shape {
    let (w, h) = (4.0, if down { 3.0 } else { -3.0 });
    let at = |x: f32, y: f32| centre + Vec2::new(x, y);
    let mut points = vec![at(-w, -h), at(w, -h), at(0.0, h)];
    if !down {
        points.reverse();
    }
    Shape::convex_polygon(points, colour, Stroke::NONE)
}

/// A small funnel.
fn funnel(centre: Pos2, colour: egui::Color32) -> Shape {
    let at = |x: f32, y: f32| centre + Vec2::new(x, y);
    Shape::Vec(vec![
        Shape::convex_polygon(vec![at(-5.0, -4.0), at(5.0, -4.0), at(1.0, 1.0), at(-1.0, 1.0)], colour, Stroke::NONE),
        Shape::line_segment([at(0.0, 0.0), at(0.0, 5.0)], (2.0, colour)),
    ])
}

fn menu_ui(
    ui: &mut Ui,
    input: &TableInput<'_>,
    state: &mut TableState,
    geometry: &Geometry,
    out: &mut TableOutput,
    def: &ColumnDef,
    placed: &Placed,
    response: &Response,
) {
    let by_key = response.has_focus() && ui.input_mut(|i| i.consume_key(Modifiers::ALT, Key::ArrowDown));
    let open = (response.secondary_clicked() || by_key).then_some(SetOpenCommand::Bool(true));
    Popup::menu(response)
        .open_memory(open)
        .accessible_name(def.heading.as_ref())
        .close_behavior(PopupCloseBehavior::CloseOnClick)
        .show(|ui| {
            ui.set_min_width(140.0);
            if def.sortable {
                for (label, descending) in [(text::ASCENDING, false), (text::DESCENDING, true)] {
                    let on = state.sorted_by(&def.id).is_some_and(|s| s.1 == descending);
                    if ui.selectable_label(on, label).clicked() {
                        state.set_sort(&def.id, Some(descending), ui.input(|i| i.modifiers.shift));
                        out.sort = Some(state.sort.clone());
                    }
                }
                if state.sorted_by(&def.id).is_some() && ui.button(text::UNSORTED).clicked() {
                    state.set_sort(&def.id, None, true);
                    out.sort = Some(state.sort.clone());
                }
                ui.separator();
            }
            if def.filterable && ui.button(text::FILTER).clicked() {
                out.filter = Some((def.id.to_string(), response.rect));
            }
            if ui.button(text::FIT).clicked() {
                fit(ui, input, state, geometry, placed);
                out.layout_changed = true;
            }
            let shown = state.columns.iter().filter(|c| !c.hidden).count();
            if shown > 1 && ui.button(text::HIDE).clicked() {
                if let Some(column) = state.columns.get_mut(placed.slot) {
                    column.hidden = true;
                }
                out.layout_changed = true;
            }
            let number = geometry.columns.iter().position(|p| p.slot == placed.slot).map_or(0, |at| at + 1);
            if number != state.frozen && ui.button(text::FREEZE).clicked() {
                state.frozen = number;
                out.layout_changed = true;
            }
            if state.frozen > 0 && ui.button(text::UNFREEZE).clicked() {
                state.frozen = 0;
                out.layout_changed = true;
            }
            ui.separator();
            let stay = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
            SubMenuButton::new(text::COLUMNS).config(stay).ui(ui, |ui| {
                out.layout_changed |= chooser_ui(ui, state, input.rows.columns());
            });
        });
}

fn resize_ui(
    ui: &mut Ui,
    input: &TableInput<'_>,
    state: &mut TableState,
    geometry: &Geometry,
    out: &mut TableOutput,
    def: &ColumnDef,
    placed: &Placed,
) {
    let x = placed.left + placed.width;
    let clip = geometry.clip(placed, geometry.header);
    if x < clip.left() || x > clip.right() + 1.0 {
        return;
    }
    let rect = Rect::from_x_y_ranges(x - HANDLE..=x + HANDLE, geometry.header.y_range());
    let response = ui.interact(rect, input.id.with(("edge", &*def.id)), Sense::CLICK | Sense::DRAG);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Splitter, true, text::resize(&def.heading)));
    if response.hovered() || response.dragged() {
        ui.set_cursor_icon(CursorIcon::ResizeColumn);
        ui.painter().vline(x - 0.5, geometry.header.y_range(), (2.0, theme::of(ui).accent));
    }
    if response.double_clicked() {
        fit(ui, input, state, geometry, placed);
        out.layout_changed = true;
    } else if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
        && let Some(column) = state.columns.get_mut(placed.slot)
    {
        column.width = (pointer.x - placed.left).clamp(NARROWEST, WIDEST).round();
        column.by_hand = true;
        out.layout_changed = true;
    }
}

/// Shows where the column would go, and moves it once dropped.
fn move_ui(
    ui: &mut Ui,
    state: &mut TableState,
    geometry: &Geometry,
    out: &mut TableOutput,
    slot: usize,
    dropped: bool,
) {
    let Some(pointer) = ui.input(|i| i.pointer.latest_pos()) else { return };
    ui.set_cursor_icon(CursorIcon::Grabbing);
    let target = geometry
        .columns
        .iter()
        .filter(|p| p.left + p.width > geometry.clip(p, geometry.header).left())
        .find(|p| pointer.x < p.left + p.width / 2.0);
    let (before, x) = target.map_or_else(
        || {
            let end = geometry.columns.last().map_or(geometry.body.right(), |p| p.left + p.width);
            (state.columns.len(), end)
        },
        |p| (p.slot, p.left),
    );
    if dropped {
        state.move_column(slot, before);
        out.layout_changed = true;
    } else {
        let x = x.clamp(geometry.body.left() + 1.0, geometry.body.right() - 1.0);
        ui.painter().vline(x, geometry.header.y_range(), (3.0, theme::of(ui).accent));
    }
}

/// Makes a column as wide as its heading and the cells in sight.
fn fit(ui: &Ui, input: &TableInput<'_>, state: &mut TableState, geometry: &Geometry, placed: &Placed) {
    let painter = ui.painter();
    let of = |text: &str, font| line(painter, text, font, WIDEST).size().x;
    let heading = input.rows.columns().get(placed.column).map_or("", |d| d.heading.as_ref());
    let mut width = of(heading, theme::bold(theme::BODY)) + 28.0;
    let first = state.scroll.floor() as usize;
    for row in first..(first + geometry.fit.ceil() as usize).min(input.rows.len()) {
        width = width.max(of(&input.rows.cell(row, placed.column), theme::regular(theme::BODY)));
    }
    if let Some(column) = state.columns.get_mut(placed.slot) {
        column.width = (width + 2.0 * PAD + 4.0).clamp(NARROWEST, WIDEST).round();
        column.by_hand = true;
    }
}

/// A button that opens the column chooser; true where the layout changed.
pub fn column_menu(ui: &mut Ui, state: &mut TableState, defs: &[ColumnDef]) -> bool {
    state.fit_to(defs);
    let mut changed = false;
    let stay = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    // where the tools are one menu, the chooser is a menu within it
    if is_in_menu(ui) {
        SubMenuButton::new(text::COLUMNS).config(stay).ui(ui, |ui| changed = chooser_ui(ui, state, defs));
    } else {
        MenuButton::new(text::COLUMNS).config(stay).ui(ui, |ui| changed = chooser_ui(ui, state, defs));
    }
    changed
}

fn chooser_ui(ui: &mut Ui, state: &mut TableState, defs: &[ColumnDef]) -> bool {
    let mut changed = false;
    ui.horizontal(|ui| {
        if ui.button(text::ALL_COLUMNS).clicked() {
            state.columns.iter_mut().for_each(|c| c.hidden = false);
            changed = true;
        }
        if ui.button(text::RESET_COLUMNS).clicked() {
            state.reset_columns(defs);
            changed = true;
        }
    });
    ui.separator();
    egui::ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
        let shown = state.columns.iter().filter(|c| !c.hidden).count();
        for column in &mut state.columns {
            let Some(def) = defs.iter().find(|d| d.id == column.id) else { continue };
            let mut on = !column.hidden;
            // the last one stays
            let enabled = !(on && shown <= 1);
            if ui.add_enabled(enabled, egui::Checkbox::new(&mut on, def.heading.as_ref())).changed() {
                column.hidden = !on;
                changed = true;
            }
        }
    });
    changed
}
