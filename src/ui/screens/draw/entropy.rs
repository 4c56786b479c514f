//! The public number: typed in its sealed format, echoed large, typed twice or witnessed.

use egui::{RichText, Ui};

use crate::anchor::number::accepts_number;
use crate::sampling::EntropyFormat;
use crate::text::fold_width;
use crate::ui::text::anchor;
use crate::ui::text::draw as t;
use crate::ui::theme::{self, GRID};

/// What is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntropyForm {
    /// First time.
    pub first: String,
    /// Second time.
    pub second: String,
    /// Two witnesses have compared it.
    pub witnessed: bool,
    /// What the witnesses compared: another number asks for them anew.
    witnessed_value: String,
    /// Another person must type the number again, by name.
    pub needs_second: bool,
    /// Who typed it again.
    pub second_name: String,
}

/// Full-width signs made half-width, blanks that are no part of the number taken out: nothing else is changed.
#[must_use]
pub fn normalised(format: EntropyFormat, typed: &str) -> String {
    format.without_blanks(&fold_width(typed))
}

/// The number in groups for reading aloud.
#[must_use]
pub fn grouped(format: EntropyFormat, value: &str) -> String {
    match format {
        EntropyFormat::Ssq if format.accepts(value) => {
            let (red, blue) = value.split_once('+').unwrap_or((value, ""));
            format!("{} {red}   {} {blue}", t::RED, t::BLUE)
        }
        EntropyFormat::Ssq | EntropyFormat::Index | EntropyFormat::Mixed => value.to_owned(),
        EntropyFormat::Dice => in_groups(value, 4),
        EntropyFormat::Drand => in_groups(value, 8),
    }
}

