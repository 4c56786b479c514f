//! Charts on the screen: the chart room's definition drawn as egui shapes, kept while nothing changes.
//!
//! Invariants: a chart is laid out again only when its revision, size, theme, zoom or the font atlas changes; an
//! unchanged chart costs the cloning of its shapes. What a hover card says by mouse, the arrow keys say by keyboard;
//! Enter opens the menu.

mod backend;
mod save;

use std::sync::Arc;

use egui::{
    Context, Id, Key, Popup, Pos2, Rect, Response, Role, Sense, SetOpenCommand, Shape, Tooltip, Ui, Vec2, WidgetInfo,
    pos2,
};
use plotters::drawing::IntoDrawingArea;

use crate::chart::{Chart, ChartStyle, Mark, PxBox, Rgb, draw_chart};
use crate::ui::fonts;
use crate::ui::text::plot as text;
use crate::ui::theme::{self, Palette};
use crate::ui::veil::Veil;
use backend::EguiBackend;
pub use save::{file_stem, render_file, render_image};

/// What the menu of a chart asks the application to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotAction {
    /// Save as PNG.
    SavePng,
    /// Save as SVG.
    SaveSvg,
    /// Put a picture on the clipboard.
    CopyImage,
}

/// A chart that was shown.
pub struct Plotted {
    /// The whole chart.
    pub response: Response,
    /// What its menu asked for.
    pub action: Option<PlotAction>,
    /// The mark under the pointer or chosen by keyboard.
    pub hovered: Option<usize>,
    /// The mark that was clicked.
    pub clicked: Option<usize>,
}

fn rgb(colour: egui::Color32) -> Rgb {
    Rgb(colour.r(), colour.g(), colour.b())
}

/// The theme's colours for charts and maps, at one pixel per point.
#[must_use]
pub fn chart_style(palette: &Palette) -> ChartStyle {
    ChartStyle {
        scale: 1.0,
        ground: rgb(palette.surface),
        text: rgb(palette.text),
        muted: rgb(palette.muted),
        line: rgb(palette.line),
        accent: rgb(palette.accent),
        second: rgb(palette.second()),
        amber: rgb(palette.amber),
        green: rgb(palette.green),
        wash: rgb(palette.wash),
        water: rgb(palette.water),
        no_data: rgb(palette.no_data),
        border: rgb(palette.border),
        tiers: (0..5).map(|i| rgb(palette.tier(i, 5))).collect(),
        classes: (0..7).map(|i| rgb(palette.class(i, 7))).collect(),
    }
}

/// What a drawing holds for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Made {
    revision: u64,
    veiled: bool,
    size: (u32, u32),
    palette: &'static theme::Palette,
    zoom: u32,
    atlas: u64,
}

/// A drawing that is kept.
struct Kept {
    made: Made,
    shapes: Vec<Shape>,
    marks: Vec<Mark>,
    summary: String,
}

/// What the keyboard chose.
#[derive(Debug, Clone, Copy, Default)]
struct Chosen {
    mark: Option<usize>,
    menu_by_key: bool,
}

fn kept(ctx: &Context, id: Id, chart: &Chart, made: Made) -> Arc<Kept> {
    if let Some(kept) = ctx.data(|data| data.get_temp::<Arc<Kept>>(id)).filter(|kept| kept.made == made) {
        return kept;
    }
    let mut shapes = Vec::new();
    let style = chart_style(made.palette).at(f64::from(ctx.pixels_per_point()));
    let area = EguiBackend::new(ctx, made.size, &mut shapes).into_drawing_area();
    let drawn = draw_chart(chart, &area, &style);
    drop(area);
    let (marks, summary) = match drawn {
        Ok(marks) => (marks, chart.summary()),
        Err(error) => (Vec::new(), format!("{}：{error}", text::FAILED)),
    };
    let kept = Arc::new(Kept { made, shapes, marks, summary });
    ctx.data_mut(|data| data.insert_temp(id, Arc::clone(&kept)));
    kept
}

