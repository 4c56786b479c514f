//! Figures on cards.

use egui::{Color32, Painter, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo};

use crate::ui::theme;

/// Height of a figure's card, and of one that gives its room to what stands below it.
const FIGURE: f32 = 92.0;
const LOW_FIGURE: f32 = 50.0;
/// Height of a figure's card in a low window: one line.
const LINE_FIGURE: f32 = 26.0;
/// Width of a card below which its line may take two rows.
const NARROW_FIGURE: f32 = 220.0;

/// The frame of a figure's card, with its words for those who can't see it, and a painter that stays within it.
fn card(ui: &mut Ui, size: Vec2, spoken: &str) -> (Rect, Response, Painter) {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, spoken));
    let line = if response.hovered() || response.has_focus() { palette.accent } else { palette.line };
    ui.painter().rect(rect, theme::RADIUS, palette.surface, Stroke::new(1.0, line), egui::StrokeKind::Inside);
    let painter = ui.painter().with_clip_rect(rect.shrink(2.0));
    (rect, response, painter)
}

/// A figure on a low card: label and number; the line below them shows on hovering.
pub fn low_figure(
    ui: &mut Ui,
    width: f32,
    label: &str,
    value: &str,
    unit: &str,
    note: &str,
    ink: Option<Color32>,
) -> Response {
    let palette = theme::of(ui);
    let line = theme::is_low(ui.ctx());
    let height = if line { LINE_FIGURE } else { LOW_FIGURE };
    let (rect, response, painter) = card(ui, Vec2::new(width, height), &format!("{label} {value}{unit} {note}"));
    let left = rect.left() + if line { 6.0 } else { 10.0 };
    let text = |x: f32, y: f32, hold: egui::Align2, words: &str, font: egui::FontId, ink: Color32| {
        let mut job = egui::text::LayoutJob::simple_singleline(words.to_owned(), font, ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width((rect.right() - 6.0 - x).max(1.0));
        let galley = painter.layout_job(job);
        let place = hold.anchor_size(egui::pos2(x, y), galley.size());
        painter.galley(place.min, galley, ink);
        place
    };
    if line {
        // what has no room beside the number is said on hovering: first the unit, then the end of the label
        let (middle, hold) = (rect.center().y, egui::Align2::LEFT_CENTER);
        let (small, font) = (theme::regular(theme::SMALL), theme::bold(theme::SECTION));
        let width = |words: &str, font: &egui::FontId| {
            painter.layout_no_wrap(words.to_owned(), font.clone(), palette.muted).size().x
        };
        let number = width(value, &font);
        let room = rect.right() - 6.0 - left - number - 4.0 - width(label, &small);
        let beside = if unit.is_empty() { 0.0 } else { width(unit, &small) + 3.0 };
        let (beside, unit, left_out) = if beside <= room { (beside, unit, "") } else { (0.0, "", unit) };
        let number_at = rect.right() - 6.0 - beside - number;
        let mut job = egui::text::LayoutJob::simple_singleline(label.to_owned(), small.clone(), palette.muted);
        job.wrap = egui::text::TextWrapping::truncate_at_width((number_at - 4.0 - left).max(1.0) + 0.5);
        let galley = painter.layout_job(job);
        let cut = galley.elided;
        painter.galley(hold.anchor_size(egui::pos2(left, middle), galley.size()).min, galley, palette.muted);
        painter.text(egui::pos2(number_at, middle), hold, value, font, ink.unwrap_or(palette.text));
        painter.text(egui::pos2(number_at + number + 3.0, middle), hold, unit, small, palette.muted);
        let said = [if cut { label } else { "" }, left_out, note].into_iter().filter(|words| !words.is_empty());
        let said = said.collect::<Vec<_>>().join("\n");
        return if said.is_empty() { response } else { response.on_hover_text(said) };
    }
    let (top, bottom) = (egui::Align2::LEFT_TOP, egui::Align2::LEFT_BOTTOM);
    text(left, rect.top() + 5.0, top, label, theme::regular(theme::SMALL), palette.muted);
    let ink = ink.unwrap_or(palette.text);
    let number = text(left, rect.bottom() - 3.0, bottom, value, theme::bold(theme::TITLE), ink);
    let (x, y) = (number.right() + 4.0, number.bottom() - 4.0);
    text(x, y, bottom, unit, theme::regular(theme::SMALL), palette.muted);
    if note.is_empty() { response } else { response.on_hover_text(note) }
}

/// A figure on a card: label, number, unit, a muted line. Clickable where `link` says so.
pub fn figure(
    ui: &mut Ui,
    width: f32,
    label: &str,
    value: &str,
    unit: &str,
    note: &str,
    ink: Option<Color32>,
) -> Response {
    let palette = theme::of(ui);
    // the line below has two rows where the card is narrow
    let rows = if width < NARROW_FIGURE { 2 } else { 1 };
    let height = FIGURE + (rows - 1) as f32 * 15.0;
    let (rect, response, painter) = card(ui, Vec2::new(width, height), &format!("{label} {value}{unit} {note}"));
    if ui.is_rect_visible(rect) {
        let left = rect.left() + 12.0;
        // what has no room ends in an ellipsis: never in half a character
        let whole = |text: &str, font: egui::FontId| {
            let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, palette.muted);
            job.wrap = egui::text::TextWrapping::truncate_at_width(width - 18.0);
            painter.layout_job(job)
        };
        painter.galley(egui::pos2(left, rect.top() + 10.0), whole(label, theme::regular(theme::BODY)), palette.muted);
        let number = painter.text(
            egui::pos2(left, rect.top() + 28.0),
            egui::Align2::LEFT_TOP,
            value,
            theme::bold(theme::FIGURE),
            ink.unwrap_or(palette.text),
        );
        painter.text(
            egui::pos2(number.right() + 4.0, number.bottom() - 6.0),
            egui::Align2::LEFT_BOTTOM,
            unit,
            theme::regular(theme::SMALL),
            palette.muted,
        );
        let mut job =
            egui::text::LayoutJob::simple(note.to_owned(), theme::regular(theme::SMALL), palette.muted, width - 18.0);
        job.wrap.max_rows = rows;
        let note = painter.layout_job(job);
        painter.galley(egui::pos2(left, rect.bottom() - 8.0 - note.size().y), note, palette.muted);
    }
    response
}
