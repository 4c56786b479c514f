//! A row of tabs. In a low window it stays one row: tabs that have no room stand in a menu at its end.

use egui::{Align, Layout, RichText, TextStyle, TextWrapMode, Ui, WidgetText};

use crate::ui::text::common as t;
use crate::ui::theme;

/// Height of what stands around the menu of the tabs that have no room, points.
const AROUND: f32 = 96.0;
/// Room of the line between tabs, points.
const PARTED: f32 = 6.0;

/// A tab of a row.
pub struct Tab<T> {
    to: T,
    text: RichText,
    hint: String,
    parted: bool,
}

impl<T> Tab<T> {
    /// A tab of such a name; its ink may say that something is to be done there.
    pub fn new(to: T, text: impl Into<RichText>) -> Self {
        Self { to, text: text.into(), hint: String::new(), parted: false }
    }

    /// With words on hover.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// With a line between it and the tabs before it.
    #[must_use]
    pub fn parted(self) -> Self {
        Self { parted: true, ..self }
    }

    fn show(&self, ui: &mut Ui, current: &T) -> bool
    where
        T: PartialEq,
    {
        let shown = ui.selectable_label(self.to == *current, self.text.clone());
        let shown = if self.hint.is_empty() { shown } else { shown.on_hover_text(&self.hint) };
        shown.clicked()
    }
}

/// Which tabs stand in a row of so many points: the chosen one always, else the first ones; all where they have room.
/// `more` is what the menu of the others takes.
fn in_row(widths: &[f32], gap: f32, room: f32, more: f32, chosen: Option<usize>) -> Vec<bool> {
    let all: f32 = widths.iter().map(|width| width + gap).sum::<f32>() - gap;
    if all <= room {
        return vec![true; widths.len()];
    }
    let mut left = room - more - chosen.and_then(|at| widths.get(at)).map_or(0.0, |width| width + gap);
    let mut ended = false;
    let stands = |(at, width): (usize, &f32)| {
        if chosen == Some(at) {
            return true;
        }
        ended |= width + gap > left;
        if !ended {
            left -= width + gap;
        }
        !ended
    };
    widths.iter().enumerate().map(stands).collect()
}

/// Draws the tabs, and what `after` adds behind them; gives back the one that was chosen. In a window that is not low
/// they take as many rows as they need.
pub fn tabs<T: PartialEq + Clone>(
    ui: &mut Ui,
    id: &str,
    current: &T,
    all: &[Tab<T>],
    after: impl FnOnce(&mut Ui),
) -> Option<T> {
    let mut chosen = None;
    if !theme::is_low(ui.ctx()) {
        ui.horizontal_wrapped(|ui| {
            for tab in all {
                if tab.parted {
                    ui.separator();
                }
                if tab.show(ui, current) {
                    chosen = Some(tab.to.clone());
                }
            }
            after(ui);
        });
        return chosen;
    }
    let padding = ui.spacing().button_padding.x * 2.0;
    let measure = |ui: &Ui, text: RichText| {
        let text = WidgetText::from(text);
        text.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, TextStyle::Button).size().x + padding
    };
    let gap = ui.spacing().item_spacing.x;
    let line = gap + PARTED;
    let widths: Vec<f32> =
        all.iter().map(|tab| measure(ui, tab.text.clone()) + if tab.parted { line } else { 0.0 }).collect();
    let more = measure(ui, RichText::new(t::MORE)) + gap;
    // how wide what stands behind them was when it was last drawn
    let key = ui.scope_id().with(("tabs", id));
    let known: f32 = ui.data(|data| data.get_temp(key)).unwrap_or(0.0);
    let room = ui.available_width() - known;
    let stands = in_row(&widths, gap, room, more, all.iter().position(|tab| tab.to == *current));
    let mut taken = 0.0;
    let size = egui::vec2(ui.available_width(), theme::control(ui));
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        for (tab, _) in all.iter().zip(&stands).filter(|(_, stands)| **stands) {
            if tab.parted {
                ui.add(egui::Separator::default().spacing(PARTED));
            }
            if tab.show(ui, current) {
                chosen = Some(tab.to.clone());
            }
        }
        if stands.contains(&false) {
            let hidden = || all.iter().zip(&stands).filter(|(_, stands)| !**stands).map(|(tab, _)| tab);
            let names = hidden().map(|tab| tab.text.text()).collect::<Vec<_>>().join("、");
            let menu = ui.menu_button(t::MORE, |ui| {
                super::within_window(ui, AROUND, |ui| {
                    for tab in hidden() {
                        if tab.show(ui, current) {
                            chosen = Some(tab.to.clone());
                            ui.close();
                        }
                    }
                });
            });
            let name = t::more_tabs(&names);
            menu.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
            menu.response.on_hover_text(names);
        }
        let before = ui.min_rect().right();
        after(ui);
        taken = ui.min_rect().right() - before;
    });
    if (taken - known).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(key, taken));
        ui.ctx().request_discard("what stands behind the tabs has another width");
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::in_row;

    #[test]
    fn tabs_that_have_room_stand_in_their_row() {
        let widths = [60.0, 80.0, 70.0];
        assert_eq!(in_row(&widths, 8.0, 226.0, 50.0, Some(2)), [true; 3]);
        assert_eq!(in_row(&widths, 8.0, 225.0, 50.0, Some(0)), [true, true, false]);
        assert_eq!(in_row(&[], 8.0, 10.0, 50.0, None), [true; 0]);
    }

    #[test]
    fn the_chosen_tab_always_stands_there_and_the_first_ones_beside_it() {
        let widths = [60.0, 80.0, 70.0, 90.0];
        assert_eq!(in_row(&widths, 8.0, 220.0, 50.0, Some(3)), [true, false, false, true]);
        assert_eq!(in_row(&widths, 8.0, 90.0, 50.0, Some(1)), [false, true, false, false]);
        // no later one jumps over one that has no room
        assert_eq!(in_row(&[60.0, 300.0, 20.0], 8.0, 200.0, 50.0, None), [true, false, false]);
    }

    #[test]
    fn what_stands_in_the_row_never_passes_it() {
        let widths = [52.0, 91.0, 64.0, 120.0, 77.0, 43.0];
        for chosen in 0..widths.len() {
            for room in (200..700).map(|room| room as f32) {
                let stands = in_row(&widths, 8.0, room, 56.0, Some(chosen));
                let sum: f32 = widths.iter().zip(&stands).filter(|(_, s)| **s).map(|(w, _)| w + 8.0).sum();
                let more = if stands.contains(&false) { 56.0 } else { -8.0 };
                assert!(stands[chosen] && sum + more <= room + 0.01, "{room} {chosen} {stands:?}");
            }
        }
    }
}
