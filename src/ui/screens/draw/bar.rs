//! The bar below a step with its primary button, and figures that read from ten metres.

use egui::{Align, Align2, Color32, Key, Layout, Modifiers, RichText, Sense, Ui, Vec2};

use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets;

/// A size that reads from ten metres: a twenty-fifth of the screen's height, twice that where the ceremony has the whole
/// screen.
pub(super) fn ten_metres(ui: &Ui, stage: bool) -> f32 {
    let height = ui.ctx().content_rect().height();
    if stage { height / 12.0 } else { (height / 25.0).max(theme::FIGURE) }
}

/// Text beside a figure of this size.
fn beside(size: f32) -> f32 {
    (size * 0.42).max(theme::SECTION)
}

/// A large figure with its label above.
pub(super) fn big_figure(ui: &mut Ui, width: f32, size: f32, label: &str, value: &str, unit: &str) {
    let palette = theme::of(ui);
    let small = beside(size);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, size + small * 1.4 + 11.0), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{label} {value} {unit}")));
    let painter = ui.painter().with_clip_rect(rect);
    painter.text(rect.left_top(), Align2::LEFT_TOP, label, theme::regular(small), palette.muted);
    let font = theme::bold(size);
    let number = painter.text(rect.left_bottom(), Align2::LEFT_BOTTOM, value, font, palette.text);
    let at = number.right_bottom() + Vec2::new(6.0, -size * 0.16);
    painter.text(at, Align2::LEFT_BOTTOM, unit, theme::regular(small), palette.muted);
}

/// How wide such a figure is.
pub(super) fn big_width(ui: &Ui, size: f32, value: &str, unit: &str) -> f32 {
    let width = |text: &str, font| ui.painter().layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER).size().x;
    width(value, theme::bold(size)) + 6.0 + width(unit, theme::regular(beside(size)))
}

/// Figures in one line, where a page is too low for large ones.
pub(super) fn line_figures(ui: &mut Ui, figures: &[(&str, String, &str)]) {
    // a row as high as its figures, in a low window too: none stands lower than the one before
    let height = std::mem::replace(&mut ui.spacing_mut().interact_size.y, theme::CONTROL);
    ui.horizontal_wrapped(|ui| {
        for (label, value, unit) in figures {
            let palette = theme::of(ui);
            let label = theme::note(ui, *label);
            let whole = format!("{} {value} {unit}", label.text());
            let line = ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = HALF;
                ui.label(label);
                ui.label(RichText::new(value).font(theme::bold(theme::TITLE)).color(palette.text));
                ui.label(theme::note(ui, *unit));
            });
            line.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &whole));
            ui.add_space(GRID);
        }
    });
    ui.spacing_mut().interact_size.y = height;
}

/// The bar below a step: a hint, and the primary button, which has the focus when the step begins.
#[derive(Clone, Copy, Default)]
pub(super) struct Bar<'a> {
    pub(super) hint: &'a str,
    pub(super) text: &'a str,
    pub(super) enabled: bool,
    pub(super) why_not: &'a str,
    pub(super) back: Option<&'a str>,
    pub(super) focus: bool,
    /// What the button does is for good: it stands at the far end from the buttons of the steps before, and no key
    /// that only turns pages presses it.
    pub(super) deed: bool,
    /// A clicker's keys turn the steps.
    pub(super) clicker: bool,
}

/// What was pressed in the bar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressed {
    Nothing,
    Next,
    Back,
}

/// A clicker's key: forwards, backwards.
fn clicked_key(ui: &Ui) -> Pressed {
    let dialog = !ui.memory(|memory| memory.is_above_modal_layer(egui::LayerId::background()));
    if dialog || ui.ctx().text_edit_focused() || egui::Popup::is_any_open(ui.ctx()) {
        return Pressed::Nothing;
    }
    let any = |keys: [Key; 2]| {
        ui.input_mut(|input| {
            let pressed = keys.map(|key| input.count_and_consume_key(Modifiers::NONE, key));
            pressed.iter().sum::<usize>() > 0
        })
    };
    if any([Key::PageDown, Key::ArrowRight]) {
        Pressed::Next
    } else if any([Key::PageUp, Key::ArrowLeft]) {
        Pressed::Back
    } else {
        Pressed::Nothing
    }
}

impl Bar<'_> {
    fn button(&self, ui: &mut Ui) -> bool {
        let button = widgets::primary_if(ui, self.enabled, self.text, self.why_not);
        // once a step, as soon as it can be pressed, and never out of a field that is being typed in
        let id = egui::Id::unique("step-focus");
        let had = ui.data(|data| data.get_temp::<String>(id));
        let free = !ui.ctx().text_edit_focused();
        if self.enabled && had.as_deref() != Some(self.text) {
            ui.data_mut(|data| data.insert_temp(id, self.text.to_owned()));
            if self.focus && free {
                button.request_focus();
            }
        }
        button.clicked()
    }

    pub(super) fn show(&self, ui: &mut Ui) -> Pressed {
        let mut pressed = if self.clicker { clicked_key(ui) } else { Pressed::Nothing };
        if pressed == Pressed::Next && (self.deed || !self.enabled) {
            pressed = Pressed::Nothing;
        }
        let frame = egui::Frame::new().inner_margin(egui::Margin { top: 8, bottom: 4, ..egui::Margin::ZERO });
        egui::Panel::bottom("step-bar").resizable(false).frame(frame).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.add_space(HALF);
                if !self.deed && self.button(ui) {
                    pressed = Pressed::Next;
                }
                let back = |ui: &mut Ui| self.back.is_some_and(|text| ui.button(text).clicked());
                let mut gone_back = false;
                // beside a deed nothing stands where the step before had its button: a second click does nothing
                if !self.deed {
                    gone_back = back(ui);
                    ui.add_space(GRID);
                }
                let words = |ui: &mut Ui| {
                    let why = RichText::new(self.why_not).color(theme::of(ui).amber);
                    let hint = theme::note(ui, self.hint);
                    let width = |text: &RichText| {
                        let galley = egui::WidgetText::from(text.clone()).into_galley(
                            ui,
                            Some(egui::TextWrapMode::Extend),
                            f32::INFINITY,
                            egui::TextStyle::Body,
                        );
                        galley.size().x
                    };
                    if self.enabled {
                        ui.add(egui::Label::new(hint).wrap());
                    } else if width(&why) + width(&hint) + GRID < ui.available_width() {
                        ui.label(why);
                        ui.label(hint);
                    } else {
                        // one above the other where the row is too short
                        ui.vertical(|ui| {
                            ui.spacing_mut().item_spacing.y = 0.0;
                            ui.add(egui::Label::new(why).wrap());
                            ui.add(egui::Label::new(hint).wrap());
                        });
                    }
                };
                if self.deed {
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.add_space(HALF);
                        let meant = self.button(ui);
                        gone_back = back(ui);
                        if meant {
                            pressed = Pressed::Next;
                        }
                        ui.with_layout(Layout::left_to_right(Align::Center), words);
                    });
                } else {
                    words(ui);
                }
                if gone_back {
                    pressed = Pressed::Back;
                }
            });
        });
        pressed
    }
}
