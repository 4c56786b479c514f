//! The deadline board: every result by urgency.

use std::collections::BTreeSet;

use egui::{Align2, Pos2, Rect, RichText, Sense, Stroke, StrokeKind, Ui, Vec2};

use super::index::{Index, Own, may_publish};
use crate::disclosure::{BoardRow, DeadlineState};
use crate::ui::screens::Cx;
use crate::ui::text::results as t;
use crate::ui::theme::{self, HALF};
use crate::ui::widgets;
use crate::workspace::session::{Books, OpenProject, ViewCommand};

/// Height of a row.
const ROW: f32 = 26.0;
/// Width of the box that selects.
const BOX: f32 = 30.0;
/// Relative widths: plan code, name, body, month, completed, due, left, state.
const WIDTHS: [f32; 8] = [1.9, 2.5, 1.7, 0.8, 1.0, 1.25, 1.15, 0.9];
/// States in the order of the filter.
const STATES: [DeadlineState; 6] = [
    DeadlineState::Overdue,
    DeadlineState::Soon,
    DeadlineState::InTime,
    DeadlineState::Running,
    DeadlineState::Published,
    DeadlineState::Withheld,
];

/// What the board asks for.
pub(super) enum Said {
    /// Enter the selected results as public today.
    Publish,
    /// Correct the result of this entry.
    Correct(usize),
}

/// Draws the board.
#[allow(clippy::too_many_arguments, reason = "the parts of the screen's state that the board works on")]
pub(super) fn show(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    _open: &OpenProject,
    books: &Books,
    index: &Index,
    own: &mut Own,
    selected: &mut BTreeSet<String>,
    (can_write, why): (bool, &str),
) -> Option<Said> {
    let mut said = None;
    let rows = &books.status.board.rows;
    ui.horizontal_wrapped(|ui| {
        let all: usize = index.counts.values().sum();
        if ui.selectable_label(own.state.is_none(), t::tab(t::ALL_STATES, all)).clicked() {
            own.state = None;
        }
        for state in STATES {
            let count = index.counts.get(&state).copied().unwrap_or(0);
            let text = RichText::new(t::tab(state.label(), count));
            let text = if count > 0 { ink(ui, state).map_or(text.clone(), |ink| text.color(ink)) } else { text };
            if ui.selectable_label(own.state == Some(state), text).clicked() {
                own.state = Some(state);
            }
        }
        ui.checkbox(&mut own.month_only, t::ONLY_MONTH);
    });
    ui.horizontal(|ui| {
        let why_not = if can_write { t::SELECT_FIRST } else { why };
        let enabled = can_write && !selected.is_empty();
        if widgets::primary_if(ui, enabled, &t::publish_button(selected.len()), why_not).clicked() {
            said = Some(Said::Publish);
        }
        let shown = || index.board.iter().filter_map(|r| rows.get(*r)).filter(|row| may_publish(row.state));
        if ui.button(t::SELECT_SHOWN).on_hover_text(t::SELECT_SHOWN_HINT).clicked() {
            selected.extend(shown().map(|row| row.plan_code.clone()));
        }
        if ui.add_enabled(!selected.is_empty(), egui::Button::new(t::SELECT_NONE)).clicked() {
            selected.clear();
        }
        ui.label(theme::note(ui, t::BOARD_NOTE));
    });
    ui.add_space(HALF);
    if index.board.is_empty() {
        ui.label(theme::note(ui, if rows.is_empty() { t::NO_RESULTS } else { t::NO_ROWS }));
        return said;
    }
    heading(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("board").show_rows(
        ui,
        ROW,
        index.board.len(),
        |ui, range| {
            for at in range {
                let Some((r, row)) = index.board.get(at).and_then(|r| rows.get(*r).map(|row| (*r, row))) else {
                    continue;
                };
                let picked = selected.contains(&row.plan_code);
                let response = board_row(ui, row, at, picked);
                if response.clicked() {
                    if may_publish(row.state) && !selected.remove(&row.plan_code) {
                        selected.insert(row.plan_code.clone());
                    }
                    let entry = index.entry_of_row(r).and_then(|e| index.entry(e));
                    cx.send(ViewCommand::SelectUnit(entry.and_then(|e| e.row)));
                }
                let correct = response.double_clicked();
                let mut from_menu = false;
                response.context_menu(|ui| {
                    from_menu = ui.button(t::CORRECT).clicked();
                    if ui.button(t::COPY_CODE).clicked() {
                        cx.copy(row.plan_code.clone());
                        ui.close();
                    }
                    if from_menu {
                        ui.close();
                    }
                });
                if (correct || from_menu)
                    && let Some(entry) = index.entry_of_row(r)
                {
                    said = Some(Said::Correct(entry));
                }
            }
        },
    );
    said
}

fn ink(ui: &Ui, state: DeadlineState) -> Option<egui::Color32> {
    let palette = theme::of(ui);
    match state {
        DeadlineState::Overdue => Some(palette.red),
        DeadlineState::Soon => Some(palette.amber),
        _ => None,
    }
}

/// Left edges and widths of the columns.
fn columns(width: f32) -> [(f32, f32); 8] {
    let sum: f32 = WIDTHS.iter().sum();
    let mut left = BOX;
    WIDTHS.map(|share| {
        let own = (width - BOX) * share / sum;
        let from = left;
        left += own;
        (from, own)
    })
}

fn heading(ui: &mut Ui) {
    let palette = theme::of(ui);
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, palette.chrome);
    for ((left, _), word) in columns(rect.width()).into_iter().zip(t::BOARD_COLUMNS) {
        let at = Pos2::new(rect.left() + left + 4.0, rect.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, word, theme::bold(theme::SMALL), palette.muted);
    }
}

