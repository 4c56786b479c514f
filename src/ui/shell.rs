//! What stands around the screens: menus, rail, filters, status bar, toasts, findings, dialogs.

mod bar;
mod chips;
mod dialogs;
mod stage;
mod toasts;

use egui::{Align, Align2, Context, Layout, Panel, RichText, Sense, Stroke, Ui, Vec2};

use super::action::Action;
use super::app::Workstation;
use super::palette::Choice;
use super::screens::ScreenId;
use super::sharing;
use super::support;
use super::text::common as t;
use super::text::shell as s;
use super::theme::{self, GRID};
use super::widgets;
use crate::diagnostic::Severity;
use crate::workspace::session::ViewCommand;

/// Rows of the findings panel laid out at most.
const MOST_FINDINGS: usize = 500;

/// What stands above the screens' names in the rail, points.
const RAIL_HEAD: f32 = 54.0;
/// Height of the status bar's row in a low window, points.
const STATUS: f32 = 18.0;
/// Between the rail's lines.
const RAIL_GAP: f32 = 2.0;
/// How high a screen's name is: less where there is little room, least in a low window.
const RAIL_ITEM: std::ops::RangeInclusive<f32> = 28.0..=36.0;
const LEAST_RAIL_ITEM: f32 = 24.0;
/// What stands above the names in a low window.
const LOW_RAIL_HEAD: f32 = 22.0;

/// Draws the shell and the screen in it.
pub(super) fn show(app: &mut Workstation, ui: &mut Ui) {
    let palette = theme::of(ui);
    if app.stage {
        stage::show(app, ui);
        return;
    }
    let low = theme::is_low(ui.ctx());
    theme::tighten(ui);
    let edge = if low { 1 } else { 4 };
    let bar = egui::Frame::new().fill(palette.chrome).inner_margin(egui::Margin::symmetric(8, edge));
    Panel::top("bar").frame(bar).show(ui, |ui| bar::show(app, ui));
    demo_bar(app, ui);
    import_bar(app, ui);
    chips::empty_area(app, ui);
    Panel::bottom("status").frame(bar).show(ui, |ui| status_bar(app, ui));
    findings_panel(app, ui);
    let edge = if low { 2 } else { 8 };
    let rail = egui::Frame::new().fill(palette.chrome).inner_margin(egui::Margin::symmetric(8, edge));
    Panel::left("rail").resizable(false).exact_size(theme::RAIL).frame(rail).show(ui, |ui| rail_ui(app, ui));
    let frame =
        egui::Frame::new().fill(palette.ground).inner_margin(egui::Margin::symmetric(16, if low { 5 } else { 12 }));
    egui::CentralPanel::default().frame(frame).show(ui, |ui| app.screen_ui(ui));
}

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

/// Over synthetic data: what it is, and the way to one's own; a low window has both in the status bar.
fn demo_bar(app: &mut Workstation, ui: &mut Ui) {
    if theme::is_low(ui.ctx()) || !app.session.project().is_some_and(|open| open.saved.file.synthetic) {
        return;
    }
    let palette = theme::of(ui);
    let frame = egui::Frame::new().fill(palette.wash).inner_margin(egui::Margin::symmetric(16, 2));
    Panel::top("demo").show_separator_line(false).frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(t::SYNTHETIC_BAR).font(theme::regular(theme::SMALL)));
            if own_data(ui) {
                app.act(&ui.ctx().clone(), Action::Import);
            }
        });
    });
}

/// The way from synthetic data to one's own; true where it was taken.
fn own_data(ui: &mut Ui) -> bool {
    let text = RichText::new(t::SYNTHETIC_BUTTON).font(theme::regular(theme::SMALL));
    let text = text.color(theme::of(ui).accent).underline();
    ui.add(egui::Button::new(text).frame(false)).clicked()
}

/// The way to the screens; it scrolls where the window is too low for all of them, and its foot stays.
fn rail_ui(app: &mut Workstation, ui: &mut Ui) {
    Panel::bottom("rail-foot").resizable(false).show_separator_line(false).frame(egui::Frame::new()).show(ui, |ui| {
        rail_foot(app, ui);
    });
    let low = theme::is_low(ui.ctx());
    let (head, least) = if low { (LOW_RAIL_HEAD, LEAST_RAIL_ITEM) } else { (RAIL_HEAD, *RAIL_ITEM.start()) };
    let item = (ui.available_height() - head) / ScreenId::ALL.len() as f32 - RAIL_GAP;
    let item = item.clamp(least, *RAIL_ITEM.end());
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("rail").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = RAIL_GAP;
        let name = ui.label(RichText::new("FairDraw").font(theme::bold(theme::SECTION)));
        if low {
            name.on_hover_text(s::SUBTITLE);
        } else {
            ui.label(theme::note(ui, s::SUBTITLE));
            ui.add_space(GRID);
        }
        for screen in ScreenId::ALL {
            rail_item(app, ui, screen, item);
        }
    });
}

