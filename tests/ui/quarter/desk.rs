//! The planner's hands: what is clicked, typed and pasted, and what is read off the window. Nothing else.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::super::support::Window;

/// Controls of this name that are on, those of a question last.
fn controls<'w>(window: &'w Window, label: &'w str) -> Vec<egui_kittest::Node<'w>> {
    let on = |node: &egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        !node.is_disabled() && !matches!(node.role(), Role::Label | Role::TextRun)
    };
    window.harness.query_all_by_label(label).filter(on).collect()
}

/// Waits until the control can be pressed, and presses it.
#[track_caller]
pub fn press(window: &mut Window, label: &str) {
    window.until(label, |w| !controls(w, label).is_empty());
    controls(window, label).last().unwrap().click();
    window.harness.run_steps(3);
}

/// Presses the only thing shown whose name begins so.
#[track_caller]
pub fn press_beginning(window: &mut Window, start: &str) {
    let label = beginning(window, start);
    window.harness.get_all_by_label(&label).next().unwrap().click();
    window.harness.run_steps(3);
}

/// The first name shown that begins so.
#[track_caller]
pub fn beginning(window: &mut Window, start: &str) -> String {
    window.until(start, |w| w.shown().iter().any(|name| name.starts_with(start)));
    window.shown().into_iter().find(|name| name.starts_with(start)).unwrap()
}

/// Types over what a field holds.
#[track_caller]
pub fn fill(window: &mut Window, field: &str, text: &str) {
    let there = |w: &Window| w.harness.query_all_by_role_and_label(Role::TextInput, field).next().is_some();
    window.until(field, there);
    // a question stands before the form that it asks about
    window.harness.query_all_by_role_and_label(Role::TextInput, field).last().unwrap().click();
    window.harness.run_steps(2);
    window.key(Modifiers::COMMAND, Key::A);
    if text.is_empty() {
        window.key(Modifiers::NONE, Key::Delete);
    } else {
        window.text(text);
    }
}

/// Goes to a screen by the rail.
#[track_caller]
pub fn screen(window: &mut Window, name: &str) {
    window.harness.get_all_by_label(name).next().unwrap().click();
    window.harness.run_steps(4);
    window.settle();
}

/// Everything that the window says, one name a line.
pub fn said(window: &Window) -> String {
    window.shown().join("\n")
}

/// Fails, with all that is shown, unless each of the texts stands in the window.
#[track_caller]
pub fn see(window: &mut Window, texts: &[&str]) {
    for text in texts {
        window.until(text, |w| w.shows(text));
    }
}

/// The number that follows these words: `已抽取 12 项` by `已抽取 `.
#[track_caller]
pub fn number_after(text: &str, words: &str) -> f64 {
    let at = text.find(words).unwrap_or_else(|| panic!("{words:?} in {text}")) + words.len();
    let digits: String =
        text.get(at..).unwrap_or_default().chars().take_while(|c| c.is_ascii_digit() || ",.-".contains(*c)).collect();
    digits.replace(',', "").parse().unwrap_or_else(|_| panic!("a number after {words:?} in {text}"))
}

/// The same, whole.
#[track_caller]
pub fn whole_after(text: &str, words: &str) -> usize {
    let number = number_after(text, words);
    assert!(number >= 0.0 && number.fract() == 0.0, "{number} after {words:?} in {text}");
    number as usize
}

/// Chooses an entry of a drop-down list.
#[track_caller]
pub fn choose(window: &mut Window, list: &str, entry: &str) {
    window.until(list, |w| w.harness.query_by_role_and_label(Role::ComboBox, list).is_some());
    window.harness.get_by_role_and_label(Role::ComboBox, list).click();
    window.harness.run_steps(3);
    let found = window
        .harness
        .query_all_by_label_contains(entry)
        .rfind(|n| n.accesskit_node().role() != Role::TextRun && n.accesskit_node().role() != Role::ComboBox);
    found.unwrap_or_else(|| panic!("{entry}: {}", window.shown().join(" | "))).click();
    window.harness.run_steps(3);
}

/// Types over what a field of several lines holds.
#[track_caller]
pub fn fill_lines(window: &mut Window, field: &str, text: &str) {
    window.until(field, |w| w.harness.query_by_role_and_label(Role::MultilineTextInput, field).is_some());
    window.harness.get_by_role_and_label(Role::MultilineTextInput, field).click();
    window.harness.run_steps(2);
    window.key(Modifiers::COMMAND, Key::A);
    window.text(text);
}

/// Ticks the box at the head of a row.
#[track_caller]
pub fn tick(window: &mut Window, row: &str) {
    let place = window.harness.get_by_label(row).rect();
    window.harness.event(egui::Event::PointerMoved(place.left_center() + egui::vec2(8.0, 0.0)));
    for pressed in [true, false] {
        window.harness.event(egui::Event::PointerButton {
            pos: place.left_center() + egui::vec2(12.0, 0.0),
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    window.harness.run_steps(3);
}

/// A later hour: the window, left open, takes the new day in by itself.
#[track_caller]
pub fn later(window: &mut Window, time: &str) {
    window.at(time);
    let told = |w: &Window| w.app().session.project()?.books.value().map(|books| books.status.today.to_string());
    window.until("the new day", |w| told(w).is_some_and(|day| time.starts_with(&day)));
    window.settle();
}