fn board_row(ui: &mut Ui, row: &BoardRow, at: usize, picked: bool) -> egui::Response {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::click());
    let left_text = t::days_left(row.state, row.days_left);
    response.widget_info(|| {
        let name = t::row_name(&row.plan_code, &row.name, row.state.label(), &left_text);
        egui::WidgetInfo::selected(egui::Role::CheckBox, true, picked, name)
    });
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let ground = if picked {
        palette.wash
    } else if response.hovered() || response.has_focus() {
        palette.chrome
    } else if row.state == DeadlineState::Overdue {
        palette.red_wash
    } else if at % 2 == 1 {
        palette.stripe
    } else {
        palette.surface
    };
    ui.painter().rect_filled(rect, 0.0, ground);
    if may_publish(row.state) {
        tick(ui, Pos2::new(rect.left() + BOX / 2.0, rect.center().y), picked);
    }
    let due = row.due.map_or_else(String::new, |due| t::due(due.date, due.provisional));
    let texts: [&str; 8] = [
        &row.plan_code,
        &row.name,
        &row.body_name,
        &row.month.to_string(),
        &row.completed_on.map_or_else(String::new, |day| day.to_string()),
        &due,
        &left_text,
        row.state.label(),
    ];
    let colour = ink(ui, row.state);
    for (c, ((left, width), text)) in columns(rect.width()).into_iter().zip(texts).enumerate() {
        let cell = Rect::from_min_size(Pos2::new(rect.left() + left, rect.top()), Vec2::new(width - 4.0, ROW));
        let painter = ui.painter().with_clip_rect(cell.intersect(ui.clip_rect()));
        let strong = c >= 6;
        let ink = if strong { colour.unwrap_or(palette.text) } else { palette.text };
        let font = if strong && colour.is_some() { theme::bold(theme::BODY) } else { theme::regular(theme::BODY) };
        painter.text(Pos2::new(cell.left() + 4.0, cell.center().y), Align2::LEFT_CENTER, text, font, ink);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect.shrink(1.0), 0.0, Stroke::new(1.5, palette.accent), StrokeKind::Inside);
    }
    response
}

/// A box, ticked or not.
fn tick(ui: &Ui, at: Pos2, on: bool) {
    let palette = theme::of(ui);
    let rect = Rect::from_center_size(at, Vec2::splat(14.0));
    let line = if on { palette.accent } else { palette.border };
    ui.painter().rect(
        rect,
        2.0,
        if on { palette.accent } else { palette.surface },
        Stroke::new(1.0, line),
        StrokeKind::Inside,
    );
    if on {
        let points =
            vec![rect.min + Vec2::new(3.0, 7.0), rect.min + Vec2::new(6.0, 10.5), rect.min + Vec2::new(11.0, 4.0)];
        ui.painter().add(egui::Shape::line(points, Stroke::new(1.8, palette.on_accent)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_row() {
        for width in [700.0, 1186.0, 1740.0] {
            let columns = columns(width);
            let (left, own) = columns[7];
            assert!((left + own - width).abs() < 0.5, "{width}");
            assert!(columns.windows(2).all(|w| (w[0].0 + w[0].1 - w[1].0).abs() < 0.01));
        }
    }
}
