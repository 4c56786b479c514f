//! What stands above every screen: menus, the filters of all screens, the veil. It folds where the window is narrow.

use egui::{Align, Layout, RichText, Stroke, Ui};

use super::chips;
use crate::ui::action::Action;
use crate::ui::app::Workstation;
use crate::ui::screens::ScreenId;
use crate::ui::text::common as t;
use crate::ui::text::shell as s;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;
use crate::workspace::session::ViewCommand;

/// Width of the list of bodies, and what it gives away before the bar folds.
const BODIES: f32 = 190.0;
const BODIES_LEAST: f32 = 140.0;

/// Width of a menu, and what stands above and below it.
const MENU: f32 = 260.0;
const MENU_AROUND: f32 = 64.0;

/// Widths of the bar's parts as they were last drawn, points; each part is drawn in one row whatever the window.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Parts {
    menus: f32,
    /// With the list of bodies at its full width.
    filters: f32,
    chips: f32,
    tools: f32,
}

/// How the bar is laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Folded {
    /// Width of the list of bodies.
    bodies: f32,
    /// Filters have a row of their own.
    filters: bool,
    /// Chips have a row of their own.
    chips: bool,
}

impl Parts {
    fn fold(self, width: f32) -> Folded {
        let room = width - self.tools - self.menus - GRID * 3.0;
        let chips = if self.chips > 0.0 { self.chips + GRID } else { 0.0 };
        let over = self.filters + chips - room;
        if over <= BODIES - BODIES_LEAST {
            return Folded { bodies: BODIES - over.max(0.0), filters: false, chips: false };
        }
        let over = self.filters + chips - width;
        let bodies = BODIES - over.max(0.0);
        if bodies >= BODIES_LEAST {
            return Folded { bodies, filters: true, chips: false };
        }
        let over = self.filters - width;
        Folded { bodies: (BODIES - over.max(0.0)).max(BODIES_LEAST / 2.0), filters: true, chips: true }
    }
}

fn measured(ui: &mut Ui, add: impl FnOnce(&mut Ui)) -> f32 {
    ui.horizontal(add).response.rect.width()
}

/// Draws the bar.
pub(super) fn show(app: &mut Workstation, ui: &mut Ui) {
    let id = egui::Id::unique("bar parts");
    let known: Parts = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let folded = known.fold(ui.available_width());
    let mut parts = Parts::default();
    let area = |app: &mut Workstation, ui: &mut Ui, parts: &mut Parts| {
        parts.filters = measured(ui, |ui| filters(app, ui, folded.bodies)) + BODIES - folded.bodies;
    };
    ui.horizontal(|ui| {
        parts.menus = measured(ui, |ui| menus(app, ui));
        if !folded.filters {
            area(app, ui, &mut parts);
            parts.chips = measured(ui, |ui| chips::chips(app, ui));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let hint = format!("{}（{}）", Action::Palette.label(), Action::Palette.shortcut_text());
            if ui.button(t::PALETTE).on_hover_text(hint).clicked() {
                app.act(&ui.ctx().clone(), Action::Palette);
            }
            veil_switch(app, ui);
            parts.tools = ui.min_rect().width();
        });
    });
    if folded.filters {
        ui.horizontal(|ui| {
            area(app, ui, &mut parts);
            if !folded.chips {
                parts.chips = measured(ui, |ui| chips::chips(app, ui));
            }
        });
    }
    if folded.chips {
        parts.chips = measured(ui, |ui| chips::chips(app, ui));
    }
    if parts != known {
        ui.data_mut(|data| data.insert_temp(id, parts));
        if parts.fold(ui.available_width()) != folded {
            ui.ctx().request_discard("the bar folds");
        }
    }
}

