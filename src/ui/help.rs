//! 「?」 beside a term: what it means, in a few sentences, where it is met.

use egui::{Popup, RichText, Ui, Vec2};

use super::text::help::{self as t, Term};
use super::{theme, widgets};

/// Width of the explanation, points.
const WIDTH: f32 = 340.0;
/// What of a window stays seen around a high explanation, points.
const AROUND: f32 = 80.0;
/// Room of a mark, points.
const MARK_ROOM: f32 = 20.0;

/// A 「?」 that explains a term when it is clicked, or by Enter where the keyboard is on it.
pub fn help_mark(ui: &mut Ui, term: Term) {
    mark(ui, &t::mark(term.help().name), None, |ui| explain(ui, term));
}

/// A 「?」 of such a name with what stands behind it; `hint` is said on hovering, else the name.
fn mark(ui: &mut Ui, name: &str, hint: Option<&str>, add: impl FnOnce(&mut Ui)) {
    let palette = theme::of(ui);
    let text = RichText::new("?").font(theme::bold(theme::SMALL)).color(palette.accent);
    let button = egui::Button::new(text).fill(palette.wash).corner_radius(8).min_size(Vec2::splat(16.0)).small();
    let mark = ui.scope(|ui| {
        ui.spacing_mut().button_padding = Vec2::new(4.0, 0.0);
        ui.add(button)
    });
    let response = mark.inner.on_hover_text(hint.unwrap_or(name));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
    Popup::menu(&response).width(WIDTH).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_width(WIDTH);
        add(ui);
    });
}

/// Sentences about what stands around them: below it, or behind a 「?」 in a low window, whose name they are too.
pub fn sentences(ui: &mut Ui, words: &[&str]) {
    let said = || words.iter().filter(|words| !words.is_empty());
    if !theme::is_low(ui.ctx()) {
        for words in said() {
            ui.add(egui::Label::new(theme::note(ui, *words)).wrap());
        }
    } else if said().next().is_some() {
        sentences_mark(ui, words);
    }
}

/// The 「?」 of sentences, where nothing else is to be shown of them.
pub fn sentences_mark(ui: &mut Ui, words: &[&str]) {
    let said: Vec<&str> = words.iter().copied().filter(|words| !words.is_empty()).collect();
    let hint = said.join("\n");
    mark(ui, &t::said(&said.join("；")), Some(&hint), |ui| {
        for words in said {
            ui.add(egui::Label::new(words).wrap());
        }
    });
}

/// What has no room beside a list, behind a 「?」 of this name.
pub fn behind_mark(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    mark(ui, name, None, add);
}

/// Small 「词 ?」 for several terms, in a row of their own; the mark right of its word in rows from the right too.
pub fn help_marks(ui: &mut Ui, terms: &[Term]) {
    let from_right = ui.layout().prefer_right_to_left();
    if from_right && terms.len() > 1 && theme::is_low(ui.ctx()) {
        // beside a title of a low window one mark speaks of all of them
        let names = terms.iter().map(|term| term.help().name).collect::<Vec<_>>().join("、");
        mark(ui, &t::mark(&names), None, |ui| {
            widgets::within_window(ui, AROUND, |ui| {
                for term in terms {
                    explain(ui, *term);
                    ui.add_space(theme::GRID);
                }
            });
        });
        return;
    }
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
