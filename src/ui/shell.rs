//! What stands around the screens: menus, rail, filters, status bar, toasts, findings, dialogs.

mod chips;
mod dialogs;
mod stage;
mod toasts;

use egui::{Align, Align2, Context, Layout, Panel, RichText, Sense, Stroke, Ui, Vec2};

use super::action::Action;
use super::app::Workstation;
use super::palette::Choice;
use super::screens::ScreenId;
use super::text::common as t;
use super::text::shell as s;
use super::theme::{self, GRID};
use super::widgets;
use crate::diagnostic::Severity;
use crate::workspace::session::ViewCommand;

/// Rows of the findings panel laid out at most.
const MOST_FINDINGS: usize = 500;

/// Draws the shell and the screen in it.
pub(super) fn show(app: &mut Workstation, ui: &mut Ui) {
    let palette = theme::of(ui);
    if app.stage {
        stage::show(app, ui);
        return;
    }
    let bar = egui::Frame::new().fill(palette.chrome).inner_margin(egui::Margin::symmetric(8, 4));
    Panel::top("bar").frame(bar).show(ui, |ui| top_bar(app, ui));
    demo_bar(app, ui);
    import_bar(app, ui);
    chips::empty_area(app, ui);
    Panel::bottom("status").frame(bar).show(ui, |ui| status_bar(app, ui));
    findings_panel(app, ui);
    let rail = egui::Frame::new().fill(palette.chrome).inner_margin(egui::Margin::symmetric(8, 8));
    Panel::left("rail").resizable(false).exact_size(theme::RAIL).frame(rail).show(ui, |ui| rail_ui(app, ui));
    let frame = egui::Frame::new().fill(palette.ground).inner_margin(egui::Margin::symmetric(16, 12));
    egui::CentralPanel::default().frame(frame).show(ui, |ui| app.screen_ui(ui));
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

fn top_bar(app: &mut Workstation, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.menu_button(s::MENU_FILE, |ui| {
            ui.set_min_width(220.0);
            for action in [Action::Import, Action::Refresh, Action::OpenProject, Action::OpenDemo] {
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
            for action in [Action::LoadDistricts, Action::LoadCalendar, Action::Operator] {
                menu_item(app, ui, action, None);
            }
            ui.separator();
            menu_item(app, ui, Action::Quit, None);
        });
        ui.menu_button(s::MENU_EDIT, |ui| {
            ui.set_min_width(220.0);
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
        ui.menu_button(s::MENU_VIEW, |ui| {
            ui.set_min_width(220.0);
            for screen in ScreenId::ALL {
                menu_item(app, ui, Action::Go(screen), None);
            }
            ui.separator();
            for action in [Action::PreviousMonth, Action::NextMonth] {
                menu_item(app, ui, action, None);
            }
            ui.separator();
            for action in
                [Action::ZoomIn, Action::ZoomOut, Action::ZoomReset, Action::ToggleTheme, Action::ToggleMotion]
            {
                menu_item(app, ui, action, None);
            }
            ui.separator();
            for action in [Action::ToggleVeil, Action::ToggleStage] {
                menu_item(app, ui, action, None);
            }
        });
        ui.menu_button(s::MENU_HELP, |ui| {
            ui.set_min_width(220.0);
            for action in [Action::Help, Action::Palette] {
                menu_item(app, ui, action, None);
            }
        });
        ui.add_space(GRID);
        filters(app, ui);
        chips::chips(app, ui);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let hint = format!("{}（{}）", Action::Palette.label(), Action::Palette.shortcut_text());
            if ui.button(t::PALETTE).on_hover_text(hint).clicked() {
                app.act(&ui.ctx().clone(), Action::Palette);
            }
            veil_switch(app, ui);
        });
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
fn filters(app: &mut Workstation, ui: &mut Ui) {
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
        .width(190.0)
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

/// Over synthetic data: what it is, and the way to one's own.
/// What an import took in, with the way to its quality report; above the first plan.
fn import_bar(app: &mut Workstation, ui: &mut Ui) {
    let Some(summary) = app.dialogs.imported.clone() else { return };
    let palette = theme::of(ui);
    let frame = egui::Frame::new().fill(palette.wash).inner_margin(egui::Margin::symmetric(16, 4));
    Panel::top("imported").show_separator_line(false).frame(frame).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(summary);
            if ui.button(s::SHOW_QUALITY).clicked() {
                app.screens.data.show_quality();
                app.go(ScreenId::Data);
            }
            if ui.button(t::CLOSE).clicked() {
                app.dialogs.imported = None;
            }
        });
    });
}