fn rail_item(app: &mut Workstation, ui: &mut Ui, screen: ScreenId, height: f32) {
    let selected = app.screen == screen;
    let (rect, response) = ui.allocate_exact_size(Vec2::new(ui.available_width(), height), Sense::click());
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
    if response.on_hover_text(Action::Go(screen).shortcut_text()).clicked() {
        app.act(&ui.ctx().clone(), Action::Go(screen));
    }
}

fn rail_foot(app: &mut Workstation, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = RAIL_GAP;
    ui.add_space(theme::by_height(ui.ctx(), 0.0, GRID));
    let dark = ui.visuals().dark_mode;
    let button = egui::Button::new(theme::note(ui, if dark { s::TO_LIGHT } else { s::TO_DARK })).frame(false);
    if ui.add(button).on_hover_text(Action::ToggleTheme.label()).clicked() {
        app.act(&ui.ctx().clone(), Action::ToggleTheme);
    }
    let operator = app.session.preferences().operator.clone();
    let text = if operator.is_empty() { s::NO_OPERATOR.to_owned() } else { s::operator(&operator) };
    let button = egui::Button::new(theme::note(ui, text)).frame(false).truncate();
    if ui.add(button).on_hover_text(Action::Operator.label()).clicked() {
        app.act(&ui.ctx().clone(), Action::Operator);
    }
}

fn status_bar(app: &mut Workstation, ui: &mut Ui) {
    let palette = theme::of(ui);
    let (mut cancel, mut shared_asked, mut import) = (None, false, false);
    let low = theme::is_low(ui.ctx());
    if low {
        // words and small buttons: the row needs no more than they
        ui.spacing_mut().interact_size.y = STATUS;
    }
    ui.horizontal(|ui| {
        ui.set_min_height(if low { STATUS } else { 22.0 });
        if let Some(open) = app.session.project() {
            ui.label(theme::note(ui, &open.saved.file.name)).on_hover_text(open.saved.root().display().to_string());
            ui.label(theme::note(ui, s::sources(open.data.len())));
            if open.saved.file.synthetic {
                let chip = widgets::chip(ui, t::SYNTHETIC, palette.amber_wash, palette.amber);
                if low {
                    chip.on_hover_text(t::SYNTHETIC_BAR);
                    import = own_data(ui);
                }
            }
            if open.saved.is_read_only() {
                widgets::chip(ui, t::READ_ONLY, palette.amber_wash, palette.amber);
            }
            if let Some(shared) = open.saved.shared() {
                let hint = s::shared_at(&shared.place.schema, &shared.address().to_string());
                // the copy shows what it had: nobody should plan by it unknowingly
                let text = if open.saved.is_behind() {
                    theme::note(ui, s::SHARED_BEHIND).color(palette.amber)
                } else {
                    theme::note(ui, s::SHARED)
                };
                shared_asked = ui.add(egui::Button::new(text).small()).on_hover_text(hint).clicked();
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
    if import {
        app.act(&ui.ctx().clone(), Action::Import);
    }
    if shared_asked {
        app.act(&ui.ctx().clone(), Action::Sharing);
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
    dialogs::changed_dialog(app, ctx);
    app.path_ui(ctx);
    dialogs::templates(app, ctx);
    dialogs::losing_dialog(app, ctx);
    dialogs::unveiled_dialog(app, ctx);
    sharing::show(app, ctx);
    dialogs::help(app, ctx);
    support::diagnostics_dialog(app, ctx);
    support::ended_dialog(app, ctx);
    drop_target(ctx);
}

fn drop_target(ctx: &Context) {
    if ctx.input(|i| i.raw.hovered_files.is_empty()) {
        return;
    }
    let painter = ctx.layer_painter(egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop")));
    let palette = theme::palette(&ctx.global_style().visuals);
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0.0, palette.wash.gamma_multiply(0.9));
    painter.rect_stroke(rect.shrink(12.0), 6.0, Stroke::new(3.0, palette.accent), egui::StrokeKind::Inside);
    painter.text(rect.center(), Align2::CENTER_CENTER, t::DROP_HERE, theme::bold(theme::TITLE), palette.text);
}