/// A text in groups of so many characters.
#[must_use]
pub fn in_groups(text: &str, size: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / size.max(1));
    for (i, c) in text.chars().enumerate() {
        if i > 0 && i % size.max(1) == 0 {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// A number of the right spelling for demonstrations.
#[must_use]
pub fn example(format: EntropyFormat) -> &'static str {
    match format {
        EntropyFormat::Ssq => "03 07 12 18 25 31+09",
        EntropyFormat::Index => "3412.07",
        EntropyFormat::Dice => "4162253614235516",
        EntropyFormat::Mixed => "ssq=03 07 12 18 25 31+09;ssq=01 02 03 04 05 33+16",
        EntropyFormat::Drand => "1f20851f0654488261429834d2f695bbc90b714dcceac0dc746bb1dd84087135",
    }
}

/// The name before a field, as wide for each so that the fields stand in one line.
fn name_of(ui: &mut Ui, name: &str) -> egui::Response {
    let size = egui::vec2(96.0, theme::CONTROL);
    let line = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(size, line, |ui| {
        ui.set_width(96.0);
        ui.label(name)
    })
    .inner
}

impl EntropyForm {
    /// The number, once it has its format's spelling and was typed twice or witnessed.
    #[must_use]
    pub fn confirmed(&self, format: EntropyFormat) -> Option<String> {
        let value = normalised(format, &self.first);
        let twice = normalised(format, &self.second) == value;
        let sure = if self.needs_second {
            twice && !self.second_name.trim().is_empty()
        } else {
            twice || (self.witnessed && self.witnessed_value == value)
        };
        (accepts_number(format, &value) && sure).then_some(value)
    }

    /// True where both fields hold the same number.
    #[must_use]
    pub fn typed_twice(&self, format: EntropyFormat) -> bool {
        normalised(format, &self.first) == normalised(format, &self.second)
    }

    /// Draws the fields; `focus` puts the cursor into the first.
    pub fn ui(&mut self, ui: &mut Ui, format: EntropyFormat, demonstration: bool, size: f32, focus: bool) {
        let palette = theme::of(ui);
        let font = theme::regular(size * 0.7);
        let width = ui.available_width().min(900.0) - 120.0;
        let mut leave = false;
        ui.label(theme::note(ui, format!("{}：{}", format.label(), format.spelling())));
        ui.add_space(GRID);
        ui.horizontal(|ui| {
            let name = name_of(ui, t::ENTROPY);
            let field = egui::TextEdit::singleline(&mut self.first).font(font.clone()).desired_width(width);
            let response = ui.add(field).labelled_by(name.id);
            if focus {
                response.request_focus();
            }
            leave = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        });
        let value = normalised(format, &self.first);
        let accepted = accepts_number(format, &value);
        ui.horizontal(|ui| {
            ui.add_space(104.0);
            ui.vertical(|ui| {
                // the echo and the word below it keep their room: the next field stays where it is while one types
                let lines =
                    [size * 1.2, theme::SECTION].map(|size| ui.ctx().fonts_mut(|f| f.row_height(&theme::bold(size))));
                ui.set_min_height(lines.iter().sum::<f32>() + ui.spacing().item_spacing.y);
                if !value.is_empty() {
                    let ink = if accepted { palette.text } else { palette.muted };
                    let wide = format == EntropyFormat::Drand;
                    let size = if wide { size * 0.8 } else { size * 1.2 };
                    let echo =
                        egui::Label::new(RichText::new(grouped(format, &value)).font(theme::bold(size)).color(ink));
                    ui.add(echo.wrap());
                }
                if accepted {
                    ui.label(RichText::new(t::ACCEPTED).font(theme::bold(theme::SECTION)).color(palette.green));
                } else if !value.is_empty() {
                    let words = format!("{}{}", t::REFUSED, format.spelling());
                    ui.add(egui::Label::new(RichText::new(words).color(palette.red)).wrap());
                }
                if self.first.trim() != value && !value.is_empty() {
                    ui.label(theme::note(ui, t::FOLDED));
                }
            });
            if demonstration {
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                    if ui.button(t::EXAMPLE).clicked() {
                        example(format).clone_into(&mut self.first);
                        example(format).clone_into(&mut self.second);
                    }
                });
            }
        });
        ui.add_space(GRID);
        ui.label(theme::note(ui, t::TWICE));
        ui.horizontal(|ui| {
            let name = name_of(ui, t::ENTROPY_AGAIN);
            let field = egui::TextEdit::singleline(&mut self.second).font(font).desired_width(width);
            let response = ui.add_enabled(accepted, field).labelled_by(name.id);
            if leave {
                response.request_focus();
            }
        });
        if self.needs_second {
            ui.horizontal(|ui| {
                let name = name_of(ui, anchor::SECOND_NAME);
                ui.add(egui::TextEdit::singleline(&mut self.second_name).desired_width(160.0)).labelled_by(name.id);
                ui.label(theme::note(ui, anchor::SECOND_NAME_WHY));
            });
        }
        let second = normalised(format, &self.second);
        ui.horizontal(|ui| {
            ui.add_space(104.0);
            let valid = self.witnessed && self.witnessed_value == value;
            let mut on = valid;
            let check = egui::Checkbox::new(&mut on, RichText::new(t::WITNESSED).font(theme::regular(theme::SECTION)));
            if !self.needs_second && ui.add_enabled(accepted, check).changed() {
                self.witnessed = on;
                self.witnessed_value.clone_from(&value);
            }
            if accepted && !second.is_empty() {
                let (words, ink) = if second == value { (t::SAME, palette.green) } else { (t::DIFFERS, palette.red) };
                ui.label(RichText::new(words).font(theme::bold(theme::SECTION)).color(ink));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_when_typed_twice_or_witnessed() {
        let format = EntropyFormat::Ssq;
        let mut form = EntropyForm { first: "０３ 07 12 18 25 31＋09　".to_owned(), ..EntropyForm::default() };
        assert_eq!(form.confirmed(format), None);
        "03 07 12 18 25 31+08".clone_into(&mut form.second);
        assert_eq!(form.confirmed(format), None);
        "03 07 12 18 25 31+09".clone_into(&mut form.second);
        assert_eq!(form.confirmed(format).as_deref(), Some("03 07 12 18 25 31+09"));
        form.second.clear();
        form.witnessed = true;
        form.witnessed_value = "03 07 12 18 25 31+09".to_owned();
        assert_eq!(form.confirmed(format).as_deref(), Some("03 07 12 18 25 31+09"));
        // the witnesses compared another number
        "03 07 12 18 25 31+10".clone_into(&mut form.first);
        assert_eq!(form.confirmed(format), None);
        // no leading zeros in an index
        let form = EntropyForm { first: "03412.07".into(), second: "03412.07".into(), ..EntropyForm::default() };
        assert_eq!(form.confirmed(EntropyFormat::Index), None);
    }

    #[test]
    fn numbers_are_grouped_for_reading() {
        assert_eq!(grouped(EntropyFormat::Dice, "4162253614235516"), "4162 2536 1423 5516");
        assert_eq!(grouped(EntropyFormat::Ssq, "03 07 12 18 25 31+09"), "红球 03 07 12 18 25 31   蓝球 09");
        assert_eq!(in_groups("abcde", 2), "ab cd e");
        for format in EntropyFormat::ALL {
            assert!(format.accepts_typed(example(format)), "{format}");
        }
    }

    #[test]
    fn the_second_field_stays_while_the_first_is_typed() {
        use egui_kittest::kittest::Queryable as _;
        let mut frames = 0;
        let show = move |ui: &mut Ui, form: &mut EntropyForm| {
            if frames == 0 {
                crate::ui::fonts::install(ui.ctx());
                ui.ctx().request_repaint();
            } else {
                form.ui(ui, EntropyFormat::Dice, false, 32.0, false);
            }
            frames += 1;
        };
        let mut harness = egui_kittest::Harness::new_ui_state(show, EntropyForm::default());
        harness.set_size(egui::vec2(1000.0, 600.0));
        harness.run();
        let before = harness.get_by_label(t::WITNESSED).rect().top();
        harness.state_mut().first = example(EntropyFormat::Dice).to_owned();
        harness.run();
        assert!(harness.query_by_label(t::ACCEPTED).is_some());
        let after = harness.get_by_label(t::WITNESSED).rect().top();
        assert!((after - before).abs() < 1.0, "{before} → {after}");
    }

    #[test]
    fn the_witnesses_confirm_on_screen() {
        use egui_kittest::kittest::Queryable as _;
        let format = EntropyFormat::Ssq;
        let form = EntropyForm { first: "０３ 07 12 18 25 31+09".to_owned(), ..EntropyForm::default() };
        let mut frames = 0;
        let show = move |ui: &mut Ui, form: &mut EntropyForm| {
            if frames == 0 {
                // the faces are there from the next frame on
                crate::ui::fonts::install(ui.ctx());
                ui.ctx().request_repaint();
            } else {
                form.ui(ui, format, false, 32.0, false);
            }
            frames += 1;
        };
        let mut harness = egui_kittest::Harness::new_ui_state(show, form);
        harness.run();
        assert_eq!(harness.state().confirmed(format), None);
        assert!(harness.query_by_label(t::ACCEPTED).is_some() && harness.query_by_label(t::FOLDED).is_some());
        harness.get_by_label(t::WITNESSED).click();
        harness.run();
        assert_eq!(harness.state().confirmed(format).as_deref(), Some("03 07 12 18 25 31+09"));
        // another number: the witnesses have to look again
        harness.state_mut().first = "03 07 12 18 25 31+1".to_owned();
        harness.run();
        assert!(harness.query_by_label_contains(t::REFUSED).is_some());
        assert_eq!(harness.state().confirmed(format), None);
    }
}