fn menu_item(app: &mut Workstation, ui: &mut Ui, action: Action, label: Option<String>) {
    let enabled = action.is_enabled(&app.session);
    let text = label.unwrap_or_else(|| action.label().to_owned());
    let mut button = egui::Button::new(text);
    let keys = action.shortcut_text();
    if !keys.is_empty() {
        button = button.shortcut_text(keys);
    }
    if ui.add_enabled(enabled, button).clicked() {
        app.act(&ui.ctx().clone(), action);
        ui.close();
    }
}

/// A menu of the bar; in a low window it scrolls.
fn menu(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui)) {
    ui.menu_button(name, |ui| {
        ui.set_width(MENU);
        widgets::within_window(ui, MENU_AROUND, add);
    });
}

fn menus(app: &mut Workstation, ui: &mut Ui) {
    menu(ui, s::MENU_FILE, |ui| {
        for action in [Action::Import, Action::ImportDatabase, Action::Refresh, Action::OpenProject, Action::OpenDemo] {
            menu_item(app, ui, action, None);
        }
        let recent = app.session.preferences().recent.clone();
        if !recent.is_empty() {
            ui.menu_button(t::RECENT, |ui| {
                for path in recent {
                    let name = path.file_name().map(|n| n.to_string_lossy().to_string()).unwrap_or_default();
                    let item = ui.button(name).on_hover_text(path.display().to_string());
                    if item.clicked() {
                        app.send(ViewCommand::OpenProject(path));
                        ui.close();
                    }
                }
            });
        }
        ui.separator();
        for action in [Action::Save, Action::Export, Action::TakeResults] {
            menu_item(app, ui, action, None);
        }
        ui.separator();
        for action in
            [Action::LoadDistricts, Action::LoadCalendar, Action::Templates, Action::Sharing, Action::Operator]
        {
            menu_item(app, ui, action, None);
        }
        ui.separator();
        menu_item(app, ui, Action::Quit, None);
    });
    menu(ui, s::MENU_EDIT, |ui| {
        let (undo, redo) = app.session.project().map_or((None, None), |open| {
            (open.draft.undo_label().map(str::to_owned), open.draft.redo_label().map(str::to_owned))
        });
        menu_item(app, ui, Action::Undo, undo.map(|label| format!("{} {label}", t::UNDO)));
        menu_item(app, ui, Action::Redo, redo.map(|label| format!("{} {label}", t::REDO)));
        ui.separator();
        for action in [Action::Revert, Action::Find, Action::ClearFilter] {
            menu_item(app, ui, action, None);
        }
    });
    menu(ui, s::MENU_VIEW, |ui| {
        for screen in ScreenId::ALL {
            menu_item(app, ui, Action::Go(screen), None);
        }
        ui.separator();
        for action in [Action::PreviousMonth, Action::NextMonth] {
            menu_item(app, ui, action, None);
        }
        ui.separator();
        for action in [
            Action::ZoomIn,
            Action::ZoomOut,
            Action::ZoomReset,
            Action::ToggleTheme,
            Action::ToggleContrast,
            Action::ToggleMotion,
        ] {
            menu_item(app, ui, action, None);
        }
        ui.separator();
        for action in [Action::ToggleVeil, Action::ToggleStage] {
            menu_item(app, ui, action, None);
        }
    });
    menu(ui, s::MENU_HELP, |ui| {
        for action in [Action::Help, Action::Palette, Action::Diagnostics] {
            menu_item(app, ui, action, None);
        }
    });
}

/// The switch of the veil, and its mark while it is on.
fn veil_switch(app: &mut Workstation, ui: &mut Ui) {
    let on = app.session.is_veiled();
    let hint = format!("{}（{}）", s::VEIL_HINT, Action::ToggleVeil.shortcut_text());
    let palette = theme::of(ui);
    let text = if on { RichText::new(s::VEILED).color(palette.amber).strong() } else { RichText::new(s::VEIL) };
    let mut button = egui::Button::new(text).selected(on);
    if on {
        button = button.fill(palette.amber_wash).stroke(Stroke::new(1.0, palette.amber));
    }
    let switch = ui.add(button).on_hover_text(hint);
    switch.widget_info(|| egui::WidgetInfo::selected(egui::Role::Switch, true, on, s::VEIL));
    if switch.clicked() {
        app.act(&ui.ctx().clone(), Action::ToggleVeil);
    }
}

