//! A plain table of a few columns whose rows are laid out only where they are seen.

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, FontId, Response, Role, Sense, Ui, Vec2, WidgetInfo};

use crate::ui::theme;

/// A column: heading and width in points; 0 takes what is left (divided among such columns).
pub type Column<'a> = (&'a str, f32);

/// Least width of a column that takes what is left; below it the table scrolls sideways.
const LEAST: f32 = 200.0;

/// The widths in effect.
#[must_use]
pub fn widths(columns: &[Column<'_>], available: f32) -> Vec<f32> {
    let fixed: f32 = columns.iter().map(|c| c.1).sum();
    let loose = columns.iter().filter(|c| c.1 <= 0.0).count().max(1) as f32;
    let share = ((available - fixed) / loose).max(LEAST);
    columns.iter().map(|c| if c.1 > 0.0 { c.1 } else { share }).collect()
}

fn cell(ui: &Ui, at: egui::Pos2, width: f32, height: f32, text: &str, font: FontId, ink: Color32) {
    if text.is_empty() || width <= 12.0 {
        return;
    }
    let mut job = LayoutJob::single_section(text.to_owned(), TextFormat::simple(font, ink));
    job.wrap = TextWrapping::truncate_at_width(width - 12.0);
    let galley = ui.painter().layout_job(job);
    let y = at.y + (height - galley.size().y) / 2.0;
    ui.painter().galley(egui::pos2(at.x + 6.0, y), galley, ink);
}

/// The header.
pub fn header(ui: &mut Ui, columns: &[Column<'_>], widths: &[f32]) {
    let palette = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::new(widths.iter().sum(), theme::ROW), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, palette.chrome);
    let mut x = rect.left();
    for ((heading, _), width) in columns.iter().zip(widths) {
        cell(ui, egui::pos2(x, rect.top()), *width, rect.height(), heading, theme::bold(theme::BODY), palette.text);
        x += width;
    }
}

/// A row; clickable where `link`.
pub fn row(ui: &mut Ui, widths: &[f32], cells: &[&str], striped: bool, selected: bool, faint: bool) -> Response {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(widths.iter().sum(), theme::ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, selected, cells.join(" ")));
    if ui.is_rect_visible(rect) {
        let ground = if selected {
            palette.wash
        } else if striped {
            palette.stripe
        } else {
            palette.surface
        };
        ui.painter().rect_filled(rect, 0.0, ground);
        if response.has_focus() || response.hovered() {
            let stroke = egui::Stroke::new(1.0, palette.accent);
            ui.painter().rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
        }
        let ink = if faint { palette.muted } else { palette.text };
        let mut x = rect.left();
        for (text, width) in cells.iter().zip(widths) {
            cell(ui, egui::pos2(x, rect.top()), *width, rect.height(), text, theme::regular(theme::BODY), ink);
            x += width;
        }
    }
    response
}

/// A table: header, then rows where they are seen. `add` draws row `i`.
pub fn table(
    ui: &mut Ui,
    id: &str,
    columns: &[Column<'_>],
    rows: usize,
    height: f32,
    mut add: impl FnMut(&mut Ui, usize, &[f32]),
) {
    let widths = widths(columns, ui.available_width() - 12.0);
    egui::ScrollArea::horizontal().id_salt((id, "across")).auto_shrink([false, false]).max_height(height).show(
        ui,
        |ui| {
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            ui.vertical(|ui| {
                header(ui, columns, &widths);
                egui::ScrollArea::vertical()
                    .id_salt((id, "down"))
                    .auto_shrink([false, false])
                    .max_height((height - theme::ROW).max(theme::ROW * 2.0))
                    .show_rows(ui, theme::ROW, rows, |ui, seen| {
                        for i in seen {
                            add(ui, i, &widths);
                        }
                    });
            });
        },
    );
}
