//! The public number: typed in its sealed format, echoed large, typed twice or witnessed.

use std::path::PathBuf;

use egui::{RichText, Ui};

use crate::anchor::beacon::BeaconEvidence;
use crate::anchor::number::NumberAsked;
use crate::disclosure::is_same_person;
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
    /// Who types it first: the operator, who is no second person.
    pub first_name: String,
    /// The page or picture that the number was read from.
    pub source: Option<PathBuf>,
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

/// A number as it is echoed: of a round that comes with its signature the round and the signature's digits.
#[must_use]
pub fn echo(asked: &NumberAsked, value: &str) -> String {
    match asked.round().and_then(|round| BeaconEvidence::of_typed(value, round).ok()) {
        Some(read) => format!("{} {}", anchor::round(read.round), in_groups(&read.signature, 8)),
        None => grouped(asked.format, value),
    }
}

/// The number in one line: a round's name stands for its signature.
#[must_use]
pub fn in_short(asked: &NumberAsked, value: &str) -> String {
    asked.round().map_or_else(|| grouped(asked.format, value), anchor::signature_of_round)
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
    /// The number, once it is spelt as it was sealed and was typed twice or witnessed.
    #[must_use]
    pub fn confirmed(&self, asked: &NumberAsked) -> Option<String> {
        let value = normalised(asked.format, &self.first);
        let twice = normalised(asked.format, &self.second) == value;
        let sure = if self.needs_second {
            twice && !self.second_name.trim().is_empty() && !self.is_one_person()
        } else {
            twice || (self.witnessed && self.witnessed_value == value)
        };
        (asked.accepts(&value) && sure).then_some(value)
    }

    /// True where the second name is the first's.
    fn is_one_person(&self) -> bool {
        !self.first_name.is_empty() && is_same_person(&self.second_name, &self.first_name)
    }

    /// How a number that is confirmed was made sure.
    #[must_use]
    pub fn how_sure(&self, format: EntropyFormat) -> &'static str {
        if self.needs_second {
            anchor::TYPED_BY_TWO
        } else if normalised(format, &self.first) == normalised(format, &self.second) {
            t::SAME
        } else {
            t::WITNESSED
        }
    }

    /// Draws the fields; `focus` puts the cursor into the first. True where the number's source is to be chosen.
    pub fn ui(&mut self, ui: &mut Ui, asked: &NumberAsked, demonstration: bool, size: f32, focus: bool) -> bool {
        let palette = theme::of(ui);
        let format = asked.format;
        let font = theme::regular(size * 0.7);
        let width = ui.available_width().min(900.0) - 120.0;
        let mut leave = false;
        let spelling = asked.spelling();
        ui.add(egui::Label::new(theme::note(ui, format!("{}：{spelling}", format.label()))).wrap());
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
        let accepted = asked.accepts(&value);
        ui.horizontal(|ui| {
            ui.add_space(104.0);
            ui.vertical(|ui| {
                // the echo and the word below it keep their room: the next field stays where it is while one types
                let lines =
                    [size * 1.2, theme::SECTION].map(|size| ui.ctx().fonts_mut(|f| f.row_height(&theme::bold(size))));
                ui.set_min_height(lines.iter().sum::<f32>() + ui.spacing().item_spacing.y);
                if !value.is_empty() {
                    let ink = if accepted { palette.text } else { palette.muted };
                    let size = match (format, asked.round()) {
                        (EntropyFormat::Drand, Some(_)) => size * 0.6,
                        (EntropyFormat::Drand, None) => size * 0.8,
                        _ => size * 1.2,
                    };
                    let echo = RichText::new(echo(asked, &value)).font(theme::bold(size)).color(ink);
                    ui.add(egui::Label::new(echo).wrap());
                }
                if accepted {
                    ui.label(RichText::new(t::ACCEPTED).font(theme::bold(theme::SECTION)).color(palette.green));
                } else if !value.is_empty() {
                    let words = format!("{}{spelling}", t::REFUSED);
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
        ui.label(theme::note(ui, if self.needs_second { anchor::TWICE_BY_TWO } else { t::TWICE }));
        ui.horizontal(|ui| {
            let name = name_of(ui, t::ENTROPY_AGAIN);
            let field = egui::TextEdit::singleline(&mut self.second).font(font).desired_width(width);
            let response = ui.add_enabled(accepted, field).labelled_by(name.id);
            if leave {
                response.request_focus();
            }
        });
        let choose = self.needs_second && self.second_ui(ui);
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
        choose
    }

    /// Who types the number again, and the page that both read it from; true where that is to be chosen.
    fn second_ui(&mut self, ui: &mut Ui) -> bool {
        let palette = theme::of(ui);
        ui.horizontal(|ui| {
            let name = name_of(ui, anchor::SECOND_NAME);
            ui.add(egui::TextEdit::singleline(&mut self.second_name).desired_width(160.0)).labelled_by(name.id);
            if self.is_one_person() {
                ui.label(RichText::new(anchor::SECOND_NAME_SAME).color(palette.red));
            } else {
                ui.label(theme::note(ui, anchor::SECOND_NAME_WHY));
            }
        });
        let mut choose = false;
        ui.horizontal(|ui| {
            name_of(ui, anchor::SOURCE);
            choose = ui.button(anchor::SOURCE_CHOOSE).clicked();
            match self.source.as_ref().and_then(|path| path.file_name()) {
                Some(file) => {
                    let file = file.to_string_lossy().into_owned();
                    ui.add(egui::Label::new(file).truncate());
                    if ui.button(anchor::SOURCE_NONE).clicked() {
                        self.source = None;
                    }
                }
                None => {
                    ui.label(theme::note(ui, anchor::SOURCE_WHY));
                }
            }
        });
        choose
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_when_typed_twice_or_witnessed() {
        let format = EntropyFormat::Ssq;
        let mut form = EntropyForm { first: "０３ 07 12 18 25 31＋09　".to_owned(), ..EntropyForm::default() };
        assert_eq!(form.confirmed(&format.into()), None);
        "03 07 12 18 25 31+08".clone_into(&mut form.second);
        assert_eq!(form.confirmed(&format.into()), None);
        "03 07 12 18 25 31+09".clone_into(&mut form.second);
        assert_eq!(form.confirmed(&format.into()).as_deref(), Some("03 07 12 18 25 31+09"));
        form.second.clear();
        form.witnessed = true;
        form.witnessed_value = "03 07 12 18 25 31+09".to_owned();
        assert_eq!(form.confirmed(&format.into()).as_deref(), Some("03 07 12 18 25 31+09"));
        // the witnesses compared another number
        "03 07 12 18 25 31+10".clone_into(&mut form.first);
        assert_eq!(form.confirmed(&format.into()), None);
        // no leading zeros in an index
        let form = EntropyForm { first: "03412.07".into(), second: "03412.07".into(), ..EntropyForm::default() };
        assert_eq!(form.confirmed(&EntropyFormat::Index.into()), None);
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
                form.ui(ui, &EntropyFormat::Dice.into(), false, 32.0, false);
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
                form.ui(ui, &format.into(), false, 32.0, false);
            }
            frames += 1;
        };
        let mut harness = egui_kittest::Harness::new_ui_state(show, form);
        harness.run();
        assert_eq!(harness.state().confirmed(&format.into()), None);
        assert!(harness.query_by_label(t::ACCEPTED).is_some() && harness.query_by_label(t::FOLDED).is_some());
        harness.get_by_label(t::WITNESSED).click();
        harness.run();
        assert_eq!(harness.state().confirmed(&format.into()).as_deref(), Some("03 07 12 18 25 31+09"));
        // another number: the witnesses have to look again
        harness.state_mut().first = "03 07 12 18 25 31+1".to_owned();
        harness.run();
        assert!(harness.query_by_label_contains(t::REFUSED).is_some());
        assert_eq!(harness.state().confirmed(&format.into()), None);
    }
}