/// District, body and month: they filter every screen.
fn filters(app: &mut Workstation, ui: &mut Ui, bodies_width: f32) {
    let Some(open) = app.session.project() else { return };
    let filter = app.session.filter().clone();
    let mut commands = Vec::new();
    let districts = open.data.districts.districts();
    let district = districts.iter().find(|d| Some(d.code.0) == filter.district);
    let name = ui.label(t::DISTRICT);
    let combo = egui::ComboBox::from_id_salt("filter-district")
        .width(110.0)
        .selected_text(district.map_or(t::WHOLE_CITY, |d| d.name.as_str()))
        .height(480.0)
        .show_ui(ui, |ui| {
            if ui.selectable_label(filter.district.is_none(), t::WHOLE_CITY).clicked() {
                commands.push(ViewCommand::SetDistrict(None));
            }
            for d in districts {
                if ui.selectable_label(Some(d.code.0) == filter.district, &d.name).clicked() {
                    commands.push(ViewCommand::SetDistrict(Some(d.code.0)));
                }
            }
        });
    combo.response.labelled_by(name.id);
    let bodies = &open.project.policy.bodies;
    let body = filter.body.and_then(|i| bodies.get(i as usize));
    let name = ui.label(t::BODY);
    let combo = egui::ComboBox::from_id_salt("filter-body")
        .width(bodies_width)
        .truncate()
        .selected_text(body.map_or(t::ALL_BODIES, |b| b.name.as_str()))
        .height(480.0)
        .show_ui(ui, |ui| {
            if ui.selectable_label(filter.body.is_none(), t::ALL_BODIES).clicked() {
                commands.push(ViewCommand::SetBody(None));
            }
            for (i, b) in bodies.iter().enumerate() {
                if ui.selectable_label(Some(i as u16) == filter.body, &b.name).clicked() {
                    commands.push(ViewCommand::SetBody(Some(i as u16)));
                }
            }
        });
    combo.response.labelled_by(name.id);
    let name = ui.label(t::MONTH);
    let month = filter.month;
    let combo = egui::ComboBox::from_id_salt("filter-month")
        .width(96.0)
        .selected_text(month.map_or_else(String::new, |m| m.to_string()))
        .height(480.0)
        .show_ui(ui, |ui| {
            for m in open.saved.months() {
                if ui.selectable_label(Some(m) == month, m.to_string()).clicked() {
                    commands.push(ViewCommand::SetMonth(m));
                }
            }
        });
    combo.response.labelled_by(name.id);
    for command in commands {
        app.send(command);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_folds_only_where_it_must_and_nothing_is_wider_than_the_window() {
        let parts = Parts { menus: 200.0, filters: 560.0, chips: 0.0, tools: 170.0 };
        assert_eq!(parts.fold(1366.0), Folded { bodies: BODIES, filters: false, chips: false });
        let narrow = parts.fold(910.0);
        assert!(!narrow.filters && narrow.bodies < BODIES && narrow.bodies >= BODIES_LEAST, "{narrow:?}");
        let chipped = Parts { chips: 250.0, ..parts };
        assert_eq!(chipped.fold(910.0), Folded { bodies: BODIES, filters: true, chips: false });
        let small = chipped.fold(640.0);
        assert!(small.filters && small.chips);
        for width in (480..2000).step_by(7).map(|width| width as f32) {
            for parts in [parts, chipped] {
                let folded = parts.fold(width);
                let filters = parts.filters - BODIES + folded.bodies;
                let first = parts.menus + parts.tools + if folded.filters { 0.0 } else { filters };
                assert!(first <= width && (filters <= width || width < 520.0), "{width} {folded:?}");
            }
        }
    }
}
