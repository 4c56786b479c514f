//! What every screen is filtered by, beside the filters: each a chip that takes it away, and a word where nothing is left.

use egui::{RichText, Ui};

use crate::domain::DistrictCode;
use crate::ui::action::Action;
use crate::ui::app::Workstation;
use crate::ui::text::shell as s;
use crate::ui::theme;
use crate::workspace::session::{Filter, OpenProject, ViewCommand};

/// The chips; nothing where the whole city is looked at.
pub(super) fn chips(app: &mut Workstation, ui: &mut Ui) {
    let Some(open) = app.session.project() else { return };
    let filter = app.session.filter();
    let district = filter.district.and_then(|code| open.data.districts.districts().iter().find(|d| d.code.0 == code));
    let body = filter.body.and_then(|i| open.project.policy.bodies.get(usize::from(i)));
    let mut commands = Vec::new();
    for (name, command) in [
        (district.map(|d| d.name.as_str()), ViewCommand::SetDistrict(None)),
        (body.map(|b| b.name.as_str()), ViewCommand::SetBody(None)),
    ] {
        let Some(name) = name else { continue };
        let palette = theme::of(ui);
        let text = RichText::new(format!("{name} ×")).font(theme::regular(theme::SMALL)).color(palette.accent);
        let chip = ui.add(egui::Button::new(text).fill(palette.wash).corner_radius(10)).on_hover_text(s::CHIP_HINT);
        chip.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, s::clear_filter(name)));
        if chip.clicked() {
            commands.push(command);
        }
    }
    let nothing = match (district, body) {
        (Some(district), Some(body)) if is_empty(open, filter) => Some(s::nothing_there(&district.name, &body.name)),
        _ => None,
    };
    for command in commands {
        app.send(command);
    }
    if let Some(text) = nothing {
        app.empty_area = Some(text);
    } else {
        app.empty_area = None;
    }
}

/// True where the district has no source of the body.
fn is_empty(open: &OpenProject, filter: &Filter) -> bool {
    let (Some(code), Some(body)) = (filter.district, filter.body) else { return false };
    let Some(district) = open.data.districts.index_of(DistrictCode(code)) else { return true };
    !open.data.district.iter().zip(open.data.body.iter()).any(|(d, b)| usize::from(*d) == district && *b == body)
}

/// Where district and body have nothing in common: said above the screen, with the way out.
pub(super) fn empty_area(app: &mut Workstation, ui: &mut Ui) {
    let Some(text) = app.empty_area.clone() else { return };
    let palette = theme::of(ui);
    let frame = egui::Frame::new().fill(palette.amber_wash).inner_margin(egui::Margin::symmetric(16, 4));
    egui::Panel::top("empty-area").show_separator_line(false).frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(text).color(palette.amber));
            if ui.button(Action::ClearFilter.label()).clicked() {
                app.act(&ui.ctx().clone(), Action::ClearFilter);
            }
        });
    });
}