fn demo_bar(app: &mut Workstation, ui: &mut Ui) {
    if !app.session.project().is_some_and(|open| open.saved.file.synthetic) {
        return;
    }
    let palette = theme::of(ui);
    let frame = egui::Frame::new().fill(palette.wash).inner_margin(egui::Margin::symmetric(16, 2));
    Panel::top("demo").show_separator_line(false).frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(t::SYNTHETIC_BAR).font(theme::regular(theme::SMALL)));
            let link = ui.add(
                egui::Button::new(
                    RichText::new(t::SYNTHETIC_BUTTON)
                        .font(theme::regular(theme::SMALL))
                        .color(palette.accent)
                        .underline(),
                )
                .frame(false),
            );
            if link.clicked() {
                app.act(&ui.ctx().clone(), Action::Import);
            }
        });
    });
}

fn rail_ui(app: &mut Workstation, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.label(RichText::new("FairDraw").font(theme::bold(theme::SECTION)));
    ui.label(theme::note(ui, s::SUBTITLE));
    ui.add_space(GRID);
    for screen in ScreenId::ALL {
        let selected = app.screen == screen;
        let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 36.0), Sense::click());
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, selected, screen.label()));
        let palette = theme::of(ui);
        if selected || response.hovered() {
            ui.painter().rect_filled(rect, theme::RADIUS, if selected { palette.wash } else { palette.stripe });
        }
        if selected {
            let mark = egui::Rect::from_min_size(rect.min, Vec2::new(3.0, rect.height()));
            ui.painter().rect_filled(mark, 1.0, palette.accent);
        }
        let font = if selected { theme::bold(14.0) } else { theme::regular(14.0) };
        let ink = if selected { palette.accent } else { palette.text };
        ui.painter().text(rect.left_center() + Vec2::new(14.0, 0.0), Align2::LEFT_CENTER, screen.label(), font, ink);
        let keys = Action::Go(screen).shortcut_text();
        let response = response.on_hover_text(keys);
        if response.clicked() {
            app.act(&ui.ctx().clone(), Action::Go(screen));
        }
    }
    ui.with_layout(Layout::bottom_up(Align::LEFT), |ui| {
        let operator = app.session.preferences().operator.clone();
        let text = if operator.is_empty() { s::NO_OPERATOR.to_owned() } else { s::operator(&operator) };
        let button = egui::Button::new(theme::note(ui, text)).frame(false);
        if ui.add(button).on_hover_text(Action::Operator.label()).clicked() {
            app.act(&ui.ctx().clone(), Action::Operator);
        }
        let dark = ui.visuals().dark_mode;
        let button = egui::Button::new(theme::note(ui, if dark { s::TO_LIGHT } else { s::TO_DARK })).frame(false);
        if ui.add(button).on_hover_text(Action::ToggleTheme.label()).clicked() {
            app.act(&ui.ctx().clone(), Action::ToggleTheme);
        }
    });
}

fn status_bar(app: &mut Workstation, ui: &mut Ui) {
    let palette = theme::of(ui);
    let mut cancel = None;
    ui.horizontal(|ui| {
        ui.set_min_height(22.0);
        if let Some(open) = app.session.project() {
            ui.label(theme::note(ui, &open.saved.file.name)).on_hover_text(open.saved.root().display().to_string());
            ui.label(theme::note(ui, s::sources(open.data.len())));
            if open.saved.file.synthetic {
                widgets::chip(ui, t::SYNTHETIC, palette.amber_wash, palette.amber);
            }
            if open.saved.is_read_only() {
                widgets::chip(ui, t::READ_ONLY, palette.amber_wash, palette.amber);
            }
            if open.draft.is_changed() {
                let keys = Action::Save.shortcut_text();
                widgets::chip(ui, &format!("{} · {keys}", t::DRAFT), palette.wash, palette.accent);
            } else {
                ui.label(theme::note(ui, t::SAVED));
            }
        }
        let jobs = app.session.jobs();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let count = app.session.findings().1.findings().len();
            if count > 0 {
                let text = format!("{} {count}", t::FINDINGS);
                if ui.selectable_label(app.dialogs.findings, theme::note(ui, text)).clicked() {
                    app.dialogs.findings = !app.dialogs.findings;
                }
            }
            for job in jobs.iter().rev().take(2) {
                if ui.small_button(t::JOB_CANCEL).clicked() {
                    cancel = Some(job.id);
                }
                let words = if job.state.label.is_empty() {
                    job.name.clone()
                } else {
                    format!("{}：{}", job.name, job.state.label)
                };
                if job.state.total > 0 {
                    let part = job.state.done as f32 / job.state.total as f32;
                    widgets::meter(ui, 96.0, part, None, palette.accent, &words);
                } else {
                    ui.add(egui::Spinner::new().size(14.0));
                }
                ui.label(theme::note(ui, words));
            }
            if !jobs.is_empty() {
                ui.ctx().request_repaint_after_secs(0.1);
            }
        });
    });
    if let Some(id) = cancel {
        app.session.apply(ViewCommand::CancelJob(id));
    }
}

