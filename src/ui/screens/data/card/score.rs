//! The score on the card: factor by factor, record by record, with what falls when and what lowers it.

use egui::{RichText, Ui, Vec2};

use crate::export::ScoreFactor;
use crate::text::figure::exact_points;
use crate::ui::text::data as t;
use crate::ui::{theme, widgets};
use crate::workspace::reports::card::CardRisk;

/// The score record by record: factors with their bars, each opened by a click; the sum; what falls when.
pub(super) fn score_ui(ui: &mut Ui, risk: &CardRisk, palette: &theme::Palette) {
    let sheet = &risk.sheet;
    if !sheet.standing.is_empty() {
        ui.add(egui::Label::new(theme::note(ui, &sheet.standing)).wrap());
    }
    for factor in &sheet.factors {
        factor_ui(ui, factor, palette);
    }
    ui.add(egui::Label::new(theme::note(ui, t::score_sum(&sheet.sum()))).wrap().selectable(true));
    for (heading, lines) in [(t::FALLS, &sheet.falls), (t::LOWER, &sheet.lower)] {
        if lines.is_empty() {
            continue;
        }
        let id = ui.make_persistent_id(heading);
        widgets::unfold(
            ui,
            id,
            heading,
            |ui| ui.label(heading),
            |ui| {
                for line in lines {
                    ui.add(egui::Label::new(line).wrap().selectable(true));
                }
            },
        );
    }
}

/// A factor: its name with what holds, its bar, its points; unfolded, each record with its points and the article.
fn factor_ui(ui: &mut Ui, factor: &ScoreFactor, palette: &theme::Palette) {
    let title = factor.title();
    let points = format!("{} / {}", exact_points(factor.points), exact_points(factor.cap));
    let full = factor.points >= factor.cap;
    let id = ui.make_persistent_id(("score factor", &factor.name));
    let header = |ui: &mut Ui| {
        let room = (ui.available_width() - 138.0).max(60.0);
        let left = egui::Layout::left_to_right(egui::Align::Center);
        let name = ui.allocate_ui_with_layout(Vec2::new(room, 18.0), left, |ui| {
            ui.set_min_width(room);
            // the reason is read whole: it takes a second line where the card is narrow
            ui.add(egui::Label::new(&title).wrap())
        });
        let part = factor.points as f32 / factor.cap.max(1) as f32;
        widgets::meter(ui, 40.0, part, None, palette.accent, &format!("{title} {points}"));
        ui.label(RichText::new(&points).color(if full { palette.amber } else { palette.text }));
        let cap = if full { format!("{}\n", t::AT_CAP) } else { String::new() };
        name.inner.on_hover_text(format!("{title}\n{cap}{}：{}", t::BASIS, factor.cite));
    };
    widgets::unfold(ui, id, &title, header, |ui| {
        for line in &factor.lines {
            let words = t::score_line(&line.what, &line.sum, &exact_points(line.points));
            ui.add(egui::Label::new(words).wrap().selectable(true));
            if !line.next.is_empty() {
                ui.add(egui::Label::new(theme::note(ui, &line.next)).wrap());
            }
        }
        for note in [factor.cap_note(), t::basis(&factor.cite)].into_iter().filter(|note| !note.is_empty()) {
            ui.add(egui::Label::new(theme::note(ui, note)).wrap().selectable(true));
        }
    });
}