/// Shows a chart over a size in points. `id_salt` tells it from others; `revision` changes with its data.
pub fn show(ui: &mut Ui, id_salt: &str, chart: &Chart, size: Vec2, revision: u64) -> Plotted {
    let ctx = ui.ctx().clone();
    let id = ui.scope_id().with(("plot", id_salt));
    // before it is drawn: its texts are broken into lines and cut to their room
    let veiled = ctx.plugin_opt::<Veil>().and_then(|veil| veil.lock().hide_chart(chart));
    let chart = veiled.as_ref().unwrap_or(chart);
    let (space, allocated) = ui.allocate_exact_size(size, Sense::hover());
    let rect = Rect::from_min_size(snapped(&ctx, space.min), space.size());
    let mut response = ui.interact(rect, id, Sense::click());
    response = response.union(allocated);
    let zoom = ctx.pixels_per_point();
    let made = Made {
        revision,
        veiled: veiled.is_some(),
        size: ((rect.width() * zoom).floor().max(1.0) as u32, (rect.height() * zoom).floor().max(1.0) as u32),
        palette: theme::of(ui),
        zoom: zoom.to_bits(),
        atlas: fonts::atlas_generation(&ctx),
    };
    if !ui.is_rect_visible(rect) {
        // the keyboard may stand on it, and scrolls it into sight
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, chart.title.as_str()));
        return Plotted { response, action: None, hovered: None, clicked: None };
    }
    let kept = kept(&ctx, id, chart, made);
    let palette = theme::of(ui);
    let painter = ui.painter_at(rect);
    painter.extend(kept.shapes.iter().cloned().map(|mut shape| {
        shape.translate(rect.min.to_vec2());
        shape
    }));
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, kept.summary.as_str()));

    let mut chosen = ctx.data(|data| data.get_temp::<Chosen>(id)).unwrap_or_default();
    let pixel = |at: Pos2| (((at.x - rect.min.x) * zoom) as i32, ((at.y - rect.min.y) * zoom) as i32);
    let under = response.hover_pos().and_then(|at| {
        let (x, y) = pixel(at);
        kept.marks.iter().rposition(|mark| mark.rect.contains(x, y))
    });
    if response.has_focus() {
        by_keyboard(ui, &response, kept.marks.len(), &mut chosen);
        painter.rect_stroke(
            rect.shrink(1.0),
            f32::from(theme::RADIUS),
            egui::Stroke::new(1.5, palette.accent),
            egui::StrokeKind::Inside,
        );
    } else {
        chosen.mark = None;
    }
    let hovered = under.or(chosen.mark);
    if let Some(mark) = hovered.and_then(|i| kept.marks.get(i)) {
        let place = placed(mark.rect, rect.min, zoom);
        painter.rect_filled(place, 0.0, palette.accent.gamma_multiply(0.10));
        if !Popup::is_id_open(&ctx, Popup::default_response_id(&response)) {
            card(&response, mark, if under.is_some() { None } else { Some(place) });
        }
    }
    let clicked = if response.clicked_by(egui::PointerButton::Primary) { under } else { None };
    let action = menu(ui, &response, &mut chosen);
    ctx.data_mut(|data| data.insert_temp(id, chosen));
    Plotted { response, action, hovered, clicked }
}

fn snapped(ctx: &Context, at: Pos2) -> Pos2 {
    let zoom = ctx.pixels_per_point();
    pos2((at.x * zoom).round() / zoom, (at.y * zoom).round() / zoom)
}

fn placed(mark: PxBox, origin: Pos2, zoom: f32) -> Rect {
    let at = |x: i32, y: i32| origin + egui::vec2(x as f32, y as f32) / zoom;
    Rect::from_min_max(at(mark.left, mark.top), at(mark.right, mark.bottom))
}

fn by_keyboard(ui: &Ui, response: &Response, marks: usize, chosen: &mut Chosen) {
    let filter = egui::EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    if marks == 0 {
        return;
    }
    let (next, before) = ui.input(|input| {
        (
            input.key_pressed(Key::ArrowRight) || input.key_pressed(Key::ArrowDown),
            input.key_pressed(Key::ArrowLeft) || input.key_pressed(Key::ArrowUp),
        )
    });
    if next {
        chosen.mark = Some(chosen.mark.map_or(0, |i| (i + 1).min(marks - 1)));
    } else if before {
        chosen.mark = Some(chosen.mark.map_or(marks - 1, |i| i.saturating_sub(1)));
    }
}

/// The hover card: at the pointer, or beside the mark that the keyboard chose.
fn card(response: &Response, mark: &Mark, place: Option<Rect>) {
    let mut tooltip = Tooltip::for_widget(response).gap(12.0);
    tooltip = match place {
        Some(place) => {
            tooltip.popup = tooltip.popup.anchor(place);
            tooltip
        }
        None => tooltip.at_pointer(),
    };
    tooltip.show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (i, line) in mark.lines.iter().enumerate() {
            if i == 0 && mark.lines.len() > 1 {
                ui.label(theme::note(ui, line));
            } else {
                ui.label(line);
            }
        }
    });
}

fn menu(ui: &Ui, response: &Response, chosen: &mut Chosen) -> Option<PlotAction> {
    let by_key = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let set = if response.secondary_clicked() || by_key {
        chosen.menu_by_key = by_key;
        Some(SetOpenCommand::Bool(true))
    } else if response.clicked_by(egui::PointerButton::Primary) {
        Some(SetOpenCommand::Bool(false))
    } else {
        None
    };
    let popup = if chosen.menu_by_key { Popup::menu(response) } else { Popup::context_menu(response) };
    let mut action = None;
    popup.open_memory(set).show(|ui| {
        for (label, does) in [
            (text::SAVE_PNG, PlotAction::SavePng),
            (text::SAVE_SVG, PlotAction::SaveSvg),
            (text::COPY, PlotAction::CopyImage),
        ] {
            if ui.button(label).clicked() {
                action = Some(does);
                ui.close();
            }
        }
    });
    action
}

#[cfg(test)]
mod tests;