fn findings_panel(app: &mut Workstation, ui: &mut Ui) {
    if !app.dialogs.findings {
        return;
    }
    let palette = theme::of(ui);
    let frame = egui::Frame::new().fill(palette.surface).inner_margin(egui::Margin::symmetric(16, 8));
    let mut close = false;
    let mut dismiss = false;
    Panel::bottom("findings").resizable(true).default_size(180.0).frame(frame).show(ui, |ui| {
        let (title, diagnostics) = app.session.findings();
        let findings = diagnostics.findings();
        ui.horizontal(|ui| {
            let title = if title.is_empty() { t::FINDINGS } else { title };
            widgets::heading(ui, title);
            ui.label(theme::note(ui, s::count(findings.len())));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                close = ui.button(t::CLOSE).clicked();
                dismiss = ui.button(s::CLEAR).clicked();
            });
        });
        egui::ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            for finding in findings.iter().take(MOST_FINDINGS) {
                ui.horizontal_top(|ui| {
                    let (ground, ink) = match finding.severity {
                        Severity::Error => (palette.red_wash, palette.red),
                        Severity::Warning => (palette.amber_wash, palette.amber),
                        Severity::Hint => (palette.wash, palette.accent),
                    };
                    widgets::chip(ui, finding.severity.label(), ground, ink);
                    ui.label(theme::note(ui, finding.code));
                    ui.add(egui::Label::new(finding.words()).wrap().selectable(true));
                });
            }
            if findings.len() > MOST_FINDINGS {
                ui.label(theme::note(ui, s::more_findings(findings.len() - MOST_FINDINGS)));
            }
        });
    });
    if dismiss {
        app.session.apply(ViewCommand::DismissFindings);
    }
    if close || dismiss {
        app.dialogs.findings = false;
    }
}

/// What lies over the window: toasts, palette, dialogs, the drop target.
pub(super) fn overlays(app: &mut Workstation, ctx: &Context) {
    toasts::show(app, ctx);
    if let Some(choice) = app.command_palette.show(ctx, &app.session) {
        match choice {
            Choice::Action(action) => app.act(ctx, action),
            Choice::District(code) => app.send(ViewCommand::SetDistrict(Some(code))),
            Choice::Body(body) => app.send(ViewCommand::SetBody(Some(body))),
            Choice::Month(month) => app.send(ViewCommand::SetMonth(month)),
            Choice::Unit(row) => app.show_card(row),
            Choice::Term(term) => app.dialogs.term = Some(term),
        }
    }
    dialogs::term(app, ctx);
    dialogs::operator_dialog(app, ctx);
    app.path_ui(ctx);
    dialogs::losing_dialog(app, ctx);
    dialogs::unveiled_dialog(app, ctx);
    dialogs::help(app, ctx);
    drop_target(ctx);
}

fn drop_target(ctx: &Context) {
    if ctx.input(|i| i.raw.hovered_files.is_empty()) {
        return;
    }
    let painter = ctx.layer_painter(egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop")));
    let palette = theme::palette(ctx.global_style().visuals.dark_mode);
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0.0, palette.wash.gamma_multiply(0.9));
    painter.rect_stroke(rect.shrink(12.0), 6.0, Stroke::new(3.0, palette.accent), egui::StrokeKind::Inside);
    painter.text(rect.center(), Align2::CENTER_CENTER, t::DROP_HERE, theme::bold(theme::TITLE), palette.text);
}
