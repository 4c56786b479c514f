//! 「?」 beside a term: what it means, in a few sentences, where it is met.

use egui::{Popup, RichText, Ui, Vec2};

use super::text::help::{self as t, Term};
use super::{theme, widgets};

/// Width of the explanation, points.
const WIDTH: f32 = 340.0;
/// Room of a mark, points.
const MARK_ROOM: f32 = 20.0;

/// A 「?」 that explains a term when it is clicked, or by Enter where the keyboard is on it.
pub fn help_mark(ui: &mut Ui, term: Term) {
    let name = t::mark(term.help().name);
    let palette = theme::of(ui);
    let text = RichText::new("?").font(theme::bold(theme::SMALL)).color(palette.accent);
    let button = egui::Button::new(text).fill(palette.wash).corner_radius(8).min_size(Vec2::splat(16.0)).small();
    let mark = ui.scope(|ui| {
        ui.spacing_mut().button_padding = Vec2::new(4.0, 0.0);
        ui.add(button)
    });
    let response = mark.inner.on_hover_text(&name);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    Popup::menu(&response).width(WIDTH).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_width(WIDTH);
        explain(ui, term);
    });
}

/// Small 「词 ?」 for several terms, in a row of their own; the mark right of its word in rows from the right too.
pub fn help_marks(ui: &mut Ui, terms: &[Term]) {
    let from_right = ui.layout().prefer_right_to_left();
    let wraps = ui.layout().main_wrap();
    let mut show = |term: Term| {
        if from_right {
            help_mark(ui, term);
        } else if wraps {
            // word and mark stay together: a row that has no room for both ends before them
            let text = egui::WidgetText::from(theme::note(ui, term.help().name));
            let word = text.into_galley(ui, Some(egui::TextWrapMode::Extend), f32::INFINITY, egui::TextStyle::Body);
            let needed = word.size().x + MARK_ROOM + ui.spacing().item_spacing.x;
            if ui.available_size_before_wrap().x < needed {
                ui.end_row();
            }
        }
        ui.label(theme::note(ui, term.help().name));
        if !from_right {
            help_mark(ui, term);
        }
    };
    // in a row from the right the first one stands leftmost, as it is read
    let places = 0..terms.len();
    for at in places {
        show(terms[if from_right { terms.len() - 1 - at } else { at }]);
    }
}

/// A section heading with the 「?」 of what it speaks of.
pub fn heading_with(ui: &mut Ui, text: &str, terms: &[Term]) {
    ui.horizontal(|ui| {
        widgets::heading(ui, text);
        match terms {
            [term] => help_mark(ui, *term),
            terms => help_marks(ui, terms),
        }
    });
}

/// The explanation itself.
pub fn explain(ui: &mut Ui, term: Term) {
    let help = term.help();
    ui.spacing_mut().item_spacing.y = theme::HALF;
    ui.label(RichText::new(help.name).font(theme::bold(theme::SECTION)));
    ui.add(egui::Label::new(help.words).wrap());
    ui.add(egui::Label::new(format!("{}：{}", t::EXAMPLE, help.example)).wrap());
    ui.add(egui::Label::new(theme::note(ui, format!("{}：{}", t::ARTICLE, help.article))).wrap());
}
